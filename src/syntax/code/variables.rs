//! The variables that a file gives values, and the parameters of what it declares.

use super::calls::Calls;
use super::expr::Exprs;
use super::imports::path_end;
use super::lex::{Kind, NONE, Token};
use super::{Expr, Language, Variable};
use crate::text::Span;

/// Words that say how a variable is declared, and not what type it has.
const MODIFIERS: [&str; 16] = [
    "final",
    "private",
    "public",
    "protected",
    "static",
    "transient",
    "volatile",
    "lazy",
    "implicit",
    "override",
    "val",
    "var",
    "lateinit",
    "internal",
    "const",
    "abstract",
];

/// Most tokens of what stands before a `=` and belongs to it. No declaration is longer, and a file of nothing
/// but `a = a = a` must not be gone through from its start for each of them.
const LONGEST: usize = 500;

/// The variables that are given values, and the parameters of what is declared.
pub(super) fn variables(exprs: &Exprs, out: &mut Vec<Variable>) {
    let calls = exprs.calls;
    let tokens = calls.tokens;
    let blocks = Blocks::of(calls);
    let mut open: Vec<usize> = Vec::new();
    for at in 0..tokens.len() {
        while open
            .last()
            .is_some_and(|&open| tokens[open].pair as usize <= at)
        {
            open.pop();
        }
        let token = tokens[at];
        if token.kind == Kind::Open && token.pair != NONE {
            open.push(at);
        }
        // Arguments have names, too.
        let in_code = open
            .last()
            .is_none_or(|&open| tokens[open].is(b'{') && calls.language != Language::Python);
        if token.is(b'=') && in_code && is_assignment(calls, at) {
            out.extend(variable(exprs, at, &blocks, open.last().copied()));
        }
    }
    for &(name, parameters) in &calls.declared {
        parameters_of(calls, name, parameters, &blocks, out);
    }
    out.sort_by_key(|variable| variable.at);
}

/// Whether a `=` gives a value, and is no part of another mark.
fn is_assignment(calls: &Calls, at: usize) -> bool {
    let tokens = calls.tokens;
    let touches =
        |other: &Token, mark: &[u8]| other.kind == Kind::Mark && mark.contains(&other.byte);
    let next = tokens
        .get(at + 1)
        .filter(|next| next.start == tokens[at].end);
    let previous = at.checked_sub(1).map(|before| &tokens[before]);
    let previous = previous.filter(|previous| previous.end == tokens[at].start);
    !next.is_some_and(|next| touches(next, b"=>"))
        && !previous.is_some_and(|own| touches(own, b"=!<>"))
}

/// What `name =` gives, for the `=` at a place in a block.
fn variable(
    exprs: &Exprs,
    equals: usize,
    blocks: &Blocks,
    block: Option<usize>,
) -> Option<Variable> {
    let calls = exprs.calls;
    let tokens = calls.tokens;
    let start = statement_start(calls, equals)?;
    let mut last = equals.checked_sub(1)?;
    // `a += b`
    let compound = tokens[last].kind == Kind::Mark && !tokens[last].is(b'>');
    if compound {
        last = last.checked_sub(1)?;
    }
    let mut ty = None;
    let mut declared = false;
    let name;
    let typed_behind = calls.language != Language::Java;
    let colon = (start..equals).find(|&at| tokens[at].is(b':') && typed_behind);
    if let Some(colon) = colon.filter(|_| !compound) {
        // `val name: Type =`
        ty = Some(calls.joined(colon + 1, equals));
        name = colon.checked_sub(1).filter(|&name| name >= start)?;
        declared = true;
    } else {
        name = last;
    }
    if tokens[name].kind != Kind::Word || name < start {
        return None;
    }
    let first = calls.path_start(name).max(start);
    if first > start {
        let words: Vec<&str> = (start..first)
            .filter(|&at| tokens[at].kind == Kind::Word)
            .map(|at| calls.word(at))
            .collect();
        declared |= !words.is_empty();
        // `def name: T =`, `type X =`
        if words
            .iter()
            .any(|word| matches!(*word, "def" | "type" | "fun" | "return" | "for" | "if"))
        {
            return None;
        }
        // `int a = 1, b = 2`
        let follows_other = (start..first).any(|at| tokens[at].is(b'='));
        if calls.language == Language::Java && !follows_other {
            let from = type_start(calls, start, first);
            ty = (from < first).then(|| calls.joined(from, first));
        }
    }
    let (end, is_chained) = value_end(calls, equals + 1);
    let value_at = match end.checked_sub(1).filter(|&last| last > equals) {
        Some(last) => tokens[equals + 1].span().join(tokens[last].span()),
        None => tokens[equals].span(),
    };
    let value = match exprs.expr(equals + 1, end) {
        _ if compound => Expr::Other,
        // `() -> a = 1` is no less a function.
        value if is_chained && value != Expr::Lambda => Expr::Other,
        value => value,
    };
    let at = tokens[first].span().join(tokens[name].span());
    let text: String = (first..=name)
        .filter(|&at| tokens[at].kind == Kind::Word)
        .map(|at| calls.word(at))
        .collect::<Vec<_>>()
        .join(".");
    let is_local = declared || calls.language == Language::Python;
    let scope = if is_local && !text.contains('.') {
        blocks.around(calls, equals, block)
    } else {
        blocks.all
    };
    Some(Variable {
        name: text,
        at,
        ty,
        value,
        value_at,
        scope,
    })
}

