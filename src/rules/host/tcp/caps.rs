//! `net.core.rmem_max` and `wmem_max`, and who asks for a size: Flink's RPC (256000 bytes, Pekko's
//! `reference.conf`), Kafka clients, and Flink 1.13-1.20 with
//! `taskmanager.network.netty.sendReceiveBufferSize` (`NettyConfig`). Sockets that ask for none, as the
//! data connections of Flink, are not concerned (socket(7), `SO_RCVBUF`).

use super::buffers::{RISK, raised};
use super::{DIRECTIONS, Direction, about, is_unset, number, replace};
use crate::deployment::{Deployment, Effective};
use crate::finding::{Finding, Related, Severity};
use crate::flink::value::show_memory;
use crate::flink::version::Versions;
use crate::linux::tcp::{HIGH_CAP, LOW_CAP, is_high};
use crate::rules::Rule;
use crate::syntax::Scope;

/// The option by which data connections ask for a size.
pub(super) const SOCKET_SIZE: &str = "taskmanager.network.netty.sendReceiveBufferSize";

/// What Flink's RPC asks for, where no rule says otherwise.
const RPC: u64 = 256_000;

/// `small-tcp-buffers`: a cap below what some socket of Flink asks for.
pub(super) fn small(
    rule: &Rule,
    deployment: &Deployment,
    direction: &Direction,
) -> Option<Finding> {
    let (effective, number) = number(deployment, direction.cap)?;
    // A container can't set it at all, which another rule says.
    if effective.document.scope != Scope::Machine {
        return None;
    }
    let asked = asked_for(deployment).filter(|(size, _)| number.value < *size);
    let rpc = rule.integer("rpc-size");
    let is_enough = asked.is_none() && number.value >= rpc;
    if is_enough
        && (number.value >= rule.integer("floor") || is_below_default(deployment, number.value))
    {
        return None;
    }
    let cap = direction.cap;
    let message = if is_enough {
        format!(
            "{cap} = {} caps only sockets that ask for a size (RPC, Kafka clients); Flink's data \
             connections follow {}",
            number.value, direction.triple
        )
    } else {
        format!(
            "{cap} cuts sockets that ask for a size down to {}",
            show_memory(number.value)
        )
    };
    let finding = rule.finding(effective.document, effective.setting.whole, message);
    let mut finding = about(finding, deployment, effective);
    finding.help = format!(
        "the limit holds for sockets that set a size themselves: Flink's RPC, Kafka clients, and Flink \
         1.13-1.20 with {SOCKET_SIZE}; data connections are sized by the kernel, up to the third \
         number of {}",
        direction.triple
    );
    // The default of many kernels is less than the RPC asks for, too.
    if asked.is_none() && number.value >= LOW_CAP {
        finding.severity = Severity::Note;
    }
    if is_enough {
        return Some(finding);
    }
    finding.label = match asked {
        Some((size, _)) => format!("{SOCKET_SIZE} asks for {}", show_memory(size)),
        None => format!("Flink's RPC asks for {}", show_memory(rpc)),
    };
    if let Some((_, option)) = asked {
        finding.related.push(Related {
            at: option.at(),
            message: "the size that Flink's data connections ask for".to_owned(),
        });
    }
    let target = rule
        .integer("target")
        .max(asked.map_or(rpc, |(size, _)| size));
    finding.fix = replace(deployment, effective, &[(&number, target)])
        .map(|fix| raised(fix, target).risky(RISK));
    Some(finding)
}

/// `small-tcp-buffers`: the caps are raised, and the parameters that size Flink's data connections are
/// left alone.
pub(super) fn only_caps(rule: &Rule, deployment: &Deployment) -> Option<Finding> {
    let mut triples = DIRECTIONS.iter().map(|direction| direction.triple);
    if !triples.all(|triple| is_unset(deployment, triple)) || asked_for(deployment).is_some() {
        return None;
    }
    let set = |direction: &&Direction| number(deployment, direction.cap).is_some();
    let direction = DIRECTIONS.iter().find(set)?;
    let (effective, number) = number(deployment, direction.cap)?;
    if is_below_default(deployment, number.value) {
        return None;
    }
    let message = format!(
        "{} does not size Flink's data connections; {} does, and is not set here",
        direction.cap, direction.triple
    );
    let mut finding = rule.finding(effective.document, effective.setting.whole, message);
    finding.severity = Severity::Note;
    finding.key = Some(direction.triple.to_owned());
    Some(finding)
}

/// `tcp-cap-below-kernel-default`.
pub(in crate::rules) fn below_default(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    if !deployment.is_host_of_flink() {
        return;
    }
    for direction in &DIRECTIONS {
        let Some((effective, number)) = number(deployment, direction.cap) else {
            continue;
        };
        let is_cut = asked_for(deployment).is_some_and(|(size, _)| number.value < size);
        let is_machines = effective.document.scope == Scope::Machine;
        // What cuts Flink's own sockets is worse, and `small-tcp-buffers` says it.
        if !is_machines || is_cut || !is_below_default(deployment, number.value) {
            continue;
        }
        let message = format!(
            "{} = {} lowers what the kernel has by itself: {HIGH_CAP}, from Linux 6.18 on",
            direction.cap, number.value
        );
        let finding = rule.finding(effective.document, effective.setting.whole, message);
        let mut finding = about(finding, deployment, effective);
        finding.label = format!("the default is {}", show_memory(HIGH_CAP));
        finding.help =
            "the line was written to raise a limit of 208 KiB, which kernels had up to 6.12; leave it \
             out, or write at least the default"
                .to_owned();
        finding.fix = replace(deployment, effective, &[(&number, HIGH_CAP)])
            .map(|fix| raised(fix, HIGH_CAP).risky(RISK));
        out.push(finding);
    }
}

/// Whether a cap is enough for Flink's RPC, and less than the kernels of the machine have by themselves.
fn is_below_default(deployment: &Deployment, value: u64) -> bool {
    is_high(deployment.machine.kernels()) && (RPC..HIGH_CAP).contains(&value)
}

/// The size that data connections ask for, where all versions in question read the option (gone in 2.0).
pub(super) fn asked_for<'p>(deployment: &Deployment<'p>) -> Option<(u64, Effective<'p>)> {
    if !deployment.versions.within(Versions::LEGACY) {
        return None;
    }
    let option = deployment.get(SOCKET_SIZE).known()?;
    let size = option.value().trim().parse::<u64>().ok()?;
    (size > 0).then_some((size, option))
}
