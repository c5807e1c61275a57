//! What the members of an open family are for, in words.

use super::{family_versions, in_open_family};
use crate::flink::version::Versions;

/// An open family of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FamilyInfo {
    /// Its form, with `<name>` for what the user chooses: `metrics.reporter.<name>.<parameter>`.
    pub pattern: &'static str,
    /// What Flink, or whoever else reads them, does with its keys.
    pub how: &'static str,
}

/// What a key begins with, what it must hold behind that, its form, and what becomes of it. Of several
/// that fit the longest counts.
///
/// Sources: those of the families themselves (`family.rs`), and `ReporterSetup`, which starts a
/// reporter only where it finds a class.
const TEXTS: [(&str, &str, FamilyInfo); 31] = [
    text("$internal.", "", "$internal.<key>", INTERNAL),
    text("__", "", "__<key>", INTERNAL),
    text(
        "azure.",
        "",
        "azure.<key>",
        "The Azure plugin reads it as fs.azure.<key>.",
    ),
    text(
        "containerized.master.env.",
        "",
        "containerized.master.env.<VARIABLE>",
        "An environment variable of the JobManager's container on Kubernetes and YARN.",
    ),
    text(
        "containerized.taskmanager.env.",
        "",
        "containerized.taskmanager.env.<VARIABLE>",
        "An environment variable of the TaskManagers' containers on Kubernetes and YARN.",
    ),
    text(
        "events.reporter.",
        "",
        "events.reporter.<name>.<parameter>",
        "Goes to the event reporter <name>; Flink starts one only where factory.class names its class.",
    ),
    text(
        "external-resource.",
        "",
        "external-resource.<name>.<parameter>",
        "Describes the resource <name>, which counts only when external-resources lists it.",
    ),
    text(
        "flink.hadoop.",
        "",
        "flink.hadoop.<key>",
        "Goes into Flink's Hadoop configuration as <key>.",
    ),
    text(
        "flink.yarn.",
        "",
        "flink.yarn.<key>",
        "Goes into Flink's YARN configuration as yarn.<key>.",
    ),
    text(
        "fs.",
        ".limit.",
        "fs.<scheme>.limit.<bound>",
        "Bounds how many streams Flink opens at a time on one file system.",
    ),
    text(
        "fs.",
        ".priority.",
        "fs.<scheme>.priority.<factory class>",
        "Says which file system factory serves a scheme.",
    ),
    text(
        "fs.azure.",
        "",
        "fs.azure.<key>",
        "The Azure plugin hands it to Hadoop's Azure client.",
    ),
    text(
        "fs.gs.",
        "",
        "fs.gs.<key>",
        "The Google Cloud Storage plugin hands it to Hadoop's connector.",
    ),
    text(
        "fs.oss.",
        "",
        "fs.oss.<key>",
        "The OSS plugin hands it to Hadoop's OSS client.",
    ),
    text(
        "fs.s3a.",
        "",
        "fs.s3a.<key>",
        "The S3 plugin flink-s3-fs-hadoop hands it to Hadoop's S3A client.",
    ),
    text("internal.", "", "internal.<key>", INTERNAL),
    text("job.autoscaler.", "", "job.autoscaler.<key>", OPERATOR),
    text(
        "kubernetes.operator.",
        "",
        "kubernetes.operator.<key>",
        OPERATOR,
    ),
    text(
        "metrics.reporter.",
        "",
        "metrics.reporter.<name>.<parameter>",
        "Goes to the metric reporter <name>; Flink starts one only where factory.class names its class \
         (until 1.16 also class).",
    ),
    text(
        "presto.s3.",
        "",
        "presto.s3.<key>",
        "The S3 plugin flink-s3-fs-presto hands it to Presto's S3 client.",
    ),
    text(
        "s3.",
        "",
        "s3.<key>",
        "An S3 plugin reads it: flink-s3-fs-hadoop as fs.s3a.<key>, flink-s3-fs-presto as presto.s3.<key>.",
    ),
    text(
        "s3a.",
        "",
        "s3a.<key>",
        "The S3 plugin flink-s3-fs-hadoop reads it as fs.s3a.<key>.",
    ),
    text(
        "security.delegation.token.provider.",
        "",
        "security.delegation.token.provider.<service>.<parameter>",
        "Goes to the delegation token provider of a service.",
    ),
    text(
        "security.kerberos.token.provider.",
        "",
        "security.kerberos.token.provider.<service>.<parameter>",
        "Goes to the Kerberos token provider of a service; enabled is read by 1.16 only.",
    ),
    text(
        "sql-gateway.endpoint.",
        "",
        "sql-gateway.endpoint.<endpoint>.<parameter>",
        "Goes to an endpoint of the SQL gateway, if sql-gateway.endpoint.type lists it.",
    ),
    text(
        "table.catalog-store.",
        "",
        "table.catalog-store.<kind>.<parameter>",
        "Goes to the catalog store that table.catalog-store.kind names.",
    ),
    text(
        "table.secret-store.",
        "",
        "table.secret-store.<kind>.<parameter>",
        "Goes to the secret store of that kind.",
    ),
    text(
        "traces.reporter.",
        "",
        "traces.reporter.<name>.<parameter>",
        "Goes to the trace reporter <name>; Flink starts one only where factory.class names its class.",
    ),
    text(
        "workflow-scheduler.",
        "",
        "workflow-scheduler.<type>.<parameter>",
        "Goes to the scheduler of materialized tables that workflow-scheduler.type names.",
    ),
    text(
        "yarn.application-master.env.",
        "",
        "yarn.application-master.env.<VARIABLE>",
        "The older form of containerized.master.env.<VARIABLE>.",
    ),
    text(
        "yarn.taskmanager.env.",
        "",
        "yarn.taskmanager.env.<VARIABLE>",
        "The older form of containerized.taskmanager.env.<VARIABLE>.",
    ),
];

