//! Which format a file has, and whether it concerns Flink at all.
//!
//! Silence on a Spring, Hadoop, `SeaTunnel` or Kubernetes file is part of the job, so a file whose
//! name says nothing must show that it belongs to a Flink job before it is read as one.

pub use foreign::is_manifest;
use foreign::{is_foreign_name, is_foreign_shape};
use holders::Holder;
pub use needles::worth_parsing;
use needles::{may_concern_flink, may_set_parameters};

use crate::flink::options;
use crate::linux::loaders::rendered;
use crate::syntax::{
    Document, Format, Setting, bottlerocket, flink_conf, json, manifest, properties, sql, sysctl,
    toml, yaml,
};
use crate::text::{MAX_BYTES, Source};

pub mod cluster;
pub mod evidence;
mod foreign;
mod holders;
pub mod job;
mod needles;
pub mod source;
mod window;

pub use window::{
    SIZE_WORDS, WINDOW_WORDS, is_amount, is_event_time_sign, is_time, is_window_definition,
};

/// What a file's name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// It is of this format.
    Yes(Format),
    /// Its content decides.
    Maybe,
    /// It is a source or a script; whether of a job of Flink its content decides.
    Source(source::Kind),
    /// It holds configurations, if it concerns Flink at all: a compose file, the values of a chart, a
    /// Dockerfile.
    Holder,
    /// It is nothing that flint reads.
    No,
}

/// Largest file whose content decides, in bytes: no job's configuration is larger than 1 MiB, but a
/// file with the name of Flink's own must not be passed over for its size.
pub fn largest(path: &str) -> u64 {
    let name = path.rsplit('/').next().unwrap_or(path);
    if is_config_name(name) {
        MAX_BYTES
    } else {
        source::MAX_BYTES
    }
}

/// Whether a file has a name under which Flink reads a configuration, as it is or put elsewhere.
pub fn is_cluster_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    is_config_name(name) || matches!(by_name(path), Claim::Yes(Format::FlinkConf))
}

/// What a path says. It has `/` as separator.
pub fn by_name(path: &str) -> Claim {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let last_folder = folder.rsplit('/').next().unwrap_or("");
    if Holder::by_name(name).is_some() || names_modules(path) {
        return Claim::Holder;
    }
    if is_sysctl_name(last_folder, rendered(name).unwrap_or(name)) {
        return Claim::Yes(Format::Sysctl);
    }
    let Some((stem, extension)) = name.rsplit_once('.') else {
        return Claim::No;
    };
    let is_yaml = matches!(extension, "yaml" | "yml");
    if is_yaml
        && (stem == "flink-conf"
            || stem.starts_with("flink-conf-")
            || stem.starts_with("flink-conf_"))
    {
        return Claim::Yes(Format::FlinkConf);
    }
    if is_holder_name(name) {
        return Claim::Holder;
    }
    if let Some(kind) = source::kind(name) {
        return Claim::Source(kind);
    }
    if is_foreign_name(name, stem, extension) {
        return Claim::No;
    }
    if is_job_format(name) {
        Claim::Maybe
    } else {
        Claim::No
    }
}

/// Whether a file of this path names the modules of the kernel that are loaded at boot (modules-load.d(5),
/// modules(5)). It holds no settings, but says what else is there.
pub fn names_modules(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    let in_folder = folder.ends_with("modules-load.d") && extension == Some("conf");
    in_folder || path == "etc/modules" || path.ends_with("/etc/modules")
}

/// Whether a file of this name in a folder of this name holds kernel parameters, or somebody may take it for
/// one that does.
fn is_sysctl_name(folder: &str, name: &str) -> bool {
    let is_conf = name == "sysctl.conf" || name.ends_with("-sysctl.conf");
    let in_folder = folder == "sysctl.d" && may_be_sysctl(name);
    in_folder || is_conf || name.ends_with(".sysctl")
}

