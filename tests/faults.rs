//! What goes wrong around flint: full disks, folders that may not be written to, a sudden end, streams that are
//! closed. A file is as it was or as it shall be, and every failure is one line.
#![cfg(target_os = "linux")]

mod common;

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use common::{BAD, MENDED, code, err, out, run, tree};
use tempfile::TempDir;

const BIN: &str = env!("CARGO_BIN_EXE_flint");

/// Runs a line of a shell in which `"$0"` is flint.
fn shell(folder: &Path, line: &str) -> Output {
    let mut command = Command::new("/bin/sh");
    command.current_dir(folder).env_clear();
    command.args(["-c", line, BIN]).output().expect("sh starts")
}

/// One line on standard error, and exit code 2.
fn assert_refused(output: &Output, words: &str) {
    let said = err(output);
    assert_eq!(code(output), 2, "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(
        said.starts_with("error: ") && said.contains(words),
        "{said}"
    );
}

/// A configuration that has something to fix and is larger than a file may become in these tests.
fn large() -> String {
    let mut text = BAD.to_owned();
    for number in 0..400 {
        text.push_str(&format!("# {number:0>60}\n"));
    }
    text
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    names
        .map(|name| name.to_string_lossy().into_owned())
        .collect()
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).expect("a file")
}

/// No file may grow beyond 16 blocks, and whoever tries is told so: as on a disk that is full.
const FULL: &str = "trap '' XFSZ; ulimit -f 16; exec \"$0\" ";

#[test]
fn a_disk_that_is_full_leaves_files_as_they_were() {
    let text = large();
    let folder = tree(&[("flink-conf.yaml", &text), ("b/flink-conf.yaml", BAD)]);
    let root = folder.path();
    assert_refused(&shell(root, &format!("{FULL} fix")), "nothing was written");
    assert_eq!(read(root, "flink-conf.yaml"), text);
    assert_eq!(
        read(root, "b/flink-conf.yaml"),
        BAD,
        "nothing at all is written"
    );
    assert_eq!(
        names(root).len() + names(&root.join("b")).len(),
        3,
        "nothing is left over"
    );
    let output = shell(root, &format!("{FULL} migrate -q ."));
    assert_refused(&output, "nothing was written");
    assert_eq!(names(root).len(), 2);
    // With room there is no such trouble.
    assert_eq!(code(&run(root, &["fix"])), 0);
    assert_ne!(read(root, "flink-conf.yaml"), text);
}

#[test]
fn a_disk_that_is_full_leaves_reports_and_baselines_as_they_were() {
    let lines = (0..300).map(|number| format!("my.key{number}: 1\nmy.key{number}: 2\n"));
    let text: String = lines.collect();
    let folder = tree(&[
        ("flink-conf.yaml", &text),
        ("report", "as it was"),
        ("base", ""),
    ]);
    let root = folder.path();
    for more in [
        "--format json=report",
        "--format json=new",
        "--baseline base --write-baseline",
    ] {
        let output = shell(root, &format!("{FULL} check --isolated -q {more}"));
        let said = err(&output);
        assert_eq!(code(&output), 2, "{said}");
        assert!(said.starts_with("error: "), "{said}");
        assert_eq!(read(root, "report"), "as it was");
        assert_eq!(read(root, "base"), "");
        assert_eq!(names(root).len(), 3, "{more} leaves nothing behind");
    }
    let output = run(root, &["check", "--format", "json=report"]);
    assert_eq!(code(&output), 1, "{}", err(&output));
    assert_ne!(read(root, "report"), "as it was");
}

#[test]
fn output_that_can_not_be_written_is_an_error() {
    let folder = tree(&[("flink-conf.yaml", BAD)]);
    for line in [
        "check",
        "check --format json",
        "check --format concise",
        "check --statistics",
        "show",
        "memory",
        "config",
        "rules",
        "explain duplicate-key",
        "fix --dry-run",
        "migrate --dry-run .",
        "completions bash",
    ] {
        let output = shell(folder.path(), &format!("exec \"$0\" {line} > /dev/full"));
        let said = err(&output);
        assert_eq!(code(&output), 2, "{line}: {said}");
        assert!(
            said.contains("error: standard output: no space left"),
            "{line}: {said}"
        );
    }
    // Where nobody hears of errors the work is done all the same.
    for closed in ["2> /dev/full", "2>&-", "<&- 2>&-", "<&- >&- 2>&-"] {
        let output = shell(folder.path(), &format!("exec \"$0\" check -v {closed}"));
        assert_eq!(code(&output), 1, "{closed}");
    }
    let output = shell(folder.path(), "exec \"$0\" fix >&- 2>&-");
    assert_eq!(code(&output), 0);
    assert_eq!(read(folder.path(), "flink-conf.yaml"), MENDED);
}

