//! What the cluster's own files say, for rules that leave a job's own files alone: what a job's file
//! says, the job may read in its own way.

use crate::deployment::{Deployment, Effective};
use crate::syntax::{Document, Layer, Setting};

/// The documents whose keys Flink itself reads, as somebody wrote them, and that load.
pub(super) fn documents<'d, 'p>(
    deployment: &'d Deployment<'p>,
) -> impl Iterator<Item = &'p Document> + use<'d, 'p> {
    deployment.cluster_documents().filter(|document| {
        document.load_error.is_none()
            && document.fields_of.is_none()
            && document.layer != Layer::OperatorDefaults
    })
}

/// Every setting in force in those documents, placeholders included.
pub(super) fn settings<'d, 'p>(
    deployment: &'d Deployment<'p>,
) -> impl Iterator<Item = (&'p Document, &'p Setting)> + use<'d, 'p> {
    documents(deployment)
        .flat_map(|document| document.in_force().map(move |setting| (document, setting)))
}

/// Whether a file is the configuration of the Kubernetes operator itself, which leaves the address of the
/// `JobManager` to the operator.
pub(super) fn is_of_operator(document: &Document) -> bool {
    let is_operators = |setting: &Setting| setting.key.starts_with("kubernetes.operator.");
    // A resource may set options of the operator, too.
    document.layer < Layer::OperatorDefaults
        && document.settings.iter().any(is_operators)
        && document.get("jobmanager.rpc.address").is_none()
}

/// The setting in force for an option, when a file of the cluster holds it and its value is known.
pub(super) fn known<'p>(deployment: &Deployment<'p>, key: &str) -> Option<Effective<'p>> {
    deployment.cluster_value(key).known()
}

/// Whether an option is certainly set to this boolean, any case.
pub(super) fn is_set_to<'p>(
    deployment: &Deployment<'p>,
    key: &str,
    value: bool,
) -> Option<Effective<'p>> {
    known(deployment, key)
        .filter(|effective| crate::flink::value::parse_boolean(effective.value()) == Ok(value))
}
