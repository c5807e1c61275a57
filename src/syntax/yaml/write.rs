//! Edits of YAML and JSON. Each is made on the bytes of one value, key or entry, and given out
//! only if the text reads afterwards with exactly that change.

use super::entry::{Entry, entries, removal};
use super::leaves::{Leaf, editable, leaves, verified};
use super::spell::Dialect;
use super::tree::{NodeId, Shape, Tree};
use crate::syntax::Setting;
use crate::text::{Edit, Source, Span};

/// Where a setting stands in the tree.
struct Place {
    /// The pairs from the root to the setting; the last one is its own unless it is a list item.
    path: Vec<Entry>,
    /// The value.
    value: NodeId,
    /// Whether the value is an item of a list.
    item: bool,
    /// Every node from the root to the value.
    chain: Vec<NodeId>,
}

impl Place {
    fn find(tree: &Tree, setting: &Setting) -> Option<Place> {
        let mut place = Place {
            path: Vec::new(),
            value: *tree.roots.first()?,
            item: false,
            chain: Vec::new(),
        };
        let within = |id: &&NodeId| tree.node(**id).span.contains(setting.value_at);
        let mut at = *tree.roots.iter().find(within)?;
        loop {
            place.chain.push(at);
            place.value = at;
            let exact = tree.node(at).span == setting.value_at;
            let own = place.path.last().map(|entry| tree.node(entry.key).span);
            match tree.node(at).shape {
                Shape::Map { .. } => {
                    let here = |entry: &Entry| {
                        let span = tree.node(entry.value).span;
                        let key = tree.node(entry.key).span;
                        span == setting.value_at && key == setting.key_at
                            || span.contains(setting.value_at) && !span.is_empty()
                    };
                    let entry = entries(tree, at).find(here)?;
                    at = entry.value;
                    place.path.push(entry);
                    place.item = false;
                }
                Shape::List { .. } if exact && own == Some(setting.key_at) => break,
                Shape::List { .. } => {
                    let here = |id: &NodeId| tree.node(*id).span.contains(setting.value_at);
                    at = tree.children(at).find(here)?;
                    place.item = true;
                }
                _ => {
                    let keyed = place.item || own == Some(setting.key_at);
                    if exact && keyed {
                        break;
                    }
                    return None;
                }
            }
        }
        // What an alias refers to changes in two places, what `<<` brings in as well.
        let shared = place.chain.iter().any(|&id| tree.node(id).aliased);
        let merged = place
            .path
            .iter()
            .any(|entry| tree.node(entry.key).value == "<<");
        (!shared && !merged).then_some(place)
    }

    /// The pair of the setting itself.
    fn entry(&self) -> Option<&Entry> {
        self.path
            .last()
            .filter(|entry| !self.item && entry.value == self.value)
    }
}

/// The leaves of the text and which of them stand below `id`.
fn leaves_of(text: &str, tree: &Tree, id: NodeId) -> (Vec<Leaf>, std::ops::Range<usize>) {
    let span = tree.node(id).span;
    let all: Vec<(NodeId, Leaf)> = leaves(text, tree).collect();
    let inside = |(leaf, _): &(NodeId, Leaf)| {
        *leaf == id || !span.is_empty() && span.contains(tree.node(*leaf).span)
    };
    let start = all.iter().position(inside).unwrap_or(all.len());
    let count = all[start..].iter().take_while(|leaf| inside(leaf)).count();
    (
        all.into_iter().map(|(_, leaf)| leaf).collect(),
        start..start + count,
    )
}

