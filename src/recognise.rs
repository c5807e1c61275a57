//! Which format a file has, and whether it concerns Flink at all.
//!
//! Silence on a Spring, Hadoop, `SeaTunnel` or Kubernetes file is part of the job, so a file whose
//! name says nothing must show that it belongs to a Flink job before it is read as one.

use crate::flink::options;
use crate::syntax::{
    Document, Format, Kind, Setting, Space, flink_conf, json, properties, sysctl, toml, yaml,
};
use crate::text::Source;
use crate::words;

/// What a file's name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// It is of this format.
    Yes(Format),
    /// Its content decides.
    Maybe,
    /// It is nothing that flint reads.
    No,
}

/// Largest file whose content decides, in bytes: no job's configuration is larger.
pub const MAX_SNIFFED_BYTES: u64 = 1 << 20;

/// What a path says. It has `/` as separator.
pub fn by_name(path: &str) -> Claim {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let last_folder = folder.rsplit('/').next().unwrap_or("");
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
    let in_sysctl_d = last_folder == "sysctl.d" && extension == "conf" && !name.starts_with('.');
    if in_sysctl_d
        || name == "sysctl.conf"
        || name.ends_with("-sysctl.conf")
        || extension == "sysctl"
    {
        return Claim::Yes(Format::Sysctl);
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

/// Whether a job's configuration can have this name.
pub fn is_job_format(name: &str) -> bool {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    matches!(
        extension,
        Some("yaml" | "yml" | "properties" | "toml" | "json")
    )
}

/// Names that other tools own, whatever words their files hold.
fn is_foreign_name(name: &str, stem: &str, extension: &str) -> bool {
    const NAMES: [&str; 15] = [
        "Cargo.toml",
        "pyproject.toml",
        "flint.toml",
        "package.json",
        "package-lock.json",
        "composer.json",
        "Chart.yaml",
        "pnpm-lock.yaml",
        "mkdocs.yml",
        "Pipfile.toml",
        "gradle.properties",
        "gradle-wrapper.properties",
        "kustomization.yaml",
        ".pre-commit-config.yaml",
        ".pre-commit-hooks.yaml",
    ];
    NAMES.contains(&name)
        || stem.starts_with("log4j")
        || stem.starts_with("logback")
        || stem.starts_with("tsconfig")
        || stem.starts_with("docker-compose")
        || (extension != "json"
            && (stem == "values" || stem.starts_with("values-") || stem.starts_with("values.")))
        || stem.ends_with(".schema")
        || matches!(stem.rsplit_once('.'), Some((_, "tf" | "tfvars")))
        || matches!(stem, "openapi" | "swagger")
}

/// Whether a file holds any word without which it can't concern Flink. A `config.yaml` may hold
/// nothing but keys of its author. Nested files write `state: backend: rocksdb:`, so the words are
/// single ones where a key has parts.
pub fn worth_parsing(path: &str, bytes: &[u8]) -> bool {
    const NEEDLES: [&str; 18] = [
        "flink",
        "Flink",
        "FLINK",
        "indow",
        "INDOW",
        "atermark",
        "ATERMARK",
        "ateness",
        "rderness",
        "taskmanager",
        "jobmanager",
        "state.backend",
        "parallelism",
        "checkpoint",
        "rocksdb",
        "kryo",
        "serialization-config",
        "late-fire",
    ];
    is_config_name(path.rsplit('/').next().unwrap_or(path))
        || path.to_ascii_lowercase().contains("flink")
        || NEEDLES
            .iter()
            .any(|needle| memchr::memmem::find(bytes, needle.as_bytes()).is_some())
}

/// Reads a source as what it is; `None` when it does not concern Flink. `job` says that flint.toml
/// declares it a job's configuration; `named` that it is Flink's without further signs.
pub fn read(source: &Source, job: bool, named: bool) -> Option<Document> {
    if job {
        return read_job(source);
    }
    match by_name(&source.path) {
        Claim::Yes(Format::FlinkConf) => {
            let manifest = is_manifest(&source.bytes);
            (!manifest).then(|| flink_conf::parse(source))
        }
        Claim::Yes(Format::Sysctl) => {
            (!sysctl::is_bsd(&source.bytes)).then(|| sysctl::parse(source))
        }
        Claim::Yes(_) | Claim::No => None,
        Claim::Maybe => {
            if is_manifest(&source.bytes) {
                return None;
            }
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

/// Names that Flink's own configuration has.
fn is_config_name(name: &str) -> bool {
    matches!(name, "config.yaml" | "flink-config.yaml")
}

fn read_job(source: &Source) -> Option<Document> {
    let extension = source.path.rsplit('.').next()?;
    let mut document = match extension {
        "properties" => properties::parse(source),
        "toml" => toml::parse(source),
        "json" => json::parse(source),
        "yaml" | "yml" => yaml::parse_job(source),
        _ => return None,
    };
    unwrap_classification(&mut document);
    Some(document)
}

/// A Kubernetes object: `apiVersion:` or `kind:` at the start of a line.
fn is_manifest(bytes: &[u8]) -> bool {
    let starts_line = |needle: &[u8]| {
        memchr::memmem::find_iter(bytes, needle).any(|at| at == 0 || bytes[at - 1] == b'\n')
    };
    starts_line(b"apiVersion:") && starts_line(b"kind:")
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
                ]
                .iter()
                .any(|start| line.trim_ascii_start().starts_with(start.as_bytes()))
            })
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
    let streaming = flink || document.settings.iter().any(is_streaming_sign);
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

/// Groups of keys that other tools' files have, all of a line in one file.
const FOREIGN: [&[&str]; 44] = [
    &["$schema"],
    &["openapi"],
    &["swagger"],
    // Spring, Quarkus, Micronaut and what services use beside them
    &["spring"],
    &["management"],
    &["logging.level"],
    &["resilience4j"],
    &["hystrix"],
    &["quarkus"],
    &["micronaut"],
    &["mp"],
    // other data tools
    &["env", "source", "sink"],
    &["seatunnel"],
    &["spark"],
    &["hoodie"],
    &["topology"],
    &["task.window.ms"],
    &["windowConfig"],
    &["kafka-streams"],
    &["risingwave"],
    &["connector.class"],
    &["config.connector.class"],
    &["spec.dataSchema"],
    &["dag_id"],
    // operations
    &["services"],
    &["jobs", "on"],
    &["jobs", "workflows"],
    &["jobs", "version"],
    &["updates", "version"],
    &["packageRules"],
    &["[0].hosts"],
    &["[0].tasks"],
    &["resource", "provider"],
    &["resource", "terraform"],
    &["scrape_configs"],
    &["groups[0].rules"],
    &["slos"],
    &["timeWindow", "objectives"],
    &["panels"],
    &["receivers", "exporters"],
    &["inputs", "agent"],
    &["inputs", "outputs"],
    &["pipeline.inputs"],
    &["pipeline.filters"],
];

/// Files of tools that have similar keys.
fn is_foreign_shape(document: &Document) -> bool {
    let below = |name: &str, key: &str| {
        let rest = key.strip_prefix(name);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    let has = |name: &str| {
        let mut settings = document.settings.iter().map(|setting| &setting.key);
        let mut sections = document.sections.iter().map(|section| &section.key);
        settings.any(|key| below(name, key)) || sections.any(|key| below(name, key))
    };
    FOREIGN
        .iter()
        .any(|names| names.iter().all(|name| has(name)))
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

/// A setting of event time, which few programs have that are no streaming jobs.
pub fn is_event_time_sign(setting: &Setting) -> bool {
    let words = words::of_key(&setting.key);
    let has = |word: &str| words.iter().any(|own| own == word);
    let value = words::of_key(&setting.value);
    let says_event = value == ["event", "time"] || has("time") && value == ["event"];
    says_event
        || has("watermark")
        || has("watermarks")
        || has("lateness")
        || (has("out") && has("orderness"))
        || (has("event") && has("time"))
}

/// A key that a streaming job has, and many another program.
fn is_streaming_sign(setting: &Setting) -> bool {
    let words = words::of_key(&setting.key);
    let signs = ["checkpoint", "checkpointing", "parallelism", "keyby"];
    words.iter().any(|word| signs.contains(&word.as_str()))
}

/// Whether an amount is one of time: it has a unit, or its key names one. `millis` says that a bare
/// number of whole thousands is one, too.
pub fn is_time(setting: &Setting, millis: bool) -> bool {
    let Some(amount) = words::Amount::parse(&setting.value) else {
        return false;
    };
    let of_key = words::of_key(&setting.key);
    let named = of_key
        .last()
        .is_some_and(|word| word != "m" && words::millis_of_unit(word).is_some());
    let thousands = amount.number >= 1000 && amount.number.is_multiple_of(1000);
    amount.iso || !amount.unit.is_empty() || named || millis && thousands
}

/// Words that name a window, in any case style; the default of the rules' option `window-words`.
pub const WINDOW_WORDS: [&str; 8] = [
    "window", "tumbling", "tumble", "sliding", "hop", "hopping", "cumulate", "session",
];

/// Words that may follow a window's name; the default of the rules' option `size-words`.
pub const SIZE_WORDS: [&str; 16] = [
    "size", "length", "duration", "slide", "gap", "interval", "period", "hop", "time", "sec",
    "secs", "second", "seconds", "minutes", "millis", "ms",
];

/// Words beside which a window is none of event time: limits, caches, screens, networks.
const OTHER_WINDOWS: [&str; 43] = [
    "rate",
    "limit",
    "limiter",
    "throttle",
    "retry",
    "backoff",
    "breaker",
    "circuit",
    "maintenance",
    "cache",
    "ui",
    "screen",
    "browser",
    "tcp",
    "congestion",
    "backup",
    "compaction",
    "metrics",
    "metric",
    "poll",
    "batch",
    "commit",
    "timeout",
    "restart",
    "failure",
    "autoscaler",
    "evaluation",
    "sla",
    "slo",
    "alarm",
    "tolerance",
    "fault",
    "sampling",
    "catchup",
    "schedule",
    "health",
    "heartbeat",
    "width",
    "height",
    "attention",
    "retention",
    "expiration",
    "dedup",
];

/// Whether a setting declares the size, slide or gap of a window: a window word, then only size
/// words, with a duration or a positive number as value.
pub fn is_window_definition(
    setting: &Setting,
    window_words: &[impl AsRef<str>],
    size_words: &[impl AsRef<str>],
) -> bool {
    let is_in = |list: &[&str], word: &str| list.contains(&word);
    let window: Vec<&str> = window_words.iter().map(AsRef::as_ref).collect();
    let size: Vec<&str> = size_words.iter().map(AsRef::as_ref).collect();
    let words = words::of_key(&setting.key);
    let Some(at) = words.iter().rposition(|word| is_in(&window, word)) else {
        return false;
    };
    let tail = &words[at + 1..];
    // `session` alone is a login or a Kafka session; only its gap makes it a window.
    if words[at] == "session" && !tail.iter().any(|word| word == "gap") {
        return false;
    }
    tail.iter().all(|word| {
        is_in(&size, word)
            || is_in(
                &[
                    "minute",
                    "hour",
                    "hours",
                    "day",
                    "days",
                    "milliseconds",
                    "in",
                ],
                word,
            )
    }) && !words.iter().any(|word| is_in(&OTHER_WINDOWS, word))
        && setting.known
        && is_amount(setting)
}

/// A duration text or a positive number.
pub fn is_amount(setting: &Setting) -> bool {
    match setting.kind {
        Kind::Boolean | Kind::List | Kind::Null => false,
        Kind::Integer | Kind::Float | Kind::Text => {
            words::Amount::parse(&setting.value).is_some_and(|amount| amount.number > 0)
        }
    }
}

/// An EMR configuration list: `[{"Classification": "flink-conf", "Properties": {...}}]`. The keys of
/// such a block are Flink's own; those of other classifications are not.
fn unwrap_classification(document: &mut Document) {
    let blocks: Vec<(String, bool)> = document
        .settings
        .iter()
        .filter_map(|setting| {
            let block = setting
                .key
                .strip_suffix("Classification")
                .or_else(|| setting.key.strip_suffix("classification"))?;
            Some((block.to_owned(), setting.value.starts_with("flink-conf")))
        })
        .collect();
    if !blocks.iter().any(|(_, is_flink)| *is_flink) {
        return;
    }
    document.space = Space::Flink;
    document.settings.retain_mut(|setting| {
        blocks.iter().any(|(block, is_flink)| {
            let inner = setting.key.strip_prefix(block.as_str()).and_then(|rest| {
                rest.strip_prefix("Properties.")
                    .or_else(|| rest.strip_prefix("properties."))
            });
            match inner {
                Some(key) if *is_flink => {
                    setting.key = key.to_owned();
                    true
                }
                _ => false,
            }
        })
    });
    document.sections.clear();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{SourceId, Span};

    fn setting(key: &str, value: &str) -> Setting {
        Setting {
            key: key.into(),
            value: value.into(),
            kind: Kind::Text,
            known: true,
            key_at: Span::at(0),
            value_at: Span::at(0),
            whole: Span::at(0),
            written: None,
        }
    }

    #[test]
    fn names_decide_what_content_need_not() {
        assert_eq!(by_name("a/flink-conf.yaml"), Claim::Yes(Format::FlinkConf));
        assert_eq!(
            by_name("flink-conf-1.15.yaml"),
            Claim::Yes(Format::FlinkConf)
        );
        assert_eq!(
            by_name("etc/sysctl.d/99-flink.conf"),
            Claim::Yes(Format::Sysctl)
        );
        assert_eq!(by_name("host/sysctl.conf"), Claim::Yes(Format::Sysctl));
        assert_eq!(by_name("conf/config.yaml"), Claim::Maybe);
        assert_eq!(by_name("Cargo.toml"), Claim::No);
        assert_eq!(by_name("chart/values-prod.yaml"), Claim::No);
        assert_eq!(by_name("nginx.conf"), Claim::No);
    }

    #[test]
    fn nested_keys_are_worth_parsing() {
        for (path, text) in [
            ("conf/flink-config.yaml", "fs.s3a.impl: x\n"),
            (
                "conf/job.yaml",
                "state:\n  backend:\n    rocksdb:\n      x: 1\n",
            ),
            ("flink/job.toml", "tumble = \"10s\"\n"),
            (
                "jobs/visits.toml",
                "session_gap = \"10s\"\nwatermark_delay = \"5s\"\n",
            ),
            ("jobs/.env.properties", "WINDOW_SIZE_SECONDS=60\n"),
            ("jobs/orders.toml", "[pipeline]\nforce-kryo = true\n"),
            (
                "jobs/orders.yaml",
                "pipeline:\n  serialization-config: []\n",
            ),
            (
                "jobs/orders.json",
                "{\"table\": {\"exec\": {\"emit\": {\"late-fire\": {}}}}}",
            ),
        ] {
            assert!(worth_parsing(path, text.as_bytes()), "{path}");
        }
        assert!(!worth_parsing("a/app.yaml", b"a: 1\n"));
    }

    #[test]
    fn windows_of_event_time_are_told_from_others() {
        let is =
            |key, value| is_window_definition(&setting(key, value), &WINDOW_WORDS, &SIZE_WORDS);
        for (key, value) in [
            ("window", "60s"),
            ("window.size", "5 min"),
            ("job.windowSize", "60000"),
            ("orders.window-size-ms", "60000"),
            ("tumbling", "10s"),
            ("session.gap", "30s"),
            ("agg.WINDOW_SIZE_SECONDS", "60"),
            ("hop.size", "1h"),
            ("window.size", "PT5M"),
        ] {
            assert!(is(key, value), "{key}");
        }
        for (key, value) in [
            ("session.timeout.ms", "45000"),
            ("window.width", "800"),
            ("rate.limit.window", "60s"),
            ("window.type", "tumbling"),
            ("window.size", "large"),
            ("max.poll.window", "5"),
            ("window.size", "0"),
        ] {
            assert!(!is(key, value), "{key}");
        }
    }

    #[test]
    fn other_tools_files_stay_alone() {
        let read = |path: &str, text: &str| {
            read(&Source::new(SourceId(0), path, text), false, false).is_some()
        };
        assert!(!read(
            "app/application.properties",
            "spring.application.name=x\nwindow.size=60s\nflink.x=1\n"
        ));
        assert!(!read(
            "k8s/x.yaml",
            "apiVersion: v1\nkind: ConfigMap\nwindow:\n  size: 60s\n"
        ));
        assert!(!read("docs/config.yaml", "title: Flink\nurl: x\n"));
        assert!(read("config.yaml", "\tjobmanager.rpc.address: x\n"));
        assert!(read(
            "config.yaml",
            "state.backend.rocksdb.block-cache-size: 8mb\n"
        ));
        assert!(read(
            "config.yaml",
            "pipeline:\n  serialization-config:\n    a.B: {type: kryo}\n"
        ));
        assert!(!read("a.json", "{\"window\": 60}"));
        assert!(read(
            "job.properties",
            "window.size=60s\nwatermark.delay=5s\n"
        ));
        assert!(read("job.properties", "parallelism.default=4\n"));
        assert!(read(
            "application_properties.json",
            "[{\"PropertyGroupId\": \"flink.job\", \"PropertyMap\": {\"window.size\": \"60s\"}}]"
        ));
        assert!(read("flink/job.toml", "[window]\nsize = \"60s\"\n"));
    }

    #[test]
    fn windows_of_other_programs_stay_alone() {
        let read = |path: &str, text: &str| {
            read(&Source::new(SourceId(0), path, text), false, false).is_some()
        };
        for (path, text) in [
            (
                "gateway/application.yml",
                "resilience4j:\n  flinkRest:\n    slidingWindowSize: 10s\n",
            ),
            (
                "monitoring/rules.yml",
                "groups:\n  - name: flink\n    rules:\n      - window: 5m\n",
            ),
            (
                "monitoring/slo.yaml",
                "service: flink-orders\nslos:\n  - window: 30d\n",
            ),
            (
                "connect/sink.json",
                "{\"name\": \"flink\", \"config\": {\"connector.class\": \"x\", \"window.ms\": \"60000\"}}",
            ),
            (
                "storm.yaml",
                "topology.window.length.ms: 60000\ntopology.parallelism: 3\n",
            ),
            (
                "dag.json",
                "{\"dag\": \"flink_orders\", \"params\": {\"window_hours\": 24}}",
            ),
            (
                "train.yaml",
                "window_size: 512\ncheckpoint_interval: 1000\nparallelism: 2\n",
            ),
            (
                "model.json",
                "{\"sliding_window\": 4096, \"gradient_checkpointing\": true}",
            ),
            (
                "messages.properties",
                "window.title=Flink Dashboard\nwindow.size=800\n",
            ),
            (
                "aws.tfvars.json",
                "{\"flink_parallelism\": 4, \"window_seconds\": 60}",
            ),
        ] {
            assert!(!read(path, text), "{path}");
        }
        for (path, text) in [
            ("job.toml", "parallelism = 4\n[window]\nsize = \"5 min\"\n"),
            ("job.toml", "window_size = 300\nevent_time_field = \"ts\"\n"),
            ("job.yaml", "window: {size: 300, time: event}\n"),
            ("job.yaml", "flink:\n  job: orders\nwindow_ms: 60000\n"),
        ] {
            assert!(read(path, text), "{path}: {text}");
        }
    }
}
