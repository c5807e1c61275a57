//! What a baseline silences, what is stale in it, and the lines that would silence everything.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

use crate::baseline::{Baseline, Entry, about, escaped};
use crate::config::{BaselineFile, Configs};
use crate::finding::{Finding, Location, Suppressed};
use crate::fingerprint::{fingerprints_called, place};
use crate::flink::version::Versions;
use crate::rules;
use crate::text::{Edit, SourceId, Sources, Span};

/// The rule about lines of baselines.
const STALE: &str = "stale-baseline";

/// The fingerprint of each finding as the baseline knows it.
fn prints(sources: &Sources, file: &BaselineFile, findings: &[Finding]) -> Vec<String> {
    fingerprints_called(sources, findings, |path| file.base.local(path))
}

/// The fingerprints that findings had under former names of their rules, each with the finding's number.
fn former_prints(
    sources: &Sources,
    file: &BaselineFile,
    findings: &[Finding],
) -> Vec<(usize, String)> {
    let mut former = Vec::new();
    for (name, current) in rules::RENAMED {
        let own = findings.iter().enumerate();
        let own = own.filter(|(_, finding)| finding.rule == current);
        // Those of other rules take no part in what they are called.
        let (numbers, called): (Vec<usize>, Vec<Finding>) = own
            .map(|(at, finding)| {
                let rule = name.to_owned();
                let finding = finding.clone();
                (at, Finding { rule, ..finding })
            })
            .unzip();
        former.extend(numbers.into_iter().zip(prints(sources, file, &called)));
    }
    former
}

/// Whether flint.toml lets anything silence the finding of a rule in a file.
fn is_ignorable(configs: &Configs, path: &str, rule: &str) -> bool {
    let config = configs.of(path).rules.get(rule);
    config.and_then(|rule| rule.ignorable) != Some(false)
}

/// Marks the findings that baselines hold, and adds a note for each entry that holds none. `checked`
/// has the versions of what was read; findings stand in their final order.
pub fn apply(
    sources: &Sources,
    checked: &BTreeMap<SourceId, Versions>,
    configs: &Configs,
    findings: &mut Vec<Finding>,
) {
    let mut stale = Vec::new();
    for (number, file) in configs.baselines.iter().enumerate() {
        // What can't be read as one was refused before.
        let Ok(baseline) = Baseline::parse(sources.get(file.source)) else {
            continue;
        };
        let known: HashSet<&str> = baseline
            .entries
            .iter()
            .map(|(entry, _)| entry.fingerprint.as_str())
            .collect();
        let prints = prints(sources, file, findings);
        let former = former_prints(sources, file, findings);
        let mut used: HashSet<&str> = HashSet::new();
        let all = prints.iter().enumerate();
        for (at, print) in all.chain(former.iter().map(|(at, print)| (*at, print))) {
            let finding = &mut findings[at];
            let path = &sources.get(finding.at.source).path;
            let own = configs.of(path).baseline_number == Some(number);
            if !own || finding.suppressed.is_some() || !is_ignorable(configs, path, &finding.rule) {
                continue;
            }
            if let Some(print) = known.get(print.as_str()) {
                used.insert(print);
                finding.suppressed = Some(Suppressed {
                    by: "baseline",
                    reason: String::new(),
                });
            }
        }
        if file.judged {
            let judge = Judge::new(sources, checked, configs, file);
            let unused = baseline.entries.iter();
            let unused = unused.filter(|(entry, _)| !used.contains(entry.fingerprint.as_str()));
            let mut own: Vec<Finding> = unused
                .filter_map(|(entry, span)| judge.finding(entry, *span))
                .collect();
            join_fixes(&mut own);
            stale.append(&mut own);
        }
    }
    if !stale.is_empty() {
        findings.append(&mut stale);
        findings.sort_by_key(|finding| finding.at);
    }
}

/// Takes back what baselines silenced, where `others` hold the same entries, one for each baseline. Of another
/// tree's findings those are left silenced that one of these has no line for any more: whoever took that away
/// wants to see them.
pub fn keep_open(
    sources: &Sources,
    configs: &Configs,
    others: &[Baseline],
    findings: &mut [Finding],
) {
    for (file, other) in configs.baselines.iter().zip(others) {
        let entries = other.entries.iter();
        let held: HashSet<&str> = entries
            .map(|(entry, _)| entry.fingerprint.as_str())
            .collect();
        let prints = prints(sources, file, findings);
        for (finding, print) in findings.iter_mut().zip(prints) {
            let by_baseline = |own: &Suppressed| own.by == "baseline";
            if finding.suppressed.as_ref().is_some_and(by_baseline) && held.contains(&*print) {
                finding.suppressed = None;
            }
        }
    }
}

