//! `flint memory`: what it shows is what the model says, in every format and width.
//! `BLESS=1 cargo test --test memory` records the outputs in `testdata/memory/` anew.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::{err, out, tree};
use flint::config::Configs;
use flint::flink::memory::Mode;
use flint::flink::version::Versions;
use flint::project::Project;
use flint::report::Style;
use flint::report::memory::{Asked, Format, View, render};
use flint::text::Sources;
use serde_json::{Value, json};

/// The configurations whose outputs are recorded.
const CASES: [(&str, &str, &str); 7] = [
    (
        "sample",
        "deploy/flink-conf.yaml",
        "jobmanager.memory.process.size: 1600m\n\
         # the containers have 4 GiB\n\
         taskmanager.memory.process.size: 4096m\n\
         taskmanager.numberOfTaskSlots: 4\n",
    ),
    (
        "tiny-parts",
        "conf/config.yaml",
        "jobmanager.memory.process.size: 16g\n\
         taskmanager:\n  memory:\n    process.size: 16g\n    network.max: 64m\n    managed.size: 1\n",
    ),
    (
        "too-much",
        "conf/config.yaml",
        "jobmanager.memory.process.size: 300m\n\
         taskmanager.memory.flink.size: 2g\n\
         taskmanager.memory.managed.size: 2g\n",
    ),
    (
        "versions-differ",
        "flink-conf.yaml",
        "jobmanager.memory.process.size: 1600m\ntaskmanager.memory.process.size: 20g\n",
    ),
    (
        "placeholder",
        "flink-conf.yaml",
        "jobmanager.memory.process.size: 1600m\ntaskmanager.memory.process.size: ${TM_SIZE}\n",
    ),
    (
        "rocksdb",
        "conf/flink-conf.yaml",
        "jobmanager.memory.process.size: 1600m\n\
         taskmanager.memory.process.size: 1600m\n\
         taskmanager.numberOfTaskSlots: 16\n\
         state.backend: rocksdb\n",
    ),
    (
        "what-is-left",
        "flink-conf.yaml",
        "jobmanager.memory.heap.size: 1g\n\
         taskmanager.memory.flink.size: 4g\n\
         taskmanager.memory.task.heap.size: 1g\n\
         taskmanager.memory.network.max: 1g\n",
    ),
];

fn views(path: &str, text: &str, asked: &Asked, versions: Option<Versions>) -> Vec<View> {
    let mut sources = Sources::default();
    sources.add(path, text);
    let mut configs = Configs::default();
    configs.each(|config| config.flink_version = versions);
    let project = Project::read(&sources, &configs, &[path.to_owned()]);
    let deployments = project.deployments().into_iter();
    deployments
        .map(|deployment| View::of(&deployment.as_if_read(), asked))
        .collect()
}

