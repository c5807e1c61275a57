//! What files beside a configuration say about the cluster that runs it: compose files, manifests of
//! Kubernetes, Dockerfiles, and the `workers` file. One file at a time; which configuration it
//! concerns is decided elsewhere.

use crate::text::Span;

mod compose;
mod container;
mod dockerfile;
mod kubernetes;
mod kustomize;
mod node;
mod pod;
mod roles;
mod sets;
mod shell;

mod workers;

pub use container::{Container, Port, Service, ServicePort, Variable, Volume, VolumeKind};
pub use kustomize::Kustomization;
pub use pod::SOURCES as VOLUME_SOURCES;
pub use roles::Role;
pub use sets::{Sets, Told};
pub use workers::Workers;

use sets::PROPERTIES;

use super::evidence;

/// What kind of file says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A compose file.
    Compose,
    /// Objects of Kubernetes.
    Manifest,
    /// `kustomization.yaml`.
    Kustomization,
    /// A Dockerfile.
    Image,
}

/// What one file says.
#[derive(Debug)]
pub struct Facts {
    /// What kind of file it is.
    pub kind: Kind,
    /// Its services or containers.
    pub workloads: Vec<Workload>,
    /// Services of Kubernetes.
    pub services: Vec<Service>,
    /// What it sets for whatever is started from it: the image of a Dockerfile.
    pub sets: Sets,
    /// Whether it can't be read as YAML: a template, or broken.
    pub unreadable: bool,
    /// Whether it lets a number of replicas change by itself.
    pub autoscales: bool,
    /// What a `kustomization.yaml` joins.
    pub kustomization: Option<Kustomization>,
    /// What an image puts where Flink looks for its configuration, as its Dockerfile calls it: relative to
    /// a folder that only the build knows.
    pub copies: Vec<String>,
    /// The process that an image starts by itself.
    pub role: Role,
    /// Whether it is an image on top of Flink's own.
    pub is_stock: bool,
}

impl Facts {
    fn new(kind: Kind) -> Self {
        Facts {
            kind,
            workloads: Vec::new(),
            services: Vec::new(),
            sets: Sets::default(),
            unreadable: false,
            autoscales: false,
            kustomization: None,
            copies: Vec::new(),
            role: Role::Unknown,
            is_stock: false,
        }
    }

    /// Of a file that can't be read as YAML, so that it may set anything.
    fn unreadable(kind: Kind) -> Self {
        let mut facts = Facts::new(kind);
        facts.unreadable = true;
        facts
            .sets
            .opaque(Span::at(0), "a file that can't be read as a whole");
        facts
    }
}

/// A service of a compose file, or a container of a Kubernetes object.
#[derive(Debug)]
pub struct Workload {
    /// `service taskmanager`, `container main of Deployment flink-taskmanager`.
    pub name: String,
    /// Where its name stands.
    pub at: Span,
    /// The process that it runs.
    pub role: Role,
    /// Whether it certainly is one of Flink.
    pub is_flink: bool,
    /// What it mounts where Flink looks for its configuration.
    pub mounts: Vec<Mount>,
    /// Files and folders of the tree that it mounts elsewhere.
    pub elsewhere: Vec<String>,
    /// Whether there can be no second one of it.
    pub single: bool,
    /// How many of it there are.
    pub replicas: Stated<u32>,
    /// Its memory limit in bytes.
    pub memory: Stated<u64>,
    /// The options of Flink that it sets, but for those of `FLINK_PROPERTIES` and of its arguments.
    pub sets: Sets,
    /// Those that its arguments define, which win over every file.
    pub arguments: Arguments,
    /// What it gives the entrypoint of the image to append.
    pub properties: Option<Properties>,
    /// Whether a script of Flink's starts it in place of that entrypoint, which then reads no variable.
    pub starts_itself: bool,
    /// The image that it runs.
    pub runs: Runs,
    /// The namespace of a Kubernetes object, where it says one.
    pub namespace: Option<String>,
    /// What it has from outside.
    pub container: Container,
}

/// What image a workload runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Runs {
    /// It does not say: it changes another description of itself.
    Unsaid,
    /// Flink's own, so that what that ships lies below.
    Stock,
    /// One that is built of this Dockerfile, a path of the tree.
    Built(String),
    /// Another.
    Other,
}

/// A `FLINK_PROPERTIES` of a workload.
#[derive(Debug)]
pub struct Properties {
    /// Where it stands, perhaps in a mapping that is merged.
    pub at: Span,
    /// The options that it sets.
    pub sets: Sets,
}

/// The arguments of a workload.
#[derive(Debug, Default)]
pub struct Arguments {
    /// Where they stand.
    pub at: Vec<Span>,
    /// The options that they define.
    pub sets: Sets,
}

impl Workload {
    /// Whether the entrypoint of the image can append `FLINK_PROPERTIES` to the configuration: it runs, and
    /// may write the file. A `ConfigMap` is mounted to be read only, whatever the mount says.
    pub fn appends(&self) -> bool {
        let mut volumes = self.container.volumes.iter();
        !self.starts_itself
            && !volumes.any(|own| {
                let is_fixed = own.read_only || own.kind == VolumeKind::ConfigMap;
                is_fixed && is_conf_target(&own.path)
            })
    }

