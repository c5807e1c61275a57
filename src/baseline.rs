//! The text of a baseline: one line for each finding that a project has decided to live with for now.
//! Knows the format and no rule.
//!
//! ```text
//! # flint baseline 1
//! 8f3c0c5d2a9e41b7  small-tcp-buffers  host/sysctl.conf  net.core.rmem_max
//! ```
//!
//! The first line says the version of the format; comments may follow it. Each other line is a
//! fingerprint, the rule, the path relative to the folder of the baseline, and the key or the line that
//! the finding is about, with two blanks between them. The lines are sorted by their bytes, so that two
//! branches seldom touch the same place, and neither order nor repetition counts when they are read:
//! lines of both sides of a merge can stand together.

use std::borrow::Cow;

use crate::text::{Source, Span};

/// How every baseline begins.
const HEAD: &str = "# flint baseline ";

/// The version of the format.
const VERSION: &str = "1";

/// What stands between the fields.
const GAP: &str = "  ";

/// The most characters of the last field, which is there for people.
const MAX_ABOUT: usize = 80;

/// One line of a baseline.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The fingerprint of the finding: 16 lower-case hex digits.
    pub fingerprint: String,
    /// The name of its rule.
    pub rule: String,
    /// The path of its file relative to the folder of the baseline, as [`escaped`] writes it.
    pub path: String,
    /// What it is about; may be empty.
    pub about: String,
}

impl Entry {
    /// The line without its line break.
    pub fn line(&self) -> String {
        let fields = [&self.fingerprint, &self.rule, &self.path, &self.about];
        let fields: Vec<&str> = fields.into_iter().map(String::as_str).collect();
        fields.join(GAP).trim_end().to_owned()
    }

    fn parse(line: &str) -> Option<Self> {
        let mut fields = line.trim_end().splitn(4, GAP);
        let (fingerprint, rule, path) = (fields.next()?, fields.next()?, fields.next()?);
        let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let is_fingerprint = fingerprint.len() == 16 && fingerprint.bytes().all(is_hex);
        let is_rule = !rule.is_empty() && !rule.contains(char::is_whitespace);
        (is_fingerprint && is_rule && !path.is_empty()).then(|| Entry {
            fingerprint: fingerprint.to_owned(),
            rule: rule.to_owned(),
            path: path.to_owned(),
            about: fields.next().unwrap_or_default().to_owned(),
        })
    }
}

/// What can't be read as a baseline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// Line, from 1.
    pub line: usize,
    /// What is wrong and what to do.
    pub message: String,
}

/// A baseline that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    /// The comments below its first line.
    pub comments: Vec<String>,
    /// Its entries in the order of the file, each with the bytes of its line.
    pub entries: Vec<(Entry, Span)>,
}

impl Baseline {
    /// Reads a baseline; one that is empty has no entries.
    pub fn parse(source: &Source) -> Result<Self, Malformed> {
        let mut baseline = Baseline::default();
        let wrong = |line: usize, message: &str| Malformed {
            line,
            message: message.to_owned(),
        };
        if source.bytes[source.bom()..].is_empty() {
            return Ok(baseline);
        }
        for index in 0..source.line_starts().len() {
            let mut span = source.line_span(index);
            if index == 0 {
                span = Span::new(source.bom(), span.end as usize);
            }
            let number = index + 1;
            let Ok(text) = std::str::from_utf8(&source.bytes[span.range()]) else {
                return Err(wrong(number, "the line is not UTF-8; restore it from git"));
            };
            let text = text.trim_end();
            if is_conflict(text) {
                return Err(wrong(
                    number,
                    "git left a conflict here; delete its markers and keep the lines of both sides, in any order",
                ));
            }
            if index == 0 {
                head(text).map_err(|message| wrong(number, &message))?;
            } else if let Some(entry) = Entry::parse(text) {
                baseline.entries.push((entry, span));
            } else if text.starts_with('#') && baseline.entries.is_empty() {
                baseline.comments.push(text.to_owned());
            } else if text.starts_with('#') {
                return Err(wrong(
                    number,
                    "comments of a baseline stand above its first entry; move this one there",
                ));
            } else if !text.is_empty() {
                return Err(wrong(
                    number,
                    "this is no `FINGERPRINT  RULE  PATH  KEY` with two blanks between them; \
                     restore the line from git, or delete it and its finding is back",
                ));
            }
        }
        Ok(baseline)
    }
}

/// The text of a baseline.
pub fn text(comments: &[String], entries: &[Entry]) -> String {
    let mut lines: Vec<String> = entries.iter().map(Entry::line).collect();
    lines.sort_unstable();
    lines.dedup();
    let head = format!("{HEAD}{VERSION}");
    let all = std::iter::once(&head).chain(comments).chain(&lines);
    all.flat_map(|line| [line.as_str(), "\n"]).collect()
}

