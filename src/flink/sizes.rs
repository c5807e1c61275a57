//! Sizes of memory as compose files and Kubernetes write them.

const KIB: u64 = 1 << 10;

/// A size in a compose file (`RAMInBytes` of Docker's `go-units`): a number, perhaps with decimals,
/// and a unit that counts in powers of 1024. `None` for what it refuses, and for 0: no limit.
pub fn compose(text: &str) -> Option<u64> {
    let (number, unit) = parts(text.trim())?;
    let unit = unit.strip_prefix(' ').unwrap_or(unit).to_ascii_lowercase();
    let factor = match unit.as_str() {
        "" | "b" => 1,
        "k" | "kb" | "kib" => KIB,
        "m" | "mb" | "mib" => KIB << 10,
        "g" | "gb" | "gib" => KIB << 20,
        "t" | "tb" | "tib" => KIB << 30,
        _ => return None,
    };
    bytes(number, factor, false)
}

/// A quantity of Kubernetes (`resource.Quantity`), rounded up to bytes. `None` for what is none, and
/// for 0.
pub fn kubernetes(text: &str) -> Option<u64> {
    let (number, suffix) = parts(text.trim())?;
    if let Some(exponent) = suffix
        .strip_prefix(['e', 'E'])
        .filter(|rest| !rest.is_empty())
    {
        let exponent: u32 = exponent
            .strip_prefix('+')
            .unwrap_or(exponent)
            .parse()
            .ok()?;
        return bytes(number, 10u64.checked_pow(exponent)?, true);
    }
    let factor = match suffix {
        "" => 1,
        "m" => return bytes(number, 1, true).map(|milli| milli.div_ceil(1000)),
        "k" => 1000,
        "M" => 1_000_000,
        "G" => 1_000_000_000,
        "T" => 1_000_000_000_000,
        "Ki" => KIB,
        "Mi" => KIB << 10,
        "Gi" => KIB << 20,
        "Ti" => KIB << 30,
        _ => return None,
    };
    bytes(number, factor, true)
}

/// The digits with decimals at the start of a text, and the rest.
fn parts(text: &str) -> Option<(&str, &str)> {
    let number = |c: char| c.is_ascii_digit() || c == '.';
    let (digits, rest) = text.split_at(text.find(|c| !number(c)).unwrap_or(text.len()));
    let single = digits.matches('.').count() <= 1 && digits != ".";
    (!digits.is_empty() && single).then_some((digits, rest))
}

/// A decimal number times a factor, exactly, rounded to whole bytes.
fn bytes(number: &str, factor: u64, up: bool) -> Option<u64> {
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    let scale = 10u128.checked_pow(u32::try_from(decimals.len()).ok()?)?;
    let digits: u128 = format!("{whole}{decimals}").parse().ok()?;
    let product = digits.checked_mul(u128::from(factor))?;
    let rounded = if up {
        product.div_ceil(scale)
    } else {
        product / scale
    };
    u64::try_from(rounded).ok().filter(|bytes| *bytes > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compose_counts_in_powers_of_1024_whatever_the_case() {
        for (text, bytes) in [
            ("1073741824", Some(1 << 30)),
            ("100b", Some(100)),
            ("2g", Some(2 << 30)),
            ("2G", Some(2 << 30)),
            ("512MB", Some(512 << 20)),
            ("1.5gb", Some(3 << 29)),
            ("1 GiB", Some(1 << 30)),
            ("64k", Some(64 << 10)),
            ("0", None),
            ("-1", None),
            ("${MEM}", None),
            ("2Gx", None),
            ("1.2.3g", None),
            (".", None),
            ("", None),
            ("99999999999999999999g", None),
        ] {
            assert_eq!(compose(text), bytes, "{text}");
        }
    }

    #[test]
    fn quantities_of_kubernetes_have_binary_decimal_and_exponent_units() {
        for (text, bytes) in [
            ("128974848", Some(128_974_848)),
            ("129e6", Some(129_000_000)),
            ("1E3", Some(1000)),
            ("129M", Some(129_000_000)),
            ("123Mi", Some(123 << 20)),
            ("1.5Gi", Some(3 << 29)),
            ("128974848000m", Some(128_974_848)),
            ("1500m", Some(2)),
            ("2k", Some(2000)),
            ("2K", None),
            ("2g", None),
            ("0", None),
            ("{{ x }}", None),
            ("1e99", None),
        ] {
            assert_eq!(kubernetes(text), bytes, "{text}");
        }
    }
}
