//! Windows and joins over time: `watermark-without-event-time`, `unbounded-window-group`, and the SQL
//! of `missing-allowed-lateness`.

use super::{Made, Sql, Time, all, edit, is_set, may_be_batch, quoted};
use crate::deployment::Deployment;
use crate::finding::{Finding, Fix, Related, Severity};
use crate::rules::{Rule, safe};
use crate::syntax::Document;
use crate::syntax::sql::{
    Column, From, Join, Kind, Piece, Relation, Script, Select, Watermark, Window, WindowKind,
};
use crate::text::{SourceId, Span};

const STATE_TTL: &str = "table.exec.state.ttl";

/// A window with what it reads.
pub(super) struct Over<'p> {
    pub(super) document: &'p Document,
    pub(super) window: &'p Window,
    pub(super) time: Time<'p>,
    is_legacy: bool,
}

/// Every window whose column of time has a plain name.
pub(super) fn windows<'p>(sql: &Sql<'p>) -> Vec<Over<'p>> {
    let mut found = Vec::new();
    for &(document, script) in &sql.scripts {
        for select in &script.selects {
            for window in select.from.iter().filter_map(of_function) {
                let (Some(relation), Some(column)) = (&window.relation, &window.time) else {
                    continue;
                };
                found.push(Over {
                    document,
                    window,
                    time: sql.time(relation, column, script, select.statement),
                    is_legacy: false,
                });
            }
            let [from] = select.from.as_slice() else {
                continue;
            };
            for window in &select.group_windows {
                let Some(column) = window.time.as_ref().filter(|_| !from.is_changed) else {
                    continue;
                };
                found.push(Over {
                    document,
                    window,
                    time: sql.time(&from.relation, column, script, select.statement),
                    is_legacy: true,
                });
            }
        }
    }
    found
}

fn of_function(from: &From) -> Option<&Window> {
    match &from.relation {
        Relation::Window(window) => Some(window),
        _ => None,
    }
}

/// `watermark-without-event-time`: the planner refuses a window over a column that is no time attribute
/// (`WindowUtil`, `LogicalWindowAggregateRuleBase`), and makes a regular join of what looks like an
/// interval join.
pub(in crate::rules) fn without_event_time(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    if may_be_batch(deployment) {
        return;
    }
    for sql in all(deployment) {
        for over in windows(&sql) {
            let Time::None(made, column) = over.time else {
                continue;
            };
            // In batch mode any time will do, but nothing that never ends is read there.
            if !made.is_unbounded() {
                continue;
            }
            let name = made.name();
            let message = format!(
                "`{}` of `{name}` has no watermark: Flink refuses the window {}",
                column.name,
                over.window.kind.name()
            );
            let mut finding = rule.finding(over.document, over.window.time_at, message);
            "no time attribute".clone_into(&mut finding.label);
            finding.help = help(made, column);
            finding.key = Some(format!("{name}.{}", column.name));
            finding.related.push(Related {
                at: Deployment::at(made.document, column.at),
                message: "a column like any other".to_owned(),
            });
            finding.fix = add_watermark(deployment, made, column);
            out.push(finding);
        }
        for &(document, script) in &sql.scripts {
            for select in &script.selects {
                if let Some(finding) =
                    interval_join(rule, deployment, &sql, (document, script), select)
                {
                    out.push(finding);
                }
            }
        }
    }
}

fn help(made: Made, column: &Column) -> String {
    if let Some(watermark) = made.table.watermarks.first() {
        return format!(
            "the table's time is `{}`, for which it has a watermark: a window takes that one",
            watermark.column
        );
    }
    if can_have_watermark(column) {
        return format!(
            "declare the time in the table: WATERMARK FOR {0} AS {0} - INTERVAL '5' SECOND, with \
             the time by which rows may come out of order; or window over a column that is \
             PROCTIME()",
            quoted(&column.name)
        );
    }
    "a watermark needs a TIMESTAMP(3) or TIMESTAMP_LTZ(3): compute one from this column \
     (TO_TIMESTAMP, TO_TIMESTAMP_LTZ) and declare the watermark for that"
        .to_owned()
}

