//! What replaces the classes and methods that went, in the words of a message.

use super::receiver::Owner;

/// Classes that went together.
pub(in crate::rules) struct Family {
    /// Its name here.
    pub(in crate::rules) name: &'static str,
    /// Beginnings of the names of its classes.
    classes: &'static [&'static str],
    /// The whole of it, in a message; empty where the class itself is meant.
    pub(in crate::rules) what: &'static str,
    /// One of its classes, for what is imported with its whole package.
    pub(in crate::rules) sample: &'static str,
    /// What to use.
    pub(in crate::rules) instead: &'static str,
}

impl Family {
    /// The name of the whole, or of the class.
    pub(in crate::rules) fn says(&self, class: &str) -> String {
        if self.what.is_empty() {
            format!("`{class}`")
        } else {
            self.what.to_owned()
        }
    }
}

/// The families, those with longer names first.
static FAMILIES: [Family; 16] = [
    Family {
        name: "parameters",
        classes: &[
            "org.apache.flink.api.java.utils.ParameterTool",
            "org.apache.flink.api.java.utils.MultipleParameterTool",
            "org.apache.flink.api.java.utils.AbstractParameterTool",
        ],
        what: "",
        sample: "org.apache.flink.api.java.utils.ParameterTool",
        instead: "it lies in the package `org.apache.flink.util` from 2.0 on",
    },
    Family {
        name: "scala",
        classes: &[
            "org.apache.flink.streaming.api.scala",
            "org.apache.flink.api.scala",
        ],
        what: "Flink's API for Scala",
        sample: "org.apache.flink.streaming.api.scala.StreamExecutionEnvironment",
        instead: "call the Java API from Scala, or use the community's `flink-scala-api` \
                  (`org.apache.flinkx.api`)",
    },
    Family {
        name: "dataset",
        classes: &[
            "org.apache.flink.api.java.DataSet",
            "org.apache.flink.api.java.ExecutionEnvironment",
            "org.apache.flink.api.java.CollectionEnvironment",
            "org.apache.flink.api.java.LocalEnvironment",
            "org.apache.flink.api.java.RemoteEnvironment",
            "org.apache.flink.api.java.aggregation",
            "org.apache.flink.api.java.functions",
            "org.apache.flink.api.java.io",
            "org.apache.flink.api.java.operators",
            "org.apache.flink.api.java.summarize",
            "org.apache.flink.api.java.utils.DataSetUtils",
        ],
        what: "the DataSet API",
        sample: "org.apache.flink.api.java.DataSet",
        instead: "write it with DataStream and `RuntimeExecutionMode.BATCH`, or with the Table API",
    },
    Family {
        name: "restart",
        classes: &["org.apache.flink.api.common.restartstrategy"],
        what: "",
        sample: "org.apache.flink.api.common.restartstrategy.RestartStrategies",
        instead: "set `restart-strategy.type` and its options in the configuration",
    },
    Family {
        name: "time",
        classes: &[
            "org.apache.flink.streaming.api.windowing.time.Time",
            "org.apache.flink.api.common.time.Time",
        ],
        what: "",
        sample: "org.apache.flink.streaming.api.windowing.time.Time",
        instead: "use `java.time.Duration`: `Time.seconds(5)` is `Duration.ofSeconds(5)`",
    },
    Family {
        name: "source",
        classes: &["org.apache.flink.streaming.api.functions.source"],
        what: "",
        sample: "org.apache.flink.streaming.api.functions.source.SourceFunction",
        instead: "write a `Source` (`org.apache.flink.api.connector.source`); what is left of the old \
                  ones lies in the package `legacy` below and is internal",
    },
    Family {
        name: "file sink",
        classes: &["org.apache.flink.streaming.api.functions.sink.filesystem"],
        what: "",
        sample: "org.apache.flink.streaming.api.functions.sink.filesystem.StreamingFileSink",
        instead: "use `FileSink` of `flink-connector-files`",
    },
    Family {
        name: "sink",
        classes: &[
            "org.apache.flink.streaming.api.functions.sink",
            "org.apache.flink.api.connector.sink",
        ],
        what: "",
        sample: "org.apache.flink.streaming.api.functions.sink.SinkFunction",
        instead: "write a `Sink` (`org.apache.flink.api.connector.sink2`); what is left of the old ones \
                  lies in the package `legacy` below and is internal",
    },
    Family {
        name: "retention",
        classes: &["org.apache.flink.streaming.api.environment.CheckpointConfig"],
        what: "",
        sample: "",
        instead: "use `ExternalizedCheckpointRetention` (`org.apache.flink.configuration`, 1.20 and later)",
    },
    Family {
        name: "schema",
        classes: &[
            "org.apache.flink.table.api.TableSchema",
            "org.apache.flink.table.api.TableColumn",
            "org.apache.flink.table.api.constraints",
            "org.apache.flink.table.descriptors",
        ],
        what: "",
        sample: "",
        instead: "use `Schema`, `ResolvedSchema` and `TableDescriptor` (`org.apache.flink.table.api`, \
                  `.catalog`), or CREATE TABLE",
    },
    Family {
        name: "table sources",
        classes: &[
            "org.apache.flink.table.sources",
            "org.apache.flink.table.sinks",
            "org.apache.flink.table.factories",
        ],
        what: "",
        sample: "",
        instead: "use `DynamicTableSource` and `DynamicTableSink` with their factories",
    },
    Family {
        name: "providers",
        classes: &["org.apache.flink.table.connector"],
        what: "",
        sample: "",
        instead: "use `SourceProvider` or `DataStreamScanProvider`, `SinkV2Provider` or \
                  `DataStreamSinkProvider`, `LookupFunctionProvider`",
    },
    Family {
        name: "schemas",
        classes: &["org.apache.flink.streaming.util.serialization"],
        what: "",
        sample: "",
        instead: "it lies in the package `org.apache.flink.api.common.serialization`",
    },
    Family {
        name: "listener",
        classes: &["org.apache.flink.runtime.state.CheckpointListener"],
        what: "",
        sample: "",
        instead: "it lies in the package `org.apache.flink.api.common.state`",
    },
    Family {
        name: "types",
        classes: &["org.apache.flink.table.api.Types"],
        what: "",
        sample: "",
        instead: "use `DataTypes`",
    },
    Family {
        name: "iteration",
        classes: &["org.apache.flink.streaming.api.datastream.IterativeStream"],
        what: "",
        sample: "",
        instead: "nothing in the DataStream API replaces it; `flink-ml` has iterations",
    },
];

