//! Random documents, random edits: afterwards exactly that one thing reads differently.

use super::{parse_config, parse_job};
use crate::random::Random;
use crate::syntax::{Document, Kind, Setting, json};
use crate::text::{Edit, Source, SourceId, apply};

const SCALARS: &[&str] = &[
    "1",
    "4096m",
    "true",
    "1.5",
    "s3://b/c",
    "\"x y\"",
    "'it''s'",
    "\"a\\tb\"",
    "'#'",
    "é ☃",
    "a b",
    "-1",
    "0x1F",
    "\"\"",
    "''",
    "a#b",
    "yes",
    "'1'",
];
const VALUES: &[&str] = &[
    "8", "64mb", "false", "1.50", "", "a: b", "x #y", "null", "é", "[a]", "it's",
];

/// A random `config.yaml`, with keys that are different everywhere.
struct Writer<'r> {
    random: &'r mut Random,
    text: String,
    next: usize,
}

impl Writer<'_> {
    fn key(&mut self) -> String {
        self.next += 1;
        let key = format!("k{}", self.next);
        match self.random.below(8) {
            0 => format!("\"{key}\""),
            1 => format!("'{key}'"),
            2 | 3 => format!("{key}.part"),
            _ => key,
        }
    }

    fn comment(&mut self, indent: usize) {
        if self.random.one_in(5) {
            let lines = ["# c\n", "\n", "#d: 1\n", "   \n"];
            let line = self.random.pick(&lines);
            if line.starts_with('#') {
                self.text.push_str(&" ".repeat(indent));
            }
            self.text.push_str(line);
        }
    }

    fn flow(&mut self, depth: usize) -> String {
        let mut entries = Vec::new();
        for _ in 0..=self.random.below(3) {
            let key = self.key();
            let value = if depth < 2 && self.random.one_in(4) {
                self.flow(depth + 1)
            } else if self.random.one_in(6) {
                "[a, 'b']".to_owned()
            } else {
                self.random.pick(SCALARS).to_owned()
            };
            entries.push(format!("{key}: {value}"));
        }
        format!("{{{}}}", entries.join(", "))
    }

    fn map(&mut self, indent: usize, depth: usize) {
        for _ in 0..=self.random.below(3) {
            self.comment(indent);
            let key = self.key();
            let lead = " ".repeat(indent);
            let tail = if self.random.one_in(6) {
                " # t\n"
            } else {
                "\n"
            };
            let value = match self.random.below(10) {
                0..=2 if depth < 3 => {
                    self.text += &[&lead, &key, ":", tail].concat();
                    self.map(indent + 2, depth + 1);
                    continue;
                }
                3 => format!(" {}{tail}", self.flow(0)),
                4 => format!("{tail}{lead}- a\n{lead}- {{b: 1}}\n"),
                5 => format!(" |\n{lead}  # l1\n{lead}  l2\n"),
                _ => format!(" {}{tail}", self.random.pick(SCALARS)),
            };
            self.text += &[&lead, &key, ":", &value].concat();
        }
    }

    fn config(random: &mut Random) -> String {
        let indent = if random.one_in(8) { 2 } else { 0 };
        let mut writer = Writer {
            random,
            text: String::new(),
            next: 0,
        };
        if writer.random.one_in(8) {
            writer.text = writer.flow(0) + "\n";
        } else {
            writer.map(indent, 0);
        }
        let mut text = writer.text;
        if random.one_in(6) {
            text.insert_str(0, "---\n");
        }
        match random.below(8) {
            0 => text.push_str("# the end\n"),
            1 => text.push_str("...\n"),
            2 | 3 => text.truncate(text.trim_end().len()),
            _ => {}
        }
        if random.one_in(4) {
            text = text.replace('\n', "\r\n");
        }
        if random.one_in(6) {
            text.insert(0, '\u{feff}');
        }
        text
    }
}

fn source(text: impl Into<Vec<u8>>) -> Source {
    Source::new(SourceId(0), "config.yaml", text)
}

fn said(document: &Document) -> Vec<(String, String)> {
    let pair = |set: &Setting| (set.key.clone(), set.value.clone());
    document.settings.iter().map(pair).collect()
}

/// Comments on lines of their own; `# l1` stands in block scalars.
fn own_line_comments(bytes: &[u8]) -> usize {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    lines
        .filter(|line| line.starts_with(b"#") && *line != b"# l1")
        .count()
}

/// A random edit with what the document must say afterwards.
fn change(
    random: &mut Random,
    source: &Source,
    document: &Document,
    kind: usize,
) -> Option<(Edit, Vec<(String, String)>)> {
    let mut expected = said(document);
    let value = random.pick(VALUES).to_owned();
    if kind == 4 {
        let edit = document.insert(source, "new.key", &value)?;
        expected.push(("new.key".to_owned(), value));
        return Some((edit, expected));
    }
    let index = random.below(document.settings.len());
    let setting = &document.settings[index];
    let parents = setting.key.rfind('.').map_or(0, |dot| dot + 1);
    let beside = format!("{}zz", &setting.key[..parents]);
    let edit = match kind {
        0 => {
            expected[index].1 = value;
            document.set(source, setting, &expected[index].1)
        }
        1 => {
            expected[index].0 = beside;
            document.rename(source, setting, &expected[index].0)
        }
        2 => {
            expected.remove(index);
            document.remove(source, setting)
        }
        _ => {
            expected.insert(index + 1, (beside, value));
            let (key, value) = &expected[index + 1];
            document.insert_after(source, setting, key, value)
        }
    };
    Some((edit?, expected))
}

