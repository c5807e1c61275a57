//! A summary for people in GitHub's Markdown, as `$GITHUB_STEP_SUMMARY` and comments take it: a table of
//! the findings, and the patch of each fix folded below.

use std::collections::BTreeMap;
use std::io;

use super::full::{count, place};
use super::memory::markdown::escaped;
use super::shown::{self, most_severe_first, number};
use super::terminal::visible;
use super::{Places, Report, Style};
use crate::finding::{Finding, Fix, Safety, Severity};
use crate::text::SourceId;

mod diff;
#[cfg(test)]
mod tests;

/// What the summary of a step may hold is 1 MiB. The rest is for what other commands of the step say.
const MOST_BYTES: usize = 1_000_000;
/// How much of that the table takes; patches have the rest.
const MOST_TABLE: usize = 600_000;

/// Writes the summary, and says what had to be left out.
pub(super) fn render(
    report: &Report<'_>,
    style: &Style,
    out: &mut impl io::Write,
) -> io::Result<Option<String>> {
    let mut page = Page {
        report,
        places: Places::new(report.sources),
        text: String::new(),
    };
    let order = most_severe_first(report.findings);
    let findings = order.into_iter().map(|index| &report.findings[index]);
    let findings: Vec<&Finding> = findings
        .filter(|finding| !style.quiet || finding.severity > Severity::Note)
        .collect();
    page.head();
    let rows = page.table(&findings);
    let (fixes, patches) = page.patches(&findings);
    let left: Vec<String> = [
        (findings.len() - rows, "finding"),
        (fixes - patches, "patch"),
    ]
    .into_iter()
    .filter(|(left, _)| *left > 0)
    .map(|(left, noun)| match (left, noun) {
        (1, _) | (_, "finding") => number(left, noun),
        _ => format!("{left} patches"),
    })
    .collect();
    let remark = (!left.is_empty()).then(|| {
        let left = left.join(" and ");
        format!("markdown: {left} left out: the summary of a step holds 1 MiB")
    });
    if !left.is_empty() {
        let left = left.join(" and ");
        page.text.push_str(&format!(
            "\n{left} more, for which there is no room here: `flint check` lists all, `flint fix --dry-run` prints every patch.\n"
        ));
    }
    out.write_all(page.text.as_bytes())?;
    Ok(remark)
}

struct Page<'r> {
    report: &'r Report<'r>,
    places: Places<'r>,
    text: String,
}

