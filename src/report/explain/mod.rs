//! Rule pages and options for people and as JSON.

use serde_json::{Value, json};

use super::json_text;
use super::terminal::{visible, visible_lines, width, wrap};
use crate::flink::version::Versions;
use crate::rules::{DefaultValue, Entry, FrontMatter, Group, page};

mod grammar;
mod option;
mod parameter;
mod reads;

pub use option::{option, option_json};
pub use parameter::{parameter, parameter_json};

/// Columns that the names of rows take below an option.
const LABEL: usize = 10;

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
    // A policy is anybody's text.
    visible_lines(&out)
}

/// Rules below their groups, each with its severity, its fixes and what it finds.
pub fn rules_text(fronts: &[&FrontMatter], columns: usize) -> String {
    let longest = fronts.iter().map(|front| front.name.len()).max();
    let name_width = longest.unwrap_or(0);
    let mut out = String::new();
    for group in Group::ALL {
        let of_group: Vec<_> = fronts.iter().filter(|front| front.group == group).collect();
        if of_group.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push('\n');
        }
        let count = of_group.len();
        let rules = if count == 1 { "rule" } else { "rules" };
        let off = if group == Group::Pedantic {
            ", off unless selected"
        } else {
            ""
        };
        out.push_str(&format!("{}: {count} {rules}{off}\n", group.name()));
        for front in of_group {
            let fixes = match front.fixes.name() {
                "no" => String::new(),
                kinds => format!("  {kinds} fix"),
            };
            let line = format!(
                "  {:name_width$}  {:7}{fixes}",
                front.name,
                front.severity.name()
            );
            out.push_str(line.trim_end());
            out.push('\n');
            paragraph(&mut out, 4, front.summary, columns);
        }
    }
    out
}

/// Rules that a symptom leads to, for people.
pub fn candidates(fronts: &[&FrontMatter], columns: usize) -> String {
    let mut out = String::from("Several rules speak of this; `flint explain NAME` shows one.\n");
    for front in fronts {
        out.push_str(&format!("\n  {}\n", front.name));
        paragraph(&mut out, 4, front.summary, columns);
    }
    out
}

/// A text with an indent before each of its lines.
fn paragraph(out: &mut String, indent: usize, text: &str, columns: usize) {
    for line in wrap(text, columns.saturating_sub(indent)) {
        out.push_str(&format!("{:indent$}{line}\n", ""));
    }
}

/// A row `label   text`, whose text goes on below itself.
fn row(out: &mut String, indent: usize, label: &str, text: &str, columns: usize) {
    let start = indent + LABEL;
    let room = columns.saturating_sub(start);
    // Nothing, such as an empty default, still has its row.
    let mut lines = wrap(text, room).into_iter();
    let first = lines.next().unwrap_or_default();
    let padding = " ".repeat(LABEL.saturating_sub(width(label)).max(1));
    out.push_str(format!("{:indent$}{label}{padding}{first}", "").trim_end());
    out.push('\n');
    for line in lines {
        out.push_str(&format!("{:start$}{line}\n", ""));
    }
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
    json_text::text(&json!({ "version": 1, "rules": list }))
}
