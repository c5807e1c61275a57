//! Where configuration of Flink hides inside of YAML: the mapping `flinkConfiguration` of the operators'
//! resources, the blocks of a config map or of Helm values that hold a whole file, and the text of
//! `FLINK_PROPERTIES` in compose files and pods. Each is a document of its own.

use std::collections::HashSet;

use self::name::{Name, Owner};
use self::place::{Place, place};
use super::arguments::Command;
use super::embed::somewhere;
use super::environment::PROPERTIES;
use super::yaml::tree::{Node, NodeId, Shape, Tree};
use super::yaml::{Outer, with_outer};
use super::{
    Document, Format, Holder, Layer, Section, Space, flink_conf, is_placeholder, sysctl, yaml,
};
use crate::text::{Source, Span};

mod command;
mod kernel;
mod name;
mod place;
mod resource;

/// Mappings whose keys are options of Flink: the Flink and the Confluent operator's, Ververica's, and that
/// of the older operators.
const MAPS: [&str; 2] = ["flinkConfiguration", "flinkProperties"];

/// Where a classification of EMR has its properties: in its own files, and in those of `CloudFormation`.
const CLASSIFIED: [&str; 4] = [
    "Properties",
    "properties",
    "ConfigurationProperties",
    "configurationProperties",
];

/// How deep mappings and lists are looked into.
const DEPTH: usize = 64;

/// How a part of a source is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reads {
    /// As a mapping of options.
    Map,
    /// As `flink-conf.yaml`.
    Lines,
    /// As `config.yaml`.
    Config,
    /// As words of a command that continue another.
    Words(Command),
    /// As a file of sysctl.
    Sysctl,
    /// As a mapping or a list of kernel parameters.
    Parameters,
}

/// A part of a source that is a configuration.
struct Part {
    reads: Reads,
    layer: Layer,
    node: NodeId,
    /// How many bytes of a scalar stand before the configuration.
    skip: usize,
    /// From the key that holds it to its end.
    holder: Span,
    /// Who holds it, for people: `FlinkDeployment basic`, `FLINK_PROPERTIES`.
    name: Name,
    /// Who holds it, to join it with others.
    held_by: Holder,
}

/// Every configuration that a YAML source holds, in the order of the text.
pub fn parse(source: &Source) -> Vec<Document> {
    match std::str::from_utf8(&source.bytes) {
        Ok(text) => with_outer(text, |outer| documents(source, outer)),
        Err(_) => Vec::new(),
    }
}

/// Every configuration that a part of a source holds, which is `text` with blanks in place of all others.
pub fn parse_within(source: &Source, text: &str) -> Vec<Document> {
    with_outer(text, |outer| documents(source, outer))
}

fn documents(source: &Source, outer: &Outer) -> Vec<Document> {
    let tree = outer.tree;
    let mut found = Found::default();
    let mut resources = Vec::new();
    for (number, &root) in tree.roots.iter().enumerate() {
        let owner = Owner::of(outer, root);
        // A schema names what others hold.
        if owner.is("CustomResourceDefinition") {
            continue;
        }
        let number = Span::at(number).start;
        if resource::is_resource(tree, root) {
            let mut document = resource::read(source, outer, root, owner.holder(number));
            document.name = Some(owner.shown());
            resources.push(document);
        }
        let walk = Walk {
            tree,
            outer,
            // The operator writes the commands of what it starts.
            commands: !resource::is_resource(tree, root),
            owner,
            number,
            path: Vec::new(),
            keys: Vec::new(),
            found: &mut found,
        };
        walk.root(root);
    }
    let Found {
        mut parts, users, ..
    } = found;
    parts.sort_by_key(|part| tree.node(part.node).span.start);
    let shared = shared(tree, &parts, &users);
    let names = name::unique(parts.iter().map(|part| &part.name));
    let mut documents: Vec<Document> = parts
        .iter()
        .zip(shared)
        .zip(names)
        .filter_map(|((part, shared), name)| {
            let mut document = part.read(source, outer)?;
            document.editable &= !shared;
            document.name = Some(name);
            Some(document)
        })
        .collect();
    for (ordinal, document) in documents.iter_mut().enumerate() {
        document.ordinal = Span::at(ordinal).start;
    }
    let parts = documents.len();
    for mut resource in resources {
        resource.ordinal = Span::at(documents.len()).start;
        let options = resource::options(source, &resource, &documents[..parts]);
        documents.push(resource);
        if let Some(mut options) = options {
            options.ordinal = Span::at(documents.len()).start;
            documents.push(options);
        }
    }
    for comment in outer.comments() {
        if let Some(document) = speaks_for(source, &documents, parts, comment.at) {
            documents[document].comments.push(comment);
        }
    }
    for document in &mut documents {
        document.comments.sort_by_key(|comment| comment.at);
    }
    documents
}

