//! All configurations of a project, and what else holds for a whole run.

use std::collections::{BTreeMap, BTreeSet};

use super::{Base, Config};
use crate::date::Date;
use crate::page::Policy;
use crate::text::SourceId;

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

    /// Every policy of the run, each page once.
    pub fn policies(&self) -> impl Iterator<Item = &'static Policy> + '_ {
        let mut seen: Vec<&'static Policy> = Vec::new();
        let all = self.iter().flat_map(|config| &config.policies).copied();
        all.filter(move |policy| {
            let is_new = !seen.iter().any(|other| std::ptr::eq(*other, *policy));
            if is_new {
                seen.push(policy);
            }
            is_new
        })
    }

    /// Changes every configuration: how flags lie over files.
    pub fn each(&mut self, mut change: impl FnMut(&mut Config)) {
        self.list.iter_mut().for_each(&mut change);
        change(&mut self.fallback);
    }
}
