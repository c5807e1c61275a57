//! `missing-idleness` for scripts: a partition without rows holds back the watermark of its table.

use super::windows::windows;
use super::{Time, all, is_set, may_be_batch};
use crate::deployment::Deployment;
use crate::finding::{Finding, Fix, Related, Safety};
use crate::rules::{Rule, claim};
use crate::text::{SourceId, Span};

/// `ExecutionConfigOptions.TABLE_EXEC_SOURCE_IDLE_TIMEOUT`; 0 by default, which is off.
const TIMEOUT: &str = "table.exec.source.idle-timeout";
/// The same for one table, from 1.18 on (`FactoryUtil.SOURCE_IDLE_TIMEOUT`).
const OF_TABLE: &str = "scan.watermark.idle-timeout";

/// What the fix sets.
const A_MINUTE: &str = "1 min";

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    if may_be_batch(deployment) || is_set(deployment, TIMEOUT) {
        return;
    }
    for sql in all(deployment) {
        let mut seen: Vec<(SourceId, Span)> = Vec::new();
        for over in windows(&sql) {
            let Time::Event(made, watermark) = over.time else {
                continue;
            };
            let place = (made.document.source, watermark.at);
            let of_kafka = matches!(made.connector(), "kafka" | "upsert-kafka");
            if !of_kafka || made.options.get(OF_TABLE).is_some() || seen.contains(&place) {
                continue;
            }
            seen.push(place);
            let message = format!(
                "a partition of `{}` without rows holds back the watermark, and the windows with it",
                made.name()
            );
            let mut finding = rule.finding(made.document, watermark.at, message);
            finding.label = "nothing says when a partition is idle".to_owned();
            finding.help = format!(
                "`{TIMEOUT}` is not set, so that one silent partition stops all results; its rows may be late when \
                 it wakes"
            );
            finding.key = Some(format!("{}.{}", made.name(), watermark.column));
            finding.related.push(Related {
                at: Deployment::at(over.document, over.window.at),
                message: "waits for the watermark".to_owned(),
            });
            let edit = made.document.insert(sql.source, TIMEOUT, A_MINUTE);
            finding.fix = edit.map(|edit| Fix {
                title: format!("set {TIMEOUT} to {A_MINUTE}"),
                safety: Safety::Unsafe,
                risk: "rows that come after a minute of silence may be late".to_owned(),
                edits: vec![edit],
                claims: vec![claim(made.document, TIMEOUT, Some(A_MINUTE))],
            });
            out.push(finding);
        }
    }
}
