//! The configuration that Flink's own images ship: that of the release
//! (`flink-conf.yaml`, from 1.19 on `config.yaml`, of `flink-dist`; read in eight releases from 1.13.6 to 2.3.0),
//! as the image's Dockerfile and entrypoint change it.

use super::version::Versions;

/// What an option is in an image that nobody has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shipped {
    /// Not set.
    Unset,
    /// This, in all of the versions.
    Set(&'static str),
    /// Set by the entrypoint, or differently among the versions.
    Open,
}

/// Options that the shipped file sets to the same value in every release.
const SET: [(&str, &str); 5] = [
    ("jobmanager.execution.failover-strategy", "region"),
    ("jobmanager.memory.process.size", "1600m"),
    ("jobmanager.rpc.port", "6123"),
    ("parallelism.default", "1"),
    ("taskmanager.memory.process.size", "1728m"),
];

/// Options that the Dockerfile or the entrypoint of the image sets, or that not all releases ship.
const OPEN: [&str; 10] = [
    "blob.server.port",
    "env.java.opts.all",
    "jobmanager.bind-host",
    "jobmanager.rpc.address",
    "query.server.port",
    "rest.address",
    "rest.bind-address",
    "taskmanager.bind-host",
    "taskmanager.host",
    "taskmanager.rpc.port",
];

/// What an option is in an unchanged image of any of these versions. The number of slots is the shipped one:
/// the variable that changes it counts as a setting of its own.
pub fn shipped(key: &str, versions: Versions) -> Shipped {
    if versions.is_empty() || OPEN.contains(&key) {
        return Shipped::Open;
    }
    if key == "taskmanager.numberOfTaskSlots" {
        return Shipped::Set("1");
    }
    let found = SET.iter().find(|(own, _)| *own == key);
    found.map_or(Shipped::Unset, |(_, value)| Shipped::Set(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_has_the_sizes_of_its_release() {
        let all = Versions::ALL;
        let is = |key: &str| shipped(key, all);
        assert_eq!(is("taskmanager.memory.process.size"), Shipped::Set("1728m"));
        assert_eq!(is("taskmanager.numberOfTaskSlots"), Shipped::Set("1"));
        assert_eq!(is("rest.bind-address"), Shipped::Open);
        assert_eq!(is("taskmanager.memory.flink.size"), Shipped::Unset);
    }
}
