//! What flint says of memory settings, held against what real Flink computed and refused, and its fixes
//! against the model.

mod common;

use std::collections::BTreeMap;

use common::{assert_table_fits, configs, file, findings, fixed, sources};
use flint::finding::{Finding, Severity};
use flint::flink::version::Versions;
use flint::text::Sources;
use serde_json::{Map, Value};

const RULES: [&str; 4] = [
    "memory-infeasible",
    "memory-not-configured",
    "memory-shadowed",
    "tiny-heap",
];

/// The settings of a recorded case, with the other process and what shows who starts them.
fn settings<'t>(
    config: &'t Map<String, Value>,
    process: &str,
    mode: &str,
) -> Vec<(&'t str, &'t str)> {
    let own = config.iter();
    let mut all: Vec<(&str, &str)> = own
        .map(|(key, value)| (key.as_str(), value.as_str().expect("a text")))
        .collect();
    let other = match process {
        "taskmanager" => ("jobmanager.memory.process.size", "1600m"),
        _ => ("taskmanager.memory.process.size", "1728m"),
    };
    if !config.contains_key(other.0) {
        all.push(other);
    }
    if mode == "container" {
        all.push(("kubernetes.rest-service.exposed.type", "ClusterIP"));
    }
    all
}

fn shown(findings: &[Finding]) -> String {
    let lines = findings
        .iter()
        .map(|finding| format!("{} {}", finding.rule, finding.message));
    lines.collect::<Vec<_>>().join("; ")
}

#[test]
fn what_flink_refuses_is_an_error_and_nothing_else() {
    assert_table_fits();
    let (mut refused, mut taken, mut wrong) = (0, 0, Vec::new());
    for line in include_str!("../testdata/flink/flink-memory.jsonl").lines() {
        let case: Value = serde_json::from_str(line).expect("an object on each line");
        let text = |name: &str| case[name].as_str().expect("a text");
        let config = case["config"].as_object().expect("a map");
        let (process, mode) = (text("process"), text("mode"));
        let settings = settings(config, process, mode);
        // `raw` leaves out what the scripts do with old keys; flink-conf.yaml has no blanks around values.
        let old = settings
            .iter()
            .any(|(key, _)| key.contains("manager.heap."));
        let blank = settings
            .iter()
            .any(|(_, value)| value.is_empty() || value.trim() != *value);
        if mode == "raw" && old || blank {
            continue;
        }
        let version = Versions::parse(text("version")).expect("a version");
        let sources = sources(&[file(settings, version)]);
        let mut errors = findings(&sources, &configs(Some(text("version")), &[]));
        errors.retain(|finding| finding.severity == Severity::Error);
        if let Some(message) = case["error"]["message"].as_str() {
            refused += 1;
            // The client of native Kubernetes and YARN is given sizes in other ways, too.
            let elsewhere =
                mode == "container" && message.contains("need to be configured explicitly");
            if errors.is_empty() != elsewhere {
                wrong.push(format!("{line}\n  {message}\n  {}", shown(&errors)));
            }
            let own = |finding: &&Finding| RULES.contains(&finding.rule.as_str());
            if errors.iter().filter(own).count() > 1 {
                wrong.push(format!("{line}\n  twice: {}", shown(&errors)));
            }
        } else {
            taken += 1;
            // What the memory does not depend on, such as the number of slots beside that of cores.
            errors.retain(|finding| RULES.contains(&finding.rule.as_str()));
            if !errors.is_empty() {
                wrong.push(format!("{line}\n  {}", shown(&errors)));
            }
        }
    }
    assert!(refused > 200 && taken > 300, "{refused} and {taken}");
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// xorshift64: the same numbers on every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).expect("less than the limit")
    }

    fn pick<'w>(&mut self, words: &[&'w str]) -> &'w str {
        words[self.below(words.len())]
    }
}

const SIZES: [&str; 16] = [
    "0", "32m", "64m", "128 mb", "256Mb", "300m", "512m", "600m", "768m", "1g", "1024M", "1500m",
    "2 GB", "3gb", "4g", "8G",
];
const FRACTIONS: [&str; 9] = ["0", "0.05", "0.1", "0.3", "0.5", "0.7", "0.9", "1.2", "40"];

