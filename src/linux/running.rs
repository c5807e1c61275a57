//! What the kernel of a running machine says of its parameters, against what files say.

use std::collections::BTreeMap;

use super::numbers;

/// The parameters that matter most to Flink.
pub const OF_FLINK: [&str; 9] = [
    "net.core.rmem_max",
    "net.core.somaxconn",
    "net.core.wmem_max",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_wmem",
    "vm.max_map_count",
    "vm.overcommit_memory",
    "vm.swappiness",
];

/// A running kernel.
#[derive(Clone, Debug, Default)]
pub struct Running {
    /// Its release as it writes it: `6.12.107+deb13-cloud-amd64`.
    pub release: Option<String>,
    /// What it says of the parameters that were asked for, by key.
    pub parameters: BTreeMap<String, Reading>,
}

/// What a kernel says of a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Its value, without blanks around it.
    Value(String),
    /// It has none of this name, or the module that brings it is not loaded.
    Missing,
    /// It has one that this user may not read, or nobody.
    Unreadable,
}

/// How what a file says of a parameter compares with what the kernel says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// The kernel has what the file says.
    Same,
    /// It has something else.
    Different,
    /// It has no such parameter.
    Missing,
    /// It does not tell.
    Unreadable,
}

impl State {
    /// The word for it in outputs.
    pub fn name(self) -> &'static str {
        match self {
            State::Same => "same",
            State::Different => "different",
            State::Missing => "missing",
            State::Unreadable => "unreadable",
        }
    }
}

impl Running {
    /// How a value of a file compares; `None` if this parameter was not asked for.
    pub fn compare(&self, key: &str, written: &str) -> Option<State> {
        Some(match self.parameters.get(key)? {
            Reading::Value(live) if is_same(written, live) => State::Same,
            Reading::Value(_) => State::Different,
            Reading::Missing => State::Missing,
            Reading::Unreadable => State::Unreadable,
        })
    }
}

/// Whether the kernel would write `live` after it was given `written`: numbers however they are
/// spelt, as many as it has, since what follows them is ignored and what is not there stays as it
/// was; text but for its blanks.
fn is_same(written: &str, live: &str) -> bool {
    let count = live.split_whitespace().count();
    let (has, _) = numbers::read(live, count);
    if count > 0 && has.len() == count {
        let (given, _) = numbers::read(written, count);
        let pairs = given.iter().zip(&has);
        return !given.is_empty()
            && pairs
                .into_iter()
                .all(|(one, other)| one.value == other.value);
    }
    written.split_whitespace().eq(live.split_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_compared_as_the_kernel_writes_them() {
        for (written, live) in [
            ("4096 131072 6291456", "4096\t131072\t6291456"),
            ("0x10", "16"),
            ("010", "8"),
            ("1 # on", "1"),
            ("1 2 3 4", "1\t2\t3"),
            // One number sets the first and leaves the others.
            ("4096", "4096\t131072\t6291456"),
            ("-1", "-1"),
            ("bbr", "bbr"),
            ("|/usr/lib/dump  %p", "|/usr/lib/dump %p"),
            ("", ""),
        ] {
            assert!(is_same(written, live), "{written} and {live}");
        }
        for (written, live) in [
            ("16777216", "4096\t131072\t6291456"),
            ("60", "10"),
            ("", "10"),
            ("10M", "10"),
            ("bbr", "cubic"),
            ("8080", ""),
            ("4096 1 6291456", "4096\t131072\t6291456"),
        ] {
            assert!(!is_same(written, live), "{written} and {live}");
        }
    }
}
