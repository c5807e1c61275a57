//! The reports for pull requests and CI, as the binary writes them: the same findings in each, at the same
//! places, in the unit that each asks for.

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use common::formats::{NAMES, SIZES, code, flint};
use common::{err, out, tree};
use serde_json::Value;
use tempfile::TempDir;

/// Every report of one run.
struct Reports {
    code: i32,
    texts: Vec<(&'static str, String)>,
}

impl Reports {
    fn of(folder: &Path, more: &[&str]) -> Self {
        let place = TempDir::new().expect("a temporary folder");
        let files = NAMES.map(|name| place.path().join(name));
        let mut args = vec!["check".to_owned()];
        for (name, file) in NAMES.iter().zip(&files) {
            args.extend(["--format".to_owned(), format!("{name}={}", file.display())]);
        }
        args.extend(more.iter().map(|arg| (*arg).to_owned()));
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let output = flint(folder, &args);
        assert_eq!(out(&output), "", "nothing was to be printed");
        let texts = NAMES.iter().zip(&files).map(|(name, file)| {
            let bytes = fs::read(file).expect("a report");
            (*name, String::from_utf8(bytes).expect("reports are UTF-8"))
        });
        Reports {
            code: code(&output),
            texts: texts.collect(),
        }
    }

    fn text(&self, name: &str) -> &str {
        let found = self.texts.iter().find(|(own, _)| *own == name);
        &found.expect("a report").1
    }

    fn json(&self, name: &str) -> Value {
        serde_json::from_str(self.text(name)).expect("a JSON document")
    }

    fn list(&self, name: &str) -> Vec<Value> {
        let document = self.json(name);
        let list = match name {
            "json" => &document["findings"],
            "sarif" => &document["runs"][0]["results"],
            "rdjson" => &document["diagnostics"],
            _ => &document,
        };
        list.as_array().expect("a list").clone()
    }
}

fn number(value: &Value) -> usize {
    usize::try_from(value.as_u64().expect("a number")).expect("a small number")
}

/// Where each line starts; LF, CR LF and CR end one.
fn line_starts(bytes: &[u8]) -> Vec<usize> {
    let mut starts = vec![0];
    for (at, byte) in bytes.iter().enumerate() {
        let ends = match byte {
            b'\n' => true,
            b'\r' => bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        };
        if ends {
            starts.push(at + 1);
        }
    }
    starts
}

/// The byte at a line and a column that counts code points, a byte order mark not.
fn offset(bytes: &[u8], line: usize, column: usize) -> usize {
    let mut start = line_starts(bytes)[line - 1];
    if start == 0 && bytes.starts_with("\u{feff}".as_bytes()) {
        start = 3;
    }
    let text = std::str::from_utf8(&bytes[start..]).expect("UTF-8");
    start
        + text
            .chars()
            .take(column - 1)
            .map(char::len_utf8)
            .sum::<usize>()
}

fn decoded(uri: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = uri.bytes();
    while let Some(byte) = rest.next() {
        assert!(byte.is_ascii() && byte > b' ' && byte != b'#', "{uri}");
        if byte == b'%' {
            let digits: String = rest.by_ref().take(2).map(char::from).collect();
            bytes.push(u8::from_str_radix(&digits, 16).expect("two digits"));
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).expect("UTF-8")
}

/// Tags that open and close in order, no character that XML 1.0 has no place for.
fn assert_well_formed(xml: &str) {
    let legal = |c: char| matches!(c, '\n' | ' '..) && !matches!(c, '\u{fffe}' | '\u{ffff}');
    assert!(xml.chars().all(legal));
    let mut open: Vec<&str> = Vec::new();
    let body = xml.split_once("?>\n").expect("a declaration").1;
    for tag in body.split('<').skip(1) {
        let (tag, text) = tag.split_once('>').expect("a tag ends");
        assert!(!text.contains('>'), "{text}");
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        match tag.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name)),
            None if tag.ends_with('/') => {}
            None => open.push(tag.split(' ').next().unwrap_or(tag)),
        }
    }
    assert!(open.is_empty(), "{open:?}");
}