/// Whether somebody may take a file of this name in `sysctl.d` for one that is read: `50-a.conf`,
/// `50-a.CONF`, `50-a`. Other endings are those of templates, copies and files that were switched off.
fn may_be_sysctl(name: &str) -> bool {
    let is_of_tool = name.starts_with(".#") || name.starts_with("._");
    let is_numbered = !name.contains('.') && name.starts_with(|c: char| c.is_ascii_digit());
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    let is_conf = extension.is_some_and(|own| own.eq_ignore_ascii_case("conf"));
    !is_of_tool && (is_numbered || is_conf)
}

/// Whether a file of this name is a compose file or holds the values of a chart.
fn is_holder_name(name: &str) -> bool {
    let Some((stem, "yaml" | "yml")) = name.rsplit_once('.') else {
        return false;
    };
    let starts = ["docker-compose", "compose", "values-", "values.", "values_"];
    stem == "values" || starts.iter().any(|start| stem.starts_with(start))
}

/// Whether the path of a file or its text speaks of Flink.
pub fn says_flink(source: &Source) -> bool {
    let says = |text: &[u8]| {
        let mut words = ["flink", "Flink", "FLINK"].iter();
        words.any(|word| memchr::memmem::find(text, word.as_bytes()).is_some())
    };
    says(&source.bytes) || says(source.path.as_bytes())
}

/// Whether a job's configuration can have this name.
pub fn is_job_format(name: &str) -> bool {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    matches!(
        extension,
        Some("yaml" | "yml" | "properties" | "toml" | "json")
    )
}

/// Reads a source as what it is; nothing when it does not concern Flink. `job` says that flint.toml
/// declares it a job's configuration; `named` that it is Flink's without further signs.
pub fn read(source: &Source, job: bool, named: bool) -> Vec<Document> {
    if job {
        return read_job(source).into_iter().collect();
    }
    let name = source.path.rsplit('/').next().unwrap_or(&source.path);
    if let Some(holder) = Holder::by_name(name) {
        return (holder.read)(source);
    }
    if let Some(kind) = source::kind(name) {
        return match kind {
            source::Kind::Code(language) => job::read(source, language),
            source::Kind::Script => sql::parse(source),
        };
    }
    if by_name(&source.path) != Claim::No && is_manifest(&source.bytes) || is_holder_name(name) {
        return manifest::parse(source);
    }
    let sets_parameters = may_set_parameters(name, &source.bytes);
    let is_open = by_name(&source.path) == Claim::Maybe && !is_config_name(name);
    if is_open && (sets_parameters || names_parts(source)) {
        // The values of a chart, a stack, a patch: whoever names them names them as he likes.
        let parts = match name.rsplit_once('.') {
            Some((_, "toml")) => bottlerocket::parse(source),
            _ => manifest::parse(source),
        };
        if !parts.is_empty() {
            return parts;
        }
    }
    if sets_parameters && !named && !may_concern_flink(&source.path, &source.bytes, named) {
        return Vec::new();
    }
    read_whole(source, named).into_iter().collect()
}

/// Whether a YAML file has the name of anything that holds configurations, or a JSON file a classification
/// of EMR.
fn names_parts(source: &Source) -> bool {
    const NAMES: [&str; 3] = [
        "flinkConfiguration:",
        "flink-conf.yaml:",
        "FLINK_PROPERTIES",
    ];
    let has = |name: &str| memchr::memmem::find(&source.bytes, name.as_bytes()).is_some();
    let is_classified = || has("lassification") && has("flink-conf");
    match source.path.rsplit_once('.') {
        Some((_, "yaml" | "yml")) => NAMES.into_iter().any(has) || is_classified(),
        Some((_, "json")) => is_classified(),
        _ => false,
    }
}

