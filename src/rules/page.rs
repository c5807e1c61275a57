//! Reads a rule page: front matter for the machine, text for people, examples that are the tests.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::config::OptionValue;
use crate::finding::{Safety, Severity};
use crate::flink::version::Versions;

/// A page that can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct PageError {
    /// Line of the page, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

/// One page of `rules/`.
#[derive(Clone, Debug)]
pub struct Page {
    /// What the front matter says.
    pub front: Front,
    /// The name in the title.
    pub name: String,
    /// The first paragraph.
    pub summary: String,
    /// The names of the `##` headings in their order.
    pub headings: Vec<String>,
    /// The examples in their order.
    pub examples: Vec<Example>,
}

/// The front matter as written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Front {
    severity: String,
    group: String,
    versions: String,
    /// `safe`, `unsafe`, both, or nothing.
    #[serde(default)]
    fix: String,
    #[serde(default)]
    options: BTreeMap<String, serde_yaml::Value>,
    /// Checks that the page states itself.
    #[serde(default)]
    pub check: Vec<CheckText>,
}

/// A declared check as written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CheckText {
    /// Conditions: `absent`, `present`, a value, a list of values, `{not: value}` or `{at-least: value}`.
    #[serde(default)]
    pub when: BTreeMap<String, serde_yaml::Value>,
    /// The key that is checked.
    pub key: String,
    /// The key must be no smaller than this.
    pub at_least: Option<String>,
    /// The key must be no larger than this.
    pub at_most: Option<String>,
    /// The key must be one of these.
    pub one_of: Option<Vec<String>>,
    /// The key must be anything but this.
    pub not: Option<String>,
    /// `absent` or `present`: the key must not be set, or must be.
    pub must_be: Option<String>,
    /// The value in force where the key is absent.
    pub default: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What stands under the marked bytes.
    #[serde(default)]
    pub label: String,
    /// Why, and what to do.
    pub help: String,
    /// The fix.
    pub fix: Option<FixText>,
}

/// The fix of a check as written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FixText {
    /// The value to set; without it the setting is removed.
    pub set: Option<String>,
    /// `safe` or `unsafe`.
    pub safety: String,
    /// What could go wrong; needed when unsafe.
    #[serde(default)]
    pub risk: String,
}

/// Files that show a rule, with what it says about them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// Whether the rule fires.
    pub bad: bool,
    /// `version=` of the first fence.
    pub version: Option<String>,
    /// Path and text of each file.
    pub files: Vec<(String, String)>,
    /// Path and text of the files before a change, for rules that speak of changes.
    pub before: Vec<(String, String)>,
    /// The recorded output, for bad examples.
    pub output: Option<String>,
    /// The recorded patch, where a fix exists.
    pub diff: Option<String>,
    /// Line (from 0) after the example's last fence: where new recordings go.
    pub end: usize,
}

impl Front {
    /// Severity of the main finding.
    pub fn severity(&self) -> Option<Severity> {
        Severity::parse(&self.severity)
    }

    /// The group's name.
    pub fn group(&self) -> &str {
        &self.group
    }

    /// Flink versions.
    pub fn versions(&self) -> Option<Versions> {
        if self.versions == "all" {
            return Some(Versions::ALL);
        }
        Versions::parse(&self.versions).ok()
    }

    /// Whether safe and unsafe fixes can be offered.
    pub fn fixes(&self) -> Option<(bool, bool)> {
        match self.fix.as_str() {
            "" => Some((false, false)),
            "safe" => Some((true, false)),
            "unsafe" => Some((false, true)),
            "safe or unsafe" => Some((true, true)),
            _ => None,
        }
    }

    /// The rule's own options with their defaults.
    pub fn options(&self) -> Vec<(&str, OptionValue)> {
        let text = |value: &serde_yaml::Value| value.as_str().map(str::to_owned);
        self.options
            .iter()
            .filter_map(|(name, value)| {
                let value = match value {
                    serde_yaml::Value::Number(number) => OptionValue::Integer(number.as_i64()?),
                    serde_yaml::Value::Sequence(list) => {
                        OptionValue::Words(list.iter().filter_map(text).collect())
                    }
                    other => OptionValue::Text(text(other)?),
                };
                Some((name.as_str(), value))
            })
            .collect()
    }
}

impl FixText {
    /// Safe or unsafe.
    pub fn safety(&self) -> Option<Safety> {
        [Safety::Safe, Safety::Unsafe]
            .into_iter()
            .find(|safety| safety.name() == self.safety)
    }
}

