//! Files, names and texts made to do harm: they act on no terminal, hang nothing, and no configuration has
//! anything written outside of its project.
#![cfg(unix)]

mod common;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use common::{err, out, tree};

/// Clears the screen, sets the title, begins a command with one character, turns the direction of text,
/// deletes, and writes over the line.
const WILD: &str = "\u{1b}[2J\u{1b}]0;x\u{7}\u{9b}31m\u{202e}\u{7f}\r";

/// The same without what ends a line or a value in some format.
const MILD: &str = "\u{1b}[2J\u{1b}]0;x\u{7}\u{9b}31m\u{202e}\u{7f}";

fn flint(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flint"));
    command.current_dir(folder).env_clear();
    command.env("PATH", "/usr/local/bin:/usr/bin:/bin");
    command
}

/// Runs flint, which has to end by itself.
fn run(folder: &Path, args: &[&str]) -> Output {
    let mut child = flint(folder)
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("flint starts");
    let start = Instant::now();
    let mut streams = (child.stdout.take(), child.stderr.take());
    let read = std::thread::spawn(move || {
        let mut text = [Vec::new(), Vec::new()];
        let [own, other] = &mut text;
        let _ = std::io::copy(streams.0.as_mut().expect("a pipe"), own);
        let _ = std::io::copy(streams.1.as_mut().expect("a pipe"), other);
        text
    });
    while child.try_wait().expect("a child").is_none() {
        if start.elapsed() > Duration::from_secs(30) {
            child.kill().expect("a child");
            panic!("{args:?} hangs");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let [stdout, stderr] = read.join().expect("a reader");
    Output {
        status: child.wait().expect("a child"),
        stdout,
        stderr,
    }
}

/// Nothing in an output acts on a terminal. Returns what it says.
fn assert_tame(args: &[&str], output: &Output) -> String {
    let text = out(output) + &err(output);
    let is_wild = |c: &char| {
        let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        turns || c.is_control() && *c != '\n' && *c != '\t'
    };
    let line = text.lines().find(|line| line.chars().any(|c| is_wild(&c)));
    assert_eq!(line, None, "{args:?}");
    assert!(!text.contains('\r'), "{args:?}");
    assert!(!text.is_empty(), "{args:?} says something");
    text
}

#[test]
fn nothing_in_files_and_their_names_acts_on_a_terminal() {
    let conf = format!("dir{MILD}/flink-conf.yaml");
    let files: &[(&str, &str)] = &[
        (
            &conf,
            &format!(
                "# {WILD} flint: ignore[{MILD}] {MILD}\n\
                 taskmanager.numberOfTaskSlots{MILD}: 4\ntaskmanager.numberOfTaskSlots: {WILD}\n\
                 taskmanager.memory.process.size: 1{MILD}g\n{MILD} no line\n\
                 jobmanager.memory.process.size: 1600m\nrest.port: {MILD}\nrest.port: 1\n\
                 metrics.reporter.{MILD}.class: {MILD}\ns3.secret-key: {MILD}\n"
            ),
        ),
        (
            "yaml/config.yaml",
            &format!(
                "rest:\n  port: \"\\e[2J\\x9b\\u202e\"\n  \"\\e[2J\": 1\nparallelism.default: '{MILD}'\n"
            ),
        ),
        (
            "broken/config.yaml",
            &format!("rest.port: [{MILD}\n{MILD}: {MILD}: {{\n"),
        ),
        (
            "etc/sysctl.d/99-flink.conf",
            &format!(
                "net.core.rmem_max{MILD} = 1\nnet.core.rmem_max = {MILD}\nvm.swappiness 1{MILD}\n"
            ),
        ),
        (
            "k8s/flink.yaml",
            &format!(
                "apiVersion: flink.apache.org/v1beta1\nkind: FlinkDeployment\n\
                 metadata: {{name: \"a\\e[2J\\x9b\", namespace: \"\\e[2J\"}}\nspec:\n  flinkVersion: \"v1_18\\e[2J\"\n  \
                 image: \"flink:1.18\\e[2J\"\n  flinkConfiguration:\n    \"rest.port\\e[2J\": \"\\x9b1\"\n    \
                 rest.port: \"\\e[2J\"\n  job: {{parallelism: \"\\e[2J\"}} # {MILD}\n"
            ),
        ),
        (
            "docker-compose.yml",
            "services:\n  \"a\\e[2J\":\n    image: \"flink:1.20\\e[2J\"\n    environment:\n      \
             FLINK_PROPERTIES: \"rest.port: \\e[2J\\nrest.port: 2\"\n    command: \"-Drest.port=\\e[2J\"\n",
        ),
        (
            "jobs/Job.java",
            &format!(
                "import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;\nclass Job {{\n  \
                 void run() {{\n    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();\n    \
                 env.setParallelism(0); // {MILD}\n    env.executeSql(\"SET 'rest.port' = '{MILD}'\");\n  }}\n}}\n"
            ),
        ),
        (
            "jobs/job.sql",
            &format!(
                "SET 'rest.port{MILD}' = '{MILD}';\nCREATE TABLE `{MILD}` (a INT) WITH ('connector' = '{MILD}');\n"
            ),
        ),
    ];
    let folder = tree(files);
    let formats = [
        "full", "concise", "json", "sarif", "github", "gitlab", "junit", "rdjson", "markdown",
    ];
    for format in formats {
        for more in [&[][..], &["-v"], &["--statistics"], &["--show-ignored"]] {
            let args = [&["check", "--format", format], more].concat();
            let said = assert_tame(&args, &run(folder.path(), &args));
            let is_counted = more == ["--statistics"] && ["full", "concise"].contains(&format);
            assert!(is_counted || said.contains("dir"), "{args:?}");
        }
    }
    let (conf, copy) = (conf.as_str(), format!("new{MILD}"));
    fs::create_dir(folder.path().join(&copy)).expect("a folder");
    fs::copy(
        folder.path().join(conf),
        folder.path().join(&copy).join("flink-conf.yaml"),
    )
    .expect("a file");
    let old = format!("{copy}/flink-conf.yaml");
    fs::write(folder.path().join(&old), "rest.port: 1\n").expect("a file");
    let no_such = format!("{conf}{MILD}");
    for args in [
        &["show"][..],
        &["show", "--format", "json"],
        &["config"],
        &["memory"],
        &["memory", "--format", "json"],
        &["memory", "--format", "markdown"],
        &["memory", "--format", "svg"],
        &["memory", "--compare", conf],
        &["memory", "--set", &format!("rest.port={MILD}")],
        &["explain", &format!("Could not {MILD}")],
        &["explain", &format!("metrics.reporter.{MILD}.class")],
        &["explain", MILD],
        &["migrate", conf],
        &["migrate", &old],
        &["check", &no_such],
        &["check", "--config", &no_such],
        &["check", "--config", conf],
        &["check", "--baseline", conf],
        &["check", "--baseline", &no_such],
        &["check", "--format", &format!("json={no_such}/x")],
        &["check", "--select", MILD],
        &["check", "--since", MILD],
        &["memory", "--compare", MILD],
        &["fix", "--unsafe"],
    ] {
        assert_tame(args, &run(folder.path(), args));
    }
}

#[test]
fn no_page_of_a_policy_acts_on_a_terminal() {
    let page = |check: &str| {
        format!(
            "---\nseverity: error\ngroup: policy\nversions: all\ncheck:\n{check}---\n# acme-port\n\n\
             Ports {MILD} are taken.\n\n## Why\nBecause {MILD}.\n\n## Example\n\n```flink-conf.yaml bad\n\
             rest.port: 1 # {MILD}\n```\n\n```flink-conf.yaml good\nrest.port: 2\n```\n"
        )
    };
    let check =
        "  key: rest.port\n  matches: '^[2\u{202e}]'\n  message: \"taken \\e[2J \\x9b {value}\"\n";
    let broken = format!("  key{MILD}: rest.port\n");
    for (check, wanted) in [
        (check, "]: taken"),
        (&broken, "error: policies/acme-port.md:"),
    ] {
        let page = page(check);
        let folder = tree(&[
            ("flint.toml", "policies = [\"policies\"]\n"),
            ("flink-conf.yaml", "rest.port: 1\n"),
            ("policies/acme-port.md", &page),
        ]);
        for args in [
            &["check"][..],
            &["check", "-v"],
            &["check", "--format", "json"],
            &["check", "--format", "sarif"],
            &["check", "--format", "markdown"],
            &["explain", "acme-port"],
            &["rules"],
            &["rules", "--format", "json"],
            &["rules", "--test"],
            &["config"],
        ] {
            assert_tame(args, &run(folder.path(), args));
        }
        let said = assert_tame(&["check"], &run(folder.path(), &["check"]));
        assert!(said.contains(wanted), "{said}");
    }
}

#[test]
fn nothing_in_flint_toml_and_a_baseline_acts_on_a_terminal() {
    let settings = "rest.port: 1\nrest.port: 2\n";
    let basic = "\\u001b[2J\\u009b\\u202e";
    for toml in [
        format!("select = [\"{basic}\"]\n"),
        format!("\"{basic}\" = 1\n"),
        format!("baseline = \"{basic}\"\n"),
        format!("extend = \"{basic}\"\n"),
        format!("flink-version = \"{basic}\"\n"),
        format!("[rules.\"{basic}\"]\nseverity = \"note\"\n"),
        format!("[rules.duplicate-key]\nseverity = \"{basic}\"\n"),
        format!("[[overrides]]\npaths = [\"{basic}[\"]\n"),
        format!("[[deployment]]\nname = \"{basic}\"\npaths = [\"a/flink-conf.yaml\"]\n"),
        format!("# {MILD}\nselect = [{MILD}]\n"),
        format!("select = {MILD}\n"),
    ] {
        let folder = tree(&[("a/flink-conf.yaml", settings), ("flint.toml", &toml)]);
        for args in [
            &["check"][..],
            &["check", "-v"],
            &["config"],
            &["config", "--format", "json"],
            &["show"],
        ] {
            assert_tame(args, &run(folder.path(), args));
        }
    }
    let head = "# flint baseline, version 1\n";
    for text in [
        format!("{MILD}\n"),
        format!("{head}{MILD}\n"),
        format!("{head}# {MILD}\n0123456789abcdef  {MILD}  {MILD}  {MILD}\n"),
    ] {
        let folder = tree(&[("flink-conf.yaml", settings), ("base.txt", &text)]);
        let args = ["check", "--baseline", "base.txt"];
        assert_tame(&args, &run(folder.path(), &args));
    }
}

#[test]
fn nothing_that_git_says_acts_on_a_terminal() {
    let folder = tree(&[("flink-conf.yaml", "rest.port: 1\n")]);
    let git = |args: &[&str]| {
        let mut git = Command::new("git");
        git.current_dir(folder.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null");
        let args = [
            &[
                "-c",
                "user.name=a",
                "-c",
                "user.email=a@b",
                "-c",
                "init.defaultBranch=main",
            ],
            args,
        ]
        .concat();
        assert!(
            git.args(args)
                .output()
                .expect("git starts")
                .status
                .success()
        );
    };
    git(&["init", "-q"]);
    let name = format!("gone{MILD}.txt");
    fs::write(folder.path().join(&name), "x").expect("a file");
    fs::create_dir(folder.path().join(MILD)).expect("a folder");
    let moved = folder.path().join(MILD).join("flink-conf.yaml");
    fs::write(&moved, "rest.port: 1\nrest.port: 2\n").expect("a file");
    git(&["add", "-A"]);
    git(&["commit", "-qm", MILD]);
    fs::remove_file(&moved).expect("a file");
    fs::write(folder.path().join("flink-conf.yaml"), "rest.port: x\n").expect("a file");
    let no_such = format!("x{MILD}");
    for args in [
        &["check", "--since", "HEAD"][..],
        &["check", "--since", "HEAD", "--format", "json"],
        &["check", "--since", "HEAD", "--format", "markdown"],
        &["check", "--since", &no_such],
        &["check", "--since", &format!("HEAD:{name}")],
        &["memory", "--compare", &no_such],
    ] {
        assert_tame(args, &run(folder.path(), args));
    }
}

#[test]
fn a_configuration_has_nothing_written_outside_of_its_project() {
    let folder = tree(&[
        ("project/flint.toml", "baseline = \"../out.txt\"\n"),
        ("project/flink-conf.yaml", "rest.port: 1\nrest.port: 2\n"),
        ("empty.txt", ""),
    ]);
    let (outer, project) = (folder.path(), folder.path().join("project"));
    fs::create_dir(project.join(".git")).expect("a folder");
    symlink("../empty.txt", project.join("link.txt")).expect("a link");
    symlink("..", project.join("up")).expect("a link");
    let args = ["check", "--write-baseline"];
    for (named, says) in [
        ("../out.txt", "only --baseline FILE writes there"),
        ("../empty.txt", "only --baseline FILE writes there"),
        ("link.txt", "only --baseline FILE writes there"),
        ("up/out.txt", "only --baseline FILE writes there"),
    ] {
        fs::write(
            project.join("flint.toml"),
            format!("\nbaseline = \"{named}\"\n"),
        )
        .expect("a file");
        let output = run(&project, &args);
        assert_eq!(output.status.code(), Some(2), "{named}");
        let said = err(&output);
        assert!(said.starts_with("error: flint.toml:2:"), "{said}");
        assert!(said.contains(says), "{said}");
        assert!(!outer.join("out.txt").exists(), "{named}");
        assert_eq!(
            fs::read_to_string(outer.join("empty.txt")).expect("a file"),
            ""
        );
    }
    // Whoever names it on the command line may.
    let output = run(
        &project,
        &["check", "--write-baseline", "--baseline", "../out.txt"],
    );
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert!(outer.join("out.txt").exists());
    // So does the flint.toml of a part of a repository with what stands above it.
    let part = project.join("part");
    fs::create_dir(&part).expect("a folder");
    fs::write(part.join("flint.toml"), "baseline = \"../base.txt\"\n").expect("a file");
    fs::write(part.join("flink-conf.yaml"), "rest.port: 1\nrest.port: 2\n").expect("a file");
    assert_eq!(run(&part, &args).status.code(), Some(0));
    assert!(project.join("base.txt").exists());
}

#[test]
fn a_fix_stays_inside_of_the_project() {
    let bad = "rest.port: 1\nrest.port: 2\n";
    let folder = tree(&[("out/flink-conf.yaml", bad), ("project/a.txt", "")]);
    let project = folder.path().join("project");
    fs::create_dir_all(project.join("file")).expect("a folder");
    symlink(
        "../../out/flink-conf.yaml",
        project.join("file/flink-conf.yaml"),
    )
    .expect("a link");
    symlink("../out", project.join("folder")).expect("a link");
    for args in [&["fix"][..], &["fix", "--unsafe"], &["fix", "file"]] {
        run(&project, args);
        let kept = fs::read_to_string(folder.path().join("out/flink-conf.yaml"));
        assert_eq!(kept.expect("a file"), bad, "{args:?}");
    }
}

#[test]
fn special_files_hang_nothing() {
    let folder = tree(&[("ok/flink-conf.yaml", "rest.port: 1\n")]);
    let root = folder.path();
    let fifo = |name: &str| {
        fs::create_dir_all(root.join(name).parent().expect("a parent")).expect("folders");
        let made = Command::new("mkfifo").arg(root.join(name)).status();
        assert!(made.expect("mkfifo starts").success());
    };
    for name in [
        "a/flink-conf.yaml",
        "a/config.yaml",
        "a/job.sql",
        "a/Job.java",
        "a/Dockerfile",
        "a/pom.xml",
        "a/workers",
        "etc/sysctl.d/1.conf",
        "pipe",
    ] {
        fifo(name);
    }
    for (link, target) in [
        ("zero/flink-conf.yaml", "/dev/zero"),
        ("zero/sysctl.conf", "/dev/zero"),
        ("zero/pom.xml", "/dev/zero"),
        ("zero/Job.java", "/dev/zero"),
        ("tty/config.yaml", "/dev/tty"),
        ("self/flink-conf.yaml", "flink-conf.yaml"),
        ("up/up", ".."),
        ("up/down", "."),
    ] {
        fs::create_dir_all(root.join(link).parent().expect("a parent")).expect("folders");
        symlink(target, root.join(link)).expect("a link");
    }
    let _socket =
        std::os::unix::net::UnixListener::bind(root.join("a/values.yaml")).expect("a socket");
    // What leads to itself is told of, what is no file is passed over.
    let output = run(root, &["check"]);
    let said = err(&output);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.starts_with("error: self/flink-conf.yaml: "), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(out(&output).contains(" 1 file"), "{}", out(&output));
    fs::remove_file(root.join("self/flink-conf.yaml")).expect("a link");
    let output = run(root, &["check"]);
    assert_eq!((output.status.code(), err(&output).as_str()), (Some(0), ""));
    for args in [
        &["show"][..],
        &["memory"],
        &["fix"],
        &["check", "a/flink-conf.yaml"],
        &["check", "zero/flink-conf.yaml"],
        &["check", "--config", "pipe"],
        &["check", "--config", "/dev/zero"],
        &["check", "--baseline", "pipe"],
        &["check", "--write-baseline", "--baseline", "pipe"],
        &["memory", "--compare", "a/flink-conf.yaml"],
        &["migrate", "a"],
        &["migrate", "a/flink-conf.yaml"],
        &["migrate", "zero"],
        &["migrate", "/dev/zero"],
    ] {
        run(root, args);
    }
    fs::write(root.join("flint.toml"), "extend = \"pipe\"\n").expect("a file");
    let said = err(&run(root, &["check"]));
    assert!(said.contains("pipe"), "{said}");
    fs::remove_file(root.join("flint.toml")).expect("a file");
    fifo("flint.toml");
    run(root, &["check"]);
    run(root, &["config"]);
}
