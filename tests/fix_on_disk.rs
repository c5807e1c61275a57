//! `flint fix` on files as users have them: patches, links, modes, names, exit codes.

mod common;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use common::{BAD, MENDED, code, err, out, run, sizes, tree};
use tempfile::TempDir;

const MIXED: [(&str, &str); 3] = [
    (
        "conf/flink-conf.yaml",
        "# slots\r\ntaskmanager.numberOfTaskSlots: 2\r\ntaskmanager.numberOfTaskSlots: \"4\"\r\nparallelism.default:3\r\n",
    ),
    (
        "conf/sysctl.conf",
        "# Flink\nnet.ipv4.tcp_rmem = 4096 87380 65536",
    ),
    (
        "my jobs/job.toml",
        "watermark_delay = \"5 s\"\n[window]\nsize = \"5 min\"\n",
    ),
];

fn copy(tree: &TempDir) -> TempDir {
    let copy = TempDir::new().expect("a temporary folder");
    for (path, _) in MIXED {
        let target = copy.path().join(path);
        fs::create_dir_all(target.parent().expect("a parent")).expect("folders");
        fs::copy(tree.path().join(path), target).expect("a copy");
    }
    copy
}

fn bytes(tree: &TempDir) -> Vec<Vec<u8>> {
    MIXED
        .iter()
        .map(|(path, _)| fs::read(tree.path().join(path)).expect("a file"))
        .collect()
}

fn patched_by(tool: &str, args: &[&str], folder: &Path, patch: &[u8]) {
    let mut child = Command::new(tool)
        .args(args)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("{tool}: {error}"));
    child
        .stdin
        .take()
        .expect("piped")
        .write_all(patch)
        .expect("the patch is read");
    assert!(
        child.wait().expect("it ends").success(),
        "{tool} refuses:\n{}",
        String::from_utf8_lossy(patch)
    );
}

#[test]
fn the_patch_gives_the_same_bytes_as_the_fix() {
    for (dry, real) in [
        (&["fix", "--dry-run"][..], &["fix", "--unsafe"][..]),
        (&["fix", "--dry-run", "--safe"], &["fix"]),
    ] {
        let original = tree(&MIXED);
        let (by_fix, by_git) = (copy(&original), copy(&original));
        let before = bytes(&original);
        let patch = run(original.path(), dry);
        assert_eq!(code(&patch), 1, "{}", err(&patch));
        assert_eq!(bytes(&original), before, "a dry run writes nothing");
        run(by_fix.path(), real);
        patched_by("git", &["apply", "-"], by_git.path(), &patch.stdout);
        assert_ne!(bytes(&original), bytes(&by_fix));
        assert_eq!(bytes(&by_fix), bytes(&by_git), "{}", out(&patch));
        let again = run(by_fix.path(), dry);
        assert_eq!(code(&again), 0, "{}", out(&again));
        assert_eq!(out(&again), "");
    }
}

#[test]
fn paths_in_a_patch_start_at_the_git_root() {
    let folder = tree(&[("a/b/flint.toml", ""), ("a/b/flink-conf.yaml", BAD)]);
    fs::create_dir(folder.path().join(".git")).expect("a folder");
    let output = run(&folder.path().join("a/b"), &["fix", "--dry-run"]);
    assert!(
        out(&output).contains("--- a/a/b/flink-conf.yaml\n+++ b/a/b/flink-conf.yaml\n"),
        "{}",
        out(&output)
    );
}

#[test]
fn paths_in_a_patch_start_at_the_current_folder_without_git() {
    let folder = tree(&[("deploy/flink-conf.yaml", BAD)]);
    let output = run(folder.path(), &["fix", "--dry-run", "deploy"]);
    assert!(
        out(&output).contains("--- a/deploy/flink-conf.yaml\n"),
        "{}",
        out(&output)
    );
    patched_by("git", &["apply", "-"], folder.path(), &output.stdout);
}

#[test]
fn fixing_exits_with_what_is_left() {
    let folder = tree(&[("flink-conf.yaml", BAD)]);
    let output = run(folder.path(), &["fix"]);
    assert_eq!(code(&output), 0, "{}", out(&output));
    assert_eq!(err(&output), "Fixed 1 problem in 1 file.\n");
    assert_eq!(
        fs::read_to_string(folder.path().join("flink-conf.yaml")).expect("a file"),
        MENDED
    );
    let changed = tree(&[("flink-conf.yaml", BAD)]);
    assert_eq!(code(&run(changed.path(), &["fix", "--fail-on-change"])), 1);
    let left = tree(&[("flink-conf.yaml", "parallelism.default:4\n")]);
    let output = run(left.path(), &["fix"]);
    assert_eq!(code(&output), 1);
    assert!(out(&output).contains("ignored-line"));
}

