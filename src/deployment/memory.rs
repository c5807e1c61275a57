//! The memory of a deployment's processes, from its settings in force.

use std::sync::OnceLock;

use super::Deployment;
use crate::flink::memory::{
    GENERATIONS, Inputs, JobManager, MemoryError, Mode, OPTIONS, Process, TaskManager, job_manager,
    task_manager,
};
use crate::flink::version::Versions;
use crate::syntax::{Document, Setting, Space};

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
    /// The value of this key is a placeholder.
    Placeholder(&'static str),
    /// A file beside the configuration sets this key, or may set any.
    Elsewhere(&'static str),
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

    /// Why no version starts; `None` where one does, or nothing is known.
    pub fn failure(&self) -> Option<&MemoryError> {
        let fails = self.cases.iter().all(|case| case.result.is_err());
        self.cases.first()?.result.as_ref().err().filter(|_| fails)
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

    /// The memory of its processes if some settings were others.
    pub fn memory_with(&self, changes: &[Change]) -> Memory {
        self.memory_as(self.mode(), changes)
    }

    /// The deployment with one more document on top of the others, and with processes that are started
    /// in a certain way.
    #[must_use]
    pub fn with(&self, document: Option<&'p Document>, mode: Mode) -> Deployment<'p> {
        let mut with = self.clone();
        with.documents.extend(document);
        with.memory = OnceLock::from(with.memory_as(mode, &[]));
        with
    }

    /// The same for processes that are started in a certain way.
    pub fn memory_as(&self, mode: Mode, changes: &[Change]) -> Memory {
        let mut unknown = [None; 2];
        let mut at = |process: Process, why: Unknown| {
            unknown[process as usize].get_or_insert(why);
        };
        let both = [Process::JobManager, Process::TaskManager];
        if !self.cluster_documents().any(|_| true) {
            for process in both {
                at(process, Unknown::NoConfiguration);
            }
        } else if !self
            .cluster_documents()
            .all(|own| own.complete && own.load_error.is_none())
        {
            for process in both {
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
            let (setting, _) = self.of_cluster(key)?;
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

    /// Who starts its processes: what the configuration shows of that.
    pub fn mode(&self) -> Mode {
        let target = self.of_cluster("execution.target");
        let is_container = target.is_some_and(|(setting, _)| {
            ["kubernetes-", "yarn-"]
                .iter()
                .any(|start| setting.value.starts_with(start))
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
        documents.filter(|document| document.space == Space::Flink)
    }

    /// The setting in force for exactly this key in those files.
    pub fn of_cluster(&self, key: &str) -> Option<(&'p Setting, &'p Document)> {
        let mut documents = self.cluster_documents().rev();
        documents.find_map(|document| document.get(key).map(|setting| (setting, document)))
    }

    /// The settings that take part in the memory of a process, in the order of the model.
    pub fn memory_settings(&self, process: Process) -> Vec<(&'p Setting, &'p Document)> {
        let own = OPTIONS
            .iter()
            .filter(|spec| spec.key.starts_with("jobmanager.") == (process == Process::JobManager));
        own.filter_map(|spec| {
            let mut names = std::iter::once(spec.key).chain(spec.also.iter().copied());
            names.find_map(|name| self.of_cluster(name))
        })
        .collect()
    }
}
