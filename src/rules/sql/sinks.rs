//! What the sinks of scripts need: `upsert-sink-without-primary-key`, and the SQL of
//! `kafka-transaction-timeout`.

use super::{Made, Sql, all, may_be_batch, option, tables};
use crate::deployment::Deployment;
use crate::finding::{Finding, Related, Severity};
use crate::flink::version::Versions;
use crate::rules::transactions::{self, BROKERS_MAX};
use crate::rules::{Rule, claim, safe};
use crate::syntax::Document;
use crate::syntax::sql::{Insert, Script, Select, What};

/// Every `INSERT` into a table that the same source makes.
fn inserts<'p>(sql: &Sql<'p>) -> Vec<(&'p Document, &'p Script, &'p Insert, Made<'p>)> {
    let mut found = Vec::new();
    for &(document, script) in &sql.scripts {
        for (number, statement) in script.statements.iter().enumerate() {
            let What::Insert(insert) = &statement.what else {
                continue;
            };
            if let Some(made) = sql.table(&insert.target, script, number)
                && insert.hints.is_empty()
            {
                found.push((document, script, insert, made));
            }
        }
    }
    found
}

/// Formats that write one record for a row and know no other change.
const APPENDING: [&str; 6] = ["json", "csv", "avro", "avro-confluent", "raw", "protobuf"];

/// The check of `upsert-sink-without-primary-key`.
pub(in crate::rules) fn without_key(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for sql in all(deployment) {
        for made in sql.made() {
            let whole = made.table.is_known && made.table.like.is_none();
            if made.connector() == "upsert-kafka" && made.table.primary_keys.is_empty() && whole {
                let at = option(made, "connector").map_or(made.table.at, |setting| setting.whole);
                let message = format!(
                    "`{}` has no primary key: the connector refuses the table",
                    made.name()
                );
                let mut finding = rule.finding(made.document, at, message);
                "writes and reads by key".clone_into(&mut finding.label);
                "the connector says `'upsert-kafka' tables require to define a PRIMARY KEY constraint`; add \
                 PRIMARY KEY (...) NOT ENFORCED with the columns of the record's key"
                    .clone_into(&mut finding.help);
                finding.key = Some(made.name());
                out.push(finding);
            }
        }
        if may_be_batch(deployment) {
            continue;
        }
        for (document, script, insert, made) in inserts(&sql) {
            let [only] = insert.selects.as_slice() else {
                continue;
            };
            let select = &script.selects[*only];
            if !insert.is_plain || !only_appends(made) {
                continue;
            }
            let Some((what, source)) = updates(&sql, script, select) else {
                continue;
            };
            let name = made.name();
            let message = format!(
                "{what} gives updates, but `{name}` can only append: Flink refuses the query"
            );
            let mut finding = rule.finding(document, insert.target.at, message);
            "takes new rows only".clone_into(&mut finding.label);
            "Flink says `Table sink doesn't support consuming update changes`; write to upsert-kafka with a \
             primary key, or group by a window, whose rows come once"
                .clone_into(&mut finding.help);
            finding.key = Some(name);
            finding.related.push(Related {
                at: Deployment::at(
                    made.document,
                    option(made, "connector").map_or(made.table.at, |s| s.whole),
                ),
                message: "the table it writes to".to_owned(),
            });
            finding.related.push(Related {
                at: Deployment::at(source.document, source.table.name.at),
                message: "its rows never end".to_owned(),
            });
            out.push(finding);
        }
    }
}

/// Whether a table takes nothing but new rows.
fn only_appends(made: Made) -> bool {
    let format = made.option("format").or(made.option("value.format"));
    matches!(made.connector(), "kafka" | "filesystem")
        && format.is_some_and(|format| APPENDING.contains(&format))
}

/// What of a query over rows that never end makes it change rows that it has given.
fn updates<'p>(
    sql: &Sql<'p>,
    script: &'p Script,
    select: &'p Select,
) -> Option<(&'static str, Made<'p>)> {
    let from = tables(sql, script, select)?;
    let [(made, _)] = from.as_slice() else {
        return None;
    };
    if !made.is_unbounded() || !select.group_windows.is_empty() {
        return None;
    }
    if !select.group_by.is_empty() {
        return Some(("the aggregation", *made));
    }
    select.is_distinct.then_some(("SELECT DISTINCT", *made))
}