#[cfg(unix)]
#[test]
fn links_stay_links_and_modes_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tree(&[("real/base.yaml", BAD), ("conf/x", "")]);
    fs::set_permissions(
        folder.path().join("real/base.yaml"),
        fs::Permissions::from_mode(0o640),
    )
    .expect("a mode");
    symlink(
        "../real/base.yaml",
        folder.path().join("conf/flink-conf.yaml"),
    )
    .expect("a link");
    let output = run(folder.path(), &["fix"]);
    assert_eq!(code(&output), 0, "{}{}", out(&output), err(&output));
    assert!(folder.path().join("conf/flink-conf.yaml").is_symlink());
    let target = folder.path().join("real/base.yaml");
    assert_eq!(fs::read_to_string(&target).expect("a file"), MENDED);
    assert_eq!(
        fs::metadata(&target)
            .expect("metadata")
            .permissions()
            .mode()
            & 0o777,
        0o640
    );
    let names: Vec<_> = fs::read_dir(folder.path().join("real"))
        .expect("a folder")
        .collect();
    assert_eq!(names.len(), 1, "no temporary file is left");
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_project_is_refused() {
    use std::os::unix::fs::symlink;
    let outside = tree(&[("flink-conf.yaml", BAD)]);
    let folder = tree(&[("flint.toml", "")]);
    symlink(
        outside.path().join("flink-conf.yaml"),
        folder.path().join("flink-conf.yaml"),
    )
    .expect("a link");
    let output = run(folder.path(), &["fix"]);
    assert_eq!(code(&output), 2);
    assert!(
        err(&output).contains("outside of the project; nothing was written"),
        "{}",
        err(&output)
    );
    assert_eq!(
        fs::read_to_string(outside.path().join("flink-conf.yaml")).expect("a file"),
        BAD
    );
}

#[cfg(unix)]
#[test]
fn nothing_is_written_when_one_file_is_read_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tree(&[("a/flink-conf.yaml", BAD), ("b/flink-conf.yaml", BAD)]);
    fs::set_permissions(
        folder.path().join("b/flink-conf.yaml"),
        fs::Permissions::from_mode(0o444),
    )
    .expect("a mode");
    let output = run(folder.path(), &["fix"]);
    assert_eq!(code(&output), 2);
    assert_eq!(
        err(&output),
        "error: b/flink-conf.yaml: it is read-only; make it writable first; nothing was written\n"
    );
    for path in ["a/flink-conf.yaml", "b/flink-conf.yaml"] {
        assert_eq!(
            fs::read_to_string(folder.path().join(path)).expect("a file"),
            BAD
        );
    }
    let names: Vec<_> = fs::read_dir(folder.path().join("a"))
        .expect("a folder")
        .collect();
    assert_eq!(names.len(), 1, "no temporary file is left");
}

#[test]
fn a_patch_outside_of_git_applies_where_it_was_asked_for() {
    for marks in [&[("x", "")][..], &[("deploy/flint.toml", "")]] {
        let folder = tree(marks);
        fs::create_dir_all(folder.path().join("deploy/conf")).expect("a folder");
        let file = folder.path().join("deploy/conf/flink-conf.yaml");
        fs::write(&file, BAD).expect("a file");
        let patch = run(folder.path(), &["fix", "--dry-run", "--safe", "deploy"]);
        patched_by("patch", &["-p1"], folder.path(), &patch.stdout);
        let after = fs::read_to_string(&file).expect("a file");
        assert_eq!(after, MENDED);
    }
}

