//! What people say about the machines that run Flink (`[host]` of flint.toml).

use std::time::Duration;

use super::kernel::Kernels;

/// A machine, as far as somebody describes it; no file of its configuration says any of this.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Machine {
    /// The releases of its kernel.
    pub kernels: Option<Kernels>,
    /// Its memory, in bytes.
    pub memory: Option<u64>,
    /// What its network carries, in bits per second.
    pub bandwidth: Option<u64>,
    /// The time of a packet to the other machines and back.
    pub round_trip: Option<Duration>,
}

impl Machine {
    /// The releases of the kernel to judge by: those named, else all.
    pub fn kernels(&self) -> Kernels {
        self.kernels.unwrap_or_default()
    }

    /// The buffer that a TCP connection needs to fill the network, in bytes: twice bandwidth times
    /// round trip, since about half of a buffer is usable as window (measured 0.46 to 0.62).
    pub fn needed_buffer(&self) -> Option<u64> {
        let bits = u128::from(self.bandwidth?) * self.round_trip?.as_nanos() * 2;
        u64::try_from(bits / 8 / 1_000_000_000).ok()
    }
}

/// A rate as people write it: `10 Gbit/s`.
pub fn show_bandwidth(bits: u64) -> String {
    shown(
        bits,
        &[
            (1_000_000_000_000, "Tbit/s"),
            (1_000_000_000, "Gbit/s"),
            (1_000_000, "Mbit/s"),
            (1_000, "kbit/s"),
            (1, "bit/s"),
        ],
    )
}

/// A round-trip time as people write it: `0.5 ms`, `200 us`.
pub fn show_round_trip(time: Duration) -> String {
    let nanos = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
    let units = [
        (1_000_000_000, "s"),
        (1_000_000, "ms"),
        (1_000, "us"),
        (1, "ns"),
    ];
    // Half a millisecond is no 500 us to who speaks of networks.
    if (100_000..1_000_000).contains(&nanos) && nanos.is_multiple_of(1_000) {
        return in_unit(nanos, 1_000_000, "ms");
    }
    shown(nanos, &units)
}

/// A number in the largest unit of which it is at least one.
fn shown(number: u64, units: &[(u64, &str)]) -> String {
    let unit = units.iter().find(|(factor, _)| number >= *factor);
    let (factor, name) = unit.copied().unwrap_or((1, ""));
    in_unit(number, factor, name)
}

/// A number in a unit, with up to three decimals.
fn in_unit(number: u64, factor: u64, name: &str) -> String {
    let thousandths = u128::from(number) * 1000 / u128::from(factor);
    let text = format!("{}.{:03}", thousandths / 1000, thousandths % 1000);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    format!("{text} {name}")
}

/// Reads a rate: `10 Gbit/s`, `25G`, `800 Mbps`. In bits per second.
///
/// # Errors
/// What is expected instead, in one sentence.
pub fn parse_bandwidth(text: &str) -> Result<u64, String> {
    let units = [
        (&["bit/s", "bps"][..], 1_u64),
        (&["k", "kbit/s", "kbps"], 1_000),
        (&["m", "mbit/s", "mbps"], 1_000_000),
        (&["g", "gbit/s", "gbps"], 1_000_000_000),
        (&["t", "tbit/s", "tbps"], 1_000_000_000_000),
    ];
    scaled(text, &units).ok_or_else(|| format!("`{text}` is no bandwidth: write `10 Gbit/s`"))
}

/// Reads a time: `0.5 ms`, `200 us`, `1 s`.
///
/// # Errors
/// What is expected instead, in one sentence.
pub fn parse_round_trip(text: &str) -> Result<Duration, String> {
    let units = [
        (&["us", "µs"][..], 1_000_u64),
        (&["ms"], 1_000_000),
        (&["s"], 1_000_000_000),
    ];
    scaled(text, &units)
        .map(Duration::from_nanos)
        .ok_or_else(|| format!("`{text}` is no round-trip time: write `0.5 ms`"))
}

/// Reads a size of memory: `64 GiB`, `512 MiB`. In bytes.
///
/// # Errors
/// What is expected instead, in one sentence.
pub fn parse_memory(text: &str) -> Result<u64, String> {
    let units = [
        (&["mib", "mb", "m"][..], 1 << 20),
        (&["gib", "gb", "g"], 1 << 30),
        (&["tib", "tb", "t"], 1 << 40),
    ];
    scaled(text, &units).ok_or_else(|| format!("`{text}` is no size of memory: write `64 GiB`"))
}

/// A positive number, whole or with up to three decimals, times its unit.
fn scaled(text: &str, units: &[(&[&str], u64)]) -> Option<u64> {
    let text = text.trim().to_lowercase();
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
    let (number, unit) = (&text[..end], text[end..].trim());
    let factor = units.iter().find(|(names, _)| names.contains(&unit))?.1;
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    if decimals.len() > 3 || number.ends_with('.') {
        return None;
    }
    let thousandths: u64 = format!("{decimals:0<3}").parse().ok()?;
    let thousandths = whole.parse::<u64>().ok()?.checked_mul(1000)? + thousandths;
    let value = u128::from(thousandths) * u128::from(factor) / 1000;
    u64::try_from(value).ok().filter(|value| *value > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_times_and_sizes_are_read_as_people_write_them() {
        assert_eq!(parse_bandwidth("10 Gbit/s"), Ok(10_000_000_000));
        assert_eq!(parse_bandwidth("2.5gbps"), Ok(2_500_000_000));
        assert_eq!(parse_round_trip("0.5 ms"), Ok(Duration::from_micros(500)));
        assert_eq!(parse_round_trip("200us"), Ok(Duration::from_micros(200)));
        assert_eq!(parse_memory("64 GiB"), Ok(64 << 30));
        for text in [
            "", "10", "ten ms", "-1 ms", "0 ms", "1. s", "9e9 s", "1 ms x",
        ] {
            assert!(parse_round_trip(text).is_err(), "{text}");
        }
        assert!(parse_bandwidth("99999999999999999 Tbit/s").is_err());
    }

    #[test]
    fn rates_and_times_are_shown_as_they_are_read() {
        for text in ["10 Gbit/s", "2.5 Gbit/s", "800 Mbit/s", "1 Tbit/s"] {
            assert_eq!(parse_bandwidth(text).map(show_bandwidth), Ok(text.into()));
        }
        for text in ["0.5 ms", "30 ms", "1.5 s", "40 us", "0.2 ms"] {
            assert_eq!(parse_round_trip(text).map(show_round_trip), Ok(text.into()));
        }
    }

    #[test]
    fn a_buffer_holds_twice_what_is_under_way() {
        let machine = Machine {
            bandwidth: Some(10_000_000_000),
            round_trip: Some(Duration::from_micros(500)),
            ..Machine::default()
        };
        assert_eq!(machine.needed_buffer(), Some(1_250_000));
        assert_eq!(Machine::default().needed_buffer(), None);
    }
}
