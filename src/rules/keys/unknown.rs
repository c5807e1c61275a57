//! `unknown-option`: keys that no version has, where every key is a declared option.

use super::{Depth, Rule, Verdict, judged};
use crate::deployment::Deployment;
use crate::finding::Finding;
use crate::flink::options;
use crate::flink::version::NAMES;

/// How many options below a key are worth a list.
const FEW: usize = 4;

/// Options of versions before 1.13, and what is there now.
const BEFORE: [(&str, &str); 3] = [
    ("taskmanager.hostname", "it has long been taskmanager.host"),
    (
        "taskmanager.memory.fraction",
        "1.10 removed it; a share of memory is managed by taskmanager.memory.managed.fraction now",
    ),
    (
        "taskmanager.memory.preallocate",
        "1.10 removed it; Flink decides when it allocates managed memory",
    ),
];

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for found in judged(deployment, Depth::All, |verdict| {
        *verdict == Verdict::Unknown
    }) {
        let key = &found.setting.key;
        if rule.is_own_key(key) {
            continue;
        }
        let (first, last) = (NAMES[0], NAMES[NAMES.len() - 1]);
        let mut finding = rule.finding(
            found.document,
            found.setting.key_at,
            format!(
                "no Flink from {first} to {last} has an option `{key}`; Flink ignores the line"
            ),
        );
        finding.label = "no such option".to_owned();
        let below = options::below(key, deployment.versions);
        finding.help = if let Some((_, now)) = BEFORE.iter().find(|(before, _)| before == key) {
            (*now).to_owned()
        } else if (1..=FEW).contains(&below.len()) {
            format!("there are options below it: {}", below.join(", "))
        } else {
            "look the option up in Flink's list, or remove the line; a key that your own code reads \
             belongs under a prefix of your own"
                .to_owned()
        };
        finding.key = Some(key.clone());
        out.push(finding);
    }
}
