//! The memory of `TaskManager` and `JobManager`, computed as Flink computes it before a process starts.
//!
//! Sizes are bytes. Every part knows what decided it. What Flink refuses is an error with Flink's own
//! words. Sources: `TaskExecutorProcessUtils`, `JobManagerProcessUtils`, `ProcessMemoryUtils`,
//! `TaskExecutorFlinkMemoryUtils`, `JobManagerFlinkMemoryUtils`, `MemoryBackwardsCompatibilityUtils`, each
//! run with real jars (`testdata/flink/flink-memory.jsonl`, `tools/memory-model/`).
//!
//! It does not know what stands outside of the settings: the variables `FLINK_TM_HEAP` and
//! `FLINK_JM_HEAP`, which Flink before 2.0 prefers to the old sizes of the heap. Nor does it check
//! `external-resource.*`, which the same start reads, and which decides about no memory.

mod arithmetic;
mod failure;
mod job_manager;
mod options;
mod process;
mod reader;
mod task_manager;

pub use arithmetic::{java_double, java_float};
pub use failure::{Failure, MemoryError, Term};
pub use job_manager::{JobManager, job_manager};
pub use options::{Given, Inputs, Key, MOST, OPTIONS, Preset, Spec};
pub use task_manager::{TaskManager, task_manager};

use super::version::Versions;

/// A process whose memory Flink computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Process {
    /// `jobmanager.*`
    JobManager,
    /// `taskmanager.*`
    TaskManager,
}

impl Process {
    /// `JobManager` or `TaskManager`.
    pub fn name(self) -> &'static str {
        match self {
            Process::JobManager => "JobManager",
            Process::TaskManager => "TaskManager",
        }
    }
}

/// Who starts the processes. It decides what the sizes of the heap stand for that Flink 1.10 replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// Flink's scripts: the old size is all of Flink's memory, of a `JobManager` its heap.
    Standalone,
    /// Flink itself, on Kubernetes or YARN: the old size is that of the whole process.
    Container,
    /// The process itself, which knows no old sizes.
    Direct,
}

impl Mode {
    /// `standalone`, `container` or `direct`.
    pub fn name(self) -> &'static str {
        match self {
            Mode::Standalone => "standalone",
            Mode::Container => "container",
            Mode::Direct => "direct",
        }
    }
}

/// What decided a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Why {
    /// Its own setting.
    Set,
    /// Flink's default.
    Default,
    /// A fraction of other memory.
    Fraction {
        /// The fraction.
        fraction: f64,
        /// Of how many bytes.
        of: u64,
    },
    /// A fraction gave less than the least size allowed, which counts.
    Least {
        /// The bytes that the fraction gave.
        derived: u64,
    },
    /// A fraction gave more than the most allowed, which counts.
    Most {
        /// The bytes that the fraction gave.
        derived: u64,
    },
    /// What the other parts leave.
    Rest,
    /// The sum of its parts.
    Sum,
    /// A number of network buffers, before 2.0.
    Buffers,
    /// The size of the heap that Flink 1.10 replaced.
    Legacy,
}

impl Why {
    /// One word for it, as in the JSON of `flint memory`.
    pub fn name(self) -> &'static str {
        match self {
            Why::Set => "set",
            Why::Default => "default",
            Why::Fraction { .. } => "fraction",
            Why::Least { .. } => "minimum",
            Why::Most { .. } => "maximum",
            Why::Rest => "rest",
            Why::Sum => "sum",
            Why::Buffers => "buffers",
            Why::Legacy => "legacy",
        }
    }
}

/// A number of bytes and what decided it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Part {
    /// The bytes.
    pub bytes: u64,
    /// What decided them.
    pub why: Why,
    /// The key that did: as the files spell it where it is set, the option's own where the default counts.
    pub key: Option<&'static str>,
    /// Whether that key is set.
    pub set: bool,
}

impl Part {
    fn new(bytes: u64, why: Why, key: Option<&'static str>, set: bool) -> Self {
        Part {
            bytes,
            why,
            key,
            set,
        }
    }

    /// What the other parts leave.
    fn rest(bytes: u64) -> Self {
        Part::new(bytes, Why::Rest, None, false)
    }

    /// The sum of its parts.
    fn sum(bytes: u64) -> Self {
        Part::new(bytes, Why::Sum, None, false)
    }
}

/// What both processes have.
pub trait ProcessMemory {
    /// All of it: what a container has to have.
    fn total(&self) -> Part;
    /// What no flag of the JVM limits, beside managed memory.
    fn overhead(&self) -> Part;
    /// The heap that is left for user code: that of tasks, of a `JobManager` all of it.
    fn user_heap(&self) -> Part;
    /// The bytes of every part.
    fn sizes(&self) -> Vec<u64>;
    /// The flags that Flink gives the JVM.
    fn flags(&self) -> String;
}

macro_rules! process_memory {
    ($model:ident, $heap:ident) => {
        impl ProcessMemory for $model {
            fn total(&self) -> Part {
                self.total_process
            }

            fn overhead(&self) -> Part {
                self.jvm_overhead
            }

            fn user_heap(&self) -> Part {
                self.$heap
            }

            fn sizes(&self) -> Vec<u64> {
                self.parts().iter().map(|(_, part)| part.bytes).collect()
            }

            fn flags(&self) -> String {
                self.jvm_params()
            }
        }
    };
}
process_memory!(JobManager, jvm_heap);
process_memory!(TaskManager, task_heap);

/// Versions with the same model: it changed with 1.14, 1.17 and 2.0 only.
pub const GENERATIONS: [Versions; 4] = [
    Versions::from_bits(0x0001),
    Versions::from_bits(0x000E),
    Versions::from_bits(0x00F0),
    Versions::V2,
];
