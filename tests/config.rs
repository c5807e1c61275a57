//! flint.toml: what it means, what is said of mistakes in it, its schema and its documentation, which all
//! come from one table. `BLESS=1 cargo test --test config` writes the last two anew.

mod common;

use std::fs;
use std::path::PathBuf;

use common::{blessing, err, out, run, tree};
use flint::config::keys::{KEYS, Key, Kind};
use flint::config::{Base, Config, Layer, Origin};
use flint::report::schema::schema;
use serde_json::Value;

/// What flint says of a flint.toml that it can't use.
fn refused(toml: &str) -> String {
    let folder = tree(&[("flint.toml", toml), ("flink-conf.yaml", "rest.port: 1\n")]);
    let output = run(folder.path(), &["check"]);
    assert_eq!(output.status.code(), Some(2), "{toml}{}", out(&output));
    assert_eq!(out(&output), "");
    let said = err(&output);
    assert_eq!(said.lines().count(), 1, "{said}");
    said.trim_end().to_owned()
}

/// Every key, with those of tables below their names.
fn all_keys() -> Vec<(String, &'static Key)> {
    fn add(prefix: &str, keys: &'static [Key], out: &mut Vec<(String, &'static Key)>) {
        for key in keys {
            let name = format!("{prefix}{}", key.name);
            out.push((name.clone(), key));
            match key.kind {
                Kind::Table(below) | Kind::Tables(below) => add(&format!("{name}."), below, out),
                Kind::Rules(below) => add(&format!("{name}.NAME."), below, out),
                _ => {}
            }
        }
    }
    let mut out = Vec::new();
    add("", KEYS, &mut out);
    out
}

/// A flint.toml with the example of one key.
fn example(key: &Key) -> String {
    if key.example.starts_with('[')
        && matches!(key.kind, Kind::Rules(_) | Kind::Table(_) | Kind::Tables(_))
    {
        format!("{}\n", key.example)
    } else {
        format!("{} = {}\n", key.name, key.example)
    }
}

#[test]
fn every_example_and_every_default_is_read() {
    for key in KEYS {
        let text = example(key);
        assert!(Config::parse("flint.toml", &text).is_ok(), "{text}");
        if let Some(default) = key.default {
            let text = format!("{} = {default}\n", key.name);
            let said = Config::parse("flint.toml", &text).expect("the default is valid");
            let silent = Config::default();
            let view = |own: &Config| {
                format!(
                    "{:?} {:?} {:?} {:?} {:?} {}",
                    own.select,
                    own.ignore,
                    own.error_on,
                    own.known_prefixes,
                    own.require_reason,
                    own.excludes("vendor/a.yaml")
                )
            };
            assert_eq!(view(&said), view(&silent), "{text}");
        }
    }
}

#[test]
fn values_of_a_wrong_kind_say_what_was_found_and_what_is_expected() {
    for key in KEYS {
        let wrong = match key.kind {
            Kind::Boolean => "\"yes\"",
            _ => "12",
        };
        let said = refused(&format!("\n{} = {wrong}\n", key.name));
        let column = key.name.len() + 4;
        let expected = format!(
            "error: flint.toml:2:{column}: `{}` takes {}, such as ",
            key.name,
            key.kind.words()
        );
        assert!(said.starts_with(&expected), "{said}\n{expected}");
        let found = if wrong == "12" {
            "this is a whole number"
        } else {
            "this is a text"
        };
        assert!(said.ends_with(found), "{said}");
    }
}

#[test]
fn misspelt_keys_are_answered_with_the_nearest_one_at_every_depth() {
    for (name, key) in all_keys() {
        // The letter before the last twice.
        let mut misspelt = key.name.to_owned();
        misspelt.insert(
            misspelt.len() - 1,
            misspelt.as_bytes()[misspelt.len() - 2] as char,
        );
        let value = key.default.unwrap_or(key.example);
        let (head, _) = name.rsplit_once('.').unwrap_or_default();
        let toml = match head {
            "" => format!("{misspelt} = 1\n"),
            "host" => format!("[host]\n{misspelt} = 1\n"),
            "rules.NAME" => format!("[rules.duplicate-key]\n{misspelt} = 1\n"),
            table => format!("[[{table}]]\n{misspelt} = {value}\n"),
        };
        let said = refused(&toml);
        let line = if head.is_empty() { 1 } else { 2 };
        assert!(said.contains(&format!("flint.toml:{line}:1: ")), "{said}");
        assert!(
            said.contains(&format!("did you mean `{}`?", key.name)),
            "{said}"
        );
    }
}

