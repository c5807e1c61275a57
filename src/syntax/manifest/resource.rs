//! Objects of the Flink Kubernetes Operator: the fields of each are a document, and what of them the
//! operator turns into options of Flink is another (`FlinkConfigBuilder` of the operator).

use super::child;
use super::place::{Place, place};
use super::walk::MAPS;
use crate::flink::sizes;
use crate::flink::value::{parse_memory, write_memory};
use crate::syntax::yaml::Outer;
use crate::syntax::yaml::tree::{NodeId, Tree};
use crate::syntax::{Document, Format, Holder, Layer, Setting, Space};
use crate::text::Source;

/// The group of the operator's resources, whatever their version.
const GROUP: &str = "flink.apache.org/";

/// Whether a document of a source is a resource of the operator.
pub(super) fn is_resource(tree: &Tree, root: NodeId) -> bool {
    let version = child(tree, root, "apiVersion").map(|node| &tree.node(node).value);
    version.is_some_and(|version| version.starts_with(GROUP))
}

/// The fields of a resource, but for its map of options, which is a document of its own.
pub(super) fn read(source: &Source, outer: &Outer, root: NodeId, holder: Holder) -> Document {
    let node = outer.tree.node(root);
    let blank = Document::new(source, Format::Yaml, Space::Resource, Layer::Manifest);
    let mut document = outer.mapping(root, blank);
    let is_option = |key: &str| key.split('.').skip(1).any(|part| MAPS.contains(&part));
    document.settings.retain(|setting| !is_option(&setting.key));
    document.sections.retain(|section| !is_option(&section.key));
    match place(source, outer.read, node, 0) {
        Place::Embedded(embedding) => document.embedding = Some(Box::new(embedding)),
        Place::Somewhere => document.editable = false,
    }
    document.held_at = Some(node.span);
    document.holder = Some(Box::new(holder));
    document
}

/// Where the specification of a cluster stands in a resource: that of a `FlinkBlueGreenDeployment` is a
/// template.
fn spec(kind: Option<&str>) -> Option<&'static str> {
    match kind? {
        "FlinkDeployment" | "FlinkSessionJob" => Some("spec"),
        "FlinkBlueGreenDeployment" => Some("spec.template.spec"),
        _ => None,
    }
}

/// What the operator makes of a field.
#[derive(Clone, Copy)]
enum Makes {
    /// A memory size: Flink's grammar, or else a quantity of Kubernetes.
    Memory,
    /// The same text.
    Same,
}

/// The options that fields become, each with the fields that give it, the first that is there.
const OPTIONS: [(&str, Makes, &[&str]); 6] = [
    (
        "jobmanager.memory.process.size",
        Makes::Memory,
        &[
            "jobManager.resources.requests.memory",
            "jobManager.resources.limits.memory",
            "jobManager.resource.memory",
        ],
    ),
    (
        "taskmanager.memory.process.size",
        Makes::Memory,
        &[
            "taskManager.resources.requests.memory",
            "taskManager.resources.limits.memory",
            "taskManager.resource.memory",
        ],
    ),
    (
        "kubernetes.jobmanager.cpu.amount",
        Makes::Same,
        &["jobManager.resource.cpu"],
    ),
    (
        "kubernetes.taskmanager.cpu.amount",
        Makes::Same,
        &["taskManager.resource.cpu"],
    ),
    (
        "kubernetes.jobmanager.replicas",
        Makes::Same,
        &["jobManager.replicas"],
    ),
    ("parallelism.default", Makes::Same, &["job.parallelism"]),
];

