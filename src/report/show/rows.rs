//! The settings in force, by key.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::deployment::{Deployment, Process, is_disguised};
use crate::flink::options;
use crate::report::plain;
use crate::rules::shown_value;
use crate::syntax::{Document, Setting, is_placeholder};
use crate::words::shortened;

/// As much of a key or a value as stands in a line, in characters; JSON has all of it.
pub(super) const MOST_SHOWN: usize = 1000;

/// A key's setting in force.
pub(super) struct Row<'d> {
    pub(super) setting: &'d Setting,
    pub(super) path: &'d str,
    pub(super) line: usize,
    /// The process that alone reads it.
    pub(super) reader: Option<Process>,
    pub(super) shadowed: usize,
}

impl Row<'_> {
    /// Its line in the list, whose keys are this wide.
    pub(super) fn line(&self, width: usize) -> String {
        let shadowed = match self.shadowed {
            0 => String::new(),
            count => format!("   over {count} more"),
        };
        let unknown = match self.setting {
            setting if setting.known => "",
            setting if is_placeholder(&setting.value) => "   (placeholder)",
            _ => "   (unknown)",
        };
        let reader = match self.reader {
            Some(process) => format!("   ({} only)", process.name()),
            None => String::new(),
        };
        format!(
            "  {:width$}  {}   {}:{}{unknown}{reader}{shadowed}\n",
            plain(&shortened(&self.setting.key, MOST_SHOWN)),
            plain(&shortened(&shown_value(self.setting), MOST_SHOWN)),
            plain(self.path),
            self.line
        )
    }

    /// Its value and its place.
    pub(super) fn json(&self) -> Value {
        json!({ "value": shown_value(self.setting), "path": self.path, "line": self.line })
    }
}

/// The last setting of each key over documents in their order, by key. Where processes read different
/// documents, each has its own, but what is the same in both is told once.
pub(super) fn in_force<'d>(
    deployment: &'d Deployment,
    documents: &'d [&'d Document],
) -> Vec<Row<'d>> {
    let both = [Some(Process::JobManager), Some(Process::TaskManager)];
    let processes = if deployment.only.is_empty() {
        &[None][..]
    } else {
        &both[..]
    };
    let mut rows: BTreeMap<&str, Vec<Row>> = BTreeMap::new();
    for process in processes {
        for (key, row) in in_one(deployment, documents, *process) {
            let own = rows.entry(key).or_default();
            match own
                .iter_mut()
                .find(|other| other.setting.value == row.setting.value)
            {
                Some(other) => other.reader = None,
                None => own.push(row),
            }
        }
    }
    rows.into_values().flatten().collect()
}

/// How options begin that concern the other process: what one is told of the other, nobody acts on.
pub(super) fn of_other(process: Option<Process>) -> Option<&'static str> {
    match process? {
        Process::JobManager => Some("taskmanager."),
        Process::TaskManager => Some("jobmanager.memory."),
    }
}

/// The last setting of each key for one process, or for both.
pub(super) fn in_one<'d>(
    deployment: &'d Deployment,
    documents: &'d [&'d Document],
    process: Option<Process>,
) -> BTreeMap<&'d str, Row<'d>> {
    let mut rows: BTreeMap<&str, Row> = BTreeMap::new();
    let other = of_other(process);
    let acts = |setting: &&Setting| other.is_none_or(|other| !setting.key.starts_with(other));
    for document in documents.iter().filter(|own| own.load_error.is_none()) {
        let reader = deployment.reader(document);
        if reader.is_some() && reader != process {
            continue;
        }
        let source = deployment.source(document);
        let counts = |setting: &&Setting| counts(deployment, document, setting);
        for setting in document.settings.iter().filter(acts).filter(counts) {
            let shadowed = rows
                .get(setting.key.as_str())
                .map_or(0, |row| row.shadowed + 1);
            let row = Row {
                setting,
                path: &source.path,
                line: source.line(setting.key_at.start),
                reader,
                shadowed,
            };
            rows.insert(&setting.key, row);
        }
    }
    rows
}

/// Whether a setting may have an effect where it stands. What versions call differently, code sets under
/// all of its names.
pub(super) fn counts(deployment: &Deployment, document: &Document, setting: &Setting) -> bool {
    let is_named =
        !is_disguised(document, setting) || options::is_known(&setting.key, deployment.versions);
    is_named && deployment.counts(document, &setting.key)
}
