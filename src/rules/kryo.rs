//! Rules about Kryo: what registers a type, what only looks like it
//! (`SerializerConfigImpl`, `ExecutionConfig`; run on every version).

use super::cluster::is_of_operator;
use super::code::serialization;
use super::{Rule, fixes};
use crate::deployment::{Base, Deployment, Effective, Value};
use crate::finding::{Finding, Related, Severity};
use crate::flink::value;
use crate::flink::version::Versions;
use crate::syntax::yaml::{self, Node};
use crate::syntax::{Document, Format, Layer, Space};

const CONFIG: &str = "pipeline.serialization-config";
const TYPES: &str = "pipeline.registered-kryo-types";
const SERIALIZERS: &str = "pipeline.default-kryo-serializers";
const FORCE: &str = "pipeline.force-kryo";
const GENERIC: &str = "pipeline.generic-types";

/// `no-such-kryo-registrator`: Spark's word; Flink never had such an option.
pub(super) fn no_such_kryo_registrator(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    for document in deployment.flink_documents() {
        for setting in document.in_force() {
            if !is_registrator(document, &setting.key) {
                continue;
            }
            let message = format!(
                "Flink has no option `{}`; nothing is registered",
                setting.key
            );
            let mut finding = rule.finding(document, setting.whole, message);
            finding.label = "ignored without a word".to_owned();
            finding.help = format!(
                "no version has a Kryo registrator; {}",
                real_form(deployment, document)
            );
            finding.key = Some(setting.key.clone());
            finding.fix = fixes::remove(deployment, document, &[&setting.key])
                .map(|fix| fix.titled("remove the line, which has no effect"));
            out.push(finding);
        }
    }
}

pub(super) fn is_registrator(document: &Document, key: &str) -> bool {
    // A byte order mark in the key is a mistake of its own.
    if key.starts_with('\u{feff}') {
        return false;
    }
    let lower = key.to_ascii_lowercase();
    let ending = [
        "registrator",
        "registrator-class",
        "registrator.class",
        "registratorclass",
    ]
    .iter()
    .any(|end| lower.ends_with(end));
    // A job's own file may hold keys that the job itself reads.
    let flink_reads = document.space == Space::Flink || lower.starts_with("pipeline.");
    ending && lower.contains("kryo") && flink_reads
}

/// How to register a type with Kryo, for the versions and the file at hand.
fn real_form(deployment: &Deployment, document: &Document) -> String {
    let old = format!("`{TYPES}: com.example.A;com.example.B`");
    let new = format!("`{CONFIG}: [com.example.A: {{type: kryo}}]`");
    if document.format == Format::FlinkConf && deployment.versions.overlaps(Versions::LEGACY) {
        return format!("in flink-conf.yaml write {old}");
    }
    if deployment.versions.within(Versions::YAML) {
        return format!("write {new}");
    }
    if deployment.versions.overlaps(Versions::YAML) {
        return format!("write {new} from 1.19 on with config.yaml, {old} before");
    }
    format!("write {old}")
}

/// What `pipeline.serialization-config` says about one class.
#[derive(Debug, Default)]
struct Entry {
    class: String,
    kind: Option<String>,
    kryo_type: Option<String>,
    serializer: Option<String>,
}

/// The entries of a list in YAML form; `None` when it is none.
fn entries(text: &str) -> Option<Vec<Entry>> {
    let Node::List(items) = yaml::parse_value(text)? else {
        return None;
    };
    let mut entries = Vec::new();
    for item in items {
        let Node::Map(classes) = item else {
            return None;
        };
        for (class, attributes) in classes {
            let mut entry = Entry {
                class,
                ..Entry::default()
            };
            if let Node::Map(attributes) = attributes {
                for (name, node) in attributes {
                    let Node::Scalar(text) = node else { continue };
                    match name.as_str() {
                        "type" => entry.kind = Some(text),
                        "kryo-type" => entry.kryo_type = Some(text),
                        "class" => entry.serializer = Some(text),
                        _ => {}
                    }
                }
            }
            entries.push(entry);
        }
    }
    Some(entries)
}

impl Entry {
    /// Whether the class is registered with Kryo: plainly, or with a serializer of its own.
    fn registers(&self) -> bool {
        self.kind.as_deref() == Some("kryo")
            && matches!(self.kryo_type.as_deref(), None | Some("registered"))
    }

    /// Whether Kryo gets a serializer for the class, but the class is not registered.
    fn is_default_serializer(&self) -> bool {
        self.kind.as_deref() == Some("kryo")
            && self.kryo_type.as_deref() == Some("default")
            && self.serializer.is_some()
    }

