//! One JSON document for other programs: complete, stable, the same for every style.

use std::io;

use serde::Serialize;

use super::statistics::{Count, counts};
use super::{Fixed, Places, Report, json_text, shown};
use crate::finding::Finding;
use crate::fingerprint::fingerprints;
use crate::text::{Sources, Span};

#[derive(Serialize)]
struct Json<'r> {
    version: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<JsonSince<'r>>,
    findings: Vec<JsonFinding<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fixed: Option<Vec<JsonFixed<'r>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    statistics: Option<Vec<Count<'r>>>,
    summary: JsonSummary,
}

#[derive(Serialize)]
struct JsonFinding<'r> {
    rule: &'r str,
    severity: &'static str,
    message: &'r str,
    #[serde(skip_serializing_if = "str::is_empty")]
    label: &'r str,
    path: &'r str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    span: JsonSpan,
    help: &'r str,
    related: Vec<JsonRelated<'r>>,
    fix: Option<JsonFix<'r>>,
    fingerprint: String,
    suppressed: Option<JsonSuppressed<'r>>,
}

/// What the findings are new against.
#[derive(Serialize)]
struct JsonSince<'r> {
    #[serde(rename = "ref")]
    reference: &'r str,
    commit: Option<&'r str>,
}

/// A finding of the tree before, with its place in that tree.
#[derive(Serialize)]
struct JsonFixed<'r> {
    rule: &'r str,
    severity: &'static str,
    message: &'r str,
    path: &'r str,
    line: usize,
    column: usize,
    fingerprint: &'r str,
}

#[derive(Serialize)]
struct JsonSpan {
    start: u32,
    end: u32,
}

#[derive(Serialize)]
struct JsonRelated<'r> {
    path: &'r str,
    line: usize,
    column: usize,
    message: &'r str,
}

#[derive(Serialize)]
struct JsonFix<'r> {
    title: &'r str,
    safety: &'static str,
    edits: Vec<JsonEdit<'r>>,
}

#[derive(Serialize)]
struct JsonEdit<'r> {
    path: &'r str,
    span: JsonSpan,
    text: &'r str,
}

#[derive(Serialize)]
struct JsonSuppressed<'r> {
    by: &'static str,
    reason: &'r str,
}

#[derive(Serialize)]
struct JsonSummary {
    files: usize,
    deployments: usize,
    errors: usize,
    warnings: usize,
    notes: usize,
    fixable: usize,
}

/// Writes the document, indented by two blanks, with a line break at its end.
pub(super) fn render(report: &Report<'_>, out: &mut impl io::Write) -> io::Result<()> {
    let sources = report.sources;
    let mut places = Places::new(sources);
    let since = report.summary.since.as_ref();
    let document = Json {
        version: 1,
        since: since.map(|since| JsonSince {
            reference: &since.reference,
            commit: since.commit.as_deref(),
        }),
        fixed: since.map(|since| since.fixed.iter().map(fixed).collect()),
        findings: report
            .findings
            .iter()
            .zip(fingerprints(sources, report.findings))
            .map(|(finding, fingerprint)| entry(sources, &mut places, finding, fingerprint))
            .collect(),
        statistics: report
            .run
            .statistics
            .then(|| counts(report.findings, false)),
        summary: JsonSummary {
            files: report.summary.files,
            deployments: report.summary.deployments,
            errors: report.summary.errors,
            warnings: report.summary.warnings,
            notes: report.summary.notes,
            fixable: report.summary.safe_fixes,
        },
    };
    json_text::write(out, &document)
}

fn fixed(fixed: &Fixed) -> JsonFixed<'_> {
    JsonFixed {
        rule: &fixed.rule,
        severity: fixed.severity.name(),
        message: &fixed.message,
        path: &fixed.path,
        line: fixed.place.line,
        column: fixed.place.column,
        fingerprint: &fixed.fingerprint,
    }
}

