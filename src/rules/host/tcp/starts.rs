//! `large-tcp-buffer-default`: the first two numbers of `tcp_rmem` and `tcp_wmem`, which are no limits of
//! busy connections but what each connection has (ip-sysctl of the kernel's documentation).

use super::{DIRECTIONS, about, extent, numbers, replace};
use crate::deployment::Deployment;
use crate::finding::{Finding, Severity};
use crate::flink::value::show_memory;
use crate::linux::numbers::Number;
use crate::rules::Rule;

/// Above this a first number is no reserve for bad times any more.
const LARGE_RESERVE: u64 = 65_536;
/// From here on a second number is a large start, and from there on one that broke transfers.
const LARGE_START: u64 = 1 << 20;
const HARMFUL_START: u64 = 4 << 20;

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    if !deployment.is_host_of_flink() {
        return;
    }
    for direction in &DIRECTIONS {
        let Some(numbers) = numbers(deployment, direction.triple) else {
            continue;
        };
        let [first, second, third] = numbers.all.as_slice() else {
            continue;
        };
        // Numbers out of order are another rule's matter.
        if first.value > second.value || second.value > third.value {
            continue;
        }
        let is_reserve = first.value > LARGE_RESERVE;
        let is_start = second.value >= LARGE_START;
        let (triple, verb) = (direction.triple, direction.verb);
        let (message, label) = if is_start {
            (
                format!(
                    "{triple} starts each connection with a {verb} buffer of {}",
                    show_memory(second.value)
                ),
                format!(
                    "second number {}; the kernel's is {}",
                    second.value, direction.second
                ),
            )
        } else if is_reserve {
            (
                format!(
                    "{triple} grants each connection {} when memory is short",
                    show_memory(first.value)
                ),
                format!(
                    "first number {}; the kernel's is {}",
                    first.value, direction.first
                ),
            )
        } else {
            continue;
        };
        let effective = numbers.effective;
        let finding = rule.finding(effective.document, effective.setting.whole, message);
        let mut finding = about(finding, deployment, effective);
        finding.label = label;
        if is_start && second.value < HARMFUL_START {
            finding.severity = Severity::Note;
        }
        finding.help = "the first number is what a connection may keep when memory is short, the second what \
                        it begins with, whether it is busy or not; the third is how far it may grow, and is \
                        the one to raise"
            .to_owned();
        let mut changes: Vec<(&Number, u64)> = Vec::new();
        if is_start {
            changes.push((second, direction.second));
        }
        if is_reserve || first.value > direction.second {
            changes.push((first, direction.first));
        }
        finding.fix = replace(deployment, effective, &changes).map(|fix| {
            let extent = extent(effective.document);
            fix.risky(format!(
                "new connections of the whole {extent} begin with smaller buffers"
            ))
        });
        out.push(finding);
    }
}
