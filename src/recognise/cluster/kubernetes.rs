//! Containers of Flink in objects of Kubernetes.

use std::borrow::Cow;

use super::node::{Value, Word};
use super::roles::own_script;
use super::sets::Variable;
use super::{
    Arguments, Facts, Kind, Mount, PROPERTIES, Properties, Role, Runs, Sets, Stated, Workload,
    is_conf_target, pod, shell, starts_itself,
};
use crate::flink::sizes;
use crate::flink::version::Image;
use crate::syntax::yaml::tree::{KEY_LIMIT, Tree};

pub(super) fn read(text: &str) -> Facts {
    let tree = Tree::parse(text, KEY_LIMIT);
    // Braces that YAML takes for a mapping are filled in before anything reads the file.
    if !tree.failures.is_empty() || text.contains("{{") || text.contains("{%") {
        return Facts::unreadable(Kind::Manifest);
    }
    let mut facts = Facts::new(Kind::Manifest);
    for root in &tree.roots {
        let Some(root) = Value::new(&tree, *root) else {
            continue;
        };
        object(root, &mut facts);
        for item in root.get("items").into_iter().flat_map(Value::items) {
            object(item, &mut facts);
        }
    }
    facts
}

fn object(object: Value, facts: &mut Facts) {
    let kind = object.get("kind").and_then(Value::text).unwrap_or("");
    let path: &[&str] = match kind {
        "Deployment"
        | "StatefulSet"
        | "DaemonSet"
        | "ReplicaSet"
        | "ReplicationController"
        | "Job" => &["spec", "template", "spec"],
        "CronJob" => &["spec", "jobTemplate", "spec", "template", "spec"],
        "Pod" => &["spec"],
        "HorizontalPodAutoscaler" | "ScaledObject" | "VerticalPodAutoscaler" => {
            facts.autoscales = true;
            return;
        }
        "Service" => {
            facts.services.extend(pod::service(object));
            return;
        }
        _ => return,
    };
    let Some(pod) = object.at(path) else { return };
    let template = match path.split_last() {
        Some((_, [])) => Some(object),
        Some((_, rest)) => object.at(rest),
        None => None,
    };
    let name = object.at(&["metadata", "name"]).and_then(Value::text);
    let namespace = object.at(&["metadata", "namespace"]).and_then(Value::text);
    let replicas = match kind {
        "Deployment" | "StatefulSet" | "ReplicaSet" | "ReplicationController" => {
            replicas(object.at(&["spec", "replicas"]))
        }
        "Pod" => Stated::No,
        _ => Stated::Unknown,
    };
    let containers = |field: &str| pod.get(field).into_iter().flat_map(Value::items);
    for value in containers("containers") {
        let container = Container {
            value,
            pod,
            namespace,
            template,
            owner: format!(
                "container {} of {kind} {}",
                value.get("name").and_then(Value::text).unwrap_or("?"),
                name.unwrap_or("?")
            ),
        };
        facts.workloads.extend(container.workload(&replicas));
    }
    // What runs before may write the file that the others read.
    for value in containers("initContainers") {
        for key in ["command", "args"] {
            if let Some(command) = value.get(key) {
                let sets = &mut facts.sets;
                shell::read(&command.joined(), command.span(), "an init container", sets);
            }
        }
    }
}

fn replicas(value: Option<Value>) -> Stated<u32> {
    let Some(value) = value else {
        return Stated::No;
    };
    let text = value.text().unwrap_or_default();
    match text.parse() {
        Ok(number) => Stated::Known {
            value: number,
            text: text.to_owned(),
            at: value.span(),
            what: "replicas",
        },
        Err(_) => Stated::Unknown,
    }
}

struct Container<'a, 't> {
    value: Value<'a, 't>,
    pod: Value<'a, 't>,
    namespace: Option<&'a str>,
    template: Option<Value<'a, 't>>,
    owner: String,
}

