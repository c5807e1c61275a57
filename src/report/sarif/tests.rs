use serde_json::{Value, json};

use super::*;
use crate::finding::{Related, Suppressed};
use crate::report::samples::{self, finding, rendered};
use crate::report::{OutputFormat, Run as Running, Style, Summary, render as render_report};
use crate::text::{Sources, Span};

fn run(sources: &Sources, findings: &[Finding]) -> Value {
    let text = rendered(OutputFormat::Sarif, sources, findings, &Style::default());
    let document: Value = serde_json::from_str(&text).expect("JSON");
    document["runs"][0].clone()
}

#[test]
fn the_document_is_as_documented() {
    let (sources, findings) = samples::deploy();
    let text = rendered(OutputFormat::Sarif, &sources, &findings, &Style::default());
    samples::compare("sarif.json", &text);
}

#[test]
fn a_clean_run_is_a_document_with_an_empty_list() {
    let text = rendered(
        OutputFormat::Sarif,
        &Sources::default(),
        &[],
        &Style::default(),
    );
    let document: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(document["version"], "2.1.0");
    assert!(
        document["$schema"]
            .as_str()
            .is_some_and(|uri| uri.contains("2.1.0"))
    );
    let run = &document["runs"][0];
    assert_eq!(run["results"], json!([]));
    assert_eq!(run["tool"]["driver"]["rules"], json!([]));
    assert_eq!(run["tool"]["driver"]["name"], "flint");
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    assert_eq!(run["invocations"][0]["executionSuccessful"], true);
}

#[test]
fn every_field_that_github_asks_for_is_there() {
    let (sources, mut findings) = samples::deploy();
    for (index, name) in ["duplicate-key", "plaintext-secret", "tls-weak-ciphers"]
        .iter()
        .enumerate()
    {
        findings[index].rule = (*name).to_owned();
    }
    let run = run(&sources, &findings);
    let rules = run["tool"]["driver"]["rules"].as_array().expect("a list");
    for rule in rules {
        let short = rule["shortDescription"]["text"].as_str().expect("a text");
        let full = rule["fullDescription"]["text"].as_str().expect("a text");
        assert!(!short.is_empty() && short.chars().count() <= 1024);
        assert!(!full.is_empty() && full.chars().count() <= 1024);
        assert!(
            rule["help"]["text"]
                .as_str()
                .is_some_and(|text| !text.is_empty())
        );
        assert!(
            rule["help"]["markdown"]
                .as_str()
                .is_some_and(|text| !text.is_empty())
        );
        assert!(rule["name"].as_str().is_some_and(|name| name.len() <= 255));
        let level = rule["defaultConfiguration"]["level"].as_str();
        assert!(matches!(level, Some("note" | "warning" | "error")));
        let properties = &rule["properties"];
        assert!(
            properties["tags"]
                .as_array()
                .is_some_and(|tags| tags.len() <= 20)
        );
        assert!(matches!(
            properties["precision"].as_str(),
            Some("high" | "medium")
        ));
        assert!(properties["problem.severity"].is_string());
    }
    let results = run["results"].as_array().expect("a list");
    assert_eq!(results.len(), findings.len());
    for result in results {
        assert!(
            result["message"]["text"]
                .as_str()
                .is_some_and(|text| !text.is_empty())
        );
        let index = usize::try_from(result["ruleIndex"].as_u64().expect("a number"));
        assert_eq!(rules[index.expect("small")]["id"], result["ruleId"]);
        let place = &result["locations"][0]["physicalLocation"];
        assert!(place["artifactLocation"]["uri"].is_string());
        for name in ["startLine", "startColumn", "endLine", "endColumn"] {
            assert!(
                place["region"][name]
                    .as_u64()
                    .is_some_and(|number| number > 0)
            );
        }
        let prints = &result["partialFingerprints"];
        assert_eq!(prints["flint/v1"].as_str().map(str::len), Some(16));
        assert!(
            prints["primaryLocationLineHash"]
                .as_str()
                .is_some_and(|hash| hash.contains(':'))
        );
    }
}

#[test]
fn only_security_rules_make_security_alerts() {
    let (sources, mut findings) = samples::deploy();
    findings[0].rule = "plaintext-secret".into();
    findings[1].rule = "duplicate-key".into();
    let run = run(&sources, &findings[..2]);
    let rules = &run["tool"]["driver"]["rules"];
    assert_eq!(rules[0]["id"], "duplicate-key");
    assert_eq!(rules[0]["properties"].get("security-severity"), None);
    let score = rules[1]["properties"]["security-severity"].as_str();
    let score: f32 = score.expect("a text").parse().expect("a number");
    assert!((0.1..=10.0).contains(&score));
}

