//! What `state.backend.rocksdb.predefined-options` sets of the memory.

use super::{BLOCK_CACHE_SIZE, WRITE_BUFFER_COUNT};

/// What stands in the place of options that are not set; no set of options has another size of a memtable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Predefined {
    /// The memtables of each state.
    pub write_buffers: u64,
    /// The block cache of each state, in bytes.
    pub block_cache: u64,
}

const PLAIN: Predefined = Predefined {
    write_buffers: WRITE_BUFFER_COUNT,
    block_cache: BLOCK_CACHE_SIZE,
};

/// The predefined options of a name, spelt exactly so (`PredefinedOptions`).
pub fn predefined(name: &str) -> Option<Predefined> {
    match name {
        "DEFAULT" | "SPINNING_DISK_OPTIMIZED" | "FLASH_SSD_OPTIMIZED" => Some(PLAIN),
        "SPINNING_DISK_OPTIMIZED_HIGH_MEM" => Some(Predefined {
            write_buffers: 4,
            block_cache: 256 << 20,
        }),
        _ => None,
    }
}
