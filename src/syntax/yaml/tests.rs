//! What is read around errors, and that nothing a file can hold hangs or ends the reader.

use std::time::{Duration, Instant};

use super::{parse_config, parse_job};
use crate::random::Random;
use crate::syntax::testing::{assert_sound, comments};
use crate::syntax::{Document, ProblemKind, json};
use crate::text::{Edit, Source, SourceId, apply};

fn source(text: impl Into<Vec<u8>>) -> Source {
    Source::new(SourceId(0), "config.yaml", text)
}

fn pairs(document: &Document) -> Vec<String> {
    let settings = document.settings.iter();
    settings
        .map(|set| format!("{}={}", set.key, set.value))
        .collect()
}

/// Each problem as its kind and the text it points at; the load error first.
fn problems(text: &str) -> Vec<(ProblemKind, String)> {
    let source = source(text);
    let document = parse_config(&source);
    let mut all: Vec<_> = document
        .problems
        .iter()
        .map(|problem| (problem.kind, source.text(problem.at).into_owned()))
        .collect();
    if let Some(first) = document.load_error {
        let error = all.remove(first);
        all.insert(0, error);
    }
    all
}

type Changes = Vec<(String, Option<String>)>;

/// The text after the repair of the load error, and what the repair says it changes.
fn repaired(text: &str) -> Option<(String, Changes)> {
    let source = source(text);
    let document = parse_config(&source);
    let repair = document.load_error()?.repair.clone()?;
    let edits: Vec<Edit> = repair
        .edits
        .into_iter()
        .map(|(span, text)| Edit {
            source: source.id,
            span,
            text,
        })
        .collect();
    let bytes = apply(&source.bytes, &edits.iter().collect::<Vec<_>>());
    Some((String::from_utf8_lossy(&bytes).into_owned(), repair.changes))
}

#[test]
fn what_stands_around_an_error_is_read() {
    for (text, read) in [
        ("a: 1\nb: x: y\nc: 2\n", vec!["a=1", "c=2"]),
        ("a: 1\nb: \"x\nc: 2\n", vec!["a=1", "c=2"]),
        ("a: 1\nb:\n\tc: 2\nd: 3\n", vec!["a=1", "d=3"]),
        ("a: 1\nb: [x, y\nc: 2\nd: 3\n", vec!["a=1", "d=3"]),
        ("a: 1\nfoo bar\nb: 2\n", vec!["a=1", "b=2"]),
        ("a: 1\n  b: 2\nc: 3\n", vec!["c=3"]),
        ("a:\n  b: 1\n  c: @x\n  d: 2\ne: 3\n", vec!["a.b=1", "e=3"]),
        ("a: &x 1\nb: %y\nc: *x\n", vec!["a=1", "c=1"]),
        ("a: \u{7}\nb: 1\n", vec!["a=x", "b=1"]),
    ] {
        let document = parse_config(&source(text));
        assert_eq!(pairs(&document), read, "{text:?}");
        let kind = document.load_error().map(|problem| problem.kind);
        assert_eq!(kind, Some(ProblemKind::YamlSyntax), "{text:?}");
    }
}

#[test]
fn problems_point_at_the_exact_place() {
    use ProblemKind::{DuplicateKey, MultipleDocuments, NonStringKey, NotAMapping, NullValue};
    use ProblemKind::{RecursiveAlias, YamlSyntax};
    let one = |kind, text: &str| vec![(kind, text.to_owned())];
    assert_eq!(problems("a:\n  b:\n"), one(NullValue, "b"));
    assert_eq!(problems("a: 1\na: 2\n"), one(DuplicateKey, "a"));
    assert_eq!(problems("1: x\n"), one(NonStringKey, "1"));
    assert_eq!(problems("- a\n"), one(NotAMapping, "- a"));
    assert_eq!(problems("a: 1\n---\nb: 1\n"), one(MultipleDocuments, "---"));
    assert_eq!(problems("a: &x {b: *x}\n"), one(RecursiveAlias, "*x"));
    assert_eq!(problems("a: *x\n"), one(YamlSyntax, "*x"));
    assert_eq!(problems("a: @x\n"), one(YamlSyntax, "@"));
    assert_eq!(problems("a: 'x\n"), one(YamlSyntax, "'x"));
    assert_eq!(problems("a: !x y\n"), one(YamlSyntax, "!x"));
    assert_eq!(problems("a:\tb\n"), one(YamlSyntax, "\t"));
}

