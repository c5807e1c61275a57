//! What a fix may not change in the source of a job: every call that its edits don't touch is there
//! afterwards, at the place where the edits leave it.

use std::collections::BTreeMap;

use crate::syntax::code::Code;
use crate::text::{Edit, Span};

/// Whether the calls outside of some edits of one source are the same before and after.
pub(super) fn calls_kept(before: &Code, after: &Code, edits: &[&Edit]) -> bool {
    let mut edits: Vec<&Edit> = edits.to_vec();
    edits.sort_by_key(|edit| edit.span);
    let own = before.calls.iter().filter(|call| {
        let replaced = |edit: &&Edit| !edit.span.is_empty() && edit.span.contains(call.name_at);
        !edits.iter().any(replaced)
    });
    let own: BTreeMap<Span, &str> = own
        .map(|call| (moved(call.name_at, &edits), call.name.as_str()))
        .collect();
    let new = after.calls.iter();
    let new = new.filter(|call| !is_written(call.name_at, &edits));
    let new: BTreeMap<Span, &str> = new.map(|call| (call.name_at, call.name.as_str())).collect();
    own == new
}

/// Where some bytes stand once the edits before them are in.
fn moved(at: Span, edits: &[&Edit]) -> Span {
    let before = edits.iter().take_while(|edit| edit.span.end <= at.start);
    let (mut gone, mut come) = (0, 0);
    for edit in before {
        gone += edit.span.range().len();
        come += edit.text.len();
    }
    let range = at.range();
    Span::new(range.start + come - gone, range.end + come - gone)
}

/// Whether bytes of the new text are those that an edit wrote.
fn is_written(at: Span, edits: &[&Edit]) -> bool {
    let (mut gone, mut come) = (0, 0);
    edits.iter().any(|edit| {
        let start = edit.span.range().start + come - gone;
        gone += edit.span.range().len();
        come += edit.text.len();
        Span::new(start, start + edit.text.len()).contains(at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::code::{self, Language};
    use crate::text::{Source, SourceId, apply};

    fn kept(text: &str, from: &str, to: &str) -> bool {
        let start = text.find(from).expect("what is replaced");
        let edit = Edit {
            source: SourceId(0),
            span: Span::new(start, start + from.len()),
            text: to.to_owned(),
        };
        let read =
            |bytes: &[u8]| code::read(&Source::new(SourceId(0), "A.java", bytes), Language::Java);
        let after = apply(text.as_bytes(), &[&edit]);
        calls_kept(&read(text.as_bytes()), &read(&after), &[&edit])
    }

    #[test]
    fn what_an_edit_does_not_touch_stays() {
        let text = "class A { void m() { a(1).b(c()).d(); e(\"x\"); } }";
        assert!(kept(text, ".d()", ".f(g()).d()"));
        assert!(kept(text, ".b(c())", ""));
        assert!(kept(text, "1", "22"));
    }

    #[test]
    fn an_edit_that_breaks_what_stands_around_it_is_seen() {
        let text = "class A { void m() { a(1).b(c()).d(); e(\"x\"); } }";
        assert!(!kept(text, "c()", "c("));
        assert!(!kept(text, "1", "\""));
        assert!(!kept(text, "1).b(", "1/*).b("));
    }
}
