//! `sysctl-wrong-count` and `unordered-tcp-buffers`: parameters that hold several numbers.

use super::{assignments, memory, releases};
use crate::deployment::{Deployment, Site};
use crate::finding::{Finding, Fix, Severity};
use crate::linux::numbers::{self, End, Number, Outcome};
use crate::linux::parameters::{self, Kind, Parameter};
use crate::rules::{Rule, fixes};

/// Parameters whose numbers only make sense together, with the names of the numbers.
const VECTORS: [(&str, &[&str]); 7] = [
    ("kernel.sem", &["SEMMSL", "SEMMNS", "SEMOPM", "SEMMNI"]),
    ("net.ipv4.ip_local_port_range", &["first port", "last port"]),
    ("net.ipv4.ping_group_range", &["first group", "last group"]),
    ("net.ipv4.tcp_mem", &["low mark", "pressure mark", "limit"]),
    (
        "net.ipv4.tcp_rmem",
        &["least size", "first size", "largest size"],
    ),
    (
        "net.ipv4.tcp_wmem",
        &["least size", "first size", "largest size"],
    ),
    ("net.ipv4.udp_mem", &["low mark", "pressure mark", "limit"]),
];

/// The numbers of a value that the kernel takes.
fn taken(deployment: &Deployment, parameter: &Parameter, value: &str) -> Option<Vec<Number<i128>>> {
    let (found, end) = numbers::read(value, parameter.count());
    let is_taken = |release| {
        let outcome = numbers::write(parameter, value, release);
        !matches!(outcome, Outcome::Refused(..))
    };
    let bad = found.is_empty() || matches!(end, End::Bad(_));
    if bad || !releases(deployment).into_iter().all(is_taken) {
        return None;
    }
    Some(found)
}

/// The numbers of a value that has more than the parameter holds, and those behind them.
pub(super) fn beyond<'s>(
    parameter: &Parameter,
    value: &'s str,
) -> Option<(Vec<Number<i128>>, &'s str)> {
    let (found, end) = numbers::read(value, parameter.count());
    let rest = value[found.last()?.at.end..].trim();
    (end == End::Full && is_numbers(rest)).then_some((found, rest))
}

/// Fewer numbers than the parameter holds, or more.
pub(in crate::rules) fn wrong_count(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for (setting, document) in assignments(deployment).filter(|(setting, _)| setting.known) {
        let key = setting.key.as_str();
        let Some(parameter) = parameters::find(key).filter(Parameter::takes_numbers) else {
            continue;
        };
        let names = VECTORS.iter().find(|(own, _)| *own == key);
        let site = (setting, document);
        let finding = if let Some((found, rest)) = beyond(&parameter, &setting.value) {
            too_many(rule, deployment, site, &parameter, (&found, rest))
        } else if let (Some((_, names)), Some(found)) =
            (names, taken(deployment, &parameter, &setting.value))
            && found.len() < parameter.count()
        {
            too_few(rule, deployment, site, &found, names)
        } else {
            continue;
        };
        out.push(finding);
    }
}

/// Whether a text is one number or several, and nothing else.
fn is_numbers(text: &str) -> bool {
    let mut words = text.split_ascii_whitespace();
    let number = |word: &str| matches!(numbers::read(word, 1), (_, End::Full));
    !text.is_empty() && words.all(number)
}

/// The numbers that are missing stay what they are.
fn too_few(
    rule: &Rule,
    deployment: &Deployment,
    (setting, document): Site,
    found: &[Number<i128>],
    names: &[&str],
) -> Finding {
    let key = setting.key.as_str();
    let missing = &names[found.len()..];
    let stay = if missing.len() == 1 { "stays" } else { "stay" };
    let message = format!(
        "`{key}` holds {} numbers and gets {}: the {} {stay} as it was",
        names.len(),
        found.len(),
        missing.join(" and the "),
    );
    let message = match missing {
        [_] => message,
        _ => message.replace("stay as it was", "stay as they were"),
    };
    let mut finding = rule.finding(document, setting.whole, message);
    finding.key = Some(key.to_owned());
    finding.label = format!("sets only the {}", names[..found.len()].join(" and the "));
    finding.help = "the kernel takes fewer numbers without a word and keeps the others".to_owned();
    finding.fix = whole(deployment, (setting, document), found);
    finding
}

