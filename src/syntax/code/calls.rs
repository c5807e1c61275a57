//! Tokens to calls: names before a bracket that call something, and the chains they form.

use super::declarations::DECLARE;
use super::lex::{Kind as Token_, NONE, Token};
use super::{Call, Kind, Language, Receiver};
use crate::text::Span;

/// Words that no call has as its name, by language.
fn keywords(language: Language) -> &'static [&'static str] {
    match language {
        Language::Java => &[
            "if",
            "for",
            "while",
            "switch",
            "catch",
            "synchronized",
            "return",
            "throw",
            "else",
            "case",
            "assert",
            "yield",
            "do",
            "instanceof",
            "try",
            "super",
            "this",
            "new",
        ],
        Language::Scala => &[
            "if", "for", "while", "catch", "return", "throw", "else", "case", "yield", "do", "try",
            "super", "this", "match", "extends", "with", "val", "var", "def", "new", "class",
            "object", "trait",
        ],
        Language::Kotlin => &[
            "if",
            "for",
            "while",
            "catch",
            "return",
            "throw",
            "else",
            "do",
            "try",
            "super",
            "this",
            "when",
            "is",
            "as",
            "in",
            "constructor",
            "val",
            "var",
            "fun",
            "class",
            "object",
            "interface",
        ],
        Language::Python => &[
            "if", "for", "while", "return", "else", "assert", "yield", "in", "try", "is", "as",
            "not", "and", "or", "lambda", "except", "with", "del", "elif", "await", "def", "class",
            "raise", "from", "import",
        ],
    }
}

/// A stream of tokens with what is read of it.
pub(super) struct Calls<'t> {
    pub(super) bytes: &'t [u8],
    pub(super) language: Language,
    pub(super) tokens: &'t [Token],
    /// Of each token, where it closes a call, the call's number.
    pub(super) closes: Vec<u32>,
    /// Of each call of this stream, from the first one's number on, its opening bracket.
    pub(super) opens: Vec<usize>,
    /// Declarations: the name's token and the opening bracket.
    pub(super) declared: Vec<(usize, usize)>,
}

/// A bracket that is open.
struct Open {
    close: usize,
    call: Option<usize>,
    /// Whether it begins the body of an enum.
    is_enum: bool,
    byte: u8,
}

impl<'t> Calls<'t> {
    pub(super) fn new(bytes: &'t [u8], language: Language, tokens: &'t [Token]) -> Self {
        Calls {
            bytes,
            language,
            tokens,
            closes: vec![NONE; tokens.len()],
            opens: Vec::new(),
            declared: Vec::new(),
        }
    }

