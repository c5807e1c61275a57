//! What the Flink Kubernetes Operator refuses (`DefaultValidator` and `AutoscalerValidator` of the
//! operator), as far as files tell. The operator reads a resource on top of its own default
//! configuration, so that an option which no file sets is absent for certain only where that
//! configuration is in sight.

mod autoscaler;
mod changes;
mod features;
mod forbidden;
mod invalid;
mod jar_uri;
mod missing;
pub(super) mod overlap;
mod periods;
mod quantities;
mod references;
mod schema;
mod state;
mod uri;

pub(super) use autoscaler::check as autoscaler_option_invalid;
pub(super) use changes::check as forbidden_spec_change;
pub use changes::previous;
pub(super) use features::check as operator_feature_incomplete;
pub(super) use forbidden::check as operator_forbidden_option;
pub(super) use invalid::check as operator_field_invalid;
pub(super) use jar_uri::check as refused_jar_uri;
pub(super) use missing::check as operator_field_missing;
pub(super) use quantities::check as operator_resources_invalid;
pub(super) use references::check as session_job_mismatch;
pub(super) use state::check as upgrade_without_state_directory;

use super::Rule;
use crate::deployment::{Base, Deployment, Site};
use crate::finding::{Finding, Related, Severity};
use crate::syntax::{Document, Holder, Kind, Setting, Space};
use crate::text::Span;

/// The kinds of resources that the operator validates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    /// A cluster.
    Deployment,
    /// Two clusters, made of one template.
    BlueGreen,
    /// A job in a session cluster.
    SessionJob,
    /// A savepoint or checkpoint.
    Snapshot,
}

/// The fields of one resource.
#[derive(Clone, Copy, Debug)]
struct Resource<'p> {
    what: What,
    fields: &'p Document,
    /// The keys that lead to what specifies a cluster or job.
    spec: &'static str,
}

impl<'p> Resource<'p> {
    /// The fields of a document, where it is a resource that the operator validates.
    fn of(fields: &'p Document) -> Option<Self> {
        let (what, spec) = match fields.holder.as_deref()?.kind.as_deref()? {
            "FlinkDeployment" => (What::Deployment, "spec"),
            "FlinkBlueGreenDeployment" => (What::BlueGreen, "spec.template.spec"),
            "FlinkSessionJob" => (What::SessionJob, "spec"),
            "FlinkStateSnapshot" => (What::Snapshot, "spec"),
            _ => return None,
        };
        let is_readable = fields.space == Space::Resource && fields.load_error.is_none();
        is_readable.then_some(Resource { what, fields, spec })
    }

    fn holder(&self) -> &'p Holder {
        let holder = self.fields.holder.as_deref();
        holder.expect("made of a document that has one")
    }

    /// Its kind as messages call it.
    fn kind(&self) -> &'p str {
        self.holder().kind.as_deref().unwrap_or("resource")
    }

    /// The full key of a field of the specification.
    fn key(&self, path: &str) -> String {
        format!("{}.{path}", self.spec)
    }

    /// A field of the specification, placeholders included.
    fn field(&self, path: &str) -> Option<&'p Setting> {
        self.at(&self.key(path))
    }

    /// A field by its full key.
    fn at(&self, key: &str) -> Option<&'p Setting> {
        let field = self.fields.get(key)?;
        (field.kind != Kind::Null).then_some(field)
    }

    /// A field of the specification whose value is known.
    fn known(&self, path: &str) -> Option<&'p Setting> {
        self.field(path).filter(|field| field.known)
    }

    /// Whether a field of the specification has a value or holds anything, be it `{}`.
    fn has(&self, path: &str) -> bool {
        self.fields.has(&self.key(path))
    }

    /// The bytes of a field of the specification or, where that is missing, of its nearest parent.
    fn place(&self, path: &str) -> Option<Span> {
        let key = self.key(path);
        let mut key = key.as_str();
        loop {
            if let Some(section) = self.fields.section(key) {
                return Some(section.key_at);
            }
            if let Some(field) = self.fields.get(key) {
                return Some(field.whole);
            }
            (key, _) = key.rsplit_once('.')?;
        }
    }

    /// Whether it runs a job.
    fn has_job(&self) -> bool {
        self.what == What::SessionJob || self.has("job")
    }

    /// Whether it is for the operator of Amazon EMR, which fills in fields that Flink's own requires.
    fn is_for_emr(&self) -> bool {
        ["emrReleaseLabel", "executionRoleArn"]
            .into_iter()
            .any(|path| self.has(path))
    }

    /// Whether it is all of the resource, so that what is missing in it is missing: not a patch of
    /// another, no template, and with what nobody repeats in a patch.
    fn is_whole(&self, deployment: &Deployment) -> bool {
        let has_name = self.fields.has("metadata.name") || self.fields.has("metadata.generateName");
        let has_core = match self.what {
            What::Deployment | What::BlueGreen => {
                let says_whose = self.has("flinkVersion") || self.has("serviceAccount");
                let both = self.has("jobManager") && self.has("taskManager");
                says_whose && (both || self.has("job.jarURI") || self.has("job.entryClass"))
            }
            What::SessionJob => self.has("deploymentName"),
            What::Snapshot => self.fields.has("spec"),
        };
        // Nobody patches a snapshot: it is taken once.
        let is_patch = self.what != What::Snapshot && deployment.base == Base::Unknown;
        self.fields.complete && !is_patch && has_name && has_core && !self.is_for_emr()
    }

    /// A finding at a field, or at its nearest parent where it is missing.
    fn finding(&self, rule: &Rule, path: &str, message: String) -> Option<Finding> {
        let at = self.place(path)?;
        let mut finding = rule.finding(self.fields, at, message);
        finding.key = Some(self.key(path));
        Some(finding)
    }

    /// Whether a document is the map of options of this resource.
    fn holds(&self, document: &Document) -> bool {
        let root = document.holder.as_deref().map(|holder| holder.root);
        document.source == self.fields.source && root == Some(self.holder().root)
    }
}

