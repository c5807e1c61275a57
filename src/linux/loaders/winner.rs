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
    /// That depends on the release of the loader.
    Unknown,
}

/// What a loader takes from files, and who of it decides about each parameter.
#[derive(Clone, Debug)]
pub struct Statements {
    loader: Loader,
    entries: Vec<Entry>,
    /// By path, the last statement that assigns, if one does.
    named: HashMap<String, Option<usize>>,
    /// The statements that are patterns, with the pattern.
    patterns: Vec<(usize, String)>,
}

impl Statements {
    /// Those of files in the order in which they are read.
    pub fn new(loader: Loader, files: &[&[u8]]) -> Self {
        let entries = entries(loader, files).entries;
        let (mut named, mut patterns) = (HashMap::new(), Vec::new());
        let knows_patterns = !matches!(loader, Loader::Busybox130 | Loader::Busybox135);
        for (at, entry) in entries.iter().enumerate() {
            let tidy = if knows_patterns {
                tidied(&entry.path)
            } else {
                path(&dotted(&entry.path))
            };
            if knows_patterns && glob::is_glob(&entry.path) {
                patterns.push((at, tidy));
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
        let assigns = |(at, pattern): &&(usize, String)| {
            self.entries[*at].value.is_some() && glob::matches(pattern, path)
        };
        let Some((at, _)) = self.patterns.iter().rev().find(assigns) else {
            return Winner::Nobody;
        };
        let excludes = |(at, pattern): &(usize, String)| {
            self.entries[*at].value.is_none() && glob::matches(pattern, path)
        };
        match self.loader {
            Loader::Procps407 if self.patterns.iter().any(excludes) => Winner::Nobody,
            Loader::Procps40 if self.patterns.iter().any(excludes) => Winner::Unknown,
            _ => Winner::Entry(*at),
        }
    }
}