fn entry<'r>(
    sources: &'r Sources,
    places: &mut Places<'r>,
    finding: &'r Finding,
    fingerprint: String,
) -> JsonFinding<'r> {
    let start = places.start(finding.at);
    let end = places.aside(finding.at.source, finding.at.span.end);
    let fix = shown::fix(sources, finding);
    JsonFinding {
        rule: &finding.rule,
        severity: finding.severity.name(),
        message: &finding.message,
        label: &finding.label,
        path: &sources.get(finding.at.source).path,
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        span: span(finding.at.span),
        help: &finding.help,
        related: finding
            .related
            .iter()
            .map(|related| {
                let place = places.aside(related.at.source, related.at.span.start);
                JsonRelated {
                    path: &sources.get(related.at.source).path,
                    line: place.line,
                    column: place.column,
                    message: &related.message,
                }
            })
            .collect(),
        fix: fix.map(|fix| JsonFix {
            title: &fix.title,
            safety: fix.safety.name(),
            edits: fix
                .edits
                .iter()
                .map(|edit| JsonEdit {
                    path: &sources.get(edit.source).path,
                    span: span(edit.span),
                    text: &edit.text,
                })
                .collect(),
        }),
        fingerprint,
        suppressed: finding
            .suppressed
            .as_ref()
            .map(|suppressed| JsonSuppressed {
                by: suppressed.by,
                reason: &suppressed.reason,
            }),
    }
}

fn span(span: Span) -> JsonSpan {
    JsonSpan {
        start: span.start,
        end: span.end,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::report::samples::{self, finding, rendered};
    use crate::report::{OutputFormat, Style};
    use crate::text::Sources;

    fn parsed(sources: &Sources, findings: &[crate::finding::Finding]) -> Value {
        let text = rendered(OutputFormat::Json, sources, findings, &Style::default());
        assert!(text.ends_with("}\n"));
        serde_json::from_str(&text).expect("the document is JSON")
    }

    #[test]
    fn the_document_is_as_documented() {
        let (sources, findings) = samples::deploy();
        let text = rendered(OutputFormat::Json, &sources, &findings, &Style::default());
        samples::compare("check.json", &text);
    }

    #[test]
    fn a_clean_run_is_a_document_too() {
        let document = parsed(&Sources::default(), &[]);
        assert_eq!(document["version"], 1);
        assert_eq!(document["findings"], json!([]));
        assert_eq!(document["summary"]["errors"], 0);
    }

    #[test]
    fn columns_count_code_points_and_spans_count_bytes() {
        let mut sources = Sources::default();
        let id = sources.add("a", "\u{feff}größe: 日本\nlast");
        let end = sources.get(id).bytes.len();
        let document = parsed(
            &sources,
            &[
                finding(id, 12..18),
                finding(id, 19..23),
                finding(id, end..end),
            ],
        );
        let place = |index: usize| {
            let found = &document["findings"][index];
            ["line", "column", "end_line", "end_column"]
                .map(|name| found[name].as_u64().expect("a number"))
        };
        assert_eq!(place(0), [1, 8, 1, 10]);
        assert_eq!(
            document["findings"][0]["span"],
            json!({"start": 12, "end": 18})
        );
        assert_eq!(place(1), [2, 1, 2, 5]);
        assert_eq!(place(2), [2, 5, 2, 5]);
    }

    #[test]
    fn a_label_has_its_own_field_and_an_empty_one_has_none() {
        let mut sources = Sources::default();
        let id = sources.add("a", "key: 1\n");
        let mut labelled = finding(id, 0..3);
        labelled.label = "here".into();
        let document = parsed(&sources, &[labelled, finding(id, 0..3)]);
        assert_eq!(document["findings"][0]["label"], "here");
        assert_eq!(document["findings"][1].get("label"), None);
        assert_eq!(document["findings"][1]["fix"], Value::Null);
        assert_eq!(document["findings"][1]["suppressed"], Value::Null);
    }
}
