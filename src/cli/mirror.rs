//! The tree of a revision beside the files that are here: read under the configuration of today, so that
//! both sides are held to the same rules, but for what a flint.toml says of the world (`flink-version`,
//! `[host]`), which belongs to its tree.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::checkout::Checkout;
use super::git::{Asked, Repository, absolute};
use super::session::lay_flags;
use super::{LintArgs, complain};
use crate::config::{Config, Configs};
use crate::discover::{ConfigSource, Found, discover_under, read_config};
use crate::words;

/// How a tree is read.
struct There {
    /// The folder that paths are relative to.
    root: PathBuf,
    /// The way from there to what is the root here, with a final `/` unless empty.
    prefix: String,
    /// The folders of the projects.
    homes: Vec<PathBuf>,
    /// What marks a project.
    source: ConfigSource,
    configs: Configs,
}

/// Where a tree lies, and where the files of another lie that have the same names.
pub(super) struct Mirror {
    checkout: Checkout,
    /// The folder here that stands for the whole one there.
    base: PathBuf,
}

impl Mirror {
    /// The files of `tree`, as far as they concern what was found here. `paths` were named here and need not
    /// be there.
    pub(super) fn of(
        asked: Asked,
        repository: &Repository,
        tree: &str,
        paths: &[PathBuf],
        args: &LintArgs,
        found: &Found,
    ) -> Result<Self, String> {
        let root = absolute(&found.root)?;
        // A flint.toml above the repository is the root of the project.
        let (base, place) = match repository.top.strip_prefix(&root) {
            Ok(place) => (root.clone(), place),
            Err(_) => (repository.top.clone(), Path::new("")),
        };
        let mut named = Vec::new();
        for path in paths {
            let real = absolute(path)?;
            let below = real.strip_prefix(&repository.top).map_err(|_| {
                let (path, top) = (path.display(), repository.top.display());
                asked.error(&format!("{path} is not in the git repository {top}"))
            })?;
            named.push(below.to_owned());
        }
        // They may be called anything.
        let baselines = found.configs.baselines.iter();
        let baselines = baselines.map(|own| &found.files[own.source.0 as usize]);
        for file in args.config.iter().chain(baselines) {
            if let Ok(below) = absolute(file)?.strip_prefix(&repository.top) {
                named.push(below.to_owned());
            }
        }
        let checkout = Checkout::of(asked, repository, tree, &named, place)?;
        Ok(Mirror { checkout, base })
    }

    /// Reads the other tree, with the files that were named here. With it the way from its root to the folder
    /// that is the root here, with a final `/` unless empty.
    pub(super) fn read(
        &self,
        paths: &[PathBuf],
        args: &LintArgs,
        found: &Found,
    ) -> Result<(Found, String), String> {
        let there = self.there(args, found)?;
        let mut named = Vec::new();
        for path in paths {
            named.push(self.place(path)?);
        }
        let (homes, source, mut configs) = (&there.homes, &there.source, there.configs);
        let baselines = std::mem::take(&mut configs.baselines);
        let mut old = discover_under(&there.root, homes, &named, source, configs);
        for mut baseline in baselines {
            let at = baseline.source;
            let here = absolute(&found.files[at.0 as usize])?;
            let folder = self.place(here.parent().unwrap_or(&here))?;
            let bytes = fs::read(self.checkout.as_it_was(&here)).unwrap_or_default();
            let path = format!("{}{}", there.prefix, found.sources.get(at).path);
            baseline.base.move_root_up(&there.prefix);
            old.add_baseline(baseline, &path, bytes, &folder);
        }
        Ok((old, there.prefix))
    }

    /// What a flint.toml of the other tree said, with all that it extends; nothing of one that flint can't
    /// use. `root` and `file` lie there.
    fn then(&self, args: &LintArgs, root: &Path, file: &Path) -> Option<Config> {
        let (root, file) = (self.here(root), self.here(file));
        let config = read_config(&root, &file, &|here| self.checkout.as_it_was(here));
        config.ok().map(|config| with_flags(args, config))
    }

    /// What a file or folder of the other tree is here, or would be.
    fn here(&self, path: &Path) -> PathBuf {
        let below = path.strip_prefix(self.checkout.root()).unwrap_or(path);
        self.base.join(below)
    }

    /// Where a folder or file of this tree lies in the other, or would.
    pub(super) fn place(&self, path: &Path) -> Result<PathBuf, String> {
        let real = absolute(path)?;
        let below = real.strip_prefix(&self.base).unwrap_or(&real);
        Ok(self.checkout.root().join(below))
    }

