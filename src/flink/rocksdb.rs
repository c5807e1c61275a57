//! The memory of the `RocksDB` state backend, computed as Flink computes it; the same in all versions
//! from 1.13 to 2.3. The classes live in `org.apache.flink.contrib.streaming.state`, from 2.0 on in
//! `org.apache.flink.state.rocksdb`.
//!
//! The numbers come from files of users. Those that Flink refuses give a result as well, and no panic.

mod predefined;

pub use predefined::{Predefined, predefined};

use super::version::Versions;

/// The default of `state.backend.rocksdb.memory.write-buffer-ratio`.
pub const WRITE_BUFFER_RATIO: f64 = 0.5;
/// The default of `state.backend.rocksdb.memory.high-prio-pool-ratio`.
pub const HIGH_PRIORITY_RATIO: f64 = 0.1;
/// `RocksDB`'s own default of `state.backend.rocksdb.writebuffer.size`, in bytes.
pub const WRITE_BUFFER_SIZE: u64 = 64 << 20;
/// `RocksDB`'s own default of `state.backend.rocksdb.writebuffer.count`.
pub const WRITE_BUFFER_COUNT: u64 = 2;
/// `RocksDB`'s own default of `state.backend.rocksdb.block.cache-size`, in bytes.
pub const BLOCK_CACHE_SIZE: u64 = 8 << 20;

/// How memory that `RocksDB` instances share is cut up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shared {
    /// Bytes of the block cache. What is in the memtables is charged to it as well.
    pub cache: i64,
    /// Bytes that all memtables together may take, of those of the cache.
    pub write_buffers: i64,
}

/// How some bytes are cut up (`RocksDBMemoryControllerUtils.calculateActualCacheCapacity` and
/// `.calculateWriteBufferManagerCapacity`). With the default ratio of 0.5 the cache gets 5/6 of them,
/// and memtables 1/3.
pub fn shared(bytes: u64, write_buffer_ratio: f64) -> Shared {
    let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "Java rounds and cuts off as well"
    )]
    Shared {
        cache: ((3.0 - write_buffer_ratio) * bytes as f64 / 3.0) as i64,
        // Java doubles the bytes as a long, which wraps.
        write_buffers: (bytes.wrapping_mul(2) as f64 * write_buffer_ratio / 3.0) as i64,
    }
}

/// Whether the first block of a memtable fits into what memtables may take together. Where it doesn't,
/// Flink warns that `RocksDB` will flush memtables constantly
/// (`RocksDBOperationUtils.sanityCheckArenaBlockSize`).
pub fn arena_fits(write_buffer_size: u64, shared: Shared) -> bool {
    const PAGE: u64 = 4096;
    let arena = (write_buffer_size / 8).div_ceil(PAGE) * PAGE;
    // `calculateRocksDBMutableLimit` wraps as well.
    let limit = shared.write_buffers.wrapping_mul(7) / 8;
    u64::try_from(limit).is_ok_and(|limit| arena <= limit)
}

/// The fewest bytes to share with which [`arena_fits`]; `u64::MAX` where none are enough, as with a
/// ratio of 0. With the defaults it is 27.4 MiB.
pub fn least_bytes(write_buffer_size: u64, write_buffer_ratio: f64) -> u64 {
    // Below this nothing wraps, so that more bytes are never worse.
    let (mut low, mut high) = (0, 1 << 59);
    let fits = |bytes| arena_fits(write_buffer_size, shared(bytes, write_buffer_ratio));
    if !fits(high) {
        return u64::MAX;
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if fits(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}

/// The share of a slot's managed memory that one kind of consumer gets: its weight over those of all
/// kinds in the slot, rounded down to 16 decimals (`ManagedMemoryUtils.getFractionRoundedDown`). A
/// streaming job whose only consumer is `RocksDB` has 1, beside Python 0.7 by default. Without any
/// weight it is 0.
pub fn weight_fraction(weight: i64, total: i64) -> f64 {
    const ONE: i128 = 10_000_000_000_000_000;
    if weight <= 0 || total <= 0 {
        return 0.0;
    }
    let scaled = i128::from(weight) * ONE / i128::from(total);
    // A division of doubles would round twice: not each number of 17 digits is a double.
    format!("{scaled}e-16").parse().unwrap_or(0.0)
}

/// The bytes of a share of some memory (`MemoryManager.computeMemorySize`). Flink refuses a fraction
/// of 0, and one above 1, when the job runs.
pub fn share(bytes: u64, fraction: f64) -> u64 {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "Java rounds and cuts off as well; what is negative is refused"
    )]
    let share = (bytes as f64 * fraction) as u64;
    share
}

