//! `deprecated-option`: old names that all versions of the deployment still read.

use super::{Rule, first, removed};
use crate::deployment::Deployment;
use crate::finding::{Finding, Fix, Safety};
use crate::flink::options::{self, OptionSpec, Scope, State};
use crate::flink::version::{NAMES, Versions};
use crate::rules::{claim, keys};
use crate::syntax::{Document, Layer, Setting};

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for (document, setting) in keys::of_flink(deployment) {
        let Some(targets) = targets(&setting.key, deployment.versions) else {
            out.extend(ending(rule, deployment, document, setting));
            continue;
        };
        // Beside one of its other names it is that pair that matters.
        let paired = targets.iter().any(|target| {
            names(target, deployment.versions)
                .any(|name| name != setting.key && deployment.raw(name).is_some())
        });
        if paired || keys::is_read_by_nothing(&setting.key, deployment.versions) {
            continue;
        }
        out.push(finding(rule, deployment, document, setting, &targets));
    }
}

fn finding(
    rule: &Rule,
    deployment: &Deployment,
    document: &Document,
    setting: &Setting,
    targets: &[&'static str],
) -> Finding {
    let key = &setting.key;
    // Of `jobmanager.web.port` the successors are `rest.bind-port` and the old name `web.port`.
    let current: Vec<&'static str> = targets
        .iter()
        .copied()
        .filter(|target| self::targets(target, deployment.versions).is_none())
        .collect();
    let quoted: Vec<String> = current.iter().map(|target| format!("`{target}`")).collect();
    let mut finding = rule.finding(
        document,
        setting.key_at,
        format!("`{key}` is an old name of {}", quoted.join(" and ")),
    );
    finding.label = format!("deprecated since {}", old_since(key));
    finding.help = "Flink still reads it and logs a warning".to_owned();
    finding.key = Some(key.clone());
    if current.len() == targets.len() {
        let fix = fix(deployment, document, setting, targets);
        // Up to 1.10 the operator is built on Flink 1.19 or older and looks for options by their old names.
        finding.fix = match document.layer {
            Layer::Manifest | Layer::OperatorDefaults => fix.map(|fix| {
                fix.risky("an operator that is built on an older Flink does not know the new name")
            }),
            _ => fix,
        };
    }
    finding
}

/// A deprecated option without a new name, which a later version does not have.
fn ending(
    rule: &Rule,
    deployment: &Deployment,
    document: &Document,
    setting: &Setting,
) -> Option<Finding> {
    let key = &setting.key;
    let mut specs =
        options::meanings(key).filter(|spec| spec.versions.overlaps(deployment.versions));
    let is_deprecated =
        |spec: OptionSpec| spec.state == State::Deprecated && spec.targets().next().is_none();
    // Without a row of its own it is a member of a family, which nothing deprecates.
    let known = options::versions_where(key, |_| true);
    let gone = removed::removed_in(known)?;
    let is_silent = keys::is_read_by_nothing(key, deployment.versions);
    if !deployment.versions.within(known) || !specs.all(is_deprecated) || is_silent {
        return None;
    }
    let mut finding = rule.finding(
        document,
        setting.key_at,
        format!(
            "`{key}` is deprecated, and {gone} removed it{}",
            later(deployment, key)
        ),
    );
    finding.label = format!("deprecated since {}", old_since(key));
    finding.help = "Flink still reads it and logs a warning".to_owned();
    finding.key = Some(key.clone());
    Some(finding)
}

/// What to do about a deprecated option without a new name, as the end of a sentence.
fn later(deployment: &Deployment, key: &str) -> String {
    let instead: Vec<&str> = removed::instead(key)
        .iter()
        .copied()
        .filter(|option| deployment.versions.within(options::known_in(option)))
        .collect();
    let set = instead
        .iter()
        .find(|option| deployment.raw(option).is_some());
    match (set, instead.split_last()) {
        (Some(set), _) => format!("; `{set}` is set already"),
        (None, Some((last, []))) => format!(": set `{last}`"),
        (None, Some((last, rest))) => format!(": set `{}` or `{last}`", rest.join("`, `")),
        (None, None) => "; no option has its meaning".to_owned(),
    }
}

/// The first version in which a key is no option of its own any more.
fn old_since(key: &str) -> String {
    let old = options::versions_where(key, |spec| spec.state != State::Current);
    match first(old) {
        oldest if oldest == NAMES[0] => format!("{oldest} or before"),
        since => since.to_owned(),
    }
}

/// The options that a key stands for, where every version reads it as an old name of exactly these.
pub(super) fn targets(key: &str, versions: Versions) -> Option<Vec<&'static str>> {
    let mut agreed: Option<Vec<&'static str>> = None;
    let mut seen = Versions::NONE;
    for spec in options::meanings(key).filter(|spec| spec.versions.overlaps(versions)) {
        let targets: Vec<&'static str> = spec.targets().collect();
        let is_old = spec.state != State::Current && !targets.is_empty();
        if !is_old || agreed.as_ref().is_some_and(|other| *other != targets) {
            return None;
        }
        if !targets.iter().all(|target| reads(target, &spec, versions)) {
            return None;
        }
        seen = seen.or(spec.versions);
        agreed = Some(targets);
    }
    agreed.filter(|_| versions.within(seen))
}

