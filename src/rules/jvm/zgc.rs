//! The heap of a process that collects its garbage with ZGC, and how many mappings of memory that takes.

use super::{all_options, memory};
use crate::deployment::Deployment;
use crate::finding::Location;
use crate::flink::memory::Process;
use crate::flink::value::MIB;
use crate::syntax::{Document, Setting};

/// A process with ZGC.
#[derive(Clone, Copy, Debug)]
pub(in crate::rules) struct Zgc<'p> {
    /// Who chooses it.
    pub(in crate::rules) document: &'p Document,
    /// Where.
    pub(in crate::rules) setting: &'p Setting,
    /// The most that its heap may grow to, in bytes.
    pub(in crate::rules) heap: u64,
}

impl Zgc<'_> {
    /// The mappings that the JVM wants to be allowed: three for each granule of 2 MiB, and a fifth more for
    /// all else (`ZPhysicalMemoryBacking::warn_max_map_count`; measured with Java 17 and 25: 36 GiB want
    /// 66355).
    pub(in crate::rules) fn mappings(&self) -> u64 {
        self.heap.div_ceil(2 * MIB).saturating_mul(36) / 10
    }

    /// Where it is chosen.
    pub(in crate::rules) fn at(&self) -> Location {
        Deployment::at(self.document, self.setting.whole)
    }
}

/// The process that certainly runs with ZGC and has the largest heap, of those whose heap is known.
pub(in crate::rules) fn zgc<'p>(deployment: &Deployment<'p>) -> Option<Zgc<'p>> {
    if !crate::rules::memory::is_what_runs(deployment) {
        return None;
    }
    let of = |process: Process| {
        let name = process.name();
        let own = all_options(deployment).into_iter().filter(|options| {
            memory::process(&options.setting.key).is_some_and(|of| of.contains(name))
        });
        let mut chosen = None;
        for options in own {
            for flag in options.flags()? {
                match flag {
                    "-XX:+UseZGC" => {
                        let key = &options.setting.key;
                        let is_certain = options.versions == deployment.versions
                            && !deployment.cluster.may_set(key);
                        is_certain.then_some(())?;
                        chosen = Some((options.document, options.setting));
                    }
                    "-XX:-UseZGC" => chosen = None,
                    _ => {}
                }
            }
        }
        let (document, setting) = chosen?;
        let heap = memory::most_heap(deployment, name)?;
        Some(Zgc {
            document,
            setting,
            heap,
        })
    };
    let both = [Process::TaskManager, Process::JobManager].into_iter();
    both.filter_map(of).max_by_key(|own| own.heap)
}
