//! `compose-properties-not-applied`: lines of `FLINK_PROPERTIES` that YAML folded into one.

use crate::deployment::Deployment;
use crate::finding::Finding;
use crate::flink::options;
use crate::rules::Rule;
use crate::syntax::Layer;

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    let documents = deployment.flink_documents();
    for document in documents.filter(|document| document.layer == Layer::Environment) {
        for setting in &document.settings {
            let lost: Vec<&str> = keys_in(&setting.value).collect();
            let Some(first) = lost.first() else { continue };
            let more = match lost.len() {
                1 => String::new(),
                2 => " and 1 more".to_owned(),
                number => format!(" and {} more", number - 1),
            };
            let message = format!(
                "one line for Flink: `{}` gets all that follows as its value, `{first}`{more} too",
                setting.key
            );
            let mut finding = rule.finding(document, setting.key_at, message);
            finding.key = Some(setting.key.clone());
            finding.help = "each option needs a line of its own; in YAML `|` keeps the lines of a block, `>` and \
                            plain text over several lines make one of them"
                .to_owned();
            out.push(finding);
        }
    }
}

/// The options of Flink that stand as `key: ` within a value.
fn keys_in(value: &str) -> impl Iterator<Item = &str> {
    let words = value.split_whitespace();
    let keys = words.filter_map(|word| word.strip_suffix(':'));
    keys.filter(|key| key.contains('.') && options::is_option(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_options_of_flink_are_lost_lines() {
        let keys = |value| keys_in(value).collect::<Vec<_>>();
        assert_eq!(
            keys("jobmanager taskmanager.numberOfTaskSlots: 2 rest.port: 80"),
            ["taskmanager.numberOfTaskSlots", "rest.port"]
        );
        assert!(keys("-Dx=y a.b: c http://host:80").is_empty());
    }
}
