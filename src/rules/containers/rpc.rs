//! `compose-missing-rpc-address`: services of a compose file that do not find each other.
//!
//! The entrypoint of Flink's image writes `jobmanager.rpc.address` before anything else: what
//! `JOB_MANAGER_RPC_ADDRESS` says, or else the name of its own host, in every container. What
//! `FLINK_PROPERTIES` says comes after it and wins.

use super::both;
use crate::deployment::{Base, Container, Deployment, Engine, Process, Site};
use crate::finding::{Finding, Related};
use crate::flink::version::Image;
use crate::rules::{Rule, fixes};
use crate::syntax::{Document, Layer, is_placeholder};

const ADDRESS: &str = "jobmanager.rpc.address";
const VARIABLE: &str = "JOB_MANAGER_RPC_ADDRESS";

/// Where a process takes the `JobManager` to be.
enum Address<'d, 'p> {
    /// As `FLINK_PROPERTIES` says.
    Said(Site<'p>),
    /// As the variable of the image says.
    Variable(&'d str),
    /// At itself, because nothing says it.
    Own,
}

/// Where a process takes the `JobManager` to be; `None` where that can't be known.
fn address<'d, 'p>(
    deployment: &Deployment<'p>,
    container: &'d Container,
) -> Option<Address<'d, 'p>> {
    let mut own = documents(deployment, container.process);
    if let Some((setting, document)) = own.find_map(|own| Some((own.get(ADDRESS)?, own))) {
        // In a file the entrypoint replaces it, if it can.
        let said = setting.known && document.layer == Layer::Environment;
        return said.then_some(Address::Said((setting, document)));
    }
    match container.has.variable(VARIABLE) {
        Some(variable) => {
            let value = variable.value.as_deref()?;
            (!is_placeholder(value)).then_some(Address::Variable(value))
        }
        None => (!deployment.cluster.opaque).then_some(Address::Own),
    }
}

/// The documents that a process reads, strongest first.
fn documents<'d, 'p>(
    deployment: &'d Deployment<'p>,
    process: Process,
) -> impl Iterator<Item = &'p Document> + use<'d, 'p> {
    let all = deployment.documents.iter().rev().copied();
    all.filter(move |document| deployment.reader(document).is_none_or(|own| own == process))
}

/// Whether each container of a cluster starts as Flink's image starts it, in a network of its own.
fn is_plain(container: &Container) -> bool {
    let image = container.has.image.as_deref();
    container.engine == Engine::Compose
        && !container.has.host_network
        && !container.has.open
        && image.is_some_and(|image| Image::parse(image).is_some())
}

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    let Some([managers, workers]) = both(deployment) else {
        return;
    };
    let ([manager], true) = (managers.as_slice(), deployment.base == Base::Image) else {
        return;
    };
    let all = || managers.iter().chain(&workers);
    let said = |container: &&Container| container.has.variable(VARIABLE).is_some();
    let argument = deployment.cluster.may_set(ADDRESS) && !all().copied().any(|own| said(&own));
    let ha = deployment
        .raw("high-availability.type")
        .or(deployment.raw("high-availability"));
    let one_file = all().all(|container| container.source == manager.source);
    if argument || ha.is_some() || !one_file || !all().all(|container| is_plain(container)) {
        return;
    }
    let mut containers = workers.clone();
    containers.push(manager);
    for container in containers {
        let Some(address) = address(deployment, container) else {
            continue;
        };
        if let Some(finding) = of(rule, deployment, manager, container, &address) {
            out.push(finding);
            // The next container most likely misses the same line.
            return;
        }
    }
}

fn of(
    rule: &Rule,
    deployment: &Deployment,
    manager: &Container,
    container: &Container,
    address: &Address,
) -> Option<Finding> {
    let is_manager = container.process == Process::JobManager;
    let shown = match address {
        Address::Own => None,
        Address::Said((setting, _)) => Some(setting.value.trim()),
        Address::Variable(value) => Some(value.trim()),
    };
    let is_local = shown.is_some_and(|text| text == "localhost" || text.starts_with("127."));
    let own_name = !is_manager
        && shown.is_some_and(|text| {
            container.has.names.iter().any(|name| name == text)
                && !manager.has.names.iter().any(|name| name == text)
        });
    // Only the names that a service gives itself, and not its own, are that of its host.
    let hidden = is_manager && shown.is_none() && manager.has.names.len() > 1;
    if shown.is_some() && !is_local && !own_name || hidden {
        return None;
    }
    let name = manager.has.names.first()?;
    let message = match (is_manager, shown) {
        (true, None) => format!("the JobManager goes by the id of its container, not by `{name}`"),
        (true, Some(text)) => {
            format!("the JobManager goes by `{text}`, which other containers do not reach")
        }
        (false, None) => "this TaskManager looks for the JobManager at its own address".to_owned(),
        (false, Some(text)) => {
            format!("this TaskManager looks for the JobManager at `{text}`, which is itself")
        }
    };
    let document = documents(deployment, container.process).next();
    let any = document.or(deployment.documents.first().copied())?;
    let mut finding = rule.finding(any, container.at, message);
    finding.at.source = container.source;
    finding.key = Some(ADDRESS.to_owned());
    finding.help = format!(
        "Flink's image takes the host it runs on for the JobManager where nothing else says it. Let \
         FLINK_PROPERTIES of both services say `{ADDRESS}: {name}`: TaskManagers register at exactly the name \
         that the JobManager has for itself"
    );
    match address {
        Address::Said((setting, document)) => {
            finding.at.span = setting.whole;
            finding.fix = fixes::set(deployment, document, setting, name);
        }
        Address::Own => {
            finding.fix = document
                .filter(|document| document.layer == Layer::Environment)
                .and_then(|document| fixes::add(deployment, document, ADDRESS, name));
        }
        Address::Variable(_) => {
            let variable = container.has.variable(VARIABLE)?;
            finding.at.span = variable.at;
        }
    }
    let risk = "it changes which JobManager the process belongs to";
    finding.fix = finding.fix.map(|fix| fix.risky(risk));
    if !is_manager {
        finding.related.push(Related {
            at: manager.place(manager.at),
            message: "the JobManager".to_owned(),
        });
    }
    Some(finding)
}
