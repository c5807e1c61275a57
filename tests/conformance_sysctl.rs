//! The readers of sysctl files held against what procps, systemd and busybox did, recorded on a tree
//! of files that stands for `/proc/sys`: what they wrote in which order, how they exited, and which
//! files they said they applied. Their messages are not compared.

use std::collections::BTreeMap;

use flint::linux::loaders::{
    Answer, Command, Loader, Manner, Node, Outcome, Parameter, Target, Tree, apply, entries, run,
};
use flint::syntax::sysctl;
use flint::text::{Source, SourceId};
use serde_json::Value;

const RECORDED: &str = include_str!("../testdata/syntax/sysctl-parse.jsonl");

/// The parameters of the recording machine in directory order; only the first can't be written.
const PARAMETERS: [&str; 16] = [
    "kernel/ostype",
    "kernel/core_pattern",
    "kernel/domainname",
    "net/core/default_qdisc",
    "net/core/rmem_max",
    "net/core/wmem_max",
    "net/ipv4/conf/eth0.100/rp_filter",
    "net/ipv4/conf/lo/rp_filter",
    "net/ipv4/conf/default/rp_filter",
    "net/ipv4/conf/eth0/rp_filter",
    "net/ipv4/conf/all/rp_filter",
    "net/ipv4/tcp_congestion_control",
    "net/ipv4/tcp_rmem",
    "net/ipv4/tcp_wmem",
    "vm/max_map_count",
    "vm/swappiness",
];

/// Recorded answers that are not reproduced, with the reason.
const DEVIATIONS: [(&str, &str); 0] = [];

struct Case {
    id: String,
    loader: Loader,
    what: What,
    expected: Vec<(String, String)>,
    exit: u8,
    /// The files that procps says it applies.
    files: Option<Vec<String>>,
}

enum What {
    /// `sysctl -p FILE`.
    File(Vec<u8>),
    Command(Vec<String>, String, Tree),
}

