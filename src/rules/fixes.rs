//! The fixes that most rules offer: another value, one more line, no line. They are safe as they come;
//! `titled` and `risky` say what is different about one.

use super::claim;
use crate::deployment::{Deployment, Site};
use crate::finding::{Fix, Safety};
use crate::flink::value::{GIB, MIB};
use crate::syntax::{Document, Setting};

/// Gives a setting another value. Where a later line of its key, which the kernel refuses, hides it from a reader
/// of the file, nothing reads differently afterwards.
pub(super) fn set(
    deployment: &Deployment,
    document: &Document,
    setting: &Setting,
    value: &str,
) -> Option<Fix> {
    let edit = document.set(deployment.source(document), setting, value)?;
    let is_read = document.get(&setting.key) == Some(setting);
    let claim = is_read.then(|| claim(document, &setting.key, Some(value)));
    Some(Fix {
        title: format!("set it to {value}"),
        safety: Safety::Safe,
        risk: String::new(),
        edits: vec![edit],
        claims: claim.into_iter().collect(),
    })
}

/// Adds a setting at the end of a document.
pub(super) fn add(
    deployment: &Deployment,
    document: &Document,
    key: &str,
    value: &str,
) -> Option<Fix> {
    let edit = document.insert(deployment.source(document), key, value)?;
    Some(Fix {
        title: format!("add {key}: {value}"),
        safety: Safety::Safe,
        risk: String::new(),
        edits: vec![edit],
        claims: vec![claim(document, key, Some(value))],
    })
}

/// Gives options of the cluster values: each takes the place of the one in force, or is added below
/// another setting.
pub(super) fn put(
    deployment: &Deployment,
    values: &[(&str, String)],
    (beside, document): Site,
) -> Option<Fix> {
    let mut edits = Vec::new();
    let mut claims = Vec::new();
    let mut words = Vec::new();
    for (key, value) in values {
        let fix = if let Some((setting, document)) = deployment.of_cluster(key) {
            set(deployment, document, setting, value)?
        } else {
            let source = deployment.source(document);
            let mut fix = add(deployment, document, key, value)?;
            if let Some(edit) = document.insert_after(source, beside, key, value) {
                fix.edits = vec![edit];
            }
            fix
        };
        edits.extend(fix.edits);
        claims.extend(fix.claims);
        words.push(format!("{key} to {value}"));
    }
    Some(Fix {
        title: format!("set {}", words.join(" and ")),
        safety: Safety::Safe,
        risk: String::new(),
        edits,
        claims,
    })
}

/// A size in whole mebibytes, rounded up, in the units and the spelling of another.
pub(super) fn size_like(other: &str, bytes: u64) -> String {
    let text = other.trim();
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let word = unit.trim_start();
    let blank = &unit[..unit.len() - word.len()];
    let bytes = whole(bytes);
    if word.starts_with(['g', 'G']) && bytes.is_multiple_of(GIB) {
        return format!("{}{unit}", bytes / GIB);
    }
    let word = match word {
        "g" | "k" | "t" | "b" | "" => "m",
        "G" | "K" | "T" | "B" => "M",
        "gb" | "kb" | "tb" => "mb",
        "Gb" | "Kb" | "Tb" => "Mb",
        "GB" | "KB" | "TB" => "MB",
        word if word.starts_with(['m', 'M']) => word,
        _ => "m",
    };
    format!("{}{blank}{word}", bytes / MIB)
}

/// Bytes rounded up to whole mebibytes.
pub(super) fn whole(bytes: u64) -> u64 {
    bytes.div_ceil(MIB).saturating_mul(MIB)
}

/// Takes away every line of some keys of one document.
pub(super) fn remove(deployment: &Deployment, document: &Document, keys: &[&str]) -> Option<Fix> {
    let source = deployment.source(document);
    let lines = keys.iter().flat_map(|key| document.all(key));
    let edits: Option<Vec<_>> = lines
        .map(|setting| document.remove(source, setting))
        .collect();
    Some(Fix {
        title: "remove the line".to_owned(),
        safety: Safety::Safe,
        risk: String::new(),
        edits: edits?,
        claims: keys.iter().map(|key| claim(document, key, None)).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_spelt_like_others() {
        for (other, bytes, text) in [
            ("4g", 2 << 30, "2g"),
            ("4 gb", 5888 << 20, "5888 mb"),
            ("4GB", 3 << 30, "3GB"),
            ("1728m", 2 << 30, "2048m"),
            ("1728", 64 << 20, "64m"),
            ("1 mebibytes", (64 << 20) + 1, "65 mebibytes"),
            ("1 gibibytes", 64 << 20, "64 m"),
        ] {
            assert_eq!(size_like(other, bytes), text);
        }
    }
}
