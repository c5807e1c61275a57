//! Ignore comments: until when they hold, what they must say, and what they may not silence.

mod common;

use std::process::Command;

use common::{configs, out, tree};
use flint::config::{Config, Configs};
use flint::date::Date;
use flint::finding::Finding;
use flint::text::Sources;

/// Findings of a source on a day, all of them that are not notes about Kryo.
fn found(path: &str, text: &str, today: &str, toml: &str) -> (Sources, Vec<Finding>) {
    let mut sources = Sources::default();
    sources.add(path, text);
    let mut all = Configs::single(Config::parse("flint.toml", toml).expect("a configuration"));
    all.today = Date::parse(today);
    let mut found = common::findings(&sources, &all);
    found.retain(|finding| finding.rule != "missing-kryo-registration");
    (sources, found)
}

/// `rule place`, with `-` before what is silenced.
fn shown(path: &str, text: &str, today: &str, toml: &str) -> Vec<String> {
    let (sources, found) = found(path, text, today, toml);
    let line = |finding: &Finding| {
        let place = sources.get(finding.at.source).place(finding.at.span.start);
        let silenced = if finding.suppressed.is_some() {
            "-"
        } else {
            ""
        };
        format!("{silenced}{} {}:{}", finding.rule, place.line, place.column)
    };
    found.iter().map(line).collect()
}

const SIZES: &str =
    "jobmanager.memory.process.size: 1600m\ntaskmanager.memory.process.size: 1728m\n";

fn conf(comment: &str) -> String {
    format!("{comment}\nrest.adress: a\n{SIZES}")
}

#[test]
fn an_ignore_holds_on_its_last_day_and_not_after_it() {
    let text = conf("# flint: ignore[misspelled-option] until=2027-01-31 until the upgrade");
    let on = |today| shown("conf/flink-conf.yaml", &text, today, "");
    assert_eq!(on("2027-01-30"), ["-misspelled-option 2:1"]);
    assert_eq!(on("2027-01-31"), ["-misspelled-option 2:1"]);
    let after = ["expired-ignore 1:42", "misspelled-option 2:1"];
    assert_eq!(on("2027-02-01"), after);
    // Wherever it stands behind the bracket.
    let text = conf("# flint: ignore[misspelled-option] the upgrade, until=2027-01-31");
    let shown = shown("conf/flink-conf.yaml", &text, "2027-02-01", "");
    assert_eq!(shown, ["expired-ignore 1:55", "misspelled-option 2:1"]);
    // Nobody said which day it is.
    assert_eq!(on(""), ["-misspelled-option 2:1"]);
}

#[test]
fn the_reason_stands_behind_the_day_or_before_it() {
    for (comment, reason) in [
        (
            "# flint: ignore[misspelled-option] until=2027-01-31 the reason",
            "the reason",
        ),
        (
            "# flint: ignore[misspelled-option] the reason until=2027-01-31; see there",
            "the reason see there",
        ),
        (
            "# flint: ignore[misspelled-option] http://wiki?until=2020-01-31",
            "http://wiki?until=2020-01-31",
        ),
        ("# flint: ignore[misspelled-option]until=2027-01-31", ""),
        (
            "# flint: file-ignore[misspelled-option]  until=2027-01-31\tx ",
            "x",
        ),
    ] {
        let (_, found) = found("conf/flink-conf.yaml", &conf(comment), "2026-01-01", "");
        let suppressed = found[0].suppressed.as_ref().expect(comment);
        assert_eq!(
            (suppressed.by, suppressed.reason.as_str()),
            ("comment", reason)
        );
        assert_eq!(found.len(), 1, "{comment}");
    }
}

#[test]
fn what_is_no_day_is_named_with_its_place_and_does_not_end() {
    for (day, column) in [("2027-02-30", 42), ("soon", 42), ("", 42), ("2027-1-1", 42)] {
        let text = conf(&format!("# flint: ignore[misspelled-option] until={day} x"));
        assert_eq!(
            shown("conf/flink-conf.yaml", &text, "2099-01-01", ""),
            [
                format!("invalid-ignore-date 1:{column}"),
                "-misspelled-option 2:1".to_owned()
            ],
            "{day}"
        );
    }
}

#[test]
fn an_expired_ignore_without_a_finding_is_unused() {
    let text = format!("# flint: ignore[misspelled-option] until=2020-01-01 x\n{SIZES}");
    assert_eq!(
        shown("conf/flink-conf.yaml", &text, "2026-01-01", ""),
        ["unused-ignore 1:17"]
    );
}

#[test]
fn of_two_ignores_the_one_in_force_counts() {
    let text = format!(
        "# flint: file-ignore[misspelled-option] until=2020-01-01 old\n\
         # flint: ignore[misspelled-option] new\nrest.adress: a\n{SIZES}"
    );
    let shown = shown("conf/flink-conf.yaml", &text, "2026-01-01", "");
    assert_eq!(shown, ["expired-ignore 1:47", "-misspelled-option 3:1"]);
}

