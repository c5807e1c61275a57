//! Where configuration of Flink hides inside of YAML: the mapping `flinkConfiguration` of the operators'
//! resources, the blocks of a config map or of Helm values that hold a whole file, and the text of
//! `FLINK_PROPERTIES` in compose files and pods. Each is a document of its own.

use std::collections::HashSet;

use self::name::{Name, Owner};
use self::place::{Place, place};
use self::walk::{Found, Walk};
use super::arguments::Command;
use super::embed::somewhere;
use super::yaml::tree::{NodeId, Shape, Tree};
use super::yaml::{Outer, with_outer};
use super::{
    Document, Format, Holder, Layer, Scope, Section, Setting, Space, flink_conf, sysctl, tuned,
    yaml,
};
use crate::text::{Source, Span};

mod command;
mod kernel;
mod name;
mod place;
mod resource;
mod walk;

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
    /// As a profile of tuned.
    Tuned,
    /// As a mapping or a list of kernel parameters.
    Parameters,
    /// Not: its kernel parameters are found already.
    Collected,
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
    /// Kernel parameters that do not stand together, and whose they are.
    collected: Option<(Vec<Setting>, Scope)>,
    /// The namespaces of the host that the owner of the parameters has.
    shared: kernel::Shared,
}

/// Every configuration that a YAML source holds, in the order of the text.
pub fn parse(source: &Source) -> Vec<Document> {
    match std::str::from_utf8(&source.bytes) {
        Ok(text) => with_outer(text, |outer| documents(source, outer)),
        Err(_) => Vec::new(),
    }
}

/// Whether a text has the word without which it sets no kernel parameters.
pub fn may_set_parameters(text: &[u8]) -> bool {
    let has = |word: &str| memchr::memmem::find(text, word.as_bytes()).is_some();
    has(kernel::WORD) || has(kernel::PROC)
}

/// Every configuration that a part of a source holds, which is `text` with blanks in place of all others.
pub fn parse_within(source: &Source, text: &str) -> Vec<Document> {
    with_outer(text, |outer| documents(source, outer))
}

fn documents(source: &Source, outer: &Outer) -> Vec<Document> {
    let tree = outer.tree;
    let mut found = Found::default();
    let parameters = may_set_parameters(outer.read.as_bytes());
    let mut resources = Vec::new();
    let broken = broken(tree);
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
            document.editable &= !broken[number as usize];
            resources.push(document);
        }
        let walk = Walk {
            tree,
            outer,
            // The operator writes the commands of what it starts.
            commands: !resource::is_resource(tree, root),
            parameters,
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
            document.editable &= !shared && !broken[part.held_by.root as usize];
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

/// The value of a key of a mapping; of a key that stands twice the last, which is in force for readers of
/// settings, too.
pub(super) fn child(tree: &Tree, map: NodeId, key: &str) -> Option<NodeId> {
    let map = tree.resolve(map)?;
    if !matches!(tree.node(map).shape, Shape::Map { .. }) {
        return None;
    }
    let pairs = tree.pairs(map);
    let own = pairs.filter(|(own, value)| {
        tree.node(*own).value == key && tree.node(*value).shape != Shape::Missing
    });
    tree.resolve(own.last()?.1)
}

/// Of each root whether reading failed in it: how it reads on hangs on the lines before.
fn broken(tree: &Tree) -> Vec<bool> {
    let starts = tree.roots.iter().map(|root| tree.node(*root).span.start);
    let starts: Vec<usize> = starts.map(|start| start as usize).collect();
    let mut broken = vec![false; starts.len()];
    for failure in &tree.failures {
        let after = starts.partition_point(|start| *start <= failure.offset);
        if let Some(last) = after.checked_sub(1) {
            broken[last] = true;
        }
    }
    broken
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

impl Part {
    fn read(&self, source: &Source, outer: &Outer) -> Option<Document> {
        if let Some((settings, scope)) = &self.collected {
            let (format, space) = (Format::Arguments, Space::Sysctl);
            let mut document = Document::new(source, format, space, Layer::Host);
            document.settings.clone_from(settings);
            document.scope = *scope;
            return Some(self.held(outer.filled(document)));
        }
        let node = outer.tree.node(self.node);
        let read = |inner: &Source| match self.reads {
            Reads::Config => yaml::parse_config(inner),
            Reads::Sysctl => sysctl::parse(inner),
            Reads::Tuned => tuned::parse(inner),
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
        if self.reads == Reads::Parameters {
            let is_pods = self.held_by.keys.iter().any(|key| key == "securityContext");
            document.scope = if is_pods {
                Scope::Pod
            } else {
                Scope::Container
            };
            let refused = self.shared.refused(&document.settings);
            document.problems.extend(refused);
        }
        document.held_at = Some(self.holder);
        document.holder = Some(Box::new(self.held_by.clone()));
        document
    }
}
