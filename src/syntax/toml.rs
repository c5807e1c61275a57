//! TOML, read with `toml_edit`, whose immutable document knows the span of every key and value.

use std::ops::Range;

use toml_edit::{InlineTable, Item, Key, Table, Value};

use super::{
    Comment, Document, Format, Kind, Layer, Problem, ProblemKind, Section, Setting, Space,
    has_marker, is_placeholder, lines,
};
use crate::text::{Edit, Source, Span};

#[cfg(test)]
mod tests;
mod write;

pub(super) use write::{insert, insert_after, remove, rename, set};

/// Every setting repeats the keys of its parents; a hostile file could fill the memory that way.
const MOST_KEY_BYTES: usize = 256 << 20;

/// Reads a source.
pub fn parse(source: &Source) -> Document {
    let mut document = Document::new(source, Format::Toml, Space::Job, Layer::JobFile);
    document.complete = false;
    document.editable = !lines::is_template(&source.bytes);
    document.comments = comments(&source.bytes);
    match read(source) {
        Ok((settings, sections)) => {
            document.settings = settings;
            document.sections = sections;
        }
        // A template is no TOML before it is rendered.
        Err(_) if !document.editable => {}
        Err(problem) => {
            document.problems.push(*problem);
            document.load_error = Some(0);
        }
    }
    document
}

/// Settings and tables of a source, or why it does not parse.
fn read(source: &Source) -> Result<(Vec<Setting>, Vec<Section>), Box<Problem>> {
    let text = std::str::from_utf8(&source.bytes).map_err(|error| {
        let at = error.valid_up_to();
        let length = error.error_len().unwrap_or(source.bytes.len() - at);
        unparsable(Span::new(at, at + length), "the text is not UTF-8")
    })?;
    // The parser takes no byte order mark, which TOML allows.
    let shift = source.bom();
    let parsed = toml_edit::Document::parse(&text[shift..]).map_err(|error| {
        let range = error.span().unwrap_or(0..0);
        let at = on_characters(text, range.start + shift..range.end + shift);
        unparsable(at, error.message())
    })?;
    let mut reader = Reader {
        bytes: &source.bytes,
        shift,
        key_bytes: 0,
        settings: Vec::new(),
        sections: Vec::new(),
    };
    reader.table(parsed.as_table(), "");
    if reader.key_bytes > MOST_KEY_BYTES {
        let all = Span::new(0, source.bytes.len());
        return Err(unparsable(all, "its keys are too long to be real"));
    }
    reader.settings.sort_by_key(|setting| setting.value_at);
    reader.sections.sort_by_key(|section| section.whole);
    Ok((reader.settings, reader.sections))
}

fn unparsable(at: Span, message: &str) -> Box<Problem> {
    let words: Vec<&str> = message.split_whitespace().collect();
    Box::new(Problem::new(
        ProblemKind::Unparsable,
        at,
        format!("this is no TOML: {}", words.join(" ")),
    ))
}

/// The smallest span around `range` that starts and ends between characters.
fn on_characters(text: &str, range: Range<usize>) -> Span {
    let start = text.floor_char_boundary(range.start);
    let end = text.ceil_char_boundary(range.end.max(range.start));
    Span::new(start, end)
}

/// Collects settings and sections from the parsed tree.
struct Reader<'s> {
    bytes: &'s [u8],
    shift: usize,
    /// Length of all keys so far.
    key_bytes: usize,
    settings: Vec<Setting>,
    sections: Vec<Section>,
}

