//! `conflicting-options`: values that are fine alone and that Flink refuses together.

use super::{EXPONENTIAL_DELAY, Held, Proof, When, known};
use crate::deployment::Deployment;
use crate::finding::{Finding, Severity};
use crate::flink::bounds::{self, number};
use crate::flink::version::Versions;
use crate::flink::{options, rocksdb};
use crate::rules::Rule;
use crate::rules::declared::Test;

/// A value that is refused beside others.
struct Conflict {
    /// The versions that refuse it.
    versions: &'static str,
    /// The option and the value that is shown.
    key: &'static str,
    value: Test,
    /// What else must hold.
    with: When,
    message: &'static str,
    help: &'static str,
}

/// Each was run on all versions (`testdata/syntax/flink-start.jsonl`).
const CONFLICTS: [Conflict; 4] = [
    // CheckpointCoordinatorConfiguration. With AT_LEAST_ONCE Flink switches unaligned checkpoints
    // off before it looks at the number.
    Conflict {
        versions: "1.13..",
        key: "execution.checkpointing.max-concurrent-checkpoints",
        value: Test::AtLeast("2"),
        with: &[
            (
                "execution.checkpointing.unaligned.enabled",
                Test::Is("true"),
            ),
            ("execution.checkpointing.mode", Test::Not("AT_LEAST_ONCE")),
            ("execution.checkpointing.interval", Test::Present),
        ],
        message: "unaligned checkpoints allow one checkpoint at a time: Flink rejects the job",
        help: "Flink says `maxConcurrentCheckpoints can't be > 1 if UnalignedCheckpoints enabled`; remove this line, or switch unaligned checkpoints off",
    },
    // StreamGraphGenerator.
    Conflict {
        versions: "1.13..",
        key: "execution.sorted-inputs.enabled",
        value: Test::Is("false"),
        with: &[
            ("execution.runtime-mode", Test::Is("BATCH")),
            ("execution.batch-state-backend.enabled", Test::Is("true")),
        ],
        message: "the batch state backend needs sorted inputs: Flink rejects the job",
        help: "Flink says `Batch state backend requires the sorted inputs to be enabled!`; remove this line, or set execution.batch-state-backend.enabled to false, too",
    },
    // StreamGraph: looked at from 1.19 on; before, the option was accepted without a word.
    Conflict {
        versions: "1.19..",
        key: "execution.state-recovery.approximate-local-recovery",
        value: Test::Is("true"),
        with: &[
            (
                "execution.checkpointing.unaligned.enabled",
                Test::Is("true"),
            ),
            ("execution.checkpointing.mode", Test::Not("AT_LEAST_ONCE")),
            ("execution.checkpointing.interval", Test::Present),
        ],
        message: "approximate local recovery does not go with unaligned checkpoints: Flink rejects the job",
        help: "switch one of the two off",
    },
    // KubernetesJobManagerParameters, which only native Kubernetes mode reads.
    Conflict {
        versions: "1.14..",
        key: "kubernetes.jobmanager.replicas",
        value: Test::AtLeast("2"),
        with: &[("high-availability.type", Test::Is("NONE"))],
        message: "several JobManagers need high availability: native Kubernetes mode refuses to deploy",
        help: "set high-availability.type (before 1.17 high-availability) and high-availability.storageDir, or start one JobManager",
    },
];

/// Two options of one type of which the first must not be larger than the second.
struct Pair {
    versions: &'static str,
    low: &'static str,
    high: &'static str,
    with: When,
    /// Whether `high: 0` stands for "off".
    zero_is_off: bool,
    refused: &'static str,
    says: &'static str,
}

const SEGMENT: &str = "taskmanager.memory.segment-size";
const LEAST_SEGMENT: &str = "taskmanager.memory.min-segment-size";
const FIRST_SEGMENT: &str = "taskmanager.memory.starting-segment-size";
const DEBLOAT: When = &[(
    "taskmanager.network.memory.buffer-debloat.enabled",
    Test::Is("true"),
)];
const TASK_MANAGER: &str = "the TaskManager does not start";
const JOB_MANAGER: &str = "the JobManager does not start";
const JOB: &str = "Flink rejects the job";

