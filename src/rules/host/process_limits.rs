//! `process-limits-lowered`: limits of the whole machine on files, processes and threads that a file
//! makes smaller than they are without it.

use super::in_force;
use crate::deployment::Deployment;
use crate::finding::{Finding, Fix, Severity};
use crate::rules::{Rule, fixes};

/// The memory of a machine that nobody describes, in GiB: few that run Flink have less.
const ASSUMED_GIB: u64 = 4;

/// What a parameter is without a line for it.
struct Limit {
    key: &'static str,
    /// What it limits.
    what: &'static str,
    /// What the kernel sets it to at least: for the machine, and for each GiB of its memory; measured
    /// with 1 to 16 GiB.
    default: u64,
    default_per_gib: u64,
    /// What systemd does about it when the machine starts, and up to which number a line that undoes
    /// it is worth a word.
    systemd: Option<(&'static str, u64)>,
}

const LIMITS: [Limit; 4] = [
    Limit {
        key: "fs.file-max",
        what: "files that all processes may have open",
        default: 0,
        default_per_gib: 96_000,
        systemd: Some(("systemd from 240 on lifts it as far as it goes", 999_999)),
    },
    Limit {
        key: "fs.nr_open",
        what: "files that one process may have open",
        default: 1_048_576,
        default_per_gib: 0,
        systemd: None,
    },
    Limit {
        key: "kernel.pid_max",
        what: "processes and threads",
        default: 32_768,
        default_per_gib: 0,
        systemd: Some(("systemd from 243 on sets it to 4194304", 65_536)),
    },
    Limit {
        key: "kernel.threads-max",
        what: "threads",
        default: 0,
        default_per_gib: 7_500,
        systemd: None,
    },
];

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    if !deployment.is_host_of_flink() {
        return;
    }
    for limit in &LIMITS {
        out.extend(lowered(rule, deployment, limit));
    }
}

fn lowered(rule: &Rule, deployment: &Deployment, limit: &Limit) -> Option<Finding> {
    let found = in_force::number(deployment, limit.key)?;
    let value = found.value();
    let gib = deployment.machine.memory.map(|memory| memory >> 30);
    let default = limit
        .default
        .max(limit.default_per_gib * gib.unwrap_or(ASSUMED_GIB));
    let (key, what) = (limit.key, limit.what);
    let (severity, why) = match limit.systemd {
        _ if value < default && limit.default_per_gib > 0 && gib.is_none() => (
            Severity::Warning,
            format!(
                "the kernel allows {} or more on a machine with {ASSUMED_GIB} GiB of memory",
                limit.default_per_gib * ASSUMED_GIB
            ),
        ),
        _ if value < default => (
            Severity::Warning,
            format!("the kernel allows {default} or more by itself"),
        ),
        Some((does, noted)) if value <= noted => (Severity::Note, does.to_owned()),
        _ => return None,
    };
    let (setting, document) = found.effective.site();
    let message = match severity {
        // A note is shown without what stands below.
        Severity::Note => format!("{key} = {value} lowers the number of {what}: {why}"),
        _ => format!("{key} = {value} lowers the number of {what}"),
    };
    let mut finding = rule.finding(document, setting.whole, message);
    finding.severity = severity;
    finding.label = why;
    finding.help =
        "remove the line, unless the machine is meant to have fewer; a larger number does as well"
            .to_owned();
    finding.key = Some(setting.key.clone());
    finding.fix = without(deployment, key);
    Some(finding)
}

/// Removes what sets it, if that is one file: else the value of another would come into force.
fn without(deployment: &Deployment, key: &str) -> Option<Fix> {
    let mut setters = deployment.host.iter().filter(|document| document.has(key));
    let (document, None) = (setters.next()?, setters.next()) else {
        return None;
    };
    let fix = fixes::remove(deployment, document, &[key])?;
    Some(fix.risky("the machine then has the limit of the kernel or of systemd"))
}
