//! The grammar of a line in a sysctl file as procps 4.x reads it (`sysctl.c`, sysctl.conf(5)):
//! comments only on lines of their own, split at the first `=`, no quotes, no escapes, no
//! continuation.

use std::ops::Range;

use memchr::{memchr, memchr_iter};

/// One line as procps sees it; all ranges are within `text`.
#[derive(Clone, Debug)]
pub struct Line<'s> {
    /// Where it starts in the file.
    pub start: usize,
    /// Up to the line feed or the first NUL.
    pub text: &'s [u8],
    /// Without outer blanks.
    pub content: Range<usize>,
    /// What it says.
    pub said: Said,
}

/// What a line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// Blank or a comment.
    Nothing,
    /// `-key`: globs leave the key alone.
    Exclusion {
        /// Without the dash.
        key: Range<usize>,
    },
    /// `key = value` or `-key = value`.
    Assignment {
        /// Without leading dashes.
        key: Range<usize>,
        /// Without outer blanks.
        value: Range<usize>,
    },
    /// Anything else.
    NoEquals,
}

impl<'s> Line<'s> {
    /// The lines of a file; a line feed ends one.
    pub fn all(bytes: &'s [u8]) -> impl Iterator<Item = Line<'s>> {
        let ends = memchr_iter(b'\n', bytes).chain([bytes.len()]);
        ends.scan(0, |start, end| {
            let line = Line::new(*start, &bytes[*start..end]);
            *start = end + 1;
            Some(line)
        })
    }

    /// Reads one line without its line feed.
    pub fn new(start: usize, text: &'s [u8]) -> Self {
        let text = &text[..memchr(0, text).unwrap_or(text.len())];
        let content = trim(text, 0..text.len());
        let bytes = &text[content.clone()];
        let dash = usize::from(bytes.starts_with(b"-"));
        let said = if bytes.is_empty() || bytes.starts_with(b"#") || bytes.starts_with(b";") {
            Said::Nothing
        } else if let Some(at) = memchr(b'=', bytes) {
            let equals = content.start + at;
            // The second dash is dropped where the path is made, blanks after a dash are not.
            let dashes = dash + usize::from(bytes.starts_with(b"--"));
            let key = (content.start + dashes).min(equals);
            let key = key..trim(text, key..equals).end;
            let mut value = trim(text, equals + 1..content.end.max(equals + 1));
            if value.is_empty() {
                let blank = usize::from(text.get(equals + 1) == Some(&b' '));
                value = equals + 1 + blank..equals + 1 + blank;
            }
            Said::Assignment { key, value }
        } else if dash == 1 {
            Said::Exclusion {
                key: content.start + 1..content.end,
            }
        } else {
            Said::NoEquals
        };
        Line {
            start,
            text,
            content,
            said,
        }
    }

    /// A part of the line as text; bytes that are not UTF-8 become replacement characters.
    pub fn lossy(&self, range: &Range<usize>) -> String {
        String::from_utf8_lossy(&self.text[range.clone()]).into_owned()
    }

    /// A part of the line by its bytes in the file.
    pub fn in_file(&self, range: &Range<usize>) -> Range<usize> {
        self.start + range.start..self.start + range.end
    }

    /// Whether it starts with a dash: some loaders then ignore some errors.
    pub fn has_dash(&self) -> bool {
        self.text[self.content.clone()].starts_with(b"-")
    }
}

/// Without outer blanks as `isspace` of C knows them.
pub fn trim(text: &[u8], range: Range<usize>) -> Range<usize> {
    trimmed(text, range, |byte| matches!(byte, b'\t'..=b'\r' | b' '))
}

/// A range of a text without the blanks at its ends.
pub(super) fn trimmed(text: &[u8], range: Range<usize>, is_blank: fn(u8) -> bool) -> Range<usize> {
    let start = range.clone().find(|at| !is_blank(text[*at]));
    let start = start.unwrap_or(range.end);
    let end = (start..range.end).rev().find(|at| !is_blank(text[*at]));
    start..end.map_or(start, |at| at + 1)
}