/// The edits of a finding: file, first byte, byte behind the last, new text.
type Edits = Vec<(String, usize, usize, String)>;

fn text_of(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// Holds the edits of SARIF and the suggestion of rdjson against those of the JSON.
fn fixes_agree(folder: &Path, finding: &Value, result: &Value, diagnostic: &Value) {
    let read = |path: &str| fs::read(folder.join(path)).expect("the file of a fix");
    let edits = finding["fix"]["edits"].as_array();
    let mut edits: Edits = edits
        .into_iter()
        .flatten()
        .map(|edit| {
            let [start, end] = ["start", "end"].map(|end| number(&edit["span"][end]));
            (text_of(&edit["path"]), start, end, text_of(&edit["text"]))
        })
        .collect();
    edits.sort();
    let of_mark = |(path, start, ..): &(String, usize, usize, String)| {
        *start < 3 && read(path).starts_with("\u{feff}".as_bytes())
    };
    let changes = result["fixes"][0]["artifactChanges"].as_array();
    let mut told: Edits = Vec::new();
    for change in changes.into_iter().flatten() {
        let path = decoded(&text_of(&change["artifactLocation"]["uri"]));
        let bytes = read(&path);
        for own in change["replacements"].as_array().expect("a list") {
            let at = |name: &str| {
                let place = |end: &str| number(&own["deletedRegion"][format!("{name}{end}")]);
                offset(&bytes, place("Line"), place("Column"))
            };
            let text = text_of(&own["insertedContent"]["text"]);
            told.push((path.clone(), at("start"), at("end"), text));
        }
    }
    told.sort();
    if !edits.iter().any(of_mark) {
        assert_eq!(told, edits, "{finding}");
    }
    let Some(suggestion) = diagnostic.get("suggestions").map(|all| &all[0]) else {
        return;
    };
    let bytes = read(&text_of(&diagnostic["location"]["path"]));
    let starts = line_starts(&bytes);
    let [start, end] = ["start", "end"].map(|end| {
        let place = &suggestion["range"][end];
        starts[number(&place["line"]) - 1] + number(&place["column"]) - 1
    });
    let text = text_of(&suggestion["text"]);
    let with = |edits: &[(usize, usize, &str)]| {
        let mut after = bytes.clone();
        for (start, end, text) in edits.iter().rev() {
            after.splice(start..end, text.bytes());
        }
        after
    };
    let whole: Vec<(usize, usize, &str)> = edits
        .iter()
        .map(|(_, start, end, text)| (*start, *end, text.as_str()))
        .collect();
    assert_eq!(with(&[(start, end, &text)]), with(&whole), "{finding}");
}

/// Holds all reports of a tree against the JSON of the same run, and that against the bytes.
fn agree(folder: &Path) -> Reports {
    let reports = Reports::of(folder, &[]);
    let findings = reports.list("json");
    let [sarif, rdjson, gitlab] = ["sarif", "rdjson", "gitlab"].map(|name| reports.list(name));
    assert_eq!(
        [sarif.len(), rdjson.len(), gitlab.len()],
        [findings.len(); 3]
    );
    let mut prints = BTreeSet::new();
    for (index, finding) in findings.iter().enumerate() {
        let path = finding["path"].as_str().expect("a path");
        let bytes = fs::read(folder.join(path)).expect("the file of a finding");
        let starts = line_starts(&bytes);
        let mark = if bytes.starts_with("\u{feff}".as_bytes()) {
            3
        } else {
            0
        };
        let span = ["start", "end"].map(|end| number(&finding["span"][end]));
        // A byte order mark has no column of its own where columns are characters.
        let seen = span.map(|at| at.max(mark));
        let line = number(&finding["line"]);
        assert_eq!(offset(&bytes, line, number(&finding["column"])), seen[0]);

        let result = &sarif[index];
        assert_eq!(result["ruleId"], finding["rule"]);
        assert_eq!(result["level"], finding["severity"]);
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().expect("a URI");
        assert_eq!(decoded(uri), path);
        let region = &place["region"];
        let [from, to, first, last] =
            ["startLine", "endLine", "startColumn", "endColumn"].map(|name| number(&region[name]));
        assert_eq!([from, to], [line; 2], "a region stays on its line");
        assert_eq!(offset(&bytes, from, first), seen[0]);
        let end = offset(&bytes, to, last);
        let next = starts.get(line).copied().unwrap_or(bytes.len());
        assert!(
            end == seen[1] || end < seen[1] && seen[1] >= next,
            "{finding}"
        );

        fixes_agree(folder, finding, result, &rdjson[index]);
        let own = &rdjson[index];
        assert_eq!(own["code"]["value"], finding["rule"]);
        assert_eq!(own["location"]["path"], finding["path"]);
        for (end, at) in ["start", "end"].into_iter().zip(span) {
            let place = &own["location"]["range"][end];
            let start = starts[number(&place["line"]) - 1];
            assert_eq!(start + number(&place["column"]) - 1, at);
        }

        let own = &gitlab[index];
        assert_eq!(own["check_name"], finding["rule"]);
        assert_eq!(own["location"]["path"], finding["path"]);
        assert_eq!(own["location"]["lines"]["begin"], finding["line"]);
        assert!(prints.insert(own["fingerprint"].to_string()), "unique");
        assert_eq!(own["fingerprint"], finding["fingerprint"]);
    }
    let junit = reports.text("junit");
    assert_well_formed(junit);
    let cases = junit.matches("<testcase ").count();
    assert_eq!(cases, findings.len().max(1));
    let github = reports.text("github");
    assert!(github.lines().all(|line| line.starts_with("::")));
    assert!(github.lines().count() <= 30);
    let markdown = reports.text("markdown");
    let rows = markdown
        .lines()
        .filter(|line| line.starts_with("| "))
        .count();
    assert_eq!(rows.saturating_sub(1), findings.len());
    for name in NAMES {
        assert!(!reports.text(name).contains('\u{1b}'), "{name}");
        // Each alone ends with the same code as all together.
        let alone = flint(folder, &["check", "--format", name]);
        assert_eq!(code(&alone), reports.code, "{name}");
        assert_eq!(err(&alone), "", "{name}");
        assert_eq!(out(&alone), reports.text(name), "{name}");
    }
    reports
}

#[test]
fn a_clean_run_is_a_valid_document_in_every_format() {
    let reports = agree(tree(&[("conf/flink-conf.yaml", SIZES)]).path());
    assert_eq!(reports.code, 0);
    assert_eq!(reports.text("gitlab"), "[]\n");
    assert_eq!(reports.text("github"), "");
    assert!(reports.list("sarif").is_empty());
    assert!(reports.text("junit").contains("No errors found"));
    assert!(reports.text("markdown").contains("no problems"));
}

#[test]
fn a_run_that_finds_nothing_to_read_gives_empty_documents() {
    let folder = tree(&[("notes.txt", "nothing\n")]);
    let reports = Reports::of(folder.path(), &[]);
    assert_eq!(reports.code, 0);
    for name in ["full", "concise", "github"] {
        assert_eq!(reports.text(name), "", "{name}");
    }
    assert_eq!(reports.text("gitlab"), "[]\n");
    for name in ["json", "sarif", "rdjson"] {
        assert!(reports.list(name).is_empty(), "{name}");
    }
    assert_well_formed(reports.text("junit"));
    assert!(reports.text("markdown").contains("nothing to check"));
}

#[test]
fn one_finding_is_the_same_in_every_format() {
    let text = format!("{SIZES}taskmanager.numberOfTaskSlots:4\n");
    let reports = agree(tree(&[("conf/flink-conf.yaml", &text)]).path());
    assert_eq!(reports.code, 1);
    assert_eq!(reports.list("json").len(), 1);
    assert!(
        reports
            .text("github")
            .starts_with("::error file=conf/flink-conf.yaml,line=4,")
    );
    assert!(reports.text("junit").contains("failures=\"1\""));
}

#[test]
fn a_case_of_junit_fails_where_the_run_does() {
    // A warning of flint's, and a note.
    let text = SIZES.replace("pipeline.generic-types: false\n", "");
    let text = format!("{text}s3.secret-key: abcdefgh\n");
    let folder = tree(&[("conf/flink-conf.yaml", &text)]);
    for (threshold, failures, code) in [("note", 2, 1), ("warning", 1, 1), ("error", 0, 0)] {
        let reports = Reports::of(folder.path(), &["--error-on", threshold]);
        assert_eq!(reports.code, code, "{threshold}");
        let wanted = format!("failures=\"{failures}\"");
        assert!(reports.text("junit").contains(&wanted), "{threshold}");
    }
}

#[test]
fn five_hundred_findings_are_the_same_in_every_format() {
    let mut text = SIZES.to_owned();
    for index in 1..=500 {
        text.push_str(&format!("metrics.reporter.r{index}.interval: 10 s\n"));
    }
    let reports = agree(tree(&[("conf/flink-conf.yaml", &text)]).path());
    assert_eq!(reports.list("json").len(), 500);
    let github: Vec<&str> = reports.text("github").lines().collect();
    assert_eq!(github.len(), 11);
    assert!(
        github[..10]
            .iter()
            .all(|line| line.starts_with("::warning "))
    );
    assert!(github[10].starts_with("::notice title=flint::490 warnings more"));
}

#[test]
fn places_are_right_whatever_the_text_and_its_line_ends() {
    let text = "# é 😀\ntaskmanager.numberOfTaskSlots:4 # 😀 日本\nparallelism.default: 4\tx\n\
                web.é: 1\nparallelism.default: 5\n";
    let yaml = "a😀: {parallelism: {default: 4}}\ntaskmanager:\n  numberOfTaskSlots: vier\n\
                \"é😀\": 1\npekko: {ask: {timeout: zehn}}\n";
    for ends in ["\n", "\r\n", "\r"] {
        for mark in ["", "\u{feff}"] {
            let with = |text: &str| format!("{mark}{}", text.replace('\n', ends));
            let folder = tree(&[
                (
                    "größe #1/日本 😀/flink-conf.yaml",
                    &with(&format!("{text}{SIZES}")),
                ),
                ("größe #1/a,b:c%20|d/config.yaml", &with(yaml)),
            ]);
            let reports = agree(folder.path());
            assert!(reports.list("json").len() >= 3, "{ends:?} {mark:?}");
        }
    }
}

#[test]
fn what_spans_several_lines_is_marked_on_the_first() {
    let text = "taskmanager:\n  memory:\n    managed:\n      fraction: >\n        a\n        b\n";
    let reports = agree(tree(&[("conf/config.yaml", text)]).path());
    let findings = reports.list("json");
    let is_long = |finding: &Value| number(&finding["end_line"]) > number(&finding["line"]);
    let long = findings
        .iter()
        .position(is_long)
        .expect("one of three lines");
    let place = &reports.list("sarif")[long]["locations"][0]["physicalLocation"];
    assert_eq!(place["region"]["endLine"], place["region"]["startLine"]);
    assert_eq!(
        place["contextRegion"]["endLine"],
        findings[long]["end_line"]
    );
}

#[test]
fn no_format_shows_a_secret() {
    let secret = "hT5rQ9zWx2LmV7pK4cNb";
    let folder = tree(&[
        (
            "conf/flink-conf.yaml",
            &format!(
                "{SIZES}s3.secret-key: {secret}\ns3.secret-key: {secret}\nfs.s3a.secret.key:{secret}\n\
                 security.ssl.internal.key-password: {secret} # flint: ignore[plaintext-secret] {secret}\n"
            ),
        ),
        (
            "k8s/job.yaml",
            &format!(
                "apiVersion: flink.apache.org/v1beta1\nkind: FlinkDeployment\nmetadata: {{name: a}}\nspec:\n  \
                 flinkVersion: v1_20\n  flinkConfiguration:\n    taskmanager.numberOfTaskSlots: \"x\"\n    \
                 s3.secret-key: {secret}\n    s3.acces-key: AKIAIOSFODNN7EXAMPLE\n"
            ),
        ),
    ]);
    let reports = Reports::of(folder.path(), &["--show-ignored"]);
    assert!(reports.list("json").len() >= 3);
    for (name, text) in &reports.texts {
        let shown = text.replace(&format!("comment: {secret}"), "");
        let lines: Vec<&str> = shown.lines().filter(|line| line.contains(secret)).collect();
        // A reason that repeats the secret is its author's own.
        let reason = |line: &&str| {
            line.contains("ignored") || line.contains("reason") || line.contains("justification")
        };
        assert!(lines.iter().all(reason), "{name}: {lines:?}");
    }
}

#[test]
fn silenced_findings_are_kept_only_where_a_format_knows_such() {
    let text =
        format!("{SIZES}# flint: ignore[ignored-line] known\ntaskmanager.numberOfTaskSlots:4\n");
    let folder = tree(&[("conf/flink-conf.yaml", &text)]);
    let hidden = Reports::of(folder.path(), &[]);
    assert!(hidden.list("sarif").is_empty());
    let shown = Reports::of(folder.path(), &["--show-ignored"]);
    assert_eq!(shown.code, 0);
    let suppression = &shown.list("sarif")[0]["suppressions"][0];
    assert_eq!(suppression["kind"], "inSource");
    assert_eq!(suppression["justification"], "known");
    assert!(
        shown
            .text("junit")
            .contains("<skipped message=\"comment: known\"/>")
    );
    assert!(shown.text("junit").contains("failures=\"0\" skipped=\"1\""));
    assert_eq!(shown.text("gitlab"), "[]\n");
    assert_eq!(shown.text("github"), "");
    assert!(shown.list("rdjson").is_empty());
    assert!(shown.text("markdown").contains("| ignored |"));
}

#[test]
fn hosts_know_paths_from_the_root_of_the_repository() {
    let text = format!("{SIZES}taskmanager.numberOfTaskSlots:4\n");
    let folder = tree(&[
        ("team/flint.toml", ""),
        ("team/conf/flink-conf.yaml", &text),
    ]);
    fs::create_dir(folder.path().join(".git")).expect("a folder");
    let reports = Reports::of(&folder.path().join("team"), &[]);
    let path = "team/conf/flink-conf.yaml";
    let uri = &reports.list("sarif")[0]["locations"][0]["physicalLocation"]["artifactLocation"];
    assert_eq!(uri["uri"], path);
    assert_eq!(reports.list("gitlab")[0]["location"]["path"], path);
    assert_eq!(reports.list("rdjson")[0]["location"]["path"], path);
    for name in ["github", "junit", "markdown"] {
        assert!(reports.text(name).contains(path), "{name}");
    }
    // People and programs on this machine know the project.
    assert_eq!(reports.list("json")[0]["path"], "conf/flink-conf.yaml");
    assert!(
        reports
            .text("concise")
            .starts_with("conf/flink-conf.yaml:4:")
    );
}

#[cfg(unix)]
#[test]
fn hosts_know_no_links() {
    let text = format!("{SIZES}taskmanager.numberOfTaskSlots:4\n");
    let folder = tree(&[("real/conf.txt", &text)]);
    fs::create_dir(folder.path().join(".git")).expect("a folder");
    let link = folder.path().join("flink-conf.yaml");
    std::os::unix::fs::symlink("real/conf.txt", link).expect("a link");
    let output = flint(
        folder.path(),
        &["check", "--format", "gitlab", "flink-conf.yaml"],
    );
    assert!(
        out(&output).contains("\"path\": \"real/conf.txt\""),
        "{}",
        out(&output)
    );
}

#[test]
fn reports_do_not_depend_on_the_order_of_arguments() {
    let bad = format!("{SIZES}taskmanager.numberOfTaskSlots:4\n");
    let folder = tree(&[
        ("a/flink-conf.yaml", &bad),
        ("b/flink-conf.yaml", &bad),
        ("c/sysctl.conf", "net.ipv4.tcp_rmem = 4096 87380 65536\n"),
    ]);
    let one = Reports::of(folder.path(), &["a", "b", "c"]);
    let other = Reports::of(folder.path(), &["c/sysctl.conf", "b", "a"]);
    assert_eq!(one.texts, other.texts);
}
