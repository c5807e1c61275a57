//! GitHub's workflow commands: annotations of a run, and of the changed lines of a pull request.
//!
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>

use std::io;

use super::shown::{most_severe_first, number};
use super::terminal::is_hidden;
use super::{Places, Report, Style};
use crate::finding::{Finding, Severity};

/// How many annotations of a kind GitHub takes from a step; it drops the rest without a word.
const MOST: usize = 10;

/// One command for each finding, errors first. Where there are more than GitHub shows, the last one says
/// how many are left out. What is silenced has no annotation.
pub(super) fn render(
    report: &Report<'_>,
    style: &Style,
    out: &mut impl io::Write,
) -> io::Result<()> {
    let open = |finding: &&Finding| {
        let is_quiet = style.quiet && finding.severity == Severity::Note;
        finding.suppressed.is_none() && !is_quiet
    };
    let order = most_severe_first(report.findings);
    let findings: Vec<&Finding> = order.iter().map(|&at| &report.findings[at]).collect();
    let count = |severity| {
        let all = findings.iter().copied().filter(open);
        all.filter(|finding| finding.severity == severity).count()
    };
    let kinds = [Severity::Error, Severity::Warning, Severity::Note];
    let counts = kinds.map(count);
    let fits = counts.iter().all(|count| *count <= MOST);
    // What says that something is left out is a notice itself.
    let most = [MOST, MOST, if fits { MOST } else { MOST - 1 }];
    let mut places = Places::new(report.sources);
    for (severity, most) in kinds.into_iter().zip(most) {
        let own = findings.iter().copied().filter(open);
        let own = own.filter(|finding| finding.severity == severity);
        for finding in own.take(most) {
            command(report, &mut places, finding, out)?;
        }
    }
    let left: Vec<String> = counts
        .iter()
        .zip(most)
        .zip(["error", "warning", "notice"])
        .filter(|((count, most), _)| *count > most)
        .map(|((count, most), noun)| number(count - most, noun))
        .collect();
    if !left.is_empty() {
        let text = format!(
            "{} more without an annotation: GitHub takes {MOST} of each kind from a step; \
             `flint check` lists all",
            left.join(", ")
        );
        writeln!(out, "::notice title=flint::{}", data(&text))?;
    }
    Ok(())
}

fn command(
    report: &Report<'_>,
    places: &mut Places<'_>,
    finding: &Finding,
    out: &mut impl io::Write,
) -> io::Result<()> {
    let source = report.sources.get(finding.at.source);
    let [start, end] = places.on_first_line(finding.at);
    let name = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let mut text = finding.message.clone();
    for more in [&finding.label, &finding.help] {
        if !more.trim().is_empty() {
            text.push('\n');
            text.push_str(more.trim());
        }
    }
    writeln!(
        out,
        "::{name} file={},line={},endLine={},col={},endColumn={},title={}::{}",
        property(report.path_of(source)),
        start.line,
        end.line,
        start.column,
        end.column,
        property(&finding.rule),
        data(&text)
    )
}

/// A message, as the toolkit of GitHub's actions escapes it.
fn data(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '%' => out.push_str("%25"),
            '\r' => out.push_str("%0D"),
            '\n' => out.push_str("%0A"),
            // The log is a terminal for whoever downloads it.
            _ if is_hidden(c) && c != '\t' => out.extend(c.escape_unicode()),
            _ => out.push(c),
        }
    }
    out
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::OutputFormat;
    use crate::report::samples::{self, finding, rendered};
    use crate::text::Sources;

    fn lines(sources: &Sources, findings: &[Finding], quiet: bool) -> Vec<String> {
        let style = Style {
            quiet,
            ..Style::default()
        };
        let text = rendered(OutputFormat::Github, sources, findings, &style);
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn each_finding_is_a_command_errors_first() {
        let (sources, findings) = samples::deploy();
        let text = rendered(OutputFormat::Github, &sources, &findings, &Style::default());
        samples::compare("github.txt", &text);
        assert_eq!(lines(&sources, &findings, false).len(), 4);
        let quiet = lines(&sources, &findings, true);
        assert!(quiet.iter().all(|line| !line.starts_with("::notice")));
    }

    #[test]
    fn a_clean_run_has_no_command() {
        assert!(lines(&Sources::default(), &[], false).is_empty());
    }

    #[test]
    fn nothing_in_a_text_ends_a_property_or_starts_a_command() {
        let mut sources = Sources::default();
        let id = sources.add("a,b:c%\n::error::x.yaml", "key: 1\n");
        let mut odd = finding(id, 0..3);
        odd.message = "50%\r\n::set-output name=x::y\u{1b}[2J".into();
        assert_eq!(
            lines(&sources, &[odd], false),
            [
                "::warning file=a%2Cb%3Ac%25%0A%3A%3Aerror%3A%3Ax.yaml,line=1,endLine=1,col=1,endColumn=4,title=some-rule::50%25%0D%0A::set-output name=x::y\\u{1b}[2J"
            ]
        );
    }

    #[test]
    fn ten_of_each_kind_are_annotated_and_the_last_line_counts_the_rest() {
        let mut sources = Sources::default();
        let id = sources.add("a", "key: 1\n");
        let of = |count: usize, severity| {
            let mut own = finding(id, 0..3);
            own.severity = severity;
            vec![own; count]
        };
        let note_first = [
            of(10, Severity::Note),
            of(13, Severity::Warning),
            of(11, Severity::Error),
        ];
        let shown = lines(&sources, &note_first.concat(), false);
        let kinds = |kind: &str| shown.iter().filter(|line| line.starts_with(kind)).count();
        let counts = ["::error ", "::warning ", "::notice "].map(kinds);
        assert_eq!(counts, [10, 10, 10]);
        assert!(shown[0].starts_with("::error "));
        assert_eq!(
            shown[29],
            "::notice title=flint::1 error, 3 warnings, 1 notice more without an annotation: GitHub takes 10 of each kind from a step; `flint check` lists all"
        );
        let fits = lines(&sources, &of(10, Severity::Note), false);
        assert_eq!(fits.len(), 10);
        assert!(fits[9].contains("title=some-rule"));
    }

    #[test]
    fn what_spans_lines_is_marked_on_the_first() {
        let mut sources = Sources::default();
        let id = sources.add("a", "\u{feff}é😀: |\r\n  b\r\n");
        let end = sources.get(id).bytes.len();
        let shown = lines(&sources, &[finding(id, 3..end)], false);
        assert!(shown[0].contains("line=1,endLine=1,col=1,endColumn=6,"));
    }
}
