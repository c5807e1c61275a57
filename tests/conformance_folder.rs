//! Which file of a configuration directory Flink opens, per version: the recorded answers for folders
//! with other files than one `flink-conf.yaml` or one `config.yaml`.

mod common;

use std::collections::BTreeMap;

use common::{Recorded, configs, recorded, sources};
use flint::project::Project;

const RECORDED: &str = include_str!("../testdata/syntax/flink-conf-parse.jsonl");

/// What Flink would hold, or the kind of error for which it stops.
fn load(files: &[(String, Vec<u8>)], version: &str) -> Result<BTreeMap<String, String>, String> {
    let sources = sources(files);
    let configs = configs(Some(version), &[]);
    let named = ["config.yaml".to_owned()];
    let project = Project::read(&sources, &configs, &named);
    let deployments = project.deployments();
    // Names that Flink does not know are no configuration at all.
    let conf = deployments.iter().find(|deployment| {
        let mut all = deployment.documents.iter().chain(&deployment.unread);
        all.any(|document| matches!(document.format.name(), "flink-conf" | "config-yaml"))
    });
    let Some(deployment) = conf else {
        return Err("missing-file".to_owned());
    };
    let Some(document) = deployment.documents.first() else {
        return Err("missing-file".to_owned());
    };
    if let Some(problem) = document.load_error() {
        return Err(problem.kind.name().to_owned());
    }
    let in_force = document
        .settings
        .iter()
        .map(|setting| (setting.key.clone(), setting.value.clone()));
    Ok(in_force.collect())
}

#[test]
fn every_folder_gives_what_flink_gave() {
    let mut seen = 0;
    for Recorded {
        id,
        files,
        versions,
        expected,
    } in recorded(RECORDED)
    {
        if !id.starts_with("files-") {
            continue;
        }
        for version in versions {
            let wanted: Result<BTreeMap<String, String>, String> = if expected["ok"] == true {
                serde_json::from_value(expected["values"].clone())
                    .map_err(|error| error.to_string())
            } else {
                Err(expected["kind"].as_str().expect("a kind").to_owned())
            };
            assert_eq!(load(&files, &version), wanted, "{id} on {version}");
            seen += 1;
        }
    }
    assert!(seen >= 40, "all recorded folders were read: {seen}");
}
