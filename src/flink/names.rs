//! Options of type String that take one of a set of names, a class, or ports. Knows nothing of files.
//!
//! Each name and class was given to the loaders of all versions (`StateBackendLoader`,
//! `CheckpointStorageLoader`, `HighAvailabilityMode`, `RestartBackoffTimeStrategyFactoryLoader`,
//! `FailoverStrategyFactoryLoader`, `FlinkUserCodeClassLoaders.ResolveOrder`, `PredefinedOptions`,
//! `RocksDBStateBackend` and `NetUtils.getPortRangeFromString`).

use super::value::{ValueError, same_letters};
use super::version::Versions;
use crate::words::distance;

/// What an option makes of a text that is none of its names.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Else {
    /// Refuses it.
    Refused,
    /// Takes it as the name of a class to load.
    Class,
}

/// A set of options that take the same names.
struct Names {
    options: &'static [&'static str],
    /// Whether case counts.
    exact: bool,
    /// Each name with its versions as bits of [`Versions`].
    accepted: &'static [(&'static str, u16)],
    /// Names that work and need not be told.
    untold: &'static [&'static str],
    otherwise: Else,
    /// What people write, in lower case, and the one thing that it means.
    meant: &'static [(&'static str, &'static str)],
}

const ALL: u16 = 0x0FFF;
const LEGACY: u16 = 0x00FF;
const SINCE_1_16: u16 = 0x0FF8;
const SINCE_1_19: u16 = 0x0FC0;
const SINCE_2_0: u16 = 0x0F00;

const KUBERNETES_HA: &str =
    "org.apache.flink.kubernetes.highavailability.KubernetesHaServicesFactory";

const NAMES: [Names; 7] = [
    Names {
        options: &["state.backend", "state.backend.type"],
        exact: false,
        accepted: &[
            ("hashmap", ALL),
            ("rocksdb", ALL),
            ("forst", SINCE_2_0),
            ("filesystem", LEGACY),
            ("jobmanager", LEGACY),
        ],
        untold: &[],
        otherwise: Else::Class,
        meant: &[
            ("memory", "hashmap"),
            ("fs", "hashmap"),
            ("heap", "hashmap"),
            ("filesystem", "hashmap"),
        ],
    },
    Names {
        options: &[
            "state.checkpoint-storage",
            "execution.checkpointing.storage",
        ],
        exact: false,
        accepted: &[("jobmanager", ALL), ("filesystem", ALL)],
        untold: &[],
        otherwise: Else::Class,
        meant: &[],
    },
    Names {
        options: &["high-availability", "high-availability.type"],
        exact: false,
        accepted: &[
            ("none", ALL),
            ("zookeeper", ALL),
            ("kubernetes", SINCE_1_16),
        ],
        untold: &["standalone"],
        otherwise: Else::Class,
        meant: &[("k8s", "kubernetes"), ("zk", "zookeeper")],
    },
    Names {
        options: &["restart-strategy", "restart-strategy.type"],
        exact: false,
        accepted: &[
            ("none", ALL),
            ("fixed-delay", ALL),
            ("failure-rate", ALL),
            ("exponential-delay", ALL),
        ],
        untold: &[
            "off",
            "disable",
            "fixeddelay",
            "failurerate",
            "exponentialdelay",
        ],
        otherwise: Else::Refused,
        meant: &[
            ("disabled", "none"),
            ("no", "none"),
            ("no-restart", "none"),
            ("norestart", "none"),
        ],
    },
    Names {
        options: &["jobmanager.execution.failover-strategy"],
        exact: false,
        accepted: &[("full", ALL), ("region", ALL)],
        untold: &[],
        otherwise: Else::Refused,
        meant: &[],
    },
    Names {
        options: &["classloader.resolve-order"],
        exact: false,
        accepted: &[("child-first", ALL), ("parent-first", ALL)],
        untold: &[],
        otherwise: Else::Refused,
        meant: &[],
    },
    Names {
        options: &["state.backend.rocksdb.predefined-options"],
        exact: true,
        accepted: &[
            ("DEFAULT", ALL),
            ("SPINNING_DISK_OPTIMIZED", ALL),
            ("SPINNING_DISK_OPTIMIZED_HIGH_MEM", ALL),
            ("FLASH_SSD_OPTIMIZED", ALL),
        ],
        untold: &[],
        otherwise: Else::Refused,
        meant: &[],
    },
];

