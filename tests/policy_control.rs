//! How flint.toml and comments govern an organisation's own rules, which commands know them, and what
//! `flint rules --test` makes of their examples.

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use common::policy::{CONF, FOUND, PAGE, TOML, check, code, project, run};
use common::{err, out, tree};
use flint::page::Policy;

#[test]
fn a_policy_runs_beside_flints_own_rules() {
    let folder = project(PAGE, TOML, CONF);
    let output = run(folder.path(), &["check", "--format", "concise"]);
    assert_eq!(code(&output), 1, "{}", err(&output));
    assert!(out(&output).contains(FOUND));
    assert!(out(&output).contains("[memory-not-configured]"));
    assert_eq!(check(folder.path()), FOUND);
    // Nor is it lost where flint.toml chooses among flint's groups.
    let chosen = project(PAGE, &format!("select = [\"security\"]\n{TOML}"), CONF);
    assert_eq!(
        out(&run(chosen.path(), &["check", "--format", "concise"])),
        FOUND
    );
    let told = err(&run(folder.path(), &["check", "-v", "-q"]));
    assert!(told.contains("  policy: policies/acme-slots.md"), "{told}");
    let isolated = run(
        folder.path(),
        &["check", "--isolated", "--format", "concise"],
    );
    assert!(!out(&isolated).contains("acme-slots"));
}

#[test]
fn comments_silence_a_policy_unless_it_is_not_ignorable() {
    let ignored = format!("# flint: ignore[acme-slots] a test cluster\n{CONF}");
    let folder = project(PAGE, TOML, &ignored);
    assert_eq!(check(folder.path()), "");
    let shown = run(
        folder.path(),
        &[
            "check",
            "--select",
            "policy",
            "--show-ignored",
            "--format",
            "concise",
        ],
    );
    assert!(
        out(&shown).contains("ignored[acme-slots]"),
        "{}",
        out(&shown)
    );
    let strict = format!("{TOML}[rules.acme-slots]\nignorable = false\n");
    let folder = project(PAGE, &strict, &ignored);
    assert!(check(folder.path()).contains("error[acme-slots]"));
    // A comment that names it is checked like any other.
    let unused = "# flint: ignore[acme-slots] was needed once\ntaskmanager.numberOfTaskSlots: 2\n";
    let folder = project(PAGE, TOML, unused);
    let all = out(&run(folder.path(), &["check", "--format", "concise"]));
    assert!(
        all.contains("[unused-ignore] `acme-slots` finds nothing here"),
        "{all}"
    );
    let misspelt = format!("# flint: ignore[acme-slot] a test cluster\n{CONF}");
    let folder = project(PAGE, TOML, &misspelt);
    let patch = out(&run(folder.path(), &["fix", "--dry-run", "--safe"]));
    assert!(
        patch.contains("+# flint: ignore[acme-slots] a test cluster"),
        "{patch}"
    );
}

#[test]
fn flint_toml_governs_policies_like_any_rule() {
    let with = |toml: &str| {
        let folder = project(PAGE, &format!("{toml}\n"), CONF);
        check(folder.path())
    };
    assert_eq!(with(&format!("ignore = [\"acme-slots\"]\n{TOML}")), "");
    assert_eq!(
        with(&format!("{TOML}[rules.acme-slots]\nseverity = \"off\"")),
        ""
    );
    assert!(
        with(&format!("{TOML}[rules.acme-slots]\nseverity = \"note\""))
            .contains("note[acme-slots]")
    );
    for what in ["acme-slots", "policy"] {
        let overridden =
            format!("{TOML}[[overrides]]\nfiles = [\"conf/**\"]\nignore = [\"{what}\"]");
        assert_eq!(with(&overridden), "");
    }
    assert_eq!(
        with(&format!("{TOML}[rules.acme-slot]\nseverity = \"off\"")),
        "error: flint.toml:2:8: there is no rule `acme-slot`; did you mean `acme-slots`?\n"
    );
    let folder = project(PAGE, &format!("ignore = [\"policy\"]\n{TOML}"), CONF);
    assert!(!out(&run(folder.path(), &["check"])).contains("acme-slots"));
}

#[test]
fn options_of_a_page_are_set_in_flint_toml() {
    let page = PAGE
        .replace("check:", "options:\n  least: 2\ncheck:")
        .replace("min: 2", "min: \"{least}\"");
    let conf = "taskmanager.numberOfTaskSlots: 3\n";
    let plain = project(&page, TOML, conf);
    assert_eq!(check(plain.path()), "");
    let stricter = format!("{TOML}[rules.acme-slots]\nleast = 4\n");
    assert_eq!(check(project(&page, &stricter, conf).path()), FOUND);
    let wrong = format!("{TOML}[rules.acme-slots]\nleast = \"many\"\n");
    let said = check(project(&page, &wrong, conf).path());
    assert!(
        said.contains("flint.toml:3:1: `least` of rule acme-slots takes a whole number"),
        "{said}"
    );
}

