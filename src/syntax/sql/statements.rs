//! Splits a script into statements, and reads those that are no queries.

use super::evidence::Signs;
use super::expressions::Cursor;
use super::queries::Selects;
use super::tokens::{Kind, Token, Tokens};
use super::{Insert, Read, Script, Statement, What, settings, tables};
use crate::syntax::Setting;
use crate::text::Span;

/// Reads all statements of a text.
pub(super) fn read(bytes: &[u8], tokens: &Tokens) -> Read {
    let mut reader = Reader {
        bytes,
        script: Script {
            has_logic: tokens.has_logic,
            ..Script::default()
        },
        sets: Vec::new(),
        options: Vec::new(),
        signs: Signs::default(),
        namespace: 0,
        in_set: false,
    };
    let is_end =
        |token: &Token| token.kind == Kind::Symbol && bytes[token.at.range().start] == b';';
    for segment in tokens.all.split(is_end) {
        reader.segment(segment);
    }
    Read {
        sets: settings::in_force(&reader.script, reader.sets),
        script: reader.script,
        options: reader.options,
        signs: reader.signs,
    }
}

/// More words than what begins a set of statements has.
const LONGEST_HEAD: usize = 16;

struct Reader<'s> {
    bytes: &'s [u8],
    script: Script,
    /// The settings of all `SET`s, each with the number of its statement.
    sets: Vec<(usize, Setting)>,
    options: Vec<Vec<Setting>>,
    signs: Signs,
    namespace: u32,
    in_set: bool,
}

impl<'s> Reader<'s> {
    /// What stands between two semicolons: a statement, perhaps behind the beginning of a set of them.
    fn segment(&mut self, tokens: &'s [Token]) {
        let mut tokens = tokens;
        loop {
            let skipped = tokens
                .iter()
                .take_while(|token| token.kind == Kind::Placeholder);
            tokens = &tokens[skipped.count()..];
            if tokens.is_empty() {
                return;
            }
            let head = Cursor::new(self.bytes, &tokens[..tokens.len().min(LONGEST_HEAD)]);
            let Some(length) = set_begins(&head) else {
                break;
            };
            let at = head.span(0, length);
            self.in_set = true;
            self.signs.flink = true;
            self.push(What::StatementSet, at);
            tokens = &tokens[length..];
        }
        let mut cursor = Cursor::new(self.bytes, tokens);
        if cursor.is(0, "END") && tokens.len() == 1 {
            self.in_set = false;
            return;
        }
        let start = usize::from(cursor.are(0, &["EXECUTE"]) && tokens.len() > 1);
        if start > 0 {
            cursor = Cursor::new(self.bytes, &tokens[start..]);
        }
        let at = cursor.span(0, cursor.tokens.len());
        let number = self.script.statements.len();
        let what = self.statement(&mut cursor, number, at);
        if matches!(&what, What::Other(words) if words.starts_with("USE")) {
            self.namespace += 1;
        }
        self.push(what, at);
    }

    fn push(&mut self, what: What, at: Span) {
        self.script.statements.push(Statement {
            what,
            at,
            namespace: self.namespace,
            in_set: self.in_set,
        });
    }

    fn statement(&mut self, cursor: &mut Cursor<'s>, number: usize, at: Span) -> What {
        self.signs.look_at(cursor);
        let end = cursor.tokens.len();
        if cursor.is(0, "SET") {
            let setting = settings::set(cursor);
            let said = setting.as_ref();
            let said = said.map(|setting| (setting.key.clone(), setting.value.clone()));
            if let Some(setting) = setting {
                self.signs.set(&setting.key);
                self.sets.push((number, setting));
            }
            return What::Set(said);
        }
        if cursor.is(0, "RESET") {
            return What::Reset(settings::reset(cursor));
        }
        if cursor.is(0, "CREATE") {
            return self.create(cursor, number, at);
        }
        if cursor.is(0, "INSERT") && (cursor.is(1, "INTO") || cursor.is(1, "OVERWRITE")) {
            cursor.at = 2;
            // Hive's and an old form of Flink's.
            cursor.take(&["TABLE"]);
            let target = cursor.name();
            let hints = cursor.hints();
            self.signs.hints(&hints);
            if cursor.take(&["PARTITION"]) {
                cursor.at = cursor.past(cursor.at);
            }
            if cursor.is(cursor.at, "(") && !is_query(cursor, cursor.at + 1) {
                cursor.at = cursor.past(cursor.at);
            }
            let from = cursor.at;
            let selects = self.query(cursor, number, end);
            let other = ["INTERSECT", "EXCEPT", "MINUS", "VALUES"];
            return What::Insert(Insert {
                target,
                hints,
                selects,
                is_plain: cursor.find(from, end, &other) == end,
            });
        }
        if is_query(cursor, 0) {
            return What::Query(self.query(cursor, number, end));
        }
        if cursor.is(0, "ALTER") {
            cursor.at = 2;
            if cursor.is(1, "TEMPORARY") || cursor.is(1, "MATERIALIZED") {
                cursor.at = 3;
            }
            cursor.take(&["IF", "EXISTS"]);
            return What::Change(cursor.name());
        }
        What::Other(words(cursor))
    }

