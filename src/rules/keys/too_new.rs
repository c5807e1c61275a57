//! `option-too-new`: keys that only later versions have.

use super::{Depth, Gap, Rule, Verdict, first, judged, rekeyed};
use crate::deployment::Deployment;
use crate::finding::Finding;
use crate::flink::options::{self, Alias, State};

/// What the silence of these keys costs, where no older name is set. Run on the versions in question.
const COSTS: [(&str, &str); 10] = [
    (
        "execution.checkpointing.dir",
        "checkpoints stay in the JobManager's memory",
    ),
    (
        "execution.checkpointing.incremental",
        "checkpoints are full ones",
    ),
    (
        "execution.checkpointing.savepoint-dir",
        "savepoints have no default folder",
    ),
    (
        "execution.checkpointing.storage",
        "the default storage is used",
    ),
    (
        "execution.checkpointing.unaligned.enabled",
        "checkpoints stay aligned",
    ),
    ("high-availability.type", "high availability is off"),
    (
        "pipeline.serialization-config",
        "no type and no serializer is registered",
    ),
    (
        "restart-strategy.type",
        "the default restart strategy is used",
    ),
    (
        "security.delegation.tokens.enabled",
        "delegation tokens stay on, the default",
    ),
    ("state.backend.type", "state is kept on the heap"),
];

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for found in judged(deployment, Depth::OtherVersions, |verdict| {
        matches!(verdict, Verdict::TooNew(_))
    }) {
        let Verdict::TooNew(gap) = found.verdict else {
            continue;
        };
        let key = &found.setting.key;
        // With an older name beside it the file serves both.
        let names = aliases(key);
        if names.iter().any(|name| deployment.raw(name.key).is_some()) {
            continue;
        }
        let since = first(gap.known);
        let mut finding = rule.finding(
            found.document,
            found.setting.key_at,
            format!("Flink {} does not know `{key}` and ignores it", gap.missing),
        );
        finding.label = format!("an option since {since}");
        let cost = COSTS.iter().find(|(option, _)| option == key);
        let cost = cost.filter(|_| deployment.is_complete() && gap.is_whole(deployment));
        let older = older(&names, gap);
        finding.help = match (cost, older) {
            (Some((_, cost)), Some(older)) => format!("{cost}; its name there is {older}"),
            (None, Some(older)) => format!("its name there is {older}"),
            (Some((_, cost)), None) => {
                format!("{cost}; remove the line, or run Flink {since} or later")
            }
            (None, None) => format!("remove the line, or run Flink {since} or later"),
        };
        finding.key = Some(key.clone());
        if let (true, Some(older)) = (gap.is_whole(deployment), older) {
            let same_type = options::kind(older, gap.missing) == options::kind(key, gap.known);
            if same_type {
                finding.fix = rekeyed(
                    deployment,
                    found.document,
                    found.setting,
                    older,
                    "the setting takes effect for the first time",
                );
            }
        }
        out.push(finding);
    }
}

/// The other names under which any version reads an option.
fn aliases(key: &str) -> Vec<Alias<'static>> {
    options::meanings(key)
        .flat_map(|spec| spec.aliases().collect::<Vec<_>>())
        .collect()
}

/// The name that all the versions in question read as an option of its own. A fallback is another
/// option, not this one.
fn older(names: &[Alias<'static>], gap: Gap) -> Option<&'static str> {
    let mut old = names.iter().filter(|name| !name.fallback);
    let fits = |key: &str| {
        let known = options::versions_where(key, |spec| spec.state != State::Alias);
        gap.missing.within(known)
    };
    old.find(|name| fits(name.key)).map(|name| name.key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flink::version::Versions;

    #[test]
    fn a_fallback_is_no_older_name() {
        let older = |key| {
            let known = options::known_in(key);
            let missing = Versions::parse("1.16").unwrap();
            super::older(&aliases(key), Gap { missing, known })
        };
        assert_eq!(older("state.backend.type"), Some("state.backend"));
        assert_eq!(older("rest.cache.checkpoint-statistics.timeout"), None);
    }

    #[test]
    fn costs_are_told_of_options() {
        assert!(COSTS.is_sorted());
        for (key, _) in COSTS {
            assert!(options::is_option(key), "{key}");
        }
    }
}
