//! What does not add up, in words and numbers.

use super::{bytes, set, shown, sizes};
use crate::deployment::Deployment;
use crate::flink::memory::{
    Failure, Key, MOST, MemoryError, Part, Preset, Process, Term, Why, java_float,
};
use crate::flink::value::show_memory;

/// What is wrong, as the end of a sentence: `its parts need 524.8 MiB of ...`.
pub(super) fn in_short(error: &MemoryError) -> String {
    let size = |at: usize| error.terms.get(at).map_or(0, |(_, part)| part.bytes);
    let pair = |one: u64, other: u64| (shown(one, other), shown(other, one));
    match &error.failure {
        Failure::Range { key, fraction } => out_of_range(error, *key, *fraction),
        Failure::JvmAboveProcess => {
            let (jvm, process) = pair(size(0).saturating_add(size(1)), size(2));
            format!(
                "JVM metaspace and JVM overhead take {jvm}, and the whole process has {process}"
            )
        }
        Failure::ProcessTooSmall => {
            let (process, inner) = pair(size(0), size(1).saturating_add(size(2)));
            format!(
                "Flink memory and JVM metaspace take {inner}, and the whole process has {process}"
            )
        }
        Failure::Overhead => {
            let range = range(&error.terms[1..3]);
            let (rest, _) = pair(size(0), size(usize::from(size(0) > size(2)) + 1));
            format!(
                "{rest} {} left for JVM overhead, which takes {range}",
                are(size(0))
            )
        }
        Failure::Parts => {
            let (parts, all) = parts(&error.terms);
            let (needed, all) = pair(parts, all);
            format!("the parts of its Flink memory add up to {needed}, and it has {all}")
        }
        Failure::NetworkRest => {
            let limits: Vec<Term> = error.terms.iter().copied().filter(is_limit).collect();
            let rest = size(0);
            let near = limits
                .iter()
                .map(|(_, part)| part.bytes)
                .find(|limit| *limit != rest);
            let rest = shown(rest, near.unwrap_or(rest));
            let takes = match limits.len() {
                2 => range(&limits),
                _ => "a size that its limits do not allow".to_owned(),
            };
            format!(
                "{rest} {} left for network memory, which takes {takes}",
                are(size(0))
            )
        }
        Failure::HeapAboveFlink => {
            let (heap, flink) = pair(size(0), size(1));
            format!("its heap has {heap}, and all of its Flink memory {flink}")
        }
        Failure::HeapAndOffHeap => {
            let (sum, flink) = pair(size(0).saturating_add(size(1)), size(2));
            format!("heap and off-heap memory add up to {sum}, and its Flink memory has {flink}")
        }
        Failure::NoHeap => {
            let (flink, off_heap) = pair(size(0), size(1));
            format!(
                "its Flink memory has {flink}, off-heap memory takes {off_heap}, and no heap is left"
            )
        }
        Failure::Negative => format!("{} is negative", Key::NetworkBuffers.name()),
        Failure::LegacyHeap { megabytes } => format!("its heap has {megabytes} MiB"),
        // A sum or a product beyond what a `long` holds.
        _ => "its sizes are more than Flink can count".to_owned(),
    }
}

fn are(size: u64) -> &'static str {
    if size == 1 { "is" } else { "are" }
}

/// A fraction that is none, or limits of which the lower is the higher.
fn out_of_range(error: &MemoryError, key: Key, fraction: f64) -> String {
    let size = |at: usize| error.terms.get(at).map_or(0, |(_, part)| part.bytes);
    if (0.0..1.0).contains(&fraction) {
        let what = match key {
            Key::NetworkFraction => "network memory",
            _ => "JVM overhead",
        };
        let (least, most) = (shown(size(0), size(1)), shown(size(1), size(0)));
        return format!("{what} takes at least {least} and at most {most}");
    }
    format!(
        "{} is {}, and a fraction is from 0 to less than 1",
        key.name(),
        java_float(fraction)
    )
}

/// `from 192 MiB to 1 GiB`.
fn range(limits: &[Term]) -> String {
    match limits {
        [(_, least), (_, most)] if most.bytes == MOST => {
            format!("{} or more", show_memory(least.bytes))
        }
        [(_, least), (_, most)] if least.bytes == most.bytes => {
            format!("exactly {}", show_memory(least.bytes))
        }
        [(_, least), (_, most)] => {
            let (one, other) = (
                shown(least.bytes, most.bytes),
                shown(most.bytes, least.bytes),
            );
            format!("from {one} to {other}")
        }
        _ => String::new(),
    }
}

fn is_limit((name, _): &Term) -> bool {
    name.starts_with("least ") || name.starts_with("most ")
}

/// The sum of all terms but the last, and the last.
fn parts(terms: &[Term]) -> (u64, u64) {
    let Some(((_, all), parts)) = terms.split_last() else {
        return (0, 0);
    };
    let sum = parts
        .iter()
        .fold(0, |sum: u64, (_, part)| sum.saturating_add(part.bytes));
    (sum, all.bytes)
}

