//! Containers and what configures them: which file or `ConfigMap` a process of a compose file or of
//! Kubernetes gets, and which `FLINK_PROPERTIES` its image appends to that.
//!
//! Joined is only what is certain: one container for each process, in a file that can be read. All else
//! stays as it is, each part by itself, and what it sets is unknown to others.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::clusters::{Clusters, File};
use super::units::Units;
use super::{Project, Unit};
use crate::config::Configs;
use crate::deployment::{Base, Process};
use crate::recognise::cluster::{Kind, Mount, Role, Runs, Workload};
use crate::recognise::evidence;
use crate::syntax::{Document, Layer, Space};
use crate::text::{SourceId, Span};

/// A container with the file that describes it.
type Member<'c> = (&'c File, &'c Workload);

/// The containers that are a cluster.
#[derive(Default)]
struct Members<'c> {
    /// By process, those that run it.
    of: [Vec<Member<'c>>; 2],
}

impl<'c> Members<'c> {
    fn all(&self) -> impl Iterator<Item = &Member<'c>> {
        self.of.iter().flatten()
    }

    /// The first file.
    fn path(&self) -> &'c str {
        self.all()
            .map(|(file, _)| file.path.as_str())
            .min()
            .unwrap_or("")
    }

    /// Their names, in the order in which they stand.
    fn names(&self) -> Vec<(SourceId, String)> {
        let mut all: Vec<&Member> = self.all().collect();
        all.sort_by_key(|(file, own)| (file.source, own.at));
        let names = all.into_iter();
        names
            .map(|(file, own)| (file.source, own.name.clone()))
            .collect()
    }
}

const BOTH: [Process; 2] = [Process::JobManager, Process::TaskManager];

/// What one process is given.
#[derive(Default, PartialEq, Eq)]
struct Given {
    /// The documents that stand where Flink looks for its configuration.
    files: BTreeSet<usize>,
    /// Its `FLINK_PROPERTIES`, and the arguments of its command.
    own: BTreeSet<usize>,
}

/// Containers of one process differ, or nobody can tell what they are given.
struct Unclear;

impl Project<'_> {
    /// Joins what configures the containers of a cluster into one deployment.
    pub(super) fn layer(&self, configs: &Configs, clusters: &Clusters, units: &mut Vec<Unit>) {
        if clusters.files().next().is_none() {
            return;
        }
        let found = Found::new(self, configs, clusters);
        let mut all = Units::of(std::mem::take(units));
        for members in members(configs, clusters) {
            self.join_members(&found, &members, &mut all);
        }
        *units = all.into_vec();
    }

    fn join_members(&self, found: &Found, members: &Members, units: &mut Units) {
        let given: Result<Vec<Option<Given>>, Unclear> =
            members.of.iter().map(|own| found.given(own)).collect();
        let Ok(given) = given else { return };
        let [job_manager, task_manager] = given.as_slice() else {
            return;
        };
        let present: Vec<(Process, &Given)> = BOTH
            .into_iter()
            .zip([job_manager, task_manager])
            .filter_map(|(process, given)| Some((process, given.as_ref()?)))
            .collect();
        let Some((_, first)) = present.first() else {
            return;
        };
        // One process with a file of its own, and another without, are two configurations.
        if present.iter().any(|(_, given)| given.files != first.files) {
            return;
        }
        let mut only = Vec::new();
        for (process, given) in &present {
            let is_shared = |number: &usize| {
                present.len() > 1 && present.iter().all(|(_, other)| other.own.contains(number))
            };
            let own = given.own.iter().filter(|number| !is_shared(number));
            only.extend(own.map(|number| (*number, *process)));
        }
        let own: BTreeSet<usize> = present
            .iter()
            .flat_map(|(_, given)| given.own.iter().copied())
            .collect();
        let unseen = BOTH
            .into_iter()
            .find(|process| present.iter().all(|(own, _)| own != process));
        if first.files.is_empty() {
            self.join_properties(found, members, &own, &only, unseen, units);
        } else if !found.is_shared(members, &first.files) {
            self.join_files(members, first, &own, &only, unseen, units);
            let mut files = members.all().map(|(file, _)| &file.path);
            if files.any(|path| found.clusters.are_patched(path)) {
                units.change(&first.files, |unit| unit.base = Base::Unknown);
            }
        }
    }

    /// A cluster on the configuration that its image ships.
    fn join_properties(
        &self,
        Found {
            configs, clusters, ..
        }: &Found,
        members: &Members,
        own: &BTreeSet<usize>,
        only: &[(usize, Process)],
        unseen: Option<Process>,
        units: &mut Units,
    ) {
        let Some(&first) = own.first() else {
            return;
        };
        // What flint.toml joins stays joined as it says.
        if !own.iter().all(|number| units.is_alone(*number, own)) {
            return;
        }
        units.take_out(own);
        let path = members.path();
        let numbers: Vec<usize> = own.iter().copied().collect();
        let config = configs.of(self.path(first));
        let stock = members.all().all(|(_, own)| {
            let is_stock = match &own.runs {
                Runs::Stock => true,
                Runs::Built(path) => clusters.image(path).is_some_and(|facts| {
                    facts.is_stock && facts.copies.is_empty() && !facts.sets.opaque
                }),
                Runs::Unsaid | Runs::Other => false,
            };
            is_stock && !own.sets.opaque
        });
        for mut unit in self.units_of(configs, config, path, &numbers) {
            // What images before all that flint knows ship, nobody here has read.
            let is_known = stock && unit.platform.version_before_all.is_none();
            unit.base = if is_known { Base::Image } else { Base::Unknown };
            unit.only.extend(only);
            unit.unseen = unseen;
            unit.joined = members.names();
            units.push(unit);
        }
    }

    /// A cluster whose processes all get these files.
    fn join_files(
        &self,
        members: &Members,
        given: &Given,
        own: &BTreeSet<usize>,
        only: &[(usize, Process)],
        unseen: Option<Process>,
        units: &mut Units,
    ) {
        units.take_out(own);
        units.change(&given.files, |unit| {
            unit.documents.extend(own);
            unit.documents = self.by_layer(std::mem::take(&mut unit.documents));
            unit.only.extend(only);
            unit.unseen = unseen.filter(|_| unit.base != Base::File);
            unit.joined = members.names();
            let of_map = |number: &usize| self.documents[*number].is_part();
            if given.files.iter().all(of_map) {
                unit.base = Base::File;
                unit.unseen = unseen;
            }
        });
    }
}

