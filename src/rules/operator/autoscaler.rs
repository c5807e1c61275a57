//! `autoscaler-option-invalid`: options of the autoscaler that the operator refuses while it is on
//! (`AutoscalerValidator`, `DefaultValidator.validateMetricsWindow`).

use super::{periods, related, resources};
use crate::deployment::{Deployment, Effective, Value};
use crate::finding::{Finding, Severity};
use crate::flink::options::ValueKind;
use crate::flink::value::{parse_boolean, parse_double, parse_duration};
use crate::rules::Rule;
use crate::typed::{self, Typed};

const ENABLED: &str = "job.autoscaler.enabled";
const TARGET: &str = "job.autoscaler.utilization.target";
const WINDOW: &str = "job.autoscaler.metrics.window";
const EXCLUDED: &str = "job.autoscaler.excluded.periods";
const INTERVAL: &str = "kubernetes.operator.reconcile.interval";

/// An option with the range that it must lie in.
struct Range {
    key: &'static str,
    least: f64,
    most: Option<f64>,
    /// The option without which this one is not looked at.
    when: Option<&'static str>,
    /// The first release of the operator that looks; `None` for those after 1.15.
    since: Option<&'static str>,
}

const fn range(
    key: &'static str,
    least: f64,
    most: Option<f64>,
    when: Option<&'static str>,
    since: Option<&'static str>,
) -> Range {
    Range {
        key,
        least,
        most,
        when,
        since,
    }
}

const SHARE: Option<f64> = Some(1.0);
const RANGES: [Range; 11] = [
    range(
        "job.autoscaler.scale-down.max-factor",
        0.0,
        None,
        None,
        Some("1.7"),
    ),
    range(
        "job.autoscaler.scale-up.max-factor",
        0.0,
        None,
        None,
        Some("1.7"),
    ),
    // Operators since 1.7 refuse less than 0; the upper limit, and this name, came later.
    range(TARGET, 0.0, SHARE, None, Some("1.11")),
    range(
        "job.autoscaler.target.utilization.boundary",
        0.0,
        None,
        None,
        Some("1.7"),
    ),
    range(
        "job.autoscaler.utilization.max",
        0.0,
        SHARE,
        None,
        Some("1.11"),
    ),
    range(
        "job.autoscaler.utilization.min",
        0.0,
        SHARE,
        None,
        Some("1.11"),
    ),
    range(
        "job.autoscaler.memory.gc-pressure.threshold",
        0.0,
        SHARE,
        None,
        None,
    ),
    range(
        "job.autoscaler.memory.heap-usage.threshold",
        0.0,
        SHARE,
        None,
        None,
    ),
    range(
        "job.autoscaler.observed-scalability.coefficient-min",
        0.01,
        SHARE,
        Some("job.autoscaler.observed-scalability.enabled"),
        Some("1.12"),
    ),
    range(
        "job.autoscaler.scaling.effectiveness.threshold",
        0.0,
        SHARE,
        Some("job.autoscaler.scaling.effectiveness.detection.enabled"),
        None,
    ),
    range(
        "job.autoscaler.memory.tuning.overhead",
        0.0,
        SHARE,
        Some("job.autoscaler.memory.tuning.enabled"),
        None,
    ),
];

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    if resources(deployment).is_empty() {
        return;
    }
    let Some(enabled) = on(deployment, ENABLED) else {
        return;
    };
    let mut found = Vec::new();
    for range in &RANGES {
        found.extend(outside(rule, deployment, range));
    }
    found.extend(beyond_target(rule, deployment));
    excluded(rule, deployment, &mut found);
    found.extend(window(rule, deployment));
    for finding in &mut found {
        finding
            .related
            .push(related(enabled.site(), "the autoscaler is on"));
    }
    out.append(&mut found);
}

/// What turns a feature on, where that is certain.
fn on<'p>(deployment: &Deployment<'p>, key: &str) -> Option<Effective<'p>> {
    let effective = deployment.cluster_value(key).known()?;
    (parse_boolean(effective.value()) == Ok(true)).then_some(effective)
}

/// A number that is set, with what sets it; another rule tells what is none.
fn number<'p>(deployment: &Deployment<'p>, key: &str) -> Option<(Effective<'p>, f64)> {
    let effective = deployment.cluster_value(key).known()?;
    let number = parse_double(effective.value()).ok()?;
    Some((effective, number))
}

