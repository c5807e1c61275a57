//! Pairs of small trees, with a rule that finds each line that holds a `!`, told by its line or, where
//! that has a `:`, by the key before it.

use super::*;
use crate::finding::{Location, Severity, Suppressed};
use crate::random::Random;
use crate::text::Span;

type Tree<'t> = &'t [(&'t str, &'t str)];

fn read(tree: Tree) -> (Sources, Vec<Finding>) {
    let mut sources = Sources::default();
    let mut findings = Vec::new();
    for (path, text) in tree {
        let id = sources.add(*path, *text);
        let mut within = None;
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let span = Span::new(start, start + line.trim_end().len());
            start += line.len();
            if let Some(name) = line.trim().strip_prefix("object ") {
                within = Some(name.to_owned());
            }
            if !line.contains('!') {
                continue;
            }
            let key = line.split_once(':').map(|(key, _)| key.trim().to_owned());
            findings.push(Finding {
                rule: "some-rule".into(),
                severity: if line.contains("!!") {
                    Severity::Error
                } else {
                    Severity::Warning
                },
                message: String::new(),
                label: String::new(),
                help: String::new(),
                at: Location { source: id, span },
                document: 0,
                within: within.clone(),
                key,
                related: Vec::new(),
                hidden: Vec::new(),
                fix: None,
                suppressed: line.contains("silent").then(|| Suppressed {
                    by: "comment",
                    reason: String::new(),
                }),
            });
        }
    }
    (sources, findings)
}

/// `path:line` of what the change brought, and of what it mended.
fn told(before: Tree, after: Tree) -> (Vec<String>, Vec<String>) {
    let (old, new) = (read(before), read(after));
    let side = |(sources, findings): &'_ (Sources, Vec<Finding>)| -> Vec<String> {
        let places = findings.iter().map(|finding| {
            let source = sources.get(finding.at.source);
            format!("{}:{}", source.path, source.line(finding.at.span.start))
        });
        places.collect()
    };
    let (old_places, new_places) = (side(&old), side(&new));
    let compared = compare(
        Side {
            sources: &old.0,
            findings: &old.1,
        },
        Side {
            sources: &new.0,
            findings: &new.1,
        },
    );
    let pick = |places: &[String], numbers: &[usize]| -> Vec<String> {
        numbers.iter().map(|&at| places[at].clone()).collect()
    };
    (
        pick(&new_places, &compared.introduced),
        pick(&old_places, &compared.fixed),
    )
}

#[track_caller]
fn check(before: Tree, after: Tree, introduced: &[&str], fixed: &[&str]) {
    let (new, gone) = told(before, after);
    assert_eq!(new, introduced, "introduced");
    assert_eq!(gone, fixed, "fixed");
}

#[test]
fn nothing_changes_nothing() {
    let tree = [("a", "k: 1!\nother!\n"), ("b", "k: 1!\n")];
    check(&tree, &tree, &[], &[]);
}

#[test]
fn lines_above_and_another_value_bring_nothing() {
    check(
        &[("a", "k: 1!\nline!\n")],
        &[("a", "new\n\nk: 2!\n  line!\n")],
        &[],
        &[],
    );
}

#[test]
fn of_two_alike_the_added_one_is_new_wherever_it_stands() {
    let old = [("a", "x\nline!\ny\n")];
    check(&old, &[("a", "line!\nx\nline!\ny\n")], &["a:1"], &[]);
    check(&old, &[("a", "x\nline!\ny\nline!\n")], &["a:4"], &[]);
}

#[test]
fn a_renamed_file_brings_nothing_but_what_was_added_to_it() {
    let old = [("a/x", "k: 1!\nkept\nalso kept\n")];
    check(&old, &[("b/y", "k: 1!\nkept\nalso kept\n")], &[], &[]);
    check(
        &old,
        &[("b/y", "k: 1!\nkept\nj: 2!\nalso kept\n")],
        &["b/y:3"],
        &[],
    );
}

#[test]
fn a_copied_file_is_new() {
    let text = "k: 1!\n";
    check(&[("a", text)], &[("a", text), ("b", text)], &["b:1"], &[]);
}

#[test]
fn a_deleted_file_is_mended() {
    check(
        &[("a", "k: 1!\n"), ("b", "x\n")],
        &[("b", "x\n")],
        &[],
        &["a:1"],
    );
}

#[test]
fn a_line_moved_to_another_file_is_not_new() {
    let old = [("a", "x\nk: 1!\nline!\n"), ("b", "y\n")];
    check(
        &old,
        &[("a", "x\n"), ("b", "y\n  k: 1!\n  line!\n")],
        &[],
        &[],
    );
    // In another form.
    check(
        &old,
        &[("a", "x\nline!\n"), ("b", "y\nk: '1!'\n")],
        &[],
        &[],
    );
}

#[test]
fn what_one_file_mends_does_not_excuse_another() {
    let old = [("a", "k: 1!\n"), ("b", "k: 2\n")];
    check(
        &old,
        &[("a", "k: 2\n"), ("b", "k: 1!\n")],
        &["b:1"],
        &["a:1"],
    );
}

