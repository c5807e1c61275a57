//! Versions in manifests of Kubernetes and in compose files: `spec.flinkVersion` and images.

use super::{Evidence, Rank, unquoted};
use crate::flink::version::Versions;

/// Objects whose `spec.flinkVersion` is a version of Flink.
const KINDS: [&str; 3] = [
    "FlinkDeployment",
    "FlinkBlueGreenDeployment",
    "FlinkCluster",
];

/// Reads line by line: a manifest may be a template that is no YAML.
pub(super) fn read(text: &str) -> Vec<Evidence> {
    let mut found = Vec::new();
    let mut document = Document::default();
    // The indentation of an `image:` that has its name below.
    let mut open_image: Option<usize> = None;
    for (index, raw) in text.lines().enumerate() {
        let number = index + 1;
        if raw.starts_with("---") {
            document.close(&mut found);
            open_image = None;
            continue;
        }
        let line = raw.trim_start_matches([' ', '-']);
        let indent = raw.len() - line.len();
        let Some((key, value)) = line.split_once(':') else {
            continue;
        };
        let value = scalar(value);
        if open_image.is_some_and(|outer| indent <= outer) {
            open_image = None;
        }
        match key {
            "kind" if indent == 0 => document.is_flink = KINDS.contains(&value),
            "flinkVersion" if !value.is_empty() => {
                let versions = Versions::release(value);
                let why = "spec.flinkVersion";
                document.versions.push(Evidence {
                    is_before_all: Versions::is_before_all(value),
                    ..Evidence::new(Rank::Manifest, versions, why, number)
                });
            }
            "image" if value.is_empty() => open_image = Some(indent),
            "image" => found.extend(Evidence::of_image(value, number)),
            "name" if open_image.is_some() => found.extend(Evidence::of_image(value, number)),
            _ => {}
        }
    }
    document.close(&mut found);
    found
}

/// What one of several objects in a file says, until its kind is known.
#[derive(Default)]
struct Document {
    is_flink: bool,
    versions: Vec<Evidence>,
}

impl Document {
    fn close(&mut self, found: &mut Vec<Evidence>) {
        if self.is_flink {
            found.append(&mut self.versions);
        }
        *self = Document::default();
    }
}

/// The value of a line: without quotes, anchor and comment.
fn scalar(text: &str) -> &str {
    let mut text = text.trim();
    if text.starts_with('&') {
        text = text.split_once(' ').map_or("", |(_, rest)| rest.trim());
    }
    if text.starts_with(['"', '\'']) {
        return unquoted(text);
    }
    if text.starts_with('#') {
        return "";
    }
    text.split(" #").next().unwrap_or(text).trim()
}