#[test]
fn every_mistake_is_one_line_with_its_place_and_the_next_step() {
    for (toml, expected) in [
        (
            "quite-else = 1\n",
            "flint.toml:1:1: unknown key `quite-else`; there are required-version, extend, ",
        ),
        (
            "error-on = 'warn'\n",
            "flint.toml:1:12: `warn` is none of note, warning, error, never; did you mean `warning`?",
        ),
        (
            "[rules.duplicate-key]\nseverity = 'of'\n",
            "flint.toml:2:12: `of` is none of note, warning, error, off; did you mean `off`?",
        ),
        (
            "select = ['correctnes']\n",
            "flint.toml:1:11: there is no rule or group `correctnes`; did you mean `correctness`?",
        ),
        (
            "ignore = ['qqqqqqqq']\n",
            "flint.toml:1:11: there is no rule or group `qqqqqqqq`; `flint rules` lists them",
        ),
        (
            "[rules.duplicat-key]\n",
            "flint.toml:1:8: there is no rule `duplicat-key`; did you mean `duplicate-key`?",
        ),
        (
            "[rules.correctness]\nseverity = 'off'\n",
            "flint.toml:1:8: `correctness` is a group, and `[rules.NAME]` is about one rule; `select` and ",
        ),
        (
            "[rules.small-tcp-buffers]\nflor = 1\n",
            "flint.toml:2:1: rule small-tcp-buffers has no option `flor`; did you mean `floor`?",
        ),
        (
            "[rules.small-tcp-buffers]\nfloor = 'much'\n",
            "`floor` of rule small-tcp-buffers takes a whole number from 0 on, such as 1310720; this is a text",
        ),
        (
            "[rules.small-tcp-buffers]\nfloor = -1\n",
            "such as 1310720; this is -1",
        ),
        (
            "[rules.small-tcp-buffers]\nfloor = 1.5\n",
            "flint.toml:2:9: `floor` takes a whole number, a text or a list of texts in quotes; this is a decimal number",
        ),
        (
            "[rules]\nduplicate-key = 'off'\n",
            "flint.toml:2:17: `[rules.duplicate-key]` is a table of options; this is a text; \
             write `duplicate-key.severity = \"off\"`",
        ),
        (
            "[[overrides]]\nignore = []\n",
            "flint.toml:1:1: `[[overrides]]` needs `files`, such as files = [\"dev/**\"]",
        ),
        (
            "[overrides]\nfiles = []\n",
            "flint.toml:1:1: `overrides` takes a list of tables, such as [[overrides]]; this is a table",
        ),
        (
            "exclude = ['a', 1]\n",
            "flint.toml:1:17: `exclude` takes a list of patterns in quotes; this is a whole number",
        ),
        (
            "exclude = ['a[']\n",
            "flint.toml:1:12: `a[` is no pattern: ",
        ),
        (
            "exclude = ['conf', '!conf/a']\n",
            "flint.toml:1:20: `!conf/a` takes nothing back; name what is meant",
        ),
        ("exclude = ['']\n", "flint.toml:1:12: `` is no pattern; "),
        ("exclude = ['/']\n", "flint.toml:1:12: `/` is no pattern; "),
        (
            "known-prefixes = ['a.', '']\n",
            "flint.toml:1:25: every key begins with ``; write ",
        ),
        (
            "flink-version = '3.7'\n",
            "flint.toml:1:17: Flink 3.7 is not known to flint",
        ),
        (
            "required-version = 'new'\n",
            "flint.toml:1:20: `new` is no version; write \">=0.1\"",
        ),
        (
            "required-version = '>=99'\nof-tomorrow = 1\n",
            "flint.toml:1:20: this project asks for flint >=99",
        ),
        ("[host]\nmemory = 'much'\n", "flint.toml:2:10: "),
        ("select = [\n", "flint.toml:"),
    ] {
        let said = refused(toml);
        assert!(said.contains(expected), "{said}\n{expected}");
    }
    let folder = tree(&[]);
    fs::write(folder.path().join("flint.toml"), b"# a\n# caf\xe9\n").expect("a file");
    let output = run(folder.path(), &["check"]);
    assert_eq!(
        err(&output),
        "error: flint.toml:2:6: the file is not UTF-8; save it as UTF-8\n"
    );
}

