//! A value's text as data: Flink keeps lists of `config.yaml` as YAML text and reads that again
//! when the option is asked for (`ConfigurationUtils.convertToList`).

use super::scalar::{Typed, typed};
use super::tree::{KEY_LIMIT, NodeId, Shape, Tree};

/// A value that owns its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// Text, or a number or boolean as Java writes it.
    Scalar(String),
    /// A list.
    List(Vec<Node>),
    /// A mapping in the order of the text.
    Map(Vec<(String, Node)>),
    /// `null`.
    Null,
}

/// Most nodes of a value; aliases count each time.
const NODES: usize = 100_000;

/// Reads a text such as `[{com.A: {type: kryo}}]`. `None` for what Flink's loader refuses.
pub fn parse_value(text: &str) -> Option<Node> {
    let tree = Tree::parse(text, KEY_LIMIT);
    if !tree.failures.is_empty() || tree.roots.len() > 1 {
        return None;
    }
    let Some(&root) = tree.roots.first() else {
        return Some(Node::Null);
    };
    let mut left = NODES;
    value(&tree, root, &mut Vec::new(), &mut left)
}

fn value(tree: &Tree, id: NodeId, active: &mut Vec<NodeId>, left: &mut usize) -> Option<Node> {
    *left = left.checked_sub(1)?;
    let id = tree.resolve(id)?;
    let node = tree.node(id);
    if node.is_scalar() {
        return Some(match typed(node).ok()? {
            Typed::Null => Node::Null,
            other => Node::Scalar(other.java_text().into_owned()),
        });
    }
    if active.contains(&id) || active.len() > 500 {
        return None;
    }
    active.push(id);
    let read = match node.shape {
        Shape::List { .. } => tree
            .children(id)
            .map(|item| value(tree, item, active, left))
            .collect::<Option<Vec<_>>>()
            .map(Node::List),
        Shape::Map { .. } => tree
            .pairs(id)
            .map(|(key, item)| {
                let key = match value(tree, key, active, left)? {
                    Node::Scalar(text) => text,
                    Node::Null => "null".to_owned(),
                    _ => return None,
                };
                Some((key, value(tree, item, active, left)?))
            })
            .collect::<Option<Vec<_>>>()
            .map(Node::Map),
        _ => None,
    };
    active.pop();
    read
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_mappings_are_read_with_their_order() {
        let text = |text: &str| Node::Scalar(text.to_owned());
        let registered = Node::Map(vec![("type".to_owned(), text("kryo"))]);
        assert_eq!(
            parse_value("[{com.A: {type: kryo}}, '5', 0x10, ~]"),
            Some(Node::List(vec![
                Node::Map(vec![("com.A".to_owned(), registered)]),
                text("5"),
                text("16"),
                Node::Null,
            ]))
        );
        assert_eq!(parse_value("a: [b"), None);
        assert_eq!(parse_value("&a [*a]"), None);
        assert_eq!(parse_value("a,b"), Some(text("a,b")));
    }
}
