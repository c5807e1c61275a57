//! Rules about the machines that Flink runs on: kernel parameters, the files that set them, and what they do
//! to Flink.

pub(super) mod duplicate;
pub(super) mod image_build;
pub(super) mod lines;
pub(super) mod modules;
pub(super) mod not_read;
pub(super) mod not_settable;
pub(super) mod overridden;
pub(super) mod parameters;
pub(super) mod separators;
pub(super) mod tcp;
pub(super) mod values;