/// Replaces a value; keeps its quotes if they fit. `None` for block scalars, lists, aliases, and what
/// an alias or a merge key brings elsewhere too.
pub(in crate::syntax) fn set(
    source: &Source,
    dialect: Dialect,
    setting: &Setting,
    value: &str,
) -> Option<Edit> {
    editable(&source.bytes, |text, tree| {
        let place = Place::find(tree, setting)?;
        let node = tree.node(place.value);
        if !node.is_scalar() || node.is_absent() || node.tag.is_some() {
            return None;
        }
        // What stays as it is keeps its lines and its spelling.
        let written = if setting.value == value && node.value == value && node.shape != Shape::Block
        {
            source.text(node.span).into_owned()
        } else {
            dialect.value(value, node.shape, in_flow(tree, &place.chain))?
        };
        let edit = Edit {
            source: source.id,
            span: node.span,
            text: written,
        };
        let (mut expected, own) = leaves_of(text, tree, place.value);
        let leaf = expected.get_mut(own.start)?;
        *leaf = Leaf::expected(std::mem::take(&mut leaf.path), value);
        verified(source, tree, edit, &expected)
    })
}

/// Puts a plain value into quotes: the same text, no longer a number or a boolean. `None` for a value
/// that has quotes or is no plain one.
pub(in crate::syntax) fn quote(source: &Source, setting: &Setting) -> Option<Edit> {
    editable(&source.bytes, |text, tree| {
        let place = Place::find(tree, setting)?;
        let node = tree.node(place.value);
        if node.shape != Shape::Plain || node.is_absent() || node.tag.is_some() {
            return None;
        }
        let edit = Edit {
            source: source.id,
            span: node.span,
            text: format!("\"{}\"", setting.value),
        };
        let (mut expected, own) = leaves_of(text, tree, place.value);
        let leaf = expected.get_mut(own.start)?;
        *leaf = Leaf::expected(std::mem::take(&mut leaf.path), &setting.value);
        verified(source, tree, edit, &expected)
    })
}

fn in_flow(tree: &Tree, chain: &[NodeId]) -> bool {
    chain.iter().any(|&id| {
        matches!(
            tree.node(id).shape,
            Shape::List { flow: true } | Shape::Map { flow: true }
        )
    })
}

/// What a new key leaves after the parents of an entry: the text of its key token. It may have dots
/// of its own, since a dotted key and nested ones are one key to Flink.
fn own_part<'k>(tree: &Tree, entry: &Entry, old: &str, new: &'k str) -> Option<&'k str> {
    let written = tree.node(entry.key).value.as_ref();
    let prefix = old.strip_suffix(written)?;
    new.strip_prefix(prefix).filter(|part| !part.is_empty())
}

/// The same for a sibling in the same style: below the top level with as many dots.
fn sibling_part<'k>(tree: &Tree, entry: &Entry, old: &str, new: &'k str) -> Option<&'k str> {
    let part = own_part(tree, entry, old, new)?;
    let dots = |text: &str| text.matches('.').count();
    let written = tree.node(entry.key).value.as_ref();
    (written == old || dots(part) == dots(written)).then_some(part)
}

/// Whether the mapping has no such key and no leaf has that path.
fn is_free(tree: &Tree, map: NodeId, part: &str, key: &str, taken: &[Leaf]) -> bool {
    tree.pairs(map)
        .all(|(name, _)| tree.node(name).value != part)
        && taken.iter().all(|leaf| {
            let rest = leaf.path.strip_prefix(key);
            rest.is_none_or(|rest| !(rest.is_empty() || rest.starts_with('[')))
        })
}

/// Replaces the part of a key that its entry writes.
pub(in crate::syntax) fn rename(
    source: &Source,
    dialect: Dialect,
    setting: &Setting,
    key: &str,
) -> Option<Edit> {
    editable(&source.bytes, |text, tree| {
        let place = Place::find(tree, setting)?;
        let entry = place.entry()?;
        let name = tree.node(entry.key);
        if !name.is_scalar() || name.anchored || name.tag.is_some() {
            return None;
        }
        let part = own_part(tree, entry, &setting.key, key)?;
        let edit = Edit {
            source: source.id,
            span: name.span,
            text: dialect.key(part, name.shape, in_flow(tree, &place.chain))?,
        };
        let (mut expected, own) = leaves_of(text, tree, place.value);
        if !is_free(tree, entry.map, part, key, &expected) {
            return None;
        }
        for leaf in &mut expected[own] {
            leaf.path = format!("{key}{}", leaf.path.strip_prefix(setting.key.as_str())?);
        }
        verified(source, tree, edit, &expected)
    })
}

