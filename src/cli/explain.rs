//! `flint explain` and `flint rules`: the pages and the option table.

use super::{Exit, ExplainArgs, RulesArgs, TextFormat, print};
use crate::flink::options;
use crate::flink::version::Versions;
use crate::report::explain;
use crate::rules;
use crate::words;

/// Runs `flint explain`.
pub(super) fn run(args: &ExplainArgs) -> Result<Exit, String> {
    if let Some((front, entry)) = rules::find(&args.name) {
        let text = match args.format {
            TextFormat::Text => explain::rule(front, entry),
            TextFormat::Json => explain::rules_json(&[front]),
        };
        return print(text.as_bytes(), Exit::Clean);
    }
    let versions = args.flink_version.unwrap_or(Versions::ALL);
    if options::meanings(&args.name).next().is_some() {
        let text = match args.format {
            TextFormat::Text => explain::option(&args.name, versions),
            TextFormat::Json => explain::option_json(&args.name, versions),
        };
        return print(text.as_bytes(), Exit::Clean);
    }
    let mut near: Vec<&str> = options::nearest_names(&args.name, 3);
    let names = rules::all().iter().map(|front| front.name);
    if let Some(rule) = words::nearest(&args.name, names) {
        near.insert(0, rule);
    }
    near.truncate(3);
    let hint = if near.is_empty() {
        "`flint rules` lists the rules".to_owned()
    } else {
        format!("near: {}", near.join(", "))
    };
    Err(format!(
        "`{}` is no rule and no Flink option; {hint}",
        args.name
    ))
}

/// Runs `flint rules`.
pub(super) fn list(args: &RulesArgs) -> Result<Exit, String> {
    let all: Vec<_> = rules::all().iter().collect();
    let text = match args.format {
        TextFormat::Text => explain::rules_text(&all),
        TextFormat::Json => explain::rules_json(&all),
    };
    print(text.as_bytes(), Exit::Clean)
}
