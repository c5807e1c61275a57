//! Rules about the memory of `JobManager` and `TaskManager`, which Flink computes from the
//! configuration before the processes start (`flink::memory`).

use super::{cluster, jvm, keys, values};
use crate::deployment::{Deployment, Memory, Site};
use crate::finding::{Finding, Severity};
use crate::flink::memory::{Key, Process};
use crate::flink::value::{MIB, parse_memory, show_memory};
use crate::syntax::Setting;

mod change;
mod configured;
mod container;
mod equation;
mod infeasible;
mod overhead;
mod refused;
mod shadowed;
mod tiny;

pub(super) use configured::{check as memory_not_configured, left_without_size};
pub(super) use container::check as container_memory_mismatch;
pub(super) use infeasible::check as memory_infeasible;
pub(super) use shadowed::check as memory_shadowed;
pub(super) use tiny::check as tiny_heap;

/// Both processes, in the order in which they are spoken of.
const PROCESSES: [Process; 2] = [Process::JobManager, Process::TaskManager];

/// The options of a process that say how large the whole is.
struct Sizes {
    process: Key,
    flink: Key,
    /// The heap for user code; of a `JobManager` its whole heap.
    heap: Key,
    metaspace: Key,
    overhead: Key,
    legacy: [Key; 2],
    /// The size of the process in the configuration that Flink ships.
    shipped: &'static str,
}

impl Sizes {
    /// Those of Flink's memory, which lies within that of the process.
    fn inner(&self) -> [&'static str; 3] {
        let [size, megabytes] = self.legacy;
        [self.flink, size, megabytes].map(Key::name)
    }

    /// Those that say how much there is to share, the inner ones first.
    fn totals(&self) -> [&'static str; 4] {
        let [flink, size, megabytes] = self.inner();
        [flink, size, megabytes, self.process.name()]
    }
}

/// The sizes of a process.
fn sizes(process: Process) -> Sizes {
    match process {
        Process::JobManager => Sizes {
            process: Key::JobProcess,
            flink: Key::JobFlink,
            heap: Key::JobHeap,
            metaspace: Key::JobMetaspace,
            overhead: Key::JobOverheadFraction,
            legacy: [Key::JobLegacyHeap, Key::JobLegacyHeapMb],
            shipped: "1600m",
        },
        Process::TaskManager => Sizes {
            process: Key::TaskProcess,
            flink: Key::TaskFlink,
            heap: Key::TaskHeap,
            metaspace: Key::TaskMetaspace,
            overhead: Key::TaskOverheadFraction,
            legacy: [Key::TaskLegacyHeap, Key::TaskLegacyHeapMb],
            shipped: "1728m",
        },
    }
}

/// Whether something beside the files (`FLINK_PROPERTIES`, `-D`, a start script) may set an option of a
/// process's memory, so that what the files say of it is not what runs.
fn is_set_elsewhere(deployment: &Deployment, process: Process) -> bool {
    keys_of(process).any(|key| deployment.cluster.may_set(key))
}

/// The keys of a process's memory.
fn keys_of(process: Process) -> impl Iterator<Item = &'static str> {
    let own = Key::ALL.iter().filter(move |key| key.process() == process);
    own.flat_map(|key| key.names())
}

/// Whether processes are started with what the files say: not where the Kubernetes operator takes the
/// sizes from a resource, and not in tests, which run everything in one process.
pub(super) fn is_what_runs(deployment: &Deployment) -> bool {
    deployment.cluster_documents().all(|document| {
        let path = &deployment.source(document).path;
        !cluster::is_of_operator(document)
            && !path.starts_with("src/test/")
            && !path.contains("/src/test/")
    })
}

/// Says of a finding that it holds with what is assumed of the operator.
fn assumed(finding: &mut Finding) {
    finding.severity = Severity::Warning;
    finding.message = format!(
        "with the operator's default configuration as its chart ships it, {}",
        finding.message
    );
}

/// Whether a key of a process's memory is there under a wrong name, of which another rule tells.
fn is_misspelt(deployment: &Deployment, process: Process) -> bool {
    keys_of(process).any(|key| keys::is_misspelt(deployment, key))
}

/// Whether `size-without-unit` tells of a setting of a process's memory.
pub(super) fn lacks_unit(deployment: &Deployment, process: Process) -> bool {
    let mut settings = deployment.memory_settings(process).into_iter();
    settings.any(|site| values::lacks_unit(deployment, site))
}

/// The process that does not start because a setting lacks its unit: the setting says how much there is
/// to share, or with the unit all adds up.
pub(super) fn stopped_by(deployment: &Deployment, setting: &Setting) -> Option<Process> {
    PROCESSES.into_iter().find(|process| {
        let key = keys_of(*process).find(|key| *key == setting.key);
        let (Some(key), Some(error)) = (key, deployment.memory().failure(*process)) else {
            return false;
        };
        let meant = format!("{}m", setting.value.trim());
        is_what_runs(deployment)
            && equation::keys(deployment, error).contains(&key)
            && (sizes(*process).totals().contains(&key)
                || heap(&deployment.memory_with(&[(key, Some(&meant))]), *process).is_some())
    })
}

/// What is left for user code, the least over the versions. `None` unless the process starts in all of
/// them.
fn heap(memory: &Memory, process: Process) -> Option<u64> {
    let heaps = memory.starts(process)?.into_iter();
    heaps.map(|own| own.user_heap().bytes).min()
}

/// The size of the whole process, the largest over the versions, where it starts in all of them.
fn total(memory: &Memory, process: Process) -> Option<u64> {
    let totals = memory.starts(process)?.into_iter();
    totals.map(|own| own.total().bytes).max()
}

/// The least heap with which a process does its work. `JobManagerFlinkMemoryUtils` warns of less than
/// 128 MiB; for a `TaskManager` see the page of `tiny-heap`.
fn least_heap(process: Process) -> u64 {
    match process {
        Process::JobManager => 128 * MIB,
        Process::TaskManager => 64 * MIB,
    }
}

/// The setting in force for an option under any of its names, when its value is known.
fn set<'p>(deployment: &Deployment<'p>, key: Key) -> Option<Site<'p>> {
    let found = deployment.of_cluster(deployment.memory_key(key)?);
    found.filter(|(setting, _)| setting.known)
}

/// The settings among these keys that are set.
fn which_are_set<'p>(
    deployment: &Deployment<'p>,
    keys: &[&'static str],
) -> Vec<(&'static str, Site<'p>)> {
    let set = keys
        .iter()
        .map(|key| Some((*key, deployment.of_cluster(key)?)));
    set.flatten().collect()
}

/// The bytes that a size option is set to.
fn bytes(deployment: &Deployment, key: Key) -> Option<u64> {
    let (setting, _) = set(deployment, key)?;
    parse_memory(&setting.value).ok()
}

/// What a change that takes heap away leaves at least.
pub(super) const KEPT_HEAP: u64 = 128 * MIB;

/// A size for people, exact where two that differ would read the same.
fn shown(size: u64, other: u64) -> String {
    let text = show_memory(size);
    if size != other && text == show_memory(other) {
        return format!("{size} bytes");
    }
    text
}
