//! Rule pages: the list, the front matter, the headings, and every example run as a test.
//! `BLESS=1 cargo test --test pages` writes the static table anew, and, run once more with that compiled
//! in, the recorded outputs and patches.

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use common::{blessing, configs, diff, findings_after, fixed, previous, sources};
use flint::config::{Base, BaselineFile, Config, OptionValue};
use flint::date::Date;
use flint::finding::Safety;
use flint::page::{CheckText, Example, Page, TestText, Text};
use flint::report::{OutputFormat, Report, Run, Style, Summary, render};
use flint::rules::{self, Group, OF_THE_ENGINE, RULES};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("rules")
}

fn pages() -> Vec<(String, String, Page)> {
    let mut pages = Vec::new();
    for entry in fs::read_dir(folder()).expect("the folder of pages") {
        let path = entry.expect("an entry").path();
        let stem = path
            .file_stem()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let text = fs::read_to_string(&path).expect("UTF-8");
        let page = Page::parse(&text).unwrap_or_else(|error| panic!("rules/{stem}.md: {error}"));
        pages.push((stem, text, page));
    }
    pages.sort_by(|left, right| left.0.cmp(&right.0));
    pages
}

#[test]
fn the_list_is_the_folder() {
    let listed: Vec<String> = RULES
        .iter()
        .map(|entry| Page::parse(entry.page).expect("a page").name)
        .collect();
    for (stem, _, page) in pages() {
        assert_eq!(page.name, stem, "the title of rules/{stem}.md");
        assert!(
            listed.contains(&stem),
            "rules/{stem}.md has no line in src/rules/list.rs"
        );
    }
    assert!(
        listed.is_sorted_by(|one, other| one < other),
        "src/rules/list.rs is not sorted by name: {listed:#?}"
    );
}

#[test]
fn every_page_has_what_a_reader_needs() {
    for (name, _, page) in pages() {
        let wanted = [
            "Why",
            "Example",
            "Fix",
            "When it does not apply",
            "References",
        ];
        assert_eq!(page.headings, wanted, "{name}: headings");
        assert!(
            page.summary.ends_with('.') && page.summary.len() <= 110,
            "{name}: the summary is one sentence with a dot, of at most 110 characters"
        );
        assert_ne!(
            page.front.group,
            Group::Policy,
            "{name}: policies are rules of an organisation"
        );
        for check in &page.front.checks {
            assert!(
                check.message.is_some() && check.help.is_some(),
                "{name}: a check says what is wrong and why"
            );
        }
        assert!(
            page.examples.iter().any(|example| example.bad),
            "{name}: no bad example"
        );
        assert!(
            page.examples.iter().any(|example| !example.bad),
            "{name}: no good example"
        );
    }
}

#[test]
fn a_rule_is_coded_or_declared_or_of_the_engine() {
    if !table_is_current() {
        return;
    }
    for (front, entry) in rules::all().iter().zip(RULES) {
        let of_engine = OF_THE_ENGINE.contains(&front.name);
        let ways = [entry.code.is_some(), !front.checks.is_empty(), of_engine];
        let count = ways.iter().filter(|way| **way).count();
        assert_eq!(
            count, 1,
            "{}: a rule has a function in the list, or a check on its page, or is one of OF_THE_ENGINE",
            front.name
        );
    }
    let names: BTreeSet<&str> = rules::all().iter().map(|front| front.name).collect();
    assert_eq!(names.len(), rules::all().len());
}

#[test]
fn keys_in_declared_checks_exist() {
    for front in rules::all() {
        for check in front.checks {
            let conditions = check.when.iter().map(|condition| condition.key);
            let keys = conditions.chain([check.key]);
            for key in keys {
                assert!(
                    flint::flink::options::is_option(key),
                    "{}: Flink has no option {key}",
                    front.name
                );
            }
        }
    }
}

/// The static table that the rules of this test run with.
const COMPILED_IN: &str = include_str!("../src/rules/front_matter.rs");

/// Whether that table is the one of the pages. Where it is not, `the_static_table_is_that_of_the_pages`
/// says what to do, and what else would go wrong is not worth a word.
fn table_is_current() -> bool {
    table(&pages()) == COMPILED_IN
}

#[test]
fn the_static_table_is_that_of_the_pages() {
    if table_is_current() {
        return;
    }
    if blessing() {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/rules/front_matter.rs");
        fs::write(&path, table(&pages())).expect("a writable source");
        panic!("src/rules/front_matter.rs was written anew: run the same command again");
    }
    panic!(
        "src/rules/front_matter.rs is not that of rules/*.md: run BLESS=1 cargo test --test pages"
    );
}

