//! `sysctl` of procps 3.3.17: line by line, with C strings in one buffer.
//!
//! A line without `=` is taken as a key, and its value is `=` and what an earlier line has left in
//! the buffer; so the buffer is modelled.

use super::keys::{path, tidied};
use super::{Answer, Entry, Kind, Manner, Taken, Target};

/// The line buffer of `getline`, as the work on a line leaves it.
#[derive(Default)]
struct Buffer(Vec<u8>);

impl Buffer {
    /// Puts a line at the start, with the NUL that ends it.
    fn load(&mut self, line: &[u8]) {
        if self.0.len() < line.len() + 1 {
            self.0.resize(line.len() + 1, 0);
        }
        self.0[..line.len()].copy_from_slice(line);
        self.0[line.len()] = 0;
    }

    /// The C string at a place.
    fn text(&self, at: usize) -> &[u8] {
        let rest = self.0.get(at..).unwrap_or_default();
        &rest[..memchr::memchr(0, rest).unwrap_or(rest.len())]
    }

    fn set(&mut self, at: usize, byte: u8) {
        if self.0.len() <= at {
            self.0.resize(at + 1, 0);
        }
        self.0[at] = byte;
    }

    /// Moves a string, with a NUL after it.
    fn move_to(&mut self, at: usize, text: &[u8]) {
        for (index, byte) in text.iter().chain([&0]).enumerate() {
            self.set(at + index, *byte);
        }
    }

    /// Key and value of the line that was loaded, and the place of the key.
    fn split(&mut self, line: &[u8]) -> Option<(Vec<u8>, Vec<u8>, usize)> {
        self.load(line);
        let is_space = |byte: &u8| matches!(byte, b' ' | b'\t');
        let start = self.text(0).iter().take_while(|b| is_space(b)).count();
        if matches!(self.text(start).first(), None | Some(b'#' | b';')) {
            return None;
        }
        // strtok skips the marks before a word.
        let marks = self.text(start).iter().take_while(|b| **b == b'=').count();
        let start = start + marks;
        let mut name = self.text(start).to_vec();
        let equals = memchr::memchr(b'=', &name);
        let mut rest = start + equals.unwrap_or(name.len());
        if let Some(at) = equals {
            self.set(rest, 0);
            rest += 1;
            name.truncate(at);
            while name.last().is_some_and(is_space) {
                name.pop();
            }
        }
        // The key moves to the start of the buffer, which may write its `=` over what follows.
        for (index, byte) in name.iter().chain(b"=").enumerate() {
            self.set(index, *byte);
        }
        let ends = |byte: &u8| matches!(byte, b'\n' | b'\r');
        rest += self.text(rest).iter().take_while(|b| ends(b)).count();
        let length = self.text(rest).iter().take_while(|b| !ends(b)).count();
        if length == 0 {
            return None;
        }
        self.set(rest + length, 0);
        let mut value = self.text(rest).to_vec();
        let blanks = value.iter().take_while(|b| is_space(b)).count();
        value.drain(..blanks);
        while value.last().is_some_and(is_space) {
            value.pop();
        }
        if value.is_empty() {
            return None;
        }
        self.move_to(name.len() + 1, &value);
        Some((name, value, start))
    }
}

pub(super) fn entries(files: &[&[u8]]) -> Taken {
    let mut taken = Taken::default();
    let mut buffer = Buffer::default();
    for (file, bytes) in files.iter().enumerate() {
        let mut start = 0;
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            let at = start;
            start += line.len();
            if line.len() < 2 {
                continue;
            }
            let Some((name, value, key_at)) = buffer.split(line) else {
                continue;
            };
            let name = name.trim_ascii_end();
            let bare = name.strip_prefix(b"-");
            let key = String::from_utf8_lossy(bare.unwrap_or(name)).into_owned();
            let from = at + key_at + usize::from(bare.is_some());
            taken.entries.push(Entry {
                path: path(&key),
                value: Some(String::from_utf8_lossy(&value).into_owned()),
                dash: bare.is_some(),
                at: from..(at + line.trim_ascii_end().len()).max(from),
                file,
            });
        }
    }
    taken
}

pub(super) fn apply(taken: &Taken, manner: Manner, target: &mut Target) -> u8 {
    let mut exit = 0;
    for entry in &taken.entries {
        let path = tidied(&entry.path);
        let Some(value) = entry.value.as_ref().filter(|_| !path.is_empty()) else {
            continue;
        };
        match target.kind(&path) {
            Kind::Nothing if !manner.ignores_unknown => exit = 255,
            Kind::File { writable: true } => {
                // A refusal is told and forgotten.
                let _answer: Answer = target.write(&path, value);
            }
            Kind::Nothing | Kind::Directory | Kind::File { writable: false } => {}
        }
    }
    exit
}
