//! One file per format: bytes to settings and back. Parsing never fails; it gives a document and
//! its problems. Only this module and the fix engine know how to replace bytes.
//!
//! A format is a variant of [`Format`], a file with `parse(&Source) -> Document`, and five functions
//! that each give one [`Edit`](crate::text::Edit) or `None`: `set`, `rename`, `insert`, `insert_after`, `remove`. Rules
//! reach them through [`Document`]; which of them serves a format says `Document::writer`. An edit is
//! read again by the format's own reader before it is given out, unless it only takes whole lines
//! away. Which file has which format is decided in `recognise`.

use std::collections::BTreeSet;

pub use self::placeholder::is_placeholder;
pub use self::problem::{Problem, ProblemKind, Repair};
use crate::text::{Source, SourceId, Span};

mod arguments;
pub mod bottlerocket;
pub mod code;
mod edit;
pub mod embed;
pub mod environment;
pub mod flink_conf;
pub mod image;
pub mod json;
mod key_order;
pub mod kustomization;
mod lines;
pub mod manifest;
mod placeholder;
mod problem;
pub mod properties;
pub mod sql;
pub mod sysctl;
pub mod terraform;
#[cfg(test)]
mod testing;
pub mod toml;
pub mod tuned;
mod within;
pub mod yaml;

use key_order::KeyOrder;

/// The formats that flint reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// `flink-conf.yaml`: Flink's own line grammar, up to 1.20.
    FlinkConf,
    /// `config.yaml`: YAML 1.2 core as Flink 1.19+ loads it.
    ConfigYaml,
    /// `sysctl.conf` and `sysctl.d/*.conf`.
    Sysctl,
    /// The parameters of a profile of tuned. Quotes around a value and comments behind it are tuned's.
    Tuned,
    /// Java properties.
    Properties,
    /// TOML.
    Toml,
    /// JSON.
    Json,
    /// Any other YAML that holds a job's configuration.
    Yaml,
    /// `key=value` among the words of a command: options of Flink behind `-D`, and kernel parameters. The
    /// latter also in items of lists and in arguments of other tools' tasks. Quotes and comments are those of
    /// the text around them and never part of a value.
    Arguments,
    /// A script in Flink's SQL, or a statement of one in the string of a source.
    Sql,
    /// The source of a job.
    Code(code::Language),
}

impl Format {
    /// The name used in outputs.
    pub fn name(self) -> &'static str {
        match self {
            Format::FlinkConf => "flink-conf",
            Format::ConfigYaml => "config-yaml",
            Format::Sysctl => "sysctl",
            Format::Tuned => "tuned",
            Format::Properties => "properties",
            Format::Toml => "toml",
            Format::Json => "json",
            Format::Yaml => "yaml",
            Format::Arguments => "arguments",
            Format::Sql => "sql",
            Format::Code(language) => language.name(),
        }
    }
}

/// What kind of keys a document holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Space {
    /// Flink options.
    Flink,
    /// Kernel parameters.
    Sysctl,
    /// A job's own configuration.
    Job,
    /// Fields of an object of the Flink Kubernetes Operator: `spec.job.parallelism`.
    Resource,
    /// Options of one table: what its connector and format read.
    Table,
}

impl Space {
    /// The name used in outputs.
    pub fn name(self) -> &'static str {
        match self {
            Space::Flink => "flink",
            Space::Sysctl => "sysctl",
            Space::Job => "job",
            Space::Resource => "resource",
            Space::Table => "table",
        }
    }
}

/// Where a document stands in Flink's order of precedence, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// Kernel parameters of the host; beside Flink's own layers.
    Host,
    /// The file in Flink's configuration directory.
    ClusterFile,
    /// What the entrypoint of Flink's image appends to that file.
    Environment,
    /// What an operator gives every cluster that it starts.
    OperatorDefaults,
    /// What a resource of an operator holds.
    Manifest,
    /// The fields of a resource that an operator turns into options; they win over its map.
    Spec,
    /// `-Dkey=value` of a command.
    Arguments,
    /// A job's configuration file, applied by the job itself.
    JobFile,
    /// `SET` of a script.
    Sql,
    /// What a job's code sets.
    Code,
}

impl Layer {
    /// The name used in outputs.
    pub fn name(self) -> &'static str {
        match self {
            Layer::Host => "host",
            Layer::ClusterFile => "cluster-file",
            Layer::Environment => "environment",
            Layer::OperatorDefaults => "operator-defaults",
            Layer::Manifest => "manifest",
            Layer::Spec => "spec",
            Layer::Arguments => "arguments",
            Layer::JobFile => "job-file",
            Layer::Sql => "sql",
            Layer::Code => "code",
        }
    }
}

