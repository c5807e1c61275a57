//! Parameters that kernels had once.

use super::{Release, find};

/// Keys and what became of them; `*` at the end stands for any rest of a name.
const GONE: &str = include_str!("gone.tsv");

/// A parameter that newer kernels do not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gone {
    /// The first release without it, where it is known.
    pub since: Option<Release>,
    /// What to do instead, in a few words.
    pub instead: Option<&'static str>,
}

impl Gone {
    /// Whether a release lacks it: measured where it was still there in one, else told by history.
    pub fn lacks(&self, key: &str, release: Release) -> bool {
        match (self.since, find(key)) {
            (Some(since), _) => release >= since,
            (None, Some(parameter)) => release > parameter.span().1,
            (None, None) => true,
        }
    }
}

/// What became of a key that was a parameter once; nothing for one that never was, or is still there.
pub fn gone(key: &str) -> Option<Gone> {
    let line = GONE.lines().skip(1).find(|line| {
        let own = line.split('\t').next().unwrap_or_default();
        match own.strip_suffix('*') {
            Some(start) => key.starts_with(start),
            None => own == key,
        }
    })?;
    let mut cells = line.split('\t').skip(1);
    Some(Gone {
        since: cells.next().and_then(Release::parse),
        instead: cells.next().filter(|text| !text.is_empty()),
    })
}
