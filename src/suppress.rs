//! `# flint: ignore[rule] reason`: comments that silence findings, and what is wrong with them.

use std::collections::{BTreeMap, HashMap};

use crate::config::Configs;
use crate::finding::{Claim, Finding, Fix, Safety, Suppressed};
use crate::flink::version::Versions;
use crate::rules::{self, Rule};
use crate::syntax::{Comment, Document, Format, MARKER};
use crate::text::{Edit, Source, SourceId, Sources, Span};
use crate::words;
use below::Below;

pub mod baseline;
mod below;
mod code;

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
    /// The entry of the file that it stands above, where that holds more than settings.
    entry: Option<std::ops::RangeInclusive<usize>>,
}

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
                directives.extend(directive(source, document, (&things, entries), comment));
                continue;
            }
            match directive(source, document, (&things, entries), comment) {
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
        for (index, name) in directive.names.iter().enumerate() {
            if name.used {
                continue;
            }
            let finding = match rules::find(&name.text) {
                None => unknown(source, directive, index),
                // What spoke of one change does so in no other run.
                Some((front, _)) if rules::OF_CHANGES.contains(&front.name) => None,
                // Nor can a file that the versions in question do not open.
                Some(_) if !checked.contains_key(&directive.document.source) => None,
                // A rule that does not run can't show whether the comment is needed.
                Some((front, _)) if !config.runs(front.name, front.group.name(), &source.path) => {
                    None
                }
                Some(_) => unused(source, directive, index),
            };
            about_comments.extend(finding);
        }
    }
    findings.append(&mut about_comments);
}

/// Which names of which directives silence a finding: by source and rule, so that neither a file of
/// comments nor one of findings costs more than its size.
struct Coverage {
    by_rule: HashMap<(SourceId, String), Vec<Covering>>,
}

/// One name of one directive and the lines it covers.
struct Covering {
    first: usize,
    last: usize,
    /// The last line that this one or any before it covers.
    reach: usize,
    directive: usize,
    /// Whether the comment stands behind something on its line.
    behind: bool,
    name: usize,
    used: bool,
}

impl Coverage {
    fn of(directives: &[Directive]) -> Self {
        let mut by_rule: HashMap<(SourceId, String), Vec<Covering>> = HashMap::new();
        for (number, directive) in directives.iter().enumerate() {
            for (index, name) in directive.names.iter().enumerate() {
                let current = rules::current_name(&name.text).to_owned();
                let place = (directive.document.source, current);
                let list = by_rule.entry(place).or_default();
                // A name said twice is needed once.
                if list.last().is_some_and(|last| last.directive == number) {
                    continue;
                }
                let all = std::iter::once(&directive.lines).chain(&directive.entry);
                list.extend(all.map(|lines| Covering {
                    first: *lines.start(),
                    last: *lines.end(),
                    reach: 0,
                    directive: number,
                    behind: !directive.comment.own_line,
                    name: index,
                    used: false,
                }));
            }
        }
        for list in by_rule.values_mut() {
            list.sort_by_key(|covering| covering.first);
            let mut reach = 0;
            for covering in list {
                reach = reach.max(covering.last);
                covering.reach = reach;
            }
        }
        Coverage { by_rule }
    }

    /// Marks every name that silences a finding, and gives the last of their directives.
    fn silence(&mut self, finding: &Finding, line: usize, only_behind: bool) -> Option<usize> {
        let place = (finding.at.source, finding.rule.clone());
        let list = self.by_rule.get_mut(&place)?;
        let upto = list.partition_point(|covering| covering.first <= line);
        let mut chosen = None;
        let within = list[..upto].iter_mut().rev();
        for covering in within.take_while(|covering| covering.reach >= line) {
            if covering.last >= line && (covering.behind || !only_behind) {
                covering.used = true;
                chosen = chosen.max(Some(covering.directive));
            }
        }
        chosen
    }

    /// The names that silenced anything: directive and place in its brackets.
    fn used(self) -> impl Iterator<Item = (usize, usize)> {
        let all = self.by_rule.into_values().flatten();
        all.filter(|covering| covering.used)
            .map(|covering| (covering.directive, covering.name))
    }
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
    (things, entries): (&[(usize, usize)], Option<&Below>),
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
        covered(source, things, comment)
    };
    let entries = entries.filter(|_| comment.own_line && !whole_file);
    Some(Directive {
        entry: entries.and_then(|below| below.entry(source.line_index(comment.at.start))),
        document,
        comment,
        names,
        // A comment in SQL may have an end of its own.
        reason: inner[close + 1..]
            .trim()
            .trim_end_matches("*/")
            .trim_end()
            .to_owned(),
        lines,
    })
}

