//! `flint check --since`, on histories made with git: what a person would call new, and nothing else.

mod common;

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

#[test]
fn a_branch_answers_for_its_own_commits_only() {
    let folder = repository(&[
        ("a/flink-conf.yaml", &format!("{GOOD}{BAD}")),
        ("b/flink-conf.yaml", GOOD),
        ("c/flink-conf.yaml", GOOD),
    ]);
    let root = folder.path();
    run_git(root, &["switch", "-q", "-c", "topic"]);
    write(root, "c/flink-conf.yaml", &format!("{GOOD}{BAD}"));
    commit(root);
    // Meanwhile main mends one file and breaks another.
    run_git(root, &["switch", "-q", "main"]);
    write(root, "a/flink-conf.yaml", GOOD);
    write(root, "b/flink-conf.yaml", &format!("{GOOD}{BAD}"));
    commit(root);
    run_git(root, &["switch", "-q", "topic"]);
    let new = ["c/flink-conf.yaml:5 misspelled-option"];
    assert_since(root, &new, &[]);
    // Merged, as a pull request is checked out.
    run_git(root, &["merge", "-q", "main", "-m", "merge"]);
    assert_since(root, &new, &[]);
    let said = err(&run(root, &["-v", "--since", "main"]));
    assert!(said.contains("since: main (the files of "), "{said}");
    // Histories with nothing in common are compared as they are.
    run_git(root, &["switch", "-q", "--orphan", "other"]);
    for (path, bad) in [("a", ""), ("b", BAD), ("c", BAD)] {
        write(
            root,
            &format!("{path}/flink-conf.yaml"),
            &format!("{GOOD}{bad}"),
        );
    }
    commit(root);
    assert_since(root, &new, &[]);
}

#[test]
fn a_shallow_clone_is_told_what_to_fetch() {
    let folder = old();
    let root = folder.path();
    run_git(root, &["switch", "-q", "-c", "topic"]);
    write(root, "other/flink-conf.yaml", &format!("{GOOD}{BAD}"));
    commit(root);
    run_git(root, &["switch", "-q", "main"]);
    commit(root);
    let clones = TempDir::new().expect("a folder");
    let from = format!("file://{}", root.display());
    let clone = |name: &str, args: &[&str]| {
        let all = [&["clone", "-q", "--branch", "topic"], args, &[&from, name]].concat();
        run_git(clones.path(), &all);
        clones.path().join(name)
    };
    let said = |folder: &Path, reference: &str| {
        let output = run(folder, &["--since", reference]);
        assert_eq!(output.status.code(), Some(2), "{}", out(&output));
        assert_eq!(err(&output).lines().count(), 1, "{}", err(&output));
        err(&output)
    };
    let one = clone("one", &["--depth=1"]);
    assert!(said(&one, "origin/main").contains("fetch-depth: 0"));
    let tips = clone("tips", &["--depth=1", "--no-single-branch"]);
    let message = said(&tips, "origin/main");
    assert!(
        message.contains("this clone is shallow") && message.contains("fetch-depth: 0"),
        "{message}"
    );
    assert!(said(&tips, "main").contains("did you mean `origin/main`?"));
    let whole = clone("whole", &[]);
    let (new, fixed) = told(&whole, "origin/main", &[]);
    assert_eq!(new, ["other/flink-conf.yaml:5 misspelled-option"]);
    assert_eq!(fixed, Vec::<String>::new());
}

#[test]
fn a_partial_clone_is_told_how_to_get_what_it_lacks() {
    let folder = old();
    let root = folder.path();
    run_git(root, &["config", "uploadpack.allowFilter", "true"]);
    write(
        root,
        "conf/flink-conf.yaml",
        &format!("{GOOD}{BAD}rest.prot: 1\n"),
    );
    commit(root);
    let clones = tempfile::tempdir().expect("a folder");
    let from = format!("file://{}", root.display());
    run_git(
        clones.path(),
        &["clone", "-q", "--filter=blob:none", &from, "part"],
    );
    let part = &clones.path().join("part");
    let output = run(part, &["--since", "main~1"]);
    assert_eq!(output.status.code(), Some(2), "{}", out(&output));
    let said = err(&output);
    let start = "error: --since main~1: this clone is partial and has not fetched the \
                 conf/flink-conf.yaml of then; `git diff --stat ";
    assert!(said.starts_with(start), "{said}");
    assert_eq!(said.lines().count(), 1);
    // What it says does it.
    let hint = said.split('`').nth(1).expect("a command");
    let words: Vec<&str> = hint.split(' ').skip(1).collect();
    run_git(part, &words);
    let (new, fixed) = told(part, "main~1", &[]);
    assert_eq!(new, ["conf/flink-conf.yaml:6 misspelled-option"]);
    assert_eq!(fixed, Vec::<String>::new());
}