/// The document that a comment speaks for: the part that it stands in, else the resource whose field comes
/// next, else the next part. The first `parts` documents are parts, in their order.
fn speaks_for(
    source: &Source,
    documents: &[Document],
    parts: usize,
    comment: Span,
) -> Option<usize> {
    let at = comment.start;
    let held = |document: &Document| document.held_at.unwrap_or_default();
    let next = documents[..parts]
        .partition_point(|document| line_end(&source.bytes, held(document)) <= at as usize);
    let starts = documents[..parts]
        .get(next)
        .map(|document| held(document).start);
    let resources = documents.iter().enumerate().skip(parts);
    let mut around = resources.filter(|(_, document)| {
        document.space == Space::Resource
            && held(document).start <= at
            && at as usize <= line_end(&source.bytes, held(document))
    });
    let around = around.next().filter(|(_, document)| {
        let line = line_start(&source.bytes, at);
        let fields = document.settings.iter().map(|field| field.key_at.start);
        let next = fields.filter(|start| *start as usize >= line).min();
        // Behind the last field, it speaks for what it stands in.
        starts.is_none_or(|part| at < part && next.is_some_and(|next| next < part))
    });
    let last = next.min(parts.saturating_sub(1));
    around
        .map(|(index, _)| index)
        .or_else(|| (parts > 0).then_some(last))
}

/// Where the line of a place starts.
fn line_start(bytes: &[u8], at: u32) -> usize {
    let before = &bytes[..(at as usize).min(bytes.len())];
    memchr::memrchr2(b'\n', b'\r', before).map_or(0, |found| found + 1)
}

fn line_end(bytes: &[u8], span: Span) -> usize {
    let at = span.range().end.min(bytes.len());
    memchr::memchr2(b'\n', b'\r', &bytes[at..]).map_or(bytes.len(), |found| at + found)
}

/// By part, whether an alias elsewhere stands for something of it: an edit would change that, too.
fn shared(tree: &Tree, parts: &[Part], users: &HashSet<NodeId>) -> Vec<bool> {
    let mut shared = vec![false; parts.len()];
    for (id, node) in tree.nodes().filter(|(id, _)| !users.contains(id)) {
        let Some(target) = tree.resolve_node(node) else {
            continue;
        };
        let target = tree.node(target).span;
        let after = parts.partition_point(|part| tree.node(part.node).span.start <= target.start);
        let Some(index) = after.checked_sub(1) else {
            continue;
        };
        let part = tree.node(parts[index].node).span;
        let own = part.contains(tree.node(id).span);
        shared[index] |= part.contains(target) && !own;
    }
    shared
}

/// The value of a key of a mapping.
pub(super) fn child(tree: &Tree, map: NodeId, key: &str) -> Option<NodeId> {
    let map = tree.resolve(map)?;
    if !matches!(tree.node(map).shape, Shape::Map { .. }) {
        return None;
    }
    let mut pairs = tree.pairs(map);
    let value = pairs.find(|(own, _)| tree.node(*own).value == key)?.1;
    tree.resolve(value)
}

#[derive(Default)]
struct Found {
    parts: Vec<Part>,
    /// What is a part already: of several aliases of one text each would be it again.
    seen: HashSet<NodeId>,
    /// The aliases that stand for a part.
    users: HashSet<NodeId>,
}

