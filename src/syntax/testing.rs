//! What the tests of several formats ask of a document.

use super::{Document, Problem, Repair};
use crate::text::{Edit, Source, apply};

/// The one problem of a document, which must have exactly one.
pub(super) fn only_problem(document: Document) -> Problem {
    let [problem] = <[Problem; 1]>::try_from(document.problems)
        .unwrap_or_else(|problems| panic!("not one problem: {problems:#?}"));
    problem
}

/// The comments that speak to flint: text, whether on a line of their own, whether legal.
pub(super) fn comments(source: &Source, document: &Document) -> Vec<(String, bool, bool)> {
    let comments = document.comments.iter();
    comments
        .map(|comment| {
            let text = source.text(comment.at).into_owned();
            (text, comment.own_line, comment.legal)
        })
        .collect()
}

/// The text once an edit is in.
pub(super) fn after(source: &Source, edit: Option<Edit>) -> Option<String> {
    let bytes = apply(&source.bytes, &[&edit?]);
    Some(String::from_utf8(bytes).expect("edits keep UTF-8"))
}

/// The text after a repair, whose claims must be all that changes.
pub(super) fn repaired(before: &Source, parse: fn(&Source) -> Document, repair: &Repair) -> String {
    let edit = |(span, text): &(_, String)| Edit {
        source: before.id,
        span: *span,
        text: text.clone(),
    };
    let edits: Vec<Edit> = repair.edits.iter().map(edit).collect();
    let bytes = apply(&before.bytes, &edits.iter().collect::<Vec<_>>());
    let after = Source::new(before.id, before.path.as_str(), bytes);
    let (old, new) = (parse(before), parse(&after));
    let value = |document: &Document, key: &str| document.get(key).map(|s| s.value.clone());
    let keys = old.settings.iter().chain(&new.settings).map(|s| &s.key);
    for key in keys.chain(repair.changes.iter().map(|(key, _)| key)) {
        let claim = repair.changes.iter().find(|(claimed, _)| claimed == key);
        let expected = match claim {
            Some((_, claimed)) => claimed.clone(),
            None => value(&old, key),
        };
        assert_eq!(
            value(&new, key),
            expected,
            "{key} after a repair of {before:?}"
        );
    }
    String::from_utf8(after.bytes).expect("repairs keep UTF-8")
}

/// Every span lies inside the source and between characters, and so does every edit.
pub(super) fn assert_sound(source: &Source, document: &Document) {
    let settings = document.settings.iter();
    let spans = settings.flat_map(|s| [s.key_at, s.value_at, s.whole]);
    let spans = spans.chain(document.problems.iter().map(|p| p.at));
    let spans = spans.chain(document.comments.iter().map(|c| c.at));
    let sections = document.sections.iter();
    let spans = spans.chain(sections.flat_map(|s| [s.key_at, s.whole]));
    let settings = document.settings.iter();
    let edits = settings.flat_map(|setting| {
        [
            document.set(source, setting, "x"),
            document.rename(source, setting, "k"),
            document.insert_after(source, setting, "k", "v"),
            document.remove(source, setting),
        ]
    });
    let edits = edits.chain([document.insert(source, "k", "v")]).flatten();
    let text = std::str::from_utf8(&source.bytes).ok();
    for span in spans.chain(edits.map(|edit| edit.span)) {
        let (start, end) = (span.start as usize, span.end as usize);
        assert!(start <= end && end <= source.bytes.len(), "{source:?}");
        let between = |at: usize| text.is_none_or(|text| text.is_char_boundary(at));
        assert!(between(start) && between(end), "{span:?} of {source:?}");
    }
}
