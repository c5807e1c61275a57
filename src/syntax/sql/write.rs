//! Writing SQL. An edit leaves here only if the script, read again, says what is wanted and nothing
//! else differently.

use super::tokens::{self, Kind};
use super::{Table, What, reread};
use crate::syntax::{Document, Setting, Space, lines};
use crate::text::{self, Edit, Source, Span};

/// Replaces a value; it stays in quotes, or bare where it was and can be.
pub(in crate::syntax) fn set(source: &Source, setting: &Setting, value: &str) -> Option<Edit> {
    let bare = !source.bytes[setting.value_at.range()].starts_with(b"'");
    let text = if bare && is_bare(value) {
        value.to_owned()
    } else {
        quoted(value)?
    };
    let edit = edit(source, setting.value_at, text);
    let place = Place::of(source, setting)?;
    place.keeps(source, &edit, |all, at| all[at].1 = value.to_owned())
}

/// Replaces a key; it stays in quotes, or bare where it was and can be.
pub(in crate::syntax) fn rename(source: &Source, setting: &Setting, key: &str) -> Option<Edit> {
    let bare = !source.bytes[setting.key_at.range()].starts_with(b"'");
    let text = if bare && is_bare(key) && !key.contains('=') {
        key.to_owned()
    } else {
        quoted(key)?
    };
    let edit = edit(source, setting.key_at, text);
    let place = Place::of(source, setting)?;
    place.keeps(source, &edit, |all, at| all[at].0 = key.to_owned())
}

/// Adds a `SET` before the first statement that is none, or an option behind the last one of a table.
pub(in crate::syntax) fn insert(
    source: &Source,
    document: &Document,
    key: &str,
    value: &str,
) -> Option<Edit> {
    if document.space == Space::Table {
        let last = document.settings.last()?;
        return insert_after(source, last, key, value);
    }
    let all = reread(source);
    let script = all.first()?.script.as_deref()?;
    let is_set = |what: &What| matches!(what, What::Set(_) | What::Reset(_));
    let first = script
        .statements
        .iter()
        .find(|statement| !is_set(&statement.what))?;
    let line = source.full_line(first.at.start).start;
    let before = &source.bytes[(line as usize).max(source.bom())..first.at.start as usize];
    if !before.trim_ascii().is_empty() {
        return None;
    }
    let at = (line as usize).max(source.bom());
    let line_break = source.line_break(line);
    let text = format!("SET {} = {};{line_break}", quoted(key)?, quoted(value)?);
    let edit = edit(source, Span::at(at), text);
    let behind = |setting: &&Setting| (setting.whole.start as usize) < at;
    let index = all[0].settings.iter().take_while(behind).count();
    let place = Place { document: 0, index };
    place.keeps(source, &edit, |all, at| {
        all.insert(at, (key.to_owned(), value.to_owned()));
    })
}

/// Adds a `SET` below another, or an option behind another.
pub(in crate::syntax) fn insert_after(
    source: &Source,
    sibling: &Setting,
    key: &str,
    value: &str,
) -> Option<Edit> {
    let place = Place::of(source, sibling)?;
    let pair = format!("{} = {}", quoted(key)?, quoted(value)?);
    let edit = if place.document == 0 {
        set_below(source, sibling, &pair)?
    } else {
        option_behind(source, sibling, &pair)
    };
    place.keeps(source, &edit, |all, at| {
        all.insert(at + 1, (key.to_owned(), value.to_owned()));
    })
}

/// Removes a `SET` with its semicolon, or an option with one comma, and the line where nothing else
/// stands on it.
pub(in crate::syntax) fn remove(source: &Source, setting: &Setting) -> Option<Edit> {
    let place = Place::of(source, setting)?;
    let whole = setting.whole;
    let end = separator(
        source,
        whole.range().end,
        if place.document == 0 { b';' } else { b',' },
    );
    let mut span = Span::new(whole.range().start, end.unwrap_or(whole.range().end));
    if place.document > 0 && end.is_none() {
        // The last one: the comma before it goes, and what stands between stays where it says anything.
        if let Some(comma) = comma_before(source, whole.range().start) {
            let between = &source.bytes[comma + 1..whole.range().start];
            if !between.trim_ascii().is_empty() {
                return None;
            }
            span = Span::new(comma, span.range().end);
            let edit = edit(source, span, String::new());
            return place.keeps(source, &edit, |all, at| {
                all.remove(at);
            });
        }
    }
    let line = lines::remove(source, span);
    let before = &source.bytes[line.span.range().start..span.range().start];
    let after = &source.bytes[span.range().end..line.span.range().end];
    let alone = before.trim_ascii().is_empty() && after.trim_ascii().is_empty();
    let edit = if alone {
        line
    } else {
        let blanks = after.iter().take_while(|byte| matches!(byte, b' ' | b'\t'));
        let end = span.range().end + blanks.count();
        edit(source, Span::new(span.range().start, end), String::new())
    };
    place.keeps(source, &edit, |all, at| {
        all.remove(at);
    })
}