/// What kind of value a file holds, as its format types it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Text; every value of a line format.
    Text,
    /// An integer of any size.
    Integer,
    /// A floating point number.
    Float,
    /// `true` or `false`.
    Boolean,
    /// A list, kept as one value in YAML flow form.
    List,
    /// No value (`null`).
    Null,
}

/// One setting with the exact bytes that say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The key as the application reads it: dotted, unquoted.
    pub key: String,
    /// The value as the application holds it as text.
    pub value: String,
    /// How the format types the value.
    pub kind: Kind,
    /// False when the value holds a placeholder (`${X}`, `{{ x }}`): unknown, never wrong.
    pub known: bool,
    /// The bytes of the last part of the key, with its quotes.
    pub key_at: Span,
    /// The bytes of the value, with its quotes.
    pub value_at: Span,
    /// The setting from key to the end of its value; for a line format the line without its break.
    pub whole: Span,
    /// How the user spelt the setting where that is not the key.
    pub written: Option<String>,
}

/// A mapping that holds settings: the parent of nested keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its dotted key; empty for the root of a document.
    pub key: String,
    /// The bytes of the last part of its key.
    pub key_at: Span,
    /// From its key to the end of its last child.
    pub whole: Span,
}

/// Most problems that a line format's document keeps. A file with more is not what its name says, and
/// the rest would only cost memory.
const MAX_PROBLEMS: usize = 10_000;

/// What a comment that speaks to flint holds.
pub(crate) const MARKER: &str = "flint:";

/// Whether a text holds the marker.
fn has_marker(text: &[u8]) -> bool {
    memchr::memmem::find(text, MARKER.as_bytes()).is_some()
}

/// A comment that speaks to flint (`flint: ignore[...]`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// The comment with its marker, to the end of the line.
    pub at: Span,
    /// Whether nothing but blanks stands before it on its line.
    pub own_line: bool,
    /// False where the format has no comment at this place and the text becomes part of a value.
    pub legal: bool,
}

/// What holds a document within a source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holder {
    /// Which YAML document of the source, from 0.
    pub root: u32,
    /// Its `kind`, where it is an object of Kubernetes.
    pub kind: Option<String>,
    /// Its `metadata.namespace`.
    pub namespace: Option<String>,
    /// Its `metadata.name`.
    pub name: Option<String>,
    /// The keys that lead from the root to the document, items of lists as `[0]`:
    /// `data`, `flink-conf.yaml`.
    pub keys: Vec<String>,
    /// What stands beside a map of options and says which Flink reads it: a release, or the name of an
    /// image.
    pub version: Option<(String, Span)>,
}

impl Holder {
    /// Whether it is an object of this kind.
    pub fn is(&self, kind: &str) -> bool {
        self.kind.as_deref() == Some(kind)
    }

    /// What tells an object from all others of its cluster, wherever it is written down:
    /// `kind/namespace/name`, the namespace empty where none is said. Nothing of what has no name.
    pub fn called(&self) -> Option<String> {
        let (kind, name) = (self.kind.as_deref()?, self.name.as_deref()?);
        let namespace = self.namespace.as_deref().unwrap_or_default();
        Some(format!("{kind}/{namespace}/{name}"))
    }
}

/// Whose kernel parameters a document of [`Space::Sysctl`] sets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// A machine's: files of the loaders, configuration of nodes, commands with the rights of the host.
    #[default]
    Machine,
    /// A container's (compose): Docker sets them in the container's own namespaces.
    Container,
    /// A pod's (`securityContext.sysctls`): the kubelet sets them in the pod's own namespaces.
    Pod,
}

