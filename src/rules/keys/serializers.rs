//! What the options of 1.x for Kryo and POJO types are in `pipeline.serialization-config`
//! (`SerializerConfigImpl`).

use super::claim;
use crate::deployment::Deployment;
use crate::finding::{Fix, Safety};
use crate::flink::value;
use crate::syntax::yaml::{self, Node};
use crate::syntax::{Document, Format, Setting};

pub(super) const KEY: &str = "pipeline.serialization-config";
pub(super) const SERIALIZERS: &str = "pipeline.default-kryo-serializers";
pub(super) const KRYO_TYPES: &str = "pipeline.registered-kryo-types";
pub(super) const POJO_TYPES: &str = "pipeline.registered-pojo-types";

/// One fix for all three options of a config.yaml: their entries as a list of the new one, in the
/// order in which 1.x registers them.
pub(super) fn translate(deployment: &Deployment, document: &Document) -> Option<Fix> {
    if document.format != Format::ConfigYaml {
        return None;
    }
    let source = deployment.source(document);
    let mut entries: Vec<(String, String)> = Vec::new();
    let mut edits = Vec::new();
    let mut claims = Vec::new();
    for key in [POJO_TYPES, SERIALIZERS, KRYO_TYPES] {
        let Some(setting) = document.get(key) else {
            continue;
        };
        if !setting.known || document.all(key).count() != 1 || deployment.all(key).len() != 1 {
            return None;
        }
        for (class, entry) in entries_of(key, setting)? {
            // One class twice is an error of the new option.
            if entries.iter().any(|(other, _)| *other == class) {
                return None;
            }
            entries.push((class, entry));
        }
        edits.push(document.remove(source, setting)?);
        claims.push(claim(document, key, None));
    }
    let items: Vec<String> = entries
        .iter()
        .map(|(class, entry)| format!("{{{class}: {{{entry}}}}}"))
        .collect();
    let list = format!("[{}]", items.join(", "));
    edits.push(document.insert(source, KEY, &list)?);
    claims.push(claim(document, KEY, Some(&list)));
    Some(Fix {
        title: format!("translate to {KEY}"),
        safety: Safety::Unsafe,
        risk: "types are serialized in another way than this version does today".to_owned(),
        edits,
        claims,
    })
}

/// The entries that one of the old options makes: class, and what stands in its braces.
fn entries_of(key: &str, setting: &Setting) -> Option<Vec<(String, String)>> {
    let items = match yaml::parse_value(&setting.value) {
        Some(Node::List(items)) => items,
        _ => value::parse_list_legacy(&setting.value)
            .ok()?
            .into_iter()
            .map(Node::Scalar)
            .collect(),
    };
    let mut entries = Vec::new();
    for item in items {
        let entry = match (key, item) {
            (SERIALIZERS, item) => {
                let pairs = pairs(item)?;
                let part = |name: &str| {
                    let found = pairs.iter().find(|(own, _)| own == name);
                    found.map(|(_, text)| text.clone())
                };
                (
                    part("class")?,
                    format!(
                        "type: kryo, kryo-type: default, class: {}",
                        part("serializer")?
                    ),
                )
            }
            (KRYO_TYPES, Node::Scalar(class)) => (class, "type: kryo".to_owned()),
            (_, Node::Scalar(class)) => (class, "type: pojo".to_owned()),
            _ => return None,
        };
        let is_class = |text: &str| {
            !text.is_empty()
                && text
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '$'))
        };
        if !is_class(&entry.0) {
            return None;
        }
        entries.push(entry);
    }
    (!entries.is_empty()).then_some(entries)
}

/// `class:X,serializer:Y`, or a map of the two.
fn pairs(item: Node) -> Option<Vec<(String, String)>> {
    match item {
        Node::Scalar(text) => value::parse_map_legacy(&text).ok(),
        Node::Map(pairs) => pairs
            .into_iter()
            .map(|(key, node)| match node {
                Node::Scalar(text) => Some((key, text)),
                _ => None,
            })
            .collect(),
        Node::List(_) | Node::Null => None,
    }
}
