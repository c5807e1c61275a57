//! The memory of a `TaskManager`.

use super::arithmetic::sum;
use super::failure::{Failure, MemoryError, Refused};
use super::options::{Inputs, Key};
use super::process::{FLINK, Keys, Limits, Range, Start};
use super::reader::Reader;
use super::{Mode, Part, Process, Why};
use crate::flink::network::LEAST_SEGMENT;
use crate::flink::version::Versions;

const KEYS: Keys = Keys {
    fine: &[Key::TaskHeap, Key::ManagedSize],
    flink: Key::TaskFlink,
    process: Key::TaskProcess,
    metaspace: Key::TaskMetaspace,
    overhead: Range {
        least: Some(Key::TaskOverheadLeast),
        most: Some(Key::TaskOverheadMost),
        fraction: Key::TaskOverheadFraction,
    },
    legacy: [Key::TaskLegacyHeap, Key::TaskLegacyHeapMb],
    legacy_for: Key::TaskFlink,
};
const NETWORK: Range = Range {
    least: Some(Key::NetworkLeast),
    most: Some(Key::NetworkMost),
    fraction: Key::NetworkFraction,
};
const MANAGED: Range = Range {
    least: None,
    most: None,
    fraction: Key::ManagedFraction,
};

/// The parts of a `TaskManager` process.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TaskManager {
    /// Heap of Flink itself.
    pub framework_heap: Part,
    /// Heap of the job's operators and user code.
    pub task_heap: Part,
    /// Off-heap memory of Flink itself.
    pub framework_off_heap: Part,
    /// Off-heap memory of user code.
    pub task_off_heap: Part,
    /// Buffers between tasks.
    pub network: Part,
    /// Memory that Flink hands out: `RocksDB`, sorting, Python. No flag of the JVM limits it.
    pub managed: Part,
    /// JVM metaspace: `-XX:MaxMetaspaceSize`.
    pub jvm_metaspace: Part,
    /// JVM overhead: threads, code cache and what else no flag limits.
    pub jvm_overhead: Part,
    /// Everything but metaspace and overhead.
    pub total_flink: Part,
    /// All of it: what a container has to have.
    pub total_process: Part,
    /// CPU cores that Flink counts with.
    pub cpu_cores: f64,
    /// Task slots.
    pub num_slots: i32,
}

impl TaskManager {
    /// The JVM's heap, in bytes: `-Xmx` and `-Xms`.
    pub fn jvm_heap(&self) -> u64 {
        self.framework_heap.bytes + self.task_heap.bytes
    }

    /// The JVM's direct memory, in bytes: `-XX:MaxDirectMemorySize`.
    pub fn jvm_direct(&self) -> u64 {
        self.framework_off_heap.bytes + self.task_off_heap.bytes + self.network.bytes
    }

    /// The flags that Flink gives the JVM.
    pub fn jvm_params(&self) -> String {
        let heap = self.jvm_heap();
        let direct = self.jvm_direct();
        let metaspace = self.jvm_metaspace.bytes;
        format!(
            "-Xmx{heap} -Xms{heap} -XX:MaxDirectMemorySize={direct} -XX:MaxMetaspaceSize={metaspace}"
        )
    }

    /// Managed memory of one slot in bytes, when there is a slot.
    pub fn managed_per_slot(&self) -> Option<u64> {
        let slots = u64::try_from(self.num_slots).ok()?;
        self.managed.bytes.checked_div(slots)
    }