#[test]
fn each_flint_toml_has_its_own_policies() {
    let slots = |least: u8| PAGE.replace("min: 2", &format!("min: {least}"));
    let (two, three) = (PAGE.to_owned(), slots(3).replace("Slots: 2", "Slots: 3"));
    let conf = "taskmanager.numberOfTaskSlots: 2\n";
    let folder = tree(&[
        ("one/flint.toml", TOML),
        ("one/policies/acme-slots.md", &two),
        ("one/conf/flink-conf.yaml", conf),
        ("two/flint.toml", "policies = [\"../shared\"]\n"),
        ("shared/acme-slots.md", &three),
        ("two/conf/flink-conf.yaml", conf),
        ("three/flint.toml", ""),
        (
            "three/conf/flink-conf.yaml",
            "# flint: ignore[acme-slots]\ntaskmanager.numberOfTaskSlots: 1\n",
        ),
        (".git/HEAD", ""),
    ]);
    let said = check(folder.path());
    let wanted = FOUND.replace("conf/", "two/conf/");
    assert_eq!(
        said.lines().next().map(|line| format!("{line}\n")),
        Some(wanted)
    );
    assert_eq!(said.lines().count(), 1, "{said}");
    // Where it is not known, a comment that names it is wrong.
    let all = out(&run(
        folder.path(),
        &["check", "three", "--format", "concise"],
    ));
    assert!(
        all.contains("[unknown-rule] there is no rule `acme-slots`"),
        "{all}"
    );
    // A file is judged alike whichever others are named with it.
    let alone = run(
        &folder.path().join("two"),
        &["check", "--select", "policy", "--format", "concise"],
    );
    assert_eq!(out(&alone), FOUND);
    let elsewhere = tree(&[
        ("flint.toml", "ignore = [\"acme-slots\"]\n"),
        ("sub/flint.toml", TOML),
        ("sub/policies/acme-slots.md", PAGE),
        ("conf/flink-conf.yaml", CONF),
    ]);
    assert!(check(elsewhere.path()).contains(
        "flint.toml:1:11: there is no rule or group `acme-slots` here; sub/policies/acme-slots.md holds"
    ));
}

#[test]
fn explain_and_rules_know_policies() {
    let folder = project(PAGE, TOML, CONF);
    let below = folder.path().join("conf");
    for here in [folder.path(), below.as_path()] {
        let page = out(&run(here, &["explain", "acme-slots"]));
        assert!(
            page.starts_with("acme-slots   policy, error, no fix, all Flink versions\n"),
            "{page}"
        );
        assert!(page.contains("TaskManagers have two slots at least."));
        let list = out(&run(here, &["rules"]));
        assert!(list.contains("\npolicy: 1 rule\n  acme-slots"), "{list}");
    }
    let json = out(&run(
        folder.path(),
        &["rules", "--group", "policy", "--format", "json"],
    ));
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["rules"][0]["name"], "acme-slots");
    assert_eq!(json["rules"][0]["group"], "policy");
    let near = run(folder.path(), &["explain", "acme-slot"]);
    assert_eq!(code(&near), 2);
    assert!(err(&near).contains("near: acme-slots"), "{}", err(&near));
    // What is flint's own needs no flint.toml that can be read.
    let broken = project("no page", TOML, CONF);
    assert_eq!(code(&run(broken.path(), &["explain", "duplicate-key"])), 0);
    assert_eq!(code(&run(broken.path(), &["explain", "acme-slots"])), 2);
    assert_eq!(code(&run(broken.path(), &["rules", "--isolated"])), 0);
}

#[test]
fn a_secret_in_a_value_is_not_shown() {
    let page = PAGE
        .replace(
            "taskmanager.numberOfTaskSlots\n  min: 2",
            "s3.secret-key\n  not: x\n  message: 'it is {value}'",
        )
        .replace("taskmanager.numberOfTaskSlots: 1", "s3.secret-key: x")
        .replace("taskmanager.numberOfTaskSlots: 2", "s3.secret-key: y");
    let folder = project(&page, TOML, "s3.secret-key: x\n");
    let secret = page
        .replace("not: x", "not: 'hunter2hunter2'")
        .replace("key: x", "key: hunter2hunter2");
    let hidden = project(&secret, TOML, "s3.secret-key: hunter2hunter2\n");
    assert!(check(folder.path()).contains("acme-slots"));
    for format in ["full", "concise", "json"] {
        let output = run(
            hidden.path(),
            &["check", "--select", "policy", "--format", format],
        );
        assert_eq!(code(&output), 1);
        assert!(!out(&output).contains("hunter2hunter2"), "{}", out(&output));
    }
}

