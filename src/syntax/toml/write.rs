//! Writing TOML. An edit leaves here only if the file, read again, says what is wanted and nothing
//! else differently.

use std::collections::BTreeMap;

use super::{Document, Edit, Kind, Setting, Source, Span, lines, read};
use crate::syntax::last_part_if_siblings;
use crate::text;

/// Replaces a value. A string stays one, in the same quotes where they can hold the text.
pub(in crate::syntax) fn set(source: &Source, setting: &Setting, value: &str) -> Option<Edit> {
    let old = &source.bytes[setting.value_at.range()];
    let text = match old.first()? {
        b'\'' if is_literal(value) => format!("'{value}'"),
        b'"' | b'\'' => quoted(value),
        _ => bare_or_quoted(value),
    };
    let edit = edit(source, setting.value_at, text);
    changes_only(source, &edit, None, Some((&setting.key, value))).then_some(edit)
}

/// Replaces the last part of a key.
pub(in crate::syntax) fn rename(source: &Source, setting: &Setting, key: &str) -> Option<Edit> {
    let name = last_part_if_siblings(key, &setting.key)?;
    let edit = edit(source, setting.key_at, key_part(name)?);
    let come = Some((key, setting.value.as_str()));
    changes_only(source, &edit, Some(&setting.key), come).then_some(edit)
}

/// A new line at the end of the root table, which ends where the first header stands.
pub(in crate::syntax) fn insert(
    source: &Source,
    document: &Document,
    key: &str,
    value: &str,
) -> Option<Edit> {
    let parts: Option<Vec<String>> = key.split('.').map(key_part).collect();
    let text = format!("{} = {}", parts?.join("."), bare_or_quoted(value));
    let header = document.sections.iter().map(|section| section.whole.start);
    let header = header
        .filter(|at| source.bytes.get(*at as usize) == Some(&b'['))
        .min();
    let edit = match header {
        None => lines::at_end(source, document.format, &text),
        Some(header) => {
            if let Some(root) = end_of_root(source) {
                lines::line_below(source, root, &text)
            } else {
                let line = above_comments(source, header);
                let text = format!("{text}{}", source.line_break(header));
                edit(source, Span::at(line), text)
            }
        }
    };
    changes_only(source, &edit, None, Some((key, value))).then_some(edit)
}

/// A new line below the sibling, or a new pair behind it in an inline table.
pub(in crate::syntax) fn insert_after(
    source: &Source,
    sibling: &Setting,
    key: &str,
    value: &str,
) -> Option<Edit> {
    let name = last_part_if_siblings(key, &sibling.key)?;
    // A dotted sibling is written with its parents.
    let parents = Span {
        start: sibling.whole.start.min(sibling.key_at.start),
        end: sibling.key_at.start,
    };
    let parents = source.text(parents);
    let text = format!("{parents}{} = {}", key_part(name)?, bare_or_quoted(value));
    let below = lines::line_below(source, sibling.whole, &text);
    let behind = edit(
        source,
        Span::at(sibling.whole.end as usize),
        format!(", {text}"),
    );
    [below, behind]
        .into_iter()
        .find(|edit| changes_only(source, edit, None, Some((key, value))))
}

/// Removes a pair with its line, or from its inline table with one comma.
pub(in crate::syntax) fn remove(source: &Source, setting: &Setting) -> Option<Edit> {
    let whole = setting.whole;
    let line = lines::remove(source, whole);
    let start = (line.span.start as usize).max(source.bom());
    let before = &source.bytes[start..whole.start as usize];
    let after = source.bytes[whole.end as usize..line.span.end as usize].trim_ascii();
    let alone = before.trim_ascii().is_empty() && (after.is_empty() || after.starts_with(b"#"));
    let edit = if alone {
        line
    } else {
        edit(source, with_comma(&source.bytes, whole), String::new())
    };
    changes_only(source, &edit, Some(&setting.key), None).then_some(edit)
}