/// The front matter of all pages as a static table.
fn table(pages: &[(String, String, Page)]) -> String {
    let mut out = String::from(
        "//! The front matter of `rules/*.md` as data. Written by `BLESS=1 cargo test --test pages`.\n\n\
         #![allow(clippy::unreadable_literal, reason = \"numbers as the pages write them\")]\n\n\
         use super::declared::{Check, Condition, DeclaredFix, Space, Test};\n\
         use super::{DefaultValue, Fixes, FrontMatter, Group};\n\
         use crate::finding::{Safety, Severity};\n\
         use crate::flink::version::Versions;\n\n\
         #[rustfmt::skip]\n\
         pub(super) static FRONT_MATTER: &[FrontMatter] = &[\n",
    );
    for (name, _, page) in pages {
        let front = &page.front;
        let (safe, unsafe_) = (front.fixes.safe, front.fixes.unsafe_);
        let versions = front.versions.bits();
        let options: Vec<String> = front
            .options
            .iter()
            .map(|(name, value)| {
                let value = match value {
                    OptionValue::Integer(number) => format!("DefaultValue::Integer({number})"),
                    OptionValue::Text(text) => format!("DefaultValue::Text({text:?})"),
                    OptionValue::Words(words) => format!("DefaultValue::Words(&{words:?})"),
                };
                format!("({name:?}, {value})")
            })
            .collect();
        out.push_str(&format!(
            "    FrontMatter {{\n\
             \x20       name: {name:?},\n\
             \x20       summary: {:?},\n\
             \x20       severity: Severity::{:?},\n\
             \x20       group: Group::{:?},\n\
             \x20       versions: Versions::from_bits({versions:#06x}),\n\
             \x20       fixes: Fixes {{ safe: {safe}, unsafe_: {unsafe_} }},\n\
             \x20       options: &[{}],\n",
            page.summary,
            front.severity,
            front.group,
            options.join(", "),
        ));
        out.push_str("        checks: &[");
        for check in &front.checks {
            out.push_str(&check_text(name, check));
        }
        out.push_str(if front.checks.is_empty() {
            "],\n    },\n"
        } else {
            "\n        ],\n    },\n"
        });
    }
    out.push_str("];\n");
    out
}

/// A test as source text.
fn test_text(name: &str, test: &TestText) -> String {
    let value = |own: &Text| own.value.clone();
    match test {
        TestText::Present => "Test::Present".to_owned(),
        TestText::Absent => "Test::Absent".to_owned(),
        TestText::Is(own) => format!("Test::Is({:?})", value(own)),
        TestText::Not(own) => format!("Test::Not({:?})", value(own)),
        TestText::AtLeast(own) => format!("Test::AtLeast({:?})", value(own)),
        TestText::AtMost(own) => format!("Test::AtMost({:?})", value(own)),
        TestText::OneOf(list) => {
            let values: Vec<String> = list.iter().map(value).collect();
            format!("Test::OneOf(&{values:?})")
        }
        TestText::Matches(_) => {
            panic!("{name}: an expression is no data that costs nothing at start")
        }
    }
}

fn check_text(name: &str, check: &CheckText) -> String {
    let when: Vec<String> = check
        .when
        .iter()
        .map(|(key, test)| {
            let (key, test) = (&key.value, test_text(name, test));
            format!("Condition {{ key: {key:?}, space: Space::Flink, test: {test} }}")
        })
        .collect();
    let must: Vec<String> = check
        .must
        .iter()
        .map(|test| test_text(name, test))
        .collect();
    let said = |text: &Option<Text>| text.as_ref().map(|text| text.value.clone());
    let fix = check.fix.as_ref().map_or("None".to_owned(), |fix| {
        let risk = said(&fix.risk).unwrap_or_default();
        assert_eq!(
            fix.safety == Safety::Unsafe,
            !risk.is_empty(),
            "{name}: an unsafe fix says what it risks, and no other one"
        );
        format!(
            "Some(DeclaredFix {{ set: {:?}, safety: Safety::{:?}, risk: {risk:?} }})",
            said(&fix.set),
            fix.safety
        )
    });
    format!(
        "\n            Check {{\n                when: &[{}],\n                key: {:?},\n                space: Space::Flink,\n                must: &[{}],\n                default: {:?},\n                message: {:?},\n                label: {:?},\n                help: {:?},\n                fix: {fix},\n            }},",
        when.join(", "),
        check.key.value,
        must.join(", "),
        said(&check.default),
        said(&check.message).unwrap_or_default(),
        said(&check.label).unwrap_or_default(),
        said(&check.help).unwrap_or_default(),
    )
}

