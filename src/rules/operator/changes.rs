//! `forbidden-spec-change`: changes of a resource that the operator refuses (`validateSpecChange` and
//! `validateFlinkVersion` of its `DefaultValidator`). It compares with the specification that it deployed
//! last; here that is the one in the files before a change, so that the rule is silent where there is none.

use super::{Resource, What, integer, resources};
use crate::deployment::{Deployment, Previous};
use crate::finding::{Finding, Severity};
use crate::rules::Rule;
use crate::syntax::{Document, Holder, Setting, Space};

/// What to do about a switch that no change of the resource can make.
const ANEW: &str = "with the operator's webhook Kubernetes does not take the change, without it the cluster \
                    stays as it was and its status names the error; delete the FlinkDeployment and create \
                    it anew, or give the new one another name";

/// The resources of deployments as the rule needs them to look at what becomes of them.
pub fn previous(deployments: &[Deployment]) -> Vec<Previous> {
    let resources = deployments
        .iter()
        .flat_map(|own| resources(own).into_iter().map(move |found| (own, found)));
    let previous = resources.map(|(deployment, resource)| Previous {
        path: deployment.source(resource.fields).path.clone(),
        is_whole: resource.is_whole(deployment),
        fields: resource.fields.clone(),
    });
    previous.collect()
}

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    if deployment.before.is_empty() {
        return;
    }
    for resource in resources(deployment) {
        let Some(before) = before(deployment, resource) else {
            continue;
        };
        let Some(old) = Resource::of(&before.fields) else {
            continue;
        };
        let change = Change {
            old: Side {
                resource: old,
                is_whole: before.is_whole,
            },
            new: Side {
                resource,
                is_whole: resource.is_whole(deployment),
            },
        };
        match resource.what {
            What::Deployment => {
                out.extend(version(rule, change));
                out.extend(job(rule, change));
                out.extend(mode(rule, change));
                out.extend(savepoint(rule, change));
            }
            What::SessionJob => out.extend(cluster(rule, change)),
            // The operator makes new clusters of the one, and never looks at the other again.
            What::BlueGreen | What::Snapshot => {}
        }
    }
}

/// A resource before and after.
#[derive(Clone, Copy)]
struct Change<'p> {
    old: Side<'p>,
    new: Side<'p>,
}

#[derive(Clone, Copy)]
struct Side<'p> {
    resource: Resource<'p>,
    /// Whether what is missing in it is missing.
    is_whole: bool,
}

/// What a field says.
#[derive(PartialEq, Eq)]
enum Says<'p> {
    This(&'p Setting),
    Nothing,
    /// A placeholder, or perhaps something in another file.
    Unknown,
}

impl<'p> Side<'p> {
    fn says(&self, path: &str) -> Says<'p> {
        match self.resource.field(path) {
            Some(field) if field.known => Says::This(field),
            None if self.is_whole => Says::Nothing,
            _ => Says::Unknown,
        }
    }

    fn known(&self, path: &str) -> Option<&'p str> {
        let field = self.resource.known(path)?;
        Some(field.value.as_str())
    }
}

/// The same resource as it was: the one in this file, else the one that is nowhere else any more.
fn before<'p>(deployment: &Deployment<'p>, resource: Resource) -> Option<&'p Previous> {
    let holder = resource.holder();
    let name = resource.at("metadata.name").filter(|name| name.known)?;
    let called = holder
        .called()
        .filter(|_| holder.name.as_ref() == Some(&name.value))?;
    let is_it = |own: &Document| {
        let holder = own.holder.as_deref();
        holder.and_then(Holder::called).as_ref() == Some(&called)
    };
    let all: Vec<&Previous> = deployment
        .before
        .iter()
        .filter(|own| is_it(&own.fields))
        .collect();
    let only = |mut found: Vec<&'p Previous>| {
        let one = found.pop();
        one.filter(|_| found.is_empty())
    };
    let path = &deployment.source(resource.fields).path;
    let here: Vec<_> = all
        .iter()
        .copied()
        .filter(|own| own.path == *path)
        .collect();
    if !here.is_empty() {
        return only(here);
    }
    let is_left = |own: &&&Previous| {
        let mut documents = deployment.all_documents.iter();
        documents.any(|document| {
            document.space == Space::Resource
                && deployment.source(document).path == own.path
                && is_it(document)
        })
    };
    only(all.iter().filter(|own| !is_left(own)).copied().collect())
}

