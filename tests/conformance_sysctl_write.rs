//! Loader and kernel together: files that procps, systemd and busybox applied in a network namespace
//! of a machine with Linux 6.18, with the parameters afterwards and the exit code.
//!
//! The kernel's part is that of the latest measured release, which has the same defaults and limits for
//! what was recorded.

use std::collections::BTreeMap;

use flint::linux::kernel::MEASURED;
use flint::linux::loaders::{Answer, Loader, Manner, Parameter, Target, apply, entries, keys};
use flint::linux::numbers::{self, Errno, Outcome};
use flint::linux::parameters;
use serde_json::Value;

const RECORDED: &str = include_str!("../testdata/syntax/sysctl-kernel-write.jsonl");

/// The parameters that were recorded, with their values before.
const BEFORE: [(&str, &str); 8] = [
    ("net.core.rmem_max", "4194304"),
    ("net.core.somaxconn", "4096"),
    ("net.ipv4.ip_local_reserved_ports", ""),
    ("net.ipv4.tcp_congestion_control", "bbr"),
    ("net.ipv4.tcp_fin_timeout", "60"),
    ("net.ipv4.tcp_keepalive_time", "7200"),
    ("net.ipv4.tcp_rmem", "4096 131072 33554432"),
    ("net.ipv4.tcp_wmem", "4096 16384 4194304"),
];

/// Global buffers are there in a network namespace of their own, and can only be read.
const READ_ONLY: [&str; 2] = ["net/core/rmem_max", "net/core/wmem_max"];

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

/// What the kernel does with a write; what it keeps goes into `state`.
fn write(state: &mut BTreeMap<String, String>, path: &str, text: &str) -> Answer {
    if READ_ONLY.contains(&path) {
        return Answer::Closed;
    }
    let key = keys::dotted(path);
    let parameter = parameters::find(&key).expect("a known parameter");
    let release = *MEASURED.last().expect("a measured release");
    let outcome = numbers::write(&parameter, text, release);
    let old = state.get(&key).cloned().unwrap_or_default();
    let is_list = !parameter.takes_numbers();
    let new = if is_list {
        text.to_owned()
    } else {
        let mut old: Vec<String> = old.split(' ').map(str::to_owned).collect();
        for (own, number) in old.iter_mut().zip(outcome.numbers()) {
            if let Some(number) = number {
                *own = number.to_string();
            }
        }
        old.join(" ")
    };
    let answer = match outcome {
        Outcome::Accepted(_) => Answer::Taken,
        Outcome::Refused(Errno::Einval, _) => Answer::Refused,
        Outcome::Refused(Errno::Enoent, _) => Answer::Unknown,
        Outcome::Refused(Errno::Eacces, _) => Answer::Closed,
        // A name for which there may be a module; this machine had none.
        Outcome::Unknown if key == "net.ipv4.tcp_congestion_control" => Answer::Unknown,
        Outcome::Unknown => panic!("{key} = {text} was not measured"),
    };
    if answer == Answer::Taken || !is_list {
        state.insert(key, new);
    }
    answer
}

#[test]
fn every_recorded_file_leaves_the_recorded_state() {
    let paths = BEFORE.iter().map(|(key, _)| keys::path(key));
    let paths = paths.chain(["net/core/wmem_max".to_owned()]);
    let parameters: Vec<Parameter> = paths
        .map(|path| Parameter {
            writable: !READ_ONLY.contains(&path.as_str()),
            path,
        })
        .collect();
    let mut count = 0;
    for line in RECORDED.lines() {
        let case: Value = serde_json::from_str(line).expect("a recorded line is JSON");
        let input = case["input"].as_str().expect("a file");
        let tool = case["tool"].as_str().expect("a tool");
        for version in case["versions"].as_array().expect("versions") {
            let loader = loader(tool, version.as_str().expect("a version"));
            let mut state: BTreeMap<String, String> = BEFORE
                .iter()
                .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
                .collect();
            let mut write = |path: &str, text: &str| write(&mut state, path, text);
            let mut target = Target {
                parameters: &parameters,
                write: &mut write,
            };
            let taken = entries(loader, &[input.as_bytes()]);
            let exit = apply(loader, &taken, Manner::default(), &mut target);
            assert_eq!(case["exit"], exit, "{} {loader:?}", case["id"]);
            let recorded = case["after"].as_object().expect("values");
            for (key, value) in &state {
                let short = key.trim_start_matches("net.ipv4.");
                let recorded = recorded[short].as_str().expect("a value");
                assert_eq!(value, recorded, "{} {loader:?} {key}", case["id"]);
            }
            count += 1;
        }
    }
    assert!(count > 300, "only {count} runs");
}
