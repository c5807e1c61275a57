//! The containers of a cluster, and the services that lead to them.

use super::{Clusters, Member};
use crate::deployment::{Container, Engine, Service};
use crate::project::containers::container;
use crate::recognise::cluster::{self, Stated};
use crate::recognise::evidence;
use crate::text::SourceId;

/// The containers that certainly run the configuration, each with what other descriptions of it add.
pub(super) fn running(members: &[Member], engine: Engine, scaled: bool) -> Vec<Container> {
    let proven = members.iter().filter(|member| member.proven);
    let made = proven.filter_map(|member| {
        let mut own = container(member.file.source, member.workload, engine)?;
        let others = members.iter().filter(|other| {
            let near = evidence::folder(&other.file.path) == evidence::folder(&member.file.path);
            let same = other.workload.name == member.workload.name;
            near && same && !std::ptr::eq(other.workload, member.workload)
        });
        for other in others {
            let more = &other.workload.container;
            own.has.volumes.extend(more.volumes.iter().cloned());
            own.has.open |= more.open;
            if other.workload.replicas != Stated::No {
                own.replicas = None;
            }
        }
        if scaled {
            own.replicas = None;
        }
        Some(own)
    });
    made.collect()
}

impl Clusters {
    /// The services of Kubernetes that lead to some containers: of the same folder and namespace, because
    /// each environment of a project may have the same labels.
    pub(super) fn leading_to(&self, containers: &[Container]) -> Vec<Service> {
        let mut found = Vec::new();
        let folder = |source: SourceId| {
            let file = self.files.binary_search_by_key(&source, |file| file.source);
            file.ok()
                .map(|index| evidence::folder(&self.files[index].path))
        };
        let files = self.serving.iter().map(|&index| &self.files[index]);
        for file in files.filter(|_| !containers.is_empty()) {
            let own = Some(evidence::folder(&file.path));
            let leads = |service: &&cluster::Service| {
                let mut containers = containers.iter();
                containers.any(|container| {
                    let spaces = [&service.namespace, &container.namespace];
                    let [one, other] = spaces.map(String::as_str);
                    (one == other || one.is_empty() || other.is_empty())
                        && service.leads_to(&container.has)
                        && folder(container.source) == own
                })
            };
            let services = file.facts.services.iter().filter(leads);
            found.extend(services.map(|service| Service {
                source: file.source,
                is: service.clone(),
            }));
        }
        found
    }
}
