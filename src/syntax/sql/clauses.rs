//! Parts of a query by themselves: what it gives, its legacy windows, where its clauses end.

use super::expressions::Cursor;
use super::{Expr, Item, Window, WindowKind};

/// `TUMBLE(time, INTERVAL '1' MINUTE)` behind `GROUP BY`.
pub(super) fn group_window(cursor: &Cursor, from: usize, end: usize) -> Option<Window> {
    let kind = WindowKind::of(std::str::from_utf8(cursor.text(from)).ok()?)?;
    if kind == WindowKind::Cumulate
        || !cursor.is(from + 1, "(")
        || cursor.closing(from + 1) + 1 != end
    {
        return None;
    }
    let args = cursor.split(from + 2, end - 1);
    let ((first, last), sizes) = args.split_first().map(|(time, sizes)| (*time, sizes))?;
    let time = cursor.expr(first, last);
    let name = match time.pieces.as_slice() {
        [name] => name.name(),
        [_, dot, name] if dot.is(".") => name.name(),
        _ => None,
    };
    Some(Window {
        kind,
        relation: None,
        time: name.map(str::to_owned),
        time_at: time.at,
        sizes: sizes
            .iter()
            .map(|(from, last)| cursor.interval(*from, *last))
            .collect(),
        at: cursor.span(from, end),
    })
}

/// An expression with its name.
pub(super) fn item(cursor: &Cursor, from: usize, end: usize) -> Item {
    let expr = cursor.expr(from, end);
    let named = |count: usize, name: Option<String>| {
        let pieces = expr.pieces[..expr.pieces.len() - count].to_vec();
        let at = pieces.first().zip(pieces.last());
        let at = at.map_or(expr.at, |(first, last)| first.at.join(last.at));
        Item {
            expr: Expr { at, pieces },
            name,
        }
    };
    match expr.pieces.as_slice() {
        [.., word, name] if word.is("AS") => named(2, name.name().map(str::to_owned)),
        [name] => named(0, name.name().map(str::to_owned)),
        // `a.b` gives `b`; `f(x) b` gives `b`.
        [.., dot, name] if dot.is(".") => named(0, name.name().map(str::to_owned)),
        [.., before, name]
            if name.name().is_some()
                && (before.is(")") || before.is("]") || before.name().is_some())
                && !["END", "NULL", "TRUE", "FALSE"]
                    .iter()
                    .any(|word| name.is(word)) =>
        {
            named(1, name.name().map(str::to_owned))
        }
        _ => named(0, None),
    }
}

/// The first of these words that begins a clause: `IS DISTINCT FROM` has none.
pub(super) fn clause(cursor: &Cursor, from: usize, end: usize, words: &[&str]) -> usize {
    let mut at = cursor.find(from, end, words);
    while at < end && at > from && cursor.is(at - 1, "DISTINCT") {
        at = cursor.find(at + 1, end, words);
    }
    at
}

/// Where a condition ends: `LEFT(a, 1)` and `RIGHT(a, 1)` are functions.
pub(super) fn condition_end(cursor: &Cursor, from: usize, end: usize, words: &[&str]) -> usize {
    let mut at = cursor.find(from, end, words);
    while at < end && cursor.is(at + 1, "(") && !cursor.is(at, "JOIN") && !cursor.is(at, ",") {
        at = cursor.find(at + 1, end, words);
    }
    at
}
