//! How an organisation's own pages are found and read, and what is said of those that can't be.

mod common;

use std::fs;

use common::policy::{CONF, FOUND, PAGE, TOML, check, code, project, run};
use common::{err, out, tree};
use flint::page::Policy;
use proptest::prelude::*;

#[test]
fn a_broken_page_is_one_line_with_its_place_and_what_to_do() {
    let cases = [
        (
            "  min: 2",
            "  mni: 2",
            "7:3: unknown word `mni`; did you mean `min`?",
        ),
        (
            "  min: 2",
            "  at-least: 2",
            "7:3: unknown word `at-least`; did you mean `min`?",
        ),
        (
            "  min: 2",
            "  zzz: 2",
            "7:3: unknown word `zzz`; write one of key, require,",
        ),
        (
            "severity: error",
            "severity: eror",
            "2:11: unknown severity `eror`; did you mean `error`?",
        ),
        (
            "severity: error",
            "sevrity: error",
            "2:1: unknown word `sevrity`; did you mean `severity`?",
        ),
        (
            "severity: error\n",
            "",
            "1:1: front matter has no `severity`; write `severity: warning`",
        ),
        (
            "group: policy",
            "group: polcy",
            "3:8: unknown group `polcy`; did you mean `policy`?",
        ),
        (
            "group: policy",
            "group: security",
            "3:8: `security` is a group of flint's own rules",
        ),
        (
            "versions: all",
            "versions: new",
            "4:11: `new` is no Flink version; write `1.20`",
        ),
        (
            "versions: all",
            "versions: \"1.9..\"",
            "4:11: Flink 1.9 is not known to flint",
        ),
        (
            "taskmanager.numberOfTaskSlots\n  min",
            "taskmanager.numberOfTaskSlot\n  min",
            "6:8: there is no option `taskmanager.numberOfTaskSlot`; did you mean \
             `taskmanager.numberOfTaskSlots`?",
        ),
        (
            "  key: taskmanager.numberOfTaskSlots",
            "  key: spec.serviceAccount",
            "6:8: `spec.serviceAccount` is a field of a resource; a policy checks Flink options",
        ),
        (
            "  key: taskmanager.numberOfTaskSlots",
            "  key: sink.parallelism",
            "6:8: `sink.parallelism` works after `WITH` of a table; a policy checks the configuration",
        ),
        (
            "  key: taskmanager.numberOfTaskSlots",
            "  key: net.core.somaxcon",
            "6:8: there is no option `net.core.somaxcon`; did you mean `net.core.somaxconn`?",
        ),
        (
            "  key: taskmanager.numberOfTaskSlots",
            "  key: parallelism.default\n  when: { state.checkpoints.dir: set }",
            "7:11: `state.checkpoints.dir` is only another name of an option in Flink 1.20-2.3; write \
             `execution.checkpointing.dir`",
        ),
        ("  min: 2", "  min: two", "7:8: `two` is no whole number"),
        (
            "  min: 2",
            "  min: 3\n  max: 2",
            "7:8: `min` is more than `max`, 2: nothing passes",
        ),
        (
            "  min: 2",
            "  min: 2\n  min: 3",
            "8:3: `min` stands here twice",
        ),
        (
            "  min: 2",
            "  matches: '['",
            "7:12: `[` is no regular expression:",
        ),
        (
            "  min: 2\n",
            "",
            "6:3: this check requires nothing; say one of require, forbid,",
        ),
        (
            "  min: 2",
            "  require: false",
            "7:12: `require` takes true; leave it out otherwise",
        ),
        (
            "  min: 2",
            "  forbid: true\n  min: 2",
            "7:3: what is forbidden has no value",
        ),
        ("  min: 2", "  min:", "7:"),
        ("  min: 2", "  min: [1, 2]", "7:8: a value is expected here"),
        ("  min: 2", "  one-of: []", "7:11: this list is empty"),
        (
            "  min: 2",
            "  min: 2\n  when: { a.b.c: set }",
            "8:11: there is no option `a.b.c`;",
        ),
        (
            "  min: 2",
            "  min: 2\n  when: { parallelism.default: { mni: 2 } }",
            "8:34: unknown word `mni`; did you mean `min`?",
        ),
        (
            "  min: 2",
            "  min: 2\n  message: 'only {valeu}'",
            "8:12: `{valeu}` is not filled in; did you mean `{value}`?",
        ),
        (
            "  min: 2",
            "  min: 2\n  fix: { set: \"1\" }",
            "8:15: the fix sets `1`, which this check finds, too",
        ),
        (
            "  min: 2",
            "  min: 2\n  fix: { set: many }",
            "8:15: `many` is no whole number",
        ),
        (
            "  min: 2",
            "  min: 2\n  fix: { safe: true }",
            "8:8: a fix says what to `set`, or `remove: true`",
        ),
        (
            "  min: 2",
            "  min: 2\n  fix: { sett: 2 }",
            "8:10: unknown word `sett`; did you mean `set`?",
        ),
        (
            "  min: 2",
            "  min: 2\n  fix: { set: \"${deploymnt}\" }",
            "8:15: `${deploymnt}` is not filled in; only `${deployment}` is",
        ),
        (
            "  min: 2\n---",
            "  min: 2\nfix: safe\n---",
            "8:6: a policy says what its fix does;",
        ),
        (
            "  min: 2",
            "  forbid: true\n  fix: { set: 2 }",
            "8:15: the fix sets what this check forbids",
        ),
        (
            "  min: 2",
            "  require: true\n  fix: { remove: true }",
            "6:8: the fix removes what this check requires",
        ),
        (
            "check:\n",
            "checks:\n",
            "5:1: unknown word `checks`; did you mean `check`?",
        ),
        (
            "  min: 2",
            "  min: &a 2",
            "7:11: anchors, aliases and tags have no meaning here",
        ),
        ("  min: 2", "  min: \"2", "7:8: this quote is never closed"),
        (
            "---\nseverity",
            "severity",
            "1:1: a page starts with front matter between `---` lines",
        ),
        (
            "# acme-slots",
            "# acme-slot",
            "9:1: the title says `acme-slot` and the file is called acme-slots.md;",
        ),
        (
            "flink-conf.yaml bad",
            "flink-conf.yaml baad",
            "15:1: unknown mark `baad`; did you mean `bad`?",
        ),
        (
            "flink-conf.yaml bad",
            "bad",
            "15:1: name a file before `bad`: ```flink-conf.yaml bad",
        ),
        (
            "flink-conf.yaml bad",
            "flink-conf.yaml bad verison=1.20",
            "15:1: unknown word `verison=1.20`; write `version=1.20`, or nothing",
        ),
        (
            "flink-conf.yaml bad",
            "flink-conf.yaml bad version=1.2",
            "15:1: Flink 1.2 is not known",
        ),
        (
            "flink-conf.yaml bad",
            "flink-conf.yaml good",
            "9:1: this policy has no bad example; add a fence",
        ),
        (
            "flink-conf.yaml good",
            "flink-conf.yaml bad",
            "9:1: this policy has no good example; add a fence",
        ),
        ("2\n```\n", "2\n", "19:1: this fence has no end"),
    ];
    for (old, new, message) in cases {
        let page = PAGE.replacen(old, new, 1);
        assert_ne!(page, PAGE, "{old} stands in the page");
        let folder = project(&page, TOML, CONF);
        for args in [&["check"][..], &["fix", "--dry-run"], &["rules"]] {
            let output = run(folder.path(), args);
            let said = err(&output);
            let wanted = format!("error: policies/acme-slots.md:{message}");
            assert_eq!(code(&output), 2, "{new}: {said}");
            assert_eq!(out(&output), "", "{new}");
            assert!(said.starts_with(&wanted), "{new}:\n{said}{wanted}");
            assert_eq!(said.lines().count(), 1, "{said}");
        }
    }
}