const CONF: &str = "taskmanager.numberOfTaskSlots: 2\ntaskmanager.numberOfTaskSlots: 4\n\
    jobmanager.memory.process.size: 1600m\ntaskmanager.memory.process.size: 1728m\n";

#[test]
fn a_file_lies_over_what_it_extends() {
    let folder = tree(&[
        (
            "base/deep.toml",
            "ignore = ['duplicate-key']\nerror-on = 'error'\n[rules.tiny-heap]\nseverity = 'error'\n",
        ),
        (
            "base/flint-base.toml",
            "extend = 'deep.toml'\nexclude = ['*.bak.yaml', 'gen/**', '../app/far/**']\n\
            [rules.tiny-heap]\nignorable = false\n",
        ),
        (
            "app/flint.toml",
            "extend = '../base/flint-base.toml'\nerror-on = 'note'\n",
        ),
        ("app/conf/flink-conf.yaml", CONF),
        ("app/gen/flink-conf.yaml", CONF),
        ("app/far/flink-conf.yaml", CONF),
        ("app/x/flink-conf-1.bak.yaml", CONF),
    ]);
    let app = folder.path().join("app");
    let value = |key: &str| -> (Value, String) {
        let output = run(&app, &["config", "--format", "json"]);
        let document: Value = serde_json::from_str(&out(&output)).expect("JSON");
        let values = document["configurations"][0]["values"]
            .as_array()
            .expect("values")
            .clone();
        let found = values
            .into_iter()
            .find(|own| own["key"] == key)
            .expect("the key");
        let from = &found["from"][0];
        let path = from["path"].as_str().unwrap_or_default();
        (found["value"].clone(), format!("{path}:{}", from["line"]))
    };
    assert_eq!(
        value("error-on"),
        ("note".into(), "flint.toml:2".to_owned())
    );
    assert_eq!(value("ignore").1, "../base/deep.toml:1");
    assert_eq!(
        value("rules.tiny-heap.severity"),
        ("error".into(), "../base/deep.toml:4".to_owned())
    );
    assert_eq!(
        value("rules.tiny-heap.ignorable"),
        (false.into(), "../base/flint-base.toml:4".to_owned())
    );
    // Patterns stay relative to the file they stand in; a name without a slash stands at any depth.
    let output = run(&app, &["check", "-v", "--error-on", "never"]);
    let read = err(&output);
    for (path, is_read) in [("conf", true), ("gen", true), ("far", false), ("x", false)] {
        let shown = format!("  read: {path}/flink-conf");
        assert_eq!(read.contains(&shown), is_read, "{path}: {read}");
    }
    assert!(!out(&output).contains("duplicate-key"));
}

