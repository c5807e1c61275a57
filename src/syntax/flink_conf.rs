//! `flink-conf.yaml`: Flink's own line grammar, up to 1.20. Knows no option.
//!
//! The grammar is that of `GlobalConfiguration.loadYAMLResource` (1.13-1.18) and
//! `loadLegacyYAMLResource` (1.19, 1.20), which agree: cut at the first `#`, `String.trim()`, split
//! at the first `": "`, trim both sides. There are no quotes, no escapes and no nesting.

use std::ops::Range;

use memchr::{memchr, memmem};

use super::lines::{self, BOM, InForce};
use super::{
    Comment, Document, Format, Layer, MARKER, MAX_PROBLEMS, Problem, ProblemKind, Setting, Space,
    has_marker, is_placeholder,
};
use crate::text::{Source, Span};

mod nested;
mod skipped;
#[cfg(test)]
mod tests;

/// Reads a source.
pub fn parse(source: &Source) -> Document {
    let reading = read_lines(source_lines(source));
    let mut document = Document::new(source, Format::FlinkConf, Space::Flink, Layer::ClusterFile);
    document.complete = !reading.template;
    document.editable = !reading.template;
    document.settings = reading.settings;
    document.problems = reading.problems;
    document.comments = reading.comments;
    document
}

/// The lines that Flink skips with a warning: number from 1, and why.
pub fn skipped_lines(source: &Source) -> Vec<(usize, ProblemKind)> {
    read_lines(source_lines(source)).skipped
}

/// What lines of this grammar say.
pub(crate) struct Reading {
    /// The settings in order.
    pub(crate) settings: Vec<Setting>,
    /// What is wrong, in order.
    pub(crate) problems: Vec<Problem>,
    /// Comments that speak to flint.
    pub(crate) comments: Vec<Comment>,
    /// Lines that Flink skips with a warning: number from 1, and why.
    pub(crate) skipped: Vec<(usize, ProblemKind)>,
    /// Whether a template engine renders the text first.
    pub(crate) template: bool,
}

/// Reads lines given as (offset of the first byte, bytes without line break), so that a block
/// inside another file is read by the same code.
pub(crate) fn read_lines<'s>(lines: impl Iterator<Item = (usize, &'s [u8])> + Clone) -> Reading {
    let mut reading = Reading {
        settings: Vec::new(),
        problems: Vec::new(),
        comments: Vec::new(),
        skipped: Vec::new(),
        template: lines.clone().any(|(_, text)| lines::is_template(text)),
    };
    let mut actions = lines::Actions::default();
    let mut kept = Vec::new();
    let mut lines = lines.enumerate().peekable();
    while let Some((index, (start, text))) = lines.next() {
        let mut line = Line::new(start, text);
        line.template = reading.template && actions.next_line(text);
        line.next = lines.peek().map(|(_, (start, _))| *start);
        reading.comments.extend(line.comment());
        if let Some(kind) = line.warning() {
            reading.skipped.push((index + 1, kind));
        }
        if let Some(setting) = line.setting() {
            line.setting = Some(reading.settings.len());
            reading.settings.push(setting);
        }
        if !matches!(line.said, Said::Nothing) && !line.is_hole() {
            kept.push(line);
        }
    }
    reading.problems = problems(&kept, &reading.settings);
    if reading.template {
        for problem in &mut reading.problems {
            problem.repair = None;
        }
    }
    reading
}

/// Key and value of one line, if Flink reads it.
pub(super) fn read_line(text: &[u8]) -> Option<(String, String)> {
    let setting = Line::new(0, text).setting()?;
    Some((setting.key, setting.value))
}

fn source_lines(source: &Source) -> impl Iterator<Item = (usize, &[u8])> + Clone {
    (0..source.line_starts().len())
        .map(|index| source.line_span(index))
        .map(|span| (span.start as usize, &source.bytes[span.range()]))
}

