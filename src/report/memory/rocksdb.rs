//! What `RocksDB` makes of its memory.

use serde_json::{Value, json};

use super::beside::Figure;
use crate::deployment::{self, Deployment};
use crate::flink::rocksdb::Sharing;

/// The memory of `RocksDB` as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct RocksDb {
    /// What has one cache of its own.
    sharing: Sharing,
    /// The bytes that are shared.
    bytes: Option<u64>,
    /// The cache in them, and the part of it that memtables may fill.
    shared: Option<(i64, i64)>,
    /// Whether Flink warns of constant flushing, and the bytes from which on it does not.
    flushes: Option<(bool, Option<u64>)>,
    /// Without sharing: the block cache of each state, the size of its memtables, and how many.
    each: Option<(u64, u64, u64)>,
}

impl RocksDb {
    /// What is known of it; nothing where another state backend may be chosen.
    pub(super) fn of(deployment: &Deployment) -> Option<Self> {
        let own: deployment::RocksDb = deployment.rocksdb()?;
        let flushes = own.flushes_constantly();
        Some(RocksDb {
            sharing: own.sharing,
            bytes: own.bytes,
            shared: own
                .shared
                .map(|shared| (shared.cache, shared.write_buffers)),
            flushes: flushes.map(|flushes| (flushes, own.least_bytes())),
            each: own
                .block_cache
                .zip(own.write_buffer_size)
                .zip(own.write_buffers)
                .map(|((cache, size), number)| (cache, size, number)),
        })
    }

    /// What has one cache of its own, for people.
    fn owner(&self) -> &'static str {
        match self.sharing {
            Sharing::FixedPerSlot | Sharing::Managed => "slot",
            Sharing::FixedPerTaskManager => "TaskManager",
            Sharing::None => "state",
        }
    }

    /// In words, in pieces that stay on one line each.
    pub(super) fn pieces(&self) -> Vec<String> {
        let mib = |bytes: i64| super::mib(u64::try_from(bytes).unwrap_or(0));
        let owner = self.owner();
        if self.sharing == Sharing::None {
            let mut pieces =
                vec!["nothing is shared, and nothing of this is in the numbers above".to_owned()];
            if let Some((cache, size, number)) = self.each {
                pieces.push(format!(
                    "each state of each operator takes up to {} of cache and {number} x {} of memtables",
                    super::mib(cache),
                    super::mib(size)
                ));
            }
            return pieces;
        }
        let mut pieces = Vec::new();
        match (self.shared, self.bytes) {
            (Some((cache, buffers)), Some(bytes)) => {
                pieces.push(format!("cache {} per {owner}", mib(cache)));
                pieces.push(format!("up to {} of it memtables", mib(buffers)));
                pieces.push(format!("of {} shared", super::mib(bytes)));
            }
            _ => pieces.push(format!("one cache per {owner}, its size is not known")),
        }
        if let Some((true, least)) = self.flushes {
            let from = least.map_or_else(String::new, |least| {
                // Rounded up, so that the number shown is enough.
                let tenths = least.div_ceil((1 << 20) / 10);
                format!(", which takes {}.{} or more", tenths / 10, tenths % 10)
            });
            pieces.push(format!(
                "too little to keep memtables: Flink warns of constant flushing{from}"
            ));
        }
        pieces
    }

    /// Its sizes.
    pub(super) fn figures(&self) -> Vec<Figure> {
        let sizes = match (self.shared, self.each) {
            (Some((cache, buffers)), _) => {
                Some([cache, buffers].map(|bytes| u64::try_from(bytes).unwrap_or(0)))
            }
            (None, Some((cache, size, number))) => Some([cache, size.saturating_mul(number)]),
            (None, None) => None,
        };
        let names =
            ["RocksDB cache", "memtables"].map(|name| format!("{name} per {}", self.owner()));
        let figures = names.into_iter().zip(sizes.into_iter().flatten());
        figures
            .map(|(name, bytes)| Figure::size(name, bytes))
            .collect()
    }

    /// As a value of the JSON document.
    pub(super) fn json(&self) -> Value {
        json!({
            "per": match self.sharing {
                Sharing::FixedPerSlot | Sharing::Managed => "slot",
                Sharing::FixedPerTaskManager => "taskmanager",
                Sharing::None => "state",
            },
            "bytes": self.bytes,
            "cache": self.shared.map(|(cache, _)| cache).or(self.each.map(|(cache, ..)| to_i64(cache))),
            "write_buffers": self.shared.map(|(_, buffers)| buffers).or(self.each.map(|(_, size, number)| to_i64(size.saturating_mul(number)))),
            "flushes_constantly": self.flushes.map(|(flushes, _)| flushes),
        })
    }
}

fn to_i64(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}
