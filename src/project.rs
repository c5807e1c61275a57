//! Sources to documents, documents to deployments: what belongs together.

use std::collections::BTreeMap;

use crate::config::{Config, Configs};
use crate::deployment::{self, Deployment, Opened, VersionFrom};
use crate::flink::version::Versions;
use crate::recognise;
use crate::syntax::{Document, Format, Space};
use crate::text::Sources;

/// Everything read from one set of sources.
#[derive(Debug)]
pub struct Project<'s> {
    /// The sources.
    pub sources: &'s Sources,
    /// The documents in the order of their sources.
    pub documents: Vec<Document>,
    units: Vec<Unit>,
}

/// A deployment by the numbers of its documents.
#[derive(Debug)]
struct Unit {
    name: String,
    versions: Versions,
    version_from: Option<VersionFrom>,
    documents: Vec<usize>,
    unread: Vec<usize>,
    split: bool,
    host: Vec<usize>,
    host_runs_flink: bool,
}

/// The files with kernel parameters of one host.
struct Host {
    /// The project that they belong to.
    home: String,
    root: String,
    documents: Vec<usize>,
    /// Its own files say that it is meant for Flink.
    mentions_flink: bool,
    attached: bool,
}

impl<'s> Project<'s> {
    /// Reads every source that concerns Flink. `named` lists files that are Flink's without further
    /// signs: named by a person, or read as such before a fix.
    pub fn read(sources: &'s Sources, configs: &Configs, named: &[String]) -> Self {
        let mut documents = Vec::new();
        for source in &sources.0 {
            let is_named = named.contains(&source.path);
            let job = configs.of(&source.path).is_job_file(&source.path);
            documents.extend(recognise::read(source, job, is_named));
        }
        let mut project = Project {
            sources,
            documents,
            units: Vec::new(),
        };
        project.join(configs);
        project
    }

