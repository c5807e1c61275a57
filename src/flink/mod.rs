//! What Flink knows: versions, options and values. Nothing about files.

pub mod descriptions;
pub mod options;
pub mod value;
pub mod version;