/// Classes of Flink itself that only some versions have, with the options that name them.
const CLASSES: [(&[&str], &str, u16); 6] = [
    (
        &["state.backend", "state.backend.type"],
        "org.apache.flink.contrib.streaming.state.RocksDBStateBackendFactory",
        LEGACY,
    ),
    (
        &["state.backend", "state.backend.type"],
        "org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackendFactory",
        SINCE_2_0,
    ),
    (
        &["state.backend", "state.backend.type"],
        "org.apache.flink.state.forst.ForStStateBackendFactory",
        SINCE_2_0,
    ),
    (
        &["state.backend", "state.backend.type"],
        "org.apache.flink.runtime.state.filesystem.FsStateBackendFactory",
        LEGACY,
    ),
    (
        &["state.backend", "state.backend.type"],
        "org.apache.flink.runtime.state.memory.MemoryStateBackendFactory",
        LEGACY,
    ),
    (
        &["state.backend.rocksdb.options-factory"],
        "org.apache.flink.contrib.streaming.state.DefaultConfigurableOptionsFactory",
        LEGACY,
    ),
];

/// Options that take ports: `6122`, `6122,6123`, `6122-6130`.
const PORTS: [&str; 5] = [
    "blob.server.port",
    "high-availability.jobmanager.port",
    "metrics.internal.query-service.port",
    "rest.bind-port",
    "taskmanager.rpc.port",
];

/// Whether an option of type String takes one of a set of names.
pub fn is_named(option: &str) -> bool {
    NAMES.iter().any(|names| names.options.contains(&option))
}

/// Whether a version takes a text as an option of type String. An option of which nothing is known
/// here takes everything, and so does a class that is not Flink's own.
pub fn check(option: &str, text: &str, version: Versions) -> Result<(), ValueError> {
    if PORTS.contains(&option) {
        return ports(text, version);
    }
    let class = CLASSES
        .iter()
        .find(|(options, class, _)| options.contains(&option) && *class == text);
    if let Some((_, _, bits)) = class {
        if version.within(Versions::from_bits(*bits)) {
            return Ok(());
        }
        return Err(ValueError::NoClass {
            text: text.to_owned(),
        });
    }
    match NAMES.iter().find(|names| names.options.contains(&option)) {
        Some(names) => names.check(text, version),
        None => Ok(()),
    }
}

impl Names {
    /// The names of one version.
    fn of(&self, version: Versions) -> impl Iterator<Item = &'static str> {
        let own = self.accepted.iter();
        own.filter(move |(_, bits)| version.within(Versions::from_bits(*bits)))
            .map(|(name, _)| *name)
    }

    fn check(&self, text: &str, version: Versions) -> Result<(), ValueError> {
        let is = |name: &str| name == text || !self.exact && name.eq_ignore_ascii_case(text);
        let untold = self.untold.iter().copied();
        if self.of(version).chain(untold).any(is) {
            return Ok(());
        }
        if self.otherwise == Else::Class && text.contains('.') {
            return Ok(());
        }
        let (instead, certain) = self.meant(text, version);
        let accepted: Vec<String> = self.of(version).map(|name| format!("`{name}`")).collect();
        Err(ValueError::Name {
            text: text.to_owned(),
            accepted: accepted.join(", "),
            or_class: self.otherwise == Else::Class,
            instead,
            certain,
        })
    }

    /// What a text means, and whether it can mean nothing else.
    fn meant(&self, text: &str, version: Versions) -> (Option<String>, bool) {
        let lower = text.to_lowercase();
        let listed = self.meant.iter().find(|(written, _)| *written == lower);
        let wanted = listed.map_or(lower.as_str(), |(_, meant)| meant);
        let known = |name: &&str| same_letters(name, wanted);
        if let Some(name) = self
            .of(version)
            .chain(self.untold.iter().copied())
            .find(known)
        {
            return (Some(name.to_owned()), true);
        }
        // Before 1.16 the class is the only way to say it.
        if wanted == "kubernetes" && self.options.contains(&"high-availability") {
            return (Some(KUBERNETES_HA.to_owned()), true);
        }
        if wanted == "jobmanager" && self.options.contains(&"state.backend") {
            return (Some("hashmap".to_owned()), false);
        }
        let close = |name: &&str| distance(&lower, &name.to_lowercase(), 2).is_some();
        let mut candidates = self.of(version).filter(close);
        let only = candidates.next().filter(|_| candidates.next().is_none());
        (only.filter(|_| lower.len() > 3).map(str::to_owned), false)
    }
}

