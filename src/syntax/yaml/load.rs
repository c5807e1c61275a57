//! `config.yaml` as Flink 1.19 and later load it: `YamlParserUtils.loadYamlFile` over
//! snakeyaml-engine 2.6, then `GlobalConfiguration.flatten`.
//!
//! Flink stops at the first error; this reads on, tells every error, and remembers which one
//! Flink meets first.

use std::collections::HashMap;

use super::budget::{Budget, DEPTH};
use super::dump::{Dumper, is_set};
use super::entry::{Entry, entries, removal};
use super::keys::java_set;
use super::scalar::{Typed, typed};
use super::tree::{NodeId, Shape, Tree};
use crate::syntax::{Document, Kind, Problem, ProblemKind, Repair, Section, Setting};
use crate::text::{Source, Span};

/// The order in which Flink's loader meets errors: reading, then constructing, and so on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    /// Scanning, parsing and composing, in the order of the text.
    Compose,
    /// Constructing Java objects, in the order of the walk.
    Construct,
    /// Casting the result to a map.
    Cast,
    /// Flattening nested keys.
    Flatten,
    /// Setting the values.
    Set,
}

/// A problem with the moment at which Flink meets it.
pub(crate) struct Found {
    pub(crate) stage: Stage,
    pub(crate) order: usize,
    pub(crate) problem: Problem,
}

impl Found {
    /// Text that is no YAML to the loader, which stumbles over it at `order`.
    pub(crate) fn while_composing(order: usize, at: Span, reason: &str) -> Self {
        Found {
            stage: Stage::Compose,
            order,
            problem: Problem::new(ProblemKind::YamlSyntax, at, does_not_start(reason)),
        }
    }
}

/// A reason with what follows from it.
pub(super) fn does_not_start(reason: &str) -> String {
    format!("{reason}; Flink does not start with this file")
}

/// What an alias gives is told at the alias, since its bytes are all that this key owns.
#[derive(Clone, Copy)]
struct Via {
    key: Span,
    alias: Span,
}

/// A key whose value is null.
struct Null {
    key: String,
    at: Span,
    /// How many settings came before it.
    position: usize,
    repair: Option<Repair>,
}

/// Fills a document with what a tree says.
pub(crate) struct Loader<'a, 't> {
    pub(super) source: &'a Source,
    pub(super) tree: &'a Tree<'t>,
    document: Document,
    found: Vec<Found>,
    pub(super) path: Vec<Entry>,
    active: Vec<NodeId>,
    dumper: Dumper,
    nulls: Vec<Null>,
    steps: usize,
    budget: Budget,
}

impl<'a, 't> Loader<'a, 't> {
    /// A loader that adds to `document`.
    pub(crate) fn new(source: &'a Source, tree: &'a Tree<'t>, document: Document) -> Self {
        let size = source.bytes.len();
        Loader {
            source,
            tree,
            document,
            found: Vec::new(),
            path: Vec::new(),
            active: Vec::new(),
            dumper: Dumper::new(size),
            nulls: Vec::new(),
            steps: 0,
            budget: Budget::new(size),
        }
    }

    /// Reads the tree; gives the document and all that is wrong, in no order.
    pub(crate) fn load(mut self) -> (Document, Vec<Found>) {
        self.aliases();
        for index in 0..self.tree.roots.len() {
            let root = self.tree.roots[index];
            self.construct(root);
            let node = self.tree.node(root);
            let is_map = matches!(node.shape, Shape::Map { .. }) && !is_set(self.tree, root);
            if is_map {
                self.active.push(root);
                self.flatten(root, &mut String::new(), None, 0);
                self.active.pop();
            } else if index == 0
                && node.shape != Shape::Missing
                && !matches!(self.scalar(root), Some(Typed::Null))
            {
                let what = match node.shape {
                    Shape::List { .. } => "a list",
                    Shape::Map { .. } => "a set",
                    _ => "one text",
                };
                let said = format!(
                    "the file is {what}, not a mapping of keys to values; Flink does not start \
                     with it"
                );
                self.report(Stage::Cast, ProblemKind::NotAMapping, node.span, said, None);
            }
        }
        self.second_document();
        self.report_nulls();
        (self.document, self.found)
    }

