//! `jvm-flag-overrides-memory`: the scripts write `java $JVM_ARGS $FLINK_ENV_JAVA_OPTS`, the computed
//! sizes in the first, the options of the file in the second; the JVM takes the last.

use super::all_options;
use crate::deployment::Deployment;
use crate::finding::{Finding, Severity};
use crate::flink::memory::Process;
use crate::flink::value::show_memory;
use crate::rules::{Rule, in_backquotes, memory};

/// The start of flags that set what Flink computes.
const SIZES: [&str; 6] = [
    "-Xmx",
    "-Xms",
    "-XX:MaxHeapSize=",
    "-XX:InitialHeapSize=",
    "-XX:MaxDirectMemorySize=",
    "-XX:MaxMetaspaceSize=",
];

/// The start of flags that the JVM passes over where it is given sizes.
const SHARES: [&str; 3] = [
    "-XX:MaxRAMPercentage=",
    "-XX:InitialRAMPercentage=",
    "-XX:MinRAMPercentage=",
];

/// The processes whose sizes Flink computes, by the last part of the key.
pub(super) fn process(key: &str) -> Option<&'static str> {
    match key.rsplit('.').next()? {
        "all" | "opts" => Some("JobManager and TaskManager"),
        "jobmanager" => Some("JobManager"),
        "taskmanager" => Some("TaskManager"),
        _ => None,
    }
}

/// The flags that the model gives one process.
#[derive(Clone, Copy, Debug)]
struct Computed {
    heap: u64,
    /// `None` where Flink sets no limit.
    direct: Option<u64>,
    metaspace: u64,
    total: u64,
}

/// Which of the computed sizes a flag replaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Size {
    Heap,
    /// The heap at the start, which says nothing about the most.
    FirstHeap,
    Direct,
    Metaspace,
}

/// The size that a flag sets, and its value in bytes.
fn size(flag: &str) -> Option<(Size, Option<u64>)> {
    let index = SIZES.iter().position(|start| flag.starts_with(start))?;
    let size = match index {
        0 | 2 => Size::Heap,
        1 | 3 => Size::FirstHeap,
        4 => Size::Direct,
        _ => Size::Metaspace,
    };
    Some((size, bytes(&flag[SIZES[index].len()..])))
}

/// A size as the JVM reads it: digits, and one letter for a power of 1024.
fn bytes(text: &str) -> Option<u64> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let shift = match &text[digits.len()..] {
        "" => 0,
        "k" | "K" => 10,
        "m" | "M" => 20,
        "g" | "G" => 30,
        "t" | "T" => 40,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(1 << shift)
}

impl Computed {
    /// What all versions compute for one process, when it is known.
    fn of(deployment: &Deployment, process: &str) -> Option<Self> {
        let memory = deployment.memory();
        match process {
            "JobManager" => memory.job_manager.agreed(|parts| {
                let (heap, metaspace) = (parts.jvm_heap.bytes, parts.jvm_metaspace.bytes);
                let direct = parts.direct_limit.then_some(parts.off_heap.bytes);
                (heap, direct, metaspace, parts.total_process.bytes)
            }),
            "TaskManager" => memory.task_manager.agreed(|parts| {
                let (heap, metaspace) = (parts.jvm_heap(), parts.jvm_metaspace.bytes);
                (
                    heap,
                    Some(parts.jvm_direct()),
                    metaspace,
                    parts.total_process.bytes,
                )
            }),
            _ => None,
        }
        .map(|(heap, direct, metaspace, total)| Computed {
            heap,
            direct,
            metaspace,
            total,
        })
    }

