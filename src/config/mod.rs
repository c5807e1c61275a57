//! flint.toml: which rules run where, with which options. Knows rule names only as strings.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use globset::GlobSet;
use toml_edit::Document;

use crate::date::Date;
use crate::finding::Severity;
use crate::flink::version::Versions;
use crate::linux::machine::Machine;
use crate::text::{Source, SourceId};

mod base;
mod read;

pub use base::Base;

use read::Reader;

/// A flint.toml that can't be used: one line that names the file, the place and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}{}: {message}", self.place())]
pub struct ConfigError {
    /// The file, or the flags.
    pub path: String,
    /// Line, from 1; 0 where there is none.
    pub line: usize,
    /// Column in code points, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
}

impl ConfigError {
    fn place(&self) -> String {
        match self.line {
            0 => String::new(),
            line => format!(":{line}:{}", self.column),
        }
    }
}

/// The value of a rule's own option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OptionValue {
    /// A whole number.
    Integer(i64),
    /// A text: a size, a duration, a word.
    Text(String),
    /// A list of words.
    Words(Vec<String>),
}

/// What flint.toml says about one rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleConfig {
    /// Overrides the rule's own severity.
    pub severity: Option<Severity>,
    /// `severity = "off"`.
    pub off: bool,
    /// False: comments can't silence it.
    pub ignorable: Option<bool>,
    /// The rule's own options.
    pub options: BTreeMap<String, OptionValue>,
}

/// `[[overrides]]`: rules that do not apply to some files.
#[derive(Clone, Debug)]
pub struct Override {
    files: GlobSet,
    /// Rules and groups that are off for these files.
    pub ignore: Vec<String>,
}

/// `[[deployments]]`: files that belong together although discovery does not see it.
#[derive(Clone, Debug)]
pub struct DeploymentConfig {
    /// Its name.
    pub name: String,
    files: GlobSet,
    hosts: GlobSet,
}

impl DeploymentConfig {
    /// Whether a file is part of the deployment. Paths are relative to flint.toml's folder.
    pub fn holds(&self, path: &str) -> bool {
        self.files.is_match(path)
    }

    /// Whether a file configures a host of the deployment.
    pub fn is_host(&self, path: &str) -> bool {
        self.hosts.is_match(path)
    }
}

/// A file that flint.toml names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedFile {
    /// As it is written.
    pub path: String,
    /// Where that is; whoever reads files fills it in.
    pub file: PathBuf,
    /// Line and column where it is named.
    pub at: (usize, usize),
}

/// A baseline that was found and read.
#[derive(Clone, Debug)]
pub struct BaselineFile {
    /// Its text.
    pub source: SourceId,
    /// Its folder, which the paths in it are relative to.
    pub base: Base,
    /// The files and folders that the run is about, relative to the root; the empty text for all.
    pub scope: Vec<String>,
    /// Whether entries without a finding are stale. With versions or rules for once they need not be.
    pub judged: bool,
    /// The paths in it whose files do not exist any more.
    pub gone: BTreeSet<String>,
}

impl BaselineFile {
    /// Whether the run is about the file of an entry. The path is relative to the baseline.
    pub fn is_about(&self, path: &str) -> bool {
        let Some(path) = self.base.outer(path) else {
            return false;
        };
        self.scope.iter().any(|scope| {
            let rest = path.strip_prefix(scope.as_str());
            scope.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }
}

/// One flint.toml, or the defaults.
#[derive(Clone, Debug)]
pub struct Config {
    /// Path of the file relative to the project root; empty for the defaults.
    pub path: String,
    /// Folder of the file relative to the project root, with a final `/` unless empty.
    pub folder: String,
    /// `flink-version`.
    pub flink_version: Option<Versions>,
    /// Where `flink-version` stands.
    pub flink_version_line: usize,
    /// `error-on`: `None` for `never`.
    pub error_on: Option<Severity>,
    /// Rules and groups that run.
    pub select: Vec<String>,
    /// Rules and groups that do not.
    pub ignore: Vec<String>,
    /// Whether an ignore comment must give a reason.
    pub require_reason: bool,
    /// `baseline`: the file that holds what is known.
    pub baseline: Option<NamedFile>,
    /// Which of the baselines of [`Configs`] that is.
    pub baseline_number: Option<usize>,
    /// `known-prefixes`: beginnings of configuration keys of one's own.
    pub known_prefixes: Vec<String>,
    /// `[rules.NAME]`.
    pub rules: BTreeMap<String, RuleConfig>,
    /// `[[overrides]]`.
    pub overrides: Vec<Override>,
    /// `[[deployments]]`.
    pub deployments: Vec<DeploymentConfig>,
    /// `[host]`: what is known of the machines.
    pub host: Machine,
    /// Line and column of each rule, group and option (`rule.option`) that the file names.
    pub places: BTreeMap<String, (usize, usize)>,
    exclude: GlobSet,
    job_files: GlobSet,
}

/// The groups that run unless `select` says otherwise.
pub const DEFAULT_GROUPS: [&str; 5] = [
    "correctness",
    "reliability",
    "performance",
    "upgrade",
    "security",
];

impl Default for Config {
    fn default() -> Self {
        Config {
            path: String::new(),
            folder: String::new(),
            flink_version: None,
            flink_version_line: 0,
            error_on: Some(Severity::Warning),
            select: DEFAULT_GROUPS.map(str::to_owned).to_vec(),
            ignore: Vec::new(),
            require_reason: false,
            baseline: None,
            baseline_number: None,
            known_prefixes: Vec::new(),
            rules: BTreeMap::new(),
            overrides: Vec::new(),
            deployments: Vec::new(),
            host: Machine::default(),
            places: BTreeMap::new(),
            exclude: GlobSet::empty(),
            job_files: GlobSet::empty(),
        }
    }
}

impl Config {
    /// Reads a flint.toml whose path relative to the project root is `path`.
    pub fn parse(path: &str, text: &str) -> Result<Self, ConfigError> {
        let source = Source::new(SourceId(0), path, text);
        let reader = Reader { source: &source };
        let document = Document::parse(text).map_err(|error| {
            let message = error.message().lines().collect::<Vec<_>>().join(", ");
            reader.error(error.span(), message)
        })?;
        reader.config(document.as_table())
    }

    /// Whether a file is left out. `path` is relative to the project root.
    pub fn excludes(&self, path: &str) -> bool {
        self.local(path)
            .is_some_and(|local| self.exclude.is_match(local))
    }

    /// Whether `[[job-config]]` names a file.
    pub fn is_job_file(&self, path: &str) -> bool {
        self.local(path)
            .is_some_and(|local| self.job_files.is_match(local))
    }

    /// `path` relative to the folder of this file.
    pub fn local<'p>(&self, path: &'p str) -> Option<&'p str> {
        path.strip_prefix(self.folder.as_str())
    }

