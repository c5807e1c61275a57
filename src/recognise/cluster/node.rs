//! A YAML mapping as its readers see it: with merge keys followed, and with what lies below it where
//! one extends another.

use std::borrow::Cow;

use crate::syntax::yaml::tree::{NodeId, Shape, Tree};
use crate::text::Span;

/// How many mappings a mapping may merge, each time they are met.
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
        let mut out = Vec::new();
        let mut merged = vec![self];
        let mut left = MERGES;
        while let (Some(map), Some(less)) = (merged.pop(), left.checked_sub(1)) {
            left = less;
            map.own(&mut out, &mut merged);
        }
        out
    }

    /// The entries of the mapping itself that nothing before it has; what it merges, the last first.
    fn own(self, out: &mut Vec<Entry<'a, 't>>, merged: &mut Vec<Self>) {
        if !self.is_map() {
            return;
        }
        let before = merged.len();
        for (key, value) in self.tree.pairs(self.id) {
            let (Some(key), Some(value)) =
                (Value::new(self.tree, key), Value::new(self.tree, value))
            else {
                continue;
            };
            let Some(name) = key.text() else { continue };
            if name == "<<" {
                merged.extend(value.is_map().then_some(value));
                merged.extend(value.items());
            } else if out.len() < ENTRIES && !out.iter().any(|entry| entry.key == name) {
                out.push(Entry {
                    key: name,
                    key_at: key.span(),
                    value,
                });
            }
        }
        merged[before..].reverse();
    }

    /// The value of a key of a mapping, merge keys followed.
    pub(super) fn get(self, key: &str) -> Option<Self> {
        // A large mapping is no slower to ask than to read.
        let map = self.is_map().then(|| self.tree.pairs(self.id));
        let own = map.into_iter().flatten().find(|(name, _)| {
            let name = Value::new(self.tree, *name);
            name.and_then(Value::text) == Some(key)
        });
        if let Some((_, value)) = own {
            return Value::new(self.tree, value);
        }
        let merges = !self.tree.anchors.is_empty();
        let mut entries = merges.then(|| self.entries())?.into_iter();
        Some(entries.find(|entry| entry.key == key)?.value)
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
