//! Who says which version of Flink a deployment runs on.

use std::fmt;

/// Where the Flink version of a deployment comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionFrom {
    /// In a few words: `flink-version`, `--flink-version`, `image flink:1.18.1`, `spec.flinkVersion`.
    pub why: String,
    /// The file that says it, relative to the project root.
    pub path: Option<String>,
    /// Its line, from 1.
    pub line: Option<usize>,
}

impl fmt::Display for VersionFrom {
    /// `flink-version in flint.toml:1`, `--flink-version`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.path, self.line) {
            (Some(path), Some(line)) => write!(out, "{} in {path}:{line}", self.why),
            _ => out.write_str(&self.why),
        }
    }
}