    /// How the other tree is read: the projects of this one, and those that are gone from it, since what
    /// is here may be what was there. Where projects are marked by their flint.toml, these are made to stand
    /// where they stand here.
    fn there(&self, args: &LintArgs, found: &Found) -> Result<There, String> {
        let failed = |error: io::Error| {
            let why = words::refusal(&error);
            format!("the files of then can't be laid out in the folder for temporary files: {why}")
        };
        let mut configs = found.configs.clone();
        let own = self.place(&found.root)?;
        let mut homes = Vec::new();
        for home in &found.homes {
            let home = self.place(home)?;
            fs::create_dir_all(&home).map_err(failed)?;
            homes.push(home);
        }
        let source = match (&args.config, args.isolated) {
            (Some(file), _) => {
                let before = self.checkout.own(file);
                if let Some(before) = before.and_then(|file| self.then(args, &own, &file)) {
                    configs.each(|config| config.go_back_to(&before));
                }
                ConfigSource::File(file.clone())
            }
            (None, true) => ConfigSource::Isolated,
            (None, false) => ConfigSource::Nearest,
        };
        if source != ConfigSource::Nearest {
            return Ok(There {
                root: own,
                prefix: String::new(),
                homes,
                source,
                configs,
            });
        }
        let files = self.toml_files();
        self.go_back(args, &own, &files, &mut configs);
        let mut more = self.settle(&own, &files, found).map_err(failed)?;
        // A file that came may have come from a project that nobody asks about.
        let mut came = false;
        for file in &found.files {
            came |= !self.place(file)?.exists();
        }
        let is_elsewhere = |file: &PathBuf| !homes.iter().any(|home| file.starts_with(home));
        more.retain(|(file, here)| here.is_none() || came && is_elsewhere(file));
        let is_inside = more.iter().all(|(file, _)| file.starts_with(&own));
        let root = if is_inside {
            own.as_path()
        } else {
            self.checkout.root()
        };
        let prefix = slashed(own.strip_prefix(root).unwrap_or(Path::new("")));
        configs.each(|config| config.move_root_up(&prefix));
        for (file, here) in &more {
            homes.extend(file.parent().map(Path::to_owned));
            let before = self.then(args, root, file);
            let Some(here) = here else {
                configs.extend(before);
                continue;
            };
            let now = read_config(&self.here(root), here, &Path::to_owned).ok();
            let mut now = now.map(|config| with_flags(args, config));
            if let (Some(now), Some(before)) = (&mut now, before) {
                now.go_back_to(&before);
            }
            configs.extend(now);
        }
        Ok(There {
            root: root.to_owned(),
            prefix,
            homes,
            source,
            configs,
        })
    }

    /// Makes flint.toml files stand where they stand here, and gives those of the other tree: with what each
    /// is here, if it is not gone, or renamed, with all that it speaks for.
    fn settle(
        &self,
        own: &Path,
        files: &[PathBuf],
        found: &Found,
    ) -> io::Result<Vec<(PathBuf, Option<PathBuf>)>> {
        let mut left = Vec::new();
        for file in files {
            let here = self.here(file);
            if here.is_file() {
                left.push((file.clone(), Some(here)));
            } else if here.parent().is_some_and(Path::is_dir) {
                fs::remove_file(file)?;
            } else {
                left.push((file.clone(), None));
            }
        }
        for config in found.configs.iter().filter(|own| !own.path.is_empty()) {
            let file = own.join(&config.path);
            if !file.exists() {
                fs::create_dir_all(file.parent().unwrap_or(own))?;
                fs::write(&file, "")?;
            }
        }
        Ok(left)
    }

    /// Every flint.toml of the other tree.
    fn toml_files(&self) -> Vec<PathBuf> {
        let walk = walkdir::WalkDir::new(self.checkout.root()).sort_by_file_name();
        let files = walk.into_iter().flatten();
        files
            .filter(|entry| entry.file_name() == "flint.toml" && entry.path().is_file())
            .map(walkdir::DirEntry::into_path)
            .collect()
    }

    /// Gives each configuration what the nearest flint.toml upwards said there. `own` is the root.
    fn go_back(&self, args: &LintArgs, own: &Path, files: &[PathBuf], configs: &mut Configs) {
        configs.each(|config| {
            if config.path.is_empty() {
                return;
            }
            let folder = own.join(&config.folder);
            let mut above = folder.ancestors().map(|folder| folder.join("flint.toml"));
            let file = above.find(|file| files.contains(file));
            if let Some(before) = file.and_then(|file| self.then(args, own, &file)) {
                config.go_back_to(&before);
            }
        });
    }

    /// What the other tree has but git could not give, relative to the root here.
    pub(super) fn unknown(&self, found: &Found, asked: Asked) -> Result<Vec<String>, String> {
        let root = absolute(&found.root)?;
        let mut unknown = Vec::new();
        for path in &self.checkout.encoded {
            let path = path.display();
            let what = "was written by a filter of git, which flint does not run; what is found there \
                        counts as old";
            complain("warning", &asked.error(&format!("{path} {what}")));
        }
        for path in self.checkout.missing.iter().chain(&self.checkout.encoded) {
            let here = self.checkout.top.join(path);
            if here.is_dir() && !here.is_symlink() {
                complain(
                    "warning",
                    &asked.error(&format!(
                        "the submodule {} does not have its commit of then; what is found there \
                         counts as old (`git submodule update`, with all of its history)",
                        path.display()
                    )),
                );
            }
            if let Ok(below) = here.strip_prefix(&root) {
                unknown.push(below.to_string_lossy().into_owned());
            }
        }
        Ok(unknown)
    }
}

/// A configuration with the flags laid over it.
fn with_flags(args: &LintArgs, mut config: Config) -> Config {
    lay_flags(args, &mut config);
    config
}

/// A folder with a final `/` unless empty.
fn slashed(folder: &Path) -> String {
    let mut text = String::new();
    for part in folder {
        text.push_str(&part.to_string_lossy());
        text.push('/');
    }
    text
}
