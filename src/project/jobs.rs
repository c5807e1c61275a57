//! Jobs: each source that imports Flink and each script is a deployment of its own, on the cluster that
//! certainly runs it.
//!
//! A job belongs to a cluster where flint.toml says so, or where its project has one cluster and the
//! sources that make a job lie in one module. All other jobs run on what nobody here sees, so that nothing
//! absent is claimed of them.

use std::collections::{BTreeMap, BTreeSet};

use super::versions::Platform;
use super::{Project, Unit};
use crate::config::Configs;
use crate::deployment::{Base, Jobs, is_of_job};
use crate::flink::version::Versions;
use crate::recognise::{evidence, job, source};
use crate::syntax::{Document, Space};
use crate::text::SourceId;

/// The documents of one source or script.
pub(super) struct Job {
    source: SourceId,
    documents: Vec<usize>,
    /// The other documents of the deployment in flint.toml that lists it.
    listed_with: Option<Vec<usize>>,
}

/// What is known of the jobs of a project.
#[derive(Default)]
struct Around<'j> {
    /// Those that may run on a cluster of it: no test's.
    jobs: Vec<&'j Job>,
    /// The folders of the modules in which jobs are made.
    modules: BTreeSet<&'j str>,
    /// The clusters, by the numbers of their units.
    clusters: Vec<usize>,
}

