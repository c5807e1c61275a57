//! Baselines, as users of an old repository meet them.

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use common::{code, err, out, run, tree};
use serde_json::Value;

fn read(folder: &Path, path: &str) -> String {
    fs::read_to_string(folder.join(path)).expect("UTF-8")
}

fn entries(text: &str) -> Vec<&str> {
    let all = text.lines().filter(|line| !line.starts_with('#'));
    all.collect()
}

/// What a run reports: rule, path, line.
fn reported(folder: &Path, args: &[&str]) -> BTreeSet<(String, String, u64)> {
    let args: Vec<&str> = ["check", "--format", "json"]
        .iter()
        .chain(args)
        .copied()
        .collect();
    let output = run(folder, &args);
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", err(&output)));
    let findings = report["findings"].as_array().expect("findings");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let shown = |finding: &Value| {
        let line = finding["line"].as_u64().expect("a line");
        (text(&finding["rule"]), text(&finding["path"]), line)
    };
    findings.iter().map(shown).collect()
}

const SIZES: &str =
    "jobmanager.memory.process.size: 1600m\ntaskmanager.memory.process.size: 1728m\n";

/// A configuration of Flink with some mistakes.
fn mistakes() -> String {
    format!(
        "{SIZES}pipeline.generic-types: false\nparallelism.default: 2\nparallelism.default: 3\n\
         taskmanager.numberOfTaskSlots:4\nakka.ask.timeuot: 10 s\nrest.port: abc\n\
         restart-strategy.type: none # later\nrest.adress: a\nstate.backend.typ: rocksdb\n"
    )
}

/// Two of these mistakes are the same.
const SQL: &str = "CREATE TABLE t (id INT, PRIMARY KEY (id)) WITH ('connector' = 'kafka');\n\
    CREATE TABLE u (id INT, PRIMARY KEY (id)) WITH ('connector' = 'kafka');\n\
    CREATE TABLE t (id INT, PRIMARY KEY (id)) WITH ('connector' = 'kafka');\n";

#[test]
fn an_old_repository_is_adopted_with_two_commands() {
    let files: Vec<(String, String)> = (0..25)
        .map(|number| {
            let keys = [
                "rest.adress",
                "rest.prot",
                "akka.ask.timeuot",
                "state.backend.typ",
                "parallelism.defualt",
                "jobmanager.rpc.prot",
                "jobmanager.rpc.adress",
                "blob.server.prot",
            ];
            let own = keys.map(|key| format!("{key}: 1\n")).concat();
            let text = format!("{SIZES}{own}");
            (format!("team-{number}/conf/flink-conf.yaml"), text)
        })
        .collect();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    let repository = tree(&files);
    fs::create_dir(repository.path().join(".git")).expect("a folder");
    let folder = repository.path();
    let before = run(folder, &["check", "--error-on", "note"]);
    assert_eq!(code(&before), 1);

    let write = [
        "check",
        "--error-on",
        "note",
        "--baseline",
        "flint-baseline.txt",
        "--write-baseline",
    ];
    let written = run(folder, &write);
    assert_eq!(code(&written), 0, "{}{}", out(&written), err(&written));
    let text = read(folder, "flint-baseline.txt");
    assert!(entries(&text).len() >= 200, "{}", entries(&text).len());
    let check = &write[..5];
    let clean = run(folder, check);
    assert_eq!(code(&clean), 0, "{}", out(&clean));
    let held = format!("the baseline holds {}", entries(&text).len());
    assert!(out(&clean).contains(&held), "{}", out(&clean));

    let path = "team-7/conf/flink-conf.yaml";
    let old = read(folder, path);
    fs::write(
        folder.join(path),
        format!("# new\n{old}taskmanager.numberOfTaskSlot: 1\n"),
    )
    .expect("a file");
    assert_eq!(code(&run(folder, check)), 1);
    let new = reported(folder, &check[1..]);
    let expected = ("misspelled-option".to_owned(), path.to_owned(), 12);
    assert_eq!(new, BTreeSet::from([expected]));
}

