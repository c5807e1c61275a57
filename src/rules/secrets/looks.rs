//! Secrets told by how a text looks, whoever reads it: `password=...` among arguments, the password in an
//! address, a line of `key: value`. What is not certain is hidden, and nobody is told of it.

use std::borrow::Cow;
use std::ops::Range;

use super::variables::ACCESS_KEY;
use super::{has_secret_ending, letters};
use crate::syntax::Document;

/// Behind a key that holds a secret, what of a longer line is looked at.
const LONGEST: usize = 2000;

/// Whether what stands behind a name is never shown.
pub(super) fn is_hidden_key(key: &str) -> bool {
    let letters = letters(key);
    let others = ["kubernetes.", "security."];
    let is_token = || letters.ends_with("token") && !others.iter().any(|own| key.starts_with(own));
    // Misspelled or with more behind it, it still holds what it should.
    let words = ["passw", "pasw", "passphrase", "secret"];
    let starts_one = |three: &[u8]| three == b"pas" || three == b"sec";
    let speaks = || {
        !key.starts_with("kubernetes.")
            && letters.as_bytes().windows(3).any(starts_one)
            && words.iter().any(|word| letters.contains(word))
    };
    has_secret_ending(key, &letters) || letters.ends_with(ACCESS_KEY) || is_token() || speaks()
}

/// Whether a value behind such a name is hidden: all but a switch, a mask, and what is filled in.
pub(super) fn is_hidden(value: &str) -> bool {
    let value = value.trim().trim_matches(['"', '\'', ',']);
    let lower = value.to_ascii_lowercase();
    let switch = matches!(lower.as_str(), "true" | "false" | "none" | "null");
    let starts = [
        "<", "${", "$(", "{{", "%(", "@", "__", "|", ">", "&", "*", "[", "{",
    ];
    let filled_in = starts.iter().any(|start| value.starts_with(start))
        || value.strip_prefix('$').is_some_and(is_name);
    let mask = value
        .chars()
        .all(|c| matches!(c, 'x' | 'X' | '*' | '.' | '-' | '_' | '?'));
    !(switch || filled_in || mask)
}

fn is_name(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// A text without the secrets in it.
pub(super) fn without(text: &str) -> Cow<'_, str> {
    let mut found = in_text(text);
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    found.sort_by_key(|range| range.start);
    let mut out = String::with_capacity(text.len());
    let mut end = 0;
    for range in found {
        if range.start >= end {
            out.push_str(&text[end..range.start]);
            out.push_str("***");
            end = range.end;
        }
    }
    out.push_str(&text[end..]);
    Cow::Owned(out)
}

/// The secrets behind `name=` and in addresses.
fn in_text(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("://") {
        let start = at + "://".len();
        let ends = |c: char| c.is_whitespace() || matches!(c, '/' | '"' | '\'' | '`');
        let rest = &text[start..];
        let authority = &rest[..rest.find(ends).unwrap_or(rest.len())];
        let Some((login, _)) = authority.rsplit_once('@') else {
            continue;
        };
        let password = login.split_once(':').map(|(_, password)| password);
        if let Some(password) = password.filter(|own| is_hidden(own)) {
            let end = start + login.len();
            found.push(end - password.len()..end);
        }
    }
    for (at, _) in text.match_indices('=') {
        let is_of_name = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        let name = text[..at].chars().rev().take_while(is_of_name).count();
        if name == 0 || !is_hidden_key(text[at - name..at].trim_start_matches("-D")) {
            continue;
        }
        let rest = &text[at + 1..];
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
        let start = at + 1 + quote.map_or(0, char::len_utf8);
        let ends = |c: char| match quote {
            Some(quote) => c == quote,
            None => c.is_whitespace() || matches!(c, ',' | ';' | '&' | '"' | '\'' | '`' | ']'),
        };
        let rest = &text[start..];
        let value = &rest[..rest.find(ends).unwrap_or(rest.len())];
        if is_hidden(value) {
            found.push(start..start + value.len());
        }
    }
    found.extend(arguments(text));
    found
}

/// The secrets among arguments: `--password abc`, `"--password", "abc"`.
fn arguments(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("--") {
        let name = &text[at + 2..];
        let end = name.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_')));
        let Some(end) = end.filter(|end| is_hidden_key(&name[..*end])) else {
            continue;
        };
        let between = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',');
        let rest = name[end..].trim_start_matches(between);
        let start = text.len() - rest.len();
        let stop = rest.find(|c: char| between(c) || matches!(c, ']' | '}' | '`'));
        let value = &rest[..stop.unwrap_or(rest.len())];
        if start > at + 2 + end && !value.starts_with('-') && is_hidden(value) {
            found.push(start..start + value.len());
        }
    }
    found
}

