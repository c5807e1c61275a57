//! A text inside of another: a block of a manifest that holds a whole configuration file, or a mapping that
//! is one. It is read and written by the reader and the writer of its own format, as the text that its
//! application sees; places are moved from the one to the other.

use std::sync::Arc;

use super::{Document, Setting};
use crate::text::{Edit, Source, Span};

/// One line of the inner text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Line {
    /// Where it starts in the inner text.
    inner: u32,
    /// Where its first character stands in the outer one, behind the indentation.
    outer: u32,
    /// Where the line of the outer text starts; `None` where the text begins within a line.
    start: Option<u32>,
}

/// What of the inner text the outer one can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// Any lines.
    Lines,
    /// What stands between these quotes on one line.
    Quoted(char),
    /// Only what is there.
    Nothing,
}

/// An inner text and where each of its lines stands.
#[derive(Clone, Debug)]
pub struct Embedding {
    /// The inner text as a source of its own.
    source: Arc<Source>,
    /// Never empty; one more than the text has lines where it ends with a line break.
    lines: Vec<Line>,
    indent: String,
    holds: Holds,
}

impl PartialEq for Embedding {
    fn eq(&self, other: &Self) -> bool {
        self.source.bytes == other.source.bytes && self.lines == other.lines
    }
}

impl Eq for Embedding {}

impl Embedding {
    /// The text of a span of whole lines, each without the first `indent` blanks. The first line starts
    /// where the span does, wherever that is.
    pub fn new(outer: &Source, span: Span, indent: usize, holds: Holds) -> Self {
        let (text, lines) = lines(&outer.bytes, span, indent);
        Embedding {
            source: Arc::new(Source::new(outer.id, outer.path.as_str(), text)),
            lines,
            indent: " ".repeat(indent),
            holds,
        }
    }

    /// Reads the inner text, and moves what was found to its places in the outer one.
    pub fn read(self, outer: &Source, read: impl FnOnce(&Source) -> Document) -> Document {
        let mut document = read(&self.source);
        for setting in &mut document.settings {
            *setting = moved(setting, |span| self.outer(span));
        }
        for section in &mut document.sections {
            section.key_at = self.outer(section.key_at);
            section.whole = self.outer(section.whole);
        }
        for problem in &mut document.problems {
            problem.at = self.outer(problem.at);
            for (at, _) in &mut problem.related {
                *at = self.outer(*at);
            }
            problem.repair = problem.repair.take().and_then(|mut repair| {
                for (span, text) in &mut repair.edits {
                    let edit = self.outer_edit(&Edit {
                        source: outer.id,
                        span: *span,
                        text: std::mem::take(text),
                    })?;
                    (*span, *text) = (edit.span, edit.text);
                }
                Some(repair)
            });
        }
        for comment in &mut document.comments {
            comment.at = self.outer(comment.at);
        }
        document.embedding = Some(Box::new(self));
        document
    }

    /// Makes an edit beside a setting of the inner text as one of the outer.
    pub(super) fn write(
        &self,
        setting: &Setting,
        write: impl FnOnce(&Source, &Setting) -> Option<Edit>,
    ) -> Option<Edit> {
        let setting = moved(setting, |span| self.inner(span));
        self.outer_edit(&write(&self.source, &setting)?)
    }

    /// Makes an edit at the end of the inner text as one of the outer.
    pub(super) fn insert(&self, insert: impl FnOnce(&Source) -> Option<Edit>) -> Option<Edit> {
        self.outer_edit(&insert(&self.source)?)
    }

    fn outer_at(&self, inner: u32) -> u32 {
        let after = self.lines.partition_point(|line| line.inner <= inner);
        let line = self.lines[after.saturating_sub(1)];
        line.outer + (inner - line.inner)
    }

    /// Where a span of the inner text stands in the outer one.
    fn outer(&self, span: Span) -> Span {
        placed(span, |inner| self.outer_at(inner))
    }

    /// Where a span of the outer text stands in the inner one.
    fn inner(&self, span: Span) -> Span {
        placed(span, |outer| {
            let after = self.lines.partition_point(|line| line.outer <= outer);
            let line = self.lines[after.saturating_sub(1)];
            line.inner + outer.saturating_sub(line.outer)
        })
    }

    /// The line that starts at this place of the inner text.
    fn line_at(&self, inner: u32) -> Option<&Line> {
        let found = self.lines.binary_search_by_key(&inner, |line| line.inner);
        found.ok().map(|index| &self.lines[index])
    }

