//! `parallelism-exceeds-slots`: a cluster of fixed size that can't start a job of its own default.

use super::{EXACT, Number, PARALLELISM, SLOTS, counted, runs_with};
use crate::deployment::{Deployment, Value};
use crate::finding::{Finding, Related};
use crate::flink::memory::Mode;
use crate::flink::parallelism::task_managers;
use crate::rules::cluster::is_set_to;
use crate::rules::{Rule, fixes};

/// With it a job may ask for smaller slots than the even shares of a `TaskManager`.
const FINE_GRAINED: &str = "cluster.fine-grained-resource-management.enabled";

/// The check. Two subtasks of one operator never share a slot (`SlotSharingManager`), so a job needs
/// at least as many slots as its parallelism.
pub(in crate::rules) fn parallelism_exceeds_slots(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    out.extend(check(rule, deployment));
}

fn check(rule: &Rule, deployment: &Deployment) -> Option<Finding> {
    let hosts = deployment.cluster.task_managers.as_ref()?;
    let parallelism = Number::of(deployment, PARALLELISM)?;
    // On Kubernetes and YARN Flink starts as many TaskManagers as it needs.
    if deployment.mode() != Mode::Standalone || !runs_with(deployment, EXACT) {
        return None;
    }
    if is_set_to(deployment, FINE_GRAINED, true).is_some() {
        return None;
    }
    let (each, slots) = match deployment.cluster_option(SLOTS) {
        Value::Known(effective) => {
            let slots = Number::read(effective)?;
            (slots.number, Some(slots))
        }
        Value::Default(default) => (default?.parse().ok()?, None),
        Value::Unknown => return None,
    };
    let needed = parallelism.number;
    let all = hosts.number.saturating_mul(each);
    if needed <= all {
        return None;
    }
    let slots_word = counted(all, "slot");
    let mut finding = parallelism.finding(
        rule,
        format!(
            "a streaming job that uses {} needs {needed} slots, and the cluster has {all}",
            parallelism.name()
        ),
    );
    finding.label = format!(
        "{} with {}{}",
        counted(hosts.number, "TaskManager"),
        counted(each, "slot"),
        if hosts.number > 1 { " each" } else { "" }
    );
    let per_host = needed.div_ceil(hosts.number);
    let more_hosts = task_managers(u64::from(needed), each);
    finding.help = format!(
        "the job fails with NoResourceAvailableException, at once or, while the cluster is young, after \
         `slot.request.timeout`; lower the parallelism to {all}, start {more_hosts} TaskManagers, or set {SLOTS} to {per_host} where \
         memory and cores are enough"
    );
    finding.related.push(Related {
        at: hosts.at.at,
        message: format!(
            "{}: {}",
            hosts.at.what,
            counted(hosts.number, "TaskManager")
        ),
    });
    finding.related.extend(slots.map(Number::related));
    let setting = parallelism.setting;
    let fix = fixes::set(
        deployment,
        setting.document,
        setting.setting,
        &all.to_string(),
    );
    finding.fix = fix.map(|fix| fix.risky(format!("jobs run with {slots_word} at most")));
    Some(finding)
}
