//! `low-rocksdb-memory`: `RocksDB` of a slot has little memory. Its sizes are those of
//! `RocksDBMemoryControllerUtils`, the limit below which Flink warns is that of
//! `RocksDBOperationUtils.sanityCheckArenaBlockSize`.

use super::{SLOTS, change_of, is_told, keeps_heap, only, related, site, total};
use crate::deployment::{Deployment, Effective, RocksDb};
use crate::finding::Finding;
use crate::flink::memory::{Part, TaskManager, Why, java_float};
use crate::flink::rocksdb::Sharing;
use crate::flink::value::{MIB, parse_memory, show_memory};
use crate::rules::Rule;
use crate::rules::fixes::{self, size_like, whole};

const SIZE: &str = "taskmanager.memory.managed.size";
const FRACTION: &str = "taskmanager.memory.managed.fraction";
const RATIO: &str = "state.backend.rocksdb.memory.write-buffer-ratio";
/// The largest fraction that the fix proposes; the heap and the network need the rest.
const MOST_PERCENT: u64 = 60;
/// Settings that count for nothing here when they are misspelt.
const KEYS: [&str; 8] = [
    SIZE,
    FRACTION,
    SLOTS,
    "taskmanager.memory.process.size",
    "taskmanager.memory.flink.size",
    "state.backend.rocksdb.memory.managed",
    "state.backend.rocksdb.memory.fixed-per-slot",
    "state.backend.rocksdb.writebuffer.size",
];

/// The check.
pub(in crate::rules) fn low_rocksdb_memory(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    let Some(rocksdb) = deployment.rocksdb() else {
        return;
    };
    let (Some(bytes), Ok(wanted)) = (rocksdb.bytes, parse_memory(rule.text("min-per-slot"))) else {
        return;
    };
    let is_per_slot = matches!(rocksdb.sharing, Sharing::Managed | Sharing::FixedPerSlot);
    let flushes = rocksdb.flushes_constantly() == Some(true);
    if !is_per_slot || bytes >= wanted && !flushes {
        return;
    }
    let set = |key| deployment.cluster_option(key).known();
    let size = set("state.backend.rocksdb.writebuffer.size");
    let sizes: Vec<_> = [size, rocksdb.fixed].into_iter().flatten().collect();
    if is_told(deployment, &sizes, &KEYS) {
        return;
    }
    let low = Low {
        rule,
        deployment,
        rocksdb: &rocksdb,
        bytes,
        target: wanted.max(rocksdb.least_bytes().unwrap_or(0)),
        flushes,
    };
    // No memory is enough where memtables get no share of it.
    if let Some(ratio) = set(RATIO).filter(|_| flushes && rocksdb.least_bytes().is_none()) {
        out.push(low.no_share(ratio));
        return;
    }
    out.extend(match rocksdb.sharing {
        Sharing::Managed => low.managed(),
        _ => low.fixed(),
    });
}

/// Too little memory.
struct Low<'r, 'p> {
    rule: &'r Rule<'r>,
    deployment: &'r Deployment<'p>,
    rocksdb: &'r RocksDb<'p>,
    /// What a slot has.
    bytes: u64,
    /// What it should have.
    target: u64,
    flushes: bool,
}

impl Low<'_, '_> {
    /// `subject` with how much it is and what is wrong with that.
    fn message(&self, subject: &str) -> String {
        let own = show_memory(self.bytes);
        let versions = only(self.deployment, self.rocksdb.versions);
        let memtable = self.rocksdb.write_buffer_size.map(show_memory);
        match (self.bytes, self.flushes, memtable) {
            (0, ..) => {
                format!("{subject} nothing in each slot: its block cache is empty{versions}")
            }
            (_, true, Some(memtable)) => format!(
                "{subject} {own} in each slot, too little for memtables of {memtable}{versions}"
            ),
            _ => format!(
                "{subject} {own} in each slot, less than {}{versions}",
                show_memory(self.target)
            ),
        }
    }

    /// What the bytes mean.
    fn why(&self) -> String {
        let mut why = String::new();
        if self.flushes {
            let least = self.rocksdb.least_bytes().unwrap_or(0);
            if let Some(most) = least.checked_sub(1) {
                why.push_str(&format!("up to {} ", show_memory(most)));
            }
            why.push_str("Flink warns that RocksDB will flush memtables constantly: measured, a job with 8 MiB was 44 times slower than with 128 MiB; ");
        }
        if let Some(shared) = self.rocksdb.shared.filter(|_| self.bytes > 0) {
            let size = |bytes| show_memory(u64::try_from(bytes).unwrap_or(0));
            why.push_str(&format!(
                "all states of a slot share a block cache of {}, of which memtables may take {}; ",
                size(shared.cache),
                size(shared.write_buffers)
            ));
        }
        why
    }

