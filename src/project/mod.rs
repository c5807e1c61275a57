//! Sources to documents, documents to deployments: what belongs together.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use clusters::Clusters;
use hosts::{Host, Hosts};
use jobs::Job;
use versions::{Platform, Testimony};

use crate::config::{Config, Configs, DeploymentConfig};
use crate::deployment::{self, Base, Cluster, Deployment, HostIs, Jobs, Opened, Previous, Process};
use crate::flink::memory::Mode;
use crate::flink::version::Versions;
use crate::linux::machine::Machine;
use crate::recognise::{self, cluster::Workers};
use crate::syntax::{Document, Format, Layer, Space};
use crate::text::{SourceId, Sources};

mod clusters;
mod containers;
mod hosts;
mod jobs;
mod layers;
mod operator;
mod reading;
mod units;
mod versions;

/// Everything read from one set of sources.
#[derive(Debug)]
pub struct Project<'s> {
    /// The sources.
    pub sources: &'s Sources,
    /// The documents in the order of their sources.
    pub documents: Vec<Document>,
    /// Sources on which a reader failed, which then count as empty: bugs of flint, one line each.
    pub internal_errors: Vec<String>,
    units: Vec<Unit>,
    testimony: Testimony,
    /// By project, the documents of sources.
    types: BTreeMap<String, Vec<usize>>,
    before: Vec<Previous>,
}

/// A deployment by the numbers of its documents.
#[derive(Clone, Debug)]
struct Unit {
    name: String,
    /// Whether flint.toml gives it that name.
    is_named: bool,
    platform: Platform,
    documents: Vec<usize>,
    unread: Vec<usize>,
    split: bool,
    base: Base,
    /// The documents that one process reads alone.
    only: Vec<(usize, Process)>,
    /// The containers whose own layers are among its documents.
    joined: Vec<(SourceId, String)>,
    unseen: Option<Process>,
    resources: Vec<usize>,
    tables: Vec<usize>,
    /// What an operator puts below the documents, weakest first.
    made: Vec<Document>,
    started_by: Option<Mode>,
    host: Vec<usize>,
    /// The files of the host that no loader reads.
    host_unread: Vec<usize>,
    host_is: HostIs,
    /// What flint.toml says of the machines.
    machine: Machine,
    cluster: Cluster,
    /// The source or the script that it is the unit of.
    job: Option<SourceId>,
    /// What the jobs set that run on it.
    jobs: Jobs,
}

impl Unit {
    /// Of some documents, and nothing else.
    fn new(name: String, platform: Platform, documents: Vec<usize>) -> Self {
        Unit {
            name,
            is_named: false,
            platform,
            documents,
            unread: Vec::new(),
            split: false,
            base: Base::Unknown,
            only: Vec::new(),
            joined: Vec::new(),
            unseen: None,
            resources: Vec::new(),
            tables: Vec::new(),
            made: Vec::new(),
            started_by: None,
            host: Vec::new(),
            host_unread: Vec::new(),
            host_is: HostIs::Near,
            machine: Machine::default(),
            cluster: Cluster::default(),
            job: None,
            jobs: Jobs::default(),
        }
    }

    /// The number of every document that it is made of.
    fn numbers(&self) -> impl Iterator<Item = usize> + '_ {
        let own = self.documents.iter().chain(&self.unread);
        let made = self.resources.iter().chain(&self.tables);
        let host = self.host.iter().chain(&self.host_unread);
        own.chain(made).chain(host).copied()
    }
}

impl<'s> Project<'s> {
    /// Reads every source that concerns Flink. `named` lists files that are Flink's without further
    /// signs: named by a person, or read as such before a fix.
    pub fn read(sources: &'s Sources, configs: &Configs, named: &[String]) -> Self {
        let (documents, internal_errors) =
            reading::documents(sources, configs, named, recognise::read);
        let mut project = Project {
            sources,
            documents,
            internal_errors,
            units: Vec::new(),
            testimony: Testimony::read(sources),
            types: BTreeMap::new(),
            before: Vec::new(),
        };
        project.join(configs);
        project
    }

    /// The paths of the files that were read as Flink's: for `named` of another reading, in which they stay so
    /// even if a change took their last sign away.
    pub fn signed(&self) -> Vec<String> {
        let path = |document: &Document| &self.sources.get(document.source).path;
        // A config.yaml that may be that of anything is no cluster's, whoever sets what in it.
        let is_open = |document: &Document| {
            document.layer == Layer::JobFile && recognise::is_cluster_file(path(document))
        };
        let signed = self.documents.iter().filter(|own| !is_open(own));
        signed.map(|own| path(own).clone()).collect()
    }

