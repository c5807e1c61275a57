//! Which parameter a misspelt key was.

use super::{all, find};
use crate::words;

/// The parameter of the same folder whose name differs in one or two letters, where only one is so near;
/// a longer name is needed for two.
///
/// For a key of an interface the answer names the same interface.
pub fn nearest(key: &str) -> Option<String> {
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

/// Whether two names differ in nothing but capitals, dashes and underscores.
fn alike(left: &str, right: &str) -> bool {
    let plain = |text: &str| text.to_lowercase().replace(['-', '_'], "");
    plain(left) == plain(right)
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