#[test]
fn deleting_a_line_brings_exactly_that_finding_back() {
    let repository = tree(&[
        ("conf/flink-conf.yaml", &mistakes()),
        ("sql/jobs.sql", SQL),
        (
            "host/sysctl.conf",
            "net.ipv4.tcp_rmem = 1 2 3\nvm.swapiness = 60\n",
        ),
        ("flint.toml", "baseline = 'known.txt'\n"),
    ]);
    let folder = repository.path();
    fs::write(folder.join("known.txt"), "").expect("a file");
    let all = reported(folder, &[]);
    assert_eq!(code(&run(folder, &["check", "--write-baseline"])), 0);
    assert_eq!(reported(folder, &[]), BTreeSet::new());
    let text = read(folder, "known.txt");
    let lines = entries(&text);
    assert_eq!(lines.len(), all.len(), "{text}{all:#?}");
    assert!(lines.len() >= 10, "{text}");
    let mut back = Vec::new();
    for line in &lines {
        let without = text.replacen(&format!("{line}\n"), "", 1);
        fs::write(folder.join("known.txt"), without).expect("a file");
        let found = reported(folder, &[]);
        assert_eq!(found.len(), 1, "{line}: {found:?}");
        let rule = line.split("  ").nth(1).expect("a rule");
        let found = found.into_iter().next().expect("one");
        assert_eq!(found.0, rule, "{line}");
        back.push(found);
    }
    // So it is with any number of lines, whatever the order of those that are left.
    let mut state = 7_u32;
    for _ in 0..12 {
        let mut left = vec!["# flint baseline 1"];
        let mut expected = BTreeSet::new();
        for (line, finding) in lines.iter().zip(&back) {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            match state >> 30 {
                0 => left.insert(1, line),
                1 => left.push(line),
                _ => drop(expected.insert(finding.clone())),
            }
        }
        fs::write(folder.join("known.txt"), left.join("\n")).expect("a file");
        assert_eq!(reported(folder, &[]), expected, "{left:#?}");
    }
    let back: BTreeSet<_> = back.into_iter().collect();
    assert_eq!(back, all);
}

#[test]
fn the_text_is_sorted_and_the_same_every_time() {
    let repository = tree(&[("conf/flink-conf.yaml", &mistakes()), ("sql/jobs.sql", SQL)]);
    let folder = repository.path();
    let write = |args: &[&str]| {
        let all = ["check", "--baseline", "b.txt", "--write-baseline"];
        let all: Vec<&str> = all.iter().chain(args).copied().collect();
        let output = run(folder, &all);
        assert!(code(&output) != 2, "{}", err(&output));
        read(folder, "b.txt")
    };
    let first = write(&[]);
    assert!(first.starts_with("# flint baseline 1\n"));
    assert!(entries(&first).is_sorted(), "{first}");
    assert_eq!(write(&[]), first);
    assert_eq!(write(&["sql", "conf"]), first);
    let shuffled: String = {
        let mut lines: Vec<&str> = first.lines().collect();
        lines[1..].reverse();
        lines.push(lines[1]);
        lines.join("\r\n")
    };
    fs::write(folder.join("b.txt"), shuffled).expect("a file");
    assert_eq!(reported(folder, &["--baseline", "b.txt"]), BTreeSet::new());
    assert_eq!(write(&["conf"]), first);
}

#[test]
fn with_paths_only_the_lines_about_them_are_written() {
    let repository = tree(&[
        ("a/conf/flink-conf.yaml", &mistakes()),
        ("b/conf/flink-conf.yaml", &mistakes()),
        ("flint.toml", "baseline = 'b.txt'\n"),
    ]);
    let folder = repository.path();
    assert_eq!(code(&run(folder, &["check", "--write-baseline", "a"])), 0);
    let first = read(folder, "b.txt");
    assert!(
        entries(&first)
            .iter()
            .all(|line| line.contains("  a/conf/"))
    );
    assert_eq!(code(&run(folder, &["check"])), 1);
    assert_eq!(code(&run(folder, &["check", "--write-baseline"])), 0);
    let both = read(folder, "b.txt");
    assert_eq!(entries(&both).len(), 2 * entries(&first).len());

    // Both are mended, and one is asked for.
    for name in ["a", "b"] {
        let path = folder.join(name).join("conf/flink-conf.yaml");
        fs::write(path, format!("{SIZES}pipeline.generic-types: false\n")).expect("a file");
    }
    let output = run(folder, &["check", "--write-baseline", "a"]);
    let removed = format!("0 added, {} removed", entries(&first).len());
    assert!(err(&output).contains(&removed), "{}", err(&output));
    let left = read(folder, "b.txt");
    assert_eq!(entries(&left).len(), entries(&first).len());
    assert!(entries(&left).iter().all(|line| line.contains("  b/conf/")));
    // From a folder below it is that folder.
    run(&folder.join("b"), &["check", "--write-baseline"]);
    assert_eq!(read(folder, "b.txt"), "# flint baseline 1\n");
}