impl Project<'_> {
    /// Whether a document is of a source or a script.
    pub(super) fn is_of_job(&self, number: usize) -> bool {
        source::kind(self.path(number)).is_some()
    }

    /// The jobs that some documents are of.
    pub(super) fn jobs(&self, numbers: &[usize], listed_with: Option<&[usize]>) -> Vec<Job> {
        let mut jobs: Vec<Job> = Vec::new();
        for &number in numbers {
            let document = &self.documents[number];
            if is_of_types_alone(document) {
                continue;
            }
            match jobs.last_mut() {
                Some(job) if job.source == document.source => job.documents.push(number),
                _ => jobs.push(Job {
                    source: document.source,
                    documents: vec![number],
                    listed_with: listed_with.map(<[usize]>::to_vec),
                }),
            }
        }
        jobs
    }

    /// The units of jobs. The clusters that may run them no longer know what these set.
    pub(super) fn join_jobs(&self, configs: &Configs, jobs: &[Job], units: &mut Vec<Unit>) {
        let mut projects: BTreeMap<&str, Around> = BTreeMap::new();
        for own in jobs {
            let path = self.path_of(own.source);
            let around = projects.entry(configs.home(path)).or_default();
            if !source::is_test(path) {
                around.jobs.push(own);
                let makes = |document: &usize| {
                    let code = self.documents[*document].code.as_deref();
                    code.is_some_and(job::makes_environment)
                };
                if own.documents.iter().any(makes) {
                    around.modules.insert(self.module(configs, path));
                }
            }
        }
        for (number, unit) in units.iter().enumerate() {
            let Some(path) = self.cluster_path(unit) else {
                continue;
            };
            if let Some(around) = projects.get_mut(configs.home(path)) {
                around.clusters.push(number);
            }
        }
        let mut runs_on: BTreeMap<SourceId, usize> = BTreeMap::new();
        let mut made = Vec::new();
        for own in jobs {
            let path = self.path_of(own.source);
            let cluster = projects.get(configs.home(path)).and_then(|around| {
                let listed = own.listed_with.as_ref();
                let mut found = around.clusters.iter().copied().filter(|&number| {
                    let mut numbers = units[number].numbers();
                    listed.is_none_or(|listed| numbers.any(|number| listed.contains(&number)))
                });
                let is_one_module = around.modules.len() <= 1 && !source::is_test(path);
                let certain = listed.is_some() || is_one_module;
                let one = found.next().filter(|_| certain)?;
                found.next().is_none().then_some(one)
            });
            let (unit, joined) = self.unit_of(configs, own, cluster.map(|number| &units[number]));
            made.push(unit);
            if let Some(cluster) = cluster.filter(|_| joined) {
                runs_on.insert(own.source, cluster);
            }
        }
        for around in projects.values() {
            let mut all = Jobs::default();
            for own in around.jobs.iter().filter(|_| !around.clusters.is_empty()) {
                self.add_to(&mut all, own);
            }
            for &number in &around.clusters {
                units[number].jobs.clone_from(&all);
            }
            for own in &around.jobs {
                let Some(&number) = runs_on.get(&own.source) else {
                    continue;
                };
                let of_cluster = &mut units[number].jobs;
                of_cluster.opaque |= self.is_opaque(own);
                // What only declares functions runs where a job does.
                if !around.modules.is_empty() {
                    of_cluster.runs.push(own.source);
                }
            }
        }
        units.append(&mut made);
    }

    /// The sources of each project that declare types or make jobs, by the numbers of their documents.
    pub(super) fn types(&self, configs: &Configs) -> BTreeMap<String, Vec<usize>> {
        let mut types: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (number, document) in self.documents.iter().enumerate() {
            if document.code.is_some() {
                let home = configs.home(self.path(number)).to_owned();
                types.entry(home).or_default().push(number);
            }
        }
        types
    }

    fn path_of(&self, source: SourceId) -> &str {
        &self.sources.get(source).path
    }

    /// A path of a unit that is a cluster: one of whose options a file says some.
    fn cluster_path(&self, unit: &Unit) -> Option<&str> {
        let is_options = |number: &&usize| self.documents[**number].space != Space::Job;
        let mut all = unit.documents.iter().chain(&unit.unread);
        let first = all.find(is_options).or(unit.resources.first())?;
        let path = self.path(*first);
        (!source::is_test(path)).then_some(path)
    }

    /// The unit of a job, and whether the cluster runs it.
    fn unit_of(&self, configs: &Configs, own: &Job, cluster: Option<&Unit>) -> (Unit, bool) {
        let path = self.path_of(own.source);
        let config = configs.of(path);
        let platform = self
            .testimony
            .platform(configs, config, &[path], Versions::ALL, None);
        let (tables, documents): (Vec<usize>, Vec<usize>) = own
            .documents
            .iter()
            .partition(|&&number| self.documents[number].space == Space::Table);
        let joined = cluster.and_then(|cluster| {
            let platform = both(&cluster.platform, &platform)?;
            Some(Unit {
                platform,
                ..cluster.clone()
            })
        });
        let is_joined = joined.is_some();
        let mut unit = joined.unwrap_or_else(|| Unit {
            base: Base::Unknown,
            ..Unit::new(String::new(), platform, Vec::new())
        });
        path.clone_into(&mut unit.name);
        unit.job = Some(own.source);
        unit.jobs = Jobs::default();
        // What a host says of its cluster, the cluster's own deployment says.
        unit.host = Vec::new();
        unit.host_unread = Vec::new();
        unit.unread = Vec::new();
        unit.documents.extend(documents);
        unit.documents = self.by_layer(std::mem::take(&mut unit.documents));
        unit.tables.extend(tables);
        (unit, is_joined)
    }

    /// Notes what a job sets.
    fn add_to(&self, jobs: &mut Jobs, own: &Job) {
        for document in self.options_of(own) {
            let settings = document.settings.iter();
            for setting in settings.filter(|setting| is_of_job(&setting.key)) {
                jobs.add(&setting.key, setting.known.then_some(&*setting.value));
            }
        }
    }

    /// Whether a job may set what its text can't tell.
    fn is_opaque(&self, own: &Job) -> bool {
        self.options_of(own).any(|document| {
            let decides = document.code.as_deref().is_none_or(job::makes_environment);
            decides && !document.complete
        })
    }

    fn options_of<'o>(&'o self, own: &'o Job) -> impl Iterator<Item = &'o Document> {
        let documents = own.documents.iter().map(|&number| &self.documents[number]);
        documents.filter(|document| document.space == Space::Flink)
    }

    /// The folder of the module that a source is built in.
    fn module<'p>(&self, configs: &Configs, path: &'p str) -> &'p str {
        if let Some(at) = path.find("src/main/")
            && (at == 0 || path[..at].ends_with('/'))
        {
            return &path[..at];
        }
        let home = configs.home(path);
        let folder = evidence::folder(path);
        self.testimony.built_in(folder, home.trim_end_matches('/'))
    }
}

/// Whether a document is of a source that only declares types.
fn is_of_types_alone(document: &Document) -> bool {
    let code = document.code.as_deref();
    code.is_some_and(|code| !job::is_of_flink(code))
}

/// The platform of a job on a cluster; nothing where they contradict each other.
fn both(cluster: &Platform, job: &Platform) -> Option<Platform> {
    let versions = cluster.versions.and(job.versions);
    if versions.is_empty() {
        return None;
    }
    let from = cluster.version_from.as_ref().or(job.version_from.as_ref());
    Some(Platform {
        versions,
        version_from: from.cloned(),
        ..cluster.clone()
    })
}
