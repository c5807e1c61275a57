//! Addresses that others cannot connect to: `wildcard-address` and `container-bind-localhost`.

use super::both;
use crate::deployment::{Deployment, Effective, Engine, Process};
use crate::finding::{Finding, Related, Severity};
use crate::flink::memory::Mode;
use crate::rules::{Rule, cluster, fixes};

/// What a process tells others to connect to.
const ADVERTISED: [(&str, Process); 2] = [
    ("jobmanager.rpc.address", Process::JobManager),
    ("taskmanager.host", Process::TaskManager),
];

/// On which addresses the processes listen, with those who connect to them.
const LISTENED: [(&str, Process, &str); 3] = [
    (
        "jobmanager.bind-host",
        Process::JobManager,
        "no TaskManager reaches the JobManager",
    ),
    (
        "taskmanager.bind-host",
        Process::TaskManager,
        "neither the JobManager nor other TaskManagers reach it",
    ),
    (
        "rest.bind-address",
        Process::JobManager,
        "nobody outside of the container reaches the web interface",
    ),
];

fn is_wildcard(address: &str) -> bool {
    matches!(
        address.trim(),
        "0.0.0.0" | "::" | "[::]" | "0:0:0:0:0:0:0:0"
    )
}

fn is_loopback(address: &str) -> bool {
    let address = address.trim();
    address == "localhost" || address == "::1" || address.starts_with("127.")
}

/// What shows that the processes do not run on one machine: an address of another, more than one
/// `TaskManager`, or containers.
fn apart(deployment: &Deployment) -> Option<Related> {
    if let Some([_, workers]) = both(deployment) {
        let container = workers[0];
        return Some(Related {
            at: container.place(container.at),
            message: "the TaskManager is another container".to_owned(),
        });
    }
    let several = deployment.cluster.task_managers.as_ref();
    if let Some(count) = several.filter(|count| count.number > 1) {
        return Some(Related {
            at: count.at.at,
            message: format!("{} TaskManagers", count.number),
        });
    }
    let mut others = ADVERTISED
        .iter()
        .filter_map(|(key, _)| cluster::known(deployment, key));
    let other = others.find(|other| !is_wildcard(other.value()) && !is_loopback(other.value()))?;
    Some(Related {
        at: other.at(),
        message: "this names a machine".to_owned(),
    })
}

/// Whether the addresses are not those that the files say: a resource manager gives each process its own,
/// and with high availability the `JobManager` in charge is looked up.
fn is_given(deployment: &Deployment) -> bool {
    let managed = |key: &str| key.starts_with("kubernetes.") || key.starts_with("yarn.");
    let mut settings = cluster::settings(deployment);
    let by_operator = deployment
        .resources
        .iter()
        .any(|fields| fields.load_error.is_none());
    by_operator
        || deployment.mode() == Mode::Container
        || settings.any(|(_, own)| managed(&own.key))
}

/// `wildcard-address`.
pub(in crate::rules) fn wildcard(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    if is_given(deployment) {
        return;
    }
    for (key, process) in ADVERTISED {
        let Some(effective) = deployment.cluster_option(key).known() else {
            continue;
        };
        if !is_wildcard(effective.value()) {
            continue;
        }
        let ha = deployment.cluster_option("high-availability.type").known();
        let is_looked_up = ha.is_some_and(|mode| !mode.value().eq_ignore_ascii_case("none"));
        if process == Process::JobManager && is_looked_up {
            continue;
        }
        out.push(of_wildcard(rule, deployment, effective, process));
    }
}

fn of_wildcard(
    rule: &Rule,
    deployment: &Deployment,
    effective: Effective,
    process: Process,
) -> Finding {
    let name = process.name();
    let message = format!(
        "`{}` is the address that others connect to: with {} each ends up at itself",
        effective.setting.key,
        effective.value()
    );
    let mut finding = rule.finding(effective.document, effective.setting.whole, message);
    finding.key = Some(effective.setting.key.clone());
    let listen = match process {
        Process::JobManager => "jobmanager.bind-host",
        Process::TaskManager => "taskmanager.bind-host",
    };
    finding.help = format!(
        "it works on one machine only; name the machine, container or service of the {name}. On which \
         addresses it listens `{listen}` says"
    );
    match apart(deployment) {
        Some(related) => finding.related.push(related),
        None => finding.severity = Severity::Note,
    }
    finding
}

/// `container-bind-localhost`.
pub(in crate::rules) fn bind_localhost(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    let Some(groups) = both(deployment) else {
        return;
    };
    // Containers of one network share its localhost, and the operator sets the addresses itself.
    let shares = |engine| engine == Engine::Operator;
    let mut all = groups.iter().flatten();
    if all.any(|container| container.has.host_network || shares(container.engine)) {
        return;
    }
    for (key, process, who) in LISTENED {
        let Some(effective) = deployment.cluster_option(key).known() else {
            continue;
        };
        let container = groups[process as usize][0];
        if !is_loopback(effective.value()) {
            continue;
        }
        let message = format!(
            "the {} listens on {} of its own container only: {who}",
            process.name(),
            effective.value()
        );
        let mut finding = rule.finding(effective.document, effective.setting.whole, message);
        finding.key = Some(effective.setting.key.clone());
        finding.help =
            "localhost is another one in each container; Flink's own image replaces these lines \
                        in the file that it ships, not in one that is mounted over it"
                .to_owned();
        finding.related.push(Related {
            at: container.place(container.at),
            message: format!("{} runs it", container.name),
        });
        finding.fix = fixes::set(deployment, effective.document, effective.setting, "0.0.0.0")
            .map(|fix| fix.risky("it then listens on every network of the container"));
        out.push(finding);
    }
}
