//! `flint fix`: write what is certain, show the rest.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::session::{
    FILES, open, reaches_threshold, reported, style, summary, tell, tell_nothing,
};
use super::{Exit, FixArgs, baseline, complain, print, stdout_refused};
use crate::discover::Found;
use crate::finding::Safety;
use crate::fix::write::{Change, replace};
use crate::fix::{Allowed, Plan, patch, plan};
use crate::project::Project;
use crate::report::{OutputFormat, Report, Run, render};
use crate::text::SourceId;

/// Runs the command.
pub(super) fn run(args: &FixArgs) -> Result<Exit, String> {
    let mut found = open(&args.lint, None)?;
    baseline::read(&mut found, &args.lint, args.baseline.as_deref(), false)?;
    let found = found;
    let allowed = Allowed {
        safe: true,
        unsafe_: args.unsafe_ || args.dry_run && !args.safe,
    };
    let in_scope = |source: SourceId| found.in_scope(source);
    let plan = plan(&found.sources, &found.configs, allowed, &in_scope);
    let failed = tell(&found, &plan.left.internal_errors);
    if found
        .sources
        .0
        .iter()
        .all(|source| !found.in_scope(source.id))
        && !failed
    {
        tell_nothing(FILES, &args.lint, &found);
    }
    for rule in &plan.refused {
        complain(
            "error",
            &format!(
                "the fix of {rule} would change more than it says and was left out; please report this"
            ),
        );
    }
    let outcome = if args.dry_run {
        dry_run(&found, &plan)
    } else {
        apply(args, &found, &plan)
    }?;
    Ok(if failed || !plan.refused.is_empty() {
        Exit::Failed
    } else {
        outcome
    })
}

/// Prints the patch; nothing is written.
fn dry_run(found: &Found, plan: &Plan) -> Result<Exit, String> {
    let top = patch_root(&found.root);
    let mut out = Vec::new();
    let mut files = 0;
    for (before, after) in found.sources.0.iter().zip(&plan.sources.0) {
        let mut remarks: Vec<String> = plan
            .applied
            .iter()
            .filter(|applied| {
                applied.safety == Safety::Unsafe && applied.sources.contains(&before.id)
            })
            .map(|applied| format!("unsafe {}: {}", applied.rule, applied.risk))
            .collect();
        remarks.dedup();
        let file = &found.files[before.id.0 as usize];
        let path = file.strip_prefix(&top).unwrap_or(file);
        let text = patch::unified(before, after, &header_path(path), &remarks);
        files += usize::from(!text.is_empty());
        out.extend(text);
    }
    let count = |safety| {
        plan.applied
            .iter()
            .filter(|applied| applied.safety == safety)
            .count()
    };
    let (safe, risky) = (count(Safety::Safe), count(Safety::Unsafe));
    let exit = if out.is_empty() {
        Exit::Clean
    } else {
        Exit::Found
    };
    let exit = print(&out, exit)?;
    say(&format!(
        "{} would change: {} (flint fix), {risky} unsafe{}.",
        number(files, "file"),
        number(safe, "safe fix"),
        if risky > 0 {
            " (flint fix --unsafe)"
        } else {
            ""
        }
    ));
    Ok(exit)
}

/// Writes the files, then reports what is left.
fn apply(args: &FixArgs, found: &Found, plan: &Plan) -> Result<Exit, String> {
    if let Some(input) = &found.input {
        // What is excluded comes out as it went in: the output takes the place of a file.
        let own = plan
            .sources
            .0
            .iter()
            .find(|source| found.in_scope(source.id));
        let bytes = own.map_or(input, |source| &source.bytes);
        let left = reported(found, plan.left.findings.clone(), false);
        let changed = bytes != input && args.fail_on_change;
        let exit = if changed || reaches_threshold(found, &left) {
            Exit::Found
        } else {
            Exit::Clean
        };
        return print(bytes, exit);
    }
    let changes: Vec<Change> = found
        .sources
        .0
        .iter()
        .zip(&plan.sources.0)
        .filter(|(before, after)| before.bytes != after.bytes)
        .map(|(before, after)| Change {
            path: before.path.clone(),
            file: found.files[before.id.0 as usize].clone(),
            before: &before.bytes,
            after: &after.bytes,
        })
        .collect();
    replace(&found.root, &changes).map_err(|error| error.to_string())?;
    let project = Project::read(&plan.sources, &found.configs, &[]);
    let findings = reported(found, plan.left.findings.clone(), false);
    let report = Report {
        sources: &plan.sources,
        findings: &findings,
        summary: summary(found, &project, &findings),
        run: Run::default(),
    };
    if report.summary.files > 0 {
        match render(
            OutputFormat::Full,
            &report,
            &style(&args.lint.output),
            &mut io::stdout().lock(),
        ) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                return Err(stdout_refused(&error));
            }
            _ => {}
        }
    }
    if !changes.is_empty() && !args.lint.output.quiet {
        say(&format!(
            "Fixed {} in {}.",
            number(plan.applied.len(), "problem"),
            number(changes.len(), "file")
        ));
    }
    let counts = !changes.is_empty() && args.fail_on_change;
    Ok(if counts || reaches_threshold(found, &findings) {
        Exit::Found
    } else {
        Exit::Clean
    })
}

/// The folder that paths of a patch are relative to: the git root. Without one the current folder, where
/// `patch -p1` is about to run, or else the project root.
fn patch_root(root: &Path) -> PathBuf {
    let git = root.ancestors().find(|folder| folder.join(".git").exists());
    let current = || std::env::current_dir().unwrap_or_default();
    let top = git.map_or_else(current, Path::to_owned);
    if root.starts_with(&top) {
        top
    } else {
        root.to_owned()
    }
}

/// A path with `/` between its parts, as the bytes that the file system knows.
fn header_path(path: &Path) -> Vec<u8> {
    let parts: Vec<&[u8]> = path.iter().map(OsStr::as_encoded_bytes).collect();
    parts.join(&b'/')
}

/// `1 file`, `2 safe fixes`.
fn number(count: usize, noun: &str) -> String {
    match (count, noun.strip_suffix('x')) {
        (1, _) => format!("1 {noun}"),
        (_, Some(_)) => format!("{count} {noun}es"),
        (_, None) => format!("{count} {noun}s"),
    }
}

/// A line on standard error.
fn say(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}
