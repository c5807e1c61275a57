//! Which option a method sets.

/// What a method is called on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum On {
    /// `StreamExecutionEnvironment`.
    Environment,
    /// `ExecutionConfig`.
    Execution,
    /// `CheckpointConfig`.
    Checkpoints,
}

/// What a method makes of its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// The value is the first argument: a number, a truth, a name, a duration.
    Given,
    /// The first argument is a number of milliseconds, or a duration.
    Milliseconds,
    /// The same, 500 where none is given (`StreamExecutionEnvironment.enableCheckpointing`).
    Interval,
    /// Whatever is given, the value is this.
    Fixed(&'static str),
    /// The value is the first argument, this where there is none.
    GivenOr(&'static str),
    /// The first argument is an object that stands for several options.
    Backend,
    /// The same, where checkpoints are kept.
    Storage,
    /// The same, what is done after a failure.
    Restarts,
    /// Nobody can tell what the option is afterwards.
    Unknown,
}

/// A method that sets an option: what it is called on, its name in Java, the names of the option over all
/// versions, and its value. What two versions call differently is set under both names.
pub(super) type Row = (On, &'static str, &'static [&'static str], Value);

pub(super) const BACKEND: &[&str] = &["state.backend", "state.backend.type"];
pub(super) const DIR: &[&str] = &["state.checkpoints.dir", "execution.checkpointing.dir"];
pub(super) const INCREMENTAL: &[&str] = &[
    "state.backend.incremental",
    "execution.checkpointing.incremental",
];
pub(super) const STORAGE: &[&str] = &[
    "state.checkpoint-storage",
    "execution.checkpointing.storage",
];
pub(super) const RESTARTS: &[&str] = &["restart-strategy", "restart-strategy.type"];
const CHAINING: &[&str] = &[
    "pipeline.operator-chaining",
    "pipeline.operator-chaining.enabled",
];
const BUFFER_TIMEOUT: &[&str] = &[
    "execution.buffer-timeout",
    "execution.buffer-timeout.interval",
];
const UNALIGNED: &[&str] = &[
    "execution.checkpointing.unaligned",
    "execution.checkpointing.unaligned.enabled",
];
const ALIGNED_TIMEOUT: &[&str] = &[
    "execution.checkpointing.alignment-timeout",
    "execution.checkpointing.aligned-checkpoint-timeout",
];
const RETENTION: &[&str] = &["execution.checkpointing.externalized-checkpoint-retention"];
const KRYO_SERIALIZERS: &[&str] = &["pipeline.default-kryo-serializers"];
const KRYO_TYPES: &[&str] = &["pipeline.registered-kryo-types"];
const POJO_TYPES: &[&str] = &["pipeline.registered-pojo-types"];
const MAX_PARALLELISM: &[&str] = &["pipeline.max-parallelism"];
const PARALLELISM: &[&str] = &["parallelism.default"];
const MODE: &[&str] = &["execution.checkpointing.mode"];
const FORCED: &[&str] = &["execution.checkpointing.unaligned.forced"];
const TOLERABLE: &[&str] = &["execution.checkpointing.tolerable-failed-checkpoints"];

use On::{Checkpoints, Environment, Execution};
use Value::{Backend, Fixed, Given, GivenOr, Interval, Milliseconds, Restarts, Storage, Unknown};

/// The methods of 1.13 to 2.3 that set an option.
pub(super) const ROWS: &[Row] = &[
    (Environment, "setParallelism", PARALLELISM, Given),
    (Environment, "setMaxParallelism", MAX_PARALLELISM, Given),
    (
        Environment,
        "setBufferTimeout",
        BUFFER_TIMEOUT,
        Milliseconds,
    ),
    (
        Environment,
        "enableCheckpointing",
        &["execution.checkpointing.interval"],
        Interval,
    ),
    (
        Environment,
        "disableOperatorChaining",
        CHAINING,
        Fixed("false"),
    ),
    (
        Environment,
        "setRuntimeMode",
        &["execution.runtime-mode"],
        Given,
    ),
    (Environment, "setStateBackend", BACKEND, Backend),
    (Environment, "setRestartStrategy", RESTARTS, Restarts),
    (
        Environment,
        "setDefaultSavepointDirectory",
        &[
            "state.savepoints.dir",
            "execution.checkpointing.savepoint-dir",
        ],
        Given,
    ),
    (
        Environment,
        "enableChangelogStateBackend",
        &["state.backend.changelog.enabled", "state.changelog.enabled"],
        Given,
    ),
    (
        Environment,
        "setStreamTimeCharacteristic",
        &["pipeline.time-characteristic"],
        Given,
    ),
    (
        Environment,
        "registerTypeWithKryoSerializer",
        KRYO_TYPES,
        Unknown,
    ),
    (Environment, "registerType", KRYO_TYPES, Unknown),
    (
        Environment,
        "addDefaultKryoSerializer",
        KRYO_SERIALIZERS,
        Unknown,
    ),
    (Execution, "setParallelism", PARALLELISM, Given),
    (Execution, "setMaxParallelism", MAX_PARALLELISM, Given),
    (
        Execution,
        "setAutoWatermarkInterval",
        &["pipeline.auto-watermark-interval"],
        Milliseconds,
    ),
    (
        Execution,
        "setLatencyTrackingInterval",
        &["metrics.latency.interval"],
        Given,
    ),
    (
        Execution,
        "enableObjectReuse",
        &["pipeline.object-reuse"],
        Fixed("true"),
    ),
    (
        Execution,
        "disableObjectReuse",
        &["pipeline.object-reuse"],
        Fixed("false"),
    ),
    (
        Execution,
        "enableForceKryo",
        &["pipeline.force-kryo"],
        Fixed("true"),
    ),
    (
        Execution,
        "disableForceKryo",
        &["pipeline.force-kryo"],
        Fixed("false"),
    ),
    (
        Execution,
        "enableForceAvro",
        &["pipeline.force-avro"],
        Fixed("true"),
    ),
    (
        Execution,
        "disableForceAvro",
        &["pipeline.force-avro"],
        Fixed("false"),
    ),
    (
        Execution,
        "enableGenericTypes",
        &["pipeline.generic-types"],
        Fixed("true"),
    ),
    (
        Execution,
        "disableGenericTypes",
        &["pipeline.generic-types"],
        Fixed("false"),
    ),
    (Execution, "registerKryoType", KRYO_TYPES, Unknown),
    (
        Execution,
        "registerTypeWithKryoSerializer",
        KRYO_TYPES,
        Unknown,
    ),
    (
        Execution,
        "addDefaultKryoSerializer",
        KRYO_SERIALIZERS,
        Unknown,
    ),
    (Execution, "registerPojoType", POJO_TYPES, Unknown),
    (Execution, "setRestartStrategy", RESTARTS, Restarts),
    (
        Execution,
        "setGlobalJobParameters",
        &["pipeline.global-job-parameters"],
        Unknown,
    ),
    (
        Execution,
        "setClosureCleanerLevel",
        &["pipeline.closure-cleaner-level"],
        Given,
    ),
    (
        Execution,
        "setUseSnapshotCompression",
        &["execution.checkpointing.snapshot-compression"],
        Given,
    ),
    (
        Execution,
        "enableAutoGeneratedUIDs",
        &["pipeline.auto-generate-uids"],
        Fixed("true"),
    ),
    (
        Execution,
        "disableAutoGeneratedUIDs",
        &["pipeline.auto-generate-uids"],
        Fixed("false"),
    ),
    (
        Checkpoints,
        "setCheckpointInterval",
        &["execution.checkpointing.interval"],
        Milliseconds,
    ),
    (
        Checkpoints,
        "setCheckpointTimeout",
        &["execution.checkpointing.timeout"],
        Milliseconds,
    ),
    (
        Checkpoints,
        "setMinPauseBetweenCheckpoints",
        &["execution.checkpointing.min-pause"],
        Milliseconds,
    ),
    (
        Checkpoints,
        "setMaxConcurrentCheckpoints",
        &["execution.checkpointing.max-concurrent-checkpoints"],
        Given,
    ),
    (
        Checkpoints,
        "setTolerableCheckpointFailureNumber",
        TOLERABLE,
        Given,
    ),
    (Checkpoints, "setCheckpointingMode", MODE, Given),
    (Checkpoints, "setCheckpointingConsistencyMode", MODE, Given),
    (
        Checkpoints,
        "enableUnalignedCheckpoints",
        UNALIGNED,
        GivenOr("true"),
    ),
    (
        Checkpoints,
        "disableUnalignedCheckpoints",
        UNALIGNED,
        Fixed("false"),
    ),
    (Checkpoints, "setForceUnalignedCheckpoints", FORCED, Given),
    (
        Checkpoints,
        "setAlignedCheckpointTimeout",
        ALIGNED_TIMEOUT,
        Given,
    ),
    (Checkpoints, "setAlignmentTimeout", ALIGNED_TIMEOUT, Given),
    (Checkpoints, "setCheckpointStorage", STORAGE, Storage),
    (
        Checkpoints,
        "enableExternalizedCheckpoints",
        RETENTION,
        Given,
    ),
    (
        Checkpoints,
        "setExternalizedCheckpointCleanup",
        RETENTION,
        Given,
    ),
    (
        Checkpoints,
        "setExternalizedCheckpointRetention",
        RETENTION,
        Given,
    ),
    (
        Checkpoints,
        "setFailOnCheckpointingErrors",
        TOLERABLE,
        Unknown,
    ),
    (
        Checkpoints,
        "setCheckpointIdOfIgnoredInFlightData",
        &["execution.checkpointing.recover-without-channel-state.checkpoint-id"],
        Unknown,
    ),
];

/// The options that a method sets.
pub(super) fn row(on: On, method: &str) -> Option<&'static Row> {
    let mut rows = ROWS.iter();
    rows.find(|(own, name, ..)| *own == on && *name == method)
}
