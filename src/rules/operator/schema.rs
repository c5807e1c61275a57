//! Fields of another type than the schema of the resource gives them, the same in all releases of the
//! operator: Kubernetes itself refuses these, before the operator sees them.

use super::{Resource, What};
use crate::deployment::Deployment;
use crate::finding::Finding;
use crate::rules::{Rule, fixes, in_backquotes};
use crate::syntax::{Kind, Setting};
use crate::text::Source;

/// What a field must be.
#[derive(Clone, Copy)]
enum Type {
    Integer,
    Number,
    Text,
    OneOf(&'static [&'static str]),
}

/// The fields of a cluster.
const OF_CLUSTER: [(&str, Type); 7] = [
    ("mode", Type::OneOf(&["native", "standalone"])),
    ("jobManager.replicas", Type::Integer),
    ("jobManager.resource.cpu", Type::Number),
    ("jobManager.resource.memory", Type::Text),
    ("taskManager.replicas", Type::Integer),
    ("taskManager.resource.cpu", Type::Number),
    ("taskManager.resource.memory", Type::Text),
];

/// The fields of a job.
const OF_JOB: [(&str, Type); 4] = [
    ("job.parallelism", Type::Integer),
    ("job.savepointTriggerNonce", Type::Integer),
    ("job.state", Type::OneOf(&["running", "suspended"])),
    (
        "job.upgradeMode",
        Type::OneOf(&["stateless", "last-state", "savepoint"]),
    ),
];

/// Every field of another type.
pub(super) fn check(
    rule: &Rule,
    deployment: &Deployment,
    resource: Resource,
    out: &mut Vec<Finding>,
) {
    let of_cluster = match resource.what {
        What::Deployment | What::BlueGreen => &OF_CLUSTER[..],
        What::SessionJob | What::Snapshot => &[],
    };
    let source = deployment.source(resource.fields);
    for (path, must) in of_cluster.iter().chain(&OF_JOB) {
        let Some(field) = resource.known(path) else {
            continue;
        };
        let Some((message, help)) = must.problem(path, field, source) else {
            continue;
        };
        out.extend(resource.finding(rule, path, message).map(|mut finding| {
            finding.help = help;
            if let Type::OneOf(names) = must {
                let fix = meant(&field.value, names)
                    .and_then(|name| fixes::set(deployment, resource.fields, field, name));
                finding.fix = fix;
            }
            finding
        }));
    }
}

impl Type {
    /// Why a value is not of this type, and what to write.
    fn problem(self, path: &str, field: &Setting, source: &Source) -> Option<(String, String)> {
        let text = &field.value;
        let name = path.rsplit('.').next().unwrap_or(path);
        match self {
            Type::Integer | Type::Number => {
                let is_quoted = source
                    .bytes
                    .get(field.value_at.range())
                    .is_some_and(|bytes| bytes.starts_with(b"\"") || bytes.starts_with(b"'"));
                let is_word = text.bytes().any(|byte| byte.is_ascii_alphabetic());
                // Other spellings of numbers, such as `1_000`, are YAML's business.
                if field.kind != Kind::Text || !is_quoted && !is_word {
                    return None;
                }
                let what = match self {
                    Type::Integer => "a whole number",
                    _ => "a number",
                };
                let help = if is_quoted && !is_word {
                    format!("the schema asks for {what}: leave out the quotes")
                } else if name == "cpu" {
                    "the schema asks for a number: half a core is `0.5`, not `500m`".to_owned()
                } else {
                    format!("the schema asks for {what}")
                };
                Some((
                    format!("{name} is the text `{text}`: Kubernetes refuses the resource"),
                    help,
                ))
            }
            Type::Text => matches!(field.kind, Kind::Integer | Kind::Float).then(|| {
                (
                    format!("{name} is the number {text}: Kubernetes refuses the resource"),
                    "the schema asks for a text, such as `2048m`; a number without unit would be bytes"
                        .to_owned(),
                )
            }),
            Type::OneOf(names) => (!names.contains(&text.as_str())).then(|| {
                (
                    format!("there is no {name} `{text}`: Kubernetes refuses the resource"),
                    format!("write one of {}", in_backquotes(names)),
                )
            }),
        }
    }
}

/// The name that another spelling means: `LAST_STATE`, `Savepoint`.
fn meant(text: &str, names: &[&'static str]) -> Option<&'static str> {
    let plain = |text: &str| text.to_lowercase().replace(['-', '_', ' '], "");
    let mut names = names.iter().copied();
    names.find(|name| plain(name) == plain(text))
}
