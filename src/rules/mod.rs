//! The list of rules. A rule is a page in `rules/`, a line here, and, when its check needs more than
//! the page can state, one function.

use std::collections::BTreeMap;

use crate::config::Config;
use crate::deployment::Deployment;
use crate::finding::{Claim, Finding, Fix, Location, Related, Safety};
use crate::syntax::{Document, Holder, Problem};
use crate::text::Span;

mod cluster;
mod code;
mod conf_lines;
mod containers;
pub mod declared;
mod duplicate_key;
mod fixes;
mod front_matter;
mod generated;
mod host;
mod housekeeping;
mod jvm;
mod keys;
mod kryo;
mod kryo_use;
mod lateness;
mod list;
mod manifest;
mod memory;
mod metric_scope;
mod operator;
mod parallelism;
mod reporters;
mod resources;
mod secrets;
mod sql;
mod start;
pub mod symptoms;
mod transactions;
mod values;
mod wrong_config_file;
mod yaml_load;

pub use crate::page::{self, DefaultValue, Fixes, FrontMatter, Group, OptionValue};
pub use list::RULES;
pub use operator::previous;
pub use secrets::{Mask, hidden_around, shown_in, shown_value};

/// A check in Rust.
pub type Code = fn(&Rule, &Deployment, &mut Vec<Finding>);

/// One rule of the list.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The whole page.
    pub page: &'static str,
    /// The coded check; `None` for rules whose page states the check and those of the engine itself.
    pub code: Option<Code>,
}

/// Rules whose findings the suppression of findings makes itself.
pub const OF_THE_ENGINE: [&str; 7] = [
    "expired-ignore",
    "ignore-without-reason",
    "invalid-ignore-date",
    "misplaced-ignore",
    "stale-baseline",
    "unknown-rule",
    "unused-ignore",
];

/// Rules that speak of changes only: a comment that silences one is of use in the run that sees the change.
pub const OF_CHANGES: [&str; 1] = ["forbidden-spec-change"];

/// The front matter of every rule, sorted by name.
pub fn all() -> &'static [FrontMatter] {
    front_matter::FRONT_MATTER
}

/// Rules that had another name, which still works in comments, baselines and flint.toml.
pub const RENAMED: [(&str, &str); 1] =
    [("jvm-option-overrides-memory", "jvm-flag-overrides-memory")];

/// The name that a rule has today; of any other text the text itself.
pub fn current_name(name: &str) -> &str {
    let renamed = RENAMED.iter().find(|(former, _)| *former == name);
    renamed.map_or(name, |(_, current)| current)
}

/// A rule's front matter and page by name, also by a former one.
pub fn find(name: &str) -> Option<(&'static FrontMatter, &'static Entry)> {
    let name = current_name(name);
    let index = all().binary_search_by(|front| front.name.cmp(name)).ok()?;
    Some((&all()[index], &RULES[index]))
}

/// A rule by name where a configuration is in force: flint's own, or one of its policies.
pub fn find_in(config: &Config, name: &str) -> Option<(&'static FrontMatter, Entry)> {
    if let Some((front, entry)) = find(name) {
        return Some((front, *entry));
    }
    let policy = config.policy(name)?;
    let entry = Entry {
        page: policy.text,
        code: None,
    };
    Some((&policy.front, entry))
}

/// The names of all rules where a configuration is in force.
pub fn names_in(config: &Config) -> impl Iterator<Item = &'static str> + '_ {
    let own = config.policies.iter().map(|policy| policy.name());
    all().iter().map(|front| front.name).chain(own)
}

/// A rule as configured for one deployment.
#[derive(Debug)]
pub struct Rule<'c> {
    /// What its page says.
    pub front: &'static FrontMatter,
    /// The options that flint.toml sets.
    pub options: Option<&'c BTreeMap<String, OptionValue>>,
    /// Beginnings of the user's own configuration keys, from flint.toml.
    pub known_prefixes: &'c [String],
}

/// Adds to findings what is known of other files that take part.
pub fn relate(deployment: &Deployment, findings: &mut [Finding]) {
    if deployment.host.len() > 1 {
        host::overridden::relate(deployment, findings);
    }
}

