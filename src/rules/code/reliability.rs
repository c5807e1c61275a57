//! Rules about what survives a failure.

use super::jobs;
use crate::deployment::{Deployment, Value};
use crate::finding::Finding;
use crate::recognise::job::{camel, makes_environment};
use crate::rules::Rule;
use crate::syntax::code::{Call, Kind, Receiver};

const INTERVAL: &str = "execution.checkpointing.interval";

/// Sources that keep their place in checkpoints.
const SOURCES: [&str; 6] = [
    "org.apache.flink.connector.kafka.source.KafkaSource",
    "org.apache.flink.connector.kinesis.source.KinesisStreamsSource",
    "org.apache.flink.streaming.connectors.kinesis.FlinkKinesisConsumer",
    "org.apache.flink.streaming.connectors.kafka.FlinkKafkaConsumer",
    "pyflink.datastream.connectors.kafka.KafkaSource",
    "pyflink.datastream.connectors.KafkaSource",
];

/// `no-checkpointing`: a job reads a log, and no layer turns checkpoints on.
pub(in crate::rules) fn no_checkpointing(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    let is_batch = || match deployment.get("execution.runtime-mode") {
        Value::Known(mode) => !mode.value().eq_ignore_ascii_case("STREAMING"),
        Value::Default(_) => false,
        Value::Unknown => true,
    };
    if !deployment.get(INTERVAL).is_absent() || is_batch() {
        return;
    }
    for job in jobs(deployment).filter(|job| !job.is_test() && makes_environment(job.code)) {
        let source = job.code.calls.iter().find(|call| {
            job.is_on(call, &SOURCES) && (call.kind == Kind::New || call.name == "builder")
        });
        let is_bounded = || {
            let mut calls = job.code.calls.iter();
            calls.any(|call| camel(&call.name) == "setBounded")
        };
        let Some(source) = source.filter(|_| !is_bounded()) else {
            continue;
        };
        let class = class_of(source);
        let mut finding = job.finding(
            rule,
            source.whole,
            format!("this job reads with {class} and takes no checkpoints"),
        );
        finding.label = "no checkpoint holds its place".to_owned();
        finding.key = Some(INTERVAL.to_owned());
        finding.help = format!(
            "neither the code nor the configuration sets {INTERVAL}: after a failure there is no state to go \
             on with, and records are read twice or never; call `env.enableCheckpointing(60_000)`, or set the \
             interval in the configuration"
        );
        out.push(finding);
    }
}

/// The class that a call is made on, or makes.
fn class_of(call: &Call) -> &str {
    match &call.receiver {
        Receiver::Name(name) => name.rsplit('.').next().unwrap_or(name),
        _ => &call.name,
    }
}
