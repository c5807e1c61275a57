//! Walks projects and reads what could concern Flink.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use ignore::{WalkBuilder, WalkState};

use super::configuration::{load, load_named};
use super::file::{RealPaths, read_file, read_head, read_source};
use super::projects::Projects;
use super::{ConfigSource, DiscoverError, Found, Unread, relative};
use crate::config::Configs;
use crate::recognise::evidence::{self, Side};
use crate::recognise::source::{self, Kind};
use crate::recognise::{self, Claim, cluster};
use crate::text::{MAX_BYTES, Sources};
use crate::words;

/// Collects files from walks; a file found twice counts once.
pub(super) struct Collector {
    pub(super) projects: Projects,
    /// By path relative to the root.
    files: Mutex<BTreeMap<String, Entry>>,
    configs: Mutex<BTreeSet<PathBuf>>,
    /// Files that concern Flink only if a flint.toml says so, by path relative to the root.
    passed: Mutex<BTreeMap<String, PathBuf>>,
    /// Files that may tell the version of what lies beside and below them.
    evidence: Mutex<BTreeMap<String, PathBuf>>,
    /// Sources that import nothing of Flink but may declare a type that others use.
    types: Mutex<Vec<PathBuf>>,
    /// Where all these really are.
    real: Mutex<RealPaths>,
    /// Named files of no known format: as given, and relative to the root.
    unrecognised: Vec<(String, String)>,
}

struct Entry {
    file: PathBuf,
    content: Result<Vec<u8>, String>,
}

impl Collector {
    pub(super) fn new(projects: Projects) -> Self {
        Collector {
            projects,
            files: Mutex::default(),
            configs: Mutex::default(),
            passed: Mutex::default(),
            evidence: Mutex::default(),
            types: Mutex::default(),
            real: Mutex::default(),
            unrecognised: Vec::new(),
        }
    }

    /// Reads what the projects hold.
    pub(super) fn walk_projects(&self) {
        for (home, whole) in &self.projects.homes {
            if *whole {
                self.walk(home, true);
            } else {
                self.siblings(home);
            }
        }
    }

    /// Walks a tree, respecting .gitignore; `parents` says whether those above count, too.
    pub(super) fn walk(&self, folder: &Path, parents: bool) {
        lock(&self.real).walked(folder);
        let mut builder = WalkBuilder::new(folder);
        builder
            .hidden(false)
            .parents(parents)
            .require_git(false)
            .filter_entry(|entry| entry.file_name() != ".git")
            .threads(std::thread::available_parallelism().map_or(1, |n| n.get().min(4)));
        builder.build_parallel().run(|| {
            Box::new(|entry| {
                match entry {
                    Ok(entry) => {
                        let kind = entry.file_type();
                        if kind.is_some_and(|kind| kind.is_symlink()) {
                            lock(&self.real).doubt(entry.path());
                        }
                        if kind.is_some_and(|kind| kind.is_file() || kind.is_symlink()) {
                            self.file(entry.path());
                        }
                    }
                    Err(error) => self.closed(&error),
                }
                WalkState::Continue
            })
        });
    }

    /// A folder that can't be looked into: nobody knows what it holds.
    fn closed(&self, error: &ignore::Error) {
        let denied = error
            .io_error()
            .filter(|error| error.kind() == io::ErrorKind::PermissionDenied);
        if let (Some(path), Some(denied)) = (path_of(error), denied) {
            let entry = Entry {
                file: path.to_owned(),
                content: Err(words::refusal(denied)),
            };
            lock(&self.files).insert(relative(&self.projects.root, path), entry);
        }
    }

    /// The files of a folder.
    pub(super) fn siblings(&self, folder: &Path) {
        lock(&self.real).walked(folder);
        let walk = walkdir::WalkDir::new(folder).min_depth(1).max_depth(1);
        for entry in walk.into_iter().flatten() {
            if entry.path_is_symlink() {
                lock(&self.real).doubt(entry.path());
            }
            if !entry.file_type().is_dir() {
                self.file(entry.path());
            }
        }
    }