    /// Whether Flink reads its configuration from a place whose files nobody here knows: a volume that is
    /// neither a path of the tree nor a `ConfigMap`, or another folder.
    pub fn hides_configuration(&self) -> bool {
        let mut variables = self.container.variables.iter();
        let mut volumes = self.container.volumes.iter();
        variables.any(|own| own.name == "FLINK_CONF_DIR")
            || volumes.any(|own| {
                let path = own.path.trim_end_matches('/');
                let above = path == "/opt/flink" || path == "/opt";
                let of_tree =
                    own.name == "." || own.name.starts_with("./") || own.name.starts_with("../");
                let is_known = match own.kind {
                    VolumeKind::ConfigMap => true,
                    VolumeKind::Other => of_tree || !self.mounts.is_empty(),
                    _ => of_tree,
                };
                above || is_certain_target(path) && !is_known
            })
    }

    /// All options that it sets.
    pub fn all_sets(&self) -> impl Iterator<Item = &Sets> {
        let properties = self.properties.iter().map(|properties| &properties.sets);
        [&self.sets, &self.arguments.sets]
            .into_iter()
            .chain(properties)
    }
}

/// What stands where Flink looks for its configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mount {
    /// A file or folder of the tree, relative to its root, and whether the path in the container says
    /// that it certainly is Flink's.
    Path(String, bool),
    /// A `ConfigMap` by its name; of its keys only these, where it says so.
    ConfigMap(String, Option<Vec<String>>),
}

/// What a file says about a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stated<T> {
    /// Nothing, so that a default counts.
    No,
    /// This.
    Known {
        /// The number.
        value: T,
        /// As it is written.
        text: String,
        /// Where.
        at: Span,
        /// By what: `deploy.replicas`.
        what: &'static str,
    },
    /// Something that can't be known here.
    Unknown,
}

/// Whether a text that replaces the entrypoint of Flink's image starts a process without it.
fn starts_itself(text: &str) -> bool {
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    has(&["jobmanager.sh", "taskmanager.sh", "standalone-job.sh"])
        && !has(&["docker-entrypoint", PROPERTIES])
}

/// Everything a file says about a cluster; `None` when it is no file that can.
pub fn read(path: &str, bytes: &[u8]) -> Option<Facts> {
    let name = path.rsplit('/').next().unwrap_or(path);
    if let Some(evidence::Side::Workers) = evidence::side(name) {
        return None;
    }
    let has = |word: &str| memchr::memmem::find(bytes, word.as_bytes()).is_some();
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let is_yaml = matches!(extension, "yaml" | "yml") || name == "Kustomization";
    if evidence::is_dockerfile(name) {
        let text = std::str::from_utf8(bytes).ok()?;
        return evidence::mentions_flink(bytes).then(|| dockerfile::read(path, text));
    }
    if !is_yaml || super::is_config_name(name) || name.starts_with("flink-conf") {
        return None;
    }
    let by_name = evidence::is_compose(name);
    // Of a service alone nothing is missed where it can't be read.
    let is_service = has("kind: Service\n") && has("ports:") && !has("{{") && !has("containers:");
    let kind = if matches!(evidence::side(name), Some(evidence::Side::Kustomization)) {
        Kind::Kustomization
    } else if by_name || has("services:") && evidence::mentions_flink(bytes) && !has("kind:") {
        Kind::Compose
    } else if has("kind:") && (has("containers:") || has("scaleTargetRef:")) || is_service {
        Kind::Manifest
    } else {
        return None;
    };
    // A file cut off at what is read of evidence lacks whatever follows; nobody writes a larger one.
    let cut = bytes.len() as u64 >= evidence::HEAD;
    let text = std::str::from_utf8(bytes).ok().filter(|_| !cut);
    let Some(text) = text else {
        return Some(Facts::unreadable(kind));
    };
    match kind {
        Kind::Compose => compose::read(path, text, by_name),
        Kind::Kustomization => Some(kustomize::read(path, text)),
        _ => Some(kubernetes::read(text)),
    }
}

/// The `workers` file of a configuration directory; `None` for any other file.
pub fn read_workers(path: &str, bytes: &[u8]) -> Option<Workers> {
    let name = path.rsplit('/').next().unwrap_or(path);
    matches!(evidence::side(name), Some(evidence::Side::Workers)).then(|| workers::read(bytes))?
}

/// Whether a `kustomization.yaml` makes objects of files.
pub fn generates(bytes: &[u8]) -> bool {
    memchr::memmem::find(bytes, b"configMapGenerator").is_some()
}

/// The path of `relative` seen from a folder, without `.` and `..`; `None` above the root.
pub fn joined(folder: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(relative.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

fn parent(path: &str) -> &str {
    path.rfind('/').map_or("", |slash| &path[..slash])
}

/// Whether Flink may look for its configuration at a path in a container: a folder `conf` that lies in
/// another one, or one of the two files in it.
fn is_conf_target(target: &str) -> bool {
    let folder = conf_folder(target);
    folder.ends_with("/conf") && folder != "/conf"
}

/// Whether it certainly does, by the name of Flink's own folder.
fn is_certain_target(target: &str) -> bool {
    is_conf_target(target) && conf_folder(target).to_ascii_lowercase().contains("flink")
}

/// The folder of a path in a container that is one of the two files, or the folder itself.
fn conf_folder(target: &str) -> &str {
    let target = target.trim_end_matches('/');
    ["/flink-conf.yaml", "/config.yaml"]
        .iter()
        .find_map(|file| target.strip_suffix(file))
        .unwrap_or(target)
}
