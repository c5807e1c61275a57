//! The value grammar, held against what real Flink answered.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use flint::flink::options;
use flint::flink::value;
use flint::flink::version::Versions;
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

/// The text that reaches the type, or why this test can't know it.
fn value_text(answer: &Answer) -> Result<Cow<'_, str>, &'static str> {
    let collection = answer.kind.starts_with("List") || answer.kind == "Map";
    match answer.mode.as_str() {
        "string" | "legacy-string" => Ok(answer.text.as_str().into()),
        "flink-conf.yaml" => Ok(answer
            .text
            .split('#')
            .next()
            .unwrap_or_default()
            .trim()
            .into()),
        "yaml-string" => Err("lists and maps are read as YAML first"),
        "config.yaml" if collection => Err("lists and maps are read as YAML first"),
        "config.yaml" => yaml_scalar(&answer.text, &answer.kind),
        mode => panic!("unknown mode {mode}"),
    }
}

/// What Flink makes of a scalar of config.yaml before an option reads it: numbers of the YAML core
/// schema print in Java's way, everything else stays.
fn yaml_scalar<'a>(text: &'a str, kind: &str) -> Result<Cow<'a, str>, &'static str> {
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote) {
            let inner = inner.strip_suffix(quote).expect("a closed quote");
            return Ok(inner.into());
        }
    }
    let plain = text.split(" #").next().unwrap_or_default();
    if ["~", "null"].contains(&plain) {
        return Err("a file with a null does not load");
    }
    let unsigned = plain.trim_start_matches(['+', '-']);
    let radix = |prefix: &str, radix| {
        let digits = unsigned.strip_prefix(prefix)?;
        i128::from_str_radix(digits, radix).ok()
    };
    let digits_only = unsigned.bytes().all(|byte| byte.is_ascii_digit());
    let whole = digits_only.then(|| plain.parse::<i128>().ok()).flatten();
    if let Some(number) = whole.or(radix("0x", 16)).or(radix("0o", 8)) {
        return Ok(number.to_string().into());
    }
    let number = match unsigned {
        ".inf" => Some(f64::INFINITY),
        ".nan" => Some(f64::NAN),
        _ if unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') => plain.parse().ok(),
        _ => None,
    };
    let Some(number) = number else {
        return Ok(plain.into());
    };
    let outside = number.abs() > f64::from(f32::MAX);
    if kind == "Float" && outside {
        return Err("a YAML number outside of a float is refused by its type");
    }
    // Java writes an exponent from 10^7 on.
    Ok(match format!("{number:?}").as_str() {
        "inf" => "Infinity".into(),
        other if number.abs() < 1e7 || number.is_nan() => other.to_owned().into(),
        _ => format!("{number:E}").replace('E', ".0E").into(),
    })
}

/// What flint makes of a text, in the form of the recorded answers.
fn read(kind: &str, text: &str, version: Versions) -> Result<Value, String> {
    let words = |error: value::ValueError| error.to_string();
    let list = |inner: &str| {
        let items = value::parse_list_legacy(text).map_err(words)?;
        let items: Result<Vec<Value>, String> = items
            .iter()
            .map(|item| read(inner, item, version))
            .collect();
        items.map(Value::from)
    };
    match kind {
        "MemorySize" => value::parse_memory(text).map(Value::from).map_err(words),
        "Duration" => value::parse_duration(text, version)
            .map(|duration: Duration| {
                serde_json::json!({"seconds": duration.as_secs(), "nanos": duration.subsec_nanos()})
            })
            .map_err(words),
        "Boolean" => value::parse_boolean(text).map(Value::from).map_err(words),
        "Integer" => value::parse_integer(text).map(Value::from).map_err(words),
        "Long" => value::parse_long(text).map(Value::from).map_err(words),
        "Double" => value::parse_double(text)
            .map(|number| java_decimal(&format!("{number:?}")))
            .map_err(words),
        "Float" => value::parse_float(text)
            .map(|number| java_decimal(&format!("{number:?}")))
            .map_err(words),
        "String" => Ok(text.into()),
        "Map" => {
            let pairs = value::parse_map_legacy(text).map_err(words)?;
            let pairs = pairs.into_iter().map(|(key, value)| (key, value.into()));
            Ok(Value::Object(pairs.collect()))
        }
        _ => {
            if let Some(inner) = kind.strip_prefix("List<") {
                return list(inner.trim_end_matches('>'));
            }
            let class = kind.strip_prefix("Enum:").expect("a known type");
            let option = options::meanings(option_of_enum(class))
                .find(|spec| spec.versions.overlaps(version));
            let names = option.iter().flat_map(options::OptionSpec::enum_values);
            value::parse_enum(text, names).map(Value::from).map_err(words)
        }
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
    let mut skipped: BTreeMap<&str, usize> = BTreeMap::new();
    let mut deviations = Vec::new();
    for answer in answers() {
        let text = match value_text(&answer) {
            Ok(text) => text,
            Err(reason) => {
                *skipped.entry(reason).or_default() += 1;
                continue;
            }
        };
        checked += 1;
        for version in answer.versions.iter() {
            checks += 1;
            let ours = read(&answer.kind, &text, version);
            if ours.as_ref().ok() != answer.result.as_ref() {
                deviations.push(format!(
                    "line {}: {} {:?} in {version}: Flink {:?} {}, flint {ours:?}",
                    answer.line, answer.kind, answer.text, answer.result, answer.error,
                ));
            }
        }
    }
    assert_eq!(deviations, Vec::<String>::new());
    let skipped: Vec<(&str, usize)> = skipped.into_iter().collect();
    assert_eq!(
        skipped,
        [
            ("a YAML number outside of a float is refused by its type", 2),
            ("a file with a null does not load", 2),
            ("lists and maps are read as YAML first", 172),
        ]
    );
    assert_eq!((checked, checks), (459, 4382));
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
