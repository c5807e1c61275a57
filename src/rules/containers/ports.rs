//! Ports that do not lead where they should: `service-port-without-fixed-option`, `port-conflict`,
//! `prometheus-port-collision`, and the services of Kubernetes that `public-rest-endpoint` is about.

use crate::deployment::{Container, Deployment, Effective, Engine, Process, Service, Value};
use crate::finding::{Finding, Location, Related, Severity};
use crate::recognise::cluster::VolumeKind;
use crate::rules::{Rule, cluster, fixes};

/// The port under which others ask the `JobManager` for jars, in the manifests of Flink's documentation.
const BLOB_PORT: u16 = 6124;
const BLOB: &str = "blob.server.port";
const ADDRESS: &str = "jobmanager.rpc.address";

/// The services that lead to containers of the `JobManager`.
fn to_job_manager<'d>(
    deployment: &'d Deployment,
) -> impl Iterator<Item = (&'d Service, &'d Container)> {
    let services = deployment.cluster.services.iter();
    services.filter_map(move |service| {
        let mut all = deployment.cluster.containers_of(Process::JobManager);
        let container = all.find(|container| service.is.leads_to(&container.has))?;
        Some((service, container))
    })
}

/// Whether Flink's image can't add its own lines to the file that the container mounts.
fn is_read_only(container: &Container) -> bool {
    let mut volumes = container.has.volumes.iter();
    volumes.any(|volume| {
        let is_conf = volume.path.trim_end_matches('/').contains("/conf");
        is_conf && (volume.kind == VolumeKind::ConfigMap || volume.read_only)
    })
}

/// `service-port-without-fixed-option`.
pub(in crate::rules) fn without_fixed_option(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    let Some(address) = deployment.cluster_option(ADDRESS).known() else {
        return;
    };
    if !deployment.cluster_option(BLOB).is_absent() {
        return;
    }
    for (service, container) in to_job_manager(deployment) {
        let name = address.value().split('.').next().unwrap_or_default();
        if service.is.headless || service.is.name != name || !is_read_only(container) {
            continue;
        }
        let mut ports = service.is.ports.iter();
        let Some(port) = ports.find(|port| port.target == Some(BLOB_PORT)) else {
            continue;
        };
        let beside = cluster::known(deployment, "jobmanager.rpc.port").unwrap_or(address);
        let message = format!(
            "service {} leads to port {BLOB_PORT}, and without `{BLOB}` Flink takes any free port",
            service.is.name
        );
        let mut finding = rule.finding(beside.document, beside.setting.whole, message);
        finding.key = Some(BLOB.to_owned());
        finding.help = "TaskManagers fetch the jars of a job from that port of the JobManager, by way of the \
                        service. Flink's image writes the option into its file, but not into one that is \
                        mounted from a ConfigMap"
            .to_owned();
        finding.related.push(Related {
            at: Location {
                source: service.source,
                span: port.at,
            },
            message: "the port of the service".to_owned(),
        });
        let value = BLOB_PORT.to_string();
        finding.fix = fixes::put(deployment, &[(BLOB, value)], beside.site())
            .map(|fix| fix.risky("the JobManager then needs exactly this port"));
        out.push(finding);
        return;
    }
}

/// Services outside of the cluster that lead to the REST interface.
pub(in crate::rules) fn public_services(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    let Some(document) = deployment.documents.first() else {
        return;
    };
    let rest = match deployment.cluster_option("rest.port") {
        Value::Known(port) => port.value().parse().ok(),
        _ => Some(8081),
    };
    for (service, _) in to_job_manager(deployment) {
        let (severity, where_) = match service.is.kind.as_str() {
            "LoadBalancer" => (rule.front.severity, "a load balancer"),
            "NodePort" => (Severity::Note, "a port of every node"),
            _ => continue,
        };
        let mut ports = service.is.ports.iter();
        if service.is.is_narrowed || !ports.any(|port| port.target.is_some() && port.target == rest)
        {
            continue;
        }
        let message =
            format!("{where_} leads to Flink's REST interface, which asks for no password");
        let mut finding = rule.finding(document, service.is.at, message);
        finding.at.source = service.source;
        finding.severity = severity;
        finding.label = "who reaches it can run code".to_owned();
        finding.help = "submitting a job is running code; use a ClusterIP behind something that \
                        authenticates, or an annotation that asks for an internal load balancer"
            .to_owned();
        out.push(finding);
    }
}