/// Reads a source that is one configuration as a whole.
fn read_whole(source: &Source, named: bool) -> Option<Document> {
    match by_name(&source.path) {
        Claim::Yes(Format::FlinkConf) => {
            let name = source.path.rsplit('/').next().unwrap_or(&source.path);
            // A file that is renamed where it is used may well become config.yaml there.
            if name != "flink-conf.yaml" && is_nested(&source.bytes) {
                return Some(yaml::parse_config(source));
            }
            Some(flink_conf::parse(source))
        }
        Claim::Yes(Format::Sysctl) => {
            if sysctl::is_bsd(&source.bytes) {
                return None;
            }
            let name = source.path.rsplit('/').next().unwrap_or(&source.path);
            if rendered(name).is_some() {
                return Some(sysctl::parse_template(source));
            }
            let document = sysctl::parse(source);
            // A name that no loader reads may be that of anything.
            let is_plain = document.problems.is_empty() && !document.settings.is_empty();
            let extension = source.path.rsplit_once('.').map(|(_, extension)| extension);
            (matches!(extension, Some("conf" | "sysctl")) || is_plain).then_some(document)
        }
        Claim::Yes(_) | Claim::Holder | Claim::Source(_) | Claim::No => None,
        Claim::Maybe => {
            let name = source.path.rsplit('/').next().unwrap_or(&source.path);
            if is_config_name(name) {
                let document = yaml::parse_config(source);
                if named || is_flink_config(&document, source) {
                    return Some(document);
                }
            }
            let document = read_job(source)?;
            (named || is_job(&document, source)).then_some(document)
        }
    }
}

/// Whether most of a file's lines at the margin are keys of nested YAML, with more indented lines below.
fn is_nested(bytes: &[u8]) -> bool {
    let content = |line: &&[u8]| {
        let text = line.trim_ascii_start();
        !text.is_empty() && !text.starts_with(b"#")
    };
    let mut lines = bytes
        .split(|byte| *byte == b'\n')
        .filter(content)
        .peekable();
    let (mut nested, mut flat) = (0, 0);
    while let Some(line) = lines.next() {
        if line.starts_with(b" ") {
            continue;
        }
        let opens = lines.peek().is_some_and(|next| next.starts_with(b" "));
        if opens && line.trim_ascii_end().ends_with(b":") {
            nested += 1;
        } else {
            flat += 1;
        }
    }
    nested > flat
}

/// Names that Flink's own configuration has.
fn is_config_name(name: &str) -> bool {
    matches!(name, "config.yaml" | "flink-config.yaml")
}

fn read_job(source: &Source) -> Option<Document> {
    let extension = source.path.rsplit('.').next()?;
    Some(match extension {
        "properties" => properties::parse(source),
        "toml" => toml::parse(source),
        "json" => json::parse(source),
        "yaml" | "yml" => yaml::parse_job(source),
        _ => return None,
    })
}

/// Keys that only Flink has. Short general ones (`rest.port`, `env.x`) prove nothing.
pub fn is_telling_key(key: &str) -> bool {
    const PREFIXES: [&str; 22] = [
        "taskmanager.",
        "jobmanager.",
        "state.backend",
        "state.checkpoints",
        "state.savepoints",
        "execution.checkpointing",
        "execution.runtime-mode",
        "execution.target",
        "execution.attached",
        "parallelism.default",
        "pipeline.",
        "table.exec.",
        "table.optimizer.",
        "restart-strategy",
        "high-availability",
        "jobstore.",
        "blob.server",
        "python.fn-execution",
        "classloader.resolve-order",
        "sql-client.",
        "historyserver.",
        "kubernetes.operator.",
    ];
    // Nobody else has these, however the rest is spelt.
    const SURE: [&str; 2] = ["state.backend.rocksdb.", "pipeline.serialization-config"];
    SURE.iter().any(|start| key.starts_with(start))
        || PREFIXES.iter().any(|prefix| key.starts_with(prefix)) && options::is_option(key)
}

