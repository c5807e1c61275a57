//! From the parser's events to the arena, and on after a failure.

use std::borrow::Cow;
use std::collections::HashMap;

use granit_parser::{Event, Options, Parser, ScalarStyle, StructureStyle, Tag};

use super::tree::{Failure, Node, NodeId, Shape, TagName, Tree};
use crate::syntax::has_marker;
use crate::text::Span;

/// How often reading starts again after a failure.
const RESTARTS: usize = 20;

/// Reads a text. `key_limit` is the longest simple key in characters.
pub(super) fn build(text: &str, key_limit: usize) -> Tree<'_> {
    let with_comments = has_marker(text.as_bytes());
    let mut builder = Builder {
        text,
        base: 0,
        tree: Tree::with_capacity(text.len() / 16),
        frames: Vec::new(),
        anchors: HashMap::new(),
        names: HashMap::new(),
        token_end: 0,
        latest: None,
        splice: None,
    };
    let mut restarted = false;
    loop {
        let options = granit_parser::options! {
            emit_unresolved_aliases: true,
            emit_anchor_events: true,
            emit_comments: with_comments,
            max_buffered_comment_events: usize::MAX,
            simple_key_max_lookahead: key_limit,
        };
        let Some(failure) = builder.fragment(options, restarted) else {
            break;
        };
        let offset = failure.offset;
        builder.tree.failures.push(failure);
        builder.abandon(offset);
        match next_key(text, builder.base, offset) {
            Some(next) if builder.tree.failures.len() <= RESTARTS => builder.base = next,
            _ => break,
        }
        restarted = true;
    }
    builder.tree.comments.sort_unstable();
    builder.tree
}

/// An open collection.
struct Frame {
    id: NodeId,
    last: Option<NodeId>,
    odd: bool,
}

struct Builder<'t> {
    text: &'t str,
    base: usize,
    tree: Tree<'t>,
    frames: Vec<Frame>,
    anchors: HashMap<usize, NodeId>,
    names: HashMap<String, NodeId>,
    token_end: usize,
    latest: Option<NodeId>,
    /// The mapping that was being read when reading failed: what follows continues it.
    splice: Option<NodeId>,
}

impl<'t> Builder<'t> {
    /// Reads from `base` to the end or to the first failure.
    fn fragment(&mut self, options: Options, restarted: bool) -> Option<Failure> {
        let mut parser = Parser::new_from_str_with_options(&self.text[self.base..], options);
        self.anchors.clear();
        self.token_end = self.base;
        let mut joined = restarted && !starts_document(&self.text[self.base..]);
        while let Some(event) = parser.next_event() {
            let (event, span) = match event {
                Ok(event) => event,
                Err(error) => {
                    let local = error.marker().byte_offset().unwrap_or(0);
                    return Some(Failure {
                        offset: (self.base + local).min(self.text.len()),
                        kind: error.kind().clone(),
                        token_end: self.token_end,
                    });
                }
            };
            let range = span.byte_range().unwrap_or(0..0);
            let (start, end) = (self.base + range.start, self.base + range.end);
            match event {
                Event::DocumentStart(..) => {
                    let continued = std::mem::take(&mut joined);
                    self.splice = self.tree.roots.last().copied().filter(|_| continued);
                    if self.splice.is_none() {
                        self.tree.starts.push(Span::new(start, end));
                    }
                }
                Event::DocumentEnd => self.frames.clear(),
                Event::Comment(text, _) if has_marker(text.as_bytes()) => {
                    self.tree.comments.push(Span::new(start, end));
                }
                Event::Anchor(_, name) => {
                    if let Some(id) = self.latest {
                        self.names.insert(name.into_owned(), id);
                    }
                    self.tree.anchors.push(Span::new(start, end));
                    self.token_end = self.token_end.max(end);
                }
                Event::Alias(anchor) => {
                    let target = self.anchors.get(&anchor).copied();
                    self.alias(target, Cow::Borrowed(""), start, end);
                }
                Event::UnresolvedAlias(name) => {
                    let earlier = if restarted {
                        self.names.get(name.as_ref()).copied()
                    } else {
                        None
                    };
                    self.alias(earlier, name, start, end);
                }
                Event::Scalar(value, style, anchor, tag) => {
                    let tag = tag_name(tag, &span, self.base);
                    self.scalar(value, style, (start, end), tag, anchor);
                }
                Event::SequenceStart(style, anchor, tag) => {
                    let flow = style == StructureStyle::Flow;
                    let tag = tag_name(tag, &span, self.base);
                    self.open(Shape::List { flow }, start, end, tag, anchor);
                }
                Event::MappingStart(style, anchor, tag) => {
                    let flow = style == StructureStyle::Flow;
                    let tag = tag_name(tag, &span, self.base);
                    self.open(Shape::Map { flow }, start, end, tag, anchor);
                }
                Event::SequenceEnd | Event::MappingEnd => self.close(end),
                _ => {}
            }
        }
        None
    }

