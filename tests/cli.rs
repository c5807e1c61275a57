//! The binary as users run it: exit codes, streams, pipes, files on disk.

mod common;

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use common::{BAD, MENDED, err, out, sizes, tree};
use tempfile::TempDir;

/// A command without anything of the caller's environment that could change the output.
fn flint(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flint"));
    command.current_dir(folder).env_clear();
    command
}

fn run(folder: &Path, args: &[&str]) -> Output {
    flint(folder).args(args).output().expect("flint starts")
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("not killed by a signal")
}

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
fn an_empty_standard_input_is_called_that() {
    let folder = tree(&[]);
    let output = flint(folder.path())
        .args(["check", "-"])
        .stdin(Stdio::null())
        .output()
        .expect("flint starts");
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("standard input is empty"));
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
fn an_unknown_file_is_no_failure_for_hooks() {
    let folder = tree(&[
        ("main.rs", "fn main() {}\n"),
        ("flink-conf.yaml", concat!("a.b: 1\n", sizes!())),
    ]);
    let output = run(folder.path(), &["check", "main.rs", "flink-conf.yaml"]);
    assert_eq!(code(&output), 0, "{}", out(&output));
    assert_eq!(
        err(&output),
        "warning: main.rs is none of the files that flint reads\n"
    );
}

#[test]
fn a_declared_job_file_is_read_whatever_it_holds() {
    let project = tree(&[
        ("flint.toml", "[[job-config]]\nfiles = [\"jobs/*\"]\n"),
        ("jobs/visits.properties", "visits.tumble=10s\n"),
        ("jobs/values.yaml", "tumble: 10s\n"),
        ("other/visits.properties", "visits.tumble=10s\n"),
    ]);
    let output = run(project.path(), &["check", "--format", "concise"]);
    assert_eq!(out(&output).lines().count(), 2, "{}", out(&output));
    let named = run(project.path(), &["check", "jobs/values.yaml"]);
    assert!(
        out(&named).contains("missing-allowed-lateness"),
        "{}",
        out(&named)
    );
    assert!(!err(&named).contains("none of the files"));
}

#[test]
fn arguments_limit_what_is_reported_never_what_is_known() {
    let folder = tree(&[
        ("flint.toml", ""),
        ("conf/flink-conf.yaml", BAD),
        ("conf/config.yaml", "taskmanager.numberOfTaskSlots: 4\n"),
    ]);
    let whole = run(folder.path(), &["check", "--format", "concise"]);
    let alone = run(
        folder.path(),
        &["check", "--format", "concise", "conf/config.yaml"],
    );
    let from_inside = run(
        &folder.path().join("conf"),
        &["check", "--format", "concise", "config.yaml"],
    );
    let of_config = |text: String| -> Vec<String> {
        text.lines()
            .filter(|line| line.starts_with("conf/config.yaml"))
            .map(str::to_owned)
            .collect()
    };
    assert_eq!(of_config(out(&whole)), of_config(out(&alone)));
    assert_eq!(out(&alone), out(&from_inside));
    assert!(out(&alone).contains("wrong-config-file"));
    assert!(!out(&alone).contains("duplicate-key"));
}

#[test]
fn the_files_of_other_deployments_are_not_listed() {
    let folder = tree(&[
        ("a/flink-conf.yaml", "parallelism.default: 4\n"),
        ("b/flink-conf.yaml", "parallelism.default: 4\n"),
        ("flint.toml", ""),
    ]);
    let output = run(folder.path(), &["check", "-v", "a"]);
    let told = err(&output);
    assert!(told.contains("read: a/flink-conf.yaml"), "{told}");
    assert!(!told.contains("b/flink-conf.yaml"), "{told}");
}

