//! The configuration of the Flink Kubernetes Operator, which lies below the options of every resource
//! (`FlinkConfigManager.getDefaultConfig` and `FlinkConfigBuilder` of the operator).

use super::field;
use crate::config::Configs;
use crate::deployment::Base;
use crate::flink::version::Versions;
use crate::project::{Project, Unit};
use crate::syntax::{Document, Format, Layer, Setting, Space};
use crate::text::Source;

/// The beginning of keys that hold for resources of one version: `v1_18.KEY`, or `v1_19+.KEY` for that
/// and all later ones.
const OF_VERSION: &str = "kubernetes.operator.default-configuration.flink-version.";
/// The same for one namespace: `NAMESPACE.KEY`.
const OF_NAMESPACE: &str = "kubernetes.operator.default-configuration.namespace.";

/// Options that the operator's chart gives to some versions, beside what a user adds.
const OF_CHART: [(&str, &str); 2] = [
    ("env.java.opts.all", "1.18"),
    ("env.java.default-opts.all", "1.19.."),
];

/// Options that the operator sets itself where nobody else does, the last only for jobs whose state it
/// takes over from their last checkpoint.
const MADE: [&str; 6] = [
    "kubernetes.rest-service.exposed.type",
    "web.cancel.enable",
    "pipeline.name",
    "execution.submit-failed-job-on-application-error",
    "execution.checkpointing.externalized-checkpoint-retention",
    "execution.checkpointing.interval",
];

impl Project<'_> {
    /// The configurations of an operator: of the values of its chart, or the `ConfigMap` that it mounts.
    pub(super) fn operator_defaults(&self) -> Vec<usize> {
        let all = self.documents.iter().enumerate();
        let own = all.filter(|(_, document)| is_operators(document));
        own.map(|(number, _)| number).collect()
    }

    /// What lies below the options of a resource, given the configurations of operators.
    pub(super) fn below(
        &self,
        configs: &Configs,
        defaults: &[usize],
        fields: &Document,
        unit: &Unit,
    ) -> (Base, Vec<Document>) {
        let home = self.home(configs, fields);
        let own = defaults.iter().map(|&number| &self.documents[number]);
        let own: Vec<&Document> = own
            .filter(|document| self.home(configs, document) == home)
            .collect();
        let Some(first) = own.first() else {
            return (Base::Assumed, Vec::new());
        };
        let pairs = |document: &Document| -> Vec<(String, String)> {
            let pairs = document.in_force();
            let mut pairs: Vec<_> = pairs
                .map(|setting| (setting.key.clone(), setting.value.clone()))
                .collect();
            pairs.sort();
            pairs
        };
        let source = self.sources.get(first.source);
        let is_read = |document: &&Document| document.complete && document.load_error.is_none();
        let one = pairs(first);
        if !own
            .iter()
            .all(|other| is_read(other) && pairs(other) == one)
            || is_switched_off(source)
        {
            return (Base::Unknown, Vec::new());
        }
        let namespace = fields.holder.as_deref();
        let namespace = namespace.and_then(|holder| holder.namespace.as_deref());
        let source = self.sources.get(fields.source);
        let made = made(source, fields, unit.platform.versions);
        let given = given(
            self.sources.get(first.source),
            first,
            unit.platform.versions,
            namespace,
        );
        (Base::Operator, vec![made, given])
    }

    /// What operators since 1.10 set for a session job, beside what they set for its cluster.
    pub(super) fn made_for_job(&self, fields: &Document) -> Option<Document> {
        let mode = field(fields, "job.upgradeMode").filter(|_| takes_over(fields))?;
        let mut document = layer(self.sources.get(fields.source));
        document.ordinal = fields.ordinal;
        document.name.clone_from(&fields.name);
        document.held_at = fields.held_at;
        document.settings = vec![unknown("execution.checkpointing.interval", mode)];
        Some(document)
    }
}

/// Whether an operator gives a job an interval of checkpoints where nobody does.
fn takes_over(fields: &Document) -> bool {
    field(fields, "job.upgradeMode").is_some_and(|mode| mode.value != "stateless")
}

/// Whether a document is the configuration of an operator.
fn is_operators(document: &Document) -> bool {
    let Some(holder) = document.holder.as_deref() else {
        return false;
    };
    let Some((file, above)) = holder.keys.split_last() else {
        return false;
    };
    let is_file = matches!(file.as_str(), "flink-conf.yaml" | "config.yaml");
    let is_values = holder.kind.is_none() && above.last().is_some_and(is_block);
    let is_map = holder.is("ConfigMap") && holder.name.as_deref() == Some("flink-operator-config");
    document.space == Space::Flink && is_file && (is_values || is_map)
}

