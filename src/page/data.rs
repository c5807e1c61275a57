//! What a page says, as data that rules run on. Built-in pages become a static table of it, which costs
//! nothing at start; an organisation's own pages become the same when they are read.

use regex_lite::Regex;

use crate::finding::{Safety, Severity};
use crate::flink::version::Versions;

/// What a rule is about; groups are switched on and off together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Flink reads something else than was meant.
    Correctness,
    /// State, recovery or availability at risk.
    Reliability,
    /// Slower than need be.
    Performance,
    /// Secrets and open doors.
    Security,
    /// Breaks with another Flink version.
    Upgrade,
    /// Matters of taste and thoroughness; off by default.
    Pedantic,
    /// An organisation's own rules, from the folders that flint.toml names.
    Policy,
}

impl Group {
    /// All groups.
    pub const ALL: [Group; 7] = [
        Group::Correctness,
        Group::Reliability,
        Group::Performance,
        Group::Security,
        Group::Upgrade,
        Group::Pedantic,
        Group::Policy,
    ];

    /// The name used in pages and flint.toml.
    pub fn name(self) -> &'static str {
        match self {
            Group::Correctness => "correctness",
            Group::Reliability => "reliability",
            Group::Performance => "performance",
            Group::Security => "security",
            Group::Upgrade => "upgrade",
            Group::Pedantic => "pedantic",
            Group::Policy => "policy",
        }
    }

    /// The group of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Group::ALL.into_iter().find(|group| group.name() == name)
    }
}

/// Which kinds of fixes a rule can offer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fixes {
    /// Some findings have a safe fix.
    pub safe: bool,
    /// Some findings have an unsafe fix.
    pub unsafe_: bool,
}

impl Fixes {
    /// The kinds that `safe`, `unsafe` or `safe or unsafe` stand for.
    pub fn parse(words: &str) -> Option<Self> {
        let (safe, unsafe_) = match words {
            "safe" => (true, false),
            "unsafe" => (false, true),
            "safe or unsafe" => (true, true),
            _ => return None,
        };
        Some(Fixes { safe, unsafe_ })
    }

    /// `safe`, `unsafe`, `safe or unsafe`, or `no`.
    pub fn name(self) -> &'static str {
        match (self.safe, self.unsafe_) {
            (true, true) => "safe or unsafe",
            (true, false) => "safe",
            (false, true) => "unsafe",
            (false, false) => "no",
        }
    }
}

/// The value of a rule's own option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OptionValue {
    /// A whole number.
    Integer(i64),
    /// A text: a size, a duration, a word.
    Text(String),
    /// A list of words.
    Words(Vec<String>),
}

/// The default of a rule's own option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DefaultValue {
    /// A whole number.
    Integer(i64),
    /// A text.
    Text(&'static str),
    /// A list of words.
    Words(&'static [&'static str]),
}

/// What a page's front matter says, as data that costs nothing at start.
#[derive(Debug)]
pub struct FrontMatter {
    /// The rule's name.
    pub name: &'static str,
    /// The page's first sentence.
    pub summary: &'static str,
    /// Severity of its main finding.
    pub severity: Severity,
    /// Group.
    pub group: Group,
    /// Flink versions for which it can hold.
    pub versions: Versions,
    /// Fixes it can offer.
    pub fixes: Fixes,
    /// Its own options with their defaults.
    pub options: &'static [(&'static str, DefaultValue)],
    /// The checks that the page states itself.
    pub checks: &'static [Check],
}

/// What a value must be. Values compare as the option's type, never as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Test {
    /// Set, to whatever.
    Present,
    /// Certainly set nowhere.
    Absent,
    /// Equal.
    Is(&'static str),
    /// Known and not equal.
    Not(&'static str),
    /// Equal to one of them.
    OneOf(&'static [&'static str]),
    /// No smaller.
    AtLeast(&'static str),
    /// No larger.
    AtMost(&'static str),
    /// Found by a regular expression.
    Matches(&'static Pattern),
}

/// A regular expression with its text; two are equal when their texts are.
#[derive(Debug)]
pub struct Pattern {
    /// As written.
    pub text: String,
    regex: Regex,
}

impl Pattern {
    /// Reads an expression. Its search takes time linear in the value, whatever the expression; an
    /// expression that would need much memory is refused.
    pub fn new(text: &str) -> Result<Self, String> {
        match Regex::new(text) {
            Ok(regex) => Ok(Pattern {
                text: text.to_owned(),
                regex,
            }),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Whether it is found anywhere in a value.
    pub fn finds(&self, value: &str) -> bool {
        self.regex.is_match(value)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Pattern {}

/// What a key of a check names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Space {
    /// An option of Flink, of the operator, or of one's own.
    Flink,
    /// A parameter of the kernel.
    Kernel,
}

/// One condition of a check: the key, what it names, and what its value must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The key.
    pub key: &'static str,
    /// What it names.
    pub space: Space,
    /// What its value must be.
    pub test: Test,
}

/// One check: when all conditions hold, the key must pass every test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Conditions on keys, all of which must be known to hold.
    pub when: &'static [Condition],
    /// The key that is checked.
    pub key: &'static str,
    /// What it names.
    pub space: Space,
    /// What it must be.
    pub must: &'static [Test],
    /// The value in force where the key is absent, when that is not the option table's default.
    pub default: Option<&'static str>,
    /// What is wrong. `{value}`, `{key}` and `{option}` are filled in.
    pub message: &'static str,
    /// What stands under the marked bytes; empty for what the failed test says.
    pub label: &'static str,
    /// Why, and what to do.
    pub help: &'static str,
    /// The fix: the value to set, or nothing to remove the setting.
    pub fix: Option<DeclaredFix>,
}

/// The fix of a declared check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeclaredFix {
    /// The value to set; `None` removes the setting. `${deployment}` stands for the deployment's name.
    pub set: Option<&'static str>,
    /// Safe or unsafe.
    pub safety: Safety,
    /// What an unsafe fix could break.
    pub risk: &'static str,
}
