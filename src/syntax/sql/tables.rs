//! `CREATE TABLE`: columns, watermarks, keys and options.

use super::evidence::Signs;
use super::expressions::{Cursor, milliseconds, unquoted};
use super::tokens::Kind;
use super::{Column, ColumnFrom, Expr, Name, PrimaryKey, Table, Watermark, settings};
use crate::syntax::Setting;
use crate::text::Span;

/// Reads what stands behind `CREATE TABLE`, to a query that the table is made of.
pub(super) fn read(cursor: &mut Cursor, at: Span, signs: &mut Signs) -> (Table, Vec<Setting>) {
    let end = cursor.tokens.len();
    let name = cursor.name();
    let mut table = Table {
        is_known: name.is_known(),
        name,
        at,
        statement: 0,
        is_conditional: false,
        columns: Vec::new(),
        columns_at: None,
        watermarks: Vec::new(),
        primary_keys: Vec::new(),
        with: None,
        options: Vec::new(),
        double_quoted: Vec::new(),
        like: None,
        selects: Vec::new(),
    };
    let mut options = Vec::new();
    if cursor.is(cursor.at, "(") {
        let close = cursor.closing(cursor.at);
        table.is_known &= close < end;
        table.columns_at = Some(cursor.span(cursor.at, close + 1));
        columns(cursor, close, &mut table, signs);
        cursor.at = (close + 1).min(end);
    }
    while cursor.at < end {
        let start = cursor.at;
        if cursor.are(start, &["WITH", "("]) {
            let close = cursor.closing(start + 1);
            table.is_known &= close < end;
            table.with = Some(cursor.span(start, close + 1));
            let (read, doubles, odd) = settings::options(cursor, start + 1);
            table.is_known &= !odd;
            table.double_quoted = doubles;
            table.options = read.iter().map(|setting| setting.whole).collect();
            signs.options(&read, odd && bare_connector(cursor, start + 1, close));
            options = read;
            cursor.at = (close + 1).min(end);
        } else if cursor.take(&["LIKE"]) {
            table.like = Some(cursor.name());
            if cursor.is(cursor.at, "(") {
                cursor.at = cursor.past(cursor.at);
            }
        } else if cursor.take(&["AS"]) {
            break;
        } else if cursor.take(&["COMMENT"]) {
            cursor.at += 1;
        } else if cursor.is(start, "PARTITIONED") || cursor.is(start, "DISTRIBUTED") {
            cursor.at = cursor.past(cursor.find(start, end, &["("]));
            if cursor.take(&["INTO"]) {
                cursor.take(&["BUCKETS"]);
                cursor.at = (cursor.at + 2).min(end);
            }
        } else {
            // What Flink does not have, or has since this was written.
            table.is_known = false;
            cursor.at = cursor.past(start);
        }
    }
    (table, options)
}

/// Whether the options name their connector without quotes, as other systems than Flink do.
fn bare_connector(cursor: &Cursor, open: usize, close: usize) -> bool {
    let mut all = open..close;
    all.any(|at| {
        (cursor.is(at, "connector") || cursor.is(at, "connectors")) && cursor.is(at + 1, "=")
    })
}

/// The elements between the brackets of a table, the first of which is at the cursor.
fn columns(cursor: &mut Cursor, close: usize, table: &mut Table, signs: &mut Signs) {
    cursor.at += 1;
    while cursor.at < close {
        let start = cursor.at;
        if cursor.are(start, &["WATERMARK", "FOR"]) {
            let end = cursor.find(start, close, &[","]);
            if let Some(watermark) = watermark(cursor, end) {
                signs.watermark();
                table.watermarks.push(watermark);
            } else {
                table.is_known = false;
            }
            cursor.at = end;
        } else if cursor.is(start, "CONSTRAINT")
            || cursor.are(start, &["PRIMARY", "KEY"])
            || cursor.is(start, "UNIQUE") && cursor.is(start + 1, "(")
        {
            let end = cursor.find(start, close, &[","]);
            let key = cursor.find(start, end, &["PRIMARY"]);
            if cursor.are(key, &["PRIMARY", "KEY", "("]) {
                let after = cursor.past(key + 2).min(end);
                let names = key + 3..after.saturating_sub(1);
                let names = names.filter(|at| !cursor.is(*at, ","));
                let names = names.map(|at| unquoted(cursor.bytes, &cursor.tokens[at]));
                let columns = names.collect();
                let key = primary_key(cursor, columns, after, start, end);
                table.primary_keys.push(key);
            } else {
                table.is_known = false;
            }
            cursor.at = end;
        } else if let Some(column) = column(cursor, close, table, signs) {
            table.columns.push(column);
        } else {
            table.is_known = false;
            cursor.at = cursor.find(start, close, &[","]);
        }
        // The comma, or what nobody understands.
        if !cursor.is(cursor.at, ",") && cursor.at < close {
            table.is_known = false;
            cursor.at = cursor.find(cursor.at, close, &[","]);
        }
        cursor.at += 1;
    }
}

