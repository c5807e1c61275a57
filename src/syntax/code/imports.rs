//! What a file imports.

use super::calls::Calls;
use super::lex::{Kind, NONE};
use super::{Import, Language};
use crate::text::Span;

/// The package and the imports of a file.
pub(super) fn imports(calls: &Calls) -> (Option<String>, Vec<Import>) {
    let mut package = None;
    let mut imports = Vec::new();
    let tokens = calls.tokens;
    let mut at = 0;
    while at < tokens.len() {
        let begins =
            at == 0 || tokens[at].breaks || tokens[at - 1].is(b';') || tokens[at - 1].is(b'{');
        if !(begins && tokens[at].kind == Kind::Word) {
            at += 1;
            continue;
        }
        match (calls.word(at), calls.language) {
            ("package", Language::Java | Language::Scala | Language::Kotlin) => {
                let end = path_end(calls, at + 1);
                package.get_or_insert_with(|| calls.joined(at + 1, end));
                at = end;
            }
            ("import" | "from", Language::Python) => at = python(calls, at, &mut imports),
            ("import", _) => at = import(calls, at, &mut imports),
            _ => at += 1,
        }
    }
    (package, imports)
}

/// The token behind a dotted name.
pub(super) fn path_end(calls: &Calls, mut at: usize) -> usize {
    let tokens = calls.tokens;
    let mut expects_word = true;
    while let Some(token) = tokens.get(at) {
        let fits = if expects_word {
            token.kind == Kind::Word || token.is(b'*')
        } else {
            token.is(b'.')
        };
        if !fits {
            break;
        }
        expects_word = !expects_word;
        at += 1;
    }
    at
}

/// One import of Java, Kotlin or Scala; gives the token behind it.
fn import(calls: &Calls, keyword: usize, out: &mut Vec<Import>) -> usize {
    let mut from = keyword + 1;
    if calls
        .tokens
        .get(from)
        .is_some_and(|token| token.kind == Kind::Word)
        && calls.word(from) == "static"
    {
        from += 1;
    }
    loop {
        let end = path_end(calls, from);
        if end == from {
            return end.max(keyword + 1);
        }
        let next = calls.tokens.get(end);
        if next.is_some_and(|next| next.is(b'{') && next.pair != NONE)
            && calls.tokens[end - 1].is(b'.')
        {
            let close = calls.tokens[end].pair as usize;
            let package = calls.joined(from, end - 1);
            selectors(calls, &package, (end + 1, close), out);
            from = close + 1;
        } else {
            let at = calls.tokens[from].span().join(calls.tokens[end - 1].span());
            let path = calls.joined(from, end);
            let renamed = next.filter(|next| next.kind == Kind::Word && !next.breaks);
            let renamed =
                renamed.filter(|_| calls.word(end) == "as" && end + 1 < calls.tokens.len());
            let name = renamed.map(|_| calls.word(end + 1));
            push(&path, name, at, out);
            from = if renamed.is_some() { end + 2 } else { end };
        }
        // `import a.b, c.d` of Scala.
        match calls.tokens.get(from) {
            Some(comma) if comma.is(b',') => from += 1,
            _ => return from,
        }
    }
}

/// `{A, B => C, _}` of Scala.
fn selectors(calls: &Calls, package: &str, (from, to): (usize, usize), out: &mut Vec<Import>) {
    let mut at = from;
    while at < to {
        if calls.tokens[at].kind == Kind::Word || calls.tokens[at].is(b'*') {
            let span = calls.tokens[at].span();
            let path = format!("{package}.{}", calls.joined(at, at + 1));
            let arrow =
                at + 3 < to && calls.tokens[at + 1].is(b'=') && calls.tokens[at + 2].is(b'>');
            let name = arrow.then(|| calls.word(at + 3));
            push(&path, name, span, out);
            at += if arrow { 4 } else { 1 };
        } else {
            at += 1;
        }
    }
}

fn push(path: &str, name: Option<&str>, at: Span, out: &mut Vec<Import>) {
    let path = match path.strip_suffix("._") {
        Some(package) => format!("{package}.*"),
        None => path.replace('`', ""),
    };
    let last = path.rsplit('.').next().unwrap_or(&path);
    out.push(Import {
        name: name.unwrap_or(last).to_owned(),
        path,
        at,
    });
}

/// `import a.b as c, d`, `from a import b as c, (d)`.
fn python(calls: &Calls, keyword: usize, out: &mut Vec<Import>) -> usize {
    let tokens = calls.tokens;
    let end = path_end(calls, keyword + 1);
    let mut at = keyword + 1;
    let mut package = None;
    if calls.word(keyword) == "from" {
        let is_import = tokens
            .get(end)
            .is_some_and(|token| token.kind == Kind::Word)
            && calls.word(end) == "import";
        if !is_import || end == keyword + 1 {
            return end.max(keyword + 1);
        }
        package = Some(calls.joined(keyword + 1, end));
        at = end + 1;
    }
    let mut inside = false;
    while let Some(token) = tokens.get(at) {
        if token.breaks && !inside || token.is(b';') || token.is(b')') {
            break;
        }
        if token.is(b'(') {
            inside = true;
        }
        if token.kind != Kind::Word && !token.is(b'*') {
            at += 1;
            continue;
        }
        let end = path_end(calls, at).max(at + 1);
        let own = calls.joined(at, end);
        let path = match &package {
            Some(package) => format!("{package}.{own}"),
            None => own,
        };
        let span = token.span().join(tokens[end - 1].span());
        let renamed = tokens
            .get(end)
            .is_some_and(|next| next.kind == Kind::Word && (inside || !next.breaks))
            && calls.word(end) == "as"
            && end + 1 < tokens.len();
        push(&path, renamed.then(|| calls.word(end + 1)), span, out);
        at = if renamed { end + 2 } else { end };
    }
    at
}
