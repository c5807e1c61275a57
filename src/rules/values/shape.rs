//! `list-on-comma-option` and `map-under-scalar-option`: YAML of a shape that the option does not take.

use super::sites;
use crate::deployment::Deployment;
use crate::finding::Finding;
use crate::flink::options::{self, Scope, State, ValueKind};
use crate::flink::version::Versions;
use crate::rules::Rule;
use crate::syntax::yaml::{Items, parse_items};
use crate::syntax::{Document, Format, Kind, Section, Setting, Space};

/// String options that hold several things, each with what stands between them.
const SEPARATED: [(&str, &str); 9] = [
    ("env.java.opts", " "),
    ("env.java.opts.all", " "),
    ("env.java.opts.client", " "),
    ("env.java.opts.historyserver", " "),
    ("env.java.opts.jobmanager", " "),
    ("env.java.opts.taskmanager", " "),
    ("high-availability.zookeeper.quorum", ","),
    ("io.tmp.dirs", ","),
    ("metrics.reporters", ","),
];

/// `list-on-comma-option`: a YAML list for an option that is one text.
pub(crate) fn list_on_comma_option(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for site in sites(deployment) {
        let setting = site.setting;
        let separated = SEPARATED.iter().find(|(key, _)| *key == setting.key);
        let (true, Some((_, separator))) = (setting.kind == Kind::List, separated) else {
            continue;
        };
        if site.document.format != Format::ConfigYaml {
            continue;
        }
        let mut finding = site.finding(
            rule,
            format!(
                "`{}` is one text: Flink reads the list with its brackets",
                setting.key
            ),
        );
        let between = if *separator == "," {
            "commas"
        } else {
            "blanks"
        };
        finding.help = format!("write one text with {between} between its parts, and no brackets");
        let items = match parse_items(&setting.value) {
            Some(Items::List(items)) => items,
            _ => Vec::new(),
        };
        let items: Vec<String> = items.into_iter().map(|item| item.text).collect();
        if !items.is_empty() && items.iter().all(|item| !item.contains(['[', '{', ','])) {
            let joined = items.join(separator);
            finding.label = format!("write `{joined}`");
        }
        out.push(finding);
    }
}

/// `map-under-scalar-option`: a mapping below a key that takes one value.
pub(crate) fn map_under_scalar_option(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    for document in deployment.in_space(Space::Flink) {
        for (section, first) in mappings(document, deployment) {
            let mut finding = rule.finding(
                document,
                section.key_at,
                format!(
                    "`{}` takes one value, not a mapping; Flink keeps its default",
                    section.key
                ),
            );
            finding.label = format!("read as `{}`, which is no option", first.key);
            finding.help =
                "nested keys are joined with dots, and Flink does not tell of keys that it \
                            does not know"
                    .to_owned();
            finding.key = Some(section.key.clone());
            out.push(finding);
        }
    }
}

/// The keys of a document of which `map-under-scalar-option` explains why those below are no options.
pub(in crate::rules) fn scalars_with_mappings<'d>(
    deployment: &Deployment,
    document: &'d Document,
) -> Vec<&'d str> {
    mappings(document, deployment)
        .map(|(section, _)| section.key.as_str())
        .collect()
}

/// The mappings of a document below keys that take one value, each with its first setting.
fn mappings<'d, 'a>(
    document: &'d Document,
    deployment: &'a Deployment<'_>,
) -> impl Iterator<Item = (&'d Section, &'d Setting)> + use<'d, 'a> {
    let sections = document.sections.iter();
    sections
        .filter(|_| document.space == Space::Flink && document.format == Format::ConfigYaml)
        .filter(|section| {
            takes_one_value(section, deployment) && !is_set(document, deployment, section)
        })
        .filter_map(|section| {
            let prefix = format!("{}.", section.key);
            let mut settings = document.settings.iter();
            let first = settings.find(|setting| setting.key.starts_with(&prefix))?;
            first.known.then_some((section, first))
        })
}

/// Whether a key is an option for one value in all versions, and no option lies below it.
fn takes_one_value(section: &Section, deployment: &Deployment) -> bool {
    let versions = deployment.versions;
    let key = section.key.as_str();
    let specs: Vec<_> = options::meanings(key)
        .filter(|spec| spec.versions.overlaps(versions))
        .collect();
    let known = specs
        .iter()
        .fold(Versions::NONE, |set, spec| set.or(spec.versions));
    let one = |kind: ValueKind| !kind.is_list() && kind != ValueKind::Map;
    let below = format!("{key}.");
    !specs.is_empty()
        && versions.within(known)
        && specs
            .iter()
            .all(|spec| spec.scope == Scope::Config && spec.state != State::Alias && one(spec.kind))
        && !options::all().any(|spec| spec.key.starts_with(&below))
        && !options::in_open_family(&format!("{below}a"))
}

/// Whether the option is set elsewhere, so that nothing is lost.
fn is_set(document: &Document, deployment: &Deployment, section: &Section) -> bool {
    document.get(&section.key).is_some() || deployment.raw(&section.key).is_some()
}