const INTERNAL: &str = "Flink sets it itself; it is not meant to be written by people.";
const OPERATOR: &str = "The Flink Kubernetes operator reads it; Flink itself ignores it.";

const fn text(
    prefix: &'static str,
    infix: &'static str,
    pattern: &'static str,
    how: &'static str,
) -> (&'static str, &'static str, FamilyInfo) {
    (prefix, infix, FamilyInfo { pattern, how })
}

/// The open family that a key belongs to in any version, with those versions.
pub fn family(key: &str) -> Option<(FamilyInfo, Versions)> {
    if !in_open_family(key) {
        return None;
    }
    let fitting = TEXTS.iter().filter(|(prefix, infix, _)| {
        key.strip_prefix(prefix)
            .is_some_and(|rest| rest.contains(infix))
    });
    let (_, _, info) = fitting.max_by_key(|(prefix, infix, _)| prefix.len() + infix.len())?;
    Some((*info, family_versions(key)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_of_a_family_that_exists() {
        for (prefix, infix, info) in TEXTS {
            // Families of few parameters have their own names in place of `<parameter>`.
            let parameter = match prefix {
                "external-resource." => "amount",
                "security.kerberos.token.provider." => "renewer",
                _ => "port",
            };
            let key = info
                .pattern
                .replace("<parameter>", parameter)
                .replace("<bound>", "total")
                .replace("<factory class>", "com.example.Factory")
                .replace(['<', '>'], "");
            assert!(in_open_family(&key), "{key}");
            assert_eq!(family(&key).map(|(info, _)| info), Some(info), "{key}");
            assert!(info.pattern.starts_with(prefix) && info.pattern.contains(infix));
            assert!(info.how.ends_with('.'), "{key}");
        }
    }

    #[test]
    fn members_know_their_family_and_its_versions() {
        let shown =
            |key| family(key).map(|(info, versions)| format!("{} {versions}", info.pattern));
        assert_eq!(
            shown("metrics.reporter.prom.port").as_deref(),
            Some("metrics.reporter.<name>.<parameter> 1.13-2.3")
        );
        assert_eq!(
            shown("fs.s3a.access.key").as_deref(),
            Some("fs.s3a.<key> 1.13-2.3")
        );
        assert_eq!(
            shown("fs.s3a.limit.total").as_deref(),
            Some("fs.<scheme>.limit.<bound> 1.13-2.3")
        );
        assert_eq!(shown("state.backend"), None);
        assert_eq!(shown("metrics.reporter.prom"), None);
    }
}
