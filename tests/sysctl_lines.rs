//! The rules about lines and values of sysctl files held against what loaders and kernels did with such
//! files: nothing that is in force is called refused, and every fix keeps its promise.

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{configs, findings, fixed, sources};
use flint::finding::{Finding, Severity};
use flint::syntax::sysctl;
use serde_json::Value;

const PARSED: &str = include_str!("../testdata/syntax/sysctl-parse.jsonl");
const WRITTEN: &str = include_str!("../testdata/syntax/sysctl-kernel-write.jsonl");

const RULES: [&str; 11] = [
    "dropped-sysctl-comment",
    "ignored-sysctl-line",
    "invisible-character-in-sysctl",
    "mixed-sysctl-separators",
    "octal-sysctl-value",
    "quoted-sysctl-value",
    "sysctl-dash-key",
    "sysctl-inline-comment",
    "sysctl-line-continuation",
    "sysctl-not-a-number",
    "sysctl-semicolon-comment",
];

/// The records by the text of their file.
fn by_input(recorded: &str) -> BTreeMap<String, Vec<Value>> {
    let mut inputs: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for line in recorded.lines() {
        // A byte that is not UTF-8 was recorded as a lone surrogate, which no text can hold.
        let line = line.replace("\\udce9", "\\ufffd");
        let case: Value = serde_json::from_str(&line).expect("a recorded line is JSON");
        if let Some(input) = case["input"].as_str() {
            let input = input.to_owned();
            inputs.entry(input).or_default().push(case);
        }
    }
    inputs
}

fn file(text: impl Into<Vec<u8>>) -> [(String, Vec<u8>); 1] {
    [("etc/sysctl.d/60-a.conf".to_owned(), text.into())]
}

fn found(text: &str) -> Vec<Finding> {
    findings(&sources(&file(text)), &configs(None, &RULES))
}

/// What a loader wrote, by path; the old procps of 3.3 takes a line without `=` for a key.
fn paths(case: &Value) -> Option<BTreeSet<&str>> {
    let versions = case["versions"].as_array()?;
    let old = versions.iter().all(|version| *version == "3.3.17");
    let written = case["expected"].as_array().filter(|_| !old)?;
    Some(written.iter().filter_map(|pair| pair[0].as_str()).collect())
}

#[test]
fn a_parameter_that_loaders_write_is_not_said_to_be_unset() {
    let mut told = 0;
    for (input, cases) in by_input(PARSED) {
        let document = sysctl::parse(&flint::text::Source::new(
            flint::text::SourceId(0),
            "60-a.conf",
            input.as_str(),
        ));
        for finding in found(&input) {
            let unset = ["ignored-sysctl-line", "invisible-character-in-sysctl"];
            let key = finding.key.as_deref();
            // Another line may set it, and a glob names many.
            let own = |key: &&str| document.get(key).is_none() && !key.contains('*');
            let Some(key) = key.filter(own).filter(|_| unset.contains(&&*finding.rule)) else {
                continue;
            };
            let path = sysctl::path(key);
            for case in &cases {
                let written = paths(case);
                let is_written = written.is_some_and(|paths| paths.contains(path.as_str()));
                assert!(
                    !is_written,
                    "{input:?} by {}: {}",
                    case["tool"], finding.message
                );
            }
            told += 1;
        }
    }
    assert!(told > 5, "{told}");
}

#[test]
fn a_file_that_every_loader_applies_whole_has_no_error() {
    let mut applied = 0;
    for (input, cases) in by_input(WRITTEN) {
        let errors = found(&input);
        let mut errors = errors.iter().filter(|own| own.severity == Severity::Error);
        let refuses = |case: &Value| {
            let messages = case["messages"].to_string();
            messages.contains("Invalid argument") && messages.contains("tcp_")
                || messages.contains("write error")
        };
        if cases
            .iter()
            .all(|case| case["exit"] == 0 && case["messages"] == Value::Array(vec![]))
        {
            assert_eq!(errors.next(), None, "{input:?}");
            applied += 1;
        }
        if let Some(error) = errors.next() {
            let id = cases[0]["id"].as_str().unwrap_or_default().to_owned();
            assert!(cases.iter().any(refuses), "{id}: {}", error.message);
        }
    }
    assert!(applied >= 8, "{applied}");
}

