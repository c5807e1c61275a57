//! What rules say: plain owned data, the same for every output.

use crate::text::{Edit, SourceId, Span};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Advice; never fails a run unless asked.
    Note,
    /// Likely harm, or a line without the effect its author expects.
    Warning,
    /// Flink does not start, rejects the job, or silently drops what the line asks for.
    Error,
}

impl Severity {
    /// `note`, `warning` or `error`.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }

    /// The severity of a name.
    pub fn parse(name: &str) -> Option<Self> {
        [Severity::Note, Severity::Warning, Severity::Error]
            .into_iter()
            .find(|severity| severity.name() == name)
    }
}

/// Whether a fix may be applied without a person looking at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Safety {
    /// The line has no effect today, or is rejected today and has exactly one reading.
    Safe,
    /// Changes something that runs, or switches on a line that is ignored today.
    Unsafe,
}

impl Safety {
    /// `safe` or `unsafe`.
    pub fn name(self) -> &'static str {
        match self {
            Safety::Safe => "safe",
            Safety::Unsafe => "unsafe",
        }
    }
}

/// A place in a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// The source.
    pub source: SourceId,
    /// The bytes in it.
    pub span: Span,
}

/// Another place that takes part in the proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// Where.
    pub at: Location,
    /// What is there, in a few words.
    pub message: String,
}

/// A setting that reads differently once a fix is in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Claim {
    /// The source of the document.
    pub source: SourceId,
    /// Which document of the source, from 0.
    pub document: u32,
    /// The key whose value changes.
    pub key: String,
    /// The value in force in that document afterwards; `None` when the key is gone.
    pub value: Option<String>,
}

/// A list of edits, all or nothing, with what they change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, imperative: "remove the line".
    pub title: String,
    /// Safe or unsafe.
    pub safety: Safety,
    /// What an unsafe fix could break; empty when safe.
    pub risk: String,
    /// The edits.
    pub edits: Vec<Edit>,
    /// Every setting that reads differently afterwards. The engine refuses a fix that changes more.
    pub claims: Vec<Claim>,
}

impl Fix {
    /// The same with another title.
    #[must_use]
    pub fn titled(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// The same as an unsafe one: what it could break.
    #[must_use]
    pub fn risky(mut self, risk: impl Into<String>) -> Self {
        self.safety = Safety::Unsafe;
        self.risk = risk.into();
        self
    }
}

/// Why a finding is not reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppressed {
    /// `comment` or `config`.
    pub by: &'static str,
    /// The reason that was given, possibly empty.
    pub reason: String,
}

/// One thing that is wrong at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Name of the rule.
    pub rule: String,
    /// How bad.
    pub severity: Severity,
    /// What is wrong, one sentence, lower case, no final dot.
    pub message: String,
    /// A few words that stand under the marked bytes; may be empty.
    pub label: String,
    /// Why, and what to do.
    pub help: String,
    /// The bytes to look at.
    pub at: Location,
    /// Which document of the source, from 0.
    pub document: u32,
    /// What that document is called, where it is an object with a kind and a name: see
    /// [`crate::fingerprint`].
    pub within: Option<String>,
    /// The key that identifies the finding beyond its line, when there is one.
    pub key: Option<String>,
    /// Other places that take part.
    pub related: Vec<Related>,
    /// Bytes of its source that no output shows: secrets.
    pub hidden: Vec<Span>,
    /// How to mend it, when the edit is certain.
    pub fix: Option<Fix>,
    /// Set when a comment or the configuration silences it.
    pub suppressed: Option<Suppressed>,
}
