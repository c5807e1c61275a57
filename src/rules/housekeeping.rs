//! Rules about single options that do what they say, at a price that is easily overlooked.

use super::containers::ports::{public_ingress, public_services};
use super::{Rule, cluster, fixes, values};
use crate::deployment::Deployment;
use crate::finding::{Finding, Related, Severity};
use crate::flink::value;
use crate::syntax::{Document, Setting};

/// Parts of a path that say that the file is for learning or trying.
const PLAYGROUND: [&str; 14] = [
    "playground",
    "demo",
    "example",
    "sample",
    "tutorial",
    "training",
    "workshop",
    "cookbook",
    "quickstart",
    "getting-started",
    "walkthrough",
    "/test/",
    "/dev/",
    "-labs",
];

/// Whether a file's path says that it is for learning or trying.
fn is_playground(deployment: &Deployment, document: &Document) -> bool {
    let path = format!("/{}", deployment.source(document).path).to_ascii_lowercase();
    PLAYGROUND.iter().any(|part| path.contains(part))
}

/// A finding on a whole setting.
fn of_setting(rule: &Rule, document: &Document, setting: &Setting, message: String) -> Finding {
    let mut finding = rule.finding(document, setting.whole, message);
    finding.key = Some(setting.key.clone());
    finding
}

/// The milliseconds of a duration that every version of the deployment reads so. Up to 1.19 the options
/// concerned are numbers.
fn milliseconds(deployment: &Deployment, key: &str, text: &str) -> Option<u128> {
    let duration = crate::flink::options::ValueKind::Duration;
    let numbers = crate::flink::options::kind(key, deployment.versions) != Some(duration);
    if numbers && value::parse_long(text).is_err() {
        return None;
    }
    let parsed = value::parse_duration(text, deployment.versions).ok()?;
    Some(parsed.as_millis())
}

/// `heartbeat-too-short`: a timeout of at most 10 s; the default is 50 s.
pub(super) fn heartbeat_too_short(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    const TIMEOUT: &str = "heartbeat.timeout";
    const INTERVAL: &str = "heartbeat.interval";
    let Some(timeout) = cluster::known(deployment, TIMEOUT) else {
        return;
    };
    let Some(length) = milliseconds(deployment, TIMEOUT, timeout.value()) else {
        return;
    };
    let interval = deployment
        .get(INTERVAL)
        .text()
        .and_then(|text| value::parse_duration(text, crate::flink::version::Versions::ALL).ok())
        .map(|interval| interval.as_millis());
    // Flink refuses a timeout below the interval, which is a matter of its own.
    if length == 0 || length > 10_000 || interval.is_some_and(|interval| length <= interval) {
        return;
    }
    // Seconds without their unit are a matter of their own, too.
    if values::lacks_unit(deployment, timeout.site()) {
        return;
    }
    let document = timeout.document;
    // The pair that was copied from the playground.
    let copied = length == 5_000 && interval == Some(1_000);
    if copied && is_playground(deployment, document) {
        return;
    }
    let message = format!(
        "a process that is silent for {} is taken for dead",
        value::show_duration(std::time::Duration::from_millis(
            u64::try_from(length).unwrap_or(u64::MAX)
        ))
    );
    let mut finding = of_setting(rule, document, timeout.setting, message);
    finding.label = "the default is 50 s".to_owned();
    finding.help =
        "a pause of the garbage collector or of the network then fails over every job on it; \
                    short values suit demonstrations of failures"
            .to_owned();
    if copied {
        finding.severity = Severity::Note;
    }
    let risk = "a process that really died is noticed after 50 s";
    let own = document.get(INTERVAL).is_some();
    let keys: &[&str] = if own {
        &[TIMEOUT, INTERVAL]
    } else {
        &[TIMEOUT]
    };
    finding.fix = fixes::remove(deployment, document, keys)
        .map(|fix| fix.titled("take the defaults").risky(risk));
    out.push(finding);
}

/// `parent-first-class-loading`: the job's own libraries are hidden by those of Flink.
pub(super) fn parent_first(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    const KEY: &str = "classloader.resolve-order";
    let Some(order) = cluster::known(deployment, KEY) else {
        return;
    };
    if order.value() != "parent-first" {
        return;
    }
    let message = "classes on Flink's own class path replace those that a job brings".to_owned();
    let mut finding = of_setting(rule, order.document, order.setting, message);
    finding.label = "the default is child-first".to_owned();
    finding.help =
        "a job then runs with other versions of its libraries than it was built with; where \
                    only some packages have to come from Flink, name them in \
                    `classloader.parent-first-patterns.additional`"
            .to_owned();
    let risk = "jobs load the classes they bring";
    finding.fix = fixes::remove(deployment, order.document, &[KEY])
        .map(|fix| fix.titled("take the default").risky(risk));
    out.push(finding);
}

