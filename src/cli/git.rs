//! What git answers. It is only ever asked: no hook, filter or network of a repository is used.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::words;

/// A flag with what was written behind it: how messages begin.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    /// `--since`.
    pub(super) flag: &'static str,
    /// The revision that was named.
    pub(super) reference: &'a str,
}

impl Asked<'_> {
    /// A message about it.
    pub(super) fn error(self, message: &str) -> String {
        format!("{} {}: {message}", self.flag, self.reference)
    }
}

/// A work tree of git.
#[derive(Clone, Debug)]
pub(super) struct Repository {
    /// Its root.
    pub(super) top: PathBuf,
}

impl Repository {
    /// The one that a path lies in.
    pub(super) fn around(path: &Path, asked: Asked) -> Result<Self, String> {
        let near = absolute(path)?;
        let mut above = near.ancestors();
        let folder = above.find(|folder| folder.is_dir());
        let folder = folder.unwrap_or(Path::new("."));
        let is_path = asked.flag == super::memory::COMPARE;
        let place = match ask(
            folder,
            &["rev-parse", "--is-inside-work-tree", "--show-cdup"],
        ) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let flag = asked.flag;
                let what = "a git revision needs git, which is not installed or not on PATH";
                return Err(format!("{flag} with {what}"));
            }
            Err(error) => return Err(format!("git: {}", words::refusal(&error))),
            Ok(place) => place,
        };
        let near = folder.display();
        let said = match place {
            Ok(said) => said,
            Err(said) if said.contains("not a git repository") => {
                let no_path = if is_path {
                    "no file or folder of that name, and "
                } else {
                    ""
                };
                return Err(asked.error(&format!("{no_path}{near} is in no git repository")));
            }
            // As in containers whose files belong to somebody else.
            Err(said) if said.contains("dubious ownership") => {
                let hint = format!("`git config --global --add safe.directory {near}` allows it");
                return Err(asked.error(&format!(
                    "git refuses to read {near}, which another user owns; {hint}"
                )));
            }
            Err(said) => return Err(asked.error(&said)),
        };
        // The way up, and not the path of the root itself, which need not be text.
        let Some(("true", up)) = said.split_once('\n') else {
            return Err(asked.error(&format!("{near} is in no work tree of git")));
        };
        Ok(Repository {
            top: absolute(&folder.join(up))?,
        })
    }

    /// What git answers here, or what it complains about first.
    pub(super) fn ask(&self, args: &[&str]) -> Result<Result<String, String>, String> {
        ask(&self.top, args).map_err(|error| format!("git: {}", words::refusal(&error)))
    }

    /// The tree that a name stands for.
    pub(super) fn tree(&self, asked: Asked) -> Result<String, String> {
        // As scripts pass it where a variable is not set.
        if asked.reference.trim().is_empty() {
            let flag = asked.flag;
            return Err(format!(
                "{flag}: the value is empty; name a branch, a tag or a commit"
            ));
        }
        let name = format!("{}^{{tree}}", asked.reference);
        match self.id(&name)? {
            Some(id) => Ok(id),
            None => Err(self.unknown(asked)),
        }
    }

    /// The tree from which this one went its own way: that of the last commit that both the named one and
    /// the one checked out come from. A tree without commits stands for itself. With it the commit.
    pub(super) fn fork(&self, asked: Asked) -> Result<(String, Option<String>), String> {
        let tree = self.tree(asked)?;
        let Some(commit) = self.id(&format!("{}^{{commit}}", asked.reference))? else {
            return Ok((tree, None));
        };
        let Some(head) = self.id("HEAD^{commit}")? else {
            return Ok((tree, Some(commit)));
        };
        let base = self.ask(&["merge-base", &commit, &head])?;
        match base.ok().filter(|base| is_id(base)) {
            Some(base) => {
                let tree = self.id(&format!("{base}^{{tree}}"))?;
                let missing = || asked.error("git does not have the commit that both come from");
                Ok((tree.ok_or_else(missing)?, Some(base)))
            }
            None if self.is_shallow()? => Err(asked.error(
                "this clone is shallow and holds no commit that it and HEAD both come from; fetch all of \
                 them (`fetch-depth: 0`, `git fetch --unshallow`)",
            )),
            // Histories with nothing in common.
            None => Ok((tree, Some(commit))),
        }
    }

    /// The files that a sparse work tree leaves out, relative to its root.
    pub(super) fn left_out(&self) -> Result<HashSet<PathBuf>, String> {
        let is_sparse = self.ask(&["config", "--type=bool", "--get", "core.sparseCheckout"])?;
        if is_sparse.as_deref() != Ok("true") {
            return Ok(HashSet::new());
        }
        let listed = self.ask(&["ls-files", "-t", "-z"])?.unwrap_or_default();
        let left_out = listed
            .split('\0')
            .filter_map(|entry| entry.strip_prefix("S "));
        Ok(left_out.map(PathBuf::from).collect())
    }

    /// The object that a name stands for.
    fn id(&self, name: &str) -> Result<Option<String>, String> {
        // A name that begins with a dash would be an option of git.
        if name.starts_with('-') {
            return Ok(None);
        }
        let said = self.ask(&["rev-parse", "--verify", "--quiet", name])?;
        // `^HEAD` is a name, too, of what is left out.
        Ok(said.ok().filter(|id| is_id(id)))
    }

    fn is_shallow(&self) -> Result<bool, String> {
        let said = self.ask(&["rev-parse", "--is-shallow-repository"])?;
        Ok(said.is_ok_and(|answer| answer == "true"))
    }

    /// Why there is no revision of that name, and what to do.
    fn unknown(&self, asked: Asked) -> String {
        // As hooks and CI name what was before a branch.
        if asked.reference.len() >= 40 && asked.reference.bytes().all(|byte| byte == b'0') {
            return asked.error(
                "this stands for no commit: the branch is new; name the one that it comes from",
            );
        }
        let mut message = if asked.flag == super::memory::COMPARE {
            "no file or folder of that name, and git knows none".to_owned()
        } else {
            "git knows no such revision".to_owned()
        };
        let names = self.ask(&["for-each-ref", "--format=%(refname:short)"]);
        let names = names.ok().and_then(Result::ok).unwrap_or_default();
        // What a clone has of a branch is called after where it is from.
        let below = format!("/{}", asked.reference);
        let theirs = names.lines().find(|name| name.ends_with(&below));
        if theirs.is_none() && self.is_shallow() == Ok(true) {
            message.push_str(
                "; this clone is shallow: fetch the commit, or all of them (`fetch-depth: 0`)",
            );
        } else if let Some(near) = theirs.or_else(|| words::nearest(asked.reference, names.lines()))
        {
            message.push_str(&format!("; did you mean `{near}`?"));
        }
        asked.error(&message)
    }
}

