//! `operator-field-missing`: fields without which the operator refuses a resource.

use super::{Resource, What, resources};
use crate::deployment::Deployment;
use crate::finding::{Finding, Fix, Safety};
use crate::flink::value::parse_boolean;
use crate::rules::{Rule, claim};

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for resource in resources(deployment) {
        if !resource.is_whole(deployment) {
            continue;
        }
        match resource.what {
            What::Deployment => {
                cluster(rule, deployment, resource, out);
                out.extend(ingress(rule, resource));
                out.extend(parallelism(rule, resource));
            }
            What::BlueGreen => {
                cluster(rule, deployment, resource, out);
                out.extend(parallelism(rule, resource));
            }
            What::SessionJob => {
                out.extend(job(rule, resource));
                out.extend(parallelism(rule, resource));
            }
            What::Snapshot => snapshot(rule, resource, out),
        }
    }
}

/// What every cluster needs.
fn cluster(rule: &Rule, deployment: &Deployment, resource: Resource, out: &mut Vec<Finding>) {
    if !resource.has("flinkVersion") {
        let help = "write the release that its image holds, such as `flinkVersion: v1_20`";
        out.extend(missing(rule, resource, "flinkVersion", help));
    }
    if !resource.has("serviceAccount") {
        let help = "name the account under which the JobManager asks Kubernetes for pods; the chart of the \
                    operator creates one called `flink`";
        let finding = missing(rule, resource, "serviceAccount", help);
        out.extend(finding.map(|mut finding| {
            finding.fix = account(deployment, resource);
            finding
        }));
    }
}

/// Names the account of the operator's chart.
fn account(deployment: &Deployment, resource: Resource) -> Option<Fix> {
    let fields = resource.fields;
    let siblings = ["flinkVersion", "image", "imagePullPolicy", "mode"];
    let sibling = siblings.into_iter().find_map(|path| resource.field(path))?;
    let key = resource.key("serviceAccount");
    let edit = fields.insert_after(deployment.source(fields), sibling, &key, "flink")?;
    Some(Fix {
        title: "add serviceAccount: flink".to_owned(),
        safety: Safety::Unsafe,
        risk: "the namespace may have no account of this name, or another one for Flink".to_owned(),
        edits: vec![edit],
        claims: vec![claim(fields, &key, Some("flink"))],
    })
}

fn ingress(rule: &Rule, resource: Resource) -> Option<Finding> {
    if !resource.has("ingress") || resource.has("ingress.template") {
        return None;
    }
    let help = "write the address, such as `template: \"flink.example.com/{{namespace}}/{{name}}(/|$)(.*)\"`, \
                or leave out the ingress";
    missing(rule, resource, "ingress.template", help)
}

/// A job without parallelism has that of 0.
fn parallelism(rule: &Rule, resource: Resource) -> Option<Finding> {
    let is_given = resource.has("job.parallelism")
        || resource.what != What::SessionJob && resource.has("taskManager.replicas");
    if is_given || !resource.has("job") {
        return None;
    }
    let help = if resource.what == What::SessionJob {
        "without it the parallelism is 0: `parallelism.default` does not stand in for it"
    } else {
        "without it the parallelism is 0, unless `taskManager.replicas` is given: `parallelism.default` does \
         not stand in for it"
    };
    missing(rule, resource, "job.parallelism", help)
}

fn job(rule: &Rule, resource: Resource) -> Option<Finding> {
    let help = "a session job is nothing without its job: give it `jarURI` and `parallelism`";
    (!resource.has("job"))
        .then(|| missing(rule, resource, "job", help))
        .flatten()
}

/// Of a savepoint that exists the operator only notes the path.
fn snapshot(rule: &Rule, resource: Resource, out: &mut Vec<Finding>) {
    let savepoint = resource.has("savepoint");
    if !savepoint && !resource.has("checkpoint") {
        let message =
            "the snapshot is neither a `savepoint` nor a `checkpoint`: the operator refuses it";
        let finding = resource.finding(rule, "savepoint", message.to_owned());
        out.extend(finding.map(|mut finding| {
            "write one of the two; `{}` takes the defaults".clone_into(&mut finding.help);
            finding
        }));
        return;
    }
    let exists = resource
        .field("savepoint.alreadyExists")
        .is_some_and(|field| !field.known || parse_boolean(&field.value) == Ok(true));
    if !resource.has("jobReference") && !exists {
        let help = "name the job to take it of, by `kind` and `name`; only a savepoint with `alreadyExists: \
                    true` needs none";
        out.extend(missing(rule, resource, "jobReference", help));
    }
}

fn missing(rule: &Rule, resource: Resource, path: &str, help: &str) -> Option<Finding> {
    let message = format!(
        "{} is missing: the operator refuses the {}",
        resource.key(path),
        resource.kind()
    );
    let mut finding = resource.finding(rule, path, message)?;
    help.clone_into(&mut finding.help);
    Some(finding)
}