/// Whether an option reads the key of `old` as a deprecated one, in all versions in question.
fn reads(target: &str, old: &OptionSpec, versions: Versions) -> bool {
    let wanted = versions.and(old.versions);
    let reading = options::versions_where(target, |spec| {
        let mut aliases = spec.aliases();
        aliases.any(|alias| alias.key == old.key && !alias.fallback)
    });
    wanted.within(reading)
}

/// All names under which any of the versions reads an option.
pub(super) fn names(
    option: &'static str,
    versions: Versions,
) -> impl Iterator<Item = &'static str> {
    let aliases = options::meanings(option)
        .filter(move |spec| spec.versions.overlaps(versions))
        .flat_map(|spec| spec.aliases().collect::<Vec<_>>());
    std::iter::once(option).chain(aliases.map(|alias| alias.key))
}

/// The new names in place of the old one.
fn fix(
    deployment: &Deployment,
    document: &Document,
    setting: &Setting,
    targets: &[&'static str],
) -> Option<Fix> {
    let (first, rest) = targets.split_first()?;
    // A deprecated option that still is one may have readers of its own beside the new option.
    let is_alias = options::meanings(&setting.key)
        .filter(|spec| spec.versions.overlaps(deployment.versions))
        .all(|spec| spec.state == State::Alias);
    // The scripts in bin/ look some of these up by their own grammar.
    let of_scripts = setting.key.starts_with("env.") || first.starts_with("env.");
    if document.all(&setting.key).count() != 1 || !is_alias || of_scripts {
        return None;
    }
    let source = deployment.source(document);
    let mut edits = vec![document.rename(source, setting, first)?];
    let mut claims = vec![
        claim(document, &setting.key, None),
        claim(document, first, Some(&setting.value)),
    ];
    for target in rest {
        edits.push(document.insert_after(source, setting, target, &setting.value)?);
        claims.push(claim(document, target, Some(&setting.value)));
    }
    let title = if rest.is_empty() {
        "rename the key"
    } else {
        "write the options that took its place"
    };
    // A job that looks up the old key itself would miss it, but none can be seen here.
    let (safety, risk) = match reads_otherwise(deployment, setting, targets) {
        Some(other) => (
            Safety::Unsafe,
            format!("`{other}` is not set, and falls back on the new key but not on the old one"),
        ),
        None => (Safety::Safe, String::new()),
    };
    Some(Fix {
        title: title.to_owned(),
        safety,
        risk,
        edits,
        claims,
    })
}

/// An option that gets another value once `targets` stand in place of the old key: Flink follows the
/// other names of an option one step and no further, so what falls back on `pekko.ask.timeout` does not
/// see `akka.ask.timeout`.
fn reads_otherwise(
    deployment: &Deployment,
    setting: &Setting,
    targets: &[&'static str],
) -> Option<&'static str> {
    let old = setting.key.as_str();
    let names = std::iter::once(old).chain(targets.iter().copied());
    let value = |key: &str| deployment.raw(key).map(|(setting, _)| &setting.value);
    let after = |key: &str| match key {
        key if key == old => None,
        key if targets.contains(&key) => Some(&setting.value),
        key => value(key),
    };
    names
        .flat_map(options::readers)
        .filter(|spec| spec.versions.overlaps(deployment.versions) && spec.scope != Scope::Unread)
        .find(|spec| {
            let own = || std::iter::once(spec.key).chain(spec.aliases().map(|alias| alias.key));
            own().find_map(value) != own().find_map(after)
        })
        .map(|spec| spec.key)
}
