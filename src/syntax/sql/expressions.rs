//! Pieces of statements: words, names, texts, brackets, intervals.

use super::tokens::{Kind, Token};
use super::{Expr, Hint, Name, Piece};
use crate::syntax::is_placeholder;
use crate::text::Span;

/// A place among the tokens of one statement.
pub(super) struct Cursor<'s> {
    pub(super) bytes: &'s [u8],
    pub(super) tokens: &'s [Token],
    /// For every opening bracket the one that closes it, or the end.
    close: Vec<usize>,
    /// The next token.
    pub(super) at: usize,
}

impl<'s> Cursor<'s> {
    pub(super) fn new(bytes: &'s [u8], tokens: &'s [Token]) -> Self {
        let mut close = vec![tokens.len(); tokens.len()];
        let mut open = Vec::new();
        for (index, token) in tokens.iter().enumerate() {
            match (token.kind, bytes[token.at.range().start]) {
                (Kind::Symbol, b'(') => open.push(index),
                (Kind::Symbol, b')') => {
                    if let Some(opened) = open.pop() {
                        close[opened] = index;
                    }
                }
                _ => {}
            }
        }
        Cursor {
            bytes,
            tokens,
            close,
            at: 0,
        }
    }

    /// The token that closes the bracket at `open`; the end where none does.
    pub(super) fn closing(&self, open: usize) -> usize {
        self.close.get(open).copied().unwrap_or(self.tokens.len())
    }

    pub(super) fn text(&self, index: usize) -> &'s [u8] {
        let token = self.tokens.get(index);
        token.map_or(b"", |token| &self.bytes[token.at.range()])
    }

    pub(super) fn kind(&self, index: usize) -> Option<Kind> {
        self.tokens.get(index).map(|token| token.kind)
    }

    /// Whether a token is this keyword or punctuation.
    pub(super) fn is(&self, index: usize, word: &str) -> bool {
        matches!(self.kind(index), Some(Kind::Word | Kind::Symbol))
            && self.text(index).eq_ignore_ascii_case(word.as_bytes())
    }

    /// Whether these keywords stand from a token on.
    pub(super) fn are(&self, index: usize, words: &[&str]) -> bool {
        let mut words = words.iter().enumerate();
        words.all(|(offset, word)| self.is(index + offset, word))
    }

    /// Takes keywords where they stand next.
    pub(super) fn take(&mut self, words: &[&str]) -> bool {
        let are = self.are(self.at, words);
        if are {
            self.at += words.len();
        }
        are
    }

    /// Past a token, or past the bracket that closes it.
    pub(super) fn past(&self, index: usize) -> usize {
        if self.is(index, "(") {
            self.closing(index).saturating_add(1).min(self.tokens.len())
        } else {
            index + 1
        }
    }

    /// The first of these words from a token on that stands in no bracket; else `end`.
    pub(super) fn find(&self, from: usize, end: usize, words: &[&str]) -> usize {
        let mut at = from;
        while at < end {
            if words.iter().any(|word| self.is(at, word)) && !(at > from && self.is(at - 1, ".")) {
                return at;
            }
            at = self.past(at);
        }
        end
    }

    /// The parts between these tokens that commas separate.
    pub(super) fn split(&self, from: usize, end: usize) -> Vec<(usize, usize)> {
        let mut parts = Vec::new();
        let mut start = from;
        while start < end {
            let comma = self.find(start, end, &[","]).min(end);
            parts.push((start, comma));
            start = comma + 1;
        }
        parts
    }

    /// The bytes from one token to before another.
    pub(super) fn span(&self, from: usize, end: usize) -> Span {
        let last = self.tokens.len().min(end);
        match (self.tokens.get(from), self.tokens[..last].last()) {
            (Some(first), Some(last)) if from < end => first.at.join(last.at),
            (Some(first), _) => Span::at(first.at.range().start),
            (None, Some(last)) => Span::at(last.at.range().end),
            (None, None) => Span::default(),
        }
    }

    pub(super) fn expr(&self, from: usize, end: usize) -> Expr {
        let end = end.min(self.tokens.len()).max(from);
        let tokens = self.tokens.get(from..end).unwrap_or_default();
        Expr {
            at: self.span(from, end),
            pieces: tokens
                .iter()
                .map(|token| piece(self.bytes, token))
                .collect(),
        }
    }

    /// The name at the cursor, which moves past it; its parts are empty where a template fills it in.
    pub(super) fn name(&mut self) -> Name {
        let start = self.at;
        let mut parts = Vec::new();
        let mut known = true;
        loop {
            match self.kind(self.at) {
                Some(Kind::Word | Kind::Name) => {
                    parts.push(unquoted(self.bytes, &self.tokens[self.at]));
                }
                Some(Kind::Placeholder | Kind::Double) => known = false,
                _ => {
                    known = false;
                    break;
                }
            }
            known &= !parts.last().is_some_and(|part| is_placeholder(part));
            self.at += 1;
            let touches = |this: &Self| {
                this.tokens.get(this.at).is_some_and(|next| {
                    next.at.start == this.tokens[this.at - 1].at.end
                        && matches!(next.kind, Kind::Word | Kind::Placeholder)
                })
            };
            if touches(self) {
                known = false;
                continue;
            }
            if !self.is(self.at, ".") {
                break;
            }
            self.at += 1;
        }
        if !known {
            parts.clear();
        }
        Name {
            parts,
            at: self.span(start, self.at),
        }
    }

    /// The hints at the cursor, which moves past them.
    pub(super) fn hints(&mut self) -> Vec<Hint> {
        let mut hints = Vec::new();
        while self.kind(self.at) == Some(Kind::HintStart) {
            self.at += 1;
            while let Some(kind) = self.kind(self.at) {
                let start = self.at;
                self.at = self.past(start);
                match kind {
                    Kind::HintEnd => break,
                    Kind::Word => {
                        let open = self.at;
                        let mut options = Vec::new();
                        if self.is(open, "(") {
                            let close = self.closing(open);
                            for (from, end) in self.split(open + 1, close) {
                                if end == from + 3 && self.is(from + 1, "=") {
                                    let text = |at| unquoted(self.bytes, &self.tokens[at]);
                                    options.push((text(from), text(from + 2)));
                                }
                            }
                            self.at = self.past(open);
                        }
                        let name = String::from_utf8_lossy(self.text(start)).to_ascii_uppercase();
                        hints.push(Hint {
                            name,
                            options,
                            at: self.span(start, self.at),
                        });
                    }
                    _ => {}
                }
            }
        }
        hints
    }

    /// The milliseconds of `INTERVAL '5' SECOND`, which must be all between two tokens.
    pub(super) fn interval(&self, from: usize, end: usize) -> Option<i64> {
        milliseconds(&self.expr(from, end).pieces)
    }
}

