//! `fixed-socket-buffer`: an explicit size takes a socket out of the kernel's own sizing
//! (`SOCK_RCVBUF_LOCK`, net/core/sock.c; `NettyConfig` of Flink 1.13-1.20).

use super::caps::{SOCKET_SIZE, asked_for};
use super::{DIRECTIONS, number};
use crate::deployment::Deployment;
use crate::finding::{Finding, Severity};
use crate::flink::value::show_memory;
use crate::linux::tcp::{HIGH_CAP, LOW_CAP, is_high};
use crate::rules::{Rule, fixes};
use crate::syntax::Scope;

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    let Some((size, option)) = asked_for(deployment) else {
        return;
    };
    let network = deployment.machine.needed_buffer();
    let needed = network.unwrap_or_else(|| rule.integer("floor"));
    // The kernel doubles what a program asks for.
    let fixed = size.saturating_mul(2);
    let is_small = fixed < needed;
    if !is_small && (are_caps_set(deployment) || is_within_default(deployment, size, needed)) {
        return;
    }
    let message = format!(
        "`{}` switches the kernel's sizing off: no data connection has more than {}",
        option.setting.key,
        show_memory(fixed)
    );
    let mut finding = rule.finding(option.document, option.setting.whole, message);
    finding.key = Some(SOCKET_SIZE.to_owned());
    if is_small {
        finding.label = match network {
            Some(_) => format!("bandwidth and rtt of flint.toml need {needed} bytes"),
            None => format!("twice the number, less than {needed} bytes"),
        };
        finding.help = "without the option the kernel lets a busy connection grow, up to the third number of \
                        net.ipv4.tcp_rmem: 6 MiB or more on most machines. A fixed buffer bounds what is \
                        under way in one round trip"
            .to_owned();
    } else {
        finding.severity = Severity::Note;
        finding.label = "only where net.core.rmem_max and wmem_max allow it".to_owned();
        finding.help = format!(
            "up to Linux 6.12 the kernel's default of both is {}: a host that does not raise them cuts the \
             buffers to {}, and without the option they would grow further by themselves",
            show_memory(LOW_CAP),
            show_memory(2 * LOW_CAP)
        );
    }
    finding.fix = fixes::remove(deployment, option.document, &[&option.setting.key])
        .map(|fix| fix.risky("the kernel then sizes the buffers of all data connections"));
    out.push(finding);
}

/// Whether files of the machine set both caps. Where one is too low, `small-tcp-buffers` says so.
fn are_caps_set(deployment: &Deployment) -> bool {
    DIRECTIONS.iter().all(|direction| {
        let cap = number(deployment, direction.cap);
        cap.is_some_and(|(effective, _)| effective.document.scope == Scope::Machine)
    })
}

/// Whether the kernels of the machine allow enough of the size by themselves.
fn is_within_default(deployment: &Deployment, size: u64, needed: u64) -> bool {
    is_high(deployment.machine.kernels()) && 2 * size.min(HIGH_CAP) >= needed
}
