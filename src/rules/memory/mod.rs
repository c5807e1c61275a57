//! Rules about the memory of `JobManager` and `TaskManager`, which Flink computes from the
//! configuration before the processes start (`flink::memory`).

use super::keys;
use super::{cluster, jvm, values};
use crate::deployment::{Deployment, Effective, Memory};
use crate::flink::memory::{Key, MemoryError, OPTIONS, Process};
use crate::flink::value::{parse_memory, show_memory};
use crate::syntax::{Document, Setting, Space};

mod change;
mod configured;
mod equation;
mod infeasible;
mod overhead;
mod shadowed;
mod tiny;

pub(super) use configured::{check as memory_not_configured, left_without_size};
pub(super) use infeasible::check as memory_infeasible;
pub(super) use shadowed::check as memory_shadowed;
pub(super) use tiny::check as tiny_heap;

const MIB: u64 = 1 << 20;

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
    let prefix = match process {
        Process::JobManager => "jobmanager.",
        Process::TaskManager => "taskmanager.",
    };
    let own = OPTIONS
        .iter()
        .filter(move |spec| spec.key.starts_with(prefix));
    own.flat_map(|spec| std::iter::once(spec.key).chain(spec.also.iter().copied()))
}

/// The files that Flink's processes read.
fn documents<'d, 'p>(
    deployment: &'d Deployment<'p>,
) -> impl Iterator<Item = &'p Document> + use<'d, 'p> {
    deployment.in_space(Space::Flink)
}

/// Whether processes are started with what the files say: not where the Kubernetes operator takes the
/// sizes from a resource, and not in tests, which run everything in one process.
fn is_what_runs(deployment: &Deployment) -> bool {
    documents(deployment).all(|document| {
        let path = &deployment.source(document).path;
        !cluster::is_of_operator(document)
            && !path.starts_with("src/test/")
            && !path.contains("/src/test/")
    })
}

/// Whether a key of a process's memory is there under a wrong name, of which another rule tells.
fn is_misspelt(deployment: &Deployment, process: Process) -> bool {
    keys_of(process).any(|key| keys::is_misspelt(deployment, key))
}

/// Whether `size-without-unit` tells of a setting of a process's memory.
fn lacks_unit(deployment: &Deployment, process: Process) -> bool {
    let settings = deployment.memory_settings(process);
    let mut settings = settings.into_iter();
    settings.any(|(setting, document)| is_without_unit(deployment, setting, document))
}

fn is_without_unit(deployment: &Deployment, setting: &Setting, document: &Document) -> bool {
    let effective = Effective {
        setting,
        document,
        versions: deployment.versions,
    };
    values::lacks_unit(deployment, effective)
}

/// The process that does not start because a setting lacks its unit: the setting says how much there is
/// to share, or with the unit all adds up.
pub(super) fn stopped_by(deployment: &Deployment, setting: &Setting) -> Option<Process> {
    PROCESSES.into_iter().find(|process| {
        let key = keys_of(*process).find(|key| *key == setting.key);
        let (Some(key), Some(error)) = (key, failure(deployment.memory(), *process)) else {
            return false;
        };
        let own = sizes(*process);
        let wholes = [own.process, own.flink, own.legacy[0], own.legacy[1]].map(Key::name);
        let meant = format!("{}m", setting.value.trim());
        is_what_runs(deployment)
            && equation::keys(deployment, error).contains(&key)
            && (wholes.contains(&key)
                || heap(&deployment.memory_with(&[(key, Some(&meant))]), *process).is_some())
    })
}

/// Why a process does not start in any version.
fn failure(memory: &Memory, process: Process) -> Option<&MemoryError> {
    match process {
        Process::JobManager => memory.job_manager.failure(),
        Process::TaskManager => memory.task_manager.failure(),
    }
}

/// What is left for user code, the least over the versions: the task heap, of a `JobManager` all of its
/// heap. `None` unless the process starts in all of them.
fn heap(memory: &Memory, process: Process) -> Option<u64> {
    fn least<T>(derived: &crate::deployment::Derived<T>, of: impl Fn(&T) -> u64) -> Option<u64> {
        derived.any()?;
        let parts = derived
            .cases
            .iter()
            .filter_map(|case| case.result.as_ref().ok());
        parts.map(of).min()
    }
    match process {
        Process::JobManager => least(&memory.job_manager, |parts| parts.jvm_heap.bytes),
        Process::TaskManager => least(&memory.task_manager, |parts| parts.task_heap.bytes),
    }
}

/// The size of the whole process in all versions, the largest of them.
fn total(memory: &Memory, process: Process) -> Option<u64> {
    fn most<T>(derived: &crate::deployment::Derived<T>, of: impl Fn(&T) -> u64) -> Option<u64> {
        derived.any()?;
        let parts = derived
            .cases
            .iter()
            .filter_map(|case| case.result.as_ref().ok());
        parts.map(of).max()
    }
    match process {
        Process::JobManager => most(&memory.job_manager, |parts| parts.total_process.bytes),
        Process::TaskManager => most(&memory.task_manager, |parts| parts.total_process.bytes),
    }
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
fn set<'p>(deployment: &Deployment<'p>, key: Key) -> Option<(&'p Setting, &'p Document)> {
    let spec = key.spec();
    let mut names = std::iter::once(spec.key).chain(spec.also.iter().copied());
    let found = names.find_map(|name| deployment.of_cluster(name));
    found.filter(|(setting, _)| setting.known)
}

/// The bytes that a size option is set to.
fn bytes(deployment: &Deployment, key: Key) -> Option<u64> {
    let (setting, _) = set(deployment, key)?;
    parse_memory(&setting.value).ok()
}

/// A size for people, exact where two that differ would read the same.
fn shown(size: u64, other: u64) -> String {
    let text = show_memory(size);
    if size != other && text == show_memory(other) {
        return format!("{size} bytes");
    }
    text
}
