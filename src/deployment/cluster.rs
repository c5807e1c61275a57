//! What runs a deployment, as far as the files beside its configuration say. It is known where a file
//! fixes it; the rest is silence.

use std::collections::BTreeSet;

use super::containers::{Container, Service};
use crate::finding::Location;
use crate::flink::memory::Process;

/// What runs a deployment, as far as the files beside its configuration say.
#[derive(Clone, Debug, Default)]
pub struct Cluster {
    /// How many `TaskManager`s there are, where a file fixes it.
    pub task_managers: Option<Count>,
    /// Memory limits of containers that run this configuration.
    pub limits: Vec<Limit>,
    /// Options of Flink that files beside the configuration set (`FLINK_PROPERTIES`, `-Dkey=value`,
    /// variables that the image reads): their values are not read, so what the configuration says
    /// about these keys may not be in force.
    pub elsewhere: BTreeSet<String>,
    /// Whether something beside the configuration may set any option: an `env_file`, a template that
    /// can't be read, a start script of its own.
    pub opaque: bool,
    /// What sets the options of `elsewhere`, and what makes it opaque.
    pub set_by: Vec<Place>,
    /// Whether a file near the configuration speaks of Python functions, tables or SQL.
    pub runs_python_or_tables: bool,
    /// Whether the `JobManager` and the `TaskManager`s read the configuration.
    pub uses: [Use; 2],
    /// The containers that certainly run this configuration.
    pub containers: Vec<Container>,
    /// The services of Kubernetes that lead to one of them.
    pub services: Vec<Service>,
}

/// What lies below the documents of a deployment, so that an option set in none of them is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Base {
    /// A whole file of Flink's configuration directory is the lowest layer: nothing.
    File,
    /// The default configuration of the Kubernetes operator, which is in sight.
    Operator,
    /// The same, out of sight: nobody says that it is another one than that of the operator's chart.
    Assumed,
    /// The configuration that Flink's own image ships.
    Image,
    /// Whatever.
    #[default]
    Unknown,
}

impl Base {
    /// The name used in outputs.
    pub fn name(self) -> &'static str {
        match self {
            Base::File => "file",
            Base::Operator => "operator",
            Base::Assumed => "assumed",
            Base::Image => "image",
            Base::Unknown => "unknown",
        }
    }

    /// Whether an option that no document sets has a known value.
    pub fn is_known(self) -> bool {
        matches!(self, Base::File | Base::Operator | Base::Image)
    }
}

/// What the files beside a configuration say about who reads it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Use {
    /// There are none that could say it.
    #[default]
    Unsaid,
    /// A container or an image gets it, or it has its hosts beside it.
    Certain,
    /// They run Flink, or build jobs for it, and none of them says that a process gets the file: it may be
    /// a client's, a test's, a reference, or be changed before it is put in place.
    Open,
}

impl Cluster {
    /// Whether no option is set outside of the configuration.
    pub fn sets_nothing(&self) -> bool {
        !self.opaque && self.elsewhere.is_empty()
    }

    /// Whether a process reads the configuration.
    pub fn use_by(&self, process: Process) -> Use {
        self.uses[process as usize]
    }

    /// Whether an option may be set outside of the configuration. Exactly this key: whoever follows
    /// other names of an option asks for each.
    pub fn may_set(&self, key: &str) -> bool {
        self.opaque || self.elsewhere.contains(key)
    }
}

/// A number that a file fixes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// The number, at least 1.
    pub number: u32,
    /// Where it stands.
    pub at: Place,
}

/// The memory that a container of a Flink process may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The process in the container.
    pub process: Process,
    /// The limit in bytes.
    pub bytes: u64,
    /// As it is written: `2g`, `1536Mi`.
    pub text: String,
    /// Where it stands.
    pub at: Place,
}

/// A place with what is there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The bytes that say it.
    pub at: Location,
    /// In a few words: `mem_limit of service taskmanager`.
    pub what: String,
}
