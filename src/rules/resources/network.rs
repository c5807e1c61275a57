//! `network-memory-too-small`: fewer buffers than one exchange of a job needs.
//!
//! What is needed is a lower bound, measured on running jobs: `flink::network`.

use super::{SLOTS, change_of, is_told, keeps_heap, only, related, site};
use crate::deployment::{Deployment, Effective, Network};
use crate::finding::Finding;
use crate::flink::network;
use crate::flink::value::{parse_integer, show_memory};
use crate::flink::version::Versions;
use crate::rules::Rule;
use crate::rules::fixes::{self, size_like, whole};
use crate::rules::parallelism::EXACT;

const PARALLELISM: &str = "parallelism.default";
const MODE: &str = "execution.runtime-mode";
const LEAST: &str = "taskmanager.memory.network.min";
const FRACTION: &str = "taskmanager.memory.network.fraction";
const MOST: &str = "taskmanager.memory.network.max";

/// A number of buffers that is missing.
struct Shortage<'p> {
    /// How many are needed at least.
    needed: u64,
    /// How many there are at most.
    available: u64,
    /// The versions of which this is said.
    versions: Versions,
    /// Whose need it is, with the verb.
    who: String,
    /// The setting that makes the need known.
    because: Option<(Effective<'p>, String)>,
    help: &'static str,
}

/// The check.
pub(in crate::rules) fn network_memory_too_small(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    let Some(network) = deployment.network() else {
        return;
    };
    let Some(slots) = network.cases.first().map(|case| case.slots) else {
        return;
    };
    let shortage =
        batch(deployment, &network, slots).or_else(|| streaming(deployment, &network, slots));
    let Some(shortage) = shortage else { return };
    let keys = [PARALLELISM, SLOTS, LEAST, MOST, FRACTION];
    if !is_told(deployment, &[], &keys) {
        out.extend(report(rule, deployment, &network, slots, &shortage));
    }
}

/// The versions in which there are fewer buffers than needed, with the least need and the most buffers;
/// none unless it is so in all of them.
fn missing(
    network: &Network,
    versions: Versions,
    needed: impl Fn(Versions) -> Option<u64>,
) -> Option<(u64, u64)> {
    let mut shortage: Option<(u64, u64)> = None;
    for version in versions.iter() {
        let mut cases = network.cases.iter();
        let case = cases.find(|case| case.versions.overlaps(version))?;
        let needed = needed(version)?;
        if case.buffers >= needed {
            return None;
        }
        let (least, most) = shortage.unwrap_or((needed, case.buffers));
        shortage = Some((least.min(needed), most.max(case.buffers)));
    }
    shortage
}

/// Whether it is known that an option is not set to anything but this.
pub(super) fn is_plain(deployment: &Deployment, key: &str, plain: &str) -> bool {
    let read = |own: Effective| Some(own.value().eq_ignore_ascii_case(plain));
    deployment.cluster_option(key).read_or(true, read) == Some(true)
}

/// The parallelism of jobs that choose none.
fn parallelism<'p>(deployment: &Deployment<'p>) -> Option<(u32, Effective<'p>)> {
    let own = deployment.cluster_option(PARALLELISM).known()?;
    let number = u32::try_from(parse_integer(own.value()).ok()?).ok()?;
    (number > 0).then_some((number, own))
}

/// Whether a job runs with the parallelism that it asks for, and takes all slots of a `TaskManager` before
/// those of another. The adaptive scheduler takes what there is; tasks that are spread out have more
/// `TaskManager`s with fewer of them on each, which need fewer buffers.
fn fills_slots(deployment: &Deployment) -> bool {
    let is = |key, plain| is_plain(deployment, key, plain);
    EXACT.iter().any(|name| is("jobmanager.scheduler", name))
        && is("cluster.evenly-spread-out-slots", "false")
        && is("taskmanager.load-balance.mode", "NONE")
}

/// Streaming jobs: one exchange with the default parallelism, or, where even that fails, one in each
/// slot.
fn streaming<'p>(
    deployment: &Deployment<'p>,
    network: &Network,
    slots: u32,
) -> Option<Shortage<'p>> {
    // A reactive cluster takes as many slots as there are.
    let reactive = !deployment.cluster_option("scheduler-mode").is_absent();
    if reactive || !is_plain(deployment, MODE, "STREAMING") {
        return None;
    }
    if let Some((number, own)) = parallelism(deployment).filter(|_| fills_slots(deployment)) {
        let versions = deployment.versions.and(own.versions);
        let needed = |version| Some(network.needed(slots, number, version));
        if let Some((needed, available)) = missing(network, versions, needed) {
            let who = match slots {
                1 => format!("an exchange between {number} parallel subtasks needs"),
                _ => {
                    format!("an exchange between {number} parallel subtasks in {slots} slots needs")
                }
            };
            return Some(Shortage {
                needed,
                available,
                versions,
                who,
                because: Some((
                    own,
                    format!("jobs run with parallelism {number} unless they say otherwise"),
                )),
                help: "that is the least with which a TaskManager whose slots are all taken can run one keyBy or rebalance; with fewer the job fails with `Insufficient number of network buffers`, and each further exchange needs as many again",
            });
        }
    }
    let needed = |version| Some(u64::from(slots) * network.needed(1, 1, version));
    let (needed, available) = missing(network, deployment.versions, needed)?;
    let who = match slots {
        1 => "any exchange needs".to_owned(),
        _ => format!("an exchange in each of {slots} slots needs"),
    };
    Some(Shortage {
        needed,
        available,
        versions: deployment.versions,
        who,
        because: None,
        help: "jobs with a keyBy or rebalance fail with `Insufficient number of network buffers`",
    })
}

