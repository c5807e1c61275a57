//! Rules about resources of the Flink Kubernetes Operator that the operator accepts, and that do not
//! become what they say.

use crate::deployment::Deployment;
use crate::finding::Related;
use crate::syntax::{Document, Layer, Setting};

mod autoscaler;
mod overrides;
mod upgrades;
mod versions;

pub(super) use autoscaler::check as autoscaler_unprepared;
pub(super) use overrides::check as operator_overrides_option;
pub(super) use upgrades::check as operator_stateless_upgrade;
pub(super) use versions::check as flink_version_mismatch;

/// A cluster of the operator.
#[derive(Clone, Copy, Debug)]
struct Cluster<'p> {
    /// Its fields.
    fields: &'p Document,
    /// The key that leads to its specification.
    spec: &'static str,
}

impl<'p> Cluster<'p> {
    /// Every cluster that a deployment is made of.
    fn all<'d>(deployment: &'d Deployment<'p>) -> impl Iterator<Item = Self> + use<'d, 'p> {
        let all = deployment.resources.iter();
        all.filter_map(|fields| {
            let spec = match fields.holder.as_deref()?.kind.as_deref()? {
                "FlinkDeployment" => "spec",
                "FlinkBlueGreenDeployment" => "spec.template.spec",
                _ => return None,
            };
            Some(Cluster { fields, spec })
        })
    }

    /// A field of the specification that has a value.
    fn get(self, field: &str) -> Option<&'p Setting> {
        let found = self.fields.get(&format!("{}.{field}", self.spec));
        found.filter(|field| !field.value.is_empty())
    }

    /// A field whose value is known.
    fn known(self, field: &str) -> Option<&'p Setting> {
        self.get(field).filter(|field| field.known)
    }

    /// Whether a field has a value or holds anything.
    fn has(self, field: &str) -> bool {
        self.fields.has(&format!("{}.{field}", self.spec))
    }

    /// A document of a deployment that is a part of this resource.
    fn part(
        self,
        deployment: &Deployment<'p>,
        is_it: impl Fn(&Document) -> bool,
    ) -> Option<&'p Document> {
        let root = self.fields.holder.as_deref()?.root;
        let mut all = deployment.documents.iter().copied();
        all.find(|document| {
            let holder = document.holder.as_deref();
            document.source == self.fields.source
                && document.layer != Layer::OperatorDefaults
                && holder.is_some_and(|holder| holder.root == root)
                && is_it(document)
        })
    }

    /// Its map of options.
    fn options(self, deployment: &Deployment<'p>) -> Option<&'p Document> {
        self.part(deployment, |document| document.layer == Layer::Manifest)
    }

    /// What the operator makes of its fields.
    fn made(self, deployment: &Deployment<'p>) -> Option<&'p Document> {
        self.part(deployment, |document| {
            document.fields_of == Some(self.fields.ordinal)
        })
    }

    /// A field as a place that takes part.
    fn related(self, field: &Setting, message: String) -> Related {
        Related {
            at: Deployment::at(self.fields, field.whole),
            message,
        }
    }
}
