//! Durations (`TimeUtils.parseDuration`), the one type whose grammar changed between versions.

use std::time::Duration;

use super::{Fault, ValueError, number_and_unit, sum_of_units, trim, unquoted};
use crate::flink::version::Versions;

/// 1.15 and later take `m` for minutes.
const MINUTES_AS_M: Versions = Versions::from_bits(0x0FFC);
/// 2.0 and later take numbers beyond 64 bits when the duration fits.
const BIG_NUMBERS: Versions = Versions::V2;
/// 2.1 and later take ISO-8601.
const ISO: Versions = Versions::from_bits(0x0E00);

const SECOND: u128 = 1_000_000_000;

/// The units in nanoseconds, largest first, with a name that every version takes.
const UNITS: [(&str, u128); 7] = [
    ("d", 86_400 * SECOND),
    ("h", 3_600 * SECOND),
    ("min", 60 * SECOND),
    ("s", SECOND),
    ("ms", 1_000_000),
    ("micros", 1_000),
    ("ns", 1),
];

/// A duration, if every one of `versions` accepts the text. No text means two different
/// durations in two versions.
pub fn parse_duration(text: &str, versions: Versions) -> Result<Duration, ValueError> {
    let (fault, refused) = match read(trim(text)) {
        Ok(reading) => {
            let refused = versions.without(reading.versions);
            if refused.is_empty() {
                return Ok(reading.duration);
            }
            (reading.elsewhere, refused)
        }
        Err(fault) => (fault, versions),
    };
    Err(ValueError::Duration {
        text: text.to_owned(),
        fault,
        refused,
        instead: meant(text),
    })
}

/// What a text means in the versions that accept it, and what is wrong with it elsewhere.
struct Reading {
    duration: Duration,
    versions: Versions,
    elsewhere: Fault,
}

fn read(trimmed: &str) -> Result<Reading, Fault> {
    if trimmed.is_empty() {
        return Err(Fault::Empty);
    }
    let (number, unit) = number_and_unit(trimmed);
    if number.is_empty() {
        return Ok(Reading {
            duration: read_iso(trimmed).ok_or(Fault::NoNumber)?,
            versions: ISO,
            elsewhere: Fault::NoNumber,
        });
    }
    let factor = match unit.as_str() {
        "d" | "day" | "days" => 86_400 * SECOND,
        "h" | "hour" | "hours" => 3_600 * SECOND,
        "m" | "min" | "minute" | "minutes" => 60 * SECOND,
        "s" | "sec" | "secs" | "second" | "seconds" => SECOND,
        "" | "ms" | "milli" | "millis" | "millisecond" | "milliseconds" => 1_000_000,
        // U+00B5 only; the Greek letter U+03BC looks the same and is refused.
        "\u{b5}s" | "micro" | "micros" | "microsecond" | "microseconds" => 1_000,
        "ns" | "nano" | "nanos" | "nanosecond" | "nanoseconds" => 1,
        _ if unit.starts_with('.') => return Err(Fault::Decimals),
        _ => return Err(Fault::TimeUnit(unit)),
    };
    let number = number.parse::<u128>().map_err(|_| Fault::TooLarge)?;
    let nanos = number.checked_mul(factor).ok_or(Fault::TooLarge)?;
    let small = i64::try_from(number).is_ok();
    let (versions, elsewhere) = match unit.as_str() {
        "m" if small => (MINUTES_AS_M, Fault::TimeUnit(unit)),
        _ if small => (Versions::ALL, Fault::TooLarge),
        _ => (BIG_NUMBERS, Fault::TooLarge),
    };
    Ok(Reading {
        duration: from_nanos(nanos).ok_or(Fault::TooLarge)?,
        versions,
        elsewhere,
    })
}

/// A duration of which `java.time.Duration` can hold the seconds.
fn from_nanos(nanos: u128) -> Option<Duration> {
    let seconds = i64::try_from(nanos / SECOND).ok()?;
    let rest = u32::try_from(nanos % SECOND).ok()?;
    Some(Duration::new(seconds.unsigned_abs(), rest))
}

