//! `ineffective-option`: lines that do nothing because another option is not as they need it, and
//! `checkpointing-options-without-interval`, which is about one such option.

use super::{Proof, When, known};
use crate::deployment::Deployment;
use crate::finding::{Finding, Related};
use crate::flink::options;
use crate::flink::version::Versions;
use crate::rules::Rule;
use crate::rules::declared::Test;
use crate::syntax::Space;

/// Options without effect while others are as stated.
struct Ineffective {
    /// The versions for which this holds.
    versions: &'static str,
    /// The options, each of which is reported on its own line.
    keys: &'static [&'static str],
    /// A value for which the line is written in vain; `Test::Present` for any.
    value: Test,
    /// What makes it so.
    when: When,
    message: &'static str,
    help: &'static str,
}

const NOT_UNALIGNED: When = &[(
    "execution.checkpointing.unaligned.enabled",
    Test::Not("true"),
)];

const TABLE: [Ineffective; 12] = [
    // CheckpointConfig.isUnalignedCheckpointsEnabled guards it.
    Ineffective {
        versions: "1.13..",
        keys: &["execution.checkpointing.aligned-checkpoint-timeout"],
        value: Test::Not("0"),
        when: NOT_UNALIGNED,
        message: "this timeout has no effect: unaligned checkpoints are off",
        help: "it says when an aligned checkpoint turns into an unaligned one; set execution.checkpointing.unaligned.enabled (before 1.17 execution.checkpointing.unaligned) to true, or remove the line",
    },
    Ineffective {
        versions: "1.13..",
        keys: &["execution.checkpointing.unaligned.forced"],
        value: Test::Is("true"),
        when: NOT_UNALIGNED,
        message: "this line has no effect: unaligned checkpoints are off",
        help: "it allows unaligned checkpoints in iterations; it does not switch them on",
    },
    // StreamingJobGraphGenerator switches them off, with a log line before 2.2.
    Ineffective {
        versions: "1.13..",
        keys: &["execution.checkpointing.unaligned.enabled"],
        value: Test::Is("true"),
        when: &[
            ("execution.checkpointing.mode", Test::Is("AT_LEAST_ONCE")),
            ("execution.checkpointing.interval", Test::Present),
        ],
        message: "unaligned checkpoints stay off: the checkpointing mode is AT_LEAST_ONCE",
        help: "AT_LEAST_ONCE does not align barriers, so there is nothing to save; set the mode to EXACTLY_ONCE, or remove the line",
    },
    // RocksDBSharedResourcesFactory.from.
    Ineffective {
        versions: "1.17..",
        keys: &["state.backend.rocksdb.memory.fixed-per-tm"],
        value: Test::Present,
        when: &[
            ("state.backend.type", Test::Is("rocksdb")),
            ("state.backend.rocksdb.memory.managed", Test::Is("true")),
        ],
        message: "fixed-per-tm has no effect: RocksDB takes managed memory",
        help: "state.backend.rocksdb.memory.managed is true, also by default; set it to false to give RocksDB this size, or set taskmanager.memory.managed.size instead",
    },
    Ineffective {
        versions: "1.17..",
        keys: &["state.backend.rocksdb.memory.fixed-per-tm"],
        value: Test::Present,
        when: &[
            ("state.backend.type", Test::Is("rocksdb")),
            ("state.backend.rocksdb.memory.managed", Test::Is("false")),
            ("state.backend.rocksdb.memory.fixed-per-slot", Test::Present),
        ],
        message: "fixed-per-tm has no effect: fixed-per-slot comes first",
        help: "keep one of the two lines",
    },
    // Only RocksDB and ForSt take incremental checkpoints.
    Ineffective {
        versions: "1.13..",
        keys: &["execution.checkpointing.incremental"],
        value: Test::Is("true"),
        when: &[(
            "state.backend.type",
            Test::OneOf(&["hashmap", "filesystem", "jobmanager"]),
        )],
        message: "incremental checkpoints have no effect: state is kept on the heap",
        help: "only the state backends rocksdb and, from 2.0 on, forst take them; a heap backend writes all state each time",
    },
    // JobManagerCheckpointStorage.
    Ineffective {
        versions: "1.13..",
        keys: &["execution.checkpointing.dir"],
        value: Test::Present,
        when: &[("execution.checkpointing.storage", Test::Is("jobmanager"))],
        message: "the checkpoint directory is not used: the storage is jobmanager",
        help: "checkpoints stay in the JobManager's heap; set execution.checkpointing.storage (before 1.20 state.checkpoint-storage) to filesystem, or remove that line",
    },
    Ineffective {
        versions: "1.15..",
        keys: &[
            "state.changelog.storage",
            "state.changelog.dstl.dfs.base-path",
            "state.changelog.periodic-materialize.interval",
        ],
        value: Test::Present,
        when: &[("state.changelog.enabled", Test::Not("true"))],
        message: "this line has no effect: the changelog is off",
        help: "set state.changelog.enabled (before 1.20 state.backend.changelog.enabled) to true, or remove the line",
    },
    // MiniBatch is looked at first (StreamExecutionConfig of the planner).
    Ineffective {
        versions: "1.13..",
        keys: &[
            "table.exec.mini-batch.size",
            "table.exec.mini-batch.allow-latency",
        ],
        value: Test::Present,
        when: &[("table.exec.mini-batch.enabled", Test::Not("true"))],
        message: "this line has no effect: mini-batch is off",
        help: "set table.exec.mini-batch.enabled to true, or remove the line",
    },
    // BufferDebloater.
    Ineffective {
        versions: "1.14..",
        keys: &[
            "taskmanager.network.memory.buffer-debloat.period",
            "taskmanager.network.memory.buffer-debloat.samples",
            "taskmanager.network.memory.buffer-debloat.target",
            "taskmanager.network.memory.buffer-debloat.threshold-percentages",
        ],
        value: Test::Present,
        when: &[(
            "taskmanager.network.memory.buffer-debloat.enabled",
            Test::Not("true"),
        )],
        message: "this line has no effect: buffer debloating is off",
        help: "set taskmanager.network.memory.buffer-debloat.enabled to true, or remove the line",
    },
    // DefaultCompletedCheckpointStoreUtils, FileSystemCheckpointStorage: replaced, with a warning.
    Ineffective {
        versions: "1.13..",
        keys: &["execution.checkpointing.num-retained"],
        value: Test::AtMost("0"),
        when: &[],
        message: "this number is not used: Flink keeps one checkpoint",
        help: "Flink takes 1 or more; what is lower is replaced by 1",
    },
    Ineffective {
        versions: "1.13..",
        keys: &["execution.checkpointing.data-inline-threshold"],
        value: Test::AtLeast("1048577"),
        when: &[],
        message: "this threshold is not used: Flink takes 20 kb instead",
        help: "the most is 1 mb; what is larger is replaced by the default",
    },
];