/// An ingress that the Kubernetes operator makes, and that nobody guards.
pub(in crate::rules) fn public_ingress(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    const INGRESS: &str = "spec.ingress";
    const GUARDS: [&str; 6] = [
        "auth",
        "internal",
        "whitelist",
        "allowlist",
        "source-range",
        "{{",
    ];
    let Some(fields) = deployment.resource("FlinkDeployment") else {
        return;
    };
    let template = fields.get(&format!("{INGRESS}.template"));
    let Some(template) = template.filter(|_| fields.complete) else {
        return;
    };
    let mut settings = fields.settings.iter();
    let guarded = settings.any(|setting| {
        let Some(key) = setting.key.strip_prefix(INGRESS) else {
            return false;
        };
        let text = format!("{key} {}", setting.value).to_ascii_lowercase();
        let is_own = !key.starts_with(".template");
        is_own && (!setting.known || GUARDS.iter().any(|word| text.contains(word)))
    });
    // A name that only one's own machine, or one's own network, knows.
    let host = template.value.split(['/', ':']).next().unwrap_or_default();
    let own = ["localhost", "local", "internal", "test"];
    let is_own = own.contains(&host.rsplit('.').next().unwrap_or(host)) || !host.contains('.');
    if guarded || is_own {
        return;
    }
    let message = "an ingress leads to Flink's REST interface, which asks for no password";
    let mut finding = rule.finding(fields, template.whole, message);
    finding.severity = Severity::Note;
    finding.key = Some(template.key.clone());
    finding.label = "who reaches it can run code".to_owned();
    finding.help = "submitting a job is running code; let the ingress ask who comes, by the annotations of its \
                    controller, or keep it to an internal network"
        .to_owned();
    out.push(finding);
}

/// A port on which a process listens.
pub(in crate::rules) struct Bound<'p> {
    pub(in crate::rules) number: u16,
    pub(in crate::rules) key: String,
    /// The setting; `None` for a default.
    pub(in crate::rules) setting: Option<Effective<'p>>,
    /// Whether it is a reporter, without which the process goes on.
    pub(in crate::rules) reporter: bool,
}

/// Each port of a process: the option that is bound, and the one that stands for it where that is not set.
const BOUND: [(Process, &[&str]); 7] = [
    (
        Process::JobManager,
        &["jobmanager.rpc.bind-port", "jobmanager.rpc.port"],
    ),
    (Process::JobManager, &["rest.bind-port", "rest.port"]),
    (Process::JobManager, &[BLOB]),
    (
        Process::JobManager,
        &["metrics.internal.query-service.port"],
    ),
    (
        Process::TaskManager,
        &["taskmanager.rpc.bind-port", "taskmanager.rpc.port"],
    ),
    (
        Process::TaskManager,
        &["taskmanager.data.bind-port", "taskmanager.data.port"],
    ),
    (
        Process::TaskManager,
        &["metrics.internal.query-service.port"],
    ),
];

/// Reporters that listen.
const LISTENING: [&str; 2] = ["PrometheusReporter", "JMXReporter"];

/// The single ports that a process binds, written or default. A range is none.
pub(in crate::rules) fn bound<'p>(deployment: &Deployment<'p>, process: Process) -> Vec<Bound<'p>> {
    let own = BOUND.iter().filter(|(own, _)| *own == process);
    let mut all: Vec<Bound> = own
        .filter_map(|(_, keys)| {
            let mut found = None;
            for key in *keys {
                match deployment.cluster_option(key) {
                    Value::Known(effective) => {
                        found = Some((key, effective.value(), Some(effective)));
                        break;
                    }
                    // The default of the first is what the second says.
                    Value::Default(Some(default)) => {
                        found = Some((key, default, None));
                    }
                    Value::Default(None) => {}
                    Value::Unknown => return None,
                }
            }
            let (key, text, setting) = found?;
            Some(Bound {
                number: text.trim().parse().ok().filter(|number| *number > 0)?,
                key: (*key).to_owned(),
                setting,
                reporter: false,
            })
        })
        .collect();
    for port in reporter_ports(deployment) {
        all.push(port);
    }
    all
}

/// The fixed ports of reporters that listen, on which each process that starts them listens.
fn reporter_ports<'p>(deployment: &Deployment<'p>) -> Vec<Bound<'p>> {
    let mut found = Vec::new();
    for (document, setting) in cluster::settings(deployment) {
        let Some(name) = setting
            .key
            .strip_prefix("metrics.reporter.")
            .and_then(|rest| rest.strip_suffix(".port"))
        else {
            continue;
        };
        let class = ["factory.class", "class"]
            .iter()
            .find_map(|part| deployment.raw(&format!("metrics.reporter.{name}.{part}")));
        let listens = class.is_some_and(|(class, _)| {
            let last = class.value.rsplit('.').next().unwrap_or_default();
            LISTENING.contains(&last.strip_suffix("Factory").unwrap_or(last))
        });
        let in_force = deployment.raw(&setting.key).map(|(own, _)| own);
        let is_it = in_force.is_some_and(|own| std::ptr::eq(own, setting)) && setting.known;
        if let (true, true, Ok(number)) = (listens, is_it, setting.value.trim().parse()) {
            found.push(Bound {
                number,
                key: setting.key.clone(),
                setting: Some(Effective {
                    setting,
                    document,
                    versions: deployment.versions,
                }),
                reporter: true,
            });
        }
    }
    found
}

