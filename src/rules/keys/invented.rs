//! `invented-option`: keys that circulate in articles and forums and were never an option.

use super::{Depth, Rule, Verdict, judged, rekeyed, subject};
use crate::deployment::{Deployment, is_said_by_job};
use crate::finding::{Finding, Fix, Safety};
use crate::flink::options;
use crate::flink::version::Versions;

/// One key that never existed.
#[derive(Debug, PartialEq)]
pub(super) struct Row {
    /// The key, or with a dot at its end everything below it.
    pub(super) key: &'static str,
    /// What is true instead.
    truth: &'static str,
    /// Options that mean the same with the same value; the first that the versions know is offered.
    same: &'static [&'static str],
}

const fn row(key: &'static str, truth: &'static str) -> Row {
    Row {
        key,
        truth,
        same: &[],
    }
}

const fn same(key: &'static str, truth: &'static str, same: &'static [&'static str]) -> Row {
    Row { key, truth, same }
}

/// What is said of sizes that a `TaskManager` has several of.
const PARTS: &str = "the parts of a TaskManager's memory are task.heap.size, task.off-heap.size, \
                     managed.size and network.min and .max below taskmanager.memory; most people \
                     need taskmanager.memory.process.size only";

/// What is said of folders for logs by process.
const LOG_DIR: &str = "all processes of a machine write their logs to env.log.dir";

/// What is said of levels of logs.
const LEVEL: &str = "levels stand in log4j-console.properties (in containers) or log4j.properties: \
                     rootLogger.level";

/// Sorted by key. Source: the keys' absence from all versions of the option table, and public files.
const ROWS: [Row; 39] = [
    row(
        "akka.remote.artery.",
        "Flink builds the configuration of Akka itself; only its own akka options count",
    ),
    same(
        "default.parallelism",
        "the default parallelism is parallelism.default",
        &["parallelism.default"],
    ),
    same(
        "env.java.opts.jm",
        "JVM options of the JobManager are env.java.opts.jobmanager",
        &["env.java.opts.jobmanager"],
    ),
    same(
        "env.java.opts.tm",
        "JVM options of the TaskManagers are env.java.opts.taskmanager",
        &["env.java.opts.taskmanager"],
    ),
    same(
        "env.taskmanager.tmp.dirs",
        "the folders for temporary files are io.tmp.dirs",
        &["io.tmp.dirs"],
    ),
    row(
        "execution.allowed-lateness",
        "lateness belongs to a window: allowedLateness(...) in the job, \
         table.exec.emit.allow-lateness in SQL",
    ),
    same(
        "execution.checkpoint.interval",
        "checkpoints are switched on by execution.checkpointing.interval",
        &["execution.checkpointing.interval"],
    ),
    same(
        "execution.checkpoint.timeout",
        "a checkpoint's time limit is execution.checkpointing.timeout",
        &["execution.checkpointing.timeout"],
    ),
    row(
        "execution.checkpointing.enabled",
        "checkpointing is on when execution.checkpointing.interval is set, and off when it is not",
    ),
    same(
        "execution.parallelism",
        "the default parallelism is parallelism.default",
        &["parallelism.default"],
    ),
    row(
        "execution.watermark.idle-timeout",
        "idle sources are declared with withIdleness(...) in the job, or with \
         table.exec.source.idle-timeout in SQL",
    ),
    row(
        "fs.hadoop.enabled",
        "which file systems there are is decided by the jars in the folders plugins and lib",
    ),
    row("jobmanager.environment.log-dir", LOG_DIR),
    row("jobmanager.logging.level", LEVEL),
    row(
        "jobmanager.memory.managed.fraction",
        "a JobManager has no managed memory; only TaskManagers do",
    ),
    row(
        "jobmanager.memory.managed.size",
        "a JobManager has no managed memory; only TaskManagers do",
    ),
    same(
        "jobmanager.numberOfTaskSlots",
        "slots belong to TaskManagers: taskmanager.numberOfTaskSlots",
        &["taskmanager.numberOfTaskSlots"],
    ),
    same(
        "kubernetes.high-availability",
        "high availability is switched on by high-availability.type (high-availability before 1.17)",
        &["high-availability.type", "high-availability"],
    ),
    row(
        "pekko.remote.artery.",
        "Flink builds the configuration of Pekko itself; only its own pekko options count",
    ),
    row(
        "pipeline.allowed-lateness",
        "lateness belongs to a window: allowedLateness(...) in the job, \
         table.exec.emit.allow-lateness in SQL",
    ),
    same(
        "pipeline.default-parallelism",
        "the default parallelism is parallelism.default",
        &["parallelism.default"],
    ),
    same(
        "sql-client.execution.runtime-mode",
        "the mode is execution.runtime-mode, for SQL as well",
        &["execution.runtime-mode"],
    ),
    row(
        "state.backend.rocksdb.keyed-state.checkpoint-block-timeout-millis",
        "checkpoints have one time limit, execution.checkpointing.timeout",
    ),
    row(
        "state.checkpoints.enabled",
        "checkpointing is on when execution.checkpointing.interval is set, and off when it is not",
    ),
    same(
        "state.checkpoints.interval",
        "checkpoints are switched on by execution.checkpointing.interval",
        &["execution.checkpointing.interval"],
    ),
    same(
        "state.checkpoints.mode",
        "the mode is execution.checkpointing.mode",
        &["execution.checkpointing.mode"],
    ),
    same(
        "state.checkpoints.timeout",
        "a checkpoint's time limit is execution.checkpointing.timeout",
        &["execution.checkpointing.timeout"],
    ),
    row(
        "state.savepoints.num-retained",
        "Flink never deletes a savepoint; only checkpoints have a number that is kept",
    ),
    row("taskmanager.environment.log-dir", LOG_DIR),
    same(
        "taskmanager.execution.failover-strategy",
        "the JobManager decides: jobmanager.execution.failover-strategy",
        &["jobmanager.execution.failover-strategy"],
    ),
    row("taskmanager.logging.level", LEVEL),
    row("taskmanager.memory.heap.size", PARTS),
    row("taskmanager.memory.java.size", PARTS),
    row("taskmanager.memory.network.size", NETWORK),
    row("taskmanager.memory.off-heap.size", PARTS),
    row("taskmanager.memory.task.size", PARTS),
    row(
        "taskmanager.network.netty.connection-timeout",
        "the time limit of connections is \
         taskmanager.network.netty.client.connectTimeoutSec, a number of seconds",
    ),
    row(
        "taskmanager.numberOfTaskManagers",
        "a standalone cluster has as many TaskManagers as are started, a FlinkDeployment \
         spec.taskManager.replicas; elsewhere Flink starts what the slots need",
    ),
    same(
        "taskmanager.parallelism",
        "the default parallelism is parallelism.default",
        &["parallelism.default"],
    ),
];

