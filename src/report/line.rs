//! One line of a source as a terminal can show it: tabs as blanks, hidden characters as escapes,
//! and of a long line only the part around what matters in it, however long the file's lines are.

use std::ops::Range;

use super::terminal::{char_width, is_hidden, is_plain, push_visible, width};
use crate::text::{Source, Span};

/// Columns from one tab stop to the next.
const TAB: usize = 4;

/// A line, or the part of it around a span, as it is shown.
pub(super) struct Shown {
    /// The characters as shown, an ellipsis where the line goes on.
    pub(super) text: String,
    /// The bytes of the source that are shown.
    bytes: Range<usize>,
    /// Whether the end of the line is in sight.
    to_line_end: bool,
    /// For each shown character: its first byte in the source, its first byte in the text.
    /// `None` where the text is the bytes themselves.
    starts: Option<Vec<(usize, usize)>>,
    /// Where the shown part ends in the text: an ellipsis may follow.
    end: usize,
}

/// A character of a line before it is decided whether it is shown.
struct Cell {
    at: usize,
    text: Range<usize>,
    columns: usize,
}

impl Shown {
    /// The part of line `index` around `focus` that fits into `columns`.
    pub(super) fn new(
        source: &Source,
        index: usize,
        focus: Option<Span>,
        columns: usize,
        ellipsis: &str,
    ) -> Self {
        let mut line = source.line_span(index).range();
        let bom = source.bom();
        // The byte order mark is shown where it is what the mark is about.
        if line.start == 0 && focus.is_none_or(|span| span.start as usize >= bom) {
            line.start = bom;
        }
        let bytes = &source.bytes[line.clone()];
        if bytes.len() <= columns && is_plain(bytes) {
            // Nearly every line: nothing to replace, nothing to cut.
            return Shown {
                text: String::from_utf8_lossy(bytes).into_owned(),
                end: bytes.len(),
                bytes: line,
                to_line_end: true,
                starts: None,
            };
        }
        let focus = focus.map_or(line.start..line.start, Span::range);
        let focus = focus.start.clamp(line.start, line.end)..focus.end.clamp(line.start, line.end);
        let near = nearby(source, &line, &focus, columns);
        let (text, cells) = cells(&source.bytes, near.clone());
        let visible = part(&cells, &near, &line, &focus, columns, width(ellipsis));

        let first = cells.get(visible.start).map_or(near.end, |cell| cell.at);
        let beyond = cells.get(visible.end).map_or(near.end, |cell| cell.at);
        let mut shown = String::with_capacity(text.len().min(4 * columns));
        let mut starts = Vec::with_capacity(visible.len());
        if first > line.start {
            shown.push_str(ellipsis);
        }
        for cell in &cells[visible] {
            starts.push((cell.at, shown.len()));
            shown.push_str(&text[cell.text.clone()]);
        }
        let end = shown.len();
        if beyond < line.end {
            shown.push_str(ellipsis);
        }
        Shown {
            text: shown,
            bytes: first..beyond,
            to_line_end: beyond == line.end,
            starts: Some(starts),
            end,
        }
    }

    /// Shows stars in place of a part of the source.
    pub(super) fn hide(&mut self, span: Span) {
        let (start, end) = (span.start as usize, span.end as usize);
        if start >= self.bytes.end || end <= self.bytes.start {
            return;
        }
        let part = self.position(start, false)..self.position(end, true);
        let mask = "*".repeat(part.len());
        self.text.replace_range(part, &mask);
    }

    /// Whether a byte of this line, or of the break at its end, is in sight.
    pub(super) fn shows(&self, byte: usize) -> bool {
        self.bytes.start <= byte && (byte < self.bytes.end || self.to_line_end)
    }

    /// Where a byte of the source stands in the text. For one inside a character: its start, or,
    /// for the end of a span, what follows it.
    pub(super) fn position(&self, byte: usize, end: bool) -> usize {
        let Some(starts) = &self.starts else {
            return byte.clamp(self.bytes.start, self.bytes.end) - self.bytes.start;
        };
        let next = starts.partition_point(|&(at, _)| at < byte);
        let exact = starts.get(next).is_some_and(|&(at, _)| at == byte);
        let inside = byte < self.bytes.end && !exact && !end;
        let index = if inside { next.saturating_sub(1) } else { next };
        starts.get(index).map_or(self.end, |&(_, text)| text)
    }
}

