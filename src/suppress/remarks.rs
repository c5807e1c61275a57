//! What is wrong with directives themselves.

use super::directive::{Directive, Until, after_marker};
use crate::config::Config;
use crate::finding::{Claim, Finding, Fix, Safety};
use crate::rules::{self, Rule};
use crate::syntax::{Comment, Document, Format};
use crate::text::{Edit, Source, Span};
use crate::words;

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

pub(super) fn unknown(
    source: &Source,
    config: &Config,
    directive: &Directive,
    index: usize,
) -> Option<Finding> {
    let name = &directive.names[index];
    let rule = engine_rule("unknown-rule")?;
    let near = words::nearest(&name.text, rules::names_in(config));
    let mut finding = rule.finding(
        directive.document,
        name.at,
        format!("there is no rule `{}`", name.text),
    );
    finding.key = Some(name.text.clone());
    finding.help = "flint rules lists all names".to_owned();
    let mut groups = rules::Group::ALL.iter();
    if groups.any(|group| group.name() == name.text) {
        finding.label = "a group; an ignore names rules".to_owned();
    }
    finding.fix = if let Some(near) = near {
        finding.label = format!("did you mean `{near}`?");
        let edit = Edit {
            source: source.id,
            span: name.at,
            text: near.to_owned(),
        };
        Some(comment_fix("write the rule's name", vec![edit]))
    } else {
        without(source, directive, index)
    };
    Some(finding)
}

/// A name without a finding; `refused_by` is the flint.toml that lets nobody ignore its rule.
pub(super) fn unused(
    source: &Source,
    directive: &Directive,
    index: usize,
    refused_by: Option<&str>,
) -> Option<Finding> {
    let name = &directive.names[index];
    let rule = engine_rule("unused-ignore")?;
    let message = match refused_by {
        Some(path) => format!("{path} lets no comment silence `{}`", name.text),
        None => format!("`{}` finds nothing here", name.text),
    };
    let mut finding = rule.finding(directive.document, name.at, message);
    if refused_by.is_some() {
        finding.label = "without effect".to_owned();
        finding.help = "the rule has `ignorable = false` there".to_owned();
    } else {
        finding.label = "not needed".to_owned();
        finding.help = "an ignore that silences nothing hides the next mistake".to_owned();
    }
    finding.key = Some(name.text.clone());
    finding.fix = without(source, directive, index);
    Some(finding)
}

/// The names of a directive for a key: which ignore it is about.
fn names(directive: &Directive) -> String {
    let names: Vec<&str> = directive
        .names
        .iter()
        .map(|own| own.text.as_str())
        .collect();
    names.join(", ")
}

/// A directive whose last day is past, and that would silence something.
pub(super) fn expired(directive: &Directive) -> Option<Finding> {
    let Until { date, at } = directive.until?;
    let used = directive.names.iter().filter(|name| name.used);
    let used: Vec<String> = used.map(|name| format!("`{}`", name.text)).collect();
    let rule = engine_rule("expired-ignore")?;
    let message = format!("{} was ignored until {}", used.join(", "), date?);
    let mut finding = rule.finding(directive.document, at, message);
    finding.label = "the day is past".to_owned();
    finding.help = "mend what it was about, or agree on another day".to_owned();
    finding.key = Some(names(directive));
    Some(finding)
}

/// A directive whose last day is no date. It counts as if it had none.
pub(super) fn undated(source: &Source, directive: &Directive) -> Option<Finding> {
    let until = directive.until.filter(|until| until.date.is_none())?;
    let at = until.at;
    let rule = engine_rule("invalid-ignore-date")?;
    let written = source.text(at).into_owned();
    let message = if written.is_empty() {
        "there is no date behind `until=`; the ignore never ends".to_owned()
    } else {
        format!("`{written}` is no date; the ignore never ends")
    };
    let mut finding = rule.finding(directive.document, at, message);
    finding.help = "write `until=2027-01-31`: year, month, day".to_owned();
    finding.key = Some(names(directive));
    Some(finding)
}

/// A directive without a reason where one is asked for.
pub(super) fn unexplained(directive: &Directive) -> Option<Finding> {
    let rule = engine_rule("ignore-without-reason")?;
    let at = directive.comment.at;
    let mut finding = rule.finding(directive.document, at, "this ignore gives no reason");
    finding.help =
        "write it behind the bracket; flint.toml asks for it (`require-reason`)".to_owned();
    finding.key = Some(names(directive));
    Some(finding)
}

pub(super) fn malformed(
    source: &Source,
    document: &Document,
    comment: &Comment,
) -> Option<Finding> {
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
pub(super) fn misplaced(
    source: &Source,
    document: &Document,
    comment: &Comment,
) -> Option<Finding> {
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
    let is_editable = document.editable && source.is_text(line) && !after_mark;
    if !value.is_empty() && is_editable && is_own_line(source, document, line) {
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

pub(super) fn comment_fix(title: &str, edits: Vec<Edit>) -> Fix {
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
