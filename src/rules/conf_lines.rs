//! Rules about single lines of flink-conf.yaml, the file that is not YAML
//! (`GlobalConfiguration.loadYAMLResource`, the same from 1.13 to 1.20).

use super::{Rule, claim, safe};
use crate::deployment::Deployment;
use crate::finding::{Finding, Fix, Safety, Severity};
use crate::flink::names;
use crate::flink::options::{self, ValueKind};
use crate::flink::value;
use crate::flink::version::Versions;
use crate::syntax::{Document, Format, Layer, Problem, ProblemKind, Repair, Setting, Space};
use crate::text::{Edit, Source, Span};

/// The flink-conf.yaml files that Flink reads in this deployment.
fn legacy<'d>(deployment: &'d Deployment) -> impl Iterator<Item = &'d Document> {
    // From 1.19 on the image's entrypoint cuts a line of FLINK_PROPERTIES at its first colon and removes
    // every blank, and no `#` is a comment (process_flink_properties of flink-docker): no line is skipped.
    let appended = !deployment.versions.overlaps(Versions::YAML);
    deployment.flink_documents().filter(move |document| {
        document.format == Format::FlinkConf && (appended || document.layer != Layer::Environment)
    })
}

/// Turns a repair that the reader worked out into a fix.
pub(super) fn repaired(
    document: &Document,
    repair: &Repair,
    title: &str,
    safety: Safety,
    risk: &str,
) -> Fix {
    Fix {
        title: title.to_owned(),
        safety,
        risk: risk.to_owned(),
        edits: repair
            .edits
            .iter()
            .map(|(span, text)| Edit {
                source: document.source,
                span: *span,
                text: text.clone(),
            })
            .collect(),
        claims: repair
            .changes
            .iter()
            .map(|(key, value)| claim(document, key, value.as_deref()))
            .collect(),
    }
}

const ACTIVATES: &str = "the line takes effect for the first time";

/// `ignored-line`: a line that Flink skips with a warning in its log.
pub(super) fn ignored_line(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for document in legacy(deployment) {
        let source = deployment.source(document);
        let mut previous: Option<(usize, usize)> = None;
        for problem in &document.problems {
            let ignored = matches!(
                problem.kind,
                ProblemKind::NotAPair | ProblemKind::EmptyKeyOrValue
            );
            if !ignored || is_document_mark(source, problem.at) {
                continue;
            }
            // The marks of one merge conflict are one mistake.
            let text = source.text(problem.at);
            if ["=======", ">>>>>>>", "|||||||"]
                .iter()
                .any(|mark| text.starts_with(mark))
            {
                continue;
            }
            let meant = meant_option(document, problem);
            let line = source.line_index(problem.at.start);
            // Lines of one foreign block are one mistake.
            if meant.is_none() {
                if let Some((index, last)) = previous
                    && line <= last + 1
                {
                    previous = Some((index, line));
                    let first: &mut Finding = &mut out[index];
                    first.message = "Flink skips this line and the ones below it".to_owned();
                    first.label = format!("skipped up to line {}", line + 1);
                    continue;
                }
                previous = Some((out.len(), line));
            } else {
                previous = None;
            }
            let mut finding = rule.problem(document, problem);
            finding.help =
                "flink-conf.yaml is read line by line as `key: value`, with a colon and a \
                            blank; all else is skipped with a warning in the log"
                    .to_owned();
            if let Some(repair) = meant {
                finding.fix = Some(repaired(
                    document,
                    repair,
                    "write it as `key: value`",
                    Safety::Unsafe,
                    ACTIVATES,
                ));
            }
            out.push(finding);
        }
    }
}

/// The repair of a line whose key is an option that nothing else in the file sets.
fn meant_option<'p>(document: &Document, problem: &'p Problem) -> Option<&'p Repair> {
    let key = problem.key.as_deref()?;
    let repair = problem.repair.as_ref()?;
    let known = options::is_option(key) || options::in_open_family(key);
    (known && document.get(key).is_none()).then_some(repair)
}

/// `---`, `...`, `%YAML` and `%TAG`: skipped, but nothing is lost.
fn is_document_mark(source: &Source, at: Span) -> bool {
    let text = source.text(at);
    let text = text.trim();
    text.starts_with("---")
        || text == "..."
        || text.starts_with("%YAML")
        || text.starts_with("%TAG")
}

/// `nested-yaml-in-legacy-conf`: a block of which Flink reads the leaves without their parents.
pub(super) fn nested_yaml(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for document in legacy(deployment) {
        for problem in &document.problems {
            if problem.kind != ProblemKind::NestedBlock {
                continue;
            }
            let mut finding = rule.problem(document, problem);
            finding.help = "Flink 1.13-1.20 strips the indentation and reads each line by itself; write the \
                            full dotted key on every line, or rename the file to config.yaml (1.19 and later)"
                .to_owned();
            let known = |key: &str| options::is_option(key) || options::in_open_family(key);
            if let Some(repair) = &problem.repair {
                let mut added = repair.changes.iter().filter(|(_, value)| value.is_some());
                let free = |key: &str| document.get(key).is_none();
                if added.all(|(key, _)| known(key) && free(key)) {
                    finding.fix = Some(repaired(
                        document,
                        repair,
                        "write the full keys",
                        Safety::Unsafe,
                        "the lines take effect for the first time",
                    ));
                }
            }
            out.push(finding);
        }
    }
}

