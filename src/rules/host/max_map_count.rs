//! `low-max-map-count`: how many mappings of memory a process may have (`proc_sys_vm(5)`,
//! `vm.max_map_count`), and how many a JVM with ZGC wants.

use super::in_force;
use crate::deployment::Deployment;
use crate::finding::{Finding, Related, Severity};
use crate::flink::value::show_memory;
use crate::rules::Rule;
use crate::rules::jvm::{Zgc, zgc};

const KEY: &str = "vm.max_map_count";

/// The kernel's default, on every release that was measured.
const DEFAULT: u64 = 65_530;

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    if !deployment.is_host_of_flink() {
        return;
    }
    let wanted = zgc(deployment);
    if deployment.sysctl(KEY).is_some() {
        out.extend(too_few(rule, deployment, wanted));
    } else if let Some(zgc) = wanted.filter(|zgc| zgc.mappings() > DEFAULT) {
        out.push(unsaid(rule, &zgc));
    }
}

/// A file sets fewer than the kernel would allow by itself, or than the JVM wants.
fn too_few(rule: &Rule, deployment: &Deployment, zgc: Option<Zgc>) -> Option<Finding> {
    let found = in_force::number(deployment, KEY)?;
    let value = found.value();
    let zgc = zgc.filter(|zgc| zgc.mappings() > value);
    let (setting, document) = found.effective.site();
    let mut finding = match &zgc {
        Some(zgc) => {
            let mut finding = rule.finding(
                document,
                setting.whole,
                format!(
                    "a JVM with ZGC and {} of heap wants {} mappings, and {KEY} allows {value}",
                    show_memory(zgc.heap),
                    zgc.mappings()
                ),
            );
            finding.help = "it asks for three mappings of each 2 MiB and a fifth more, warns when it starts, and may fail later \
                            with `Cannot allocate memory`"
                .to_owned();
            finding.related.push(Related {
                at: zgc.at(),
                message: "ZGC is chosen here".to_owned(),
            });
            finding
        }
        None if value < DEFAULT => {
            let mut finding = rule.finding(
                document,
                setting.whole,
                format!(
                    "{KEY} = {value} allows a process fewer mappings than the kernel does by itself"
                ),
            );
            finding.label = format!("the default is {DEFAULT}");
            finding.help = "every library, thread and large piece of memory of a JVM is a mapping or more; at the \
                            limit it fails with `Cannot allocate memory` although there is some"
                .to_owned();
            finding
        }
        None => return None,
    };
    finding.key = Some(setting.key.clone());
    let mappings = zgc.map_or(0, |zgc| zgc.mappings());
    let target = rule.integer("target").max(mappings);
    let fix = found.set(deployment, target);
    finding.fix = fix.map(|fix| {
        fix.risky("a process with many mappings takes more memory of the kernel for them")
    });
    Some(finding)
}

/// No file says how many: the kernel's default is too low, and that of some distributions is not.
fn unsaid(rule: &Rule, zgc: &Zgc) -> Finding {
    let mut finding = rule.finding(
        zgc.document,
        zgc.setting.whole,
        format!(
            "a JVM with ZGC and {} of heap wants {KEY} = {} or more; the kernel's default is {DEFAULT}",
            show_memory(zgc.heap),
            zgc.mappings()
        ),
    );
    finding.severity = Severity::Note;
    finding.key = Some(zgc.setting.key.clone());
    finding
}
