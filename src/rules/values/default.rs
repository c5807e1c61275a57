//! `redundant-default`: lines that say what Flink does anyway.

use super::{Site, default_of, sites};
use crate::deployment::Deployment;
use crate::finding::Finding;
use crate::flink::options::{self, State};
use crate::flink::version::Versions;
use crate::rules::{Rule, fixes};

/// Parts of keys that people write on purpose: what a deployment is sized and found by, what it
/// promises, and what the file that comes with Flink sets.
const ON_PURPOSE: [&str; 10] = [
    "address",
    "failover",
    "host",
    "memory",
    "mode",
    "numberOfTaskSlots",
    "parallelism",
    "port",
    "ports",
    "dir",
];

/// `redundant-default`.
pub(crate) fn redundant_default(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for site in sites(deployment) {
        let key = site.setting.key.as_str();
        let on_purpose = key.split(['.', '-']).any(|part| ON_PURPOSE.contains(&part));
        if on_purpose || site.is_told() || !says_default(&site) || hides_another(&site) {
            continue;
        }
        let mut finding = site.finding(
            rule,
            format!("`{key}` has this value without the line, too"),
        );
        finding.help =
            "the value is the default of every version that this file may be for".to_owned();
        finding.fix = fixes::remove(site.deployment, site.document, &[key])
            .map(|fix| fix.risky("another Flink version may have another default"));
        out.push(finding);
    }
}

/// Whether each version of the deployment reads the setting and has its value as the default.
fn says_default(site: &Site) -> bool {
    let readings = site.read(&site.setting.value);
    let readers = readings
        .iter()
        .fold(Versions::NONE, |set, reading| set.or(reading.version));
    // Where a version does not know the option, other rules speak of it.
    readers == site.deployment.versions
        && readings.iter().all(|reading| {
            let own = reading.spec.key == site.setting.key && reading.spec.state != State::Alias;
            let default = default_of(&reading.spec, reading.version);
            own && default.is_some() && reading.result.as_ref().ok() == default.as_ref()
        })
}

/// Whether another line would speak for the option without this one.
fn hides_another(site: &Site) -> bool {
    let key = &site.setting.key;
    let mut others = options::meanings(key).flat_map(|spec| spec.aliases());
    others.any(|alias| site.deployment.raw(alias.key).is_some())
        || site.deployment.all(key).len() > 1
}