    /// What Flink rejects, or drops without a word.
    fn mistake(&self) -> Option<String> {
        let class = &self.class;
        let needs_class = |what: &str| {
            format!(
                "`{class}` has {what} but no `class`; the job fails with a NullPointerException"
            )
        };
        match (
            self.kind.as_deref(),
            self.kryo_type.as_deref(),
            &self.serializer,
        ) {
            (None, _, _) => Some(format!("`{class}` has no `type`; the job fails")),
            (Some("typeinfo"), _, None) => Some(needs_class("`type: typeinfo`")),
            (Some("kryo"), Some(_), None) => Some(needs_class("a `kryo-type`")),
            (Some("kryo"), Some("default" | "registered"), Some(_)) => None,
            (Some("kryo"), Some(other), Some(_)) => Some(format!(
                "`{other}` is no kryo-type; Flink drops the entry of `{class}` without a word (default, registered)"
            )),
            (Some("pojo" | "kryo" | "typeinfo"), _, _) => None,
            (Some(other), _, _) => Some(format!(
                "`{other}` is no type for `{class}`; the job fails (pojo, kryo or typeinfo, small letters)"
            )),
        }
    }
}

/// The first item that is a class name and nothing else.
fn bare_item(text: &str) -> Option<String> {
    let items = match yaml::parse_value(text)? {
        Node::List(items) => items,
        scalar => vec![scalar],
    };
    items.into_iter().find_map(|item| match item {
        Node::Scalar(text) if !text.is_empty() && !text.contains(':') => Some(text),
        _ => None,
    })
}

/// What an entry looks like.
const ENTRY: &str = "an entry is `CLASS: {type: pojo}`, `{type: kryo}`, `{type: kryo, kryo-type: \
                     default|registered, class: SERIALIZER}` or `{type: typeinfo, class: FACTORY}`";

/// `invalid-serialization-config`: entries that Flink rejects or drops, and a map instead of a list.
pub(super) fn invalid_serialization_config(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    for document in deployment.flink_documents() {
        if document.format == Format::FlinkConf || document.load_error.is_some() {
            continue;
        }
        let prefix = format!("{CONFIG}.");
        let nested = document.settings.iter().find(|setting| {
            setting.key.starts_with(&prefix) && !is_registrator(document, &setting.key)
        });
        if let Some(setting) = nested {
            let section = document
                .sections
                .iter()
                .find(|section| section.key == CONFIG);
            let at = section.map_or(setting.key_at, |section| section.key_at);
            let mut finding = rule.finding(
                document,
                at,
                format!(
                    "`{CONFIG}` is a map; Flink reads only a list and ignores this without a word"
                ),
            );
            finding.help =
                "write each class as an item of a list: `- com.example.A: {type: kryo}`".to_owned();
            finding.key = Some(CONFIG.to_owned());
            out.push(finding);
        }
        let Some(setting) = document.get(CONFIG) else {
            continue;
        };
        if let (true, Some(item)) = (setting.known, bare_item(&setting.value)) {
            let message = format!("`{item}` is no `CLASS: {{type: ...}}`; the job fails");
            let mut finding = rule.finding(document, setting.whole, message);
            finding.help = ENTRY.to_owned();
            finding.key = Some(CONFIG.to_owned());
            out.push(finding);
            continue;
        }
        let Some(entries) = entries(&setting.value).filter(|_| setting.known) else {
            continue;
        };
        for (index, entry) in entries.iter().enumerate() {
            let twice = entries[..index]
                .iter()
                .any(|other| other.class == entry.class);
            let mistake = match entry.mistake() {
                None if twice => Some(format!("`{}` stands twice; the job fails", entry.class)),
                other => other,
            };
            if let Some(message) = mistake {
                let mut finding = rule.finding(document, setting.whole, message);
                finding.help = ENTRY.to_owned();
                let nth = if twice { "/twice" } else { "" };
                finding.key = Some(format!("{CONFIG}/{}{nth}", entry.class));
                out.push(finding);
            }
        }
    }
}

/// `serialization-config-needs-yaml`: YAML-style text in a file that is not YAML.
pub(super) fn serialization_config_needs_yaml(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    for document in deployment.flink_documents() {
        if document.format != Format::FlinkConf {
            continue;
        }
        let Some(setting) = document.get(CONFIG) else {
            continue;
        };
        let is_yaml = setting.value.starts_with(['[', '{', '-']) || setting.value.contains(": {");
        if !(setting.known && is_yaml) {
            continue;
        }
        let mut finding = rule.finding(
            document,
            setting.whole,
            format!("`{CONFIG}` does not work in flink-conf.yaml"),
        );
        finding.label = "UnsupportedOperationException in 1.19 and 1.20; unknown before".to_owned();
        finding.help = format!(
            "move the configuration to config.yaml (1.19 and later), or {}",
            real_form(deployment, document)
        );
        finding.key = Some(CONFIG.to_owned());
        out.push(finding);
    }
}

/// `missing-kryo-registration`: Kryo in use for sure and no type registered; and, where nothing is
/// known about types, the way to find out.
pub(super) fn missing_kryo_registration(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    let nothing_said = || {
        let keys = [CONFIG, TYPES, SERIALIZERS, GENERIC];
        keys.iter().all(|key| deployment.get(key).is_absent())
    };
    if let Some((effective, why)) = evidence(deployment) {
        out.push(in_use(rule, deployment, effective, why));
    } else if deployment.is_complete()
        // A few options on top of those of an image are nobody's whole configuration.
        && deployment.base == Base::File
        && deployment.job.is_none()
        && nothing_said()
        // What the operator has for all deployments says nothing about the types of one.
        && !deployment.flink_documents().any(is_of_operator)
    {
        out.extend(unguarded(rule, deployment));
    }
}

