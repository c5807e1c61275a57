//! Command lines: which files `sysctl` and `systemd-sysctl` read for their arguments, and what they
//! write.

use super::keys::{path, tidied};
use super::tree::{Content, FOLDERS};
use super::{Entry, Loader, Manner, Taken, Target, Tree, apply, entries, glob};

/// A command line of a loader.
#[derive(Clone, Copy, Debug)]
pub struct Command<'c> {
    /// Without the name of the tool: `["-p", "/tmp/x.conf"]`.
    pub arguments: &'c [&'c str],
    /// What comes from standard input.
    pub stdin: &'c [u8],
}

/// What a command line came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The code with which it exits.
    pub exit: u8,
    /// The files that it says it applies, where it names them.
    pub files: Vec<String>,
}

/// Runs a command line over the files of a machine.
pub fn run(loader: Loader, command: Command, tree: &Tree, target: &mut Target) -> Outcome {
    if loader.is_procps() {
        procps(loader, command, tree, target)
    } else if loader.is_systemd() {
        systemd(loader, command, tree, target)
    } else {
        busybox(loader, command, tree, target)
    }
}

/// What procps is to do with its arguments.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Does {
    /// They are assignments.
    #[default]
    Write,
    /// They are files.
    Load,
    /// There are none: it reads the files of the system.
    System,
}

/// Options of procps that flint models.
#[derive(Default)]
struct Options<'c> {
    does: Does,
    dry: bool,
    ignore: bool,
    pattern: Option<&'c str>,
    /// The pattern as it was when `--system` came: older releases act on the spot.
    pattern_of_system: Option<&'c str>,
    names: Vec<&'c str>,
}

