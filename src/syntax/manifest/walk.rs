//! Looks through the YAML of a source for what is a configuration, by the keys that hold it.

use std::collections::HashSet;

use super::kernel::{self, Collected, Shared};
use super::name::{Name, Owner};
use super::{Part, Reads, child, command};
use crate::syntax::environment::PROPERTIES;
use crate::syntax::yaml::Outer;
use crate::syntax::yaml::tree::{Node, NodeId, Shape, Tree};
use crate::syntax::{Holder, Layer, is_placeholder};
use crate::text::Span;

/// Mappings whose keys are options of Flink: the Flink and the Confluent operator's, Ververica's, and that
/// of the older operators.
pub(super) const MAPS: [&str; 2] = ["flinkConfiguration", "flinkProperties"];

/// Where a classification of EMR has its properties: in its own files, and in those of `CloudFormation`.
const CLASSIFIED: [&str; 4] = [
    "Properties",
    "properties",
    "ConfigurationProperties",
    "configurationProperties",
];

/// How deep mappings and lists are looked into.
const DEPTH: usize = 64;

#[derive(Default)]
pub(super) struct Found {
    pub(super) parts: Vec<Part>,
    /// What is a part already: of several aliases of one text each would be it again.
    seen: HashSet<NodeId>,
    /// The aliases that stand for a part.
    pub(super) users: HashSet<NodeId>,
}

pub(super) struct Walk<'a, 't> {
    pub(super) tree: &'a Tree<'t>,
    pub(super) outer: &'a Outer<'t>,
    /// Whether the commands in it are those that run.
    pub(super) commands: bool,
    /// Whether the text has the word without which it sets no kernel parameters.
    pub(super) parameters: bool,
    pub(super) owner: Owner,
    /// Which document of the source it is.
    pub(super) number: u32,
    /// The keys that lead here; for an item of a list its `name`.
    pub(super) path: Vec<NodeId>,
    /// The same with `[0]` for an item of a list.
    pub(super) keys: Vec<String>,
    pub(super) found: &'a mut Found,
}

impl Walk<'_, '_> {
    pub(super) fn root(mut self, root: NodeId) {
        if self.parameters {
            self.collect(kernel::tasks::of_root(self.tree, root).into_iter());
        }
        self.node(root, 0);
    }

    /// Looks for configurations below a node.
    fn node(&mut self, id: NodeId, depth: usize) {
        let tree = self.tree;
        match tree.node(id).shape {
            _ if depth > DEPTH => {}
            Shape::Map { .. } => {
                self.variable(id);
                self.command(id);
                self.kernel(id);
                let classified = is_classified(tree, id);
                for (key, value) in tree.pairs(id) {
                    let name = &tree.node(key).value;
                    // What a Secret has there is base64.
                    let is_base64 = depth == 0 && name == "data" && self.owner.is("Secret");
                    self.keys.push(name.to_string());
                    let of_class = classified && !is_base64 && self.properties(key, value);
                    if !is_base64 && !of_class && !self.entry(id, key, value) {
                        self.path.push(key);
                        self.node(value, depth + 1);
                        self.path.pop();
                    }
                    self.keys.pop();
                }
            }
            Shape::List { .. } => {
                for (index, item) in tree.children(id).enumerate() {
                    self.keys.push(format!("[{index}]"));
                    self.item(item);
                    let name = child(tree, item, "name");
                    self.path.extend(name);
                    self.node(item, depth + 1);
                    self.path
                        .truncate(self.path.len() - usize::from(name.is_some()));
                    self.keys.pop();
                }
            }
            // What an alias stands for is found where it stands.
            _ => {}
        }
    }

    /// The kernel parameters of a service or a pod.
    fn kernel(&mut self, map: NodeId) {
        let tree = self.tree;
        if !self.parameters {
            return;
        }
        if let Some((value, keys)) = kernel::find(tree, map, !self.commands) {
            let before = self.keys.len();
            self.keys.extend(keys.iter().map(|key| (*key).to_owned()));
            let span = tree.node(value).span;
            let parts = self.found.parts.len();
            self.push(Reads::Parameters, Layer::Host, value, 0, span, kernel::KEY);
            if let Some(part) = self.found.parts.get_mut(parts) {
                part.shared = Shared::of(tree, map);
            }
            self.keys.truncate(before);
        }
        self.collect(kernel::nodes::of_map(tree, self.outer.read, map).into_iter());
        if let Some((value, path, holder)) = kernel::nodes::written(tree, map) {
            self.push(Reads::Sysctl, Layer::Host, value, 0, holder, path);
        }
        let has = |key| child(tree, map, key).is_some();
        if has("initContainers") || has("containers") {
            let is_ours =
                !self.commands || self.owner.is("DaemonSet") || kernel::runs_flink(tree, map);
            let set = kernel::commands::of_pod(tree, self.outer.read, map);
            self.collect(set.into_iter().filter(|_| is_ours));
        }
    }

