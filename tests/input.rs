//! What the binary reads, and what it knows of a file: arguments, standard input, neighbours, files that harm.

mod common;

use std::fs;
use std::io::Write;
use std::process::Stdio;

use common::{BAD, MENDED, code, err, flint, out, run, sizes, tree};

#[test]
fn an_empty_standard_input_is_called_that() {
    let folder = tree(&[]);
    let output = flint(folder.path())
        .args(["check", "-"])
        .stdin(Stdio::null())
        .output()
        .expect("flint starts");
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("standard input is empty"));
}

#[test]
fn an_unknown_file_is_no_failure_for_hooks() {
    let folder = tree(&[
        ("main.rs", "fn main() {}\n"),
        ("flink-conf.yaml", concat!("a.b: 1\n", sizes!())),
    ]);
    let output = run(folder.path(), &["check", "main.rs", "flink-conf.yaml"]);
    assert_eq!(code(&output), 0, "{}", out(&output));
    assert_eq!(
        err(&output),
        "warning: main.rs is none of the files that flint reads\n"
    );
}

#[test]
fn a_declared_job_file_is_read_whatever_it_holds() {
    let project = tree(&[
        ("flint.toml", "[[job-config]]\nfiles = [\"jobs/*\"]\n"),
        ("jobs/visits.properties", "visits.tumble=10s\n"),
        ("jobs/values.yaml", "tumble: 10s\n"),
        ("other/visits.properties", "visits.tumble=10s\n"),
    ]);
    let output = run(project.path(), &["check", "--format", "concise"]);
    assert_eq!(out(&output).lines().count(), 2, "{}", out(&output));
    let named = run(project.path(), &["check", "jobs/values.yaml"]);
    assert!(
        out(&named).contains("missing-allowed-lateness"),
        "{}",
        out(&named)
    );
    assert!(!err(&named).contains("none of the files"));
}

#[test]
fn arguments_limit_what_is_reported_never_what_is_known() {
    let folder = tree(&[
        ("flint.toml", ""),
        ("conf/flink-conf.yaml", BAD),
        ("conf/config.yaml", "taskmanager.numberOfTaskSlots: 4\n"),
    ]);
    let whole = run(folder.path(), &["check", "--format", "concise"]);
    let alone = run(
        folder.path(),
        &["check", "--format", "concise", "conf/config.yaml"],
    );
    let from_inside = run(
        &folder.path().join("conf"),
        &["check", "--format", "concise", "config.yaml"],
    );
    let of_config = |text: String| -> Vec<String> {
        text.lines()
            .filter(|line| line.starts_with("conf/config.yaml"))
            .map(str::to_owned)
            .collect()
    };
    assert_eq!(of_config(out(&whole)), of_config(out(&alone)));
    assert_eq!(out(&alone), out(&from_inside));
    assert!(out(&alone).contains("wrong-config-file"));
    assert!(!out(&alone).contains("duplicate-key"));
}

#[test]
fn the_files_of_other_deployments_are_not_listed() {
    let folder = tree(&[
        ("a/flink-conf.yaml", "parallelism.default: 4\n"),
        ("b/flink-conf.yaml", "parallelism.default: 4\n"),
        ("flint.toml", ""),
    ]);
    let output = run(folder.path(), &["check", "-v", "a"]);
    let told = err(&output);
    assert!(told.contains("read: a/flink-conf.yaml"), "{told}");
    assert!(!told.contains("b/flink-conf.yaml"), "{told}");
}

