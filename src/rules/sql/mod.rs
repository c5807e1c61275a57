//! Rules about what scripts in SQL say.
//!
//! What the planner accepts, refuses and makes of a query was asked of Flink itself, in all versions.

use std::cell::OnceCell;
use std::collections::HashMap;

use crate::deployment::Deployment;
use crate::recognise::source as sources;
use crate::syntax::sql::{
    Column, ColumnFrom, From, Join, Name, Relation, Script, Select, Statement, Table, Watermark,
    What,
};
use crate::syntax::{Document, Setting};
use crate::text::{Edit, Source, Span};

pub(super) mod definitions;
pub(super) mod idleness;
mod reserved;
pub(super) mod settings;
pub(super) mod sinks;
pub(super) mod state;
pub(super) mod windows;

/// Queries in queries that are followed to a column of a table.
const DEEPEST: usize = 20;

/// The scripts of one source: a file, or the texts that its code runs.
pub(super) struct Sql<'p> {
    pub(super) source: &'p Source,
    pub(super) scripts: Vec<(&'p Document, &'p Script)>,
    tables: Vec<&'p Document>,
    /// The documents of tables by where these begin and end.
    options: OnceCell<HashMap<Span, &'p Document>>,
    /// By the last part of a name, the scripts and the statements that make or change what it stands for.
    makers: OnceCell<HashMap<&'p str, Vec<(usize, usize)>>>,
}

/// A table that a script makes.
#[derive(Clone, Copy)]
pub(super) struct Made<'p> {
    /// The document of its script.
    pub(super) document: &'p Document,
    pub(super) table: &'p Table,
    /// The document of its options.
    pub(super) options: &'p Document,
}

/// What a column is to Flink's planner.
pub(super) enum Time<'p> {
    /// It has a watermark.
    Event(Made<'p>, &'p Watermark),
    /// It is the time at which a row is looked at.
    Processing,
    /// A column like any other.
    None(Made<'p>, &'p Column),
    /// Nobody can tell from the text.
    Unknown,
}

/// Where a name leads.
enum Named<'p> {
    Table(Made<'p>),
    Query(&'p Script, &'p [usize]),
    Unknown,
}

/// The scripts of a deployment by their sources; those of tests show what Flink refuses, too.
pub(super) fn all<'p>(deployment: &Deployment<'p>) -> Vec<Sql<'p>> {
    let mut found: Vec<Sql<'p>> = Vec::new();
    for (document, script) in deployment.scripts() {
        let source = deployment.source(document);
        if sources::is_test(&source.path) || script.has_logic {
            continue;
        }
        match found.last_mut() {
            Some(last) if last.source.id == source.id => last.scripts.push((document, script)),
            _ => found.push(Sql {
                source,
                scripts: vec![(document, script)],
                tables: Vec::new(),
                options: OnceCell::new(),
                makers: OnceCell::new(),
            }),
        }
    }
    for sql in &mut found {
        let tables = deployment.tables.iter().copied();
        sql.tables = tables
            .filter(|table| table.source == sql.source.id)
            .collect();
    }
    // Hive's dialect has other rules.
    found.retain(|sql| {
        let mut documents = sql.scripts.iter();
        !documents.any(|(document, _)| document.get("table.sql-dialect").is_some())
    });
    found
}

impl<'p> Sql<'p> {
    /// Every statement with its script.
    pub(super) fn statements(
        &self,
    ) -> impl Iterator<Item = (&'p Document, &'p Script, &'p Statement)> + '_ {
        let scripts = self.scripts.iter();
        scripts.flat_map(|(document, script)| {
            let statements = script.statements.iter();
            statements.map(move |statement| (*document, *script, statement))
        })
    }

    /// Every table that a script of it makes.
    pub(super) fn made(&self) -> impl Iterator<Item = Made<'p>> + '_ {
        self.scripts.iter().flat_map(|(document, script)| {
            script.tables.iter().filter_map(|table| {
                let options = self.options(table)?;
                Some(Made {
                    document,
                    table,
                    options,
                })
            })
        })
    }

    /// The document of a table's options.
    fn options(&self, table: &Table) -> Option<&'p Document> {
        let options = self.options.get_or_init(|| {
            let mut options = HashMap::new();
            for document in &self.tables {
                let at = document.held_at.into_iter();
                at.for_each(|at| _ = options.entry(at).or_insert(*document));
            }
            options
        });
        options.get(&table.at).copied()
    }

    /// The statements that make or change what a name of this last part stands for, in their order: a script may
    /// make thousands of tables and ask for each.
    fn makers(&self, name: &str) -> &[(usize, usize)] {
        let makers = self.makers.get_or_init(|| {
            let mut makers: HashMap<&str, Vec<(usize, usize)>> = HashMap::new();
            for (script, (_, own)) in self.scripts.iter().enumerate() {
                for (number, made) in own.statements.iter().enumerate() {
                    let name = match &made.what {
                        What::CreateTable(table) => &own.tables[*table].name,
                        What::CreateView(name, _) | What::Change(name) => name,
                        _ => continue,
                    };
                    makers
                        .entry(name.last())
                        .or_default()
                        .push((script, number));
                }
            }
            makers
        });
        makers.get(name).map_or(&[], Vec::as_slice)
    }