fn is_block(key: &String) -> bool {
    key == "defaultConfiguration"
}

/// Whether something in the values of a chart is not made: perhaps its configuration.
fn is_switched_off(source: &Source) -> bool {
    let text = String::from_utf8_lossy(&source.bytes);
    text.lines().any(|line| line.trim() == "create: false")
}

/// An empty document below a resource's own.
fn layer(source: &Source) -> Document {
    let mut document = Document::new(
        source,
        Format::FlinkConf,
        Space::Flink,
        Layer::OperatorDefaults,
    );
    document.editable = false;
    document
}

/// What the operator and its chart set themselves: known to be set, not to what, since others may set the
/// same under another name.
fn made(source: &Source, fields: &Document, versions: Versions) -> Document {
    let mut document = layer(source);
    document.ordinal = fields.ordinal;
    document.name.clone_from(&fields.name);
    document.held_at = fields.held_at;
    let place = field(fields, "job.upgradeMode").or(fields.settings.first());
    let is_given = |of: &str| Versions::parse(of).is_ok_and(|own| own.overlaps(versions));
    let chart = OF_CHART.iter().filter(|(_, of)| is_given(of));
    let keys = MADE[..MADE.len() - usize::from(!takes_over(fields))].iter();
    let keys = keys.chain(chart.map(|(key, _)| key));
    if let Some(place) = place {
        document.settings = keys.map(|key| unknown(key, place)).collect();
    }
    document
}

/// An option that the operator sets to something.
fn unknown(key: &str, place: &Setting) -> Setting {
    Setting {
        key: key.to_owned(),
        value: "(what the operator sets)".to_owned(),
        known: false,
        written: Some(place.key.clone()),
        ..place.clone()
    }
}

/// What the operator's configuration gives a resource of these versions in a namespace.
fn given(source: &Source, own: &Document, versions: Versions, namespace: Option<&str>) -> Document {
    let mut document = layer(source);
    document.format = own.format;
    document.ordinal = own.ordinal;
    document.holder.clone_from(&own.holder);
    document.name.clone_from(&own.name);
    document.held_at = own.held_at;
    document.complete = own.complete;
    let rests = |setting: &Setting| !is_for_some(&setting.key);
    let common = own.in_force().filter(|setting| rests(setting)).cloned();
    document.settings = common.collect();
    let mut special: Vec<(Rank, Setting)> = Vec::new();
    for setting in own.in_force() {
        if let Some((rank, known, key)) = for_some(&setting.key, versions, namespace) {
            let setting = Setting {
                key: key.to_owned(),
                known: setting.known && known,
                written: Some(setting.key.clone()),
                ..setting.clone()
            };
            special.push((rank, setting));
        }
    }
    special.sort_by_key(|(rank, _)| *rank);
    let special = special.into_iter().map(|(_, setting)| setting);
    document.settings.extend(special);
    document
}

fn is_for_some(key: &str) -> bool {
    key.starts_with(OF_VERSION) || key.starts_with(OF_NAMESPACE)
}

/// In which order special defaults win, the last most: those of a namespace, of a version and later ones
/// by version, of exactly a version, and at last what may hold or not.
type Rank = (u8, u32);

/// What a key for some resources means for one: its rank, whether it certainly holds, and the option.
/// `None` where it does not concern the resource.
fn for_some<'k>(
    key: &'k str,
    versions: Versions,
    namespace: Option<&str>,
) -> Option<(Rank, bool, &'k str)> {
    if let Some(rest) = key.strip_prefix(OF_NAMESPACE) {
        return match namespace {
            Some(own) => {
                let option = rest.strip_prefix(own)?.strip_prefix('.')?;
                Some(((0, 0), true, option))
            }
            // It is decided when the resource is applied.
            None => Some(((9, 0), false, rest.split_once('.')?.1)),
        };
    }
    let (version, option) = key.strip_prefix(OF_VERSION)?.split_once('.')?;
    let (name, and_later) = match version.strip_suffix('+') {
        Some(name) => (name, true),
        None => (version, false),
    };
    let named = Versions::release(name)?;
    let number = named.bits().trailing_zeros();
    let holds = |version: Versions| {
        version == named || and_later && version.bits().trailing_zeros() >= number
    };
    let which: Vec<bool> = versions.iter().map(holds).collect();
    if !which.contains(&true) {
        return None;
    }
    let certain = !which.contains(&false);
    let rank = match (certain, and_later) {
        (false, _) => (9, 0),
        (true, true) => (1, number),
        (true, false) => (2, number),
    };
    Some((rank, certain, option))
}
