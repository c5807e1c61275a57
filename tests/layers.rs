//! Who may use whom: every `use crate::` line of the sources is held against the list.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Each module with those it may use. `flink` and `linux` know nothing of files; rules do no I/O.
const ALLOWED: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("random", &[]),
    ("parallel", &[]),
    ("words", &[]),
    ("flink", &["words"]),
    ("linux", &["words"]),
    ("date", &[]),
    ("finding", &["text"]),
    ("syntax", &["text", "flink", "linux", "random"]),
    ("typed", &["flink", "syntax"]),
    (
        "page",
        &["finding", "flink", "linux", "syntax", "text", "words"],
    ),
    (
        "config",
        &["date", "finding", "flink", "linux", "page", "text", "words"],
    ),
    ("recognise", &["flink", "linux", "syntax", "text", "words"]),
    ("baseline", &["text"]),
    (
        "discover",
        &["baseline", "config", "page", "recognise", "text", "words"],
    ),
    (
        "deployment",
        &["finding", "flink", "linux", "recognise", "syntax", "text"],
    ),
    (
        "project",
        &[
            "config",
            "deployment",
            "finding",
            "flink",
            "linux",
            "recognise",
            "syntax",
            "text",
            "parallel",
        ],
    ),
    (
        "rules",
        &[
            "config",
            "deployment",
            "finding",
            "flink",
            "linux",
            "page",
            "recognise",
            "syntax",
            "text",
            "typed",
            "words",
        ],
    ),
    (
        "suppress",
        &[
            "baseline",
            "config",
            "date",
            "finding",
            "fingerprint",
            "flink",
            "rules",
            "syntax",
            "text",
            "words",
        ],
    ),
    (
        "lint",
        &[
            "config",
            "deployment",
            "finding",
            "flink",
            "page",
            "parallel",
            "project",
            "rules",
            "suppress",
            "text",
            "words",
        ],
    ),
    ("fingerprint", &["finding", "text"]),
    ("since", &["finding", "fingerprint", "random", "text"]),
    ("migrate", &["flink", "syntax", "text"]),
    (
        "fix",
        &[
            "config", "finding", "lint", "project", "report", "syntax", "text", "words",
        ],
    ),
    (
        "report",
        &[
            "config",
            "deployment",
            "finding",
            "fingerprint",
            "flink",
            "linux",
            "page",
            "random",
            "rules",
            "syntax",
            "text",
            "words",
        ],
    ),
    (
        "cli",
        &[
            "baseline",
            "config",
            "date",
            "deployment",
            "discover",
            "finding",
            "fingerprint",
            "fix",
            "flink",
            "linux",
            "lint",
            "linux",
            "migrate",
            "page",
            "project",
            "recognise",
            "report",
            "rules",
            "suppress",
            "since",
            "syntax",
            "text",
            "typed",
            "words",
        ],
    ),
];

fn files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, out);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            out.push(path);
        }
    }
}

/// The top-level module of a file below `src`.
fn module(src: &Path, file: &Path) -> String {
    let below = file.strip_prefix(src).expect("below src");
    let first = below.iter().next().expect("a part").to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

#[test]
fn modules_use_only_what_they_may() {
    let src = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src");
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.iter().copied().collect();
    let mut all = Vec::new();
    files(&src, &mut all);
    let mut seen = 0;
    let mut unused: BTreeSet<(String, String)> = ALLOWED
        .iter()
        .flat_map(|(own, uses)| {
            uses.iter()
                .map(|used| ((*own).to_owned(), (*used).to_owned()))
        })
        .collect();
    for file in all {
        let own = module(&src, &file);
        if matches!(own.as_str(), "lib" | "main") {
            continue;
        }
        let may = allowed
            .get(own.as_str())
            .unwrap_or_else(|| panic!("{own} is in no layer: add it to tests/layers.rs"));
        let text = fs::read_to_string(&file).expect("UTF-8");
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or(line);
            for used in code.split("crate::").skip(1) {
                let name: String = used
                    .chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect();
                seen += 1;
                let fine = name == own || may.contains(&name.as_str());
                unused.remove(&(own.clone(), name.clone()));
                assert!(
                    fine,
                    "{}:{}: {own} may not use {name}",
                    file.display(),
                    number + 1
                );
            }
        }
    }
    assert!(seen > 50, "the test reads the sources");
    assert!(unused.is_empty(), "allowed and not used: {unused:?}");
}

#[test]
fn the_layers_have_no_cycle() {
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.iter().copied().collect();
    // Taking away what uses nothing that is left must empty the list.
    let mut left = allowed.clone();
    while !left.is_empty() {
        let free: Vec<&str> = left
            .iter()
            .filter(|(_, uses)| uses.iter().all(|used| !left.contains_key(used)))
            .map(|(name, _)| *name)
            .collect();
        assert!(!free.is_empty(), "a cycle among {:?}", left.keys());
        for name in free {
            left.remove(name);
        }
    }
}

#[test]
fn only_the_edge_touches_the_outside_world() {
    let src = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = Vec::new();
    files(&src, &mut all);
    for file in all {
        let own = module(&src, &file);
        let text = fs::read_to_string(&file).expect("UTF-8");
        let code: String = text
            .lines()
            .map(|line| line.split("//").next().unwrap_or(line))
            .collect::<Vec<_>>()
            .join("\n");
        let code = code.split("#[cfg(test)]").next().unwrap_or_default();
        let tests_only = file
            .components()
            .any(|part| part.as_os_str() == "tests.rs" || part.as_os_str() == "samples.rs");
        if matches!(own.as_str(), "cli" | "discover" | "fix" | "main") || tests_only {
            continue;
        }
        for word in ["std::fs", "std::process", "std::env::", "File::open"] {
            assert!(!code.contains(word), "{}: {word}", file.display());
        }
        for word in ["std::net", "TcpStream", "UdpSocket"] {
            assert!(
                !text.contains(word),
                "{}: no network code anywhere",
                file.display()
            );
        }
    }
}

#[test]
fn one_file_alone_reads_the_running_machine() {
    let src = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = Vec::new();
    files(&src, &mut all);
    for file in all {
        // All others touch nothing outside.
        let is_edge = matches!(
            module(&src, &file).as_str(),
            "cli" | "discover" | "fix" | "main"
        );
        if !is_edge || file.ends_with("cli/live.rs") {
            continue;
        }
        let text = fs::read_to_string(&file).expect("UTF-8");
        let code = text
            .lines()
            .map(|line| line.split("//").next().unwrap_or(line));
        // A name that somebody types may begin so.
        for line in code.filter(|line| !line.contains("strip_prefix")) {
            assert!(!line.contains("\"/proc"), "{}: {line}", file.display());
        }
    }
}
