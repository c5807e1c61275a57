//! `removed-sysctl`: keys that kernels had once, and that none of those in question has.

use super::{assignments, releases, remove, rename, without_parameter};
use crate::deployment::Deployment;
use crate::finding::Finding;
use crate::linux::kernel::{Kernels, MEASURED};
use crate::linux::parameters;
use crate::rules::Rule;

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    let kernels = deployment.machine.kernels();
    for (setting, document) in assignments(deployment) {
        let key = setting.key.as_str();
        let Some(gone) = parameters::gone(key) else {
            continue;
        };
        let lacks = |release| gone.lacks(key, release);
        let older = gone.since.unwrap_or(MEASURED[0]);
        let is_known = parameters::find(key).is_some();
        if !releases(deployment).into_iter().all(lacks) || !(is_known || kernels.are_from(older)) {
            continue;
        }
        let since = match gone.since {
            Some(since) => format!("Linux has no `{key}` since {since}; there"),
            None => format!("Linux {} has no `{key}`;", shown(kernels)),
        };
        let mut finding = without_parameter(rule, (setting, document), &since);
        finding.label = match gone.instead {
            Some(instead) => format!("it is `{instead}` today"),
            None => "older kernels had it".to_owned(),
        };
        let site = (setting, document);
        finding.fix = match gone.instead {
            Some(instead) => rename(deployment, site, instead),
            None => remove(deployment, site),
        };
        out.push(finding);
    }
}

/// The releases in words.
fn shown(kernels: Kernels) -> String {
    if kernels == Kernels::ALL {
        format!("{} and later", kernels.oldest)
    } else {
        kernels.to_string()
    }
}
