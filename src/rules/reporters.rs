//! Rules about reporters of metrics, traces and events: who is started at all (`ReporterSetup`,
//! `ReporterSetupBuilder`; run on 1.16, 1.17 and 2.3), and which parameters the bundled ones read.

use std::collections::BTreeMap;

use super::{Rule, claim, cluster, fixes, in_backquotes};
use crate::deployment::Deployment;
use crate::finding::{Finding, Fix, Related, Safety, Severity};
use crate::flink::version::Versions;
use crate::syntax::{Document, Format, Kind, Setting};

/// Versions that start a reporter for a mere `.class`; 1.16 with a warning.
const WITH_CLASS: Versions = Versions::from_bits(0x000F);

/// What is reported: the keys' prefix, the list of names, the versions that have it.
const KINDS: [(&str, &str, Versions); 3] = [
    ("metrics.reporter.", "metrics.reporters", Versions::ALL),
    ("traces.reporter.", "traces.reporters", Versions::YAML),
    (
        "events.reporter.",
        "events.reporters",
        Versions::from_bits(0x0E00),
    ),
];

/// The reporters that come with Flink, without `Factory`, each with the parameters it reads. An empty
/// list stands for one whose parameters are not checked.
const BUNDLED: [(&str, &[&str]); 9] = [
    (
        "org.apache.flink.metrics.prometheus.PrometheusReporter",
        &["port", "filterLabelValueCharacters"],
    ),
    (
        "org.apache.flink.metrics.prometheus.PrometheusPushGatewayReporter",
        &[
            "host",
            "port",
            "hostUrl",
            "jobName",
            "randomJobNameSuffix",
            "deleteOnShutdown",
            "filterLabelValueCharacters",
            "groupingKey",
        ],
    ),
    ("org.apache.flink.metrics.jmx.JMXReporter", &["port"]),
    (
        "org.apache.flink.metrics.graphite.GraphiteReporter",
        &[
            "host",
            "port",
            "protocol",
            "rateConversion",
            "durationConversion",
        ],
    ),
    (
        "org.apache.flink.metrics.influxdb.InfluxdbReporter",
        &[
            "host",
            "port",
            "scheme",
            "db",
            "username",
            "password",
            "retentionPolicy",
            "consistency",
            "connectTimeout",
            "writeTimeout",
        ],
    ),
    (
        "org.apache.flink.metrics.statsd.StatsDReporter",
        &["host", "port"],
    ),
    ("org.apache.flink.metrics.datadog.DatadogHttpReporter", &[]),
    (
        "org.apache.flink.metrics.slf4j.Slf4jReporter",
        &["interval"],
    ),
    (
        "org.apache.flink.metrics.otel.OpenTelemetryMetricReporter",
        &[],
    ),
];

/// What the reporter's frame reads for every reporter, and what 2.3 added for some.
const COMMON: [&str; 10] = [
    "class",
    "factory.class",
    "interval",
    "scope.delimiter",
    "scope.variables.excludes",
    "scope.variables.additional",
    "filter.includes",
    "filter.excludes",
    "allowList",
    "batch.size",
];

type Entry<'p> = (&'p Document, &'p Setting);

/// The settings of each reporter of one kind: name to parameter to setting.
fn by_name<'p>(
    deployment: &Deployment<'p>,
    prefix: &str,
) -> BTreeMap<&'p str, BTreeMap<&'p str, Entry<'p>>> {
    let mut found: BTreeMap<&str, BTreeMap<&str, Entry>> = BTreeMap::new();
    for (document, setting) in cluster::settings(deployment) {
        let named = setting.key.strip_prefix(prefix);
        let Some((name, parameter)) = named.and_then(|rest| rest.split_once('.')) else {
            continue;
        };
        if name.is_empty() || name.contains(char::is_whitespace) {
            continue;
        }
        let parameters = found.entry(name).or_default();
        parameters.insert(parameter, (document, setting));
    }
    found
}

/// `metrics-reporter-without-factory`: the check.
pub(super) fn without_factory(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for (prefix, list, versions) in KINDS {
        if !deployment.versions.within(versions) {
            continue;
        }
        let reporters = by_name(deployment, prefix);
        for (name, parameters) in &reporters {
            out.extend(not_started(rule, deployment, prefix, name, parameters));
        }
        list_of_names(rule, deployment, list, &reporters, out);
    }
}