    /// Gives every rule that the file names the name that it has today.
    pub fn rename(&mut self, current: impl Fn(&str) -> &str) {
        let lists = [&mut self.select, &mut self.ignore];
        let overridden = self.overrides.iter_mut().map(|entry| &mut entry.ignore);
        for name in lists.into_iter().chain(overridden).flatten() {
            *name = current(name).to_owned();
        }
        let rules = std::mem::take(&mut self.rules).into_iter();
        self.rules = rules
            .map(|(name, rule)| (current(&name).to_owned(), rule))
            .collect();
        let places = std::mem::take(&mut self.places).into_iter();
        let renamed = |name: String| match name.split_once('.') {
            Some((rule, option)) => format!("{}.{option}", current(rule)),
            None => current(&name).to_owned(),
        };
        self.places = places.map(|(name, place)| (renamed(name), place)).collect();
    }

    /// Makes it that of the same project before a change: what is reported and how stays as it is now, what
    /// the file says of the world is what it said then. Where only one of both says anything, flint has
    /// learned of it and nothing else has changed.
    pub fn go_back_to(&mut self, before: &Config) {
        if self.flink_version.is_some() && before.flink_version.is_some() {
            self.flink_version = before.flink_version;
            self.flink_version_line = before.flink_version_line;
        }
        let nothing = Machine::default();
        if self.host != nothing && before.host != nothing {
            self.host = before.host;
        }
    }

    /// Whether a rule of a group runs on a file. A name counts more than a group, `ignore` more
    /// than `select`.
    pub fn runs(&self, rule: &str, group: &str, path: &str) -> bool {
        let names = |list: &[String], name: &str| list.iter().any(|entry| entry == name);
        if self.rules.get(rule).is_some_and(|config| config.off) {
            return false;
        }
        let overridden = self.overrides.iter().any(|entry| {
            self.local(path)
                .is_some_and(|local| entry.files.is_match(local))
                && (names(&entry.ignore, rule) || names(&entry.ignore, group))
        });
        if overridden || names(&self.ignore, rule) {
            return false;
        }
        names(&self.select, rule)
            || self
                .rules
                .get(rule)
                .is_some_and(|config| config.severity.is_some())
                && !names(&self.ignore, group)
            || names(&self.select, group) && !names(&self.ignore, group)
    }
}

/// The configurations of a project: the nearest flint.toml upwards of each file counts.
#[derive(Clone, Debug, Default)]
pub struct Configs {
    list: Vec<Config>,
    fallback: Config,
    /// The project of the files of a folder: folder to folder, relative to the root, with a final `/`
    /// unless empty. Files of one project know nothing of those of another.
    pub homes: BTreeMap<String, String>,
    /// The day on which flint runs, in UTC; ignores with a day that is past end. `None`: none ends.
    pub today: Option<Date>,
    /// The baselines that were read.
    pub baselines: Vec<BaselineFile>,
}

impl Configs {
    /// From every flint.toml of the project.
    pub fn new(mut list: Vec<Config>) -> Self {
        list.sort_by_key(|config| std::cmp::Reverse(config.folder.len()));
        Configs {
            list,
            ..Configs::default()
        }
    }

