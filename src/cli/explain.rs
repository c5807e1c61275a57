//! `flint explain` and `flint rules`: the pages, the options and the kernel's parameters.

use super::{ConfigurationArgs, Exit, ExplainArgs, RulesArgs, TextFormat, print};
use crate::config::Configs;
use crate::discover;
use crate::flink::options;
use crate::flink::version::Versions;
use crate::lint;
use crate::linux::parameters;
use crate::report::explain;
use crate::rules::{self, FrontMatter, symptoms};
use crate::syntax::sysctl;
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
    let key = parameter(name);
    if parameters::find(&key).is_some() || parameters::gone(&key).is_some() {
        let text = match args.format {
            TextFormat::Text => explain::parameter(&key, columns()),
            TextFormat::Json => explain::parameter_json(&key),
        };
        return print(text.as_bytes(), Exit::Clean);
    }
    // Nothing of flint's own needs a flint.toml that can be read, nor does a message of Flink.
    if !name.contains(' ')
        && let Some((front, entry)) =
            rules::find_in(configuration(&args.configuration)?.of(""), name)
    {
        let text = match args.format {
            TextFormat::Text => explain::rule(front, &entry),
            TextFormat::Json => explain::rules_json(&[front]),
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
    let configs = configuration(&args.configuration)?;
    let config = configs.of("");
    let meant = parameters::meant(&key);
    let mut near: Vec<&str> = options::nearest_names(name, 3);
    if let Some(rule) = words::nearest(name, rules::names_in(config)) {
        near.insert(0, rule);
    }
    if let Some(meant) = &meant {
        near.insert(0, meant);
    }
    near.truncate(3);
    let hint = if near.is_empty() {
        "`flint rules` lists the rules".to_owned()
    } else {
        format!("near: {}", near.join(", "))
    };
    Err(format!(
        "`{name}` is no rule, no Flink option, no kernel parameter, and no message that flint knows; {hint}"
    ))
}

/// The configuration in force here, its policies read.
fn configuration(args: &ConfigurationArgs) -> Result<Configs, String> {
    let configs = discover::configuration(&args.source()).map_err(|error| error.to_string())?;
    lint::validate(&configs).map_err(|error| error.to_string())?;
    Ok(configs)
}

/// A kernel parameter as its key is written, also for the path of its file.
fn parameter(name: &str) -> String {
    sysctl::dotted(name.strip_prefix("/proc/sys/").unwrap_or(name))
}

/// Runs `flint rules`.
pub(super) fn list(args: &RulesArgs) -> Result<Exit, String> {
    let configs = configuration(&args.configuration)?;
    let own = configs.of("").policies.iter().map(|policy| &policy.front);
    let all = rules::all().iter().chain(own);
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