/// The old state backends, each two things in one.
pub(in crate::rules) const OLD_BACKENDS: [&str; 3] = [
    "org.apache.flink.contrib.streaming.state.RocksDBStateBackend",
    "org.apache.flink.runtime.state.filesystem.FsStateBackend",
    "org.apache.flink.runtime.state.memory.MemoryStateBackend",
];

/// Whether another rule speaks of a class.
pub(in crate::rules) fn is_left_to_others(class: &str) -> bool {
    let others = [
        "org.apache.flink.streaming.api.TimeCharacteristic",
        "org.apache.flink.streaming.api.functions.Assigner",
        "org.apache.flink.streaming.api.functions.AscendingTimestampExtractor",
        "org.apache.flink.streaming.api.functions.timestamps",
    ];
    let mut all = OLD_BACKENDS.iter().chain(&others);
    all.any(|own| class.starts_with(own))
}

/// The family of a class.
pub(in crate::rules) fn family(class: &str) -> Option<&'static Family> {
    let below = |own: &str| {
        let rest = class.strip_prefix(own);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    FAMILIES
        .iter()
        .find(|family| family.classes.iter().any(|own| below(own)))
}

/// The family whose classes a whole package holds, and nothing else.
pub(in crate::rules) fn package(package: &str) -> Option<&'static Family> {
    let is_own = matches!(
        package,
        "org.apache.flink.streaming.api.scala"
            | "org.apache.flink.api.scala"
            | "org.apache.flink.streaming.api.scala.function"
            | "org.apache.flink.api.common.restartstrategy"
    );
    is_own.then(|| family(package)).flatten()
}

/// A method that went.
pub(in crate::rules) struct Method {
    owner: Owner,
    name: &'static str,
    /// How many arguments it takes.
    arguments: &'static [usize],
    /// What to use.
    pub(in crate::rules) instead: &'static str,
    /// The family whose import says it, too.
    pub(in crate::rules) family: Option<&'static str>,
}

const fn method(
    owner: Owner,
    name: &'static str,
    arguments: &'static [usize],
    instead: &'static str,
) -> Method {
    Method {
        owner,
        name,
        arguments,
        instead,
        family: None,
    }
}

