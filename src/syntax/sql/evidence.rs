//! Whose SQL a script is. Many systems read files named `*.sql`; only what no other has makes one
//! Flink's, and what Flink does not have makes it another's.

use super::expressions::Cursor;
use super::tokens::{Kind, Token};
use super::{Hint, Read};
use crate::flink::options;
use crate::syntax::Setting;

/// What the statements of a script show.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Signs {
    /// Something that only Flink has.
    pub(super) flink: bool,
    /// Something that Flink does not have.
    pub(super) foreign: bool,
}

/// Beginnings of options by which a script shows that it is Flink's.
const TELLING: [&str; 13] = [
    "table.",
    "execution.",
    "pipeline.",
    "sql-client.",
    "parallelism.default",
    "state.",
    "taskmanager.",
    "jobmanager.",
    "restart-strategy",
    "rest.",
    "yarn.application",
    "kubernetes.",
    "heartbeat.",
];

impl Signs {
    /// A `SET` of this key.
    pub(super) fn set(&mut self, key: &str) {
        let telling = TELLING.iter().any(|start| key.starts_with(start));
        self.flink |= telling && (options::is_option(key) || options::in_open_family(key));
    }

    pub(super) fn watermark(&mut self) {
        self.flink = true;
    }

    /// `METADATA` behind a column's type: with nothing behind it, `FROM` or `VIRTUAL`.
    pub(super) fn metadata(&mut self, cursor: &Cursor, at: usize) {
        let next = at + 1;
        self.flink |= cursor.is(next, "FROM") && cursor.kind(next + 1) == Some(Kind::Text)
            || cursor.is(next, "VIRTUAL");
    }

    pub(super) fn hints(&mut self, hints: &[Hint]) {
        let own = ["OPTIONS", "STATE_TTL", "LOOKUP"];
        let mut hints = hints.iter();
        self.flink |=
            hints.any(|hint| own.contains(&hint.name.as_str()) && !hint.options.is_empty());
    }

    /// The options of a table; `bare` where it names its connector without quotes.
    pub(super) fn options(&mut self, options: &[Setting], bare: bool) {
        let get = |key: &str| options.iter().find(|setting| setting.key == key);
        let has_connector = get("connector").is_some() || get("connector.type").is_some();
        // SeaTunnel's tables have connectors, too, and say on which side of the job they are.
        let role = get("type").is_some_and(|role| matches!(role.value.as_str(), "source" | "sink"));
        let seatunnel = has_connector && role;
        self.flink |= has_connector && !seatunnel;
        self.foreign |= bare || seatunnel;
    }

    /// The first words of a statement.
    pub(super) fn look_at(&mut self, cursor: &Cursor) {
        if !cursor.is(0, "CREATE") {
            return;
        }
        let at = if cursor.are(1, &["OR", "REPLACE"]) {
            3
        } else {
            1
        };
        // ksqlDB, RisingWave, Materialize, Timeplus, Doris, PostgreSQL, Databricks.
        let things = [
            "SOURCE",
            "SINK",
            "STREAM",
            "EXTENSION",
            "SCHEMA",
            "SEQUENCE",
            "TRIGGER",
            "INDEX",
            "UNIQUE",
            "STREAMING",
            "ROUTINE",
            "EXTERNAL",
            "TYPE",
            "ROLE",
            "USER",
            "PROCEDURE",
            "DOMAIN",
            "POLICY",
            "PUBLICATION",
            "RANDOM",
            "LIVE",
            "GLOBAL",
            "UNLOGGED",
        ];
        self.foreign |= things.iter().any(|thing| cursor.is(at, thing))
            || cursor.are(at, &["MATERIALIZED", "VIEW"]);
    }
}