fn compare(name: &str, actual: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("testdata/memory")
        .join(name);
    if std::env::var_os("BLESS").is_some() {
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        fs::write(&path, actual).expect("a writable file");
        return;
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(actual, expected, "{}", path.display());
}

fn style(width: usize, ascii: bool, color: bool) -> Style {
    Style {
        width,
        ascii,
        color,
        ..Style::default()
    }
}

#[test]
fn outputs_are_those_recorded() {
    for (name, path, text) in CASES {
        let views = views(path, text, &Asked::default(), None);
        for width in [60, 80, 100, 120] {
            let text = render(Format::Text, &views, &style(width, false, false));
            compare(&format!("{name}-{width}.txt"), &text);
        }
        let ascii = render(Format::Text, &views, &style(80, true, false));
        assert!(ascii.is_ascii(), "{ascii}");
        compare(&format!("{name}-ascii.txt"), &ascii);
        for (format, end) in [
            (Format::Svg, "svg"),
            (Format::Markdown, "md"),
            (Format::Json, "json"),
        ] {
            let text = render(format, &views, &Style::default());
            compare(&format!("{name}.{end}"), &text);
        }
    }
}

#[test]
fn bars_are_as_wide_as_the_terminal() {
    for (name, path, text) in CASES {
        let views = views(path, text, &Asked::default(), None);
        for width in 60..=120 {
            for ascii in [false, true] {
                let text = render(Format::Text, &views, &style(width, ascii, false));
                let bars: Vec<&str> = text
                    .lines()
                    .filter(|line| line.ends_with(['▏', ']']))
                    .collect();
                assert!(
                    !bars.is_empty() || text.contains("does not start"),
                    "{name}"
                );
                for bar in bars {
                    assert_eq!(bar.chars().count(), width, "{bar}");
                }
            }
        }
    }
}

#[test]
fn colours_change_nothing_but_colours() {
    for (_, path, text) in CASES {
        let views = views(path, text, &Asked::default(), None);
        let plain = render(Format::Text, &views, &style(100, false, false));
        let colored = render(Format::Text, &views, &style(100, false, true));
        assert!(colored.contains('\u{1b}') && !plain.contains('\u{1b}'));
        let mut without = String::new();
        for (at, part) in colored.split("\u{1b}[").enumerate() {
            let text = part.split_once('m').map_or(part, |(_, rest)| rest);
            without.push_str(if at == 0 { part } else { text });
        }
        assert_eq!(without, plain);
    }
}

/// The recorded configurations of the model, as files: what the JSON says is what Flink said.
#[test]
fn the_json_says_what_flink_said() {
    let mut count = 0;
    for line in include_str!("../testdata/flink/flink-memory.jsonl").lines() {
        let record: Value = serde_json::from_str(line).expect("an object on each line");
        let mode = match record["mode"].as_str() {
            Some("standalone") => Mode::Standalone,
            Some("container") => Mode::Container,
            _ => continue,
        };
        let settings = record["config"].as_object().expect("a map");
        let value = |value: &Value| value.as_str().expect("a text").to_owned();
        // What a file would read in another way is no business of this test.
        let odd =
            |text: &str| text.trim() != text || text.is_empty() || text.contains(['#', '"', '\'']);
        if settings.values().any(|own| odd(&value(own))) {
            continue;
        }
        let version =
            Versions::parse(record["version"].as_str().expect("a text")).expect("a version");
        let is_old = version.within(Versions::LEGACY);
        let quote = if is_old { "" } else { "\"" };
        let mut text = String::from("rest.address: localhost\n");
        for (key, own) in settings {
            text.push_str(&format!("{key}: {quote}{}{quote}\n", value(own)));
        }
        let path = if is_old {
            "flink-conf.yaml"
        } else {
            "config.yaml"
        };
        let asked = Asked {
            mode: Some(mode),
            ..Asked::default()
        };
        let views = views(path, &text, &asked, Some(version));
        let document: Value =
            serde_json::from_str(&render(Format::Json, &views, &Style::default())).expect("JSON");
        assert_eq!(document["version"], 1);
        let processes = document["deployments"][0]["processes"]
            .as_array()
            .expect("a list");
        let own = processes
            .iter()
            .find(|process| process["process"] == record["process"])
            .expect("the process");
        assert_eq!(own["mode"], record["mode"], "{}", record["id"]);
        if record.get("error").is_some() {
            assert_eq!(
                own["error"]["class"], record["error"]["class"],
                "{}",
                record["id"]
            );
            assert_eq!(
                own["error"]["message"], record["error"]["message"],
                "{}",
                record["id"]
            );
        } else {
            let mut said = own["bytes"].clone();
            if record["process"] == "taskmanager" {
                said["cpu_cores"] = own["cpu_cores"].clone();
                said["num_slots"] = own["num_slots"].clone();
            }
            assert_eq!(said, record["result"], "{}", record["id"]);
            assert_eq!(own["jvm_params"], record["jvm_params"], "{}", record["id"]);
        }
        for format in [Format::Text, Format::Svg, Format::Markdown] {
            assert!(!render(format, &views, &Style::default()).is_empty());
        }
        count += 1;
    }
    assert!(count > 400, "{count}");
}

#[test]
fn the_settings_that_decided_are_named_with_their_lines() {
    let (_, path, text) = CASES[1];
    let views = views(path, text, &Asked::default(), None);
    let document: Value =
        serde_json::from_str(&render(Format::Json, &views, &Style::default())).expect("JSON");
    let by = &document["deployments"][0]["processes"][0]["decided_by"];
    assert_eq!(
        by["network"],
        json!({"why": "maximum", "key": "taskmanager.memory.network.max", "path": path, "line": 5})
    );
    assert_eq!(
        by["task_heap"],
        json!({"why": "rest", "key": null, "path": null, "line": null})
    );
    assert_eq!(by["managed"]["line"], 6);
    assert_eq!(by["jvm_metaspace"]["why"], "default");
}

#[test]
fn hostile_names_and_values_stay_text() {
    let path = "a<b>&\"|`\u{1b}[31m\u{202e}/flink-conf.yaml";
    let text = "jobmanager.memory.process.size: 1600m</text><script>x</script>|`@me\u{1b}[2J\n\
                taskmanager.memory.process.size: 4g\n\
                taskmanager.memory.managed.size: <img/src=x>]]>&amp;|@all #1 http://example.org\u{7}\n";
    let views = views(path, text, &Asked::default(), None);
    for format in [Format::Text, Format::Json, Format::Svg, Format::Markdown] {
        let out = render(format, &views, &Style::default());
        let hidden = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
        assert!(!out.contains(hidden) || format == Format::Json, "{out}");
        if matches!(format, Format::Svg | Format::Markdown) {
            for bad in ["<script", "<img", "a<b>", "@me", "://example"] {
                let fine = format == Format::Svg && !bad.starts_with('<') && bad != "a<b>";
                assert!(fine || !out.contains(bad), "{bad}: {out}");
            }
        }
    }
    let svg = render(Format::Svg, &views, &Style::default());
    for name in ["text", "svg", "title", "desc", "style"] {
        let opened =
            svg.matches(&format!("<{name}>")).count() + svg.matches(&format!("<{name} ")).count();
        assert_eq!(opened, svg.matches(&format!("</{name}>")).count(), "{name}");
    }
}

/// A command without anything of the caller's environment but the way to git.
fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flint"));
    command.current_dir(folder).env_clear().args(args);
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    command
}