    /// An edit of the inner text as one of the outer: new lines get the indentation, and lines go with it.
    /// `None` for a text that can't stand there.
    fn outer_edit(&self, edit: &Edit) -> Option<Edit> {
        let fits = match self.holds {
            Holds::Lines => true,
            Holds::Quoted(quote) => !edit
                .text
                .contains(|c: char| c == quote || c == '\\' || c.is_control()),
            Holds::Nothing => false,
        };
        if !fits {
            return None;
        }
        let mut span = self.outer(edit.span);
        let mut text = indented(&edit.text, &self.indent);
        if let Some(line) = self.line_at(edit.span.start) {
            let to_end = edit.span.end as usize == self.source.bytes.len();
            let goes = edit.text.is_empty() && !edit.span.is_empty();
            let comes = edit.span.is_empty() && edit.text.ends_with(['\n', '\r']);
            match line.start {
                // New lines before this one, or at the end.
                Some(start) if comes => {
                    span = Span::at(start as usize);
                    text = format!("{}{text}", self.indent);
                }
                Some(start) if goes && (to_end || self.line_at(edit.span.end).is_some()) => {
                    span.start = start;
                }
                // Of a line that begins with something else only the text goes.
                None if goes && (to_end || self.line_at(edit.span.end).is_some()) => {
                    let gone = &self.source.bytes[edit.span.range()];
                    span.end = span.start + Span::at(gone.trim_ascii_end().len()).start;
                }
                _ => {}
            }
        }
        Some(Edit {
            source: edit.source,
            span,
            text,
        })
    }
}

/// The text of a span of lines without their indentation, and where each of them stands.
fn lines(outer: &[u8], span: Span, indent: usize) -> (Vec<u8>, Vec<Line>) {
    let end = span.range().end.min(outer.len());
    let mut at = span.range().start.min(end);
    let within = at > 0 && !matches!(outer[at - 1], b'\n' | b'\r');
    let mut text = Vec::with_capacity(end - at);
    let mut lines = Vec::new();
    loop {
        let start = (!within || !lines.is_empty()).then_some(at);
        if start.is_some() {
            let blanks = outer[at..end].iter().take(indent);
            at += blanks.take_while(|byte| **byte == b' ').count();
        }
        lines.push(Line {
            inner: Span::at(text.len()).start,
            outer: Span::at(at).start,
            start: start.map(|start| Span::at(start).start),
        });
        let stop = line_end(outer, at, end);
        text.extend_from_slice(&outer[at..stop]);
        let broken = outer[at..stop].ends_with(b"\n") || outer[at..stop].ends_with(b"\r");
        at = stop;
        // What comes behind the last line break stands at the start of the next line.
        if !broken {
            break (text, lines);
        }
    }
}

/// Whether the lines of a span without their indentation are this text, whatever line breaks they have and
/// end with.
pub(super) fn is_text(outer: &[u8], span: Span, indent: usize, text: &str) -> bool {
    let lines = |text: &[u8]| {
        let text = String::from_utf8_lossy(text).replace("\r\n", "\n");
        text.replace('\r', "\n").trim_end_matches('\n').to_owned()
    };
    lines(&self::lines(outer, span, indent).0) == lines(text.as_bytes())
}

/// A text that does not stand in the source as its reader sees it: everything it says stands at the
/// place of the whole.
pub(super) fn somewhere(mut document: Document, whole: Span) -> Document {
    document.editable = false;
    document.comments.clear();
    for setting in &mut document.settings {
        (setting.key_at, setting.value_at, setting.whole) = (whole, whole, whole);
    }
    for section in &mut document.sections {
        (section.key_at, section.whole) = (whole, whole);
    }
    for problem in &mut document.problems {
        problem.at = whole;
        problem.related.clear();
        problem.repair = None;
    }
    document
}

fn moved(setting: &Setting, to: impl Fn(Span) -> Span) -> Setting {
    Setting {
        key_at: to(setting.key_at),
        value_at: to(setting.value_at),
        whole: to(setting.whole),
        ..setting.clone()
    }
}

/// A span between the places of its first and its last byte: behind a line break starts another line.
fn placed(span: Span, place: impl Fn(u32) -> u32) -> Span {
    let start = place(span.start);
    let end = match span.end.checked_sub(1) {
        Some(last) if span.end > span.start => place(last) + 1,
        _ => start,
    };
    Span { start, end }
}

/// A text with the indentation behind every line break but one at its end.
fn indented(text: &str, indent: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        out.push(c);
        let breaks = c == '\n' || c == '\r' && chars.peek() != Some(&'\n');
        if breaks
            && chars
                .peek()
                .is_some_and(|next| !matches!(next, '\n' | '\r'))
        {
            out.push_str(indent);
        }
    }
    out
}

