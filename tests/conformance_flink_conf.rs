//! The reader of `flink-conf.yaml` held against what Flink 1.13 to 1.20 answered.

mod common;

use std::collections::BTreeMap;

use common::recorded;
use flint::syntax::{ProblemKind, flink_conf};
use flint::text::{Source, SourceId};
use serde_json::Value;

const RECORDED: &str = include_str!("../testdata/syntax/flink-conf-parse.jsonl");

/// The legacy half: one file of this name, read by versions up to 1.20. Cases with several or
/// missing files (`files-*`) are about which file Flink opens, and are told apart by folder.
fn cases() -> impl Iterator<Item = (String, Source, Value)> {
    recorded(RECORDED).into_iter().filter_map(|case| {
        let legacy = case
            .versions
            .iter()
            .all(|version| version.starts_with("1."));
        let [(name, bytes)] = case.files.as_slice() else {
            return None;
        };
        let source = Source::new(SourceId(0), name.as_str(), bytes.as_slice());
        (name == "flink-conf.yaml" && legacy).then_some((case.id, source, case.expected))
    })
}

#[test]
fn every_recorded_file_reads_as_in_flink() {
    let mut count = 0;
    for (id, source, expected) in cases() {
        assert_eq!(expected["ok"], true, "{id}");
        let document = flink_conf::parse(&source);
        let found: BTreeMap<&str, &str> = document
            .settings
            .iter()
            .map(|setting| (&*setting.key, &*setting.value))
            .collect();
        let wanted: BTreeMap<&str, &str> = expected["values"]
            .as_object()
            .expect("values")
            .iter()
            .map(|(key, value)| (&**key, value.as_str().expect("text")))
            .collect();
        assert_eq!(found, wanted, "{id}");
        count += 1;
    }
    assert!(
        count > 100,
        "only {count} cases were held against the reader"
    );
}

#[test]
fn every_recorded_warning_is_known_with_its_line() {
    for (id, source, expected) in cases() {
        let none = Vec::new();
        let wanted: Vec<(u64, &str)> = expected["warnings"]
            .as_array()
            .unwrap_or(&none)
            .iter()
            .map(|warning| {
                let line = warning["line"].as_u64().expect("a line");
                (line, warning["kind"].as_str().expect("a kind"))
            })
            .collect();
        let found: Vec<(u64, &str)> = flink_conf::skipped_lines(&source)
            .iter()
            .map(|(line, kind)| (*line as u64, kind.name()))
            .collect();
        assert_eq!(found, wanted, "{id}");
    }
}

#[test]
fn every_skipped_line_has_a_problem_of_its_own_or_stands_in_a_nested_block() {
    for (id, source, _) in cases() {
        let document = flink_conf::parse(&source);
        let line = |kind: ProblemKind| -> Vec<usize> {
            let of_kind = document.problems.iter().filter(|p| p.kind == kind);
            of_kind.map(|p| source.place(p.at.start).line).collect()
        };
        let own = [
            line(ProblemKind::NotAPair),
            line(ProblemKind::EmptyKeyOrValue),
            line(ProblemKind::NestedBlock),
        ];
        let mut own: Vec<usize> = own.concat();
        own.sort_unstable();
        let skipped: Vec<usize> = flink_conf::skipped_lines(&source)
            .iter()
            .map(|(line, _)| *line)
            .collect();
        assert!(own.iter().all(|line| skipped.contains(line)), "{id}");
        let nested = line(ProblemKind::NestedBlock);
        for line in skipped.iter().filter(|line| !own.contains(line)) {
            let above = nested.iter().any(|root| root < line);
            assert!(above, "{id}: line {line} is skipped and not reported");
        }
    }
}