/// The check.
pub(in crate::rules) fn ineffective_option(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    for row in &TABLE {
        for key in row.keys {
            out.extend(check(rule, deployment, row, key));
        }
    }
}

fn check(
    rule: &Rule,
    deployment: &Deployment,
    row: &Ineffective,
    key: &'static str,
) -> Option<Finding> {
    let shown = known(deployment, key)?;
    let versions = Versions::parse(row.versions).unwrap_or(Versions::NONE);
    let proof = Proof::of(shown, deployment)
        .and(rule, deployment, &[(key, row.value)])?
        .and(rule, deployment, row.when)?
        .only(versions)?;
    // Whoever wrote that it is off knows what that does to the lines beside it.
    let waits = row.when.iter().any(|(_, test)| *test == Test::Not("true"));
    if waits
        && proof.settings[1..]
            .iter()
            .any(|other| other.value() == "false")
    {
        return None;
    }
    // A line that says what holds anyway misleads nobody.
    let text = shown.value();
    let is_default = |version| {
        let kind = options::kind(key, version)?;
        let default = options::default(key, version)?;
        crate::flink::value::order(kind, text, default, version).map(std::cmp::Ordering::is_eq)
    };
    if proof
        .versions
        .iter()
        .all(|version| is_default(version) == Some(true))
    {
        return None;
    }
    let mut finding = proof.finding(rule, deployment, row.message)?;
    finding.help = row.help.to_owned();
    Some(finding)
}

/// What stands beside the options of checkpointing and works without an interval: savepoints, and
/// what applies to recovery.
const WITHOUT_INTERVAL: [&str; 8] = [
    "execution.checkpointing.savepoint-dir",
    "execution.checkpointing.snapshot-compression",
    "execution.checkpointing.storage",
    "execution.checkpointing.local-backup.",
    "execution.checkpointing.recover-without-channel-state.",
    "execution.checkpointing.approximate-local-recovery",
    "execution.checkpointing.write-buffer-size",
    "execution.checkpointing.data-inline-threshold",
];

/// What has other names before 1.20.
const BEFORE_1_20: [&str; 3] = [
    "state.backend.incremental",
    "state.checkpoints.dir",
    "state.checkpoints.num-retained",
];

/// The check of `checkpointing-options-without-interval`.
pub(in crate::rules) fn without_interval(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    if !deployment
        .cluster_value("execution.checkpointing.interval")
        .is_absent()
    {
        return;
    }
    for document in deployment.in_space(Space::Flink) {
        let is_idle = |key: &str| {
            (key.starts_with("execution.checkpointing.") || BEFORE_1_20.contains(&key))
                && !WITHOUT_INTERVAL.iter().any(|other| key.starts_with(other))
                && options::is_known(key, deployment.versions)
        };
        let mut idle = document
            .settings
            .iter()
            .filter(|setting| setting.known && is_idle(&setting.key))
            .filter(|setting| document.get(&setting.key) == Some(*setting));
        let Some(first) = idle.next() else { continue };
        let mut finding = rule.finding(
            document,
            first.whole,
            "checkpointing is off: there is no execution.checkpointing.interval",
        );
        finding.label = "no effect, unless jobs enable checkpointing themselves".to_owned();
        finding.help = "set execution.checkpointing.interval to take checkpoints of every job; a job that calls enableCheckpointing uses these options as they are".to_owned();
        finding.key = Some(first.key.clone());
        finding.related = idle
            .map(|setting| Related {
                at: Deployment::at(document, setting.whole),
                message: "the same".to_owned(),
            })
            .collect();
        out.push(finding);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_about_options_of_its_versions() {
        for row in &TABLE {
            let versions = Versions::parse(row.versions).expect("versions");
            for (key, _) in row.when {
                assert!(options::is_option(key), "{key}");
            }
            for key in row.keys {
                let own = options::known_in(key);
                let aliases = options::meanings(key).flat_map(|spec| spec.aliases());
                let known = aliases.fold(own, |set, alias| set.or(options::known_in(alias.key)));
                assert!(known.overlaps(versions), "{key}");
                let last = versions.iter().last().expect("a version");
                assert!(own.overlaps(last), "{key} is not the name of today");
            }
        }
    }
}
