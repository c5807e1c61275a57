//! Keys of other programs, and of other places, that end up in Flink's configuration.

use crate::flink::options::{self, Scope};
use crate::syntax::Document;

/// Who reads a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// Log4j 2's own properties file.
    Log4j,
    /// Clients of Kafka.
    Kafka,
    /// Iceberg catalogs.
    Iceberg,
    /// Spark.
    Spark,
    /// `WITH (...)` of a table.
    Table,
    /// The Kubernetes operator.
    Operator,
}

impl Owner {
    /// Whose option it is, as the object of "is": `an option of log4j`.
    pub(super) fn what(self) -> &'static str {
        match self {
            Owner::Log4j => "a setting of Log4j",
            Owner::Kafka => "a setting of Kafka's clients",
            Owner::Iceberg => "a setting of Iceberg",
            Owner::Spark => "a setting of Spark",
            Owner::Table => "an option of a table",
            Owner::Operator => "a setting of the Kubernetes operator",
        }
    }

    /// Where it belongs.
    pub(super) fn place(self) -> &'static str {
        match self {
            Owner::Log4j => {
                "Log4j reads log4j-console.properties (in containers) or log4j.properties in the \
                 same folder"
            }
            Owner::Kafka => {
                "pass it to the connector: setProperty(...) of the builder, or 'properties.<key>' \
                 in WITH (...) of the table"
            }
            Owner::Iceberg => {
                "catalog properties belong into CREATE CATALOG ... WITH (...), or into the job that \
                 opens the catalog"
            }
            Owner::Spark => "Flink does not read Spark's settings",
            Owner::Table => "write it into WITH (...) of the table, or a hint /*+ OPTIONS(...) */",
            Owner::Operator => {
                "the operator reads its own configuration (Helm value defaultConfiguration) and \
                 flinkConfiguration of a FlinkDeployment"
            }
        }
    }
}

/// Settings of Kafka's consumers and producers by their whole names.
const KAFKA: [&str; 16] = [
    "auto.commit.interval.ms",
    "auto.offset.reset",
    "bootstrap.servers",
    "enable.auto.commit",
    "enable.idempotence",
    "fetch.max.bytes",
    "fetch.min.bytes",
    "isolation.level",
    "key.deserializer",
    "key.serializer",
    "linger.ms",
    "max.in.flight.requests.per.connection",
    "max.poll.interval.ms",
    "max.poll.records",
    "value.deserializer",
    "value.serializer",
];

/// Options of the tables of connectors that have releases of their own, by their whole names.
const CONNECTORS: [&str; 8] = [
    "scan.startup.mode",
    "scan.startup.specific-offsets",
    "scan.startup.timestamp-millis",
    "scan.topic-partition-discovery.interval",
    "sink.buffer-flush.interval",
    "sink.buffer-flush.max-rows",
    "sink.delivery-guarantee",
    "sink.transactional-id-prefix",
];

/// How options of tables begin whose names leave no doubt; `path` and `format` may be anybody's.
const OF_TABLES: [&str; 4] = ["lookup.", "scan.", "sink.", "streaming-source."];

/// Prefixes that only one program uses.
const PREFIXES: [(&str, Owner); 7] = [
    ("appender.", Owner::Log4j),
    ("iceberg.", Owner::Iceberg),
    ("log4j.", Owner::Log4j),
    ("log4j2.", Owner::Log4j),
    ("logger.", Owner::Log4j),
    ("rootLogger", Owner::Log4j),
    ("spark.", Owner::Spark),
];

/// Prefixes of what only the Kubernetes operator reads.
const OPERATOR: [&str; 2] = ["job.autoscaler.", "kubernetes.operator."];

/// Whether a key is the operator's, in a file that can't be its own: such a file leaves the address of
/// the `JobManager` to the operator, and one that the operator wrote names its cluster.
pub(super) fn is_operators(document: &Document, key: &str) -> bool {
    OPERATOR.iter().any(|prefix| key.starts_with(prefix))
        && document.complete
        && document.get("jobmanager.rpc.address").is_some()
        && document.get("kubernetes.cluster-id").is_none()
}

/// Whose key it is, when it is certainly another program's.
pub(super) fn owner(key: &str) -> Option<Owner> {
    let by_prefix = PREFIXES.iter().find(|(prefix, _)| key.starts_with(prefix));
    if let Some((_, owner)) = by_prefix {
        return Some(*owner);
    }
    if KAFKA.binary_search(&key).is_ok() {
        return Some(Owner::Kafka);
    }
    is_of_table(key).then_some(Owner::Table)
}

/// Whether a key is an option of a table, Flink's own or a well-known connector's.
fn is_of_table(key: &str) -> bool {
    let is_option = || options::meanings(key).any(|spec| spec.scope == Scope::TableOption);
    let is_clear = OF_TABLES.iter().any(|prefix| key.starts_with(prefix));
    CONNECTORS.binary_search(&key).is_ok() || is_clear && is_option()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted_and_hold_no_option_of_flink() {
        for list in [&KAFKA[..], &CONNECTORS[..]] {
            assert!(list.is_sorted());
            for key in list {
                assert!(!options::is_option(key), "{key}");
            }
        }
    }

    #[test]
    fn options_of_tables_are_told_by_their_names() {
        for key in [
            "sink.parallelism",
            "scan.watermark.idle-timeout",
            "scan.startup.mode",
        ] {
            assert_eq!(owner(key), Some(Owner::Table), "{key}");
        }
        for key in ["path", "table.exec.state.ttl", "sink.of.my.job"] {
            assert_eq!(owner(key), None, "{key}");
        }
    }
}
