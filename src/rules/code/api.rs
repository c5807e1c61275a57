//! Rules about classes and methods that Flink took away or wants to (`tools/api-table`).

use std::collections::BTreeSet;

use super::receiver::{self, Owner};
use super::replaced::{self, Family};
use super::{Job, is_older, jobs};
use crate::deployment::Deployment;
use crate::finding::{Finding, Fix, Safety};
use crate::flink::api::{self, Api};
use crate::flink::version::{NAMES, Versions};
use crate::rules::Rule;
use crate::syntax::code::{Call, Import, Kind, Language};
use crate::text::{Edit, Span};

/// `removed-api`: the check.
pub(in crate::rules) fn removed_api(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for job in jobs(deployment).filter(|job| job.code.language != Language::Python) {
        for used in uses(&job) {
            let Some(gone) = gone(used.api, deployment.versions) else {
                continue;
            };
            let message = format!(
                "{} went with Flink {gone}; this job does not compile",
                used.what
            );
            let mut finding = job.finding(rule, used.at, message);
            finding.label = format!("not in Flink {}", deployment.versions);
            used.instead.clone_into(&mut finding.help);
            finding.fix = moved(&job, &used);
            finding.key = Some(used.key);
            out.push(finding);
        }
    }
}

/// The new package of a class that only moved: the import alone names it.
fn moved(job: &Job, used: &Used) -> Option<Fix> {
    let new = match used.key.as_str() {
        "org.apache.flink.api.java.utils.ParameterTool" => "org.apache.flink.util.ParameterTool",
        "org.apache.flink.api.java.utils.MultipleParameterTool" => {
            "org.apache.flink.util.MultipleParameterTool"
        }
        _ => return None,
    };
    let text = job.source.text(used.at);
    (text == used.key).then(|| Fix {
        title: "import it from its new package".to_owned(),
        safety: Safety::Unsafe,
        risk: "the source no longer compiles against Flink 1.x".to_owned(),
        edits: vec![Edit {
            source: job.document.source,
            span: used.at,
            text: new.to_owned(),
        }],
        claims: Vec::new(),
    })
}

/// `deprecated-api`: the check.
pub(in crate::rules) fn deprecated_api(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    if is_older(deployment) {
        return;
    }
    let versions = deployment.versions;
    for job in jobs(deployment).filter(|job| job.code.language != Language::Python) {
        if job.is_test() {
            continue;
        }
        for used in uses(&job) {
            if !versions.within(used.api.deprecated) {
                continue;
            }
            let later = Versions::ALL.without(used.api.versions);
            let goes = later
                .iter()
                .find(|version| version.bits() > versions.bits());
            let message = match goes.and_then(name) {
                Some(version) => {
                    format!("{} is deprecated and goes with Flink {version}", used.what)
                }
                None => format!("{} is deprecated", used.what),
            };
            let mut finding = job.finding(rule, used.at, message);
            used.instead.clone_into(&mut finding.help);
            finding.key = Some(used.key);
            out.push(finding);
        }
    }
}

/// Something of Flink's API that a source certainly uses.
struct Used<'j> {
    at: Span,
    what: String,
    api: Api,
    instead: &'j str,
    key: String,
}

/// What a source uses of what the table speaks of, each family of classes once.
fn uses<'j>(job: &'j Job) -> Vec<Used<'j>> {
    let mut found: Vec<Used> = Vec::new();
    let mut families: BTreeSet<&str> = BTreeSet::new();
    for import in &job.code.imports {
        let Some(used) = imported(import) else {
            continue;
        };
        let family = replaced::family(&used.key).map(|family| family.name);
        if family.is_none_or(|family| families.insert(family)) {
            found.push(used);
        }
    }
    for call in job
        .code
        .calls
        .iter()
        .filter(|call| call.kind == Kind::Method)
    {
        let Some(owner) = receiver::owner(job, call) else {
            continue;
        };
        let Some(method) = replaced::method_of(owner, &call.name, call.args.len()) else {
            continue;
        };
        // `old-state-backend` says it.
        let backends = &replaced::OLD_BACKENDS;
        if call.name == "setStateBackend" && backends.iter().any(|class| job.code.imports(class)) {
            continue;
        }
        // The import of what it takes says it already.
        if method
            .family
            .is_some_and(|family| families.contains(family))
        {
            continue;
        }
        let Some(api) = of_method(owner, call) else {
            continue;
        };
        found.push(Used {
            at: call.name_at,
            what: format!("`{}`", call.name),
            api,
            instead: method.instead,
            key: call.name.clone(),
        });
    }
    found
}

/// What an import takes from the table; what other rules speak of is left to them.
fn imported(import: &Import) -> Option<Used<'static>> {
    if !import.path.starts_with("org.apache.flink.") {
        return None;
    }
    if let Some(package) = import.path.strip_suffix(".*") {
        let family = replaced::package(package)?;
        return Some(Used {
            at: import.at,
            what: family.what.to_owned(),
            api: api::class(family.sample)?,
            instead: family.instead,
            key: family.sample.to_owned(),
        });
    }
    // A nested class, or a static member.
    let mut path = import.path.as_str();
    let mut found = None;
    for _ in 0..3 {
        if let Some(api) = api::class(path) {
            found = Some(api);
            break;
        }
        path = path.rsplit_once('.')?.0;
    }
    let api = found?;
    if replaced::is_left_to_others(path) {
        return None;
    }
    let own = path.rsplit('.').next().unwrap_or(path);
    let family = replaced::family(path);
    let what = family.map_or_else(|| format!("`{own}`"), |family| family.says(own));
    Some(Used {
        at: import.at,
        what,
        api,
        instead: family.map_or(
            "the release notes and the Javadoc of the last version that has it say what replaces it",
            |family: &Family| family.instead,
        ),
        key: path.to_owned(),
    })
}

/// In which versions a method with this many arguments is there, where the table knows all of those.
fn of_method(owner: Owner, call: &Call) -> Option<Api> {
    let mut all = api::methods(owner.class(), &call.name)
        .filter(|method| method.arguments() == call.args.len());
    let first = all.next()?.api;
    let both = |one: Api, other: Api| Api {
        versions: one.versions.or(other.versions),
        deprecated: Versions::from_bits(one.deprecated.bits() & other.deprecated.bits()),
    };
    Some(all.fold(first, |sum, method| both(sum, method.api)))
}

/// The version with which an API went, where all of these versions lack it and older ones have it.
fn gone(api: Api, versions: Versions) -> Option<&'static str> {
    if versions.is_empty() || versions.overlaps(api.versions) || api.versions.is_empty() {
        return None;
    }
    // One bit for each version: all of these are younger.
    let last = api.versions.iter().last()?;
    let oldest = versions.iter().next()?;
    if oldest.bits() <= last.bits() {
        return None;
    }
    name(Versions::from_bits(last.bits() << 1))
}

fn name(version: Versions) -> Option<&'static str> {
    NAMES
        .iter()
        .enumerate()
        .find(|(bit, _)| version.bits() == 1 << bit)
        .map(|(_, name)| *name)
}
