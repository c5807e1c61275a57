//! YAML as a flat arena of nodes with the bytes they stand on. Aliases stay links; nothing is
//! expanded. Knows nothing of Flink.

use std::borrow::Cow;

use granit_parser::ErrorKind;

use crate::text::Span;

/// Number of a node in its [`Tree`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(u32);

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Text without quotes; an absent value is one of no length.
    Plain,
    /// Text in single quotes.
    Single,
    /// Text in double quotes.
    Double,
    /// A block scalar, `|` or `>`.
    Block,
    /// A list; the flag says whether it stands in brackets.
    List {
        /// Whether it stands in brackets.
        flow: bool,
    },
    /// A mapping; the flag says whether it stands in braces.
    Map {
        /// Whether it stands in braces.
        flow: bool,
    },
    /// A reference to an anchored node.
    Alias,
    /// What could not be read because the text breaks off here.
    Missing,
}

/// A tag as written and its full name (`tag:yaml.org,2002:int`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagName {
    /// The resolved name.
    pub name: String,
    /// The bytes of the tag.
    pub at: Span,
}

/// One node.
#[derive(Clone, Debug)]
pub struct Node<'t> {
    /// What it is.
    pub shape: Shape,
    /// The text of a scalar without quotes, escapes and folding; the name of a dangling alias.
    pub value: Cow<'t, str>,
    /// Its bytes with quotes or brackets, without anchor and tag. A block scalar starts at its
    /// header and ends with its last line that is not blank.
    pub span: Span,
    /// Its explicit tag.
    pub tag: Option<Box<TagName>>,
    /// Whether it carries an anchor.
    pub anchored: bool,
    /// Whether an alias stands for it.
    pub aliased: bool,
    pub(super) target: Option<NodeId>,
    pub(super) first: Option<NodeId>,
    pub(super) next: Option<NodeId>,
}

impl Node<'_> {
    /// Whether the node is text of any style.
    pub fn is_scalar(&self) -> bool {
        matches!(
            self.shape,
            Shape::Plain | Shape::Single | Shape::Double | Shape::Block
        )
    }

    /// Whether nothing was written where a value belongs.
    pub fn is_absent(&self) -> bool {
        self.shape == Shape::Plain && self.span.is_empty()
    }
}

/// Where the text stops being YAML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The byte at which the parser gave up.
    pub offset: usize,
    /// Why.
    pub kind: ErrorKind,
    /// The end of the last token before it.
    pub token_end: usize,
}

/// The parsed text.
#[derive(Debug, Default)]
pub struct Tree<'t> {
    nodes: Vec<Node<'t>>,
    /// The root of each document.
    pub roots: Vec<NodeId>,
    /// Where each document starts: its `---`, or its first node.
    pub starts: Vec<Span>,
    /// Comments that speak to flint.
    pub comments: Vec<Span>,
    /// Anchors, each with its `&`.
    pub anchors: Vec<Span>,
    /// Where reading failed and started again further down.
    pub failures: Vec<Failure>,
}

/// Longest key that is not an explicit one, in characters; `config.yaml` has YAML's own limit.
pub const KEY_LIMIT: usize = 1024;

impl<'t> Tree<'t> {
    /// Reads a text. `key_limit` is the longest simple key in characters.
    pub fn parse(text: &'t str, key_limit: usize) -> Self {
        super::build::build(text, key_limit)
    }

    pub(super) fn with_capacity(nodes: usize) -> Self {
        Tree {
            nodes: Vec::with_capacity(nodes),
            ..Tree::default()
        }
    }

    pub(super) fn push(&mut self, node: Node<'t>) -> NodeId {
        let id = NodeId(Span::at(self.nodes.len()).start);
        self.nodes.push(node);
        id
    }

    pub(super) fn node_mut(&mut self, id: NodeId) -> &mut Node<'t> {
        &mut self.nodes[id.0 as usize]
    }

    /// A node.
    pub fn node(&self, id: NodeId) -> &Node<'t> {
        &self.nodes[id.0 as usize]
    }

    /// All nodes in the order of the text.
    pub fn nodes(&self) -> impl Iterator<Item = (NodeId, &Node<'t>)> {
        (0..).map(NodeId).zip(self.nodes.iter())
    }

    /// The nodes from `id` on, in the order of the text.
    pub fn nodes_from(&self, id: NodeId) -> impl Iterator<Item = &Node<'t>> {
        self.nodes[id.0 as usize..].iter()
    }

    /// The items of a list; keys and values in turn of a mapping.
    pub fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let mut at = self.node(id).first;
        std::iter::from_fn(move || {
            let current = at?;
            at = self.node(current).next;
            Some(current)
        })
    }

    /// The pairs of a mapping.
    pub fn pairs(&self, id: NodeId) -> impl Iterator<Item = (NodeId, NodeId)> + '_ {
        let mut at = self.node(id).first;
        std::iter::from_fn(move || {
            let key = at?;
            let value = self.node(key).next?;
            at = self.node(value).next;
            Some((key, value))
        })
    }

    /// The node that an alias stands for, any other node itself; `None` for an undefined alias.
    pub fn resolve(&self, id: NodeId) -> Option<NodeId> {
        let node = self.node(id);
        if node.shape == Shape::Alias {
            node.target
        } else {
            Some(id)
        }
    }

    /// As [`Tree::resolve`], for an alias node at hand.
    pub fn resolve_node(&self, node: &Node) -> Option<NodeId> {
        node.target
    }

    /// Gives every place a new offset.
    pub fn move_all(&mut self, place: impl Fn(usize) -> usize) {
        let span = |span: &mut Span| {
            let range = span.range();
            *span = Span::new(place(range.start), place(range.end));
        };
        for node in &mut self.nodes {
            span(&mut node.span);
            if let Some(tag) = &mut node.tag {
                span(&mut tag.at);
            }
        }
        let lists = [&mut self.starts, &mut self.comments, &mut self.anchors];
        lists.into_iter().flatten().for_each(span);
        for failure in &mut self.failures {
            failure.offset = place(failure.offset);
            failure.token_end = place(failure.token_end);
        }
    }
}