#[test]
fn a_line_without_a_finding_is_a_note_that_fix_acts_on() {
    let repository = tree(&[
        ("conf/flink-conf.yaml", &mistakes()),
        ("old/flink-conf.yaml", "rest.prot: 1\n"),
        ("flint.toml", "baseline = 'b.txt'\n"),
    ]);
    let folder = repository.path();
    run(folder, &["check", "--write-baseline"]);
    let full = read(folder, "b.txt");
    let text = mistakes().replace("akka.ask.timeuot: 10 s\n", "");
    fs::write(folder.join("conf/flink-conf.yaml"), text).expect("a file");
    fs::remove_dir_all(folder.join("old")).expect("a folder");
    let stale: Vec<(usize, &str)> = full
        .lines()
        .enumerate()
        .filter(|(_, line)| line.contains("  old/") || line.contains("timeuot"))
        .collect();
    let expected: BTreeSet<_> = stale
        .iter()
        .map(|(index, _)| {
            (
                "stale-baseline".to_owned(),
                "b.txt".to_owned(),
                *index as u64 + 1,
            )
        })
        .collect();
    assert!(expected.len() > 2, "{full}");
    assert_eq!(reported(folder, &[]), expected);
    assert_eq!(code(&run(folder, &["check"])), 0);
    assert_eq!(code(&run(folder, &["check", "--error-on", "note"])), 1);
    // What the run is not about, and what it could not see, is left alone.
    let of_conf = reported(folder, &["conf"]);
    assert_eq!(of_conf.len(), 1, "{of_conf:?}");
    assert_eq!(reported(folder, &["--select", "duplicate-key"]).len(), 0);
    assert_eq!(reported(folder, &["--flink-version", "1.20"]).len(), 0);

    let patch = out(&run(folder, &["fix", "--dry-run", "--safe", "conf"]));
    let removed: Vec<&str> = patch
        .lines()
        .filter(|line| line.starts_with("-0") || line.starts_with("-f"))
        .collect();
    assert!(removed.len() <= 1, "{patch}");
    let conf = read(folder, "conf/flink-conf.yaml");
    let fixed = run(folder, &["fix"]);
    assert_eq!(code(&fixed), 0, "{}{}", out(&fixed), err(&fixed));
    assert_eq!(
        read(folder, "conf/flink-conf.yaml"),
        conf,
        "what is known stays as it is"
    );
    let mut kept: Vec<&str> = full.lines().collect();
    kept.retain(|line| !stale.iter().any(|(_, own)| own == line));
    assert_eq!(read(folder, "b.txt").lines().collect::<Vec<_>>(), kept);
}

#[test]
fn a_thousand_stale_lines_in_a_row_go_at_once() {
    let mut text = "# flint baseline 1\n".to_owned();
    for number in 0..1500 {
        text.push_str(&format!(
            "{number:016x}  unknown-option  flink-conf.yaml  k{number}\n"
        ));
    }
    let repository = tree(&[("flink-conf.yaml", SIZES), ("b.txt", &text)]);
    let folder = repository.path();
    run(folder, &["fix", "--baseline", "b.txt"]);
    assert_eq!(read(folder, "b.txt"), "# flint baseline 1\n");
}

#[test]
fn what_can_not_be_read_is_one_line_with_its_place() {
    let line = "0123456789abcdef  duplicate-key  flink-conf.yaml  k\n";
    for (text, place, what) in [
        ("# flint baseline 2\n", "b.txt:1:1: ", "install the flint"),
        ("rest.port: 8081\n", "b.txt:1:1: ", "name another file"),
        (
            "# flint baseline 1\nrubbish\n",
            "b.txt:2:1: ",
            "restore the line",
        ),
        (
            "# flint baseline 1\n<<<<<<< HEAD\n",
            "b.txt:2:1: ",
            "keep the lines of both",
        ),
        (
            &format!("# flint baseline 1\n{line}=======\n"),
            "b.txt:3:1: ",
            "conflict",
        ),
    ] {
        let repository = tree(&[("flink-conf.yaml", &mistakes()), ("b.txt", text)]);
        for extra in [None, Some("--write-baseline")] {
            let args = ["check", "--baseline", "b.txt"];
            let args: Vec<&str> = args.into_iter().chain(extra).collect();
            let output = run(repository.path(), &args);
            assert_eq!(code(&output), 2, "{text}");
            let said = err(&output);
            assert!(said.contains(place) && said.contains(what), "{said}");
            assert_eq!(said.lines().count(), 1, "{said}");
            assert_eq!(
                read(repository.path(), "b.txt"),
                text,
                "it is not overwritten"
            );
        }
    }
}

