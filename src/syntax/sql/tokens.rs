//! The words of a text in SQL, each with its bytes. No input is refused: what is opened and never
//! closed lasts to the end.

use crate::syntax::{Comment, MARKER, has_marker};
use crate::text::Span;

/// What a piece of the text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A keyword or a name without quotes.
    Word,
    /// A name in backquotes.
    Name,
    /// A text in single quotes.
    Text,
    /// Something in double quotes, which Flink's parser takes for nothing.
    Double,
    /// A number.
    Number,
    /// One character of punctuation.
    Symbol,
    /// `/*+`.
    HintStart,
    /// The `*/` of a hint.
    HintEnd,
    /// What another tool fills in: `${x}`, `{{ x }}`, `{% x %}`, `$x`.
    Placeholder,
}

/// One piece of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) at: Span,
}

/// What the text consists of.
pub(super) struct Tokens {
    pub(super) all: Vec<Token>,
    /// Comments that speak to flint.
    pub(super) comments: Vec<Comment>,
    /// Whether a template decides which statements there are.
    pub(super) has_logic: bool,
}

/// Reads the bytes from `start` to `end`.
pub(super) fn read(bytes: &[u8], start: usize, end: usize) -> Tokens {
    let bytes = &bytes[..end];
    let mut tokens = Tokens {
        all: Vec::with_capacity((end - start) / 6),
        comments: Vec::new(),
        has_logic: false,
    };
    let speaks = has_marker(&bytes[start..]);
    let mut at = start;
    if bytes[at..].starts_with(b"\xEF\xBB\xBF") {
        at += 3;
    }
    let mut in_hint = false;
    while let Some(&byte) = bytes.get(at) {
        let from = at;
        let next = bytes.get(at + 1).copied().unwrap_or(0);
        let kind = match byte {
            b' ' | b'\t' | b'\n' | b'\r' | 0x0c => {
                at += 1;
                continue;
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => {
                at = word_end(bytes, at);
                Kind::Word
            }
            b'0'..=b'9' => {
                at = number_end(bytes, at);
                Kind::Number
            }
            b'\'' => {
                at = quoted_end(bytes, at);
                Kind::Text
            }
            b'`' => {
                at = quoted_end(bytes, at);
                Kind::Name
            }
            b'"' => {
                at = quoted_end(bytes, at);
                Kind::Double
            }
            b'-' if next == b'-' => {
                at = memchr::memchr2(b'\n', b'\r', &bytes[at..]).map_or(end, |found| at + found);
                if speaks {
                    comment(bytes, start, Span::new(from, at), &mut tokens.comments);
                }
                continue;
            }
            b'/' if next == b'*' => {
                if bytes.get(at + 2) == Some(&b'+') {
                    in_hint = true;
                    at += 3;
                    Kind::HintStart
                } else {
                    let close = memchr::memmem::find(&bytes[at + 2..], b"*/");
                    at = close.map_or(end, |found| at + 2 + found + 2);
                    if speaks {
                        comment(bytes, start, Span::new(from, at), &mut tokens.comments);
                    }
                    continue;
                }
            }
            b'*' if next == b'/' && in_hint => {
                in_hint = false;
                at += 2;
                Kind::HintEnd
            }
            b'{' if matches!(next, b'{' | b'%' | b'#') => {
                tokens.has_logic |= next != b'{' || is_logic(&bytes[at..]);
                at = placeholder_end(bytes, at);
                Kind::Placeholder
            }
            b'$' if next == b'{' || next == b'(' => {
                let close = if next == b'{' { b'}' } else { b')' };
                at = memchr::memchr(close, &bytes[at..]).map_or(end, |found| at + found + 1);
                Kind::Placeholder
            }
            b'$' => {
                at = word_end(bytes, at);
                Kind::Placeholder
            }
            _ => {
                at += 1;
                Kind::Symbol
            }
        };
        tokens.all.push(Token {
            kind,
            at: Span::new(from, at),
        });
    }
    tokens
}

/// Bytes of names: those of other scripts, too.
const IN_WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        #[expect(clippy::cast_possible_truncation, reason = "below 256")]
        let is = (byte as u8).is_ascii_alphanumeric()
            || byte == b'_' as usize
            || byte == b'$' as usize
            || byte >= 0x80;
        table[byte] = is;
        byte += 1;
    }
    table
};

fn word_end(bytes: &[u8], at: usize) -> usize {
    let rest = &bytes[at + 1..];
    let length = rest.iter().position(|byte| !IN_WORD[usize::from(*byte)]);
    length.map_or(bytes.len(), |length| at + 1 + length)
}

fn number_end(bytes: &[u8], at: usize) -> usize {
    let is_part = |byte: &u8| IN_WORD[usize::from(*byte)] || *byte == b'.';
    let length = bytes[at..].iter().position(|byte| !is_part(byte));
    length.map_or(bytes.len(), |length| at + length)
}

/// Past the closing quote; a doubled one stands for itself.
fn quoted_end(bytes: &[u8], at: usize) -> usize {
    let quote = bytes[at];
    let mut here = at + 1;
    while let Some(found) = memchr::memchr(quote, &bytes[here..]) {
        here += found + 1;
        if bytes.get(here) != Some(&quote) {
            return here;
        }
        here += 1;
    }
    bytes.len()
}

/// Past the end of `{{ x }}`, `{% x %}` or `{# x #}`.
fn placeholder_end(bytes: &[u8], at: usize) -> usize {
    let close: &[u8] = match bytes[at + 1] {
        b'{' => b"}}",
        b'%' => b"%}",
        _ => b"#}",
    };
    let found = memchr::memmem::find(&bytes[at + 2..], close);
    found.map_or(bytes.len(), |found| at + 2 + found + 2)
}

/// Whether `{{` begins what Go's templates decide with: `{{ if .x }}`, `{{- range .y }}`.
fn is_logic(rest: &[u8]) -> bool {
    let text = rest[2..].trim_ascii_start();
    let text = text.strip_prefix(b"-").unwrap_or(text).trim_ascii_start();
    let words: [&[u8]; 6] = [b"if", b"range", b"with", b"end", b"else", b"define"];
    let starts = |word: &&[u8]| {
        text.strip_prefix(*word)
            .is_some_and(|rest| !rest.first().is_some_and(|byte| IN_WORD[usize::from(*byte)]))
    };
    words.iter().any(starts)
}

fn comment(bytes: &[u8], start: usize, at: Span, comments: &mut Vec<Comment>) {
    let range = at.range();
    if memchr::memmem::find(&bytes[range.clone()], MARKER.as_bytes()).is_none() {
        return;
    }
    let before = &bytes[start..range.start];
    let line = memchr::memrchr2(b'\n', b'\r', before).map_or(before, |at| &before[at + 1..]);
    let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
    let length = bytes[range.clone()].trim_ascii_end().len();
    comments.push(Comment {
        at: Span::new(range.start, range.start + length),
        own_line: line.trim_ascii().is_empty(),
        legal: true,
    });
}
