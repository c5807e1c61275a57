//! `sysctl-overridden`: what a file sets for Flink, another file of the same host sets otherwise.
//! `sysctl-loaders-differ`: two loaders come to different values.

use crate::deployment::{Deployment, Effective, HostLoader, Sysctl};
use crate::finding::{Finding, Location, Related, Severity};
use crate::linux::loaders::{FOLDERS, Place, glob};
use crate::rules::Rule;
use crate::syntax::{Document, Setting};
use crate::text::Source;
use crate::words::{MOST_SHOWN, shortened};

/// The check of `sysctl-overridden`.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    if !deployment.is_host_of_flink() {
        return;
    }
    for document in &deployment.host {
        let Some((root, place)) = deployment.place_on_host(document) else {
            continue;
        };
        // What a package ships is meant to be overridden.
        if !is_own(&place) || !document.complete {
            continue;
        }
        for setting in document.in_force() {
            if glob::is_glob(&setting.key) || !setting.known {
                continue;
            }
            let Some(winner) = deployment.sysctl(&setting.key) else {
                continue;
            };
            let winner_place = deployment.place_on_host(winner.document);
            let differs = same_words(&setting.value, winner.value());
            let Some((_, winner_place)) =
                winner_place.filter(|(other, _)| *other == root && !differs)
            else {
                continue;
            };
            if winner.document.source != document.source && winner.setting.known {
                out.extend(lost(
                    rule,
                    deployment,
                    (document, setting),
                    &winner,
                    &winner_place,
                ));
            }
        }
    }
}

fn lost(
    rule: &Rule,
    deployment: &Deployment,
    (document, setting): (&Document, &Setting),
    winner: &Effective,
    place: &Place,
) -> Option<Finding> {
    let is_flinks = |document| is_of_flink(deployment.source(document));
    let severity = match (is_flinks(document), is_flinks(winner.document)) {
        (true, false) => Severity::Warning,
        // A file for Flink changes what holds for all machines.
        (false, true) => return None,
        _ if !is_own(place) => Severity::Warning,
        _ => Severity::Note,
    };
    let by = &deployment.source(winner.document).path;
    let message = format!(
        "`{}` does not get this value: {by} sets it later",
        setting.key
    );
    let mut finding = rule.finding(document, setting.whole, message);
    finding.severity = severity;
    finding.label = format!("{} wins", shortened(winner.value(), MOST_SHOWN));
    finding.help = match place {
        Place::Main => "sysctl --system applies /etc/sysctl.conf after all files of the directories, and \
                        systemd-sysctl reads it as 99-sysctl.conf"
            .to_owned(),
        Place::Folder(number, _) if *number > 0 => format!(
            "the files of all directories are sorted by name alone: /{} has no lower rank than \
             /etc/sysctl.d; only a file of the same name hides the other",
            FOLDERS.get(*number).unwrap_or(&"usr/lib/sysctl.d")
        ),
        _ => "files are applied in the order of their names, whatever directory they lie in, and the \
              last one wins"
            .to_owned(),
    };
    finding.key = Some(setting.key.clone());
    finding.related.push(Related {
        at: winner.at(),
        message: format!(
            "the value in force: {}",
            shortened(winner.value(), MOST_SHOWN)
        ),
    });
    Some(finding)
}

/// Whether a file itself speaks of Flink; that the folders above it do tells nothing about one of many.
fn is_of_flink(source: &Source) -> bool {
    let name = source.path.rsplit('/').next().unwrap_or_default();
    let says = |text: &[u8]| {
        let mut words = ["flink", "Flink", "FLINK"].iter();
        words.any(|word| memchr::memmem::find(text, word.as_bytes()).is_some())
    };
    says(&source.bytes) || says(name.as_bytes())
}

/// Whether a file is the administrator's own by its place.
fn is_own(place: &Place) -> bool {
    matches!(place, Place::Folder(0, _) | Place::Main)
}

fn same_words(one: &str, other: &str) -> bool {
    one.split_ascii_whitespace()
        .eq(other.split_ascii_whitespace())
}

/// The check of `sysctl-loaders-differ`.
pub(in crate::rules) fn differ(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for parameter in deployment.host_parameters() {
        let key = &parameter.key;
        let by = |loader| {
            let own = parameter.winners.iter().find(|(own, _)| *own == loader);
            own.map_or_else(
                || deployment.sysctl_state_by(key, loader),
                |(_, state)| *state,
            )
        };
        let Sysctl::Set(procps) = by(HostLoader::Procps) else {
            continue;
        };
        let place = deployment.place_on_host(procps.document);
        let is_hidden =
            matches!(&place, Some((_, Place::Folder(_, name))) if name.starts_with('.'));
        // That systemd passes over such a file is said of the file.
        if is_hidden || !procps.setting.known {
            continue;
        }
        // With and without the link to sysctl.conf alike.
        let (linked, alone) = (by(HostLoader::Systemd), by(HostLoader::SystemdAlone));
        let (Sysctl::Set(systemd), Sysctl::Set(alone)) = (linked, alone) else {
            continue;
        };
        let differs =
            |other: &Effective| other.setting.known && !same_words(other.value(), procps.value());
        if !differs(&systemd) || !differs(&alone) {
            continue;
        }
        let message = format!(
            "`{key}` is {} after `sysctl --system`, and {} after systemd-sysctl",
            shortened(procps.value(), MOST_SHOWN),
            shortened(systemd.value(), MOST_SHOWN)
        );
        let mut finding = rule.finding(procps.document, procps.setting.whole, message);
        finding.label = "wins for sysctl --system".to_owned();
        finding.help = "systemd-sysctl sets the parameters at boot; it reads /etc/sysctl.conf under the \
                        name 99-sysctl.conf, or not at all, while sysctl --system reads it last: set the \
                        parameter in one of the files only"
            .to_owned();
        finding.key = Some(key.clone());
        finding.related.push(Related {
            at: systemd.at(),
            message: "wins for systemd-sysctl, at boot".to_owned(),
        });
        out.push(finding);
    }
}

/// Says of findings about a parameter in force which other files assign it in vain, so that nobody
/// wonders why the fix leaves them alone.
pub(in crate::rules) fn relate(deployment: &Deployment, findings: &mut [Finding]) {
    for finding in findings.iter_mut().filter(|finding| finding.fix.is_some()) {
        let Some(winner) = finding
            .key
            .as_deref()
            .and_then(|key| deployment.sysctl(key))
        else {
            continue;
        };
        if winner.at() != finding.at {
            continue;
        }
        let others = deployment.host.iter().filter_map(|document| {
            let setting = document.get(&winner.setting.key)?;
            (document.source != winner.document.source).then_some(Location {
                source: document.source,
                span: setting.whole,
            })
        });
        // A rule may have said so itself.
        let told: Vec<Location> = finding.related.iter().map(|related| related.at).collect();
        let others = others.filter(|at| !told.contains(at));
        finding.related.extend(others.map(|at| Related {
            at,
            message: "this assignment is overridden, so the fix leaves it".to_owned(),
        }));
    }
}