/// `public-rest-endpoint`: a service through which everybody who reaches it runs code.
pub(super) fn public_rest_endpoint(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    const KEY: &str = "kubernetes.rest-service.exposed.type";
    let authentication = "security.ssl.rest.authentication-enabled";
    if deployment.raw(authentication).is_some() {
        return;
    }
    public_services(rule, deployment, out);
    public_ingress(rule, deployment, out);
    let Some(exposed) = cluster::known(deployment, KEY) else {
        return;
    };
    let (severity, where_) = match exposed.value().to_ascii_uppercase().as_str() {
        "LOADBALANCER" => (rule.front.severity, "a load balancer"),
        "NODEPORT" => (Severity::Note, "a port of every node"),
        _ => return,
    };
    let inner = deployment
        .all("kubernetes.rest-service.annotations")
        .iter()
        .any(|(setting, _)| !setting.known || setting.value.to_lowercase().contains("internal"));
    if inner {
        return;
    }
    let message = format!("{where_} leads to Flink's REST interface, which asks for no password");
    let mut finding = of_setting(rule, exposed.document, exposed.setting, message);
    finding.severity = severity;
    finding.label = "who reaches it can run code".to_owned();
    finding.help = "submitting a job is running code, and a session cluster takes jobs there even with \
                    `web.submit.enable: false`; use ClusterIP behind something that authenticates, or \
                    `security.ssl.rest.authentication-enabled`"
        .to_owned();
    let title = "make it reachable inside the cluster only";
    let risk = "clients outside of Kubernetes no longer reach it";
    finding.fix = fixes::set(deployment, exposed.document, exposed.setting, "ClusterIP")
        .map(|fix| fix.titled(title).risky(risk));
    out.push(finding);
}

/// `large-rpc-frame`: a message of more than 100 MiB.
pub(super) fn large_rpc_frame(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    const LIMIT: u64 = 100 << 20;
    let Some(frame) = cluster::known(deployment, "pekko.framesize") else {
        return;
    };
    let Some(size) = value::parse_memory(frame.value())
        .ok()
        .filter(|size| *size > LIMIT)
    else {
        return;
    };
    let message = format!(
        "messages between processes may grow to {}",
        value::show_memory(size)
    );
    let mut finding = of_setting(rule, frame.document, frame.setting, message);
    finding.label = "the default is 10 MiB".to_owned();
    finding.help = "a frame that has to be this large carries a job graph with data in it, a large \
                    `collect()` result or large broadcast state; each such message takes its size on the \
                    heap of both sides"
        .to_owned();
    out.push(finding);
}

/// `leaked-class-loader-check-off`.
pub(super) fn leaked_class_loader(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    const KEY: &str = "classloader.check-leaked-classloader";
    let Some(check) = cluster::is_set_to(deployment, KEY, false) else {
        return;
    };
    let message = "code that keeps running after its job has ended is no longer noticed".to_owned();
    let mut finding = of_setting(rule, check.document, check.setting, message);
    finding.label = "the check is off".to_owned();
    finding.help =
        "in a session cluster such threads keep the classes of ended jobs, until metaspace is \
                    full; the check names the library"
            .to_owned();
    let risk = "a library that uses the class loader of an ended job fails";
    finding.fix = fixes::remove(deployment, check.document, &[KEY])
        .map(|fix| fix.titled("take the default").risky(risk));
    out.push(finding);
}

/// `cancellation-timeout-off`.
pub(super) fn cancellation_timeout(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    const KEY: &str = "task.cancellation.timeout";
    let Some(timeout) = cluster::known(deployment, KEY) else {
        return;
    };
    if milliseconds(deployment, KEY, timeout.value()) != Some(0) {
        return;
    }
    let message = "a task that does not react to cancelling blocks its slot for ever".to_owned();
    let mut finding = of_setting(rule, timeout.document, timeout.setting, message);
    finding.label = "0 switches the watchdog off".to_owned();
    finding.help =
        "with the default Flink ends the TaskManager after 3 minutes, and the job goes on \
                    elsewhere"
            .to_owned();
    let risk = "a TaskManager whose task hangs is ended, with all tasks on it";
    finding.fix = fixes::remove(deployment, timeout.document, &[KEY])
        .map(|fix| fix.titled("take the default").risky(risk));
    out.push(finding);
}

