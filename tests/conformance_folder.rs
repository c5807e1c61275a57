//! Which file of a configuration directory Flink opens, per version: the recorded answers for folders
//! with other files than one `flink-conf.yaml` or one `config.yaml`.

mod common;

use std::collections::BTreeMap;

use common::{configs, sources};
use flint::project::Project;
use serde_json::Value;

const VECTORS: &str = include_str!("../testdata/syntax/flink-conf-parse.jsonl");

/// Decodes the base64 of the vectors; they hold no line breaks.
fn decode(text: &str) -> Vec<u8> {
    let digit = |byte: u8| -> u32 {
        match byte {
            b'A'..=b'Z' => u32::from(byte - b'A'),
            b'a'..=b'z' => u32::from(byte - b'a') + 26,
            b'0'..=b'9' => u32::from(byte - b'0') + 52,
            b'+' => 62,
            _ => 63,
        }
    };
    let mut out = Vec::new();
    for chunk in text.trim_end_matches('=').as_bytes().chunks(4) {
        let bits = chunk.iter().enumerate().fold(0, |bits, (index, byte)| {
            bits | digit(*byte) << (18 - 6 * index)
        });
        let bytes = bits.to_be_bytes();
        out.extend_from_slice(&bytes[1..chunk.len()]);
    }
    out
}

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
    for line in VECTORS.lines() {
        let vector: Value = serde_json::from_str(line).expect("a JSON line");
        let files: Vec<(String, Vec<u8>)> = vector["files"]
            .as_object()
            .expect("files")
            .iter()
            .map(|(name, text)| (name.clone(), decode(text.as_str().expect("base64"))))
            .collect();
        let id = vector["id"].as_str().expect("an id");
        if !id.starts_with("files-") {
            continue;
        }
        for version in vector["versions"].as_array().expect("versions") {
            let version = version.as_str().expect("a version");
            let expected = &vector["expected"];
            let wanted: Result<BTreeMap<String, String>, String> = if expected["ok"] == true {
                serde_json::from_value(expected["values"].clone())
                    .map_err(|error| error.to_string())
            } else {
                Err(expected["kind"].as_str().expect("a kind").to_owned())
            };
            assert_eq!(load(&files, version), wanted, "{id} on {version}");
            seen += 1;
        }
    }
    assert!(seen >= 40, "all folder vectors ran: {seen}");
}
