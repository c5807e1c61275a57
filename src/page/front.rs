//! What front matter says: its closed vocabulary, and the texts of its checks with their places.

use super::matter::{Entry, Matter, Text, unknown};
use super::{Fixes, Group, OptionValue, PageError};
use crate::finding::{Safety, Severity};
use crate::flink::version::Versions;
use crate::syntax::yaml::tree::NodeId;
use crate::text::Span;

/// The words of front matter.
pub const WORDS: [&str; 6] = ["severity", "group", "versions", "fix", "options", "check"];

/// The words of a check.
pub const CHECK_WORDS: [&str; 14] = [
    "key", "require", "forbid", "min", "max", "one-of", "not", "matches", "when", "default",
    "message", "label", "help", "fix",
];

/// The words that say what a key must be; of a check one at least.
pub const REQUIREMENTS: [&str; 7] = [
    "require", "forbid", "min", "max", "one-of", "not", "matches",
];

/// The words of a condition that is no plain value or list.
pub const CONDITION_WORDS: [&str; 4] = ["not", "min", "max", "matches"];

/// The words of a fix.
pub const FIX_WORDS: [&str; 4] = ["set", "remove", "safe", "risk"];

/// The front matter as written.
#[derive(Clone, Debug)]
pub struct Front {
    /// Severity of the main finding.
    pub severity: Severity,
    /// The group.
    pub group: Group,
    /// Flink versions for which the rule can hold.
    pub versions: Versions,
    /// Which fixes can be offered: as stated, else as the checks say.
    pub fixes: Fixes,
    /// The rule's own options with their defaults.
    pub options: Vec<(String, OptionValue)>,
    /// Checks that the page states itself.
    pub checks: Vec<CheckText>,
    /// The bytes of the group's name.
    pub group_at: Span,
    /// The bytes of `fix` where it only states the kinds.
    pub stated_fix_at: Option<Span>,
}

/// A declared check as written.
#[derive(Clone, Debug)]
pub struct CheckText {
    /// Conditions on keys.
    pub when: Vec<(Text, TestText)>,
    /// The key that is checked.
    pub key: Text,
    /// What it must be, with at least one entry.
    pub must: Vec<TestText>,
    /// The value in force where the key is absent.
    pub default: Option<Text>,
    /// What is wrong.
    pub message: Option<Text>,
    /// What stands under the marked bytes.
    pub label: Option<Text>,
    /// Why, and what to do.
    pub help: Option<Text>,
    /// The fix.
    pub fix: Option<FixText>,
}

/// What a value must be, as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TestText {
    /// `require: true`; `set`.
    Present,
    /// `forbid: true`; `absent`.
    Absent,
    /// A value.
    Is(Text),
    /// `not`.
    Not(Text),
    /// `one-of`; a list of values.
    OneOf(Vec<Text>),
    /// `min`.
    AtLeast(Text),
    /// `max`.
    AtMost(Text),
    /// `matches`.
    Matches(Text),
}

/// The fix of a check as written.
#[derive(Clone, Debug)]
pub struct FixText {
    /// The value to set; without it the setting is removed.
    pub set: Option<Text>,
    /// Safe or unsafe.
    pub safety: Safety,
    /// What could go wrong, for an unsafe one.
    pub risk: Option<Text>,
}

type Read<T> = Result<T, PageError>;

