//! `flint check --since REF`: the tree from which this one went its own way, linted as this one is, and
//! what is left of the findings without those of that tree.
//!
//! What is reported is decided by the flint.toml of today for both trees: a rule that a change switches on
//! makes nobody guilty of the past, and one that it switches off mends nothing. What a flint.toml says of
//! the world (`flink-version`, `[host]`) belongs to its tree: a change from 1.20 to 2.0 is to show what it
//! breaks.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::git::{Asked, Repository};
use super::mirror::Mirror;
use super::{CheckArgs, LintArgs, complain};
use crate::baseline::Baseline;
use crate::deployment::Previous;
use crate::discover::Found;
use crate::finding::Finding;
use crate::fingerprint::fingerprints;
use crate::lint::lint;
use crate::project::Project;
use crate::report::{Fixed, Since};
use crate::rules;
use crate::since::{Side, compare, renamed};
use crate::suppress::baseline::keep_open;
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

/// How many folders a path has that ends in `/`.
fn depth(folder: &str) -> usize {
    folder.matches('/').count()
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
    let mirror = Mirror::of(asked, &repository, &tree, paths, args, found)?;
    let (mut old, prefix) = mirror.read(paths, args, found)?;
    let project = Project::read(&old.sources, &old.configs, &[]);
    let mut linted = lint(&project, &old.configs);
    let entries = baselines(found);
    keep_open(&old.sources, &old.configs, &entries, &mut linted.findings);
    let mut resources = rules::previous(&project.deployments());
    for error in &linted.internal_errors {
        complain("error", error);
    }
    for source in &mut old.sources.0 {
        source.path = match source.path.strip_prefix(&prefix) {
            Some(path) => path.to_owned(),
            None => format!("{}{}", "../".repeat(depth(&prefix)), source.path),
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

/// What the baselines of today hold.
fn baselines(found: &Found) -> Vec<Baseline> {
    let files = found.configs.baselines.iter();
    let read = files.map(|file| Baseline::parse(found.sources.get(file.source)));
    read.map(Result::unwrap_or_default).collect()
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
