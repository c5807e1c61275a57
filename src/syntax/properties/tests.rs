use super::*;
use crate::syntax::testing::{after, comments};
use crate::text::SourceId;

fn source(text: impl Into<Vec<u8>>) -> Source {
    Source::new(SourceId(0), "job.properties", text.into())
}

fn pairs(text: &str) -> Vec<(String, String)> {
    let settings = parse(&source(text)).settings.into_iter();
    settings.map(|s| (s.key, s.value)).collect()
}

#[test]
fn lines_are_read_as_by_java() {
    for (text, expected) in [
        ("a=1", &[("a", "1")][..]),
        ("a : 1 ", &[("a", "1 ")]),
        ("a 1", &[("a", "1")]),
        ("a\t=:1", &[("a", ":1")]),
        ("a = = 1", &[("a", "= 1")]),
        ("a==1", &[("a", "=1")]),
        ("=1", &[("", "1")]),
        ("bare\n", &[("bare", "")]),
        ("# c\n  ! d\\\na=1\r\n\r\n\rb=2", &[("a", "1"), ("b", "2")]),
        ("a\\ b\\=c\\:d=1", &[("a b=c:d", "1")]),
        ("a=1 # no comment", &[("a", "1 # no comment")]),
        ("a=x\\\n   y\\\r\n\tz\nb=1", &[("a", "xyz"), ("b", "1")]),
        ("a=x\\\n\nb=1", &[("a", "x"), ("b", "1")]),
        ("a=x\\\n#y", &[("a", "x#y")]),
        ("a=x\\\\\nb=1", &[("a", "x\\"), ("b", "1")]),
        ("a=x\\", &[("a", "x")]),
        ("\\\nb=1", &[("b", "1")]),
        ("a=\\t\\n\\q\\u00e9\\uD83D\\uDE00", &[("a", "\t\nqé😀")]),
        ("é=ü", &[("é", "ü")]),
        ("a=1\na=2", &[("a", "1"), ("a", "2")]),
        ("a=\u{a0}1", &[("a", "\u{a0}1")]),
    ] {
        let found = pairs(text);
        let found: Vec<_> = found.iter().map(|(k, v)| (&**k, &**v)).collect();
        assert_eq!(found, expected, "{text:?}");
    }
}

#[test]
fn spans_cover_raw_key_and_value_and_all_lines_of_the_setting() {
    let source = source(" k\\ 1 = x\\\n  y\\\n\nb\n");
    let document = parse(&source);
    let [first, second] = &document.settings[..] else {
        panic!("two settings");
    };
    assert_eq!(source.text(first.key_at), "k\\ 1");
    assert_eq!(source.text(first.value_at), "x\\\n  y");
    assert_eq!(source.text(first.whole), "k\\ 1 = x\\\n  y\\\n");
    assert_eq!(second.value_at, Span::at(second.key_at.end as usize));
    let removed = after(&source, document.remove(&source, first));
    // The blank line that ended the continuation is no line of the setting.
    assert_eq!(removed.as_deref(), Some("\nb\n"));
    let added = after(&source, document.insert_after(&source, first, "c", "1"));
    assert_eq!(added.as_deref(), Some(" k\\ 1 = x\\\n  y\\\n\n c = 1\nb\n"));
    let set = after(&source, document.set(&source, first, "z"));
    assert_eq!(set.as_deref(), Some(" k\\ 1 = z\\\n\nb\n"));
    let set = after(&source, document.set(&source, second, "z"));
    assert_eq!(set.as_deref(), Some(" k\\ 1 = x\\\n  y\\\n\nb=z\n"));
}

#[test]
fn a_malformed_escape_refuses_the_file() {
    let source = source("a=1\ndir=C:\\users\n");
    let document = parse(&source);
    let problem = document.load_error().unwrap();
    assert_eq!(problem.kind, ProblemKind::Unparsable);
    assert_eq!(source.text(problem.at), "\\u");
    assert_eq!(problem.key.as_deref(), Some("dir"));
    assert_eq!(parse(&self::source("a=C:\\\\users\n")).problems, []);
}

#[test]
fn comments_for_flint_are_legal_on_lines_of_their_own_only() {
    let source = source("# flint: ignore[a]\n  ! flint: ignore[b]\nx=1 # flint: ignore[c]\\\n y\n");
    let found = comments(&source, &parse(&source));
    assert_eq!(
        found,
        [
            ("# flint: ignore[a]".to_owned(), true, true),
            ("! flint: ignore[b]".to_owned(), true, true),
            ("# flint: ignore[c]\\".to_owned(), false, false),
        ]
    );
}

#[test]
fn a_byte_order_mark_is_part_of_the_first_key() {
    let text = "\u{feff}a=1\nb=2\n";
    let document = parse(&source(text));
    assert_eq!(document.settings[0].key, "\u{feff}a");
    let repair = document.problems[0].repair.clone().unwrap();
    let changes = [
        ("a".to_owned(), Some("1".to_owned())),
        ("\u{feff}a".to_owned(), None),
    ];
    assert_eq!(repair.changes, changes);
    // Java takes a marked comment for a key, and so do we.
    let comment = parse(&source("\u{feff}# c\na=1\n"));
    assert_eq!(comment.settings[0].key, "\u{feff}#");
    let changes = &comment.problems[0].repair.as_ref().unwrap().changes;
    assert_eq!(changes, &[("\u{feff}#".to_owned(), None)]);
}

#[test]
fn new_lines_take_the_separator_of_their_sibling_and_escape_what_they_must() {
    for (text, expected) in [
        ("a = 1\n", "a = 1\nb\\ c = \\ x\\u00E9\n"),
        ("a:1", "a:1\nb\\ c:\\ x\\u00E9\n"),
        ("  a 1\r\n", "  a 1\r\n  b\\ c \\ x\\u00E9\r\n"),
        ("a\n", "a\nb\\ c=\\ x\\u00E9\n"),
    ] {
        let source = source(text);
        let document = parse(&source);
        let edit = document.insert_after(&source, &document.settings[0], "b c", " xé");
        let added = after(&source, edit).unwrap();
        assert_eq!(added.trim_end(), expected.trim_end(), "{text:?}");
    }
    let source = source("# c");
    let added = after(&source, parse(&source).insert(&source, "#k", "v "));
    assert_eq!(added.as_deref(), Some("# c\n\\#k=v\\u0020\n"));
}

#[test]
fn an_open_continuation_swallows_no_new_line() {
    for text in ["a=1\\", "a=1\\\n", "a=1\\\r\n"] {
        let source = source(text);
        let document = parse(&source);
        assert_eq!(document.insert(&source, "b", "2"), None, "{text:?}");
        let sibling = &document.settings[0];
        assert_eq!(
            document.insert_after(&source, sibling, "b", "2"),
            None,
            "{text:?}"
        );
    }
}

#[test]
fn placeholders_are_unknown_and_template_actions_no_keys() {
    let document = parse(&source("{% if x %}\na={{ y }}\n{% endif %}\nb=${Z}\nc=1\n"));
    let found: Vec<_> = document
        .settings
        .iter()
        .map(|s| (&*s.key, s.known))
        .collect();
    assert_eq!(found, [("a", false), ("b", false), ("c", true)]);
    assert!(!document.editable && !document.complete);
}
