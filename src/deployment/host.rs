//! Kernel parameters: which of the assignments of a host's files wins, for each loader.
//!
//! Three-valued as everything here. What a template may add, what ufw may do and what the loaders see
//! differently is unknown.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::linux::loaders::{Loader, Place, Statements, Winner, glob, in_order, keys, place};
use crate::syntax::{Document, Format, Setting};

use super::{Deployment, Effective};

/// What is known of whose machines files with kernel parameters are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostIs {
    /// They run Flink: the files say so, lie with its configuration, or flint.toml names them.
    Flinks,
    /// Nobody says; if a configuration of Flink lies in the same part of the project, they may well.
    Near,
    /// Nobody says, and the configuration of Flink lies in another part of the project.
    Far,
}

impl HostIs {
    /// By whether the files speak of Flink.
    pub fn by(mentions_flink: bool) -> Self {
        if mentions_flink {
            HostIs::Flinks
        } else {
            HostIs::Near
        }
    }
}

/// Who applies the files of a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HostLoader {
    /// `sysctl --system` of procps: the directories, then `/etc/sysctl.conf`.
    Procps,
    /// systemd-sysctl where `/etc/sysctl.d/99-sysctl.conf` leads to `/etc/sysctl.conf`, as on Debian up
    /// to 12 and RHEL.
    Systemd,
    /// systemd-sysctl without that link, as on Debian 13 and Arch: it does not read
    /// `/etc/sysctl.conf`.
    SystemdAlone,
    /// `sysctl -p` of busybox: `/etc/sysctl.conf` alone.
    Busybox,
}

impl HostLoader {
    /// In words: `systemd-sysctl without the link 99-sysctl.conf`.
    pub fn name(self) -> &'static str {
        match self {
            HostLoader::Procps => "sysctl --system",
            HostLoader::Systemd => "systemd-sysctl",
            HostLoader::SystemdAlone => "systemd-sysctl without the link 99-sysctl.conf",
            HostLoader::Busybox => "busybox sysctl -p",
        }
    }
}

/// What a kernel parameter is, as far as files say.
#[derive(Clone, Copy, Debug)]
pub enum Sysctl<'p> {
    /// Assigned, and this assignment wins.
    Set(Effective<'p>),
    /// No file that is read assigns it.
    Unset,
    /// The loaders see different values, or a template may assign it.
    Unknown,
}

impl<'p> Sysctl<'p> {
    /// The assignment that wins, if one surely does.
    pub fn set(self) -> Option<Effective<'p>> {
        match self {
            Sysctl::Set(effective) => Some(effective),
            Sysctl::Unset | Sysctl::Unknown => None,
        }
    }
}

/// A kernel parameter with its winner for each of [`Deployment::host_loaders`].
#[derive(Clone, Debug)]
pub struct HostParameter<'p> {
    /// As the manuals spell it.
    pub key: String,
    /// In the order of the loaders.
    pub winners: Vec<(HostLoader, Sysctl<'p>)>,
}

/// What the loaders make of the host's files, computed when it is first asked for.
#[derive(Clone, Debug)]
pub struct Applied {
    groups: Vec<Group>,
    /// The paths with patterns that some file assigns.
    patterns: Vec<String>,
}

/// Documents that are applied together.
#[derive(Clone, Debug)]
struct Group {
    /// The tree of a host; `None` for documents that lie elsewhere and are applied one by one.
    root: Option<String>,
    /// By their numbers among those of the host.
    documents: Vec<(usize, Option<Place>)>,
    /// By the number of the loader.
    views: [OnceLock<View>; 4],
    /// The same for what ufw applies.
    ufw: [OnceLock<View>; 4],
}

/// What one loader takes from the documents that it reads.
#[derive(Clone, Debug)]
struct View {
    documents: Vec<usize>,
    /// The last of them that is a template.
    rendered: Option<usize>,
    statements: Statements,
}

