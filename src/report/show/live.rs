//! What the kernel of this machine says of its parameters, beside what files say.

use serde_json::{Map, Value, json};

use crate::deployment::{Deployment, HostLoader};
use crate::linux::parameters;
use crate::linux::running::{OF_FLINK, Reading, Running, State};
use crate::report::plain;
use crate::syntax::{Scope, Setting};

/// The parameters that the files of a deployment set for machines, by key. Not patterns, which stand for
/// many.
pub(super) fn settings<'d>(deployment: &'d Deployment) -> Vec<&'d Setting> {
    let documents = deployment.host.iter();
    let own = documents.filter(|document| document.scope == Scope::Machine);
    let mut keys: Vec<&str> = own
        .flat_map(|document| document.settings.iter().map(|setting| setting.key.as_str()))
        .collect();
    keys.sort_unstable();
    keys.dedup();
    // Where the loaders differ, what `sysctl --system` comes to is what is shown.
    let in_force = keys.into_iter().filter_map(|key| {
        let agreed = deployment.sysctl(key);
        agreed.or_else(|| deployment.sysctl_by(key, HostLoader::Procps))
    });
    in_force
        .filter(|effective| effective.document.scope == Scope::Machine)
        .filter(|effective| !effective.setting.key.contains(['*', '?', '[']))
        .map(|effective| effective.setting)
        .collect()
}

/// What differs and what does not, for one deployment.
pub(super) fn compared(deployment: &Deployment, running: &Running) -> String {
    let mut rows: Vec<(State, &Setting)> = settings(deployment)
        .into_iter()
        .filter(|setting| setting.known)
        .filter_map(|setting| Some((running.compare(&setting.key, &setting.value)?, setting)))
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    rows.sort_by_key(|(state, _)| match state {
        State::Different => 0,
        State::Missing => 1,
        State::Unreadable => 2,
        State::Same => 3,
    });
    let mut out = format!("  on this machine, {}:\n", kernel(running));
    for (state, setting) in rows {
        let (name, key) = (state.name(), plain(&setting.key));
        match shown(running, &setting.key) {
            Some(live) if state == State::Different => {
                let written = plain(&setting.value);
                out.push_str(&format!("    {name:10}  {key}\n"));
                out.push_str(&format!("    {:10}    files  {written}\n", ""));
                let by = others(deployment, running, setting);
                out.push_str(&format!("    {:10}    here   {live}{by}\n", ""));
            }
            Some(live) => out.push_str(&format!("    {name:10}  {key} = {live}\n")),
            None => out.push_str(&format!("    {name:10}  {key}\n")),
        }
    }
    out
}

/// Who leaves the value that the kernel has, where the loaders come to different ones.
fn others(deployment: &Deployment, running: &Running, setting: &Setting) -> String {
    let key = &setting.key;
    let mut loaders = deployment.host_loaders().into_iter();
    let by = loaders.find(|loader| {
        let wins = deployment.sysctl_by(key, *loader);
        let state = wins.and_then(|wins| running.compare(key, wins.value()));
        state == Some(State::Same)
    });
    by.map_or_else(String::new, |by| format!("   as {} leaves it", by.name()))
}

/// The parameters that matter to Flink, where no file sets any.
pub(super) fn of_flink(running: &Running) -> String {
    let mut out = format!("this machine   {}\n", kernel(running));
    let width = OF_FLINK.iter().map(|key| key.len()).max().unwrap_or(0);
    for key in OF_FLINK {
        let unit = parameters::find(key).and_then(|own| own.unit());
        let shown = match (shown(running, key), unit) {
            (Some(live), Some("bytes")) => format!("{live} bytes"),
            (Some(live), _) => live,
            (None, _) => match running.parameters.get(key) {
                Some(Reading::Unreadable) => State::Unreadable.name().to_owned(),
                _ => State::Missing.name().to_owned(),
            },
        };
        out.push_str(&format!("  {key:width$}  {shown}\n"));
    }
    out
}

/// Which kernel runs.
fn kernel(running: &Running) -> String {
    match &running.release {
        Some(release) => format!("Linux {}", plain(release)),
        None => "Linux".to_owned(),
    }
}

/// A value as it is shown: one blank between its words.
fn value(running: &Running, key: &str) -> Option<String> {
    match running.parameters.get(key)? {
        Reading::Value(live) => {
            let words: Vec<&str> = live.split_whitespace().collect();
            Some(plain(&words.join(" ")).into_owned())
        }
        Reading::Missing | Reading::Unreadable => None,
    }
}

/// The same for people.
fn shown(running: &Running, key: &str) -> Option<String> {
    let live = value(running, key)?;
    Some(if live.is_empty() {
        "(empty)".to_owned()
    } else {
        live
    })
}

/// How a parameter of a file compares: `{"state": "different", "value": "60"}`.
pub(super) fn compared_json(running: &Running, setting: &Setting) -> Option<Value> {
    let state = setting
        .known
        .then(|| running.compare(&setting.key, &setting.value))??;
    Some(json!({ "state": state.name(), "value": value(running, &setting.key) }))
}

/// The kernel, and the parameters that matter to Flink.
pub(super) fn json(running: &Running) -> Value {
    let parameters: Map<String, Value> = OF_FLINK
        .iter()
        .map(|key| ((*key).to_owned(), json!(value(running, key))))
        .collect();
    json!({ "kernel": running.release, "parameters": parameters })
}
