//! What must hold for the option table, whoever made it.

use flint::flink::options::{self, Scope, State, ValueKind};
use flint::flink::value;
use flint::flink::version::Versions;

/// The table itself, as text.
const TABLE: &str = include_str!("../src/flink/options.tsv");

#[test]
fn rows_of_the_option_table_have_the_columns_their_reader_expects() {
    let mut lines = TABLE.lines();
    assert_eq!(
        lines.next(),
        Some("# key\tversions\tstate\ttype\tdefault\ttargets\taliases\tenum\tscope")
    );
    let kinds = [
        "boolean",
        "integer",
        "long",
        "float",
        "double",
        "memory-size",
        "duration",
        "enum",
        "string",
        "map",
        "list<string>",
        "list<enum>",
        "list<map>",
    ];
    let scopes = [
        "config",
        "shell-only",
        "plugin",
        "suffix",
        "family",
        "table-option",
        "internal",
        "unread",
        "operator",
    ];
    for line in lines {
        let columns: Vec<&str> = line.split('\t').collect();
        assert_eq!(columns.len(), 9, "{line}");
        assert!(
            !columns[0].is_empty() && !columns[0].contains(' '),
            "{line}"
        );
        assert!(Versions::parse(columns[1]).is_ok(), "{line}");
        assert!(
            ["current", "deprecated", "alias"].contains(&columns[2]),
            "{line}"
        );
        assert!(kinds.contains(&columns[3]), "{line}");
        assert!(scopes.contains(&columns[8]), "{line}");
        assert_eq!(
            columns[3].contains("enum"),
            !columns[7].is_empty(),
            "{line}"
        );
        assert!(!line.contains('\\'), "no escapes are read: {line}");
    }
}

#[test]
fn the_option_table_is_sorted_and_its_keys_are_found() {
    let rows: Vec<_> = options::all().collect();
    assert_eq!(rows.len(), TABLE.lines().count() - 1);
    for pair in rows.windows(2) {
        assert!(
            (pair[0].key, pair[0].versions.bits().trailing_zeros())
                < (pair[1].key, pair[1].versions.bits().trailing_zeros()),
            "{} {}",
            pair[0].key,
            pair[1].key
        );
    }
    for row in &rows {
        assert!(
            options::meanings(row.key).any(|spec| spec == *row),
            "{}",
            row.key
        );
        for other in options::meanings(row.key).filter(|spec| spec != row) {
            assert!(
                !other.versions.overlaps(row.versions),
                "two meanings of {}",
                row.key
            );
        }
    }
}

#[test]
fn aliases_and_their_options_point_at_each_other() {
    for row in options::all() {
        assert!(
            row.state != State::Alias || row.targets().count() > 0,
            "{}",
            row.key
        );
        for version in row.versions.iter() {
            let meaning =
                |key: &str| options::meanings(key).find(|spec| spec.versions.overlaps(version));
            for target in row.targets() {
                let spec = meaning(target);
                let spec = spec.unwrap_or_else(|| panic!("{target} of {} in {version}", row.key));
                // A deprecated option may merely be followed by another one.
                let reads = spec.aliases().any(|alias| alias.key == row.key);
                assert!(
                    reads || row.state == State::Deprecated,
                    "{} {target}",
                    row.key
                );
            }
            // The table leaves out old names of the operator's options: Flink's versions say
            // nothing about its own.
            for alias in row.aliases().filter(|_| row.scope != Scope::Operator) {
                let spec = meaning(alias.key);
                let spec = spec.unwrap_or_else(|| panic!("{} of {}", alias.key, row.key));
                let points = spec.targets().any(|target| target == row.key);
                let own_option = spec.state != State::Alias;
                assert!(
                    points || own_option || alias.fallback,
                    "{} {}",
                    alias.key,
                    row.key
                );
            }
        }
    }
}