/// The part of a line that is looked at: all that could be shown, however long the line is.
fn nearby(
    source: &Source,
    line: &Range<usize>,
    focus: &Range<usize>,
    columns: usize,
) -> Range<usize> {
    // One column more on each side tells that there is more.
    let reach = columns + 1;
    let start = focus.start.saturating_sub(reach).max(line.start);
    let end = (focus.start + reach).min(line.end);
    if source.bytes[start..end].is_ascii() {
        return start..end;
    }
    // A character has at most 4 bytes.
    let reach = 4 * reach;
    let inside = |at: usize| {
        at > line.start && at < line.end && source.bytes[at] & 0b1100_0000 == 0b1000_0000
    };
    let mut start = focus.start.saturating_sub(reach).max(line.start);
    let mut end = (focus.start + reach).min(line.end);
    for _ in 0..3 {
        start -= usize::from(inside(start));
        end += usize::from(inside(end));
    }
    start..end
}

/// The characters of a range of bytes: tabs as blanks, hidden ones as escapes, U+FFFD for bytes
/// that are not UTF-8.
fn cells(bytes: &[u8], range: Range<usize>) -> (String, Vec<Cell>) {
    let mut text = String::with_capacity(range.len() + 16);
    let mut cells = Vec::with_capacity(range.len());
    let mut at = range.start;
    let mut column = 0;
    let mut cell = |c: char, at: usize| {
        let start = text.len();
        let columns = match c {
            '\t' => {
                let blanks = TAB - column % TAB;
                text.extend(std::iter::repeat_n(' ', blanks));
                blanks
            }
            _ if is_hidden(c) => {
                push_visible(&mut text, c);
                text.len() - start
            }
            _ => {
                text.push(c);
                char_width(c)
            }
        };
        column += columns;
        let text = start..text.len();
        cells.push(Cell { at, text, columns });
    };
    for chunk in bytes[range].utf8_chunks() {
        for (offset, c) in chunk.valid().char_indices() {
            cell(c, at + offset);
        }
        at += chunk.valid().len();
        if !chunk.invalid().is_empty() {
            cell(char::REPLACEMENT_CHARACTER, at);
            at += chunk.invalid().len();
        }
    }
    (text, cells)
}

