//! The binary and its formats.

use std::path::Path;
use std::process::{Command, Output};

/// Every format.
pub(crate) const NAMES: [&str; 9] = [
    "full", "concise", "json", "sarif", "github", "gitlab", "junit", "rdjson", "markdown",
];

/// A configuration of which nothing is said.
pub(crate) const SIZES: &str = "jobmanager.memory.process.size: 1600m
\
                     taskmanager.memory.process.size: 1728m
\
                     pipeline.generic-types: false
";

/// Runs flint in a folder.
pub(crate) fn flint(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flint"));
    command.current_dir(folder).env_clear().args(args);
    command.output().expect("flint starts")
}

pub(crate) fn code(output: &Output) -> i32 {
    output.status.code().expect("not killed by a signal")
}