/// `port-conflict`.
pub(in crate::rules) fn conflict(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for process in [Process::JobManager, Process::TaskManager] {
        let all = bound(deployment, process);
        for (index, one) in all.iter().enumerate() {
            let Some(other) = all[..index].iter().find(|other| other.number == one.number) else {
                continue;
            };
            // What somebody wrote can be changed; of two lines the later one.
            let (shown, other) = match (one.setting, other.setting) {
                (Some(own), Some(before)) if own.at() < before.at() => (other, one),
                (None, Some(_)) => (other, one),
                (Some(_), _) => (one, other),
                (None, None) => continue,
            };
            out.extend(of_conflict(rule, process, shown, other));
        }
    }
    published_twice(rule, deployment, out);
}

fn of_conflict(rule: &Rule, process: Process, shown: &Bound, other: &Bound) -> Option<Finding> {
    let effective = shown.setting?;
    let message = format!(
        "port {} of the {} is taken twice: by `{}` and `{}`",
        shown.number,
        process.name(),
        other.key,
        shown.key
    );
    let mut finding = rule.finding(effective.document, effective.setting.whole, message);
    finding.key = Some(shown.key.clone());
    if shown.reporter || other.reporter {
        finding.severity = Severity::Warning;
        finding.help =
            "the reporter does not start, and a line of the log is all that tells".to_owned();
    } else {
        finding.help = "the second one can't bind it, and the process stops".to_owned();
    }
    match other.setting {
        Some(setting) => finding.related.push(Related {
            at: setting.at(),
            message: "the same port".to_owned(),
        }),
        None => finding.help.push_str(&format!(
            "; {} is the default of `{}`",
            other.number, other.key
        )),
    }
    Some(finding)
}

/// Two services of a compose file that want the same port of the host.
fn published_twice(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    let Some(document) = deployment.documents.first() else {
        return;
    };
    let of_compose = |container: &&Container| container.engine == Engine::Compose;
    let containers = deployment.cluster.containers.iter().filter(of_compose);
    let ports: Vec<(&Container, _)> = containers
        .flat_map(|container| {
            container
                .has
                .ports
                .iter()
                .map(move |port| (container, port))
        })
        .collect();
    for (index, (container, port)) in ports.iter().enumerate() {
        let Some(number) = port.host else { continue };
        let same = ports[..index].iter().find(|(other, before)| {
            let meets = before.address == port.address
                || before.address.is_none()
                || port.address.is_none();
            let two = other.name != container.name && other.source == container.source;
            before.host == Some(number) && meets && two
        });
        let Some((other, before)) = same else {
            continue;
        };
        let message = format!(
            "port {number} of the host is given to {} already: this one does not start",
            other.name
        );
        let mut finding = rule.finding(document, port.at, message);
        finding.at.source = container.source;
        finding.help =
            "publish it under another port of the host, or not at all: services reach each other \
                        without"
                .to_owned();
        finding.related.push(Related {
            at: other.place(before.at),
            message: "the same port".to_owned(),
        });
        out.push(finding);
    }
}

/// `prometheus-port-collision`.
pub(in crate::rules) fn prometheus(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    let on_host: Vec<&Container> = deployment
        .cluster
        .containers
        .iter()
        .filter(|container| container.engine == Engine::Compose && container.has.host_network)
        .collect();
    let counts = on_host
        .iter()
        .map(|container| container.number().unwrap_or(1));
    let processes: u32 = counts.sum();
    let (Some(first), true) = (on_host.first(), processes > 1) else {
        return;
    };
    for port in reporter_ports(deployment) {
        let Some(effective) = port
            .setting
            .filter(|own| deployment.reader(own.document).is_none())
        else {
            continue;
        };
        let message = format!(
            "{processes} processes share the network of one host, and one port for their metrics"
        );
        let mut finding = rule.finding(effective.document, effective.setting.whole, message);
        finding.key = Some(port.key.clone());
        finding.help =
            "the first one takes it; the others run without a reporter, and a line of the log is \
                        all that tells. A range gives each its own"
                .to_owned();
        finding.related.push(Related {
            at: first.place(first.at),
            message: format!("{} has the network of its host", first.name),
        });
        let last = port.number.saturating_add(10);
        let range = format!("{}-{last}", port.number);
        finding.fix = fixes::set(deployment, effective.document, effective.setting, &range)
            .map(|fix| fix.risky("whoever collects the metrics has to ask all ports of the range"));
        out.push(finding);
    }
}
