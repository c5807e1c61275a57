//! The memory model, held against what real Flink computed, refused and logged.

mod memory_model;

use flint::flink::memory::{
    Inputs, JobManager, MemoryError, Mode, Part, TaskManager, Why, job_manager, task_manager,
};
use flint::flink::version::Versions;
use memory_model::{Question, Random};
use serde_json::{Map, Value, json};

/// Answers of real Flink: 50 of each version, on settings that resemble what people write.
const RECORDED: &str = include_str!("../testdata/flink/flink-memory.jsonl");

/// The same on random settings with values at the edges, each with something that no other one shows.
const AT_THE_EDGES: &str = include_str!("../testdata/flink/flink-memory-more.jsonl");

/// What Flink was given, and what it answered.
struct Recorded {
    id: u64,
    version: Versions,
    mode: Mode,
    is_task_manager: bool,
    answer: Value,
}

impl Recorded {
    fn read(line: &str) -> Self {
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
    }

    fn inputs(&self) -> Inputs<'_> {
        let config = self.answer["config"].as_object().expect("a map");
        Inputs::read(|key| config.get(key).and_then(Value::as_str))
    }

    /// Where the model says something else.
    fn mismatch(&self) -> Option<String> {
        let own = if self.is_task_manager {
            task_manager(&self.inputs(), self.version, self.mode)
                .map(|model| of_task_manager(&model))
        } else {
            job_manager(&self.inputs(), self.version, self.mode).map(|model| of_job_manager(&model))
        };
        let own = answer(own);
        let differs = |name: &&str| own.get(name) != self.answer.get(name);
        let at = ["result", "error", "jvm_params"]
            .into_iter()
            .find(differs)?;
        let own = own.get(at);
        Some(format!("{} {at}: {own:?}\n  for {}", self.id, self.answer))
    }

    /// Where the model takes another limit in place of a fraction than Flink logs.
    fn mismatched_limit(&self) -> Option<String> {
        self.answer.get("result")?;
        let limits = if self.is_task_manager {
            let model = task_manager(&self.inputs(), self.version, self.mode).ok()?;
            let overhead = clamped(&model.jvm_overhead, "jvm overhead");
            [overhead, clamped(&model.network, "network")]
        } else {
            let model = job_manager(&self.inputs(), self.version, self.mode).ok()?;
            [clamped(&model.jvm_overhead, "jvm overhead"), None]
        };
        let mut own: Vec<String> = limits.into_iter().flatten().collect();
        let log = self.answer["log"].as_array().expect("a list").iter();
        let mut logged: Vec<String> = log
            .filter_map(|line| logged_limit(line.as_str().expect("a text")))
            .collect();
        own.sort();
        logged.sort();
        (own != logged).then(|| format!("{}: {own:?} for {}", self.id, self.answer))
    }
}

/// Holds the model against answers, and says how many there were.
fn check(answers: &str) -> usize {
    let all = answers.lines().map(Recorded::read);
    let mut count = 0;
    let mut wrong = Vec::new();
    for one in all {
        count += 1;
        wrong.extend(one.mismatch().or_else(|| one.mismatched_limit()));
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
    count
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

/// In which direction a limit took the place of a fraction, in words of both sides.
fn clamped(part: &Part, what: &str) -> Option<String> {
    match part.why {
        Why::Least { derived } => Some(format!("{what} {derived} less")),
        Why::Most { derived } => Some(format!("{what} {derived} greater")),
        _ => None,
    }
}

/// The same from a line of Flink's log.
fn logged_limit(line: &str) -> Option<String> {
    let rest = line.strip_prefix("INFO The derived from fraction ")?;
    let (what, rest) = rest.split_once(" memory (")?;
    // `64.000mb (67108864 bytes)) is` or, where it is small, `12 bytes) is`.
    let (size, rest) = rest.split_once(") is ")?;
    let size = size.trim_end_matches(')').rsplit('(').next()?;
    let than = rest.split(' ').next()?;
    Some(format!("{what} {} {than}", size.trim_end_matches(" bytes")))
}

#[test]
fn every_recorded_answer_is_given() {
    assert_eq!(check(RECORDED), 600);
    assert_eq!(check(AT_THE_EDGES), 258);
}

/// A file that `tools/memory-model/campaign.sh` names.
fn file(variable: &str) -> std::path::PathBuf {
    let name = std::env::var_os(variable);
    name.unwrap_or_else(|| panic!("{variable} names a file"))
        .into()
}

#[test]
#[ignore = "writes the questions of tools/memory-model/campaign.sh"]
fn fresh_questions_are_written() {
    let number = |variable: &str| std::env::var(variable).ok()?.parse::<u64>().ok();
    let count = number("FLINT_MEMORY_COUNT").unwrap_or(24_000);
    let mut random = Random(number("FLINT_MEMORY_SEED").unwrap_or(1).max(1));
    let releases: Vec<(Versions, Value)> = RECORDED
        .lines()
        .map(Recorded::read)
        .map(|one| (one.version, one.answer["version"].clone()))
        .collect();
    let mut text = String::new();
    for id in 0..count {
        let question = Question::random(&mut random);
        let release = releases.iter().find(|(own, _)| *own == question.version);
        let (_, release) = release.expect("each version is recorded");
        let settings = question.settings.iter();
        let config: Map<String, Value> = settings
            .map(|(key, text)| ((*key).to_owned(), json!(text)))
            .collect();
        let line = json!({
            "id": id,
            "version": release,
            "process": question.process.name().to_lowercase(),
            "mode": match question.mode {
                Mode::Direct => "raw",
                mode => mode.name(),
            },
            "config": config,
        });
        text.push_str(&format!("{line}\n"));
    }
    std::fs::write(file("FLINT_MEMORY_QUESTIONS"), text).expect("a file that can be written");
}

#[test]
#[ignore = "reads the answers of tools/memory-model/campaign.sh"]
fn fresh_answers_are_given() {
    let answers = std::fs::read_to_string(file("FLINT_MEMORY_ANSWERS")).expect("a text");
    assert!(check(&answers) > 0);
}