/// A new `SET` on the line below another.
fn set_below(source: &Source, sibling: &Setting, pair: &str) -> Option<Edit> {
    let whole = sibling.whole;
    let end = separator(source, whole.range().end, b';')?;
    let line = source.full_line(Span::at(end - 1).start);
    let rest = &source.bytes[end..line.range().end];
    let text = format!("SET {pair};");
    if rest.trim_ascii().is_empty() {
        return Some(lines::line_below(
            source,
            Span::new(whole.range().start, end),
            &text,
        ));
    }
    Some(edit(source, Span::at(end), format!(" {text}")))
}

/// A new option behind another: on a line of its own where the other has one.
fn option_behind(source: &Source, sibling: &Setting, pair: &str) -> Edit {
    let whole = sibling.whole;
    let line = source.full_line(whole.start);
    let before = &source.bytes[line.range().start..whole.range().start];
    let at = Span::at(whole.range().end);
    if before.trim_ascii().is_empty() && !before.is_empty() {
        let indent = String::from_utf8_lossy(before);
        let text = format!(",{}{indent}{pair}", source.line_break(whole.start));
        return edit(source, at, text);
    }
    // Behind a comma at the start of the line comes another such line.
    if before.trim_ascii() == b"," {
        let indent = String::from_utf8_lossy(before);
        let text = format!("{}{indent}{pair}", source.line_break(whole.start));
        return edit(source, at, text);
    }
    edit(source, at, format!(", {pair}"))
}

/// Past the separator that follows a place, blanks and comments aside.
fn separator(source: &Source, from: usize, byte: u8) -> Option<usize> {
    let rest = &source.bytes[from..];
    let near = rest.iter().take(1 << 12).count();
    let tokens = tokens::read(&source.bytes, from, from + near);
    let next = tokens.all.first()?;
    let is_it = source.bytes[next.at.range()] == [byte];
    (is_it && next.kind == Kind::Symbol).then(|| next.at.range().end)
}

/// The comma before an option, where it has one.
fn comma_before(source: &Source, at: usize) -> Option<usize> {
    let all = reread(source);
    let script = all.first()?.script.as_deref()?;
    let inside = |table: &&Table| table.with.is_some_and(|with| with.range().contains(&at));
    let table = script.tables.iter().find(inside)?;
    let start = table.with?.range().start;
    let tokens = tokens::read(&source.bytes, start, at);
    let last = tokens.all.last()?;
    (source.bytes[last.at.range()] == [b',']).then(|| last.at.range().start)
}

/// A setting of the script as it is read: the number of its document, and its own there.
struct Place {
    document: usize,
    index: usize,
}

impl Place {
    fn of(source: &Source, setting: &Setting) -> Option<Self> {
        let documents = reread(source);
        documents.iter().enumerate().find_map(|(document, own)| {
            let mut all = own.settings.iter();
            let index = all.position(|own| own.value_at == setting.value_at)?;
            Some(Place { document, index })
        })
    }

    /// The edit, if the script says afterwards what `change` makes of the settings, and has the same
    /// statements.
    fn keeps(
        &self,
        source: &Source,
        edit: &Edit,
        change: impl FnOnce(&mut Vec<(String, String)>, usize),
    ) -> Option<Edit> {
        let after = text::apply(&source.bytes, &[edit]);
        let after = Source::new(source.id, source.path.as_str(), after);
        let (before, after) = (reread(source), reread(&after));
        let pairs = |documents: &[Document]| -> Vec<Vec<(String, String)>> {
            let of = |document: &Document| {
                let settings = document.settings.iter();
                settings
                    .map(|setting| (setting.key.clone(), setting.value.clone()))
                    .collect()
            };
            documents.iter().map(of).collect()
        };
        let mut wanted = pairs(&before);
        change(wanted.get_mut(self.document)?, self.index);
        let statements = |documents: &[Document]| {
            let script = documents.first()?.script.as_deref()?;
            let others = script.statements.iter();
            let others = others.filter(|one| !matches!(one.what, What::Set(_)));
            Some(others.count())
        };
        let comments = |documents: &[Document]| documents.first().map(|own| own.comments.len());
        let same = wanted == pairs(&after)
            && statements(&before) == statements(&after)
            && comments(&before) == comments(&after);
        same.then(|| edit.clone())
    }
}

fn edit(source: &Source, span: Span, text: String) -> Edit {
    Edit {
        source: source.id,
        span,
        text,
    }
}

/// Whether a `SET` can say it without quotes.
fn is_bare(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '/');
    !text.is_empty() && text.chars().all(plain) && !text.contains("--")
}

/// A text in quotes; none for one with control characters.
fn quoted(text: &str) -> Option<String> {
    (!text.contains(char::is_control)).then(|| format!("'{}'", text.replace('\'', "''")))
}