fn head(text: &str) -> Result<(), String> {
    match text.strip_prefix(HEAD) {
        Some(VERSION) => Ok(()),
        Some(other) => Err(format!(
            "a baseline of version {}, and this flint reads version {VERSION}; install the flint that wrote it",
            other.trim()
        )),
        None => Err(format!(
            "this is no baseline, which begins with `{HEAD}{VERSION}`; name another file"
        )),
    }
}

fn is_conflict(text: &str) -> bool {
    let marks = ["<<<<<<<", "|||||||", "=======", ">>>>>>>"];
    let mut rest = marks.iter().filter_map(|mark| text.strip_prefix(mark));
    rest.any(|rest| rest.is_empty() || rest.starts_with(' '))
}

/// A path or a text as a field holds it: on one line, without two blanks in a row.
pub fn escaped(text: &str) -> Cow<'_, str> {
    let is_plain = |text: &str| !text.contains(GAP) && !text.contains(char::is_control);
    if is_plain(text) && !text.starts_with(' ') && !text.ends_with(' ') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let alone = !out.is_empty() && !out.ends_with(' ') && chars.peek().is_some();
        if c.is_control() || c == ' ' && !alone {
            out.push_str(&format!("\\x{:02x}", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// The last field for a text, of which long ones lose their end.
pub fn about(text: &str) -> String {
    let cut = text.char_indices().nth(MAX_ABOUT);
    match cut {
        Some((at, _)) => format!("{}...", escaped(text[..at].trim_end())),
        None => escaped(text).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::SourceId;

    fn parsed(text: &str) -> Result<Baseline, Malformed> {
        Baseline::parse(&Source::new(SourceId(0), "b", text))
    }

    fn entry(fingerprint: &str, path: &str, about: &str) -> Entry {
        Entry {
            fingerprint: fingerprint.to_owned(),
            rule: "some-rule".to_owned(),
            path: path.to_owned(),
            about: about.to_owned(),
        }
    }

    const ONE: &str = "0123456789abcdef";
    const TWO: &str = "fedcba9876543210";

    #[test]
    fn what_is_written_is_read() {
        let entries = [
            entry(TWO, "a  b.yaml", ""),
            entry(ONE, "c d.yaml", "key  of\ttwo words "),
        ];
        let escaped = entries.clone().map(|own| Entry {
            path: escaped(&own.path).into_owned(),
            about: about(&own.about),
            ..own
        });
        let comments = ["# agreed in May".to_owned()];
        let written = text(&comments, &escaped);
        assert_eq!(
            written,
            "# flint baseline 1\n# agreed in May\n\
             0123456789abcdef  some-rule  c d.yaml  key \\x20of\\x09two words\\x20\n\
             fedcba9876543210  some-rule  a \\x20b.yaml\n"
        );
        let read = parsed(&written).expect("a baseline");
        assert_eq!(read.comments, comments);
        let mut own: Vec<Entry> = read.entries.into_iter().map(|(entry, _)| entry).collect();
        own.reverse();
        assert_eq!(own, escaped);
    }

    #[test]
    fn neither_order_nor_repetition_nor_line_ends_count() {
        let one = entry(ONE, "a", "k").line();
        let two = entry(TWO, "a", "k").line();
        let text = format!("\u{feff}# flint baseline 1\r\n{two}\r\n{one}\r\n\r\n{two}");
        let read = parsed(&text).expect("a baseline");
        assert_eq!(read.entries.len(), 3);
        assert_eq!(super::text(&[], &[]), "# flint baseline 1\n");
        assert_eq!(parsed(""), Ok(Baseline::default()));
    }

    #[test]
    fn what_is_no_baseline_is_named_with_its_line() {
        let line = |text: &str| parsed(text).expect_err("no baseline");
        let body = |text: &str| line(&format!("# flint baseline 1\n{ONE}  r  p  k\n{text}\n"));
        assert!(
            line("# flint baseline 2\n")
                .message
                .contains("of version 2")
        );
        assert!(line("key: value\n").message.contains("no baseline"));
        assert_eq!(line("key: value\n").line, 1);
        for mark in ["<<<<<<< HEAD", "=======", "||||||| 1a2b", ">>>>>>> theirs"] {
            assert!(body(mark).message.contains("conflict"), "{mark}");
            assert_eq!(body(mark).line, 3);
        }
        for malformed in [
            "0123  r  p",
            "0123456789ABCDEF  r  p",
            "0123456789abcdef  r",
            "x",
        ] {
            assert!(
                body(malformed).message.contains("two blanks"),
                "{malformed}"
            );
        }
        assert!(body("# later").message.contains("above"));
    }

    #[test]
    fn a_long_text_loses_its_end() {
        let long = "é".repeat(200);
        assert_eq!(about(&long).chars().count(), MAX_ABOUT + 3);
    }
}
