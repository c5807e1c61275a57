//! The interpreter of checks that a page states itself, flint's own and those of policies. Small on
//! purpose: conditions joined by "and", one key, what its value must be. What needs more is Rust.

use std::cmp::Ordering;

use super::{Rule, claim, keys, values};
use crate::deployment::{Deployment, Effective, Value};
use crate::finding::{Finding, Fix, Related, Safety, Severity};
use crate::flink::bounds;
use crate::flink::value::{self, order};
use crate::flink::version::Versions;
pub use crate::page::{Check, Condition, DeclaredFix, Space, Test};
use crate::page::{DEPLOYMENT, Group, kernel_order, kind};
use crate::syntax::Document;
use crate::text::Span;

mod look;
mod said;

/// Runs the checks of a page; the first that fires is the finding: one cause, one finding.
pub fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for check in rule.front.checks {
        if let Some(finding) = run(rule, check, deployment) {
            out.push(finding);
            return;
        }
    }
}

/// What a finding is shown at.
struct Shown<'p> {
    document: &'p Document,
    span: Span,
}

fn run(rule: &Rule, check: &Check, deployment: &Deployment) -> Option<Finding> {
    let is_policy = rule.front.group == Group::Policy;
    let mut versions = deployment.versions;
    if is_policy {
        // Nobody may have said which version runs. Whoever wrote the policy wants it to hold for its
        // versions, and the message names them.
        versions = versions.and(rule.front.versions);
    }
    let mut conditions: Vec<Effective> = Vec::new();
    for condition in check.when {
        let (key, test) = (condition.key, condition.test);
        let value = look::value(rule, deployment, key, condition.space);
        let holds = holds(rule, (key, condition.space), value, None, test, versions);
        if holds != Some(true) {
            return None;
        }
        if test == Test::Absent && !is_policy && keys::is_misspelt(deployment, key) {
            return None;
        }
        if let Value::Known(effective) = value {
            versions = versions.and(effective.versions);
            conditions.push(effective);
        }
    }
    let value = look::value(rule, deployment, check.key, check.space);
    let fails = |test: &&Test| {
        let subject = (check.key, check.space);
        holds(rule, subject, value, check.default, **test, versions) == Some(false)
    };
    let mut own = value.known();
    let mut is_sure = true;
    let failed = match check.must.iter().find(fails) {
        Some(test) => *test,
        None if is_policy && check.must.contains(&Test::Present) => {
            is_sure = look::lacks(deployment, check.key, check.space, value)?;
            Test::Present
        }
        // What is forbidden is there, whatever a placeholder will make of its value.
        None if is_policy && check.must == [Test::Absent] => {
            own = Some(look::unknown(deployment, check.key, check.space, value)?);
            Test::Absent
        }
        None => return None,
    };
    // An absent key is shown at the condition that makes it matter. One that is there under a wrong
    // name has that one cause, and a rule for it; a policy must not depend on that one running.
    if own.is_none() && !is_policy && keys::is_misspelt(deployment, check.key) {
        return None;
    }
    if let Some(effective) = own {
        versions = versions.and(effective.versions);
        // Too little because Flink refuses it, or for want of a unit, is one cause with its own rule.
        let is_told = || {
            bounds::violated(check.key, effective.value(), versions).is_some()
                || values::lacks_unit(deployment, effective.site())
        };
        if matches!(failed, Test::AtLeast(_)) && !is_policy && is_told() {
            return None;
        }
    } else if is_policy {
        // A version that knows none of its names can't lack it.
        versions = versions.and(look::known_in(rule, check.key, check.space));
    }
    let at = own.or_else(|| conditions.last().copied());
    let shown = match at {
        Some(effective) => Shown {
            document: effective.document,
            span: effective.setting.whole,
        },
        None if is_policy => look::beginning(deployment, check.space)?,
        None => return None,
    };
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
    let mut finding = rule.finding(shown.document, shown.span, message);
    finding.label = if check.label.is_empty() && is_policy {
        let default = own
            .is_none()
            .then_some(text)
            .filter(|text| !text.is_empty());
        let key = look::name_for(rule, deployment, check).unwrap_or(check.key);
        fill(&said::label(failed, key, default))
    } else {
        fill(check.label)
    };
    finding.help = fill(check.help);
    if !is_sure {
        finding.severity = finding.severity.min(Severity::Warning);
        said::admit(&mut finding.help);
    }
    finding.key = Some(check.key.to_owned());
    for condition in conditions {
        if at.is_none_or(|at| condition.setting != at.setting) {
            finding.related.push(Related {
                at: condition.at(),
                message: format!("{} is {}", condition.setting.key, condition.value()),
            });
        }
    }
    finding.fix = check
        .fix
        .and_then(|fix| build(rule, deployment, check, fix, own, shown.document));
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
    document: &Document,
) -> Option<Fix> {
    let source = deployment.source(document);
    let value = match fix.set {
        Some(set) if set.contains(DEPLOYMENT) => {
            let name = look::name(deployment)?;
            Some(fill(rule, set, check.key, "").replace(DEPLOYMENT, name))
        }
        Some(set) => Some(fill(rule, set, check.key, "")),
        None => None,
    };
    // An option may have had another name in the versions in question.
    let key = match own {
        Some(own) => own.setting.key.as_str(),
        None => look::name_for(rule, deployment, check)?,
    };
    let (title, edit) = match (&value, own) {
        (Some(value), Some(own)) => (
            format!("set it to {value}"),
            document.set(source, own.setting, value)?,
        ),
        (Some(value), None) => (
            format!("add {key}: {value}"),
            document.insert(source, key, value)?,
        ),
        (None, Some(own)) => (
            "remove the line".to_owned(),
            document.remove(source, own.setting)?,
        ),
        (None, None) => return None,
    };
    // Removing a line uncovers an earlier one of the same key, if there is one.
    let uncovered = own.and_then(|own| {
        let others = document.all(key).filter(|setting| *setting != own.setting);
        others.last().map(|setting| setting.value.as_str())
    });
    Some(Fix {
        title,
        safety: fix.safety,
        risk: fill(rule, fix.risk, check.key, ""),
        edits: vec![edit],
        claims: vec![claim(document, key, value.as_deref().or(uncovered))],
    })
}

