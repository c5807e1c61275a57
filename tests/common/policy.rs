//! A project with one policy, and the binary that judges it.

use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

use super::{err, out, tree};

pub(crate) fn run(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flint"));
    command.current_dir(folder).env_clear().args(args);
    command.output().expect("flint starts")
}

pub(crate) fn code(output: &Output) -> i32 {
    output.status.code().expect("not killed by a signal")
}

/// A sound page: at least two slots.
pub(crate) const PAGE: &str = "---
severity: error
group: policy
versions: all
check:
  key: taskmanager.numberOfTaskSlots
  min: 2
---
# acme-slots

TaskManagers have two slots at least.

## Example

```flink-conf.yaml bad
taskmanager.numberOfTaskSlots: 1
```

```flink-conf.yaml good
taskmanager.numberOfTaskSlots: 2
```
";
pub(crate) const TOML: &str = "policies = [\"policies\"]\n";
pub(crate) const CONF: &str = "taskmanager.numberOfTaskSlots: 1\n";

/// A project with one policy.
pub(crate) fn project(page: &str, toml: &str, conf: &str) -> TempDir {
    tree(&[
        ("flint.toml", toml),
        ("policies/acme-slots.md", page),
        ("conf/flink-conf.yaml", conf),
    ])
}

/// What `flint check --select policy` says on one line each.
pub(crate) fn check(folder: &Path) -> String {
    let output = run(
        folder,
        &["check", "--select", "policy", "--format", "concise"],
    );
    out(&output) + &err(&output)
}

pub(crate) const FOUND: &str =
    "conf/flink-conf.yaml:1:1: error[acme-slots] TaskManagers have two slots at least\n";
