//! Which files can have to do with a configuration, found by folders and paths, so that a tree with a
//! thousand configurations does not compare each with all files.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;

use super::conf::Conf;
use super::{Clusters, File};
use crate::config::Configs;
use crate::recognise::cluster::{self, Kind, Mount};
use crate::recognise::evidence;

/// Files by what they have to do with paths of the tree; all by their numbers.
#[derive(Debug, Default)]
pub(super) struct Near {
    /// By the folder that they lie in.
    by_folder: BTreeMap<String, Vec<usize>>,
    /// By what they mount, copy or lay somewhere.
    by_path: HashMap<String, Vec<usize>>,
    /// Those whose text tells, and those that scale whatever is deployed.
    always: Vec<usize>,
    /// Kustomizations, by the files that they make maps of.
    mapped: BTreeSet<String>,
}

impl Near {
    pub(super) fn of(files: &[File]) -> Self {
        let mut near = Near::default();
        for (number, file) in files.iter().enumerate() {
            let folder = evidence::folder(&file.path);
            near.by_folder
                .entry(folder.to_owned())
                .or_default()
                .push(number);
            let facts = &file.facts;
            if file.text.is_some() || facts.autoscales || facts.kind == Kind::Kustomization {
                near.always.push(number);
            }
            if let Some(own) = &facts.kustomization {
                let paths = own.files.iter().map(|(.., path)| path.clone());
                near.mapped.extend(paths);
            }
            let mut paths: BTreeSet<String> = BTreeSet::new();
            for workload in &facts.workloads {
                paths.extend(workload.mounts.iter().filter_map(|mount| match mount {
                    Mount::Path(path, _) => Some(path.clone()),
                    Mount::ConfigMap(..) => None,
                }));
                for path in &workload.elsewhere {
                    paths.insert(path.clone());
                    paths.insert(evidence::folder(path).to_owned());
                }
            }
            let contexts = std::iter::successors(Some(folder), |context| {
                (!context.is_empty()).then(|| evidence::folder(context))
            });
            for context in contexts.filter(|_| !facts.copies.is_empty()) {
                let copies = facts.copies.iter();
                let sources = copies.map(|source| source.trim_end_matches('*'));
                paths.extend(sources.filter_map(|source| cluster::joined(context, source)));
            }
            for path in paths {
                near.by_path.entry(path).or_default().push(number);
            }
        }
        near
    }

    /// The numbers of the files that can have to do with a configuration, in order; `None` for all.
    fn numbers(&self, files: &[File], conf: &Conf) -> Option<BTreeSet<usize>> {
        if conf.paths.iter().any(|path| self.mapped.contains(*path)) {
            return None;
        }
        let mut found: BTreeSet<usize> = self.always.iter().copied().collect();
        for path in conf.paths {
            let own = evidence::folder(path);
            if own.is_empty() {
                return None;
            }
            let above = std::iter::successors(Some(own), |folder| {
                (!folder.is_empty()).then(|| evidence::folder(folder))
            });
            for folder in above {
                found.extend(self.by_folder.get(folder).into_iter().flatten());
            }
            let below = format!("{own}/");
            let after = (Bound::Excluded(below.as_str()), Bound::Unbounded);
            let following = self.by_folder.range::<str, _>(after);
            let within = following.take_while(|(folder, _)| folder.starts_with(&below));
            found.extend(within.flat_map(|(_, numbers)| numbers));
            for path in [path, own] {
                for &number in self.by_path.get(path).into_iter().flatten() {
                    // What lies beside it may describe the same services.
                    let folder = evidence::folder(&files[number].path);
                    found.extend(self.by_folder.get(folder).into_iter().flatten());
                }
            }
        }
        Some(found)
    }
}

impl Clusters {
    /// The files of a project that can have to do with a configuration in it.
    pub(super) fn near(&self, configs: &Configs, conf: &Conf) -> Vec<&File> {
        let is_own = |file: &&File| configs.home(&file.path) == conf.home;
        match self.near.numbers(&self.files, conf) {
            Some(numbers) => {
                let files = numbers.into_iter().map(|number| &self.files[number]);
                files.filter(is_own).collect()
            }
            None => self.files.iter().filter(is_own).collect(),
        }
    }
}
