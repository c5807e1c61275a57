//! `container-memory-mismatch`: a container and Flink count with different amounts of memory.

use super::{Rule, fixes};
use crate::deployment::{Deployment, Limit, Memory};
use crate::finding::{Finding, Fix, Related};
use crate::flink::memory::{Mode, Process};
use crate::flink::value::{self, show_memory, write_memory};
use crate::flink::version::Versions;
use crate::syntax::{Document, Setting};

const MIB: u64 = 1 << 20;
/// A heap below this is too small for anything; Flink itself warns for the `JobManager`
/// (`JobManagerOptions.MIN_JVM_HEAP_SIZE`).
const LEAST_HEAP: u64 = 128 * MIB;

/// The options that say how large a process is.
struct Sizes {
    process: Process,
    /// The whole process.
    all: &'static str,
    /// Others that decide it, the stronger ones first.
    parts: &'static [&'static str],
    /// What Flink 1.10 replaced: bytes, and a number of MiB.
    legacy: [&'static str; 2],
}

const TASK_MANAGER: Sizes = Sizes {
    process: Process::TaskManager,
    all: "taskmanager.memory.process.size",
    parts: &[
        "taskmanager.memory.flink.size",
        "taskmanager.memory.task.heap.size",
        "taskmanager.heap.size",
        "taskmanager.heap.mb",
    ],
    legacy: ["taskmanager.heap.size", "taskmanager.heap.mb"],
};
const JOB_MANAGER: Sizes = Sizes {
    process: Process::JobManager,
    all: "jobmanager.memory.process.size",
    parts: &[
        "jobmanager.memory.flink.size",
        "jobmanager.memory.heap.size",
        "jobmanager.heap.size",
        "jobmanager.heap.mb",
    ],
    legacy: ["jobmanager.heap.size", "jobmanager.heap.mb"],
};

/// The check.
pub(super) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for sizes in [JOB_MANAGER, TASK_MANAGER] {
        if deployment.mode() == Mode::Container {
            out.extend(ignored_heap(rule, deployment, &sizes));
        } else {
            out.extend(small_limit(rule, deployment, &sizes));
        }
    }
}

/// A limit below the size of the process.
fn small_limit(rule: &Rule, deployment: &Deployment, sizes: &Sizes) -> Option<Finding> {
    let limit = least_limit(deployment, sizes.process)?;
    let size = total(deployment.memory(), sizes.process)?;
    if limit.bytes >= size {
        return None;
    }
    let deciding = [sizes.all].into_iter().chain(sizes.parts.iter().copied());
    let (setting, document) = deciding
        .into_iter()
        .find_map(|key| deployment.of_cluster(key))?;
    let name = sizes.process.name();
    let mut finding = rule.finding(
        document,
        setting.whole,
        format!(
            "the {name} plans with {}, and its container may use {} ({})",
            show_memory(size),
            show_memory(limit.bytes),
            limit.text,
        ),
    );
    finding.key = Some(setting.key.clone());
    finding.help = format!(
        "Flink sizes heap, buffers and managed memory so that together they fill {}; once they do, the \
         kernel kills the container. Raise the limit to at least that, or lower `{}`",
        show_memory(size),
        setting.key
    );
    finding.related.push(Related {
        at: limit.at.at,
        message: format!("{}: {}", limit.at.what, limit.text),
    });
    finding.fix = shrink(deployment, sizes, setting, document, limit);
    Some(finding)
}

/// The smallest limit of the containers of a process.
fn least_limit<'d>(deployment: &'d Deployment, process: Process) -> Option<&'d Limit> {
    let limits = deployment.cluster.limits.iter();
    let own = limits.filter(|limit| limit.process == process);
    own.min_by_key(|limit| limit.bytes)
}

/// The bytes of a whole process, where all versions agree.
fn total(memory: &Memory, process: Process) -> Option<u64> {
    match process {
        Process::JobManager => memory.job_manager.agreed(|own| own.total_process.bytes),
        Process::TaskManager => memory.task_manager.agreed(|own| own.total_process.bytes),
    }
}

/// Makes the process as large as its container, where that leaves enough heap.
fn shrink(
    deployment: &Deployment,
    sizes: &Sizes,
    setting: &Setting,
    document: &Document,
    limit: &Limit,
) -> Option<Fix> {
    if setting.key != sizes.all {
        return None;
    }
    let bytes = limit.bytes / MIB * MIB;
    let written = write_memory(bytes);
    let memory = deployment.memory_with(&[(sizes.all, Some(&written))]);
    let heap = match sizes.process {
        Process::JobManager => memory.job_manager.agreed(|own| own.jvm_heap.bytes),
        Process::TaskManager => memory.task_manager.agreed(|own| own.task_heap.bytes),
    }?;
    if total(&memory, sizes.process) != Some(bytes) || heap < LEAST_HEAP {
        return None;
    }
    let fix = fixes::set(deployment, document, setting, &written)?;
    let name = sizes.process.name();
    Some(fix.risky(format!(
        "the {name} gets less memory, {} of it heap",
        show_memory(heap)
    )))
}

/// An old size of the heap that asks for another container than the one that Flink starts: on
/// Kubernetes and YARN it stands for the process, and counts only where the process has no size
/// (`MemoryBackwardsCompatibilityUtils`).
fn ignored_heap(rule: &Rule, deployment: &Deployment, sizes: &Sizes) -> Option<Finding> {
    if !deployment.versions.within(Versions::LEGACY) {
        return None;
    }
    let (all, all_in) = deployment.of_cluster(sizes.all)?;
    let [in_bytes, in_mib] = sizes.legacy;
    let (legacy, document) = deployment
        .of_cluster(in_bytes)
        .or_else(|| deployment.of_cluster(in_mib))?;
    if !(all.known && legacy.known) {
        return None;
    }
    let size = value::parse_memory(&all.value).ok()?;
    let asked = if legacy.key == in_bytes {
        value::parse_memory(&legacy.value).ok()?
    } else {
        let number = value::parse_integer(&legacy.value).ok()?;
        u64::try_from(number).ok()?.checked_mul(MIB)?
    };
    if asked == size {
        return None;
    }
    let mut finding = rule.finding(
        document,
        legacy.whole,
        format!(
            "`{}` asks for {}, and the container gets {}",
            legacy.key,
            show_memory(asked),
            show_memory(size)
        ),
    );
    finding.key = Some(legacy.key.clone());
    finding.help = format!(
        "on Kubernetes and YARN the old size stands for the whole process, and Flink ignores it because \
         `{}` is set",
        sizes.all
    );
    finding.related.push(Related {
        at: Deployment::at(all_in, all.whole),
        message: format!("this decides: {}", all.value),
    });
    let fix = fixes::remove(deployment, document, &[&legacy.key]);
    finding.fix =
        fix.map(|fix| fix.risky("a standalone cluster with this file would get another heap"));
    Some(finding)
}
