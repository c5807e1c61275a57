//! Watermarks that never come: `no-watermark-strategy`, `missing-idleness`,
//! `auto-watermark-interval-off`.

use crate::deployment::Deployment;
use crate::finding::{Finding, Related, Severity};
use crate::flink::value;
use crate::rules::sql;
use crate::syntax::code::{Expr, Language, Receiver};

use super::edits::risky;
use super::origin::{BARE_SOURCES, Origin};
use super::time::{Shape, Watermarks, Window, argument, spoken};
use super::{Job, Rule, jobs};

const INTERVAL: &str = "pipeline.auto-watermark-interval";

const KAFKA: [&str; 3] = [
    "org.apache.flink.connector.kafka.source.KafkaSource",
    "pyflink.datastream.connectors.kafka.KafkaSource",
    "pyflink.datastream.connectors.KafkaSource",
];

impl Job<'_> {
    /// Whether the source of a `fromSource` is one of Kafka that is built in sight; what it is
    /// configured with comes along.
    fn kafka(&self, call: usize) -> Option<Vec<usize>> {
        let call = &self.code.calls[call];
        let arg = argument(call, 0, "source")?;
        let (last, _) = self.call_of(&arg.expr, arg.at)?;
        let mut calls = vec![last];
        calls.extend(self.upstream(last));
        let first = &self.code.calls[*calls.last()?];
        (first.name == "builder" && self.is_on(first, &KAFKA)).then_some(calls)
    }

    /// Whether a stream of this origin certainly never ends.
    fn is_endless(&self, origin: Origin) -> bool {
        match origin {
            Origin::Source(call, _) => {
                let bounds = ["setBounded", "set_bounded"];
                let kafka = self.kafka(call);
                kafka.is_some_and(|calls| !self.has_call(&calls, &bounds))
            }
            Origin::Start(call) => matches!(
                self.code.calls[call].name.as_str(),
                "socketTextStream" | "socket_text_stream"
            ),
            _ => false,
        }
    }

    fn is_event_time(&self, window: &Window, deployment: &Deployment) -> bool {
        window
            .event_time
            .unwrap_or_else(|| self.environment_is_event_time(deployment))
    }
}

/// `no-watermark-strategy`: windows of event time on a stream without watermarks.
pub(in crate::rules) fn none(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for job in jobs(deployment).filter(|job| !job.is_test()) {
        for window in job.windows() {
            if !job.is_event_time(&window, deployment) {
                continue;
            }
            // A trigger of the author's may fire without watermarks.
            let Some(calls) = job.on_window(window.call) else {
                continue;
            };
            let origin = job.origin(window.call);
            let found = match origin {
                Origin::Source(call, Watermarks::None) if job.is_endless(origin) => {
                    Some((call, NEVER))
                }
                Origin::Stream(call, Watermarks::None) if job.is_endless(job.origin(call)) => {
                    Some((call, NEVER))
                }
                Origin::Start(call) => without_timestamps(&job, &window, call),
                _ => None,
            };
            let Some((call, (message, label))) = found else {
                continue;
            };
            if message == NEVER.0 && (job.has_call(&calls, &["trigger"]) || is_batch(deployment)) {
                continue;
            }
            let mut finding = job.finding(rule, job.call_at(window.call), message);
            finding.help = "give the stream a WatermarkStrategy with a timestamp assigner, in the source or \
                            with assignTimestampsAndWatermarks before the window, or take a window of \
                            processing time"
                .to_owned();
            finding.related.push(Related {
                at: Deployment::at(job.document, job.call_at(call)),
                message: label.to_owned(),
            });
            out.push(finding);
        }
    }
}

type Words = (&'static str, &'static str);

const NEVER: Words = (
    "the stream of this event-time window has no watermarks: the window never fires",
    "says that there are no watermarks",
);

/// `TumblingEventTimeWindows.assignWindows` throws for a record without a timestamp, that of sliding
/// windows too.
const FAILS: Words = (
    "records come to this event-time window without a timestamp: the job fails at the first one",
    "gives records no timestamp, and nothing between here and the window does",
);

fn without_timestamps(job: &Job, window: &Window, call: usize) -> Option<(usize, Words)> {
    let bare = BARE_SOURCES.contains(&job.code.calls[call].name.as_str());
    let throws = matches!(window.shape, Shape::Tumbling | Shape::Sliding);
    (bare && throws && !job.may_be_ingestion_time()).then_some((call, FAILS))
}

/// Whether the job may run as a batch, whose windows fire at the end.
fn is_batch(deployment: &Deployment) -> bool {
    let mode = deployment.get("execution.runtime-mode");
    match mode.known() {
        Some(effective) => !effective.value().eq_ignore_ascii_case("streaming"),
        None => !deployment.all("execution.runtime-mode").is_empty(),
    }
}

/// `missing-idleness`: an idle partition of Kafka holds back the watermark of all of them.
pub(in crate::rules) fn missing_idleness(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    sql::idleness::check(rule, deployment, out);
    for job in jobs(deployment).filter(|job| !job.is_test()) {
        let mut seen = Vec::new();
        for window in job.windows() {
            if !job.is_event_time(&window, deployment) {
                continue;
            }
            let origin = job.origin(window.call);
            let call = match origin {
                Origin::Source(call, Watermarks::Bounded(_)) if job.kafka(call).is_some() => call,
                Origin::Stream(call, Watermarks::Bounded(_)) => match job.origin(call) {
                    Origin::Source(source, _) if job.kafka(source).is_some() => call,
                    _ => continue,
                },
                _ => continue,
            };
            if seen.contains(&call) {
                continue;
            }
            seen.push(call);
            out.extend(idle(rule, &job, &window, call));
        }
    }
}

