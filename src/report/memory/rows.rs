//! The rows of each process's table: how parts are called, in which order, and how they look.

use super::beside;
use super::rocksdb::RocksDb;
use super::view::{Look, Origins, Parts, Reason, Row};
use crate::deployment::Deployment;
use crate::flink::memory::{JobManager, Part, Process, TaskManager};

/// How each part is called and drawn.
struct Plan {
    name: &'static str,
    label: &'static str,
    depth: usize,
    look: Option<Look>,
    flag: Option<&'static str>,
}

const fn plan(name: &'static str, label: &'static str, depth: usize) -> Plan {
    Plan {
        name,
        label,
        depth,
        look: None,
        flag: None,
    }
}

impl Plan {
    const fn drawn(mut self, letter: char, color: usize) -> Plan {
        self.look = Some(Look { letter, color });
        self
    }

    const fn flag(mut self, flag: &'static str) -> Plan {
        self.flag = Some(flag);
        self
    }

    fn row(&self, bytes: u64, reason: Option<Reason>) -> Row {
        Row {
            name: self.name,
            label: self.label,
            depth: self.depth,
            bytes,
            reason,
            note: self.flag.map(str::to_owned),
            look: self.look,
        }
    }
}

const TASK_MANAGER: [Plan; 12] = [
    plan("total_process", "process", 0),
    plan("total_flink", "of it for Flink", 1),
    plan("jvm_heap", "JVM heap", 1).flag("-Xmx"),
    plan("framework_heap", "framework heap", 2).drawn('F', 0),
    plan("task_heap", "task heap", 2).drawn('H', 1),
    plan("jvm_direct", "direct", 1).flag("-XX:MaxDirectMemorySize"),
    plan("framework_off_heap", "framework off-heap", 2).drawn('d', 2),
    plan("task_off_heap", "task off-heap", 2).drawn('D', 3),
    plan("network", "network", 2).drawn('N', 4),
    plan("managed", "managed", 1).drawn('M', 5),
    plan("jvm_metaspace", "metaspace", 1).drawn('S', 6),
    plan("jvm_overhead", "overhead", 1).drawn('V', 7),
];

const JOB_MANAGER: [Plan; 6] = [
    plan("total_process", "process", 0),
    plan("total_flink", "of it for Flink", 1),
    plan("jvm_heap", "JVM heap", 1).drawn('H', 1).flag("-Xmx"),
    plan("off_heap", "off-heap", 1).drawn('D', 3),
    plan("jvm_metaspace", "metaspace", 1).drawn('S', 6),
    plan("jvm_overhead", "overhead", 1).drawn('V', 7),
];

/// The rows of a plan, the total first.
fn rows(
    plans: &[Plan],
    parts: &[(&'static str, Part)],
    sums: &[(&str, u64)],
    process: Process,
    origins: Origins,
) -> (Row, Vec<Row>) {
    let row = |plan: &Plan| {
        let part = parts.iter().find(|(name, _)| *name == plan.name);
        if let Some((name, part)) = part {
            let reason = origins.reason(name, part, process);
            return plan.row(part.bytes, Some(reason));
        }
        let sum = sums.iter().find(|(name, _)| *name == plan.name);
        plan.row(sum.map_or(0, |(_, bytes)| *bytes), None)
    };
    (row(&plans[0]), plans[1..].iter().map(row).collect())
}

/// The parts of a `TaskManager` that starts.
pub(super) fn of_task_manager(
    model: &TaskManager,
    origins: Origins,
    deployment: &Deployment,
) -> Parts {
    let sums = [
        ("jvm_heap", model.jvm_heap()),
        ("jvm_direct", model.jvm_direct()),
    ];
    let process = Process::TaskManager;
    let (total, mut rows) = rows(&TASK_MANAGER, &model.parts(), &sums, process, origins);
    let per_slot = model.managed_per_slot().filter(|_| model.num_slots > 1);
    let managed = rows.iter_mut().find(|row| row.name == "managed");
    if let (Some(managed), Some(bytes)) = (managed, per_slot) {
        let size = super::mib(bytes);
        managed.note = Some(format!("= {size} per slot x {}", model.num_slots));
    }
    let rocksdb = RocksDb::of(deployment);
    Parts {
        total,
        rows,
        cores_and_slots: Some((model.cpu_cores, model.num_slots)),
        jvm_params: model.jvm_params(),
        beside: beside::of_task_manager(model, origins, rocksdb.as_ref(), deployment.network()),
        rocksdb,
    }
}

/// The parts of a `JobManager` that starts.
pub(super) fn of_job_manager(model: &JobManager, origins: Origins) -> Parts {
    let process = Process::JobManager;
    let (total, mut rows) = rows(&JOB_MANAGER, &model.parts(), &[], process, origins);
    if let Some(off_heap) = rows.iter_mut().find(|row| row.name == "off_heap")
        && model.direct_limit
    {
        off_heap.note = Some("-XX:MaxDirectMemorySize".to_owned());
    }
    Parts {
        total,
        rows,
        cores_and_slots: None,
        jvm_params: model.jvm_params(),
        beside: Vec::new(),
        rocksdb: None,
    }
}
