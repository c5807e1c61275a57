//! A deployment's memory as it is shown: rows with their names, and who decided each.

use std::sync::OnceLock;

use super::beside::{Beside, Figure};
use super::equation::{self, Equation};
use super::rocksdb::RocksDb;
use super::rows;
use crate::deployment::{Case, Deployment, Unknown, VersionFrom};
use crate::flink::memory::{Key, MemoryError, Mode, Part, Preset, Process, Why};
use crate::flink::version::{NAMES, Versions};
use crate::syntax::{Document, Kind, Setting, Space, is_placeholder};
use crate::text::Span;

/// What is asked beyond what the files say.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Who starts the processes, in place of what the files show of that.
    pub mode: Option<Mode>,
    /// Settings to try, each key once.
    pub changes: Vec<(String, String)>,
}

impl Asked {
    fn change(&self, key: &str) -> Option<&str> {
        let mut changes = self.changes.iter();
        let change = changes.find(|(own, _)| own == key);
        change.map(|(_, value)| value.as_str())
    }

    /// What is tried, as a document on top of a deployment's own.
    fn document(&self, deployment: &Deployment) -> Option<Document> {
        let below = deployment.documents.first()?;
        let source = deployment.source(below);
        let mut document = Document::new(source, below.format, Space::Flink, below.layer);
        let at = Span::default();
        document.editable = false;
        document.settings = self
            .changes
            .iter()
            .map(|(key, value)| Setting {
                key: key.clone(),
                value: value.clone(),
                kind: Kind::Text,
                known: true,
                key_at: at,
                value_at: at,
                whole: at,
                written: None,
            })
            .collect();
        (!self.changes.is_empty()).then_some(document)
    }
}

/// The memory of one deployment.
#[derive(Clone, Debug)]
pub struct View {
    /// The deployment's name.
    pub name: String,
    /// Its versions.
    pub versions: Versions,
    /// Who said so.
    pub version_from: Option<String>,
    /// Who starts its processes.
    pub mode: Mode,
    /// What somebody should know before they read the numbers.
    pub remark: Option<String>,
    /// Settings that were tried in place of those in the files.
    pub tried: Vec<(String, String)>,
    /// Each process, for each set of versions that agree about it.
    pub processes: Vec<ProcessView>,
}

/// One process in versions that agree about it.
#[derive(Clone, Debug)]
pub struct ProcessView {
    /// Which.
    pub process: Process,
    /// Who starts it.
    pub mode: Mode,
    /// The versions.
    pub versions: Versions,
    /// Whether other versions make something else of it.
    pub is_one_of_several: bool,
    /// What becomes of it.
    pub outcome: Outcome,
}

/// What becomes of a process.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It starts, with these parts.
    Starts(Box<Parts>),
    /// It does not start.
    Fails(Box<Fails>),
    /// Nobody can know from these files.
    Unknown {
        /// One word for the reason.
        why: &'static str,
        /// The reason.
        text: String,
    },
}

/// The parts of a process that starts.
#[derive(Clone, Debug)]
pub struct Parts {
    /// All of the process.
    pub total: Row,
    /// Its parts and their sums, in the order of the table.
    pub rows: Vec<Row>,
    /// CPU cores and slots of a `TaskManager`.
    pub cores_and_slots: Option<(f64, i32)>,
    /// The flags that Flink gives the JVM.
    pub jvm_params: String,
    /// What follows from the parts.
    pub beside: Vec<Beside>,
    /// What `RocksDB` makes of managed memory, where it keeps the state.
    pub rocksdb: Option<RocksDb>,
}

impl Parts {
    /// Numbers that follow from the parts.
    pub(super) fn figures(&self) -> impl Iterator<Item = &Figure> {
        self.beside.iter().flat_map(|beside| &beside.figures)
    }

    /// The parts that add up to the process.
    pub(super) fn leaves(&self) -> impl Iterator<Item = (&Row, Look)> {
        self.rows
            .iter()
            .filter_map(|row| row.look.map(|look| (row, look)))
    }
}

/// A process that does not start.
#[derive(Clone, Debug)]
pub struct Fails {
    /// What Flink says.
    pub error: MemoryError,
    /// The numbers that it compares.
    pub equation: Equation,
}

/// How a part looks in a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Look {
    /// Its letter.
    pub(super) letter: char,
    /// Its number among the colours.
    pub(super) color: usize,
}

