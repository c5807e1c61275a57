//! An organisation's own rule: a page of its own, judged and ready to run.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::data::{
    Check, Condition, DeclaredFix, DefaultValue, FrontMatter, Group, OptionValue, Pattern, Test,
};
use super::front::{CheckText, TestText};
use super::judge::{Judge, space_of};
use super::{Page, PageError};
use crate::finding::Safety;
use crate::flink::version::Versions;
use crate::text::Span;

/// What stands for the deployment's name in the value that a fix sets.
pub const DEPLOYMENT: &str = "${deployment}";

/// What an unsafe fix of a policy risks, unless the page says it.
const RISK: &str = "it changes what runs, from the next start on";

/// A policy: the page as text, its examples, and what rules run on.
#[derive(Debug)]
pub struct Policy {
    /// The file as messages call it.
    pub path: String,
    /// The page's text, its lines ending with line feeds.
    pub text: &'static str,
    /// What was read of it.
    pub page: Page,
    /// What it says, as of any rule.
    pub front: FrontMatter,
}

/// What a page was read from: its path, its text, the beginnings of keys of one's own.
type Origin = (String, String, Vec<String>);

/// Every page that this process has read.
///
/// A rule's data are `&'static` because the built-in ones are a static table, and findings, options and
/// reports rely on that. Pages are read once at start and live as long as the process, so that theirs
/// are leaked; by content, so that a process that reads the same folder again and again does not grow.
static READ: Mutex<BTreeMap<Origin, &'static Policy>> = Mutex::new(BTreeMap::new());

impl Policy {
    /// Reads the page of a file, whose name without `.md` is the rule's. `own` holds the beginnings of
    /// keys of one's own (`known-prefixes`).
    ///
    /// Whether it has examples is asked of [`Policy::lacks_example`].
    pub fn read(path: &str, text: &str, own: &[String]) -> Result<&'static Self, PageError> {
        let origin = (path.to_owned(), text.to_owned(), own.to_vec());
        let mut known = READ.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(policy) = known.get(&origin) {
            return Ok(policy);
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let text = text.replace("\r\n", "\n");
        let page = Page::parse(&text)?;
        judge(path, &text, &page, own)?;
        let policy: &'static Policy = Box::leak(Box::new(Policy {
            path: path.to_owned(),
            front: front(&page)?,
            text: leak(text),
            page,
        }));
        known.insert(origin, policy);
        Ok(policy)
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        self.front.name
    }

    /// What its examples lack: nobody knows whether a policy does what it says that has none it finds,
    /// and none that it leaves alone.
    pub fn lacks_example(&self) -> Option<PageError> {
        let examples = &self.page.examples;
        let lacks = |bad: bool| examples.iter().all(|example| example.bad != bad);
        let word = [(true, "bad"), (false, "good")]
            .into_iter()
            .find(|(bad, _)| lacks(*bad))?
            .1;
        let message =
            format!("this policy has no {word} example; add a fence ```flink-conf.yaml {word}");
        Some(PageError::in_line(self.page.name_line, message))
    }
}

fn leak(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

fn leak_all<T>(list: Vec<T>) -> &'static [T] {
    Box::leak(list.into_boxed_slice())
}