/// Whether the planner takes a watermark for a column of this type.
fn can_have_watermark(column: &Column) -> bool {
    let starts = ["TIMESTAMP(", "TIMESTAMP_LTZ("];
    starts.iter().any(|start| {
        let rest = column.ty.strip_prefix(start);
        rest.is_some_and(|rest| matches!(rest, "0)" | "1)" | "2)" | "3)"))
    })
}

/// Adds the watermark behind the last column.
fn add_watermark(deployment: &Deployment, made: Made, column: &Column) -> Option<Fix> {
    if !made.table.watermarks.is_empty() || !can_have_watermark(column) {
        return None;
    }
    let last = made.table.columns.last()?;
    // What follows the columns would stand before the watermark; that is as good.
    let name = quoted(&column.name);
    let source = deployment.source(made.document);
    let line = source.full_line(last.at.start);
    let before = source.text(Span::new(line.range().start, last.at.range().start));
    let blank = if before.trim().is_empty() && made.document.embedding.is_none() {
        format!("{}{before}", source.line_break(last.at.start))
    } else {
        " ".to_owned()
    };
    let text = format!(",{blank}WATERMARK FOR {name} AS {name} - INTERVAL '5' SECOND");
    let at = Span::at(last.at.range().end);
    let edit = edit(made.document, at, text)?;
    let title = format!("declare a watermark for {}", column.name);
    Some(safe(title, vec![edit]).risky(
        "5 seconds is only a guess: rows that are later than that behind the newest one are dropped \
         by the window",
    ))
}

/// A join on a range of times of two tables that keep no time: a regular join, which keeps both for ever.
fn interval_join<'p>(
    rule: &Rule,
    deployment: &Deployment,
    sql: &Sql<'p>,
    (document, script): (&'p Document, &'p Script),
    select: &'p Select,
) -> Option<Finding> {
    let [left, right] = select.from.as_slice() else {
        return None;
    };
    // Flink 1.13 refuses some of them.
    let tables = [left, right].iter().all(|from| {
        matches!(from.relation, Relation::Table(_)) && !from.is_temporal && !from.is_changed
    });
    let is_join = matches!(right.join, Join::Inner | Join::Cross | Join::Outer);
    if !tables || !is_join || is_set(deployment, STATE_TTL) || !select.hints.is_empty() {
        return None;
    }
    let condition = right.on.as_ref().or(select.condition.as_ref())?;
    let pieces = &condition.pieces;
    let between = pieces.iter().position(|piece| piece.is("BETWEEN"))?;
    let one = column_before(pieces, between)?;
    let other = column_at(pieces, between + 1)?;
    if !pieces[between..].iter().any(|piece| piece.is("INTERVAL")) || one.0 == other.0 {
        return None;
    }
    let mut none = None;
    for (alias, column) in [one, other] {
        let from = [left, right].into_iter().find(|from| calls(from, alias))?;
        match find_time(sql, from, column, script, select.statement)? {
            Ok(found) if found.0.is_unbounded() => none = none.or(Some(found)),
            Ok(_) => return None,
            Err(()) => {}
        }
    }
    let (made, column) = none?;
    let name = made.name();
    let message = format!(
        "`{}` of `{name}` has no watermark, so this is no interval join: both sides are kept for ever",
        column.name
    );
    let at = pieces[between - 3].at.join(pieces.last()?.at);
    let mut finding = rule.finding(document, at, message);
    finding.severity = Severity::Warning;
    "a condition like any other".clone_into(&mut finding.label);
    "an interval join drops what has become too old, by the watermarks of both sides; without one of \
     them the planner makes a regular join, whose state only grows"
        .clone_into(&mut finding.help);
    finding.key = Some(format!("{name}.{}", column.name));
    finding.related.push(Related {
        at: Deployment::at(made.document, column.at),
        message: "no time attribute".to_owned(),
    });
    finding.fix = add_watermark(deployment, made, column);
    Some(finding)
}

