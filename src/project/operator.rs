//! Clusters that the Flink Kubernetes Operator starts: what its resources say as a whole, what lies below
//! their options, and which of them are fragments of others.
//!
//! Objects within a `kind: List` are no resources here: their maps of options are read, their fields are
//! not. Overlays are not put together: what a kustomization changes has an unknown base.

use std::collections::HashMap;

use super::clusters::Clusters;
use super::{Project, Unit};
use crate::config::Configs;
use crate::deployment::{Base, VersionFrom};
use crate::flink::memory::Mode;
use crate::flink::version::{Image, Versions};
use crate::syntax::{Document, Holder, Setting, Space};

mod defaults;
#[cfg(test)]
mod tests;

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
            line: Some(source.line(version.key_at.start)),
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
            line: Some(source.line(at.start)),
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

    /// Joins the resources of the operator: fragments have an unknown base, the operator's own
    /// configuration lies below the others, and session jobs run on their clusters.
    pub(super) fn join_resources(
        &self,
        configs: &Configs,
        clusters: &Clusters,
        units: &mut [Unit],
    ) {
        if units.iter().all(|unit| unit.resources.is_empty()) {
            return;
        }
        let defaults = self.operator_defaults();
        let named = self.named(configs, units);
        let mut fragments = vec![false; units.len()];
        for at in 0..units.len() {
            let Some(fields) = self.fields(&units[at]) else {
                continue;
            };
            let path = &self.sources.get(fields.source).path;
            let unit = &units[at];
            if !fields.complete
                || clusters.may_patch(configs, path)
                || self.is_fragment(configs, fields, &named)
            {
                units[at].base = Base::Unknown;
                fragments[at] = true;
            } else if fields.holder.as_deref().is_some_and(is_cluster) {
                let (base, made) = self.below(configs, &defaults, fields, unit);
                (units[at].base, units[at].made) = (base, made);
            } else {
                // The rest is what its cluster says.
                units[at].base = Base::Unknown;
            }
        }
        let jobs: Vec<(usize, usize)> = (0..units.len())
            .filter_map(|job| Some((job, self.cluster_of(configs, &units[job], &named)?)))
            .collect();
        for (job, cluster) in jobs {
            let below = &units[cluster];
            let mut joined = Unit {
                base: below.base,
                made: below.made.clone(),
                started_by: below.started_by,
                resources: below.resources.clone(),
                ..Unit::new(
                    units[job].name.clone(),
                    below.platform.clone(),
                    below.documents.clone(),
                )
            };
            if fragments[job] {
                joined.base = Base::Unknown;
            }
            let fields = self.fields(&units[job]);
            let fields = fields.filter(|_| joined.base == Base::Operator);
            let made = fields.and_then(|fields| self.made_for_job(fields));
            joined.made.splice(0..0, made);
            joined.documents.append(&mut units[job].documents);
            joined.resources.append(&mut units[job].resources);
            units[job] = joined;
        }
    }

    /// The fields of the one resource that a unit is.
    fn fields(&self, unit: &Unit) -> Option<&Document> {
        match unit.resources.as_slice() {
            [number] => Some(&self.documents[*number]),
            _ => None,
        }
    }

    /// The project that a document belongs to.
    fn home<'c>(&self, configs: &'c Configs, document: &Document) -> &'c str {
        configs.home(&self.sources.get(document.source).path)
    }

    /// The units that are one resource each, by what it is called.
    fn named<'p>(&'p self, configs: &'p Configs, units: &[Unit]) -> Named<'p> {
        let mut named = Named::new();
        for (at, unit) in units.iter().enumerate() {
            if let Some(fields) = self.fields(unit) {
                let called = self.called(configs, fields);
                named.entry(called).or_default().push((at, fields));
            }
        }
        named
    }

    fn called<'p>(&'p self, configs: &'p Configs, fields: &'p Document) -> Called<'p> {
        let holder = fields.holder.as_deref();
        Called {
            home: self.home(configs, fields),
            kind: holder.and_then(|own| own.kind.as_deref()),
            name: holder.and_then(|own| own.name.as_deref()),
        }
    }

    /// Whether a resource stands in several files of which one lacks what each needs: that one is laid
    /// over another.
    fn is_fragment(&self, configs: &Configs, fields: &Document, named: &Named) -> bool {
        let lacks = |document: &Document| {
            document.holder.as_deref().is_some_and(is_cluster)
                && ["flinkVersion", "serviceAccount"]
                    .iter()
                    .any(|name| field(document, name).is_none())
        };
        let all = named.get(&self.called(configs, fields));
        let all = all.map_or(&[][..], Vec::as_slice);
        let mut found = [false; 2];
        for (_, own) in all {
            found[usize::from(lacks(own))] = true;
            if found == [true; 2] {
                return true;
            }
        }
        false
    }

    /// The unit of the session cluster that a job names, when exactly one resource is that.
    fn cluster_of(&self, configs: &Configs, job: &Unit, named: &Named) -> Option<usize> {
        let fields = self.fields(job)?;
        let own = fields
            .holder
            .as_deref()
            .filter(|own| own.is("FlinkSessionJob"))?;
        let name = fields
            .get("spec.deploymentName")
            .filter(|name| name.known)?;
        let called = Called {
            home: self.home(configs, fields),
            kind: Some("FlinkDeployment"),
            name: Some(&name.value),
        };
        let mut found = named.get(&called)?.iter().filter(|(_, cluster)| {
            let holder = cluster.holder.as_deref();
            holder.is_some_and(|holder| holder.namespace == own.namespace)
        });
        let (one, _) = found.next()?;
        found.next().is_none().then_some(*one)
    }
}

/// Units that are one resource each, with its fields, in their order.
type Named<'p> = HashMap<Called<'p>, Vec<(usize, &'p Document)>>;

/// What a resource is called, in a project.
#[derive(PartialEq, Eq, Hash)]
struct Called<'p> {
    home: &'p str,
    kind: Option<&'p str>,
    name: Option<&'p str>,
}

/// Whether a resource is a cluster of its own.
fn is_cluster(holder: &Holder) -> bool {
    holder.is("FlinkDeployment") || holder.is("FlinkBlueGreenDeployment")
}

/// A field of the specification of a cluster, or of the template of one.
fn field<'d>(fields: &'d Document, name: &str) -> Option<&'d Setting> {
    let mut places = ["spec", "spec.template.spec"].into_iter();
    places.find_map(|spec| fields.get(&format!("{spec}.{name}")))
}
