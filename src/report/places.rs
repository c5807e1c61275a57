//! Lines and columns, in the unit that a format asks for.

use crate::finding::Location;
use crate::text::{Place, Source, SourceId, Sources, Span};

/// Line and column of byte offsets, as [`crate::text::Source::place`] gives them, but in one pass
/// over a line for offsets in ascending order: a file may be a single line of megabytes.
pub(super) struct Places<'r> {
    sources: &'r Sources,
    last: Option<(SourceId, u32, Place)>,
}

impl<'r> Places<'r> {
    pub(super) fn new(sources: &'r Sources) -> Self {
        Places {
            sources,
            last: None,
        }
    }

    pub(super) fn start(&mut self, at: Location) -> Place {
        self.place(at.source, at.span.start)
    }

    pub(super) fn place(&mut self, id: SourceId, offset: u32) -> Place {
        let source = self.sources.get(id);
        let offset = offset.min(u32::try_from(source.bytes.len()).unwrap_or(u32::MAX));
        if let Some((source_id, from, place)) = self.last
            && source_id == id
            && from <= offset
            && place.line == source.line_index(offset) + 1
        {
            let between = &source.bytes[from as usize..offset as usize];
            let column = place.column + String::from_utf8_lossy(between).chars().count();
            let place = Place { column, ..place };
            self.remember(id, offset, place);
            return place;
        }
        let place = self.before(source, offset);
        let place = place.unwrap_or_else(|| source.place(offset));
        self.remember(id, offset, place);
        place
    }

    /// The part of a location on its first line: a host shows an alert in a pull request only where all of
    /// its lines are changed, and takes columns of one line only.
    pub(super) fn on_first_line(&mut self, at: Location) -> [Place; 2] {
        let start = self.start(at);
        let line = self.sources.get(at.source).line_span(start.line - 1);
        let end = at.span.end.min(line.end).max(at.span.start);
        [start, self.aside(at.source, end)]
    }

    /// Where a span starts and ends, off the path of the others.
    pub(super) fn ends(&mut self, id: SourceId, span: Span) -> [Place; 2] {
        [span.start, span.end].map(|offset| self.aside(id, offset))
    }

    /// A place off the path of the others: where to count on from does not move.
    pub(super) fn aside(&mut self, id: SourceId, offset: u32) -> Place {
        let kept = self.last;
        let place = self.place(id, offset);
        self.last = kept;
        place
    }

    /// A place on the same line before the last one, counted back from there.
    fn before(&self, source: &Source, offset: u32) -> Option<Place> {
        let (id, from, place) = self.last?;
        let at = offset as usize;
        let is_near = id == source.id && offset < from && at >= source.bom();
        if !is_near || is_inside(source, offset) || place.line != source.line_index(offset) + 1 {
            return None;
        }
        let between = &source.bytes[at..from as usize];
        let columns = String::from_utf8_lossy(between).chars().count();
        let column = place.column.checked_sub(columns)?;
        Some(Place { column, ..place })
    }

    /// Keeps a place to count on from, unless it lies inside of a character: both halves of one
    /// would be counted.
    fn remember(&mut self, id: SourceId, offset: u32, place: Place) {
        let source = self.sources.get(id);
        if !is_inside(source, offset) && offset as usize >= source.bom() {
            self.last = Some((id, offset, place));
        }
    }
}

/// Whether an offset lies behind the first byte of a character.
fn is_inside(source: &Source, offset: u32) -> bool {
    let next = source.bytes.get(offset as usize);
    next.is_some_and(|byte| byte & 0b1100_0000 == 0b1000_0000)
}

/// Line and column of a byte offset, both from 1, the column counting bytes of UTF-8. A byte order mark
/// counts: it is part of the line for whoever counts bytes.
pub(super) fn in_bytes(source: &Source, offset: u32) -> (usize, usize) {
    let offset = offset.min(u32::try_from(source.bytes.len()).unwrap_or(u32::MAX));
    let index = source.line_index(offset);
    let column = offset - source.line_starts()[index];
    (index + 1, column as usize + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_counted_in_one_pass_are_the_places_of_the_source() {
        let texts: [&[u8]; 4] = [
            "\u{feff}aé€😀\r\nx\ry\n".as_bytes(),
            b"a\xe2\x82 b\xff\x80\x80c\xf0\x9f\x98",
            b"",
            b"\xef\xbb\xbf",
        ];
        for text in texts {
            let mut sources = Sources::default();
            let id = sources.add("a", text);
            let size = u32::try_from(text.len()).expect("a short text");
            for step in 1..4 {
                let mut places = Places::new(&sources);
                for offset in (0..=size).step_by(step).chain((0..=size).rev()) {
                    let expected = sources.get(id).place(offset);
                    assert_eq!(places.place(id, offset), expected, "{offset} in {text:?}");
                }
            }
        }
    }

    #[test]
    fn bytes_are_counted_from_the_start_of_the_line() {
        let mut sources = Sources::default();
        let id = sources.add("a", "\u{feff}é: 😀x\r\nb\rc".as_bytes());
        let at = |offset| in_bytes(sources.get(id), offset);
        assert_eq!([at(0), at(3), at(5)], [(1, 1), (1, 4), (1, 6)]);
        assert_eq!([at(11), at(12)], [(1, 12), (1, 13)]);
        assert_eq!([at(14), at(16), at(17)], [(2, 1), (3, 1), (3, 2)]);
        assert_eq!(at(99), (3, 2));
    }

    #[test]
    fn a_location_is_cut_at_the_end_of_its_first_line() {
        let mut sources = Sources::default();
        let id = sources.add("a", "ab: |\r\n  c\r\n");
        let mut places = Places::new(&sources);
        let at = |start, end| Location {
            source: id,
            span: Span::new(start, end),
        };
        let place = |line, column| Place { line, column };
        assert_eq!(places.on_first_line(at(0, 12)), [place(1, 1), place(1, 6)]);
        assert_eq!(places.on_first_line(at(7, 10)), [place(2, 1), place(2, 4)]);
        assert_eq!(places.on_first_line(at(12, 12)), [place(3, 1), place(3, 1)]);
    }
}
