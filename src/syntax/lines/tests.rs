//! Promises of the writers, on generated files of every line format and TOML.

use crate::random::Random;
use crate::syntax::testing::assert_sound;
use crate::syntax::{Document, Setting, flink_conf, properties, sysctl, toml};
use crate::text::{self, Edit, Source, SourceId};

/// A format under test: how to read it, and what its files are made of.
struct Grammar {
    name: &'static str,
    parse: fn(&Source) -> Document,
    lines: &'static [&'static str],
    breaks: &'static [&'static str],
    keys: &'static [&'static str],
}

const VALUES: [&str; 22] = [
    "1",
    "4g",
    "new value",
    "a=b",
    "x: y",
    "#no",
    "a#b",
    "a # b",
    "'q'",
    "\"q\"",
    "é",
    "-1",
    "=",
    ":",
    "a\\b",
    " lead",
    "trail ",
    "true",
    "; x",
    "[1, 2]",
    "\\",
    "1.50",
];

const LEGACY: Grammar = Grammar {
    name: "flink-conf",
    parse: flink_conf::parse,
    lines: &[
        "a: 1",
        "  b.c : 2",
        "a:  x y # c",
        "\tk-1: 'v'",
        "# c",
        "",
        "  ",
        "bad",
        "a:b",
        "d: é",
        "e: b#c",
        "f:",
        "  g: 1",
        "k: a: b",
        "---",
        "a = 1",
        "h: [x, y]",
        "i: 1\u{c}",
        ": z",
    ],
    breaks: &["\n", "\n", "\n", "\r\n", "\r"],
    keys: &[
        "a", "new.key", "b.c", "k-1", "bad key", "x: y", "#k", "k:", "é", " k",
    ],
};

const SYSCTL: Grammar = Grammar {
    name: "sysctl",
    parse: sysctl::parse,
    lines: &[
        "net.core.a = 1",
        "net/core/b=2",
        "-vm.c = x",
        "  vm.d =",
        "# c",
        "; c",
        "",
        " ",
        "bad",
        "vm.e = 1 # c",
        "-net.f",
        "net.*.g = 3",
        "vm.h = a=b",
        "--vm.i=1",
        "\u{b}vm.j = 1\u{b}",
        "=5",
        "vm.k = é",
        "net.ipv4.eth0/1.l = 2",
        "vm.m\t=\t1\t",
    ],
    breaks: &["\n", "\n", "\n", "\r\n", "\r", "\0\n"],
    keys: &[
        "net.core.a",
        "vm.new",
        "vm.eth0/1.x",
        "-vm.x",
        "a b.c",
        "#k",
        "a=b",
        "é.x",
        "x",
        "a..b",
    ],
};

const PROPERTIES: Grammar = Grammar {
    name: "properties",
    parse: properties::parse,
    lines: &[
        "a=1",
        "  b.c : 2",
        "a  x y # c",
        "\tk-1 'v'",
        "# c",
        "! c",
        "",
        "  ",
        "bare",
        "a:b\\",
        "  d\\=e = é",
        "f=",
        "g=\\u0041\\n\\",
        "   \\",
        "\\",
        "h==",
        "i \\ x  ",
        "#c\\",
        "j=a\\\\",
    ],
    breaks: &["\n", "\n", "\n", "\r\n", "\r"],
    keys: &[
        "a", "new.key", "b.c", "a b", "x=y", "#k", "!k", "k:", "é", " k", "d=e", "\\",
    ],
};

const TOML: Grammar = Grammar {
    name: "toml",
    parse: toml::parse,
    lines: &["# c", "", "  ", "# d", ""],
    breaks: &["\n", "\n", "\r\n"],
    keys: &[
        "a", "new", "t.new", "t.a", "u[0].x", "x y", "\"", "é", "t.q w", "arr[0]", "in.b", "r.s",
    ],
};

/// TOML lines whose keys differ, so that most files are valid.
const TOML_LINES: [&str; 20] = [
    "a = 1",
    "b = 'x' # c",
    "c=\"y\"",
    "d = 1.5",
    "e = true",
    "f = [1, 2, 'z']",
    "in = { b = 1, c = 'x' }",
    "r.s = 1",
    "r.v = 2",
    "g = \"\"\"\nm\n\"\"\"",
    "h = 1979-05-27T07:32:00Z",
    "[t]",
    "  a = 2",
    "\"q w\" = 3",
    "t2.x = 1",
    "[[u]]",
    "x = 1",
    "arr = [\n  1, # one\n  2,\n]",
    "[t.deep]",
    "y = []",
];

fn file(grammar: &Grammar, random: &mut Random) -> String {
    let mut text = String::new();
    if random.one_in(6) {
        text.push('\u{feff}');
    }
    let line_break = random.pick(grammar.breaks);
    let mixed = random.one_in(4);
    let toml = grammar.name == "toml";
    let mut next = 0;
    for _ in 0..random.below(12) {
        if toml && random.one_in(2) {
            next += random.below(4);
            if let Some(line) = TOML_LINES.get(next) {
                text.push_str(line);
                next += 1;
            }
        } else {
            text.push_str(random.pick(grammar.lines));
        }
        let own = if mixed {
            random.pick(grammar.breaks)
        } else {
            line_break
        };
        text.push_str(own);
    }
    if random.one_in(3) {
        text.truncate(text.trim_end_matches(['\n', '\r', '\0']).len());
    }
    text
}

