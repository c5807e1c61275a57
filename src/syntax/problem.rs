//! What is wrong with the text of a document, and how its author evidently meant it.

use crate::text::Span;

/// What can be wrong with the text of a document before any rule reads its settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProblemKind {
    /// flink-conf.yaml: the line has no colon followed by a blank; Flink skips it.
    NotAPair,
    /// flink-conf.yaml: nothing before or after the colon; Flink skips it.
    EmptyKeyOrValue,
    /// flink-conf.yaml: a nested YAML block; Flink reads its leaves without their parents.
    NestedBlock,
    /// flink-conf.yaml: a `#` inside a value drops the rest of it.
    HashCutsValue,
    /// A byte order mark that becomes part of the first key.
    ByteOrderMark,
    /// YAML: the text is not YAML 1.2 as Flink's loader reads it.
    YamlSyntax,
    /// YAML: a key without a value.
    NullValue,
    /// YAML: a key that is a number, a boolean or a collection.
    NonStringKey,
    /// YAML: a key that stands twice in one mapping.
    DuplicateKey,
    /// YAML: the top level is a list or a scalar.
    NotAMapping,
    /// YAML: more than one document.
    MultipleDocuments,
    /// YAML: an alias inside its own anchor.
    RecursiveAlias,
    /// YAML: more aliases to collections than the loader allows.
    TooManyAliases,
    /// sysctl: a line that assigns nothing: no `=`, or a key that no parameter can have.
    MissingEquals,
    /// sysctl: a blank between the dash and the key, which most loaders take for a part of the key.
    DetachedDash,
    /// sysctl: a character that nobody sees and that is no blank to the loaders.
    InvisibleCharacter,
    /// sysctl: a backslash at the end of a line, which continues none.
    LineContinuation,
    /// sysctl: a carriage return within a line, which ends none for most loaders.
    LoneReturn,
    /// sysctl: comments that begin with `;`, which newer releases of systemd take for assignments.
    SemicolonComment,
    /// A container or a pod: it asks for a parameter of a namespace that it shares with the host.
    OfHostNamespace,
    /// A Dockerfile: a step tries to set kernel parameters, of which an image has none.
    SetInBuild,
    /// TOML, JSON and YAML of a job: the text does not parse.
    Unparsable,
}

impl ProblemKind {
    /// The name used in outputs; for load errors the name that the recorded answers use.
    pub fn name(self) -> &'static str {
        match self {
            ProblemKind::NotAPair => "not-a-pair",
            ProblemKind::EmptyKeyOrValue => "empty-key-or-value",
            ProblemKind::NestedBlock => "nested-block",
            ProblemKind::HashCutsValue => "hash-cuts-value",
            ProblemKind::ByteOrderMark => "byte-order-mark",
            ProblemKind::YamlSyntax => "yaml-syntax",
            ProblemKind::NullValue => "null-value",
            ProblemKind::NonStringKey => "non-string-key",
            ProblemKind::DuplicateKey => "duplicate-key",
            ProblemKind::NotAMapping => "not-a-mapping",
            ProblemKind::MultipleDocuments => "multiple-documents",
            ProblemKind::RecursiveAlias => "recursive-alias",
            ProblemKind::TooManyAliases => "too-many-aliases",
            ProblemKind::MissingEquals => "missing-equals",
            ProblemKind::DetachedDash => "detached-dash",
            ProblemKind::InvisibleCharacter => "invisible-character",
            ProblemKind::LineContinuation => "line-continuation",
            ProblemKind::LoneReturn => "lone-return",
            ProblemKind::SemicolonComment => "semicolon-comment",
            ProblemKind::OfHostNamespace => "of-host-namespace",
            ProblemKind::SetInBuild => "set-in-build",
            ProblemKind::Unparsable => "unparsable",
        }
    }
}

/// How to write what the author evidently meant. Whether to offer it is a rule's decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repair {
    /// Byte replacements in the document's source.
    pub edits: Vec<(Span, String)>,
    /// The keys that read differently afterwards, each with its new value; `None` when it is gone.
    pub changes: Vec<(String, Option<String>)>,
}

/// One thing wrong with the text of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What.
    pub kind: ProblemKind,
    /// The bytes to look at.
    pub at: Span,
    /// What is wrong, lower case, no final dot.
    pub message: String,
    /// Other places that take part, each with a few words.
    pub related: Vec<(Span, String)>,
    /// The key concerned, when there is one.
    pub key: Option<String>,
    /// How to write what was meant, when there is one reading.
    pub repair: Option<Repair>,
}

impl Problem {
    /// A problem without further places, key and repair; whoever has these adds them.
    pub(crate) fn new(kind: ProblemKind, at: Span, message: impl Into<String>) -> Self {
        Problem {
            kind,
            at,
            message: message.into(),
            related: Vec::new(),
            key: None,
            repair: None,
        }
    }
}
