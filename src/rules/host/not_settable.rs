//! `sysctl-not-settable-in-container`: kernel parameters that no container and no pod can set.
//!
//! The kubelet and runc know which groups of parameters belong to a namespace of a container
//! (`k8s.io/component-helpers/node/util/sysctl`, `libcontainer/configs/validate` of runc), and refuse those of
//! a namespace that is the host's. Of those of the network some are missing or read-only in any other network
//! namespace than the host's (measured on Linux 5.10 to 7.2).

use crate::deployment::Deployment;
use crate::finding::Finding;
use crate::linux::kernel::Kernels;
use crate::linux::parameters::{self, Scope as Namespace};
use crate::rules::Rule;
use crate::syntax::{Document, ProblemKind, Scope, Setting, Space};

/// Who asks for a parameter.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asks {
    /// A service of compose.
    Container,
    /// The security context of a pod.
    Pod,
    /// `sysctl` in a privileged container of a pod, which writes to the kernel itself.
    Command,
}

impl Asks {
    fn of(document: &Document) -> Option<Self> {
        let holder = document.holder.as_deref();
        let keys = holder.map_or(&[][..], |holder| &holder.keys);
        let in_context = keys.iter().any(|key| key == "securityContext");
        match document.scope {
            Scope::Machine => None,
            Scope::Container => Some(Asks::Container),
            Scope::Pod if in_context => Some(Asks::Pod),
            Scope::Pod => Some(Asks::Command),
        }
    }
}

/// The check.
pub(in crate::rules) fn in_container(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    let kernels = deployment.machine.kernels();
    for document in deployment.in_space(Space::Sysctl) {
        let Some(asks) = judged(deployment, document) else {
            continue;
        };
        for setting in document.in_force() {
            if let Some(why) = refused(document, setting, asks, kernels) {
                out.push(finding(rule, document, setting, asks, &why));
            }
        }
    }
}

/// Who asks in a document, if it is one that the rule judges.
fn judged(deployment: &Deployment, document: &Document) -> Option<Asks> {
    let asks = Asks::of(document)?;
    let is_open = asks == Asks::Command && speaks_of_hosts_network(deployment, document);
    (!is_open).then_some(asks)
}

/// Whether a document is the security context of a pod.
pub(super) fn is_of_security_context(document: &Document) -> bool {
    Asks::of(document) == Some(Asks::Pod)
}

/// Whether nobody may set a parameter where a setting asks for it, whatever its name and its value are: what
/// else is wrong with them does not matter.
pub(super) fn is_refused(deployment: &Deployment, document: &Document, setting: &Setting) -> bool {
    let kernels = deployment.machine.kernels();
    document.scope != Scope::Machine
        && judged(deployment, document)
            .is_some_and(|asks| refused(document, setting, asks, kernels).is_some())
}

/// Why a parameter is refused.
fn refused(document: &Document, setting: &Setting, asks: Asks, kernels: Kernels) -> Option<String> {
    let key = setting.key.as_str();
    if asks != Asks::Command && is_of_host(key, asks) {
        return Some("it is one number for the whole machine".to_owned());
    }
    if is_of_host_network(key, kernels) {
        return Some("it can be set in the network namespace of the host only".to_owned());
    }
    let mut problems = document.problems.iter();
    let own = problems.find(|problem| {
        problem.kind == ProblemKind::OfHostNamespace && problem.at == setting.whole
    })?;
    Some(own.message.clone())
}

fn finding(rule: &Rule, document: &Document, setting: &Setting, asks: Asks, why: &str) -> Finding {
    let key = &setting.key;
    let message = match asks {
        Asks::Container => format!("a container can't set `{key}`: the container does not start"),
        Asks::Pod => format!("a container can't set `{key}`: the pod does not start"),
        Asks::Command => {
            format!("a pod with a network of its own can't set `{key}`: the command fails")
        }
    };
    let mut finding = rule.finding(document, setting.whole, message);
    finding.label = why.to_owned();
    finding.help = match asks {
        Asks::Command => {
            "set it on the node: with a DaemonSet that has `hostNetwork: true`, in a file of \
             /etc/sysctl.d, or in the configuration of the node pool"
        }
        Asks::Container | Asks::Pod => {
            "set it on the host: in a file of /etc/sysctl.d, or in the configuration of the node pool"
        }
    }
    .to_owned();
    finding.key = Some(key.clone());
    finding
}

/// Whether a parameter of the network is missing in any other network namespace than the host's, or can
/// only be read there: with every kernel in question that has it.
fn is_of_host_network(key: &str, kernels: Kernels) -> bool {
    let Some(parameter) = parameters::find(key) else {
        return false;
    };
    let mut scopes = kernels
        .measured()
        .filter_map(|release| parameter.scope(release))
        .peekable();
    let of_host = |scope| matches!(scope, Namespace::NetworkOfHost | Namespace::NetworkReadOnly);
    scopes.peek().is_some() && scopes.all(of_host)
}

/// Whether a parameter is in none of the groups that a namespace has. Those of the host's name are left
/// out for containers: who may set them differs.
fn is_of_host(key: &str, asks: Asks) -> bool {
    const GROUPS: [&str; 6] = ["abi.", "dev.", "fs.", "kernel.", "user.", "vm."];
    const OF_PODS: [&str; 4] = ["fs.mqueue.", "kernel.msg", "kernel.sem", "kernel.shm"];
    const OF_CONTAINERS: [&str; 10] = [
        "kernel.domainname",
        "kernel.hostname",
        "kernel.msgmax",
        "kernel.msgmnb",
        "kernel.msgmni",
        "kernel.sem",
        "kernel.shm_rmid_forced",
        "kernel.shmall",
        "kernel.shmmax",
        "kernel.shmmni",
    ];
    let has_own = if asks == Asks::Container {
        key.starts_with("fs.mqueue.") || OF_CONTAINERS.contains(&key)
    } else {
        OF_PODS.iter().any(|own| key.starts_with(own))
    };
    GROUPS.iter().any(|group| key.starts_with(group)) && !has_own
}

/// Whether the file, or one near it that may be a patch, gives any pod the network of its host.
fn speaks_of_hosts_network(deployment: &Deployment, document: &Document) -> bool {
    let own = deployment.source(document);
    let folder = |path: &str| path.rfind('/').map_or(0, |slash| slash);
    let parent = folder(&own.path);
    let around = &own.path[..folder(&own.path[..parent])];
    deployment.sources.0.iter().any(|source| {
        let says = |text: &str| memchr::memmem::find(&source.bytes, text.as_bytes()).is_some();
        source.path.starts_with(around)
            && (says("hostNetwork: true") || says("hostNetwork\": true") || says("hostnetwork"))
    })
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
            "user.max_user_namespaces",
        ] {
            assert!(is_of_host(key, Asks::Container), "{key}");
            assert!(is_of_host(key, Asks::Pod), "{key}");
        }
        for key in [
            "net.core.somaxconn",
            "kernel.shmmax",
            "fs.mqueue.msg_max",
            "kernel.sem",
            "misspelt.x",
        ] {
            assert!(!is_of_host(key, Asks::Container), "{key}");
            assert!(!is_of_host(key, Asks::Pod), "{key}");
        }
        assert!(is_of_host("kernel.domainname", Asks::Pod));
        assert!(!is_of_host("kernel.domainname", Asks::Container));
        assert!(is_of_host("kernel.msg_next_id", Asks::Container));
    }
}