/// `hash-cuts-value`: a `#` inside a value starts a comment, quotes or not.
pub(super) fn hash_cuts_value(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for document in legacy(deployment) {
        for problem in &document.problems {
            if problem.kind != ProblemKind::HashCutsValue {
                continue;
            }
            let setting = problem.key.as_deref().and_then(|key| document.get(key));
            // `4#slots` leaves a valid number: a comment without a blank, nothing lost.
            let complete = setting.is_some_and(|setting| {
                options::kind(&setting.key, deployment.versions).is_some_and(|kind| {
                    kind != ValueKind::String && is_valid(kind, &setting.value, deployment)
                })
            });
            if complete {
                continue;
            }
            let mut finding = rule.problem(document, problem);
            finding.help =
                "flink-conf.yaml has no way to write a `#` in a value; from 1.19 on config.yaml \
                            can, in quotes"
                    .to_owned();
            out.push(finding);
        }
    }
}

/// Whether a text is a value of a type.
fn is_valid(kind: ValueKind, text: &str, deployment: &Deployment) -> bool {
    match kind {
        ValueKind::MemorySize => value::parse_memory(text).is_ok(),
        ValueKind::Duration => value::parse_duration(text, deployment.versions).is_ok(),
        ValueKind::Boolean => value::parse_boolean(text).is_ok(),
        ValueKind::Integer => value::parse_integer(text).is_ok(),
        ValueKind::Long => value::parse_long(text).is_ok(),
        ValueKind::Double | ValueKind::Float => value::parse_double(text).is_ok(),
        _ => false,
    }
}

/// `byte-order-mark`: three invisible bytes that become part of the first key.
pub(super) fn byte_order_mark(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for document in deployment
        .flink_documents()
        .chain(deployment.in_space(Space::Sysctl))
    {
        let mark = document
            .problems
            .iter()
            .find(|problem| problem.kind == ProblemKind::ByteOrderMark);
        let Some(problem) = mark else { continue };
        let mut finding = rule.problem(document, problem);
        finding.help = "save the file as UTF-8 without a byte order mark".to_owned();
        if let Some(repair) = &problem.repair {
            let title = "remove the byte order mark";
            if repair.changes.is_empty() {
                // Only a comment, an empty line or a setting that a later one overrules carries it.
                finding.severity = Severity::Note;
                finding.fix = Some(repaired(document, repair, title, Safety::Safe, ""));
            } else {
                finding.fix = Some(repaired(document, repair, title, Safety::Unsafe, ACTIVATES));
            }
        }
        out.push(finding);
    }
}

/// What stands between the quotes that a line of a flink-conf.yaml puts around its value, and the type
/// of the option, where the quotes are all that there is to say about the value.
pub(super) fn kept_quotes(setting: &Setting, versions: Versions) -> Option<(&str, ValueKind)> {
    let value = setting.value.as_str();
    let plain = ['"', '\''].into_iter().find_map(|quote| {
        let inner = value.strip_prefix(quote)?.strip_suffix(quote)?;
        let is_plain = inner.trim() == inner && !inner.is_empty();
        (is_plain && !inner.contains(['"', '\''])).then_some(inner)
    })?;
    // The scripts treat the quotes of env.* in ways of their own.
    if !setting.known || setting.key.starts_with("env.") {
        return None;
    }
    let kind = options::kind(&setting.key, versions)?;
    (!kind.is_list() && kind != ValueKind::Map).then_some((plain, kind))
}

/// `legacy-quotes-kept`: quotes that become part of the value.
pub(super) fn legacy_quotes_kept(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for document in legacy(deployment) {
        let source = deployment.source(document);
        for setting in &document.settings {
            // Only the last of a key counts.
            let counts = document.get(&setting.key) == Some(setting);
            let Some((plain, kind)) = kept_quotes(setting, deployment.versions).filter(|_| counts)
            else {
                continue;
            };
            let rejected = kind != ValueKind::String || names::is_named(&setting.key);
            let (message, label) = if rejected {
                (
                    format!(
                        "Flink reads the quotes as part of `{}` and rejects the value",
                        setting.key
                    ),
                    format!("a value without quotes is expected ({})", kind.name()),
                )
            } else {
                (
                    format!("the quotes are part of the value of `{}`", setting.key),
                    String::new(),
                )
            };
            let mut finding = rule.finding(document, setting.value_at, message);
            finding.label = label;
            finding.help =
                "flink-conf.yaml is not YAML: Flink 1.13-1.20 keeps quotes in the value".to_owned();
            finding.key = Some(setting.key.clone());
            if !rejected {
                finding.severity = Severity::Note;
            }
            finding.fix = document.set(source, setting, plain).map(|edit| {
                let fix = safe("remove the quotes", vec![edit]);
                let (safety, risk) = if rejected {
                    (Safety::Safe, "")
                } else {
                    (Safety::Unsafe, "the value changes for whoever reads it")
                };
                Fix {
                    safety,
                    risk: risk.to_owned(),
                    claims: vec![claim(document, &setting.key, Some(plain))],
                    ..fix
                }
            });
            out.push(finding);
        }
    }
}
