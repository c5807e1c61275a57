//! `memory-shadowed`: a memory setting without effect, because another one decides.

use super::{PROCESSES, is_set_elsewhere, is_what_runs, overhead, set};
use crate::deployment::{Deployment, Memory, Site};
use crate::finding::{Finding, Related};
use crate::flink::memory::{Key, Mode, Preset, Process};
use crate::flink::value::{parse_float, parse_integer, parse_memory};
use crate::rules::{Rule, fixes};
use crate::syntax::{Document, Setting};

/// An option without effect where others are set.
struct Row {
    key: Key,
    /// All of them.
    by: &'static [Key],
    /// Only with processes that are started so.
    mode: Option<Mode>,
    reason: &'static Reason,
}

struct Reason {
    /// As the end of a sentence.
    why: &'static str,
    help: &'static str,
    /// Whether it is so whatever else is set in a layer that is not in sight.
    anyway: bool,
}

const LIMITS: Reason = Reason {
    why: "least and most are the same",
    help: "the size is that one whatever the fraction says; remove this line, or let the two limits differ",
    anyway: true,
};
const MANAGED: Reason = Reason {
    why: "the size of managed memory is set",
    help: "taskmanager.memory.managed.size comes first; keep one of the two lines",
    anyway: true,
};
const NETWORK: Reason = Reason {
    why: "network memory is what the other parts leave",
    help: "with a size of the task heap, the network gets the rest of Flink's memory; remove this line, or taskmanager.memory.task.heap.size",
    anyway: false,
};
const BUFFERS: Reason = Reason {
    why: "the size of network memory is set in another way",
    help: "the number of buffers counts only where neither fraction nor limits of network memory are set; keep one of the two ways",
    anyway: false,
};
const OVERHEAD: Reason = Reason {
    why: "JVM overhead is what the other sizes leave",
    help: "the sizes of the process and of what is in it are both set, and the JVM gets the difference; remove this line, or one of the sizes",
    anyway: false,
};
const OLD: Reason = Reason {
    why: "its successor is set",
    help: "the old size counts only where the option that replaced it is not set; remove this line",
    anyway: false,
};
const OLDER: Reason = Reason {
    why: "the size with a unit is set",
    help: "of the two old sizes the one with a unit comes first; keep one of the two lines",
    anyway: false,
};

const fn row(key: Key, by: &'static [Key], reason: &'static Reason) -> Row {
    Row {
        key,
        by,
        mode: None,
        reason,
    }
}

impl Row {
    const fn only(mut self, mode: Mode) -> Row {
        self.mode = Some(mode);
        self
    }
}

/// What may be without effect, by what is set; whether it is, the model tells.
#[rustfmt::skip]
const TABLE: [Row; 27] = [
    row(Key::NetworkFraction, &[Key::NetworkLeast, Key::NetworkMost], &LIMITS),
    row(Key::TaskOverheadFraction, &[Key::TaskOverheadLeast, Key::TaskOverheadMost], &LIMITS),
    row(Key::JobOverheadFraction, &[Key::JobOverheadLeast, Key::JobOverheadMost], &LIMITS),
    row(Key::ManagedFraction, &[Key::ManagedSize], &MANAGED),
    row(Key::NetworkFraction, &[Key::TaskHeap, Key::TaskFlink], &NETWORK),
    row(Key::NetworkFraction, &[Key::TaskHeap, Key::TaskProcess], &NETWORK),
    row(Key::NetworkBuffers, &[Key::NetworkFraction], &BUFFERS),
    row(Key::NetworkBuffers, &[Key::NetworkLeast], &BUFFERS),
    row(Key::NetworkBuffers, &[Key::NetworkMost], &BUFFERS),
    row(Key::TaskOverheadFraction, &[Key::TaskProcess, Key::TaskHeap, Key::ManagedSize], &OVERHEAD),
    row(Key::TaskOverheadFraction, &[Key::TaskProcess, Key::TaskFlink], &OVERHEAD),
    row(Key::TaskOverheadFraction, &[Key::TaskProcess, Key::TaskLegacyHeap], &OVERHEAD),
    row(Key::TaskOverheadFraction, &[Key::TaskProcess, Key::TaskLegacyHeapMb], &OVERHEAD),
    row(Key::JobOverheadFraction, &[Key::JobProcess, Key::JobHeap], &OVERHEAD),
    row(Key::JobOverheadFraction, &[Key::JobProcess, Key::JobFlink], &OVERHEAD),
    row(Key::JobOverheadFraction, &[Key::JobProcess, Key::JobLegacyHeap], &OVERHEAD),
    row(Key::JobOverheadFraction, &[Key::JobProcess, Key::JobLegacyHeapMb], &OVERHEAD),
    row(Key::TaskLegacyHeap, &[Key::TaskFlink], &OLD).only(Mode::Standalone),
    row(Key::TaskLegacyHeapMb, &[Key::TaskFlink], &OLD).only(Mode::Standalone),
    row(Key::JobLegacyHeap, &[Key::JobHeap], &OLD).only(Mode::Standalone),
    row(Key::JobLegacyHeapMb, &[Key::JobHeap], &OLD).only(Mode::Standalone),
    row(Key::TaskLegacyHeap, &[Key::TaskProcess], &OLD).only(Mode::Container),
    row(Key::TaskLegacyHeapMb, &[Key::TaskProcess], &OLD).only(Mode::Container),
    row(Key::JobLegacyHeap, &[Key::JobProcess], &OLD).only(Mode::Container),
    row(Key::JobLegacyHeapMb, &[Key::JobProcess], &OLD).only(Mode::Container),
    row(Key::TaskLegacyHeapMb, &[Key::TaskLegacyHeap], &OLDER),
    row(Key::JobLegacyHeapMb, &[Key::JobLegacyHeap], &OLDER),
];

