//! What a script says: its statements, tables and queries.

use super::tokens::Kind;
use crate::text::Span;

/// What a script says, beside the settings of its documents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script {
    /// Its statements, in the order of the text.
    pub statements: Vec<Statement>,
    /// What its `CREATE TABLE` statements say, in the order of the text.
    pub tables: Vec<Table>,
    /// Every `SELECT`, those inside of others included, in the order in which they end.
    pub selects: Vec<Select>,
    /// What `WITH name AS (...)` names within a query, in the order of the text.
    pub named: Vec<Named>,
    /// Whether a template decides which of all this there is.
    pub has_logic: bool,
}

impl Script {
    /// Everything that a comment can stand above: statements, columns, watermarks, keys and options.
    pub fn parts(&self) -> impl Iterator<Item = Span> + '_ {
        let statements = self.statements.iter().map(|statement| statement.at);
        let tables = self.tables.iter().flat_map(|table| {
            let columns = table.columns.iter().map(|column| column.at);
            let marks = table.watermarks.iter().map(|mark| mark.at);
            let keys = table.primary_keys.iter().map(|key| key.at);
            let options = table.options.iter().copied();
            columns.chain(marks).chain(keys).chain(options)
        });
        statements.chain(tables)
    }
}

/// One statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// What it does.
    pub what: What,
    /// From its first word to its last, without the semicolon.
    pub at: Span,
    /// How many statements before it have changed the catalog or the database in use.
    pub namespace: u32,
    /// Whether it stands in a statement set.
    pub in_set: bool,
}

/// What a statement does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// `SET 'key' = 'value'`; nothing where it lists or can't be read.
    Set(Option<(String, String)>),
    /// `RESET 'key'`, or all.
    Reset(Option<String>),
    /// `CREATE TABLE`: its number in [`Script::tables`].
    CreateTable(usize),
    /// `CREATE VIEW name AS ...`: the `SELECT`s of its query.
    CreateView(Name, Vec<usize>),
    /// `INSERT INTO name ...`: the `SELECT`s of its query.
    Insert(Insert),
    /// A query by itself: its `SELECT`s.
    Query(Vec<usize>),
    /// `ALTER` of this.
    Change(Name),
    /// `EXECUTE STATEMENT SET BEGIN`, `BEGIN STATEMENT SET`.
    StatementSet,
    /// Anything else: its first words in upper case.
    Other(String),
}

/// An `INSERT`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Insert {
    /// Where to.
    pub target: Name,
    /// Hints behind the name.
    pub hints: Vec<Hint>,
    /// The `SELECT`s of its query, all of one `UNION`.
    pub selects: Vec<usize>,
    /// Whether nothing but `SELECT`s and their `UNION ALL` give its rows.
    pub is_plain: bool,
}

/// The name of a table, a view or a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// Its parts without quotes: catalog, database, table; empty where a template fills it in.
    pub parts: Vec<String>,
    /// Its bytes.
    pub at: Span,
}

impl Name {
    /// Its last part; empty where it is unknown.
    pub fn last(&self) -> &str {
        self.parts.last().map_or("", String::as_str)
    }

    /// Whether it is known.
    pub fn is_known(&self) -> bool {
        !self.parts.is_empty()
    }
}

/// One piece of an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// What it is.
    pub kind: Kind,
    /// Words as written, names and texts without quotes.
    pub text: String,
    /// Its bytes.
    pub at: Span,
}

impl Piece {
    /// Whether it is this keyword or punctuation.
    pub fn is(&self, word: &str) -> bool {
        matches!(self.kind, Kind::Word | Kind::Symbol) && self.text.eq_ignore_ascii_case(word)
    }

    /// The name that it can be.
    pub fn name(&self) -> Option<&str> {
        matches!(self.kind, Kind::Word | Kind::Name).then_some(self.text.as_str())
    }
}

/// An expression as its pieces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expr {
    /// From the first byte to the last.
    pub at: Span,
    /// All of them, brackets included.
    pub pieces: Vec<Piece>,
}

/// What a `CREATE TABLE` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: Name,
    /// The statement's bytes.
    pub at: Span,
    /// Its number among the statements.
    pub statement: usize,
    /// `IF NOT EXISTS`, `OR REPLACE`.
    pub is_conditional: bool,
    /// Its columns.
    pub columns: Vec<Column>,
    /// From the bracket before the columns to the one behind them.
    pub columns_at: Option<Span>,
    /// Every `WATERMARK FOR`.
    pub watermarks: Vec<Watermark>,
    /// Every primary key, those of single columns included.
    pub primary_keys: Vec<PrimaryKey>,
    /// From `WITH` to the bracket behind its options.
    pub with: Option<Span>,
    /// Its options, each from key to value, in the order of the document's settings.
    pub options: Vec<Span>,
    /// What stands in double quotes among the options.
    pub double_quoted: Vec<Span>,
    /// Whether it takes parts from another table (`LIKE`).
    pub like: Option<Name>,
    /// The `SELECT`s of the query it is made of.
    pub selects: Vec<usize>,
    /// Whether everything in it was understood and no template fills any of its columns in.
    pub is_known: bool,
}

impl Table {
    /// The column of a name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// One column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// The name's bytes.
    pub name_at: Span,
    /// Its type in upper case without blanks: `TIMESTAMP(3)`; empty for a computed one.
    pub ty: String,
    /// The type's bytes.
    pub ty_at: Span,
    /// From its name to its end.
    pub at: Span,
    /// Where its values come from.
    pub from: ColumnFrom,
}