const GUARANTEE: &str = "sink.delivery-guarantee";
const TIMEOUT: &str = "properties.transaction.timeout.ms";
const PREFIX: &str = "sink.transactional-id-prefix";

/// The SQL of `kafka-transaction-timeout`: tables that write exactly once.
pub(in crate::rules) fn check_transactions(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    crate::rules::code::kafka::transactions(rule, deployment, out);
    for sql in all(deployment) {
        let written = inserts(&sql);
        for made in sql.made() {
            let is_kafka = matches!(made.connector(), "kafka" | "upsert-kafka");
            let exactly = made.option(GUARANTEE) == Some("exactly-once");
            let guarantee = option(made, GUARANTEE).filter(|_| is_kafka && exactly);
            let (Some(guarantee), None) = (guarantee, &made.table.like) else {
                continue;
            };
            let is_written = written
                .iter()
                .any(|(.., other)| std::ptr::eq(other.table, made.table));
            let name = made.name();
            let say = |message: String, label: &str, help: &str| {
                let mut finding = rule.finding(made.options, guarantee.whole, message);
                label.clone_into(&mut finding.label);
                help.clone_into(&mut finding.help);
                finding.key = Some(name.clone());
                finding
            };
            // The check came with the option, in 1.14.
            let since = Versions::parse("1.14..").unwrap_or(Versions::ALL);
            let checked = deployment.versions.without(since).is_empty();
            if is_written && option(made, PREFIX).is_none() && checked {
                let mut finding = say(
                    format!(
                        "`{name}` writes exactly once without `{PREFIX}`: the connector refuses the table"
                    ),
                    "needs a prefix for its transactions",
                    "give each job a prefix of its own: two jobs with one prefix end each other's transactions",
                );
                finding.severity = Severity::Error;
                out.push(finding);
                continue;
            }
            let timeout = option(made, TIMEOUT);
            let Some(timeout) = timeout else {
                let mut finding = say(
                    format!(
                        "`{name}` asks Kafka for transactions of an hour, which brokers refuse unless they are told to allow them"
                    ),
                    "`properties.transaction.timeout.ms` is not set",
                    "the sink's default is 1 h, the brokers' maximum (transaction.max.timeout.ms) 15 min by \
                     default: the job fails when it begins to write. Set the timeout well above the time \
                     between two checkpoints and the longest stop, or raise the brokers' maximum",
                );
                let source = deployment.source(made.options);
                let value = BROKERS_MAX.to_string();
                let edit = made
                    .options
                    .insert_after(source, guarantee, TIMEOUT, &value);
                finding.fix = edit.map(|edit| {
                    let mut fix = safe(format!("add {TIMEOUT} = {value}"), vec![edit]);
                    fix.claims = vec![claim(made.options, TIMEOUT, Some(&value))];
                    fix.risky(
                        "a transaction that no checkpoint or restart ends within 15 minutes is dropped with its rows",
                    )
                });
                out.push(finding);
                continue;
            };
            let Ok(millis) = timeout.value.trim().parse::<u64>() else {
                continue;
            };
            if !timeout.known {
                continue;
            }
            if millis > BROKERS_MAX {
                let mut finding = say(
                    format!(
                        "`{name}` asks Kafka for transactions of {} s, more than brokers allow by default",
                        millis / 1000
                    ),
                    "brokers allow 15 min unless they are told otherwise",
                    "the job fails when it begins to write, unless transaction.max.timeout.ms of the brokers is at \
                     least as long",
                );
                finding.at = Deployment::at(made.options, timeout.whole);
                out.push(finding);
                continue;
            }
            if let Some(short) = transactions::too_short(deployment, millis) {
                let mut finding = say(String::new(), "", "");
                finding.at = Deployment::at(made.options, timeout.whole);
                out.push(short.tell(&format!("`{name}`"), finding));
            }
        }
    }
}
