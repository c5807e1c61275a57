//! How long transactions of Kafka are open: from one checkpoint to the end of the next
//! (`TwoPhaseCommittingSinkWriter`, Kafka's `transaction.timeout.ms`).

use std::time::Duration;

use crate::deployment::{Deployment, Effective};
use crate::finding::{Finding, Related, Severity};
use crate::flink::value;

const INTERVAL: &str = "execution.checkpointing.interval";
const TIMEOUT: &str = "execution.checkpointing.timeout";

/// What Kafka's brokers allow unless they are told otherwise (`transaction.max.timeout.ms`), in
/// milliseconds.
pub(super) const BROKERS_MAX: u64 = 900_000;

/// What is wrong with a timeout that ends transactions before their checkpoint.
pub(super) struct TooShort<'p> {
    /// What goes on after the name of the sink.
    message: String,
    severity: Severity,
    interval: Effective<'p>,
}

/// Holds the timeout of a sink's transactions against the checkpoints of its deployment; nothing where it is
/// long enough, or nobody can tell.
pub(super) fn too_short<'p>(deployment: &Deployment<'p>, millis: u64) -> Option<TooShort<'p>> {
    let versions = deployment.versions;
    let interval = deployment.get(INTERVAL).known()?;
    let length = value::parse_duration(interval.value(), versions).ok()?;
    let own = Duration::from_millis(millis);
    let shown = value::show_duration;
    if own <= length {
        return Some(TooShort {
            message: format!(
                "has transactions of {} at most, but checkpoints come every {}",
                shown(own),
                shown(length)
            ),
            severity: Severity::Warning,
            interval,
        });
    }
    let timeout = deployment.get(TIMEOUT);
    let longest = value::parse_duration(timeout.text()?, versions).ok()?;
    let open = length.checked_add(longest)?;
    (own < open).then(|| TooShort {
        message: format!(
            "has transactions of {} at most, but one is open for up to {}: {} to the next checkpoint, and {} \
             that this may take",
            shown(own),
            shown(open),
            shown(length),
            shown(longest)
        ),
        severity: Severity::Note,
        interval,
    })
}

impl TooShort<'_> {
    /// The finding, out of one at the timeout's place; `sink` is what it is called.
    pub(super) fn tell(self, sink: &str, mut finding: Finding) -> Finding {
        finding.message = format!("{sink} {}", self.message);
        finding.severity = self.severity;
        finding.label = "may end before the checkpoint that would commit it".to_owned();
        finding.help = "Kafka drops a transaction that is open for longer, with all records in it; let the timeout \
                        be above the interval of checkpoints, their longest duration and the longest stop together"
            .to_owned();
        finding.related.push(Related {
            at: self.interval.at(),
            message: "the time between two checkpoints".to_owned(),
        });
        finding
    }
}
