//! `flint check --since`, on histories made with git: what a person would call new, and nothing else.

mod common;
#[path = "since/configuration.rs"]
mod configuration;
#[path = "since/git.rs"]
mod git;
#[path = "since/operator.rs"]
mod operator;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use common::{err, out, tree};
use serde_json::Value;
use tempfile::TempDir;

/// A key that no version has, which is an error on its line.
const BAD: &str = "taskmanger.numberOfTaskSlots: 4\n";

/// Settings of which Flink 2.0 no longer knows the first.
const OF_OLD: &str = "security.ssl.enabled: true\njobmanager.memory.process.size: 1600m\n\
                      taskmanager.memory.process.size: 4096m\n";

/// Settings that are fine, so that files are more than one line.
const GOOD: &str = "jobmanager.rpc.address: jobmanager\npipeline.generic-types: false\n\
                    jobmanager.memory.process.size: 1600m\n\
                    taskmanager.memory.process.size: 4096m\n";

fn run_git(folder: &Path, args: &[&str]) {
    let output = Command::new("git")
        .args(["-c", "user.name=t", "-c", "user.email=t@example.org"])
        .args([
            "-c",
            "commit.gpgsign=false",
            "-c",
            "protocol.file.allow=always",
        ])
        .args(args)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .output()
        .expect("git starts");
    assert!(output.status.success(), "git {args:?}: {}", err(&output));
}

fn commit(folder: &Path) {
    run_git(folder, &["add", "-A"]);
    run_git(folder, &["commit", "-q", "--allow-empty", "-m", "step"]);
}

/// A repository with these files on the branch `main`.
fn repository(files: &[(&str, &str)]) -> TempDir {
    let folder = tree(files);
    run_git(folder.path(), &["init", "-q", "-b", "main"]);
    commit(folder.path());
    folder
}

fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
    fs::write(path, text).expect("written");
}

fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flint"));
    command.arg("check").args(args).current_dir(folder);
    for name in [
        "NO_COLOR",
        "FORCE_COLOR",
        "CLICOLOR_FORCE",
        "GITHUB_ACTIONS",
    ] {
        command.env_remove(name);
    }
    command
}

fn run(folder: &Path, args: &[&str]) -> Output {
    command(folder, args).output().expect("flint starts")
}

/// `path:line rule` of what is new, and `path rule` of what was fixed; the exit code must fit.
fn told(folder: &Path, reference: &str, args: &[&str]) -> (Vec<String>, Vec<String>) {
    let since = format!("--since={reference}");
    let output = run(folder, &[&[&since, "--format=json"], args].concat());
    assert_eq!(err(&output), "");
    let document: Value = serde_json::from_str(&out(&output)).expect("JSON");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let list = |name: &str| document[name].as_array().expect("a list").clone();
    let new: Vec<String> = list("findings")
        .iter()
        .map(|own| {
            format!(
                "{}:{} {}",
                text(&own["path"]),
                own["line"],
                text(&own["rule"])
            )
        })
        .collect();
    let fixed = list("fixed");
    let fixed = fixed
        .iter()
        .map(|own| format!("{} {}", text(&own["path"]), text(&own["rule"])));
    assert_eq!(document["since"]["ref"], reference);
    assert_eq!(
        output.status.code(),
        Some(i32::from(!new.is_empty())),
        "{new:?}"
    );
    (new, fixed.collect())
}

#[track_caller]
fn assert_since(folder: &Path, new: &[&str], fixed: &[&str]) {
    let (own, gone) = told(folder, "main", &[]);
    assert_eq!(own, new, "new");
    assert_eq!(gone, fixed, "fixed");
}

/// A repository whose one file is bad in one line.
fn old() -> TempDir {
    repository(&[("conf/flink-conf.yaml", &format!("{GOOD}{BAD}"))])
}

