//! `kustomization.yaml`: patches that stand in it as texts. A strategic merge patch is a manifest with some of
//! its fields; what a JSON patch adds has no name of its own and is left alone.

use super::manifest::child;
use super::yaml::tree::{NodeId, Shape, Tree};
use super::yaml::with_outer;
use super::{Document, Space, manifest, within};
use crate::text::{Source, Span};

/// Every configuration in a source: of its own, such as a chart's values, and in its patches.
pub fn parse(source: &Source) -> Vec<Document> {
    let Ok(text) = std::str::from_utf8(&source.bytes) else {
        return Vec::new();
    };
    let parts = with_outer(text, |outer| {
        let roots = outer.tree.roots.iter();
        let parts = roots.flat_map(|root| patches(outer.tree, text, *root));
        parts.collect::<Vec<Span>>()
    });
    let mut documents = manifest::parse(source);
    let before = Span::at(documents.len()).start;
    // A patch has only some of the fields of what it changes.
    let is_whole =
        |document: &Document| document.space != Space::Resource && document.fields_of.is_none();
    let patches = within::parse(source, text, &parts)
        .into_iter()
        .filter(is_whole);
    for (document, ordinal) in patches.zip(before..) {
        documents.push(Document {
            ordinal,
            name: document.name.map(|name| format!("patch of {name}")),
            ..document
        });
    }
    documents
}

/// The texts of the patches of a kustomization.
fn patches(tree: &Tree, text: &str, root: NodeId) -> Vec<Span> {
    let items = |key: &str| {
        let list = child(tree, root, key);
        let list = list.filter(|list| matches!(tree.node(*list).shape, Shape::List { .. }));
        list.into_iter().flat_map(|list| tree.children(list))
    };
    let inline = items("patches").filter_map(|item| child(tree, item, "patch"));
    let all = items("patchesStrategicMerge").chain(inline);
    let blocks = all.filter_map(|id| {
        let node = tree.node(id);
        let is_literal = node.shape == Shape::Block && text[node.span.range()].starts_with('|');
        let header = text[node.span.range()].find('\n')?;
        let inner = Span::new(node.span.range().start + header + 1, node.span.range().end);
        let lines = &text[inner.range()];
        let is_one = !lines
            .lines()
            .any(|line| line.trim_start().starts_with("---"));
        let is_patch = lines
            .lines()
            .any(|line| line.trim_start().starts_with("kind:"));
        (is_literal && is_one && is_patch).then_some(inner)
    });
    blocks.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{SourceId, apply};

    const PATCHES: &str = "\
kind: Kustomization
resources: [base.yaml]
patches:
  - target: {kind: FlinkDeployment}
    patch: |-
      apiVersion: flink.apache.org/v1beta1
      kind: FlinkDeployment
      metadata:
        name: job
      spec:
        flinkVersion: v1_18
        flinkConfiguration:
          rest.port: \"80\"
  - patch: |-
      - op: add
        path: /spec/flinkConfiguration/rest.portt
        value: \"81\"
  - path: other.yaml
patchesStrategicMerge:
  - |-
    kind: FlinkDeployment
    spec:
      flinkConfiguration: {blob.server.port: \"82\"}
";

    #[test]
    fn patches_are_read_and_written_where_they_stand() {
        for text in [PATCHES.to_owned(), PATCHES.replace('\n', "\r\n")] {
            let source = Source::new(SourceId(0), "kustomization.yaml", text.as_str());
            let documents = parse(&source);
            let names: Vec<_> = documents
                .iter()
                .filter_map(|own| own.name.clone())
                .collect();
            let [first, second] = &documents[..] else {
                panic!("{documents:#?}")
            };
            assert_eq!(
                names,
                ["patch of FlinkDeployment", "patch of FlinkDeployment job"]
            );
            assert_eq!(
                first
                    .get("blob.server.port")
                    .map(|port| port.value.as_str()),
                Some("82")
            );
            let port = second.get("rest.port").expect("a port");
            assert_eq!(source.text(port.value_at), "\"80\"");
            let edit = second.set(&source, port, "8081").expect("an edit");
            let after = apply(&source.bytes, &[&edit]);
            assert_eq!(after, text.replace("\"80\"", "\"8081\"").as_bytes());
            let added = second.insert(&source, "a.b", "c").expect("an edit");
            let after = String::from_utf8(apply(&source.bytes, &[&added])).expect("text");
            assert!(after.contains("          a.b: c"), "{after}");
        }
    }
}
