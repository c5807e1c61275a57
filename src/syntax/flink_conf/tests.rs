use super::*;
use crate::syntax::Repair;
use crate::syntax::testing::{self, comments, only_problem};
use crate::text::{self, Edit, SourceId};

fn source(text: impl Into<Vec<u8>>) -> Source {
    Source::new(SourceId(0), "flink-conf.yaml", text.into())
}

fn problem(text: &str) -> Problem {
    only_problem(parse(&source(text)))
}

fn repaired(text: &str, repair: &Repair) -> String {
    testing::repaired(&source(text), parse, repair)
}

fn changes(repair: &Repair) -> Vec<(&str, Option<&str>)> {
    let changes = repair.changes.iter();
    changes
        .map(|(key, value)| (key.as_str(), value.as_deref()))
        .collect()
}

#[test]
fn spans_cover_key_value_and_the_line_without_its_comment() {
    let source = source("  a.b :  1 2\t # c\r\n");
    let document = parse(&source);
    let setting = &document.settings[0];
    assert_eq!(source.text(setting.key_at), "a.b");
    assert_eq!(source.text(setting.value_at), "1 2");
    assert_eq!(source.text(setting.whole), "a.b :  1 2");
    assert!(setting.known && document.complete && document.editable);
}

#[test]
fn a_line_with_one_reading_is_repaired_and_the_change_is_claimed() {
    for (text, fixed, key, value) in [
        ("a:b # c", "a: b # c", "a", "b"),
        ("  a.b-c:\t \t1", "  a.b-c: 1", "a.b-c", "1"),
        ("a=b", "a: b", "a", "b"),
        ("a = b: #", "a: b: #", "a", "b:"),
        (
            "a.b= http://h:80/x",
            "a.b: http://h:80/x",
            "a.b",
            "http://h:80/x",
        ),
        ("a:s3://b/c", "a: s3://b/c", "a", "s3://b/c"),
    ] {
        let problem = problem(text);
        assert_eq!(problem.kind, ProblemKind::NotAPair, "{text}");
        assert_eq!(problem.key.as_deref(), Some(key), "{text}");
        let repair = problem.repair.unwrap();
        assert_eq!(repaired(text, &repair), fixed);
        assert_eq!(changes(&repair), [(key, Some(value))]);
    }
}

#[test]
fn a_repair_that_a_later_line_overrules_changes_nothing() {
    let text = "a:1\na: 2\n";
    let document = parse(&source(text));
    let repair = document.problems[0].repair.as_ref().unwrap();
    assert_eq!(repaired(text, repair), "a: 1\na: 2\n");
    assert_eq!(changes(repair), []);
}

#[test]
fn lines_without_one_reading_are_reported_and_left_alone() {
    for text in [
        "just words",
        "http://x",
        "a b:c",
        "-Dx=y",
        "12:30",
        "a:",
        "a: # c",
        "a=",
        "---",
        "%YAML 1.2",
        "<<<<<<< HEAD",
        "=======",
        ">>>>>>> branch",
        "logger.name.org.apache.kafka = WARN",
        "rootLogger.level=INFO",
        "at org.apache.flink.Foo.bar(Foo.java:12)",
        "2024-01-02 10:00:00,123 INFO  org.apache.flink [] - x",
    ] {
        let problem = problem(text);
        assert_eq!(problem.kind, ProblemKind::NotAPair, "{text}");
        assert_eq!(problem.repair, None, "{text}");
    }
    let empty = problem(": v");
    assert_eq!(empty.kind, ProblemKind::EmptyKeyOrValue);
}

#[test]
fn messages_tell_the_mistakes_apart() {
    for (text, part) in [
        ("a:b", "no blank follows the colon"),
        ("a:\tb", "a tab follows the colon"),
        ("a:", "no value follows the colon"),
        ("a = b", "not `=`"),
        ("a b", "no colon"),
        ("<<<<<<< HEAD", "merge conflict"),
        ("--- # x", "is not YAML"),
        ("appender.x.name = y", "log4j"),
        ("at a.B.c(D.java:1)", "output of a program"),
    ] {
        let message = problem(text).message;
        assert!(message.contains(part), "{text}: {message}");
    }
}