/// The resources that a deployment speaks of: the session job where there is one, since its cluster is a
/// deployment of its own.
fn resources<'p>(deployment: &Deployment<'p>) -> Vec<Resource<'p>> {
    let mut all: Vec<Resource> = deployment
        .resources
        .iter()
        .filter_map(|fields| Resource::of(fields))
        .collect();
    let is_session_job = |resource: &Resource| resource.what == What::SessionJob;
    if all.iter().any(is_session_job) {
        all.retain(is_session_job);
    }
    all
}

/// What the operator finds for an option under any of its names.
#[derive(Clone, Copy)]
enum Given<'p> {
    /// This.
    Set(Site<'p>),
    /// Nothing, and only the operator's own defaults could say otherwise.
    Absent(Absent),
    /// A placeholder, or perhaps something that is not in sight.
    Unknown,
}

/// How sure it is that an option is set nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Absent {
    /// The operator's default configuration is in sight.
    Sure,
    /// It is not; the one of the chart does not set any of these.
    Likely,
}

impl Absent {
    /// Makes a finding say how sure it is.
    fn admit(self, finding: &mut Finding) {
        if self == Absent::Likely {
            finding.severity = Severity::Warning;
            finding.help.push_str(
                "; no file here sets it, and the operator refuses the resource unless its own default \
                 configuration does",
            );
        }
    }
}

/// Looks an option up in what the operator puts together, the first of its names that is set.
fn option<'p>(deployment: &Deployment<'p>, resource: Resource<'p>, names: &[&str]) -> Given<'p> {
    if let Some((setting, document)) = names.iter().find_map(|name| deployment.raw(name)) {
        let known = setting.known && document.space == Space::Flink;
        return if known {
            Given::Set((setting, document))
        } else {
            Given::Unknown
        };
    }
    let mut documents = deployment.flink_documents();
    let all = documents.all(|document| document.complete && document.load_error.is_none());
    // A session job has the options of its cluster, too.
    let parts = match resource.what {
        What::SessionJob => deployment.resource("FlinkDeployment").map(Resource::of),
        _ => Some(Some(resource)),
    };
    let is_cluster_whole = parts
        .flatten()
        .is_some_and(|cluster| cluster.is_whole(deployment));
    match deployment.base {
        _ if !(all && is_cluster_whole && resource.is_whole(deployment)) => Given::Unknown,
        Base::Operator => Given::Absent(Absent::Sure),
        Base::Assumed => Given::Absent(Absent::Likely),
        _ => Given::Unknown,
    }
}

/// Whether an option that no file sets under any of its names is missing from what the operator puts
/// together: certainly, or unless its own default configuration, which is out of sight, sets it.
pub(super) fn lacks(deployment: &Deployment, names: &[&str]) -> Option<bool> {
    let job = deployment
        .resource("FlinkSessionJob")
        .and_then(Resource::of);
    let mut resources = deployment.resources.iter().copied();
    let resource = job.or_else(|| resources.find_map(Resource::of))?;
    match option(deployment, resource, names) {
        Given::Absent(absent) => Some(absent == Absent::Sure),
        _ => None,
    }
}

/// The place of a setting that takes part in a proof.
fn related((setting, document): Site, message: impl Into<String>) -> Related {
    Related {
        at: Deployment::at(document, setting.whole),
        message: message.into(),
    }
}

/// A whole number in a field.
fn integer(field: &Setting) -> Option<i64> {
    let is_number = field.kind == Kind::Integer;
    is_number.then(|| field.value.parse().ok()).flatten()
}
