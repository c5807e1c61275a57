//! `# flint: ignore[rule] reason`: comments that silence findings, and what is wrong with them.

use std::collections::BTreeSet;

use crate::config::Configs;
use crate::finding::{Claim, Finding, Fix, Safety, Suppressed};
use crate::rules::{self, Rule};
use crate::syntax::{Comment, Document, MARKER};
use crate::text::{Edit, Source, Sources, Span};
use crate::words;

/// One name in the brackets of a directive.
struct Name {
    text: String,
    /// Its bytes in the source.
    at: Span,
    used: bool,
}

/// One `ignore[...]` or `file-ignore[...]`.
struct Directive<'d> {
    document: &'d Document,
    comment: &'d Comment,
    names: Vec<Name>,
    reason: String,
    /// The lines it covers, from 0, both included; everything for a file directive.
    lines: std::ops::RangeInclusive<usize>,
}

/// Marks findings that comments silence, and adds findings about the comments themselves.
pub fn apply(
    sources: &Sources,
    documents: &[Document],
    configs: &Configs,
    findings: &mut Vec<Finding>,
) {
    let mut about_comments = Vec::new();
    let mut directives = Vec::new();
    for document in documents {
        let source = sources.get(document.source);
        for comment in &document.comments {
            if !comment.legal {
                about_comments.extend(misplaced(source, document, comment));
                // What its author wanted left alone stays so until the comment stands right.
                directives.extend(directive(source, document, comment));
                continue;
            }
            match directive(source, document, comment) {
                Some(directive) => directives.push(directive),
                None => about_comments.extend(malformed(source, document, comment)),
            }
        }
    }
    for finding in findings.iter_mut() {
        let source = sources.get(finding.at.source);
        let rule = configs.of(&source.path).rules.get(&finding.rule);
        if rule.and_then(|rule| rule.ignorable) == Some(false) {
            continue;
        }
        let line = source.line_index(finding.at.span.start);
        for directive in &mut directives {
            let same =
                directive.document.source == finding.at.source && directive.lines.contains(&line);
            let name = directive
                .names
                .iter_mut()
                .find(|name| name.text == finding.rule);
            if let (true, Some(name)) = (same, name) {
                name.used = true;
                finding.suppressed = Some(Suppressed {
                    by: "comment",
                    reason: directive.reason.clone(),
                });
            }
        }
    }
    for directive in directives
        .iter()
        .filter(|directive| directive.comment.legal)
    {
        let source = sources.get(directive.document.source);
        let config = configs.of(&source.path);
        for name in directive.names.iter().filter(|name| !name.used) {
            let finding = match rules::find(&name.text) {
                None => unknown(source, directive, name),
                // A rule that does not run can't show whether the comment is needed.
                Some((front, _)) if !config.runs(front.name, front.group.name(), &source.path) => {
                    None
                }
                Some(_) => unused(source, directive, name),
            };
            about_comments.extend(finding);
        }
    }
    findings.append(&mut about_comments);
}

/// The text after the marker `flint:` and its offset in the source.
fn after_marker(source: &Source, comment: &Comment) -> Option<(String, usize)> {
    let bytes = &source.bytes[comment.at.range()];
    let at = memchr::memmem::find(bytes, MARKER.as_bytes())? + MARKER.len();
    let start = comment.at.start as usize + at;
    let text = String::from_utf8_lossy(&source.bytes[start..comment.at.end as usize]).into_owned();
    Some((text, start))
}

fn directive<'d>(
    source: &Source,
    document: &'d Document,
    comment: &'d Comment,
) -> Option<Directive<'d>> {
    let (text, start) = after_marker(source, comment)?;
    let trimmed = text.trim_start();
    let (whole_file, rest) = match trimmed.strip_prefix("file-ignore") {
        Some(rest) => (true, rest),
        None => (false, trimmed.strip_prefix("ignore")?),
    };
    let inner = rest.trim_start().strip_prefix('[')?;
    let close = inner.find(']')?;
    let inner_start = start + (text.len() - inner.len());
    let mut names = Vec::new();
    let mut at = inner_start;
    for part in inner[..close].split(',') {
        let name = part.trim();
        let blank = part.len() - part.trim_start().len();
        if !name.is_empty() {
            names.push(Name {
                text: name.to_owned(),
                at: Span::new(at + blank, at + blank + name.len()),
                used: false,
            });
        }
        at += part.len() + 1;
    }
    if names.is_empty() {
        return None;
    }
    let lines = if whole_file {
        0..=usize::MAX
    } else {
        covered(source, document, comment)
    };
    Some(Directive {
        document,
        comment,
        names,
        reason: inner[close + 1..].trim().to_owned(),
        lines,
    })
}

/// The lines of the setting, statement or mapping that a comment stands above, or behind.
fn covered(
    source: &Source,
    document: &Document,
    comment: &Comment,
) -> std::ops::RangeInclusive<usize> {
    let own = source.line_index(comment.at.start);
    let things = document
        .sections
        .iter()
        .filter(|section| !section.key.is_empty())
        .map(|section| section.whole)
        .chain(document.settings.iter().map(|setting| setting.whole))
        .chain(document.problems.iter().map(|problem| problem.at))
        .map(|span| {
            let last = span.end.max(span.start + 1) - 1;
            (
                source.line_index(span.start),
                source.line_index(last.min(Span::at(source.bytes.len()).end)),
            )
        });
    let first = if comment.own_line {
        let below = things
            .clone()
            .map(|(start, _)| start)
            .filter(|&start| start > own);
        below.min()
    } else {
        Some(own)
    };
    let Some(first) = first else { return own..=own };
    let last = things
        .filter(|&(start, _)| start == first)
        .map(|(_, end)| end)
        .max();
    first..=last.unwrap_or(first)
}

