//! What a key is in a deployment: known, a default, or unknown.

use super::{Base, Deployment, Process, process};
use crate::finding::Location;
use crate::flink::options::{self, OptionSpec, State};
use crate::flink::shipped::{Shipped, shipped};
use crate::flink::version::Versions;
use crate::syntax::{Document, Setting, Space};

/// A setting and the document that holds it.
pub type Site<'p> = (&'p Setting, &'p Document);

/// A setting in force.
#[derive(Clone, Copy, Debug)]
pub struct Effective<'p> {
    /// The setting.
    pub setting: &'p Setting,
    /// The document that holds it.
    pub document: &'p Document,
    /// The versions for which it is in force.
    pub versions: Versions,
}

impl<'p> Effective<'p> {
    /// The setting and its document.
    pub fn site(&self) -> Site<'p> {
        (self.setting, self.document)
    }

    /// The value as text.
    pub fn value(&self) -> &'p str {
        &self.setting.value
    }

    /// The setting's place.
    pub fn at(&self) -> Location {
        Location {
            source: self.document.source,
            span: self.setting.whole,
        }
    }
}

/// What a key is, as far as a reader of files can know.
#[derive(Clone, Copy, Debug)]
pub enum Value<'p> {
    /// Set, with a value that is known.
    Known(Effective<'p>),
    /// Set nowhere, and every layer that could set it is in sight: the default on which these
    /// versions agree; `None` for an option without default, or with a changed one.
    Default(Option<&'static str>),
    /// Set to a placeholder, or perhaps set where flint doesn't look, or the versions disagree.
    Unknown,
}

impl<'p> Value<'p> {
    /// The setting, when there is one and its value is known.
    pub fn known(self) -> Option<Effective<'p>> {
        match self {
            Value::Known(effective) => Some(effective),
            _ => None,
        }
    }

    /// The value as text, set or default.
    pub fn text(self) -> Option<&'p str> {
        match self {
            Value::Known(effective) => Some(effective.value()),
            Value::Default(default) => default,
            Value::Unknown => None,
        }
    }

    /// What is made of the setting, and `default` where there is none.
    pub fn read_or<T>(
        self,
        default: T,
        read: impl FnOnce(Effective<'p>) -> Option<T>,
    ) -> Option<T> {
        match self {
            Value::Known(effective) => read(effective),
            Value::Default(_) => Some(default),
            Value::Unknown => None,
        }
    }

    /// Whether the key is certainly set nowhere.
    pub fn is_absent(self) -> bool {
        matches!(self, Value::Default(_))
    }
}

