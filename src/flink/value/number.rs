//! Numbers as Java reads them: `Integer.parseInt`, `Long.parseLong`, `Double.parseDouble`,
//! `Float.parseFloat`, behind `ConfigurationUtils.convertTo*`.

use super::{ValueError, trim, unquoted};

/// The first digit of each run of decimal digits outside of ASCII that `Character.digit` takes.
/// Only characters of 16 bits: Java reads texts in these.
const ZEROS: [char; 36] = [
    '\u{660}', '\u{6f0}', '\u{7c0}', '\u{966}', '\u{9e6}', '\u{a66}', '\u{ae6}', '\u{b66}',
    '\u{be6}', '\u{c66}', '\u{ce6}', '\u{d66}', '\u{de6}', '\u{e50}', '\u{ed0}', '\u{f20}',
    '\u{1040}', '\u{1090}', '\u{17e0}', '\u{1810}', '\u{1946}', '\u{19d0}', '\u{1a80}', '\u{1a90}',
    '\u{1b50}', '\u{1bb0}', '\u{1c40}', '\u{1c50}', '\u{a620}', '\u{a8d0}', '\u{a900}', '\u{a9d0}',
    '\u{a9f0}', '\u{aa50}', '\u{abf0}', '\u{ff10}',
];

/// An `int`.
pub fn parse_integer(text: &str) -> Result<i32, ValueError> {
    let (least, most) = (i32::MIN.into(), i32::MAX.into());
    read_whole(text, least, most)
        .and_then(|number| i32::try_from(number).ok())
        .ok_or_else(|| whole_error(text, least, most))
}

/// A `long`.
pub fn parse_long(text: &str) -> Result<i64, ValueError> {
    read_whole(text, i64::MIN, i64::MAX).ok_or_else(|| whole_error(text, i64::MIN, i64::MAX))
}

fn read_whole(text: &str, least: i64, most: i64) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.is_empty() {
        return None;
    }
    let mut number: i64 = 0;
    for c in digits.chars() {
        let digit = i64::from(digit(c)?);
        let digit = if negative { -digit } else { digit };
        number = number.checked_mul(10)?.checked_add(digit)?;
    }
    (least..=most).contains(&number).then_some(number)
}

fn digit(c: char) -> Option<u32> {
    c.to_digit(10).or_else(|| {
        let run = ZEROS.partition_point(|zero| *zero <= c).checked_sub(1)?;
        Some(u32::from(c) - u32::from(ZEROS[run])).filter(|digit| *digit < 10)
    })
}

fn whole_error(text: &str, least: i64, most: i64) -> ValueError {
    let plain = unquoted(text).replace('_', "");
    let plain = match plain.split_once('.') {
        Some((whole, zeros)) if zeros.bytes().all(|byte| byte == b'0') => whole.to_owned(),
        _ => plain,
    };
    let number = match plain
        .strip_prefix("0x")
        .map(|hex| u32::from_str_radix(hex, 16))
    {
        Some(Ok(number)) => Some(number.into()),
        _ => read_whole(&plain, least, most),
    };
    ValueError::Whole {
        text: text.to_owned(),
        least,
        most,
        instead: number
            .filter(|number| (least..=most).contains(number))
            .map(|number| number.to_string()),
    }
}

/// A `double`. Java also takes `1f`, `0x1p3`, `NaN` and `Infinity`, and blanks around the number.
pub fn parse_double(text: &str) -> Result<f64, ValueError> {
    read_decimal(text).ok_or_else(|| decimal_error(text))
}

/// A `float`. A plain number of a YAML file is a `double` before it gets here, and Flink then
/// refuses it when it lies outside of a `float`; that check is the caller's.
pub fn parse_float(text: &str) -> Result<f32, ValueError> {
    let plain = plain_decimal(trim(text)).and_then(|digits| digits.parse::<f32>().ok());
    match plain {
        Some(number) => Ok(number),
        #[expect(clippy::cast_possible_truncation, reason = "Java rounds as well")]
        None => parse_double(text).map(|number| number as f32),
    }
}

fn read_decimal(text: &str) -> Option<f64> {
    let text = trim(text);
    if let Some(digits) = plain_decimal(text) {
        return digits.parse().ok();
    }
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    match rest {
        "NaN" => Some(f64::NAN),
        "Infinity" => Some(sign * f64::INFINITY),
        _ => read_hex(rest).map(|number| sign * number),
    }
}

/// A decimal literal of Java without its type suffix, which is then one of Rust too.
fn plain_decimal(text: &str) -> Option<&str> {
    let body = text.strip_suffix(['f', 'F', 'd', 'D']).unwrap_or(text);
    let unsigned = body.strip_prefix(['-', '+']).unwrap_or(body);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, decimals) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let has_digits = !(whole.is_empty() && decimals.is_empty());
    let exponent_fits = exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        !digits.is_empty() && is_digits(digits)
    });
    (has_digits && is_digits(whole) && is_digits(decimals) && exponent_fits).then_some(body)
}

