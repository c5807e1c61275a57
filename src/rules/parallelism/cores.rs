//! `slots-vs-cpu`: far more slots than cores.

use super::{Number, SLOTS};
use crate::deployment::{Deployment, Effective, Value};
use crate::finding::{Finding, Related};
use crate::flink::value;
use crate::rules::Rule;

/// What says how many cores a `TaskManager` has, the first that is set
/// (`TaskExecutorProcessUtils.getCpuCoresWithFallback`).
const CORES: [&str; 3] = [
    "taskmanager.cpu.cores",
    "kubernetes.taskmanager.cpu.amount",
    "yarn.containers.vcores",
];

/// The check.
pub(in crate::rules) fn slots_vs_cpu(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    out.extend(check(rule, deployment));
}

fn check(rule: &Rule, deployment: &Deployment) -> Option<Finding> {
    let slots = Number::of(deployment, SLOTS)?;
    let (cores, said) = cores(deployment)?;
    let most = cores * f64::from(u32::try_from(rule.integer("slots-per-core")).ok()?);
    if f64::from(slots.number) <= most {
        return None;
    }
    let mut finding = slots.finding(
        rule,
        format!(
            "{} slots share {cores} CPU {}",
            slots.number,
            if cores > 1.0 { "cores" } else { "core" }
        ),
    );
    finding.help =
        "each slot runs at least one busy thread, and with RocksDB more; fewer slots in \
                    more TaskManagers, or more cores, keep them from waiting for each other"
            .to_owned();
    finding.related.push(Related {
        at: said.at(),
        message: format!("{} is {}", said.setting.key, said.value()),
    });
    Some(finding)
}

/// The cores of a `TaskManager` and the setting that says so; `None` where pods may use more than they
/// ask for.
fn cores<'p>(deployment: &Deployment<'p>) -> Option<(f64, Effective<'p>)> {
    if !deployment
        .cluster_option("kubernetes.taskmanager.cpu.limit-factor")
        .is_absent()
    {
        return None;
    }
    for key in CORES {
        match deployment.cluster_option(key) {
            Value::Known(said) => {
                let cores = value::parse_double(said.value()).ok()?;
                if cores > 0.0 {
                    return cores.is_finite().then_some((cores, said));
                }
                // Not set, except for the first, which Flink refuses then.
                if key == CORES[0] {
                    return None;
                }
            }
            Value::Default(_) => {}
            Value::Unknown => return None,
        }
    }
    None
}
