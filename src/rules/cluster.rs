//! What the cluster's own files say, for rules that leave a job's own files alone; and the two fixes
//! that most of those rules offer.

use super::claim;
use crate::deployment::{Deployment, Effective};
use crate::finding::{Fix, Safety};
use crate::syntax::{Document, Setting, Space};

/// The documents whose keys Flink itself reads, and that load.
pub(super) fn documents<'d, 'p>(
    deployment: &'d Deployment<'p>,
) -> impl Iterator<Item = &'p Document> + use<'d, 'p> {
    deployment
        .flink_documents()
        .filter(|document| document.space == Space::Flink && document.load_error.is_none())
}

/// Every setting in force in those documents, placeholders included.
pub(super) fn settings<'d, 'p>(
    deployment: &'d Deployment<'p>,
) -> impl Iterator<Item = (&'p Document, &'p Setting)> + use<'d, 'p> {
    documents(deployment).flat_map(|document| {
        let in_force = |setting: &&Setting| document.get(&setting.key) == Some(*setting);
        let settings = document.settings.iter().filter(in_force);
        settings.map(move |setting| (document, setting))
    })
}

/// What an option is set to by a file of the cluster, when that is known.
pub(super) fn known<'p>(deployment: &Deployment<'p>, key: &str) -> Option<Effective<'p>> {
    let known = deployment.get(key).known();
    known.filter(|effective| effective.document.space == Space::Flink)
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

/// The unsafe fix that takes away every line of some keys of one document.
pub(super) fn without(
    deployment: &Deployment,
    document: &Document,
    keys: &[&str],
    title: &str,
    risk: &str,
) -> Option<Fix> {
    let source = deployment.source(document);
    let lines = keys.iter().flat_map(|key| document.all(key));
    let edits: Option<Vec<_>> = lines
        .map(|setting| document.remove(source, setting))
        .collect();
    Some(Fix {
        title: title.to_owned(),
        safety: Safety::Unsafe,
        risk: risk.to_owned(),
        edits: edits?,
        claims: keys.iter().map(|key| claim(document, key, None)).collect(),
    })
}

/// The unsafe fix that gives a setting another value.
pub(super) fn with_value(
    deployment: &Deployment,
    document: &Document,
    setting: &Setting,
    value: &str,
    title: &str,
    risk: &str,
) -> Option<Fix> {
    let edit = document.set(deployment.source(document), setting, value)?;
    Some(Fix {
        title: title.to_owned(),
        safety: Safety::Unsafe,
        risk: risk.to_owned(),
        edits: vec![edit],
        claims: vec![claim(document, &setting.key, Some(value))],
    })
}
