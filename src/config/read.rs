//! The TOML tree of a flint.toml, turned into a [`Config`] with a place for every complaint.

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};
use toml_edit::{Item, Table, TableLike};

use super::{Config, ConfigError, DeploymentConfig, OptionValue, Override, RuleConfig};
use crate::finding::Severity;
use crate::flink::version::Versions;
use crate::linux::kernel::Kernels;
use crate::linux::machine::{Machine, parse_bandwidth, parse_memory, parse_round_trip};
use crate::text::{Source, Span};
use crate::words::nearest;

const KEYS: [&str; 14] = [
    "required-version",
    "flink-version",
    "exclude",
    "baseline",
    "known-prefixes",
    "error-on",
    "select",
    "ignore",
    "require-reason",
    "rules",
    "overrides",
    "deployments",
    "host",
    "job-config",
];

/// Reads one file.
pub(super) struct Reader<'s> {
    pub(super) source: &'s Source,
}

type Read<T> = Result<T, ConfigError>;

type Places = std::collections::BTreeMap<String, (usize, usize)>;

impl Reader<'_> {
    pub(super) fn error(&self, at: Option<std::ops::Range<usize>>, message: String) -> ConfigError {
        let offset = at.map_or(0, |range| range.start.min(self.source.bytes.len()));
        let place = self.source.place(Span::at(offset).start);
        ConfigError {
            path: self.source.path.clone(),
            line: place.line,
            column: place.column,
            message,
        }
    }

    pub(super) fn config(&self, table: &Table) -> Read<Config> {
        if table.contains_key("settings") && table.contains_key("checks") {
            let message = "this looks like a flint.toml of grafana/flint, another tool; \
                           pass this project's own file with --config FILE";
            return Err(self.error(Some(0..0), message.to_owned()));
        }
        self.known_keys(table, &KEYS)?;
        let folder = match self.source.path.rfind('/') {
            Some(slash) => self.source.path[..=slash].to_owned(),
            None => String::new(),
        };
        let mut config = Config {
            path: self.source.path.clone(),
            folder,
            ..Config::default()
        };
        if let Some(item) = table.get("required-version") {
            self.required_version(item)?;
        }
        if let Some(item) = table.get("flink-version") {
            let text = self.text(item)?;
            let versions = Versions::parse(text)
                .map_err(|error| self.error(item.span(), error.to_string()))?;
            config.flink_version = Some(versions);
            config.flink_version_line = self.error(item.span(), String::new()).line;
        }
        if let Some(item) = table.get("error-on") {
            let text = self.text(item)?;
            config.error_on = match text {
                "never" => None,
                _ => Some(Severity::parse(text).ok_or_else(|| {
                    let message = format!("`{text}` is none of note, warning, error, never");
                    self.error(item.span(), message)
                })?),
            };
        }
        if let Some(item) = table.get("require-reason") {
            config.require_reason = self.boolean(item)?;
        }
        if let Some(item) = table.get("baseline") {
            let place = self.error(item.span(), String::new());
            config.baseline = Some(super::NamedFile {
                path: self.text(item)?.to_owned(),
                file: std::path::PathBuf::new(),
                at: (place.line, place.column),
            });
        }
        if let Some(item) = table.get("select") {
            config.select = self.names(item, &mut config.places)?;
        }
        if let Some(item) = table.get("ignore") {
            config.ignore = self.names(item, &mut config.places)?;
        }
        if let Some(item) = table.get("exclude") {
            config.exclude = self.globs(item)?;
        }
        if let Some(item) = table.get("known-prefixes") {
            config.known_prefixes = self.words(item)?;
        }
        if let Some(item) = table.get("rules") {
            let rules = self.table(item)?;
            for (name, item) in rules.iter() {
                let span = rules.key(name).and_then(toml_edit::Key::span);
                self.remember(&mut config.places, name.to_owned(), span.or(item.span()));
                let options = self.table(item)?;
                for (option, item) in options.iter() {
                    let span = options.key(option).and_then(toml_edit::Key::span);
                    let span = span.or(item.span());
                    self.remember(&mut config.places, format!("{name}.{option}"), span);
                }
                config.rules.insert(name.to_owned(), self.rule(item)?);
            }
        }
        for entry in self.tables(table, "overrides")? {
            self.known_keys(entry, &["files", "ignore"])?;
            let files = self.required_globs(entry, "overrides")?;
            let ignore = match entry.get("ignore") {
                Some(item) => self.names(item, &mut config.places)?,
                None => Vec::new(),
            };
            config.overrides.push(Override { files, ignore });
        }
        if let Some(item) = table.get("host") {
            config.host = self.machine(item)?;
        }
        for entry in self.tables(table, "deployments")? {
            self.known_keys(entry, &["name", "files", "hosts"])?;
            let name = match entry.get("name") {
                Some(item) => self.text(item)?.to_owned(),
                None => format!("deployment {}", config.deployments.len() + 1),
            };
            config.deployments.push(DeploymentConfig {
                name,
                files: self.required_globs(entry, "deployments")?,
                hosts: entry
                    .get("hosts")
                    .map_or(Ok(GlobSet::empty()), |item| self.globs(item))?,
            });
        }
        let mut job_files = GlobSetBuilder::new();
        for entry in self.tables(table, "job-config")? {
            self.known_keys(entry, &["files"])?;
            let Some(item) = entry.get("files") else {
                return Err(self.error(None, "`[[job-config]]` needs `files`".to_owned()));
            };
            for (pattern, span) in self.patterns(item)? {
                job_files.add(self.glob(&pattern, span)?);
            }
        }
        config.job_files = self.build(&job_files)?;
        Ok(config)
    }

    fn machine(&self, item: &Item) -> Read<Machine> {
        let table = self.table(item)?;
        self.known_keys(table, &["kernel", "memory", "bandwidth", "rtt"])?;
        let mut machine = Machine::default();
        for (key, item) in table.iter() {
            let text = self.text(item)?;
            let read = match key {
                "kernel" => Kernels::parse(text).map(|own| machine.kernels = Some(own)),
                "memory" => parse_memory(text).map(|own| machine.memory = Some(own)),
                "bandwidth" => parse_bandwidth(text).map(|own| machine.bandwidth = Some(own)),
                _ => parse_round_trip(text).map(|own| machine.round_trip = Some(own)),
            };
            read.map_err(|message| self.error(item.span(), message))?;
        }
        Ok(machine)
    }

    fn rule(&self, item: &Item) -> Read<RuleConfig> {
        let mut rule = RuleConfig::default();
        for (key, item) in self.table(item)?.iter() {
            match key {
                "severity" => match self.text(item)? {
                    "off" => rule.off = true,
                    text => {
                        rule.severity = Some(Severity::parse(text).ok_or_else(|| {
                            let message = format!("`{text}` is none of note, warning, error, off");
                            self.error(item.span(), message)
                        })?);
                    }
                },
                "ignorable" => rule.ignorable = Some(self.boolean(item)?),
                _ => {
                    let value = if let Some(number) = item.as_integer() {
                        OptionValue::Integer(number)
                    } else if let Some(text) = item.as_str() {
                        OptionValue::Text(text.to_owned())
                    } else {
                        OptionValue::Words(self.words(item)?)
                    };
                    rule.options.insert(key.to_owned(), value);
                }
            }
        }
        Ok(rule)
    }

    /// `required-version = ">=0.1"`: at least this flint; without `>=` exactly this release line.
    fn required_version(&self, item: &Item) -> Read<()> {
        let text = self.text(item)?;
        let (at_least, number) = match text.strip_prefix(">=") {
            Some(rest) => (true, rest.trim()),
            None => (false, text.trim_start_matches('=').trim()),
        };
        let numbers = |text: &str| -> Option<Vec<u32>> {
            text.split('.').map(|part| part.parse().ok()).collect()
        };
        let own = env!("CARGO_PKG_VERSION");
        let (Some(wanted), Some(have)) = (numbers(number), numbers(own)) else {
            let message = format!("`{text}` is no version; write \">=0.1\"");
            return Err(self.error(item.span(), message));
        };
        let fits = if at_least {
            have >= wanted
        } else {
            have.starts_with(&wanted)
        };
        if fits {
            return Ok(());
        }
        let message =
            format!("this project asks for flint {text}, but this is {own}; install that version");
        Err(self.error(item.span(), message))
    }

    fn known_keys(&self, table: &dyn TableLike, known: &[&str]) -> Read<()> {
        for (key, item) in table.iter() {
            if known.contains(&key) {
                continue;
            }
            let span = table
                .key(key)
                .and_then(toml_edit::Key::span)
                .or(item.span());
            let hint = nearest(key, known.iter().copied())
                .map(|name| format!("; did you mean `{name}`?"))
                .unwrap_or_default();
            return Err(self.error(span, format!("unknown key `{key}`{hint}")));
        }
        Ok(())
    }

    fn tables<'t>(&self, table: &'t Table, key: &str) -> Read<Vec<&'t Table>> {
        match table.get(key) {
            None => Ok(Vec::new()),
            Some(Item::ArrayOfTables(list)) => Ok(list.iter().collect()),
            Some(item) => {
                let message = format!("write `[[{key}]]` tables, one for each entry");
                Err(self.error(item.span(), message))
            }
        }
    }

    fn table<'t>(&self, item: &'t Item) -> Read<&'t dyn TableLike> {
        item.as_table_like()
            .ok_or_else(|| self.error(item.span(), "a table is expected here".to_owned()))
    }

    fn text<'t>(&self, item: &'t Item) -> Read<&'t str> {
        item.as_str()
            .ok_or_else(|| self.error(item.span(), "a text in quotes is expected here".to_owned()))
    }

    fn boolean(&self, item: &Item) -> Read<bool> {
        item.as_bool()
            .ok_or_else(|| self.error(item.span(), "true or false is expected here".to_owned()))
    }

    fn words(&self, item: &Item) -> Read<Vec<String>> {
        Ok(self
            .patterns(item)?
            .into_iter()
            .map(|(word, _)| word)
            .collect())
    }

    /// A list of rules and groups, whose names are checked once the rules are known.
    fn names(&self, item: &Item, places: &mut Places) -> Read<Vec<String>> {
        let names = self.patterns(item)?;
        Ok(names
            .into_iter()
            .map(|(name, span)| {
                self.remember(places, name.clone(), span);
                name
            })
            .collect())
    }

    fn remember(&self, places: &mut Places, name: String, at: Option<std::ops::Range<usize>>) {
        let place = self.error(at, String::new());
        places.entry(name).or_insert((place.line, place.column));
    }

    /// A list of texts, each with its place.
    fn patterns(&self, item: &Item) -> Read<Vec<(String, Option<std::ops::Range<usize>>)>> {
        let wrong = |span| {
            self.error(
                span,
                "a list of texts in quotes is expected here".to_owned(),
            )
        };
        let list = item.as_array().ok_or_else(|| wrong(item.span()))?;
        list.iter()
            .map(|value| match value.as_str() {
                Some(text) => Ok((text.to_owned(), value.span())),
                None => Err(wrong(value.span())),
            })
            .collect()
    }

    fn required_globs(&self, table: &Table, name: &str) -> Read<GlobSet> {
        match table.get("files") {
            Some(item) => self.globs(item),
            None => Err(self.error(table.span(), format!("`[[{name}]]` needs `files`"))),
        }
    }

    fn globs(&self, item: &Item) -> Read<GlobSet> {
        let mut builder = GlobSetBuilder::new();
        for (pattern, span) in self.patterns(item)? {
            builder.add(self.glob(&pattern, span)?);
        }
        self.build(&builder)
    }

    fn glob(&self, pattern: &str, span: Option<std::ops::Range<usize>>) -> Read<Glob> {
        // As in .gitignore: a name without a slash stands at any depth, a folder means all in it.
        let plain = pattern.trim_end_matches('/').trim_start_matches("./");
        let deep = if plain.contains('/') { "" } else { "**/" };
        let below = if plain.ends_with("**") { "" } else { "{,/**}" };
        GlobBuilder::new(&format!("{deep}{plain}{below}"))
            .literal_separator(true)
            .empty_alternates(true)
            .build()
            .map_err(|error| {
                let message = format!("`{pattern}` is no pattern: {}", error.kind());
                self.error(span, message)
            })
    }

    fn build(&self, builder: &GlobSetBuilder) -> Read<GlobSet> {
        builder
            .build()
            .map_err(|error| self.error(None, error.to_string()))
    }
}
