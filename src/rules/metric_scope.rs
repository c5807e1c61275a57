//! `metrics-scope-without-variables`: names of metrics that every `TaskManager`, task or operator shares
//! (`MetricOptions.SCOPE_NAMING_*`, `ScopeFormat`).

use super::{Rule, cluster};
use crate::deployment::Deployment;
use crate::finding::{Finding, Related, Severity};

/// Scopes of which a cluster has several at a time, the most numerous first; a `JobManager`'s own is
/// usually the only one.
const SEVERAL: [&str; 5] = [
    "metrics.scope.task",
    "metrics.scope.operator",
    "metrics.scope.tm",
    "metrics.scope.tm-job",
    "metrics.scope.tm.job",
];

/// Scopes that matter as soon as several jobs run.
const PER_JOB: [&str; 3] = [
    "metrics.scope.jm-job",
    "metrics.scope.jm.job",
    "metrics.scope.jm-operator",
];

/// Reporters that give each series the variables as labels or tags, whatever the format.
const TAGGED: [&str; 4] = [
    "org.apache.flink.metrics.prometheus.",
    "org.apache.flink.metrics.otel.",
    "org.apache.flink.metrics.influxdb.",
    "org.apache.flink.metrics.datadog.",
];

/// The check.
pub(super) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    // A format with a variable, `<host>`, is a placeholder: not known.
    let fixed: Vec<_> = cluster::settings(deployment)
        .filter(|(_, setting)| setting.known && !setting.value.contains(['<', '>']))
        .filter(|(_, setting)| {
            let key = setting.key.as_str();
            SEVERAL.contains(&key) || PER_JOB.contains(&key)
        })
        .collect();
    let first = SEVERAL
        .iter()
        .find_map(|key| fixed.iter().find(|(_, setting)| setting.key == *key));
    let Some((document, first)) = first else {
        return;
    };
    let classes: Vec<_> = cluster::settings(deployment)
        .filter(|(_, setting)| {
            let last = setting.key.rsplit('.').next();
            setting.key.starts_with("metrics.reporter.") && last == Some("class")
        })
        .collect();
    let tagged = !classes.is_empty()
        && classes.iter().all(|(_, setting)| {
            TAGGED
                .iter()
                .any(|package| setting.value.starts_with(package))
        });
    let count = fixed.len();
    let message = match (tagged, count) {
        (true, _) => {
            "the scope formats hold no variable; the reporters of this file tell series apart by \
                      labels, any other one would give all the same name"
                .to_owned()
        }
        (false, 1) => format!(
            "`{}` holds no variable: all of its series have the same name",
            first.key
        ),
        (false, _) => {
            format!("{count} scope formats hold no variable: their series have the same names")
        }
    };
    let mut finding = rule.finding(document, first.whole, message);
    if tagged {
        finding.severity = Severity::Note;
    }
    finding.label = "no `<host>`, `<tm_id>`, `<job_name>` or the like".to_owned();
    finding.help =
        "series of different processes and subtasks then overwrite each other; keep at least \
                    `<tm_id>` for a TaskManager, and `<job_name>` and `<subtask_index>` below it"
            .to_owned();
    finding.key = Some("metrics.scope".to_owned());
    for (other, setting) in &fixed {
        if setting.whole != first.whole {
            finding.related.push(Related {
                at: Deployment::at(other, setting.whole),
                message: "no variable here either".to_owned(),
            });
        }
    }
    out.push(finding);
}