#[test]
fn mistakes_in_a_base_are_said_with_its_name() {
    let said = |base: &str, own: &str| {
        let folder = tree(&[
            ("base.toml", base),
            ("app/flint.toml", own),
            ("app/flink-conf.yaml", CONF),
        ]);
        let output = run(&folder.path().join("app"), &["check"]);
        assert_eq!(output.status.code(), Some(2));
        err(&output)
    };
    let own = "extend = '../base.toml'\n";
    for (base, expected) in [
        (
            "slect = []\n",
            "error: ../base.toml:1:1: unknown key `slect`; did you mean `select`?\n",
        ),
        (
            "\nselect = ['corectness']\n",
            "error: ../base.toml:2:11: there is no rule or group `corectness`; did you mean `correctness`?\n",
        ),
        (
            "flink-version = '9'\n",
            "error: ../base.toml:1:17: `9` is no Flink version; write ",
        ),
        (
            "baseline = 'no.txt'\n",
            "error: ../base.toml:1:12: no.txt: no such file",
        ),
        (
            "extend = 'app/flint.toml'\n",
            "error: ../base.toml:1:10: `app/flint.toml` leads round in a circle: flint.toml -> ../base.toml; take one `extend` out\n",
        ),
        (
            "extend = 'app'\n",
            "error: ../base.toml:1:10: `app` is no regular file",
        ),
    ] {
        let said = said(base, own);
        assert!(said.starts_with(expected), "{said}\n{expected}");
    }
    assert_eq!(
        said("", "extend = '../bose.toml'\n"),
        "error: flint.toml:1:10: ../bose.toml: no such file; did you mean ../base.toml?\n"
    );
    assert!(said("", "extend = 'https://example.org/flint.toml'\n").contains("keep a copy"));
}

#[test]
fn flags_and_defaults_say_that_they_are() {
    let folder = tree(&[
        ("flint.toml", "ignore = ['tiny-heap']\n"),
        ("flink-conf.yaml", CONF),
    ]);
    let args = [
        "config",
        "--ignore",
        "duplicate-key",
        "--select",
        "security",
        "--flink-version",
        "1.20",
    ];
    let text = out(&run(folder.path(), &args));
    let line = |key: &str| {
        let mut lines = text.lines().map(str::trim);
        let found = lines
            .find(|line| line.starts_with(&format!("{key} ")))
            .expect(key);
        found[key.len()..].trim().to_owned()
    };
    assert_eq!(
        line("ignore"),
        "[\"tiny-heap\", \"duplicate-key\"]   flint.toml:1, --ignore"
    );
    assert_eq!(line("select"), "[\"security\"]   --select");
    assert_eq!(line("flink-version"), "\"1.20\"   --flink-version");
    assert_eq!(line("error-on"), "\"warning\"   default");
    assert_eq!(line("baseline"), "not set");
    assert!(text.starts_with(".   flint.toml\n"), "{text}");
    let verbose = err(&run(
        folder.path(),
        &["check", "-v", "--ignore", "duplicate-key"],
    ));
    let expected = "  said: ignore = [\"tiny-heap\", \"duplicate-key\"] (flint.toml:1, --ignore)\n";
    assert!(verbose.contains(expected), "{verbose}");
    assert!(!verbose.contains("said: select"), "{verbose}");
    let isolated = out(&run(folder.path(), &["config", "--isolated"]));
    assert!(isolated.starts_with(".   no flint.toml\n"), "{isolated}");
}

#[test]
fn every_key_is_shown_when_it_is_set() {
    let all: String = {
        let (tables, plain): (Vec<&Key>, Vec<&Key>) = KEYS
            .iter()
            .filter(|key| !matches!(key.name, "extend" | "baseline"))
            .partition(|key| matches!(key.kind, Kind::Rules(_) | Kind::Table(_) | Kind::Tables(_)));
        plain.into_iter().chain(tables).map(example).collect()
    };
    let folder = tree(&[
        ("flint.toml", &all),
        ("flink-conf.yaml", CONF),
        ("policies/README.md", ""),
    ]);
    let output = run(folder.path(), &["config", "--format", "json"]);
    let document: Value =
        serde_json::from_str(&out(&output)).unwrap_or_else(|_| panic!("{}", err(&output)));
    let values = document["configurations"][0]["values"]
        .as_array()
        .expect("values");
    for key in KEYS {
        let shown = |own: &&Value| {
            let name = own["key"].as_str().expect("a key");
            name == key.name || name.starts_with(&format!("{}.", key.name))
        };
        let found = values
            .iter()
            .find(shown)
            .unwrap_or_else(|| panic!("{}", key.name));
        let is_default = matches!(key.name, "extend" | "baseline");
        assert_eq!(found["default"], is_default, "{found}");
    }
}

