//! `flint migrate`: recorded cases, and promises on generated files.
//!
//! `testdata/migrate/<case>/` holds `flink-conf.yaml`, what becomes of it as `config.yaml` and
//! `flat.yaml`, and what is said about it in `notes.txt`; `BLESS=1 cargo test --test migrate` writes
//! these three anew. The target is 2.3 unless a file `version` names another.

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use common::blessing;
use flint::flink::version::Versions;
use flint::migrate::{Layout, Migrated, migrate};
use flint::syntax::yaml;
use flint::text::{Source, SourceId};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config as Runs, RngAlgorithm, TestRng, TestRunner};

fn source(name: &str, bytes: &[u8]) -> Source {
    Source::new(SourceId(0), name, bytes)
}

fn of(text: &str) -> Versions {
    Versions::parse(text).expect("a version")
}

fn compare(path: &Path, text: &str, wrong: &mut Vec<String>) {
    if fs::read_to_string(path).unwrap_or_default() == text {
        return;
    }
    if !blessing() {
        wrong.push(format!("{}:\n{text}", path.display()));
    } else if text.is_empty() {
        fs::remove_file(path).expect("a file to remove");
    } else {
        fs::write(path, text).expect("a writable file");
    }
}

#[test]
fn every_case_becomes_what_is_recorded() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata/migrate");
    let mut wrong = Vec::new();
    let mut cases = 0;
    for entry in fs::read_dir(&root).expect("the folder of cases") {
        let case = entry.expect("an entry").path();
        let bytes = fs::read(case.join("flink-conf.yaml")).expect("the old file");
        let version = fs::read_to_string(case.join("version"));
        let target = of(version.as_deref().unwrap_or("2.3").trim());
        let old = source("flink-conf.yaml", &bytes);
        let mut said = String::new();
        for (layout, name) in [(Layout::Nested, "config.yaml"), (Layout::Flat, "flat.yaml")] {
            let (text, kind, remarks) = match migrate(&old, target, layout) {
                Ok(migrated) => (migrated.text, "note", migrated.notes),
                Err(refused) => (String::new(), "error", refused),
            };
            compare(&case.join(name), &text, &mut wrong);
            if layout == Layout::Nested {
                for remark in remarks {
                    said.push_str(&format!("{kind}: {}: {}\n", remark.line, remark.message));
                }
            }
        }
        compare(&case.join("notes.txt"), &said, &mut wrong);
        cases += 1;
    }
    assert!(cases > 8, "only {cases} cases");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What Flink's reader of flink-conf.yaml holds, written down a second time: lines end with LF, CRLF
/// or CR, `#` cuts, the first `: ` splits, `String.trim` trims, the last line wins.
fn legacy(text: &str) -> BTreeMap<String, String> {
    let blank = |c: char| c <= ' ';
    let mut held = BTreeMap::new();
    for line in text.split(['\n', '\r']) {
        let line = line.split('#').next().unwrap_or_default();
        if let Some((key, value)) = line.trim_matches(blank).split_once(": ") {
            let (key, value) = (key.trim_matches(blank), value.trim_matches(blank));
            if !(key.is_empty() || value.is_empty()) {
                held.insert(key.to_owned(), value.to_owned());
            }
        }
    }
    held
}

fn migrated(text: &str, target: Versions, layout: Layout) -> Option<Migrated> {
    migrate(&source("flink-conf.yaml", text.as_bytes()), target, layout).ok()
}

/// Nothing is lost, nothing is new, nothing reads differently, and every comment is there.
fn check(text: &str, target: Versions, layout: Layout) -> bool {
    let old = source("flink-conf.yaml", text.as_bytes());
    let new = match migrate(&old, target, layout) {
        Ok(new) => new,
        Err(refused) => {
            let bug = refused.iter().find(|r| r.message.contains("mistake"));
            assert_eq!(bug, None, "{text:?}");
            assert!(!refused.is_empty());
            return false;
        }
    };
    let document = yaml::parse_config(&source("config.yaml", new.text.as_bytes()));
    assert_eq!(document.load_error(), None, "{}", new.text);
    let mut read: BTreeMap<String, String> = BTreeMap::new();
    for setting in &document.settings {
        let earlier = read.insert(setting.key.clone(), setting.value.clone());
        assert_eq!(earlier, None, "{} twice in\n{}", setting.key, new.text);
    }
    let bare = text.strip_prefix('\u{feff}').unwrap_or(text);
    // What the mark makes of the first line has no effect today.
    let first = bare.split(['\n', '\r']).next().unwrap_or_default();
    let held = legacy(if bare == text {
        text
    } else {
        &bare[first.len()..]
    });
    assert_eq!(new.settings, held.len());
    for (key, value) in held {
        let now = read.remove(&key);
        let now = now.unwrap_or_else(|| panic!("{key} is lost:\n{text}\n--\n{}", new.text));
        let stripped = key.starts_with("env.java.opts") && value.starts_with('"');
        if stripped {
            assert!(value.contains(&now));
        } else {
            assert_eq!(now, value, "{key}");
        }
    }
    assert!(read.is_empty(), "new: {read:?}");
    for comment in ["# about one", "# about two", "# behind"] {
        let count = |text: &str| text.matches(comment).count();
        assert_eq!(
            count(&new.text),
            count(text),
            "{comment}\n{text}\n--\n{}",
            new.text
        );
    }
    if text.contains('\r') {
        assert!(
            !new.text.replace("\r\n", "").contains('\n'),
            "{:?}",
            new.text
        );
    }
    true
}

