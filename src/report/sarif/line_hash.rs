//! The fingerprint that code scanning of GitHub gives an alert: a hash of its line and of what follows, as
//! `github/codeql-action` computes it (`src/fingerprints.ts`).
//!
//! The action reads a file as UTF-8: bytes that are none become U+FFFD, and a byte order mark stays and
//! counts as a character of the first line.

use std::collections::{BTreeMap, BTreeSet, HashMap};

/// How many UTF-16 units one hash covers.
const BLOCK: usize = 100;
/// What each step multiplies by.
const MOD: u64 = 37;
/// What stands for the end of the file.
const END: u16 = 65535;

/// The hashes of the lines (from 1) that are asked for. Lines end with LF, CR LF or CR.
pub(super) fn line_hashes(bytes: &[u8], lines: &BTreeSet<usize>) -> BTreeMap<usize, String> {
    let text = String::from_utf8_lossy(bytes);
    let mut rolling = Rolling::new(lines);
    let mut after_cr = false;
    for unit in text.encode_utf16() {
        let is_lf_of_cr = after_cr && unit == u16::from(b'\n');
        after_cr = false;
        if is_lf_of_cr || unit == u16::from(b' ') || unit == u16::from(b'\t') {
            continue;
        }
        if unit == u16::from(b'\r') {
            after_cr = true;
            rolling.push(u16::from(b'\n'));
        } else {
            rolling.push(unit);
        }
    }
    rolling.push(END);
    rolling.finish()
}

struct Rolling<'l> {
    wanted: &'l BTreeSet<usize>,
    hashes: BTreeMap<usize, String>,
    /// How often a value has occurred.
    seen: HashMap<u64, u32>,
    /// The last units, and the line that starts at each, 0 for none.
    window: [(u16, usize); BLOCK],
    at: usize,
    hash: u64,
    /// 37 to the power of 100.
    oldest: u64,
    line: usize,
    is_line_start: bool,
}

impl<'l> Rolling<'l> {
    fn new(wanted: &'l BTreeSet<usize>) -> Self {
        Rolling {
            wanted,
            hashes: BTreeMap::new(),
            seen: HashMap::new(),
            window: [(0, 0); BLOCK],
            at: 0,
            hash: 0,
            oldest: (0..BLOCK).fold(1, |power: u64, _| power.wrapping_mul(MOD)),
            line: 0,
            is_line_start: true,
        }
    }

    fn push(&mut self, unit: u16) {
        self.emit();
        if self.is_line_start {
            self.is_line_start = false;
            self.line += 1;
            self.window[self.at].1 = self.line;
        }
        self.is_line_start = unit == u16::from(b'\n');
        self.step(unit);
    }

    /// Tells the hash of the line that started a whole window ago.
    fn emit(&mut self) {
        let line = std::mem::take(&mut self.window[self.at].1);
        if line == 0 {
            return;
        }
        let times = self.seen.entry(self.hash).or_default();
        *times += 1;
        if self.wanted.contains(&line) {
            self.hashes.insert(line, format!("{:x}:{times}", self.hash));
        }
    }

    fn step(&mut self, unit: u16) {
        let gone = u64::from(std::mem::replace(&mut self.window[self.at].0, unit));
        self.hash = self
            .hash
            .wrapping_mul(MOD)
            .wrapping_add(u64::from(unit))
            .wrapping_sub(self.oldest.wrapping_mul(gone));
        self.at = (self.at + 1) % BLOCK;
    }

    fn finish(mut self) -> BTreeMap<usize, String> {
        for _ in 0..BLOCK {
            self.emit();
            self.step(0);
        }
        self.hashes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashes(text: impl AsRef<[u8]>) -> Vec<String> {
        let all: BTreeSet<usize> = (1..=100).collect();
        line_hashes(text.as_ref(), &all).into_values().collect()
    }

    #[test]
    fn the_published_values_come_out() {
        assert_eq!(hashes(""), ["c129715d7a2bc9a3:1"]);
        assert_eq!(
            hashes(" a\nb\n  \t\tc\n d"),
            [
                "271789c17abda88f:1",
                "54703d4cd895b18:1",
                "180aee12dab6264:1",
                "a23a3dc5e078b07b:1"
            ]
        );
        let mut lorem: Vec<String> = (1..=6).map(|n| format!("a7f2ff13bc495cf2:{n}")).collect();
        lorem.extend(
            [
                "a7f2ff1481e87703:1",
                "a9cf91f7bbf1862b:1",
                "55ec222b86bcae53:1",
                "cc97dc7b1d7d8f7b:1",
                "c129715d7a2bc9a3:1",
            ]
            .map(str::to_owned),
        );
        assert_eq!(hashes("Lorem ipsum dolor sit amet.\n".repeat(10)), lorem);
    }

    #[test]
    fn line_ends_and_blanks_change_no_hash() {
        let plain = hashes("a: 1\nb: 2\n\nc\n");
        assert_eq!(plain.len(), 5);
        assert_eq!(plain, hashes("a: 1\r\nb: 2\r\n\r\nc\r\n"));
        assert_eq!(plain, hashes("a: 1\rb: 2\r\rc\r"));
        assert_eq!(plain, hashes("  a:1\n\tb:\t2 \n  \nc\n "));
        // A blank between them makes two line ends of CR and LF.
        assert_eq!(hashes("a\r \nb"), hashes("a\n\nb"));
    }

    #[test]
    fn a_byte_order_mark_counts_and_bytes_that_are_no_text_are_one_character() {
        assert_ne!(hashes("\u{feff}a"), hashes("a"));
        assert_eq!(hashes(b"a\xffb"), hashes("a\u{fffd}b"));
        // A character outside of the first plane is two units.
        assert_eq!(hashes("😀").len(), 1);
        assert_ne!(hashes("😀"), hashes("\u{fffd}"));
    }

    #[test]
    fn only_lines_that_are_asked_for_are_told_and_keep_their_count() {
        let only = line_hashes(b"x\nx\nx\n", &BTreeSet::from([2]));
        assert_eq!(only.len(), 1);
        assert_eq!(only[&2], hashes("x\nx\nx\n")[1]);
    }
}