/// Flink 1.13.
const FIRST: Versions = Versions::from_bits(1);

const NETWORK: &str = "network memory is a share between two limits: for a fixed size set \
                       taskmanager.memory.network.min and .max to the same value";

/// The row of a key.
pub(super) fn find(key: &str) -> Option<&'static Row> {
    let at = ROWS.partition_point(|row| row.key <= key);
    let row = &ROWS[at.checked_sub(1)?];
    let is_below = row.key.ends_with('.') && key.starts_with(row.key);
    (row.key == key || is_below).then_some(row)
}

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for found in judged(deployment, Depth::Listed, |verdict| {
        matches!(verdict, Verdict::Invented(_))
    }) {
        let Verdict::Invented(row) = found.verdict else {
            continue;
        };
        let key = &found.setting.key;
        // The SQL client of 1.13 and before knows the entries of its own old file.
        let first = deployment.versions.overlaps(FIRST) || deployment.version_before_all.is_some();
        if key == "execution.parallelism" && is_said_by_job(found.document) && first {
            continue;
        }
        let mut finding = rule.finding(
            found.document,
            found.setting.key_at,
            format!("Flink never had an option `{key}`; the line has no effect"),
        );
        let same = row
            .same
            .iter()
            .find(|option| deployment.versions.within(options::known_in(option)));
        finding.label = match same {
            Some(option) => format!("{} calls it `{option}`", subject(deployment.versions)),
            None => "no such option".to_owned(),
        };
        finding.help = row.truth.to_owned();
        finding.key = Some(key.clone());
        finding.fix = match same {
            Some(option) => rekeyed(
                deployment,
                found.document,
                found.setting,
                option,
                "the setting takes effect for the first time",
            ),
            None if row.truth == NETWORK => network(deployment, found.document, key),
            None => None,
        };
        out.push(finding);
    }
}

/// Both limits of the network memory in place of its size.
fn network(deployment: &Deployment, document: &crate::syntax::Document, key: &str) -> Option<Fix> {
    let limits = [
        "taskmanager.memory.network.min",
        "taskmanager.memory.network.max",
    ];
    let setting = document.get(key)?;
    let free = limits.iter().all(|limit| deployment.all(limit).is_empty());
    if !free || document.all(key).count() != 1 {
        return None;
    }
    let source = deployment.source(document);
    let [min, max] = limits;
    let value = &setting.value;
    Some(Fix {
        title: "set both limits to this size".to_owned(),
        safety: Safety::Unsafe,
        risk: "the setting takes effect for the first time".to_owned(),
        edits: vec![
            document.rename(source, setting, min)?,
            document.insert_after(source, setting, max, value)?,
        ],
        claims: vec![
            super::claim(document, key, None),
            super::claim(document, min, Some(value)),
            super::claim(document, max, Some(value)),
        ],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_sorted_and_no_options_and_what_they_name_is_one() {
        assert!(ROWS.is_sorted_by(|one, other| one.key < other.key));
        for row in &ROWS {
            assert!(!options::is_option(row.key), "{}", row.key);
            for option in row.same {
                assert!(options::is_option(option), "{option}");
            }
        }
    }

    #[test]
    fn a_key_below_a_prefix_has_its_row() {
        let key = |text| find(text).map(|row| row.key);
        assert_eq!(key("akka.remote.artery.x.y"), Some("akka.remote.artery."));
        assert_eq!(key("default.parallelism"), Some("default.parallelism"));
        assert_eq!(key("default.parallelism.x"), None);
        assert_eq!(key("akka.remote"), None);
        assert_eq!(key(""), None);
    }
}
