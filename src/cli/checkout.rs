//! The files of a git tree that could concern flint, in a temporary folder. git is only ever asked.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::recognise::{self, Claim, evidence};
use crate::text::MAX_BYTES;

/// Files of a tree. The folder goes when this does.
pub(super) struct Checkout {
    folder: TempDir,
    /// The root of the repository.
    top: PathBuf,
    /// The paths that were asked for, as they lie in the folder.
    pub(super) paths: Vec<PathBuf>,
}

/// A file of a tree.
struct Blob {
    id: String,
    size: u64,
    path: PathBuf,
}

/// The files that `reference` has of the repository in which `paths` lie.
pub(super) fn of(reference: &str, paths: &[PathBuf]) -> Result<Checkout, String> {
    let near = paths.first().map_or(Path::new("."), PathBuf::as_path);
    let near = absolute(near)?;
    let near = near
        .ancestors()
        .find(|folder| folder.is_dir())
        .unwrap_or(Path::new("."));
    let top = match ask(near, &["rev-parse", "--is-inside-work-tree", "--show-cdup"])? {
        // The way up, and not the path of the root itself, which need not be text.
        Ok(said) => match said.split_once('\n') {
            Some(("true", up)) => absolute(&near.join(up))?,
            _ => {
                return Err(format!(
                    "--compare {reference}: {} is in no work tree of git",
                    near.display()
                ));
            }
        },
        Err(said) if said.contains("not a git repository") => {
            return Err(format!(
                "--compare {reference}: no file or folder of that name, and {} is in no git repository",
                near.display()
            ));
        }
        Err(said) => return Err(format!("--compare {reference}: {said}")),
    };
    let tree = tree_id(reference, &top)?;
    let folder = TempDir::with_prefix("flint-").map_err(|error| error.to_string())?;
    // It marks the root of the project, as in the repository.
    fs::create_dir(folder.path().join(".git")).map_err(|error| error.to_string())?;
    let mut checkout = Checkout {
        folder,
        top,
        paths: Vec::new(),
    };
    let mut named = Vec::new();
    for path in paths {
        let below = checkout.below(path)?;
        named.push(below);
    }
    let blobs = list(&checkout.top, &tree, &named)?;
    for (below, path) in named.iter().zip(paths) {
        let is_there = blobs.iter().any(|blob| blob.path.starts_with(below));
        if !is_there && !below.as_os_str().is_empty() {
            return Err(format!(
                "--compare {reference}: it has no configuration in {}",
                path.display()
            ));
        }
    }
    let root = checkout.folder.path();
    write(&checkout.top, &blobs, root)
        .map_err(|error| format!("--compare {reference}: {error}"))?;
    checkout.paths = named.iter().map(|below| root.join(below)).collect();
    Ok(checkout)
}

impl Checkout {
    /// Where a file of the repository lies in the folder, if the tree has it.
    pub(super) fn own(&self, file: &Path) -> Option<PathBuf> {
        let own = self.folder.path().join(self.below(file).ok()?);
        own.exists().then_some(own)
    }

    /// A path relative to the root of the repository.
    fn below(&self, path: &Path) -> Result<PathBuf, String> {
        let path = absolute(path)?;
        let below = path.strip_prefix(&self.top);
        below.map(Path::to_owned).map_err(|_| {
            format!(
                "{} is not in the git repository {}",
                path.display(),
                self.top.display()
            )
        })
    }
}

/// A path without links, as far as it exists: git names the root of a repository like that.
fn absolute(path: &Path) -> Result<PathBuf, String> {
    let error = |error: io::Error| format!("{}: {error}", path.display());
    let path = std::path::absolute(path).map_err(error)?;
    let mut rest = Vec::new();
    for folder in path.ancestors() {
        if let Ok(real) = folder.canonicalize() {
            let rest = rest.into_iter().rev();
            return Ok(rest.fold(real, |path, name| path.join(name)));
        }
        rest.extend(folder.file_name());
    }
    Ok(path)
}

/// The tree that a name stands for.
fn tree_id(reference: &str, top: &Path) -> Result<String, String> {
    let name = format!("{reference}^{{tree}}");
    // A name that begins with a dash would be an option of git.
    if !reference.starts_with('-')
        && let Ok(id) = ask(top, &["rev-parse", "--verify", "--quiet", &name])?
        // `^HEAD` is a name, too, of what is left out.
        && id.bytes().all(|byte| byte.is_ascii_hexdigit())
    {
        return Ok(id);
    }
    let shallow = ask(top, &["rev-parse", "--is-shallow-repository"])?;
    let hint = if shallow.is_ok_and(|answer| answer == "true") {
        "; this clone is shallow: fetch the commit, or all of them (`fetch-depth: 0`)"
    } else {
        ""
    };
    Err(format!(
        "--compare {reference}: no file or folder of that name, and git knows none{hint}"
    ))
}

