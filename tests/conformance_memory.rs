//! The memory model, held against what real Flink computed, refused and logged.

use flint::flink::memory::{
    Inputs, JobManager, MemoryError, Mode, Part, TaskManager, Why, job_manager, task_manager,
};
use flint::flink::version::Versions;
use serde_json::{Map, Value, json};

/// What Flink was given, and what it answered.
struct Recorded {
    id: u64,
    version: Versions,
    mode: Mode,
    is_task_manager: bool,
    answer: Value,
}

fn recorded() -> impl Iterator<Item = Recorded> {
    include_str!("../testdata/flink/flink-memory.jsonl")
        .lines()
        .map(|line| {
            let answer: Value = serde_json::from_str(line).expect("an object on each line");
            let text = |name: &str| answer[name].as_str().expect("a text");
            Recorded {
                id: answer["id"].as_u64().expect("a number"),
                version: Versions::parse(text("version")).expect("a version"),
                mode: match text("mode") {
                    "standalone" => Mode::Standalone,
                    "container" => Mode::Container,
                    "raw" => Mode::Direct,
                    other => panic!("no mode {other}"),
                },
                is_task_manager: match text("process") {
                    "taskmanager" => true,
                    "jobmanager" => false,
                    other => panic!("no process {other}"),
                },
                answer,
            }
        })
}

fn bytes(parts: &[(&'static str, Part)]) -> Map<String, Value> {
    let named = parts.iter();
    named
        .map(|(name, part)| ((*name).to_owned(), json!(part.bytes)))
        .collect()
}

fn of_task_manager(model: &TaskManager) -> (Value, String) {
    let mut all = bytes(&model.parts());
    all.insert("jvm_heap".to_owned(), json!(model.jvm_heap()));
    all.insert("jvm_direct".to_owned(), json!(model.jvm_direct()));
    all.insert("cpu_cores".to_owned(), json!(model.cpu_cores));
    all.insert("num_slots".to_owned(), json!(model.num_slots));
    (Value::Object(all), model.jvm_params())
}

fn of_job_manager(model: &JobManager) -> (Value, String) {
    (Value::Object(bytes(&model.parts())), model.jvm_params())
}

/// What the model says in the words of the record.
fn answer(model: Result<(Value, String), MemoryError>) -> Value {
    match model {
        Ok((result, flags)) => json!({ "result": result, "jvm_params": flags }),
        Err(error) => json!({ "error": { "class": error.class(), "message": error.message() } }),
    }
}

#[test]
fn every_recorded_answer_is_given() {
    let mut count = 0;
    let mut wrong = Vec::new();
    for one in recorded() {
        count += 1;
        let config = one.answer["config"].as_object().expect("a map");
        let inputs = Inputs::read(|key| config.get(key).and_then(Value::as_str));
        let own = if one.is_task_manager {
            task_manager(&inputs, one.version, one.mode).map(|model| of_task_manager(&model))
        } else {
            job_manager(&inputs, one.version, one.mode).map(|model| of_job_manager(&model))
        };
        let own = answer(own);
        for name in ["result", "error", "jvm_params"] {
            if own.get(name) != one.answer.get(name) {
                wrong.push(format!(
                    "{} {name}: {:?}\n  for {:?}",
                    one.id,
                    own.get(name),
                    one.answer
                ));
            }
        }
    }
    assert_eq!(count, 600);
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

/// The lines in which Flink says that it took a limit in place of a fraction, without their sizes.
fn clamped(part: &Part, what: &str) -> Option<String> {
    match part.why {
        Why::Least { derived } => Some(format!("{what} {derived} less")),
        Why::Most { derived } => Some(format!("{what} {derived} greater")),
        _ => None,
    }
}

#[test]
fn a_limit_is_named_where_flink_logs_that_it_took_one() {
    for one in recorded().filter(|one| one.answer.get("result").is_some()) {
        let config = one.answer["config"].as_object().expect("a map");
        let inputs = Inputs::read(|key| config.get(key).and_then(Value::as_str));
        let mut own: Vec<String> = if one.is_task_manager {
            let model = task_manager(&inputs, one.version, one.mode).expect("as recorded");
            let overhead = clamped(&model.jvm_overhead, "jvm overhead");
            let network = clamped(&model.network, "network");
            overhead.into_iter().chain(network).collect()
        } else {
            let model = job_manager(&inputs, one.version, one.mode).expect("as recorded");
            clamped(&model.jvm_overhead, "jvm overhead")
                .into_iter()
                .collect()
        };
        let log = one.answer["log"].as_array().expect("a list");
        let said = |line: &str| {
            let rest = line.strip_prefix("INFO The derived from fraction ")?;
            let (what, rest) = rest.split_once(" memory (")?;
            let (size, rest) = rest
                .split_once(')')
                .filter(|(size, _)| !size.contains('('))
                .or_else(|| {
                    let (size, rest) = rest.split_once(" bytes))")?;
                    Some((size.split_once('(')?.1, rest))
                })?;
            let than = if rest.contains("greater") {
                "greater"
            } else {
                "less"
            };
            Some(format!("{what} {} {than}", size.trim_end_matches(" bytes")))
        };
        let mut logged: Vec<String> = log
            .iter()
            .filter_map(|line| said(line.as_str().expect("a text")))
            .collect();
        own.sort();
        logged.sort();
        assert_eq!(own, logged, "{}", one.id);
    }
}
