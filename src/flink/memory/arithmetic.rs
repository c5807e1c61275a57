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

/// The shortest decimal digits of a number that is not negative, and the power of ten behind them.
fn decimal(number: f64) -> (u64, i32) {
    let text = format!("{number:e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (whole, rest) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{rest}").parse().unwrap_or(0);
    let places = i32::try_from(rest.len()).unwrap_or(0);
    (digits, exponent.parse::<i32>().unwrap_or(0) - places)
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
    let size = number.abs();
    if number == 0.0 || (1e-3..1e7).contains(&size) {
        return format!("{number:?}");
    }
    let text = format!("{number:e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let point = if mantissa.contains('.') { "" } else { ".0" };
    format!("{mantissa}{point}E{exponent}")
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
            (1.0, "1.0"),
            (5e-4, "5.0E-4"),
            (1.25e7, "1.25E7"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-Infinity"),
            (0.0, "0.0"),
        ] {
            assert_eq!(java_double(number), text);
        }
    }
}
