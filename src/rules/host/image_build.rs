//! `sysctl-in-image-build`: steps of a Dockerfile that set kernel parameters of no container.

use crate::deployment::Deployment;
use crate::finding::Finding;
use crate::rules::Rule;
use crate::syntax::{ProblemKind, Space};

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for document in deployment.in_space(Space::Sysctl) {
        let problems = document.problems.iter();
        for problem in problems.filter(|problem| problem.kind == ProblemKind::SetInBuild) {
            let mut finding = rule.problem(document, problem);
            finding.label = "an image has no kernel parameters".to_owned();
            finding.help = "set it where the containers run: on the host, in a file of /etc/sysctl.d or in the \
                            configuration of its node pool, or in `sysctls` of the service or the pod"
                .to_owned();
            out.push(finding);
        }
    }
}
