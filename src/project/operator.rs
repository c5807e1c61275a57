//! Clusters that the Flink Kubernetes Operator starts: what its resources say as a whole.

use super::{Project, Unit};
use crate::deployment::{Base, VersionFrom};
use crate::flink::memory::Mode;
use crate::flink::version::{Image, Versions};
use crate::syntax::{Document, Space};

impl Project<'_> {
    /// The number of the YAML document of its source whose resource a document belongs to: its fields, the
    /// options made of them, or its map of options.
    pub(super) fn resource_of(&self, number: usize) -> Option<u32> {
        let document = &self.documents[number];
        let holder = document.holder.as_deref()?;
        let own = document.space == Space::Resource || document.fields_of.is_some();
        let is_map = holder
            .keys
            .last()
            .is_some_and(|key| key == "flinkConfiguration");
        let has_fields = || {
            let start = self
                .documents
                .partition_point(|other| other.source < document.source);
            let mut others = self.documents[start..]
                .iter()
                .take_while(|other| other.source == document.source);
            others.any(|other| {
                let other_root = other.holder.as_deref().map(|own| own.root);
                other.space == Space::Resource && other_root == Some(holder.root)
            })
        };
        (own || is_map && has_fields()).then_some(holder.root)
    }

    /// The version that a resource says itself.
    pub(super) fn told(&self, numbers: &[usize]) -> Option<(Versions, VersionFrom)> {
        let mut documents = numbers.iter().map(|&number| &self.documents[number]);
        let Some(fields) = documents.find(|document| document.space == Space::Resource) else {
            return self.told_beside(numbers);
        };
        let version = field(fields, "flinkVersion")?;
        let source = self.sources.get(fields.source);
        let from = VersionFrom {
            why: "spec.flinkVersion".to_owned(),
            path: Some(source.path.clone()),
            line: Some(source.place(version.key_at.start).line),
        };
        Some((Versions::release(&version.value)?, from))
    }

    /// The version that stands beside a map of options.
    fn told_beside(&self, numbers: &[usize]) -> Option<(Versions, VersionFrom)> {
        let mut documents = numbers.iter().map(|&number| &self.documents[number]);
        let (document, (text, at)) = documents.find_map(|document| {
            let version = document.holder.as_deref()?.version.as_ref()?;
            Some((document, version))
        })?;
        let (versions, why) = match Versions::release(text) {
            Some(versions) => (versions, "flinkVersion".to_owned()),
            None => (Image::parse(text)?.versions?, format!("image {text}")),
        };
        let source = self.sources.get(document.source);
        let from = VersionFrom {
            why,
            path: Some(source.path.clone()),
            line: Some(source.place(at.start).line),
        };
        Some((versions, from))
    }

    /// Notes who starts the processes of a resource, and what lies below its options.
    pub(super) fn run_by_operator(&self, unit: &mut Unit) {
        let Some(&number) = unit.resources.first() else {
            return;
        };
        let mode = field(&self.documents[number], "mode").map(|mode| mode.value.as_str());
        unit.started_by = Some(match mode {
            Some("standalone") => Mode::Standalone,
            _ => Mode::Container,
        });
        unit.base = Base::Assumed;
    }
}

/// A field of the specification of a cluster, or of the template of one.
fn field<'d>(fields: &'d Document, name: &str) -> Option<&'d crate::syntax::Setting> {
    let mut places = ["spec", "spec.template.spec"].into_iter();
    places.find_map(|spec| fields.get(&format!("{spec}.{name}")))
}
