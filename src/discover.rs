//! Which files exist: walks the project, reads what could matter, and remembers what it could not
//! read. The only place that reads users' files.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};
use std::sync::Mutex;

use ignore::{WalkBuilder, WalkState};

use crate::config::{Config, ConfigError, Configs};
use crate::recognise::{self, Claim};
use crate::text::{MAX_BYTES, SourceId, Sources};
use crate::words;

/// A file that matters but could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// Its path as reports call it.
    pub path: String,
    /// Why, in a few words.
    pub why: String,
}

/// What lies in a project.
#[derive(Debug)]
pub struct Found {
    /// The folder that paths are relative to.
    pub root: PathBuf,
    /// The files read, sorted by path.
    pub sources: Sources,
    /// Where each source is on disk, by its number.
    pub files: Vec<PathBuf>,
    /// What could not be read.
    pub unread: Vec<Unread>,
    /// Named files that are in no format flint knows.
    pub unrecognised: Vec<String>,
    /// What is reported: files and folders, relative to the root; empty for everything.
    pub scope: Vec<String>,
    /// The configurations in force.
    pub configs: Configs,
}

/// Why nothing can be checked.
#[derive(Debug, thiserror::Error)]
pub enum DiscoverError {
    /// A path that does not exist.
    #[error("{path}: no such file or folder{hint}")]
    Missing {
        /// As it was given.
        path: String,
        /// The nearest existing name, ready to print.
        hint: String,
    },
    /// A flint.toml that can't be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Something the system refused.
    #[error("{path}: {error}")]
    Io {
        /// The file or folder.
        path: String,
        /// What the system said.
        error: io::Error,
    },
}

/// Where configuration comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigSource {
    /// The nearest flint.toml of each file.
    Nearest,
    /// This file for everything.
    File(PathBuf),
    /// None.
    Isolated,
}

impl Found {
    /// Whether findings of a source are reported.
    pub fn in_scope(&self, source: SourceId) -> bool {
        let path = &self.sources.get(source).path;
        self.scope.is_empty()
            || self.scope.iter().any(|scope| {
                scope.is_empty()
                    || path == scope
                    || path
                        .strip_prefix(scope.as_str())
                        .is_some_and(|rest| rest.starts_with('/'))
            })
    }
}

/// Finds and reads what belongs to the project of `paths`. Paths limit what is reported, never
/// what is read: results for a file must not depend on which other files were named.
pub fn discover(paths: &[PathBuf], config: &ConfigSource) -> Result<Found, DiscoverError> {
    let current = absolute(Path::new("."))?;
    let here = PathBuf::from(".");
    let given: Vec<&PathBuf> = if paths.is_empty() {
        vec![&here]
    } else {
        paths.iter().collect()
    };
    let mut named = Vec::new();
    for path in given {
        let metadata = std::fs::metadata(path).map_err(|error| missing(path, error))?;
        named.push((absolute(path)?, metadata.is_dir(), path));
    }
    let projects = Projects::of(&named, &current, config);
    let mut collector = Collector::new(projects);
    collector.walk_projects();
    for (path, is_folder, _) in &named {
        if *is_folder && !collector.projects.is_home(path) {
            // A folder that .gitignore hides is read all the same when it is named.
            collector.walk(path, false);
        }
    }
    for (path, is_folder, given) in &named {
        if !is_folder {
            collector.named_file(path, given);
        }
    }
    let scope = named
        .iter()
        .map(|(path, _, _)| relative(&collector.projects.root, path))
        .collect();
    collector.finish(scope, config)
}

/// One source from standard input under the name `path`, with its project around it.
pub fn discover_stdin(
    path: &Path,
    bytes: Vec<u8>,
    config: &ConfigSource,
) -> Result<Found, DiscoverError> {
    let current = absolute(Path::new("."))?;
    let path = if path.is_absolute() {
        path.to_owned()
    } else {
        current.join(path)
    };
    let path = normal(&path);
    let projects = Projects::of(&[(path.clone(), false, &path)], &current, config);
    let mut collector = Collector::new(projects);
    collector.walk_projects();
    collector.replace(&path, bytes);
    let scope = vec![relative(&collector.projects.root, &path)];
    collector.finish(scope, config)
}

/// The projects that the named paths belong to. What is found in a file depends on its project
/// alone, so it makes no difference which other files are named with it.
struct Projects {
    /// The folder that paths are relative to: that of the project; of several, what holds them all.
    root: PathBuf,
    /// Their folders, each with whether the whole tree below is read: a lone file outside of any
    /// project only has siblings.
    homes: BTreeMap<PathBuf, bool>,
    /// What may mark a project's folder, the first that is found upwards.
    markers: &'static [&'static str],
}

