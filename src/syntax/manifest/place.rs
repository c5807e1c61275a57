//! Where the text of a part stands in its source, as the reader of that text sees it.

use crate::syntax::embed::{Embedding, Holds, is_text, line_end};
use crate::syntax::yaml::tree::{Node, Shape};
use crate::text::{Source, Span};

/// Where a part stands.
pub(super) enum Place {
    /// Line for line in the source.
    Embedded(Embedding),
    /// Folded or escaped: no byte of the source is one of the text.
    Somewhere,
}

/// The place of a node. `read` is the text that the tree was read from: the source's, or that with the
/// actions of its template engine masked. A scalar's first `skip` bytes are not the part's.
pub(super) fn place(source: &Source, read: &str, node: &Node, skip: usize) -> Place {
    let embedding = match node.shape {
        Shape::Map { flow: true } => Some(Embedding::new(source, node.span, 0, Holds::Lines)),
        Shape::Map { flow: false } => mapping(source, node),
        Shape::Block => block(source, read, node, skip),
        Shape::Plain => line(source, read, node, skip, 0, Holds::Nothing),
        Shape::Single => line(source, read, node, skip, 1, Holds::Quoted('\'')),
        Shape::Double => line(source, read, node, skip, 1, Holds::Quoted('"')),
        _ => None,
    };
    embedding.map_or(Place::Somewhere, Place::Embedded)
}

/// The lines of a block mapping.
fn mapping(source: &Source, node: &Node) -> Option<Embedding> {
    let bytes = &source.bytes;
    let first = node.span.range().start;
    let before = memchr::memrchr2(b'\n', b'\r', &bytes[..first]);
    let start = before.map_or(source.bom().min(first), |before| before + 1);
    let blank = bytes[start..first].iter().all(|byte| *byte == b' ');
    let end = line_end(bytes, node.span.range().end, bytes.len());
    blank.then(|| Embedding::new(source, Span::new(start, end), first - start, Holds::Lines))
}

/// The lines of a literal block without their indentation.
fn block(source: &Source, read: &str, node: &Node, skip: usize) -> Option<Embedding> {
    let bytes = &source.bytes;
    let range = node.span.range();
    if bytes.get(range.start) != Some(&b'|') {
        return None;
    }
    let start = line_end(bytes, range.start, bytes.len());
    let end = line_end(bytes, range.end, bytes.len()).max(start);
    let indent = {
        // A header may say that some of the blanks belong to the text.
        let blanks = |line: &str| line.len() - line.trim_start_matches(' ').len();
        let has_text = |line: &&str| !line.trim().is_empty();
        let written = read.get(start..end)?.split(['\n', '\r']).find(has_text)?;
        let told = node.value.split('\n').find(has_text)?;
        blanks(written).checked_sub(blanks(told))?
    };
    let same = is_text(read.as_bytes(), Span::new(start, end), indent, &node.value);
    let from = if skip == 0 {
        start
    } else {
        start + indent + skip
    };
    same.then(|| Embedding::new(source, Span::new(from, end), indent, Holds::Lines))
}

/// A scalar on one line without escapes.
fn line(
    source: &Source,
    read: &str,
    node: &Node,
    skip: usize,
    quotes: usize,
    holds: Holds,
) -> Option<Embedding> {
    let range = node.span.range();
    let inner = Span::new(range.start + quotes, range.end.checked_sub(quotes)?);
    let written = read.get(inner.range())?;
    let same = written == node.value && !written.contains(['\n', '\r']);
    let part = Span::new(inner.range().start + skip, inner.range().end);
    same.then(|| Embedding::new(source, part, 0, holds))
}
