//! What follows from a process's memory: numbers that stand below its table.

use super::rocksdb::RocksDb;
use super::view::{Origin, Origins};
use crate::flink::memory::{Key, TaskManager};
use crate::flink::value::parse_memory;

/// A line below the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beside {
    /// What it is about.
    pub label: &'static str,
    /// What it says, in pieces that stay on one line each.
    pub pieces: Vec<String>,
}

/// What follows for a `TaskManager` that starts.
pub(super) fn of_task_manager(
    model: &TaskManager,
    origins: Origins,
    rocksdb: Option<&RocksDb>,
) -> Vec<Beside> {
    let mut lines = vec![slots(model, origins)];
    lines.extend(rocksdb.map(|rocksdb| Beside {
        label: "RocksDB",
        pieces: rocksdb.pieces(),
    }));
    lines.extend(buffers(model, origins));
    lines
}

/// How many slots share it.
fn slots(model: &TaskManager, origins: Origins) -> Beside {
    let (key, origin) = origins.of_option(Key::Slots);
    let mut pieces = vec![model.num_slots.to_string()];
    match super::setting(key, &origin) {
        Some(setting) => pieces.extend(setting),
        None => pieces.push("default".to_owned()),
    }
    Beside {
        label: "slots",
        pieces,
    }
}

/// How many buffers the network memory is
/// (`NettyShuffleEnvironmentConfiguration.calculateNumberOfNetworkBuffers`).
fn buffers(model: &TaskManager, origins: Origins) -> Option<Beside> {
    let (key, origin) = origins.of_option(Key::SegmentSize);
    let size = match &origin {
        Origin::Nowhere => 32 << 10,
        Origin::Tried { value } | Origin::File { value, .. } => parse_memory(value).ok()?,
    };
    // Other sizes Flink refuses when the TaskManager starts.
    if size < 4096 || !size.is_power_of_two() || i32::try_from(size).is_err() {
        return None;
    }
    let number = model.network.bytes / size;
    let mut pieces = vec![format!("{number} of {} KiB", size >> 10)];
    pieces.extend(super::setting(key, &origin).into_iter().flatten());
    Some(Beside {
        label: "network buffers",
        pieces,
    })
}