    /// Managed memory: the total, a fraction of it, or the size itself decides.
    fn managed(&self) -> Option<Finding> {
        let Low {
            deployment,
            rocksdb,
            ..
        } = *self;
        let memory = deployment.memory().task_manager.any()?;
        let slots = u64::try_from(memory.num_slots).ok()?;
        let deciding = site(deployment, memory.managed).or_else(|| site(deployment, total(memory)));
        let shown = deciding.unwrap_or(rocksdb.backend.site());
        let (setting, document) = shown;
        let mut finding = self.rule.finding(
            document,
            setting.whole,
            self.message("managed memory gives RocksDB"),
        );
        finding.key = Some(setting.key.clone());
        let managed = show_memory(memory.managed.bytes);
        finding.label = match slots {
            1 => format!("{managed} of managed memory"),
            _ => format!("{managed} of managed memory, for {slots} slots"),
        };
        finding.help = self.why();
        if let Why::Fraction { fraction, of } = memory.managed.why {
            finding.help.push_str(&format!(
                "managed memory is {} of Flink's {}; ",
                java_float(fraction),
                show_memory(of)
            ));
        }
        let plans = self.plans(memory, slots);
        let mut ways: Vec<String> = plans.iter().map(|plan| plan.words.clone()).collect();
        let fewer = memory.managed.bytes / self.target.max(1);
        if (1..slots).contains(&fewer) && self.is_enough(memory.managed.bytes / fewer) {
            ways.push(format!("{SLOTS}: {fewer}"));
        }
        finding.help.push_str(&if ways.is_empty() {
            "give it more memory, or use fewer slots".to_owned()
        } else {
            format!(
                "for {} in each slot set {}",
                show_memory(self.target),
                ways.join(", or ")
            )
        });
        let backend = rocksdb.backend.site();
        let states = format!("{} keeps the state", rocksdb.backend.value());
        let shared = format!("shared by {slots} slots");
        let of_slots = deployment.of_cluster(SLOTS).filter(|_| slots > 1);
        finding.related = [
            related(setting, of_slots, shared),
            related(setting, Some(backend), states),
        ]
        .into_iter()
        .flatten()
        .collect();
        finding.fix = plans.into_iter().find_map(|plan| {
            let title = format!(
                "set {}: {} in each slot",
                plan.words,
                show_memory(plan.per_slot)
            );
            let fix = fixes::put(deployment, &plan.values, shown)?;
            Some(fix.titled(title).risky(plan.risk))
        });
        Some(finding)
    }

    /// Whether so many bytes in each slot would be enough. The largest sizes wrap in Java.
    fn is_enough(&self, bytes: u64) -> bool {
        bytes >= self.target && self.rocksdb.flushes_with(bytes) != Some(true)
    }

    /// What would be enough, the best first.
    fn plans(&self, memory: &TaskManager, slots: u64) -> Vec<Plan> {
        let needed = whole(self.target.saturating_mul(slots));
        let managed = memory.managed;
        let all = total(memory);
        let mut plans = Vec::new();
        let key_of = |part: Part| part.key.filter(|_| part.set);
        let spelling =
            |part| site(self.deployment, part).map_or("m", |(setting, _)| &setting.value);
        if let (Some(key), Why::Set) = (key_of(managed), managed.why) {
            let size = (key, size_like(spelling(managed), needed));
            plans.extend(self.plan(memory, vec![size.clone()]));
            if let (true, Some(key)) = (plans.is_empty(), key_of(all)) {
                let larger = needed.saturating_sub(managed.bytes);
                let larger = all.bytes.saturating_add(larger);
                let larger = size_like(spelling(all), larger);
                plans.extend(self.plan(memory, vec![size, (key, larger)]));
            }
            return plans;
        }
        let percent = needed
            .saturating_mul(100)
            .checked_div(memory.total_flink.bytes)
            .map_or(u64::MAX, |percent| percent + 1);
        if percent <= MOST_PERCENT {
            let fraction = format!("0.{percent:02}");
            let fraction = fraction.trim_end_matches('0').to_owned();
            plans.extend(self.plan(memory, vec![(FRACTION, fraction)]));
        }
        if let Some(key) = key_of(all) {
            plans.extend(self.larger(memory, key, spelling(all)));
        }
        plans
    }

