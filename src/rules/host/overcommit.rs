//! `memory-overcommit-never`: a machine that hands out no more memory than a limit
//! (Documentation/mm/overcommit-accounting.rst), and the sizes of Flink's processes, whose heaps are
//! asked for as a whole when the JVM starts: `-Xms` is `-Xmx`.

use super::in_force;
use crate::deployment::Deployment;
use crate::finding::{Finding, Fix, Related, Severity};
use crate::flink::memory::{Mode, Process};
use crate::flink::value::show_memory;
use crate::rules::{Rule, memory};

const MODE: &str = "vm.overcommit_memory";
const RATIO: &str = "vm.overcommit_ratio";
const KILOBYTES: &str = "vm.overcommit_kbytes";

/// The ratio where nobody sets one, on every release that was measured.
const DEFAULT_RATIO: u64 = 50;

/// What the machine hands out, beside its swap.
enum Limit {
    Bytes(u64),
    /// A share of memory whose size nobody says, in percent.
    Share(u64),
    Unknown,
}

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    let mode = in_force::number(deployment, MODE).filter(|mode| mode.value() == 2);
    let Some(mode) = mode.filter(|_| deployment.is_host_of_flink()) else {
        return;
    };
    let limit = limit(deployment);
    let (severity, message) = match (&limit, sizes(deployment)) {
        (Limit::Share(share), _) if *share >= 100 => return,
        (Limit::Bytes(bytes), Some(sizes)) if sizes.together <= *bytes => return,
        (Limit::Bytes(bytes), Some(sizes)) if sizes.largest > *bytes => (
            Severity::Warning,
            format!(
                "the machine hands out {} and its swap, and one {} may ask for {}",
                show_memory(*bytes),
                sizes.of.name(),
                show_memory(sizes.largest)
            ),
        ),
        (Limit::Bytes(bytes), _) => (
            Severity::Note,
            format!(
                "{MODE} = 2 hands out {} and the swap, which all processes of the machine have to \
                 share",
                show_memory(*bytes)
            ),
        ),
        (Limit::Share(share), _) => (
            Severity::Note,
            format!(
                "{MODE} = 2 hands out {share} % of the memory and the swap, which all processes of \
                 the machine have to share"
            ),
        ),
        (Limit::Unknown, _) => return,
    };
    let (setting, document) = mode.effective.site();
    let mut finding = rule.finding(document, setting.whole, message);
    finding.severity = severity;
    if let (Limit::Bytes(_), Some(memory), None) = (
        &limit,
        deployment.machine.memory,
        in_force::number(deployment, KILOBYTES).filter(|own| own.value() > 0),
    ) {
        let ratio = in_force::number(deployment, RATIO).map_or(DEFAULT_RATIO, |own| own.value());
        finding.label = format!("{ratio} % of {}", show_memory(memory));
    }
    finding.help = "the JVM asks for the whole heap when it starts, and for more later; what is over the limit is \
                    refused although memory is free: the process does not start, or fails with `Cannot \
                    allocate memory`"
        .to_owned();
    finding.key = Some(setting.key.clone());
    for key in [KILOBYTES, RATIO] {
        if let Some(effective) = deployment.sysctl(key) {
            finding.related.push(Related {
                at: effective.at(),
                message: "the limit".to_owned(),
            });
        }
    }
    finding.fix = zero(deployment).and_then(|number| {
        let fix: Fix = mode.set(deployment, number)?;
        Some(fix.risky(
            "the kernel hands out more than it has, and kills a process when all of it is used",
        ))
    });
    out.push(finding);
}

/// The limit as far as the files and `[host]` of flint.toml say.
fn limit(deployment: &Deployment) -> Limit {
    let value = |key| {
        let own = in_force::number(deployment, key);
        let is_set = deployment.sysctl(key).is_some();
        match own {
            Some(own) => Ok(Some(own.value())),
            None if is_set => Err(()),
            None => Ok(None),
        }
    };
    let (Ok(ratio), Ok(kilobytes)) = (value(RATIO), value(KILOBYTES)) else {
        return Limit::Unknown;
    };
    let kilobytes = kilobytes.filter(|own| *own > 0);
    match (ratio, kilobytes, deployment.machine.memory) {
        // The one that is written last takes the place of the other.
        (Some(_), Some(_), _) => Limit::Unknown,
        (_, Some(kilobytes), _) => Limit::Bytes(kilobytes.saturating_mul(1024)),
        (ratio, None, Some(memory)) => {
            let percent = u128::from(ratio.unwrap_or(DEFAULT_RATIO));
            let bytes = u128::from(memory) * percent / 100;
            Limit::Bytes(u64::try_from(bytes).unwrap_or(u64::MAX))
        }
        (ratio, None, None) => Limit::Share(ratio.unwrap_or(DEFAULT_RATIO)),
    }
}

/// The sizes of Flink's processes.
struct Sizes {
    /// Both on one machine, in the version where they are largest.
    together: u64,
    /// The larger one, in the version where it is smallest.
    largest: u64,
    of: Process,
}

fn sizes(deployment: &Deployment) -> Option<Sizes> {
    if !memory::is_what_runs(deployment) {
        return None;
    }
    let totals = |process| -> Option<Vec<u64>> {
        let all = deployment.memory().starts(process)?;
        Some(all.iter().map(|own| own.total().bytes).collect())
    };
    let job = totals(Process::JobManager)?;
    let task = totals(Process::TaskManager)?;
    let least = |all: &[u64]| all.iter().copied().min().unwrap_or(0);
    let most = |all: &[u64]| all.iter().copied().max().unwrap_or(0);
    let (largest, of) = if least(&job) > least(&task) {
        (least(&job), Process::JobManager)
    } else {
        (least(&task), Process::TaskManager)
    };
    Some(Sizes {
        together: most(&job).saturating_add(most(&task)),
        largest,
        of,
    })
}

/// What to write in place of 2: only where it is certain that the machine is no node of Kubernetes,
/// whose kubelet wants 1.
fn zero(deployment: &Deployment) -> Option<u64> {
    let is_standalone = deployment.mode() == Mode::Standalone
        && deployment.resources.is_empty()
        && deployment.cluster.containers.is_empty()
        && !deployment.documents.is_empty()
        && !deployment
            .documents
            .iter()
            .any(|document| document.is_part());
    is_standalone.then_some(0)
}
