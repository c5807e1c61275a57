//! The side remark of `memory-shadowed`: JVM overhead that two sizes leave, far from its usual share.

use super::change::Change;
use super::{is_misspelt, lacks_unit, set, sizes};
use crate::deployment::{Deployment, Memory};
use crate::finding::{Finding, Related, Severity};
use crate::flink::memory::{Key, Mode, Part, Process, Why};
use crate::flink::value::show_memory;
use crate::rules::Rule;

/// A note where the sizes of the process and of Flink's memory are both set, the process starts, and its
/// overhead is more than a quarter larger or smaller than its share would be.
pub(super) fn note(rule: &Rule, deployment: &Deployment, process: Process) -> Option<Finding> {
    let own = sizes(process);
    let [size, megabytes] = own.legacy;
    let (all, place) = set(deployment, own.process)?;
    let legacy = match (deployment.mode(), process) {
        (Mode::Standalone, Process::TaskManager) => [Some(size), Some(megabytes)],
        _ => [None, None],
    };
    let inner = [Some(own.flink), legacy[0], legacy[1]];
    let inner = inner
        .into_iter()
        .flatten()
        .find(|key| set(deployment, *key).is_some())?;
    // Whoever sets limits of the overhead has thought of it.
    let limits = match process {
        Process::JobManager => [Key::JobOverheadLeast, Key::JobOverheadMost],
        Process::TaskManager => [Key::TaskOverheadLeast, Key::TaskOverheadMost],
    };
    let mut thought = limits.into_iter().chain([own.overhead]);
    if thought.any(|key| set(deployment, key).is_some()) {
        return None;
    }
    let overhead =
        overhead_of(deployment.memory(), process).filter(|part| part.why == Why::Rest)?;
    let process_key = own.process.name();
    let without = Change::remove(inner.name()).tried(deployment);
    let usual = overhead_of(&without, process)?;
    let (low, high) = (usual.bytes - usual.bytes / 4, usual.bytes + usual.bytes / 4);
    if (low..=high).contains(&overhead.bytes)
        || lacks_unit(deployment, process)
        || is_misspelt(deployment, process)
    {
        return None;
    }
    let (setting, document) = set(deployment, inner)?;
    let message = format!(
        "JVM overhead of the {} is what {process_key} and {} leave: {}, not the usual {}",
        process.name(),
        setting.key,
        show_memory(overhead.bytes),
        show_memory(usual.bytes)
    );
    let mut finding = rule.finding(document, setting.whole, message);
    finding.severity = Severity::Note;
    finding.key = Some(format!("{}/overhead", setting.key));
    let advice = "with one of the two sizes Flink derives the other";
    finding.help = if inner == own.flink {
        advice.to_owned()
    } else {
        format!(
            "{} is the old name of all of Flink's memory, not of the heap alone; {advice}",
            setting.key
        )
    };
    finding.related.push(Related {
        at: Deployment::at(place, all.whole),
        message: format!("{} is {}", all.key, all.value),
    });
    Some(finding)
}

/// The overhead on which all versions agree.
fn overhead_of(memory: &Memory, process: Process) -> Option<Part> {
    let all: Vec<Part> = memory
        .starts(process)?
        .iter()
        .map(|own| own.overhead())
        .collect();
    all.first()
        .copied()
        .filter(|first| all.iter().all(|other| other == first))
}
