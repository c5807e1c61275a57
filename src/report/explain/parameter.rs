//! A parameter of the kernel.

use serde_json::{Value, json};

use super::option::rules_of;
use super::{json_text, paragraph, row, visible};
use crate::linux::kernel::{MEASURED, Release};
use crate::linux::parameters::{self, Kind, Parameter, Scope};

/// What a parameter is, in lines of at most `columns` where words allow it.
pub fn parameter(key: &str, columns: usize) -> String {
    let mut out = format!("{}\n", visible(key));
    let gone = parameters::gone(key);
    let Some(parameter) = parameters::find(key) else {
        out.push('\n');
        let text = match gone.and_then(|gone| gone.since) {
            Some(since) => format!("gone since Linux {since}"),
            None => format!("in no kernel from {} on", MEASURED[0]),
        };
        row(&mut out, 2, "kernels", &text, columns);
        if let Some(instead) = gone.and_then(|gone| gone.instead) {
            row(&mut out, 2, "instead", instead, columns);
        }
        rules(&mut out, key, columns);
        return out;
    };
    if let Some(meaning) = parameter.meaning() {
        paragraph(&mut out, 2, meaning, columns);
    }
    out.push('\n');
    row(&mut out, 2, "kernels", &kernels(&parameter, key), columns);
    let limits = |release| limits(&parameter, release);
    for (index, text) in by_release(&parameter, limits).iter().enumerate() {
        row(&mut out, 2, label("holds", index), text, columns);
    }
    let default = |release| default(&parameter, release);
    for (index, text) in by_release(&parameter, default).iter().enumerate() {
        row(&mut out, 2, label("default", index), text, columns);
    }
    let scope = |release| parameter.scope(release).map(in_words).map(str::to_owned);
    for (index, text) in by_release(&parameter, scope).iter().enumerate() {
        row(&mut out, 2, label("container", index), text, columns);
    }
    if parameter.is_writable(newest(&parameter)) == Some(false) {
        row(
            &mut out,
            2,
            "written",
            "by nobody: it can only be read",
            columns,
        );
    }
    if let Some(module) = parameter.module() {
        let text = format!("there once the module {module} is loaded");
        row(&mut out, 2, "module", &text, columns);
    }
    rules(&mut out, key, columns);
    out
}

/// The same as one JSON document; its shape is a contract with other tools.
pub fn parameter_json(key: &str) -> String {
    let found = parameters::find(key);
    let gone = parameters::gone(key);
    let of_release = |parameter: &Parameter, release: Release| {
        let limits = parameter.limits(release);
        json!({
            "kernel": release.to_string(),
            "default": parameter.default(release),
            "default_with_4_gib": parameter.default_of_small_machine(release),
            "least": limits.map(|limits| limits.low.to_string()),
            "largest": limits.map(|limits| limits.high.to_string()),
            "scope": parameter.scope(release).map(name_of),
            "writable": parameter.is_writable(release),
        })
    };
    let releases = |parameter: &Parameter| -> Vec<Value> {
        let having = MEASURED.into_iter().filter(|own| parameter.is_in(*own));
        having.map(|own| of_release(parameter, own)).collect()
    };
    let document = json!({
        "version": 1,
        "key": key,
        "description": found.and_then(|own| own.meaning()),
        "numbers": found.filter(Parameter::takes_numbers).map(|own| own.count()),
        "unit": found.and_then(|own| own.unit()),
        "module": found.and_then(|own| own.module()),
        "kernels": found.as_ref().map(releases).unwrap_or_default(),
        "gone_since": gone.and_then(|gone| gone.since).map(|since| since.to_string()),
        "instead": gone.and_then(|gone| gone.instead),
        "rules": rules_of(key),
    });
    json_text::text(&document)
}