/// `alias.column` that ends before a piece.
fn column_before(pieces: &[Piece], end: usize) -> Option<(&str, &str)> {
    column_at(pieces, end.checked_sub(3)?)
}

fn column_at(pieces: &[Piece], at: usize) -> Option<(&str, &str)> {
    let [alias, dot, column, ..] = pieces.get(at..)? else {
        return None;
    };
    dot.is(".").then(|| Some((alias.name()?, column.name()?)))?
}

/// Whether a query calls what it reads by this name.
fn calls(from: &From, alias: &str) -> bool {
    match (&from.alias, &from.relation) {
        (Some(own), _) => own == alias,
        (None, Relation::Table(name)) => name.last() == alias,
        _ => false,
    }
}

/// A column that is no time attribute, or that is one; nothing where nobody can tell.
fn find_time<'p>(
    sql: &Sql<'p>,
    from: &'p From,
    column: &str,
    script: &'p Script,
    statement: usize,
) -> Option<Result<(Made<'p>, &'p Column), ()>> {
    match sql.time(&from.relation, column, script, statement) {
        Time::None(made, column) => Some(Ok((made, column))),
        Time::Event(..) | Time::Processing => Some(Err(())),
        Time::Unknown => None,
    }
}

/// `unbounded-window-group`: the planner makes a window aggregation only of a group by both ends of the
/// window; of one end it makes an aggregation like any other, and before 1.15 none.
pub(in crate::rules) fn unbounded_group(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    if may_be_batch(deployment) {
        return;
    }
    for sql in all(deployment) {
        for &(document, script) in &sql.scripts {
            for select in &script.selects {
                let [from] = select.from.as_slice() else {
                    continue;
                };
                let Some(window) = of_function(from) else {
                    continue;
                };
                let column = window.time.as_deref().zip(window.relation.as_ref());
                let is_time = column.is_some_and(|(column, relation)| {
                    let time = sql.time(relation, column, script, select.statement);
                    !matches!(time, Time::None(..))
                });
                let named = |name: &str| {
                    let mut all = select.group_by.iter();
                    all.find(|expr| last_name(&expr.pieces) == Some(name))
                };
                let (start, end) = (named("window_start"), named("window_end"));
                let (present, missing) = match (start, end) {
                    (Some(start), None) => (start, "window_end"),
                    (None, Some(end)) => (end, "window_start"),
                    _ => continue,
                };
                let has_sets = select.group_by.iter().any(|expr| {
                    let first = expr.pieces.first();
                    let words = ["GROUPING", "ROLLUP", "CUBE"];
                    first.is_some_and(|first| words.iter().any(|word| first.is(word)))
                });
                if !is_time || has_sets {
                    continue;
                }
                let word = if missing == "window_end" {
                    "window_start"
                } else {
                    "window_end"
                };
                let message = format!(
                    "grouped by {word} without {missing}, no window is ever done: its state stays for ever"
                );
                let mut finding = rule.finding(document, present.at, message);
                finding.label = format!("{missing} is not among them");
                "the planner makes a window aggregation only of a group by both; of one it makes an \
                 aggregation like any other, which keeps every window and gives an update for each \
                 row (Flink 1.13 and 1.14 refuse the query)"
                    .clone_into(&mut finding.help);
                finding.key = Some(missing.to_owned());
                let prefix = match present.pieces.as_slice() {
                    [alias, dot, _] if dot.is(".") => format!("{}.", quoted(&alias.text)),
                    _ => String::new(),
                };
                let at = Span::at(present.at.range().end);
                let edit = edit(document, at, format!(", {prefix}{missing}"));
                finding.fix = edit.map(|edit| {
                    safe(format!("group by {missing}, too"), vec![edit]).risky(
                        "each window then gives one row when it ends, instead of an update for each \
                         row, and the state of the running job does not fit the new plan",
                    )
                });
                out.push(finding);
            }
        }
    }
}

