//! Writing Java properties. Every edit is read again in its place before it leaves here.

use super::{Edit, Format, Item, Items, Setting, Source, Span, is_blank, lines};
use crate::text;

/// Replaces the bytes of a value, on however many lines they stand.
pub(in crate::syntax) fn set(source: &Source, setting: &Setting, value: &str) -> Option<Edit> {
    let gap = &source.bytes[between(setting)?];
    let mut text = escaped_value(value);
    if gap.is_empty() {
        // A key alone on its line has no separator yet.
        text.insert(0, '=');
    } else if !gap.contains(&b'=') && !gap.contains(&b':') && text.starts_with(['=', ':']) {
        // After a mere blank these would still belong to the separator.
        text.insert(0, '\\');
    }
    let edit = Edit {
        source: source.id,
        span: setting.value_at,
        text,
    };
    let line = setting.whole;
    reads_as(source, line, &edit, &[(&setting.key, value)]).then_some(edit)
}

/// Replaces the bytes of a key.
pub(in crate::syntax) fn rename(source: &Source, setting: &Setting, key: &str) -> Option<Edit> {
    let edit = Edit {
        source: source.id,
        span: setting.key_at,
        text: escaped_key(key),
    };
    let line = setting.whole;
    reads_as(source, line, &edit, &[(key, &setting.value)]).then_some(edit)
}

/// A new line at the end, with the separator of the last setting.
pub(in crate::syntax) fn insert(source: &Source, key: &str, value: &str) -> Option<Edit> {
    let last = Items::new(&source.bytes).filter_map(|item| match item {
        Item::Line(line) => Some(line),
        Item::Comment(_) => None,
    });
    let last = last.last().map(|line| line.setting());
    let text = line(source, last.as_ref(), key, value)?;
    let edit = lines::at_end(source, Format::Properties, &text);
    // An open continuation at the end would swallow the line.
    let start = last.as_ref().map_or(0, |last| last.whole.start as usize);
    let tail = Span::new(start, source.bytes.len());
    let mut expected: Vec<(&str, &str)> = Vec::new();
    expected.extend(last.as_ref().map(|last| (&*last.key, &*last.value)));
    expected.push((key, value));
    reads_as(source, tail, &edit, &expected).then_some(edit)
}

/// A new line below the sibling's last, with its indentation and separator.
pub(in crate::syntax) fn insert_after(
    source: &Source,
    sibling: &Setting,
    key: &str,
    value: &str,
) -> Option<Edit> {
    let text = line(source, Some(sibling), key, value)?;
    let mut above = sibling.whole;
    if source.bytes[above.range()].ends_with(b"\n") || source.bytes[above.range()].ends_with(b"\r")
    {
        // Below the blank line that ended a continuation.
        above.end += 1;
    }
    let edit = lines::line_below(source, above, &text);
    let expected = [(&*sibling.key, &*sibling.value), (key, value)];
    reads_as(source, sibling.whole, &edit, &expected).then_some(edit)
}

/// The text of a new line in the style of a sibling.
fn line(source: &Source, sibling: Option<&Setting>, key: &str, value: &str) -> Option<String> {
    let gap = sibling
        .and_then(between)
        .map(|range| &source.bytes[range])
        .filter(|gap| {
            gap.iter()
                .all(|byte| is_blank(*byte) || b"=:".contains(byte))
        })
        .and_then(|gap| std::str::from_utf8(gap).ok())
        .filter(|gap| !gap.is_empty())
        .unwrap_or("=");
    let mut text = escaped_value(value);
    if !gap.contains(['=', ':']) && text.starts_with(['=', ':']) {
        text.insert(0, '\\');
    }
    (!key.is_empty()).then(|| format!("{}{gap}{text}", escaped_key(key)))
}

/// The bytes between key and value.
fn between(setting: &Setting) -> Option<std::ops::Range<usize>> {
    let (start, end) = (setting.key_at.end as usize, setting.value_at.start as usize);
    (start <= end).then_some(start..end)
}

/// Whether the lines of `span` say exactly these pairs once the edit is in.
fn reads_as(source: &Source, span: Span, edit: &Edit, pairs: &[(&str, &str)]) -> bool {
    let start = source.full_line(span.start).start;
    let last = span.end.max(span.start + 1) - 1;
    let end = source.full_line(last).end.max(edit.span.end);
    if edit.span.start < start {
        return false;
    }
    let part = &source.bytes[start as usize..end as usize];
    let shifted = Edit {
        span: Span {
            start: edit.span.start - start,
            end: edit.span.end - start,
        },
        ..edit.clone()
    };
    let after = text::apply(part, &[&shifted]);
    let found: Vec<(String, String)> = Items::new(&after)
        .filter_map(|item| match item {
            Item::Line(line) if line.malformed_escape().is_none() => Some(line.setting()),
            _ => None,
        })
        .map(|setting| (setting.key, setting.value))
        .collect();
    found
        .iter()
        .map(|(key, value)| (&**key, &**value))
        .eq(pairs.iter().copied())
}

fn escaped_key(key: &str) -> String {
    let mut out = String::with_capacity(key.len());
    for (index, c) in key.chars().enumerate() {
        if matches!(c, ' ' | '=' | ':') || (index == 0 && matches!(c, '#' | '!')) {
            out.push('\\');
        }
        push_escaped(&mut out, c);
    }
    out
}

fn escaped_value(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let body = value.trim_end_matches(' ');
    for (index, c) in body.chars().enumerate() {
        if index == 0 && c == ' ' {
            out.push('\\');
        }
        push_escaped(&mut out, c);
    }
    // Blanks at the end count, and editors strip them.
    out.push_str(&"\\u0020".repeat(value.len() - body.len()));
    out
}

fn push_escaped(out: &mut String, c: char) {
    match c {
        '\\' => out.push_str("\\\\"),
        '\t' => out.push_str("\\t"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\u{c}' => out.push_str("\\f"),
        ' '..='~' => out.push(c),
        _ => {
            for unit in c.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04X}"));
            }
        }
    }
}
