//! What is in force in a deployment, for people and as JSON.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{json_text, plain};
use crate::deployment::{Base, Deployment, Process, VersionFrom};
use crate::flink::version::NAMES;
use crate::linux::running::Running;
use crate::rules::shown_in;
use crate::syntax::{Document, Layer, Problem, Setting, Space};
use crate::text::Span;

mod host;
mod live;
mod rows;

use rows::{counts, in_force, in_one, of_other};

/// Every deployment with its settings, the winner of each key and what it shadows; where a running
/// kernel was asked, what that has in place of them.
pub fn text(deployments: &[Deployment], running: Option<&Running>) -> String {
    let mut out = String::new();
    let mut is_compared = false;
    // A source that sets nothing is told of only where it was asked for.
    let says = |own: &&Deployment| {
        let mut documents = own.documents.iter().chain(&own.tables);
        let of_job = |document: &&Document| Some(document.source) == own.job;
        deployments.len() == 1
            || own.job.is_none()
            || documents.any(|document| of_job(document) && !document.settings.is_empty())
    };
    for deployment in deployments.iter().filter(says) {
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&plain(&deployment.name));
        if !deployment.documents.is_empty() || !deployment.unread.is_empty() {
            out.push_str(&format!("   {}", deployment.version_text()));
        }
        if let Some(from) = &deployment.version_from {
            out.push_str(&format!(" ({})", plain(&from.to_string())));
        }
        if let (Some(java), Some(from)) = (deployment.java, &deployment.java_from) {
            out.push_str(&format!(", Java {java} ({})", plain(&from.to_string())));
        }
        out.push('\n');
        if let Some(from) = &deployment.version_dropped {
            let from = from.to_string();
            let from = plain(&from);
            out.push_str(&format!(
                "  not counted: {from}; that version does not read these files\n"
            ));
        }
        if let Some(from) = &deployment.version_before_all {
            let from = from.to_string();
            let from = plain(&from);
            let first = NAMES[0];
            out.push_str(&format!("  older than {first}: {from}\n"));
        }
        for document in &deployment.unread {
            let path = plain(&deployment.source(document).path);
            out.push_str(&format!(
                "  not read by {}: {path}\n",
                deployment.version_text()
            ));
        }
        for document in &deployment.documents {
            if let Some(problem) = document.load_error() {
                let source = deployment.source(document);
                let line = source.line(problem.at.start);
                let message = plain(&problem.message);
                out.push_str(&format!(
                    "  does not load: {}:{line} {message}\n",
                    plain(&source.path)
                ));
            }
        }
        out.push_str(&layers(deployment));
        if let Some(line) = set_elsewhere(deployment) {
            out.push_str(&format!("  set elsewhere: {line}\n"));
        }
        let own = in_force(deployment, &deployment.documents);
        let of_host = host::rows(deployment);
        let keys = own.iter().chain(&of_host);
        let keys = keys.map(|row| row.setting.key.chars().count());
        let width = keys.max().unwrap_or(0).min(60);
        for row in own {
            out.push_str(&row.line(width));
        }
        out.push_str(&host::text(deployment, &of_host, width));
        if let Some(running) = running {
            let compared = live::compared(deployment, running);
            is_compared |= !compared.is_empty();
            out.push_str(&compared);
        }
    }
    if let Some(running) = running.filter(|_| !is_compared) {
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&live::of_flink(running));
    }
    out
}

/// The keys of the kernel parameters that the files of a deployment set for machines.
pub fn parameters<'d>(deployment: &'d Deployment) -> impl Iterator<Item = &'d str> {
    let settings = live::settings(deployment).into_iter();
    settings.map(|setting| setting.key.as_str())
}

/// How wide the line of a layer may be before what holds it gets a line of its own.
const WIDTH: usize = 80;

