//! `sysctl-not-settable-in-container`: kernel parameters that no container and no pod can set.
//!
//! The kubelet and Docker know which groups of parameters belong to a namespace of a container
//! (`k8s.io/component-helpers/node/util/sysctl`, `opts.ValidateSysctl` of Docker); of those of the network
//! some are missing or read-only in any other network namespace than the host's, up to Linux 6.18.

use crate::deployment::Deployment;
use crate::finding::Finding;
use crate::rules::Rule;
use crate::syntax::{Scope, Space};

/// The check.
pub(in crate::rules) fn in_container(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for document in deployment.in_space(Space::Sysctl) {
        let outcome = match document.scope {
            Scope::Machine => continue,
            Scope::Container => "the container does not start",
            Scope::Pod => "the pod does not start",
        };
        for setting in document.in_force() {
            let why = if is_of_host(&setting.key) {
                "it is one number for the whole machine"
            } else if OF_HOST_NETWORK.contains(&setting.key.as_str()) {
                "only the network namespace of the host has it"
            } else {
                continue;
            };
            let message = format!("a container can't set `{}`: {outcome}", setting.key);
            let mut finding = rule.finding(document, setting.whole, message);
            finding.label = why.to_owned();
            finding.help =
                "set it on the host: in a file of /etc/sysctl.d, or in the configuration of the \
                            node pool"
                    .to_owned();
            finding.key = Some(setting.key.clone());
            out.push(finding);
        }
    }
}

/// Parameters of the network that only the host's namespace has, or lets nobody write elsewhere.
const OF_HOST_NETWORK: [&str; 7] = [
    "net.core.default_qdisc",
    "net.core.netdev_max_backlog",
    "net.core.rmem_default",
    "net.core.rmem_max",
    "net.core.wmem_default",
    "net.core.wmem_max",
    "net.ipv4.tcp_mem",
];

/// Whether a parameter is in none of the groups that a namespace has. Those of the host's name are left
/// out: who may set them differs.
fn is_of_host(key: &str) -> bool {
    const OF_NAMESPACES: [&str; 6] = [
        "fs.mqueue.",
        "kernel.domainname",
        "kernel.hostname",
        "kernel.msg",
        "kernel.sem",
        "kernel.shm",
    ];
    ["fs.", "kernel.", "vm."]
        .iter()
        .any(|group| key.starts_with(group))
        && !OF_NAMESPACES.iter().any(|own| key.starts_with(own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_of_namespaces_are_no_hosts() {
        for key in [
            "vm.swappiness",
            "vm.max_map_count",
            "fs.file-max",
            "kernel.pid_max",
        ] {
            assert!(is_of_host(key), "{key}");
        }
        for key in [
            "net.core.somaxconn",
            "kernel.shmmax",
            "fs.mqueue.msg_max",
            "kernel.sem",
            "user.x",
        ] {
            assert!(!is_of_host(key), "{key}");
        }
    }
}
