//! `flint migrate` on files as users have them.

mod common;

use std::fs;

use common::{code, err, out, run, tree};

const OLD: &str = "# slots\ntaskmanager.numberOfTaskSlots: 4\nno pair\ntaskmanager.host: a\n";
const NEW: &str =
    "# slots\ntaskmanager:\n  numberOfTaskSlots: 4\n  # (was ignored) no pair\n  host: a\n";

#[test]
fn migrate_writes_beside_the_old_file_and_never_over_a_new_one() {
    let folder = tree(&[("conf/flink-conf.yaml", OLD)]);
    let new = folder.path().join("conf/config.yaml");
    let dry = run(folder.path(), &["migrate", "conf", "--dry-run"]);
    assert_eq!((code(&dry), out(&dry)), (0, NEW.to_owned()));
    assert!(err(&dry).contains("note: conf/flink-conf.yaml:3: Flink ignores this line"));
    assert!(!new.exists());
    let output = run(folder.path(), &["migrate", "conf"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert!(out(&output).starts_with("Wrote 2 settings for Flink 2.3 to conf/config.yaml.\n"));
    assert!(out(&output).contains("1.19 and 1.20 read conf/flink-conf.yaml"));
    assert_eq!(fs::read_to_string(&new).expect("the new file"), NEW);
    let old = fs::read_to_string(folder.path().join("conf/flink-conf.yaml"));
    assert_eq!(old.expect("the old file"), OLD);
    let names = fs::read_dir(folder.path().join("conf")).expect("a folder");
    assert_eq!(names.count(), 2, "no temporary file is left");
    fs::write(&new, "mine: 1\n").expect("a file");
    let again = run(folder.path(), &["migrate", "conf/flink-conf.yaml"]);
    assert_eq!(code(&again), 2);
    assert!(err(&again).starts_with("error: conf/config.yaml exists already; "));
    assert_eq!(fs::read_to_string(&new).expect("a file"), "mine: 1\n");
    let dry = run(
        folder.path(),
        &["migrate", "-q", "--dry-run", "--flat", "conf"],
    );
    assert_eq!((code(&dry), err(&dry)), (0, String::new()));
    assert!(out(&dry).contains("\ntaskmanager.host: a\n"));
}

#[test]
fn migrate_takes_its_version_from_the_flag_then_from_flint_toml() {
    let folder = tree(&[
        ("flint.toml", "flink-version = \"1.18..1.20\"\n"),
        ("conf/flink-conf.yaml", "a.b: 1\n"),
    ]);
    let old = run(
        folder.path(),
        &["migrate", "conf", "--flink-version", "1.18"],
    );
    assert_eq!(code(&old), 2);
    assert!(err(&old).contains("Flink 1.18 does not read config.yaml"));
    let stated = run(folder.path(), &["migrate", "conf"]);
    assert!(
        out(&stated).contains("for Flink 1.19-1.20 to"),
        "{}",
        out(&stated)
    );
    assert!(out(&stated).contains("--flink-version 1.19,1.20 conf/config.yaml"));
}

#[test]
fn migrate_says_why_it_does_not() {
    let folder = tree(&[
        ("conf/flink-conf.yaml", "# x\npipeline.jars: [a]\n"),
        (
            "k8s/flink-conf.yaml",
            "kind: ConfigMap\napiVersion: v1\ndata:\n  a: b\n",
        ),
        ("empty/x", ""),
    ]);
    let refused = run(folder.path(), &["migrate", "conf"]);
    assert_eq!((code(&refused), out(&refused)), (1, String::new()));
    assert!(err(&refused).starts_with("error: conf/flink-conf.yaml:2: flink-conf.yaml reads"));
    assert!(!folder.path().join("conf/config.yaml").exists());
    for (path, message) in [
        (
            "cnof",
            "error: cnof: no such file or folder; did you mean conf?\n",
        ),
        ("empty", "error: empty holds no flink-conf.yaml\n"),
        ("empty/x", "error: empty/x is no flink-conf.yaml\n"),
        ("k8s", "error: k8s/flink-conf.yaml is no flink-conf.yaml\n"),
    ] {
        let output = run(folder.path(), &["migrate", path]);
        assert_eq!((code(&output), err(&output)), (2, message.to_owned()));
    }
}

#[cfg(unix)]
#[test]
fn migrate_leaves_a_read_only_folder_alone_and_keeps_the_mode() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tree(&[("conf/flink-conf.yaml", OLD)]);
    let conf = folder.path().join("conf");
    let mode = |mode| fs::Permissions::from_mode(mode);
    fs::set_permissions(conf.join("flink-conf.yaml"), mode(0o640)).expect("a mode");
    fs::set_permissions(&conf, mode(0o555)).expect("a mode");
    let output = run(folder.path(), &["migrate", "-q", "conf"]);
    fs::set_permissions(&conf, mode(0o755)).expect("a mode");
    assert_eq!(code(&output), 2);
    assert_eq!(
        err(&output),
        "error: conf/config.yaml: its folder is read-only; make it writable first; nothing was written\n"
    );
    assert_eq!(code(&run(folder.path(), &["migrate", "-q", "conf"])), 0);
    let metadata = fs::metadata(conf.join("config.yaml")).expect("the new file");
    assert_eq!(metadata.permissions().mode() & 0o777, 0o640);
}
