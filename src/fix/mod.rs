//! Edits, passes, promises: applies fixes so that a file says exactly what it said, except for what
//! each fix claims.

use std::collections::BTreeMap;

use crate::config::Configs;
use crate::finding::{Claim, Finding, Fix, Safety};
use crate::lint::{Linted, lint};
use crate::project::Project;
use crate::text::{Edit, SourceId, Sources, apply};

pub mod patch;
pub mod write;

/// Most passes over a project; each pass applies every fix that overlaps no other.
const MAX_PASSES: usize = 10;

/// A fix that went in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The rule it belongs to.
    pub rule: String,
    /// The fix.
    pub safety: Safety,
    /// What could go wrong.
    pub risk: String,
    /// The sources it edits.
    pub sources: Vec<SourceId>,
}

/// What fixing leads to.
#[derive(Debug)]
pub struct Plan {
    /// The sources afterwards, with the same numbers and paths.
    pub sources: Sources,
    /// The fixes that went in, in the order of application.
    pub applied: Vec<Applied>,
    /// Rules whose fix would have changed more than it claims: bugs of flint.
    pub refused: Vec<String>,
    /// What is left afterwards.
    pub left: Linted,
}

/// Which fixes go in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// Safe ones.
    pub safe: bool,
    /// Unsafe ones.
    pub unsafe_: bool,
}

impl Allowed {
    fn holds(self, fix: &Fix) -> bool {
        match fix.safety {
            Safety::Safe => self.safe,
            Safety::Unsafe => self.unsafe_,
        }
    }
}

/// Applies fixes until none is left, or after ten passes. `in_scope` says which sources may change.
pub fn plan(
    sources: &Sources,
    configs: &Configs,
    allowed: Allowed,
    in_scope: &dyn Fn(SourceId) -> bool,
) -> Plan {
    // What was read as Flink's stays so, even if a fix takes the last sign away.
    let named: Vec<String> = Project::read(sources, configs, &[])
        .documents
        .iter()
        .map(|document| sources.get(document.source).path.clone())
        .collect();
    let named = named.as_slice();
    let mut current = copy(sources);
    let mut applied = Vec::new();
    let mut refused: Vec<(String, String)> = Vec::new();
    for _ in 0..MAX_PASSES {
        let project = Project::read(&current, configs, named);
        let linted = lint(&project, configs);
        let fixes: Vec<(&Finding, &Fix)> = linted
            .findings
            .iter()
            .filter(|finding| finding.suppressed.is_none())
            .filter_map(|finding| Some((finding, finding.fix.as_ref()?)))
            .filter(|(_, fix)| {
                allowed.holds(fix) && fix.edits.iter().all(|edit| in_scope(edit.source))
            })
            .filter(|(finding, _)| !refused.contains(&identity(&current, finding)))
            .collect();
        let chosen = choose(&fixes);
        if chosen.is_empty() {
            return finish(current, applied, refused, linted);
        }
        let all: Vec<&Fix> = chosen.iter().map(|(_, fix)| *fix).collect();
        let mut next = promise_kept(&project, configs, named, &all);
        if next.is_some() {
            applied.extend(chosen.iter().map(|(finding, fix)| record(finding, fix)));
        } else {
            // One of them breaks its promise: let in what keeps it, one after another.
            let mut accepted: Vec<&Fix> = Vec::new();
            for (finding, fix) in &chosen {
                accepted.push(fix);
                if let Some(after) = promise_kept(&project, configs, named, &accepted) {
                    next = Some(after);
                    applied.push(record(finding, fix));
                    continue;
                }
                accepted.pop();
                if promise_kept(&project, configs, named, &[fix]).is_none() {
                    refused.push(identity(&current, finding));
                }
            }
        }
        if let Some(next) = next {
            drop(linted);
            drop(project);
            current = next;
        }
    }
    let project = Project::read(&current, configs, named);
    let linted = lint(&project, configs);
    drop(project);
    finish(current, applied, refused, linted)
}