/// Adds a line at the end of a block mapping, or an entry at the end of a JSON object, its key in one
/// piece. `None` where the top level is anything else.
pub(in crate::syntax) fn insert(
    source: &Source,
    dialect: Dialect,
    key: &str,
    value: &str,
) -> Option<Edit> {
    editable(&source.bytes, |text, tree| {
        if tree.roots.len() > 1 || tree.starts.len() > 1 || !tree.failures.is_empty() {
            return None;
        }
        let root = tree.roots.first().copied();
        let mut expected: Vec<Leaf> = leaves(text, tree).map(|(_, leaf)| leaf).collect();
        let free = root.is_none_or(|root| is_free(tree, root, key, key, &expected));
        if key.is_empty() || !free {
            return None;
        }
        expected.push(Leaf::expected(key.to_owned(), value));
        let shape = root.map(|root| tree.node(root).shape);
        let edit = match (shape, root) {
            (Some(Shape::Map { flow: true }), Some(root)) if dialect == Dialect::Json => {
                last_in_braces(source, tree, root, key, value)?
            }
            (Some(Shape::Map { flow: false }), Some(root)) => {
                let first = tree.node(root).span.start;
                let indent = indentation(source, first)?;
                last_line(source, text, root_end(tree, root), &indent, key, value)?
            }
            (None, _) if dialect == Dialect::Yaml => {
                last_line(source, text, source.bom(), "", key, value)?
            }
            (Some(Shape::Plain), Some(root)) if tree.node(root).is_absent() => {
                last_line(source, text, root_end(tree, root), "", key, value)?
            }
            _ => return None,
        };
        verified(source, tree, edit, &expected)
    })
}

fn root_end(tree: &Tree, root: NodeId) -> usize {
    tree.node(root).span.end as usize
}

/// The blanks before `at` on its line; `None` where something else stands there.
fn indentation(source: &Source, at: u32) -> Option<String> {
    let start = (source.full_line(at).start as usize).max(source.bom());
    let lead = source.bytes.get(start..at as usize)?;
    let blank = lead.iter().all(|byte| *byte == b' ');
    blank.then(|| " ".repeat(lead.len()))
}

/// A line below everything, above a closing `...`.
fn last_line(
    source: &Source,
    text: &str,
    after: usize,
    indent: &str,
    key: &str,
    value: &str,
) -> Option<Edit> {
    let key = Dialect::Yaml.key(key, Shape::Plain, false)?;
    let value = Dialect::Yaml.value(value, Shape::Plain, false)?;
    let mut at = text.len();
    let mut line = source.full_line(Span::at(after).start);
    while (line.end as usize) < text.len() {
        line = source.full_line(line.end);
        if text[line.range()].trim_end() == "..." {
            at = line.start as usize;
            break;
        }
    }
    let line_break = source.line_break(Span::at(at).start);
    let open = at > source.bom() && !text[..at].ends_with(['\n', '\r']);
    let before = if open { line_break } else { "" };
    Some(Edit {
        source: source.id,
        span: Span::at(at),
        text: format!("{before}{indent}{key}: {value}{line_break}"),
    })
}

/// An entry behind the last one of a JSON object.
fn last_in_braces(
    source: &Source,
    tree: &Tree,
    root: NodeId,
    key: &str,
    value: &str,
) -> Option<Edit> {
    let Some(last) = entries(tree, root).last() else {
        let key = Dialect::Json.key(key, Shape::Double, true)?;
        let value = Dialect::Json.value(value, Shape::Plain, true)?;
        return Some(Edit {
            source: source.id,
            span: Span::at(tree.node(root).span.start as usize + 1),
            text: format!("{key}: {value}"),
        });
    };
    behind(source, Dialect::Json, tree, &last, key, value)
}

