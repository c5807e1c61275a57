//! The interpreter of checks that a page states itself. Small on purpose: equalities joined by
//! "and", one requirement. What needs more is Rust.

use std::cmp::Ordering;

use super::{Rule, claim, keys, values};
use crate::deployment::{Deployment, Effective, Value};
use crate::finding::{Finding, Fix, Related, Safety};
use crate::flink::bounds;
use crate::flink::options::{self, ValueKind};
use crate::flink::value;
use crate::flink::version::Versions;

/// What a value must be. Values compare as the option's type, never as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Test {
    /// Set, to whatever.
    Present,
    /// Certainly set nowhere.
    Absent,
    /// Equal.
    Is(&'static str),
    /// Known and not equal.
    Not(&'static str),
    /// Equal to one of them.
    OneOf(&'static [&'static str]),
    /// No smaller.
    AtLeast(&'static str),
    /// No larger.
    AtMost(&'static str),
}

/// One check: when all conditions hold, the key must pass the test.
#[derive(Debug)]
pub struct Check {
    /// Conditions on other keys, all of which must be known to hold.
    pub when: &'static [(&'static str, Test)],
    /// The key that is checked.
    pub key: &'static str,
    /// What it must be.
    pub must: Test,
    /// The value in force where the key is absent, when that is not the option table's default.
    pub default: Option<&'static str>,
    /// What is wrong. `{value}`, `{key}` and `{option}` are filled in.
    pub message: &'static str,
    /// What stands under the marked bytes.
    pub label: &'static str,
    /// Why, and what to do.
    pub help: &'static str,
    /// The fix: the value to set, or nothing to remove the setting.
    pub fix: Option<DeclaredFix>,
}

/// The fix of a declared check.
#[derive(Clone, Copy, Debug)]
pub struct DeclaredFix {
    /// The value to set; `None` removes the setting.
    pub set: Option<&'static str>,
    /// Safe or unsafe.
    pub safety: Safety,
    /// What an unsafe fix could break.
    pub risk: &'static str,
}

/// Runs the checks of a page; the first that fires is the finding: one cause, one finding.
pub fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for check in rule.front.checks {
        if let Some(finding) = run(rule, check, deployment) {
            out.push(finding);
            return;
        }
    }
}

fn run(rule: &Rule, check: &Check, deployment: &Deployment) -> Option<Finding> {
    let mut versions = deployment.versions;
    let mut conditions: Vec<Effective> = Vec::new();
    for (key, test) in check.when {
        let value = deployment.get(key);
        if passes(rule, key, value, None, *test, versions) != Some(true) {
            return None;
        }
        if *test == Test::Absent && keys::is_misspelt(deployment, key) {
            return None;
        }
        if let Value::Known(effective) = value {
            versions = versions.and(effective.versions);
            conditions.push(effective);
        }
    }
    let value = deployment.get(check.key);
    if passes(rule, check.key, value, check.default, check.must, versions) != Some(false) {
        return None;
    }
    // An absent key is shown at the condition that makes it matter. One that is there under a wrong
    // name has that one cause, and a rule for it.
    let own = value.known();
    if own.is_none() && keys::is_misspelt(deployment, check.key) {
        return None;
    }
    if let Some(effective) = own {
        versions = versions.and(effective.versions);
        // Too little because Flink refuses it, or for want of a unit, is one cause with its own rule.
        let is_told = || {
            bounds::violated(check.key, effective.value(), versions).is_some()
                || values::lacks_unit(deployment, effective.site())
        };
        if matches!(check.must, Test::AtLeast(_)) && is_told() {
            return None;
        }
    }
    let shown = own.or_else(|| conditions.last().copied())?;
    // Of several versions all must agree, apart from those that do not know a key that takes part.
    if versions.is_empty() || !versions.within(rule.front.versions) {
        return None;
    }
    let text = own.map_or_else(
        || check.default.or(value.text()).unwrap_or_default(),
        |effective| effective.value(),
    );
    let fill = |template: &str| fill(rule, template, check.key, text);
    let mut message = fill(check.message);
    if versions != deployment.versions {
        message.push_str(&format!(" (Flink {versions})"));
    }
    let mut finding = rule.finding(shown.document, shown.setting.whole, message);
    finding.label = fill(check.label);
    finding.help = fill(check.help);
    finding.key = Some(check.key.to_owned());
    for condition in conditions {
        if condition.setting != shown.setting {
            finding.related.push(Related {
                at: condition.at(),
                message: format!("{} is {}", condition.setting.key, condition.value()),
            });
        }
    }
    finding.fix = check
        .fix
        .and_then(|fix| build(rule, deployment, check, fix, own, shown));
    // What is certain for some versions is not for the others.
    if versions != deployment.versions
        && let Some(fix) = finding
            .fix
            .as_mut()
            .filter(|fix| fix.safety == Safety::Safe)
    {
        fix.safety = Safety::Unsafe;
        fix.risk = format!("in other versions than {versions} the line may count");
    }
    Some(finding)
}

