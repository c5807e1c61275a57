//! The numbers of a process that does not start, as the sum that does not come out.

use super::view::{Origin, Origins, Reason};
use super::{mib, setting};
use crate::flink::memory::{Failure, Key, MemoryError, Part, Term};

/// What Flink compares.
#[derive(Clone, Debug)]
pub struct Equation {
    /// Each number.
    pub terms: Vec<Line>,
    /// What is wrong with them.
    pub verdict: String,
    /// Settings that are read on the way, in pieces that stay on one line each.
    pub settings: Vec<Vec<String>>,
}

/// A number of the equation.
#[derive(Clone, Debug)]
pub struct Line {
    /// What stands before it: `+`, `-`, `=`, `>`, `!=`, or nothing.
    pub sign: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The bytes.
    pub bytes: u64,
    /// What decided it.
    pub reason: Option<Reason>,
}

/// The equation of a failure.
pub(super) fn of(error: &MemoryError, origins: Origins) -> Equation {
    let terms = &error.terms;
    let line = |sign: &'static str, (name, part): &Term| Line {
        sign,
        name,
        bytes: part.bytes,
        reason: Some(origins.reason(json_name(name), part, error.process)),
    };
    let bytes = |at: usize| terms.get(at).map_or(0, |(_, part): &(_, Part)| part.bytes);
    let mut lines = Vec::new();
    let verdict = match &error.failure {
        Failure::Parts | Failure::JvmAboveProcess | Failure::HeapAboveFlink => {
            let (limit, parts) = terms
                .split_last()
                .map_or((None, &[][..]), |(limit, parts)| (Some(limit), parts));
            summed(&mut lines, parts, line);
            lines.extend(limit.map(|limit| line(">", limit)));
            let sum = total(parts);
            let most = u128::from(limit.map_or(0, |(_, part)| part.bytes));
            format!("{} more than there is", wide(sum.saturating_sub(most)))
        }
        Failure::HeapAndOffHeap => {
            summed(&mut lines, &terms[..terms.len().min(2)], line);
            lines.extend(terms.get(2).map(|flink| line("!=", flink)));
            "the sum of the two must be all of it".to_owned()
        }
        Failure::ProcessTooSmall => {
            summed(&mut lines, terms.get(1..).unwrap_or_default(), line);
            lines.extend(terms.first().map(|process| line(">", process)));
            let sum = total(terms.get(1..).unwrap_or_default());
            let over = sum.saturating_sub(u128::from(bytes(0)));
            format!("{} more than there is", wide(over))
        }
        Failure::NoHeap => {
            lines.extend(terms.first().map(|flink| line("", flink)));
            lines.extend(terms.get(1).map(|off_heap| line("-", off_heap)));
            "nothing is left for the heap".to_owned()
        }
        Failure::Overhead => {
            // What is left, its limits, and what it is left of.
            lines.extend(terms.get(3).map(|process| line("", process)));
            let taken = terms.get(4..).unwrap_or_default();
            lines.extend(taken.iter().map(|term| line("-", term)));
            lines.extend(terms.first().map(|overhead| line("=", overhead)));
            limits(&mut lines, terms.get(1), terms.get(2), line);
            outside(bytes(0), terms.get(1), terms.get(2))
        }
        Failure::NetworkRest => {
            let (parts, least, most) = split_limits(terms);
            lines.extend(parts.get(1).map(|flink| line("", flink)));
            let taken = parts.get(2..).unwrap_or_default();
            lines.extend(taken.iter().map(|term| line("-", term)));
            lines.extend(parts.first().map(|network| line("=", network)));
            limits(&mut lines, least, most, line);
            outside(bytes(0), least, most)
        }
        Failure::Range { fraction, .. } => {
            limits(&mut lines, terms.first(), terms.get(1), line);
            if bytes(0) > bytes(1) {
                "the least is more than the most".to_owned()
            } else {
                format!("the fraction {fraction} is not from 0 to less than 1")
            }
        }
        Failure::NotConfigured => "none of these is set in the files here".to_owned(),
        _ => String::new(),
    };
    Equation {
        terms: lines,
        verdict,
        settings: read(&error.failure)
            .into_iter()
            .filter_map(|key| {
                let (name, origin) = origins.of_option(key);
                setting(name, &origin).filter(|_| origin != Origin::Nowhere)
            })
            .collect(),
    }
}

/// The part that a term is, by its name in JSON.
fn json_name(term: &str) -> &'static str {
    match term {
        "network memory" => "network",
        "JVM overhead" => "jvm_overhead",
        _ => "",
    }
}

/// The options whose own values a failure is about.
fn read(failure: &Failure) -> Vec<Key> {
    match failure {
        Failure::NoSize { key } | Failure::NoValue { key, .. } | Failure::Range { key, .. } => {
            vec![*key]
        }
        Failure::NoCores | Failure::Cores(_) => vec![Key::Cores, Key::Slots],
        Failure::Segment { .. } => vec![Key::SegmentSize],
        Failure::Negative => vec![Key::NetworkBuffers],
        Failure::LegacyHeap { .. } => vec![Key::TaskLegacyHeapMb, Key::JobLegacyHeapMb],
        _ => Vec::new(),
    }
}

fn total(terms: &[Term]) -> u128 {
    terms.iter().map(|(_, part)| u128::from(part.bytes)).sum()
}

/// A size that may be more than Flink can hold.
fn wide(bytes: u128) -> String {
    match u64::try_from(bytes) {
        Ok(bytes) if bytes >= 1 << 16 => format!("{} MiB", mib(bytes)),
        _ => format!("{bytes} bytes"),
    }
}

/// Terms and, where there are several, what they add up to.
fn summed(lines: &mut Vec<Line>, terms: &[Term], line: impl Fn(&'static str, &Term) -> Line) {
    for (at, term) in terms.iter().enumerate() {
        lines.push(line(if at == 0 { "" } else { "+" }, term));
    }
    if terms.len() > 1 {
        lines.push(Line {
            sign: "=",
            name: "",
            bytes: u64::try_from(total(terms)).unwrap_or(u64::MAX),
            reason: None,
        });
    }
}

fn limits(
    lines: &mut Vec<Line>,
    least: Option<&Term>,
    most: Option<&Term>,
    line: impl Fn(&'static str, &Term) -> Line,
) {
    lines.extend(
        [least, most]
            .into_iter()
            .flatten()
            .map(|term| line("", term)),
    );
}

fn split_limits(terms: &[Term]) -> (&[Term], Option<&Term>, Option<&Term>) {
    let is_limit = |(name, _): &Term| name.starts_with("least ");
    match terms.iter().position(is_limit) {
        Some(at) => (&terms[..at], terms.get(at), terms.get(at + 1)),
        None => (terms, None, None),
    }
}

fn outside(bytes: u64, least: Option<&Term>, most: Option<&Term>) -> String {
    let (Some((_, least)), Some((_, most))) = (least, most) else {
        return "the limits of what is left cannot be read".to_owned();
    };
    if bytes < least.bytes {
        let lacking = least.bytes - bytes;
        format!("{} less than the least", wide(lacking.into()))
    } else {
        let over = bytes.saturating_sub(most.bytes);
        format!("{} more than the most", wide(over.into()))
    }
}