impl Rule<'_> {
    /// Its name.
    pub fn name(&self) -> &'static str {
        self.front.name
    }

    /// Whether a key is one of the user's own (`known-prefixes`).
    pub fn is_own_key(&self, key: &str) -> bool {
        let mut prefixes = self.known_prefixes.iter();
        prefixes.any(|prefix| key.starts_with(prefix))
    }

    /// A finding with the rule's severity; the caller fills in what it has beyond the message.
    pub fn finding(&self, document: &Document, at: Span, message: impl Into<String>) -> Finding {
        Finding {
            rule: self.front.name.to_owned(),
            severity: self.front.severity,
            message: message.into(),
            label: String::new(),
            help: String::new(),
            at: Location {
                source: document.source,
                span: at,
            },
            document: document.ordinal,
            within: document.holder.as_deref().and_then(Holder::called),
            key: None,
            related: Vec::new(),
            hidden: Vec::new(),
            fix: None,
            suppressed: None,
        }
    }

    /// A finding of what is wrong with the text of a document.
    fn problem(&self, document: &Document, problem: &Problem) -> Finding {
        let mut finding = self.finding(document, problem.at, problem.message.clone());
        finding.key.clone_from(&problem.key);
        let related = problem.related.iter().map(|(span, message)| Related {
            at: Deployment::at(document, *span),
            message: message.clone(),
        });
        finding.related = related.collect();
        finding
    }

    fn option(&self, name: &str) -> Option<&OptionValue> {
        self.options.and_then(|options| options.get(name))
    }

    fn default(&self, name: &str) -> Option<DefaultValue> {
        let found = self.front.options.iter().find(|(own, _)| *own == name);
        found.map(|(_, value)| *value)
    }

    /// A whole-number option, never negative.
    pub fn integer(&self, name: &str) -> u64 {
        let number = match (self.option(name), self.default(name)) {
            (Some(OptionValue::Integer(number)), _) => *number,
            (_, Some(DefaultValue::Integer(number))) => number,
            _ => 0,
        };
        u64::try_from(number).unwrap_or(0)
    }

    /// A text option.
    pub fn text(&self, name: &str) -> &str {
        match (self.option(name), self.default(name)) {
            (Some(OptionValue::Text(text)), _) => text,
            (_, Some(DefaultValue::Text(text))) => text,
            _ => "",
        }
    }

    /// An option of any type as text, for messages and for the values of declared checks.
    pub fn shown(&self, name: &str) -> String {
        match (self.option(name), self.default(name)) {
            (Some(OptionValue::Integer(number)), _) => number.to_string(),
            (None, Some(DefaultValue::Integer(number))) => number.to_string(),
            (Some(OptionValue::Words(_)), _) | (None, Some(DefaultValue::Words(_))) => {
                self.words(name).join(", ")
            }
            _ => self.text(name).to_owned(),
        }
    }

    /// A list option.
    pub fn words(&self, name: &str) -> Vec<&str> {
        match (self.option(name), self.default(name)) {
            (Some(OptionValue::Words(words)), _) => words.iter().map(String::as_str).collect(),
            (_, Some(DefaultValue::Words(words))) => words.to_vec(),
            _ => Vec::new(),
        }
    }
}

/// What a key of a document says once a fix is in; `None` when the key is gone. Of an option that is a
/// field of a resource, the field says it.
fn claim(document: &Document, key: &str, value: Option<&str>) -> Claim {
    let field = document.fields_of.and_then(|fields| {
        let written = document.get(key)?.written.as_deref()?;
        Some((fields, written))
    });
    let (ordinal, key) = field.unwrap_or((document.ordinal, key));
    Claim {
        source: document.source,
        document: ordinal,
        key: key.to_owned(),
        value: value.map(str::to_owned),
    }
}

/// Names in backquotes with commas between them.
fn in_backquotes(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

/// A safe fix of one or more edits that changes no setting in force.
fn safe(title: impl Into<String>, edits: Vec<crate::text::Edit>) -> Fix {
    Fix {
        title: title.into(),
        safety: Safety::Safe,
        risk: String::new(),
        edits,
        claims: Vec::new(),
    }
}