/// The layers of a deployment that has several, weakest first, with what each contributes.
fn layers(deployment: &Deployment) -> String {
    let below = match deployment.base {
        Base::Image => Some("what the image ships"),
        Base::Assumed => Some("the operator's defaults, as its chart ships them"),
        Base::Operator | Base::File | Base::Unknown => None,
    };
    if deployment.documents.len() < 2 && below.is_none() {
        return String::new();
    }
    let documents = &deployment.documents;
    let names = documents.iter().map(|document| document.layer.name());
    let names = names.chain(below.map(|_| "shipped"));
    let width = names.map(str::len).max().unwrap_or(0);
    let mut out = "  layers, weakest first:\n".to_owned();
    if let Some(below) = below {
        out.push_str(&format!("    {:width$}  {below}\n", "shipped"));
    }
    let both = [Process::JobManager, Process::TaskManager];
    let in_force: Vec<&Setting> = both
        .into_iter()
        .flat_map(|process| in_one(deployment, documents, Some(process)))
        .map(|(_, row)| row.setting)
        .collect();
    for document in documents {
        let reader = match deployment.reader(document) {
            Some(process) => format!("   ({} only)", process.name()),
            None => String::new(),
        };
        let line = format!(
            "    {:width$}  {}   {}{reader}",
            document.layer.name(),
            contributes(deployment, document, &in_force),
            plain(&deployment.place_of(document)),
        );
        out.push_str(&line);
        // The heading often says it already.
        let name = document.name.as_deref();
        if let Some(name) = name.filter(|name| !deployment.name.contains(name)) {
            let name = plain(name);
            if line.chars().count() + 3 + name.chars().count() > WIDTH {
                out.push_str(&format!("\n    {:width$}  {name}", ""));
            } else {
                out.push_str(&format!("   {name}"));
            }
        }
        out.push('\n');
    }
    out
}

/// How many options a document has, and how many of them count for nothing.
fn contributes(deployment: &Deployment, document: &Document, in_force: &[&Setting]) -> String {
    if document.load_error.is_some() {
        return "does not load".to_owned();
    }
    let other = of_other(deployment.reader(document));
    let (mut all, mut foreign, mut lost) = (0, 0, 0);
    let set = document.in_force();
    for setting in set.filter(|setting| counts(deployment, document, setting)) {
        all += 1;
        if other.is_some_and(|other| setting.key.starts_with(other)) {
            foreign += 1;
        } else if !in_force.iter().any(|own| std::ptr::eq(*own, setting)) {
            lost += 1;
        }
    }
    let mut text = match all {
        1 => "1 option".to_owned(),
        all => format!("{all} options"),
    };
    for (count, what) in [(lost, "overridden"), (foreign, "for the other process")] {
        match count {
            0 => {}
            _ if all == 1 => text.push_str(&format!(", {what}")),
            count => text.push_str(&format!(", {count} {what}")),
        }
    }
    text
}

/// The options that something beside the files sets, with an unknown value, and what that is.
fn set_elsewhere(deployment: &Deployment) -> Option<String> {
    let cluster = &deployment.cluster;
    let mut options: Vec<&str> = cluster.elsewhere.iter().map(String::as_str).collect();
    if cluster.opaque {
        options.push("perhaps any option");
    }
    let by = cluster.set_by.iter().map(|place| {
        let source = deployment.sources.get(place.at.source);
        let line = source.line(place.at.span.start);
        format!("{} in {}:{line}", place.what, source.path)
    });
    let by: Vec<String> = by.collect();
    let line = format!("{} ({})", options.join(", "), by.join(", "));
    (!options.is_empty()).then(|| plain(&line).into_owned())
}

/// The same as one JSON document; its shape is a contract with other tools.
pub fn json(deployments: &[Deployment], running: Option<&Running>) -> String {
    let all = deployments.iter();
    let list: Vec<Value> = all.map(|own| deployment_json(own, running)).collect();
    let mut document = json!({ "version": 1, "deployments": list });
    if let Some(running) = running {
        document["live"] = live::json(running);
    }
    json_text::text(&document)
}