#[test]
fn the_line_hash_is_that_of_the_line_of_the_finding() {
    let mut sources = Sources::default();
    let id = sources.add("a", " a\nb\n  \t\tc\n d");
    let run = run(&sources, &[finding(id, 3..4), finding(id, 9..10)]);
    let hash =
        |index: usize| &run["results"][index]["partialFingerprints"]["primaryLocationLineHash"];
    assert_eq!(hash(0), "54703d4cd895b18:1");
    assert_eq!(hash(1), "180aee12dab6264:1");
}

#[test]
fn regions_stay_on_one_line_and_count_code_points() {
    let mut sources = Sources::default();
    let text = "\u{feff}é😀: |\r\n\tb\rc: 1\n";
    let id = sources.add("a", text);
    let end = text.len();
    let run = run(
        &sources,
        &[
            finding(id, 3..end),
            finding(id, 14..15),
            finding(id, 16..17),
        ],
    );
    let place = |index: usize| &run["results"][index]["locations"][0]["physicalLocation"];
    assert_eq!(
        place(0)["region"],
        json!({"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 6})
    );
    assert_eq!(
        place(0)["contextRegion"],
        json!({"startLine": 1, "startColumn": 1, "endLine": 4, "endColumn": 1})
    );
    assert_eq!(
        place(1)["region"],
        json!({"startLine": 2, "startColumn": 1, "endLine": 2, "endColumn": 2})
    );
    assert_eq!(place(1).get("contextRegion"), None);
    assert_eq!(place(2)["region"]["startLine"], 2);
    assert_eq!(run["newlineSequences"], json!(["\r\n", "\n", "\r"]));
}

#[test]
fn paths_become_relative_references() {
    assert_eq!(uri("a/b-c_d.yaml"), "a/b-c_d.yaml");
    assert_eq!(
        uri("größe #1/x:y?.yaml"),
        "gr%C3%B6%C3%9Fe%20%231/x%3Ay%3F.yaml"
    );
    assert_eq!(uri("100%\\xff"), "100%25%5Cxff");
}

#[test]
fn paths_start_at_the_root_of_the_repository() {
    let mut sources = Sources::default();
    let id = sources.add("conf/a.yaml", "key: 1\n");
    let findings = [finding(id, 0..3)];
    let report = Report {
        sources: &sources,
        findings: &findings,
        summary: Summary::of(&findings),
        run: Running {
            paths: BTreeMap::from([(id, "team/conf/a.yaml".to_owned())]),
            exit_code: 2,
            ..Running::default()
        },
    };
    for format in OutputFormat::ALL {
        let is_json = format == OutputFormat::Json;
        if matches!(format, OutputFormat::Full | OutputFormat::Concise) || is_json {
            continue;
        }
        let mut out = Vec::new();
        render_report(format, &report, &Style::default(), &mut out).expect("memory");
        let text = String::from_utf8(out).expect("UTF-8");
        let found = text.matches("conf/a.yaml").count();
        assert!(found > 0, "{text}");
        assert_eq!(text.matches("team/conf/a.yaml").count(), found, "{text}");
        if format == OutputFormat::Sarif {
            assert!(text.contains("\"executionSuccessful\": false"));
            assert!(text.contains("\"exitCode\": 2"));
        }
    }
}

#[test]
fn a_fix_over_several_files_is_one_fix_with_a_change_for_each() {
    let mut sources = Sources::default();
    let id = sources.add("a", "é: 1\r\ntwo: 2\r\n");
    let other = sources.add("b c", "x: 1\n");
    let edit = |source, start, end, text: &str| Edit {
        source,
        span: Span::new(start, end),
        text: text.into(),
    };
    let mut own = finding(id, 0..2);
    own.fix = Some(Fix {
        title: "move the line".into(),
        safety: Safety::Unsafe,
        risk: "it moves".into(),
        edits: vec![
            edit(other, 5, 5, "two: 2\n"),
            edit(id, 7, 15, ""),
            edit(id, 0, 2, "e"),
        ],
        claims: Vec::new(),
    });
    let run = run(&sources, &[own]);
    let fixes = &run["results"][0]["fixes"];
    assert_eq!(
        fixes[0]["description"]["text"],
        "move the line (unsafe: it moves)"
    );
    assert_eq!(fixes[0]["properties"]["safety"], "unsafe");
    let changes = fixes[0]["artifactChanges"].as_array().expect("a list");
    assert_eq!(changes.len(), 2);
    assert_eq!(
        changes[0]["replacements"],
        json!([
            {
                "deletedRegion": {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 2},
                "insertedContent": {"text": "e"}
            },
            {
                "deletedRegion": {"startLine": 2, "startColumn": 1, "endLine": 3, "endColumn": 1},
                "insertedContent": {"text": ""}
            }
        ])
    );
    assert_eq!(changes[1]["artifactLocation"]["uri"], "b%20c");
    assert_eq!(
        changes[1]["replacements"][0]["deletedRegion"],
        json!({"startLine": 2, "startColumn": 1, "endLine": 2, "endColumn": 1})
    );
}

#[test]
fn a_fix_of_a_byte_order_mark_can_not_be_told() {
    let mut sources = Sources::default();
    let id = sources.add("a", "\u{feff}key: 1\n");
    let fixed = |start, end| {
        let mut own = finding(id, 3..6);
        own.fix = Some(Fix {
            title: "remove it".into(),
            safety: Safety::Safe,
            risk: String::new(),
            edits: vec![Edit {
                source: id,
                span: Span::new(start, end),
                text: String::new(),
            }],
            claims: Vec::new(),
        });
        run(&sources, &[own])["results"][0].get("fixes").is_some()
    };
    assert!(!fixed(0, 3));
    assert!(!fixed(0, 10));
    assert!(fixed(3, 10));
}

#[test]
fn what_is_silenced_says_by_what_and_why() {
    let mut sources = Sources::default();
    let id = sources.add("a", "key: 1\n");
    let by = |by: &'static str, reason: &str| {
        let mut own = finding(id, 0..3);
        own.suppressed = Some(Suppressed {
            by,
            reason: reason.into(),
        });
        own
    };
    let run = run(&sources, &[by("comment", "known"), by("baseline", "")]);
    assert_eq!(
        run["results"][0]["suppressions"],
        json!([{"kind": "inSource", "status": "accepted", "justification": "known"}])
    );
    assert_eq!(
        run["results"][1]["suppressions"],
        json!([{"kind": "external", "status": "accepted"}])
    );
}

#[test]
fn a_message_links_to_its_related_places_and_to_nothing_else() {
    let mut sources = Sources::default();
    let id = sources.add("a", "key: 1\nelse: 2\n");
    let mut own = finding(id, 0..3);
    own.message = "see [this](http://example.org)".into();
    own.related = vec![Related {
        at: Location {
            source: id,
            span: Span::new(7, 11),
        },
        message: "a list [1]".into(),
    }];
    let run = run(&sources, &[own]);
    let result = &run["results"][0];
    assert_eq!(
        result["message"]["text"],
        "see [this\\](http://example.org)\n\nSee also: [a list \\[1\\]](1)"
    );
    assert_eq!(result["relatedLocations"][0]["id"], 1);
    let place = &result["relatedLocations"][0]["physicalLocation"];
    assert_eq!(place["region"]["startLine"], 2);
}

#[test]
fn beyond_the_limit_the_least_severe_are_left_out_and_it_is_said() {
    let mut sources = Sources::default();
    let id = sources.add("a", "key: 1\n");
    let mut note = finding(id, 0..3);
    note.severity = Severity::Note;
    let mut findings = vec![note; 3];
    findings.extend(vec![finding(id, 0..3); MOST_RESULTS]);
    let report = Report {
        sources: &sources,
        findings: &findings,
        summary: Summary::of(&findings),
        run: Running::default(),
    };
    let mut out = Vec::new();
    let remark = render_report(OutputFormat::Sarif, &report, &Style::default(), &mut out);
    let remark = remark.expect("memory").expect("something is left out");
    assert!(
        remark.starts_with("sarif: 3 findings left out, the least severe"),
        "{remark}"
    );
    let document: Value = serde_json::from_slice(&out).expect("JSON");
    let run = &document["runs"][0];
    let results = run["results"].as_array().expect("a list");
    assert_eq!(results.len(), MOST_RESULTS);
    assert!(results.iter().all(|result| result["level"] == "warning"));
    let said = &run["invocations"][0]["toolExecutionNotifications"][0];
    assert_eq!(said["message"]["text"], remark.as_str());
}

#[test]
fn a_document_of_many_bytes_is_cut_too() {
    let mut sources = Sources::default();
    let id = sources.add("a", "key: 1\n");
    let mut long = finding(id, 0..3);
    long.help = "x".repeat(1_000_000);
    let findings = vec![long; 30];
    let run = run(&sources, &findings);
    let results = run["results"].as_array().map(Vec::len);
    assert_eq!(results, Some(MOST_BYTES / 1_000_300));
}
