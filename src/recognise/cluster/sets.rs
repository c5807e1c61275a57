//! Options of Flink that something beside the configuration sets. Only the keys count: they silence.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::node::Word;
use super::{Arguments, Properties};
use crate::text::Span;

/// The options that something sets.
#[derive(Clone, Debug, Default)]
pub struct Sets {
    /// Their keys.
    pub keys: BTreeSet<String>,
    /// Whether it may set any other, too.
    pub opaque: bool,
    /// What says so.
    pub told: Vec<Told>,
}

/// A place that sets options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Where.
    pub at: Span,
    /// What: `FLINK_PROPERTIES of service jobmanager`.
    pub what: String,
}

/// Variables that become options (`docker-entrypoint.sh` of Flink's image and of Bitnami's;
/// `MemoryBackwardsCompatibilityUtils` for the heaps).
const VARIABLES: [(&str, &[&str]); 6] = [
    (
        "TASK_MANAGER_NUMBER_OF_TASK_SLOTS",
        &["taskmanager.numberOfTaskSlots"],
    ),
    (
        "FLINK_TASK_MANAGER_NUMBER_OF_TASK_SLOTS",
        &["taskmanager.numberOfTaskSlots"],
    ),
    ("JOB_MANAGER_RPC_ADDRESS", &["jobmanager.rpc.address"]),
    ("FLINK_JOB_MANAGER_RPC_ADDRESS", &["jobmanager.rpc.address"]),
    (
        "FLINK_TM_HEAP",
        &["taskmanager.heap.size", "taskmanager.heap.mb"],
    ),
    (
        "FLINK_JM_HEAP",
        &["jobmanager.heap.size", "jobmanager.heap.mb"],
    ),
];

/// The variable that the entrypoint of Flink's image appends to its configuration file.
pub(super) const PROPERTIES: &str = "FLINK_PROPERTIES";

/// A variable of the environment, with the place that sets it.
pub(super) type Variable<'a> = (&'a str, Option<Cow<'a, str>>, Span);

impl Properties {
    /// That of an environment: the first, as an inner layer stands before what it extends.
    pub(super) fn of(environment: &[Variable], owner: &str) -> Option<Self> {
        let mut all = environment.iter();
        let (name, value, at) = all.find(|(name, ..)| *name == PROPERTIES)?;
        let mut sets = Sets::default();
        sets.variable(name, value.as_deref(), *at, owner);
        Some(Properties { at: *at, sets })
    }
}

impl Arguments {
    /// What the words of a command define that stands at these places.
    pub(super) fn of(words: &[Word], at: impl Iterator<Item = Span>, owner: &str) -> Self {
        let mut sets = Sets::default();
        sets.arguments(words, owner);
        let at = at.collect();
        Arguments { at, sets }
    }
}

/// How many keys, and how many places that set them, are told apart. Nobody sets as many by hand.
const MOST: usize = 500;

impl Sets {
    /// Something may set any option.
    pub(super) fn opaque(&mut self, at: Span, what: impl Into<String>) {
        self.opaque = true;
        self.tell(at, what.into());
    }

    fn tell(&mut self, at: Span, what: String) {
        let told = Told { at, what };
        if self.told.len() < MOST && !self.told.contains(&told) {
            self.told.push(told);
        }
    }

    fn add(&mut self, keys: impl IntoIterator<Item = String>, at: Span, what: String) {
        let before = self.keys.len();
        self.keys.extend(keys);
        if self.keys.len() > before {
            self.tell(at, what);
        }
        // With more of them any may be among those that are not kept.
        while self.keys.len() > MOST {
            self.keys.pop_last();
            self.opaque = true;
        }
    }

    /// An environment variable; without a value it is whatever the shell around it says.
    pub(super) fn variable(&mut self, name: &str, value: Option<&str>, at: Span, owner: &str) {
        let what = || format!("{name} of {owner}");
        if name == PROPERTIES {
            match value {
                Some(text) => self.properties(text, at, &what()),
                None => self.opaque(at, what()),
            }
        } else if name.starts_with("FLINK_CFG_") {
            // Bitnami's image: which dots and dashes the underscores stand for, its script says.
            self.opaque(at, what());
        } else if let Some((_, keys)) = VARIABLES.iter().find(|(own, _)| *own == name) {
            self.add(keys.iter().map(|key| (*key).to_owned()), at, what());
        }
    }

    /// Lines of `key: value`.
    pub(super) fn properties(&mut self, text: &str, at: Span, what: &str) {
        let mut keys = Vec::new();
        let mut opaque = false;
        for line in text.split('\n').flat_map(|line| line.split("\\n")) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let found = keys_of(line);
            opaque |= found.is_empty() && is_filled_in(line);
            keys.extend(found);
        }
        self.add(keys, at, what.to_owned());
        if opaque {
            self.opaque(at, what);
        }
    }

    /// Keys that a command writes into the configuration.
    pub(super) fn written(&mut self, keys: Vec<String>, at: Span, what: &str) {
        self.add(keys, at, what.to_owned());
    }

    /// `-Dkey=value` and `-D key=value` among the words of a command, and words that are filled in
    /// where such may stand.
    fn arguments(&mut self, words: &[Word], owner: &str) {
        let mut before = "";
        for word in words {
            let definition = match word.text.strip_prefix("-D") {
                Some("") | None if before == "-D" => Some(word.text),
                Some(rest) if !rest.is_empty() => Some(rest),
                _ => None,
            };
            if let Some(text) = definition {
                let key = text.split('=').next().unwrap_or(text);
                if is_filled_in(key) {
                    self.opaque(word.at, format!("-D{key} of {owner}"));
                } else if !key.is_empty() {
                    let what = format!("-D{key} of {owner}");
                    self.add([key.to_owned()], word.at, what);
                }
            } else if is_whole_placeholder(word.text)
                && (!before.starts_with('-') || before.contains('='))
            {
                self.opaque(
                    word.at,
                    format!("{} among the arguments of {owner}", word.text),
                );
            }
            before = word.text;
        }
    }

    /// Adds what something else sets, too.
    pub fn extend(&mut self, other: &Sets) {
        self.keys.extend(other.keys.iter().cloned());
        self.opaque |= other.opaque;
        self.told.extend(other.told.iter().cloned());
    }
}

/// The keys of a text that holds `key: value` pairs, perhaps several in one line.
pub(super) fn keys_of(text: &str) -> Vec<String> {
    // Blanks before the colon belong to neither side.
    let text = text.replace(" :", ":");
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\''));
    words
        .enumerate()
        .filter_map(|(index, word)| {
            // Without a blank behind it the first colon still is what its author meant.
            let key = match word.strip_suffix(':') {
                Some(key) => key,
                None if index == 0 => word.split_once([':', '='])?.0,
                None => return None,
            };
            is_key(key).then(|| key.to_owned())
        })
        .collect()
}

fn is_key(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_alphabetic())
        && word
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
}

fn is_filled_in(text: &str) -> bool {
    text.contains('$') || text.contains("{{") || text.contains("{%")
}

/// Whether a word is nothing but a variable: `$ARGS`, `${ARGS}`, `$(ARGS)`, `$@`.
fn is_whole_placeholder(word: &str) -> bool {
    let Some(name) = word.strip_prefix('$') else {
        return word.starts_with("{{");
    };
    !name.is_empty()
        && name.bytes().all(|byte| {
            byte.is_ascii_alphanumeric()
                || matches!(
                    byte,
                    b'_' | b'{' | b'}' | b'(' | b')' | b'@' | b'*' | b':' | b'-' | b'$'
                )
        })
}
