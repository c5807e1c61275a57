use super::*;
use crate::report::terminal::width;

/// The text for a key without the rules that speak of it, which come and go.
fn shown(key: &str, versions: &str) -> String {
    let text = option(key, Versions::parse(versions).unwrap(), 80);
    match text.find("\n  rules ") {
        Some(at) => format!("{}\n", text[..at].trim_end()),
        None => text,
    }
}

#[test]
fn an_option_shows_what_it_does_and_how_it_is_written() {
    assert_eq!(
        shown("taskmanager.numberOfTaskSlots", "1.13.."),
        "\
taskmanager.numberOfTaskSlots
  How many slots a TaskManager has; each holds one parallel slice of a job.

  versions  1.13-2.3
  type      integer
  default   1
  written   a whole number, without unit, blanks or `_`
  range     1 or more
"
    );
}

#[test]
fn an_option_shows_the_range_that_flink_takes() {
    let range = |key: &str, versions: &str, text: &str| {
        let all = shown(key, versions);
        assert!(all.contains(&format!("range     {text}\n")), "{all}");
    };
    range("pipeline.max-parallelism", "1.13..", "1 to 32768");
    range("parallelism.default", "2.0", "1 or more, or -1");
    range(
        "state.backend.rocksdb.thread.num",
        "2.0",
        "1 or more, where state.backend.type is rocksdb",
    );
    range(
        "taskmanager.network.memory.buffers-per-channel",
        "1.16..1.18",
        "0 or more, in Flink 1.17-1.18",
    );
    assert!(!shown("rest.address", "1.13..").contains("range"));
}

#[test]
fn an_option_that_changed_shows_each_meaning() {
    assert_eq!(
        shown("heartbeat.timeout", "1.13..2.0"),
        "\
heartbeat.timeout
  Time without a heartbeat after which a JobManager or TaskManager counts as
  lost.

  Flink 1.13-1.19
    type      long
    default   50000
    written   a whole number, without unit, blanks or `_`
  Flink 1.20-2.0
    type      duration
    default   50 s
    written   a whole number and one unit: ns, micros, ms, s, min or m, h, d, in
              any case; without unit milliseconds; no decimals, no `1h30m`
"
    );
}

#[test]
fn old_and_new_names_lead_to_each_other() {
    let old = shown("state.checkpoints.dir", "1.13..");
    assert!(old.starts_with("state.checkpoints.dir\n  Directory for checkpoints"));
    assert!(
        old.contains("state     an older name of execution.checkpointing.dir (from 1.20);"),
        "{old}"
    );
    let new = shown("execution.checkpointing.dir", "1.13..");
    assert!(
        new.contains("also read state.checkpoints.dir (older name, 1.20-2.3)"),
        "{new}"
    );
    assert!(
        shown("rest.bind-port", "2.0").contains("also read rest.port (fallback, 2.0)"),
        "a fallback is no older name"
    );
}

#[test]
fn a_key_of_other_versions_says_so_and_what_to_use() {
    let early = shown("state.backend.type", "1.16");
    assert!(
        early.contains("Flink 1.16 has no such option and ignores the key; Flink 1.17-2.3 has it."),
        "{early}"
    );
    assert!(early.contains("instead   state.backend\n"), "{early}");
    let late = shown("taskmanager.heap.size", "2.2");
    assert!(late.contains("Flink 2.2 has no such option"), "{late}");
    let gone = shown("security.ssl.enabled", "1.13..");
    assert!(gone.contains("gone      from 2.0 on"), "{gone}");
}

#[test]
fn members_of_families_and_entries_of_maps_are_explained() {
    let reporter = shown("metrics.reporter.prom.port", "1.13..");
    assert!(
        reporter.contains("Of the form metrics.reporter.<name>.<parameter>. Goes to"),
        "{reporter}"
    );
    // A port of another reporter has the row of the table; its default is no fact about this one.
    assert!(!reporter.contains("8086"), "{reporter}");
    let class = shown("traces.reporter.otel.factory.class", "1.19..");
    assert!(class.contains("type      string"), "{class}");
    let label = shown("kubernetes.jobmanager.labels.app", "1.13..");
    assert!(
        label.contains("entry of the map option kubernetes.jobmanager.labels, in Flink 1.14-2.3"),
        "{label}"
    );
    let variable = shown("containerized.master.env.TZ", "1.13..");
    assert!(variable.contains("environment variable"), "{variable}");
}

#[test]
fn defaults_are_shown_as_people_write_them() {
    let default = |key: &'static str, version: &str| {
        let version = Versions::parse(version).unwrap();
        let mut specs = options::meanings(key).filter(|spec| spec.versions.overlaps(version));
        super::default(&specs.next().unwrap())
    };
    assert_eq!(default("client.timeout", "1.13"), "1 min");
    assert_eq!(default("client.timeout", "1.14"), "1 min");
    assert_eq!(default("taskmanager.memory.network.max", "2.0"), "no limit");
    assert_eq!(default("env.java.opts.all", "2.0"), "empty");
    assert_eq!(default("io.tmp.dirs", "2.0"), "depends on the machine");
    assert_eq!(default("rest.address", "2.0"), "none");
}

#[test]
fn explanations_keep_within_the_columns() {
    // Each key is laid against every page of a rule, so a part of the table must do.
    for (index, spec) in options::all().step_by(5).enumerate() {
        let columns = [60, 80, 100][index % 3];
        let text = option(spec.key, Versions::ALL, columns);
        for line in text.lines() {
            // A word that is too long by itself stays whole, behind its label.
            let words = line.strip_prefix("  also read").unwrap_or(line);
            let fits = width(line) <= columns || words.split_whitespace().count() <= 2;
            assert!(fits, "{columns}: {line}");
            assert_eq!(line, line.trim_end(), "{}", spec.key);
        }
        assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{text}");
    }
}

#[test]
fn the_json_keeps_its_contract() {
    let of = |key: &str, versions: &str| -> Value {
        let versions = Versions::parse(versions).unwrap();
        serde_json::from_str(&option_json(key, versions)).unwrap()
    };
    let value = of("state.checkpoints.dir", "1.19..1.20");
    assert_eq!(value["version"], 1);
    assert_eq!(value["key"], "state.checkpoints.dir");
    assert_eq!(value["meanings"][0]["versions"], json!(["1.19"]));
    assert_eq!(value["meanings"][0]["type"], "string");
    assert_eq!(value["meanings"][0]["default"], Value::Null);
    assert_eq!(value["meanings"][0]["state"], "current");
    assert_eq!(value["meanings"][0]["scope"], "config");
    assert_eq!(value["meanings"][0]["enum"], Value::Null);
    assert_eq!(
        value["meanings"][0]["fallback_keys"],
        json!(["state.backend.fs.checkpointdir"])
    );
    assert_eq!(value["meanings"][1]["state"], "alias");
    assert_eq!(
        value["meanings"][1]["replaced_by"],
        json!(["execution.checkpointing.dir"])
    );
    assert!(value["rules"].is_array());
    let bounded = of("pipeline.max-parallelism", "2.0");
    assert_eq!(bounded["meanings"][0]["ranges"], json!(["1 to 32768"]));
    let member = of("metrics.reporter.prom.port", "2.0");
    assert_eq!(member["meanings"], json!([]));
    assert_eq!(
        member["family"]["pattern"],
        "metrics.reporter.<name>.<parameter>"
    );
}
