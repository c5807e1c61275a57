//! flint.toml: which rules run where, with which options. Knows rule names only as strings.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::finding::Severity;
use crate::flink::version::Versions;
use crate::linux::machine::Machine;
use crate::page::Policy;

mod base;
mod build;
mod configs;
pub mod keys;
mod required;
#[cfg(test)]
mod tests;
mod tree;

pub use crate::page::OptionValue;
pub use base::Base;
pub use configs::{BaselineFile, Configs};
pub use tree::{Entry, Layer, Origin, Spot, Tree, Value};

use build::Patterns;

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
    files: Patterns,
    /// Rules and groups that are off for these files.
    pub ignore: Vec<String>,
}

/// `[[deployments]]`: files that belong together although discovery does not see it.
#[derive(Clone, Debug)]
pub struct DeploymentConfig {
    /// Its name.
    pub name: String,
    files: Patterns,
    hosts: Patterns,
}

impl DeploymentConfig {
    /// What an entry without a name is called, by its number from 0.
    pub fn unnamed(number: usize) -> String {
        format!("deployment {}", number + 1)
    }

    /// Whether a file is part of the deployment. Paths are relative to the project root.
    pub fn holds(&self, path: &str) -> bool {
        self.files.fit(path)
    }

    /// Whether a file configures a host of the deployment.
    pub fn is_host(&self, path: &str) -> bool {
        self.hosts.fit(path)
    }
}

/// A file or folder that flint.toml names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedFile {
    /// As it is written.
    pub path: String,
    /// Where that is; whoever reads files fills it in.
    pub file: PathBuf,
    /// Where it is named.
    pub at: Spot,
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
    /// Where `flink-version` stands; `None` where a flag says it.
    pub flink_version_at: Option<Spot>,
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
    /// `policies`: folders with pages of one's own rules.
    pub policy_folders: Vec<NamedFile>,
    /// What those pages say, by name.
    pub policies: Vec<&'static Policy>,
    /// `[rules.NAME]`.
    pub rules: BTreeMap<String, RuleConfig>,
    /// `[[overrides]]`.
    pub overrides: Vec<Override>,
    /// `[[deployments]]`.
    pub deployments: Vec<DeploymentConfig>,
    /// `[host]`: what is known of the machines.
    pub host: Machine,
    /// The place of each rule, group and option (`rule.option`) that the file names.
    pub places: BTreeMap<String, Spot>,
    /// The files that it extends, the first one first.
    pub extends: Vec<String>,
    /// What is said, by files and flags, as it is written.
    pub tree: Tree,
    exclude: Patterns,
    job_files: Vec<Patterns>,
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
            flink_version_at: None,
            error_on: Some(Severity::Warning),
            select: DEFAULT_GROUPS.map(str::to_owned).to_vec(),
            ignore: Vec::new(),
            require_reason: false,
            baseline: None,
            baseline_number: None,
            known_prefixes: Vec::new(),
            policy_folders: Vec::new(),
            policies: Vec::new(),
            rules: BTreeMap::new(),
            overrides: Vec::new(),
            deployments: Vec::new(),
            host: Machine::default(),
            places: BTreeMap::new(),
            extends: Vec::new(),
            tree: Tree::new(),
            exclude: Patterns::default(),
            job_files: Vec::new(),
        }
    }
}

impl Config {
    /// Reads a flint.toml whose path relative to the project root is `path`, and which extends none.
    pub fn parse(path: &str, text: &str) -> Result<Self, ConfigError> {
        let folder = path.rfind('/').map_or("", |slash| &path[..slash]);
        let origin = Origin {
            path: path.to_owned(),
            base: Base::new(folder, ""),
            is_flag: false,
        };
        Config::of(vec![Layer::parse(origin, text)?])
    }

    /// The configuration of files of which each extends the one before.
    pub fn of(layers: Vec<Layer>) -> Result<Self, ConfigError> {
        build::build(layers)
    }

    /// Notes that a flag says this of a key, in place of what the file says.
    pub fn note_flag(&mut self, key: &str, flag: &str, value: Value) {
        let origin = Origin {
            path: flag.to_owned(),
            is_flag: true,
            ..Origin::default()
        };
        let at = Spot {
            origin: origin.into(),
            ..Spot::default()
        };
        let key_at = at.clone();
        let entry = Entry { value, at, key_at };
        self.tree.insert(key.to_owned(), entry);
    }

    /// The policy of a name.
    pub fn policy(&self, name: &str) -> Option<&'static Policy> {
        let mut policies = self.policies.iter();
        policies.find(|policy| policy.name() == name).copied()
    }

    /// Whether a file is left out. `path` is relative to the project root.
    pub fn excludes(&self, path: &str) -> bool {
        self.exclude.fit(path)
    }

    /// Whether `[[job-config]]` names a file.
    pub fn is_job_file(&self, path: &str) -> bool {
        self.job_files.iter().any(|files| files.fit(path))
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

    /// Makes it one of a project whose root lies above by `prefix`, the way from there with a final `/` unless
    /// empty.
    pub fn move_root_up(&mut self, prefix: &str) {
        if !self.path.is_empty() {
            self.path.insert_str(0, prefix);
            self.folder.insert_str(0, prefix);
        }
        let overridden = self.overrides.iter_mut().map(|own| &mut own.files);
        let deployments = self.deployments.iter_mut();
        let deployments = deployments.flat_map(|own| [&mut own.files, &mut own.hosts]);
        let own = std::iter::once(&mut self.exclude).chain(&mut self.job_files);
        for patterns in own.chain(overridden).chain(deployments) {
            patterns.move_root_up(prefix);
        }
    }

    /// Makes it that of the same project before a change: what is reported and how stays as it is now, what
    /// the file says of the world is what it said then. Where only one of both says anything, flint has
    /// learned of it and nothing else has changed.
    pub fn go_back_to(&mut self, before: &Config) {
        if self.flink_version.is_some() && before.flink_version.is_some() {
            self.flink_version = before.flink_version;
            self.flink_version_at.clone_from(&before.flink_version_at);
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
            entry.files.fit(path) && (names(&entry.ignore, rule) || names(&entry.ignore, group))
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