/// `history-server-incomplete`: jobs are archived where the history server does not look.
pub(super) fn history_server(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    let archive = cluster::known(deployment, "jobmanager.archive.fs.dir");
    let watched = cluster::known(deployment, "historyserver.archive.fs.dir");
    let (Some(archive), Some(watched)) = (archive, watched) else {
        return;
    };
    let same = |one: &str, other: &str| one.trim_end_matches('/') == other.trim_end_matches('/');
    let mut folders = watched.value().split(',').map(str::trim);
    if folders.any(|folder| same(folder, archive.value().trim())) {
        return;
    }
    let message =
        "the history server does not look where the JobManager archives its jobs".to_owned();
    let mut finding = of_setting(rule, watched.document, watched.setting, message);
    finding.label = "another folder".to_owned();
    finding.help =
        "`historyserver.archive.fs.dir` lists the folders to read, with commas; one of them \
                    has to be `jobmanager.archive.fs.dir`, spelt the same way"
            .to_owned();
    finding.related.push(Related {
        at: archive.at(),
        message: "archived here".to_owned(),
    });
    out.push(finding);
}

/// Switches that cost something while nobody looks, each with the price.
const COSTLY: [(&str, &str); 6] = [
    (
        "rest.flamegraph.enabled",
        "flame graphs stop threads again and again to sample their stacks while somebody looks at one",
    ),
    (
        "state.latency-track.keyed-state-enabled",
        "the time of state accesses is measured, which slows each sampled one down",
    ),
    (
        "taskmanager.network.detailed-metrics",
        "there is a metric for each channel of each task",
    ),
    (
        "state.backend.rocksdb.metrics.column-family-as-variable",
        "there is a set of RocksDB metrics for each state of each task",
    ),
    (
        "rest.profiling.enabled",
        "everybody who reaches the web interface can start a profiler",
    ),
    (
        "metrics.latency.interval",
        "markers travel through all channels, and there is a histogram for each pair of operators and subtasks",
    ),
];

/// `costly-diagnostics`.
pub(super) fn costly_diagnostics(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    let risk = "the numbers it gave are gone";
    for (key, price) in COSTLY {
        let Some(effective) = cluster::known(deployment, key) else {
            continue;
        };
        let on = match value::parse_boolean(effective.value()) {
            Ok(on) => on,
            Err(_) => milliseconds(deployment, key, effective.value()).is_some_and(|time| time > 0),
        };
        let document = effective.document;
        if !on || is_playground(deployment, document) {
            continue;
        }
        let setting = effective.setting;
        let mut finding = of_setting(rule, document, setting, price.to_owned());
        finding.label = "on all the time".to_owned();
        finding.help = "switch it on to find something out, and off again".to_owned();
        finding.fix = fixes::remove(deployment, document, &[&setting.key])
            .map(|fix| fix.titled("take the default").risky(risk));
        out.push(finding);
    }
    rocksdb_metrics(rule, deployment, out);
}

/// Three or more of the metrics for which `RocksDB` is asked.
fn rocksdb_metrics(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    const PREFIX: &str = "state.backend.rocksdb.metrics.";
    let on: Vec<_> = cluster::settings(deployment)
        .filter(|(_, setting)| {
            setting.key.starts_with(PREFIX)
                && !setting.key.ends_with("column-family-as-variable")
                && setting.known
                && value::parse_boolean(&setting.value) == Ok(true)
        })
        .collect();
    let [(document, first), .., (_, last)] = on.as_slice() else {
        return;
    };
    if on.len() < 3 || is_playground(deployment, document) {
        return;
    }
    let message = format!(
        "RocksDB is asked for {} values of each state, again and again",
        on.len()
    );
    let mut finding = of_setting(rule, document, first, message);
    finding.label = "the first of them".to_owned();
    finding.help =
        "keep those that somebody looks at; the estimates of keys and of live data walk \
                    through files"
            .to_owned();
    finding.related.push(Related {
        at: Deployment::at(document, last.whole),
        message: "the last of them".to_owned(),
    });
    out.push(finding);
}