#[test]
fn the_version_beside_a_configuration_is_found_whatever_is_named() {
    let folder = tree(&[
        (".gitignore", "vendor/\n"),
        ("Dockerfile", "FROM flink:1.18.1-java17\n"),
        ("conf/flink-conf.yaml", BAD),
        ("vendor/Dockerfile", "FROM flink:1.16\n"),
        ("module/pom.xml", "<flink.version>1.17.2</flink.version>\n"),
    ]);
    fs::create_dir(folder.path().join(".git")).expect("a folder");
    let from = "Flink 1.18 (image flink:1.18.1-java17 in Dockerfile:1)";
    for named in [".", "conf", "conf/flink-conf.yaml"] {
        let output = run(folder.path(), &["check", named]);
        assert!(out(&output).contains(from), "{named}: {}", out(&output));
    }
    let shown = out(&run(folder.path(), &["show"]));
    assert!(shown.starts_with(&format!(
        "conf   {from}, Java 17 (image flink:1.18.1-java17 in Dockerfile:1)\n"
    )));
    let json = out(&run(folder.path(), &["show", "--format", "json"]));
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let deployment = &json["deployments"][0];
    assert_eq!(deployment["flink_versions"], serde_json::json!(["1.18"]));
    assert_eq!(deployment["java"], 17);
    assert_eq!(deployment["version_from"]["path"], "Dockerfile");
    let mut input = flint(folder.path())
        .args(["check", "-", "--stdin-filename", "conf/flink-conf.yaml"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("flint starts");
    let mut stdin = input.stdin.take().expect("a pipe");
    stdin.write_all(BAD.as_bytes()).expect("flint reads");
    drop(stdin);
    let output = input.wait_with_output().expect("flint ends");
    assert!(out(&output).contains(from), "{}", out(&output));
}

#[test]
fn the_image_of_a_file_counts_before_what_lies_beside_it() {
    let folder = tree(&[
        (
            "Dockerfile",
            "FROM flink:1.18\nENV FLINK_PROPERTIES=\"parallelism.default: 4\"\n",
        ),
        (
            "orders.yaml",
            "apiVersion: flink.apache.org/v1beta1\nkind: FlinkDeployment\nmetadata: {name: orders}\n\
             spec:\n  flinkVersion: v1_20\n  flinkConfiguration: {parallelism.default: \"4\"}\n",
        ),
    ]);
    let shown = out(&run(folder.path(), &["show"]));
    assert!(
        shown.contains("Flink 1.18 (image flink:1.18 in Dockerfile:1)"),
        "{shown}"
    );
    assert!(
        shown.contains("Flink 1.20 (spec.flinkVersion in orders.yaml:5)"),
        "{shown}"
    );
}

#[test]
fn several_versions_are_not_ascribed_to_one_file() {
    let folder = tree(&[
        ("a/Dockerfile", "FROM flink:1.18\n"),
        ("a/flink-conf.yaml", BAD),
        ("b/Dockerfile", "FROM flink:1.20\n"),
        ("b/flink-conf.yaml", BAD),
    ]);
    let text = out(&run(folder.path(), &["check"]));
    assert!(
        text.contains("Flink 1.18, 1.20 (`flint show` says where each comes from)"),
        "{text}"
    );
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
fn standard_input_is_linted_under_its_name() {
    let folder = tree(&[("flint.toml", "flink-version = \"1.20\"\n")]);
    let feed = |args: &[&str]| {
        let mut child = flint(folder.path())
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("flint starts");
        // A command line that is refused may end before the input is read.
        let _ = child.stdin.take().expect("piped").write_all(BAD.as_bytes());
        child.wait_with_output().expect("flint ends")
    };
    let output = feed(&[
        "check",
        "-",
        "--stdin-filename",
        "conf/flink-conf.yaml",
        "--format",
        "concise",
    ]);
    assert_eq!(code(&output), 1);
    assert!(
        out(&output).starts_with("conf/flink-conf.yaml:1:1: warning[duplicate-key]"),
        "{}",
        out(&output)
    );
    let fixed = feed(&["fix", "-", "--stdin-filename", "conf/flink-conf.yaml"]);
    assert_eq!(out(&fixed), MENDED);
    assert_eq!(code(&fixed), 0);
    fs::write(folder.path().join("flint.toml"), "exclude = [\"conf\"]\n").expect("a file");
    let excluded = feed(&["fix", "-", "--stdin-filename", "conf/flink-conf.yaml"]);
    assert_eq!(
        out(&excluded),
        BAD,
        "what is excluded comes out as it went in"
    );
    let foreign = feed(&["fix", "-", "--stdin-filename", "README.md"]);
    assert_eq!(out(&foreign), BAD);
    fs::write(folder.path().join("flint.toml"), "error-on = \"note\"\n").expect("a file");
    let left = feed(&["fix", "-", "--stdin-filename", "flink-conf.yaml"]);
    assert_eq!(out(&left), MENDED);
    assert_eq!(code(&left), 1, "a note is left");
    let unnamed = feed(&["check", "-"]);
    assert_eq!(code(&unnamed), 2);
}

/// What `helm template` prints.
const RENDERED: &str = "\
---
# Source: jobs/templates/config.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: conf
data:
  flink-conf.yaml: |
    rest.portt: 8081
---
# Source: jobs/templates/job.yaml
apiVersion: flink.apache.org/v1beta1
kind: FlinkDeployment
metadata:
  name: job
spec:
  image: flink:1.18
  flinkVersion: v1_18
  flinkConfiguration:
    parallelism.default: x
";

#[test]
fn rendered_templates_need_no_name_and_are_told_apart() {
    let folder = tree(&[("Chart.yaml", "name: jobs\n")]);
    let feed = |args: &[&str]| {
        let mut child = flint(folder.path())
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("flint starts");
        let _ = child
            .stdin
            .take()
            .expect("piped")
            .write_all(RENDERED.as_bytes());
        child.wait_with_output().expect("flint ends")
    };
    let output = feed(&[
        "check",
        "-",
        "--format",
        "concise",
        "--select",
        "correctness",
    ]);
    assert_eq!(code(&output), 1);
    let said = out(&output);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 2, "{said}");
    assert!(
        lines[0].starts_with("stdin.yaml:9:5: error[misspelled-option]"),
        "{said}"
    );
    assert!(
        lines[0].contains("(from jobs/templates/config.yaml)"),
        "{said}"
    );
    assert!(
        lines[1].starts_with("stdin.yaml:20:26: error[invalid-value]"),
        "{said}"
    );
    assert!(
        lines[1].contains("(from jobs/templates/job.yaml)"),
        "{said}"
    );
    let fixed = feed(&["fix", "-", "--unsafe", "--select", "correctness"]);
    assert_eq!(out(&fixed), RENDERED.replace("rest.portt", "rest.port"));
}

const MIXED: [(&str, &str); 3] = [
    (
        "conf/flink-conf.yaml",
        "# slots\r\ntaskmanager.numberOfTaskSlots: 2\r\ntaskmanager.numberOfTaskSlots: \"4\"\r\nparallelism.default:3\r\n",
    ),
    (
        "conf/sysctl.conf",
        "# Flink\nnet.ipv4.tcp_rmem = 4096 87380 65536",
    ),
    (
        "my jobs/job.toml",
        "watermark_delay = \"5 s\"\n[window]\nsize = \"5 min\"\n",
    ),
];

fn copy(tree: &TempDir) -> TempDir {
    let copy = TempDir::new().expect("a temporary folder");
    for (path, _) in MIXED {
        let target = copy.path().join(path);
        fs::create_dir_all(target.parent().expect("a parent")).expect("folders");
        fs::copy(tree.path().join(path), target).expect("a copy");
    }
    copy
}

fn bytes(tree: &TempDir) -> Vec<Vec<u8>> {
    MIXED
        .iter()
        .map(|(path, _)| fs::read(tree.path().join(path)).expect("a file"))
        .collect()
}

fn patched_by(tool: &str, args: &[&str], folder: &Path, patch: &[u8]) {
    let mut child = Command::new(tool)
        .args(args)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("{tool}: {error}"));
    child
        .stdin
        .take()
        .expect("piped")
        .write_all(patch)
        .expect("the patch is read");
    assert!(
        child.wait().expect("it ends").success(),
        "{tool} refuses:\n{}",
        String::from_utf8_lossy(patch)
    );
}

#[test]
fn the_patch_gives_the_same_bytes_as_the_fix() {
    for (dry, real) in [
        (&["fix", "--dry-run"][..], &["fix", "--unsafe"][..]),
        (&["fix", "--dry-run", "--safe"], &["fix"]),
    ] {
        let original = tree(&MIXED);
        let (by_fix, by_git) = (copy(&original), copy(&original));
        let before = bytes(&original);
        let patch = run(original.path(), dry);
        assert_eq!(code(&patch), 1, "{}", err(&patch));
        assert_eq!(bytes(&original), before, "a dry run writes nothing");
        run(by_fix.path(), real);
        patched_by("git", &["apply", "-"], by_git.path(), &patch.stdout);
        assert_ne!(bytes(&original), bytes(&by_fix));
        assert_eq!(bytes(&by_fix), bytes(&by_git), "{}", out(&patch));
        let again = run(by_fix.path(), dry);
        assert_eq!(code(&again), 0, "{}", out(&again));
        assert_eq!(out(&again), "");
    }
}

#[test]
fn paths_in_a_patch_start_at_the_git_root() {
    let folder = tree(&[("a/b/flint.toml", ""), ("a/b/flink-conf.yaml", BAD)]);
    fs::create_dir(folder.path().join(".git")).expect("a folder");
    let output = run(&folder.path().join("a/b"), &["fix", "--dry-run"]);
    assert!(
        out(&output).contains("--- a/a/b/flink-conf.yaml\n+++ b/a/b/flink-conf.yaml\n"),
        "{}",
        out(&output)
    );
}

#[test]
fn paths_in_a_patch_start_at_the_current_folder_without_git() {
    let folder = tree(&[("deploy/flink-conf.yaml", BAD)]);
    let output = run(folder.path(), &["fix", "--dry-run", "deploy"]);
    assert!(
        out(&output).contains("--- a/deploy/flink-conf.yaml\n"),
        "{}",
        out(&output)
    );
    patched_by("git", &["apply", "-"], folder.path(), &output.stdout);
}

#[test]
fn fixing_exits_with_what_is_left() {
    let folder = tree(&[("flink-conf.yaml", BAD)]);
    let output = run(folder.path(), &["fix"]);
    assert_eq!(code(&output), 0, "{}", out(&output));
    assert_eq!(err(&output), "Fixed 1 problem in 1 file.\n");
    assert_eq!(
        fs::read_to_string(folder.path().join("flink-conf.yaml")).expect("a file"),
        MENDED
    );
    let changed = tree(&[("flink-conf.yaml", BAD)]);
    assert_eq!(code(&run(changed.path(), &["fix", "--fail-on-change"])), 1);
    let left = tree(&[("flink-conf.yaml", "parallelism.default:4\n")]);
    let output = run(left.path(), &["fix"]);
    assert_eq!(code(&output), 1);
    assert!(out(&output).contains("ignored-line"));
}

#[cfg(unix)]
#[test]
fn links_stay_links_and_modes_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tree(&[("real/base.yaml", BAD), ("conf/x", "")]);
    fs::set_permissions(
        folder.path().join("real/base.yaml"),
        fs::Permissions::from_mode(0o640),
    )
    .expect("a mode");
    symlink(
        "../real/base.yaml",
        folder.path().join("conf/flink-conf.yaml"),
    )
    .expect("a link");
    let output = run(folder.path(), &["fix"]);
    assert_eq!(code(&output), 0, "{}{}", out(&output), err(&output));
    assert!(folder.path().join("conf/flink-conf.yaml").is_symlink());
    let target = folder.path().join("real/base.yaml");
    assert_eq!(fs::read_to_string(&target).expect("a file"), MENDED);
    assert_eq!(
        fs::metadata(&target)
            .expect("metadata")
            .permissions()
            .mode()
            & 0o777,
        0o640
    );
    let names: Vec<_> = fs::read_dir(folder.path().join("real"))
        .expect("a folder")
        .collect();
    assert_eq!(names.len(), 1, "no temporary file is left");
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_project_is_refused() {
    use std::os::unix::fs::symlink;
    let outside = tree(&[("flink-conf.yaml", BAD)]);
    let folder = tree(&[("flint.toml", "")]);
    symlink(
        outside.path().join("flink-conf.yaml"),
        folder.path().join("flink-conf.yaml"),
    )
    .expect("a link");
    let output = run(folder.path(), &["fix"]);
    assert_eq!(code(&output), 2);
    assert!(
        err(&output).contains("outside of the project; nothing was written"),
        "{}",
        err(&output)
    );
    assert_eq!(
        fs::read_to_string(outside.path().join("flink-conf.yaml")).expect("a file"),
        BAD
    );
}

#[cfg(unix)]
#[test]
fn nothing_is_written_when_one_file_is_read_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tree(&[("a/flink-conf.yaml", BAD), ("b/flink-conf.yaml", BAD)]);
    fs::set_permissions(
        folder.path().join("b/flink-conf.yaml"),
        fs::Permissions::from_mode(0o444),
    )
    .expect("a mode");
    let output = run(folder.path(), &["fix"]);
    assert_eq!(code(&output), 2);
    assert_eq!(
        err(&output),
        "error: b/flink-conf.yaml: it is read-only; make it writable first; nothing was written\n"
    );
    for path in ["a/flink-conf.yaml", "b/flink-conf.yaml"] {
        assert_eq!(
            fs::read_to_string(folder.path().join(path)).expect("a file"),
            BAD
        );
    }
    let names: Vec<_> = fs::read_dir(folder.path().join("a"))
        .expect("a folder")
        .collect();
    assert_eq!(names.len(), 1, "no temporary file is left");
}

