//! `state-without-ttl`: joins and groups over rows that never end, whose state nothing ever clears.

use super::{Made, Sql, all, may_be_batch, tables};
use crate::deployment::Deployment;
use crate::finding::{Finding, Related};
use crate::rules::Rule;
use crate::syntax::Document;
use crate::syntax::sql::{Join, Relation, Script, Select, What};
use crate::text::Span;

const STATE_TTL: &str = "table.exec.state.ttl";

/// What keeps a text of a job from being asked: it says something about state itself.
const ANSWERS: [&str; 5] = [
    "state.ttl",
    "state-ttl",
    "STATE_TTL",
    "dleStateRetention",
    "idle-state-retention",
];

/// The check: one finding for a source.
pub(in crate::rules) fn without_ttl(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    if may_be_batch(deployment) || !deployment.all(STATE_TTL).is_empty() {
        return;
    }
    for sql in all(deployment) {
        let says = |word: &&str| memchr::memmem::find(&sql.source.bytes, word.as_bytes()).is_some();
        if ANSWERS.iter().any(says) {
            continue;
        }
        let mut found = growing(&sql).into_iter();
        let Some((document, at, what)) = found.next() else {
            continue;
        };
        let message = format!("{what} keeps its state for ever: `{STATE_TTL}` is not set");
        let mut finding = rule.finding(document, at, message);
        "rows that never end".clone_into(&mut finding.label);
        "if old rows need not be found any more, SET 'table.exec.state.ttl' = '1 d' or more: what no row \
         has touched for so long is dropped, and results that would need it come out different; keys that \
         are few and fixed need none"
            .clone_into(&mut finding.help);
        finding.key = Some(STATE_TTL.to_owned());
        finding.related = found
            .map(|(document, at, what)| Related {
                at: Deployment::at(document, at),
                message: format!("{what}, too"),
            })
            .collect();
        out.push(finding);
    }
}

/// The joins and groups of what a script writes, whose state can only grow.
fn growing<'p>(sql: &Sql<'p>) -> Vec<(&'p Document, Span, &'static str)> {
    let mut found = Vec::new();
    for (document, script, statement) in sql.statements() {
        let number = script
            .statements
            .iter()
            .position(|other| std::ptr::eq(other, statement));
        if !matches!(statement.what, What::Insert(_)) {
            continue;
        }
        let own = script.selects.iter();
        for select in own.filter(|select| Some(select.statement) == number) {
            if let Some(what) = grows(sql, script, select) {
                found.push((
                    document,
                    select.from.first().map_or(select.at, |from| from.at),
                    what,
                ));
            }
        }
    }
    found
}

fn grows<'p>(sql: &Sql<'p>, script: &'p Script, select: &'p Select) -> Option<&'static str> {
    if !select.hints.is_empty() || !select.group_windows.is_empty() {
        return None;
    }
    let from = tables(sql, script, select)?;
    let endless = from.iter().all(|(made, _)| made.is_unbounded());
    if !endless || from.is_empty() || is_timed(select) {
        return None;
    }
    if from.len() > 1 {
        let joined = |(_, join): &(Made, Join)| matches!(join, Join::Inner | Join::Outer);
        let all = from[1..].iter().all(joined);
        return all.then_some("the join");
    }
    if select.group_by.is_empty() {
        return None;
    }
    // A group by what has few values, if anybody knew, would be fine; a key of the table has many.
    Some("the aggregation")
}

/// Whether times bound what is kept: intervals, ends of windows, a legacy window of the query below.
fn is_timed(select: &Select) -> bool {
    let conditions = select.from.iter().filter_map(|from| from.on.as_ref());
    let all = conditions.chain(&select.condition).chain(&select.group_by);
    let words = [
        "INTERVAL",
        "window_start",
        "window_end",
        "window_time",
        "PROCTIME",
        "BETWEEN",
    ];
    let mut pieces = all.flat_map(|expr| &expr.pieces);
    let bounded = pieces.any(|piece| {
        words
            .iter()
            .any(|word| piece.text.eq_ignore_ascii_case(word))
    });
    bounded
        || select
            .from
            .iter()
            .any(|from| matches!(from.relation, Relation::Window(_)))
}
