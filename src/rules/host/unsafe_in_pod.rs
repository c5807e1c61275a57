//! `unsafe-sysctl-in-pod`: parameters that a namespace has and that the kubelet refuses all the same.

use super::not_settable;
use crate::deployment::Deployment;
use crate::finding::Finding;
use crate::linux::parameters;
use crate::rules::Rule;
use crate::syntax::Space;

/// The parameters that a kubelet allows without being told, with the minor release of Kubernetes 1 since
/// which it does (`k8s.io/kubernetes/pkg/kubelet/sysctl`, `SafeSysctlAllowlist`); 0 stands for all since 1.18.
const SAFE: [(&str, u32); 14] = [
    ("kernel.shm_rmid_forced", 0),
    ("net.ipv4.ip_local_port_range", 0),
    ("net.ipv4.ip_local_reserved_ports", 27),
    ("net.ipv4.ip_unprivileged_port_start", 22),
    ("net.ipv4.ping_group_range", 0),
    ("net.ipv4.tcp_fin_timeout", 29),
    ("net.ipv4.tcp_keepalive_intvl", 29),
    ("net.ipv4.tcp_keepalive_probes", 29),
    ("net.ipv4.tcp_keepalive_time", 29),
    ("net.ipv4.tcp_notsent_lowat", 37),
    ("net.ipv4.tcp_rmem", 32),
    ("net.ipv4.tcp_slow_start_after_idle", 37),
    ("net.ipv4.tcp_syncookies", 0),
    ("net.ipv4.tcp_wmem", 32),
];

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    let used = rule.text("kubernetes").strip_prefix("1.");
    let used = used.and_then(|minor| minor.parse::<u32>().ok());
    for document in deployment.in_space(Space::Sysctl) {
        if !not_settable::is_of_security_context(document) {
            continue;
        }
        for setting in document.in_force() {
            let key = setting.key.as_str();
            let since = SAFE.iter().find(|(own, _)| *own == key);
            let is_allowed = since.is_some_and(|(_, since)| used.is_none_or(|used| used >= *since));
            // What no kernel has, and what nobody may set, is told by other rules.
            if is_allowed
                || parameters::find(key).is_none()
                || not_settable::is_refused(deployment, document, setting)
            {
                continue;
            }
            let message = format!(
                "the kubelet rejects a pod that asks for `{key}`, unless it was told to allow it"
            );
            let mut finding = rule.finding(document, setting.whole, message);
            finding.key = Some(key.to_owned());
            finding.label = match since {
                Some((_, since)) => format!("safe only from Kubernetes 1.{since} on"),
                None => "not one of those that Kubernetes calls safe".to_owned(),
            };
            finding.help =
                "name it under `allowedUnsafeSysctls` of the kubelets whose nodes run the pod, \
                            or leave it out"
                    .to_owned();
            out.push(finding);
        }
    }
}
