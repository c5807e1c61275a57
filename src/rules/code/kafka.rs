//! Rules about what sources and sinks for Kafka promise.

use super::{Job, is_older, jobs};
use crate::deployment::Deployment;
use crate::finding::{Finding, Severity};
use crate::flink::version::Versions;
use crate::recognise::job::{camel, resolved};
use crate::rules::Rule;
use crate::rules::transactions::{self, BROKERS_MAX};
use crate::syntax::code::{Call, Expr, Kind, Language, Receiver};

const INTERVAL: &str = "execution.checkpointing.interval";

/// Flink 1.13.
const FIRST: Versions = Versions::from_bits(1);

/// The versions whose sink takes single properties.
const SINCE_1_15: Versions = Versions::from_bits(0x0FFC);

/// The versions of Flink 2.
const TWO: Versions = Versions::from_bits(0x0F00);

const KAFKA_SINK: [&str; 3] = [
    "org.apache.flink.connector.kafka.sink.KafkaSink",
    "pyflink.datastream.connectors.kafka.KafkaSink",
    "pyflink.datastream.connectors.KafkaSink",
];

/// A sink for Kafka that is built in one expression.
struct Sink<'c> {
    builder: &'c Call,
    calls: Vec<&'c Call>,
}

/// The sinks of a job whose whole making is in sight.
fn sinks<'c>(job: &'c Job) -> impl Iterator<Item = Sink<'c>> + 'c {
    let calls = job.code.calls.iter().enumerate();
    calls.filter_map(|(number, builder)| {
        // Few calls are, and a chain may be long.
        if builder.name != "builder" || !job.is_on(builder, &KAFKA_SINK) {
            return None;
        }
        let calls: Vec<&Call> = job.code.after(number).map(|(_, call)| call).collect();
        let is_whole = calls.iter().any(|call| call.name == "build");
        is_whole.then_some(Sink { builder, calls })
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

/// The sources of `kafka-transaction-timeout`: sinks that write exactly once.
pub(in crate::rules) fn transactions(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for job in jobs(deployment) {
        for sink in sinks(&job) {
            let Some(call) = exactly_once(&job, &sink) else {
                continue;
            };
            if sink.call(&["setTransactionalIdPrefix"]).is_none() {
                // Until 3.x the connector took "kafka-sink", so that its check never failed (FLINK-37380).
                let refused = deployment.versions.within(TWO);
                if job.is_test() && !refused {
                    continue;
                }
                let message = if refused {
                    "this sink writes exactly once without a prefix for its transactions: the job does not \
                     start"
                } else {
                    "this sink writes exactly once without a prefix of its own for its transactions"
                };
                let mut finding = job.finding(rule, call.name_at.join(call.args_at), message);
                let (severity, why) = if refused {
                    (
                        Severity::Error,
                        "KafkaSinkBuilder.build() throws without it",
                    )
                } else {
                    (
                        Severity::Warning,
                        "without it sinks of Flink 1.x share the prefix `kafka-sink`, and those on the same Kafka \
                         end each other's transactions; the Kafka connector for Flink 2 throws",
                    )
                };
                finding.severity = severity;
                finding.label = "no setTransactionalIdPrefix in this chain".to_owned();
                finding.help = format!(
                    "{why}; call `setTransactionalIdPrefix` with a text that no other sink on the same Kafka uses, \
                     and keep it for the life of the job"
                );
                out.push(finding);
            } else if !job.is_test() {
                out.extend(timeout(rule, deployment, &job, &sink, call));
            }
        }
    }
}

/// What is wrong with the timeout of a sink's transactions.
fn timeout(
    rule: &Rule,
    deployment: &Deployment,
    job: &Job,
    sink: &Sink,
    call: &Call,
) -> Option<Finding> {
    let whole = call.name_at.join(call.args_at);
    let Some((set, millis)) = set_timeout(job, sink)? else {
        let message = "this sink asks Kafka for transactions of an hour, which brokers refuse unless they are \
                       told to allow them";
        let mut finding = job.finding(rule, whole, message);
        finding.label = "`transaction.timeout.ms` is not set".to_owned();
        finding.help = "the sink's default is 1 h, the brokers' maximum (transaction.max.timeout.ms) 15 min by \
                        default: the job fails when it begins to write. Set the timeout well above the time \
                        between two checkpoints and the longest stop, or raise the brokers' maximum"
            .to_owned();
        let has_method =
            deployment.versions.within(SINCE_1_15) && job.code.language != Language::Python;
        let number = job
            .code
            .calls
            .iter()
            .position(|own| own.name_at == call.name_at);
        finding.fix = number.filter(|_| has_method).map(|number| {
            let text = format!("setProperty(\"transaction.timeout.ms\", \"{BROKERS_MAX}\")");
            super::edits::risky(
                format!("set the timeout to {BROKERS_MAX} ms"),
                vec![job.chained(number, &text)],
                "a transaction that no checkpoint or restart ends within 15 minutes is dropped with its records",
            )
        });
        return Some(finding);
    };
    let at = set.name_at.join(set.args_at);
    if millis > BROKERS_MAX {
        let message = format!(
            "this sink asks Kafka for transactions of {} min, which brokers refuse unless they are told to allow \
             them",
            millis / 60_000
        );
        let mut finding = job.finding(rule, at, message);
        finding.label = "brokers allow 15 min unless they are told otherwise".to_owned();
        finding.help = "the job fails when it begins to write, unless transaction.max.timeout.ms of the brokers is \
                        at least as long"
            .to_owned();
        return Some(finding);
    }
    let short = transactions::too_short(deployment, millis)?;
    Some(short.tell("this sink", job.finding(rule, at, "")))
}

/// The call that sets the timeout of transactions, with its milliseconds; `None` where nobody can tell.
#[expect(clippy::option_option, reason = "nobody can tell, or nothing is set")]
fn set_timeout<'c>(job: &Job, sink: &Sink<'c>) -> Option<Option<(&'c Call, u64)>> {
    if sink.call(&["setKafkaProducerConfig"]).is_some() {
        return None;
    }
    let mut found = None;
    for set in &sink.calls {
        if camel(&set.name) != "setProperty" {
            continue;
        }
        let [key, value] = set.args.as_slice() else {
            return None;
        };
        let is_timeout = match resolved(job.code, &key.expr, key.at) {
            Expr::Text(text) => text == "transaction.timeout.ms",
            Expr::Name(name) if name.starts_with("ProducerConfig.") => {
                name.ends_with(".TRANSACTION_TIMEOUT_CONFIG")
            }
            _ => return None,
        };
        if is_timeout {
            let Expr::Text(text) = resolved(job.code, &value.expr, value.at) else {
                return None;
            };
            found = Some((*set, text.trim().parse().ok()?));
        }
    }
    Some(found)
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
    if deployment.versions.within(FIRST) || is_older(deployment) {
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
        let (new, what) = if is_source {
            ("KafkaSource", "read")
        } else {
            ("KafkaSink", "write")
        };
        let message = if gone {
            format!("`{}` is in no Kafka connector for Flink 2", call.name)
        } else {
            format!(
                "`{}` is deprecated since 1.14, and the Kafka connector for Flink 2 lacks it",
                call.name
            )
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
