use super::*;
use crate::syntax::testing::{after, comments};
use crate::text::SourceId;

fn source(text: impl Into<Vec<u8>>) -> Source {
    Source::new(SourceId(0), "job.toml", text.into())
}

const JOB: &str = "\
# flint: file-ignore[x] why
name = 'job' # flint: ignore[y]
a . \"b.c\" . d = 0x1F
text = \"# flint: none\"

[window]
size = \"5 min\"
late = { after = 1.50, \"by x\" = true }
list = [1, 'two', { three = 3 }, [4]]
none = []
when = 1979-05-27T07:32:00Z
q = \"\"\"
# flint: no
\"\"\"

[[sink]]
kind = 'kafka'
[sink.opts]
acks = '${ACKS}'

[[sink]] # two
kind = \"file\"
";

#[test]
fn settings_are_dotted_and_typed_with_their_text() {
    let document = parse(&source(JOB));
    let found: Vec<(&str, &str, Kind)> = document
        .settings
        .iter()
        .map(|s| (&*s.key, &*s.value, s.kind))
        .collect();
    assert_eq!(
        found,
        [
            ("name", "job", Kind::Text),
            ("a.b.c.d", "31", Kind::Integer),
            ("text", "# flint: none", Kind::Text),
            ("window.size", "5 min", Kind::Text),
            ("window.late.after", "1.5", Kind::Float),
            ("window.late.by x", "true", Kind::Boolean),
            ("window.list[0]", "1", Kind::Integer),
            ("window.list[1]", "two", Kind::Text),
            ("window.list[2].three", "3", Kind::Integer),
            ("window.list[3][0]", "4", Kind::Integer),
            ("window.none", "[]", Kind::List),
            ("window.when", "1979-05-27T07:32:00Z", Kind::Text),
            ("window.q", "# flint: no\n", Kind::Text),
            ("sink[0].kind", "kafka", Kind::Text),
            ("sink[0].opts.acks", "${ACKS}", Kind::Text),
            ("sink[1].kind", "file", Kind::Text),
        ]
    );
    assert!(
        document
            .settings
            .iter()
            .all(|s| s.known == (s.value != "${ACKS}"))
    );
    assert!(!document.complete && document.editable);
}

#[test]
fn spans_cover_the_last_part_of_the_key_the_value_and_the_pair() {
    for text in [
        JOB.to_owned(),
        format!("\u{feff}{JOB}"),
        JOB.replace('\n', "\r\n"),
    ] {
        let source = source(text);
        let document = parse(&source);
        let shown = |key: &str| {
            let setting = document.get(key).unwrap();
            [setting.key_at, setting.value_at, setting.whole].map(|at| source.text(at).into_owned())
        };
        assert_eq!(shown("name"), ["name", "'job'", "name = 'job'"]);
        assert_eq!(shown("a.b.c.d"), ["d", "0x1F", "a . \"b.c\" . d = 0x1F"]);
        assert_eq!(
            shown("window.late.by x"),
            ["\"by x\"", "true", "\"by x\" = true"]
        );
        assert_eq!(shown("window.list[1]"), ["list", "'two'", "'two'"]);
        assert_eq!(shown("window.list[2].three"), ["three", "3", "three = 3"]);
        assert_eq!(
            shown("sink[1].kind"),
            ["kind", "\"file\"", "kind = \"file\""]
        );
    }
}

#[test]
fn lines_that_share_a_part_of_a_dotted_key_have_spans_of_their_own() {
    let source = source("a.b = 1\na.'c' = 2\n# d.\ne = 1\n");
    let document = parse(&source);
    assert_eq!(source.text(document.settings[2].whole), "e = 1");
    assert_eq!(source.text(document.settings[1].whole), "a.'c' = 2");
    assert_eq!(source.text(document.settings[1].key_at), "'c'");
}

#[test]
fn tables_are_sections_from_their_header_to_their_last_child() {
    let source = source(JOB);
    let document = parse(&source);
    let found: Vec<(&str, String)> = document
        .sections
        .iter()
        .map(|section| (&*section.key, source.text(section.key_at).into_owned()))
        .collect();
    let expected = [
        ("window", "window"),
        ("window.late", "late"),
        ("window.list[2]", "list"),
        ("sink[0]", "sink"),
        ("sink[0].opts", "opts"),
        ("sink[1]", "[[sink]]"),
    ];
    assert_eq!(found, expected.map(|(key, at)| (key, at.to_owned())));
    let whole = source.text(document.sections[0].whole);
    assert!(
        whole.starts_with("[window]") && whole.ends_with("\"\"\""),
        "{whole}"
    );
}

#[test]
fn comments_for_flint_are_found_outside_of_strings() {
    let source = source(JOB);
    let found = comments(&source, &parse(&source));
    assert_eq!(
        found,
        [
            ("# flint: file-ignore[x] why".to_owned(), true, true),
            ("# flint: ignore[y]".to_owned(), false, true),
        ]
    );
}

#[test]
fn text_that_does_not_parse_is_one_problem_in_one_line() {
    for (text, at) in [
        ("a = 1\nb = \nc = 2\n", 10),
        ("a = 1\na = 2\n", 6),
        ("é = 1", 0),
    ] {
        let document = parse(&source(text));
        let problem = document.load_error().unwrap();
        assert_eq!(document.problems.len(), 1);
        assert_eq!(problem.kind, ProblemKind::Unparsable);
        assert!(!problem.message.contains('\n'), "{}", problem.message);
        assert_eq!(problem.at.start, at, "{text}: {}", problem.message);
    }
    let bytes = parse(&source(b"a = '\xFF'".as_slice()));
    assert_eq!(bytes.load_error().unwrap().at, Span::new(5, 6));
}

#[test]
fn a_template_that_does_not_parse_is_no_problem() {
    let document = parse(&source("{% if x %}\na = {{ y }}\n"));
    assert_eq!(document.problems, []);
    assert!(!document.editable);
    let strings = parse(&source("a = '{{ y }}'\n"));
    assert!(!strings.settings[0].known);
}

#[test]
fn set_keeps_the_quotes_of_a_string_and_writes_the_rest_bare() {
    let source = source("a = 'x'\nb = \"x\"\nc = 1\nd = '''\nx'''\n");
    let document = parse(&source);
    let set = |index: usize, value: &str| {
        let setting = &document.settings[index];
        let edit = document.set(&source, setting, value)?;
        Some(edit.text)
    };
    assert_eq!(set(0, "5"), Some("'5'".into()));
    assert_eq!(set(0, "it's"), Some("\"it's\"".into()));
    assert_eq!(set(1, "a\"b\\c\n"), Some("\"a\\\"b\\\\c\\n\"".into()));
    assert_eq!(set(2, "5"), Some("5".into()));
    assert_eq!(set(2, "1.5"), Some("1.5".into()));
    assert_eq!(set(2, "true"), Some("true".into()));
    assert_eq!(set(2, "10 s"), Some("\"10 s\"".into()));
    assert_eq!(set(2, "007"), Some("\"007\"".into()));
    assert_eq!(set(2, "1_000"), Some("\"1_000\"".into()));
    assert_eq!(set(3, "y"), Some("'y'".into()));
}

#[test]
fn insert_goes_to_the_end_of_the_root_table() {
    let insert = |text: &str, key: &str, value: &str| {
        let source = source(text);
        after(&source, parse(&source).insert(&source, key, value))
    };
    for (text, expected) in [
        ("", "k = 1\n"),
        ("a = 1", "a = 1\nk = 1\n"),
        ("a = 1\n\n[t]\nb = 2\n", "a = 1\nk = 1\n\n[t]\nb = 2\n"),
        ("x = { a = 1 }\n[t]\n", "x = { a = 1 }\nk = 1\n[t]\n"),
        ("x = [\n 1,\n]\n[t]\n", "x = [\n 1,\n]\nk = 1\n[t]\n"),
        ("# c\n\n# d\n[t]\n", "# c\n\nk = 1\n# d\n[t]\n"),
        ("\u{feff}[t]\r\n", "\u{feff}k = 1\r\n[t]\r\n"),
    ] {
        assert_eq!(
            insert(text, "k", "1").as_deref(),
            Some(expected),
            "{text:?}"
        );
    }
    assert_eq!(insert("", "a.b c", "x"), Some("a.\"b c\" = \"x\"\n".into()));
    assert_eq!(insert("[a.b]\nc = 1\n", "a.b.d", "x"), None);
    assert_eq!(insert("k = 1\n", "k", "2"), None);
}

#[test]
fn insert_after_and_remove_know_lines_and_inline_tables() {
    let source = source("[t]\n  a.b = 1 # c\nd = { e = 1, f = 2 }\nl = [1, 2]\n");
    let document = parse(&source);
    let insert = |sibling: &str, key: &str| {
        let sibling = document.get(sibling).unwrap();
        after(&source, document.insert_after(&source, sibling, key, "9"))
    };
    let remove = |key: &str| {
        let setting = document.get(key).unwrap();
        after(&source, document.remove(&source, setting))
    };
    assert_eq!(
        insert("t.a.b", "t.a.x").unwrap(),
        "[t]\n  a.b = 1 # c\n  a.x = 9\nd = { e = 1, f = 2 }\nl = [1, 2]\n"
    );
    assert_eq!(
        insert("t.d.e", "t.d.x").unwrap(),
        "[t]\n  a.b = 1 # c\nd = { e = 1, x = 9, f = 2 }\nl = [1, 2]\n"
    );
    assert_eq!(insert("t.a.b", "t.x"), None);
    assert_eq!(insert("t.l[0]", "t.l[2]"), None);
    assert_eq!(
        remove("t.a.b").unwrap(),
        "[t]\nd = { e = 1, f = 2 }\nl = [1, 2]\n"
    );
    assert_eq!(
        remove("t.d.e").unwrap(),
        "[t]\n  a.b = 1 # c\nd = { f = 2 }\nl = [1, 2]\n"
    );
    assert_eq!(
        remove("t.d.f").unwrap(),
        "[t]\n  a.b = 1 # c\nd = { e = 1 }\nl = [1, 2]\n"
    );
    assert_eq!(remove("t.l[0]"), None);
}

#[test]
fn rename_changes_the_last_part_only() {
    let source = source("[t]\na.\"b\" = 1\n");
    let document = parse(&source);
    let rename = |key| {
        after(
            &source,
            document.rename(&source, &document.settings[0], key),
        )
    };
    assert_eq!(rename("t.a.c").unwrap(), "[t]\na.c = 1\n");
    assert_eq!(rename("t.a.c d").unwrap(), "[t]\na.\"c d\" = 1\n");
    assert_eq!(rename("t.x.c"), None);
    assert_eq!(rename("t.a."), None);
}

#[test]
fn hostile_text_ends_in_a_problem() {
    for text in [
        "[".repeat(100_000),
        format!("a = {}", "[".repeat(100_000)),
        format!("a = {}", "{a=".repeat(100_000)),
        format!("{}a = 1", "a.".repeat(100_000)),
        format!("[{}a]", "a.".repeat(100_000)),
    ] {
        let document = parse(&source(text));
        assert!(document.load_error().is_some());
    }
}
