//! The memory of a `JobManager`.

use super::arithmetic::sum;
use super::failure::{Failure, MemoryError, Refused};
use super::options::{Inputs, Key};
use super::process::{FLINK, Keys, Range, Start};
use super::reader::Reader;
use super::{Mode, Part, Process};
use crate::flink::version::Versions;

/// The names of terms.
const HEAP: &str = "JVM heap";
const OFF_HEAP: &str = "off-heap memory";

const KEYS: Keys = Keys {
    fine: &[Key::JobHeap],
    flink: Key::JobFlink,
    process: Key::JobProcess,
    metaspace: Key::JobMetaspace,
    overhead: Range {
        least: Some(Key::JobOverheadLeast),
        most: Some(Key::JobOverheadMost),
        fraction: Key::JobOverheadFraction,
    },
    legacy: [Key::JobLegacyHeap, Key::JobLegacyHeapMb],
    legacy_for: Key::JobHeap,
};

/// The parts of a `JobManager` process.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct JobManager {
    /// The JVM's heap: `-Xmx` and `-Xms`.
    pub jvm_heap: Part,
    /// Off-heap memory; the JVM keeps to it only with [`JobManager::direct_limit`].
    pub off_heap: Part,
    /// JVM metaspace: `-XX:MaxMetaspaceSize`.
    pub jvm_metaspace: Part,
    /// JVM overhead: threads, code cache and what else no flag limits.
    pub jvm_overhead: Part,
    /// Heap and off-heap memory.
    pub total_flink: Part,
    /// All of it: what a container has to have.
    pub total_process: Part,
    /// Whether off-heap memory is the JVM's `-XX:MaxDirectMemorySize`.
    pub direct_limit: bool,
}

impl JobManager {
    /// The flags that Flink gives the JVM.
    pub fn jvm_params(&self) -> String {
        let heap = self.jvm_heap.bytes;
        let direct = if self.direct_limit {
            format!(" -XX:MaxDirectMemorySize={}", self.off_heap.bytes)
        } else {
            String::new()
        };
        let metaspace = self.jvm_metaspace.bytes;
        format!("-Xmx{heap} -Xms{heap}{direct} -XX:MaxMetaspaceSize={metaspace}")
    }

    /// Every part with its name in JSON, in the order of the table.
    pub fn parts(&self) -> [(&'static str, Part); 6] {
        [
            ("jvm_heap", self.jvm_heap),
            ("off_heap", self.off_heap),
            ("jvm_metaspace", self.jvm_metaspace),
            ("jvm_overhead", self.jvm_overhead),
            ("total_flink", self.total_flink),
            ("total_process", self.total_process),
        ]
    }
}

/// Computes the memory of a `JobManager` in one version
/// (`JobManagerProcessUtils.processSpecFromConfigWithNewOptionToInterpretLegacyHeap`).
pub fn job_manager(
    inputs: &Inputs,
    version: Versions,
    mode: Mode,
) -> Result<JobManager, MemoryError> {
    derive(inputs, version, mode)
        .map_err(|refused| MemoryError::new(Process::JobManager, refused, version, mode))
}

fn derive(inputs: &Inputs, version: Versions, mode: Mode) -> Result<JobManager, Refused> {
    let reader = KEYS.reader(inputs, version, mode)?;
    let start = KEYS.start(&reader)?;
    let (jvm_heap, off_heap, total_flink, jvm_metaspace, jvm_overhead, total_process);
    if start == Start::Process {
        (total_process, jvm_metaspace, jvm_overhead, total_flink) = KEYS.within_process(&reader)?;
        (jvm_heap, off_heap) = split(&reader, total_flink)?;
    } else {
        (jvm_heap, off_heap, total_flink) = if start == Start::Fine {
            fine(&reader)?
        } else {
            let total = reader.size(Key::JobFlink)?;
            let (heap, off_heap) = split(&reader, total)?;
            (heap, off_heap, total)
        };
        (jvm_metaspace, jvm_overhead, total_process) = KEYS.around_flink(&reader, total_flink)?;
    }
    Ok(JobManager {
        jvm_heap,
        off_heap,
        jvm_metaspace,
        jvm_overhead,
        total_flink,
        total_process,
        direct_limit: reader.switch(Key::JobDirectLimit)?,
    })
}

/// The heap is what off-heap memory leaves.
fn split(reader: &Reader, flink: Part) -> Result<(Part, Part), Refused> {
    let off_heap = reader.size(Key::JobOffHeap)?;
    match flink.bytes.checked_sub(off_heap.bytes) {
        None | Some(0) => Err(Failure::NoHeap.of([(FLINK, flink), (OFF_HEAP, off_heap)])),
        Some(rest) => Ok((Part::rest(rest), off_heap)),
    }
}

/// The heap is set.
fn fine(reader: &Reader) -> Result<(Part, Part, Part), Refused> {
    let heap = reader.size(Key::JobHeap)?;
    let off_heap = reader.size(Key::JobOffHeap)?;
    if !reader.has(Key::JobFlink) {
        let flink = Part::sum(sum([heap.bytes, off_heap.bytes])?);
        return Ok((heap, off_heap, flink));
    }
    let flink = reader.size(Key::JobFlink)?;
    if reader.has(Key::JobOffHeap) {
        if sum([heap.bytes, off_heap.bytes])? != flink.bytes {
            return Err(Failure::HeapAndOffHeap.of([
                (HEAP, heap),
                (OFF_HEAP, off_heap),
                (FLINK, flink),
            ]));
        }
        return Ok((heap, off_heap, flink));
    }
    match flink.bytes.checked_sub(heap.bytes) {
        Some(rest) => Ok((heap, Part::rest(rest), flink)),
        None => Err(Failure::HeapAboveFlink.of([(HEAP, heap), (FLINK, flink)])),
    }
}
