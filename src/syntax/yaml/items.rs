//! The text of a list or map option as Flink 1.19 and later first read it: as YAML
//! (`YamlParserUtils.convertToObject`), each part of it as text again (`toYAMLString`).

use super::dump::{Dumper, float};
use super::parse_config;
use super::scalar::{Typed, typed};
use super::tree::{KEY_LIMIT, NodeId, Shape, Tree};
use crate::syntax::ProblemKind;
use crate::text::{Source, SourceId};

/// Keys and values of a mapping, in the order of the text.
pub type Pairs = Vec<(String, String)>;

/// One item of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What a list of texts makes of it.
    pub text: String,
    /// What a list of maps makes of it; `None` for an item that is no mapping.
    pub pairs: Option<Pairs>,
}

/// A collection that a text holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Items {
    /// A list.
    List(Vec<Item>),
    /// A mapping.
    Map(Pairs),
}

/// Reads a text such as `[{com.A: {type: kryo}}]`. `None` for what is no list or mapping, or one
/// that Flink does not take: with a null, or with a key twice.
pub fn parse_items(text: &str) -> Option<Items> {
    if text.is_empty() {
        return None;
    }
    let source = Source::new(SourceId(0), String::new(), text.as_bytes());
    let refused = parse_config(&source).problems.into_iter().any(|problem| {
        matches!(
            problem.kind,
            ProblemKind::YamlSyntax
                | ProblemKind::DuplicateKey
                | ProblemKind::MultipleDocuments
                | ProblemKind::TooManyAliases
        )
    });
    let tree = Tree::parse(text, KEY_LIMIT);
    let [root] = tree.roots[..] else { return None };
    if refused || !tree.failures.is_empty() {
        return None;
    }
    let mut reader = Reader {
        tree: &tree,
        dumper: Dumper::new(text.len()),
    };
    match tree.node(root).shape {
        Shape::List { .. } => tree
            .children(root)
            .map(|item| {
                Some(Item {
                    text: reader.text(item)?,
                    pairs: reader.pairs(item),
                })
            })
            .collect::<Option<_>>()
            .map(Items::List),
        Shape::Map { .. } => reader.pairs(root).map(Items::Map),
        _ => None,
    }
}

struct Reader<'r, 't> {
    tree: &'r Tree<'t>,
    dumper: Dumper,
}

impl Reader<'_, '_> {
    /// `ConfigurationUtils.convertToString`; nothing for a null.
    fn text(&mut self, id: NodeId) -> Option<String> {
        let id = self.tree.resolve(id)?;
        let node = self.tree.node(id);
        if !node.is_scalar() {
            return Some(self.dumper.text(self.tree, id));
        }
        match typed(node).ok()? {
            Typed::Null | Typed::Binary(_) => None,
            Typed::Float(number) => Some(float(number)),
            other => Some(other.java_text().into_owned()),
        }
    }

    /// A mapping of texts; nothing where a key or value is null or a key comes twice.
    fn pairs(&mut self, id: NodeId) -> Option<Pairs> {
        let tree = self.tree;
        let id = tree.resolve(id)?;
        if !matches!(tree.node(id).shape, Shape::Map { .. }) {
            return None;
        }
        let mut pairs = Pairs::new();
        for (key, value) in tree.pairs(id) {
            let pair = (self.text(key)?, self.text(value)?);
            if pairs.iter().any(|(known, _)| *known == pair.0) {
                return None;
            }
            pairs.push(pair);
        }
        Some(pairs)
    }
}