#[test]
fn names_are_taken_once() {
    let named = |name: &str| PAGE.replace("acme-slots", name);
    let output = |files: &[(&str, &str)]| {
        let mut all = vec![("flint.toml", TOML), ("conf/flink-conf.yaml", CONF)];
        all.extend(files);
        let folder = tree(&all);
        let [check, test] =
            [&["check"][..], &["rules", "--test"]].map(|args| run(folder.path(), args));
        assert_eq!((code(&check), code(&test)), (2, 2), "{}", err(&check));
        let said = err(&check);
        assert!(err(&test).contains("policies/"), "{}", err(&test));
        said
    };
    let own = named("duplicate-key");
    assert_eq!(
        output(&[("policies/duplicate-key.md", &own)]),
        "error: policies/duplicate-key.md:9:1: `duplicate-key` is the name of one of flint's own rules; \
         choose another\n"
    );
    assert_eq!(
        output(&[
            ("policies/a/acme-slots.md", PAGE),
            ("policies/b/acme-slots.md", PAGE)
        ]),
        "error: policies/b/acme-slots.md:9:1: there is a policy `acme-slots` already, \
         policies/a/acme-slots.md; rename one\n"
    );
    let group = named("security");
    assert!(output(&[("policies/security.md", &group)]).contains("is the name of a group"));
    let loud = named("Acme_Slots");
    assert!(output(&[("policies/Acme_Slots.md", &loud)]).contains("small letters, digits and `-`"));
}

