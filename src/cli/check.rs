//! `flint check`: report problems.

use super::session::{
    FILES, open, reaches_threshold, reported, style, summary, tell, tell_files, tell_nothing,
    thresholds,
};
use super::{CheckArgs, Exit, baseline, output, since};
use crate::lint::lint;
use crate::project::Project;
use crate::report::{Report, Run, Summary};

/// Runs the command.
pub(super) fn run(args: &CheckArgs) -> Result<Exit, String> {
    output::check(&args.format)?;
    let question = since::question(args)?;
    let mut found = open(&args.lint, args.error_on)?;
    output::spare_sources(&args.format, &found)?;
    let (flag, write) = (args.baseline.as_deref(), args.write_baseline);
    baseline::read(&mut found, &args.lint, flag, write)?;
    if write {
        baseline::write(&mut found, &args.lint, flag)?;
    }
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
    let failed = tell(&found, &linted.internal_errors)
        || before.as_ref().is_some_and(|before| before.failed);
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
        tell_nothing(FILES, &args.lint, &found);
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
        run: Run {
            paths: output::paths(&found, &findings),
            thresholds: thresholds(&found, &findings),
            policies: found.configs.policies().collect(),
            exit_code: exit.code(),
            statistics: args.statistics,
        },
    };
    output::write(&args.format, &report, &style(&args.lint.output))?;
    // The process is about to end: the system takes all memory back at once, and not piece by piece.
    std::mem::forget(project);
    std::mem::forget(found);
    Ok(exit)
}
