//! `flint check`: report problems.

use std::fs::File;
use std::io;
use std::path::Path;

use super::session::{open, reaches_threshold, reported, style, summary, tell, tell_files};
use super::{CheckArgs, Exit, complain, since};
use crate::lint::lint;
use crate::project::Project;
use crate::report::{OutputFormat, Report, Summary, render};

/// Runs the command.
pub(super) fn run(args: &CheckArgs) -> Result<Exit, String> {
    let question = since::question(args)?;
    let found = open(&args.lint, args.error_on)?;
    let mut before = match &question {
        Some(question) => Some(since::read(question, &args.lint, &found)?),
        None => None,
    };
    let resources = before
        .as_mut()
        .map(|before| std::mem::take(&mut before.resources));
    let project = Project::read(&found.sources, &found.configs, &[]);
    let project = project.after(resources.unwrap_or_default());
    let mut linted = lint(&project, &found.configs);
    let failed = tell(&found, &linted) || before.as_ref().is_some_and(|before| before.failed);
    let since = before.map(|before| {
        let (left, since) = before.subtract(&found, std::mem::take(&mut linted.findings));
        linted.findings = left;
        since
    });
    if args.lint.output.verbose {
        tell_files(&found, &project.deployments());
    }
    let all = reported(&found, linted.findings, true);
    let counts = Summary {
        since,
        ..summary(&found, &project, &all)
    };
    let findings: Vec<_> = all
        .into_iter()
        .filter(|finding| args.show_ignored || finding.suppressed.is_none())
        .collect();
    if counts.files == 0 && !failed {
        let places: Vec<String> = args
            .lint
            .paths
            .iter()
            .map(|path| path.display().to_string())
            .collect();
        let place = if places.is_empty() {
            ".".to_owned()
        } else {
            places.join(", ")
        };
        complain(
            "warning",
            &format!("no Flink, sysctl or job files under {place}"),
        );
    }
    let exit = if failed {
        Exit::Failed
    } else if reaches_threshold(&found, &findings) {
        Exit::Found
    } else {
        Exit::Clean
    };
    let report = Report {
        sources: &found.sources,
        findings: &findings,
        summary: counts,
    };
    let default = [(OutputFormat::Full, None)];
    let formats = if args.format.is_empty() {
        default.as_slice()
    } else {
        &args.format
    };
    let since = report.summary.since.as_ref();
    let has_fixed = since.is_some_and(|since| since.problems() > 0);
    let mut style = style(&args.lint.output);
    for (format, file) in formats {
        // "No problems" about nothing would be a claim.
        let nothing = report.summary.files == 0 && !has_fixed && *format != OutputFormat::Json;
        let written = match file {
            Some(path) => {
                style.color = false;
                let mut out =
                    File::create(path).map_err(|error| format!("{}: {error}", path.display()))?;
                render(*format, &report, &style, &mut out)
            }
            None if nothing => Ok(()),
            None => render(*format, &report, &style, &mut io::stdout().lock()),
        };
        match written {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                let place = file.as_deref().unwrap_or(Path::new("standard output"));
                return Err(format!("{}: {error}", place.display()));
            }
            _ => {}
        }
    }
    Ok(exit)
}
