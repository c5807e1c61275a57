//! Rules about what code says of state.

use super::receiver::{self, Owner};
use super::{Job, backends, is_older, jobs, replaced};
use crate::deployment::Deployment;
use crate::finding::{Finding, Severity};
use crate::flink::version::Versions;
use crate::rules::Rule;
use crate::syntax::code::{Expr, Kind, Language, Receiver};

/// `old-state-backend`: the check.
pub(in crate::rules) fn old_state_backend(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    if is_older(deployment) {
        return;
    }
    let versions = deployment.versions;
    let is_gone = versions.within(Versions::V2);
    for job in jobs(deployment).filter(|job| job.code.language != Language::Python) {
        if job.is_test() && !is_gone {
            continue;
        }
        for class in replaced::OLD_BACKENDS {
            let own = class.rsplit('.').next().unwrap_or(class);
            let mut made = job.code.calls.iter().filter(|call| {
                call.kind == Kind::New && call.name == own && job.means(own, &[class])
            });
            let import = || job.code.imports.iter().find(|import| import.path == class);
            let Some(at) = made
                .next()
                .map(|call| call.name_at)
                .or_else(|| import().map(|import| import.at))
            else {
                continue;
            };
            let message = if is_gone {
                format!("`{own}` went with Flink 2.0; this job does not compile")
            } else {
                format!("`{own}` is deprecated since Flink 1.13 and went with 2.0")
            };
            let mut finding = job.finding(rule, at, message);
            if !is_gone {
                finding.severity = Severity::Note;
            }
            finding.label = "a state backend and a checkpoint storage in one".to_owned();
            finding.help = pair(own, versions);
            finding.fix = backends::split(&job, class, versions);
            finding.key = Some(own.to_owned());
            out.push(finding);
        }
    }
}

/// The state backend and the checkpoint storage that an old backend was.
fn pair(class: &str, versions: Versions) -> String {
    let (backend, name) = match class {
        "RocksDBStateBackend" => ("EmbeddedRocksDBStateBackend", "rocksdb"),
        _ => ("HashMapStateBackend", "hashmap"),
    };
    let is_memory = class == "MemoryStateBackend";
    let config = if is_memory {
        format!("`state.backend.type: {name}` and `execution.checkpointing.storage: jobmanager`")
    } else {
        format!("`state.backend.type: {name}` and `execution.checkpointing.dir`")
    };
    if versions.within(Versions::V2) {
        return format!("write {config} in the configuration");
    }
    let storage = if is_memory {
        "new JobManagerCheckpointStorage()"
    } else {
        "...its directory..."
    };
    format!(
        "write `env.setStateBackend(new {backend}(...))` and \
         `env.getCheckpointConfig().setCheckpointStorage({storage})`; the configuration ({config} in 2.x) \
         outlives both"
    )
}

/// Collections that a value of state may be, with the state that holds each entry apart.
const COLLECTIONS: [(&str, &str); 13] = [
    ("List", "ListState"),
    ("ArrayList", "ListState"),
    ("LinkedList", "ListState"),
    ("Set", "MapState"),
    ("HashSet", "MapState"),
    ("TreeSet", "MapState"),
    ("LinkedHashSet", "MapState"),
    ("Map", "MapState"),
    ("HashMap", "MapState"),
    ("TreeMap", "MapState"),
    ("LinkedHashMap", "MapState"),
    ("MutableList", "ListState"),
    ("MutableMap", "MapState"),
];

