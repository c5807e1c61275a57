//! Which key somebody meant who wrote one that Flink does not know.

use super::{OptionSpec, Scope, State, canonical, in_open_family, is_option, lines};
use crate::flink::version::Versions;
use crate::words::distance;

/// Written by the entrypoint of the official images into every configuration: nobody's mistake.
const OF_THE_IMAGES: &str = "query.server.port";

/// The key that was meant by one that no version knows, if there is exactly one candidate.
///
/// A candidate of `versions` equals the key apart from case, `-`, `_` and `.`; or is at most two
/// typing mistakes away (one for keys shorter than 15 characters); or is the key with a prefix in
/// front, as in `numberOfTaskSlots`. The first of these that gives any candidate decides.
pub fn nearest(key: &str, versions: Versions) -> Option<&'static str> {
    // What plugins and connectors read below `fs.` is theirs; labels have free names.
    let open = key.starts_with("fs.") || (key.starts_with("kubernetes.") && key.contains("labels"));
    if key.is_empty() || key == OF_THE_IMAGES || open || in_open_family(key) || is_option(key) {
        return None;
    }
    let length = key.chars().count();
    let limit = if length < 15 { 1 } else { 2 };
    // A bare word is the end of many keys and more often a user's own key.
    let distinct = key.contains(['.', '-']) || key.contains(|c: char| c.is_ascii_uppercase());
    let mut same = Vec::new();
    let mut typed = Vec::new();
    let mut ending = Vec::new();
    for line in lines() {
        let other = super::key_of(line);
        let group = if same_letters(key, other) {
            &mut same
        } else if other.len().abs_diff(length) <= limit && distance(key, other, limit).is_some() {
            &mut typed
        } else if distinct && is_end_of(key, other) {
            &mut ending
        } else {
            continue;
        };
        let spec = OptionSpec::read(line);
        let offered = matches!(spec.scope, Scope::Config | Scope::ShellOnly | Scope::Plugin);
        if offered && spec.versions.overlaps(versions) && !group.contains(&spec.key) {
            group.push(spec.key);
        }
    }
    [same, typed, ending]
        .into_iter()
        .find(|group| !group.is_empty())
        .and_then(|group| only(&group, versions))
}

/// The one candidate, not counting aliases of other candidates.
fn only(group: &[&'static str], versions: Versions) -> Option<&'static str> {
    let mut kept = group
        .iter()
        .filter(|key| canonical(key, versions).is_none_or(|target| !group.contains(&target)));
    let first = kept.next()?;
    kept.next().is_none().then_some(*first)
}

/// Whether two keys differ only in case and in `-`, `_` and `.`.
fn same_letters(left: &str, right: &str) -> bool {
    let letters = |text: &str| {
        text.bytes()
            .filter(|byte| !matches!(byte, b'-' | b'_' | b'.'))
            .map(|byte| byte.to_ascii_lowercase())
            .collect::<Vec<_>>()
    };
    // Cheap refusal first: this runs over the whole table.
    left.as_bytes()[0].eq_ignore_ascii_case(&right.as_bytes()[0])
        && left.len().abs_diff(right.len()) <= 4
        && letters(left) == letters(right)
}

/// Whether `other` is `key` with parts in front, and perhaps with the `.size` that people forget.
fn is_end_of(key: &str, other: &str) -> bool {
    let is_end = |other: &str| {
        let front = other.strip_suffix(key);
        front.is_some_and(|front| front.ends_with('.'))
    };
    is_end(other) || other.strip_suffix(".size").is_some_and(is_end)
}

/// Up to `count` keys that resemble a name, the best first: keys that hold it, then keys that are
/// spelt alike. For the message about a key that nobody knows.
pub fn nearest_names(name: &str, count: usize) -> Vec<&'static str> {
    let wanted = name.to_lowercase();
    let limit = (wanted.chars().count() / 3).max(2);
    let mut found: Vec<(usize, usize, &'static str)> = Vec::new();
    for line in lines() {
        let key = super::key_of(line);
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
        let spec = OptionSpec::read(line);
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
mod tests {
    use super::*;

    fn near(key: &str) -> Option<&'static str> {
        nearest(key, Versions::parse("1.18").unwrap())
    }

    #[test]
    fn misspelt_keys_of_real_files_are_recognised() {
        for (written, meant) in [
            (
                "taskmanger.numberOfTaskSlots",
                "taskmanager.numberOfTaskSlots",
            ),
            (
                "taskmanager.numberoftaskslots",
                "taskmanager.numberOfTaskSlots",
            ),
            ("jobmanager.rpc.ardress", "jobmanager.rpc.address"),
            ("rest.bind-adress", "rest.bind-address"),
            ("rest.profiling.enabled\"", "rest.flamegraph.enabled"),
            (
                "state.backend.rocksdb.metrics.compactions-pending",
                "state.backend.rocksdb.metrics.compaction-pending",
            ),
            (
                "taskmanager.network.memory.buffers.per-channel",
                "taskmanager.network.memory.buffers-per-channel",
            ),
            ("state.checkpoint.dir", "state.checkpoints.dir"),
            (
                "state.backend.rocksdb.block-cache-size",
                "state.backend.rocksdb.block.cache-size",
            ),
            (
                "state.backend.rocksdb.memory-managed",
                "state.backend.rocksdb.memory.managed",
            ),
            (
                "taskmanager.memory.process-size",
                "taskmanager.memory.process.size",
            ),
            ("numberOfTaskSlots", "taskmanager.numberOfTaskSlots"),
            ("memory.task.heap", "taskmanager.memory.task.heap.size"),
            ("metrics.scope.jm_job", "metrics.scope.jm-job"),
        ] {
            // `rest.profiling.*` came with 1.19.
            if written.starts_with("rest.profiling") {
                let later = nearest(written, Versions::parse("1.19..").unwrap());
                assert_eq!(later, Some("rest.profiling.enabled"));
                continue;
            }
            assert_eq!(near(written), Some(meant), "{written}");
        }
    }

    #[test]
    fn keys_without_one_candidate_are_left_alone() {
        for key in [
            "",
            "name",
            "my.key",
            "size",
            "default.parallelism",
            "taskmanager.execution.failover-strategy",
            "taskmanager.memory.network.mix",
            "memory.process.size",
            "env.MY_VARIABLE",
            "kubernetes.jobmanager.labelss.app",
            "s3.acess-key",
            "query.server.port",
            "state.backend",
            "é",
        ] {
            assert_eq!(near(key), None, "{key}");
        }
    }

    #[test]
    fn only_keys_of_the_versions_in_question_are_offered() {
        let typo = "execution.checkpointing.dirr";
        let of = |text| nearest(typo, Versions::parse(text).unwrap());
        assert_eq!(of("1.19"), None);
        assert_eq!(of("1.20"), Some("execution.checkpointing.dir"));
    }

    #[test]
    fn names_that_hold_the_text_come_first() {
        assert_eq!(
            nearest_names("numberOfTaskSlots", 1),
            ["taskmanager.numberOfTaskSlots"]
        );
        assert_eq!(
            nearest_names("rocksdb.localdir", 1),
            ["state.backend.rocksdb.localdir"]
        );
        assert_eq!(
            nearest_names("paralelism.default", 1),
            ["parallelism.default"]
        );
        assert!(nearest_names("no such thing anywhere at all", 3).is_empty());
        assert_eq!(nearest_names("checkpointing", 5).len(), 5);
    }
}
