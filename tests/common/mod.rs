//! What several test binaries share: a tree of files in memory, linted and fixed, with the promises
//! that hold for every case checked along the way.
#![allow(
    dead_code,
    unused_imports,
    reason = "each test binary uses a part of it"
)]

pub(crate) mod formats;
pub(crate) mod policy;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use flint::config::Configs;
use flint::deployment::Previous;
use flint::finding::{Finding, Safety};
use flint::fix::{Allowed, Plan, patch, plan};
use flint::flink::version::Versions;
use flint::lint::lint;
use flint::project::Project;
use flint::recognise::{Claim, by_name, worth_parsing};
use flint::rules::{self, RULES};
use flint::text::Sources;
use serde_json::Value;
use tempfile::TempDir;

/// What every whole configuration has to say.
macro_rules! sizes {
    () => {
        "jobmanager.memory.process.size: 1600m\ntaskmanager.memory.process.size: 1728m\n"
    };
}
pub(crate) use sizes;

/// A configuration with one finding, which has a safe fix.
pub(crate) const BAD: &str = concat!(
    "taskmanager.numberOfTaskSlots: 2\ntaskmanager.numberOfTaskSlots: 4\n",
    sizes!()
);

/// What the fix makes of it.
pub(crate) const MENDED: &str = concat!("taskmanager.numberOfTaskSlots: 4\n", sizes!());

/// Whether recorded outputs are written anew.
pub(crate) fn blessing() -> bool {
    std::env::var_os("BLESS").is_some()
}

/// The file that one version reads, with these settings in it.
pub(crate) fn file<'t>(
    settings: impl IntoIterator<Item = (&'t str, &'t str)>,
    version: Versions,
) -> (String, Vec<u8>) {
    let legacy = !version.overlaps(Versions::YAML);
    let mut text = String::new();
    for (key, value) in settings {
        if legacy {
            text.push_str(&format!("{key}: {value}\n"));
        } else {
            // A JSON text is one of YAML, too.
            text.push_str(&format!("{key}: {}\n", Value::from(value)));
        }
    }
    let name = if legacy {
        "conf/flink-conf.yaml"
    } else {
        "conf/config.yaml"
    };
    (name.to_owned(), text.into_bytes())
}

/// What a command printed.
pub(crate) fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What a command complained about.
pub(crate) fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A command without anything of the caller's environment that could change the output.
pub(crate) fn flint(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flint"));
    command.current_dir(folder).env_clear();
    command
}

/// What a run says.
pub(crate) fn run(folder: &Path, args: &[&str]) -> Output {
    flint(folder).args(args).output().expect("flint starts")
}

/// The exit code of a run.
pub(crate) fn code(output: &Output) -> i32 {
    output.status.code().expect("not killed by a signal")
}

/// A folder with these files.
pub(crate) fn tree(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().expect("a temporary folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        fs::write(path, text).expect("a file");
    }
    folder
}

/// What real Flink answered about some files, recorded in `testdata/syntax/`.
pub(crate) struct Recorded {
    pub(crate) id: String,
    /// Names and bytes of the files in the configuration directory.
    pub(crate) files: Vec<(String, Vec<u8>)>,
    /// The versions that gave this answer.
    pub(crate) versions: Vec<String>,
    /// The answer.
    pub(crate) expected: Value,
}

/// The answers of a recording, which has one JSON object a line.
pub(crate) fn recorded(lines: &str) -> Vec<Recorded> {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let read = |line: &str| {
        let mut case: Value = serde_json::from_str(line).expect("a recorded line is JSON");
        let files = case["files"].as_object().expect("files").iter();
        let versions = case["versions"].as_array().expect("versions").iter();
        Recorded {
            id: text(&case["id"]),
            files: files
                .map(|(name, bytes)| (name.clone(), base64(&text(bytes))))
                .collect(),
            versions: versions.map(text).collect(),
            expected: case["expected"].take(),
        }
    };
    lines.lines().map(read).collect()
}

/// The bytes of a recorded file.
fn base64(text: &str) -> Vec<u8> {
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => u32::from(byte - b'A'),
        b'a'..=b'z' => u32::from(byte - b'a') + 26,
        b'0'..=b'9' => u32::from(byte - b'0') + 52,
        b'+' => 62,
        b'/' => 63,
        other => panic!("{other} is not base64"),
    };
    let digits: Vec<u32> = text.bytes().filter(|b| *b != b'=').map(value).collect();
    let mut bytes = Vec::new();
    for group in digits.chunks(4) {
        let bits = group.iter().fold(0, |bits, digit| bits << 6 | digit) << (6 * (4 - group.len()));
        bytes.extend_from_slice(&bits.to_be_bytes()[1..group.len()]);
    }
    bytes
}

