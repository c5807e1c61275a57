//! What became of the lines of a file: which stayed, which went and which came.

use similar::{Algorithm, DiffTag, capture_diff_slices};

use crate::fingerprint::normalised_line;
use crate::text::{Source, Span};

/// The lines of two versions of a file, held against each other. Lines count from 0; blanks around and
/// between words do not count.
pub(super) struct Alignment {
    /// By line of the old file its line in the new one.
    after: Vec<Option<usize>>,
    hunks_of_old: Vec<Option<usize>>,
    hunks_of_new: Vec<Option<usize>>,
    /// The old lines of each run of changed lines, and the new ones.
    changed: Vec<(Vec<String>, Vec<String>)>,
}

impl Alignment {
    pub(super) fn of(before: &Source, after: &Source) -> Self {
        let (old, new) = (lines(before), lines(after));
        let mut alignment = Alignment {
            after: vec![None; old.len()],
            hunks_of_old: vec![None; old.len()],
            hunks_of_new: vec![None; new.len()],
            changed: Vec::new(),
        };
        let mut was_changed = false;
        for op in capture_diff_slices(Algorithm::Myers, &old, &new) {
            let (from, to) = (op.old_range(), op.new_range());
            if op.tag() == DiffTag::Equal {
                was_changed = false;
                for (from, to) in from.zip(to) {
                    alignment.after[from] = Some(to);
                }
                continue;
            }
            // What is taken away and what is put in there stand in two operations at times.
            if !was_changed {
                alignment.changed.push(Default::default());
            }
            was_changed = true;
            let hunk = alignment.changed.len() - 1;
            alignment.hunks_of_old[from.clone()].fill(Some(hunk));
            alignment.hunks_of_new[to.clone()].fill(Some(hunk));
            let (gone, came) = &mut alignment.changed[hunk];
            gone.extend_from_slice(&old[from]);
            came.extend_from_slice(&new[to]);
        }
        alignment
    }

    /// Where a line of the old file is in the new one.
    pub(super) fn after(&self, line: usize) -> Option<usize> {
        self.after.get(line).copied().flatten()
    }

    /// The run of changed lines that a line of the old file is in.
    pub(super) fn hunk_of_old(&self, line: usize) -> Option<usize> {
        self.hunks_of_old.get(line).copied().flatten()
    }

    /// The run of changed lines that a line of the new file is in.
    pub(super) fn hunk_of_new(&self, line: usize) -> Option<usize> {
        self.hunks_of_new.get(line).copied().flatten()
    }

    /// The lines that went with a run of changed ones.
    pub(super) fn gone(&self, hunk: Option<usize>) -> &[String] {
        let run = hunk.and_then(|hunk| self.changed.get(hunk));
        run.map_or(&[], |(gone, _)| gone)
    }

    /// The lines that came with a run of changed ones.
    pub(super) fn came(&self, hunk: Option<usize>) -> &[String] {
        let run = hunk.and_then(|hunk| self.changed.get(hunk));
        run.map_or(&[], |(_, came)| came)
    }
}

/// The lines of a source as findings are told by.
pub(super) fn lines(source: &Source) -> Vec<String> {
    let starts = source.line_starts().iter();
    let spans = starts.map(|&start| Span::at(start as usize));
    spans.map(|span| normalised_line(source, span)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::SourceId;

    fn aligned(old: &str, new: &str) -> Alignment {
        let source = |text: &str| Source::new(SourceId(0), "a", text);
        Alignment::of(&source(old), &source(new))
    }

    #[test]
    fn lines_stay_go_and_come() {
        let lines = aligned("a\nb\nc\n", "new\n  a\nB\nc\n");
        assert_eq!(
            [lines.after(0), lines.after(1), lines.after(2)],
            [Some(1), None, Some(3)]
        );
        assert_eq!(lines.hunk_of_old(1), lines.hunk_of_new(2));
        assert!(lines.hunk_of_old(1).is_some());
        assert_eq!(lines.hunk_of_new(1), None);
        assert_eq!(lines.gone(lines.hunk_of_old(1)), ["b"]);
        assert_eq!(lines.came(lines.hunk_of_old(1)), ["B"]);
        assert!(lines.came(None).is_empty());
    }

    #[test]
    fn line_endings_do_not_count() {
        let lines = aligned("a\nb\n", "a\r\nb\r\n");
        assert_eq!([lines.after(0), lines.after(1)], [Some(0), Some(1)]);
    }
}
