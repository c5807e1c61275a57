//! `invalid-value` and `value-type-changed`: values that do not parse as their option's type, in all
//! versions or in some (`ConfigurationUtils.convertValue`, and the loaders behind names).

use super::{Reading, Site, milliseconds, sites};
use crate::deployment::Deployment;
use crate::finding::{Finding, Severity};
use crate::flink::options::{self, ValueKind};
use crate::flink::value::{self, ValueError};
use crate::flink::version::Versions;
use crate::rules::Rule;

/// A value that some versions refuse.
struct Refused {
    /// The versions that refuse it.
    versions: Versions,
    /// The versions that take it.
    fits: Versions,
    error: ValueError,
    kind: ValueKind,
    /// What to write, when all versions that refuse the value agree on it.
    instead: Option<String>,
    /// Whether it is the only thing that can be meant.
    certain: bool,
    /// Whether it is a time for an option that was a number of milliseconds before it was a time.
    milliseconds: bool,
}

/// `invalid-value`: no version that reads the setting can read its value.
pub(crate) fn invalid_value(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for site in sites(deployment) {
        let Some(refused) = refused(&site).filter(|refused| refused.fits.is_empty()) else {
            continue;
        };
        let flink = match deployment.version_from {
            Some(_) => format!("Flink {}", refused.versions),
            None => "Flink".to_owned(),
        };
        let mut finding = site.finding(
            rule,
            format!(
                "{flink} cannot read `{}`: {}",
                site.setting.key,
                reason(&site, &refused)
            ),
        );
        finding.help = grammar(&refused).to_owned();
        if let Some(reader) = late_reader(&site) {
            finding.severity = Severity::Warning;
            finding.help = format!("{reader}; {}", finding.help);
        }
        advise(&site, &refused, &mut finding);
        out.push(finding);
    }
}

/// Who reads the value of a setting that the processes of a plain cluster start without, so that a
/// wrong one is no certain end: none of these stopped a recorded start.
fn late_reader(site: &Site) -> Option<&'static str> {
    match site.setting.key.as_str() {
        key if key.starts_with("kubernetes.") => Some("native Kubernetes mode reads it"),
        "rest.port" => Some("clients read it; the server takes it from rest.bind-port, as a range"),
        "web.refresh-interval" => Some("the web interface reads it"),
        "high-availability" if site.setting.value.eq_ignore_ascii_case("kubernetes") => {
            Some("before 1.16 the name is taken for that of a class")
        }
        _ => None,
    }
}

/// `value-type-changed`: some of the versions that a deployment names read the value, others do not.
pub(crate) fn value_type_changed(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    // What only may differ between versions that nobody named is nobody's mistake.
    if deployment.version_from.is_none() {
        return;
    }
    for site in sites(deployment) {
        let Some(refused) = refused(&site).filter(|refused| !refused.fits.is_empty()) else {
            continue;
        };
        let mut finding = site.finding(
            rule,
            format!(
                "Flink {} reads this value of `{}`, Flink {} does not: {}",
                refused.fits,
                site.setting.key,
                refused.versions,
                reason(&site, &refused)
            ),
        );
        finding.help = "the grammar of this option is not the same in all versions that this \
                        deployment names"
            .to_owned();
        advise(&site, &refused, &mut finding);
        out.push(finding);
    }
}

/// What is wrong with the value of a site, if anything is and no other rule says so.
fn refused(site: &Site) -> Option<Refused> {
    let readings = site.read(&site.setting.value);
    let errors: Vec<(&Reading, &ValueError)> = readings
        .iter()
        .filter_map(|reading| Some((reading, reading.result.as_ref().err()?)))
        .collect();
    // The newest version knows most names.
    let (newest, error) = *errors.last()?;
    if site.is_told() {
        return None;
    }
    let mut versions = Versions::NONE;
    for (reading, _) in &errors {
        versions = versions.or(reading.version);
    }
    let fits = readings
        .iter()
        .fold(Versions::NONE, |set, reading| set.or(reading.version));
    let (instead, certain) = instead(site, newest, error);
    let agreed = errors
        .iter()
        .all(|(reading, error)| self::instead(site, reading, error).0 == instead);
    Some(Refused {
        versions,
        fits: fits.without(versions),
        error: error.clone(),
        kind: newest.spec.kind,
        instead: instead.filter(|_| agreed),
        certain,
        milliseconds: in_milliseconds(site, newest).is_some(),
    })
}