    /// Every part with its name in JSON, in the order of the table.
    pub fn parts(&self) -> [(&'static str, Part); 10] {
        [
            ("framework_heap", self.framework_heap),
            ("task_heap", self.task_heap),
            ("framework_off_heap", self.framework_off_heap),
            ("task_off_heap", self.task_off_heap),
            ("network", self.network),
            ("managed", self.managed),
            ("jvm_metaspace", self.jvm_metaspace),
            ("jvm_overhead", self.jvm_overhead),
            ("total_flink", self.total_flink),
            ("total_process", self.total_process),
        ]
    }
}

/// Computes the memory of a `TaskManager` in one version
/// (`TaskExecutorProcessUtils.processSpecFromConfig`).
pub fn task_manager(
    inputs: &Inputs,
    version: Versions,
    mode: Mode,
) -> Result<TaskManager, MemoryError> {
    derive(inputs, version, mode)
        .map_err(|refused| MemoryError::new(Process::TaskManager, refused, version, mode))
}

/// What lies in all of Flink's memory.
struct Inner {
    framework_heap: Part,
    task_heap: Part,
    framework_off_heap: Part,
    task_off_heap: Part,
    network: Part,
    managed: Part,
}

fn derive(inputs: &Inputs, version: Versions, mode: Mode) -> Result<TaskManager, Refused> {
    let reader = KEYS.reader(inputs, version, mode)?;
    let start = KEYS.start(&reader)?;
    let (inner, total_flink, jvm_metaspace, jvm_overhead, total_process);
    if start == Start::Process {
        (total_process, jvm_metaspace, jvm_overhead, total_flink) = KEYS.within_process(&reader)?;
        inner = split(&reader, total_flink)?;
    } else {
        (inner, total_flink) = if start == Start::Fine {
            fine(&reader)?
        } else {
            let total = reader.size(Key::TaskFlink)?;
            (split(&reader, total)?, total)
        };
        (jvm_metaspace, jvm_overhead, total_process) = KEYS.around_flink(&reader, total_flink)?;
    }
    let cpu_cores = cores(&reader)?;
    Ok(TaskManager {
        framework_heap: inner.framework_heap,
        task_heap: inner.task_heap,
        framework_off_heap: inner.framework_off_heap,
        task_off_heap: inner.task_off_heap,
        network: inner.network,
        managed: inner.managed,
        jvm_metaspace,
        jvm_overhead,
        total_flink,
        total_process,
        cpu_cores,
        num_slots: reader.number(Key::Slots)?,
    })
}

/// Task heap and managed memory are set (`deriveFromRequiredFineGrainedOptions`).
fn fine(reader: &Reader) -> Result<(Inner, Part), Refused> {
    let task_heap = reader.size(Key::TaskHeap)?;
    let managed = reader.size(Key::ManagedSize)?;
    let framework_heap = reader.size(Key::FrameworkHeap)?;
    let framework_off_heap = reader.size(Key::FrameworkOffHeap)?;
    let task_off_heap = reader.size(Key::TaskOffHeap)?;
    let without_network = Inner {
        framework_heap,
        task_heap,
        framework_off_heap,
        task_off_heap,
        network: Part::rest(0),
        managed,
    };
    if reader.has(Key::TaskFlink) {
        // Flink adds up before it reads the total, which shows in what it complains about first.
        without_network.sum()?;
        let flink = reader.size(Key::TaskFlink)?;
        let network = network_rest(reader, &without_network, flink)?;
        let inner = Inner {
            network,
            ..without_network
        };
        return Ok((inner, flink));
    }
    let rest = without_network.sum()?;
    let network = match buffers(reader)? {
        Some(network) => network,
        None => Limits::read(reader, NETWORK)?.beside(rest)?,
    };
    let flink = Part::sum(sum([rest, network.bytes])?);
    let inner = Inner {
        network,
        ..without_network
    };
    Ok((inner, flink))
}

/// All of Flink's memory is known (`deriveFromTotalFlinkMemory`).
fn split(reader: &Reader, flink: Part) -> Result<Inner, Refused> {
    let framework_heap = reader.size(Key::FrameworkHeap)?;
    let framework_off_heap = reader.size(Key::FrameworkOffHeap)?;
    let task_off_heap = reader.size(Key::TaskOffHeap)?;
    let task_heap = reader
        .has(Key::TaskHeap)
        .then(|| reader.size(Key::TaskHeap))
        .transpose()?;
    let managed = if reader.has(Key::ManagedSize) {
        reader.size(Key::ManagedSize)?
    } else {
        Limits::read(reader, MANAGED)?.of(flink.bytes)?
    };
    let mut inner = Inner {
        framework_heap,
        task_heap: task_heap.unwrap_or(Part::rest(0)),
        framework_off_heap,
        task_off_heap,
        network: Part::rest(0),
        managed,
    };
    if task_heap.is_some() {
        inner.network = network_rest(reader, &inner, flink)?;
        return Ok(inner);
    }
    inner.network = match buffers(reader)? {
        Some(network) => network,
        None => Limits::read(reader, NETWORK)?.of(flink.bytes)?,
    };
    let Some(rest) = flink.bytes.checked_sub(inner.sum()?) else {
        let parts = vec![
            ("framework heap", framework_heap),
            ("framework off-heap", framework_off_heap),
            ("task off-heap", task_off_heap),
            ("managed memory", managed),
            ("network memory", inner.network),
            (FLINK, flink),
        ];
        return Err(Failure::Parts.of(parts));
    };
    inner.task_heap = Part::rest(rest);
    Ok(inner)
}

impl Inner {
    fn sum(&self) -> Result<u64, Refused> {
        sum([
            self.framework_heap.bytes,
            self.framework_off_heap.bytes,
            self.task_heap.bytes,
            self.task_off_heap.bytes,
            self.managed.bytes,
            self.network.bytes,
        ])
    }
}

/// Network memory where all other parts are known: what they leave, within its own limits.
fn network_rest(reader: &Reader, others: &Inner, flink: Part) -> Result<Part, Refused> {
    let parts = || {
        vec![
            ("framework heap", others.framework_heap),
            ("framework off-heap", others.framework_off_heap),
            ("task heap", others.task_heap),
            ("task off-heap", others.task_off_heap),
            ("managed memory", others.managed),
        ]
    };
    let Some(rest) = flink.bytes.checked_sub(others.sum()?) else {
        let mut terms = parts();
        terms.push((FLINK, flink));
        return Err(Failure::Parts.of(terms));
    };
    let network = Part::rest(rest);
    let refused = |limits: Option<(Part, Part)>| {
        let mut terms = vec![("network memory", network), (FLINK, flink)];
        terms.extend(parts());
        if let Some((least, most)) = limits {
            terms.push(("least network memory", least));
            terms.push(("most network memory", most));
        }
        Failure::NetworkRest.of(terms)
    };
    // Whatever is wrong with the limits, Flink says no more than that they do not fit.
    let unread = |own: Refused| {
        if own.failure.is_of_configuration() {
            refused(None)
        } else {
            own
        }
    };
    match buffers(reader).map_err(unread)? {
        Some(wanted) if wanted.bytes == rest => {}
        Some(wanted) => return Err(refused(Some((wanted, wanted)))),
        None => {
            let limits = Limits::read(reader, NETWORK).map_err(unread)?;
            if !limits.hold(rest) {
                return Err(refused(Some((limits.least, limits.most))));
            }
        }
    }
    Ok(network)
}

/// Network memory from a number of buffers, which counts where nothing newer is set.
fn buffers(reader: &Reader) -> Result<Option<Part>, Refused> {
    let newer = [Key::NetworkLeast, Key::NetworkMost, Key::NetworkFraction];
    if !reader.has(Key::NetworkBuffers) || newer.into_iter().any(|key| reader.has(key)) {
        return Ok(None);
    }
    let number = reader.number(Key::NetworkBuffers)?;
    let segment = reader.bytes_of_segment()?;
    let is_int = i32::try_from(segment).is_ok();
    if !is_int || segment < LEAST_SEGMENT || !segment.is_power_of_two() {
        return Err(Failure::Segment { bytes: segment }.into());
    }
    let number = u64::try_from(number).map_err(|_| Refused::from(Failure::Negative))?;
    let bytes = number * segment;
    let key = Some(Key::NetworkBuffers.name());
    Ok(Some(Part::new(bytes, Why::Buffers, key, true)))
}

/// The CPU cores (`TaskExecutorProcessUtils.getCpuCores`), from 1.14 on with eight decimals.
fn cores(reader: &Reader) -> Result<f64, Refused> {
    let cores = match reader.decimal(Key::Cores)? {
        Some(cores) => cores,
        None => f64::from(reader.number(Key::Slots)?),
    };
    if cores <= 0.0 {
        return Err(Failure::NoCores.into());
    }
    if !cores.is_finite() {
        return Err(Failure::Cores(cores).into());
    }
    if reader.version.within(super::GENERATIONS[0]) {
        return Ok(cores);
    }
    Ok(with_eight_decimals(cores))
}

/// A positive number without what lies behind its eighth decimal.
fn with_eight_decimals(number: f64) -> f64 {
    let text = format!("{number}");
    let end = text.find('.').map_or(text.len(), |point| point + 9);
    let kept = text.get(..end).unwrap_or(&text);
    kept.parse().unwrap_or(number)
}