fn primary_key(
    cursor: &Cursor,
    columns: Vec<String>,
    after: usize,
    start: usize,
    end: usize,
) -> PrimaryKey {
    let (enforced, last) = if cursor.are(after, &["NOT", "ENFORCED"]) {
        (Some(false), after + 2)
    } else if cursor.is(after, "ENFORCED") {
        (Some(true), after + 1)
    } else {
        (None, after)
    };
    PrimaryKey {
        columns,
        enforced,
        at: cursor.span(start, last.min(end)),
    }
}

/// `WATERMARK FOR column AS expression`, up to a token.
fn watermark(cursor: &mut Cursor, end: usize) -> Option<Watermark> {
    let start = cursor.at;
    cursor.at += 2;
    let name = cursor.name();
    if !name.is_known() || !cursor.is(cursor.at, "AS") {
        return None;
    }
    let expr = cursor.expr(cursor.at + 1, end);
    Some(Watermark {
        column: name.parts.join("."),
        column_at: name.at,
        delay: delay(&name, &expr),
        expr,
        at: cursor.span(start, end),
    })
}

/// How far a watermark stays behind its column, where that can be read.
fn delay(column: &Name, expr: &Expr) -> Option<i64> {
    let pieces = in_brackets(&expr.pieces);
    let mut parts = column.parts.iter();
    let mut at = 0;
    let first = parts.next()?;
    if pieces.first()?.name()? != first {
        return None;
    }
    at += 1;
    for part in parts {
        let [dot, name, ..] = pieces.get(at..)? else {
            return None;
        };
        if !dot.is(".") || name.name()? != part {
            return None;
        }
        at += 2;
    }
    match &pieces[at..] {
        [] => Some(0),
        [sign, interval @ ..] => {
            let length = milliseconds(in_brackets(interval))?;
            if sign.is("-") {
                Some(length)
            } else {
                sign.is("+").then(|| length.checked_neg())?
            }
        }
    }
}

/// Without the brackets around all of it.
fn in_brackets(pieces: &[super::Piece]) -> &[super::Piece] {
    match pieces {
        [open, inner @ .., close] if open.is("(") && close.is(")") => {
            let plain = !inner.iter().any(|piece| piece.is("(") || piece.is(")"));
            if plain { inner } else { pieces }
        }
        _ => pieces,
    }
}

/// Words that end a column's type.
const BEHIND_TYPE: [&str; 9] = [
    "NOT",
    "NULL",
    "METADATA",
    "PRIMARY",
    "COMMENT",
    "UNIQUE",
    "CONSTRAINT",
    "VIRTUAL",
    "DEFAULT",
];

/// The column at the cursor, which moves to the comma behind it.
fn column(
    cursor: &mut Cursor,
    close: usize,
    table: &mut Table,
    signs: &mut Signs,
) -> Option<Column> {
    let start = cursor.at;
    if !matches!(cursor.kind(start), Some(Kind::Word | Kind::Name)) {
        return None;
    }
    let name = cursor.name();
    let [name_text] = name.parts.as_slice() else {
        return None;
    };
    let name_text = name_text.clone();
    if cursor.is(cursor.at, "AS") {
        let from = cursor.at + 1;
        let end = cursor.find(from, close, &[","]);
        let last = cursor.find(from, end, &["COMMENT"]);
        cursor.at = end;
        return Some(Column {
            name: name_text,
            name_at: name.at,
            ty: String::new(),
            ty_at: cursor.span(from, last),
            at: cursor.span(start, end),
            from: ColumnFrom::Computed(cursor.expr(from, last)),
        });
    }
    let ty_start = cursor.at;
    let ty_end = type_end(cursor, close);
    let mut ty = String::new();
    for index in ty_start..ty_end {
        ty.push_str(&String::from_utf8_lossy(cursor.text(index)).to_ascii_uppercase());
        if cursor.kind(index) == cursor.kind(index + 1) && cursor.kind(index) == Some(Kind::Word) {
            ty.push(' ');
        }
    }
    let end = cursor.find(ty_end, close, &[","]);
    let mut from = ColumnFrom::Physical;
    for at in ty_end..end {
        if cursor.is(at, "METADATA") {
            signs.metadata(cursor, at);
            from = ColumnFrom::Metadata;
        }
        if cursor.are(at, &["PRIMARY", "KEY"]) {
            let key = primary_key(cursor, vec![name_text.clone()], at + 2, at, end);
            table.primary_keys.push(key);
        }
    }
    cursor.at = end;
    let is_whole = ty_end > ty_start && !ty.trim().is_empty();
    is_whole.then(|| Column {
        name: name_text,
        name_at: name.at,
        ty: ty.trim().to_owned(),
        ty_at: cursor.span(ty_start, ty_end),
        at: cursor.span(start, end),
        from,
    })
}

/// Where the type at the cursor ends: `<` and `>` are brackets there.
fn type_end(cursor: &Cursor, close: usize) -> usize {
    let mut depth = 0usize;
    let mut at = cursor.at;
    while at < close {
        if depth == 0 && (cursor.is(at, ",") || BEHIND_TYPE.iter().any(|word| cursor.is(at, word)))
        {
            break;
        }
        if cursor.is(at, "<") {
            depth += 1;
        } else if cursor.is(at, ">") {
            depth = depth.saturating_sub(1);
        }
        at = cursor.past(at);
    }
    at.min(close)
}