    /// Looks at one file by its name, and into it where the name alone does not decide.
    pub(super) fn file(&self, path: &Path) {
        let relative = relative(&self.projects.root, path);
        let name = relative.rsplit('/').next().unwrap_or(&relative);
        if name == "flint.toml" {
            lock(&self.configs).insert(path.to_owned());
            return;
        }
        if evidence::is_name(&relative) {
            lock(&self.evidence).insert(relative.clone(), path.to_owned());
        }
        match recognise::by_name(&relative) {
            Claim::No => self.pass(path, relative),
            Claim::Source(kind) => self.source(path, relative, kind),
            claim => self.read(path, relative, matches!(claim, Claim::Yes(_)), false),
        }
    }

    /// Sets a file aside that is read only where a flint.toml declares it.
    pub(super) fn pass(&self, path: &Path, relative: String) {
        if recognise::is_job_format(&relative) {
            lock(&self.passed).insert(relative, path.to_owned());
        }
    }

    /// Reads a source or a script if it concerns Flink. One whose beginning says nothing of it is
    /// opened and read once, and nothing else.
    fn source(&self, path: &Path, relative: String, kind: Kind) {
        let bytes = HEAD.with_borrow_mut(|head| {
            let read = read_source(path, head)?;
            source::may_be_flinks(kind, read).then(|| read.to_owned())
        });
        if let Some(bytes) = bytes {
            let entry = Entry {
                file: path.to_owned(),
                content: Ok(bytes),
            };
            lock(&self.files).entry(relative).or_insert(entry);
        } else if source::type_of_file(&relative).is_some() {
            lock(&self.types).push(path.to_owned());
        }
    }

    /// Reads the sources that declare a type by the name of which a source of Flink's in the same project
    /// calls one.
    fn read_types(&self, configs: &Configs) {
        let types = std::mem::take(&mut *lock(&self.types));
        let mut files = lock(&self.files);
        let is_code = |path: &str| matches!(recognise::by_name(path), Claim::Source(Kind::Code(_)));
        let mut homes: BTreeMap<&Path, PathBuf> = BTreeMap::new();
        let mut names: BTreeMap<PathBuf, BTreeSet<&[u8]>> = BTreeMap::new();
        for (relative, entry) in files.iter() {
            let (Ok(bytes), Some(folder)) = (&entry.content, entry.file.parent()) else {
                continue;
            };
            if is_code(relative) && !configs.of(relative).excludes(relative) {
                let home = homes
                    .entry(folder)
                    .or_insert_with(|| self.projects.home(folder));
                let own = names.entry(home.clone()).or_default();
                source::names_of_types(bytes, own);
            }
        }
        let is_named = |path: &Path, relative: &str| {
            let name = source::type_of_file(relative)
                .unwrap_or_default()
                .as_bytes();
            names.values().any(|own| own.contains(name)) && {
                let home = self.projects.home(path.parent().unwrap_or(path));
                names.get(&home).is_some_and(|own| own.contains(name))
            }
        };
        let mut found = Vec::new();
        for path in types.into_iter().filter(|_| !names.is_empty()) {
            let relative = relative(&self.projects.root, &path);
            if is_named(&path, &relative) {
                let read = read_source(&path, &mut Vec::new()).map(<[u8]>::to_owned);
                let entry = read.map(|bytes| Entry {
                    file: path,
                    content: Ok(bytes),
                });
                found.extend(entry.map(|entry| (relative, entry)));
            }
        }
        files.extend(found);
    }

    /// Reads a file; `certain` says that it concerns Flink whatever it holds, `named` that somebody named it.
    pub(super) fn read(&self, path: &Path, relative: String, certain: bool, named: bool) {
        let limit = if certain {
            MAX_BYTES
        } else {
            recognise::largest(&relative)
        };
        let content = match read_file(path, limit) {
            Ok(Some(bytes)) => {
                if !certain && !recognise::worth_parsing(&relative, &bytes, named) {
                    self.pass(path, relative);
                    return;
                }
                Ok(bytes)
            }
            // Larger than any job's configuration, or no regular file.
            Ok(None) => return,
            Err(why) => {
                if !certain {
                    return;
                }
                Err(why)
            }
        };
        let entry = Entry {
            file: path.to_owned(),
            content,
        };
        lock(&self.files).entry(relative).or_insert(entry);
    }

