//! Replaces and creates files: temporary file, fsync, rename; nothing is written when any file can't
//! be.

use std::fs::{self, File, Metadata};
use std::io::Write;
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempPath};

use crate::words;

/// A file that is to be replaced.
#[derive(Debug)]
pub struct Change<'b> {
    /// Path as reports call it.
    pub path: String,
    /// The file; a link is followed and stays a link.
    pub file: PathBuf,
    /// The bytes as they were read.
    pub before: &'b [u8],
    /// The bytes that come in their place.
    pub after: &'b [u8],
}

/// Why not all was written.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {why}; {}", self.outcome())]
pub struct WriteError {
    /// The file.
    pub path: String,
    /// What stands in the way and what to do.
    pub why: String,
    /// How many files had been replaced by then: none, unless the system refuses a rename.
    pub written: usize,
}

impl WriteError {
    fn outcome(&self) -> String {
        match self.written {
            0 => "nothing was written".to_owned(),
            count => format!("files written before: {count}"),
        }
    }
}

/// A replacement that only has to be renamed into its place.
struct Ready {
    target: PathBuf,
    temporary: TempPath,
}

/// Replaces all files, or none: every new file is complete on disk before the first takes its place.
/// `root` is the project; a link that leads out of it is refused.
pub fn replace(root: &Path, changes: &[Change]) -> Result<(), WriteError> {
    let mut ready = Vec::new();
    for change in changes {
        let error = |why: String| WriteError {
            path: change.path.clone(),
            why,
            written: 0,
        };
        ready.push((prepare(root, change).map_err(error)?, change));
    }
    for (written, (file, change)) in ready.into_iter().enumerate() {
        let target = file.target;
        file.temporary
            .persist(&target)
            .map_err(|cause| WriteError {
                path: change.path.clone(),
                why: words::refusal(&cause.error),
                written,
            })?;
        // The rename itself must survive a power cut; a file system that can't sync folders still
        // has a whole file, old or new.
        if let Some(folder) = target.parent() {
            let _ = File::open(folder).and_then(|folder| folder.sync_all());
        }
    }
    Ok(())
}

