//! How the value of an option is written, in words. Only what `flink::value` reads is said here.

use crate::flink::options::{OptionSpec, Scope, ValueKind};
use crate::flink::version::Versions;

/// Versions that take `m` for minutes (`TimeUtils`).
const MINUTES_AS_M: Versions = Versions::from_bits(0x0FFC);
/// Versions that take ISO-8601 durations (`TimeUtils`).
const ISO: Versions = Versions::from_bits(0x0E00);
/// Versions that take single entries of a map as keys (`ConfigurationUtils.canBePrefixMap`).
const ENTRIES: Versions = Versions::from_bits(0x0FFE);

/// How an option is written in the files that some of its versions read.
pub(super) fn written(spec: &OptionSpec, versions: Versions) -> String {
    if spec.key == "pipeline.serialization-config" {
        return "a list of `class: {type: ...}` in config.yaml; flink-conf.yaml takes no YAML"
            .to_owned();
    }
    // `config.sh` cuts values out of the file by its own means.
    if spec.scope == Scope::ShellOnly {
        return "text as the start scripts cut it out of the file".to_owned();
    }
    let legacy = versions.overlaps(Versions::LEGACY);
    let yaml = versions.overlaps(Versions::YAML);
    match spec.kind {
        ValueKind::Boolean => "`true` or `false`, in any case".to_owned(),
        ValueKind::Integer | ValueKind::Long => {
            "a whole number, without unit, blanks or `_`".to_owned()
        }
        ValueKind::Float | ValueKind::Double => "a number such as `0.4`".to_owned(),
        ValueKind::MemorySize => {
            "a whole number and a unit: b, k or kb, m or mb, g or gb, t or tb, each 1024 times the \
             one before, in any case; without unit bytes; no decimals, no `mib`"
                .to_owned()
        }
        ValueKind::Duration => duration(versions),
        ValueKind::Enum => "one of the values, in any case; `-` and `_` differ".to_owned(),
        ValueKind::String => text(legacy, yaml),
        ValueKind::StringList | ValueKind::EnumList => {
            lists(legacy, yaml, "`a;b`", "`[a, b]` or `a;b`")
        }
        ValueKind::MapList => lists(
            legacy,
            yaml,
            "`a:1,b:2;a:3`",
            "`[{a: 1, b: 2}, {a: 3}]` or `a:1,b:2;a:3`",
        ),
        ValueKind::Map => {
            let mut out = lists(legacy, yaml, "`a:1,b:2`", "nested keys or `a:1,b:2`");
            if versions.overlaps(ENTRIES) {
                let since = if versions.within(ENTRIES) {
                    ""
                } else {
                    " from 1.14"
                };
                out.push_str(&format!(
                    "; or each entry as a key of its own, `{}.a: 1`{since}, when the whole map is not \
                     set",
                    spec.key
                ));
            }
            out
        }
    }
}

fn duration(versions: Versions) -> String {
    let mut out = "a whole number and one unit: ns, micros, ms, s, min".to_owned();
    if versions.within(MINUTES_AS_M) {
        out.push_str(" or m");
    } else if versions.overlaps(MINUTES_AS_M) {
        out.push_str(" (from 1.15 also m)");
    }
    out.push_str(", h, d, in any case; without unit milliseconds; no decimals, no `1h30m`");
    if versions.within(ISO) {
        out.push_str("; or `PT10M`");
    } else if versions.overlaps(ISO) {
        out.push_str("; from 2.1 also `PT10M`");
    }
    out
}

fn text(legacy: bool, yaml: bool) -> String {
    let mut out = "text as it stands".to_owned();
    if legacy {
        out.push_str("; in flink-conf.yaml quotes belong to it and `#` ends it");
    }
    if yaml {
        out.push_str("; in config.yaml quote what looks like a number");
    }
    out
}

/// The forms of lists and maps in the files that are read.
fn lists(legacy: bool, yaml: bool, old: &str, new: &str) -> String {
    match (legacy, yaml) {
        (true, true) => format!("{old} in flink-conf.yaml; {new} in config.yaml"),
        (false, _) => new.to_owned(),
        (true, false) => old.to_owned(),
    }
}
