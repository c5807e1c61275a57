//! Containers and what configures them: which file or `ConfigMap` a process of a compose file or of
//! Kubernetes gets, and which `FLINK_PROPERTIES` its image appends to that.
//!
//! Joined is only what is certain: one container for each process, in a file that can be read. All else
//! stays as it is, each part by itself, and what it sets is unknown to others.

use std::collections::{BTreeMap, BTreeSet};

use super::clusters::{Clusters, File};
use super::{Project, Unit};
use crate::config::Configs;
use crate::deployment::{Base, Process};
use crate::recognise::cluster::{Kind, Mount, Role, Runs, Workload};
use crate::recognise::evidence;
use crate::syntax::{Document, Layer, Space};
use crate::text::SourceId;

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

    fn hold(&self, (_, workload): Member) -> bool {
        self.all().any(|(_, own)| std::ptr::eq(*own, workload))
    }

    /// The first file.
    fn path(&self) -> &'c str {
        self.all()
            .map(|(file, _)| file.path.as_str())
            .min()
            .unwrap_or("")
    }

    fn names(&self) -> Vec<(SourceId, String)> {
        let names: BTreeSet<(SourceId, String)> = self
            .all()
            .map(|(file, own)| (file.source, own.name.clone()))
            .collect();
        names.into_iter().collect()
    }
}

const BOTH: [Process; 2] = [Process::JobManager, Process::TaskManager];

/// What one process is given.
#[derive(Default, PartialEq, Eq)]
struct Given {
    /// The documents that stand where Flink looks for its configuration.
    files: BTreeSet<usize>,
    /// Its `FLINK_PROPERTIES`.
    properties: Option<usize>,
}

/// Containers of one process differ, or nobody can tell what they are given.
struct Unclear;