fn git(folder: &Path) -> Command {
    let mut command = Command::new("git");
    // Hooks of git run with these, relative to another folder, or without the root that belongs to them.
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_PREFIX"] {
        command.env_remove(name);
    }
    command
        .arg("-C")
        .arg(folder)
        // Its messages are read; nothing is fetched, not by versions either that know only the latter.
        .env("LC_ALL", "C")
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_ALLOW_PROTOCOL", "")
        .env("GIT_OPTIONAL_LOCKS", "0");
    command
}

fn not_started(error: &io::Error) -> String {
    if error.kind() == io::ErrorKind::NotFound {
        "--compare with a git revision needs git, which is not installed".to_owned()
    } else {
        format!("git: {error}")
    }
}

/// What git answers, or what it complains about first.
fn ask(folder: &Path, args: &[&str]) -> Result<Result<String, String>, String> {
    let output = git(folder).args(args).stdin(Stdio::null()).output();
    let output = output.map_err(|error| not_started(&error))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(if output.status.success() {
        let text = text(&output.stdout);
        Ok(text.strip_suffix('\n').unwrap_or(&text).to_owned())
    } else {
        let text = text(&output.stderr);
        Err(text.lines().next().unwrap_or_default().to_owned())
    })
}

/// The files of a tree that could matter. Links are left out: what they point to has its own name.
fn list(top: &Path, tree: &str, named: &[PathBuf]) -> Result<Vec<Blob>, String> {
    let output = git(top)
        .args(["ls-tree", "-r", "-l", "-z", "--full-tree", tree])
        .stdin(Stdio::null())
        .output()
        .map_err(|error| not_started(&error))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("git: {}", said.lines().next().unwrap_or_default()));
    }
    let entries = output.stdout.split(|byte| *byte == 0);
    Ok(entries.filter_map(|entry| blob(entry, named)).collect())
}

/// `100644 blob 8d1e5ac...     123<tab>conf/flink-conf.yaml`.
fn blob(entry: &[u8], named: &[PathBuf]) -> Option<Blob> {
    let tab = entry.iter().position(|byte| *byte == b'\t')?;
    let head = std::str::from_utf8(&entry[..tab]).ok()?;
    let mut fields = head.split_ascii_whitespace();
    let (mode, _, id, size) = (
        fields.next()?,
        fields.next()?,
        fields.next()?,
        fields.next()?,
    );
    if !mode.starts_with("100") {
        return None;
    }
    let text = std::str::from_utf8(&entry[tab + 1..]).ok()?;
    let path = Path::new(text);
    // A tree is what somebody else wrote: it must not reach out of its folder.
    let is_plain = path
        .components()
        .all(|part| matches!(part, Component::Normal(name) if name != ".git"));
    let size = size.parse().ok()?;
    let blob = Blob {
        id: id.to_owned(),
        size,
        path: path.to_owned(),
    };
    let is_named = named.iter().any(|named| named == path);
    (is_plain && (is_named && size <= MAX_BYTES || matters(text, size))).then_some(blob)
}

/// Whether a file could be read by anybody.
fn matters(path: &str, size: u64) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    if matches!(name, "flint.toml" | ".gitignore" | ".ignore") || evidence::is_name(path) {
        return size <= MAX_BYTES;
    }
    match recognise::by_name(path) {
        Claim::No => recognise::is_job_format(path) && size <= recognise::largest(path),
        Claim::Maybe | Claim::Holder | Claim::Source(_) => size <= recognise::largest(path),
        Claim::Yes(_) => size <= MAX_BYTES,
    }
}

/// Writes files as they lie in the tree, without what git would do to them in a work tree.
fn write(top: &Path, blobs: &[Blob], root: &Path) -> io::Result<()> {
    let mut ids = tempfile::tempfile()?;
    for blob in blobs {
        writeln!(ids, "{}", blob.id)?;
    }
    io::Seek::rewind(&mut ids)?;
    let mut git = git(top)
        .args(["cat-file", "--batch"])
        .stdin(ids)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let Some(out) = git.stdout.take() else {
        return Err(io::ErrorKind::BrokenPipe.into());
    };
    let written = receive(BufReader::new(out), blobs, root);
    // Whatever went wrong here, git ends when nobody listens.
    let ended = git.wait();
    written?;
    ended.map(|_| ())
}

fn receive(mut from: impl BufRead, blobs: &[Blob], root: &Path) -> io::Result<()> {
    for blob in blobs {
        let mut head = String::new();
        from.read_line(&mut head)?;
        if !head.trim_end().ends_with(&format!(" blob {}", blob.size)) {
            let what = format!("git does not have {}", blob.path.display());
            return Err(io::Error::other(what));
        }
        let path = root.join(&blob.path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut file = File::create(path)?;
        io::copy(&mut from.by_ref().take(blob.size), &mut file)?;
        // A line feed ends each.
        from.read_exact(&mut [0])?;
    }
    Ok(())
}
