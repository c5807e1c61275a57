//! `operator-resources-invalid`: amounts of memory, CPU and storage that the operator refuses.

use super::{Resource, What, related, resources};
use crate::deployment::Deployment;
use crate::finding::Finding;
use crate::flink::value::parse_memory;
use crate::rules::Rule;
use crate::syntax::Setting;

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for resource in resources(deployment) {
        if !matches!(resource.what, What::Deployment | What::BlueGreen) {
            continue;
        }
        for process in ["jobManager", "taskManager"] {
            for (name, amount) in [
                ("memory", Amount::Memory),
                ("ephemeralStorage", Amount::Other),
            ] {
                let path = format!("{process}.resource.{name}");
                let field = resource.known(&path);
                let problem = field.and_then(|field| unreadable(amount, field));
                out.extend(problem.and_then(|problem| finding(rule, resource, &path, problem)));
            }
            for section in ["requests", "limits"] {
                amounts(
                    rule,
                    resource,
                    &format!("{process}.resources.{section}"),
                    out,
                );
            }
            for name in ["cpu", "memory"] {
                out.extend(above_limit(rule, resource, process, name));
            }
        }
    }
}

/// How an amount is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Amount {
    /// A memory size of Flink's, or else a quantity in any case.
    Memory,
    /// A quantity of CPU, which must not be 0.
    Cpu,
    /// A quantity.
    Other,
}

impl Amount {
    fn of(name: &str) -> Self {
        match name {
            "memory" => Amount::Memory,
            "cpu" => Amount::Cpu,
            _ => Amount::Other,
        }
    }

    /// What the operator reads; `None` for what it can't.
    fn read(self, text: &str) -> Option<Quantity> {
        if self != Amount::Memory {
            return quantity(text);
        }
        if let Ok(bytes) = parse_memory(text) {
            #[expect(clippy::cast_precision_loss, reason = "only compared with others")]
            return Some(Quantity(bytes as f64));
        }
        let text: String = text.split_whitespace().collect();
        let text = text.to_uppercase();
        let text = text.strip_suffix('B').unwrap_or(&text);
        let read = match text.strip_suffix('I') {
            Some(text) => quantity(&format!("{text}i")),
            // Uppercase, `k` is no unit for some versions of the client.
            None => quantity(text).or_else(|| quantity(&text.replace('K', "k"))),
        };
        read.filter(|own| own.0 >= 0.0)
    }
}

/// An amount in its base unit.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
struct Quantity(f64);

/// A quantity of Kubernetes, as far as it is told from what is none (`Quantity.getAmountInBytes` of the
/// Java client).
fn quantity(text: &str) -> Option<Quantity> {
    let is_number = |c: char| c.is_ascii_digit() || "+-.".contains(c);
    let (number, suffix) = text.split_at(text.find(|c| !is_number(c)).unwrap_or(text.len()));
    let number: f64 = number.parse().ok()?;
    let exponent = suffix
        .strip_prefix(['e', 'E'])
        .filter(|own| !own.is_empty());
    if let Some(exponent) = exponent {
        let exponent: i32 = exponent.parse().ok()?;
        return Some(Quantity(number * 10f64.powi(exponent)));
    }
    let factor = match suffix {
        "" => 1.0,
        "n" => 1e-9,
        "u" => 1e-6,
        "m" => 1e-3,
        "k" => 1e3,
        "M" => 1e6,
        "G" => 1e9,
        "T" => 1e12,
        "P" => 1e15,
        "E" => 1e18,
        "Ki" => f64::powi(2.0, 10),
        "Mi" => f64::powi(2.0, 20),
        "Gi" => f64::powi(2.0, 30),
        "Ti" => f64::powi(2.0, 40),
        "Pi" => f64::powi(2.0, 50),
        "Ei" => f64::powi(2.0, 60),
        _ => return None,
    };
    Some(Quantity(number * factor))
}

