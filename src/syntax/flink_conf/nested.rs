//! Nested YAML that somebody put into `flink-conf.yaml`: Flink skips the parents and reads the
//! leaves by their own names.

use std::ops::Range;

use super::{Line, Said, looks_like_key, trim};
use crate::syntax::lines::{Come, InForce};
use crate::syntax::{Problem, ProblemKind, Repair};
use crate::text::Span;

/// No real file comes near these; they keep a hostile one from filling the memory.
const LONGEST_PATH: usize = 1024;
const MOST_LEAVES: usize = 10_000;

/// A block and the index of the line after it.
pub(super) struct Block {
    pub(super) problem: Problem,
    pub(super) end: usize,
}

/// A mapping that is open while its block is read.
struct Open {
    indent: usize,
    path: String,
    /// Indentation of its first child; YAML wants the same of all.
    children: Option<usize>,
}

/// A line that Flink reads as a setting, and the key under which YAML would have it.
struct Leaf<'l> {
    line: &'l Line<'l>,
    key: Range<usize>,
    value: Range<usize>,
    /// The value without the quotes that YAML takes off and Flink would keep.
    meant: Range<usize>,
    path: String,
}

/// The block whose root is `lines[root]`: `key:` and at least one line indented deeper below. The
/// lines are those that are neither blank nor a comment.
pub(super) fn read(lines: &[Line], root: usize, in_force: &InForce) -> Option<Block> {
    let name = parent(&lines[root])?;
    let indent = lines[root].content.start;
    let inner = lines[root + 1..].iter();
    let inner = inner.take_while(|line| line.content.start > indent && !line.template);
    let end = root + 1 + inner.count();
    let inner = &lines[root + 1..end];
    if inner.is_empty() {
        return None;
    }
    let root_line = &lines[root];
    let mut shape = Shape {
        leaves: Vec::new(),
        parents: vec![0],
        regular: root_line.bom() == 0,
    };
    shape.read(inner, indent, root_line.lossy(&name));
    let (message, key, related) = match shape.leaves.first() {
        Some(leaf) => {
            let short = leaf.line.lossy(&leaf.key);
            (
                format!(
                    "flink-conf.yaml is not YAML: Flink reads `{short}` here, not `{}`",
                    leaf.path
                ),
                leaf.path.clone(),
                vec![(leaf.line.span(&leaf.key), format!("read as `{short}`"))],
            )
        }
        None => (
            "flink-conf.yaml is not YAML: Flink skips this line and those indented below it"
                .to_owned(),
            root_line.lossy(&name),
            Vec::new(),
        ),
    };
    Some(Block {
        problem: Problem {
            related,
            key: Some(key),
            repair: shape.repair(&lines[root..end], indent, in_force),
            ..Problem::new(
                ProblemKind::NestedBlock,
                root_line.span(&root_line.content),
                message,
            )
        },
        end,
    })
}

/// The key of a line `key:` without a value.
fn parent(line: &Line) -> Option<Range<usize>> {
    let Said::NoPair = line.said else {
        return None;
    };
    let content = line.content.start + line.bom()..line.content.end;
    let text = &line.text[content.clone()];
    let name = trim(line.text, content.start..content.end.checked_sub(1)?);
    let is_parent =
        !line.template && text.ends_with(b":") && looks_like_key(&line.text[name.clone()]);
    (is_parent && !name.is_empty()).then_some(name)
}

/// What the lines of a block are.
struct Shape<'l> {
    leaves: Vec<Leaf<'l>>,
    /// Indices of the lines of the block that are parents; 0 is its root.
    parents: Vec<usize>,
    /// Whether all lines are parents or leaves, indented as YAML wants it: only then there is
    /// exactly one way to write the block flat.
    regular: bool,
}