/// The first token of the statement that a token stands in; `None` where it is too far away.
fn statement_start(calls: &Calls, token: usize) -> Option<usize> {
    let tokens = calls.tokens;
    let by_lines = calls.language != Language::Java;
    let mut at = token;
    let mut steps = 0;
    while at > 0 {
        steps += 1;
        if steps > LONGEST {
            return None;
        }
        let previous = tokens[at - 1];
        if by_lines && tokens[at].breaks
            || previous.is(b';')
            || matches!(previous.byte, b'{' | b'}') && previous.kind != Kind::Text
        {
            break;
        }
        if previous.kind == Kind::Close {
            if previous.pair == NONE {
                break;
            }
            at = previous.pair as usize;
        } else if previous.kind == Kind::Open {
            break;
        } else {
            at -= 1;
        }
    }
    Some(at)
}

/// Where the type of a declaration of Java begins: behind modifiers and annotations.
fn type_start(calls: &Calls, mut at: usize, to: usize) -> usize {
    let tokens = calls.tokens;
    while at < to {
        if tokens[at].is(b'@') {
            at = path_end(calls, at + 1);
            if at < to && tokens[at].is(b'(') && tokens[at].pair != NONE {
                at = tokens[at].pair as usize + 1;
            }
        } else if tokens[at].kind == Kind::Word && MODIFIERS.contains(&calls.word(at)) {
            at += 1;
        } else {
            break;
        }
    }
    at
}

/// The token behind a value that begins at one, and whether that is the `=` of another value: `a = b = 1`.
fn value_end(calls: &Calls, from: usize) -> (usize, bool) {
    let tokens = calls.tokens;
    let mut at = from;
    while let Some(token) = tokens.get(at) {
        if token.is(b'=') && is_assignment(calls, at) {
            return (at, true);
        }
        if token.is(b';') || token.kind == Kind::Close {
            break;
        }
        // `a = 1, b = 2`
        if token.is(b',') && calls.language == Language::Java {
            break;
        }
        if token.breaks && at > from && calls.language != Language::Java {
            let previous = tokens[at - 1];
            let open = previous.kind == Kind::Mark && b"+-*/=,|&:.".contains(&previous.byte);
            let goes_on =
                calls.language != Language::Python && (token.is(b'.') || token.is(b'?') || open);
            if !goes_on {
                break;
            }
        }
        at = match token.kind {
            Kind::Open if token.pair != NONE => token.pair as usize + 1,
            _ => at + 1,
        };
    }
    (at, false)
}

/// Parameters hide what has their names outside.
fn parameters_of(
    calls: &Calls,
    name: usize,
    open: usize,
    blocks: &Blocks,
    out: &mut Vec<Variable>,
) {
    let tokens = calls.tokens;
    let close = tokens[open].pair as usize;
    let scope = blocks.of_function(calls, name, close);
    let mut start = open + 1;
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().take(close + 1).skip(open + 1) {
        match token.byte {
            _ if matches!(token.kind, Kind::Word | Kind::Text) => continue,
            b'<' | b'[' | b'(' | b'{' if at != close => depth += 1,
            b'>' | b']' | b')' | b'}' if at != close => depth = depth.saturating_sub(1),
            _ => {}
        }
        if !(at == close || token.is(b',') && depth == 0) {
            continue;
        }
        if start < at {
            out.extend(parameter(calls, start, at, scope));
        }
        start = at + 1;
    }
}