    pub(super) fn word(&self, token: usize) -> &'t str {
        let span = self.tokens[token].span();
        std::str::from_utf8(&self.bytes[span.range()]).unwrap_or("")
    }

    pub(super) fn is_word(&self, token: usize) -> bool {
        self.tokens[token].kind == Token_::Word
    }

    /// The token before one, if there is one and it is this mark.
    pub(super) fn before(&self, token: usize, mark: u8) -> Option<usize> {
        let before = token.checked_sub(1)?;
        self.tokens[before].is(mark).then_some(before)
    }

    /// Whether two tokens touch.
    pub(super) fn touch(&self, left: usize, right: usize) -> bool {
        self.tokens[left].end == self.tokens[right].start
    }

    /// Finds the calls of the stream.
    pub(super) fn find(&mut self, out: &mut Vec<Call>) {
        let mut open: Vec<Open> = Vec::new();
        // The place up to which names are patterns of Scala.
        let mut pattern: Option<usize> = None;
        for at in 0..self.tokens.len() {
            let token = self.tokens[at];
            while open.last().is_some_and(|open| open.close <= at) {
                open.pop();
            }
            match token.kind {
                Token_::Word if self.language == Language::Scala => {
                    let ends = token.breaks || self.word(at) == "if";
                    if ends && pattern == Some(open.len()) {
                        pattern = None;
                    }
                    if self.word(at) == "case" && !self.declares_case(at) {
                        pattern = Some(open.len());
                    }
                    continue;
                }
                Token_::Mark if token.byte == b'>' && pattern.is_some() => {
                    if self.before(at, b'=').is_some() && pattern == Some(open.len()) {
                        pattern = None;
                    }
                    continue;
                }
                Token_::Open => {}
                _ => continue,
            }
            let significant = self.language != Language::Java
                && open
                    .last()
                    .is_none_or(|open| open.byte == b'{' && self.language != Language::Python);
            let begins = token.breaks && significant;
            let mut call = None;
            if token.byte == b'(' && !begins && token.pair != NONE && pattern.is_none() {
                let is_enum = open.last().is_some_and(|open| open.is_enum);
                call = self.call(at, is_enum, out);
            } else if token.byte == b'{' && !token.breaks && token.pair != NONE {
                call = self.braces(at, out);
            }
            if let Some(call) = call {
                let inside = open.iter().rev().find_map(|open| open.call);
                if out[call].inside.is_none() && call + 1 == out.len() {
                    out[call].inside = inside.map(|outer| (outer, usize::MAX));
                }
            }
            if token.pair != NONE {
                // The last argument of a call in braces.
                let closed = self.closes[token.pair as usize];
                let call = call.or_else(|| (closed != NONE).then_some(closed as usize));
                open.push(Open {
                    close: token.pair as usize,
                    call,
                    is_enum: token.byte == b'{' && self.begins_enum(at),
                    byte: token.byte,
                });
            }
        }
    }

    /// The first token of the dotted name that ends with one: `a.b.c`.
    pub(super) fn path_start(&self, mut token: usize) -> usize {
        while let Some(dot) = self.before(token, b'.') {
            let mut owner = dot;
            // `a?.b`, `a!!.b`
            while let Some(mark) = self
                .before(owner, b'?')
                .or_else(|| self.before(owner, b'!'))
            {
                owner = mark;
            }
            match owner.checked_sub(1) {
                Some(owner) if self.is_word(owner) => token = owner,
                _ => break,
            }
        }
        token
    }

    /// The token of the name of type arguments that end at a closing mark: `Foo` of `Foo<A, B>`.
    pub(super) fn before_angles(&self, close: usize) -> Option<usize> {
        let mut depth = 0_usize;
        for at in (close.saturating_sub(80)..=close).rev() {
            let token = self.tokens[at];
            match token.byte {
                _ if token.kind == Token_::Word => {}
                b'>' => depth += 1,
                b'<' => {
                    depth -= 1;
                    if depth == 0 {
                        return at.checked_sub(1);
                    }
                }
                b',' | b'.' | b'?' | b'&' | b'[' | b']' | b'@' | b'*' => {}
                b':' if self.language == Language::Kotlin => {}
                _ => return None,
            }
        }
        None
    }

    /// The call whose arguments a parenthesis opens, if it does.
    fn call(&mut self, open: usize, in_enum: bool, out: &mut Vec<Call>) -> Option<usize> {
        let last = open.checked_sub(1)?;
        let previous = self.tokens[last];
        let mut types: Option<(usize, usize)> = None;
        let mut end = last;
        let name = if previous.kind == Token_::Word {
            last
        } else if previous.is(b'>') && matches!(self.language, Language::Java | Language::Kotlin) {
            let name = self
                .before_angles(last)
                .filter(|&name| self.is_word(name))?;
            types = Some((name + 1, last));
            name
        } else if previous.is(b']') && previous.pair != NONE && self.language == Language::Scala {
            let mut bracket = previous.pair as usize;
            // `cond[Future][Error, Unit](`
            while let Some(before) = self.before(bracket, b']')
                && self.tokens[before].pair != NONE
            {
                end = before;
                bracket = self.tokens[before].pair as usize;
            }
            let name = bracket.checked_sub(1).filter(|&name| self.is_word(name))?;
            types = Some((bracket, last));
            // `class Order private[acme] (`, `extension [T](`
            if matches!(self.word(name), "private" | "protected" | "extension") {
                return None;
            }
            name
        } else {
            return None;
        };
        let touches = self.touch(end.max(last), open);
        // `.<T>name(`
        let explicit = self.types_before(name);
        let dot = match explicit {
            Some((angle, _)) => Some(angle - 1),
            None => self.before(name, b'.'),
        };
        let outer = self.language == Language::Java && self.word(name) == "super";
        if dot.is_none() && keywords(self.language).contains(&self.word(name)) || outer {
            return None;
        }
        let close = self.tokens[open].pair as usize;
        let mut kind = Kind::Method;
        let mut start = name;
        let receiver = if let Some(dot) = dot {
            let (receiver, first) = self.receiver(dot, out);
            start = first;
            let head = first.checked_sub(1).filter(|&head| self.is_word(head));
            match head.map(|head| self.word(head)) {
                Some("new") => {
                    kind = Kind::New;
                    start = first - 1;
                }
                Some(word) if self.declares(word, &receiver) => {
                    self.declared.push((name, open));
                    return None;
                }
                _ if self.is_extension(dot) => {
                    self.declared.push((name, open));
                    return None;
                }
                _ if self.is_annotation(first) => return None,
                _ => {}
            }
            receiver
        } else {
            let before = name.checked_sub(1);
            if before.is_some_and(|before| self.is_word(before) && self.word(before) == "new")
                && self.language != Language::Python
            {
                kind = Kind::New;
                start = name - 1;
            } else if types.is_some() && self.language == Language::Java {
                // `List<String>(`, a cast, a comparison
                return None;
            } else if self.is_declaration(name, touches, close, in_enum) {
                self.declared.push((name, open));
                return None;
            } else if !self.is_bare_call(name, touches) {
                return None;
            }
            Receiver::None
        };
        let types = types.or(explicit);
        Some(self.add(name, (open, close), (start, kind, receiver), types, out))
    }

    fn add(
        &mut self,
        name: usize,
        (open, close): (usize, usize),
        (start, kind, receiver): (usize, Kind, Receiver),
        types: Option<(usize, usize)>,
        out: &mut Vec<Call>,
    ) -> usize {
        let from = match receiver {
            Receiver::Call(call) => out[call].whole.start,
            _ => self.tokens[start].start,
        };
        let number = out.len();
        self.closes[close] = u32::try_from(number).unwrap_or(NONE);
        let mut end = close;
        // `name(a)(b)`
        while self.language == Language::Scala
            && let Some(next) = self.tokens.get(end + 1)
            && next.is(b'(')
            && next.pair != NONE
            && self.touch(end, end + 1)
        {
            end = next.pair as usize;
            self.closes[end] = self.closes[close];
        }
        // The body of an anonymous class, or a last argument in braces.
        if let Some(next) = self.tokens.get(end + 1) {
            let follows = next.is(b'{') && next.pair != NONE && !next.breaks;
            let java_body = self.language == Language::Java
                && kind == Kind::New
                && next.is(b'{')
                && next.pair != NONE;
            let has_body = match self.language {
                Language::Java => java_body,
                Language::Python => false,
                Language::Scala | Language::Kotlin => follows,
            };
            if has_body {
                end = next.pair as usize;
            }
        }
        self.closes[end] = self.closes[close];
        self.opens.push(open);
        let text = self.word(name);
        out.push(Call {
            name: text.trim_matches('`').to_owned(),
            name_at: self.tokens[name].span(),
            kind,
            receiver,
            types: types.map_or_else(Vec::new, |(open, close)| self.list(open + 1, close)),
            args: Vec::new(),
            args_at: self.tokens[open].span().join(self.tokens[close].span()),
            whole: Span {
                start: from,
                end: self.tokens[end].end,
            },
            inside: None,
        });
        number
    }

    /// `name { ... }` behind a dot: a call whose only argument stands in braces.
    fn braces(&mut self, open: usize, out: &mut Vec<Call>) -> Option<usize> {
        if !matches!(self.language, Language::Scala | Language::Kotlin) {
            return None;
        }
        let last = open.checked_sub(1)?;
        let previous = self.tokens[last];
        let (name, types) = if previous.kind == Token_::Word {
            (last, None)
        } else if previous.is(b']') && previous.pair != NONE && self.language == Language::Scala {
            let bracket = previous.pair as usize;
            let name = bracket.checked_sub(1).filter(|&name| self.is_word(name))?;
            (name, Some((bracket, last)))
        } else {
            return None;
        };
        let dot = self.before(name, b'.')?;
        let (receiver, start) = self.receiver(dot, out);
        let head = start.checked_sub(1);
        let declares = head.is_some_and(|head| {
            let token = self.tokens[head];
            token.is(b':') && self.before(head, b'?').is_none()
                || token.kind == Token_::Word
                    && (DECLARE.contains(&self.word(head))
                        || matches!(self.word(head), "new" | "by"))
        });
        if declares {
            return None;
        }
        let close = self.tokens[open].pair as usize;
        Some(self.add(
            name,
            (open, close),
            (start, Kind::Method, receiver),
            types,
            out,
        ))
    }

    /// What a method behind a dot is called on, and the first token of that.
    fn receiver(&self, dot: usize, out: &[Call]) -> (Receiver, usize) {
        let mut owner = dot;
        while let Some(mark) = self
            .before(owner, b'?')
            .or_else(|| self.before(owner, b'!'))
        {
            owner = mark;
        }
        let Some(owner) = owner.checked_sub(1) else {
            return (Receiver::Other, dot);
        };
        let token = self.tokens[owner];
        match token.kind {
            Token_::Word => {
                let first = self.path_start(owner);
                if self.before(first, b'.').is_some() {
                    return (Receiver::Other, first);
                }
                let names = (first..=owner).filter(|&at| self.is_word(at));
                let names: Vec<&str> = names.map(|at| self.word(at)).collect();
                (Receiver::Name(names.join(".")), first)
            }
            Token_::Close if self.closes[owner] != NONE => {
                let call = self.closes[owner] as usize;
                let start = out[call].whole.start;
                let first = self.tokens.partition_point(|token| token.start < start);
                (Receiver::Call(call), first)
            }
            Token_::Close if token.pair != NONE => (Receiver::Other, token.pair as usize),
            _ => (Receiver::Other, owner),
        }
    }

    /// The brackets of `.<T>name`.
    fn types_before(&self, name: usize) -> Option<(usize, usize)> {
        let close = self
            .before(name, b'>')
            .filter(|_| self.language == Language::Java)?;
        let dot = self.before_angles(close)?;
        self.tokens[dot].is(b'.').then_some((dot + 1, close))
    }

    /// The items of a list of types as they are written, without blanks.
    pub(super) fn list(&self, from: usize, to: usize) -> Vec<String> {
        let mut items = Vec::new();
        let (mut depth, mut start) = (0_usize, from);
        for at in from..to {
            let token = self.tokens[at];
            match token.byte {
                _ if token.kind == Token_::Word => {}
                b'<' | b'[' | b'(' => depth += 1,
                b'>' | b']' | b')' => depth = depth.saturating_sub(1),
                b',' if depth == 0 => {
                    items.push(self.joined(start, at));
                    start = at + 1;
                }
                _ => {}
            }
        }
        if start < to {
            items.push(self.joined(start, to));
        }
        items
    }

    /// Tokens as they are written, with a blank between words only.
    pub(super) fn joined(&self, from: usize, to: usize) -> String {
        let mut text = String::new();
        for at in from..to {
            let both = at > from && self.is_word(at) && self.is_word(at - 1);
            if both {
                text.push(' ');
            }
            let span = self.tokens[at].span();
            text.push_str(&String::from_utf8_lossy(&self.bytes[span.range()]));
        }
        text
    }
}