    /// The table of a name, where a script of it certainly makes it and all of it is known.
    pub(super) fn table(&self, name: &Name, script: &Script, statement: usize) -> Option<Made<'p>> {
        match self.named(name, script, statement) {
            Named::Table(made) => Some(made),
            _ => None,
        }
    }

    /// Where a name in a statement leads.
    fn named(&self, name: &Name, script: &Script, statement: usize) -> Named<'p> {
        if !name.is_known() {
            return Named::Unknown;
        }
        let own = self
            .scripts
            .iter()
            .find(|(_, own)| std::ptr::eq(*own, script));
        if let Some((_, own)) = own
            && name.parts.len() == 1
        {
            let mut queries = own.named.iter();
            let query = queries.rfind(|one| {
                one.statement == statement && one.name.eq_ignore_ascii_case(name.last())
            });
            if let Some(query) = query {
                return Named::Query(own, &query.selects);
            }
        }
        let mut found = Named::Unknown;
        let mut count = 0;
        for &(at, number) in self.makers(name.last()) {
            let (document, own) = self.scripts[at];
            let made = &own.statements[number];
            let (other, leads) = match &made.what {
                What::CreateTable(table) => {
                    let table = &own.tables[*table];
                    let leads = self.options(table).map(|options| {
                        Named::Table(Made {
                            document,
                            table,
                            options,
                        })
                    });
                    (&table.name, leads)
                }
                What::CreateView(name, selects) => (name, Some(Named::Query(own, selects))),
                What::Change(name) => (name, None),
                _ => continue,
            };
            count += 1;
            let same = std::ptr::eq(own, script);
            // Without its database a name is one of the database in use.
            let here = !same
                || number < statement
                    && (name.parts.len() > 1
                        || made.namespace == own.statements[statement].namespace);
            if other.parts == name.parts && here {
                found = leads.unwrap_or(Named::Unknown);
            }
        }
        match found {
            Named::Table(made) if !is_closed(made) => Named::Unknown,
            _ if count != 1 => Named::Unknown,
            found => found,
        }
    }

    /// What a column of what a query reads is to the planner.
    pub(super) fn time(
        &self,
        relation: &'p Relation,
        column: &str,
        script: &'p Script,
        statement: usize,
    ) -> Time<'p> {
        self.time_within(relation, column, (script, statement), 0)
    }

    fn time_within(
        &self,
        relation: &'p Relation,
        column: &str,
        (script, statement): (&'p Script, usize),
        depth: usize,
    ) -> Time<'p> {
        if depth > DEEPEST {
            return Time::Unknown;
        }
        let (script, selects) = match relation {
            Relation::Table(name) => match self.named(name, script, statement) {
                Named::Table(made) => return of_table(made, column),
                Named::Query(script, selects) => (script, selects),
                Named::Unknown => return Time::Unknown,
            },
            Relation::Query(selects) => (script, selects.as_slice()),
            _ => return Time::Unknown,
        };
        let [select] = selects else {
            return Time::Unknown;
        };
        let Some(select) = script.selects.get(*select) else {
            return Time::Unknown;
        };
        let (Some(from), Some(inner)) = (passes(select), passed(select, column)) else {
            return Time::Unknown;
        };
        self.time_within(
            &from.relation,
            &inner,
            (script, select.statement),
            depth + 1,
        )
    }
}

/// The one thing that a `SELECT` reads, where it passes rows on as they are.
fn passes(select: &Select) -> Option<&From> {
    match select.from.as_slice() {
        [from] if select.group_by.is_empty() && !select.is_distinct && !from.is_changed => {
            Some(from)
        }
        _ => None,
    }
}

/// The name that a column has in what a `SELECT` reads, where it passes it on.
fn passed(select: &Select, column: &str) -> Option<String> {
    let mut named = select
        .items
        .iter()
        .filter(|item| item.name.as_deref() == Some(column));
    if let Some(item) = named.next() {
        let name = match item.expr.pieces.as_slice() {
            [name] => name.name(),
            [_, dot, name] if dot.is(".") => name.name(),
            _ => None,
        };
        return named.next().is_none().then(|| name.map(str::to_owned))?;
    }
    let is_all = |item: &crate::syntax::sql::Item| match item.expr.pieces.as_slice() {
        [star] => star.is("*"),
        [_, dot, star] => dot.is(".") && star.is("*"),
        _ => false,
    };
    select.items.iter().any(is_all).then(|| column.to_owned())
}

/// Whether a table is all that its statement says: no other's parts, no catalog's.
fn is_closed(made: Made) -> bool {
    let connector = made.options.get("connector");
    made.table.is_known
        && made.table.like.is_none()
        && made.table.selects.is_empty()
        && !made.table.columns.is_empty()
        && connector.is_some_and(|connector| connector.known)
}