#[test]
fn defaults_are_values_of_their_types() {
    let mut checked = 0;
    for row in options::all() {
        let Some(default) = row.default else { continue };
        if row.scope == Scope::Operator {
            // Not parsed by Flink; one of them is `-1 min`.
            continue;
        }
        let is_value = match row.kind {
            ValueKind::Boolean => value::parse_boolean(default).is_ok(),
            ValueKind::Integer => value::parse_integer(default).is_ok(),
            ValueKind::Long => value::parse_long(default).is_ok(),
            ValueKind::Float => value::parse_float(default).is_ok(),
            ValueKind::Double => value::parse_double(default).is_ok(),
            ValueKind::MemorySize => value::parse_memory(default).is_ok(),
            ValueKind::Duration => value::parse_duration(default, row.versions).is_ok(),
            ValueKind::Enum => value::parse_enum(default, row.enum_values()).is_ok(),
            _ => continue,
        };
        assert!(is_value, "{} = {default}", row.key);
        checked += 1;
    }
    assert!(checked > 900, "{checked}");
}

#[test]
fn keys_that_people_write_are_known() {
    for key in [
        "taskmanager.numberOfTaskSlots",
        "jobmanager.rpc.address",
        "jobmanager.memory.process.size",
        "taskmanager.memory.process.size",
        "parallelism.default",
        "jobmanager.rpc.port",
        "state.checkpoints.dir",
        "execution.checkpointing.interval",
        "state.backend",
        "rest.address",
        "state.savepoints.dir",
        "blob.server.port",
        "rest.port",
        "jobmanager.bind-host",
        "taskmanager.bind-host",
        "execution.checkpointing.mode",
        "jobmanager.execution.failover-strategy",
        "rest.bind-address",
        "execution.checkpointing.timeout",
        "execution.checkpointing.min-pause",
        "env.java.opts.all",
        "restart-strategy",
        "restart-strategy.fixed-delay.attempts",
        "restart-strategy.fixed-delay.delay",
        "heartbeat.timeout",
        "metrics.reporter.prom.port",
        "state.backend.incremental",
        "taskmanager.host",
        "state.backend.type",
        "metrics.reporter.prom.factory.class",
        "s3.endpoint",
        "web.submit.enable",
        "taskmanager.network.memory.fraction",
        "s3.access-key",
        "taskmanager.memory.jvm-metaspace.size",
        "rest.flamegraph.enabled",
        "metrics.reporters",
        "high-availability.type",
        "fs.s3a.path.style.access",
        "env.java.opts",
        "high-availability.storageDir",
        "env.java.home",
        "sql-gateway.endpoint.rest.port",
        "kubernetes.operator.periodic.savepoint.interval",
        "jobmanager.web.address",
        "table.exec.mini-batch.enabled",
        "pipeline.max-parallelism",
        "classloader.resolve-order",
    ] {
        assert!(options::is_option(key), "{key}");
    }
    // Never an option in these versions, whatever articles say.
    for key in [
        "query.server.port",
        "pipeline.serialization-config.kryo-registrator-class",
        "taskmanager.memory.network.size",
        "execution.checkpointing.enabled",
        "default.parallelism",
        "sink.parallelism",
    ] {
        assert!(!options::is_option(key), "{key}");
    }
}

#[test]
fn the_tables_size_is_what_its_sources_hold() {
    let count = |scope| options::all().filter(|row| row.scope == scope).count();
    assert_eq!(count(Scope::Plugin), 27);
    assert!(count(Scope::Operator) > 140);
    assert!(count(Scope::TableOption) > 100);
    let shell: Vec<&str> = options::all()
        .filter(|row| row.scope == Scope::ShellOnly)
        .map(|row| row.key)
        .collect();
    assert!(
        shell.iter().all(|key| key.starts_with("env.")
            || ["taskmanager.compute.numa", "zookeeper.heap.mb"].contains(key)),
        "{shell:?}"
    );
    let current = |version: &str| {
        let version = Versions::parse(version).expect("a version");
        let rows = options::all().filter(|row| row.versions.overlaps(version));
        rows.filter(|row| {
            matches!(row.scope, Scope::Config | Scope::Unread | Scope::ShellOnly)
                && row.state != State::Alias
        })
        .count()
    };
    // Declared options, plus the keys that Flink or its scripts read without declaring them.
    assert_eq!(current("1.13"), 609 + 8 + 3);
    assert_eq!(current("1.20"), 899 + 4 + 3);
    assert_eq!(current("2.3"), 976 + 2);
}

#[test]
fn options_that_nothing_reads_have_no_option_in_their_place() {
    for row in options::all().filter(|row| row.scope == Scope::Unread) {
        for target in row.targets() {
            assert_eq!(options::unread_in(target).and(row.versions), row.versions);
        }
    }
}
