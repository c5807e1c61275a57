//! Who reads an option.

use crate::flink::options::{OptionSpec, Scope, State};

/// What a key begins with, and who alone reads such keys.
///
/// Only parts of Flink that many deployments do not run; the rest needs no word.
const READERS: [(&str, &str); 17] = [
    ("env.", SCRIPTS),
    (
        "env.java.",
        "the start scripts in bin/, and Flink where it starts containers itself",
    ),
    ("env.java.home", SCRIPTS),
    ("env.java.opts.client", SCRIPTS),
    ("env.java.opts.historyserver", SCRIPTS),
    ("env.java.opts.sql-gateway", SCRIPTS),
    (
        "high-availability.zookeeper.",
        "high availability with ZooKeeper",
    ),
    ("historyserver.", "the history server"),
    (
        "kubernetes.",
        "Flink's Kubernetes client: native deployments and high availability",
    ),
    (
        "python.",
        "jobs in Python, and SQL that calls Python functions",
    ),
    ("queryable-state.", "the servers of queryable state"),
    ("sql-client.", "the SQL client"),
    ("sql-gateway.", "the SQL gateway"),
    ("state.backend.forst.", "the ForSt state backend"),
    ("state.backend.rocksdb.", "the RocksDB state backend"),
    ("table.", "SQL and Table API jobs"),
    ("yarn.", "deployments on YARN"),
];

const SCRIPTS: &str = "the start scripts in bin/";

/// Who reads an option, where it isn't simply Flink.
///
/// Goes by the names of scopes, so that a table with further ones needs no change here.
pub(super) fn reads(spec: &OptionSpec) -> Option<&'static str> {
    match spec.scope.name() {
        "shell-only" => return Some("the start scripts in bin/ alone, by a grammar of their own"),
        "plugin" => return Some("a plugin, which must be installed"),
        "table-option" => {
            return Some("WITH (...) of a table or a SQL hint; no effect in a configuration file");
        }
        "operator" => return Some("the Flink Kubernetes operator; Flink itself ignores it"),
        "unread" => return Some("nothing: Flink declares the option and never looks at it"),
        "internal" => {
            return Some("Flink, which sets it itself; not meant to be written by people");
        }
        _ => {}
    }
    let of = |key: &str| {
        let fitting = READERS.iter().filter(|(prefix, _)| key.starts_with(prefix));
        fitting.max_by_key(|(prefix, _)| prefix.len())
    };
    of(spec.key)
        .filter(|_| spec.scope == Scope::Config && spec.state != State::Alias)
        .map(|(_, reader)| *reader)
}
