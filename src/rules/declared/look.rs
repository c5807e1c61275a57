//! Where a check looks: what a key is in a deployment, and where a finding about a missing one stands.

use super::super::{Rule, operator};
use super::{Check, Shown, Space};
use crate::deployment::{Deployment, Effective, Sysctl, Value};
use crate::flink::options::{self, Scope};
use crate::flink::version::Versions;
use crate::page::Group;
use crate::syntax::{Document, Layer, Space as Keys};
use crate::text::Span;

/// What a key is. Of a policy, absence is a fact only where nothing beside the files may set it.
pub(super) fn value<'p>(
    rule: &Rule,
    deployment: &Deployment<'p>,
    key: &str,
    space: Space,
) -> Value<'p> {
    match space {
        Space::Kernel => parameter(deployment, key),
        Space::Flink if rule.front.group != Group::Policy => deployment.get(key),
        Space::Flink if options::meanings(key).next().is_none() => free(deployment, key),
        Space::Flink => match deployment.get(key) {
            // Nothing that Flink itself reads can lack it.
            Value::Default(_) if deployment.resources.is_empty() && is_operators(key) => {
                Value::Unknown
            }
            Value::Default(_) => deployment.cluster_option(key),
            other => other,
        },
    }
}

/// Whether only the operator reads an option.
fn is_operators(key: &str) -> bool {
    options::meanings(key).any(|spec| spec.scope == Scope::Operator)
}

/// A parameter of machines that run Flink, as their files set it.
fn parameter<'p>(deployment: &Deployment<'p>, key: &str) -> Value<'p> {
    if deployment.host.is_empty() || !deployment.is_host_of_flink() {
        return Value::Unknown;
    }
    match deployment.sysctl_state(key) {
        Sysctl::Set(effective) if effective.setting.known => Value::Known(effective),
        Sysctl::Unset => Value::Default(None),
        Sysctl::Set(_) | Sysctl::Unknown => Value::Unknown,
    }
}

/// A key that the table has no line for: of an open family, or of one's own. It has one name, and means
/// the same in every version.
fn free<'p>(deployment: &Deployment<'p>, key: &str) -> Value<'p> {
    match deployment.raw(key) {
        Some((setting, document)) if setting.known => Value::Known(Effective {
            setting,
            document,
            versions: deployment.versions,
        }),
        None if deployment.is_complete()
            && !deployment.cluster.may_set(key)
            && !deployment.may_be_set_by_jobs(key) =>
        {
            Value::Default(None)
        }
        _ => Value::Unknown,
    }
}

/// The setting of a key whose value is not known: it is there under one of its names.
pub(super) fn unknown<'p>(
    deployment: &Deployment<'p>,
    key: &str,
    space: Space,
    value: Value,
) -> Option<Effective<'p>> {
    if space != Space::Flink || !matches!(value, Value::Unknown) {
        return None;
    }
    let (setting, document) = names(key).find_map(|name| deployment.raw(name))?;
    Some(Effective {
        setting,
        document,
        versions: deployment.versions,
    })
}

/// Whether an option that is not known to be set is missing from a resource of the operator: surely, or
/// unless the operator's own configuration sets it.
pub(super) fn lacks(
    deployment: &Deployment,
    key: &str,
    space: Space,
    value: Value,
) -> Option<bool> {
    if space != Space::Flink || !matches!(value, Value::Unknown) {
        return None;
    }
    let names: Vec<&str> = names(key).collect();
    let set_elsewhere = names.iter().any(|name| deployment.cluster.may_set(name));
    if set_elsewhere || deployment.may_be_set_by_jobs(key) {
        return None;
    }
    operator::lacks(deployment, &names)
}

/// The names of an option, its own first.
fn names(key: &str) -> impl Iterator<Item = &str> {
    let aliases = options::meanings(key).flat_map(|spec| spec.aliases());
    std::iter::once(key).chain(aliases.map(|alias| alias.key))
}

/// The versions that know a key under any of its names; all of them for what is not Flink's.
pub(super) fn known_in(rule: &Rule, key: &str, space: Space) -> Versions {
    if space == Space::Kernel || rule.is_own_key(key) {
        return Versions::ALL;
    }
    let known = names(key).map(options::known_in);
    known.fold(Versions::NONE, Versions::or)
}

/// The name under which a key that is missing can be added: one that all versions in question know.
pub(super) fn name_for<'c>(
    rule: &Rule,
    deployment: &Deployment,
    check: &'c Check,
) -> Option<&'c str> {
    if rule.front.group != Group::Policy
        || check.space == Space::Kernel
        || rule.is_own_key(check.key)
    {
        return Some(check.key);
    }
    let fits = |name: &&str| deployment.versions.within(options::known_in(name));
    names(check.key).find(fits).or(Some(check.key))
}

/// Where a finding about what is nowhere stands: the first entry of the main file, above which a comment
/// can speak of it; in a file without any its first line.
pub(super) fn beginning<'p>(deployment: &Deployment<'p>, space: Space) -> Option<Shown<'p>> {
    let document = match space {
        Space::Kernel => deployment.host.first().copied()?,
        Space::Flink => {
            let is_flinks = |document: &&Document| {
                document.space == Keys::Flink && document.layer != Layer::Arguments
            };
            let mut all = deployment.flink_documents().filter(is_flinks);
            match all.next() {
                Some(document) => document,
                None => return resource(deployment),
            }
        }
    };
    let source = deployment.source(document);
    let settings = document.settings.iter().map(|own| own.whole.start);
    let sections = document.sections.iter().filter(|own| !own.key.is_empty());
    let first = settings.chain(sections.map(|own| own.key_at.start)).min();
    let held = document.held_at.map(|held| held.start);
    let start = first.or(held).unwrap_or(0);
    let line = source.line_span(source.line_index(start));
    Some(Shown {
        document,
        span: Span {
            start: start.max(line.start),
            end: line.end.max(start),
        },
    })
}

/// Where a resource without a map of options begins to say what it is.
fn resource<'p>(deployment: &Deployment<'p>) -> Option<Shown<'p>> {
    let document = deployment.resources.last().copied()?;
    let span = document.section("spec")?.key_at;
    Some(Shown { document, span })
}

/// The deployment's own name, where somebody gave it one: its resource, or flint.toml. Only one that
/// means nothing special in a path or a file.
pub(super) fn name<'d>(deployment: &'d Deployment) -> Option<&'d str> {
    let given = match deployment.resources.as_slice() {
        [] => deployment.is_named.then_some(deployment.name.as_str()),
        [only] => only.holder.as_deref()?.name.as_deref(),
        _ => None,
    };
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    given.filter(|name| !name.is_empty() && name.chars().all(is_plain))
}
