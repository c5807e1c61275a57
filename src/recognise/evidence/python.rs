//! The requirement of `apache-flink` in `requirements.txt` and `pyproject.toml`.

use super::{Evidence, Rank};
use crate::flink::version::Versions;

/// Every line that requires `apache-flink` in some version. One without a version says nothing.
pub(super) fn read(text: &str) -> Vec<Evidence> {
    let lines = text.lines().enumerate();
    lines
        .filter_map(|(index, line)| {
            let requirement = requirement(line)?;
            let bare = requirement.starts_with(|c: char| c.is_ascii_digit());
            let space = if bare { " " } else { "" };
            let why = format!("apache-flink{space}{requirement}");
            let versions = Versions::from_requirement(&requirement);
            Some(Evidence {
                is_before_all: Versions::requires_before_all(&requirement),
                ..Evidence::new(Rank::Build, versions, why, index + 1)
            })
        })
        .collect()
}

/// What a line requires of `apache-flink`, without blanks: `==1.18.1`, `^1.18`.
fn requirement(line: &str) -> Option<String> {
    let line = line.split('#').next().unwrap_or(line).trim_start();
    let name = "apache-flink";
    let lower = line.to_ascii_lowercase().replace('_', "-");
    let at = lower.find(name)?;
    let starts = line[..at].chars().all(|c| " \t\"'[=,(".contains(c))
        || line[..at].trim_end().ends_with(['"', '\'']);
    if !starts {
        return None;
    }
    let mut rest = line[at + name.len()..].trim_start();
    if let Some(extras) = rest.strip_prefix('[') {
        rest = extras.split_once(']')?.1.trim_start();
    }
    // Poetry: `apache-flink = "^1.18"` or `apache-flink = { version = "^1.18", extras = [] }`.
    let rest = rest.strip_prefix('"').unwrap_or(rest).trim_start();
    let spec = match rest.strip_prefix('=') {
        Some(value) if !value.starts_with('=') => {
            let value = match value.trim_start().strip_prefix('{') {
                Some(table) => {
                    let (_, after) = table.split_once("version")?;
                    after.trim_start().strip_prefix('=')?
                }
                None => value,
            };
            super::unquoted(value.trim())
        }
        _ => rest.split(['"', '\'', ';', '@', ')', ']']).next()?,
    };
    // Options of pip follow: `--hash=...`.
    let spec = spec
        .split("--")
        .next()?
        .trim_end_matches(['\\', ',', ' ', '\t']);
    let spec: String = spec.chars().filter(|c| !c.is_whitespace()).collect();
    let spec = spec.trim_start_matches('(').to_owned();
    let is_spec = spec.starts_with(|c: char| c.is_ascii_digit() || "=~<>!^".contains(c));
    is_spec.then_some(spec)
}
