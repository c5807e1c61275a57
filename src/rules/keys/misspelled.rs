//! `misspelled-option`: keys that no version has and that resemble exactly one option.

use std::collections::HashMap;

use super::{Depth, Rule, Verdict, closed, judged, rekeyed, subject};
use crate::deployment::Deployment;
use crate::finding::Finding;
use crate::flink::options;
use crate::words::distance;

/// What people write, and what they mean, where the letters alone do not tell.
const MEANT: [(&str, &str); 16] = [
    ("jobmanager.bind-host-address", "jobmanager.bind-host"),
    (
        "state.backend.rocksdb.block-cache-size",
        "state.backend.rocksdb.block.cache-size",
    ),
    (
        "state.backend.rocksdb.block-cache.size",
        "state.backend.rocksdb.block.cache-size",
    ),
    (
        "state.backend.rocksdb.block-size",
        "state.backend.rocksdb.block.blocksize",
    ),
    (
        "state.backend.rocksdb.block.block-size",
        "state.backend.rocksdb.block.blocksize",
    ),
    (
        "state.backend.rocksdb.block.cache.size",
        "state.backend.rocksdb.block.cache-size",
    ),
    (
        "state.backend.rocksdb.blockcache.size",
        "state.backend.rocksdb.block.cache-size",
    ),
    (
        "state.backend.rocksdb.cache-size",
        "state.backend.rocksdb.block.cache-size",
    ),
    (
        "state.backend.rocksdb.cache.size",
        "state.backend.rocksdb.block.cache-size",
    ),
    (
        "state.backend.rocksdb.local-directories",
        "state.backend.rocksdb.localdir",
    ),
    (
        "state.backend.rocksdb.managed-memory",
        "state.backend.rocksdb.memory.managed",
    ),
    (
        "state.backend.rocksdb.memory-managed",
        "state.backend.rocksdb.memory.managed",
    ),
    (
        "state.backend.rocksdb.write-buffer-count",
        "state.backend.rocksdb.writebuffer.count",
    ),
    (
        "state.backend.rocksdb.write-buffer-size",
        "state.backend.rocksdb.writebuffer.size",
    ),
    (
        "state.backend.rocksdb.write-cache-size",
        "state.backend.rocksdb.writebuffer.size",
    ),
    ("taskmanager.bind-host-address", "taskmanager.bind-host"),
];

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    let is_misspelt = |verdict: &Verdict| matches!(verdict, Verdict::Misspelt(_));
    let all = judged(deployment, Depth::All, is_misspelt);
    // Two slips for one option would hide one another once they are mended.
    let mut slips: HashMap<&str, usize> = HashMap::new();
    for found in &all {
        if let Verdict::Misspelt(meant) = found.verdict {
            *slips.entry(meant).or_default() += 1;
        }
    }
    for found in &all {
        let Verdict::Misspelt(meant) = found.verdict else {
            continue;
        };
        let key = &found.setting.key;
        if rule.is_own_key(key) {
            continue;
        }
        let mut finding = rule.finding(
            found.document,
            found.setting.key_at,
            format!(
                "{} has no option `{key}`; the line has no effect",
                subject(deployment.versions)
            ),
        );
        finding.label = format!("did you mean `{meant}`?");
        finding.help = "Flink keeps keys that it does not know without a word".to_owned();
        finding.key = Some(key.clone());
        if slips.get(meant) == Some(&1) {
            finding.fix = rekeyed(
                deployment,
                found.document,
                found.setting,
                meant,
                "the setting takes effect for the first time",
            );
        }
        out.push(finding);
    }
}

/// Whether a key of the deployment is a misspelling of `option`.
pub(in crate::rules) fn is_misspelt(deployment: &Deployment, option: &str) -> bool {
    let mut settings = deployment
        .flink_documents()
        .flat_map(|document| &document.settings);
    settings.any(|setting| {
        let key = setting.key.as_str();
        // Most keys are told apart by their letters, which saves asking the table.
        (options::may_be_nearest(key, option) || by_hand(key) == Some(option))
            && !options::is_option(key)
            && meant(deployment, key) == Some(option)
    })
}

/// The option that a key means which no version knows, when that is certain.
pub(super) fn meant(deployment: &Deployment, key: &str) -> Option<&'static str> {
    if closed::is_of_vendor(deployment, key) {
        return None;
    }
    if let Some(meant) = by_hand(key) {
        return Some(meant);
    }
    options::nearest_to_unknown(key, deployment.versions).filter(|meant| is_flinks(key, meant))
}

/// The option that a key means by the list.
fn by_hand(key: &str) -> Option<&'static str> {
    let entry = MEANT.iter().find(|(written, _)| *written == key);
    entry.map(|(_, meant)| *meant)
}

/// Whether a key can't well be one of the user's own.
fn is_flinks(key: &str, meant: &str) -> bool {
    let part = key.split('.').next().unwrap_or_default();
    if options::is_first_part(part) {
        return true;
    }
    // `numberOfTaskSlots`, `memory.task.heap`.
    if meant.ends_with(key)
        || meant
            .strip_suffix(".size")
            .is_some_and(|m| m.ends_with(key))
    {
        return true;
    }
    // A slip in the first word alone, as in `taskmanger.numberOfTaskSlots`.
    let same_start = key.bytes().next() == meant.bytes().next();
    key.contains('.')
        && key.len() >= 15
        && distance(key, meant, 2).is_some_and(|mistakes| mistakes == 1 || same_start)
}