/// A deployment of the Kubernetes operator, with more lines in its `spec`.
fn cluster(name: &str, more: &str) -> String {
    format!(
        "apiVersion: flink.apache.org/v1beta1\nkind: FlinkDeployment\nmetadata:\n  name: {name}\nspec:\n  \
         flinkVersion: v1_20\n  serviceAccount: flink\n{more}  jobManager:\n    resource: {{memory: 2048m, cpu: 1}}\n  \
         taskManager:\n    resource: {{memory: 2048m, cpu: 1}}\n"
    )
}

#[test]
fn an_unchanged_tree_brings_nothing() {
    let folder = old();
    assert_since(folder.path(), &[], &[]);
    let (new, fixed) = told(folder.path(), "HEAD", &[]);
    assert_eq!((new.len(), fixed.len()), (0, 0));
    let output = run(folder.path(), &["--since", "HEAD"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(
        out(&output),
        "No new problems since HEAD in 1 deployment, 1 file, Flink 1.13-1.20.\n"
    );
    let all = run(folder.path(), &[]);
    assert_eq!(all.status.code(), Some(1), "the old problem is there");
}

#[test]
fn an_edit_brings_what_it_broke_and_names_what_it_mended() {
    let folder = old();
    let root = folder.path();
    write(
        root,
        "conf/flink-conf.yaml",
        &format!("{GOOD}taskmanager.memory.proces.size: 4g\n"),
    );
    let (new, fixed) = (
        ["conf/flink-conf.yaml:5 misspelled-option"],
        ["conf/flink-conf.yaml misspelled-option"],
    );
    // Not staged, staged, committed.
    assert_since(root, &new, &fixed);
    run_git(root, &["add", "-A"]);
    assert_since(root, &new, &fixed);
    run_git(root, &["switch", "-q", "-c", "topic"]);
    commit(root);
    assert_since(root, &new, &fixed);
    let output = run(root, &["--since", "main"]);
    let text = out(&output);
    assert!(
        text.contains("\n1 new problem (1 error) since main in 1 deployment, 1 file,"),
        "{text}"
    );
    assert!(
        text.ends_with(
            "fixed since main: 1 problem\n  conf/flink-conf.yaml: error[misspelled-option] Flink \
             1.13-1.20 has no option `taskmanger.numberOfTaskSlots`; the line has no effect\n"
        ),
        "{text}"
    );
    let concise = out(&run(root, &["--since", "main", "--format", "concise"]));
    assert_eq!(concise.lines().count(), 2, "{concise}");
    assert!(
        concise.contains("\nfixed since main: conf/flink-conf.yaml: error[misspelled-option] "),
        "{concise}"
    );
    let quiet = out(&run(
        root,
        &["-q", "--since", "main", "--format", "concise"],
    ));
    assert_eq!(quiet.lines().count(), 1, "{quiet}");
}

#[test]
fn an_untracked_file_is_new_and_one_that_git_ignores_is_not_read() {
    let folder = old();
    let root = folder.path();
    write(root, "other/flink-conf.yaml", &format!("{GOOD}{BAD}"));
    assert_since(root, &["other/flink-conf.yaml:5 misspelled-option"], &[]);
    write(root, ".gitignore", "other/\n");
    assert_since(root, &[], &[]);
}

#[test]
fn insertions_above_move_findings_and_bring_none() {
    let folder = old();
    write(
        folder.path(),
        "conf/flink-conf.yaml",
        &format!("# above\n\n{GOOD}{BAD}"),
    );
    assert_since(folder.path(), &[], &[]);
}

#[test]
fn of_two_alike_the_added_one_is_reported() {
    let folder = old();
    let name = "conf/flink-conf.yaml";
    let line = "taskmanager.numberOfTaskSlots:4\n";
    let with = |above: &str, below: &str| {
        write(folder.path(), name, &format!("{above}{GOOD}{line}{below}"));
    };
    with("", "");
    commit(folder.path());
    with(line, "");
    assert_since(folder.path(), &["conf/flink-conf.yaml:1 ignored-line"], &[]);
    with("", line);
    assert_since(folder.path(), &["conf/flink-conf.yaml:6 ignored-line"], &[]);
}

#[test]
fn a_renamed_file_or_folder_brings_nothing() {
    let folder = old();
    let root = folder.path();
    fs::rename(root.join("conf"), root.join("renamed")).expect("renamed");
    assert_since(root, &[], &[]);
    // Known to git, too.
    run_git(root, &["switch", "-q", "-c", "topic"]);
    commit(root);
    assert_since(root, &[], &[]);
    // Whatever is named.
    let (new, fixed) = told(root, "main", &["renamed/flink-conf.yaml"]);
    assert_eq!((new.len(), fixed.len()), (0, 0));
}

#[test]
fn a_renamed_and_edited_file_brings_what_the_edit_broke() {
    let folder = old();
    let root = folder.path();
    fs::rename(root.join("conf"), root.join("renamed")).expect("renamed");
    let text = format!("{GOOD}{BAD}taskmanager.memory.proces.size: 4g\n");
    write(root, "renamed/flink-conf.yaml", &text);
    assert_since(root, &["renamed/flink-conf.yaml:6 misspelled-option"], &[]);
    write(root, "renamed/flink-conf.yaml", GOOD);
    assert_since(root, &[], &["conf/flink-conf.yaml misspelled-option"]);
    let (_, fixed) = told(root, "main", &["renamed"]);
    assert_eq!(fixed, ["conf/flink-conf.yaml misspelled-option"]);
}

#[test]
fn a_copy_is_new() {
    let folder = old();
    write(
        folder.path(),
        "copy/flink-conf.yaml",
        &format!("{GOOD}{BAD}"),
    );
    assert_since(
        folder.path(),
        &["copy/flink-conf.yaml:5 misspelled-option"],
        &[],
    );
}

#[test]
fn a_deleted_file_is_fixed() {
    let folder = repository(&[
        ("a/flink-conf.yaml", GOOD),
        ("b/flink-conf.yaml", &format!("{GOOD}{BAD}")),
    ]);
    fs::remove_file(folder.path().join("b/flink-conf.yaml")).expect("removed");
    assert_since(folder.path(), &[], &["b/flink-conf.yaml misspelled-option"]);
}

#[test]
fn a_setting_moved_to_another_file_is_not_new() {
    let folder = repository(&[
        ("a/flink-conf.yaml", &format!("{GOOD}{BAD}")),
        ("b/flink-conf.yaml", GOOD),
    ]);
    let root = folder.path();
    write(root, "a/flink-conf.yaml", GOOD);
    write(root, "b/flink-conf.yaml", &format!("{BAD}{GOOD}"));
    assert_since(root, &[], &[]);
    // Into a block of a manifest.
    write(root, "b/flink-conf.yaml", GOOD);
    let block = format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: conf\ndata:\n  flink-conf.yaml: |\n    {BAD}"
    );
    write(root, "k8s/conf.yaml", &block);
    assert_since(root, &[], &[]);
}

#[test]
fn what_one_deployment_mends_does_not_excuse_another() {
    let fine = "taskmanager.numberOfTaskSlots: 4\n";
    let folder = repository(&[
        ("a/flink-conf.yaml", &format!("{GOOD}{fine}")),
        (
            "b/flink-conf.yaml",
            &format!("{GOOD}parallelism.default: none\n"),
        ),
    ]);
    let root = folder.path();
    let before = out(&run(root, &["--format=concise"]));
    assert!(before.contains("b/flink-conf.yaml:"), "{before}");
    write(
        root,
        "a/flink-conf.yaml",
        &format!("{GOOD}parallelism.default: none\n"),
    );
    write(
        root,
        "b/flink-conf.yaml",
        &format!("{GOOD}parallelism.default: 2\n"),
    );
    let (new, fixed) = told(root, "main", &[]);
    let paths = |list: &[String]| -> Vec<String> {
        let mut paths: Vec<String> = list.iter().map(|own| own[..1].to_owned()).collect();
        paths.dedup();
        paths
    };
    assert_eq!(paths(&new), ["a"], "{new:?}");
    assert_eq!(paths(&fixed), ["b"], "{fixed:?}");
}

#[test]
fn environments_with_resources_of_one_name_are_told_apart() {
    let job = "  job:\n    jarURI: local:///a.jar\n";
    let (has, lacks) = (
        cluster("a", &format!("{job}    parallelism: 1\n")),
        cluster("a", job),
    );
    let folder = repository(&[("dev/a.yaml", &has), ("prod/a.yaml", &lacks)]);
    let root = folder.path();
    write(root, "dev/a.yaml", &lacks);
    write(root, "prod/a.yaml", &has);
    assert_since(
        root,
        &["dev/a.yaml:8 operator-field-missing"],
        &["prod/a.yaml operator-field-missing"],
    );
}

#[test]
fn the_last_file_is_fixed_when_it_goes() {
    let folder = old();
    fs::remove_dir_all(folder.path().join("conf")).expect("removed");
    let output = run(folder.path(), &["--since", "main"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(err(&output).starts_with("warning: no Flink, sysctl or job files under ."));
    assert!(
        out(&output).contains("fixed since main: 1 problem\n  conf/flink-conf.yaml: "),
        "{}",
        out(&output)
    );
}

#[test]
fn a_document_put_above_another_in_a_stream_brings_its_own() {
    let resource = |name: &str, extra: &str| {
        format!(
            "apiVersion: flink.apache.org/v1beta1\nkind: FlinkDeployment\nmetadata:\n  name: {name}\nspec:\n  \
             flinkVersion: v1_20\n  serviceAccount: flink\n  flinkConfiguration:\n    {extra}\n  \
             jobManager:\n    resource: {{memory: 2048m, cpu: 1}}\n  taskManager:\n    \
             resource: {{memory: 2048m, cpu: 1}}\n"
        )
    };
    let bad = BAD.trim_end();
    let folder = repository(&[("k8s/all.yaml", &resource("old", bad))]);
    let root = folder.path();
    let all = |first: &str| format!("{first}---\n{}", resource("old", bad));
    write(
        root,
        "k8s/all.yaml",
        &all(&resource("new", "rest.port: \"8081\"")),
    );
    assert_since(root, &[], &[]);
    write(root, "k8s/all.yaml", &all(&resource("new", bad)));
    assert_since(root, &["k8s/all.yaml:9 misspelled-option"], &[]);
    // In a file of its own it is not new either.
    write(
        root,
        "k8s/all.yaml",
        &resource("new", "rest.port: \"8081\""),
    );
    write(root, "k8s/other.yaml", &resource("old", bad));
    assert_since(root, &[], &[]);
}

#[test]
fn a_line_that_breaks_because_another_changed_is_new() {
    let sizes = |process: &str| {
        format!(
            "{GOOD}taskmanager.memory.flink.size: {process}\ntaskmanager.memory.managed.size: 3g\n"
        )
    };
    let folder = repository(&[("conf/flink-conf.yaml", &sizes("8g"))]);
    let root = folder.path();
    assert_since(root, &[], &[]);
    write(root, "conf/flink-conf.yaml", &sizes("2g"));
    let (new, _) = told(root, "main", &[]);
    let lines: Vec<&str> = new.iter().map(String::as_str).collect();
    assert!(!lines.is_empty());
    // In another file of the same deployment.
    let dockerfile = |version: &str| format!("FROM flink:{version}\nCOPY conf /opt/flink/conf\n");
    write(root, "Dockerfile", &dockerfile("1.18"));
    write(
        root,
        "conf/flink-conf.yaml",
        "sql-gateway.endpoint.rest.address: a\n",
    );
    commit(root);
    write(root, "Dockerfile", &dockerfile("1.15"));
    let (new, _) = told(root, "HEAD", &[]);
    assert!(
        new.iter()
            .any(|own| own.starts_with("conf/flink-conf.yaml:1 ")),
        "{new:?}"
    );
    // Named or not.
    let (named, _) = told(root, "HEAD", &["conf/flink-conf.yaml"]);
    assert_eq!(named, new);
}