struct Walk<'a, 't> {
    tree: &'a Tree<'t>,
    outer: &'a Outer<'t>,
    /// Whether the commands in it are those that run.
    commands: bool,
    owner: Owner,
    /// Which document of the source it is.
    number: u32,
    /// The keys that lead here; for an item of a list its `name`.
    path: Vec<NodeId>,
    /// The same with `[0]` for an item of a list.
    keys: Vec<String>,
    found: &'a mut Found,
}

impl Walk<'_, '_> {
    fn root(mut self, root: NodeId) {
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
        if let Some((value, keys)) = kernel::find(tree, map, !self.commands) {
            let before = self.keys.len();
            self.keys.extend(keys.iter().map(|key| (*key).to_owned()));
            let span = tree.node(value).span;
            self.push(Reads::Parameters, Layer::Host, value, 0, span, kernel::KEY);
            self.keys.truncate(before);
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

/// Makes a function of `CloudFormation` the value of its key, which nobody knows: `{"Ref": "Slots"}`.
fn without_functions(document: &mut Document) {
    for setting in &mut document.settings {
        let key = match (setting.key.find(".Fn::"), setting.key.strip_suffix(".Ref")) {
            (Some(at), _) => &setting.key[..at],
            (None, Some(key)) => key,
            _ => continue,
        };
        let Some(section) = document.sections.iter().find(|section| section.key == key) else {
            continue;
        };
        setting.key = key.to_owned();
        setting.known = false;
        (setting.key_at, setting.whole) = (section.key_at, section.whole);
    }
    let settings = &document.settings;
    let is_value = |section: &Section| settings.iter().any(|own| own.whole.contains(section.whole));
    document.sections.retain(|section| !is_value(section));
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

impl Part {
    fn read(&self, source: &Source, outer: &Outer) -> Option<Document> {
        let node = outer.tree.node(self.node);
        let read = |inner: &Source| match self.reads {
            Reads::Config => yaml::parse_config(inner),
            Reads::Sysctl => sysctl::parse(inner),
            _ => flink_conf::parse(inner),
        };
        if let Reads::Words(before) = self.reads {
            let document = command::parse(source, outer, self.node, before);
            return Some(self.held(document));
        }
        let is_list = matches!(node.shape, Shape::List { .. });
        if self.reads == Reads::Parameters && is_list {
            return Some(self.held(kernel::items(source, outer, self.node)));
        }
        let document = match (self.reads, place(source, outer.read, node, self.skip)) {
            (Reads::Map | Reads::Parameters, place) => {
                // What is no YAML by its name is written as JSON, where it stands in braces.
                let extension = source.path.rsplit('.').next();
                let is_yaml = matches!(extension, Some("yaml" | "yml"));
                let in_braces = node.shape == Shape::Map { flow: true };
                let format = if in_braces && !is_yaml {
                    Format::Json
                } else {
                    Format::Yaml
                };
                let space = if self.layer == Layer::Host {
                    Space::Sysctl
                } else {
                    Space::Flink
                };
                let blank = Document::new(source, format, space, self.layer);
                let mut document = outer.mapping(self.node, blank);
                if self.layer == Layer::ClusterFile {
                    without_functions(&mut document);
                }
                match place {
                    Place::Embedded(embedding) => document.embedding = Some(Box::new(embedding)),
                    Place::Somewhere => document.editable = false,
                }
                document
            }
            (_, Place::Embedded(embedding)) => embedding.read(source, read),
            (_, Place::Somewhere) => {
                let text = node.value.get(self.skip..)?;
                let inner = Source::new(source.id, source.path.as_str(), text);
                somewhere(read(&inner), node.span)
            }
        };
        Some(self.held(document))
    }

    /// A document as this part of its source.
    fn held(&self, mut document: Document) -> Document {
        document.layer = self.layer;
        document.held_at = Some(self.holder);
        document.holder = Some(Box::new(self.held_by.clone()));
        document
    }
}