    /// The flags that others replace: `-Xmx and -Xms of 1587 MiB`.
    fn replaced(&self, flags: &[&str]) -> String {
        let mut told: Vec<String> = Vec::new();
        for (size, _) in flags.iter().filter_map(|flag| size(flag)) {
            let text = match (size, self.direct) {
                (Size::Heap, _) => format!("the -Xmx of {}", show_memory(self.heap)),
                (Size::FirstHeap, _) => format!("the -Xms of {}", show_memory(self.heap)),
                (Size::Direct, Some(direct)) => {
                    format!("the -XX:MaxDirectMemorySize of {}", show_memory(direct))
                }
                (Size::Direct, None) => "no limit of direct memory".to_owned(),
                (Size::Metaspace, _) => {
                    format!(
                        "the -XX:MaxMetaspaceSize of {}",
                        show_memory(self.metaspace)
                    )
                }
            };
            if !told.contains(&text) {
                told.push(text);
            }
        }
        told.join(" and ")
    }

    /// What the process may use with these flags in place of the computed ones; `None` where a size is
    /// none, or nothing but the heap at the start changes.
    fn with(&self, flags: &[&str]) -> Option<String> {
        let mut now = [self.heap, self.direct.unwrap_or(0), self.metaspace];
        let before: u64 = now.iter().sum();
        for (size, bytes) in flags.iter().filter_map(|flag| size(flag)) {
            match size {
                Size::Heap => now[0] = bytes?,
                Size::Direct if self.direct.is_some() => now[1] = bytes?,
                Size::Metaspace => now[2] = bytes?,
                Size::Direct | Size::FirstHeap => {}
            }
        }
        let after = now
            .iter()
            .try_fold(0_u64, |sum, size| sum.checked_add(*size))?;
        let may = (self.total - before).checked_add(after)?;
        let (total, may_use) = (show_memory(self.total), show_memory(may));
        match may.cmp(&self.total) {
            std::cmp::Ordering::Equal => None,
            std::cmp::Ordering::Greater => Some(format!(
                "the process may then use {may_use}, and Flink counts on {total}, which is what its \
                 container or machine has to have"
            )),
            std::cmp::Ordering::Less => Some(format!(
                "the process then uses {may_use} of the {total} that Flink counts on"
            )),
        }
    }
}

/// Whether options of the JVM give a process another heap than the computed one, or may do so.
pub(in crate::rules) fn may_replace_heap(deployment: &Deployment, process: Process) -> bool {
    all_options(deployment).iter().any(|options| {
        let own = self::process(&options.setting.key);
        let is_heap = |flag: &&str| matches!(size(flag), Some((Size::Heap, _)));
        own.is_some_and(|name| name.contains(process.name()))
            && options
                .flags()
                .is_none_or(|flags| flags.iter().any(is_heap))
    })
}

/// Where such flags leave a JVM with a heap that is to start larger than it may become: it exits with
/// `Initial heap size set to a larger value than the maximum heap size`. The process, the most and the
/// first size; `None` where it is not so, or not certain.
fn refused(
    deployment: &Deployment,
    processes: &str,
    flags: &[&str],
) -> Option<(&'static str, u64, u64)> {
    let is_heap = |size: Size| matches!(size, Size::Heap | Size::FirstHeap);
    let mut sizes = flags.iter().filter_map(|flag| size(flag));
    if !sizes.any(|(size, _)| is_heap(size)) || !memory::is_what_runs(deployment) {
        return None;
    }
    let own = ["JobManager", "TaskManager"].into_iter();
    own.filter(|name| processes.contains(name))
        .find_map(|name| {
            let computed = Computed::of(deployment, name)?.heap;
            let (most, first) = heap_with_flags(deployment, name, computed)?;
            (first > most).then_some((name, most, first))
        })
}

/// The most that the heap of a process may grow to, whoever says it.
pub(super) fn most_heap(deployment: &Deployment, process: &str) -> Option<u64> {
    let computed = Computed::of(deployment, process)?.heap;
    Some(heap_with_flags(deployment, process, computed)?.0)
}

