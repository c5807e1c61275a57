//! `memory-infeasible`: sizes that do not add up, so that a process does not start.

use super::change::{Change, STEP, grown, sized};
use super::{
    Sizes, assumed, equation, is_misspelt, is_set_elsewhere, is_what_runs, sizes, stopped_by,
    total, which_are_set,
};
use crate::deployment::Deployment;
use crate::finding::{Finding, Related};
use crate::flink::memory::{Failure, Key, MemoryError, Part, Process, Why};
use crate::flink::value::{MIB, parse_float};
use crate::rules::{Rule, values};
use crate::syntax::Layer;

/// A size that has to grow by more than this was not meant to be so small: what else is set is then the
/// likelier mistake.
const MODEST: f64 = 1.5;

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    let Some(shipped) = deployment.on_shipped_defaults() else {
        return add(rule, deployment, out);
    };
    let first = out.len();
    add(rule, &shipped, out);
    out[first..].iter_mut().for_each(assumed);
}

fn add(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for process in super::PROCESSES {
        let Some(error) = deployment.memory().failure(process) else {
            continue;
        };
        let told = is_of_one_value(&error.failure) || is_for_want_of_a_unit(deployment, process);
        if !told
            && is_what_runs(deployment)
            && !is_set_elsewhere(deployment, process)
            && !is_misspelt(deployment, process)
        {
            out.extend(finding(rule, deployment, error));
        }
    }
}

/// Whether `size-without-unit` tells of the failure.
fn is_for_want_of_a_unit(deployment: &Deployment, process: Process) -> bool {
    let settings = deployment.memory_settings(process).into_iter();
    let mut bare = settings.filter(|site| values::lacks_unit(deployment, *site));
    bare.any(|(setting, _)| stopped_by(deployment, setting) == Some(process))
}

/// Whether another rule tells of the failure: a value that is wrong alone, or no size at all.
fn is_of_one_value(failure: &Failure) -> bool {
    matches!(
        failure,
        Failure::NotConfigured
            | Failure::NoSize { .. }
            | Failure::NoValue { .. }
            | Failure::NoCores
            | Failure::Cores(_)
            | Failure::Segment { .. }
    )
}

fn finding(rule: &Rule, deployment: &Deployment, error: &MemoryError) -> Option<Finding> {
    let process = error.process;
    let change = change(deployment, error);
    let keys = equation::keys(deployment, error);
    let is_set = |key: &&'static str| deployment.of_cluster(key).is_some();
    let changed = change.as_ref().map(|change| change.key).filter(is_set);
    let totals = which_are_set(deployment, &sizes(process).totals());
    let totals = totals.first().map(|(key, _)| *key);
    // What an operator gives all of its clusters is not what is wrong with one of them.
    let is_own = |key: &&'static str| {
        let found = deployment.of_cluster(key);
        found.is_some_and(|(_, document)| document.layer != Layer::OperatorDefaults)
    };
    let candidates = || {
        changed
            .into_iter()
            .chain(totals)
            .chain(keys.iter().copied())
    };
    let shown = candidates().find(is_own).or_else(|| candidates().next())?;
    let (setting, document) = deployment.of_cluster(shown)?;
    let message = format!(
        "the {} does not start: {}",
        process.name(),
        equation::in_short(error)
    );
    let mut finding = rule.finding(document, setting.whole, message);
    finding.key = Some(shown.to_owned());
    let full = equation::in_full(deployment, error);
    let advice = advice(error);
    finding.help = if full.is_empty() {
        advice.to_owned()
    } else {
        format!("{full}; {advice}")
    };
    for key in &keys {
        if let Some(value) = deployment.shipped(key) {
            let help = &mut finding.help;
            help.push_str(&format!("; the image ships `{key}: {value}`"));
        }
    }
    let others = keys.iter().filter(|key| **key != shown);
    finding.related = others
        .filter_map(|key| {
            let (setting, document) = deployment.of_cluster(key)?;
            Some(Related {
                at: Deployment::at(document, setting.whole),
                message: format!("{key} is {}", setting.value),
            })
        })
        .collect();
    finding.fix = change.and_then(|change| change.fix(deployment, process));
    Some(finding)
}

fn advice(error: &MemoryError) -> &'static str {
    match error.failure {
        Failure::Range { fraction, .. } if !(0.0..1.0).contains(&fraction) => {
            "write a share such as 0.4 for 40 %"
        }
        Failure::Range { .. } => "raise the upper limit or lower the other",
        Failure::Overhead
        | Failure::ProcessTooSmall
        | Failure::HeapAboveFlink
        | Failure::HeapAndOffHeap => "set one of the sizes and let Flink derive the others",
        Failure::Negative | Failure::LegacyHeap { .. } | Failure::Overflow => {
            "write the size that is meant"
        }
        _ => "give the process more, or its parts less",
    }
}

