//! Hosts: which sysctl files belong together, in which order they are applied, and to which
//! deployment they are nearest.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::versions::Platform;
use super::{Project, Unit, shown};
use crate::config::Configs;
use crate::deployment::HostIs;
use crate::linux::loaders::{Place, in_order, place};
use crate::recognise::says_flink;
use crate::syntax::{Scope, Space};

/// The files with kernel parameters of one host.
pub(super) struct Host {
    /// The project that they belong to.
    pub(super) home: String,
    pub(super) root: String,
    /// In the order in which `sysctl --system` applies them, what is applied in no known order first.
    pub(super) documents: Vec<usize>,
    /// Those that no loader reads.
    pub(super) unread: Vec<usize>,
    /// Its own files say that it is meant for Flink.
    pub(super) mentions_flink: bool,
    pub(super) attached: bool,
}

impl Host {
    /// The number of one of its documents.
    pub(super) fn first(&self) -> usize {
        let mut all = self.documents.iter().chain(&self.unread);
        *all.next().expect("a host is made of documents")
    }
}

/// Hosts by where they lie, so that the nearest is found without a look at all.
pub(super) struct Hosts {
    pub(super) all: Vec<Host>,
    /// For each project and each folder in it on the way to one: how many there are below, and the last.
    below: HashMap<(String, String), (usize, usize)>,
}

impl Hosts {
    pub(super) fn of(all: Vec<Host>) -> Self {
        let mut below: HashMap<(String, String), (usize, usize)> = HashMap::new();
        for (number, host) in all.iter().enumerate() {
            for folder in upwards(inside(&host.root, &host.home)) {
                let place = (host.home.clone(), folder.to_owned());
                let (count, last) = below.entry(place).or_default();
                (*count, *last) = (*count + 1, number);
            }
        }
        Hosts { all, below }
    }

    /// The only one of a project, or the only one that shares the longest way from a folder of it.
    fn nearest(&self, folder: &str, project: &str) -> Option<usize> {
        let below = |folder: &str| {
            let place = (project.to_owned(), folder.to_owned());
            self.below.get(&place).copied()
        };
        let (count, number) = upwards(folder).find_map(below)?;
        (count == 1).then_some(number)
    }
}

/// A path of a project as seen from its root.
fn inside<'p>(path: &'p str, project: &str) -> &'p str {
    path.get(project.len()..).unwrap_or_default()
}

/// A folder and those above it, the root last.
fn upwards(folder: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(folder), |folder| {
        let above = folder.rfind('/').map_or("", |slash| &folder[..slash]);
        (!folder.is_empty()).then_some(above)
    })
}