/// Keys and values in order, without one setting.
fn others(settings: &[Setting], skip: Option<usize>) -> Vec<(&str, &str)> {
    let rest = settings
        .iter()
        .enumerate()
        .filter(|(at, _)| Some(*at) != skip);
    rest.map(|(_, s)| (&*s.key, &*s.value)).collect()
}

fn check(grammar: &Grammar, seed: u64) {
    const ROUNDS: usize = 2000;
    let mut random = Random(seed);
    let mut done = 0;
    for _ in 0..ROUNDS {
        let before = Source::new(SourceId(0), "f", file(grammar, &mut random));
        let document = (grammar.parse)(&before);
        let count = document.settings.len();
        let at = random.below(count.max(1));
        let setting = document.settings.get(at);
        let (key, value) = (random.pick(grammar.keys), random.pick(&VALUES));
        let action = random.below(5);
        let edit: Option<Edit> = match (action, setting) {
            (0, Some(setting)) => document.set(&before, setting, value),
            (1, Some(setting)) => document.rename(&before, setting, key),
            (2, Some(setting)) => document.remove(&before, setting),
            (3, Some(setting)) => document.insert_after(&before, setting, key, value),
            _ => document.insert(&before, key, value),
        };
        let Some(edit) = edit else {
            continue;
        };
        done += 1;
        let after = Source::new(SourceId(0), "f", text::apply(&before.bytes, &[&edit]));
        let reread = (grammar.parse)(&after);
        let context = || {
            let shown = String::from_utf8_lossy(&after.bytes).into_owned();
            let old = String::from_utf8_lossy(&before.bytes).into_owned();
            format!(
                "{} action {action} {key:?} {value:?}\n{old:?}\n{shown:?}",
                grammar.name
            )
        };
        // The order of all settings but the one concerned is kept, and that one says what is asked
        // in its place. In TOML the end of the root table is not the end of the file, and the items
        // of an array stand together.
        let (old, new) = match (action, setting) {
            (0, Some(setting)) => (Some(at), Some((at, &*setting.key, value))),
            (1, Some(setting)) => (Some(at), Some((at, key, &*setting.value))),
            (2, Some(_)) => (Some(at), None),
            _ if grammar.name == "toml" => {
                let found = reread.settings.iter().position(|s| s.key == key);
                (None, found.map(|found| (found, key, value)))
            }
            (3, Some(_)) => (None, Some((at + 1, key, value))),
            _ => (None, Some((count, key, value))),
        };
        let expected = others(&document.settings, old);
        let found = others(&reread.settings, new.map(|(at, _, _)| at));
        assert_eq!(found, expected, "{}", context());
        if let Some((at, key, value)) = new {
            let setting = reread
                .settings
                .get(at)
                .unwrap_or_else(|| panic!("{}", context()));
            assert_eq!(
                (&*setting.key, &*setting.value),
                (key, value),
                "{}",
                context()
            );
        }
        // Bytes outside of the edit are the same by construction; the edit itself stays small.
        let removed = &before.bytes[edit.span.range()];
        if let (2, Some(setting)) = (action, setting) {
            let lines = before.full_line(setting.whole.start);
            let lines = lines.join(before.full_line(setting.whole.end.max(1) - 1));
            assert!(lines.contains(edit.span), "{}", context());
        } else if action >= 3 {
            assert!(removed.is_empty(), "{}", context());
        }
    }
    assert!(done * 2 > ROUNDS, "{}: {done} edits only", grammar.name);
}

#[test]
fn an_edit_of_flink_conf_changes_exactly_one_setting() {
    for seed in 1..6 {
        check(&LEGACY, seed);
    }
}

#[test]
fn an_edit_of_a_sysctl_file_changes_exactly_one_setting() {
    for seed in 11..16 {
        check(&SYSCTL, seed);
    }
}

#[test]
fn an_edit_of_properties_changes_exactly_one_setting() {
    for seed in 21..26 {
        check(&PROPERTIES, seed);
    }
}

#[test]
fn an_edit_of_toml_changes_exactly_one_setting() {
    for seed in 31..36 {
        check(&TOML, seed);
    }
}

#[test]
fn random_bytes_give_spans_inside_the_file_and_no_panic() {
    let mut random = Random(99);
    let pieces: [&[u8]; 26] = [
        b"a",
        b"=",
        b":",
        b": ",
        b"\n",
        b"\r",
        b"\0",
        b"\xFF",
        b"\xE9",
        b"\xEF\xBB\xBF",
        b"#",
        b";",
        b"-",
        b"\\",
        b"\\u",
        b"[",
        b"]",
        b"\"",
        b"'",
        b"'''",
        b"{",
        b"{{",
        b"%}",
        b" ",
        b"flint:",
        b".",
    ];
    for _ in 0..20_000 {
        let source = Source::new(SourceId(0), "f", random.bytes(&pieces, 24));
        for parse in [
            flink_conf::parse,
            sysctl::parse,
            properties::parse,
            toml::parse,
        ] {
            assert_sound(&source, &parse(&source));
        }
    }
}
