//! `flint config`: what is in force of flint.toml, and who says it.

use super::session::open;
use super::{ConfigArgs, Exit, TextFormat, print};
use crate::config::Config;
use crate::discover::Found;
use crate::report::config;

/// Runs the command.
pub(super) fn run(args: &ConfigArgs) -> Result<Exit, String> {
    let found = open(&args.lint, None)?;
    let configs = in_force(&found);
    let text = match args.format {
        TextFormat::Text => config::text(&configs),
        TextFormat::Json => config::json(&configs),
    };
    print(text.as_bytes(), Exit::Clean)
}

/// The configurations of the named files and folders, each with the folder that it is for: that which
/// counts there, and those of folders below.
fn in_force(found: &Found) -> Vec<(String, &Config)> {
    let mut all: Vec<&Config> = Vec::new();
    for scope in &found.scope {
        let folder = match scope.as_str() {
            "" => String::new(),
            scope => format!("{scope}/"),
        };
        all.push(found.configs.of(&folder));
        let own = found.configs.iter().filter(|own| !own.path.is_empty());
        all.extend(own.filter(|own| own.folder.starts_with(&folder)));
    }
    all.sort_by(|left, right| left.path.cmp(&right.path));
    all.dedup_by(|later, first| std::ptr::eq(*later, *first));
    let named = all
        .into_iter()
        .map(|config| (config_folder(config), config));
    named.collect()
}

/// The folder that a configuration is for.
fn config_folder(config: &Config) -> String {
    match config.folder.strip_suffix('/') {
        Some(folder) => folder.to_owned(),
        None => ".".to_owned(),
    }
}
