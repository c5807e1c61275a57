//! Rules about the JVM that Flink's scripts start: which Java it is for certain, and what
//! `env.java.opts.*` puts on its command line (`bin/config.sh`, `bin/flink-daemon.sh`; read in the
//! scripts of 1.13 to 2.2).

use crate::deployment::Deployment;
use crate::finding::Fix;
use crate::flink::options;
use crate::flink::version::Versions;
use crate::syntax::{Document, Format, Setting, is_placeholder};

use super::{cluster, fixes};

mod flags;
mod memory;
mod opens;
mod shell;
mod zgc;

pub(super) use flags::unsupported_jvm_option;
pub(super) use memory::{jvm_flag_overrides_memory, may_replace_heap};
pub(super) use opens::missing_add_opens;
pub(super) use shell::{java_home_not_seen, shell_quoting};
pub(super) use zgc::{Zgc, zgc};

/// Versions whose scripts add `-XX:+IgnoreUnrecognizedVMOptions` to every command line: 1.18 and later
/// (FLINK-32290).
const LENIENT: Versions = Versions::from_bits(0x0FE0);

/// An option that ends up on command lines.
#[derive(Clone, Copy, Debug)]
struct Options<'p> {
    document: &'p Document,
    setting: &'p Setting,
    /// Versions of the deployment that read the key.
    versions: Versions,
    /// Whether the value may be another by then.
    open: bool,
}

/// The keys; of two in one row the first hides the second.
const KEYS: [&[&str]; 9] = [
    &["env.java.opts.all", "env.java.opts"],
    &["env.java.opts.jobmanager"],
    &["env.java.opts.taskmanager"],
    &["env.java.opts.client"],
    &["env.java.opts.historyserver"],
    &["env.java.opts.sql-gateway"],
    &["env.java.default-opts.all"],
    &["env.java.default-opts.jobmanager"],
    &["env.java.default-opts.taskmanager"],
];

/// What the cluster's files put on command lines of the JVM.
fn all_options<'p>(deployment: &Deployment<'p>) -> Vec<Options<'p>> {
    let mut found = Vec::new();
    for names in KEYS {
        let mut versions = deployment.versions;
        for key in names {
            let set = cluster::documents(deployment)
                .filter_map(|document| document.get(key).map(|setting| (document, setting)))
                .last();
            // The table is asked only for what is set: the first question builds a part of it.
            let Some((document, setting)) = set else {
                continue;
            };
            let readers = options::known_in(key).and(versions);
            if readers.is_empty() {
                continue;
            }
            found.push(Options {
                document,
                setting,
                versions: readers,
                open: !setting.known || deployment.is_read_otherwise(setting, document),
            });
            versions = versions.without(readers);
        }
    }
    found
}

impl<'p> Options<'p> {
    /// The flags, when all that matters of the value is known: a variable that the scripts replace, as
    /// `$FLINK_LOG_DIR`, only makes its own flag unknown.
    fn flags(&self) -> Option<Vec<&'p str>> {
        let value = self.setting.value.trim();
        let value = value.strip_prefix('"').unwrap_or(value);
        let value = value.strip_suffix('"').unwrap_or(value);
        let of_the_shell = |flag: &&str| flag.contains("$FLINK_") || flag.contains("${FLINK_");
        let rest: Vec<&str> = value
            .split_whitespace()
            .filter(|flag| !of_the_shell(flag))
            .collect();
        if self.open && self.setting.known {
            return None;
        }
        let certain = self.setting.known || !rest.iter().any(|flag| is_placeholder(flag));
        certain.then_some(rest)
    }

    /// Whether the value contains a flag that opens a package or module to reflection.
    fn has(&self, text: &str) -> bool {
        self.setting.value.contains(text)
    }

    /// The fix that takes flags out of the value, and the line out of the file when nothing is left.
    fn without(&self, deployment: &Deployment, flags: &[&str]) -> Option<Fix> {
        let (document, setting) = (self.document, self.setting);
        // A value in quotes of flink-conf.yaml is a matter of `shell-quoting`.
        if setting.value.contains(['"', '\'']) {
            return None;
        }
        let kept: Vec<&str> = setting
            .value
            .split_whitespace()
            .filter(|flag| !flags.contains(flag))
            .collect();
        let value = kept.join(" ");
        if !value.is_empty() {
            let fix = fixes::set(deployment, document, setting, &value)?;
            return Some(fix.titled(match flags.len() {
                1 => "remove the flag",
                _ => "remove the flags",
            }));
        }
        // An earlier line of the key would come into force.
        let alone = document.all(&setting.key).count() == 1;
        let fix = alone.then(|| fixes::remove(deployment, document, &[&setting.key]));
        fix.flatten()
    }
}

