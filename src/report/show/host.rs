//! The kernel parameters of a host: what is in force, and for whom, where the loaders differ.

use serde_json::{Map, Value, json};

use super::live;
use super::rows::{MOST_SHOWN, Row, in_force};
use crate::deployment::{Deployment, Effective, HostLoader, HostParameter, Sysctl};
use crate::linux::running::Running;
use crate::report::plain;
use crate::rules::shown_value;
use crate::words::shortened;

/// What is in force, by key: for `sysctl --system`, where the files lie as on a machine.
pub(super) fn rows<'d>(deployment: &'d Deployment) -> Vec<Row<'d>> {
    let mut rows = in_force(deployment, &deployment.host);
    for row in &mut rows {
        let wins = deployment.sysctl_by(&row.setting.key, HostLoader::Procps);
        if let Some(wins) = wins {
            row.setting = wins.setting;
            (row.path, row.line) = place(deployment, &wins);
        }
    }
    rows
}

/// Those rows, each with what other loaders make of the parameter if that is another value.
pub(super) fn text(deployment: &Deployment, rows: &[Row], width: usize) -> String {
    let mut out = notes(deployment);
    let parameters = deployment.host_parameters();
    for row in rows {
        out.push_str(&row.line(width));
        // They are sorted by key.
        let own = parameters.binary_search_by(|own| own.key.cmp(&row.setting.key));
        let views = own.map_or_else(|_| Vec::new(), |at| views(&parameters[at]));
        if views.len() < 2 {
            continue;
        }
        for (effective, loaders) in views {
            let (path, line) = place(deployment, &effective);
            let loaders = loaders.join(", ");
            if effective.value() == row.setting.value {
                out.push_str(&format!("      for {loaders}\n"));
            } else {
                let value = shown_value(effective.setting);
                let value = shortened(&value, MOST_SHOWN);
                let value = plain(&value);
                let path = plain(path);
                out.push_str(&format!(
                    "  {:width$}  {value}   {path}:{line}\n      for {loaders}\n",
                    ""
                ));
            }
        }
    }
    out
}

/// What some loaders do not read, in a line each.
fn notes(deployment: &Deployment) -> String {
    let loaders = deployment.host_loaders();
    let mut out = String::new();
    if !loaders.contains(&HostLoader::SystemdAlone) {
        return out;
    }
    let is_elsewhere = |parameter: &HostParameter| {
        let state = |loader| deployment.sysctl_state_by(&parameter.key, loader);
        let is_set = matches!(state(HostLoader::Procps), Sysctl::Set(_));
        [HostLoader::SystemdAlone, HostLoader::Busybox]
            .map(|loader| is_set && matches!(state(loader), Sysctl::Unset))
    };
    let differ: Vec<[bool; 2]> = deployment
        .host_parameters()
        .iter()
        .map(is_elsewhere)
        .collect();
    if differ.iter().any(|[systemd, _]| *systemd) {
        out.push_str("  systemd-sysctl reads etc/sysctl.conf only through a link\n");
    }
    if differ.iter().any(|[_, busybox]| *busybox) {
        out.push_str("  busybox sysctl -p reads etc/sysctl.conf and no other file\n");
    }
    out
}

/// The values that a parameter has, first that of `sysctl --system`, each with the loaders that come to
/// it. Loaders for which it is not set, or unknown, are not told of.
fn views<'p>(parameter: &HostParameter<'p>) -> Vec<(Effective<'p>, Vec<&'static str>)> {
    let mut views: Vec<(Effective, Vec<&'static str>)> = Vec::new();
    for (loader, state) in &parameter.winners {
        let Sysctl::Set(effective) = state else {
            continue;
        };
        let name = loader.name();
        match views
            .iter_mut()
            .find(|(other, _)| other.value() == effective.value())
        {
            // With the link and without it.
            Some((_, names)) if names.iter().any(|other| name.starts_with(other)) => {}
            Some((_, names)) => names.push(name),
            None => views.push((*effective, vec![name])),
        }
    }
    views
}

fn place<'d>(deployment: &'d Deployment, effective: &Effective<'d>) -> (&'d str, usize) {
    let source = deployment.source(effective.document);
    let line = source.line(effective.setting.key_at.start);
    (&source.path, line)
}

/// The parameters with their values; where loaders come to different ones, or to none, what each comes
/// to; and what a running kernel says of them.
pub(super) fn json(deployment: &Deployment, running: Option<&Running>) -> Map<String, Value> {
    let rows = rows(deployment);
    let rows = rows.iter().rev();
    let mut all: Map<String, Value> = rows
        .map(|row| (row.setting.key.clone(), row.json()))
        .collect();
    for parameter in deployment.host_parameters() {
        if let (true, Some(own)) = (differs(&parameter), all.get_mut(&parameter.key)) {
            let of = |(loader, state): &(HostLoader, Sysctl)| {
                (id(*loader).to_owned(), state_json(deployment, state))
            };
            own["loaders"] = Value::Object(parameter.winners.iter().map(of).collect());
        }
    }
    for setting in running.map_or_else(Vec::new, |_| live::settings(deployment)) {
        let compared = running.and_then(|running| live::compared_json(running, setting));
        if let (Some(compared), Some(own)) = (compared, all.get_mut(&setting.key)) {
            own["live"] = compared;
        }
    }
    all
}

/// Whether the loaders come to different values.
fn differs(parameter: &HostParameter) -> bool {
    let value = |state: &Sysctl| match state {
        Sysctl::Set(effective) => Some(Some(effective.value().to_owned())),
        Sysctl::Unset => Some(None),
        Sysctl::Unknown => None,
    };
    let mut values = parameter.winners.iter().map(|(_, state)| value(state));
    let first = values.next();
    values.any(|other| Some(&other) != first.as_ref())
}

/// The name of a loader in JSON.
fn id(loader: HostLoader) -> &'static str {
    match loader {
        HostLoader::Procps => "procps",
        HostLoader::Systemd => "systemd",
        HostLoader::SystemdAlone => "systemd_alone",
        HostLoader::Busybox => "busybox",
    }
}

fn state_json(deployment: &Deployment, state: &Sysctl) -> Value {
    match state {
        Sysctl::Set(effective) => {
            let (path, line) = place(deployment, effective);
            let value = shown_value(effective.setting);
            json!({ "state": "set", "value": value, "path": path, "line": line })
        }
        Sysctl::Unset => json!({ "state": "unset" }),
        Sysctl::Unknown => json!({ "state": "unknown" }),
    }
}
