//! What is known of the buffers between tasks.

use super::{Case, Change, Deployment, Effective};
use crate::flink::memory::TaskManager;
use crate::flink::network;
use crate::flink::value::{parse_integer, parse_memory};
use crate::flink::version::Versions;

const SEGMENT: &str = "taskmanager.memory.segment-size";
const PER_CHANNEL: &str = "taskmanager.network.memory.buffers-per-channel";
const PER_GATE: &str = "taskmanager.network.memory.read-buffer.required-per-gate.max";
const SHUFFLE: &str = "shuffle-service-factory.class";
/// Flink's own shuffle service; others have their own buffers.
const NETTY: &str = "org.apache.flink.runtime.io.network.NettyShuffleServiceFactory";

/// The buffers between tasks, where Flink's own shuffle service passes them.
#[derive(Clone, Debug)]
pub struct Network {
    /// The bytes of one buffer.
    pub segment: u64,
    /// What a `TaskManager` has, for each set of versions that agree; all versions of the deployment.
    pub cases: Vec<NetworkCase>,
    /// `taskmanager.network.memory.buffers-per-channel`, where it is set.
    pub per_channel: Option<u32>,
    /// `taskmanager.network.memory.read-buffer.required-per-gate.max`, where it is set.
    pub per_gate: Option<u32>,
}

/// What a `TaskManager` has in some versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NetworkCase {
    /// The versions.
    pub versions: Versions,
    /// The bytes of network memory.
    pub bytes: u64,
    /// How many buffers they hold, for all slots together.
    pub buffers: u64,
    /// The slots of the `TaskManager`.
    pub slots: u32,
}

impl Network {
    /// The buffers without which a `TaskManager` whose slots are all taken can't run its part of one
    /// exchange of a streaming job, in one version: see [`network::needed`].
    pub fn needed(&self, slots: u32, parallelism: u32, version: Versions) -> u64 {
        network::needed(
            slots,
            parallelism,
            network::buffers_per_channel(self.per_channel, version),
            network::required_per_gate(self.per_gate, version),
        )
    }
}

impl Deployment<'_> {
    /// The buffers between tasks; `None` where a part of it can't be known, or a `TaskManager` does not
    /// start.
    pub fn network(&self) -> Option<Network> {
        self.network_with(&[])
    }

    /// The same if some settings of memory were others.
    pub fn network_with(&self, changes: &[Change]) -> Option<Network> {
        let is_own = |service: Effective| Some(service.value() == NETTY);
        if !self.cluster_option(SHUFFLE).read_or(true, is_own)? {
            return None;
        }
        let size = |own: Effective| parse_memory(own.value()).ok();
        let segment = self
            .cluster_option(SEGMENT)
            .read_or(network::SEGMENT_SIZE, size)?;
        if segment < network::LEAST_SEGMENT || !segment.is_power_of_two() {
            return None;
        }
        let memory = match changes {
            [] => &self.memory().task_manager,
            _ => &self.memory_with(changes).task_manager,
        };
        let number = |own: Effective| {
            let number = parse_integer(own.value()).ok()?;
            Some(Some(u32::try_from(number).ok()?))
        };
        let case = |case: &Case<TaskManager>| {
            let parts = case.result.as_ref().ok()?;
            Some(NetworkCase {
                versions: case.versions,
                bytes: parts.network.bytes,
                buffers: network::buffers(parts.network.bytes, segment),
                slots: u32::try_from(parts.num_slots)
                    .ok()
                    .filter(|slots| *slots > 0)?,
            })
        };
        let own = memory.cases.iter();
        let own = own.filter(|case| case.versions.overlaps(self.versions));
        let cases: Vec<NetworkCase> = own.map(case).collect::<Option<_>>()?;
        (!cases.is_empty()).then_some(Network {
            segment,
            cases,
            per_channel: self.cluster_option(PER_CHANNEL).read_or(None, number)?,
            per_gate: self.cluster_option(PER_GATE).read_or(None, number)?,
        })
    }
}