#[test]
fn the_load_error_is_the_one_that_flink_meets_first() {
    use ProblemKind::{DuplicateKey, NonStringKey, NullValue, YamlSyntax};
    let kinds = |text| -> Vec<_> { problems(text).into_iter().map(|(kind, _)| kind).collect() };
    assert_eq!(
        kinds("a:\n1: x\nb: 1\nb: 2\nc: *y\n"),
        [YamlSyntax, NullValue, NonStringKey, DuplicateKey]
    );
    assert_eq!(kinds("a:\n1: x\nb: 1\nb: 2\n")[0], DuplicateKey);
    assert_eq!(kinds("a:\n1: x\n")[0], NonStringKey);
    // A later value of the same key leaves nothing of a null.
    assert_eq!(kinds("a.b:\na: {b: 1}\n"), []);
    assert_eq!(kinds("a: {b: 1}\na.b:\n"), [NullValue]);
}

#[test]
fn repairs_leave_what_is_read_as_it_is() {
    let none = Vec::new;
    for (text, repair) in [
        ("a: 1\nb: 2\na: 1\n", Some(("b: 2\na: 1\n", none()))),
        ("a: 1 # x\n# y\na: 2\n", Some(("# y\na: 2\n", none()))),
        ("a: [1]\na: [2]\n", Some(("a: [2]\n", none()))),
        ("a: {b: 1}\na:\n  b: 1\n", Some(("a:\n  b: 1\n", none()))),
        ("a:\n  b: 1\na:\n  c: 1\n", None),
        ("a: 1\na:\n", None),
        ("a:\nb: 1\n", Some(("b: 1\n", none()))),
        ("a:\n  # x\n  b: ~\nc: 1\n", Some(("  # x\nc: 1\n", none()))),
        ("a: {x, y: 1}\n", Some(("a: {y: 1}\n", none()))),
        ("a: \"x\"\t# c\n", Some(("a: \"x\" # c\n", none()))),
        ("a:\n\tb: 1\n", None),
        (
            "a:\t \tb\n",
            Some(("a: b\n", vec![("a".to_owned(), Some("b".to_owned()))])),
        ),
        (
            "a:\n  1: b\n",
            Some((
                "a:\n  \"1\": b\n",
                vec![("a.1".to_owned(), Some("b".to_owned()))],
            )),
        ),
    ] {
        let repair = repair.map(|(text, changes)| (text.to_owned(), changes));
        assert_eq!(repaired(text), repair, "{text:?}");
    }
}

#[test]
fn a_template_is_read_around_its_actions_and_has_no_problems() {
    let text = "{{- if .x }}\na: {{ .y }}\na: 1\n{{- end }}\nb:\n  c: \"{{ .z }}\"\n  d: 2\ne:\n";
    let document = parse_config(&source(text));
    assert_eq!(
        pairs(&document),
        ["a={{ .y }}", "a=1", "b.c={{ .z }}", "b.d=2"]
    );
    let known: Vec<bool> = document.settings.iter().map(|set| set.known).collect();
    assert_eq!(known, [false, false, false, true]);
    assert!(document.problems.is_empty() && document.load_error.is_none());
    assert!(!document.complete && !document.editable);
    let set = document.set(&source(text), &document.settings[3], "3");
    assert_eq!(set, None);
}

#[test]
fn utf16_is_read_with_places_in_its_bytes() {
    let mut bytes = vec![0xFE, 0xFF];
    for unit in "é: 1\nb:\n".encode_utf16() {
        bytes.extend(unit.to_be_bytes());
    }
    let document = parse_config(&source(bytes));
    assert_eq!(pairs(&document), ["é=1"]);
    let setting = &document.settings[0];
    assert_eq!((setting.key_at.start, setting.value_at.start), (2, 8));
    assert_eq!(document.problems[0].at.start, 12);
    assert!(!document.editable);
}

#[test]
fn comments_that_speak_to_flint_are_kept() {
    let text =
        "# flint: ignore[x] y\na: 1 # flint: z\n# other\nb: \"# flint: no\"\nc: |\n  # flint: no\n";
    let source = source(text);
    let told = comments(&source, &parse_config(&source));
    assert_eq!(
        told,
        [
            ("# flint: ignore[x] y".to_owned(), true, true),
            ("# flint: z".to_owned(), false, true)
        ]
    );
}

