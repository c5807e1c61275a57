//! `sysctl-without-effect`: parameters that are still there, and that nothing uses or nobody can set.

use super::{assignments, releases, remove, without_parameter};
use crate::deployment::{Deployment, Site};
use crate::finding::{Finding, Severity};
use crate::linux::kernel::Release;
use crate::linux::parameters;
use crate::rules::Rule;
use crate::rules::host::values;

/// Parameters that the kernel keeps for old files, with the first release that does not use them
/// (Documentation/networking/ip-sysctl.rst).
const UNUSED: [(&str, Release); 4] = [
    ("net.ipv4.route.max_size", Release(3, 6)),
    ("net.ipv4.tcp_adv_win_scale", Release(6, 6)),
    ("net.ipv4.tcp_fack", Release(4, 15)),
    ("net.ipv4.tcp_low_latency", Release(4, 14)),
];

/// So many different keys of one document that can only be read are the output of `sysctl -a`.
const DUMP: usize = 4;

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    let kernels = deployment.machine.kernels();
    let releases = releases(deployment);
    let mut read_only: Vec<Site> = Vec::new();
    for (setting, document) in assignments(deployment) {
        let key = setting.key.as_str();
        let unused = UNUSED.iter().find(|(own, _)| *own == key);
        let is_unused = unused.filter(|(_, since)| kernels.are_from(*since));
        // Files for others keep such lines for older kernels; a refused value is worse, and told.
        let is_judged = deployment.is_host_of_flink() && !values::is_refused(deployment, setting);
        if let Some((_, since)) = is_unused.filter(|_| is_judged) {
            let message = format!("Linux does nothing with `{key}` since {since}");
            let mut finding = rule.finding(document, setting.whole, message);
            finding.key = Some(key.to_owned());
            finding.help = "the kernel keeps it so that old files raise no error".to_owned();
            finding.fix = remove(deployment, (setting, document));
            out.push(finding);
        }
        let Some(parameter) = parameters::find(key) else {
            continue;
        };
        let is_read_only = |release: &Release| parameter.is_writable(*release) == Some(false);
        if releases.iter().all(is_read_only) {
            read_only.push((setting, document));
        }
    }
    let same = |left: &Site, right: &Site| {
        (left.1.source, left.1.ordinal) == (right.1.source, right.1.ordinal)
    };
    for of_document in read_only.chunk_by(same) {
        let mut kinds: Vec<&str> = of_document.iter().map(|site| general(site)).collect();
        kinds.sort_unstable();
        kinds.dedup();
        if kinds.len() >= DUMP {
            out.push(dumped(rule, of_document));
        } else {
            let each = of_document.iter();
            out.extend(each.map(|site| refused(rule, deployment, *site)));
        }
    }
}

/// The key in the table, the same for all interfaces.
fn general(site: &Site) -> &'static str {
    parameters::find(&site.0.key).map_or("", |parameter| parameter.key())
}

/// One key that can only be read.
fn refused(rule: &Rule, deployment: &Deployment, (setting, document): Site) -> Finding {
    let key = setting.key.as_str();
    let message = format!("`{key}` can only be read;");
    let mut finding = without_parameter(rule, (setting, document), &message);
    finding.severity = finding.severity.max(Severity::Warning);
    finding.label = "the kernel says there what is".to_owned();
    finding.fix = remove(deployment, (setting, document));
    finding
}

/// A file with many of them.
fn dumped(rule: &Rule, sites: &[Site]) -> Finding {
    let (setting, document) = sites[0];
    let message = format!(
        "`{}` and {} more keys of this file can only be read",
        setting.key,
        sites.len() - 1
    );
    let mut finding = rule.finding(document, setting.whole, message);
    finding.severity = Severity::Warning;
    finding.key = Some(setting.key.clone());
    finding.help = "this looks like the output of `sysctl -a`, which sets many values of one \
                    machine on another: keep the lines that are meant"
        .to_owned();
    finding
}