#[test]
fn folders_and_files_that_are_no_pages_are_told_not_skipped() {
    let folder = project(PAGE, "\npolicies = [\"polices\"]\n", CONF);
    assert_eq!(
        err(&run(folder.path(), &["check"])),
        "error: flint.toml:2:13: there is no folder `polices`; did you mean `policies`?\n"
    );
    let folder = project(PAGE, "policies = [\"flint.toml\"]\n", CONF);
    assert!(err(&run(folder.path(), &["check"])).contains("`flint.toml` is no folder"));
    let folder = project(PAGE, "policies = \"policies\"\n", CONF);
    assert!(
        err(&run(folder.path(), &["check"]))
            .contains("`policies` takes a list of folders in quotes")
    );
    let folder = project(PAGE, TOML, CONF);
    let page = folder.path().join("policies/acme-slots.md");
    let mut bytes = PAGE.as_bytes().to_vec();
    bytes.splice(4..4, *b"# \xff\n");
    fs::write(&page, &bytes).expect("a page");
    assert_eq!(
        check(folder.path()),
        "error: policies/acme-slots.md:2:3: the page is not UTF-8; save it as UTF-8\n"
    );
    fs::write(&page, PAGE.to_owned() + &"x\n".repeat(1 << 20)).expect("a page");
    assert!(check(folder.path()).contains("acme-slots.md: a page has 1 MiB at most"));
    // A README of the folder is for people, a hidden file for nobody.
    fs::write(&page, PAGE).expect("a page");
    fs::write(folder.path().join("policies/README.md"), "Our policies.\n").expect("a file");
    fs::write(folder.path().join("policies/.draft.md"), "no page\n").expect("a file");
    assert_eq!(check(folder.path()), FOUND);
}

#[cfg(unix)]
#[test]
fn a_loop_of_links_is_told() {
    let folder = project(PAGE, TOML, CONF);
    let above = folder.path().join("policies");
    std::os::unix::fs::symlink(&above, above.join("again")).expect("a link");
    let output = run(folder.path(), &["check"]);
    assert_eq!(code(&output), 2);
    assert_eq!(
        err(&output),
        "error: policies/again: this link leads back to a folder above it; remove it\n"
    );
}

#[test]
fn pages_of_windows_read_alike() {
    let folder = project(
        &format!("\u{feff}{}", PAGE.replace('\n', "\r\n")),
        TOML,
        CONF,
    );
    assert_eq!(check(folder.path()), FOUND);
    assert_eq!(code(&run(folder.path(), &["rules", "--test"])), 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Bytes that anybody may send never make the reader panic.
    #[test]
    fn any_text_is_a_page_or_an_error(text in ".{0,300}", at in 0usize..PAGE.len(), cut in 0usize..40) {
        let _ = Policy::read("p/acme-slots.md", &text, &[]);
        let end = (at + cut).min(PAGE.len());
        let spliced = format!("{}{text}{}", &PAGE[..at], &PAGE[end..]);
        if let Err(error) = Policy::read("p/acme-slots.md", &spliced, &[]) {
            prop_assert!(error.line >= 1 && error.line <= spliced.lines().count().max(1) + 1);
            prop_assert!(!error.message.contains('\n'), "{}", error.message);
        }
    }
}

#[test]
fn hostile_pages_are_refused_in_time() {
    let front = |text: &str| PAGE.replace("  min: 2", text);
    let deep = "[".repeat(100_000);
    let pages = [
        front(&format!("  min: {deep}")),
        front(&format!("  min: {}", "{a: ".repeat(20_000))),
        front(&format!("  matches: '{}'", "(a{1000}){1000}")),
        front(&format!("  matches: '{}'", "(".repeat(50_000))),
        front("  a: &a [*a, *a]\n  min: *a"),
        front(&format!("  {}: 2", "x".repeat(200_000))),
        "---\n".repeat(100_000),
        "```\n".repeat(100_001),
        String::from("---\n---\n"),
        String::from("---\n\n---\n# acme-slots\n\nText.\n"),
    ];
    for page in pages {
        let error = Policy::read("p/acme-slots.md", &page, &[]).expect_err("no page");
        assert!(!error.message.contains('\n'), "{}", error.message);
    }
    // A search stays linear, whatever the expression.
    let slow =
        front("  matches: '^(a+)+$'").replace("taskmanager.numberOfTaskSlots\n", "s3.endpoint\n");
    let slow = slow
        .replace("taskmanager.numberOfTaskSlots: 1", "s3.endpoint: b")
        .replace("taskmanager.numberOfTaskSlots: 2", "s3.endpoint: aa");
    let conf = format!("s3.endpoint: {}b\n", "a".repeat(20_000));
    assert!(check(project(&slow, TOML, &conf).path()).contains("error[acme-slots]"));
}
