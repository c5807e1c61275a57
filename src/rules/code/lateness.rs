//! Event-time windows and late records: `missing-allowed-lateness` in sources, `late-records-dropped`,
//! `excessive-lateness`, and `zero-out-of-orderness` where late records are dropped without a window.
//!
//! `allowedLateness` is 0 unless set, and a record whose window is older than the watermark is dropped
//! then (`WindowOperator.isElementLate`). The watermark of `forMonotonousTimestamps` is the newest
//! timestamp less 1 ms (`BoundedOutOfOrdernessWatermarks` with a bound of 0).

use crate::deployment::Deployment;
use crate::finding::{Finding, Fix, Related};
use crate::syntax::code::{Language, Receiver};
use crate::words::Amount;

use super::edits::risky;
use super::origin::{BARE_SOURCES, Origin};
use super::time::{Shape, Watermarks, Window, spoken};
use super::{Job, Rule, jobs};

const ANSWERS: [&str; 4] = [
    "allowedLateness",
    "allowed_lateness",
    "sideOutputLateData",
    "side_output_late_data",
];

const RISK: &str =
    "each window's state is kept that much longer, and late records emit results again";

const WHY: &str = "a record whose window has closed is dropped, and only the metric numLateRecordsDropped \
     shows it; allow some lateness (each window's state is kept that much longer and a late record \
     updates the result) or send late records to a side output";

/// Windows that drop what comes out of order, because their watermarks leave no room for it.
pub(in crate::rules) fn zero_tolerance(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    for job in jobs(deployment).filter(|job| !job.is_test()) {
        for window in job.windows() {
            let Some(assigner) = zero(&job, &window) else {
                continue;
            };
            if !drops_late(&job, deployment, &window) {
                continue;
            }
            let message = "the event-time window allows no lateness, and its watermarks leave no room \
                           for records out of order: those behind are dropped";
            let mut finding = of_window(rule, deployment, &job, &window, message, None);
            finding.related.push(Related {
                at: Deployment::at(job.document, job.call_at(assigner)),
                message: "the watermark follows the newest record at once".to_owned(),
            });
            out.push(finding);
        }
    }
}

/// `late-records-dropped`: all other event-time windows without an answer to late records.
pub(in crate::rules) fn late_records_dropped(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    for job in jobs(deployment).filter(|job| !job.is_test()) {
        for window in job.windows() {
            let origin = job.origin(window.call);
            let bound = match origin {
                // Nothing is late behind a window of event time, and without watermarks.
                Origin::Window(_) | Origin::Start(_) => continue,
                Origin::Stream(_, Watermarks::None) | Origin::Source(_, Watermarks::None) => {
                    continue;
                }
                Origin::Stream(..) if zero(&job, &window).is_some() => continue,
                Origin::Stream(call, _)
                    if is_literal(&job, call) || reads_the_clock(&job, call) =>
                {
                    continue;
                }
                Origin::Stream(call, Watermarks::Bounded(bound))
                | Origin::Source(call, Watermarks::Bounded(bound)) => Some((call, bound)),
                _ => None,
            };
            if !drops_late(&job, deployment, &window) {
                continue;
            }
            let message = "the event-time window allows no lateness: records behind the watermark are dropped";
            let known = bound
                .filter(|(_, bound)| *bound > 0)
                .map(|(_, bound)| bound);
            let mut finding = of_window(rule, deployment, &job, &window, message, known);
            if let Some((call, bound)) = bound {
                finding.related.push(Related {
                    at: Deployment::at(job.document, job.call_at(call)),
                    message: if bound == 0 {
                        "the watermark of a part of the source follows its newest record".to_owned()
                    } else {
                        format!(
                            "the watermark follows the newest record after {}",
                            spoken(bound)
                        )
                    },
                });
            }
            out.push(finding);
        }
    }
}

/// The call that gives the stream of a window watermarks without any room, if one certainly does.
fn zero(job: &Job, window: &Window) -> Option<usize> {
    without_room(job, job.origin(window.call))
}

