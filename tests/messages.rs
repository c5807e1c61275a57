//! What flint says when it can't do its job: one line that names what is wrong, what was probably meant, and
//! where to go on.

mod common;

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use common::{code, err, out, tree};

const BAD: &str = "taskmanager.numberOfTaskSlots:4\n";

fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flint"));
    command.current_dir(folder).env_clear().args(args);
    command.stdin(Stdio::null());
    command
}

fn flint(folder: &Path, args: &[&str]) -> Output {
    command(folder, args).output().expect("flint starts")
}

#[test]
fn a_command_line_that_makes_no_sense_costs_one_line() {
    let folder = tree(&[("flink-conf.yaml", BAD)]);
    for (args, wanted) in [
        (
            &["chekc"][..],
            "error: unrecognized subcommand 'chekc'; did you mean `check`?; see `flint --help`",
        ),
        (
            &["check", "--formt", "json"],
            "error: unexpected argument '--formt' found; did you mean `--format`?; see `flint check --help`",
        ),
        (
            &["check", "--color", "alway"],
            "error: invalid value 'alway' for '--color <WHEN>'; possible values: auto, always, never; \
             did you mean `always`?; see `flint check --help`",
        ),
        (
            &["fix", "--safe"],
            "error: the following required arguments were not provided: --dry-run; see `flint fix --help`",
        ),
        (
            &["rules", "--group", "securty"],
            "error: invalid value 'securty' for '--group <GROUP>': it is none of correctness, reliability, \
             performance, security, upgrade, pedantic, policy; did you mean `security`?; see `flint rules --help`",
        ),
        (
            &["check", "--error-on", "eror"],
            "error: invalid value 'eror' for '--error-on <SEVERITY>': it is none of note, warning, error, \
             never; did you mean `error`?; see `flint check --help`",
        ),
        (
            &["check", "-", "flink-conf.yaml"],
            "error: `-` is standard input and stands alone; a file of that name is `./-`",
        ),
        (
            &["man", "chekc"],
            "error: man chekc: it is none of check, fix, show, config, memory, migrate, explain, rules; \
             did you mean `check`?",
        ),
        (
            &["man", "--into", "flink-conf.yaml"],
            "error: flink-conf.yaml: it is no folder",
        ),
    ] {
        let output = flint(folder.path(), args);
        assert_eq!(code(&output), 2, "{args:?}");
        assert_eq!(err(&output), format!("{wanted}\n"), "{args:?}");
        assert_eq!(out(&output), "", "{args:?}");
    }
}

#[test]
fn a_baseline_that_is_none_is_told_where_it_is_named() {
    let folder = tree(&[
        ("flint.toml", "baseline = \"conf\"\n"),
        ("conf/flink-conf.yaml", BAD),
    ]);
    let output = flint(folder.path(), &["check"]);
    let wanted = "error: flint.toml:1:12: conf: no regular file; name a file for the baseline\n";
    assert_eq!((code(&output), err(&output).as_str()), (2, wanted));
}

#[test]
fn a_key_of_flint_toml_that_stands_twice_is_named() {
    for (text, wanted) in [
        (
            "error-on = \"note\"\nerror-on = \"error\"\n",
            "2:1: `error-on`",
        ),
        ("[host]\nkernel = \"6.12\"\n[host]\n", "3:2: `host`"),
    ] {
        let folder = tree(&[("flint.toml", text), ("flink-conf.yaml", BAD)]);
        let output = flint(folder.path(), &["check"]);
        let wanted =
            format!("error: flint.toml:{wanted} stands here a second time; keep one of the two\n");
        assert_eq!((code(&output), err(&output)), (2, wanted));
    }
}

#[test]
fn help_stays_what_it_is() {
    let folder = tree(&[]);
    let output = flint(folder.path(), &["check", "--help"]);
    assert_eq!((code(&output), err(&output).as_str()), (0, ""));
    assert!(out(&output).lines().count() > 20);
    let output = flint(folder.path(), &[]);
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("Report problems"));
}