/// Runs of words that no script for Flink has.
const FOREIGN: [&[&str]; 21] = [
    &["EMIT", "CHANGES"],
    &["EMIT", "ON", "WINDOW"],
    &["KAFKA_TOPIC", "="],
    &["ENGINE", "="],
    &["PLPGSQL"],
    &["AUTO_INCREMENT"],
    &["SERIAL"],
    &["BIGSERIAL"],
    &["USING", "DELTA"],
    &["USING", "PARQUET"],
    &["USING", "ICEBERG"],
    &["USING", "HUDI"],
    &["USING", "PAIMON"],
    &["FORMAT", "PLAIN"],
    &["FORMAT", "DEBEZIUM"],
    &["FORMAT", "UPSERT"],
    &["DELAY", "OF", "INTERVAL"],
    &[":", ":"],
    &["RETURNS", "TRIGGER"],
    &["NVARCHAR"],
    &["VARCHAR2"],
];

/// What only a script in Hive's dialect has.
const HIVE: [&[&str]; 5] = [
    &["STORED", "AS"],
    &["ROW", "FORMAT"],
    &["STORED", "BY"],
    &["LATERAL", "VIEW"],
    &["TBLPROPERTIES", "("],
];

/// Whether a script is Flink's.
pub(super) fn is_flinks(bytes: &[u8], tokens: &[Token], read: &Read) -> bool {
    if !read.signs.flink || read.signs.foreign {
        return false;
    }
    // Flink reads Hive's dialect where it is told to.
    let mut sets = read.sets.iter();
    let reads_hive = sets.any(|setting| setting.key == "table.sql-dialect");
    let word = |token: &Token, word: &str| {
        matches!(token.kind, Kind::Word | Kind::Symbol)
            && bytes[token.at.range()].eq_ignore_ascii_case(word.as_bytes())
    };
    let stands = |words: &[&str], at: usize| {
        let before = at.checked_sub(1).and_then(|before| tokens.get(before));
        let is_behind = before.is_some_and(|token| matches!(token.kind, Kind::Word | Kind::Name));
        let found = tokens.get(at..at + words.len());
        // A single word is a type or an option behind a name, else it may be a column.
        (words.len() > 1 || is_behind)
            && found
                .is_some_and(|found| found.iter().zip(words).all(|(token, own)| word(token, own)))
    };
    let signs = FOREIGN
        .iter()
        .chain(if reads_hive { &[][..] } else { &HIVE });
    let signs: Vec<&&[&str]> = signs.collect();
    let is_foreign = |at: usize| signs.iter().any(|words| stands(words, at));
    !(0..tokens.len()).any(is_foreign) && !is_dbt(bytes, tokens)
}

/// Whether another tool writes most of the script: `{{ config(...) }}`, `{{ ref('x') }}`.
fn is_dbt(bytes: &[u8], tokens: &[Token]) -> bool {
    let mut all = tokens
        .iter()
        .filter(|token| token.kind == Kind::Placeholder);
    all.any(|token| {
        let text = &bytes[token.at.range()];
        let inner = text.strip_prefix(b"{{").unwrap_or_default();
        let inner = inner.trim_ascii_start();
        let calls: [&[u8]; 3] = [b"config(", b"ref(", b"source("];
        calls.iter().any(|call| inner.starts_with(call))
    })
}

/// Whether a text holds any word without which it can't be a script for Flink, so that it is worth
/// reading it.
pub fn worth_reading(bytes: &[u8]) -> bool {
    const NEEDLES: [&str; 17] = [
        "onnector",
        "ONNECTOR",
        "atermark",
        "ATERMARK",
        "STATEMENT SET",
        "statement set",
        "ESCRIPTOR",
        "escriptor",
        "CATALOG",
        "catalog",
        "METADATA",
        "metadata",
        "OPTIONS",
        "options(",
        "STATE_TTL",
        "LOOKUP",
        "lookup",
    ];
    let has = |needle: &str| memchr::memmem::find(bytes, needle.as_bytes()).is_some();
    let sets = has("SET ") || has("set ") || has("Set ");
    NEEDLES.into_iter().any(has) || sets && TELLING.into_iter().any(has)
}
