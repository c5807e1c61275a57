//! YAML and JSON of a job: nested keys joined with dots, list items as `key[0]`, values as
//! written. What a job makes of its file is its own business, so only text that does not parse is
//! a problem.

use super::budget::{Budget, DEPTH};
use super::explain::explain;
use super::scalar::{Typed, typed};
use super::tree::{Node, NodeId, Shape, TagName, Tree};
use crate::syntax::{Document, Kind, Problem, ProblemKind, Section, Setting, is_placeholder};
use crate::text::Span;

/// Fills a document with what a tree says.
pub(crate) fn read(text: &str, tree: &Tree, document: Document) -> Document {
    let mut budget = Budget::new(text.len());
    let mut document = read_at(tree, &tree.roots, document, &mut budget);
    document.problems = tree
        .failures
        .iter()
        .map(|failure| {
            let (at, message) = explain(text, failure);
            Problem::new(ProblemKind::Unparsable, at, message)
        })
        .collect();
    document
}

/// Fills a document with what some nodes of a tree say, each as the root of a text.
pub(crate) fn read_at(
    tree: &Tree,
    roots: &[NodeId],
    document: Document,
    budget: &mut Budget,
) -> Document {
    let mut walk = Walk {
        tree,
        document,
        active: Vec::new(),
        budget,
        filled_in: false,
    };
    for &root in roots {
        walk.node(&mut String::new(), None, root, None, 0);
    }
    walk.document
}

struct Walk<'a, 't> {
    tree: &'a Tree<'t>,
    budget: &'a mut Budget,
    document: Document,
    active: Vec<NodeId>,
    /// Whether a tag above says that something else makes the value of what is written.
    filled_in: bool,
}

/// Whether a node has a tag of its application: `!Ref` of `CloudFormation`, `!vault` of Ansible.
fn is_filled_in(node: &Node) -> bool {
    let own = |tag: &TagName| tag.name.len() > 1 && tag.name.starts_with('!');
    node.tag.as_deref().is_some_and(own)
}

impl Walk<'_, '_> {
    /// `key_at` is the key that leads here; `alias` the alias, if one does.
    fn node(
        &mut self,
        key: &mut String,
        key_at: Option<Span>,
        id: NodeId,
        alias: Option<Span>,
        depth: usize,
    ) {
        let tree = self.tree;
        let node = tree.node(id);
        let alias = alias.or_else(|| (node.shape == Shape::Alias).then_some(node.span));
        let Some(target) = tree.resolve(id) else {
            return;
        };
        let node = tree.node(target);
        let value_at = alias.unwrap_or(node.span);
        let parent = key.len();
        if node.is_scalar() {
            self.scalar(key, key_at, target, value_at, alias.is_some());
            return;
        }
        if alias.is_some() && self.budget.is_alias_spent() {
            return;
        }
        if node.shape == Shape::Missing || self.active.contains(&target) || depth > DEPTH {
            return;
        }
        if alias.is_some() {
            self.budget.spend_alias(key.len());
        }
        if !self.budget.spend(key.len()) {
            return;
        }
        self.active.push(target);
        let before = self.filled_in;
        self.filled_in |= is_filled_in(node);
        if matches!(node.shape, Shape::List { .. }) {
            for (index, item) in tree.children(target).enumerate() {
                key.push('[');
                key.push_str(&index.to_string());
                key.push(']');
                self.node(key, key_at, item, alias, depth + 1);
                key.truncate(parent);
            }
        } else {
            if let (Some(key_at), None) = (key_at, alias) {
                self.document.sections.push(Section {
                    key: key.clone(),
                    key_at,
                    whole: key_at.join(node.span),
                });
            }
            for (name, value) in tree.pairs(target) {
                let (name, value_node) = (tree.node(name), tree.node(value));
                // A merge key brings its settings from where they are told already.
                if !name.is_scalar() || name.value == "<<" || value_node.shape == Shape::Missing {
                    continue;
                }
                if parent > 0 {
                    key.push('.');
                }
                key.push_str(&name.value);
                let own = if alias.is_some() {
                    key_at
                } else {
                    Some(name.span)
                };
                self.node(key, own, value, alias, depth + 1);
                key.truncate(parent);
            }
        }
        self.filled_in = before;
        self.active.pop();
    }

    fn scalar(
        &mut self,
        key: &str,
        key_at: Option<Span>,
        id: NodeId,
        value_at: Span,
        aliased: bool,
    ) {
        if key.is_empty() {
            return;
        }
        let node = self.tree.node(id);
        let typed = typed(node);
        let kind = typed.as_ref().map_or(Kind::Text, Typed::kind);
        let value = if kind == Kind::Null {
            ""
        } else {
            node.value.as_ref()
        };
        if aliased {
            self.budget.spend_alias(key.len() + value.len());
        }
        if !self.budget.spend(key.len()) || aliased && self.budget.is_alias_spent() {
            return;
        }
        let key_at = key_at.unwrap_or(value_at);
        // An item stands for itself; anything else goes from its key.
        let whole = if key.ends_with(']') {
            value_at
        } else {
            key_at.join(value_at)
        };
        self.document.settings.push(Setting {
            key: key.to_owned(),
            value: value.to_owned(),
            kind,
            known: !(is_placeholder(value) || self.filled_in || is_filled_in(node)),
            key_at,
            value_at,
            whole,
            written: None,
        });
    }
}
