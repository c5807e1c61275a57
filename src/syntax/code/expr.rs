//! Arguments and values: what an expression is, as far as its tokens say.

use super::calls::Calls;
use super::lex::{Kind, NONE, Token};
use super::{Arg, Expr, Language, Text};
use crate::text::Span;

/// Most tokens of an expression that is looked at as a whole. Longer ones are the bodies of functions, and
/// nested ones must not be gone through once for each level.
const LONGEST: usize = 2000;

/// Where the parameters of such a function end at the latest.
const LONGEST_HEAD: usize = 100;

/// A stream of tokens whose calls are known.
pub(super) struct Exprs<'t, 'c> {
    pub(super) calls: &'c Calls<'t>,
    pub(super) texts: &'t [Text],
    /// Where each call begins, by its number.
    pub(super) starts: &'c dyn Fn(usize) -> Span,
}

impl Exprs<'_, '_> {
    fn tokens(&self) -> &[Token] {
        self.calls.tokens
    }

    /// The arguments between two brackets.
    pub(super) fn args(&self, open: usize) -> Vec<Arg> {
        let tokens = self.tokens();
        let close = tokens[open].pair as usize;
        if tokens[open].is(b'{') {
            return vec![Arg {
                name: None,
                at: tokens[open].span().join(tokens[close].span()),
                expr: Expr::Lambda,
            }];
        }
        let mut args = Vec::new();
        let mut from = open + 1;
        for comma in self.commas(open + 1, close).chain([close]) {
            if from < comma {
                args.push(self.arg(from, comma));
            }
            from = comma + 1;
        }
        // A last argument in braces.
        if let Some(next) = tokens.get(close + 1)
            && next.is(b'{')
            && next.pair != NONE
            && self.calls.closes[next.pair as usize] == self.calls.closes[close]
            && self.calls.language != Language::Java
            && self.calls.closes[close] != NONE
        {
            args.push(Arg {
                name: None,
                at: next.span().join(tokens[next.pair as usize].span()),
                expr: Expr::Lambda,
            });
        }
        args
    }

