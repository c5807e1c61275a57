//! Where findings stand in their files, and what became of those places.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::Side;
use super::lines::Alignment;
use super::renames;
use crate::finding::Finding;
use crate::fingerprint;
use crate::text::{Source, SourceId, Sources, Span};

/// What makes `=` and `:` the end of a key.
const AFTER_KEY: [char; 2] = [':', '='];

/// The files of two trees.
pub(super) struct Files {
    /// By file of the tree before, what it is in the tree after.
    after: HashMap<SourceId, SourceId>,
    /// What became of the lines, for the files that are in both.
    lines: HashMap<SourceId, Alignment>,
}

/// A finding and its place.
pub(super) struct Spot<'f> {
    pub(super) rule: &'f str,
    /// What the object is called that it is in.
    pub(super) within: Option<&'f str>,
    /// Whether a key tells it, and not its line.
    pub(super) keyed: bool,
    /// Its line, without outer blanks and with single ones between words.
    text: String,
    /// What it marks, without blanks.
    marked: String,
    /// Whether its file is in one of the trees alone.
    pub(super) is_in_no_file: bool,
    place: Cow<'f, str>,
    /// Its file in the tree after.
    file: Option<SourceId>,
    /// Its line in the tree after; `None` where that is gone.
    line: Option<usize>,
    /// The run of changed lines that it is in.
    hunk: Option<usize>,
    /// Whether a line with the same key stood in its place, or stands there now.
    edited: bool,
}

impl Files {
    pub(super) fn of(before: &Sources, after: &Sources) -> Self {
        let by_path: HashMap<&str, SourceId> = after
            .0
            .iter()
            .map(|source| (source.path.as_str(), source.id))
            .collect();
        let mut pairs: HashMap<SourceId, SourceId> =
            renames::find(before, after).into_iter().collect();
        for source in &before.0 {
            if let Some(same) = by_path.get(source.path.as_str()) {
                pairs.insert(source.id, *same);
            }
        }
        Files {
            after: pairs,
            lines: HashMap::new(),
        }
    }

    /// Compares the lines of the files in which anything was found.
    pub(super) fn align(&mut self, before: Side, after: Side) {
        let found = |side: Side| -> HashSet<SourceId> {
            let places = side.findings.iter().map(|finding| finding.at.source);
            places.collect()
        };
        let (old, new) = (found(before), found(after));
        for (from, to) in &self.after {
            if old.contains(from) || new.contains(to) {
                let alignment = Alignment::of(before.sources.get(*from), after.sources.get(*to));
                self.lines.insert(*from, alignment);
            }
        }
    }

    /// The findings of the tree before.
    pub(super) fn spots_before<'f>(&self, side: Side<'f>) -> Vec<Spot<'f>> {
        let spots = side.findings.iter().map(|finding| {
            let mut spot = Spot::of(side.sources, finding);
            let file = self.after.get(&finding.at.source);
            let own = line(side.sources, finding);
            spot.file = file.copied();
            spot.is_in_no_file = file.is_none();
            let Some(lines) = self.lines.get(&finding.at.source) else {
                return spot;
            };
            spot.line = lines.after(own);
            spot.hunk = lines.hunk_of_old(own);
            spot.edited = has_head_of(&spot, lines.came(spot.hunk));
            spot
        });
        spots.collect()
    }

    /// The findings of the tree after.
    pub(super) fn spots_after<'f>(&self, side: Side<'f>) -> Vec<Spot<'f>> {
        let before: HashMap<SourceId, SourceId> =
            self.after.iter().map(|(old, new)| (*new, *old)).collect();
        let spots = side.findings.iter().map(|finding| {
            let mut spot = Spot::of(side.sources, finding);
            let own = line(side.sources, finding);
            spot.file = Some(finding.at.source);
            spot.line = Some(own);
            let old = before.get(&finding.at.source);
            spot.is_in_no_file = old.is_none();
            if let Some(lines) = old.and_then(|old| self.lines.get(old)) {
                spot.hunk = lines.hunk_of_new(own);
                spot.edited = has_head_of(&spot, lines.gone(spot.hunk));
            }
            spot
        });
        spots.collect()
    }
}

fn line(sources: &Sources, finding: &Finding) -> usize {
    let source = sources.get(finding.at.source);
    source.line_index(finding.at.span.start)
}

impl<'f> Spot<'f> {
    /// One in a file that the other tree does not have.
    fn of(sources: &Sources, finding: &'f Finding) -> Self {
        let source = sources.get(finding.at.source);
        Spot {
            rule: &finding.rule,
            within: finding.within.as_deref(),
            keyed: finding.key.is_some(),
            text: fingerprint::normalised_line(source, finding.at.span),
            marked: marked(source, finding.at.span),
            is_in_no_file: true,
            place: fingerprint::place(source, finding),
            file: None,
            line: None,
            hunk: None,
            edited: false,
        }
    }

