//! Where reports go: one to standard output, others into files that are whole or as they were.

mod common;

use std::fs;
use std::path::Path;

use common::formats::{NAMES, SIZES, code, flint};
use common::{err, out, tree};
use serde_json::Value;

#[test]
fn a_file_has_no_colour_even_where_it_is_forced() {
    let folder = tree(&[("flink-conf.yaml", "a:1\n")]);
    let args = ["check", "--color", "always", "--format", "full", "--format"];
    for name in NAMES {
        let file = format!("{name}=report");
        let mut args = args.to_vec();
        if name == "full" {
            args.truncate(3);
            args.push("--format");
        }
        args.push(&file);
        flint(folder.path(), &args);
        let text = fs::read_to_string(folder.path().join("report")).expect("a report");
        assert!(!text.contains('\u{1b}'), "{name}");
        assert!(!text.is_empty(), "{name}");
    }
}

/// What flint says to formats that can't be: one line that says what to do.
fn refused(folder: &Path, args: &[&str]) -> String {
    let output = flint(folder, &[&["check"], args].concat());
    assert_eq!(code(&output), 2, "{args:?}");
    assert_eq!(out(&output), "", "{args:?}");
    err(&output)
}

#[test]
fn an_unknown_format_is_named_with_the_nearest() {
    let folder = tree(&[]);
    let said = refused(folder.path(), &["--format", "sarf"]);
    assert!(said.contains("did you mean `sarif`?"), "{said}");
    for name in NAMES {
        assert!(said.contains(name), "{said}");
    }
    let said = refused(folder.path(), &["--format", "json="]);
    assert!(
        said.contains("write `json` alone for standard output"),
        "{said}"
    );
    refused(folder.path(), &["--format", "json=-"]);
}

#[test]
fn reports_that_would_mix_are_refused() {
    let folder = tree(&[("flink-conf.yaml", SIZES)]);
    let two =
        |one: &str, other: &str| refused(folder.path(), &["--format", one, "--format", other]);
    let said = two("full", "sarif");
    assert_eq!(
        said,
        "error: sarif is a document of its own, but standard output has another report; write --format sarif=FILE\n"
    );
    assert!(two("json", "json").contains("give --format json once"));
    let said = two("json=out", "sarif=./out");
    assert!(
        said.contains("--format json and --format sarif go to one file"),
        "{said}"
    );
    assert!(!folder.path().join("out").exists());
    // Lines of a log follow one another.
    let args = ["check", "--format", "full", "--format", "github"];
    assert_eq!(code(&flint(folder.path(), &args)), 0);
}

#[test]
fn a_file_that_can_not_be_written_is_one_clear_error() {
    let folder = tree(&[("flink-conf.yaml", SIZES), ("reports/x", "")]);
    let said = |file: &str| refused(folder.path(), &["--format", file]);
    assert_eq!(
        said("sarif=no/such/x.sarif"),
        "error: no/such/x.sarif: there is no folder no/such; make it first: mkdir -p no/such\n"
    );
    assert_eq!(
        said("sarif=reports"),
        "error: reports: it is a folder; name a file in it\n"
    );
    assert!(said("sarif=flink-conf.yaml").contains("the place of a file that is checked"));
    let kept = fs::read_to_string(folder.path().join("flink-conf.yaml"));
    assert_eq!(kept.expect("the file"), SIZES);
    let mut mode = fs::metadata(folder.path().join("reports/x"))
        .expect("a file")
        .permissions();
    mode.set_readonly(true);
    fs::set_permissions(folder.path().join("reports/x"), mode).expect("a mode");
    let args = [
        "check",
        "--format",
        "sarif=reports/x",
        "--format",
        "gitlab=reports/y",
    ];
    let output = flint(folder.path(), &args);
    assert_eq!(code(&output), 2);
    assert!(
        err(&output).contains("reports/x: it is read-only"),
        "{}",
        err(&output)
    );
    // The other report is there all the same.
    assert!(folder.path().join("reports/y").exists());
}

#[cfg(unix)]
#[test]
fn a_report_takes_the_place_of_a_file_and_keeps_its_mode_and_its_link() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tree(&[("flink-conf.yaml", SIZES), ("old.json", "x")]);
    let place = |name: &str| folder.path().join(name);
    fs::set_permissions(place("old.json"), fs::Permissions::from_mode(0o640)).expect("a mode");
    symlink("old.json", place("link.json")).expect("a link");
    symlink("new.json", place("to-nothing.json")).expect("a link");
    for name in ["link.json", "to-nothing.json", "fresh.json"] {
        let format = format!("gitlab={name}");
        assert_eq!(
            code(&flint(folder.path(), &["check", "--format", &format])),
            0
        );
        assert_eq!(fs::read_to_string(place(name)).expect("a report"), "[]\n");
    }
    assert!(place("link.json").is_symlink() && place("to-nothing.json").is_symlink());
    let mode = |name: &str| {
        fs::metadata(place(name))
            .expect("a file")
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!(mode("old.json"), 0o640);
    assert_eq!(mode("fresh.json") & 0o600, 0o600);
    let left = fs::read_dir(folder.path()).expect("a folder");
    let left = left.filter(|entry| {
        let name = entry.as_ref().expect("an entry").file_name();
        name.to_string_lossy().starts_with(".flint-")
    });
    assert_eq!(left.count(), 0);
    // A device is written to, and stays.
    assert_eq!(
        code(&flint(
            folder.path(),
            &["check", "--format", "json=/dev/null"]
        )),
        0
    );
    let printed = flint(folder.path(), &["check", "--format", "gitlab=/dev/stdout"]);
    assert_eq!(out(&printed), "[]\n");
}

#[test]
fn statistics_take_the_place_of_findings_for_people_and_join_them_in_json() {
    let bad =
        format!("{SIZES}taskmanager.numberOfTaskSlots:4\n\nrest.port:2\nweb.submit.enabl: true\n");
    let folder = tree(&[("flink-conf.yaml", &bad)]);
    let args = ["check", "--statistics", "--format"];
    let output = flint(folder.path(), &[&args[..], &["concise"]].concat());
    assert_eq!(code(&output), 1);
    let table = out(&output);
    let first = table.lines().next().expect("a line");
    assert_eq!(first, "2  error  ignored-line  2 fixable with --unsafe");
    assert_eq!(table, out(&flint(folder.path(), &args[..2])));
    let json = flint(folder.path(), &[&args[..], &["json"]].concat());
    let json: Value = serde_json::from_str(&out(&json)).expect("JSON");
    assert_eq!(json["statistics"][0]["count"], 2);
    assert_eq!(
        json["findings"].as_array().map(Vec::len),
        Some(table.lines().count() + 1)
    );
    let clean = tree(&[("flink-conf.yaml", SIZES)]);
    let said = out(&flint(clean.path(), &["check", "--statistics"]));
    assert!(said.starts_with("No problems"), "{said}");
}