    fn create(&mut self, cursor: &mut Cursor<'s>, number: usize, at: Span) -> What {
        let end = cursor.tokens.len();
        cursor.at = 1;
        let mut is_conditional = cursor.take(&["OR", "REPLACE"]);
        cursor.take(&["TEMPORARY"]);
        if cursor.take(&["TABLE"]) {
            is_conditional |= cursor.take(&["IF", "NOT", "EXISTS"]);
            let (mut table, options) = tables::read(cursor, at, &mut self.signs);
            table.is_conditional = is_conditional;
            table.statement = number;
            table.selects = self.query(cursor, number, end);
            self.script.tables.push(table);
            self.options.push(options);
            return What::CreateTable(self.script.tables.len() - 1);
        }
        if cursor.take(&["VIEW"]) {
            cursor.take(&["IF", "NOT", "EXISTS"]);
            let name = cursor.name();
            if cursor.is(cursor.at, "(") {
                cursor.at = cursor.past(cursor.at);
                // Its columns have other names than those of its query.
                return What::CreateView(name, Vec::new());
            }
            if cursor.take(&["COMMENT"]) {
                cursor.at += 1;
            }
            if !cursor.take(&["AS"]) {
                return What::CreateView(name, Vec::new());
            }
            let selects = self.query(cursor, number, end);
            return What::CreateView(name, selects);
        }
        if cursor.take(&["CATALOG"]) {
            cursor.take(&["IF", "NOT", "EXISTS"]);
            cursor.name();
            let with = cursor.are(cursor.at, &["WITH", "("]);
            self.signs.flink |= with && cursor.kind(cursor.at + 2) == Some(Kind::Text);
        }
        What::Other(words(cursor))
    }

    fn query(&mut self, cursor: &mut Cursor<'s>, statement: usize, end: usize) -> Vec<usize> {
        let mut selects = Selects {
            script: &mut self.script,
            signs: &mut self.signs,
            statement,
            depth: 0,
        };
        selects.query(cursor, end)
    }
}

/// Whether a query begins at a token, perhaps in brackets.
pub(super) fn is_query(cursor: &Cursor, index: usize) -> bool {
    let mut index = index;
    while cursor.is(index, "(") {
        index += 1;
    }
    cursor.is(index, "SELECT")
        || cursor.is(index, "WITH")
        || cursor.is(index, "VALUES")
        || cursor.is(index, "FROM")
}

/// How many words begin a set of statements.
fn set_begins(cursor: &Cursor) -> Option<usize> {
    if cursor.are(0, &["BEGIN", "STATEMENT", "SET"]) {
        return Some(3);
    }
    let starts = ["EXECUTE", "COMPILE", "EXPLAIN"];
    if !starts.iter().any(|word| cursor.is(0, word)) {
        return None;
    }
    // `COMPILE PLAN 'x' IF NOT EXISTS FOR STATEMENT SET BEGIN` has the most words.
    let found = (1..10).find(|at| cursor.are(*at, &["STATEMENT", "SET", "BEGIN"]))?;
    Some(found + 3)
}

/// The first words of a statement, in upper case.
fn words(cursor: &Cursor) -> String {
    let mut words = String::new();
    for index in 0..cursor.tokens.len().min(3) {
        if cursor.kind(index) != Some(Kind::Word) {
            break;
        }
        if index > 0 {
            words.push(' ');
        }
        words.push_str(&String::from_utf8_lossy(cursor.text(index)).to_ascii_uppercase());
    }
    words
}
