//! `unsupported-jvm-option`: flags of the JVM that newer versions of Java do not have. Each was given
//! to `OpenJDK` 17 and 25, which exit with `Unrecognized VM option`.

use super::{LENIENT, all_options, java};
use crate::deployment::Deployment;
use crate::finding::{Finding, Severity};
use crate::rules::{Rule, in_backquotes};

/// Flags that went with Java's new logging in 9.
const GONE_IN_9: [&str; 10] = [
    "PrintGCDateStamps",
    "PrintGCTimeStamps",
    "PrintHeapAtGC",
    "PrintTenuringDistribution",
    "PrintAdaptiveSizePolicy",
    "PrintGCApplicationStoppedTime",
    "PrintReferenceGC",
    "UseGCLogFileRotation",
    "NumberOfGCLogFiles",
    "GCLogFileSize",
];

/// Flags that went with the CMS collector and later; every one is gone in 17.
const GONE_IN_17: [&str; 13] = [
    "UseParNewGC",
    "UseConcMarkSweepGC",
    "AggressiveOpts",
    "UseCGroupMemoryLimitForHeap",
    "MaxPermSize",
    "PermSize",
    "UnlockCommercialFeatures",
    "PrintGCCause",
    "PrintPromotionFailure",
    "PrintFLSStatistics",
    "PrintCMSStatistics",
    "PrintClassHistogramBeforeFullGC",
    "PrintGCApplicationConcurrentTime",
];

/// The name of a `-XX:` flag.
fn name(flag: &str) -> Option<&str> {
    let rest = flag.strip_prefix("-XX:")?;
    let rest = rest.strip_prefix(['+', '-']).unwrap_or(rest);
    Some(rest.split_once('=').map_or(rest, |(name, _)| name))
}

/// The Java version that no longer has a flag.
fn gone_in(flag: &str) -> Option<u8> {
    let name = name(flag)?;
    if GONE_IN_9.contains(&name) {
        return Some(9);
    }
    let of_cms = name.starts_with("CMS") || name.starts_with("UseCMS");
    (of_cms || GONE_IN_17.contains(&name)).then_some(17)
}

/// The check.
pub(in crate::rules) fn unsupported_jvm_option(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    let Some(java) = java(deployment) else {
        return;
    };
    for options in all_options(deployment) {
        let Some(flags) = options.flags() else {
            continue;
        };
        let gone: Vec<&str> = flags
            .iter()
            .copied()
            .filter(|flag| gone_in(flag).is_some_and(|version| version <= java))
            .collect();
        let Some(since) = gone.iter().filter_map(|flag| gone_in(flag)).max() else {
            continue;
        };
        let names = in_backquotes(&gone);
        let lenient = flags.contains(&"-XX:+IgnoreUnrecognizedVMOptions");
        let starts = lenient || options.versions.within(LENIENT);
        let refuses = !lenient && !options.versions.overlaps(LENIENT);
        let (message, label) = if refuses {
            (
                format!("Java {since} and later no longer has {names}: the JVM does not start"),
                "Unrecognized VM option",
            )
        } else if starts {
            (
                format!("Java {since} and later no longer has {names}; ignored without a word"),
                "no effect",
            )
        } else {
            (
                format!(
                    "Java {since} and later no longer has {names}: with Flink 1.17 and before the JVM does \
                     not start, later ones ignore it without a word"
                ),
                "no effect at best",
            )
        };
        let mut finding = rule.finding(options.document, options.setting.whole, message);
        if !refuses {
            finding.severity = Severity::Warning;
        }
        finding.label = label.to_owned();
        finding.help = format!(
            "this deployment runs on Java {java} or later; a log of the garbage collector that rotates \
             is now `-Xlog:gc*:file=gc.log:time,uptime:filecount=5,filesize=100m`"
        );
        finding.key = Some(options.setting.key.clone());
        finding.fix = options.without(deployment, &gone);
        if !starts {
            let risk = "a log or a collector that was asked for has to be asked for in another way";
            finding.fix = finding.fix.map(|fix| fix.risky(risk));
        }
        out.push(finding);
    }
}
