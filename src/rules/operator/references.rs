//! `session-job-mismatch`: session jobs and snapshots that name another resource than there is. Told
//! within one file, and of what is known to belong together: resources are often in different places, so
//! that one which is missing here says nothing.

use super::{Resource, What, resources};
use crate::deployment::Deployment;
use crate::finding::{Finding, Related, Severity};
use crate::rules::{Rule, fixes};
use crate::syntax::{Setting, Space};
use crate::words::distance;

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for resource in resources(deployment) {
        match resource.what {
            What::SessionJob => out.extend(session_job(rule, deployment, resource)),
            What::Snapshot => out.extend(snapshot(rule, deployment, resource)),
            What::Deployment | What::BlueGreen => {}
        }
    }
}

/// The other resources in the file of one that are of some kinds.
fn beside<'p>(
    deployment: &Deployment<'p>,
    resource: Resource,
    kinds: &'static [&'static str],
) -> impl Iterator<Item = Resource<'p>> {
    let own = resource.holder().root;
    let all = deployment.beside(resource.fields).iter();
    let others = all.filter(move |document| {
        document.space == Space::Resource
            && document.holder.as_deref().is_some_and(|holder| {
                holder.root != own && kinds.iter().any(|kind| holder.is(kind))
            })
    });
    others.filter_map(Resource::of)
}

/// Whether two resources are in one namespace, as far as both say.
fn one_namespace(one: Resource, other: Resource) -> bool {
    one.holder().namespace == other.holder().namespace
}

/// Whether two resources are certainly in different namespaces.
fn apart(one: Resource, other: Resource) -> bool {
    let own = one.at("metadata.namespace").filter(|field| field.known);
    let theirs = other.at("metadata.namespace").filter(|field| field.known);
    matches!((own, theirs), (Some(own), Some(theirs)) if own.value != theirs.value)
}

fn is_called(resource: Resource, name: &str) -> bool {
    let own = || resource.at("metadata.name").filter(|field| field.known);
    // Files of thousands of resources are asked this of each pair: the cheaper question first.
    resource.holder().name.as_deref() == Some(name) && own().is_some_and(|own| own.value == name)
}

fn session_job(rule: &Rule, deployment: &Deployment, job: Resource) -> Option<Finding> {
    let field = job.known("deploymentName")?;
    let clusters = || beside(deployment, job, &["FlinkDeployment"]);
    let named: Vec<Resource> = clusters()
        .filter(|own| is_called(*own, &field.value))
        .collect();
    let joined = deployment
        .resource("FlinkDeployment")
        .and_then(Resource::of);
    let mut own = named.iter().copied();
    let target = own
        .find(|own| one_namespace(job, *own))
        .or(joined.filter(|own| is_called(*own, &field.value)));
    if let Some(target) = target {
        return on_application(rule, job, target);
    }
    if joined.is_some() {
        return None;
    }
    if let Some(other) = named.iter().find(|own| apart(job, **own)) {
        let namespace = other.at("metadata.namespace")?;
        let message = format!(
            "the cluster `{}` is in another namespace, `{}`",
            field.value, namespace.value
        );
        let mut finding = unsure(rule, job, "deploymentName", message, (*other, namespace))?;
        "the operator looks for the cluster in the namespace of the session job: put both into one"
            .clone_into(&mut finding.help);
        return Some(finding);
    }
    let near = nearly(field, clusters(), job)?;
    if near.has("job") {
        return None;
    }
    let name = near.at("metadata.name")?;
    let message = format!(
        "there is no cluster `{}` in this file, but `{}`",
        field.value, name.value
    );
    let mut finding = unsure(rule, job, "deploymentName", message, (near, name))?;
    "a session job waits for its cluster: name the one that runs it".clone_into(&mut finding.help);
    let fix = fixes::set(deployment, job.fields, field, &name.value);
    finding.fix = fix.map(|fix| fix.risky("a cluster of the other name may be defined elsewhere"));
    Some(finding)
}

