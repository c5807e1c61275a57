//! `managed-memory-unused`: memory that is set aside for a state backend that does not use it.

use super::network::is_plain;
use super::{is_told, only, related, site};
use crate::deployment::{Deployment, Effective};
use crate::finding::Finding;
use crate::flink::memory::{Why, java_float};
use crate::flink::rocksdb;
use crate::flink::value::{parse_memory, show_memory};
use crate::rules::{Rule, fixes};

const BACKEND: &str = "state.backend.type";
const SIZE: &str = "taskmanager.memory.managed.size";
const FRACTION: &str = "taskmanager.memory.managed.fraction";

/// Keys that show that somebody may use managed memory: Python functions, tables, batch jobs, and jobs
/// that choose another state backend themselves.
const USERS: [&str; 9] = [
    "python.",
    "table.",
    "sql-",
    "execution.batch",
    "execution.sorted-inputs.",
    "jobmanager.adaptive-batch-scheduler.",
    "state.backend.rocksdb.",
    "state.backend.forst.",
    "taskmanager.memory.managed.consumer-weights",
];

/// The check.
pub(in crate::rules) fn managed_memory_unused(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    if let Some(backend) = heap_backend(deployment) {
        out.extend(unused(rule, deployment, backend));
    }
}

/// The setting that puts all state on the heap, where nothing shows that managed memory serves anybody
/// else.
fn heap_backend<'p>(deployment: &Deployment<'p>) -> Option<Effective<'p>> {
    let backend = deployment.cluster_option(BACKEND).known()?;
    let uses = |version| rocksdb::backend(Some(backend.value()), version)?.uses_managed_memory();
    let versions = backend.versions.and(deployment.versions);
    if !versions.iter().all(|version| uses(version) == Some(false)) {
        return None;
    }
    let is_user = |key: &String| USERS.iter().any(|start| key.starts_with(start));
    let of_files = deployment.flink_documents().flat_map(|document| {
        let settings = document.settings.iter();
        settings.map(|setting| &setting.key)
    });
    let mut keys = of_files.chain(&deployment.cluster.elsewhere);
    let serves_others = keys.any(is_user)
        || deployment.cluster.runs_python_or_tables
        || !is_plain(deployment, "execution.runtime-mode", "STREAMING")
        || ["Default", "Ng", "Adaptive"]
            .iter()
            .all(|name| !is_plain(deployment, "jobmanager.scheduler", name));
    (!serves_others).then_some(backend)
}

fn unused(rule: &Rule, deployment: &Deployment, backend: Effective) -> Option<Finding> {
    let memory = deployment.memory();
    let managed = memory.task_manager.agreed(|parts| parts.managed)?;
    // A fraction that is the default is nobody's decision.
    let is_default =
        |own| matches!(own, Why::Fraction { fraction, .. } if java_float(fraction) == "0.4");
    let is_own = managed.set && !is_default(managed.why);
    let least = if is_own {
        "min-size"
    } else {
        "min-default-size"
    };
    if managed.bytes < parse_memory(rule.text(least)).ok()?.max(1) {
        return None;
    }
    if is_told(deployment, &[], &[BACKEND, SIZE, FRACTION]) {
        return None;
    }
    let of_backend = backend.site();
    let shown = site(deployment, managed).unwrap_or(of_backend);
    let (setting, document) = shown;
    let size = show_memory(managed.bytes);
    let versions = only(deployment, backend.versions.and(deployment.versions));
    let message = format!(
        "{size} of managed memory in each TaskManager, which the {} state backend does not use{versions}",
        backend.value()
    );
    let mut finding = rule.finding(document, setting.whole, message);
    finding.key = Some(setting.key.clone());
    finding.related.extend(related(
        setting,
        Some(of_backend),
        "state is kept on the heap",
    ));
    let (key, value) = match (managed.key, managed.why) {
        (Some(key), Why::Set) => (key, "0m"),
        (Some(key), Why::Fraction { .. }) if managed.set => (key, "0.0"),
        _ => (SIZE, "0m"),
    };
    let without = deployment.memory_with(&[(key, Some(value))]);
    let now = memory.task_manager.any()?;
    let new = without.task_manager.any();
    let gain = new.map(|new| {
        if new.task_heap.bytes > now.task_heap.bytes {
            format!(
                "the heap for operators would be {} instead of {}; ",
                show_memory(new.task_heap.bytes),
                show_memory(now.task_heap.bytes)
            )
        } else {
            format!(
                "the process would need {} instead of {}; ",
                show_memory(new.total_process.bytes),
                show_memory(now.total_process.bytes)
            )
        }
    });
    finding.help = format!(
        "without it {}it serves RocksDB, Python functions, batch operators and some of SQL, such as window aggregations: keep it for jobs that use these, or that choose RocksDB in code",
        gain.as_deref().unwrap_or("the heap has more room; ")
    );
    let risk = "jobs with Python functions, batch operators, window aggregations in SQL, or RocksDB chosen in code fail or crawl without managed memory";
    let fix = new.and_then(|_| fixes::put(deployment, &[(key, value.to_owned())], shown));
    finding.fix = fix.map(|fix| fix.risky(risk));
    Some(finding)
}
