//! Which values each loader writes for the text of one file: `sysctl -p FILE` of procps 4.x and
//! `systemd-sysctl FILE`. They share the grammar and differ in globs, exclusions, duplicates, blanks
//! and line ends.
//!
//! Rules read documents. With this the grammar of documents is held against recorded answers.

use std::ops::Range;

use super::{Line, Said, path, without_empty_parts};
use crate::syntax::lines::trimmed;

/// A loader, as far as releases differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loader {
    /// procps 4.0.0 to 4.0.6.
    Procps,
    /// procps 4.0.7 and later, where an exclusion may be a glob.
    Procps407,
    /// systemd 252 to 257.
    Systemd,
}

/// A parameter of a machine: its path below `/proc/sys`, and whether it can be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// The path, parts divided by slashes.
    pub path: String,
    /// False for read-only files, which procps does not try to write.
    pub writable: bool,
}

/// One line that a loader took in.
struct Entry {
    /// The path as the loader holds it: procps does not tidy it.
    path: String,
    /// `None` for an exclusion.
    value: Option<String>,
}

/// What a loader writes, in its order: path below `/proc/sys` and value. `parameters` is what the
/// machine has, in directory order.
pub fn assignments(
    bytes: &[u8],
    loader: Loader,
    parameters: &[Parameter],
) -> Vec<(String, String)> {
    let entries = match loader {
        Loader::Procps | Loader::Procps407 => procps(bytes),
        Loader::Systemd => systemd(bytes),
    };
    let mut written = Vec::new();
    for entry in &entries {
        let Some(value) = &entry.value else {
            continue;
        };
        if !is_glob(&entry.path) {
            let path = tidied(&entry.path);
            if accepts(parameters, &path, loader) {
                written.push((path, value.clone()));
            }
            continue;
        }
        let pattern = tidied(&entry.path);
        let found = parameters.iter().map(|parameter| &parameter.path);
        let mut found: Vec<&String> = found.filter(|path| matches(&pattern, path)).collect();
        if loader != Loader::Systemd {
            found.sort();
        }
        for path in found {
            // An explicit line wins over a glob wherever it stands; an exclusion does so too.
            let named = entries.iter().any(|other| {
                let glob = loader == Loader::Procps407 && other.value.is_none();
                other.path == *path || (glob && matches(&other.path, path))
            });
            if !named && accepts(parameters, path, loader) {
                written.push((path.clone(), value.clone()));
            }
        }
    }
    written
}

/// Every line stays, in order.
fn procps(bytes: &[u8]) -> Vec<Entry> {
    Line::all(bytes)
        .filter_map(|line| match &line.said {
            Said::Assignment { key, value } => Some(Entry {
                path: path(&line.lossy(key)),
                value: Some(line.lossy(value)),
            }),
            Said::Exclusion { key } => Some(Entry {
                path: path(&line.lossy(key)),
                value: None,
            }),
            Said::Nothing | Said::NoEquals => None,
        })
        .collect()
}

/// An ordered map: a later line replaces an earlier one of the same path and takes the last place,
/// unless it says the same. A line ends with LF, CR or NUL; form feed is no blank.
fn systemd(bytes: &[u8]) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for text in bytes.split(|byte| matches!(byte, b'\n' | b'\r' | 0)) {
        let text = &text[trim(text, 0..text.len())];
        if text.is_empty() || matches!(text[0], b'#' | b';') {
            continue;
        }
        let dash = usize::from(text[0] == b'-');
        let (key, value) = match text.iter().position(|byte| *byte == b'=') {
            Some(at) => {
                let value = &text[trim(text, at + 1..text.len())];
                let value = String::from_utf8_lossy(value).into_owned();
                (dash.min(at)..at, Some(value))
            }
            None if dash == 1 => (1..text.len(), None),
            None => continue,
        };
        let key = String::from_utf8_lossy(&text[trim(text, key)]);
        let path = tidied(&path(&key));
        if let Some(at) = entries.iter().position(|entry| entry.path == path) {
            if entries[at].value == value {
                continue;
            }
            entries.remove(at);
        }
        entries.push(Entry { path, value });
    }
    entries
}

