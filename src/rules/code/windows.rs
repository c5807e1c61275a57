//! Windows that cost more than their author may think: `sliding-window-overlap`,
//! `evictor-blocks-preaggregation`, `window-keeps-every-element`,
//! `processing-time-window-on-event-data`.

use crate::deployment::Deployment;
use crate::finding::{Finding, Related};
use crate::words::Amount;

use super::origin::Origin;
use super::time::{Shape, Watermarks, spoken};
use super::{Rule, jobs};

/// What needs no list of a window's records.
const AGGREGATES: [&str; 9] = [
    "reduce",
    "aggregate",
    "sum",
    "min",
    "max",
    "minBy",
    "maxBy",
    "min_by",
    "max_by",
];

/// `sliding-window-overlap`: each record is in `size / slide` windows (`SlidingEventTimeWindows`).
pub(in crate::rules) fn sliding_overlap(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    for job in jobs(deployment).filter(|job| !job.is_test()) {
        for window in job.windows() {
            let (Some(size), Some(slide)) = (window.size, window.slide) else {
                continue;
            };
            if window.shape != Shape::Sliding || slide <= 0 {
                continue;
            }
            let Some(calls) = job.on_window(window.call) else {
                continue;
            };
            let evicts = job.has_call(&calls, &["evictor"]);
            let limit = if job.has_call(&calls, &AGGREGATES) && !evicts {
                rule.integer("aggregated")
            } else {
                rule.integer("windows")
            };
            let copies = size / slide;
            if copies < i128::from(limit) {
                continue;
            }
            let message = format!(
                "each record goes into {copies} windows: {} long, one every {}",
                spoken(size),
                spoken(slide)
            );
            let mut finding = job.finding(rule, job.call_at(window.call), message);
            finding.help = "each record is added to the state of every window that holds it; a longer \
                            slide, or windows of the slide's length whose results are added up, costs \
                            a fraction"
                .to_owned();
            out.push(finding);
        }
    }
}

/// `evictor-blocks-preaggregation`: with an evictor the function runs when the window fires, over all
/// of its records (`WindowOperatorBuilder`).
pub(in crate::rules) fn evictor(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for job in jobs(deployment).filter(|job| !job.is_test()) {
        for window in job.windows() {
            let Some(calls) = job.on_window(window.call) else {
                continue;
            };
            let named = |names: &[&str]| {
                let mut calls = calls.iter();
                calls
                    .find(|&&call| names.contains(&job.code.calls[call].name.as_str()))
                    .copied()
            };
            let (Some(evictor), Some(end)) = (named(&["evictor"]), named(&AGGREGATES)) else {
                continue;
            };
            let name = &job.code.calls[end].name;
            let message = format!(
                "with an evictor the window keeps every record, and `{name}` runs only when it fires"
            );
            let mut finding = job.finding(rule, job.call_at(evictor), message);
            finding.label = "needs all records of the window".to_owned();
            finding.help =
                "without the evictor each record is added up at once, and the window keeps \
                            one value; if records must go, filter them before the window"
                    .to_owned();
            finding.related.push(Related {
                at: Deployment::at(job.document, job.code.calls[end].name_at),
                message: "adds up as records come, when nothing hinders it".to_owned(),
            });
            out.push(finding);
        }
    }
}

/// `window-keeps-every-element`: a function over all records of a long window.
pub(in crate::rules) fn keeps_every_element(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    let least = Amount::parse(rule.text("at-least")).and_then(|amount| amount.millis());
    let least = i128::from(least.unwrap_or_default());
    for job in jobs(deployment).filter(|job| !job.is_test()) {
        for window in job.windows() {
            let Some(size) = window.size.filter(|size| *size >= least) else {
                continue;
            };
            let Some(calls) = job.on_window(window.call) else {
                continue;
            };
            // A session ends when records pause; its length is unknown.
            let end = calls
                .iter()
                .find(|&&call| matches!(job.code.calls[call].name.as_str(), "process" | "apply"));
            let Some(&end) = end.filter(|_| window.shape != Shape::Session) else {
                continue;
            };
            let message = format!(
                "the window keeps every record for {} until the function runs",
                spoken(size)
            );
            let mut finding = job.finding(rule, job.code.calls[end].name_at, message);
            finding.label = "is given all records of the window".to_owned();
            finding.help =
                "if the function adds up, give it to `aggregate` or `reduce`, which keep one \
                            value, with the window function as the second argument"
                    .to_owned();
            finding.related.push(Related {
                at: Deployment::at(job.document, job.call_at(window.call)),
                message: "the window".to_owned(),
            });
            out.push(finding);
        }
    }
}

/// `processing-time-window-on-event-data`: a stream has watermarks, and its window never asks for them.
pub(in crate::rules) fn processing_time(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    for job in jobs(deployment).filter(|job| !job.is_test()) {
        for window in job.windows() {
            if window.event_time != Some(false) {
                continue;
            }
            let assigner = match job.origin(window.call) {
                Origin::Stream(_, Watermarks::None) | Origin::Source(_, Watermarks::None) => {
                    continue;
                }
                Origin::Stream(call, _) | Origin::Source(call, Watermarks::Bounded(_)) => call,
                _ => continue,
            };
            let message = "the window goes by the clock of the machine; the watermarks of its stream \
                           do nothing for it";
            let mut finding = job.finding(rule, job.call_at(window.call), message);
            finding.help =
                "when the job catches up after a stop, records of hours fall into one window; \
                            take the window of event time, unless the clock is what counts"
                    .to_owned();
            finding.related.push(Related {
                at: Deployment::at(job.document, job.call_at(assigner)),
                message: "gives the stream watermarks".to_owned(),
            });
            out.push(finding);
        }
    }
}
