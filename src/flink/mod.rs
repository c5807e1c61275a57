//! What Flink knows: versions, options and values. Nothing about files.

pub mod api;
pub mod bounds;
pub mod constants;
pub mod descriptions;
pub mod memory;
pub mod names;
pub mod network;
pub mod options;
pub mod parallelism;
pub mod rocksdb;
pub mod shipped;
pub mod sizes;
pub mod value;
pub mod version;