#[test]
fn an_edit_changes_what_it_says_and_nothing_else() {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let mut made = [0; 5];
    let mut tried = [0; 5];
    for round in 0..6000 {
        let text = Writer::config(&mut random);
        let before = source(text.as_str());
        let document = parse_config(&before);
        assert!(
            document.problems.is_empty(),
            "{text:?}: {:?}",
            document.problems
        );
        if document.settings.is_empty() {
            continue;
        }
        let kind = round % 5;
        tried[kind] += 1;
        let Some((edit, expected)) = change(&mut random, &before, &document, kind) else {
            continue;
        };
        made[kind] += 1;
        let range = edit.span.range();
        assert!(text.is_char_boundary(range.start) && text.is_char_boundary(range.end));
        let bytes = apply(&before.bytes, &[&edit]);
        let after = parse_config(&source(bytes.as_slice()));
        let shown = String::from_utf8_lossy(&bytes);
        assert_eq!(said(&after), expected, "{text:?}\n{shown:?}");
        assert!(after.problems.is_empty(), "{text:?}\n{shown:?}");
        let kept = own_line_comments(&bytes) == own_line_comments(&before.bytes);
        assert!(kept, "{text:?}\n{shown:?}");
        assert_eq!(bytes.starts_with(b"\xEF\xBB\xBF"), before.bom() == 3);
        if text.contains("\r\n") {
            let lone = |pair: &[u8]| pair[1] == b'\n' && pair[0] != b'\r';
            assert!(!bytes.windows(2).any(lone), "{text:?}\n{shown:?}");
        }
    }
    // Most edits can be made; what can't is a list, a block scalar, or an entry in the way.
    for kind in 0..5 {
        assert!(
            made[kind] * 10 > tried[kind] * 6,
            "kind {kind}: {made:?} of {tried:?}"
        );
    }
}

/// A random JSON object, on one line or on several, with keys that are different everywhere.
fn json_object(random: &mut Random, next: &mut usize, indent: usize) -> String {
    let lines = random.one_in(2);
    let mut entries = Vec::new();
    for _ in 0..random.below(4) + usize::from(indent == 0) {
        *next += 1;
        let value = match random.below(6) {
            0 if indent < 3 => json_object(random, next, indent + 1),
            1 => "[1, \"a\"]".to_owned(),
            _ => random
                .pick(&["1", "true", "\"x\"", "\"a\\\"b\"", "null", "1.50"])
                .to_owned(),
        };
        entries.push(format!("\"k{next}\": {value}"));
    }
    if lines && !entries.is_empty() {
        let (inner, outer) = ("\t".repeat(indent + 1), "\t".repeat(indent));
        let body = entries.join(&format!(",\n{inner}"));
        format!("{{\n{inner}{body}\n{outer}}}")
    } else {
        format!("{{{}}}", entries.join(", "))
    }
}

#[test]
fn an_edit_of_json_leaves_json() {
    let mut random = Random(0xD1B5_4A32_D192_ED03);
    let mut made = [0; 5];
    for round in 0..3000 {
        let text = json_object(&mut random, &mut 0, 0) + "\n";
        let before = source(text.as_str());
        let document = json::parse(&before);
        assert!(
            document.problems.is_empty(),
            "{text:?}: {:?}",
            document.problems
        );
        if document.settings.is_empty() {
            continue;
        }
        let kind = round % 5;
        let Some((edit, expected)) = change(&mut random, &before, &document, kind) else {
            continue;
        };
        made[kind] += 1;
        let bytes = apply(&before.bytes, &[&edit]);
        let after = json::parse(&source(bytes.as_slice()));
        let shown = String::from_utf8_lossy(&bytes);
        assert_eq!(said(&after), expected, "{text:?}\n{shown:?}");
        let strict = serde_json::from_slice::<serde_json::Value>(&bytes);
        assert!(strict.is_ok(), "{text:?}\n{shown:?}");
    }
    assert!(made.iter().all(|count| *count > 200), "{made:?}");
}

#[test]
fn items_of_lists_are_settings_of_a_job() {
    let text = "a:\n  - x: 1\n    y: null\n  - [b, ~]\nc: &m {d: 1.50}\ne:\n  <<: *m\n  f: *m\n---\ng: no\n";
    let document = parse_job(&source(text));
    let pairs: Vec<String> = document
        .settings
        .iter()
        .map(|set| format!("{}={}", set.key, set.value))
        .collect();
    assert_eq!(
        pairs,
        [
            "a[0].x=1",
            "a[0].y=",
            "a[1][0]=b",
            "a[1][1]=",
            "c.d=1.50",
            "e.f.d=1.50",
            "g=no"
        ]
    );
    assert_eq!(document.settings[1].kind, Kind::Null);
    assert!(!document.complete && document.problems.is_empty());
    let through = &document.settings[5];
    assert_eq!(&text[through.value_at.range()], "*m");
    assert_eq!(document.set(&source(text), through, "2"), None);
    assert_eq!(
        document.set(&source(text), &document.settings[4], "2"),
        None
    );
}