/// An entry behind another one in braces: on a line of its own if that one has one.
fn behind(
    source: &Source,
    dialect: Dialect,
    tree: &Tree,
    entry: &Entry,
    key: &str,
    value: &str,
) -> Option<Edit> {
    let (name, sibling) = (tree.node(entry.key), tree.node(entry.value));
    // Other styles than plain and quoted don't stand in braces; a collection gives no style.
    let like = match (dialect, sibling.shape) {
        (Dialect::Json, Shape::Double) => Shape::Double,
        _ => Shape::Plain,
    };
    let key = dialect.key(key, name.shape, true)?;
    let value = dialect.value(value, like, true)?;
    let gap = match indentation(source, name.span.start) {
        Some(indent) => format!("{}{indent}", source.line_break(name.span.start)),
        None => " ".to_owned(),
    };
    Some(Edit {
        source: source.id,
        span: Span::at(sibling.span.end.max(name.span.end) as usize),
        text: format!(",{gap}{key}: {value}"),
    })
}

/// Adds an entry directly after another one of the same mapping, spelt as that is: as many parts, the
/// same column, in braces with its comma.
pub(in crate::syntax) fn insert_after(
    source: &Source,
    dialect: Dialect,
    sibling: &Setting,
    key: &str,
    value: &str,
) -> Option<Edit> {
    editable(&source.bytes, |text, tree| {
        let place = Place::find(tree, sibling)?;
        let entry = place.entry()?;
        let part = sibling_part(tree, entry, &sibling.key, key)?;
        let (mut expected, own) = leaves_of(text, tree, place.value);
        if !is_free(tree, entry.map, part, key, &expected) {
            return None;
        }
        let edit = match tree.node(entry.map).shape {
            Shape::Map { flow: true } => behind(source, dialect, tree, entry, part, value)?,
            Shape::Map { flow: false } => line_below(source, tree, entry, part, value)?,
            _ => return None,
        };
        expected.insert(own.end, Leaf::expected(key.to_owned(), value));
        verified(source, tree, edit, &expected)
    })
}

/// A line below an entry of a block mapping, its key in the same column.
fn line_below(
    source: &Source,
    tree: &Tree,
    entry: &Entry,
    part: &str,
    value: &str,
) -> Option<Edit> {
    let name = tree.node(entry.key);
    let start = (source.full_line(name.span.start).start as usize).max(source.bom());
    let lead = source.bytes.get(start..name.span.start as usize)?;
    // The first key of a mapping in a list stands behind its dash.
    if !lead.iter().all(|byte| matches!(byte, b' ' | b'-')) {
        return None;
    }
    let quotes = if name.is_scalar() {
        name.shape
    } else {
        Shape::Plain
    };
    let key = Dialect::Yaml.key(part, quotes, false)?;
    let value = Dialect::Yaml.value(value, Shape::Plain, false)?;
    let end = tree.node(entry.value).span.end.max(name.span.end);
    let last = source.full_line(end - 1);
    let line_break = source.line_break(last.start);
    let closed = source.bytes[..last.end as usize].ends_with(b"\n")
        || source.bytes[..last.end as usize].ends_with(b"\r");
    let line = format!("{}{key}: {value}", " ".repeat(lead.len()));
    Some(Edit {
        source: source.id,
        span: Span::at(last.end as usize),
        text: if closed {
            format!("{line}{line_break}")
        } else {
            format!("{line_break}{line}")
        },
    })
}

/// Removes an entry with its lines or its comma, and parents that would be left empty.
pub(in crate::syntax) fn remove(source: &Source, setting: &Setting) -> Option<Edit> {
    editable(&source.bytes, |text, tree| {
        let place = Place::find(tree, setting)?;
        place.entry()?;
        let (span, kept) = removal(source, tree, &place.path)?;
        let (mut expected, own) = leaves_of(text, tree, place.value);
        expected.drain(own);
        let edit = Edit {
            source: source.id,
            span,
            text: kept,
        };
        verified(source, tree, edit, &expected)
    })
}
