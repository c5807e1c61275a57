//! What flint says of itself: version, manual pages, completions.

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::process::{Command, Output};

use common::{err, out};
use flint::flink::version::{NAMES, Versions};
use flint::linux::kernel::Kernels;
use tempfile::TempDir;

const SHELLS: [&str; 5] = ["bash", "zsh", "fish", "powershell", "elvish"];

fn flint(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flint"));
    command
        .args(args)
        .env_clear()
        .output()
        .expect("flint starts")
}

/// The commands that the help lists.
fn commands() -> Vec<String> {
    let help = out(&flint(&["--help"]));
    let list = help.split("Commands:\n").nth(1).expect("a list");
    let list = list.split("\n\n").next().expect("its end");
    let names = list
        .lines()
        .filter_map(|line| line.split_whitespace().next());
    let names: Vec<String> = names.map(str::to_owned).collect();
    assert!(names.len() >= 7 && names[0] == "check", "{names:?}");
    names
}

#[test]
fn the_version_names_commit_and_tables() {
    let long = out(&flint(&["--version"]));
    let lines: Vec<&str> = long.lines().collect();
    assert_eq!(
        lines[0],
        concat!("flint ", env!("CARGO_PKG_VERSION")),
        "{long}"
    );
    let commit = lines[1].strip_prefix("commit: ").expect("a commit");
    assert_eq!(commit, option_env!("COMMIT_OF_FLINT").unwrap_or("unknown"));
    assert_eq!(lines[2], format!("option table: Flink {}", Versions::ALL));
    assert!(lines[2].ends_with(&format!("{}-{}", NAMES[0], NAMES[NAMES.len() - 1])));
    assert_eq!(lines[3], format!("parameter table: Linux {}", Kernels::ALL));
    assert_eq!(lines.len(), 4);
    let short = out(&flint(&["-V"]));
    assert_eq!(short.trim_end(), lines[0]);
}

#[test]
fn every_command_has_a_manual_page_and_hidden_ones_have_none() {
    let folder = TempDir::new().expect("a temporary folder");
    let into = folder.path().join("new/man1");
    let output = flint(&["man", "--into", into.to_str().expect("UTF-8")]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let written: BTreeSet<String> = fs::read_dir(&into)
        .expect("the folder")
        .map(|entry| entry.expect("an entry").file_name())
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    let pages = commands().into_iter().map(|name| format!("flint-{name}.1"));
    let mut wanted: BTreeSet<String> = pages.collect();
    wanted.insert("flint.1".to_owned());
    assert_eq!(written, wanted);
    for command in commands() {
        let page = fs::read_to_string(into.join(format!("flint-{command}.1"))).expect("a page");
        assert_eq!(page, out(&flint(&["man", &command])));
        assert!(
            page.contains(&format!(".TH flint-{command} 1")),
            "{command}"
        );
        // Each option of the help stands on the page, with roff's hyphens.
        let help = out(&flint(&[&command, "--help"]));
        let options = help.split_whitespace().filter(|word| {
            word.strip_prefix("--").is_some_and(|name| {
                name.len() > 1 && name.chars().all(|c| c.is_ascii_lowercase() || c == '-')
            })
        });
        for option in options {
            let roff = option.replace('-', "\\-");
            assert!(page.contains(&roff), "{command}: {option}");
        }
        for section in [".SH \"EXIT STATUS\"", ".SH FILES", ".SH \"SEE ALSO\""] {
            assert!(page.contains(section), "{command}: {section}");
        }
    }
    let main = fs::read_to_string(into.join("flint.1")).expect("a page");
    assert_eq!(main, out(&flint(&["man"])));
    for command in commands() {
        assert!(
            main.contains(&format!("flint\\-{command}(1)")),
            "{command}: {main}"
        );
    }
}

#[test]
fn a_page_of_no_command_is_refused_with_the_names() {
    for name in ["chekc", "completions"] {
        let output = flint(&["man", name]);
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(out(&output), "");
        let said = err(&output);
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(said.contains(name) && said.contains("check, fix"), "{said}");
    }
}

#[test]
fn shells_complete_every_command_and_no_hidden_one() {
    for shell in SHELLS {
        let script = out(&flint(&["completions", shell]));
        for command in commands() {
            assert!(script.contains(&command), "{shell}: {command}");
        }
        for option in ["flink-version", "error-on", "dry-run"] {
            assert!(script.contains(option), "{shell}: {option}");
        }
        // The name as bash writes it, and the description that the others show.
        for hidden in ["subcmd__completions", "Print shell completions"] {
            assert!(!script.contains(hidden), "{shell}");
        }
    }
    let bash = out(&flint(&["completions", "bash"]));
    assert!(bash.contains("small-tcp-buffers"), "names of pages");
    assert_eq!(flint(&["completions", "tcsh"]).status.code(), Some(2));
}
