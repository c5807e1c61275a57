//! One file per output format: findings in, text out. Knows no rules and no input formats.

use std::collections::BTreeMap;
use std::io;

use places::Places;

use crate::finding::{Finding, Safety, Severity};
use crate::page::Policy;
use crate::text::{Place, Source, SourceId, Sources};

mod about;
mod concise;
pub mod config;
pub mod explain;
mod frame;
mod full;
mod github;
mod gitlab;
mod json;
mod json_text;
mod junit;
mod line;
mod markdown;
pub mod memory;
mod places;
mod rdjson;
#[cfg(test)]
mod samples;
mod sarif;
pub mod schema;
pub mod show;
mod shown;
mod statistics;
mod terminal;

/// A text with its control characters made visible, so that a file's bytes never reach a terminal raw.
pub fn plain(text: &str) -> std::borrow::Cow<'_, str> {
    terminal::visible(text)
}

/// What a run has to say.
#[derive(Clone, Debug)]
pub struct Report<'r> {
    /// The sources that findings point into.
    pub sources: &'r Sources,
    /// The findings in their final order; silenced ones only where they shall be shown.
    pub findings: &'r [Finding],
    /// The numbers of the run.
    pub summary: Summary,
    /// How it was run, and where.
    pub run: Run,
}

/// What a report says of its run beyond numbers.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// What files are called from the root of the repository, where that is not their path: pull requests
    /// know no other root, and no links.
    pub paths: BTreeMap<SourceId, String>,
    /// The exit code to which it comes.
    pub exit_code: u8,
    /// From which severity on a finding makes the run fail, for files where that is not a warning; `None`
    /// where none does.
    pub thresholds: BTreeMap<SourceId, Option<Severity>>,
    /// The rules of an organisation's own that ran.
    pub policies: Vec<&'static Policy>,
    /// Whether `full` and `concise` print the counts of each rule instead of findings, and `json` has them.
    pub statistics: bool,
}

impl Report<'_> {
    /// Whether a finding makes the run fail.
    fn fails(&self, finding: &Finding) -> bool {
        let own = self.run.thresholds.get(&finding.at.source).copied();
        let threshold = own.unwrap_or(Some(Severity::Warning));
        finding.suppressed.is_none()
            && threshold.is_some_and(|threshold| finding.severity >= threshold)
    }

    /// What a file is called from the root of the repository.
    fn path_of<'s>(&'s self, source: &'s Source) -> &'s str {
        self.run.paths.get(&source.id).unwrap_or(&source.path)
    }
}

/// The numbers of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// How many files were read.
    pub files: usize,
    /// How many deployments they form.
    pub deployments: usize,
    /// The Flink versions in question, as shown: `Flink 1.20`, `Flink 1.13-1.20`.
    pub versions: Option<String>,
    /// What the versions were taken from: `flint.toml`, `image tag in deploy/job.yaml:12`.
    pub version_why: Option<String>,
    /// Findings that are errors and not silenced.
    pub errors: usize,
    /// Findings that are warnings and not silenced.
    pub warnings: usize,
    /// Findings that are notes and not silenced.
    pub notes: usize,
    /// Findings with a safe fix.
    pub safe_fixes: usize,
    /// Findings with an unsafe fix.
    pub unsafe_fixes: usize,
    /// Findings that a comment, the configuration or the baseline silences.
    pub suppressed: usize,
    /// Those of them that the baseline silences.
    pub known: usize,
    /// What this run is compared with, where only what is new is reported.
    pub since: Option<Since>,
}

/// What only the new findings were left of (`--since`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Since {
    /// The revision as it was named.
    pub reference: String,
    /// The commit whose files were compared with, where the revision has one.
    pub commit: Option<String>,
    /// What was found there and is gone, in the order of that tree.
    pub fixed: Vec<Fixed>,
}

/// A finding of the tree before, which is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fixed {
    /// Name of the rule.
    pub rule: String,
    /// How bad it was.
    pub severity: Severity,
    /// What was wrong.
    pub message: String,
    /// The file in the tree before.
    pub path: String,
    /// Where it began in that file.
    pub place: Place,
    /// Its fingerprint.
    pub fingerprint: String,
}

impl Since {
    /// How many errors and warnings are gone.
    pub fn problems(&self) -> usize {
        let all = self.fixed.iter();
        all.filter(|fixed| fixed.severity > Severity::Note).count()
    }

    /// The errors and warnings that are gone: `path: warning[rule] message`.
    fn lines(&self) -> impl Iterator<Item = String> {
        let all = self.fixed.iter();
        let problems = all.filter(|fixed| fixed.severity > Severity::Note);
        problems.map(|fixed| {
            let (path, rule) = (plain(&fixed.path), plain(&fixed.rule));
            let (severity, message) = (fixed.severity.name(), plain(&fixed.message));
            format!("{path}: {severity}[{rule}] {message}")
        })
    }
}

impl Summary {
    /// Counts findings, silenced ones included in the list; what was read is for the caller to add.
    pub fn of(findings: &[Finding]) -> Self {
        let mut summary = Summary::default();
        for finding in findings {
            if let Some(suppressed) = &finding.suppressed {
                summary.suppressed += 1;
                summary.known += usize::from(suppressed.by == "baseline");
                continue;
            }
            match finding.severity {
                Severity::Error => summary.errors += 1,
                Severity::Warning => summary.warnings += 1,
                Severity::Note => summary.notes += 1,
            }
            match finding.fix.as_ref().map(|fix| fix.safety) {
                Some(Safety::Safe) => summary.safe_fixes += 1,
                Some(Safety::Unsafe) => summary.unsafe_fixes += 1,
                None => (),
            }
        }
        summary
    }
}