/// The call that gives a stream watermarks without any room, if one certainly does.
fn without_room(job: &Job, origin: Origin) -> Option<usize> {
    let Origin::Stream(call, Watermarks::Bounded(0)) = origin else {
        return None;
    };
    // Literal records, those of a file and of a source of the author's own come in an order that the
    // author knows, and may have made sure of.
    let from_outside = match job.origin(call) {
        Origin::Start(start) => comes_in_any_order(job, start),
        Origin::Unknown => false,
        _ => true,
    };
    (from_outside && !reads_the_clock(job, call)).then_some(call)
}

/// Whether timestamps are the time at which they are given, which never goes back.
fn reads_the_clock(job: &Job, assigner: usize) -> bool {
    let call = &job.code.calls[assigner];
    let strategy = call
        .args
        .first()
        .and_then(|arg| job.call_of(&arg.expr, arg.at));
    let mut texts = vec![job.written(call.args_at)];
    texts.extend(strategy.map(|(_, strategy)| job.written(strategy.whole)));
    let clocks = ["currentTimeMillis", "nanoTime", "time.time", "now("];
    let mut texts = texts.into_iter();
    texts.any(|text| clocks.iter().any(|clock| text.contains(clock)))
}

/// Whether watermarks are given to records that stand in the source or in a file.
fn is_literal(job: &Job, call: usize) -> bool {
    match job.origin(call) {
        Origin::Start(start) => {
            let name = job.code.calls[start].name.as_str();
            BARE_SOURCES.contains(&name) && !name.starts_with("socket")
        }
        _ => false,
    }
}

/// Whether a stream starts with a socket or a connector: what comes from outside has any order.
fn comes_in_any_order(job: &Job, start: usize) -> bool {
    let call = &job.code.calls[start];
    match call.name.as_str() {
        "socketTextStream" | "socket_text_stream" => true,
        "addSource" | "add_source" => {
            let source = call.args.first();
            let made = source.and_then(|arg| job.call_of(&arg.expr, arg.at));
            made.is_some_and(|(_, made)| {
                let mut imports = job.code.imports.iter();
                imports.any(|import| {
                    let connector = import
                        .path
                        .starts_with("org.apache.flink.streaming.connectors.")
                        || import.path.starts_with("pyflink.datastream.connectors.");
                    connector && import.name == made.name
                })
            })
        }
        _ => false,
    }
}

/// Whether a window is one of event time, and nothing is done about late records.
fn drops_late(job: &Job, deployment: &Deployment, window: &Window) -> bool {
    let event_time = window
        .event_time
        .unwrap_or_else(|| job.environment_is_event_time(deployment));
    event_time
        && job
            .on_window(window.call)
            .is_some_and(|calls| !job.has_call(&calls, &ANSWERS))
}

fn of_window(
    rule: &Rule,
    deployment: &Deployment,
    job: &Job,
    window: &Window,
    message: &str,
    bound: Option<i128>,
) -> Finding {
    let mut finding = job.finding(rule, job.call_at(window.call), message);
    finding.label = "neither `allowedLateness` nor `sideOutputLateData` follows".to_owned();
    if job.code.language == Language::Python {
        finding.label = "neither `allowed_lateness` nor `side_output_late_data` follows".to_owned();
    }
    finding.help = WHY.to_owned();
    finding.fix = add_lateness(rule, deployment, job, window, bound);
    finding
}

fn add_lateness(
    rule: &Rule,
    deployment: &Deployment,
    job: &Job,
    window: &Window,
    bound: Option<i128>,
) -> Option<Fix> {
    let option = Amount::parse(rule.text("lateness")).and_then(|amount| amount.millis());
    let millis = bound.or_else(|| option.map(i128::from))?;
    let (amount, import) = job.amount(millis, deployment.versions)?;
    let name = if job.code.language == Language::Python {
        "allowed_lateness"
    } else {
        "allowedLateness"
    };
    let call = format!("{name}({amount})");
    let mut edits = vec![job.chained(window.call, &call)];
    edits.extend(import);
    edits.sort();
    Some(risky(format!("add .{call}"), edits, RISK))
}

