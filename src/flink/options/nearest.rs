//! Which key somebody meant who wrote one that Flink does not know.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::{COUNT, Scope, State, canonical, first_row, in_open_family, is_option, line};
use crate::flink::version::Versions;
use crate::words::{self, distance};

/// Written by the entrypoint of the official images into every configuration: nobody's mistake.
const OF_THE_IMAGES: &str = "query.server.port";

/// No option is half as long; what is longer is not worth a look.
const LONGEST: usize = 200;

/// The key that was meant by one that no version knows, if there is exactly one candidate.
///
/// A candidate of `versions` equals the key apart from case, `-`, `_` and `.`; or has one of its
/// parts twice in a row; or lacks `.size` at its end; or is at most two typing mistakes away (one for keys shorter than 15
/// characters); or has the same words in another order; or lacks one of its middle parts; or is the
/// key with a prefix in front, as in `numberOfTaskSlots`; or is the key without an `env.` in front.
/// The first of these that gives any candidate decides.
pub fn nearest(key: &str, versions: Versions) -> Option<&'static str> {
    if in_open_family(key) || is_option(key) {
        return None;
    }
    nearest_to_unknown(key, versions)
}

/// [`nearest`] for a key that is certainly unknown to all versions, without asking again.
pub fn nearest_to_unknown(key: &str, versions: Versions) -> Option<&'static str> {
    // What plugins and connectors read below `fs.` is theirs; labels have free names.
    let open = key.starts_with("fs.") || is_free_text(key);
    if key.is_empty() || key.len() > LONGEST || key == OF_THE_IMAGES || open {
        return None;
    }
    let index = &*INDEX;
    [
        Index::same_letters,
        Index::without_repetition,
        Index::with_size,
        Index::typed,
        Index::same_words,
        Index::with_one_part_more,
        Index::ending,
        Index::without_env,
    ]
    .into_iter()
    .map(|candidates| {
        let mut found = candidates(index, key);
        found.retain(|candidate| candidate.versions.overlaps(versions));
        found
    })
    .find(|found| !found.is_empty())
    .and_then(|found| only(&found, versions))
}

/// Whether [`nearest_to_unknown`] could name `option` at all, told from the letters of both: a slip keeps
/// all but four of them, every other mistake leaves letters out or brings some in. Much cheaper.
pub fn may_be_nearest(key: &str, option: &str) -> bool {
    let (own, others) = (counts_of_letters(key), counts_of_letters(option));
    let pairs = own.iter().zip(&others);
    let (more, less) = pairs.fold((0, 0), |(more, less), (one, other)| {
        (
            more + u32::from(one.saturating_sub(*other)),
            less + u32::from(other.saturating_sub(*one)),
        )
    });
    more == 0 || less == 0 || more + less <= 4
}

/// The options of these versions that have one part more than an unknown key: `.size` and `.fraction` of
/// `taskmanager.memory.managed`.
pub fn below(key: &str, versions: Versions) -> Vec<&'static str> {
    let mut found = INDEX.below(key);
    found.retain(|candidate| versions.within(candidate.versions));
    found.iter().map(|candidate| candidate.key).collect()
}

/// Whether `part` is the first part of any option's key: `taskmanager`.
pub fn is_first_part(part: &str) -> bool {
    let prefix = format!("{part}.");
    let mut rows = first_row(&prefix)..COUNT;
    rows.next()
        .is_some_and(|row| line(row).starts_with(&prefix))
}

/// Whether the last parts of a key are labels, annotations and the like, whose names are free.
fn is_free_text(key: &str) -> bool {
    key.starts_with("kubernetes.")
        && ["label", "annotation", "node-selector", "secret"]
            .iter()
            .any(|word| key.contains(word))
}

/// The one candidate, not counting aliases of other candidates.
fn only(found: &[&Candidate], versions: Versions) -> Option<&'static str> {
    let is_found = |key: &str| found.iter().any(|candidate| candidate.key == key);
    let mut kept = found
        .iter()
        .filter(|candidate| canonical(candidate.key, versions).is_none_or(|key| !is_found(key)));
    let first = kept.next()?;
    kept.next().is_none().then_some(first.key)
}

/// A key that may be offered.
struct Candidate {
    key: &'static str,
    /// The versions that know it.
    versions: Versions,
    counts: Counts,
}

/// The table arranged for look-ups by what people get wrong; made when the first unknown key needs it.
struct Index {
    candidates: Vec<Candidate>,
    by_letters: HashMap<Vec<u8>, Vec<usize>>,
    by_words: HashMap<String, Vec<usize>>,
    /// Keys by each of their ends after a dot, with and without a last `.size`.
    by_end: HashMap<&'static str, Vec<usize>>,
    /// Keys by themselves without one of their middle parts.
    by_lacking: HashMap<String, Vec<usize>>,
    by_length: Vec<Vec<usize>>,
}

