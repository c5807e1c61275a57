//! Rules about the machines that Flink runs on: kernel parameters, the files that set them, and what they do
//! to Flink.

pub(super) mod dirty_pages;
pub(super) mod duplicate;
pub(super) mod image_build;
mod in_force;
pub(super) mod lines;
pub(super) mod max_map_count;
pub(super) mod min_free;
pub(super) mod modules;
pub(super) mod not_read;
pub(super) mod not_settable;
pub(super) mod overcommit;
pub(super) mod overridden;
pub(super) mod parameters;
pub(super) mod process_limits;
pub(super) mod separators;
pub(super) mod swappiness;
pub(super) mod tcp;
pub(super) mod unsafe_in_pod;
pub(super) mod values;