/// The lines of every setting, statement and mapping of a document, and of the whole that is part of a
/// file: first and last, in order.
fn things(source: &Source, document: &Document) -> Vec<(usize, usize)> {
    let end = Span::at(source.bytes.len()).end;
    let mut things: Vec<(usize, usize)> = document
        .sections
        .iter()
        .filter(|section| !section.key.is_empty())
        .map(|section| section.whole)
        .chain(document.settings.iter().map(|setting| setting.whole))
        .chain(document.problems.iter().map(|problem| problem.at))
        .chain(document.held_at)
        .chain(document.script.iter().flat_map(|script| script.parts()))
        .chain(
            document
                .code
                .iter()
                .flat_map(|code| code::things(code.as_ref())),
        )
        .map(|span| {
            let last = span.end.max(span.start + 1) - 1;
            (
                source.line_index(span.start),
                source.line_index(last.min(end)),
            )
        })
        .collect();
    things.sort_unstable();
    things
}

/// The lines of the thing that a comment stands above, or behind.
fn covered(
    source: &Source,
    things: &[(usize, usize)],
    comment: &Comment,
) -> std::ops::RangeInclusive<usize> {
    let own = source.line_index(comment.at.start);
    let first = if comment.own_line {
        let below = things.partition_point(|&(start, _)| start <= own);
        things.get(below).map_or(own, |&(start, _)| start)
    } else {
        own
    };
    // Of those that start on one line the longest stands last.
    let upto = things.partition_point(|&(start, _)| start <= first);
    match things[..upto].last() {
        Some(&(start, last)) if start == first => first..=last,
        _ => first..=first,
    }
}

/// Whether the format, too, sees a line here: to the sysctl loaders and to TOML a lone CR ends none.
fn is_own_line(source: &Source, document: &Document, line: Span) -> bool {
    let range = line.range();
    let (before, own) = (&source.bytes[..range.start], &source.bytes[range]);
    let ends_alone = |bytes: &[u8]| bytes.ends_with(b"\r");
    !matches!(document.format, Format::Sysctl | Format::Toml)
        || !ends_alone(before) && !ends_alone(own)
}

/// A rule of the engine, for the shape of its findings.
fn engine_rule(name: &str) -> Option<Rule<'static>> {
    let (front, _) = rules::find(name)?;
    Some(Rule {
        front,
        options: None,
        known_prefixes: &[],
    })
}

fn unknown(source: &Source, directive: &Directive, index: usize) -> Option<Finding> {
    let name = &directive.names[index];
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
        None => without(source, directive, index),
    };
    Some(finding)
}

fn unused(source: &Source, directive: &Directive, index: usize) -> Option<Finding> {
    let name = &directive.names[index];
    let rule = engine_rule("unused-ignore")?;
    let mut finding = rule.finding(
        directive.document,
        name.at,
        format!("`{}` finds nothing here", name.text),
    );
    finding.label = "not needed".to_owned();
    finding.help = "an ignore that silences nothing hides the next mistake".to_owned();
    finding.key = Some(name.text.clone());
    finding.fix = without(source, directive, index);
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
    // Formats without such comments keep their settings in the order of the file.
    let upto = document
        .settings
        .partition_point(|setting| setting.whole.start <= comment.at.start);
    let setting = document.settings[..upto].last();
    let setting = setting.filter(|setting| setting.whole.contains(comment.at));
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
    if !value.is_empty() && document.editable && !after_mark && is_own_line(source, document, line)
    {
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
fn without(source: &Source, directive: &Directive, index: usize) -> Option<Fix> {
    let names = &directive.names;
    let name = &names[index];
    let span = if names.len() == 1 {
        if directive.comment.own_line {
            let mut line = source.full_line(directive.comment.at.start);
            if !is_own_line(source, directive.document, line) {
                return None;
            }
            if line.start == 0 {
                // The mark would become part of the next line's key.
                if source.bom() > 0 && directive.document.format == Format::FlinkConf {
                    return None;
                }
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
    } else if let Some(next) = names.get(index + 1) {
        Span::new(name.at.start as usize, next.at.start as usize)
    } else {
        Span::new(names[index - 1].at.end as usize, name.at.end as usize)
    };
    let edit = Edit {
        source: source.id,
        span,
        text: String::new(),
    };
    Some(comment_fix("remove it", vec![edit]))
}