impl Front {
    /// Reads the bytes of a page between its `---` lines.
    pub(super) fn read(page: &str, front: std::ops::Range<usize>) -> Read<Self> {
        let matter = Matter::read(page, front)?;
        let entries = matter.root(&WORDS)?;
        let required = |word: &str, hint: &str| -> Read<Text> {
            if let Some(id) = find(&entries, word) {
                return matter.text(id);
            }
            let message = format!("front matter has no `{word}`; write `{word}: {hint}`");
            Err(PageError::at(page, Span::at(0), message))
        };
        let severity = required("severity", "warning")?;
        let group = required("group", "policy")?;
        let versions = required("versions", "all")?;
        let mut checks = match find(&entries, "check") {
            None => Vec::new(),
            Some(id) if matter.is_list(id) => {
                let items = matter.list(id)?.into_iter();
                items
                    .map(|item| check(&matter, item))
                    .collect::<Read<_>>()?
            }
            Some(id) => vec![check(&matter, id)?],
        };
        let stated = match find(&entries, "fix") {
            None => None,
            Some(id) if matter.is_map(id) => {
                let fix = fix(&matter, id)?;
                let without: Vec<&mut CheckText> =
                    checks.iter_mut().filter(|own| own.fix.is_none()).collect();
                if without.is_empty() {
                    return Err(matter.error(matter.at(id), "there is no check that it could fix"));
                }
                for check in without {
                    check.fix = Some(fix.clone());
                }
                None
            }
            Some(id) => {
                let words = matter.text(id)?;
                let fixes = Fixes::parse(&words.value);
                let known = "write safe, unsafe, safe or unsafe, or a mapping with `set`";
                let message = format!("`{}` is no kind of fix; {known}", words.value);
                Some((
                    fixes.ok_or_else(|| matter.error(words.at, message))?,
                    words.at,
                ))
            }
        };
        let offered = |safety| {
            let mut fixes = checks.iter().filter_map(|check| check.fix.as_ref());
            fixes.any(|fix| fix.safety == safety)
        };
        Ok(Front {
            severity: Severity::parse(&severity.value).ok_or_else(|| {
                let known = ["note", "warning", "error"];
                matter.error(severity.at, unknown("severity", &severity.value, &known))
            })?,
            group: Group::parse(&group.value).ok_or_else(|| {
                let known = Group::ALL.map(Group::name);
                matter.error(group.at, unknown("group", &group.value, &known))
            })?,
            versions: match versions.value.as_str() {
                "all" => Versions::ALL,
                text => Versions::parse(text).map_err(|error| {
                    matter.error(versions.at, format!("{error}, or `all` for every version"))
                })?,
            },
            fixes: match stated {
                Some((fixes, _)) => fixes,
                None => Fixes {
                    safe: offered(Safety::Safe),
                    unsafe_: offered(Safety::Unsafe),
                },
            },
            options: match find(&entries, "options") {
                Some(id) => options(&matter, id)?,
                None => Vec::new(),
            },
            checks,
            group_at: group.at,
            stated_fix_at: stated.map(|(_, at)| at),
        })
    }
}

fn find(entries: &[Entry], word: &str) -> Option<NodeId> {
    let found = entries.iter().find(|entry| entry.key.value == word);
    found.map(|entry| entry.value)
}

/// Names that mean something else where an option's name could stand.
const TAKEN: [&str; 5] = ["severity", "ignorable", "value", "key", "deployment"];

fn options(matter: &Matter, id: NodeId) -> Read<Vec<(String, OptionValue)>> {
    let mut options = Vec::new();
    for Entry { key, value } in matter.any_map(id)? {
        if TAKEN.contains(&key.value.as_str()) {
            let message = format!("`{}` can be no option's name: it has a meaning", key.value);
            return Err(matter.error(key.at, message));
        }
        let value = if matter.is_list(value) {
            let texts = matter.texts(value)?;
            OptionValue::Words(texts.into_iter().map(|text| text.value).collect())
        } else {
            let text = matter.text(value)?.value;
            match text.parse() {
                Ok(number) if matter.is_plain(value) => OptionValue::Integer(number),
                _ => OptionValue::Text(text),
            }
        };
        options.push((key.value, value));
    }
    options.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(options)
}

