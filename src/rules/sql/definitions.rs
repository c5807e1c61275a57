//! What Flink's parser and planner refuse in a statement by itself: `sql-rejected-definition`; and
//! watermarks that they take although they can't be meant: `sql-watermark-wrong-direction`.

use std::time::Duration;

use super::{Sql, Time, all, edit, may_be_batch, reserved, windows};
use crate::deployment::Deployment;
use crate::finding::{Finding, Fix, Related};
use crate::flink::value;
use crate::flink::version::Versions;
use crate::rules::{Rule, safe};
use crate::syntax::Document;
use crate::syntax::sql::{Column, ColumnFrom, PrimaryKey, Relation, Select, Table, What};
use crate::text::Span;

/// The check of `sql-rejected-definition`. Each case was asked of all versions.
pub(in crate::rules) fn rejected(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    let versions = deployment.versions;
    for sql in all(deployment) {
        for made in sql.made() {
            let mut found = Found {
                rule,
                document: made.document,
                table: made.table,
                out,
            };
            found.quotes();
            found.watermarks();
            found.keys(versions);
            found.names();
        }
        for &(document, script) in &sql.scripts {
            for select in &script.selects {
                if let Some((window, step, size)) = windows::uneven(select) {
                    let message = format!(
                        "the {} of {} is no multiple of its step of {}: Flink refuses the query",
                        window.kind.name(),
                        length(size),
                        length(step)
                    );
                    let mut finding = rule.finding(document, window.at, message);
                    "size and step do not fit".clone_into(&mut finding.label);
                    "the step comes first, then the size, which must be a whole number of steps"
                        .clone_into(&mut finding.help);
                    out.push(finding);
                }
            }
            for statement in &script.statements {
                let selects = match &statement.what {
                    What::Insert(insert) if insert.is_plain => &insert.selects,
                    What::Query(selects) => selects,
                    _ => continue,
                };
                let [only] = selects.as_slice() else { continue };
                let select = &script.selects[*only];
                if !may_be_batch(deployment)
                    && let Some(finding) = order(rule, &sql, document, script, select)
                {
                    out.push(finding);
                }
            }
        }
    }
}

/// A length of time in words.
fn length(milliseconds: i64) -> String {
    value::show_duration(Duration::from_millis(milliseconds.unsigned_abs()))
}

/// What is found in one table.
struct Found<'f, 'r> {
    rule: &'f Rule<'r>,
    document: &'f Document,
    table: &'f Table,
    out: &'f mut Vec<Finding>,
}

impl Found<'_, '_> {
    fn push(&mut self, at: Span, message: String, label: &str, help: &str, fix: Option<Fix>) {
        let mut finding = self.rule.finding(self.document, at, message);
        label.clone_into(&mut finding.label);
        help.clone_into(&mut finding.help);
        finding.key = Some(self.table.name.parts.join("."));
        finding.fix = fix;
        self.out.push(finding);
    }

    /// Whether no other table, query or tool adds columns to those that are there.
    fn has_all_columns(&self) -> bool {
        let mut columns = self.table.columns.iter();
        self.table.is_known
            && self.table.like.is_none()
            && self.table.selects.is_empty()
            && columns.any(|column| column.from == ColumnFrom::Physical)
    }

    /// Double quotes hold no text.
    fn quotes(&mut self) {
        let Some(first) = self.table.double_quoted.first().copied() else {
            return;
        };
        let mut others = self.table.double_quoted[1..].iter();
        let related: Vec<Related> = others
            .by_ref()
            .map(|span| Related {
                at: Deployment::at(self.document, *span),
                message: "here, too".to_owned(),
            })
            .collect();
        self.push(
            first,
            "an option in double quotes: Flink can't parse the statement".to_owned(),
            "single quotes are needed",
            "in Flink's SQL a text stands in single quotes",
            None,
        );
        if let Some(last) = self.out.last_mut() {
            last.related = related;
        }
    }

