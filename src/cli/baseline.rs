//! `--baseline` and `--write-baseline`: what is known is not reported.

use std::collections::BTreeSet;
use std::path::Path;

use super::session::judges;
use super::{LintArgs, complain};
use crate::baseline::{Baseline, Entry, escaped, text};
use crate::discover::{BaselineUse, Found};
use crate::finding::Finding;
use crate::fix::write::{Change, create_new, replace};
use crate::lint::lint;
use crate::project::Project;
use crate::rules;
use crate::suppress::baseline::entries;

/// Reads the baselines in force.
pub(super) fn read(
    found: &mut Found,
    lint: &LintArgs,
    flag: Option<&Path>,
    write: bool,
) -> Result<(), String> {
    let wanted = BaselineUse {
        flag,
        write,
        judged: judges(lint),
    };
    let read = found.read_baselines(wanted);
    read.map_err(|error| error.to_string())
}

/// Writes every baseline in force, so that it holds exactly what is found in the files in question.
pub(super) fn write(found: &mut Found, args: &LintArgs, flag: Option<&Path>) -> Result<(), String> {
    if found.configs.baselines.is_empty() {
        return Err(
            "--write-baseline needs a name: add --baseline flint-baseline.txt, or the line \
             `baseline = \"flint-baseline.txt\"` to flint.toml"
                .to_owned(),
        );
    }
    if flag.is_none() {
        stay_inside(found)?;
    }
    let project = Project::read(&found.sources, &found.configs, &[]);
    let linted = lint(&project, &found.configs);
    drop(project);
    if let Some(error) = linted.internal_errors.first() {
        return Err(format!("{error}; nothing was written"));
    }
    for number in 0..found.configs.baselines.len() {
        let id = found.configs.baselines[number].source;
        let (after, said) = rewritten(found, args, number, &linted.findings);
        let source = found.sources.get(id);
        let file = &found.files[id.0 as usize];
        if !file.exists() {
            create_new(file, after.as_bytes())
                .map_err(|why| format!("{}: {why}; nothing was written", source.path))?;
        } else if source.bytes != after.as_bytes() {
            let change = Change {
                path: source.path.clone(),
                file: file.clone(),
                before: &source.bytes,
                after: after.as_bytes(),
            };
            replace(file.parent().unwrap_or(file), &[change]).map_err(|error| error.to_string())?;
        }
        if !args.output.quiet {
            complain("baseline", &format!("{}: {said}", source.path));
        }
        found.replace(id, after.into_bytes());
        found.configs.baselines[number].gone.clear();
    }
    Ok(())
}

/// Refuses to write where a configuration sends it out of the project: whoever runs flint in somebody else's
/// repository named no such file.
fn stay_inside(found: &Found) -> Result<(), String> {
    let git = found.root.ancestors();
    let git = git.into_iter().find(|folder| folder.join(".git").exists());
    let top = git.unwrap_or(&found.root);
    let top = top.canonicalize().unwrap_or_else(|_| top.to_owned());
    for named in found.configs.iter().filter_map(|own| own.baseline.as_ref()) {
        let folder = named.file.parent().unwrap_or(&named.file);
        let real = named.file.canonicalize().or_else(|_| folder.canonicalize());
        // What has no folder is not written either.
        if real.is_ok_and(|real| !real.starts_with(&top)) {
            let path = &named.path;
            let error = named.at.error(format!(
                "`{path}` is outside of the project, and only --baseline FILE writes there; nothing was written"
            ));
            return Err(error.to_string());
        }
    }
    Ok(())
}

/// A baseline as it shall be, and how it differs from what it was.
fn rewritten(
    found: &Found,
    args: &LintArgs,
    number: usize,
    findings: &[Finding],
) -> (String, String) {
    let file = &found.configs.baselines[number];
    let before = Baseline::parse(found.sources.get(file.source)).unwrap_or_default();
    let is_asked = |finding: &Finding| found.in_scope(finding.at.source);
    let mut all = entries(&found.sources, &found.configs, number, findings, is_asked);
    let unread: BTreeSet<String> = found
        .unread
        .iter()
        .map(|unread| escaped(&file.base.local(&unread.path)).into_owned())
        .collect();
    // A folder that can't be looked into, too.
    let is_unread = |path: &str| {
        let mut ends = path.match_indices('/').map(|(end, _)| end);
        unread.contains(path) || ends.any(|end| unread.contains(&path[..end]))
    };
    // What this run could not see stays as it is.
    let stays = |entry: &Entry| {
        let is_unnamed = found.input.is_none() && entry.path.ends_with(super::stdin::NAME);
        !file.is_about(&entry.path)
            || is_unnamed
            || is_unread(&entry.path)
            || !could_run(found, args, number, entry)
    };
    let kept = before.entries.iter().map(|(entry, _)| entry);
    all.extend(kept.clone().filter(|entry| stays(entry)).cloned());
    let prints = |all: &mut dyn Iterator<Item = &Entry>| -> BTreeSet<String> {
        all.map(|entry| entry.fingerprint.clone()).collect()
    };
    let (old, new) = (prints(&mut kept.clone()), prints(&mut all.iter()));
    // A finding that moved on keeps its fingerprint, and one of its lines is enough.
    all.sort();
    all.dedup_by(|later, first| later.fingerprint == first.fingerprint);
    let entries = match new.len() {
        1 => "1 entry".to_owned(),
        count => format!("{count} entries"),
    };
    let (added, removed) = (new.difference(&old).count(), old.difference(&new).count());
    (
        text(&before.comments, &all),
        format!("{entries}, {added} added, {removed} removed"),
    )
}

/// Whether the rule of an entry ran, or did not because the project says so: flags are for once.
fn could_run(found: &Found, args: &LintArgs, number: usize, entry: &Entry) -> bool {
    if args.select.is_empty() && args.ignore.is_empty() {
        return true;
    }
    let outer = found.configs.baselines[number].base.outer(&entry.path);
    let Some(path) = outer else {
        return false;
    };
    let config = found.configs.of(&path);
    rules::find_in(config, &entry.rule)
        .is_some_and(|(front, _)| config.runs(front.name, front.group.name(), &path))
}
