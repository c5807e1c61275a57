//! Rules about single values: whether Flink can read them, and what it makes of them.
//!
//! A value is judged only where it counts: the strongest layer's last line of a key, in versions that
//! know the key and do not read another name of the same option first.

use super::conf_lines::kept_quotes;
use super::{Rule, fixes};
use crate::deployment::{Deployment, is_disguised};
use crate::finding::{Finding, Fix};
use crate::flink::names;
use crate::flink::options::{self, OptionSpec, Scope, ValueKind};
use crate::flink::value::{self, ValueError};
use crate::flink::version::Versions;
use crate::syntax::{Document, Format, Kind, ProblemKind, Setting, Space};
use crate::text::Source;
use crate::typed::{self, Given, Typed};

mod default;
mod invalid;
mod shape;
mod text;
mod units;

pub(super) use default::redundant_default;
pub(super) use invalid::{invalid_value, value_type_changed};
pub(super) use shape::{list_on_comma_option, map_under_scalar_option, scalars_with_mappings};
pub(super) use text::{blank_in_directory_list, unquoted_normalised_value};
pub(super) use units::{duration_without_unit, lacks_unit, size_without_unit};

/// A setting whose value counts.
#[derive(Clone, Copy)]
struct Site<'d> {
    deployment: &'d Deployment<'d>,
    document: &'d Document,
    setting: &'d Setting,
}

/// The settings of Flink's own files that are in force, with values that are known.
fn sites<'d>(deployment: &'d Deployment<'d>) -> impl Iterator<Item = Site<'d>> {
    deployment
        .in_space(Space::Flink)
        .filter(|document| {
            // What is read of a file that is no YAML may be anything.
            let error = document.load_error();
            error.is_none_or(|error| error.kind != ProblemKind::YamlSyntax)
        })
        .flat_map(move |document| {
            document.in_force().map(move |setting| Site {
                deployment,
                document,
                setting,
            })
        })
        .filter(|site| {
            let setting = site.setting;
            let alone = || site.deployment.documents.len() == 1;
            let in_force = |(other, _): (&Setting, _)| std::ptr::eq(other, setting);
            setting.known
                && setting.kind != Kind::Null
                && !is_disguised(site.document, setting)
                && !site.deployment.is_read_otherwise(setting, site.document)
                && (alone() || site.deployment.raw(&setting.key).is_some_and(in_force))
        })
}

/// What an option means in one version of those that read a setting.
struct Meaning {
    version: Versions,
    /// The option's own line of the table.
    spec: OptionSpec<'static>,
}

/// What a version makes of a value.
struct Reading {
    version: Versions,
    spec: OptionSpec<'static>,
    result: Result<Typed, ValueError>,
}

