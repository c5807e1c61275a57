//! `duplicate-key`: in flink-conf.yaml the last line wins without a word, config.yaml does not load.

use std::collections::{HashMap, HashSet};

use super::conf_lines::repaired;
use super::generated;
use super::{Rule, safe};
use crate::deployment::Deployment;
use crate::finding::{Finding, Related, Safety, Severity};
use crate::syntax::{Document, Format, ProblemKind, Setting};

/// Keys that the entrypoint of the official image appends at each start of a container, always with
/// the same value. Nobody wrote those lines, so nobody is told about them.
const BY_THE_ENTRYPOINT: [&str; 2] = ["blob.server.port", "query.server.port"];

/// The check.
pub(super) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for document in deployment.flink_documents() {
        match document.format {
            Format::FlinkConf => in_flink_conf(rule, deployment, document, out),
            Format::ConfigYaml => in_config_yaml(rule, document, out),
            _ => {}
        }
    }
}

fn in_flink_conf(
    rule: &Rule,
    deployment: &Deployment,
    document: &Document,
    out: &mut Vec<Finding>,
) {
    // A template may take either branch.
    if !document.editable {
        return;
    }
    let source = deployment.source(document);
    let mut seen = HashSet::new();
    for setting in &document.settings {
        if !seen.insert(setting.key.as_str()) {
            continue;
        }
        let all: Vec<&Setting> = document.all(&setting.key).collect();
        let [shadowed @ .., last] = all.as_slice() else {
            continue;
        };
        if shadowed.is_empty() {
            continue;
        }
        let same = shadowed.iter().all(|other| other.value == last.value);
        if generated::explains(deployment, document, &setting.key) {
            continue;
        }
        if same && BY_THE_ENTRYPOINT.contains(&setting.key.as_str()) {
            continue;
        }
        let line = source.line(last.whole.start);
        let mut finding = if same {
            rule.finding(
                document,
                setting.whole,
                format!("`{}` is set again to the same value", setting.key),
            )
        } else {
            let message = format!(
                "`{}` is set again in line {line}; this value is never used",
                setting.key
            );
            rule.finding(document, setting.whole, message)
        };
        if same {
            finding.severity = Severity::Note;
        }
        finding.label = format!("line {line} wins: {}", last.value);
        finding.help =
            "the last line of a key wins in flink-conf.yaml, without a word; in config.yaml a \
                        key that stands twice stops the process"
                .to_owned();
        finding.key = Some(setting.key.clone());
        finding.related.push(Related {
            at: Deployment::at(document, last.whole),
            message: format!("the value in force: {}", last.value),
        });
        let edits: Option<Vec<_>> = shadowed
            .iter()
            .map(|other| document.remove(source, other))
            .collect();
        let title = match shadowed.len() {
            1 => "remove the line that is not used".to_owned(),
            count => format!("remove the {count} lines that are not used"),
        };
        finding.fix = edits.map(|edits| safe(title, edits));
        out.push(finding);
    }
}

fn in_config_yaml(rule: &Rule, document: &Document, out: &mut Vec<Finding>) {
    let duplicates = document
        .problems
        .iter()
        .filter(|problem| problem.kind == ProblemKind::DuplicateKey);
    // A key that stands a thousand times has as many problems.
    let mut are_same: HashMap<&str, bool> = HashMap::new();
    for problem in duplicates {
        let mut finding = rule.problem(document, problem);
        finding.severity = Severity::Error;
        finding.help =
            "Flink does not start: config.yaml must not hold a key twice, at any level".to_owned();
        finding.fix = problem.repair.as_ref().map(|repair| {
            let same = problem.key.as_deref().is_some_and(|key| {
                *are_same.entry(key).or_insert_with(|| {
                    let mut values = document.all(key).map(|setting| &setting.value);
                    let first = values.next();
                    values.all(|value| Some(value) == first)
                })
            });
            if same {
                repaired(
                    document,
                    repair,
                    "remove the earlier of two equal entries",
                    Safety::Safe,
                    "",
                )
            } else {
                let risk = "the earlier value may have been the one that was meant";
                repaired(
                    document,
                    repair,
                    "keep the last entry",
                    Safety::Unsafe,
                    risk,
                )
            }
        });
        out.push(finding);
    }
}