#[test]
fn a_baseline_that_is_missing_is_said_where_it_is_named() {
    let repository = tree(&[
        ("flink-conf.yaml", &mistakes()),
        ("flint.toml", "\nbaseline = \"known.txt\"\n"),
        ("knwon.txt", "# flint baseline 1\n"),
    ]);
    let folder = repository.path();
    let said = |args: &[&str]| {
        let output = run(folder, args);
        assert_eq!(code(&output), 2);
        err(&output)
    };
    assert_eq!(
        said(&["check"]),
        "error: flint.toml:2:12: known.txt: no such file; did you mean knwon.txt?; \
         `flint check --write-baseline` writes it\n"
    );
    assert!(
        said(&["check", "--baseline", "other.txt"]).starts_with("error: other.txt: no such file")
    );
    let nameless = said(&["check", "--isolated", "--write-baseline"]);
    assert!(
        nameless.contains("add --baseline flint-baseline.txt"),
        "{nameless}"
    );
    let folderless = said(&["check", "--baseline", "no/b.txt", "--write-baseline"]);
    assert!(folderless.contains("create it first"), "{folderless}");
}

#[test]
fn what_nobody_may_ignore_is_neither_written_nor_silenced() {
    let repository = tree(&[("flink-conf.yaml", &mistakes())]);
    let folder = repository.path();
    let args = ["check", "--baseline", "b.txt", "--write-baseline"];
    assert_eq!(code(&run(folder, &args)), 0);
    let config = "[rules.duplicate-key]\nignorable = false\n";
    fs::write(folder.join("flint.toml"), config).expect("a file");
    let found = reported(folder, &args[1..3]);
    let count = |rule: &str| found.iter().filter(|(own, ..)| own == rule).count();
    assert_eq!(
        (count("duplicate-key"), count("stale-baseline")),
        (1, 1),
        "{found:?}"
    );
    assert_eq!(found.len(), 2);
    let written = run(folder, &args);
    assert_eq!(code(&written), 1);
    assert!(out(&written).contains("duplicate-key"));
    assert!(!read(folder, "b.txt").contains("duplicate-key"));
}

#[test]
fn it_makes_no_difference_where_flint_is_started() {
    let repository = tree(&[
        (".ci/known.txt", ""),
        ("app/conf/flink-conf.yaml", &mistakes()),
        ("app/flint.toml", "baseline = '../.ci/known.txt'\n"),
        ("flint.toml", "baseline = '.ci/known.txt'\n"),
        ("sql/jobs.sql", SQL),
    ]);
    let folder = repository.path();
    assert_eq!(code(&run(folder, &["check", "--write-baseline"])), 0);
    let text = read(folder, ".ci/known.txt");
    assert!(text.contains("  ../app/conf/flink-conf.yaml  "), "{text}");
    for below in ["", "app", "app/conf", "sql", ".ci"] {
        let below = folder.join(below);
        assert_eq!(reported(&below, &[]), BTreeSet::new());
        for config in ["--config", "--isolated"] {
            let file = folder.join("flint.toml").display().to_string();
            let known = folder.join(".ci/known.txt").display().to_string();
            let mut args = vec!["--baseline", &known, config];
            args.extend((config == "--config").then_some(file.as_str()));
            assert_eq!(
                reported(&below, &args),
                BTreeSet::new(),
                "{}",
                below.display()
            );
        }
        run(&below, &["check", "--write-baseline"]);
        assert_eq!(read(folder, ".ci/known.txt"), text, "{}", below.display());
    }
}