/// Gives findings whose lines stand together one fix for all: edits that touch would take a pass each.
fn join_fixes(stale: &mut [Finding]) {
    let line = |finding: &Finding| finding.fix.as_ref().map(|fix| fix.edits[0].span);
    let stands_below = |above: &Finding, below: &Finding| {
        let (above, below) = (line(above), line(below));
        above
            .zip(below)
            .is_some_and(|(above, below)| above.end == below.start)
    };
    for group in stale.chunk_by_mut(stands_below) {
        let (first, last) = (line(&group[0]), line(&group[group.len() - 1]));
        let Some((first, last)) = first.zip(last).filter(|_| group.len() > 1) else {
            continue;
        };
        for fix in group.iter_mut().filter_map(|finding| finding.fix.as_mut()) {
            "remove the line and the stale ones around it".clone_into(&mut fix.title);
            fix.edits[0].span = first.join(last);
        }
    }
}

/// Decides which unused entries of a baseline are stale.
struct Judge<'r> {
    sources: &'r Sources,
    checked: &'r BTreeMap<SourceId, Versions>,
    configs: &'r Configs,
    file: &'r BaselineFile,
    /// The sources by their path as entries write it.
    by_path: HashMap<Cow<'r, str>, SourceId>,
}

impl<'r> Judge<'r> {
    fn new(
        sources: &'r Sources,
        checked: &'r BTreeMap<SourceId, Versions>,
        configs: &'r Configs,
        file: &'r BaselineFile,
    ) -> Self {
        let own = checked.keys().map(|&id| {
            let path = file.base.local(&sources.get(id).path);
            (Cow::Owned(escaped(&path).into_owned()), id)
        });
        Judge {
            sources,
            checked,
            configs,
            file,
            by_path: own.collect(),
        }
    }

    /// What is wrong with an entry: only where its file is gone, or was read and its rule ran on it.
    fn finding(&self, entry: &Entry, span: Span) -> Option<Finding> {
        if !self.file.is_about(&entry.path) {
            return None;
        }
        let outer = self.file.base.outer(&entry.path)?;
        let message = if self.file.gone.contains(&entry.path) {
            format!("{} is gone, and this entry is left", entry.path)
        } else {
            let source = *self.by_path.get(entry.path.as_str())?;
            let path = &self.sources.get(source).path;
            let config = self.configs.of(path);
            let (front, _) = rules::find_in(config, &entry.rule)?;
            let versions = self.checked.get(&source)?;
            let ran = config.runs(front.name, front.group.name(), path)
                && versions.overlaps(front.versions);
            if !ran {
                return None;
            }
            if is_ignorable(self.configs, path, front.name) {
                let place = if entry.about.is_empty() {
                    String::new()
                } else {
                    format!(" about `{}`", entry.about)
                };
                format!("{} has no `{}`{place} any more", entry.path, front.name)
            } else {
                format!(
                    "this entry silences nothing: {} lets nobody ignore `{}`",
                    config.path, front.name
                )
            }
        };
        self.note(entry, span, message, &outer)
    }

    fn note(&self, entry: &Entry, span: Span, message: String, outer: &str) -> Option<Finding> {
        let (front, _) = rules::find(STALE)?;
        let config = self.configs.of(outer);
        if !config.runs(front.name, front.group.name(), outer) {
            return None;
        }
        let severity = config.rules.get(STALE).and_then(|rule| rule.severity);
        let source = self.sources.get(self.file.source);
        let edit = Edit {
            source: source.id,
            span: source.full_line(span.start),
            text: String::new(),
        };
        Some(Finding {
            rule: STALE.to_owned(),
            severity: severity.unwrap_or(front.severity),
            message,
            label: String::new(),
            help: "an entry that is left behind hides the next finding of its kind".to_owned(),
            at: Location {
                source: source.id,
                span,
            },
            document: 0,
            within: None,
            key: Some(entry.line()),
            related: Vec::new(),
            hidden: Vec::new(),
            fix: Some(super::comment_fix("remove the line", vec![edit])),
            suppressed: None,
        })
    }
}

/// The entries that silence what is found: findings of the baseline `number` for which `is_asked`
/// holds. What comments silence needs none, and what nothing may silence gets none.
pub fn entries(
    sources: &Sources,
    configs: &Configs,
    number: usize,
    findings: &[Finding],
    is_asked: impl Fn(&Finding) -> bool,
) -> Vec<Entry> {
    let file = &configs.baselines[number];
    let prints = prints(sources, file, findings);
    let all = findings.iter().zip(prints);
    all.filter(|(finding, _)| {
        let path = &sources.get(finding.at.source).path;
        let live = finding.suppressed.as_ref();
        finding.rule != STALE
            && configs.of(path).baseline_number == Some(number)
            && live.is_none_or(|suppressed| suppressed.by == "baseline")
            && is_ignorable(configs, path, &finding.rule)
            && is_asked(finding)
    })
    .map(|(finding, fingerprint)| {
        let source = sources.get(finding.at.source);
        Entry {
            fingerprint,
            rule: finding.rule.clone(),
            path: escaped(&file.base.local(&source.path)).into_owned(),
            about: match &finding.key {
                Some(key) => about(key),
                // A line may hold what nobody is shown.
                None if !finding.hidden.is_empty() => String::new(),
                None => about(&place(source, finding)),
            },
        }
    })
    .collect()
}