/// Without outer blanks as systemd knows them (`WHITESPACE`).
fn trim(text: &[u8], range: Range<usize>) -> Range<usize> {
    trimmed(text, range, |byte| {
        matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
    })
}

/// A path without empty parts and `.`.
fn tidied(path: &str) -> String {
    without_empty_parts(path).collect::<Vec<_>>().join("/")
}

/// Whether the machine has the parameter and the loader opens it.
fn accepts(parameters: &[Parameter], path: &str, loader: Loader) -> bool {
    parameters.iter().any(|parameter| {
        parameter.path == path && (parameter.writable || loader == Loader::Systemd)
    })
}

fn is_glob(path: &str) -> bool {
    path.contains(['*', '?', '['])
}

/// glob(7) without braces: no mark matches a slash.
fn matches(pattern: &str, path: &str) -> bool {
    let (mut patterns, mut parts) = (pattern.split('/'), path.split('/'));
    loop {
        match (patterns.next(), parts.next()) {
            (None, None) => return true,
            (Some(pattern), Some(part)) if matches_part(pattern.as_bytes(), part.as_bytes()) => {}
            _ => return false,
        }
    }
}

fn matches_part(pattern: &[u8], text: &[u8]) -> bool {
    // The last `*` and the text it has swallowed so far: the only place worth going back to.
    let (mut at, mut done) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while done < text.len() {
        let step = match pattern.get(at) {
            Some(b'*') => {
                star = Some((at + 1, done));
                at += 1;
                continue;
            }
            Some(b'?') => Some(1),
            Some(b'[') => class(&pattern[at..], text[done]),
            Some(byte) => (*byte == text[done]).then_some(1),
            None => None,
        };
        if let Some(length) = step {
            at += length;
            done += 1;
        } else if let Some((after, swallowed)) = star {
            star = Some((after, swallowed + 1));
            (at, done) = (after, swallowed + 1);
        } else {
            return false;
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

/// Length of the bracket expression at the start of `pattern`, if `byte` is in it. Without a closing
/// bracket the opening one stands for itself.
fn class(pattern: &[u8], byte: u8) -> Option<usize> {
    let negated = matches!(pattern.get(1), Some(b'!' | b'^'));
    let first = 1 + usize::from(negated);
    let close = pattern.iter().skip(first + 1).position(|b| *b == b']');
    let Some(close) = close.map(|at| at + first + 1) else {
        return (byte == b'[').then_some(1);
    };
    let set = &pattern[first..close];
    let mut found = false;
    let mut at = 0;
    while at < set.len() {
        if at + 2 < set.len() && set[at + 1] == b'-' {
            found |= (set[at]..=set[at + 2]).contains(&byte);
            at += 3;
        } else {
            found |= set[at] == byte;
            at += 1;
        }
    }
    (found != negated).then_some(close + 1)
}

#[cfg(test)]
mod tests {
    use super::{Loader, Parameter, assignments, matches};

    #[test]
    fn systemd_writes_the_last_of_a_key_in_its_place_and_procps_all() {
        let parameters = ["vm/a", "vm/b"].map(|path| Parameter {
            path: path.to_owned(),
            writable: true,
        });
        let written = |loader| {
            let written = assignments(b"vm.a=1\nvm.b=2\nvm.a=3\n", loader, &parameters);
            let values = written.into_iter().map(|(_, value)| value);
            values.collect::<Vec<_>>()
        };
        assert_eq!(written(Loader::Systemd), ["2", "3"]);
        assert_eq!(written(Loader::Procps), ["1", "2", "3"]);
    }

    #[test]
    fn globs_match_within_one_part_of_a_path() {
        for (pattern, path) in [
            ("net/*/conf", "net/ipv4/conf"),
            ("a/?th0", "a/eth0"),
            ("a/[el]*", "a/lo"),
            ("a/[!x-z]b", "a/ab"),
            ("a/*b*c", "a/xbyc"),
            ("a/[b", "a/[b"),
        ] {
            assert!(matches(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in [
            ("net/*", "net/ipv4/conf"),
            ("a/[!x-z]b", "a/yb"),
            ("a/{b,c}", "a/b"),
            ("a/b*", "a/ab"),
        ] {
            assert!(!matches(pattern, path), "{pattern} {path}");
        }
    }
}
