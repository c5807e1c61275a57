//! `set-stream-time-characteristic`: a switch that Flink 1.12 made needless and 2.0 took away.
//!
//! Until 1.20 `StreamExecutionEnvironment.setStreamTimeCharacteristic` keeps the value and sets the
//! interval of watermarks: 0 for `ProcessingTime`, 200 ms for the others, which is the default. Only
//! `timeWindow` and the like, gone in 2.0 as well, read the value.

use crate::deployment::Deployment;
use crate::finding::{Finding, Severity};
use crate::flink::version::Versions;
use crate::syntax::code::{Expr, Language};

use super::edits::risky;
use super::{Job, Rule, is_older, jobs};
use crate::rules::claim;

const CLASS: &str = "org.apache.flink.streaming.api.TimeCharacteristic";
const CLASSES: [&str; 3] = [
    CLASS,
    "pyflink.datastream.TimeCharacteristic",
    "pyflink.datastream.time_characteristic.TimeCharacteristic",
];

/// Which time a call chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Time {
    Event,
    Processing,
    Ingestion,
    Unknown,
}

impl Job<'_> {
    fn characteristics(&self) -> Vec<(usize, Time)> {
        let calls = self.code.calls.iter().enumerate();
        calls
            .filter(|(_, call)| {
                matches!(
                    call.name.as_str(),
                    "setStreamTimeCharacteristic" | "set_stream_time_characteristic"
                )
            })
            .map(|(number, call)| {
                let time = match call.args.first().map(|arg| &arg.expr) {
                    Some(Expr::Name(name)) => match name.rsplit('.').next() {
                        Some("EventTime") => Time::Event,
                        Some("ProcessingTime") => Time::Processing,
                        Some("IngestionTime") => Time::Ingestion,
                        _ => Time::Unknown,
                    },
                    _ => Time::Unknown,
                };
                (number, time)
            })
            .collect()
    }

    /// Whether `timeWindow` means event time: it asks the environment, whose default it is since 1.12.
    pub(super) fn environment_is_event_time(&self, deployment: &Deployment) -> bool {
        let set = self.characteristics();
        let all_event = set.iter().all(|(_, time)| *time == Time::Event);
        all_event && (!set.is_empty() || deployment.versions != Versions::ALL)
    }

    /// Whether the source chooses a time for all streams, which also sets the interval of watermarks.
    pub(super) fn chooses_time(&self) -> bool {
        !self.characteristics().is_empty()
    }

    /// Whether sources may give records their times themselves.
    pub(super) fn may_be_ingestion_time(&self) -> bool {
        let set = self.characteristics();
        set.iter()
            .any(|(_, time)| matches!(time, Time::Ingestion | Time::Unknown))
    }
}

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    // Until 1.11 processing time was the default.
    if is_older(deployment) {
        return;
    }
    let gone = deployment.versions.within(Versions::V2);
    for job in jobs(deployment) {
        if job.is_test() && !gone {
            continue;
        }
        for (number, time) in job.characteristics() {
            let call = &job.code.calls[number];
            let Some(Expr::Name(name)) = call.args.first().map(|arg| &arg.expr) else {
                continue;
            };
            let class = name
                .rsplit_once('.')
                .map_or(name.as_str(), |(class, _)| class);
            if time == Time::Unknown || !job.means(class, &CLASSES) {
                continue;
            }
            let (message, help) = words(time, gone);
            let python = job.code.language == Language::Python;
            let message = if gone && python {
                "PyFlink 2.0 removed `set_stream_time_characteristic`: the job does not start"
            } else {
                message
            };
            let mut finding = job.finding(rule, job.call_at(number), message);
            if gone {
                finding.severity = Severity::Error;
            }
            finding.help = help.to_owned();
            if time == Time::Event {
                finding.fix = remove(&job, number);
            }
            out.push(finding);
        }
    }
}

fn words(time: Time, gone: bool) -> (&'static str, &'static str) {
    let message = match (time, gone) {
        (_, true) => "Flink 2.0 removed `setStreamTimeCharacteristic`: the source does not compile",
        (Time::Event, _) => {
            "event time is the default since Flink 1.12; Flink 2.0 removed this call"
        }
        (Time::Processing, _) => {
            "this only sets the interval of watermarks to 0 and what `timeWindow` means; \
             Flink 2.0 removed this call"
        }
        _ => "ingestion time is deprecated since Flink 1.12; Flink 2.0 removed this call",
    };
    let help = match time {
        Time::Event => {
            "delete the call; windows and timers say themselves which time they mean, and the \
             watermark interval is pipeline.auto-watermark-interval"
        }
        Time::Processing => {
            "use the windows and timers of processing time; to switch watermarks off set \
             pipeline.auto-watermark-interval: 0"
        }
        _ => {
            "give the stream a WatermarkStrategy whose timestamp assigner reads the clock, or use \
             windows of processing time"
        }
    };
    (message, help)
}

/// Deletes the statement, and the import that nothing else needs then.
fn remove(job: &Job, number: usize) -> Option<crate::finding::Fix> {
    let call = &job.code.calls[number];
    let is_value = call.inside.is_some()
        || job.code.after(number).next().is_some()
        || job
            .code
            .variables
            .iter()
            .any(|one| one.value_at.contains(call.name_at));
    if is_value || job.characteristics().len() != 1 {
        return None;
    }
    let lines = job.statement_lines(call.whole)?;
    let mut edits = vec![job.edit(lines, "")];
    let source = std::str::from_utf8(&job.source.bytes).ok()?;
    let import = job.code.imports.iter().find(|import| import.path == CLASS);
    // Once in the import and once in the call.
    if let Some(import) = import
        && source.matches("TimeCharacteristic").count() == 3
        && let Some(line) = job.import_line(import.at)
    {
        edits.insert(0, job.edit(line, ""));
    }
    let mut fix = risky(
        "delete the statement",
        edits,
        "where pipeline.auto-watermark-interval is set, the call put it back to 200 ms",
    );
    let set = job.document.settings.iter();
    let set = set.filter(|setting| setting.key_at == call.name_at);
    fix.claims = set
        .map(|setting| claim(job.document, &setting.key, None))
        .collect();
    Some(fix)
}
