//! Rules about the text of a value: what the kernel takes for a part of it, and refuses.
//!
//! The loaders hand on all that follows the first `=`; they know neither quotes nor comments behind a
//! value. The kernel reads numbers with `proc_get_long` (kernel/sysctl.c).

mod meant;
pub(in crate::rules) mod numeric;
#[cfg(test)]
mod tests;

use super::lines::{self, OVER_ANOTHER, lines_of};
use super::{not_settable, separators};
use crate::deployment::Deployment;
use crate::finding::{Finding, Fix, Safety};
use crate::linux::kernel::Kernels;
use crate::linux::numbers::{self, End};
use crate::linux::parameters::{self, Kind, Parameter};
use crate::rules::{Rule, claim};
use crate::syntax::{Document, Format, Kind as Typed, Scope, Setting, Space};
use crate::text::{Edit, Span};

/// What is wrong with the text of a value. At most one is: the first of these that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    /// Quotes around it.
    Quotes,
    /// A comment behind it, from this byte of the value on.
    Comment(usize),
    /// A word that is no number, from this byte of the value on.
    NotANumber(usize, usize),
    /// A number that a leading zero makes another one, or none.
    Octal(usize, usize),
}

/// The parameter, and whether every measured kernel that speaks for these and has it refuses a text.
fn refuses(parameter: &Parameter, text: &str, kernels: Kernels) -> bool {
    let mut any = false;
    let all = kernels.measured().all(|release| {
        if parameter.is_writable(release) != Some(true) {
            return true;
        }
        any = true;
        numbers::write(parameter, text, release).is_refused()
    });
    all && any
}

/// Whether the kernel certainly refuses the value that a setting has.
pub(super) fn is_refused(deployment: &Deployment, setting: &Setting) -> bool {
    setting.known && refuses_for(deployment, &setting.key, &setting.value)
}

/// Whether the kernel certainly refuses a value for a key.
pub(super) fn refuses_for(deployment: &Deployment, key: &str, value: &str) -> bool {
    let kernels = deployment.machine.kernels();
    parameters::find(key).is_some_and(|parameter| refuses(&parameter, value, kernels))
}

/// What is wrong with the text of a value of a sysctl file.
fn fault(key: &str, value: &str, kernels: Kernels) -> Option<Fault> {
    let parameter = parameters::find(key);
    let kind = parameter.map_or(Kind::Unknown, |parameter| parameter.kind());
    // Lines that say something else than they seem to are told as such.
    if value.contains('\r') || value.ends_with('\\') || kind == Kind::Text {
        return None;
    }
    let parameter = parameter.filter(|_| kind != Kind::Unknown)?;
    let is_refused = |text: &str| refuses(&parameter, text, kernels);
    if value.starts_with(['"', '\'']) {
        return is_refused(value).then_some(Fault::Quotes);
    }
    let is_comment = |at: &usize| {
        let head = &value[..*at];
        // What is refused without the comment, too, is judged without it, unless the kernel does not
        // come so far.
        let is_whole = match kind {
            Kind::Name | Kind::Ports => true,
            _ => {
                numbers::read(head, parameter.count()).1 == End::Full
                    && !head.ends_with([' ', '\t'])
            }
        };
        !is_refused(head.trim_end()) || is_whole && !head.trim().is_empty()
    };
    if let Some(at) = comment(value).filter(is_comment) {
        return Some(Fault::Comment(at));
    }
    if !parameter.takes_numbers() {
        return None;
    }
    let (found, end) = numbers::read(value, parameter.count());
    let octal = found.iter().find(|number| {
        let decimal = value[number.at.clone()].parse::<i128>();
        is_octal(&value[number.at.clone()]) && decimal.ok() != Some(number.value)
    });
    if let Some(number) = octal {
        let either = is_refused(value) && is_refused(&numeric::without_zeros(value));
        return (!either).then_some(Fault::Octal(number.at.start, number.at.end));
    }
    match end {
        _ if !is_refused(value) => None,
        End::Bad(word) if is_octal(&value[word.clone()]) => {
            Some(Fault::Octal(word.start, word.end))
        }
        End::Bad(word) => meant::is_meant_as_number(&value[word.clone()])
            .then_some(Fault::NotANumber(word.start, word.end)),
        End::Short if found.is_empty() => Some(Fault::NotANumber(0, value.len())),
        End::Short | End::Full => None,
    }
}

/// Where a comment begins in a value.
fn comment(value: &str) -> Option<usize> {
    let marks = ["#", ";", "//"];
    marks.iter().filter_map(|mark| value.find(mark)).min()
}

