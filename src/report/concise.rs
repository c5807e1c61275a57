//! One line for each finding, for editors, scripts and eyes in a hurry.

use std::io;

use super::terminal::visible;
use super::{Places, Report, Style, statistics};
use crate::finding::{Safety, Severity};

/// `path:line:column: warning[rule] message (fixable)`; nothing at all when there is nothing. What a change
/// fixed stands below, one a line, with no place: its line is one of the tree before.
pub(super) fn render(
    report: &Report<'_>,
    style: &Style,
    out: &mut impl io::Write,
) -> io::Result<()> {
    if report.run.statistics {
        return statistics::render(report, style, out);
    }
    let mut places = Places::new(report.sources);
    for finding in report.findings {
        if style.quiet && finding.severity == Severity::Note {
            continue;
        }
        let place = places.start(finding.at);
        let path = &report.sources.get(finding.at.source).path;
        let (word, end) = match (&finding.suppressed, &finding.fix) {
            (Some(_), _) => ("ignored", ""),
            (None, Some(fix)) if fix.safety == Safety::Safe => {
                (finding.severity.name(), " (fixable)")
            }
            (None, Some(_)) => (finding.severity.name(), " (fixable with --unsafe)"),
            (None, None) => (finding.severity.name(), ""),
        };
        writeln!(
            out,
            "{}:{}:{}: {word}[{}] {}{end}",
            visible(path),
            place.line,
            place.column,
            visible(&finding.rule),
            visible(&finding.message),
        )?;
    }
    if let (Some(since), false) = (&report.summary.since, style.quiet) {
        for line in since.lines() {
            writeln!(out, "fixed since {}: {line}", visible(&since.reference))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::report::samples::{self, finding, rendered};
    use crate::report::{OutputFormat, Style};
    use crate::text::Sources;

    #[test]
    fn each_finding_is_one_line() {
        let (sources, findings) = samples::deploy();
        let text = rendered(
            OutputFormat::Concise,
            &sources,
            &findings,
            &Style::default(),
        );
        samples::compare("concise.txt", &text);
    }

    #[test]
    fn quiet_hides_notes() {
        let (sources, findings) = samples::deploy();
        let style = Style {
            quiet: true,
            ..Style::default()
        };
        let text = rendered(OutputFormat::Concise, &sources, &findings, &style);
        assert!(!text.contains("note["));
        assert!(text.contains("warning["));
    }

    #[test]
    fn a_clean_run_says_nothing() {
        let text = rendered(
            OutputFormat::Concise,
            &Sources::default(),
            &[],
            &Style::default(),
        );
        assert_eq!(text, "");
    }

    #[test]
    fn line_breaks_and_escapes_stay_on_the_line() {
        let mut sources = Sources::default();
        let id = sources.add("a\nb.conf", "\u{feff}é: 1\n");
        let mut odd = finding(id, 5..6);
        odd.message = "bad \u{1b}[2J\nvalue".into();
        let text = rendered(OutputFormat::Concise, &sources, &[odd], &Style::default());
        assert_eq!(
            text,
            "a\\nb.conf:1:2: warning[some-rule] bad \\u{1b}[2J\\nvalue\n"
        );
    }
}
