//! The table of Flink's options, 1.13 to 2.3, and look-ups in it. Knows nothing about files.
//!
//! `options.tsv` is the table itself, sorted bytewise by key, so that a look-up is a binary search
//! over the text and nothing is read or built at start. One line is one *meaning*: a key together
//! with the versions in which it means the same. A key that changed has several lines whose
//! versions are disjoint. Columns, separated by tabs, no quoting (no column may hold a tab):
//!
//! | column | holds |
//! |---|---|
//! | key | the key; `<name>` stands for a part that the user chooses |
//! | versions | `1.13..1.20`, `1.17..`, `1.20`, and commas between them |
//! | state | `current`, `deprecated` (declared, but marked `@Deprecated`), `alias` (only read by another option) |
//! | type | see [`ValueKind`] |
//! | default | the default as Flink prints it; `-` when there is none, `?` when it depends on the machine or on the reporter |
//! | targets | aliases and deprecated keys: the options that take their place |
//! | aliases | other keys the option reads, in Flink's order; `~` marks a fallback key that isn't deprecated |
//! | enum | the accepted names of an enum, by what Flink compares (`toString()`) |
//! | scope | see [`Scope`] |
//!
//! `tools/option-table/run.sh` writes the table: options are the `ConfigOption` fields of the released
//! jars, and `unread` are those that no code of the jars reads. What no class declares comes from
//! `undeclared.tsv` and `operator.tsv` beside that program. `plugin` and `operator` rows were read in
//! public source; their versions are not proven. Nobody edits the table by hand.

mod family;
mod family_text;
mod nearest;
mod row;

pub use family::{family_versions, in_open_family, is_vendor_key};
pub use family_text::{FamilyInfo, family};
pub use nearest::{
    below, is_first_part, may_be_nearest, nearest, nearest_names, nearest_to_unknown,
};
use row::Columns;
pub use row::{Alias, OptionSpec, Scope, State, ValueKind};

use std::cell::Cell;
use std::sync::LazyLock;

use super::version::Versions;

/// The table; its first line names the columns.
const TABLE: &str = include_str!("options.tsv");

/// The table without the line that names its columns.
fn body() -> &'static str {
    TABLE.split_once('\n').map_or("", |(_, body)| body)
}

/// Where the lines below the one that names the columns start; found by the compiler.
#[allow(
    long_running_const_eval,
    reason = "once for each build, well under a second"
)]
static STARTS: [u32; COUNT] = {
    let bytes = TABLE.as_bytes();
    let mut starts = [0; COUNT];
    let (mut at, mut line) = (0, 0);
    while line < COUNT {
        if bytes[at] == b'\n' {
            // The table is no larger than some hundred kilobytes.
            #[allow(clippy::cast_possible_truncation, reason = "see above")]
            let start = (at + 1) as u32;
            starts[line] = start;
            line += 1;
        }
        at += 1;
    }
    starts
};

/// How many lines the table has below the one that names the columns; the last one ends like the others.
#[allow(
    long_running_const_eval,
    reason = "once for each build, well under a second"
)]
const COUNT: usize = {
    let bytes = TABLE.as_bytes();
    let (mut at, mut lines) = (0, 0);
    while at < bytes.len() {
        if bytes[at] == b'\n' {
            lines += 1;
        }
        at += 1;
    }
    lines - 1
};

/// The columns of each line, read by the compiler: no look-up does it again.
#[allow(
    long_running_const_eval,
    reason = "once for each build, well under a second"
)]
static COLUMNS: [Columns; COUNT] = {
    let bytes = TABLE.as_bytes();
    let mut columns = [Columns::NONE; COUNT];
    let mut row = 0;
    while row < COUNT {
        columns[row] = Columns::read(bytes, STARTS[row] as usize);
        row += 1;
    }
    columns
};

