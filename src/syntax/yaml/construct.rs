//! Errors before there is any value: of composing nodes (aliases, documents) and of constructing
//! Java objects from them (tags, duplicate keys), each in the order in which the loader meets it.

use std::collections::HashMap;

use super::dump::is_set;
use super::entry::{Entry, entries, removal};
use super::keys::{key_identity, same_content};
use super::load::{Loader, Stage, deletion, does_not_start};
use super::scalar::{CORE, Typed, shown, typed};
use super::tree::{NodeId, Shape};
use crate::syntax::ProblemKind;
use crate::text::Span;

/// `LoadSettings.getMaxAliasesForCollections`.
const ALIASES: usize = 50;

impl Loader<'_, '_> {
    /// Aliases without an anchor, and more aliases to collections than the loader allows.
    pub(super) fn aliases(&mut self) {
        let mut collections = 0;
        let mut document = 0;
        let tree = self.tree;
        for (_, node) in tree.nodes() {
            if node.shape != Shape::Alias {
                continue;
            }
            let starts = &tree.starts;
            while starts
                .get(document + 1)
                .is_some_and(|start| start.start <= node.span.start)
            {
                document += 1;
                collections = 0;
            }
            let target = tree.resolve_node(node);
            // Its anchor may stand in what could not be read.
            let unread = tree
                .failures
                .first()
                .is_some_and(|failure| failure.offset < node.span.start as usize);
            if target.is_none() && unread {
                continue;
            }
            if target.is_none() {
                let said = format!(
                    "`*{}` refers to an anchor that is not defined above; Flink does not start \
                     with this file. A value that starts with `*` needs quotes",
                    node.value
                );
                self.report(
                    Stage::Compose,
                    ProblemKind::YamlSyntax,
                    node.span,
                    said,
                    None,
                );
            } else if target.is_some_and(|target| !tree.node(target).is_scalar()) {
                collections += 1;
                if collections == ALIASES + 1 {
                    let said = format!(
                        "this is alias number {collections} to a list or mapping; Flink's loader \
                         allows {ALIASES} and does not start with this file"
                    );
                    let kind = ProblemKind::TooManyAliases;
                    self.report(Stage::Compose, kind, node.span, said, None);
                }
            }
        }
    }

    pub(super) fn second_document(&mut self) {
        let Some(&at) = self.tree.starts.get(1) else {
            return;
        };
        let text = self.source.text(at);
        let (kind, said) = if text.starts_with("---") || text.starts_with('%') {
            (
                ProblemKind::MultipleDocuments,
                "a second document starts here; Flink accepts one and does not start with this \
                 file",
            )
        } else {
            (
                ProblemKind::YamlSyntax,
                "text follows the end of the document; Flink does not start with this file",
            )
        };
        let first = self.tree.starts[0];
        let problem = self.report(Stage::Compose, kind, at, said.to_owned(), None);
        problem
            .related
            .push((first, "the first document".to_owned()));
    }

    /// Errors of constructing, met in the order of `StandardConstructor`: the keys of a mapping,
    /// then its values. An aliased node is constructed once, at its anchor.
    pub(super) fn construct(&mut self, id: NodeId) {
        let tree = self.tree;
        let node = tree.node(id);
        let bad_tag = |fits: &[&str]| {
            let tag = node.tag.as_deref()?;
            let short = tag.name.strip_prefix(CORE).unwrap_or(&tag.name);
            (!fits.contains(&short)).then(|| {
                (
                    tag.at,
                    format!("the tag {} does not fit here", shown(&tag.name)),
                )
            })
        };
        match node.shape {
            Shape::Alias | Shape::Missing => {}
            Shape::Plain | Shape::Single | Shape::Double | Shape::Block => {
                if let Err(reason) = typed(node) {
                    let at = node.tag.as_ref().map_or(node.span, |tag| tag.at);
                    self.refuse(at, &reason);
                }
            }
            Shape::List { .. } => {
                if let Some((at, reason)) = bad_tag(&["seq", "!"]) {
                    self.refuse(at, &reason);
                }
                for child in tree.children(id) {
                    self.construct(child);
                }
            }
            Shape::Map { .. } => {
                if let Some((at, reason)) = bad_tag(&["map", "set", "!"]) {
                    self.refuse(at, &reason);
                }
                self.duplicates(id);
                if is_set(tree, id) {
                    return;
                }
                for entry in entries(tree, id) {
                    self.path.push(entry);
                    self.construct(entry.value);
                    self.path.pop();
                }
            }
        }
    }

    fn refuse(&mut self, at: Span, reason: &str) {
        let said = does_not_start(reason);
        self.report(Stage::Construct, ProblemKind::YamlSyntax, at, said, None);
    }

    /// `StandardConstructor.processDuplicateKeys`.
    fn duplicates(&mut self, map: NodeId) {
        let tree = self.tree;
        let mut seen: HashMap<_, Entry> = HashMap::new();
        for entry in entries(tree, map) {
            self.construct(entry.key);
            if tree.node(entry.value).shape == Shape::Missing {
                continue;
            }
            let Some(identity) = key_identity(tree, entry.key) else {
                continue;
            };
            let Some(earlier) = seen.insert(identity, entry) else {
                continue;
            };
            self.duplicate(earlier, entry);
        }
    }

    fn duplicate(&mut self, earlier: Entry, entry: Entry) {
        let tree = self.tree;
        let mut key = String::new();
        for step in self.path.iter().chain([&entry]) {
            if !key.is_empty() {
                key.push('.');
            }
            key.push_str(&tree.node(step.key).value);
        }
        let is_map = |id: NodeId| {
            let id = tree.resolve(id).unwrap_or(id);
            matches!(tree.node(id).shape, Shape::Map { .. })
        };
        let (old, new) = (earlier.value, entry.value);
        let null = matches!(self.scalar(new), Some(Typed::Null));
        let either_map = is_map(old) || is_map(new);
        let replaced = same_content(tree, old, new) || (!either_map && !null);
        // A list is one value, as a whole: without one of its entries it would be another. So may be the one
        // in which an alias stands for this mapping.
        let of_other = self.path.iter().any(|step| {
            let node = tree.node(step.value);
            node.aliased || matches!(node.shape, Shape::List { .. })
        });
        let repair = (replaced && !of_other).then(|| {
            self.path.push(earlier);
            let edit = removal(self.source, tree, &self.path);
            self.path.pop();
            edit
        });
        let said = format!(
            "`{key}` stands twice in one mapping; Flink refuses duplicate keys and does not start \
             with this file"
        );
        let at = tree.node(entry.key).span;
        let kind = ProblemKind::DuplicateKey;
        let problem = self.report(Stage::Construct, kind, at, said, Some(key));
        let before = tree.node(earlier.key).span;
        problem
            .related
            .push((before, "first defined here".to_owned()));
        problem.repair = repair.flatten().map(deletion);
    }
}
