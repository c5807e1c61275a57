//! Flink versions as a bit set: one bit for each minor release from 1.13 to 2.3.

use std::fmt;

mod image;
mod requirement;

pub use image::Image;

/// A set of Flink minor releases. An unknown version is simply a bigger set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Versions(u16);

/// The minor releases that flint knows, oldest first.
pub const NAMES: [&str; 12] = [
    "1.13", "1.14", "1.15", "1.16", "1.17", "1.18", "1.19", "1.20", "2.0", "2.1", "2.2", "2.3",
];

/// Why a version text is not understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VersionError {
    /// The text is no version.
    #[error("`{0}` is no Flink version; write `1.20`, `1.19..` or `1.18..1.20`")]
    Malformed(String),
    /// A version outside of what the option table covers.
    #[error("Flink {0} is not known to flint, which covers 1.13 to 2.3")]
    Unknown(String),
}

impl Versions {
    /// Every known version.
    pub const ALL: Versions = Versions(0x0FFF);
    /// No version at all.
    pub const NONE: Versions = Versions(0);
    /// 1.13 to 1.20: the versions that read `flink-conf.yaml` when it is there.
    pub const LEGACY: Versions = Versions(0x00FF);
    /// 1.19 and later: the versions that can read `config.yaml`.
    pub const YAML: Versions = Versions(0x0FC0);
    /// 2.0 and later.
    pub const V2: Versions = Versions(0x0F00);

    /// From the bits themselves; unknown bits are dropped.
    pub const fn from_bits(bits: u16) -> Self {
        Versions(bits & Self::ALL.0)
    }

    /// The bits, lowest for 1.13.
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// Reads `1.20`, `1.20.3`, `v1_20`, `1.13..1.20`, `2.0..`, `..1.18`, and commas between them.
    pub fn parse(text: &str) -> Result<Self, VersionError> {
        let mut set = Versions::NONE;
        for part in text.split(',') {
            let part = part.trim();
            let (low, high) = match part.split_once("..") {
                Some((low, high)) => (low.trim(), high.trim()),
                None => (part, part),
            };
            if low.is_empty() && high.is_empty() {
                return Err(VersionError::Malformed(text.to_owned()));
            }
            let first = if low.is_empty() { 0 } else { index(low)? };
            let last = if high.is_empty() {
                NAMES.len() - 1
            } else {
                index(high)?
            };
            if first > last {
                return Err(VersionError::Malformed(text.to_owned()));
            }
            for bit in first..=last {
                set.0 |= 1 << bit;
            }
        }
        Ok(set)
    }

    /// Reads the column of a table of ours from a place on, up to its tab: `1.13..1.20`, `2.0..`, `1.20`,
    /// and commas between them. For the compiler; a test holds it to [`Versions::parse`].
    pub(super) const fn of_column(table: &[u8], start: usize) -> Self {
        let (mut set, mut at) = (0, start);
        while table[at] != b'\t' {
            let first = bit_at(table, at);
            let mut last = first;
            at += NAMES[first].len();
            if table[at] == b'.' {
                at += 2;
                last = NAMES.len() - 1;
                if table[at].is_ascii_digit() {
                    last = bit_at(table, at);
                    at += NAMES[last].len();
                }
            }
            let mut bit = first;
            while bit <= last {
                set |= 1 << bit;
                bit += 1;
            }
            if table[at] == b',' {
                at += 1;
            }
        }
        Versions(set)
    }

    /// Reads one release as a tag or a build file writes it: `1.20`, `1.20.3`, `v1_20`,
    /// `1.18.1-scala_2.12`, `1.19-SNAPSHOT`. A preview, or a release that flint does not know, is
    /// none; so is a text that only begins like one.
    pub fn release(text: &str) -> Option<Self> {
        let (major, minor) = minor_release(text)?;
        bit_of(major, minor).map(|bit| Versions(1 << bit))
    }

    /// Whether such a text names a release before all that flint knows: `1.12.2-scala_2.11`.
    pub fn is_before_all(text: &str) -> bool {
        minor_release(text).is_some_and(|own| Some(own) < minor_release(NAMES[0]))
    }

    /// The same of a requirement, as [`Versions::from_requirement`] reads it.
    pub fn requires_before_all(text: &str) -> bool {
        requirement::is_before_all(text)
    }

    /// Reads what a Python package manager takes for a version of `apache-flink` (PEP 440 and the
    /// `^` and `~` of Poetry): `==1.18.1`, `~=1.18.0`, `>=1.17,<2`, `^1.18`. None when it allows all
    /// versions that flint knows, or none of them.
    pub fn from_requirement(text: &str) -> Option<Self> {
        requirement::versions(text)
    }

    /// The versions in both sets.
    #[must_use]
    pub const fn and(self, other: Versions) -> Versions {
        Versions(self.0 & other.0)
    }

    /// The versions in either set.
    #[must_use]
    pub const fn or(self, other: Versions) -> Versions {
        Versions(self.0 | other.0)
    }

    /// The versions of this set that are not in `other`.
    #[must_use]
    pub const fn without(self, other: Versions) -> Versions {
        Versions(self.0 & !other.0)
    }

    /// Whether no version is left.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether every version of this set is in `other`.
    pub const fn within(self, other: Versions) -> bool {
        self.0 & !other.0 == 0
    }

    /// Whether the two share a version.
    pub const fn overlaps(self, other: Versions) -> bool {
        self.0 & other.0 != 0
    }

    /// Each version alone, oldest first.
    pub fn iter(self) -> impl Iterator<Item = Versions> {
        (0..NAMES.len())
            .map(|bit| Versions(1 << bit))
            .filter(move |one| self.overlaps(*one))
    }