fn deployment_json(deployment: &Deployment, running: Option<&Running>) -> Value {
    let from = |from: &Option<VersionFrom>| {
        let from = from.as_ref();
        from.map(|from| json!({ "why": from.why, "path": from.path, "line": from.line }))
    };
    let missing = deployment.documents.is_empty() && !deployment.unread.is_empty();
    let documents: Vec<Value> = deployment
        .documents
        .iter()
        .map(|document| document_json(deployment, document, false))
        .chain(
            deployment
                .unread
                .iter()
                .map(|document| document_json(deployment, document, missing)),
        )
        .chain(
            deployment
                .resources
                .iter()
                .map(|document| document_json(deployment, document, false)),
        )
        .chain(
            deployment
                .host
                .iter()
                .map(|document| document_json(deployment, document, false)),
        )
        .collect();
    json!({
        "name": deployment.name,
        "flink_versions": deployment.versions.names().collect::<Vec<_>>(),
        "version_from": from(&deployment.version_from),
        "version_dropped": from(&deployment.version_dropped),
        "version_before_all": from(&deployment.version_before_all),
        "java": deployment.java,
        "java_from": from(&deployment.java_from),
        "base": deployment.base.name(),
        "documents": documents,
        "effective": effective_json(deployment),
        "sysctl": host::json(deployment, running),
    })
}

fn effective_json(deployment: &Deployment) -> Map<String, Value> {
    in_force(deployment, &deployment.documents)
        .into_iter()
        // Of two that differ, that of the process which acts on it.
        .rev()
        .filter(|row| {
            let acts = deployment.raw(&row.setting.key);
            row.reader.is_none() || acts.is_none_or(|(own, _)| std::ptr::eq(own, row.setting))
        })
        .map(|row| (row.setting.key.clone(), row.json()))
        .collect()
}

#[derive(Serialize)]
struct SettingJson<'d> {
    key: &'d str,
    value: Cow<'d, str>,
    line: usize,
    column: usize,
    key_span: SpanJson,
    value_span: SpanJson,
    written: Option<&'d str>,
}

#[derive(Serialize)]
struct SpanJson {
    start: u32,
    end: u32,
}

impl From<Span> for SpanJson {
    fn from(span: Span) -> Self {
        SpanJson {
            start: span.start,
            end: span.end,
        }
    }
}

/// Whether a document is a whole configuration by itself.
fn is_whole(deployment: &Deployment, document: &Document) -> bool {
    let is_file = !document.is_part()
        || document.layer == Layer::ClusterFile && deployment.base == Base::File;
    document.complete && document.space == Space::Flink && is_file
}

/// `missing`: this version looks for the other file, does not find it, and stops.
fn document_json(deployment: &Deployment, document: &Document, missing: bool) -> Value {
    let source = deployment.source(document);
    let settings: Vec<SettingJson> = document
        .settings
        .iter()
        .map(|setting| {
            let place = source.place(setting.key_at.start);
            SettingJson {
                key: &setting.key,
                value: shown_in(document, setting),
                line: place.line,
                column: place.column,
                key_span: setting.key_at.into(),
                value_span: setting.value_at.into(),
                written: setting.written.as_deref(),
            }
        })
        .collect();
    let problem = |problem: &Problem| {
        json!({
            "kind": problem.kind.name(),
            "line": source.line(problem.at.start),
            "message": problem.message,
        })
    };
    let load_error = if missing {
        let message = format!("{} looks for another file", deployment.version_text());
        Some(json!({ "kind": "missing-file", "line": 1, "message": message }))
    } else {
        document.load_error().map(problem)
    };
    json!({
        "path": source.path,
        "format": document.format.name(),
        "space": document.space.name(),
        "layer": document.layer.name(),
        "name": document.name,
        "read_by": deployment.reader(document).map(Process::name),
        "complete": is_whole(deployment, document),
        "settings": settings,
        "problems": document.problems.iter().map(problem).collect::<Vec<_>>(),
        "load_error": load_error,
    })
}