/// A cluster with a job of its own takes no other.
fn on_application(rule: &Rule, job: Resource, target: Resource) -> Option<Finding> {
    if !target.has("job") {
        return None;
    }
    let at = target.place("job")?;
    let message = "the session job is for a cluster with a job of its own: the operator refuses it";
    let mut finding = job.finding(rule, "deploymentName", message.to_owned())?;
    "session jobs run on a FlinkDeployment without `spec.job`".clone_into(&mut finding.help);
    finding.related.push(Related {
        at: Deployment::at(target.fields, at),
        message: "its own job".to_owned(),
    });
    Some(finding)
}

/// What a snapshot is taken of.
fn snapshot(rule: &Rule, deployment: &Deployment, snapshot: Resource) -> Option<Finding> {
    let kind = snapshot.known("jobReference.kind")?;
    let name = snapshot.known("jobReference.name")?;
    let what = match kind.value.as_str() {
        "FlinkDeployment" => What::Deployment,
        "FlinkSessionJob" => What::SessionJob,
        _ => return None,
    };
    let others = || {
        let kinds = &[
            "FlinkDeployment",
            "FlinkBlueGreenDeployment",
            "FlinkSessionJob",
        ];
        let own = beside(deployment, snapshot, kinds);
        own.filter(|own| one_namespace(snapshot, *own))
    };
    let named = others().filter(|own| is_called(*own, &name.value));
    let named: Vec<Resource> = named.filter(Resource::has_job).collect();
    if named.iter().any(|own| own.what == what) {
        return None;
    }
    let other = named.first().filter(|own| own.what != What::BlueGreen);
    if let Some(other) = other {
        let at = other.at("kind")?;
        let message = format!("`{}` is a {} in this file", name.value, other.kind());
        let mut finding = unsure(rule, snapshot, "jobReference.kind", message, (*other, at))?;
        "the operator looks for a resource of this kind, and refuses a snapshot of none"
            .clone_into(&mut finding.help);
        let fix = fixes::set(deployment, snapshot.fields, kind, other.kind());
        finding.fix =
            fix.map(|fix| fix.risky("a resource of the other kind may be defined elsewhere"));
        return Some(finding);
    }
    let of_kind = others().filter(|own| own.what == what && own.has_job());
    let near = nearly(name, of_kind, snapshot)?;
    let meant = near.at("metadata.name")?;
    let message = format!(
        "there is no {} `{}` in this file, but `{}`",
        near.kind(),
        name.value,
        meant.value
    );
    let mut finding = unsure(rule, snapshot, "jobReference.name", message, (near, meant))?;
    "the operator refuses a snapshot of a job that it doesn't find".clone_into(&mut finding.help);
    let fix = fixes::set(deployment, snapshot.fields, name, &meant.value);
    finding.fix = fix.map(|fix| fix.risky("a job of the other name may be defined elsewhere"));
    Some(finding)
}

/// The only one of some resources, where its name is nearly the one asked for.
fn nearly<'d>(
    field: &Setting,
    mut all: impl Iterator<Item = Resource<'d>>,
    from: Resource,
) -> Option<Resource<'d>> {
    const TYPOS: usize = 2;
    const LONG_ENOUGH: usize = 6;
    let only = all.next()?;
    if all.next().is_some() {
        return None;
    }
    let name = only.at("metadata.name").filter(|name| name.known)?;
    let is_near = field.value.len() >= LONG_ENOUGH
        && field.value != name.value
        && distance(&field.value, &name.value, TYPOS).is_some()
        && digits(&field.value) == digits(&name.value)
        && one_namespace(from, only);
    is_near.then_some(only)
}

/// The digits of a name: `cluster-1` and `cluster-2` are two clusters.
fn digits(name: &str) -> String {
    name.chars().filter(char::is_ascii_digit).collect()
}

/// A finding about what may be defined elsewhere after all.
fn unsure(
    rule: &Rule,
    resource: Resource,
    path: &str,
    message: String,
    (other, field): (Resource, &Setting),
) -> Option<Finding> {
    let mut finding = resource.finding(rule, path, message)?;
    finding.severity = Severity::Warning;
    finding.related.push(Related {
        at: Deployment::at(other.fields, field.whole),
        message: "this one".to_owned(),
    });
    Some(finding)
}