impl<'p> Deployment<'p> {
    /// The setting in force for exactly this key, no aliases followed: the strongest layer's last. Where
    /// processes differ, that of the one which acts on it, else the `JobManager`'s.
    pub fn raw(&self, key: &str) -> Option<Site<'p>> {
        if self.only.is_empty() {
            return self.raw_in(key, Process::JobManager);
        }
        if let Some(process) = process::reader_of(key) {
            return self.raw_in(key, process);
        }
        let own = self.raw_in(key, Process::JobManager);
        own.or_else(|| self.raw_in(key, Process::TaskManager))
    }

    /// Every setting of exactly this key, weakest first, shadowed ones included.
    pub fn all(&self, key: &str) -> Vec<Site<'p>> {
        let documents = self.documents.iter().copied();
        documents
            .flat_map(|document| document.all(key).map(move |setting| (setting, document)))
            .collect()
    }

    /// What an option is, followed through its deprecated and fallback keys as Flink's
    /// `Configuration` does, in every version of the deployment. A version that does not know the
    /// spelling in the file has no say; the others must agree.
    pub fn get(&self, key: &str) -> Value<'p> {
        let own = self.get_apart_from_jobs(key);
        if self.may_be_set_by_jobs(key) && !self.jobs_leave(key, own) {
            return Value::Unknown;
        }
        own
    }

    fn get_apart_from_jobs(&self, key: &str) -> Value<'p> {
        if self.only.is_empty() && self.unseen.is_none() {
            return self.get_in(key, Process::JobManager);
        }
        if let Some(process) = process::reader_of(key) {
            let own = self.get_in(key, process);
            return if self.is_disputed(key, process) {
                Value::Unknown
            } else {
                own
            };
        }
        let both = [Process::JobManager, Process::TaskManager];
        match both.map(|process| self.get_in(key, process)) {
            [Value::Known(one), Value::Known(other)] if one.value() == other.value() => {
                Value::Known(one)
            }
            [Value::Default(one), Value::Default(other)] if one == other => Value::Default(one),
            _ => Value::Unknown,
        }
    }

    /// What an option is for one process.
    fn get_in(&self, key: &str, process: Process) -> Value<'p> {
        let raw = |name: &str| self.raw_in(name, process);
        let is_set = |name: &str| raw(name).is_some();
        let aliases = || options::meanings(key).flat_map(|spec| spec.aliases());
        if !is_set(key) && !aliases().any(|alias| is_set(alias.key)) {
            if !self.is_complete_for(process) {
                return Value::Unknown;
            }
            let mut names = aliases().map(|alias| alias.key).chain([key]);
            return match names.find_map(|name| self.below(name)) {
                Some(Shipped::Set(value)) => Value::Default(Some(value)),
                Some(_) => Value::Unknown,
                None => Value::Default(options::default(key, self.versions)),
            };
        }
        let meanings: Vec<OptionSpec<'static>> = options::meanings(key).collect();
        // What it is set to, and in which versions. A version reads its own key first, then the other
        // names in their order.
        let mut hits: Vec<(&'p Setting, &'p Document, Versions)> = Vec::new();
        let mut unaware = self.versions;
        for spec in meanings.iter().filter(|spec| spec.state != State::Alias) {
            let versions = spec.versions.and(self.versions);
            unaware = unaware.without(versions);
            let mut names = std::iter::once(key).chain(spec.aliases().map(|alias| alias.key));
            let hit = names.find_map(raw);
            if let Some((setting, document)) = hit.filter(|_| !versions.is_empty()) {
                hits.push((setting, document, versions));
            }
        }
        for version in unaware.iter() {
            let names = older_names(&meanings, version);
            if let Some((setting, document)) = names.into_iter().find_map(raw) {
                hits.push((setting, document, version));
            }
        }
        let Some((setting, document, first)) = hits.first().copied() else {
            return Value::Unknown;
        };
        let agreed = hits.iter().all(|(other, ..)| other.value == setting.value);
        if !(agreed && setting.known) || self.is_read_otherwise(setting, document) {
            return Value::Unknown;
        }
        Value::Known(Effective {
            setting,
            document,
            versions: hits.iter().fold(first, |set, (.., own)| set.or(*own)),
        })
    }

    /// The value that the image ships for exactly this key, where nothing here sets it.
    pub fn shipped(&self, key: &str) -> Option<&'static str> {
        match self.below(key)? {
            Shipped::Set(value) if self.of_cluster(key).is_none() => Some(value),
            _ => None,
        }
    }

    /// What lies below the documents for exactly this key; `None` where nothing does.
    pub(super) fn below(&self, key: &str) -> Option<Shipped> {
        let of_image = self.base == Base::Image;
        let shipped = of_image.then(|| shipped(key, self.versions))?;
        (shipped != Shipped::Unset).then_some(shipped)
    }

    /// What an option is, as far as files of the cluster say it: what a job's file says, the job may
    /// read in its own way.
    pub fn cluster_value(&self, key: &str) -> Value<'p> {
        match self.get(key) {
            Value::Known(effective) if effective.document.space != Space::Flink => Value::Unknown,
            other => other,
        }
    }

    /// What a process of these versions finds for an option: unknown where something beside the files
    /// of the cluster may set it under any of its names, and not set where none of the versions has any
    /// of them.
    pub fn cluster_option(&self, key: &str) -> Value<'p> {
        let has = |holds: &dyn Fn(&str) -> bool| {
            let mut aliases = options::meanings(key).flat_map(|spec| spec.aliases());
            holds(key) || aliases.any(|alias| holds(alias.key))
        };
        if !self.cluster.sets_nothing() && has(&|name| self.cluster.may_set(name)) {
            return Value::Unknown;
        }
        match self.cluster_value(key) {
            Value::Unknown if !has(&|name| options::is_known(name, self.versions)) => {
                Value::Default(None)
            }
            other => other,
        }
    }
}

/// The names under which a version that does not know an option yet reads what became it.
fn older_names<'t>(meanings: &[OptionSpec<'t>], version: Versions) -> Vec<&'t str> {
    let is_option = |key: &str| {
        let mut meanings = options::meanings(key);
        meanings.any(|spec| spec.versions.overlaps(version) && spec.state != State::Alias)
    };
    let mut aliases = meanings.iter().flat_map(OptionSpec::aliases);
    let older = aliases.find(|alias| is_option(alias.key));
    older.map_or_else(Vec::new, |alias| {
        options::names_in_order(alias.key, version).collect()
    })
}
