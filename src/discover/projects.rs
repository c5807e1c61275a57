//! Which projects the named paths belong to.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::ConfigSource;

/// The projects that the named paths belong to. What is found in a file depends on its project
/// alone, so it makes no difference which other files are named with it.
pub(super) struct Projects {
    /// The folder that paths are relative to: that of the project; of several, what holds them all.
    pub(super) root: PathBuf,
    /// Their folders, each with whether the whole tree below is read: a lone file outside of any
    /// project only has siblings.
    pub(super) homes: BTreeMap<PathBuf, bool>,
    /// What may mark a project's folder, the first that is found upwards.
    pub(super) markers: &'static [&'static str],
}

impl Projects {
    /// Nearest flint.toml upwards, else the git root, else the folder that was named. A flint.toml
    /// that is not in force marks nothing.
    pub(super) fn of(
        named: &[(PathBuf, bool, &PathBuf)],
        current: &Path,
        config: &ConfigSource,
    ) -> Self {
        let markers = markers(config);
        let mut homes = BTreeMap::new();
        let mut free: BTreeMap<&Path, bool> = BTreeMap::new();
        for (path, is_folder, _) in named {
            let folder = match is_folder {
                true => path,
                false => path.parent().unwrap_or(path),
            };
            match marked(folder, markers) {
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
            markers,
        }
    }

    /// These, whatever marks them.
    pub(super) fn at(root: PathBuf, homes: &[PathBuf], config: &ConfigSource) -> Self {
        Projects {
            root,
            homes: homes.iter().map(|home| (home.clone(), true)).collect(),
            markers: markers(config),
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
        marked(folder, self.markers)
            .or_else(|| above().map(Path::to_owned))
            .unwrap_or_else(|| self.root.clone())
    }
}

/// What marks the folder of a project.
fn markers(config: &ConfigSource) -> &'static [&'static str] {
    match config {
        ConfigSource::Nearest => &["flint.toml", ".git"],
        ConfigSource::File(_) | ConfigSource::Isolated => &[".git"],
    }
}

/// The nearest folder upwards that holds the first marker, else the next marker.
fn marked(folder: &Path, markers: &[&str]) -> Option<PathBuf> {
    markers.iter().find_map(|marker| {
        let mut above = folder.ancestors();
        let home = above.find(|folder| folder.join(marker).exists());
        home.map(Path::to_owned)
    })
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
