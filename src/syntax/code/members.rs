//! The fields, methods and constructors of a class.

use super::calls::Calls;
use super::classes::{self, Place};
use super::lex::{Kind, NONE};
use super::{Class, Language, Method};

/// The parts between the commas of a bracket, as ranges of tokens.
pub(super) fn items(calls: &Calls, open: usize) -> Vec<(usize, usize)> {
    let tokens = calls.tokens;
    if tokens[open].pair == NONE {
        return Vec::new();
    }
    let close = tokens[open].pair as usize;
    let (mut found, mut start, mut at) = (Vec::new(), open + 1, open + 1);
    while at < close {
        let token = tokens[at];
        if token.is(b',') {
            found.push((start, at));
            start = at + 1;
        }
        at = match token.kind {
            Kind::Open if token.pair != NONE => token.pair as usize + 1,
            _ => classes::type_end(calls, at).unwrap_or(at + 1),
        };
    }
    if start < close {
        found.push((start, close));
    }
    found.retain(|(start, end)| start < end);
    found
}

/// The parameters of a class itself: the components of a record, the constructor of Scala and Kotlin.
pub(super) fn parameters(calls: &Calls, class: &mut Class, open: usize, constructor: &[String]) {
    let tokens = calls.tokens;
    let all = items(calls, open);
    for &(from, to) in &all {
        if calls.language == Language::Java {
            let (modifiers, _) = classes::modifiers(calls, to - 1);
            let first = type_start(calls, from);
            if calls.is_word(to - 1) && first < to - 1 {
                class
                    .fields
                    .push(classes::field(calls, to - 1, (first, to - 1), modifiers));
            }
            continue;
        }
        // `@Json private val name: Type = default`
        let Some(colon) = (from..to)
            .find(|&at| tokens[at].is(b':') && at > from && calls.is_word(at - 1) && at + 1 < to)
        else {
            continue;
        };
        let name = colon - 1;
        let mut modifiers = Vec::new();
        for at in (from..name).filter(|&at| calls.is_word(at)) {
            let is_annotation = calls.before(at, b'@').is_some();
            let mark = if is_annotation { "@" } else { "" };
            modifiers.push(format!("{mark}{}", calls.word(at)));
        }
        let default = (colon..to).find(|&at| tokens[at].is(b'=') && !is_arrow(calls, at));
        if default.is_some() {
            modifiers.push("default".to_owned());
        }
        let end = default.unwrap_or(to);
        class
            .fields
            .push(classes::field(calls, name, (colon + 1, end), modifiers));
    }
    class.methods.push(Method {
        name: class.name.clone(),
        at: class.at,
        modifiers: constructor.to_vec(),
        parameters: all.len(),
        is_constructor: true,
    });
}

fn is_arrow(calls: &Calls, at: usize) -> bool {
    let next = calls.tokens.get(at + 1);
    next.is_some_and(|next| next.is(b'>') && calls.touch(at, at + 1))
}

/// The first token of a type behind annotations and modifiers.
fn type_start(calls: &Calls, mut at: usize) -> usize {
    let tokens = calls.tokens;
    while tokens.get(at).is_some_and(|token| token.is(b'@')) {
        at += 2;
        while tokens.get(at).is_some_and(|token| token.is(b'.')) {
            at += 2;
        }
        if tokens
            .get(at)
            .is_some_and(|token| token.is(b'(') && token.pair != NONE)
        {
            at = tokens[at].pair as usize + 1;
        }
    }
    if tokens.get(at).is_some_and(|token| token.kind == Kind::Word) && calls.word(at) == "final" {
        at += 1;
    }
    at
}

/// Reads the body of a class.
pub(super) fn members(calls: &Calls, class: &mut Class, number: usize, places: &[Place]) {
    let Some(open) = places[number].body else {
        return;
    };
    let close = calls.tokens[open].pair as usize;
    let mut at = open + 1;
    if class.word == "enum" {
        // Its constants.
        at = java_constants(calls, at, close);
    }
    while at < close {
        // A class inside of it has members of its own.
        let inner = places.get(places.partition_point(|inner| inner.start < at));
        if let Some(inner) = inner.filter(|inner| inner.start == at && inner.end > at) {
            at = inner.end;
            continue;
        }
        at = if calls.language == Language::Java {
            java(calls, class, at, close)
        } else {
            other(calls, class, at, close)
        };
    }
}

fn skip(calls: &Calls, at: usize) -> usize {
    let token = calls.tokens[at];
    if token.kind == Kind::Open && token.pair != NONE {
        token.pair as usize + 1
    } else {
        at + 1
    }
}

fn java_constants(calls: &Calls, mut at: usize, close: usize) -> usize {
    while at < close {
        let ends = calls.tokens[at].is(b';');
        at = skip(calls, at);
        if ends {
            break;
        }
    }
    at
}

