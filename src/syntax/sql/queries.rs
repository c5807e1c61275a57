//! Queries: what they read, how it is joined, what they group by, and their windows.

use super::clauses::{clause, condition_end, group_window, item};
use super::evidence::Signs;
use super::expressions::Cursor;
use super::statements::is_query;
use super::tokens::Kind;
use super::{From, Join, Named, Relation, Script, Select, Window, WindowKind};
use crate::text::Span;

/// Queries in queries that are followed; nobody writes more.
const DEEPEST: usize = 60;

/// Words that end the `FROM` of a query.
const BEHIND_FROM: [&str; 13] = [
    "WHERE",
    "GROUP",
    "HAVING",
    "WINDOW",
    "QUALIFY",
    "ORDER",
    "LIMIT",
    "OFFSET",
    "FETCH",
    "UNION",
    "INTERSECT",
    "EXCEPT",
    "MINUS",
];

/// Words between queries that together give the rows of one.
const BETWEEN: [&str; 4] = ["UNION", "INTERSECT", "EXCEPT", "MINUS"];

/// Words that end an item of `FROM`.
const BEHIND_RELATION: [&str; 11] = [
    ",", "JOIN", "INNER", "LEFT", "RIGHT", "FULL", "CROSS", "NATURAL", "ON", "USING", "OUTER",
];

/// Collects the `SELECT`s of one statement.
pub(super) struct Selects<'r> {
    pub(super) script: &'r mut Script,
    pub(super) signs: &'r mut Signs,
    pub(super) statement: usize,
    pub(super) depth: usize,
}

