//! Scalars typed by the YAML 1.2 core schema and written as Java writes them, as Flink's loader
//! does it: snakeyaml-engine's `CoreScalarResolver`, `ConstructYamlCoreInt` and `...Float`.

use std::borrow::Cow;

use super::tree::{Node, Shape};
use crate::syntax::Kind;

/// A scalar as the loader constructs it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Typed<'t> {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// An integer in decimal.
    Integer(Cow<'t, str>),
    /// A floating point number.
    Float(f64),
    /// Text.
    Text(Cow<'t, str>),
    /// `!!binary`: the bytes in base 64.
    Binary(String),
}

impl Typed<'_> {
    /// What `String.valueOf` of the Java object gives.
    pub(crate) fn java_text(&self) -> Cow<'_, str> {
        match self {
            Typed::Null => Cow::Borrowed("null"),
            Typed::Boolean(true) => Cow::Borrowed("true"),
            Typed::Boolean(false) => Cow::Borrowed("false"),
            Typed::Integer(text) | Typed::Text(text) => Cow::Borrowed(text),
            Typed::Float(number) => Cow::Owned(java_double(*number)),
            Typed::Binary(_) => Cow::Borrowed("<bytes>"),
        }
    }

    /// The kind of a setting that holds it.
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Typed::Null => Kind::Null,
            Typed::Boolean(_) => Kind::Boolean,
            Typed::Integer(_) => Kind::Integer,
            Typed::Float(_) => Kind::Float,
            Typed::Text(_) | Typed::Binary(_) => Kind::Text,
        }
    }
}

/// Prefix of the tags that YAML itself defines.
pub(crate) const CORE: &str = "tag:yaml.org,2002:";

/// The scalar of a node, or why the loader can't construct it.
pub(crate) fn typed<'t>(node: &Node<'t>) -> Result<Typed<'t>, String> {
    let value = &node.value;
    let Some(tag) = &node.tag else {
        return match node.shape {
            Shape::Plain => plain(value).ok_or_else(|| format!("`{value}` is no number to Java")),
            _ => Ok(Typed::Text(value.clone())),
        };
    };
    let name = tag.name.as_str();
    let bad = || {
        let short = name.strip_prefix(CORE).unwrap_or(name);
        format!("`{value}` is no !!{short}")
    };
    match name.strip_prefix(CORE).unwrap_or(name) {
        "str" | "!" | "!ENV_VARIABLE" => Ok(Typed::Text(value.clone())),
        "int" => explicit_integer(value).map(Typed::Integer).ok_or_else(bad),
        "float" => float(&value.to_lowercase())
            .map(Typed::Float)
            .ok_or_else(bad),
        "bool" => Ok(match value.to_lowercase().as_str() {
            "true" => Typed::Boolean(true),
            "false" => Typed::Boolean(false),
            _ => Typed::Null,
        }),
        "null" => Ok(Typed::Null),
        "binary" => base64(value).map(Typed::Binary).ok_or_else(bad),
        "map" | "seq" | "set" => Err(format!("the tag {} does not fit text", shown(name))),
        _ => Err(format!("the tag {} is unknown to Flink", shown(name))),
    }
}

/// A tag in its short form.
pub(crate) fn shown(name: &str) -> String {
    match name.strip_prefix(CORE) {
        Some(short) => format!("`!!{short}`"),
        None => format!("`{name}`"),
    }
}

/// A scalar without quotes and tag. `None` for `+.inf`, which looks like a number to the schema
/// and is none to `Double.valueOf`.
pub(crate) fn plain<'t>(value: &Cow<'t, str>) -> Option<Typed<'t>> {
    let bytes = value.as_bytes();
    match bytes.first() {
        None => return Some(Typed::Null),
        Some(b'~' | b'n' | b'N' | b' ') => {
            if matches!(value.as_ref(), "~" | "null" | "Null" | "NULL" | " ") {
                return Some(Typed::Null);
            }
        }
        Some(b't' | b'T' | b'f' | b'F') => {
            if matches!(value.as_ref(), "true" | "True" | "TRUE") {
                return Some(Typed::Boolean(true));
            }
            if matches!(value.as_ref(), "false" | "False" | "FALSE") {
                return Some(Typed::Boolean(false));
            }
        }
        Some(b'-' | b'+' | b'.' | b'0'..=b'9') => {
            if let Some(integer) = integer(value) {
                return Some(Typed::Integer(integer));
            }
            if is_float(value) {
                return float(&value.to_lowercase()).map(Typed::Float);
            }
        }
        Some(_) => {}
    }
    Some(Typed::Text(value.clone()))
}

/// `[-+]?[0-9]+`, `0o[0-7]+` or `0x[0-9a-fA-F]+` in decimal.
fn integer<'t>(value: &Cow<'t, str>) -> Option<Cow<'t, str>> {
    if let Some(digits) = value.strip_prefix("0x") {
        return radix(digits, 16).map(Cow::Owned);
    }
    if let Some(digits) = value.strip_prefix("0o") {
        return radix(digits, 8).map(Cow::Owned);
    }
    let digits = value.strip_prefix(['-', '+']).unwrap_or(value);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let short = digits.trim_start_matches('0');
    let negative = value.starts_with('-');
    if short.is_empty() {
        return Some(Cow::Borrowed("0"));
    }
    let same = short.len() + usize::from(negative) == value.len();
    Some(match value {
        Cow::Borrowed(text) if same => Cow::Borrowed(text),
        _ if negative => Cow::Owned(format!("-{short}")),
        _ => Cow::Owned(short.to_owned()),
    })
}

