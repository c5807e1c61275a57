//! All that a tree says, in order, so that two readings can be compared: an edit is only given out
//! when the text reads afterwards exactly as it should.

use super::lenient::with_tree;
use super::scalar::typed;
use super::tree::{NodeId, Shape, Tree};
use crate::text::{Edit, Source};

/// Keys of any length that a job's file may have.
pub(crate) const LONG_KEYS: usize = 1 << 20;

/// Largest file that is edited: each edit reads it twice.
const EDITABLE: usize = 1 << 20;

/// A scalar, an alias, or an empty collection, under its full key.
#[derive(Clone, Debug)]
pub(crate) struct Leaf {
    pub(crate) path: String,
    /// What Flink holds as text.
    value: String,
    /// How it is spelt; `None` for a leaf that is only expected to hold its value.
    written: Option<Written>,
}

/// The spelling of a leaf, which an edit elsewhere must not change.
#[derive(Clone, Debug, PartialEq)]
struct Written {
    /// The text without quotes.
    text: String,
    tag: String,
    scalar: bool,
    plain: bool,
    anchored: bool,
}

impl Leaf {
    /// What a new or changed leaf must read as.
    pub(crate) fn expected(path: String, value: &str) -> Self {
        Leaf {
            path,
            value: value.to_owned(),
            written: None,
        }
    }

    /// Whether a leaf that was read is the expected one.
    fn agrees(&self, read: &Leaf) -> bool {
        if self.path != read.path {
            return false;
        }
        if self.written.is_some() {
            return self.value == read.value && self.written == read.written;
        }
        let text = read.written.as_ref().map(|written| &written.text);
        self.value == read.value || Some(&self.value) == text
    }
}

/// Calls `act` with the tree of a source. `None` where the source can't be edited.
pub(crate) fn editable<R>(bytes: &[u8], act: impl FnOnce(&str, &Tree) -> Option<R>) -> Option<R> {
    let text = std::str::from_utf8(bytes)
        .ok()
        .filter(|text| text.len() <= EDITABLE)?;
    with_tree(text, LONG_KEYS, |tree| act(text, tree))
}

/// The edit, if the text reads as `expected` once it is made.
pub(crate) fn verified(
    source: &Source,
    before: &Tree,
    edit: Edit,
    expected: &[Leaf],
) -> Option<Edit> {
    let bytes = crate::text::apply(&source.bytes, &[&edit]);
    let same = editable(&bytes, |text, after| {
        let read: Vec<Leaf> = leaves(text, after).map(|(_, leaf)| leaf).collect();
        let equal = read.len() == expected.len()
            && expected
                .iter()
                .zip(&read)
                .all(|(one, other)| one.agrees(other));
        Some(equal && dangling(after) <= dangling(before) && broken(after) <= broken(before))
    });
    (same == Some(true)).then_some(edit)
}

fn broken(tree: &Tree) -> (usize, usize) {
    (tree.failures.len(), tree.starts.len())
}

fn dangling(tree: &Tree) -> usize {
    let aliases = tree.nodes().filter(|(_, node)| node.shape == Shape::Alias);
    aliases
        .filter(|(id, _)| tree.resolve(*id).is_none())
        .count()
}

/// The leaves of all documents with their nodes. An empty root says nothing and has none.
pub(crate) fn leaves<'a>(text: &str, tree: &'a Tree) -> impl Iterator<Item = (NodeId, Leaf)> + 'a {
    let mut found = Vec::new();
    for &root in &tree.roots {
        walk(text, tree, root, &mut String::new(), &mut found);
    }
    found.into_iter()
}

fn walk(text: &str, tree: &Tree, id: NodeId, path: &mut String, found: &mut Vec<(NodeId, Leaf)>) {
    let node = tree.node(id);
    let parent = path.len();
    let mut empty = true;
    match node.shape {
        Shape::List { .. } => {
            for (index, item) in tree.children(id).enumerate() {
                empty = false;
                path.push('[');
                path.push_str(&index.to_string());
                path.push(']');
                walk(text, tree, item, path, found);
                path.truncate(parent);
            }
        }
        Shape::Map { .. } => {
            for (key, value) in tree.pairs(id) {
                empty = false;
                if parent > 0 {
                    path.push('.');
                }
                let name = tree.node(key);
                if name.is_scalar() {
                    path.push_str(&name.value);
                } else {
                    path.push_str(&text[name.span.range()]);
                }
                walk(text, tree, value, path, found);
                path.truncate(parent);
            }
        }
        _ => {}
    }
    let root = path.is_empty();
    if !empty || root && (!node.is_scalar() || node.is_absent()) {
        return;
    }
    let value = match node.shape {
        Shape::List { .. } => "[]".to_owned(),
        Shape::Map { .. } => "{}".to_owned(),
        Shape::Alias => text[node.span.range()].to_owned(),
        Shape::Missing => String::new(),
        _ => typed(node).map_or_else(|_| String::new(), |typed| typed.java_text().into_owned()),
    };
    let tag = node.tag.as_ref().map(|tag| tag.name.clone());
    found.push((
        id,
        Leaf {
            path: path.clone(),
            value,
            written: Some(Written {
                text: node.value.clone().into_owned(),
                tag: tag.unwrap_or_default(),
                scalar: node.is_scalar(),
                plain: node.shape == Shape::Plain,
                anchored: node.is_scalar() && node.anchored,
            }),
        },
    ));
}
