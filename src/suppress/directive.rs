//! Reads comments as directives, and says which lines they cover.

use super::below::Below;
use super::code;
use crate::date::Date;
use crate::syntax::{Comment, Document, MARKER};
use crate::text::{Source, Span};

/// What stands before the last day of a directive.
const UNTIL: &str = "until=";

/// One name in the brackets of a directive.
pub(super) struct Name {
    pub(super) text: String,
    /// Its bytes in the source.
    pub(super) at: Span,
    pub(super) used: bool,
}

/// The last day of a directive.
#[derive(Clone, Copy)]
pub(super) struct Until {
    /// `None` for what is no day.
    pub(super) date: Option<Date>,
    /// Its bytes in the source.
    pub(super) at: Span,
}

/// One `ignore[...]` or `file-ignore[...]`.
pub(super) struct Directive<'d> {
    pub(super) document: &'d Document,
    pub(super) comment: &'d Comment,
    pub(super) names: Vec<Name>,
    pub(super) reason: String,
    /// `until=`, if it says so.
    pub(super) until: Option<Until>,
    /// Whether that day is past.
    pub(super) expired: bool,
    /// The lines it covers, from 0, both included; everything for a file directive.
    pub(super) lines: std::ops::RangeInclusive<usize>,
    /// The entry of the file that it stands above, where that holds more than settings.
    pub(super) entry: Option<std::ops::RangeInclusive<usize>>,
}

/// The text after the marker `flint:` and its offset in the source. A byte that is no UTF-8 becomes one `?`, so
/// that each place in the text is one in the source.
pub(super) fn after_marker(source: &Source, comment: &Comment) -> Option<(String, usize)> {
    let bytes = &source.bytes[comment.at.range()];
    let at = memchr::memmem::find(bytes, MARKER.as_bytes())? + MARKER.len();
    let start = comment.at.start as usize + at;
    let bytes = &source.bytes[start..comment.at.end as usize];
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    Some((text, start))
}

/// Reads a comment as a directive; `today` decides whether its time is over.
pub(super) fn directive<'d>(
    source: &Source,
    document: &'d Document,
    (things, entries): (&[(usize, usize)], Option<&Below>),
    comment: &'d Comment,
    today: Option<Date>,
) -> Option<Directive<'d>> {
    let (text, start) = after_marker(source, comment)?;
    let trimmed = text.trim_start();
    let (whole_file, rest) = match trimmed.strip_prefix("file-ignore") {
        Some(rest) => (true, rest),
        None => (false, trimmed.strip_prefix("ignore")?),
    };
    let inner = rest.trim_start().strip_prefix('[')?;
    let close = inner.find(']')?;
    let inner_start = start + (text.len() - inner.len());
    let mut names = Vec::new();
    let mut at = inner_start;
    for part in inner[..close].split(',') {
        let name = part.trim();
        let blank = part.len() - part.trim_start().len();
        if !name.is_empty() {
            names.push(Name {
                text: name.to_owned(),
                at: Span::new(at + blank, at + blank + name.len()),
                used: false,
            });
        }
        at += part.len() + 1;
    }
    if names.is_empty() {
        return None;
    }
    let lines = if whole_file {
        0..=usize::MAX
    } else {
        covered(source, things, comment)
    };
    let entries = entries.filter(|_| comment.own_line && !whole_file);
    // A comment in SQL may have an end of its own.
    let behind = inner[close + 1..].trim_end().trim_end_matches("*/");
    let (until, reason) = until(behind, inner_start + close + 1);
    let ended = until.and_then(|until| until.date).zip(today);
    Some(Directive {
        entry: entries.and_then(|below| below.entry(source.line_index(comment.at.start))),
        document,
        comment,
        names,
        reason: reason.trim().to_owned(),
        until,
        expired: ended.is_some_and(|(date, today)| date < today),
        lines,
    })
}

/// The date in what stands behind the bracket, with its bytes, and the reason before and behind it.
fn until(behind: &str, start: usize) -> (Option<Until>, String) {
    let is_word = |at: &usize| !behind[..*at].ends_with(|c: char| !c.is_whitespace() && c != ',');
    let mut places = behind.match_indices(UNTIL).map(|(at, _)| at);
    let Some(word) = places.find(is_word) else {
        return (None, behind.to_owned());
    };
    let from = word + UNTIL.len();
    let rest = &behind[from..];
    let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
    let written = rest[..end].trim_end_matches([',', ';']);
    let date = Date::parse(written);
    let at = Span::new(start + from, start + from + written.len());
    let (before, after) = (behind[..word].trim(), rest[end..].trim());
    let reason = [before, after].join(" ");
    (Some(Until { date, at }), reason)
}

/// The lines of every setting, statement and mapping of a document, and of the whole that is part of a
/// file: first and last, in order.
pub(super) fn things(source: &Source, document: &Document) -> Vec<(usize, usize)> {
    let end = Span::at(source.bytes.len()).end;
    let mut things: Vec<(usize, usize)> = document
        .sections
        .iter()
        .filter(|section| !section.key.is_empty())
        .map(|section| section.whole)
        .chain(document.settings.iter().map(|setting| setting.whole))
        .chain(document.problems.iter().map(|problem| problem.at))
        .chain(document.held_at)
        .chain(document.script.iter().flat_map(|script| script.parts()))
        .chain(
            document
                .code
                .iter()
                .flat_map(|code| code::things(code.as_ref())),
        )
        .map(|span| {
            let last = span.end.max(span.start + 1) - 1;
            (
                source.line_index(span.start),
                source.line_index(last.min(end)),
            )
        })
        .collect();
    things.sort_unstable();
    things
}

/// The lines of the thing that a comment stands above, or behind.
fn covered(
    source: &Source,
    things: &[(usize, usize)],
    comment: &Comment,
) -> std::ops::RangeInclusive<usize> {
    let own = source.line_index(comment.at.start);
    let first = if comment.own_line {
        let below = things.partition_point(|&(start, _)| start <= own);
        things.get(below).map_or(own, |&(start, _)| start)
    } else {
        own
    };
    // Of those that start on one line the longest stands last.
    let upto = things.partition_point(|&(start, _)| start <= first);
    match things[..upto].last() {
        Some(&(start, last)) if start == first => first..=last,
        _ => first..=first,
    }
}