/// What of the fields of a resource the operator turns into options; `None` where it is nothing. `parts`
/// are the maps of options of the same source.
pub(super) fn options(source: &Source, fields: &Document, parts: &[Document]) -> Option<Document> {
    let holder = fields.holder.as_deref()?;
    let spec = spec(holder.kind.as_deref())?;
    let mut document = Document::new(source, Format::Yaml, Space::Flink, Layer::Spec);
    for (key, makes, paths) in OPTIONS {
        let given = |path: &&str| fields.get(&format!("{spec}.{path}"));
        let all: Vec<&Setting> = paths.iter().filter_map(given).collect();
        let Some(&field) = all.first() else {
            continue;
        };
        let value = match makes {
            Makes::Same => Some(field.value.clone()),
            Makes::Memory => memory(&field.value),
        };
        // An operator that does not know `resources` yet reads `resource`.
        let is_old = |field: &&Setting| field.key.contains(".resource.");
        let old = all.iter().copied().find(is_old);
        let agrees = old.is_none_or(|old| old.value == field.value);
        document.settings.push(Setting {
            key: key.to_owned(),
            known: field.known && value.is_some() && agrees,
            value: value.unwrap_or_else(|| field.value.clone()),
            written: Some(field.key.clone()),
            ..field.clone()
        });
    }
    let replicas = fields.get(&format!("{spec}.taskManager.replicas"));
    if let Some(replicas) = replicas.filter(|_| fields.has(&format!("{spec}.job"))) {
        let slots = slots(holder, parts);
        let all = replicas.value.parse().ok().zip(slots);
        let all = all.and_then(|(replicas, slots): (u32, u32)| replicas.checked_mul(slots));
        // As many `TaskManager`s as are asked for have the parallelism of all of their slots.
        document
            .settings
            .retain(|made| made.key != "parallelism.default");
        document.settings.push(Setting {
            key: "parallelism.default".to_owned(),
            known: replicas.known && all.is_some(),
            value: all.map_or_else(
                || format!("{} times the slots", replicas.value),
                |all| all.to_string(),
            ),
            written: Some(replicas.key.clone()),
            ..replicas.clone()
        });
    }
    document.complete = fields.complete;
    document.held_at = fields.held_at;
    document.embedding.clone_from(&fields.embedding);
    document.editable = fields.editable;
    document.holder.clone_from(&fields.holder);
    document.name.clone_from(&fields.name);
    document.fields_of = Some(fields.ordinal);
    (!document.settings.is_empty()).then_some(document)
}

/// The slots of each `TaskManager` that the map of options of a resource sets.
fn slots(holder: &Holder, parts: &[Document]) -> Option<u32> {
    let is_own = |part: &&Document| {
        let own = part.holder.as_deref();
        part.layer == Layer::Manifest
            && own.is_some_and(|own| {
                own.root == holder.root && own.keys.last().is_some_and(|key| key == MAPS[0])
            })
    };
    let mut own = parts.iter().filter(is_own);
    let slots = own.next()?.get("taskmanager.numberOfTaskSlots")?;
    let one = slots.known && own.next().is_none();
    slots.value.trim().parse().ok().filter(|_| one)
}

/// A size as Flink will read it (`ResourceConfigUtils.parseResourceMemoryString` of the operator): the
/// text itself where Flink reads it, or that of the same number of bytes.
fn memory(text: &str) -> Option<String> {
    if parse_memory(text).is_ok() {
        return Some(text.to_owned());
    }
    let text: String = text.split_whitespace().collect();
    let text = text.to_ascii_uppercase();
    let text = text.strip_suffix('B').unwrap_or(&text);
    let quantity = match text.strip_suffix('I') {
        Some(text) => format!("{text}i"),
        // In capitals it is a unit for some versions of the operator's client only.
        None if text.ends_with('K') => return None,
        None => text.to_owned(),
    };
    // Of decimals the operator writes a number with a point, which Flink may refuse.
    let whole = !quantity.contains('.');
    sizes::kubernetes(&quantity)
        .filter(|_| whole)
        .map(write_memory)
}

#[cfg(test)]
mod tests {
    use super::memory;
    use crate::syntax::{Document, Space, manifest};
    use crate::text::{Source, SourceId};

    const DEPLOYMENT: &str = "\
apiVersion: flink.apache.org/v1beta1
kind: FlinkDeployment
metadata:
  name: orders
  namespace: shop
spec:
  flinkVersion: v1_20
  # flint: ignore[x] the next field
  image: flink:1.20
  # flint: ignore[y] the map
  flinkConfiguration:
    # flint: ignore[z] within
    taskmanager.numberOfTaskSlots: \"2\"
  jobManager:
    resource: {memory: 2048m, cpu: 1}
  taskManager:
    resource:
      memory: 2Gi
    podTemplate:
      spec:
        containers:
          - name: a
          - name: b
  job:
    parallelism: 4 # flint: ignore[w] behind
";

    fn read(text: &str) -> (Source, Vec<Document>) {
        let source = Source::new(SourceId(0), "k8s/orders.yaml", text);
        let documents = manifest::parse(&source);
        (source, documents)
    }

    #[test]
    fn memory_is_read_in_any_case_and_spacing_as_the_operator_reads_it() {
        for text in ["2Gi", "2gi", "2GiB", "2 gib", "2147483648"] {
            let size = memory(text).and_then(|size| crate::flink::value::parse_memory(&size).ok());
            assert_eq!(size, Some(2 << 30), "{text}");
        }
        assert_eq!(memory("2g").as_deref(), Some("2g"));
        assert_eq!(memory("2e9k"), None);
        assert_eq!(memory("two"), None);
        assert_eq!(memory("1.5Gi"), None);
    }