    pub(super) fn scalar(&self, id: NodeId) -> Option<Typed<'t>> {
        let id = self.tree.resolve(id)?;
        let node = self.tree.node(id);
        if node.is_scalar() {
            typed(node).ok()
        } else {
            None
        }
    }

    pub(super) fn report(
        &mut self,
        stage: Stage,
        kind: ProblemKind,
        at: Span,
        message: String,
        key: Option<String>,
    ) -> &mut Problem {
        self.steps += 1;
        let order = match stage {
            Stage::Compose => at.start as usize,
            _ => self.steps,
        };
        self.found.push(Found {
            stage,
            order,
            problem: Problem {
                key,
                ..Problem::new(kind, at, message)
            },
        });
        let last = self.found.len() - 1;
        &mut self.found[last].problem
    }

    /// `GlobalConfiguration.flatten`.
    fn flatten(&mut self, map: NodeId, prefix: &mut String, via: Option<Via>, depth: usize) {
        let tree = self.tree;
        let parent = prefix.len();
        for entry in entries(tree, map) {
            let value = tree.node(entry.value);
            if value.shape == Shape::Missing {
                continue;
            }
            let key_at = tree.node(entry.key).span;
            match self.scalar(entry.key) {
                Some(Typed::Text(text)) => prefix.push_str(&text),
                Some(Typed::Null) => prefix.push_str("null"),
                _ => {
                    if via.is_none() {
                        self.not_a_text(entry, key_at, prefix);
                    }
                    continue;
                }
            }
            let own = Via {
                key: key_at,
                alias: value.span,
            };
            let via = via.or_else(|| (value.shape == Shape::Alias).then_some(own));
            if via.is_none() {
                self.path.push(entry);
            }
            if let Some(target) = tree.resolve(entry.value) {
                self.value(entry, target, prefix, via, depth);
            }
            if via.is_none() {
                self.path.pop();
            }
            prefix.truncate(parent);
        }
    }

    fn value(
        &mut self,
        entry: Entry,
        target: NodeId,
        prefix: &mut String,
        via: Option<Via>,
        depth: usize,
    ) {
        let tree = self.tree;
        if self.budget.is_spent() || via.is_some() && self.budget.is_alias_spent() {
            self.document.complete = false;
            return;
        }
        let node = tree.node(target);
        let key_at = via.map_or(tree.node(entry.key).span, |via| via.key);
        let value_at = via.map_or(node.span, |via| via.alias);
        let set = is_set(tree, target);
        if matches!(node.shape, Shape::Map { .. }) && !set {
            if via.is_none() {
                self.document.sections.push(Section {
                    key: prefix.clone(),
                    key_at,
                    whole: key_at.join(node.span),
                });
            }
            if self.active.contains(&target) {
                let said = format!(
                    "`{prefix}` holds an alias to a mapping that it lies in; Flink ends with a \
                     StackOverflowError and does not start"
                );
                let kind = ProblemKind::RecursiveAlias;
                self.report(Stage::Flatten, kind, value_at, said, Some(prefix.clone()));
                return;
            }
            if via.is_some() {
                self.budget.spend_alias(prefix.len());
            }
            if depth < DEPTH && self.spend(prefix.len()) {
                self.active.push(target);
                prefix.push('.');
                self.flatten(target, prefix, via, depth + 1);
                self.active.pop();
            }
            return;
        }
        let (value, kind) = if set {
            (java_set(tree, target), Kind::List)
        } else if matches!(node.shape, Shape::List { .. }) {
            (self.dumper.text(tree, target), Kind::List)
        } else {
            match typed(node) {
                Ok(Typed::Null) => {
                    self.null(prefix, key_at, via.is_none());
                    return;
                }
                Ok(scalar) => (scalar.java_text().into_owned(), scalar.kind()),
                Err(_) => return,
            }
        };
        if via.is_some() {
            self.budget.spend_alias(prefix.len() + value.len());
        }
        if !self.spend(prefix.len()) {
            return;
        }
        self.document.settings.push(Setting {
            key: prefix.clone(),
            known: !crate::syntax::is_placeholder(&value),
            value,
            kind,
            key_at,
            value_at,
            whole: key_at.join(value_at),
            written: None,
        });
    }

    /// Takes from the budget; a document that exceeds it is read no further.
    fn spend(&mut self, bytes: usize) -> bool {
        let enough = self.budget.spend(bytes);
        self.document.complete &= enough;
        enough
    }

    fn not_a_text(&mut self, entry: Entry, at: Span, prefix: &str) {
        let key = entry.key;
        let node = self.tree.node(self.tree.resolve(key).unwrap_or(key));
        let what = match self.scalar(key) {
            Some(Typed::Integer(_) | Typed::Float(_)) => "a number",
            Some(Typed::Boolean(_)) => "a boolean",
            Some(_) => "binary",
            None if matches!(node.shape, Shape::List { .. }) => "a list",
            None if matches!(node.shape, Shape::Map { .. }) => "a mapping",
            None => return,
        };
        let written = self.source.text(at).into_owned();
        let said = format!(
            "the key `{written}` is {what}; Flink casts every key to text and does not start with \
             this file. Put the key in quotes"
        );
        // In quotes the key is the text that was written.
        let full = format!("{prefix}{written}");
        let value = self
            .scalar(entry.value)
            .filter(|value| *value != Typed::Null);
        let repair = value
            .filter(|_| self.tree.node(key).shape == Shape::Plain)
            .map(|value| Repair {
                edits: vec![(at, format!("\"{written}\""))],
                changes: vec![(full.clone(), Some(value.java_text().into_owned()))],
            });
        let kind = ProblemKind::NonStringKey;
        self.report(Stage::Flatten, kind, at, said, Some(full))
            .repair = repair;
    }

    fn null(&mut self, key: &str, at: Span, own: bool) {
        let repair = if own {
            removal(self.source, self.tree, &self.path).map(deletion)
        } else {
            None
        };
        self.nulls.push(Null {
            key: key.to_owned(),
            at,
            position: self.document.settings.len(),
            repair,
        });
    }

    /// A null is an error unless a later entry gives its key a value: flattening keeps the last.
    fn report_nulls(&mut self) {
        if self.nulls.is_empty() {
            return;
        }
        let nulls = std::mem::take(&mut self.nulls);
        let mut last: HashMap<&str, usize> = HashMap::new();
        let settings = std::mem::take(&mut self.document.settings);
        for (index, setting) in settings.iter().enumerate() {
            last.insert(&setting.key, index);
        }
        for null in nulls {
            if last
                .get(null.key.as_str())
                .is_some_and(|&at| at >= null.position)
            {
                continue;
            }
            let said = format!(
                "`{}` has no value; Flink accepts no null and does not start with this file",
                null.key
            );
            let problem = self.report(
                Stage::Set,
                ProblemKind::NullValue,
                null.at,
                said,
                Some(null.key),
            );
            problem.repair = null.repair;
        }
        drop(last);
        self.document.settings = settings;
    }
}

pub(crate) fn deletion((span, kept): (Span, String)) -> Repair {
    Repair {
        edits: vec![(span, kept)],
        changes: Vec::new(),
    }
}