    /// Reads files and folders that were named, each with whether it is a folder and as it was given, and says
    /// what they are relative to the root.
    pub(super) fn named(&mut self, named: &[(PathBuf, bool, &PathBuf)]) -> Vec<String> {
        for (path, is_folder, _) in named {
            if *is_folder && !self.projects.is_home(path) {
                // A folder that .gitignore hides is read all the same when it is named.
                self.walk(path, false);
            }
        }
        for (path, is_folder, given) in named {
            if !is_folder {
                self.named_file(path, given);
            }
        }
        let paths = named.iter().map(|(path, _, _)| path);
        paths
            .map(|path| relative(&self.projects.root, path))
            .collect()
    }

    /// A file named on the command line: read even when .gitignore hides it.
    fn named_file(&mut self, path: &Path, given: &Path) {
        lock(&self.real).doubt(path);
        let relative = relative(&self.projects.root, path);
        match recognise::by_name(&relative) {
            Claim::No => {
                self.pass(path, relative.clone());
                self.unrecognised
                    .push((given.display().to_string(), relative));
            }
            claim => {
                let certain = matches!(claim, Claim::Yes(_));
                let metadata = std::fs::metadata(path);
                let fits = metadata.is_ok_and(|metadata| {
                    let small = metadata.len() <= recognise::largest(&relative);
                    metadata.is_file() && (certain || small)
                });
                if !fits {
                    self.unrecognised
                        .push((given.display().to_string(), relative));
                } else if let Err(error) = File::open(path) {
                    // Of a file that somebody named even a doubtful one must not pass unseen.
                    let entry = Entry {
                        file: path.to_owned(),
                        content: Err(words::refusal(&error)),
                    };
                    lock(&self.files).insert(relative, entry);
                } else {
                    self.read(path, relative, certain, true);
                }
            }
        }
    }

    pub(super) fn replace(&mut self, path: &Path, bytes: Vec<u8>) {
        lock(&self.real).doubt(path);
        let entry = Entry {
            file: path.to_owned(),
            content: Ok(bytes),
        };
        lock(&self.files).insert(relative(&self.projects.root, path), entry);
    }

    pub(super) fn finish(self, scope: Vec<String>, mut configs: Configs) -> Found {
        for (relative, path) in std::mem::take(&mut *lock(&self.passed)) {
            if configs.of(&relative).is_job_file(&relative) {
                self.read(&path, relative, true, false);
            }
        }
        self.read_types(&configs);
        let declared = |path: &str| configs.of(path).is_job_file(path);
        let unrecognised = self
            .unrecognised
            .iter()
            .filter(|(_, relative)| !declared(relative))
            .map(|(given, _)| given.clone())
            .collect();
        configs.homes = self.homes();
        let mut found = Found {
            root: self.projects.root,
            homes: self.projects.homes.into_keys().collect(),
            sources: Sources::default(),
            files: Vec::new(),
            real: std::mem::take(&mut *lock(&self.real)),
            input: None,
            unread: Vec::new(),
            unrecognised,
            scope,
            configs,
        };
        let mut seen = HashSet::new();
        let files = self
            .files
            .into_inner()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        // A file under two names counts once, under the name that says most about it: one that
        // decides the format, else that of the file itself rather than of a link to it.
        let mut files: Vec<(bool, bool, String, Entry)> = files
            .into_iter()
            .map(|(path, entry)| {
                let is_certain = matches!(recognise::by_name(&path), Claim::Yes(_));
                (!is_certain, found.real.is_link(&entry.file), path, entry)
            })
            .collect();
        files.sort_by_key(|(is_guess, is_link, ..)| (*is_guess, *is_link));
        let mut kept = Vec::new();
        for (.., path, entry) in files {
            if !found.configs.of(&path).excludes(&path) && seen.insert(found.real.note(&entry.file))
            {
                kept.push((path, entry));
            }
        }
        let candidates = std::mem::take(&mut *lock(&self.evidence));
        let beside = testimony(&candidates, &kept, &found.configs);
        kept.extend(beside);
        kept.sort_by(|left, right| left.0.cmp(&right.0));
        for (path, entry) in kept {
            match entry.content {
                Ok(bytes) => {
                    found.sources.add(path, bytes);
                    found.files.push(entry.file);
                }
                Err(why) => found.unread.push(Unread {
                    path,
                    why,
                    is_folder: entry.file.is_dir(),
                }),
            }
        }
        found
    }

