//! Where all keys are declared options, so that one that no version declares is a mistake.

use crate::deployment::Deployment;
use crate::flink::options;

/// Prefixes below which Flink reads declared options only. Not here: what plugins, connectors, custom
/// state backends and images read below Flink's words (`fs.`, `table.exec.`, `kubernetes.`,
/// `state.backend.<name>.`, `cluster.`, `metrics.reporter.`).
const CLOSED: [&str; 32] = [
    "akka.",
    "blob.",
    "classloader.",
    "env.java.",
    "env.log.",
    "execution.",
    "heartbeat.",
    "high-availability.",
    "historyserver.",
    "jobmanager.",
    "jobstore.",
    "metrics.latency.",
    "metrics.scope.",
    "parallelism.",
    "pekko.",
    "pipeline.",
    "python.",
    "queryable-state.",
    "resourcemanager.",
    "rest.",
    "restart-strategy.",
    "security.ssl.",
    "slotmanager.",
    "sql-client.",
    "state.backend.changelog.",
    "state.backend.rocksdb.",
    "state.changelog.",
    "state.checkpoints.",
    "state.savepoints.",
    "state.storage.",
    "table.optimizer.",
    "taskmanager.",
];

/// Options whose value may be the class of somebody's own factory, which may read own keys below.
const FACTORIES: [(&str, [&str; 2]); 2] = [
    (
        "high-availability.",
        ["high-availability.type", "high-availability"],
    ),
    (
        "jobmanager.scheduler.",
        ["jobmanager.scheduler", "jobmanager.scheduler"],
    ),
];

/// Whether a key lies where every key is a declared option.
pub(super) fn holds(key: &str) -> bool {
    CLOSED.iter().any(|prefix| key.starts_with(prefix))
}

/// Whether a key is one of a vendor's own, or of a factory that the deployment names.
pub(super) fn is_of_vendor(deployment: &Deployment, key: &str) -> bool {
    let named = || {
        FACTORIES.iter().any(|(prefix, options)| {
            key.starts_with(prefix)
                && options.iter().any(|option| {
                    let set = deployment.raw(option);
                    // Flink's own factories read nothing that is not declared.
                    set.is_some_and(|(setting, _)| {
                        setting.value.contains('.')
                            && !setting.value.starts_with("org.apache.flink.")
                    })
                })
        })
    };
    options::is_vendor_key(key).is_some() || named()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_closed_prefix_holds_options_and_no_open_family() {
        for prefix in CLOSED {
            assert!(
                options::all().any(|spec| spec.key.starts_with(prefix)),
                "{prefix}"
            );
            let any = format!("{prefix}zzz.zzz");
            assert!(!options::in_open_family(&any), "{prefix}");
        }
    }
}
