//! What snakeyaml-engine 2.6 takes and the parser here refuses: lines inside of quotes that are not
//! indented, a comment directly behind a bracket or quote, a bracket directly behind a colon in
//! brackets. A blank at the right place changes nothing for the one and makes the other read on.

use std::borrow::Cow;

use granit_parser::ErrorKind;

use super::tree::{Failure, Tree};

/// How many places of a file are mended; a file has none, as a rule.
const PLACES: usize = 20;

/// Widest indentation that is added.
const WIDTH: usize = 256;

/// The text with blanks that the loader does not need.
struct Lenient<'t> {
    /// The text to parse.
    text: Cow<'t, str>,
    /// Where blanks were added: offsets of the original with their number, in order.
    blanks: Vec<(usize, usize)>,
}

impl Lenient<'_> {
    /// The offset in the original of an offset in the text.
    fn original(&self, offset: usize) -> usize {
        let mut added = 0;
        for &(at, count) in &self.blanks {
            if at + added >= offset {
                break;
            }
            added += count.min(offset - at - added);
        }
        offset - added
    }
}

/// Calls `act` with the tree of a text: of the mended text if that parses and the text does not.
pub(crate) fn with_tree<R>(text: &str, key_limit: usize, act: impl FnOnce(&Tree) -> R) -> R {
    let tree = Tree::parse(text, key_limit);
    let mendable = |failure: &Failure| !blanks(text, failure).is_empty();
    if !tree.failures.first().is_some_and(mendable) {
        return act(&tree);
    }
    let mended = lenient(text, key_limit);
    let mut second = Tree::parse(&mended.text, key_limit);
    if !second.failures.is_empty() {
        return act(&tree);
    }
    second.move_all(|offset| mended.original(offset));
    act(&second)
}

/// Adds the blanks that keep the parser from reading.
fn lenient(text: &str, key_limit: usize) -> Lenient<'_> {
    let mut result = Lenient {
        text: Cow::Borrowed(text),
        blanks: Vec::new(),
    };
    for _ in 0..PLACES {
        let tree = Tree::parse(&result.text, key_limit);
        let Some(first) = tree.failures.first() else {
            break;
        };
        let more = blanks(&result.text, first);
        if more.is_empty() {
            break;
        }
        let places: Vec<_> = more
            .into_iter()
            .map(|(at, count)| (result.original(at), count))
            .collect();
        for (at, count) in places {
            match result.blanks.binary_search_by_key(&at, |&(at, _)| at) {
                Ok(known) => result.blanks[known].1 += count,
                Err(next) => result.blanks.insert(next, (at, count)),
            }
        }
        let mut mended = String::with_capacity(text.len() + 64);
        let mut upto = 0;
        for &(at, count) in &result.blanks {
            mended.push_str(&text[upto..at]);
            mended.extend(std::iter::repeat_n(' ', count));
            upto = at;
        }
        mended.push_str(&text[upto..]);
        result.text = Cow::Owned(mended);
    }
    result
}

/// The places that need blanks so that a failure goes away.
fn blanks(text: &str, failure: &Failure) -> Vec<(usize, usize)> {
    let at = failure.offset;
    let rest = &text[at.min(text.len())..];
    match failure.kind {
        ErrorKind::CommentNotSeparated if rest.starts_with('#') => vec![(at, 1)],
        ErrorKind::FlowMappingValueAdjacentCollection if rest.starts_with(':') => vec![(at + 1, 1)],
        ErrorKind::InvalidQuotedScalarIndent => {
            let Some(found) = text[failure.token_end..].find(['"', '\'']) else {
                return Vec::new();
            };
            let open = failure.token_end + found;
            let Some(length) = quoted_length(&text[open..]) else {
                return Vec::new();
            };
            let bytes = text.as_bytes();
            let line = memchr::memrchr2(b'\n', b'\r', &bytes[..open]).map_or(0, |end| end + 1);
            let width = open - line + 1;
            if width > WIDTH || !(open..open + length).contains(&at) {
                return Vec::new();
            }
            memchr::memchr2_iter(b'\n', b'\r', &bytes[open..open + length])
                .map(|end| open + end + 1)
                .filter(|&start| !(bytes[start - 1] == b'\r' && bytes[start] == b'\n'))
                .map(|start| (start, width))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// The length of the quoted text at the start of `text`, with its quotes.
fn quoted_length(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let quote = bytes[0];
    let mut at = 1;
    while at < bytes.len() {
        at += memchr::memchr2(quote, b'\\', &bytes[at..])?;
        if bytes[at] == b'\\' {
            at += if quote == b'"' { 2 } else { 1 };
        } else if quote == b'\'' && bytes.get(at + 1) == Some(&quote) {
            at += 2;
        } else {
            return Some(at + 1);
        }
    }
    None
}
