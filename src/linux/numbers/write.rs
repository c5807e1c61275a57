//! What the kernel does with the text that is written to a parameter (`/proc/sys`): `proc_dointvec` and
//! its relatives in kernel/sysctl.c, and the few handlers of single parameters.

use std::fmt;

use super::{End, read};
use crate::linux::kernel::Release;
use crate::linux::parameters::{Kind, Limits, Parameter};

/// Why a write is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Errno {
    /// Invalid argument.
    Einval,
    /// There is no such parameter, or nothing of such a name can be loaded.
    Enoent,
    /// The file can only be read.
    Eacces,
}

impl fmt::Display for Errno {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Errno::Einval => "EINVAL",
            Errno::Enoent => "ENOENT",
            Errno::Eacces => "EACCES",
        })
    }
}

/// What a write does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is taken.
    Accepted(Vec<Option<i128>>),
    /// It is refused; the numbers before the bad one are in force all the same.
    Refused(Errno, Vec<Option<i128>>),
    /// It depends on what only the machine knows, or nobody measured it.
    Unknown,
}

impl Outcome {
    /// The numbers that are in force afterwards, one for each that the parameter holds; `None` for one that
    /// stays what it was. Empty where nothing changes or the parameter holds no numbers.
    pub fn numbers(&self) -> &[Option<i128>] {
        match self {
            Outcome::Accepted(numbers) | Outcome::Refused(_, numbers) => numbers,
            Outcome::Unknown => &[],
        }
    }

    /// Whether the kernel certainly refuses it.
    pub fn is_refused(&self) -> bool {
        matches!(self, Outcome::Refused(..))
    }
}

/// Ticks of the measured kernels in a second. Others have 100 to 1000.
const TICKS: i128 = 250;

/// The most ticks of a time, and the largest number of 32 bits.
const INT: Limits = Limits {
    low: i32::MIN as i128,
    high: i32::MAX as i128,
    fixed: true,
};

/// What a measured release does with a text, as a loader writes it: without blanks at its ends.
///
/// The state of the machine is taken to be that after boot.
pub fn write(parameter: &Parameter, text: &str, release: Release) -> Outcome {
    match parameter.is_writable(release) {
        None => return Outcome::Refused(Errno::Enoent, Vec::new()),
        Some(false) => return Outcome::Refused(Errno::Eacces, Vec::new()),
        Some(true) => {}
    }
    let limits = parameter.limits(release);
    let count = parameter.count();
    match parameter.kind() {
        Kind::Int => vector(text, count, limits.unwrap_or(INT)),
        Kind::Seconds => {
            let longest = Limits {
                low: -(INT.high / TICKS),
                high: INT.high / TICKS,
                fixed: true,
            };
            vector(text, count, longest)
        }
        Kind::Uint => {
            let widest = Limits {
                low: 0,
                high: i128::from(u32::MAX),
                fixed: true,
            };
            vector(text, count, limits.unwrap_or(widest))
        }
        Kind::PowerOfTwo => {
            let outcome = vector(text, count, limits.unwrap_or(INT));
            let is_power = |number: &i128| number.count_ones() == 1;
            match &outcome {
                Outcome::Accepted(numbers) if !numbers.iter().flatten().all(is_power) => {
                    Outcome::Refused(Errno::Einval, Vec::new())
                }
                _ => outcome,
            }
        }
        Kind::Ulong => long_vector(parameter, text, release),
        Kind::PortRange => port_range(text),
        Kind::Groups => match vector(text, count, limits.unwrap_or(INT)) {
            // Both numbers are taken or none.
            Outcome::Refused(errno, _) => Outcome::Refused(errno, Vec::new()),
            outcome => outcome,
        },
        Kind::Rounded => match vector(text, count, limits.unwrap_or(INT)) {
            Outcome::Accepted(_) => Outcome::Accepted(Vec::new()),
            _ => no_number(text, count),
        },
        Kind::Bounded | Kind::Number => no_number(text, count),
        Kind::Ports => match ports(text) {
            Some(_) => Outcome::Accepted(Vec::new()),
            None => Outcome::Refused(Errno::Einval, Vec::new()),
        },
        Kind::Name => name(text, names_of(parameter.key())),
        Kind::Names => {
            let known = names_of("net.ipv4.tcp_congestion_control");
            let each = text.split_ascii_whitespace().map(|word| name(word, known));
            let mut all = Outcome::Accepted(Vec::new());
            for outcome in each {
                match outcome {
                    Outcome::Accepted(_) => {}
                    Outcome::Refused(..) => return outcome,
                    Outcome::Unknown => all = Outcome::Unknown,
                }
            }
            all
        }
        // Sockets take the place of files from 6.16 on, with checks of their own.
        Kind::Text if text.starts_with('@') => Outcome::Unknown,
        Kind::Text => Outcome::Accepted(Vec::new()),
        Kind::Unknown => Outcome::Unknown,
    }
}

/// Numbers with limits, each taken as soon as it is read.
fn vector(text: &str, count: usize, limits: Limits) -> Outcome {
    let (found, end) = read(text, count);
    let mut taken = vec![None; count];
    for (index, number) in found.iter().enumerate() {
        if number.value < limits.low || number.value > limits.high {
            return beyond(limits, taken);
        }
        taken[index] = Some(number.value);
    }
    match end {
        End::Bad(_) => beyond(limits, taken),
        End::Short if found.is_empty() => refused(taken),
        End::Short | End::Full => Outcome::Accepted(taken),
    }
}

