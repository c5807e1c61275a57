//! `flint check --since REF`: the tree from which this one went its own way, linted as this one is, and
//! what is left of the findings without those of that tree.
//!
//! What is reported is decided by the flint.toml of today for both trees: a rule that a change switches on
//! makes nobody guilty of the past, and one that it switches off mends nothing. What a flint.toml says of
//! the world (`flink-version`, `[host]`) belongs to its tree: a change from 1.20 to 2.0 is to show what it
//! breaks.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::checkout::Checkout;
use super::git::{Asked, Repository, absolute};
use super::session::lay_flags;
use super::{CheckArgs, LintArgs, complain};
use crate::config::{Config, Configs};
use crate::deployment::Previous;
use crate::discover::{ConfigSource, Found, discover_under};
use crate::finding::Finding;
use crate::fingerprint::fingerprints;
use crate::lint::lint;
use crate::project::Project;
use crate::report::{Fixed, Since};
use crate::rules;
use crate::since::{Side, compare, renamed};
use crate::text::Sources;

/// What was found before a change.
pub(super) struct Before {
    reference: String,
    commit: Option<String>,
    sources: Sources,
    findings: Vec<Finding>,
    /// The resources of the operator, by the paths that their files have here.
    pub(super) resources: Vec<Previous>,
    /// Whether a rule failed there.
    pub(super) failed: bool,
    /// Files and folders of this tree, relative to its root, of which it is not known what they were.
    unknown: Vec<String>,
}

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

/// How many folders a path has that ends in `/`.
fn depth(folder: &str) -> usize {
    folder.matches('/').count()
}

/// Where a tree lies, and where the files of another lie that have the same names.
struct Mirror {
    checkout: Checkout,
    /// The folder here that stands for the whole one there.
    base: PathBuf,
}

/// What `--since` asks about.
pub(super) struct Question<'a> {
    asked: Asked<'a>,
    /// What was named.
    paths: Vec<PathBuf>,
}

/// What `--since` asks about, if it is given. A text from standard input takes the place of a file.
pub(super) fn question(args: &CheckArgs) -> Result<Option<Question<'_>>, String> {
    let Some(reference) = &args.since else {
        return Ok(None);
    };
    let asked = Asked {
        flag: "--since",
        reference,
    };
    let lint = &args.lint;
    let paths = match &lint.stdin_filename {
        _ if lint.paths.is_empty() => vec![PathBuf::from(".")],
        Some(name) if lint.paths == [Path::new("-")] => vec![name.clone()],
        None if lint.paths == [Path::new("-")] => {
            return Err(asked.error(
                "`-` needs --stdin-filename PATH, which says of what file there it is the successor",
            ));
        }
        _ => lint.paths.clone(),
    };
    Ok(Some(Question { asked, paths }))
}

/// Lints the tree that a question is about.
pub(super) fn read(question: &Question, args: &LintArgs, found: &Found) -> Result<Before, String> {
    let (asked, paths) = (question.asked, &question.paths);
    // The project decides, even where one of its folders is a repository of its own.
    let repository =
        Repository::around(&found.root, asked).or_else(|_| Repository::around(&paths[0], asked))?;
    let (tree, commit) = repository.fork(asked)?;
    let mirror = Mirror::of(asked, &repository, &tree, paths, found)?;
    let there = mirror.there(args, found)?;
    let mut old = discover_under(&there.root, &there.homes, &there.source, there.configs);
    let project = Project::read(&old.sources, &old.configs, &[]);
    let linted = lint(&project, &old.configs);
    let mut resources = rules::previous(&project.deployments());
    for error in &linted.internal_errors {
        complain("error", error);
    }
    for source in &mut old.sources.0 {
        source.path = match source.path.strip_prefix(&there.prefix) {
            Some(path) => path.to_owned(),
            None => format!("{}{}", "../".repeat(depth(&there.prefix)), source.path),
        };
    }
    let renamed: HashMap<_, _> = renamed(&old.sources, &found.sources).into_iter().collect();
    for resource in &mut resources {
        let path = &old.sources.get(resource.fields.source).path;
        resource.path.clone_from(renamed.get(path).unwrap_or(path));
    }
    if args.output.verbose {
        let commit = commit.as_deref().unwrap_or(&tree);
        let reference = asked.reference;
        complain("since", &format!("{reference} (the files of {commit})"));
    }
    Ok(Before {
        reference: asked.reference.to_owned(),
        commit,
        failed: !linted.internal_errors.is_empty(),
        findings: linted.findings,
        resources,
        unknown: mirror.unknown(found, asked)?,
        sources: old.sources,
    })
}

