//! `flint explain` and `flint rules`: the pages and the option table.

use super::{Exit, ExplainArgs, RulesArgs, TextFormat, print};
use crate::flink::options;
use crate::flink::version::Versions;
use crate::report::explain;
use crate::rules::{self, FrontMatter, symptoms};
use crate::words;

/// Runs `flint explain`.
pub(super) fn run(args: &ExplainArgs) -> Result<Exit, String> {
    let name = args.name.trim();
    if let Some((front, entry)) = rules::find(name) {
        let text = match args.format {
            TextFormat::Text => explain::rule(front, entry),
            TextFormat::Json => explain::rules_json(&[front]),
        };
        return print(text.as_bytes(), Exit::Clean);
    }
    let versions = args.flink_version.unwrap_or(Versions::ALL);
    if options::meanings(name).next().is_some() || options::is_option(name) {
        let text = match args.format {
            TextFormat::Text => explain::option(name, versions, columns()),
            TextFormat::Json => explain::option_json(name, versions),
        };
        return print(text.as_bytes(), Exit::Clean);
    }
    let found: Vec<_> = symptoms::rules_for(name)
        .into_iter()
        .filter_map(rules::find)
        .collect();
    if !found.is_empty() {
        let fronts: Vec<&FrontMatter> = found.iter().map(|(front, _)| *front).collect();
        let text = match (args.format, found.as_slice()) {
            (TextFormat::Json, _) => explain::rules_json(&fronts),
            (TextFormat::Text, [(front, entry)]) => explain::rule(front, entry),
            (TextFormat::Text, _) => explain::candidates(&fronts, columns()),
        };
        return print(text.as_bytes(), Exit::Clean);
    }
    let mut near: Vec<&str> = options::nearest_names(name, 3);
    let names = rules::all().iter().map(|front| front.name);
    if let Some(rule) = words::nearest(name, names) {
        near.insert(0, rule);
    }
    near.truncate(3);
    let hint = if near.is_empty() {
        "`flint rules` lists the rules".to_owned()
    } else {
        format!("near: {}", near.join(", "))
    };
    Err(format!(
        "`{name}` is no rule, no Flink option, and no message that flint knows; {hint}"
    ))
}

/// Runs `flint rules`.
pub(super) fn list(args: &RulesArgs) -> Result<Exit, String> {
    let all = rules::all().iter();
    let chosen: Vec<_> = all
        .filter(|front| args.group.is_none_or(|group| front.group == group))
        .collect();
    let text = match args.format {
        TextFormat::Text => explain::rules_text(&chosen, columns()),
        TextFormat::Json => explain::rules_json(&chosen),
    };
    print(text.as_bytes(), Exit::Clean)
}

/// The columns for texts: those of the terminal, within what is good to read.
fn columns() -> usize {
    let terminal = terminal_size::terminal_size();
    terminal.map_or(80, |(width, _)| usize::from(width.0).clamp(60, 100))
}
