//! Numbers as the kernel reads them from a sysctl value (kernel/sysctl.c, `proc_dointvec`).

use std::ops::Range;

/// A number and the bytes of the value that write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number {
    /// Its value.
    pub value: u64,
    /// Its bytes within the value.
    pub at: Range<usize>,
}

/// Up to three numbers at the start of a value, separated by blanks. What follows the third after a
/// blank is ignored, as the kernel does. Empty when any of them is no number: the kernel rejects the
/// write there, and what it keeps is a matter of its own.
pub fn parse(value: &str) -> Vec<Number> {
    let mut numbers = Vec::new();
    let mut at = 0;
    while numbers.len() < 3 {
        let rest = &value[at..];
        let start = at + (rest.len() - rest.trim_start_matches([' ', '\t', '\n']).len());
        let length = value[start..]
            .find([' ', '\t', '\n'])
            .unwrap_or(value.len() - start);
        if length == 0 {
            break;
        }
        let range = start..start + length;
        let Some(number) = one(&value[range.clone()]) else {
            // A comment after the numbers is dropped by the kernel.
            let is_rest = !numbers.is_empty() && value[start..].starts_with(['#', ';', '/']);
            if is_rest {
                break;
            }
            return Vec::new();
        };
        numbers.push(Number {
            value: number,
            at: range.clone(),
        });
        at = range.end;
    }
    numbers
}

/// Decimal, `0x` hexadecimal, or octal with a leading zero; no sign, no suffix.
fn one(text: &str) -> Option<u64> {
    let hex = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    if let Some(digits) = hex {
        return u64::from_str_radix(digits, 16).ok();
    }
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    match text.strip_prefix('0') {
        Some(digits) if !digits.is_empty() => u64::from_str_radix(digits, 8).ok(),
        _ => text.parse().ok(),
    }
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
}
