//! Baselines: found by flag or flint.toml, read once, kept beside the files that they are about.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::configuration::seen_from;
use super::file::read_file;
use super::{DiscoverError, Found, absolute, hint, relative};
use crate::baseline::Baseline;
use crate::config::{Base, BaselineFile, ConfigError};
use crate::text::{MAX_BYTES, Source, SourceId};
use crate::words;

/// What a manifest from standard input is called, which no file on disk is.
const UNNAMED: &str = "stdin.yaml";

/// Which baselines count, and what for.
#[derive(Clone, Copy, Debug, Default)]
pub struct BaselineUse<'f> {
    /// `--baseline`: this one for every file, whatever flint.toml names.
    pub flag: Option<&'f Path>,
    /// They are to be written, so none need be there yet.
    pub write: bool,
    /// Entries without a finding are stale.
    pub judged: bool,
}

impl Found {
    /// Reads the baselines in force; they become sources.
    pub fn read_baselines(&mut self, wanted: BaselineUse) -> Result<(), DiscoverError> {
        let mut places: BTreeMap<PathBuf, Option<ConfigError>> = BTreeMap::new();
        if let Some(path) = wanted.flag {
            places.insert(absolute(path)?, None);
        } else {
            for config in self.configs.iter() {
                if let Some(named) = &config.baseline {
                    let place = named.at.error(named.path.clone());
                    places.entry(named.file.clone()).or_insert(Some(place));
                }
            }
        }
        let mut numbers = BTreeMap::new();
        for (file, place) in places {
            let shown = place.as_ref().map_or_else(
                || wanted.flag.unwrap_or(&file).display().to_string(),
                |place| place.message.clone(),
            );
            let read = self.read_baseline(&file, &shown, wanted);
            let number = read.map_err(|error| match (place, error) {
                // Where flint.toml names what is no baseline, it is flint.toml that is wrong.
                (Some(place), DiscoverError::Missing { path, hint }) => ConfigError {
                    message: format!("{path}: no such file{hint}"),
                    ..place
                }
                .into(),
                (Some(place), DiscoverError::Io { path, error }) => ConfigError {
                    message: format!("{path}: {}", words::refusal(&error)),
                    ..place
                }
                .into(),
                (_, error) => error,
            })?;
            numbers.insert(file, number);
        }
        let flag = wanted.flag.and_then(|_| numbers.values().next().copied());
        self.configs.each(|config| {
            let named = config.baseline.as_ref();
            let own = named.and_then(|named| numbers.get(&named.file).copied());
            config.baseline_number = flag.or(own);
        });
        Ok(())
    }

    /// Reads one, and gives its number.
    fn read_baseline(
        &mut self,
        file: &Path,
        shown: &str,
        wanted: BaselineUse,
    ) -> Result<usize, DiscoverError> {
        let bytes = match std::fs::metadata(file) {
            Ok(metadata) if !metadata.is_file() => {
                return Err(DiscoverError::Io {
                    path: shown.to_owned(),
                    error: std::io::Error::other("no regular file; name a file for the baseline"),
                });
            }
            Ok(_) => {
                let read = read_file(file, MAX_BYTES);
                let io = |why: String| DiscoverError::Io {
                    path: shown.to_owned(),
                    error: std::io::Error::other(why),
                };
                read.map_err(io)?.unwrap_or_default()
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && wanted.write => {
                Vec::new()
            }
            Err(error) => return Err(absent(file, shown, error)),
        };
        let folder = file.parent().unwrap_or(file);
        let [root, own] = [&self.root, folder].map(|path| relative(Path::new("/"), path));
        let base = Base::new(&own, &root);
        // It may lie above the root.
        // One with the name of a configuration was read as a source before.
        let before = self.files.iter().position(|own| own == file);
        let id = if let Some(index) = before {
            self.sources.0[index].id
        } else {
            self.files.push(file.to_owned());
            self.sources.add(seen_from(&self.root, file), bytes)
        };
        let source = self.sources.get(id);
        let read = Baseline::parse(source).map_err(|error| ConfigError {
            path: source.path.clone(),
            line: error.line,
            column: 1,
            message: error.message,
        })?;
        let gone = gone(&read, folder);
        self.configs.baselines.push(BaselineFile {
            source: id,
            base,
            scope: self.scope.clone(),
            judged: wanted.judged,
            gone,
        });
        // One that somebody names is no unknown file.
        let own = self.sources.get(id).path.clone();
        self.unrecognised.retain(|given| {
            absolute(Path::new(given)).map_or(true, |given| given != file) && *given != own
        });
        Ok(self.configs.baselines.len() - 1)
    }

    /// Adds a baseline as it was in another tree, where this one lies: `bytes` are what it held, `path` is what
    /// it is called, and `folder` what paths in it are relative to. One that can't be read held nothing.
    pub fn add_baseline(&mut self, now: BaselineFile, path: &str, bytes: Vec<u8>, folder: &Path) {
        let known = self.sources.0.iter().find(|source| source.path == path);
        let source = match known.map(|source| source.id) {
            Some(known) => known,
            None => self.sources.add(path, bytes),
        };
        let read = Baseline::parse(self.sources.get(source)).unwrap_or_default();
        let gone = gone(&read, folder);
        let scope = self.scope.clone();
        self.configs.baselines.push(BaselineFile {
            source,
            scope,
            gone,
            ..now
        });
    }

    /// Puts another text in the place of a source.
    pub fn replace(&mut self, id: SourceId, bytes: Vec<u8>) {
        let source = &mut self.sources.0[id.0 as usize];
        *source = Source::new(id, std::mem::take(&mut source.path), bytes);
    }
}

/// The paths in a baseline whose files do not exist.
fn gone(baseline: &Baseline, folder: &Path) -> BTreeSet<String> {
    let entries = baseline.entries.iter();
    let paths: BTreeSet<&str> = entries.map(|(entry, _)| entry.path.as_str()).collect();
    // A path with an escape is not spelt as the file system does.
    let is_gone = |path: &&str| {
        let file = folder.join(path);
        !path.contains('\\') && !path.ends_with(UNNAMED) && !file.exists()
    };
    let gone = paths.into_iter().filter(is_gone);
    gone.map(str::to_owned).collect()
}

/// The error of a baseline that is not there.
fn absent(file: &Path, shown: &str, error: std::io::Error) -> DiscoverError {
    let path = shown.to_owned();
    if error.kind() != std::io::ErrorKind::NotFound {
        return DiscoverError::Io { path, error };
    }
    let near = hint(file, Path::new(shown));
    let write = "`flint check --write-baseline` writes it";
    let hint = format!("{near}; {write}");
    DiscoverError::Missing { path, hint }
}