/// One line of the table.
#[derive(Clone, Debug)]
pub struct Row {
    /// The name in JSON.
    pub name: &'static str,
    /// The name for people.
    pub label: &'static str,
    /// How deep it lies.
    pub depth: usize,
    /// The bytes.
    pub bytes: u64,
    /// What decided them; `None` for a sum that Flink does not name.
    pub reason: Option<Reason>,
    /// What more is to be said.
    pub note: Option<String>,
    pub(super) look: Option<Look>,
}

/// What decided a part.
#[derive(Clone, Debug)]
pub struct Reason {
    /// How.
    pub why: Why,
    /// The key.
    pub key: Option<&'static str>,
    /// Where it is set.
    pub origin: Origin,
    /// The fraction that a limit replaces.
    pub(super) fraction: Option<String>,
}

/// Where a setting stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nowhere.
    Nowhere,
    /// In the configuration that the image ships.
    Shipped {
        /// The value.
        value: &'static str,
    },
    /// On the command line.
    Tried {
        /// The value.
        value: String,
    },
    /// In a file.
    File {
        /// Relative to the project.
        path: String,
        /// From 1.
        line: usize,
        /// The value.
        value: String,
    },
}

/// Finds out who set what.
#[derive(Clone, Copy)]
pub(super) struct Origins<'d> {
    deployment: &'d Deployment<'d>,
    asked: &'d Asked,
}

impl Origins<'_> {
    /// Where a key is set.
    pub(super) fn of(self, key: &str) -> Origin {
        if let Some(value) = self.asked.change(key) {
            let value = value.to_owned();
            return Origin::Tried { value };
        }
        let Some((setting, document)) = self.deployment.of_cluster(key) else {
            return match self.deployment.shipped(key) {
                Some(value) => Origin::Shipped { value },
                None => Origin::Nowhere,
            };
        };
        let source = self.deployment.source(document);
        Origin::File {
            path: source.path.clone(),
            line: source.line(setting.key_at.start),
            value: setting.value.clone(),
        }
    }

    /// Where an option is set, under the first of its names that is.
    pub(super) fn of_option(self, key: Key) -> (&'static str, Origin) {
        let mut set = key.names().map(|name| (name, self.of(name)));
        let found = set.find(|(_, origin)| *origin != Origin::Nowhere);
        found.unwrap_or((key.name(), Origin::Nowhere))
    }

    /// The text of an option: as it is set, or its default.
    pub(super) fn text(self, key: Key) -> Option<String> {
        match self.of_option(key).1 {
            Origin::Tried { value } | Origin::File { value, .. } => Some(value),
            Origin::Shipped { value } => Some(value.to_owned()),
            Origin::Nowhere => match key.spec().preset {
                Preset::Fraction(fraction) => Some(fraction.to_string()),
                _ => None,
            },
        }
    }

    /// Who decided a part.
    pub(super) fn reason(self, name: &str, part: &Part, process: Process) -> Reason {
        let origin = match part.key.filter(|_| part.set) {
            Some(key) => self.of(key),
            None => Origin::Nowhere,
        };
        let limited = match (name, process) {
            ("network", _) => Some(Key::NetworkFraction),
            ("jvm_overhead", Process::TaskManager) => Some(Key::TaskOverheadFraction),
            ("jvm_overhead", Process::JobManager) => Some(Key::JobOverheadFraction),
            _ => None,
        };
        let is_limit = matches!(part.why, Why::Least { .. } | Why::Most { .. });
        Reason {
            why: part.why,
            key: part.key,
            origin,
            fraction: limited.filter(|_| is_limit).and_then(|key| self.text(key)),
        }
    }
}

impl View {
    /// What a deployment's processes get. The deployment is one of which somebody wants to know what
    /// becomes of its files; see [`Deployment::as_if_read`].
    pub fn of(deployment: &Deployment, asked: &Asked) -> View {
        let shipped = deployment.on_shipped_defaults();
        let assumed = shipped.is_some();
        let deployment = shipped.as_ref().unwrap_or(deployment);
        let tried = asked.document(deployment);
        let mut with = deployment.clone();
        with.documents.extend(&tried);
        with.cluster
            .elsewhere
            .retain(|key| asked.change(key).is_none());
        with.started_by = asked.mode.or(with.started_by);
        with.memory = OnceLock::new();
        let (memory, mode) = (with.memory(), with.mode());
        let origins = Origins { deployment, asked };
        let mut processes = Vec::new();
        cases(
            &mut processes,
            (Process::TaskManager, mode),
            (&memory.task_manager.cases, memory.task_manager.unknown),
            origins,
            |model, versions| {
                let mut own = with.clone();
                own.versions = versions;
                rows::of_task_manager(model, origins, &own)
            },
        );
        cases(
            &mut processes,
            (Process::JobManager, mode),
            (&memory.job_manager.cases, memory.job_manager.unknown),
            origins,
            |model, _| rows::of_job_manager(model, origins),
        );
        let remark = if deployment.opens_nothing {
            let version = deployment.version_text();
            Some(format!(
                "{version} looks for another file; these are the numbers of the one that is here"
            ))
        } else {
            assumed.then(|| {
                "with the operator's default configuration as its chart ships it".to_owned()
            })
        };
        View {
            name: deployment.name.clone(),
            versions: deployment.versions,
            version_from: deployment.version_from.as_ref().map(ToString::to_string),
            mode,
            remark,
            tried: asked.changes.clone(),
            processes,
        }
    }

