//! What the values of flint.toml mean: from a tree of values to a [`Config`].

use std::collections::BTreeMap;
use std::path::PathBuf;

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

use super::tree::{Entry, Spot, Tree, Value, lay};
use super::{
    Base, Config, ConfigError, DeploymentConfig, Layer, NamedFile, OptionValue, Override,
    RuleConfig,
};
use crate::finding::Severity;
use crate::flink::version::Versions;
use crate::linux::kernel::Kernels;
use crate::linux::machine::{Machine, parse_bandwidth, parse_memory, parse_round_trip};

type Read<T> = Result<T, ConfigError>;

/// Patterns of files, each relative to the folder of the file that it stands in.
#[derive(Clone, Debug)]
pub(super) struct Patterns {
    set: GlobSet,
    base: Base,
}

impl Default for Patterns {
    fn default() -> Self {
        Patterns {
            set: GlobSet::empty(),
            base: Base::default(),
        }
    }
}

impl Patterns {
    /// Whether one of them fits a path, which is relative to the root.
    pub(super) fn fit(&self, path: &str) -> bool {
        !self.set.is_empty() && self.set.is_match(&*self.base.local(path))
    }

    pub(super) fn move_root_up(&mut self, prefix: &str) {
        self.base.move_root_up(prefix);
    }

    fn of(entry: Option<&Entry>) -> Read<Self> {
        let mut builder = GlobSetBuilder::new();
        let mut base = Base::default();
        for (pattern, spot) in texts(entry) {
            builder.add(glob(pattern).map_err(|message| spot.error(message))?);
            base.clone_from(&spot.origin.base);
        }
        let set = builder.build();
        let at = entry.map(|entry| entry.at.clone()).unwrap_or_default();
        let set = set.map_err(|error| at.error(error.to_string()))?;
        Ok(Patterns { set, base })
    }
}

fn glob(pattern: &str) -> Result<Glob, String> {
    if pattern.starts_with('!') {
        let message = "takes nothing back; name what is meant without `!`";
        return Err(format!("`{pattern}` {message}"));
    }
    // As in .gitignore: a name without a slash stands at any depth, a folder means all in it.
    let plain = pattern.trim_end_matches('/');
    let deep = if plain.contains('/') { "" } else { "**/" };
    let plain = plain.trim_start_matches("./").trim_start_matches('/');
    if plain.trim().is_empty() {
        let message = "is no pattern; write one such as `conf/**`";
        return Err(format!("`{pattern}` {message}"));
    }
    let below = if plain.ends_with("**") { "" } else { "{,/**}" };
    GlobBuilder::new(&format!("{deep}{plain}{below}"))
        .literal_separator(true)
        .empty_alternates(true)
        .build()
        .map_err(|error| {
            format!(
                "`{pattern}` is no pattern: {}; write one such as `conf/**`",
                error.kind()
            )
        })
}

fn text<'t>(tree: &'t Tree, key: &str) -> Option<(&'t str, &'t Spot)> {
    let entry = tree.get(key)?;
    match &entry.value {
        Value::Text(text) => Some((text, &entry.at)),
        _ => None,
    }
}

fn boolean(tree: &Tree, key: &str) -> Option<bool> {
    match tree.get(key)?.value {
        Value::Boolean(value) => Some(value),
        _ => None,
    }
}

fn texts(entry: Option<&Entry>) -> &[(String, Spot)] {
    match entry.map(|entry| &entry.value) {
        Some(Value::Texts(texts)) => texts,
        _ => &[],
    }
}

fn words(entry: Option<&Entry>) -> Vec<String> {
    texts(entry).iter().map(|(text, _)| text.clone()).collect()
}

fn tables<'t>(tree: &'t Tree, key: &str) -> &'t [(Tree, Spot)] {
    match tree.get(key).map(|entry| &entry.value) {
        Some(Value::Tables(tables)) => tables,
        _ => &[],
    }
}

fn table<'t>(tree: &'t Tree, key: &str) -> Option<&'t Tree> {
    match &tree.get(key)?.value {
        Value::Table(table) => Some(table),
        _ => None,
    }
}

/// The configuration of files of which each extends the one before.
pub(super) fn build(layers: Vec<Layer>) -> Read<Config> {
    let mut config = Config::default();
    for layer in layers {
        config.extends.push(std::mem::replace(
            &mut config.path,
            layer.origin.path.clone(),
        ));
        lay(&mut config.tree, layer.tree);
    }
    // The first has none below.
    config.extends.retain(|path| !path.is_empty());
    config.folder = match config.path.rfind('/') {
        Some(slash) => config.path[..=slash].to_owned(),
        None => String::new(),
    };
    let tree = std::mem::take(&mut config.tree);
    read(&tree, &mut config)?;
    config.tree = tree;
    Ok(config)
}

