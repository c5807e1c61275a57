//! Bytes, positions in them, and edits to them. Knows nothing about Flink or any format.

use std::sync::OnceLock;

/// Number of a source within one run; an index into [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u32);

/// A range of bytes of one source, end exclusive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// A span from byte offsets; sources are limited to far less than 4 GiB by [`MAX_BYTES`].
    pub fn new(start: usize, end: usize) -> Self {
        let short = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Span {
            start: short(start),
            end: short(end.max(start)),
        }
    }

    /// An empty span: a place between two bytes.
    pub fn at(offset: usize) -> Self {
        Span::new(offset, offset)
    }

    /// The span as a range that indexes a slice.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Whether nothing lies inside.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether `other` lies wholly inside this span.
    pub fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Whether the two overlap or touch. Touching counts: two edits at one place have no order.
    pub fn touches(self, other: Span) -> bool {
        self.start <= other.end && other.start <= self.end
    }

    /// The smallest span that holds both.
    #[must_use]
    pub fn join(self, other: Span) -> Span {
        Span {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }
}

/// Largest file that is read, in bytes. No real configuration comes near it.
pub const MAX_BYTES: u64 = 16 << 20;

/// A replacement of bytes: an empty span inserts, an empty text deletes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// The source that changes.
    pub source: SourceId,
    /// The bytes that go.
    pub span: Span,
    /// What comes in their place.
    pub text: String,
}

/// One file's bytes under the path by which reports call it.
#[derive(Debug)]
pub struct Source {
    /// Its number.
    pub id: SourceId,
    /// Path relative to the project root, with `/`.
    pub path: String,
    /// The bytes as they are on disk.
    pub bytes: Vec<u8>,
    line_starts: OnceLock<Vec<u32>>,
}

/// A place for people: both numbers start at 1, the column counts Unicode code points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Line, from 1.
    pub line: usize,
    /// Column in code points, from 1.
    pub column: usize,
}

impl Source {
    /// A source over `bytes`.
    pub fn new(id: SourceId, path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Source {
            id,
            path: path.into(),
            bytes: bytes.into(),
            line_starts: OnceLock::new(),
        }
    }

    /// Offsets at which lines start. A line ends with LF, CR LF or a lone CR, as for Flink's reader.
    pub fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let mut starts = vec![0];
            for at in memchr::memchr2_iter(b'\n', b'\r', &self.bytes) {
                let crlf = self.bytes[at] == b'\r' && self.bytes.get(at + 1) == Some(&b'\n');
                if !crlf {
                    starts.push(Span::at(at + 1).start);
                }
            }
            starts
        })
    }

    /// Index (from 0) of the line that holds `offset`.
    pub fn line_index(&self, offset: u32) -> usize {
        self.line_starts().partition_point(|&start| start <= offset) - 1
    }

    /// The bytes of line `index` (from 0) without its line break.
    pub fn line_span(&self, index: usize) -> Span {
        let starts = self.line_starts();
        let start = starts.get(index).map_or(self.bytes.len(), |&s| s as usize);
        let mut end = starts
            .get(index + 1)
            .map_or(self.bytes.len(), |&s| s as usize);
        if index + 1 < starts.len() {
            end -= 1;
            if end > start && self.bytes[end] == b'\n' && self.bytes[end - 1] == b'\r' {
                end -= 1;
            }
        }
        Span::new(start, end)
    }

    /// The line of `offset` with its line break: what a deletion of the whole line covers.
    pub fn full_line(&self, offset: u32) -> Span {
        let index = self.line_index(offset);
        let starts = self.line_starts();
        let end = starts
            .get(index + 1)
            .map_or(self.bytes.len(), |&s| s as usize);
        Span::new(starts[index] as usize, end)
    }

    /// The line of a byte offset, from 1. Unlike [`Source::place`] it costs the same anywhere in a long line.
    pub fn line(&self, offset: u32) -> usize {
        self.line_index(offset) + 1
    }

    /// Line and column of a byte offset.
    pub fn place(&self, offset: u32) -> Place {
        let index = self.line_index(offset);
        let start = self.line_starts()[index] as usize;
        let start = if index == 0 { self.bom() } else { start };
        let upto = &self.bytes[start.min(offset as usize)..offset as usize];
        Place {
            line: index + 1,
            column: String::from_utf8_lossy(upto).chars().count() + 1,
        }
    }

    /// The text of a span; bytes that are not UTF-8 become U+FFFD.
    pub fn text(&self, span: Span) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.bytes[span.range()])
    }

    /// Whether a span is UTF-8, so that its text can be written again as it is.
    pub fn is_text(&self, span: Span) -> bool {
        std::str::from_utf8(&self.bytes[span.range()]).is_ok()
    }

    /// Length of the UTF-8 byte order mark at the start: 3 or 0.
    pub fn bom(&self) -> usize {
        if self.bytes.starts_with(b"\xEF\xBB\xBF") {
            3
        } else {
            0
        }
    }

    /// The line break that new lines get: that of the line holding `offset`, else of the first line.
    pub fn line_break(&self, offset: u32) -> &'static str {
        let own = self.full_line(offset);
        let first = self.full_line(0);
        for line in [own, first] {
            let bytes = &self.bytes[line.range()];
            if bytes.ends_with(b"\r\n") {
                return "\r\n";
            }
            if bytes.ends_with(b"\n") {
                return "\n";
            }
            if bytes.ends_with(b"\r") {
                return "\r";
            }
        }
        "\n"
    }
}