/// `NetUtils.getPortRangeFromString`.
fn ports(text: &str, version: Versions) -> Result<(), ValueError> {
    let refused = || ValueError::Ports {
        text: text.to_owned(),
    };
    let port = |text: &str| {
        let number = super::value::parse_integer(text.trim()).ok();
        number.filter(|number| (0..=65_535).contains(number))
    };
    // Java drops empty items at the end.
    for item in text.trim_end_matches(',').split(',') {
        let item = item.trim();
        let Some((start, end)) = item.split_once('-') else {
            port(item).ok_or_else(refused)?;
            continue;
        };
        let start = port(start).ok_or_else(refused)?;
        let end = port(end).ok_or_else(refused)?;
        if end < start && version.within(Versions::from_bits(SINCE_1_19)) {
            return Err(refused());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn takes(option: &str, text: &str) -> String {
        let mut taken = Versions::NONE;
        for version in Versions::ALL.iter() {
            if check(option, text, version).is_ok() {
                taken = taken.or(version);
            }
        }
        taken.to_string()
    }

    fn meant(option: &str, text: &str, version: &str) -> Option<(String, bool)> {
        let version = Versions::parse(version).unwrap();
        let error = check(option, text, version).err()?;
        Some((error.instead()?.to_owned(), error.is_certain()))
    }

    #[test]
    fn each_version_takes_its_names() {
        assert_eq!(takes("state.backend", "filesystem"), "1.13-1.20");
        assert_eq!(takes("state.backend.type", "ForSt"), "2.0-2.3");
        assert_eq!(takes("high-availability", "KUBERNETES"), "1.16-2.3");
        assert_eq!(takes("high-availability.type", "standalone"), "1.13-2.3");
        assert_eq!(
            takes("classloader.resolve-order", "Child-First"),
            "1.13-2.3"
        );
        assert_eq!(takes("taskmanager.rpc.port", "6000-5000"), "1.13-1.18");
        assert_eq!(
            takes("taskmanager.rpc.port", "50100, 50200-50300"),
            "1.13-2.3"
        );
        assert_eq!(takes("akka.ask.timeout", "whatever"), "1.13-2.3");
    }

    #[test]
    fn ports_are_read_as_flink_does() {
        for text in ["0", "6000", "50100,50101", "50100-50200, 6000", "6000,"] {
            assert_eq!(takes("taskmanager.rpc.port", text), "1.13-2.3", "{text}");
        }
        for text in ["-1", "abc", "65536", "1-70000", "", "6122..6130"] {
            assert_eq!(takes("taskmanager.rpc.port", text), "", "{text}");
        }
    }

    #[test]
    fn classes_of_flink_are_there_in_some_versions() {
        let takes = |class| takes("state.backend", class);
        let old = "org.apache.flink.contrib.streaming.state.RocksDBStateBackendFactory";
        assert_eq!(takes(old), "1.13-1.20");
        let embedded =
            "org.apache.flink.contrib.streaming.state.EmbeddedRocksDBStateBackendFactory";
        assert_eq!(takes(embedded), "1.13-2.3");
        let forst = "org.apache.flink.state.forst.ForStStateBackendFactory";
        assert_eq!(takes(forst), "2.0-2.3");
    }

    #[test]
    fn foreign_classes_are_not_judged() {
        assert_eq!(takes("state.backend", "com.acme.Backend"), "1.13-2.3");
        let error = check("restart-strategy", "com.acme.Restart", Versions::V2);
        assert!(error.is_err());
    }

    #[test]
    fn what_was_meant_is_found() {
        let certain = |text: &str| Some((text.to_owned(), true));
        let perhaps = |text: &str| Some((text.to_owned(), false));
        assert_eq!(meant("state.backend", "memory", "1.14"), certain("hashmap"));
        assert_eq!(
            meant("state.backend.type", "rocksbd", "2.0"),
            perhaps("rocksdb")
        );
        assert_eq!(
            meant("state.backend.type", "jobmanager", "2.0"),
            perhaps("hashmap")
        );
        assert_eq!(
            meant("restart-strategy", "fixed_delay", "1.14"),
            certain("fixed-delay")
        );
        assert_eq!(
            meant("high-availability", "k8s", "1.16"),
            certain("kubernetes")
        );
        assert_eq!(
            meant("high-availability", "k8s", "1.15"),
            certain(KUBERNETES_HA)
        );
        assert_eq!(meant("high-availability", "true", "1.16"), None);
        let rocksdb = "state.backend.rocksdb.predefined-options";
        assert_eq!(
            meant(rocksdb, "flash-ssd-optimized", "1.20"),
            certain("FLASH_SSD_OPTIMIZED")
        );
    }
}
