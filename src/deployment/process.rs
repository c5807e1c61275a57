//! What each process of a deployment reads: some documents are of one process alone, as the
//! `FLINK_PROPERTIES` of one service are.

use super::{Deployment, Process, Site};
use crate::flink::version::Versions;
use crate::syntax::{Document, Layer, Setting};

/// Beginnings of the options on which one process alone acts. What a job is given when it is submitted, the
/// `JobManager`'s own client or dispatcher gives it.
const READERS: [(&str, Process); 13] = [
    // Where a task keeps its own copy of the state; all else of `execution.` goes with the job.
    (
        "execution.checkpointing.local-backup.",
        Process::TaskManager,
    ),
    ("execution.", Process::JobManager),
    ("historyserver.", Process::JobManager),
    ("jobmanager.", Process::JobManager),
    ("jobstore.", Process::JobManager),
    ("parallelism.default", Process::JobManager),
    ("pipeline.", Process::JobManager),
    ("rest.", Process::JobManager),
    ("restart-strategy", Process::JobManager),
    ("table.", Process::JobManager),
    ("task.", Process::TaskManager),
    ("taskmanager.", Process::TaskManager),
    ("web.", Process::JobManager),
];

/// The process that alone acts on an option; `None` where both do, or nobody here knows.
pub(super) fn reader_of(key: &str) -> Option<Process> {
    let mut readers = READERS.iter();
    let found = readers.find(|(start, _)| key.starts_with(start));
    found.map(|(_, process)| *process)
}

impl<'p> Deployment<'p> {
    /// The process that alone reads a document; `None` where both do.
    pub fn reader(&self, document: &Document) -> Option<Process> {
        let mut only = self.only.iter();
        let own = only.find(|(source, ordinal, _)| {
            (*source, *ordinal) == (document.source, document.ordinal)
        });
        own.map(|(.., process)| *process)
    }

    /// Whether a process reads a document.
    pub(super) fn is_read_by(&self, document: &Document, process: Process) -> bool {
        self.only.is_empty() || self.reader(document).is_none_or(|own| own == process)
    }

    /// Whether a line of `FLINK_PROPERTIES` may say something else than it seems to. From 1.19 on the
    /// entrypoint of the image cuts each line at its first colon and takes out every blank, no `#` begins a
    /// comment, and the value goes through a command line, which may take its quotes
    /// (`process_flink_properties` of flink-docker).
    pub fn is_read_otherwise(&self, setting: &Setting, document: &Document) -> bool {
        if document.layer != Layer::Environment || !self.versions.overlaps(Versions::YAML) {
            return false;
        }
        let value = setting.value.trim();
        let is_amount = value.split_once(' ').is_some_and(|(number, unit)| {
            let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
            is_number && unit.trim().bytes().all(|byte| byte.is_ascii_alphabetic())
        });
        let source = self.source(document);
        let line = source.line_span(source.line_index(setting.value_at.end));
        let behind = source
            .bytes
            .get(setting.value_at.end as usize..line.end as usize);
        value.contains(char::is_whitespace) && !is_amount
            || value.contains(['"', '\'', '#'])
            || behind.is_some_and(|behind| behind.contains(&b'#'))
    }

    /// Whether a document has lines that one version skips, and another reads.
    pub(super) fn has_lines_of_both(&self, document: &Document) -> bool {
        document.layer == Layer::Environment
            && !document.problems.is_empty()
            && self.versions.overlaps(Versions::YAML)
    }

    /// Whether the other process has another value for what a client may read: nobody knows where jobs are
    /// submitted.
    pub(super) fn is_disputed(&self, key: &str, process: Process) -> bool {
        if key.starts_with("jobmanager.") || key.starts_with("taskmanager.") {
            return false;
        }
        let other = match process {
            Process::JobManager => Process::TaskManager,
            Process::TaskManager => Process::JobManager,
        };
        let value = |process| self.raw_in(key, process).map(|(own, _)| &own.value);
        value(other).is_some_and(|other| value(process) != Some(other))
    }

    /// The setting in force for exactly this key in one process.
    pub(super) fn raw_in(&self, key: &str, process: Process) -> Option<Site<'p>> {
        let mut documents = self.documents.iter().rev();
        documents.find_map(|document| {
            let setting = document.get(key)?;
            let reads = self.is_read_by(document, process) && self.counts(document, key);
            reads.then_some((setting, *document))
        })
    }
}
