//! The value grammar, held against what real Flink answered.

use flint::flink::options::{self, ValueKind};
use flint::flink::value;
use flint::flink::version::Versions;
use flint::syntax::{Document, Kind, flink_conf, yaml};
use flint::text::{Source, SourceId};
use flint::typed::{self, Form, Given, Typed};
use serde_json::Value;

/// One recorded answer: what Flink made of a text as a type, in some versions.
struct Answer {
    line: usize,
    kind: String,
    mode: String,
    text: String,
    versions: Versions,
    /// The value, or `None` for an error.
    result: Option<Value>,
    /// Flink's words, for the failure message.
    error: String,
}

fn answers() -> Vec<Answer> {
    let file = include_str!("../testdata/syntax/flink-values.jsonl");
    let read = |(index, line): (usize, &str)| {
        let value: Value = serde_json::from_str(line).expect("a JSON object on each line");
        let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
        let versions = value["versions"].as_array().expect("a list of versions");
        let versions: Vec<&str> = versions.iter().filter_map(Value::as_str).collect();
        Answer {
            line: index + 1,
            kind: text("type"),
            mode: text("mode"),
            text: text("text"),
            versions: Versions::parse(&versions.join(",")).expect("versions that flint knows"),
            result: (value["ok"] == true).then(|| value["result"].clone()),
            error: text("error"),
        }
    };
    file.lines().enumerate().map(read).collect()
}

/// The option whose type is an enum class.
fn option_of_enum(class: &str) -> &'static str {
    match class.rsplit('.').next() {
        Some("CheckpointingMode") => "execution.checkpointing.mode",
        Some("JobManagerOptions$SchedulerType") => "jobmanager.scheduler",
        Some("KubernetesConfigOptions$ServiceExposedType") => {
            "kubernetes.rest-service.exposed.type"
        }
        Some("SchedulerExecutionMode") => "scheduler-mode",
        Some("RuntimeExecutionMode") => "execution.runtime-mode",
        _ => panic!("no option for {class}"),
    }
}

/// The setting `k` in a file that holds it as recorded; `None` for a file that does not load.
fn document(answer: &Answer) -> Option<Document> {
    let blank = if answer.text.starts_with('\n') {
        ""
    } else {
        " "
    };
    let text = format!("k:{blank}{}\n", answer.text);
    let source = Source::new(SourceId(0), "conf", text);
    let document = if answer.mode == "flink-conf.yaml" {
        flink_conf::parse(&source)
    } else {
        yaml::parse_config(&source)
    };
    document.load_error.is_none().then_some(document)
}

/// What flint makes of a recorded value, in the form of the recorded answers.
fn ours(answer: &Answer, version: Versions) -> Result<Value, String> {
    let form = match answer.mode.as_str() {
        "string" | "legacy-string" => Form::Legacy,
        "yaml-string" => Form::YamlFirst,
        "flink-conf.yaml" | "config.yaml" => {
            let document = document(answer).ok_or("the file does not load")?;
            let entries = document.settings.iter();
            let entries = entries.filter_map(|entry| {
                let key = entry.key.strip_prefix("k.")?;
                Some((key.to_owned(), entry.value.as_str().into()))
            });
            return match document.get("k") {
                Some(setting) => read(&answer.kind, Given::of(&document, setting), version),
                // Nested keys are entries of the map; a mapping without any vanishes.
                None if document.settings.is_empty() => Ok(Value::Null),
                None => Ok(Value::Object(entries.collect())),
            };
        }
        mode => panic!("unknown mode {mode}"),
    };
    let given = Given {
        text: &answer.text,
        kind: Kind::Text,
        form,
    };
    read(&answer.kind, given, version)
}