    fn push(&mut self, node: Node<'t>) -> NodeId {
        let id = self.tree.push(node);
        self.latest = Some(id);
        let Some(frame) = self.frames.last_mut() else {
            self.tree.roots.push(id);
            return id;
        };
        frame.odd = !frame.odd;
        match frame.last.replace(id) {
            Some(last) => self.tree.node_mut(last).next = Some(id),
            None => self.tree.node_mut(frame.id).first = Some(id),
        }
        id
    }

    fn leaf(&mut self, shape: Shape, value: Cow<'t, str>, span: Span) -> NodeId {
        self.push(Node {
            shape,
            value,
            span,
            tag: None,
            anchored: false,
            aliased: false,
            target: None,
            first: None,
            next: None,
        })
    }

    fn alias(&mut self, target: Option<NodeId>, name: Cow<'t, str>, start: usize, end: usize) {
        if let Some(target) = target {
            self.tree.node_mut(target).aliased = true;
        }
        let id = self.leaf(Shape::Alias, name, Span::new(start, end));
        self.tree.node_mut(id).target = target;
        self.token_end = end;
    }

    fn scalar(
        &mut self,
        value: Cow<'t, str>,
        style: ScalarStyle,
        (start, end): (usize, usize),
        tag: Option<Box<TagName>>,
        anchor: usize,
    ) {
        let shape = match style {
            ScalarStyle::Plain => Shape::Plain,
            ScalarStyle::SingleQuoted => Shape::Single,
            ScalarStyle::DoubleQuoted => Shape::Double,
            ScalarStyle::Literal | ScalarStyle::Folded => Shape::Block,
        };
        let mut value = value;
        let mut span = Span::new(start, end);
        if shape == Shape::Block {
            let header = self.block_header(start, tag.as_deref());
            let body = self.text[header..end.max(header)]
                .trim_end_matches(['\n', '\r', ' ', '\t'])
                .len();
            span = Span::new(header, header + body.max(1));
            let tail = &self.text[(header + body).min(end)..end];
            let open = end == self.text.len() && !tail.contains(['\n', '\r']);
            // snakeyaml-engine adds no line break that the file does not have.
            if open && value.ends_with('\n') {
                value = Cow::Owned(value[..value.len() - 1].to_owned());
            }
        } else if shape == Shape::Plain && start == end {
            value = Cow::Borrowed("");
        }
        let id = self.leaf(shape, value, span);
        self.decorate(id, tag, anchor);
        self.token_end = self.token_end.max(end);
    }

    fn decorate(&mut self, id: NodeId, tag: Option<Box<TagName>>, anchor: usize) {
        let node = self.tree.node_mut(id);
        node.tag = tag;
        if anchor != 0 {
            node.anchored = true;
            self.anchors.insert(anchor, id);
        }
    }

    fn open(
        &mut self,
        shape: Shape,
        start: usize,
        end: usize,
        tag: Option<Box<TagName>>,
        anchor: usize,
    ) {
        self.token_end = self.token_end.max(end);
        if let Some(root) = self.splice.take()
            && shape == (Shape::Map { flow: false })
            && self.tree.node(root).shape == shape
        {
            let last = self.tree.children(root).last();
            self.frames.push(Frame {
                id: root,
                last,
                odd: false,
            });
            return;
        }
        let id = self.leaf(shape, Cow::Borrowed(""), Span::new(start, end));
        self.decorate(id, tag, anchor);
        self.frames.push(Frame {
            id,
            last: None,
            odd: false,
        });
    }