/// Creates the file `new` beside `like`, with its owner and mode; a file that is there stays as it is.
pub fn create(like: &Path, new: &Path, bytes: &[u8]) -> Result<(), String> {
    let text = |error: std::io::Error| words::refusal(&error);
    let metadata = fs::metadata(like).map_err(text)?;
    let folder = new.parent().filter(|parent| !parent.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    if fs::metadata(folder).map_err(text)?.permissions().readonly() {
        return Err("its folder is read-only; make it writable first".to_owned());
    }
    let temporary = temporary(folder, bytes, &metadata)?;
    temporary
        .persist_noclobber(new)
        .map_err(|cause| words::refusal(&cause.error))?;
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}

/// Creates a file that is like any other that a program makes; one that is there stays as it is.
pub fn create_new(new: &Path, bytes: &[u8]) -> Result<(), String> {
    let text = |error: std::io::Error| words::refusal(&error);
    let folder = new.parent().ok_or("it has no folder")?;
    if !folder.is_dir() {
        return Err(format!(
            "there is no folder {}; create it first",
            folder.display()
        ));
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(".flint-");
    #[cfg(unix)]
    let permissions = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    #[cfg(unix)]
    builder.permissions(permissions);
    let mut temporary = builder
        .tempfile_in(folder)
        .map_err(|error| format!("can't write into its folder: {}", words::refusal(&error)))?;
    temporary.write_all(bytes).map_err(text)?;
    temporary.as_file().sync_all().map_err(text)?;
    temporary
        .persist_noclobber(new)
        .map_err(|cause| words::refusal(&cause.error))?;
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}

fn prepare(root: &Path, change: &Change) -> Result<Ready, String> {
    let text = |error: std::io::Error| words::refusal(&error);
    let target = change.file.canonicalize().map_err(text)?;
    let root = root.canonicalize().map_err(text)?;
    if change.file.is_symlink() && !target.starts_with(&root) {
        return Err(format!(
            "it is a link to {}, outside of the project",
            target.display()
        ));
    }
    let metadata = fs::metadata(&target).map_err(text)?;
    // To read a pipe may take for ever.
    if !metadata.is_file() {
        return Err("it is no regular file any more; run flint again".to_owned());
    }
    if metadata.permissions().readonly() {
        return Err("it is read-only; make it writable first".to_owned());
    }
    let now = fs::read(&target).map_err(text)?;
    if now != change.before {
        return Err("it changed while flint was reading; run flint again".to_owned());
    }
    let folder = target.parent().ok_or("it has no folder")?;
    let temporary = temporary(folder, change.after, &metadata)?;
    Ok(Ready { target, temporary })
}

/// A complete file in `folder` that takes after another one.
fn temporary(folder: &Path, bytes: &[u8], like: &Metadata) -> Result<TempPath, String> {
    let text = |error: std::io::Error| words::refusal(&error);
    let mut temporary = NamedTempFile::with_prefix_in(".flint-", folder)
        .map_err(|error| format!("can't write beside it: {}", words::refusal(&error)))?;
    temporary.write_all(bytes).map_err(text)?;
    keep_owner(temporary.path(), like)?;
    temporary
        .as_file()
        .set_permissions(like.permissions())
        .map_err(text)?;
    temporary.as_file().sync_all().map_err(text)?;
    Ok(temporary.into_temp_path())
}

/// Gives the new file the old one's owner and group.
#[cfg(unix)]
fn keep_owner(path: &Path, old: &Metadata) -> Result<(), String> {
    use std::os::unix::fs::{MetadataExt, chown};
    let new = fs::metadata(path).map_err(|error| words::refusal(&error))?;
    if (new.uid(), new.gid()) == (old.uid(), old.gid()) {
        return Ok(());
    }
    chown(path, Some(old.uid()), Some(old.gid()))
        .map_err(|error| format!("its owner can't be kept: {}", words::refusal(&error)))
}

#[cfg(not(unix))]
fn keep_owner(_path: &Path, _old: &Metadata) -> Result<(), String> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two files of which the second may have changed since it was read.
    fn replaced(second_on_disk: &str) -> (Result<(), WriteError>, String, usize) {
        let folder = tempfile::TempDir::new().expect("a temporary folder");
        let files = ["a.conf", "b.conf"].map(|name| folder.path().join(name));
        fs::write(&files[0], "old").expect("a file");
        fs::write(&files[1], second_on_disk).expect("a file");
        let changes: Vec<Change> = files
            .iter()
            .map(|file| Change {
                path: file.display().to_string(),
                file: file.clone(),
                before: b"old",
                after: b"new",
            })
            .collect();
        let outcome = replace(folder.path(), &changes);
        let first = fs::read_to_string(&files[0]).expect("a file");
        let names = fs::read_dir(folder.path()).expect("a folder").count();
        (outcome, first, names)
    }

    #[test]
    fn a_file_that_changed_meanwhile_stops_all_writing() {
        let (outcome, first, names) = replaced("somebody else's");
        let error = outcome.expect_err("the second file is not the one that was read");
        assert!(
            error
                .to_string()
                .contains("changed while flint was reading")
        );
        assert_eq!((first.as_str(), names), ("old", 2));
    }

    #[test]
    fn unchanged_files_are_replaced_and_nothing_else_is_left() {
        let (outcome, first, names) = replaced("old");
        assert!(outcome.is_ok());
        assert_eq!((first.as_str(), names), ("new", 2));
    }

    #[test]
    #[cfg(unix)]
    fn a_file_that_became_something_else_meanwhile_stops_all_writing() {
        type Swap = fn(&Path, &Path);
        let swaps: [(Swap, &str); 4] = [
            (
                |file, _| fs::remove_file(file).expect("a file"),
                "no such file or folder",
            ),
            (
                |file, outside| {
                    fs::remove_file(file).expect("a file");
                    std::os::unix::fs::symlink(outside, file).expect("a link");
                },
                "outside of the project",
            ),
            (
                |file, _| {
                    fs::remove_file(file).expect("a file");
                    fs::create_dir(file).expect("a folder");
                },
                "no regular file any more",
            ),
            (
                |file, _| fs::write(file, "").expect("a file"),
                "changed while flint was reading",
            ),
        ];
        for (swap, says) in swaps {
            let folder = tempfile::TempDir::new().expect("a temporary folder");
            let project = folder.path().join("project");
            fs::create_dir(&project).expect("a folder");
            let outside = folder.path().join("outside");
            fs::write(&outside, "old").expect("a file");
            let files = ["a.conf", "b.conf"].map(|name| project.join(name));
            let changes = files.clone().map(|file| {
                fs::write(&file, "old").expect("a file");
                Change {
                    path: file.display().to_string(),
                    file,
                    before: b"old",
                    after: b"new",
                }
            });
            swap(&files[1], &outside);
            let error = replace(&project, &changes).expect_err("it is another one");
            let said = error.to_string();
            assert!(
                said.contains(says) && said.ends_with("nothing was written"),
                "{said}"
            );
            for file in [&files[0], &outside] {
                assert_eq!(fs::read_to_string(file).expect("a file"), "old", "{says}");
            }
        }
    }
}