    /// Notes kernel parameters that are set together.
    fn collect(&mut self, all: impl Iterator<Item = Collected>) {
        for own in all {
            let places = own.settings.iter().map(|setting| setting.whole);
            let Some(holder) = places.reduce(Span::join) else {
                continue;
            };
            self.found.parts.push(Part {
                reads: Reads::Collected,
                layer: Layer::Host,
                node: own.node,
                skip: 0,
                holder,
                name: self.name(Layer::Host, own.key),
                held_by: Holder {
                    keys: self.keys.clone(),
                    ..self.owner.holder(self.number)
                },
                collected: Some((own.settings, own.scope)),
                shared: Shared::default(),
            });
        }
    }

    /// The properties of a classification of EMR.
    fn properties(&mut self, key: NodeId, value: NodeId) -> bool {
        let tree = self.tree;
        let target = tree.resolve(value).map(|target| tree.node(target).shape);
        let is_map = matches!(target, Some(Shape::Map { .. }));
        let is_it = is_map && CLASSIFIED.contains(&&*tree.node(key).value);
        if is_it {
            let holder = tree.node(key).span.join(tree.node(value).span);
            self.push(
                Reads::Map,
                Layer::ClusterFile,
                value,
                0,
                holder,
                "flink-conf",
            );
        }
        is_it
    }

    /// An entry that is a configuration by its key.
    fn entry(&mut self, map: NodeId, key: NodeId, value: NodeId) -> bool {
        let tree = self.tree;
        let Some(target) = tree.resolve(value) else {
            return false;
        };
        let node = tree.node(target);
        // A mapping or a block that the last setting has left is a configuration, still.
        let is_map = matches!(node.shape, Shape::Map { .. }) || node.is_absent();
        let is_file = node.is_scalar() && is_file(node);
        let (reads, layer) = match tree.node(key).value.as_ref() {
            name if MAPS.contains(&name) && is_map => (Reads::Map, Layer::Manifest),
            "flink-conf.yaml" if is_file => (Reads::Lines, Layer::ClusterFile),
            "config.yaml" if is_file && is_flinks(&node.value) => {
                (Reads::Config, Layer::ClusterFile)
            }
            PROPERTIES if is_text(node) => (Reads::Lines, Layer::Environment),
            name if is_file && kernel::is_profile(&self.owner, name, &node.value) => {
                (Reads::Tuned, Layer::Host)
            }
            name if is_file && kernel::is_file(name, &node.value) => (Reads::Sysctl, Layer::Host),
            _ => return false,
        };
        let holder = tree.node(key).span.join(tree.node(value).span);
        let name = &tree.node(key).value;
        let before = self.found.parts.len();
        self.push(reads, layer, value, 0, holder, name);
        if let (Reads::Map, Some(part)) = (reads, self.found.parts.get_mut(before)) {
            part.held_by.version = version(tree, map).filter(|(_, at)| !self.outer.fills_in(*at));
        }
        true
    }

    /// `- FLINK_PROPERTIES=...`, as compose files have it.
    fn item(&mut self, item: NodeId) {
        let Some(target) = self.tree.resolve(item) else {
            return;
        };
        let node = self.tree.node(target);
        let rest = node.value.strip_prefix(PROPERTIES);
        if is_text(node) && rest.is_some_and(|rest| rest.starts_with('=')) {
            let (skip, holder) = (PROPERTIES.len() + 1, self.tree.node(item).span);
            self.push(
                Reads::Lines,
                Layer::Environment,
                item,
                skip,
                holder,
                PROPERTIES,
            );
        }
    }

    /// `{name: FLINK_PROPERTIES, value: ...}`, as pods have it.
    fn variable(&mut self, map: NodeId) {
        let tree = self.tree;
        let name = child(tree, map, "name");
        if name.is_none_or(|name| tree.node(name).value != PROPERTIES) {
            return;
        }
        let value = tree
            .pairs(map)
            .find(|(key, _)| tree.node(*key).value == "value");
        if let Some((_, value)) = value
            && let Some(target) = tree.resolve(value)
            && is_text(tree.node(target))
        {
            let holder = tree.node(map).span;
            self.push(
                Reads::Lines,
                Layer::Environment,
                value,
                0,
                holder,
                PROPERTIES,
            );
        }
    }

