//! Which projects the named paths belong to.

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use super::ConfigSource;
use super::collect::lock;

/// The projects that the named paths belong to. What is found in a file depends on its project
/// alone, so it makes no difference which other files are named with it.
pub(super) struct Projects {
    /// The folder that paths are relative to: that of the project; of several, what holds them all.
    pub(super) root: PathBuf,
    /// Their folders, each with whether the whole tree below is read: a lone file outside of any
    /// project only has siblings.
    pub(super) homes: BTreeMap<PathBuf, bool>,
    marked: Mutex<Marked>,
}

impl Projects {
    /// Nearest flint.toml upwards, else the git root, else the folder that was named. A flint.toml
    /// that is not in force marks nothing.
    pub(super) fn of(
        named: &[(PathBuf, bool, &PathBuf)],
        current: &Path,
        config: &ConfigSource,
    ) -> Self {
        let mut marked = Marked::by(config);
        let mut homes = BTreeMap::new();
        let mut free: BTreeMap<&Path, bool> = BTreeMap::new();
        for (path, is_folder, _) in named {
            let folder = match is_folder {
                true => path,
                false => path.parent().unwrap_or(path),
            };
            match marked.above(folder) {
                Some(home) => {
                    homes.insert(home, true);
                }
                None => *free.entry(folder).or_default() |= is_folder,
            }
        }
        // Of folders that lie in one another the outermost is the project.
        for (folder, whole) in &free {
            let mut above = folder.ancestors().skip(1);
            if !above.any(|above| free.get(above) == Some(&true)) {
                homes.insert((*folder).to_owned(), *whole);
            }
        }
        let mut root = common_folder(homes.keys()).unwrap_or_else(|| current.to_owned());
        if !free.is_empty() {
            if root.starts_with(current) {
                current.clone_into(&mut root);
            }
            // The name of this folder says what the files in it are.
            if root.ends_with("sysctl.d") {
                root.pop();
            }
        }
        Projects {
            root,
            homes,
            marked: Mutex::new(marked),
        }
    }

    /// These, whatever marks them.
    pub(super) fn at(root: PathBuf, homes: &[PathBuf], config: &ConfigSource) -> Self {
        Projects {
            root,
            homes: homes.iter().map(|home| (home.clone(), true)).collect(),
            marked: Mutex::new(Marked::by(config)),
        }
    }

    pub(super) fn is_home(&self, folder: &Path) -> bool {
        self.homes.get(folder) == Some(&true)
    }

    /// The project of the files of a folder.
    pub(super) fn home(&self, folder: &Path) -> PathBuf {
        let above = || {
            folder
                .ancestors()
                .find(|above| self.homes.contains_key(*above))
        };
        lock(&self.marked)
            .above(folder)
            .or_else(|| above().map(Path::to_owned))
            .unwrap_or_else(|| self.root.clone())
    }
}

/// The folders that a marker makes the one of a project; each is looked into once, however many lie below it.
struct Marked(Vec<Marker>);

struct Marker {
    name: &'static str,
    /// Of a folder, the nearest one upwards that holds it.
    nearest: HashMap<OsString, Option<PathBuf>>,
}

impl Marked {
    fn by(config: &ConfigSource) -> Self {
        let names: &[&'static str] = match config {
            ConfigSource::Nearest => &["flint.toml", ".git"],
            ConfigSource::File(_) | ConfigSource::Isolated => &[".git"],
        };
        let marker = |name: &&'static str| Marker {
            name,
            nearest: HashMap::new(),
        };
        Marked(names.iter().map(marker).collect())
    }

    /// The nearest folder upwards that holds the first marker, else the next marker.
    fn above(&mut self, folder: &Path) -> Option<PathBuf> {
        self.0.iter_mut().find_map(|marker| marker.above(folder))
    }
}

impl Marker {
    fn above(&mut self, folder: &Path) -> Option<PathBuf> {
        if let Some(known) = self.nearest.get(folder.as_os_str()) {
            return known.clone();
        }
        let found = if folder.join(self.name).exists() {
            Some(folder.to_owned())
        } else {
            folder.parent().and_then(|parent| self.above(parent))
        };
        self.nearest.insert(folder.into(), found.clone());
        found
    }
}

/// The deepest folder that holds all folders.
fn common_folder<'f>(mut folders: impl Iterator<Item = &'f PathBuf>) -> Option<PathBuf> {
    let first = folders.next()?.clone();
    Some(folders.fold(first, |common, folder| {
        common
            .ancestors()
            .find(|ancestor| folder.starts_with(ancestor))
            .unwrap_or(Path::new("/"))
            .to_owned()
    }))
}