#[test]
fn rules_test_runs_the_examples() {
    let folder = project(PAGE, TOML, CONF);
    let test = |args: &[&str]| run(folder.path(), &[&["rules", "--test"], args].concat());
    for args in [&[][..], &["policies"], &["policies/acme-slots.md"]] {
        let output = test(args);
        assert_eq!(code(&output), 0, "{}", err(&output));
        assert_eq!(
            out(&output),
            "policies/acme-slots.md: ok, 1 bad, 1 good\n1 policy, 2 examples: all passed\n"
        );
    }
    assert!(err(&test(&["polices"])).contains("did you mean policies?"));
    let nothing = tree(&[("a", "")]);
    let output = run(nothing.path(), &["rules", "--test"]);
    assert_eq!(code(&output), 2);
    assert!(
        err(&output).contains("there is no policy to test"),
        "{}",
        err(&output)
    );
}

#[test]
fn rules_test_says_what_was_expected_and_what_came() {
    let cases = [
        (
            PAGE.replace("Slots: 1", "Slots: 4"),
            "policies/acme-slots.md:15: a bad example is not found\n  expected  a finding of \
             acme-slots\n  came      nothing\n1 policy, 2 examples: 0 of 1 policies and 1 of 2 examples passed\n",
        ),
        (
            PAGE.replace("Slots: 2", "Slots: 1"),
            "policies/acme-slots.md:19: a good example is found\n  expected  no finding\n  came      \
             flink-conf.yaml:1:1: error[acme-slots] TaskManagers have two slots at least\n1 policy, 2 \
             examples: 0 of 1 policies and 1 of 2 examples passed\n",
        ),
        (
            PAGE.replace("flink-conf.yaml good", "notes.txt good"),
            "policies/acme-slots.md:19: flint reads nothing of this example\n  expected  files such as \
             flink-conf.yaml\n  came      notes.txt: no file that flint knows by its name\n1 policy, 2 \
             examples: 0 of 1 policies and 1 of 2 examples passed\n",
        ),
        (
            PAGE.replace("flink-conf.yaml good", "flink-conf.yaml bad")
                .replace("Slots: 2", "Slots: 1"),
            "policies/acme-slots.md:9: an example is missing\n  expected  a bad and a good example\n  came      \
             this policy has no good example; add a fence ```flink-conf.yaml good\n1 policy, 2 \
             examples: 0 of 1 policies and 2 of 2 examples passed\n",
        ),
        (
            PAGE.replace(
                "Slots: 1\n```\n",
                "Slots: 1\n```\n\n```text output\nwarning: x\n```\n",
            ),
            "policies/acme-slots.md:15: the recorded output differs\n  expected  warning: x\n  came      \
             error[acme-slots]: TaskManagers have two slots at least\n",
        ),
    ];
    for (page, wanted) in cases {
        let folder = project(&page, TOML, CONF);
        let output = run(folder.path(), &["rules", "--test"]);
        assert_eq!(code(&output), 1, "{}", err(&output));
        let said = out(&output);
        assert!(said.starts_with(wanted), "{said}\n{wanted}");
    }
    // An example brings a flint.toml of its own.
    let page = PAGE
        .replace("check:", "options:\n  least: 2\ncheck:")
        .replace("min: 2", "min: \"{least}\"")
        .replace("Slots: 1\n", "Slots: 3\n");
    let with = |option: &str| {
        let toml = format!("```flint.toml also\n[rules.acme-slots]\n{option} = 4\n```\n");
        let page = page.replace("Slots: 3\n```\n", &format!("Slots: 3\n```\n\n{toml}"));
        let output = run(project(&page, TOML, CONF).path(), &["rules", "--test"]);
        (code(&output), out(&output))
    };
    assert_eq!(with("least").0, 0, "{}", with("least").1);
    let (wrong, said) = with("lest");
    assert_eq!(wrong, 1);
    assert!(
        said.contains("rule acme-slots has no option `lest`; did you mean `least`?"),
        "{said}"
    );
    // One broken page does not keep the others from being tested.
    let folder = project(PAGE, TOML, CONF);
    fs::write(folder.path().join("policies/acme-broken.md"), "no page\n").expect("a page");
    let output = run(folder.path(), &["rules", "--test"]);
    assert_eq!(code(&output), 2);
    assert!(err(&output).starts_with("error: policies/acme-broken.md:1:1: a page starts with"));
    assert!(out(&output).contains("policies/acme-slots.md: ok"));
    assert!(
        out(&output)
            .ends_with("2 policies, 2 examples: 1 of 2 policies and 2 of 2 examples passed\n")
    );
}

