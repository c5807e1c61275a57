//! Memory sizes (`MemorySize.parseBytes`), the same in all versions.

use super::{Fault, ValueError, number_and_unit, sum_of_units, trim, unquoted};

const KIB: u64 = 1024;
/// The bytes of a mebibyte.
pub const MIB: u64 = KIB << 10;
/// The bytes of a gibibyte.
pub const GIB: u64 = MIB << 10;
const TIB: u64 = GIB << 10;

/// The bytes of a memory size (`MemorySize.parseBytes`; the same in all versions).
pub fn parse_memory(text: &str) -> Result<u64, ValueError> {
    read_memory(trim(text)).map_err(|fault| ValueError::Memory {
        text: text.to_owned(),
        fault,
        instead: meant_memory(text),
    })
}

fn read_memory(trimmed: &str) -> Result<u64, Fault> {
    if trimmed.is_empty() {
        return Err(Fault::Empty);
    }
    let (number, unit) = number_and_unit(trimmed);
    if number.is_empty() {
        return Err(Fault::NoNumber);
    }
    let fits = |number: &u64| i64::try_from(*number).is_ok();
    let number = number.parse::<u64>().ok().filter(fits);
    let factor = match unit.as_str() {
        "" | "b" | "bytes" => 1,
        "k" | "kb" | "kibibytes" => KIB,
        "m" | "mb" | "mebibytes" => MIB,
        "g" | "gb" | "gibibytes" => GIB,
        "t" | "tb" | "tebibytes" => TIB,
        _ if number.is_none() => return Err(Fault::TooLarge),
        _ if unit.starts_with('.') => return Err(Fault::Decimals),
        _ => return Err(Fault::MemoryUnit(unit)),
    };
    number
        .and_then(|number| number.checked_mul(factor))
        .filter(fits)
        .ok_or(Fault::TooLarge)
}

/// What people mean by units that Flink does not take. All of them are powers of 1024 here,
/// because that is what Flink makes of `kb`.
fn meant_memory(text: &str) -> Option<String> {
    let plain = unquoted(text);
    if read_memory(plain).is_ok() {
        return Some(plain.to_owned());
    }
    let bytes = sum_of_units(plain, |unit| {
        Some(match unit {
            "b" | "byte" | "bytes" => 1,
            "k" | "kb" | "ki" | "kib" | "kilobyte" | "kilobytes" | "kibibytes" => KIB.into(),
            "m" | "mb" | "mi" | "mib" | "megabyte" | "megabytes" | "mebibytes" => MIB.into(),
            "g" | "gb" | "gi" | "gib" | "gigabyte" | "gigabytes" | "gibibytes" => GIB.into(),
            "t" | "tb" | "ti" | "tib" | "terabyte" | "terabytes" | "tebibytes" => TIB.into(),
            "p" | "pb" | "pi" | "pib" => u128::from(TIB) << 10,
            _ => return None,
        })
    })?;
    let bytes = u64::try_from(bytes).ok()?;
    // The number that people wrote, where it can stay: `1600Mi` is `1600m`, not `1600mb`.
    let (number, unit) = number_and_unit(plain);
    let kept = unit.get(..1).map(|unit| format!("{number}{unit}"));
    let kept = kept.filter(|kept| read_memory(kept) == Ok(bytes));
    let shortest = || {
        let written = write_memory(bytes);
        written
            .strip_suffix('b')
            .filter(|written| !written.ends_with(|c: char| c.is_ascii_digit()))
            .map_or(written.clone(), str::to_owned)
    };
    let written = kept.unwrap_or_else(shortest);
    read_memory(&written).is_ok().then_some(written)
}

/// A memory size in Flink's grammar, in the largest unit that needs no decimals: `64mb`.
pub fn write_memory(bytes: u64) -> String {
    let (unit, factor) = [("tb", TIB), ("gb", GIB), ("mb", MIB), ("kb", KIB)]
        .into_iter()
        .find(|(_, factor)| bytes > 0 && bytes.is_multiple_of(*factor))
        .unwrap_or(("b", 1));
    format!("{}{unit}", bytes / factor)
}

/// A memory size for people: `64 MiB`, `108.8 MiB`, `12 bytes`.
pub fn show_memory(bytes: u64) -> String {
    // MiB up to 10 GiB: people compare these numbers with each other.
    let (unit, factor) = match bytes {
        0..KIB => return format!("{bytes} bytes"),
        KIB..MIB => ("KiB", KIB),
        _ if bytes >= TIB && bytes.is_multiple_of(TIB) => ("TiB", TIB),
        _ if bytes >= GIB && (bytes.is_multiple_of(GIB) || bytes >= 10 * GIB) => ("GiB", GIB),
        _ => ("MiB", MIB),
    };
    let tenths = (u128::from(bytes) * 10 + u128::from(factor) / 2) / u128::from(factor);
    match tenths % 10 {
        0 => format!("{} {unit}", tenths / 10),
        tenth => format!("{}.{tenth} {unit}", tenths / 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_that_flink_refuses_comes_with_what_was_meant() {
        for (written, meant) in [
            ("1.5g", Some("1536m")),
            ("64mib", Some("64m")),
            ("2Gi", Some("2g")),
            ("\"64mb\"", Some("64mb")),
            ("1 byte", Some("1b")),
            ("1pb", Some("1024t")),
            ("1_024m", Some("1g")),
            ("0.1g", None),
            ("-1m", None),
            ("64 apples", None),
            ("", None),
            ("99999999999999999999", None),
            ("9999999999tb", None),
        ] {
            let error = parse_memory(written).unwrap_err();
            assert_eq!(error.instead(), meant, "{written}");
        }
    }

    #[test]
    fn sizes_are_shown_for_people_and_written_for_flink() {
        for (bytes, shown, written) in [
            (0, "0 bytes", "0b"),
            (12, "12 bytes", "12b"),
            (64 * MIB, "64 MiB", "64mb"),
            (8 * MIB, "8 MiB", "8mb"),
            (1728 * MIB, "1728 MiB", "1728mb"),
            (GIB, "1 GiB", "1gb"),
            (114_085_069, "108.8 MiB", "114085069b"),
            (1536, "1.5 KiB", "1536b"),
            (u64::MAX, "17179869184 GiB", "18446744073709551615b"),
        ] {
            assert_eq!(show_memory(bytes), shown);
            assert_eq!(write_memory(bytes), written);
        }
    }
}
