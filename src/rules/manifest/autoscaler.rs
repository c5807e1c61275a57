//! `autoscaler-unprepared`: a resource in which the operator's autoscaler can't do what it is for
//! (`KubernetesScalingRealizer` and `FlinkConfigBuilder` of the operator).

use super::Cluster;
use crate::deployment::{Base, Deployment, Site};
use crate::finding::{Finding, Related};
use crate::flink::options;
use crate::flink::value::parse_boolean;
use crate::flink::version::Versions;
use crate::rules::{Rule, fixes};
use crate::syntax::Setting;

/// What the autoscaler sets.
const OVERRIDES: &str = "pipeline.jobvertex-parallelism-overrides";

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    // A patch may bring what is missing, or switch it off.
    if deployment.base == Base::Unknown {
        return;
    }
    for cluster in Cluster::all(deployment) {
        let Some(enabled) = own(deployment, "enabled").filter(|site| is(*site, true)) else {
            continue;
        };
        let scales = own(deployment, "scaling.enabled").is_none_or(|site| is(site, true));
        if !cluster.has("job") || !scales {
            continue;
        }
        if let Some(finding) = too_old(rule, cluster, enabled) {
            out.push(finding);
            continue;
        }
        out.extend(fixed_replicas(rule, deployment, cluster, enabled));
        out.extend(memory_not_in_fields(rule, deployment, cluster));
    }
}

/// An option of the autoscaler, under its own or its former name.
fn own<'p>(deployment: &Deployment<'p>, name: &str) -> Option<Site<'p>> {
    let now = deployment.raw(&format!("job.autoscaler.{name}"));
    now.or_else(|| deployment.raw(&format!("kubernetes.operator.job.autoscaler.{name}")))
}

fn is((setting, _): Site, value: bool) -> bool {
    setting.known && parse_boolean(&setting.value) == Ok(value)
}

/// Where a setting switches something on.
fn related((setting, document): Site) -> Related {
    Related {
        at: Deployment::at(document, setting.whole),
        message: format!("{} is {}", setting.key, setting.value),
    }
}

/// A Flink that does not read the parallelisms.
fn too_old(rule: &Rule, cluster: Cluster, enabled: Site) -> Option<Finding> {
    let version = cluster.known("flinkVersion")?;
    let versions = Versions::release(&version.value)?;
    if options::is_known(OVERRIDES, versions) {
        return None;
    }
    let message = format!(
        "Flink {versions} does not read the parallelisms that the autoscaler gives its jobs"
    );
    let mut finding = at(rule, cluster, version, message);
    finding.help = format!(
        "the autoscaler sets {OVERRIDES}, which Flink reads from 1.17 on: upgrade, or take an image with \
         that change in it"
    );
    finding.related = vec![related(enabled)];
    Some(finding)
}

/// A fixed number of `TaskManager`s.
fn fixed_replicas(
    rule: &Rule,
    deployment: &Deployment,
    cluster: Cluster,
    enabled: Site,
) -> Option<Finding> {
    let replicas = cluster.known("taskManager.replicas")?;
    let mode = cluster.known("mode")?;
    if mode.value != "standalone" || deployment.raw("scheduler-mode").is_some() {
        return None;
    }
    let message = format!(
        "the autoscaler can't add TaskManagers: `taskManager.replicas` keeps their number at {}",
        replicas.value
    );
    let mut finding = at(rule, cluster, replicas, message);
    finding.help = "in the standalone mode the operator starts as many TaskManagers as the highest \
                    parallelism needs, unless `taskManager.replicas` is set; set `job.parallelism` in its \
                    place"
        .to_owned();
    finding.related = vec![related(enabled)];
    if cluster.get("job.parallelism").is_some() {
        let fix = fixes::remove(deployment, cluster.fields, &[&replicas.key]);
        finding.fix = fix.map(|fix| {
            fix.titled("remove `taskManager.replicas`")
                .risky("the number of TaskManagers then follows the parallelism")
        });
    }
    Some(finding)
}

/// Memory that the autoscaler shall tune and does not find.
fn memory_not_in_fields(rule: &Rule, deployment: &Deployment, cluster: Cluster) -> Option<Finding> {
    let tuning = own(deployment, "memory.tuning.enabled").filter(|site| is(*site, true))?;
    let size = deployment
        .raw("taskmanager.memory.process.size")
        .filter(|(_, document)| document.fields_of.is_none())?;
    if cluster.has("taskManager.resource.memory") || cluster.has("taskManager.resources") {
        return None;
    }
    let (setting, document) = tuning;
    let message =
        "the autoscaler skips the tuning of memory: `taskManager.resource.memory` is not set";
    let mut finding = rule.finding(document, setting.whole, message);
    finding.key = Some(setting.key.clone());
    finding.help =
        "it changes that field only; move the size from flinkConfiguration there".to_owned();
    finding.related = vec![related(size)];
    Some(finding)
}

/// A finding at a field.
fn at(rule: &Rule, cluster: Cluster, field: &Setting, message: String) -> Finding {
    let mut finding = rule.finding(cluster.fields, field.whole, message);
    finding.key = Some(field.key.clone());
    finding
}