/// The one change that makes the process start. Best is one with which it has the heap that it needs.
fn change(deployment: &Deployment, error: &MemoryError) -> Option<Change> {
    let enough = |change: &Change| change.is_enough(deployment, error.process);
    let starts = |change: &Change| change.heap(deployment, error.process).is_some();
    first_of(deployment, error, &enough).or_else(|| first_of(deployment, error, &starts))
}

/// The first of the changes that the failure suggests that `is_right`.
fn first_of(
    deployment: &Deployment,
    error: &MemoryError,
    is_right: &dyn Fn(&Change) -> bool,
) -> Option<Change> {
    let own = sizes(error.process);
    let gone = |keys: &[&'static str]| {
        let set = which_are_set(deployment, keys);
        let mut changes = set.into_iter().map(|(key, _)| Change::remove(key));
        changes.find(is_right)
    };
    let larger = |most: f64| {
        let set = which_are_set(deployment, &own.totals());
        let mut changes = set
            .into_iter()
            .filter_map(|(key, (setting, _))| grown(setting, key, most, is_right));
        changes.next()
    };
    // The inner size beside that of the whole process: the latter alone decides all.
    let inner = || {
        deployment.of_cluster(own.process.name())?;
        gone(&own.inner())
    };
    match &error.failure {
        Failure::JvmAboveProcess | Failure::Parts | Failure::NoHeap => larger(MODEST)
            .or_else(inner)
            .or_else(|| lower(deployment, error, is_right))
            .or_else(|| gone(&[own.heap.name()]))
            .or_else(|| larger(f64::INFINITY)),
        Failure::NetworkRest => larger(MODEST)
            .or_else(|| gone(&[own.heap.name(), own.flink.name()]))
            .or_else(|| larger(f64::INFINITY)),
        Failure::Overhead | Failure::ProcessTooSmall => inner()
            .or_else(|| fitting(deployment, error, &own).filter(is_right))
            .or_else(|| gone(&[own.process.name()])),
        Failure::HeapAboveFlink | Failure::HeapAndOffHeap => {
            gone(&[own.flink.name(), Key::JobOffHeap.name(), own.heap.name()])
                .or_else(|| larger(f64::INFINITY))
        }
        Failure::Range { key, fraction } => {
            range(deployment, error, *key, *fraction).filter(is_right)
        }
        _ => None,
    }
}

/// A lower fraction, the highest twentieth that will do.
fn lower(
    deployment: &Deployment,
    error: &MemoryError,
    is_right: &dyn Fn(&Change) -> bool,
) -> Option<Change> {
    let is_fraction = |part: &Part| part.set && matches!(part.why, Why::Fraction { .. });
    let mut parts: Vec<&Part> = error.terms.iter().map(|(_, part)| part).collect();
    parts.retain(|part| is_fraction(part));
    parts.sort_by_key(|part| std::cmp::Reverse(part.bytes));
    parts.iter().find_map(|part| {
        let key = part.key?;
        let (setting, _) = deployment.of_cluster(key)?;
        let now = parse_float(&setting.value).ok()?;
        let twentieths = (1_u8..20).rev().map(|count| f32::from(count) / 20.0);
        let mut lower = twentieths.filter(|fraction| *fraction < now);
        lower.find_map(|fraction| {
            let change = Change::set(key, format!("{fraction}"));
            is_right(&change).then_some(change)
        })
    })
}

/// The size of the process that its parts need: a multiple of 64 MiB where that is still within the
/// limits of the overhead.
fn fitting(deployment: &Deployment, error: &MemoryError, own: &Sizes) -> Option<Change> {
    let key = own.process.name();
    let (setting, _) = deployment.of_cluster(key)?;
    let alone = Change::remove(key).tried(deployment);
    let needed = total(&alone, error.process)?;
    let mut changes = [STEP, MIB].into_iter().filter_map(|step| {
        let bytes = needed.checked_next_multiple_of(step)?;
        Some(Change::set(key, sized(setting, key, bytes)))
    });
    changes.find(|change| change.heap(deployment, error.process).is_some())
}

/// A fraction that is one, or limits that are the same.
fn range(deployment: &Deployment, error: &MemoryError, key: Key, fraction: f64) -> Option<Change> {
    if !(0.0..1.0).contains(&fraction) {
        let name = deployment.memory_key(key)?;
        let is_percent = fraction > 1.0 && fraction < 100.0 && fraction.fract() == 0.0;
        return Some(if is_percent {
            Change::set(name, format!("{}", fraction / 100.0))
        } else {
            Change::remove(name)
        });
    }
    let [(_, least), (_, most)] = error.terms.as_slice() else {
        return None;
    };
    let text = |part: &Part| {
        let (setting, _) = deployment.of_cluster(part.key?)?;
        Some(setting.value.clone())
    };
    let (from, to) = if least.set {
        (least, most)
    } else {
        (most, least)
    };
    Some(Change::set(to.key?, text(from)?))
}