#[test]
fn each_project_of_a_repository_has_its_own() {
    let repository = tree(&[
        ("a/conf/flink-conf.yaml", &mistakes()),
        ("a/flint.toml", "baseline = 'known.txt'\n"),
        ("b/conf/flink-conf.yaml", &mistakes()),
        ("b/flint.toml", "baseline = 'known.txt'\n"),
        ("c/conf/flink-conf.yaml", &mistakes()),
    ]);
    let folder = repository.path();
    let output = run(folder, &["check", "--write-baseline", "a", "b", "c"]);
    assert_eq!(code(&output), 1, "c has none: {}", err(&output));
    assert_eq!(read(folder, "a/known.txt"), read(folder, "b/known.txt"));
    let found = reported(folder, &["a", "b", "c"]);
    assert!(!found.is_empty());
    assert!(
        found.iter().all(|(_, path, _)| path.starts_with("c/")),
        "{found:?}"
    );
    // What one of them holds says nothing about the other.
    fs::write(folder.join("b/known.txt"), "# flint baseline 1\n").expect("a file");
    let found = reported(folder, &["a", "b"]);
    assert!(
        found.iter().all(|(_, path, _)| path.starts_with("b/")),
        "{found:?}"
    );
    assert!(!found.is_empty());
}

#[test]
fn standard_input_is_held_against_the_baseline_of_its_name() {
    let text = mistakes();
    let repository = tree(&[
        ("conf/flink-conf.yaml", &text),
        ("flint.toml", "baseline = 'known.txt'\n"),
    ]);
    let folder = repository.path();
    run(folder, &["check", "--write-baseline"]);
    let input = |text: &str| {
        let args = [
            "check",
            "-",
            "--stdin-filename",
            "conf/flink-conf.yaml",
            "--format",
            "concise",
        ];
        let mut command = Command::new(env!("CARGO_BIN_EXE_flint"));
        command.current_dir(folder).env_clear().args(args);
        let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = pipes.spawn().expect("flint starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        stdin.write_all(text.as_bytes()).expect("it reads");
        drop(stdin);
        let output = child.wait_with_output().expect("it ends");
        (code(&output), out(&output))
    };
    assert_eq!(input(&text), (0, String::new()));
    let (code, said) = input(&format!("{text}rest.prot: 8081\n"));
    assert_eq!(code, 1);
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.contains("rest.prot"), "{said}");
}

#[test]
fn what_a_chart_prints_can_be_adopted_too() {
    let manifest = "apiVersion: flink.apache.org/v1beta1\nkind: FlinkDeployment\nmetadata:\n  \
        name: orders\nspec:\n  flinkVersion: v1_20\n  flinkConfiguration:\n    rest.adress: a\n";
    let repository = tree(&[("flint.toml", "baseline = 'known.txt'\n")]);
    let folder = repository.path();
    let check = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_flint"));
        command.current_dir(folder).env_clear();
        command
            .args(["check", "-", "--error-on", "note"])
            .args(args);
        let pipes = command.stdin(Stdio::piped()).stdout(Stdio::null());
        let mut child = pipes.stderr(Stdio::null()).spawn().expect("flint starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        stdin.write_all(manifest.as_bytes()).expect("it reads");
        drop(stdin);
        child.wait().expect("it ends").code()
    };
    assert_eq!(check(&["--isolated"]), Some(1));
    assert_eq!(check(&["--write-baseline"]), Some(0));
    assert_eq!(check(&[]), Some(0));
    // A run over the files knows nothing of it, and leaves it alone.
    let text = read(folder, "known.txt");
    assert!(text.contains("  stdin.yaml  "), "{text}");
    assert_eq!(reported(folder, &[]), BTreeSet::new());
    run(folder, &["check", "--write-baseline"]);
    assert_eq!(read(folder, "known.txt"), text);
}

#[test]
fn no_secret_reaches_the_baseline() {
    let repository = tree(&[
        (
            "flink-conf.yaml",
            &format!("{SIZES}s3.secret-key: hUnTeR2hUnTeR2xyz\ns3.secret-key=hUnTeR2hUnTeR2xyz\n"),
        ),
        (
            "sql/a.sql",
            "CREATE TABLE t (a INT) WITH ('connector' = 'jdbc', 'password' = 'hUnTeR2hUnTeR2xyz', \
             'url' = 'jdbc:x', 'table-name' = 't');\n",
        ),
    ]);
    let folder = repository.path();
    run(
        folder,
        &["check", "--baseline", "b.txt", "--write-baseline"],
    );
    let text = read(folder, "b.txt");
    assert!(text.contains("plaintext-secret"), "{text}");
    assert!(!text.contains("hUnTeR2"), "{text}");
}

