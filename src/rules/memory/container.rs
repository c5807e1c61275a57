//! `container-memory-mismatch`: a container and Flink count with different amounts of memory.

use super::{KEPT_HEAP, PROCESSES, heap, set, sizes, which_are_set};
use crate::deployment::{Deployment, Limit, Memory, Site};
use crate::finding::{Finding, Fix, Related};
use crate::flink::memory::{Key, Mode, Process};
use crate::flink::value::{self, MIB, show_memory};
use crate::flink::version::Versions;
use crate::rules::{Rule, fixes};

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for process in PROCESSES {
        out.extend(if deployment.mode() == Mode::Container {
            ignored_heap(rule, deployment, process)
        } else {
            small_limit(rule, deployment, process)
        });
    }
}

/// A limit below the size of the process.
fn small_limit(rule: &Rule, deployment: &Deployment, process: Process) -> Option<Finding> {
    let limits = deployment.cluster.limits.iter();
    let own = limits.filter(|limit| limit.process == process);
    let limit = own.min_by_key(|limit| limit.bytes)?;
    let size = total(deployment.memory(), process)?;
    if limit.bytes >= size {
        return None;
    }
    let own = sizes(process);
    let [old, old_mib] = own.legacy;
    let deciding = [own.process, own.flink, own.heap, old, old_mib].map(Key::name);
    let (_, shown) = which_are_set(deployment, &deciding).first().copied()?;
    let (setting, document) = shown;
    let name = process.name();
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
    finding.fix = shrink(deployment, process, shown, limit);
    Some(finding)
}

/// The bytes of a whole process, where all versions agree.
fn total(memory: &Memory, process: Process) -> Option<u64> {
    let all = memory.starts(process)?;
    let mut totals = all.iter().map(|own| own.total().bytes);
    let first = totals.next()?;
    totals.all(|other| other == first).then_some(first)
}

/// Makes the process as large as its container, where that leaves enough heap.
fn shrink(deployment: &Deployment, process: Process, shown: Site, limit: &Limit) -> Option<Fix> {
    let (setting, document) = shown;
    let key = sizes(process).process.name();
    if setting.key != key {
        return None;
    }
    let bytes = limit.bytes / MIB * MIB;
    let written = fixes::size_like(&setting.value, bytes);
    let memory = deployment.memory_with(&[(key, Some(&written))]);
    let heap = heap(&memory, process)?;
    if total(&memory, process) != Some(bytes) || heap < KEPT_HEAP {
        return None;
    }
    let fix = fixes::set(deployment, document, setting, &written)?;
    Some(fix.risky(format!(
        "the {} gets less memory, {} of it heap",
        process.name(),
        show_memory(heap)
    )))
}

/// An old size of the heap that asks for another container than the one that Flink starts: on
/// Kubernetes and YARN it stands for the process, and counts only where the process has no size
/// (`MemoryBackwardsCompatibilityUtils`).
fn ignored_heap(rule: &Rule, deployment: &Deployment, process: Process) -> Option<Finding> {
    if !deployment.versions.within(Versions::LEGACY) {
        return None;
    }
    let own = sizes(process);
    let [in_bytes, in_mib] = own.legacy;
    let (all, all_in) = set(deployment, own.process)?;
    let (legacy, document) = set(deployment, in_bytes).or_else(|| set(deployment, in_mib))?;
    let size = value::parse_memory(&all.value).ok()?;
    let asked = if legacy.key == in_bytes.name() {
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
        own.process.name()
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
