//! Where configuration of Flink hides inside of YAML: the mapping `flinkConfiguration` of the operators'
//! resources, the blocks of a ConfigMap or of Helm values that hold a whole file, and the text of
//! `FLINK_PROPERTIES` in compose files and pods. Each is a document of its own.

use super::embed::Embedding;
use super::yaml::tree::{Node, NodeId, Shape, Tree};
use super::yaml::{is_template, masked, with_tree};
use super::{Document, Layer, Space, flink_conf, yaml};
use crate::text::{Source, Span};

/// Mappings whose keys are options of Flink: the Flink and the Confluent operator's, Ververica's, and that
/// of the older operators.
const MAPS: [&str; 2] = ["flinkConfiguration", "flinkProperties"];

/// The variable that the entrypoint of Flink's image appends to its configuration file.
const PROPERTIES: &str = "FLINK_PROPERTIES";

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
}

/// A part of a source that is a configuration.
struct Part {
    reads: Reads,
    layer: Layer,
    node: NodeId,
    /// How many bytes of a scalar stand before the configuration.
    skip: usize,
    /// Who holds it, for people: `FlinkDeployment basic`, `FLINK_PROPERTIES`.
    name: String,
}

/// Every configuration that a YAML source holds, in the order of the text.
pub fn parse(source: &Source) -> Vec<Document> {
    let Ok(text) = std::str::from_utf8(&source.bytes) else {
        return Vec::new();
    };
    let read = |read: &str| {
        with_tree(read, |tree| {
            let template = !tree.failures.is_empty() && is_template(read, tree);
            // Letters in place of actions are for the outer text only: each part looks for its own.
            (documents(source, text, tree), template)
        })
    };
    let (documents, template) = read(text);
    if template {
        read(&masked(text)).0
    } else {
        documents
    }
}

fn documents(source: &Source, text: &str, tree: &Tree) -> Vec<Document> {
    let mut parts = Vec::new();
    for &root in &tree.roots {
        let mut walk = Walk {
            tree,
            owner: owner(tree, root),
            parts: &mut parts,
        };
        walk.node(root, 0);
    }
    let documents = parts
        .iter()
        .filter_map(|part| part.read(source, text, tree));
    let mut documents: Vec<Document> = documents.collect();
    for (ordinal, document) in documents.iter_mut().enumerate() {
        document.ordinal = Span::at(ordinal).start;
    }
    documents
}

/// What kind of object a document of the source is, and its name.
fn owner(tree: &Tree, root: NodeId) -> String {
    let text = |map: NodeId, key: &str| {
        let value = child(tree, map, key)?;
        let node = tree.node(value);
        node.is_scalar().then(|| node.value.to_string())
    };
    let kind = text(root, "kind");
    let name = child(tree, root, "metadata").and_then(|metadata| text(metadata, "name"));
    match (kind, name) {
        (Some(kind), Some(name)) => format!("{kind} {name}"),
        (Some(kind), None) => kind,
        _ => String::new(),
    }
}

/// The value of a key of a mapping.
fn child(tree: &Tree, map: NodeId, key: &str) -> Option<NodeId> {
    let map = tree.resolve(map)?;
    if !matches!(tree.node(map).shape, Shape::Map { .. }) {
        return None;
    }
    let mut pairs = tree.pairs(map);
    let value = pairs.find(|(own, _)| tree.node(*own).value == key)?.1;
    tree.resolve(value)
}

struct Walk<'a, 't> {
    tree: &'a Tree<'t>,
    owner: String,
    parts: &'a mut Vec<Part>,
}

impl Walk<'_, '_> {
    /// Looks for configurations below a node. Aliases are not followed: what they stand for is found where
    /// it stands.
    fn node(&mut self, id: NodeId, depth: usize) {
        let tree = self.tree;
        match tree.node(id).shape {
            _ if depth > DEPTH => {}
            Shape::Map { .. } => {
                self.variable(id);
                for (key, value) in tree.pairs(id) {
                    if !self.entry(&tree.node(key).value, value) {
                        self.node(value, depth + 1);
                    }
                }
            }
            Shape::List { .. } => {
                for item in tree.children(id) {
                    self.item(item);
                    self.node(item, depth + 1);
                }
            }
            _ => {}
        }
    }

    /// An entry that is a configuration by its key.
    fn entry(&mut self, key: &str, value: NodeId) -> bool {
        let node = self.tree.node(value);
        let is_map = matches!(node.shape, Shape::Map { .. });
        let (reads, layer) = match key {
            _ if MAPS.contains(&key) && is_map => (Reads::Map, Layer::Manifest),
            "flink-conf.yaml" if node.is_scalar() => (Reads::Lines, Layer::ClusterFile),
            "config.yaml" if node.is_scalar() && is_flinks(&node.value) => {
                (Reads::Config, Layer::ClusterFile)
            }
            PROPERTIES if node.is_scalar() => (Reads::Lines, Layer::Environment),
            _ => return false,
        };
        self.push(reads, layer, value, 0);
        true
    }

    /// `- FLINK_PROPERTIES=...`, as compose files have it.
    fn item(&mut self, item: NodeId) {
        let node = self.tree.node(item);
        let rest = node
            .value
            .strip_prefix(PROPERTIES)
            .and_then(|rest| rest.strip_prefix('='));
        if node.is_scalar() && rest.is_some() {
            self.push(Reads::Lines, Layer::Environment, item, PROPERTIES.len() + 1);
        }
    }