impl<'p> Deployment<'p> {
    /// The kernel parameter in force, where `sysctl --system` and systemd-sysctl agree on its value.
    pub fn sysctl(&self, key: &str) -> Option<Effective<'p>> {
        self.sysctl_state(key).set()
    }

    /// What the kernel parameter is for `sysctl --system` and systemd-sysctl alike.
    pub fn sysctl_state(&self, key: &str) -> Sysctl<'p> {
        agreed([HostLoader::Procps, HostLoader::Systemd].map(|by| self.sysctl_state_by(key, by)))
    }

    /// The assignment that wins when this loader applies the files.
    pub fn sysctl_by(&self, key: &str, loader: HostLoader) -> Option<Effective<'p>> {
        self.sysctl_state_by(key, loader).set()
    }

    /// What the kernel parameter is when this loader applies the files. Files that are no part of a
    /// host's tree are applied alike by all.
    pub fn sysctl_state_by(&self, key: &str, loader: HostLoader) -> Sysctl<'p> {
        if !self.names_sysctl(key) {
            let rendered = self.host.iter().any(|document| !document.complete);
            return if rendered {
                Sysctl::Unknown
            } else {
                Sysctl::Unset
            };
        }
        let groups = self.applied().groups.iter();
        agreed_if_set(groups.map(|group| match &group.root {
            Some(_) => self.in_tree(group, key, loader),
            None => self.loose(group, key),
        }))
    }

    /// Whether any file of the host that some loader reads assigns the parameter, by a pattern or
    /// by its name.
    pub fn names_sysctl(&self, key: &str) -> bool {
        if self.host.iter().any(|document| document.get(key).is_some()) {
            return true;
        }
        // Most deployments have no host, and most hosts no patterns: rules ask each for all parameters.
        if self.host.is_empty() || self.applied().patterns.is_empty() {
            return false;
        }
        let path = keys::path(key);
        let mut patterns = self.applied().patterns.iter();
        patterns.any(|pattern| glob::matches(pattern, &path))
    }

    /// The loaders that may apply the files and see them in their own ways; none where no file lies
    /// in the tree of a host.
    pub fn host_loaders(&self) -> Vec<HostLoader> {
        let places = || self.host.iter().filter_map(|own| self.place_on_host(own));
        let mut loaders = Vec::new();
        if places().next().is_some() {
            loaders.extend([HostLoader::Procps, HostLoader::Systemd]);
        }
        if places().any(|(_, place)| place == Place::Main) {
            loaders.extend([HostLoader::SystemdAlone, HostLoader::Busybox]);
        }
        loaders
    }

    /// Every parameter that the host's files name, with its winners.
    pub fn host_parameters(&self) -> Vec<HostParameter<'p>> {
        let settings = self.host.iter().flat_map(|own| &own.settings);
        let keys = settings.map(|setting| setting.key.as_str());
        let mut keys: Vec<&str> = keys.filter(|key| !glob::is_glob(key)).collect();
        keys.sort_unstable();
        keys.dedup();
        let loaders = self.host_loaders();
        let parameter = |key: &str| HostParameter {
            key: key.to_owned(),
            winners: loaders
                .iter()
                .map(|loader| (*loader, self.sysctl_state_by(key, *loader)))
                .collect(),
        };
        keys.into_iter().map(parameter).collect()
    }

    /// The root of the tree of a host in which a document lies, and where in it.
    pub fn place_on_host(&self, document: &Document) -> Option<(&'p str, Place)> {
        let is_file = document.format == Format::Sysctl && !document.is_part();
        is_file
            .then(|| place(&self.source(document).path))
            .flatten()
    }

    fn applied(&self) -> &Applied {
        self.applied.get_or_init(|| {
            let settings = self.host.iter().flat_map(|own| &own.settings);
            let patterns = settings.filter(|setting| glob::is_glob(&setting.key));
            Applied {
                groups: self.groups(),
                patterns: patterns.map(|setting| keys::path(&setting.key)).collect(),
            }
        })
    }

    fn groups(&self) -> Vec<Group> {
        let mut numbers: HashMap<Option<&'p str>, usize> = HashMap::new();
        let mut groups: Vec<Group> = Vec::new();
        for (at, document) in self.host.iter().enumerate() {
            let (root, place) = match self.place_on_host(document) {
                Some((root, place)) => (Some(root), Some(place)),
                None => (None, None),
            };
            let number = *numbers.entry(root).or_insert(groups.len());
            if number == groups.len() {
                groups.push(Group {
                    root: root.map(str::to_owned),
                    documents: Vec::new(),
                    views: <[OnceLock<View>; 4]>::default(),
                    ufw: <[OnceLock<View>; 4]>::default(),
                });
            }
            groups[number].documents.push((at, place));
        }
        groups
    }

    fn effective(&self, document: &'p Document, setting: &'p Setting) -> Sysctl<'p> {
        Sysctl::Set(Effective {
            setting,
            document,
            versions: self.versions,
        })
    }

    /// Nobody knows in which order such files are applied: they have to agree.
    fn loose(&self, group: &Group, key: &str) -> Sysctl<'p> {
        let documents = group.documents.iter().map(|(at, _)| self.host[*at]);
        agreed_if_set(documents.map(|document| match document.get(key) {
            Some(setting) => self.effective(document, setting),
            None if document.complete => Sysctl::Unset,
            None => Sysctl::Unknown,
        }))
    }

    fn in_tree(&self, group: &Group, key: &str, loader: HostLoader) -> Sysctl<'p> {
        let number = loader as usize;
        let own = group.views[number].get_or_init(|| self.view(group.read_by(loader), loader));
        let ufw = group.ufw[number].get_or_init(|| self.view(group.of_ufw(), loader));
        // Nobody knows whether ufw is on.
        agreed_if_set([self.winner(own, key), self.winner(ufw, key)])
    }

    fn view(&self, documents: Vec<usize>, loader: HostLoader) -> View {
        let kind = match loader {
            HostLoader::Procps => Loader::Procps40,
            HostLoader::Systemd | HostLoader::SystemdAlone => Loader::Systemd252,
            HostLoader::Busybox => Loader::Busybox135,
        };
        let files = documents
            .iter()
            .map(|&at| &*self.source(self.host[at]).bytes);
        let statements = Statements::new(kind, &files.collect::<Vec<&[u8]>>());
        let rendered = documents.iter().rposition(|&at| !self.host[at].complete);
        View {
            documents,
            rendered,
            statements,
        }
    }

    /// The winner among documents that a loader applies.
    fn winner(&self, view: &View, key: &str) -> Sysctl<'p> {
        let won = match view.statements.winner(&keys::path(key)) {
            Winner::Entry(at) => Some(view.statements.entry(at)),
            Winner::Nobody => None,
            Winner::Unknown => return Sysctl::Unknown,
        };
        // A template behind the winner may set it again.
        let from = won.map_or(0, |entry| entry.file + 1);
        if view.rendered.is_some_and(|last| last >= from) {
            return Sysctl::Unknown;
        }
        let Some(entry) = won else {
            return Sysctl::Unset;
        };
        let document = self.host[view.documents[entry.file]];
        let settings = &document.settings;
        let before = |setting: &Setting| setting.whole.range().end <= entry.at.start;
        // What only systemd reads as an assignment is no setting.
        let setting = settings.get(settings.partition_point(before));
        let setting = setting.filter(|own| own.whole.range().contains(&entry.at.start));
        setting.map_or(Sysctl::Unknown, |setting| self.effective(document, setting))
    }
}

