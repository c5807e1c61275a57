//! `ephemeral-port-collision`: fixed ports of Flink among those that the kernel gives to outgoing
//! connections (`inet_csk_find_open_port`, `ip_local_port_range` and `ip_local_reserved_ports` in
//! ip-sysctl of the kernel's documentation).

use std::ops::RangeInclusive;

use super::buffers::last_of_machine;
use super::{about, is_unset, numbers, reaches_flink};
use crate::deployment::{Deployment, Effective, Process, Sysctl};
use crate::finding::{Finding, Fix, Related, Severity};
use crate::linux::tcp::LOCAL_PORTS;
use crate::rules::containers::ports::{Bound, bound};
use crate::rules::{Rule, fixes};
use crate::syntax::Document;

const RANGE: &str = "net.ipv4.ip_local_port_range";
const RESERVED: &str = "net.ipv4.ip_local_reserved_ports";

/// Ports of processes and services beside those that `bound` knows.
const FURTHER: [&str; 7] = [
    "historyserver.web.port",
    "jmx.server.port",
    "queryable-state.proxy.ports",
    "queryable-state.server.ports",
    "sql-gateway.endpoint.rest.port",
    "taskmanager.collect-sink.port",
    HA_PORT,
];

const HA_PORT: &str = "high-availability.jobmanager.port";
const RPC_PORT: &str = "jobmanager.rpc.port";

/// What the kernel gives to outgoing connections, and who says so.
struct Local<'p> {
    ports: RangeInclusive<u16>,
    set: Option<Effective<'p>>,
    document: &'p Document,
}

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    if !deployment.is_host_of_flink() || runs_on_yarn(deployment) {
        return;
    }
    let Some(local) = local(deployment) else {
        return;
    };
    let Some(reserved) = reserved(deployment) else {
        return;
    };
    let mut fixed = fixed_ports(deployment);
    fixed.retain(|port| {
        let is_reserved = reserved.iter().any(|range| range.contains(&port.number));
        local.ports.contains(&port.number) && !is_reserved
    });
    let mut numbers: Vec<u16> = fixed.iter().map(|port| port.number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let Some(fix) = (!numbers.is_empty()).then(|| reserve(deployment, &local, &numbers)) else {
        return;
    };
    match local.set {
        Some(range) => out.push(wide_range(rule, deployment, range, &fixed, &numbers, fix)),
        None => out.extend(
            fixed
                .iter()
                .filter_map(|port| in_default(rule, &local, port, fix.clone())),
        ),
    }
}

/// A range that somebody wrote, and that holds ports of Flink.
fn wide_range(
    rule: &Rule,
    deployment: &Deployment,
    range: Effective,
    fixed: &[Bound],
    numbers: &[u16],
    fix: Option<Fix>,
) -> Finding {
    let shown: Vec<String> = numbers.iter().map(u16::to_string).collect();
    let (ports, are, them) = match numbers {
        [_] => ("port", "is", "it"),
        _ => ("ports", "are", "them"),
    };
    let message = format!(
        "{ports} {} of Flink {are} among those that the kernel gives to outgoing connections",
        shown.join(", ")
    );
    let finding = rule.finding(range.document, range.setting.whole, message);
    let mut finding = about(finding, deployment, range);
    finding.help = format!(
        "any connection of the host may hold one of these when Flink starts, and then Flink can't bind it: \
         begin the range above {them}, or reserve {them} in {RESERVED}"
    );
    let mut defaults: Vec<&str> = Vec::new();
    for port in fixed {
        match port.setting {
            Some(effective) => finding.related.push(Related {
                at: effective.at(),
                message: format!("listens on {}", port.number),
            }),
            None => defaults.push(&port.key),
        }
    }
    if let [first, rest @ ..] = defaults.as_slice() {
        let mut text = format!("the default of `{first}`");
        for key in rest {
            text.push_str(&format!(" and of `{key}`"));
        }
        finding.label = format!("holds {text}");
    }
    finding.fix = fix;
    finding
}

/// A port that somebody wrote, within the range that the kernel has by itself.
fn in_default(rule: &Rule, local: &Local, port: &Bound, fix: Option<Fix>) -> Option<Finding> {
    let effective = port.setting?;
    let message = format!(
        "port {} of `{}` is one that the kernel gives to outgoing connections",
        port.number, port.key
    );
    let mut finding = rule.finding(effective.document, effective.setting.whole, message);
    finding.severity = Severity::Note;
    finding.key = Some(port.key.clone());
    let (low, high) = (local.ports.start(), local.ports.end());
    finding.label = format!("within {low}-{high}, the kernel's default");
    let outcome = if port.reporter {
        "the reporter then does not start"
    } else {
        "Flink then can't bind it, and the process stops"
    };
    finding.help = format!(
        "any connection of the host may hold it when Flink starts: {outcome}. Take one outside of the \
         range, or reserve it in {RESERVED}"
    );
    finding.fix = fix;
    Some(finding)
}

