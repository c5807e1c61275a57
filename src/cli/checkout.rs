//! The files of a git tree that could concern flint, in a temporary folder.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::process::Stdio;

use tempfile::TempDir;

use super::git::{Asked, Repository, absolute, git};
use crate::config::{Layer, Origin};
use crate::discover::normal;
use crate::recognise::{self, Claim, evidence};
use crate::text::MAX_BYTES;
use crate::words;

/// Files of a tree. The folder goes when this does.
pub(super) struct Checkout {
    folder: TempDir,
    /// Where the root of the repository lies in the folder.
    place: PathBuf,
    /// The root of the repository.
    pub(super) top: PathBuf,
    /// Files that the work tree leaves out, which are no more there than here.
    left_out: HashSet<PathBuf>,
    /// Files that a filter of git wrote: what they say is not in the tree.
    pub(super) encoded: Vec<PathBuf>,
    /// What the tree has but could not be written, relative to the root of the repository: submodules
    /// without the commit that it names, and links that lead out of it.
    pub(super) missing: Vec<PathBuf>,
}

/// What a tree holds.
#[derive(Default)]
struct Listed {
    blobs: Vec<Blob>,
    /// Files that would matter under another name, by path: a link may give them one.
    others: BTreeMap<PathBuf, Blob>,
    /// Files that would matter and whose text a partial clone has not fetched.
    absent: Vec<PathBuf>,
    /// The flint.toml files.
    configs: Vec<PathBuf>,
    /// Submodules, and the commit of each.
    modules: Vec<(PathBuf, String)>,
}

/// A file of a tree.
struct Blob {
    id: String,
    size: u64,
    path: PathBuf,
    is_link: bool,
}

impl Checkout {
    /// The files of a tree of a repository, whose root lies at `place` in the folder. Files are left out
    /// that nobody would read, but for those that are `named`.
    pub(super) fn of(
        asked: Asked,
        repository: &Repository,
        tree: &str,
        named: &[PathBuf],
        place: &Path,
    ) -> Result<Self, String> {
        let folder = TempDir::with_prefix("flint-").map_err(|error| {
            let (place, why) = (std::env::temp_dir(), words::refusal(&error));
            asked.error(&format!(
                "no temporary folder can be made in {}: {why}; TMPDIR names another place",
                place.display()
            ))
        })?;
        let mut checkout = Checkout {
            place: folder.path().join(place),
            folder,
            top: repository.top.clone(),
            left_out: repository.left_out()?,
            encoded: Vec::new(),
            missing: Vec::new(),
        };
        let failed = |error: io::Error| asked.error(&words::refusal(&error));
        checkout.add(Path::new(""), tree, named).map_err(failed)?;
        Ok(checkout)
    }

    /// Adds the tree of the repository that lies in a folder of this one: of a submodule, or itself.
    fn add(&mut self, at: &Path, tree: &str, named: &[PathBuf]) -> io::Result<()> {
        let root = self.place.join(at);
        // It marks the root of a project, as in the repository.
        fs::create_dir_all(root.join(".git"))?;
        let from = self.top.join(at);
        let mut listed = list(&from, tree, at, named)?;
        let is_here = |path: &&PathBuf| !self.left_out.contains(&at.join(path));
        if let Some(path) = listed.absent.iter().find(is_here) {
            return Err(absent(path, tree));
        }
        let mut wanted = std::mem::take(&mut listed.blobs);
        wanted.retain(|blob| !self.left_out.contains(&at.join(&blob.path)));
        while !wanted.is_empty() {
            let targets = self.write(&from, at, &wanted)?;
            let own = targets.iter().filter_map(|path| listed.others.remove(path));
            wanted = own.collect();
        }
        self.write_bases(at, &mut listed, &from, named)?;
        for (path, commit) in listed.modules {
            let own = at.join(&path);
            // Of what is not checked out nothing is read.
            if !self.top.join(&own).join(".git").exists() {
                continue;
            }
            let tree = format!("{commit}^{{tree}}");
            if self.add(&own, &tree, named).is_err() {
                self.missing.push(own);
            }
        }
        Ok(())
    }

    /// The folder that holds it all.
    pub(super) fn root(&self) -> &Path {
        self.folder.path()
    }

    /// Where a file of the repository lies in the folder, if the tree has it.
    pub(super) fn own(&self, file: &Path) -> Option<PathBuf> {
        let own = self.place.join(below(&self.top, file).ok()?);
        own.exists().then_some(own)
    }

