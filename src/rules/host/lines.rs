//! Rules about lines of sysctl files that do not say what they seem to.
//!
//! What the loaders do with them was recorded (`testdata/syntax/sysctl-parse.jsonl`).

use super::values;
use crate::deployment::Deployment;
use crate::finding::{Finding, Fix, Safety, Severity};
use crate::rules::Rule;
use crate::rules::conf_lines::repaired;
use crate::syntax::sysctl::is_bsd_key;
use crate::syntax::{Document, Format, Problem, ProblemKind, Repair, Setting, Space};
use crate::text::{Edit, Source, Span};

/// The sysctl files of a deployment, but for templates, which say only in part what will stand there.
fn files<'d>(deployment: &'d Deployment) -> impl Iterator<Item = &'d Document> {
    deployment
        .in_space(Space::Sysctl)
        .filter(|document| document.format == Format::Sysctl && document.complete)
}

/// The problems of one kind of these files.
fn problems<'d>(
    deployment: &'d Deployment,
    kind: ProblemKind,
) -> impl Iterator<Item = (&'d Document, &'d Problem)> {
    files(deployment).flat_map(move |document| {
        let problems = document.problems.iter();
        let own = problems.filter(move |problem| problem.kind == kind);
        own.map(move |problem| (document, problem))
    })
}

/// How many lines of all files set a parameter.
pub(super) fn lines_of(deployment: &Deployment, key: &str) -> usize {
    let documents = deployment.host.iter();
    documents.map(|document| document.all(key).count()).sum()
}

pub(super) const OVER_ANOTHER: &str =
    "the line takes effect for the first time, and another line sets the same parameter";

/// The fix of a line that the loaders or the kernel refuse today. It is safe where no other line sets what
/// it sets; `own` is how many settings the line is now.
fn activate(
    deployment: &Deployment,
    document: &Document,
    repair: &Repair,
    title: &str,
    own: usize,
) -> Fix {
    let mut set = repair
        .changes
        .iter()
        .filter(|(_, value)| value.is_some())
        .map(|(key, _)| key);
    if set.all(|key| lines_of(deployment, key) <= own) {
        repaired(document, repair, title, Safety::Safe, "")
    } else {
        repaired(document, repair, title, Safety::Unsafe, OVER_ANOTHER)
    }
}

/// Where the kernel keeps parameters.
const ROOTS: [&str; 10] = [
    "abi", "crypto", "debug", "dev", "fs", "kernel", "net", "sunrpc", "user", "vm",
];

fn is_parameter(key: &str) -> bool {
    let first = key.split('.').next().unwrap_or_default();
    ROOTS.contains(&first) && !is_bsd_key(key)
}

/// The parameter that a line was meant to set: more than its name stands there.
fn meant<'p>(problem: &'p Problem, text: &str) -> Option<&'p str> {
    let key = problem.key.as_deref().filter(|key| is_parameter(key))?;
    let rest = text.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || "._-/*".contains(c));
    let value = rest.trim_start_matches([' ', '\t', ':']);
    let is_value = value.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '"' | '\''));
    (problem.repair.is_some() || text.contains('=') || is_value).then_some(key)
}

/// Whether what a line was meant to set is what the file sets in any case: nothing is lost.
fn is_said_twice(document: &Document, problem: &Problem) -> bool {
    let changes_nothing = |repair: &Repair| repair.changes.is_empty();
    let mut key = problem.key.iter();
    problem.repair.as_ref().is_some_and(changes_nothing)
        && key.any(|key| document.get(key).is_some())
}

/// Removes a line that sets nothing. Not where a byte order mark or a lone carriage return is a part of it.
fn without_line(document: &Document, source: &Source, problem: &Problem) -> Option<Fix> {
    let line = source.full_line(problem.at.start);
    let before = source.bytes[..line.start as usize].last();
    let is_whole = before.is_none_or(|byte| *byte == b'\n')
        && !source.bytes[line.range()].ends_with(b"\r")
        && (line.start > 0 || source.bom() == 0);
    let edit = Edit {
        source: document.source,
        span: line,
        text: String::new(),
    };
    let fix = crate::rules::safe("remove the line, which has no effect", vec![edit]);
    (is_whole && document.editable).then_some(fix)
}