    /// The same, after a change of what these resources were.
    #[must_use]
    pub fn after(self, before: Vec<Previous>) -> Self {
        Project { before, ..self }
    }

    /// The deployments, in the order of their first file.
    pub fn deployments(&self) -> Vec<Deployment<'_>> {
        let pick = |numbers: &[usize]| -> Vec<&Document> {
            numbers
                .iter()
                .map(|&number| &self.documents[number])
                .collect()
        };
        self.units
            .iter()
            .map(|unit| Deployment {
                name: unit.name.clone(),
                is_named: unit.is_named,
                versions: unit.platform.versions,
                version_from: unit.platform.version_from.clone(),
                version_dropped: unit.platform.version_dropped.clone(),
                version_before_all: unit.platform.version_before_all.clone(),
                java: unit.platform.java,
                java_from: unit.platform.java_from.clone(),
                sources: self.sources,
                all_documents: &self.documents,
                documents: unit.made.iter().chain(pick(&unit.documents)).collect(),
                unread: pick(&unit.unread),
                opens_nothing: false,
                split: unit.split,
                host: pick(&unit.host),
                host_unread: pick(&unit.host_unread),
                host_is: unit.host_is,
                machine: unit.machine,
                base: unit.base,
                only: self.only(&unit.only),
                unseen: unit.unseen,
                resources: pick(&unit.resources),
                tables: pick(&unit.tables),
                started_by: unit.started_by,
                memory: OnceLock::new(),
                applied: OnceLock::new(),
                cluster: unit.cluster.clone(),
                job: unit.job,
                jobs: unit.jobs.clone(),
                before: &self.before,
                types: self.types_around(unit),
            })
            .collect()
    }

    /// The sources of the project of a unit: of its job, or of one that runs on it.
    fn types_around(&self, unit: &Unit) -> &[usize] {
        let job = unit.job.or_else(|| unit.jobs.runs.first().copied());
        let found = job.and_then(|source| self.types.values().find(|all| self.hold(all, source)));
        found.map_or(&[], Vec::as_slice)
    }

    fn hold(&self, numbers: &[usize], source: SourceId) -> bool {
        let found = numbers.binary_search_by_key(&source, |&number| self.documents[number].source);
        found.is_ok()
    }

    fn only(&self, numbers: &[(usize, Process)]) -> Vec<(SourceId, u32, Process)> {
        let only = numbers.iter().map(|(number, process)| {
            let document = &self.documents[*number];
            (document.source, document.ordinal, *process)
        });
        only.collect()
    }

    fn path(&self, document: usize) -> &str {
        &self.sources.get(self.documents[document].source).path
    }

    /// Groups documents: declared deployments first, then each configuration directory, then what
    /// is left, each file by itself.
    fn join(&mut self, configs: &Configs) {
        let mut free: Vec<usize> = (0..self.documents.len()).collect();
        let (mut units, mut jobs) = self.declared(configs, &mut free);
        let (of_jobs, free): (Vec<usize>, Vec<usize>) =
            free.into_iter().partition(|&n| self.is_of_job(n));
        jobs.extend(self.jobs(&of_jobs, None));
        let (sysctl, rest): (Vec<usize>, Vec<usize>) =
            free.into_iter().partition(|&n| self.is_sysctl(n));
        // What a manifest sets for a container or a pod is no host's.
        let (parts, sysctl): (Vec<usize>, Vec<usize>) = sysctl
            .into_iter()
            .partition(|&n| self.documents[n].is_part());
        units.extend(
            parts
                .into_iter()
                .map(|number| self.lone_parameters(configs, number)),
        );
        let mut hosts = Hosts::of(self.hosts(&sysctl, configs));
        units.extend(self.folders(configs, rest, &mut hosts));
        let lone = hosts.all.into_iter().filter(|host| !host.attached);
        units.extend(lone.map(|host| self.lone_host(configs, host)));
        let clusters = Clusters::read(self.sources);
        self.layer(configs, &clusters, &mut units);
        units.sort_by_key(|unit| unit.numbers().min());
        self.join_resources(configs, &clusters, &mut units);
        for unit in &mut units {
            unit.cluster = self.cluster(&clusters, configs, unit);
            let first = unit.resources.first();
            let path = first.map(|&number| self.path(number));
            let patched = path.is_some_and(|path| clusters.are_patched(path));
            let made = self.containers_of_resource(unit, patched);
            unit.cluster.containers.extend(made);
        }
        self.join_jobs(configs, &jobs, &mut units);
        self.types = self.types(configs);
        for unit in &mut units {
            let first = unit.numbers().min().unwrap_or_default();
            unit.machine = configs.of(self.path(first)).host;
        }
        self.units = units;
    }

    /// What runs the configuration of a unit.
    fn cluster(&self, clusters: &Clusters, configs: &Configs, unit: &Unit) -> Cluster {
        let is_conf = |number: &&usize| {
            let format = self.documents[**number].format;
            matches!(format, Format::FlinkConf | Format::ConfigYaml)
        };
        let mut numbers: Vec<usize> = unit.documents.iter().filter(is_conf).copied().collect();
        if numbers.is_empty() {
            numbers = unit.unread.iter().filter(is_conf).copied().collect();
        }
        let paths: Vec<&str> = numbers.iter().map(|&number| self.path(number)).collect();
        let starts = |workers: &Workers| {
            let mut documents = numbers.iter().map(|&number| &self.documents[number]);
            documents.all(|document| starts_hosts(document, workers))
        };
        let mut cluster = if unit.joined.is_empty() {
            clusters.of(configs, &paths, starts)
        } else {
            clusters.joined(configs, &paths, &unit.joined)
        };
        let spoken = self.testimony.speaks_near(configs, &paths);
        cluster.runs_python_or_tables = self.testimony.uses_managed_memory(configs, &paths);
        if unit.joined.is_empty() {
            cluster.uses = clusters.uses(configs, &paths, spoken);
        }
        cluster
    }

    /// The deployments that flint.toml declares; their documents are no longer free.
    fn declared(&self, configs: &Configs, free: &mut Vec<usize>) -> (Vec<Unit>, Vec<Job>) {
        let (mut units, mut jobs) = (Vec::new(), Vec::new());
        for config in configs.iter() {
            for (number, declared) in config.deployments.iter().enumerate() {
                let is_named = declared.name != DeploymentConfig::unnamed(number);
                let local = |number: usize| {
                    let path = self.path(number);
                    let own = std::ptr::eq(configs.of(path), config);
                    own.then_some(path)
                };
                let (hosts, own): (Vec<usize>, Vec<usize>) = free
                    .iter()
                    .copied()
                    .filter(|&number| {
                        local(number).is_some_and(|path| {
                            declared.holds(path) || self.is_sysctl(number) && declared.is_host(path)
                        })
                    })
                    .partition(|&number| self.is_sysctl(number));
                if own.is_empty() && hosts.is_empty() {
                    continue;
                }
                free.retain(|number| !own.contains(number) && !hosts.contains(number));
                let (of_jobs, own): (Vec<usize>, Vec<usize>) =
                    own.into_iter().partition(|&number| self.is_of_job(number));
                jobs.extend(self.jobs(&of_jobs, Some(&own)));
                if own.is_empty() && hosts.is_empty() {
                    continue;
                }
                let hosts = self.hosts(&hosts, configs);
                let of = |pick: fn(&Host) -> &Vec<usize>| -> Vec<usize> {
                    hosts.iter().flat_map(pick).copied().collect()
                };
                let (host, unread) = (of(|host| &host.documents), of(|host| &host.unread));
                for mut unit in self.units_of(configs, config, &declared.name, &own) {
                    unit.host.clone_from(&host);
                    unit.host_unread.clone_from(&unread);
                    unit.host_is = HostIs::Flinks;
                    unit.is_named = is_named;
                    units.push(unit);
                }
            }
        }
        (units, jobs)
    }

    /// One configuration directory is one deployment; any other file is one by itself.
    fn folders(&self, configs: &Configs, numbers: Vec<usize>, hosts: &mut Hosts) -> Vec<Unit> {
        let mut folders: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for number in numbers {
            let path = self.path(number);
            let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
            let home = if matches!(name, "flink-conf.yaml" | "config.yaml")
                && self.documents[number].space == Space::Flink
            {
                format!("{folder}/")
            } else if let Some(root) = self.resource_of(number) {
                // A resource of the operator is one with the options that it holds.
                format!("{path}\0resource {root}")
            } else if self.documents[number].is_part() {
                // Each other part of a manifest is a deployment of its own.
                format!("{path}\0{}", self.documents[number].ordinal)
            } else {
                path.to_owned()
            };
            folders.entry(home).or_default().push(number);
        }
        let mut units = Vec::new();
        for (home, numbers) in folders {
            let config = configs.of(self.path(numbers[0]));
            let project = configs.home(self.path(numbers[0]));
            let first = &self.documents[numbers[0]];
            let name = match (&first.name, first.is_part()) {
                (Some(name), _) => format!("{} ({name})", self.path(numbers[0])),
                (None, true) => self.path(numbers[0]).to_owned(),
                (None, false) => shown(home.trim_end_matches('/')),
            };
            for mut unit in self.units_of(configs, config, &name, &numbers) {
                self.attach(&mut unit, &home, project, hosts);
                units.push(unit);
            }
        }
        units
    }

    /// One unit for each group of versions that opens the same file.
    fn units_of(
        &self,
        configs: &Configs,
        config: &Config,
        name: &str,
        numbers: &[usize],
    ) -> Vec<Unit> {
        // A variable is put into whichever file the image's Flink reads.
        let has = |format| {
            let mut documents = numbers.iter().map(|&number| &self.documents[number]);
            documents.any(|own| own.format == format && own.layer != Layer::Environment)
        };
        let (flink_conf, config_yaml) = (has(Format::FlinkConf), has(Format::ConfigYaml));
        let readers = match (flink_conf, config_yaml) {
            (true, false) => Versions::LEGACY,
            (false, true) => Versions::YAML,
            _ => Versions::ALL,
        };
        let paths: Vec<&str> = numbers.iter().map(|&number| self.path(number)).collect();
        let told = self.told(numbers);
        let platform = self
            .testimony
            .platform(configs, config, &paths, readers, told);
        let versions = platform.versions;
        let unit = |versions: Versions, documents: Vec<usize>| {
            let platform = Platform {
                versions,
                ..platform.clone()
            };
            Unit::new(name.to_owned(), platform, documents)
        };
        if !flink_conf && !config_yaml {
            let (resources, others): (Vec<usize>, Vec<usize>) = numbers
                .iter()
                .partition(|&&number| self.documents[number].space == Space::Resource);
            let (tables, documents) = others
                .into_iter()
                .partition(|&number| self.documents[number].space == Space::Table);
            let mut unit = unit(versions, self.by_layer(documents));
            unit.resources = resources;
            unit.tables = tables;
            self.run_by_operator(&mut unit);
            return vec![unit];
        }
        let whole = |number: &usize| {
            let document = &self.documents[*number];
            !document.is_part() && document.space == Space::Flink
        };
        let base = if numbers.iter().any(whole) {
            Base::File
        } else {
            Base::Unknown
        };
        let groups = deployment::groups(versions, flink_conf, config_yaml);
        let split = groups.len() > 1;
        groups
            .into_iter()
            .map(|(opened, versions)| {
                let is_conf = |number: &usize| {
                    let document = &self.documents[*number];
                    document.layer != Layer::Environment
                        && matches!(document.format, Format::FlinkConf | Format::ConfigYaml)
                };
                let reads = |number: &usize| {
                    !is_conf(number)
                        || opened != Opened::Missing
                            && deployment::is_opened(opened, &self.documents[*number])
                };
                let (read, unread): (Vec<usize>, Vec<usize>) =
                    numbers.iter().copied().partition(reads);
                Unit {
                    unread,
                    split,
                    base,
                    ..unit(versions, self.by_layer(read))
                }
            })
            .collect()
    }

    fn by_layer(&self, mut numbers: Vec<usize>) -> Vec<usize> {
        numbers.sort_by_key(|&number| (self.documents[number].layer, number));
        numbers
    }
}

/// Whether the `TaskManager`s may be those of `start-cluster.sh`: a resource manager starts its own, and a
/// `workers` file as Flink ships it is unused where the `JobManager` runs elsewhere.
fn starts_hosts(document: &Document, workers: &Workers) -> bool {
    let managed = |key: &str| key.starts_with("yarn.") || key.starts_with("kubernetes.");
    let managed = document
        .settings
        .iter()
        .any(|setting| managed(&setting.key));
    let target = document.get("execution.target");
    let local = |address: &str| matches!(address, "localhost" | "127.0.0.1");
    let address = document.get("jobmanager.rpc.address");
    !managed
        && target.is_none_or(|target| matches!(target.value.as_str(), "remote" | "local"))
        && (!workers.stock || address.is_none_or(|address| local(&address.value)))
}

/// A folder's name for people.
fn shown(folder: &str) -> String {
    match folder {
        "" => ".".to_owned(),
        name => name.to_owned(),
    }
}