static INDEX: LazyLock<Index> = LazyLock::new(Index::new);

impl Index {
    fn new() -> Self {
        let mut index = Index {
            candidates: Vec::new(),
            by_letters: HashMap::new(),
            by_words: HashMap::new(),
            by_end: HashMap::new(),
            by_lacking: HashMap::new(),
            by_length: Vec::new(),
        };
        for spec in super::all() {
            if !matches!(spec.scope, Scope::Config | Scope::ShellOnly | Scope::Plugin) {
                continue;
            }
            match index.candidates.last_mut() {
                Some(last) if last.key == spec.key => {
                    last.versions = last.versions.or(spec.versions);
                }
                _ => index.add(spec.key, spec.versions),
            }
        }
        index
    }

    fn add(&mut self, key: &'static str, versions: Versions) {
        let at = self.candidates.len();
        self.candidates.push(Candidate {
            key,
            versions,
            counts: counts(key),
        });
        self.by_letters.entry(letters(key)).or_default().push(at);
        self.by_words.entry(sorted_words(key)).or_default().push(at);
        if self.by_length.len() <= key.len() {
            self.by_length.resize_with(key.len() + 1, Vec::new);
        }
        self.by_length[key.len()].push(at);
        let dots: Vec<usize> = key.match_indices('.').map(|(dot, _)| dot).collect();
        for dot in &dots {
            let end = &key[dot + 1..];
            self.by_end.entry(end).or_default().push(at);
            if let Some(end) = end.strip_suffix(".size") {
                self.by_end.entry(end).or_default().push(at);
            }
        }
        for pair in dots.windows(2) {
            let without = format!("{}{}", &key[..pair[0]], &key[pair[1]..]);
            self.by_lacking.entry(without).or_default().push(at);
        }
    }

    fn of(&self, found: Option<&Vec<usize>>) -> Vec<&Candidate> {
        let found = found.into_iter().flatten();
        found.map(|at| &self.candidates[*at]).collect()
    }

    /// Equal apart from case, `-`, `_` and `.`; the first letter counts.
    fn same_letters(&self, key: &str) -> Vec<&Candidate> {
        let mut found = self.of(self.by_letters.get(&letters(key)));
        found.retain(|candidate| {
            candidate.key.as_bytes()[0].eq_ignore_ascii_case(&key.as_bytes()[0])
                && candidate.key.len().abs_diff(key.len()) <= 4
        });
        found
    }

    /// `a.b.b.c` for `a.b.c`.
    fn without_repetition(&self, key: &str) -> Vec<&Candidate> {
        let mut parts: Vec<&str> = key.split('.').collect();
        let before = parts.len();
        parts.dedup();
        if parts.len() == before {
            return Vec::new();
        }
        let single = parts.join(".");
        let found = self
            .candidates
            .binary_search_by(|other| other.key.cmp(&single));
        found.map_or_else(|_| Vec::new(), |at| vec![&self.candidates[at]])
    }

    /// `taskmanager.memory.task.heap` for `taskmanager.memory.task.heap.size`, where that is the only
    /// option right below the key.
    fn with_size(&self, key: &str) -> Vec<&Candidate> {
        let found = self.below(key);
        match found[..] {
            [only] if only.key.strip_suffix(".size").is_some() => found,
            _ => Vec::new(),
        }
    }

    /// The options with one part more than the key.
    fn below(&self, key: &str) -> Vec<&Candidate> {
        let below = format!("{key}.");
        let first = self
            .candidates
            .partition_point(|other| other.key < below.as_str());
        self.candidates[first..]
            .iter()
            .take_while(|other| other.key.starts_with(&below))
            .filter(|other| !other.key[below.len()..].contains('.'))
            .collect()
    }

    /// At most two typing mistakes away.
    fn typed(&self, key: &str) -> Vec<&Candidate> {
        let length = key.chars().count();
        let limit = if length < 15 { 1 } else { 2 };
        let own = counts(key);
        let lengths = self.by_length.iter().skip(length.saturating_sub(limit));
        lengths
            .take(2 * limit + 1)
            .flatten()
            .map(|at| &self.candidates[*at])
            // One mistake takes one character away and brings another in, at most.
            .filter(|candidate| difference(&own, &candidate.counts) <= 2 * limit)
            .filter(|candidate| {
                let (left, right) = unlike(key, candidate.key);
                distance(left, right, limit).is_some()
            })
            .collect()
    }

    /// The same words in another order; three at least, since two are a user's own key as well.
    fn same_words(&self, key: &str) -> Vec<&Candidate> {
        if key.split(['.', '-', '_']).count() < 3 {
            return Vec::new();
        }
        self.of(self.by_words.get(&sorted_words(key)))
    }

