//! Reads a flint.toml and the files that it extends.

use std::io;
use std::path::{Path, PathBuf};

use super::file::read_file;
use super::policies;
use super::{DiscoverError, absolute, hint, missing, normal, relative};
use crate::config::{Base, Config, ConfigError, Layer, Origin};
use crate::text::MAX_BYTES;
use crate::words;

/// Where a file is read; it need not be the place by which others name it.
type Locate<'l> = &'l dyn Fn(&Path) -> PathBuf;

/// A flint.toml of the project.
pub(super) fn load(root: &Path, file: &Path) -> Result<Config, DiscoverError> {
    let mut config = read(root, file, &Path::to_owned)?;
    policies::load(&mut config)?;
    Ok(config)
}

/// A flint.toml with all that it extends and without its policies, each read where `locate` says.
///
/// # Errors
///
/// One that can't be read or used.
pub fn read(root: &Path, file: &Path, locate: Locate) -> Result<Config, DiscoverError> {
    let path = seen_from(root, file);
    let first = layer(root, &locate(file), path, folder(file))?;
    chain(root, file, first, locate)
}

/// One that was named for everything: its patterns are relative to the project, its paths to itself.
pub(super) fn load_named(root: &Path, file: &Path) -> Result<Config, DiscoverError> {
    let mut config = load_named_alone(root, file)?;
    policies::load(&mut config)?;
    Ok(config)
}

/// The same without its policies.
pub(super) fn load_named_alone(root: &Path, file: &Path) -> Result<Config, DiscoverError> {
    let path = file.display().to_string();
    let metadata = std::fs::metadata(file).map_err(|error| missing(file, error))?;
    if !metadata.is_file() {
        let error = io::Error::other("no regular file; name a flint.toml");
        return Err(DiscoverError::Io { path, error });
    }
    let first = layer(root, file, path, root)?;
    let mut config = chain(root, &absolute(file)?, first, &Path::to_owned)?;
    config.folder = String::new();
    Ok(config)
}

/// A file with all that it extends, those above laid over those below.
fn chain(root: &Path, file: &Path, first: Layer, locate: Locate) -> Result<Config, DiscoverError> {
    let mut files = vec![absolute(file)?];
    let mut layers = vec![first];
    while let Some((file, next)) = extended(root, &files, &layers, locate)? {
        files.push(file);
        layers.push(next);
    }
    // Baselines and folders of policies are relative to the file that names them.
    let folders: Vec<(String, PathBuf)> = layers
        .iter()
        .zip(&files)
        .map(|(layer, file)| (layer.origin.path.clone(), folder(file).to_owned()))
        .collect();
    layers.reverse();
    let mut config = Config::of(layers)?;
    let policies = config.policy_folders.iter_mut();
    for named in policies.chain(&mut config.baseline) {
        let mut folders = folders.iter();
        let own = folders.find(|(path, _)| *path == named.at.origin.path);
        if let Some((_, folder)) = own {
            named.file = normal(&folder.join(&named.path));
        }
    }
    Ok(config)
}

/// The file that the last of these extends.
fn extended(
    root: &Path,
    files: &[PathBuf],
    layers: &[Layer],
    locate: Locate,
) -> Result<Option<(PathBuf, Layer)>, DiscoverError> {
    let (Some(last), Some(file)) = (layers.last(), files.last()) else {
        return Ok(None);
    };
    let Some((written, spot)) = last.extends() else {
        return Ok(None);
    };
    if written.contains("://") {
        let what = format!(
            "`{written}` is no local file; flint has no network, so keep a copy in the repository"
        );
        return Err(spot.error(what).into());
    }
    let target = normal(&folder(file).join(written));
    if let Some(at) = files.iter().position(|own| *own == target) {
        let round: Vec<&str> = layers[at..]
            .iter()
            .map(|layer| layer.origin.path.as_str())
            .collect();
        let what = format!(
            "`{written}` leads round in a circle: {}; take one `extend` out",
            round.join(" -> ")
        );
        return Err(spot.error(what).into());
    }
    match std::fs::metadata(locate(&target)) {
        Ok(metadata) if metadata.is_file() => {}
        Ok(_) => {
            let what = format!("`{written}` is no regular file; name the flint.toml in it");
            return Err(spot.error(what).into());
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let near = hint(&target, Path::new(written));
            let near = if near.is_empty() {
                "; paths are relative to the folder of this file"
            } else {
                &near
            };
            return Err(spot.error(format!("{written}: no such file{near}")).into());
        }
        Err(error) => {
            return Err(spot
                .error(format!("{written}: {}", words::refusal(&error)))
                .into());
        }
    }
    let path = seen_from(root, &target);
    let next = layer(root, &locate(&target), path, folder(&target))?;
    Ok(Some((target, next)))
}

fn folder(file: &Path) -> &Path {
    file.parent().unwrap_or(file)
}

/// The path of a file from the root, which may lead out of it.
pub(super) fn seen_from(root: &Path, file: &Path) -> String {
    let [root, file] = [root, file].map(|path| relative(Path::new("/"), path));
    Base::new(&root, "").local(&file).into_owned()
}

/// One file; its patterns are relative to `base`.
fn layer(root: &Path, file: &Path, path: String, base: &Path) -> Result<Layer, DiscoverError> {
    let bytes = read_file(file, MAX_BYTES).map_err(|why| DiscoverError::Io {
        path: path.clone(),
        error: io::Error::other(why),
    })?;
    let bytes = bytes.unwrap_or_default();
    let text = std::str::from_utf8(&bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        let line_start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
        ConfigError {
            path: path.clone(),
            line: memchr::memchr_iter(b'\n', before).count() + 1,
            column: String::from_utf8_lossy(&before[line_start..])
                .chars()
                .count()
                + 1,
            message: "the file is not UTF-8; save it as UTF-8".to_owned(),
        }
    })?;
    let [root, base] = [root, base].map(|path| relative(Path::new("/"), path));
    let origin = Origin {
        path,
        base: Base::new(&base, &root),
        is_flag: false,
    };
    Ok(Layer::parse(origin, text)?)
}