#[test]
fn hostile_files_end_in_a_line_or_a_finding() {
    let deep = format!("a: {}", "[".repeat(100_000));
    let deep_blocks = (0..100_000).fold(String::new(), |text, _| text + "- ") + "x\n";
    let mut bomb = String::from("taskmanager.numberOfTaskSlots: 1\na0: &a0 [x, x]\n");
    for level in 1..60 {
        let before = level - 1;
        bomb.push_str(&format!(
            "a{level}: &a{level} [*a{before}, *a{before}, *a{before}, *a{before}]\n"
        ));
    }
    let long_line = format!("taskmanager.numberOfTaskSlots: {}\n", "x".repeat(3_000_000));
    for (name, text) in [
        ("config.yaml", deep.as_str()),
        ("config.yaml", &deep_blocks),
        ("config.yaml", &bomb),
        ("flink-conf.yaml", &long_line),
        ("flink-conf.yaml", &"\0".repeat(1_000_000)),
        ("config.yaml", &"\0".repeat(1_000_000)),
        ("sysctl.conf", &"\0".repeat(1_000_000)),
        (
            "flink-conf.yaml",
            "\u{1b}[31mred: 1\u{7}\n\u{1b}]0;title\u{7}\n",
        ),
    ] {
        let folder = tree(&[(
            name,
            &format!(
                "{}{text}",
                if name == "config.yaml" {
                    "taskmanager.host: x\n"
                } else {
                    ""
                }
            ),
        )]);
        let start = std::time::Instant::now();
        let output = run(folder.path(), &["check"]);
        assert!(code(&output) <= 1, "{name}: {}", err(&output));
        assert!(start.elapsed().as_secs() < 20, "{name}: bounded time");
        assert!(
            !out(&output).contains('\u{1b}'),
            "{name}: escapes never reach the terminal"
        );
    }
}

