//! `duplicate-sysctl`: a parameter that one file sets twice.
//!
//! procps and busybox write every line in order; systemd-sysctl keeps an ordered map and writes only the
//! last line of a key (`sysctl.c`, `parse_file`).

use std::collections::HashSet;

use crate::deployment::Deployment;
use crate::finding::{Finding, Fix, Related, Safety, Severity};
use crate::linux::loaders::glob;
use crate::linux::{numbers, parameters};
use crate::rules::{Rule, claim};
use crate::syntax::{Document, Format, Setting};
use crate::words::{MOST_SHOWN, shortened};

/// Writing to them is an act: who writes twice acts twice.
const ACTS: [&str; 4] = [
    "net.ipv4.route.flush",
    "net.ipv6.route.flush",
    "vm.compact_memory",
    "vm.drop_caches",
];

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for document in &deployment.host {
        // A template may take either branch.
        if document.format != Format::Sysctl || !document.complete {
            continue;
        }
        let mut seen = HashSet::new();
        for setting in &document.settings {
            let key = setting.key.as_str();
            if seen.insert(key) && !glob::is_glob(key) && !ACTS.contains(&key) {
                let all: Vec<&Setting> = document.all(key).collect();
                out.extend(twice(rule, deployment, document, &all));
            }
        }
    }
}

fn twice(
    rule: &Rule,
    deployment: &Deployment,
    document: &Document,
    all: &[&Setting],
) -> Option<Finding> {
    let [earlier @ .., last] = all else {
        return None;
    };
    let first = earlier.first()?;
    if !all.iter().all(|setting| setting.known) {
        return None;
    }
    let same = earlier.iter().all(|other| words(other) == words(last));
    if same && !deployment.is_host_of_flink() {
        return None;
    }
    let key = &last.key;
    let line = deployment.source(document).line(last.whole.start);
    let refused = !same && is_refused(deployment, last) && !is_refused(deployment, first);
    let message = if same {
        format!("`{key}` is set again to the same value")
    } else if refused {
        format!("`{key}` is set again in line {line}, to a value that the kernel refuses")
    } else {
        format!("`{key}` is set again in line {line}; this value does not stay")
    };
    let mut finding = rule.finding(document, first.whole, message);
    finding.key = Some(key.clone());
    finding.related.push(Related {
        at: Deployment::at(document, last.whole),
        message: if refused {
            "systemd-sysctl writes only this one".to_owned()
        } else {
            format!("the value in force: {}", shortened(&last.value, MOST_SHOWN))
        },
    });
    finding.help = if refused {
        "systemd-sysctl writes only the last line of a key, so it sets nothing; sysctl writes both, and \
         this value stays"
            .to_owned()
    } else {
        "the last line of a key wins, for every loader; whoever changes the other one sees no effect"
            .to_owned()
    };
    if same {
        finding.severity = Severity::Note;
    }
    if refused {
        return Some(finding);
    }
    finding.label = format!("line {line} wins: {}", shortened(&last.value, MOST_SHOWN));
    let source = deployment.source(document);
    let edits: Option<Vec<_>> = earlier
        .iter()
        .map(|other| document.remove(source, other))
        .collect();
    finding.fix = edits.map(|edits| Fix {
        title: match earlier.len() {
            1 => "remove the earlier line".to_owned(),
            count => format!("remove the {count} earlier lines"),
        },
        safety: Safety::Unsafe,
        risk: "the earlier value may be the one that was meant".to_owned(),
        edits,
        claims: vec![claim(document, key, Some(&last.value))],
    });
    Some(finding)
}

/// A value as the kernel sees it, whatever blanks stand in it.
fn words(setting: &Setting) -> Vec<&str> {
    setting.value.split_ascii_whitespace().collect()
}

/// Whether every kernel in question refuses a value of a parameter that it has.
fn is_refused(deployment: &Deployment, setting: &Setting) -> bool {
    let Some(parameter) = parameters::find(&setting.key) else {
        return false;
    };
    let mut releases = deployment.machine.kernels().measured();
    releases.all(|release| {
        parameter.is_in(release)
            && parameter.is_writable(release) == Some(true)
            && numbers::write(&parameter, &setting.value, release).is_refused()
    })
}
