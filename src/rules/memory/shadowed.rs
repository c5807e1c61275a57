//! `memory-shadowed`: a memory setting without effect, because another one decides.

use super::change::Change;
use super::{PROCESSES, is_set_elsewhere, is_what_runs, overhead, set, sizes};
use crate::deployment::{Deployment, Derived, Memory};
use crate::finding::{Finding, Related};
use crate::flink::memory::{Key, Mode, Part, Preset, Process};
use crate::flink::value::{parse_float, parse_integer, parse_memory};
use crate::rules::{Rule, fixes};
use crate::syntax::{Document, Setting};

/// A setting, and those that are asked first.
struct Shadow<'p> {
    setting: &'p Setting,
    document: &'p Document,
    deciders: Vec<(&'p Setting, &'p Document)>,
    /// Why, as the end of a sentence.
    why: &'static str,
    help: &'static str,
    /// Whether it is so whatever else is set in a layer that is not in sight.
    anyway: bool,
}

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    if !is_what_runs(deployment) {
        return;
    }
    for process in PROCESSES {
        if is_set_elsewhere(deployment, process) {
            continue;
        }
        for shadow in shadows(deployment, process) {
            if is_true(deployment, process, &shadow) {
                out.push(finding(rule, deployment, &shadow));
            }
        }
        out.extend(overhead::note(rule, deployment, process));
    }
}

/// A fraction, its limits, and what the limits are of.
const FRACTIONS: [(Process, Key, [Key; 2]); 3] = [
    (
        Process::TaskManager,
        Key::NetworkFraction,
        [Key::NetworkLeast, Key::NetworkMost],
    ),
    (
        Process::TaskManager,
        Key::TaskOverheadFraction,
        [Key::TaskOverheadLeast, Key::TaskOverheadMost],
    ),
    (
        Process::JobManager,
        Key::JobOverheadFraction,
        [Key::JobOverheadLeast, Key::JobOverheadMost],
    ),
];

/// What may be shadowed, by what is set; whether it is, the model tells.
fn shadows<'p>(deployment: &Deployment<'p>, process: Process) -> Vec<Shadow<'p>> {
    let mut found = Vec::new();
    let mut add = |key: Key, deciders: &[Key], why, help, anyway| {
        let deciders: Option<Vec<_>> = deciders.iter().map(|key| set(deployment, *key)).collect();
        if let (Some((setting, document)), Some(deciders)) = (set(deployment, key), deciders) {
            found.push(Shadow {
                setting,
                document,
                deciders,
                why,
                help,
                anyway,
            });
        }
    };
    for (of, fraction, limits) in FRACTIONS {
        if of == process {
            add(
                fraction,
                &limits,
                "least and most are the same",
                "the size is that one whatever the fraction says; remove this line, or let the two limits differ",
                true,
            );
        }
    }
    let own = sizes(process);
    match process {
        Process::TaskManager => {
            add(
                Key::ManagedFraction,
                &[Key::ManagedSize],
                "the size of managed memory is set",
                "taskmanager.memory.managed.size comes first; keep one of the two lines",
                true,
            );
            for whole in [Key::TaskFlink, Key::TaskProcess] {
                add(
                    Key::NetworkFraction,
                    &[Key::TaskHeap, whole],
                    "network memory is what the other parts leave",
                    "with a size of the task heap, the network gets the rest of Flink's memory; remove this line, or taskmanager.memory.task.heap.size",
                    false,
                );
            }
            let newer = [Key::NetworkFraction, Key::NetworkLeast, Key::NetworkMost];
            for newer in newer {
                add(
                    Key::NetworkBuffers,
                    &[newer],
                    "the size of network memory is set in another way",
                    "the number of buffers counts only where neither fraction nor limits of network memory are set; keep one of the two ways",
                    false,
                );
            }
            add(
                own.overhead,
                &[own.process, Key::TaskHeap, Key::ManagedSize],
                OVERHEAD,
                OVERHEAD_HELP,
                false,
            );
        }
        Process::JobManager => {
            add(
                own.overhead,
                &[own.process, own.heap],
                OVERHEAD,
                OVERHEAD_HELP,
                false,
            );
        }
    }
    for inner in [own.flink, own.legacy[0], own.legacy[1]] {
        add(
            own.overhead,
            &[own.process, inner],
            OVERHEAD,
            OVERHEAD_HELP,
            false,
        );
    }
    let stands_for = match (deployment.mode(), process) {
        (Mode::Container, _) => own.process,
        (_, Process::TaskManager) => own.flink,
        (_, Process::JobManager) => own.heap,
    };
    for legacy in own.legacy {
        add(
            legacy,
            &[stands_for],
            "its successor is set",
            "the old size counts only where the option that replaced it is not set; remove this line",
            false,
        );
    }
    add(
        own.legacy[1],
        &[own.legacy[0]],
        "the size with a unit is set",
        "of the two old sizes the one with a unit comes first; keep one of the two lines",
        false,
    );
    found
}

const OVERHEAD: &str = "JVM overhead is what the other sizes leave";
const OVERHEAD_HELP: &str = "the sizes of the process and of what is in it are both set, and the JVM \
                             gets the difference; remove this line, or one of the sizes";

