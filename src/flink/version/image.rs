//! What the name of a container image says about the Flink and the Java in it.

use super::{Versions, number};

/// An image of Flink, as its name tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Image {
    /// The release in it; `None` when its tag does not say: `latest`, a digest, a placeholder.
    pub versions: Option<Versions>,
    /// Whether its release is before all that flint knows.
    pub is_before_all: bool,
    /// The major version of its Java, where the tag ends in `-java17` or the like. A tag without
    /// that means what its author chose, and changed between releases.
    pub java: Option<u8>,
}

impl Image {
    /// Reads `flink:1.20.1-scala_2.12-java17`, `apache/flink:2.0`,
    /// `registry:5000/team/flink:1.18.1@sha256:...`. `None` when the image is none of Flink by its
    /// name: the last part of the path is not exactly `flink`. Other images with that word in their
    /// name have versions of their own.
    pub fn parse(name: &str) -> Option<Self> {
        let name = name.trim();
        let unknown = Image {
            versions: None,
            is_before_all: false,
            java: None,
        };
        let last = name.rsplit('/').next().unwrap_or(name);
        let last = last.split('@').next().unwrap_or(last);
        let (base, tag) = last.split_once(':').unwrap_or((last, ""));
        // Confluent's build of Flink has Flink's releases before its own: `1.19.1-cp1`.
        if !matches!(base, "flink" | "cp-flink") {
            // `${FLINK_IMAGE:-flink:1.18}` may become one.
            let open = ["${", "{{", "$(", "$FLINK"]
                .iter()
                .any(|mark| last.contains(mark));
            let may_be = open && name.to_ascii_lowercase().contains("flink");
            return may_be.then_some(unknown);
        }
        if tag.contains(['$', '{', '}', '(', '<', '%']) {
            return Some(unknown);
        }
        Some(Image {
            versions: Versions::release(tag),
            is_before_all: Versions::is_before_all(tag),
            java: java_of(tag),
        })
    }
}

/// The Java that a tag names.
fn java_of(tag: &str) -> Option<u8> {
    let (_, after) = tag.rsplit_once("java")?;
    let (major, rest) = number(after)?;
    let plausible = (8..=64).contains(&major) && (rest.is_empty() || rest.starts_with('-'));
    plausible.then(|| u8::try_from(major).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_flink_images_say_version_and_java() {
        let shown = |name| {
            let image = Image::parse(name)?;
            let versions = image.versions.map(|set| set.to_string());
            Some((versions.unwrap_or_default(), image.java.unwrap_or(0)))
        };
        for (name, version, java) in [
            ("flink:1.20.1-scala_2.12-java17", "1.20", 17),
            ("apache/flink:2.0", "2.0", 0),
            ("docker.io/library/flink:2.0.0-java17", "2.0", 17),
            ("registry:5000/team/flink:1.18.1@sha256:00ff", "1.18", 0),
            ("{{ registry }}/flink:1.18", "1.18", 0),
            ("flink:1.15.2-java8", "1.15", 8),
            ("flink", "", 0),
            ("flink:latest", "", 0),
            ("flink:scala_2.12-java11", "", 11),
            ("flink@sha256:00ff", "", 0),
            ("flink:${VERSION}", "", 0),
            ("flink:{{ .Values.tag }}", "", 0),
            ("flink:1.11.2", "", 0),
            ("harbor/flink/flink:cdc-3.0.1-flink-1.18.1", "", 0),
            ("${FLINK_IMAGE:-flink:1.18}", "", 0),
        ] {
            assert_eq!(shown(name), Some((version.into(), java)), "{name}");
        }
    }

    #[test]
    fn images_with_versions_of_their_own_say_nothing() {
        for name in [
            "postgres:15",
            "apache/flink-kubernetes-operator:1.7.0",
            "apache/flink-ops-playground:1-FLINK-1.16-scala_2.12",
            "ververica/stream:1.18",
            "registry/seatunnel:2.3.4-flink-1.15",
            "my-flink:1.18",
            "flink-sql-cookbook:1.17.1",
            "",
            "${POSTGRES}:15",
        ] {
            assert_eq!(Image::parse(name), None, "{name}");
        }
    }
}