#[test]
fn known_findings_are_shown_on_request_and_left_out_of_fixes() {
    let repository = tree(&[("flink-conf.yaml", &mistakes())]);
    let folder = repository.path();
    run(
        folder,
        &["check", "--baseline", "b.txt", "--write-baseline"],
    );
    let shown = run(
        folder,
        &[
            "check",
            "--baseline",
            "b.txt",
            "--show-ignored",
            "--format",
            "json",
        ],
    );
    let report: Value = serde_json::from_str(&out(&shown)).expect("JSON");
    let findings = report["findings"].as_array().expect("findings");
    assert!(findings.len() >= 5);
    for finding in findings {
        assert_eq!(finding["suppressed"]["by"], "baseline", "{finding}");
    }
    let patch = run(folder, &["fix", "--dry-run", "--baseline", "b.txt"]);
    assert_eq!((code(&patch), out(&patch)), (0, String::new()));
    let before = read(folder, "flink-conf.yaml");
    run(folder, &["fix", "--unsafe", "--baseline", "b.txt"]);
    assert_eq!(read(folder, "flink-conf.yaml"), before);
    assert_eq!(code(&run(folder, &["fix", "--dry-run"])), 1);
}

#[test]
fn a_baseline_is_no_configuration_whatever_its_name() {
    let repository = tree(&[
        ("flink-conf.yaml", &mistakes()),
        ("sysctl.d/9-known.conf", ""),
    ]);
    let folder = repository.path();
    let known = ["--baseline", "sysctl.d/9-known.conf"];
    fs::write(folder.join(known[1]), "# flint baseline 1\n").expect("a file");
    run(folder, &["check", known[0], known[1], "--write-baseline"]);
    let text = read(folder, known[1]);
    assert!(
        entries(&text).len() > 5 && !text.contains("sysctl"),
        "{text}"
    );
    assert_eq!(reported(folder, &known), BTreeSet::new());
}

#[test]
fn what_was_written_under_a_former_name_of_a_rule_still_counts() {
    use sha2::{Digest, Sha256};
    let conf = format!("{SIZES}pipeline.generic-types: false\nenv.java.opts.taskmanager: -Xmx1g\n");
    let project = tree(&[("conf/flink-conf.yaml", &conf)]);
    let folder = project.path();
    let write = ["check", "--baseline=b.txt", "--write-baseline"];
    assert_eq!(code(&run(folder, &write)), 0);
    let today = read(folder, "b.txt");
    let [line] = entries(&today)[..] else {
        panic!("one entry: {today}");
    };
    let fields: Vec<&str> = line.split("  ").collect();
    let print = |rule: &str| {
        let text = format!("{rule}\0{}\x000\0{}\x000", fields[2], fields[3]);
        let hash = Sha256::digest(text.as_bytes());
        let digits: Vec<String> = hash[..8].iter().map(|own| format!("{own:02x}")).collect();
        digits.concat()
    };
    let (former, current) = flint::rules::RENAMED[0];
    assert_eq!((fields[0], fields[1]), (print(current).as_str(), current));
    let old = format!(
        "# flint baseline 1\n{}  {former}  {}  {}\n",
        print(former),
        fields[2],
        fields[3]
    );
    fs::write(folder.join("b.txt"), &old).expect("written");
    let check = run(folder, &["check", "--error-on=note", "--baseline=b.txt"]);
    assert_eq!(code(&check), 0, "{}", out(&check));
    // Mended, the line is stale; written anew, it has the name of today.
    assert_eq!(code(&run(folder, &write)), 0);
    assert_eq!(read(folder, "b.txt"), today);
    fs::write(folder.join("b.txt"), &old).expect("written");
    let mended = conf.replace("-Xmx1g", "-XX:+UseG1GC");
    fs::write(folder.join("conf/flink-conf.yaml"), mended).expect("written");
    let stale = reported(folder, &["--baseline=b.txt"]);
    let rules: Vec<&str> = stale.iter().map(|(rule, _, _)| rule.as_str()).collect();
    assert_eq!(rules, ["stale-baseline"]);
}

#[test]
fn a_name_of_no_file_is_said_with_its_place() {
    let project = tree(&[
        ("conf/flink-conf.yaml", SIZES),
        ("flint.toml", "# a\nbaseline = \"conf\"\n"),
    ]);
    let output = run(project.path(), &["check"]);
    assert_eq!(
        err(&output),
        "error: flint.toml:2:12: conf: no regular file; name a file for the baseline\n"
    );
}