#[test]
fn a_nested_block_is_one_problem_and_is_flattened_in_place() {
    let text = "x: 1\n# top\ntaskmanager: # the workers\n  # how big\n  memory:\n\n    process:\n      size: 4g # all\n  numberOfTaskSlots: 2\nsize: 1\n";
    let problem = problem(text);
    assert_eq!(problem.kind, ProblemKind::NestedBlock);
    assert_eq!(
        problem.message,
        "flink-conf.yaml is not YAML: Flink reads `size` here, not `taskmanager.memory.process.size`"
    );
    assert_eq!(
        problem.key.as_deref(),
        Some("taskmanager.memory.process.size")
    );
    let repair = problem.repair.unwrap();
    assert_eq!(
        repaired(text, &repair),
        "x: 1\n# top\n# the workers\n  # how big\n\ntaskmanager.memory.process.size: 4g # all\ntaskmanager.numberOfTaskSlots: 2\nsize: 1\n"
    );
    // A later line sets `size`, so its value in force stays.
    assert_eq!(
        changes(&repair),
        [
            ("taskmanager.memory.process.size", Some("4g")),
            ("taskmanager.numberOfTaskSlots", Some("2")),
            ("numberOfTaskSlots", None),
        ]
    );
}

#[test]
fn quotes_that_yaml_takes_off_go_with_the_block() {
    let text = "blob:\n  server:\n    port: '6124' # c\n  x: \"a b\"\n";
    let repair = problem(text).repair.unwrap();
    assert_eq!(
        repaired(text, &repair),
        "blob.server.port: 6124 # c\nblob.x: a b\n"
    );
}

#[test]
fn every_block_is_a_problem_of_its_own() {
    let text = "a:\n  b: 1\nc: 2\nd:\n  e:\n    f: 3\n  g: 4";
    let document = parse(&source(text));
    let keys: Vec<_> = document.problems.iter().map(|p| p.key.as_deref()).collect();
    assert_eq!(keys, [Some("a.b"), Some("d.e.f")]);
    for problem in &document.problems {
        repaired(text, problem.repair.as_ref().unwrap());
    }
    let last = document.problems[1].repair.as_ref().unwrap();
    assert_eq!(repaired(text, last), "a:\n  b: 1\nc: 2\nd.e.f: 3\nd.g: 4");
}

#[test]
fn blocks_with_more_than_one_reading_are_left_alone() {
    for text in [
        "a:\n  - x\n  - y\n",
        "a:\n  b: |\n    c: 1\n",
        "a:\n    b: 1\n  c: 2\n",
        "a:\n\tb: 1\n",
        "a:\n  b:1\n",
        "a:\n  \"b\": 1\n",
        "a:\n  b: *c\n",
        "a:\n  b: 1\n    c: 2\n",
        "a:\n  b: [1, 2]\n",
        "a:\n  b: {c: 1}\n",
        "a:\n  b: \"\\t\"\n",
        "a:\n  b: \"\"\n",
        "a:\n  b: ~\n",
    ] {
        let problem = problem(text);
        assert_eq!(problem.kind, ProblemKind::NestedBlock, "{text}");
        assert_eq!(problem.repair, None, "{text}");
    }
}

#[test]
fn a_parent_alone_is_a_key_without_value() {
    for text in ["a:\nb: 1\n", "a:\n  # b: 1\nc: 2\n", "a:\n"] {
        assert_eq!(problem(text).kind, ProblemKind::NotAPair, "{text}");
    }
}

#[test]
fn a_hash_in_a_value_is_reported_unless_it_starts_a_comment() {
    for (text, at) in [
        ("a: ab#cd ", "#cd"),
        ("a: 'b # c'", "# c'"),
        ("a: \"-Dx=b -Dy=#z\"", "#z\""),
        ("a: http://h/p#frag # c", "#frag # c"),
    ] {
        let found = problem(text);
        assert_eq!(found.kind, ProblemKind::HashCutsValue, "{text}");
        assert_eq!(source(text).text(found.at), at);
        assert!(!found.message.contains("cd"), "a secret may not be shown");
    }
    for text in [
        "a: b # c",
        "a: b\t# c",
        "# a: b#c",
        "a: it's # one's",
        "a: 'b' # 'c'",
        "a: 1# flint: ignore[x]",
    ] {
        assert_eq!(parse(&source(text)).problems, [], "{text}");
    }
}