impl Before {
    /// Leaves what the change introduced, and tells what it mended.
    pub(super) fn subtract(&self, found: &Found, findings: Vec<Finding>) -> (Vec<Finding>, Since) {
        let before = Side {
            sources: &self.sources,
            findings: &self.findings,
        };
        let after = Side {
            sources: &found.sources,
            findings: &findings,
        };
        let compared = compare(before, after);
        let renamed = renamed(&self.sources, &found.sources);
        let is_told = |path: &str| {
            let mut names = renamed.iter().filter(|(old, _)| old == path);
            found.covers(path) || names.any(|(_, new)| found.covers(new))
        };
        let prints = fingerprints(&self.sources, &self.findings);
        let fixed = compared.fixed.iter().filter_map(|&at| {
            let finding = &self.findings[at];
            let source = self.sources.get(finding.at.source);
            is_told(&source.path).then(|| Fixed {
                rule: finding.rule.clone(),
                severity: finding.severity,
                message: finding.message.clone(),
                path: source.path.clone(),
                place: source.place(finding.at.span.start),
                fingerprint: prints[at].clone(),
            })
        });
        let since = Since {
            reference: self.reference.clone(),
            commit: self.commit.clone(),
            fixed: fixed.collect(),
        };
        let mut is_new = vec![false; findings.len()];
        for at in compared.introduced {
            is_new[at] = true;
        }
        let left = findings.into_iter().zip(is_new);
        let left = left.filter(|(finding, is_new)| {
            let path = Path::new(&found.sources.get(finding.at.source).path);
            *is_new && !self.unknown.iter().any(|own| path.starts_with(own))
        });
        (left.map(|(finding, _)| finding).collect(), since)
    }
}

impl Mirror {
    fn of(
        asked: Asked,
        repository: &Repository,
        tree: &str,
        paths: &[PathBuf],
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
        let checkout = Checkout::of(asked, repository, tree, &named, place)?;
        Ok(Mirror { checkout, base })
    }

    /// Where a folder or file of this tree lies in the other, or would.
    fn place(&self, path: &Path) -> Result<PathBuf, String> {
        let real = absolute(path)?;
        let below = real.strip_prefix(&self.base).unwrap_or(&real);
        Ok(self.checkout.root().join(below))
    }

    /// How the other tree is read: the projects of this one, and those that are gone from it, since what
    /// is here may be what was there. Where projects are marked by their flint.toml, these are made to stand
    /// where they stand here.
    fn there(&self, args: &LintArgs, found: &Found) -> Result<There, String> {
        let failed = |error: io::Error| error.to_string();
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
                let before = before.and_then(|own| parse(args, "flint.toml", &own));
                if let Some(before) = before {
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
        go_back(args, &own, &files, &mut configs);
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
            let path = file.strip_prefix(root).unwrap_or(file).to_string_lossy();
            let config = parse(args, &path, here.as_ref().unwrap_or(file));
            configs.extend(config.map(|mut config| {
                if let Some(before) = parse(args, &path, file) {
                    config.go_back_to(&before);
                }
                config
            }));
            homes.extend(file.parent().map(Path::to_owned));
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
            let below = file.strip_prefix(self.checkout.root()).unwrap_or(file);
            let here = self.base.join(below);
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
            .filter(|entry| entry.file_name() == "flint.toml" && entry.file_type().is_file())
            .map(walkdir::DirEntry::into_path)
            .collect()
    }

    /// What the other tree has but git could not give, relative to the root here.
    fn unknown(&self, found: &Found, asked: Asked) -> Result<Vec<String>, String> {
        let root = absolute(&found.root)?;
        let mut unknown = Vec::new();
        for path in &self.checkout.missing {
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

/// Gives each configuration what the nearest flint.toml upwards said there. `own` is the root.
fn go_back(args: &LintArgs, own: &Path, files: &[PathBuf], configs: &mut Configs) {
    configs.each(|config| {
        if config.path.is_empty() {
            return;
        }
        let folder = own.join(&config.folder);
        let mut above = folder.ancestors().map(|folder| folder.join("flint.toml"));
        let file = above.find(|file| files.contains(file));
        if let Some(before) = file.and_then(|file| parse(args, "flint.toml", &file)) {
            config.go_back_to(&before);
        }
    });
}

/// A flint.toml of the other tree, which is called `path`; nothing of one that flint can't use.
fn parse(args: &LintArgs, path: &str, file: &Path) -> Option<Config> {
    let text = fs::read_to_string(file).ok()?;
    let mut config = Config::parse(path, &text).ok()?;
    lay_flags(args, &mut config);
    Some(config)
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
