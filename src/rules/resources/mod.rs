//! Rules about what the memory of a `TaskManager` is enough for.

use super::{keys, memory, values};
use crate::deployment::{Deployment, Effective, Site};
use crate::finding::Related;
use crate::flink::memory::{Part, Process, TaskManager};
use crate::flink::value::show_memory;
use crate::flink::version::Versions;
use crate::syntax::Setting;

pub(super) mod managed;
pub(super) mod network;
pub(super) mod rocksdb;

const SLOTS: &str = "taskmanager.numberOfTaskSlots";

/// The setting that decides a part of the memory, where one is set.
fn site<'p>(deployment: &Deployment<'p>, part: Part) -> Option<Site<'p>> {
    deployment.of_cluster(part.key.filter(|_| part.set)?)
}

/// The size from which the parts follow.
fn total(memory: &TaskManager) -> Part {
    if memory.total_flink.set {
        memory.total_flink
    } else {
        memory.total_process
    }
}

/// Whether sizes come out wrong for a reason that has a rule of its own: one has no unit, or one of these
/// keys is misspelt.
fn is_told(deployment: &Deployment, further: &[Effective], keys: &[&str]) -> bool {
    let mut further = further.iter();
    memory::lacks_unit(deployment, Process::TaskManager)
        || further.any(|own| values::lacks_unit(deployment, own.site()))
        || keys.iter().any(|key| keys::is_misspelt(deployment, key))
}

/// A place that takes part, unless it is the one shown.
fn related(shown: &Setting, site: Option<Site>, message: impl Into<String>) -> Option<Related> {
    let (setting, document) = site.filter(|(setting, _)| *setting != shown)?;
    Some(Related {
        at: Deployment::at(document, setting.whole),
        message: message.into(),
    })
}

/// Whether a change leaves operators half of their heap, and 128 MiB where they have as much.
fn keeps_heap(now: &TaskManager, new: &TaskManager) -> bool {
    let heap = now.task_heap.bytes;
    new.task_heap.bytes >= heap.min((heap / 2).max(memory::KEPT_HEAP))
}

/// `the heap for operators shrinks from 288 MiB to 201 MiB`.
fn change_of(name: &str, from: u64, to: u64) -> String {
    let verb = if to > from { "grows" } else { "shrinks" };
    let [from, to] = [from, to].map(show_memory);
    format!("{name} {verb} from {from} to {to}")
}

/// ` (Flink 1.17-1.20)` where it does not hold for all versions.
fn only(deployment: &Deployment, versions: Versions) -> String {
    if versions == deployment.versions {
        String::new()
    } else {
        format!(" (Flink {versions})")
    }
}