/// Whether a text is the name of an object, and no more.
fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// A path without links, as far as it exists: git names the root of a repository like that.
pub(super) fn absolute(path: &Path) -> Result<PathBuf, String> {
    let error = |error: io::Error| format!("{}: {}", path.display(), words::refusal(&error));
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

/// git in a folder.
pub(super) fn git(folder: &Path) -> Command {
    let mut command = Command::new("git");
    // Hooks of git run with these, relative to another folder, or without the root that belongs to them.
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_PREFIX"] {
        command.env_remove(name);
    }
    command
        .arg("-C")
        .arg(folder)
        // What would be started whenever the index is read; no value is off in every version.
        .args(["-c", "core.fsmonitor="])
        // Its messages are read; nothing is fetched, not by versions either that know only the latter.
        .env("LC_ALL", "C")
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_ALLOW_PROTOCOL", "")
        .env("GIT_OPTIONAL_LOCKS", "0");
    command
}

/// What git answers in a folder, or what it complains about first.
fn ask(folder: &Path, args: &[&str]) -> io::Result<Result<String, String>> {
    let output = git(folder).args(args).stdin(Stdio::null()).output()?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(if output.status.success() {
        let text = text(&output.stdout);
        Ok(text.strip_suffix('\n').unwrap_or(&text).to_owned())
    } else {
        let text = text(&output.stderr);
        let first = text.lines().next();
        Err(first.map_or_else(
            || format!("git ended with {}", output.status),
            str::to_owned,
        ))
    })
}