impl Selects<'_> {
    /// The query at the cursor, to `end`: its `SELECT`s.
    pub(super) fn query(&mut self, cursor: &mut Cursor, end: usize) -> Vec<usize> {
        let mut found = Vec::new();
        if self.depth >= DEEPEST {
            cursor.at = end;
            return found;
        }
        self.depth += 1;
        if cursor.is(cursor.at, "WITH") {
            cursor.at += 1;
            self.named(cursor, end);
        }
        while cursor.at < end {
            let last = cursor.find(cursor.at, end, &BETWEEN);
            if cursor.is(cursor.at, "(") && is_query(cursor, cursor.at + 1) {
                let close = cursor.closing(cursor.at).min(end);
                cursor.at += 1;
                found.extend(self.query(cursor, close));
            } else if cursor.is(cursor.at, "SELECT") {
                let select = self.select(cursor, last);
                self.script.selects.push(select);
                found.push(self.script.selects.len() - 1);
            }
            cursor.at = last + 1;
            let all = cursor.is(cursor.at, "ALL") || cursor.is(cursor.at, "DISTINCT");
            cursor.at += usize::from(all);
        }
        cursor.at = end;
        self.depth -= 1;
        found
    }

    /// `name AS (query), name AS (query)`.
    fn named(&mut self, cursor: &mut Cursor, end: usize) {
        loop {
            let name = cursor.name();
            if cursor.is(cursor.at, "(") {
                cursor.at = cursor.past(cursor.at);
            }
            if !cursor.take(&["AS"]) || !cursor.is(cursor.at, "(") {
                return;
            }
            let close = cursor.closing(cursor.at).min(end);
            cursor.at += 1;
            let selects = self.inner(cursor, close);
            self.script.named.push(Named {
                name: name.last().to_owned(),
                statement: self.statement,
                selects,
            });
            cursor.at = (close + 1).min(end);
            if !cursor.take(&[","]) {
                return;
            }
        }
    }

    /// A query that stands within another.
    fn inner(&mut self, cursor: &mut Cursor, end: usize) -> Vec<usize> {
        let selects = self.query(cursor, end);
        for index in &selects {
            self.script.selects[*index].is_inner = true;
        }
        selects
    }

    /// The `SELECT` at the cursor, which ends before `end`.
    fn select(&mut self, cursor: &mut Cursor, end: usize) -> Select {
        let start = cursor.at;
        let mut select = Select {
            at: cursor.span(start, end),
            statement: self.statement,
            word_at: cursor.tokens[start].at,
            hints: Vec::new(),
            is_distinct: false,
            items: Vec::new(),
            from: Vec::new(),
            condition: None,
            group_by: Vec::new(),
            group_windows: Vec::new(),
            having: None,
            order_by: Vec::new(),
            has_limit: false,
            inner: Vec::new(),
            is_inner: false,
        };
        cursor.at += 1;
        select.hints = cursor.hints();
        self.signs.hints(&select.hints);
        select.is_distinct = cursor.take(&["DISTINCT"]);
        cursor.take(&["ALL"]);
        let from = clause(cursor, cursor.at, end, &["FROM"]);
        for (first, last) in cursor.split(cursor.at, from) {
            select.items.push(item(cursor, first, last));
        }
        self.queries_between(cursor, cursor.at, from, &mut select.inner);
        cursor.at = from;
        if cursor.take(&["FROM"]) {
            let behind = cursor.find(cursor.at, end, &BEHIND_FROM);
            self.relations(cursor, behind, &mut select);
            cursor.at = behind;
        }
        while cursor.at < end {
            let start = cursor.at;
            let next = cursor.find(start + 1, end, &BEHIND_FROM);
            if cursor.is(start, "WHERE") {
                select.condition = Some(cursor.expr(start + 1, next));
            } else if cursor.are(start, &["GROUP", "BY"]) {
                for (first, last) in cursor.split(start + 2, next) {
                    if let Some(window) = group_window(cursor, first, last) {
                        select.group_windows.push(window);
                    }
                    select.group_by.push(cursor.expr(first, last));
                }
            } else if cursor.is(start, "HAVING") {
                select.having = Some(cursor.expr(start + 1, next));
            } else if cursor.are(start, &["ORDER", "BY"]) {
                for (first, last) in cursor.split(start + 2, next) {
                    select.order_by.push(cursor.expr(first, last));
                }
            } else if cursor.is(start, "LIMIT") || cursor.is(start, "FETCH") {
                select.has_limit = true;
            }
            self.queries_between(cursor, start, next, &mut select.inner);
            cursor.at = next;
        }
        select
    }

    /// Queries in brackets among the tokens of expressions.
    fn queries_between(
        &mut self,
        cursor: &mut Cursor,
        from: usize,
        end: usize,
        into: &mut Vec<usize>,
    ) {
        let before = cursor.at;
        let mut at = from;
        while at < end {
            if cursor.is(at, "(") && (cursor.is(at + 1, "SELECT") || cursor.is(at + 1, "WITH")) {
                let close = cursor.closing(at).min(end);
                cursor.at = at + 1;
                into.extend(self.inner(cursor, close));
                at = close;
            }
            at += 1;
        }
        cursor.at = before;
    }

    /// What stands between `FROM` and `end`.
    fn relations(&mut self, cursor: &mut Cursor, end: usize, select: &mut Select) {
        let mut join = Join::First;
        while cursor.at < end {
            let start = cursor.at;
            let mut from = self.relation(cursor, end, &mut select.inner);
            from.join = join;
            if cursor.at < end && cursor.is(cursor.at, "ON") {
                let condition = cursor.at + 1;
                let next = BEHIND_RELATION.iter().copied();
                let next: Vec<&str> = next.filter(|word| *word != "ON").collect();
                let last = condition_end(cursor, condition, end, &next);
                from.on = Some(cursor.expr(condition, last));
                self.queries_between(cursor, condition, last, &mut select.inner);
                cursor.at = last;
            } else if cursor.at < end && cursor.take(&["USING"]) {
                cursor.at = cursor.past(cursor.at).min(end);
                from.on = None;
            }
            from.at = cursor.span(start, cursor.at);
            select.from.push(from);
            join = Join::Cross;
            if cursor.take(&[","]) {
                continue;
            }
            while cursor.at < end && !cursor.is(cursor.at, "JOIN") {
                if cursor.is(cursor.at, "INNER") {
                    join = Join::Inner;
                } else if ["LEFT", "RIGHT", "FULL"]
                    .iter()
                    .any(|word| cursor.is(cursor.at, word))
                {
                    join = Join::Outer;
                }
                cursor.at = cursor.past(cursor.at);
            }
            let is_plain = cursor.at > 0 && !cursor.is(cursor.at - 1, "CROSS");
            if join == Join::Cross && is_plain {
                join = Join::Inner;
            }
            cursor.at += 1;
        }
    }

    /// One item of `FROM` with its name; the cursor moves behind it.
    fn relation(&mut self, cursor: &mut Cursor, end: usize, inner: &mut Vec<usize>) -> From {
        let start = cursor.at;
        let mut from = From {
            relation: Relation::Other,
            join: Join::First,
            alias: None,
            on: None,
            is_temporal: false,
            is_changed: false,
            hints: Vec::new(),
            at: Span::default(),
        };
        let is_lateral = cursor.take(&["LATERAL"]);
        from.relation = self.what(cursor, end, inner);
        if is_lateral && !matches!(from.relation, Relation::Function) {
            // Each row has a query of its own.
            from.relation = Relation::Other;
        }
        from.hints = cursor.hints();
        if cursor.at < end && cursor.take(&["FOR", "SYSTEM_TIME", "AS", "OF"]) {
            from.is_temporal = true;
            let mut stops = BEHIND_RELATION.to_vec();
            stops.push("AS");
            let last = cursor.find(cursor.at, end, &stops);
            // A name without `AS` follows the last part of the time's name.
            let is_named = last >= 2
                && last - cursor.at > 1
                && matches!(cursor.kind(last - 1), Some(Kind::Word | Kind::Name))
                && matches!(cursor.kind(last - 2), Some(Kind::Word | Kind::Name))
                || last > cursor.at && cursor.is(last.saturating_sub(2), ")");
            cursor.at = if is_named { last - 1 } else { last };
        }
        if from.hints.is_empty() {
            from.hints = cursor.hints();
        }
        self.signs.hints(&from.hints);
        while cursor.at < end
            && !BEHIND_RELATION
                .iter()
                .any(|word| cursor.is(cursor.at, word))
        {
            if cursor.is(cursor.at, "MATCH_RECOGNIZE") || cursor.is(cursor.at, "PIVOT") {
                from.is_changed = true;
            }
            let is_name = matches!(cursor.kind(cursor.at), Some(Kind::Word | Kind::Name));
            if is_name && !cursor.is(cursor.at, "AS") {
                let name = cursor.expr(cursor.at, cursor.at + 1);
                from.alias = name.pieces.into_iter().next().map(|piece| piece.text);
            }
            cursor.at = cursor.past(cursor.at);
        }
        if cursor.at == start {
            // Nothing is there: go on behind it.
            cursor.at += 1;
        }
        cursor.at = cursor.at.min(end);
        from
    }

    fn what(&mut self, cursor: &mut Cursor, end: usize, inner: &mut Vec<usize>) -> Relation {
        if cursor.is(cursor.at, "(") {
            let close = cursor.closing(cursor.at).min(end);
            let relation = if is_query(cursor, cursor.at + 1) {
                cursor.at += 1;
                Relation::Query(self.inner(cursor, close))
            } else {
                self.queries_between(cursor, cursor.at + 1, close, inner);
                Relation::Other
            };
            cursor.at = (close + 1).min(end);
            return relation;
        }
        if cursor.are(cursor.at, &["TABLE", "("]) {
            let close = cursor.closing(cursor.at + 1).min(end);
            cursor.at += 2;
            let window = self.window(cursor, close);
            if window.is_none() {
                self.queries_between(cursor, cursor.at, close, inner);
            }
            cursor.at = (close + 1).min(end);
            return window.map_or(Relation::Function, |window| {
                Relation::Window(Box::new(window))
            });
        }
        if cursor.is(cursor.at + 1, "(") && cursor.kind(cursor.at) == Some(Kind::Word) {
            if let Some(window) = self.window(cursor, end) {
                return Relation::Window(Box::new(window));
            }
            cursor.at = cursor.past(cursor.at + 1).min(end);
            return Relation::Function;
        }
        let named = matches!(
            cursor.kind(cursor.at),
            Some(Kind::Word | Kind::Name | Kind::Placeholder)
        );
        if named {
            let name = cursor.name();
            if cursor.is(cursor.at, "(") {
                cursor.at = cursor.past(cursor.at).min(end);
                return Relation::Function;
            }
            return Relation::Table(name);
        }
        Relation::Other
    }

    /// The window table function at the cursor, which moves behind it; it stays where there is none.
    fn window(&mut self, cursor: &mut Cursor, end: usize) -> Option<Window> {
        let start = cursor.at;
        let kind = WindowKind::of(std::str::from_utf8(cursor.text(start)).ok()?)?;
        if !cursor.is(start + 1, "(") {
            return None;
        }
        let close = cursor.closing(start + 1).min(end);
        let args = cursor.split(start + 2, close);
        let is_function = args.iter().any(|(from, last)| {
            let mut all = *from..*last;
            all.any(|at| cursor.are(at, &["DESCRIPTOR", "("]))
        });
        if !is_function {
            return None;
        }
        self.signs.flink = true;
        let mut window = Window {
            kind,
            relation: None,
            time: None,
            time_at: cursor.span(start, start + 1),
            sizes: Vec::new(),
            at: cursor.span(start, close + 1),
        };
        for (mut from, last) in args {
            // `SIZE => INTERVAL '1' MINUTE`.
            if cursor.is(from + 1, "=") && cursor.is(from + 2, ">") {
                from += 3;
            }
            if cursor.is(from, "TABLE") || cursor.is(from, "(") {
                cursor.at = from;
                cursor.take(&["TABLE"]);
                let mut inner = Vec::new();
                window.relation = Some(self.what(cursor, last, &mut inner));
            } else if cursor.are(from, &["DESCRIPTOR", "("]) {
                let closing = cursor.closing(from + 1);
                let name = cursor.expr(from + 2, closing);
                window.time_at = name.at;
                if let [name] = name.pieces.as_slice() {
                    window.time = name.name().map(str::to_owned);
                }
            } else {
                window.sizes.push(cursor.interval(from, last));
            }
        }
        cursor.at = (close + 1).min(end);
        Some(window)
    }
}
