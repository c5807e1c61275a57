//! Rules about keys: is each of them an option of these versions? All of them share one
//! classification, [`verdict`], so that one cause gives one finding.

use std::cell::OnceCell;

use super::{Rule, claim, fixes, values};
use crate::deployment::{Deployment, is_disguised, is_said_by_job};
use crate::finding::{Fix, Safety};
use crate::flink::options;
use crate::flink::version::Versions;
use crate::syntax::{Document, Format, ProblemKind, Setting, Space, is_placeholder};
use crate::text::{Edit, Span};

mod both;
mod closed;
mod deprecated;
mod foreign;
mod generations;
mod invented;
mod misplaced;
mod misspelled;
mod prefix;
mod removed;
mod serializers;
mod too_new;
mod unknown;
mod unread;

pub(super) use both::check as both_old_and_new_option;
pub(super) use deprecated::check as deprecated_option;
pub(super) use generations::check as mixed_option_generations;
pub(super) use invented::check as invented_option;
pub(super) use misplaced::check as misplaced_option;
pub(super) use misspelled::{check as misspelled_option, is_misspelt};
pub(super) use prefix::check as prefix_conflict;
pub(super) use removed::check as option_removed;
pub(super) use too_new::check as option_too_new;
pub(super) use unknown::check as unknown_option;
pub(super) use unread::check as unread_option;

/// What a key is to the versions of a deployment.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Verdict {
    /// An option of all versions, or nobody's business: the user's own, a vendor's, an open family's.
    Fine,
    /// No option of any version, but known from articles and forums.
    Invented(&'static invented::Row),
    /// An option of later versions only.
    TooNew(Gap),
    /// An option of earlier versions only.
    Removed(Gap),
    /// No option of any version; this one was meant.
    Misspelt(&'static str),
    /// Read by another program, or only in another place.
    Misplaced(foreign::Owner),
    /// No option of any version, in a namespace in which all keys are declared options.
    Unknown,
}

/// The versions that have an option, and those of the deployment that do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Gap {
    /// Versions of the deployment that don't know the key.
    missing: Versions,
    /// All versions that know it.
    known: Versions,
}

impl Gap {
    /// Whether no version of the deployment knows the key.
    fn is_whole(self, deployment: &Deployment) -> bool {
        self.missing == deployment.versions
    }
}

/// A setting in force whose key is not [`Verdict::Fine`].
struct Judged<'p> {
    document: &'p Document,
    setting: &'p Setting,
    verdict: Verdict,
}

/// How much of the classification a rule needs; what costs more comes later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Depth {
    /// Keys that some version knows.
    OtherVersions,
    /// And those in a list of flint's own.
    Listed,
    /// And those that resemble an option or none.
    All,
}

/// The settings in force that `wanted` picks by the verdict on their keys, in the order of the file.
fn judged<'p>(
    deployment: &'p Deployment<'p>,
    depth: Depth,
    wanted: impl Fn(&Verdict) -> bool,
) -> Vec<Judged<'p>> {
    let mut found = Vec::new();
    for document in deployment.flink_documents() {
        let blocks = nested_blocks(deployment, document);
        let scalars = OnceCell::new();
        // Of several lines of one key the one in force speaks.
        let written = document
            .in_force()
            .filter(|setting| !is_disguised(document, setting));
        for setting in written {
            let verdict = verdict(deployment, document, &setting.key, depth);
            let in_block = || {
                blocks
                    .iter()
                    .any(|block| block.contains(&setting.whole.start))
            };
            let is_told = || {
                matches!(verdict, Verdict::Misspelt(_) | Verdict::Unknown)
                    && scalars
                        .get_or_init(|| values::scalars_with_mappings(deployment, document))
                        .iter()
                        .any(|scalar| is_below(&setting.key, scalar))
            };
            if wanted(&verdict) && !in_block() && !is_told() {
                found.push(Judged {
                    document,
                    setting,
                    verdict,
                });
            }
        }
    }
    found
}

/// Whether some rule about keys tells of a setting whose key is `wanted`.
pub(super) fn is_judged(deployment: &Deployment, wanted: impl Fn(&str) -> bool) -> bool {
    let judged = judged(deployment, Depth::All, |verdict| *verdict != Verdict::Fine);
    judged.iter().any(|found| wanted(&found.setting.key))
}

/// Whether a key begins with all parts of another.
fn is_below(key: &str, other: &str) -> bool {
    key.strip_prefix(other)
        .is_some_and(|rest| rest.starts_with('.'))
}

