//! The code quality report of GitLab: <https://docs.gitlab.com/ci/testing/code_quality/>.

use std::io;

use serde::Serialize;

use super::{Places, Report, json_text};
use crate::finding::Severity;
use crate::fingerprint::fingerprints;

#[derive(Serialize)]
struct Issue<'r> {
    description: String,
    check_name: &'r str,
    /// GitLab takes issues of one fingerprint for one.
    fingerprint: String,
    severity: &'static str,
    location: IssueLocation<'r>,
}

#[derive(Serialize)]
struct IssueLocation<'r> {
    path: &'r str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
    end: usize,
}

/// Writes a list, which is empty when nothing is wrong. What is silenced is not in it: GitLab knows no
/// such state.
pub(super) fn render(report: &Report<'_>, out: &mut impl io::Write) -> io::Result<()> {
    let mut places = Places::new(report.sources);
    let all = report.findings.iter();
    let issues: Vec<Issue> = all
        .zip(fingerprints(report.sources, report.findings))
        .filter(|(finding, _)| finding.suppressed.is_none())
        .map(|(finding, fingerprint)| {
            let [start, end] = places.on_first_line(finding.at);
            Issue {
                description: finding.message.clone(),
                check_name: &finding.rule,
                fingerprint,
                severity: severity(finding.severity),
                location: IssueLocation {
                    path: report.path_of(report.sources.get(finding.at.source)),
                    lines: Lines {
                        begin: start.line,
                        end: end.line,
                    },
                },
            }
        })
        .collect();
    json_text::write(out, &issues)
}

/// Of GitLab's five: `blocker` is for what people decide, `minor` for style, which flint does not report.
fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "critical",
        Severity::Warning => "major",
        Severity::Note => "info",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use crate::finding::Finding;
    use crate::report::samples::{self, finding, rendered};
    use crate::report::{OutputFormat, Style};
    use crate::text::Sources;

    fn issues(sources: &Sources, findings: &[Finding]) -> Vec<Value> {
        let text = rendered(OutputFormat::Gitlab, sources, findings, &Style::default());
        serde_json::from_str(&text).expect("a list")
    }

    #[test]
    fn every_field_that_gitlab_asks_for_is_there() {
        let (sources, findings) = samples::deploy();
        let text = rendered(OutputFormat::Gitlab, &sources, &findings, &Style::default());
        samples::compare("gitlab.json", &text);
        let issues = issues(&sources, &findings);
        assert_eq!(issues.len(), 4);
        let severities: Vec<_> = issues.iter().map(|issue| &issue["severity"]).collect();
        assert_eq!(severities, ["critical", "major", "major", "info"]);
        for issue in &issues {
            for name in ["description", "check_name", "fingerprint"] {
                assert!(issue[name].as_str().is_some_and(|text| !text.is_empty()));
            }
            assert!(issue["location"]["path"].is_string());
            assert!(issue["location"]["lines"]["begin"].is_u64());
        }
    }

    #[test]
    fn a_clean_run_is_an_empty_list_without_a_byte_order_mark() {
        let text = rendered(
            OutputFormat::Gitlab,
            &Sources::default(),
            &[],
            &Style::default(),
        );
        assert_eq!(text, "[]\n");
    }

    #[test]
    fn fingerprints_are_unique_even_of_equal_findings() {
        let mut sources = Sources::default();
        let id = sources.add("a", "key: 1\n");
        let issues = issues(&sources, &vec![finding(id, 0..3); 500]);
        let prints: BTreeSet<_> = issues
            .iter()
            .map(|own| own["fingerprint"].as_str())
            .collect();
        assert_eq!(prints.len(), 500);
    }
}
