//! Secrets among the variables of Flink's containers.

use super::{DEMO, is_secret_key, is_stand_in, letters, says_what_it_is, tokens, without_number};
use crate::deployment::{Container, Deployment};
use crate::finding::{Finding, Related, Severity};
use crate::recognise::cluster::Variable;
use crate::rules::Rule;
use crate::syntax::is_placeholder;

/// `AWS_SECRET_ACCESS_KEY`: what the plugins for object stores read.
pub(super) const ACCESS_KEY: &str = "secretaccesskey";

/// One finding for each value, whatever the names and however many containers have it.
pub(super) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    let Some(document) = deployment.documents.first() else {
        return;
    };
    let mut groups: Vec<Vec<(&Container, &Variable)>> = Vec::new();
    for container in &deployment.cluster.containers {
        for variable in &container.has.variables {
            let Some(value) = secret(variable) else {
                continue;
            };
            let same = groups
                .iter_mut()
                .find(|group| group[0].1.value.as_deref() == Some(value));
            match same {
                Some(group) => group.push((container, variable)),
                None => groups.push(vec![(container, variable)]),
            }
        }
    }
    for group in &groups {
        let (container, variable) = group[0];
        let Some(value) = secret(variable) else {
            continue;
        };
        let message = format!("`{}` holds a secret in plain text", variable.name);
        let mut finding = rule.finding(document, variable.at, message);
        finding.at.source = container.source;
        finding.key = Some(variable.name.clone());
        finding.label = "readable for everybody who gets the file".to_owned();
        if is_well_known(value) || is_account(&container.has.variables, value) {
            finding.severity = Severity::Note;
            finding.help =
                "a well-known value: fine for a demo on one machine, not beyond it".to_owned();
        } else {
            finding.help = "who has the file has the secret, and the history keeps it: replace it, and let the \
                            variable take the new one from a secret or from the shell that starts the \
                            containers"
                .to_owned();
        }
        let own = group
            .iter()
            .filter(|(other, _)| other.source == container.source);
        finding.hidden = own.map(|(_, variable)| variable.value_at).collect();
        for (other, variable) in &group[1..] {
            // Merged into several services, it stands in the file once.
            if other.source != container.source || variable.at != group[0].1.at {
                finding.related.push(Related {
                    at: other.place(variable.at),
                    message: "the same secret".to_owned(),
                });
            }
        }
        finding.related.dedup();
        out.push(finding);
    }
}

/// The literal value of a variable that holds a secret.
pub(super) fn secret(variable: &Variable) -> Option<&str> {
    let value = variable.value.as_deref()?.trim();
    if is_placeholder(value) || value.contains('$') {
        return None;
    }
    // What names a place holds no secret: `..._PASSWORD_FILE` does not end in any of the words.
    let is_one = is_secret_key(&variable.name) || letters(&variable.name).ends_with(ACCESS_KEY);
    let by_name = is_one && !is_stand_in(value);
    // The configuration in a variable is read by itself.
    let by_shape = variable.name != "FLINK_PROPERTIES" && tokens::kind(value).is_some();
    (by_name || by_shape).then_some(value)
}

fn is_well_known(value: &str) -> bool {
    let value = letters(value);
    let speaks = ["password", "secret", "example", "demo"];
    DEMO.contains(&value.as_str())
        || DEMO.contains(&without_number(&value))
        || says_what_it_is(&value)
        || speaks.iter().any(|word| value.contains(word))
}

/// Whether a value is the name of an account beside it, perhaps with a number.
fn is_account(variables: &[Variable], value: &str) -> bool {
    let value = letters(value);
    let stem = without_number(&value);
    variables.iter().any(|other| {
        let name = letters(&other.name);
        let own = other.value.as_deref().map(letters).unwrap_or_default();
        let is_name =
            name.ends_with("user") || name.ends_with("username") || name.ends_with("accesskeyid");
        is_name && !stem.is_empty() && without_number(&own) == stem
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Span;

    #[test]
    fn variables_that_hold_secrets_are_told_from_others() {
        let variable = |name: &str, value: &str| Variable {
            name: name.to_owned(),
            value: Some(value.to_owned()),
            at: Span::at(0),
            value_at: Span::at(0),
        };
        for (name, value) in [
            ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI"),
            ("KAFKA_PASSWORD", "hunter22"),
        ] {
            assert!(secret(&variable(name, value)).is_some(), "{name}");
        }
        for (name, value) in [
            ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7"),
            ("KAFKA_PASSWORD", "${KAFKA_PASSWORD}"),
            ("KAFKA_PASSWORD", "changeme"),
            ("KAFKA_PASSWORD_FILE", "/run/secrets/kafka"),
        ] {
            assert!(secret(&variable(name, value)).is_none(), "{name}: {value}");
        }
    }
}