#[test]
fn a_chain_of_thousands_of_calls_costs_no_more_than_its_length() {
    let head = "import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;\n\
                class J { void run() {\n\
                StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();\n\
                env.fromElements(1)";
    let chain = ".map(x)".repeat(34_000);
    let folder = tree(&[("J.java", &format!("{head}{chain};\n}}}}\n"))]);
    let start = std::time::Instant::now();
    let output = run(folder.path(), &["check", "--format", "json"]);
    assert!(code(&output) <= 1, "{}", err(&output));
    assert!(start.elapsed().as_secs() < 20, "bounded time");
}

#[test]
fn a_huge_file_and_a_folder_of_that_name_are_one_line_at_most() {
    let folder = tree(&[("flink-conf.yaml/readme.txt", "x")]);
    let output = run(folder.path(), &["check"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    let huge = tree(&[]);
    let file = fs::File::create(huge.path().join("flink-conf.yaml")).expect("a file");
    file.set_len(200 << 20).expect("a sparse file");
    let output = run(huge.path(), &["check"]);
    assert_eq!(code(&output), 2);
    assert_eq!(
        err(&output),
        "error: flink-conf.yaml: 200 MiB is more than a configuration file can be (16 MiB); it was not checked\n"
    );
}

#[test]
fn a_named_file_that_is_too_large_to_be_a_jobs_is_one_line() {
    let folder = tree(&[("conf/x", "")]);
    let file = fs::File::create(folder.path().join("config.yaml")).expect("a file");
    file.set_len(200 << 20).expect("a sparse file");
    let output = run(folder.path(), &["check", "config.yaml"]);
    assert_eq!(code(&output), 0);
    assert!(
        err(&output).starts_with("warning: config.yaml is none of the files that flint reads\n"),
        "{}",
        err(&output)
    );
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
fn explain_and_rules_know_their_names() {
    let folder = tree(&[]);
    let page = run(folder.path(), &["explain", "small-tcp-buffers"]);
    assert_eq!(code(&page), 0);
    assert!(
        out(&page).starts_with(
            "small-tcp-buffers   performance, warning, unsafe fix, all Flink versions\n"
        ),
        "{}",
        out(&page)
    );
    let option = run(
        folder.path(),
        &[
            "explain",
            "state.backend.rocksdb.block.cache-size",
            "--flink-version",
            "1.20",
        ],
    );
    assert!(
        out(&option).contains("memory-size") && out(&option).contains("8 mb"),
        "{}",
        out(&option)
    );
    assert!(out(&option).contains("ineffective-block-cache"));
    let machine = run(folder.path(), &["explain", "io.tmp.dirs"]);
    assert!(out(&machine).contains("default   depends on the machine"));
    let unknown = run(folder.path(), &["explain", "small-tcp-bufers"]);
    assert_eq!(code(&unknown), 2);
    assert!(err(&unknown).contains("small-tcp-buffers"));
    let list = run(folder.path(), &["rules"]);
    assert_eq!(code(&list), 0);
    assert!(out(&list).starts_with("correctness: "), "{}", out(&list));
    assert!(out(&list).lines().all(|line| line.chars().count() <= 80));
    let group = run(folder.path(), &["rules", "--group", "performance"]);
    assert!(out(&group).contains("\n  small-tcp-buffers "));
    assert!(!out(&group).contains("byte-order-mark"));
    assert_eq!(code(&run(folder.path(), &["rules", "--group", "speed"])), 2);
    assert_eq!(code(&run(folder.path(), &["chekc"])), 2);
}

#[test]
fn explain_leads_from_a_message_to_its_rule() {
    let folder = tree(&[]);
    let message = "WARN Error while trying to split key and value in configuration file a:3: ***";
    let page = run(folder.path(), &["explain", message]);
    assert_eq!(code(&page), 0, "{}", err(&page));
    assert!(out(&page).starts_with("ignored-line "), "{}", out(&page));
    let machine = run(folder.path(), &["explain", message, "--format", "json"]);
    assert!(out(&machine).contains("\"name\": \"ignored-line\""));
    let several = "Error parsing YAML configuration. Caused by: found duplicate key rest";
    let list = run(folder.path(), &["explain", several]);
    assert_eq!(code(&list), 0);
    assert!(
        out(&list).contains("\n  duplicate-key\n")
            && out(&list).contains("\n  yaml-does-not-load\n")
    );
    let refused = "SysctlForbidden: forbidden sysctl: \"net.core.rmem_max\" not allowlisted";
    let page = out(&run(folder.path(), &["explain", refused]));
    assert!(
        page.starts_with("sysctl-not-settable-in-container "),
        "{page}"
    );
    assert_eq!(
        code(&run(folder.path(), &["explain", "no such message at all"])),
        2
    );
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

/// Files that lie in one another's reach: nested projects, hosts, both kinds of configuration.
const NEIGHBOURS: [(&str, &str); 9] = [
    ("flink-conf.yaml", BAD),
    ("a/conf/flink-conf.yaml", "parallelism.default:4\n"),
    ("a/conf/config.yaml", "taskmanager.numberOfTaskSlots: 4\n"),
    (
        "a/etc/sysctl.d/9.conf",
        "net.ipv4.tcp_rmem = 4096 87380 65536\n",
    ),
    ("b/flink-conf.yaml", BAD),
    ("b/sysctl.conf", "net.ipv4.tcp_rmem = 4096 87380 65536\n"),
    (
        "b/deep/job.toml",
        "watermark_delay = \"5 s\"\n[window]\nsize = \"5 min\"\n",
    ),
    ("c/sub/flink-conf.yaml", "parallelism.default:4\n"),
    ("c/sysctl.conf", "net.ipv4.tcp_rmem = 4096 87380 65536\n"),
];

#[test]
fn what_is_found_in_a_file_does_not_depend_on_which_others_are_named() {
    // The places that mark projects, in one tree after another.
    for marks in [
        &[][..],
        &[".git"],
        &["flint.toml"],
        &[".git", "b/flint.toml", "c/sub/flint.toml"],
        &["a/flint.toml", "b/.git"],
    ] {
        let folder = tree(&NEIGHBOURS);
        for mark in marks {
            let mark = folder.path().join(mark);
            if mark.ends_with(".git") {
                fs::create_dir(mark).expect("a folder");
            } else {
                fs::write(mark, "").expect("a file");
            }
        }
        // Paths start at the project's root; the whole names make them comparable.
        let findings = |named: &[&str]| -> Vec<String> {
            let args = ["check", "--format", "concise"];
            let output = run(folder.path(), &[&args[..], named].concat());
            assert!(code(&output) <= 1, "{named:?}: {}", err(&output));
            let all = out(&output);
            let of_one = |line: &&str| !line.is_empty();
            all.lines().filter(of_one).map(str::to_owned).collect()
        };
        let alone: Vec<Vec<String>> = NEIGHBOURS
            .iter()
            .map(|(path, _)| findings(&[path]))
            .collect();
        let without_path = |lines: &[String]| -> Vec<String> {
            let mut rest: Vec<String> = lines
                .iter()
                .map(|line| {
                    line.split_once(": ")
                        .map_or("", |(_, rest)| rest)
                        .to_owned()
                })
                .collect();
            rest.sort();
            rest
        };
        let mut state: u32 = 7;
        for _ in 0..25 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let chosen: Vec<usize> = (0..NEIGHBOURS.len())
                .filter(|index| state >> (8 + index) & 1 == 1)
                .collect();
            if chosen.is_empty() {
                continue;
            }
            let named: Vec<&str> = chosen.iter().map(|&index| NEIGHBOURS[index].0).collect();
            let expected: Vec<String> = chosen
                .iter()
                .flat_map(|&index| alone[index].clone())
                .collect();
            assert_eq!(
                without_path(&findings(&named)),
                without_path(&expected),
                "{marks:?}: {named:?}"
            );
        }
    }
}

#[test]
fn a_file_of_sysctl_d_is_known_from_inside_its_folder() {
    let folder = tree(&[(
        "etc/sysctl.d/9.conf",
        "net.ipv4.tcp_rmem = 4096 87380 65536 # Flink\n",
    )]);
    let inside = folder.path().join("etc/sysctl.d");
    for (place, path) in [
        (inside.as_path(), "9.conf"),
        (folder.path(), "etc/sysctl.d"),
        (&inside, "."),
    ] {
        let output = run(place, &["check", "--format", "concise", path]);
        assert!(
            out(&output).contains("sysctl.d/9.conf:1:"),
            "{path}: {}",
            err(&output)
        );
    }
}

#[test]
fn a_patch_outside_of_git_applies_where_it_was_asked_for() {
    for marks in [&[("x", "")][..], &[("deploy/flint.toml", "")]] {
        let folder = tree(marks);
        fs::create_dir_all(folder.path().join("deploy/conf")).expect("a folder");
        let file = folder.path().join("deploy/conf/flink-conf.yaml");
        fs::write(&file, BAD).expect("a file");
        let patch = run(folder.path(), &["fix", "--dry-run", "--safe", "deploy"]);
        patched_by("patch", &["-p1"], folder.path(), &patch.stdout);
        let after = fs::read_to_string(&file).expect("a file");
        assert_eq!(after, MENDED);
    }
}

#[test]
fn a_comment_beside_a_lone_carriage_return_is_left_to_its_author() {
    // To the sysctl loaders this is one line.
    for text in [
        "net.core.rmem_max = 1\rvm.swappiness = 1 # flint: ignore[small-tcp-buffers]\rx\n",
        "vm.swappiness = 1 # flint: ignore[small-tcp-buffers]\r",
    ] {
        let folder = tree(&[("sysctl.conf", text)]);
        let output = run(folder.path(), &["fix"]);
        assert_eq!(code(&output), 1, "{}", err(&output));
        let after = fs::read_to_string(folder.path().join("sysctl.conf")).expect("a file");
        assert_eq!(after, text);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_no_text_are_told_apart_and_patched() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let folder = tree(&[]);
    let files = [b"\xfe".as_slice(), b"\xff"].map(|name| {
        let inner = folder.path().join(OsStr::from_bytes(name));
        fs::create_dir(&inner).expect("a folder");
        inner.join("flink-conf.yaml")
    });
    for file in &files {
        fs::write(file, BAD).expect("a file");
    }
    let patch = run(folder.path(), &["fix", "--dry-run", "--safe"]);
    patched_by("git", &["apply", "-"], folder.path(), &patch.stdout);
    for file in &files {
        let after = fs::read_to_string(file).expect("a file");
        assert_eq!(after, MENDED);
    }
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

const OLD: &str = "# slots\ntaskmanager.numberOfTaskSlots: 4\nno pair\ntaskmanager.host: a\n";
const NEW: &str =
    "# slots\ntaskmanager:\n  numberOfTaskSlots: 4\n  # (was ignored) no pair\n  host: a\n";

#[test]
fn migrate_writes_beside_the_old_file_and_never_over_a_new_one() {
    let folder = tree(&[("conf/flink-conf.yaml", OLD)]);
    let new = folder.path().join("conf/config.yaml");
    let dry = run(folder.path(), &["migrate", "conf", "--dry-run"]);
    assert_eq!((code(&dry), out(&dry)), (0, NEW.to_owned()));
    assert!(err(&dry).contains("note: conf/flink-conf.yaml:3: Flink ignores this line"));
    assert!(!new.exists());
    let output = run(folder.path(), &["migrate", "conf"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert!(out(&output).starts_with("Wrote 2 settings for Flink 2.3 to conf/config.yaml.\n"));
    assert!(out(&output).contains("1.19 and 1.20 read conf/flink-conf.yaml"));
    assert_eq!(fs::read_to_string(&new).expect("the new file"), NEW);
    let old = fs::read_to_string(folder.path().join("conf/flink-conf.yaml"));
    assert_eq!(old.expect("the old file"), OLD);
    let names = fs::read_dir(folder.path().join("conf")).expect("a folder");
    assert_eq!(names.count(), 2, "no temporary file is left");
    fs::write(&new, "mine: 1\n").expect("a file");
    let again = run(folder.path(), &["migrate", "conf/flink-conf.yaml"]);
    assert_eq!(code(&again), 2);
    assert!(err(&again).starts_with("error: conf/config.yaml exists already; "));
    assert_eq!(fs::read_to_string(&new).expect("a file"), "mine: 1\n");
    let dry = run(
        folder.path(),
        &["migrate", "-q", "--dry-run", "--flat", "conf"],
    );
    assert_eq!((code(&dry), err(&dry)), (0, String::new()));
    assert!(out(&dry).contains("\ntaskmanager.host: a\n"));
}

#[test]
fn migrate_takes_its_version_from_the_flag_then_from_flint_toml() {
    let folder = tree(&[
        ("flint.toml", "flink-version = \"1.18..1.20\"\n"),
        ("conf/flink-conf.yaml", "a.b: 1\n"),
    ]);
    let old = run(
        folder.path(),
        &["migrate", "conf", "--flink-version", "1.18"],
    );
    assert_eq!(code(&old), 2);
    assert!(err(&old).contains("Flink 1.18 does not read config.yaml"));
    let stated = run(folder.path(), &["migrate", "conf"]);
    assert!(
        out(&stated).contains("for Flink 1.19-1.20 to"),
        "{}",
        out(&stated)
    );
    assert!(out(&stated).contains("--flink-version 1.19,1.20 conf/config.yaml"));
}

#[test]
fn migrate_says_why_it_does_not() {
    let folder = tree(&[
        ("conf/flink-conf.yaml", "# x\npipeline.jars: [a]\n"),
        (
            "k8s/flink-conf.yaml",
            "kind: ConfigMap\napiVersion: v1\ndata:\n  a: b\n",
        ),
        ("empty/x", ""),
    ]);
    let refused = run(folder.path(), &["migrate", "conf"]);
    assert_eq!((code(&refused), out(&refused)), (1, String::new()));
    assert!(err(&refused).starts_with("error: conf/flink-conf.yaml:2: flink-conf.yaml reads"));
    assert!(!folder.path().join("conf/config.yaml").exists());
    for (path, message) in [
        (
            "cnof",
            "error: cnof: no such file or folder; did you mean conf?\n",
        ),
        ("empty", "error: empty holds no flink-conf.yaml\n"),
        ("empty/x", "error: empty/x is no flink-conf.yaml\n"),
        ("k8s", "error: k8s/flink-conf.yaml is no flink-conf.yaml\n"),
    ] {
        let output = run(folder.path(), &["migrate", path]);
        assert_eq!((code(&output), err(&output)), (2, message.to_owned()));
    }
}

#[cfg(unix)]
#[test]
fn migrate_leaves_a_read_only_folder_alone_and_keeps_the_mode() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tree(&[("conf/flink-conf.yaml", OLD)]);
    let conf = folder.path().join("conf");
    let mode = |mode| fs::Permissions::from_mode(mode);
    fs::set_permissions(conf.join("flink-conf.yaml"), mode(0o640)).expect("a mode");
    fs::set_permissions(&conf, mode(0o555)).expect("a mode");
    let output = run(folder.path(), &["migrate", "-q", "conf"]);
    fs::set_permissions(&conf, mode(0o755)).expect("a mode");
    assert_eq!(code(&output), 2);
    assert_eq!(
        err(&output),
        "error: conf/config.yaml: its folder is read-only; make it writable first; nothing was written\n"
    );
    assert_eq!(code(&run(folder.path(), &["migrate", "-q", "conf"])), 0);
    let metadata = fs::metadata(conf.join("config.yaml")).expect("the new file");
    assert_eq!(metadata.permissions().mode() & 0o777, 0o640);
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

#[test]
fn explain_knows_the_parameters_of_the_kernel() {
    let folder = tree(&[]);
    for name in [
        "net.core.rmem_max",
        "net/core/rmem_max",
        "/proc/sys/net/core/rmem_max",
    ] {
        let page = out(&run(folder.path(), &["explain", name]));
        assert!(page.starts_with("net.core.rmem_max\n"), "{page}");
        assert!(page.contains("5.10 to 6.12: 212992"), "{page}");
        assert!(page.contains("7.2: 4194304"), "{page}");
        assert!(page.contains("(bytes), 2304 to 2147483647"), "{page}");
        assert!(page.contains("small-tcp-buffers"), "{page}");
    }
    let explain = |name: &str| out(&run(folder.path(), &["explain", name]));
    assert!(explain("net.ipv4.conf.eth0.rp_filter").contains("for each network namespace"));
    assert!(explain("net.ipv4.tcp_tw_recycle").contains("gone since Linux 4.12"));
    assert!(explain("kernel.sched_latency_ns").contains("5.10 to before 5.13"));
    let machine = run(
        folder.path(),
        &["explain", "net.ipv4.tcp_rmem", "--format", "json"],
    );
    assert!(out(&machine).contains("\"least\": \"4096\""));
    let unknown = run(folder.path(), &["explain", "net.core.somaxcon"]);
    assert_eq!(code(&unknown), 2);
    assert!(err(&unknown).contains("near: net.core.somaxconn"));
}