/// What to write for one version, and whether nothing else can be meant.
fn instead(site: &Site, reading: &Reading, error: &ValueError) -> (Option<String>, bool) {
    if let Some(number) = in_milliseconds(site, reading) {
        return (Some(number), true);
    }
    (error.instead().map(str::to_owned), error.is_certain())
}

/// The number that a time is for an option that became a duration; all of them counted milliseconds
/// before.
fn in_milliseconds(site: &Site, reading: &Reading) -> Option<String> {
    let is_number = matches!(reading.spec.kind, ValueKind::Long | ValueKind::Integer);
    let became = options::meanings(reading.spec.key).any(|spec| spec.kind == ValueKind::Duration);
    let number = milliseconds(&site.setting.value).filter(|_| is_number && became);
    number.map(|number| number.to_string())
}

/// Why the value is refused, in words.
fn reason(site: &Site, refused: &Refused) -> String {
    if site.shown().is_none() {
        return match &refused.error {
            ValueError::Name { accepted, .. } => {
                format!("the value is none of the names {accepted}")
            }
            ValueError::Ports { .. } => "the value holds no ports from 0 to 65535".to_owned(),
            _ => format!("the value is no {}", refused.kind.name()),
        };
    }
    if let ValueError::Whole { text, .. } = &refused.error {
        if refused.milliseconds {
            return format!("`{text}` is no whole number, and this option counts milliseconds");
        }
        let digits = text.strip_prefix('-').unwrap_or(text);
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return format!("`{text}` is no whole number");
        }
    }
    let everywhere = |text: &str| value::parse_duration(text, Versions::ALL);
    match (&refused.error, everywhere(&site.setting.value)) {
        (
            ValueError::Duration { .. },
            Err(
                error @ ValueError::Duration {
                    refused: Versions::ALL,
                    ..
                },
            ),
        ) => error.plain(),
        (ValueError::Duration { .. }, _) => {
            match value::parse_duration(&site.setting.value, refused.versions) {
                Err(error) => error.plain(),
                Ok(_) => refused.error.plain(),
            }
        }
        _ => refused.error.plain(),
    }
}

/// Says what to write, and offers it where every version then reads one and the same.
fn advise(site: &Site, refused: &Refused, finding: &mut Finding) {
    let Some(instead) = &refused.instead else {
        return;
    };
    finding.label = format!("write `{instead}`");
    let before = site.read(&site.setting.value);
    let after = site.read(instead);
    let same = before.iter().zip(&after).all(|(before, after)| {
        after.result.is_ok() && (before.result.is_err() || before.result == after.result)
    });
    if !same {
        return;
    }
    finding.fix = if refused.certain {
        site.set(instead)
    } else {
        site.set_unsafe(instead, "the value may be meant otherwise")
    };
}

/// The grammar of a type in words.
fn grammar(refused: &Refused) -> &'static str {
    match (&refused.error, refused.kind) {
        (ValueError::Ports { .. }, _) => {
            "a port, several with commas between them, or ranges; the start of a range comes first"
        }
        (ValueError::NoClass { .. }, _) => {
            "the class is part of Flink, but not of the versions in question"
        }
        (ValueError::Name { or_class: true, .. }, _) => {
            "any other text is taken as the class of a factory, which is not found"
        }
        (_, ValueKind::MemorySize) => {
            "a size is a whole number and b, k, m, g or t (or kb, mb, ...), all powers of 1024; \
             without a unit it is bytes"
        }
        (_, ValueKind::Duration) => {
            "a duration is a whole number and one of ms, s, min, h, d; without a unit it is \
             milliseconds"
        }
        (_, ValueKind::Integer | ValueKind::Long) if refused.milliseconds => {
            "from 1.20 on the option takes a time with a unit, and still a number of milliseconds"
        }
        (_, ValueKind::Integer | ValueKind::Long) => {
            "a whole number is digits only, perhaps after a sign: no unit, decimals or blanks"
        }
        (_, ValueKind::Boolean) => "a boolean is true or false, in any case",
        (_, ValueKind::Enum | ValueKind::EnumList) => {
            "case does not matter, but `-`, `_` and blanks do"
        }
        (_, ValueKind::Map) => "a map is `key:value` pairs with commas between them",
        (_, ValueKind::MapList) => "a list of maps is `key:value,key:value;key:value`",
        (_, ValueKind::StringList) => {
            "a list has `;` between its items; quotes go around a whole item"
        }
        _ => "Flink stops where it reads the option",
    }
}
