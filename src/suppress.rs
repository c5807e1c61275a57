//! What is found and not reported: comments such as `# flint: ignore[rule] reason` silence findings, and
//! so do baselines.

use std::collections::BTreeMap;

use crate::config::Configs;
use crate::finding::{Finding, Suppressed};
use crate::flink::version::Versions;
use crate::rules;
use crate::syntax::Document;
use crate::text::{SourceId, Sources};
use below::Below;
use coverage::Coverage;
use directive::{directive, things};
use remarks::{comment_fix, expired, malformed, misplaced, undated, unexplained, unknown, unused};

pub mod baseline;
mod below;
mod code;
mod coverage;
mod directive;
mod remarks;

/// Marks findings that comments silence, and adds findings about the comments themselves.
pub fn apply(
    sources: &Sources,
    documents: &[Document],
    checked: &BTreeMap<SourceId, Versions>,
    configs: &Configs,
    findings: &mut Vec<Finding>,
) {
    let mut about_comments = Vec::new();
    let mut directives = Vec::new();
    let mut below: Option<(SourceId, Below)> = None;
    for document in documents {
        if document.comments.is_empty() {
            continue;
        }
        let source = sources.get(document.source);
        let things = things(source, document);
        // The documents of a source stand together.
        if document.is_part() && below.as_ref().is_none_or(|(of, _)| *of != source.id) {
            below = Some((source.id, Below::of(source)));
        }
        let entries = below.as_ref().filter(|_| document.is_part());
        let entries = entries.map(|(_, below)| below);
        for comment in &document.comments {
            if !comment.legal {
                about_comments.extend(misplaced(source, document, comment));
                // What its author wanted left alone stays so until the comment stands right.
                directives.extend(directive(
                    source,
                    document,
                    (&things, entries),
                    comment,
                    configs.today,
                ));
                continue;
            }
            match directive(source, document, (&things, entries), comment, configs.today) {
                Some(directive) => directives.push(directive),
                None => about_comments.extend(malformed(source, document, comment)),
            }
        }
    }
    let mut coverage = Coverage::of(&directives);
    for finding in findings.iter_mut() {
        let source = sources.get(finding.at.source);
        let rule = configs.of(&source.path).rules.get(&finding.rule);
        if rule.and_then(|rule| rule.ignorable) == Some(false) {
            continue;
        }
        let line = source.line_index(finding.at.span.start);
        let last = finding.at.span.end.max(finding.at.span.start + 1) - 1;
        let last = source.line_index(last);
        let mut found = coverage.silence(finding, line, false);
        // Behind the last of its lines a comment speaks of what ends there.
        if found.is_none() && last > line {
            found = coverage.silence(finding, last, true);
        }
        if let Some(directive) = found {
            finding.suppressed = Some(Suppressed {
                by: "comment",
                reason: directives[directive].reason.clone(),
            });
        }
    }
    for (directive, name) in coverage.used() {
        directives[directive].names[name].used = true;
    }
    for directive in directives
        .iter()
        .filter(|directive| directive.comment.legal)
    {
        let source = sources.get(directive.document.source);
        let config = configs.of(&source.path);
        if directive.expired && directive.names.iter().any(|name| name.used) {
            about_comments.extend(expired(directive));
        }
        about_comments.extend(undated(source, directive));
        if config.require_reason && directive.reason.is_empty() {
            about_comments.extend(unexplained(directive));
        }
        for (index, name) in directive.names.iter().enumerate() {
            if name.used {
                continue;
            }
            let finding = match rules::find_in(config, &name.text) {
                None => unknown(source, config, directive, index),
                // What spoke of one change does so in no other run.
                Some((front, _)) if rules::OF_CHANGES.contains(&front.name) => None,
                // Nor can a file that the versions in question do not open.
                Some(_) if !checked.contains_key(&directive.document.source) => None,
                // A rule that does not run can't show whether the comment is needed.
                Some((front, _)) if !config.runs(front.name, front.group.name(), &source.path) => {
                    None
                }
                Some((front, _)) => {
                    let rule = config.rules.get(front.name);
                    let refused = rule.and_then(|rule| rule.ignorable) == Some(false);
                    let by = refused.then_some(config.path.as_str());
                    unused(source, directive, index, by)
                }
            };
            about_comments.extend(finding);
        }
    }
    findings.append(&mut about_comments);
}
