//! Words without which a file can't concern Flink or its hosts, so that most files of a tree are never
//! parsed.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::holders::Holder;
use super::{is_config_name, names_modules, source};
use crate::syntax::{bottlerocket, manifest};

/// Words of which a job's configuration holds one. Nested files write `state: backend: rocksdb:`, so they
/// are single ones where a key has parts; the first letter is left out where it may be a capital.
const NEEDLES: [&str; 18] = [
    "flink",
    "Flink",
    "FLINK",
    "atermark",
    "ATERMARK",
    "ateness",
    "rderness",
    "taskmanager",
    "jobmanager",
    "state.backend",
    "parallelism",
    "checkpoint",
    "rocksdb",
    "kryo",
    "serialization-config",
    "late-fire",
    // The windows of anything, which alone prove nothing.
    "indow",
    "INDOW",
];

/// How many of the needles tell by themselves.
const TELLING: usize = 16;

/// Beside a window one pair of these makes a file worth a look: a setting of event time, or a key by which a
/// stream is divided.
const BESIDE_WINDOWS: [[&str; 2]; 5] = [
    ["vent", "ime"],
    ["EVENT", "TIME"],
    ["keyby", "keyby"],
    ["Keyby", "Keyby"],
    ["KEYBY", "KEYBY"],
];

/// Of the kinds of match this one is found by whole vectors of bytes. Words that overlap tell by themselves, so
/// that it makes no difference which of them is found.
static SEARCH: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let search = AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostFirst)
        .build(NEEDLES);
    search.expect("a few short words")
});

/// Whether a file holds any word without which it can't concern Flink or its hosts. One that somebody
/// names is read for fewer signs.
pub fn worth_parsing(path: &str, bytes: &[u8], named: bool) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    may_concern_flink(path, bytes, named) || may_set_parameters(name, bytes) || names_modules(path)
}

/// Whether a file holds any word without which it can't concern Flink. A `config.yaml` may hold
/// nothing but keys of its author.
pub(super) fn may_concern_flink(path: &str, bytes: &[u8], named: bool) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    if let Some(holder) = Holder::by_name(name) {
        return holder.is_in(bytes);
    }
    if let Some(kind) = source::kind(name) {
        return source::may_be_flinks(kind, bytes);
    }
    is_config_name(name)
        || path.to_ascii_lowercase().contains("flink")
        || has_word_of_jobs(bytes, named)
}

fn has_word_of_jobs(bytes: &[u8], named: bool) -> bool {
    let mut windows = false;
    for found in SEARCH.find_iter(bytes) {
        if named || found.pattern().as_usize() < TELLING {
            return true;
        }
        windows = true;
    }
    let has = |word: &str| memchr::memmem::find(bytes, word.as_bytes()).is_some();
    windows
        && BESIDE_WINDOWS
            .iter()
            .any(|[one, other]| has(one) && has(other))
}

/// Whether a file of another tool may set kernel parameters: its bytes have the one word that all keys and
/// commands for them have.
pub(super) fn may_set_parameters(name: &str, bytes: &[u8]) -> bool {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    match extension {
        Some("yaml" | "yml" | "json") => manifest::may_set_parameters(bytes),
        Some("toml") => bottlerocket::may_set_parameters(bytes),
        _ => false,
    }
}