    /// The project of each folder that holds a file.
    pub(super) fn homes(&self) -> BTreeMap<String, String> {
        let with_slash = |folder: &Path| match relative(&self.projects.root, folder) {
            empty if empty.is_empty() => empty,
            folder => folder + "/",
        };
        let files = lock(&self.files);
        let folders: BTreeSet<&Path> = files.values().filter_map(|e| e.file.parent()).collect();
        let homes = folders.into_iter().map(|folder| {
            let home = self.projects.home(folder);
            (with_slash(folder), with_slash(&home))
        });
        homes.filter(|(_, home)| !home.is_empty()).collect()
    }

    /// The configurations in force.
    pub(super) fn configurations(&self, config: &ConfigSource) -> Result<Configs, DiscoverError> {
        let root = &self.projects.root;
        match config {
            ConfigSource::Isolated => Ok(Configs::default()),
            ConfigSource::File(file) => load_named(root, file).map(Configs::single),
            ConfigSource::Nearest => {
                let mut files = lock(&self.configs).clone();
                // A .gitignore that hides them does not undo them.
                let homes = self.projects.homes.keys();
                let own = homes.map(|home| home.join("flint.toml"));
                files.extend(own.filter(|file| file.is_file()));
                let list = files.iter().map(|file| load(root, file));
                Ok(Configs::new(list.collect::<Result<_, _>>()?))
            }
        }
    }
}

/// The files of evidence that can speak for any of the files found, so that a large tree costs no more
/// than the few that matter: those in their folders and above, and beyond those what may run a
/// configuration of Flink from another folder of the tree.
fn testimony(
    candidates: &BTreeMap<String, PathBuf>,
    kept: &[(String, Entry)],
    configs: &Configs,
) -> Vec<(String, Entry)> {
    let mut folders: BTreeSet<&str> = BTreeSet::new();
    let mut conf_folders: BTreeSet<&str> = BTreeSet::new();
    for (path, _) in kept {
        let mut rest = path.as_str();
        if recognise::is_cluster_file(path) {
            conf_folders.insert(evidence::folder(path));
        }
        while !rest.is_empty() {
            rest = rest.rfind('/').map_or("", |slash| &rest[..slash]);
            if !folders.insert(rest) {
                break;
            }
        }
    }
    let found: BTreeSet<&str> = kept.iter().map(|(path, _)| path.as_str()).collect();
    let read = |path: &String, file: &PathBuf| {
        if found.contains(path.as_str()) || configs.of(path).excludes(path) {
            return None;
        }
        let bytes = read_head(file, evidence::HEAD)?;
        let content = evidence::is_worth_reading(path, &bytes).then_some(Ok(bytes))?;
        let file = file.clone();
        Some((path.clone(), Entry { file, content }))
    };
    let beside = |path: &str| conf_folders.contains(evidence::folder(path));
    let is_workers = |path: &str| evidence::side(path) == Some(Side::Workers);
    let hosts = candidates
        .keys()
        .any(|path| is_workers(path) && beside(path));
    let wanted = |path: &str| match evidence::side(path) {
        Some(Side::Workers) => beside(path),
        // Where a host file is all there is, it counts only if no image is in sight.
        None if evidence::is_compose(path) || hosts && evidence::is_dockerfile(path) => {
            !conf_folders.is_empty() || folders.contains(evidence::folder(path))
        }
        _ => folders.contains(evidence::folder(path)),
    };
    let (near, far): (Vec<_>, Vec<_>) = candidates.iter().partition(|(path, _)| wanted(path));
    let mut all: Vec<(String, Entry)> = near
        .into_iter()
        .filter_map(|(path, file)| read(path, file))
        .collect();
    // One kustomization may change what another joins.
    let joins = kept.iter().chain(&all).any(|(path, entry)| {
        let bytes = entry.content.as_deref().unwrap_or_default();
        evidence::side(path) == Some(Side::Kustomization) && cluster::generates(bytes)
    });
    if joins && !conf_folders.is_empty() {
        let kustomizations = far
            .into_iter()
            .filter(|(path, _)| evidence::side(path) == Some(Side::Kustomization));
        all.extend(kustomizations.filter_map(|(path, file)| read(path, file)));
    }
    all
}

/// The path that an error of a walk is about.
fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            path_of(err)
        }
        _ => None,
    }
}

thread_local! {
    /// Where sources are read that mostly are none of Flink's.
    static HEAD: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
