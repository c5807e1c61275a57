//! Keys of which one is the beginning of another: before it starts Flink 2 the operator refuses them,
//! whatever the options are (`FlinkConfMountDecorator.validateConfigKeysForV2`, since 1.12).

use std::collections::BTreeMap;

use super::{What, related, resources};
use crate::deployment::{Deployment, Site};
use crate::finding::{Finding, Severity};
use crate::flink::options;
use crate::flink::version::Versions;
use crate::rules::{Rule, fixes, in_backquotes};
use crate::syntax::Document;

/// Options that the operator takes out before it looks.
const TAKEN_OUT: [&str; 5] = [
    "kubernetes.config.file",
    "rest.bind-address",
    "jobmanager.bind-host",
    "taskmanager.bind-host",
    "taskmanager.host",
];

/// Beginnings of the options that are the operator's own, which no cluster gets.
const OWN: [&str; 2] = ["kubernetes.operator.", "job.autoscaler."];

/// Whether the operator looks at a key.
fn is_looked_at(key: &str) -> bool {
    !TAKEN_OUT.contains(&key) && !OWN.iter().any(|own| key.starts_with(own))
}

/// Whether the operator starts this deployment, and refuses overlapping keys.
pub(in crate::rules) fn refuses_overlap(deployment: &Deployment) -> bool {
    let is_cluster = |what: What| matches!(what, What::Deployment | What::BlueGreen);
    deployment.versions.within(Versions::V2)
        && resources(deployment).iter().any(|own| is_cluster(own.what))
}

/// One finding for each key that others begin with.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    let mut keys: BTreeMap<&str, Site> = BTreeMap::new();
    // A template may write one of two lines.
    let known = |document: &&&Document| document.complete && document.load_error.is_none();
    for document in deployment.documents.iter().filter(known) {
        for setting in document.in_force().filter(|own| is_looked_at(&own.key)) {
            keys.insert(&setting.key, (setting, document));
        }
    }
    for (key, site) in &keys {
        // Between a key and those below it are others, such as `a-b` between `a` and `a.b`.
        let below = format!("{key}.");
        let longer: Vec<(&str, Site)> = keys
            .range(below.as_str()..)
            .take_while(|(other, _)| other.starts_with(&below))
            .map(|(other, site)| (*other, *site))
            .collect();
        if !longer.is_empty() {
            out.push(finding(rule, deployment, *site, &longer));
        }
    }
}

fn finding(
    rule: &Rule,
    deployment: &Deployment,
    (setting, document): Site,
    longer: &[(&str, Site)],
) -> Finding {
    let key = setting.key.as_str();
    let names: Vec<&str> = longer.iter().map(|(name, _)| *name).collect();
    let verb = if names.len() == 1 { "begins" } else { "begin" };
    let message = format!(
        "{} {verb} with `{key}`, too: the operator refuses that for Flink 2",
        in_backquotes(&names)
    );
    let mut finding = rule.finding(document, setting.whole, message);
    finding.severity = Severity::Error;
    finding.key = Some(key.to_owned());
    let mut meanings = options::meanings(key).filter(|own| own.versions.overlaps(Versions::V2));
    let target = meanings.find_map(|own| own.targets().next());
    finding.help = match target {
        Some(target) => format!("Flink 2 calls it `{target}`: write that instead"),
        None => format!("write either all in `{key}`, or each with a key of its own"),
    };
    let others = longer
        .iter()
        .filter(|(_, site)| site.0.whole != setting.whole);
    finding.related = others
        .map(|(_, site)| related(*site, format!("begins with `{key}`")))
        .collect();
    if target.is_none() && longer.iter().all(|(_, own)| std::ptr::eq(own.1, document)) {
        let fix = fixes::remove(deployment, document, &names);
        finding.fix = fix.map(|fix| {
            fix.titled(format!("keep `{key}` alone"))
                .risky("what the other keys say is gone")
        });
    }
    finding
}