    /// The command of a service or a container.
    fn command(&mut self, map: NodeId) {
        let tree = self.tree;
        if !self.commands {
            return;
        }
        for (key, value) in tree.pairs(map) {
            let name = &*tree.node(key).value;
            if !command::KEYS.contains(&name) {
                continue;
            }
            if let Some(before) = command::before(tree, self.outer.read, map, name) {
                let holder = tree.node(key).span.join(tree.node(value).span);
                self.keys.push(name.to_owned());
                self.push(
                    Reads::Words(before),
                    Layer::Arguments,
                    value,
                    0,
                    holder,
                    name,
                );
                self.keys.pop();
            }
        }
    }

    /// Notes a configuration; one that an alias stands for where it stands itself.
    fn push(
        &mut self,
        reads: Reads,
        layer: Layer,
        value: NodeId,
        skip: usize,
        holder: Span,
        key: &str,
    ) {
        let tree = self.tree;
        let Some(node) = tree.resolve(value) else {
            return;
        };
        let aliased = node != value;
        if aliased {
            self.found.users.insert(value);
        }
        if !self.found.seen.insert(node) {
            return;
        }
        self.found.parts.push(Part {
            reads,
            layer,
            node,
            skip,
            holder: if aliased {
                tree.node(node).span
            } else {
                holder
            },
            name: self.name(layer, key),
            held_by: Holder {
                keys: self.keys.clone(),
                ..self.owner.holder(self.number)
            },
            collected: None,
            shared: Shared::default(),
        });
        if reads == Reads::Map {
            self.merged(layer, node);
        }
    }

    /// What to call a part that a key holds.
    fn name(&self, layer: Layer, key: &str) -> Name {
        let path = self.path.iter().map(|id| self.tree.node(*id));
        let path = path.filter(|node| !self.outer.fills_in(node.span));
        let path = path.map(|node| node.value.as_ref());
        let of_process = matches!(layer, Layer::Environment | Layer::Arguments | Layer::Host);
        Name::new(&self.owner, of_process, key, path)
    }

    /// The mappings that a mapping of options takes in are configurations, too, where they stand.
    fn merged(&mut self, layer: Layer, map: NodeId) {
        let tree = self.tree;
        for (key, value) in tree.pairs(map) {
            if tree.node(key).value != "<<" {
                continue;
            }
            let is_list = matches!(tree.node(value).shape, Shape::List { .. });
            let list = is_list.then(|| tree.children(value));
            let one = (!is_list).then_some(value);
            for source in list.into_iter().flatten().chain(one) {
                let target = tree.resolve(source).map(|target| tree.node(target).shape);
                if matches!(target, Some(Shape::Map { .. })) {
                    let holder = tree.node(key).span.join(tree.node(source).span);
                    self.push(Reads::Map, layer, source, 0, holder, "<<");
                }
            }
        }
    }
}

/// What says beside a map of options which Flink reads it, in the resources of the older operators and of
/// other vendors: a release before an image, as a scalar or the `name` of one.
fn version(tree: &Tree, map: NodeId) -> Option<(String, Span)> {
    let text = |map: NodeId, key: &str| {
        let node = tree.node(child(tree, map, key)?);
        let says = node.is_scalar() && !node.value.is_empty() && !is_placeholder(&node.value);
        says.then(|| (node.value.to_string(), node.span))
    };
    let below = |key: &str, own: &str| text(child(tree, map, key)?, own);
    text(map, "flinkVersion")
        .or_else(|| below("artifact", "flinkVersion"))
        .or_else(|| text(map, "image"))
        .or_else(|| below("image", "name"))
}

/// Whether a mapping is EMR's for Flink's configuration file: `Classification: flink-conf`.
fn is_classified(tree: &Tree, map: NodeId) -> bool {
    let mut names = ["Classification", "classification"].into_iter();
    let name = names.find_map(|name| child(tree, map, name));
    name.is_some_and(|name| tree.node(name).value.starts_with("flink-conf"))
}

/// Whether a text under the name of a file is one, and not the name of another.
fn is_file(node: &Node) -> bool {
    node.shape == Shape::Block || node.value.contains(": ") || node.value.contains('\n')
}

/// Whether a variable has a text of its own, and not one that another tool puts there.
fn is_text(node: &Node) -> bool {
    let text = node.value.trim();
    let text = text.strip_prefix(PROPERTIES).unwrap_or(text);
    let text = text.strip_prefix('=').unwrap_or(text);
    let wrapped = text.starts_with('$') || text.starts_with("{{") && text.ends_with("}}");
    let hole = wrapped && is_placeholder(text) && !text.contains([':', '\n']);
    node.is_scalar() && !node.is_absent() && !hole
}

/// Whether a text under the general name `config.yaml` is Flink's.
fn is_flinks(text: &str) -> bool {
    [
        "taskmanager",
        "jobmanager",
        "state.backend",
        "parallelism.default",
    ]
    .iter()
    .any(|word| text.contains(word))
}