/// The largest and the first size of the heap of a process that Flink gives `computed`.
fn heap_with_flags(deployment: &Deployment, process: &str, computed: u64) -> Option<(u64, u64)> {
    let [mut most, mut first] = [computed; 2];
    for options in all_options(deployment) {
        let key = &options.setting.key;
        if !self::process(key).is_some_and(|name| name.contains(process)) {
            continue;
        }
        for (size, bytes) in options.flags()?.iter().filter_map(|flag| size(flag)) {
            match size {
                Size::Heap => most = bytes?,
                Size::FirstHeap => first = bytes?,
                Size::Direct | Size::Metaspace => continue,
            }
            // The order of the defaults among the others differs from that of `all_options`.
            let is_certain = options.versions == deployment.versions
                && !key.starts_with("env.java.default-opts.")
                && !deployment.cluster.may_set(key);
            is_certain.then_some(())?;
        }
    }
    Some((most, first))
}

fn advice(process: &str) -> String {
    let keys = match process {
        "JobManager" => "`jobmanager.memory.heap.size`",
        "TaskManager" => "`taskmanager.memory.task.heap.size`",
        _ => "`taskmanager.memory.task.heap.size` or `jobmanager.memory.heap.size`",
    };
    format!("set the sizes of Flink's own options instead, such as {keys}")
}

/// The check.
pub(in crate::rules) fn jvm_flag_overrides_memory(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    for options in all_options(deployment) {
        let key = &options.setting.key;
        let (Some(process), Some(flags)) = (process(key), options.flags()) else {
            continue;
        };
        let of = |starts: &[&str]| -> Vec<&str> {
            let wanted = |flag: &&str| starts.iter().any(|start| flag.starts_with(start));
            flags.iter().copied().filter(wanted).collect()
        };
        let mut sizes = of(&SIZES);
        if process == "JobManager" {
            // Flink gives it no limit unless `jobmanager.memory.enable-jvm-direct-memory-limit` is on.
            sizes.retain(|flag| !flag.starts_with("-XX:MaxDirectMemorySize="));
        }
        if !sizes.is_empty() {
            let computed = Computed::of(deployment, process);
            let verb = if sizes.len() == 1 {
                "replaces"
            } else {
                "replace"
            };
            let replaced = computed.as_ref().map_or_else(
                || "what Flink computes".to_owned(),
                |computed| format!("{} that Flink computes", computed.replaced(&sizes)),
            );
            let mut finding = rule.finding(
                options.document,
                options.setting.whole,
                format!(
                    "{} {verb} {replaced} for the {process}",
                    in_backquotes(&sizes)
                ),
            );
            finding.label = "comes last on the command line, and the last one counts".to_owned();
            let follows = computed
                .and_then(|computed| computed.with(&sizes))
                .unwrap_or_else(|| {
                    "the process then uses more or less memory than `*.memory.process.size` says"
                        .to_owned()
                });
            finding.help = format!("{follows}; {}", advice(process));
            if let Some((of, most, first)) = refused(deployment, process, &sizes) {
                finding.severity = Severity::Error;
                finding.message = format!(
                    "the JVM of the {of} does not start with {}: -Xms is {}, and -Xmx only {}",
                    in_backquotes(&sizes),
                    show_memory(first),
                    show_memory(most)
                );
                finding.label =
                    "the size of the heap at the start is larger than that of all of it".to_owned();
                finding.help = format!(
                    "Flink passes both with the size that it computes, and flags after them replace one; {}",
                    advice(process)
                );
            }
            finding.key = Some(key.clone());
            let risk = "the process gets the sizes that Flink computes";
            finding.fix = options
                .without(deployment, &sizes)
                .map(|fix| fix.risky(risk));
            out.push(finding);
        }
        let shares = of(&SHARES);
        // The client's and the history server's JVM are not given sizes.
        if !shares.is_empty() && !process.contains(' ') {
            let mut finding = rule.finding(
                options.document,
                options.setting.whole,
                format!(
                    "{} {} no effect on the {process}",
                    in_backquotes(&shares),
                    if shares.len() == 1 { "has" } else { "have" }
                ),
            );
            finding.severity = Severity::Note;
            finding.label = "Flink always passes -Xmx and -Xms".to_owned();
            finding.help = "the heap is what Flink's memory options make it".to_owned();
            finding.key = Some(format!("{key}/share"));
            finding.fix = options.without(deployment, &shares);
            out.push(finding);
        }
    }
}