impl<'l> Shape<'l> {
    fn read(&mut self, inner: &'l [Line<'l>], indent: usize, path: String) {
        let mut open = vec![Open {
            indent,
            path,
            children: None,
        }];
        for (index, line) in inner.iter().enumerate() {
            let indent = line.content.start;
            while open.len() > 1 && open.last().is_some_and(|top| top.indent >= indent) {
                open.pop();
            }
            let Some(top) = open.last_mut() else {
                return;
            };
            let aligned = *top.children.get_or_insert(indent) == indent;
            let blanks = line.text[..indent].iter().all(|byte| *byte == b' ');
            self.regular &= aligned && blanks;
            if top.path.len() > LONGEST_PATH || self.leaves.len() > MOST_LEAVES {
                self.regular = false;
                return;
            }
            let path = |name: &Range<usize>| format!("{}.{}", top.path, line.lossy(name));
            if let Some(name) = parent(line) {
                self.parents.push(index + 1);
                let path = path(&name);
                open.push(Open {
                    indent,
                    path,
                    children: None,
                });
                continue;
            }
            match &line.said {
                Said::Pair { key, value } if looks_like_key(&line.text[key.clone()]) => {
                    let meant = plain(line.text, value.clone());
                    self.regular &= meant.is_some() && line.setting.is_some();
                    self.leaves.push(Leaf {
                        line,
                        key: key.clone(),
                        meant: meant.unwrap_or(value.clone()),
                        value: value.clone(),
                        path: path(key),
                    });
                }
                _ => self.regular = false,
            }
        }
    }

    /// Writes every leaf with its whole path and deletes the parents; comments stay.
    fn repair(&self, block: &[Line], indent: usize, in_force: &InForce) -> Option<Repair> {
        if !self.regular || self.leaves.is_empty() {
            return None;
        }
        let mut edits: Vec<(Span, String)> = Vec::new();
        for &index in &self.parents {
            let parent = &block[index];
            let end = parent.next.unwrap_or(parent.start + parent.text.len());
            edits.push(match parent.hash {
                Some(hash) => (parent.span(&(indent..hash)), String::new()),
                None => (Span::new(parent.start, end), String::new()),
            });
        }
        for leaf in &self.leaves {
            edits.push((leaf.line.span(&(indent..leaf.key.end)), leaf.path.clone()));
            if leaf.meant != leaf.value {
                let (value, meant) = (&leaf.value, &leaf.meant);
                for quote in [value.start..meant.start, meant.end..value.end] {
                    edits.push((leaf.line.span(&quote), String::new()));
                }
            }
        }
        let gone: Vec<usize> = self.leaves.iter().filter_map(|l| l.line.setting).collect();
        let come: Vec<Come> = self
            .leaves
            .iter()
            .map(|leaf| {
                let at = leaf.line.span(&leaf.key).start;
                (at, leaf.path.clone(), leaf.line.lossy(&leaf.meant))
            })
            .collect();
        Some(Repair {
            edits: joined(edits),
            changes: in_force.changes(&gone, &come),
        })
    }
}

/// What YAML makes of a value, where that is a part of its text: a scalar without escapes, whose
/// quotes go. `None` for lists, maps, block scalars, anchors, aliases, tags and null.
fn plain(text: &[u8], value: Range<usize>) -> Option<Range<usize>> {
    let bytes = &text[value.clone()];
    let (first, last) = (*bytes.first()?, *bytes.last()?);
    if matches!(first, b'"' | b'\'') {
        let inner = value.start + 1..value.end.checked_sub(1)?;
        let inside = text.get(inner.clone())?;
        let exact = last == first && !inner.is_empty() && trim(text, inner.clone()) == inner;
        return (exact && !inside.contains(&first) && !inside.contains(&b'\\')).then_some(inner);
    }
    let special = b"|>&*![]{}~@%`,".contains(&first) || bytes == b"null";
    (!special).then_some(value)
}

/// The same edits in order, those that touch made one.
fn joined(mut edits: Vec<(Span, String)>) -> Vec<(Span, String)> {
    edits.sort();
    let mut out: Vec<(Span, String)> = Vec::new();
    for (span, text) in edits {
        match out.last_mut() {
            Some((last, before)) if last.end == span.start => {
                last.end = span.end;
                before.push_str(&text);
            }
            _ => out.push((span, text)),
        }
    }
    out
}
