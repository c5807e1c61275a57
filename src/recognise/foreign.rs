//! Files of other tools, which have similar words: by their names, and by the shape of their keys.

use std::collections::BTreeSet;

use crate::syntax::Document;
use crate::words;

/// Names that other tools own, whatever words their files hold.
pub(super) fn is_foreign_name(name: &str, stem: &str, extension: &str) -> bool {
    const NAMES: [&str; 15] = [
        "Cargo.toml",
        "pyproject.toml",
        "flint.toml",
        "package.json",
        "package-lock.json",
        "composer.json",
        "Chart.yaml",
        "pnpm-lock.yaml",
        "mkdocs.yml",
        "Pipfile.toml",
        "gradle.properties",
        "gradle-wrapper.properties",
        "kustomization.yaml",
        ".pre-commit-config.yaml",
        ".pre-commit-hooks.yaml",
    ];
    NAMES.contains(&name)
        || stem.starts_with("log4j")
        || stem.starts_with("logback")
        || stem.starts_with("tsconfig")
        || stem.starts_with("docker-compose")
        || (extension != "json"
            && (stem == "values" || stem.starts_with("values-") || stem.starts_with("values.")))
        || stem.ends_with(".schema")
        || matches!(stem.rsplit_once('.'), Some((_, "tf" | "tfvars")))
        || matches!(stem, "openapi" | "swagger")
}

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// A Kubernetes object: `apiVersion:` or `kind:` at the start of a line.
pub fn is_manifest(bytes: &[u8]) -> bool {
    let starts_line = |needle: &[u8]| {
        let mut found = memchr::memmem::find_iter(bytes, needle);
        found.any(|at| at == 0 || bytes[at - 1] == b'\n' || bytes[..at] == *BYTE_ORDER_MARK)
    };
    starts_line(b"apiVersion:") && starts_line(b"kind:")
}

/// Groups of keys that other tools' files have, all of a line in one file.
const FOREIGN: [&[&str]; 44] = [
    &["$schema"],
    &["openapi"],
    &["swagger"],
    // Spring, Quarkus, Micronaut and what services use beside them
    &["spring"],
    &["management"],
    &["logging.level"],
    &["resilience4j"],
    &["hystrix"],
    &["quarkus"],
    &["micronaut"],
    &["mp"],
    // other data tools
    &["env", "source", "sink"],
    &["seatunnel"],
    &["spark"],
    &["hoodie"],
    &["topology"],
    &["task.window.ms"],
    &["windowConfig"],
    &["kafka-streams"],
    &["risingwave"],
    &["connector.class"],
    &["config.connector.class"],
    &["spec.dataSchema"],
    &["dag_id"],
    // operations
    &["services"],
    &["jobs", "on"],
    &["jobs", "workflows"],
    &["jobs", "version"],
    &["updates", "version"],
    &["packageRules"],
    &["[0].hosts"],
    &["[0].tasks"],
    &["resource", "provider"],
    &["resource", "terraform"],
    &["scrape_configs"],
    &["groups[0].rules"],
    &["slos"],
    &["timeWindow", "objectives"],
    &["panels"],
    &["receivers", "exporters"],
    &["inputs", "agent"],
    &["inputs", "outputs"],
    &["pipeline.inputs"],
    &["pipeline.filters"],
];

/// Files of tools that have similar keys.
pub(super) fn is_foreign_shape(document: &Document) -> bool {
    let below = |name: &str, key: &str| {
        let rest = key.strip_prefix(name);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    let settings = document.settings.iter().map(|setting| &setting.key);
    let sections = document.sections.iter().map(|section| &section.key);
    let keys: Vec<&str> = settings.chain(sections).map(String::as_str).collect();
    let heads: BTreeSet<&str> = keys.iter().map(|key| head(key)).collect();
    let has = |name: &str| {
        let own = head(name);
        heads.contains(own) && (own == name || keys.iter().any(|key| below(name, key)))
    };
    names_percentiles(document)
        || FOREIGN
            .iter()
            .any(|names| names.iter().all(|name| has(name)))
}

/// A key up to its first dot or index.
fn head(key: &str) -> &str {
    &key[..key.find(['.', '[']).unwrap_or(key.len())]
}

/// Whether a file says what a run was measured at, not what it is to do.
fn names_percentiles(document: &Document) -> bool {
    const NAMES: [&str; 4] = ["p50", "p90", "p95", "p99"];
    let mut found = [false; NAMES.len()];
    for setting in &document.settings {
        let mut pairs = setting.key.as_bytes().windows(2);
        if !pairs.any(|pair| matches!(pair, [b'p' | b'P', b'5' | b'9'])) {
            continue;
        }
        for word in words::of_key(&setting.key) {
            if let Some(at) = NAMES.iter().position(|name| word == *name) {
                found[at] = true;
            }
        }
    }
    found.iter().filter(|found| **found).count() > 1
}