/// What one file, or one embedded part of it, says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The source.
    pub source: SourceId,
    /// Which document of that source, from 0.
    pub ordinal: u32,
    /// Its format.
    pub format: Format,
    /// What its keys are.
    pub space: Space,
    /// Where it stands in the order of precedence.
    pub layer: Layer,
    /// Whose kernel parameters it sets, if it sets any.
    pub scope: Scope,
    /// Whether all that it says is known: no template hides any of it, and no job adds to it.
    pub complete: bool,
    /// Its settings in the order of the file, shadowed ones included.
    pub settings: Vec<Setting>,
    /// The mappings that hold them; empty for line formats.
    pub sections: Vec<Section>,
    /// What is wrong with its text, in the order of the file.
    pub problems: Vec<Problem>,
    /// Index of the problem for which the application refuses the whole file.
    pub load_error: Option<usize>,
    /// Comments that speak to flint.
    pub comments: Vec<Comment>,
    /// False when bytes can't be edited with certainty (UTF-16, templates).
    pub editable: bool,
    /// What holds it, where a source has several: `FlinkDeployment basic`.
    pub name: Option<String>,
    /// Where a source holds other things, too: from the key that holds this one to its end.
    pub held_at: Option<Span>,
    /// The text of its own that it is inside of its source.
    pub embedding: Option<Box<embed::Embedding>>,
    /// What holds it within its source.
    pub holder: Option<Box<Holder>>,
    /// The ordinal of the document whose fields its settings are, each `written` as that one calls it:
    /// an edit of either changes both.
    pub fields_of: Option<u32>,
    /// The calls of the source that it is.
    pub code: Option<Box<code::Code>>,
    /// The statements of the script that it is.
    pub script: Option<Box<sql::Script>>,
    by_key: KeyOrder,
}

impl Document {
    /// An empty document of a source.
    pub fn new(source: &Source, format: Format, space: Space, layer: Layer) -> Self {
        Document {
            source: source.id,
            ordinal: 0,
            format,
            space,
            layer,
            scope: Scope::default(),
            complete: true,
            settings: Vec::new(),
            sections: Vec::new(),
            problems: Vec::new(),
            load_error: None,
            comments: Vec::new(),
            editable: true,
            name: None,
            held_at: None,
            embedding: None,
            holder: None,
            fields_of: None,
            code: None,
            script: None,
            by_key: KeyOrder::default(),
        }
    }

    /// The setting in force for a key within this document: the last one.
    pub fn get(&self, key: &str) -> Option<&Setting> {
        let last = self.by_key.of(&self.settings, key).last()?;
        Some(&self.settings[*last])
    }

    /// Every setting of a key, shadowed ones first.
    pub fn all(&self, key: &str) -> impl Iterator<Item = &Setting> + use<'_> {
        let all = self.by_key.of(&self.settings, key);
        all.iter().map(|&index| &self.settings[index])
    }

    /// The settings in force within this document, one for each key, in the order of the file.
    pub fn in_force(&self) -> impl Iterator<Item = &Setting> {
        let last = self.by_key.last(&self.settings);
        let settings = self.settings.iter().zip(last);
        settings.filter_map(|(setting, last)| last.then_some(setting))
    }

    /// The mapping that a key leads to.
    pub fn section(&self, key: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.key == key)
    }

    /// The keys of the items of a list, in their order: `spec.a[0]`, `spec.a[1]`.
    pub fn items(&self, list: &str) -> Vec<String> {
        let keys = self.settings.iter().map(|setting| setting.key.as_str());
        let keys = keys.chain(self.sections.iter().map(|section| section.key.as_str()));
        let numbers: BTreeSet<usize> = keys
            .filter_map(|key| {
                let item = key.strip_prefix(list)?.strip_prefix('[')?;
                item.split_once(']')?.0.parse().ok()
            })
            .collect();
        let items = numbers
            .into_iter()
            .map(|number| format!("{list}[{number}]"));
        items.collect()
    }

    /// Whether a key has a value or holds anything.
    pub fn has(&self, key: &str) -> bool {
        self.get(key)
            .is_some_and(|setting| setting.kind != Kind::Null)
            || self.section(key).is_some()
            || !self.items(key).is_empty()
    }

    /// Whether it is a part of a file that holds other things, too.
    pub fn is_part(&self) -> bool {
        self.held_at.is_some()
    }

    /// The problem for which the application refuses the whole file.
    pub fn load_error(&self) -> Option<&Problem> {
        self.load_error.map(|index| &self.problems[index])
    }
}

/// The last part of a dotted key if `key` and `other` have the same parents.
pub(crate) fn last_part_if_siblings<'k>(key: &'k str, other: &str) -> Option<&'k str> {
    let parents = |text: &str| text.rfind('.').map_or(0, |dot| dot + 1);
    let (own, theirs) = (parents(key), parents(other));
    (key[..own] == other[..theirs]).then(|| &key[own..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn siblings_share_their_parents() {
        assert_eq!(last_part_if_siblings("a.b.c", "a.b.x"), Some("c"));
        assert_eq!(last_part_if_siblings("c", "x"), Some("c"));
        assert_eq!(last_part_if_siblings("a.c", "b.x"), None);
        assert_eq!(last_part_if_siblings("a.b", "a"), None);
    }
}