impl<'d> Site<'d> {
    fn source(&self) -> &'d Source {
        self.deployment.source(self.document)
    }

    /// The meanings of the key in the versions that read this setting; none for keys of which the
    /// table does not tell how Java reads them.
    fn meanings(&self) -> Vec<Meaning> {
        let key = self.setting.key.as_str();
        // The shell scripts read these with a grammar of their own.
        if key.starts_with("env.") {
            return Vec::new();
        }
        let versions = self.deployment.versions;
        let mut found = Vec::new();
        for own in options::meanings(key).filter(|own| own.versions.overlaps(versions)) {
            // A key that has become the old name of other options is read as each of them.
            let mut specs: Vec<OptionSpec> = own.targets().flat_map(options::meanings).collect();
            if own.targets().next().is_none() {
                specs.push(own);
            }
            let read = specs.iter().filter(|spec| spec.versions.overlaps(versions));
            let mut kinds = read.map(|spec| spec.kind);
            let first = kinds.next();
            if own.targets().count() > 1 && kinds.any(|kind| Some(kind) != first) {
                // Which of them is read where, nobody can tell here.
                continue;
            }
            for spec in specs {
                // An option reads its own key first, then its other names in their order.
                let mut names = std::iter::once(spec.key).chain(spec.aliases().map(|it| it.key));
                let first = names.find(|name| self.deployment.raw(name).is_some());
                if first != Some(key) || spec.scope != Scope::Config {
                    continue;
                }
                let both = versions.and(own.versions).and(spec.versions);
                found.extend(both.iter().map(|version| Meaning { version, spec }));
            }
        }
        found
    }

    /// What each version that reads the setting makes of a text.
    fn read(&self, text: &str) -> Vec<Reading> {
        let given = Given {
            text,
            ..Given::of(self.document, self.setting)
        };
        let read = |Meaning { version, spec }| {
            let names: Vec<&str> = spec.enum_values().collect();
            let mut result = typed::read(spec.kind, &names, given, version);
            // An enum whose names the table lacks.
            if names.is_empty() && matches!(spec.kind, ValueKind::Enum | ValueKind::EnumList) {
                result = Ok(Typed::Text(text.to_owned()));
            }
            if spec.kind == ValueKind::String && given.kind != Kind::List {
                result = result.and_then(|typed| {
                    names::check(spec.key, text, version)?;
                    Ok(typed)
                });
            }
            Reading {
                version,
                spec,
                result,
            }
        };
        self.meanings().into_iter().map(read).collect()
    }

    /// Whether another rule already tells what is wrong with the line.
    fn is_told(&self) -> bool {
        let setting = self.setting;
        let source = self.source();
        let line = source.line_index(setting.whole.start);
        let starts = source.line_starts();
        let start = starts.get(line).copied().unwrap_or(0);
        let told = |problem: &crate::syntax::Problem| match problem.kind {
            ProblemKind::HashCutsValue => problem.key.as_deref() == Some(&setting.key),
            ProblemKind::NestedBlock => {
                problem.at.start < start && source.bytes[start as usize..].starts_with(b" ")
            }
            _ => false,
        };
        // Of these tells `legacy-quotes-kept`.
        let of_quotes = self.document.format == Format::FlinkConf
            && kept_quotes(setting, self.deployment.versions).is_some();
        of_quotes || self.document.problems.iter().any(told)
    }

    /// A finding at the value.
    fn finding(&self, rule: &Rule, message: impl Into<String>) -> Finding {
        let mut finding = rule.finding(self.document, self.setting.value_at, message);
        finding.key = Some(self.setting.key.clone());
        finding
    }

    /// A fix that gives the setting another value.
    fn set(&self, value: &str) -> Option<Fix> {
        let fix = fixes::set(self.deployment, self.document, self.setting, value)?;
        Some(fix.titled(format!("write `{value}`")))
    }

    /// The same where it changes what runs.
    fn set_unsafe(&self, value: &str, risk: &str) -> Option<Fix> {
        self.set(value).map(|fix| fix.risky(risk))
    }

    /// The value as it may stand in a message: short and on one line.
    fn shown(&self) -> Option<&'d str> {
        let value = self.setting.value.as_str();
        (value.len() <= 80 && !value.contains(char::is_control)).then_some(value)
    }
}

/// A whole number without a unit.
fn bare_number(text: &str) -> Option<u64> {
    let digits = text.trim();
    let bare = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    bare.then(|| digits.parse().ok()).flatten()
}

/// The default of an option as its type; `None` without one.
fn default_of(spec: &OptionSpec, version: Versions) -> Option<Typed> {
    let given = Given {
        text: spec.default?,
        kind: Kind::Text,
        form: typed::Form::YamlFirst,
    };
    let names: Vec<&str> = spec.enum_values().collect();
    typed::read(spec.kind, &names, given, version).ok()
}

/// The milliseconds of a duration that a number option means.
fn milliseconds(text: &str) -> Option<u128> {
    let duration = value::parse_duration(text, Versions::LEGACY.and(Versions::YAML)).ok()?;
    let whole = duration.subsec_nanos().is_multiple_of(1_000_000);
    whole.then_some(duration.as_millis())
}