    /// The key lacks one of the middle parts. Four others must be there: `historyserver.web.enabled`
    /// need not mean `historyserver.web.ssl.enabled`.
    fn with_one_part_more(&self, key: &str) -> Vec<&Candidate> {
        if key.split('.').count() < 4 {
            return Vec::new();
        }
        self.of(self.by_lacking.get(key))
    }

    /// The key with parts in front, and perhaps with the `.size` that people forget. Two words are the
    /// end of many keys, and more often a user's own key; and what begins like an option lacks nothing
    /// in front: `jobmanager.port` is not `high-availability.jobmanager.port`.
    fn ending(&self, key: &str) -> Vec<&Candidate> {
        let Some(found) = self.by_end.get(key) else {
            return Vec::new();
        };
        let part = key.split('.').next().unwrap_or_default();
        if words::of_key(key).len() < 3 || is_first_part(part) {
            return Vec::new();
        }
        self.of(Some(found))
    }

    /// `env.python.executable` for `python.executable`.
    fn without_env(&self, key: &str) -> Vec<&Candidate> {
        let Some(rest) = key.strip_prefix("env.").filter(|rest| rest.contains('.')) else {
            return Vec::new();
        };
        let found = self
            .candidates
            .binary_search_by(|other| other.key.cmp(rest));
        found.map_or_else(|_| Vec::new(), |at| vec![&self.candidates[at]])
    }
}

/// How often each character occurs; different characters may share a count.
type Counts = [u8; 32];

fn counts(text: &str) -> Counts {
    let mut counts = [0u8; 32];
    for byte in text.bytes() {
        let count = &mut counts[usize::from(byte & 31)];
        *count = count.saturating_add(1);
    }
    counts
}

/// The same without what separates words.
fn counts_of_letters(text: &str) -> Counts {
    let mut counts = [0u8; 32];
    for byte in text.bytes() {
        if !matches!(byte, b'-' | b'_' | b'.') {
            let count = &mut counts[usize::from(byte & 31)];
            *count = count.saturating_add(1);
        }
    }
    counts
}

/// By how much two texts' characters differ.
fn difference(left: &Counts, right: &Counts) -> usize {
    let pairs = left.iter().zip(right);
    // Small numbers are added many at a time.
    let sum: u16 = pairs
        .map(|(one, other)| u16::from(one.abs_diff(*other)))
        .sum();
    usize::from(sum)
}

/// What is left of two texts without their common start and end.
fn unlike<'l, 'r>(left: &'l str, right: &'r str) -> (&'l str, &'r str) {
    let start = left
        .char_indices()
        .zip(right.chars())
        .find(|((_, one), other)| one != other)
        .map_or(left.len().min(right.len()), |((at, _), _)| at);
    let (left, right) = (&left[start..], &right[start..]);
    let end: usize = left
        .chars()
        .rev()
        .zip(right.chars().rev())
        .take_while(|(one, other)| one == other)
        .map(|(one, _)| one.len_utf8())
        .sum();
    (&left[..left.len() - end], &right[..right.len() - end])
}

/// The letters and digits of a key, small.
fn letters(key: &str) -> Vec<u8> {
    key.bytes()
        .filter(|byte| !matches!(byte, b'-' | b'_' | b'.'))
        .map(|byte| byte.to_ascii_lowercase())
        .collect()
}

/// The words of a key, sorted.
fn sorted_words(key: &str) -> String {
    let mut words: Vec<&str> = key.split(['.', '-', '_']).collect();
    words.sort_unstable();
    words.join(".")
}

/// Up to `count` keys that resemble a name, the best first: keys that hold it, then keys that are
/// spelt alike. For the message about a key that nobody knows.
pub fn nearest_names(name: &str, count: usize) -> Vec<&'static str> {
    let wanted = name.to_lowercase();
    let limit = (wanted.chars().count() / 3).max(2);
    let mut found: Vec<(usize, usize, &'static str)> = Vec::new();
    for row in 0..COUNT {
        let key = super::key_of(line(row));
        if found.last().is_some_and(|(_, _, last)| *last == key) {
            continue;
        }
        let lower = key.to_lowercase();
        let rank = if !wanted.is_empty() && lower.contains(&wanted) {
            // A key that ends or begins with the name is what most people look for.
            let edge = lower.ends_with(&wanted) || lower.starts_with(&wanted);
            (usize::from(!edge), lower.len() - wanted.len())
        } else if let Some(mistakes) = distance(&wanted, &lower, limit) {
            (2, mistakes)
        } else {
            continue;
        };
        let spec = super::spec(row);
        if !matches!(spec.scope, Scope::Internal | Scope::TableOption) {
            let old = usize::from(spec.state != State::Current);
            found.push((rank.0 * 2 + old, rank.1, key));
        }
    }
    found.sort_unstable();
    found
        .into_iter()
        .take(count)
        .map(|(_, _, key)| key)
        .collect()
}

#[cfg(test)]
mod tests;
