//! The guide to back pressure names rules that exist, and answers each row of its catalogue.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use flint::rules;

fn guide() -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/back-pressure.md");
    fs::read_to_string(path).expect("the guide")
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
fn the_readme_leads_to_the_guide() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(path).expect("the README");
    assert!(readme.contains("](docs/back-pressure.md)"));
}
