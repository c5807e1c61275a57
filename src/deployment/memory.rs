//! The memory of a deployment's processes, from its settings in force.

use std::sync::OnceLock;

use super::{Base, Deployment, Site, is_said_by_job, process};
use crate::flink::memory::{
    GENERATIONS, Inputs, JobManager, Key, MemoryError, Mode, Process, ProcessMemory, TaskManager,
    job_manager, task_manager,
};
use crate::flink::shipped::Shipped;
use crate::flink::version::Versions;
use crate::syntax::{Document, Space};

/// The memory of both processes.
#[derive(Clone, Debug)]
pub struct Memory {
    /// Of each `TaskManager`.
    pub task_manager: Derived<TaskManager>,
    /// Of the `JobManager`.
    pub job_manager: Derived<JobManager>,
}

/// What is known of the memory of one process.
#[derive(Clone, Debug)]
pub struct Derived<T> {
    /// What Flink makes of the settings, for each set of versions that agree; together the versions of
    /// the deployment. Empty when it can't be known.
    pub cases: Vec<Case<T>>,
    /// Why it can't be known.
    pub unknown: Option<Unknown>,
}

/// What some versions make of the settings.
#[derive(Clone, Debug)]
pub struct Case<T> {
    /// The versions.
    pub versions: Versions,
    /// The parts, or why the process does not start.
    pub result: Result<T, MemoryError>,
}

/// Why memory can't be computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// No file of the cluster.
    NoConfiguration,
    /// Some layer is out of sight, or does not load.
    Incomplete,
    /// A file beside the configuration names a release before all that the model holds for.
    BeforeAll,
    /// The value of this key is a placeholder.
    Placeholder(&'static str),
    /// A file beside the configuration sets this key, or may set any.
    Elsewhere(&'static str),
}

/// What some versions make of either process.
pub type Outcome<'m> = (Versions, Result<&'m dyn ProcessMemory, &'m MemoryError>);

impl Memory {
    /// What becomes of a process, by the versions that agree; nothing where it can't be known.
    pub fn of(&self, process: Process) -> Vec<Outcome<'_>> {
        match process {
            Process::JobManager => self.job_manager.outcomes(),
            Process::TaskManager => self.task_manager.outcomes(),
        }
    }

    /// A process in each version, where it starts in all of them.
    pub fn starts(&self, process: Process) -> Option<Vec<&dyn ProcessMemory>> {
        let all = self.of(process).into_iter();
        let all: Option<Vec<_>> = all.map(|(_, result)| result.ok()).collect();
        all.filter(|all| !all.is_empty())
    }

    /// Why no version of a process starts; `None` where one does, or nothing is known.
    pub fn failure(&self, process: Process) -> Option<&MemoryError> {
        let all = self.of(process).into_iter();
        let errors: Option<Vec<_>> = all.map(|(_, result)| result.err()).collect();
        errors?.first().copied()
    }

    /// Why nothing is known of a process.
    pub fn unknown(&self, process: Process) -> Option<Unknown> {
        match process {
            Process::JobManager => self.job_manager.unknown,
            Process::TaskManager => self.task_manager.unknown,
        }
    }
}

impl<T: ProcessMemory> Derived<T> {
    fn outcomes<'m>(&'m self) -> Vec<Outcome<'m>> {
        let outcome = |case: &'m Case<T>| -> Outcome<'m> {
            let result = case.result.as_ref();
            (case.versions, result.map(|own| own as &dyn ProcessMemory))
        };
        self.cases.iter().map(outcome).collect()
    }
}

impl<T> Derived<T> {
    /// What all versions agree on; `None` where some version does not start.
    pub fn agreed<R: PartialEq>(&self, of: impl Fn(&T) -> R) -> Option<R> {
        let mut all = self
            .cases
            .iter()
            .map(|case| case.result.as_ref().ok().map(&of));
        let first = all.next()??;
        all.all(|other| other.as_ref() == Some(&first))
            .then_some(first)
    }

    /// What one of the versions makes of it, when all of them start.
    pub fn any(&self) -> Option<&T> {
        let starts = self.cases.iter().all(|case| case.result.is_ok());
        self.cases.first()?.result.as_ref().ok().filter(|_| starts)
    }
}

/// Another value for a key, or none: what would be if it were so.
pub type Change<'c> = (&'c str, Option<&'c str>);

/// Keys that only a configuration for native Kubernetes or YARN has: the client starts the processes.
const OF_CONTAINERS: [&str; 10] = [
    "kubernetes.container.",
    "kubernetes.taskmanager.",
    "kubernetes.jobmanager.",
    "kubernetes.pod-template-file",
    "kubernetes.rest-service.",
    "kubernetes.operator.",
    "yarn.application",
    "yarn.provided.",
    "yarn.ship-",
    "yarn.containers.",
];

impl<'p> Deployment<'p> {
    /// The memory of its processes, computed once.
    pub fn memory(&self) -> &Memory {
        self.memory.get_or_init(|| self.memory_with(&[]))
    }

    /// The same deployment on the operator's default configuration as the operator's chart ships it, where
    /// that is what is assumed of it. Since 1.3 of the operator it holds nothing that takes part in memory:
    /// one slot and a parallelism of 1, and flags of the JVM.
    #[must_use]
    pub fn on_shipped_defaults(&self) -> Option<Self> {
        (self.base == Base::Assumed).then(|| Deployment {
            base: Base::Operator,
            memory: OnceLock::new(),
            ..self.clone()
        })
    }