/// Refuses to go on with a static table that does not fit the list of rules: each rule would run with
/// the front matter of another.
pub(crate) fn assert_table_fits() {
    let fits = rules::all().len() == RULES.len()
        && rules::all().iter().zip(RULES).all(|(front, entry)| {
            let title = format!("\n# {}\n", front.name);
            entry.page.contains(&title)
        });
    assert!(
        fits,
        "src/rules/front_matter.rs is not that of rules/*.md: run BLESS=1 cargo test --test pages"
    );
}

/// Sources from paths and texts.
pub(crate) fn sources(files: &[(String, Vec<u8>)]) -> Sources {
    let mut sources = Sources::default();
    let mut sorted = files.to_vec();
    sorted.sort();
    for (path, bytes) in sorted {
        sources.add(path, bytes);
    }
    sources
}

/// A configuration with one version and one selection of rules.
pub(crate) fn configs(version: Option<&str>, select: &[&str]) -> Configs {
    let mut configs = Configs::default();
    configs.each(|config| {
        config.flink_version = version.map(|text| Versions::parse(text).expect("a version"));
        if !select.is_empty() {
            config.select = select.iter().map(|&name| name.to_owned()).collect();
        }
    });
    configs
}

/// Findings of sources, after checking what must hold for any findings.
pub(crate) fn findings(sources: &Sources, configs: &Configs) -> Vec<Finding> {
    findings_after(sources, configs, Vec::new())
}

/// The resources of the operator that files hold, as they were before a change.
pub(crate) fn previous(files: &[(String, Vec<u8>)]) -> Vec<Previous> {
    let (sources, configs) = (sources(files), Configs::default());
    rules::previous(&Project::read(&sources, &configs, &[]).deployments())
}

/// The same of sources after a change.
pub(crate) fn findings_after(
    sources: &Sources,
    configs: &Configs,
    before: Vec<Previous>,
) -> Vec<Finding> {
    let project = Project::read(sources, configs, &[]).after(before);
    // What is read in memory here must be read from disk, too.
    for document in &project.documents {
        let source = sources.get(document.source);
        let declared = configs.of(&source.path).is_job_file(&source.path);
        let sniffed = by_name(&source.path) == Claim::Maybe && !declared;
        let worth = !sniffed || worth_parsing(&source.path, &source.bytes, false);
        assert!(worth, "{}", source.path);
    }
    let linted = lint(&project, configs);
    assert_eq!(linted.internal_errors, Vec::<String>::new());
    for finding in &linted.findings {
        let mut spans = vec![finding.at];
        spans.extend(finding.related.iter().map(|related| related.at));
        for at in spans {
            let source = sources.get(at.source);
            let (start, end) = (at.span.start as usize, at.span.end as usize);
            assert!(start <= end && end <= source.bytes.len(), "{finding:?}");
            if let Ok(text) = std::str::from_utf8(&source.bytes) {
                assert!(
                    text.is_char_boundary(start) && text.is_char_boundary(end),
                    "{finding:?}"
                );
            }
        }
        if let Some(fix) = &finding.fix {
            assert!(!fix.edits.is_empty(), "{finding:?}");
            assert_eq!(
                fix.safety == Safety::Unsafe,
                !fix.risk.is_empty(),
                "{finding:?}"
            );
        }
    }
    linted.findings
}

/// Applies fixes; a second run must change nothing, and no fix may be refused.
pub(crate) fn fixed(sources: &Sources, configs: &Configs, unsafe_: bool) -> Plan {
    let allowed = Allowed {
        safe: true,
        unsafe_,
    };
    let first = plan(sources, configs, allowed, &|_| true);
    assert_eq!(
        first.refused,
        Vec::<String>::new(),
        "these rules have a fix that changes something else than it claims"
    );
    let second = plan(&first.sources, configs, allowed, &|_| true);
    assert!(
        second.applied.is_empty(),
        "fixes do not converge: {:?}",
        second.applied
    );
    first
}

/// The patch that leads from one set of sources to another.
pub(crate) fn diff(before: &Sources, after: &Sources) -> String {
    let mut out = Vec::new();
    for (before, after) in before.0.iter().zip(&after.0) {
        out.extend(patch::unified(before, after, before.path.as_bytes(), &[]));
    }
    String::from_utf8_lossy(&out).into_owned()
}