/// All sources of a run.
#[derive(Debug, Default)]
pub struct Sources(pub Vec<Source>);

impl Sources {
    /// Adds a source and gives its number.
    pub fn add(&mut self, path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> SourceId {
        let id = SourceId(Span::at(self.0.len()).start);
        self.0.push(Source::new(id, path, bytes));
        id
    }

    /// The source of a number that [`Sources::add`] gave.
    pub fn get(&self, id: SourceId) -> &Source {
        &self.0[id.0 as usize]
    }
}

/// Applies edits to one source's bytes. The edits must not overlap; their order does not matter.
pub fn apply(bytes: &[u8], edits: &[&Edit]) -> Vec<u8> {
    let mut sorted = edits.to_vec();
    sorted.sort_by_key(|edit| edit.span);
    let mut out = Vec::with_capacity(bytes.len() + 64);
    let mut upto = 0;
    for edit in sorted {
        let range = edit.span.range();
        out.extend_from_slice(&bytes[upto..range.start]);
        out.extend_from_slice(edit.text.as_bytes());
        upto = range.end;
    }
    out.extend_from_slice(&bytes[upto..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_with_lf_crlf_or_lone_cr() {
        let source = Source::new(SourceId(0), "x", "a\r\nb\rc\n".as_bytes());
        assert_eq!(source.line_starts(), [0, 3, 5, 7]);
        assert_eq!(source.text(source.line_span(0)), "a");
        assert_eq!(source.text(source.line_span(1)), "b");
        assert_eq!(source.text(source.line_span(2)), "c");
        assert_eq!(source.text(source.line_span(3)), "");
        assert_eq!(source.line_break(0), "\r\n");
    }

    #[test]
    fn columns_count_code_points_and_skip_the_byte_order_mark() {
        let source = Source::new(SourceId(0), "x", "\u{feff}é: 1\nx".as_bytes());
        assert_eq!(source.place(3), Place { line: 1, column: 1 });
        assert_eq!(source.place(5), Place { line: 1, column: 2 });
        assert_eq!(source.place(9), Place { line: 2, column: 1 });
    }

    #[test]
    fn a_line_is_that_of_its_place() {
        let source = Source::new(SourceId(0), "x", "\u{feff}é: 1\r\nx\ry\n".as_bytes());
        let offsets = 0..u32::try_from(source.bytes.len()).unwrap();
        let lines: Vec<usize> = offsets.clone().map(|at| source.line(at)).collect();
        assert_eq!(lines, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 3, 3]);
        assert!(
            offsets
                .zip(lines)
                .all(|(at, line)| source.place(at).line == line)
        );
    }

    #[test]
    fn edits_are_applied_in_order_of_place() {
        let edit = |start, end, text: &str| Edit {
            source: SourceId(0),
            span: Span::new(start, end),
            text: text.into(),
        };
        let (late, early) = (edit(4, 5, "E"), edit(0, 2, ""));
        assert_eq!(apply(b"abcdef", &[&late, &early]), b"cdEf");
    }
}
