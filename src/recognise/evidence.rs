//! What files beside a configuration say about the Flink that reads it: manifests, images, build
//! files. They hold no settings; a file that only resembles one of them says nothing.

use crate::flink::version::{Image, Versions};

mod build;
mod docker;
mod manifest;
mod python;

/// Bytes of an evidence file that are read: the versions stand at its beginning.
pub const HEAD: u64 = 64 << 10;

/// How much a piece of evidence weighs against others in the same folder, least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// What a job is compiled against.
    Build,
    /// The image that runs.
    Image,
    /// What the Kubernetes operator is told.
    Manifest,
}

/// One statement of a file about its Flink.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// What kind of statement it is.
    pub rank: Rank,
    /// The versions it allows; `None` when there certainly is one, but nobody can tell which.
    pub versions: Option<Versions>,
    /// Whether it names a release before all that flint knows.
    pub is_before_all: bool,
    /// The major version of Java in the image.
    pub java: Option<u8>,
    /// The statement in a few words: `spec.flinkVersion`, `image flink:1.18.1`, `flink.version`.
    pub why: String,
    /// Its line, from 1.
    pub line: usize,
}

impl Evidence {
    fn new(rank: Rank, versions: Option<Versions>, why: impl Into<String>, line: usize) -> Self {
        Evidence {
            rank,
            versions,
            is_before_all: false,
            java: None,
            why: why.into(),
            line,
        }
    }

    /// Of an image by its name; `None` when it is none of Flink.
    fn of_image(name: &str, line: usize) -> Option<Self> {
        let image = Image::parse(name)?;
        let mut evidence = Self::new(Rank::Image, image.versions, format!("image {name}"), line);
        evidence.is_before_all = image.is_before_all;
        evidence.java = image.java;
        Some(evidence)
    }
}

/// The file that makes a folder a Helm chart.
const CHART: &str = "Chart.yaml";

/// A chart is installed for whatever its values say: what lies above it in the repository where it is
/// kept says nothing about that.
fn chart(_: &str) -> Vec<Evidence> {
    vec![Evidence::new(Rank::Build, None, "a chart of its own", 1)]
}

/// The reader of a file that may be evidence.
type Reader = fn(&str) -> Vec<Evidence>;

/// Files that say nothing about versions, but something about the cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The hosts of a configuration directory.
    Workers,
    /// What joins manifests with files.
    Kustomization,
}

/// Such a file by its path.
pub fn side(path: &str) -> Option<Side> {
    Some(match file_name(path) {
        // Not `slaves`, its name up to Flink 1.10: the scripts since then look for this one.
        "workers" => Side::Workers,
        "kustomization.yaml" | "kustomization.yml" | "Kustomization" => Side::Kustomization,
        _ => return None,
    })
}

/// Whether a file is read for what it says about versions or the cluster, by its name alone.
pub fn is_name(path: &str) -> bool {
    let name = file_name(path);
    by_certain_name(name).is_some() || side(name).is_some()
}

/// Whether a file of such a name can say anything.
pub fn is_worth_reading(path: &str, bytes: &[u8]) -> bool {
    let name = file_name(path);
    // What overrides a compose file need not name Flink again.
    let always =
        name == CHART || side(name).is_some() || is_compose(name) && name.contains("override");
    always || mentions_flink(bytes)
}

/// Whether a file is a compose file by its name.
pub fn is_compose(path: &str) -> bool {
    let name = file_name(path);
    let is_yaml = matches!(name.rsplit_once('.'), Some((_, "yml" | "yaml")));
    is_yaml && (name.starts_with("docker-compose") || name.starts_with("compose"))
}

/// Whether a file is a Dockerfile by its name.
pub fn is_dockerfile(path: &str) -> bool {
    let name = file_name(path);
    // `Dockerfile.flink`, `Dockerfile-sql-client`, `Dockerfile_app`.
    let own = ["Dockerfile", "Containerfile"];
    let mut rest = own.iter().filter_map(|own| name.strip_prefix(own));
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    rest.any(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_']))
        || extension.eq_ignore_ascii_case("dockerfile")
}

/// Whether the text says Flink.
pub fn mentions_flink(bytes: &[u8]) -> bool {
    ["flink", "Flink", "FLINK"]
        .iter()
        .any(|word| memchr::memmem::find(bytes, word.as_bytes()).is_some())
}

/// Whether a text speaks of Python functions, tables or SQL: of jobs that may use managed memory whatever
/// keeps their state.
pub fn mentions_managed_memory(bytes: &[u8]) -> bool {
    const WORDS: [&str; 8] = [
        "apache-flink",
        "pyflink",
        "PYFLINK",
        "flink-python",
        "flink-table",
        "flink-sql",
        "sql-client",
        "sql-gateway",
    ];
    let mut words = WORDS.iter();
    words.any(|word| memchr::memmem::find(bytes, word.as_bytes()).is_some())
}

/// The folder that a file of evidence speaks for, without a final `/`.
pub fn folder(path: &str) -> &str {
    let folder = |path: &str| path.rfind('/').unwrap_or(0);
    let own = &path[..folder(path)];
    // Gradle's catalogue of versions has a folder to itself.
    if file_name(path) == "libs.versions.toml" && file_name(own) == "gradle" {
        return &own[..folder(own)];
    }
    own
}

/// Everything a file says about its Flink.
pub fn read(path: &str, bytes: &[u8]) -> Vec<Evidence> {
    let name = file_name(path);
    let Some(reader) = by_certain_name(name).or_else(|| by_extension(name)) else {
        return Vec::new();
    };
    if !is_worth_reading(path, bytes) {
        return Vec::new();
    }
    reader(&String::from_utf8_lossy(bytes))
}

fn by_certain_name(name: &str) -> Option<Reader> {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let starts = |starts: &[&str]| starts.iter().any(|start| name.starts_with(start));
    Some(match name {
        CHART => chart,
        "pom.xml" => build::pom,
        "build.gradle" | "build.gradle.kts" | "build.sbt" | "gradle.properties"
        | "libs.versions.toml" => build::script,
        "pyproject.toml" => python::read,
        _ if is_dockerfile(name) => docker::read,
        _ if is_compose(name) => manifest::read,
        _ if starts(&["requirements"]) && extension == "txt" => python::read,
        _ => return None,
    })
}

/// Any YAML file may be a manifest, except those that are something else: the values of a chart are
/// defaults that others replace, and Flink's own files have keys of the same name.
fn by_extension(name: &str) -> Option<Reader> {
    let (stem, extension) = name.rsplit_once('.')?;
    let other = ["values", "flink-conf"]
        .iter()
        .any(|start| stem.starts_with(start));
    let own = super::is_config_name(name) || side(name).is_some();
    (matches!(extension, "yaml" | "yml") && !other && !own).then_some(manifest::read as Reader)
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// A text without its quotes, when it is quoted.
fn unquoted(text: &str) -> &str {
    ['"', '\'']
        .into_iter()
        .find_map(|quote| text.strip_prefix(quote)?.split(quote).next())
        .unwrap_or(text)
}

#[cfg(test)]
mod tests;