/// The Java version that the deployment has at least, for certain:
///
/// - `env.java.home`, where the scripts see it, names one;
/// - the tag of the Flink image that runs it does;
/// - Flink 2.0 and later needs 11;
/// - up to 1.17 a JVM of Java 8 refuses the modules' flags (`--add-opens`, `--add-exports`), so where
///   they are set it is 9 or later. From 1.18 on the scripts make it ignore them.
fn java(deployment: &Deployment) -> Option<u8> {
    let home = java_home(deployment)
        .filter(|(document, setting)| shell::sees_home(deployment, document, setting))
        .and_then(|(_, setting)| version_in_path(&setting.value));
    let needed = deployment.versions.within(Versions::V2).then_some(11);
    let strict = !deployment.versions.overlaps(LENIENT);
    let modules = |options: &Options| options.has("--add-opens") || options.has("--add-exports");
    let proven = (strict && all_options(deployment).iter().any(modules)).then_some(9);
    home.or(deployment.java).or(needed).or(proven)
}

/// `env.java.home`, when a file of the cluster sets it to something known.
fn java_home<'p>(deployment: &Deployment<'p>) -> Option<(&'p Document, &'p Setting)> {
    let set = cluster::settings(deployment)
        .filter(|(_, setting)| setting.key == "env.java.home")
        .last();
    set.filter(|(_, setting)| setting.known)
}

/// What the name of a Java has before its version, `jdk` after those that hold it.
const JAVAS: [&str; 7] = [
    "openjdk", "jdk", "java", "jre", "temurin", "corretto", "zulu",
];

/// The Java version that a path names: `/usr/lib/jvm/java-17-openjdk-amd64`, `/opt/jdk1.8.0_202`.
fn version_in_path(path: &str) -> Option<u8> {
    let lower = path.to_ascii_lowercase();
    let mut found: Vec<u8> = Vec::new();
    for part in lower.split('/') {
        let version = JAVAS.iter().find_map(|name| {
            let behind = &part[part.find(name)? + name.len()..];
            leading_version(behind.trim_start_matches(['-', '_', ' ']))
        });
        found.extend(version);
    }
    let first = *found.first()?;
    found
        .iter()
        .all(|version| *version == first)
        .then_some(first)
}

/// `17` of `17.0.2`, `8` of `1.8.0`.
fn leading_version(text: &str) -> Option<u8> {
    let mut numbers = text.split(|c: char| !c.is_ascii_digit());
    let first: u8 = numbers.next()?.parse().ok()?;
    let version = if first == 1 {
        numbers.next()?.parse().ok()?
    } else {
        first
    };
    (7..=40).contains(&version).then_some(version)
}

/// Whether a document is a `flink-conf.yaml`, whose values keep their quotes.
fn keeps_quotes(document: &Document) -> bool {
    document.format == Format::FlinkConf
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_tells_its_java_version() {
        for (path, version) in [
            ("/usr/lib/jvm/java-17-openjdk-amd64", Some(17)),
            ("/usr/lib/jvm/java-1.8.0-openjdk", Some(8)),
            ("/opt/jdk1.8.0_202", Some(8)),
            ("/opt/jdk-11.0.2+9", Some(11)),
            ("/usr/lib/jvm/temurin-21-jdk", Some(21)),
            ("/opt/java/openjdk", None),
            ("/opt/java/17", None),
            ("/opt/java-17/jdk-21", None),
            ("", None),
            ("/usr/lib/jvm/java-1-é", None),
        ] {
            assert_eq!(version_in_path(path), version, "{path}");
        }
    }
}
