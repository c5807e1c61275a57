//! Whether a policy's checks can hold at all: its keys exist, its values are values of their types, its
//! fix passes its own check. What is wrong is said at its place in the page.

use std::cmp::Ordering;

use super::data::{Pattern, Space};
use super::front::{CheckText, TestText};
use super::matter::Text;
use super::policy::DEPLOYMENT;
use super::{OptionValue, Page, PageError};
use crate::flink::options::{self, OptionSpec, Scope, State, ValueKind};
use crate::flink::value;
use crate::flink::version::Versions;
use crate::linux::parameters;
use crate::words::nearest;

/// What a key names, and the type of its values.
#[derive(Clone, Copy, Debug)]
enum Subject {
    /// An option, or a key of one's own, which is a text.
    Flink(ValueKind),
    /// A parameter of the kernel; whether it is one number.
    Kernel { number: bool },
}

/// A page with its text, for places and options.
pub(super) struct Judge<'p> {
    pub(super) text: &'p str,
    pub(super) page: &'p Page,
    /// Beginnings of keys of one's own.
    pub(super) own: &'p [String],
}

type Verdict = Result<(), PageError>;

/// What a key names, by its name alone.
pub(super) fn space_of(key: &str) -> Space {
    if !options::is_option(key) && parameters::find(key).is_some() {
        Space::Kernel
    } else {
        Space::Flink
    }
}

