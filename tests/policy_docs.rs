//! The guide to policies names every word there is, and shows pages and outputs that are true.
//! `BLESS=1 cargo test --test policy_docs` writes them anew.

mod common;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use common::policy::{CONF, PAGE, TOML, project, run};
use common::{blessing, err, out, tree};
use flint::page::{CHECK_WORDS, CONDITION_WORDS, FIX_WORDS, REQUIREMENTS, WORDS};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn guide() -> String {
    fs::read_to_string(root().join("docs/policies.md")).expect("the guide")
}

/// The words of the tables of the guide, one list for each table.
fn tables(text: &str) -> Vec<Vec<String>> {
    let mut tables = Vec::new();
    for part in text.split("| word | means |\n|---|---|\n").skip(1) {
        let rows = part.lines().take_while(|line| line.starts_with('|'));
        let word = |row: &str| row.split('`').nth(1).expect("a word").to_owned();
        tables.push(rows.map(word).collect());
    }
    tables
}

fn sorted(words: &[&str]) -> Vec<String> {
    let mut words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    words.sort();
    words
}

#[test]
fn the_guide_lists_every_word() {
    let listed = tables(&guide());
    let known: [&[&str]; 4] = [&WORDS, &CHECK_WORDS, &CONDITION_WORDS, &FIX_WORDS];
    assert_eq!(listed.len(), known.len());
    for (mut listed, known) in listed.into_iter().zip(known) {
        listed.sort();
        assert_eq!(listed, sorted(known));
    }
    let quoted = REQUIREMENTS.map(|word| format!("`{word}`"));
    let (last, first) = quoted.split_last().expect("words");
    assert!(guide().contains(&format!("Of {} and {last} a check has", first.join(", "))));
}

/// What stands between two markers that begin with a word: what they say, and the text.
fn marked(text: &str, word: &str) -> Vec<(String, String)> {
    let open = format!("<!-- {word} ");
    let parts = text.split(open.as_str()).skip(1);
    parts
        .map(|part| {
            let (said, rest) = part.split_once(" -->\n").expect("a marker");
            let close = format!("<!-- /{word} {said} -->");
            let (inner, _) = rest.split_once(&close).expect("a closing marker");
            (said.to_owned(), inner.to_owned())
        })
        .collect()
}

#[test]
fn the_guide_shows_what_is_true() {
    let mut text = guide();
    let folder = root().join("testdata/policies");
    for (name, inner) in marked(&text, "page") {
        let page = fs::read_to_string(folder.join(format!("policies/{name}.md"))).expect("a page");
        let block = format!("````markdown\n{page}````\n");
        let open = format!("<!-- page {name} -->\n");
        text = text.replacen(&format!("{open}{inner}"), &format!("{open}{block}"), 1);
    }
    for (line, inner) in marked(&text, "session") {
        let mut command = Command::new(env!("CARGO_BIN_EXE_flint"));
        let words = line.split_whitespace().skip(1);
        let output = command
            .args(words)
            .current_dir(&folder)
            .env_clear()
            .output();
        let output = output.expect("flint starts");
        assert_eq!(err(&output), "", "{line}");
        let mut block = format!("```text\n$ {line}\n");
        for line in out(&output).lines() {
            block.push_str(line.trim_end());
            block.push('\n');
        }
        block.push_str("```\n");
        let open = format!("<!-- session {line} -->\n");
        text = text.replacen(&format!("{open}{inner}"), &format!("{open}{block}"), 1);
    }
    if blessing() {
        fs::write(root().join("docs/policies.md"), &text).expect("a writable guide");
    }
    assert_eq!(marked(&text, "page").len(), 4);
    assert!(
        guide() == text,
        "run BLESS=1 cargo test --test policy_docs and read the diff"
    );
}

#[test]
fn the_pages_of_the_guide_do_what_they_say() {
    let output = run(&root().join("testdata/policies"), &["rules", "--test"]);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}{}",
        out(&output),
        err(&output)
    );
    assert!(out(&output).ends_with("4 policies, 10 examples: all passed\n"));
}

#[test]
fn the_messages_of_the_guide_are_those_that_flint_prints() {
    let good_is_bad = PAGE.replace("Slots: 2", "Slots: 1");
    let said = out(&run(
        project(&good_is_bad, TOML, CONF).path(),
        &["rules", "--test"],
    ));
    assert!(guide().contains(&said), "{said}");
    for (old, new) in [("  min: 2", "  mni: 2"), ("TaskSlots\n", "TaskSlot\n")] {
        let folder = project(&PAGE.replacen(old, new, 1), TOML, CONF);
        let said = err(&run(folder.path(), &["check"]));
        assert!(guide().contains(&said), "{said}");
    }
}

#[test]
fn the_flint_toml_of_the_guide_is_one() {
    let text = guide();
    let toml = text.split("```toml\n").nth(2).expect("a second block");
    let toml = toml.split("```").next().expect("its end");
    let from = root().join("testdata/policies");
    let folder = tree(&[("flint.toml", toml)]);
    for entry in walkdir::WalkDir::new(&from) {
        let path = entry.expect("an entry").into_path();
        let to = folder.path().join(path.strip_prefix(&from).expect("below"));
        if path.is_dir() {
            fs::create_dir_all(to).expect("a folder");
        } else if !path.ends_with("flint.toml") {
            fs::copy(path, to).expect("a file");
        }
    }
    let output = run(folder.path(), &["check", "--format", "concise"]);
    assert_eq!(err(&output), "");
    let said = out(&output);
    assert!(said.contains("note[acme-checkpoint-interval]"), "{said}");
    assert!(said.contains("error[acme-no-access-keys]"), "{said}");
}
