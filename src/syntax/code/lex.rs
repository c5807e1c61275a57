//! Bytes to tokens: words, numbers, texts and single marks, with every bracket's partner.

use super::{Language, Text};
use crate::text::Span;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name or a keyword; a name in backquotes has them.
    Word,
    /// A number with its suffix.
    Number,
    /// A text in quotes.
    Text,
    /// An opening bracket.
    Open,
    /// A closing bracket.
    Close,
    /// Any other single byte.
    Mark,
}

/// No partner, no text.
pub(super) const NONE: u32 = u32::MAX;

/// One token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) start: u32,
    pub(super) end: u32,
    /// Of a bracket its partner's number, of a text the number of the text; else [`NONE`].
    pub(super) pair: u32,
    pub(super) kind: Kind,
    /// Its first byte.
    pub(super) byte: u8,
    /// Whether a line ended before it.
    pub(super) breaks: bool,
}

impl Token {
    pub(super) fn span(&self) -> Span {
        Span {
            start: self.start,
            end: self.end,
        }
    }

    /// Whether it is this mark or bracket.
    pub(super) fn is(&self, byte: u8) -> bool {
        self.byte == byte && !matches!(self.kind, Kind::Word | Kind::Number | Kind::Text)
    }
}

/// What is in a file.
#[derive(Debug, Default)]
pub(super) struct Lexed {
    /// The tokens of the file, and of each expression inside of a text.
    pub(super) streams: Vec<Vec<Token>>,
    pub(super) texts: Vec<Text>,
    /// Comments that speak to flint.
    pub(super) comments: Vec<Span>,
}

/// Deepest nesting of texts in expressions in texts that is read.
const DEEPEST: usize = 16;

/// The most bytes that an expression inside of a text has.
const LONGEST: usize = 1 << 14;

/// How many of them may lack their end before no more are looked for: each is read in vain.
const MOST_OPEN: usize = 32;

/// Cuts a file into tokens.
pub(super) fn lex(bytes: &[u8], start: usize, language: Language) -> Lexed {
    let mut lexer = Lexer {
        bytes,
        language,
        lexed: Lexed::default(),
        depth: 0,
        left_open: 0,
    };
    lexer.lexed.streams.push(Vec::new());
    let mut stream = Stream::with_capacity(bytes.len() / 6);
    lexer.run(start, End::File, &mut stream);
    lexer.lexed.streams[0] = stream.tokens;
    lexer.lexed
}

/// Where a run of tokens ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    File,
    /// At the `}` of an expression inside of a text, which must come before a place and may have
    /// several lines or not.
    Brace {
        many_lines: bool,
        by: usize,
    },
}

/// Tokens in the making, with the brackets that are open.
struct Stream {
    tokens: Vec<Token>,
    open: Vec<u32>,
}

impl Stream {
    fn with_capacity(tokens: usize) -> Self {
        Stream {
            tokens: Vec::with_capacity(tokens),
            open: Vec::new(),
        }
    }

    fn push(&mut self, kind: Kind, byte: u8, span: (usize, usize), breaks: bool) {
        self.tokens.push(Token {
            start: Span::at(span.0).start,
            end: Span::at(span.1).start,
            pair: NONE,
            kind,
            byte,
            breaks,
        });
    }

    fn last(&self) -> u32 {
        u32::try_from(self.tokens.len() - 1).unwrap_or(NONE)
    }

    /// Joins a closing bracket with its partner; what stands open between them has none.
    fn close(&mut self, byte: u8) {
        let wanted = match byte {
            b')' => b'(',
            b']' => b'[',
            _ => b'{',
        };
        let is_partner = |&number: &u32| self.tokens[number as usize].byte == wanted;
        let Some(found) = self.open.iter().rposition(is_partner) else {
            return;
        };
        // A brace is not closed from inside of a parenthesis that lacks its end, and the reverse only
        // where nothing else can be meant.
        if wanted != b'{'
            && self.open[found + 1..]
                .iter()
                .any(|&n| self.tokens[n as usize].byte == b'{')
        {
            return;
        }
        let (partner, own) = (self.open[found], self.last());
        self.open.truncate(found);
        self.tokens[partner as usize].pair = own;
        self.tokens[own as usize].pair = partner;
    }
}

