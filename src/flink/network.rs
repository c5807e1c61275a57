//! Network memory in buffers: how many a `TaskManager` has, and how many the exchanges of a job take.
//! Checked against running jobs on nine versions from 1.13 to 2.3, and the same in all.
//!
//! An exchange is an edge of the job graph whose two ends aren't chained: here each upstream subtask
//! sends to each downstream subtask (`keyBy`, `rebalance`). The numbers come from files of users; a
//! result too large for 64 bits is `u64::MAX`.

use super::version::Versions;

/// The default of `taskmanager.memory.segment-size`: the bytes of one buffer.
pub const SEGMENT_SIZE: u64 = 32 << 10;
/// The smallest of them (`MemoryManager.MIN_PAGE_SIZE`); each is a power of two.
pub const LEAST_SEGMENT: u64 = 4096;
/// The default of `taskmanager.network.memory.buffers-per-channel`.
pub const BUFFERS_PER_CHANNEL: u32 = 2;
/// The default of `taskmanager.network.memory.floating-buffers-per-gate`.
pub const FLOATING_BUFFERS: u32 = 8;
/// The default of `taskmanager.network.sort-shuffle.min-buffers` from 1.15 on; it was 64 before.
pub const SORT_SHUFFLE_BUFFERS: u32 = 512;
/// What an input gate of a batch job needs at most, where
/// `taskmanager.network.memory.read-buffer.required-per-gate.max` isn't set, from 1.17 on
/// (`InputGateSpecUtils`). A streaming job has no such limit.
pub const BATCH_REQUIRED_PER_GATE: u32 = 1000;

/// Versions whose batch jobs sort each result, with a number of buffers that is the least.
pub const SORTS_RESULTS: Versions = Versions::from_bits(0x0FFC);
const SINCE_1_17: Versions = Versions::from_bits(0x0FF0);

/// The exclusive buffers of each channel in one version (`NettyShuffleEnvironmentConfiguration`): from
/// 2.0 on the option is gone, and it is always 2.
pub fn buffers_per_channel(configured: Option<u32>, version: Versions) -> u32 {
    until_2_0(configured, version).unwrap_or(BUFFERS_PER_CHANNEL)
}

/// The floating buffers of each gate in one version: from 2.0 on the option is gone, and it is always
/// 8.
pub fn floating_buffers(configured: Option<u32>, version: Versions) -> u32 {
    until_2_0(configured, version).unwrap_or(FLOATING_BUFFERS)
}

/// The most that a gate needs in one version; versions before 1.17 don't know the option, and it has no
/// default.
pub fn required_per_gate(configured: Option<u32>, version: Versions) -> Option<u32> {
    configured.filter(|_| version.within(SINCE_1_17))
}

/// The number of subpartitions from which on a result of a batch job is sorted, in one version. By
/// default each result is from 1.15 on, and none before; from 2.0 on
/// `taskmanager.network.sort-shuffle.min-parallelism` is gone.
pub fn sort_shuffle_min_parallelism(configured: Option<u32>, version: Versions) -> u32 {
    const NEVER: u32 = i32::MAX.unsigned_abs();
    let default = if version.within(SORTS_RESULTS) {
        1
    } else {
        NEVER
    };
    until_2_0(configured, version).unwrap_or(default)
}

/// The value of an option that 2.0 removed.
fn until_2_0(configured: Option<u32>, version: Versions) -> Option<u32> {
    configured.filter(|_| version.within(Versions::LEGACY))
}

/// How many buffers some network memory holds, for all slots together
/// (`NettyShuffleEnvironmentConfiguration.calculateNumberOfNetworkBuffers`). Flink refuses segments of 0
/// bytes; there are none of them here.
pub fn buffers(network_bytes: u64, segment_size: u64) -> u64 {
    network_bytes.checked_div(segment_size).unwrap_or(0)
}

/// The buffers without which a `TaskManager` can't run its part of one exchange of a streaming job,
/// with the given number of subtasks *here*, on this `TaskManager`, and of all subtasks.
///
/// An upstream subtask needs a buffer for each downstream subtask and one more
/// (`ResultPartitionFactory`); a downstream one the exclusive buffers of the channels that come from
/// other `TaskManager`s, and one that floats (`SingleInputGateFactory`). With fewer buffers, the job
/// fails with `Insufficient number of network buffers`. More floating or overdraft buffers and
/// debloating make no difference.
pub fn edge(
    upstream_here: u32,
    upstream: u32,
    downstream_here: u32,
    downstream: u32,
    buffers_per_channel: u32,
    required_per_gate: Option<u32>,
) -> u64 {
    let out = u64::from(upstream_here).saturating_mul(u64::from(downstream) + 1);
    let gate = Gate::of(upstream, buffers_per_channel, required_per_gate);
    let remote = u64::from(upstream.saturating_sub(upstream_here));
    // A buffer for each remote channel is no more than the gate requires, so that this can't overflow.
    let each = gate.exclusive * remote + gate.floating;
    out.saturating_add(each.saturating_mul(u64::from(downstream_here)))
}

