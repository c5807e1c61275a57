//! A text inside of another: a block of a manifest that holds a whole configuration file, or a mapping that
//! is one. It is read and written by the reader and the writer of its own format, as the text that its
//! application sees; places are moved from the one to the other.

use super::{Document, Setting};
use crate::text::{Edit, Source, Span};

/// One line of the inner text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Line {
    /// Where it starts in the inner text.
    inner: u32,
    /// Where its first character stands in the outer one, behind the indentation.
    outer: u32,
    /// Where the line of the outer text starts; the same where the text begins within a line.
    start: u32,
}

/// An inner text and where each of its lines stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Embedding {
    text: Vec<u8>,
    /// Never empty; one more than the text has lines where it ends with a line break.
    lines: Vec<Line>,
    indent: String,
}

impl Embedding {
    /// The text of a span of whole lines, each without the first `indent` blanks. The first line starts
    /// where the span does, wherever that is.
    pub fn new(outer: &[u8], span: Span, indent: usize) -> Self {
        let mut text = Vec::with_capacity(span.range().len());
        let mut lines = Vec::new();
        let end = span.range().end.min(outer.len());
        let mut at = span.range().start.min(end);
        loop {
            let start = at;
            let is_first = lines.is_empty();
            let within = is_first && at > 0 && !matches!(outer[at - 1], b'\n' | b'\r');
            if !within {
                let blanks = outer[at..end].iter().take(indent);
                at += blanks.take_while(|byte| **byte == b' ').count();
            }
            lines.push(Line {
                inner: Span::at(text.len()).start,
                outer: Span::at(at).start,
                start: Span::at(if within { at } else { start }).start,
            });
            let stop = line_end(outer, at, end);
            text.extend_from_slice(&outer[at..stop]);
            let broken = text
                .last()
                .is_some_and(|byte| matches!(byte, b'\n' | b'\r'))
                && stop > at;
            at = stop;
            if !broken {
                break;
            }
            if at >= end {
                // What comes behind the last line break stands at the start of the next line.
                lines.push(Line {
                    inner: Span::at(text.len()).start,
                    outer: Span::at(at).start,
                    start: Span::at(at).start,
                });
                break;
            }
        }
        Embedding {
            text,
            lines,
            indent: " ".repeat(indent),
        }
    }

    /// Whether the inner text is this one, whatever line breaks end it.
    pub(super) fn is(&self, text: &str) -> bool {
        let lines = |text: &[u8]| {
            let text = String::from_utf8_lossy(text).replace("\r\n", "\n");
            text.trim_end_matches(['\n', '\r']).to_owned()
        };
        lines(&self.text) == lines(text.as_bytes())
    }

    /// The inner text as a source of its own.
    fn source(&self, outer: &Source) -> Source {
        Source::new(outer.id, outer.path.as_str(), self.text.as_slice())
    }

    /// Reads the inner text, and moves what was found to its places in the outer one.
    pub fn read(self, outer: &Source, read: impl FnOnce(&Source) -> Document) -> Document {
        let mut document = read(&self.source(outer));
        for setting in &mut document.settings {
            *setting = self.moved(setting, |span| self.outer(span));
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
            if let Some(repair) = &mut problem.repair {
                for (span, text) in &mut repair.edits {
                    let edit = self.outer_edit(Edit {
                        source: outer.id,
                        span: *span,
                        text: std::mem::take(text),
                    });
                    (*span, *text) = (edit.span, edit.text);
                }
            }
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
        outer: &Source,
        setting: &Setting,
        write: impl FnOnce(&Source, &Setting) -> Option<Edit>,
    ) -> Option<Edit> {
        let setting = self.moved(setting, |span| self.inner(span));
        let edit = write(&self.source(outer), &setting)?;
        Some(self.outer_edit(edit))
    }

    /// Makes an edit at the end of the inner text as one of the outer.
    pub(super) fn insert(
        &self,
        outer: &Source,
        insert: impl FnOnce(&Source) -> Option<Edit>,
    ) -> Option<Edit> {
        Some(self.outer_edit(insert(&self.source(outer))?))
    }

    fn moved(&self, setting: &Setting, to: impl Fn(Span) -> Span) -> Setting {
        Setting {
            key_at: to(setting.key_at),
            value_at: to(setting.value_at),
            whole: to(setting.whole),
            ..setting.clone()
        }
    }

    /// The line of an inner place.
    fn line_of(&self, inner: u32) -> Line {
        let after = self.lines.partition_point(|line| line.inner <= inner);
        self.lines[after.saturating_sub(1)]
    }

    fn outer_at(&self, inner: u32) -> u32 {
        let line = self.line_of(inner);
        line.outer + (inner - line.inner)
    }

    /// Where a span of the inner text stands in the outer one.
    fn outer(&self, span: Span) -> Span {
        let start = self.outer_at(span.start);
        // The last byte decides about the end: behind a line break starts another line.
        let end = match span.end.checked_sub(1) {
            Some(last) if span.end > span.start => self.outer_at(last) + 1,
            _ => start,
        };
        Span { start, end }
    }

    /// Where a span of the outer text stands in the inner one.
    fn inner(&self, span: Span) -> Span {
        let place = |outer: u32| {
            let after = self.lines.partition_point(|line| line.outer <= outer);
            let line = self.lines[after.saturating_sub(1)];
            line.inner + outer.saturating_sub(line.outer)
        };
        let start = place(span.start);
        let end = match span.end.checked_sub(1) {
            Some(last) if span.end > span.start => place(last) + 1,
            _ => start,
        };
        Span { start, end }
    }

    /// An edit of the inner text as one of the outer: new lines get the indentation, and lines go with it.
    fn outer_edit(&self, edit: Edit) -> Edit {
        let line_at = |inner: u32| self.lines.iter().find(|line| line.inner == inner);
        let mut span = self.outer(edit.span);
        let mut text = indented(&edit.text, &self.indent);
        if let Some(line) = line_at(edit.span.start) {
            let has_own_line = line.inner > 0 || line.start != line.outer;
            let to_end = edit.span.end as usize == self.text.len();
            if edit.span.is_empty() && edit.text.ends_with(['\n', '\r']) && has_own_line {
                // New lines before this one, or at the end.
                span = Span::at(line.start as usize);
                text = format!("{}{text}", self.indent);
            } else if edit.text.is_empty() && (to_end || line_at(edit.span.end).is_some()) {
                // Lines that go; of a line that begins with something else only the text.
                if has_own_line {
                    span.start = line.start;
                } else {
                    let kept = self.text[edit.span.range()].trim_ascii_end().len();
                    span.end = span.start + Span::at(kept).start;
                }
            }
        }
        Edit {
            source: edit.source,
            span,
            text,
        }
    }
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
fn line_end(text: &[u8], at: usize, end: usize) -> usize {
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
        let embedding = Embedding::new(text.as_bytes(), Span::new(start, end), indent);
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
        let embedding = Embedding::new(text.as_bytes(), Span::new(start, text.len()), 2);
        let document = embedding.read(&source, flink_conf::parse);
        assert_eq!(document.settings.len(), 2);
        let first = &document.settings[0];
        let set = after(&source, document.set(&source, first, "5"));
        assert_eq!(set, text.replace("a: 1", "a: 5"));
        let removed = after(&source, document.remove(&source, first));
        assert_eq!(removed, "- |\n  FLINK_PROPERTIES=\n  b: 2\n");
    }
}