/// `HeartbeatManagerImpl`, `CheckpointCoordinatorConfiguration`, `BufferDebloatConfiguration`,
/// `ExponentialDelayRestartBackoffTimeStrategy`, `SlotManagerConfiguration`.
const PAIRS: [Pair; 9] = [
    Pair {
        versions: "1.13..",
        low: "heartbeat.interval",
        high: "heartbeat.timeout",
        with: &[],
        zero_is_off: false,
        refused: JOB_MANAGER,
        says: "Flink says `The heartbeat timeout should be larger or equal than the heartbeat interval`",
    },
    Pair {
        versions: "1.19..",
        low: "execution.checkpointing.interval",
        high: "execution.checkpointing.interval-during-backlog",
        with: &[],
        zero_is_off: true,
        refused: JOB,
        says: "checkpoints are meant to be rarer during a backlog; `0` switches them off there",
    },
    Pair {
        versions: "1.13..",
        low: "restart-strategy.exponential-delay.initial-backoff",
        high: "restart-strategy.exponential-delay.max-backoff",
        with: &[("restart-strategy.type", EXPONENTIAL_DELAY)],
        zero_is_off: false,
        refused: JOB,
        says: "Flink says `Initial backoff cannot be higher than maximum backoff`",
    },
    Pair {
        versions: "1.15..",
        low: LEAST_SEGMENT,
        high: SEGMENT,
        with: &[],
        zero_is_off: false,
        refused: TASK_MANAGER,
        says: "Flink checks this even where buffer debloating is off, and its message is empty",
    },
    Pair {
        versions: "2.0..",
        low: FIRST_SEGMENT,
        high: SEGMENT,
        with: DEBLOAT,
        zero_is_off: false,
        refused: TASK_MANAGER,
        says: "Flink's message is empty",
    },
    Pair {
        versions: "2.0..",
        low: LEAST_SEGMENT,
        high: FIRST_SEGMENT,
        with: DEBLOAT,
        zero_is_off: false,
        refused: TASK_MANAGER,
        says: "Flink's message is empty",
    },
    Pair {
        versions: "1.19..",
        low: "slotmanager.number-of-slots.min",
        high: "slotmanager.number-of-slots.max",
        with: &[],
        zero_is_off: false,
        refused: JOB_MANAGER,
        says: "SlotManagerConfiguration compares the two",
    },
    Pair {
        versions: "1.19..",
        low: "slotmanager.min-total-resource.cpu",
        high: "slotmanager.max-total-resource.cpu",
        with: &[],
        zero_is_off: false,
        refused: JOB_MANAGER,
        says: "SlotManagerConfiguration compares the two",
    },
    Pair {
        versions: "1.19..",
        low: "slotmanager.min-total-resource.memory",
        high: "slotmanager.max-total-resource.memory",
        with: &[],
        zero_is_off: false,
        refused: JOB_MANAGER,
        says: "SlotManagerConfiguration compares the two",
    },
];

/// The check.
pub(in crate::rules) fn conflicting_options(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    let conflicts = CONFLICTS.iter();
    out.extend(conflicts.filter_map(|conflict| together(rule, deployment, conflict)));
    out.extend(
        PAIRS
            .iter()
            .filter_map(|pair| reversed(rule, deployment, pair)),
    );
    out.extend(cache_shares(rule, deployment));
}

fn holds(versions: &str) -> Versions {
    Versions::parse(versions).unwrap_or(Versions::NONE)
}

fn together(rule: &Rule, deployment: &Deployment, conflict: &Conflict) -> Option<Finding> {
    // Of fields of a resource the operator says it first: `operator-feature-incomplete`.
    let shown = known(deployment, conflict.key).filter(|own| own.document.fields_of.is_none())?;
    let proof = Proof::of(shown, deployment)
        .and(rule, deployment, &[(conflict.key, conflict.value)])?
        .and(rule, deployment, conflict.with)?
        .only(holds(conflict.versions))?;
    let mut finding = proof.finding(rule, deployment, conflict.message)?;
    // Nothing says that the cluster is one of native Kubernetes mode.
    if conflict.key.starts_with("kubernetes.") {
        finding.severity = Severity::Warning;
    }
    finding.help = conflict.help.to_owned();
    Some(finding)
}

/// Two options with a number each, at least one of them set: what proves them, and the versions.
fn proof_of_two<'p>(
    rule: &Rule,
    deployment: &Deployment<'p>,
    one: Held<'p>,
    other: Held<'p>,
    with: When,
) -> Option<Proof<'p>> {
    let set = [one.setting, other.setting];
    let mut set = set.into_iter().flatten();
    let mut proof = Proof::of(set.next()?, deployment);
    for further in set {
        proof.versions = proof.versions.and(further.versions);
        proof.settings.push(further);
    }
    proof.and(rule, deployment, with)
}