#[test]
fn the_version_beside_a_configuration_is_found_whatever_is_named() {
    let folder = tree(&[
        (".gitignore", "vendor/\n"),
        ("Dockerfile", "FROM flink:1.18.1-java17\n"),
        ("conf/flink-conf.yaml", BAD),
        ("vendor/Dockerfile", "FROM flink:1.16\n"),
        ("module/pom.xml", "<flink.version>1.17.2</flink.version>\n"),
    ]);
    fs::create_dir(folder.path().join(".git")).expect("a folder");
    let from = "Flink 1.18 (image flink:1.18.1-java17 in Dockerfile:1)";
    for named in [".", "conf", "conf/flink-conf.yaml"] {
        let output = run(folder.path(), &["check", named]);
        assert!(out(&output).contains(from), "{named}: {}", out(&output));
    }
    let shown = out(&run(folder.path(), &["show"]));
    assert!(shown.starts_with(&format!(
        "conf   {from}, Java 17 (image flink:1.18.1-java17 in Dockerfile:1)\n"
    )));
    let json = out(&run(folder.path(), &["show", "--format", "json"]));
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let deployment = &json["deployments"][0];
    assert_eq!(deployment["flink_versions"], serde_json::json!(["1.18"]));
    assert_eq!(deployment["java"], 17);
    assert_eq!(deployment["version_from"]["path"], "Dockerfile");
    let mut input = flint(folder.path())
        .args(["check", "-", "--stdin-filename", "conf/flink-conf.yaml"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("flint starts");
    let mut stdin = input.stdin.take().expect("a pipe");
    stdin.write_all(BAD.as_bytes()).expect("flint reads");
    drop(stdin);
    let output = input.wait_with_output().expect("flint ends");
    assert!(out(&output).contains(from), "{}", out(&output));
}

#[test]
fn the_image_of_a_file_counts_before_what_lies_beside_it() {
    let folder = tree(&[
        (
            "Dockerfile",
            "FROM flink:1.18\nENV FLINK_PROPERTIES=\"parallelism.default: 4\"\n",
        ),
        (
            "orders.yaml",
            "apiVersion: flink.apache.org/v1beta1\nkind: FlinkDeployment\nmetadata: {name: orders}\n\
             spec:\n  flinkVersion: v1_20\n  flinkConfiguration: {parallelism.default: \"4\"}\n",
        ),
    ]);
    let shown = out(&run(folder.path(), &["show"]));
    assert!(
        shown.contains("Flink 1.18 (image flink:1.18 in Dockerfile:1)"),
        "{shown}"
    );
    assert!(
        shown.contains("Flink 1.20 (spec.flinkVersion in orders.yaml:5)"),
        "{shown}"
    );
}

#[test]
fn several_versions_are_not_ascribed_to_one_file() {
    let folder = tree(&[
        ("a/Dockerfile", "FROM flink:1.18\n"),
        ("a/flink-conf.yaml", BAD),
        ("b/Dockerfile", "FROM flink:1.20\n"),
        ("b/flink-conf.yaml", BAD),
    ]);
    let text = out(&run(folder.path(), &["check"]));
    assert!(
        text.contains("Flink 1.18, 1.20 (`flint show` says where each comes from)"),
        "{text}"
    );
}

#[test]
fn standard_input_is_linted_under_its_name() {
    let folder = tree(&[("flint.toml", "flink-version = \"1.20\"\n")]);
    let feed = |args: &[&str]| {
        let mut child = flint(folder.path())
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("flint starts");
        // A command line that is refused may end before the input is read.
        let _ = child.stdin.take().expect("piped").write_all(BAD.as_bytes());
        child.wait_with_output().expect("flint ends")
    };
    let output = feed(&[
        "check",
        "-",
        "--stdin-filename",
        "conf/flink-conf.yaml",
        "--format",
        "concise",
    ]);
    assert_eq!(code(&output), 1);
    assert!(
        out(&output).starts_with("conf/flink-conf.yaml:1:1: warning[duplicate-key]"),
        "{}",
        out(&output)
    );
    let fixed = feed(&["fix", "-", "--stdin-filename", "conf/flink-conf.yaml"]);
    assert_eq!(out(&fixed), MENDED);
    assert_eq!(code(&fixed), 0);
    fs::write(folder.path().join("flint.toml"), "exclude = [\"conf\"]\n").expect("a file");
    let excluded = feed(&["fix", "-", "--stdin-filename", "conf/flink-conf.yaml"]);
    assert_eq!(
        out(&excluded),
        BAD,
        "what is excluded comes out as it went in"
    );
    let foreign = feed(&["fix", "-", "--stdin-filename", "README.md"]);
    assert_eq!(out(&foreign), BAD);
    fs::write(folder.path().join("flint.toml"), "error-on = \"note\"\n").expect("a file");
    let left = feed(&["fix", "-", "--stdin-filename", "flink-conf.yaml"]);
    assert_eq!(out(&left), MENDED);
    assert_eq!(code(&left), 1, "a note is left");
    let unnamed = feed(&["check", "-"]);
    assert_eq!(code(&unnamed), 2);
}

/// What `helm template` prints.
const RENDERED: &str = "\
---
# Source: jobs/templates/config.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: conf
data:
  flink-conf.yaml: |
    rest.portt: 8081
---
# Source: jobs/templates/job.yaml
apiVersion: flink.apache.org/v1beta1
kind: FlinkDeployment
metadata:
  name: job
spec:
  image: flink:1.18
  flinkVersion: v1_18
  flinkConfiguration:
    parallelism.default: x
";

#[test]
fn rendered_templates_need_no_name_and_are_told_apart() {
    let folder = tree(&[("Chart.yaml", "name: jobs\n")]);
    let feed = |args: &[&str]| {
        let mut child = flint(folder.path())
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("flint starts");
        let _ = child
            .stdin
            .take()
            .expect("piped")
            .write_all(RENDERED.as_bytes());
        child.wait_with_output().expect("flint ends")
    };
    let output = feed(&[
        "check",
        "-",
        "--format",
        "concise",
        "--select",
        "correctness",
    ]);
    assert_eq!(code(&output), 1);
    let said = out(&output);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 2, "{said}");
    assert!(
        lines[0].starts_with("stdin.yaml:9:5: error[misspelled-option]"),
        "{said}"
    );
    assert!(
        lines[0].contains("(from jobs/templates/config.yaml)"),
        "{said}"
    );
    assert!(
        lines[1].starts_with("stdin.yaml:20:26: error[invalid-value]"),
        "{said}"
    );
    assert!(
        lines[1].contains("(from jobs/templates/job.yaml)"),
        "{said}"
    );
    let fixed = feed(&["fix", "-", "--unsafe", "--select", "correctness"]);
    assert_eq!(out(&fixed), RENDERED.replace("rest.portt", "rest.port"));
}

#[test]
fn hostile_files_end_in_a_line_or_a_finding() {
    let deep = format!("a: {}", "[".repeat(100_000));
    let deep_blocks = (0..100_000).fold(String::new(), |text, _| text + "- ") + "x\n";
    let mut bomb = String::from("taskmanager.numberOfTaskSlots: 1\na0: &a0 [x, x]\n");
    for level in 1..60 {
        let before = level - 1;
        bomb.push_str(&format!(
            "a{level}: &a{level} [*a{before}, *a{before}, *a{before}, *a{before}]\n"
        ));
    }
    let long_line = format!("taskmanager.numberOfTaskSlots: {}\n", "x".repeat(3_000_000));
    for (name, text) in [
        ("config.yaml", deep.as_str()),
        ("config.yaml", &deep_blocks),
        ("config.yaml", &bomb),
        ("flink-conf.yaml", &long_line),
        ("flink-conf.yaml", &"\0".repeat(1_000_000)),
        ("config.yaml", &"\0".repeat(1_000_000)),
        ("sysctl.conf", &"\0".repeat(1_000_000)),
        (
            "flink-conf.yaml",
            "\u{1b}[31mred: 1\u{7}\n\u{1b}]0;title\u{7}\n",
        ),
    ] {
        let folder = tree(&[(
            name,
            &format!(
                "{}{text}",
                if name == "config.yaml" {
                    "taskmanager.host: x\n"
                } else {
                    ""
                }
            ),
        )]);
        let start = std::time::Instant::now();
        let output = run(folder.path(), &["check"]);
        assert!(code(&output) <= 1, "{name}: {}", err(&output));
        assert!(start.elapsed().as_secs() < 20, "{name}: bounded time");
        assert!(
            !out(&output).contains('\u{1b}'),
            "{name}: escapes never reach the terminal"
        );
    }
}

#[test]
fn a_chain_of_thousands_of_calls_costs_no_more_than_its_length() {
    let head = "import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;\n\
                class J { void run() {\n\
                StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();\n\
                env.fromElements(1)";
    let chain = ".map(x)".repeat(34_000);
    let folder = tree(&[("J.java", &format!("{head}{chain};\n}}}}\n"))]);
    let start = std::time::Instant::now();
    let output = run(folder.path(), &["check", "--format", "json"]);
    assert!(code(&output) <= 1, "{}", err(&output));
    assert!(start.elapsed().as_secs() < 20, "bounded time");
}

#[test]
fn a_huge_file_and_a_folder_of_that_name_are_one_line_at_most() {
    let folder = tree(&[("flink-conf.yaml/readme.txt", "x")]);
    let output = run(folder.path(), &["check"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    let huge = tree(&[]);
    let file = fs::File::create(huge.path().join("flink-conf.yaml")).expect("a file");
    file.set_len(200 << 20).expect("a sparse file");
    let output = run(huge.path(), &["check"]);
    assert_eq!(code(&output), 2);
    assert_eq!(
        err(&output),
        "error: flink-conf.yaml: 200 MiB is more than a configuration file can be (16 MiB); it was not checked\n"
    );
}

#[test]
fn a_named_file_that_is_too_large_to_be_a_jobs_is_one_line() {
    let folder = tree(&[("conf/x", "")]);
    let file = fs::File::create(folder.path().join("config.yaml")).expect("a file");
    file.set_len(200 << 20).expect("a sparse file");
    let output = run(folder.path(), &["check", "config.yaml"]);
    assert_eq!(code(&output), 0);
    assert!(
        err(&output).starts_with("warning: config.yaml is none of the files that flint reads\n"),
        "{}",
        err(&output)
    );
}

/// Files that lie in one another's reach: nested projects, hosts, both kinds of configuration.
const NEIGHBOURS: [(&str, &str); 9] = [
    ("flink-conf.yaml", BAD),
    ("a/conf/flink-conf.yaml", "parallelism.default:4\n"),
    ("a/conf/config.yaml", "taskmanager.numberOfTaskSlots: 4\n"),
    (
        "a/etc/sysctl.d/9.conf",
        "net.ipv4.tcp_rmem = 4096 87380 65536\n",
    ),
    ("b/flink-conf.yaml", BAD),
    ("b/sysctl.conf", "net.ipv4.tcp_rmem = 4096 87380 65536\n"),
    (
        "b/deep/job.toml",
        "watermark_delay = \"5 s\"\n[window]\nsize = \"5 min\"\n",
    ),
    ("c/sub/flink-conf.yaml", "parallelism.default:4\n"),
    ("c/sysctl.conf", "net.ipv4.tcp_rmem = 4096 87380 65536\n"),
];

#[test]
fn what_is_found_in_a_file_does_not_depend_on_which_others_are_named() {
    // The places that mark projects, in one tree after another.
    for marks in [
        &[][..],
        &[".git"],
        &["flint.toml"],
        &[".git", "b/flint.toml", "c/sub/flint.toml"],
        &["a/flint.toml", "b/.git"],
    ] {
        let folder = tree(&NEIGHBOURS);
        for mark in marks {
            let mark = folder.path().join(mark);
            if mark.ends_with(".git") {
                fs::create_dir(mark).expect("a folder");
            } else {
                fs::write(mark, "").expect("a file");
            }
        }
        // Paths start at the project's root; the whole names make them comparable.
        let findings = |named: &[&str]| -> Vec<String> {
            let args = ["check", "--format", "concise"];
            let output = run(folder.path(), &[&args[..], named].concat());
            assert!(code(&output) <= 1, "{named:?}: {}", err(&output));
            let all = out(&output);
            let of_one = |line: &&str| !line.is_empty();
            all.lines().filter(of_one).map(str::to_owned).collect()
        };
        let alone: Vec<Vec<String>> = NEIGHBOURS
            .iter()
            .map(|(path, _)| findings(&[path]))
            .collect();
        let without_path = |lines: &[String]| -> Vec<String> {
            let mut rest: Vec<String> = lines
                .iter()
                .map(|line| {
                    line.split_once(": ")
                        .map_or("", |(_, rest)| rest)
                        .to_owned()
                })
                .collect();
            rest.sort();
            rest
        };
        let mut state: u32 = 7;
        for _ in 0..25 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let chosen: Vec<usize> = (0..NEIGHBOURS.len())
                .filter(|index| state >> (8 + index) & 1 == 1)
                .collect();
            if chosen.is_empty() {
                continue;
            }
            let named: Vec<&str> = chosen.iter().map(|&index| NEIGHBOURS[index].0).collect();
            let expected: Vec<String> = chosen
                .iter()
                .flat_map(|&index| alone[index].clone())
                .collect();
            assert_eq!(
                without_path(&findings(&named)),
                without_path(&expected),
                "{marks:?}: {named:?}"
            );
        }
    }
}

#[test]
fn a_file_of_sysctl_d_is_known_from_inside_its_folder() {
    let folder = tree(&[(
        "etc/sysctl.d/9.conf",
        "net.ipv4.tcp_rmem = 4096 87380 65536 # Flink\n",
    )]);
    let inside = folder.path().join("etc/sysctl.d");
    for (place, path) in [
        (inside.as_path(), "9.conf"),
        (folder.path(), "etc/sysctl.d"),
        (&inside, "."),
    ] {
        let output = run(place, &["check", "--format", "concise", path]);
        assert!(
            out(&output).contains("sysctl.d/9.conf:1:"),
            "{path}: {}",
            err(&output)
        );
    }
}
