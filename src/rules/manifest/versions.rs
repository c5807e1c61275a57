//! `flink-version-mismatch`: a resource whose version of Flink is not that of its image.

use super::Cluster;
use crate::deployment::{Base, Deployment, Opened, opened};
use crate::finding::{Finding, Severity};
use crate::flink::version::{Image, Versions};
use crate::rules::{Rule, fixes};

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    // A patch may bring another version, or another image.
    if deployment.base == Base::Unknown {
        return;
    }
    let all = Cluster::all(deployment);
    out.extend(all.filter_map(|cluster| finding(rule, deployment, cluster)));
}

fn finding(rule: &Rule, deployment: &Deployment, cluster: Cluster) -> Option<Finding> {
    let (field, image) = (cluster.known("flinkVersion")?, cluster.known("image")?);
    let said = Versions::release(&field.value)?;
    let runs = Image::parse(&image.value)?.versions?;
    if said.overlaps(runs) {
        return None;
    }
    let message = format!(
        "`flinkVersion: {}`, and the image has Flink {runs}",
        field.value
    );
    let mut finding = rule.finding(cluster.fields, field.whole, message);
    finding.key = Some(field.key.clone());
    // The operator writes the one file that it takes the version to read.
    let is_new = said.within(Versions::V2);
    let file = if is_new {
        "config.yaml"
    } else {
        "flink-conf.yaml"
    };
    if opened(runs, !is_new, is_new) == Opened::Missing {
        finding.help = format!(
            "for Flink {said} the operator gives the containers a {file}, which Flink {runs} does not \
             read: no process starts"
        );
    } else {
        finding.severity = Severity::Warning;
        finding.help = format!(
            "the operator names options, calls the REST API and chooses its own defaults for Flink \
             {said}: name the version that runs"
        );
    }
    finding.related = vec![cluster.related(image, format!("Flink {runs}"))];
    let name = format!("v{}", runs.to_string().replace('.', "_"));
    let fix = fixes::set(deployment, cluster.fields, field, &name);
    finding.fix =
        fix.map(|fix| fix.risky("perhaps the image is the one that is wrong, and has to change"));
    Some(finding)
}
