//! The binary as users run it: exit codes, streams, pipes, messages.

mod common;

use std::fs;
use std::io::Read;
use std::process::Stdio;

use common::{BAD, code, err, flint, out, run, sizes, tree};

#[test]
fn problems_give_exit_code_1_and_none_gives_0() {
    let bad = tree(&[("flink-conf.yaml", BAD)]);
    let output = run(bad.path(), &["check"]);
    assert_eq!(code(&output), 1, "{}", err(&output));
    assert!(out(&output).contains("warning[duplicate-key]"));
    assert!(out(&output).contains("Flink 1.13-1.20"));
    let never = run(bad.path(), &["check", "--error-on", "never"]);
    assert_eq!(code(&never), 0);
    let error = run(bad.path(), &["check", "--error-on", "error"]);
    assert_eq!(code(&error), 0);
    let note = run(
        bad.path(),
        &[
            "check",
            "--error-on",
            "note",
            "--select",
            "missing-kryo-registration",
        ],
    );
    assert_eq!(code(&note), 1);
    let good = tree(&[(
        "flink-conf.yaml",
        concat!("parallelism.default: 4\n", sizes!()),
    )]);
    let output = run(good.path(), &["check"]);
    assert_eq!(code(&output), 0);
    assert!(
        out(&output).contains("No problems in 1 deployment, 1 file, Flink 1.13-1.20"),
        "{}",
        out(&output)
    );
}

#[test]
fn nothing_to_lint_is_said_on_standard_error() {
    let empty = tree(&[]);
    let output = run(empty.path(), &["check"]);
    assert_eq!(code(&output), 0);
    assert_eq!(out(&output), "");
    assert_eq!(
        err(&output),
        "warning: no Flink, sysctl or job files under .\n"
    );
    let json = run(empty.path(), &["check", "--format", "json"]);
    assert!(out(&json).contains("\"findings\": []"), "{}", out(&json));
}

#[test]
fn layers_fit_a_terminal_and_tell_what_counts_for_nothing() {
    let folder = tree(&[(
        "docker-compose.yml",
        "services:
  jobmanager:
    image: flink:1.18
    command: jobmanager
    environment:
      FLINK_PROPERTIES: |
        jobmanager.rpc.address: jobmanager
        taskmanager.numberOfTaskSlots: 2
  taskmanager:
    image: flink:1.18
    command: taskmanager -Dtaskmanager.numberOfTaskSlots=4
    environment:
      FLINK_PROPERTIES: |
        jobmanager.rpc.address: jobmanager
        taskmanager.numberOfTaskSlots: 2
",
    )]);
    let shown = out(&run(folder.path(), &["show"]));
    let layers = "  layers, weakest first:
    shipped      what the image ships
    environment  2 options, 1 for the other process   docker-compose.yml:6   (JobManager only)
                 FLINK_PROPERTIES of jobmanager
    environment  2 options, 1 overridden   docker-compose.yml:13   (TaskManager only)
                 FLINK_PROPERTIES of taskmanager
    arguments    1 option   docker-compose.yml:11   (TaskManager only)
                 command of taskmanager
";
    assert!(shown.contains(layers), "{shown}");
    let told = err(&run(folder.path(), &["check", "-v"]));
    let read =
        "read: docker-compose.yml:6, FLINK_PROPERTIES of jobmanager, as environment (flink-conf)";
    assert!(told.contains(read), "{told}");
}

