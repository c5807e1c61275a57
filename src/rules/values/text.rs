//! `unquoted-normalised-value` and `blank-in-directory-list`: texts that are not quite what was
//! written.

use super::{Site, sites};
use crate::deployment::Deployment;
use crate::finding::Finding;
use crate::flink::options::{self, ValueKind};
use crate::rules::Rule;
use crate::syntax::{Format, Kind};

/// Environment variables of containers: texts, whatever they look like.
const VARIABLES: [&str; 2] = [
    "containerized.master.env.",
    "containerized.taskmanager.env.",
];

/// Options whose text Flink splits into directories without trimming them
/// (`ConfigurationUtils.splitPaths`).
const DIRECTORIES: [&str; 2] = ["io.tmp.dirs", "taskmanager.tmp.dirs"];

/// `unquoted-normalised-value`: YAML makes a number of what is meant as text.
pub(crate) fn unquoted_normalised_value(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    for site in sites(deployment) {
        let setting = site.setting;
        let is_number = matches!(setting.kind, Kind::Integer | Kind::Float);
        if site.document.format != Format::ConfigYaml || !is_number {
            continue;
        }
        let written = site.source().text(setting.value_at).into_owned();
        // A tag or an alias is no plain scalar.
        let plain =
            written.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | '+' | '-'));
        if !plain || written == setting.value || !is_text(&site) {
            continue;
        }
        let mut finding = site.finding(
            rule,
            format!(
                "Flink reads `{}` here: without quotes YAML takes `{written}` as a number",
                setting.value
            ),
        );
        finding.label = "quotes keep it as it is written".to_owned();
        finding.help = format!("`{}` is a text; write it in quotes", setting.key);
        finding.fix = site.set_unsafe(&written, "the value changes for whoever reads it");
        out.push(finding);
    }
}

/// Whether the setting is a text in every version: a String option, or an entry of a map.
fn is_text(site: &Site) -> bool {
    let key = site.setting.key.as_str();
    if VARIABLES.iter().any(|prefix| key.starts_with(prefix)) {
        return true;
    }
    let versions = site.deployment.versions;
    if options::meanings(key).next().is_some() {
        let meanings = site.meanings();
        return !meanings.is_empty()
            && meanings
                .iter()
                .all(|meaning| meaning.spec.kind == ValueKind::String);
    }
    let mut parents = key.match_indices('.').map(|(dot, _)| &key[..dot]);
    parents.any(|parent| {
        parent.starts_with("kubernetes.") && options::kind(parent, versions) == Some(ValueKind::Map)
    })
}

/// `blank-in-directory-list`: a blank that becomes part of a path.
pub(crate) fn blank_in_directory_list(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    for site in sites(deployment) {
        let value = site.setting.value.as_str();
        if !DIRECTORIES.contains(&site.setting.key.as_str())
            || site.setting.kind == Kind::List
            || site.meanings().is_empty()
            || site.is_told()
        {
            continue;
        }
        let items: Vec<&str> = value.split(',').collect();
        let Some(item) = items.iter().find(|item| item.trim() != **item) else {
            continue;
        };
        let mut finding = site.finding(
            rule,
            format!("the blank is part of the path: Flink uses the directory `{item}`"),
        );
        finding.help =
            "Flink splits the list at commas and keeps everything between them".to_owned();
        let trimmed: Vec<&str> = items.iter().map(|item| item.trim()).collect();
        if trimmed.iter().all(|item| !item.is_empty()) {
            finding.fix = site.set_unsafe(
                &trimmed.join(","),
                "temporary files go to another directory than now",
            );
        }
        out.push(finding);
    }
}