fn check(matter: &Matter, id: NodeId) -> Read<CheckText> {
    let entries = matter.map(id, &CHECK_WORDS)?;
    let place = |id: NodeId| {
        let at = matter.at(id);
        Span::new(at.start as usize, at.start as usize)
    };
    let Some(key) = find(&entries, "key") else {
        let message = "this check has no `key`; name the option that it is about";
        return Err(matter.error(place(id), message));
    };
    let text = |word: &str| find(&entries, word).map(|id| matter.text(id)).transpose();
    let mut must = Vec::new();
    for Entry { key: word, value } in &entries {
        must.extend(match word.value.as_str() {
            "require" => {
                matter.flag(*value, "require")?;
                Some(TestText::Present)
            }
            "forbid" => {
                matter.flag(*value, "forbid")?;
                Some(TestText::Absent)
            }
            "one-of" => Some(TestText::OneOf(matter.texts(*value)?)),
            word => compared(word, || matter.text(*value))?,
        });
    }
    if must.is_empty() {
        let known = REQUIREMENTS.join(", ");
        let message = format!("this check requires nothing; say one of {known}");
        return Err(matter.error(place(id), message));
    }
    if must.len() > 1 && must.contains(&TestText::Absent) {
        let message = "what is forbidden has no value to require anything of";
        let forbid = entries.iter().find(|entry| entry.key.value == "forbid");
        let at = forbid.map_or(place(id), |entry| entry.key.at);
        return Err(matter.error(at, message));
    }
    Ok(CheckText {
        when: match find(&entries, "when") {
            Some(id) => conditions(matter, id)?,
            None => Vec::new(),
        },
        key: matter.text(key)?,
        must,
        default: text("default")?,
        message: text("message")?,
        label: text("label")?,
        help: text("help")?,
        fix: find(&entries, "fix")
            .map(|id| fix(matter, id))
            .transpose()?,
    })
}

/// The words that compare with one value.
fn compared(word: &str, text: impl FnOnce() -> Read<Text>) -> Read<Option<TestText>> {
    Ok(Some(match word {
        "not" => TestText::Not(text()?),
        "min" => TestText::AtLeast(text()?),
        "max" => TestText::AtMost(text()?),
        "matches" => TestText::Matches(text()?),
        _ => return Ok(None),
    }))
}

fn conditions(matter: &Matter, id: NodeId) -> Read<Vec<(Text, TestText)>> {
    let mut conditions = Vec::new();
    for Entry { key, value } in matter.any_map(id)? {
        if matter.is_map(value) {
            for entry in matter.map(value, &CONDITION_WORDS)? {
                let test = compared(&entry.key.value, || matter.text(entry.value))?;
                conditions.extend(test.map(|test| (key.clone(), test)));
            }
            continue;
        }
        let test = if matter.is_list(value) {
            TestText::OneOf(matter.texts(value)?)
        } else {
            let text = matter.text(value)?;
            match text.value.as_str() {
                "absent" => TestText::Absent,
                "set" => TestText::Present,
                _ => TestText::Is(text),
            }
        };
        conditions.push((key, test));
    }
    // The order in which somebody wrote them says nothing.
    conditions.sort_by(|(one, _), (other, _)| one.value.cmp(&other.value));
    Ok(conditions)
}

fn fix(matter: &Matter, id: NodeId) -> Read<FixText> {
    let entries = matter.map(id, &FIX_WORDS)?;
    let set = find(&entries, "set")
        .map(|id| matter.text(id))
        .transpose()?;
    let remove = find(&entries, "remove");
    if let Some(remove) = remove {
        matter.flag(remove, "remove")?;
    }
    if set.is_some() == remove.is_some() {
        let message = "a fix says what to `set`, or `remove: true`";
        return Err(matter.error(matter.at(id), message));
    }
    let safe = find(&entries, "safe");
    let safety = match safe {
        None => Safety::Unsafe,
        Some(id) => match matter.text(id)?.value.as_str() {
            "true" => Safety::Safe,
            "false" => Safety::Unsafe,
            _ => return Err(matter.error(matter.at(id), "`safe` is true or false")),
        },
    };
    Ok(FixText {
        set,
        safety,
        risk: find(&entries, "risk")
            .map(|id| matter.text(id))
            .transpose()?,
    })
}