/// `list-in-value-state`: the check.
pub(in crate::rules) fn list_in_value_state(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    // On the heap a value is not serialized at all.
    let backend = ["state.backend.type", "state.backend"];
    let on_heap = backend.iter().any(|key| {
        matches!(
            deployment.get(key).text(),
            Some("hashmap" | "filesystem" | "jobmanager")
        )
    });
    if on_heap {
        return;
    }
    let descriptor = "org.apache.flink.api.common.state.ValueStateDescriptor";
    for job in jobs(deployment).filter(|job| job.code.language != Language::Python) {
        if job.is_test() {
            continue;
        }
        for (number, call) in job.code.calls.iter().enumerate() {
            let is_descriptor = call.name == "ValueStateDescriptor"
                && (call.kind == Kind::New || call.receiver == Receiver::None)
                && job.means(&call.name, &[descriptor]);
            if !is_descriptor {
                continue;
            }
            let Some(ty) = held(&job, number) else {
                continue;
            };
            let bare = ty.split(['<', '[']).next().unwrap_or(&ty);
            let own = bare.rsplit('.').next().unwrap_or(bare);
            let Some((_, instead)) = COLLECTIONS.iter().find(|(name, _)| *name == own) else {
                continue;
            };
            if own == bare && !is_of_library(&job, own) {
                continue;
            }
            let message = format!(
                "this value is a whole `{own}`: with RocksDB each access reads and writes all of it"
            );
            let mut finding = job.finding(rule, call.name_at, message);
            finding.label = format!("`ValueState` of `{ty}`");
            finding.help = format!(
                "`{instead}` reads and writes one entry; the state written so far has another form and is \
                 not read by it"
            );
            finding.key = job.source.line(call.name_at.start).to_string().into();
            out.push(finding);
        }
    }
}

/// Whether a name of a collection means that of the Java library, or of Kotlin's or Scala's.
pub(super) fn is_of_library(job: &Job, name: &str) -> bool {
    let path = format!("java.util.{name}");
    match job.code.language {
        Language::Java => job.code.imports(&path),
        Language::Kotlin => {
            matches!(name, "List" | "Set" | "Map" | "MutableList" | "MutableMap")
                || job.code.imports(&path)
        }
        Language::Scala => !job.code.imports.iter().any(|import| {
            import.name == name
                && !import.path.starts_with("scala.collection")
                && import.path != path
        }),
        Language::Python => false,
    }
}

/// The type that a descriptor is made for: its own argument of type, or that of what it is given to.
pub(super) fn held(job: &Job, number: usize) -> Option<String> {
    let call = job.code.calls.get(number)?;
    if let Some(own) = call.types.first().filter(|own| !own.is_empty()) {
        return Some(own.clone());
    }
    let variable = job
        .code
        .variables
        .iter()
        .find(|variable| variable.value == Expr::Call(number))?;
    let ty = variable.ty.as_deref()?;
    let inner = ty
        .strip_prefix("ValueStateDescriptor<")?
        .strip_suffix('>')?;
    Some(inner.to_owned())
}

/// Methods on a keyed stream that keep state.
const STATEFUL: [&str; 14] = [
    "process",
    "reduce",
    "aggregate",
    "sum",
    "min",
    "max",
    "minBy",
    "maxBy",
    "window",
    "countWindow",
    "timeWindow",
    "flatMap",
    "map",
    "intervalJoin",
];

/// `stateful-operator-without-uid`: the check.
pub(in crate::rules) fn without_uid(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for job in jobs(deployment).filter(|job| job.code.language != Language::Python) {
        let calls = &job.code.calls;
        let named =
            |call: &crate::syntax::code::Call| matches!(call.name.as_str(), "uid" | "setUid");
        if job.is_test() || calls.iter().any(named) {
            continue;
        }
        let first = calls.iter().find(|call| {
            let Receiver::Call(before) = call.receiver else {
                return false;
            };
            let keyed = calls
                .get(before)
                .is_some_and(|before| before.name == "keyBy");
            keyed
                && matches!(
                    call.name.as_str(),
                    "process" | "reduce" | "aggregate" | "sum" | "window"
                )
                && STATEFUL.contains(&call.name.as_str())
                && receiver::owner(&job, call) == Some(Owner::Stream)
        });
        let Some(first) = first else {
            continue;
        };
        let message = "no operator of this job has an id of its own";
        let mut finding = job.finding(rule, first.name_at, message);
        finding.label = "keeps state".to_owned();
        finding.help =
            "without `.uid(\"...\")` Flink makes ids of the shape of the job: add or remove an \
                        operator, and a savepoint can't be mapped to it"
                .to_owned();
        finding.key = Some("uid".to_owned());
        out.push(finding);
    }
}
