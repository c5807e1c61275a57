//! Slots, parallelism and key groups: how `KeyGroupRangeAssignment` cuts the keys of a job into groups
//! and deals them out, the same in all versions from 1.13 to 2.3.
//!
//! The numbers come from files of users. Those that Flink refuses give a result as well, and no panic;
//! [`VALID`] says which those are.

use std::ops::RangeInclusive;

/// What Flink takes as a parallelism or a maximum parallelism
/// (`KeyGroupRangeAssignment.checkParallelismPreconditions`). A parallelism above the maximum passes
/// the client, and the `JobMaster` refuses it.
pub const VALID: RangeInclusive<u32> = 1..=32_768;

/// The least maximum parallelism that Flink picks by itself
/// (`KeyGroupRangeAssignment.DEFAULT_LOWER_BOUND_MAX_PARALLELISM`).
pub const LEAST_DEFAULT: u32 = 128;

/// The maximum parallelism of an operator for which none is set: one and a half times its
/// parallelism, rounded up to a power of two, from 128 to 32768
/// (`KeyGroupRangeAssignment.computeDefaultMaxParallelism`).
pub fn default_max_parallelism(parallelism: u32) -> u32 {
    let wanted = parallelism.saturating_add(parallelism / 2);
    let power = wanted.checked_next_power_of_two().unwrap_or(u32::MAX);
    power.clamp(LEAST_DEFAULT, *VALID.end())
}

/// How many key groups the subtasks of an operator own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyGroups {
    /// Those of the subtask with the fewest.
    pub least: u32,
    /// Those of the subtask with the most: as many, or one more.
    pub most: u32,
}

impl KeyGroups {
    /// Whether all subtasks own the same number.
    pub const fn even(self) -> bool {
        self.least == self.most
    }

    /// Whether the busiest subtask owns more than `most` groups for each `least` groups of the idlest:
    /// `exceeds(5, 4)` asks for more than a quarter on top.
    pub const fn exceeds(self, most: u32, least: u32) -> bool {
        self.most as u64 * least as u64 > self.least as u64 * most as u64
    }

    /// How many percent more the busiest subtask owns than the idlest, rounded down; none where a
    /// subtask owns nothing.
    pub fn percent_more(self) -> Option<u32> {
        let more = u64::from(self.most - self.least) * 100;
        let percent = more.checked_div(u64::from(self.least))?;
        u32::try_from(percent).ok()
    }
}

/// How many key groups the subtasks own. A parallelism of 0, which Flink refuses, counts as 1; one
/// above the maximum, refused as well, leaves subtasks without any.
pub fn key_groups(max: u32, parallelism: u32) -> KeyGroups {
    let parallelism = parallelism.max(1);
    KeyGroups {
        least: max / parallelism,
        most: max.div_ceil(parallelism),
    }
}

/// The first and the last key group of a subtask, counted from 0
/// (`KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex`). A parallelism of 0 counts as 1; a
/// subtask without any group, where the parallelism is above the maximum, begins behind its end.
pub fn range(max: u32, parallelism: u32, index: u32) -> (u32, u32) {
    let [max, parallelism, index] = [max, parallelism.max(1), index].map(u64::from);
    // None of it can overflow: the factors have 32 bits each.
    let first = (index * max).div_ceil(parallelism);
    let last = ((index + 1) * max).saturating_sub(1) / parallelism;
    let narrow = |group| u32::try_from(group).unwrap_or(u32::MAX);
    (narrow(first), narrow(last))
}

/// How many slots a job needs: the operators of a slot sharing group share slots, so each group needs
/// as many as its highest parallelism (`SlotSharingGroup`). Where slots are missing, the job fails
/// after `slot.request.timeout` with a `NoResourceAvailableException`; under the adaptive scheduler it
/// runs with fewer.
pub fn slots_needed(highest_of_groups: impl IntoIterator<Item = u32>) -> u64 {
    let groups = highest_of_groups.into_iter().map(u64::from);
    groups.fold(0, u64::saturating_add)
}