/// One line as Flink sees it; all ranges are within `text`.
struct Line<'s> {
    start: usize,
    text: &'s [u8],
    /// What is left after the cut at `#` and the trim.
    content: Range<usize>,
    /// Where the first `#` stands.
    hash: Option<usize>,
    said: Said,
    /// Whether a template action stands here.
    template: bool,
    /// Which setting it became.
    setting: Option<usize>,
    /// Where the next line starts.
    next: Option<usize>,
}

enum Said {
    /// Blank or a comment.
    Nothing,
    Pair {
        key: Range<usize>,
        value: Range<usize>,
    },
    EmptyKey,
    NoPair,
}

impl<'s> Line<'s> {
    fn new(start: usize, text: &'s [u8]) -> Self {
        let hash = memchr(b'#', text);
        let content = trim(text, 0..hash.unwrap_or(text.len()));
        let said = if content.is_empty() {
            Said::Nothing
        } else if let Some(at) = memmem::find(&text[content.clone()], b": ") {
            let colon = content.start + at;
            let key = trim(text, content.start..colon);
            let value = trim(text, colon + 2..content.end);
            if key.is_empty() || value.is_empty() {
                Said::EmptyKey
            } else {
                Said::Pair { key, value }
            }
        } else {
            Said::NoPair
        };
        Line {
            start,
            text,
            content,
            hash,
            said,
            template: false,
            setting: None,
            next: None,
        }
    }

    /// Whether the line is nothing but a variable, which may stand for lines.
    fn is_hole(&self) -> bool {
        let text = self.lossy(&self.content);
        let alone = text.starts_with('$') && !text.contains(char::is_whitespace);
        matches!(self.said, Said::NoPair) && alone && is_placeholder(&text)
    }

    fn span(&self, range: &Range<usize>) -> Span {
        Span::new(self.start + range.start, self.start + range.end)
    }

    fn lossy(&self, range: &Range<usize>) -> String {
        String::from_utf8_lossy(&self.text[range.clone()]).into_owned()
    }

    /// Length of a byte order mark: only the first line of a file can start with one.
    fn bom(&self) -> usize {
        if self.start == 0 && self.text.starts_with(BOM) {
            BOM.len()
        } else {
            0
        }
    }

    /// The setting of this line. A key that a template renders is no key yet.
    fn setting(&self) -> Option<Setting> {
        let Said::Pair { key, value } = &self.said else {
            return None;
        };
        let key_text = self.lossy(key);
        if self.template && is_placeholder(&key_text) {
            return None;
        }
        let value_text = self.lossy(value);
        Some(Setting {
            key: key_text,
            kind: super::Kind::Text,
            known: !is_placeholder(&value_text),
            value: value_text,
            key_at: self.span(key),
            value_at: self.span(value),
            whole: self.span(&(key.start..value.end)),
            written: None,
        })
    }

    fn comment(&self) -> Option<Comment> {
        let hash = self.hash?;
        has_marker(&self.text[hash..]).then(|| Comment {
            at: self.span(&trim(self.text, hash..self.text.len())),
            own_line: self.content.is_empty() || self.content == (0..self.bom()),
            legal: true,
        })
    }

    /// Why Flink warns about this line, if it does.
    fn warning(&self) -> Option<ProblemKind> {
        match self.said {
            Said::Nothing | Said::Pair { .. } => None,
            Said::EmptyKey => Some(ProblemKind::EmptyKeyOrValue),
            Said::NoPair => Some(ProblemKind::NotAPair),
        }
    }
}

/// `String.trim()`: every character up to U+0020 goes, no other blank does.
fn trim(text: &[u8], range: Range<usize>) -> Range<usize> {
    lines::trimmed(text, range, |byte| byte <= b' ')
}

/// Whether a text can be an option's name: no blanks, no marks, more than a number, and of a length
/// that names have.
fn looks_like_key(text: &[u8]) -> bool {
    let legal = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    text.len() <= 256
        && !text.starts_with(b"-")
        && text.iter().all(legal)
        && text
            .iter()
            .any(|byte| *byte == b'.' || byte.is_ascii_alphabetic())
}

