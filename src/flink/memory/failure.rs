//! Why a process does not start: Flink's own exception, and the numbers that it compares.

use super::arithmetic::{human, java_double};
use super::options::Key;
use super::{Mode, Part, Process};
use crate::flink::version::Versions;

/// What Flink refuses.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    /// A size that is no size.
    NoSize {
        /// The option.
        key: Key,
    },
    /// A value that is none of its type.
    NoValue {
        /// The option.
        key: Key,
        /// The text.
        text: String,
    },
    /// No size at all.
    NotConfigured,
    /// A fraction outside of 0 to 1, or a least size above the most. Terms: least, most.
    Range {
        /// The option of the fraction.
        key: Key,
        /// The fraction.
        fraction: f64,
    },
    /// Metaspace and overhead leave nothing of the process. Terms: metaspace, overhead, process.
    JvmAboveProcess,
    /// The process is smaller than what it has to hold. Terms: process, Flink, metaspace.
    ProcessTooSmall,
    /// What is left for the overhead is outside of its limits. Terms: overhead, least, most, process,
    /// Flink, metaspace.
    Overhead,
    /// The parts of a `TaskManager` are more than all of Flink's memory, which is the last term.
    Parts,
    /// What is left for the network is outside of its limits. Terms: what is left, Flink, what is taken
    /// off it, and least and most where they can be read.
    NetworkRest,
    /// The heap of a `JobManager` is more than all of Flink's memory. Terms: heap, Flink.
    HeapAboveFlink,
    /// The two parts of a `JobManager` are not all of Flink's memory. Terms: heap, off-heap, Flink.
    HeapAndOffHeap,
    /// Nothing is left for the heap of a `JobManager`. Terms: Flink, off-heap.
    NoHeap,
    /// No CPU core.
    NoCores,
    /// Cores that are no number.
    Cores(f64),
    /// A size of network buffers that Flink does not take.
    Segment {
        /// The size in bytes.
        bytes: u64,
    },
    /// The old size of the heap is below zero.
    LegacyHeap {
        /// In MiB.
        megabytes: i32,
    },
    /// A negative size.
    Negative,
    /// More bytes than a `long` holds.
    Overflow,
}

/// A number that takes part in what fails, with its name.
pub type Term = (&'static str, Part);

/// A failure and its numbers.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Refused {
    pub(super) failure: Failure,
    pub(super) terms: Vec<Term>,
}

impl Failure {
    /// The failure with its numbers.
    pub(super) fn of(self, terms: impl Into<Vec<Term>>) -> Refused {
        Refused {
            failure: self,
            terms: terms.into(),
        }
    }
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        failure.of([])
    }
}

impl Failure {
    /// Whether the exception is an `IllegalConfigurationException`, to which Flink adds what failed.
    pub(super) fn is_of_configuration(&self) -> bool {
        match self {
            Failure::NoValue { .. } | Failure::Cores(_) | Failure::Negative | Failure::Overflow => {
                false
            }
            Failure::Segment { bytes } => i32::try_from(*bytes).is_ok(),
            _ => true,
        }
    }

