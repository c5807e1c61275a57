//! The guides name rules that exist, and that to back pressure answers each row of its catalogue.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use flint::rules;

fn read(path: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(path).expect("a file of the repository")
}

fn guide() -> String {
    read("docs/back-pressure.md")
}

/// What a text links to as rules: the text of the link, and the name in its target.
fn linked(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for part in text.split("](../rules/").collect::<Vec<_>>().windows(2) {
        let shown = part[0].rsplit('[').next().unwrap_or_default();
        let target = part[1].split(".md)").next().unwrap_or_default();
        found.push((shown.trim_matches('`').to_owned(), target.to_owned()));
    }
    found
}

#[test]
fn every_rule_that_the_guide_names_exists() {
    let guide = guide();
    let known: BTreeSet<&str> = rules::all().iter().map(|front| front.name).collect();
    let linked = linked(&guide);
    assert!(linked.len() > 60, "{}", linked.len());
    for (shown, target) in linked {
        assert_eq!(shown, target, "a link says one rule and leads to another");
        assert!(known.contains(target.as_str()), "no rule {target}");
    }
}

#[test]
fn every_row_of_the_catalogue_has_a_rule_or_a_reason() {
    let guide = guide();
    let rows: Vec<Vec<&str>> = guide
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| |"))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    let numbers: Vec<String> = rows.iter().map(|row| row[0].to_owned()).collect();
    let wanted: Vec<String> = (1..=31).map(|number: u32| number.to_string()).collect();
    assert_eq!(numbers, wanted);
    for row in &rows {
        let [_, advice, verdict, answer] = row.as_slice() else {
            panic!("a row of four cells: {row:?}");
        };
        assert!(!advice.is_empty() && !verdict.is_empty(), "{row:?}");
        let reason = answer.strip_prefix("No rule: ");
        let has_reason = reason.is_some_and(|reason| reason.len() > 20 && reason.ends_with('.'));
        assert!(
            has_reason || !linked(answer).is_empty(),
            "neither a rule nor a reason: {row:?}"
        );
    }
}

#[test]
fn each_of_the_six_causes_says_how_to_see_check_and_mend_it() {
    let guide = guide();
    let causes: Vec<&str> = guide
        .split("\n## ")
        .filter(|part| part.starts_with(|first: char| first.is_ascii_digit()))
        .collect();
    assert_eq!(causes.len(), 6);
    for cause in causes {
        let title = cause.lines().next().unwrap_or_default();
        for part in [
            "**At run time.**",
            "**What flint checks.**",
            "**What it fixes.**",
            "**What advice gets wrong.**",
        ] {
            assert!(cause.contains(part), "{title}: {part}");
        }
        assert!(!linked(cause).is_empty(), "{title}: no rule");
    }
}

#[test]
fn the_readme_leads_to_the_guides() {
    let readme = read("README.md");
    assert!(readme.contains("](docs/back-pressure.md)"));
    assert!(readme.contains("](docs/linux-host.md)"));
    assert!(guide().contains("](linux-host.md)"));
}

#[test]
fn the_guide_to_the_host_names_every_rule_about_it() {
    let linked = linked(&read("docs/linux-host.md"));
    let known: BTreeSet<&str> = rules::all().iter().map(|front| front.name).collect();
    for (shown, target) in &linked {
        assert_eq!(shown, target, "a link says one rule and leads to another");
        assert!(known.contains(target.as_str()), "no rule {target}");
    }
    let list = read("src/rules/list.rs");
    for line in list.lines().filter(|line| line.contains("=> host::")) {
        let name = line.trim().trim_start_matches('"').split('"').next();
        let name = name.expect("a name in quotes");
        assert!(
            linked.iter().any(|(_, target)| target == name),
            "docs/linux-host.md does not name {name}"
        );
    }
}

#[test]
fn the_readme_leads_to_what_a_change_brings_and_that_to_its_rule() {
    let read = |path: &str| {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path);
        fs::read_to_string(path).expect("a page")
    };
    assert!(read("README.md").contains("](docs/since.md)"));
    let page = read("docs/since.md");
    let linked = linked(&page);
    assert!(!linked.is_empty());
    for (shown, target) in linked {
        assert_eq!(shown, target);
        assert!(rules::OF_CHANGES.contains(&target.as_str()), "{target}");
    }
}