#[test]
fn a_setting_knows_its_bytes() {
    let text =
        "\u{feff}a:\n  \"b.c\": 'x' # t\n  d: &m\n    - 1\n  e: |-\n    l\n\nf: {g: !!int \"7\"}\n";
    let source = source(text);
    let document = parse_config(&source);
    let spans: Vec<_> = document
        .settings
        .iter()
        .map(|set| {
            let text = |span| source.text(span).into_owned();
            (set.key.clone(), text(set.key_at), text(set.value_at))
        })
        .collect();
    let own = |key: &str, key_at: &str, value: &str| (key.into(), key_at.into(), value.into());
    assert_eq!(
        spans,
        [
            own("a.b.c", "\"b.c\"", "'x'"),
            own("a.d", "d", "- 1"),
            own("a.e", "e", "|-\n    l"),
            own("f.g", "g", "\"7\""),
        ]
    );
    assert_eq!(source.text(document.settings[0].whole), "\"b.c\": 'x'");
    assert_eq!(document.sections.len(), 2);
    assert!(source.text(document.sections[0].whole).ends_with("    l"));
}

#[test]
fn hostile_files_end_soon_with_a_problem() {
    let deep = 100_000;
    let mut laughs = vec!["l0: &l0 {k: v}\n".to_owned()];
    laughs.extend((1..60).map(|level| {
        let below = level - 1;
        format!("l{level}: &l{level} {{a: *l{below}, b: *l{below}}}\n")
    }));
    let mut chain = vec!["c0: &c0 {x: 1}\n".to_owned()];
    chain.extend((1..20_000).map(|link| format!("c{link}: &c{link} {{k: *c{}}}\n", link - 1)));
    for text in [
        "[".repeat(deep),
        "{a: ".repeat(deep),
        "- ".repeat(deep),
        (0..3000).map(|level| " ".repeat(level) + "a:\n").collect(),
        laughs.concat(),
        chain.concat(),
        "a: &a [*a, *a]\nb: {<<: *a}\n".to_owned() + &"c: *a\n".repeat(60),
        "a:\n".repeat(20_000),
        "x: \"\n".repeat(5_000),
        "a: \"x\"# c\n".repeat(2_000),
        "a:\tb\n".repeat(5_000),
        "\t\n".repeat(50_000),
        "a: |\n  x\n".to_owned() + &"    \t\n".repeat(20_000),
        "{{".repeat(deep),
        format!("a: @\n{}", "b: \"{{ x }}\"\n".repeat(5_000)),
    ] {
        let start = Instant::now();
        let source = source(text);
        let document = parse_config(&source);
        parse_job(&source);
        let taken = start.elapsed();
        let head =
            String::from_utf8_lossy(&source.bytes[..20.min(source.bytes.len())]).into_owned();
        assert!(taken < Duration::from_secs(10), "{head:?} took {taken:?}");
        let harmless = head.starts_with("a: |") || head.starts_with("{{");
        assert!(
            harmless || !document.problems.is_empty() || !document.complete,
            "{head:?}"
        );
    }
}

#[test]
fn random_bytes_never_panic_and_spans_stay_inside() {
    let mut random = Random(0x2545_F491_4F6C_DD1D);
    let pieces: [&[u8]; 30] = [
        b"a",
        b": ",
        b"\n",
        b"  ",
        b"- ",
        b"\t",
        b"\r",
        b"#",
        b"'",
        b"\"",
        b"[",
        b"]",
        b"{",
        b"}",
        b"&x ",
        b"*x",
        b"!!set ",
        b"|\n",
        b">-\n",
        b"? ",
        b"~",
        b"\xFF",
        b"\xEF\xBB\xBF",
        b"\0",
        "é☃".as_bytes(),
        b"{{",
        b"}}",
        b"---\n",
        b"\\",
        b",",
    ];
    for _ in 0..20_000 {
        let source = source(random.bytes(&pieces, 24));
        for parse in [parse_config, parse_job, json::parse] {
            assert_sound(&source, &parse(&source));
        }
    }
}

#[test]
fn an_entry_that_stands_twice_stays_before_a_line_that_cannot_be_read() {
    let repairs = |text: &str| {
        let document = parse_config(&source(text));
        let twice = document
            .problems
            .iter()
            .filter(|problem| problem.kind == ProblemKind::DuplicateKey);
        twice
            .map(|problem| problem.repair.is_some())
            .collect::<Vec<_>>()
    };
    assert_eq!(repairs("a.b: 60\nc: 1\na.b: 60\n"), [true]);
    // Without the first line, the second would be the start of a key of two lines.
    assert_eq!(repairs("a.b: 60\nsmall\na.b: 60\n"), [false]);
    assert_eq!(repairs("a.b: 60\nc: 1\na.b: 60\nd: e: f\n"), [true]);
}