    /// `{name: FLINK_PROPERTIES, value: ...}`, as pods have it.
    fn variable(&mut self, map: NodeId) {
        let name = child(self.tree, map, "name");
        let is_ours = name.is_some_and(|name| self.tree.node(name).value == PROPERTIES);
        let value =
            child(self.tree, map, "value").filter(|value| self.tree.node(*value).is_scalar());
        if let (true, Some(value)) = (is_ours, value) {
            self.push(Reads::Lines, Layer::Environment, value, 0);
        }
    }

    fn push(&mut self, reads: Reads, layer: Layer, node: NodeId, skip: usize) {
        let name = match (layer, self.owner.as_str()) {
            (Layer::Environment, "") => PROPERTIES.to_owned(),
            (Layer::Environment, owner) => format!("{PROPERTIES} of {owner}"),
            (_, owner) => owner.to_owned(),
        };
        self.parts.push(Part {
            reads,
            layer,
            node,
            skip,
            name,
        });
    }
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
    fn read(&self, source: &Source, text: &str, tree: &Tree) -> Option<Document> {
        let node = tree.node(self.node);
        let read = |inner: &Source| match self.reads {
            Reads::Lines => flink_conf::parse(inner),
            Reads::Config => yaml::parse_config(inner),
            Reads::Map => {
                let mut document = yaml::parse_job(inner);
                document.space = Space::Flink;
                document
            }
        };
        let mut document = match self.embedding(text, node) {
            Some(embedding) => embedding.read(source, read),
            None if node.is_scalar() => self.somewhere(source, node, read),
            None => return None,
        };
        document.layer = self.layer;
        document.complete = false;
        document.name = (!self.name.is_empty()).then(|| self.name.clone());
        Some(document)
    }

    /// The text of the part within the source, where it stands there as its reader sees it.
    fn embedding(&self, text: &str, node: &Node) -> Option<Embedding> {
        let bytes = text.as_bytes();
        let span = node.span;
        match node.shape {
            Shape::Map { flow: true } => Some(Embedding::new(bytes, span, 0)),
            Shape::Map { flow: false } => {
                let start = line_start(bytes, span.range().start);
                let indent = span.range().start - start;
                let blank = bytes[start..span.range().start]
                    .iter()
                    .all(|byte| *byte == b' ');
                let end = line_end(bytes, span.range().end);
                blank.then(|| Embedding::new(bytes, Span::new(start, end), indent))
            }
            Shape::Block => self.block(text, node),
            Shape::Plain | Shape::Single | Shape::Double => {
                let quoted = usize::from(node.shape != Shape::Plain);
                let inner = Span::new(span.range().start + quoted, span.range().end - quoted);
                let written = text.get(inner.range())?;
                let same = written == node.value && !written.contains(['\n', '\r']);
                let from = inner.range().start + self.skip;
                same.then(|| Embedding::new(bytes, Span::new(from, inner.range().end), 0))
            }
            _ => None,
        }
    }

    /// A literal block: what its lines are without their indentation.
    fn block(&self, text: &str, node: &Node) -> Option<Embedding> {
        let bytes = text.as_bytes();
        let range = node.span.range();
        if bytes.get(range.start) != Some(&b'|') {
            return None;
        }
        let start = line_end(bytes, range.start);
        let end = line_end(bytes, range.end).max(start);
        let lines = text.get(start..end)?.split_inclusive('\n');
        let indent = lines
            .filter(|line| !line.trim().is_empty())
            .map(|line| line.len() - line.trim_start_matches(' ').len())
            .next()?;
        let from = if self.skip == 0 {
            start
        } else {
            start + indent + self.skip
        };
        let embedding = Embedding::new(bytes, Span::new(from, end), indent);
        let told = node.value.get(self.skip..)?;
        let is_template = text.contains("{{");
        (is_template || embedding.is(told)).then_some(embedding)
    }

    /// A text that does not stand in the source as its reader sees it: everything it says stands at the
    /// place of the whole.
    fn somewhere(
        &self,
        source: &Source,
        node: &Node,
        read: impl FnOnce(&Source) -> Document,
    ) -> Document {
        let text = node.value.get(self.skip..).unwrap_or_default();
        let inner = Source::new(source.id, source.path.as_str(), text);
        let mut document = read(&inner);
        document.editable = false;
        document.comments.clear();
        for setting in &mut document.settings {
            (setting.key_at, setting.value_at, setting.whole) = (node.span, node.span, node.span);
        }
        for section in &mut document.sections {
            (section.key_at, section.whole) = (node.span, node.span);
        }
        for problem in &mut document.problems {
            problem.at = node.span;
            problem.related.clear();
            problem.repair = None;
        }
        document
    }
}

fn line_start(bytes: &[u8], at: usize) -> usize {
    memchr::memrchr2(b'\n', b'\r', &bytes[..at]).map_or(0, |before| before + 1)
}

/// Past the line break of the line that holds `at`.
fn line_end(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    match memchr::memchr2(b'\n', b'\r', rest) {
        None => bytes.len(),
        Some(found) if rest[found..].starts_with(b"\r\n") => at + found + 2,
        Some(found) => at + found + 1,
    }
}
