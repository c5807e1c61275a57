//! Classes and their members, in Java, Kotlin and Scala.

use super::calls::Calls;
use super::lex::{Kind, NONE};
use super::members;
use super::{Class, Field, Language, Method};

/// Words that say more about a declaration, and are not its name or type.
const MODIFIERS: [&str; 40] = [
    "public",
    "private",
    "protected",
    "internal",
    "static",
    "final",
    "abstract",
    "sealed",
    "open",
    "default",
    "native",
    "synchronized",
    "transient",
    "volatile",
    "strictfp",
    "data",
    "inner",
    "enum",
    "annotation",
    "value",
    "inline",
    "noinline",
    "crossinline",
    "override",
    "lateinit",
    "const",
    "companion",
    "case",
    "implicit",
    "lazy",
    "suspend",
    "operator",
    "infix",
    "tailrec",
    "external",
    "vararg",
    "expect",
    "actual",
    "fun",
    "non",
];

/// Where a class stands among the tokens.
pub(super) struct Place {
    /// The first token of its modifiers.
    pub(super) start: usize,
    /// The brace of its body.
    pub(super) body: Option<usize>,
    /// The token behind it.
    pub(super) end: usize,
}

/// The classes of a file.
pub(super) fn classes(calls: &Calls) -> Vec<Class> {
    if calls.language == Language::Python {
        return Vec::new();
    }
    let tokens = calls.tokens;
    let mut classes: Vec<Class> = Vec::new();
    let mut places: Vec<Place> = Vec::new();
    // Classes that may still hold the next one, and the brackets of their bodies.
    let mut around: Vec<(usize, usize, usize)> = Vec::new();
    for at in 0..tokens.len() {
        let Some(name) = declares(calls, at) else {
            continue;
        };
        let (mut class, place) = head(calls, at, name);
        while around
            .pop_if(|(_, _, close)| *close < place.start)
            .is_some()
        {}
        let mut outer = around.iter().rev();
        let holds = |(_, open, close): &&(usize, usize, usize)| {
            *open < place.start && place.end <= close + 1
        };
        class.outer = outer.find(holds).map(|(number, _, _)| *number);
        if let Some(open) = place.body {
            around.push((classes.len(), open, tokens[open].pair as usize));
        }
        classes.push(class);
        places.push(place);
    }
    for (number, class) in classes.iter_mut().enumerate() {
        members::members(calls, class, number, &places);
    }
    classes
}

/// The name's token, where a word declares something with members.
fn declares(calls: &Calls, at: usize) -> Option<usize> {
    let tokens = calls.tokens;
    if tokens[at].kind != Kind::Word {
        return None;
    }
    let own = match (calls.word(at), calls.language) {
        ("class" | "interface", Language::Java | Language::Kotlin)
        | ("enum" | "record", Language::Java)
        | ("object", Language::Kotlin | Language::Scala)
        | ("class" | "trait", Language::Scala) => true,
        _ => return None,
    };
    // `Order.class`, `Order::class`
    let before = at.checked_sub(1).map(|before| tokens[before]);
    let follows_name = before.is_some_and(|before| before.is(b'.') || before.is(b':'));
    let is_companion = at > 0 && calls.is_word(at - 1) && calls.word(at - 1) == "companion";
    if !own || follows_name {
        return None;
    }
    let name = at + 1;
    if is_companion && tokens.get(name).is_some_and(|next| next.is(b'{')) {
        return Some(at);
    }
    let is_name = tokens.get(name).is_some_and(|next| next.kind == Kind::Word);
    let stands_alone = match calls.word(at) {
        // `record` and `enum` are names elsewhere.
        "record" => {
            let next = tokens.get(name + 1);
            next.is_some_and(|next| next.is(b'(') || next.is(b'<')) && begins(calls, at)
        }
        "enum" => begins(calls, at),
        _ => true,
    };
    (is_name && stands_alone && !matches!(calls.word(name), "extends" | "with")).then_some(name)
}

/// Whether a declaration may begin at a word: nothing of an expression stands before it.
fn begins(calls: &Calls, at: usize) -> bool {
    let start = modifiers(calls, at).1;
    start.checked_sub(1).is_none_or(|before| {
        let token = calls.tokens[before];
        token.is(b';') || token.is(b'{') || token.is(b'}')
    })
}