impl Project<'_> {
    /// Joins what configures the containers of a cluster into one deployment.
    pub(super) fn layer(&self, configs: &Configs, clusters: &Clusters, units: &mut Vec<Unit>) {
        for members in members(configs, clusters) {
            self.join_members(configs, clusters, &members, units);
        }
    }

    fn join_members(
        &self,
        configs: &Configs,
        clusters: &Clusters,
        members: &Members,
        units: &mut Vec<Unit>,
    ) {
        let given: Result<Vec<Option<Given>>, Unclear> = members
            .of
            .iter()
            .map(|own| self.given(configs, own))
            .collect();
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
            let Some(number) = given.properties else {
                continue;
            };
            let shared = present
                .iter()
                .all(|(_, other)| other.properties == given.properties);
            if !shared || present.len() == 1 {
                only.push((number, *process));
            }
        }
        let properties: BTreeSet<usize> = present
            .iter()
            .filter_map(|(_, given)| given.properties)
            .collect();
        let unseen = BOTH
            .into_iter()
            .find(|process| present.iter().all(|(own, _)| own != process));
        if first.files.is_empty() {
            self.join_properties(
                (configs, clusters),
                members,
                &properties,
                &only,
                unseen,
                units,
            );
        } else {
            let mut others = clusters.files().flat_map(|file| {
                let workloads = file.facts.workloads.iter();
                workloads.map(move |workload| (file, workload))
            });
            let shared = others.any(|other| {
                other.1.role != Role::Other
                    && !members.hold(other)
                    && self.gives_any(configs, other, &first.files)
            });
            if !shared {
                let changed = members
                    .all()
                    .any(|(file, _)| clusters.are_patched(&file.path));
                self.join_files(members, first, &properties, &only, unseen, units);
                let holds = |unit: &&mut Unit| {
                    let mut numbers = unit.numbers();
                    numbers.any(|number| first.files.contains(&number))
                };
                for unit in units.iter_mut().filter(holds).filter(|_| changed) {
                    unit.base = Base::Unknown;
                }
            }
        }
    }

    /// A cluster on the configuration that its image ships.
    fn join_properties(
        &self,
        (configs, clusters): (&Configs, &Clusters),
        members: &Members,
        properties: &BTreeSet<usize>,
        only: &[(usize, Process)],
        unseen: Option<Process>,
        units: &mut Vec<Unit>,
    ) {
        let Some(&first) = properties.first() else {
            return;
        };
        let holds_nothing_else = |unit: &Unit| {
            let mut numbers = unit.numbers();
            numbers.all(|number| properties.contains(&number))
        };
        let is_free = |number: &usize| {
            let is_in = |unit: &&Unit| unit.numbers().any(|own| own == *number);
            let mut holders = units.iter().filter(is_in);
            holders.next().is_some_and(holds_nothing_else) && holders.next().is_none()
        };
        // What flint.toml joins stays joined as it says.
        if !properties.iter().all(is_free) {
            return;
        }
        units.retain(|unit| !holds_nothing_else(unit));
        let path = members.path();
        let numbers: Vec<usize> = properties.iter().copied().collect();
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
            unit.base = if stock { Base::Image } else { Base::Unknown };
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
        properties: &BTreeSet<usize>,
        only: &[(usize, Process)],
        unseen: Option<Process>,
        units: &mut Vec<Unit>,
    ) {
        let holds = |unit: &Unit| unit.numbers().any(|number| given.files.contains(&number));
        units.retain(|unit| {
            let mut numbers = unit.numbers().peekable();
            numbers.peek().is_none() || !numbers.all(|number| properties.contains(&number))
        });
        for unit in units.iter_mut().filter(|unit| holds(unit)) {
            unit.documents.extend(properties);
            unit.documents = self.by_layer(std::mem::take(&mut unit.documents));
            unit.only.extend(only);
            unit.unseen = unseen.filter(|_| unit.base != Base::File);
            unit.joined = members.names();
            let of_map = |number: &usize| self.documents[*number].is_part();
            if given.files.iter().all(of_map) {
                unit.base = Base::File;
                unit.unseen = unseen;
            }
        }
    }

    /// What containers of one process are given; nothing where there is none.
    fn given(&self, configs: &Configs, workloads: &[Member]) -> Result<Option<Given>, Unclear> {
        let mut found: Option<Given> = None;
        for (file, workload) in workloads {
            let given = self.given_to(configs, file, workload).ok_or(Unclear)?;
            if found.as_ref().is_some_and(|other| *other != given) {
                return Err(Unclear);
            }
            found = Some(given);
        }
        Ok(found)
    }

    fn given_to(&self, configs: &Configs, file: &File, workload: &Workload) -> Option<Given> {
        let mut given = Given::default();
        for mount in &workload.mounts {
            let files = self.mounted(configs, file, workload, mount);
            // A folder or a map that is out of sight may hold anything.
            if files.is_empty() {
                return None;
            }
            given.files.extend(files);
        }
        if let Some(properties) = &workload.properties {
            if properties.sets.opaque {
                return None;
            }
            let is_it = |(_, document): &(usize, &Document)| {
                document.source == file.source
                    && document.layer == Layer::Environment
                    && document.held_at.is_some_and(|held| {
                        held.start < properties.at.end && properties.at.start < held.end
                    })
            };
            let found = self.documents.iter().enumerate().find(is_it);
            given.properties = Some(found?.0);
        }
        Some(given)
    }

    /// Whether a container gets any of these documents.
    fn gives_any(
        &self,
        configs: &Configs,
        (file, workload): Member,
        documents: &BTreeSet<usize>,
    ) -> bool {
        workload.mounts.iter().any(|mount| {
            let files = self.mounted(configs, file, workload, mount);
            files.iter().any(|number| documents.contains(number))
        })
    }

    /// The documents that a mount puts where Flink looks for its configuration.
    fn mounted(
        &self,
        configs: &Configs,
        file: &File,
        workload: &Workload,
        mount: &Mount,
    ) -> Vec<usize> {
        let home = configs.home(&file.path);
        let all = self.documents.iter().enumerate();
        let own = all.filter(|(number, document)| {
            let path = self.path(*number);
            match mount {
                Mount::Path(mounted, _) => {
                    let name = path.rsplit('/').next().unwrap_or(path);
                    let is_read = matches!(name, "flink-conf.yaml" | "config.yaml");
                    !document.is_part()
                        && document.space == Space::Flink
                        && (path == mounted || is_read && evidence::folder(path) == mounted)
                }
                Mount::ConfigMap(map, keys) => {
                    let near = evidence::folder(path) == evidence::folder(&file.path);
                    near && configs.home(path) == home
                        && is_of_map(document, map, keys.as_deref(), workload)
                }
            }
        });
        own.map(|(number, _)| number).collect()
    }
}

/// Whether a document is a file of a `ConfigMap` that a container gets.
fn is_of_map(document: &Document, map: &str, keys: Option<&[String]>, workload: &Workload) -> bool {
    let Some(holder) = document.holder.as_deref().filter(|own| own.is("ConfigMap")) else {
        return false;
    };
    let key = holder.keys.last().map_or("", String::as_str);
    let namespaces = [&holder.namespace, &workload.namespace];
    let same = match namespaces {
        [Some(own), Some(other)] => own == other,
        _ => true,
    };
    let held = keys.is_none_or(|keys| keys.iter().any(|own| own == key));
    same && held && holder.name.as_deref() == Some(map) && document.layer == Layer::ClusterFile
}

/// The containers that are a cluster together: those of a compose file, and those of the manifests of a folder
/// that get the same `ConfigMap`s.
fn members<'c>(configs: &Configs, clusters: &'c Clusters) -> Vec<Members<'c>> {
    let mut all: BTreeMap<(String, Vec<&str>), Option<Members>> = BTreeMap::new();
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
            let is_overridden = file.facts.kind == Kind::Compose
                && clusters
                    .files()
                    .any(|other| overrides(file, other, workload));
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

/// Whether another compose file of the folder says more of a service, to be laid over it.
fn overrides(file: &File, other: &File, workload: &Workload) -> bool {
    let beside = other.facts.kind == Kind::Compose
        && !std::ptr::eq(file, other)
        && evidence::folder(&file.path) == evidence::folder(&other.path);
    let mut services = other.facts.workloads.iter();
    beside && services.any(|own| own.name == workload.name && own.runs == Runs::Unsaid)
}

#[cfg(test)]
mod tests;
