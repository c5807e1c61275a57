//! reviewdog's diagnostics: <https://github.com/reviewdog/reviewdog/tree/master/proto/rdf>. Columns count
//! bytes of UTF-8 from 1, ends are exclusive.

use std::io;

use serde::Serialize;

use super::about::{REPOSITORY, url};
use super::places::in_bytes;
use super::{Report, json_text, shown};
use crate::finding::{Finding, Fix, Location, Safety, Severity};
use crate::text::{Edit, Source, Span, apply};

/// A suggestion replaces whole what lies between its first and its last edit. One over more lines than
/// this is no suggestion that a person reads.
const MOST_LINES: usize = 20;

#[derive(Serialize)]
struct Diagnostics<'r> {
    source: Tool,
    diagnostics: Vec<Diagnostic<'r>>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    url: &'static str,
}

#[derive(Serialize)]
struct Diagnostic<'r> {
    message: String,
    location: At<'r>,
    severity: &'static str,
    code: Code<'r>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggestions: Vec<Suggestion>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Related<'r>>,
}

#[derive(Serialize)]
struct Code<'r> {
    value: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

#[derive(Serialize)]
struct At<'r> {
    path: &'r str,
    range: Range,
}

#[derive(Serialize)]
struct Range {
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct Suggestion {
    range: Range,
    text: String,
}

#[derive(Serialize)]
struct Related<'r> {
    message: &'r str,
    location: At<'r>,
}

/// Writes one document; what is silenced is not in it.
pub(super) fn render(report: &Report<'_>, out: &mut impl io::Write) -> io::Result<()> {
    let open = report.findings.iter();
    let open = open.filter(|finding| finding.suppressed.is_none());
    let document = Diagnostics {
        source: Tool {
            name: "flint",
            url: REPOSITORY,
        },
        diagnostics: open.map(|finding| diagnostic(report, finding)).collect(),
    };
    json_text::write(out, &document)
}

fn diagnostic<'r>(report: &'r Report<'_>, finding: &'r Finding) -> Diagnostic<'r> {
    let source = report.sources.get(finding.at.source);
    let fix = shown::fix(report.sources, finding);
    let suggestion = fix.and_then(|fix| suggestion(source, finding, fix));
    let mut message = finding.message.clone();
    for more in [&finding.label, &finding.help] {
        if !more.trim().is_empty() {
            message.push('\n');
            message.push_str(more.trim());
        }
    }
    if let Some(fix) = fix {
        let risk = match fix.safety {
            Safety::Safe => String::new(),
            Safety::Unsafe => format!("; {}", fix.risk.trim()),
        };
        let safety = fix.safety.name();
        message.push_str(&format!("\nfix ({safety}): {}{risk}", fix.title));
    }
    Diagnostic {
        message,
        location: at(report, finding.at),
        severity: match finding.severity {
            Severity::Error => "ERROR",
            Severity::Warning => "WARNING",
            Severity::Note => "INFO",
        },
        code: Code {
            value: &finding.rule,
            url: url(&finding.rule),
        },
        suggestions: suggestion.into_iter().collect(),
        related_locations: finding
            .related
            .iter()
            .map(|related| Related {
                message: &related.message,
                location: at(report, related.at),
            })
            .collect(),
    }
}

fn at<'r>(report: &'r Report<'_>, at: Location) -> At<'r> {
    let source = report.sources.get(at.source);
    At {
        path: report.path_of(source),
        range: range(source, at.span),
    }
}

fn range(source: &Source, span: Span) -> Range {
    let position = |offset| {
        let (line, column) = in_bytes(source, offset);
        Position { line, column }
    };
    Range {
        start: position(span.start),
        end: position(span.end),
    }
}