/// The problems of the lines that are neither blank nor a comment.
fn problems(lines: &[Line], settings: &[Setting]) -> Vec<Problem> {
    let in_force = InForce::new(settings);
    let mut problems: Vec<Problem> = Vec::new();
    let mut index = 0;
    while let Some(line) = lines.get(index) {
        if problems.len() >= MAX_PROBLEMS {
            break;
        }
        index += 1;
        if line.bom() > 0 {
            problems.push(byte_order_mark(line, &in_force));
            if trim(line.text, line.bom()..line.content.end).is_empty() {
                continue;
            }
        }
        if line.template {
            continue;
        }
        if let Some(block) = nested::read(lines, index - 1, &in_force) {
            problems.push(block.problem);
            for inner in &lines[index..block.end] {
                problems.extend(hash_cuts_value(inner));
            }
            index = block.end;
            continue;
        }
        match line.said {
            Said::Nothing => {}
            Said::Pair { .. } => problems.extend(hash_cuts_value(line)),
            Said::EmptyKey => problems.push(Problem::new(
                ProblemKind::EmptyKeyOrValue,
                line.span(&line.content),
                "nothing stands before the colon, so Flink skips this line",
            )),
            Said::NoPair => problems.push(skipped::problem(line, &in_force)),
        }
    }
    problems
}

/// The mark is a character like any other to Flink's reader, so the first key is another one.
fn byte_order_mark(line: &Line, in_force: &InForce) -> Problem {
    let rest = Line::new(BOM.len(), &line.text[BOM.len()..]).setting();
    let gone: Vec<usize> = line.setting.into_iter().collect();
    let come = rest.map(|setting| (0, setting.key, setting.value));
    let come: Vec<lines::Come> = come.into_iter().collect();
    let (key, message) = match &line.said {
        Said::Pair { key, .. } => (
            Some(line.lossy(key)),
            "the byte order mark becomes part of the first key, which no option has".to_owned(),
        ),
        _ => (
            None,
            "a byte order mark, which Flink reads as part of the first line".to_owned(),
        ),
    };
    Problem {
        key,
        repair: Some(super::Repair {
            edits: vec![(Span::new(0, BOM.len()), String::new())],
            changes: in_force.changes(&gone, &come),
        }),
        ..Problem::new(ProblemKind::ByteOrderMark, Span::new(0, BOM.len()), message)
    }
}

/// A `#` that its author took for a part of the value: glued to it, or between its quotes. The
/// message does not show the value, which is often a secret.
fn hash_cuts_value(line: &Line) -> Option<Problem> {
    let (Said::Pair { key, value }, Some(hash)) = (&line.said, line.hash) else {
        return None;
    };
    let cut = &line.text[hash + 1..];
    let glued = line.text[hash - 1] > b' ';
    let meant_as_comment = cut.trim_ascii_start().starts_with(MARKER.as_bytes());
    let quoted = inside_quotes(&line.text[value.start..hash], cut);
    if line.template || meant_as_comment || !(glued || quoted) {
        return None;
    }
    Some(Problem {
        key: Some(line.lossy(key)),
        ..Problem::new(
            ProblemKind::HashCutsValue,
            line.span(&trim(line.text, hash..line.text.len())),
            "Flink drops everything from `#` on, quotes or not: the value ends before it",
        )
    })
}

/// Whether a quote opened in `before` is closed only in `after`. A quote after a letter or digit is
/// an apostrophe.
fn inside_quotes(before: &[u8], after: &[u8]) -> bool {
    let mut open = None;
    let mut previous = b' ';
    for &byte in before {
        if open == Some(byte) {
            open = None;
        } else if open.is_none()
            && matches!(byte, b'"' | b'\'')
            && !previous.is_ascii_alphanumeric()
        {
            open = Some(byte);
        }
        previous = byte;
    }
    open.is_some_and(|quote| after.contains(&quote))
}
