//! What to call the parts of a source, so that people know which one is meant.

use std::collections::HashMap;

use super::child;
use crate::syntax::Holder;
use crate::syntax::yaml::Outer;
use crate::syntax::yaml::tree::NodeId;

/// The object that a document of a source is.
pub(super) struct Owner {
    kind: Option<String>,
    namespace: Option<String>,
    name: Option<String>,
}

impl Owner {
    /// What a document says of itself; what a template fills in is nobody's name yet.
    pub(super) fn of(outer: &Outer, root: NodeId) -> Self {
        let tree = outer.tree;
        let text = |map: NodeId, key: &str| {
            let node = tree.node(child(tree, map, key)?);
            let says = node.is_scalar() && !outer.fills_in(node.span);
            says.then(|| node.value.to_string())
        };
        let metadata = child(tree, root, "metadata");
        Owner {
            kind: text(root, "kind"),
            namespace: metadata.and_then(|metadata| text(metadata, "namespace")),
            name: metadata.and_then(|metadata| text(metadata, "name")),
        }
    }

    /// The object as what holds a document.
    pub(super) fn holder(&self, root: u32) -> Holder {
        Holder {
            root,
            kind: self.kind.clone(),
            namespace: self.namespace.clone(),
            name: self.name.clone(),
            keys: Vec::new(),
            version: None,
        }
    }

    /// For people: `FlinkDeployment basic`.
    pub(super) fn shown(&self) -> String {
        let parts = [&self.kind, &self.name].into_iter().flatten();
        parts.map(String::as_str).collect::<Vec<_>>().join(" ")
    }

    /// Whether it is of this kind.
    pub(super) fn is(&self, kind: &str) -> bool {
        self.kind.as_deref() == Some(kind)
    }
}

/// Keys that say nothing about whose environment or data it is.
const SILENT: [&str; 7] = [
    "env",
    "environment",
    "data",
    "stringData",
    "Configurations",
    "configurations",
    "Properties",
];

/// A part's name, shorter and longer.
pub(super) struct Name {
    short: String,
    long: String,
}

impl Name {
    /// The name of the part that `key` holds below the keys of `path`. A variable is told from what its
    /// owner is.
    pub(super) fn new<'k>(
        owner: &Owner,
        is_variable: bool,
        key: &str,
        path: impl DoubleEndedIterator<Item = &'k str>,
    ) -> Self {
        let says = |name: &&str| !(SILENT.contains(name) || *name == key);
        let within = match path.rev().find(says) {
            Some(within) => format!("{key} of {within}"),
            None => key.to_owned(),
        };
        let owner = match (&owner.kind, &owner.name) {
            (Some(kind), Some(name)) => Some(format!("{kind} {name}")),
            (kind, _) => kind.clone(),
        };
        match owner {
            None => Name {
                short: within.clone(),
                long: within,
            },
            Some(owner) => Name {
                long: format!("{within} in {owner}"),
                short: if is_variable {
                    format!("{key} of {owner}")
                } else {
                    owner
                },
            },
        }
    }
}

/// A name for each part: the short one, the long one where others have that, too, and at last a number.
pub(super) fn unique<'n>(names: impl Iterator<Item = &'n Name> + Clone) -> Vec<String> {
    let mut short: HashMap<&str, usize> = HashMap::new();
    for name in names.clone() {
        *short.entry(&name.short).or_default() += 1;
    }
    let chosen = names.map(|name| {
        let alone = short.get(name.short.as_str()) == Some(&1);
        if alone { &name.short } else { &name.long }
    });
    let mut times: HashMap<&str, usize> = HashMap::new();
    chosen
        .map(|name| {
            let times = times.entry(name).or_default();
            *times += 1;
            match times {
                1 => name.clone(),
                _ => format!("{name}, {times}"),
            }
        })
        .collect()
}