/// The keys of the options of type [`ValueKind::Map`], found by their type's column.
static MAPS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let body = body();
    let kinds = memchr::memmem::find_iter(body.as_bytes(), "\tmap\t");
    let mut keys: Vec<&str> = kinds
        .map(|at| {
            let start = memchr::memrchr(b'\n', &body.as_bytes()[..at]).map_or(0, |end| end + 1);
            key_of(&body[start..])
        })
        .collect();
    keys.dedup();
    keys
});

/// Whether the key of a line is smaller than `key`.
fn is_before(start: u32, key: &str) -> bool {
    // The tab behind a shorter key sorts before everything that a key holds.
    let line = &TABLE.as_bytes()[start as usize..];
    line[..key.len().min(line.len())] < *key.as_bytes()
}

/// How many keys are remembered. Rules ask for the same few hundred again and again.
const REMEMBERED: usize = 1024;

thread_local! {
    /// By where a key stands in memory, its line when it was last asked for.
    static ROWS: [Cell<u16>; REMEMBERED] = const { [const { Cell::new(0) }; REMEMBERED] };
}

/// The number of the first line whose key is not smaller than `key`.
fn first_row(key: &str) -> usize {
    let slot = (key.as_ptr().addr() / 4 + key.len()) % REMEMBERED;
    ROWS.with(|rows| {
        // Another key may stand there by now: the lines around tell.
        let row = usize::from(rows[slot].get());
        let after = row == 0 || is_before(STARTS[row - 1], key);
        let fits = after && STARTS.get(row).is_none_or(|start| !is_before(*start, key));
        if fits {
            return row;
        }
        let row = STARTS.partition_point(|start| is_before(*start, key));
        rows[slot].set(u16::try_from(row).unwrap_or(0));
        row
    })
}

/// A line by its number.
fn line(row: usize) -> &'static str {
    let start = STARTS[row] as usize;
    let end = STARTS.get(row + 1).map_or(TABLE.len(), |end| *end as usize);
    &TABLE[start..end - 1]
}

/// What a line says.
fn spec(row: usize) -> OptionSpec<'static> {
    OptionSpec::of(&TABLE[STARTS[row] as usize..], &COLUMNS[row])
}

/// The key of a line.
fn key_of(line: &str) -> &str {
    let end = memchr::memchr(b'\t', line.as_bytes());
    &line[..end.unwrap_or(line.len())]
}

/// Every line of the table, in the order of its keys.
pub fn all() -> impl Iterator<Item = OptionSpec<'static>> {
    (0..COUNT).map(spec)
}

/// What a key means, oldest version first; nothing for a key that is not in the table.
pub fn meanings(key: &str) -> impl Iterator<Item = OptionSpec<'static>> {
    (first_row(key)..COUNT)
        .take_while(move |row| key_of(line(*row)) == key)
        .map(spec)
}

/// What a key means in at least one of `versions`.
fn meanings_in(key: &str, versions: Versions) -> impl Iterator<Item = OptionSpec<'static>> {
    meanings(key).filter(move |spec| spec.versions.overlaps(versions))
}

/// The versions that know a key: as an option, as an alias, as one entry of a map option
/// (`kubernetes.jobmanager.labels.app`), or as a member of an open family.
///
/// A key that Flink declares but never reads is known too, see [`unread_in`]. Keys that only work in a
/// table's `WITH` and keys that Flink sets itself are not known here.
pub fn known_in(key: &str) -> Versions {
    let written = versions_where(key, OptionSpec::is_writable);
    if written == Versions::ALL {
        return written;
    }
    // `ConfigurationUtils.canBePrefixMap`; 1.13 has no such form.
    let entries = maps_above(key)
        .flat_map(meanings)
        .filter(|spec| spec.kind == ValueKind::Map)
        .fold(Versions::NONE, |set, spec| set.or(spec.versions))
        .without(Versions::from_bits(1));
    written.or(entries).or(family_versions(key))
}

/// The map option whose entry a key is, such as `kubernetes.jobmanager.labels` of
/// `kubernetes.jobmanager.labels.app`, in any version.
pub fn map_of(key: &str) -> Option<&'static str> {
    maps_above(key).next()
}