fn run(folder: &Path, args: &[&str]) -> Output {
    command(folder, args).output().expect("flint starts")
}

const SIZES: &str = "jobmanager.memory.process.size: 1600m\ntaskmanager.memory.process.size: 4g\n";

#[test]
fn other_values_are_tried_and_named() {
    let folder = tree(&[("conf/flink-conf.yaml", SIZES)]);
    let set = "taskmanager.memory.managed.size=1g";
    let output = run(folder.path(), &["memory", "--set", set, "conf"]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let text = out(&output);
    assert!(
        text.contains("tried: taskmanager.memory.managed.size = 1g"),
        "{text}"
    );
    assert!(
        text.contains("taskmanager.memory.managed.size = 1g   --set"),
        "{text}"
    );
    let json = run(
        folder.path(),
        &["memory", "--set", set, "--format", "json", "conf"],
    );
    let document: Value = serde_json::from_str(&out(&json)).expect("JSON");
    let deployment = &document["deployments"][0];
    assert_eq!(deployment["tried"]["taskmanager.memory.managed.size"], "1g");
    let process = &deployment["processes"][0];
    assert_eq!(process["bytes"]["managed"], 1 << 30);
    assert_eq!(process["decided_by"]["managed"]["path"], Value::Null);
    let idle = run(folder.path(), &["memory", "--set", "parallelism.default=4"]);
    assert!(err(&idle).contains("`parallelism.default` takes no part in memory"));
    let old = [
        "memory",
        "--set",
        "taskmanager.heap.size=4g",
        "conf/config.yaml",
    ];
    fs::write(
        folder.path().join("flint.toml"),
        "flink-version = \"2.0\"\n",
    )
    .expect("written");
    fs::write(folder.path().join("conf/config.yaml"), SIZES).expect("written");
    let old = run(folder.path(), &old);
    assert_eq!(
        err(&old),
        "warning: --set: Flink 2.0 does not know `taskmanager.heap.size`\n"
    );
}

#[test]
fn what_is_tried_decides_about_rocksdb_too() {
    let conf = format!("{SIZES}state.backend.type: rocksdb\n");
    let folder = tree(&[("conf/flink-conf.yaml", &conf)]);
    let rocksdb = |set: &[&str]| {
        let mut args = vec![
            "memory",
            "--isolated",
            "--format",
            "json",
            "--flink-version",
            "1.20",
        ];
        args.extend(set.iter().flat_map(|set| ["--set", set]));
        let shown = run(folder.path(), &args);
        let json: serde_json::Value = serde_json::from_str(&out(&shown)).expect("JSON");
        json["deployments"][0]["processes"][0]["rocksdb"].clone()
    };
    let own = rocksdb(&[]);
    assert_eq!(own["per"], "slot");
    let two = rocksdb(&["taskmanager.numberOfTaskSlots=2"]);
    assert_eq!(
        two["bytes"].as_u64(),
        own["bytes"].as_u64().map(|bytes| bytes / 2)
    );
    assert!(rocksdb(&["state.backend.type=hashmap"]).is_null());
    let each = rocksdb(&["state.backend.rocksdb.memory.managed=false"]);
    assert_eq!(each["per"], "state");
    assert_eq!(each["cache"], 8 << 20);
}

#[test]
fn what_is_tried_takes_the_place_of_what_is_set_out_of_sight() {
    let conf = format!("{SIZES}state.backend: rocksdb\n");
    let compose = "services:\n  taskmanager:\n    image: flink:1.20\n    command: taskmanager\n    \
                   volumes:\n      - ./conf:/opt/flink/conf\n    environment:\n      FLINK_PROPERTIES: \
                   'taskmanager.memory.managed.fraction: 0.2'\n  other:\n    image: flink:1.20\n    \
                   command: taskmanager\n    volumes:\n      - ./conf:/opt/flink/conf\n";
    let folder = tree(&[
        ("conf/flink-conf.yaml", &conf),
        ("docker-compose.yml", compose),
    ]);
    let text = |args: &[&str]| out(&run(folder.path(), &[&["memory", "-q"], args].concat()));
    assert!(text(&[]).contains("managed.fraction may be set outside"));
    let tried = text(&["--set", "taskmanager.memory.managed.fraction=0.3"]);
    assert!(tried.contains("RocksDB: cache 857.6 per slot"), "{tried}");
}

#[test]
fn slots_and_what_each_has_are_compared() {
    let conf = format!("{SIZES}state.backend.type: rocksdb\n");
    let folder = tree(&[("conf/flink-conf.yaml", &conf)]);
    let text = |format| {
        let set = "taskmanager.numberOfTaskSlots=4";
        let asked = [
            "memory",
            "--flink-version",
            "1.20",
            "--format",
            format,
            "--set",
            set,
        ];
        out(&run(
            folder.path(),
            &[&asked[..], &["--compare", "conf", "conf"]].concat(),
        ))
    };
    let lines = text("text");
    assert!(
        lines.contains("  slots                          4          1           +3 *\n"),
        "{lines}"
    );
    assert!(
        lines.contains("  managed per slot           343.0"),
        "{lines}"
    );
    assert!(
        lines.contains("  RocksDB cache per slot     285.9"),
        "{lines}"
    );
    assert!(text("markdown").contains("| slots | 4 | 1 | **+3** |\n"));
    assert!(text("svg").contains(">RocksDB cache per slot<"));
}

#[test]
fn what_cannot_be_tried_is_an_error_of_one_line() {
    let folder = tree(&[("conf/flink-conf.yaml", SIZES)]);
    for (set, said) in [
        (
            "taskmanager.memory.manged.size=1g",
            "error: --set: Flink 1.13-2.3 has no option `taskmanager.memory.manged.size`; did you mean \
             `taskmanager.memory.managed.size`?\n",
        ),
        (
            "taskmanager.memory.managed.size=1.5g",
            "error: --set taskmanager.memory.managed.size: `1.5g` is no memory size",
        ),
        (
            "taskmanager.memory.managed.fraction=half",
            "error: --set taskmanager.memory.managed.fraction: `half` is no number",
        ),
    ] {
        let output = run(folder.path(), &["memory", "--set", set]);
        assert_eq!(output.status.code(), Some(2));
        assert!(err(&output).starts_with(said), "{}", err(&output));
        assert_eq!(err(&output).lines().count(), 1);
        assert_eq!(out(&output), "");
    }
    let output = run(
        folder.path(),
        &["memory", "--set", "taskmanager.memory.size"],
    );
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("write KEY=VALUE"), "{}", err(&output));
}