    /// The names in the set, oldest first.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        NAMES
            .iter()
            .enumerate()
            .filter(move |(bit, _)| self.0 & (1 << bit) != 0)
            .map(|(_, name)| *name)
    }
}

/// The number that a text begins with, and what follows it.
fn number(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit());
    let (digits, rest) = text.split_at(end.unwrap_or(text.len()));
    Some((digits.parse().ok()?, rest))
}

/// The numbers of the minor release that a text names, whatever hangs on it.
fn minor_release(text: &str) -> Option<(u32, u32)> {
    let (major, rest) = number(text.strip_prefix(['v', 'V']).unwrap_or(text))?;
    let (minor, rest) = number(rest.strip_prefix(['.', '_'])?)?;
    let ends = rest.is_empty() || rest.starts_with(['.', '-', '_', '+']);
    let is_release = ends && !rest.to_ascii_lowercase().contains("preview");
    is_release.then_some((major, minor))
}

/// The bit of a minor release.
fn bit_of(major: u32, minor: u32) -> Option<usize> {
    NAMES.iter().position(|name| {
        let (a, b) = name.split_once('.').unwrap_or((name, ""));
        a.parse() == Ok(major) && b.parse() == Ok(minor)
    })
}

/// The bit of the version that stands at a place of a table; there must be one.
const fn bit_at(table: &[u8], at: usize) -> usize {
    let mut bit = 0;
    loop {
        let name = NAMES[bit].as_bytes();
        let mut same = 0;
        while same < name.len() && table[at + same] == name[same] {
            same += 1;
        }
        if same == name.len() {
            return bit;
        }
        bit += 1;
    }
}

/// The bit of one version: a leading `v`, `_` for `.`, and a patch release are accepted.
fn index(text: &str) -> Result<usize, VersionError> {
    // Nearly all are spelt like this.
    if let Some(bit) = NAMES.iter().position(|name| *name == text) {
        return Ok(bit);
    }
    let mut parts = text.trim_start_matches(['v', 'V']).split(['.', '_', '-']);
    let numbers = [parts.next(), parts.next()].map(|part| part.and_then(|p| p.parse::<u32>().ok()));
    let [Some(major), Some(minor)] = numbers else {
        return Err(VersionError::Malformed(text.to_owned()));
    };
    bit_of(major, minor).ok_or_else(|| VersionError::Unknown(format!("{major}.{minor}")))
}

impl fmt::Display for Versions {
    /// Runs of versions: `1.13-1.20, 2.1`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut first = true;
        let mut bit = 0;
        while bit < NAMES.len() {
            if self.0 & (1 << bit) == 0 {
                bit += 1;
                continue;
            }
            let start = bit;
            while bit < NAMES.len() && self.0 & (1 << bit) != 0 {
                bit += 1;
            }
            if !first {
                out.write_str(", ")?;
            }
            first = false;
            out.write_str(NAMES[start])?;
            if bit - start > 1 {
                write!(out, "-{}", NAMES[bit - 1])?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_patches_and_operator_spellings_are_read() {
        let shown = |text| Versions::parse(text).map(|set| set.to_string());
        assert_eq!(shown("1.20"), Ok("1.20".into()));
        assert_eq!(shown("1.20.3"), Ok("1.20".into()));
        assert_eq!(shown("v1_20"), Ok("1.20".into()));
        assert_eq!(shown("1.13..1.20"), Ok("1.13-1.20".into()));
        assert_eq!(shown("2.0.."), Ok("2.0-2.3".into()));
        assert_eq!(shown("..1.14, 2.3"), Ok("1.13-1.14, 2.3".into()));
        assert!(Versions::parse("..").is_err());
        assert_eq!(
            Versions::parse("1.12"),
            Err(VersionError::Unknown("1.12".into()))
        );
        assert!(matches!(
            Versions::parse("latest"),
            Err(VersionError::Malformed(_))
        ));
    }

    #[test]
    fn a_release_is_read_whatever_hangs_on_it() {
        let shown = |text| Versions::release(text).map(|set| set.to_string());
        for text in [
            "1.18",
            "1.18.1",
            "v1_18",
            "1.18.1-scala_2.12-java11",
            "1.18-SNAPSHOT",
        ] {
            assert_eq!(shown(text), Some("1.18".into()), "{text}");
        }
        for text in [
            "",
            "1",
            "latest",
            "1.12.0",
            "2024.01.1",
            "1.18x",
            "1.18rc1",
            "2.0-preview1",
            "1,18",
            "cdc-3.0.1-flink-1.18.1",
            "3.0.1-1.18",
            "1..18",
            "99999999999.1",
        ] {
            assert_eq!(shown(text), None, "{text}");
        }
    }

    #[test]
    fn a_release_before_all_known_ones_is_told_from_no_release() {
        for text in ["1.12", "1.9.3", "v1_12", "1.10.0-scala_2.11", "0.10.2"] {
            assert!(Versions::is_before_all(text), "{text}");
        }
        for text in [
            "1.13", "1.20.1", "2.4", "", "1", "latest", "1.9x", "cdc-1.2",
        ] {
            assert!(!Versions::is_before_all(text), "{text}");
        }
    }

    #[test]
    fn named_sets_hold_what_their_names_say() {
        assert_eq!(Versions::LEGACY, Versions::parse("1.13..1.20").unwrap());
        assert_eq!(Versions::YAML, Versions::parse("1.19..").unwrap());
        assert_eq!(Versions::V2, Versions::parse("2.0..").unwrap());
    }
}
