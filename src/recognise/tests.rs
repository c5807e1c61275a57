//! What is recognised, and what is left alone.

use super::*;
use crate::syntax::Kind;
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
    // Whoever gave these names thinks that they are read.
    for name in ["50-a.CONF", "50-a", ".a.conf"] {
        let path = format!("etc/sysctl.d/{name}");
        assert_eq!(by_name(&path), Claim::Yes(Format::Sysctl), "{path}");
    }
    for name in [
        "README",
        "50-a.conf.bak",
        "50-a.conf~",
        "50-a.conf.in",
        "._a.conf",
    ] {
        assert_eq!(
            by_name(&format!("etc/sysctl.d/{name}")),
            Claim::No,
            "{name}"
        );
    }
    assert_eq!(by_name("host/sysctl.conf"), Claim::Yes(Format::Sysctl));
    assert_eq!(
        by_name("templates/sysctl.conf.j2"),
        Claim::Yes(Format::Sysctl)
    );
    assert_eq!(by_name("templates/nginx.conf.j2"), Claim::No);
    assert_eq!(by_name("profile/tuned.conf"), Claim::Holder);
    assert_eq!(by_name("conf/config.yaml"), Claim::Maybe);
    assert_eq!(by_name("Cargo.toml"), Claim::No);
    assert_eq!(by_name("chart/values-prod.yaml"), Claim::Holder);
    assert_eq!(by_name("chart/values-prod.json"), Claim::Maybe);
    assert_eq!(by_name("nginx.conf"), Claim::No);
    for holder in [
        ".env",
        "prod/flink.env",
        ".env.local",
        "Dockerfile",
        "jm.Dockerfile",
    ] {
        assert_eq!(by_name(holder), Claim::Holder, "{holder}");
        assert!(
            worth_parsing(holder, b"FLINK_PROPERTIES=\n", false),
            "{holder}"
        );
        assert!(!worth_parsing(holder, b"FROM flink\n", false), "{holder}");
    }
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
        assert!(worth_parsing(path, text.as_bytes(), true), "{path}");
        let alone = text.starts_with("WINDOW");
        assert_eq!(
            worth_parsing(path, text.as_bytes(), false),
            !alone,
            "{path}"
        );
    }
    assert!(!worth_parsing("a/app.yaml", b"a: 1\n", true));
    for beside in [
        "time: event",
        "eventTime: x",
        "EVENT_TIME: x",
        "keyby: a",
        "KEYBY: a",
    ] {
        let text = format!("windowSize: 60s\n{beside}\n");
        assert!(
            worth_parsing("a/app.yaml", text.as_bytes(), false),
            "{beside}"
        );
    }
}

#[test]
fn windows_of_event_time_are_told_from_others() {
    let is = |key, value| is_window_definition(&setting(key, value), &WINDOW_WORDS, &SIZE_WORDS);
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
        !read(&Source::new(SourceId(0), path, text), false, false).is_empty()
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
        !read(&Source::new(SourceId(0), path, text), false, false).is_empty()
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
        (
            "results/flink_summary.json",
            "{\"engine\": \"flink\", \"window_seconds\": 285, \"pipeline_ms\": {\"p50\": 5.5, \"p99\": 8.1}}",
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

#[test]
fn a_template_of_a_sysctl_file_is_one_by_its_name() {
    let text = "vm.swappiness = <%= @swappiness %>\nvm.dirty_ratio = 10\nvm.overcommit_memory 1\n";
    let source = Source::new(SourceId(0), "templates/sysctl.conf.erb", text);
    let [document] = &read(&source, false, false)[..] else {
        panic!("no document")
    };
    assert!(!document.complete && !document.editable);
    let known: Vec<bool> = document.settings.iter().map(|own| own.known).collect();
    assert_eq!(known, [false, true]);
    assert!(document.problems.iter().all(|own| own.repair.is_none()));
}

#[test]
fn a_word_of_parameters_makes_nothing_else_of_a_file() {
    let text = "restart-strategy:\n  type: none\npipeline:\n  object-reuse: true\n";
    for (path, text) in [
        ("app.yaml", format!("{text}# sysctl\n")),
        (
            "ci.yaml",
            "steps:\n- run: sudo sysctl -w vm.max_map_count=1\n".to_owned(),
        ),
        (
            "app.json",
            "{\"sysctl\": {\"vm.swappiness\": 1}}".to_owned(),
        ),
    ] {
        let source = Source::new(SourceId(0), path, text);
        assert!(read(&source, false, false).is_empty(), "{path}");
    }
}
