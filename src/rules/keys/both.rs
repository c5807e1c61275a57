//! `both-old-and-new-option`: one option under two of its names.

use super::deprecated::names;
use super::{Rule, of_flink, other_names, raw};
use crate::deployment::Deployment;
use crate::finding::{Finding, Related, Severity};
use crate::flink::options::{self, State};
use crate::flink::version::Versions;
use crate::rules::fixes;
use crate::syntax::{Document, Setting};

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for (document, setting) in of_flink(deployment) {
        let in_force = || raw(deployment, &setting.key).is_some_and(|(found, _)| found == setting);
        let Some(winner) = winner(deployment, &setting.key).filter(|_| in_force()) else {
            continue;
        };
        out.push(finding(rule, deployment, document, setting, winner));
    }
    flipping(rule, deployment, out);
}

/// The name that is set and hides `key`, for every option that reads `key`, in every version.
fn winner(deployment: &Deployment, key: &str) -> Option<&'static str> {
    let mut winner = None;
    let mut seen = Versions::NONE;
    for spec in options::meanings(key).filter(|spec| spec.versions.overlaps(deployment.versions)) {
        if spec.state != State::Alias {
            return None;
        }
        for target in spec.targets() {
            let mut names_of_target = std::iter::once(target).chain(other_names(target));
            if !names_of_target.any(|name| name != key && raw(deployment, name).is_some()) {
                return None;
            }
            for version in deployment.versions.and(spec.versions).iter() {
                let first = options::names_in_order(target, version)
                    .find(|name| raw(deployment, name).is_some())?;
                // The name out of the table lives longer than the one out of the file.
                let first = names(target, version).find(|name| *name == first && *name != key)?;
                if winner.is_some_and(|other| other != first) {
                    return None;
                }
                winner = Some(first);
            }
        }
        seen = seen.or(spec.versions);
    }
    let winner = winner.filter(|_| deployment.versions.within(seen))?;
    (!is_read_elsewhere(deployment, key)).then_some(winner)
}

/// Whether an option that `key` is no old name of falls back to it: of the pod templates of the
/// `JobManager` and the `TaskManager` the common one is the fallback under both of its names, the old
/// one first.
fn is_read_elsewhere(deployment: &Deployment, key: &str) -> bool {
    let versions = deployment.versions;
    let mut fallbacks = options::all().filter(|spec| {
        spec.versions.overlaps(versions)
            && spec
                .aliases()
                .any(|alias| alias.fallback && alias.key == key)
    });
    fallbacks.any(|spec| {
        versions.and(spec.versions).iter().any(|version| {
            let mut names = options::names_in_order(spec.key, version);
            names.find(|name| raw(deployment, name).is_some()) == Some(key)
        })
    })
}

fn finding(
    rule: &Rule,
    deployment: &Deployment,
    document: &Document,
    setting: &Setting,
    winner: &str,
) -> Finding {
    let key = &setting.key;
    let mut finding = rule.finding(
        document,
        setting.key_at,
        format!("`{key}` is ignored because `{winner}` is set as well"),
    );
    finding.label = format!("an old name of `{winner}`");
    finding.help =
        "Flink reads an option's own key first, then its old names in a fixed order, and \
                    says nothing of the others"
            .to_owned();
    finding.key = Some(key.clone());
    let Some((wins, place)) = raw(deployment, winner) else {
        return finding;
    };
    finding.related.push(Related {
        at: Deployment::at(place, wins.whole),
        message: format!("the value in force: {}", wins.value),
    });
    if wins.value == setting.value {
        finding.severity = Severity::Note;
    }
    let same_place = place.source == document.source && place.ordinal == document.ordinal;
    if same_place && document.all(key).count() == 1 {
        finding.fix = fixes::remove(deployment, document, &[key])
            .map(|fix| fix.titled("remove the line that is ignored"));
    }
    finding
}

/// Pairs of which some versions read one line and the others the other: whichever runs, a line with
/// another value is ignored.
fn flipping(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for (document, setting) in of_flink(deployment) {
        let known = options::known_in(&setting.key);
        let later = deployment.versions.and(known);
        if later.is_empty() || later == deployment.versions {
            continue;
        }
        let earlier = deployment.versions.without(known);
        for old in other_names(&setting.key) {
            let Some((other, place)) = raw(deployment, old) else {
                continue;
            };
            let is_own = options::versions_where(old, |spec| spec.state != State::Alias);
            let is_alias = options::versions_where(old, |spec| {
                spec.state == State::Alias && spec.targets().any(|target| target == setting.key)
            });
            let both_known = setting.known && other.known && setting.value != other.value;
            let in_force = raw(deployment, &setting.key).map(|(raw, _)| raw) == Some(setting);
            if !(both_known && in_force && earlier.within(is_own) && later.within(is_alias)) {
                continue;
            }
            let since = super::first(later);
            let mut finding = rule.finding(
                place,
                other.key_at,
                format!(
                    "`{old}` counts before {since} and is ignored from then on, where `{}` has \
                         another value",
                    setting.key
                ),
            );
            finding.label = format!("an old name of `{}` since {since}", setting.key);
            finding.help =
                "give both the same value, or keep the one that your version reads".to_owned();
            finding.key = Some(old.to_owned());
            finding.related.push(Related {
                at: Deployment::at(document, setting.whole),
                message: format!("the value from {since} on: {}", setting.value),
            });
            out.push(finding);
        }
    }
}