    #[test]
    fn a_resource_is_its_options_its_fields_and_what_these_become() {
        let (_, documents) = read(DEPLOYMENT);
        let [options, fields, made] = documents.as_slice() else {
            panic!("{documents:#?}");
        };
        assert_eq!(options.settings.len(), 1);
        assert_eq!(fields.space, Space::Resource);
        let holder = fields.holder.as_deref().expect("held");
        assert_eq!(holder.namespace.as_deref(), Some("shop"));
        assert!(fields.has("spec.jobManager.resource") && !fields.has("spec.job.jarURI"));
        assert!(
            !fields
                .settings
                .iter()
                .any(|field| field.key.contains("flinkConfiguration."))
        );
        let containers = "spec.taskManager.podTemplate.spec.containers";
        assert_eq!(
            fields.items(containers),
            [format!("{containers}[0]"), format!("{containers}[1]")]
        );
        let made: Vec<(&str, &str, Option<&str>)> = made
            .settings
            .iter()
            .map(|own| (own.key.as_str(), own.value.as_str(), own.written.as_deref()))
            .collect();
        assert_eq!(
            made,
            [
                (
                    "jobmanager.memory.process.size",
                    "2048m",
                    Some("spec.jobManager.resource.memory")
                ),
                (
                    "taskmanager.memory.process.size",
                    "2gb",
                    Some("spec.taskManager.resource.memory")
                ),
                (
                    "kubernetes.jobmanager.cpu.amount",
                    "1",
                    Some("spec.jobManager.resource.cpu")
                ),
                ("parallelism.default", "4", Some("spec.job.parallelism")),
            ]
        );
    }

    #[test]
    fn a_comment_speaks_for_what_comes_next() {
        let (source, documents) = read(DEPLOYMENT);
        let names: Vec<Vec<&str>> = documents
            .iter()
            .map(|document| {
                let comments = document.comments.iter();
                let text = comments.map(|comment| {
                    let text = std::str::from_utf8(&source.bytes[comment.at.range()]).unwrap();
                    let (_, rest) = text.split_once('[').expect("a rule");
                    rest.split(']').next().expect("its name")
                });
                text.collect()
            })
            .collect();
        assert_eq!(names, [vec!["y", "z"], vec!["x", "w"], vec![]]);
    }

    #[test]
    fn replicas_have_the_parallelism_of_all_of_their_slots() {
        let replicas = DEPLOYMENT.replace("  taskManager:\n", "  taskManager:\n    replicas: 3\n");
        let made = |text: &str| {
            let (source, documents) = read(text);
            let setting = documents[2].get("parallelism.default").expect("there");
            assert_eq!(
                setting.written.as_deref(),
                Some("spec.taskManager.replicas")
            );
            // The field holds another number than the option.
            assert!(documents[2].set(&source, setting, "8").is_none());
            setting.known.then(|| setting.value.clone())
        };
        assert_eq!(made(&replicas), Some("6".to_owned()));
        let slots = "    taskmanager.numberOfTaskSlots: \"2\"\n";
        let other = replicas.replace(slots, "    parallelism.default: \"2\"\n");
        assert_eq!(made(&other), None);
        let open = replicas.replace("replicas: 3", "replicas: ${REPLICAS}");
        assert_eq!(made(&open), None);
    }

    #[test]
    fn an_option_that_is_a_field_is_set_where_the_field_stands() {
        let (source, documents) = read(DEPLOYMENT);
        let after = |key: &str, value: &str| {
            let setting = documents[2].get(key).expect("there");
            let edit = documents[2].set(&source, setting, value)?;
            let bytes = crate::text::apply(&source.bytes, &[&edit]);
            Some(String::from_utf8(bytes).expect("text"))
        };
        assert_eq!(
            after("parallelism.default", "8"),
            Some(DEPLOYMENT.replace("parallelism: 4", "parallelism: 8"))
        );
        assert_eq!(
            after("jobmanager.memory.process.size", "3g"),
            Some(DEPLOYMENT.replace("2048m", "3g"))
        );
        // `2Gi` is no size of Flink's grammar, so the field holds something else than the option.
        assert_eq!(after("taskmanager.memory.process.size", "3g"), None);
        assert!(documents[2].insert(&source, "a", "b").is_none());
        assert!(documents[1].insert(&source, "spec.a", "b").is_none());
        let image = documents[1].get("spec.image").expect("there");
        let edit = documents[1].insert_after(&source, image, "spec.serviceAccount", "flink");
        let bytes = crate::text::apply(&source.bytes, &[&edit.expect("an edit")]);
        assert_eq!(
            String::from_utf8(bytes).expect("text"),
            DEPLOYMENT.replace(
                "  image: flink:1.20\n",
                "  image: flink:1.20\n  serviceAccount: flink\n"
            )
        );
    }
}
