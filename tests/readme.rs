//! The README shows true outputs and the true list of rules. `BLESS=1 cargo test --test readme` writes
//! them anew.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use flint::rules::{self, Group};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Replaces what stands between two markers.
fn between(text: &str, name: &str, inner: &str) -> String {
    let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let start = text.find(&open).expect("an opening marker") + open.len();
    let end = text.find(&close).expect("a closing marker");
    format!("{}{inner}{}", &text[..start], &text[end..])
}

/// What a command line prints, as a reader with a locale of today would see it.
fn session(line: &str) -> String {
    let mut words = line.split_whitespace();
    assert_eq!(words.next(), Some("flint"));
    let output = Command::new(env!("CARGO_BIN_EXE_flint"))
        .args(words)
        .current_dir(root())
        .env_clear()
        .env("LANG", "C.UTF-8")
        .output()
        .expect("flint starts");
    assert!(
        output.status.code() != Some(2),
        "{line}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let mut out = format!("$ {line}\n");
    for line in text.lines() {
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

fn demo() -> String {
    format!("```text\n{}```\n", session("flint check testdata/demo"))
}

/// The memory of the same deployment.
fn memory() -> String {
    let line = "flint memory testdata/demo";
    format!("```text\n{}```\n", session(line))
}

/// What sources and scripts say.
fn jobs() -> String {
    let line = "flint check --format concise testdata/jobs";
    format!("```text\n{}```\n", session(line))
}

/// The layers of a cluster of containers.
fn layers() -> String {
    let line = "flint show testdata/deployments/layers/tree/mounted";
    format!("```text\n{}```\n", session(line))
}

/// The upgrade of a real enough configuration from 1.20.
fn upgrade() -> String {
    let tree = "testdata/deployments/upgrade-to-2/tree";
    let check = session(&format!(
        "flint check --flink-version 2.2 --format concise {tree}"
    ));
    let patch = session(&format!("flint fix --dry-run --flink-version 2.2 {tree}"));
    format!("```text\n{check}```\n\n```diff\n{patch}```\n")
}

/// The rules below their groups; the last, which is off by default, folded away.
fn table() -> String {
    let mut out = String::new();
    for group in Group::ALL {
        let rules: Vec<_> = rules::all()
            .iter()
            .filter(|front| front.group == group)
            .collect();
        if rules.is_empty() {
            continue;
        }
        let folded = group == Group::Pedantic;
        if !out.is_empty() {
            out.push('\n');
        }
        let name = group.name();
        if folded {
            out.push_str(&format!(
                "<details><summary>{name}: off unless selected</summary>\n\n"
            ));
        } else {
            out.push_str(&format!("### {name}\n\n"));
        }
        out.push_str("| rule | finds | severity | fix |\n| --- | --- | --- | --- |\n");
        for front in rules {
            out.push_str(&format!(
                "| [{0}](rules/{0}.md) | {1} | {2} | {3} |\n",
                front.name,
                front.summary.trim_end_matches('.'),
                front.severity.name(),
                front.fixes.name()
            ));
        }
        if folded {
            out.push_str("\n</details>\n");
        }
    }
    out
}

/// Every command the README tells people to type is one that exists, with the flags it has.
#[test]
fn the_commands_of_the_readme_exist() {
    let text = fs::read_to_string(root().join("README.md")).expect("the README");
    let indented = text.lines().filter_map(|line| line.strip_prefix("    "));
    let commands: Vec<&str> = indented.filter(|line| line.starts_with("flint ")).collect();
    assert!(commands.len() >= 8, "{commands:?}");
    for command in commands {
        let typed = command.split('#').next().unwrap_or(command);
        let typed = typed.split('|').next().unwrap_or(typed);
        let mut words: Vec<&str> = typed.split_whitespace().skip(1).collect();
        words.push("--help");
        let output = Command::new(env!("CARGO_BIN_EXE_flint"))
            .args(&words)
            .env_clear()
            .output()
            .expect("flint starts");
        assert!(output.status.success(), "{command}");
    }
}

#[test]
fn the_readme_shows_true_output_and_every_rule() {
    let path = root().join("README.md");
    let current = fs::read_to_string(&path).expect("the README");
    let parts = [
        ("demo", demo()),
        ("memory", memory()),
        ("layers", layers()),
        ("jobs", jobs()),
        ("upgrade", upgrade()),
        ("rules", table()),
    ];
    let written = parts.iter().fold(current.clone(), |text, (name, inner)| {
        between(&text, name, inner)
    });
    if written != current && std::env::var_os("BLESS").is_some() {
        fs::write(&path, written).expect("a writable README");
        return;
    }
    assert!(
        written == current,
        "README.md is out of date: run BLESS=1 cargo test --test readme"
    );
}