/// Whether the SQL client of 1.13 takes a `SET` of a key for another option, or says itself that the key is
/// gone (`YamlConfigUtils`).
fn is_of_old_client(deployment: &Deployment, document: &Document, key: &str) -> bool {
    const KEYS: [&str; 14] = [
        "type",
        "planner",
        "periodic-watermarks-interval",
        "min-idle-state-retention",
        "max-idle-state-retention",
        "parallelism",
        "max-parallelism",
        "result-mode",
        "max-table-result-rows",
        "restart-strategy.type",
        "restart-strategy.delay",
        "restart-strategy.attempts",
        "restart-strategy.failure-rate-interval",
        "restart-strategy.max-failures-per-interval",
    ];
    // The first of all versions.
    let may_be_old = deployment.versions.overlaps(Versions::from_bits(1));
    let name = key.strip_prefix("execution.");
    let is_one = name.is_some_and(|name| KEYS.contains(&name) || name == "time-characteristic");
    document.format == Format::Sql && may_be_old && is_one
}

/// What a key of a document is. The first that fits, in this order: an option of these versions, one of
/// other versions, an invented key, another program's, a misspelt one, an unknown one.
fn verdict(deployment: &Deployment, document: &Document, key: &str, depth: Depth) -> Verdict {
    // A job may read keys of its own; only what looks like Flink's can be Flink's.
    let of_job = document.space == Space::Job;
    if of_job && !(key.split('.').nth(2).is_some() && closed::holds(key)) {
        return Verdict::Fine;
    }
    if !of_job && depth >= Depth::Listed && foreign::is_operators(document, key) {
        return Verdict::Misplaced(foreign::Owner::Operator);
    }
    let known = options::known_in(key);
    let missing = deployment.versions.without(known);
    if missing.is_empty() || is_out_of_reach(document, key) {
        return Verdict::Fine;
    }
    if !known.is_empty() {
        return if of_job {
            Verdict::Fine
        } else {
            between_versions(deployment, key, known, missing)
        };
    }
    if depth < Depth::Listed || is_of_old_client(deployment, document, key) {
        return Verdict::Fine;
    }
    if let Some(row) = invented::find(key) {
        return Verdict::Invented(row);
    }
    if closed::is_of_vendor(deployment, key) {
        return Verdict::Fine;
    }
    // A script may set what its catalogs read.
    let is_elsewhere = of_job || is_said_by_job(document);
    if let Some(owner) = foreign::owner(key).filter(|_| !is_elsewhere) {
        return Verdict::Misplaced(owner);
    }
    if depth < Depth::All {
        return Verdict::Fine;
    }
    if let Some(meant) = misspelled::meant(deployment, key) {
        return Verdict::Misspelt(meant);
    }
    if closed::holds(key) && !of_job {
        return Verdict::Unknown;
    }
    Verdict::Fine
}

/// Keys that have a finding of their own, or none at all.
fn is_out_of_reach(document: &Document, key: &str) -> bool {
    // A byte order mark in the key is a mistake of its own, and so is a registrator.
    key.starts_with('\u{feff}')
        || is_placeholder(key)
        || super::kryo::is_registrator(document, key)
        || key.starts_with("pipeline.serialization-config.")
        || is_set_by_flink(key)
}

/// Options that Flink sets itself in the configuration that it hands to its processes.
fn is_set_by_flink(key: &str) -> bool {
    options::meanings(key).any(|spec| spec.scope == options::Scope::Internal)
}

/// The verdict on a key that some versions know and at least one of the deployment does not.
fn between_versions(
    deployment: &Deployment,
    key: &str,
    known: Versions,
    missing: Versions,
) -> Verdict {
    let whole = missing == deployment.versions;
    // Unless somebody named the versions, a file may simply be meant for those that know the key.
    if !whole && deployment.version_from.is_none() {
        return Verdict::Fine;
    }
    // What 1.13 makes of single entries of a map is the map's matter.
    if options::meanings(key).next().is_none() && options::family_versions(key).is_empty() {
        return Verdict::Fine;
    }
    let gap = Gap { missing, known };
    let (low, high) = (known.bits().trailing_zeros(), known.bits().ilog2());
    if missing.bits().ilog2() < low {
        Verdict::TooNew(gap)
    } else if missing.bits().trailing_zeros() > high {
        Verdict::Removed(gap)
    } else {
        Verdict::Fine
    }
}