    /// Adds those of more folders.
    pub fn extend(&mut self, more: impl IntoIterator<Item = Config>) {
        self.list.extend(more);
        self.list
            .sort_by_key(|config| std::cmp::Reverse(config.folder.len()));
    }

    /// One configuration for every file (`--config`, `--isolated`).
    pub fn single(config: Config) -> Self {
        Configs {
            fallback: config,
            ..Configs::default()
        }
    }

    /// The configuration of a file.
    pub fn of(&self, path: &str) -> &Config {
        self.list
            .iter()
            .find(|config| path.starts_with(&config.folder))
            .unwrap_or(&self.fallback)
    }

    /// The baseline of a file, and its number among them.
    pub fn baseline_of(&self, path: &str) -> Option<(usize, &BaselineFile)> {
        let number = self.of(path).baseline_number?;
        self.baselines.get(number).map(|file| (number, file))
    }

    /// Whether a source is a baseline.
    pub fn is_baseline(&self, source: SourceId) -> bool {
        self.baselines.iter().any(|file| file.source == source)
    }

    /// The folder of the project that a file belongs to, with a final `/` unless empty.
    pub fn home(&self, path: &str) -> &str {
        let folder = path.rfind('/').map_or("", |slash| &path[..=slash]);
        self.homes.get(folder).map_or("", String::as_str)
    }

    /// Every configuration, the fallback last.
    pub fn iter(&self) -> impl Iterator<Item = &Config> {
        self.list.iter().chain(std::iter::once(&self.fallback))
    }

    /// Changes every configuration: how flags lie over files.
    pub fn each(&mut self, mut change: impl FnMut(&mut Config)) {
        self.list.iter_mut().for_each(&mut change);
        change(&mut self.fallback);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> String {
        match Config::parse("flint.toml", text) {
            Ok(_) => "fine".to_owned(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn mistakes_are_named_with_their_place() {
        assert_eq!(
            message("\nslect = []\n"),
            "flint.toml:2:1: unknown key `slect`; did you mean `select`?"
        );
        assert_eq!(
            message("flink-version = \"1.12\""),
            "flint.toml:1:17: Flink 1.12 is not known to flint, which covers 1.13 to 2.3"
        );
        assert!(message("required-version = \">=99\"").contains("asks for flint >=99"));
        assert!(message("[settings]\n[checks]\n").contains("grafana/flint"));
        assert!(message("select = [1]").contains("list of texts"));
        assert!(message("a = ").starts_with("flint.toml:1:"));
    }

    #[test]
    fn machines_are_described_in_words_of_the_field() {
        let text = "[host]\nkernel = \"6.12\"\nmemory = \"64 GiB\"\nbandwidth = \"10 Gbit/s\"\n\
                    rtt = \"0.5 ms\"\n";
        let config = Config::parse("flint.toml", text).expect("a valid configuration");
        assert_eq!(config.host.memory, Some(64 << 30));
        assert_eq!(config.host.needed_buffer(), Some(1_250_000));
        assert_eq!(
            message("[host]\nrtt = \"fast\"\n"),
            "flint.toml:2:7: `fast` is no round-trip time: write `0.5 ms`"
        );
        assert!(message("[host]\nkernel = \"new\"\n").contains("no release of the kernel"));
    }

    #[test]
    fn patterns_name_files_folders_and_all_below() {
        let config = Config::parse(
            "flint.toml",
            "exclude = [\"vendor\", \"a/flink-conf.yaml\", \"gen/\", \"*.bak.yaml\"]\n\
             [[job-config]]\nfiles = [\"jobs/*.properties\"]\n",
        )
        .expect("a valid configuration");
        for path in [
            "vendor/x.yaml",
            "b/vendor/c/x.yaml",
            "a/flink-conf.yaml",
            "gen/x.yaml",
            "b/x.bak.yaml",
        ] {
            assert!(config.excludes(path), "{path}");
        }
        for path in ["b/a/flink-conf.yaml", "vendored/x.yaml"] {
            assert!(!config.excludes(path), "{path}");
        }
        assert!(config.is_job_file("jobs/a.properties"));
        assert!(!config.is_job_file("jobs/a.toml"));
        assert!(!config.is_job_file("b/jobs/a.properties"));
    }

    #[test]
    fn names_count_more_than_groups_and_ignore_more_than_select() {
        let config = Config::parse(
            "sub/flint.toml",
            "ignore = [\"performance\"]\nselect = [\"correctness\", \"slow-thing\"]\n\
             [[overrides]]\nfiles = [\"dev/**\"]\nignore = [\"correctness\"]\n",
        )
        .expect("a valid configuration");
        assert!(config.runs("wrong-thing", "correctness", "sub/a.yaml"));
        assert!(!config.runs("wrong-thing", "correctness", "sub/dev/a.yaml"));
        assert!(config.runs("slow-thing", "performance", "sub/a.yaml"));
        assert!(!config.runs("other-thing", "performance", "sub/a.yaml"));
    }
}
