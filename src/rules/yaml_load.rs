//! Everything that stops config.yaml from loading, and job configurations that do not parse.

use super::Rule;
use super::conf_lines::repaired;
use super::generated;
use crate::deployment::Deployment;
use crate::finding::{Finding, Safety};
use crate::syntax::{Format, ProblemKind};

/// `yaml-does-not-load`: all but duplicate keys, which have a rule of their own.
pub(super) fn does_not_load(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for document in deployment.flink_documents() {
        // A stack trace is no YAML, but that is not what is wrong with it.
        let trace = || generated::stack_trace(deployment.source(document)).is_some();
        if document.format != Format::ConfigYaml || document.load_error.is_some() && trace() {
            continue;
        }
        let mut syntax_error_seen = false;
        for problem in &document.problems {
            let (safety, title) = match problem.kind {
                // What follows the first syntax error is often its echo.
                ProblemKind::YamlSyntax if syntax_error_seen => continue,
                ProblemKind::YamlSyntax => {
                    syntax_error_seen = true;
                    (Safety::Safe, "write it as YAML allows")
                }
                ProblemKind::NullValue => (Safety::Unsafe, "remove the key without a value"),
                ProblemKind::NonStringKey => (Safety::Safe, "put the key in quotes"),
                ProblemKind::NotAMapping
                | ProblemKind::MultipleDocuments
                | ProblemKind::RecursiveAlias
                | ProblemKind::TooManyAliases => (Safety::Unsafe, "remove it"),
                _ => continue,
            };
            let mut finding = rule.problem(document, problem);
            finding.help = "Flink does not start with a config.yaml that it can't load".to_owned();
            let risk = match safety {
                Safety::Safe => "",
                Safety::Unsafe => "a value may have been forgotten",
            };
            finding.fix = problem
                .repair
                .as_ref()
                .map(|repair| repaired(document, repair, title, safety, risk));
            out.push(finding);
        }
    }
}

/// `unparsable-job-config`: a job's own file that its parser will reject.
pub(super) fn unparsable_job_config(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for document in deployment.flink_documents() {
        let first = document
            .problems
            .iter()
            .find(|problem| problem.kind == ProblemKind::Unparsable);
        if let Some(problem) = first {
            let mut finding = rule.problem(document, problem);
            finding.help = "the job's own parser will reject the file".to_owned();
            out.push(finding);
        }
    }
}