    fn watermarks(&mut self) {
        if let [_, second, ..] = self.table.watermarks.as_slice() {
            self.push(
                second.at,
                "a table has one watermark, not two: Flink refuses the statement".to_owned(),
                "the second one",
                "choose the column by which windows and joins are to go",
                None,
            );
            return;
        }
        let Some(watermark) = self.table.watermarks.first() else {
            return;
        };
        if watermark.column.contains('.') || !self.has_all_columns() {
            return;
        }
        let at = watermark.column_at;
        let name = &watermark.column;
        let Some(column) = self.table.column(name) else {
            self.push(
                at,
                format!("the table has no column `{name}` to have a watermark for: Flink refuses the statement"),
                "no such column",
                "names of columns are told apart by capital letters, too",
                None,
            );
            return;
        };
        if let ColumnFrom::Computed(expr) = &column.from {
            let is_now = matches!(expr.pieces.as_slice(), [now, open, close]
                if now.is("PROCTIME") && open.is("(") && close.is(")"));
            if is_now {
                self.push(
                    at,
                    format!("`{name}` is the time of processing, which has no watermark: Flink refuses the statement"),
                    "PROCTIME()",
                    "windows take such a column as it is; remove the watermark",
                    None,
                );
            }
            return;
        }
        if !is_refused_type(&column.ty) {
            return;
        }
        let precise = match column.ty.as_str() {
            "TIMESTAMP" | "TIMESTAMP_LTZ" => Some(edit(
                self.document,
                Span::at(column.ty_at.range().end),
                "(3)",
            )),
            _ => None,
        };
        let fix = precise.flatten().map(|edit| {
            safe(format!("make it a {}(3)", column.ty), vec![edit])
                .risky("formats that write more than milliseconds, and other readers of the table, see another type")
        });
        let why = if column.ty.starts_with("TIMESTAMP") {
            "a time of events has milliseconds at most: TIMESTAMP(3) or TIMESTAMP_LTZ(3); without a \
             number it has microseconds"
        } else {
            "a time of events is a TIMESTAMP(3) or a TIMESTAMP_LTZ(3): compute one from this column in \
             another (TO_TIMESTAMP, TO_TIMESTAMP_LTZ) and declare the watermark for that"
        };
        self.push(
            at,
            format!(
                "`{name}` is a {}, for which there is no watermark: Flink refuses the statement",
                column.ty
            ),
            "the type does not fit",
            why,
            fix,
        );
        let related = Related {
            at: Deployment::at(self.document, column.at),
            message: "its type".to_owned(),
        };
        if let Some(last) = self.out.last_mut() {
            last.related.push(related);
        }
    }

    fn keys(&mut self, versions: Versions) {
        // Before 1.17 one behind a column's type was not looked at.
        let since = Versions::parse("1.17..").unwrap_or(Versions::ALL);
        let looked_at = |key: &PrimaryKey| {
            let column = self
                .table
                .columns
                .iter()
                .any(|column| column.at.contains(key.at));
            !column || versions.without(since).is_empty()
        };
        let keys: Vec<&PrimaryKey> = self.table.primary_keys.iter().collect();
        if let [_, second, ..] = keys.as_slice() {
            let at = second.at;
            self.push(
                at,
                "a table has one primary key, not two: Flink refuses the statement".to_owned(),
                "the second one",
                "a key of several columns is written as PRIMARY KEY (a, b) NOT ENFORCED",
                None,
            );
            return;
        }
        let Some(key) = keys.first().filter(|key| looked_at(key)) else {
            return;
        };
        if key.enforced != Some(false) {
            let fix = match key.enforced {
                None => {
                    let at = Span::at(key.at.range().end);
                    let edit = edit(self.document, at, " NOT ENFORCED");
                    edit.map(|edit| safe("add NOT ENFORCED", vec![edit]))
                }
                Some(_) => None,
            };
            self.push(
                key.at,
                "a primary key that is to be enforced: Flink refuses the statement".to_owned(),
                "NOT ENFORCED is missing",
                "Flink does not own the rows, so it can't watch over a key; it only takes your word for it",
                fix,
            );
            return;
        }
        if !self.has_all_columns() {
            return;
        }
        let missing = key
            .columns
            .iter()
            .find(|name| self.table.column(name).is_none());
        if let Some(missing) = missing {
            self.push(
                key.at,
                format!("the table has no column `{missing}` for its primary key: Flink refuses the statement"),
                "no such column",
                "names of columns are told apart by capital letters, too",
                None,
            );
        }
    }

    /// Columns with the name of a reserved word.
    fn names(&mut self) {
        let columns = self.table.columns.iter().filter(|column| {
            let length = column.name_at.range().len();
            // Something else than a column begins with these.
            let others = [
                "WATERMARK",
                "PRIMARY",
                "CONSTRAINT",
                "UNIQUE",
                "LIKE",
                "CHECK",
                "PERIOD",
            ];
            length == column.name.len()
                && reserved::is_reserved(&column.name)
                && !others
                    .iter()
                    .any(|word| column.name.eq_ignore_ascii_case(word))
                && has_known_type(column)
        });
        let columns: Vec<(Span, String)> = columns
            .map(|column| (column.name_at, column.name.clone()))
            .collect();
        for (at, name) in columns {
            let fix = edit(self.document, at, format!("`{name}`"))
                .map(|edit| safe("put it into backquotes", vec![edit]));
            self.push(
                at,
                format!("`{name}` is a reserved word: Flink can't parse the statement"),
                "needs backquotes",
                "in backquotes, here and wherever the column is used, any name will do",
                fix,
            );
        }
    }
}

/// Whether the type of a column, or that it is computed, shows that it is one.
fn has_known_type(column: &Column) -> bool {
    let types = [
        "BIGINT",
        "BINARY",
        "BOOLEAN",
        "BYTES",
        "CHAR",
        "DATE",
        "DECIMAL",
        "DOUBLE",
        "FLOAT",
        "INT",
        "INTEGER",
        "SMALLINT",
        "STRING",
        "TIME",
        "TIMESTAMP",
        "TIMESTAMP_LTZ",
        "TINYINT",
        "VARBINARY",
        "VARCHAR",
        "ARRAY",
        "MAP",
        "ROW",
        "MULTISET",
    ];
    let end = column.ty.find(['(', '<', ' ']).unwrap_or(column.ty.len());
    types.contains(&&column.ty[..end])
}

