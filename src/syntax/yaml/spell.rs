//! Values and keys as text that reads back as the same value.

use std::borrow::Cow;

use super::decode::printable;
use super::dump::double_quoted;
use super::scalar::{Typed, plain};
use super::tree::Shape;

/// Longest key that is written, in bytes; longer ones need a spelling of their own.
const KEY: usize = 512;

/// How a file spells its scalars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// YAML: plain where that reads back, else quotes.
    Yaml,
    /// JSON: text in double quotes, numbers and booleans bare.
    Json,
}

impl Dialect {
    /// A value in place of one of the shape `like`. `None` for shapes that have no one line.
    pub(crate) fn value(self, value: &str, like: Shape, flow: bool) -> Option<String> {
        match (self, like) {
            (Dialect::Json, Shape::Plain) if is_json_bare(value) => Some(value.to_owned()),
            (Dialect::Json, Shape::Plain | Shape::Double) => Some(json_string(value)),
            (Dialect::Yaml, Shape::Plain) if fits_plain(value, flow) => Some(value.to_owned()),
            (Dialect::Yaml, Shape::Single) if fits_single(value) => {
                Some(format!("'{}'", value.replace('\'', "''")))
            }
            (Dialect::Yaml, Shape::Plain | Shape::Single | Shape::Double) => {
                Some(double_quoted(value))
            }
            _ => None,
        }
    }

    /// A key in the quotes of the shape `like`.
    pub(crate) fn key(self, key: &str, like: Shape, flow: bool) -> Option<String> {
        if key.len() > KEY {
            return None;
        }
        if self == Dialect::Yaml && like == Shape::Plain && !is_text(key) {
            return Some(double_quoted(key));
        }
        match self {
            Dialect::Json => Some(json_string(key)),
            Dialect::Yaml => self.value(key, like, flow),
        }
    }
}

/// When a value of `config.yaml` gets quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quotes {
    /// Where the plain text reads back as another text.
    WhereNeeded,
    /// Also where the plain text would be a number or a boolean.
    KeepText,
    /// Always.
    Always,
}

/// A value as `config.yaml` spells it: it reads back as exactly this text.
pub fn spelled_value(value: &str, quotes: Quotes) -> String {
    let plain = match quotes {
        Quotes::WhereNeeded => true,
        Quotes::KeepText => is_text(value),
        Quotes::Always => false,
    };
    let escapes = value.contains(['"', '\\']);
    if plain && fits_plain(value, false) {
        value.to_owned()
    } else if (escapes || quotes == Quotes::Always) && fits_single(value) {
        format!("'{}'", value.replace('\'', "''"))
    } else {
        double_quoted(value)
    }
}

/// A key as `config.yaml` spells it. `None` for one that is too long to stand on one line.
pub fn spelled_key(key: &str) -> Option<String> {
    Dialect::Yaml.key(key, Shape::Plain, false)
}

/// Whether an unquoted text is text and nothing else.
fn is_text(value: &str) -> bool {
    matches!(plain(&Cow::Borrowed(value)), Some(Typed::Text(_)))
}

/// Whether a value can stand without quotes and reads back as the same text.
fn fits_plain(value: &str, flow: bool) -> bool {
    let typed = plain(&Cow::Borrowed(value));
    let same = typed.is_some_and(|typed| typed != Typed::Null && typed.java_text() == value);
    let mut characters = value.chars();
    let (first, second) = (characters.next(), characters.next());
    let starts = match first {
        None | Some(' ') => false,
        Some('-' | '?') => second.is_some_and(|c| !" ,[]{}".contains(c)),
        Some(':') => !flow && second.is_some_and(|c| c != ' '),
        Some(c) => !"#,[]{}&*!|>'\"%@`".contains(c),
    };
    same && starts
        && !value.starts_with("---")
        && !value.starts_with("...")
        && !value.ends_with([' ', ':'])
        && !value.contains(": ")
        && !value.contains(" #")
        && !(flow && value.contains([',', '[', ']', '{', '}']))
        && fits_single(value)
}

/// Whether a text has only characters that need no escape.
fn fits_single(value: &str) -> bool {
    value.chars().all(|character| {
        printable(character) && !"\t\n\r\u{85}\u{2028}\u{2029}\u{FEFF}".contains(character)
    })
}

/// Whether JSON writes the value without quotes.
fn is_json_bare(value: &str) -> bool {
    if matches!(value, "true" | "false") {
        return true;
    }
    let unsigned = value.strip_prefix('-').unwrap_or(value);
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = match unsigned.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (unsigned, None),
    };
    digits(whole) && (whole == "0" || !whole.starts_with('0')) && fraction.is_none_or(digits)
}

/// A JSON string.
fn json_string(value: &str) -> String {
    serde_json::Value::from(value).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_quoted_only_where_plain_text_reads_otherwise() {
        let spelled = |value: &str| Dialect::Yaml.value(value, Shape::Plain, false);
        for plain in [
            "4", "4096m", "true", "s3://b/c", "a b", "-Xmx1g", "1.5", "yes", "a, b",
        ] {
            assert_eq!(spelled(plain).as_deref(), Some(plain));
        }
        for (value, text) in [
            ("1.50", "\"1.50\""),
            ("007", "\"007\""),
            ("null", "\"null\""),
            ("", "\"\""),
            ("*", "\"*\""),
            ("a: b", "\"a: b\""),
            ("a #b", "\"a #b\""),
            ("[a]", "\"[a]\""),
            ("a\nb", "\"a\\nb\""),
            (" a", "\" a\""),
        ] {
            assert_eq!(spelled(value).as_deref(), Some(text));
        }
        assert_eq!(
            Dialect::Yaml.value("a, b", Shape::Plain, true).as_deref(),
            Some("\"a, b\"")
        );
    }

    #[test]
    fn json_keeps_numbers_bare_and_quotes_text() {
        let spelled = |value: &str, like| Dialect::Json.value(value, like, true);
        assert_eq!(spelled("5", Shape::Plain).as_deref(), Some("5"));
        assert_eq!(spelled("5s", Shape::Plain).as_deref(), Some("\"5s\""));
        assert_eq!(spelled("05", Shape::Plain).as_deref(), Some("\"05\""));
        assert_eq!(spelled("5", Shape::Double).as_deref(), Some("\"5\""));
        assert_eq!(
            spelled("a\"b", Shape::Double).as_deref(),
            Some("\"a\\\"b\"")
        );
        assert_eq!(spelled("5", Shape::Block), None);
    }
}
