//! `SET`s that come too late or are not enough: `sql-set-too-late`, `mini-batch-incomplete`.

use super::{all, edit};
use crate::deployment::Deployment;
use crate::finding::{Finding, Related, Severity};
use crate::flink::version::Versions;
use crate::flink::{options, value};
use crate::rules::{Rule, fixes, safe};
use crate::syntax::Document;
use crate::syntax::sql::{Script, Statement, What};
use crate::words::nearest;

/// Beginnings of the options that a job takes along when it is submitted.
const OF_JOBS: [&str; 7] = [
    "execution.",
    "parallelism.",
    "pipeline.",
    "restart-strategy",
    "state.",
    "table.exec.",
    "table.optimizer.",
];

/// The check of `sql-set-too-late`.
pub(in crate::rules) fn too_late(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for sql in all(deployment) {
        let [(document, script)] = sql.scripts.as_slice() else {
            continue;
        };
        if document.embedding.is_some() {
            continue;
        }
        let Some(last) = script.statements.iter().rposition(|one| runs(script, one)) else {
            continue;
        };
        let inserts = &script.statements[last];
        if !matches!(inserts.what, What::Insert(_)) {
            continue;
        }
        for statement in &script.statements[last + 1..] {
            let What::Set(Some((key, _))) = &statement.what else {
                continue;
            };
            let own = document
                .settings
                .iter()
                .find(|setting| setting.whole == statement.at);
            let Some(setting) = own.filter(|_| OF_JOBS.iter().any(|start| key.starts_with(start)))
            else {
                continue;
            };
            let message =
                format!("`{key}` is set behind the last INSERT: the jobs above run without it");
            let mut finding = rule.finding(document, setting.whole, message);
            "no job comes after it".clone_into(&mut finding.label);
            "the SQL client runs a script statement by statement, and a job takes the options that are set \
             when it is submitted; put the SET before the first INSERT"
                .clone_into(&mut finding.help);
            finding.key = Some(key.clone());
            finding.related.push(Related {
                at: Deployment::at(document, inserts.at),
                message: "the last job of the script".to_owned(),
            });
            let source = deployment.source(document);
            let twice = document.all(key).count() > 1;
            let edits = document.remove(source, setting).and_then(|remove| {
                let insert = document.insert(source, key, &setting.value)?;
                Some(vec![insert, remove])
            });
            finding.fix = edits.filter(|_| !twice).map(|edits| {
                safe("move it before the first statement", edits)
                    .risky("the jobs of the script then run with it")
            });
            out.push(finding);
        }
    }
}

/// Whether a statement submits a job, or may do so.
fn runs(script: &Script, statement: &Statement) -> bool {
    match &statement.what {
        What::Insert(_) | What::Query(_) | What::StatementSet => true,
        What::CreateTable(table) => !script.tables[*table].selects.is_empty(),
        What::Other(words) => {
            let starts = [
                "EXECUTE",
                "COMPILE",
                "EXPLAIN",
                "DELETE",
                "UPDATE",
                "CALL",
                "SOURCE",
                "REPLACE",
                "CREATE MATERIALIZED",
                "WITH",
                "TRUNCATE",
                "DESCRIBE",
                "STOP",
            ];
            starts.iter().any(|start| words.starts_with(start))
        }
        _ => false,
    }
}

const ENABLED: &str = "table.exec.mini-batch.enabled";

/// What mini-batch needs beside its switch, with what to begin with.
const NEEDED: [(&str, &str); 2] = [
    ("table.exec.mini-batch.allow-latency", "1 s"),
    ("table.exec.mini-batch.size", "5000"),
];

/// The check of `mini-batch-incomplete`: `StreamPlanner` refuses mini-batch with the defaults of its
/// latency and size, which are 0 and -1 in all versions.
pub(in crate::rules) fn mini_batch(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    let Some(enabled) = deployment.get(ENABLED).known() else {
        return;
    };
    if value::parse_boolean(enabled.value()) != Ok(true) {
        return;
    }
    let missing: Vec<(&str, &str)> = NEEDED
        .into_iter()
        .filter(|(key, _)| deployment.all(key).is_empty())
        .collect();
    // A key that is meant but misspelt is `misspelled-option`'s.
    let is_meant = |key: &str| {
        let mut all = deployment.flink_documents().flat_map(|own| &own.settings);
        all.any(|own| {
            !options::is_known(&own.key, Versions::ALL)
                && nearest(&own.key, [key].into_iter()).is_some()
        })
    };
    if missing.iter().any(|(key, _)| is_meant(key)) {
        return;
    }
    let certain = missing
        .iter()
        .any(|(key, _)| deployment.get(key).is_absent());
    let Some((first, _)) = missing.first() else {
        return;
    };
    let document: &Document = enabled.document;
    let names: Vec<String> = missing.iter().map(|(key, _)| format!("`{key}`")).collect();
    let message = format!("mini-batch is on without {}", names.join(" and "));
    let mut finding = rule.finding(document, enabled.setting.whole, message);
    if certain {
        finding
            .message
            .push_str(": Flink refuses every query that groups or joins");
    } else {
        finding.severity = Severity::Warning;
        finding.message.push_str(
            ": unless the cluster's own file sets it, Flink refuses every query that groups or joins",
        );
    }
    "not enough by itself".clone_into(&mut finding.label);
    "Flink says `MiniBatch Latency must be greater than 0 ms`; rows wait for so long, or until so many \
     are there, and are then taken together"
        .clone_into(&mut finding.help);
    finding.key = Some((*first).to_owned());
    let pairs: Vec<(&str, String)> = missing
        .iter()
        .map(|(key, value)| (*key, (*value).to_owned()))
        .collect();
    let mut fix = fixes::put(deployment, &pairs, enabled.site());
    if missing.len() > 1 && document.script.is_some() {
        // Two new statements at one place are one edit.
        fix = fix.and_then(|mut fix| {
            let [one, other] = fix.edits.as_slice() else {
                return None;
            };
            let text = format!("{}{}", one.text, other.text);
            let both = edit(document, one.span, text)?;
            fix.edits = vec![both];
            Some(fix)
        });
    }
    finding.fix = fix.map(|fix| {
        fix.risky(
            "results come up to a second later, and the numbers are only something to begin with",
        )
    });
    out.push(finding);
}
