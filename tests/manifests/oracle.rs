//! An independent reading of manifests: `serde_yaml` for the outer YAML, the proven readers of the inner
//! formats for the texts in it.

use std::fmt;

use flint::syntax::{Format, Setting, flink_conf, yaml};
use flint::text::{Source, SourceId};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_yaml::Value;

/// A YAML value with all its pairs, duplicates too; aliases are what they stand for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Yaml {
    Scalar(Value),
    List(Vec<Yaml>),
    Map(Vec<(Yaml, Yaml)>),
}

impl<'de> Deserialize<'de> for Yaml {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Yaml;

    fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str("YAML")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Yaml, E> {
        Ok(Yaml::Scalar(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Yaml, E> {
        Ok(Yaml::Scalar(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Yaml, E> {
        Ok(Yaml::Scalar(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Yaml, E> {
        Ok(Yaml::Scalar(value.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Yaml, E> {
        Ok(Yaml::Scalar(value.into()))
    }

    fn visit_unit<E>(self) -> Result<Yaml, E> {
        Ok(Yaml::Scalar(Value::Null))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Yaml, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Yaml::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Yaml, A::Error> {
        let mut map = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            map.push(entry);
        }
        Ok(Yaml::Map(map))
    }
}

impl Yaml {
    fn text(&self) -> Option<&str> {
        match self {
            Yaml::Scalar(Value::String(text)) => Some(text),
            _ => None,
        }
    }

    fn pairs(&self) -> &[(Yaml, Yaml)] {
        match self {
            Yaml::Map(pairs) => pairs,
            _ => &[],
        }
    }

    fn get(&self, key: &str) -> Option<&Yaml> {
        let mut pairs = self.pairs().iter();
        let found = pairs.find(|(own, _)| own.text() == Some(key));
        found.map(|(_, value)| value)
    }
}

/// The documents of a text; `None` where it is no YAML.
pub(crate) fn read(bytes: &[u8]) -> Option<Yaml> {
    let text = std::str::from_utf8(bytes).ok()?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let documents = serde_yaml::Deserializer::from_str(text).map(Yaml::deserialize);
    let documents: Result<Vec<Yaml>, _> = documents.collect();
    documents.ok().map(Yaml::List)
}

/// A key and what it holds, types and all.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Said {
    pub(crate) key: String,
    pub(crate) value: String,
}

/// What one part of a file must say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Expected {
    pub(crate) format: Format,
    pub(crate) settings: Vec<Said>,
}

/// Brings parts in an order that does not depend on where aliases stand; what two aliases of one text
/// say is said once.
pub(crate) fn sort(parts: &mut Vec<Expected>) {
    parts.sort_by_key(|part| (part.format, part.settings.clone()));
    parts.dedup();
}

/// A YAML scalar as its type and text, so that two spellings of one value are equal.
pub(crate) fn scalar(text: &str) -> Option<String> {
    let value: Value = serde_yaml::from_str(text).ok()?;
    Some(shown(&value))
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{text:?}"),
        Value::Number(number) => number.to_string(),
        Value::Bool(is) => is.to_string(),
        _ => "null".to_owned(),
    }
}

/// The fields of every resource of Flink's operator, without its map of options.
pub(crate) fn resources(documents: &Yaml) -> Vec<Vec<Said>> {
    let Yaml::List(documents) = documents else {
        return Vec::new();
    };
    let is_resource = |document: &&Yaml| {
        let version = document.get("apiVersion").and_then(Yaml::text);
        version.is_some_and(|version| version.starts_with("flink.apache.org/"))
    };
    let fields = |document: &Yaml| {
        let mut fields = Vec::new();
        flat(&mut String::new(), document, &mut fields);
        let is_option = |key: &str| {
            let mut parts = key.split('.');
            parts.any(|part| matches!(part, "flinkConfiguration" | "flinkProperties"))
        };
        fields.retain(|field| !is_option(&field.key));
        fields
    };
    documents.iter().filter(is_resource).map(fields).collect()
}

/// A setting of a mapping as the oracle shows it.
pub(crate) fn typed(setting: &Setting) -> String {
    use flint::syntax::Kind;
    match setting.kind {
        Kind::Text => format!("{:?}", setting.value),
        Kind::Null => "null".to_owned(),
        _ => scalar(&setting.value).unwrap_or_default(),
    }
}

/// Every part of the documents.
pub(crate) fn parts(documents: &Yaml) -> Vec<Expected> {
    let mut found = Vec::new();
    if let Yaml::List(documents) = documents {
        for document in documents {
            let kind = document.get("kind").and_then(Yaml::text);
            if kind == Some("CustomResourceDefinition") {
                continue;
            }
            if let Yaml::List(_) = document {
                walk(document, &mut found);
            }
            for (key, value) in document.pairs() {
                // What a Secret holds there is base64.
                if !(kind == Some("Secret") && key.text() == Some("data")) {
                    entry(key.text().unwrap_or_default(), value, &mut found);
                }
            }
        }
    }
    sort(&mut found);
    found
}

fn walk(node: &Yaml, found: &mut Vec<Expected>) {
    match node {
        Yaml::Scalar(_) => {}
        Yaml::List(items) => {
            for item in items {
                if let Some(rest) = item
                    .text()
                    .and_then(|t| t.strip_prefix("FLINK_PROPERTIES="))
                {
                    variable(rest, found);
                }
                walk(item, found);
            }
        }
        Yaml::Map(pairs) => {
            if node.get("name").and_then(Yaml::text) == Some("FLINK_PROPERTIES")
                && let Some(text) = node.get("value").and_then(Yaml::text)
            {
                variable(text, found);
            }
            commands(node, found);
            let class = node.get("Classification").and_then(Yaml::text);
            for (key, value) in pairs {
                let is_properties =
                    matches!(key.text(), Some("Properties" | "ConfigurationProperties"));
                if class == Some("flink-conf") && is_properties {
                    mapping(value, found);
                    continue;
                }
                entry(key.text().unwrap_or_default(), value, found);
            }
        }
    }
}

/// What the words of a command define, quotes or none.
fn commands(map: &Yaml, found: &mut Vec<Expected>) {
    let (mut takes, mut flink, mut open) = (false, false, false);
    for key in ["entrypoint", "command", "args"] {
        let words: Vec<String> = match map.get(key) {
            Some(Yaml::List(items)) => {
                let texts = items.iter().filter_map(Yaml::text);
                texts
                    .flat_map(|text| words(text, !text.starts_with('-')))
                    .collect()
            }
            Some(value) => words(value.text().unwrap_or_default(), true),
            None => Vec::new(),
        };
        let mut settings = Vec::new();
        for word in &words {
            let name = word.rsplit('/').next().unwrap_or_default();
            if matches!(name, "&&" | ";") || name == "job.jar" {
                takes = false;
            }
            takes |= [
                "jobmanager",
                "taskmanager",
                "standalone-job",
                "taskmanager.sh",
            ]
            .contains(&name);
            takes |= flink && name == "run";
            flink = name == "flink";
            let own = if open {
                Some(word.as_str())
            } else {
                word.strip_prefix("-D")
            };
            open = matches!(word.as_str(), "-D" | "-yD");
            if let Some((key, value)) = own.and_then(|own| own.split_once('='))
                && takes
                && flint::flink::options::is_option(key)
            {
                settings.push(Said {
                    key: key.to_owned(),
                    value: format!("Text {value:?}"),
                });
            }
        }
        if !settings.is_empty() {
            found.push(Expected {
                format: Format::Arguments,
                settings,
            });
        }
    }
}

fn words(text: &str, is_script: bool) -> Vec<String> {
    if !is_script {
        return vec![text.to_owned()];
    }
    let text = text.replace(['"', '\''], "").replace("\\\n", " ");
    text.split_whitespace().map(str::to_owned).collect()
}

fn entry(key: &str, value: &Yaml, found: &mut Vec<Expected>) {
    let part = |format, settings| Expected { format, settings };
    match (key, value) {
        ("flinkConfiguration" | "flinkProperties", Yaml::Map(_)) => {
            mapping(value, found);
        }
        ("flinkConfiguration" | "flinkProperties", Yaml::Scalar(Value::Null)) => {
            found.push(part(Format::Yaml, Vec::new()));
        }
        ("flink-conf.yaml", value) if value.text().is_some_and(|t| t.contains(": ")) => {
            let read = inner(value, flink_conf::parse);
            found.push(part(Format::FlinkConf, read));
        }
        ("config.yaml", value)
            if value.text().is_some_and(|text| {
                let words = [
                    "taskmanager",
                    "jobmanager",
                    "state.backend",
                    "parallelism.default",
                ];
                words.iter().any(|word| text.contains(word))
            }) =>
        {
            let read = inner(value, yaml::parse_config);
            found.push(part(Format::ConfigYaml, read));
        }
        ("FLINK_PROPERTIES", value) if value.text().is_some() => {
            variable(value.text().unwrap_or_default(), found);
        }
        _ => walk(value, found),
    }
}

fn variable(text: &str, found: &mut Vec<Expected>) {
    let text = Yaml::Scalar(text.into());
    let settings = inner(&text, flink_conf::parse);
    let one_hole = text
        .text()
        .is_some_and(|text| text.starts_with('$') && !text.contains(": "));
    if !one_hole {
        found.push(Expected {
            format: Format::FlinkConf,
            settings,
        });
    }
}

fn inner(text: &Yaml, parse: fn(&Source) -> flint::syntax::Document) -> Vec<Said> {
    let text = text.text().unwrap_or_default();
    let document = parse(&Source::new(SourceId(0), "inner", text));
    let settings = document.settings.iter();
    settings
        .map(|setting| Said {
            key: setting.key.clone(),
            value: format!("{:?} {:?}", setting.kind, setting.value),
        })
        .collect()
}

/// A mapping of options, and those it takes in, each for itself.
fn mapping(map: &Yaml, found: &mut Vec<Expected>) {
    let mut settings = Vec::new();
    flat(&mut String::new(), map, &mut settings);
    found.push(Expected {
        format: Format::Yaml,
        settings,
    });
    for (key, value) in map.pairs() {
        match value {
            _ if key.text() != Some("<<") => {}
            Yaml::Map(_) => mapping(value, found),
            Yaml::List(all) => {
                for one in all.iter().filter(|one| matches!(one, Yaml::Map(_))) {
                    mapping(one, found);
                }
            }
            Yaml::Scalar(_) => {}
        }
    }
}

fn flat(key: &mut String, value: &Yaml, out: &mut Vec<Said>) {
    let parent = key.len();
    match value {
        Yaml::Scalar(value) => out.push(Said {
            key: key.clone(),
            value: shown(value),
        }),
        Yaml::List(items) => {
            for (index, item) in items.iter().enumerate() {
                key.push_str(&format!("[{index}]"));
                flat(key, item, out);
                key.truncate(parent);
            }
        }
        Yaml::Map(pairs) => {
            for (name, value) in pairs {
                let name = match name {
                    Yaml::Scalar(Value::String(name)) if name == "<<" => continue,
                    Yaml::Scalar(Value::String(name)) => name.clone(),
                    Yaml::Scalar(name) => shown(name),
                    _ => continue,
                };
                if parent > 0 {
                    key.push('.');
                }
                key.push_str(&name);
                flat(key, value, out);
                key.truncate(parent);
            }
        }
    }
}

/// Every scalar of a text under its path.
pub(crate) fn leaves(yaml: &Yaml) -> Vec<String> {
    fn walk(path: &str, yaml: &Yaml, out: &mut Vec<String>) {
        match yaml {
            Yaml::Scalar(value) => out.push(format!("{path} = {}", shown(value))),
            Yaml::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    walk(&format!("{path}/{index}"), item, out);
                }
            }
            Yaml::Map(pairs) => {
                for (key, value) in pairs {
                    walk(&format!("{path}/{key:?}"), value, out);
                }
            }
        }
    }
    let mut out = Vec::new();
    walk("", yaml, &mut out);
    out
}

/// The values that go and that come, each once however many aliases show it.
pub(crate) fn difference(before: &[String], after: &[String]) -> (Vec<String>, Vec<String>) {
    let missing = |from: &[String], other: &[String]| {
        let mut other: Vec<&String> = other.iter().collect();
        other.sort_unstable();
        let mut rest: Vec<String> = Vec::new();
        for leaf in from {
            match other.binary_search(&leaf) {
                Ok(at) => {
                    other.remove(at);
                }
                Err(_) => rest.push(leaf.split_once(" = ").map_or("", |leaf| leaf.1).to_owned()),
            }
        }
        rest.sort();
        rest.dedup();
        rest
    };
    (missing(before, after), missing(after, before))
}
