//! Rules about TCP: the parameters of the kernel and the options of Flink that meet in a socket.
//!
//! All of this is advice, and only for machines that run Flink.

use crate::deployment::{Deployment, Effective, Sysctl};
use crate::finding::{Finding, Fix, Related};
use crate::linux::numbers::{self, Number};
use crate::rules::fixes;
use crate::rules::host::{not_settable, values};
use crate::syntax::{Document, Format, Scope};

pub(in crate::rules) mod buffers;
pub(in crate::rules) mod caps;
pub(in crate::rules) mod fixed;
pub(in crate::rules) mod keepalive;
pub(in crate::rules) mod ports;
pub(in crate::rules) mod starts;
pub(in crate::rules) mod switches;

/// The largest number of an `int`; the kernel refuses more.
const INT_MAX: u64 = 2_147_483_647;

/// One direction of traffic: the autotuning limits, the cap for explicit sizes, and the first two
/// numbers that the kernel starts with (net/ipv4/tcp.c, `tcp_init`).
struct Direction {
    triple: &'static str,
    cap: &'static str,
    verb: &'static str,
    first: u64,
    second: u64,
}

const RECEIVE: Direction = Direction {
    triple: "net.ipv4.tcp_rmem",
    cap: "net.core.rmem_max",
    verb: "receive",
    first: 4096,
    second: 131_072,
};

const SEND: Direction = Direction {
    triple: "net.ipv4.tcp_wmem",
    cap: "net.core.wmem_max",
    verb: "send",
    first: 4096,
    second: 16_384,
};

const DIRECTIONS: [Direction; 2] = [RECEIVE, SEND];

/// A parameter in force with its numbers.
struct Numbers<'p> {
    effective: Effective<'p>,
    all: Vec<Number>,
}

/// The numbers of a parameter, as far as the kernel takes them: none of a placeholder, of a text, of what
/// it refuses, or of what a container may not ask for.
fn numbers<'p>(deployment: &Deployment<'p>, key: &str) -> Option<Numbers<'p>> {
    let effective = deployment.sysctl(key)?;
    let (setting, document) = effective.site();
    let is_known = setting.known
        && document.complete
        && !values::is_refused(deployment, setting)
        && !not_settable::is_refused(deployment, document, setting);
    let all = numbers::parse(effective.value());
    let fit = all.iter().all(|number| number.value <= INT_MAX);
    // What is written like an octal number was hardly meant as one, which another rule says.
    let is_octal = all.iter().any(|number| {
        let text = effective.value()[number.at.clone()].as_bytes();
        text.len() > 1 && text[0] == b'0' && text[1].is_ascii_digit()
    });
    let is_plain = is_known && fit && !is_octal && !all.is_empty();
    is_plain.then_some(Numbers { effective, all })
}

/// The one number of a parameter; of several it is not known which was meant.
fn number<'p>(deployment: &Deployment<'p>, key: &str) -> Option<(Effective<'p>, Number)> {
    let Numbers { effective, all } = numbers(deployment, key)?;
    let [number] = <[Number; 1]>::try_from(all).ok()?;
    Some((effective, number))
}

/// Whether a parameter is certainly set nowhere in sight, and what is in sight is the files of a machine.
fn is_unset(deployment: &Deployment, key: &str) -> bool {
    let mut all = deployment.host.iter();
    // A profile of tuned may include others.
    let of_files =
        all.all(|document| is_file_of_machine(document) && document.format == Format::Sysctl);
    let state = deployment.sysctl_state(key);
    of_files && !deployment.host.is_empty() && matches!(state, Sysctl::Unset)
}

/// Whether a document is a file that the loaders of a machine or tuned read, and not a part of what sets one
/// up.
fn is_file_of_machine(document: &Document) -> bool {
    let is_file = matches!(document.format, Format::Sysctl | Format::Tuned) && !document.is_part();
    is_file && document.scope == Scope::Machine
}

/// Whether a parameter of the network counts for Flink's own sockets. A container has a network of its
/// own, which begins with the kernel's defaults whatever the machine is set to; only `tcp_rmem` and
/// `tcp_wmem` begin with the machine's (`tcp_sk_init` of the kernel).
fn reaches_flink(deployment: &Deployment, document: &Document) -> bool {
    match document.scope {
        Scope::Container | Scope::Pod => true,
        // What configures the nodes of a cluster of containers is no such file.
        Scope::Machine => is_file_of_machine(document) && !runs_in_containers(deployment),
    }
}

/// Whether files show that Flink runs in containers with a network of their own.
fn runs_in_containers(deployment: &Deployment) -> bool {
    let mut containers = deployment.cluster.containers.iter();
    let target = deployment.of_cluster("execution.target");
    let on_kubernetes = target
        .is_some_and(|(setting, _)| setting.value.to_ascii_lowercase().contains("kubernetes"));
    let mut documents = deployment.cluster_documents();
    on_kubernetes
        || !deployment.resources.is_empty()
        || containers.any(|container| !container.has.host_network)
        || documents.any(|document| {
            let mut settings = document.settings.iter();
            document.is_part() || settings.any(|setting| setting.key.starts_with("kubernetes."))
        })
}

/// What the file that wins overrides, so that nobody edits a line without effect.
fn overridden(deployment: &Deployment, winner: Effective) -> Vec<Related> {
    let others = deployment.host.iter().flat_map(|document| {
        let settings = document.all(&winner.setting.key);
        settings.map(move |setting| (*document, setting))
    });
    let others = others.filter(|(document, _)| document.source != winner.document.source);
    let own = deployment.source(winner.document);
    let related = others.map(|(document, setting)| Related {
        at: Deployment::at(document, setting.whole),
        message: format!("does not count: {} wins", own.path),
    });
    related.collect()
}

/// Replaces one number of a value and nothing else, so that blanks and what follows stay.
fn replace(
    deployment: &Deployment,
    effective: Effective,
    changes: &[(&Number, u64)],
) -> Option<Fix> {
    let (setting, document) = (effective.setting, effective.document);
    let mut value = setting.value.clone();
    let mut changes = changes.to_vec();
    changes.sort_by_key(|(number, _)| std::cmp::Reverse(number.at.start));
    for (number, new) in changes {
        value.replace_range(number.at.clone(), &new.to_string());
    }
    // What stands behind the numbers stays, but is no part of what is set.
    let end = numbers::parse(&value).last().map_or(0, |last| last.at.end);
    let mut title = format!("set it to {}", &value[..end]);
    let mut others = deployment.host.iter();
    if others.any(|other| other.source != document.source && other.get(&setting.key).is_some()) {
        let path = &deployment.source(document).path;
        title.push_str(&format!(" in {path}, the file that wins"));
    }
    Some(fixes::set(deployment, document, setting, &value)?.titled(title))
}

/// Whose sockets a document's parameters count for.
fn extent(document: &Document) -> &'static str {
    match document.scope {
        Scope::Machine => "machine",
        Scope::Container => "container",
        Scope::Pod => "pod",
    }
}

/// A finding about a parameter in force, with what it overrides.
fn about(mut finding: Finding, deployment: &Deployment, effective: Effective) -> Finding {
    finding.key = Some(effective.setting.key.clone());
    finding.related.extend(overridden(deployment, effective));
    finding
}
