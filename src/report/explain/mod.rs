//! Rule pages and options for people and as JSON.

use serde_json::{Value, json};

use crate::flink::options::{self, OptionSpec, State};
use crate::flink::version::Versions;
use crate::rules::{DefaultValue, Entry, FrontMatter, page};

/// A rule's page below one line of its data.
pub fn rule(front: &FrontMatter, entry: &Entry) -> String {
    let versions = if front.versions == Versions::ALL {
        "all Flink versions".to_owned()
    } else {
        format!("Flink {}", front.versions)
    };
    let mut out = format!(
        "{}   {}, {}, {} fix, {versions}\n",
        front.name,
        front.group.name(),
        front.severity.name(),
        front.fixes.name(),
    );
    for (name, default) in front.options {
        let value = match default {
            DefaultValue::Integer(number) => number.to_string(),
            DefaultValue::Text(text) => format!("\"{text}\""),
            DefaultValue::Words(words) => format!("[{}]", words.join(", ")),
        };
        out.push_str(&format!("option {name} = {value}\n"));
    }
    out.push('\n');
    let body = page::body(entry.page);
    // The title only repeats the name.
    out.push_str(
        body.split_once('\n')
            .map_or(body, |(_, rest)| rest.trim_start()),
    );
    out
}

/// All rules as a table.
pub fn rules_text(fronts: &[&FrontMatter]) -> String {
    let width = fronts
        .iter()
        .map(|front| front.name.len())
        .max()
        .unwrap_or(0);
    let mut out = String::new();
    for front in fronts {
        out.push_str(&format!(
            "{:width$}  {:11}  {:7}  {:18}  {}\n",
            front.name,
            front.group.name(),
            front.severity.name(),
            format!("{} fix", front.fixes.name()),
            front.summary
        ));
    }
    out
}

/// Rules as one JSON document.
pub fn rules_json(fronts: &[&FrontMatter]) -> String {
    let list: Vec<Value> = fronts
        .iter()
        .map(|front| {
            let options: serde_json::Map<String, Value> = front
                .options
                .iter()
                .map(|(name, default)| {
                    let value = match default {
                        DefaultValue::Integer(number) => json!(number),
                        DefaultValue::Text(text) => json!(text),
                        DefaultValue::Words(words) => json!(words),
                    };
                    ((*name).to_owned(), value)
                })
                .collect();
            json!({
                "name": front.name,
                "summary": front.summary,
                "group": front.group.name(),
                "severity": front.severity.name(),
                "flink_versions": front.versions.names().collect::<Vec<_>>(),
                "safe_fix": front.fixes.safe,
                "unsafe_fix": front.fixes.unsafe_,
                "options": options,
            })
        })
        .collect();
    format!("{:#}\n", json!({ "version": 1, "rules": list }))
}

/// What an option is in each of some versions.
pub fn option(key: &str, versions: Versions) -> String {
    let mut out = format!("{key}\n");
    let mut any = false;
    for spec in options::meanings(key).filter(|spec| spec.versions.overlaps(versions)) {
        any = true;
        out.push_str(&format!("  Flink {}\n", spec.versions.and(versions)));
        out.push_str(&format!("    type      {}\n", spec.kind.name()));
        let default = match spec.default {
            Some(default) => default,
            None if spec.default_varies => "depends on the machine",
            None => "none",
        };
        out.push_str(&format!("    default   {default}\n"));
        let values: Vec<&str> = spec.enum_values().collect();
        if !values.is_empty() {
            out.push_str(&format!("    values    {}\n", values.join(", ")));
        }
        let targets: Vec<&str> = spec.targets().collect();
        match spec.state {
            State::Current => {}
            State::Deprecated if targets.is_empty() => out.push_str("    deprecated\n"),
            State::Deprecated => {
                out.push_str(&format!("    deprecated; use {}\n", targets.join(", ")));
            }
            State::Alias => out.push_str(&format!("    an older name of {}\n", targets.join(", "))),
        }
        let aliases: Vec<&str> = spec.aliases().map(|alias| alias.key).collect();
        if !aliases.is_empty() {
            out.push_str(&format!("    also read {}\n", aliases.join(", ")));
        }
    }
    if !any {
        out.push_str(&format!("  not an option of Flink {versions}\n"));
    }
    let rules = rules_of(key);
    if !rules.is_empty() {
        out.push_str(&format!("  rules: {}\n", rules.join(", ")));
    }
    out
}

/// The same as one JSON document; its shape is a contract with other tools.
pub fn option_json(key: &str, versions: Versions) -> String {
    let meaning = |spec: OptionSpec| {
        let values: Vec<&str> = spec.enum_values().collect();
        let fallback: Vec<&str> = spec.aliases().map(|alias| alias.key).collect();
        json!({
            "versions": spec.versions.and(versions).names().collect::<Vec<_>>(),
            "type": spec.kind.name(),
            "default": spec.default,
            "state": spec.state.name(),
            "replaced_by": spec.targets().collect::<Vec<_>>(),
            "fallback_keys": fallback,
            "scope": spec.scope.name(),
            "enum": if values.is_empty() { Value::Null } else { json!(values) },
        })
    };
    let meanings: Vec<Value> = options::meanings(key)
        .filter(|spec| spec.versions.overlaps(versions))
        .map(meaning)
        .collect();
    let document =
        json!({ "version": 1, "key": key, "meanings": meanings, "rules": rules_of(key) });
    format!("{document:#}\n")
}

/// Rules whose page speaks of a key.
fn rules_of(key: &str) -> Vec<&'static str> {
    let quoted = [format!("`{key}`"), format!("`{key}:")];
    crate::rules::all()
        .iter()
        .zip(crate::rules::RULES)
        .filter(|(_, entry)| quoted.iter().any(|text| entry.page.contains(text.as_str())))
        .map(|(front, _)| front.name)
        .collect()
}