    /// Where a file of the repository, or one outside of it, is to be read as it was: what git does not have
    /// is as it is.
    pub(super) fn as_it_was(&self, here: &Path) -> PathBuf {
        let below = here.strip_prefix(&self.top);
        let then = below.map(|below| self.place.join(below));
        then.ok()
            .filter(|then| then.is_file())
            .unwrap_or_else(|| here.to_owned())
    }

    /// Writes what the configurations of a tree extend, which may be called anything.
    fn write_bases(
        &mut self,
        at: &Path,
        listed: &mut Listed,
        from: &Path,
        named: &[PathBuf],
    ) -> io::Result<()> {
        let root = self.place.join(at);
        let here = self.top.join(at);
        let mut open = std::mem::take(&mut listed.configs);
        open.extend(
            named
                .iter()
                .filter_map(|path| path.strip_prefix(at).ok().map(Path::to_owned)),
        );
        let mut seen = HashSet::new();
        while let Some(path) = open.pop() {
            if !seen.insert(path.clone()) {
                continue;
            }
            if let Some(blob) = listed.others.remove(&path) {
                open.extend(self.write(from, at, &[blob])?);
            }
            let Ok(text) = fs::read_to_string(root.join(&path)) else {
                continue;
            };
            let layer = Layer::parse(Origin::default(), &text).ok();
            let written = layer.as_ref().and_then(Layer::extends);
            if let Some((written, _)) = written {
                let folder = here.join(path.parent().unwrap_or(Path::new("")));
                let target = normal(&folder.join(written));
                open.extend(target.strip_prefix(&here).ok().map(Path::to_owned));
            }
        }
        Ok(())
    }

    /// Writes files as they lie in a tree, without what git would do to them in a work tree, and gives the
    /// paths that links lead to. No file of a tree lies below a link of it: nothing is written through one.
    fn write(&mut self, from: &Path, at: &Path, blobs: &[Blob]) -> io::Result<Vec<PathBuf>> {
        let mut ids = tempfile::tempfile()?;
        for blob in blobs {
            writeln!(ids, "{}", blob.id)?;
        }
        io::Seek::rewind(&mut ids)?;
        let mut git = git(from)
            .args(["cat-file", "--batch"])
            .stdin(ids)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let Some(out) = git.stdout.take() else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        let root = self.place.join(at);
        let written = receive(BufReader::new(out), blobs, &root);
        // Whatever went wrong here, git ends when nobody listens.
        let ended = git.wait();
        let mut targets = Vec::new();
        let written = written?;
        let encoded = written.encoded.iter();
        self.encoded.extend(encoded.map(|path| at.join(path)));
        for (path, target) in written.links {
            match link(&root, &path, &target)? {
                Some(target) => targets.push(target),
                None => self.missing.push(at.join(path)),
            }
        }
        ended.map(|_| targets)
    }
}

/// A path relative to the root of a repository.
fn below(top: &Path, path: &Path) -> Result<PathBuf, String> {
    let path = absolute(path)?;
    let below = path.strip_prefix(top);
    below.map(Path::to_owned).map_err(|_| {
        format!(
            "{} is not in the git repository {}",
            path.display(),
            top.display()
        )
    })
}

/// The files of a tree that could matter. `at` is where its root lies in the repository of which `named`
/// are files.
fn list(from: &Path, tree: &str, at: &Path, named: &[PathBuf]) -> io::Result<Listed> {
    let output = git(from)
        .args(["ls-tree", "-r", "-l", "-z", "--full-tree", tree])
        .stdin(Stdio::null())
        .output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let first = said.lines().next().unwrap_or_default();
        return Err(io::Error::other(format!("git: {first}")));
    }
    let mut listed = Listed::default();
    for entry in output.stdout.split(|byte| *byte == 0) {
        entry_of(entry, at, named, &mut listed);
    }
    Ok(listed)
}

