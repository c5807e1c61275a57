//! `systemd-sysctl`: an ordered map, so that only the last line of a key is written.

use std::collections::HashMap;
use std::ops::Range;

use super::keys::{path, tidied};
use super::lines::trimmed;
use super::{Answer, Entry, Kind, Loader, Manner, Taken, Target, glob};

/// Longer lines end the reading of a file (`LONG_LINE_MAX` of `fileio.h`).
const LONGEST_LINE: usize = 1 << 20;

/// An ordered map: a later line replaces an earlier one of the same path and takes the last place,
/// unless it says the same. A line ends with LF, CR or NUL; form feed is no blank.
pub(super) fn entries(loader: Loader, files: &[&[u8]]) -> Taken {
    let mut taken = Taken::default();
    let mut map = Map::default();
    for (file, bytes) in files.iter().enumerate() {
        let mut start = 0;
        for text in bytes.split(|byte| matches!(byte, b'\n' | b'\r' | 0)) {
            let at = start;
            start += text.len() + 1;
            if text.len() > LONGEST_LINE {
                taken.failed = true;
                break;
            }
            match entry(loader, text, at, file) {
                Read::Entry(entry) => map.insert(entry),
                Read::Nothing => {}
                Read::Bad => taken.failed = true,
            }
        }
    }
    taken.entries = map.entries.into_iter().flatten().collect();
    taken
}

/// Entries in order, each path once; those that were replaced leave a gap.
#[derive(Default)]
struct Map {
    entries: Vec<Option<Entry>>,
    by_path: HashMap<String, usize>,
}

impl Map {
    fn insert(&mut self, entry: Entry) {
        if let Some(at) = self.by_path.get(&entry.path) {
            let same = |other: &Entry| other.value == entry.value;
            if self.entries[*at].as_ref().is_some_and(same) {
                return;
            }
            self.entries[*at] = None;
        }
        self.by_path.insert(entry.path.clone(), self.entries.len());
        self.entries.push(Some(entry));
    }
}

enum Read {
    Entry(Entry),
    Nothing,
    Bad,
}

fn entry(loader: Loader, text: &[u8], start: usize, file: usize) -> Read {
    let content = trim(text, 0..text.len());
    let is_comment = match text.get(content.start) {
        Some(b'#') => true,
        Some(b';') => loader != Loader::Systemd262,
        _ => false,
    };
    if content.is_empty() || is_comment {
        return Read::Nothing;
    }
    let dash = text[content.start] == b'-';
    let first = content.start + usize::from(dash);
    let equals = text[content.clone()].iter().position(|byte| *byte == b'=');
    let (key, value) = match equals.map(|at| content.start + at) {
        Some(at) => {
            let value = &text[trim(text, at + 1..content.end)];
            let value = String::from_utf8_lossy(value).into_owned();
            (first.min(at)..at, Some(value))
        }
        None if dash => (first..content.end, None),
        None => return Read::Bad,
    };
    let key = trim(text, key);
    Read::Entry(Entry {
        path: tidied(&path(&String::from_utf8_lossy(&text[key.clone()]))),
        value,
        dash,
        at: start + key.start..start + content.end,
        file,
    })
}

pub(super) fn apply(taken: &Taken, manner: Manner, target: &mut Target) -> u8 {
    let mut exit = u8::from(taken.failed);
    for entry in &taken.entries {
        let Some(value) = &entry.value else {
            continue;
        };
        if !glob::is_glob(&entry.path) {
            exit |= write(entry, &entry.path, value, manner, target);
            continue;
        }
        for path in target.matching(&entry.path) {
            if !taken.entries.iter().any(|other| other.path == path) {
                exit |= write(entry, &path, value, manner, target);
            }
        }
    }
    exit
}

fn write(entry: &Entry, path: &str, value: &str, manner: Manner, target: &mut Target) -> u8 {
    let answer = match target.kind(path) {
        Kind::Nothing => Answer::Unknown,
        Kind::Directory => Answer::Refused,
        Kind::File { .. } => target.write(path, value),
    };
    let fails = match answer {
        Answer::Taken | Answer::Closed => false,
        Answer::Refused => true,
        Answer::Unknown => manner.strict,
    };
    u8::from(fails && !entry.dash)
}

/// Without outer blanks as systemd knows them (`WHITESPACE`).
fn trim(text: &[u8], range: Range<usize>) -> Range<usize> {
    trimmed(text, range, |byte| {
        matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
    })
}