/// How output for people looks. Nothing else decides it: no environment, no terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether ANSI colours are written.
    pub color: bool,
    /// The columns of the terminal.
    pub width: usize,
    /// Whether frames are drawn in ASCII.
    pub ascii: bool,
    /// Whether problems are all that is shown: no notes, no summary.
    pub quiet: bool,
}

impl Default for Style {
    fn default() -> Self {
        Style {
            color: false,
            width: 100,
            ascii: false,
            quiet: false,
        }
    }
}

/// The output formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OutputFormat {
    /// For people: a source frame for each problem.
    Full,
    /// One line for each finding.
    Concise,
    /// One JSON document.
    Json,
    /// SARIF 2.1.0: code scanning of GitHub, editors.
    Sarif,
    /// Commands that make annotations of a run on GitHub.
    Github,
    /// The code quality report of GitLab.
    Gitlab,
    /// `JUnit` XML: Jenkins and nearly every other CI.
    Junit,
    /// reviewdog's diagnostics, with suggestions.
    Rdjson,
    /// A summary with tables and diffs.
    Markdown,
}

impl OutputFormat {
    /// Every format.
    pub const ALL: [OutputFormat; 9] = [
        OutputFormat::Full,
        OutputFormat::Concise,
        OutputFormat::Json,
        OutputFormat::Sarif,
        OutputFormat::Github,
        OutputFormat::Gitlab,
        OutputFormat::Junit,
        OutputFormat::Rdjson,
        OutputFormat::Markdown,
    ];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            OutputFormat::Full => "full",
            OutputFormat::Concise => "concise",
            OutputFormat::Json => "json",
            OutputFormat::Sarif => "sarif",
            OutputFormat::Github => "github",
            OutputFormat::Gitlab => "gitlab",
            OutputFormat::Junit => "junit",
            OutputFormat::Rdjson => "rdjson",
            OutputFormat::Markdown => "markdown",
        }
    }

    /// The format of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// Whether it is lines of a log, which others may follow, and not a whole document.
    pub fn is_log(self) -> bool {
        matches!(
            self,
            OutputFormat::Full | OutputFormat::Concise | OutputFormat::Github
        )
    }

    /// Whether it says nothing where nothing was read: "no problems" about nothing would be a claim.
    fn is_silent_about_nothing(self) -> bool {
        matches!(self, OutputFormat::Full | OutputFormat::Concise)
    }
}

/// Writes a report, and says what had to be left out of it, if anything. An error is one of `out`, a
/// closed pipe for example.
pub fn render(
    format: OutputFormat,
    report: &Report<'_>,
    style: &Style,
    out: &mut dyn io::Write,
) -> io::Result<Option<String>> {
    let since = report.summary.since.as_ref();
    let has_fixed = since.is_some_and(|since| since.problems() > 0);
    let nothing = report.summary.files == 0 && report.findings.is_empty() && !has_fixed;
    if nothing && format.is_silent_about_nothing() {
        return Ok(None);
    }
    let mut out = io::BufWriter::with_capacity(1 << 16, out);
    let all = |()| None;
    let written = match format {
        OutputFormat::Full => full::render(report, style, &mut out).map(all),
        OutputFormat::Concise => concise::render(report, style, &mut out).map(all),
        OutputFormat::Json => json::render(report, &mut out).map(all),
        OutputFormat::Sarif => sarif::render(report, &mut out),
        OutputFormat::Github => github::render(report, style, &mut out).map(all),
        OutputFormat::Gitlab => gitlab::render(report, &mut out).map(all),
        OutputFormat::Junit => junit::render(report, &mut out).map(all),
        OutputFormat::Rdjson => rdjson::render(report, &mut out).map(all),
        OutputFormat::Markdown => markdown::render(report, style, &mut out),
    }
    .and_then(|rest| io::Write::flush(&mut out).map(|()| rest));
    // After an error the buffer is thrown away: dropping the writer would try once more.
    let _ = out.into_parts();
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples::{self, finding};

    #[test]
    fn formats_are_known_by_their_names() {
        for format in OutputFormat::ALL {
            assert_eq!(OutputFormat::parse(format.name()), Some(format));
        }
        assert_eq!(OutputFormat::parse("xml"), None);
    }

    #[test]
    fn the_summary_counts_what_is_not_silenced() {
        let (_, findings) = samples::deploy();
        let summary = Summary::of(&findings);
        assert_eq!((summary.errors, summary.warnings, summary.notes), (1, 2, 1));
        assert_eq!((summary.safe_fixes, summary.unsafe_fixes), (1, 1));
        assert_eq!(summary.suppressed, 1);
    }

    #[test]
    fn a_failing_writer_ends_the_report_with_its_error() {
        struct Closed(usize);
        impl io::Write for Closed {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                assert!(self.0 > 0, "written to after the error");
                self.0 -= 1;
                if self.0 == 0 {
                    return Err(io::ErrorKind::BrokenPipe.into());
                }
                Ok(bytes.len())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let mut sources = Sources::default();
        let id = sources.add("a", "key: value\n");
        let findings = vec![finding(id, 0..3); 2000];
        let report = Report {
            sources: &sources,
            findings: &findings,
            summary: Summary::of(&findings),
            run: Run::default(),
        };
        for format in OutputFormat::ALL {
            // What has a limit is written at once.
            let is_short = matches!(format, OutputFormat::Github | OutputFormat::Markdown);
            for writes in if is_short { 1..=1 } else { 1..=2 } {
                let result = render(format, &report, &Style::default(), &mut Closed(writes));
                assert_eq!(
                    result.expect_err("the pipe is closed").kind(),
                    io::ErrorKind::BrokenPipe
                );
            }
        }
    }
}
