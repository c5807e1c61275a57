//! Releases of the kernel, and which of those that were measured speak for a host.

use std::fmt;

/// A release: major and minor number, `6.12`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Release(pub u8, pub u8);

/// The releases whose parameters were recorded, oldest first (`tools/kernel-parameters`).
pub const MEASURED: [Release; 4] = [Release(5, 10), Release(6, 1), Release(6, 12), Release(7, 2)];

impl Release {
    /// Reads `6.12`, also with what distributions add: `6.1.0-32-cloud-amd64`.
    pub fn parse(text: &str) -> Option<Release> {
        let mut numbers = text.trim().split(['.', '-', '+']);
        let major = numbers.next()?.parse().ok()?;
        let minor = numbers.next()?.parse().ok()?;
        Some(Release(major, minor))
    }
}

impl fmt::Display for Release {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}", self.0, self.1)
    }
}

/// The releases that a host may run, from the oldest to the newest of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kernels {
    /// The oldest.
    pub oldest: Release,
    /// The newest.
    pub newest: Release,
}

impl Kernels {
    /// Where nobody says which: all that were measured and what lies between them.
    pub const ALL: Kernels = Kernels {
        oldest: MEASURED[0],
        newest: MEASURED[3],
    };

    /// Reads `6.12` or `5.10-6.1`.
    ///
    /// # Errors
    /// What is wrong with the text, in one sentence.
    pub fn parse(text: &str) -> Result<Kernels, String> {
        let one = |text: &str| {
            let mut numbers = text.trim().split('.');
            let major = numbers.next()?.parse().ok()?;
            let minor = numbers.next()?.parse().ok()?;
            numbers.next().is_none().then_some(Release(major, minor))
        };
        let (oldest, newest) = match text.split_once('-') {
            Some((oldest, newest)) => (one(oldest), one(newest)),
            None => (one(text), one(text)),
        };
        match (oldest, newest) {
            (Some(oldest), Some(newest)) if oldest <= newest => Ok(Kernels { oldest, newest }),
            _ => Err(format!(
                "`{text}` is no release of the kernel: write one as `6.12`, or two as `5.10-6.1`"
            )),
        }
    }

    /// The measured releases that speak for these: those among them, and where an end is none, its
    /// neighbour on that side. What all of them agree on holds for what lies between.
    pub fn measured(self) -> impl Iterator<Item = Release> {
        let below = MEASURED.iter().rposition(|own| *own <= self.oldest);
        let above = MEASURED.iter().position(|own| *own >= self.newest);
        let first = below.unwrap_or(0);
        let last = above.unwrap_or(MEASURED.len() - 1);
        MEASURED[first..=last.max(first)].iter().copied()
    }

    /// Whether all of them are this release or later.
    pub fn are_from(self, release: Release) -> bool {
        self.oldest >= release
    }

    /// Whether all of them are earlier than this release.
    pub fn are_before(self, release: Release) -> bool {
        self.newest < release
    }
}

impl Default for Kernels {
    fn default() -> Self {
        Kernels::ALL
    }
}

impl fmt::Display for Kernels {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.oldest == self.newest {
            return write!(out, "{}", self.oldest);
        }
        write!(out, "{}-{}", self.oldest, self.newest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speak_for(text: &str) -> Vec<String> {
        let kernels = Kernels::parse(text).expect(text);
        kernels.measured().map(|own| own.to_string()).collect()
    }

    #[test]
    fn the_neighbours_of_a_release_speak_for_it() {
        assert_eq!(speak_for("6.1"), ["6.1"]);
        assert_eq!(speak_for("5.15"), ["5.10", "6.1"]);
        assert_eq!(speak_for("4.18"), ["5.10"]);
        assert_eq!(speak_for("8.0"), ["7.2"]);
        assert_eq!(speak_for("6.1-6.18"), ["6.1", "6.12", "7.2"]);
        assert_eq!(Kernels::ALL.measured().count(), 4);
    }

    #[test]
    fn what_is_no_release_is_refused() {
        for text in ["", "6", "6.12.1", "6.x", "6.12-5.10", "300.1"] {
            assert!(Kernels::parse(text).is_err(), "{text}");
        }
        assert_eq!(Release::parse("6.1.0-32-cloud-amd64"), Some(Release(6, 1)));
    }
}