/// A setting of which a row of the table may be true, and those that are asked first.
struct Shadow<'p> {
    row: &'static Row,
    setting: &'p Setting,
    document: &'p Document,
    deciders: Vec<Site<'p>>,
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
        let rows = TABLE.iter().filter(|row| row.key.process() == process);
        for shadow in rows.filter_map(|row| shadow(deployment, row)) {
            if is_true(deployment, &shadow) {
                out.push(finding(rule, deployment, &shadow));
            }
        }
        out.extend(overhead::note(rule, deployment, process));
    }
}

fn shadow<'p>(deployment: &Deployment<'p>, row: &'static Row) -> Option<Shadow<'p>> {
    if row.mode.is_some_and(|mode| mode != deployment.mode()) {
        return None;
    }
    let (setting, document) = set(deployment, row.key)?;
    let deciders = row.by.iter().map(|key| set(deployment, *key));
    Some(Shadow {
        row,
        setting,
        document,
        deciders: deciders.collect::<Option<_>>()?,
    })
}

/// Whether the line changes nothing, and says something else than what holds.
fn is_true(deployment: &Deployment, shadow: &Shadow) -> bool {
    let (key, process) = (shadow.row.key, shadow.row.key.process());
    let in_force = shadow.document.get(&shadow.setting.key) == Some(shadow.setting);
    if !in_force || !reads(key, &shadow.setting.value) || is_default(key, shadow) {
        return false;
    }
    let now = deployment.memory();
    if now.unknown(process).is_some() {
        return shadow.row.reason.anyway && is_certain(shadow);
    }
    let without = |settings: &[Site]| {
        let gone = settings.iter().map(|(setting, _)| (&*setting.key, None));
        deployment.memory_with(&gone.collect::<Vec<_>>())
    };
    // Where the line says what the others do, nobody is misled.
    is_same(now, &without(&[(shadow.setting, shadow.document)]), process)
        && !is_same(now, &without(&shadow.deciders), process)
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

/// Whether a process gets the same bytes and flags in every version, or fails alike.
fn is_same(one: &Memory, other: &Memory, process: Process) -> bool {
    let others = other.of(process);
    one.of(process).iter().all(|(versions, one)| {
        // The versions may be cut in another way.
        let mut matching = others.iter().filter(|(own, _)| own.overlaps(*versions));
        matching.all(|(_, other)| match (one, other) {
            (Ok(one), Ok(other)) => one.sizes() == other.sizes() && one.flags() == other.flags(),
            (Err(one), Err(other)) => one.is_like(other),
            _ => false,
        })
    })
}

fn finding(rule: &Rule, deployment: &Deployment, shadow: &Shadow) -> Finding {
    let (setting, document) = (shadow.setting, shadow.document);
    let message = format!("`{}` has no effect: {}", setting.key, shadow.row.reason.why);
    let mut finding = rule.finding(document, setting.whole, message);
    finding.help = shadow.row.reason.help.to_owned();
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