/// Whether a watermark for a column of a type is refused, by the types that everybody writes.
fn is_refused_type(ty: &str) -> bool {
    let simple = [
        "STRING",
        "VARCHAR",
        "CHAR",
        "BIGINT",
        "INT",
        "INTEGER",
        "SMALLINT",
        "TINYINT",
        "DATE",
        "TIME",
        "DOUBLE",
        "FLOAT",
        "DECIMAL",
        "BOOLEAN",
        "TIMESTAMP",
        "TIMESTAMP_LTZ",
        "BYTES",
    ];
    let with_number = ["VARCHAR(", "CHAR(", "TIME(", "DECIMAL("];
    let too_precise = ["TIMESTAMP(", "TIMESTAMP_LTZ("].iter().any(|start| {
        let digit = ty
            .strip_prefix(start)
            .and_then(|rest| rest.strip_suffix(')'));
        digit.is_some_and(|digit| matches!(digit, "4" | "5" | "6" | "7" | "8" | "9"))
    });
    simple.contains(&ty)
        || too_precise
        || with_number.iter().any(|start| ty.starts_with(start)) && ty.ends_with(')')
}

/// Rows that never end can't be sorted but by their time, and by that upwards.
fn order<'p>(
    rule: &Rule,
    sql: &Sql<'p>,
    document: &Document,
    script: &'p crate::syntax::sql::Script,
    select: &'p Select,
) -> Option<Finding> {
    let [from] = select.from.as_slice() else {
        return None;
    };
    let plain = select.group_by.is_empty() && !select.is_distinct && !select.has_limit;
    let first = select.order_by.first()?;
    if !plain || from.is_changed || !matches!(from.relation, Relation::Table(_)) {
        return None;
    }
    let (name, down) = match first.pieces.as_slice() {
        [name] => (name.name()?, false),
        [name, way] => (name.name()?, way.is("DESC")),
        _ => return None,
    };
    let (made, why) = match sql.time(&from.relation, name, script, select.statement) {
        Time::None(made, _) => (made, "the column is no time attribute"),
        Time::Event(made, _) if down => (made, "the newest row never comes"),
        _ => return None,
    };
    if !made.is_unbounded() {
        return None;
    }
    let message = format!(
        "the rows of `{}` never end, so nothing can sort them by `{name}`: Flink refuses the query",
        made.name()
    );
    let mut finding = rule.finding(document, first.at, message);
    why.clone_into(&mut finding.label);
    "a query over a stream is sorted by its time attribute, upwards, or by anything with a LIMIT"
        .clone_into(&mut finding.help);
    Some(finding)
}

/// The check of `sql-watermark-wrong-direction`.
pub(in crate::rules) fn wrong_direction(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    for sql in all(deployment) {
        for made in sql.made() {
            for watermark in &made.table.watermarks {
                let pieces = &watermark.expr.pieces;
                let ahead = watermark.delay.filter(|delay| *delay < 0);
                let now = pieces.iter().find(|piece| {
                    let words = [
                        "CURRENT_TIMESTAMP",
                        "LOCALTIMESTAMP",
                        "NOW",
                        "CURRENT_ROW_TIMESTAMP",
                    ];
                    words.iter().any(|word| piece.is(word))
                });
                let name = &watermark.column;
                let (message, label, help) = if let Some(delay) = ahead {
                    let ahead = length(delay);
                    (
                        format!("the watermark runs {ahead} ahead of `{name}`: every row is late"),
                        "in the future",
                        "a watermark says that no older row comes any more: this one says so of the newest \
                         row itself, and windows drop what comes; subtract the time by which rows may come \
                         out of order. To move a time into another zone, compute a column",
                    )
                } else if now.is_some() && watermark.delay.is_none() {
                    (
                        format!(
                            "the watermark follows the clock, not `{name}`: what is read again or late is dropped"
                        ),
                        "not the time of the rows",
                        "a watermark says how far the times of the rows have come; taken from the clock, it \
                         passes all that waits in the source, after a stop or while a backlog is read",
                    )
                } else {
                    continue;
                };
                let mut finding = rule.finding(made.document, watermark.expr.at, message);
                label.clone_into(&mut finding.label);
                help.clone_into(&mut finding.help);
                finding.key = Some(format!("{}.{name}", made.name()));
                let plus = pieces.iter().find(|piece| piece.is("+"));
                let plus = plus.filter(|_| ahead.is_some());
                let edit = plus.and_then(|plus| edit(made.document, plus.at, "-"));
                finding.fix = edit.map(|edit| {
                    safe("subtract it", vec![edit]).risky(
                        "results come later by as much, and hold rows that were dropped before",
                    )
                });
                out.push(finding);
            }
        }
    }
}
