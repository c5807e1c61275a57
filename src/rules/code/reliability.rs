//! Rules about what survives a failure, and what a sink promises.

use super::{Job, jobs};
use crate::deployment::{Deployment, Value};
use crate::finding::{Finding, Severity};
use crate::flink::version::Versions;
use crate::recognise::job::{camel, makes_environment, resolved};
use crate::rules::Rule;
use crate::syntax::code::{Call, Expr, Kind, Receiver};

const INTERVAL: &str = "execution.checkpointing.interval";

/// The versions of Flink 2.
const TWO: Versions = Versions::from_bits(0x0F00);

/// Flink 1.13.
const FIRST: Versions = Versions::from_bits(1);

/// Sources that keep their place in checkpoints.
const SOURCES: [&str; 6] = [
    "org.apache.flink.connector.kafka.source.KafkaSource",
    "org.apache.flink.connector.kinesis.source.KinesisStreamsSource",
    "org.apache.flink.streaming.connectors.kinesis.FlinkKinesisConsumer",
    "org.apache.flink.streaming.connectors.kafka.FlinkKafkaConsumer",
    "pyflink.datastream.connectors.kafka.KafkaSource",
    "pyflink.datastream.connectors.KafkaSource",
];

const KAFKA_SINK: [&str; 3] = [
    "org.apache.flink.connector.kafka.sink.KafkaSink",
    "pyflink.datastream.connectors.kafka.KafkaSink",
    "pyflink.datastream.connectors.KafkaSink",
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

/// A sink for Kafka that is built in one expression.
struct Sink<'c> {
    builder: &'c Call,
    calls: Vec<&'c Call>,
}

/// The sinks of a job whose whole making is in sight.
fn sinks<'c>(job: &'c Job) -> impl Iterator<Item = Sink<'c>> + 'c {
    let calls = job.code.calls.iter().enumerate();
    calls.filter_map(|(number, builder)| {
        let is_it = builder.name == "builder" && job.is_on(builder, &KAFKA_SINK);
        let calls: Vec<&Call> = job.code.after(number).map(|(_, call)| call).collect();
        let is_whole = calls.iter().any(|call| call.name == "build");
        (is_it && is_whole).then_some(Sink { builder, calls })
    })
}

impl<'c> Sink<'c> {
    fn call(&self, names: &[&str]) -> Option<&'c Call> {
        let mut calls = self.calls.iter().copied();
        calls.find(|call| names.contains(&&*camel(&call.name)))
    }

    /// The call that sets the guarantee; early releases misspelt it.
    fn guarantee(&self) -> Option<&'c Call> {
        self.call(&["setDeliveryGuarantee", "setDeliverGuarantee"])
    }
}

/// `delivery-guarantee-none`: a sink that loses records, in a job that takes checkpoints.
pub(in crate::rules) fn delivery_guarantee_none(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    if deployment.get(INTERVAL).known().is_none() {
        return;
    }
    for job in jobs(deployment).filter(|job| !job.is_test()) {
        for sink in sinks(&job).filter(|sink| sink.guarantee().is_none()) {
            let mut finding = job.finding(
                rule,
                sink.builder.whole,
                "this sink has no delivery guarantee, so a failure loses records",
            );
            finding.label = "DeliveryGuarantee.NONE by default".to_owned();
            finding.help = "the job takes checkpoints, but a KafkaSink waits for its records at a checkpoint only \
                            with a guarantee: `setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)`, or say \
                            NONE to keep it so"
                .to_owned();
            out.push(finding);
        }
    }
}

/// Whether and where a sink is exactly-once.
fn exactly_once<'c>(job: &'c Job, sink: &Sink<'c>) -> Option<&'c Call> {
    let call = sink.guarantee()?;
    let [argument] = call.args.as_slice() else {
        return None;
    };
    match resolved(job.code, &argument.expr, argument.at) {
        Expr::Name(name) => name.ends_with("EXACTLY_ONCE").then_some(call),
        _ => None,
    }
}

/// `kafka-transactions-without-prefix`: `KafkaSinkBuilder.build` throws.
pub(in crate::rules) fn transactions_without_prefix(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    for job in jobs(deployment) {
        for sink in sinks(&job) {
            let Some(call) = exactly_once(&job, &sink) else {
                continue;
            };
            if sink.call(&["setTransactionalIdPrefix"]).is_some() {
                continue;
            }
            let mut finding = job.finding(
                rule,
                call.name_at.join(call.args_at),
                "an exactly-once sink needs a prefix for its transactions: the job does not start",
            );
            finding.label = "no setTransactionalIdPrefix in this chain".to_owned();
            finding.help = "KafkaSinkBuilder.build() throws without it; call `setTransactionalIdPrefix` with a text \
                            that no other job on the same Kafka uses, and keep it for the life of the job"
                .to_owned();
            out.push(finding);
        }
    }
}

