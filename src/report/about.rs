//! What formats for hosts say of flint and its rules.

use crate::finding::Severity;
use crate::page::{self, Policy};
use crate::rules::{self, Group};

/// Where the project lives, if its package says so; empty otherwise.
pub(super) const REPOSITORY: &str = env!("CARGO_PKG_REPOSITORY");

/// What the page of a rule says.
pub(super) struct About {
    /// One sentence.
    pub(super) summary: String,
    /// The severity of its main finding.
    pub(super) severity: Severity,
    /// Its group, where its page is known.
    pub(super) group: Option<Group>,
    /// The page for people, without what a test recorded in it.
    pub(super) help: String,
}

/// What is known of a rule; `severity` is that of a finding of it, `own` are the organisation's rules.
pub(super) fn about(rule: &str, severity: Severity, own: &[&'static Policy]) -> About {
    let policy = || {
        let policy = own.iter().find(|policy| policy.name() == rule)?;
        Some((&policy.front, policy.text))
    };
    let known = rules::find(rule).map(|(front, entry)| (front, entry.page));
    match known.or_else(policy) {
        Some((front, page)) => About {
            summary: front.summary.to_owned(),
            severity: front.severity,
            group: Some(front.group),
            help: help(page),
        },
        None => About {
            summary: format!("{}.", rule.replace('-', " ")),
            severity,
            group: None,
            help: format!("`flint explain {rule}` shows its page."),
        },
    }
}

/// The page of a rule of flint's own on the web, where the project has a place there.
pub(super) fn url(rule: &str) -> Option<String> {
    rules::find(rule).and_then(|(front, _)| url_in(REPOSITORY, front.name))
}

fn url_in(repository: &str, rule: &str) -> Option<String> {
    let repository = repository.trim_end_matches('/');
    let is_web = repository.starts_with("https://");
    is_web.then(|| format!("{repository}/blob/HEAD/rules/{rule}.md"))
}

/// A page without its title, its recorded outputs and its patches: `flint explain` shows those. A fence
/// that names a file gets the name above it.
fn help(page: &str) -> String {
    let mut out = String::with_capacity(page.len());
    let mut fence: Option<bool> = None;
    for line in page::body(page).lines() {
        match (fence, line.strip_prefix("```")) {
            (None, Some(info)) => {
                let mut words = info.split_whitespace();
                let (path, mark) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
                let is_shown = !matches!(mark, "output" | "fix");
                fence = Some(is_shown);
                if !is_shown {
                    continue;
                }
                match mark {
                    "bad" | "good" => out.push_str(&format!("`{path}`, {mark}:\n\n")),
                    "also" => out.push_str(&format!("`{path}`:\n\n")),
                    _ => {}
                }
                let language = path.rsplit(['.', '/']).next().unwrap_or("");
                out.push_str(&format!("```{language}\n"));
            }
            (Some(is_shown), Some("")) => {
                fence = None;
                if is_shown {
                    out.push_str("```\n");
                }
            }
            (Some(false), _) => {}
            (None, None) if line.starts_with("# ") => {}
            (None, None) if line.is_empty() && (out.is_empty() || out.ends_with("\n\n")) => {}
            _ => {
                out.push_str(line);
                out.push('\n');
            }
        }
    }
    out.truncate(out.trim_end().len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "---\nseverity: error\n---\n# a-rule\n\nSays it.\n\n## Example\n\n```conf/config.yaml bad version=2.0\na: 1\n\n# b\n```\n\n```text output\nx\n```\n\n```diff fix\n-a\n```\n\nAnd so:\n\n```text\nplain\n```\n\n## Fix\nDo it.\n";

    #[test]
    fn the_help_is_the_page_without_what_was_recorded() {
        assert_eq!(
            help(PAGE),
            "Says it.\n\n## Example\n\n`conf/config.yaml`, bad:\n\n```yaml\na: 1\n\n# b\n```\n\nAnd so:\n\n```text\nplain\n```\n\n## Fix\nDo it."
        );
    }

    #[test]
    fn every_rule_has_a_help_that_hosts_take() {
        for front in rules::all() {
            let about = about(front.name, Severity::Note, &[]);
            assert!(about.summary.chars().count() <= 1024, "{}", front.name);
            assert_eq!(about.severity, front.severity);
            assert!(about.help.starts_with(front.summary), "{}", front.name);
            assert!(about.help.contains("## Why"), "{}", front.name);
            assert_eq!(about.help.matches("```").count() % 2, 0, "{}", front.name);
            assert!(!about.help.contains("text output"), "{}", front.name);
        }
    }

    #[test]
    fn a_rule_without_a_page_is_described_by_its_name() {
        let about = about("acme-bucket", Severity::Warning, &[]);
        assert_eq!(about.summary, "acme bucket.");
        assert_eq!(about.severity, Severity::Warning);
        assert!(url("acme-bucket").is_none());
    }

    #[test]
    fn pages_are_linked_where_the_project_has_a_place_on_the_web() {
        let url = url_in("https://example.org/flint/", "a-rule");
        assert_eq!(
            url.as_deref(),
            Some("https://example.org/flint/blob/HEAD/rules/a-rule.md")
        );
        assert_eq!(url_in("", "a-rule"), None);
    }
}
