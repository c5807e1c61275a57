//! The fixes that most rules offer: another value, one more line, no line. They are safe as they come;
//! `titled` and `risky` say what is different about one.

use super::claim;
use crate::deployment::Deployment;
use crate::finding::{Fix, Safety};
use crate::syntax::{Document, Setting};

/// Gives a setting another value.
pub(super) fn set(
    deployment: &Deployment,
    document: &Document,
    setting: &Setting,
    value: &str,
) -> Option<Fix> {
    let edit = document.set(deployment.source(document), setting, value)?;
    Some(Fix {
        title: format!("set it to {value}"),
        safety: Safety::Safe,
        risk: String::new(),
        edits: vec![edit],
        claims: vec![claim(document, &setting.key, Some(value))],
    })
}

/// Adds a setting at the end of a document.
pub(super) fn add(
    deployment: &Deployment,
    document: &Document,
    key: &str,
    value: &str,
) -> Option<Fix> {
    let edit = document.insert(deployment.source(document), key, value)?;
    Some(Fix {
        title: format!("add {key}: {value}"),
        safety: Safety::Safe,
        risk: String::new(),
        edits: vec![edit],
        claims: vec![claim(document, key, Some(value))],
    })
}

/// Takes away every line of some keys of one document.
pub(super) fn remove(deployment: &Deployment, document: &Document, keys: &[&str]) -> Option<Fix> {
    let source = deployment.source(document);
    let lines = keys.iter().flat_map(|key| document.all(key));
    let edits: Option<Vec<_>> = lines
        .map(|setting| document.remove(source, setting))
        .collect();
    Some(Fix {
        title: "remove the line".to_owned(),
        safety: Safety::Safe,
        risk: String::new(),
        edits: edits?,
        claims: keys.iter().map(|key| claim(document, key, None)).collect(),
    })
}
