//! Which versions of Flink have which classes and methods. Knows nothing about files.
//!
//! `api.tsv` is what `tools/api-table` reads out of the released jars: the classes for users that went
//! or are deprecated, and of some classes the methods that came, went or are deprecated. What is not in
//! it is no news; connectors (Kafka, JDBC, ...) are released apart and in none of these jars. Columns,
//! separated by tabs:
//!
//! | column | holds |
//! |---|---|
//! | kind | `class`, `method`, or `extends`: the class of the next column has the methods of the one after it |
//! | owner | the package, or the class, nested ones with dots |
//! | name | the class, or the method with the types it takes, without their packages; `<init>` makes the object |
//! | versions | the versions that have it |
//! | deprecated | the versions that call it deprecated |

use std::collections::HashMap;
use std::sync::LazyLock;

use super::version::Versions;

/// The table; its first line names the columns.
const TABLE: &str = include_str!("api.tsv");

/// In which versions something is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Api {
    /// The versions that have it.
    pub versions: Versions,
    /// The versions that call it deprecated.
    pub deprecated: Versions,
}

/// One method of a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Method {
    /// The types it takes, without packages, with commas between them: `Time,Time`.
    pub takes: &'static str,
    /// In which versions it is there.
    pub api: Api,
}

impl Method {
    /// How many arguments it takes; an array at the end may stand for any number.
    pub fn arguments(&self) -> usize {
        self.takes.split(',').filter(|one| !one.is_empty()).count()
    }
}

/// The rows, by what they speak of.
#[derive(Default)]
struct Table {
    classes: HashMap<&'static str, Vec<(&'static str, Api)>>,
    methods: HashMap<&'static str, Vec<(&'static str, Method)>>,
    parents: HashMap<&'static str, Vec<&'static str>>,
}

static ROWS: LazyLock<Table> = LazyLock::new(Table::read);

impl Table {
    fn read() -> Self {
        let mut table = Table::default();
        for line in TABLE.lines().skip(1) {
            let mut columns = line.split('\t');
            let mut next = || columns.next().unwrap_or_default();
            let (kind, owner, name) = (next(), next(), next());
            let api = Api {
                versions: column(next()),
                deprecated: column(next()),
            };
            match kind {
                "class" => table.classes.entry(owner).or_default().push((name, api)),
                "extends" => table.parents.entry(owner).or_default().push(name),
                _ => {
                    let (name, takes) = name.split_once('(').unwrap_or((name, ")"));
                    let takes = takes.strip_suffix(')').unwrap_or(takes);
                    let method = Method { takes, api };
                    table.methods.entry(owner).or_default().push((name, method));
                }
            }
        }
        table
    }
}

/// The versions of a column; a test holds that each reads.
fn column(text: &str) -> Versions {
    Versions::parse(text).unwrap_or(Versions::NONE)
}

/// Where a class is there, by its whole name: `org.apache.flink.streaming.api.TimeCharacteristic`,
/// nested ones with dots. `None` for one that the table does not speak of.
pub fn class(path: &str) -> Option<Api> {
    // A nested class stands below the package of the one around it.
    path.rmatch_indices('.').find_map(|(dot, _)| {
        let own = ROWS.classes.get(&path[..dot])?;
        let found = own.iter().find(|(name, _)| *name == &path[dot + 1..])?;
        Some(found.1)
    })
}

