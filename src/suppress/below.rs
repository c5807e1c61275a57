//! What stands below a comment where a file holds more than its settings, such as the variables of a
//! container: the entry that the next line begins, by its indentation.

use std::ops::RangeInclusive;

use crate::text::Source;

/// By line of a source, the next that says something and the end of what that begins.
pub(super) struct Below {
    next: Vec<usize>,
    last: Vec<usize>,
}

impl Below {
    pub(super) fn of(source: &Source) -> Self {
        let count = source.line_starts().len();
        let mut below = Below {
            next: vec![count; count],
            last: (0..count).collect(),
        };
        // What is not at its end yet: line, indentation, and whether it is an item.
        let mut open: Vec<(usize, usize, bool)> = Vec::new();
        let (mut before, mut unnamed) = (0, 0);
        for line in 0..count {
            let bytes = &source.bytes[source.line_span(line).range()];
            let indent = bytes.iter().take_while(|byte| **byte == b' ').count();
            let text = bytes.trim_ascii();
            if text.is_empty() || text.starts_with(b"#") {
                continue;
            }
            let is_item = text == b"-" || text.starts_with(b"- ");
            // The items of a list may stand right below its key.
            let goes_on = |&(_, other, item): &(usize, usize, bool)| {
                other < indent || other == indent && is_item && !item
            };
            while let Some(&(first, ..)) = open.last().filter(|top| !goes_on(top)) {
                below.last[first] = before;
                open.pop();
            }
            open.push((line, indent, is_item));
            below.next[unnamed..line].fill(line);
            (before, unnamed) = (line, line);
        }
        for (first, ..) in open {
            below.last[first] = before;
        }
        below
    }

    /// The lines of the entry below a line.
    pub(super) fn entry(&self, line: usize) -> Option<RangeInclusive<usize>> {
        let first = *self.next.get(line)?;
        Some(first..=*self.last.get(first)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::SourceId;

    #[test]
    fn an_entry_ends_where_the_next_of_its_depth_begins() {
        let text = "a:\n  # x\n\n  b:\n  - c: 1\n    d: 2\n  # y\n  - e\n  f: 3\n---\ng: 4\n";
        let below = Below::of(&Source::new(SourceId(0), "x.yaml", text));
        let entries: Vec<_> = (0..11).map(|line| below.entry(line)).collect();
        let expected = [
            Some(3..=7),
            Some(3..=7),
            Some(3..=7),
            Some(4..=5),
            Some(5..=5),
            Some(7..=7),
            Some(7..=7),
            Some(8..=8),
            Some(9..=9),
            Some(10..=10),
            None,
        ];
        assert_eq!(entries, expected);
    }
}