impl Reader<'_> {
    fn span(&self, range: Option<Range<usize>>) -> Option<Span> {
        range.map(|range| Span::new(range.start + self.shift, range.end + self.shift))
    }

    fn table(&mut self, table: &Table, path: &str) {
        for (name, item) in table {
            let Some(key) = table.key(name) else {
                continue;
            };
            let path = joined(path, name);
            match item {
                Item::None => {}
                Item::Value(value) => self.value(key, value, &path),
                Item::Table(inner) => {
                    let before = self.settings.len();
                    self.table(inner, &path);
                    if !(inner.is_implicit() || inner.is_dotted()) {
                        self.section(key, inner.span(), path, before);
                    }
                }
                Item::ArrayOfTables(tables) => {
                    for (index, inner) in tables.iter().enumerate() {
                        let before = self.settings.len();
                        let path = format!("{path}[{index}]");
                        self.table(inner, &path);
                        self.section(key, inner.span(), path, before);
                    }
                }
            }
        }
    }

    fn inline(&mut self, table: &InlineTable, path: &str) {
        for (name, value) in table {
            if let Some(key) = table.key(name) {
                self.value(key, value, &joined(path, name));
            }
        }
    }

    /// A table with a header. The parser keeps only the first key of an array of tables; a later
    /// one is shown by its header.
    fn section(&mut self, key: &Key, header: Option<Range<usize>>, path: String, first: usize) {
        let Some(header) = self.span(header) else {
            return;
        };
        let key_at = self.span(key.span()).filter(|at| header.contains(*at));
        let ends = self.settings[first..].iter().map(|setting| setting.whole);
        self.sections.push(Section {
            key: path,
            key_at: key_at.unwrap_or(header),
            whole: ends.fold(header, Span::join),
        });
    }

    fn value(&mut self, key: &Key, value: &Value, path: &str) {
        self.key_bytes += path.len();
        if self.key_bytes > MOST_KEY_BYTES {
            return;
        }
        let (kind, text) = match value {
            Value::InlineTable(table) => {
                self.inline(table, path);
                self.inline_section(key, table, path);
                return;
            }
            Value::Array(array) if !array.is_empty() => {
                for (index, item) in array.iter().enumerate() {
                    self.value(key, item, &format!("{path}[{index}]"));
                }
                return;
            }
            Value::Array(_) => (Kind::List, "[]".to_owned()),
            Value::String(text) => (Kind::Text, text.value().clone()),
            Value::Integer(number) => (Kind::Integer, number.value().to_string()),
            Value::Float(number) => (Kind::Float, float(*number.value())),
            Value::Boolean(truth) => (Kind::Boolean, truth.value().to_string()),
            Value::Datetime(time) => (Kind::Text, time.value().to_string()),
        };
        let (Some(key_at), Some(value_at)) = (self.span(key.span()), self.span(value.span()))
        else {
            return;
        };
        let whole = self.pair(path, key_at, value_at);
        self.settings.push(Setting {
            key: path.to_owned(),
            known: kind != Kind::Text || !is_placeholder(&text),
            value: text,
            kind,
            key_at,
            value_at,
            whole,
            written: None,
        });
    }

    fn inline_section(&mut self, key: &Key, table: &InlineTable, path: &str) {
        let spans = self.span(key.span()).zip(self.span(table.span()));
        let Some((key_at, braces)) = spans.filter(|_| !table.is_dotted()) else {
            return;
        };
        let whole = self.pair(path, key_at, braces);
        self.sections.push(Section {
            key: path.to_owned(),
            key_at,
            whole,
        });
    }

    /// From the key to the end of the value; an item of an array has no key of its own.
    fn pair(&self, path: &str, key_at: Span, value_at: Span) -> Span {
        if path.ends_with(']') {
            value_at
        } else {
            Span::new(self.pair_start(key_at), value_at.end as usize)
        }
    }

    /// Where the first part of a dotted key starts whose last part stands at `key_at`. The parser
    /// keeps the first place only of a part that several lines share.
    fn pair_start(&self, key_at: Span) -> usize {
        let mut start = key_at.start as usize;
        loop {
            let before = without_blanks(&self.bytes[..start]);
            let Some(before) = before.strip_suffix(b".") else {
                return start;
            };
            let part = part_start(without_blanks(before));
            if part >= before.len() {
                return start;
            }
            start = part;
        }
    }
}

/// Without the blanks at the end of its last line.
fn without_blanks(bytes: &[u8]) -> &[u8] {
    let blanks = bytes
        .iter()
        .rev()
        .take_while(|byte| matches!(byte, b' ' | b'\t'));
    &bytes[..bytes.len() - blanks.count()]
}

/// Where the key part starts that ends these bytes.
fn part_start(bytes: &[u8]) -> usize {
    let Some((&last, rest)) = bytes.split_last() else {
        return bytes.len();
    };
    if matches!(last, b'"' | b'\'') {
        let opening = (0..rest.len()).rev().find(|&at| {
            let slashes = rest[..at].iter().rev().take_while(|byte| **byte == b'\\');
            rest[at] == last && (last == b'\'' || slashes.count() % 2 == 0)
        });
        return opening.unwrap_or(bytes.len());
    }
    let bare = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(**byte, b'_' | b'-');
    bytes.len() - bytes.iter().rev().take_while(bare).count()
}

fn joined(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

/// A float as TOML writes it.
fn float(number: f64) -> String {
    if number.is_nan() {
        "nan".to_owned()
    } else {
        format!("{number:?}")
    }
}

/// Comments that speak to flint. The parser drops comments, so strings are skipped here.
fn comments(bytes: &[u8]) -> Vec<Comment> {
    let mut comments = Vec::new();
    if !has_marker(bytes) {
        return comments;
    }
    let mut at = 0;
    let mut line_start = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'\n' => {
                at += 1;
                line_start = at;
            }
            b'#' => {
                let rest = &bytes[at..];
                let length = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
                let text = rest[..length].trim_ascii_end();
                if has_marker(text) {
                    let before = &bytes[line_start..at];
                    let before = before.strip_prefix(lines::BOM).unwrap_or(before);
                    comments.push(Comment {
                        at: Span::new(at, at + text.len()),
                        own_line: before.trim_ascii().is_empty(),
                        legal: true,
                    });
                }
                at += length;
            }
            b'"' | b'\'' => at = string_end(bytes, at),
            _ => at += 1,
        }
    }
    comments
}

/// Past the end of the string that starts at `at`; a one-line string ends with its line at the latest.
fn string_end(bytes: &[u8], at: usize) -> usize {
    let quote = bytes[at];
    let long = bytes[at..].starts_with(&[quote; 3]);
    let mut here = at + if long { 3 } else { 1 };
    while here < bytes.len() {
        if bytes[here] == b'\\' && quote == b'"' {
            here += 2;
        } else if !long && bytes[here] == b'\n' {
            return here;
        } else if long && bytes[here..].starts_with(&[quote; 3]) {
            // Up to two quotes may stand directly before the closing three.
            let run = bytes[here..].iter().take_while(|byte| **byte == quote);
            return here + run.count().min(5);
        } else if !long && bytes[here] == quote {
            return here + 1;
        } else {
            here += 1;
        }
    }
    bytes.len()
}
