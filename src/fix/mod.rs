//! Edits, passes, promises: applies fixes so that a file says exactly what it said, except for what
//! each fix claims.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::Configs;
use crate::finding::{Claim, Finding, Fix, Safety};
use crate::lint::{Linted, lint};
use crate::project::Project;
use crate::text::{Edit, SourceId, Sources, Span, apply};

mod code;
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
    let named = Project::read(sources, configs, &[]).signed();
    let named = named.as_slice();
    let mut current = copy(sources);
    let mut applied = Vec::new();
    let mut refused: Vec<(String, String)> = Vec::new();
    for _ in 0..MAX_PASSES {
        let project = Project::read(&current, configs, named);
        let linted = lint(&project, configs);
        // Whoever has not read all of it does not know what a change does.
        if !project.internal_errors.is_empty() {
            return finish(current, applied, refused, linted);
        }
        let fixes: Vec<(&Finding, &Fix)> = linted
            .findings
            .iter()
            .filter(|finding| finding.suppressed.is_none())
            .filter_map(|finding| Some((finding, finding.fix.as_ref()?)))
            .filter(|(_, fix)| {
                allowed.holds(fix) && fix.edits.iter().all(|edit| in_scope(edit.source))
            })
            .filter(|(finding, _)| {
                refused.is_empty() || !refused.contains(&identity(&current, finding))
            })
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
            // One of them breaks its promise: let in what keeps it. Halves that keep it together go
            // in together, so that one bad fix among thousands costs a few readings.
            let mut accepted: Vec<&Fix> = Vec::new();
            let mut waiting = vec![chosen.as_slice()];
            while let Some(part) = waiting.pop() {
                let before = accepted.len();
                accepted.extend(part.iter().map(|(_, fix)| *fix));
                if let Some(after) = promise_kept(&project, configs, named, &accepted) {
                    next = Some(after);
                    applied.extend(part.iter().map(|(finding, fix)| record(finding, fix)));
                    continue;
                }
                accepted.truncate(before);
                if let [(finding, fix)] = part {
                    if promise_kept(&project, configs, named, &[fix]).is_none() {
                        refused.push(identity(&current, finding));
                    }
                } else {
                    let (left, right) = part.split_at(part.len() / 2);
                    waiting.extend([right, left]);
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
    let mut taken = Taken::default();
    let mut chosen = Vec::new();
    for &(finding, fix) in fixes {
        let fits = fix.edits.iter().all(|edit| taken.has_room_for(edit));
        let is_new = fix.edits.iter().any(|edit| !taken.edits.contains(edit));
        if fits && is_new {
            fix.edits.iter().for_each(|edit| taken.add(edit));
            chosen.push((finding, fix));
        }
    }
    chosen
}

/// The edits of one pass so far.
#[derive(Default)]
struct Taken<'f> {
    edits: BTreeSet<&'f Edit>,
    /// By source and first byte: where the bytes end that edits touch; no two of these touch.
    spans: BTreeMap<(SourceId, u32), u32>,
}

impl<'f> Taken<'f> {
    /// The last of the spans that touch one.
    fn touching(&self, edit: &Edit) -> Option<Span> {
        let upto = (edit.source, 0)..=(edit.source, edit.span.end);
        let (&(_, start), &end) = self.spans.range(upto).next_back()?;
        let span = Span { start, end };
        span.touches(edit.span).then_some(span)
    }

    /// Whether no other edit is in the way; the same edit is not.
    fn has_room_for(&self, edit: &Edit) -> bool {
        self.touching(edit)
            .is_none_or(|span| span == edit.span && self.edits.contains(edit))
    }

    fn add(&mut self, edit: &'f Edit) {
        self.edits.insert(edit);
        let mut whole = edit.clone();
        while let Some(span) = self.touching(&whole) {
            self.spans.remove(&(edit.source, span.start));
            whole.span = whole.span.join(span);
        }
        self.spans
            .insert((edit.source, whole.span.start), whole.span.end);
    }
}

/// The value in force of every key of every document.
type Readings = BTreeMap<(SourceId, u32, String), String>;

fn readings(project: &Project) -> Readings {
    let mut readings = Readings::new();
    // What an operator makes of fields follows from these.
    let written = project.documents.iter();
    for document in written.filter(|document| document.fields_of.is_none()) {
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
    let mut seen = BTreeSet::new();
    let mut by_source: BTreeMap<SourceId, Vec<&Edit>> = BTreeMap::new();
    for edit in fixes.iter().flat_map(|fix| &fix.edits) {
        if seen.insert(edit) {
            by_source.entry(edit.source).or_default().push(edit);
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
    let loads = |project: &Project| -> BTreeSet<SourceId> {
        let loading = project
            .documents
            .iter()
            .filter(|document| document.load_error.is_none());
        loading.map(|document| document.source).collect()
    };
    let still_loads = loads(&read);
    let kept = read.internal_errors.is_empty()
        && loads(project).is_subset(&still_loads)
        && readings(&read) == expected
        && by_source
            .iter()
            .all(|(source, edits)| code_kept(project, &read, *source, edits));
    drop(read);
    kept.then_some(after)
}

/// Whether the code of a source still says what the edits leave alone.
fn code_kept(before: &Project, after: &Project, source: SourceId, edits: &[&Edit]) -> bool {
    let code = |project: &'_ Project| {
        let mut documents = project.documents.iter();
        let found = documents.find(|own| own.source == source && own.code.is_some());
        found.and_then(|document| document.code.clone())
    };
    match (code(before), code(after)) {
        (Some(before), Some(after)) => code::calls_kept(&before, &after, edits),
        (before, after) => before.is_none() && after.is_none(),
    }
}