#[test]
fn a_byte_order_mark_is_deleted_with_what_it_hides() {
    let found = problem("\u{feff}a: 1\nb: 2\n");
    assert_eq!(found.kind, ProblemKind::ByteOrderMark);
    assert_eq!((found.at.start, found.at.end), (0, 3));
    assert_eq!(found.key.as_deref(), Some("\u{feff}a"));
    let repair = found.repair.unwrap();
    assert_eq!(repaired("\u{feff}a: 1\nb: 2\n", &repair), "a: 1\nb: 2\n");
    assert_eq!(changes(&repair), [("a", Some("1")), ("\u{feff}a", None)]);
    let overruled = problem("\u{feff}a: 1\na: 2\n").repair.unwrap();
    assert_eq!(changes(&overruled), [("\u{feff}a", None)]);
    for text in ["\u{feff}", "\u{feff}# c\na: 1\n", "\u{feff}\na: 1\n"] {
        let found = problem(text);
        assert_eq!(found.kind, ProblemKind::ByteOrderMark, "{text:?}");
        assert_eq!(changes(&found.repair.unwrap()), [], "{text:?}");
    }
}

#[test]
fn comments_for_flint_are_found_with_their_place() {
    let source = source("\u{feff}# flint: file-ignore[x] y\na: 1 # flint: ignore[z]  \n# other\n");
    let document = parse(&source);
    let found = comments(&source, &document);
    assert_eq!(
        found,
        [
            ("# flint: file-ignore[x] y".to_owned(), true, true),
            ("# flint: ignore[z]".to_owned(), false, true),
        ]
    );
}

#[test]
fn a_template_is_read_around_its_actions_and_never_edited() {
    let text =
        "{{- if .x }}\na: {{ .y }}\nb: 1\n{{ .k }}: 2\n{{- end }}\n{% for x\n in y %}\nc:3\n";
    let document = parse(&source(text));
    let found: Vec<_> = document
        .settings
        .iter()
        .map(|s| (&*s.key, s.known))
        .collect();
    assert_eq!(found, [("a", false), ("b", true)]);
    assert!(!document.complete && !document.editable);
    assert_eq!(document.problems.len(), 1);
    assert_eq!(document.problems[0].repair, None);
    let plain = parse(&source("a: ${X}\n"));
    assert!(plain.editable && !plain.settings[0].known);
}

#[test]
fn a_block_inside_another_file_is_read_with_its_own_offsets() {
    let outer = b"data:\n  conf: |\n    a: 1\n    b:\n      c: 2\n";
    let lines: Vec<(usize, &[u8])> = vec![(20, b"a: 1"), (29, b"b:"), (36, b"  c: 2")];
    let reading = read_lines(lines.into_iter());
    assert_eq!(&outer[reading.settings[0].whole.range()], b"a: 1");
    assert_eq!(&outer[reading.settings[1].whole.range()], b"c: 2");
    let repair = reading.problems[0].repair.as_ref().unwrap();
    let edits: Vec<Edit> = repair
        .edits
        .iter()
        .map(|(span, text)| Edit {
            source: SourceId(0),
            span: *span,
            text: text.clone(),
        })
        .collect();
    let fixed = text::apply(outer, &edits.iter().collect::<Vec<_>>());
    assert_eq!(fixed, b"data:\n  conf: |\n    a: 1\n    b.c: 2\n");
}

#[test]
fn random_nested_text_never_breaks_a_claim() {
    let mut random = crate::random::Random(7);
    let words = [
        "a", "b.c", "d", ":", ": ", ": ", ":\n", "\n", "\n", "\n", "  ", "    ", " ", "#", " # c",
        "=", " = ", "1", "x y", "\t", "- ", "---", "\r\n", "\u{feff}", "{{", "é", "'", "\"",
    ];
    for round in 0..4000 {
        let mut text = String::new();
        for _ in 0..random.below(40) {
            text.push_str(random.pick(&words));
        }
        let source = source(text.as_str());
        let document = parse(&source);
        let spans = document.problems.iter().map(|p| p.at);
        for span in spans.chain(document.settings.iter().map(|s| s.whole)) {
            assert!(std::str::from_utf8(&source.bytes[span.range()]).is_ok());
        }
        for problem in &document.problems {
            if let Some(repair) = &problem.repair {
                let fixed = repaired(&text, repair);
                assert_ne!(fixed, text, "round {round}");
            }
        }
    }
}
