//! Which statement decides about a parameter in the end.

use std::collections::HashMap;

use super::keys::{dotted, path, tidied};
use super::{Entry, Loader, entries, glob};

/// Who decides about a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Winner {
    /// The statement of this number.
    Entry(usize),
    /// None.
    Nobody,
    /// That depends on the release of the loader, or on more patterns than anybody writes.
    Unknown,
}

/// What a loader takes from files, and who of it decides about each parameter.
#[derive(Clone, Debug)]
pub struct Statements {
    loader: Loader,
    entries: Vec<Entry>,
    /// By path, the last statement that assigns, if one does.
    named: HashMap<String, Option<usize>>,
    patterns: Patterns,
}

/// How many patterns are tried on one path. Files have a few; of one with thousands nobody is told who wins,
/// so that it takes no longer than its length.
const TRIED: usize = 1000;

/// Statements that are patterns.
#[derive(Clone, Debug, Default)]
struct Patterns {
    /// By the last part, where that matches nothing else: number and pattern, in order.
    by_end: HashMap<String, Vec<(usize, String)>>,
    /// The others.
    open: Vec<(usize, String)>,
}

impl Patterns {
    fn push(&mut self, at: usize, pattern: String) {
        let end = end(&pattern);
        if glob::is_glob(end) {
            self.open.push((at, pattern));
        } else {
            let own = self.by_end.entry(end.to_owned()).or_default();
            own.push((at, pattern));
        }
    }

    /// The statements whose patterns match a path, in no order. `None` where too many might.
    fn matching<'p>(&'p self, path: &'p str) -> Option<impl Iterator<Item = usize> + 'p> {
        let own = self.by_end.get(end(path)).map_or(&[][..], Vec::as_slice);
        let all = own.iter().chain(&self.open);
        let matching = all.filter(|(_, pattern)| glob::matches(pattern, path));
        (own.len() + self.open.len() <= TRIED).then(|| matching.map(|(at, _)| *at))
    }
}

/// The last part of a path.
fn end(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

impl Statements {
    /// Those of files in the order in which they are read.
    pub fn new(loader: Loader, files: &[&[u8]]) -> Self {
        let entries = entries(loader, files).entries;
        let (mut named, mut patterns) = (HashMap::new(), Patterns::default());
        let knows_patterns = !matches!(loader, Loader::Busybox130 | Loader::Busybox135);
        for (at, entry) in entries.iter().enumerate() {
            let tidy = if knows_patterns {
                tidied(&entry.path)
            } else {
                path(&dotted(&entry.path))
            };
            if knows_patterns && glob::is_glob(&entry.path) {
                patterns.push(at, tidy);
                continue;
            }
            let last: &mut Option<usize> = named.entry(tidy).or_default();
            if entry.value.is_some() {
                *last = Some(at);
            }
        }
        Statements {
            loader,
            entries,
            named,
            patterns,
        }
    }

    /// The statement of this number.
    pub fn entry(&self, at: usize) -> &Entry {
        &self.entries[at]
    }

    /// Who decides about the parameter at `path`, a tidy path below `/proc/sys`, on a machine that has it,
    /// if the kernel takes every value.
    pub fn winner(&self, path: &str) -> Winner {
        if let Some(named) = self.named.get(path) {
            return named.map_or(Winner::Nobody, Winner::Entry);
        }
        let Some(matching) = self.patterns.matching(path) else {
            return Winner::Unknown;
        };
        let (assigning, excluding): (Vec<usize>, Vec<usize>) =
            matching.partition(|at| self.entries[*at].value.is_some());
        let Some(last) = assigning.into_iter().max() else {
            return Winner::Nobody;
        };
        match self.loader {
            Loader::Procps407 if !excluding.is_empty() => Winner::Nobody,
            Loader::Procps40 if !excluding.is_empty() => Winner::Unknown,
            _ => Winner::Entry(last),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn winner(text: &str, path: &str) -> Winner {
        Statements::new(Loader::Procps407, &[text.as_bytes()]).winner(path)
    }

    #[test]
    fn the_last_pattern_wins_however_it_ends() {
        let path = "net/ipv4/conf/eth0/rp_filter";
        for (text, expected) in [
            (
                "net.ipv4.conf.*.rp_filter = 1\nnet.ipv4.conf.eth0.rp_* = 2\n",
                1,
            ),
            (
                "net.ipv4.conf.eth0.rp_* = 2\nnet.ipv4.conf.*.rp_filter = 1\n",
                1,
            ),
            (
                "net.ipv4.conf.*.rp_filter = 1\nnet.ipv4.conf.*.rp_filters = 2\n",
                0,
            ),
        ] {
            assert_eq!(winner(text, path), Winner::Entry(expected), "{text}");
        }
        let excluded = "net.ipv4.conf.*.rp_filter = 1\n-net.ipv4.conf.eth0.rp_*\n";
        assert_eq!(winner(excluded, path), Winner::Nobody);
    }

    #[test]
    fn of_more_patterns_than_anybody_writes_none_wins() {
        let own = "net.ipv4.conf.*.rp_filter = 1\n";
        let text = |ends: &str| {
            let more = (0..=TRIED).map(|n| format!("net.ipv4.conf.x{n}*.{ends} = 1\n"));
            own.to_owned() + &more.collect::<String>()
        };
        let path = "net/ipv4/conf/eth0/rp_filter";
        assert_eq!(winner(&text("rp_filter"), path), Winner::Unknown);
        assert_eq!(winner(&text("rp_*"), path), Winner::Unknown);
        assert_eq!(winner(&text("forwarding"), path), Winner::Entry(0));
    }
}