/// What `!!int` accepts: beside the schema's forms a sign before a base.
fn explicit_integer<'t>(value: &Cow<'t, str>) -> Option<Cow<'t, str>> {
    let unsigned = value.strip_prefix(['-', '+']).unwrap_or(value);
    if unsigned.starts_with("0x") || unsigned.starts_with("0o") {
        let number = integer(&Cow::Borrowed(unsigned))?.into_owned();
        let negative = value.starts_with('-') && number != "0";
        return Some(Cow::Owned(if negative {
            format!("-{number}")
        } else {
            number
        }));
    }
    integer(value)
}

/// Digits of base 8 or 16 in decimal. Numbers far longer than any option takes stay text.
fn radix(digits: &str, base: u32) -> Option<String> {
    if digits.is_empty() || digits.len() > 512 || !digits.chars().all(|digit| digit.is_digit(base))
    {
        return None;
    }
    // Nine decimal digits a limb, lowest first.
    let mut limbs = vec![0u64];
    for digit in digits.chars().filter_map(|c| c.to_digit(base)) {
        let mut carry = u64::from(digit);
        for limb in &mut limbs {
            let value = *limb * u64::from(base) + carry;
            *limb = value % 1_000_000_000;
            carry = value / 1_000_000_000;
        }
        if carry > 0 {
            limbs.push(carry);
        }
    }
    let highest = limbs.pop().unwrap_or(0).to_string();
    let lower = limbs.iter().rev().map(|limb| format!("{limb:09}"));
    Some(std::iter::once(highest).chain(lower).collect())
}

/// The schema's pattern of a float.
fn is_float(value: &str) -> bool {
    let unsigned = value.strip_prefix(['-', '+']).unwrap_or(value);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(value, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], Some(&unsigned[at + 1..])),
        None => (unsigned, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let mantissa_fits = match mantissa.split_once('.') {
        Some(("", fraction)) => digits(fraction),
        Some((whole, fraction)) => digits(whole) && (fraction.is_empty() || digits(fraction)),
        None => digits(mantissa),
    };
    let exponent_fits =
        exponent.is_none_or(|text| digits(text.strip_prefix(['-', '+']).unwrap_or(text)));
    mantissa_fits && exponent_fits
}

/// `Double.valueOf` of a lower-cased text, as far as YAML's own forms go.
fn float(lower: &str) -> Option<f64> {
    match lower {
        ".inf" => return Some(f64::INFINITY),
        "-.inf" => return Some(f64::NEG_INFINITY),
        ".nan" => return Some(f64::NAN),
        _ => {}
    }
    is_float(lower).then(|| lower.parse::<f64>().ok()).flatten()
}

/// `Double.toString`.
pub(crate) fn java_double(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        }
        .to_owned();
    }
    let size = number.abs();
    if size == 0.0 || (1e-3..1e7).contains(&size) {
        let text = number.to_string();
        return if text.contains('.') {
            text
        } else {
            format!("{text}.0")
        };
    }
    let text = format!("{number:E}");
    match text.split_once('E') {
        Some((mantissa, exponent)) if !mantissa.contains('.') => format!("{mantissa}.0E{exponent}"),
        _ => text,
    }
}

/// The canonical base 64 of what Java's basic decoder accepts.
fn base64(value: &str) -> Option<String> {
    let packed: String = value
        .split(|c: char| " \t\n\u{B}\u{C}\r".contains(c))
        .collect();
    let bare = packed.trim_end_matches('=');
    let padding = packed.len() - bare.len();
    let fits = bare
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'));
    let rest = bare.len() % 4;
    let padded = padding == 0 || rest + padding == 4;
    (fits && rest != 1 && padded).then(|| {
        let missing = if rest == 0 { 0 } else { 4 - rest };
        format!("{bare}{}", "=".repeat(missing))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(value: &str) -> String {
        plain(&Cow::Borrowed(value))
            .map_or("error".to_owned(), |typed| typed.java_text().into_owned())
    }

    #[test]
    fn integers_are_decimal_without_sign_and_leading_zeros() {
        for (written, read) in [
            ("+1", "1"),
            ("007", "7"),
            ("-00", "0"),
            ("-0012", "-12"),
            ("0x1F", "31"),
            ("0o17", "15"),
            ("0xffffffffffffffffffff", "1208925819614629174706175"),
            ("1_000", "1_000"),
            ("0b1", "0b1"),
            ("-0x1", "-0x1"),
        ] {
            assert_eq!(text_of(written), read, "{written}");
        }
    }

    #[test]
    fn floats_are_written_as_java_writes_them() {
        for (written, read) in [
            ("1e3", "1000.0"),
            ("1e10", "1.0E10"),
            ("1.50", "1.5"),
            ("5.", "5.0"),
            ("-0.0", "-0.0"),
            ("1e-4", "1.0E-4"),
            ("12345678.9", "1.23456789E7"),
            (".inf", "Infinity"),
            ("-.INF", "-Infinity"),
            (".nan", "NaN"),
            ("1e400", "Infinity"),
            ("+.inf", "error"),
            ("1ee3", "1ee3"),
            (".", "."),
        ] {
            assert_eq!(text_of(written), read, "{written}");
        }
    }

    #[test]
    fn base_64_takes_missing_padding_and_no_other_letters() {
        assert_eq!(base64("aGVs bG8="), Some("aGVsbG8=".to_owned()));
        assert_eq!(base64("aGVsbG8"), Some("aGVsbG8=".to_owned()));
        assert_eq!(base64("a"), None);
        assert_eq!(base64("a-b="), None);
    }
}