/// `100644 blob 8d1e5ac...     123<tab>conf/flink-conf.yaml`.
fn entry_of(entry: &[u8], at: &Path, named: &[PathBuf], listed: &mut Listed) -> Option<()> {
    let tab = entry.iter().position(|byte| *byte == b'\t')?;
    let head = std::str::from_utf8(&entry[..tab]).ok()?;
    let mut fields = head.split_ascii_whitespace();
    let (mode, _, id, size) = (
        fields.next()?,
        fields.next()?,
        fields.next()?,
        fields.next()?,
    );
    let bytes = &entry[tab + 1..];
    let path = &path_of(bytes);
    let text = &String::from_utf8_lossy(bytes);
    // A tree is what somebody else wrote: it must not reach out of its folder.
    let is_plain = path
        .components()
        .all(|part| matches!(part, Component::Normal(name) if name != ".git"));
    if !is_plain {
        return None;
    }
    if mode == "160000" {
        listed.modules.push((path.to_owned(), id.to_owned()));
        return None;
    }
    let is_link = mode == "120000";
    if !(mode.starts_with("100") || is_link) {
        return None;
    }
    let is_named = named.iter().any(|named| *named == at.join(path));
    let Ok(size) = size.parse() else {
        // It says so in place of the size.
        if is_named || matters(text, 0) {
            listed.absent.push(path.to_owned());
        }
        return None;
    };
    let blob = Blob {
        id: id.to_owned(),
        size,
        path: path.to_owned(),
        is_link,
    };
    if path.file_name().is_some_and(|name| name == "flint.toml") {
        listed.configs.push(path.clone());
    }
    if is_named && blob.size <= MAX_BYTES || matters(text, blob.size) {
        listed.blobs.push(blob);
    } else if blob.size <= MAX_BYTES {
        listed.others.insert(blob.path.clone(), blob);
    }
    Some(())
}

/// A path as git has it, whose bytes need not be text.
#[cfg(unix)]
fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

/// What is missing in a partial clone, and how to get it: flint fetches nothing.
fn absent(path: &Path, tree: &str) -> io::Error {
    io::Error::other(format!(
        "this clone is partial and has not fetched the {} of then; `git diff --stat {tree}` fetches what differs",
        path.display()
    ))
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

/// How files begin that a filter of git wrote, which keeps their text elsewhere or encrypts it.
const ENCODED: [&[u8]; 2] = [b"version https://git-lfs.github.com/spec/", b"\0GITCRYPT\0"];

/// What git sent beside plain files.
#[derive(Default)]
struct Received {
    /// The links with what they lead to.
    links: Vec<(PathBuf, PathBuf)>,
    encoded: Vec<PathBuf>,
}

/// Writes what git sends, but for links and what is encoded.
fn receive(mut from: impl BufRead, blobs: &[Blob], root: &Path) -> io::Result<Received> {
    let mut received = Received::default();
    for blob in blobs {
        let mut head = String::new();
        from.read_line(&mut head)?;
        if !head.trim_end().ends_with(&format!(" blob {}", blob.size)) {
            let path = blob.path.display();
            let what = format!("git could not give {path}; `git fsck` says what is wrong");
            return Err(io::Error::other(what));
        }
        // None is larger than flint reads.
        let mut content = Vec::new();
        from.by_ref().take(blob.size).read_to_end(&mut content)?;
        if blob.is_link {
            received.links.push((blob.path.clone(), path_of(&content)));
        } else if ENCODED.iter().any(|mark| content.starts_with(mark)) {
            received.encoded.push(blob.path.clone());
        } else {
            let path = root.join(&blob.path);
            if leads_through_link(root, &blob.path) {
                return Err(io::Error::other("git gives a file below a link"));
            }
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::write(path, content)?;
        }
        // A line feed ends each.
        from.read_exact(&mut [0])?;
    }
    Ok(received)
}

/// Makes a link that leads to a place in the same folder and gives that; nothing where it leads elsewhere. Of
/// the way up no more is allowed than the path of the link has folders, and only at its beginning: what other
/// links on the way do to it stays inside, too.
fn link(root: &Path, path: &Path, target: &Path) -> io::Result<Option<PathBuf>> {
    let mut folder = path.parent().unwrap_or(Path::new("")).to_owned();
    let mut is_inside = !leads_through_link(root, path);
    let mut went_down = false;
    for part in target.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => is_inside &= !went_down && folder.pop(),
            Component::Normal(name) => {
                went_down = true;
                folder.push(name);
            }
            Component::RootDir | Component::Prefix(_) => is_inside = false,
        }
    }
    if !is_inside {
        return Ok(None);
    }
    let place = root.join(path);
    if let Some(folder) = place.parent() {
        fs::create_dir_all(folder)?;
    }
    Ok(make_link(target, &place)?.then_some(folder))
}

/// Whether a folder on the way to a place is a link.
fn leads_through_link(root: &Path, path: &Path) -> bool {
    let mut above = path.ancestors().skip(1);
    above.any(|folder| root.join(folder).is_symlink())
}

#[cfg(unix)]
fn make_link(target: &Path, place: &Path) -> io::Result<bool> {
    std::os::unix::fs::symlink(target, place).map(|()| true)
}

/// Elsewhere git writes links as files unless it is told otherwise.
#[cfg(not(unix))]
fn make_link(_: &Path, _: &Path) -> io::Result<bool> {
    Ok(false)
}