const CHECKPOINT_DIR: &str = "set `execution.checkpointing.dir` in the configuration (`state.checkpoints.dir` \
                              up to 1.19)";
const WINDOW: &str =
    "use `window(...)` with an assigner, such as `TumblingEventTimeWindows.of(...)`";
const FILE: &str = "use a `FileSink` of `flink-connector-files`";
const SQL: &str = "use `executeSql(...)`, or a `StatementSet` for several statements";

static METHODS: [Method; 23] = [
    method(
        Owner::Environment,
        "enableCheckpointing",
        &[0],
        "give the interval in milliseconds, or set `execution.checkpointing.interval`",
    ),
    method(
        Owner::Environment,
        "enableCheckpointing",
        &[3],
        "leave out the third argument; checkpoints of iterations can't be forced any more",
    ),
    method(
        Owner::Environment,
        "setStateBackend",
        &[1],
        "set `state.backend.type` and its options in the configuration",
    ),
    method(
        Owner::Environment,
        "readTextFile",
        &[1, 2],
        "use a `FileSource` with `TextLineInputFormat` (`flink-connector-files`)",
    ),
    method(
        Owner::Environment,
        "setNumberOfExecutionRetries",
        &[1],
        "set `restart-strategy.type` and its options in the configuration",
    ),
    Method {
        owner: Owner::Environment,
        name: "setRestartStrategy",
        arguments: &[1],
        instead: "set `restart-strategy.type` and its options in the configuration",
        family: Some("restart"),
    },
    method(
        Owner::Checkpoints,
        "setCheckpointStorage",
        &[1],
        CHECKPOINT_DIR,
    ),
    Method {
        owner: Owner::Checkpoints,
        name: "enableExternalizedCheckpoints",
        arguments: &[1],
        instead: "use `setExternalizedCheckpointRetention` (1.20 and later)",
        family: Some("retention"),
    },
    Method {
        owner: Owner::Checkpoints,
        name: "setExternalizedCheckpointCleanup",
        arguments: &[1],
        instead: "use `setExternalizedCheckpointRetention` (1.20 and later)",
        family: Some("retention"),
    },
    method(
        Owner::Checkpoints,
        "setFailOnCheckpointingErrors",
        &[1],
        "use `setTolerableCheckpointFailureNumber(0)` for true",
    ),
    method(
        Owner::Checkpoints,
        "setForceCheckpointing",
        &[1],
        "leave it out; checkpoints of iterations can't be forced any more",
    ),
    method(
        Owner::Checkpoints,
        "setPreferCheckpointForRecovery",
        &[1],
        "leave it out; Flink restores from the latest checkpoint or savepoint",
    ),
    method(
        Owner::Checkpoints,
        "setAlignmentTimeout",
        &[1],
        "use `setAlignedCheckpointTimeout`",
    ),
    method(Owner::Stream, "timeWindow", &[1, 2], WINDOW),
    method(Owner::Stream, "timeWindowAll", &[1, 2], WINDOW),
    method(Owner::Stream, "writeAsText", &[1, 2], FILE),
    method(Owner::Stream, "writeAsCsv", &[1, 2, 4], FILE),
    method(
        Owner::Stream,
        "iterate",
        &[0, 1],
        "nothing in the DataStream API replaces it; `flink-ml` has iterations",
    ),
    method(Owner::Tables, "sqlUpdate", &[1], SQL),
    method(
        Owner::Tables,
        "connect",
        &[1],
        "write CREATE TABLE with `executeSql(...)`, or use a `TableDescriptor`",
    ),
    method(
        Owner::Tables,
        "fromTableSource",
        &[1],
        "write CREATE TABLE with `executeSql(...)`, or use a `TableDescriptor`",
    ),
    method(
        Owner::Tables,
        "registerDataStream",
        &[2],
        "use `createTemporaryView(...)`",
    ),
    method(
        Owner::Tables,
        "execute",
        &[1],
        "use `executeSql(...)`; `execute` of the environment of \
                                            streams runs a job of both",
    ),
];

/// What is known of a method that went, by the number of its arguments.
pub(in crate::rules) fn method_of(
    owner: Owner,
    name: &str,
    arguments: usize,
) -> Option<&'static Method> {
    METHODS.iter().find(|method| {
        method.owner == owner && method.name == name && method.arguments.contains(&arguments)
    })
}