    /// Whether both are about the same thing.
    pub(super) fn is_same(&self, new: &Spot) -> bool {
        self.keyed == new.keyed && self.place == new.place
    }

    pub(super) fn in_one_file(&self, new: &Spot) -> bool {
        self.file.is_some() && self.file == new.file
    }

    /// Whether it may be what is now elsewhere in its file: not where both lines got other values.
    pub(super) fn may_have_moved_to(&self, new: &Spot) -> bool {
        let both_edited = self.edited && new.edited;
        self.in_one_file(new) && (!both_edited || self.hunk == new.hunk)
    }

    /// Whether its object may be what now stands in another file: not where both are as they were, but for
    /// their values, as in two environments.
    pub(super) fn may_have_gone_to(&self, new: &Spot) -> bool {
        let both_edited = self.edited && new.edited;
        self.within.is_some() && self.is_alone() && new.is_alone() && !both_edited
    }

    /// Whether its line is now that of another.
    pub(super) fn is_at(&self, new: &Spot) -> bool {
        self.line.is_some() && self.line == new.line
    }

    /// Whether its line is in one of the trees alone.
    fn is_alone(&self) -> bool {
        self.is_in_no_file || self.hunk.is_some()
    }

    /// Whether its line was taken away and that of another put in, and nobody only wrote another value.
    pub(super) fn was_moved_to(&self, new: &Spot) -> bool {
        self.is_alone() && !self.edited && new.is_alone()
    }

    /// Whether its line became that of another: in the same place, with much the same text.
    pub(super) fn was_edited_to(&self, new: &Spot) -> bool {
        let both = !self.keyed && !new.keyed && self.in_one_file(new);
        both && self.hunk.is_some() && self.hunk == new.hunk && is_alike(&self.text, &new.text)
    }

    /// Whether its line may have become that of another by what breaks and joins lines: the same text is
    /// marked where lines were taken away and put in.
    pub(super) fn was_broken_to(&self, new: &Spot) -> bool {
        let both = !self.keyed && !new.keyed && self.in_one_file(new);
        both && self.hunk.is_some()
            && self.hunk == new.hunk
            && !self.marked.is_empty()
            && self.marked == new.marked
    }

    /// The last word of its line: what a setting says in every format.
    pub(super) fn value(&self) -> Option<&str> {
        let text = self.text.trim_end_matches([',', ';']);
        let last = text.rsplit([' ', ':', '=']).next();
        last.map(|word| word.trim_matches(['"', '\'']))
    }
}

/// The text of a span without blanks.
fn marked(source: &Source, span: Span) -> String {
    let bytes = source.bytes.get(span.range()).unwrap_or_default();
    let text = String::from_utf8_lossy(bytes);
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Whether one of some lines begins with the key of a finding's line.
fn has_head_of(spot: &Spot, lines: &[String]) -> bool {
    let own = head(&spot.text);
    own.is_some() && lines.iter().any(|line| head(line) == own)
}

/// The key at the beginning of a line.
fn head(text: &str) -> Option<&str> {
    let (head, _) = text.split_once(AFTER_KEY)?;
    Some(head.trim_end()).filter(|head| !head.is_empty())
}

/// Whether one edit in the middle makes one text of another and leaves half of it.
fn is_alike(old: &str, new: &str) -> bool {
    let same = |pairs: &mut dyn Iterator<Item = (char, char)>| -> usize {
        let same = pairs.take_while(|(old, new)| old == new);
        same.map(|(own, _)| own.len_utf8()).sum()
    };
    let start = same(&mut old.chars().zip(new.chars()));
    let (old, new) = (&old[start..], &new[start..]);
    let end = same(&mut old.chars().rev().zip(new.chars().rev()));
    let longest = old.len().max(new.len()) + start;
    2 * (start + end) >= longest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edited_line_keeps_half_of_its_text() {
        assert!(is_alike(
            "env.enableCheckpointing(100);",
            "env.enableCheckpointing(200);"
        ));
        assert!(is_alike("größe", "größer"));
        assert!(is_alike("", ""));
        assert!(!is_alike(
            "env.setParallelism(1);",
            "CREATE TABLE t (a INT);"
        ));
    }

    #[test]
    fn the_key_of_a_line_ends_at_the_first_sign() {
        assert_eq!(head("a.b = c: d"), Some("a.b"));
        assert_eq!(head("- name"), None);
        assert_eq!(head(": x"), None);
    }
}