/// The page without its front matter: what people read.
pub fn body(text: &str) -> &str {
    text.strip_prefix("---\n")
        .and_then(|rest| rest.find("\n---\n").map(|end| &rest[end + 5..]))
        .unwrap_or(text)
        .trim_start()
}

impl Page {
    /// Reads a page.
    pub fn parse(text: &str) -> Result<Self, PageError> {
        let error = |line: usize, message: &str| PageError {
            line,
            message: message.to_owned(),
        };
        let front_text = text
            .strip_prefix("---\n")
            .and_then(|rest| rest.split("\n---\n").next())
            .ok_or_else(|| error(1, "a page starts with front matter between `---` lines"))?;
        let front: Front = serde_yaml::from_str(front_text).map_err(|cause| PageError {
            line: cause.location().map_or(1, |location| location.line() + 1),
            message: cause.to_string(),
        })?;
        let mut page = Page {
            front,
            name: String::new(),
            summary: String::new(),
            headings: Vec::new(),
            examples: Vec::new(),
        };
        let lines: Vec<&str> = text.lines().collect();
        let mut at = front_text.lines().count() + 2;
        while at < lines.len() {
            let line = lines[at];
            if let Some(title) = line.strip_prefix("# ") {
                page.name = title.trim().to_owned();
            } else if let Some(heading) = line.strip_prefix("## ") {
                page.headings.push(heading.trim().to_owned());
            } else if let Some(info) = line.strip_prefix("```") {
                let end = (at + 1..lines.len())
                    .find(|&index| lines[index] == "```")
                    .ok_or_else(|| error(at + 1, "this fence has no end"))?;
                let mut text = lines[at + 1..end].join("\n");
                if end > at + 1 {
                    text.push('\n');
                }
                page.fence(info, text, at + 1, end + 1)?;
                at = end;
            } else if page.summary.is_empty() && !page.name.is_empty() && !line.trim().is_empty() {
                page.summary = line.trim().to_owned();
            }
            at += 1;
        }
        if page.name.is_empty() || page.summary.is_empty() {
            return Err(error(
                1,
                "a page has a title `# name` and a summary below it",
            ));
        }
        Ok(page)
    }

    /// One fenced block: `PATH bad [version=V]`, `PATH good`, `PATH also`, `PATH before`, `text output`, `diff fix`.
    fn fence(
        &mut self,
        info: &str,
        text: String,
        line: usize,
        end: usize,
    ) -> Result<(), PageError> {
        let error = |message: &str| PageError {
            line,
            message: message.to_owned(),
        };
        let mut words = info.split_whitespace();
        let (path, mark) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
        let version = words.find_map(|word| word.strip_prefix("version="));
        match mark {
            "bad" | "good" => self.examples.push(Example {
                bad: mark == "bad",
                version: version.map(str::to_owned),
                files: vec![(path.to_owned(), text)],
                before: Vec::new(),
                output: None,
                diff: None,
                end,
            }),
            "also" | "before" | "output" | "fix" => {
                let Some(example) = self.examples.last_mut() else {
                    return Err(error("this block follows no example"));
                };
                match mark {
                    "also" => example.files.push((path.to_owned(), text)),
                    "before" => example.before.push((path.to_owned(), text)),
                    "output" => example.output = Some(text),
                    _ => example.diff = Some(text),
                }
                example.end = end;
            }
            _ => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "---\nseverity: warning\ngroup: performance\nversions: all\nfix: safe\n---\n# a-rule\n\nSays it.\n\n## Example\n\n```flink-conf.yaml bad version=1.20\na: 1\n```\n\n```text output\nx\n```\n";

    #[test]
    fn examples_keep_their_files_and_recordings() {
        let page = Page::parse(PAGE).expect("a valid page");
        assert_eq!(page.name, "a-rule");
        assert_eq!(page.summary, "Says it.");
        assert_eq!(page.examples.len(), 1);
        let example = &page.examples[0];
        assert_eq!(example.version.as_deref(), Some("1.20"));
        assert_eq!(
            example.files,
            [("flink-conf.yaml".to_owned(), "a: 1\n".to_owned())]
        );
        assert_eq!(example.output.as_deref(), Some("x\n"));
        assert!(body(PAGE).starts_with("# a-rule"));
    }

    #[test]
    fn mistakes_in_a_page_have_a_line() {
        let unknown = PAGE.replace("fix: safe", "fux: safe");
        assert_eq!(
            Page::parse(&unknown).map_err(|error| error.line).err(),
            Some(5)
        );
        let open = PAGE.replace("x\n```\n", "x\n");
        assert!(Page::parse(&open).is_err());
    }
}
