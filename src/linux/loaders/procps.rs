//! `sysctl` of procps 4.x: reads all files, then writes every line in order.

use super::keys::{path, tidied};
use super::lines::{Line, Said};
use super::{Answer, Entry, Kind, Loader, Manner, Taken, Target, glob};

/// Every line stays, in order.
pub(super) fn entries(files: &[&[u8]]) -> Taken {
    let mut taken = Taken::default();
    for (file, bytes) in files.iter().enumerate() {
        for line in Line::all(bytes) {
            let (key, value) = match &line.said {
                Said::Assignment { key, value } => (key, Some(value)),
                Said::Exclusion { key } => (key, None),
                Said::Nothing | Said::NoEquals => continue,
            };
            taken.entries.push(Entry {
                path: path(&line.lossy(key)),
                value: value.map(|value| line.lossy(value)),
                dash: line.has_dash(),
                at: line.in_file(&(key.start..line.content.end.max(key.end))),
                file,
            });
        }
    }
    taken
}

pub(super) fn apply(loader: Loader, taken: &Taken, manner: Manner, target: &mut Target) -> u8 {
    let mut exit = 0;
    for entry in &taken.entries {
        let Some(value) = &entry.value else {
            continue;
        };
        if !glob::is_glob(&entry.path) {
            exit |= write(loader, entry, &tidied(&entry.path), value, manner, target);
            continue;
        }
        let mut found = target.matching(&tidied(&entry.path));
        found.sort();
        for path in found {
            if !is_named(loader, &taken.entries, &path) {
                exit |= write(loader, entry, &path, value, manner, target);
            }
        }
    }
    exit
}

/// Whether globs leave a path alone: an explicit line wins over them wherever it stands, and an
/// exclusion does so too.
pub(super) fn is_named(loader: Loader, entries: &[Entry], path: &str) -> bool {
    entries.iter().any(|other| {
        let excludes = loader == Loader::Procps407 && other.value.is_none();
        other.path == path || excludes && glob::matches(&other.path, path)
    })
}

fn write(
    loader: Loader,
    entry: &Entry,
    path: &str,
    value: &str,
    manner: Manner,
    target: &mut Target,
) -> u8 {
    if path.is_empty() {
        return 1;
    }
    let answer = match target.kind(path) {
        Kind::Nothing => return u8::from(!manner.ignores_unknown),
        Kind::File { writable: true } => target.write(path, value),
        Kind::File { writable: false } | Kind::Directory => Answer::Closed,
    };
    let is_407 = loader == Loader::Procps407;
    match answer {
        Answer::Taken => 0,
        Answer::Closed => u8::from(is_407),
        Answer::Refused => u8::from(!(is_407 && entry.dash)),
        Answer::Unknown => 1,
    }
}
