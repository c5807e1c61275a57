//! What flint says about a configuration, held against what real Flink made of it: what is refused
//! at start is an error, what is accepted is none.
//!
//! `testdata/syntax/flink-start.jsonl` holds one case a line: its name, the settings, and the versions
//! that refused it, took it with a warning in their log, or took it silently. Each version's client,
//! `JobManager` and `TaskManager` code was called with the settings; of what they answered, only the
//! outcome is kept. A native Kubernetes deployment was not part of it.

mod common;

use std::collections::BTreeMap;

use common::{assert_table_fits, configs, findings, sources};
use flint::finding::Severity;
use flint::flink::version::Versions;
use serde_json::{Map, Value};

/// Refused for a reason that no file holds.
const NOT_STATIC: [(&str, &str); 4] = [
    (
        "rocks options-factory missing",
        "the class could be in a jar of the job",
    ),
    (
        "registered-kryo missing class",
        "the class could be in a jar of the job",
    ),
    (
        "serialization-config missing class",
        "the class could be in a jar of the job",
    ),
    ("uid required", "the operators of the job have no uid"),
];

/// Refused where the recording does not look: whole jobs were run with it on 1.13, 1.20 and 2.3.
const REFUSED_LATER: [(&str, &str); 1] =
    [("maxp<p", "the JobMaster fails the job that the client took")];

/// What every real configuration holds; the cases are about one thing each.
const BASE: [(&str, &str); 3] = [
    ("jobmanager.rpc.address", "jobmanager"),
    ("jobmanager.memory.process.size", "1600m"),
    ("taskmanager.memory.process.size", "1728m"),
];

/// The file that one version reads, with the settings in it.
fn file(config: &Map<String, Value>, version: Versions) -> (String, Vec<u8>) {
    let own = config
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str().expect("a text")));
    let base = BASE
        .into_iter()
        .filter(|(key, _)| !config.contains_key(*key));
    common::file(base.chain(own), version)
}

/// About the text of a file, and the settings were given to Flink without one: a blank value can't be
/// written in flink-conf.yaml.
const ABOUT_TEXT: &str = "ignored-line";

/// What came of some cases.
#[derive(Default)]
struct Compared {
    refused: usize,
    found: usize,
    /// Refused, and no error: case and versions.
    missed: BTreeMap<String, Vec<String>>,
    /// Taken, and an error.
    wrong: Vec<String>,
}

impl Compared {
    fn add(&mut self, line: &str) {
        let case: Value = serde_json::from_str(line).expect("a recorded line is JSON");
        let name = case["case"].as_str().expect("a name");
        let config = case["config"].as_object().expect("settings");
        for outcome in ["rejected", "warned", "accepted"] {
            for version in case[outcome].as_array().expect("versions") {
                let version = version.as_str().expect("a version");
                self.compare(name, config, version, outcome == "rejected");
            }
        }
    }

    fn compare(&mut self, name: &str, config: &Map<String, Value>, version: &str, refused: bool) {
        let set = Versions::parse(version).expect("a version that flint knows");
        let refused = refused || REFUSED_LATER.iter().any(|(other, _)| *other == name);
        let sources = sources(&[file(config, set)]);
        let mut errors = findings(&sources, &configs(Some(version), &[]));
        errors.retain(|finding| finding.severity == Severity::Error && finding.rule != ABOUT_TEXT);
        if !refused {
            let said = errors
                .iter()
                .map(|finding| format!("{name} {version} {}: {}", finding.rule, finding.message));
            self.wrong.extend(said);
        }
        if refused && !NOT_STATIC.iter().any(|(other, _)| *other == name) {
            self.refused += 1;
            if errors.is_empty() {
                let versions = self.missed.entry(name.to_owned()).or_default();
                versions.push(version.to_owned());
            } else {
                self.found += 1;
            }
        }
    }
}

#[test]
fn what_flink_refuses_is_an_error_and_nothing_else() {
    assert_table_fits();
    let lines: Vec<&str> = include_str!("../testdata/syntax/flink-start.jsonl")
        .lines()
        .collect();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut all = Compared::default();
    let lines = &lines;
    std::thread::scope(|scope| {
        let work = |part: usize| {
            let mut compared = Compared::default();
            let own = lines.iter().skip(part).step_by(threads);
            for line in own {
                compared.add(line);
            }
            compared
        };
        let parts: Vec<_> = (0..threads)
            .map(|part| scope.spawn(move || work(part)))
            .collect();
        for part in parts {
            let part = part.join().expect("a thread that compares");
            all.refused += part.refused;
            all.found += part.found;
            all.missed.extend(part.missed);
            all.wrong.extend(part.wrong);
        }
    });
    assert!(all.refused > 900, "only {} refused starts", all.refused);
    assert!(
        all.wrong.is_empty(),
        "errors about what Flink takes:\n{}",
        all.wrong.join("\n")
    );
    assert!(
        all.missed.is_empty(),
        "{} of {} refused starts are errors; not found: {:#?}",
        all.found,
        all.refused,
        all.missed
    );
}