/// The column that an expression is.
fn last_name(pieces: &[Piece]) -> Option<&str> {
    match pieces {
        [name] => name.name(),
        [_, dot, name] if dot.is(".") => name.name(),
        _ => None,
    }
}

/// `missing-allowed-lateness` in SQL: a watermark as new as the newest row closes a window before the rows
/// that come a little later.
pub(in crate::rules) fn without_tolerance(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    if may_be_batch(deployment) {
        return;
    }
    let late = [
        "table.exec.emit.late-fire.enabled",
        "table.exec.emit.allow-lateness",
    ];
    let fires_late = late.iter().any(|key| is_set(deployment, key));
    for sql in all(deployment) {
        let mut seen: Vec<(SourceId, Span)> = Vec::new();
        for over in windows(&sql) {
            let Time::Event(made, watermark) = over.time else {
                continue;
            };
            let place = (made.document.source, watermark.at);
            let legacy_answer = over.is_legacy && fires_late;
            if watermark.delay != Some(0)
                || !made.is_of_partitions()
                || legacy_answer
                || seen.contains(&place)
            {
                continue;
            }
            seen.push(place);
            out.push(zero_tolerance(rule, &over, made, watermark));
        }
    }
}

fn zero_tolerance(rule: &Rule, over: &Over, made: Made, watermark: &Watermark) -> Finding {
    let message = format!(
        "the watermark of `{}` waits for nobody: a window drops every row that comes after a newer one has \
         closed it",
        made.name()
    );
    let mut finding = rule.finding(made.document, watermark.at, message);
    "no time for rows out of order".clone_into(&mut finding.label);
    finding.help = if over.is_legacy {
        "the rows of several partitions do not come in the order of their times, and a late row is \
         dropped without a word; let the watermark trail by what is usual, as in ts - INTERVAL '5' \
         SECOND"
    } else {
        "the rows of several partitions do not come in the order of their times, and a late row is \
         dropped without a word; window functions have no allowed lateness, so let the watermark \
         trail by what is usual, as in ts - INTERVAL '5' SECOND"
    }
    .to_owned();
    finding.key = Some(format!("{}.{}", made.name(), watermark.column));
    finding.related.push(Related {
        at: Deployment::at(over.document, over.window.at),
        message: format!("a window {} over it", over.window.kind.name()),
    });
    let is_name = matches!(
        watermark.expr.pieces.as_slice(),
        [piece] if matches!(piece.kind, Kind::Word | Kind::Name)
    );
    let at = Span::at(watermark.expr.at.range().end);
    let edit = edit(made.document, at, " - INTERVAL '5' SECOND").filter(|_| is_name);
    finding.fix = edit.map(|edit| {
        safe("let the watermark trail by 5 seconds", vec![edit])
            .risky("every result comes 5 seconds later; how much the rows need, only they tell")
    });
    finding
}

/// The windows whose parts Flink can't share among them: sizes that are no multiple of the step.
pub(super) fn uneven(select: &Select) -> Option<(&Window, i64, i64)> {
    let [from] = select.from.as_slice() else {
        return None;
    };
    let window = of_function(from)?;
    let [Some(step), Some(size), ..] = window.sizes.as_slice() else {
        return None;
    };
    let groups = |name: &str| {
        let mut all = select.group_by.iter();
        all.any(|expr| last_name(&expr.pieces) == Some(name))
    };
    let refused = match window.kind {
        WindowKind::Cumulate => true,
        // By itself a sliding window may have any size.
        WindowKind::Hop => groups("window_start") && groups("window_end"),
        WindowKind::Tumble | WindowKind::Session => false,
    };
    (refused && *step > 0 && *size > 0 && size % step != 0).then_some((window, *step, *size))
}
