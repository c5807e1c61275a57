//! Writing for formats in which a setting is a line: `flink-conf.yaml` and sysctl files. The parts
//! that say where a line goes also serve properties. No edit leaves here before the new line has
//! been read again by its format's own reader.

use std::ops::Range;

use super::{Format, MARKER, Setting, flink_conf, sysctl};
use crate::text::{Edit, Source, Span};

mod in_force;
mod template;
#[cfg(test)]
mod tests;

pub(super) use in_force::{Come, InForce};
pub(super) use template::{Actions, is_template};

/// The UTF-8 byte order mark; to the readers of line formats a character like any other.
pub(super) const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Replaces the bytes of a value. `None` for a value that the line can't hold.
pub(super) fn set(source: &Source, format: Format, setting: &Setting, value: &str) -> Option<Edit> {
    let edit = Edit {
        source: source.id,
        span: setting.value_at,
        text: value.to_owned(),
    };
    reads_as(source, format, setting, &edit, &setting.key, value).then_some(edit)
}

/// Replaces the bytes of a key.
pub(super) fn rename(
    source: &Source,
    format: Format,
    setting: &Setting,
    key: &str,
) -> Option<Edit> {
    let edit = Edit {
        source: source.id,
        span: setting.key_at,
        text: key.to_owned(),
    };
    reads_as(source, format, setting, &edit, key, &setting.value).then_some(edit)
}

/// A new line at the end; a missing final line break is added first.
pub(super) fn insert(source: &Source, format: Format, key: &str, value: &str) -> Option<Edit> {
    let line = line(format, key, value)?;
    Some(at_end(source, format, &line))
}

/// A new line below the sibling's, with its indentation.
pub(super) fn insert_after(
    source: &Source,
    format: Format,
    sibling: &Setting,
    key: &str,
    value: &str,
) -> Option<Edit> {
    let line = line(format, key, value)?;
    Some(below(source, format, sibling.whole, &line))
}

/// An edit that puts `text` on a line of its own below the line where `span` ends, for formats that
/// end lines as Flink does.
pub(super) fn line_below(source: &Source, span: Span, text: &str) -> Edit {
    below(source, Format::FlinkConf, span, text)
}

/// Deletes the lines that `whole` stands on, with their line break. A byte order mark stays, except
/// where it is a part of the key that goes.
pub(super) fn remove(source: &Source, whole: Span) -> Edit {
    let first = source.full_line(whole.start);
    let last = source.full_line(whole.end.max(whole.start + 1) - 1);
    let mut span = first.join(last);
    let bom = Span::at(source.bom()).start;
    if span.start == 0 && whole.start >= bom {
        span.start = bom;
    }
    Edit {
        source: source.id,
        span,
        text: String::new(),
    }
}

/// An edit that puts `text` on a line of its own at the end of the source. A byte order mark alone
/// is a line too: these formats would make it a part of the new key.
pub(super) fn at_end(source: &Source, format: Format, text: &str) -> Edit {
    let end = source.bytes.len();
    let line_break = line_break(source, format, end);
    let before = if end == 0 || ends_line(&source.bytes, format) {
        ""
    } else {
        line_break
    };
    Edit {
        source: source.id,
        span: Span::at(end),
        text: format!("{before}{text}{line_break}"),
    }
}

/// Where a comment that speaks to flint starts inside a value, in a format that has no comments
/// there: a mark, blanks, `flint:`.
pub(super) fn misplaced_comment(value: &[u8], marks: &[u8]) -> Option<usize> {
    memchr::memmem::find_iter(value, MARKER).find_map(|at| {
        let before = value[..at].trim_ascii_end();
        let marked = before.iter().rev().take_while(|byte| marks.contains(byte));
        let length = marked.count();
        (length > 0).then(|| before.len() - length)
    })
}

/// A range of a text without the blanks at its ends; formats differ in what they take for blank.
pub(super) fn trimmed(text: &[u8], range: Range<usize>, is_blank: fn(u8) -> bool) -> Range<usize> {
    let start = range.clone().find(|at| !is_blank(text[*at]));
    let start = start.unwrap_or(range.end);
    let end = (start..range.end).rev().find(|at| !is_blank(text[*at]));
    start..end.map_or(start, |at| at + 1)
}

