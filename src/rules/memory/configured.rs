//! `memory-not-configured`: a whole configuration without any size of a process, which does not start.

use super::{PROCESSES, heap, is_misspelt, is_set_elsewhere, is_what_runs, refused, sizes};
use crate::deployment::{Change, Deployment, Use};
use crate::finding::{Finding, Fix, Safety};
use crate::flink::memory::{Failure, MemoryError, Mode, Process};
use crate::rules::{Rule, claim, keys};
use crate::syntax::Document;
use crate::text::Span;

/// The beginnings of keys that a client has to know to find a cluster. A file with nothing else is that
/// of a client, which runs neither process.
const OF_A_CLIENT: [&str; 7] = [
    "jobmanager.rpc.",
    "rest.address",
    "rest.port",
    "execution.target",
    "execution.attached",
    "sql-gateway.",
    "sql-client.",
];

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    if !deployment.resources.is_empty() {
        return refused::check(rule, deployment, out);
    }
    // A version that does not read these files has others.
    let is_other = deployment.version_dropped.is_some();
    if deployment.mode() == Mode::Container || !is_what_runs(deployment) || is_other {
        return;
    }
    let Some(document) = deployment.cluster_documents().next() else {
        return;
    };
    if !is_of_a_process(deployment, document) {
        return;
    }
    let without: Vec<Process> = PROCESSES
        .into_iter()
        .filter(|process| {
            // An absence says something of a file that the process reads as it stands.
            is_absent(deployment, *process)
                && deployment.cluster.use_by(*process) != Use::Open
                && !is_set_elsewhere(deployment, *process)
                && !is_told(deployment, document, *process)
        })
        .collect();
    let message = match without.as_slice() {
        [] => return,
        [one] => format!("the {} has no memory size and does not start", one.name()),
        _ => "JobManager and TaskManager have no memory size, and neither starts".to_owned(),
    };
    let first = document.settings.first();
    let at = first.map_or(Span::at(deployment.source(document).bom()), |setting| {
        setting.whole
    });
    let mut finding = rule.finding(document, at, message);
    finding.key = Some("memory".to_owned());
    let keys: Vec<&str> = without
        .iter()
        .map(|process| sizes(*process).process.name())
        .collect();
    finding.label = match keys.as_slice() {
        [one] => format!("{one} is nowhere in this file"),
        _ => "no memory size in this file".to_owned(),
    };
    let shipped: Vec<String> = without
        .iter()
        .map(|process| {
            format!(
                "{}: {}",
                sizes(*process).process.name(),
                sizes(*process).shipped
            )
        })
        .collect();
    finding.help = format!(
        "these sizes have no default: the file that Flink ships, which this one replaces, sets {}; \
         FLINK_PROPERTIES or -D on the command line could add what is missing here",
        shipped.join(" and ")
    );
    finding.fix = fix(deployment, document, &without);
    out.push(finding);
}

/// Whether a file can be that of a process: not one of a client, and not one among the sources of a
/// program that loads it itself.
fn is_of_a_process(deployment: &Deployment, document: &Document) -> bool {
    let path = &deployment.source(document).path;
    let is_resource = path.contains("src/main/resources/");
    let of_client = |key: &str| OF_A_CLIENT.iter().any(|start| key.starts_with(start));
    let mut settings = document.settings.iter();
    !is_resource && settings.any(|setting| !of_client(&setting.key))
}

/// The process that has no size once an old key of one counts for nothing.
pub(in crate::rules) fn left_without_size(deployment: &Deployment, key: &str) -> Option<Process> {
    let runs = deployment.mode() != Mode::Container && is_what_runs(deployment);
    let mut of = PROCESSES.into_iter().filter(|process| {
        let mut legacy = sizes(*process).legacy.into_iter();
        legacy.any(|old| old.name() == key)
    });
    of.find(|process| {
        runs && is_absent(deployment, *process) && !is_set_elsewhere(deployment, *process)
    })
}

/// Whether no version finds a size.
pub(super) fn is_absent(deployment: &Deployment, process: Process) -> bool {
    let all = deployment.memory().of(process);
    let lacks_size = |error: &MemoryError| error.failure == Failure::NotConfigured;
    !all.is_empty() && all.iter().all(|(_, result)| result.is_err_and(lacks_size))
}

/// Whether another rule tells of a line that was to be the size: of a key that is none, or of a line that
/// Flink skips.
fn is_told(deployment: &Deployment, document: &Document, process: Process) -> bool {
    let prefix = match process {
        Process::JobManager => "jobmanager",
        Process::TaskManager => "taskmanager",
    };
    let is_size = |text: &str| {
        let text = text.to_ascii_lowercase();
        text.contains("memory") || text.contains("heap")
    };
    let source = deployment.source(document);
    let mut problems = document.problems.iter();
    let in_problem = problems.any(|problem| {
        let text = source.text(source.full_line(problem.at.start));
        let key = problem.key.as_deref().unwrap_or_default();
        let of_process = |text: &str| text.contains(prefix) || !text.contains("manager");
        [&*text, key].iter().any(|text| is_size(text) && of_process(text))
            // A nested block opens with the name of the process alone.
            || text.trim().trim_end_matches(':') == prefix
    });
    in_problem
        || is_misspelt(deployment, process)
        || keys::is_judged(deployment, |key| key.contains(prefix) && is_size(key))
}

/// Adds the sizes that Flink ships, where the processes start with them.
fn fix(deployment: &Deployment, document: &Document, without: &[Process]) -> Option<Fix> {
    let settings: Vec<(&str, String)> = without
        .iter()
        .map(|process| {
            (
                sizes(*process).process.name(),
                sizes(*process).shipped.to_owned(),
            )
        })
        .collect();
    let changes: Vec<Change> = settings
        .iter()
        .map(|(key, value)| (*key, Some(value.as_str())))
        .collect();
    let memory = deployment.memory_with(&changes);
    if without
        .iter()
        .any(|process| heap(&memory, *process).is_none())
    {
        return None;
    }
    let edit = document.insert_all(deployment.source(document), &settings)?;
    let claims = settings
        .iter()
        .map(|(key, value)| claim(document, key, Some(value)));
    Some(Fix {
        title: match without.len() {
            1 => "add the size that Flink ships".to_owned(),
            _ => "add the sizes that Flink ships".to_owned(),
        },
        safety: Safety::Unsafe,
        risk: "the right size is what the machine or the container has".to_owned(),
        edits: vec![edit],
        claims: claims.collect(),
    })
}