fn reversed(rule: &Rule, deployment: &Deployment, pair: &Pair) -> Option<Finding> {
    // None of these has another spelling.
    let is_set = |key| deployment.raw(key).is_some();
    if !is_set(pair.low) && !is_set(pair.high) {
        return None;
    }
    let low = Held::of(deployment, pair.low)?;
    let high = Held::of(deployment, pair.high)?;
    let proof = proof_of_two(rule, deployment, high, low, pair.with)?.only(holds(pair.versions))?;
    // A value that is refused alone is its own cause.
    let is_refused = |held: Held, key| {
        held.setting
            .is_some_and(|set| bounds::violated(key, set.value(), proof.versions).is_some())
    };
    if is_refused(low, pair.low) || is_refused(high, pair.high) {
        return None;
    }
    let read = |held: Held, key: &str, version| {
        let text = held.text(key, version)?;
        number(options::kind(key, version)?, text, version)
    };
    let is_reversed = |version| {
        let low = read(low, pair.low, version)?;
        let high = read(high, pair.high, version)?;
        Some(low > high && !(pair.zero_is_off && high == 0.0))
    };
    if !proof
        .versions
        .iter()
        .all(|version| is_reversed(version) == Some(true))
    {
        return None;
    }
    let first = proof.versions.iter().next()?;
    let said = |held: Held, key: &str| {
        let text = held.text(key, first).unwrap_or_default();
        match held.setting {
            Some(_) => text.to_owned(),
            None => format!("{text} (the default)"),
        }
    };
    let message = format!(
        "{}, {}, is less than {}, {}: {}",
        pair.high,
        said(high, pair.high),
        pair.low,
        said(low, pair.low),
        pair.refused
    );
    let mut finding = proof.finding(rule, deployment, &message)?;
    finding.help = format!("{}; raise the one or lower the other", pair.says);
    Some(finding)
}

const WRITE_BUFFERS: &str = "state.backend.rocksdb.memory.write-buffer-ratio";
const HIGH_PRIORITY: &str = "state.backend.rocksdb.memory.high-prio-pool-ratio";

/// `RocksDBMemoryConfiguration.validate`: with a write buffer ratio of r, memtables take 2r/(3-r) of
/// the shared cache, and the share for index blocks must still fit beside them.
fn cache_shares(rule: &Rule, deployment: &Deployment) -> Option<Finding> {
    if deployment.raw(WRITE_BUFFERS).is_none() && deployment.raw(HIGH_PRIORITY).is_none() {
        return None;
    }
    let write = Held::of(deployment, WRITE_BUFFERS)?;
    let high = Held::of(deployment, HIGH_PRIORITY)?;
    let with: When = &[("state.backend.type", Test::Is("rocksdb"))];
    let proof = proof_of_two(rule, deployment, high, write, with)?;
    let exceeds = |version| {
        let read = |held: Held, key| {
            let text = held.text(key, version)?;
            number(options::ValueKind::Double, text, version)
        };
        let ratio = read(write, WRITE_BUFFERS)?;
        Some(!rocksdb::ratios_fit(ratio, read(high, HIGH_PRIORITY)?))
    };
    if !proof
        .versions
        .iter()
        .all(|version| exceeds(version) == Some(true))
    {
        return None;
    }
    let message = "memtables and index blocks together ask for more than RocksDB's cache: Flink rejects the job";
    let mut finding = proof.finding(rule, deployment, message)?;
    finding.help = "with a write-buffer-ratio of r, 2r/(3-r) + high-prio-pool-ratio must stay below 1; with the default of 0.5 the latter must be below 0.6".to_owned();
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paired_options_have_one_spelling_and_one_type() {
        for pair in &PAIRS {
            for version in holds(pair.versions).iter() {
                let kind = |key| options::kind(key, version).expect("an option of this version");
                assert_eq!(kind(pair.low), kind(pair.high), "{}", pair.low);
            }
            for key in [pair.low, pair.high, WRITE_BUFFERS, HIGH_PRIORITY] {
                let mut aliases = options::meanings(key).flat_map(|spec| spec.aliases());
                assert!(aliases.next().is_none(), "{key}");
            }
        }
    }

    #[test]
    fn conflicts_are_about_options() {
        for conflict in &CONFLICTS {
            assert!(!holds(conflict.versions).is_empty());
            for (key, _) in conflict
                .with
                .iter()
                .chain(&[(conflict.key, conflict.value)])
            {
                assert!(options::is_option(key), "{key}");
            }
        }
    }
}