/// The modifiers and annotations before a token, and the first of their tokens.
pub(super) fn modifiers(calls: &Calls, at: usize) -> (Vec<String>, usize) {
    let tokens = calls.tokens;
    let mut found = Vec::new();
    let mut start = at;
    while let Some(before) = start.checked_sub(1) {
        let token = tokens[before];
        if token.kind == Kind::Word && MODIFIERS.contains(&calls.word(before)) {
            let is_annotation = calls.before(before, b'@').is_some();
            found.push(format!(
                "{}{}",
                if is_annotation { "@" } else { "" },
                calls.word(before)
            ));
            start = if is_annotation { before - 1 } else { before };
            continue;
        }
        // `private[acme]`
        let opens = token.kind == Kind::Close && token.pair != NONE;
        if opens && token.byte == b']' {
            let word = (token.pair as usize).checked_sub(1);
            let word = word.filter(|&word| matches!(calls.word(word), "private" | "protected"));
            if let Some(word) = word {
                found.push(calls.word(word).to_owned());
                start = word;
                continue;
            }
        }
        // `@Name`, `@a.b.Name(...)`
        let last = if opens && token.byte == b')' {
            (token.pair as usize).checked_sub(1)
        } else {
            Some(before)
        };
        let Some(last) = last.filter(|&last| calls.is_word(last)) else {
            break;
        };
        let first = calls.path_start(last);
        let Some(mark) = calls.before(first, b'@') else {
            break;
        };
        found.push(format!("@{}", calls.joined(first, last + 1)));
        start = mark;
    }
    found.reverse();
    (found, start)
}

/// What stands before the members of a class.
fn head(calls: &Calls, keyword: usize, name: usize) -> (Class, Place) {
    let tokens = calls.tokens;
    let (modifiers, start) = modifiers(calls, keyword);
    let mut word = calls.word(keyword).to_owned();
    for kind in ["case", "data", "enum", "companion", "annotation", "value"] {
        if modifiers.iter().any(|own| own == kind) {
            word = format!("{kind} {word}");
        }
    }
    if word == "interface" && calls.before(keyword, b'@').is_some() {
        word = "annotation interface".to_owned();
    }
    let is_unnamed = name == keyword;
    let mut class = Class {
        name: if is_unnamed {
            "Companion"
        } else {
            calls.word(name)
        }
        .to_owned(),
        at: tokens[name].span(),
        whole: tokens[start].span(),
        word,
        modifiers,
        outer: None,
        parents: Vec::new(),
        type_parameters: Vec::new(),
        fields: Vec::new(),
        methods: Vec::new(),
    };
    let mut at = name + 1;
    let mut parameters = None;
    if let Some(end) = type_end(calls, at) {
        class.type_parameters = calls.list(at + 1, end - 1);
        at = end;
    }
    // What its constructor takes.
    let mut constructor = Vec::new();
    while let Some(token) = tokens.get(at) {
        let is_word = token.kind == Kind::Word;
        let is_modifier =
            is_word && (MODIFIERS.contains(&calls.word(at)) || calls.word(at) == "constructor");
        if is_modifier && calls.language != Language::Java {
            constructor.push(calls.word(at).to_owned());
            at += 1;
        } else if token.is(b'@') && calls.language != Language::Java {
            at += 2;
            if tokens
                .get(at)
                .is_some_and(|next| next.is(b'(') && next.pair != NONE)
                && calls.touch(at - 1, at)
            {
                at = tokens[at].pair as usize + 1;
            }
        } else if token.is(b'[') && token.pair != NONE && !constructor.is_empty() {
            at = token.pair as usize + 1;
        } else if token.is(b'(') && token.pair != NONE {
            parameters.get_or_insert(at);
            at = token.pair as usize + 1;
        } else {
            break;
        }
    }
    if let Some(open) = parameters {
        members::parameters(calls, &mut class, open, &constructor);
    }
    let body = parents(calls, &mut at, &mut class.parents);
    let end = body.map_or(at, |body| tokens[body].pair as usize + 1);
    let last = end.saturating_sub(1).max(name).min(tokens.len() - 1);
    class.whole = class.whole.join(tokens[last].span());
    let place = Place { start, body, end };
    (class, place)
}

