//! Numbers as the kernel reads them from a sysctl value (kernel/sysctl.c, `proc_get_long`).

use std::ops::Range;

mod write;

pub use write::{Errno, Outcome, ports, write};

/// A number and the bytes of the value that write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number<T = u64> {
    /// Its value.
    pub value: T,
    /// Its bytes within the value.
    pub at: Range<usize>,
}

/// Why reading stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// All numbers that the parameter holds are there; what follows after a blank is ignored.
    Full,
    /// The value is at its end before that: the other numbers stay what they are.
    Short,
    /// A word that is no number, at these bytes.
    Bad(Range<usize>),
}

/// The numbers at the start of a value, at most `count`, also those beyond the limits of the parameter.
pub fn read(value: &str, count: usize) -> (Vec<Number<i128>>, End) {
    let mut numbers = Vec::new();
    let mut at = 0;
    while numbers.len() < count {
        let rest = &value[at..];
        // What the kernel skips before a number is more than what may follow one.
        let blank = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c');
        let start = at + (rest.len() - rest.trim_start_matches(blank).len());
        if start == value.len() {
            return (numbers, End::Short);
        }
        let length = value[start..].find([' ', '\t', '\n']);
        let word = start..length.map_or(value.len(), |length| start + length);
        let Some(number) = signed(&value[word.clone()]) else {
            return (numbers, End::Bad(word));
        };
        at = word.end;
        numbers.push(Number {
            value: number,
            at: word,
        });
    }
    (numbers, End::Full)
}

/// Up to three numbers at the start of a value, separated by blanks. What follows the third after a
/// blank is ignored, as the kernel does. Empty when any of them is no number: the kernel rejects the
/// write there, and what it keeps is a matter of its own.
pub fn parse(value: &str) -> Vec<Number> {
    let (found, end) = read(value, 3);
    if let End::Bad(word) = end {
        // A comment after a parameter's only number is dropped by the kernel.
        let is_rest = !found.is_empty() && value[word.start..].starts_with(['#', ';', '/']);
        if !is_rest {
            return Vec::new();
        }
    }
    let fits = |number: Number<i128>| {
        Some(Number {
            value: u64::try_from(number.value).ok()?,
            at: number.at,
        })
    };
    let all: Option<Vec<Number>> = found.into_iter().map(fits).collect();
    all.unwrap_or_default()
}

/// Decimal, `0x` hexadecimal, or octal with a leading zero; a minus, no plus, no suffix, at most 20
/// characters and no more than 64 bits.
fn signed(text: &str) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    if text.len() > 20 {
        return None;
    }
    let value = i128::from(one(digits)?);
    Some(if negative { -value } else { value })
}

/// A number without its sign.
fn one(text: &str) -> Option<u64> {
    let hex = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    let (digits, radix) = match (hex, text.strip_prefix('0')) {
        (Some(digits), _) => (digits, 16),
        (None, Some(digits)) if !digits.is_empty() => (digits, 8),
        _ => (text, 10),
    };
    // `from_str_radix` would take a plus.
    if !digits.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    u64::from_str_radix(digits, radix).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<u64> {
        parse(text).iter().map(|number| number.value).collect()
    }

    #[test]
    fn the_kernels_number_grammar_is_followed() {
        assert_eq!(values("4096 131072\t6291456"), [4096, 131_072, 6_291_456]);
        assert_eq!(values("1310720"), [1_310_720]);
        assert_eq!(values("05000000"), [1_310_720]);
        assert_eq!(values("0x100"), [256]);
        assert_eq!(values("1 2 3 4"), [1, 2, 3]);
        assert_eq!(values("212992 # small"), [212_992]);
        assert_eq!(values("4096 x 1"), Vec::<u64>::new());
        assert_eq!(values("16M"), Vec::<u64>::new());
        assert_eq!(values("+5"), Vec::<u64>::new());
        assert_eq!(values("08"), Vec::<u64>::new());
        assert_eq!(values("\"5\""), Vec::<u64>::new());
        assert_eq!(values(""), Vec::<u64>::new());
    }

    #[test]
    fn places_point_into_the_value() {
        let numbers = parse(" 4096  87380 16 # x");
        assert_eq!(numbers[1].at, 7..12);
        assert_eq!(numbers.len(), 3);
    }

    #[test]
    fn reading_says_why_it_stopped() {
        assert_eq!(read("1 2 3 # x", 3).1, End::Full);
        assert_eq!(read("1 2", 3).1, End::Short);
        assert_eq!(read("1 2 3M", 3).1, End::Bad(4..6));
        assert_eq!(read("-1", 1).0[0].value, -1);
        assert_eq!(read("18446744073709551616", 1).1, End::Bad(0..20));
    }
}