/// A number outside of the limits, or none. Where they move below zero, the kernel takes it for another one
/// (`addrconf_sysctl_disable` up to 6.1).
fn beyond(limits: Limits, taken: Vec<Option<i128>>) -> Outcome {
    if limits.fixed || limits.low >= 0 {
        refused(taken)
    } else {
        Outcome::Unknown
    }
}

/// Refused, with the numbers before it.
fn refused(taken: Vec<Option<i128>>) -> Outcome {
    let kept = if taken.iter().all(Option::is_none) {
        Vec::new()
    } else {
        taken
    };
    Outcome::Refused(Errno::Einval, kept)
}

/// Numbers of 64 bits without a sign. Up to 5.10 a negative one is passed over and the old one stays.
fn long_vector(parameter: &Parameter, text: &str, release: Release) -> Outcome {
    let count = parameter.count();
    let limits = parameter.limits(release).unwrap_or(Limits {
        low: 0,
        high: i128::from(u64::MAX),
        fixed: true,
    });
    let (found, end) = read(text, count);
    let mut taken = vec![None; count];
    let mut any = false;
    for (index, number) in found.iter().enumerate() {
        if number.value < 0 {
            if release > Release(5, 10) {
                return refused(taken);
            }
            any = true;
            continue;
        }
        if number.value < limits.low || limits.fixed && number.value > limits.high {
            return refused(taken);
        }
        // Beyond that some handlers count pages, and wrap (`dirty_bytes_handler`).
        if number.value > limits.high {
            return Outcome::Unknown;
        }
        any = true;
        taken[index] = Some(number.value);
    }
    match end {
        End::Bad(_) => refused(taken),
        End::Short if !any => refused(taken),
        End::Short | End::Full => Outcome::Accepted(taken),
    }
}

/// Two ports, the first not above the second, both taken or none (`ipv4_local_port_range`). The first must
/// be a port for everybody, 1024 or above unless `net.ipv4.ip_unprivileged_port_start` says otherwise.
fn port_range(text: &str) -> Outcome {
    const AFTER_BOOT: (i128, i128) = (32_768, 60_999);
    let limits = Limits {
        low: 1,
        high: 65_535,
        fixed: true,
    };
    let outcome = vector(text, 2, limits);
    let Outcome::Accepted(numbers) = &outcome else {
        return Outcome::Refused(Errno::Einval, Vec::new());
    };
    let first = numbers.first().copied().flatten().unwrap_or(AFTER_BOOT.0);
    let last = numbers.get(1).copied().flatten();
    if last.is_none() && first > AFTER_BOOT.1 {
        return Outcome::Unknown;
    }
    if first > last.unwrap_or(AFTER_BOOT.1) || first < 1024 {
        return Outcome::Refused(Errno::Einval, Vec::new());
    }
    outcome
}

/// Refused where it is no number at all; what the limits do to one is not known.
fn no_number(text: &str, count: usize) -> Outcome {
    match read(text, count) {
        (found, End::Bad(_)) if found.is_empty() => Outcome::Refused(Errno::Einval, Vec::new()),
        (found, End::Short) if found.is_empty() => Outcome::Refused(Errno::Einval, Vec::new()),
        _ => Outcome::Unknown,
    }
}

/// The ports of a list such as `8081,6121-6130`, as pairs of both ends; nothing for a list that the kernel
/// refuses (`proc_do_large_bitmap`): no blanks, ends in order, none above 65535. An empty one clears.
pub fn ports(text: &str) -> Option<Vec<(u16, u16)>> {
    let mut pairs = Vec::new();
    if text.is_empty() {
        return Some(pairs);
    }
    // A comma at the end is no fault.
    for part in text.strip_suffix(',').unwrap_or(text).split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let port = |text: &str| match read(text, 1) {
            (found, End::Full) if found[0].at == (0..text.len()) => {
                u16::try_from(found[0].value).ok()
            }
            _ => None,
        };
        let (first, last) = (port(first)?, port(last)?);
        if first > last {
            return None;
        }
        pairs.push((first, last));
    }
    Some(pairs)
}

/// Names that every measured kernel can load, and names that some kernel may.
type Names = (&'static [&'static str], &'static [&'static str]);

/// The names that a parameter may hold.
fn names_of(key: &str) -> Names {
    if key == "net.core.default_qdisc" {
        return (
            &[
                "cake",
                "fq",
                "fq_codel",
                "mq",
                "noqueue",
                "pfifo_fast",
                "tbf",
            ],
            &[
                "bfifo", "choke", "codel", "drr", "dualpi2", "etf", "fq_pie", "hfsc", "hhf", "htb",
                "multiq", "netem", "pfifo", "pie", "plug", "prio", "qfq", "red", "sfb", "sfq",
                "skbprio",
            ],
        );
    }
    (
        &["bbr", "cubic", "reno"],
        &[
            "bic",
            "cdg",
            "dctcp",
            "highspeed",
            "htcp",
            "hybla",
            "illinois",
            "lp",
            "nv",
            "scalable",
            "vegas",
            "veno",
            "westwood",
            "yeah",
        ],
    )
}

/// A name is compared letter by letter. One that differs from a known name in capitals, or holds what no
/// name of a module can, exists nowhere.
fn name(text: &str, (loadable, others): Names) -> Outcome {
    if loadable.contains(&text) {
        return Outcome::Accepted(Vec::new());
    }
    let lower = text.to_ascii_lowercase();
    let known = loadable.iter().chain(others).any(|own| *own == lower);
    let odd = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
    if text.is_empty() || text.contains(odd) || known && lower != text {
        return Outcome::Refused(Errno::Enoent, Vec::new());
    }
    Outcome::Unknown
}