#[test]
fn what_the_kernel_refused_for_its_text_is_told() {
    let refused = [
        "quoted",
        "commas",
        "inline-comment-tight",
        "inline-comment-string",
        "inline-comment-list",
        "partial-third-bad",
        "suffix",
        "bad-then-good",
        "dup-good-then-bad",
        "empty-int",
    ];
    let mut told = BTreeSet::new();
    for (input, cases) in by_input(WRITTEN) {
        let id = cases[0]["id"].as_str().unwrap_or_default().to_owned();
        if refused.contains(&id.as_str()) {
            let errors = found(&input);
            let errors = errors.iter().filter(|own| own.severity == Severity::Error);
            assert_eq!(errors.count(), 1, "{id}");
            told.insert(id);
        }
    }
    assert_eq!(told.len(), refused.len(), "{told:?}");
}

/// A letter of Latin-1, which is no UTF-8.
const UMLAUT: u8 = 0xe4;

/// A text with such a letter behind every `#`.
fn latin(text: &str) -> Vec<u8> {
    let bytes = text.bytes().flat_map(|byte| match byte {
        b'#' => vec![b'#', UMLAUT],
        byte => vec![byte],
    });
    bytes.collect()
}

/// Fixes keep what they say whatever the lines look like: line breaks of Windows, a missing last one,
/// indentation, a byte order mark, lines of former times, comments in another encoding.
#[test]
fn fixes_keep_their_promise_in_files_of_every_shape() {
    let mut fixes = 0;
    let inputs: BTreeSet<String> = by_input(PARSED)
        .into_keys()
        .chain(by_input(WRITTEN).into_keys())
        .filter(|input| input.len() < 4096)
        .collect();
    for input in inputs {
        let shapes = [
            input.clone(),
            input.replace('\n', "\r\n"),
            input.trim_end_matches('\n').to_owned(),
            format!("\t {}", input.replace('\n', "\n\t ")),
            format!("\u{feff}{input}"),
            format!("vm.swappiness = 60\n{input}"),
            input.replace('\n', "\r"),
            format!("# a comment\r{input}"),
        ];
        let mut shapes: Vec<Vec<u8>> = shapes.map(String::into_bytes).to_vec();
        shapes.push(latin(&input));
        for shape in shapes {
            let configs = configs(None, &RULES);
            for finding in findings(&sources(&file(shape.clone())), &configs) {
                let end = finding.at.span.end as usize;
                assert!(end <= shape.len(), "{finding:?}");
            }
            for unsafe_ in [false, true] {
                let plan = fixed(&sources(&file(shape.clone())), &configs, unsafe_);
                fixes += plan.applied.len();
                let places = |bytes: &[u8]| bytes.split(|byte| *byte == UMLAUT).count();
                let after = &plan.sources.0[0].bytes;
                assert!(places(after) == places(&shape), "a comment is another one");
            }
        }
    }
    assert!(fixes > 200, "{fixes}");
}

/// The kernel refuses the later line, so that the one before it stays in force.
#[test]
fn a_line_before_a_refused_one_is_mended_alone() {
    let text = "net.ipv4.tcp_wmem = 16777216\nnet.ipv4.tcp_wmem = 4096 x\n";
    let configs = configs(None, &["sysctl-wrong-count"]);
    let plan = fixed(&sources(&file(text)), &configs, true);
    let after = "net.ipv4.tcp_wmem = 4096 16384 16777216\nnet.ipv4.tcp_wmem = 4096 x\n";
    assert_eq!(plan.sources.0[0].bytes, after.as_bytes());
}
