//! One JSON document; its shape is a contract with other tools.

use serde_json::{Map, Value, json};

use super::view::{Fails, Origin, Outcome, Parts, ProcessView, Reason, View};
use crate::flink::memory::Process;
use crate::report::json_text;

/// Every deployment.
pub(super) fn document(views: &[View]) -> String {
    let list: Vec<Value> = views.iter().map(deployment).collect();
    let document = json!({ "version": 1, "deployments": list });
    json_text::text(&document)
}

fn deployment(view: &View) -> Value {
    let mut out = head(view);
    let processes: Vec<Value> = view.processes.iter().map(process).collect();
    out.insert("processes".to_owned(), json!(processes));
    Value::Object(out)
}

/// What stands before the processes. `tried` and `remark` are there where there is something to say.
pub(super) fn head(view: &View) -> Map<String, Value> {
    let mut out = Map::new();
    out.insert("name".to_owned(), json!(view.name));
    out.insert("flink_version".to_owned(), json!(view.versions.to_string()));
    if !view.tried.is_empty() {
        let tried = view.tried.iter();
        let tried: Map<String, Value> = tried
            .map(|(key, value)| (key.clone(), json!(value)))
            .collect();
        out.insert("tried".to_owned(), Value::Object(tried));
    }
    if let Some(remark) = &view.remark {
        out.insert("remark".to_owned(), json!(remark));
    }
    out
}

/// One process; `flink_versions` is there where other versions make something else of it.
pub(super) fn process(view: &ProcessView) -> Value {
    let mut out = Map::new();
    let mut put = |name: &str, value: Value| {
        out.insert(name.to_owned(), value);
    };
    put("process", json!(process_name(view.process)));
    put("mode", json!(view.mode.name()));
    if view.is_one_of_several {
        put(
            "flink_versions",
            json!(view.versions.names().collect::<Vec<_>>()),
        );
    }
    match &view.outcome {
        Outcome::Starts(parts) => {
            put("bytes", Value::Object(bytes(parts)));
            if let Some((cores, slots)) = parts.cores_and_slots {
                put("cpu_cores", json!(cores));
                put("num_slots", json!(slots));
            }
            put("jvm_params", json!(parts.jvm_params));
            put("decided_by", Value::Object(decided_by(parts)));
            if let Some(rocksdb) = &parts.rocksdb {
                put("rocksdb", rocksdb.json());
            }
        }
        Outcome::Fails(fails) => put("error", error(fails)),
        Outcome::Unknown { why, text } => {
            put("unknown", json!({ "why": why, "message": text }));
        }
    }
    Value::Object(out)
}

pub(super) fn process_name(process: Process) -> &'static str {
    match process {
        Process::JobManager => "jobmanager",
        Process::TaskManager => "taskmanager",
    }
}

/// Every size by its name.
pub(super) fn bytes(parts: &Parts) -> Map<String, Value> {
    let rows = parts.rows.iter().chain([&parts.total]);
    rows.map(|row| (row.name.to_owned(), json!(row.bytes)))
        .collect()
}

fn decided_by(parts: &Parts) -> Map<String, Value> {
    let rows = parts.rows.iter().chain([&parts.total]);
    rows.filter_map(|row| Some((row.name.to_owned(), reason(row.reason.as_ref()?))))
        .collect()
}

fn reason(reason: &Reason) -> Value {
    let (path, line) = match &reason.origin {
        Origin::File { path, line, .. } => (Some(path), Some(line)),
        Origin::Nowhere | Origin::Shipped { .. } | Origin::Tried { .. } => (None, None),
    };
    json!({ "why": reason.why.name(), "key": reason.key, "path": path, "line": line })
}

fn error(fails: &Fails) -> Value {
    let terms = fails.equation.terms.iter().filter_map(|term| {
        let mut out = reason(term.reason.as_ref()?);
        let fields = out.as_object_mut()?;
        fields.insert("name".to_owned(), json!(term.name));
        fields.insert("bytes".to_owned(), json!(term.bytes));
        Some(out)
    });
    json!({
        "class": fails.error.class(),
        "message": fails.error.message(),
        "terms": terms.collect::<Vec<_>>(),
    })
}
