//! `long-tcp-keepalive`: after which silence the kernel probes an idle connection. Flink's data client
//! asks for keepalive, and up to 1.17 leaves its times to the kernel (`NettyClient`).

use super::buffers::last_of_machine;
use super::{about, extent, is_unset, number, reaches_flink, replace};
use crate::deployment::Deployment;
use crate::finding::Finding;
use crate::flink::version::Versions;
use crate::linux::tcp::KEEPALIVE_TIME;
use crate::rules::{Rule, fixes};
use crate::text::Span;

const KEY: &str = "net.ipv4.tcp_keepalive_time";

/// Flink's own option, from 1.18 on.
const OPTION: &str = "taskmanager.network.netty.client.tcp.keepIdleSec";
/// The versions without it.
const WITHOUT: Versions = Versions::from_bits(0x001F);

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    let is_kernels = deployment.versions.within(WITHOUT);
    if !deployment.is_host_of_flink() || deployment.documents.is_empty() {
        return;
    }
    if !is_kernels && !deployment.cluster_option(OPTION).is_absent() {
        return;
    }
    let forgotten = rule.integer("forgotten-after");
    let set = number(deployment, KEY);
    let Some(document) = set
        .as_ref()
        .map(|(effective, _)| effective.document)
        .or_else(|| last_of_machine(deployment).filter(|_| is_unset(deployment, KEY)))
    else {
        return;
    };
    let after = set
        .as_ref()
        .map_or(KEEPALIVE_TIME, |(_, number)| number.value);
    if after <= forgotten || !reaches_flink(deployment, document) {
        return;
    }
    let message =
        format!("an idle data connection is probed after {after} s only, and forgotten earlier");
    let span = set
        .as_ref()
        .map_or(Span::at(0), |(effective, _)| effective.setting.whole);
    let mut finding = rule.finding(document, span, message);
    finding.key = Some(KEY.to_owned());
    finding.label = format!("`forgotten-after` is {forgotten} s");
    let target = forgotten.min(rule.integer("seconds"));
    finding.help = if is_kernels {
        "load balancers, NAT gateways and firewalls forget connections on which nothing moves, and cut them; \
         this version of Flink has no option of its own to probe them"
            .to_owned()
    } else {
        format!(
            "load balancers, NAT gateways and firewalls forget connections on which nothing moves, and cut \
             them; `{OPTION}: {target}` probes those of Flink alone"
        )
    };
    let fix = match set {
        Some((effective, number)) => {
            finding = about(finding, deployment, effective);
            replace(deployment, effective, &[(&number, target)])
        }
        None => fixes::add(deployment, document, KEY, &target.to_string()),
    };
    finding.fix = fix.filter(|_| is_kernels).map(|fix| {
        let extent = extent(document);
        fix.risky(format!(
            "idle connections of the whole {extent} are probed more often"
        ))
    });
    out.push(finding);
}