/// Reads a value as the type with a name of the recorded answers.
fn read(kind: &str, given: Given, version: Versions) -> Result<Value, String> {
    let words = |error: value::ValueError| error.to_string();
    let plain = |kind| {
        typed::read(kind, &[], given, version)
            .map(json)
            .map_err(words)
    };
    let items = |kind| {
        let item = |text: &str| typed::read(kind, &[], Given { text, ..given }, version);
        typed::list(given.text, given.form, item)
            .map(json)
            .map_err(words)
    };
    match kind {
        "MemorySize" => plain(ValueKind::MemorySize),
        "Duration" => plain(ValueKind::Duration),
        "Boolean" => plain(ValueKind::Boolean),
        "Integer" => plain(ValueKind::Integer),
        "Long" => plain(ValueKind::Long),
        "Double" => plain(ValueKind::Double),
        "Float" => plain(ValueKind::Float),
        "String" => plain(ValueKind::String),
        "Map" => plain(ValueKind::Map),
        "List<String>" => plain(ValueKind::StringList),
        "List<Map>" => plain(ValueKind::MapList),
        "List<Integer>" => items(ValueKind::Integer),
        "List<Duration>" => items(ValueKind::Duration),
        _ => {
            let class = kind.strip_prefix("Enum:").expect("a known type");
            let option = options::meanings(option_of_enum(class))
                .find(|spec| spec.versions.overlaps(version))
                .expect("the option in this version");
            let names: Vec<&str> = option.enum_values().collect();
            typed::read(ValueKind::Enum, &names, given, version)
                .map(json)
                .map_err(words)
        }
    }
}

/// A value in the form of the recorded answers.
fn json(typed: Typed) -> Value {
    match typed {
        Typed::Boolean(truth) => truth.into(),
        Typed::Integer(number) => number.into(),
        Typed::Long(number) => number.into(),
        Typed::Float(number) => java_decimal(&format!("{number:?}")),
        Typed::Double(number) => java_decimal(&format!("{number:?}")),
        Typed::MemorySize(bytes) => bytes.into(),
        Typed::Duration(time) => {
            serde_json::json!({"seconds": time.as_secs(), "nanos": time.subsec_nanos()})
        }
        Typed::Name(text) | Typed::Text(text) => text.into(),
        Typed::Map(pairs) => {
            let pairs = pairs.into_iter().map(|(key, value)| (key, value.into()));
            Value::Object(pairs.collect())
        }
        Typed::List(items) => items.into_iter().map(json).collect::<Vec<_>>().into(),
    }
}

/// A number as Java prints it, for the few numbers of the recorded answers.
fn java_decimal(rust: &str) -> Value {
    match rust {
        "inf" => "Infinity".into(),
        "-inf" => "-Infinity".into(),
        other => other.into(),
    }
}

#[test]
fn values_mean_what_they_mean_to_flink() {
    let mut checked = 0;
    let mut checks = 0;
    let mut deviations = Vec::new();
    for answer in answers() {
        checked += 1;
        for version in answer.versions.iter() {
            checks += 1;
            let ours = ours(&answer, version);
            if ours.as_ref().ok() != answer.result.as_ref() {
                deviations.push(format!(
                    "line {}: {} {} {:?} in {version}: Flink {:?} {}, flint {ours:?}",
                    answer.line, answer.kind, answer.mode, answer.text, answer.result, answer.error,
                ));
            }
        }
    }
    assert_eq!(deviations, Vec::<String>::new());
    assert_eq!((checked, checks), (635, 5432));
}

#[test]
fn a_set_of_versions_accepts_what_each_of_them_accepts() {
    for answer in answers() {
        if answer.kind != "Duration" || answer.mode != "string" {
            continue;
        }
        let all = value::parse_duration(&answer.text, answer.versions);
        assert_eq!(all.is_ok(), answer.result.is_some(), "line {}", answer.line);
        // No text means two things, so all versions together refuse what one refuses.
        let each = Versions::ALL
            .iter()
            .all(|version| value::parse_duration(&answer.text, version).is_ok());
        let together = value::parse_duration(&answer.text, Versions::ALL).is_ok();
        assert_eq!(together, each, "line {}", answer.line);
    }
}