fn build(
    rule: &Rule,
    deployment: &Deployment,
    check: &Check,
    fix: DeclaredFix,
    own: Option<Effective>,
    shown: Effective,
) -> Option<Fix> {
    let document = shown.document;
    let source = deployment.source(document);
    let value = fix.set.map(|set| fill(rule, set, check.key, ""));
    let (title, edit) = match (&value, own) {
        (Some(value), Some(own)) => (
            format!("set it to {value}"),
            document.set(source, own.setting, value)?,
        ),
        (Some(value), None) => (
            format!("add {}: {value}", check.key),
            document.insert(source, check.key, value)?,
        ),
        (None, Some(own)) => (
            "remove the line".to_owned(),
            document.remove(source, own.setting)?,
        ),
        (None, None) => return None,
    };
    let key = own.map_or(check.key, |own| own.setting.key.as_str());
    // Removing a line uncovers an earlier one of the same key, if there is one.
    let uncovered = own.and_then(|own| {
        let others = document.all(key).filter(|setting| *setting != own.setting);
        others.last().map(|setting| setting.value.as_str())
    });
    Some(Fix {
        title,
        safety: fix.safety,
        risk: fix.risk.to_owned(),
        edits: vec![edit],
        claims: vec![claim(document, key, value.as_deref().or(uncovered))],
    })
}

/// Whether a value passes; `None` when that can't be known.
pub(super) fn passes(
    rule: &Rule,
    key: &str,
    value: Value,
    default: Option<&str>,
    test: Test,
    versions: Versions,
) -> Option<bool> {
    match test {
        Test::Present => return value.known().map(|_| true),
        Test::Absent => {
            return match value {
                Value::Known(_) => Some(false),
                Value::Default(_) => Some(true),
                Value::Unknown => None,
            };
        }
        _ => {}
    }
    let own = match value {
        Value::Known(effective) => effective.value(),
        Value::Default(table) => match default.or(table) {
            Some(set) => set,
            // No default: an option that is not set differs from every value.
            None => return matches!(test, Test::Not(_)).then_some(true),
        },
        Value::Unknown => return None,
    };
    let kind = options::kind(key, versions).or_else(|| options::kind(key, Versions::ALL))?;
    let compare = |other: &str| order(kind, own, &fill(rule, other, key, own), versions);
    match test {
        Test::Is(other) => compare(other).map(Ordering::is_eq),
        Test::Not(other) => compare(other).map(Ordering::is_ne),
        Test::OneOf(list) => {
            let mut orders = list.iter().map(|other| compare(other));
            orders.try_fold(false, |any, order| Some(any || order?.is_eq()))
        }
        Test::AtLeast(other) => compare(other).map(Ordering::is_ge),
        Test::AtMost(other) => compare(other).map(Ordering::is_le),
        Test::Present | Test::Absent => None,
    }
}

/// Compares two values as a type; `None` when either is no value of that type.
pub(super) fn order(
    kind: ValueKind,
    left: &str,
    right: &str,
    versions: Versions,
) -> Option<Ordering> {
    Some(match kind {
        ValueKind::MemorySize => value::parse_memory(left)
            .ok()?
            .cmp(&value::parse_memory(right).ok()?),
        ValueKind::Duration => value::parse_duration(left, versions)
            .ok()?
            .cmp(&value::parse_duration(right, versions).ok()?),
        ValueKind::Boolean => value::parse_boolean(left)
            .ok()?
            .cmp(&value::parse_boolean(right).ok()?),
        ValueKind::Integer | ValueKind::Long => value::parse_long(left)
            .ok()?
            .cmp(&value::parse_long(right).ok()?),
        // Names of backends, strategies and enums are compared without regard to case.
        _ => left.to_lowercase().cmp(&right.to_lowercase()),
    })
}

/// Fills `{value}`, `{key}` and the rule's options into a text.
fn fill(rule: &Rule, template: &str, key: &str, value: &str) -> String {
    let mut out = template.replace("{value}", value).replace("{key}", key);
    for (name, _) in rule.front.options {
        out = out.replace(&format!("{{{name}}}"), rule.text(name));
    }
    out
}
