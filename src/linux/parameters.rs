//! The table of the kernel's parameters, and look-ups in it. Knows nothing about files.
//!
//! `parameters.tsv` is the table itself, sorted bytewise by key. Where its lines are is found out when a
//! key is first asked for, and what a line says when it is. Columns, separated by tabs:
//!
//! | column | holds |
//! |---|---|
//! | key | the key; `<interface>` and the like stand for a part that names something of the machine |
//! | releases | the measured releases that have it: `5.10..`, `5.10..6.1` |
//! | mode | who may read and write its file: `644` |
//! | scope | see [`Scope`] |
//! | module | the module that must be loaded first, or `-` |
//! | default | the value after boot; `?` where it is no default, `~` before one that depends on memory or processors |
//! | kind | see [`Kind`] |
//! | count | how many numbers it holds |
//! | range | the least and the largest of each number, or `-`; `~` before limits that move |
//! | unit | what the number counts, or `-` |
//! | meaning | one line, or nothing |
//!
//! A cell that differs between releases has one part for each release, divided by ` | `. The table is
//! written by `tools/kernel-parameters/merge.py` from recordings of Debian's kernels, so other kernels may
//! have more keys. Nobody edits it by hand.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::kernel::{MEASURED, Release};

mod gone;
mod near;
mod sized;

pub use gone::{Gone, gone};
pub use near::meant;

/// The table; its first line names the columns.
const TABLE: &str = include_str!("parameters.tsv");

/// For whom a parameter has a value of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// One value for the whole machine, in every container.
    Machine,
    /// One for each network namespace.
    Network,
    /// The host's value, which other network namespaces see but cannot set.
    NetworkReadOnly,
    /// Only the network namespace of the host has it.
    NetworkOfHost,
    /// One for each IPC namespace.
    Ipc,
    /// One for each UTS namespace.
    Uts,
    /// One for each user namespace.
    User,
}

/// What a parameter's file takes, which is how the kernel reads a write to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Numbers of 32 bits with a sign (`proc_dointvec_minmax`).
    Int,
    /// One number of 32 or 8 bits without a sign (`proc_douintvec_minmax`, `proc_dou8vec_minmax`).
    Uint,
    /// Numbers of 64 bits without a sign (`proc_doulongvec_minmax`).
    Ulong,
    /// Seconds that are kept as ticks of the kernel (`proc_dointvec_jiffies`).
    Seconds,
    /// A number that the kernel rounds up.
    Rounded,
    /// A power of two.
    PowerOfTwo,
    /// Two ports, the first not above the second.
    PortRange,
    /// Two numbers of groups.
    Groups,
    /// Numbers whose limits depend on other parameters.
    Bounded,
    /// Numbers, as its recorded values show; its limits were not measured.
    Number,
    /// Ports and ranges of ports, divided by commas.
    Ports,
    /// The name of something that is loaded or can be.
    Name,
    /// Such names, divided by blanks.
    Names,
    /// Any text.
    Text,
    /// Nobody measured it.
    Unknown,
}

/// The least and the largest value of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The least.
    pub low: i128,
    /// The largest.
    pub high: i128,
    /// Whether they are the same on every machine with this release.
    pub fixed: bool,
}

/// One line of the table.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    cells: [&'static str; 11],
    span: (Release, Release),
}

/// The parameter that a key names: itself, or for a key of an interface the general one.
pub fn find(key: &str) -> Option<Parameter> {
    row(key).or_else(|| row(&template(key)?))
}

/// Every line of the table, in the order of its keys.
pub fn all() -> impl Iterator<Item = Parameter> {
    TABLE.lines().skip(1).map(Parameter::read)
}

/// The part of a key that names something of the machine, replaced by what stands for it in the table:
/// `net.ipv4.conf.eth0.rp_filter` is `net.ipv4.conf.<interface>.rp_filter`.
fn template(key: &str) -> Option<String> {
    const OF_INTERFACES: [&str; 4] = [
        "net.ipv4.conf.",
        "net.ipv4.neigh.",
        "net.ipv6.conf.",
        "net.ipv6.neigh.",
    ];
    if let Some(start) = OF_INTERFACES.iter().find(|start| key.starts_with(**start)) {
        let (interface, last) = key[start.len()..].rsplit_once('.')?;
        return (!interface.is_empty()).then(|| format!("{start}<interface>.{last}"));
    }
    let domain = key.strip_prefix("kernel.sched_domain.cpu")?;
    let (_, last) = domain.split_once(".domain")?.1.split_once('.')?;
    Some(format!("kernel.sched_domain.<cpu>.<domain>.{last}"))
}

