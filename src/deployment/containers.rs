//! The containers in which a deployment runs, as far as files prove that they run this configuration.

use crate::finding::Location;
use crate::flink::memory::Process;
use crate::recognise::cluster::{self, Volume};
use crate::text::{SourceId, Span};

use super::Cluster;

/// Who starts containers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A compose file: all on one machine.
    Compose,
    /// Kubernetes, from manifests of somebody's own.
    Kubernetes,
    /// The Kubernetes operator of Flink, or of somebody else.
    Operator,
}

/// A container that certainly runs a configuration.
#[derive(Clone, Debug)]
pub struct Container {
    /// `service taskmanager`, `container main of Deployment flink-taskmanager`.
    pub name: String,
    /// The file that describes it.
    pub source: SourceId,
    /// Where its name stands.
    pub at: Span,
    /// Its namespace in Kubernetes; empty where it says none.
    pub namespace: String,
    /// The process in it.
    pub process: Process,
    /// How many of it there are, where that is fixed.
    pub replicas: Option<Replicas>,
    /// Who starts it.
    pub engine: Engine,
    /// What it has from outside.
    pub has: cluster::Container,
}

/// A number of containers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replicas {
    /// The number.
    pub number: u32,
    /// Where it stands; `None` for a default.
    pub at: Option<Span>,
}

/// What keeps a path of a container.
#[derive(Clone, Copy, Debug)]
pub enum Keeps<'c> {
    /// The disk of the container itself, which goes with it.
    Disk,
    /// A volume.
    Volume(&'c Volume),
    /// Something that is not in sight, perhaps.
    Unknown,
}

/// A service of Kubernetes.
#[derive(Clone, Debug)]
pub struct Service {
    /// The file that describes it.
    pub source: SourceId,
    /// What it is.
    pub is: cluster::Service,
}

impl Container {
    /// A place in its file.
    pub fn place(&self, span: Span) -> Location {
        Location {
            source: self.source,
            span,
        }
    }

    /// The number, where it is fixed.
    pub fn number(&self) -> Option<u32> {
        self.replicas.as_ref().map(|replicas| replicas.number)
    }

    /// What keeps a path.
    pub fn keeps(&self, path: &str) -> Keeps<'_> {
        match self.has.volume_of(path) {
            Some(volume) => Keeps::Volume(volume),
            None if self.has.open => Keeps::Unknown,
            None => Keeps::Disk,
        }
    }
}

impl Cluster {
    /// The containers of one process.
    pub fn containers_of(&self, process: Process) -> impl Iterator<Item = &Container> {
        let all = self.containers.iter();
        all.filter(move |container| container.process == process)
    }
}