/// What is wrong with an amount, and what to write.
type Trouble = (String, &'static str);

/// Blank memory is memory that is not given.
fn unreadable(amount: Amount, field: &Setting) -> Option<Trouble> {
    let text = field.value.trim();
    if text.is_empty() || amount.read(text).is_some() {
        return None;
    }
    Some(if amount == Amount::Memory {
        (
            format!("the operator can't read `{text}` as a size of memory"),
            "write a size such as `2048m` or `2Gi`",
        )
    } else {
        (
            format!("the operator can't read `{text}` as a quantity"),
            "write a quantity of Kubernetes, such as `500m`, `2` or `4Gi`",
        )
    })
}

/// The amounts of `requests` or `limits`.
fn amounts(rule: &Rule, resource: Resource, section: &str, out: &mut Vec<Finding>) {
    let parent = resource.key(&format!("{section}."));
    for field in resource.fields.in_force() {
        let Some(name) = field.key.strip_prefix(&parent).filter(|_| field.known) else {
            continue;
        };
        let amount = Amount::of(name);
        let problem = unreadable(amount, field).or_else(|| {
            let Quantity(number) = amount.read(field.value.trim())?;
            match amount {
                Amount::Memory | Amount::Cpu if number <= 0.0 => Some((
                    format!("{name} of `{}` is not positive", field.value),
                    "write how much it needs, or leave the line out",
                )),
                Amount::Other if number < 0.0 => Some((
                    format!("{name} of `{}` is negative", field.value),
                    "write how much it needs, or leave the line out",
                )),
                _ => None,
            }
        });
        let path = format!("{section}.{name}");
        out.extend(problem.and_then(|problem| finding(rule, resource, &path, problem)));
    }
}

/// A request of more than the limit lets it have.
fn above_limit(rule: &Rule, resource: Resource, process: &str, name: &str) -> Option<Finding> {
    let amount = Amount::of(name);
    let path = |section: &str| format!("{process}.resources.{section}.{name}");
    let request = resource.known(&path("requests"))?;
    let limit = resource.known(&path("limits"))?;
    let read = |field: &Setting| amount.read(field.value.trim()).filter(|own| own.0 > 0.0);
    if read(request)? <= read(limit)? {
        return None;
    }
    let problem = (
        format!(
            "the request of {name} is {}, above the limit of {}",
            request.value, limit.value
        ),
        "a pod that asks for more than its limit is refused: raise the limit or lower the request",
    );
    let mut finding = finding(rule, resource, &path("requests"), problem)?;
    let related = related((limit, resource.fields), "the limit");
    finding.related.push(related);
    Some(finding)
}

fn finding(rule: &Rule, resource: Resource, path: &str, problem: Trouble) -> Option<Finding> {
    let (message, help) = problem;
    let mut finding = resource.finding(rule, path, message)?;
    help.clone_into(&mut finding.help);
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory(text: &str) -> Option<f64> {
        Amount::Memory.read(text).map(|own| own.0)
    }

    #[test]
    fn memory_is_a_size_of_flink_or_a_quantity_in_any_case() {
        let gib = f64::powi(2.0, 30);
        for (text, bytes) in [
            ("2g", Some(2.0 * gib)),
            ("2G", Some(2.0 * gib)),
            ("2048 mb", Some(2.0 * gib)),
            ("2Gi", Some(2.0 * gib)),
            ("2 gib", Some(2.0 * gib)),
            ("1.5Gi", Some(1.5 * gib)),
            ("1e3", Some(1000.0)),
            ("2000", Some(2000.0)),
            ("invalid", None),
            ("2 gigs", None),
            ("-1Gi", None),
            ("Gi", None),
        ] {
            assert_eq!(memory(text), bytes, "{text}");
        }
    }

    #[test]
    fn a_quantity_has_the_case_of_kubernetes() {
        for text in ["500m", "2", "0.5", "4Gi", "100M", "-1", "1e3", "100n"] {
            assert!(quantity(text).is_some(), "{text}");
        }
        for text in ["", "abc", "4gi", "4GB", "1.2.3", "e3", "5 Gi"] {
            assert!(quantity(text).is_none(), "{text}");
        }
    }
}