    /// The memory of its processes if some settings were others.
    pub fn memory_with(&self, changes: &[Change]) -> Memory {
        let mode = self.mode();
        let mut unknown = [None; 2];
        let mut at = |process: Process, why: Unknown| {
            unknown[process as usize].get_or_insert(why);
        };
        let both = [Process::JobManager, Process::TaskManager];
        if self.version_before_all.is_some() {
            for process in both {
                at(process, Unknown::BeforeAll);
            }
        }
        let is_configured = self.cluster_documents().any(|_| true);
        for process in both {
            let mut own = self
                .cluster_documents()
                .filter(|own| self.is_read_by(own, process));
            // The processes of a session job have started with what their cluster says.
            let starts = self.resource("FlinkSessionJob").is_none();
            let seen = self.base.is_known() && self.unseen != Some(process) && starts;
            if !is_configured {
                at(process, Unknown::NoConfiguration);
            } else if !seen || !own.all(|own| own.complete && own.load_error.is_none()) {
                at(process, Unknown::Incomplete);
            }
        }
        let inputs = Inputs::read(|key| {
            if let Some((_, value)) = changes.iter().rev().find(|(own, _)| *own == key) {
                return *value;
            }
            let process = both[usize::from(!key.starts_with("jobmanager."))];
            if self.cluster.may_set(key) {
                at(process, Unknown::Elsewhere(key));
            }
            let Some((setting, _)) = self.of_cluster(key) else {
                return match self.below(key)? {
                    Shipped::Set(value) => Some(value),
                    _ => None,
                };
            };
            if !setting.known {
                at(process, Unknown::Placeholder(key));
            }
            Some(&setting.value)
        });
        let derived = |process: Process| unknown[process as usize];
        Memory {
            task_manager: self.derive(derived(Process::TaskManager), |version| {
                task_manager(&inputs, version, mode)
            }),
            job_manager: self.derive(derived(Process::JobManager), |version| {
                job_manager(&inputs, version, mode)
            }),
        }
    }

    /// Computes a process in each version, versions of one model together.
    fn derive<T: PartialEq>(
        &self,
        unknown: Option<Unknown>,
        of: impl Fn(Versions) -> Result<T, MemoryError>,
    ) -> Derived<T> {
        let mut cases: Vec<Case<T>> = Vec::new();
        let known = unknown.is_none();
        for generation in GENERATIONS.into_iter().filter(|_| known) {
            let versions = generation.and(self.versions);
            let Some(version) = versions.iter().last() else {
                continue;
            };
            let result = of(version);
            let same = |case: &&mut Case<T>| match (&case.result, &result) {
                (Ok(one), Ok(other)) => one == other,
                (Err(one), Err(other)) => one.is_like(other),
                _ => false,
            };
            match cases.iter_mut().find(same) {
                Some(case) => case.versions = case.versions.or(versions),
                None => cases.push(Case { versions, result }),
            }
        }
        Derived { cases, unknown }
    }

    /// Who starts its processes: who is said to, or else what the configuration shows of that. Flink reads
    /// the name of the target in any case (`KubernetesClusterClientFactory.isCompatibleWith`).
    pub fn mode(&self) -> Mode {
        if let Some(mode) = self.started_by {
            return mode;
        }
        let target = self.of_cluster("execution.target");
        let is_container = target.is_some_and(|(setting, _)| {
            ["kubernetes-", "yarn-"]
                .iter()
                .any(|start| setting.value.to_ascii_lowercase().starts_with(start))
        });
        let mut keys = self
            .cluster_documents()
            .flat_map(|document| document.settings.iter().map(|setting| &setting.key));
        let shows = |key: &String| OF_CONTAINERS.iter().any(|start| key.starts_with(start));
        if is_container || keys.any(shows) {
            Mode::Container
        } else {
            Mode::Standalone
        }
    }

    /// The files that Flink's processes read when they start.
    pub fn cluster_documents(&self) -> impl DoubleEndedIterator<Item = &'p Document> + '_ {
        let documents = self.documents.iter().copied();
        documents.filter(|document| document.space == Space::Flink && !is_said_by_job(document))
    }

    /// The setting in force for exactly this key in those files.
    pub fn of_cluster(&self, key: &str) -> Option<Site<'p>> {
        let mut documents = self.cluster_documents().rev();
        let reader = process::reader_of(key);
        documents.find_map(|document| {
            let setting = document.get(key)?;
            let read = reader.is_none_or(|process| self.is_read_by(document, process));
            read.then_some((setting, document))
        })
    }

    /// The settings that take part in the memory of a process, in the order of the model.
    pub fn memory_settings(&self, process: Process) -> Vec<Site<'p>> {
        let keys = Key::ALL.iter().filter(|key| key.process() == process);
        keys.filter_map(|key| self.of_cluster(self.memory_key(*key)?))
            .collect()
    }

    /// The name under which an option of memory is set.
    pub fn memory_key(&self, key: Key) -> Option<&'static str> {
        let mut names = key.names();
        names.find(|name| self.of_cluster(name).is_some())
    }
}