#[test]
fn files_without_a_cluster_are_said_to_have_none() {
    let job = "[revenue]\nwindow_size = \"5 min\"\nwatermark_delay = \"10 s\"\n";
    let folder = tree(&[("jobs/orders.toml", job)]);
    for format in ["text", "json"] {
        let output = run(folder.path(), &["memory", "--format", format]);
        assert_eq!(output.status.code(), Some(0));
        assert_eq!(
            err(&output),
            "warning: no configuration of a Flink cluster under .\n"
        );
        assert_eq!(
            out(&output).contains("\"deployments\": []"),
            format == "json"
        );
    }
    let output = run(folder.path(), &["memory", "nowhere"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn the_mode_decides_what_an_old_size_stands_for() {
    let text = "jobmanager.heap.size: 1600m\ntaskmanager.heap.size: 4096m\n";
    let folder = tree(&[("flink-conf.yaml", text)]);
    let total = |mode: &str| {
        let output = run(
            folder.path(),
            &["memory", "--mode", mode, "--format", "json"],
        );
        let document: Value = serde_json::from_str(&out(&output)).expect("JSON");
        document["deployments"][0]["processes"][0]["bytes"]["total_process"].clone()
    };
    assert_eq!(total("container"), 4_u64 << 30);
    // 4096 MiB for Flink, metaspace, and a tenth of all for the overhead.
    assert_ne!(total("standalone"), 4_u64 << 30);
}

#[test]
fn the_bar_is_ascii_where_the_locale_is_not_utf_8() {
    let folder = tree(&[("flink-conf.yaml", SIZES)]);
    for (locale, args, is_ascii) in [
        ("C", &["memory"][..], true),
        ("de_DE.UTF-8", &["memory"], false),
        ("C.utf8", &["memory"], false),
        ("de_DE.UTF-8", &["memory", "--ascii"], true),
    ] {
        let output = command(folder.path(), args).env("LC_ALL", locale).output();
        let text = out(&output.expect("flint starts"));
        assert_eq!(text.is_ascii(), is_ascii, "{locale}: {text}");
    }
}

#[test]
fn a_closed_pipe_ends_silently() {
    let folder = tree(&[("conf/flink-conf.yaml", SIZES)]);
    for format in ["text", "json", "svg", "markdown"] {
        let mut child = command(folder.path(), &["memory", "--format", format])
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .expect("flint starts");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(0));
        assert_eq!(err(&output), "");
    }
}

#[test]
fn standard_input_stands_for_the_file_it_is_named_after() {
    use std::io::Write;
    let folder = tree(&[("conf/flink-conf.yaml", SIZES)]);
    let args = ["memory", "-", "--stdin-filename", "conf/flink-conf.yaml"];
    let mut child = command(folder.path(), &args)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("flint starts");
    let text = SIZES.replace("4g", "8g");
    let mut input = child.stdin.take().expect("a pipe");
    input.write_all(text.as_bytes()).expect("written");
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    assert!(
        out(&output).contains("process 8192.0 MiB"),
        "{}",
        out(&output)
    );
}

fn git(folder: &Path, args: &[&str]) {
    let output = Command::new("git")
        .args([
            "-c",
            "user.name=t",
            "-c",
            "user.email=t@example.org",
            "-c",
            "commit.gpgsign=false",
        ])
        .args(args)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .expect("git starts");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn a_revision_of_git_is_compared_with() {
    let folder = tree(&[
        ("flint.toml", "flink-version = \"1.20\"\n"),
        ("deploy/conf/flink-conf.yaml", SIZES),
        ("deploy/other/config.yaml", SIZES),
        (".gitattributes", "*.yaml text eol=crlf\n"),
    ]);
    let root = folder.path();
    git(root, &["init", "-q"]);
    git(root, &["add", "."]);
    git(root, &["commit", "-q", "-m", "sizes"]);
    fs::write(
        root.join("deploy/conf/flink-conf.yaml"),
        SIZES.replace("4g", "5g"),
    )
    .expect("written");
    fs::create_dir(root.join("deploy/new")).expect("a folder");
    fs::write(root.join("deploy/new/config.yaml"), SIZES).expect("written");

    let output = run(root, &["memory", "deploy/conf", "--compare", "HEAD"]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let text = out(&output);
    assert!(
        text.contains("process                   5120.0     4096.0      +1024.0 *"),
        "{text}"
    );
    assert!(
        text.contains("metaspace                  256.0      256.0          0.0\n"),
        "{text}"
    );
    assert!(text.lines().all(|line| line.len() <= 100), "{text}");
    let inside = run(
        &root.join("deploy"),
        &["memory", "conf", "--compare", "HEAD"],
    );
    assert_eq!(out(&inside), text);

    let json = run(root, &["memory", "--compare", "HEAD", "--format", "json"]);
    let document: Value = serde_json::from_str(&out(&json)).expect("JSON");
    assert_eq!(document["compared_with"], "HEAD");
    let deployments = document["deployments"].as_array().expect("a list");
    let of = |name: &str| {
        let mut all = deployments.iter();
        all.find(|own| own["name"] == name).expect("the deployment")
    };
    let process = &of("deploy/conf")["processes"][0];
    assert_eq!(process["difference"]["total_process"], 1 << 30);
    let (this, other) = (&process["this"]["bytes"], &process["other"]["bytes"]);
    let bytes = |value: &Value| value.as_u64().expect("a number");
    assert_eq!(
        bytes(&this["total_process"]) - bytes(&other["total_process"]),
        1 << 30
    );
    assert_eq!(of("deploy/new")["in"], "this");
    assert_eq!(of("deploy/other")["in"], "both");

    let markdown = run(
        root,
        &[
            "memory",
            "--compare",
            "HEAD",
            "--format",
            "markdown",
            "deploy/conf",
        ],
    );
    assert!(out(&markdown).contains("| process | 5120.0 | 4096.0 | **+1024.0** |"));
    assert!(out(&markdown).contains("**JobManager** 1600.0 MiB, no difference"));
    let svg = run(
        root,
        &[
            "memory",
            "--compare",
            "HEAD",
            "--format",
            "svg",
            "deploy/conf",
        ],
    );
    assert!(out(&svg).contains("HEAD   4096.0 MiB"), "{}", out(&svg));
}

#[test]
fn a_revision_is_read_as_its_flint_toml_and_what_that_extends_said() {
    let outer = tree(&[
        ("base.toml", "exclude = [\"repo/old\"]\n"),
        ("repo/flint.toml", "extend = \"ci/versions\"\n"),
        (
            "repo/ci/versions",
            "extend = \"../../base.toml\"\nflink-version = \"1.19\"\n",
        ),
        ("repo/conf/flink-conf.yaml", SIZES),
        ("repo/old/flink-conf.yaml", SIZES),
    ]);
    let root = &outer.path().join("repo");
    git(root, &["init", "-q"]);
    git(root, &["add", "."]);
    git(root, &["commit", "-q", "-m", "sizes"]);
    fs::write(root.join("ci/versions"), "flink-version = \"1.20\"\n").expect("written");
    fs::write(
        root.join("flint.toml"),
        "extend = \"ci/versions\"\nexclude = [\"old\"]\n",
    )
    .expect("written");
    let output = run(root, &["memory", "--compare", "HEAD"]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let text = out(&output);
    assert!(text.starts_with("conf   Flink 1.20 "), "{text}");
    assert!(text.contains("other is HEAD: conf   Flink 1.19 "), "{text}");
    assert!(!text.contains("old"), "{text}");
}

#[test]
fn a_comparison_that_cannot_be_made_says_why() {
    let folder = tree(&[
        ("repo/conf/flink-conf.yaml", SIZES),
        ("bare/flink-conf.yaml", SIZES),
    ]);
    let root = folder.path();
    let repo = root.join("repo");
    git(&repo, &["init", "-q"]);
    git(&repo, &["commit", "-q", "--allow-empty", "-m", "nothing"]);
    let said = |folder: &Path, other: &str| {
        let output = command(folder, &["memory", &format!("--compare={other}")])
            .env("GIT_CEILING_DIRECTORIES", root)
            .output()
            .expect("flint starts");
        assert_eq!(output.status.code(), Some(2), "{}", out(&output));
        assert_eq!(err(&output).lines().count(), 1, "{}", err(&output));
        err(&output)
    };
    assert!(said(&root.join("bare"), "main").contains("is in no git repository"));
    assert!(said(&repo, "no-such-branch").contains("git knows none"));
    assert!(said(&repo, "--all").contains("git knows none"));
    let missing = run(&repo, &["memory", "--compare", "HEAD", "conf"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(
        err(&missing).contains("HEAD: it has no configuration in conf"),
        "{}",
        err(&missing)
    );
    let output = command(&repo, &["memory", "--compare", "HEAD"])
        .env("PATH", "")
        .output();
    let output = output.expect("flint starts");
    assert_eq!(output.status.code(), Some(2));
    assert!(
        err(&output).contains("needs git, which is not installed"),
        "{}",
        err(&output)
    );
}

#[test]
fn a_file_is_compared_with_whatever_it_is_called() {
    let folder = tree(&[
        ("a/conf/flink-conf.yaml", SIZES),
        (
            "b/other/config.yaml",
            "jobmanager.memory.process.size: 1600m\n",
        ),
    ]);
    let output = run(folder.path(), &["memory", "a", "--compare", "b"]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let text = out(&output);
    assert!(
        text.contains("other is b: b/other   Flink 1.19-2.3, standalone"),
        "{text}"
    );
    assert!(text.contains("this    process 4096.0 MiB"), "{text}");
    assert!(text.contains("other   does not start: "), "{text}");
}

#[test]
fn a_repository_is_only_read() {
    let folder = tree(&[
        ("repo\nof two/.gitattributes", "* filter=spy diff=spy\n"),
        ("repo\nof two/conf/flink-conf.yaml", SIZES),
        ("hooks/post-index-change", "#!/bin/sh\ntouch ../called\n"),
        ("hooks/post-checkout", "#!/bin/sh\ntouch ../called\n"),
    ]);
    let root = folder.path();
    let repo = root.join("repo\nof two");
    let spy = format!("touch '{}'", root.join("called").display());
    git(&repo, &["init", "-q"]);
    git(&repo, &["add", "."]);
    git(&repo, &["commit", "-q", "-m", "sizes"]);
    for key in [
        "core.fsmonitor",
        "core.pager",
        "core.sshCommand",
        "diff.spy.textconv",
        "diff.spy.command",
        "filter.spy.smudge",
        "filter.spy.clean",
    ] {
        git(&repo, &["config", key, &spy]);
    }
    git(&repo, &["config", "core.hooksPath", "../hooks"]);
    let files = || {
        let walk = walkdir::WalkDir::new(&repo).sort_by_file_name();
        let all = walk.into_iter().map(|entry| {
            let entry = entry.expect("an entry");
            let changed = entry.metadata().expect("metadata").modified();
            (entry.path().to_owned(), changed.expect("a time"))
        });
        all.collect::<Vec<_>>()
    };
    let before = files();
    for (other, code) in [
        ("HEAD", 0),
        ("HEAD^{/sizes}", 0),
        ("^HEAD", 2),
        ("HEAD..HEAD", 2),
        ("", 2),
        ("-C", 2),
        ("--git-dir=.git", 2),
    ] {
        let output = run(&repo, &["memory", "conf", &format!("--compare={other}")]);
        assert_eq!(
            output.status.code(),
            Some(code),
            "{other}: {}",
            err(&output)
        );
    }
    // As a hook of git is run, with a folder of its own or seen from another folder.
    for folder in [repo.join(".git"), PathBuf::from(".git")] {
        let output = command(&repo, &["memory", "conf", "--compare=HEAD"])
            .env("GIT_DIR", folder)
            .env("GIT_INDEX_FILE", ".git/index")
            .output()
            .expect("flint starts");
        assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    }
    let output = run(&repo.join(".git"), &["memory", "--compare=main-line"]);
    assert!(err(&output).contains("is in no work tree of git"));
    assert_eq!(files(), before);
    assert!(!root.join("called").exists());
}

#[test]
fn a_resource_of_the_operator_is_shown_with_what_is_assumed_of_it() {
    let resource = "apiVersion: flink.apache.org/v1beta1\nkind: FlinkDeployment\nmetadata: {name: a}\n\
                    spec:\n  flinkVersion: v1_20\n  serviceAccount: flink\n  jobManager:\n    \
                    resource: {memory: 2048m}\n  taskManager:\n    resource: {memory: 4Gi}\n";
    let values = "defaultConfiguration:\n  flink-conf.yaml: |+\n    \
                  taskmanager.memory.managed.fraction: 0.5\n";
    let shown = |files: &[(&str, &str)]| {
        let folder = tree(files);
        out(&run(folder.path(), &["memory", "-q", "job.yaml"]))
    };
    let assumed = shown(&[("job.yaml", resource)]);
    let note = "with the operator's default configuration as its chart ships it";
    assert!(assumed.contains(note), "{assumed}");
    assert!(assumed.contains("process 4096.0 MiB"), "{assumed}");
    assert!(assumed.contains("fraction 0.4 of"), "{assumed}");
    let folder = tree(&[("job.yaml", resource), ("values.yaml", values)]);
    let known = out(&run(folder.path(), &["memory", "-q"]));
    assert!(!known.contains(note), "{known}");
    assert!(known.contains("fraction 0.5 of"), "{known}");
}
