//! Which parameter a misspelt key was.

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

/// The only parameter with the same letters, where dots, dashes and underscores were mixed up.
fn same_letters(key: &str) -> Option<String> {
    let mut found = all().filter(|parameter| alike(parameter.key(), key));
    let first = found.next()?;
    found.next().is_none().then(|| first.key().to_owned())
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
    let mut best: Option<(usize, &str)> = None;
    let mut alone = true;
    for parameter in all() {
        let Some((own, other)) = parameter.key().rsplit_once('.') else {
            continue;
        };
        if own != parent && own != general {
            continue;
        }
        // Blanks written the other way are no mistakes of spelling.
        let mistakes = if alike(name, other) {
            Some(0)
        } else {
            words::distance(name, other, limit)
        };
        let Some(mistakes) = mistakes else { continue };
        match best {
            Some((least, _)) if least < mistakes => {}
            Some((least, _)) if least == mistakes => alone = false,
            _ => (best, alone) = (Some((mistakes, other)), true),
        }
    }
    let (_, other) = best.filter(|_| alone)?;
    // Another number in a name is another parameter: gc_thresh4 is no misspelt gc_thresh3.
    let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
    (digits(name) == digits(other)).then(|| format!("{parent}.{other}"))
}

/// Whether two names differ in nothing but capitals, dots, dashes and underscores.
fn alike(left: &str, right: &str) -> bool {
    fn plain(text: &str) -> impl Iterator<Item = u8> {
        let letters = text.bytes().filter(|byte| !b"._-".contains(byte));
        letters.map(|byte| byte.to_ascii_lowercase())
    }
    plain(left).eq(plain(right))
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
