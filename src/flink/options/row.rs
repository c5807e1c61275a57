//! One line of the option table.

use crate::flink::version::Versions;

/// Whether a key is an option, and still one that should be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// An option.
    Current,
    /// An option that its class or field marks `@Deprecated`.
    Deprecated,
    /// No option any more; another option reads the key when its own is not set.
    Alias,
}

impl State {
    /// The name in outputs.
    pub fn name(self) -> &'static str {
        match self {
            State::Current => "current",
            State::Deprecated => "deprecated",
            State::Alias => "alias",
        }
    }
}

/// The type of an option's value (`ConfigOptions.OptionBuilder`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ValueKind {
    /// `booleanType()`.
    Boolean,
    /// `intType()`.
    Integer,
    /// `longType()`.
    Long,
    /// `floatType()`.
    Float,
    /// `doubleType()`.
    Double,
    /// `memoryType()`.
    MemorySize,
    /// `durationType()`.
    Duration,
    /// `enumType(...)`.
    Enum,
    /// `stringType()`.
    String,
    /// `mapType()`: texts to texts.
    Map,
    /// `stringType().asList()`.
    StringList,
    /// `enumType(...).asList()`.
    EnumList,
    /// `mapType().asList()`.
    MapList,
}

impl ValueKind {
    /// Each kind with its name in the table.
    const NAMES: [(ValueKind, &'static str); 13] = [
        (ValueKind::Boolean, "boolean"),
        (ValueKind::Integer, "integer"),
        (ValueKind::Long, "long"),
        (ValueKind::Float, "float"),
        (ValueKind::Double, "double"),
        (ValueKind::MemorySize, "memory-size"),
        (ValueKind::Duration, "duration"),
        (ValueKind::Enum, "enum"),
        (ValueKind::String, "string"),
        (ValueKind::Map, "map"),
        (ValueKind::StringList, "list<string>"),
        (ValueKind::EnumList, "list<enum>"),
        (ValueKind::MapList, "list<map>"),
    ];

    /// The name in the table: `memory-size`, `list<string>`.
    pub fn name(self) -> &'static str {
        Self::NAMES
            .iter()
            .find(|(kind, _)| *kind == self)
            .map_or("", |(_, name)| name)
    }

    /// Whether the value is a list.
    pub fn is_list(self) -> bool {
        matches!(
            self,
            ValueKind::StringList | ValueKind::EnumList | ValueKind::MapList
        )
    }
}

/// Where a key has an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// The configuration of a cluster or a job.
    Config,
    /// Only the shell scripts in `bin/` read it, with a grammar of their own.
    ShellOnly,
    /// The configuration, once the plugin that declares it is installed.
    Plugin,
    /// Only below the prefix that its key shows, such as `metrics.reporter.<name>.`.
    Suffix,
    /// A pattern of keys, not a key.
    Family,
    /// `WITH (...)` of a table or a SQL hint; without effect in a configuration file.
    TableOption,
    /// Set by Flink itself, never by people.
    Internal,
    /// Nowhere: declared, but no code of these versions reads it, so that it may be written without
    /// effect. Its value is never looked at.
    Unread,
    /// The Flink Kubernetes operator and its autoscaler; Flink itself reads none of these. The
    /// operator has versions of its own, of which the table says nothing.
    Operator,
}

impl Scope {
    /// Each scope with its name in the table.
    const NAMES: [(Scope, &'static str); 9] = [
        (Scope::Config, "config"),
        (Scope::ShellOnly, "shell-only"),
        (Scope::Plugin, "plugin"),
        (Scope::Suffix, "suffix"),
        (Scope::Family, "family"),
        (Scope::TableOption, "table-option"),
        (Scope::Internal, "internal"),
        (Scope::Unread, "unread"),
        (Scope::Operator, "operator"),
    ];

    /// The name in outputs.
    pub fn name(self) -> &'static str {
        Self::NAMES
            .iter()
            .find(|(scope, _)| *scope == self)
            .map_or("", |(_, name)| name)
    }
}

/// One line of the table: what a key means in some versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OptionSpec<'t> {
    /// The key.
    pub key: &'t str,
    /// The versions in which it means this.
    pub versions: Versions,
    /// Whether it is current, deprecated or an alias.
    pub state: State,
    /// The type of its value.
    pub kind: ValueKind,
    /// The default as Flink prints it; `None` when there is none, or none that is known.
    pub default: Option<&'t str>,
    /// Whether the default depends on the machine, or on which reporter it is for; `default` is
    /// `None` then.
    pub default_varies: bool,
    /// Where it has an effect.
    pub scope: Scope,
    targets: &'t str,
    aliases: &'t str,
    enum_values: &'t str,
}

/// A key that an option reads when its own is not set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alias<'t> {
    /// The key.
    pub key: &'t str,
    /// True for a fallback key, which Flink reads without a warning.
    pub fallback: bool,
}

