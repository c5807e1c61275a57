//! One sentence for each of the options that people use most: what it does, and in which unit.
//!
//! `descriptions.tsv` is the text itself, `key TAB sentence`, sorted bytewise by key, so that a
//! look-up is a binary search and nothing is read or built at start. A sentence is true for every
//! version that has the key, or names the versions. Old names have none: they mean what the option
//! does that took their place.

/// The sentences.
const TABLE: &str = include_str!("descriptions.tsv");

/// What an option does, in one sentence; `None` for a key without one.
pub fn description(key: &str) -> Option<&'static str> {
    let bytes = TABLE.as_bytes();
    // Both stay at the start of a line, or at the end of the table.
    let (mut low, mut high) = (0, bytes.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let start = memchr::memrchr(b'\n', &bytes[low..middle]).map_or(low, |at| low + at + 1);
        let end = memchr::memchr(b'\n', &bytes[middle..]).map_or(bytes.len(), |at| middle + at + 1);
        let (own, sentence) = TABLE[start..end].trim_end().split_once('\t')?;
        match own.cmp(key) {
            std::cmp::Ordering::Less => low = end,
            std::cmp::Ordering::Greater => high = start,
            std::cmp::Ordering::Equal => return Some(sentence),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flink::options;

    /// More would not fit on a line beside a name.
    const MOST: usize = 110;

    #[test]
    fn every_sentence_belongs_to_an_option_and_is_found() {
        let mut before = "";
        for line in TABLE.lines() {
            let (key, sentence) = line.split_once('\t').expect("a key and a sentence");
            assert!(before < key, "{before} before {key}");
            assert!(options::meanings(key).next().is_some(), "{key}");
            assert_eq!(description(key), Some(sentence));
            before = key;
        }
        assert!(TABLE.lines().count() >= 150);
    }

    #[test]
    fn sentences_are_short_and_end_with_a_dot() {
        for line in TABLE.lines() {
            let sentence = line.split('\t').nth(1).expect("a sentence");
            let count = sentence.chars().count();
            assert!((10..=MOST).contains(&count), "{count}: {line}");
            assert!(sentence.ends_with('.'), "{line}");
            assert!(!sentence.contains("  "), "{line}");
            assert_eq!(line.split('\t').count(), 2, "{line}");
        }
    }

    #[test]
    fn other_keys_have_no_sentence() {
        for key in ["", "a", "zzz", "taskmanager", "taskmanager.memory", "é"] {
            assert_eq!(description(key), None, "{key}");
        }
    }
}