/// A rule of the engine, for the shape of its findings.
fn engine_rule(name: &str) -> Option<Rule<'static>> {
    let (front, _) = rules::find(name)?;
    Some(Rule {
        front,
        options: None,
    })
}

fn unknown(source: &Source, directive: &Directive, name: &Name) -> Option<Finding> {
    let rule = engine_rule("unknown-rule")?;
    let near = words::nearest(&name.text, rules::all().iter().map(|front| front.name));
    let mut finding = rule.finding(
        directive.document,
        name.at,
        format!("there is no rule `{}`", name.text),
    );
    finding.key = Some(name.text.clone());
    finding.help = "flint rules lists all names".to_owned();
    finding.fix = match near {
        Some(near) => {
            finding.label = format!("did you mean `{near}`?");
            let edit = Edit {
                source: source.id,
                span: name.at,
                text: near.to_owned(),
            };
            Some(comment_fix("write the rule's name", vec![edit]))
        }
        None => Some(comment_fix(
            "remove it",
            vec![removal(source, directive, name)],
        )),
    };
    Some(finding)
}

fn unused(source: &Source, directive: &Directive, name: &Name) -> Option<Finding> {
    let rule = engine_rule("unused-ignore")?;
    let mut finding = rule.finding(
        directive.document,
        name.at,
        format!("`{}` finds nothing here", name.text),
    );
    finding.label = "not needed".to_owned();
    finding.help = "an ignore that silences nothing hides the next mistake".to_owned();
    finding.key = Some(name.text.clone());
    finding.fix = Some(comment_fix(
        "remove it",
        vec![removal(source, directive, name)],
    ));
    Some(finding)
}

fn malformed(source: &Source, document: &Document, comment: &Comment) -> Option<Finding> {
    let (text, _) = after_marker(source, comment)?;
    let text = text.trim_start();
    if !(text.starts_with("ignore") || text.starts_with("file-ignore")) {
        return None;
    }
    let rule = engine_rule("unknown-rule")?;
    let mut finding = rule.finding(
        document,
        comment.at,
        "this comment names no rule and silences nothing",
    );
    finding.help = "write `flint: ignore[rule-name] reason`".to_owned();
    Some(finding)
}

/// A comment where the format has none: its text is part of the value.
fn misplaced(source: &Source, document: &Document, comment: &Comment) -> Option<Finding> {
    let rule = engine_rule("misplaced-ignore")?;
    let setting = document
        .settings
        .iter()
        .find(|setting| setting.whole.contains(comment.at));
    let mut finding = rule.finding(
        document,
        comment.at,
        "this format has no comments behind a value; the text becomes part of the value",
    );
    finding.help = "put the comment on a line of its own above the setting".to_owned();
    let setting = setting?;
    finding.key = Some(setting.key.clone());
    let value = source.text(Span::new(
        setting.value_at.start as usize,
        comment.at.start as usize,
    ));
    let value = value.trim_end().to_owned();
    let line = source.full_line(setting.whole.start);
    // A comment put behind a byte order mark would be none.
    let after_mark = line.start == 0 && source.bom() > 0;
    if !value.is_empty() && document.editable && !after_mark {
        let indent: String = source
            .text(line)
            .chars()
            .take_while(|c| matches!(c, ' ' | '\t'))
            .collect();
        let above = format!(
            "{indent}{}{}",
            source.text(comment.at),
            source.line_break(line.start)
        );
        let edits = vec![
            Edit {
                source: source.id,
                span: Span::at(line.start as usize),
                text: above,
            },
            Edit {
                source: source.id,
                span: Span::new(
                    setting.value_at.start as usize + value.len(),
                    comment.at.end as usize,
                ),
                text: String::new(),
            },
        ];
        let in_force = document.get(&setting.key) == Some(setting);
        let claim = Claim {
            source: source.id,
            document: document.ordinal,
            key: setting.key.clone(),
            value: Some(value),
        };
        finding.fix = Some(Fix {
            claims: if in_force { vec![claim] } else { Vec::new() },
            ..comment_fix("move the comment to its own line above", edits)
        });
    }
    Some(finding)
}

fn comment_fix(title: &str, edits: Vec<Edit>) -> Fix {
    Fix {
        title: title.to_owned(),
        safety: Safety::Safe,
        risk: String::new(),
        edits,
        claims: Vec::new(),
    }
}

/// Removes one name with its comma, or the whole comment when no other name is left.
fn removal(source: &Source, directive: &Directive, name: &Name) -> Edit {
    let others: BTreeSet<Span> = directive
        .names
        .iter()
        .filter(|other| other.at != name.at)
        .map(|other| other.at)
        .collect();
    let span = if others.is_empty() {
        if directive.comment.own_line {
            let mut line = source.full_line(directive.comment.at.start);
            if line.start == 0 {
                line.start = Span::at(source.bom()).start;
            }
            line
        } else {
            let before = &source.bytes[..directive.comment.at.start as usize];
            let blanks = before
                .iter()
                .rev()
                .take_while(|byte| matches!(byte, b' ' | b'\t'))
                .count();
            Span::new(before.len() - blanks, directive.comment.at.end as usize)
        }
    } else if let Some(next) = others.iter().find(|other| other.start > name.at.start) {
        Span::new(name.at.start as usize, next.start as usize)
    } else {
        let previous = others
            .iter()
            .next_back()
            .map_or(name.at.start, |other| other.end);
        Span::new(previous as usize, name.at.end as usize)
    };
    Edit {
        source: source.id,
        span,
        text: String::new(),
    }
}