/// The value of `{name: PASSWORD, value: abc}` in one line.
fn in_flow(line: &str) -> Option<Range<usize>> {
    let behind = |word: &str| {
        let at = line.find(word)? + word.len();
        let rest = line[at..].trim_start_matches([' ', '"', '\'']);
        let start = line.len() - rest.len();
        let end = rest.find([',', '}']).unwrap_or(rest.len());
        Some(start..start + end)
    };
    let (name, value) = (behind("name:")?, behind("value:")?);
    let is_one = is_hidden_key(line[name].trim_matches([' ', '"', '\'']));
    (is_one && is_hidden(&line[value.clone()])).then_some(value)
}

/// Whether an item of a list is the value of the argument before it, or of the variable that it names.
pub(super) fn is_of_name(document: &Document, key: &str) -> bool {
    let named = |key: String| document.get(&key).map(|own| own.value.as_str());
    if let Some(above) = key.strip_suffix(".value") {
        return named(format!("{above}.name")).is_some_and(is_hidden_key);
    }
    let item = key.strip_suffix(']').and_then(|key| key.rsplit_once('['));
    let Some((list, number)) = item else {
        return false;
    };
    let before = number
        .parse::<usize>()
        .ok()
        .and_then(|own| own.checked_sub(1));
    let before = before.and_then(|own| named(format!("{list}[{own}]")));
    let name = before.and_then(|own| own.strip_prefix('-'));
    name.is_some_and(|own| is_hidden_key(own.trim_start_matches('-')))
}

/// The name at the start of a line, and where what stands behind it begins.
fn key_of(line: &str) -> Option<(&str, usize)> {
    let head = line.trim_start_matches([' ', '\t', '-', '"', '\'']);
    let before = line.len() - head.len();
    let colon = head.find([':', '='])?;
    let key = head[..colon].trim_end_matches([' ', '"', '\'']);
    let value = &head[colon + 1..];
    let value = value.trim_start_matches([' ', '\t']);
    (!key.contains(char::is_whitespace)).then_some((key, before + head.len() - value.len()))
}

/// The secrets of a line, given the lines beside it: a variable of Kubernetes has its name in another one.
pub(super) fn in_line(line: &str, beside: [&str; 2]) -> Vec<Range<usize>> {
    let mut end = line.len().min(LONGEST);
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    let mut found = in_text(&line[..end]);
    found.extend(in_flow(&line[..end]));
    let Some((key, start)) = key_of(&line[..end]) else {
        return found;
    };
    let names = || {
        let mut names = beside.into_iter().filter_map(|other| {
            let (key, start) = key_of(other)?;
            (key == "name").then(|| other[start..].trim().trim_matches(['"', '\'']))
        });
        names.any(is_hidden_key)
    };
    if (is_hidden_key(key) || key == "value" && names()) && is_hidden(&line[start..]) {
        found.push(start..line.len());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_loses_its_secrets() {
        for (text, expected) in [
            (
                "-Dssl.trustStorePassword=Xyz -Da=b",
                "-Dssl.trustStorePassword=*** -Da=b",
            ),
            ("-Ds3.secret-key=abc", "-Ds3.secret-key=***"),
            (
                "x required password=\"a b\";",
                "x required password=\"***\";",
            ),
            ("s3://me:pass@bucket/x", "s3://me:***@bucket/x"),
            ("http://host:80/a@b", "http://host:80/a@b"),
            (
                "password=${PASSWORD} password=",
                "password=${PASSWORD} password=",
            ),
            ("größe=1, secret=ü", "größe=1, secret=***"),
            ("a=b", "a=b"),
        ] {
            assert_eq!(without(text), expected, "{text}");
        }
    }

    #[test]
    fn a_line_loses_its_secrets() {
        let left = |line: &str, beside: [&str; 2]| {
            let mut bytes = line.as_bytes().to_vec();
            for range in in_line(line, beside) {
                bytes[range].fill(b'*');
            }
            String::from_utf8(bytes).expect("still text")
        };
        for (line, expected) in [
            ("  s3.secret-key: /ab", "  s3.secret-key: ***"),
            ("- MY_PASSWORD=ab", "- MY_PASSWORD=**"),
            ("\"token\": \"ab\"", "\"token\": ****"),
            ("password: ${X}", "password: ${X}"),
            ("password: a$b", "password: ***"),
            ("ssl.enabled: true", "ssl.enabled: true"),
            ("ssl.key-pasword: ab", "ssl.key-pasword: **"),
            (
                "- {name: A_PASSWORD, value: ab}",
                "- {name: A_PASSWORD, value: **}",
            ),
        ] {
            assert_eq!(left(line, ["", ""]), expected);
        }
        let name = "- name: DB_PASSWORD";
        assert_eq!(left("  value: ab", [name, ""]), "  value: **");
        assert_eq!(left("  value: ab", ["- name: DB", ""]), "  value: ab");
    }
}