    fn close(&mut self, end: usize) {
        let Some(frame) = self.frames.pop() else {
            return;
        };
        let last = frame.last.map(|last| self.tree.node(last).span);
        let node = self.tree.node_mut(frame.id);
        let bracketed = match node.shape {
            Shape::List { flow } => flow.then_some(b']'),
            Shape::Map { flow } => flow.then_some(b'}'),
            _ => None,
        };
        let closed = bracketed.is_some() && end > node.span.start as usize;
        if closed && bracketed == self.text.as_bytes().get(end - 1).copied() {
            node.span = Span::new(node.span.start as usize, end);
            self.token_end = end;
        } else if let Some(last) = last {
            node.span = node.span.join(last);
        }
    }

    /// Closes what a failure at `offset` left open. What is incomplete becomes
    /// [`Shape::Missing`]: an unfinished list or flow mapping, the text the failure stands in.
    fn abandon(&mut self, offset: usize) {
        if let Some(latest) = self.latest {
            let node = self.tree.node(latest);
            let end = node.span.end as usize;
            let touched = end <= offset
                && !self.text[end..offset].contains(['\n', '\r'])
                && self.frames.last().is_some_and(|frame| !frame.odd);
            if node.is_scalar() && touched {
                self.tree.node_mut(latest).shape = Shape::Missing;
            }
        }
        while let Some(frame) = self.frames.last() {
            let id = frame.id;
            let shape = self.tree.node(id).shape;
            if matches!(shape, Shape::Map { .. }) && frame.odd {
                self.leaf(Shape::Missing, Cow::Borrowed(""), Span::at(offset));
            }
            self.close(0);
            if !matches!(shape, Shape::Map { flow: false }) {
                self.tree.node_mut(id).shape = Shape::Missing;
            }
        }
        if let Some(&root) = self.tree.roots.last()
            && self.tree.node(root).shape == Shape::Missing
        {
            self.tree.roots.pop();
            self.tree.starts.truncate(self.tree.roots.len());
        }
        self.latest = None;
    }

    /// The `|` or `>` of the block scalar whose content starts at `content`.
    fn block_header(&self, content: usize, tag: Option<&TagName>) -> usize {
        let bytes = self.text.as_bytes();
        let mut at = self.token_end.min(content);
        if let Some(tag) = tag {
            at = at.max(tag.at.end as usize).min(content);
        }
        while at < content {
            match bytes[at] {
                b'|' | b'>' => return at,
                b'#' => at += memchr::memchr2(b'\n', b'\r', &bytes[at..content]).unwrap_or(1),
                b'&' | b'!' => {
                    at += bytes[at..content]
                        .iter()
                        .take_while(|byte| !byte.is_ascii_whitespace())
                        .count();
                }
                _ => at += 1,
            }
        }
        content
    }
}

fn tag_name(
    tag: Option<Cow<'_, Tag>>,
    span: &granit_parser::Span,
    base: usize,
) -> Option<Box<TagName>> {
    let tag = tag?;
    let range = span.tag_span().and_then(|span| span.byte_range());
    let at = range.map_or_else(Span::default, |range| {
        Span::new(base + range.start, base + range.end)
    });
    let (handle, suffix) = tag.parts();
    Some(Box::new(TagName {
        name: format!("{handle}{suffix}"),
        at,
    }))
}

/// The start of the next line below `offset` that looks like a key of the top level or starts a document:
/// reading starts again there. The line of `offset` itself counts when it lies below `base`.
fn next_key(text: &str, base: usize, offset: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let line_start = memchr::memrchr2(b'\n', b'\r', &bytes[..offset]).map_or(0, |at| at + 1);
    let mut at = line_start;
    loop {
        if at > base && at >= line_start && (at > line_start || at == offset) {
            let end = memchr::memchr2(b'\n', b'\r', &bytes[at..]).map_or(bytes.len(), |n| at + n);
            if looks_like_key(&text[at..end]) || starts_document(&text[at..end]) {
                return Some(at);
            }
        }
        at += memchr::memchr2(b'\n', b'\r', &bytes[at..])? + 1;
        if at >= bytes.len() {
            return None;
        }
    }
}

/// Whether a text starts with the mark of a document.
fn starts_document(text: &str) -> bool {
    let rest = text.strip_prefix("---");
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(|next: char| next.is_whitespace()))
}

fn looks_like_key(line: &str) -> bool {
    let head = line.split(" #").next().unwrap_or(line);
    line.starts_with(|first: char| first.is_alphanumeric() || matches!(first, '"' | '\'' | '_'))
        && (head.contains(": ") || head.contains(":\t") || head.trim_end().ends_with(':'))
}
