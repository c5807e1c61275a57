//! `unread-option`: options that a version declares and reads nowhere.

use super::{Rule, is_read_by_nothing, of_flink, removal};
use crate::deployment::Deployment;
use crate::finding::{Finding, Severity};
use crate::flink::version::Versions;

/// Documented, never read, and thought to protect.
const VERIFY_HOSTNAME: &str = "security.ssl.verify-hostname";

/// Keys and the first and last bit of the versions (0 for 1.13) in which no class and no script of
/// Flink reads them. Left out are aliases that are read under another name, and what only the scripts
/// and the SQL gateway read. Source: all reads of the options' fields in the released jars.
const UNREAD: [(&str, u16, u16); 21] = [
    ("akka.watch.heartbeat.interval", 0, 7),
    ("akka.watch.heartbeat.pause", 0, 7),
    ("akka.watch.threshold", 0, 7),
    (
        "execution.checkpointing.file-merging.max-subtasks-per-file",
        7,
        11,
    ),
    ("high-availability.job.delay", 0, 7),
    ("high-availability.zookeeper.path.running-registry", 2, 7),
    ("local.number-resourcemanager", 0, 7),
    ("queryable-state.client.network-threads", 0, 11),
    ("resourcemanager.rpc.port", 0, 11),
    (VERIFY_HOSTNAME, 0, 11),
    ("state.backend.async", 0, 7),
    ("taskmanager.exit-on-fatal-akka-error", 0, 7),
    ("taskmanager.registration.initial-backoff", 0, 7),
    ("taskmanager.registration.max-backoff", 0, 7),
    ("taskmanager.registration.refused-backoff", 0, 7),
    ("web.backpressure.cleanup-interval", 0, 7),
    ("web.backpressure.delay-between-samples", 0, 7),
    ("web.backpressure.num-samples", 0, 7),
    ("web.backpressure.refresh-interval", 0, 7),
    ("web.history", 0, 11),
    ("web.ssl.enabled", 0, 7),
];

/// The versions that declare a key and read it nowhere.
pub(super) fn unread_in(key: &str) -> Versions {
    let found = UNREAD.binary_search_by(|(other, _, _)| (*other).cmp(key));
    found.map_or(Versions::NONE, |at| {
        let (_, first, last) = UNREAD[at];
        Versions::from_bits((2 << last) - (1 << first))
    })
}

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for (document, setting) in of_flink(deployment) {
        let key = &setting.key;
        if !is_read_by_nothing(key, deployment.versions) {
            continue;
        }
        let mut finding = rule.finding(
            document,
            setting.key_at,
            format!("Flink declares `{key}` but reads it nowhere; the line has no effect"),
        );
        finding.key = Some(key.clone());
        finding.label = "read by nothing".to_owned();
        if key == VERIFY_HOSTNAME {
            finding.help = "host names are not verified because of this line; 2.3 has \
                            security.ssl.rest.verify-hostname for REST"
                .to_owned();
        } else {
            finding.severity = Severity::Note;
            finding.help = "nothing changes when it is removed".to_owned();
        }
        finding.fix = removal(deployment, document, key);
        out.push(finding);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flink::options;

    #[test]
    fn unread_options_are_declared_in_these_versions() {
        assert!(UNREAD.is_sorted());
        for (key, _, _) in UNREAD {
            let unread = unread_in(key);
            assert!(unread.within(options::known_in(key)), "{key}");
        }
        assert_eq!(unread_in("web.history"), Versions::ALL);
        assert_eq!(unread_in("web.ssl.enabled"), Versions::LEGACY);
        assert_eq!(unread_in("rest.port"), Versions::NONE);
    }
}
