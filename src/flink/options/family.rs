//! Open families: keys whose last parts the user chooses, so that no table can list them.

use crate::flink::version::Versions;

/// What follows the prefix of a family.
enum Rest {
    /// Anything.
    Any,
    /// A name without dots, a dot, then anything.
    Named,
    /// A name without dots, a dot, then one of these; one that ends with a dot needs more text.
    NamedOneOf(&'static [&'static str]),
}

/// Prefix, what follows, and the versions as bits of [`Versions`].
///
/// Sources: `ReporterSetup`, `ExternalResourceUtils`, `ConfigurationUtils.getPrefixedKeyValuePairs`,
/// `BootstrapTools.substituteDeprecatedConfigPrefix`, `HadoopUtils`, `yarn.Utils`, `CoreOptions`,
/// `HadoopConfigLoader` of the file system plugins, `SecurityOptions`,
/// `KerberosDelegationTokenManager`, `SqlGatewayEndpointFactoryUtils`,
/// `WorkflowSchedulerFactoryUtil`, `CommonCatalogOptions`, `CommonSecretOptions`.
const FAMILIES: [(&str, Rest, u16); 31] = {
    use Rest::{Any, Named, NamedOneOf};
    const ALL: u16 = 0x0FFF;
    const LEGACY: u16 = 0x00FF;
    const fn since(first: u16) -> u16 {
        ALL & (ALL << first)
    }
    [
        ("$internal.", Any, ALL),
        ("__", Any, ALL),
        ("azure.", Any, ALL),
        ("containerized.master.env.", Any, ALL),
        ("containerized.taskmanager.env.", Any, ALL),
        ("events.reporter.", Named, since(9)),
        (
            "external-resource.",
            NamedOneOf(&[
                "amount",
                "driver-factory.class",
                "kubernetes.config-key",
                "param.",
                "yarn.config-key",
            ]),
            ALL,
        ),
        ("flink.hadoop.", Any, ALL),
        ("flink.yarn.", Any, ALL),
        (
            "fs.",
            NamedOneOf(&[
                "limit.input",
                "limit.output",
                "limit.stream-timeout",
                "limit.timeout",
                "limit.total",
            ]),
            ALL,
        ),
        ("fs.", NamedOneOf(&["priority."]), since(11)),
        ("fs.azure.", Any, ALL),
        ("fs.gs.", Any, ALL),
        ("fs.oss.", Any, ALL),
        ("fs.s3a.", Any, ALL),
        ("internal.", Any, ALL),
        // Read by the Kubernetes operator, not by Flink. The table names its options, but not those
        // of other versions, the reporters of its metrics, or defaults by namespace and version.
        ("job.autoscaler.", Any, ALL),
        ("kubernetes.operator.", Any, ALL),
        ("metrics.reporter.", Named, ALL),
        ("presto.s3.", Any, ALL),
        ("s3.", Any, ALL),
        ("s3a.", Any, ALL),
        ("security.delegation.token.provider.", Named, since(4)),
        (
            "security.kerberos.token.provider.",
            NamedOneOf(&["enabled", "renewer"]),
            since(3),
        ),
        ("sql-gateway.endpoint.", Named, since(3)),
        ("table.catalog-store.", Named, since(5)),
        ("table.secret-store.", Named, since(11)),
        ("traces.reporter.", Named, since(6)),
        ("workflow-scheduler.", Named, since(7)),
        ("yarn.application-master.env.", Any, LEGACY),
        ("yarn.taskmanager.env.", Any, LEGACY),
    ]
};

/// The versions in which a key belongs to an open family; none for a key of a closed set.
///
/// Keys of the Kubernetes operator and of Flink's own internals belong here too: nobody may call
/// them unknown.
pub fn family_versions(key: &str) -> Versions {
    FAMILIES
        .iter()
        .filter(|(prefix, rest, _)| {
            // Most differ in their first letter.
            prefix.as_bytes().first() == key.as_bytes().first()
                && key
                    .strip_prefix(prefix)
                    .is_some_and(|text| fits(text, rest))
        })
        .fold(Versions::NONE, |set, (_, _, bits)| {
            set.or(Versions::from_bits(*bits))
        })
}

/// Whether a key belongs to an open family in any version.
pub fn in_open_family(key: &str) -> bool {
    !family_versions(key).is_empty()
}

