//! `high-swappiness`: how readily the kernel swaps out memory of processes (`proc_sys_vm(5)`,
//! `vm.swappiness`).

use super::in_force;
use crate::deployment::Deployment;
use crate::finding::{Finding, Severity};
use crate::rules::Rule;

/// The kernel's default, on every release that was measured.
const DEFAULT: u64 = 60;

/// Where file cache and swap cost the same; more than that is for swap within memory.
const EQUAL: u64 = 100;

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    if !deployment.is_host_of_flink() || swaps_into_memory(deployment) {
        return;
    }
    let Some(swappiness) = in_force::number(deployment, "vm.swappiness") else {
        return;
    };
    let value = swappiness.value();
    if value <= rule.integer("limit") || value > EQUAL {
        return;
    }
    let (setting, document) = swappiness.effective.site();
    let message = if value > DEFAULT {
        format!(
            "vm.swappiness = {value} swaps out memory of processes sooner than the kernel's default of {DEFAULT}"
        )
    } else {
        format!(
            "vm.swappiness = {value} lets the kernel swap out Flink's memory to keep file cache"
        )
    };
    let mut finding = rule.finding(document, setting.whole, message);
    if value > DEFAULT {
        finding.severity = Severity::Warning;
    }
    finding.help = "a garbage collection and RocksDB read memory that was idle before: from swap it comes \
                    back page by page, and the process misses its heartbeats; without swap the value has \
                    no effect"
        .to_owned();
    finding.key = Some(setting.key.clone());
    let fix = swappiness.set(deployment, rule.integer("target"));
    finding.fix =
        fix.map(|fix| fix.risky("the kernel gives up file cache before memory of processes"));
    out.push(finding);
}

/// Whether its files speak of swap that lies in memory (zram, zswap), where high values are right.
fn swaps_into_memory(deployment: &Deployment) -> bool {
    let page_cluster = in_force::number(deployment, "vm.page-cluster");
    let reads_single_pages = page_cluster.is_some_and(|pages| pages.value() == 0);
    reads_single_pages
        || deployment.host.iter().any(|document| {
            let text = &deployment.source(document).bytes;
            ["zram", "zswap"]
                .iter()
                .any(|word| memchr::memmem::find(text, word.as_bytes()).is_some())
        })
}
