//! Changes of one setting, each tried on the model before it is offered.

use super::{bytes, heap, least_heap, sizes, total};
use crate::deployment::{Deployment, Memory};
use crate::finding::Fix;
use crate::flink::memory::Process;
use crate::flink::value::{GIB, MIB, parse_memory, show_memory};
use crate::rules::fixes;
use crate::syntax::Setting;

/// What sizes are rounded up to.
pub(super) const STEP: u64 = 64 * MIB;
/// How much larger a size may become in such steps; from there on it grows by whole gibibytes.
const STEPS: u64 = 256;
const LARGE_STEPS: u64 = 64;

/// Another value of one setting, or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) key: &'static str,
    pub(super) value: Option<String>,
}

impl Change {
    pub(super) fn remove(key: &'static str) -> Self {
        Change { key, value: None }
    }

    pub(super) fn set(key: &'static str, value: impl Into<String>) -> Self {
        Change {
            key,
            value: Some(value.into()),
        }
    }

    /// The memory with the change.
    pub(super) fn tried(&self, deployment: &Deployment) -> Memory {
        deployment.memory_with(&[(self.key, self.value.as_deref())])
    }

    /// The heap that a process has with the change, when it starts in all versions.
    pub(super) fn heap(&self, deployment: &Deployment, process: Process) -> Option<u64> {
        heap(&self.tried(deployment), process)
    }

    /// Whether the process starts with the change and has the heap that it needs.
    pub(super) fn is_enough(&self, deployment: &Deployment, process: Process) -> bool {
        self.heap(deployment, process)
            .is_some_and(|heap| heap >= least_heap(process))
    }

    /// The fix that makes the change; `None` where the file can't be edited so.
    pub(super) fn fix(&self, deployment: &Deployment, process: Process) -> Option<Fix> {
        let memory = self.tried(deployment);
        let all = total(&memory, process)?;
        let result = result(&memory, process)?;
        let fix = match (&self.value, deployment.of_cluster(self.key)) {
            (Some(value), Some((setting, document))) => {
                let title = format!("set {} to {value}: {result}", self.key);
                fixes::set(deployment, document, setting, value)?.titled(title)
            }
            (Some(value), None) => {
                let document = deployment.cluster_documents().last()?;
                let title = format!("add {}: {value}: {result}", self.key);
                fixes::add(deployment, document, self.key, value)?.titled(title)
            }
            (None, Some((_, document))) => {
                // A line of the key in a weaker file would come into force.
                let files = deployment.cluster_documents();
                if files.filter(|other| other.get(self.key).is_some()).count() > 1 {
                    return None;
                }
                let title = format!("remove {}: {result}", self.key);
                fixes::remove(deployment, document, &[self.key])?.titled(title)
            }
            (None, None) => return None,
        };
        let promised = bytes(deployment, sizes(process).process);
        let risk = if promised == Some(all) {
            "memory moves from one part of the process to another".to_owned()
        } else {
            format!(
                "the {} then takes {} in all, which its machine or container must have",
                process.name(),
                show_memory(all)
            )
        };
        Some(fix.risky(risk))
    }
}

/// What a process has after a change, in a few words.
fn result(memory: &Memory, process: Process) -> Option<String> {
    Some(match process {
        Process::JobManager => {
            let parts = memory.job_manager.any()?;
            format!("{} of heap", show_memory(parts.jvm_heap.bytes))
        }
        Process::TaskManager => {
            let parts = memory.task_manager.any()?;
            format!(
                "{} of task heap, {} managed, {} network",
                show_memory(parts.task_heap.bytes),
                show_memory(parts.managed.bytes),
                show_memory(parts.network.bytes)
            )
        }
    })
}

/// The least size above the one that a setting has, a multiple of 64 MiB, with which `is_right`; none
/// that is more than `most` times as large.
pub(super) fn grown(
    setting: &Setting,
    key: &'static str,
    most: f64,
    is_right: impl Fn(&Change) -> bool,
) -> Option<Change> {
    let now = size(setting, key)?;
    #[expect(clippy::cast_precision_loss, reason = "a ratio of sizes")]
    let ratio = |bytes: &u64| *bytes as f64 / now.max(1) as f64;
    let first = now / STEP + 1;
    let large = (first + STEPS).div_ceil(GIB / STEP);
    let small = (first..first + STEPS).map(|step| step * STEP);
    let sizes = small.chain((large..large + LARGE_STEPS).map(|step| step * GIB));
    let mut changes = sizes
        .take_while(|bytes| ratio(bytes) <= most)
        .map(|bytes| Change::set(key, sized(setting, key, bytes)));
    changes.find(is_right)
}

/// The bytes of a size; the old `*.heap.mb` counts mebibytes.
fn size(setting: &Setting, key: &str) -> Option<u64> {
    if key.ends_with(".heap.mb") {
        let megabytes: u64 = setting.value.trim().parse().ok()?;
        return megabytes.checked_mul(MIB);
    }
    parse_memory(&setting.value).ok()
}

/// A size in the units and the spelling of a setting.
pub(super) fn sized(like: &Setting, key: &str, bytes: u64) -> String {
    if key.ends_with(".heap.mb") {
        return (bytes / MIB).to_string();
    }
    fixes::size_like(&like.value, bytes)
}