/// How many `TaskManager`s have that many slots together. None of them has 0 slots: Flink refuses it,
/// and it counts as 1 here.
pub fn task_managers(slots_needed: u64, slots: u32) -> u64 {
    slots_needed.div_ceil(u64::from(slots.max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// xorshift64: the same numbers on every run.
    struct Numbers(u64);

    impl Numbers {
        /// A number from 1 to `limit`.
        fn up_to(&mut self, limit: u32) -> u32 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            u32::try_from(self.0 % u64::from(limit)).unwrap() + 1
        }
    }

    #[test]
    fn the_default_maximum_leaves_room_to_grow_by_half() {
        for (parallelism, max) in [
            (1, 128),
            (85, 128),
            (86, 256),
            (170, 256),
            (171, 256),
            (172, 512),
            (21_845, 32_768),
            (32_768, 32_768),
        ] {
            assert_eq!(default_max_parallelism(parallelism), max, "{parallelism}");
        }
        assert_eq!(default_max_parallelism(0), 128);
        assert_eq!(default_max_parallelism(u32::MAX), 32_768);
        for parallelism in VALID {
            let max = default_max_parallelism(parallelism);
            assert!(max >= parallelism && VALID.contains(&max), "{parallelism}");
        }
    }

    #[test]
    fn ranges_cover_each_key_group_once() {
        let mut numbers = Numbers(6);
        for round in 0..300 {
            let max = numbers.up_to(if round % 2 == 0 { 300 } else { 32_768 });
            let parallelism = numbers.up_to(max);
            let groups = key_groups(max, parallelism);
            let mut next = 0;
            let mut sizes = Vec::new();
            for index in 0..parallelism {
                let (first, last) = range(max, parallelism, index);
                assert_eq!(first, next, "{max} groups on {parallelism}");
                next = last + 1;
                sizes.push(next - first);
            }
            assert_eq!(next, max);
            assert_eq!(sizes.iter().min(), Some(&groups.least));
            assert_eq!(sizes.iter().max(), Some(&groups.most));
        }
    }

    #[test]
    fn skew_is_what_the_busiest_subtask_has_more() {
        let even = key_groups(128, 64);
        assert!(even.even() && !even.exceeds(1, 1));
        assert_eq!(even.percent_more(), Some(0));

        let double = key_groups(128, 80);
        assert_eq!(double, KeyGroups { least: 1, most: 2 });
        assert!(double.exceeds(19, 10) && !double.exceeds(2, 1));
        assert_eq!(double.percent_more(), Some(100));

        assert_eq!(key_groups(128, 48).percent_more(), Some(50));
        assert_eq!(key_groups(32_768, 48).percent_more(), Some(0));
        assert_eq!(key_groups(4, 5).percent_more(), None);
        assert!(key_groups(4, 5).exceeds(u32::MAX, 1));
    }

    #[test]
    fn what_flink_refuses_breaks_nothing() {
        assert_eq!(key_groups(128, 0), key_groups(128, 1));
        assert_eq!(range(128, 0, 0), (0, 127));
        assert_eq!(key_groups(0, 3), KeyGroups { least: 0, most: 0 });
        assert_eq!(range(0, 0, 0), (0, 0));
        assert_eq!(range(u32::MAX, 1, u32::MAX), (u32::MAX, u32::MAX));
        let all = u32::MAX;
        assert_eq!(range(all, all, all - 1), (all - 1, all - 1));
        // The second of three subtasks gets the first of two groups, and the first subtask none.
        assert_eq!(
            [0, 1, 2].map(|index| range(2, 3, index)),
            [(0, 0), (1, 1), (2, 1)]
        );
    }

    #[test]
    fn groups_of_operators_add_up_to_slots() {
        assert_eq!(slots_needed([4]), 4);
        assert_eq!(slots_needed([4, 2, 1]), 7);
        assert_eq!(slots_needed([]), 0);
        assert_eq!(task_managers(7, 2), 4);
        assert_eq!(task_managers(8, 2), 4);
        assert_eq!(task_managers(3, 0), 3);
    }
}
