//! What a container of a pod has from outside, and the services of Kubernetes that lead to it.

use super::container::{Container, Service, ServicePort, Variable, Volume, VolumeKind};
use super::node::Value;

/// What a container of a pod has from outside. `template` holds the metadata of the pod.
pub(super) fn container(value: Value, pod: Value, template: Option<Value>) -> Container {
    let text = |key: &str| value.get(key).and_then(Value::text);
    let mut container = Container {
        image: text("image").map(str::to_owned),
        host_network: pod.get("hostNetwork").and_then(Value::text) == Some("true"),
        labels: pairs(template.and_then(|template| template.at(&["metadata", "labels"]))),
        ..Container::default()
    };
    let read_only = value.at(&["securityContext", "readOnlyRootFilesystem"]);
    container.read_only = read_only.and_then(Value::text) == Some("true");
    for mount in items(value.get("volumeMounts")) {
        match volume(mount, pod) {
            Some(volume) => container.volumes.push(volume),
            None => container.open = true,
        }
    }
    for variable in items(value.get("env")) {
        let Some(name) = variable.get("name").and_then(Value::text) else {
            continue;
        };
        let value = variable.get("value");
        container.variables.push(Variable {
            name: name.to_owned(),
            value: value.and_then(Value::text).map(str::to_owned),
            at: variable.span(),
            value_at: value.unwrap_or(variable).span(),
        });
    }
    container
}

/// The sources of a volume that are told apart: their field, what they are, and what names which one.
pub const SOURCES: [(&str, VolumeKind, &str); 5] = [
    ("emptyDir", VolumeKind::EmptyDir, ""),
    ("hostPath", VolumeKind::HostPath, "path"),
    ("persistentVolumeClaim", VolumeKind::Claim, "claimName"),
    ("configMap", VolumeKind::ConfigMap, "name"),
    ("secret", VolumeKind::Secret, "secretName"),
];

fn items<'a, 't>(list: Option<Value<'a, 't>>) -> impl Iterator<Item = Value<'a, 't>> {
    list.into_iter().flat_map(Value::items)
}

fn pairs(map: Option<Value>) -> Vec<(String, String)> {
    let entries = map.into_iter().flat_map(Value::entries);
    let pair =
        |entry: super::node::Entry| Some((entry.key.to_owned(), entry.value.text()?.to_owned()));
    entries.filter_map(pair).collect()
}

fn volume(mount: Value, pod: Value) -> Option<Volume> {
    let field = |key: &str| mount.get(key).and_then(Value::text);
    let (name, path) = (field("name")?, field("mountPath")?);
    let is_it = |volume: &Value| volume.get("name").and_then(Value::text) == Some(name);
    let source = items(pod.get("volumes")).find(is_it);
    // One that the pod does not list is a claim of its own (`volumeClaimTemplates`).
    let (kind, own) = source.map_or((VolumeKind::Other, None), kind_of);
    Some(Volume {
        path: path.to_owned(),
        kind,
        name: own.unwrap_or(name).to_owned(),
        read_only: field("readOnly") == Some("true"),
        at: mount.span(),
    })
}

/// What a volume of a pod is, and which one where it says so.
fn kind_of<'a>(volume: Value<'a, '_>) -> (VolumeKind, Option<&'a str>) {
    let found = SOURCES.iter().find_map(|(key, kind, field)| {
        let source = volume.get(key)?;
        Some((*kind, source.get(field).and_then(Value::text)))
    });
    found.unwrap_or((VolumeKind::Other, None))
}

/// A service object.
pub(super) fn service(object: Value) -> Option<Service> {
    let text = |path: &[&str]| object.at(path).and_then(Value::text);
    let name = object.at(&["metadata", "name"])?;
    let kind = object.at(&["spec", "type"]);
    let annotations = object.at(&["metadata", "annotations"]);
    let annotations = annotations.into_iter().flat_map(Value::entries);
    let is_internal = annotations
        .filter_map(|entry| Some((entry.key, entry.value.text()?)))
        .any(|(key, value)| {
            let narrows = key.contains("internal") || key.contains("source-ranges");
            value.to_ascii_lowercase().contains("internal") || narrows && value != "false"
        });
    Some(Service {
        name: name.text()?.to_owned(),
        namespace: text(&["metadata", "namespace"])
            .unwrap_or_default()
            .to_owned(),
        kind: kind.and_then(Value::text).unwrap_or_default().to_owned(),
        at: kind.unwrap_or(name).span(),
        headless: text(&["spec", "clusterIP"]) == Some("None"),
        is_narrowed: is_internal || object.at(&["spec", "loadBalancerSourceRanges"]).is_some(),
        selector: pairs(object.at(&["spec", "selector"])),
        ports: items(object.at(&["spec", "ports"]))
            .filter_map(service_port)
            .collect(),
    })
}

fn service_port(item: Value) -> Option<ServicePort> {
    let port = item.get("port")?;
    let number = port.text()?.parse().ok()?;
    let target = item.get("targetPort");
    Some(ServicePort {
        port: number,
        target: match target {
            Some(target) => target.text().and_then(|text| text.parse().ok()),
            None => Some(number),
        },
        at: target.unwrap_or(port).span(),
    })
}
