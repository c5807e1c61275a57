//! The pages of an organisation's own rules, from the folders that flint.toml names.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::file::read_file;
use crate::config::{Config, ConfigError};
use crate::page::Policy;
use crate::text::MAX_BYTES;
use crate::words;

/// Bytes of the largest page.
const MAX_PAGE: usize = 1 << 20;

/// A file that holds a page, and how messages call it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyFile {
    /// Where it is.
    pub file: PathBuf,
    /// Its path as it was named.
    pub path: String,
}

impl PolicyFile {
    fn error(&self, message: impl Into<String>) -> ConfigError {
        ConfigError {
            path: self.path.clone(),
            line: 0,
            column: 0,
            message: message.into(),
        }
    }

    /// Reads the page. `own` holds the beginnings of keys of one's own.
    pub fn read(&self, own: &[String]) -> Result<&'static Policy, ConfigError> {
        let bytes = match read_file(&self.file, MAX_BYTES) {
            Ok(Some(bytes)) if bytes.len() > MAX_PAGE => {
                return Err(self.error("a page has 1 MiB at most; is this one?"));
            }
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Err(self.error("no regular file; a policy is a page of text")),
            Err(why) => return Err(self.error(why)),
        };
        let text = String::from_utf8(bytes).map_err(|error| {
            let valid = error.utf8_error().valid_up_to();
            let before = String::from_utf8_lossy(&error.as_bytes()[..valid]).into_owned();
            ConfigError {
                line: before.matches('\n').count() + 1,
                column: before
                    .rsplit('\n')
                    .next()
                    .map_or(0, |last| last.chars().count())
                    + 1,
                ..self.error("the page is not UTF-8; save it as UTF-8")
            }
        })?;
        Policy::read(&self.path, &text, own).map_err(|error| ConfigError {
            line: error.line,
            column: error.column,
            ..self.error(error.message)
        })
    }
}

/// The pages of a folder and of those below it, in the order of their paths: every `*.md` but the
/// folder's own `README.md`. `shown` is how messages call the folder.
pub fn pages_in(folder: &Path, shown: &str) -> Result<Vec<PolicyFile>, ConfigError> {
    let mut found = Vec::new();
    let walk = WalkDir::new(folder)
        .follow_links(true)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| {
            let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
            entry.depth() == 0 || !hidden
        });
    for entry in walk {
        let entry = entry.map_err(|error| {
            let place = error
                .path()
                .map_or_else(|| shown.to_owned(), |path| named(folder, shown, path));
            let message = match (error.loop_ancestor(), error.io_error()) {
                (Some(_), _) => "this link leads back to a folder above it; remove it".to_owned(),
                (None, Some(error)) => error.to_string(),
                (None, None) => "it can't be read".to_owned(),
            };
            ConfigError {
                path: place,
                line: 0,
                column: 0,
                message,
            }
        })?;
        let name = entry.file_name().to_string_lossy();
        let is_page = Path::new(&*name)
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("md"));
        if !entry.file_type().is_dir() && is_page && name != "README.md" {
            found.push(PolicyFile {
                path: named(folder, shown, entry.path()),
                file: entry.into_path(),
            });
        }
    }
    Ok(found)
}

/// A path below a folder as messages call it.
fn named(folder: &Path, shown: &str, path: &Path) -> String {
    let below = path.strip_prefix(folder).unwrap_or(path);
    let below = below
        .to_string_lossy()
        .replace(std::path::MAIN_SEPARATOR, "/");
    match (shown.trim_end_matches('/'), below.as_str()) {
        (shown, "") => shown.to_owned(),
        ("", below) => below.to_owned(),
        (shown, below) => format!("{shown}/{below}"),
    }
}

/// Reads the policies of a flint.toml. They run unless it ignores them: what
/// `select` says is about flint's own rules.
pub(super) fn load(config: &mut Config) -> Result<(), ConfigError> {
    if config.policy_folders.is_empty() {
        return Ok(());
    }
    let mut read: Vec<(PolicyFile, &'static Policy)> = Vec::new();
    for page in policy_files_of(config)? {
        let policy = page.read(&config.known_prefixes)?;
        if let Some(error) = policy.lacks_example() {
            return Err(ConfigError {
                line: error.line,
                column: error.column,
                ..page.error(error.message)
            });
        }
        if let Some((other, _)) = read.iter().find(|(_, other)| other.name() == policy.name()) {
            return Err(ConfigError {
                line: policy.page.name_line,
                column: 1,
                ..page.error(format!(
                    "there is a policy `{}` already, {}; rename one",
                    policy.name(),
                    other.path
                ))
            });
        }
        read.push((page, policy));
    }
    config.policies = read.into_iter().map(|(_, policy)| policy).collect();
    config.policies.sort_by_key(|policy| policy.name());
    if !config.select.iter().any(|name| name == "policy") {
        config.select.push("policy".to_owned());
    }
    Ok(())
}

/// The pages that a flint.toml names, each once: a folder may lie within another.
pub fn policy_files_of(config: &Config) -> Result<Vec<PolicyFile>, ConfigError> {
    let mut files = Vec::new();
    let mut seen = BTreeSet::new();
    for named in &config.policy_folders {
        let folder = &named.file;
        if !folder.is_dir() {
            return Err(named.at.error(no_folder(folder, &named.path)));
        }
        let home = Path::new(&named.at.origin.path).parent();
        let shown = home.unwrap_or(Path::new("")).join(&named.path);
        for page in pages_in(folder, &shown.to_string_lossy())? {
            let real = page.file.canonicalize();
            if seen.insert(real.unwrap_or_else(|_| page.file.clone())) {
                files.push(page);
            }
        }
    }
    Ok(files)
}

fn no_folder(folder: &Path, written: &str) -> String {
    if folder.exists() {
        return format!("`{written}` is no folder; name the folder that holds the pages");
    }
    let name = folder
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let beside = folder.parent().and_then(|parent| parent.read_dir().ok());
    let folders: Vec<String> = beside
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    let near = name.and_then(|name| {
        let near = words::nearest(&name, folders.iter().map(String::as_str))?;
        Some(match written.trim_end_matches('/').rsplit_once('/') {
            Some((above, _)) => format!("{above}/{near}"),
            None => near.to_owned(),
        })
    });
    match near {
        Some(near) => format!("there is no folder `{written}`; did you mean `{near}`?"),
        None => format!("there is no folder `{written}`; make it, or take it off the list"),
    }
}
