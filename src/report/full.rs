//! For people: a source frame for each problem, one line for each note, and what it adds up to.

use std::io::{self, Write};

use super::frame::Frames;
use super::terminal::{Paint, Tone, visible, width, wrap};
use super::{Places, Report, Style, Summary, statistics};
use crate::finding::{Finding, Fix, Location, Safety, Severity, Suppressed};

#[cfg(test)]
mod tests;

/// The column at which the command of a fix starts where its title leaves room.
const COMMAND_COLUMN: usize = 51;

/// Writes the whole report.
pub(super) fn render(report: &Report<'_>, style: &Style, out: &mut impl Write) -> io::Result<()> {
    if report.run.statistics && !report.findings.is_empty() {
        return statistics::render(report, style, out);
    }
    let mut full = Full {
        report,
        style,
        paint: Paint { on: style.color },
        frames: Frames::new(style),
        places: Places::new(report.sources),
    };
    let shown = report.findings.iter();
    for finding in shown.clone().filter(|finding| is_problem(finding)) {
        full.problem(finding, out)?;
    }
    if !style.quiet {
        full.lines(shown.clone().filter(|finding| is_note(finding)), out)?;
    }
    full.lines(shown.filter(|finding| finding.suppressed.is_some()), out)?;
    if style.quiet {
        return Ok(());
    }
    writeln!(out, "{}", full.total())?;
    let fixes = full.fixes();
    if !fixes.is_empty() {
        writeln!(out, "{fixes}")?;
    }
    full.mended(out)
}

fn is_problem(finding: &Finding) -> bool {
    finding.severity > Severity::Note && finding.suppressed.is_none()
}

fn is_note(finding: &Finding) -> bool {
    finding.severity == Severity::Note && finding.suppressed.is_none()
}

struct Full<'r> {
    report: &'r Report<'r>,
    style: &'r Style,
    paint: Paint,
    frames: Frames,
    places: Places<'r>,
}