/// Which characters fit, with the focus among them and as near to its middle as the line allows.
fn part(
    cells: &[Cell],
    near: &Range<usize>,
    line: &Range<usize>,
    focus: &Range<usize>,
    columns: usize,
    ellipsis: usize,
) -> Range<usize> {
    let total: usize = cells.iter().map(|cell| cell.columns).sum();
    if near == line && total <= columns {
        return 0..cells.len();
    }
    let columns_of =
        |range: Range<usize>| -> usize { cells[range].iter().map(|cell| cell.columns).sum() };
    let from = cells.partition_point(|cell| cell.at < focus.start);
    let upto = cells.partition_point(|cell| cell.at < focus.end);
    let from_start = near.start == line.start;
    // One column for the mark of an empty span.
    let fits = columns_of(0..upto.max(from)) + 1 + ellipsis <= columns;
    // A focus that is too long anyway keeps a short beginning of the line before it.
    let early = columns_of(0..from) <= columns / 3;
    let mut start = 0;
    if !from_start || !(fits || early) {
        let room = columns.saturating_sub(2 * ellipsis);
        let lead = room.saturating_sub(columns_of(from..upto)).min(room / 3);
        start = from;
        let mut used = 0;
        while start > 0 && used + cells[start - 1].columns <= lead {
            start -= 1;
            used += cells[start].columns;
        }
    }
    let cut = start > 0 || !from_start;
    let left = if cut { ellipsis } else { 0 };
    let mut end = start;
    let mut used = left;
    while end < cells.len() && used + cells[end].columns + ellipsis <= columns {
        used += cells[end].columns;
        end += 1;
    }
    // The room of the ellipsis may be enough for all that is left.
    if near.end == line.end && left + columns_of(start..cells.len()) <= columns {
        end = cells.len();
    }
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::SourceId;

    /// The line with the shown span in brackets.
    fn shown(bytes: &[u8], index: usize, span: Range<usize>, columns: usize) -> String {
        let source = Source::new(SourceId(0), "a", bytes);
        let focus = Some(Span::new(span.start, span.end));
        let shown = Shown::new(&source, index, focus, columns, "…");
        let start = shown.position(span.start, false);
        let end = shown.position(span.end, true);
        let text = &shown.text;
        assert!(shown.shows(span.start));
        assert!(width(text) <= columns, "{text}");
        format!("{}[{}]{}", &text[..start], &text[start..end], &text[end..])
    }

    #[test]
    fn tabs_become_blanks_and_spans_follow() {
        assert_eq!(shown(b"\tab\tc", 0, 1..3, 40), "    [ab]  c");
        assert_eq!(shown(b"a\tc", 0, 1..2, 40), "a[   ]c");
    }

    #[test]
    fn hidden_characters_are_escaped_and_spans_follow() {
        assert_eq!(shown(b"a\x1b[31m: x\n", 0, 1..6, 40), "a[\\u{1b}[31m]: x");
        assert_eq!(shown("a\u{202e}b".as_bytes(), 0, 4..5, 40), "a\\u{202e}[b]");
    }

    #[test]
    fn bytes_that_are_not_utf8_are_replaced_and_spans_follow() {
        assert_eq!(shown(b"\xff\xfeab", 0, 2..3, 40), "\u{fffd}\u{fffd}[a]b");
        assert_eq!(shown(b"a\xe2\x82b", 0, 3..4, 40), "a\u{fffd}[b]");
        // A span that cuts a character covers all of it.
        assert_eq!(shown("aéb".as_bytes(), 0, 2..3, 40), "a[é]b");
        assert_eq!(shown("aéb".as_bytes(), 0, 1..2, 40), "a[é]b");
    }

    #[test]
    fn the_byte_order_mark_is_shown_only_where_it_is_marked() {
        let text = "\u{feff}a: 1\nb".as_bytes();
        assert_eq!(shown(text, 0, 3..4, 40), "[a]: 1");
        assert_eq!(shown(text, 0, 0..4, 40), "[\\u{feff}a]: 1");
        assert_eq!(shown(text, 1, 8..9, 40), "[b]");
    }

    #[test]
    fn only_the_first_line_of_a_span_is_covered() {
        assert_eq!(shown(b"ab\r\ncd", 0, 1..6, 40), "a[b]");
        assert_eq!(shown(b"ab\rcd", 0, 1..5, 40), "a[b]");
        assert_eq!(shown(b"ab\r\ncd", 0, 3..3, 40), "ab[]");
        assert_eq!(shown(b"ab\ncd", 1, 5..5, 40), "cd[]");
        assert_eq!(shown(b"ab\n", 1, 3..3, 40), "[]");
        assert_eq!(shown(b"", 0, 0..0, 40), "[]");
    }

    #[test]
    fn long_lines_are_cut_around_the_span() {
        let line = "0123456789".repeat(10);
        let cut = |span, columns| shown(line.as_bytes(), 0, span, columns);
        assert_eq!(cut(0..2, 20), "[01]23456789012345678…");
        assert_eq!(cut(16..18, 20), "0123456789012345[67]8…");
        assert_eq!(cut(50..52, 20), "…456789[01]2345678901…");
        assert_eq!(cut(98..100, 20), "…234567[89]");
        assert_eq!(cut(100..100, 20), "…456789[]");
        assert_eq!(cut(50..90, 20), "…[012345678901234567]…");
        assert_eq!(cut(2..90, 20), "01[23456789012345678]…");
        assert_eq!(
            cut(2..90, 100),
            format!("01[{}]{}", &line[2..90], &line[90..])
        );
    }

    #[test]
    fn a_line_of_megabytes_is_cut_like_any_other() {
        let mut line = "ä".repeat(1 << 20).into_bytes();
        let middle = 1 << 20;
        line[middle..middle + 4].copy_from_slice(b"here");
        let text = shown(&line, 0, middle..middle + 4, 21);
        assert_eq!(text, format!("…{}[here]{}…", "ä".repeat(6), "ä".repeat(9)));
        let end = line.len();
        assert_eq!(
            shown(&line, 0, end..end, 21),
            format!("…{}[]", "ä".repeat(6))
        );
    }

    #[test]
    fn wide_characters_count_twice() {
        let line = "日本".repeat(20);
        assert_eq!(shown(line.as_bytes(), 0, 0..3, 10), "[日]本日本…");
    }
}