/// Batch jobs: each sorted result takes its least number of buffers, however small it is.
fn batch<'p>(deployment: &Deployment<'p>, network: &Network, slots: u32) -> Option<Shortage<'p>> {
    let is = |key, value: &str| {
        let own = deployment.cluster_option(key).known();
        own.filter(|own| own.value().eq_ignore_ascii_case(value))
    };
    let own = is(MODE, "BATCH").or_else(|| is("jobmanager.scheduler", "AdaptiveBatch"))?;
    let versions = deployment.versions.and(own.versions);
    let blocking = is_plain(
        deployment,
        "execution.batch-shuffle-mode",
        "ALL_EXCHANGES_BLOCKING",
    );
    let sorts = is_plain(
        deployment,
        "taskmanager.network.sort-shuffle.min-parallelism",
        "1",
    );
    if !versions.within(network::SORTS_RESULTS) || !blocking || !sorts {
        return None;
    }
    let number = |own: Effective| u32::try_from(parse_integer(own.value()).ok()?).ok();
    let least = deployment
        .cluster_option("taskmanager.network.sort-shuffle.min-buffers")
        .read_or(network::SORT_SHUFFLE_BUFFERS, number)?;
    // No more subtasks of one operator run at once than it has.
    let busy = parallelism(deployment).map_or(slots, |(number, _)| number.min(slots));
    let needed = |_| Some(network::batch_needed(busy, least));
    let (needed, available) = missing(network, versions, needed)?;
    let who = match busy {
        1 => "a task that writes a result needs".to_owned(),
        _ => format!("{busy} tasks that write a result at once need"),
    };
    Some(Shortage {
        needed,
        available,
        versions,
        who,
        because: Some((own, "jobs run as batch jobs".to_owned())),
        help: "each result of a batch job needs all of taskmanager.network.sort-shuffle.min-buffers (512 by default); with fewer the job fails with `Insufficient number of network buffers`",
    })
}

fn report(
    rule: &Rule,
    deployment: &Deployment,
    network: &Network,
    slots: u32,
    shortage: &Shortage,
) -> Option<Finding> {
    let memory = deployment.memory().task_manager.any()?;
    let because = shortage.because.as_ref();
    let cause = because.map(|(own, _)| own.site());
    let deciding = site(deployment, memory.network);
    let of_slots = deployment.of_cluster(SLOTS);
    let total = site(deployment, super::total(memory));
    let shown = deciding.or(cause).or(of_slots).or(total)?;
    let bytes = |buffers: u64| show_memory(buffers.saturating_mul(network.segment));
    let (needed, available) = (shortage.needed, shortage.available);
    let message = format!(
        "network memory holds {available} buffers, but {} {needed}{}",
        shortage.who,
        only(deployment, shortage.versions)
    );
    let (setting, document) = shown;
    let mut finding = rule.finding(document, setting.whole, message);
    finding.key = Some(setting.key.clone());
    finding.label = match deciding {
        Some(_) => format!(
            "{} in buffers of {}",
            bytes(available),
            show_memory(network.segment)
        ),
        None => String::new(),
    };
    finding.help = format!(
        "{needed} buffers of {} are {}; {}",
        show_memory(network.segment),
        bytes(needed),
        shortage.help
    );
    let said = because.map(|(_, said)| said.clone()).unwrap_or_default();
    let sites = [
        related(setting, cause, said),
        related(
            setting,
            of_slots.filter(|_| slots > 1),
            format!("{slots} slots share the buffers"),
        ),
    ];
    finding.related = sites.into_iter().flatten().collect();
    let wanted = needed.saturating_mul(3).div_ceil(2);
    let size = whole(wanted.saturating_mul(network.segment));
    let names = [LEAST, "taskmanager.network.memory.min"];
    let set = names
        .into_iter()
        .find(|key| deployment.of_cluster(key).is_some());
    let like = set.and_then(|key| deployment.of_cluster(key));
    let like = like.or(deciding).or(total);
    let value = size_like(like.map_or("m", |(setting, _)| &setting.value), size);
    let key = set.unwrap_or(LEAST);
    let with = [(key, Some(value.as_str()))];
    let changed = deployment.network_with(&with);
    let is_enough = |new: &Network| new.cases.iter().all(|case| case.buffers >= wanted);
    let with = deployment.memory_with(&with).task_manager;
    let new = with.any().filter(|new| keeps_heap(memory, new));
    if let (Some(new), true) = (new, changed.as_ref().is_some_and(is_enough)) {
        let title = format!("set {key} to {value}: {} buffers", size / network.segment);
        let (from, to) = (memory.task_heap.bytes, new.task_heap.bytes);
        let risk = change_of("the heap for operators", from, to);
        let fix = fixes::put(deployment, &[(key, value)], shown);
        finding.fix = fix.map(|fix| fix.titled(title).risky(risk));
    } else {
        finding.help.push_str(&format!(
            "; raise {LEAST} and {MOST} to {value}, and the memory of the process where that leaves too little heap"
        ));
    }
    Some(finding)
}