impl Judge<'_> {
    fn error(&self, at: &Text, message: impl Into<String>) -> PageError {
        PageError::at(self.text, at.at, message)
    }

    /// Judges one check.
    pub(super) fn check(&self, check: &CheckText) -> Verdict {
        let subject = self.subject(&check.key)?;
        for test in &check.must {
            self.test(&check.key, subject, test)?;
        }
        for (key, test) in &check.when {
            let subject = self.subject(key)?;
            self.test(key, subject, test)?;
        }
        self.bounds(check, subject)?;
        if let Some(default) = &check.default {
            self.value(&check.key, subject, default)?;
        }
        for text in [&check.message, &check.label, &check.help]
            .into_iter()
            .flatten()
        {
            self.names(text)?;
        }
        self.fix(check, subject)
    }

    fn subject(&self, key: &Text) -> Result<Subject, PageError> {
        let name = key.value.as_str();
        if self.own.iter().any(|prefix| name.starts_with(prefix)) {
            return Ok(Subject::Flink(ValueKind::String));
        }
        if space_of(name) == Space::Kernel {
            let number =
                parameters::find(name).is_some_and(|own| own.takes_numbers() && own.count() == 1);
            return Ok(Subject::Kernel { number });
        }
        let known = options::known_in(name);
        if known.is_empty() {
            let elsewhere = options::meanings(name).next().map(|spec| spec.scope);
            let message = match elsewhere {
                Some(Scope::TableOption) => {
                    format!(
                        "`{name}` works after `WITH` of a table; a policy checks the configuration"
                    )
                }
                Some(_) => format!("nobody writes `{name}` into a configuration"),
                None => unknown_key(name),
            };
            return Err(self.error(key, message));
        }
        let versions = self.page.front.versions;
        if !known.overlaps(versions) {
            let message = format!(
                "`{name}` is an option of Flink {known}, and this policy is for Flink {versions}"
            );
            return Err(self.error(key, message));
        }
        // Under another name of an option nothing is found where that is all it is.
        let alias = options::versions_where(name, |spec| spec.state == State::Alias).and(versions);
        if !alias.is_empty() {
            let target = options::canonical(name, alias);
            let advice = target.map(|target| format!("; write `{target}`, which stands for both"));
            let message = format!(
                "`{name}` is only another name of an option in Flink {alias}{}",
                advice.unwrap_or_default()
            );
            return Err(self.error(key, message));
        }
        Ok(Subject::Flink(kind(name, versions)))
    }

    fn test(&self, key: &Text, subject: Subject, test: &TestText) -> Verdict {
        match test {
            TestText::Present | TestText::Absent => Ok(()),
            TestText::Is(other) | TestText::Not(other) => self.value(key, subject, other),
            TestText::OneOf(list) => list
                .iter()
                .try_for_each(|other| self.value(key, subject, other)),
            TestText::AtLeast(other) | TestText::AtMost(other) => {
                self.amount(key, subject, other)?;
                self.value(key, subject, other)
            }
            TestText::Matches(pattern) => {
                Pattern::new(&pattern.value).map(|_| ()).map_err(|error| {
                    let message = format!("`{}` is no regular expression: {error}", pattern.value);
                    self.error(pattern, message)
                })
            }
        }
    }

    /// Refuses a bound of what has no amount.
    fn amount(&self, key: &Text, subject: Subject, text: &Text) -> Verdict {
        let name = &key.value;
        let what = match subject {
            Subject::Flink(kind) if value::has_amount(kind) => return Ok(()),
            Subject::Kernel { number: true } => return Ok(()),
            Subject::Flink(kind) => format!("`{name}` is of type {}", kind.name()),
            Subject::Kernel { .. } => format!("`{name}` is not one number"),
        };
        let message = format!(
            "{what}: `min` and `max` compare numbers, sizes and durations; use `one-of` or `matches`"
        );
        Err(self.error(text, message))
    }

    /// A value with the page's options filled in as they are by default.
    fn filled(&self, text: &str) -> String {
        let mut out = text.to_owned();
        for (name, value) in &self.page.front.options {
            let value = match value {
                OptionValue::Integer(number) => number.to_string(),
                OptionValue::Text(text) => text.clone(),
                OptionValue::Words(_) => continue,
            };
            out = out.replace(&format!("{{{name}}}"), &value);
        }
        out
    }

    fn value(&self, key: &Text, subject: Subject, text: &Text) -> Verdict {
        let filled = self.filled(&text.value);
        let error = match subject {
            Subject::Kernel { number: false } => None,
            Subject::Kernel { number: true } => filled
                .parse::<i128>()
                .is_err()
                .then(|| format!("`{filled}` is no whole number")),
            Subject::Flink(kind) => {
                let versions = self.page.front.versions;
                value::refusal(kind, &filled, versions)
                    .or_else(|| self.no_name(key, kind, &filled))
                    .map(|error| error.to_string())
            }
        };
        match error {
            Some(error) => {
                let message = format!("{error} (the type of `{}`)", key.value);
                Err(self.error(text, message))
            }
            None => Ok(()),
        }
    }

    /// Why a text is no name of an enum in any of the versions.
    fn no_name(&self, key: &Text, kind: ValueKind, text: &str) -> Option<value::ValueError> {
        if kind != ValueKind::Enum {
            return None;
        }
        let versions = self.page.front.versions;
        let meanings: Vec<_> = options::meanings(&key.value).collect();
        let own = meanings
            .iter()
            .filter(|spec| spec.versions.overlaps(versions));
        let mut names: Vec<&str> = own.flat_map(OptionSpec::enum_values).collect();
        names.dedup();
        if names.is_empty() {
            return None;
        }
        value::parse_enum(text, names).err()
    }

    fn bounds(&self, check: &CheckText, subject: Subject) -> Verdict {
        let least = check.must.iter().find_map(|test| match test {
            TestText::AtLeast(text) => Some(text),
            _ => None,
        });
        let most = check.must.iter().find_map(|test| match test {
            TestText::AtMost(text) => Some(text),
            _ => None,
        });
        let (Some(least), Some(most)) = (least, most) else {
            return Ok(());
        };
        if self.order(subject, &least.value, &most.value) == Some(Ordering::Greater) {
            let message = format!("`min` is more than `max`, {}: nothing passes", most.value);
            return Err(self.error(least, message));
        }
        Ok(())
    }

    fn order(&self, subject: Subject, left: &str, right: &str) -> Option<Ordering> {
        let (left, right) = (self.filled(left), self.filled(right));
        match subject {
            Subject::Flink(kind) => value::order(kind, &left, &right, self.page.front.versions),
            Subject::Kernel { .. } => Some(kernel_order(&left, &right)),
        }
    }

    /// Refuses `{words}` that nothing fills in.
    fn names(&self, text: &Text) -> Verdict {
        let options = self
            .page
            .front
            .options
            .iter()
            .map(|(name, _)| name.as_str());
        let known: Vec<&str> = ["value", "key"].into_iter().chain(options).collect();
        for part in text.value.split('{').skip(1) {
            let Some((name, _)) = part.split_once('}') else {
                continue;
            };
            let is_word = |c: char| c.is_ascii_lowercase() || c == '-';
            if !name.is_empty() && name.chars().all(is_word) && !known.contains(&name) {
                let near = nearest(name, known.iter().copied());
                let hint = match near {
                    Some(near) => format!("did you mean `{{{near}}}`?"),
                    None => "only {value}, {key} and the page's options are".to_owned(),
                };
                let message = format!("`{{{name}}}` is not filled in; {hint}");
                return Err(self.error(text, message));
            }
        }
        Ok(())
    }

    fn fix(&self, check: &CheckText, subject: Subject) -> Verdict {
        let Some(fix) = &check.fix else {
            return Ok(());
        };
        if let Some(risk) = &fix.risk {
            self.names(risk)?;
        }
        let forbids = check.must.contains(&TestText::Absent);
        let Some(set) = &fix.set else {
            if check.must.contains(&TestText::Present) {
                let message = "the fix removes what this check requires; say what to `set`";
                return Err(self.error(&check.key, message));
            }
            return Ok(());
        };
        if forbids {
            let message = "the fix sets what this check forbids; write `fix: { remove: true }`";
            return Err(self.error(set, message));
        }
        if set.value.contains(['\n', '\r']) {
            return Err(self.error(set, "a value is one line"));
        }
        let rest = set.value.replace(DEPLOYMENT, "");
        if let Some((_, name)) = rest.split_once("${") {
            let name = name.split('}').next().unwrap_or_default();
            let message = format!("`${{{name}}}` is not filled in; only `{DEPLOYMENT}` is");
            return Err(self.error(set, message));
        }
        // What stands for a name is known at run time only.
        if rest != set.value {
            return Ok(());
        }
        self.value(&check.key, subject, set)?;
        let mut refusing = check
            .must
            .iter()
            .filter(|test| !self.passes(test, subject, &set.value));
        if refusing.next().is_some() {
            let message = format!("the fix sets `{}`, which this check finds, too", set.value);
            return Err(self.error(set, message));
        }
        Ok(())
    }

    /// Whether a value that the page itself names passes a test.
    fn passes(&self, test: &TestText, subject: Subject, own: &str) -> bool {
        let order = |other: &Text| self.order(subject, own, &other.value);
        match test {
            TestText::Present => true,
            TestText::Absent => false,
            TestText::Is(other) => order(other).is_none_or(Ordering::is_eq),
            TestText::Not(other) => order(other).is_none_or(Ordering::is_ne),
            TestText::OneOf(list) => list
                .iter()
                .any(|other| order(other).is_none_or(Ordering::is_eq)),
            TestText::AtLeast(other) => order(other).is_none_or(Ordering::is_ge),
            TestText::AtMost(other) => order(other).is_none_or(Ordering::is_le),
            TestText::Matches(other) => {
                Pattern::new(&other.value).is_ok_and(|pattern| pattern.finds(&self.filled(own)))
            }
        }
    }
}

