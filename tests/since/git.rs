//! Histories, clones, work trees and links: what `--since` makes of what git can do.

use std::fs;
use std::path::Path;

use super::common::{err, out, tree};
use super::{BAD, GOOD, assert_since, command, commit, old, repository, run, run_git, told, write};
use tempfile::TempDir;

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