    /// The deployments, in the order of their first file.
    pub fn deployments(&self) -> Vec<Deployment<'_>> {
        let pick = |numbers: &[usize]| {
            numbers
                .iter()
                .map(|&number| &self.documents[number])
                .collect()
        };
        self.units
            .iter()
            .map(|unit| Deployment {
                name: unit.name.clone(),
                versions: unit.versions,
                version_from: unit.version_from.clone(),
                sources: self.sources,
                documents: pick(&unit.documents),
                unread: pick(&unit.unread),
                split: unit.split,
                host: pick(&unit.host),
                host_runs_flink: unit.host_runs_flink,
            })
            .collect()
    }

    fn path(&self, document: usize) -> &str {
        &self.sources.get(self.documents[document].source).path
    }

    /// Groups documents: declared deployments first, then each configuration directory, then what
    /// is left, each file by itself.
    fn join(&mut self, configs: &Configs) {
        let mut free: Vec<usize> = (0..self.documents.len()).collect();
        let mut units = Vec::new();
        for config in configs.iter() {
            for declared in &config.deployments {
                let local = |number: usize| {
                    let path = self.path(number);
                    let own = std::ptr::eq(configs.of(path), config);
                    config.local(path).filter(|_| own)
                };
                let is_host =
                    |number: usize| local(number).is_some_and(|path| declared.is_host(path));
                let holds = |number: usize| local(number).is_some_and(|path| declared.holds(path));
                let host: Vec<usize> = free
                    .iter()
                    .copied()
                    .filter(|&n| is_host(n) && self.is_sysctl(n))
                    .collect();
                let own: Vec<usize> = free
                    .iter()
                    .copied()
                    .filter(|&n| holds(n) && !host.contains(&n))
                    .collect();
                let (more_host, own): (Vec<usize>, Vec<usize>) =
                    own.into_iter().partition(|&n| self.is_sysctl(n));
                if own.is_empty() && host.is_empty() && more_host.is_empty() {
                    continue;
                }
                free.retain(|number| {
                    !own.contains(number) && !host.contains(number) && !more_host.contains(number)
                });
                let mut all_hosts = host;
                all_hosts.extend(more_host);
                let hosts = self.hosts(&all_hosts, configs);
                let host = hosts.into_iter().flat_map(|host| host.documents).collect();
                for mut unit in self.units_of(config, &declared.name, &own) {
                    unit.host = Vec::clone(&host);
                    unit.host_runs_flink = true;
                    units.push(unit);
                }
            }
        }
        let (sysctl, rest): (Vec<usize>, Vec<usize>) =
            free.into_iter().partition(|&n| self.is_sysctl(n));
        let mut hosts = self.hosts(&sysctl, configs);
        let mut folders: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for number in rest {
            let path = self.path(number);
            let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
            let home = if matches!(name, "flink-conf.yaml" | "config.yaml")
                && self.documents[number].space == Space::Flink
            {
                format!("{folder}/")
            } else {
                path.to_owned()
            };
            folders.entry(home).or_default().push(number);
        }
        for (home, numbers) in folders {
            let config = configs.of(self.path(numbers[0]));
            let name = match home.trim_end_matches('/') {
                "" => ".".to_owned(),
                name => name.to_owned(),
            };
            for mut unit in self.units_of(config, &name, &numbers) {
                let project = configs.home(self.path(numbers[0]));
                self.attach(&mut unit, &home, project, &mut hosts);
                units.push(unit);
            }
        }
        for host in hosts.into_iter().filter(|host| !host.attached) {
            let config = configs.of(self.path(host.documents[0]));
            let (versions, version_from) = wanted(config);
            units.push(Unit {
                name: if host.root.is_empty() {
                    ".".to_owned()
                } else {
                    host.root.clone()
                },
                versions,
                version_from,
                documents: Vec::new(),
                unread: Vec::new(),
                split: false,
                host_runs_flink: host.mentions_flink,
                host: host.documents,
            });
        }
        units.sort_by_key(|unit| {
            unit.documents
                .iter()
                .chain(&unit.unread)
                .chain(&unit.host)
                .min()
                .copied()
        });
        self.units = units;
    }

    fn is_sysctl(&self, number: usize) -> bool {
        self.documents[number].space == Space::Sysctl
    }

    /// One unit for each group of versions that opens the same file.
    fn units_of(&self, config: &Config, name: &str, numbers: &[usize]) -> Vec<Unit> {
        let (versions, version_from) = wanted(config);
        let has = |format| {
            numbers
                .iter()
                .any(|&number| self.documents[number].format == format)
        };
        let (flink_conf, config_yaml) = (has(Format::FlinkConf), has(Format::ConfigYaml));
        let unit =
            |versions: Versions, documents: Vec<usize>, unread: Vec<usize>, split: bool| Unit {
                name: name.to_owned(),
                versions,
                version_from: version_from.clone(),
                documents,
                unread,
                split,
                host: Vec::new(),
                host_runs_flink: false,
            };
        if !flink_conf && !config_yaml {
            return vec![unit(versions, self.by_layer(numbers), Vec::new(), false)];
        }
        let groups = deployment::groups(versions, flink_conf, config_yaml);
        let split = groups.len() > 1;
        groups
            .into_iter()
            .map(|(opened, versions)| {
                let is_conf = |number: &usize| {
                    matches!(
                        self.documents[*number].format,
                        Format::FlinkConf | Format::ConfigYaml
                    )
                };
                let reads = |number: &usize| {
                    !is_conf(number)
                        || opened != Opened::Missing
                            && deployment::is_opened(opened, &self.documents[*number])
                };
                let (read, unread): (Vec<usize>, Vec<usize>) =
                    numbers.iter().copied().partition(reads);
                unit(versions, self.by_layer(&read), unread, split)
            })
            .collect()
    }

    fn by_layer(&self, numbers: &[usize]) -> Vec<usize> {
        let mut numbers = numbers.to_vec();
        numbers.sort_by_key(|&number| (self.documents[number].layer, number));
        numbers
    }

    /// Hosts by the root of the tree that their files lie in, each with its files in the order in
    /// which `sysctl --system` applies them.
    fn hosts(&self, numbers: &[usize], configs: &Configs) -> Vec<Host> {
        let mut roots: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
        for &number in numbers {
            let path = self.path(number);
            roots
                .entry((configs.home(path).to_owned(), host_root(path)))
                .or_default()
                .push(number);
        }
        roots
            .into_iter()
            .map(|((home, root), mut documents)| {
                documents.sort_by_key(|&number| application_order(self.path(number)));
                // The same name in an earlier directory hides the later one.
                let mut names: Vec<&str> = Vec::new();
                let visible: Vec<usize> = documents
                    .into_iter()
                    .filter(|&number| {
                        let path = self.path(number);
                        let name = path.rsplit('/').next().unwrap_or(path);
                        let hidden = path.contains("sysctl.d/") && names.contains(&name);
                        names.push(name);
                        !hidden
                    })
                    .collect();
                let mentions_flink = visible.iter().any(|&number| {
                    let source = self.sources.get(self.documents[number].source);
                    let says = |text: &[u8]| {
                        ["flink", "Flink", "FLINK"]
                            .iter()
                            .any(|word| memchr::memmem::find(text, word.as_bytes()).is_some())
                    };
                    says(&source.bytes)
                        || says(source.path.rsplit('/').next().unwrap_or("").as_bytes())
                });
                Host {
                    home,
                    root,
                    documents: visible,
                    mentions_flink,
                    attached: false,
                }
            })
            .collect()
    }

    /// Gives a Flink deployment the host whose files lie nearest: the only one of the project, or
    /// the only one that shares the longest way from its folder. No guess between equals.
    fn attach(&self, unit: &mut Unit, home: &str, project: &str, hosts: &mut [Host]) {
        let is_flink = unit
            .documents
            .iter()
            .chain(&unit.unread)
            .any(|&number| self.documents[number].space == Space::Flink);
        if !is_flink {
            return;
        }
        let folder = home.rfind('/').map_or("", |slash| &home[..slash]);
        let below = |path: &str| path.get(project.len()..).unwrap_or_default().to_owned();
        let shared = |root: &str| {
            let (folder, root) = (below(folder), below(root));
            let parts = folder.split('/').zip(root.split('/'));
            parts
                .take_while(|(left, right)| left == right && !left.is_empty())
                .count()
        };
        let near: Vec<(usize, usize)> = hosts
            .iter()
            .enumerate()
            .filter(|(_, host)| host.home == project)
            .map(|(index, host)| (index, shared(&host.root)))
            .collect();
        let best = near.iter().map(|(_, shared)| *shared).max();
        let alone = near.len() == 1;
        let nearest: Vec<usize> = near
            .iter()
            .filter(|(_, shared)| Some(*shared) == best)
            .map(|(index, _)| *index)
            .collect();
        let [index] = nearest.as_slice() else { return };
        if !alone && best == Some(0) {
            return;
        }
        let host = &mut hosts[*index];
        host.attached = true;
        unit.host.clone_from(&host.documents);
        let same_place = host.root == folder
            || folder
                .rsplit_once('/')
                .is_some_and(|(parent, _)| parent == host.root);
        unit.host_runs_flink = host.mentions_flink || same_place;
    }
}

