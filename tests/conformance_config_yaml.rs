//! `config.yaml` against recorded answers of Flink 1.19 to 2.3.

mod common;

use common::recorded;
use flint::syntax::{Document, Kind, yaml};
use flint::text::{Source, SourceId};
use serde_json::Value;

/// Cases that read differently here on purpose.
const DEVIATIONS: [(&str, &str); 1] = [(
    "yaml-jinja",
    "a file that Flink refuses and that holds `{{ }}` is taken for a template: what it says once it \
     is filled in is unknown, so nothing in it is an error",
)];

/// Cases about which of several files Flink picks; no matter of this reader.
const SEVERAL_FILES: &str = "files-";

/// What is different, or nothing.
fn difference(document: &Document, expected: &Value) -> Option<String> {
    if expected["ok"] == false {
        let kind = document.load_error().map(|problem| problem.kind.name());
        let wanted = expected["kind"].as_str();
        return (kind != wanted).then(|| format!("error {kind:?}, Flink: {wanted:?}"));
    }
    if let Some(error) = document.load_error() {
        return Some(format!("refused: {}", error.message));
    }
    let wanted = expected["values"]
        .as_object()
        .expect("an answer has values");
    let mut ours: Vec<&str> = document
        .settings
        .iter()
        .map(|set| set.key.as_str())
        .collect();
    ours.sort_unstable();
    ours.dedup();
    let mut theirs: Vec<&str> = wanted.keys().map(String::as_str).collect();
    theirs.sort_unstable();
    if ours != theirs {
        return Some(format!("keys {ours:?}, Flink: {theirs:?}"));
    }
    for (key, value) in wanted {
        let setting = document.get(key)?;
        if value != setting.value.as_str() {
            return Some(format!("{key} is {:?}, Flink: {value}", setting.value));
        }
        let kind = match expected["types"][key].as_str() {
            Some("Integer" | "Long" | "BigInteger") => Kind::Integer,
            Some("Double") => Kind::Float,
            Some("Boolean") => Kind::Boolean,
            // Lists are text to Flink, other objects have no kind here.
            _ if setting.kind == Kind::List => Kind::List,
            _ => Kind::Text,
        };
        if setting.kind != kind {
            return Some(format!("{key} is {:?}, Flink: {kind:?}", setting.kind));
        }
    }
    None
}

/// Reads every case and gives their number.
fn compare(lines: &str) -> usize {
    let (mut compared, mut failures) = (0, Vec::new());
    for case in recorded(lines) {
        let id = case.id.as_str();
        let [(name, bytes)] = case.files.as_slice() else {
            continue;
        };
        if name != "config.yaml" || id.starts_with(SEVERAL_FILES) {
            continue;
        }
        let length = bytes.len();
        let source = Source::new(SourceId(0), "config.yaml", bytes.as_slice());
        let document = yaml::parse_config(&source);
        for setting in &document.settings {
            let spans = [setting.key_at, setting.value_at, setting.whole];
            assert!(spans.iter().all(|span| span.end as usize <= length), "{id}");
        }
        compared += 1;
        let known = DEVIATIONS.iter().any(|(deviating, _)| *deviating == id);
        match difference(&document, &case.expected) {
            Some(said) if !known => failures.push(format!("{id}: {said}")),
            None if known => failures.push(format!("{id}: no longer deviates")),
            _ => {}
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    compared
}

#[test]
fn config_yaml_reads_as_recorded() {
    let compared = compare(include_str!("../testdata/syntax/flink-conf-parse.jsonl"));
    assert!(compared > 190, "only {compared} cases");
    assert!(DEVIATIONS.len() * 50 < compared, "more than 2 % deviate");
}

/// Random and damaged documents, recorded with Flink 1.20.1.
#[test]
fn random_config_yaml_reads_as_recorded() {
    let compared = compare(include_str!("../testdata/syntax/config-yaml-random.jsonl"));
    assert!(compared > 300, "only {compared} cases");
}
