//! `operator-feature-incomplete`: features that the operator refuses without another.

use super::{Absent, Given, Resource, What, integer, option, related, resources};
use crate::deployment::{Deployment, Effective, Site};
use crate::finding::Finding;
use crate::flink::value::parse_boolean;
use crate::rules::Rule;
use crate::rules::cluster::is_set_to;

/// The names of the option that turns on high availability, as the operator's own Flink reads them.
const HIGH_AVAILABILITY: [&str; 2] = ["high-availability.type", "high-availability"];

const ROLLBACK: &str = "kubernetes.operator.deployment.rollback.enabled";
const HEALTH_CHECK: &str = "kubernetes.operator.cluster.health-check.enabled";
const RECOVERY: [&str; 2] = [
    "kubernetes.operator.jm-deployment-recovery.enabled",
    "kubernetes.operator.reconciler.jm-deployment-recovery.enabled",
];

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for resource in resources(deployment) {
        if !matches!(resource.what, What::Deployment | What::BlueGreen) {
            continue;
        }
        out.extend(rollback(rule, deployment, resource));
        out.extend(standby(rule, deployment, resource));
        out.extend(health_check(rule, deployment, resource));
    }
}

/// Why there is no high availability.
enum Without<'p> {
    /// Turned off here.
    Off(Site<'p>),
    /// Never turned on.
    Absent(Absent),
}

fn without<'p>(deployment: &Deployment<'p>, resource: Resource<'p>) -> Option<Without<'p>> {
    match option(deployment, resource, &HIGH_AVAILABILITY) {
        Given::Set(site) => {
            let is_none = site.0.value.trim().eq_ignore_ascii_case("none");
            is_none.then_some(Without::Off(site))
        }
        Given::Absent(absent) => Some(Without::Absent(absent)),
        Given::Unknown => None,
    }
}

/// What to do, and what proves it.
fn explain(finding: &mut Finding, why: &str, without: &Without) {
    finding.help = format!(
        "{why}; set `high-availability.type: kubernetes` with `high-availability.storageDir`, or do without"
    );
    match without {
        Without::Off(site) => finding.related.push(related(*site, "turned off here")),
        Without::Absent(absent) => absent.admit(finding),
    }
}

fn rollback(rule: &Rule, deployment: &Deployment, resource: Resource) -> Option<Finding> {
    let Effective {
        setting, document, ..
    } = is_set_to(deployment, ROLLBACK, true)?;
    let without = without(deployment, resource)?;
    let message = format!("`{ROLLBACK}` needs high availability: the operator refuses it without");
    let mut finding = rule.finding(document, setting.whole, message);
    finding.key = Some(ROLLBACK.to_owned());
    let why = "a failed upgrade is rolled back to the state that high availability keeps";
    explain(&mut finding, why, &without);
    Some(finding)
}

fn standby(rule: &Rule, deployment: &Deployment, resource: Resource) -> Option<Finding> {
    let replicas = integer(resource.known("jobManager.replicas")?)?;
    if replicas <= 1 {
        return None;
    }
    let without = without(deployment, resource)?;
    let message =
        format!("{replicas} JobManagers need high availability: the operator refuses them without");
    let mut finding = resource.finding(rule, "jobManager.replicas", message)?;
    let why = "only with it one leads and the others stand by";
    explain(&mut finding, why, &without);
    Some(finding)
}

/// Recovery is on unless it is turned off.
fn health_check(rule: &Rule, deployment: &Deployment, resource: Resource) -> Option<Finding> {
    let Effective {
        setting, document, ..
    } = is_set_to(deployment, HEALTH_CHECK, true)?;
    let Given::Set(off) = option(deployment, resource, &RECOVERY) else {
        return None;
    };
    if parse_boolean(&off.0.value) != Ok(false) {
        return None;
    }
    let message = format!(
        "`{HEALTH_CHECK}` needs the recovery of deployments, which is off: the operator refuses it"
    );
    let mut finding = rule.finding(document, setting.whole, message);
    finding.key = Some(HEALTH_CHECK.to_owned());
    "the health check deletes an unhealthy cluster, and recovery starts it anew: turn on both, or none"
        .clone_into(&mut finding.help);
    finding.related.push(related(off, "turned off here"));
    Some(finding)
}