/// `ignored-sysctl-line`: a line that assigns nothing.
pub(in crate::rules) fn ignored(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for document in files(deployment) {
        let source = deployment.source(document);
        let problems = document.problems.iter();
        // A text that sets nothing at all is something else by the name of a sysctl file.
        let means_some = |problem: &Problem| meant(problem, &source.text(problem.at)).is_some();
        if document.settings.is_empty() && !document.problems.iter().any(means_some) {
            continue;
        }
        let mut in_conflict = false;
        // The finding of the lines that mean no value, and how many more there are.
        let mut idle: Option<(usize, usize)> = None;
        for problem in problems.filter(|problem| problem.kind == ProblemKind::MissingEquals) {
            let text = source.text(problem.at);
            let opens = text.starts_with("<<<<<<<");
            let marks = ["=======", ">>>>>>>", "|||||||"];
            if in_conflict && marks.iter().any(|mark| text.starts_with(mark)) {
                continue;
            }
            in_conflict |= opens;
            let key = meant(problem, &text);
            if key.is_none() && !opens {
                if let Some((index, more)) = &mut idle {
                    *more += 1;
                    let first: &mut Finding = &mut out[*index];
                    first.label = format!("and {more} more such lines in this file");
                    continue;
                }
                idle = Some((out.len(), 0));
            }
            let mut finding = rule.problem(document, problem);
            let is_set_elsewhere = key.is_some() && is_said_twice(document, problem);
            finding.message = match key {
                Some(key) if is_set_elsewhere => {
                    format!("{}; another line sets `{key}`", problem.message)
                }
                Some(key) => format!("{}; the line does not set `{key}`", problem.message),
                None if opens => problem.message.clone(),
                None => format!("{}; the loaders skip this line", problem.message),
            };
            finding.help = if text.contains('=') {
                "the loaders take all that stands before the first `=` for the name of a \
                 parameter, and find none of that name"
            } else {
                "procps and busybox skip such a line with a message; systemd-sysctl does so, too, \
                 and ends with exit code 1, so that its service has failed"
            }
            .to_owned();
            if key.is_none() {
                finding.key = None;
                if !opens {
                    finding.severity = Severity::Warning;
                }
            } else if is_set_elsewhere {
                finding.severity = Severity::Warning;
                finding.fix = without_line(document, source, problem);
            } else if let Some(repair) = &problem.repair {
                let title = "write it as `key = value`";
                finding.fix = Some(activate(deployment, document, repair, title, 0));
            }
            out.push(finding);
        }
    }
}

/// `sysctl-line-continuation`: a backslash at the end of a line.
pub(in crate::rules) fn continuation(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for (document, problem) in problems(deployment, ProblemKind::LineContinuation) {
        let setting = document
            .settings
            .iter()
            .find(|setting| setting.whole.contains(problem.at));
        let Some(setting) = setting.filter(|setting| setting.known) else {
            continue;
        };
        let mut finding = rule.problem(document, problem);
        finding.key = Some(setting.key.clone());
        finding.help =
            "busybox joins the line with the one below; procps and systemd-sysctl write \
                        the backslash to the kernel and read the line below on its own"
                .to_owned();
        // A number may be out of range, which is another matter.
        let written = problem.repair.as_ref().and_then(|repair| {
            let own = repair.changes.iter().find(|(key, _)| *key == setting.key);
            own.and_then(|(_, value)| value.as_deref())
        });
        let refused = values::is_refused(deployment, setting)
            && !written.is_some_and(|value| values::refuses_for(deployment, &setting.key, value));
        if refused {
            finding.message = format!("{}, which the kernel refuses", problem.message);
        } else {
            finding.severity = Severity::Warning;
        }
        let joins = !problem.related.is_empty();
        let title = if joins {
            "write it on one line"
        } else {
            "remove the backslash"
        };
        if let Some(repair) = &problem.repair {
            let frees = refused && frees_next_line(deployment, document, repair);
            finding.fix = Some(if refused && !frees {
                activate(deployment, document, repair, title, 1)
            } else {
                let risk = "busybox applies the line below for the first time";
                repaired(document, repair, title, Safety::Unsafe, risk)
            });
        }
        out.push(finding);
    }
}

/// Whether a character that nobody sees is a part of a value.
pub(super) fn has_invisible(document: &Document, setting: &Setting) -> bool {
    let mut problems = document.problems.iter();
    problems.any(|problem| {
        problem.kind == ProblemKind::InvisibleCharacter && setting.value_at.contains(problem.at)
    })
}

/// Whether the backslash that a repair takes away hides an assignment in the line below from busybox,
/// which is the only one to read `sysctl.conf` so.
fn frees_next_line(deployment: &Deployment, document: &Document, repair: &Repair) -> bool {
    let bytes = &deployment.source(document).bytes;
    let ends = repair.edits.iter().map(|(span, _)| span.end);
    let end = ends.max().unwrap_or_default() as usize;
    let settings = &document.settings;
    let below = settings.partition_point(|own| (own.whole.start as usize) < end);
    let Some(below) = settings.get(below) else {
        return false;
    };
    let gap = &bytes[end..below.whole.start as usize];
    end > 0 && bytes[end - 1] == b'\\' && memchr::memchr_iter(b'\n', gap).count() == 1
}

