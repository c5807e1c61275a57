//! `generated-config-committed`: a file that the entrypoint of a container rewrote and somebody
//! committed. The official image edits the file that is mounted into it, at every start.

use std::collections::HashMap;

use super::{Rule, cluster, safe};
use crate::deployment::{Deployment, is_said_by_job};
use crate::finding::{Finding, Related, Severity};
use crate::syntax::{Document, Format, Setting, Space};
use crate::text::{Source, Span};

const ADDRESS: &str = "jobmanager.rpc.address";

/// How often a line stands in a file that was written at every start.
const OFTEN: usize = 5;

/// The check.
pub(super) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    let documents = deployment.in_space(Space::Flink);
    for document in documents.filter(|document| !is_said_by_job(document)) {
        let source = deployment.source(document);
        if let Some(line) = stack_trace(source) {
            let message = "this file is the stack trace of a Java program, not a configuration";
            let mut finding = rule.finding(document, line, message);
            finding.label = "written by a process that failed".to_owned();
            finding.help =
                "the output of a failed start was written into the file; take the version \
                            before it from the history"
                    .to_owned();
            out.push(finding);
        } else if document.load_error.is_none() && document.editable {
            out.extend(rewritten(rule, deployment, document));
        }
    }
}

/// The first line of a stack trace, when the whole text is one.
pub(super) fn stack_trace(source: &Source) -> Option<Span> {
    // A file of settings can be large; a trace says what it is at its start.
    let head = &source.bytes[..source.bytes.len().min(8192)];
    let text = String::from_utf8_lossy(head);
    let is_frame = |line: &&str| line.trim_start().starts_with("at ") && line.contains(".java:");
    let frames = text.lines().filter(is_frame).count();
    let opens = text.lines().any(|line| {
        line.starts_with("Exception in thread")
            || line.contains("Exception: ")
            || line.ends_with("Exception")
    });
    if frames < 2 || !opens {
        return None;
    }
    let index = (0..source.line_starts().len())
        .find(|index| !source.text(source.line_span(*index)).trim().is_empty())?;
    Some(source.line_span(index))
}

/// All lines of a key of which one stands in the document again and again.
fn appended<'d>(document: &'d Document, key: &str) -> Option<Vec<&'d Setting>> {
    let all: Vec<&Setting> = document.all(key).collect();
    if document.format != Format::FlinkConf || all.len() <= OFTEN {
        return None;
    }
    let mut counts: HashMap<&str, usize> = HashMap::new();
    let is_often = all.iter().any(|setting| {
        let count = counts.entry(&setting.value).or_default();
        *count += 1;
        *count > OFTEN
    });
    is_often.then_some(all)
}

/// The short id of a container: what Docker makes its host name.
fn is_container_id(value: &str) -> bool {
    let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    // Twelve digits, or twelve letters, may be a name that somebody chose.
    value.len() == 12 && value.bytes().all(hex) && (1..12).contains(&digits)
}

fn rewritten(rule: &Rule, deployment: &Deployment, document: &Document) -> Option<Finding> {
    let is_id = |setting: &&Setting| setting.known && is_container_id(&setting.value);
    let id = document.all(ADDRESS).find(is_id);
    let repeated: Vec<Vec<&Setting>> = document
        .in_force()
        .filter_map(|setting| appended(document, &setting.key))
        .collect();
    let mut finding = if let Some(setting) = id {
        let message = format!("`{ADDRESS}` is the id of a container, which changes at every start");
        let mut finding = rule.finding(document, setting.whole, message);
        finding.label = "written by the entrypoint of the image".to_owned();
        finding
    } else {
        let most = repeated.iter().max_by_key(|all| all.len())?;
        let message = format!("`{}` stands here {} times", most[0].key, most.len());
        let mut finding = rule.finding(document, most[0].whole, message);
        if most.iter().all(|other| other.value == most[0].value) {
            finding.severity = Severity::Note;
        }
        finding.label = "appended at every start of a container".to_owned();
        finding
    };
    finding.help = "the official image writes into the file that is mounted as its configuration; commit \
                    the file as it was before, with the name of the service as the address, and mount it \
                    read-only or pass FLINK_PROPERTIES"
        .to_owned();
    finding.key = Some(ADDRESS.to_owned());
    let source = deployment.source(document);
    let mut edits = Vec::new();
    for all in &repeated {
        let [shadowed @ .., last] = all.as_slice() else {
            continue;
        };
        edits.extend(
            shadowed
                .iter()
                .filter_map(|other| document.remove(source, other)),
        );
        finding.related.push(Related {
            at: Deployment::at(document, last.whole),
            message: format!("the last of {} lines with `{}`", all.len(), last.key),
        });
    }
    if !edits.is_empty() {
        finding.fix = Some(safe("remove the lines that are not used", edits));
    }
    Some(finding)
}

/// Whether the findings of this rule explain that a key stands twice.
pub(super) fn explains(deployment: &Deployment, document: &Document, key: &str) -> bool {
    let own = cluster::documents(deployment).any(|other| std::ptr::eq(other, document));
    own && document.editable && appended(document, key).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_container_id_is_twelve_hexadecimal_digits() {
        assert!(is_container_id("99dfb0deb1af"));
        assert!(is_container_id("07ef5795dd76"));
        for name in [
            "jobmanager",
            "123456789012",
            "feedfacebeef",
            "99DFB0DEB1AF",
            "99dfb0deb1a",
            "",
        ] {
            assert!(!is_container_id(name), "{name}");
        }
    }
}