impl Project<'_> {
    /// Hosts by the root of the tree that their files lie in, each with its files in the order in
    /// which `sysctl --system` applies them.
    pub(super) fn hosts(&self, numbers: &[usize], configs: &Configs) -> Vec<Host> {
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
            .map(|((home, root), documents)| {
                let (visible, unread) = self.read_and_unread(documents);
                let mentions_flink = visible.iter().any(|&number| {
                    let source = self.sources.get(self.documents[number].source);
                    says_flink(source)
                });
                Host {
                    home,
                    root,
                    documents: visible,
                    unread,
                    mentions_flink,
                    attached: false,
                }
            })
            .collect()
    }

    /// Parts the files of a host into those that a loader reads and the rest.
    fn read_and_unread(&self, mut documents: Vec<usize>) -> (Vec<usize>, Vec<usize>) {
        documents.sort_by_key(|&number| {
            let path = self.path(number);
            path.rsplit('/').next().unwrap_or(path)
        });
        let places: Vec<(usize, Place)> = documents
            .iter()
            .filter_map(|&number| Some((number, place(self.path(number))?.1)))
            .collect();
        let numbers = |found: Vec<usize>| found.into_iter().map(|at| places[at].0);
        let all: Vec<&Place> = places.iter().map(|(_, place)| place).collect();
        let known: BTreeSet<usize> = places.iter().map(|(number, _)| *number).collect();
        let others = documents.iter().filter(|number| !known.contains(number));
        let mut read: Vec<usize> = others.copied().collect();
        read.extend(numbers(in_order(&all, false)));
        let ufw = places.iter().filter(|(_, place)| *place == Place::Ufw);
        read.extend(ufw.map(|(number, _)| *number));
        let known: BTreeSet<usize> = read.iter().copied().collect();
        documents.retain(|number| !known.contains(number));
        (read, documents)
    }

    /// Gives a Flink deployment the host whose files lie nearest: the only one of the project, or
    /// the only one that shares the longest way from its folder. No guess between equals.
    pub(super) fn attach(&self, unit: &mut Unit, home: &str, project: &str, hosts: &mut Hosts) {
        let is_flink = unit
            .documents
            .iter()
            .chain(&unit.unread)
            .any(|&number| self.documents[number].space == Space::Flink);
        if !is_flink {
            return;
        }
        let folder = home.rfind('/').map_or("", |slash| &home[..slash]);
        let own = inside(folder, project);
        let Some(index) = hosts.nearest(own, project) else {
            return;
        };
        let host = &mut hosts.all[index];
        host.attached = true;
        unit.host.clone_from(&host.documents);
        unit.host_unread.clone_from(&host.unread);
        let same_place = host.root == folder
            || folder
                .rsplit_once('/')
                .is_some_and(|(parent, _)| parent == host.root);
        // In a project of several products they may be the machines of another one, unless one of the two
        // folders lies in the other.
        let lies_in = |inner: &str, outer: &str| {
            let rest = inner.strip_prefix(outer);
            rest.is_some_and(|rest| outer.is_empty() || rest.is_empty() || rest.starts_with('/'))
        };
        let root = inside(&host.root, project);
        let is_far = !lies_in(own, root) && !lies_in(root, own);
        unit.host_is = match host.mentions_flink || same_place {
            true => HostIs::Flinks,
            false if is_far => HostIs::Far,
            false => HostIs::Near,
        };
    }

    /// A host of which no deployment is known.
    pub(super) fn lone_host(&self, configs: &Configs, host: Host) -> Unit {
        let config = configs.of(self.path(host.first()));
        Unit {
            host_is: HostIs::by(host.mentions_flink),
            host: host.documents,
            host_unread: host.unread,
            ..Unit::new(shown(&host.root), Platform::stated(config), Vec::new())
        }
    }

    /// The kernel parameters of a container or a pod, or of what sets up nodes: those are for Flink where the
    /// file speaks of it.
    pub(super) fn lone_parameters(&self, configs: &Configs, number: usize) -> Unit {
        let config = configs.of(self.path(number));
        let path = self.path(number);
        let document = &self.documents[number];
        let name = match &document.name {
            Some(name) => format!("{path} ({name})"),
            None => path.to_owned(),
        };
        // Those of containers and pods are read only where they run Flink.
        let is_flinks =
            document.scope != Scope::Machine || says_flink(self.sources.get(document.source));
        Unit {
            host_is: HostIs::by(is_flinks && !document.settings.is_empty()),
            host: vec![number],
            ..Unit::new(name, Platform::stated(config), Vec::new())
        }
    }

    pub(super) fn is_sysctl(&self, number: usize) -> bool {
        self.documents[number].space == Space::Sysctl
    }
}

/// The root of the tree in which a sysctl file lies where a host would have it.
fn host_root(path: &str) -> String {
    let (folder, _) = path.rsplit_once('/').unwrap_or(("", path));
    let in_etc = || {
        let rest = folder.strip_suffix("etc")?;
        (rest.is_empty() || rest.ends_with('/')).then(|| rest.trim_end_matches('/'))
    };
    let root = place(path).map(|(root, _)| root);
    root.or_else(in_etc).unwrap_or(folder).to_owned()
}
