//! `SET` and `RESET`, and the options after `WITH`.

use std::collections::BTreeMap;

use super::expressions::{Cursor, is_closed, unquoted};
use super::tokens::Kind;
use super::{Script, What};
use crate::syntax::{Kind as ValueKind, Setting, is_placeholder};
use crate::text::Span;

/// What a `SET` says. Flink reads a bare key to the first blank or `=`, and a bare value to the first
/// blank (`SetOperationParseStrategy`).
pub(super) fn set(cursor: &Cursor) -> Option<Setting> {
    let end = cursor.tokens.len();
    let equals = (1..end).find(|at| cursor.is(*at, "="))?;
    let (key, key_known) = side(cursor, 1, equals)?;
    let (value, value_known) = side(cursor, equals + 1, end)?;
    let (key_at, value_at) = (cursor.span(1, equals), cursor.span(equals + 1, end));
    Some(Setting {
        known: key_known && value_known && !is_placeholder(&key),
        key,
        value,
        kind: ValueKind::Text,
        key_at,
        value_at,
        whole: cursor.span(0, end),
        written: None,
    })
}

/// One side of the `=`, and whether its bytes say it.
fn side(cursor: &Cursor, from: usize, end: usize) -> Option<(String, bool)> {
    let (first, only) = (cursor.tokens.get(from)?, end == from + 1);
    if from >= end {
        return None;
    }
    if only && first.kind == Kind::Text {
        let text = unquoted(cursor.bytes, first);
        let known = is_closed(cursor.bytes, first) && !is_placeholder(&text);
        return Some((text, known));
    }
    let text = String::from_utf8_lossy(&cursor.bytes[cursor.span(from, end).range()]).into_owned();
    // Another statement, or what was meant for another system: `SET SESSION a = b`.
    if text.contains(|c: char| c.is_whitespace() || c == '\'' || c == '`') {
        return None;
    }
    // To Flink double quotes are part of the text, which nobody means.
    let text_known = !text.contains('"') && !is_placeholder(&text);
    Some((text.trim_matches('"').to_owned(), text_known))
}

/// The key of a `RESET`.
pub(super) fn reset(cursor: &Cursor) -> Option<String> {
    let (text, _) = side(cursor, 1, cursor.tokens.len())?;
    Some(text)
}

/// The settings that are in force at the end of a script. What has other values for some of its jobs
/// is unknown.
pub(super) fn in_force(script: &Script, sets: Vec<(usize, Setting)>) -> Vec<Setting> {
    let runs: Vec<usize> = (0..script.statements.len())
        .filter(|index| {
            let what = &script.statements[*index].what;
            matches!(what, What::Insert(_) | What::Query(_) | What::StatementSet)
        })
        .collect();
    let mut first: BTreeMap<String, (usize, String)> = BTreeMap::new();
    let mut changing: Vec<String> = Vec::new();
    for (statement, setting) in &sets {
        let (before, value) = first
            .entry(setting.key.clone())
            .or_insert_with(|| (*statement, setting.value.clone()));
        let between = |run: &usize| (*before..*statement).contains(run);
        if *value != setting.value && runs.iter().any(between) {
            changing.push(setting.key.clone());
        }
    }
    let reset = |from: usize, key: &str| {
        script.statements[from..].iter().any(|statement| {
            matches!(&statement.what, What::Reset(reset)
                if reset.as_deref().is_none_or(|reset| reset == key))
        })
    };
    let mut settings = Vec::new();
    for (statement, mut setting) in sets {
        if reset(statement, &setting.key) {
            continue;
        }
        setting.known &= !changing.contains(&setting.key);
        settings.push(setting);
    }
    settings
}

/// Options in brackets, as settings; with what stands in double quotes, and whether something else
/// than `'key' = 'value'` is among them.
pub(super) fn options(cursor: &Cursor, open: usize) -> (Vec<Setting>, Vec<Span>, bool) {
    let (mut settings, mut doubles, mut odd) = (Vec::new(), Vec::new(), false);
    for (from, end) in cursor.split(open + 1, cursor.closing(open)) {
        for at in from..end {
            if cursor.kind(at) == Some(Kind::Double) {
                doubles.push(cursor.tokens[at].at);
            }
        }
        let is_pair = end == from + 3
            && cursor.kind(from) == Some(Kind::Text)
            && cursor.is(from + 1, "=")
            && cursor.kind(from + 2) == Some(Kind::Text);
        if !is_pair {
            odd = true;
            continue;
        }
        let (key, value) = (&cursor.tokens[from], &cursor.tokens[from + 2]);
        let text = unquoted(cursor.bytes, value);
        settings.push(Setting {
            key: unquoted(cursor.bytes, key),
            known: !is_placeholder(&text) && is_closed(cursor.bytes, value),
            value: text,
            kind: ValueKind::Text,
            key_at: key.at,
            value_at: value.at,
            whole: cursor.span(from, end),
            written: None,
        });
    }
    (settings, doubles, odd)
}
