//! Pedantic remarks about where and how often checkpoints are taken.

use super::{Proof, known};
use crate::deployment::{Deployment, Effective};
use crate::finding::Finding;
use crate::flink::{bounds, value};
use crate::rules::containers::dirs;
use crate::rules::{Rule, fixes};

const INTERVAL: &str = "execution.checkpointing.interval";
const DIRECTORY: &str = "execution.checkpointing.dir";
const SAVEPOINTS: &str = "execution.checkpointing.savepoint-dir";

/// What proves that two options are both set.
fn both<'p>(
    deployment: &Deployment<'p>,
    one: Effective<'p>,
    other: Effective<'p>,
) -> Option<Proof<'p>> {
    let mut proof = Proof::of(one, deployment);
    proof.versions = proof.versions.and(other.versions);
    proof.settings.push(other);
    (!proof.versions.is_empty()).then_some(proof)
}

/// `min-pause-above-interval`: `CheckpointCoordinator` then takes the pause for the interval.
pub(in crate::rules) fn min_pause_above_interval(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    let pause = known(deployment, "execution.checkpointing.min-pause");
    let interval = known(deployment, INTERVAL);
    let (Some(pause), Some(interval)) = (pause, interval) else {
        return;
    };
    let Some(proof) = both(deployment, pause, interval) else {
        return;
    };
    let read = |effective: Effective| value::parse_duration(effective.value(), proof.versions).ok();
    let (Some(least), Some(wanted)) = (read(pause), read(interval)) else {
        return;
    };
    // With an interval that Flink refuses nothing starts at all.
    let is_refused = bounds::violated(INTERVAL, interval.value(), proof.versions).is_some();
    if least > wanted && !is_refused {
        let message = format!(
            "checkpoints start every {}, not every {}: the pause is longer than the interval",
            value::show_duration(least),
            value::show_duration(wanted)
        );
        let finding = proof.finding(rule, deployment, &message);
        out.extend(finding.map(|mut finding| {
            finding.help =
                "Flink takes the larger of the two as interval; let the interval say it".to_owned();
            finding
        }));
    }
}

/// `savepoints-in-checkpoint-dir`.
pub(in crate::rules) fn savepoints_in_checkpoint_dir(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    let (Some(savepoints), Some(directory)) =
        (known(deployment, SAVEPOINTS), known(deployment, DIRECTORY))
    else {
        return;
    };
    // The later of the two lines is the one that takes a directory in use.
    let (first, second) = if savepoints.at() < directory.at() {
        (savepoints, directory)
    } else {
        (directory, savepoints)
    };
    let Some(proof) = both(deployment, second, first) else {
        return;
    };
    let folder = |effective: Effective<'_>| effective.value().trim_end_matches('/').to_owned();
    if folder(savepoints) == folder(directory) {
        let message = "checkpoints and savepoints share one directory";
        let finding = proof.finding(rule, deployment, message);
        out.extend(finding.map(|mut finding| {
            finding.help = "Flink deletes old checkpoints there and never savepoints; who cleans up by hand or by a rule of the store, can't tell them apart: give each its own directory".to_owned();
            finding
        }));
    }
}

/// `checkpoints-lost-on-cancel`. The Kubernetes operator retains checkpoints whatever the file says.
pub(in crate::rules) fn lost_on_cancel(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    const RETENTION: &str = "execution.checkpointing.externalized-checkpoint-retention";
    let (Some(interval), Some(directory)) =
        (known(deployment, INTERVAL), known(deployment, DIRECTORY))
    else {
        return;
    };
    let is_batch = known(deployment, "execution.runtime-mode")
        .is_some_and(|mode| mode.value().eq_ignore_ascii_case("batch"));
    let is_unset = deployment.cluster_option(RETENTION).is_absent();
    // With an interval that Flink refuses nothing starts at all.
    let is_refused = bounds::violated(INTERVAL, interval.value(), interval.versions).is_some();
    if !is_unset || is_refused || is_batch || !deployment.resources.is_empty() {
        return;
    }
    let Some(proof) = both(deployment, directory, interval) else {
        return;
    };
    let message = "the last checkpoint goes when its job is cancelled or fails for good";
    out.extend(
        proof
            .finding(rule, deployment, message)
            .map(|mut finding| {
                finding.help = format!(
                    "nothing is left to start the job from again but a savepoint that somebody took before; \
                     `{RETENTION}: RETAIN_ON_CANCELLATION` leaves it, and its removal to you"
                );
                let value = "RETAIN_ON_CANCELLATION".to_owned();
                finding.fix = fixes::put(deployment, &[(RETENTION, value)], directory.site())
                    .map(|fix| fix.risky("checkpoints of cancelled jobs stay until somebody removes them"));
                finding
            }),
    );
}

/// `tmp-as-state-storage`.
pub(in crate::rules) fn tmp_as_state_storage(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    const KEYS: [&str; 3] = [DIRECTORY, SAVEPOINTS, "high-availability.storageDir"];
    let all = KEYS
        .iter()
        .filter_map(|key| Some((key, known(deployment, key)?)));
    for (option, effective) in all {
        let text = effective.value();
        let path = text.strip_prefix("file:").unwrap_or(text);
        let path = format!("/{}", path.trim_start_matches('/'));
        let is_local = text.starts_with('/') || text.starts_with("file:");
        if !is_local || !(path == "/tmp" || path.starts_with("/tmp/")) {
            continue;
        }
        if dirs::is_reported(deployment, option) {
            continue;
        }
        let finding = Proof::of(effective, deployment).finding(
            rule,
            deployment,
            "what must outlive the machine is kept in /tmp",
        );
        out.extend(finding.map(|mut finding| {
            finding.help = "a restart of the container or the machine empties /tmp, and other machines do not see it; name a directory that all of them share".to_owned();
            finding
        }));
    }
}