struct Lexer<'b> {
    bytes: &'b [u8],
    language: Language,
    lexed: Lexed,
    depth: usize,
    /// How many expressions inside of texts lacked their end.
    left_open: usize,
}

const BLANK: u8 = 1;
const WORD: u8 = 2;
const DIGIT: u8 = 3;
const OPEN: u8 = 4;
const CLOSE: u8 = 5;

/// What a byte begins, where that needs no second look.
static CLASS: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut classes = [0; 256];
    let mut byte: u8 = 0;
    loop {
        classes[byte as usize] = match byte {
            b' ' | b'\t' | b'\r' | b'\x0c' => BLANK,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$' | 0x80.. => WORD,
            b'0'..=b'9' => DIGIT,
            b'(' | b'[' | b'{' => OPEN,
            b')' | b']' | b'}' => CLOSE,
            _ => 0,
        };
        if byte == u8::MAX {
            return classes;
        }
        byte += 1;
    }
}

fn is_word(byte: u8) -> bool {
    matches!(CLASS[byte as usize], WORD | DIGIT)
}

impl Lexer<'_> {
    fn at(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    /// Reads tokens up to an end; gives the place of that, or `None` where it does not come.
    fn run(&mut self, mut at: usize, end: End, stream: &mut Stream) -> Option<usize> {
        let bytes = self.bytes;
        let mut breaks = true;
        while at < bytes.len() {
            let byte = bytes[at];
            let start = at;
            match CLASS[byte as usize] {
                BLANK => {
                    at += 1;
                    continue;
                }
                WORD => {
                    at += 1;
                    while at < bytes.len() && is_word(bytes[at]) {
                        at += 1;
                    }
                    if matches!(self.at(at), b'"' | b'\'') && self.is_prefix(&bytes[start..at]) {
                        at = self.text(start, at, stream, breaks);
                    } else {
                        stream.push(Kind::Word, byte, (start, at), breaks);
                    }
                }
                DIGIT => {
                    at = self.number(at);
                    stream.push(Kind::Number, byte, (start, at), breaks);
                }
                OPEN => {
                    at += 1;
                    stream.push(Kind::Open, byte, (start, at), breaks);
                    let own = stream.last();
                    stream.open.push(own);
                }
                CLOSE => {
                    if byte == b'}' && end != End::File && stream.open.is_empty() {
                        return Some(at);
                    }
                    at += 1;
                    stream.push(Kind::Close, byte, (start, at), breaks);
                    stream.close(byte);
                }
                _ => match byte {
                    b'\n' => {
                        if let End::Brace { many_lines, by } = end
                            && !(many_lines && at < by)
                        {
                            return None;
                        }
                        breaks = true;
                        at += 1;
                        continue;
                    }
                    b'/' if self.language != Language::Python && self.at(at + 1) == b'/' => {
                        at = self.line_comment(at);
                        continue;
                    }
                    b'#' if self.language == Language::Python => {
                        at = self.line_comment(at);
                        continue;
                    }
                    b'/' if self.language != Language::Python && self.at(at + 1) == b'*' => {
                        let after = self.block_comment(at);
                        breaks |= memchr::memchr(b'\n', &bytes[at..after]).is_some();
                        at = after;
                        continue;
                    }
                    b'\\' if self.language == Language::Python => {
                        // A line goes on in the next.
                        let mut next = at + 1;
                        next += usize::from(self.at(next) == b'\r');
                        at = next + usize::from(self.at(next) == b'\n');
                        continue;
                    }
                    b'"' => at = self.text(at, at, stream, breaks),
                    b'\'' => at = self.single(at, stream, breaks),
                    b'`' if self.language != Language::Python => {
                        let line = memchr::memchr2(b'`', b'\n', &bytes[at + 1..]);
                        let closed = line.filter(|&end| bytes[at + 1 + end] == b'`');
                        at += closed.map_or(1, |end| end + 2);
                        stream.push(Kind::Word, byte, (start, at), breaks);
                    }
                    _ => {
                        at += 1;
                        stream.push(Kind::Mark, byte, (start, at), breaks);
                    }
                },
            }
            breaks = false;
        }
        None
    }

    /// Whether a word before a quote belongs to the text.
    fn is_prefix(&self, word: &[u8]) -> bool {
        match self.language {
            Language::Python => {
                let is_one = |byte: &u8| matches!(byte | 0x20, b'r' | b'b' | b'u' | b'f' | b't');
                word.len() <= 2 && word.iter().all(is_one)
            }
            Language::Scala => true,
            Language::Java | Language::Kotlin => false,
        }
    }

    fn number(&self, mut at: usize) -> usize {
        let hex = self.at(at) == b'0' && matches!(self.at(at + 1), b'x' | b'X');
        loop {
            let byte = self.at(at);
            let goes_on = if byte == b'.' {
                self.at(at + 1).is_ascii_digit() && !hex
            } else {
                // `1e-3`
                let sign = matches!(byte, b'+' | b'-') && !hex && at > 0;
                is_word(byte) || sign && matches!(self.bytes[at - 1], b'e' | b'E')
            };
            if !goes_on {
                return at;
            }
            at += 1;
        }
    }

    fn line_comment(&mut self, at: usize) -> usize {
        let rest = &self.bytes[at..];
        let end = at + memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        self.comment(at, end);
        end
    }

    fn block_comment(&mut self, at: usize) -> usize {
        let nests = self.language != Language::Java;
        let (mut end, mut depth) = (at + 2, 1);
        while depth > 0 {
            let Some(found) = memchr::memchr2(b'*', b'/', &self.bytes[end.min(self.bytes.len())..])
            else {
                end = self.bytes.len();
                break;
            };
            end += found;
            match (self.at(end), self.at(end + 1)) {
                (b'*', b'/') => {
                    depth -= 1;
                    end += 2;
                }
                (b'/', b'*') if nests => {
                    depth += 1;
                    end += 2;
                }
                _ => end += 1,
            }
        }
        self.comment(at, end);
        end
    }

    fn comment(&mut self, start: usize, end: usize) {
        if crate::syntax::has_marker(&self.bytes[start..end]) {
            self.lexed.comments.push(Span::new(start, end));
        }
    }

    /// `'`: a text in Python, elsewhere a character, or the mark of a symbol of Scala.
    fn single(&mut self, at: usize, stream: &mut Stream, breaks: bool) -> usize {
        if self.language == Language::Python {
            return self.text(at, at, stream, breaks);
        }
        let rest = &self.bytes[at + 1..];
        let rest = &rest[..rest.len().min(12)];
        let from = if rest.first() == Some(&b'\\') { 2 } else { 1 };
        // One character, which may have up to four bytes, or an escape.
        let longest = if from == 2 { 8 } else { 4 };
        let closed = rest
            .iter()
            .skip(from)
            .position(|&byte| byte == b'\'')
            .map(|found| found + from);
        let ends_line = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let is_one = |end: usize| {
            end < ends_line && end <= longest && (from == 2 || rest[0] >= 0x80 || end == 1)
        };
        if let Some(end) = closed.filter(|&end| is_one(end)) {
            stream.push(Kind::Number, b'\'', (at, at + end + 2), breaks);
            return at + end + 2;
        }
        stream.push(Kind::Mark, b'\'', (at, at + 1), breaks);
        at + 1
    }

    /// A text that begins at `start` with its prefix, and at `quote` with its quote.
    fn text(&mut self, start: usize, quote: usize, stream: &mut Stream, breaks: bool) -> usize {
        let mark = self.bytes[quote];
        let triple = self.at(quote + 1) == mark && self.at(quote + 2) == mark;
        let width = if triple { 3 } else { 1 };
        let prefix = &self.bytes[start..quote];
        let has = |letter: u8| prefix.iter().any(|byte| byte | 0x20 == letter);
        let (raw, put_in) = match self.language {
            Language::Java => (false, None),
            Language::Kotlin => (triple, Some(b'$')),
            Language::Scala if prefix.is_empty() => (triple, None),
            Language::Scala => (triple || prefix == b"raw", Some(b'$')),
            Language::Python => (has(b'r'), (has(b'f') || has(b't')).then_some(b'{')),
        };
        let from = quote + width;
        let mut at = from;
        let mut plain = true;
        let (inner_end, end) = loop {
            let rest = &self.bytes[at.min(self.bytes.len())..];
            let Some(found) = Self::stop(rest, mark, triple, put_in) else {
                let all = self.bytes.len();
                break (all, all);
            };
            at += found;
            let byte = self.bytes[at];
            if byte == mark {
                if !triple {
                    break (at, at + 1);
                }
                if self.at(at + 1) == mark && self.at(at + 2) == mark {
                    // Quotes before the last three belong to the text, but for Java and Python.
                    let more = matches!(self.language, Language::Scala | Language::Kotlin);
                    while more && self.at(at + 3) == mark {
                        at += 1;
                    }
                    break (at, at + 3);
                }
                at += 1;
            } else if byte == b'\n' {
                // Without its end on the line it is none.
                break (at, at);
            } else if byte == b'\\' {
                let skips = !raw || self.language == Language::Python;
                plain &= raw;
                at += if skips { 2 } else { 1 };
            } else if self.at(at + 1) == byte {
                // `$$`, `{{`
                plain = false;
                at += 2;
            } else {
                at = self.put_in(at, byte, triple, &mut plain);
            }
        };
        let end = end.min(self.bytes.len());
        let inner_end = inner_end.min(end).max(from.min(end));
        let number = u32::try_from(self.lexed.texts.len()).unwrap_or(NONE);
        self.lexed.texts.push(Text {
            at: Span::new(start, end),
            inner: Span::new(from.min(end), inner_end),
            plain,
        });
        stream.push(Kind::Text, mark, (start, end), breaks);
        let own = stream.last() as usize;
        stream.tokens[own].pair = number;
        end
    }

    /// The next byte inside of a text that may be anything but text.
    fn stop(rest: &[u8], mark: u8, triple: bool, put_in: Option<u8>) -> Option<usize> {
        match (triple, put_in) {
            (true, None) => memchr::memchr2(mark, b'\\', rest),
            (true, Some(put_in)) => memchr::memchr3(mark, b'\\', put_in, rest),
            (false, None) => memchr::memchr3(mark, b'\\', b'\n', rest),
            (false, Some(put_in)) => rest
                .iter()
                .position(|&byte| byte == mark || byte == b'\\' || byte == b'\n' || byte == put_in),
        }
    }

    /// What is put into a text: its expression becomes tokens of their own. Gives the place behind it.
    fn put_in(&mut self, at: usize, byte: u8, triple: bool, plain: &mut bool) -> usize {
        let brace = if byte == b'{' { at } else { at + 1 };
        if self.at(brace) != b'{' {
            // `$name`
            *plain &= !is_word(self.at(brace)) || self.at(brace).is_ascii_digit();
            return at + 1;
        }
        *plain = false;
        if self.depth == DEEPEST || self.left_open >= MOST_OPEN {
            return brace + 1;
        }
        self.depth += 1;
        let mut stream = Stream::with_capacity(8);
        let texts = self.lexed.texts.len();
        let streams = self.lexed.streams.len();
        let ends = End::Brace {
            many_lines: triple || self.language != Language::Python,
            by: brace + LONGEST,
        };
        let end = self.run(brace + 1, ends, &mut stream);
        self.depth -= 1;
        if let Some(end) = end {
            self.lexed.streams.push(stream.tokens);
            end + 1
        } else {
            self.left_open += 1;
            self.lexed.texts.truncate(texts);
            self.lexed.streams.truncate(streams);
            brace + 1
        }
    }
}