/// Whether a leading zero makes digits an octal number.
fn is_octal(word: &str) -> bool {
    let digits = word.strip_prefix('-').unwrap_or(word);
    digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit())
}

/// A value with a fault, and who holds it.
struct Judged<'d> {
    document: &'d Document,
    setting: &'d Setting,
    fault: Fault,
    /// Whether the kernel refuses it.
    refused: bool,
}

/// Whether the rule about leading zeros speaks of a value.
pub(super) fn is_octal_by_mistake(
    deployment: &Deployment,
    document: &Document,
    setting: &Setting,
) -> bool {
    let fault = fault(&setting.key, &setting.value, deployment.machine.kernels());
    let octal = fault.filter(|fault| matches!(fault, Fault::Octal(..)));
    octal.is_some_and(|fault| is_read_as_it_stands(document, setting, fault))
}

/// The values with faults of a deployment.
fn judged<'d>(deployment: &'d Deployment) -> impl Iterator<Item = Judged<'d>> {
    let kernels = deployment.machine.kernels();
    deployment
        .in_space(Space::Sysctl)
        .filter(|document| document.complete)
        .flat_map(move |document| {
            let settings = document.settings.iter();
            settings.filter_map(move |setting| {
                if !setting.known
                    || has_comment_for_flint(document, setting)
                    || not_settable::is_refused(deployment, document, setting)
                    || separators::is_elsewhere(document, setting)
                    || lines::has_invisible(document, setting)
                {
                    return None;
                }
                let fault = fault(&setting.key, &setting.value, kernels)?;
                is_read_as_it_stands(document, setting, fault).then(|| Judged {
                    document,
                    setting,
                    fault,
                    refused: is_refused(deployment, setting),
                })
            })
        })
}

/// Whether the value reaches the kernel as it stands there: that of a loader's file does, and the text
/// that a container or a pod is given. Other files have quotes and numbers of their own.
fn is_read_as_it_stands(document: &Document, setting: &Setting, fault: Fault) -> bool {
    if document.format == Format::Sysctl {
        return true;
    }
    let own_spelling = setting.kind != Typed::Text || setting.value.contains(['_', 'e', 'E']);
    match fault {
        Fault::Octal(..) => setting.kind == Typed::Text && document.scope != Scope::Machine,
        Fault::NotANumber(..) => !own_spelling && !setting.value.is_empty(),
        Fault::Quotes | Fault::Comment(_) => {
            setting.kind == Typed::Text && document.scope != Scope::Machine
        }
    }
}

/// Whether a comment for flint stands in the value, which is told as such.
fn has_comment_for_flint(document: &Document, setting: &Setting) -> bool {
    let from = document
        .comments
        .partition_point(|comment| comment.at.start < setting.whole.start);
    let mut near = document.comments[from..]
        .iter()
        .take_while(|comment| comment.at.start < setting.whole.end);
    near.any(|comment| !comment.legal && setting.whole.contains(comment.at))
}

/// The bytes of a part of a value, or all of it where the file spells it otherwise.
fn part(deployment: &Deployment, judged: &Judged, from: usize, upto: usize) -> Span {
    let setting = judged.setting;
    let written = &deployment.source(judged.document).bytes[setting.value_at.range()];
    if written == setting.value.as_bytes() {
        let start = setting.value_at.start as usize;
        Span::new(start + from, start + upto)
    } else {
        setting.value_at
    }
}

/// Gives a setting the value that it was meant to have.
fn write(
    deployment: &Deployment,
    judged: &Judged,
    value: &str,
    title: impl Into<String>,
) -> Option<Fix> {
    let Judged {
        document, setting, ..
    } = judged;
    let edit = document.set(deployment.source(document), setting, value)?;
    Some(changed(deployment, judged, value, title, vec![edit]))
}

fn changed(
    deployment: &Deployment,
    judged: &Judged,
    value: &str,
    title: impl Into<String>,
    edits: Vec<Edit>,
) -> Fix {
    let (document, setting) = (judged.document, judged.setting);
    let in_force = document.get(&setting.key) == Some(setting);
    let claims = in_force.then(|| claim(document, &setting.key, Some(value)));
    let fix = Fix {
        title: title.into(),
        safety: Safety::Safe,
        risk: String::new(),
        edits,
        claims: claims.into_iter().collect(),
    };
    if judged.refused && lines_of(deployment, &setting.key) > 1 {
        return fix.risky(OVER_ANOTHER);
    }
    fix
}

fn finding(rule: &Rule, judged: &Judged, at: Span, message: String) -> Finding {
    let mut finding = rule.finding(judged.document, at, message);
    finding.key = Some(judged.setting.key.clone());
    finding
}

