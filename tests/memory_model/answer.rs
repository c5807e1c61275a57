//! What the model makes of a question, in one form for both processes.

use super::Question;
use flint::flink::memory::{
    JobManager, Key, MemoryError, Part, Preset, Process, TaskManager, job_manager, task_manager,
};
use flint::flink::value::parse_memory;
use flint::flink::version::Versions;

/// The parts of either process and the flags that Flink makes of them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    /// Each with the option of its own, if it has one.
    pub(crate) parts: Vec<(Key, Part)>,
    /// What lies in Flink's memory, and the network memory among it.
    pub(crate) inner: Vec<Part>,
    pub(crate) network: Option<Part>,
    pub(crate) metaspace: Part,
    pub(crate) overhead: Part,
    pub(crate) flink: Part,
    pub(crate) process: Part,
    pub(crate) heap: u64,
    pub(crate) direct: Option<u64>,
    pub(crate) flags: String,
    pub(crate) cores: f64,
    pub(crate) slots: i32,
}

impl Question {
    pub(crate) fn answer(&self) -> Result<Answer, MemoryError> {
        self.answer_in(self.version)
    }

    pub(crate) fn answer_in(&self, version: Versions) -> Result<Answer, MemoryError> {
        let inputs = self.inputs();
        match self.process {
            Process::TaskManager => {
                task_manager(&inputs, version, self.mode).map(|model| of_task_manager(&model))
            }
            Process::JobManager => {
                job_manager(&inputs, version, self.mode).map(|model| of_job_manager(&model))
            }
        }
    }

    /// The text that counts for an option in the version asked for.
    pub(crate) fn text(&self, key: Key) -> Option<&str> {
        let spec = key.spec();
        let reads = self.version.within(spec.versions);
        let mut names = std::iter::once(spec.key).chain(spec.also.iter().copied());
        names.find_map(|name| self.get(name)).filter(|_| reads)
    }

    pub(crate) fn bytes(&self, key: Key) -> Option<u64> {
        let old_limit = key == Key::NetworkMost && self.version.bits() < 0x0010;
        match (self.text(key), key.spec().preset) {
            (Some(text), _) => parse_memory(text).ok(),
            (None, Preset::Bytes(_)) if old_limit => Some(1 << 30),
            (None, Preset::Bytes(bytes)) => Some(bytes),
            _ => None,
        }
    }
}

fn of_task_manager(model: &TaskManager) -> Answer {
    Answer {
        parts: vec![
            (Key::FrameworkHeap, model.framework_heap),
            (Key::TaskHeap, model.task_heap),
            (Key::FrameworkOffHeap, model.framework_off_heap),
            (Key::TaskOffHeap, model.task_off_heap),
            (Key::ManagedSize, model.managed),
            (Key::TaskMetaspace, model.jvm_metaspace),
            (Key::TaskFlink, model.total_flink),
            (Key::TaskProcess, model.total_process),
        ],
        inner: vec![
            model.framework_heap,
            model.task_heap,
            model.framework_off_heap,
            model.task_off_heap,
            model.network,
            model.managed,
        ],
        network: Some(model.network),
        metaspace: model.jvm_metaspace,
        overhead: model.jvm_overhead,
        flink: model.total_flink,
        process: model.total_process,
        heap: model.framework_heap.bytes + model.task_heap.bytes,
        direct: Some(
            model.framework_off_heap.bytes + model.task_off_heap.bytes + model.network.bytes,
        ),
        flags: model.jvm_params(),
        cores: model.cpu_cores,
        slots: model.num_slots,
    }
}

fn of_job_manager(model: &JobManager) -> Answer {
    Answer {
        parts: vec![
            (Key::JobHeap, model.jvm_heap),
            (Key::JobOffHeap, model.off_heap),
            (Key::JobMetaspace, model.jvm_metaspace),
            (Key::JobFlink, model.total_flink),
            (Key::JobProcess, model.total_process),
        ],
        inner: vec![model.jvm_heap, model.off_heap],
        network: None,
        metaspace: model.jvm_metaspace,
        overhead: model.jvm_overhead,
        flink: model.total_flink,
        process: model.total_process,
        heap: model.jvm_heap.bytes,
        direct: model.direct_limit.then_some(model.off_heap.bytes),
        flags: model.jvm_params(),
        cores: 1.0,
        slots: 1,
    }
}

impl Answer {
    /// Every number of it.
    pub(crate) fn sizes(&self) -> Vec<u64> {
        let parts = self.parts.iter().map(|(_, part)| part.bytes);
        let network = self.network.iter().map(|part| part.bytes);
        parts.chain(network).chain([self.overhead.bytes]).collect()
    }
}