/// A reader that goes away is no error of flint's, wherever it stops.
#[test]
fn standard_output_may_be_closed_after_any_byte() {
    let folder = tree(&[
        ("flink-conf.yaml", BAD),
        ("a/flink-conf.yaml", &"rest.port: x\n".repeat(1000)),
    ]);
    for (args, wanted) in [
        (&["check"][..], 1),
        (&["check", "--format", "json"], 1),
        (&["check", "--format", "sarif"], 1),
        (&["show"], 0),
        (&["rules"], 0),
        (&["fix", "--dry-run"], 1),
    ] {
        let whole = run(folder.path(), args).stdout.len();
        for stop in [
            0,
            1,
            2,
            100,
            4095,
            4096,
            4097,
            65535,
            65536,
            65537,
            whole - 1,
        ] {
            let mut child = Command::new(BIN)
                .current_dir(folder.path())
                .env_clear()
                .args(args)
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .expect("flint starts");
            let mut pipe = child.stdout.take().expect("a pipe");
            let mut read = vec![0; stop.min(whole)];
            std::io::Read::read_exact(&mut pipe, &mut read).expect("that much is written");
            drop(pipe);
            let output = child.wait_with_output().expect("flint ends");
            let said = err(&output);
            assert_eq!(code(&output), wanted, "{args:?} after {stop} bytes: {said}");
            assert!(
                !said.contains("error"),
                "{args:?} after {stop} bytes: {said}"
            );
        }
    }
}

#[test]
fn neither_a_home_nor_a_terminal_nor_a_folder_to_stand_in_is_needed() {
    let folder = tree(&[("flink-conf.yaml", BAD), ("gone/x", "")]);
    for line in [
        "env -i \"$0\" check",
        "env -i HOME=/no/such \"$0\" check",
        "env -i TERM=dumb setsid \"$0\" check < /dev/null",
    ] {
        let output = shell(folder.path(), line);
        assert_eq!(code(&output), 1, "{line}: {}", err(&output));
    }
    for line in [
        "check",
        "check ../flink-conf.yaml",
        "show",
        "fix",
        "memory",
        "config",
        "explain duplicate-key",
    ] {
        fs::create_dir_all(folder.path().join("gone")).expect("a folder");
        let output = shell(
            &folder.path().join("gone"),
            &format!("rm -r ../gone; exec \"$0\" {line}"),
        );
        let said = err(&output);
        assert!(!said.contains("internal error"), "{line}: {said}");
        assert!(said.lines().count() <= 1, "{line}: {said}");
    }
}

/// Kills flint in the middle of its work, again and again.
#[test]
fn a_sudden_end_leaves_every_file_old_or_new() {
    const FILES: usize = 50;
    const ROUNDS: u32 = 12;
    let (text, new) = (BAD, MENDED);
    for round in 0..ROUNDS {
        let folder = TempDir::new().expect("a temporary folder");
        for number in 0..FILES {
            let own = folder.path().join(format!("{number}"));
            fs::create_dir(&own).expect("a folder");
            fs::write(own.join("flink-conf.yaml"), text).expect("a file");
        }
        let mut child = Command::new(BIN)
            .current_dir(folder.path())
            .env_clear()
            .args(["fix", "-q"])
            .stdout(Stdio::null())
            .spawn()
            .expect("flint starts");
        // From the first temporary file on, when the writing has begun.
        let is_begun =
            || (0..FILES).any(|number| names(&folder.path().join(number.to_string())).len() > 1);
        while !is_begun() && child.try_wait().expect("a child").is_none() {
            std::thread::sleep(Duration::from_micros(200));
        }
        std::thread::sleep(Duration::from_micros(u64::from(round) * 1000));
        child.kill().expect("a child");
        child.wait().expect("a child");
        let count = |wanted: &str| {
            let files = (0..FILES).filter(|number| {
                read(folder.path(), &format!("{number}/flink-conf.yaml")) == wanted
            });
            files.count()
        };
        let (olds, news) = (count(text), count(new));
        assert_eq!(olds + news, FILES, "a file is neither old nor new");
        // What is left over is no configuration to anybody, and in nobody's way.
        let left = |number: usize| names(&folder.path().join(number.to_string()));
        for name in (0..FILES)
            .flat_map(left)
            .filter(|name| name != "flink-conf.yaml")
        {
            assert!(
                name.starts_with(".flint-") && !name.contains(".yaml"),
                "{name}"
            );
        }
        assert_eq!(code(&run(folder.path(), &["fix", "-q"])), 0);
        assert_eq!(count(new), FILES, "the next run ends the work");
    }
}

/// The user that a test of permissions runs as: root may do anything.
fn as_nobody(folder: &Path, args: &[&str]) -> Option<Output> {
    let is_root =
        fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
    let mut command = Command::new(if is_root { "setpriv" } else { BIN });
    if is_root {
        command.args([
            "--reuid=65534",
            "--regid=65534",
            "--clear-groups",
            "--",
            BIN,
        ]);
    }
    command
        .current_dir(folder)
        .env_clear()
        .env("PATH", "/usr/bin:/bin");
    let output = command.args(args).output().ok()?;
    // Another user need not be able to reach the program itself.
    (output.status.code() != Some(127) && output.status.code() != Some(126)).then_some(output)
}

