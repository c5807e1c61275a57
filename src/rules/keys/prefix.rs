//! `prefix-conflict`: a map option set as a whole and by single entries
//! (`ConfigurationUtils.convertToPropertiesPrefixed`, reached only where the whole is not set).

use std::collections::BTreeMap;

use super::{Rule, of_flink};
use crate::deployment::Deployment;
use crate::finding::{Finding, Related};
use crate::flink::options::{self, ValueKind};
use crate::rules::fixes;
use crate::rules::operator::overlap;
use crate::syntax::{Document, Setting};

/// The check: one finding for all the entries of a map in one document.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    if overlap::refuses_overlap(deployment) {
        return overlap::check(rule, deployment, out);
    }
    let mut maps: BTreeMap<(usize, String), Vec<(&Document, &Setting)>> = BTreeMap::new();
    for (document, setting) in of_flink(deployment) {
        if let Some(map) = map_of(deployment, &setting.key) {
            let nth = deployment
                .documents
                .iter()
                .position(|other| std::ptr::eq(*other, document));
            maps.entry((nth.unwrap_or_default(), map.to_owned()))
                .or_default()
                .push((document, setting));
        }
    }
    for ((_, map), mut entries) in maps {
        entries.sort_by_key(|(_, setting)| setting.whole.start);
        out.extend(finding(rule, deployment, &map, &entries));
    }
}

/// The map option, set as a whole, of which a key is an entry and nothing else.
fn map_of<'k>(deployment: &Deployment, key: &'k str) -> Option<&'k str> {
    let is_map = |name: &str| {
        options::kind(name, deployment.versions) == Some(ValueKind::Map)
            && deployment.raw(name).is_some()
    };
    let dots = key.match_indices('.').map(|(dot, _)| dot);
    let map = dots.map(|dot| &key[..dot]).find(|name| is_map(name))?;
    options::meanings(key).next().is_none().then_some(map)
}

fn finding(
    rule: &Rule,
    deployment: &Deployment,
    map: &str,
    entries: &[(&Document, &Setting)],
) -> Option<Finding> {
    let (document, first) = *entries.first()?;
    let (whole, place) = deployment.raw(map)?;
    let what = match entries.len() {
        1 => "this entry".to_owned(),
        count => format!("this entry and {} more", count - 1),
    };
    let mut finding = rule.finding(
        document,
        first.key_at,
        format!("`{map}` is set as a whole, so Flink ignores {what}"),
    );
    finding.label = "not read".to_owned();
    finding.help = format!("write all entries in `{map}`, or each with a key of its own");
    finding.key = Some(first.key.clone());
    finding.related.push(Related {
        at: Deployment::at(place, whole.whole),
        message: "the whole map".to_owned(),
    });
    let keys: Vec<&str> = entries
        .iter()
        .map(|(_, setting)| setting.key.as_str())
        .collect();
    finding.fix = fixes::remove(deployment, document, &keys)
        .map(|fix| fix.titled("remove the entries that are ignored"));
    Some(finding)
}