#[test]
fn what_one_part_of_a_file_mends_does_not_excuse_another() {
    let old = [("a", "object x\nk: 1!\n\nobject y\nk: 2\n")];
    let new = [("a", "object x\nk: 2\n\nobject y\nk: 1!\n")];
    check(&old, &new, &["a:5"], &["a:2"]);
    let old = [("a", "x\nk: 1!\ny\nk: 2\nz\n")];
    let new = [("a", "x\nk: 3\ny\nk: 4!\nz\n")];
    check(&old, &new, &["a:4"], &["a:2"]);
}

#[test]
fn what_one_environment_mends_does_not_excuse_another() {
    let (bad, good) = ("object x\nk: 1!\n", "object x\nk: 1\n");
    let old = [("dev", good), ("prod", bad)];
    check(
        &old,
        &[("dev", bad), ("prod", good)],
        &["dev:2"],
        &["prod:2"],
    );
}

#[test]
fn a_file_that_takes_the_place_of_another_keeps_its_keys() {
    check(
        &[("a.old", "a.b: 1!\n")],
        &[("a.new", "{x}\n{y}\na.b: 2!\n")],
        &[],
        &[],
    );
}

#[test]
fn an_edited_line_that_stays_bad_is_not_new_but_another_is() {
    let old = [("a", "x\ncall(100)!\ny\n")];
    check(&old, &[("a", "x\ncall(200)!\ny\n")], &[], &[]);
    check(
        &old,
        &[("a", "x\nnothing in common!\ny\n")],
        &["a:2"],
        &["a:2"],
    );
}

#[test]
fn objects_keep_their_findings_when_they_move_or_get_another_name() {
    let old = [("a", "object x\nk: 1!\nobject y\nk: 1!\n"), ("b", "z\n")];
    check(
        &old,
        &[
            ("a", "object new\nk: 1!\nobject x\nk: 1!\nobject y\nk: 1!\n"),
            old[1],
        ],
        &["a:2"],
        &[],
    );
    check(
        &old,
        &[("a", "object x\nk: 1!\n"), ("b", "z\nobject y\nk: 1!\n")],
        &[],
        &[],
    );
    check(
        &old,
        &[("a", "object z\nk: 1!\nobject y\nk: 1!\n"), old[1]],
        &[],
        &[],
    );
}

#[test]
fn what_becomes_worse_is_new() {
    check(&[("a", "k: 1!\n")], &[("a", "k: 2!!\n")], &["a:1"], &[]);
    check(&[("a", "k: 1!!\n")], &[("a", "k: 2!\n")], &[], &[]);
}

#[test]
fn what_is_no_longer_silenced_is_new_and_what_is_now_is_not_mended() {
    let (open, silent) = ([("a", "k: 1!\n")], [("a", "k: 1! silent\n")]);
    check(&silent, &open, &["a:1"], &[]);
    check(&open, &silent, &[], &[]);
    check(&silent, &silent, &[], &[]);
    check(&[("a", "x\n")], &silent, &["a:1"], &[]);
}

fn borrowed(files: &[(String, String)]) -> Vec<(&str, &str)> {
    let files = files.iter();
    files
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect()
}

#[test]
fn what_is_added_is_told_whatever_else_is_moved() {
    let mut random = Random(7);
    let bad = ["k: 1!", "j: 1!", "line one!", "line two!"];
    let fine = ["a", "b: 2", "# c", "", "object x", "object y", "plain text"];
    for round in 0..400 {
        let count = 1 + random.below(4);
        let mut before: Vec<(String, Vec<String>)> = Vec::new();
        for file in 0..count {
            let mut lines: Vec<String> = (0..6).map(|at| format!("only {file} {at}")).collect();
            for _ in 0..random.below(8) {
                let line = if random.one_in(2) {
                    random.pick(&bad)
                } else {
                    random.pick(&fine)
                };
                lines.insert(random.below(lines.len() + 1), line.to_owned());
            }
            before.push((format!("f{file}"), lines));
        }
        let mut after = before.clone();
        let mut added = Vec::new();
        for (path, lines) in &mut after {
            if random.one_in(2) {
                path.insert_str(0, "moved/");
            }
            for _ in 0..random.below(3) {
                lines.insert(
                    random.below(lines.len() + 1),
                    random.pick(&["new", "# new", ""]).to_owned(),
                );
            }
            for _ in 0..random.below(3) {
                let line = random.pick(&bad);
                lines.insert(random.below(lines.len() + 1), line.to_owned());
                added.push(format!("{path} {line}"));
            }
        }
        let texts = |files: &[(String, Vec<String>)]| -> Vec<(String, String)> {
            let files = files.iter();
            let files = files.map(|(path, lines)| (path.clone(), lines.join("\n") + "\n"));
            files.collect()
        };
        let (old, new) = (texts(&before), texts(&after));
        let (old_tree, new_tree) = (borrowed(&old), borrowed(&new));
        let (introduced, fixed) = told(&old_tree, &new_tree);
        let mut lines: Vec<String> = introduced
            .iter()
            .map(|place| {
                let (path, line) = place.split_once(':').expect("a line");
                let text = new_tree
                    .iter()
                    .find(|(own, _)| *own == path)
                    .expect("the file")
                    .1;
                let number: usize = line.parse().expect("a number");
                format!("{path} {}", text.lines().nth(number - 1).expect("the line"))
            })
            .collect();
        lines.sort();
        added.sort();
        assert_eq!(lines, added, "round {round}: {old_tree:?} {new_tree:?}");
        assert_eq!(fixed, Vec::<String>::new(), "round {round}");
    }
}