/// Whether the line changes nothing, and says something else than what holds.
fn is_true(deployment: &Deployment, process: Process, shadow: &Shadow) -> bool {
    let in_force = shadow.document.get(&shadow.setting.key) == Some(shadow.setting);
    let Some(key) = own_name(&shadow.setting.key) else {
        return false;
    };
    if !in_force || !reads(key, &shadow.setting.value) || is_default(key, shadow) {
        return false;
    }
    let now = deployment.memory();
    let without = |key: &'static str| Change::remove(key).tried(deployment);
    if unknown(now, process) {
        return shadow.anyway && is_certain(shadow);
    }
    let is_noop = is_same(now, &without(shadow.setting_key()), process);
    // Where the line says what the others do, nobody is misled.
    let deciders: Vec<(&str, Option<&str>)> = shadow
        .deciders
        .iter()
        .map(|(setting, _)| (setting.key.as_str(), None))
        .collect();
    is_noop && !is_same(now, &deployment.memory_with(&deciders), process)
}

impl Shadow<'_> {
    /// The key of the setting as the model knows it.
    fn setting_key(&self) -> &'static str {
        let mut all = PROCESSES.into_iter().flat_map(super::keys_of);
        all.find(|key| *key == self.setting.key).unwrap_or_default()
    }
}

/// The option that a key is a name of.
fn own_name(key: &str) -> Option<Key> {
    const ALL: [Key; 9] = [
        Key::ManagedFraction,
        Key::NetworkFraction,
        Key::NetworkBuffers,
        Key::TaskOverheadFraction,
        Key::JobOverheadFraction,
        Key::TaskLegacyHeap,
        Key::TaskLegacyHeapMb,
        Key::JobLegacyHeap,
        Key::JobLegacyHeapMb,
    ];
    ALL.into_iter().find(|own| {
        let spec = own.spec();
        spec.key == key || spec.also.contains(&key)
    })
}

/// Whether a value is one of the option's type; else it is a mistake of its own.
fn reads(key: Key, text: &str) -> bool {
    match key {
        Key::TaskLegacyHeap | Key::JobLegacyHeap => parse_memory(text).is_ok(),
        Key::TaskLegacyHeapMb | Key::JobLegacyHeapMb | Key::NetworkBuffers => {
            parse_integer(text).is_ok()
        }
        _ => parse_float(text).is_ok(),
    }
}

/// Whether a fraction is the default.
fn is_default(key: Key, shadow: &Shadow) -> bool {
    let Preset::Fraction(default) = key.spec().preset else {
        return false;
    };
    parse_float(&shadow.setting.value) == Ok(default)
}

/// Whether nothing that may be set out of sight makes a difference: where limits take part, they are the
/// same.
fn is_certain(shadow: &Shadow) -> bool {
    match shadow.deciders.as_slice() {
        [(least, _), (most, _)] => {
            let least = parse_memory(&least.value);
            least.is_ok() && least == parse_memory(&most.value)
        }
        _ => true,
    }
}

fn unknown(memory: &Memory, process: Process) -> bool {
    match process {
        Process::JobManager => memory.job_manager.unknown.is_some(),
        Process::TaskManager => memory.task_manager.unknown.is_some(),
    }
}

/// Whether a process gets the same bytes and flags in every version, or fails alike.
fn is_same(one: &Memory, other: &Memory, process: Process) -> bool {
    fn same<T>(
        one: &Derived<T>,
        other: &Derived<T>,
        of: impl Fn(&T) -> (Vec<u64>, String),
    ) -> bool {
        // The cases may be cut in another way.
        one.cases.iter().all(|case| {
            let mut matching = other
                .cases
                .iter()
                .filter(|it| it.versions.overlaps(case.versions));
            matching.all(|it| match (&case.result, &it.result) {
                (Ok(one), Ok(other)) => of(one) == of(other),
                (Err(one), Err(other)) => one.is_like(other),
                _ => false,
            })
        })
    }
    let sizes = |parts: &[(&str, Part)]| parts.iter().map(|(_, part)| part.bytes).collect();
    match process {
        Process::JobManager => same(&one.job_manager, &other.job_manager, |parts| {
            (sizes(&parts.parts()), parts.jvm_params())
        }),
        Process::TaskManager => same(&one.task_manager, &other.task_manager, |parts| {
            (sizes(&parts.parts()), parts.jvm_params())
        }),
    }
}

fn finding(rule: &Rule, deployment: &Deployment, shadow: &Shadow) -> Finding {
    let (setting, document) = (shadow.setting, shadow.document);
    let message = format!("`{}` has no effect: {}", setting.key, shadow.why);
    let mut finding = rule.finding(document, setting.whole, message);
    finding.help = shadow.help.to_owned();
    finding.key = Some(setting.key.clone());
    let deciders = shadow.deciders.iter();
    finding.related = deciders
        .map(|(setting, document)| Related {
            at: Deployment::at(document, setting.whole),
            message: format!("{} is {}", setting.key, setting.value),
        })
        .collect();
    // In a template or a part of a configuration the line may be there for another layer.
    let alone = document.complete
        && deployment.all(&setting.key).len() == document.all(&setting.key).count();
    if alone {
        finding.fix = fixes::remove(deployment, document, &[&setting.key])
            .map(|fix| fix.titled("remove the line, which has no effect"));
    }
    finding
}
