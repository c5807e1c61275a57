//! `operator-forbidden-option`: options that the operator sets itself and lets nobody else set.

use super::{What, resources};
use crate::deployment::Deployment;
use crate::finding::Finding;
use crate::rules::{Rule, fixes};
use crate::syntax::Layer;

/// The options, with where the operator takes them from.
const FORBIDDEN: [(&str, &str); 3] = [
    (
        "kubernetes.namespace",
        "a cluster lives in the namespace of its resource, `metadata.namespace`",
    ),
    (
        "kubernetes.cluster-id",
        "a cluster is called like its resource, `metadata.name`",
    ),
    (
        "high-availability.cluster-id",
        "the operator makes it of the resource's `metadata.name`",
    ),
];

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for resource in resources(deployment) {
        if !matches!(resource.what, What::Deployment | What::BlueGreen) {
            continue;
        }
        for document in &deployment.documents {
            let is_map = resource.holds(document) && document.fields_of.is_none();
            if !is_map && document.layer != Layer::OperatorDefaults {
                continue;
            }
            for (key, instead) in FORBIDDEN {
                let Some(setting) = document.get(key) else {
                    continue;
                };
                let message = format!(
                    "the operator refuses a {} that sets `{key}`",
                    resource.kind()
                );
                let mut finding = rule.finding(document, setting.whole, message);
                finding.key = Some(key.to_owned());
                instead.clone_into(&mut finding.help);
                if is_map {
                    finding.fix = fixes::remove(deployment, document, &[key]);
                }
                out.push(finding);
            }
        }
    }
}
