//! `out-of-range`: values that are of the right type and that Flink refuses nevertheless.

use super::{Proof, known};
use crate::deployment::{Deployment, Effective};
use crate::finding::{Finding, Fix, Severity};
use crate::flink::bounds::{self, Bound, Shape, Stops};
use crate::flink::value;
use crate::rules::declared::Test;
use crate::rules::{Rule, fixes};

/// The check.
pub(in crate::rules) fn out_of_range(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for bound in bounds::of_set(|key| deployment.raw(key).is_some()) {
        out.extend(check(rule, deployment, &bound));
    }
}

fn check(rule: &Rule, deployment: &Deployment, bound: &Bound) -> Option<Finding> {
    let effective = known(deployment, bound.key)?;
    let mut proof = Proof::of(effective, deployment);
    if let Some((key, accepted)) = bound.when {
        proof = accepted.split('|').find_map(|name| {
            let alone = Proof::of(effective, deployment);
            alone.and(rule, deployment, &[(key, Test::Is(name))])
        })?;
    }
    let text = effective.value();
    if !bound.is_violated(text, proof.versions) {
        return None;
    }
    let who = match bound.stops {
        Stops::Job => "Flink rejects the job",
        Stops::JobManager => "the JobManager does not start",
        Stops::TaskManager => "the TaskManager does not start",
        Stops::Cluster => "neither JobManager nor TaskManager starts",
        Stops::Kubernetes => "native Kubernetes mode refuses to deploy",
    };
    let message = format!("{} is out of range: {who}", bound.key);
    let mut finding = proof.finding(rule, deployment, &message)?;
    // Nothing says that the cluster is one of these.
    if bound.stops == Stops::Kubernetes {
        finding.severity = Severity::Warning;
    }
    finding.label = format!("takes {}", bound.accepted());
    finding.help = if bound.says.is_empty() {
        format!("Flink checks this at start; write {}", bound.accepted())
    } else {
        format!("Flink says `{}`; write {}", bound.says, bound.accepted())
    };
    if bound.shape == Shape::PowerOfTwo {
        finding.fix = round(deployment, effective);
    }
    Some(finding)
}

/// Sets a segment size to the nearest power of two that Flink takes.
fn round(deployment: &Deployment, effective: Effective) -> Option<Fix> {
    const LEAST: u64 = 4096;
    const MOST: u64 = 1 << 30;
    let document = effective.document;
    let bytes = value::parse_memory(effective.value())
        .ok()?
        .clamp(LEAST, MOST);
    let above = bytes.next_power_of_two();
    let nearest = if bytes - above / 2 < above - bytes {
        above / 2
    } else {
        above
    };
    let written = value::write_memory(nearest);
    let fix = fixes::set(deployment, document, effective.setting, &written)?;
    Some(fix.risky("every network buffer gets this size"))
}