const LINES: &[&str] = &[
    "# about one",
    "# about two",
    "#====",
    "",
    "",
    "  ",
    "jobmanager.rpc.address: localhost",
    "jobmanager.rpc.port: 6123   # behind",
    "jobmanager.memory.process.size: 1600m",
    "taskmanager.numberOfTaskSlots: 4",
    "  taskmanager.numberOfTaskSlots: 04# behind",
    "taskmanager.memory.managed.fraction: 0.40",
    "state.backend: rocksdb",
    "state.backend.type: hashmap",
    "state.backend.incremental: true",
    "state.backend.rocksdb.memory.managed: False",
    "restart-strategy: fixed-delay",
    "restart-strategy.fixed-delay.delay: 10 s",
    "metrics.scope.jm: <host>.jobmanager",
    "metrics.scope.jm.job: <host>.<job_name>",
    "metrics.reporter.prom.port: 9249",
    "env.java.home: /usr/lib/jvm/java-17",
    "env.java.opts: \"-Da=1 -Db=2\"",
    "env.java.opts.all: -Dx=\"a b\"",
    "env.log.max: 7",
    "pipeline.jars: 'a;b';c",
    "pipeline.jars: [a, b]",
    "kubernetes.jobmanager.labels: a: b",
    "s3.secret-key: \"ab\\c'd\"",
    "s3.access-key: ${KEY}",
    "taskmanager:",
    "  memory:",
    "    size: 1g",
    "a:b",
    "- x: null",
    "? y: [",
    "null: ~",
    "1: 0x10",
    "a..b: 1",
    ".c: *d",
    "\"quoted.key\": yes",
    "x y.z w: | ",
    "\u{e4}.\u{f6}: \u{1F600}\u{7}\t\u{85}x",
    "k:: v: w",
    "--- : ...",
];

fn runner(cases: u32) -> TestRunner {
    let runs = Runs {
        cases,
        failure_persistence: None,
        ..Runs::default()
    };
    TestRunner::new_with_rng(runs, TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]))
}

#[test]
fn no_setting_and_no_comment_is_lost() {
    let strategy = (
        proptest::collection::vec(select(LINES), 0..14),
        select(&["\n", "\r\n"][..]),
        any::<bool>(),
        select(&["1.19", "1.20", "2.0..", "1.19..", "2.3"][..]),
        select(&[Layout::Nested, Layout::Flat][..]),
    );
    let mut written = 0;
    let outcome = runner(3000).run(&strategy, |(lines, line_break, marked, version, layout)| {
        let mark = if marked { "\u{feff}" } else { "" };
        let text = format!("{mark}{}{line_break}", lines.join(line_break));
        check(&text, of(version), layout);
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
    for line in LINES {
        written += usize::from(check(&format!("{line}\n"), of("2.3"), Layout::Nested));
    }
    assert!(written + 4 > LINES.len(), "only {written} lines alone");
}

#[test]
fn any_keys_and_values_are_kept_or_refused() {
    let word = "[-a-c.:;,'\"\\\\ \t&*!|>%@`{}\\[\\]#?~$0-9é\u{1}\u{7f}\u{85}\u{2028}]{1,9}";
    let strategy = (
        proptest::collection::vec((word, word), 0..8),
        select(&[Layout::Nested, Layout::Flat][..]),
    );
    let outcome = runner(1000).run(&strategy, |(pairs, layout)| {
        let lines = pairs.iter().map(|(key, value)| format!("{key}: {value}\n"));
        check(&lines.collect::<String>(), of("2.3"), layout);
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

#[test]
fn any_bytes_are_answered() {
    let bytes = proptest::collection::vec(any::<u8>(), 0..60);
    let outcome = runner(2000).run(&bytes, |bytes| {
        let old = source("flink-conf.yaml", &bytes);
        let _ = migrate(&old, of("2.3"), Layout::Nested);
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

#[test]
fn line_endings_stay_and_a_byte_order_mark_goes() {
    let new = migrated(
        "\u{feff}a.b: 1\r\na.c: 2\r\na.d: 3",
        of("2.3"),
        Layout::Nested,
    );
    let new = new.expect("a new file");
    assert_eq!(
        new.text,
        "# (was ignored) a.b: 1\r\na:\r\n  c: \"2\"\r\n  d: \"3\"\r\n"
    );
    assert!(new.notes[0].message.contains("byte order mark"));
    let alone = migrated("\u{feff}# about\ra.c: 2\r", of("2.3"), Layout::Nested);
    assert_eq!(alone.expect("a new file").text, "# about\ra.c: \"2\"\r");
}

#[test]
fn what_is_no_text_is_refused_with_its_line() {
    let old = source("flink-conf.yaml", b"a: 1\nb: \xff\n");
    let refused = migrate(&old, of("2.3"), Layout::Nested).expect_err("no UTF-8");
    assert_eq!(refused[0].line, 2);
}

#[test]
fn large_and_deep_files_take_no_longer_than_they_must() {
    let lines: Vec<String> = (0..8_000).map(|n| format!("a.k{n}: {n}\n# c\n")).collect();
    let many = lines.join("\n");
    assert!(check(&many, of("2.3"), Layout::Nested));
    let deep = format!("{}: 1\n", vec!["a"; 200].join("."));
    assert!(check(&deep, of("2.3"), Layout::Nested));
    let longer = format!("{}: 1\n", vec!["a"; 100_000].join("."));
    assert!(!check(&longer, of("2.3"), Layout::Nested));
}