/// Puts a comment of a sysctl file above the line on which `span` starts, indented like it. `None` where
/// that is the first line and has a byte order mark, which would not be the first any more.
pub(super) fn above(source: &Source, span: Span, comment: &str) -> Option<Edit> {
    let start = line_start(source, Format::Sysctl, span.start);
    let is_comment = one_line(comment) && comment.starts_with('#');
    if !is_comment || start == 0 && source.bom() > 0 {
        return None;
    }
    let bytes = &source.bytes[start..];
    let blanks = bytes.iter().take_while(|byte| matches!(byte, b' ' | b'\t'));
    let indent = String::from_utf8_lossy(&bytes[..blanks.count()]);
    let line_break = line_break(source, Format::Sysctl, span.start as usize);
    Some(Edit {
        source: source.id,
        span: Span::at(start),
        text: format!("{indent}{comment}{line_break}"),
    })
}

/// Puts `text` below the line on which `span` ends, indented like the line on which it starts.
fn below(source: &Source, format: Format, span: Span, text: &str) -> Edit {
    let bytes = &source.bytes;
    let start = line_start(source, format, span.start);
    let blanks = bytes[start..].iter();
    let blanks = blanks.take_while(|byte| matches!(byte, b' ' | b'\t'));
    let indent = &bytes[start..start + blanks.count()];
    let indent = String::from_utf8_lossy(indent);
    let end = line_end(source, format, span.end.max(span.start + 1) - 1);
    let line_break = line_break(source, format, end.saturating_sub(1));
    let text = if ends_line(&bytes[..end], format) {
        format!("{indent}{text}{line_break}")
    } else {
        format!("{line_break}{indent}{text}")
    };
    Edit {
        source: source.id,
        span: Span::at(end),
        text,
    }
}

/// Whether these bytes end with a line break of the format. The sysctl loaders of procps know only
/// LF; to them a lone CR is a blank.
fn ends_line(bytes: &[u8], format: Format) -> bool {
    bytes.ends_with(b"\n") || (format != Format::Sysctl && bytes.ends_with(b"\r"))
}

/// Offset of the first byte of the line that holds `offset`.
fn line_start(source: &Source, format: Format, offset: u32) -> usize {
    if format == Format::Sysctl {
        memchr::memrchr(b'\n', &source.bytes[..offset as usize]).map_or(0, |at| at + 1)
    } else {
        source.full_line(offset).start as usize
    }
}

/// Offset past the line break of the line that holds `offset`.
fn line_end(source: &Source, format: Format, offset: u32) -> usize {
    if format == Format::Sysctl {
        let rest = source.bytes.get(offset as usize..).unwrap_or_default();
        memchr::memchr(b'\n', rest).map_or(source.bytes.len(), |at| offset as usize + at + 1)
    } else {
        source.full_line(offset).end as usize
    }
}

/// The line break for a new line beside `offset`.
fn line_break(source: &Source, format: Format, offset: usize) -> &'static str {
    match source.line_break(Span::at(offset).start) {
        "\r" if format == Format::Sysctl => "\n",
        own => own,
    }
}

/// The text of a new line, if the format reads exactly this key and value from it.
fn line(format: Format, key: &str, value: &str) -> Option<String> {
    let separator = if format == Format::Sysctl {
        " = "
    } else {
        ": "
    };
    let line = format!("{key}{separator}{value}");
    (one_line(key) && one_line(value) && read(format, line.as_bytes())? == pair(key, value))
        .then_some(line)
}

/// Whether the line of `setting` says `key` and `value` once the edit is in.
fn reads_as(
    source: &Source,
    format: Format,
    setting: &Setting,
    edit: &Edit,
    key: &str,
    value: &str,
) -> bool {
    let end = line_end(source, format, setting.whole.end.max(1) - 1);
    let own = Span::new(setting.whole.start as usize, end);
    if !(own.contains(edit.span) && one_line(&edit.text)) {
        return false;
    }
    let mut line = source.bytes[own.start as usize..edit.span.start as usize].to_vec();
    line.extend_from_slice(edit.text.as_bytes());
    line.extend_from_slice(&source.bytes[edit.span.end as usize..end]);
    while line.ends_with(b"\n") || line.ends_with(b"\r") {
        line.pop();
    }
    read(format, &line).is_some_and(|found| found == pair(key, value))
}

fn pair(key: &str, value: &str) -> (String, String) {
    (key.to_owned(), value.to_owned())
}

/// What the format's reader makes of one line.
fn read(format: Format, line: &[u8]) -> Option<(String, String)> {
    if format == Format::Sysctl {
        sysctl::read_line(line)
    } else {
        flink_conf::read_line(line)
    }
}

/// Whether a text is there and holds no line break.
fn one_line(text: &str) -> bool {
    !text.is_empty() && !text.contains(['\n', '\r'])
}
