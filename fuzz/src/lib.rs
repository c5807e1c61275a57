//! What the targets share: bytes to files of a project, and what must hold for whatever they say.

use std::ops::Range;

use flint::config::{Config, Configs};
use flint::flink::version::Versions;
use flint::syntax::Document;
use flint::text::{Source, SourceId, Sources, Span};

pub mod output;

/// The files that an input may hold: one for each reader, and those that say something about others.
pub const PATHS: [&str; 48] = [
    "conf/flink-conf.yaml",
    "conf/config.yaml",
    "k8s/deployment.yaml",
    "docker-compose.yaml",
    "values.yaml",
    "chart/templates/configmap.yaml",
    "jobs/flink-job.yaml",
    "jobs/flink.toml",
    "jobs/flink.json",
    "jobs/flink-job.properties",
    "etc/sysctl.conf",
    "etc/sysctl.d/99-flink.conf",
    "templates/99-flink-sysctl.conf.j2",
    "profile/tuned.conf",
    "roles/flink/tasks/main.yml",
    "Dockerfile",
    "flink.env",
    "main.tf",
    "k8s/kustomization.yaml",
    "user-data",
    "bottlerocket.toml",
    "src/main/java/a/Job.java",
    "src/main/scala/a/Job.scala",
    "src/main/kotlin/a/Job.kt",
    "job.py",
    "job.sql",
    "flint.toml",
    "conf/workers",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "gradle/libs.versions.toml",
    "build.sbt",
    "requirements.txt",
    "pyproject.toml",
    "chart/Chart.yaml",
    ".github/workflows/build.yml",
    "etc/modules-load.d/flink.conf",
    "usr/lib/sysctl.d/50-default.conf",
    "src/main/java/a/Order.java",
    "flink-emr.json",
    "k8s/configmap.yaml",
    "compose.override.yaml",
    "chart/values.yaml",
    "k8s/patch.yaml",
    "other/flink-conf.yaml",
    "Dockerfile.flink",
    "jobs/flink-conf-prod.yaml",
];

/// Stands between two files of an input, and is no byte of any text.
pub const BETWEEN: u8 = 0xff;

/// Most files of an input: more say nothing that a few do not, and cost time.
const MOST: usize = 6;

/// Versions that an input may ask for.
const VERSIONS: [&str; 6] = ["", "1.13", "1.16..1.18", "1.20", "1.19..", "2.0.."];

/// The files that an input holds: the first byte of each is the number of its path, [`BETWEEN`] ends it.
pub fn files(data: &[u8]) -> Vec<(&'static str, &[u8])> {
    let mut files: Vec<(&'static str, &[u8])> = Vec::new();
    for part in data.split(|byte| *byte == BETWEEN).take(MOST) {
        let Some((number, bytes)) = part.split_first() else {
            continue;
        };
        let path = PATHS[usize::from(*number) % PATHS.len()];
        if files.iter().all(|(other, _)| *other != path) {
            files.push((path, bytes));
        }
    }
    files.sort_unstable();
    files
}

/// A project of an input, whose first byte says which versions are asked for. `None` where flint.toml can't
/// be read, and flint would say so and stop.
pub fn project(data: &[u8]) -> Option<(Sources, Configs)> {
    let (version, data) = data.split_first()?;
    let version = VERSIONS[usize::from(*version) % VERSIONS.len()];
    let mut sources = Sources::default();
    let mut config = Config::default();
    for (path, bytes) in files(data) {
        if path == "flint.toml" {
            config = Config::parse(path, std::str::from_utf8(bytes).ok()?).ok()?;
        } else {
            sources.add(path, bytes);
        }
    }
    if !version.is_empty() {
        config.flink_version = Versions::parse(version).ok();
    }
    let configs = Configs::single(config);
    flint::lint::validate(&configs).ok()?;
    Some((sources, configs))
}

/// A source by itself.
pub fn source(path: &str, bytes: &[u8]) -> Source {
    Source::new(SourceId(0), path, bytes)
}

/// What spans are held against: the size of a source, and its text if it is any. Found once, since a file may
/// have as many spans as bytes.
pub struct Legal<'s> {
    size: usize,
    text: Option<&'s str>,
}

impl<'s> Legal<'s> {
    /// Of a source.
    pub fn of(source: &'s Source) -> Self {
        Legal {
            size: source.bytes.len(),
            text: std::str::from_utf8(&source.bytes).ok(),
        }
    }

    /// A span is inside of the source, the right way round, and cuts no character.
    pub fn assert(&self, span: Span, what: &str) {
        let (Range { start, end }, size) = (span.range(), self.size);
        assert!(
            start <= end && end <= size,
            "{what}: {start}..{end} of {size}"
        );
        if let Some(text) = self.text {
            let whole = text.is_char_boundary(start) && text.is_char_boundary(end);
            assert!(whole, "{what}: {start}..{end} cuts a character");
        }
    }
}

/// Every span of a document is legal.
pub fn assert_documents(source: &Source, documents: &[Document]) {
    let legal = Legal::of(source);
    for (ordinal, document) in documents.iter().enumerate() {
        assert_eq!(document.ordinal as usize, ordinal, "documents are numbered");
        for setting in &document.settings {
            legal.assert(setting.key_at, "the key of a setting");
            legal.assert(setting.value_at, "the value of a setting");
            legal.assert(setting.whole, "a setting");
        }
        for section in &document.sections {
            legal.assert(section.key_at, "the key of a section");
            legal.assert(section.whole, "a section");
        }
        for problem in &document.problems {
            legal.assert(problem.at, "a problem");
            for (related, _) in &problem.related {
                legal.assert(*related, "what a problem is related to");
            }
        }
        for comment in &document.comments {
            legal.assert(comment.at, "a comment");
        }
        if let Some(held) = document.held_at {
            legal.assert(held, "a document");
        }
        if let Some(code) = &document.code {
            for call in &code.calls {
                legal.assert(call.name_at, "the name of a call");
                legal.assert(call.args_at, "the arguments of a call");
                legal.assert(call.whole, "a call");
            }
        }
        for part in document.script.iter().flat_map(|script| script.parts()) {
            legal.assert(part, "a part of a script");
        }
        if let Some(index) = document.load_error {
            assert!(index < document.problems.len(), "the error is a problem");
        }
    }
}