fn parameter(calls: &Calls, from: usize, to: usize, scope: Span) -> Option<Variable> {
    let tokens = calls.tokens;
    let (name, ty) = if calls.language == Language::Java {
        let name = to - 1;
        let from = type_start(calls, from, name);
        (name, (from < name).then(|| calls.joined(from, name)))
    } else {
        let colon = (from..to).find(|&at| tokens[at].is(b':'));
        let equals = (from..to).find(|&at| tokens[at].is(b'=')).unwrap_or(to);
        let name = colon
            .unwrap_or(equals)
            .checked_sub(1)
            .filter(|&name| name >= from)?;
        let ty = colon.filter(|&colon| colon < equals);
        (name, ty.map(|colon| calls.joined(colon + 1, equals)))
    };
    (tokens[name].kind == Kind::Word).then(|| Variable {
        name: calls.word(name).to_owned(),
        at: tokens[name].span(),
        ty,
        value: Expr::Other,
        value_at: tokens[name].span(),
        scope,
    })
}

/// The blocks of a file.
struct Blocks {
    all: Span,
    /// Of Python: each function from its first line to its last, and the number of the one around it.
    functions: Vec<(Span, Option<usize>)>,
}

impl Blocks {
    fn of(calls: &Calls) -> Self {
        let mut found = Vec::new();
        if calls.language == Language::Python {
            for &(name, _) in &calls.declared {
                if calls.word(name - 1) == "def" {
                    found.push(python_block(calls, name - 1));
                }
            }
        }
        found.sort_unstable_by_key(|function| (function.start, std::cmp::Reverse(function.end)));
        let mut functions: Vec<(Span, Option<usize>)> = Vec::new();
        for function in found {
            let before = functions.len().checked_sub(1);
            let around = around(&functions, before, function);
            functions.push((function, around));
        }
        Blocks {
            all: Span::new(0, calls.bytes.len()),
            functions,
        }
    }

    /// The innermost function of Python around a place.
    fn function(&self, at: Span) -> Span {
        let begun = self
            .functions
            .partition_point(|own| own.0.start <= at.start);
        let own = around(&self.functions, begun.checked_sub(1), at);
        own.map_or(self.all, |own| self.functions[own].0)
    }

    /// The innermost block around a token, whose brace is known.
    fn around(&self, calls: &Calls, token: usize, brace: Option<usize>) -> Span {
        if calls.language == Language::Python {
            return self.function(calls.tokens[token].span());
        }
        brace.map_or(self.all, |brace| {
            let brace = calls.tokens[brace];
            brace.span().join(calls.tokens[brace.pair as usize].span())
        })
    }

    /// The body of a function whose parameters end at a token, with these.
    fn of_function(&self, calls: &Calls, name: usize, close: usize) -> Span {
        let tokens = calls.tokens;
        if calls.language == Language::Python {
            return self.function(tokens[name].span());
        }
        // The body is the first brace behind; a function of one expression has none.
        for (offset, token) in tokens[close + 1..].iter().enumerate().take(40) {
            if token.is(b'{') && token.pair != NONE {
                return tokens[name].span().join(tokens[token.pair as usize].span());
            }
            let ends = token.is(b';')
                || token.is(b'}')
                || offset > 0 && token.breaks && token.kind == Kind::Word;
            if ends {
                break;
            }
        }
        tokens[name].span().join(tokens[close].span())
    }
}

/// The first that holds a place, of a function and those around it.
fn around(functions: &[(Span, Option<usize>)], mut own: Option<usize>, at: Span) -> Option<usize> {
    while let Some(number) = own {
        let (span, outer) = functions[number];
        if span.contains(at) {
            break;
        }
        own = outer;
    }
    own
}

/// From `def` to the end of the last line that is indented further.
fn python_block(calls: &Calls, def: usize) -> Span {
    let bytes = calls.bytes;
    let column = |offset: usize| {
        let line = memchr::memrchr(b'\n', &bytes[..offset]).map_or(0, |newline| newline + 1);
        let indent = bytes[line..]
            .iter()
            .take_while(|byte| matches!(byte, b' ' | b'\t'));
        indent.count()
    };
    let start = calls.tokens[def].start;
    let own = column(start as usize);
    let mut depth_end = def;
    let mut at = def + 1;
    let mut inside = 0_usize;
    while let Some(token) = calls.tokens.get(at) {
        if token.breaks && at > inside && column(token.start as usize) <= own {
            break;
        }
        depth_end = at;
        at = match token.kind {
            Kind::Open if token.pair != NONE => {
                inside = token.pair as usize;
                inside + 1
            }
            _ => at + 1,
        };
    }
    Span::new(
        start as usize,
        calls.tokens[depth_end.min(calls.tokens.len() - 1)].end as usize,
    )
}