fn outside(rule: &Rule, deployment: &Deployment, range: &Range) -> Option<Finding> {
    if let Some(feature) = range.when {
        on(deployment, feature)?;
    }
    let (effective, number) = number(deployment, range.key)?;
    let fits = number >= range.least && range.most.is_none_or(|most| number <= most);
    // No comparison with NaN holds, so that the operator takes it.
    if fits || number.is_nan() {
        return None;
    }
    let accepted = match range.most {
        Some(most) => format!("between {} and {most}", range.least),
        None => format!("of at least {}", range.least),
    };
    let message = format!("`{}` must be a number {accepted}", range.key);
    Some(refused(rule, effective, message, range.since))
}

/// The largest and the smallest utilization lie on their sides of the target.
fn beyond_target(rule: &Rule, deployment: &Deployment) -> Vec<Finding> {
    let target = match deployment.cluster_value(TARGET) {
        Value::Known(effective) => parse_double(effective.value())
            .ok()
            .map(|own| (own, Some(effective))),
        Value::Default(Some(default)) => parse_double(default).ok().map(|own| (own, None)),
        _ => None,
    };
    let Some((target, by)) = target.filter(|(own, _)| (0.0..=1.0).contains(own)) else {
        return Vec::new();
    };
    let sides = [
        ("job.autoscaler.utilization.max", true),
        ("job.autoscaler.utilization.min", false),
    ];
    let findings = sides.into_iter().filter_map(|(key, above)| {
        let (effective, number) = number(deployment, key)?;
        let beyond = if above {
            number < target
        } else {
            number > target
        };
        if !beyond || !(0.0..=1.0).contains(&number) {
            return None;
        }
        let side = if above { "at least" } else { "at most" };
        let message = format!("`{key}` must be {side} the target, {target}");
        let mut finding = refused(rule, effective, message, Some("1.11"));
        let by = by.map(|by| related(by.site(), "the target"));
        finding.related.extend(by);
        Some(finding)
    });
    findings.collect()
}

fn excluded(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    let Some(effective) = deployment.cluster_value(EXCLUDED).known() else {
        return;
    };
    let given = typed::Given::of(effective.document, effective.setting);
    let Some(version) = deployment.versions.iter().next() else {
        return;
    };
    let Ok(Typed::List(items)) = typed::read(ValueKind::StringList, &[], given, version) else {
        return;
    };
    let texts = items.iter().filter_map(|item| match item {
        Typed::Text(text) => Some(text.as_str()),
        _ => None,
    });
    let mut problems = texts.filter_map(|text| Some((text, periods::problem(text)?)));
    let Some((text, why)) = problems.next() else {
        return;
    };
    let message = format!("the autoscaler can't read the period `{text}`: {why}");
    let mut finding = refused(rule, effective, message, Some("1.8"));
    finding.help.push_str(
        "; a period is a cron expression of Quartz, seconds first and `?` for one of the two days, or \
         `9:30-17:00`, or both with `&&`",
    );
    out.push(finding);
}

/// A window that holds no two samples.
fn window(rule: &Rule, deployment: &Deployment) -> Option<Finding> {
    let window = deployment.cluster_value(WINDOW).known()?;
    let read = |text: &str| parse_duration(text, deployment.versions).ok();
    let (interval, by) = match deployment.cluster_value(INTERVAL) {
        Value::Known(effective) => (read(effective.value())?, Some(effective)),
        Value::Default(Some(default)) => (read(default)?, None),
        _ => return None,
    };
    if read(window.value())? >= interval {
        return None;
    }
    let message = format!("`{WINDOW}` is shorter than `{INTERVAL}`");
    let mut finding = refused(rule, window, message, None);
    finding.help.push_str(
        "; the operator takes a sample at every interval, and the autoscaler needs two of them within its \
         window",
    );
    let by = by.map(|by| related(by.site(), "the interval"));
    finding.related.extend(by);
    Some(finding)
}

/// A finding of an option that operators refuse from a release on.
fn refused(
    rule: &Rule,
    effective: Effective,
    message: String,
    since: Option<&'static str>,
) -> Finding {
    let mut finding = rule.finding(effective.document, effective.setting.whole, message);
    finding.key = Some(effective.setting.key.clone());
    if let Some(since) = since {
        finding.help = format!("operators since {since} refuse the resource");
    } else {
        finding.severity = Severity::Warning;
        finding.help = "operators after 1.15 refuse the resource".to_owned();
    }
    finding
}
