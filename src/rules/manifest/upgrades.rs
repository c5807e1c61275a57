//! `operator-stateless-upgrade`: a job with state that every upgrade throws away.

use super::Cluster;
use crate::deployment::{Base, Deployment};
use crate::finding::{Finding, Fix, Related, Safety, Severity};
use crate::rules::{Rule, claim, fixes};
use crate::syntax::Setting;

/// Where savepoints go.
const SAVEPOINTS: [&str; 2] = [
    "state.savepoints.dir",
    "execution.checkpointing.savepoint-dir",
];
/// Where checkpoints go.
const CHECKPOINTS: [&str; 2] = ["state.checkpoints.dir", "execution.checkpointing.dir"];

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    if deployment.base == Base::Unknown {
        return;
    }
    let all = Cluster::all(deployment);
    out.extend(all.filter_map(|cluster| finding(rule, deployment, cluster)));
}

fn finding(rule: &Rule, deployment: &Deployment, own: Cluster) -> Option<Finding> {
    let map = own.options(deployment)?;
    let of_map = |key: &&str| map.get(key);
    let directory = SAVEPOINTS.iter().chain(&CHECKPOINTS).find_map(of_map)?;
    let takes = [
        "execution.checkpointing.interval",
        "kubernetes.operator.periodic.savepoint.interval",
    ]
    .iter()
    .find_map(of_map)?;
    let mode = own.get("job.upgradeMode");
    let is_stateless = mode.is_none_or(|mode| mode.known && mode.value == "stateless");
    let is_batch = map.get("execution.runtime-mode").is_some();
    // Who writes it down means it, unless savepoints are prepared as well.
    let is_meant = mode.is_some() && !SAVEPOINTS.iter().any(|key| map.get(key).is_some());
    if !own.has("job") || !is_stateless || is_meant || is_batch {
        return None;
    }
    let section = own.fields.section(&format!("{}.job", own.spec))?;
    let at = mode.map_or(section.key_at, |mode| mode.whole);
    let message = match mode {
        Some(_) => "an upgrade starts the job without its state",
        None => {
            "`upgradeMode` is stateless by default: an upgrade starts the job without its state"
        }
    };
    let mut finding = rule.finding(own.fields, at, message);
    finding.key = Some(format!("{}.job.upgradeMode", own.spec));
    if mode.is_some() {
        finding.severity = Severity::Note;
    }
    finding.help = "with a change of the image, of sizes or of options the operator starts the job anew, and does not look for a checkpoint: write `upgradeMode: \
                    savepoint` or `last-state` where the state counts, or `stateless` where it does not"
        .to_owned();
    let related = |setting: &Setting| Related {
        at: Deployment::at(map, setting.whole),
        message: format!("{} is set", setting.key),
    };
    finding.related = vec![related(directory), related(takes)];
    finding.fix = fix(deployment, own, mode);
    Some(finding)
}

/// Keeps the state: by a savepoint where there is a directory for one, or else by the last checkpoint
/// where high availability tells where it is.
fn fix(deployment: &Deployment, own: Cluster, mode: Option<&Setting>) -> Option<Fix> {
    let map = own.options(deployment)?;
    let has = |keys: &[&str]| keys.iter().any(|key| map.get(key).is_some());
    let value = if has(&SAVEPOINTS) {
        "savepoint"
    } else if has(&["high-availability", "high-availability.type"]) {
        "last-state"
    } else {
        return None;
    };
    let risk = "a changed job may not fit the state that it had";
    let Some(mode) = mode else {
        let key = format!("{}.job.upgradeMode", own.spec);
        let names = ["parallelism", "jarURI", "entryClass", "state"];
        let mut beside = names
            .iter()
            .filter_map(|name| own.get(&format!("job.{name}")));
        let source = deployment.source(own.fields);
        let edit = own
            .fields
            .insert_after(source, beside.next()?, &key, value)?;
        return Some(Fix {
            title: format!("add `upgradeMode: {value}`"),
            safety: Safety::Unsafe,
            risk: risk.to_owned(),
            edits: vec![edit],
            claims: vec![claim(own.fields, &key, Some(value))],
        });
    };
    Some(fixes::set(deployment, own.fields, mode, value)?.risky(risk))
}