/// What an input gate requires (`InputGateSpecUtils.createGateBuffersSpec`).
#[derive(Debug, PartialEq, Eq)]
struct Gate {
    /// Buffers of each channel.
    exclusive: u64,
    /// Buffers of the gate beside them.
    floating: u64,
}

impl Gate {
    /// Flink refuses a gate without channels, and one that may require nothing.
    fn of(channels: u32, buffers_per_channel: u32, most: Option<u32>) -> Gate {
        let [channels, wanted] = [channels, buffers_per_channel].map(u64::from);
        let all = channels * wanted + 1;
        let required = most.map_or(all, |most| all.min(most.max(1).into()));
        let exclusive = (required - 1)
            .checked_div(channels)
            .unwrap_or(0)
            .min(wanted);
        Gate {
            exclusive,
            floating: required - exclusive * channels,
        }
    }
}

/// The buffers without which a `TaskManager` whose slots are all taken, or that holds the whole job, can't
/// run its part of one exchange between two operators of the same parallelism: see [`edge`]. Several
/// exchanges need the sum.
///
/// With subtasks in some of its slots it needs another number, and not always a smaller one.
pub fn needed(
    slots: u32,
    parallelism: u32,
    buffers_per_channel: u32,
    required_per_gate: Option<u32>,
) -> u64 {
    let here = slots.min(parallelism);
    edge(
        here,
        parallelism,
        here,
        parallelism,
        buffers_per_channel,
        required_per_gate,
    )
}

/// The buffers with which the exchange of [`needed`] is never held up by their number: what Flink asks
/// for when a job announces its network memory (`NettyShuffleUtils.computeNetworkBuffersForAnnouncing`).
pub fn desired(
    slots: u32,
    parallelism: u32,
    buffers_per_channel: u32,
    floating_buffers: u32,
) -> u64 {
    let here = u64::from(slots.min(parallelism));
    let channels = u64::from(parallelism) * u64::from(buffers_per_channel);
    let gate = channels.saturating_add(floating_buffers.into());
    // A result never gets fewer than it needs.
    let result = gate.max(u64::from(parallelism) + 1);
    here.saturating_mul(result.saturating_add(gate))
}

