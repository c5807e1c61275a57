//! What Linux knows: the numbers of kernel parameters. Nothing about files.

pub mod numbers;