/// Where the documents are that containers get.
struct Found<'p> {
    project: &'p Project<'p>,
    configs: &'p Configs,
    clusters: &'p Clusters,
    /// The files by their path and, of those that Flink reads by their name, by their folder.
    by_path: HashMap<&'p str, Vec<usize>>,
    /// The files of `ConfigMap`s by folder and name of the map.
    maps: HashMap<(&'p str, &'p str), Vec<usize>>,
    /// By document, how many containers get it.
    getters: HashMap<usize, usize>,
}

impl<'p> Found<'p> {
    fn new(project: &'p Project<'p>, configs: &'p Configs, clusters: &'p Clusters) -> Self {
        let mut found = Found {
            project,
            configs,
            clusters,
            by_path: HashMap::new(),
            maps: HashMap::new(),
            getters: HashMap::new(),
        };
        for (number, document) in project.documents.iter().enumerate() {
            let path = project.path(number);
            let holder = document.holder.as_deref().filter(|own| own.is("ConfigMap"));
            if let Some(name) = holder.and_then(|own| own.name.as_deref()) {
                let map = (evidence::folder(path), name);
                found.maps.entry(map).or_default().push(number);
            } else if !document.is_part() && document.space == Space::Flink {
                found.by_path.entry(path).or_default().push(number);
                let name = path.rsplit('/').next().unwrap_or(path);
                if matches!(name, "flink-conf.yaml" | "config.yaml") {
                    let folder = evidence::folder(path);
                    found.by_path.entry(folder).or_default().push(number);
                }
            }
        }
        for file in clusters.files() {
            for workload in &file.facts.workloads {
                let mounts = workload.mounts.iter();
                let own: BTreeSet<usize> = mounts
                    .flat_map(|mount| found.mounted(file, workload, mount))
                    .collect();
                for number in own.into_iter().filter(|_| workload.role != Role::Other) {
                    *found.getters.entry(number).or_default() += 1;
                }
            }
        }
        found
    }

    /// Whether others than these containers get one of the documents that all of these get.
    fn is_shared(&self, members: &Members, documents: &BTreeSet<usize>) -> bool {
        let own = members.all().count();
        let mut all = documents.iter();
        all.any(|number| self.getters.get(number).is_some_and(|all| *all != own))
    }

    /// What containers of one process are given; nothing where there is none.
    fn given(&self, workloads: &[Member]) -> Result<Option<Given>, Unclear> {
        let mut found: Option<Given> = None;
        for (file, workload) in workloads {
            let given = self.given_to(file, workload).ok_or(Unclear)?;
            if found.as_ref().is_some_and(|other| *other != given) {
                return Err(Unclear);
            }
            found = Some(given);
        }
        Ok(found)
    }