/// Where the values of a column come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ColumnFrom {
    /// The table.
    Physical,
    /// An expression.
    Computed(Expr),
    /// What the connector knows beside the data.
    Metadata,
}

/// `WATERMARK FOR column AS expression`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watermark {
    /// The column; dotted for a nested one.
    pub column: String,
    /// The column's bytes.
    pub column_at: Span,
    /// The expression.
    pub expr: Expr,
    /// How far it stays behind the largest time so far, in milliseconds: of `column` and
    /// `column - INTERVAL ...`; negative where it runs ahead.
    pub delay: Option<i64>,
    /// From `WATERMARK` to its end.
    pub at: Span,
}

/// `PRIMARY KEY (...) NOT ENFORCED`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrimaryKey {
    /// Its columns.
    pub columns: Vec<String>,
    /// Whether `NOT ENFORCED` is there; `Some(true)` for `ENFORCED`.
    pub enforced: Option<bool>,
    /// From its first word to its end.
    pub at: Span,
}

/// One `SELECT`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Select {
    /// From `SELECT` to its end.
    pub at: Span,
    /// The statement that it is part of.
    pub statement: usize,
    /// The word itself.
    pub word_at: Span,
    /// Hints behind the word.
    pub hints: Vec<Hint>,
    /// `SELECT DISTINCT`.
    pub is_distinct: bool,
    /// What it gives: each expression with its name, where it has one.
    pub items: Vec<Item>,
    /// What it reads, joined from left to right.
    pub from: Vec<From>,
    /// Its condition.
    pub condition: Option<Expr>,
    /// What it groups by, windows included.
    pub group_by: Vec<Expr>,
    /// Legacy windows that it groups by.
    pub group_windows: Vec<Window>,
    /// The condition on its groups.
    pub having: Option<Expr>,
    /// What it orders by.
    pub order_by: Vec<Expr>,
    /// Whether `LIMIT` or `FETCH` bounds it.
    pub has_limit: bool,
    /// `SELECT`s inside of its expressions.
    pub inner: Vec<usize>,
    /// Whether it stands within another.
    pub is_inner: bool,
}

/// One thing that a `SELECT` gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The expression without its name.
    pub expr: Expr,
    /// The name that it is given, or that of the column which it is.
    pub name: Option<String>,
}

/// How something is joined to what stands before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// It is the first.
    First,
    /// A comma, or `CROSS JOIN`.
    Cross,
    /// `JOIN`, `INNER JOIN`.
    Inner,
    /// `LEFT`, `RIGHT` or `FULL`.
    Outer,
}

/// One thing that a `SELECT` reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct From {
    /// What.
    pub relation: Relation,
    /// How it is joined to what stands before it.
    pub join: Join,
    /// The name by which the query calls it.
    pub alias: Option<String>,
    /// The condition behind `ON`.
    pub on: Option<Expr>,
    /// `FOR SYSTEM_TIME AS OF`: a temporal join or a lookup.
    pub is_temporal: bool,
    /// Whether `MATCH_RECOGNIZE` or something alike makes other rows of it.
    pub is_changed: bool,
    /// Hints behind its name.
    pub hints: Vec<Hint>,
    /// Its bytes.
    pub at: Span,
}

/// What stands behind `FROM` or `JOIN`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Relation {
    /// A table, a view, or what `WITH` names.
    Table(Name),
    /// A query in brackets: its `SELECT`s.
    Query(Vec<usize>),
    /// A window table function.
    Window(Box<Window>),
    /// `LATERAL TABLE(...)`, `UNNEST(...)`, another function.
    Function,
    /// Anything else.
    Other,
}

/// The kinds of windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowKind {
    /// `TUMBLE`.
    Tumble,
    /// `HOP`.
    Hop,
    /// `CUMULATE`.
    Cumulate,
    /// `SESSION`.
    Session,
}

impl WindowKind {
    /// The kind that a function's name says.
    pub fn of(name: &str) -> Option<Self> {
        let kinds = [
            ("TUMBLE", WindowKind::Tumble),
            ("HOP", WindowKind::Hop),
            ("CUMULATE", WindowKind::Cumulate),
            ("SESSION", WindowKind::Session),
        ];
        let found = kinds.iter().find(|(own, _)| name.eq_ignore_ascii_case(own));
        found.map(|(_, kind)| *kind)
    }

    /// The function's name.
    pub fn name(self) -> &'static str {
        match self {
            WindowKind::Tumble => "TUMBLE",
            WindowKind::Hop => "HOP",
            WindowKind::Cumulate => "CUMULATE",
            WindowKind::Session => "SESSION",
        }
    }
}

/// A window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// Which.
    pub kind: WindowKind,
    /// What a table function reads; `None` for a legacy window, which stands behind `GROUP BY`.
    pub relation: Option<Relation>,
    /// The column of time; `None` where it is no plain name.
    pub time: Option<String>,
    /// The column's bytes.
    pub time_at: Span,
    /// The lengths that it is given, in the order of the text, in milliseconds.
    pub sizes: Vec<Option<i64>>,
    /// From its name to the bracket behind its arguments.
    pub at: Span,
}

/// One hint: `OPTIONS('a' = 'b')`, `STATE_TTL('o' = '1d')`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// Its name in upper case.
    pub name: String,
    /// Its pairs.
    pub options: Vec<(String, String)>,
    /// Its bytes.
    pub at: Span,
}

/// What `WITH name AS (...)` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The name.
    pub name: String,
    /// The statement that it is part of.
    pub statement: usize,
    /// The `SELECT`s of its query.
    pub selects: Vec<usize>,
}
