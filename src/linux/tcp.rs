//! What Linux gives TCP where no parameter says otherwise, within which bounds.

use super::kernel::{Kernels, Release};
use super::machine::Machine;

/// The first release among the measured ones with the higher defaults. The one that raised them lies
/// between it and [`LAST_WITH_LOW`].
const FIRST_WITH_HIGH: Release = Release(6, 18);
const LAST_WITH_LOW: Release = Release(6, 12);

/// `net.core.rmem_max` and `wmem_max` up to 6.12 at least.
pub const LOW_CAP: u64 = 212_992;
/// The same from 6.18 on at the latest.
pub const HIGH_CAP: u64 = 4_194_304;

/// The ports that the kernel gives to outgoing connections unless `ip_local_port_range` says otherwise.
pub const LOCAL_PORTS: (u16, u16) = (32_768, 60_999);

/// After how many seconds of silence the kernel probes a connection, unless `tcp_keepalive_time` says
/// otherwise.
pub const KEEPALIVE_TIME: u64 = 7200;

/// Between what and what a number lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// It is at least this.
    pub least: u64,
    /// It is at most this.
    pub most: u64,
}

/// The third number of `tcp_rmem` that the kernel computes when it boots: 1/128 of its free memory, and
/// no more than 6 MiB, later 32 MiB (`tcp_init`, net/ipv4/tcp.c).
pub fn receive_limit(machine: &Machine) -> Bounds {
    const LOW: u64 = 6 << 20;
    const HIGH: u64 = 32 << 20;
    let kernels = machine.kernels();
    let least = if is_high(kernels) { HIGH } else { LOW };
    let most = if kernels.newest <= LAST_WITH_LOW {
        LOW
    } else {
        HIGH
    };
    of_memory(machine, Bounds { least, most })
}

/// The same of `tcp_wmem`, for which it is 4 MiB in all releases.
pub fn send_limit(machine: &Machine) -> Bounds {
    const MOST: u64 = 4 << 20;
    let bounds = Bounds {
        least: MOST,
        most: MOST,
    };
    of_memory(machine, bounds)
}

/// Whether all of these releases have the higher defaults.
pub fn is_high(kernels: Kernels) -> bool {
    kernels.are_from(FIRST_WITH_HIGH)
}

/// What the memory leaves of a limit. The kernel counts the pages that are free when it boots, which
/// were 9/10 of the memory on machines of 512 MiB to 8 GiB; the least supposes 3/4.
fn of_memory(machine: &Machine, bounds: Bounds) -> Bounds {
    let Some(memory) = machine.memory else {
        return Bounds { least: 0, ..bounds };
    };
    Bounds {
        least: bounds.least.min(memory / 4 * 3 / 128),
        most: bounds.most.min(memory / 128),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What fresh kernels said: release, memory, third number of `tcp_rmem`.
    const RECORDED: [(&str, u64, u64); 8] = [
        ("5.10", 512 << 20, 3_755_520),
        ("5.10", 1 << 30, 6_291_456),
        ("6.12", 512 << 20, 3_668_096),
        ("6.12", 16 << 30, 6_291_456),
        ("7.2", 1 << 30, 7_233_024),
        ("7.2", 2 << 30, 15_478_304),
        ("7.2", 4 << 30, 31_167_968),
        ("7.2", 8 << 30, 33_554_432),
    ];

    #[test]
    fn the_bounds_hold_what_kernels_computed() {
        for (release, memory, limit) in RECORDED {
            let machine = Machine {
                kernels: Some(Kernels::parse(release).expect("a release")),
                memory: Some(memory),
                ..Machine::default()
            };
            let bounds = receive_limit(&machine);
            let holds = (bounds.least..=bounds.most).contains(&limit);
            assert!(holds, "{release} {memory}: {bounds:?}");
        }
    }

    #[test]
    fn who_knows_nothing_of_a_machine_knows_only_the_most() {
        let bounds = receive_limit(&Machine::default());
        assert_eq!((bounds.least, bounds.most), (0, 32 << 20));
        assert_eq!(send_limit(&Machine::default()).most, 4 << 20);
    }
}