    /// The versions in words, and who named them.
    pub(super) fn version_text(&self) -> String {
        let from = self.version_from.as_ref();
        let from = from.map_or_else(String::new, |from| format!(" ({from})"));
        format!("Flink {}{from}", self.versions)
    }
}

/// Adds each case of a process, or that nothing is known.
fn cases<T>(
    out: &mut Vec<ProcessView>,
    (process, mode): (Process, Mode),
    (cases, unknown): (&[Case<T>], Option<Unknown>),
    origins: Origins,
    parts: impl Fn(&T, Versions) -> Parts,
) {
    let view = |versions: Versions, outcome: Outcome| ProcessView {
        process,
        mode,
        versions,
        is_one_of_several: cases.len() > 1,
        outcome,
    };
    if let Some(unknown) = unknown {
        let outcome = unknown_outcome(unknown, origins);
        out.push(view(origins.deployment.versions, outcome));
        return;
    }
    out.extend(cases.iter().map(|case| {
        let outcome = match &case.result {
            Ok(model) => Outcome::Starts(Box::new(parts(model, case.versions))),
            Err(error) => Outcome::Fails(Box::new(Fails {
                error: error.clone(),
                equation: equation::of(error, origins),
            })),
        };
        view(case.versions, outcome)
    }));
}

fn unknown_outcome(unknown: Unknown, origins: Origins) -> Outcome {
    let deployment = origins.deployment;
    let (why, text) = match unknown {
        Unknown::NoConfiguration => (
            "no-configuration",
            "no file of the cluster's configuration is in sight".to_owned(),
        ),
        Unknown::Incomplete => ("incomplete", incomplete(deployment)),
        Unknown::BeforeAll => {
            let from = deployment.version_before_all.iter();
            let from: String = from.map(VersionFrom::to_string).collect();
            (
                "version-before-all",
                format!("{from} names an older Flink than {}", NAMES[0]),
            )
        }
        Unknown::Placeholder(key) => {
            let text = match origins.of(key) {
                Origin::File { path, line, value } if !is_placeholder(&value) => {
                    format!("{key} is not known   {path}:{line}")
                }
                Origin::File { path, line, .. } => {
                    format!("{key} is a placeholder   {path}:{line}")
                }
                _ => format!("{key} is a placeholder"),
            };
            ("placeholder", text)
        }
        Unknown::Elsewhere(key) => {
            let by = deployment
                .cluster
                .set_by
                .first()
                .map_or(String::new(), |place| {
                    let source = deployment.sources.get(place.at.source);
                    let line = source.line(place.at.span.start);
                    format!(": {}   {}:{line}", place.what, source.path)
                });
            (
                "set-elsewhere",
                format!("{key} may be set outside of the configuration{by}"),
            )
        }
    };
    Outcome::Unknown { why, text }
}

/// Why not all of the configuration is known.
fn incomplete(deployment: &Deployment) -> String {
    let own = deployment.documents.iter();
    let mut own = own.filter(|document| document.space == Space::Flink);
    let broken = own.clone().find_map(|document| {
        let problem = document.load_error()?;
        let source = deployment.source(document);
        let line = source.line(problem.at.start);
        Some(format!(
            "{}:{line} does not load: {}",
            source.path, problem.message
        ))
    });
    broken.unwrap_or_else(|| {
        let partial = own.find(|document| !document.complete);
        match partial {
            Some(document) => {
                let path = &deployment.source(document).path;
                format!("{path} does not hold all of the configuration")
            }
            None => "not all of its configuration is in sight".to_owned(),
        }
    })
}
