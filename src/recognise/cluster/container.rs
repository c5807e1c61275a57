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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::cluster::{Facts, read};

    fn facts(path: &str, text: &str) -> Facts {
        read(path, text.as_bytes()).expect("a file that describes containers")
    }

    /// The volumes as `path kind name`, what is read-only with a `!`.
    fn volumes(container: &Container) -> Vec<String> {
        let all = container.volumes.iter().map(|volume| {
            let mark = if volume.read_only { "!" } else { "" };
            let kind = volume.kind.name();
            format!("{}{mark} {kind} {}", volume.path, volume.name)
        });
        all.collect()
    }

    #[test]
    fn every_way_to_mount_in_a_compose_file_is_told() {
        let text = "services:\n  jm:\n    image: flink:1.18\n    command: jobmanager\n    tmpfs: /run\n    \
                    volumes:\n      - /cache\n      - ./conf:/opt/flink/conf:ro\n      - state:/state\n      - \
                    ${DATA:-./x}:/data\n      - {type: volume, source: v, target: /v}\n      - {type: tmpfs, \
                    target: /t}\n";
        let facts = facts("docker-compose.yml", text);
        let container = &facts.workloads[0].container;
        assert!(!container.open);
        assert_eq!(
            volumes(container),
            [
                "/cache volume without a name ",
                "/opt/flink/conf! bind mount ./conf",
                "/state named volume state",
                "/data volume ${DATA:-./x",
                "/v named volume v",
                "/t tmpfs ",
                "/run tmpfs ",
            ]
        );
        let inner = container.volume_of("/state/checkpoints");
        assert_eq!(inner.map(|volume| volume.path.as_str()), Some("/state"));
        assert!(container.volume_of("/states").is_none());
    }

    #[test]
    fn a_place_that_is_filled_in_may_be_any() {
        let text = "services:\n  jm:\n    image: flink:1.18\n    volumes: ['${VOLUME}']\n";
        assert!(
            facts("docker-compose.yml", text).workloads[0]
                .container
                .open
        );
    }

    #[test]
    fn ports_and_names_of_a_service_are_told() {
        let text = "services:\n  jm:\n    image: flink:1.18\n    hostname: master\n    network_mode: host\n    \
                    ports: ['127.0.0.1:80:8081', '8081', '82-84:8081', {published: 85, target: 8081}]\n";
        let facts = facts("docker-compose.yml", text);
        let container = &facts.workloads[0].container;
        let ports: Vec<_> = container
            .ports
            .iter()
            .map(|port| (port.address.as_deref(), port.host, port.container))
            .collect();
        assert_eq!(
            ports,
            [
                (Some("127.0.0.1"), Some(80), 8081),
                (None, None, 8081),
                (None, Some(85), 8081),
            ]
        );
        assert_eq!(container.names, ["jm", "master"]);
        assert!(container.host_network);
    }

    #[test]
    fn a_service_of_kubernetes_leads_to_pods_by_their_labels() {
        let text = "kind: Deployment\nmetadata: {name: jm}\nspec:\n  template:\n    metadata: {labels: {a: b, c: \
                    d}}\n    spec:\n      containers:\n        - {name: jm, image: 'flink:1.18', volumeMounts: \
                    [{name: x, mountPath: /x}, {name: y, mountPath: /y}]}\n      volumes: [{name: x, emptyDir: \
                    {}}]\n---\nkind: Service\nmetadata: {name: jm}\nspec:\n  clusterIP: None\n  selector: {a: \
                    b}\n  ports: [{port: 80, targetPort: 8081}, {port: 6123}, {port: 1, targetPort: rest}]\n";
        let facts = facts("jm.yaml", text);
        let container = &facts.workloads[0].container;
        assert_eq!(volumes(container), ["/x emptyDir x", "/y volume y"]);
        let service = &facts.services[0];
        assert!(service.leads_to(container) && service.headless);
        let targets: Vec<_> = service.ports.iter().map(|port| port.target).collect();
        assert_eq!(targets, [Some(8081), Some(6123), None]);
    }
}
