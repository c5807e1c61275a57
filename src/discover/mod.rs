//! Which files exist: walks the project, reads what could matter, and remembers what it could not
//! read. The only place that reads users' files.

use std::io;
use std::path::{Component, Path, PathBuf};

pub use baseline::BaselineUse;
use collect::Collector;
pub use configuration::read as read_config;
use file::RealPaths;
use projects::Projects;

use crate::config::{ConfigError, Configs};
use crate::text::{SourceId, Sources};
use crate::words;

mod baseline;
mod collect;
mod configuration;
mod file;
mod policies;
mod projects;

pub use policies::{PolicyFile, pages_in, policy_files_of};

/// A file that matters but could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// Its path as reports call it.
    pub path: String,
    /// Why, in a few words.
    pub why: String,
    /// Whether it is a folder, which may hold nothing that matters.
    pub is_folder: bool,
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
    real: RealPaths,
    /// What came from standard input, as it came.
    pub input: Option<Vec<u8>>,
    /// What could not be read.
    pub unread: Vec<Unread>,
    /// Named files that are in no format flint knows.
    pub unrecognised: Vec<String>,
    /// What is reported: files and folders, relative to the root; empty for everything.
    pub scope: Vec<String>,
    /// The configurations in force.
    pub configs: Configs,
    /// The folders of the projects that were read.
    pub homes: Vec<PathBuf>,
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
    #[error("{path}: {}", words::refusal(.error))]
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
    /// Where a source is on disk without links; its own path where nobody can say.
    pub fn real_file(&self, source: SourceId) -> PathBuf {
        self.real.of(&self.files[source.0 as usize])
    }

    /// Whether findings of a source are reported. Those of a baseline are about files in scope only.
    pub fn in_scope(&self, source: SourceId) -> bool {
        self.configs.is_baseline(source) || self.covers(&self.sources.get(source).path)
    }

    /// Whether findings of a path relative to the root are reported.
    pub fn covers(&self, path: &str) -> bool {
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
    let scope = collector.named(&named);
    let configs = collector.configurations(config)?;
    Ok(collector.finish(scope, configs))
}

/// What lies in the projects that have these folders, by paths relative to `root`, under configurations that
/// were read before; `config` says where from, and so what marks a project. Of the files and folders that are
/// `named` those count that exist.
pub fn discover_under(
    root: &Path,
    folders: &[PathBuf],
    named: &[PathBuf],
    config: &ConfigSource,
    configs: Configs,
) -> Found {
    let projects = Projects::at(root.to_owned(), folders, config);
    let mut collector = Collector::new(projects);
    collector.walk_projects();
    let existing = named.iter().filter_map(|path| {
        let metadata = std::fs::metadata(path).ok()?;
        Some((path.clone(), metadata.is_dir(), path))
    });
    let scope = collector.named(&existing.collect::<Vec<_>>());
    collector.finish(scope, configs)
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
    collector.replace(&path, bytes.clone());
    let scope = vec![relative(&collector.projects.root, &path)];
    let configs = collector.configurations(config)?;
    let mut found = collector.finish(scope, configs);
    found.input = Some(bytes);
    Ok(found)
}

/// The configuration in force where flint is started, for what is about no file: that of the nearest
/// flint.toml.
pub fn configuration(config: &ConfigSource) -> Result<Configs, DiscoverError> {
    let mut configs = configuration_alone(config)?;
    let mut failed = None;
    configs.each(|config| failed = failed.take().or(policies::load(config).err()));
    match failed {
        Some(error) => Err(error.into()),
        None => Ok(configs),
    }
}

/// The same without its policies, for whoever reads them page by page.
pub fn configuration_alone(config: &ConfigSource) -> Result<Configs, DiscoverError> {
    let current = absolute(Path::new("."))?;
    let file = match config {
        ConfigSource::File(file) => file.clone(),
        ConfigSource::Isolated => return Ok(Configs::default()),
        ConfigSource::Nearest => {
            let mut above = current.ancestors().enumerate();
            match above.find(|(_, folder)| folder.join("flint.toml").is_file()) {
                Some((up, _)) => PathBuf::from("../".repeat(up) + "flint.toml"),
                None => return Ok(Configs::default()),
            }
        }
    };
    configuration::load_named_alone(&current, &file).map(Configs::single)
}

/// The pages that people name: files, and folders with all below them.
pub fn policy_files(paths: &[PathBuf]) -> Result<Vec<PolicyFile>, DiscoverError> {
    let mut files = Vec::new();
    for path in paths {
        let metadata = std::fs::metadata(path).map_err(|error| missing(path, error))?;
        let shown = path.display().to_string();
        if metadata.is_dir() {
            files.extend(pages_in(path, &shown)?);
        } else {
            files.push(PolicyFile {
                file: path.clone(),
                path: shown,
            });
        }
    }
    Ok(files)
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

/// A path without `.` and `..`; links stay as they are.
pub fn normal(path: &Path) -> PathBuf {
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
pub fn relative(root: &Path, path: &Path) -> String {
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
    DiscoverError::Missing {
        path: path.display().to_string(),
        hint: hint(path, path),
    }
}

/// The nearest name in the folder of a path that does not exist, beside it as somebody wrote it.
fn hint(path: &Path, written: &Path) -> String {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    // Its name is there: it is a link, and what it leads to is not.
    if std::fs::symlink_metadata(path).is_ok() {
        return "; it is a link that leads to nothing".to_owned();
    }
    let names: Vec<String> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    let near = name
        .as_deref()
        .and_then(|name| words::nearest(name, names.iter().map(String::as_str)));
    near.map(|near| format!("; did you mean {}?", written.with_file_name(near).display()))
        .unwrap_or_default()
}