#[test]
fn what_cannot_be_compared_says_why_in_one_line() {
    let folder = old();
    let root = folder.path();
    run_git(root, &["tag", "v1.2.0"]);
    let said = |args: &[&str]| {
        let output = run(root, args);
        assert_eq!(output.status.code(), Some(2), "{}", out(&output));
        assert_eq!(out(&output), "");
        assert_eq!(err(&output).lines().count(), 1, "{}", err(&output));
        err(&output)
    };
    let main = said(&["--since", "mian"]);
    assert_eq!(
        main,
        "error: --since mian: git knows no such revision; did you mean `main`?\n"
    );
    assert!(said(&["--since", "v1.2"]).contains("did you mean `v1.2.0`?"));
    assert!(said(&["--since=--all"]).contains("--since"));
    for empty in ["", " "] {
        let message = "error: --since: the value is empty; name a branch, a tag or a commit\n";
        assert_eq!(said(&["--since", empty]), message);
    }
    assert!(said(&["--since", &"0".repeat(40)]).contains("the branch is new; name the one"));
    assert!(said(&["--since=^main"]).contains("git knows no such revision"));
    assert!(said(&["--since=main..topic"]).contains("git knows no such revision"));
    assert!(said(&["-", "--since", "main"]).contains("--stdin-filename PATH"));
    let elsewhere = tree(&[("conf/flink-conf.yaml", GOOD)]);
    let output = command(elsewhere.path(), &["--since", "main"])
        .env(
            "GIT_CEILING_DIRECTORIES",
            elsewhere.path().parent().expect("a parent"),
        )
        .output()
        .expect("flint starts");
    assert_eq!(output.status.code(), Some(2));
    assert!(
        err(&output).starts_with("error: --since main: "),
        "{}",
        err(&output)
    );
    assert!(
        err(&output).contains("is in no git repository"),
        "{}",
        err(&output)
    );
    let output = command(root, &["--since", "main"]).env("PATH", "").output();
    let output = output.expect("flint starts");
    assert_eq!(output.status.code(), Some(2));
    assert!(
        err(&output).contains("--since with a git revision needs git, which is not installed"),
        "{}",
        err(&output)
    );
    let outside = elsewhere.path().join("conf").display().to_string();
    assert!(said(&["conf", &outside, "--since", "main"]).contains("is not in the git repository"));
}