/// One size for the buffers of TCP is the largest that somebody wants; the kernel's own first two go before.
fn whole(
    deployment: &Deployment,
    (setting, document): Site,
    found: &[Number<i128>],
) -> Option<Fix> {
    let before = match setting.key.as_str() {
        "net.ipv4.tcp_rmem" => "4096 131072",
        "net.ipv4.tcp_wmem" => "4096 16384",
        _ => return None,
    };
    let [largest] = found else { return None };
    if largest.value <= 131_072 {
        return None;
    }
    let value = format!("{before} {}", largest.value);
    let fix = fixes::set(deployment, document, setting, &value)?;
    Some(fix.risky("connections may get larger buffers"))
}

/// What stands behind the last number is dropped.
fn too_many(
    rule: &Rule,
    deployment: &Deployment,
    (setting, document): Site,
    parameter: &Parameter,
    (found, rest): (&[Number<i128>], &str),
) -> Finding {
    let key = setting.key.as_str();
    let holds = match found.len() {
        1 => "one number".to_owned(),
        count => format!("{count} numbers"),
    };
    let message = format!("`{key}` holds {holds}: the kernel drops `{rest}`");
    let mut finding = rule.finding(document, setting.whole, message);
    finding.key = Some(key.to_owned());
    let end = found.last().map_or(0, |number| number.at.end);
    let kept = &setting.value[..end];
    let refuses = |release| numbers::write(parameter, kept, release).is_refused();
    if releases(deployment).into_iter().all(refuses) {
        finding.severity = Severity::Error;
        finding.label = format!("and refuses `{kept}`");
        finding.help = "the parameter keeps the value that it had".to_owned();
        return finding;
    }
    finding.label = format!("sets it to {kept}");
    finding.help =
        "the kernel takes as many numbers as the parameter holds, without a word".to_owned();
    // Several numbers for one were meant for something else.
    if found.len() > 1 {
        let fix = fixes::set(deployment, document, setting, kept);
        finding.fix = fix.map(|fix| fix.titled("drop what the kernel drops"));
    }
    finding
}

/// The least, the first and the largest size of the buffers of TCP, or the marks of its memory, are not in
/// order.
pub(in crate::rules) fn unordered(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for (setting, document) in assignments(deployment).filter(|(setting, _)| setting.known) {
        let key = setting.key.as_str();
        let is_triple = key.ends_with("mem") && key.starts_with("net.ipv4.");
        let Some(parameter) = parameters::find(key).filter(|_| is_triple) else {
            continue;
        };
        let Some(found) = taken(deployment, &parameter, &setting.value) else {
            continue;
        };
        let [least, first, largest] = found.as_slice() else {
            continue;
        };
        let in_order = least.value <= first.value && first.value <= largest.value;
        if in_order || memory::is_in_bytes(deployment, setting) {
            continue;
        }
        let memory = parameter.kind() == Kind::Ulong;
        let words = match (memory, first.value > largest.value) {
            (false, true) => "the size that a connection starts with is above the largest",
            (false, false) => "the least size is above the one that a connection starts with",
            (true, true) => "the pressure mark is above the limit",
            (true, false) => "the low mark is above the pressure mark",
        };
        let message = format!("the three numbers of `{key}` are not in order: {words}");
        let mut finding = rule.finding(document, setting.whole, message);
        finding.key = Some(key.to_owned());
        finding.label = if memory {
            "low mark, pressure mark, limit".to_owned()
        } else {
            "least, first, largest".to_owned()
        };
        finding.help = if memory {
            "the kernel takes it as it is: memory is refused before anything was done to save it"
        } else {
            "the kernel takes it as it is: buffers then start above the size that they may grow to"
        }
        .to_owned();
        finding.fix = sorted(deployment, (setting, document), &found).filter(|_| !memory);
        out.push(finding);
    }
}

/// The same numbers in order, where they make a sensible least, first and largest size.
fn sorted(
    deployment: &Deployment,
    (setting, document): Site,
    found: &[Number<i128>],
) -> Option<Fix> {
    let mut values: Vec<i128> = found.iter().map(|number| number.value).collect();
    values.sort_unstable();
    let is_sensible =
        (4096..=65_536).contains(&values[0]) && values[1] < 1_048_576 && values[2] >= 1_048_576;
    if !is_sensible {
        return None;
    }
    let value: Vec<String> = values.iter().map(i128::to_string).collect();
    let fix = fixes::set(deployment, document, setting, &value.join(" "))?;
    Some(fix.risky("connections get buffers of other sizes"))
}
