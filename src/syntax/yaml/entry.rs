//! One pair of a mapping with its surroundings, and the bytes that go when it goes.

use super::tree::{NodeId, Shape, Tree};
use crate::text::{Source, Span};

/// A pair of a mapping.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    /// The mapping.
    pub(crate) map: NodeId,
    /// The key.
    pub(crate) key: NodeId,
    /// The value.
    pub(crate) value: NodeId,
    /// The value before it.
    pub(crate) before: Option<NodeId>,
    /// The key after it.
    pub(crate) after: Option<NodeId>,
}

impl Entry {
    fn is_only(&self) -> bool {
        self.before.is_none() && self.after.is_none()
    }
}

/// The pairs of a mapping with their neighbours.
pub(crate) fn entries<'a>(tree: &'a Tree, map: NodeId) -> impl Iterator<Item = Entry> + 'a {
    let mut pairs = tree.pairs(map).peekable();
    let mut before = None;
    std::iter::from_fn(move || {
        let (key, value) = pairs.next()?;
        let entry = Entry {
            map,
            key,
            value,
            before,
            after: pairs.peek().map(|(key, _)| *key),
        };
        before = Some(value);
        Some(entry)
    })
}

/// The bytes of the last entry of `path` and what stays of them: comments on lines of their own.
/// Parents that would be left empty go too, since Flink reads an empty mapping as nothing and an
/// absent value as an error. `None` where the entry can't be cut out line by line, where an alias elsewhere
/// needs it, or what follows can't be read.
pub(crate) fn removal(source: &Source, tree: &Tree, path: &[Entry]) -> Option<(Span, String)> {
    let mut rest = path;
    let mut entry = rest.last()?;
    while entry.is_only() && !tree.roots.contains(&entry.map) {
        rest = &rest[..rest.len() - 1];
        let parent = rest.last()?;
        if parent.value != entry.map {
            return None;
        }
        entry = parent;
    }
    if is_needed(tree, entry) || is_before_failure(tree, path[0].map, entry) {
        return None;
    }
    match tree.node(entry.map).shape {
        Shape::Map { flow: false } => lines(source, tree, entry),
        Shape::Map { flow: true } => between_commas(source, tree, entry),
        _ => None,
    }
}

/// Whether reading failed after an entry, and no key of the root that could be read and no start of a document
/// lies between: what fails is read otherwise after other lines.
fn is_before_failure(tree: &Tree, root: NodeId, entry: &Entry) -> bool {
    let (key, value) = (tree.node(entry.key).span, tree.node(entry.value).span);
    let last = value.end.max(key.end);
    let mut offsets = tree.failures.iter().map(|failure| failure.offset);
    let Some(failed) = offsets.find(|offset| *offset >= key.start as usize) else {
        return false;
    };
    let is_between = |span: Span| span.start >= last && (span.end as usize) < failed;
    let mut keys = tree.pairs(root).filter(|(key, value)| {
        is_between(tree.node(*key).span) && tree.node(*value).shape != Shape::Missing
    });
    let mut starts = tree.starts.iter().copied();
    keys.next().is_none() && !starts.any(is_between)
}

/// Whether an alias stands for a node of an entry.
fn is_needed(tree: &Tree, entry: &Entry) -> bool {
    let end = tree.node(entry.value).span.end;
    let mut nodes = tree.nodes_from(entry.key);
    let key = nodes.next().is_some_and(|key| key.aliased);
    let mut values = nodes.take_while(|node| node.span.start < end);
    key || tree.node(entry.value).aliased || values.any(|node| node.aliased)
}

fn lines(source: &Source, tree: &Tree, entry: &Entry) -> Option<(Span, String)> {
    let bytes = &source.bytes;
    let key = tree.node(entry.key).span;
    if key.is_empty() {
        return None;
    }
    let end = tree.node(entry.value).span.end.max(key.end);
    let first = source.full_line(key.start);
    let last = source.full_line(end - 1);
    let start = (first.start as usize).max(source.bom());
    let lead = bytes.get(start..key.start as usize)?;
    if !lead.iter().all(|byte| *byte == b' ') {
        return None;
    }
    let mut tail = bytes[end as usize..last.end as usize].trim_ascii_start();
    // Where no value was written the entry ends before its colon.
    let value = tree.node(entry.value);
    if value.is_absent() || !value.is_scalar() {
        tail = tail.strip_prefix(b":").unwrap_or(tail).trim_ascii_start();
    }
    if !(tail.is_empty() || tail[0] == b'#') {
        return None;
    }
    let span = Span::new(start, last.end as usize);
    let scalars = multi_line(source, tree, entry, last.end);
    let within = |line: u32| {
        let next = scalars.partition_point(|scalar| scalar.end <= line);
        scalars.get(next).is_some_and(|scalar| scalar.start < line)
    };
    let mut kept = String::new();
    let mut at = first.end;
    while at < last.end {
        let line = source.full_line(at);
        let text = &source.bytes[line.range()];
        if text.trim_ascii_start().starts_with(b"#") && !within(line.start) {
            kept.push_str(&source.text(line));
        }
        at = line.end;
    }
    Some((span, kept))
}

/// The scalars of an entry that go over several lines: a `#` in them is no comment.
fn multi_line(source: &Source, tree: &Tree, entry: &Entry, end: u32) -> Vec<Span> {
    tree.nodes_from(entry.key)
        .take_while(|node| node.span.start < end)
        .filter(|node| node.is_scalar() && is_long(source, node.span))
        .map(|node| node.span)
        .collect()
}

fn is_long(source: &Source, span: Span) -> bool {
    memchr::memchr2(b'\n', b'\r', &source.bytes[span.range()]).is_some()
}

fn between_commas(source: &Source, tree: &Tree, entry: &Entry) -> Option<(Span, String)> {
    let key = tree.node(entry.key).span;
    let value = tree.node(entry.value).span;
    let end = value.end.max(key.end);
    let span = match (entry.before, entry.after) {
        (_, Some(after)) => Span {
            start: key.start,
            end: tree.node(after).span.start,
        },
        (Some(before), None) => Span {
            start: tree.node(before).span.end,
            end,
        },
        (None, None) => Span {
            start: key.start,
            end,
        },
    };
    // A comment, anchor or tag in the gaps may belong to the neighbour: then nobody can say what
    // goes.
    let bare = |start: u32, end: u32| {
        start >= end
            || source.bytes[Span { start, end }.range()]
                .iter()
                .all(|byte| byte.is_ascii_whitespace() || matches!(byte, b',' | b':'))
    };
    let opened = source.bytes[..key.start as usize].trim_ascii_end();
    let first = opened.ends_with(b"{") || opened.ends_with(b",");
    (first && bare(span.start, key.start) && bare(end, span.end)).then(|| (span, String::new()))
}