fn idle(rule: &Rule, job: &Job, window: &Window, call: usize) -> Option<Finding> {
    let own = &job.code.calls[call];
    let place = usize::from(own.name.starts_with("from"));
    let arg = argument(own, place, "watermark_strategy")?;
    let (last, _) = job.call_of(&arg.expr, arg.at)?;
    let mut calls = vec![last];
    calls.extend(job.upstream(last));
    if job.has_call(&calls, &["withIdleness", "with_idleness"]) {
        return None;
    }
    let maker = job.strategy_maker(&arg.expr, arg.at)?;
    let message = if place == 1 {
        "a partition of Kafka without records holds back the watermark, and the windows with it"
    } else {
        "a subtask without records holds back the watermark, and the windows with it"
    };
    let mut finding = job.finding(rule, job.call_at(maker), message);
    finding.label = "says nothing of idleness".to_owned();
    finding.help =
        "withIdleness leaves out of account what is silent for that long; its records may be \
                    late when it wakes"
            .to_owned();
    finding.related.push(Related {
        at: Deployment::at(job.document, job.call_at(window.call)),
        message: "waits for the watermark".to_owned(),
    });
    // In Java a longer chain no longer finds the type by itself, unless one is written.
    let typed = last != maker || !job.code.calls[maker].types.is_empty();
    let text = match job.code.language {
        Language::Java | Language::Kotlin | Language::Scala if typed => {
            Some("withIdleness(Duration.ofMinutes(1))")
        }
        Language::Python
            if job.means(
                "Duration",
                &["pyflink.common.Duration", "pyflink.common.time.Duration"],
            ) =>
        {
            Some("with_idleness(Duration.of_minutes(1))")
        }
        _ => None,
    };
    finding.fix = text.and_then(|text| {
        let import = match job.code.language {
            Language::Python => Vec::new(),
            _ => job.import("java.time.Duration")?,
        };
        let mut edits = vec![job.chained(last, text)];
        edits.extend(import);
        edits.sort();
        let risk = "records that come after a minute of silence may be late";
        Some(risky(format!("add .{text}"), edits, risk))
    });
    Some(finding)
}

/// `auto-watermark-interval-off`: the built-in strategies give watermarks only at this interval.
pub(in crate::rules) fn interval_off(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for job in jobs(deployment).filter(|job| !job.is_test() && !job.chooses_time()) {
        let Some((interval, at)) = interval(&job, deployment) else {
            continue;
        };
        let periodic: Vec<Window> = job
            .windows()
            .into_iter()
            .filter(|window| {
                let origin = job.origin(window.call);
                let built_in = matches!(
                    origin,
                    Origin::Stream(_, Watermarks::Bounded(_))
                        | Origin::Source(_, Watermarks::Bounded(_))
                );
                window.event_time == Some(true) && built_in
            })
            .collect();
        let smallest = periodic
            .iter()
            .filter(|window| window.size.is_some())
            .min_by_key(|window| window.size);
        let (window, message, severity) = match (periodic.first(), smallest) {
            (Some(window), _) if interval == 0 => (
                window,
                "watermarks are given every 0 ms, which is never: the event-time windows do not fire"
                    .to_owned(),
                rule.front.severity,
            ),
            (_, Some(window)) if window.size.is_some_and(|size| interval > size) => (
                window,
                format!(
                    "watermarks come every {}, but windows of {} wait for them",
                    spoken(interval),
                    spoken(window.size.unwrap_or_default())
                ),
                Severity::Note,
            ),
            _ => continue,
        };
        let mut finding = job.finding(rule, job.call_at(window.call), message);
        finding.severity = severity;
        finding.label = "fires when a watermark passes its end".to_owned();
        finding.help =
            "the default interval is 200 ms; a strategy built in gives no watermark at any \
                        other time, only one of your own may do so with each record"
                .to_owned();
        finding.related.push(Related {
            at,
            message: "the interval of watermarks".to_owned(),
        });
        out.push(finding);
    }
}

/// The interval of watermarks in milliseconds, and what sets it.
fn interval(job: &Job, deployment: &Deployment) -> Option<(i128, crate::finding::Location)> {
    let mut set = job.code.calls.iter().filter(|call| {
        let named = matches!(
            call.name.as_str(),
            "setAutoWatermarkInterval" | "set_auto_watermark_interval"
        );
        named && !matches!(call.receiver, Receiver::None)
    });
    if let Some(call) = set.next() {
        // The last of several wins, and which one that is a branch may say.
        if set.next().is_some() {
            return None;
        }
        let arg = call.args.first()?;
        let millis = match &arg.expr {
            Expr::Call(_) => job.millis(&arg.expr, arg.at),
            _ => job.integer(&arg.expr, arg.at),
        };
        let at = Deployment::at(job.document, call.name_at.join(call.args_at));
        return Some((millis?, at));
    }
    let effective = deployment.get(INTERVAL).known()?;
    let interval = value::parse_duration(effective.value(), deployment.versions).ok()?;
    let at = Deployment::at(effective.document, effective.setting.whole);
    Some((i128::try_from(interval.as_millis()).ok()?, at))
}
