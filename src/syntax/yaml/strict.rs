//! What YAML 1.2 allows and snakeyaml-engine 2.6 refuses: tabs between tokens, of which it skips
//! only blanks (`ScannerImpl.scanToNextToken`), and some signs at places of their own.

use std::collections::HashMap;

use super::load::{Found, Stage};
use super::tree::{Node, Shape, Tree};
use crate::syntax::{Document, Problem, ProblemKind, Repair};
use crate::text::Span;

/// How many tabs are told one by one.
const TOLD: usize = 1000;

/// The tabs above `limit` that Flink's loader refuses.
pub(crate) fn tabs(text: &str, tree: &Tree, document: &Document, limit: usize) -> Vec<Found> {
    let bytes = &text.as_bytes()[..limit];
    if memchr::memchr(b'\t', bytes).is_none() {
        return Vec::new();
    }
    let leaves: Vec<&Node> = tree
        .nodes()
        .map(|(_, node)| node)
        .filter(|node| node.shape == Shape::Alias || node.is_scalar() && !node.is_absent())
        .collect();
    let by_value: HashMap<Span, usize> = document
        .settings
        .iter()
        .enumerate()
        .map(|(index, setting)| (setting.value_at, index))
        .collect();
    let mut found = Vec::new();
    let mut handled = 0;
    let mut tail = Tail::default();
    for at in memchr::memchr_iter(b'\t', bytes) {
        if at < handled || found.len() >= TOLD {
            continue;
        }
        let next = leaves.partition_point(|node| (node.span.start as usize) <= at);
        let before = next.checked_sub(1).map(|index| leaves[index]);
        let gap = before.map_or(0, |node| node.span.end as usize);
        if gap <= at && in_comment(&text[gap..at]) {
            // The rest of the line is comment, too; a long line is looked at once.
            let end = memchr::memchr2(b'\n', b'\r', &bytes[at..]);
            handled = end.map_or(limit, |length| at + length);
            continue;
        }
        if !is_refused(text, before, at, &mut tail) {
            continue;
        }
        // One problem for all blanks of the run.
        let run = blanks(&bytes[at..]);
        handled = at + run;
        let gap = Gap {
            text,
            at,
            end: handled,
        };
        let value = leaves.get(next).map(|node| node.span);
        let setting = value
            .filter(|value| value.start as usize == handled)
            .and_then(|value| by_value.get(&value))
            .map(|&index| &document.settings[index])
            .filter(|setting| setting.key_at.end as usize <= at);
        found.push(Found {
            stage: Stage::Compose,
            order: at,
            problem: gap.problem(setting.map(|setting| (&*setting.key, &*setting.value))),
        });
    }
    found
}

/// Colons without a key or `?` in front of them, unquoted text in brackets that starts with a
/// colon, and anchors with a name that ends early (`ScannerImpl.scanAnchor`, `checkPlain`).
pub(crate) fn signs(text: &str, tree: &Tree) -> Vec<Found> {
    let mut found = Vec::new();
    let mut brackets = 0;
    for (id, node) in tree.nodes() {
        let start = node.span.start as usize;
        match node.shape {
            Shape::List { flow: true } => brackets = brackets.max(node.span.end),
            Shape::Plain if node.span.start < brackets && node.value.starts_with(':') => {
                let said = "unquoted text in brackets can't start with a colon";
                found.push(refusal(Span::new(start, start + 1), said));
            }
            Shape::Map { flow } => {
                if flow {
                    brackets = brackets.max(node.span.end);
                }
                found.extend(
                    tree.pairs(id)
                        .filter_map(|(key, _)| bare_colon(text, tree.node(key))),
                );
            }
            _ => {}
        }
    }
    for anchor in &tree.anchors {
        let name = text
            .get(anchor.start as usize + 1..anchor.end as usize)
            .unwrap_or("");
        if let Some(at) = name.find(['.', '/', '*', '&']) {
            let at = anchor.start as usize + 1 + at;
            let said =
                "an anchor's name can't hold this; a value that starts with `&` needs quotes";
            found.push(refusal(Span::new(at, at + 1), said));
        }
    }
    found
}

fn bare_colon(text: &str, key: &Node) -> Option<Found> {
    if !key.is_absent() || key.tag.is_some() || key.anchored {
        return None;
    }
    let start = key.span.start as usize;
    let explicit = text[..start].trim_end().ends_with('?');
    let at = start + text[start..].find(|c: char| !c.is_whitespace())?;
    (!explicit && text[at..].starts_with(':'))
        .then(|| refusal(Span::new(at, at + 1), "no key stands before this colon"))
}