impl Projects {
    /// Nearest flint.toml upwards, else the git root, else the folder that was named. A flint.toml
    /// that is not in force marks nothing.
    fn of(named: &[(PathBuf, bool, &PathBuf)], current: &Path, config: &ConfigSource) -> Self {
        let markers: &[&str] = match config {
            ConfigSource::Nearest => &["flint.toml", ".git"],
            ConfigSource::File(_) | ConfigSource::Isolated => &[".git"],
        };
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

    fn is_home(&self, folder: &Path) -> bool {
        self.homes.get(folder) == Some(&true)
    }

    /// The project of the files of a folder.
    fn home(&self, folder: &Path) -> PathBuf {
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

/// Collects files from walks; a file found twice counts once.
struct Collector {
    projects: Projects,
    /// By path relative to the root.
    files: Mutex<BTreeMap<String, Entry>>,
    configs: Mutex<BTreeSet<PathBuf>>,
    /// Files that concern Flink only if a flint.toml says so, by path relative to the root.
    passed: Mutex<BTreeMap<String, PathBuf>>,
    /// Named files of no known format: as given, and relative to the root.
    unrecognised: Vec<(String, String)>,
}

struct Entry {
    file: PathBuf,
    content: Result<Vec<u8>, String>,
}

impl Collector {
    fn new(projects: Projects) -> Self {
        Collector {
            projects,
            files: Mutex::default(),
            configs: Mutex::default(),
            passed: Mutex::default(),
            unrecognised: Vec::new(),
        }
    }

    /// Reads what the projects hold.
    fn walk_projects(&self) {
        for (home, whole) in &self.projects.homes {
            if *whole {
                self.walk(home, true);
            } else {
                self.siblings(home);
            }
        }
    }

    /// Walks a tree, respecting .gitignore; `parents` says whether those above count, too.
    fn walk(&self, folder: &Path, parents: bool) {
        let mut builder = WalkBuilder::new(folder);
        builder
            .hidden(false)
            .parents(parents)
            .require_git(false)
            .filter_entry(|entry| entry.file_name() != ".git")
            .threads(std::thread::available_parallelism().map_or(1, |n| n.get().min(4)));
        builder.build_parallel().run(|| {
            Box::new(|entry| {
                if let Ok(entry) = entry {
                    let kind = entry.file_type();
                    if kind.is_some_and(|kind| kind.is_file() || kind.is_symlink()) {
                        self.file(entry.path());
                    }
                }
                WalkState::Continue
            })
        });
    }

    /// The files of a folder.
    fn siblings(&self, folder: &Path) {
        let walk = walkdir::WalkDir::new(folder).min_depth(1).max_depth(1);
        for entry in walk.into_iter().flatten() {
            if !entry.file_type().is_dir() {
                self.file(entry.path());
            }
        }
    }

    /// Looks at one file by its name, and into it where the name alone does not decide.
    fn file(&self, path: &Path) {
        let relative = relative(&self.projects.root, path);
        let name = relative.rsplit('/').next().unwrap_or(&relative);
        if name == "flint.toml" {
            lock(&self.configs).insert(path.to_owned());
            return;
        }
        match recognise::by_name(&relative) {
            Claim::No => self.pass(path, relative),
            claim => self.read(path, relative, claim != Claim::Maybe),
        }
    }

    /// Sets a file aside that is read only where a flint.toml declares it.
    fn pass(&self, path: &Path, relative: String) {
        if recognise::is_job_format(&relative) {
            lock(&self.passed).insert(relative, path.to_owned());
        }
    }

    /// Reads a file; `certain` says that it concerns Flink whatever it holds.
    fn read(&self, path: &Path, relative: String, certain: bool) {
        let limit = if certain {
            MAX_BYTES
        } else {
            recognise::MAX_SNIFFED_BYTES
        };
        let content = match read_file(path, limit) {
            Ok(Some(bytes)) => {
                if !certain && !recognise::worth_parsing(&relative, &bytes) {
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

    /// A file named on the command line: read even when .gitignore hides it.
    fn named_file(&mut self, path: &Path, given: &Path) {
        let relative = relative(&self.projects.root, path);
        match recognise::by_name(&relative) {
            Claim::No => {
                self.pass(path, relative.clone());
                self.unrecognised
                    .push((given.display().to_string(), relative));
            }
            claim => self.read(path, relative, claim != Claim::Maybe),
        }
    }

    fn replace(&mut self, path: &Path, bytes: Vec<u8>) {
        let entry = Entry {
            file: path.to_owned(),
            content: Ok(bytes),
        };
        lock(&self.files).insert(relative(&self.projects.root, path), entry);
    }

    fn finish(self, scope: Vec<String>, config: &ConfigSource) -> Result<Found, DiscoverError> {
        let mut configs = self.configurations(config)?;
        for (relative, path) in std::mem::take(&mut *lock(&self.passed)) {
            if configs.of(&relative).is_job_file(&relative) {
                self.read(&path, relative, true);
            }
        }
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
            sources: Sources::default(),
            files: Vec::new(),
            unread: Vec::new(),
            unrecognised,
            scope,
            configs,
        };
        let mut real = BTreeSet::new();
        let files = self
            .files
            .into_inner()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        // A file under two names counts once, under the name that says most about it: one that
        // decides the format, else that of the file itself rather than of a link to it.
        let mut files: Vec<(String, Entry)> = files.into_iter().collect();
        files.sort_by_cached_key(|(path, entry)| {
            (
                recognise::by_name(path) == Claim::Maybe,
                entry.file.is_symlink(),
            )
        });
        let mut kept = Vec::new();
        for (path, entry) in files {
            let target = entry
                .file
                .canonicalize()
                .unwrap_or_else(|_| entry.file.clone());
            if !found.configs.of(&path).excludes(&path) && real.insert(target) {
                kept.push((path, entry));
            }
        }
        kept.sort_by(|left, right| left.0.cmp(&right.0));
        for (path, entry) in kept {
            match entry.content {
                Ok(bytes) => {
                    found.sources.add(path, bytes);
                    found.files.push(entry.file);
                }
                Err(why) => found.unread.push(Unread { path, why }),
            }
        }
        Ok(found)
    }

    /// The project of each folder that holds a file.
    fn homes(&self) -> BTreeMap<String, String> {
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

    fn configurations(&self, config: &ConfigSource) -> Result<Configs, DiscoverError> {
        let load = |file: &Path, path: &str| -> Result<Config, DiscoverError> {
            let bytes = read_file(file, MAX_BYTES).map_err(|why| DiscoverError::Io {
                path: path.to_owned(),
                error: io::Error::other(why),
            })?;
            let text = String::from_utf8(bytes.unwrap_or_default()).map_err(|_| ConfigError {
                path: path.to_owned(),
                line: 1,
                column: 1,
                message: "the file is not UTF-8".to_owned(),
            })?;
            Ok(Config::parse(path, &text)?)
        };
        match config {
            ConfigSource::Isolated => Ok(Configs::default()),
            ConfigSource::File(file) => {
                let path = file.display().to_string();
                let metadata = std::fs::metadata(file).map_err(|error| missing(file, error))?;
                if !metadata.is_file() {
                    let error = io::Error::other("no regular file; name a flint.toml");
                    return Err(DiscoverError::Io { path, error });
                }
                let mut config = load(file, &path)?;
                // Globs of an explicit file are relative to the project.
                config.folder = String::new();
                Ok(Configs::single(config))
            }
            ConfigSource::Nearest => {
                let mut files = lock(&self.configs).clone();
                // A .gitignore that hides them does not undo them.
                let homes = self.projects.homes.keys();
                let own = homes.map(|home| home.join("flint.toml"));
                files.extend(own.filter(|file| file.is_file()));
                let list = files
                    .iter()
                    .map(|file| load(file, &relative(&self.projects.root, file)))
                    .collect::<Result<_, _>>()?;
                Ok(Configs::new(list))
            }
        }
    }
}

/// The bytes of a regular file; `None` when it is larger than `limit` allows for a guess, or no
/// regular file. A special file is never opened: reading a pipe would wait for ever.
fn read_file(path: &Path, limit: u64) -> Result<Option<Vec<u8>>, String> {
    let plain = |error: io::Error| match error.kind() {
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    };
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        // A link that leads nowhere is somebody else's problem.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(plain(error)),
    };
    if !metadata.is_file() {
        return Ok(None);
    }
    if metadata.len() > limit {
        if limit < MAX_BYTES {
            return Ok(None);
        }
        let mebibytes = metadata.len() >> 20;
        return Err(format!(
            "{mebibytes} MiB is more than a configuration file can be ({} MiB)",
            limit >> 20
        ));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0) + 1);
    let file = File::open(path).map_err(plain)?;
    file.take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(plain)?;
    Ok(Some(bytes))
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// An absolute path without `.` and `..`; links stay as they are.
fn absolute(path: &Path) -> Result<PathBuf, DiscoverError> {
    std::path::absolute(path)
        .map(|path| normal(&path))
        .map_err(|error| DiscoverError::Io {
            path: path.display().to_string(),
            error,
        })
}

fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

/// The path below the root with `/`; bytes that are no UTF-8 show as `\xff`, so that no two files
/// have one name.
fn relative(root: &Path, path: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    let mut text = String::new();
    for chunk in below.as_os_str().as_encoded_bytes().utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02x}"));
        }
    }
    if std::path::MAIN_SEPARATOR == '/' {
        text
    } else {
        text.replace(std::path::MAIN_SEPARATOR, "/")
    }
}

fn missing(path: &Path, error: io::Error) -> DiscoverError {
    if error.kind() != io::ErrorKind::NotFound {
        return DiscoverError::Io {
            path: path.display().to_string(),
            error,
        };
    }
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let names: Vec<String> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    let near = name
        .as_deref()
        .and_then(|name| words::nearest(name, names.iter().map(String::as_str)));
    let hint = near
        .map(|near| format!("; did you mean {}?", path.with_file_name(near).display()))
        .unwrap_or_default();
    DiscoverError::Missing {
        path: path.display().to_string(),
        hint,
    }
}