impl<'t> OptionSpec<'t> {
    /// The options that take the place of this key; empty for current options.
    pub fn targets(&self) -> impl Iterator<Item = &'t str> + use<'t> {
        items(self.targets)
    }

    /// The other keys the option reads, in Flink's order: fallback keys, then deprecated ones.
    pub fn aliases(&self) -> impl Iterator<Item = Alias<'t>> + use<'t> {
        items(self.aliases).map(|item| match item.strip_prefix('~') {
            Some(key) => Alias {
                key,
                fallback: true,
            },
            None => Alias {
                key: item,
                fallback: false,
            },
        })
    }

    /// The accepted names of an enum, or of the items of a list of enums.
    pub fn enum_values(&self) -> impl Iterator<Item = &'t str> + use<'t> {
        items(self.enum_values)
    }

    /// Whether the key may stand in a configuration as it is.
    pub(super) fn is_writable(&self) -> bool {
        matches!(
            self.scope,
            Scope::Config
                | Scope::ShellOnly
                | Scope::Plugin
                | Scope::Suffix
                | Scope::Unread
                | Scope::Operator
        )
    }

    /// Whether something of Flink parses the value of the key where it stands in a configuration.
    pub(super) fn is_parsed(&self) -> bool {
        matches!(
            self.scope,
            Scope::Config | Scope::ShellOnly | Scope::Plugin | Scope::Suffix
        )
    }

    /// What a line says whose columns were read before; `text` starts with it.
    pub(super) fn of(text: &'t str, columns: &Columns) -> Self {
        let column = |number: usize| {
            let start = usize::from(columns.ends[number - 1]) + 1;
            &text[start..usize::from(columns.ends[number])]
        };
        let default = column(4);
        OptionSpec {
            key: &text[..usize::from(columns.ends[0])],
            versions: columns.versions,
            state: columns.state,
            kind: columns.kind,
            default: (default != "-" && default != "?").then_some(default),
            default_varies: default == "?",
            scope: columns.scope,
            targets: column(5),
            aliases: column(6),
            enum_values: column(7),
        }
    }
}

/// How many columns a line has.
const COLUMNS: usize = 9;

/// Where the columns of a line end, and what those say that hold one of a few names.
#[derive(Clone, Copy, Debug)]
pub(super) struct Columns {
    /// From the start of the line.
    ends: [u16; COLUMNS],
    versions: Versions,
    state: State,
    kind: ValueKind,
    scope: Scope,
}

impl Columns {
    /// Those of no line.
    pub(super) const NONE: Columns = Columns {
        ends: [0; COLUMNS],
        versions: Versions::NONE,
        state: State::Current,
        kind: ValueKind::String,
        scope: Scope::Config,
    };

    /// Those of the line at `start`, which a test holds to what this expects. The compiler calls it.
    pub(super) const fn read(bytes: &[u8], start: usize) -> Self {
        let mut own = Columns::NONE;
        let (mut at, mut column, mut begin) = (start, 0, start);
        while column < COLUMNS {
            while at < bytes.len() && bytes[at] != b'\t' && bytes[at] != b'\n' {
                at += 1;
            }
            match column {
                1 => own.versions = Versions::of_column(bytes, begin),
                2 if is_at(bytes, begin, at, "alias") => own.state = State::Alias,
                2 if is_at(bytes, begin, at, "deprecated") => own.state = State::Deprecated,
                3 => {
                    let mut number = 0;
                    while number < ValueKind::NAMES.len() {
                        let (kind, name) = ValueKind::NAMES[number];
                        if is_at(bytes, begin, at, name) {
                            own.kind = kind;
                        }
                        number += 1;
                    }
                }
                8 => {
                    let mut number = 0;
                    while number < Scope::NAMES.len() {
                        let (scope, name) = Scope::NAMES[number];
                        if is_at(bytes, begin, at, name) {
                            own.scope = scope;
                        }
                        number += 1;
                    }
                }
                _ => {}
            }
            #[allow(
                clippy::cast_possible_truncation,
                reason = "a line is shorter, or the build fails"
            )]
            let end = (at - start) as u16;
            assert!(
                end as usize == at - start,
                "a line of the table is too long"
            );
            own.ends[column] = end;
            at += 1;
            begin = at;
            column += 1;
        }
        own
    }
}

/// Whether some bytes are a name.
const fn is_at(bytes: &[u8], start: usize, end: usize, name: &str) -> bool {
    let name = name.as_bytes();
    if end - start != name.len() {
        return false;
    }
    let mut at = 0;
    while at < name.len() {
        if bytes[start + at] != name[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// The items of a column that holds a list.
fn items(column: &str) -> impl Iterator<Item = &str> {
    column.split(',').filter(|item| !item.is_empty())
}