/// Of a job that waits as last-state left it, only the same version reads the state.
fn version(rule: &Rule, change: Change) -> Option<Finding> {
    let (old, new) = (change.old, change.new);
    let was_left = old.known("job.state")? == "suspended"
        && old.known("job.upgradeMode")? == "last-state"
        && new.known("job.upgradeMode")? != "stateless";
    let (from, to) = (old.known("flinkVersion")?, new.known("flinkVersion")?);
    if !was_left || from == to {
        return None;
    }
    let message = format!(
        "flinkVersion changes from {from} to {to} while the job is suspended by last-state: the operator refuses that"
    );
    let mut finding = new.resource.finding(rule, "flinkVersion", message)?;
    // Without metadata of high availability the operator cancelled the job then, and remembers a savepoint.
    finding.severity = Severity::Warning;
    finding.help = format!(
        "what last-state leaves behind is for the version that wrote it: let the job run with {from} first and \
         change the version afterwards; only if the operator cancelled the job or took a savepoint then does it go on"
    );
    Some(finding)
}

/// A session cluster stays one, and so does the cluster of a job.
fn job(rule: &Rule, change: Change) -> Option<Finding> {
    let (old, new) = (change.old, change.new);
    let (path, message) = match (old.resource.has("job"), new.resource.has("job")) {
        (false, true) if old.is_whole => (
            "job",
            "a session cluster gets a job of its own: the operator refuses that",
        ),
        (true, false) if new.is_whole => (
            "job",
            "the cluster of a job becomes a session cluster: the operator refuses that",
        ),
        _ => return None,
    };
    let mut finding = new.resource.finding(rule, path, message.to_owned())?;
    ANEW.clone_into(&mut finding.help);
    Some(finding)
}

/// The mode stays, which is native unless something else is said.
fn mode(rule: &Rule, change: Change) -> Option<Finding> {
    let mode = |side: Side<'_>| match side.says("mode") {
        Says::This(field) => Some(field.value.clone()),
        Says::Nothing => Some("native".to_owned()),
        Says::Unknown => None,
    };
    let (from, to) = (mode(change.old)?, mode(change.new)?);
    if from == to {
        return None;
    }
    let message = format!("the mode changes from {from} to {to}: the operator refuses that");
    let mut finding = change.new.resource.finding(rule, "mode", message)?;
    ANEW.clone_into(&mut finding.help);
    Some(finding)
}

/// What is to be deployed anew from a savepoint says which.
fn savepoint(rule: &Rule, change: Change) -> Option<Finding> {
    const NONCE: &str = "job.savepointRedeployNonce";
    let (old, new) = (change.old, change.new);
    if !old.resource.has("job") {
        return None;
    }
    let nonce = integer(new.resource.known(NONCE)?)?;
    let is_old = match old.says(NONCE) {
        Says::This(field) => integer(field) == Some(nonce),
        Says::Nothing => false,
        Says::Unknown => true,
    };
    let has_path = match new.says("job.initialSavepointPath") {
        Says::This(field) => !field.value.trim().is_empty(),
        Says::Nothing => false,
        Says::Unknown => true,
    };
    if is_old || has_path {
        return None;
    }
    let message =
        "the job is to be deployed anew, and no savepoint is named: the operator refuses that";
    let mut finding = new.resource.finding(rule, NONCE, message.to_owned())?;
    "another savepointRedeployNonce makes the operator start the job from `initialSavepointPath`: name the \
     savepoint there, or leave the number as it was"
        .clone_into(&mut finding.help);
    Some(finding)
}

/// A session job stays on its cluster.
fn cluster(rule: &Rule, change: Change) -> Option<Finding> {
    let path = "deploymentName";
    let (from, to) = (change.old.known(path)?, change.new.known(path)?);
    if from == to {
        return None;
    }
    let message =
        format!("the session job moves from cluster `{from}` to `{to}`: the operator refuses that");
    let mut finding = change.new.resource.finding(rule, path, message)?;
    "take a savepoint, delete the FlinkSessionJob and create it on the other cluster with \
     `initialSavepointPath`, or give the new one another name"
        .clone_into(&mut finding.help);
    Some(finding)
}