/// The managed memory of one slot (`TaskExecutorResourceUtils.generateDefaultSlotResourceProfile`).
/// Flink refuses 0 slots; they count as 1 here.
pub fn per_slot(managed: u64, slots: u32) -> u64 {
    managed / u64::from(slots.max(1))
}

/// Whether Flink takes the two ratios together (`RocksDBMemoryConfiguration.validate`): with a write
/// buffer ratio of r, memtables may take 2r/(3-r) of the cache, and the high priority pool must fit
/// beside them. A ratio of 0 or less is not refused.
pub fn ratios_fit(write_buffer_ratio: f64, high_priority_ratio: f64) -> bool {
    let memtables = 2.0 * write_buffer_ratio / (3.0 - write_buffer_ratio);
    // What is no number is not refused either.
    let refused = memtables + high_priority_ratio >= 1.0;
    !refused
}

/// The bytes that one instance of an operator takes at worst when nothing is shared: each state has a
/// block cache and memtables of its own. Nothing in Flink's memory model accounts for them, nor for
/// index and filter blocks outside of the cache.
pub fn unmanaged_worst_case(states: u64, cache: u64, write_buffer: u64, write_buffers: u64) -> u64 {
    let memtables = write_buffer.saturating_mul(write_buffers);
    states.saturating_mul(cache.saturating_add(memtables))
}

/// Which memory the `RocksDB` instances of a `TaskManager` share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// A fixed size for each slot, beside managed memory.
    FixedPerSlot,
    /// The state backend's part of each slot's managed memory.
    Managed,
    /// A fixed size for the whole `TaskManager`, beside managed memory.
    FixedPerTaskManager,
    /// None: each state has its own cache and memtables, and `block.cache-size` counts.
    None,
}

/// Which memory is shared (`RocksDBSharedResourcesFactory.from`), from whether
/// `state.backend.rocksdb.memory.fixed-per-slot` is set, whether `memory.managed` is true (the
/// default), and whether `memory.fixed-per-tm` is more than 0, which only counts from 1.17 on and in the
/// configuration of the `TaskManager`.
///
/// Managed memory is carved out of the `TaskManager` all the same.
pub fn sharing(
    fixed_per_slot: bool,
    managed: bool,
    fixed_per_tm: bool,
    version: Versions,
) -> Sharing {
    const SINCE_1_17: Versions = Versions::from_bits(0x0FF0);
    if fixed_per_slot {
        Sharing::FixedPerSlot
    } else if managed {
        Sharing::Managed
    } else if fixed_per_tm && version.within(SINCE_1_17) {
        Sharing::FixedPerTaskManager
    } else {
        Sharing::None
    }
}

/// What keeps the state of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// `hashmap`, the default: objects on the heap.
    HashMap,
    /// `rocksdb`
    RocksDb,
    /// `forst`, from 2.0 on.
    ForSt,
    /// `jobmanager`, until 1.20: like `hashmap`.
    JobManager,
    /// `filesystem`, until 1.20: like `hashmap`.
    FileSystem,
    /// A class that is none of Flink's own.
    Class,
}

impl Backend {
    /// Whether managed memory is set aside for it (`StateBackend.useManagedMemory`), whatever
    /// `state.backend.rocksdb.memory.managed` says; none where a class decides.
    pub const fn uses_managed_memory(self) -> Option<bool> {
        match self {
            Backend::RocksDb | Backend::ForSt => Some(true),
            Backend::HashMap | Backend::JobManager | Backend::FileSystem => Some(false),
            Backend::Class => None,
        }
    }
}

const ALL: u16 = 0x0FFF;
const LEGACY: u16 = 0x00FF;
const V2: u16 = 0x0F00;

/// The shortcuts of `StateBackendLoader`, with their versions as bits of [`Versions`].
const SHORTCUTS: [(&str, Backend, u16); 5] = [
    ("hashmap", Backend::HashMap, ALL),
    ("rocksdb", Backend::RocksDb, ALL),
    ("forst", Backend::ForSt, V2),
    ("jobmanager", Backend::JobManager, LEGACY),
    ("filesystem", Backend::FileSystem, LEGACY),
];