fn loader(tool: &str, version: &str) -> Loader {
    match (tool, version) {
        ("procps", "3.3.17") => Loader::Procps33,
        ("procps", "4.0.2" | "4.0.4") => Loader::Procps40,
        ("procps", "4.0.7") => Loader::Procps407,
        ("systemd", "247") => Loader::Systemd247,
        ("systemd", "252" | "257") => Loader::Systemd252,
        ("systemd", "262") => Loader::Systemd262,
        ("busybox", "1.30.1") => Loader::Busybox130,
        ("busybox", "1.35.0" | "1.37.0" | "1.38.0") => Loader::Busybox135,
        other => panic!("{other:?} is not modelled"),
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().expect("texts").iter().map(text).collect()
}

fn tree(files: &Value) -> Tree {
    let node = |value: &Value| match (value.as_str(), value["symlink"].as_str()) {
        (Some(text), _) => Node::File(text.as_bytes().to_vec()),
        (None, Some(target)) => Node::Link(target.to_owned()),
        (None, None) => Node::Directory,
    };
    let files = files.as_object().expect("files").iter();
    Tree(
        files
            .map(|(path, value)| (path.clone(), node(value)))
            .collect(),
    )
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for line in RECORDED.lines() {
        // A byte that is not UTF-8 was recorded as a lone surrogate, which no text can hold.
        let line = line.replace("\\udce9", "\\ufffd");
        let case: Value = serde_json::from_str(&line).expect("a recorded line is JSON");
        let tool = text(&case["tool"]);
        let expected = case["expected"].as_array().expect("assignments");
        let expected: Vec<(String, String)> = expected
            .iter()
            .map(|pair| (text(&pair[0]), text(&pair[1])))
            .collect();
        for version in texts(&case["versions"]) {
            let what = match text(&case["mode"]).as_str() {
                "file" => What::File(match case["input"].as_str() {
                    Some(text) => text.as_bytes().to_vec(),
                    // The only file that is not UTF-8.
                    None => b"kernel.domainname = caf\xE9\n".to_vec(),
                }),
                "system" if tool == "procps" => What::Command(
                    vec!["--system".to_owned()],
                    String::new(),
                    tree(&case["files"]),
                ),
                "system" => What::Command(Vec::new(), String::new(), tree(&case["files"])),
                _ => {
                    let mut arguments = texts(&case["argv"]);
                    let name = if tool == "busybox" { 2 } else { 1 };
                    arguments.drain(..name);
                    let stdin = case["stdin"].as_str().unwrap_or_default().to_owned();
                    What::Command(arguments, stdin, tree(&case["files"]))
                }
            };
            let exit = case["exit"].as_u64().expect("a number");
            cases.push(Case {
                id: text(&case["id"]),
                loader: loader(&tool, &version),
                what,
                expected: expected.clone(),
                exit: u8::try_from(exit).expect("an exit code"),
                files: case.get("applied_files").map(texts),
            });
        }
    }
    cases
}

fn parameters() -> Vec<Parameter> {
    let parameter = |path: &&str| Parameter {
        path: (*path).to_owned(),
        writable: *path != "kernel/ostype",
    };
    PARAMETERS.iter().map(parameter).collect()
}

/// What a loader writes, and how it exits.
fn outcome(case: &Case) -> (Vec<(String, String)>, Outcome) {
    let mut written = Vec::new();
    let mut write = |path: &str, value: &str| {
        written.push((path.to_owned(), value.to_owned()));
        Answer::Taken
    };
    let parameters = parameters();
    let mut target = Target {
        parameters: &parameters,
        write: &mut write,
    };
    let outcome = match &case.what {
        What::File(text) => {
            let taken = entries(case.loader, &[text]);
            let exit = apply(case.loader, &taken, Manner::default(), &mut target);
            Outcome {
                exit,
                files: Vec::new(),
            }
        }
        What::Command(arguments, stdin, tree) => {
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            let command = Command {
                arguments: &arguments,
                stdin: stdin.as_bytes(),
            };
            run(case.loader, command, tree, &mut target)
        }
    };
    (written, outcome)
}

#[test]
fn every_recorded_run_is_that_of_its_loader() {
    let cases = cases();
    let mut wrong: BTreeMap<&str, String> = BTreeMap::new();
    for case in &cases {
        let (written, outcome) = outcome(case);
        let files = case
            .files
            .as_ref()
            .is_none_or(|files| *files == outcome.files);
        if written != case.expected || outcome.exit != case.exit || !files {
            let said = format!(
                "{:?}: {written:?} {outcome:?}, recorded {:?} {} {:?}",
                case.loader, case.expected, case.exit, case.files
            );
            wrong.insert(&case.id, said);
        }
    }
    let known: Vec<&str> = DEVIATIONS.iter().map(|(id, _)| *id).collect();
    let found: Vec<&str> = wrong.keys().copied().collect();
    assert_eq!(found, known, "{wrong:#?}");
    assert!(cases.len() > 1500, "only {} cases", cases.len());
}

#[test]
fn the_document_holds_what_procps_writes_where_no_glob_stands() {
    let known = |path: &String| PARAMETERS[1..].contains(&path.as_str());
    let mut count = 0;
    for case in cases() {
        let What::File(input) = &case.what else {
            continue;
        };
        let globs = input.iter().any(|byte| b"*?[".contains(byte));
        let is_4 = matches!(case.loader, Loader::Procps40 | Loader::Procps407);
        if !is_4 || globs {
            continue;
        }
        let source = Source::new(SourceId(0), "a.conf", input.clone());
        let found: Vec<(String, String)> = sysctl::parse(&source)
            .settings
            .into_iter()
            .map(|setting| (sysctl::path(&setting.key), setting.value))
            .filter(|(path, _)| known(path))
            .collect();
        assert_eq!(found, case.expected, "{}", case.id);
        count += 1;
    }
    assert!(count > 200, "only {count} cases");
}
