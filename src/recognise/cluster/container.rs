//! What a container has from outside: volumes, ports, names, variables. One file at a time, as it is
//! written; two containers share a volume when kind and name are the same.

use crate::text::Span;

/// What a container has from outside.
#[derive(Clone, Debug, Default)]
pub struct Container {
    /// Its image as it is written.
    pub image: Option<String>,
    /// What is mounted into it.
    pub volumes: Vec<Volume>,
    /// Whether something that is not read may mount more.
    pub open: bool,
    /// The ports of the host that lead to it.
    pub ports: Vec<Port>,
    /// The names under which others reach it.
    pub names: Vec<String>,
    /// Whether it has no network of its own but that of its host.
    pub host_network: bool,
    /// Its environment, the value in force of each name.
    pub variables: Vec<Variable>,
    /// Labels of its pod.
    pub labels: Vec<(String, String)>,
    /// Whether its root file system can't be written.
    pub read_only: bool,
}

/// Something mounted into a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Volume {
    /// Where, an absolute path in the container.
    pub path: String,
    /// What.
    pub kind: VolumeKind,
    /// Which of that kind: a path of the host, the name of a volume or a claim. Empty where it has none.
    pub name: String,
    /// Whether the container may not write to it.
    pub read_only: bool,
    /// The mount.
    pub at: Span,
}

/// What is mounted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VolumeKind {
    /// A folder that comes and goes with the pod.
    EmptyDir,
    /// A path of the node.
    HostPath,
    /// A claim of persistent storage.
    Claim,
    /// A volume of the container engine with a name.
    Named,
    /// A volume of the container engine without one: a new one for each container.
    Anonymous,
    /// A `ConfigMap`.
    ConfigMap,
    /// A secret.
    Secret,
    /// A path of the machine.
    Bind,
    /// Memory of the machine.
    Tmpfs,
    /// Anything else.
    Other,
}

impl VolumeKind {
    /// Whether no other container ever sees what is in it, and it goes with its own.
    pub fn is_private(self) -> bool {
        matches!(
            self,
            VolumeKind::EmptyDir | VolumeKind::Anonymous | VolumeKind::Tmpfs
        )
    }

    /// In a few words.
    pub fn name(self) -> &'static str {
        match self {
            VolumeKind::EmptyDir => "emptyDir",
            VolumeKind::HostPath => "hostPath",
            VolumeKind::Claim => "claim",
            VolumeKind::Named => "named volume",
            VolumeKind::Anonymous => "volume without a name",
            VolumeKind::ConfigMap => "ConfigMap",
            VolumeKind::Secret => "Secret",
            VolumeKind::Bind => "bind mount",
            VolumeKind::Tmpfs => "tmpfs",
            VolumeKind::Other => "volume",
        }
    }
}

/// A port of the host that leads to a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// The address of the host; `None` for all of them.
    pub address: Option<String>,
    /// The port of the host, where it is fixed.
    pub host: Option<u16>,
    /// The port of the container.
    pub container: u16,
    /// The entry.
    pub at: Span,
}

/// A variable of the environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its value; `None` where something else says it: a secret, the shell around it.
    pub value: Option<String>,
    /// The bytes to look at.
    pub at: Span,
    /// The bytes of the value.
    pub value_at: Span,
}

/// A service of Kubernetes: a name and ports that lead to pods.
#[derive(Clone, Debug)]
pub struct Service {
    /// Its name.
    pub name: String,
    /// Its namespace; empty where it says none.
    pub namespace: String,
    /// Its `type`; empty where it says none.
    pub kind: String,
    /// Where the type stands, or the name.
    pub at: Span,
    /// Whether the name leads to the pods themselves, whatever port is asked for.
    pub headless: bool,
    /// Whether an annotation keeps it inside of a network, or narrows who may come.
    pub is_narrowed: bool,
    /// The labels of the pods that it leads to.
    pub selector: Vec<(String, String)>,
    /// Its ports.
    pub ports: Vec<ServicePort>,
}

/// A port of a service.
#[derive(Clone, Debug)]
pub struct ServicePort {
    /// The number under which clients ask.
    pub port: u16,
    /// The port of the container, where it is a number.
    pub target: Option<u16>,
    /// The entry's target, or the entry's port.
    pub at: Span,
}

impl Container {
    /// What is mounted over a path: the innermost volume.
    pub fn volume_of(&self, path: &str) -> Option<&Volume> {
        let covers = |volume: &&Volume| {
            let folder = volume.path.trim_end_matches('/');
            let rest = path.strip_prefix(folder);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let all = self.volumes.iter().filter(covers);
        all.max_by_key(|volume| volume.path.trim_end_matches('/').len())
    }

    /// The variable of a name.
    pub fn variable(&self, name: &str) -> Option<&Variable> {
        self.variables.iter().find(|own| own.name == name)
    }
}

impl Service {
    /// Whether it leads to a container.
    pub fn leads_to(&self, container: &Container) -> bool {
        !self.selector.is_empty()
            && self
                .selector
                .iter()
                .all(|label| container.labels.contains(label))
    }
}