/// A reporter that Flink passes over.
fn not_started(
    rule: &Rule,
    deployment: &Deployment,
    prefix: &str,
    name: &str,
    parameters: &BTreeMap<&str, Entry>,
) -> Option<Finding> {
    let version = deployment.version_text();
    let key = format!("{prefix}{name}.factory.class");
    if let Some((document, setting)) = parameters.get("factory.class") {
        let bundled = BUNDLED.iter().any(|(class, _)| *class == setting.value);
        if !setting.known || !bundled {
            return None;
        }
        let factory = format!("{}Factory", setting.value);
        let message = format!(
            "`{}` is no factory; Flink starts no reporter",
            setting.value
        );
        let mut finding = rule.finding(document, setting.whole, message);
        finding.label = "did you mean its factory?".to_owned();
        finding.help =
            format!("write `{factory}`; the log says that the factory could not be found");
        finding.key = Some(setting.key.clone());
        finding.fix = fixes::set(deployment, document, setting, &factory)
            .map(|fix| fix.titled("name the factory").risky(STARTS));
        return Some(finding);
    }
    if let Some((document, setting)) = parameters.get("class") {
        let metrics = prefix == "metrics.reporter.";
        if metrics && deployment.versions.overlaps(WITH_CLASS) {
            return None;
        }
        let message =
            format!("{version} starts no reporter for `{name}`: it does not read `.class`");
        let mut finding = rule.finding(document, setting.whole, message);
        finding.label = "read up to 1.16".to_owned();
        finding.key = Some(setting.key.clone());
        let class = setting
            .value
            .strip_suffix("Factory")
            .unwrap_or(&setting.value);
        let bundled = BUNDLED.iter().any(|(bundled, _)| *bundled == class);
        finding.help = if bundled && setting.known {
            finding.fix = to_factory(
                deployment,
                document,
                setting,
                &key,
                &format!("{class}Factory"),
            );
            format!("write `{key}: {class}Factory`")
        } else {
            format!("name the reporter's factory in `{key}`")
        };
        return Some(finding);
    }
    // The class may be named in a layer that is not in sight.
    if !deployment.is_complete() {
        return None;
    }
    let (_, (document, setting)) = parameters.iter().next()?;
    let message = format!("nothing names the class of the reporter `{name}`; Flink starts none");
    let mut finding = rule.finding(document, setting.whole, message);
    finding.label = format!("`{key}` is not set");
    finding.help =
        "a reporter is started only where its factory is named; other keys are its parameters"
            .to_owned();
    finding.key = Some(key);
    Some(finding)
}

const STARTS: &str = "the reporter starts for the first time, with its ports and traffic";

/// Replaces `.class` by `.factory.class`.
fn to_factory(
    deployment: &Deployment,
    document: &Document,
    setting: &Setting,
    key: &str,
    factory: &str,
) -> Option<Fix> {
    if document.all(&setting.key).count() > 1 {
        return None;
    }
    let source = deployment.source(document);
    let edits = match document.rename(source, setting, key) {
        Some(rename) if setting.value == factory => vec![rename],
        Some(rename) => vec![rename, document.set(source, setting, factory)?],
        // In a nested block the new key has another parent.
        None => vec![
            document.remove(source, setting)?,
            document.insert(source, key, factory)?,
        ],
    };
    Some(Fix {
        title: "name the factory instead".to_owned(),
        safety: Safety::Unsafe,
        risk: STARTS.to_owned(),
        edits,
        claims: vec![
            claim(document, &setting.key, None),
            claim(document, key, Some(factory)),
        ],
    })
}

/// `metrics.reporters` with names that nothing describes, or without one that is described.
fn list_of_names(
    rule: &Rule,
    deployment: &Deployment,
    list: &str,
    reporters: &BTreeMap<&str, BTreeMap<&str, Entry>>,
    out: &mut Vec<Finding>,
) {
    let Some(effective) = cluster::known(deployment, list) else {
        return;
    };
    let (document, setting) = (effective.document, effective.setting);
    let names: Vec<&str> = effective.value().split(',').map(str::trim).collect();
    if names.iter().all(|name| name.is_empty()) || effective.value().contains(['[', '"', '\'']) {
        return;
    }
    let unknown: Vec<&str> = names
        .iter()
        .copied()
        .filter(|name| !name.is_empty() && !reporters.contains_key(name))
        .collect();
    if !unknown.is_empty() && deployment.is_complete() {
        let message = format!(
            "`{list}` names {}, which nothing describes",
            in_backquotes(&unknown)
        );
        let mut finding = rule.finding(document, setting.whole, message);
        finding.label = "no such reporter".to_owned();
        let prefix = list.trim_end_matches('s');
        finding.help = format!("a reporter is described by `{prefix}.NAME.factory.class`");
        finding.key = Some(list.to_owned());
        out.push(finding);
    }
    for (name, parameters) in reporters {
        let class = parameters.get("factory.class").or(parameters.get("class"));
        let Some((own, first)) = class.filter(|_| !names.contains(name)) else {
            continue;
        };
        let message = format!("`{list}` leaves out `{name}`; Flink does not start it");
        let mut finding = rule.finding(own, first.whole, message);
        finding.severity = Severity::Note;
        finding.label = "not started".to_owned();
        finding.help =
            format!("only the reporters named in `{list}` are started; without it, all are");
        finding.key = Some(format!("{list}/{name}"));
        finding.related.push(Related {
            at: effective.at(),
            message: format!("`{name}` is not in this list"),
        });
        out.push(finding);
    }
}

