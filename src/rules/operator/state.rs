//! `upgrade-without-state-directory`: ways to upgrade a job that need a directory for its state.

use super::{Given, Resource, option, related, resources};
use crate::deployment::{Deployment, Site};
use crate::finding::Finding;
use crate::rules::Rule;

/// The names under which the operator's own Flink finds the directories.
const CHECKPOINTS: [&str; 3] = [
    "execution.checkpointing.dir",
    "state.checkpoints.dir",
    "state.backend.fs.checkpointdir",
];
const SAVEPOINTS: [&str; 3] = [
    "execution.checkpointing.savepoint-dir",
    "state.savepoints.dir",
    "savepoints.state.backend.fs.dir",
];

const PERIODIC: &str = "kubernetes.operator.periodic.savepoint.interval";
const LARGEST_AGE: &str = "kubernetes.operator.job.upgrade.last-state.max.allowed.checkpoint.age";

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for resource in resources(deployment) {
        if resource.has_job() && resource.has("job") {
            out.extend(checkpoints(rule, deployment, resource));
            out.extend(savepoints(rule, deployment, resource));
        }
    }
}

/// The mode in which a job with state is upgraded.
fn mode(resource: Resource<'_>) -> Option<Site<'_>> {
    let mode = resource.known("job.upgradeMode")?;
    matches!(mode.value.as_str(), "last-state" | "savepoint").then_some((mode, resource.fields))
}

fn checkpoints(rule: &Rule, deployment: &Deployment, resource: Resource) -> Option<Finding> {
    let because = mode(resource)?;
    let message = format!(
        "upgradeMode `{}` needs a directory for checkpoints, and there is none",
        because.0.value
    );
    let help =
        "set `state.checkpoints.dir` (from Flink 1.20 on also `execution.checkpointing.dir`)";
    without(
        rule,
        deployment,
        resource,
        because,
        &CHECKPOINTS,
        message,
        help,
    )
}

/// The first of what needs savepoints; the operator names no other.
fn savepoints(rule: &Rule, deployment: &Deployment, resource: Resource) -> Option<Finding> {
    let by_mode = mode(resource).filter(|(mode, _)| mode.value == "savepoint");
    let by_nonce = || {
        Some((
            resource.field("job.savepointTriggerNonce")?,
            resource.fields,
        ))
    };
    let by_option = |key: &str| deployment.raw(key);
    let (because, message) = if let Some(site) = by_mode {
        (
            site,
            "upgradeMode `savepoint` needs a directory for savepoints",
        )
    } else if let Some(site) = by_nonce() {
        (
            site,
            "a savepoint on demand needs a directory for savepoints",
        )
    } else if let Some(site) = by_option(PERIODIC) {
        (site, "periodic savepoints need a directory for savepoints")
    } else {
        (
            by_option(LARGEST_AGE)?,
            "a largest age of checkpoints needs a directory for savepoints: where they are older, a \
             savepoint is taken",
        )
    };
    let message = format!("{message}, and there is none");
    let help = "set `state.savepoints.dir` (from Flink 1.20 on also `execution.checkpointing.savepoint-dir`)";
    without(
        rule,
        deployment,
        resource,
        because,
        &SAVEPOINTS,
        message,
        help,
    )
}

/// A finding where a directory is missing or blank.
fn without(
    rule: &Rule,
    deployment: &Deployment,
    resource: Resource,
    (because, document): Site,
    names: &[&str],
    message: String,
    help: &str,
) -> Option<Finding> {
    let mut finding = rule.finding(document, because.whole, message);
    // What needs both directories has a finding of each.
    finding.key = names.get(1).map(|name| (*name).to_owned());
    help.clone_into(&mut finding.help);
    match option(deployment, resource, names) {
        Given::Set(site) if site.0.value.trim().is_empty() => {
            finding.related.push(related(site, "blank"));
        }
        Given::Absent(absent) => absent.admit(&mut finding),
        Given::Set(_) | Given::Unknown => return None,
    }
    Some(finding)
}