#[test]
fn a_comment_beside_a_lone_carriage_return_is_left_to_its_author() {
    // To the sysctl loaders this is one line.
    for text in [
        "net.core.rmem_max = 1\rvm.swappiness = 1 # flint: ignore[small-tcp-buffers]\rx\n",
        "vm.swappiness = 1 # flint: ignore[small-tcp-buffers]\r",
    ] {
        let folder = tree(&[("sysctl.conf", text)]);
        let output = run(folder.path(), &["fix"]);
        assert_eq!(code(&output), 1, "{}", err(&output));
        let after = fs::read_to_string(folder.path().join("sysctl.conf")).expect("a file");
        assert_eq!(after, text);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_no_text_are_told_apart_and_patched() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let folder = tree(&[]);
    let files = [b"\xfe".as_slice(), b"\xff"].map(|name| {
        let inner = folder.path().join(OsStr::from_bytes(name));
        fs::create_dir(&inner).expect("a folder");
        inner.join("flink-conf.yaml")
    });
    for file in &files {
        fs::write(file, BAD).expect("a file");
    }
    let patch = run(folder.path(), &["fix", "--dry-run", "--safe"]);
    patched_by("git", &["apply", "-"], folder.path(), &patch.stdout);
    for file in &files {
        let after = fs::read_to_string(file).expect("a file");
        assert_eq!(after, MENDED);
    }
}

#[test]
fn a_config_yaml_of_anything_is_left_to_those_who_know_it() {
    let text = "pipeline.generic-types:";
    let folder = tree(&[("conf/config.yaml", text)]);
    assert_eq!(code(&run(folder.path(), &["check"])), 0);
    let fixed = run(folder.path(), &["fix", "--unsafe"]);
    assert_eq!(code(&fixed), 0, "{}", err(&fixed));
    let after = fs::read_to_string(folder.path().join("conf/config.yaml"));
    assert_eq!(after.expect("the file"), text);
}

#[test]
fn an_ignore_that_is_no_text_goes_alone() {
    let folder = tree(&[]);
    let file = folder.path().join("flink-conf.yaml");
    let sizes: &[u8] = sizes!().as_bytes();
    let before = [b"# flint: ignore[plaintext-se\xe4cret]\n", sizes].concat();
    fs::write(&file, before).expect("a file");
    let fixed = run(folder.path(), &["fix"]);
    assert_eq!(code(&fixed), 0, "{}", err(&fixed));
    assert_eq!(fs::read(&file).expect("the file"), sizes);
}

/// A list is one value; what it is without an entry, nobody has said.
#[test]
fn a_key_that_stands_twice_in_a_list_is_left_to_its_author() {
    for mapping in [
        "a:\n  - b:\n      c: 1\n      c: 1\n",
        "a: &b\n  c: 1\n  c: 1\nd: [*b]\n",
    ] {
        let text = format!("taskmanager.numberOfTaskSlots: 1\n{mapping}");
        let folder = tree(&[("conf/config.yaml", text.as_str())]);
        let checked = run(folder.path(), &["check"]);
        assert!(out(&checked).contains("stands twice in one mapping"));
        let fixed = run(
            folder.path(),
            &["fix", "--unsafe", "--select", "duplicate-key"],
        );
        assert!(!err(&fixed).contains("please report"), "{}", err(&fixed));
        let after = fs::read_to_string(folder.path().join("conf/config.yaml"));
        assert_eq!(after.expect("the file"), text);
    }
}

/// A quote that a fix adds may be the one that closes an open quote above it.
#[test]
fn nothing_behind_a_quote_that_is_never_closed_is_repaired() {
    let text = "rest:\n \"port: 4\nr x\nrest:\n  port: 5\n8081: 1\nrest:\n  port: 6\n";
    let folder = tree(&[("conf/config.yaml", text)]);
    let checked = run(folder.path(), &["check"]);
    assert!(out(&checked).contains("the key `8081` is a number"));
    let fixed = run(folder.path(), &["fix", "--unsafe"]);
    assert!(!err(&fixed).contains("please report"), "{}", err(&fixed));
    let after = fs::read_to_string(folder.path().join("conf/config.yaml"));
    assert_eq!(after.expect("the file"), text);
}

/// A file that holds nothing else would be a BSD's, and none of flint's, once the line set something.
#[test]
fn a_parameter_that_only_a_bsd_has_is_no_lost_one() {
    let folder = tree(&[(
        "etc/sysctl.d/99-flink.conf",
        "net.inet.tcp.sendspace 65536\n",
    )]);
    let fixed = run(folder.path(), &["fix", "--flink-version", "1.20"]);
    assert!(!err(&fixed).contains("please report"), "{}", err(&fixed));
    let text = "net.inet.tcp.sendspace 65536\nvm.swappiness = 1\n";
    let folder = tree(&[("etc/sysctl.d/99-flink.conf", text)]);
    let checked = run(folder.path(), &["check", "--format", "concise"]);
    let said = out(&checked);
    assert!(said.contains("the loaders skip this line"), "{said}");
    assert!(!said.contains("does not set `net.inet"), "{said}");
}