/// The buffers without which a batch job can't write on all slots of a `TaskManager` at once: each
/// sorted result needs all of `taskmanager.network.sort-shuffle.min-buffers`, however small it is
/// (`NettyShuffleUtils.getMinMaxNetworkBuffersPerResultPartition`). For results that are sorted:
/// see [`sort_shuffle_min_parallelism`].
pub fn batch_needed(slots: u32, sort_shuffle_min_buffers: u32) -> u64 {
    u64::from(slots) * u64::from(sort_shuffle_min_buffers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Versions {
        Versions::parse(text).unwrap()
    }

    /// Measured: a job with two exchanges on full `TaskManager`s ran with this many buffers on each, and
    /// failed with one fewer.
    #[test]
    fn two_exchanges_need_what_running_jobs_needed() {
        for (task_managers, slots, measured) in [(2, 2, 40), (3, 2, 64), (1, 4, 48), (3, 4, 240)] {
            let parallelism = task_managers * slots;
            let one = needed(slots, parallelism, BUFFERS_PER_CHANNEL, None);
            assert_eq!(2 * one, measured, "{task_managers} x {slots}");
        }
    }

    /// What `InputGateSpecUtils.createGateBuffersSpec` of 1.17, 1.20 and 2.3 answered.
    #[test]
    fn a_gate_requires_what_flink_computes() {
        for (most, per_channel, channels, exclusive, floating) in GATES {
            let gate = Gate::of(channels, per_channel, most);
            let said = Gate {
                exclusive,
                floating,
            };
            assert_eq!(gate, said, "{channels} x {per_channel}, {most:?}");
        }
    }

    /// The limit for the gate, buffers per channel, channels; exclusive and floating buffers.
    const GATES: [(Option<u32>, u32, u32, u64, u64); 20] = [
        (None, 5, 55, 5, 1),
        (None, 0, 4, 0, 1),
        (None, 1, 263, 1, 1),
        (None, 5, 160, 5, 1),
        (None, 1, 3, 1, 1),
        (Some(160), 5, 33, 4, 28),
        (Some(7), 4, 122, 0, 7),
        (Some(4), 1, 5, 0, 4),
        (Some(57), 4, 1, 4, 1),
        (Some(477), 5, 3, 5, 1),
        (Some(4), 1, 7, 0, 4),
        (Some(2), 7, 107, 0, 2),
        (Some(7), 0, 4, 0, 1),
        (Some(400), 5, 4, 5, 1),
        (Some(81), 0, 184, 0, 1),
        (Some(19), 0, 22, 0, 1),
        (Some(107), 3, 264, 0, 107),
        (Some(8), 6, 85, 0, 8),
        (Some(78), 4, 134, 0, 78),
        (Some(2), 3, 61, 0, 2),
    ];

    #[test]
    fn local_channels_need_no_buffers_of_their_own() {
        assert_eq!(needed(4, 4, 2, None), 4 * 5 + 4);
        assert_eq!(needed(4, 4, 5, None), needed(4, 4, 0, None));
        // More slots than subtasks change nothing.
        assert_eq!(needed(8, 4, 2, None), needed(4, 4, 2, None));
    }

    #[test]
    fn fewer_exclusive_buffers_or_a_limit_for_gates_lower_the_need() {
        let per_channel = [0, 1, 2, 3, 5].map(|count| needed(2, 4, count, None));
        assert_eq!(per_channel, [12, 16, 20, 24, 32]);
        let limited = [Some(1), Some(3), Some(9), None].map(|most| needed(2, 4, 2, most));
        assert_eq!(limited, [12, 16, 20, 20]);
    }

    #[test]
    fn a_small_sink_behind_many_sources_needs_few_results() {
        // 8 subtasks here of 16 send to the only sink, which is here.
        assert_eq!(edge(8, 16, 1, 1, 2, None), 8 * 2 + (1 + 2 * 8));
        // Elsewhere, the gate is another's.
        assert_eq!(edge(8, 16, 0, 1, 2, None), 8 * 2);
    }

    #[test]
    fn jobs_run_unhindered_with_floating_buffers() {
        assert_eq!(desired(2, 4, 2, FLOATING_BUFFERS), 2 * 16 + 2 * 16);
        assert_eq!(desired(2, 40, 0, 1), 2 * 41 + 2);
        for (slots, parallelism) in [(1, 1), (2, 4), (4, 12), (16, 2000)] {
            for per_channel in 0..6 {
                let needed = needed(slots, parallelism, per_channel, None);
                assert!(desired(slots, parallelism, per_channel, 1) >= needed);
            }
        }
    }

    #[test]
    fn each_slot_of_a_batch_job_needs_16_mib() {
        let bytes = batch_needed(1, SORT_SHUFFLE_BUFFERS) * SEGMENT_SIZE;
        assert_eq!(bytes, 16 << 20);
        assert_eq!(batch_needed(4, SORT_SHUFFLE_BUFFERS), 2048);
    }

    #[test]
    fn versions_know_their_options() {
        for (text, channel, floating, gate, sorted) in [
            ("1.13", 5, 100, None, 7),
            ("1.16", 5, 100, None, 7),
            ("1.20", 5, 100, Some(3), 7),
            ("2.0", 2, 8, Some(3), 1),
        ] {
            let version = version(text);
            assert_eq!(buffers_per_channel(Some(5), version), channel, "{text}");
            assert_eq!(floating_buffers(Some(100), version), floating, "{text}");
            assert_eq!(required_per_gate(Some(3), version), gate, "{text}");
            let min = sort_shuffle_min_parallelism(Some(7), version);
            assert_eq!(min, sorted, "{text}");
        }
        for (text, sorted) in [
            ("1.13", 2_147_483_647),
            ("1.14", 2_147_483_647),
            ("1.15", 1),
        ] {
            let min = sort_shuffle_min_parallelism(None, version(text));
            assert_eq!(min, sorted, "{text}");
        }
        assert_eq!(buffers_per_channel(None, version("1.13")), 2);
        assert_eq!(floating_buffers(None, version("1.13")), 8);
    }

    #[test]
    fn the_default_task_manager_has_4096_buffers() {
        assert_eq!(buffers(134_217_730, SEGMENT_SIZE), 4096);
        assert_eq!(buffers(134_217_727, SEGMENT_SIZE), 4095);
        assert_eq!(buffers(u64::MAX, 0), 0);
    }

    #[test]
    fn huge_numbers_break_nothing() {
        let all = u32::MAX;
        assert_eq!(needed(all, all, all, None), u64::MAX);
        assert_eq!(edge(0, all, all, all, all, None), u64::MAX);
        assert_eq!(edge(all, 0, all, 0, all, Some(0)), 2 * u64::from(all));
        assert_eq!(desired(all, all, all, all), u64::MAX);
        assert!(batch_needed(all, all) > 0);
        assert_eq!(needed(0, 4, 2, None), 0);
        assert_eq!(needed(4, 0, 2, None), 0);
    }
}
