//! Directories that Flink refuses for how they are written: `checkpoint-dir-without-scheme` and
//! `rocksdb-local-dir-not-absolute`.

use super::{Proof, known};
use crate::deployment::{Deployment, Effective, Value};
use crate::finding::{Finding, Fix};
use crate::rules::declared::Test;
use crate::rules::{Rule, fixes};

/// The check of `checkpoint-dir-without-scheme` (`AbstractFileStateBackend.validatePath`).
pub(in crate::rules) fn without_scheme(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    // Only the file system storage looks at the directory of checkpoints.
    let storage = deployment.cluster_value("execution.checkpointing.storage");
    let elsewhere = matches!(
        storage,
        Value::Known(effective) if !effective.value().eq_ignore_ascii_case("filesystem")
    );
    let mut keys = vec!["execution.checkpointing.savepoint-dir"];
    if !elsewhere {
        keys.push("execution.checkpointing.dir");
    }
    for effective in keys.iter().filter_map(|key| known(deployment, key)) {
        out.extend(check(rule, deployment, effective));
    }
}

fn check(rule: &Rule, deployment: &Deployment, effective: Effective) -> Option<Finding> {
    let text = effective.value().trim();
    let quoted = text.starts_with(['"', '\'']);
    // A drive letter of Windows is no scheme, and Flink takes it for a local path.
    if text.is_empty() || quoted || text.contains('\\') || has_drive(text) {
        return None;
    }
    // `Path`: a colon before the first slash ends the scheme.
    let slash = text.find('/').unwrap_or(text.len());
    let has_scheme = text[..slash].contains(':');
    let (message, help, fix) = if !has_scheme {
        (
            format!("`{text}` has no scheme: Flink rejects the job"),
            "Flink says `The scheme (hdfs://, file://, etc) is null`; write file:///... for a directory that all machines share, or the URI of a store such as s3://bucket/path",
            prefixed(deployment, effective),
        )
    } else if is_root(text) {
        (
            format!("`{text}` is the root of a file system: Flink rejects the job"),
            "Flink says `Cannot use the root directory for checkpoints`; name a directory below it",
            None,
        )
    } else {
        return None;
    };
    let mut finding = Proof::of(effective, deployment).finding(rule, deployment, &message)?;
    finding.help = help.to_owned();
    finding.fix = fix;
    Some(finding)
}

fn has_drive(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic()) && chars.next() == Some(':')
}

/// Whether a URI has a scheme and no path below the root.
fn is_root(text: &str) -> bool {
    let Some((_, rest)) = text.split_once("://") else {
        return false;
    };
    let path = rest.find('/').map_or("", |slash| &rest[slash..]);
    path.chars().all(|c| c == '/')
}

/// Puts `file://` before an absolute path.
fn prefixed(deployment: &Deployment, effective: Effective) -> Option<Fix> {
    let document = effective.document;
    let text = effective.value();
    if !text.starts_with('/') || text.trim_matches('/').is_empty() {
        return None;
    }
    let fix = fixes::set(
        deployment,
        document,
        effective.setting,
        &format!("file://{text}"),
    )?;
    Some(fix.risky("the directory must be one that JobManager and TaskManagers share"))
}

/// The check of `rocksdb-local-dir-not-absolute` (`EmbeddedRocksDBStateBackend.setDbStoragePaths`).
pub(in crate::rules) fn local_dir(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    let Some(shown) = known(deployment, "state.backend.rocksdb.localdir") else {
        return;
    };
    let proof = Proof::of(shown, deployment).and(
        rule,
        deployment,
        &[("state.backend.type", Test::Is("rocksdb"))],
    );
    let wrong = shown.value().split(',').map(str::trim).find(|item| {
        let remote = item
            .split_once("://")
            .is_some_and(|(scheme, _)| scheme != "file");
        let relative = !item.starts_with(['/', '"', '\'']) && !item.contains([':', '\\']);
        !item.is_empty() && (remote || relative)
    });
    let (Some(proof), Some(wrong)) = (proof, wrong) else {
        return;
    };
    let message = format!("`{wrong}` is no absolute local path: Flink rejects the job");
    out.extend(
        proof
            .finding(rule, deployment, &message)
            .map(|mut finding| {
                finding.help = "RocksDB works on local disks; write a path such as /data/rocksdb. Checkpoints go to execution.checkpointing.dir (before 1.20 state.checkpoints.dir)".to_owned();
                finding
            }),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_have_nothing_below_them() {
        for root in [
            "file:///",
            "s3://bucket",
            "s3://bucket/",
            "hdfs://namenode:8020/",
        ] {
            assert!(is_root(root), "{root}");
        }
        for path in ["file:///tmp", "s3://bucket/x", "hdfs:///c", "s3:x"] {
            assert!(!is_root(path), "{path}");
        }
    }
}