/// What an exactly-once sink of code says about the timeout of its transactions, for
/// `kafka-transaction-timeout`: the call that asks for exactly-once, and the milliseconds where the chain
/// sets them as a literal. Silent where properties from elsewhere may hold it.
pub(in crate::rules) fn transaction_timeouts<'c>(job: &'c Job) -> Vec<(&'c Call, Option<i128>)> {
    let mut found = Vec::new();
    for sink in sinks(job) {
        let Some(call) = exactly_once(job, &sink) else {
            continue;
        };
        let is_open = sink.call(&["setKafkaProducerConfig"]).is_some();
        let sets = sink
            .calls
            .iter()
            .filter(|call| camel(&call.name) == "setProperty");
        let mut timeout = None;
        let mut unknown = is_open;
        for set in sets {
            let [key, value] = set.args.as_slice() else {
                unknown = true;
                continue;
            };
            match resolved(job.code, &key.expr, key.at) {
                Expr::Text(text) if text == "transaction.timeout.ms" => {
                    timeout = match resolved(job.code, &value.expr, value.at) {
                        Expr::Text(text) => text.trim().parse().ok(),
                        _ => None,
                    };
                    unknown |= timeout.is_none();
                }
                Expr::Text(_) => {}
                Expr::Name(name) if !name.ends_with("TRANSACTION_TIMEOUT_CONFIG") => {}
                _ => unknown = true,
            }
        }
        if !unknown {
            found.push((call, timeout));
        }
    }
    found
}

/// The classes of the connector that the one for Flink 2 no longer has.
const OLD_KAFKA: [&str; 10] = [
    "org.apache.flink.streaming.connectors.kafka.FlinkKafkaConsumer",
    "org.apache.flink.streaming.connectors.kafka.FlinkKafkaProducer",
    "org.apache.flink.streaming.connectors.kafka.FlinkKafkaConsumer010",
    "org.apache.flink.streaming.connectors.kafka.FlinkKafkaConsumer011",
    "org.apache.flink.streaming.connectors.kafka.FlinkKafkaProducer010",
    "org.apache.flink.streaming.connectors.kafka.FlinkKafkaProducer011",
    "pyflink.datastream.connectors.FlinkKafkaConsumer",
    "pyflink.datastream.connectors.FlinkKafkaProducer",
    "pyflink.datastream.connectors.kafka.FlinkKafkaConsumer",
    "pyflink.datastream.connectors.kafka.FlinkKafkaProducer",
];

/// `flink-kafka-consumer`: the old source and sink for Kafka.
pub(in crate::rules) fn flink_kafka_consumer(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    let gone = deployment.versions.within(TWO);
    // What took its place came later.
    if deployment.versions.within(FIRST) {
        return;
    }
    for job in jobs(deployment).filter(|job| gone || !job.is_test()) {
        let mut calls = job.code.calls.iter();
        let is_made = |call: &&Call| {
            let plain = call.kind == Kind::New || call.receiver == Receiver::None;
            plain && job.means(&call.name, &OLD_KAFKA)
        };
        // One tells for all of the source.
        let Some(call) = calls.find(is_made) else {
            continue;
        };
        let is_source = call.name.contains("Consumer");
        let (new, what) = match is_source {
            true => ("KafkaSource", "read"),
            false => ("KafkaSink", "write"),
        };
        let message = match gone {
            true => format!("`{}` is in no Kafka connector for Flink 2", call.name),
            false => format!(
                "`{}` is deprecated since 1.14, and the Kafka connector for Flink 2 lacks it",
                call.name
            ),
        };
        let mut finding = job.finding(rule, call.name_at, message);
        finding.label = format!("{new} took its place");
        finding.help = format!(
            "{what} with `{new}.builder()`; offsets move with the committed ones of the group, since the old \
             class's state can't be restored by the new one"
        );
        if !is_source {
            finding.help = format!(
                "{what} with `{new}.builder()`; stop the job with a savepoint first, so that no transaction of \
                 the old one is open"
            );
        }
        if !gone {
            finding.severity = Severity::Note;
        }
        out.push(finding);
    }
}
