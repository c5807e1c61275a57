//! What the loaders of kernel parameters take from files: which lines, which files, in which order,
//! and what they do when the kernel refuses.
//!
//! Pure: bytes go in, assignments with their places come out. Modelled are `sysctl` of procps, of
//! busybox, and `systemd-sysctl`; all differences between releases were measured.

use std::ops::Range;

mod busybox;
mod command;
pub mod glob;
pub mod keys;
pub mod lines;
mod procps;
mod procps33;
mod systemd;
mod tree;
mod winner;

pub use command::{Command, Outcome, run};
pub use tree::{FOLDERS, Node, Place, Tree, in_order, is_read, place, rendered};
pub use winner::{Statements, Winner};

/// A loader, as far as releases differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Loader {
    /// procps 3.3.17 (Debian 11, RHEL 8 and 9 are alike): applies line by line, knows no globs.
    Procps33,
    /// procps 4.0.0 to 4.0.6.
    Procps40,
    /// procps 4.0.7 and later, where an exclusion may be a glob.
    Procps407,
    /// systemd 247, which does not know `--strict`.
    Systemd247,
    /// systemd 252 to 257.
    Systemd252,
    /// systemd 262, to which a line that begins with `;` is no comment.
    Systemd262,
    /// busybox 1.30.
    Busybox130,
    /// busybox 1.35 to 1.38, which swap dots and slashes in a key that has both.
    Busybox135,
}

impl Loader {
    /// Whether it is a release of procps.
    pub fn is_procps(self) -> bool {
        matches!(
            self,
            Loader::Procps33 | Loader::Procps40 | Loader::Procps407
        )
    }

    /// Whether it is a release of systemd.
    pub fn is_systemd(self) -> bool {
        matches!(
            self,
            Loader::Systemd247 | Loader::Systemd252 | Loader::Systemd262
        )
    }
}

/// One statement that a loader takes from a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The path below `/proc/sys` as the loader holds it: procps does not tidy it.
    pub path: String,
    /// `None` for an exclusion from globs.
    pub value: Option<String>,
    /// Whether a dash stands before it.
    pub dash: bool,
    /// Its bytes in the file, from the key on.
    pub at: Range<usize>,
    /// Which of the files.
    pub file: usize,
}

/// What a loader takes from files.
#[derive(Clone, Debug, Default)]
pub struct Taken {
    /// In order of application.
    pub entries: Vec<Entry>,
    /// Whether it takes note of a line that it can't read in its exit code.
    pub failed: bool,
}

/// A parameter of a machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// The path below `/proc/sys`, parts divided by slashes.
    pub path: String,
    /// False for read-only files, which procps does not try to write.
    pub writable: bool,
}

/// What the kernel answers to a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It has taken the value, or a part of it.
    Taken,
    /// `EINVAL` and the like.
    Refused,
    /// `ENOENT` although the parameter is there: the value names what the kernel does not have.
    Unknown,
    /// `EACCES` when it was opened.
    Closed,
}

/// The machine that a loader writes to.
pub struct Target<'t> {
    /// What it has, in directory order.
    pub parameters: &'t [Parameter],
    /// Asked for every write, with the path and the value.
    pub write: &'t mut dyn FnMut(&str, &str) -> Answer,
}

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    File { writable: bool },
    Directory,
    Nothing,
}

impl Target<'_> {
    /// What stands at a tidy path below `/proc/sys`.
    fn kind(&self, path: &str) -> Kind {
        let own = self.parameters.iter().find(|own| own.path == path);
        if let Some(own) = own {
            return Kind::File {
                writable: own.writable,
            };
        }
        let below = |own: &Parameter| {
            let rest = own.path.strip_prefix(path);
            path.is_empty() || rest.is_some_and(|rest| rest.starts_with('/'))
        };
        if self.parameters.iter().any(below) {
            Kind::Directory
        } else {
            Kind::Nothing
        }
    }

    /// The files and directories that a pattern matches, in directory order.
    fn matching(&self, pattern: &str) -> Vec<String> {
        let depth = pattern.split('/').count();
        let mut found: Vec<String> = Vec::new();
        for parameter in self.parameters {
            let parts: Vec<&str> = parameter.path.split('/').collect();
            if parts.len() < depth {
                continue;
            }
            let path = parts[..depth].join("/");
            if glob::matches(pattern, &path) && !found.contains(&path) {
                found.push(path);
            }
        }
        found
    }

    fn write(&mut self, path: &str, value: &str) -> Answer {
        (self.write)(path, value)
    }
}

/// What a loader takes from files that it reads in this order.
pub fn entries(loader: Loader, files: &[&[u8]]) -> Taken {
    match loader {
        Loader::Procps33 => procps33::entries(files),
        Loader::Procps40 | Loader::Procps407 => procps::entries(files),
        Loader::Systemd247 | Loader::Systemd252 | Loader::Systemd262 => {
            systemd::entries(loader, files)
        }
        Loader::Busybox130 | Loader::Busybox135 => busybox::entries(files),
    }
}

/// How a loader is to apply what it has taken.
#[derive(Clone, Copy, Debug, Default)]
pub struct Manner {
    /// A key that the machine lacks is no error: `-e`, and `--system` of procps.
    pub ignores_unknown: bool,
    /// `--strict` of systemd: such a key is one.
    pub strict: bool,
}

/// Writes what a loader has taken, and says with which code it exits.
pub fn apply(loader: Loader, taken: &Taken, manner: Manner, target: &mut Target) -> u8 {
    match loader {
        Loader::Procps33 => procps33::apply(taken, manner, target),
        Loader::Procps40 | Loader::Procps407 => procps::apply(loader, taken, manner, target),
        Loader::Systemd247 | Loader::Systemd252 | Loader::Systemd262 => {
            systemd::apply(taken, manner, target)
        }
        Loader::Busybox130 | Loader::Busybox135 => busybox::apply(loader, taken, target),
    }
}