/// `reporter-parameter-unknown`: the check.
pub(super) fn unknown_parameter(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for (name, parameters) in by_name(deployment, "metrics.reporter.") {
        let Some((class, known)) = bundled(&parameters) else {
            continue;
        };
        for (parameter, (document, setting)) in &parameters {
            let read = known.contains(parameter)
                || COMMON.contains(parameter)
                || parameter.starts_with("scope.variables.additional.");
            if read {
                continue;
            }
            let short = class.rsplit('.').next().unwrap_or(class);
            let message =
                format!("the {short} has no parameter `{parameter}`; the line has no effect");
            let mut finding = rule.finding(document, setting.whole, message);
            finding.label = "not read".to_owned();
            finding.help = format!("`{name}` reads {}", in_backquotes(known));
            finding.key = Some(setting.key.clone());
            finding.fix = fixes::remove(deployment, document, &[&setting.key]);
            out.push(finding);
        }
    }
}

/// Versions that hand a reporter numbers and booleans of `config.yaml` as such, which its
/// `MetricConfig` then doesn't find (`Configuration.addAllToProperties`; run on 1.19 to 2.3).
const LOSES_NUMBERS: Versions = Versions::from_bits(0x01C0);

/// `unquoted-reporter-parameter`: numbers that never reach the reporter.
pub(super) fn unquoted_parameter(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    if !deployment.versions.within(LOSES_NUMBERS) {
        return;
    }
    for (name, parameters) in by_name(deployment, "metrics.reporter.") {
        let Some((class, known)) = bundled(&parameters) else {
            continue;
        };
        for (parameter, (document, setting)) in &parameters {
            let lost = matches!(setting.kind, Kind::Integer | Kind::Float | Kind::Boolean)
                && document.format == Format::ConfigYaml
                && known.contains(parameter)
                && !is_default(class, parameter, &setting.value);
            if !lost {
                continue;
            }
            let message = format!(
                "reporter `{name}` does not see this {parameter}: {} loses numbers without quotes",
                deployment.version_text()
            );
            let mut finding = rule.finding(document, setting.whole, message);
            finding.label = "the reporter takes its default".to_owned();
            finding.help = "a reporter looks for texts only, and YAML makes a number or a boolean \
                            of this; 2.1 and later turn it back into text"
                .to_owned();
            finding.key = Some(setting.key.clone());
            let edit = document.quote(deployment.source(document), setting);
            finding.fix = edit.map(|edit| Fix {
                title: "put it into quotes".to_owned(),
                safety: Safety::Unsafe,
                risk: "the reporter takes the value for the first time".to_owned(),
                edits: vec![edit],
                claims: Vec::new(),
            });
            out.push(finding);
        }
    }
}

/// Whether a reporter does the same without the parameter.
fn is_default(class: &str, parameter: &str, value: &str) -> bool {
    class.ends_with(".PrometheusReporter") && (parameter, value) == ("port", "9249")
}

/// The bundled reporter that these parameters are for, when those it reads are known.
fn bundled<'p>(
    parameters: &BTreeMap<&str, Entry<'p>>,
) -> Option<(&'p str, &'static [&'static str])> {
    let class = parameters.get("factory.class").or(parameters.get("class"));
    let (_, class) = class.filter(|(_, setting)| setting.known)?;
    let class = class.value.strip_suffix("Factory").unwrap_or(&class.value);
    let mut all = BUNDLED.iter();
    let (_, known) = all.find(|(bundled, known)| *bundled == class && !known.is_empty())?;
    Some((class, known))
}
