//! What is known of the memory of `RocksDB`: which memory it shares, how much of it there is, and how it
//! is cut up.

use super::{Case, Deployment, Effective, Value};
use crate::flink::memory::TaskManager;
use crate::flink::rocksdb::{self, Backend, Predefined, Shared, Sharing};
use crate::flink::value::{parse_boolean, parse_double, parse_integer, parse_memory};
use crate::flink::version::Versions;
use crate::syntax::Space;

const BACKEND: &str = "state.backend.type";
const MANAGED: &str = "state.backend.rocksdb.memory.managed";
const PER_SLOT: &str = "state.backend.rocksdb.memory.fixed-per-slot";
const PER_TASK_MANAGER: &str = "state.backend.rocksdb.memory.fixed-per-tm";
const RATIO: &str = "state.backend.rocksdb.memory.write-buffer-ratio";
const WRITE_BUFFER: &str = "state.backend.rocksdb.writebuffer.size";
const WRITE_BUFFERS: &str = "state.backend.rocksdb.writebuffer.count";
const BLOCK_CACHE: &str = "state.backend.rocksdb.block.cache-size";
const FACTORY: &str = "state.backend.rocksdb.options-factory";
const PREDEFINED: &str = "state.backend.rocksdb.predefined-options";
const WEIGHTS: &str = "taskmanager.memory.managed.consumer-weights";

/// The memory of `RocksDB`, where it is certain that a file of the cluster chooses it.
#[derive(Clone, Debug)]
pub struct RocksDb<'p> {
    /// The setting that chooses it.
    pub backend: Effective<'p>,
    /// The versions of the deployment that read that setting; everything here holds in all of them.
    pub versions: Versions,
    /// Which memory the instances share.
    pub sharing: Sharing,
    /// The setting of the fixed size, where a fixed size is shared.
    pub fixed: Option<Effective<'p>>,
    /// The bytes that are shared: those of a slot, with [`Sharing::FixedPerTaskManager`] those of a
    /// `TaskManager`. Of managed memory it is the most that a job can give to `RocksDB`: with Python
    /// functions it is 0.7 of it, and what batch operators take is off as well.
    pub bytes: Option<u64>,
    /// How these bytes are cut up.
    pub shared: Option<Shared>,
    /// The share of memtables in them.
    pub write_buffer_ratio: Option<f64>,
    /// The size of one memtable in bytes; unknown with an options factory.
    pub write_buffer_size: Option<u64>,
    /// The number of memtables of one state; unknown with an options factory.
    pub write_buffers: Option<u64>,
    /// The bytes of the block cache that each state has where nothing is shared; unknown with an
    /// options factory.
    pub block_cache: Option<u64>,
}

impl RocksDb<'_> {
    /// Whether Flink warns that `RocksDB` will flush memtables constantly
    /// (`RocksDBOperationUtils.sanityCheckArenaBlockSize`).
    pub fn flushes_constantly(&self) -> Option<bool> {
        self.flushes_with(self.bytes?)
    }

    /// The same if so many bytes were shared.
    pub fn flushes_with(&self, bytes: u64) -> Option<bool> {
        let shared = rocksdb::shared(bytes, self.write_buffer_ratio?);
        Some(!rocksdb::arena_fits(self.write_buffer_size?, shared))
    }

    /// The fewest bytes without that warning; `None` where no number of bytes is enough.
    pub fn least_bytes(&self) -> Option<u64> {
        let least = rocksdb::least_bytes(self.write_buffer_size?, self.write_buffer_ratio?);
        (least != u64::MAX).then_some(least)
    }
}