    /// The commas between two tokens that stand in no brackets.
    fn commas(&self, from: usize, to: usize) -> impl Iterator<Item = usize> + '_ {
        let mut at = from;
        std::iter::from_fn(move || {
            while at < to {
                let token = self.tokens()[at];
                let own = at;
                at += 1;
                if token.kind == Kind::Open && token.pair != NONE {
                    at = token.pair as usize + 1;
                } else if token.is(b'<') {
                    at = self.after_angles(own, to).unwrap_or(at);
                } else if token.is(b',') {
                    return Some(own);
                } else if self.calls.language == Language::Python && token.kind == Kind::Word {
                    at = self.after_names(own, to);
                }
            }
            None
        })
    }

    /// What follows the names that `lambda a, b:` and `for a, b in` give; else the next token.
    fn after_names(&self, word: usize, to: usize) -> usize {
        let ends: fn(&Self, usize) -> bool = match self.calls.word(word) {
            "lambda" => |own, at| own.tokens()[at].is(b':'),
            "for" => |own, at| own.calls.word(at) == "in",
            _ => return word + 1,
        };
        let mut at = word + 1;
        while at < to && !ends(self, at) {
            let token = self.tokens()[at];
            at = if token.kind == Kind::Open && token.pair != NONE {
                token.pair as usize + 1
            } else {
                at + 1
            };
        }
        (at + 1).min(to)
    }

    /// What follows type arguments that begin at `<`; `None` where it is a comparison.
    fn after_angles(&self, open: usize, to: usize) -> Option<usize> {
        if !matches!(self.calls.language, Language::Java | Language::Kotlin) {
            return None;
        }
        let mut depth = 0_usize;
        for at in open..to.min(open + 80) {
            let token = self.tokens()[at];
            match token.byte {
                _ if token.kind == Kind::Word => {}
                b'<' => depth += 1,
                b'>' => {
                    depth -= 1;
                    if depth == 0 {
                        // Behind a comparison an operand follows, and a name behind `Map.<K, V>`.
                        let next = self.tokens().get(at + 1);
                        let operand = next.is_some_and(|next| {
                            matches!(next.kind, Kind::Word | Kind::Number | Kind::Text)
                        });
                        let explicit = self.calls.before(open, b'.').is_some();
                        return (explicit || !operand).then_some(at + 1);
                    }
                }
                b',' | b'.' | b'?' | b'&' | b'[' | b']' | b'*' => {}
                _ => return None,
            }
        }
        None
    }

    fn arg(&self, mut from: usize, to: usize) -> Arg {
        let tokens = self.tokens();
        let mut name = None;
        let named = self.calls.language != Language::Java
            && to - from > 2
            && tokens[from].kind == Kind::Word
            && tokens[from + 1].is(b'=')
            && !(tokens[from + 2].is(b'=') || tokens[from + 2].is(b'>'));
        if named {
            name = Some(self.calls.word(from).to_owned());
            from += 2;
        }
        Arg {
            name,
            at: tokens[from].span().join(tokens[to - 1].span()),
            expr: self.expr(from, to),
        }
    }

    /// What the tokens of a range are.
    pub(super) fn expr(&self, mut from: usize, mut to: usize) -> Expr {
        let tokens = self.tokens();
        while to > from + 1 && tokens[from].is(b'(') && tokens[from].pair as usize == to - 1 {
            from += 1;
            to -= 1;
        }
        if from >= to {
            return Expr::Other;
        }
        let range = &tokens[from..to];
        if let [one] = range {
            let text = self.calls.word(from);
            return match one.kind {
                Kind::Word => match text {
                    "true" | "True" => Expr::Boolean(true),
                    "false" | "False" => Expr::Boolean(false),
                    name => Expr::Name(name.trim_matches('`').to_owned()),
                },
                Kind::Number => integer(text).map_or(Expr::Other, Expr::Integer),
                Kind::Text => self.text(one).map_or(Expr::Other, Expr::Text),
                _ => Expr::Other,
            };
        }
        let last = range[range.len() - 1];
        if last.kind == Kind::Close {
            let call = self.calls.closes[to - 1];
            if call != NONE && (self.starts)(call as usize).start == range[0].start {
                return Expr::Call(call as usize);
            }
        }
        if range.len() > LONGEST {
            let starts_lambda = self.is_lambda(&range[..LONGEST_HEAD]);
            return if starts_lambda {
                Expr::Lambda
            } else {
                Expr::Other
            };
        }
        if range.iter().any(|token| token.kind == Kind::Text) {
            return self.joined(range).map_or(Expr::Other, Expr::Text);
        }
        if let Some(name) = self.name(from, to) {
            return Expr::Name(name);
        }
        if let Some(number) = self.sum(range) {
            return Expr::Integer(number);
        }
        if self.is_lambda(range) {
            return Expr::Lambda;
        }
        Expr::Other
    }

    /// Texts that stand side by side, or have a `+` between them.
    fn joined(&self, range: &[Token]) -> Option<String> {
        let mut text = String::new();
        let mut after_text = false;
        for token in range {
            match token.kind {
                Kind::Text if !after_text || self.calls.language == Language::Python => {
                    text.push_str(&self.text(token)?);
                    after_text = true;
                }
                Kind::Mark if token.byte == b'+' && after_text => after_text = false,
                _ => return None,
            }
        }
        Some(text)
    }

    /// What a text says; `None` where something is put into it.
    fn text(&self, token: &Token) -> Option<String> {
        let text = &self.texts[token.pair as usize];
        let bytes = &self.calls.bytes[text.inner.range()];
        let inner = std::str::from_utf8(bytes).ok()?;
        if text.plain {
            return Some(inner.to_owned());
        }
        let prefix = &self.calls.bytes[token.start as usize..text.inner.start as usize];
        let may_hold = match self.calls.language {
            Language::Java => false,
            Language::Kotlin => inner.contains('$'),
            Language::Scala => !prefix.starts_with(b"\""),
            Language::Python => prefix.iter().any(|byte| matches!(byte | 0x20, b'f' | b't')),
        };
        if may_hold { None } else { unescaped(inner) }
    }

    /// A dotted name; that of a class ends in `.class` in every language.
    fn name(&self, from: usize, to: usize) -> Option<String> {
        let tokens = &self.tokens()[from..to];
        // `classOf[Order]`
        if let [first, open, .., close] = tokens
            && first.kind == Kind::Word
            && self.calls.word(from) == "classOf"
            && open.is(b'[')
            && close.is(b']')
        {
            return Some(self.calls.joined(from + 2, to - 1) + ".class");
        }
        let text = self.calls.joined(from, to);
        // `Order::class.java`, `Order::class`
        let bare = text
            .strip_suffix(".java")
            .or_else(|| text.strip_suffix(".javaObjectType"));
        if let Some(class) = bare.unwrap_or(&text).strip_suffix("::class") {
            return Some(format!("{class}.class"));
        }
        if self.calls.language == Language::Scala && text.starts_with("_.") {
            return None;
        }
        let mut expects_word = true;
        for token in tokens {
            let fits = if expects_word {
                token.kind == Kind::Word
            } else {
                token.is(b'.')
            };
            if !fits {
                return None;
            }
            expects_word = !expects_word;
        }
        (!expects_word).then_some(text)
    }

    /// A sum of products of whole numbers.
    fn sum(&self, range: &[Token]) -> Option<i128> {
        let (mut sum, mut product, mut sign) = (0_i128, None::<i128>, 1);
        let mut waits = true;
        for token in range {
            match (token.kind, token.byte) {
                (Kind::Mark, b'-') if waits && product.is_none() => sign = -sign,
                (Kind::Number, _) if waits => {
                    let bytes = &self.calls.bytes[token.span().range()];
                    let number = integer(std::str::from_utf8(bytes).ok()?)?;
                    product = Some(product.unwrap_or(1).checked_mul(number)?);
                    waits = false;
                }
                (Kind::Mark, b'*') if !waits => waits = true,
                (Kind::Mark, b'+' | b'-') if !waits => {
                    sum = sum.checked_add(sign * product.take()?)?;
                    sign = if token.byte == b'-' { -1 } else { 1 };
                    waits = true;
                }
                _ => return None,
            }
        }
        if waits {
            return None;
        }
        sum.checked_add(sign * product?)
    }

    fn is_lambda(&self, range: &[Token]) -> bool {
        let tokens = range;
        let arrow = |first: u8| {
            tokens
                .windows(2)
                .any(|pair| pair[0].is(first) && pair[1].is(b'>') && pair[0].end == pair[1].start)
        };
        let colons = || {
            tokens
                .windows(2)
                .any(|pair| pair[0].is(b':') && pair[1].is(b':'))
        };
        let first = range[0];
        match self.calls.language {
            Language::Java => arrow(b'-') || colons(),
            Language::Scala => {
                arrow(b'=')
                    || first.kind == Kind::Word
                        && first.byte == b'_'
                        && first.end - first.start == 1
            }
            Language::Kotlin => first.is(b'{') || first.is(b':'),
            Language::Python => &self.calls.bytes[first.span().range()] == b"lambda",
        }
    }
}

/// A whole number with or without a suffix: `1_000L`, `0x10`.
fn integer(text: &str) -> Option<i128> {
    let bare = text.replace('_', "");
    let bare = bare.trim_end_matches(['l', 'L']);
    if let Some(hex) = bare.strip_prefix("0x").or_else(|| bare.strip_prefix("0X")) {
        return i128::from_str_radix(hex, 16).ok();
    }
    // `010` is eight in Java, ten in Kotlin, nothing in Python.
    if bare.len() > 1 && bare.starts_with('0') {
        return None;
    }
    bare.parse().ok()
}

/// A text with its escapes undone; `None` where one is not known.
fn unescaped(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        out.push(match chars.next()? {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\u{8}',
            'f' => '\u{c}',
            '0' => '\0',
            's' => ' ',
            'u' => {
                let digits: String = chars.by_ref().take(4).collect();
                char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?
            }
            // The line goes on.
            '\n' => continue,
            same @ ('"' | '\'' | '\\' | '$' | '`') => same,
            _ => return None,
        });
    }
    Some(out)
}