#[test]
fn standard_input_is_compared_with_the_file_it_stands_for() {
    let folder = old();
    let piped = |text: &str| {
        let mut child = command(
            folder.path(),
            &["-", "--stdin-filename", "conf/flink-conf.yaml"],
        )
        .args(["--since", "main", "--format", "concise"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("flint starts");
        let mut input = child.stdin.take().expect("a pipe");
        std::io::Write::write_all(&mut input, text.as_bytes()).expect("written");
        drop(input);
        out(&child.wait_with_output().expect("it ends"))
    };
    assert_eq!(piped(&format!("{GOOD}{BAD}")), "");
    let new = piped(&format!("{GOOD}{BAD}taskmanager.memory.proces.size: 4g\n"));
    assert!(
        new.starts_with("conf/flink-conf.yaml:6:1: error[misspelled-option]"),
        "{new}"
    );
}

#[test]
fn a_project_below_the_root_of_the_repository_keeps_its_names() {
    let folder = repository(&[
        ("flink/flint.toml", "flink-version = \"1.20\"\n"),
        ("flink/conf/flink-conf.yaml", &format!("{GOOD}{BAD}")),
        ("rest/flink-conf.yaml", &format!("{GOOD}{BAD}")),
    ]);
    let root = folder.path();
    let flink = root.join("flink");
    assert_since(&flink, &[], &[]);
    write(
        root,
        "flink/conf/flink-conf.yaml",
        &format!("{GOOD}{BAD}rest.prot: 1\n"),
    );
    let new = ["conf/flink-conf.yaml:6 misspelled-option"];
    assert_since(&flink, &new, &[]);
    let (own, _) = told(root, "main", &["flink/conf"]);
    assert_eq!(own, new);
    let (own, _) = told(root, "main", &["rest"]);
    assert_eq!(own, Vec::<String>::new());
    let (own, _) = told(root, "main", &[]);
    assert_eq!(own, ["flink/conf/flink-conf.yaml:6 misspelled-option"]);
    // A flint.toml above the repository.
    let above = tree(&[("flint.toml", "")]);
    let inner = above.path().join("repo");
    write(&inner, "conf/flink-conf.yaml", &format!("{GOOD}{BAD}"));
    run_git(&inner, &["init", "-q", "-b", "main"]);
    commit(&inner);
    assert_since(&inner, &[], &[]);
    write(
        &inner,
        "conf/flink-conf.yaml",
        &format!("{BAD}{GOOD}rest.prot: 1\n"),
    );
    assert_since(
        &inner,
        &["repo/conf/flink-conf.yaml:6 misspelled-option"],
        &[],
    );
}

// Other systems have no such names.
#[cfg(target_os = "linux")]
#[test]
fn odd_names_and_ways_lead_to_the_same_files() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let folder = old();
    let root = folder.path();
    let odd = root.join(OsStr::from_bytes(b"caf\xe9 \"a\"\n"));
    fs::create_dir(&odd).expect("a folder");
    fs::write(odd.join("flink-conf.yaml"), format!("{GOOD}{BAD}")).expect("written");
    write(root, "日本 größe/flink-conf.yaml", &format!("{GOOD}{BAD}"));
    commit(root);
    assert_since(root, &[], &[]);
    // Through a link to the repository.
    let place = TempDir::new().expect("a folder");
    let link = place.path().join("link");
    std::os::unix::fs::symlink(root, &link).expect("a link");
    assert_since(&link, &[], &[]);
    let name = link.join("conf").display().to_string();
    let (new, fixed) = told(place.path(), "main", &[&name]);
    assert_eq!((new.len(), fixed.len()), (0, 0), "{new:?}");
    write(
        root,
        "日本 größe/flink-conf.yaml",
        &format!("{BAD}{GOOD}rest.prot: 1\n"),
    );
    assert_since(
        &link,
        &["日本 größe/flink-conf.yaml:6 misspelled-option"],
        &[],
    );
}

#[test]
fn line_endings_that_git_writes_are_no_change() {
    let folder = old();
    let root = folder.path();
    write(root, ".gitattributes", "*.yaml text eol=crlf\n");
    let text = format!("# above\n{GOOD}{BAD}").replace('\n', "\r\n");
    write(root, "conf/flink-conf.yaml", &text);
    assert_since(root, &[], &[]);
}

#[test]
fn code_that_was_formatted_is_not_new() {
    let job = |body: &str| {
        format!(
            "import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;\n\
             class Job {{\n  void run(StreamExecutionEnvironment env) throws Exception {{\n{body}    \
             env.execute();\n  }}\n}}\n"
        )
    };
    let long = "    env.fromElements(one, two, three).keyBy(0).print();\n";
    let short =
        "    env\n        .fromElements(one, two, three)\n        .keyBy(0)\n        .print();\n";
    let folder = repository(&[("Job.java", &job(&long.repeat(2)))]);
    let root = folder.path();
    let args = ["--select=key-by-position", "--error-on=note"];
    let since_main = || told(root, "main", &args);
    write(root, "Job.java", &job(&short.repeat(2)));
    assert_eq!(since_main(), (vec![], vec![]));
    write(root, "Job.java", &job(&short.repeat(3)));
    let (new, fixed) = since_main();
    assert_eq!((new.len(), fixed.len()), (1, 0), "{new:?}");
    // And joined again.
    commit(root);
    write(root, "Job.java", &job(&long.repeat(3)));
    assert_eq!(told(root, "HEAD", &args), (vec![], vec![]));
}

#[test]
fn what_a_filter_of_git_hid_counts_as_old() {
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n";
    let folder = repository(&[
        ("conf/flink-conf.yaml", pointer),
        ("b/flink-conf.yaml", GOOD),
    ]);
    let root = folder.path();
    write(root, "conf/flink-conf.yaml", &format!("{GOOD}{BAD}"));
    write(root, "b/flink-conf.yaml", &format!("{GOOD}{BAD}"));
    let output = run(root, &["--since=main", "--format=concise"]);
    assert_eq!(
        err(&output),
        "warning: --since main: conf/flink-conf.yaml was written by a filter of git, which flint does \
         not run; what is found there counts as old\n"
    );
    let said = out(&output);
    assert!(said.starts_with("b/flink-conf.yaml:5:1: "), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
}

#[cfg(unix)]
#[test]
fn a_link_may_lead_to_what_is_no_text() {
    use std::os::unix::ffi::OsStrExt;
    let folder = old();
    let root = folder.path();
    let target = std::ffi::OsStr::from_bytes(b"\xff");
    std::os::unix::fs::symlink(target, root.join("conf/config.yaml")).expect("a link");
    commit(root);
    assert_since(root, &[], &[]);
}

#[test]
fn a_work_tree_beside_the_repository_is_one_too() {
    let folder = old();
    let place = TempDir::new().expect("a folder");
    let path = place.path().join("beside");
    let name = path.display().to_string();
    run_git(
        folder.path(),
        &["worktree", "add", "-q", "-b", "topic", &name],
    );
    assert_since(&path, &[], &[]);
    write(
        &path,
        "conf/flink-conf.yaml",
        &format!("{GOOD}{BAD}rest.prot: 1\n"),
    );
    assert_since(&path, &["conf/flink-conf.yaml:6 misspelled-option"], &[]);
}

#[test]
fn a_submodule_is_compared_with_the_commit_it_had() {
    let module = repository(&[("conf/flink-conf.yaml", &format!("{GOOD}{BAD}"))]);
    let folder = repository(&[("flint.toml", "")]);
    let root = folder.path();
    let from = module.path().display().to_string();
    run_git(root, &["submodule", "add", "-q", &from, "sub"]);
    commit(root);
    assert_since(root, &[], &[]);
    // Its next commit breaks more.
    let sub = root.join("sub");
    write(
        &sub,
        "conf/flink-conf.yaml",
        &format!("{GOOD}{BAD}rest.prot: 1\n"),
    );
    run_git(&sub, &["switch", "-q", "-c", "next"]);
    commit(&sub);
    assert_since(root, &["sub/conf/flink-conf.yaml:6 misspelled-option"], &[]);
    run_git(root, &["switch", "-q", "-c", "topic"]);
    commit(root);
    assert_since(root, &["sub/conf/flink-conf.yaml:6 misspelled-option"], &[]);
    // A clone of it that lacks the commit of then.
    fs::remove_dir_all(&sub).expect("removed");
    fs::remove_dir_all(root.join(".git/modules/sub")).expect("removed");
    run_git(&root.join("."), &["init", "-q", "sub"]);
    write(
        &sub,
        "conf/flink-conf.yaml",
        &format!("{GOOD}{BAD}rest.prot: 1\n"),
    );
    commit(&sub);
    let output = run(root, &["--since", "main"]);
    assert_eq!(output.status.code(), Some(0), "{}", out(&output));
    assert!(
        err(&output)
            .starts_with("warning: --since main: the submodule sub does not have its commit"),
        "{}",
        err(&output)
    );
}

#[cfg(unix)]
#[test]
fn links_lead_where_they_led() {
    use std::os::unix::fs::symlink;
    let folder = tree(&[("shared/common.txt", &format!("{GOOD}{BAD}"))]);
    let outside = tree(&[("common.txt", &format!("{GOOD}{BAD}"))]);
    let root = folder.path();
    for place in ["conf", "away", "deep/er"] {
        fs::create_dir_all(root.join(place)).expect("a folder");
    }
    symlink("../shared/common.txt", root.join("conf/flink-conf.yaml")).expect("a link");
    symlink(
        outside.path().join("common.txt"),
        root.join("away/flink-conf.yaml"),
    )
    .expect("a link");
    symlink("..", root.join("deep/er/up")).expect("a link");
    symlink(
        "up/../../../flint-outside",
        root.join("deep/er/config.yaml"),
    )
    .expect("a link");
    run_git(root, &["init", "-q", "-b", "main"]);
    commit(root);
    assert_since(root, &[], &[]);
    write(
        root,
        "shared/common.txt",
        &format!("{GOOD}{BAD}rest.prot: 1\n"),
    );
    assert_since(root, &["conf/flink-conf.yaml:6 misspelled-option"], &[]);
}

#[test]
fn a_rule_that_flint_toml_switches_on_accuses_nobody() {
    let conf = format!("{GOOD}{BAD}");
    let folder = repository(&[
        ("flint.toml", "ignore = [\"misspelled-option\"]\n"),
        ("conf/flink-conf.yaml", &conf),
    ]);
    let root = folder.path();
    assert_eq!(run(root, &[]).status.code(), Some(0));
    for text in [
        "",
        "error-on = \"note\"\n",
        "[rules.misspelled-option]\nseverity = \"warning\"\n",
    ] {
        write(root, "flint.toml", text);
        assert_eq!(run(root, &[]).status.code(), Some(1));
        assert_since(root, &[], &[]);
    }
    // But what is added under it counts.
    write(
        root,
        "conf/flink-conf.yaml",
        &format!("{conf}rest.prot: 1\n"),
    );
    assert_since(root, &["conf/flink-conf.yaml:6 misspelled-option"], &[]);
    fs::remove_file(root.join("flint.toml")).expect("removed");
    assert_since(root, &["conf/flink-conf.yaml:6 misspelled-option"], &[]);
    write(root, "conf/flint.toml", "");
    assert_since(
        &root.join("conf"),
        &["flink-conf.yaml:6 misspelled-option"],
        &[],
    );
}

#[test]
fn a_rule_that_flint_toml_switches_off_mends_nothing() {
    let folder = old();
    let root = folder.path();
    write(root, "flint.toml", "ignore = [\"misspelled-option\"]\n");
    assert_since(root, &[], &[]);
    write(root, "flint.toml", "exclude = [\"conf/**\"]\n");
    write(root, "b/flink-conf.yaml", GOOD);
    assert_since(root, &[], &[]);
}

#[test]
fn a_version_that_flint_toml_changes_shows_what_it_breaks() {
    let folder = repository(&[
        ("flint.toml", "flink-version = \"1.20\"\n"),
        ("conf/config.yaml", OF_OLD),
    ]);
    let root = folder.path();
    write(root, "flint.toml", "flink-version = \"2.0\"\n");
    let (new, _) = told(root, "main", &[]);
    assert!(!new.is_empty());
    assert!(
        new.iter().all(|own| own.starts_with("conf/config.yaml:1 ")),
        "{new:?}"
    );
    // A flag says it for both.
    let (none, _) = told(root, "main", &["--flink-version", "2.0"]);
    assert_eq!(none, Vec::<String>::new());
    let (none, _) = told(root, "main", &["--isolated"]);
    assert_eq!(none, Vec::<String>::new());
    let (file, _) = told(root, "main", &["--config", "flint.toml"]);
    assert_eq!(file, new);
    // Said for the first time, flint knows better and nothing has changed.
    write(root, "flint.toml", "");
    commit(root);
    write(root, "flint.toml", "flink-version = \"2.0\"\n");
    let (none, _) = told(root, "HEAD", &[]);
    assert_eq!(none, Vec::<String>::new());
}

#[test]
fn a_version_that_a_base_says_belongs_to_its_tree() {
    let folder = repository(&[
        ("flint.toml", "extend = \"ci/base.cfg\"\n"),
        ("ci/base.cfg", "extend = \"more\"\n"),
        ("ci/more", "flink-version = \"1.20\"\n"),
        ("ci/named", "extend = \"more\"\n"),
        ("conf/config.yaml", OF_OLD),
    ]);
    let root = folder.path();
    let assert_told = |change: &str, args: &[&str]| {
        let (new, _) = told(root, "main", args);
        assert!(!new.is_empty(), "{change}");
        let mut new = new.iter();
        assert!(new.all(|own| own.starts_with("conf/config.yaml:1 ")));
    };
    write(root, "ci/more", "flink-version = \"2.0\"\n");
    assert_told("the base of the base", &[]);
    assert_told("named", &["--config", "ci/named"]);
    write(root, "ci/base.cfg", "flink-version = \"2.0\"\n");
    fs::remove_file(root.join("ci/more")).expect("removed");
    assert_told("one that is gone", &[]);
    write(root, "flint.toml", "flink-version = \"2.0\"\n");
    assert_told("no base any more", &[]);
}

#[test]
fn a_base_outside_of_the_repository_is_as_it_is() {
    let outer = tree(&[
        ("base.toml", "flink-version = \"1.20\"\n"),
        ("repo/flint.toml", "extend = \"../base.toml\"\n"),
        ("repo/conf/config.yaml", OF_OLD),
    ]);
    let root = &outer.path().join("repo");
    run_git(root, &["init", "-q", "-b", "main"]);
    commit(root);
    assert_since(root, &[], &[]);
    write(root, "flint.toml", "flink-version = \"2.0\"\n");
    let (new, _) = told(root, "main", &[]);
    assert!(!new.is_empty());
}

#[cfg(unix)]
#[test]
fn a_flint_toml_may_be_a_link() {
    let folder = repository(&[
        ("ci/flint.toml", "flink-version = \"1.20\"\n"),
        ("conf/config.yaml", OF_OLD),
    ]);
    let root = folder.path();
    std::os::unix::fs::symlink("ci/flint.toml", root.join("flint.toml")).expect("a link");
    commit(root);
    write(root, "ci/flint.toml", "flink-version = \"2.0\"\n");
    let (new, _) = told(root, "main", &[]);
    assert!(!new.is_empty());
}

#[test]
fn a_file_that_git_ignores_is_compared_when_it_is_named() {
    let folder = old();
    let root = folder.path();
    write(root, ".gitignore", "conf\n");
    commit(root);
    for named in ["conf", "conf/flink-conf.yaml"] {
        let (new, fixed) = told(root, "main", &[named]);
        assert_eq!((new.len(), fixed.len()), (0, 0), "{named}: {new:?}");
    }
}

#[test]
fn a_renamed_project_keeps_what_its_flint_toml_says() {
    let folder = repository(&[
        (
            "old/flint.toml",
            "select = [\"correctness\", \"pedantic\"]\n",
        ),
        ("old/conf/flink-conf.yaml", &format!("{GOOD}{BAD}")),
        ("old/jobs/orders.sql", "SELECT 1;\n"),
    ]);
    let root = folder.path();
    fs::rename(root.join("old"), root.join("new")).expect("renamed");
    assert_since(root, &[], &[]);
    for args in [&["new"][..], &["new", "--select=misspelled-option"]] {
        let (new, fixed) = told(root, "main", args);
        assert_eq!((new.len(), fixed.len()), (0, 0), "{new:?} {fixed:?}");
    }
}

#[test]
fn what_came_from_another_project_is_not_new_either() {
    let toml = "select = [\"correctness\"]\n";
    let folder = repository(&[
        ("a/flint.toml", toml),
        ("a/conf/flink-conf.yaml", &format!("{GOOD}{BAD}")),
        ("b/flint.toml", toml),
        ("b/conf/flink-conf.yaml", GOOD),
    ]);
    let root = folder.path();
    fs::rename(root.join("a/conf"), root.join("b/more")).expect("moved");
    for args in [&["b"][..], &[], &["b", "--select=misspelled-option"]] {
        let (new, fixed) = told(root, "main", args);
        assert_eq!((new.len(), fixed.len()), (0, 0), "{new:?} {fixed:?}");
    }
    let (new, fixed) = told(&root.join("b"), "main", &[]);
    assert_eq!((new.len(), fixed.len()), (0, 0), "{new:?} {fixed:?}");
}

#[test]
fn what_a_comment_silences_is_neither_new_nor_fixed_and_what_it_no_longer_does_is_new() {
    let ignored = format!("{GOOD}# flint: ignore[misspelled-option] later\n{BAD}");
    let folder = old();
    let root = folder.path();
    write(root, "conf/flink-conf.yaml", &ignored);
    assert_since(root, &[], &[]);
    commit(root);
    write(root, "conf/flink-conf.yaml", &format!("{GOOD}{BAD}"));
    let (new, _) = told(root, "HEAD", &[]);
    assert_eq!(new, ["conf/flink-conf.yaml:5 misspelled-option"]);
    // Shown with the others only where the change brought it.
    write(
        root,
        "conf/flink-conf.yaml",
        &format!("{ignored}# flint: ignore[misspelled-option]\nrest.prot: 1\n"),
    );
    let shown = out(&run(
        root,
        &["--since=HEAD", "--show-ignored", "--format=concise"],
    ));
    assert_eq!(shown.lines().count(), 1, "{shown}");
    assert!(
        shown.contains(":8:1: ignored[misspelled-option]"),
        "{shown}"
    );
}

/// A cluster of the operator with some more lines in its specification.
#[test]
fn a_baseline_belongs_to_its_tree_and_what_it_holds_is_old() {
    let folder = repository(&[
        ("flint.toml", "baseline = \"known.txt\"\n"),
        ("known.txt", ""),
        ("conf/flink-conf.yaml", &format!("{GOOD}{BAD}")),
        ("sub/conf/flink-conf.yaml", &format!("{GOOD}rest.prot: 1\n")),
    ]);
    let root = folder.path();
    let written = run(root, &["--write-baseline"]);
    assert_eq!(written.status.code(), Some(0), "{}", err(&written));
    // Written by the change.
    assert_since(root, &[], &[]);
    commit(root);
    assert_since(root, &[], &[]);
    assert_since(&root.join("sub"), &[], &[]);
    let (none, _) = told(&root.join("sub"), "main", &["--baseline", "../known.txt"]);
    assert_eq!(none, Vec::<String>::new());
    // Moved away from its line, which is left.
    fs::rename(root.join("conf"), root.join("etc")).expect("renamed");
    let (new, fixed) = told(root, "main", &["--ignore=stale-baseline"]);
    assert_eq!((new.len(), fixed.len()), (0, 0), "{new:?}");
    fs::rename(root.join("etc"), root.join("conf")).expect("renamed");
    // Without its line.
    let known = fs::read_to_string(root.join("known.txt")).expect("a baseline");
    let (own, rest): (Vec<&str>, Vec<&str>) =
        known.lines().partition(|line| line.contains("rest.prot"));
    assert_eq!(own.len(), 1);
    write(root, "known.txt", &(rest.join("\n") + "\n"));
    assert_since(root, &["sub/conf/flink-conf.yaml:5 misspelled-option"], &[]);
    write(root, "known.txt", &known);
    // Mended, with its line left, once.
    write(root, "sub/conf/flink-conf.yaml", GOOD);
    let stale = ["--error-on=note"];
    let (new, fixed) = told(root, "main", &stale);
    assert_eq!(new.len(), 1, "{new:?}");
    assert!(new[0].ends_with(" stale-baseline"), "{new:?}");
    assert_eq!(fixed, ["sub/conf/flink-conf.yaml misspelled-option"]);
    commit(root);
    let (new, fixed) = told(root, "main", &stale);
    assert_eq!((new.len(), fixed.len()), (0, 0), "{new:?}");
}

fn cluster(name: &str, more: &str) -> String {
    format!(
        "apiVersion: flink.apache.org/v1beta1\nkind: FlinkDeployment\nmetadata:\n  name: {name}\nspec:\n  \
         flinkVersion: v1_20\n  serviceAccount: flink\n{more}  jobManager:\n    resource: {{memory: 2048m, cpu: 1}}\n  \
         taskManager:\n    resource: {{memory: 2048m, cpu: 1}}\n"
    )
}

/// The lines on which `forbidden-spec-change` speaks.
fn forbidden(folder: &Path) -> Vec<String> {
    let (new, _) = told(
        folder,
        "main",
        &["--select=forbidden-spec-change,unused-ignore"],
    );
    new
}

#[test]
fn a_change_that_the_operator_refuses_is_told_of_the_same_resource_wherever_it_stands() {
    let folder = repository(&[
        ("k8s/a.yaml", &cluster("a", "")),
        ("k8s/b.yaml", &cluster("b", "")),
    ]);
    let root = folder.path();
    let standalone = cluster("a", "  mode: standalone\n");
    assert_eq!(forbidden(root), Vec::<String>::new());
    write(root, "k8s/a.yaml", &standalone);
    let new = ["k8s/a.yaml:8 forbidden-spec-change"];
    assert_eq!(forbidden(root), new);
    assert!(!out(&run(root, &[])).contains("forbidden-spec-change"));
    // Moved to another file, with others above it.
    fs::remove_file(root.join("k8s/a.yaml")).expect("removed");
    write(
        root,
        "k8s/b.yaml",
        &format!("{}---\n{standalone}", cluster("b", "")),
    );
    assert_eq!(forbidden(root), ["k8s/b.yaml:20 forbidden-spec-change"]);
    // In a renamed file.
    write(root, "k8s/b.yaml", &cluster("b", ""));
    write(root, "prod/a.yaml", &standalone);
    assert_eq!(forbidden(root), ["prod/a.yaml:8 forbidden-spec-change"]);
    // A copy is another resource of the same name, as for another cluster of Kubernetes.
    write(root, "k8s/a.yaml", &cluster("a", ""));
    assert_eq!(forbidden(root), Vec::<String>::new());
    // Of another name it is another resource.
    fs::remove_dir_all(root.join("prod")).expect("removed");
    write(
        root,
        "k8s/a.yaml",
        &standalone.replace("name: a", "name: c"),
    );
    assert_eq!(forbidden(root), Vec::<String>::new());
}

#[test]
fn what_is_said_of_a_patch_or_with_a_placeholder_is_not_known() {
    let patch = "apiVersion: flink.apache.org/v1beta1\nkind: FlinkDeployment\nmetadata:\n  name: a\nspec:\n";
    let folder = repository(&[
        (
            "k8s/a.yaml",
            &cluster(
                "a",
                "  mode: standalone\n  job:\n    jarURI: local:///a.jar\n    parallelism: 1\n",
            ),
        ),
        (
            "patch/a.yaml",
            &format!("{patch}  mode: standalone\n  job:\n    parallelism: 1\n"),
        ),
    ]);
    let root = folder.path();
    // Neither job nor mode is missing in what lies over another file.
    write(
        root,
        "patch/a.yaml",
        &format!("{patch}  flinkVersion: v1_20\n"),
    );
    assert_eq!(forbidden(root), Vec::<String>::new());
    write(
        root,
        "k8s/a.yaml",
        &cluster(
            "a",
            "  mode: ${MODE}\n  job:\n    jarURI: local:///a.jar\n    parallelism: 1\n",
        ),
    );
    assert_eq!(forbidden(root), Vec::<String>::new());
}

#[test]
fn a_change_can_be_ignored_and_the_comment_stays() {
    let folder = repository(&[("k8s/a.yaml", &cluster("a", ""))]);
    let root = folder.path();
    let comment =
        "  # flint: ignore[forbidden-spec-change] created anew by hand\n  mode: standalone\n";
    write(root, "k8s/a.yaml", &cluster("a", comment));
    assert_eq!(forbidden(root), Vec::<String>::new());
    commit(root);
    let said = out(&run(
        root,
        &["--select=forbidden-spec-change,unused-ignore"],
    ));
    assert!(said.starts_with("No problems"), "{said}");
}

#[test]
fn what_a_sparse_work_tree_leaves_out_is_not_deleted() {
    let folder = repository(&[
        ("a/flink-conf.yaml", &format!("{GOOD}{BAD}")),
        ("b/flink-conf.yaml", &format!("{GOOD}{BAD}")),
    ]);
    let root = folder.path();
    run_git(root, &["sparse-checkout", "set", "a"]);
    assert!(!root.join("b").exists());
    // Reading the index starts nothing.
    let called = format!("touch '{}'", root.join("called").display());
    run_git(root, &["config", "core.fsmonitor", &called]);
    assert_since(root, &[], &[]);
    assert!(!root.join("called").exists());
    fs::remove_dir_all(root.join("a")).expect("removed");
    write(root, "c/flink-conf.yaml", "rest.port: 8081\n");
    let (_, fixed) = told(root, "main", &["--select=misspelled-option"]);
    assert_eq!(fixed, ["a/flink-conf.yaml misspelled-option"]);
}

#[test]
fn a_repository_of_somebody_else_is_named_with_the_way_to_allow_it() {
    let folder = old();
    let output = command(folder.path(), &["--since", "main"])
        .env("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
        .output()
        .expect("flint starts");
    assert_eq!(output.status.code(), Some(2));
    let said = err(&output);
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(
        said.contains("git config --global --add safe.directory"),
        "{said}"
    );
}
