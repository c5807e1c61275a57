//! The containers of a deployment: those of files that certainly run its configuration, and those that
//! the Kubernetes operator makes of a resource.

use super::{Project, Unit};
use crate::deployment::{Container, Engine, Process, Replicas};
use crate::recognise::cluster::{self, Role, Stated, Volume, VolumeKind, Workload};
use crate::syntax::{Document, Setting, Space};
use crate::text::SourceId;

/// The container of Flink in a pod template.
const MAIN: &str = "flink-main-container";

/// A service or container that certainly runs a configuration.
pub(super) fn container(
    source: SourceId,
    workload: &Workload,
    engine: Engine,
) -> Option<Container> {
    let process = match workload.role {
        Role::JobManager => Process::JobManager,
        Role::TaskManager => Process::TaskManager,
        Role::Other | Role::Unknown => return None,
    };
    let replicas = match &workload.replicas {
        Stated::Known { value, at, .. } => Some(Replicas {
            number: *value,
            at: Some(*at),
        }),
        Stated::No => Some(Replicas {
            number: 1,
            at: None,
        }),
        Stated::Unknown => None,
    };
    Some(Container {
        name: workload.name.clone(),
        source,
        at: workload.at,
        namespace: workload.namespace.clone().unwrap_or_default(),
        process,
        replicas,
        engine,
        has: workload.container.clone(),
    })
}

impl Project<'_> {
    /// The two containers that the operator starts for a resource. `patched` says whether something may
    /// change the resource before it gets it.
    pub(super) fn containers_of_resource(&self, unit: &Unit, patched: bool) -> Vec<Container> {
        let mut resources = unit.resources.iter().map(|&number| &self.documents[number]);
        let Some((fields, spec)) = resources.find_map(|fields| Some((fields, spec(fields)?)))
        else {
            return Vec::new();
        };
        let mut options = unit.documents.iter().map(|&number| &self.documents[number]);
        let has_file = options.any(|document| {
            let mut settings = document.settings.iter();
            settings.any(|setting| setting.key.starts_with("kubernetes.pod-template-file"))
        });
        let open = patched || has_file || !fields.complete || fields.load_error.is_some();
        let processes = [
            (Process::JobManager, "jobManager"),
            (Process::TaskManager, "taskManager"),
        ];
        let containers = processes.map(|(process, name)| {
            let own = format!("{spec}.{name}");
            let all = [format!("{spec}.podTemplate"), format!("{own}.podTemplate")];
            let said: Vec<&String> = all.iter().filter(|path| fields.has(path)).collect();
            let mut has = cluster::Container {
                // How the operator merges the lists of two templates is a matter of its own options.
                open: open || said.len() > 1,
                ..cluster::Container::default()
            };
            for template in said {
                read(fields, template, &mut has);
            }
            let number = |setting: &Setting| setting.value.parse().ok().filter(|_| setting.known);
            let replicas = fields.get(&format!("{own}.replicas"));
            Container {
                name: format!("{} of {}", process.name(), shown(fields)),
                source: fields.source,
                at: fields.section(&own).map_or_else(
                    || fields.held_at.unwrap_or_default(),
                    |section| section.key_at,
                ),
                namespace: String::new(),
                process,
                replicas: replicas.and_then(|setting| {
                    Some(Replicas {
                        number: number(setting)?,
                        at: Some(setting.whole),
                    })
                }),
                engine: Engine::Operator,
                has,
            }
        });
        containers.into()
    }
}

/// Where the specification of a cluster stands in a resource.
fn spec(fields: &Document) -> Option<&'static str> {
    let holder = fields.holder.as_deref()?;
    match holder.kind.as_deref()? {
        "FlinkDeployment" if fields.space == Space::Resource => Some("spec"),
        "FlinkBlueGreenDeployment" if fields.space == Space::Resource => Some("spec.template.spec"),
        _ => None,
    }
}

fn shown(fields: &Document) -> String {
    let holder = fields.holder.as_deref();
    let part = |text: Option<&String>| text.map_or("?", String::as_str).to_owned();
    let kind = part(holder.and_then(|holder| holder.kind.as_ref()));
    let name = part(holder.and_then(|holder| holder.name.as_ref()));
    format!("{kind} {name}")
}

/// What a pod template says of Flink's container.
fn read(fields: &Document, template: &str, has: &mut cluster::Container) {
    let pod = format!("{template}.spec");
    let text = |path: String| {
        let setting = fields.get(&path)?;
        setting.known.then_some(setting.value.as_str())
    };
    has.host_network |= text(format!("{pod}.hostNetwork")) == Some("true");
    let is_main = |item: &String| text(format!("{item}.name")) == Some(MAIN);
    let containers = fields.items(&format!("{pod}.containers"));
    let Some(main) = containers.into_iter().find(is_main) else {
        return;
    };
    let image = text(format!("{main}.image"));
    has.image = image.map(str::to_owned).or(has.image.take());
    let volumes = fields.items(&format!("{pod}.volumes"));
    for mount in fields.items(&format!("{main}.volumeMounts")) {
        let place = fields.section(&mount).map(|section| section.whole);
        let (Some(name), Some(path), Some(at)) = (
            text(format!("{mount}.name")),
            text(format!("{mount}.mountPath")),
            place.or_else(|| Some(fields.get(&format!("{mount}.mountPath"))?.whole)),
        ) else {
            has.open = true;
            continue;
        };
        let mut own = volumes.iter();
        let volume = own.find(|volume| text(format!("{volume}.name")) == Some(name));
        let (kind, own) =
            volume.map_or((VolumeKind::Other, None), |volume| kind_of(fields, volume));
        has.volumes.push(Volume {
            path: path.to_owned(),
            kind,
            name: own.unwrap_or(name).to_owned(),
            read_only: text(format!("{mount}.readOnly")) == Some("true"),
            at,
        });
    }
    for variable in fields.items(&format!("{main}.env")) {
        let value = fields.get(&format!("{variable}.value"));
        let Some(name) = fields.get(&format!("{variable}.name")) else {
            continue;
        };
        has.variables.push(cluster::Variable {
            name: name.value.clone(),
            value: value.map(|value| value.value.clone()),
            at: value.map_or(name.whole, |value| value.whole),
            value_at: value.map_or(name.value_at, |value| value.value_at),
        });
    }
}

/// What a volume of a pod template is, and which one.
fn kind_of<'d>(fields: &'d Document, volume: &str) -> (VolumeKind, Option<&'d str>) {
    for (key, kind, field) in cluster::VOLUME_SOURCES {
        let source = format!("{volume}.{key}");
        if fields.has(&source) || fields.get(&source).is_some() {
            let name = fields.get(&format!("{source}.{field}"));
            return (kind, name.map(|setting| setting.value.as_str()));
        }
    }
    (VolumeKind::Other, None)
}
