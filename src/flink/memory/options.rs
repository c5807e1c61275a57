//! The options that decide about memory, each read once, before anything is computed.

use super::Process;
use crate::flink::value::MIB;
use crate::flink::version::Versions;

/// The largest size that Flink can hold (`MemorySize.MAX_VALUE`).
pub const MOST: u64 = i64::MAX.cast_unsigned();

/// What an option is without a setting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Preset {
    /// Nothing.
    None,
    /// A memory size in bytes.
    Bytes(u64),
    /// A fraction; `ConfigOption<Float>`.
    Fraction(f32),
    /// A whole number.
    Number(i32),
    /// A boolean.
    Switch(bool),
}

/// One option of the model.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    /// The key.
    pub key: &'static str,
    /// Other keys that Flink reads when the own one is missing, in its order. All are deprecated.
    pub also: &'static [&'static str],
    /// The default.
    pub preset: Preset,
    /// The versions that read it.
    pub versions: Versions,
}

macro_rules! keys {
    ($($(#[$doc:meta])* $name:ident = $key:literal $([$($also:literal),*])?, $preset:expr $(, $versions:expr)?;)*) => {
        /// An option that takes part.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs, reason = "each stands beside its key")]
        pub enum Key { $($(#[$doc])* $name),* }

        impl Key {
            /// Every option that takes part, in their order.
            pub const ALL: &[Key] = &[$(Key::$name),*];
        }

        /// Every option that takes part, in the order of [`Key`].
        pub static OPTIONS: &[Spec] = &[$(Spec {
            key: $key,
            also: &[$($($also),*)?],
            preset: $preset,
            versions: keys!(@versions $($versions)?),
        }),*];
    };
    (@versions) => { Versions::ALL };
    (@versions $versions:expr) => { $versions };
}

/// The versions before the limit of network memory went (1.17).
pub(super) const LIMITED_NETWORK: Versions = Versions::from_bits(0x000F);

use Preset::{Bytes, Fraction, None as Nothing, Number, Switch};
keys! {
    TaskProcess = "taskmanager.memory.process.size", Nothing;
    TaskFlink = "taskmanager.memory.flink.size", Nothing;
    FrameworkHeap = "taskmanager.memory.framework.heap.size", Bytes(128 * MIB);
    TaskHeap = "taskmanager.memory.task.heap.size", Nothing;
    FrameworkOffHeap = "taskmanager.memory.framework.off-heap.size", Bytes(128 * MIB);
    TaskOffHeap = "taskmanager.memory.task.off-heap.size", Bytes(0);
    ManagedSize = "taskmanager.memory.managed.size" ["taskmanager.memory.size"], Nothing;
    ManagedFraction = "taskmanager.memory.managed.fraction", Fraction(0.4);
    NetworkLeast = "taskmanager.memory.network.min" ["taskmanager.network.memory.min"], Bytes(64 * MIB);
    /// The default is 1 GiB before 1.17, see `Inputs::preset`.
    NetworkMost = "taskmanager.memory.network.max" ["taskmanager.network.memory.max"], Bytes(MOST);
    NetworkFraction = "taskmanager.memory.network.fraction" ["taskmanager.network.memory.fraction"], Fraction(0.1);
    NetworkBuffers = "taskmanager.network.numberOfBuffers", Number(2048), Versions::LEGACY;
    SegmentSize = "taskmanager.memory.segment-size", Bytes(32 << 10);
    TaskMetaspace = "taskmanager.memory.jvm-metaspace.size", Bytes(256 * MIB);
    TaskOverheadLeast = "taskmanager.memory.jvm-overhead.min", Bytes(192 * MIB);
    TaskOverheadMost = "taskmanager.memory.jvm-overhead.max", Bytes(1024 * MIB);
    TaskOverheadFraction = "taskmanager.memory.jvm-overhead.fraction", Fraction(0.1);
    Cores = "taskmanager.cpu.cores", Nothing;
    Slots = "taskmanager.numberOfTaskSlots", Number(1);
    TaskLegacyHeap = "taskmanager.heap.size", Nothing, Versions::LEGACY;
    TaskLegacyHeapMb = "taskmanager.heap.mb", Nothing, Versions::LEGACY;
    JobProcess = "jobmanager.memory.process.size", Nothing;
    JobFlink = "jobmanager.memory.flink.size", Nothing;
    JobHeap = "jobmanager.memory.heap.size", Nothing;
    JobOffHeap = "jobmanager.memory.off-heap.size", Bytes(128 * MIB);
    JobMetaspace = "jobmanager.memory.jvm-metaspace.size", Bytes(256 * MIB);
    JobOverheadLeast = "jobmanager.memory.jvm-overhead.min", Bytes(192 * MIB);
    JobOverheadMost = "jobmanager.memory.jvm-overhead.max", Bytes(1024 * MIB);
    JobOverheadFraction = "jobmanager.memory.jvm-overhead.fraction", Fraction(0.1);
    JobDirectLimit = "jobmanager.memory.enable-jvm-direct-memory-limit", Switch(false);
    JobLegacyHeap = "jobmanager.heap.size", Nothing, Versions::LEGACY;
    JobLegacyHeapMb = "jobmanager.heap.mb", Nothing, Versions::LEGACY;
}

impl Key {
    /// Its line of the list.
    pub fn spec(self) -> &'static Spec {
        &OPTIONS[self as usize]
    }

    /// The key as it is written.
    pub fn name(self) -> &'static str {
        self.spec().key
    }

    /// The key and those that Flink reads when it is missing, in its order.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let spec = self.spec();
        std::iter::once(spec.key).chain(spec.also.iter().copied())
    }

    /// The process whose memory it is about.
    pub fn process(self) -> Process {
        if self.name().starts_with("jobmanager.") {
            Process::JobManager
        } else {
            Process::TaskManager
        }
    }
}

/// A setting as a file has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Given<'t> {
    /// The text of the value.
    pub text: &'t str,
    /// The key under which it stands: the option's own, or a deprecated one.
    pub key: &'static str,
}

/// What the files say about each option.
#[derive(Clone, Debug)]
pub struct Inputs<'t> {
    values: [Option<Given<'t>>; Key::ALL.len()],
}

impl<'t> Inputs<'t> {
    /// Looks every option up, each with its deprecated keys. An empty text is a setting, too.
    pub fn read(mut find: impl FnMut(&'static str) -> Option<&'t str>) -> Self {
        let mut values = [None; Key::ALL.len()];
        for (value, key) in values.iter_mut().zip(Key::ALL) {
            *value = key
                .names()
                .find_map(|key| find(key).map(|text| Given { text, key }));
        }
        Inputs { values }
    }

    /// The setting of an option, where this version reads it.
    pub fn given(&self, key: Key, version: Versions) -> Option<Given<'t>> {
        self.values[key as usize].filter(|_| version.within(key.spec().versions))
    }

    /// The default of an option in one version.
    pub(super) fn preset(key: Key, version: Versions) -> Preset {
        match key {
            Key::NetworkMost if version.within(LIMITED_NETWORK) => Bytes(1024 * MIB),
            _ => key.spec().preset,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flink::options;
    use crate::flink::value::parse_memory;

    #[test]
    fn keys_defaults_and_versions_are_those_of_the_option_table() {
        for key in Key::ALL {
            let spec = key.spec();
            assert_eq!(options::known_in(spec.key), spec.versions, "{}", spec.key);
            for version in spec.versions.iter() {
                let names: Vec<&str> = options::names_in_order(spec.key, version).collect();
                assert_eq!(names[0], spec.key);
                assert_eq!(names[1..], *spec.also, "{} {version}", spec.key);
                let default = options::default(spec.key, version);
                match Inputs::preset(*key, version) {
                    Nothing => assert_eq!(default, None, "{}", spec.key),
                    Bytes(bytes) => {
                        let default = parse_memory(default.unwrap());
                        assert_eq!(default, Ok(bytes), "{} {version}", spec.key);
                    }
                    Fraction(fraction) => assert_eq!(default, Some(&*fraction.to_string())),
                    Number(number) => assert_eq!(default, Some(&*number.to_string())),
                    Switch(switch) => assert_eq!(default, Some(&*switch.to_string())),
                }
            }
        }
    }
}