/// `java.time.Duration.parse`, negative results refused as `TimeUtils` does.
fn read_iso(text: &str) -> Option<Duration> {
    let (negated, rest) = sign(text);
    let rest = rest.strip_prefix(['P', 'p'])?;
    let (date, time) = match rest.find(['T', 't']) {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    // Java refuses a `T` with nothing behind it, and overlooks a `t`.
    if time == "T" {
        return None;
    }
    let mut seconds: Vec<i64> = Vec::new();
    let mut nanos: i64 = 0;
    for (mut rest, units) in [
        (date, &[('D', 86_400)][..]),
        (
            time.get(1..).unwrap_or(""),
            &[('H', 3_600), ('M', 60), ('S', 1)][..],
        ),
    ] {
        for (unit, factor) in units {
            let Some(end) = rest.find([*unit, unit.to_ascii_lowercase()]) else {
                continue;
            };
            let number = &rest[..end];
            rest = &rest[end + 1..];
            let (whole, fraction) = match number.split_once(['.', ',']) {
                Some((whole, fraction)) if *unit == 'S' => (whole, fraction),
                Some(_) => return None,
                None => (number, ""),
            };
            let (negative, digits) = sign(whole);
            let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
            if digits.is_empty() || !is_digits(digits) || !is_digits(fraction) || fraction.len() > 9
            {
                return None;
            }
            let whole = whole.parse::<i64>().ok()?;
            seconds.push(whole.checked_mul(*factor)?);
            let padded = format!("{fraction:0<9}").parse::<i64>().ok()?;
            nanos = if negative { -padded } else { padded };
        }
        if !rest.is_empty() {
            return None;
        }
    }
    // Java adds from the smallest unit on, and refuses what overflows on the way.
    let count = seconds.len();
    let mut backwards = seconds.into_iter().rev();
    let seconds = backwards.try_fold(0_i64, i64::checked_add)?;
    let total = i128::from(seconds) * 1_000_000_000 + i128::from(nanos);
    let total = if negated { -total } else { total };
    (count > 0).then(|| u128::try_from(total).ok().and_then(from_nanos))?
}

/// Whether a text has a minus in front, and what follows its sign.
fn sign(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

/// What people mean by durations that Flink does not take.
fn meant(text: &str) -> Option<String> {
    let plain = unquoted(text);
    if plain != text && read(plain).is_ok_and(|reading| reading.versions == Versions::ALL) {
        return Some(plain.to_owned());
    }
    let nanos = match read(trim(plain)) {
        Ok(reading) => reading.duration.as_nanos(),
        Err(_) => sum_of_units(plain, |unit| {
            let own = UNITS.iter().find(|(name, _)| *name == unit);
            Some(match unit {
                "w" | "week" | "weeks" => 7 * 86_400 * SECOND,
                "day" | "days" => 86_400 * SECOND,
                "hr" | "hrs" | "hour" | "hours" => 3_600 * SECOND,
                "m" | "mins" | "minute" | "minutes" => 60 * SECOND,
                "sec" | "secs" | "second" | "seconds" => SECOND,
                "msec" | "msecs" | "milli" | "millis" | "millisecond" | "milliseconds" => 1_000_000,
                "us" | "usec" | "\u{b5}s" | "\u{3bc}s" | "microsecond" | "microseconds" => 1_000,
                "nanos" | "nsec" | "nanosecond" | "nanoseconds" => 1,
                _ => return own.map(|(_, factor)| *factor),
            })
        })?,
    };
    let written = show_duration(from_nanos(nanos)?);
    let everywhere = read(&written).is_ok_and(|reading| reading.versions == Versions::ALL);
    everywhere.then_some(written)
}

/// A duration for people, in a form that every version of Flink reads: `10 min`, `1500 ms`.
pub fn show_duration(duration: Duration) -> String {
    let nanos = duration.as_nanos();
    let (unit, factor) = UNITS
        .into_iter()
        .find(|(_, factor)| nanos > 0 && nanos.is_multiple_of(*factor))
        .unwrap_or(("ms", 1));
    format!("{} {unit}", nanos / factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Versions {
        Versions::parse(text).unwrap()
    }

    #[test]
    fn an_error_names_the_versions_that_refuse() {
        let error = parse_duration("10m", of("1.13..1.16")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`10m` is no duration in Flink 1.13-1.14: `m` is none of the units \
             ns, µs, ms, s, min, h, d; write `10 min`"
        );
        assert_eq!(
            parse_duration("10m", of("1.15..")),
            Ok(Duration::from_mins(10))
        );
        let ValueError::Duration { refused, .. } = parse_duration("PT1S", of("2.0..")).unwrap_err()
        else {
            panic!("a duration");
        };
        assert_eq!(refused, of("2.0"));
    }

    #[test]
    fn what_was_meant_is_found() {
        for (written, meant) in [
            ("10mins", Some("10 min")),
            ("1hr", Some("1 h")),
            ("1h30m", Some("90 min")),
            ("1.5s", Some("1500 ms")),
            ("1w", Some("7 d")),
            ("\"10s\"", Some("10s")),
            ("10us", Some("10 micros")),
            ("1\u{3bc}s", Some("1 micros")),
            ("1.5", None),
            ("-1s", None),
            ("1 month", None),
            ("", None),
            ("99999999999999999999 d", None),
        ] {
            let error = parse_duration(written, Versions::ALL).unwrap_err();
            assert_eq!(error.instead(), meant, "{written}");
        }
        let iso = parse_duration("PT1H30M", of("1.20")).unwrap_err();
        assert_eq!(iso.instead(), Some("90 min"));
    }

    #[test]
    fn iso_durations_follow_java() {
        let read = |text| parse_duration(text, of("2.1..")).ok();
        let seconds = |count| Some(Duration::from_secs(count));
        assert_eq!(read("P2DT3H4M"), seconds(2 * 86_400 + 3 * 3_600 + 240));
        assert_eq!(read("PT0.5S"), Some(Duration::from_millis(500)));
        assert_eq!(read("PT1,25S"), Some(Duration::from_millis(1_250)));
        assert_eq!(read("PT1.S"), seconds(1));
        assert_eq!(read("PT1M-1S"), seconds(59));
        assert_eq!(read("-PT-10M"), seconds(600));
        assert_eq!(read("P1Dt"), seconds(86_400));
        for text in [
            "P",
            "PT",
            "P1DT",
            "PT1",
            "PT.5S",
            "PT1.5M",
            "PT1M1H",
            "P1H",
            "PT-1S",
            "PT-0.5S",
            "PT0.1234567890S",
            "P1D1D",
            "PPT1S",
            "PT1Sx",
            "P9223372036854775807D",
            "PT+-1S",
            "P-1DT1M9223372036854775807S",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn durations_are_shown_in_their_largest_whole_unit() {
        assert_eq!(show_duration(Duration::from_mins(10)), "10 min");
        assert_eq!(show_duration(Duration::from_millis(1_500)), "1500 ms");
        assert_eq!(show_duration(Duration::ZERO), "0 ms");
        assert_eq!(show_duration(Duration::from_nanos(7)), "7 ns");
    }
}