fn refusal(at: Span, reason: &str) -> Found {
    Found::while_composing(at.start as usize, at, reason)
}

fn blanks(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t'))
        .count()
}

/// Whether a tab stands where the loader expects the next token.
fn is_refused(text: &str, before: Option<&Node>, at: usize, tail: &mut Tail) -> bool {
    let Some(node) = before else {
        return true;
    };
    let (start, end) = (node.span.start as usize, node.span.end as usize);
    if at < end {
        return match node.shape {
            // The header line of a block scalar holds only blanks.
            Shape::Block => {
                let header = &text[start..at];
                !header.contains(['\n', '\r']) && !in_comment(header)
            }
            // A tab may not lead a continuation line.
            Shape::Plain => text[start..at]
                .trim_end_matches(' ')
                .ends_with(['\n', '\r']),
            _ => false,
        };
    }
    let gap = &text[end..at];
    let trails =
        node.shape == Shape::Plain && gap.bytes().all(|byte| byte == b' ' || byte == b'\t');
    let below = node.shape == Shape::Block && tail.of(text, node).holds(gap, at);
    !(trails || below)
}

/// The blanks and lines of blanks behind a block scalar; looked at once for each.
#[derive(Default)]
struct Tail {
    start: usize,
    end: usize,
    indentation: usize,
}

impl Tail {
    fn of(&mut self, text: &str, scalar: &Node) -> &Self {
        let start = scalar.span.end as usize;
        if self.start != start {
            let rest = &text[start..];
            let blank = rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
            *self = Tail {
                start,
                end: start + blank,
                indentation: content_indentation(&text[scalar.span.range()]),
            };
        }
        self
    }

    /// Whether a tab is part of the scalar: behind its last line, or below and indented as far.
    fn holds(&self, gap: &str, at: usize) -> bool {
        at < self.end && (!gap.contains(['\n', '\r']) || indentation(gap) >= self.indentation)
    }
}

/// The blanks at the start of the last line.
fn indentation(text: &str) -> usize {
    let line = text.rsplit(['\n', '\r']).next().unwrap_or(text);
    line.len() - line.trim_start_matches(' ').len()
}

/// The indentation of the first line of a block scalar that holds more than blanks.
fn content_indentation(scalar: &str) -> usize {
    let mut lines = scalar.split(['\n', '\r']).skip(1);
    lines
        .find(|line| !line.trim().is_empty())
        .map_or(usize::MAX, indentation)
}

/// Whether a comment is open at the end of a text between tokens.
fn in_comment(gap: &str) -> bool {
    let line = gap.rsplit(['\n', '\r']).next().unwrap_or(gap);
    line.contains('#')
}

struct Gap<'a> {
    text: &'a str,
    at: usize,
    end: usize,
}

impl Gap<'_> {
    fn problem(&self, setting: Option<(&str, &str)>) -> Problem {
        let bytes = self.text.as_bytes();
        let start = self.at - blanks_before(&bytes[..self.at]);
        let first_on_line = start == 0 || matches!(bytes[start - 1], b'\n' | b'\r');
        let last_on_line = bytes
            .get(self.end)
            .is_none_or(|byte| matches!(byte, b'\n' | b'\r'));
        let (what, edit) = if last_on_line {
            let what = "a tab stands at the end of this line";
            (what, Some((Span::new(start, self.end), String::new())))
        } else if first_on_line {
            ("a tab indents this line", None)
        } else {
            let what = "a tab stands between two parts of this line";
            (what, Some((Span::new(start, self.end), " ".to_owned())))
        };
        let changes = setting
            .iter()
            .map(|(key, value)| ((*key).to_owned(), Some((*value).to_owned())))
            .collect();
        Problem {
            key: setting.map(|(key, _)| key.to_owned()),
            repair: edit.map(|edit| Repair {
                edits: vec![edit],
                changes,
            }),
            ..Problem::new(
                ProblemKind::YamlSyntax,
                Span::new(self.at, self.end),
                format!(
                    "{what}; Flink's loader takes only blanks there and does not start with this file"
                ),
            )
        }
    }
}

fn blanks_before(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .rev()
        .take_while(|byte| matches!(byte, b' ' | b'\t'))
        .count()
}
