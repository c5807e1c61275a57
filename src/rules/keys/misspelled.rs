//! `misspelled-option`: `RocksDB` keys that Flink does not have. All keys below
//! `state.backend.rocksdb.` are declared options (`RocksDBOptions`, `RocksDBConfigurableOptions`,
//! `RocksDBNativeMetricOptions`), so one that is in no version is a mistake.

use super::{Rule, claim};
use crate::deployment::Deployment;
use crate::finding::{Finding, Fix, Safety};
use crate::flink::options;
use crate::flink::version::Versions;
use crate::syntax::{Document, Setting};

const PREFIX: &str = "state.backend.rocksdb.";

/// What people write, and what they mean, where the letters alone do not tell.
const MEANT: [(&str, &str); 13] = [
    ("block-cache-size", "block.cache-size"),
    ("block.cache.size", "block.cache-size"),
    ("block-cache.size", "block.cache-size"),
    ("blockcache.size", "block.cache-size"),
    ("cache-size", "block.cache-size"),
    ("cache.size", "block.cache-size"),
    ("block-size", "block.blocksize"),
    ("block.block-size", "block.blocksize"),
    ("memory-managed", "memory.managed"),
    ("managed-memory", "memory.managed"),
    ("write-cache-size", "writebuffer.size"),
    ("write-buffer-size", "writebuffer.size"),
    ("write-buffer-count", "writebuffer.count"),
];

/// Families of state backends that vendors ship under the same prefix.
const VENDORS: [&str; 1] = ["falcon."];

/// The check.
pub(super) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for document in deployment.flink_documents() {
        for setting in &document.settings {
            // Of several lines of one key the one in force speaks.
            let in_force = document.get(&setting.key) == Some(setting);
            if let (true, Some(meant)) = (in_force, meant(deployment, &setting.key)) {
                out.push(finding(rule, deployment, document, setting, &meant));
            }
        }
    }
}

/// Whether a key of the deployment is a misspelling of `option`.
pub(super) fn is_misspelt(deployment: &Deployment, option: &str) -> bool {
    let mut settings = deployment
        .flink_documents()
        .flat_map(|document| &document.settings);
    settings.any(|setting| meant(deployment, &setting.key).as_deref() == Some(option))
}

/// The option that a key means, when it is a misspelling.
fn meant(deployment: &Deployment, key: &str) -> Option<String> {
    let rest = key.strip_prefix(PREFIX)?;
    let vendor = VENDORS.iter().any(|vendor| rest.starts_with(vendor));
    if vendor || options::is_option(key) {
        return None;
    }
    let by_hand = MEANT.iter().find(|(written, _)| *written == rest);
    match by_hand {
        Some((_, meant)) => Some(format!("{PREFIX}{meant}")),
        None => options::nearest(key, deployment.versions).map(str::to_owned),
    }
}

fn finding(
    rule: &Rule,
    deployment: &Deployment,
    document: &Document,
    setting: &Setting,
    meant: &str,
) -> Finding {
    let version = if deployment.versions == Versions::ALL {
        "Flink".to_owned()
    } else {
        deployment.version_text()
    };
    let mut finding = rule.finding(
        document,
        setting.key_at,
        format!(
            "{version} has no option `{}`; the line has no effect",
            setting.key
        ),
    );
    finding.label = format!("did you mean `{meant}`?");
    finding.help = "Flink keeps keys that it does not know without a word".to_owned();
    finding.key = Some(setting.key.clone());
    // Two lines for one option would hide one another.
    let alone = document.all(&setting.key).count() == 1;
    if alone && deployment.all(meant).is_empty() {
        finding.fix = document
            .rename(deployment.source(document), setting, meant)
            .map(|edit| Fix {
                title: "rename the key".to_owned(),
                safety: Safety::Unsafe,
                risk: "the setting takes effect for the first time".to_owned(),
                edits: vec![edit],
                claims: vec![
                    claim(document, &setting.key, None),
                    claim(document, meant, Some(&setting.value)),
                ],
            });
    }
    finding
}
