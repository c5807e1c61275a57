//! Which statement decides about a parameter in the end.

use super::keys::tidied;
use super::{Entry, Loader, glob};

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

/// Who decides about the parameter at `path`, a tidy path below `/proc/sys`, on a machine that has it,
/// if the kernel takes every value. For procps 4.x and systemd; the others know no globs.
pub fn winner(loader: Loader, entries: &[Entry], path: &str) -> Winner {
    let is_it = |entry: &&Entry| !glob::is_glob(&entry.path) && tidied(&entry.path) == path;
    let own = || entries.iter().enumerate().filter(|(_, entry)| is_it(entry));
    let assigned = own().rfind(|(_, entry)| entry.value.is_some());
    if let Some((at, _)) = assigned {
        return Winner::Entry(at);
    }
    if own().next().is_some() {
        return Winner::Nobody;
    }
    let assigns = |entry: &Entry| {
        let pattern = tidied(&entry.path);
        entry.value.is_some() && glob::is_glob(&pattern) && glob::matches(&pattern, path)
    };
    let Some(at) = entries.iter().rposition(assigns) else {
        return Winner::Nobody;
    };
    let excludes =
        |entry: &Entry| entry.value.is_none() && glob::matches(&tidied(&entry.path), path);
    match loader {
        Loader::Procps407 if entries.iter().any(excludes) => Winner::Nobody,
        Loader::Procps40 if entries.iter().any(excludes) => Winner::Unknown,
        _ => Winner::Entry(at),
    }
}