/// One member of a class of Java, or a part of one; gives the token behind it.
fn java(calls: &Calls, class: &mut Class, from: usize, close: usize) -> usize {
    let tokens = calls.tokens;
    // Modifiers and annotations.
    let mut at = from;
    let mut modifiers = Vec::new();
    while at < close {
        let token = tokens[at];
        if token.is(b'@') && at + 1 < close {
            let end = super::imports::path_end(calls, at + 1);
            modifiers.push(format!("@{}", calls.joined(at + 1, end)));
            at = end.max(at + 1);
            if at < close && tokens[at].is(b'(') {
                at = skip(calls, at);
            }
        } else if token.kind == Kind::Word && is_java_modifier(calls.word(at)) {
            modifiers.push(calls.word(at).to_owned());
            at += 1;
        } else {
            break;
        }
    }
    if let Some(end) = classes::type_end(calls, at) {
        // `<T> T of(...)`
        at = end;
    }
    let start = at;
    while at < close {
        let token = tokens[at];
        if token.is(b'{') {
            // A block of the class, or the short constructor of a record.
            return skip(calls, at);
        }
        if token.is(b';') {
            if at > start + 1 && calls.is_word(at - 1) {
                class
                    .fields
                    .push(classes::field(calls, at - 1, (start, at - 1), modifiers));
            }
            return at + 1;
        }
        if token.is(b'=') || token.is(b',') {
            let name = at - 1;
            if name > start && calls.is_word(name) {
                let more = (start, name);
                class
                    .fields
                    .push(classes::field(calls, name, more, modifiers.clone()));
            }
            // `int a = 1, b;`: the names behind share the type.
            while at < close && !tokens[at].is(b';') {
                at = skip(calls, at);
            }
            return at + 1;
        }
        if token.is(b'(') {
            let name = at - 1;
            if name >= start && calls.is_word(name) {
                let is_constructor = name == start && calls.word(name) == class.name;
                class
                    .methods
                    .push(classes::method(calls, name, at, modifiers, is_constructor));
            }
            at = skip(calls, at);
            while at < close && !tokens[at].is(b'{') && !tokens[at].is(b';') {
                at = skip(calls, at);
            }
            return if at < close { skip(calls, at) } else { at };
        }
        at = match classes::type_end(calls, at) {
            Some(end) => end,
            None => at + 1,
        };
    }
    at
}

fn is_java_modifier(word: &str) -> bool {
    matches!(
        word,
        "public"
            | "private"
            | "protected"
            | "static"
            | "final"
            | "abstract"
            | "default"
            | "native"
            | "synchronized"
            | "transient"
            | "volatile"
            | "strictfp"
    )
}

/// A token of a class of Kotlin or Scala, which may declare a member; gives the next one to look at.
fn other(calls: &Calls, class: &mut Class, at: usize, close: usize) -> usize {
    let tokens = calls.tokens;
    if tokens[at].kind != Kind::Word {
        return skip(calls, at);
    }
    let keyword = calls.word(at);
    let (mut modifiers, _) = classes::modifiers(calls, at);
    match (keyword, calls.language) {
        ("val" | "var", _) => {
            modifiers.push(keyword.to_owned());
            let Some(name) = (at + 1..close).find(|&next| calls.is_word(next)) else {
                return at + 1;
            };
            let mut end = name + 1;
            let has_type = tokens.get(end).is_some_and(|next| next.is(b':'));
            let from = end + 1;
            if has_type {
                end = from;
                while end < close
                    && !tokens[end].is(b'=')
                    && !tokens[end].is(b'{')
                    && (end == from || !tokens[end].breaks)
                {
                    end = classes::type_end(calls, end).unwrap_or_else(|| skip(calls, end));
                }
            }
            let ty = if has_type {
                (from, end.min(close))
            } else {
                (end, end)
            };
            class
                .fields
                .push(classes::field(calls, name, ty, modifiers));
            name + 1
        }
        ("fun", Language::Kotlin) | ("def", Language::Scala) => {
            let open = (at + 1..close.min(at + 60)).find(|&next| tokens[next].is(b'('));
            let direct = at + 1;
            // Of Kotlin the type that it extends may stand before the name.
            let last = open.and_then(|open| (direct..open).rev().find(|&word| calls.is_word(word)));
            let name = match calls.language {
                Language::Scala => last.map(|_| direct),
                _ => last,
            };
            // A method of Scala may take nothing at all.
            let is_bare = calls.language == Language::Scala
                && calls.is_word(direct)
                && !tokens
                    .get(direct + 1)
                    .is_some_and(|next| next.is(b'(') || next.is(b'['));
            match (open, name) {
                _ if is_bare => class.methods.push(Method {
                    name: calls.word(direct).to_owned(),
                    at: tokens[direct].span(),
                    modifiers,
                    parameters: 0,
                    is_constructor: false,
                }),
                (Some(open), Some(name)) => {
                    let is_constructor = calls.word(name) == "this";
                    let mut made = classes::method(calls, name, open, modifiers, is_constructor);
                    if is_constructor {
                        made.name.clone_from(&class.name);
                    }
                    class.methods.push(made);
                    return skip(calls, open);
                }
                _ => {}
            }
            at + 2
        }
        ("constructor", Language::Kotlin) => {
            let open = at + 1;
            if tokens.get(open).is_some_and(|next| next.is(b'(')) {
                let mut made = classes::method(calls, at, open, modifiers, true);
                made.name.clone_from(&class.name);
                class.methods.push(made);
            }
            at + 1
        }
        _ => at + 1,
    }
}