    fn text(&self, process: Process, terms: &[Term]) -> String {
        let size = |at: usize| {
            terms
                .get(at)
                .map_or(String::new(), |(_, part)| human(part.bytes))
        };
        match self {
            Failure::NoSize { key } => format!(
                "Cannot read memory size from config option '{}'.",
                key.name()
            ),
            Failure::NoValue { key, text } => {
                format!("Could not parse value '{text}' for key '{}'.", key.name())
            }
            Failure::NotConfigured => {
                let (fine, flink, all) = match process {
                    Process::TaskManager => (
                        format!("{} and {}", Key::TaskHeap.name(), Key::ManagedSize.name()),
                        Key::TaskFlink,
                        Key::TaskProcess,
                    ),
                    Process::JobManager => {
                        (Key::JobHeap.name().to_owned(), Key::JobFlink, Key::JobProcess)
                    }
                };
                format!(
                    "Either required fine-grained memory ({fine}), or Total Flink Memory size ({}), or \
                     Total Process Memory size ({}) need to be configured explicitly.",
                    option(flink, "null"),
                    option(all, "null")
                )
            }
            Failure::Range { key, fraction } => {
                let default = if *key == Key::ManagedFraction { "0.4" } else { "0.1" };
                format!(
                    "Inconsistently configured {} ({}) and its min ({}), max ({}) value",
                    option(*key, default),
                    java_double(*fraction),
                    size(0),
                    size(1)
                )
            }
            Failure::JvmAboveProcess => format!(
                "Sum of configured JVM Metaspace ({}) and JVM Overhead ({}) exceed configured Total \
                 Process Memory ({}).",
                size(0),
                size(1),
                size(2)
            ),
            Failure::ProcessTooSmall => format!(
                "The configured Total Process Memory size ({}) is less than the sum of the derived Total \
                 Flink Memory size ({}) and the configured or default JVM Metaspace size  ({}).",
                size(0),
                size(1),
                size(2)
            ),
            Failure::Overhead => format!(
                "Derived JVM Overhead size ({}) is not in configured JVM Overhead range [{}, {}].",
                size(0),
                size(1),
                size(2)
            ),
            Failure::Parts => parts_text(terms),
            Failure::NetworkRest => "If Total Flink, Task Heap and (or) Managed Memory sizes are \
                 explicitly configured then the Network Memory size is the rest of the Total Flink memory \
                 after subtracting all other configured types of memory, but the derived Network Memory \
                 is inconsistent with its configuration."
                .to_owned(),
            Failure::HeapAboveFlink => format!(
                "The configured JVM Heap Memory ({}) exceeds the configured Total Flink Memory ({}). {}",
                size(0),
                size(1),
                ONE_OF_TWO
            ),
            Failure::HeapAndOffHeap => format!(
                "Sum of the configured JVM Heap Memory ({}) and the configured Off-heap Memory ({}) does \
                 not match the configured Total Flink Memory ({}). {}",
                size(0),
                size(1),
                size(2),
                ONE_OF_TWO
            ),
            Failure::NoHeap => format!(
                "The configured Total Flink Memory ({}) is less than the configured Off-heap Memory ({}).",
                size(0),
                size(1)
            ),
            Failure::NoCores => format!(
                "TaskExecutors need to be started with a positive number of CPU cores. Please configure \
                 {} accordingly.",
                Key::Cores.name()
            ),
            Failure::Cores(number) => format!(
                "Character {} is neither a decimal digit number, decimal point, nor \"e\" notation \
                 exponential mark.",
                if number.is_nan() { 'N' } else { 'I' }
            ),
            Failure::Segment { bytes } => segment_text(*bytes),
            Failure::LegacyHeap { megabytes } => format!(
                "Configured total process memory size ({megabytes}MB) must not be less than 0."
            ),
            Failure::Negative => "bytes must be >= 0".to_owned(),
            Failure::Overflow => "long overflow".to_owned(),
        }
    }
}

/// The end of two messages.
const ONE_OF_TWO: &str = "Please, make the configuration consistent or configure only one option: either \
                          JVM Heap or Total Flink Memory.";

fn parts_text(terms: &[Term]) -> String {
    let Some(((_, flink), parts)) = terms.split_last() else {
        return String::new();
    };
    let mut named: Vec<String> = parts
        .iter()
        .map(|(name, part)| format!("{} ({})", flinks_name(name), human(part.bytes)))
        .collect();
    let last = named.pop().unwrap_or_default();
    format!(
        "Sum of configured {} and {last} exceed configured Total Flink Memory ({}).",
        named.join(", "),
        human(flink.bytes)
    )
}

