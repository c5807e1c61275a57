//! Which parameter a misspelt key was.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::{all, find};
use crate::words;

/// Folders between which keys are mixed up.
const FOLDERS: [&str; 5] = ["fs", "kernel", "net.core", "net.ipv4", "vm"];

/// The parameter that was meant by a key that is none: the same letters, the same name in another folder, or
/// one that differs in one or two letters.
pub fn meant(key: &str) -> Option<String> {
    if find(key).is_some() {
        return None;
    }
    let same = || same_letters(key);
    elsewhere(key).or_else(same).or_else(|| nearest(key))
}

/// The table by what a misspelt key has in common with the right one, so that a file of thousands of
/// unknown keys is not held against each line of it.
struct Index {
    /// Keys by their letters.
    by_letters: HashMap<String, Vec<&'static str>>,
    /// Names by their folder.
    by_folder: HashMap<&'static str, Vec<Name>>,
}

/// The last part of a key.
struct Name {
    text: &'static str,
    letters: String,
    /// As of [`bits`].
    bits: u64,
}

fn index() -> &'static Index {
    static INDEX: OnceLock<Index> = OnceLock::new();
    INDEX.get_or_init(|| {
        let mut index = Index {
            by_letters: HashMap::new(),
            by_folder: HashMap::new(),
        };
        for key in all().map(|parameter| parameter.key()) {
            index.by_letters.entry(letters(key)).or_default().push(key);
            if let Some((folder, text)) = key.rsplit_once('.') {
                index.by_folder.entry(folder).or_default().push(Name {
                    text,
                    letters: letters(text),
                    bits: bits(text),
                });
            }
        }
        index
    })
}

/// The only parameter with the same letters, where dots, dashes and underscores were mixed up.
fn same_letters(key: &str) -> Option<String> {
    match index().by_letters.get(&letters(key))?.as_slice() {
        [one] => Some((*one).to_owned()),
        _ => None,
    }
}

/// The same name in another folder, where only one has it.
fn elsewhere(key: &str) -> Option<String> {
    let (folder, name) = key.rsplit_once('.')?;
    if !FOLDERS.contains(&folder) || name.len() < 7 {
        return None;
    }
    let others = FOLDERS.iter().map(|other| format!("{other}.{name}"));
    let mut found = others.filter(|other| find(other).is_some());
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// The parameter of the same folder whose name differs in one or two letters, where only one is so near;
/// a longer name is needed for two.
///
/// For a key of an interface the answer names the same interface.
pub(super) fn nearest(key: &str) -> Option<String> {
    if find(key).is_some() {
        return None;
    }
    let (parent, name) = key.rsplit_once('.')?;
    let general = general(parent);
    let limit = if name.len() < 8 { 1 } else { 2 };
    let (own_letters, own_bits) = (letters(name), bits(name));
    let folders = &index().by_folder;
    let other = (general != parent).then(|| folders.get(general.as_str()));
    let names = folders.get(parent).into_iter().chain(other.flatten());
    let mut best: Option<(usize, &str)> = None;
    let mut alone = true;
    for other in names.flatten() {
        // Blanks written the other way are no mistakes of spelling.
        let mistakes = if other.letters == own_letters {
            Some(0)
        } else if (other.bits ^ own_bits).count_ones() as usize > 2 * limit {
            // Each mistake takes one character away and adds one at most.
            None
        } else {
            words::distance(name, other.text, limit)
        };
        let Some(mistakes) = mistakes else { continue };
        match best {
            Some((least, _)) if least < mistakes => {}
            Some((least, _)) if least == mistakes => alone = false,
            _ => (best, alone) = (Some((mistakes, other.text)), true),
        }
    }
    let (_, other) = best.filter(|_| alone)?;
    // Another number in a name is another parameter: gc_thresh4 is no misspelt gc_thresh3.
    let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
    (digits(name) == digits(other)).then(|| format!("{parent}.{other}"))
}

/// What is left of a name without capitals, dots, dashes and underscores.
fn letters(text: &str) -> String {
    let mut letters = text.to_ascii_lowercase();
    letters.retain(|c| !matches!(c, '.' | '_' | '-'));
    letters
}

/// A bit for each character that is there; some share one.
fn bits(text: &str) -> u64 {
    text.chars()
        .fold(0, |bits, c| bits | 1 << (u32::from(c) % 64))
}

/// What a folder of an interface is called in the table.
fn general(parent: &str) -> String {
    for start in [
        "net.ipv4.conf.",
        "net.ipv4.neigh.",
        "net.ipv6.conf.",
        "net.ipv6.neigh.",
    ] {
        if parent.len() > start.len() && parent.starts_with(start) {
            return format!("{start}<interface>");
        }
    }
    parent.to_owned()
}