/// The versions that a configuration allows, and who said so.
fn wanted(config: &Config) -> (Versions, Option<VersionFrom>) {
    let Some(versions) = config.flink_version else {
        return (Versions::ALL, None);
    };
    let from = if config.flink_version_line == 0 {
        VersionFrom {
            why: "--flink-version".to_owned(),
            path: None,
            line: None,
        }
    } else {
        VersionFrom {
            why: "flink-version".to_owned(),
            path: Some(config.path.clone()),
            line: Some(config.flink_version_line),
        }
    };
    (versions, Some(from))
}

/// The directories that loaders read, first the one whose files hide others of the same name.
const SYSCTL_FOLDERS: [&str; 6] = [
    "etc/sysctl.d",
    "run/sysctl.d",
    "usr/local/lib/sysctl.d",
    "usr/lib/sysctl.d",
    "lib/sysctl.d",
    "sysctl.d",
];

/// The root of the tree in which a sysctl file lies where a host would have it.
fn host_root(path: &str) -> String {
    let (folder, _) = path.rsplit_once('/').unwrap_or(("", path));
    let under = |end: &str| {
        let rest = folder.strip_suffix(end)?;
        (rest.is_empty() || rest.ends_with('/')).then(|| rest.trim_end_matches('/').to_owned())
    };
    SYSCTL_FOLDERS
        .iter()
        .chain(["etc", "etc/ufw"].iter())
        .find_map(|end| under(end))
        .unwrap_or_else(|| folder.to_owned())
}

/// `*.conf` of the directories by name, `sysctl.conf` last (`sysctl --system` of procps).
fn application_order(path: &str) -> (bool, String, usize) {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let rank = SYSCTL_FOLDERS
        .iter()
        .position(|end| folder.ends_with(end))
        .unwrap_or(SYSCTL_FOLDERS.len());
    let last = name == "sysctl.conf" && rank == SYSCTL_FOLDERS.len();
    (last, name.to_owned(), rank)
}
