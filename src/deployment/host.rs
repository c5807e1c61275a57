//! Kernel parameters: which of the assignments of a host's files wins, for each loader.
//!
//! Three-valued as everything here. What a template may add, what ufw may do and what the loaders see
//! differently is unknown.

use crate::linux::loaders::{self, Entry, Loader, Place, Winner, glob, in_order, keys, place};
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

/// Documents that are applied together.
struct Group<'p> {
    /// The tree of a host; `None` for documents that lie elsewhere and are applied one by one.
    root: Option<&'p str>,
    documents: Vec<(&'p Document, Option<Place>)>,
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
        let groups = self.groups().into_iter();
        agreed_if_set(groups.map(|group| match group.root {
            Some(_) => self.in_tree(&group, key, loader),
            None => self.loose(&group, key),
        }))
    }

    /// Whether any file of the host that some loader reads assigns the parameter, by a pattern or
    /// by its name.
    pub fn names_sysctl(&self, key: &str) -> bool {
        let names = |setting: &Setting| {
            setting.key == key
                || glob::is_glob(&setting.key)
                    && glob::matches(&keys::path(&setting.key), &keys::path(key))
        };
        let mut documents = self.host.iter();
        documents.any(|document| document.settings.iter().any(names))
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

    fn groups(&self) -> Vec<Group<'p>> {
        let mut groups: Vec<Group<'p>> = Vec::new();
        for document in &self.host {
            let (root, place) = match self.place_on_host(document) {
                Some((root, place)) => (Some(root), Some(place)),
                None => (None, None),
            };
            match groups.iter_mut().find(|group| group.root == root) {
                Some(group) => group.documents.push((document, place)),
                None => groups.push(Group {
                    root,
                    documents: vec![(document, place)],
                }),
            }
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
    fn loose(&self, group: &Group<'p>, key: &str) -> Sysctl<'p> {
        agreed_if_set(
            group
                .documents
                .iter()
                .map(|(document, _)| match document.get(key) {
                    Some(setting) => self.effective(document, setting),
                    None if document.complete => Sysctl::Unset,
                    None => Sysctl::Unknown,
                }),
        )
    }

    fn in_tree(&self, group: &Group<'p>, key: &str, loader: HostLoader) -> Sysctl<'p> {
        let by_ufw = |place: &Option<Place>| *place == Some(Place::Ufw);
        let of = |ufw: bool| {
            let own = group.documents.iter();
            own.filter(move |(_, place)| by_ufw(place) == ufw)
        };
        let read: Vec<&'p Document> = if loader == HostLoader::Busybox {
            of(false)
                .filter(|(_, place)| *place == Some(Place::Main))
                .map(|(document, _)| *document)
                .collect()
        } else {
            let (documents, places): (Vec<&'p Document>, Vec<Place>) = of(false)
                .filter_map(|(document, place)| Some((*document, place.clone()?)))
                .filter_map(|(document, place)| Some((document, seen(place, loader)?)))
                .unzip();
            let places: Vec<&Place> = places.iter().collect();
            let order = in_order(&places, loader != HostLoader::Procps);
            order.into_iter().map(|at| documents[at]).collect()
        };
        let own = self.winner(&read, key, loader);
        let ufw: Vec<&'p Document> = of(true).map(|(document, _)| *document).collect();
        // Nobody knows whether ufw is on.
        agreed_if_set([own, self.winner(&ufw, key, loader)])
    }

    /// The winner among documents that are applied in this order.
    fn winner(&self, documents: &[&'p Document], key: &str, loader: HostLoader) -> Sysctl<'p> {
        let files: Vec<&[u8]> = documents
            .iter()
            .map(|document| self.source(document).bytes.as_slice())
            .collect();
        let kind = match loader {
            HostLoader::Procps => Loader::Procps40,
            HostLoader::Systemd | HostLoader::SystemdAlone => Loader::Systemd252,
            HostLoader::Busybox => Loader::Busybox135,
        };
        let entries = loaders::entries(kind, &files).entries;
        let found = if loader == HostLoader::Busybox {
            let own = |entry: &Entry| keys::dotted(&entry.path) == key;
            entries
                .iter()
                .rposition(own)
                .map_or(Winner::Nobody, Winner::Entry)
        } else {
            loaders::winner(kind, &entries, &keys::path(key))
        };
        let (from, won) = match found {
            Winner::Entry(at) => (entries[at].file + 1, Some(&entries[at])),
            Winner::Nobody => (0, None),
            Winner::Unknown => return Sysctl::Unknown,
        };
        if documents[from..].iter().any(|document| !document.complete) {
            return Sysctl::Unknown;
        }
        let Some(entry) = won else {
            return Sysctl::Unset;
        };
        let document = documents[entry.file];
        let holds = |setting: &&Setting| setting.whole.range().contains(&entry.at.start);
        // What only systemd reads as an assignment is no setting.
        let setting = document.settings.iter().find(holds);
        setting.map_or(Sysctl::Unknown, |setting| self.effective(document, setting))
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
