//! `jm-replicas-without-ha`: several `JobManager`s that know nothing of each other.

use crate::deployment::{Deployment, Engine, Process, Value};
use crate::finding::{Finding, Related};
use crate::rules::Rule;

/// The check. What the operator makes of a resource, its own checks are about.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    let mode = match deployment.cluster_option("high-availability.type") {
        Value::Known(mode) if mode.value().eq_ignore_ascii_case("none") => Some(mode),
        Value::Default(default) if default.is_none_or(|text| text.eq_ignore_ascii_case("none")) => {
            None
        }
        _ => return,
    };
    let Some(document) = deployment.documents.first() else {
        return;
    };
    for container in deployment.cluster.containers_of(Process::JobManager) {
        let Some(replicas) = &container.replicas else {
            continue;
        };
        let (Some(at), true) = (replicas.at, replicas.number > 1) else {
            continue;
        };
        if container.engine == Engine::Operator {
            continue;
        }
        let message = format!(
            "{} JobManagers, each of which is the only one for itself",
            replicas.number
        );
        let mut finding = rule.finding(document, at, message);
        finding.at.source = container.source;
        finding.help = "without high availability they do not choose one to lead: TaskManagers and jobs go to \
                        any of them, and none knows of the others' jobs. Start one, or set \
                        `high-availability.type` and `high-availability.storageDir`"
            .to_owned();
        if let Some(mode) = mode {
            finding.related.push(Related {
                at: mode.at(),
                message: "high availability is off".to_owned(),
            });
        }
        out.push(finding);
    }
}
