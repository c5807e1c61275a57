//! `min-free-memory`: memory that the kernel keeps free for itself (`proc_sys_vm(5)`,
//! `vm.min_free_kbytes`).

use super::in_force;
use crate::deployment::Deployment;
use crate::finding::{Finding, Severity};
use crate::flink::value::show_memory;
use crate::rules::Rule;

/// Below it the kernel's documentation says that the system breaks in subtle ways. In KiB.
const LEAST: u64 = 1024;

/// Much, where nobody says how much memory there is. In KiB.
const MUCH: u64 = 2 << 20;

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    let free = in_force::number(deployment, "vm.min_free_kbytes");
    let Some(free) = free.filter(|_| deployment.is_host_of_flink()) else {
        return;
    };
    let value = free.value();
    let shown = show_memory(value.saturating_mul(1024));
    let memory = deployment.machine.memory;
    let share = rule.integer("largest-percent");
    let is_share =
        |memory: u64| u128::from(value) * 1024 * 100 > u128::from(memory) * u128::from(share);
    let (severity, message, help) = if value < LEAST {
        (
            Severity::Warning,
            format!("vm.min_free_kbytes = {value} leaves the kernel {shown} for itself"),
            "below 1024 the kernel may lock up under load, says its documentation; without the line it \
             computes a value from the size of the memory"
                .to_owned(),
        )
    } else if let Some(memory) = memory.filter(|memory| is_share(*memory)) {
        (
            Severity::Warning,
            format!(
                "vm.min_free_kbytes = {value} keeps {shown} of {} free",
                show_memory(memory)
            ),
            "no process may use it: a TaskManager that fills the machine is killed for it"
                .to_owned(),
        )
    } else if memory.is_none() && value > MUCH {
        (
            Severity::Note,
            format!("vm.min_free_kbytes = {value} keeps {shown} free"),
            format!(
                "no process may use it: it should be less than {share} % of the memory; `memory` in `[host]` \
                 of flint.toml says how much there is"
            ),
        )
    } else {
        return;
    };
    let (setting, document) = free.effective.site();
    let mut finding = rule.finding(document, setting.whole, message);
    finding.severity = severity;
    finding.help = help;
    finding.key = Some(setting.key.clone());
    out.push(finding);
}
