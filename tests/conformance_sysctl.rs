//! The readers of sysctl files held against what procps and systemd wrote, recorded on a tree of
//! files that stands for `/proc/sys`.

use flint::syntax::sysctl::{self, loaders};
use flint::text::{Source, SourceId};
use loaders::{Loader, Parameter};
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
    input: Vec<u8>,
    loader: Loader,
    expected: Vec<(String, String)>,
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for line in RECORDED.lines() {
        // A byte that is not UTF-8 was recorded as a lone surrogate, which no text can hold.
        let line = line.replace("\\udce9", "\\ufffd");
        let case: Value = serde_json::from_str(&line).expect("a recorded line is JSON");
        let input = match case["input"].as_str() {
            Some(text) => text.as_bytes().to_vec(),
            // The only file that is not UTF-8.
            None => b"kernel.domainname = caf\xE9\n".to_vec(),
        };
        let expected = case["expected"].as_array().expect("assignments");
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        let expected: Vec<(String, String)> = expected
            .iter()
            .map(|pair| (text(&pair[0]), text(&pair[1])))
            .collect();
        for version in case["versions"].as_array().expect("versions") {
            let loader = match (text(&case["tool"]).as_str(), text(version).as_str()) {
                ("procps", "4.0.2" | "4.0.4") => Loader::Procps,
                ("procps", "4.0.7") => Loader::Procps407,
                ("systemd", "252" | "257") => Loader::Systemd,
                other => panic!("{other:?} is not modelled"),
            };
            cases.push(Case {
                id: text(&case["id"]),
                input: input.clone(),
                loader,
                expected: expected.clone(),
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

#[test]
fn every_recorded_file_is_applied_as_by_its_loader() {
    let parameters = parameters();
    let cases = cases();
    let mut deviating = 0;
    for case in &cases {
        let written = loaders::assignments(&case.input, case.loader, &parameters);
        if DEVIATIONS.iter().any(|(id, _)| *id == case.id) {
            assert_ne!(written, case.expected, "{} is no deviation", case.id);
            deviating += 1;
        } else {
            assert_eq!(written, case.expected, "{} {:?}", case.id, case.loader);
        }
    }
    assert!(cases.len() > 500, "only {} cases", cases.len());
    assert!(deviating * 50 < cases.len(), "{deviating} deviations");
}

#[test]
fn the_document_holds_what_procps_writes_where_no_glob_stands() {
    let known = |path: &String| PARAMETERS[1..].contains(&path.as_str());
    let mut count = 0;
    for case in cases() {
        let globs = case.input.iter().any(|byte| b"*?[".contains(byte));
        if case.loader == Loader::Systemd || globs {
            continue;
        }
        let source = Source::new(SourceId(0), "a.conf", case.input.clone());
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
