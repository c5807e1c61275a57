//! `long-tcp-keepalive`: after which silence the kernel probes an idle connection. Flink's data client
//! asks for keepalive, and up to 1.17 leaves its times to the kernel (`NettyClient`).

use super::{about, extent, number, reaches_flink, replace};
use crate::deployment::Deployment;
use crate::finding::Finding;
use crate::flink::version::Versions;
use crate::rules::Rule;

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
    let Some((effective, number)) = number(deployment, "net.ipv4.tcp_keepalive_time") else {
        return;
    };
    let forgotten = rule.integer("forgotten-after");
    if number.value < forgotten || !reaches_flink(deployment, effective.document) {
        return;
    }
    let message = format!(
        "an idle data connection is probed after {} s only; what forgets it earlier cuts it",
        number.value
    );
    let finding = rule.finding(effective.document, effective.setting.whole, message);
    let mut finding = about(finding, deployment, effective);
    finding.label = format!("AWS load balancers and NAT gateways forget after {forgotten} s");
    let target = rule.integer("seconds");
    if is_kernels {
        finding.help = "if a load balancer, a NAT gateway or a firewall stands between the hosts, probe earlier; \
                        this version of Flink has no option of its own for it"
            .to_owned();
        finding.fix = replace(deployment, effective, &[(&number, target)]).map(|fix| {
            let extent = extent(effective.document);
            fix.risky(format!(
                "idle connections of the whole {extent} are probed more often"
            ))
        });
    } else {
        finding.help = format!(
            "if a load balancer, a NAT gateway or a firewall stands between the hosts, probe earlier: here, \
             or with `{OPTION}: {target}` for Flink alone"
        );
    }
    out.push(finding);
}