impl Group {
    /// What a loader reads of it, in order, without what ufw applies.
    fn read_by(&self, loader: HostLoader) -> Vec<usize> {
        let own = self.documents.iter();
        let own = own.filter_map(|(document, place)| Some((*document, place.clone()?)));
        let own = own.filter(|(_, place)| *place != Place::Ufw);
        if loader == HostLoader::Busybox {
            let main = own.filter(|(_, place)| *place == Place::Main);
            return main.map(|(document, _)| document).collect();
        }
        let (documents, places): (Vec<usize>, Vec<Place>) = own
            .filter_map(|(document, place)| Some((document, seen(place, loader)?)))
            .unzip();
        let places: Vec<&Place> = places.iter().collect();
        let order = in_order(&places, loader != HostLoader::Procps);
        order.into_iter().map(|at| documents[at]).collect()
    }

    fn of_ufw(&self) -> Vec<usize> {
        let documents = self.documents.iter();
        let ufw = documents.filter(|(_, place)| *place == Some(Place::Ufw));
        ufw.map(|(document, _)| *document).collect()
    }
}

/// Where a loader finds a file: `/etc/sysctl.conf` by the link, or not at all.
fn seen(place: Place, loader: HostLoader) -> Option<Place> {
    match (place, loader) {
        (Place::Main, HostLoader::Systemd) => Some(Place::Folder(0, "99-sysctl.conf".to_owned())),
        (Place::Main, HostLoader::SystemdAlone) => None,
        (place, _) => Some(place),
    }
}

/// What several views come to: a state only where they have the same value.
fn agreed<'p>(views: impl IntoIterator<Item = Sysctl<'p>>) -> Sysctl<'p> {
    let mut views = views.into_iter();
    let Some(first) = views.next() else {
        return Sysctl::Unset;
    };
    for view in views {
        match (first, view) {
            (Sysctl::Set(one), Sysctl::Set(other)) if one.value() == other.value() => {}
            (Sysctl::Unset, Sysctl::Unset) => {}
            _ => return Sysctl::Unknown,
        }
    }
    first
}

/// The same, where one that says nothing leaves it to the others.
fn agreed_if_set<'p>(views: impl IntoIterator<Item = Sysctl<'p>>) -> Sysctl<'p> {
    let views = views.into_iter();
    agreed(views.filter(|view| !matches!(view, Sysctl::Unset)))
}
