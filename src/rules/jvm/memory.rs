//! `jvm-option-overrides-memory`: the scripts write `java $JVM_ARGS $FLINK_ENV_JAVA_OPTS`, the computed
//! sizes in the first, the options of the file in the second; the JVM takes the last.

use super::all_options;
use crate::deployment::Deployment;
use crate::finding::{Finding, Severity};
use crate::rules::{Rule, in_backquotes};

/// The start of flags that set what Flink computes.
const SIZES: [&str; 6] = [
    "-Xmx",
    "-Xms",
    "-XX:MaxHeapSize=",
    "-XX:InitialHeapSize=",
    "-XX:MaxDirectMemorySize=",
    "-XX:MaxMetaspaceSize=",
];

/// The start of flags that the JVM passes over where it is given sizes.
const SHARES: [&str; 3] = [
    "-XX:MaxRAMPercentage=",
    "-XX:InitialRAMPercentage=",
    "-XX:MinRAMPercentage=",
];

/// The processes whose sizes Flink computes, by the last part of the key.
fn process(key: &str) -> Option<&'static str> {
    match key.rsplit('.').next()? {
        "all" | "opts" => Some("JobManager and TaskManager"),
        "jobmanager" => Some("JobManager"),
        "taskmanager" => Some("TaskManager"),
        _ => None,
    }
}

/// The check.
pub(in crate::rules) fn jvm_option_overrides_memory(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    for options in all_options(deployment) {
        let key = &options.setting.key;
        let (Some(process), Some(flags)) = (process(key), options.flags()) else {
            continue;
        };
        let of = |starts: &[&str]| -> Vec<&str> {
            let wanted = |flag: &&str| starts.iter().any(|start| flag.starts_with(start));
            flags.iter().copied().filter(wanted).collect()
        };
        let mut sizes = of(&SIZES);
        if process == "JobManager" {
            // Flink gives it no limit unless `jobmanager.memory.enable-jvm-direct-memory-limit` is on.
            sizes.retain(|flag| !flag.starts_with("-XX:MaxDirectMemorySize="));
        }
        if !sizes.is_empty() {
            let mut finding = rule.finding(
                options.document,
                options.setting.whole,
                format!(
                    "{} {} what Flink computes for the {process}",
                    in_backquotes(&sizes),
                    if sizes.len() == 1 {
                        "replaces"
                    } else {
                        "replace"
                    }
                ),
            );
            finding.label = "comes last on the command line, and the last one counts".to_owned();
            finding.help = "the process then uses more or less memory than \
                            `*.memory.process.size` says; set the sizes of Flink's own options instead, \
                            such as `taskmanager.memory.task.heap.size` or `jobmanager.memory.heap.size`"
                .to_owned();
            finding.key = Some(key.clone());
            let risk = "the process gets the sizes that Flink computes";
            finding.fix = options
                .without(deployment, &sizes)
                .map(|fix| fix.risky(risk));
            out.push(finding);
        }
        let shares = of(&SHARES);
        // The client's and the history server's JVM are not given sizes.
        if !shares.is_empty() && !process.contains(' ') {
            let mut finding = rule.finding(
                options.document,
                options.setting.whole,
                format!(
                    "{} {} no effect on the {process}",
                    in_backquotes(&shares),
                    if shares.len() == 1 { "has" } else { "have" }
                ),
            );
            finding.severity = Severity::Note;
            finding.label = "Flink always passes -Xmx and -Xms".to_owned();
            finding.help = "the heap is what Flink's memory options make it".to_owned();
            finding.key = Some(format!("{key}/share"));
            finding.fix = options.without(deployment, &shares);
            out.push(finding);
        }
    }
}
