//! Rules about a configuration and the containers that run it. They speak where files prove which
//! containers these are.

use crate::deployment::{Container, Deployment, Process};

pub(super) mod address;
pub(super) mod dirs;
pub(super) mod folded;
pub(super) mod ports;
pub(super) mod replicas;
pub(super) mod rpc;

/// The containers of both processes; `None` unless each has one.
fn both<'d>(deployment: &'d Deployment) -> Option<[Vec<&'d Container>; 2]> {
    let of = |process| -> Vec<&Container> { deployment.cluster.containers_of(process).collect() };
    let all = [of(Process::JobManager), of(Process::TaskManager)];
    (!all.iter().any(Vec::is_empty)).then_some(all)
}
