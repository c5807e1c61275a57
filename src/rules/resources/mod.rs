//! Rules about what the memory of a `TaskManager` is enough for.

use super::{claim, keys, values};
use crate::deployment::{Deployment, Effective};
use crate::finding::{Claim, Fix, Related, Safety};
use crate::flink::memory::{Part, Process, TaskManager};
use crate::flink::value::{show_memory, write_memory};
use crate::flink::version::Versions;
use crate::syntax::{Document, Setting};
use crate::text::Edit;

pub(super) mod managed;
pub(super) mod network;
pub(super) mod rocksdb;

const MIB: u64 = 1 << 20;
const SLOTS: &str = "taskmanager.numberOfTaskSlots";

/// A setting and the document that holds it.
type Site<'p> = (&'p Setting, &'p Document);

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
    let sizes = deployment.memory_settings(Process::TaskManager);
    let effective = |(setting, document)| Effective {
        setting,
        document,
        versions: deployment.versions,
    };
    let mut all = sizes
        .into_iter()
        .map(effective)
        .chain(further.iter().copied());
    all.any(|own| values::lacks_unit(deployment, own))
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
    new.task_heap.bytes >= heap.min((heap / 2).max(128 * MIB))
}

/// `the heap for operators shrinks from 288 MiB to 201 MiB`.
fn change_of(name: &str, from: u64, to: u64) -> String {
    let verb = if to > from { "grows" } else { "shrinks" };
    let [from, to] = [from, to].map(show_memory);
    format!("{name} {verb} from {from} to {to}")
}

/// A fraction as people write it; Flink's are widened floats.
fn share(fraction: f64) -> String {
    let text = format!("{fraction:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// ` (Flink 1.17-1.20)` where it does not hold for all versions.
fn only(deployment: &Deployment, versions: Versions) -> String {
    if versions == deployment.versions {
        String::new()
    } else {
        format!(" (Flink {versions})")
    }
}

/// A size in whole mebibytes, spelt with `m` or `mb` as the file has it.
fn spelt(bytes: u64, like: Option<&str>) -> String {
    let bytes = bytes.div_ceil(MIB) * MIB;
    let written = format!("{}mb", bytes / MIB);
    // Sizes in gibibytes stay such.
    let is_gib = |text: &str| text.trim_end_matches(['b', 'B']).ends_with(['g', 'G']);
    let written = match like {
        Some(text) if is_gib(text) => write_memory(bytes),
        _ => written,
    };
    match like {
        Some(text) if text.ends_with(['b', 'B']) => written,
        _ => written.trim_end_matches('b').to_owned(),
    }
}

/// Gives options of memory other values: each replaces the setting in force, or is added below `beside`.
fn change(
    deployment: &Deployment,
    beside: Site,
    title: String,
    risk: String,
    values: &[(&str, String)],
) -> Option<Fix> {
    let mut edits: Vec<Edit> = Vec::new();
    let mut claims: Vec<Claim> = Vec::new();
    for (key, value) in values {
        let (document, edit) = if let Some((setting, document)) = deployment.of_cluster(key) {
            let source = deployment.source(document);
            (document, document.set(source, setting, value)?)
        } else {
            let (sibling, document) = beside;
            let source = deployment.source(document);
            let after = document.insert_after(source, sibling, key, value);
            let edit = after.or_else(|| document.insert(source, key, value))?;
            (document, edit)
        };
        edits.push(edit);
        claims.push(claim(document, key, Some(value)));
    }
    Some(Fix {
        title,
        safety: Safety::Unsafe,
        risk,
        edits,
        claims,
    })
}
