//! Reads one file, if it is a regular one of a size that makes sense, and tells where it really is.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::recognise::source;
use crate::text::MAX_BYTES;
use crate::words;

/// The bytes of a source or a script in a place that serves for many; nothing where it can't be read or
/// is too large.
pub(super) fn read_source<'b>(path: &Path, place: &'b mut Vec<u8>) -> Option<&'b [u8]> {
    let metadata = std::fs::metadata(path).ok()?;
    // A special file is never opened: reading a pipe would wait for ever.
    if !metadata.is_file() || metadata.len() > source::MAX_BYTES {
        return None;
    }
    let size = usize::try_from(metadata.len()).ok()?;
    if place.len() < size {
        place.resize(size, 0);
    }
    let mut file = File::open(path).ok()?;
    let mut length = 0;
    while length < size {
        match file.read(&mut place[length..size]).ok()? {
            0 => break,
            count => length += count,
        }
    }
    Some(&place[..length])
}

/// The first bytes of a regular file that can be read.
pub(super) fn read_head(path: &Path, limit: u64) -> Option<Vec<u8>> {
    if !std::fs::metadata(path).ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    let file = File::open(path).ok()?;
    file.take(limit).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// The bytes of a regular file; `None` when it is larger than `limit` allows for a guess, or no
/// regular file. A special file is never opened: reading a pipe would wait for ever.
pub(super) fn read_file(path: &Path, limit: u64) -> Result<Option<Vec<u8>>, String> {
    let plain = |error: io::Error| words::refusal(&error);
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
        let mebibytes = metadata.len().div_ceil(1 << 20);
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

/// Where files are without links. A walk follows none: what it meets lies where it seems to lie, but for links
/// themselves, so that only its first folder is looked into.
#[derive(Debug, Default)]
pub(super) struct RealPaths {
    /// Of folders: first those that were walked, then those that files were met in.
    folders: HashMap<OsString, PathBuf>,
    /// Files that are links, or that may lie behind one.
    doubtful: HashSet<PathBuf>,
}

impl RealPaths {
    /// Notes a folder from which a walk starts.
    pub(super) fn walked(&mut self, folder: &Path) {
        self.folders.insert(folder.into(), real(folder));
    }

    /// Notes a file that no walk met as a plain one.
    pub(super) fn doubt(&mut self, file: &Path) {
        self.doubtful.insert(file.to_owned());
    }

    pub(super) fn is_link(&self, file: &Path) -> bool {
        self.doubtful.contains(file) && file.is_symlink()
    }

    /// Where a file that was met really is; its own path where nobody can say.
    pub(super) fn note(&mut self, file: &Path) -> PathBuf {
        match (file.parent(), file.file_name()) {
            (Some(folder), Some(name)) if !self.doubtful.contains(file) => {
                self.folder(folder).join(name)
            }
            _ => real(file),
        }
    }

    /// The same of any file.
    pub(super) fn of(&self, file: &Path) -> PathBuf {
        let folder = file.parent().map(Path::as_os_str);
        let known = folder.and_then(|folder| self.folders.get(folder));
        match (known, file.file_name()) {
            (Some(folder), Some(name)) if !self.doubtful.contains(file) => folder.join(name),
            _ => real(file),
        }
    }

    fn folder(&mut self, folder: &Path) -> PathBuf {
        if let Some(known) = self.folders.get(folder.as_os_str()) {
            return known.clone();
        }
        let found = match (folder.parent(), folder.file_name()) {
            (Some(above), Some(name)) => self.folder(above).join(name),
            _ => real(folder),
        };
        self.folders.insert(folder.into(), found.clone());
        found
    }
}

fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}