fn of_table<'p>(made: Made<'p>, name: &str) -> Time<'p> {
    let Some(column) = made.table.column(name) else {
        return Time::Unknown;
    };
    if let Some(watermark) = made
        .table
        .watermarks
        .iter()
        .find(|mark| mark.column == name)
    {
        return Time::Event(made, watermark);
    }
    match &column.from {
        ColumnFrom::Computed(expr) => {
            let says = |piece: &crate::syntax::sql::Piece| piece.is("PROCTIME");
            match expr.pieces.as_slice() {
                [now, open, close] if says(now) && open.is("(") && close.is(")") => {
                    Time::Processing
                }
                // Another name for a column that may be one of time.
                [_] => Time::Unknown,
                pieces if pieces.iter().any(says) => Time::Unknown,
                _ => Time::None(made, column),
            }
        }
        ColumnFrom::Physical | ColumnFrom::Metadata => Time::None(made, column),
    }
}

impl Made<'_> {
    /// The value of an option, where it is there and known.
    pub(super) fn option(&self, key: &str) -> Option<&str> {
        let setting = self.options.get(key).filter(|setting| setting.known)?;
        Some(setting.value.as_str())
    }

    pub(super) fn connector(&self) -> &str {
        self.option("connector").unwrap_or("")
    }

    /// Its name for messages.
    pub(super) fn name(&self) -> String {
        self.table.name.parts.join(".")
    }

    /// Whether its rows never end, as far as its own options say.
    pub(super) fn is_unbounded(&self) -> bool {
        let has = |key: &str| self.options.get(key).is_some();
        match self.connector() {
            "kafka" | "upsert-kafka" => {
                let mode = self.options.get("scan.bounded.mode");
                mode.is_none_or(|mode| mode.known && mode.value == "unbounded")
            }
            "datagen" | "faker" => {
                let mut settings = self.options.settings.iter();
                !has("number-of-rows") && !settings.any(|setting| setting.value == "sequence")
            }
            "kinesis" | "rabbitmq" => true,
            "pulsar" => {
                let mut settings = self.options.settings.iter();
                !settings.any(|setting| setting.key.contains("stop"))
            }
            connector if connector.ends_with("-cdc") => {
                let mode = self.options.get("scan.startup.mode");
                mode.is_none_or(|mode| mode.known && mode.value != "snapshot")
            }
            _ => false,
        }
    }

    /// Whether its rows come from somewhere that mixes their order.
    pub(super) fn is_of_partitions(&self) -> bool {
        matches!(self.connector(), "kafka" | "kinesis" | "pulsar") && self.is_unbounded()
    }
}

/// Whether a layer in sight makes it a batch job, or may do so.
pub(super) fn may_be_batch(deployment: &Deployment) -> bool {
    // What code says of it has many forms.
    let words = [
        "BatchMode",
        "batch_mode",
        "RuntimeExecutionMode",
        "RuntimeMode",
        "runtime_mode",
    ];
    let says = |(document, _): (&Document, _)| {
        let bytes = &deployment.source(document).bytes;
        let mut words = words.iter();
        words.any(|word| memchr::memmem::find(bytes, word.as_bytes()).is_some())
    };
    if deployment.codes().any(says) {
        return true;
    }
    let mode = deployment.raw("execution.runtime-mode");
    let old = deployment.raw("execution.type");
    mode.or(old).is_some_and(|(setting, _)| {
        !setting.known || !setting.value.trim().eq_ignore_ascii_case("streaming")
    })
}

/// Whether a layer in sight sets an option, to whatever.
pub(super) fn is_set(deployment: &Deployment, key: &str) -> bool {
    !deployment.all(key).is_empty()
}

/// The tables that a `SELECT` reads at its top, each with how it is joined; `None` where it reads
/// anything else.
pub(super) fn tables<'p>(
    sql: &Sql<'p>,
    script: &'p Script,
    select: &'p Select,
) -> Option<Vec<(Made<'p>, Join)>> {
    let all = select.from.iter().map(|from| match &from.relation {
        Relation::Table(name) if !from.is_temporal && !from.is_changed && from.hints.is_empty() => {
            let made = sql.table(name, script, select.statement)?;
            Some((made, from.join))
        }
        _ => None,
    });
    all.collect()
}

/// An edit of the text itself; none where it stands in another text.
pub(super) fn edit(document: &Document, span: Span, text: impl Into<String>) -> Option<Edit> {
    let text = text.into();
    let plain = document.embedding.is_none()
        || !text.contains(|c: char| matches!(c, '"' | '\'' | '\\') || c.is_control());
    (plain && document.editable).then_some(Edit {
        source: document.source,
        span,
        text,
    })
}

/// A setting that a table's option is.
pub(super) fn option<'p>(made: Made<'p>, key: &str) -> Option<&'p Setting> {
    made.options.get(key)
}

/// The name of a column as a query can say it.
pub(super) fn quoted(name: &str) -> String {
    let plain = name.bytes().enumerate().all(|(at, byte)| {
        byte.is_ascii_alphabetic() || byte == b'_' || at > 0 && byte.is_ascii_digit()
    });
    if plain && !reserved::is_reserved(name) {
        name.to_owned()
    } else {
        format!("`{}`", name.replace('`', "``"))
    }
}