/// `quoted-sysctl-value`.
pub(in crate::rules) fn quoted(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    let kernels = deployment.machine.kernels();
    for judged in judged(deployment).filter(|judged| judged.fault == Fault::Quotes) {
        let (setting, value) = (judged.setting, judged.setting.value.as_str());
        let message = format!(
            "the quotes are a part of the value of `{}`, and the kernel refuses it",
            setting.key
        );
        let mut finding = finding(rule, &judged, setting.value_at, message);
        finding.help =
            "there are no quotes in a sysctl file: the loaders hand on all that follows the `=`; \
             files of tuned and shell scripts have them"
                .to_owned();
        let plain = ['"', '\''].into_iter().find_map(|quote| {
            let inner = value.strip_prefix(quote)?.strip_suffix(quote)?.trim();
            (!inner.is_empty() && !inner.contains(['"', '\''])).then_some(inner)
        });
        let parameter = parameters::find(&setting.key);
        let plain = plain.filter(|plain| {
            parameter.is_some_and(|parameter| !refuses(&parameter, plain, kernels))
                && fault(&setting.key, plain, kernels).is_none()
        });
        finding.fix =
            plain.and_then(|plain| write(deployment, &judged, plain, "remove the quotes"));
        out.push(finding);
    }
}

const NO_COMMENT: &str = "a comment has a line of its own; behind the last number and a blank the \
                          kernel drops a text, behind a name or without the blank it refuses the value";

/// The values with a comment behind them: the comment's place and text, and the fix.
fn comments<'d>(
    deployment: &'d Deployment,
) -> impl Iterator<Item = (Judged<'d>, Span, Option<Fix>)> {
    judged(deployment).filter_map(|judged| {
        let Fault::Comment(from) = judged.fault else {
            return None;
        };
        let value = judged.setting.value.as_str();
        let at = part(deployment, &judged, from, value.len());
        let head = value[..from].trim_end();
        let fix = above(deployment, &judged, head, &value[from..]);
        Some((judged, at, fix))
    })
}

/// `sysctl-inline-comment`: a comment that costs the value.
pub(in crate::rules) fn inline_comment(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    for (judged, at, fix) in comments(deployment).filter(|(judged, ..)| judged.refused) {
        let message = format!(
            "this is no comment but a part of the value of `{}`, and the kernel refuses it",
            judged.setting.key
        );
        let mut finding = finding(rule, &judged, at, message);
        finding.help = NO_COMMENT.to_owned();
        finding.fix = fix;
        out.push(finding);
    }
}

/// `dropped-sysctl-comment`: comments that the kernel drops, once for each file.
pub(in crate::rules) fn dropped_comment(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    let mut first: Option<(&Document, usize, usize)> = None;
    for (judged, at, fix) in comments(deployment).filter(|(judged, ..)| !judged.refused) {
        if let Some((document, index, more)) = &mut first
            && std::ptr::eq(*document, judged.document)
        {
            *more += 1;
            let told: &mut Finding = &mut out[*index];
            told.label = format!("and {more} more in this file");
            told.fix = join(told.fix.take(), fix);
            continue;
        }
        let message = format!(
            "this is no comment: it is written to `{}` with the number, and the kernel drops it",
            judged.setting.key
        );
        let mut finding = finding(rule, &judged, at, message);
        finding.help = NO_COMMENT.to_owned();
        finding.fix = fix;
        first = Some((judged.document, out.len(), 0));
        out.push(finding);
    }
}

/// Both fixes as one; `None` unless both are there.
fn join(one: Option<Fix>, other: Option<Fix>) -> Option<Fix> {
    let (mut one, other) = (one?, other?);
    one.title = "move the comments to lines above".to_owned();
    one.edits.extend(other.edits);
    one.claims.extend(other.claims);
    Some(one)
}

/// Moves a comment to a line of its own above the setting.
fn above(deployment: &Deployment, judged: &Judged, head: &str, comment: &str) -> Option<Fix> {
    if head.is_empty() {
        return None;
    }
    let (document, setting) = (judged.document, judged.setting);
    let source = deployment.source(document);
    if !source.is_text(setting.value_at) {
        return None;
    }
    let text = comment.trim_start_matches(['#', ';', '/']);
    if text.trim().is_empty() {
        return write(deployment, judged, head, "remove it");
    }
    let blank = if text.starts_with([' ', '\t']) {
        ""
    } else {
        " "
    };
    let comment = if comment.starts_with('#') {
        comment.to_owned()
    } else {
        format!("#{blank}{text}")
    };
    let edits = vec![
        document.comment_above(source, setting, &comment)?,
        document.set(source, setting, head)?,
    ];
    let title = "move the comment to a line above";
    Some(changed(deployment, judged, head, title, edits))
}