/// Past the line break of the line that holds `at`.
pub(super) fn line_end(text: &[u8], at: usize, end: usize) -> usize {
    match memchr::memchr2(b'\n', b'\r', &text[at..end]) {
        None => end,
        Some(found) => {
            let found = at + found;
            let crlf = text[found] == b'\r' && found + 1 < end && text[found + 1] == b'\n';
            found + if crlf { 2 } else { 1 }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::flink_conf;
    use crate::text::SourceId;

    /// A manifest with a block, and the block as a document.
    fn manifest(text: &str, first: &str, indent: usize) -> (Source, Document) {
        let source = Source::new(SourceId(0), "manifest.yaml", text);
        let start = text.find(first).expect("the first line");
        let start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let end = text.find("other:").unwrap_or(text.len());
        let embedding = Embedding::new(&source, Span::new(start, end), indent, Holds::Lines);
        let document = embedding.read(&source, flink_conf::parse);
        (source, document)
    }

    fn after(source: &Source, edit: Option<Edit>) -> String {
        let edit = edit.expect("an edit");
        let mut bytes = source.bytes.clone();
        bytes.splice(edit.span.range(), edit.text.into_bytes());
        String::from_utf8(bytes).expect("text")
    }

    const BLOCK: &str =
        "data:\n  flink-conf.yaml: |\n    a.b: 1\n\n    c: two # why\n    d: 3\nother: x\n";

    #[test]
    fn settings_stand_where_the_outer_text_has_them() {
        let (source, document) = manifest(BLOCK, "a.b", 4);
        let read: Vec<(&str, &str)> = document
            .settings
            .iter()
            .map(|setting| (setting.key.as_str(), setting.value.as_str()))
            .collect();
        assert_eq!(read, [("a.b", "1"), ("c", "two"), ("d", "3")]);
        for setting in &document.settings {
            let at = |span: Span| std::str::from_utf8(&source.bytes[span.range()]).unwrap();
            assert_eq!(at(setting.key_at), setting.key);
            assert_eq!(at(setting.value_at), setting.value);
        }
    }

    #[test]
    fn edits_change_their_line_and_keep_the_indentation() {
        for breaks in ["\n", "\r\n"] {
            let text = BLOCK.replace('\n', breaks);
            let (source, document) = manifest(&text, "a.b", 4);
            let [first, second, third] = [0, 1, 2].map(|at| &document.settings[at]);
            let is = |edit: Option<Edit>, expected: &str| {
                assert_eq!(after(&source, edit), expected.replace('\n', breaks));
            };
            is(
                document.set(&source, second, "2"),
                &BLOCK.replace("two", "2"),
            );
            is(
                document.remove(&source, first),
                &BLOCK.replace("    a.b: 1\n", ""),
            );
            is(
                document.remove(&source, second),
                &BLOCK.replace("    c: two # why\n", ""),
            );
            is(
                document.remove(&source, third),
                &BLOCK.replace("    d: 3\n", ""),
            );
            is(
                document.insert(&source, "e", "4"),
                &BLOCK.replace("    d: 3\n", "    d: 3\n    e: 4\n"),
            );
            is(
                document.insert_after(&source, first, "a.c", "4"),
                &BLOCK.replace("    a.b: 1\n", "    a.b: 1\n    a.c: 4\n"),
            );
            is(
                document.rename(&source, third, "f"),
                &BLOCK.replace("d: 3", "f: 3"),
            );
        }
    }

    #[test]
    fn a_block_at_the_end_without_a_line_break_stays_one() {
        let text = "env: |\n  a: 1\n  b: 2";
        let (source, document) = manifest(text, "a: 1", 2);
        let inserted = after(&source, document.insert(&source, "c", "3"));
        assert_eq!(inserted, "env: |\n  a: 1\n  b: 2\n  c: 3\n");
        let last = &document.settings[1];
        assert_eq!(
            after(&source, document.remove(&source, last)),
            "env: |\n  a: 1\n"
        );
    }

    #[test]
    fn a_text_that_begins_within_a_line_keeps_what_stands_before_it() {
        let text = "- |\n  FLINK_PROPERTIES=a: 1\n  b: 2\n";
        let source = Source::new(SourceId(0), "compose.yaml", text);
        let start = text.find("a: 1").expect("there");
        let embedding = Embedding::new(&source, Span::new(start, text.len()), 2, Holds::Lines);
        let document = embedding.read(&source, flink_conf::parse);
        assert_eq!(document.settings.len(), 2);
        let first = &document.settings[0];
        let set = after(&source, document.set(&source, first, "5"));
        assert_eq!(set, text.replace("a: 1", "a: 5"));
        let removed = after(&source, document.remove(&source, first));
        assert_eq!(removed, "- |\n  FLINK_PROPERTIES=\n  b: 2\n");
    }
}