#[test]
fn every_command_says_where_it_found_nothing() {
    let folder = tree(&[("docs/a.txt", "x\n"), ("other.yaml", "a: b\n")]);
    for (command, kind) in [
        ("check", "Flink, sysctl or job files"),
        ("fix", "Flink, sysctl or job files"),
        ("show", "Flink, sysctl or job files"),
        ("memory", "configuration of a Flink cluster"),
    ] {
        for (paths, shown) in [
            (&[][..], "."),
            (&["docs"][..], "docs"),
            (&["docs", "other.yaml"], "docs, other.yaml"),
        ] {
            let output = flint(folder.path(), &[&[command], paths].concat());
            assert_eq!(code(&output), 0, "{command} {paths:?}");
            let wanted = format!("warning: no {kind} under {shown}\n");
            assert_eq!(err(&output), wanted, "{command} {paths:?}");
        }
        // Said once, and not again of the same file.
        let output = flint(folder.path(), &[command, "docs/a.txt"]);
        let wanted = "warning: docs/a.txt is none of the files that flint reads\n";
        assert_eq!((code(&output), err(&output).as_str()), (0, wanted));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn what_the_system_refuses_is_said_without_its_numbers() {
    let folder = tree(&[("flink-conf.yaml", BAD)]);
    for args in [
        &["check"][..],
        &["rules"],
        &["check", "--format", "json"],
        &["man"],
    ] {
        let full = File::options().write(true).open("/dev/full");
        let mut command = command(folder.path(), args);
        let output = command.stdout(full.expect("a device")).output();
        let output = output.expect("flint starts");
        assert_eq!(code(&output), 2, "{args:?}");
        assert_eq!(
            err(&output),
            "error: standard output: no space left\n",
            "{args:?}"
        );
    }
    let place = File::open(folder.path()).expect("a folder");
    let mut command = command(folder.path(), &["check", "-"]);
    let output = command.stdin(place).output().expect("flint starts");
    let wanted = "error: standard input: it is a folder\n";
    assert_eq!((code(&output), err(&output).as_str()), (2, wanted));
}

/// Runs flint as a user from whom files can be kept; nothing where it can't be run like that.
#[cfg(unix)]
fn as_nobody(folder: &Path, args: &[&str]) -> Option<Output> {
    use std::os::unix::fs::MetadataExt;
    use std::os::unix::process::CommandExt;
    let mut command = command(folder, args);
    let owner = fs::metadata("/proc/self").or_else(|_| fs::metadata(folder));
    if owner.is_ok_and(|own| own.uid() == 0) {
        command.uid(65534);
    }
    command.output().ok()
}

#[cfg(unix)]
#[test]
fn what_may_not_be_read_or_written_is_named_and_nothing_passes_unseen() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tree(&[
        ("shut/flink-conf.yaml", BAD),
        (
            "open/flink-conf.yaml",
            "parallelism.default: 2\nparallelism.default: 2\n",
        ),
    ]);
    let root = folder.path();
    let set = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("a mode");
    };
    set(root, 0o755);
    set(&root.join("open"), 0o555);
    set(&root.join("shut"), 0);
    let shut = "error: shut: permission denied; it was not checked\n";
    for args in [&["check", "shut"][..], &["show", "shut"], &["fix", "shut"]] {
        let Some(output) = as_nobody(root, args) else {
            return;
        };
        assert_eq!(
            (code(&output), err(&output).as_str()),
            (2, shut),
            "{args:?}"
        );
    }
    // One that nobody names may be a database's, and is only told.
    let all = as_nobody(root, &["check", "--format", "json", "."]).expect("it ran before");
    let told = "warning: shut: permission denied; what it holds was not checked\n";
    assert_eq!((code(&all), err(&all).as_str()), (1, told));
    // Paths limit what is reported, and what nobody wants to be read need not be readable.
    let of_open = as_nobody(root, &["check", "open"]).expect("it ran before");
    assert_eq!((code(&of_open), err(&of_open).as_str()), (1, ""));
    fs::write(root.join("flint.toml"), "exclude = [\"shut\"]\n").expect("a file");
    let rest = as_nobody(root, &["check", "."]).expect("it ran before");
    assert_eq!((code(&rest), err(&rest).as_str()), (1, ""));

    let output = as_nobody(root, &["fix", "open"]).expect("it ran before");
    let wanted = "error: open/flink-conf.yaml: can't write beside it: permission denied; nothing was written\n";
    assert_eq!((code(&output), err(&output).as_str()), (2, wanted));
    set(&root.join("shut"), 0o755);
    set(&root.join("open"), 0o755);
}
