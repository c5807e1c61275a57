//! Rules about types that a configuration puts into the hands of Kryo although Flink has something
//! better for them (`PipelineOptions`, `SerializerConfigImpl`).

use super::{Rule, cluster, code, fixes, kryo};
use crate::deployment::Deployment;
use crate::finding::{Finding, Severity};

const FORCE: &str = "pipeline.force-kryo";

/// `forced-kryo`: the check. Where no type is registered, `missing-kryo-registration` speaks about the
/// same line.
pub(super) fn forced_kryo(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    let keys = [
        (FORCE, "every POJO goes through Kryo"),
        (
            "pipeline.force-kryo-avro",
            "every Avro type goes through Kryo",
        ),
    ];
    for (key, message) in keys {
        let Some(force) = cluster::is_set_to(deployment, key, true) else {
            continue;
        };
        if key == FORCE && kryo::speaks_of(deployment, key) {
            continue;
        }
        let mut finding = rule.finding(force.document, force.setting.whole, message);
        if key != FORCE {
            finding.severity = Severity::Note;
        }
        finding.label = "Flink's own serializer is not used".to_owned();
        finding.help =
            "state that Kryo wrote can't follow a change of its class, and Flink 2.x does not \
                        read what Kryo wrote in 1.x; name the types that need Kryo one by one"
                .to_owned();
        finding.key = Some(force.setting.key.clone());
        let risk = "state that Kryo wrote can't be restored";
        let own = force.setting.key.as_str();
        finding.fix = fixes::remove(deployment, force.document, &[own]).map(|fix| fix.risky(risk));
        out.push(finding);
    }
}

/// The two serializers that hand an object to Java's own serialization.
const JAVA_SERIALIZERS: [&str; 2] = [
    "com.esotericsoftware.kryo.serializers.JavaSerializer",
    "org.apache.flink.api.java.typeutils.runtime.kryo.JavaSerializer",
];

/// `java-serializer-in-kryo`: the check.
pub(super) fn java_serializer(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    code::serialization::java_serializer(rule, deployment, out);
    for key in [
        "pipeline.default-kryo-serializers",
        "pipeline.serialization-config",
    ] {
        let Some(effective) = cluster::known(deployment, key) else {
            continue;
        };
        let named = JAVA_SERIALIZERS
            .iter()
            .find(|class| names(effective.value(), class));
        let Some(class) = named else {
            continue;
        };
        let message =
            "Kryo hands these types to Java serialization, the slowest there is".to_owned();
        let mut finding = rule.finding(effective.document, effective.setting.whole, message);
        finding.label = format!("`{class}`");
        finding.help = if class.starts_with("com.") {
            "Kryo's JavaSerializer also looks for classes in the wrong class loader and fails with \
             ClassNotFoundException; Flink has one of its own, and better is a serializer for the type, \
             or a POJO"
        } else {
            "write a serializer for the type, or make it a POJO"
        }
        .to_owned();
        finding.key = Some(key.to_owned());
        out.push(finding);
    }
}

/// Whether a text names exactly this class.
fn names(text: &str, class: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '$');
    text.match_indices(class).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + class.len()..].chars().next();
        !before.is_some_and(part) && !after.is_some_and(part)
    })
}
