//! Java properties: the grammar of `java.util.Properties.load`, with spans. Text is read as UTF-8;
//! what is written is ASCII with escapes, which means the same to the reader for ISO-8859-1.

use std::ops::Range;

use super::lines::{self, BOM, InForce};
use super::{
    Comment, Document, Format, Kind, Layer, Problem, ProblemKind, Repair, Setting, Space,
    has_marker, is_placeholder,
};
use crate::text::{Edit, Source, Span};

#[cfg(test)]
mod tests;
mod write;

pub(super) use write::{insert, insert_after, rename, set};

/// Reads a source.
pub fn parse(source: &Source) -> Document {
    let mut document = Document::new(source, Format::Properties, Space::Job, Layer::JobFile);
    let template = lines::is_template(&source.bytes);
    document.complete = false;
    document.editable = !template;
    let mut malformed = None;
    for item in Items::new(&source.bytes) {
        match item {
            Item::Comment(range) => {
                if has_marker(&source.bytes[range.clone()]) {
                    document.comments.push(Comment {
                        at: Span::new(range.start, range.end),
                        own_line: true,
                        legal: true,
                    });
                }
            }
            Item::Line(line) => {
                let setting = line.setting();
                document.comments.extend(comment_in_value(source, &setting));
                malformed = malformed.or_else(|| line.malformed_escape());
                if !(template && is_placeholder(&setting.key)) {
                    document.settings.push(setting);
                }
            }
        }
    }
    document
        .problems
        .extend(byte_order_mark(source, &document.settings));
    if template {
        for problem in &mut document.problems {
            problem.repair = None;
        }
        return document;
    }
    if let Some(problem) = malformed {
        document.load_error = Some(document.problems.len());
        document.problems.push(problem);
    }
    document
}

/// A logical line: what is left of one or more lines of the file once continuations are joined.
#[derive(Default)]
struct Logical {
    text: Vec<u8>,
    /// Where each byte of `text` stands in the file.
    at: Vec<usize>,
    start: usize,
    end: usize,
}

/// What a file is made of.
enum Item {
    Comment(Range<usize>),
    Line(Logical),
}

/// Splits bytes as `Properties.LineReader` does.
struct Items<'s> {
    bytes: &'s [u8],
    at: usize,
}

impl<'s> Items<'s> {
    fn new(bytes: &'s [u8]) -> Self {
        Items { bytes, at: 0 }
    }
}

impl Iterator for Items<'_> {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        let mut line = Logical::default();
        let mut begun = false;
        let mut skip_blanks = true;
        let mut continued = false;
        let mut backslash = false;
        loop {
            let Some(&byte) = self.bytes.get(self.at) else {
                return (!line.text.is_empty()).then(|| line.finish(backslash, self.at));
            };
            let here = self.at;
            self.at += 1;
            let line_end = matches!(byte, b'\n' | b'\r');
            if skip_blanks {
                if is_blank(byte) || (line_end && !continued) {
                    continue;
                }
                skip_blanks = false;
                continued = false;
            }
            if line.text.is_empty() && matches!(byte, b'#' | b'!') {
                let rest = &self.bytes[here..];
                let end = here + memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
                self.at = (end + 1).min(self.bytes.len());
                return Some(Item::Comment(here..end));
            }
            if !line_end {
                if !begun {
                    begun = true;
                    line.start = here;
                }
                line.text.push(byte);
                line.at.push(here);
                backslash = byte == b'\\' && !backslash;
            } else if line.text.is_empty() {
                begun = false;
                skip_blanks = true;
            } else if self.at == self.bytes.len() || !backslash {
                return Some(line.finish(backslash, here));
            } else {
                line.text.pop();
                line.at.pop();
                skip_blanks = true;
                continued = true;
                backslash = false;
                if byte == b'\r' && self.bytes.get(self.at) == Some(&b'\n') {
                    self.at += 1;
                }
            }
        }
    }
}

impl Logical {
    /// Ends the line before `end`; a backslash that has nothing left to continue is dropped.
    fn finish(mut self, backslash: bool, end: usize) -> Item {
        if backslash {
            self.text.pop();
        }
        self.end = end;
        Item::Line(self)
    }

    /// Key and value as `Properties.load0` divides them: at the first blank, `=` or `:` that is not
    /// escaped, with blanks and at most one `=` or `:` in between.
    fn parts(&self) -> (Range<usize>, Range<usize>) {
        let mut escaped = false;
        let ends_key = |byte: &u8| {
            let stops = !escaped && (is_blank(*byte) || matches!(byte, b'=' | b':'));
            escaped = *byte == b'\\' && !escaped;
            stops
        };
        let limit = self.text.len();
        let key_end = self.text.iter().position(ends_key).unwrap_or(limit);
        let mut value = key_end;
        let mut has_sign = false;
        while let Some(&byte) = self.text.get(value) {
            let sign = matches!(byte, b'=' | b':') && !has_sign;
            if !(is_blank(byte) || sign) {
                break;
            }
            has_sign |= sign;
            value += 1;
        }
        (0..key_end, value..limit)
    }

