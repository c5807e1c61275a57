//! `invalid-value`, held against the starts that real Flink refused because of a value, and those that
//! it took. `testdata/syntax/flink-start-values.jsonl` has one configuration a line.

mod common;

use common::{assert_table_fits, configs, findings, sources};
use serde_json::Value;

/// Configurations that the recording took because it started no part that reads them, with the versions
/// of which this is so.
const NOT_READ: [(&str, &str, &[&str]); 2] = [
    // Only a class of that name would do, and the class was not loaded.
    ("high-availability", "kubernetes", &["1.13", "1.14", "1.15"]),
    // Only the web interface reads it (`RestHandlerConfiguration`).
    (
        "web.refresh-interval",
        "3s",
        &["1.13", "1.14", "1.15", "1.16", "1.17", "1.18", "1.19"],
    ),
];

#[test]
fn values_are_refused_where_flink_refuses_them() {
    assert_table_fits();
    let file = include_str!("../testdata/syntax/flink-start-values.jsonl");
    let mut deviations = Vec::new();
    let mut checks = 0;
    for line in file.lines() {
        let case: Value = serde_json::from_str(line).expect("a JSON object on each line");
        let config = case["config"].as_object().expect("a configuration");
        let mut text = String::new();
        for (key, value) in config {
            let value = value.as_str().unwrap_or_default();
            text.extend([
                key.as_str(),
                ": ",
                value,
                "
",
            ]);
        }
        let versions = |name: &str| {
            let text = case[name].as_str().expect("versions").to_owned();
            let split: Vec<String> = text.split(',').map(str::to_owned).collect();
            split.into_iter().filter(|version| !version.is_empty())
        };
        let all = versions("refused").map(|version| (version, true));
        let all = all.chain(versions("accepted").map(|version| (version, false)));
        for (version, refused) in all {
            let skipped = NOT_READ.iter().any(|(key, value, versions)| {
                config.get(*key).is_some_and(|set| set == value)
                    && versions.contains(&version.as_str())
            });
            if skipped {
                continue;
            }
            // Quoted, so that YAML takes every value as the text that was recorded.
            let (name, text) = if version.starts_with("1.") {
                ("flink-conf.yaml", text.clone())
            } else {
                let lines = config.iter().map(|(key, value)| {
                    format!("{key}: '{}'\n", value.as_str().unwrap_or_default())
                });
                // A key by which the file is known as Flink's.
                let known = "jobmanager.rpc.address: jobmanager\n".to_owned();
                ("config.yaml", lines.fold(known, |all, line| all + &line))
            };
            checks += 1;
            let sources = sources(&[(format!("conf/{name}"), text.into_bytes())]);
            let found = findings(&sources, &configs(Some(&version), &["invalid-value"]));
            if found.is_empty() == refused {
                let said: Vec<String> = found.into_iter().map(|found| found.message).collect();
                deviations.push(format!("{version}: {config:?}: {said:?}"));
            }
        }
    }
    assert_eq!(deviations, Vec::<String>::new());
    assert_eq!(checks, 2093);
}