#[test]
fn a_tree_of_git_brings_its_policies_along() {
    let folder = project(PAGE, TOML, "taskmanager.memory.process.size: 2g\n");
    for args in [&["init", "-q"][..], &["add", "-A"]] {
        git(folder.path(), args);
    }
    git(
        folder.path(),
        &[
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@b",
            "commit",
            "-qm",
            "x",
        ],
    );
    let output = run(folder.path(), &["memory", "--compare", "HEAD", "conf"]);
    assert_ne!(code(&output), 2, "{}", err(&output));
}

fn git(folder: &Path, args: &[&str]) {
    let mut command = Command::new("git");
    let status = command
        .current_dir(folder)
        .args(args)
        .status()
        .expect("git");
    assert!(status.success());
}

#[test]
fn a_hundred_policies_cost_no_reading_per_deployment() {
    let mut files = vec![("flint.toml".to_owned(), TOML.to_owned())];
    for number in 0..100 {
        let name = format!("acme-rule-{number}");
        files.push((
            format!("policies/{name}.md"),
            PAGE.replace("acme-slots", &name),
        ));
    }
    for number in 0..100 {
        files.push((format!("c{number}/flink-conf.yaml"), CONF.to_owned()));
    }
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (&**path, &**text))
        .collect();
    let folder = tree(&files);
    let found = check(folder.path());
    assert_eq!(found.lines().count(), 100 * 100);
    // A page that was read once is the same page again, whoever asks.
    let read = || Policy::read("p/acme-slots.md", PAGE, &[]).expect("a page");
    assert!(std::ptr::eq(read(), read()));
}

#[test]
fn formats_for_hosts_have_the_page_of_a_policy() {
    let folder = project(PAGE, TOML, CONF);
    let output = run(folder.path(), &["check", "--format", "sarif"]);
    let log: serde_json::Value = serde_json::from_str(&out(&output)).expect("JSON");
    let rules = log["runs"][0]["tool"]["driver"]["rules"]
        .as_array()
        .expect("rules");
    let own = rules.iter().find(|rule| rule["id"] == "acme-slots");
    let own = own.expect("the policy");
    assert_eq!(
        own["shortDescription"]["text"],
        "TaskManagers have two slots at least."
    );
    let page = own["help"]["markdown"].as_str().expect("a page");
    assert!(page.contains("`flink-conf.yaml`, bad:"), "{page}");
    let tags = own["properties"]["tags"].as_array().expect("tags");
    assert!(tags.iter().any(|tag| tag == "policy"), "{tags:?}");
}

#[test]
fn a_base_file_brings_its_policies_from_its_own_folder() {
    let folder = tree(&[
        ("base/flint-base.toml", TOML),
        ("base/policies/acme-slots.md", PAGE),
        ("app/flint.toml", "extend = \"../base/flint-base.toml\"\n"),
        ("app/conf/flink-conf.yaml", CONF),
    ]);
    assert_eq!(check(&folder.path().join("app")), FOUND);
    let output = run(folder.path(), &["check", "-v", "-q", "app"]);
    let told = err(&output);
    assert!(
        told.contains("policy: ../base/policies/acme-slots.md"),
        "{told}"
    );
    let inner = folder.path().join("app");
    let tested = run(&inner, &["rules", "--test"]);
    assert_eq!(code(&tested), 0, "{}", err(&tested));
    assert!(
        out(&tested).starts_with("../base/policies/acme-slots.md: ok"),
        "{}",
        out(&tested)
    );
}

#[test]
fn a_baseline_holds_findings_of_policies() {
    let folder = project(PAGE, TOML, CONF);
    let (root, list) = (folder.path(), folder.path().join("known.txt"));
    let write = ["check", "--baseline", "known.txt", "--write-baseline"];
    run(root, &write);
    let text = fs::read_to_string(&list).expect("a baseline");
    assert!(text.contains("acme-slots"), "{text}");
    let known = ["check", "--format", "concise", "--baseline", "known.txt"];
    assert_eq!(out(&run(root, &known)), "");
    // Mended, its entry is stale like any other.
    let mended = CONF.replace('1', "2");
    fs::write(root.join("conf/flink-conf.yaml"), mended).expect("a file");
    let left = out(&run(root, &known));
    assert!(left.contains("[stale-baseline]"), "{left}");
    assert!(left.contains("`acme-slots`"), "{left}");
}
