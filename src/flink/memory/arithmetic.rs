//! Java's arithmetic of memory sizes: `MemorySize` holds a `long` that is never negative.

use super::failure::{Failure, Refused};
use super::options::MOST;

/// A sum (`MemorySize.add`).
pub(super) fn sum(sizes: impl IntoIterator<Item = u64>) -> Result<u64, Refused> {
    let mut sizes = sizes.into_iter();
    let add = |sum: u64, size: u64| sum.checked_add(size).filter(|sum| *sum <= MOST);
    sizes
        .try_fold(0, add)
        .ok_or_else(|| Failure::Overflow.into())
}

/// A size times a factor, rounded down (`MemorySize.multiply`): the product of the size and the shortest
/// decimal number that names the factor.
pub(super) fn times(bytes: u64, factor: f64) -> Result<u64, Refused> {
    let (digits, exponent) = decimal(factor);
    let product = u128::from(bytes) * u128::from(digits);
    let power = |exponent: u32| 10_u128.checked_pow(exponent);
    let exact = match u32::try_from(exponent) {
        Ok(exponent) => power(exponent).and_then(|power| product.checked_mul(power)),
        // What is divided by more than a u128 can hold is less than one byte.
        Err(_) => Some(power(exponent.unsigned_abs()).map_or(0, |power| product / power)),
    };
    let exact = if product == 0 { Some(0) } else { exact };
    let bytes = exact.and_then(|bytes| u64::try_from(bytes).ok());
    bytes
        .filter(|bytes| *bytes <= MOST)
        .ok_or_else(|| Failure::Overflow.into())
}

/// The decimal digits of a number that is not negative, and the power of ten behind them.
fn decimal(number: f64) -> (u64, i32) {
    let text = scientific(number);
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (whole, rest) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{rest}").parse().unwrap_or(0);
    let places = i32::try_from(rest.len()).unwrap_or(0);
    (digits, exponent.parse::<i32>().unwrap_or(0) - places)
}

/// `1.25e-1`: the digits that Java takes for a number, at least two of them. They are as few as name no
/// other number, and of these the nearest. Where two are as near, Rust takes the larger and Java the even
/// one, as Rust does when it is told how many to write.
fn scientific(number: f64) -> String {
    let shortest = format!("{number:e}");
    let mantissa = shortest.bytes().take_while(|byte| *byte != b'e');
    let digits = mantissa.filter(u8::is_ascii_digit).count().max(2);
    format!("{number:.*e}", digits - 1)
}

/// A size in the words of Flink's messages (`MemorySize.toHumanReadableString`): `64.000mb (67108864
/// bytes)`, in the largest unit of which there is more than one.
pub(super) fn human(bytes: u64) -> String {
    let units = [("tb", 40), ("gb", 30), ("mb", 20), ("kb", 10)];
    let Some((unit, shift)) = units.into_iter().find(|(_, shift)| bytes > 1 << shift) else {
        return format!("{bytes} bytes");
    };
    let one = 1_u128 << shift;
    let thousandths = (u128::from(bytes) * 1000 + one / 2) / one;
    let (whole, part) = (thousandths / 1000, thousandths % 1000);
    format!("{whole}.{part:03}{unit} ({bytes} bytes)")
}

/// A number as `Double.toString` writes it.
pub fn java_double(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        let sign = if number < 0.0 { "-" } else { "" };
        return format!("{sign}Infinity");
    }
    let text = scientific(number);
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    if number != 0.0 && !(1e-3..1e7).contains(&number.abs()) {
        return format!("{mantissa}E{exponent}");
    }
    let digits = mantissa.bytes().filter(u8::is_ascii_digit).count();
    let exponent = exponent.parse::<isize>().unwrap_or(0);
    let decimals = digits.saturating_add_signed(-exponent).max(2) - 1;
    let plain = format!("{number:.decimals$}");
    let plain = plain.trim_end_matches('0');
    let zero = if plain.ends_with('.') { "0" } else { "" };
    format!("{plain}{zero}")
}

/// A number that Java read as a `float` and then widened, in the digits of the `float`: `0.1`, not
/// `0.10000000149011612`.
#[expect(clippy::cast_possible_truncation, reason = "it was a float before")]
pub fn java_float(number: f64) -> String {
    let number = number as f32;
    if number.is_finite() {
        number.to_string()
    } else {
        java_double(number.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_those_of_decimal_numbers() {
        let tenth = f64::from(0.1_f32);
        for (bytes, factor, product) in [
            (1_811_939_328, tenth, Ok(181_193_935)),
            (1_811_939_328, 0.1, Ok(181_193_932)),
            (MOST, 1.0, Ok(MOST)),
            (MOST, 1.5, Err(Failure::Overflow.into())),
            (0, 1e300, Ok(0)),
            (1, 1e300, Err(Failure::Overflow.into())),
            (MOST, 1e-300, Ok(0)),
            (3, f64::from_bits(1), Ok(0)),
            (7, 3.0, Ok(21)),
            // Its digits end in 125, exactly.
            (1_130_364_928, f64::from(0.188_739_77_f32), Ok(213_344_823)),
        ] {
            assert_eq!(times(bytes, factor), product, "{bytes} x {factor}");
        }
    }

    #[test]
    fn sizes_and_numbers_are_written_like_java() {
        assert_eq!(human(1024), "1024 bytes");
        assert_eq!(human(1025), "1.001kb (1025 bytes)");
        assert_eq!(human(1 << 30), "1024.000mb (1073741824 bytes)");
        assert_eq!(human(67_174_400), "64.063mb (67174400 bytes)");
        for (number, text) in [
            (0.1_f32.into(), "0.10000000149011612"),
            (0.188_739_77_f32.into(), "0.18873977661132812"),
            (-0.5, "-0.5"),
            (0.001, "0.001"),
            (9_999_999.0, "9999999.0"),
            (1_234_567.75, "1234567.75"),
            (f64::from_bits(1), "4.9E-324"),
            (1e23, "1.0E23"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (5e-4, "5.0E-4"),
            (1.25e7, "1.25E7"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-Infinity"),
            (0.0, "0.0"),
        ] {
            assert_eq!(java_double(number), text);
        }
        for (number, text) in [(0.1, "0.1"), (40.0, "40"), (f32::INFINITY, "Infinity")] {
            assert_eq!(java_float(number.into()), text);
        }
    }
}