/// A hexadecimal literal such as `0x1.8p3`; its exponent is not optional. More digits than a
/// double holds are rounded more than once here, and only once by Java.
fn read_hex(text: &str) -> Option<f64> {
    let text = text.strip_suffix(['f', 'F', 'd', 'D']).unwrap_or(text);
    let rest = text
        .strip_prefix("0x")
        .or_else(|| text.strip_prefix("0X"))?;
    let (mantissa, exponent) = rest.split_once(['p', 'P'])?;
    let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let exponent = exponent
        .parse::<i32>()
        .unwrap_or(if exponent.starts_with('-') {
            i32::MIN
        } else {
            i32::MAX
        });
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut number = 0.0;
    for c in whole.chars() {
        number = number * 16.0 + f64::from(c.to_digit(16)?);
    }
    let mut place = 1.0 / 16.0;
    for c in fraction.chars() {
        number += f64::from(c.to_digit(16)?) * place;
        place /= 16.0;
    }
    if number == 0.0 {
        return Some(number);
    }
    // In two steps, so that the factor itself neither overflows nor vanishes.
    let half = exponent.clamp(-4_000, 4_000) / 2;
    let other = exponent.clamp(-4_000, 4_000) - half;
    Some(number * 2_f64.powi(half) * 2_f64.powi(other))
}

fn decimal_error(text: &str) -> ValueError {
    let plain = unquoted(text);
    let percent = plain.strip_suffix('%').and_then(|number| {
        let hundredths = number.trim().parse::<u32>().ok()?;
        Some((f64::from(hundredths) / 100.0).to_string())
    });
    // One comma and no point is how many languages write a decimal point.
    let comma = (plain.matches(',').count() == 1 && !plain.contains('.'))
        .then(|| plain.replace(',', "."))
        .filter(|number| plain_decimal(number).is_some());
    let quoted = || plain_decimal(plain).map(str::to_owned);
    ValueError::Decimal {
        text: text.to_owned(),
        instead: percent.or(comma).or_else(quoted),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_follow_java() {
        assert_eq!(parse_integer("+007"), Ok(7));
        assert_eq!(parse_integer("-2147483648"), Ok(i32::MIN));
        assert_eq!(parse_long("-9223372036854775808"), Ok(i64::MIN));
        assert_eq!(parse_integer("\u{ff11}\u{662}"), Ok(12));
        for text in [
            "",
            "+",
            "-",
            "2147483648",
            " 4",
            "4.0",
            "1_000",
            "0x10",
            "\u{669}x",
            "\u{66a}",
        ] {
            assert!(parse_integer(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_was_meant_by_a_number_is_found() {
        let whole = |text| parse_integer(text).unwrap_err();
        assert_eq!(whole("\"4\"").instead(), Some("4"));
        assert_eq!(whole(" 4 ").instead(), Some("4"));
        assert_eq!(whole("4.0").instead(), Some("4"));
        assert_eq!(whole("1_000").instead(), Some("1000"));
        assert_eq!(whole("0x10").instead(), Some("16"));
        assert_eq!(whole("4.5").instead(), None);
        assert_eq!(whole("4 slots").instead(), None);
        assert_eq!(whole("99999999999").instead(), None);
        let decimal = |text| parse_double(text).unwrap_err();
        assert_eq!(decimal("0,4").instead(), Some("0.4"));
        assert_eq!(decimal("40%").instead(), Some("0.4"));
        assert_eq!(decimal("'0.4'").instead(), Some("0.4"));
        assert_eq!(decimal("a lot").instead(), None);
    }

    #[test]
    fn decimal_numbers_follow_java() {
        let close = |text: &str, number: f64| {
            let read = parse_double(text).unwrap();
            assert!((read - number).abs() < f64::EPSILON, "{text}: {read}");
        };
        close(" 1.5 ", 1.5);
        close("1.", 1.0);
        close(".5D", 0.5);
        close("1e2f", 100.0);
        close("0x1.8p3", 12.0);
        close("-0x.8p1d", -1.0);
        close("0x1p-4000", 0.0);
        close("0x0p4000", 0.0);
        assert!(parse_double("-Infinity").is_ok_and(|number| number == f64::NEG_INFINITY));
        assert!(parse_double("0x1p99999999999").is_ok_and(f64::is_infinite));
        assert!(parse_float("1e39").is_ok_and(f32::is_infinite));
        assert!(parse_float("NaN").is_ok_and(f32::is_nan));
        for text in [
            "", ".", "e1", "1e", "inf", "nan", "0x1", "0xp1", "0x1p", "1 2", "+-1", "1fd",
        ] {
            assert!(parse_double(text).is_err(), "{text}");
            assert!(parse_float(text).is_err(), "{text}");
        }
    }
}