/// `excessive-lateness`: state kept for many times the length of its windows.
pub(in crate::rules) fn excessive(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    let times = i128::from(rule.integer("windows"));
    let least = Amount::parse(rule.text("at-least")).and_then(|amount| amount.millis());
    let least = i128::from(least.unwrap_or_default());
    for job in jobs(deployment).filter(|job| !job.is_test()) {
        for window in job.windows() {
            let (Some(size), Some(calls)) = (window.size, job.on_window(window.call)) else {
                continue;
            };
            // An event-time window; of processing time no record is late.
            if window.event_time == Some(false) || size <= 0 {
                continue;
            }
            let set = calls.iter().find_map(|&call| {
                let call_of = &job.code.calls[call];
                let arg = call_of.args.first()?;
                let millis = match call_of.name.as_str() {
                    "allowedLateness" => job.millis(&arg.expr, arg.at)?,
                    "allowed_lateness" => job.integer(&arg.expr, arg.at)?,
                    _ => return None,
                };
                Some((call, millis))
            });
            let Some((call, lateness)) = set else {
                continue;
            };
            if lateness <= times.saturating_mul(size) || lateness < least {
                continue;
            }
            let kind = if window.shape == Shape::Session {
                "sessions with a gap of"
            } else {
                "windows of"
            };
            let message = format!(
                "{kind} {} are kept for {} more: {} times as long",
                spoken(size),
                spoken(lateness),
                lateness / size
            );
            let mut finding = job.finding(rule, job.call_at(call), message);
            finding.label = "the state of each window stays that long".to_owned();
            finding.help =
                "each key holds the state of all windows of that time, and each late record \
                            fires its window again; allow what the sources need, and send the rest \
                            to a side output"
                    .to_owned();
            finding.related.push(Related {
                at: Deployment::at(job.document, job.call_at(window.call)),
                message: "the windows".to_owned(),
            });
            out.push(finding);
        }
    }
}

const CEP: [&str; 2] = ["org.apache.flink.cep.CEP", "org.apache.flink.cep.scala.CEP"];

/// `zero-out-of-orderness`: late records are dropped by what is no window: patterns and interval joins.
pub(in crate::rules) fn zero_out_of_orderness(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    for job in jobs(deployment).filter(|job| !job.is_test()) {
        for (number, call) in job.code.calls.iter().enumerate() {
            let Some((what, assigners)) = drops(&job, number) else {
                continue;
            };
            let Some(&first) = assigners.first() else {
                continue;
            };
            let message = format!(
                "{what} drops late records, and the watermarks leave no room for records out of order"
            );
            let at = call.name_at.join(call.args_at);
            let mut finding = job.finding(rule, job.call_at(first), message);
            finding.label = "the watermark follows the newest record at once".to_owned();
            finding.help = "give the watermarks as much room as records come out of order: \
                            WatermarkStrategy.forBoundedOutOfOrderness; results come that much later"
                .to_owned();
            finding.related.push(Related {
                at: Deployment::at(job.document, at),
                message: "drops what is behind the watermark".to_owned(),
            });
            out.push(finding);
        }
    }
}

/// What of a call drops late records, and what gives all its streams watermarks without room.
fn drops(job: &Job, number: usize) -> Option<(&'static str, Vec<usize>)> {
    let call = &job.code.calls[number];
    let given = |origin: Origin| without_room(job, origin);
    match call.name.as_str() {
        "pattern" => {
            let Receiver::Name(class) = &call.receiver else {
                return None;
            };
            let arg = call.args.first()?;
            let assigner = given(job.origin_of(&arg.expr, arg.at))?;
            let calls = job.used(number, &["select", "flatSelect", "process"])?;
            let answers = ["inProcessingTime", "sideOutputLateData"];
            (job.means(class, &CEP) && !job.has_call(&calls, &answers))
                .then(|| ("the pattern", vec![assigner]))
        }
        "intervalJoin" => {
            let arg = call.args.first()?;
            let own = given(job.origin(number))?;
            let other = given(job.origin_of(&arg.expr, arg.at))?;
            let after: Vec<usize> = job.code.after(number).map(|(call, _)| call).collect();
            let answers = [
                "inProcessingTime",
                "sideOutputLeftLateData",
                "sideOutputRightLateData",
            ];
            let is_whole = job.has_call(&after, &["process"]);
            (is_whole && !job.has_call(&after, &answers))
                .then(|| ("the interval join", vec![own, other]))
        }
        _ => None,
    }
}
