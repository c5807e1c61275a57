//! The JSON schema of flint.toml, for editors.

use serde_json::{Map, Value as Json, json};

use crate::config::keys::{KEYS, Key, Kind};
use crate::rules::{self, DefaultValue, FrontMatter, Group};

/// What a rule may be called, one of an organisation's own included.
const NAME: &str = "^[a-z][a-z0-9]*(-[a-z0-9]+)*$";

/// The schema, of draft 7: the newest that the plugins of editors for TOML read.
pub fn schema() -> Json {
    let mut names: Vec<&str> = Group::ALL.map(Group::name).to_vec();
    names.extend(rules::all().iter().map(|front| front.name));
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "flint.toml",
        "description": "The configuration of flint, which lints the configuration of Apache Flink.",
        "type": "object",
        "properties": properties(KEYS),
        "additionalProperties": false,
        "definitions": {
            "name": {
                "description": "A rule or a group.",
                "anyOf": [{"enum": names}, {"type": "string", "pattern": NAME}],
            },
        },
    })
}

fn properties(keys: &[Key]) -> Map<String, Json> {
    keys.iter()
        .map(|key| (key.name.to_owned(), property(key)))
        .collect()
}

fn property(key: &Key) -> Json {
    let mut property = match key.kind {
        Kind::Text | Kind::File => json!({"type": "string"}),
        Kind::Boolean => json!({"type": "boolean"}),
        Kind::OneOf(words) => json!({"enum": words}),
        Kind::Texts | Kind::Folders => {
            json!({"type": "array", "items": {"type": "string", "minLength": 1}})
        }
        Kind::Patterns => {
            json!({"type": "array", "items": {"type": "string", "pattern": "^[^!]"}})
        }
        Kind::Names => json!({"type": "array", "items": {"$ref": "#/definitions/name"}}),
        Kind::Table(keys) => object(keys),
        Kind::Tables(keys) => {
            let mut item = object(keys);
            item["required"] = keys.iter().take(1).map(|key| json!(key.name)).collect();
            json!({"type": "array", "items": item})
        }
        Kind::Rules(keys) => {
            let own = rules::all().iter();
            let own = own.map(|front| (front.name.to_owned(), rule(front, keys)));
            let own: Map<String, Json> = own.collect();
            let other = json!({"type": "object", "properties": properties(keys)});
            json!({
                "type": "object",
                "properties": own,
                "patternProperties": {NAME: other},
                "propertyNames": {"not": {"enum": Group::ALL.map(Group::name)}},
                "additionalProperties": false,
            })
        }
    };
    property["description"] = json!(key.doc);
    if let Some(default) = key.default {
        property["default"] = json_of_toml(default);
    }
    property
}

fn object(keys: &[Key]) -> Json {
    json!({"type": "object", "properties": properties(keys), "additionalProperties": false})
}

fn rule(front: &FrontMatter, keys: &[Key]) -> Json {
    let mut own = properties(keys);
    for (name, default) in front.options {
        let option = match default {
            DefaultValue::Integer(number) => {
                json!({"type": "integer", "minimum": 0, "default": number})
            }
            DefaultValue::Text(text) => json!({"type": "string", "default": text}),
            DefaultValue::Words(words) => {
                json!({"type": "array", "items": {"type": "string"}, "default": words})
            }
        };
        own.insert((*name).to_owned(), option);
    }
    json!({
        "type": "object",
        "description": front.summary,
        "properties": own,
        "additionalProperties": false,
    })
}

/// A value of TOML as one of JSON.
pub(super) fn json_of_toml(text: &str) -> Json {
    let value = text.parse::<toml_edit::Value>().ok();
    value.as_ref().map_or(Json::Null, json_of)
}

fn json_of(value: &toml_edit::Value) -> Json {
    match value {
        toml_edit::Value::String(text) => json!(text.value()),
        toml_edit::Value::Integer(number) => json!(number.value()),
        toml_edit::Value::Boolean(flag) => json!(flag.value()),
        toml_edit::Value::Array(list) => list.iter().map(json_of).collect(),
        _ => Json::Null,
    }
}
