//! Rules about single kernel parameters: whether there is such a one, what the kernel makes of its value.
//! They hold for every Linux machine, whatever runs on it.

pub(in crate::rules) mod memory;
pub(in crate::rules) mod out_of_range;
pub(in crate::rules) mod removed;
pub(in crate::rules) mod unknown;
pub(in crate::rules) mod vectors;
pub(in crate::rules) mod without_effect;

use crate::deployment::{Deployment, Site};
use crate::finding::{Finding, Fix, Safety, Severity};
use crate::linux::kernel::Release;
use crate::rules::host::{not_settable, separators};
use crate::rules::{Rule, claim, fixes};
use crate::syntax::{Document, Format, Scope, Setting, Space};

/// Assignments whose key names one parameter. Not those of a template, which may write others, not those
/// that a dash says may fail, and not those that ask for what is the host's or lead to no file at all,
/// of which other rules speak.
fn assignments<'d>(deployment: &'d Deployment) -> impl Iterator<Item = Site<'d>> {
    let documents = deployment.in_space(Space::Sysctl);
    documents
        .filter(|document| document.complete)
        .flat_map(|document| document.settings.iter().map(move |own| (own, document)))
        .filter(|(setting, document)| {
            let is_name = |c: char| c.is_ascii_alphanumeric() || "._-/:@".contains(c);
            setting.key.chars().all(is_name)
                && !may_fail(deployment, document, setting)
                && !not_settable::is_refused(deployment, document, setting)
                && !separators::is_elsewhere(document, setting)
        })
}

/// Whether a dash before the key says that nobody minds if the kernel refuses the line.
fn may_fail(deployment: &Deployment, document: &Document, setting: &Setting) -> bool {
    let source = deployment.source(document);
    document.format == Format::Sysctl
        && source.bytes.get(setting.whole.start as usize) == Some(&b'-')
}

/// What becomes of a line whose key the kernel does not have, or whose value it refuses: nothing on a machine;
/// a container does not start, since its runtime writes each parameter before anything else.
fn stops_container(document: &Document) -> bool {
    document.scope != Scope::Machine
}

/// A finding of a key that the kernel does not have, or has for reading only. The message says what the kernel
/// lacks, to be followed by what comes of it.
fn without_parameter(rule: &Rule, (setting, document): Site, message: &str) -> Finding {
    let stops = stops_container(document);
    let outcome = if stops {
        "the container does not start"
    } else {
        "the line has no effect"
    };
    let message = format!("{message} {outcome}");
    let mut finding = rule.finding(document, setting.whole, message);
    finding.key = Some(setting.key.clone());
    finding.help = if stops {
        finding.severity = Severity::Error;
        "the container's runtime writes all parameters first, and gives up where one fails"
    } else {
        "`sysctl -p` reports the line as an error, and what reads it when the machine starts leaves \
         it out"
    }
    .to_owned();
    finding
}

/// The measured releases that speak for the machine.
fn releases(deployment: &Deployment) -> Vec<Release> {
    deployment.machine.kernels().measured().collect()
}

/// Takes a line away that the kernels in question do not have or do not use. Only where somebody says which
/// kernels these are, it is certain that none of them loses anything.
fn remove(deployment: &Deployment, (setting, document): Site) -> Option<Fix> {
    let fix = fixes::remove(deployment, document, &[&setting.key])?;
    if deployment.machine.kernels.is_some() {
        return Some(fix);
    }
    Some(fix.risky("a machine with an older kernel loses the setting"))
}

/// Renames a key of which one line is there, unless the other one is set, too.
fn rename(deployment: &Deployment, (setting, document): Site, key: &str) -> Option<Fix> {
    if document.get(key).is_some() || document.all(&setting.key).count() > 1 {
        return None;
    }
    let edit = document.rename(deployment.source(document), setting, key)?;
    Some(Fix {
        title: format!("name {key} instead"),
        safety: Safety::Unsafe,
        risk: if stops_container(document) {
            "the container uses the value for the first time".to_owned()
        } else {
            "the machine uses the value for the first time".to_owned()
        },
        edits: vec![edit],
        claims: vec![
            claim(document, &setting.key, None),
            claim(document, key, Some(&setting.value)),
        ],
    })
}