impl Full<'_> {
    fn problem(&mut self, finding: &Finding, out: &mut impl Write) -> io::Result<()> {
        let source = self.report.sources.get(finding.at.source);
        let place = self.places.start(finding.at);
        let rule = visible(&finding.rule);
        let head = format!("{}[{rule}]", finding.severity.name());
        let tone = match finding.severity {
            Severity::Error => Tone::Error,
            Severity::Warning => Tone::Warning,
            Severity::Note => Tone::Note,
        };
        let message = visible(&finding.message);
        writeln!(
            out,
            "{}: {}",
            self.paint.tone(tone, &head),
            self.paint.tone(Tone::Strong, &message)
        )?;
        let mut frame = String::with_capacity(1024);
        let left = self.frames.draw(&mut frame, source, finding, place);
        out.write_all(frame.as_bytes())?;
        if left.label {
            self.hanging("  here: ", &finding.label, out)?;
        }
        self.hanging("  why: ", &finding.help, out)?;
        for related in left.related {
            let text = format!("{} {}", self.at(related.at), related.message);
            self.hanging("  also: ", &text, out)?;
        }
        if let Some(fix) = &finding.fix {
            self.fix(fix, out)?;
        }
        writeln!(
            out,
            "{} flint explain {rule}\n",
            self.paint.tone(Tone::Mark, "  docs:")
        )
    }

    /// `path:line:column`.
    fn at(&mut self, at: Location) -> String {
        let place = self.places.aside(at.source, at.span.start);
        let path = &self.report.sources.get(at.source).path;
        format!("{}:{}:{}", visible(path), place.line, place.column)
    }

    /// A text behind its name, its further lines below its first; nothing for an empty text.
    fn hanging(&self, name: &str, text: &str, out: &mut impl Write) -> io::Result<()> {
        let indent = width(name);
        let lines = wrap(text.trim(), self.style.width.saturating_sub(indent));
        for (index, line) in lines.iter().enumerate() {
            if index == 0 {
                writeln!(out, "{}{line}", self.paint.tone(Tone::Mark, name))?;
            } else if line.is_empty() {
                writeln!(out)?;
            } else {
                writeln!(out, "{:indent$}{line}", "")?;
            }
        }
        Ok(())
    }

    /// What the fix does, what it risks, and the command that applies it.
    fn fix(&self, fix: &Fix, out: &mut impl Write) -> io::Result<()> {
        let name = format!("  fix ({}): ", fix.safety.name());
        let (command, risk) = match fix.safety {
            Safety::Safe => ("flint fix", ""),
            Safety::Unsafe => ("flint fix --unsafe", fix.risk.trim()),
        };
        let mut text = fix.title.trim().to_owned();
        if !risk.is_empty() {
            text.push_str("; ");
            text.push_str(risk);
        }
        let indent = width(&name);
        let lines = wrap(&text, self.style.width.saturating_sub(indent));
        let painted = self.paint.tone(Tone::Strong, command);
        for (index, line) in lines.iter().enumerate() {
            if index == 0 {
                write!(out, "{}{line}", self.paint.tone(Tone::Mark, &name))?;
            } else {
                write!(out, "\n{:indent$}{line}", "")?;
            }
        }
        let used = indent + lines.last().map_or(0, |line| width(line));
        let fits = |column: usize| column + command.len() <= self.style.width;
        if used + 3 <= COMMAND_COLUMN && fits(COMMAND_COLUMN) {
            writeln!(
                out,
                "{:blanks$}{painted}",
                "",
                blanks = COMMAND_COLUMN - used
            )
        } else if fits(used + 3) {
            writeln!(out, "   {painted}")
        } else {
            writeln!(out, "\n{:indent$}{painted}", "")
        }
    }

    /// Findings of one line each, and a blank line after the last.
    fn lines<'f>(
        &mut self,
        findings: impl Iterator<Item = &'f Finding>,
        out: &mut impl Write,
    ) -> io::Result<()> {
        let mut any = false;
        for finding in findings {
            any = true;
            let place = self.at(finding.at);
            let (rule, message) = (visible(&finding.rule), visible(&finding.message));
            if let Some(suppressed) = &finding.suppressed {
                let line = format!("ignored[{rule}] {place} {message} ({})", why(suppressed));
                writeln!(out, "{}", self.paint.tone(Tone::Quiet, &line))?;
            } else {
                let head = format!("note[{rule}]");
                writeln!(
                    out,
                    "{} {place} {message}",
                    self.paint.tone(Tone::Note, &head)
                )?;
            }
        }
        if any {
            writeln!(out)?;
        }
        Ok(())
    }

    /// `2 problems (1 error, 1 warning) in 1 deployment, 5 files, Flink 1.20 (flint.toml)`.
    fn total(&self) -> String {
        let summary = &self.report.summary;
        let problems = summary.errors + summary.warnings;
        let notes = count(summary.notes, "note", "notes");
        let mut place = place(summary);
        let known = match summary.known {
            0 => String::new(),
            known => format!("; the baseline holds {known}"),
        };
        if problems == 0 {
            let clean = match &summary.since {
                None => "No problems".to_owned(),
                Some(since) => format!("No new problems since {}", visible(&since.reference)),
            };
            let clean = self.paint.tone(Tone::Good, &clean);
            let notes = if summary.notes == 0 {
                String::new()
            } else {
                format!(" {notes}.")
            };
            return format!("{clean} in {place}{known}.{notes}");
        }
        if let (Some(_), Some(why)) = (&summary.versions, &summary.version_why) {
            place.push_str(" (");
            place.push_str(&visible(why));
            place.push(')');
        }
        let kinds = [
            (summary.errors, count(summary.errors, "error", "errors")),
            (
                summary.warnings,
                count(summary.warnings, "warning", "warnings"),
            ),
        ];
        let kinds: Vec<_> = kinds
            .into_iter()
            .filter(|(number, _)| *number > 0)
            .map(|(_, text)| text)
            .collect();
        let problems = match &summary.since {
            None => count(problems, "problem", "problems"),
            Some(_) => count(problems, "new problem", "new problems"),
        };
        let problems = self.paint.tone(Tone::Strong, &problems);
        let since = summary.since.as_ref();
        let since = since.map_or_else(String::new, |since| {
            format!(" since {}", visible(&since.reference))
        });
        let notes = if summary.notes == 0 {
            String::new()
        } else {
            format!(" and {notes}")
        };
        format!(
            "{problems} ({}){notes}{since} in {place}{known}",
            kinds.join(", ")
        )
    }

    /// `fixed since main: 2 problems`, and each on a line of its own.
    fn mended(&self, out: &mut impl Write) -> io::Result<()> {
        let Some(since) = &self.report.summary.since else {
            return Ok(());
        };
        let problems = since.problems();
        if problems == 0 {
            return Ok(());
        }
        let head = format!("fixed since {}:", visible(&since.reference));
        let number = count(problems, "problem", "problems");
        writeln!(out, "{} {number}", self.paint.tone(Tone::Good, &head))?;
        for line in since.lines() {
            writeln!(out, "  {line}")?;
        }
        Ok(())
    }

    /// `1 safe fix: flint fix   1 unsafe fix: flint fix --unsafe`.
    fn fixes(&self) -> String {
        let summary = &self.report.summary;
        let kinds = [
            (summary.safe_fixes, "safe", "flint fix"),
            (summary.unsafe_fixes, "unsafe", "flint fix --unsafe"),
        ];
        let kinds: Vec<_> = kinds
            .into_iter()
            .filter(|(number, ..)| *number > 0)
            .map(|(number, kind, command)| {
                let fixes = if number == 1 { "fix" } else { "fixes" };
                let command = self.paint.tone(Tone::Strong, command);
                format!("{number} {kind} {fixes}: {command}")
            })
            .collect();
        kinds.join("   ")
    }
}

/// `1 deployment, 5 files, Flink 1.20`.
pub(super) fn place(summary: &Summary) -> String {
    let mut parts = Vec::with_capacity(3);
    if summary.deployments > 0 {
        parts.push(count(summary.deployments, "deployment", "deployments"));
    }
    parts.push(count(summary.files, "file", "files"));
    if let Some(versions) = &summary.versions {
        parts.push(visible(versions).into_owned());
    }
    parts.join(", ")
}

pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// `comment: the reason`, or what silenced it alone.
fn why(suppressed: &Suppressed) -> String {
    let reason = suppressed.reason.trim();
    if reason.is_empty() {
        return suppressed.by.to_owned();
    }
    format!("{}: {}", suppressed.by, visible(reason))
}