fn segment_text(bytes: u64) -> String {
    let why = match i32::try_from(bytes) {
        Ok(4096..) => "Memory segment size must be a power of 2.",
        Ok(_) => "Minimum memory segment size is 4096",
        Err(_) => return format!("Cannot downcast long value {bytes} to integer."),
    };
    let key = Key::SegmentSize.name();
    format!("Invalid configuration value for {key} : {bytes} - {why}")
}

/// The name that Flink's messages give a part.
fn flinks_name(name: &str) -> &str {
    match name {
        "framework heap" => "Framework Heap Memory",
        "framework off-heap" => "Framework Off-Heap Memory",
        "task heap" => "Task Heap Memory",
        "task off-heap" => "Task Off-Heap Memory",
        "managed memory" => "Managed Memory",
        "network memory" => "Network Memory",
        other => other,
    }
}

/// An option in the words of its `toString`.
fn option(key: Key, default: &str) -> String {
    let also: Vec<String> = key
        .spec()
        .also
        .iter()
        .map(|key| format!("{{key={key}, isDeprecated=true}}"))
        .collect();
    format!(
        "Key: '{}' , default: {default} (fallback keys: [{}])",
        key.name(),
        also.join(", ")
    )
}

/// A failure with what Flink says of it.
#[derive(Clone, Debug, PartialEq)]
pub struct MemoryError {
    /// The process that does not start.
    pub process: Process,
    /// Why.
    pub failure: Failure,
    /// The numbers that take part, each with its name; see [`Failure`].
    pub terms: Vec<Term>,
    /// One version in which it is so: the words differ.
    pub(super) version: Versions,
    pub(super) mode: Mode,
}

impl MemoryError {
    pub(super) fn new(process: Process, refused: Refused, version: Versions, mode: Mode) -> Self {
        MemoryError {
            process,
            failure: refused.failure,
            terms: refused.terms,
            version,
            mode,
        }
    }

    /// The class of the exception.
    pub fn class(&self) -> &'static str {
        match self.failure {
            Failure::NoValue { .. } | Failure::Negative => "java.lang.IllegalArgumentException",
            Failure::Cores(_) => "java.lang.NumberFormatException",
            Failure::Overflow => "java.lang.ArithmeticException",
            Failure::Segment { .. } if !self.failure.is_of_configuration() => {
                "java.lang.IllegalArgumentException"
            }
            _ => "org.apache.flink.configuration.IllegalConfigurationException",
        }
    }

    /// Its message.
    pub fn message(&self) -> String {
        format!(
            "{}{}",
            self.start(),
            self.failure.text(self.process, &self.terms)
        )
    }

    /// Whether Flink says the same, for the same reason.
    pub fn is_like(&self, other: &MemoryError) -> bool {
        let text = |own: &MemoryError| own.failure.text(own.process, &own.terms);
        self.process == other.process
            && self.terms == other.terms
            && self.start() == other.start()
            // A fraction that is NaN is not equal to itself.
            && (self.failure == other.failure || text(self) == text(other))
    }

    /// What Flink puts before the message of its own exceptions.
    fn start(&self) -> &'static str {
        let legacy = |key: Key| {
            matches!(
                key,
                Key::TaskLegacyHeap
                    | Key::TaskLegacyHeapMb
                    | Key::JobLegacyHeap
                    | Key::JobLegacyHeapMb
            )
        };
        let while_mapping = match &self.failure {
            Failure::LegacyHeap { .. } => true,
            Failure::NoSize { key } => legacy(*key),
            _ => false,
        };
        match self.process {
            _ if !self.failure.is_of_configuration() => "",
            Process::TaskManager if while_mapping => {
                "TaskManager failed to map legacy JVM heap option to the new one: "
            }
            Process::TaskManager => "TaskManager memory configuration failed: ",
            Process::JobManager
                if self.version.within(Versions::V2) || self.mode == Mode::Direct =>
            {
                ""
            }
            Process::JobManager => "JobManager memory configuration failed: ",
        }
    }
}