impl Page<'_> {
    /// `### flint: 2 problems`, and what was checked.
    fn head(&mut self) {
        let summary = &self.report.summary;
        if summary.files == 0 && self.report.findings.is_empty() {
            let nothing = "### flint: nothing to check\n\nNo Flink, sysctl or job files.\n";
            self.text.push_str(nothing);
            return;
        }
        let problems = match summary.errors + summary.warnings {
            0 => "no problems".to_owned(),
            problems => number(problems, "problem"),
        };
        let kinds = [
            (summary.errors, "error"),
            (summary.warnings, "warning"),
            (summary.notes, "note"),
        ];
        let mut parts: Vec<String> = kinds
            .into_iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, noun)| shown::number(number, noun))
            .collect();
        parts.push(place(summary));
        self.text.push_str(&format!(
            "### flint: {problems}\n\n{}\n",
            escaped(&parts.join(", "))
        ));
        let commands = [
            (summary.safe_fixes, "safe fix", "safe fixes", "flint fix"),
            (
                summary.unsafe_fixes,
                "unsafe fix",
                "unsafe fixes",
                "flint fix --unsafe",
            ),
        ];
        let commands: Vec<String> = commands
            .into_iter()
            .filter(|(number, ..)| *number > 0)
            .map(|(number, one, many, command)| {
                format!("{}: `{command}`", count(number, one, many))
            })
            .collect();
        if !commands.is_empty() {
            self.text.push_str(&format!("\n{}\n", commands.join(", ")));
        }
    }

    /// A row for each finding, as many as have room.
    fn table(&mut self, findings: &[&Finding]) -> usize {
        if findings.is_empty() {
            return 0;
        }
        self.text
            .push_str("\n| | where | what | rule |\n|---|---|---|---|\n");
        for (rows, finding) in findings.iter().enumerate() {
            let row = self.row(finding);
            if self.text.len() + row.len() > MOST_TABLE {
                return rows;
            }
            self.text.push_str(&row);
        }
        findings.len()
    }

    fn row(&mut self, finding: &Finding) -> String {
        let word = match &finding.suppressed {
            Some(_) => "ignored",
            None => finding.severity.name(),
        };
        let mut what = with_code(&finding.message);
        if let Some(suppressed) = &finding.suppressed {
            let reason = escaped(suppressed.reason.trim());
            what.push_str(&format!(" ({}: {reason})", suppressed.by));
        }
        format!(
            "| {word} | {} | {what} | {} |\n",
            escaped(&self.at(finding)),
            escaped(&finding.rule)
        )
    }

    /// `path:line`.
    fn at(&mut self, finding: &Finding) -> String {
        let source = self.report.sources.get(finding.at.source);
        let line = self.places.start(finding.at).line;
        format!("{}:{line}", self.report.path_of(source))
    }

    /// The patches of all fixes that may be shown, as many as have room; how many there are, and how many
    /// are written.
    fn patches(&mut self, findings: &[&Finding]) -> (usize, usize) {
        let (mut fixes, mut written) = (0, 0);
        let mut hidden = diff::Hidden::default();
        let mut is_full = false;
        for finding in findings.iter().filter(|own| own.suppressed.is_none()) {
            let Some(fix) = shown::fix(self.report.sources, finding) else {
                continue;
            };
            fixes += 1;
            if is_full {
                continue;
            }
            let Some(patch) = self.patch(finding, fix, &mut hidden) else {
                continue;
            };
            is_full = self.text.len() + patch.len() > MOST_BYTES;
            if !is_full {
                self.text.push_str(&patch);
                written += 1;
            }
        }
        (fixes, written)
    }

    /// The patch of one fix; none where the lines that it changes are too long for anybody to read.
    fn patch(&mut self, finding: &Finding, fix: &Fix, hidden: &mut diff::Hidden) -> Option<String> {
        let title = format!(
            "{} {}: {} ({})",
            self.at(finding),
            finding.rule,
            fix.title,
            fix.safety.name()
        );
        let mut patch = String::new();
        let mut files: BTreeMap<SourceId, Vec<_>> = BTreeMap::new();
        for edit in &fix.edits {
            files.entry(edit.source).or_default().push(edit);
        }
        for (id, edits) in files {
            let source = self.report.sources.get(id);
            let name = visible(self.report.path_of(source));
            patch.push_str(&format!("--- a/{name}\n+++ b/{name}\n"));
            diff::hunks(source, &edits, finding, hidden, &mut patch)?;
        }
        let fence = fence(&patch);
        let risk = match fix.safety {
            Safety::Safe => String::new(),
            Safety::Unsafe => format!("{}\n\n", escaped(fix.risk.trim())),
        };
        Some(format!(
            "\n<details>\n<summary>{}</summary>\n\n{risk}{fence}diff\n{patch}{fence}\n\n</details>\n",
            html(&title)
        ))
    }
}

/// A fence longer than every run of backquotes in a text.
fn fence(text: &str) -> String {
    let mut longest = 0;
    let mut run = 0;
    for c in text.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    "`".repeat((longest + 1).max(3))
}

/// A text on one line of HTML.
fn html(text: &str) -> String {
    let text = visible(text).replace('&', "&amp;");
    text.replace('<', "&lt;").replace('>', "&gt;")
}

/// A text in a cell, what stands between backquotes as code.
fn with_code(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return escaped(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for (index, part) in parts.into_iter().enumerate() {
        let is_code = index % 2 == 1 && !part.trim().is_empty();
        if is_code {
            // A backslash keeps a bar from ending the cell, in code, too.
            let code = visible(part).replace('|', "\\|");
            out.push_str(&format!("`{code}`"));
        } else {
            let plain = escaped(part);
            let quotes = if index % 2 == 1 { "\\`" } else { "" };
            out.push_str(&format!("{quotes}{plain}{quotes}"));
        }
    }
    out
}
