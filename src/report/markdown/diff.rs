//! The lines that a fix changes, without what is hidden in them.

use std::collections::{BTreeMap, HashSet};

use crate::finding::Finding;
use crate::report::terminal::push_visible;
use crate::rules;
use crate::text::{Edit, Source, SourceId, Span};

/// Longer lines than this in all nobody reads: a file on a single line, for example.
const MOST_BYTES: usize = 20_000;
/// What stands for a secret.
const STARS: &str = "***";

/// What looks like a secret in lines that were shown before.
#[derive(Default)]
pub(super) struct Hidden {
    lines: HashSet<(SourceId, usize)>,
    spans: BTreeMap<SourceId, Vec<Span>>,
}

impl Hidden {
    /// What looks like a secret in some lines, whether the finding is about them or not.
    fn of(&mut self, source: &Source, first: usize, last: usize) -> &[Span] {
        for line in first..=last {
            if self.lines.insert((source.id, line)) {
                let spans = self.spans.entry(source.id).or_default();
                spans.extend(rules::hidden_around(source, line));
            }
        }
        self.spans.get(&source.id).map_or(&[], Vec::as_slice)
    }
}

/// Lines that change together, from 0, the last included, with their edits.
struct Hunk<'e> {
    first: usize,
    last: usize,
    edits: Vec<&'e Edit>,
}

/// Appends a hunk for each group of lines that the edits of one source change; there is no context. `None`
/// where these lines are too long.
pub(super) fn hunks(
    source: &Source,
    edits: &[&Edit],
    finding: &Finding,
    hidden: &mut Hidden,
    out: &mut String,
) -> Option<()> {
    let mut edits = edits.to_vec();
    edits.sort_by_key(|edit| edit.span);
    let mut hunks: Vec<Hunk<'_>> = Vec::new();
    for edit in edits {
        let (first, last) = lines(source, edit.span);
        match hunks.last_mut() {
            Some(hunk) if first <= hunk.last + 1 => {
                hunk.last = hunk.last.max(last);
                hunk.edits.push(edit);
            }
            _ => hunks.push(Hunk {
                first,
                last,
                edits: vec![edit],
            }),
        }
    }
    let size = |hunk: &Hunk| {
        let (start, end) = ends(source, hunk);
        (end - start) as usize
    };
    if hunks.iter().map(size).sum::<usize>() > MOST_BYTES {
        return None;
    }
    // How many lines there are more after the hunks so far.
    let mut grown = 0;
    for hunk in hunks {
        let mut masked = hidden.of(source, hunk.first, hunk.last).to_vec();
        if source.id == finding.at.source {
            masked.extend(&finding.hidden);
        }
        masked.sort_unstable();
        grown += write(source, &hunk, &masked, grown, out);
    }
    Some(())
}

/// The lines of an edit. One that ends where a line starts does not change that line.
fn lines(source: &Source, span: Span) -> (usize, usize) {
    let first = source.line_index(span.start);
    let last = source.line_index(span.end);
    let starts = source.line_starts();
    if last > first && starts[last] == span.end && starts[first] == span.start {
        return (first, last - 1);
    }
    (first, last)
}

/// Where the lines of a hunk start and end.
fn ends(source: &Source, hunk: &Hunk) -> (u32, u32) {
    let starts = source.line_starts();
    let end = starts.get(hunk.last + 1).copied();
    let end = end.unwrap_or_else(|| Span::at(source.bytes.len()).start);
    (starts[hunk.first], end)
}

fn write(source: &Source, hunk: &Hunk, masked: &[Span], grown: isize, out: &mut String) -> isize {
    let (start, end) = ends(source, hunk);
    let mut old = String::new();
    copy(source, start, end, masked, &mut old);
    let mut new = String::new();
    let mut upto = start;
    for edit in &hunk.edits {
        copy(source, upto, edit.span.start, masked, &mut new);
        new.push_str(&edit.text);
        upto = edit.span.end;
    }
    copy(source, upto, end, masked, &mut new);
    let (old, new) = (split(&old), split(&new));
    let same = |(old, new): &(&String, &String)| old == new;
    let above = old.iter().zip(&new).take_while(same).count();
    let (old, new) = (&old[above..], &new[above..]);
    let below = old.iter().rev().zip(new.iter().rev()).take_while(same);
    let below = below.count();
    let (old, new) = (&old[..old.len() - below], &new[..new.len() - below]);
    let line = hunk.first + above;
    let place = line.saturating_add_signed(grown);
    out.push_str(&format!(
        "@@ -{} +{} @@\n",
        range(line, old.len()),
        range(place, new.len())
    ));
    for (mark, lines) in [('-', old), ('+', new)] {
        for line in lines {
            out.push(mark);
            out.push_str(line);
            out.push('\n');
        }
    }
    let size = |lines: &[String]| isize::try_from(lines.len()).unwrap_or(0);
    size(new) - size(old)
}

/// Appends a part of a source, its hidden bytes as stars.
fn copy(source: &Source, start: u32, end: u32, masked: &[Span], out: &mut String) {
    let mut upto = start;
    for span in masked {
        let (from, to) = (span.start.max(upto), span.end.min(end));
        if from < to {
            out.push_str(&source.text(Span {
                start: upto,
                end: from,
            }));
            out.push_str(STARS);
            upto = to;
        }
    }
    if upto < end {
        out.push_str(&source.text(Span { start: upto, end }));
    }
}

/// Lines as they can be shown, without their ends.
fn split(text: &str) -> Vec<String> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines = text.lines().map(|line| {
        let mut shown = String::with_capacity(line.len());
        for c in line.chars() {
            match c {
                '\t' => shown.push(c),
                _ => push_visible(&mut shown, c),
            }
        }
        shown
    });
    lines.collect()
}

/// `start,count` of a hunk header; an empty range names the line before it.
fn range(start: usize, count: usize) -> String {
    match count {
        0 => format!("{start},0"),
        1 => format!("{}", start + 1),
        count => format!("{},{count}", start + 1),
    }
}
