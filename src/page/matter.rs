//! The front matter as YAML whose every part has a place. Knows mappings, lists and texts, not what they
//! mean.

use crate::syntax::yaml::explain;
use crate::syntax::yaml::tree::{KEY_LIMIT, Node, NodeId, Shape, Tree};
use crate::text::Span;
use crate::words::nearest;

use super::PageError;

/// A text with its bytes in the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The text without quotes.
    pub value: String,
    /// Its bytes in the page, quotes included.
    pub at: Span,
}

/// A key of a mapping with its value.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key: Text,
    pub(super) value: NodeId,
}

/// The front matter of a page.
pub(super) struct Matter<'t> {
    page: &'t str,
    tree: Tree<'t>,
    /// Where in the page it begins.
    offset: usize,
}

type Read<T> = Result<T, PageError>;

impl<'t> Matter<'t> {
    /// Reads the bytes of a page between its `---` lines.
    pub(super) fn read(page: &'t str, front: std::ops::Range<usize>) -> Read<Self> {
        let text = &page[front.clone()];
        let matter = Matter {
            page,
            tree: Tree::parse(text, KEY_LIMIT),
            offset: front.start,
        };
        if let Some(failure) = matter.tree.failures.first() {
            let (at, said) = explain(text, failure);
            return Err(matter.error(matter.moved(at), said));
        }
        let odd =
            matter.tree.nodes().map(|(_, node)| node).find(|node| {
                node.anchored || node.tag.is_some() || matches!(node.shape, Shape::Alias)
            });
        if let Some(node) = odd {
            let message = "anchors, aliases and tags have no meaning here; write the text out";
            return Err(matter.error(matter.moved(node.span), message));
        }
        Ok(matter)
    }

    /// An error at a place of the page.
    pub(super) fn error(&self, at: Span, message: impl Into<String>) -> PageError {
        PageError::at(self.page, at, message)
    }

    /// The mapping that the front matter is.
    pub(super) fn root(&self, words: &[&str]) -> Read<Vec<Entry>> {
        match self.tree.roots.as_slice() {
            [root] => self.map(*root, words),
            _ => Err(self.error(Span::at(self.offset), "front matter is one mapping")),
        }
    }

    fn moved(&self, at: Span) -> Span {
        let range = at.range();
        Span::new(range.start + self.offset, range.end + self.offset)
    }

    fn node(&self, id: NodeId) -> &Node<'t> {
        self.tree.node(id)
    }

    /// The bytes of a node in the page.
    pub(super) fn at(&self, id: NodeId) -> Span {
        self.moved(self.node(id).span)
    }

    pub(super) fn is_map(&self, id: NodeId) -> bool {
        matches!(self.node(id).shape, Shape::Map { .. })
    }

    pub(super) fn is_list(&self, id: NodeId) -> bool {
        matches!(self.node(id).shape, Shape::List { .. })
    }

    /// The entries of a mapping whose keys are words of `known`.
    pub(super) fn map(&self, id: NodeId, known: &[&str]) -> Read<Vec<Entry>> {
        let entries = self.any_map(id)?;
        for Entry { key, .. } in &entries {
            if !known.contains(&key.value.as_str()) {
                return Err(self.error(key.at, unknown("word", &key.value, known)));
            }
        }
        Ok(entries)
    }

    /// The entries of a mapping with keys of any name, each once.
    pub(super) fn any_map(&self, id: NodeId) -> Read<Vec<Entry>> {
        if !self.is_map(id) {
            return Err(self.error(self.at(id), "a mapping, `word: value`, is expected here"));
        }
        let mut entries: Vec<Entry> = Vec::new();
        for (key, value) in self.tree.pairs(id) {
            let key = self.text(key)?;
            if entries.iter().any(|entry| entry.key.value == key.value) {
                return Err(self.error(key.at, format!("`{}` stands here twice", key.value)));
            }
            entries.push(Entry { key, value });
        }
        Ok(entries)
    }

    /// The items of a list.
    pub(super) fn list(&self, id: NodeId) -> Read<Vec<NodeId>> {
        if !self.is_list(id) {
            return Err(self.error(self.at(id), "a list, `[one, two]`, is expected here"));
        }
        let items: Vec<NodeId> = self.tree.children(id).collect();
        if items.is_empty() {
            return Err(self.error(self.at(id), "this list is empty"));
        }
        Ok(items)
    }

    /// A text, whatever its quotes.
    pub(super) fn text(&self, id: NodeId) -> Read<Text> {
        let node = self.node(id);
        let at = self.at(id);
        if !node.is_scalar() || node.is_absent() {
            return Err(self.error(at, "a value is expected here"));
        }
        Ok(Text {
            value: node.value.clone().into_owned(),
            at,
        })
    }

    pub(super) fn texts(&self, id: NodeId) -> Read<Vec<Text>> {
        let items = self.list(id)?.into_iter();
        items.map(|item| self.text(item)).collect()
    }

    /// Whether a value is a text without quotes, which YAML may read as a number or a flag.
    pub(super) fn is_plain(&self, id: NodeId) -> bool {
        self.node(id).shape == Shape::Plain
    }

    /// `true` for a word that is either said or left out.
    pub(super) fn flag(&self, id: NodeId, word: &str) -> Read<()> {
        let text = self.text(id)?;
        if text.value == "true" {
            return Ok(());
        }
        let message = format!("`{word}` takes true; leave it out otherwise");
        Err(self.error(text.at, message))
    }
}

/// Words that people write for another one.
const MEANT: [(&str, &str); 12] = [
    ("at-least", "min"),
    ("at-most", "max"),
    ("minimum", "min"),
    ("maximum", "max"),
    ("pattern", "matches"),
    ("regex", "matches"),
    ("equals", "one-of"),
    ("value", "one-of"),
    ("allowed", "one-of"),
    ("must-be", "require"),
    ("present", "set"),
    ("if", "when"),
];

/// What is wrong with a name that is none of a closed list.
pub(super) fn unknown(kind: &str, name: &str, known: &[&str]) -> String {
    let meant = MEANT.iter().find(|(written, _)| *written == name);
    let meant = meant.map(|(_, word)| *word);
    let near = meant
        .filter(|word| known.contains(word))
        .or_else(|| nearest(name, known.iter().copied()));
    match near {
        Some(near) => format!("unknown {kind} `{name}`; did you mean `{near}`?"),
        None => format!("unknown {kind} `{name}`; write one of {}", known.join(", ")),
    }
}