/// `invisible-character-in-sysctl`.
pub(in crate::rules) fn invisible(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    // Lines that set nothing anyway are told once for each file.
    let mut idle: Option<(&Document, usize, usize)> = None;
    for (document, problem) in problems(deployment, ProblemKind::InvisibleCharacter) {
        let settings = document.settings.iter();
        let mut settings = settings.filter(|setting| setting.value_at.contains(problem.at));
        let within = settings.next();
        // Most texts may hold what they like.
        if within.is_some_and(|setting| !values::is_refused(deployment, setting)) {
            continue;
        }
        let mut finding = rule.problem(document, problem);
        finding.label = "here".to_owned();
        let Some(repair) = &problem.repair else {
            continue;
        };
        let own = usize::from(within.is_some());
        if within.is_some() {
            finding.message = format!("{}, and the kernel refuses it", problem.message);
        } else if let Some(key) = &problem.key {
            finding.message = format!("{}; the line does not set `{key}`", problem.message);
        } else {
            if let Some((own, index, count)) = &mut idle
                && std::ptr::eq(*own, document)
            {
                *count += 1;
                let first: &mut Finding = &mut out[*index];
                first.label = format!("here, and in {count} more lines that set nothing");
                if let Some(fix) = &mut first.fix {
                    let more = activate(deployment, document, repair, "", 0);
                    fix.edits.extend(more.edits);
                }
                continue;
            }
            idle = Some((document, out.len(), 0));
            finding.severity = Severity::Warning;
        }
        finding.help = "the loaders know the blank, the tab and the ends of lines; every other \
                        character is a part of the key or of the value"
            .to_owned();
        let title = "write what was meant: a blank or nothing";
        finding.fix = Some(activate(deployment, document, repair, title, own));
        out.push(finding);
    }
    for (document, problem) in problems(deployment, ProblemKind::LoneReturn) {
        let mut finding = rule.problem(document, problem);
        finding.severity = Severity::Warning;
        finding.help =
            "systemd-sysctl ends the line there, procps and busybox only at a line feed".to_owned();
        let risk = "procps and busybox apply the lines for the first time";
        if let Some(repair) = &problem.repair {
            let title = "end the lines with a line feed";
            finding.fix = Some(repaired(document, repair, title, Safety::Unsafe, risk));
        }
        out.push(finding);
    }
}

/// `sysctl-semicolon-comment`: once for each file.
pub(in crate::rules) fn semicolon(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for (document, problem) in problems(deployment, ProblemKind::SemicolonComment) {
        let mut finding = rule.problem(document, problem);
        finding.help =
            "procps, busybox and systemd up to 257 do; `#` begins a comment for all".to_owned();
        if let Some(repair) = &problem.repair {
            let more = repair.edits.len().saturating_sub(1);
            if more > 0 {
                finding.label = format!("and {more} more in this file");
            }
            let title = "begin the comments with `#`";
            finding.fix = Some(repaired(document, repair, title, Safety::Safe, ""));
        }
        out.push(finding);
    }
}

/// `sysctl-dash-key`: ways to write the dash that not all loaders understand.
pub(in crate::rules) fn dash(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    const HELP: &str = "a dash directly before the key lets a loader go on when the parameter \
                        is not there; busybox knows none at all";
    for (document, problem) in problems(deployment, ProblemKind::DetachedDash) {
        let mut finding = rule.problem(document, problem);
        finding.help = HELP.to_owned();
        if let Some(repair) = &problem.repair {
            let title = "write the dash directly before the key";
            finding.fix = Some(activate(deployment, document, repair, title, 0));
        }
        out.push(finding);
    }
    for document in files(deployment) {
        let source = deployment.source(document);
        for setting in &document.settings {
            let before = Span {
                start: setting.whole.start,
                end: setting.key_at.start.max(setting.whole.start),
            };
            if source.text(before) != "--" {
                continue;
            }
            let message = "only procps drops the second dash; systemd-sysctl and busybox look for a \
                           key that begins with it";
            let mut finding = rule.finding(document, before, message);
            finding.key = Some(setting.key.clone());
            finding.help = HELP.to_owned();
            let edit = Edit {
                source: document.source,
                span: Span {
                    start: before.start + 1,
                    end: before.end,
                },
                text: String::new(),
            };
            finding.fix = Some(crate::rules::safe("write one dash", vec![edit]));
            out.push(finding);
        }
    }
}
