//! A YAML mapping as its readers see it: with merge keys followed, and with what lies below it where
//! one extends another.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::syntax::yaml::tree::{NodeId, Shape, Tree};
use crate::text::Span;

/// The key whose mappings are laid below those that hold it.
const MERGE: &str = "<<";

/// How many mappings a mapping may consist of.
const MERGES: usize = 40;

/// How many entries of a mapping are read, merged ones included.
const ENTRIES: usize = 2000;

/// A node of a tree, aliases followed.
#[derive(Clone, Copy)]
pub(super) struct Value<'a, 't> {
    tree: &'a Tree<'t>,
    id: NodeId,
}

impl<'a, 't> Value<'a, 't> {
    pub(super) fn new(tree: &'a Tree<'t>, id: NodeId) -> Option<Self> {
        let id = tree.resolve(id)?;
        Some(Value { tree, id })
    }

    pub(super) fn span(self) -> Span {
        self.tree.node(self.id).span
    }

    pub(super) fn is_map(self) -> bool {
        matches!(self.tree.node(self.id).shape, Shape::Map { .. })
    }

    pub(super) fn is_list(self) -> bool {
        matches!(self.tree.node(self.id).shape, Shape::List { .. })
    }

    /// Whether nothing or `null` stands here.
    pub(super) fn is_null(self) -> bool {
        let node = self.tree.node(self.id);
        node.is_absent() || node.shape == Shape::Plain && matches!(&*node.value, "~" | "null")
    }

    /// The text of a scalar.
    pub(super) fn text(self) -> Option<&'a str> {
        let node = self.tree.node(self.id);
        node.is_scalar().then_some(&*node.value)
    }

    /// The items of a list; nothing for anything else.
    pub(super) fn items(self) -> impl Iterator<Item = Self> {
        let list = self.is_list().then(|| self.tree.children(self.id));
        let values = list.into_iter().flatten();
        values.filter_map(move |id| Value::new(self.tree, id))
    }

    /// The entries of a mapping with those of its merge keys, own ones first, each key once.
    pub(super) fn entries(self) -> Vec<Entry<'a, 't>> {
        let mut keys = HashSet::new();
        let all = self.merged().into_iter().flat_map(Value::own);
        let entries = all.take(ENTRIES).filter(|entry| keys.insert(entry.key));
        entries.collect()
    }

    /// The mapping itself and those that it merges, in the order in which they count.
    fn merged(self) -> Vec<Self> {
        let mut out: Vec<Self> = Vec::new();
        let mut open = vec![self];
        while let Some(map) = open.pop().filter(|_| out.len() < MERGES) {
            // Merged again, a mapping adds nothing.
            if !map.is_map() || out.iter().any(|other| other.id == map.id) {
                continue;
            }
            out.push(map);
            if self.tree.anchors.is_empty() {
                continue;
            }
            let before = open.len();
            for merge in map.own_and_merges().filter(|entry| entry.key == MERGE) {
                open.push(merge.value);
                open.extend(merge.value.items().take(MERGES));
            }
            open[before..].reverse();
        }
        out
    }

    /// The entries of the mapping alone.
    fn own(self) -> impl Iterator<Item = Entry<'a, 't>> {
        self.own_and_merges().filter(|entry| entry.key != MERGE)
    }

    fn own_and_merges(self) -> impl Iterator<Item = Entry<'a, 't>> {
        let map = self.is_map().then(|| self.tree.pairs(self.id));
        map.into_iter().flatten().filter_map(move |(key, value)| {
            let key = Value::new(self.tree, key)?;
            Some(Entry {
                key: key.text()?,
                key_at: key.span(),
                value: Value::new(self.tree, value)?,
            })
        })
    }

    /// The value of a key of a mapping, merge keys followed.
    pub(super) fn get(self, key: &str) -> Option<Self> {
        let is_it = |entry: &Entry| entry.key == key;
        let own = self.own().find(is_it);
        let found = own.or_else(|| {
            let merged = self.merged().into_iter().skip(1).flat_map(Value::own);
            merged.take(ENTRIES).find(is_it)
        });
        found.map(|entry| entry.value)
    }

    /// The value at the end of a row of keys.
    pub(super) fn at(self, path: &[&str]) -> Option<Self> {
        path.iter().try_fold(self, |value, key| value.get(key))
    }

    /// The words of a command: those of one text, or of all items of a list.
    pub(super) fn words(self) -> Vec<Word<'a>> {
        let own = self.text().map(|text| (text, self.span()));
        let items = self
            .items()
            .filter_map(|item| Some((item.text()?, item.span())));
        own.into_iter()
            .chain(items)
            .flat_map(|(text, at)| {
                let parts = text.split_whitespace();
                parts.map(move |text| Word {
                    text: text.trim_matches(['"', '\'', ';', '(', ')']),
                    at,
                })
            })
            .collect()
    }

    /// All texts of a command as one.
    pub(super) fn joined(self) -> Cow<'a, str> {
        if let Some(text) = self.text() {
            return Cow::Borrowed(text);
        }
        let items: Vec<&str> = self.items().filter_map(Value::text).collect();
        Cow::Owned(items.join(" "))
    }
}

/// One entry of a mapping.
pub(super) struct Entry<'a, 't> {
    pub(super) key: &'a str,
    pub(super) key_at: Span,
    pub(super) value: Value<'a, 't>,
}

/// One word of a command.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word<'a> {
    pub(super) text: &'a str,
    pub(super) at: Span,
}