    fn given_to(&self, file: &File, workload: &Workload) -> Option<Given> {
        let mut given = Given::default();
        if workload.hides_configuration() {
            return None;
        }
        for mount in &workload.mounts {
            let files = self.mounted(file, workload, mount);
            // A folder or a map that is out of sight may hold anything.
            let (first, rest) = files.split_first()?;
            // Several maps of one name are put in place at different times.
            let holder = |number: &usize| {
                let document = &self.project.documents[*number];
                let root = document.holder.as_deref().map(|own| own.root);
                (root.is_some()).then_some((document.source, root))
            };
            if rest.iter().any(|number| holder(number) != holder(first)) {
                return None;
            }
            given.files.extend(files);
        }
        if workload.arguments.sets.opaque {
            return None;
        }
        for at in &workload.arguments.at {
            given.own.extend(self.part(file, Layer::Arguments, *at));
        }
        let properties = workload.properties.as_ref();
        if let Some(properties) = properties.filter(|_| workload.appends()) {
            if properties.sets.opaque {
                return None;
            }
            let found = self.part(file, Layer::Environment, properties.at)?;
            given.own.insert(found);
        }
        Some(given)
    }

    /// The part of a file that holds what stands at a place.
    fn part(&self, file: &File, layer: Layer, at: Span) -> Option<usize> {
        let documents = &self.project.documents;
        let start = documents.partition_point(|own| own.source < file.source);
        let own = documents[start..]
            .iter()
            .take_while(|own| own.source == file.source);
        let is_it = |document: &Document| {
            let held = document.held_at;
            document.layer == layer
                && held.is_some_and(|held| held.start < at.end && at.start < held.end)
        };
        let found = own.enumerate().find(|(_, document)| is_it(document));
        found.map(|(index, _)| start + index)
    }

    /// The documents that a mount puts where Flink looks for its configuration.
    fn mounted(&self, file: &File, workload: &Workload, mount: &Mount) -> Vec<usize> {
        let folder = evidence::folder(&file.path);
        match mount {
            Mount::Path(path, _) => {
                let all = self.by_path.get(path.as_str());
                all.cloned().unwrap_or_default()
            }
            Mount::ConfigMap(map, keys) => {
                let all = self.maps.get(&(folder, map.as_str())).into_iter().flatten();
                let home = self.configs.home(&file.path);
                let is_it = |number: &&usize| {
                    let document = &self.project.documents[**number];
                    self.configs.home(self.project.path(**number)) == home
                        && is_of_map(document, keys.as_deref(), workload)
                };
                all.filter(is_it).copied().collect()
            }
        }
    }
}

/// Whether a document of a `ConfigMap` is a file of it that a container gets.
fn is_of_map(document: &Document, keys: Option<&[String]>, workload: &Workload) -> bool {
    let Some(holder) = document.holder.as_deref() else {
        return false;
    };
    let key = holder.keys.last().map_or("", String::as_str);
    let namespaces = [&holder.namespace, &workload.namespace];
    let same = match namespaces {
        [Some(own), Some(other)] => own == other,
        _ => true,
    };
    let held = keys.is_none_or(|keys| keys.iter().any(|own| own == key));
    same && held && document.layer == Layer::ClusterFile
}

/// The containers that are a cluster together: those of a compose file, and those of the manifests of a folder
/// that get the same `ConfigMap`s.
fn members<'c>(configs: &Configs, clusters: &'c Clusters) -> Vec<Members<'c>> {
    let mut all: BTreeMap<(String, Vec<&str>), Option<Members>> = BTreeMap::new();
    // What says more of a service, to be laid over it.
    let mut over: HashSet<(&str, &str)> = HashSet::new();
    for file in clusters.files() {
        let workloads = file.facts.workloads.iter();
        let unsaid = workloads.filter(|own| own.runs == Runs::Unsaid);
        over.extend(unsaid.map(|own| (evidence::folder(&file.path), own.name.as_str())));
    }
    for file in clusters.files().filter(|file| !file.facts.unreadable) {
        let folder = evidence::folder(&file.path);
        let home = match file.facts.kind {
            Kind::Compose => file.path.clone(),
            Kind::Manifest => format!("{} {folder}/", configs.home(&file.path)),
            Kind::Kustomization | Kind::Image => continue,
        };
        for workload in file.facts.workloads.iter().filter(|own| own.is_flink) {
            let mut maps: Vec<&str> = workload
                .mounts
                .iter()
                .filter_map(|mount| match mount {
                    Mount::ConfigMap(name, _) => Some(name.as_str()),
                    Mount::Path(..) => None,
                })
                .collect();
            maps.sort_unstable();
            if workload.role == Role::Other {
                continue;
            }
            let key = (home.clone(), maps);
            let members = all.entry(key).or_insert_with(|| Some(Members::default()));
            let is_overridden = over.contains(&(folder, workload.name.as_str()));
            match (workload.role, &mut *members) {
                (Role::JobManager, Some(members)) if !is_overridden => {
                    members.of[0].push((file, workload));
                }
                (Role::TaskManager, Some(members)) if !is_overridden => {
                    members.of[1].push((file, workload));
                }
                // It may be either.
                _ => *members = None,
            }
        }
    }
    all.into_values().flatten().collect()
}

#[cfg(test)]
mod tests;