impl<'a> Container<'a, '_> {
    /// The container, when it is one of Flink.
    fn workload(self, replicas: &Stated<u32>) -> Option<Workload> {
        let mut words: Vec<Word<'a>> = Vec::new();
        for key in ["command", "args"] {
            words.extend(self.value.get(key).map(Value::words).unwrap_or_default());
        }
        let role = Role::of(&words);
        let image = self.value.get("image").and_then(Value::text);
        let is_image = image.is_some_and(|image| Image::parse(image).is_some());
        if !is_image && !matches!(role, Role::JobManager | Role::TaskManager) {
            return None;
        }
        Some(Workload {
            at: self.value.get("name").unwrap_or(self.value).span(),
            role,
            is_flink: true,
            mounts: self.mounts(),
            elsewhere: Vec::new(),
            // Without a number Kubernetes starts one.
            single: true,
            replicas: replicas.clone(),
            memory: self.memory(),
            sets: self.sets(role, &words),
            arguments: Arguments::of(
                &words,
                ["command", "args"]
                    .into_iter()
                    .filter_map(|key| Some(self.value.get(key)?.span())),
                &self.owner,
            ),
            properties: Properties::of(&self.environment(), &self.owner),
            starts_itself: self
                .value
                .get("command")
                .is_some_and(|command| starts_itself(&command.joined())),
            runs: match image {
                None => Runs::Unsaid,
                Some(_) if is_image => Runs::Stock,
                Some(_) => Runs::Other,
            },
            namespace: self.namespace.map(str::to_owned),
            container: pod::container(self.value, self.pod, self.template),
            name: self.owner,
        })
    }

    fn memory(&self) -> Stated<u64> {
        let Some(value) = self.value.at(&["resources", "limits", "memory"]) else {
            return Stated::No;
        };
        let text = value.text().unwrap_or_default();
        match sizes::kubernetes(text) {
            Some(bytes) => Stated::Known {
                value: bytes,
                text: text.to_owned(),
                at: value.span(),
                what: "resources.limits.memory",
            },
            None => Stated::Unknown,
        }
    }

    fn environment(&self) -> Vec<Variable<'a>> {
        let variables = self.value.get("env").into_iter().flat_map(Value::items);
        let read = variables.filter_map(|variable| {
            let name = variable.get("name").and_then(Value::text)?;
            let value = variable.get("value").and_then(Value::text);
            Some((name, value.map(Cow::Borrowed), variable.span()))
        });
        read.collect()
    }

    fn sets(&self, role: Role, words: &[Word]) -> Sets {
        let owner = self.owner.as_str();
        let mut sets = Sets::default();
        for (name, value, at) in self.environment() {
            if name != PROPERTIES {
                sets.variable(name, value.as_deref(), at, owner);
            }
        }
        if role == Role::Other {
            return sets;
        }
        for key in ["command", "args"] {
            if let Some(value) = self.value.get(key) {
                shell::read(&value.joined(), value.span(), owner, &mut sets);
            }
        }
        if let Some(script) = own_script(words) {
            sets.opaque(script.at, format!("{} of {owner}", script.text));
        }
        if let Some(from) = self.value.get("envFrom") {
            sets.opaque(from.span(), format!("envFrom of {owner}"));
        }
        sets
    }

    /// The `ConfigMap`s that stand where Flink looks for its configuration.
    fn mounts(&self) -> Vec<Mount> {
        let mounts = self.value.get("volumeMounts");
        let mut out = Vec::new();
        for mount in mounts.into_iter().flat_map(Value::items) {
            let field = |key: &str| mount.get(key).and_then(Value::text);
            let (Some(name), Some(target)) = (field("name"), field("mountPath")) else {
                continue;
            };
            if !is_conf_target(target) {
                continue;
            }
            let volumes = self.pod.get("volumes").into_iter().flat_map(Value::items);
            let named = |volume: &Value| volume.get("name").and_then(Value::text) == Some(name);
            for volume in volumes.filter(named) {
                let own = volume.get("configMap");
                let joined = volume.at(&["projected", "sources"]);
                let joined = joined.into_iter().flat_map(Value::items);
                let all = own
                    .into_iter()
                    .chain(joined.filter_map(|source| source.get("configMap")));
                for map in all {
                    let Some(name) = map.get("name").and_then(Value::text) else {
                        continue;
                    };
                    out.push(Mount::ConfigMap(
                        name.to_owned(),
                        keys(map, field("subPath")),
                    ));
                }
            }
        }
        out
    }
}

/// The keys of a `ConfigMap` that a volume holds under their own names, where it does not hold all.
fn keys(map: Value, sub_path: Option<&str>) -> Option<Vec<String>> {
    let items = map.get("items").map(|items| {
        let kept = items.items().filter_map(|item| {
            let key = item.get("key")?.text()?;
            let path = item.get("path")?.text()?;
            Some((key.to_owned(), path.to_owned()))
        });
        kept.collect::<Vec<_>>()
    });
    match (items, sub_path) {
        (None, None) => None,
        (None, Some(path)) => Some(vec![path.to_owned()]),
        (Some(items), path) => Some(
            items
                .into_iter()
                .filter(|(_, own)| path.is_none_or(|path| path == own))
                .filter(|(_, own)| matches!(own.as_str(), "flink-conf.yaml" | "config.yaml"))
                .map(|(key, _)| key)
                .collect(),
        ),
    }
}
