//! Every key of flint.toml, once: reading, hints at misspelt keys, the JSON schema, `flint config` and
//! the documentation come from this table.

/// A key and what may stand behind it.
#[derive(Debug)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// What counts without it, as TOML; `None` where nothing does.
    pub default: Option<&'static str>,
    /// A value as somebody would write it, as TOML.
    pub example: &'static str,
    /// What it says: one or two sentences.
    pub doc: &'static str,
}

/// What a key takes.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Any text.
    Text,
    /// The path of a file, relative to the folder of the flint.toml.
    File,
    /// `true` or `false`.
    Boolean,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A list of texts.
    Texts,
    /// A list of patterns of files, relative to the folder of the flint.toml.
    Patterns,
    /// A list of folders, relative to the folder of the flint.toml.
    Folders,
    /// A list of rules and groups.
    Names,
    /// A table with these keys.
    Table(&'static [Key]),
    /// Any number of tables with these keys; the first of them must be there unless it has a default.
    Tables(&'static [Key]),
    /// A table for each rule, with these keys and the rule's own options.
    Rules(&'static [Key]),
}

impl Kind {
    /// What it takes, in words.
    pub fn words(self) -> &'static str {
        match self {
            Kind::Text | Kind::OneOf(_) => "a text in quotes",
            Kind::File => "a path in quotes",
            Kind::Boolean => "true or false",
            Kind::Texts => "a list of texts in quotes",
            Kind::Patterns => "a list of patterns in quotes",
            Kind::Folders => "a list of folders in quotes",
            Kind::Names => "a list of rules and groups in quotes",
            Kind::Table(_) => "a table",
            Kind::Tables(_) => "a list of tables",
            Kind::Rules(_) => "a table for each rule",
        }
    }
}

/// The words of `error-on`.
pub(super) const THRESHOLDS: &[&str] = &["note", "warning", "error", "never"];

/// The words of a rule's `severity`.
pub(super) const SEVERITIES: &[&str] = &["note", "warning", "error", "off"];

/// The keys of flint.toml.
pub const KEYS: &[Key] = &[
    Key {
        name: "required-version",
        kind: Kind::Text,
        default: None,
        example: "\">=0.1\"",
        doc: "The flint that the project asks for: at least this one, or, without `>=`, one of this \
              release line. Another one stops with a message.",
    },
    Key {
        name: "extend",
        kind: Kind::File,
        default: None,
        example: "\"../flint-base.toml\"",
        doc: "Another file of this kind whose values count where this file says nothing. Tables are \
              joined key by key, lists are replaced, and patterns stay relative to the file they stand in. \
              The file may extend another one; it is never fetched from a network.",
    },
    Key {
        name: "flink-version",
        kind: Kind::Text,
        default: None,
        example: "\"1.20\"",
        doc: "The versions of Flink that the deployments run on: `1.20`, `1.19..`, `1.18..1.20`. Without it \
              flint takes what the files beside it say (`spec.flinkVersion`, an image, a build file), and \
              else reports what holds for every version that reads the file.",
    },
    Key {
        name: "exclude",
        kind: Kind::Patterns,
        default: Some("[]"),
        example: "[\"vendor\", \"*.bak.yaml\"]",
        doc: "Files that flint does not read, also when they are named on the command line. As in \
              .gitignore, a name without a slash stands at any depth, one with a slash in front of it in \
              the folder of the file, and a folder means all in it; nothing is taken back with `!`.",
    },
    Key {
        name: "baseline",
        kind: Kind::File,
        default: None,
        example: "\"flint-baseline.txt\"",
        doc: "The findings that the project lives with for now, one a line; they are not reported. \
              `flint check --write-baseline` writes the file.",
    },
    Key {
        name: "error-on",
        kind: Kind::OneOf(THRESHOLDS),
        default: Some("\"warning\""),
        example: "\"error\"",
        doc: "The least severity of a finding that makes the exit code 1.",
    },
    Key {
        name: "select",
        kind: Kind::Names,
        default: Some(
            "[\"correctness\", \"reliability\", \"performance\", \"upgrade\", \"security\"]",
        ),
        example: "[\"correctness\", \"reliability\", \"small-tcp-buffers\"]",
        doc: "The rules and groups that run. A rule counts more than its group, and `ignore` more than \
              `select`.",
    },
    Key {
        name: "ignore",
        kind: Kind::Names,
        default: Some("[]"),
        example: "[\"missing-allowed-lateness\"]",
        doc: "Rules and groups that do not run.",
    },
    Key {
        name: "require-reason",
        kind: Kind::Boolean,
        default: Some("false"),
        example: "true",
        doc: "Whether an ignore comment must give a reason; one without is reported by \
              `ignore-without-reason`.",
    },
    Key {
        name: "known-prefixes",
        kind: Kind::Texts,
        default: Some("[]"),
        example: "[\"acme.\"]",
        doc: "How configuration keys of your own begin. They are never unknown or misspelt options.",
    },
    Key {
        name: "policies",
        kind: Kind::Folders,
        default: Some("[]"),
        example: "[\"policies\"]",
        doc: "Folders with pages of your own rules, in the format of flint's own. They run on the files that \
              this flint.toml is for, in the group `policy`, whatever `select` says.",
    },
    Key {
        name: "rules",
        kind: Kind::Rules(RULE),
        default: None,
        example: "[rules.small-tcp-buffers]\nseverity = \"error\"\nignorable = false\nfloor = 2621440",
        doc: "What a rule does here: its severity, whether it may be ignored, and options of its own, which \
              its page names (`flint explain RULE`).",
    },
    Key {
        name: "overrides",
        kind: Kind::Tables(OVERRIDE),
        default: None,
        example: "[[overrides]]\nfiles = [\"dev/**\"]\nignore = [\"reliability\", \"security\"]",
        doc: "Rules that do not run on some of the files.",
    },
    Key {
        name: "deployments",
        kind: Kind::Tables(DEPLOYMENT),
        default: None,
        example: "[[deployments]]\nname = \"orders\"\nfiles = [\"k8s/orders/**\", \"sql/orders.sql\"]\nhosts = [\"host/sysctl.conf\"]",
        doc: "Files that belong together, where flint does not see it by itself.",
    },
    Key {
        name: "job-config",
        kind: Kind::Tables(JOB_CONFIG),
        default: None,
        example: "[[job-config]]\nfiles = [\"jobs/*.properties\"]",
        doc: "Configuration files of jobs whose name or content does not show that they are of Flink.",
    },
    Key {
        name: "host",
        kind: Kind::Table(HOST),
        default: None,
        example: "[host]\nkernel = \"6.12\"\nmemory = \"64 GiB\"\nbandwidth = \"10 Gbit/s\"\nrtt = \"0.5 ms\"",
        doc: "What is known of the machines. No file says it, and some rules about sysctl depend on it.",
    },
];

/// The keys of each `[rules.NAME]`.
const RULE: &[Key] = &[
    Key {
        name: "severity",
        kind: Kind::OneOf(SEVERITIES),
        default: None,
        example: "\"error\"",
        doc: "The severity of the rule's findings in place of its own; `off` switches the rule off. A rule \
              of a group that does not run runs when it has a severity.",
    },
    Key {
        name: "ignorable",
        kind: Kind::Boolean,
        default: Some("true"),
        example: "false",
        doc: "Whether comments and the baseline may silence the rule.",
    },
];

const OVERRIDE: &[Key] = &[
    Key {
        name: "files",
        kind: Kind::Patterns,
        default: None,
        example: "[\"dev/**\"]",
        doc: "The files it is about.",
    },
    Key {
        name: "ignore",
        kind: Kind::Names,
        default: Some("[]"),
        example: "[\"reliability\"]",
        doc: "Rules and groups that do not run on them.",
    },
];

const DEPLOYMENT: &[Key] = &[
    Key {
        name: "files",
        kind: Kind::Patterns,
        default: None,
        example: "[\"k8s/orders/**\"]",
        doc: "The files of the deployment.",
    },
    Key {
        name: "name",
        kind: Kind::Text,
        default: Some("\"deployment 1\""),
        example: "\"orders\"",
        doc: "What reports call it; without one they count.",
    },
    Key {
        name: "hosts",
        kind: Kind::Patterns,
        default: Some("[]"),
        example: "[\"host/sysctl.conf\"]",
        doc: "The files that configure its hosts.",
    },
];

const JOB_CONFIG: &[Key] = &[Key {
    name: "files",
    kind: Kind::Patterns,
    default: None,
    example: "[\"jobs/*.properties\"]",
    doc: "The files: TOML, YAML, JSON or properties.",
}];

const HOST: &[Key] = &[
    Key {
        name: "kernel",
        kind: Kind::Text,
        default: None,
        example: "\"6.12\"",
        doc: "The release of the Linux kernel, or the first and the last of several: `6.12`, \
              `5.10-6.1`.",
    },
    Key {
        name: "memory",
        kind: Kind::Text,
        default: None,
        example: "\"64 GiB\"",
        doc: "The memory of a machine.",
    },
    Key {
        name: "bandwidth",
        kind: Kind::Text,
        default: None,
        example: "\"10 Gbit/s\"",
        doc: "What the network between the machines carries.",
    },
    Key {
        name: "rtt",
        kind: Kind::Text,
        default: None,
        example: "\"0.5 ms\"",
        doc: "The round-trip time between the machines.",
    },
];