/// Everything that makes a page no policy.
fn judge(path: &str, text: &str, page: &Page, own: &[String]) -> Result<(), PageError> {
    let file = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let stem = file.strip_suffix(".md").unwrap_or(file);
    let front = &page.front;
    if front.group != Group::Policy {
        let message = format!(
            "`{}` is a group of flint's own rules; a policy says `group: policy`",
            front.group.name()
        );
        return Err(PageError::at(text, front.group_at, message));
    }
    let title = |message: String| Err(PageError::in_line(page.name_line, message));
    if page.name != stem {
        let message = format!(
            "the title says `{}` and the file is called {file}; give both one name",
            page.name
        );
        return title(message);
    }
    let is_kebab = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_lowercase())
            && !name.ends_with('-')
            && name
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    if !is_kebab(&page.name) {
        let message = format!(
            "`{}` is no name of a rule; write small letters, digits and `-`, such as \
             acme-checkpoint-bucket",
            page.name
        );
        return title(message);
    }
    if Group::parse(&page.name).is_some() {
        return title(format!(
            "`{}` is the name of a group; choose another",
            page.name
        ));
    }
    if front.checks.is_empty() {
        let message = "a policy states its check; add `check:` with a `key` and what it must be";
        return Err(PageError::at(text, Span::at(0), message));
    }
    if let Some(at) = front.stated_fix_at {
        let message = "a policy says what its fix does; write `fix: { set: VALUE }` or `fix: { remove: true }`";
        return Err(PageError::at(text, at, message));
    }
    let judge = Judge { text, page, own };
    front
        .checks
        .iter()
        .try_for_each(|check| judge.check(check))?;
    for example in &page.examples {
        if let Some(Err(error)) = example.version.as_deref().map(Versions::parse) {
            return Err(PageError::in_line(example.line, error.to_string()));
        }
    }
    Ok(())
}

fn front(page: &Page) -> Result<FrontMatter, PageError> {
    let front = &page.front;
    let option = |(name, value): &(String, OptionValue)| {
        let value = match value {
            OptionValue::Integer(number) => DefaultValue::Integer(*number),
            OptionValue::Text(text) => DefaultValue::Text(leak(text.clone())),
            OptionValue::Words(words) => {
                let words = words.iter().map(|word| leak(word.clone()));
                DefaultValue::Words(leak_all(words.collect()))
            }
        };
        (leak(name.clone()), value)
    };
    let checks = front.checks.iter().map(|own| check(page, own));
    Ok(FrontMatter {
        name: leak(page.name.clone()),
        summary: leak(page.summary.clone()),
        severity: front.severity,
        group: front.group,
        versions: front.versions,
        fixes: front.fixes,
        options: leak_all(front.options.iter().map(option).collect()),
        checks: leak_all(checks.collect::<Result<_, _>>()?),
    })
}

fn check(page: &Page, check: &CheckText) -> Result<Check, PageError> {
    // Findings are told in lines, whatever a page's YAML folds.
    let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let or = |text: &Option<super::Text>, other: &str| match text {
        Some(text) => leak(line(&text.value)),
        None => leak(other.to_owned()),
    };
    let conditions = check.when.iter().map(|(key, own)| {
        Ok(Condition {
            key: leak(key.value.clone()),
            space: space_of(&key.value),
            test: test(own)?,
        })
    });
    let must = check.must.iter().map(test);
    Ok(Check {
        when: leak_all(conditions.collect::<Result<_, _>>()?),
        key: leak(check.key.value.clone()),
        space: space_of(&check.key.value),
        must: leak_all(must.collect::<Result<_, _>>()?),
        default: check.default.as_ref().map(|text| leak(text.value.clone())),
        message: or(&check.message, page.summary.trim_end_matches('.')),
        label: or(&check.label, ""),
        help: or(&check.help, &page.why),
        fix: check.fix.as_ref().map(|fix| DeclaredFix {
            set: fix.set.as_ref().map(|text| leak(text.value.clone())),
            safety: fix.safety,
            risk: match fix.safety {
                Safety::Safe => "",
                Safety::Unsafe => or(&fix.risk, RISK),
            },
        }),
    })
}

fn test(test: &TestText) -> Result<Test, PageError> {
    let own = |other: &super::Text| leak(other.value.clone());
    Ok(match test {
        TestText::Present => Test::Present,
        TestText::Absent => Test::Absent,
        TestText::Is(other) => Test::Is(own(other)),
        TestText::Not(other) => Test::Not(own(other)),
        TestText::OneOf(list) => Test::OneOf(leak_all(list.iter().map(own).collect())),
        TestText::AtLeast(other) => Test::AtLeast(own(other)),
        TestText::AtMost(other) => Test::AtMost(own(other)),
        TestText::Matches(other) => {
            // The judge has read it before.
            let pattern = Pattern::new(&other.value).map_err(|said| PageError::in_line(1, said))?;
            Test::Matches(Box::leak(Box::new(pattern)))
        }
    })
}