fn finish(
    sources: Sources,
    applied: Vec<Applied>,
    refused: Vec<(String, String)>,
    left: Linted,
) -> Plan {
    let mut refused: Vec<String> = refused.into_iter().map(|(rule, _)| rule).collect();
    refused.sort();
    refused.dedup();
    Plan {
        sources,
        applied,
        refused,
        left,
    }
}

fn copy(sources: &Sources) -> Sources {
    let mut copy = Sources::default();
    for source in &sources.0 {
        copy.add(source.path.clone(), source.bytes.clone());
    }
    copy
}

fn record(finding: &Finding, fix: &Fix) -> Applied {
    let mut sources: Vec<SourceId> = fix.edits.iter().map(|edit| edit.source).collect();
    sources.sort();
    sources.dedup();
    Applied {
        rule: finding.rule.clone(),
        safety: fix.safety,
        risk: fix.risk.clone(),
        sources,
    }
}

/// What a finding is about, whatever lines have moved.
fn identity(sources: &Sources, finding: &Finding) -> (String, String) {
    let path = &sources.get(finding.at.source).path;
    (
        finding.rule.clone(),
        format!("{path}\n{}", finding.key.as_deref().unwrap_or_default()),
    )
}

/// The fixes of one pass, in the order of findings: one that touches an edit already taken waits for
/// the next pass; edits that are the same in two fixes count once.
fn choose<'f>(fixes: &[(&'f Finding, &'f Fix)]) -> Vec<(&'f Finding, &'f Fix)> {
    let mut taken: Vec<&Edit> = Vec::new();
    let mut chosen = Vec::new();
    for &(finding, fix) in fixes {
        let fits = fix.edits.iter().all(|edit| {
            taken.iter().all(|other| {
                other == &edit || other.source != edit.source || !other.span.touches(edit.span)
            })
        });
        let is_new = fix.edits.iter().any(|edit| !taken.contains(&edit));
        if fits && is_new {
            taken.extend(&fix.edits);
            chosen.push((finding, fix));
        }
    }
    chosen
}

/// The value in force of every key of every document.
type Readings = BTreeMap<(SourceId, u32, String), String>;

fn readings(project: &Project) -> Readings {
    let mut readings = Readings::new();
    for document in &project.documents {
        for setting in &document.settings {
            let key = (document.source, document.ordinal, setting.key.clone());
            readings.insert(key, setting.value.clone());
        }
    }
    readings
}

/// Applies fixes and reads again. `None` if anything reads differently from what they claim, or if a
/// file that loaded no longer does.
fn promise_kept(
    project: &Project,
    configs: &Configs,
    named: &[String],
    fixes: &[&Fix],
) -> Option<Sources> {
    let mut by_source: BTreeMap<SourceId, Vec<&Edit>> = BTreeMap::new();
    for edit in fixes.iter().flat_map(|fix| &fix.edits) {
        let edits = by_source.entry(edit.source).or_default();
        if !edits.contains(&edit) {
            edits.push(edit);
        }
    }
    let mut after = Sources::default();
    for source in &project.sources.0 {
        let bytes = match by_source.get(&source.id) {
            Some(edits) => apply(&source.bytes, edits),
            None => source.bytes.clone(),
        };
        after.add(source.path.clone(), bytes);
    }
    let mut expected = readings(project);
    for claim in fixes.iter().flat_map(|fix| &fix.claims) {
        let Claim {
            source,
            document,
            key,
            value,
        } = claim;
        let place = (*source, *document, key.clone());
        match value {
            Some(value) => expected.insert(place, value.clone()),
            None => expected.remove(&place),
        };
    }
    let read = Project::read(&after, configs, named);
    let loads = |project: &Project| -> Vec<SourceId> {
        let loading = project
            .documents
            .iter()
            .filter(|document| document.load_error.is_none());
        loading.map(|document| document.source).collect()
    };
    let still_loads = loads(&read);
    let kept = loads(project)
        .iter()
        .all(|source| still_loads.contains(source))
        && readings(&read) == expected;
    drop(read);
    kept.then_some(after)
}