/// Options of one process with values that people write, and some that they do not.
fn random(random: &mut Random) -> BTreeMap<&'static str, &'static str> {
    let mut all = BTreeMap::new();
    let sizes = [
        ("taskmanager.memory.process.size", 2),
        ("taskmanager.memory.flink.size", 4),
        ("taskmanager.memory.task.heap.size", 5),
        ("taskmanager.memory.managed.size", 4),
        ("taskmanager.memory.task.off-heap.size", 6),
        ("taskmanager.memory.framework.heap.size", 9),
        ("taskmanager.memory.jvm-metaspace.size", 6),
        ("taskmanager.memory.network.min", 7),
        ("taskmanager.memory.network.max", 7),
        ("taskmanager.memory.jvm-overhead.min", 9),
        ("taskmanager.memory.jvm-overhead.max", 9),
        ("jobmanager.memory.process.size", 2),
        ("jobmanager.memory.flink.size", 4),
        ("jobmanager.memory.heap.size", 4),
        ("jobmanager.memory.off-heap.size", 4),
        ("jobmanager.memory.jvm-metaspace.size", 6),
    ];
    let fractions = [
        ("taskmanager.memory.managed.fraction", 4),
        ("taskmanager.memory.network.fraction", 6),
        ("taskmanager.memory.jvm-overhead.fraction", 8),
        ("jobmanager.memory.jvm-overhead.fraction", 6),
    ];
    for (key, times) in sizes {
        if random.below(times) == 0 {
            all.insert(key, random.pick(&SIZES));
        }
    }
    for (key, times) in fractions {
        if random.below(times) == 0 {
            all.insert(key, random.pick(&FRACTIONS));
        }
    }
    all.entry("taskmanager.memory.process.size")
        .or_insert("1728m");
    all.entry("jobmanager.memory.process.size")
        .or_insert("1600m");
    all
}

fn of(findings: &[Finding], rule: &str, process: &str) -> usize {
    let of_process = |finding: &&Finding| finding.rule == rule && finding.message.contains(process);
    findings.iter().filter(of_process).count()
}

#[test]
fn a_process_starts_after_its_fix() {
    assert_table_fits();
    let mut numbers = Random(0x5EED);
    let (mut failing, mut offered) = (0, 0);
    for round in 0..120 {
        let settings = random(&mut numbers);
        let version = ["1.16", "1.20", "2.2"][round % 3];
        let set = Versions::parse(version).expect("a version");
        let before: Sources = sources(&[file(
            settings.iter().map(|(key, value)| (*key, *value)),
            set,
        )]);
        let only = |rules: &[&str]| configs(Some(version), rules);
        let found = findings(&before, &only(&RULES));
        for process in ["JobManager", "TaskManager"] {
            let infeasible = of(&found, "memory-infeasible", process);
            assert!(infeasible <= 1, "{settings:?}");
            assert_eq!(
                of(&found, "memory-not-configured", process),
                0,
                "{settings:?}"
            );
        }
        failing += found
            .iter()
            .filter(|finding| finding.rule == "memory-infeasible")
            .count();
        let with_fix =
            |finding: &&Finding| finding.rule == "memory-infeasible" && finding.fix.is_some();
        let fixes: Vec<&Finding> = found.iter().filter(with_fix).collect();
        offered += fixes.len();
        let after = fixed(&before, &only(&["memory-infeasible"]), true).sources;
        let left = findings(&after, &only(&["memory-infeasible"]));
        for finding in fixes {
            let process = ["JobManager", "TaskManager"]
                .into_iter()
                .find(|process| finding.message.contains(process));
            let process = process.expect("a process");
            assert_eq!(
                of(&left, "memory-infeasible", process),
                0,
                "{settings:?}\n{}",
                shown(&left)
            );
        }
        // What is safe to remove leaves the memory as it is; what is too little grows.
        fixed(&before, &only(&RULES), true);
    }
    // The others are wrong in more than one way.
    assert!(failing > 120, "{failing} processes fail");
    assert!(offered * 3 >= failing * 2, "{offered} fixes for {failing}");
}