/// What a rule says about an example, and the patch of its fixes.
fn run(name: &str, example: &Example) -> (String, String) {
    let (toml, files): (Vec<_>, Vec<_>) = example
        .files
        .iter()
        .map(|(path, text)| (path.clone(), text.clone().into_bytes()))
        .partition(|(path, _)| path == "flint.toml");
    let sources = sources(&files);
    let mut baselines = sources
        .0
        .iter()
        .filter(|own| own.path == "flint-baseline.txt");
    let baseline = baselines.next().map(|source| source.id);
    let select = if OF_THE_ENGINE.contains(&name) {
        vec![]
    } else {
        vec![name]
    };
    let mut configs = configs(example.version.as_deref(), &select);
    // What an example says of the machines and of rules; its version and its rule are those of the fence.
    for (path, text) in toml {
        let text = String::from_utf8_lossy(&text).into_owned();
        let stated = Config::parse(&path, &text).unwrap_or_else(|error| panic!("{name}: {error}"));
        configs.each(|config| {
            config.host = stated.host;
            config.require_reason = stated.require_reason;
            config.rules.clone_from(&stated.rules);
        });
    }
    configs.today = Date::parse("2026-02-01");
    if let Some(source) = baseline {
        configs.each(|config| config.baseline_number = Some(0));
        configs.baselines.push(BaselineFile {
            source,
            base: Base::default(),
            scope: vec![String::new()],
            judged: true,
            gone: BTreeSet::new(),
        });
    }
    let before: Vec<_> = example
        .before
        .iter()
        .map(|(path, text)| (path.clone(), text.clone().into_bytes()))
        .collect();
    let mut found = findings_after(&sources, &configs, previous(&before));
    found.retain(|finding| finding.suppressed.is_none() && finding.rule == name);
    let report = Report {
        sources: &sources,
        findings: &found,
        summary: Summary::of(&found),
        run: Run::default(),
    };
    let mut out = Vec::new();
    let style = Style {
        width: 92,
        ..Style::default()
    };
    if !found.is_empty() {
        render(OutputFormat::Full, &report, &style, &mut out).expect("a vector takes all");
    }
    let text = String::from_utf8(out).expect("UTF-8 output");
    let own = text
        .lines()
        .take_while(|line| !is_summary(line))
        .collect::<Vec<_>>()
        .join("\n");
    let plan = fixed(&sources, &configs, true);
    (own.trim().to_owned() + "\n", diff(&sources, &plan.sources))
}

fn is_summary(line: &str) -> bool {
    let counts = ["problem (", "problems (", "problem in", "problems in"];
    line.starts_with("No problems")
        || line.starts_with(|c: char| c.is_ascii_digit())
            && counts.iter().any(|word| line.contains(word))
}

#[test]
fn examples_say_what_the_rule_says() {
    if !table_is_current() {
        return;
    }
    let mut wrong = String::new();
    for (name, text, page) in pages() {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let mut changed = false;
        let mut patched = false;
        for example in page.examples.iter().rev() {
            let (output, patch) = run(&name, example);
            patched |= !patch.is_empty();
            if !example.bad {
                assert_eq!(output.trim(), "", "{name}: a good example says nothing");
                continue;
            }
            assert!(
                !output.trim().is_empty(),
                "{name}: the rule says nothing about this bad example: {:#?}",
                example.files
            );
            let patch_block = (!patch.is_empty()).then(|| patch.clone());
            if example.output.as_deref() == Some(output.as_str()) && example.diff == patch_block {
                continue;
            }
            wrong.push_str(&format!("{name}:\n{output}{patch}\n"));
            changed = true;
            let mut end = example.end;
            for old in [&example.diff, &example.output].into_iter().flatten() {
                // The fences, the text and the blank line above.
                let length = old.lines().count() + 3;
                lines.drain(end - length..end);
                end -= length;
            }
            let mut block = vec![String::new(), "```text output".to_owned()];
            block.extend(output.lines().map(str::to_owned));
            block.push("```".to_owned());
            if let Some(patch) = patch_block {
                block.extend([String::new(), "```diff fix".to_owned()]);
                block.extend(patch.lines().map(str::to_owned));
                block.push("```".to_owned());
            }
            lines.splice(end..end, block);
        }
        let fixes = page.front.fixes;
        assert_eq!(
            patched,
            fixes.safe || fixes.unsafe_,
            "{name}: whether examples have a patch, and whether the front matter says `fix: safe` or so"
        );
        if changed && blessing() {
            fs::write(folder().join(format!("{name}.md")), lines.join("\n") + "\n")
                .expect("a writable page");
        }
    }
    assert!(
        wrong.is_empty() || blessing(),
        "recorded outputs differ; run BLESS=1 cargo test --test pages and read the diff:\n{wrong}"
    );
}