    fn setting(&self) -> Setting {
        let (key, value) = self.parts();
        let value_text = unescaped(&self.text[value.clone()]);
        Setting {
            key: unescaped(&self.text[key.clone()]),
            kind: Kind::Text,
            known: !is_placeholder(&value_text),
            value: value_text,
            key_at: self.span(&key),
            value_at: self.span(&value),
            whole: Span::new(self.start, self.end),
            written: None,
        }
    }

    /// From the first to the last byte of a part in the file; an empty part stands behind what is
    /// before it.
    fn span(&self, range: &Range<usize>) -> Span {
        match (range.is_empty(), range.start.checked_sub(1)) {
            (false, _) => Span::new(self.at[range.start], self.at[range.end - 1] + 1),
            (true, Some(before)) => Span::at(self.at[before] + 1),
            (true, None) => Span::at(self.start),
        }
    }

    /// `Properties.load` refuses a file for this.
    fn malformed_escape(&self) -> Option<Problem> {
        let mut at = 0;
        while at + 1 < self.text.len() {
            if self.text[at] != b'\\' {
                at += 1;
                continue;
            }
            let digits = self.text.get(at + 2..at + 6);
            let is_hex = digits.is_some_and(|d| d.iter().all(u8::is_ascii_hexdigit));
            if self.text[at + 1] == b'u' && !is_hex {
                return Some(Problem {
                    key: Some(self.setting().key),
                    ..Problem::new(
                        ProblemKind::Unparsable,
                        Span::new(self.at[at], self.at[at + 1] + 1),
                        "`\\u` without four hexadecimal digits: java.util.Properties refuses \
                              the whole file",
                    )
                });
            }
            at += 2;
        }
        None
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | 0x0C)
}

/// `Properties.loadConvert`: `\t`, `\n`, `\r`, `\f`, `\uXXXX`; before anything else the backslash
/// just goes.
fn unescaped(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    if !text.contains('\\') {
        return text.into_owned();
    }
    let mut units: Vec<u16> = Vec::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let c = if c == '\\' {
            match rest.next() {
                Some('t') => '\t',
                Some('n') => '\n',
                Some('r') => '\r',
                Some('f') => '\u{c}',
                Some('u') => {
                    let digits = rest.as_str().get(..4);
                    let digits = digits.filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
                    if let Some(unit) = digits.and_then(|d| u16::from_str_radix(d, 16).ok()) {
                        units.push(unit);
                        rest = rest.as_str()[4..].chars();
                        continue;
                    }
                    'u'
                }
                Some(other) => other,
                None => continue,
            }
        } else {
            c
        };
        units.extend_from_slice(c.encode_utf16(&mut [0; 2]));
    }
    String::from_utf16_lossy(&units)
}

/// A comment that became part of a value: this format has none at the end of a line.
fn comment_in_value(source: &Source, setting: &Setting) -> Option<Comment> {
    let value = &source.bytes[setting.value_at.range()];
    let mark = lines::misplaced_comment(value, b"#!")?;
    let rest = &value[mark..];
    let length = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
    let start = setting.value_at.start as usize + mark;
    Some(Comment {
        at: Span::new(start, start + length),
        own_line: false,
        legal: false,
    })
}

/// The mark is a character like any other to `Properties.load`, so the first key is another one.
fn byte_order_mark(source: &Source, settings: &[Setting]) -> Option<Problem> {
    let rest = source.bytes.strip_prefix(BOM)?;
    let mark = Span::new(0, BOM.len());
    let gone: &[usize] = match settings.first() {
        Some(first) if first.whole.start == 0 => &[0],
        _ => &[],
    };
    let after = match Items::new(rest).next() {
        Some(Item::Line(line)) if !gone.is_empty() => {
            let setting = line.setting();
            // Blank lines below the mark are not the line that it stands on.
            let own_line = source.line_index(setting.whole.start + mark.end) == 0;
            own_line.then_some((0, setting.key, setting.value))
        }
        _ => None,
    };
    let come: Vec<lines::Come> = after.into_iter().collect();
    Some(Problem {
        key: gone.first().map(|index| settings[*index].key.clone()),
        repair: Some(Repair {
            edits: vec![(mark, String::new())],
            changes: InForce::new(settings).changes(gone, &come),
        }),
        ..Problem::new(
            ProblemKind::ByteOrderMark,
            mark,
            "the byte order mark becomes part of the first key",
        )
    })
}
