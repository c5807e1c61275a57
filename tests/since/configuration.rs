//! `--since` beside flint.toml, ignores and baselines.

use std::fs;

use super::common::{err, out, tree};
use super::{BAD, GOOD, OF_OLD, assert_since, commit, old, repository, run, run_git, told, write};

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