#[test]
fn days_are_read_in_every_kind_of_comment() {
    let sql = "-- flint: ignore[sql-rejected-definition] until=2020-01-01 x\n\
        CREATE TABLE t (id INT, PRIMARY KEY (id)) WITH ('connector' = 'kafka');\n";
    let block = "/* flint: ignore[sql-rejected-definition] until=2020-01-01*/\n\
        CREATE TABLE t (id INT, PRIMARY KEY (id)) WITH ('connector' = 'kafka');\n";
    let sysctl = "; flint: ignore[sysctl-out-of-range] until=2020-01-01 x\nvm.swappiness = 900\n";
    for (path, text) in [
        ("a.sql", sql),
        ("a.sql", block),
        ("etc/sysctl.d/9.conf", sysctl),
    ] {
        let shown = shown(path, text, "2026-01-01", "");
        assert!(shown[0].starts_with("expired-ignore 1:"), "{text}{shown:?}");
        assert!(
            shown.len() == 2 && !shown[1].starts_with('-'),
            "{text}{shown:?}"
        );
    }
}

#[test]
fn code_is_spoken_of_in_any_comment() {
    let job = |top: &str, above: &str, behind: &str| {
        format!(
            "{top}import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;\n\
             class Job {{\n  void run(StreamExecutionEnvironment env) throws Exception {{\n{above}    \
             env.getConfig().enableForceKryo();{behind}\n    env.execute();\n  }}\n}}\n"
        )
    };
    let one = "flint: ignore[forced-kryo] x";
    let all = "flint: file-ignore[forced-kryo] x";
    for (text, silenced) in [
        (job("", &format!("    // {one}\n"), ""), true),
        (job("", &format!("    /* {one} */\n"), ""), true),
        (
            job("", &format!("    /*\n     * {one}\n     */\n"), ""),
            true,
        ),
        (job("", "", &format!(" // {one}")), true),
        (job(&format!("/** {all} */\n"), "", ""), true),
        (
            job(&format!("/*\n * A licence.\n * {all}\n */\n"), "", ""),
            true,
        ),
        (job(&format!("/*\n  {all}\n*/\n"), "", ""), true),
        (
            job("", &format!("    String s = \"// {one}\";\n"), ""),
            false,
        ),
        (
            job("", &format!("    /* x */ int a = 1\n * {one};\n"), ""),
            false,
        ),
    ] {
        let shown = shown("Job.java", &text, "", "");
        let own = shown.iter().find(|own| own.contains("forced-kryo"));
        let own = own.unwrap_or_else(|| panic!("{text}{shown:?}"));
        assert_eq!(own.starts_with('-'), silenced, "{text}{shown:?}");
        assert!(!shown.iter().any(|own| own.contains("ignore")), "{shown:?}");
    }
}

#[test]
fn a_reason_is_asked_for_on_request() {
    let bare = conf("# flint: ignore[misspelled-option]");
    let dated = conf("# flint: ignore[misspelled-option] until=2027-01-31");
    let full = conf("# flint: ignore[misspelled-option] until=2027-01-31 agreed");
    let on = |text: &str, toml| shown("conf/flink-conf.yaml", text, "2026-01-01", toml);
    let asked = "require-reason = true\n";
    for text in [&bare, &dated] {
        let found = on(text, asked);
        assert_eq!(
            found,
            ["ignore-without-reason 1:1", "-misspelled-option 2:1"]
        );
        assert_eq!(on(text, ""), ["-misspelled-option 2:1"]);
    }
    assert_eq!(on(&full, asked), ["-misspelled-option 2:1"]);
}

#[test]
fn what_nobody_may_ignore_is_reported_and_the_comment_says_why() {
    let text = conf("# flint: ignore[misspelled-option] we know better");
    let toml = "[rules.misspelled-option]\nignorable = false\n";
    let (_, found) = found("conf/flink-conf.yaml", &text, "2026-01-01", toml);
    let rules: Vec<&str> = found.iter().map(|finding| finding.rule.as_str()).collect();
    assert_eq!(rules, ["unused-ignore", "misspelled-option"]);
    assert!(found.iter().all(|finding| finding.suppressed.is_none()));
    let message = "flint.toml lets no comment silence `misspelled-option`";
    assert_eq!(found[0].message, message);
}

#[test]
fn the_command_line_knows_the_day() {
    // Days that are past, and to come, for as long as anybody runs this.
    for (day, code) in [("2001-01-31", 1), ("9999-12-31", 0)] {
        let text = conf(&format!("# flint: ignore[misspelled-option] until={day} x"));
        let folder = tree(&[("flink-conf.yaml", &text)]);
        let mut command = Command::new(env!("CARGO_BIN_EXE_flint"));
        command.current_dir(folder.path()).env_clear().arg("check");
        let output = command.output().expect("flint starts");
        assert_eq!(output.status.code(), Some(code), "{}", out(&output));
        assert_eq!(out(&output).contains("expired-ignore"), code == 1);
    }
    // Tests of rules have none.
    assert_eq!(configs(None, &[]).today, None);
}
