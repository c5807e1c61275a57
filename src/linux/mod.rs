//! What Linux knows: its releases, its parameters and their numbers. Nothing about files.

pub mod kernel;
pub mod loaders;
pub mod machine;
pub mod numbers;
pub mod parameters;
pub mod running;
pub mod tcp;
