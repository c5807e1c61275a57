//! The old file line by line: what stays a setting, and what becomes a comment.

use std::collections::HashMap;

use super::{Refused, Remark};
use crate::syntax::{Document, ProblemKind, Setting, flink_conf};
use crate::text::{Source, SourceId, Span};

/// A setting that is in force.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// Line of the old file, from 1.
    pub(super) line: usize,
    /// The key that is written.
    pub(super) key: String,
    /// The value that config.yaml's reader must give.
    pub(super) value: String,
    /// The value as the new file spells it.
    pub(super) spelled: String,
    /// The comment behind it, with the blanks before.
    pub(super) comment: String,
}

/// A line of the new file without its place.
#[derive(Clone, Debug)]
pub(super) enum Line {
    Setting(Entry),
    Remark(Comment),
}

/// A line that sets nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Comment {
    /// Nothing.
    Blank,
    /// A comment of the author's, from its `#` on.
    Own(String),
    /// A line without effect that is kept as a comment.
    Kept(String),
}

/// The order of the old file: settings by their number.
#[derive(Clone, Debug)]
pub(super) enum Part {
    Setting(usize),
    Remark(Comment),
}

/// The whole file.
pub(super) struct OldFile {
    pub(super) lines: Vec<Line>,
    pub(super) notes: Vec<Remark>,
    pub(super) line_break: &'static str,
}

/// Reads the old file; refuses what is no text or only a template of one.
pub(super) fn read(source: &Source) -> Result<OldFile, Refused> {
    if let Err(error) = std::str::from_utf8(&source.bytes) {
        let line = source.line_index(Span::at(error.valid_up_to()).start) + 1;
        let message = "this line is not UTF-8, which config.yaml must be; convert the file first";
        return Err(vec![Remark::new(line, message)]);
    }
    // Read without the mark: with it the first line is another one, which is told below.
    let marked = source.bom() > 0;
    let bytes = &source.bytes[source.bom()..];
    let bare = Source::new(SourceId(0), source.path.as_str(), bytes);
    let document = flink_conf::parse(&bare);
    if !document.editable {
        return Err(vec![template(&bare)]);
    }
    let mut settings: HashMap<usize, &Setting> = HashMap::new();
    let mut in_force: HashMap<&str, usize> = HashMap::new();
    for setting in &document.settings {
        let index = bare.line_index(setting.key_at.start);
        settings.insert(index, setting);
        if !(marked && index == 0) {
            in_force.insert(&setting.key, index);
        }
    }
    let mut notes = problems(&bare, &document);
    let ignored: HashMap<usize, ProblemKind> = flink_conf::skipped_lines(&bare)
        .into_iter()
        .map(|(line, kind)| (line - 1, kind))
        .collect();
    let count = bare.line_starts().len();
    // What follows the last line break is no line unless it holds something.
    let ends = bare.line_span(count - 1).is_empty();
    let mut lines = Vec::new();
    let mut shadowed: HashMap<usize, Vec<usize>> = HashMap::new();
    for index in 0..count - usize::from(ends) {
        let text = bare.text(bare.line_span(index));
        let hash = text.find('#');
        let content = text.trim_matches(|c| c <= ' ');
        let kept = |why: &str| {
            let comment = format!("# (was {why}) {}", printable(content));
            Line::Remark(Comment::Kept(comment))
        };
        lines.push(match settings.get(&index) {
            Some(setting) if marked && index == 0 => {
                notes.push(Remark::new(
                    1,
                    format!(
                        "the byte order mark was part of the first key, so `{}` was not set; \
                         it is kept as a comment",
                        setting.key
                    ),
                ));
                kept("ignored")
            }
            Some(setting) => {
                let last = in_force[setting.key.as_str()];
                if last == index {
                    Line::Setting(entry(&bare, setting, index))
                } else {
                    shadowed.entry(last).or_default().push(index + 1);
                    kept("shadowed")
                }
            }
            None if ignored.contains_key(&index) => {
                let message = "Flink ignores this line, which is no `key: value`; it is kept as a \
                               comment";
                notes.push(Remark::new(index + 1, message));
                kept("ignored")
            }
            None => Line::Remark(match hash {
                Some(hash) => Comment::Own(printable(&text[hash..])),
                None => Comment::Blank,
            }),
        });
    }
    for (last, earlier) in shadowed {
        let key = &settings[&last].key;
        let message = match earlier.len() {
            1 => format!(
                "line {} sets `{key}` again and wins; this line is kept as a comment",
                last + 1
            ),
            count => format!(
                "`{key}` is set {} times and line {} wins; the other lines are kept as comments",
                count + 1,
                last + 1
            ),
        };
        notes.push(Remark::new(earlier[0], message));
    }
    Ok(OldFile {
        lines,
        notes,
        line_break: bare.line_break(0),
    })
}

fn entry(source: &Source, setting: &Setting, index: usize) -> Entry {
    let behind = Span::new(
        setting.value_at.end as usize,
        source.line_span(index).end as usize,
    );
    let behind = source.text(behind);
    let comment = behind.find('#').map_or(String::new(), |hash| {
        let gap = &behind[..hash];
        let blanks = !gap.is_empty() && gap.chars().all(|c| c == ' ');
        let gap = if blanks { gap } else { " " };
        format!("{gap}{}", printable(&behind[hash..]))
    });
    Entry {
        line: index + 1,
        key: setting.key.clone(),
        value: setting.value.clone(),
        spelled: String::new(),
        comment,
    }
}

/// What the reader of the old file finds strange and the new file keeps as it was read.
fn problems(source: &Source, document: &Document) -> Vec<Remark> {
    let note = |at: Span, message: &str| Remark::new(source.line_index(at.start) + 1, message);
    let problems = document.problems.iter();
    problems
        .filter_map(|problem| match problem.kind {
            ProblemKind::HashCutsValue => Some(note(
                problem.at,
                "flink-conf.yaml drops everything from `#` on, so it is no part of the value in \
                 config.yaml either",
            )),
            ProblemKind::NestedBlock => Some(note(
                problem.at,
                "flink-conf.yaml reads the inner keys of this block without their parents; they \
                 are written as they were read",
            )),
            _ => None,
        })
        .collect()
}

/// Where a template shows.
fn template(source: &Source) -> Remark {
    let shows = |text: &str| text.contains("{{") || text.contains("{%");
    let index = (0..source.line_starts().len())
        .find(|&index| shows(&source.text(source.line_span(index))))
        .unwrap_or_default();
    Remark::new(
        index + 1,
        "a template fills in this line; render the file first and migrate the result",
    )
}

/// The text of a comment with signs of their own for characters that YAML refuses or that end lines.
fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.trim_end_matches(|c| c <= ' ').chars() {
        let refused = character.is_control() && character != '\t'
            || matches!(
                character,
                '\u{2028}' | '\u{2029}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}'
            );
        if refused {
            out.extend(character.escape_unicode());
        } else {
            out.push(character);
        }
    }
    out
}