/// The map options of which a key is one entry, the shortest first.
fn maps_above(key: &str) -> impl Iterator<Item = &'static str> {
    MAPS.iter().copied().filter(move |map| {
        // Few are as short as to have a dot of the key behind them.
        key.len() > map.len() + 1 && key.as_bytes()[map.len()] == b'.' && key.starts_with(map)
    })
}

/// Whether at least one of `versions` knows a key; see [`known_in`].
pub fn is_known(key: &str, versions: Versions) -> bool {
    known_in(key).overlaps(versions)
}

/// Whether any version knows a key; see [`known_in`].
pub fn is_option(key: &str) -> bool {
    is_known(key, Versions::ALL)
}

/// The versions in which a key is declared, or an old name of an option that is, but read by no code:
/// writing it has no effect ([`Scope::Unread`]).
pub fn unread_in(key: &str) -> Versions {
    versions_where(key, |spec| spec.scope == Scope::Unread)
}

/// The versions in which a key's own row of the table fulfils a condition.
pub fn versions_where(key: &str, holds: impl Fn(&OptionSpec<'static>) -> bool) -> Versions {
    meanings(key)
        .filter(|spec| holds(spec))
        .fold(Versions::NONE, |set, spec| set.or(spec.versions))
}

/// The type of a key, if all of `versions` that have it in the table agree.
///
/// `None` as well where Flink doesn't parse the value in one of them: no code reads the key, or
/// only the Kubernetes operator or a table's `WITH` does.
pub fn kind(key: &str, versions: Versions) -> Option<ValueKind> {
    agreed(meanings_in(key, versions).map(|spec| spec.is_parsed().then_some(spec.kind)))?
}

/// The one value that all items have; `None` as well for no items.
fn agreed<T: PartialEq>(mut items: impl Iterator<Item = T>) -> Option<T> {
    let first = items.next()?;
    items.all(|item| item == first).then_some(first)
}

/// The default of an option, if all of `versions` that know it agree on one.
///
/// `None` also where some of them have none, or one that depends on the machine; aliases have no
/// default of their own.
pub fn default(key: &str, versions: Versions) -> Option<&'static str> {
    let options =
        meanings(key).filter(|spec| spec.versions.overlaps(versions) && spec.state != State::Alias);
    agreed(options.map(|spec| spec.default))?
}

/// The keys that Flink tries for an option, in its order: the own key, then fallback keys, then
/// deprecated keys as declared (`ConfigOption.fallbackKeys`, `Configuration.applyWithOption`).
///
/// `version` is one version; of several, the oldest that knows the key counts.
pub fn names_in_order(key: &str, version: Versions) -> impl Iterator<Item = &str> {
    let aliases = meanings_in(key, version)
        .next()
        .into_iter()
        .flat_map(|spec| spec.aliases());
    std::iter::once(key).chain(aliases.map(|alias| alias.key))
}

/// The option that a key stands for where it is only an alias.
///
/// `None` where it is an option itself, where it stands for several (a rename must then write all
/// of them, see [`OptionSpec::targets`]), or where `versions` disagree.
pub fn canonical(key: &str, versions: Versions) -> Option<&'static str> {
    agreed(meanings_in(key, versions).map(|spec| {
        let mut targets = spec.targets();
        let target = targets.next().filter(|_| spec.state == State::Alias);
        target.filter(|_| targets.next().is_none())
    }))?
}

