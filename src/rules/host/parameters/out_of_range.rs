//! `sysctl-out-of-range`: numbers and names that the kernel refuses.

use super::vectors::beyond;
use super::{assignments, releases, stops_container};
use crate::deployment::{Deployment, Site};
use crate::finding::{Finding, Fix, Severity};
use crate::linux::kernel::{MEASURED, Release};
use crate::linux::numbers::{self, End, Outcome};
use crate::linux::parameters::{self, Kind, Parameter};
use crate::rules::host::values;
use crate::rules::{Rule, fixes};
use crate::syntax::Scope;
use crate::words::{MOST_SHOWN, shortened};

/// Ticks of a second: no kernel has fewer, so none takes more seconds.
const FEWEST_TICKS: i128 = 100;

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for (setting, document) in assignments(deployment) {
        let value = setting.value.as_str();
        let Some(parameter) = parameters::find(&setting.key) else {
            continue;
        };
        if !setting.known || !is_of_its_kind(&parameter, value) {
            continue;
        }
        let (refusing, all) = refusing(deployment, &parameter, value);
        // A release that refuses what others take: the newest must be among them, where files go.
        let Some(newest) = refusing.last().copied().filter(|_| {
            all || deployment.machine.kernels.is_none() && refusing.last() == MEASURED.last()
        }) else {
            continue;
        };
        let site = (setting, document);
        let is_octal = values::is_octal_by_mistake(deployment, document, setting);
        if is_octal || !certain(deployment, &parameter, site, newest) {
            continue;
        }
        // Without a comment behind the numbers.
        let (found, _) = numbers::read(value, parameter.count());
        let shown = match found.last() {
            Some(last) if parameter.takes_numbers() => &value[..last.at.end],
            _ => value,
        };
        let shown = shortened(shown, MOST_SHOWN);
        let message = if all {
            format!("the kernel refuses `{shown}` for `{}`", setting.key)
        } else {
            let names: Vec<String> = refusing.iter().map(Release::to_string).collect();
            format!(
                "Linux {} refuses `{shown}` for `{}`",
                names.join(", "),
                setting.key
            )
        };
        let mut finding = rule.finding(document, setting.whole, message);
        if !all {
            finding.severity = Severity::Warning;
        }
        finding.key = Some(setting.key.clone());
        finding.label = label(&parameter, value, newest);
        finding.help = match numbers::write(&parameter, value, newest).numbers() {
            _ if stops_container(document) => "the container does not start".to_owned(),
            [] => "the parameter keeps the value that it had".to_owned(),
            numbers => {
                let kept = numbers.iter().flatten().count();
                let which = if kept == 1 {
                    "number is"
                } else {
                    "numbers are"
                };
                format!(
                    "the first {kept} {which} in force all the same; the others stay as they were"
                )
            }
        };
        finding.fix = fix(deployment, &parameter, site).filter(|_| all);
        out.push(finding);
    }
}

/// Whether a value is of the kind that the parameter takes, so that only the kernel's limits can speak
/// against it. Text that is no number at all has rules of its own.
fn is_of_its_kind(parameter: &Parameter, value: &str) -> bool {
    match parameter.kind() {
        Kind::Name => {
            let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
            !value.is_empty() && value.chars().all(is_word)
        }
        Kind::Ports => {
            let is_list = |c: char| c.is_ascii_digit() || "-, \t".contains(c);
            !value.is_empty() && value.chars().all(is_list)
        }
        Kind::Names | Kind::Text | Kind::Unknown => false,
        _ => {
            let (found, end) = numbers::read(value, parameter.count());
            let is_read = !found.is_empty() && !matches!(end, End::Bad(_));
            is_read && beyond(parameter, value).is_none()
        }
    }
}

/// The releases that refuse a value, oldest first, and whether these are all that have the parameter.
fn refusing(deployment: &Deployment, parameter: &Parameter, value: &str) -> (Vec<Release>, bool) {
    let all = releases(deployment).into_iter();
    let having: Vec<Release> = all
        .filter(|release| parameter.is_writable(*release) == Some(true))
        .collect();
    let refuses = |release: &&Release| {
        matches!(
            numbers::write(parameter, value, **release),
            Outcome::Refused(..)
        )
    };
    let refusing: Vec<Release> = having.iter().filter(refuses).copied().collect();
    let all = refusing.len() == having.len();
    (refusing, all)
}

/// Whether the refusal holds on every machine with this release: limits may move with the processor, the
/// options of the kernel, or another parameter.
fn certain(
    deployment: &Deployment,
    parameter: &Parameter,
    (setting, document): Site,
    release: Release,
) -> bool {
    let (found, _) = numbers::read(&setting.value, parameter.count());
    match parameter.kind() {
        Kind::Seconds => {
            let longest = i128::from(i32::MAX) / FEWEST_TICKS;
            found.iter().any(|number| number.value.abs() > longest)
        }
        Kind::PortRange => {
            // Containers start with all ports free for everybody.
            let opened = document.scope != Scope::Machine
                || deployment
                    .sysctl("net.ipv4.ip_unprivileged_port_start")
                    .is_some();
            let low = found.first().is_some_and(|first| first.value < 1024);
            found.len() == 2 && !(opened && low && found[0].value > 0)
        }
        Kind::Int | Kind::Uint | Kind::Ulong | Kind::Groups | Kind::PowerOfTwo => {
            parameter.limits(release).is_none_or(|limits| limits.fixed)
        }
        Kind::Name | Kind::Ports => true,
        _ => false,
    }
}

/// What the kernel would take.
fn label(parameter: &Parameter, value: &str, release: Release) -> String {
    match parameter.kind() {
        Kind::PortRange => {
            "two ports, the first not above the second, from 1024 to 65535".to_owned()
        }
        Kind::Ports => {
            "ports up to 65535 and ranges `first-last`, divided by commas without blanks".to_owned()
        }
        Kind::Name => format!(
            "names are compared letter by letter: `{}`",
            shortened(&value.to_lowercase(), MOST_SHOWN)
        ),
        Kind::PowerOfTwo => "a power of two".to_owned(),
        Kind::Seconds => "more seconds than the kernel can count in ticks".to_owned(),
        _ => match parameter.limits(release) {
            Some(limits) => format!("it takes {} to {}", limits.low, limits.high),
            None => "it takes numbers of 32 bits".to_owned(),
        },
    }
}

/// The one reading that a refused value has.
fn fix(deployment: &Deployment, parameter: &Parameter, (setting, document): Site) -> Option<Fix> {
    let value = match parameter.kind() {
        Kind::Name => setting.value.to_lowercase(),
        Kind::PortRange => {
            let (found, _) = numbers::read(&setting.value, 2);
            let [first, last] = found.as_slice() else {
                return None;
            };
            let is_swapped =
                last.value >= 1024 && first.value > last.value && first.value <= 65_535;
            is_swapped.then(|| format!("{} {}", last.value, first.value))?
        }
        Kind::Ports => {
            // Blanks are the only thing that is wrong.
            let parts = setting.value.split([',', ' ', '\t']);
            let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
            let value = parts.join(",");
            numbers::ports(&value)?;
            value
        }
        _ => return None,
    };
    fixes::set(deployment, document, setting, &value)
}