#[test]
fn layers_of_a_folder_beside_the_root_keep_their_base() {
    let layer = |path: &str, base: Base, text: &str| {
        let origin = Origin {
            path: path.to_owned(),
            base,
            is_flag: false,
        };
        Layer::parse(origin, text).expect("a layer")
    };
    let below = layer(
        "../base/b.toml",
        Base::new("base", "app"),
        "exclude = ['../app/a/**']\n",
    );
    let above = layer(
        "flint.toml",
        Base::default(),
        "[[job-config]]\nfiles = ['a/**']\n",
    );
    let config = Config::of(vec![below, above]).expect("a configuration");
    assert!(config.excludes("a/x.toml") && config.is_job_file("a/x.toml"));
    assert_eq!(
        (config.path.as_str(), config.extends),
        ("flint.toml", vec!["../base/b.toml".to_owned()])
    );
}

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Holds a file against what it should be, or writes it.
fn held(name: &str, expected: &str) {
    let current = fs::read_to_string(path(name)).unwrap_or_default();
    if current != expected && blessing() {
        fs::write(path(name), expected).expect("a writable file");
        return;
    }
    assert!(
        current == expected,
        "{name} is out of date: run BLESS=1 cargo test --test config and read the diff"
    );
}

#[test]
fn the_schema_is_that_of_the_table() {
    let schema = schema();
    held("flint.schema.json", &format!("{schema:#}\n"));
    // What the table, the rules and the groups have is there, one by one.
    for key in KEYS {
        assert_eq!(schema["properties"][key.name]["description"], key.doc);
    }
    let own = schema["properties"]["rules"]["properties"]
        .as_object()
        .expect("rules");
    assert_eq!(own.len(), flint::rules::all().len());
    assert_eq!(
        own["small-tcp-buffers"]["properties"]["floor"]["default"],
        1_310_720
    );
    assert_eq!(
        own["small-tcp-buffers"]["properties"]["floor"]["type"],
        "integer"
    );
    let names = schema["definitions"]["name"]["anyOf"][0]["enum"]
        .as_array()
        .expect("names");
    assert!(names.contains(&"pedantic".into()) && names.contains(&"duplicate-key".into()));
}

/// What the guide says of a key.
fn section(text: &mut String, level: usize, name: &str, key: &Key) {
    text.push_str(&format!(
        "{} `{name}`\n\n{}\n\n",
        "#".repeat(level),
        key.doc
    ));
    let takes = match key.kind {
        Kind::OneOf(words) => {
            let words: Vec<String> = words.iter().map(|word| format!("`\"{word}\"`")).collect();
            format!("One of {}.", words.join(", "))
        }
        kind => {
            let words = kind.words();
            format!("{}{}.", words[..1].to_uppercase(), &words[1..])
        }
    };
    let default = key
        .default
        .map_or(String::new(), |own| format!(" Default: `{own}`."));
    text.push_str(&format!("{takes}{default}\n\n"));
}

#[test]
fn the_guide_has_every_key() {
    let mut text = String::new();
    for key in KEYS {
        section(&mut text, 3, key.name, key);
        text.push_str(&format!("```toml\n{}```\n\n", example(key)));
        if let Kind::Table(below) | Kind::Tables(below) | Kind::Rules(below) = key.kind {
            for own in below {
                section(&mut text, 4, own.name, own);
            }
        }
    }
    let name = "docs/configuration.md";
    let current = fs::read_to_string(path(name)).expect("the guide");
    let (open, close) = ("<!-- keys -->\n", "<!-- /keys -->");
    let start = current.find(open).expect("a marker") + open.len();
    let end = current.find(close).expect("a marker");
    held(
        name,
        &format!("{}\n{text}{}", &current[..start], &current[end..]),
    );
}

#[test]
fn what_the_guide_shows_as_toml_is_valid() {
    let guide = fs::read_to_string(path("docs/configuration.md")).expect("the guide");
    let blocks: Vec<&str> = guide.split("```toml\n").skip(1).collect();
    assert!(blocks.len() > KEYS.len());
    for block in blocks {
        let text = block.split("```").next().expect("an end");
        assert!(Config::parse("flint.toml", text).is_ok(), "{text}");
    }
}