    /// The smallest total that is enough, up to four times what it is now, in steps of 64 MiB.
    fn larger(&self, memory: &TaskManager, key: &'static str, like: &str) -> Option<Plan> {
        const STEP: u64 = 64 * MIB;
        let now = total(memory).bytes / STEP;
        let plan = |steps: u64| {
            let bytes = steps.saturating_mul(STEP);
            self.plan(memory, vec![(key, size_like(like, bytes))])
        };
        let (mut low, mut high) = (now + 1, now.max(1) * 4);
        let mut best = plan(high)?;
        while low < high {
            let middle = low + (high - low) / 2;
            match plan(middle) {
                Some(found) => {
                    best = found;
                    high = middle;
                }
                None => low = middle + 1,
            }
        }
        Some(best)
    }

    /// A change, if the process starts with it in all versions, a slot has enough, and the heap too.
    fn plan(&self, memory: &TaskManager, values: Vec<(&'static str, String)>) -> Option<Plan> {
        let changes: Vec<_> = values
            .iter()
            .map(|(key, value)| (*key, Some(value.as_str())))
            .collect();
        let with = self.deployment.memory_with(&changes).task_manager;
        let new = with.any()?;
        let per_slot = with.cases.iter().map(|case| {
            let parts = case.result.as_ref().ok()?;
            let own = parts.managed_per_slot();
            own.filter(|_| keeps_heap(memory, parts))
        });
        let per_slot = per_slot.min()??;
        let words: Vec<String> = values
            .iter()
            .map(|(key, value)| format!("{key}: {value}"))
            .collect();
        let process = (memory.total_process.bytes, new.total_process.bytes);
        let risk = if process.0 == process.1 {
            change_of(
                "the heap for operators",
                memory.task_heap.bytes,
                new.task_heap.bytes,
            )
        } else {
            format!(
                "{}, for which its host or container must have room",
                change_of("the process", process.0, process.1)
            )
        };
        self.is_enough(per_slot).then(|| Plan {
            words: words.join(" and "),
            risk,
            per_slot,
            values,
        })
    }

    /// The ratio leaves memtables nothing.
    fn no_share(&self, ratio: Effective) -> Finding {
        let message = format!(
            "memtables of RocksDB get no share of its memory{}",
            only(self.deployment, self.rocksdb.versions)
        );
        let (document, setting) = (ratio.document, ratio.setting);
        let mut finding = self.rule.finding(document, setting.whole, message);
        finding.key = Some(setting.key.clone());
        finding.help = "Flink warns that RocksDB will flush memtables constantly, however much memory it has; the default is 0.5".to_owned();
        let fix = fixes::set(self.deployment, document, setting, "0.5");
        let risk = "memtables take 1/3 of the memory, of what the block cache has now";
        finding.fix = fix.map(|fix| fix.risky(risk));
        finding
    }

    /// A fixed size for each slot.
    fn fixed(&self) -> Option<Finding> {
        let own = self.rocksdb.fixed?;
        let message = self.message("memory.fixed-per-slot gives RocksDB");
        let mut finding = self.rule.finding(own.document, own.setting.whole, message);
        finding.key = Some(own.setting.key.clone());
        finding.help = format!(
            "{}this size takes the place of managed memory: raise it, or remove the line",
            self.why()
        );
        let backend = self.rocksdb.backend.site();
        let states = format!("{} keeps the state", self.rocksdb.backend.value());
        finding
            .related
            .extend(related(own.setting, Some(backend), states));
        let value = size_like(own.value(), self.target);
        let is_enough = parse_memory(&value).is_ok_and(|bytes| self.is_enough(bytes));
        let risk = "each slot takes as much native memory, which Flink does not count";
        let fix = fixes::set(self.deployment, own.document, own.setting, &value);
        finding.fix = fix.filter(|_| is_enough).map(|fix| fix.risky(risk));
        Some(finding)
    }
}

/// Something that would be enough.
struct Plan {
    /// The settings in words.
    words: String,
    risk: String,
    /// What a slot has then.
    per_slot: u64,
    values: Vec<(&'static str, String)>,
}