fn read(tree: &Tree, config: &mut Config) -> Read<()> {
    if let Some((text, spot)) = text(tree, "flink-version") {
        let versions = Versions::parse(text).map_err(|error| spot.error(error.to_string()))?;
        config.flink_version = Some(versions);
        config.flink_version_at = Some(spot.clone());
    }
    if let Some((text, _)) = text(tree, "error-on") {
        config.error_on = Severity::parse(text);
    }
    config.require_reason = boolean(tree, "require-reason").unwrap_or_default();
    if let Some((path, spot)) = text(tree, "baseline") {
        config.baseline = Some(named(path, spot));
    }
    for (key, list) in [
        ("select", &mut config.select),
        ("ignore", &mut config.ignore),
    ] {
        if tree.contains_key(key) {
            *list = words(tree.get(key));
        }
        remember_names(tree.get(key), &mut config.places);
    }
    config.exclude = Patterns::of(tree.get("exclude"))?;
    for (prefix, spot) in texts(tree.get("known-prefixes")) {
        if prefix.trim().is_empty() {
            let message = "every key begins with ``; write how your own begin, such as `acme.`";
            return Err(spot.error(message));
        }
    }
    config.known_prefixes = words(tree.get("known-prefixes"));
    config.policy_folders = texts(tree.get("policies"))
        .iter()
        .map(|(path, spot)| named(path, spot))
        .collect();
    for (name, entry) in table(tree, "rules").into_iter().flatten() {
        remember(&mut config.places, name, &entry.key_at);
        let Value::Table(options) = &entry.value else {
            continue;
        };
        for (option, entry) in options {
            remember(
                &mut config.places,
                &format!("{name}.{option}"),
                &entry.key_at,
            );
        }
        config.rules.insert(name.clone(), rule(options));
    }
    for (own, _) in tables(tree, "overrides") {
        remember_names(own.get("ignore"), &mut config.places);
        config.overrides.push(Override {
            files: Patterns::of(own.get("files"))?,
            ignore: words(own.get("ignore")),
        });
    }
    for (own, _) in tables(tree, "deployments") {
        let number = config.deployments.len();
        config.deployments.push(DeploymentConfig {
            name: text(own, "name").map_or_else(
                || DeploymentConfig::unnamed(number),
                |(name, _)| name.to_owned(),
            ),
            files: Patterns::of(own.get("files"))?,
            hosts: Patterns::of(own.get("hosts"))?,
        });
    }
    for (own, _) in tables(tree, "job-config") {
        config.job_files.push(Patterns::of(own.get("files"))?);
    }
    if let Some(host) = table(tree, "host") {
        config.host = machine(host)?;
    }
    Ok(())
}

fn named(path: &str, at: &Spot) -> NamedFile {
    NamedFile {
        path: path.to_owned(),
        file: PathBuf::new(),
        at: at.clone(),
    }
}

/// Remembers where rules and groups are named, which are checked once the rules are known.
fn remember_names(entry: Option<&Entry>, places: &mut BTreeMap<String, Spot>) {
    for (name, spot) in texts(entry) {
        remember(places, name, spot);
    }
}

fn remember(places: &mut BTreeMap<String, Spot>, name: &str, spot: &Spot) {
    places
        .entry(name.to_owned())
        .or_insert_with(|| spot.clone());
}

fn rule(options: &Tree) -> RuleConfig {
    let mut rule = RuleConfig {
        ignorable: boolean(options, "ignorable"),
        ..RuleConfig::default()
    };
    for (key, entry) in options {
        match (key.as_str(), &entry.value) {
            ("severity", Value::Text(word)) => {
                rule.off = word == "off";
                rule.severity = Severity::parse(word);
            }
            (_, Value::Integer(number)) => {
                let value = OptionValue::Integer(*number);
                rule.options.insert(key.clone(), value);
            }
            (_, Value::Text(text)) => {
                let value = OptionValue::Text(text.clone());
                rule.options.insert(key.clone(), value);
            }
            (_, Value::Texts(_)) => {
                let value = OptionValue::Words(words(Some(entry)));
                rule.options.insert(key.clone(), value);
            }
            _ => {}
        }
    }
    rule
}

fn machine(host: &Tree) -> Read<Machine> {
    let mut machine = Machine::default();
    for key in host.keys() {
        let Some((text, spot)) = text(host, key) else {
            continue;
        };
        let read = match key.as_str() {
            "kernel" => Kernels::parse(text).map(|own| machine.kernels = Some(own)),
            "memory" => parse_memory(text).map(|own| machine.memory = Some(own)),
            "bandwidth" => parse_bandwidth(text).map(|own| machine.bandwidth = Some(own)),
            _ => parse_round_trip(text).map(|own| machine.round_trip = Some(own)),
        };
        read.map_err(|message| spot.error(message))?;
    }
    Ok(machine)
}
