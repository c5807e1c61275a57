//! `tiny-heap`: a process that starts, and has next to nothing for the code that it is to run.

use super::change::{Change, grown};
use super::{
    heap, is_set_elsewhere, is_what_runs, jvm, keys_of, lacks_unit, least_heap, sizes,
    which_are_set,
};
use crate::deployment::Deployment;
use crate::finding::{Finding, Related};
use crate::flink::memory::Process;
use crate::flink::value::show_memory;
use crate::rules::Rule;

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for process in super::PROCESSES {
        let Some(heap) = heap(deployment.memory(), process) else {
            continue;
        };
        if heap < least_heap(process)
            && is_what_runs(deployment)
            && !is_set_elsewhere(deployment, process)
            && !lacks_unit(deployment, process)
            && !jvm::may_replace_heap(deployment, process)
        {
            out.extend(finding(rule, deployment, process, heap));
        }
    }
}

fn finding(rule: &Rule, deployment: &Deployment, process: Process, heap: u64) -> Option<Finding> {
    let total = total_key(deployment, process)?;
    let taker = taker(deployment, process, total);
    let shown = taker.unwrap_or(total);
    let (setting, document) = deployment.of_cluster(shown)?;
    let size = show_memory(heap);
    let message = match process {
        Process::JobManager => format!("the JobManager has {size} of heap"),
        Process::TaskManager => {
            let slots = deployment
                .memory()
                .task_manager
                .agreed(|parts| parts.num_slots);
            let shared = slots
                .filter(|slots| *slots > 1)
                .map(|slots| format!(" for {slots} slots"))
                .unwrap_or_default();
            format!("the TaskManager has {size} of heap for user code{shared}")
        }
    };
    let mut finding = rule.finding(document, setting.whole, message);
    finding.key = Some(shown.to_owned());
    finding.label = match process {
        Process::JobManager => "Flink wants 128 MiB at least".to_owned(),
        Process::TaskManager => "less than 64 MiB".to_owned(),
    };
    finding.help = help(deployment, process);
    if taker.is_some() {
        let (setting, document) = deployment.of_cluster(total)?;
        finding.related.push(Related {
            at: Deployment::at(document, setting.whole),
            message: format!("{total} is {}", setting.value),
        });
    }
    let (setting, _) = deployment.of_cluster(total)?;
    let enough = |change: &Change| change.is_enough(deployment, process);
    finding.fix = grown(setting, total, f64::INFINITY, enough)
        .and_then(|change| change.fix(deployment, process));
    Some(finding)
}

/// Where the rest of the process goes.
fn help(deployment: &Deployment, process: Process) -> String {
    let memory = deployment.memory();
    let (all, parts, what) = match process {
        Process::JobManager => {
            let Some(parts) = memory.job_manager.any() else {
                return String::new();
            };
            let others = vec![
                ("off-heap memory", parts.off_heap),
                ("JVM metaspace", parts.jvm_metaspace),
                ("JVM overhead", parts.jvm_overhead),
            ];
            let what = "the JobManager starts, and fails with OutOfMemoryError or spends its time \
                        collecting garbage";
            (parts.total_process, others, what)
        }
        Process::TaskManager => {
            let Some(parts) = memory.task_manager.any() else {
                return String::new();
            };
            let others = vec![
                ("Flink's own heap", parts.framework_heap),
                ("Flink's own off-heap memory", parts.framework_off_heap),
                ("off-heap memory of tasks", parts.task_off_heap),
                ("network memory", parts.network),
                ("managed memory", parts.managed),
                ("JVM metaspace", parts.jvm_metaspace),
                ("JVM overhead", parts.jvm_overhead),
            ];
            let what = "records, user code and state on the heap share what is left: tasks fail with \
                        OutOfMemoryError or crawl";
            (parts.total_process, others, what)
        }
    };
    let taken: Vec<String> = parts
        .iter()
        .filter(|(_, part)| part.bytes > 0)
        .map(|(name, part)| format!("{name} {}", show_memory(part.bytes)))
        .collect();
    format!(
        "the process has {}: {}; {what}",
        show_memory(all.bytes),
        taken.join(", ")
    )
}

/// The setting that says how large the heap is, or all that it is a part of.
fn total_key(deployment: &Deployment, process: Process) -> Option<&'static str> {
    let own = sizes(process);
    let keys: Vec<_> = std::iter::once(own.heap.name())
        .chain(own.totals())
        .collect();
    // Of these the first that the size of the heap depends on.
    let now = heap(deployment.memory(), process)?;
    let set = which_are_set(deployment, &keys);
    let first = set.first().map(|(key, _)| *key);
    let mut deciding = set.into_iter().filter(|(key, (setting, _))| {
        grown(setting, key, f64::INFINITY, |change| {
            change
                .heap(deployment, process)
                .is_some_and(|heap| heap > now)
        })
        .is_some()
    });
    // Where none of them alone can grow, since the others have to follow, it is the innermost.
    deciding.next().map(|(key, _)| key).or(first)
}

/// A setting without which there would be enough: what takes the memory away.
fn taker(deployment: &Deployment, process: Process, total: &str) -> Option<&'static str> {
    let own = sizes(process);
    let sizes = own.totals();
    let keys: Vec<&'static str> = keys_of(process)
        .filter(|key| *key != total && *key != own.heap.name() && !sizes.contains(key))
        .collect();
    let set = which_are_set(deployment, &keys).into_iter();
    let left = set.filter_map(|(key, _)| {
        let heap = Change::remove(key).heap(deployment, process)?;
        (heap >= least_heap(process)).then_some((heap, key))
    });
    left.max_by_key(|(heap, _)| *heap).map(|(_, key)| key)
}