/// The milliseconds of `INTERVAL '5' SECOND`.
pub(crate) fn milliseconds(pieces: &[Piece]) -> Option<i64> {
    let [interval, number, unit, rest @ ..] = pieces else {
        return None;
    };
    // A precision changes nothing: `SECOND(3)`.
    let plain = match rest {
        [] => true,
        [open, digits, close] => open.is("(") && digits.kind == Kind::Number && close.is(")"),
        _ => false,
    };
    if !interval.is("INTERVAL") || number.kind != Kind::Text || !plain {
        return None;
    }
    let unit = unit.name()?.to_ascii_uppercase();
    let length: i64 = match unit.trim_end_matches('S') {
        "SECOND" => 1_000,
        "MINUTE" => 60_000,
        "HOUR" => 3_600_000,
        "DAY" => 86_400_000,
        "WEEK" => 604_800_000,
        _ => return None,
    };
    let text = number.text.trim();
    match text.split_once('.') {
        None => text.parse::<i64>().ok()?.checked_mul(length),
        Some((whole, part)) if length == 1_000 && (1..=3).contains(&part.len()) => {
            let whole: i64 = whole.parse().ok()?;
            let part: i64 = format!("{part:0<3}").parse().ok()?;
            (whole >= 0 && !text.starts_with('-'))
                .then(|| whole.checked_mul(length)?.checked_add(part))?
        }
        Some(_) => None,
    }
}

fn piece(bytes: &[u8], token: &Token) -> Piece {
    Piece {
        kind: token.kind,
        text: unquoted(bytes, token),
        at: token.at,
    }
}

/// The text of a token; of names and texts what stands between the quotes.
pub(super) fn unquoted(bytes: &[u8], token: &Token) -> String {
    let text = String::from_utf8_lossy(&bytes[token.at.range()]);
    let quote = match token.kind {
        Kind::Name => '`',
        Kind::Text => '\'',
        Kind::Double => '"',
        _ => return text.into_owned(),
    };
    let inner = text.strip_prefix(quote).unwrap_or(&text);
    let inner = inner.strip_suffix(quote).unwrap_or(inner);
    inner.replace(&format!("{quote}{quote}"), &quote.to_string())
}

/// Whether a text in quotes is closed.
pub(super) fn is_closed(bytes: &[u8], token: &Token) -> bool {
    let text = &bytes[token.at.range()];
    memchr::memchr_iter(text[0], text).count().is_multiple_of(2)
}