/// The methods of this name that the table speaks of, those of the classes above it included.
/// `<init>` are the constructors.
pub fn methods<'n>(owner: &str, name: &'n str) -> impl Iterator<Item = Method> + use<'n> {
    let of = |class: &str| ROWS.methods.get(class).map_or(&[][..], Vec::as_slice);
    let above = ROWS.parents.get(owner).map_or(&[][..], Vec::as_slice);
    let all = of(owner)
        .iter()
        .chain(above.iter().flat_map(move |up| of(up)));
    all.filter(move |(own, _)| *own == name)
        .map(|(_, method)| *method)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn versions(text: &str) -> Versions {
        Versions::parse(text).unwrap()
    }

    #[test]
    fn every_row_reads() {
        for line in TABLE.lines().skip(1) {
            let columns: Vec<&str> = line.split('\t').collect();
            assert_eq!(columns.len(), 5, "{line}");
            for column in &columns[3..] {
                assert!(
                    column.is_empty() || Versions::parse(column).is_ok(),
                    "{line}"
                );
            }
            let is_class = columns[0] == "class";
            let path = format!("{}.{}", columns[1], columns[2]);
            assert!(!is_class || class(&path).is_some(), "{line}");
        }
    }

    #[test]
    fn classes_go_where_the_release_notes_say() {
        let gone = |path: &str| class(path).unwrap().versions;
        let one = versions("1.13..1.20");
        for path in [
            "org.apache.flink.api.common.restartstrategy.RestartStrategies",
            "org.apache.flink.api.common.time.Time",
            "org.apache.flink.api.java.DataSet",
            "org.apache.flink.api.java.utils.ParameterTool",
            "org.apache.flink.contrib.streaming.state.RocksDBStateBackend",
            "org.apache.flink.runtime.state.filesystem.FsStateBackend",
            "org.apache.flink.streaming.api.TimeCharacteristic",
            "org.apache.flink.streaming.api.environment.CheckpointConfig.ExternalizedCheckpointCleanup",
            "org.apache.flink.streaming.api.functions.AssignerWithPeriodicWatermarks",
            "org.apache.flink.streaming.api.functions.sink.SinkFunction",
            "org.apache.flink.streaming.api.functions.source.SourceFunction.SourceContext",
            "org.apache.flink.streaming.api.scala.StreamExecutionEnvironment",
            "org.apache.flink.streaming.api.windowing.time.Time",
        ] {
            assert_eq!(gone(path), one, "{path}");
        }
        let shim = "org.apache.flink.contrib.streaming.state.EmbeddedRocksDBStateBackend";
        assert_eq!(gone(shim), Versions::ALL);
        assert_eq!(class(shim).unwrap().deprecated, Versions::V2);
        assert_eq!(
            class("org.apache.flink.streaming.api.datastream.DataStream"),
            None
        );
        assert_eq!(class("com.example.Time"), None);
    }

    #[test]
    fn methods_are_told_apart_by_what_they_take() {
        let owner = "org.apache.flink.streaming.api.datastream.KeyedStream";
        let windows: Vec<Method> = methods(owner, "timeWindow").collect();
        assert_eq!(windows.len(), 2);
        assert!(
            windows
                .iter()
                .all(|one| one.api.versions == versions("1.13..1.20"))
        );
        // Its parent's.
        let keys: Vec<&str> = methods(owner, "keyBy").map(|one| one.takes).collect();
        assert!(
            keys.contains(&"int[]") && keys.contains(&"String[]"),
            "{keys:?}"
        );
        let late = "org.apache.flink.streaming.api.datastream.WindowedStream";
        let by_duration = methods(late, "allowedLateness").find(|one| one.takes == "Duration");
        assert_eq!(by_duration.unwrap().api.versions, versions("1.19.."));
        assert_eq!(by_duration.unwrap().arguments(), 1);
        let none = "org.apache.flink.streaming.api.environment.StreamExecutionEnvironment";
        let bare = methods(none, "enableCheckpointing").find(|one| one.arguments() == 0);
        assert_eq!(bare.unwrap().api.versions, versions("..1.20"));
    }

    #[test]
    fn table_methods_go_with_their_planner() {
        let owner = "org.apache.flink.table.api.bridge.java.StreamTableEnvironment";
        let only = |name: &str| methods(owner, name).map(|one| one.api.versions).next();
        assert_eq!(only("sqlUpdate"), Some(versions("1.13..1.14")));
        assert_eq!(only("connect"), Some(versions("1.13")));
        assert_eq!(only("executeSql"), None);
    }
}
