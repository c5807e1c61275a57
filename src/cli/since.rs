//! `flint check --since REF`: the tree from which this one went its own way, linted as this one is, and
//! what is left of the findings without those of that tree.
//!
//! What is reported is decided by the flint.toml of today for both trees: a rule that a change switches on
//! makes nobody guilty of the past, and one that it switches off mends nothing. What a flint.toml says of
//! the world (`flink-version`, `[host]`) belongs to its tree: a change from 1.20 to 2.0 is to show what it
//! breaks.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::checkout::Checkout;
use super::git::{Asked, Repository, absolute};
use super::{CheckArgs, LintArgs, complain};
use crate::config::{Config, Configs};
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
    /// Whether a rule failed there.
    pub(super) failed: bool,
    /// Files and folders of this tree, relative to its root, of which it is not known what they were.
    unknown: Vec<String>,
}

/// Where a tree lies, and where the files of another lie that have the same names.
struct Mirror {
    checkout: Checkout,
    /// The folder here that stands for the whole one there.
    base: PathBuf,
}

/// Lints the tree that `--since` names, if it is given.
pub(super) fn read(args: &CheckArgs, found: &Found) -> Result<Option<Before>, String> {
    let Some(reference) = &args.since else {
        return Ok(None);
    };
    let asked = Asked {
        flag: "--since",
        reference,
    };
    let paths = paths(&args.lint, asked)?;
    // The project decides, even where one of its folders is a repository of its own.
    let repository =
        Repository::around(&found.root, asked).or_else(|_| Repository::around(&paths[0], asked))?;
    let (tree, commit) = repository.fork(asked)?;
    let mirror = Mirror::of(asked, &repository, &tree, &paths, found)?;
    let (source, configs) = mirror.configs(&args.lint, found)?;
    let homes = mirror.homes(found)?;
    let old = discover_under(&homes, &source, configs).map_err(|error| error.to_string())?;
    let project = Project::read(&old.sources, &old.configs, &[]);
    let linted = lint(&project, &old.configs);
    for error in &linted.internal_errors {
        complain("error", error);
    }
    if args.lint.output.verbose {
        let commit = commit.as_deref().unwrap_or(&tree);
        complain("since", &format!("{reference} (the files of {commit})"));
    }
    Ok(Some(Before {
        reference: reference.clone(),
        commit,
        failed: !linted.internal_errors.is_empty(),
        findings: linted.findings,
        unknown: mirror.unknown(found, asked)?,
        sources: old.sources,
    }))
}

/// What was named.
fn paths(args: &LintArgs, asked: Asked) -> Result<Vec<PathBuf>, String> {
    if args.paths != [Path::new("-")] {
        let here = || vec![PathBuf::from(".")];
        let paths = Some(args.paths.clone()).filter(|paths| !paths.is_empty());
        return Ok(paths.unwrap_or_else(here));
    }
    let name = args.stdin_filename.clone().ok_or_else(|| {
        asked.error(
            "`-` needs --stdin-filename PATH, which says of what file there it is the successor",
        )
    })?;
    Ok(vec![name])
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
    fn there(&self, path: &Path) -> Result<PathBuf, String> {
        let real = absolute(path)?;
        let below = real.strip_prefix(&self.base).unwrap_or(&real);
        Ok(self.checkout.root().join(below))
    }

    /// The folders of the projects, made where they are missing.
    fn homes(&self, found: &Found) -> Result<Vec<PathBuf>, String> {
        let mut homes = Vec::new();
        for home in &found.homes {
            let there = self.there(home)?;
            fs::create_dir_all(&there).map_err(|error| error.to_string())?;
            homes.push(there);
        }
        Ok(homes)
    }

    /// The configurations for the other tree, and what marks projects there. Its flint.toml files are made
    /// to stand where they stand here.
    fn configs(&self, args: &LintArgs, found: &Found) -> Result<(ConfigSource, Configs), String> {
        let mut configs = found.configs.clone();
        let parse = |path: &str, file: &Path| {
            let text = fs::read_to_string(file).ok()?;
            let mut config = Config::parse(path, &text).ok()?;
            config.rename(rules::current_name);
            // A flag is in force for both.
            config.flink_version = config
                .flink_version
                .filter(|_| args.flink_version.is_none());
            Some(config)
        };
        if let Some(file) = &args.config {
            let path = file.display().to_string();
            let before = self.checkout.own(file).and_then(|own| parse(&path, &own));
            if let Some(before) = before {
                configs.each(|config| config.go_back_to(&before));
            }
            return Ok((ConfigSource::File(file.clone()), configs));
        }
        if args.isolated {
            return Ok((ConfigSource::Isolated, configs));
        }
        let root = self.there(&found.root)?;
        let was: Vec<PathBuf> = self.toml_files();
        configs.each(|config| {
            if config.path.is_empty() {
                return;
            }
            let folder = root.join(&config.folder);
            // The nearest one upwards, as it was.
            let mut above = folder.ancestors().map(|folder| folder.join("flint.toml"));
            let file = above.find(|file| was.contains(file));
            if let Some(before) = file.and_then(|file| parse(&config.path, &file)) {
                config.go_back_to(&before);
            }
        });
        let failed = |error: io::Error| error.to_string();
        for file in &was {
            let here = self.base.join(self.below(file));
            if here.is_file() {
                continue;
            }
            if here.parent().is_some_and(Path::is_dir) {
                // Taken away by the change.
                fs::remove_file(file).map_err(failed)?;
            } else if let Ok(below) = file.strip_prefix(&root) {
                // Gone or renamed with all that it speaks for.
                let path = below.to_string_lossy();
                if let Some(config) = parse(&path, file) {
                    configs.add(config);
                }
            }
        }
        for config in found.configs.iter().filter(|own| !own.path.is_empty()) {
            let file = root.join(&config.path);
            if !file.exists() {
                let folder = file.parent().unwrap_or(&root);
                fs::create_dir_all(folder).map_err(failed)?;
                fs::write(&file, "").map_err(failed)?;
            }
        }
        Ok((ConfigSource::Nearest, configs))
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

    fn below<'p>(&self, file: &'p Path) -> &'p Path {
        file.strip_prefix(self.checkout.root()).unwrap_or(file)
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