/// The type of an option in these versions, else in any; of what only the operator reads, the declared
/// one; a key of an open family is a text.
pub(crate) fn kind(key: &str, versions: Versions) -> ValueKind {
    options::kind(key, versions)
        .or_else(|| options::kind(key, Versions::ALL))
        .or_else(|| options::meanings(key).next().map(|spec| spec.kind))
        .unwrap_or(ValueKind::String)
}

/// Compares two values of a kernel parameter: as numbers where both are, else by their words.
pub(crate) fn kernel_order(left: &str, right: &str) -> Ordering {
    let number = |text: &str| text.trim().parse::<i128>().ok();
    match (number(left), number(right)) {
        (Some(left), Some(right)) => left.cmp(&right),
        _ => left.split_whitespace().cmp(right.split_whitespace()),
    }
}

fn unknown_key(name: &str) -> String {
    if ["spec.", "metadata.", "status."]
        .iter()
        .any(|start| name.starts_with(start))
    {
        return format!(
            "`{name}` is a field of a resource; a policy checks Flink options and kernel parameters"
        );
    }
    let meant = options::nearest(name, Versions::ALL)
        .map(str::to_owned)
        .or_else(|| parameters::meant(name))
        .or_else(|| {
            let near = options::nearest_names(name, 1);
            near.first().map(|near| (*near).to_owned())
        });
    match meant {
        Some(meant) => format!(
            "there is no option `{name}`; did you mean `{meant}`? A key of your own goes into \
             `known-prefixes` of flint.toml"
        ),
        None => format!(
            "there is no option `{name}`; `flint explain {name}` finds near names, and a key of your own \
             goes into `known-prefixes` of flint.toml"
        ),
    }
}