/// Whether a `config.yaml` is Flink's: many tools have a file of that name.
fn is_flink_config(document: &Document, source: &Source) -> bool {
    if document
        .settings
        .iter()
        .any(|setting| is_telling_key(&setting.key))
    {
        return true;
    }
    let options = document
        .settings
        .iter()
        .filter(|setting| options::is_option(&setting.key));
    if options.take(2).count() == 2 {
        return true;
    }
    if holds_nothing_else(document, source) {
        return true;
    }
    let says_flink = source.path.to_ascii_lowercase().contains("flink");
    if says_flink
        && document.settings.iter().any(|setting| {
            options::is_option(&setting.key) || options::in_open_family(&setting.key)
        })
    {
        return true;
    }
    // A file that does not load may hide its settings; its lines still tell.
    document.load_error.is_some()
        && source
            .bytes
            .split(|byte| matches!(byte, b'\n' | b'\r'))
            .any(|line| {
                [
                    "jobmanager",
                    "taskmanager",
                    "parallelism.default",
                    "state.backend",
                    "execution.checkpointing",
                    // The stack trace of a start that failed, written over the file.
                    "at org.apache.flink.",
                ]
                .iter()
                .any(|start| line.trim_ascii_start().starts_with(start.as_bytes()))
            })
}

/// Whether all keys of a file are Flink options, in Flink's own folder `conf` or none of them a short
/// general one such as `rest.port`.
fn holds_nothing_else(document: &Document, source: &Source) -> bool {
    let settings = &document.settings;
    let in_conf = source.path.rsplit('/').nth(1) == Some("conf");
    let is_long = |key: &str| key.contains('-') || key.split('.').nth(2).is_some();
    !settings.is_empty()
        && settings
            .iter()
            .all(|setting| options::is_option(&setting.key) && (in_conf || is_long(&setting.key)))
}

/// Whether a file is the configuration of a Flink job: it holds Flink options, or a window
/// definition beside another sign of a Flink job.
fn is_job(document: &Document, source: &Source) -> bool {
    if is_foreign_shape(document) {
        return false;
    }
    let tells = |setting: &Setting| is_telling_key(&setting.key) || is_property_group(&setting.key);
    if document.settings.iter().any(tells) {
        return true;
    }
    let windows: Vec<&Setting> = document
        .settings
        .iter()
        .filter(|setting| is_window(setting))
        .collect();
    if windows.is_empty() {
        return false;
    }
    // Beside a setting of event time any window is one; else the words alone prove little.
    if document.settings.iter().any(is_event_time_sign) {
        return true;
    }
    let flink = mentions_flink(document, source);
    let streaming = flink || document.settings.iter().any(window::is_streaming_sign);
    streaming && windows.iter().any(|setting| is_time(setting, flink))
}

fn is_window(setting: &Setting) -> bool {
    is_window_definition(setting, &WINDOW_WORDS, &SIZE_WORDS)
}

/// `[{"PropertyGroupId": ..., "PropertyMap": {...}}]`: what Amazon's managed service for Flink hands
/// to a job.
fn is_property_group(key: &str) -> bool {
    key.starts_with('[') && (key.ends_with("].PropertyGroupId") || key.contains("].PropertyMap."))
}

/// Whether the path, a key or a comment says Flink. A value that does may name what is watched,
/// started or fetched.
fn mentions_flink(document: &Document, source: &Source) -> bool {
    if source.path.to_ascii_lowercase().contains("flink") {
        return true;
    }
    let mut values: Vec<(u32, u32)> = document
        .settings
        .iter()
        .map(|setting| (setting.value_at.start, setting.value_at.end))
        .collect();
    values.sort_unstable();
    let in_value = |at: usize| {
        let after = values.partition_point(|(start, _)| *start as usize <= at);
        after > 0 && at < values[after - 1].1 as usize
    };
    ["flink", "Flink", "FLINK"]
        .iter()
        .any(|word| memchr::memmem::find_iter(&source.bytes, word).any(|at| !in_value(at)))
}

#[cfg(test)]
mod tests;