/// What a class extends and implements; gives the brace of its body.
fn parents(calls: &Calls, at: &mut usize, out: &mut Vec<String>) -> Option<usize> {
    let tokens = calls.tokens;
    let mut start: Option<usize> = None;
    let mut end = *at;
    let first = *at;
    while let Some(token) = tokens.get(*at) {
        let is_word = token.kind == Kind::Word;
        let word = if is_word { calls.word(*at) } else { "" };
        let splits = matches!(
            word,
            "extends" | "implements" | "with" | "permits" | "derives" | "by" | "where"
        );
        let colon = token.is(b':') && calls.language == Language::Kotlin;
        let goes_on = splits || colon || token.is(b',') || token.is(b'{');
        // Without a body the next line is something else.
        let is_over = *at > first
            && token.breaks
            && !goes_on
            && start.is_none()
            && calls.language != Language::Java;
        if token.is(b'{')
            || token.is(b';')
            || token.is(b'}')
            || token.is(b')')
            || is_over
            || *at == first && !goes_on
        {
            break;
        }
        if splits || colon || token.is(b',') {
            if let Some(start) = start.take() {
                out.push(calls.joined(start, end));
            }
            *at += 1;
            // `permits`, `by` and what follows are no parents.
            if matches!(word, "permits" | "by" | "derives" | "where") {
                while tokens
                    .get(*at)
                    .is_some_and(|next| !next.is(b'{') && !next.is(b';') && !next.breaks)
                {
                    *at += 1;
                }
                continue;
            }
            start = Some(*at);
            end = *at;
            continue;
        }
        if token.is(b'(') && token.pair != NONE {
            *at = token.pair as usize + 1;
            if let Some(start) = start.take() {
                out.push(calls.joined(start, end));
            }
            continue;
        }
        let Some(open) = start else {
            if calls.language == Language::Java {
                *at += 1;
                continue;
            }
            break;
        };
        // `extends Base\n  val next`: two words in a row are no type.
        let two_words = is_word && *at > open && calls.is_word(*at - 1);
        if two_words && calls.language != Language::Java {
            break;
        }
        *at = type_end(calls, *at).unwrap_or(*at + 1);
        end = *at;
    }
    if let Some(start) = start
        && start < end
    {
        out.push(calls.joined(start, end));
    }
    out.retain(|parent| !parent.is_empty());
    let body = tokens.get(*at);
    (body.is_some_and(|body| body.is(b'{') && body.pair != NONE)).then_some(*at)
}

/// The token behind arguments of a type that begin at one: `<A, B>`, of Scala `[A, B]`.
pub(super) fn type_end(calls: &Calls, at: usize) -> Option<usize> {
    let token = calls.tokens.get(at)?;
    if calls.language == Language::Scala {
        return (token.is(b'[') && token.pair != NONE).then(|| token.pair as usize + 1);
    }
    if !token.is(b'<') {
        return None;
    }
    let mut depth = 0_usize;
    for (offset, token) in calls.tokens[at..].iter().enumerate().take(200) {
        if token.is(b'<') {
            depth += 1;
        } else if token.is(b'>') && calls.before(at + offset, b'-').is_none() {
            depth -= 1;
            if depth == 0 {
                return Some(at + offset + 1);
            }
        } else if token.is(b';') || token.is(b'{') {
            return None;
        }
    }
    None
}

/// A field of a class.
pub(super) fn field(
    calls: &Calls,
    name: usize,
    ty: (usize, usize),
    modifiers: Vec<String>,
) -> Field {
    Field {
        name: calls.word(name).trim_matches('`').to_owned(),
        ty: calls.joined(ty.0, ty.1),
        modifiers,
        at: calls.tokens[name].span(),
    }
}

/// A method of a class, or a constructor.
pub(super) fn method(
    calls: &Calls,
    name: usize,
    open: usize,
    modifiers: Vec<String>,
    is_constructor: bool,
) -> Method {
    Method {
        name: calls.word(name).trim_matches('`').to_owned(),
        at: calls.tokens[name].span(),
        modifiers,
        parameters: members::items(calls, open).len(),
        is_constructor,
    }
}