/// The options that look for a key, as their own or as another name, each with its versions.
pub fn readers(key: &str) -> impl Iterator<Item = OptionSpec<'static>> {
    let mut rows: Vec<usize> = memchr::memmem::find_iter(TABLE.as_bytes(), key)
        .map(|at| STARTS.partition_point(|start| *start as usize <= at))
        // Before the first line stand the names of the columns.
        .filter_map(|behind| behind.checked_sub(1))
        .collect();
    rows.dedup();
    let specs = rows.into_iter().map(spec);
    specs.filter(move |spec| {
        spec.state != State::Alias
            && (spec.key == key || spec.aliases().any(|alias| alias.key == key))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_is_found_by_each_of_its_names() {
        let keys: Vec<&str> = readers("pekko.ask.timeout").map(|spec| spec.key).collect();
        assert_eq!(keys, ["pekko.ask.timeout", "taskmanager.slot.timeout"]);
        assert_eq!(readers("no.such.option").count(), 0);
        for option in all().filter(|spec| spec.state != State::Alias) {
            for alias in option.aliases() {
                assert!(readers(alias.key).any(|spec| spec.key == option.key));
            }
        }
    }

    #[test]
    fn map_options_are_found_by_the_column_of_their_type() {
        let mut maps: Vec<&str> = all()
            .filter(|spec| spec.kind == ValueKind::Map)
            .map(|spec| spec.key)
            .collect();
        maps.dedup();
        assert!(!maps.is_empty());
        assert_eq!(*MAPS, maps);
    }

    #[test]
    fn the_compiler_reads_columns_as_the_program_would() {
        assert_eq!(body().lines().count(), COUNT);
        for (row, own) in body().lines().enumerate() {
            assert_eq!(line(row), own);
            let columns: Vec<&str> = own.split('\t').collect();
            let read = spec(row);
            assert_eq!(read.versions, of(columns[1]), "{own}");
            assert_eq!((read.key, read.state.name()), (columns[0], columns[2]));
            assert_eq!(
                (read.kind.name(), read.scope.name()),
                (columns[3], columns[8])
            );
            assert_eq!(read.default.unwrap_or(columns[4]), columns[4]);
            assert_eq!(read.targets().collect::<Vec<_>>().join(","), columns[5]);
            assert_eq!(read.enum_values().collect::<Vec<_>>().join(","), columns[7]);
        }
    }

    fn of(text: &str) -> Versions {
        Versions::parse(text).unwrap()
    }

    fn names(key: &'static str, version: &str) -> Vec<&'static str> {
        names_in_order(key, of(version)).collect()
    }

    #[test]
    fn keys_are_tried_in_the_order_of_their_declaration() {
        assert_eq!(
            names("execution.checkpointing.dir", "1.20"),
            [
                "execution.checkpointing.dir",
                "state.checkpoints.dir",
                "state.backend.fs.checkpointdir"
            ]
        );
        assert_eq!(
            names("state.checkpoints.dir", "1.19"),
            ["state.checkpoints.dir", "state.backend.fs.checkpointdir"]
        );
        assert_eq!(
            names("rest.bind-port", "1.18"),
            [
                "rest.bind-port",
                "rest.port",
                "web.port",
                "jobmanager.web.port"
            ]
        );
        assert_eq!(
            names("high-availability.type", "2.0"),
            [
                "high-availability.type",
                "recovery.mode",
                "high-availability"
            ]
        );
    }

    #[test]
    fn a_key_that_was_renamed_reads_only_what_its_version_reads() {
        assert_eq!(names("state.backend", "1.16"), ["state.backend"]);
        assert_eq!(
            names("state.backend.type", "1.17"),
            ["state.backend.type", "state.backend"]
        );
        assert_eq!(names("state.backend.type", "1.16"), ["state.backend.type"]);
        assert_eq!(canonical("state.backend", of("1.16")), None);
        assert_eq!(
            canonical("state.backend", of("1.17..")),
            Some("state.backend.type")
        );
        assert_eq!(canonical("state.backend", Versions::ALL), None);
        // One alias of two options.
        assert_eq!(canonical("state.backend.local-recovery", of("2.0..")), None);
    }

    #[test]
    fn fallback_keys_are_told_from_deprecated_ones() {
        let spec = meanings("rest.bind-port").next().unwrap();
        let marks: Vec<bool> = spec.aliases().map(|alias| alias.fallback).collect();
        assert_eq!(marks, [true, false, false]);
    }

    #[test]
    fn types_and_defaults_need_all_versions_to_agree() {
        assert_eq!(
            kind("heartbeat.timeout", of("1.13..1.19")),
            Some(ValueKind::Long)
        );
        assert_eq!(
            kind("heartbeat.timeout", of("1.20..")),
            Some(ValueKind::Duration)
        );
        assert_eq!(kind("heartbeat.timeout", Versions::ALL), None);
        assert_eq!(
            default("taskmanager.numberOfTaskSlots", Versions::ALL),
            Some("1")
        );
        assert_eq!(
            default("env.java.opts.all", of("1.17..")),
            Some("") // an empty default is a default
        );
        assert_eq!(default("state.backend.type", Versions::ALL), None);
        assert_eq!(default("state.backend.type", of("1.19..")), Some("hashmap"));
        assert_eq!(default("io.tmp.dirs", Versions::ALL), None);
    }

    #[test]
    fn options_that_nothing_reads_are_known_but_have_no_type() {
        let shown = |key| unread_in(key).to_string();
        assert_eq!(unread_in("security.ssl.verify-hostname"), Versions::ALL);
        assert_eq!(shown("web.ssl.enabled"), "1.13-1.20");
        assert_eq!(shown("jobmanager.web.ssl.enabled"), "1.13-1.20");
        let merging = "execution.checkpointing.file-merging.max-subtasks-per-file";
        assert_eq!(unread_in(merging), known_in(merging));
        assert_eq!(kind(merging, Versions::ALL), None);
        // Read in 1.13 and 1.14 only.
        let registry = "high-availability.zookeeper.path.running-registry";
        assert_eq!(shown(registry), "1.15-1.20");
        assert_eq!(kind(registry, of("1.13..1.14")), Some(ValueKind::String));
        assert_eq!(kind(registry, of("1.14..1.15")), None);
        // Read by the scripts, by the SQL gateway, or under another key.
        for key in [
            "env.log.dir",
            "sql-gateway.session.max-num",
            "kubernetes.service-account",
            "akka.client.timeout",
            "taskmanager.numberOfTaskSlots",
        ] {
            assert!(is_option(key) && unread_in(key).is_empty(), "{key}");
        }
    }

    #[test]
    fn keys_that_flink_does_not_read_are_told_apart() {
        let scope = |key: &'static str| meanings(key).next().map(|spec| spec.scope);
        assert_eq!(scope("sink.parallelism"), Some(Scope::TableOption));
        assert!(!is_option("sink.parallelism"));
        assert_eq!(kind("sink.parallelism", Versions::ALL), None);
        assert_eq!(scope("job.autoscaler.enabled"), Some(Scope::Operator));
        assert!(is_option("job.autoscaler.enabled"));
        assert_eq!(kind("job.autoscaler.enabled", Versions::ALL), None);
        assert_eq!(scope("$internal.application.main"), Some(Scope::Internal));
        assert_eq!(scope("env.pid.dir"), Some(Scope::ShellOnly));
    }

    #[test]
    fn entries_of_maps_are_known_where_the_prefixed_form_exists() {
        let key = "kubernetes.jobmanager.labels.app.kubernetes.io/name";
        assert!(is_known(key, of("1.14")));
        assert!(!is_known(key, of("1.13")));
        assert!(is_known("pipeline.global-job-parameters.a", of("2.3")));
        assert!(!is_option("pipeline.global-job-parameters."));
        assert!(!is_option("pipeline.name.a"));
    }

    #[test]
    fn unknown_keys_have_no_meaning() {
        for key in ["", "zzz", "# key", "a\tb", "taskmanager", "é", "~", "\u{0}"] {
            assert_eq!(meanings(key).count(), 0, "{key}");
            assert!(!is_option(key), "{key}");
            assert_eq!(kind(key, Versions::ALL), None, "{key}");
        }
    }
}
