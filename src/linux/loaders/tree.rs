//! Which files of a machine a loader reads at boot, and in which order.

use std::collections::{BTreeMap, BTreeSet};

use super::glob;

/// What stands at a path of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// A regular file.
    File(Vec<u8>),
    /// A symbolic link.
    Link(String),
    /// A directory.
    Directory,
}

/// The files of a machine by their absolute paths.
#[derive(Clone, Debug, Default)]
pub struct Tree(pub BTreeMap<String, Node>);

/// What reading a path gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content<'t> {
    Text(&'t [u8]),
    Directory,
    Missing,
}

impl Tree {
    /// Reads a path, links followed.
    pub(super) fn read(&self, path: &str) -> Content<'_> {
        let mut path = path.to_owned();
        // The kernel gives up after forty links.
        for _ in 0..40 {
            match self.0.get(&path) {
                Some(Node::File(bytes)) => return Content::Text(bytes),
                Some(Node::Directory) => return Content::Directory,
                Some(Node::Link(target)) => path = joined(&path, target),
                None if path == "/dev/null" => return Content::Text(b""),
                None => {
                    let below = format!("{}/", path.trim_end_matches('/'));
                    let any = self.0.keys().any(|other| other.starts_with(&below));
                    return if any {
                        Content::Directory
                    } else {
                        Content::Missing
                    };
                }
            }
        }
        Content::Missing
    }

    /// The names in a directory.
    fn names<'t>(&'t self, folder: &str) -> Vec<&'t str> {
        let start = format!("/{folder}/");
        let below = self.0.keys().filter_map(|path| path.strip_prefix(&start));
        let names = below.map(|rest| rest.split_once('/').map_or(rest, |(name, _)| name));
        let names: BTreeSet<&str> = names.collect();
        names.into_iter().collect()
    }

    /// The paths that a name stands for when procps opens it: it is a pattern, which stands for itself
    /// when nothing matches.
    pub(super) fn glob(&self, name: &str) -> Vec<String> {
        let mut found = Vec::new();
        for pattern in glob::braces(name) {
            let matching = self.0.keys().filter(|path| glob::matches(&pattern, path));
            found.extend(matching.cloned());
        }
        if found.is_empty() {
            found.push(name.to_owned());
        }
        found
    }

    /// The files of the directories in the order in which they are applied.
    pub(super) fn in_folders(&self, is_systemd: bool) -> Vec<String> {
        let mut files: Vec<(Place, String)> = Vec::new();
        for folder in FOLDERS {
            for name in self.names(folder) {
                let path = format!("/{folder}/{name}");
                if let Some((_, place)) = place(&path) {
                    files.push((place, path));
                }
            }
        }
        let places: Vec<&Place> = files.iter().map(|(place, _)| place).collect();
        let order = in_order(&places, is_systemd);
        order.into_iter().map(|at| files[at].1.clone()).collect()
    }
}

/// The path that a link at `path` leads to.
fn joined(path: &str, target: &str) -> String {
    let whole = if target.starts_with('/') {
        target.to_owned()
    } else {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        format!("{folder}/{target}")
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// The directories that loaders read, first the one whose files hide others of the same name.
/// systemd reads the last only where `/lib` is `/usr/lib`.
pub const FOLDERS: [&str; 5] = [
    "etc/sysctl.d",
    "run/sysctl.d",
    "usr/local/lib/sysctl.d",
    "usr/lib/sysctl.d",
    "lib/sysctl.d",
];

/// Where a file with kernel parameters lies on a machine, or would lie when its tree is copied there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In one of [`FOLDERS`], by its number and the name.
    Folder(usize, String),
    /// `/etc/sysctl.conf`.
    Main,
    /// `/etc/ufw/sysctl.conf`, which ufw applies when it starts, if it is on.
    Ufw,
}

/// The name of the file that a template becomes, where the name says that it is one: `sysctl.conf.j2`.
pub fn rendered(name: &str) -> Option<&str> {
    let (rendered, extension) = name.rsplit_once('.')?;
    let is_template = matches!(
        extension,
        "j2" | "jinja2" | "jinja" | "erb" | "tmpl" | "tpl"
    );
    is_template.then_some(rendered)
}

/// The root of the tree and the place in it of a path that ends as on a machine. A bare `sysctl.d` is
/// taken for that of `/etc`, and a template for the file that it becomes.
pub fn place(path: &str) -> Option<(&str, Place)> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let name = rendered(name).unwrap_or(name);
    let root = |end: &str| {
        let rest = folder.strip_suffix(end)?;
        (rest.is_empty() || rest.ends_with('/')).then(|| rest.trim_end_matches('/'))
    };
    let in_folder = FOLDERS.iter().enumerate().find_map(|(number, folder)| {
        let root = root(folder)?;
        Some((root, Place::Folder(number, name.to_owned())))
    });
    let bare = || Some((root("sysctl.d")?, Place::Folder(0, name.to_owned())));
    let main = || {
        let is_main = name == "sysctl.conf";
        let ufw = root("etc/ufw").map(|root| (root, Place::Ufw));
        let etc = || Some((root("etc").unwrap_or(folder), Place::Main));
        is_main.then(|| ufw.or_else(etc)).flatten()
    };
    in_folder.or_else(bare).or_else(main)
}

/// The places that a loader applies at boot, in its order, by their numbers: `sysctl --system` of procps,
/// or systemd-sysctl, which does not read `/etc/sysctl.conf` itself. What ufw applies is not
/// among them.
pub fn in_order(places: &[&Place], is_systemd: bool) -> Vec<usize> {
    let mut order: Vec<(&str, usize, usize)> = Vec::new();
    for (at, place) in places.iter().enumerate() {
        if let Place::Folder(number, name) = place
            && is_read(name, is_systemd)
        {
            order.push((name, *number, at));
        }
    }
    order.sort_unstable();
    // The same name in an earlier directory hides the later one.
    order.dedup_by_key(|(name, ..)| *name);
    let mut order: Vec<usize> = order.into_iter().map(|(.., at)| at).collect();
    if !is_systemd {
        let main = places.iter().position(|place| **place == Place::Main);
        order.extend(main);
    }
    order
}

/// Whether a loader reads a file of this name in the directories.
pub fn is_read(name: &str, is_systemd: bool) -> bool {
    let is_conf = name.strip_suffix(".conf").is_some();
    is_conf && !(is_systemd && name.starts_with('.'))
}
