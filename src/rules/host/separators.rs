//! `mixed-sysctl-separators`: keys whose dots and slashes lead to another file than was meant.
//!
//! The first of the two decides: after a dot, dots divide the parts of the path and a slash stands for a
//! dot within a part; after a slash it is the other way round (`slashdot` of procps, `sysctl_normalize` of
//! systemd).

use super::lines::{OVER_ANOTHER, lines_of};
use crate::deployment::Deployment;
use crate::finding::{Finding, Fix, Safety};
use crate::linux::parameters;
use crate::rules::{Rule, claim};
use crate::syntax::{Document, Format, Setting, Space, sysctl};

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    let files = deployment.in_space(Space::Sysctl);
    for document in files.filter(|own| own.format == Format::Sysctl && own.complete) {
        for setting in &document.settings {
            let Some(meant) = meant(setting) else {
                continue;
            };
            let path = sysctl::path(setting.written.as_deref().unwrap_or(&setting.key));
            let message = format!("this is the file {path} below /proc/sys, which no kernel has");
            let mut finding = rule.finding(document, setting.key_at, message);
            finding.label = format!("`{}` is meant", meant.key);
            finding.help = meant.why().to_owned();
            finding.key = Some(setting.key.clone());
            let source = deployment.source(document);
            let in_force = document.get(&setting.key) == Some(setting);
            let edit = document.rename(source, setting, &meant.key);
            // The claim of another line of the old key would be a second one.
            let later = document
                .get(&meant.key)
                .is_some_and(|other| other.whole.start > setting.whole.start);
            let alone = in_force && !later && document.all(&setting.key).count() == 1;
            finding.fix = edit.filter(|_| alone).map(|edit| {
                let fix = Fix {
                    title: format!("write it as `{}`", meant.key),
                    safety: Safety::Safe,
                    risk: String::new(),
                    edits: vec![edit],
                    claims: vec![
                        claim(document, &setting.key, None),
                        claim(document, &meant.key, Some(&setting.value)),
                    ],
                };
                if lines_of(deployment, &meant.key) > 0 {
                    fix.risky(OVER_ANOTHER)
                } else {
                    fix
                }
            });
            out.push(finding);
        }
    }
}

/// Whether the key of a setting leads to another file than was meant.
pub(super) fn is_elsewhere(document: &Document, setting: &Setting) -> bool {
    document.format == Format::Sysctl && meant(setting).is_some()
}

/// What a key was meant to be, where it leads elsewhere.
fn meant(setting: &Setting) -> Option<Meant> {
    mixed(setting).or_else(|| interface(setting))
}

/// What a key was meant to be.
struct Meant {
    key: String,
    of_interface: bool,
}

impl Meant {
    fn why(&self) -> &'static str {
        if self.of_interface {
            "the name of this interface has a dot: where dots divide the key, write a slash for it; \
             only busybox tries both"
        } else {
            "the first dot or slash of a key says which of the two divides it; the other one is then \
             a part of a name"
        }
    }
}

/// A key that mixes both, and is a parameter once all of them divide it.
fn mixed(setting: &Setting) -> Option<Meant> {
    let written = setting.written.as_deref().unwrap_or(&setting.key);
    if !(written.contains('.') && written.contains('/')) || parameters::find(&setting.key).is_some()
    {
        return None;
    }
    let key = written.trim_start_matches(['.', '/']).replace('/', ".");
    let known = parameters::find(&key).is_some();
    known.then_some(Meant {
        key,
        of_interface: false,
    })
}

/// `net.ipv4.conf.eth0.100.rp_filter`: a part too many, of digits only.
fn interface(setting: &Setting) -> Option<Meant> {
    let parts: Vec<&str> = setting.key.split('.').collect();
    let [
        "net",
        family @ ("ipv4" | "ipv6"),
        what @ ("conf" | "neigh"),
        name,
        number,
        last,
    ] = parts.as_slice()
    else {
        return None;
    };
    let vlan = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let key = format!("net.{family}.{what}.{name}/{number}.{last}");
    let known = parameters::find(&format!("net.{family}.{what}.eth0.{last}")).is_some();
    (vlan && known && !name.contains('*')).then_some(Meant {
        key,
        of_interface: true,
    })
}