/// The whole sum: every number, and who says it.
pub(super) fn in_full(deployment: &Deployment, error: &MemoryError) -> String {
    let terms = &error.terms;
    let sum = |terms: &[Term]| {
        let named = terms.iter().filter(|(_, part)| part.bytes > 0);
        named.map(term).collect::<Vec<_>>().join(" + ")
    };
    let total = |terms: &[Term]| {
        show_memory(
            terms
                .iter()
                .fold(0, |sum: u64, (_, part)| sum.saturating_add(part.bytes)),
        )
    };
    let flink = |part: &Part| {
        whole(deployment, error.process, part)
            .map(|text| format!(" = {text}"))
            .unwrap_or_default()
    };
    match &error.failure {
        Failure::JvmAboveProcess | Failure::HeapAndOffHeap => {
            format!(
                "{} = {}; {}",
                sum(&terms[..2]),
                total(&terms[..2]),
                term(&terms[2])
            )
        }
        Failure::ProcessTooSmall => {
            format!(
                "{} = {}; {}",
                sum(&terms[1..]),
                total(&terms[1..]),
                term(&terms[0])
            )
        }
        Failure::Overhead => format!(
            "{} - {} - {} = {}; {}, {}",
            term(&terms[3]),
            term(&terms[4]),
            term(&terms[5]),
            show_memory(terms[0].1.bytes),
            term(&terms[1]),
            term(&terms[2]),
        ),
        Failure::Parts => {
            let (all, parts) = (terms[terms.len() - 1], &terms[..terms.len() - 1]);
            format!(
                "{} = {}; {}{}",
                sum(parts),
                total(parts),
                term(&all),
                flink(&all.1)
            )
        }
        Failure::NetworkRest => {
            let limits: Vec<Term> = terms.iter().copied().filter(is_limit).collect();
            let taken: Vec<String> = terms[2..]
                .iter()
                .filter(|one| !is_limit(one) && one.1.bytes > 0)
                .map(|one| format!(" - {}", term(one)))
                .collect();
            let limits: Vec<String> = limits
                .iter()
                .map(|one| format!("; {}", term(one)))
                .collect();
            format!(
                "{}{} = {}{}{}",
                term(&terms[1]),
                taken.concat(),
                show_memory(terms[0].1.bytes),
                limits.concat(),
                flink(&terms[1].1)
            )
        }
        Failure::NoHeap => format!(
            "{}; {}{}",
            term(&terms[1]),
            term(&terms[0]),
            flink(&terms[0].1)
        ),
        Failure::HeapAboveFlink => format!("{}; {}", term(&terms[0]), term(&terms[1])),
        Failure::Range { fraction, .. } if (0.0..1.0).contains(fraction) => {
            format!("{}; {}", term(&terms[0]), term(&terms[1]))
        }
        _ => String::new(),
    }
}

/// How much Flink's memory is, where it is what the rest of the process leaves.
fn whole(deployment: &Deployment, process: Process, flink: &Part) -> Option<String> {
    if flink.why != Why::Rest {
        return None;
    }
    let own = sizes(process);
    let all = bytes(deployment, own.process)?;
    let metaspace = bytes(deployment, own.metaspace).or(match own.metaspace.spec().preset {
        Preset::Bytes(bytes) => Some(bytes),
        _ => None,
    })?;
    let overhead = all.checked_sub(metaspace)?.checked_sub(flink.bytes)?;
    let default = |key| match set(deployment, key) {
        Some(_) => "",
        None => " (default)",
    };
    Some(format!(
        "process {} - JVM metaspace {}{} - JVM overhead {}",
        show_memory(all),
        show_memory(metaspace),
        default(own.metaspace),
        show_memory(overhead)
    ))
}

/// `managed memory 204.8 MiB (0.4 of 512 MiB)`.
fn term((name, part): &Term) -> String {
    if part.bytes == MOST {
        return format!("{name} without limit");
    }
    let size = show_memory(part.bytes);
    let why = match part.why {
        Why::Default => " (default)".to_owned(),
        Why::Fraction { fraction, of } => {
            format!(" ({} of {})", java_float(fraction), show_memory(of))
        }
        Why::Least { .. } => " (its least)".to_owned(),
        Why::Most { .. } => " (its most)".to_owned(),
        Why::Buffers | Why::Legacy => format!(" ({})", part.key.unwrap_or_default()),
        Why::Set | Why::Rest | Why::Sum => String::new(),
    };
    format!("{name} {size}{why}")
}

/// The keys of the settings that take part, each once.
pub(super) fn keys(deployment: &Deployment, error: &MemoryError) -> Vec<&'static str> {
    let own = sizes(error.process);
    let named = error.terms.iter().filter(|(_, part)| part.set);
    let mut keys: Vec<&'static str> = named.filter_map(|(_, part)| part.key).collect();
    match error.failure {
        Failure::Range { key, .. } => keys.extend(deployment.memory_key(key)),
        Failure::Negative => keys.extend(deployment.memory_key(Key::NetworkBuffers)),
        Failure::LegacyHeap { .. } => keys.extend(deployment.memory_key(own.legacy[1])),
        Failure::Overflow => {
            let settings = deployment.memory_settings(error.process);
            let named = settings.iter().filter_map(|(setting, _)| {
                super::keys_of(error.process).find(|key| *key == setting.key)
            });
            keys.extend(named);
        }
        _ => {}
    }
    let is_rest = |(_, part): &Term| part.why == Why::Rest;
    let of_process = [Failure::Parts, Failure::NetworkRest, Failure::NoHeap];
    if of_process.contains(&error.failure) && error.terms.iter().any(is_rest) {
        for key in [own.process, own.metaspace, own.overhead] {
            keys.extend(deployment.memory_key(key));
        }
    }
    let mut once = Vec::new();
    for key in keys {
        if !once.contains(&key) {
            once.push(key);
        }
    }
    once
}