/// Flink's own factories, with the versions whose flink-dist holds them.
const FACTORIES: [(&str, Backend, u16); 7] = [
    (
        "org.apache.flink.contrib.streaming.state.EmbeddedRocksDBStateBackendFactory",
        Backend::RocksDb,
        ALL,
    ),
    (
        "org.apache.flink.contrib.streaming.state.RocksDBStateBackendFactory",
        Backend::RocksDb,
        LEGACY,
    ),
    (
        "org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackendFactory",
        Backend::RocksDb,
        V2,
    ),
    (
        "org.apache.flink.state.forst.ForStStateBackendFactory",
        Backend::ForSt,
        V2,
    ),
    (
        "org.apache.flink.runtime.state.hashmap.HashMapStateBackendFactory",
        Backend::HashMap,
        ALL,
    ),
    (
        "org.apache.flink.runtime.state.memory.MemoryStateBackendFactory",
        Backend::JobManager,
        LEGACY,
    ),
    (
        "org.apache.flink.runtime.state.filesystem.FsStateBackendFactory",
        Backend::FileSystem,
        LEGACY,
    ),
];

/// What the value of `state.backend.type`, or `state.backend`, names in a version
/// (`StateBackendLoader.loadStateBackendFromConfig`). None where Flink refuses it; an unset option is
/// the hashmap. Case only counts in the names of classes.
pub fn backend(value: Option<&str>, version: Versions) -> Option<Backend> {
    let Some(value) = value else {
        return Some(Backend::HashMap);
    };
    let holds = |bits| version.within(Versions::from_bits(bits));
    let shortcut =
        |(name, _, bits): &&(&str, Backend, u16)| name.eq_ignore_ascii_case(value) && holds(*bits);
    if let Some((_, backend, _)) = SHORTCUTS.iter().find(shortcut) {
        return Some(*backend);
    }
    match FACTORIES.iter().find(|(name, ..)| *name == value) {
        Some((_, backend, bits)) => holds(*bits).then_some(*backend),
        // Without a package it is no class that anybody wrote, but a shortcut misspelt.
        None => value.contains('.').then_some(Backend::Class),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flink::names;

    fn version(text: &str) -> Versions {
        Versions::parse(text).unwrap()
    }

    #[test]
    fn the_default_slot_gives_five_sixths_to_the_cache_and_a_third_to_memtables() {
        let slot = shared(536_870_920, WRITE_BUFFER_RATIO);
        assert_eq!(slot.cache, 447_392_433);
        assert_eq!(slot.write_buffers, 178_956_973);
        assert_eq!(per_slot(536_870_920, 4), 134_217_730);
    }

    #[test]
    fn flink_warns_up_to_27_mib() {
        let fits = |bytes| arena_fits(WRITE_BUFFER_SIZE, shared(bytes, WRITE_BUFFER_RATIO));
        assert!(!fits(28_760_942));
        assert!(fits(28_760_943));
        assert_eq!(
            least_bytes(WRITE_BUFFER_SIZE, WRITE_BUFFER_RATIO),
            28_760_943
        );
    }

    #[test]
    fn the_least_bytes_are_the_border_of_the_warning() {
        for mib in [1, 4, 16, 32, 64, 100, 256, 1 << 20] {
            for ratio in [0.01, 0.1, 0.25, 0.5, 0.7, 0.99, 1.5] {
                let size = (mib << 20) + 7;
                let least = least_bytes(size, ratio);
                assert!(arena_fits(size, shared(least, ratio)), "{size} {ratio}");
                assert!(
                    !arena_fits(size, shared(least - 1, ratio)),
                    "{size} {ratio}"
                );
            }
        }
    }

    #[test]
    fn no_memory_is_enough_for_memtables_without_a_share() {
        for ratio in [0.0, -0.5, f64::NAN, f64::NEG_INFINITY] {
            assert_eq!(least_bytes(WRITE_BUFFER_SIZE, ratio), u64::MAX, "{ratio}");
        }
        assert_eq!(least_bytes(u64::MAX, 0.5), u64::MAX);
        assert_eq!(least_bytes(0, 0.5), 0);
    }

    #[test]
    fn numbers_without_sense_break_nothing() {
        // As Flink: twice 2^63-1 is -2.
        assert_eq!(shared(u64::MAX, 0.5).write_buffers, 0);
        assert_eq!(shared(u64::MAX, f64::INFINITY).cache, i64::MIN);
        assert_eq!(shared(100, f64::NAN).cache, 0);
        assert!(!arena_fits(u64::MAX, shared(u64::MAX, 1e300)));
        assert_eq!(share(u64::MAX, 2.0), u64::MAX);
        assert_eq!(share(100, -1.0), 0);
        assert_eq!(share(100, f64::NAN), 0);
        assert_eq!(per_slot(100, 0), 100);
        assert_eq!(
            unmanaged_worst_case(u64::MAX, u64::MAX, u64::MAX, u64::MAX),
            u64::MAX
        );
    }

    #[test]
    fn weights_become_a_fraction_that_is_rounded_down() {
        assert_eq!(weight_fraction(70, 70).to_bits(), 1.0_f64.to_bits());
        assert_eq!(weight_fraction(70, 100).to_bits(), 0.7_f64.to_bits());
        let third = 0.333_333_333_333_333_3_f64;
        assert_eq!(weight_fraction(1, 3).to_bits(), third.to_bits());
        for (weight, total) in [(0, 70), (70, 0), (0, 0), (-1, 70), (70, -1)] {
            assert_eq!(weight_fraction(weight, total).to_bits(), 0.0_f64.to_bits());
        }
        assert_eq!(share(536_870_920, weight_fraction(70, 100)), 375_809_644);
    }

    #[test]
    fn the_pool_must_fit_beside_the_memtables() {
        assert!(ratios_fit(WRITE_BUFFER_RATIO, HIGH_PRIORITY_RATIO));
        assert!(ratios_fit(0.5, 0.59));
        assert!(!ratios_fit(0.5, 0.6));
        assert!(!ratios_fit(1.0, 0.0));
        assert!(ratios_fit(0.0, 0.1) && ratios_fit(-0.5, 0.1));
        assert!(ratios_fit(f64::NAN, 0.1));
    }

    #[test]
    fn each_state_has_its_own_memory_when_nothing_is_shared() {
        let defaults = |states| {
            unmanaged_worst_case(
                states,
                BLOCK_CACHE_SIZE,
                WRITE_BUFFER_SIZE,
                WRITE_BUFFER_COUNT,
            )
        };
        assert_eq!(defaults(1), 136 << 20);
        assert_eq!(defaults(10), 1360 << 20);
    }

    #[test]
    fn a_fixed_size_per_slot_wins_and_one_per_task_manager_comes_last() {
        let all = Versions::ALL;
        assert_eq!(sharing(true, true, true, all), Sharing::FixedPerSlot);
        assert_eq!(sharing(true, false, false, all), Sharing::FixedPerSlot);
        assert_eq!(sharing(false, true, true, all), Sharing::Managed);
        let unmanaged = |text| sharing(false, false, true, version(text));
        assert_eq!(unmanaged("1.16"), Sharing::None);
        assert_eq!(unmanaged("1.17"), Sharing::FixedPerTaskManager);
        assert_eq!(unmanaged("2.3"), Sharing::FixedPerTaskManager);
        assert_eq!(sharing(false, false, false, all), Sharing::None);
    }

    #[test]
    fn names_mean_the_backends_of_their_versions() {
        let of = |name, text| backend(Some(name), version(text));
        assert_eq!(backend(None, Versions::ALL), Some(Backend::HashMap));
        assert_eq!(of("RocksDB", "1.13"), Some(Backend::RocksDb));
        assert_eq!(of("forst", "1.20"), None);
        assert_eq!(of("ForSt", "2.0"), Some(Backend::ForSt));
        assert_eq!(of("filesystem", "1.20"), Some(Backend::FileSystem));
        assert_eq!(of("filesystem", "2.0"), None);
        assert_eq!(of("jobmanager", "1.13"), Some(Backend::JobManager));
        assert_eq!(of("com.acme.Backend", "2.0"), Some(Backend::Class));
        for name in ["", "rocksbd", "memory", "heap", " rocksdb"] {
            assert_eq!(of(name, "1.20"), None, "{name}");
        }
        let old = "org.apache.flink.contrib.streaming.state.RocksDBStateBackendFactory";
        assert_eq!(of(old, "1.13"), Some(Backend::RocksDb));
        assert_eq!(of(old, "2.0"), None);
    }

    #[test]
    fn only_backends_beside_the_heap_use_managed_memory() {
        assert_eq!(Backend::RocksDb.uses_managed_memory(), Some(true));
        assert_eq!(Backend::HashMap.uses_managed_memory(), Some(false));
        assert_eq!(Backend::Class.uses_managed_memory(), None);
    }

    /// What is a backend here is a value that the option takes, and the other way round.
    #[test]
    fn backends_are_what_the_option_takes() {
        let known = SHORTCUTS.iter().chain(&FACTORIES).map(|(name, ..)| *name);
        let others = ["", "memory", "fs", "heap", "rocksbd", "com.acme.Backend"];
        for name in known.chain(others) {
            for version in Versions::ALL.iter() {
                let taken = names::check("state.backend", name, version).is_ok();
                assert_eq!(
                    backend(Some(name), version).is_some(),
                    taken,
                    "{name} {version}"
                );
            }
        }
    }
}
