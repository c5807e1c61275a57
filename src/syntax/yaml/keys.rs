//! When two keys are one key to Java, when two values say the same, and sets as Java prints them.

use std::borrow::Cow;

use super::dump::{Dumper, is_set};
use super::scalar::{Typed, typed};
use super::tree::{NodeId, Shape, Tree};

/// What `equals` of the constructed key compares. Keys that are no text get a mark in front.
pub(crate) fn key_identity<'a>(tree: &'a Tree, key: NodeId) -> Option<Cow<'a, str>> {
    let id = tree.resolve(key)?;
    let node = tree.node(id);
    if id != key && !node.is_scalar() {
        return Some(Cow::Owned(format!("\0a{id:?}")));
    }
    if !node.is_scalar() {
        let text = Dumper::new(node.span.range().len()).text(tree, id);
        return Some(Cow::Owned(format!("\0c{text}")));
    }
    Some(match typed(node).ok()? {
        // Plain and quoted text is the text of the node, which lives as long as the tree.
        Typed::Text(_) => Cow::Borrowed(node.value.as_ref()),
        other => Cow::Owned(format!("\0{:?}{}", other.kind(), other.java_text())),
    })
}

/// Whether two values flatten to the same settings. Aliases are the same if their targets are.
pub(crate) fn same_content(tree: &Tree, left: NodeId, right: NodeId) -> bool {
    let (Some(left), Some(right)) = (tree.resolve(left), tree.resolve(right)) else {
        return false;
    };
    if left == right {
        return true;
    }
    let (one, other) = (tree.node(left), tree.node(right));
    if one.is_scalar() && other.is_scalar() {
        return match (typed(one), typed(other)) {
            (Ok(one), Ok(other)) => {
                one.kind() == other.kind() && one.java_text() == other.java_text()
            }
            _ => false,
        };
    }
    let same_shape = matches!(
        (one.shape, other.shape),
        (Shape::List { .. }, Shape::List { .. }) | (Shape::Map { .. }, Shape::Map { .. })
    );
    if !same_shape || is_set(tree, left) != is_set(tree, right) {
        return false;
    }
    let (mut ours, mut theirs) = (tree.children(left), tree.children(right));
    loop {
        match (ours.next(), theirs.next()) {
            (None, None) => return true,
            // Only what stands here: an alias may lead back up.
            (Some(one), Some(other)) => {
                let plain =
                    tree.node(one).shape != Shape::Alias && tree.node(other).shape != Shape::Alias;
                let linked =
                    tree.resolve(one).is_some() && tree.resolve(one) == tree.resolve(other);
                if !(linked || plain && same_content(tree, one, other)) {
                    return false;
                }
            }
            _ => return false,
        }
    }
}

/// `LinkedHashSet.toString`: Flink stores a `!!set` as an object.
pub(crate) fn java_set(tree: &Tree, set: NodeId) -> String {
    let items: Vec<String> = tree
        .pairs(set)
        .map(|(key, _)| {
            let id = tree.resolve(key).unwrap_or(key);
            let node = tree.node(id);
            if node.is_scalar() {
                typed(node).map_or_else(|_| String::new(), |typed| typed.java_text().into_owned())
            } else {
                Dumper::new(node.span.range().len()).text(tree, id)
            }
        })
        .collect();
    format!("[{}]", items.join(", "))
}