impl<'c> Options<'c> {
    /// `None` where the release prints its usage instead.
    fn read(loader: Loader, arguments: &[&'c str]) -> Option<Self> {
        let mut options = Options::default();
        let mut rest = arguments.iter().copied();
        while let Some(argument) = rest.next() {
            match argument {
                "-p" | "-f" | "--load" => options.load(),
                "--system" => {
                    options.does = Does::System;
                    options.pattern_of_system = options.pattern;
                }
                "--dry-run" if loader == Loader::Procps33 => return None,
                "--dry-run" => options.dry = true,
                "-e" | "--ignore" => options.ignore = true,
                "-r" | "--pattern" => options.pattern = rest.next(),
                "-" => options.names.push(argument),
                other => {
                    if let Some(file) = other.strip_prefix("--load=") {
                        options.load();
                        options.names.push(file);
                    } else if let Some(pattern) = other.strip_prefix("--pattern=") {
                        options.pattern = Some(pattern);
                    } else if !other.starts_with('-') {
                        options.names.push(other);
                    }
                }
            }
        }
        Some(options)
    }

    fn load(&mut self) {
        if self.does != Does::System {
            self.does = Does::Load;
        }
    }
}

fn procps(loader: Loader, command: Command, tree: &Tree, target: &mut Target) -> Outcome {
    let Some(options) = Options::read(loader, command.arguments) else {
        return Outcome::default();
    };
    let failure = if loader == Loader::Procps33 { 255 } else { 1 };
    let mut outcome = Outcome::default();
    let mut taken = Vec::new();
    let mut pattern = options.pattern;
    let names: Vec<&str> = match options.does {
        Does::Write => {
            let lines = options.names.iter();
            taken = lines.filter_map(|line| of_argument(loader, line)).collect();
            Vec::new()
        }
        Does::Load if options.names.is_empty() => vec!["/etc/sysctl.conf"],
        Does::Load => options.names,
        Does::System => {
            outcome.files = tree.in_folders(false);
            if let Content::Text(_) = tree.read("/etc/sysctl.conf") {
                outcome.files.push("/etc/sysctl.conf".to_owned());
            }
            if loader != Loader::Procps407 {
                pattern = options.pattern_of_system;
            }
            outcome.files.iter().map(String::as_str).collect()
        }
    };
    let mut files: Vec<&[u8]> = Vec::new();
    for name in names {
        let paths = match name {
            "-" => vec![name.to_owned()],
            name => tree.glob(name),
        };
        for path in paths {
            match (path.as_str(), tree.read(&path)) {
                ("-", _) => files.push(command.stdin),
                (_, Content::Text(text)) => files.push(text),
                // It opens, and has no line.
                (_, Content::Directory) => {}
                (_, Content::Missing) => outcome.exit = failure,
            }
        }
    }
    let mut read = entries(loader, &files).entries;
    if let Some(pattern) = pattern {
        read.retain(|entry| fits(pattern, &files[entry.file][entry.at.clone()]));
    }
    taken.append(&mut read);
    let manner = Manner {
        ignores_unknown: options.ignore || options.does == Does::System,
        strict: false,
    };
    let taken = Taken {
        entries: taken,
        failed: false,
    };
    if !options.dry {
        outcome.exit |= apply(loader, &taken, manner, target);
    }
    outcome
}

/// `key=value` on the command line. Only 4.x takes the blanks away.
fn of_argument(loader: Loader, line: &str) -> Option<Entry> {
    let (key, value) = line.split_once('=')?;
    let (key, value) = if loader == Loader::Procps33 {
        (key, value)
    } else {
        (key.trim(), value.trim())
    };
    let bare = key.strip_prefix('-');
    Some(Entry {
        path: path(bare.unwrap_or(key)),
        value: Some(value.to_owned()),
        dash: bare.is_some(),
        at: 0..line.len(),
        file: 0,
    })
}

/// Whether a line fits an extended regular expression, as far as it is a word with anchors.
fn fits(pattern: &str, line: &[u8]) -> bool {
    let line = String::from_utf8_lossy(line);
    let word = pattern.strip_prefix('^');
    match (word, word.unwrap_or(pattern).strip_suffix('$')) {
        (Some(_), Some(whole)) => line == whole,
        (Some(start), None) => line.starts_with(start),
        (None, Some(end)) => line.ends_with(end),
        (None, None) => line.contains(pattern),
    }
}

fn systemd(loader: Loader, command: Command, tree: &Tree, target: &mut Target) -> Outcome {
    let mut manner = Manner::default();
    let (mut prefixes, mut names) = (Vec::new(), Vec::new());
    for argument in command.arguments {
        match *argument {
            "--strict" if loader == Loader::Systemd247 => return exits(1),
            "--strict" => manner.strict = true,
            other => {
                if let Some(prefix) = other.strip_prefix("--prefix=") {
                    let prefix = prefix.strip_prefix("/proc/sys").unwrap_or(prefix);
                    prefixes.push(tidied(&path(prefix)));
                } else if other == "-" || !other.starts_with('-') {
                    names.push(other);
                }
            }
        }
    }
    let mut failed = false;
    let files = if names.is_empty() {
        tree.in_folders(true)
    } else {
        let found = names.iter().map(|name| searched(tree, name));
        found.collect()
    };
    let mut texts: Vec<&[u8]> = Vec::new();
    for file in &files {
        match (file.as_str(), tree.read(file)) {
            ("-", _) => texts.push(command.stdin),
            (_, Content::Text(text)) => texts.push(text),
            (_, Content::Directory) => failed = true,
            // A link that leads nowhere is passed over, a file that was asked for is not.
            (_, Content::Missing) => failed |= !names.is_empty(),
        }
    }
    let mut taken = entries(loader, &texts);
    if !prefixes.is_empty() {
        taken.entries.retain(|entry| {
            let below = |prefix: &String| {
                let rest = entry.path.strip_prefix(prefix.as_str());
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            };
            glob::is_glob(&entry.path) || prefixes.iter().any(below)
        });
    }
    taken.failed |= failed;
    exits(apply(loader, &taken, manner, target))
}

/// A name without a slash is looked for in the directories.
fn searched(tree: &Tree, name: &str) -> String {
    if name == "-" || name.contains('/') {
        return name.to_owned();
    }
    let paths = FOLDERS.iter().map(|folder| format!("/{folder}/{name}"));
    let mut there = paths.filter(|path| tree.read(path) != Content::Missing);
    there.next().unwrap_or_else(|| name.to_owned())
}

fn busybox(loader: Loader, command: Command, tree: &Tree, target: &mut Target) -> Outcome {
    let is_long = |argument: &&&str| argument.starts_with("--");
    if command.arguments.iter().any(|argument| is_long(&argument)) {
        return exits(1);
    }
    let load = command.arguments.contains(&"-p");
    let mut names: Vec<&str> = command.arguments.to_vec();
    names.retain(|argument| !argument.starts_with('-'));
    if !load {
        let entries = names.iter().filter_map(|line| {
            let (key, value) = line.split_once('=')?;
            Some(Entry {
                path: key.to_owned(),
                value: Some(value.to_owned()),
                dash: false,
                at: 0..line.len(),
                file: 0,
            })
        });
        let taken = Taken {
            entries: entries.collect(),
            failed: false,
        };
        return exits(apply(loader, &taken, Manner::default(), target));
    }
    if names.is_empty() {
        names.push("/etc/sysctl.conf");
    }
    let mut files: Vec<&[u8]> = Vec::new();
    for name in names {
        if let Content::Text(text) = tree.read(name) {
            files.push(text);
        }
    }
    let taken = entries(loader, &files);
    exits(apply(loader, &taken, Manner::default(), target))
}

fn exits(exit: u8) -> Outcome {
    Outcome {
        exit,
        files: Vec::new(),
    }
}
