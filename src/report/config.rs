//! What is in force of flint.toml, and who says it: text for people, JSON for programs.

use serde_json::{Value as Json, json};

use super::{json_text, plain};
use crate::config::keys::{KEYS, Kind};
use crate::config::{Config, Entry, Spot, Value};

/// A value in force.
struct Row<'c> {
    key: String,
    /// As TOML; `None` where nothing is set and nothing counts in its place.
    toml: Option<String>,
    json: Json,
    /// Who says it; nobody of a default.
    from: Vec<&'c Spot>,
}

/// Every value in force of one configuration, in the order of the documentation.
fn rows(config: &Config) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    for key in KEYS {
        let entry = config.tree.get(key.name);
        match (key.kind, entry.map(|entry| &entry.value)) {
            (Kind::Rules(_), Some(Value::Table(rules))) => {
                for (rule, entry) in rules {
                    if let Value::Table(options) = &entry.value {
                        let own = options.iter();
                        rows.extend(
                            own.map(|(option, entry)| row(format!("rules.{rule}.{option}"), entry)),
                        );
                    }
                }
            }
            (Kind::Table(_), Some(Value::Table(table))) => {
                let own = table.iter();
                rows.extend(own.map(|(name, entry)| row(format!("{}.{name}", key.name), entry)));
            }
            (Kind::Tables(_), Some(Value::Tables(tables))) => {
                rows.extend(tables.iter().map(|(tree, spot)| {
                    let value = Value::Table(tree.clone());
                    Row {
                        key: key.name.to_owned(),
                        toml: Some(value.to_string()),
                        json: as_json(&value),
                        from: vec![spot],
                    }
                }));
            }
            (_, Some(_)) => rows.extend(entry.map(|entry| row(key.name.to_owned(), entry))),
            (Kind::Rules(_) | Kind::Table(_) | Kind::Tables(_), None) => {}
            (_, None) => rows.push(Row {
                key: key.name.to_owned(),
                toml: key.default.map(str::to_owned),
                json: key.default.map_or(Json::Null, super::schema::json_of_toml),
                from: Vec::new(),
            }),
        }
    }
    rows
}

fn row(key: String, entry: &Entry) -> Row<'_> {
    let mut from = Vec::new();
    if let Value::Texts(texts) = &entry.value {
        // A flag may have added to the list of a file.
        let mut others = texts.iter().map(|(_, spot)| spot);
        from.extend(others.find(|spot| spot.origin != entry.at.origin));
    }
    from.push(&entry.at);
    Row {
        key,
        toml: Some(entry.value.to_string()),
        json: as_json(&entry.value),
        from,
    }
}

fn as_json(value: &Value) -> Json {
    match value {
        Value::Boolean(value) => json!(value),
        Value::Integer(value) => json!(value),
        Value::Text(value) => json!(value),
        Value::Texts(values) => values.iter().map(|(value, _)| json!(value)).collect(),
        Value::Table(tree) => {
            let own = tree.iter();
            Json::Object(
                own.map(|(key, entry)| (key.clone(), as_json(&entry.value)))
                    .collect(),
            )
        }
        Value::Tables(tables) => {
            let own = tables.iter();
            own.map(|(tree, _)| as_json(&Value::Table(tree.clone())))
                .collect()
        }
    }
}

/// What files and flags say, a line for each value.
pub fn said(config: &Config) -> Vec<String> {
    let rows = rows(config).into_iter();
    let said = rows.filter(|row| !row.from.is_empty());
    said.map(|row| {
        let from: Vec<String> = row.from.iter().map(|spot| place(spot)).collect();
        let value = row.toml.unwrap_or_default();
        format!("{} = {} ({})", row.key, plain(&value), from.join(", "))
    })
    .collect()
}

/// For people: a line for each value.
pub fn text(configs: &[(String, &Config)]) -> String {
    let mut out = String::new();
    for (folder, config) in configs {
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&plain(folder));
        if config.path.is_empty() {
            out.push_str("   no flint.toml\n");
        } else {
            out.push_str(&format!("   {}", plain(&config.path)));
            for path in config.extends.iter().rev() {
                out.push_str(&format!(", which extends {}", plain(path)));
            }
            out.push('\n');
        }
        let rows = rows(config);
        let width = rows.iter().map(|row| row.key.chars().count()).max();
        let width = width.unwrap_or_default();
        for row in &rows {
            let said = match (row.toml.as_deref(), row.from.as_slice()) {
                (None, _) => "not set".to_owned(),
                (Some(value), []) => format!("{}   default", plain(value)),
                (Some(value), from) => {
                    let from: Vec<String> = from.iter().map(|spot| place(spot)).collect();
                    format!("{}   {}", plain(value), from.join(", "))
                }
            };
            out.push_str(&format!("  {:width$}  {said}\n", row.key));
        }
    }
    out
}

fn place(spot: &Spot) -> String {
    if spot.origin.is_flag {
        return spot.origin.path.clone();
    }
    format!("{}:{}", plain(&spot.origin.path), spot.line)
}

/// For programs: one JSON document.
pub fn json(configs: &[(String, &Config)]) -> String {
    let from = |spot: &&Spot| {
        if spot.origin.is_flag {
            json!({"flag": spot.origin.path})
        } else {
            json!({"path": spot.origin.path, "line": spot.line, "column": spot.column})
        }
    };
    let all: Vec<Json> = configs
        .iter()
        .map(|(folder, config)| {
            let values: Vec<Json> = rows(config)
                .iter()
                .map(|row| {
                    let from: Vec<Json> = row.from.iter().map(from).collect();
                    json!({"key": row.key, "value": row.json, "default": from.is_empty(), "from": from})
                })
                .collect();
            let path = (!config.path.is_empty()).then_some(&config.path);
            let extends: Vec<&String> = config.extends.iter().rev().collect();
            json!({"folder": folder, "path": path, "extends": extends, "values": values})
        })
        .collect();
    let document = json!({"version": 1, "configurations": all});
    json_text::text(&document)
}
