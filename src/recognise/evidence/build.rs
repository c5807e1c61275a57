//! What jobs of the JVM are compiled against: Maven, Gradle and sbt.

use super::{Evidence, Rank};
use crate::flink::version::Versions;

/// Artifacts of Flink's own release, which have its version. Connectors, the operator, ML, CDC and
/// others of the group `org.apache.flink` have versions of their own.
const ARTIFACTS: [&str; 34] = [
    "flink-annotations",
    "flink-avro",
    "flink-cep",
    "flink-clients",
    "flink-connector-base",
    "flink-connector-files",
    "flink-core",
    "flink-csv",
    "flink-dist",
    "flink-java",
    "flink-json",
    "flink-metrics-core",
    "flink-metrics-dropwizard",
    "flink-metrics-prometheus",
    "flink-orc",
    "flink-parquet",
    "flink-python",
    "flink-runtime",
    "flink-runtime-web",
    "flink-s3-fs-hadoop",
    "flink-s3-fs-presto",
    "flink-scala",
    "flink-state-processor-api",
    "flink-statebackend-rocksdb",
    "flink-streaming-java",
    "flink-streaming-scala",
    "flink-table-api-java",
    "flink-table-api-java-bridge",
    "flink-table-common",
    "flink-table-planner",
    "flink-table-planner-blink",
    "flink-table-planner-loader",
    "flink-table-runtime",
    "flink-test-utils",
];

fn is_artifact(name: &str) -> bool {
    // `flink-clients_2.12`: built for one version of Scala.
    let base = name.split('_').next().unwrap_or(name);
    ARTIFACTS.contains(&base)
}

/// Whether a name is that of a variable that holds Flink's version: `flink.version`,
/// `flinkVersion`, `version.flink`, `FLINK_VERSION`.
fn is_version_name(name: &str) -> bool {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    let bare: String = letters.map(|c| c.to_ascii_lowercase()).collect();
    matches!(
        bare.as_str(),
        "flinkversion" | "versionflink" | "versionsflink" | "apacheflinkversion"
    )
}

/// A version that is written out; a reference to another place is none.
fn statement(value: &str, why: &str, line: usize) -> Option<Evidence> {
    let literal = value.starts_with(|c: char| c.is_ascii_digit());
    literal.then(|| Evidence {
        is_before_all: Versions::is_before_all(value),
        ..Evidence::new(Rank::Build, Versions::release(value), why, line)
    })
}

/// A `pom.xml`: its properties, those of profiles too, and versions at Flink's own artifacts.
pub(super) fn pom(text: &str) -> Vec<Evidence> {
    let text = without_comments(text);
    let mut found = Vec::new();
    let mut artifact: Option<&str> = None;
    let mut is_flink = false;
    for (index, line) in text.lines().enumerate() {
        for element in line.split('<').skip(1) {
            let Some((tag, content)) = element.split_once('>') else {
                continue;
            };
            let content = content.trim();
            let line = index + 1;
            match tag {
                "dependency" | "/dependency" => (artifact, is_flink) = (None, false),
                "groupId" => is_flink = content == "org.apache.flink",
                "artifactId" => artifact = Some(content),
                "version" if is_flink => {
                    if let Some(name) = artifact.filter(|name| is_artifact(name)) {
                        found.extend(statement(content, &format!("{name} {content}"), line));
                    }
                }
                _ if is_version_name(tag) => found.extend(statement(content, tag, line)),
                _ => {}
            }
        }
    }
    found
}

/// The text with every comment blanked, lines kept.
fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, comment)) = rest.split_once("<!--") {
        out.push_str(before);
        let (comment, after) = comment.split_once("-->").unwrap_or((comment, ""));
        out.extend(comment.chars().filter(|c| *c == '\n'));
        rest = after;
    }
    out.push_str(rest);
    out
}

/// A build script of Gradle or sbt, `gradle.properties`, or a catalogue of versions: variables, and
/// coordinates of Flink's own artifacts.
pub(super) fn script(text: &str) -> Vec<Evidence> {
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with(['/', '*', '#']) {
            continue;
        }
        found.extend(variable(line, index + 1));
        found.extend(coordinates(line, index + 1));
    }
    found
}

/// `flinkVersion = '1.18.0'`, `ext["flinkVersion"] = "1.18"`, `flink: '1.18.0'`, `flinkVersion=1.18`.
fn variable(line: &str, number: usize) -> Option<Evidence> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
    let mut start = 0;
    while let Some(found) = line[start..].find(is_part) {
        let from = start + found;
        let end = line[from..]
            .find(|c| !is_part(c))
            .map_or(line.len(), |length| from + length);
        let name = &line[from..end];
        start = end;
        let versionish = is_version_name(name.strip_prefix("ext.").unwrap_or(name));
        if !versionish && name != "flink" {
            continue;
        }
        let after = line[end..].trim_start_matches(['"', '\'', ']', ' ', '\t']);
        let Some(mut value) = after.strip_prefix(['=', ':', ',']) else {
            continue;
        };
        // `val flinkVersion: String = "1.18.0"`
        if after.starts_with(':')
            && let Some((kind, rest)) = value.split_once('=')
            && kind.trim() == "String"
        {
            value = rest;
        }
        let value = value.trim();
        // A name as general as `flink` must have a text.
        if !versionish && !value.starts_with(['"', '\'']) {
            continue;
        }
        let value = super::unquoted(value);
        let value = value.split([' ', '\t', ';']).next().unwrap_or(value);
        if let Some(evidence) = statement(value, name, number) {
            return Some(evidence);
        }
    }
    None
}

/// `org.apache.flink:flink-core:1.18.0` and `"org.apache.flink" % "flink-core" % "1.18.0"`.
fn coordinates(line: &str, number: usize) -> Option<Evidence> {
    let (_, rest) = line.split_once("org.apache.flink")?;
    let parts: Vec<&str> = rest
        .split([':', '%', '"', '\'', ' ', ','])
        .map(|part| part.trim_end_matches(')'))
        .filter(|part| !part.is_empty())
        .collect();
    let [artifact, version, ..] = parts.as_slice() else {
        return None;
    };
    if !is_artifact(artifact) {
        return None;
    }
    let version = version.split('@').next().unwrap_or(version);
    statement(version, &format!("{artifact} {version}"), number)
}