fn runs_on_yarn(deployment: &Deployment) -> bool {
    let target = deployment.of_cluster("execution.target");
    target.is_some_and(|(setting, _)| setting.value.to_ascii_lowercase().contains("yarn"))
}

/// The range in force for Flink's host, where files of it are in sight.
fn local<'p>(deployment: &Deployment<'p>) -> Option<Local<'p>> {
    if let Some(own) = numbers(deployment, RANGE) {
        let [low, high, ..] = own.all.as_slice() else {
            return None;
        };
        let port = |value: u64| u16::try_from(value).ok();
        let document = own.effective.document;
        return reaches_flink(deployment, document).then_some(Local {
            ports: port(low.value)?..=port(high.value)?,
            set: Some(own.effective),
            document,
        });
    }
    let document = last_of_machine(deployment)?;
    let is_default = is_unset(deployment, RANGE) && reaches_flink(deployment, document);
    is_default.then_some(Local {
        ports: LOCAL_PORTS.0..=LOCAL_PORTS.1,
        set: None,
        document,
    })
}

/// The ports that the kernel leaves out; `None` where that is not known.
fn reserved(deployment: &Deployment) -> Option<Vec<RangeInclusive<u16>>> {
    let effective = match deployment.sysctl_state(RESERVED) {
        Sysctl::Set(effective) => effective,
        Sysctl::Unset => return Some(Vec::new()),
        Sysctl::Unknown => return None,
    };
    if !effective.setting.known || !effective.document.complete {
        return None;
    }
    let parts = effective.value().split(',').map(str::trim);
    let ranges = parts.filter(|part| !part.is_empty()).map(|part| {
        let (low, high) = part.split_once('-').unwrap_or((part, part));
        Some(low.parse().ok()?..=high.parse().ok()?)
    });
    ranges.collect()
}

/// The ports that a process binds, written or default. Of a range of ports Flink takes the next one
/// where the first is taken, so those are none.
fn fixed_ports<'p>(deployment: &Deployment<'p>) -> Vec<Bound<'p>> {
    let mut all = bound(deployment, Process::JobManager);
    let task_managers = bound(deployment, Process::TaskManager);
    for port in task_managers {
        if all.iter().all(|own| own.key != port.key) {
            all.push(port);
        }
    }
    all.extend(FURTHER.iter().filter_map(|key| {
        let effective = deployment.cluster_option(key).known()?;
        let number = effective.value().trim().parse().ok()?;
        Some(Bound {
            number,
            key: (*key).to_owned(),
            setting: Some(effective),
            reporter: false,
        })
    }));
    // On YARN these two are chosen anew, and whoever names it may run there.
    let mut documents = deployment.cluster_documents();
    let names_yarn = documents.any(|document| {
        let mut settings = document.settings.iter();
        settings.any(|setting| setting.key.starts_with("yarn."))
    });
    // With high availability the RPC of the JobManager listens on the port of that, else on its own.
    let mode = deployment.cluster_option("high-availability.type");
    let has_ha = mode
        .known()
        .map(|mode| !mode.value().eq_ignore_ascii_case("none"));
    all.retain(|port| match port.key.as_str() {
        HA_PORT => has_ha == Some(true),
        RPC_PORT => !names_yarn && (has_ha == Some(false) || mode.is_absent()),
        "rest.port" => !names_yarn,
        _ => true,
    });
    all
}

/// Adds ports to those that the kernel leaves out.
fn reserve(deployment: &Deployment, local: &Local, ports: &[u16]) -> Option<Fix> {
    let texts: Vec<String> = ports.iter().map(u16::to_string).collect();
    let list = texts.join(",");
    let fix = match deployment.sysctl(RESERVED) {
        Some(effective) => {
            let before = effective.value().trim_end_matches([',', ' ']);
            let value = if before.is_empty() {
                list.clone()
            } else {
                format!("{before},{list}")
            };
            fixes::set(deployment, effective.document, effective.setting, &value)
        }
        None => fixes::add(deployment, local.document, RESERVED, &list),
    };
    let title = format!("reserve {}", texts.join(", "));
    let them = if ports.len() == 1 { "it" } else { "them" };
    let risk = format!("no outgoing connection of the machine gets {them} any more");
    fix.map(|fix| fix.titled(title).risky(risk))
}
