//! `dirty-page-limits`: how much written data may wait in memory before the kernel writes it to disk,
//! and before it makes processes wait for that (mm/page-writeback.c).

use super::in_force;
use crate::deployment::Deployment;
use crate::finding::{Finding, Related, Severity};
use crate::linux::numbers;
use crate::rules::{Rule, fixes};
use crate::syntax::{Document, Format, Scope, Setting, Space};

/// Two ways of writing one limit: the share of memory, and the number of bytes.
struct Limit {
    ratio: &'static str,
    bytes: &'static str,
}

const LIMITS: [Limit; 2] = [
    Limit {
        ratio: "vm.dirty_ratio",
        bytes: "vm.dirty_bytes",
    },
    Limit {
        ratio: "vm.dirty_background_ratio",
        bytes: "vm.dirty_background_bytes",
    },
];

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    let before = out.len();
    for document in deployment.in_space(Space::Sysctl) {
        // Elsewhere it is not certain which of the two is written last.
        let is_written_in_order = document.format == Format::Sysctl && document.complete;
        if is_written_in_order && document.scope == Scope::Machine {
            for limit in &LIMITS {
                out.extend(both_set(rule, deployment, document, limit));
            }
        }
    }
    if out.len() > before {
        return;
    }
    if let Some(finding) = background_above(rule, deployment) {
        out.push(finding);
    } else if deployment.is_host_of_flink() {
        out.extend(large_ratio(rule, deployment));
    }
}

/// A file sets a limit in both ways: writing one sets the other to 0.
fn both_set(
    rule: &Rule,
    deployment: &Deployment,
    document: &Document,
    limit: &Limit,
) -> Option<Finding> {
    // Writing 0, or what the kernel refuses, does not set a limit.
    let set = |key: &str| {
        let setting = document.get(key).filter(|setting| setting.known)?;
        let number = numbers::parse(&setting.value).into_iter().next()?;
        let is_limit = number.value > 0 && in_force::is_taken(deployment, key, &setting.value);
        is_limit.then_some(setting)
    };
    let (ratio, bytes) = (set(limit.ratio)?, set(limit.bytes)?);
    let (idle, kept): (&Setting, &Setting) = if ratio.key_at.start < bytes.key_at.start {
        (ratio, bytes)
    } else {
        (bytes, ratio)
    };
    let message = format!("{} has no effect: {} sets it to 0", idle.key, kept.key);
    let mut finding = rule.finding(document, idle.whole, message);
    finding.help = "the two are one limit, in percent of memory or in bytes: the kernel keeps the one that is \
                    written last"
        .to_owned();
    finding.key = Some(idle.key.clone());
    finding.related.push(Related {
        at: Deployment::at(document, kept.whole),
        message: "written after it".to_owned(),
    });
    finding.fix = fixes::remove(deployment, document, &[&idle.key]);
    Some(finding)
}

/// Writing in the background would begin above the limit at which processes wait: the kernel takes half
/// of that limit in its place (`domain_dirty_limits`).
fn background_above(rule: &Rule, deployment: &Deployment) -> Option<Finding> {
    let names = |of: fn(&Limit) -> &'static str| [of(&LIMITS[0]), of(&LIMITS[1])];
    for [limit, background] in [names(|own| own.ratio), names(|own| own.bytes)] {
        let (Some(limit), Some(background)) = (
            in_force::number(deployment, limit),
            in_force::number(deployment, background),
        ) else {
            continue;
        };
        if limit.value() == 0 || background.value() < limit.value() {
            continue;
        }
        let (setting, document) = background.effective.site();
        let message = format!(
            "{} = {} has no effect: it is not below {} = {}",
            setting.key,
            background.value(),
            limit.effective.setting.key,
            limit.value()
        );
        let mut finding = rule.finding(document, setting.whole, message);
        finding.help = "the kernel takes half of the other limit in its place".to_owned();
        finding.key = Some(setting.key.clone());
        finding.related.push(Related {
            at: limit.effective.at(),
            message: "here processes have to wait".to_owned(),
        });
        return Some(finding);
    }
    None
}

/// So much may wait that writing it takes long, on a machine whose memory Flink uses itself.
fn large_ratio(rule: &Rule, deployment: &Deployment) -> Option<Finding> {
    let ratio = in_force::number(deployment, "vm.dirty_ratio")?;
    if ratio.value() <= rule.integer("largest-ratio") {
        return None;
    }
    let (setting, document) = ratio.effective.site();
    let message = format!(
        "vm.dirty_ratio = {} lets written data fill {} % of the available memory before those who write have to wait",
        ratio.value(),
        ratio.value()
    );
    let mut finding = rule.finding(document, setting.whole, message);
    finding.severity = Severity::Note;
    finding.help = "then every process that writes waits until much of it is on disk: checkpoints and the state \
                    of RocksDB stall together"
        .to_owned();
    finding.key = Some(setting.key.clone());
    Some(finding)
}
