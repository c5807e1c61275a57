//! What follows from a process's memory: numbers that stand below its table.

use super::rocksdb::RocksDb;
use super::view::Origins;
use crate::deployment::Network;
use crate::flink::memory::{Key, TaskManager};

/// A line below the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beside {
    /// What it is about.
    pub label: &'static str,
    /// What it says, in pieces that stay on one line each.
    pub pieces: Vec<String>,
    /// The numbers in it.
    pub figures: Vec<Figure>,
}

/// A number that two sides can be compared by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// What it is.
    pub label: String,
    /// How many, or how many bytes.
    pub number: u64,
    /// Whether they are bytes.
    pub is_size: bool,
}

impl Figure {
    pub(super) fn size(label: impl Into<String>, bytes: u64) -> Self {
        Figure {
            label: label.into(),
            number: bytes,
            is_size: true,
        }
    }

    fn count(label: &str, number: u64) -> Self {
        Figure {
            label: label.to_owned(),
            number,
            is_size: false,
        }
    }
}

/// What follows for a `TaskManager` that starts.
pub(super) fn of_task_manager(
    model: &TaskManager,
    origins: Origins,
    rocksdb: Option<&RocksDb>,
    network: Option<Network>,
) -> Vec<Beside> {
    let mut lines = vec![slots(model, origins)];
    lines.extend(rocksdb.map(|rocksdb| Beside {
        label: "RocksDB",
        pieces: rocksdb.pieces(),
        figures: rocksdb.figures(),
    }));
    lines.extend(network.and_then(|network| buffers(&network, origins)));
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
    let slots = u64::try_from(model.num_slots).unwrap_or(0);
    let mut figures = vec![Figure::count("slots", slots)];
    let managed = model.managed_per_slot();
    figures.extend(managed.map(|bytes| Figure::size("managed per slot", bytes)));
    Beside {
        label: "slots",
        pieces,
        figures,
    }
}

/// How many buffers the network memory is.
fn buffers(network: &Network, origins: Origins) -> Option<Beside> {
    let number = network.cases.first()?.buffers;
    let mut pieces = vec![format!("{number} of {} KiB", network.segment >> 10)];
    let (key, origin) = origins.of_option(Key::SegmentSize);
    pieces.extend(super::setting(key, &origin).into_iter().flatten());
    Some(Beside {
        label: "network buffers",
        pieces,
        figures: vec![Figure::count("network buffers", number)],
    })
}