/// The line of the table for a key as it stands there: files may ask for a hundred thousand.
fn row(key: &str) -> Option<Parameter> {
    type Row = (&'static str, OnceLock<Parameter>);
    static ROWS: OnceLock<HashMap<&'static str, Row>> = OnceLock::new();
    let rows = ROWS.get_or_init(|| {
        let lines = TABLE.lines().skip(1);
        let row = |line: &'static str| Some((line.split_once('\t')?.0, (line, OnceLock::new())));
        lines.filter_map(row).collect()
    });
    let (line, read) = rows.get(key)?;
    Some(*read.get_or_init(|| Parameter::read(line)))
}

impl Parameter {
    fn read(line: &'static str) -> Parameter {
        let mut cells = [""; 11];
        for (cell, text) in cells.iter_mut().zip(line.split('\t')) {
            *cell = text;
        }
        let (first, last) = cells[1].split_once("..").unwrap_or_default();
        let span = (
            Release::parse(first).unwrap_or(MEASURED[0]),
            Release::parse(last).unwrap_or(MEASURED[MEASURED.len() - 1]),
        );
        Parameter { cells, span }
    }

    /// Its key; with `<interface>` where it is general.
    pub fn key(&self) -> &'static str {
        self.cells[0]
    }

    /// The first measured release that has it, and the last one.
    pub fn span(&self) -> (Release, Release) {
        self.span
    }

    /// Whether a measured release has it.
    pub fn is_in(&self, release: Release) -> bool {
        let (first, last) = self.span();
        (first..=last).contains(&release)
    }

    /// The part of a cell for a measured release.
    fn of(&self, column: usize, release: Release) -> Option<&'static str> {
        if !self.is_in(release) {
            return None;
        }
        let cell = self.cells[column];
        if !cell.contains(" | ") {
            return Some(cell);
        }
        let (first, _) = self.span();
        let earlier = |own: &&Release| (first..release).contains(*own);
        cell.split(" | ")
            .nth(MEASURED.iter().filter(earlier).count())
    }

    /// Whether anybody may write it, in a measured release that has it.
    pub fn is_writable(&self, release: Release) -> Option<bool> {
        let mode = u32::from_str_radix(self.of(2, release)?, 8).ok()?;
        Some(mode & 0o200 != 0)
    }

    /// For whom it has a value of its own, in a measured release that has it.
    pub fn scope(&self, release: Release) -> Option<Scope> {
        Some(match self.of(3, release)? {
            "network" => Scope::Network,
            "network-read-only" => Scope::NetworkReadOnly,
            "network-of-host" => Scope::NetworkOfHost,
            "ipc" => Scope::Ipc,
            "uts" => Scope::Uts,
            "user" => Scope::User,
            _ => Scope::Machine,
        })
    }

    /// The module that must be loaded before it is there.
    pub fn module(&self) -> Option<&'static str> {
        Some(self.cells[4]).filter(|module| *module != "-")
    }

    /// Its value after boot, where that is the same on every machine with a measured release.
    pub fn default(&self, release: Release) -> Option<&'static str> {
        let value = self.of(5, release)?;
        (value != "?" && !value.starts_with('~')).then_some(value)
    }

    /// Its value after boot on a machine with 4 GiB of memory and 2 processors, where it depends on these.
    pub fn default_of_small_machine(&self, release: Release) -> Option<&'static str> {
        self.of(5, release)?.strip_prefix('~')
    }

    /// Its value after boot on a machine with this much memory, in bytes: where it depends on memory, the
    /// value on which the recorded sizes around it agree; beyond the largest, the value of the last two.
    pub fn default_with(&self, release: Release, memory: u64) -> Option<&'static str> {
        let own = || sized::value(self.key(), release, memory);
        self.default(release).or_else(own)
    }

    /// What its file takes.
    pub fn kind(&self) -> Kind {
        match self.cells[6] {
            "int" => Kind::Int,
            "uint" => Kind::Uint,
            "ulong" => Kind::Ulong,
            "seconds" => Kind::Seconds,
            "rounded" => Kind::Rounded,
            "power-of-two" => Kind::PowerOfTwo,
            "port-range" => Kind::PortRange,
            "groups" => Kind::Groups,
            "bounded" => Kind::Bounded,
            "number" => Kind::Number,
            "ports" => Kind::Ports,
            "name" => Kind::Name,
            "names" => Kind::Names,
            "text" => Kind::Text,
            _ => Kind::Unknown,
        }
    }

    /// Whether it holds numbers, whatever their limits.
    pub fn takes_numbers(&self) -> bool {
        !matches!(
            self.kind(),
            Kind::Ports | Kind::Name | Kind::Names | Kind::Text | Kind::Unknown
        )
    }

    /// How many numbers it holds; 1 for what holds none.
    pub fn count(&self) -> usize {
        self.cells[7].parse().unwrap_or(1)
    }

    /// The limits of each of its numbers in a measured release, where they are narrower than what the kind
    /// can hold.
    pub fn limits(&self, release: Release) -> Option<Limits> {
        let cell = self.of(8, release)?;
        let (cell, fixed) = match cell.strip_prefix('~') {
            Some(rest) => (rest, false),
            None => (cell, true),
        };
        let (low, high) = cell.split_once("..")?;
        Some(Limits {
            low: low.parse().ok()?,
            high: high.parse().ok()?,
            fixed,
        })
    }

    /// What its numbers count.
    pub fn unit(&self) -> Option<&'static str> {
        Some(self.cells[9]).filter(|unit| *unit != "-")
    }

    /// What it does, in one line.
    pub fn meaning(&self) -> Option<&'static str> {
        Some(self.cells[10]).filter(|meaning| !meaning.is_empty())
    }
}

#[cfg(test)]
mod tests;