impl<'p> Deployment<'p> {
    /// The memory of `RocksDB`; `None` where it is not certain that it keeps the state, or which memory
    /// it shares.
    pub fn rocksdb(&self) -> Option<RocksDb<'p>> {
        let backend = self.cluster_option(BACKEND).known()?;
        let versions = backend.versions.and(self.versions);
        let is_rocksdb =
            |version| rocksdb::backend(Some(backend.value()), version) == Some(Backend::RocksDb);
        if versions.is_empty() || !versions.iter().all(is_rocksdb) {
            return None;
        }
        let setting = |key| {
            self.cluster_option(key)
                .read_or(None, |own| Some(Some(own)))
        };
        let (per_slot, per_task_manager) = (setting(PER_SLOT)?, setting(PER_TASK_MANAGER)?);
        let is_true = |own: Effective| parse_boolean(own.value()).ok();
        let managed = self.cluster_option(MANAGED).read_or(true, is_true)?;
        let in_all = match per_task_manager {
            Some(own) => parse_memory(own.value()).ok()? > 0,
            None => false,
        };
        let sharing = |version| rocksdb::sharing(per_slot.is_some(), managed, in_all, version);
        let mut each = versions.iter().map(sharing);
        let sharing = each.next()?;
        if each.any(|other| other != sharing) {
            return None;
        }
        let fixed = match sharing {
            Sharing::FixedPerSlot => per_slot,
            Sharing::FixedPerTaskManager => per_task_manager,
            Sharing::Managed | Sharing::None => None,
        };
        let bytes = match (sharing, fixed) {
            (Sharing::Managed, _) => self.managed_per_slot(versions),
            (_, Some(effective)) => parse_memory(effective.value()).ok(),
            _ => None,
        };
        let number = |own: Effective| parse_double(own.value()).ok();
        let ratio = self
            .cluster_option(RATIO)
            .read_or(rocksdb::WRITE_BUFFER_RATIO, number);
        let own = self.own_options();
        Some(RocksDb {
            backend,
            versions,
            sharing,
            fixed,
            bytes,
            shared: bytes
                .zip(ratio)
                .map(|(all, part)| rocksdb::shared(all, part)),
            write_buffer_ratio: ratio,
            write_buffer_size: own
                .and_then(|_| self.size(WRITE_BUFFER, rocksdb::WRITE_BUFFER_SIZE)),
            write_buffers: own.and_then(|own| self.count(WRITE_BUFFERS, own.write_buffers)),
            block_cache: own.and_then(|own| self.size(BLOCK_CACHE, own.block_cache)),
        })
    }

    /// The managed memory of a slot that `RocksDB` can have, where these versions agree. Own weights of
    /// the consumers may leave it anything.
    fn managed_per_slot(&self, versions: Versions) -> Option<u64> {
        let mut settings = self
            .in_space(Space::Flink)
            .flat_map(|document| &document.settings);
        if settings.any(|setting| setting.key.starts_with(WEIGHTS)) {
            return None;
        }
        let cases = &self.memory().task_manager.cases;
        let mut own = cases.iter().filter(|case| case.versions.overlaps(versions));
        let per_slot = |case: &Case<TaskManager>| case.result.as_ref().ok()?.managed_per_slot();
        let first = per_slot(own.next()?)?;
        own.all(|case| per_slot(case) == Some(first))
            .then_some(first)
    }

    /// What stands in the place of options that are not set; `None` where a class may set any of them.
    fn own_options(&self) -> Option<Predefined> {
        // The factory that is the default before 1.15 reads the same options.
        let is_own = |class: &str| class.ends_with(".DefaultConfigurableOptionsFactory");
        match self.cluster_option(FACTORY) {
            Value::Known(effective) if is_own(effective.value()) => {}
            Value::Default(_) => {}
            _ => return None,
        }
        let predefined = self
            .cluster_option(PREDEFINED)
            .read_or("DEFAULT", |own| Some(own.value()))?;
        rocksdb::predefined(predefined)
    }

    fn size(&self, key: &str, default: u64) -> Option<u64> {
        let read = |own: Effective| parse_memory(own.value()).ok();
        self.cluster_option(key).read_or(default, read)
    }

    fn count(&self, key: &str, default: u64) -> Option<u64> {
        let read = |own: Effective| u64::try_from(parse_integer(own.value()).ok()?).ok();
        self.cluster_option(key).read_or(default, read)
    }
}
