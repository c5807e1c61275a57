//! Resources of the Kubernetes operator without any size of a process: the operator refuses them
//! (`DefaultValidator.validateJmMemoryConfig` and `validateTmMemoryConfig`).

use super::configured::is_absent;
use super::{PROCESSES, assumed, is_misspelt, sizes};
use crate::deployment::Deployment;
use crate::finding::{Finding, Fix, Safety};
use crate::flink::memory::Process;
use crate::flink::version::Versions;
use crate::rules::{Rule, claim};
use crate::syntax::Document;

/// The fields that specify a cluster, by kind.
const KINDS: [(&str, &str); 2] = [
    ("FlinkDeployment", "spec"),
    ("FlinkBlueGreenDeployment", "spec.template.spec"),
];

/// The check of a resource.
pub(super) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    let kind = KINDS
        .iter()
        .find_map(|(kind, spec)| Some((deployment.resource(kind)?, *spec)));
    let Some((fields, spec)) = kind else {
        return;
    };
    // The charts of the first operators brought sizes, and knew no later Flink. Amazon's operator has
    // sizes of its own.
    let first = Versions::parse("1.17..").unwrap_or(Versions::NONE);
    let is_amazons = ["emrReleaseLabel", "executionRoleArn"]
        .iter()
        .any(|field| fields.has(&format!("{spec}.{field}")));
    if !deployment.versions.within(first) || !fields.complete || is_amazons {
        return;
    }
    let shipped = deployment.on_shipped_defaults();
    let known = shipped.as_ref().unwrap_or(deployment);
    for process in PROCESSES {
        if is_absent(known, process) && !is_misspelt(known, process) {
            let mut finding = finding(rule, known, fields, (spec, process));
            if shipped.is_some() {
                assumed(&mut finding);
            }
            out.push(finding);
        }
    }
}

fn finding(
    rule: &Rule,
    deployment: &Deployment,
    fields: &Document,
    (spec, process): (&str, Process),
) -> Finding {
    let name = match process {
        Process::JobManager => "jobManager",
        Process::TaskManager => "taskManager",
    };
    let resource = format!("{spec}.{name}.resource");
    let above = [resource.clone(), format!("{spec}.{name}"), spec.to_owned()];
    let at = above.iter().find_map(|key| fields.section(key));
    let at = at.map_or(fields.held_at.unwrap_or_default(), |section| section.key_at);
    let message = format!(
        "the operator refuses this resource: its {} has no memory",
        process.name()
    );
    let mut finding = rule.finding(fields, at, message);
    finding.key = Some(format!("{resource}.memory"));
    finding.label = format!("`{spec}.{name}.resource.memory` is nowhere");
    finding.help = format!(
        "set `{spec}.{name}.resource.memory`, or in flinkConfiguration {} or the sizes of its parts",
        sizes(process).process.name()
    );
    finding.fix = fix(deployment, fields, &resource, process);
    finding
}

/// Adds the size that Flink ships beside the cores.
fn fix(
    deployment: &Deployment,
    fields: &Document,
    resource: &str,
    process: Process,
) -> Option<Fix> {
    let key = format!("{resource}.memory");
    let cores = fields.get(&format!("{resource}.cpu"))?;
    let size = sizes(process).shipped;
    let edit = fields.insert_after(deployment.source(fields), cores, &key, size)?;
    Some(Fix {
        title: "add the size that Flink ships".to_owned(),
        safety: Safety::Unsafe,
        risk: "the right size is what the machine or the container has".to_owned(),
        edits: vec![edit],
        claims: vec![claim(fields, &key, Some(size))],
    })
}
