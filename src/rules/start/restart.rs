//! Restart strategies: options of another strategy than the one that is chosen, and none at all.

use super::{FIXED_DELAY, Proof, known};
use crate::deployment::{Deployment, Value};
use crate::finding::{Finding, Related};
use crate::flink::options;
use crate::rules::declared::Test;
use crate::rules::{Rule, fixes};
use crate::syntax::Space;

const TYPE: &str = "restart-strategy.type";

/// The strategies that have options of their own.
const STRATEGIES: [&str; 3] = ["fixed-delay", "failure-rate", "exponential-delay"];

/// The names that stand for no restarts (`RestartStrategyOptions`).
const NONE: [&str; 3] = ["none", "off", "disable"];

/// The strategy that a name chooses; `Some("none")` for no restarts.
fn strategy(name: &str) -> Option<&'static str> {
    let name = name.to_lowercase();
    if NONE.contains(&name.as_str()) {
        return Some("none");
    }
    let known = STRATEGIES
        .iter()
        .find(|strategy| name == **strategy || name == strategy.replace('-', ""));
    known.copied()
}

/// The check of `restart-options-for-other-strategy`.
pub(in crate::rules) fn options_for_other_strategy(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    let (chosen, name) = match deployment.cluster_value(TYPE) {
        Value::Known(effective) => match strategy(effective.value()) {
            Some(name) => (Some(effective), name),
            None => return,
        },
        // Nothing or a strategy with numbers of its own, which is exponential-delay from 1.19 on.
        Value::Default(_) => (None, "exponential-delay"),
        Value::Unknown => return,
    };
    let known = chosen.map_or(deployment.versions, |chosen| chosen.versions);
    let versions = deployment.versions.and(known);
    for document in deployment.in_space(Space::Flink) {
        for other in STRATEGIES.iter().filter(|other| **other != name) {
            let prefix = format!("restart-strategy.{other}.");
            let mut idle = document.settings.iter().filter(|setting| {
                setting.key.starts_with(&prefix)
                    && options::is_known(&setting.key, deployment.versions)
                    && document.get(&setting.key) == Some(*setting)
            });
            let Some(first) = idle.next() else { continue };
            let reason = match (chosen, name) {
                (None, _) => "no strategy is chosen".to_owned(),
                (_, "none") => "restarts are off".to_owned(),
                (_, name) => format!("the strategy is {name}"),
            };
            let mut message = format!("options of the strategy {other} have no effect: {reason}");
            if versions != deployment.versions {
                message.push_str(&format!(" (Flink {versions})"));
            }
            let mut finding = rule.finding(document, first.whole, message);
            finding.help = match (chosen, name) {
                (None, _) => format!(
                    "set restart-strategy.type (before 1.17 restart-strategy) to {other}; a strategy's options do not choose it"
                ),
                (_, "none") => format!("choose {other}, or remove its options"),
                (_, name) => format!(
                    "each strategy reads its own options only; choose {other}, or write restart-strategy.{name}.* instead"
                ),
            };
            finding.key = Some(first.key.clone());
            finding.related.extend(chosen.map(|chosen| Related {
                at: chosen.at(),
                message: format!("{} is {}", chosen.setting.key, chosen.value()),
            }));
            finding.related.extend(idle.map(|setting| Related {
                at: Deployment::at(document, setting.whole),
                message: "the same".to_owned(),
            }));
            out.push(finding);
        }
    }
}

/// Folders and files in which a job that ends with its first failure is meant to.
const TRIALS: [&str; 9] = [
    "test",
    "demo",
    "playground",
    "example",
    "sample",
    "bench",
    "local",
    "tutorial",
    "quickstart",
];

/// The check of `restart-disabled`.
pub(in crate::rules) fn disabled(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    let Some(chosen) = known(deployment, TYPE) else {
        return;
    };
    let path = deployment.source(chosen.document).path.to_lowercase();
    if strategy(chosen.value()) != Some("none") || TRIALS.iter().any(|word| path.contains(word)) {
        return;
    }
    let mode = deployment.cluster_value("execution.runtime-mode");
    if mode
        .text()
        .is_some_and(|mode| !mode.eq_ignore_ascii_case("STREAMING"))
    {
        return;
    }
    // Who pays for checkpoints wants jobs to go on; without them the word may well be meant.
    let when = [("execution.checkpointing.interval", Test::AtLeast("1 ms"))];
    let Some(proof) = Proof::of(chosen, deployment).and(rule, deployment, &when) else {
        return;
    };
    let message = "restarts are off: the first failure of a task ends the job, checkpoints or not";
    let finding = proof.finding(rule, deployment, message);
    out.extend(finding.map(|mut finding| {
        finding.help = "a lost TaskManager or a moment without network is enough; exponential-delay restarts with growing pauses and forgets failures after a while".to_owned();
        finding
    }));
}

/// The check of `fixed-delay-single-attempt` (`RestartStrategyOptions`: the default is 1).
pub(in crate::rules) fn single_attempt(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    const ATTEMPTS: &str = "restart-strategy.fixed-delay.attempts";
    let Some(chosen) = known(deployment, TYPE) else {
        return;
    };
    let when = [(TYPE, FIXED_DELAY), (ATTEMPTS, Test::Absent)];
    let Some(proof) = Proof::of(chosen, deployment).and(rule, deployment, &when) else {
        return;
    };
    let message = "fixed-delay without a number of attempts restarts the job once";
    let finding = proof.finding(rule, deployment, message);
    out.extend(finding.map(|mut finding| {
        finding.label = format!("{ATTEMPTS} is 1 by default");
        finding.help =
            format!("set {ATTEMPTS}, or use exponential-delay, which has no limit by default");
        finding.fix = fixes::add(deployment, chosen.document, ATTEMPTS, "10")
            .map(|fix| fix.risky("the job restarts ten times where it ended after one"));
        finding
    }));
}
