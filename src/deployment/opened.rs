//! Which of the two files of a configuration directory each version opens.

use crate::flink::version::Versions;
use crate::syntax::{Document, Format};

/// Which of the two files of a configuration directory Flink opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// `flink-conf.yaml`.
    FlinkConf,
    /// `config.yaml`.
    ConfigYaml,
    /// Neither: the process stops because the file it looks for does not exist.
    Missing,
}

/// Which file one version opens in a directory with these two files
/// (`GlobalConfiguration.loadConfiguration`, run on all versions).
pub fn opened(version: Versions, flink_conf: bool, config_yaml: bool) -> Opened {
    if flink_conf && version.within(Versions::LEGACY) {
        Opened::FlinkConf
    } else if config_yaml && version.within(Versions::YAML) {
        Opened::ConfigYaml
    } else {
        Opened::Missing
    }
}

/// The versions of `wanted`, grouped by the file they open. Versions that could not even start are
/// left out unless nothing else is left: a file that is there was written for some version.
pub fn groups(wanted: Versions, flink_conf: bool, config_yaml: bool) -> Vec<(Opened, Versions)> {
    let mut groups: Vec<(Opened, Versions)> = Vec::new();
    for version in wanted.iter() {
        let opened = opened(version, flink_conf, config_yaml);
        match groups.iter_mut().find(|(other, _)| *other == opened) {
            Some((_, versions)) => *versions = versions.or(version),
            None => groups.push((opened, version)),
        }
    }
    if groups.len() > 1 {
        groups.retain(|(opened, _)| *opened != Opened::Missing);
    }
    groups
}

/// Whether a document is the file that `opened` names.
pub fn is_opened(opened: Opened, document: &Document) -> bool {
    matches!(
        (opened, document.format),
        (Opened::FlinkConf, Format::FlinkConf) | (Opened::ConfigYaml, Format::ConfigYaml)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(wanted: &str, flink_conf: bool, config_yaml: bool) -> Vec<(Opened, String)> {
        groups(
            Versions::parse(wanted).expect("a version of the test"),
            flink_conf,
            config_yaml,
        )
        .into_iter()
        .map(|(opened, versions)| (opened, versions.to_string()))
        .collect()
    }

    #[test]
    fn each_version_opens_its_own_file() {
        use Opened::*;
        assert_eq!(
            shown("1.13..", true, false),
            [(FlinkConf, "1.13-1.20".into())]
        );
        assert_eq!(
            shown("1.13..", false, true),
            [(ConfigYaml, "1.19-2.3".into())]
        );
        assert_eq!(
            shown("1.13..", true, true),
            [
                (FlinkConf, "1.13-1.20".into()),
                (ConfigYaml, "2.0-2.3".into())
            ]
        );
        assert_eq!(shown("2.1", true, false), [(Missing, "2.1".into())]);
        assert_eq!(shown("1.18", false, true), [(Missing, "1.18".into())]);
    }
}
