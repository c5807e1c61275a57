//! `duration-without-unit` and `size-without-unit`: numbers that Flink takes as milliseconds and
//! bytes, where seconds and megabytes are meant.

use std::time::Duration;

use super::{Site, bare_number, default_of, sites};
use crate::deployment::{self, Deployment};
use crate::finding::{Finding, Severity};
use crate::flink::options::ValueKind;
use crate::flink::value::{self, MIB};
use crate::rules::{Rule, memory};
use crate::typed::Typed;

/// The parts of a key that make it a time of which people think in seconds.
const TIMES: [&str; 7] = [
    "backoff", "delay", "interval", "pause", "period", "timeout", "ttl",
];

/// Seconds that nobody means as milliseconds: hours, days and weeks.
const LONG_TIMES: [u64; 10] = [
    3_600, 7_200, 10_800, 21_600, 28_800, 43_200, 86_400, 172_800, 259_200, 604_800,
];

/// Keys for which Flink refuses less than 10 ms, which is another mistake.
const AT_LEAST_TEN: [&str; 2] = [
    "execution.checkpointing.interval",
    "execution.checkpointing.timeout",
];

/// Sizes that people give in bytes.
const BYTES: [&str; 6] = [
    "segment-size",
    "buffer-size",
    "threshold",
    "framesize",
    "write-batch",
    "blocksize",
];

/// `duration-without-unit`.
pub(crate) fn duration_without_unit(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for site in sites(deployment) {
        let Some(number) = bare_duration(&site) else {
            continue;
        };
        let key = site.setting.key.as_str();
        let mut finding = site.finding(
            rule,
            format!(
                "`{key}` is {number} milliseconds: without a unit a duration counts milliseconds"
            ),
        );
        finding.label = format!("`{number} s`?");
        finding.help = format!("write `{number} s` for seconds, or `{number} ms` if that is meant");
        finding.fix = site.set_unsafe(
            &format!("{number} s"),
            "the time is a thousand times longer than now",
        );
        out.push(finding);
    }
}

/// `size-without-unit`.
pub(crate) fn size_without_unit(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for site in sites(deployment) {
        let Some(number) = bare_size(&site) else {
            continue;
        };
        let key = site.setting.key.as_str();
        let mut finding = site.finding(
            rule,
            format!("`{key}` is {number} bytes: without a unit a size counts bytes"),
        );
        finding.label = format!("`{number}m`?");
        if let Some(process) = memory::stopped_by(deployment, site.setting) {
            finding.severity = Severity::Error;
            let end = format!("; the {} does not start with so little", process.name());
            finding.message.push_str(&end);
        }
        finding.help = format!("write `{number}m` for megabytes, or `{number}b` if that is meant");
        let meant = format!("{number}m");
        if value::parse_memory(&meant).is_ok() {
            finding.fix =
                site.set_unsafe(&meant, "the size is about a million times larger than now");
        }
        out.push(finding);
    }
}

/// Whether one of the two rules says that a setting lacks its unit, so that nothing else is to be made
/// of how small it is.
pub(in crate::rules) fn lacks_unit(
    deployment: &Deployment,
    (setting, document): deployment::Site,
) -> bool {
    let site = Site {
        deployment,
        document,
        setting,
    };
    bare_duration(&site).is_some() || bare_size(&site).is_some()
}

/// The number of a duration that is likely meant in seconds.
fn bare_duration(site: &Site) -> Option<u64> {
    let number = bare_number(&site.setting.value).filter(|number| *number > 0)?;
    let key = site.setting.key.as_str();
    let parts: Vec<&str> = key.split(['.', '-']).collect();
    let is_ttl = parts.last() == Some(&"ttl");
    let short = number < 1000 || is_ttl && LONG_TIMES.contains(&number);
    let is_time = parts.iter().any(|part| TIMES.contains(part));
    let out_of_range = number < 10 && AT_LEAST_TEN.contains(&key);
    if !short || !is_time || key.ends_with("-ms") || out_of_range || site.is_told() {
        return None;
    }
    let own = Duration::from_millis(number);
    let long_default = |default: Option<Typed>| match default {
        None => true,
        Some(Typed::Duration(default)) => {
            default != own && (default >= Duration::from_secs(1) || is_ttl && default.is_zero())
        }
        Some(_) => false,
    };
    every(site, ValueKind::Duration, long_default).then_some(number)
}

/// The number of a size that is likely meant in megabytes.
fn bare_size(site: &Site) -> Option<u64> {
    let small = |number: &u64| (1..MIB).contains(number);
    let number = bare_number(&site.setting.value).filter(small)?;
    let key = &site.setting.key;
    if BYTES.iter().any(|part| key.contains(part)) || site.is_told() {
        return None;
    }
    let large_default = |default: Option<Typed>| match default {
        None => true,
        Some(Typed::MemorySize(default)) => default == 0 || default >= MIB,
        Some(_) => false,
    };
    every(site, ValueKind::MemorySize, large_default).then_some(number)
}

/// Whether every version that reads the setting knows it as `kind`, with a default that fits; at
/// least one must.
fn every(site: &Site, kind: ValueKind, fits: impl Fn(Option<Typed>) -> bool) -> bool {
    let meanings = site.meanings();
    !meanings.is_empty()
        && meanings.iter().all(|meaning| {
            let spec = &meaning.spec;
            spec.kind == kind && !spec.default_varies && fits(default_of(spec, meaning.version))
        })
}
