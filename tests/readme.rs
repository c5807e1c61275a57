//! The README shows true output and the true list of rules. `BLESS=1 cargo test --test readme` writes
//! both anew.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use flint::rules;

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

fn demo() -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_flint"))
        .args(["check", "testdata/demo"])
        .current_dir(root())
        .env_clear()
        .output()
        .expect("flint starts");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    format!(
        "```text\n$ flint check testdata/demo\n{}\n```\n",
        lines.join("\n")
    )
}

fn table() -> String {
    let mut out = String::from("| rule | finds | severity | fix |\n| --- | --- | --- | --- |\n");
    for front in rules::all() {
        out.push_str(&format!(
            "| [{0}](rules/{0}.md) | {1} | {2} | {3} |\n",
            front.name,
            front.summary.trim_end_matches('.'),
            front.severity.name(),
            front.fixes.name()
        ));
    }
    out
}

#[test]
fn the_readme_shows_true_output_and_every_rule() {
    let path = root().join("README.md");
    let current = fs::read_to_string(&path).expect("the README");
    let written = between(&between(&current, "demo", &demo()), "rules", &table());
    if written != current && std::env::var_os("BLESS").is_some() {
        fs::write(&path, written).expect("a writable README");
        return;
    }
    assert!(
        written == current,
        "README.md is out of date: run BLESS=1 cargo test --test readme"
    );
}