/// Beginnings of keys that products built on Flink read, and who they are.
///
/// Sources: the EMR release guide (task-local recovery on EBS) and the EMR on EKS guide (graceful
/// decommission, combined restart, claims for local recovery); `StatefulFunctionsConfig`; the
/// documentation of `OmniStateStore`; public configurations that load a state backend of that name;
/// the documentation of Realtime Compute for Apache Flink.
const VENDORS: [(&str, &str); 8] = [
    ("cluster.taskmanager.graceful-decommission.", "Amazon EMR"),
    (
        "jobmanager.adaptive-scheduler.combined-restart.",
        "Amazon EMR",
    ),
    ("kubernetes.taskmanager.local-recovery.", "Amazon EMR"),
    ("state.backend.forst-rs.", "the forst-rs state backend"),
    ("state.backend.gemini.", "Alibaba Cloud"),
    ("state.backend.rocksdb.falcon.", "OmniStateStore"),
    ("statefun.", "Stateful Functions"),
    ("task.local-recovery.", "Amazon EMR"),
];

/// The product that reads a key which Flink itself doesn't know; `None` for all other keys.
pub fn is_vendor_key(key: &str) -> Option<&'static str> {
    VENDORS
        .iter()
        .find(|(prefix, _)| key.len() > prefix.len() && key.starts_with(prefix))
        .map(|(_, owner)| *owner)
}

/// Whether the text behind a prefix is what its family takes.
fn fits(text: &str, rest: &Rest) -> bool {
    // `ReporterSetup` and `ExternalResourceUtils` take names that hold neither dots nor blanks.
    let named = text.split_once('.').filter(|(name, tail)| {
        !name.is_empty() && !name.contains(char::is_whitespace) && !tail.is_empty()
    });
    match rest {
        Rest::Any => !text.is_empty(),
        Rest::Named => named.is_some(),
        Rest::NamedOneOf(tails) => named.is_some_and(|(_, tail)| {
            tails.iter().any(|known| {
                if known.ends_with('.') {
                    tail.len() > known.len() && tail.starts_with(known)
                } else {
                    tail == *known
                }
            })
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_recognised() {
        for key in [
            "metrics.reporter.prom.port",
            "metrics.reporter.prom.factory.class",
            "external-resource.gpu.param.discovery-script.path",
            "external-resource.gpu.amount",
            "containerized.master.env.LD_LIBRARY_PATH",
            "fs.hdfs.limit.total",
            "fs.s3a.access.key",
            "s3.access-key",
            "sql-gateway.endpoint.rest.port",
            "kubernetes.operator.savepoint.format.type",
            "security.kerberos.token.provider.hadoopfs.renewer",
        ] {
            assert!(in_open_family(key), "{key}");
        }
    }

    #[test]
    fn keys_of_closed_sets_and_half_keys_are_not() {
        for key in [
            "metrics.reporter.prom",
            "metrics.reporter..port",
            "metrics.reporters",
            "external-resource.gpu.ammount",
            "external-resource.gpu.param.",
            "fs.hdfs.limit.everything",
            "fs.default-scheme",
            "sql-gateway.endpoint.type",
            "workflow-scheduler.type",
            "s3.",
            "",
            "state.backend",
        ] {
            assert!(!in_open_family(key), "{key}");
        }
    }

    #[test]
    fn keys_of_vendors_name_their_owner() {
        for (key, owner) in [
            ("task.local-recovery.ebs.enable", "Amazon EMR"),
            (
                "jobmanager.adaptive-scheduler.combined-restart.window-interval",
                "Amazon EMR",
            ),
            ("statefun.message.serializer", "Stateful Functions"),
            ("state.backend.rocksdb.falcon.enable", "OmniStateStore"),
        ] {
            assert_eq!(is_vendor_key(key), Some(owner), "{key}");
            assert!(!crate::flink::options::is_option(key), "{key}");
        }
        for key in ["statefun.", "state.backend.rocksdb.localdir", ""] {
            assert_eq!(is_vendor_key(key), None, "{key}");
        }
    }

    #[test]
    fn families_begin_and_end_with_their_versions() {
        let shown = |key| family_versions(key).to_string();
        assert_eq!(shown("traces.reporter.otel.factory.class"), "1.19-2.3");
        assert_eq!(shown("events.reporter.otel.factory.class"), "2.1-2.3");
        assert_eq!(shown("security.delegation.token.provider.s3.x"), "1.17-2.3");
        assert_eq!(
            shown("security.kerberos.token.provider.a.enabled"),
            "1.16-2.3"
        );
        assert_eq!(shown("sql-gateway.endpoint.rest.port"), "1.16-2.3");
        assert_eq!(shown("table.catalog-store.file.path"), "1.18-2.3");
        assert_eq!(shown("workflow-scheduler.rest.address"), "1.20-2.3");
        assert_eq!(shown("table.secret-store.a.b"), "2.3");
        assert_eq!(shown("fs.s3.priority.com.example.Factory"), "2.3");
        assert_eq!(shown("yarn.taskmanager.env.X"), "1.13-1.20");
    }
}
