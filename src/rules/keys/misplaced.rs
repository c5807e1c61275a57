//! `misplaced-option`: settings of other programs, and of tables, in Flink's configuration.

use super::foreign::Owner;
use super::{Depth, Judged, Rule, Verdict, judged};
use crate::deployment::Deployment;
use crate::finding::{Finding, Related};

/// The check: one finding for all the settings of one owner in one document.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    let found = judged(deployment, Depth::Listed, |verdict| {
        matches!(verdict, Verdict::Misplaced(_))
    });
    let owner = |found: &Judged| match found.verdict {
        Verdict::Misplaced(owner) => Some(owner),
        _ => None,
    };
    let group = |found: &Judged| (found.document.source, found.document.ordinal);
    for (index, first) in found.iter().enumerate() {
        let Some(own) = owner(first) else { continue };
        let same = |other: &&Judged| group(other) == group(first) && owner(other) == Some(own);
        if found[..index].iter().any(|other| same(&other)) {
            continue;
        }
        let others: Vec<&Judged> = found[index + 1..].iter().filter(same).collect();
        out.push(finding(rule, own, first, &others));
    }
}

fn finding(rule: &Rule, owner: Owner, first: &Judged, others: &[&Judged]) -> Finding {
    let key = &first.setting.key;
    let what = owner.what();
    let message = match others.len() {
        0 => format!("`{key}` is {what}; Flink ignores it here"),
        1 => format!("`{key}` is {what}, and so is one line more; Flink ignores them here"),
        count => {
            format!("`{key}` is {what}, and so are {count} lines more; Flink ignores them here")
        }
    };
    let mut finding = rule.finding(first.document, first.setting.key_at, message);
    finding.label = "not an option of Flink's configuration".to_owned();
    finding.help = owner.place().to_owned();
    finding.key = Some(key.clone());
    finding.related = others
        .iter()
        .take(3)
        .map(|other| Related {
            at: Deployment::at(other.document, other.setting.key_at),
            message: "here, too".to_owned(),
        })
        .collect();
    finding
}