/// Whether `missing-kryo-registration` speaks about a key of the deployment.
pub(super) fn speaks_of(deployment: &Deployment, key: &str) -> bool {
    evidence(deployment).is_some_and(|(effective, _)| effective.setting.key == key)
}

/// What puts types into the hands of Kryo, where certainly none is registered.
fn evidence<'p>(deployment: &Deployment<'p>) -> Option<(Effective<'p>, &'static str)> {
    let config = deployment.get(CONFIG);
    let types = deployment.get(TYPES);
    // What registers types may stand in code that can't be read to the end.
    let may_register = |key: &str, value: &Value| {
        let in_code = deployment.job.is_some() || deployment.may_be_set_by_jobs(key);
        in_code && matches!(value, Value::Unknown)
    };
    if may_register(CONFIG, &config) || may_register(TYPES, &types) {
        return None;
    }
    if matches!(config, Value::Unknown) && deployment.raw(CONFIG).is_some()
        || matches!(types, Value::Unknown) && deployment.raw(TYPES).is_some()
    {
        return None;
    }
    let entries = config
        .known()
        .and_then(|effective| entries(effective.value()))
        .unwrap_or_default();
    let registered = types
        .known()
        .is_some_and(|effective| !effective.value().trim().is_empty())
        || entries.iter().any(Entry::registers);
    if registered {
        return None;
    }
    let force = deployment
        .get(FORCE)
        .known()
        .filter(|effective| value::parse_boolean(effective.value()) == Ok(true));
    let serializers = deployment
        .get(SERIALIZERS)
        .known()
        .filter(|effective| !effective.value().trim().is_empty());
    let listed = config
        .known()
        .filter(|_| entries.iter().any(Entry::is_default_serializer));
    let evidence = [
        (force, "every POJO goes through Kryo, too"),
        (serializers, "these types go through Kryo"),
        (listed, "these types go through Kryo"),
    ];
    let mut found = evidence.into_iter();
    found.find_map(|(effective, why)| effective.map(|effective| (effective, why)))
}

fn in_use(rule: &Rule, deployment: &Deployment, effective: Effective, why: &str) -> Finding {
    let mut finding = rule.finding(
        effective.document,
        effective.setting.whole,
        format!("Kryo is in use and no type is registered: {why}"),
    );
    finding.label = "no registration in this deployment".to_owned();
    finding.help = better_than_registering(deployment, effective.document);
    finding.key = Some(effective.setting.key.clone());
    finding
}

fn better_than_registering(deployment: &Deployment, document: &Document) -> String {
    format!(
        "Kryo writes the full class name of an unregistered type where a field's type is open. Better \
         than registering is a POJO or Avro type, whose state can change its schema; else {}",
        real_form(deployment, document)
    )
}

/// How many types a message names.
const NAMED: usize = 3;

/// `A`, `B` and 2 more types of the job go through Kryo.
fn through_kryo(proven: &[(String, Related)]) -> String {
    let names = proven.iter().take(NAMED);
    let names: Vec<String> = names.map(|(name, _)| format!("`{name}`")).collect();
    let verb = if proven.len() == 1 { "goes" } else { "go" };
    let list = match (proven.len() - names.len(), names.as_slice()) {
        (0, [all @ .., last]) if !all.is_empty() => format!("{} and {last}", all.join(", ")),
        (0, _) => names.concat(),
        (more, _) => format!("{} and {more} more", names.join(", ")),
    };
    format!("{list} of the job {verb} through Kryo")
}

fn unguarded(rule: &Rule, deployment: &Deployment) -> Option<Finding> {
    let whole = |document: &&Document| document.layer != Layer::Environment;
    let document = deployment.flink_documents().filter(whole).last()?;
    let last = document.settings.last()?;
    let mut finding = rule.finding(
        document,
        last.whole,
        format!("types that Flink can't analyse fall back to Kryo unnoticed; `{GENERIC}: false` makes such a job fail and name the type"),
    );
    finding.severity = Severity::Note;
    finding.key = Some(GENERIC.to_owned());
    let proven = serialization::on_cluster(deployment);
    if !proven.is_empty() {
        // With generic types forbidden this job would certainly not start.
        finding.message = format!("{} and no type is registered", through_kryo(&proven));
        finding.help = better_than_registering(deployment, document);
        let places = proven.into_iter().take(NAMED);
        finding.related = places.map(|(_, place)| place).collect();
        return Some(finding);
    }
    finding.help =
        "try it where jobs are tested: a job that starts with it has no Kryo fallback".to_owned();
    finding.fix = fixes::add(deployment, document, GENERIC, "false")
        .map(|fix| fix.risky("a job that uses a generic type no longer starts"));
    Some(finding)
}