/// Makes a file or folder that user's own, with this mode.
fn give(path: &Path, mode: u32) {
    let _ = chown(path, Some(65534), Some(65534));
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("a mode");
}

#[test]
fn what_may_not_be_read_or_written_is_told_and_left_alone() {
    let folder = tree(&[
        ("folder/flink-conf.yaml", BAD),
        ("file/flink-conf.yaml", BAD),
        ("closed/flink-conf.yaml", BAD),
        ("secret/inner/flink-conf.yaml", BAD),
    ]);
    let root = folder.path();
    give(root, 0o755);
    for name in ["folder", "file", "closed"] {
        give(&root.join(name).join("flink-conf.yaml"), 0o644);
        give(&root.join(name), 0o755);
    }
    give(&root.join("folder"), 0o555);
    give(&root.join("file/flink-conf.yaml"), 0o444);
    give(&root.join("closed/flink-conf.yaml"), 0o000);
    give(&root.join("secret/inner"), 0o000);
    let Some(first) = as_nobody(&root.join("folder"), &["fix"]) else {
        let _ = writeln!(std::io::stderr(), "skipped: another user can't start {BIN}");
        return;
    };
    assert_refused(&first, "can't write beside it");
    assert_refused(
        &as_nobody(&root.join("folder"), &["migrate", "-q", "."]).expect("as before"),
        "its folder is read-only",
    );
    let output =
        as_nobody(&root.join("folder"), &["check", "--format", "json=report"]).expect("as before");
    assert_refused(&output, "report: ");
    assert_refused(
        &as_nobody(&root.join("file"), &["fix"]).expect("as before"),
        "it is read-only",
    );
    let output = as_nobody(&root.join("closed"), &["check"]).expect("as before");
    assert_refused(&output, "permission denied; it was not checked");
    // What was named must be looked into; what lies beside other things need not concern Flink.
    let output = as_nobody(root, &["check", "secret/inner"]).expect("as before");
    assert_refused(
        &output,
        "secret/inner: permission denied; it was not checked",
    );
    let output = as_nobody(root, &["check", "secret", "folder"]).expect("as before");
    let said = err(&output);
    assert_eq!(code(&output), 1, "{said}");
    assert_eq!(
        said,
        "warning: secret/inner: permission denied; what it holds was not checked\n"
    );
    give(&root.join("closed/flink-conf.yaml"), 0o644);
    give(&root.join("secret/inner"), 0o755);
    for name in ["folder", "file", "closed", "secret/inner"] {
        assert_eq!(read(root, &format!("{name}/flink-conf.yaml")), BAD);
        assert_eq!(names(&root.join(name)).len(), 1, "{name}");
    }
}

#[test]
fn names_that_are_no_text_or_several_lines_go_through_everything() {
    let folder = TempDir::new().expect("a temporary folder");
    let root = folder.path();
    let odd: [&[u8]; 6] = [b"a\nb", b"\xff\xfe", b"c\td", b" e ", b"-f", b"g\"'`$(x)"];
    for name in odd {
        let own = root.join(OsStr::from_bytes(name));
        fs::create_dir(&own).expect("a folder");
        fs::write(own.join("flink-conf.yaml"), BAD).expect("a file");
    }
    let concise = run(root, &["check", "--format", "concise"]);
    let lines = out(&concise);
    let findings = lines
        .lines()
        .filter(|line| line.contains("[duplicate-key]"));
    assert_eq!(findings.count(), odd.len(), "{lines}");
    for format in ["json", "sarif", "gitlab", "rdjson"] {
        let text = out(&run(root, &["check", "--format", format]));
        let read: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert!(!read.is_null());
    }
    let base = ["check", "--baseline", "base"];
    assert_eq!(
        code(&run(root, &[&base[..], &["--write-baseline"]].concat())),
        0
    );
    let known = run(root, &base);
    assert_eq!(
        (code(&known), err(&known).as_str()),
        (0, ""),
        "{}",
        out(&known)
    );
    assert_eq!(code(&run(root, &["fix"])), 0);
    for name in odd {
        let text = fs::read_to_string(root.join(OsStr::from_bytes(name)).join("flink-conf.yaml"));
        assert_eq!(text.expect("a file"), MENDED);
    }
}

#[test]
fn a_folder_of_ten_thousand_files_is_no_trouble() {
    let folder = TempDir::new().expect("a temporary folder");
    let root = folder.path();
    for number in 0..10_000 {
        let name = match number % 4 {
            0 => format!("{number}.txt"),
            1 => format!("{number}.yaml"),
            2 => format!("Order{number}.java"),
            _ => format!("{number}.properties"),
        };
        fs::write(root.join(name), "class Order {}\n").expect("a file");
    }
    fs::write(root.join("flink-conf.yaml"), BAD).expect("a file");
    let start = std::time::Instant::now();
    let output = run(root, &["check"]);
    assert_eq!(code(&output), 1, "{}", err(&output));
    assert!(out(&output).contains(" 1 file"), "{}", out(&output));
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "{:?}",
        start.elapsed()
    );
}
