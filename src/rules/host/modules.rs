//! `sysctl-before-module`: parameters that are there only once a module is loaded.
//!
//! systemd applies sysctl files after the modules that modules-load.d(5) names, and the parameters of
//! `br_netfilter` again when that module comes (its rules for udev). Of the other modules it does not.

use crate::deployment::Deployment;
use crate::finding::Finding;
use crate::linux::parameters;
use crate::recognise::names_modules;
use crate::rules::Rule;
use crate::syntax::{Format, Space};
use crate::text::Source;

/// The module whose parameters are applied when it comes, however late.
const APPLIED_LATER: &str = "br_netfilter";

/// The check: once for each module and deployment.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    let mut told: Vec<&str> = Vec::new();
    for document in deployment.in_space(Space::Sysctl) {
        if document.format != Format::Sysctl || !document.complete {
            continue;
        }
        for setting in document.in_force() {
            let module = parameters::find(&setting.key).and_then(|own| own.module());
            let Some(module) = module.filter(|own| *own != APPLIED_LATER) else {
                continue;
            };
            let ignores_absence = deployment
                .source(document)
                .text(setting.whole)
                .starts_with('-');
            if told.contains(&module) || ignores_absence || is_loaded(deployment, module) {
                continue;
            }
            told.push(module);
            let message = format!(
                "`{}` is there only once the module {module} is loaded",
                setting.key
            );
            let mut finding = rule.finding(document, setting.whole, message);
            finding.label = "and other lines of the same module".to_owned();
            let others = document.in_force().filter(|other| {
                let own = parameters::find(&other.key).and_then(|own| own.module());
                own == Some(module)
            });
            if others.count() < 2 {
                finding.label.clear();
            }
            finding.help = format!(
                "at boot the files are applied before a firewall or a container loads it; name it in \
                 a file of /etc/modules-load.d: `{module}`"
            );
            finding.key = Some(setting.key.clone());
            out.push(finding);
        }
    }
}

/// Whether a file that names modules, or anything that runs `modprobe`, names this one.
fn is_loaded(deployment: &Deployment, module: &str) -> bool {
    let holds = |source: &Source, word: &str| {
        memchr::memmem::find(&source.bytes, word.as_bytes()).is_some()
    };
    let dashed = module.replace('_', "-");
    deployment.sources.0.iter().any(|source| {
        let loads = names_modules(&source.path) || holds(source, "modprobe");
        loads && (holds(source, module) || holds(source, &dashed))
    })
}