/// One suggestion for all edits of a fix: whoever clicks it gets all of the fix or nothing. None for a fix
/// that changes another file, for edits far apart, and where a hidden text or bytes that are no UTF-8 lie
/// between them.
fn suggestion(source: &Source, finding: &Finding, fix: &Fix) -> Option<Suggestion> {
    let first = fix.edits.first()?.span;
    let whole = fix
        .edits
        .iter()
        .fold(first, |all, edit| all.join(edit.span));
    let lines = source.line_index(whole.end) - source.line_index(whole.start);
    let is_elsewhere = fix.edits.iter().any(|edit| edit.source != source.id);
    // Who shows suggestions counts lines by their LF.
    let has_lone_cr = || {
        memchr::memchr_iter(b'\r', &source.bytes).any(|cr| source.bytes.get(cr + 1) != Some(&b'\n'))
    };
    if is_elsewhere || lines > MOST_LINES || has_lone_cr() {
        return None;
    }
    let keeps = |hidden: &Span| {
        let overlaps = hidden.start < whole.end && whole.start < hidden.end;
        overlaps && !fix.edits.iter().any(|edit| edit.span.contains(*hidden))
    };
    if finding.hidden.iter().any(keeps) {
        return None;
    }
    let edits: Vec<Edit> = fix
        .edits
        .iter()
        .map(|edit| Edit {
            span: Span {
                start: edit.span.start - whole.start,
                end: edit.span.end - whole.start,
            },
            ..edit.clone()
        })
        .collect();
    let edits: Vec<&Edit> = edits.iter().collect();
    let after = apply(&source.bytes[whole.range()], &edits);
    Some(Suggestion {
        range: range(source, whole),
        text: String::from_utf8(after).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::report::samples::{self, finding, rendered};
    use crate::report::{OutputFormat, Style};
    use crate::text::{SourceId, Sources};

    fn diagnostics(sources: &Sources, findings: &[Finding]) -> Value {
        let text = rendered(OutputFormat::Rdjson, sources, findings, &Style::default());
        let document: Value = serde_json::from_str(&text).expect("JSON");
        document["diagnostics"].clone()
    }

    fn fix(edits: &[(SourceId, std::ops::Range<usize>, &str)]) -> Fix {
        let edits = edits.iter().map(|(source, span, text)| Edit {
            source: *source,
            span: Span::new(span.start, span.end),
            text: (*text).into(),
        });
        Fix {
            title: "mend it".into(),
            safety: Safety::Safe,
            risk: String::new(),
            edits: edits.collect(),
            claims: Vec::new(),
        }
    }

    #[test]
    fn the_document_is_as_documented() {
        let (sources, findings) = samples::deploy();
        let text = rendered(OutputFormat::Rdjson, &sources, &findings, &Style::default());
        samples::compare("rdjson.json", &text);
    }

    #[test]
    fn a_clean_run_is_a_document_too() {
        assert_eq!(diagnostics(&Sources::default(), &[]), json!([]));
    }

    #[test]
    fn columns_count_bytes_and_ends_are_exclusive() {
        let mut sources = Sources::default();
        let id = sources.add("a", "\u{feff}a😀b: 1\r\n\té: x\r\n");
        let bytes = &sources.get(id).bytes;
        let at = |text: &str| {
            let start = String::from_utf8_lossy(bytes).find(text).expect("there");
            finding(id, start..start + text.len())
        };
        let found = diagnostics(&sources, &[at("b"), at("é"), at("a😀b: 1\r\n\té")]);
        let range = |index: usize| {
            let range = &found[index]["location"]["range"];
            ["start", "end"].map(|end| {
                ["line", "column"].map(|name| range[end][name].as_u64().expect("a number"))
            })
        };
        assert_eq!(range(0), [[1, 9], [1, 10]]);
        assert_eq!(range(1), [[2, 2], [2, 4]]);
        assert_eq!(range(2), [[1, 4], [2, 4]]);
    }

    #[test]
    fn edits_of_one_fix_are_one_suggestion() {
        let mut sources = Sources::default();
        let id = sources.add("a", "one: 1\r\ntwo: é\r\nthree: 3\r\n");
        let mut own = finding(id, 0..3);
        own.fix = Some(fix(&[(id, 17..22, "drei"), (id, 0..3, "eins")]));
        let found = diagnostics(&sources, &[own]);
        assert_eq!(
            found[0]["suggestions"],
            json!([{
                "range": {
                    "start": {"line": 1, "column": 1},
                    "end": {"line": 3, "column": 6}
                },
                "text": "eins: 1\r\ntwo: é\r\ndrei"
            }])
        );
    }

    #[test]
    fn what_one_click_can_not_do_whole_or_may_not_show_is_no_suggestion() {
        let mut sources = Sources::default();
        let text = format!("one: 1\nkey: hunter22\n{}last: 1\n", "x: 1\n".repeat(30));
        let id = sources.add("a", text.clone());
        let other = sources.add("b", "x: 1\n");
        let old_mac = sources.add("c", "one: 1\rtwo: 2\r");
        let end = text.len();
        let has = |own: Fix, hidden: &[Span]| {
            let mut finding = finding(own.edits[0].source, 0..3);
            finding.fix = Some(own);
            finding.hidden = hidden.to_vec();
            diagnostics(&sources, &[finding])[0]
                .get("suggestions")
                .is_some()
        };
        assert!(has(fix(&[(id, 0..3, "eins"), (id, 4..5, "")]), &[]));
        assert!(!has(fix(&[(id, 0..3, "eins"), (other, 0..1, "y")]), &[]));
        assert!(!has(
            fix(&[(id, 0..3, "eins"), (id, end - 2..end, "")]),
            &[]
        ));
        assert!(!has(fix(&[(old_mac, 0..3, "eins")]), &[]));
        let secret = Span::new(12, 20);
        let around = fix(&[(id, 0..3, "eins"), (id, 21..22, "y")]);
        assert!(has(around.clone(), &[]));
        assert!(!has(around, &[secret]));
        assert!(has(fix(&[(id, 7..21, "")]), &[secret]));
    }
}