fn edit(source: &Source, span: Span, text: String) -> Edit {
    Edit {
        source: source.id,
        span,
        text,
    }
}

/// The last value of the root table.
fn end_of_root(source: &Source) -> Option<Span> {
    let text = std::str::from_utf8(&source.bytes[source.bom()..]).ok()?;
    let parsed = toml_edit::Document::parse(text).ok()?;
    let values = parsed.as_table().get_values();
    let spans = values.iter().filter_map(|(_, value)| value.span());
    let last = spans.max_by_key(|span| span.end)?;
    Some(Span::new(
        last.start + source.bom(),
        last.end + source.bom(),
    ))
}

/// The start of the line of `header`, or of the comment lines directly above it.
fn above_comments(source: &Source, header: u32) -> usize {
    let mut index = source.line_index(header);
    while index > 0 {
        let above = source.text(source.line_span(index - 1));
        if !above
            .trim_start_matches('\u{feff}')
            .trim_start()
            .starts_with('#')
        {
            break;
        }
        index -= 1;
    }
    (source.line_starts()[index] as usize).max(source.bom())
}

/// A pair of an inline table with the comma behind it, or else the one before it.
fn with_comma(bytes: &[u8], pair: Span) -> Span {
    let (start, end) = (pair.start as usize, pair.end as usize);
    let rest = &bytes[end..];
    let gap = rest.len() - rest.trim_ascii_start().len();
    if rest.get(gap) == Some(&b',') {
        let rest = &rest[gap + 1..];
        let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t'));
        return Span::new(start, end + gap + 1 + blanks.count());
    }
    let before = bytes[..start].trim_ascii_end();
    if before.ends_with(b",") {
        return Span::new(before.len() - 1, end);
    }
    pair
}

/// Whether the edit takes away `gone`, gives `come` its value, and leaves all else as it was.
fn changes_only(
    source: &Source,
    edit: &Edit,
    gone: Option<&str>,
    come: Option<(&str, &str)>,
) -> bool {
    let after = text::apply(&source.bytes, &[edit]);
    let after = Source::new(source.id, source.path.as_str(), after);
    let (Ok((before, _)), Ok((after, _))) = (read(source), read(&after)) else {
        return false;
    };
    let pairs = |settings: Vec<Setting>| -> BTreeMap<String, String> {
        settings.into_iter().map(|s| (s.key, s.value)).collect()
    };
    let mut wanted = pairs(before);
    if let Some(gone) = gone {
        wanted.remove(gone);
    }
    if let Some((key, value)) = come {
        wanted.insert(key.to_owned(), value.to_owned());
    }
    wanted == pairs(after)
}

/// One part of a key, quoted where it must be. Brackets and dots would be taken for more than a part
/// of the key when it is read again.
fn key_part(name: &str) -> Option<String> {
    let bare = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if name.is_empty() || name.contains(['[', ']', '.']) {
        return None;
    }
    Some(if name.bytes().all(bare) {
        name.to_owned()
    } else {
        quoted(name)
    })
}

/// A text as a number, truth or date if it is exactly the text of one, else as a string.
fn bare_or_quoted(value: &str) -> String {
    let line = format!("x = {value}");
    let typed = toml_edit::Document::parse(line.as_str()).is_ok_and(|_| {
        let source = Source::new(crate::text::SourceId(0), "", line.as_bytes());
        read(&source).is_ok_and(|(settings, _)| match settings.as_slice() {
            [only] => only.key == "x" && only.value == value && only.kind != Kind::List,
            _ => false,
        })
    });
    if typed {
        value.to_owned()
    } else {
        quoted(value)
    }
}

/// Whether single quotes can hold the text.
fn is_literal(value: &str) -> bool {
    !value.contains(|c: char| c == '\'' || c.is_control())
}

/// A basic string.
fn quoted(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 2);
    out.push('"');
    for c in value.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if c.is_control() => {
                out.push_str(&format!("\\u{:04X}", u32::from(c)));
            }
            _ => out.push(c),
        }
    }
    out.push('"');
    out
}
