//! What the code and the scripts of jobs set, seen from a cluster that runs them: it differs from job to
//! job, so of the cluster alone nobody can tell what is in force.

use std::collections::BTreeMap;

use super::{Deployment, Value};
use crate::flink::options;
use crate::syntax::{Document, Layer, Setting};
use crate::text::SourceId;

/// Beginnings of the options that a job may have of its own. What processes read when they start, code and
/// scripts set in vain.
const OF_JOBS: [&str; 11] = [
    "execution.",
    "fs.",
    "high-availability.job",
    "metrics.latency.",
    "parallelism.",
    "pipeline.",
    "python.",
    "restart-strategy",
    "sql-client.",
    "state.",
    "table.",
];

/// Whether a job may have an option of its own.
pub fn is_of_job(key: &str) -> bool {
    OF_JOBS.iter().any(|start| key.starts_with(start))
}

/// Whether a job's own text says what a document says, and not the files of its cluster.
pub fn is_said_by_job(document: &Document) -> bool {
    document.layer >= Layer::Sql
}

/// Whether a setting stands for the call of a method or the constant of an option: neither its key nor its
/// value is anybody's spelling.
pub fn is_disguised(document: &Document, setting: &Setting) -> bool {
    is_said_by_job(document) && setting.written.is_some()
}

/// What the jobs of a cluster set or may set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Jobs {
    /// The options that one of them sets, each with its value where that is known and the same in all.
    pub keys: BTreeMap<String, Option<String>>,
    /// Whether one of them may set any option of a job: nobody can tell from its text.
    pub opaque: bool,
    /// The sources that make a job which certainly runs here, and those beside them in its module.
    pub runs: Vec<SourceId>,
}

impl Jobs {
    /// Notes that one of them sets a key; `None` for a value that its text doesn't tell.
    pub fn add(&mut self, key: &str, value: Option<&str>) {
        let same = self.keys.get(key).is_none_or(|own| own.as_deref() == value);
        let value = value.filter(|_| same).map(str::to_owned);
        self.keys.insert(key.to_owned(), value);
    }

    /// Whether a job may set exactly this key.
    pub fn may_set(&self, key: &str) -> bool {
        self.opaque && is_of_job(key) || self.keys.contains_key(key)
    }

    /// Whether there is nothing that one sets or may set.
    pub fn set_nothing(&self) -> bool {
        !self.opaque && self.keys.is_empty()
    }
}

impl<'p> Deployment<'p> {
    /// Whether a job that runs here may set an option under any of its names.
    pub fn may_be_set_by_jobs(&self, key: &str) -> bool {
        if self.jobs.set_nothing() {
            return false;
        }
        let mut aliases = options::meanings(key).flat_map(|spec| spec.aliases());
        self.jobs.may_set(key) || aliases.any(|alias| self.jobs.may_set(alias.key))
    }

    /// Whether the jobs that set an option all set it to what it is in the cluster anyway.
    pub(super) fn jobs_leave(&self, key: &str, own: Value) -> bool {
        let aliases = options::meanings(key).flat_map(|spec| spec.aliases());
        let mut names = aliases.map(|alias| alias.key).chain([key]);
        let same = |value: &Option<String>| match (value, own) {
            (Some(value), Value::Known(effective)) => effective.value() == value,
            // Defaults are names and numbers.
            (Some(value), Value::Default(Some(default))) => value.eq_ignore_ascii_case(default),
            _ => false,
        };
        !self.jobs.opaque && names.all(|name| self.jobs.keys.get(name).is_none_or(same))
    }

    /// Whether what a document says of a key counts: a job can't set the options of processes.
    pub fn counts(&self, document: &Document, key: &str) -> bool {
        !is_said_by_job(document) || is_of_job(key)
    }

    /// The sources of the same project that declare types or run jobs, this one's own among them.
    pub fn types(&self) -> impl Iterator<Item = &'p Document> + '_ {
        let all = self.all_documents;
        self.types.iter().filter_map(|&number| all.get(number))
    }
}
