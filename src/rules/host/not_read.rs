//! `sysctl-file-not-read`: a file in a directory of the loaders with a name that they pass over.
//! `sysctl-conf-not-read`: parameters that only `/etc/sysctl.conf` sets.

use crate::deployment::{Deployment, HostLoader, Sysctl};
use crate::finding::Finding;
use crate::linux::loaders::{Place, glob, is_read};
use crate::rules::Rule;
use crate::text::Span;

/// The check of `sysctl-file-not-read`.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for document in deployment.host.iter().chain(&deployment.host_unread) {
        let Some((_, Place::Folder(_, name))) = deployment.place_on_host(document) else {
            continue;
        };
        let (message, help) = if !is_read(&name, false) {
            (
                format!("no loader reads a file of the name `{name}`"),
                "sysctl and systemd-sysctl read only files whose names end in `.conf`, in lower case",
            )
        } else if name.starts_with('.') {
            (
                format!("systemd-sysctl does not read `{name}`: its name starts with a dot"),
                "only `sysctl --system` of procps reads hidden files; at boot nothing of it is set",
            )
        } else if glob::braces(&name).len() > 1 {
            (
                format!("`sysctl --system` opens other files than `{name}`"),
                "procps takes a name for a pattern, in which braces hold alternatives; systemd-sysctl \
                 reads the file",
            )
        } else {
            continue;
        };
        let mut finding = rule.finding(document, Span::at(0), message);
        finding.help = format!("{help}; give it another name");
        out.push(finding);
    }
}

/// The check of `sysctl-conf-not-read`.
pub(in crate::rules) fn main_only(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    // What a template will hold is not known.
    for document in deployment.host.iter().filter(|document| document.complete) {
        if !matches!(deployment.place_on_host(document), Some((_, Place::Main))) {
            continue;
        }
        let is_lost = |key: &str| {
            let alone = deployment.sysctl_state_by(key, HostLoader::SystemdAlone);
            matches!(alone, Sysctl::Unset)
        };
        let mut settings = document.settings.iter();
        let first = settings.find(|own| !glob::is_glob(&own.key) && is_lost(&own.key));
        let Some(first) = first else {
            continue;
        };
        let path = &deployment.source(document).path;
        let message = format!(
            "nothing but {path} sets `{}`, and not every system reads it",
            first.key
        );
        let mut finding = rule.finding(document, first.whole, message);
        finding.help = "systemd-sysctl reads /etc/sysctl.conf only where /etc/sysctl.d/99-sysctl.conf leads \
                        to it: Debian 13 and Arch have no such link; a file in /etc/sysctl.d is read \
                        everywhere"
            .to_owned();
        finding.key = Some(first.key.clone());
        out.push(finding);
    }
}
