//! Parameters of TCP with few values: `tcp-autotuning-off`, `tcp-sack-off`, `low-somaxconn` and
//! `tcp-time-wait-tuning`.

use super::{about, extent, number, reaches_flink, replace};
use crate::deployment::{Deployment, Effective};
use crate::finding::{Finding, Severity};
use crate::linux::kernel::Release;
use crate::linux::numbers::Number;
use crate::rules::Rule;

/// What one value of a parameter does.
struct Switch {
    key: &'static str,
    severity: Severity,
    message: &'static str,
    help: &'static str,
}

const AUTOTUNING: [Switch; 2] = [
    Switch {
        key: "net.ipv4.tcp_moderate_rcvbuf",
        severity: Severity::Warning,
        message: "no receive buffer grows beyond the second number of net.ipv4.tcp_rmem",
        help: "the kernel then sizes no receive buffer itself, and Flink leaves the size to the kernel; \
               measured over 80 ms: 9 instead of 191 Mbit/s",
    },
    Switch {
        key: "net.ipv4.tcp_window_scaling",
        severity: Severity::Warning,
        message: "no connection has more than 64 KiB under way",
        help: "a window above 64 KiB needs window scaling, whatever the buffers are; measured over 80 ms: 6 \
               instead of 191 Mbit/s",
    },
];

const LOSS: [Switch; 2] = [
    Switch {
        key: "net.ipv4.tcp_sack",
        severity: Severity::Warning,
        message: "a lost packet makes the sender repeat what has arrived",
        help: "without selective acknowledgements the sender does not learn which packets of a window \
               arrived; large windows are the ones that suffer",
    },
    Switch {
        key: "net.ipv4.tcp_timestamps",
        severity: Severity::Note,
        message: "round trips are measured worse, and late packets of fast connections are not told apart",
        help: "10 Gbit/s use up the sequence numbers of a connection in 3.4 s; timestamps tell a late packet \
               from a new one (PAWS, RFC 7323)",
    },
];

/// A parameter in force for Flink's own sockets, with its one number.
fn in_force<'p>(deployment: &Deployment<'p>, key: &str) -> Option<(Effective<'p>, Number)> {
    let found = number(deployment, key).filter(|_| deployment.is_host_of_flink());
    found.filter(|(effective, _)| reaches_flink(deployment, effective.document))
}

/// A parameter that is switched off.
fn is_off(rule: &Rule, deployment: &Deployment, switch: &Switch) -> Option<Finding> {
    let (effective, number) = in_force(deployment, switch.key)?;
    if number.value != 0 || is_explained(deployment, effective) {
        return None;
    }
    let message = format!("with {} = 0 {}", switch.key, switch.message);
    let finding = rule.finding(effective.document, effective.setting.whole, message);
    let mut finding = about(finding, deployment, effective);
    finding.severity = switch.severity;
    finding.label = "the kernel's default is 1".to_owned();
    finding.help = switch.help.to_owned();
    finding.fix = replace(deployment, effective, &[(&number, 1)]).map(|fix| {
        let extent = extent(effective.document);
        fix.risky(format!(
            "it counts for new connections of the whole {extent}"
        ))
    });
    Some(finding)
}

/// `tcp-autotuning-off`.
pub(in crate::rules) fn autotuning(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    let found = AUTOTUNING
        .iter()
        .filter_map(|switch| is_off(rule, deployment, switch));
    out.extend(found);
}

/// `tcp-sack-off`.
pub(in crate::rules) fn loss(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    let found = LOSS
        .iter()
        .filter_map(|switch| is_off(rule, deployment, switch));
    out.extend(found);
}

/// Whether a comment around a line says that it is there for the sake of security.
fn is_explained(deployment: &Deployment, effective: Effective) -> bool {
    const WORDS: [&str; 10] = [
        "cve",
        "mitigat",
        "secur",
        "harden",
        "vulnerab",
        "exploit",
        "attack",
        "fingerprint",
        "uptime",
        "panic",
    ];
    let source = deployment.source(effective.document);
    let line = source.line_index(effective.setting.whole.start);
    let text = |index: usize| source.text(source.line_span(index)).trim().to_lowercase();
    let own = text(line);
    let is_comment = |text: &String| text.starts_with(['#', ';']);
    // A blank line may stand between.
    let above = (0..line).rev().map(text);
    let above = above.enumerate();
    let above =
        above.take_while(|(number, text)| is_comment(text) || *number == 0 && text.is_empty());
    let above = above.map(|(_, text)| text);
    std::iter::once(own)
        .chain(above)
        .any(|text| WORDS.iter().any(|word| text.contains(word)))
}

/// `low-somaxconn`.
pub(in crate::rules) fn somaxconn(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    // Before 5.4 the default was 128.
    const SINCE: Release = Release(5, 4);
    let least = rule.integer("at-least");
    let Some((effective, number)) = in_force(deployment, "net.core.somaxconn") else {
        return;
    };
    if number.value >= least || !deployment.machine.kernels().are_from(SINCE) {
        return;
    }
    let message = format!(
        "net.core.somaxconn = {} lowers the kernel's own {least}: so many connections may wait to be accepted",
        number.value
    );
    let finding = rule.finding(effective.document, effective.setting.whole, message);
    let mut finding = about(finding, deployment, effective);
    finding.label = format!("the default is {least} from Linux 5.4 on");
    finding.help =
        "Netty, in each TaskManager, takes its backlog from this number; when many tasks connect at once, \
         as after a restart, further connections have to try again"
            .to_owned();
    finding.fix = replace(deployment, effective, &[(&number, least)]).map(|fix| {
        let extent = extent(effective.document);
        fix.risky(format!(
            "it counts for all programs of the {extent} that listen"
        ))
    });
    out.push(finding);
}

/// `tcp-time-wait-tuning`.
pub(in crate::rules) fn time_wait(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    let shortest = rule.integer("fin-timeout");
    let reuse = in_force(deployment, "net.ipv4.tcp_tw_reuse")
        .filter(|(_, number)| number.value == 1)
        .map(|found| {
            (
                found,
                "the kernel's documentation leaves it to experts; its default, 2, covers loopback",
            )
        });
    let timeout = in_force(deployment, "net.ipv4.tcp_fin_timeout")
        .filter(|(_, number)| number.value < shortest)
        .map(|found| {
            (
                found,
                "it shortens no TIME-WAIT, which is 60 s, but the wait for the other side's FIN",
            )
        });
    for ((effective, number), why) in reuse.into_iter().chain(timeout) {
        let key = &effective.setting.key;
        let message = format!(
            "{key} = {} does little for Flink, which keeps its connections open",
            number.value
        );
        let finding = rule.finding(effective.document, effective.setting.whole, message);
        let mut finding = about(finding, deployment, effective);
        finding.help = why.to_owned();
        out.push(finding);
    }
}