/// The label of the first of several rows.
fn label(text: &'static str, index: usize) -> &'static str {
    if index == 0 { text } else { "" }
}

/// The rules whose pages speak of a key.
fn rules(out: &mut String, key: &str, columns: usize) {
    let rules = rules_of(key);
    if !rules.is_empty() {
        row(out, 2, "rules", &rules.join(", "), columns);
    }
}

/// The newest measured release that has it.
fn newest(parameter: &Parameter) -> Release {
    parameter.span().1
}

/// Which kernels have it.
fn kernels(parameter: &Parameter, key: &str) -> String {
    let (first, last) = parameter.span();
    let oldest = MEASURED[0];
    let end = MEASURED[MEASURED.len() - 1];
    let after = MEASURED.into_iter().find(|own| *own > last);
    let before = MEASURED.into_iter().rfind(|own| *own < first);
    let since = parameters::gone(key).and_then(|gone| gone.since);
    let start = match before {
        None => format!("{first}"),
        Some(before) => format!("not {before}; {first}"),
    };
    match (after, since) {
        (_, Some(since)) => format!("{start} to before {since}"),
        (Some(after), None) => format!("{start} to {last}; not {after}"),
        (None, None) if first == oldest => format!("all that were measured, {first} to {end}"),
        (None, None) => format!("{start} to {end}"),
    }
}

/// What is said of each release; once where all say the same, else with the releases.
fn by_release(parameter: &Parameter, say: impl Fn(Release) -> Option<String>) -> Vec<String> {
    let mut parts: Vec<(Release, Release, String)> = Vec::new();
    for release in MEASURED {
        let Some(text) = parameter.is_in(release).then(|| say(release)).flatten() else {
            continue;
        };
        match parts.last_mut() {
            Some((_, last, own)) if *own == text => *last = release,
            _ => parts.push((release, release, text)),
        }
    }
    if let [(_, _, text)] = parts.as_slice() {
        return vec![text.clone()];
    }
    let shown = |(first, last, text): &(Release, Release, String)| {
        if first == last {
            format!("{first}: {text}")
        } else {
            format!("{first} to {last}: {text}")
        }
    };
    parts.iter().map(shown).collect()
}

/// What it holds in a release.
fn limits(parameter: &Parameter, release: Release) -> Option<String> {
    let what = match parameter.kind() {
        Kind::Ports => "ports and ranges of ports, divided by commas".to_owned(),
        Kind::Name => "a name".to_owned(),
        Kind::Names => "names, divided by blanks".to_owned(),
        Kind::Text => "text".to_owned(),
        Kind::Unknown => return None,
        Kind::PowerOfTwo => "a power of two".to_owned(),
        _ if parameter.count() == 1 => "a number".to_owned(),
        _ => format!("{} numbers", parameter.count()),
    };
    let unit = match parameter.unit() {
        Some(unit) if parameter.takes_numbers() => format!(" ({unit})"),
        _ => String::new(),
    };
    let range = match parameter.limits(release) {
        Some(own) if parameter.takes_numbers() => {
            let each = if parameter.count() > 1 { "each " } else { "" };
            let about = if own.fixed { "" } else { "about " };
            format!(", {about}{each}{} to {}", own.low, own.high)
        }
        _ => String::new(),
    };
    Some(format!("{what}{unit}{range}"))
}

/// Its value after boot in a release.
fn default(parameter: &Parameter, release: Release) -> Option<String> {
    let shown = |value: &str| {
        if value.is_empty() {
            "empty".to_owned()
        } else {
            value.to_owned()
        }
    };
    let small = parameter.default_of_small_machine(release);
    match (parameter.default(release), small) {
        (Some(value), _) => Some(shown(value)),
        (None, Some(value)) => Some(format!(
            "{} with 4 GiB of memory and 2 processors, on which it depends",
            shown(value)
        )),
        (None, None) => None,
    }
}

/// What a container sees of it.
fn in_words(scope: Scope) -> &'static str {
    match scope {
        Scope::Machine => "one value for the whole machine",
        Scope::Network => "a value of its own for each network namespace",
        Scope::NetworkReadOnly => "the host's value, which a container cannot set",
        Scope::NetworkOfHost => "not there: only the host's network namespace has it",
        Scope::Ipc => "a value of its own for each IPC namespace",
        Scope::Uts => "a value of its own for each UTS namespace",
        Scope::User => "a value of its own for each user namespace",
    }
}

/// The name of a scope for machines.
fn name_of(scope: Scope) -> &'static str {
    match scope {
        Scope::Machine => "machine",
        Scope::Network => "network",
        Scope::NetworkReadOnly => "network-read-only",
        Scope::NetworkOfHost => "network-of-host",
        Scope::Ipc => "ipc",
        Scope::Uts => "uts",
        Scope::User => "user",
    }
}
