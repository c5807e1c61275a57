//! `mixed-option-generations`: old and new names of options side by side.

use super::Rule;
use super::deprecated::targets;
use crate::deployment::{Deployment, is_said_by_job};
use crate::finding::{Finding, Related};
use crate::flink::options::{self, State};
use crate::flink::version::Versions;
use crate::syntax::{Setting, Space};

/// The check: one note a document.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    let documents = deployment.in_space(Space::Flink);
    for document in documents.filter(|document| !is_said_by_job(document)) {
        // Beside its own new name an old one is a matter of `both-old-and-new-option`.
        let is_alone = |targets: Vec<&str>| targets.iter().all(|key| deployment.raw(key).is_none());
        let old: Vec<&Setting> = document
            .in_force()
            .filter(|setting| targets(&setting.key, deployment.versions).is_some_and(is_alone))
            .collect();
        let new = document
            .in_force()
            .find(|setting| is_new_name(&setting.key, deployment.versions));
        let (Some(first), Some(new)) = (old.iter().min_by_key(|setting| setting.whole.start), new)
        else {
            continue;
        };
        let count = old.len();
        let message = if count == 1 {
            "one option has its old name here, others have new ones".to_owned()
        } else {
            format!("{count} options have their old names here, others have new ones")
        };
        let mut finding = rule.finding(document, first.key_at, message);
        finding.label = "an old name".to_owned();
        finding.help =
            "write all options by the names of the version that runs; readers take the newest \
             name they see for the version"
                .to_owned();
        finding.key = Some(first.key.clone());
        finding.related.push(Related {
            at: Deployment::at(document, new.key_at),
            message: "a new name".to_owned(),
        });
        out.push(finding);
    }
}

/// Whether an option took the place of an old name that all the versions still read.
fn is_new_name(key: &str, versions: Versions) -> bool {
    let mut specs = options::meanings(key).filter(|spec| spec.versions.overlaps(versions));
    specs.any(|spec| {
        let mut aliases = spec.aliases().filter(|alias| !alias.fallback);
        spec.state == State::Current
            && aliases.any(|alias| {
                // Names older than 1.13 tell nothing about a generation.
                let mut old = options::meanings(alias.key);
                old.any(|spec| spec.state == State::Current)
            })
    })
}