/// Whether the value of an option passes; `None` when that can't be known.
pub(super) fn passes(
    rule: &Rule,
    key: &str,
    value: Value,
    default: Option<&str>,
    test: Test,
    versions: Versions,
) -> Option<bool> {
    holds(rule, (key, Space::Flink), value, default, test, versions)
}

/// Whether a value passes; `None` when that can't be known.
fn holds(
    rule: &Rule,
    (key, space): (&str, Space),
    value: Value,
    default: Option<&str>,
    test: Test,
    versions: Versions,
) -> Option<bool> {
    match (test, value) {
        (Test::Present, Value::Known(_)) | (Test::Absent, Value::Default(_)) => return Some(true),
        (Test::Absent, Value::Known(_)) | (Test::Present, Value::Default(_)) => {
            return Some(false);
        }
        (Test::Present | Test::Absent, Value::Unknown) => return None,
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
    let compare = |other: &str| {
        let other = fill(rule, other, key, own);
        match space {
            Space::Flink => order(kind(key, versions), own, &other, versions),
            Space::Kernel => Some(kernel_order(own, &other)),
        }
    };
    // Of a kernel parameter that is no number nothing is known to be enough.
    let amount = |other: &str| match space {
        Space::Kernel if own.trim().parse::<i128>().is_err() => None,
        Space::Flink if !value::has_amount(kind(key, versions)) => None,
        _ => compare(other),
    };
    match test {
        Test::Is(other) => compare(other).map(Ordering::is_eq),
        Test::Not(other) => compare(other).map(Ordering::is_ne),
        Test::OneOf(list) => {
            let mut orders = list.iter().map(|other| compare(other));
            orders.try_fold(false, |any, order| Some(any || order?.is_eq()))
        }
        Test::AtLeast(other) => amount(other).map(Ordering::is_ge),
        Test::AtMost(other) => amount(other).map(Ordering::is_le),
        Test::Matches(pattern) => Some(pattern.finds(own)),
        Test::Present | Test::Absent => None,
    }
}

/// Fills `{value}`, `{key}` and the rule's options into a text.
fn fill(rule: &Rule, template: &str, key: &str, value: &str) -> String {
    let mut out = template.replace("{value}", value).replace("{key}", key);
    for (name, _) in rule.front.options {
        out = out.replace(&format!("{{{name}}}"), &rule.shown(name));
    }
    out
}
