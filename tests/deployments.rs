//! Whole deployments: a tree, what flint says about it, and what all its fixes make of it.
//! `testdata/deployments/<case>/` holds `tree/`, `expected.txt` (concise) and, where a fix exists,
//! `fixed.diff`. `BLESS=1 cargo test --test deployments` writes the last two anew.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{assert_table_fits, blessing, diff, findings, fixed, sources};
use flint::config::{Config, Configs};
use flint::lint::validate;
use flint::report::{OutputFormat, Report, Run, Style, Summary, render};

fn files(root: &Path, folder: &Path, out: &mut Vec<(String, Vec<u8>)>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(root, &path, out);
        } else {
            let relative = path.strip_prefix(root).expect("below the root");
            let name = relative.to_string_lossy().replace('\\', "/");
            out.push((name, fs::read(&path).expect("a file")));
        }
    }
}

fn compare(path: &Path, text: &str, wrong: &mut Vec<String>) {
    let recorded = fs::read_to_string(path).unwrap_or_default();
    if recorded == text {
        return;
    }
    if blessing() {
        if text.is_empty() {
            fs::remove_file(path).expect("a file to remove");
        } else {
            fs::write(path, text).expect("a writable file");
        }
    } else {
        wrong.push(format!("{}:\n{text}", path.display()));
    }
}

#[test]
fn every_deployment_says_what_is_recorded() {
    assert_table_fits();
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata/deployments");
    let mut wrong = Vec::new();
    let mut cases = 0;
    for entry in fs::read_dir(&root).expect("the folder of cases") {
        let case = entry.expect("an entry").path();
        let tree = case.join("tree");
        let mut all = Vec::new();
        files(&tree, &tree, &mut all);
        let (toml, rest): (Vec<_>, Vec<_>) = all
            .into_iter()
            .partition(|(path, _)| path.ends_with("flint.toml"));
        let configs = Configs::new(
            toml.iter()
                .map(|(path, bytes)| {
                    Config::parse(path, &String::from_utf8_lossy(bytes))
                        .expect("a valid flint.toml")
                })
                .collect(),
        );
        validate(&configs).expect("rules that exist");
        let sources = sources(&rest);
        let found = findings(&sources, &configs);
        let report = Report {
            sources: &sources,
            findings: &found,
            summary: Summary::of(&found),
            run: Run::default(),
        };
        let mut out = Vec::new();
        render(OutputFormat::Concise, &report, &Style::default(), &mut out)
            .expect("a vector takes all");
        compare(
            &case.join("expected.txt"),
            &String::from_utf8_lossy(&out),
            &mut wrong,
        );
        let after = fixed(&sources, &configs, true).sources;
        compare(
            &case.join("fixed.diff"),
            &diff(&sources, &after),
            &mut wrong,
        );
        cases += 1;
    }
    assert!(cases >= 8, "the cases are there");
    assert!(
        wrong.is_empty(),
        "run BLESS=1 cargo test --test deployments and read the diff:\n{}",
        wrong.join("\n")
    );
}