#[test]
fn a_missing_path_names_the_nearest() {
    let folder = tree(&[("deploy/flink-conf.yaml", BAD)]);
    let output = run(folder.path(), &["check", "deplyo"]);
    assert_eq!(code(&output), 2);
    assert_eq!(
        err(&output),
        "error: deplyo: no such file or folder; did you mean deploy?\n"
    );
    assert_eq!(out(&output), "");
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_to_nothing_is_told_as_one() {
    let folder = tree(&[("etc/sysctl.d/1.conf", "vm.swappiness = 1\n")]);
    std::os::unix::fs::symlink("nowhere", folder.path().join("2.conf")).expect("a link");
    let output = run(folder.path(), &["check", "2.conf"]);
    assert_eq!(code(&output), 2);
    assert_eq!(
        err(&output),
        "error: 2.conf: no such file or folder; it is a link that leads to nothing\n"
    );
}

#[test]
fn a_long_value_is_shortened_in_messages_and_lists() {
    let line = format!("vm.max_map_count = {}\n", "9".repeat(1 << 20));
    let folder = tree(&[("etc/sysctl.conf", &line)]);
    for command in ["check", "show"] {
        let told = out(&run(folder.path(), &[command]));
        assert!(
            told.contains("999…") && told.len() < 10_000,
            "{}",
            told.len()
        );
    }
}

#[test]
fn a_closed_pipe_ends_silently_with_the_code_reached() {
    let folder = tree(&[("flink-conf.yaml", &BAD.repeat(2000))]);
    for format in ["full", "concise", "json"] {
        let mut child = flint(folder.path())
            .args(["check", "--format", format])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("flint starts");
        let mut first = [0];
        let mut stdout = child.stdout.take().expect("piped");
        stdout.read_exact(&mut first).expect("a first byte");
        drop(stdout);
        let output = child.wait_with_output().expect("flint ends");
        assert_eq!(code(&output), 1, "{format}");
        assert_eq!(err(&output), "", "{format}");
    }
}

#[test]
fn mistakes_in_flint_toml_have_a_place() {
    let folder = tree(&[
        ("flint.toml", "ignore = []\nslect = []\n"),
        ("flink-conf.yaml", BAD),
    ]);
    let output = run(folder.path(), &["check"]);
    assert_eq!(code(&output), 2);
    assert_eq!(
        err(&output),
        "error: flint.toml:2:1: unknown key `slect`; did you mean `select`?\n"
    );
    let rule = tree(&[("flint.toml", "[rules.small-tcp-buffer]\nfloor = 1\n")]);
    let output = run(rule.path(), &["check"]);
    assert!(
        err(&output).contains("did you mean `small-tcp-buffers`?"),
        "{}",
        err(&output)
    );
}

#[test]
fn ignore_comments_silence_and_are_checked() {
    let folder = tree(&[(
        "flink-conf.yaml",
        "# flint: ignore[duplicate-key] on purpose\ntaskmanager.numberOfTaskSlots: 2\ntaskmanager.numberOfTaskSlots: 4\n# flint: ignore[ignored-line]\nparallelism.default: 1\n",
    )]);
    let output = run(folder.path(), &["check", "--format", "concise"]);
    assert!(!out(&output).contains("duplicate-key]"), "{}", out(&output));
    assert!(
        out(&output).contains("4:17: warning[unused-ignore]"),
        "{}",
        out(&output)
    );
    let shown = run(
        folder.path(),
        &["check", "--format", "json", "--show-ignored"],
    );
    assert!(
        out(&shown).contains("\"reason\": \"on purpose\""),
        "{}",
        out(&shown)
    );
}

#[test]
fn former_names_of_rules_still_work() {
    let flag = concat!(sizes!(), "env.java.opts.taskmanager: -Xmx1g\n");
    let concise = ["check", "--format", "concise"];
    let plain = tree(&[("flink-conf.yaml", flag)]);
    let plain = run(plain.path(), &concise);
    assert!(
        out(&plain).contains("[jvm-flag-overrides-memory]"),
        "{}",
        out(&plain)
    );
    let comment = "# flint: ignore[jvm-option-overrides-memory] why\nenv.java.opts";
    let commented = flag.replace("env.java.opts", comment);
    let toml = "[rules.jvm-option-overrides-memory]\nseverity = \"off\"\n";
    for files in [
        vec![("flink-conf.yaml", commented.as_str())],
        vec![("flink-conf.yaml", flag), ("flint.toml", toml)],
    ] {
        let folder = tree(&files);
        let output = run(folder.path(), &concise);
        assert_eq!(err(&output), "");
        assert!(!out(&output).contains("warning["), "{}", out(&output));
    }
    let folder = tree(&[]);
    let page = run(folder.path(), &["explain", "jvm-option-overrides-memory"]);
    assert!(out(&page).contains("jvm-flag-overrides-memory"));
}

#[test]
fn several_formats_go_to_several_places() {
    let folder = tree(&[("flink-conf.yaml", BAD)]);
    let output = run(
        folder.path(),
        &[
            "check",
            "--format",
            "concise",
            "--format",
            "json=report.json",
        ],
    );
    assert_eq!(code(&output), 1);
    assert!(out(&output).starts_with("flink-conf.yaml:1:1:"));
    let json = fs::read_to_string(folder.path().join("report.json")).expect("a report");
    assert!(json.contains("\"rule\": \"duplicate-key\""));
}

#[test]
fn a_configuration_that_is_not_there_is_an_error() {
    let folder = tree(&[("flink-conf.yaml", BAD), ("flint.toml", "")]);
    for (name, expected) in [
        (
            "flnt.toml",
            "error: flnt.toml: no such file or folder; did you mean flint.toml?\n",
        ),
        (".", "error: .: no regular file; name a flint.toml\n"),
    ] {
        let output = run(folder.path(), &["check", "--config", name]);
        assert_eq!(code(&output), 2, "{name}");
        assert_eq!(err(&output), expected);
    }
}

#[test]
fn names_in_flint_toml_have_their_place_and_those_of_flags_have_none() {
    let text = "[rules.small-tcp-buffers]\n\nflor = 1\n\n[[overrides]]\nfiles = [\"x\"]\nignore = [\"securty\"]\n";
    for (text, flags, expected) in [
        (
            text,
            &[][..],
            "error: flint.toml:7:11: there is no rule or group `securty`; did you mean `security`?\n",
        ),
        (
            &text[..36],
            &[],
            "error: flint.toml:3:1: rule small-tcp-buffers has no option `flor`; did you mean `floor`?\n",
        ),
        (
            "",
            &["--ignore", "securty"],
            "error: --select or --ignore: there is no rule or group `securty`; did you mean `security`?\n",
        ),
        (
            "exclude = [\"a[\"]",
            &[],
            "error: flint.toml:1:12: `a[` is no pattern: unclosed character class; missing ']'; write one such as `conf/**`\n",
        ),
    ] {
        let folder = tree(&[("flink-conf.yaml", BAD), ("flint.toml", text)]);
        let output = run(folder.path(), &[&["check"], flags].concat());
        assert_eq!(code(&output), 2);
        assert_eq!(err(&output), expected);
    }
}

/// Every text that must not come out of files, in places that no rule takes for a secret for certain.
#[test]
fn no_output_shows_a_secret() {
    let files = [
        (
            "flink-conf.yaml",
            "s3.secret-key: /aB1todo2cD\nno line\ns3.secret-key: aB2cD$eF\nno line\n\
             env.java.opts.all: -Djavax.net.ssl.trustStorePassword=aB3cD -Dx=y\nno line\n\
             state.checkpoints.dir: s3://me:aB4cD@bucket/x\nno line\n\
             rest.port: s3://me:aB4cD@bucket\n\
             metrics.reporter.x.token: aB5cD\nno line\n\
             security.ssl.rest.key-pasword: aB8cD\nno line\nsecurity.ssl.rest.key-password: \"aB9cD\"\n",
        ),
        (
            "job.yaml",
            "apiVersion: flink.apache.org/v1beta1\nkind: FlinkDeployment\nmetadata: {name: app}\nspec:\n  \
             flinkVersion: v1_18\n  job: {parallelism: 0, args: [--password, aBcD1, --token=aBcD2]}\n  \
             podTemplate:\n    spec:\n      containers:\n      - name: flink-main-container\n        \
             env:\n        - {name: DB_PASSWORD, value: aBcD3}\n",
        ),
        (
            "docker-compose.yml",
            "services:\n  run:\n    image: flink:1.18\n    command: /run.sh\n    environment:\n      \
             - DB_PASSWORD=aB6cD\n      - |\n        FLINK_PROPERTIES=\n        rest.port: x\n",
        ),
        (
            "pod.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec:\n  containers:\n  - name: x\n    \
             image: flink:1.18\n    env:\n    - name: DB_PASSWORD\n      value: aB7cD\n    \
             - name: FLINK_PROPERTIES\n      value: 'rest.port: x'\n",
        ),
    ];
    let tree = tree(&files);
    for args in [
        &["check"][..],
        &["check", "-v"],
        &["check", "--format", "json"],
        &["check", "--format", "concise"],
        &["show"],
        &["show", "--format", "json"],
        &["memory"],
    ] {
        let output = run(tree.path(), args);
        let text = out(&output) + &err(&output);
        assert!(text.contains("docker-compose.yml"), "{args:?}: {text}");
        let shown = text.lines().find(|line| line.contains("aB"));
        assert_eq!(shown, None, "{args:?}");
    }
}

/// From 1.19 on the entrypoint of Flink's image makes other values of such lines.
#[test]
fn nothing_is_said_of_a_value_that_the_image_changes() {
    for (version, found) in [("1.18", true), ("1.20", false)] {
        let text = format!(
            "services:\n  jobmanager:\n    image: flink:{version}\n    command: jobmanager\n    environment:\n      \
             FLINK_PROPERTIES: |\n        env.java.opts: -Xmx1g -Da=b\n        jobmanager.rpc.address: x\n        \
             restart-strategy.fixed-delay.delay: 1 hour x\n"
        );
        let tree = tree(&[("docker-compose.yml", &text)]);
        let output = out(&run(tree.path(), &["check"]));
        assert_eq!(
            output.contains("jvm-flag-overrides-memory"),
            found,
            "{output}"
        );
        assert_eq!(output.contains("invalid-value"), found, "{output}");
    }
}