/// The bytes of nested YAML in a flink-conf.yaml, whose lines have a finding of their own.
fn nested_blocks(deployment: &Deployment, document: &Document) -> Vec<std::ops::Range<u32>> {
    let problems = document.problems.iter();
    problems
        .filter(|problem| problem.kind == ProblemKind::NestedBlock)
        .map(|problem| {
            let bytes = &deployment.source(document).bytes;
            problem.at.start..end_of_block(bytes, problem.at)
        })
        .collect()
}

/// The end of the lines that are indented deeper than the one that holds `root`.
fn end_of_block(bytes: &[u8], root: Span) -> u32 {
    let start = root.start as usize;
    let column = memchr::memrchr(b'\n', &bytes[..start]).map_or(start, |at| start - at - 1);
    let mut lines = bytes[root.end as usize..].split_inclusive(|byte| *byte == b'\n');
    let mut end = root.end as usize + lines.next().map_or(0, <[u8]>::len);
    for line in lines {
        let indent = line.len() - line.trim_ascii_start().len();
        let content = &line[indent..];
        if !(indent > column || content.is_empty() || content.starts_with(b"#")) {
            break;
        }
        end += line.len();
    }
    u32::try_from(end).unwrap_or(u32::MAX)
}

/// `Flink 1.20`, or `Flink` where any version may run.
fn subject(versions: Versions) -> String {
    if versions == Versions::ALL {
        "Flink".to_owned()
    } else {
        format!("Flink {versions}")
    }
}

/// `1.17`: the first version of a set.
fn first(versions: Versions) -> &'static str {
    versions.names().next().unwrap_or_default()
}

/// `1.20`: the last version of a set.
fn last(versions: Versions) -> &'static str {
    versions.names().last().unwrap_or_default()
}

/// An unsafe fix that gives a setting another key, in place or, in nested files where that can't be,
/// at the end. Not where either key stands elsewhere, since one line would then hide the other.
fn rekeyed(
    deployment: &Deployment,
    document: &Document,
    setting: &Setting,
    key: &str,
    risk: &str,
) -> Option<Fix> {
    let alone = document.all(&setting.key).count() == 1;
    if !alone || !deployment.all(key).is_empty() {
        return None;
    }
    let source = deployment.source(document);
    let edits = match document.rename(source, setting, key) {
        Some(edit) => vec![edit],
        None => moved(deployment, document, setting, key)?,
    };
    Some(Fix {
        title: "rename the key".to_owned(),
        safety: Safety::Unsafe,
        risk: risk.to_owned(),
        edits,
        claims: vec![
            claim(document, &setting.key, None),
            claim(document, key, Some(&setting.value)),
        ],
    })
}

/// The setting taken away, and written under another key at the end of a config.yaml.
fn moved(
    deployment: &Deployment,
    document: &Document,
    setting: &Setting,
    key: &str,
) -> Option<Vec<Edit>> {
    if document.format != Format::ConfigYaml {
        return None;
    }
    let source = deployment.source(document);
    Some(vec![
        document.remove(source, setting)?,
        document.insert(source, key, &setting.value)?,
    ])
}

/// Removal of every line of a key that nothing reads.
fn removal(deployment: &Deployment, document: &Document, key: &str) -> Option<Fix> {
    let fix = fixes::remove(deployment, document, &[key])?;
    Some(fix.titled("remove the line, which has no effect"))
}

/// The other names under which any version reads an option.
fn other_names(key: &str) -> Vec<&'static str> {
    options::meanings(key)
        .flat_map(|spec| spec.aliases().collect::<Vec<_>>())
        .map(|alias| alias.key)
        .collect()
}

/// Settings in force of Flink's own files.
fn of_flink<'p>(
    deployment: &'p Deployment<'p>,
) -> impl Iterator<Item = (&'p Document, &'p Setting)> {
    let documents = deployment.in_space(Space::Flink);
    let settings =
        documents.flat_map(|document| document.in_force().map(move |setting| (document, setting)));
    settings.filter(|(document, setting)| !is_disguised(document, setting))
}

/// The setting in force for exactly this key among Flink's own files; a job's files have keys of the
/// job's own.
fn raw<'p>(deployment: &Deployment<'p>, key: &str) -> Option<(&'p Setting, &'p Document)> {
    let documents: Vec<&'p Document> = deployment.in_space(Space::Flink).collect();
    documents
        .into_iter()
        .rev()
        .find_map(|document| document.get(key).map(|setting| (setting, document)))
}

/// Whether none of the versions reads a key that they all declare, or the option it is a name of.
fn is_read_by_nothing(key: &str, versions: Versions) -> bool {
    let option = options::canonical(key, versions).unwrap_or(key);
    versions.within(options::unread_in(option))
}
