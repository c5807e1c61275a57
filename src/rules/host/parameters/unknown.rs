//! `unknown-sysctl`: keys that no kernel has, where it is clear what was meant, or that nobody ever had.
//!
//! The table holds what four kernels of Debian have. Others have more: other drivers, other options, patches.
//! So a key that is not in it is wrong only if it is near one that is, or known to be made up.

use super::{assignments, rename, without_parameter};
use crate::deployment::Deployment;
use crate::finding::Finding;
use crate::linux::parameters;
use crate::rules::Rule;

/// Keys that guides made up, with what there is instead; `*` stands for any rest.
const MADE_UP: &[(&str, &str)] = &[
    ("fs.file_max", "fs.file-max"),
    ("fs.max_file", "fs.file-max"),
    (
        "fs.nofile",
        "the limit of open files is set with `ulimit -n` or `LimitNOFILE`",
    ),
    (
        "kernel.mm.ksm.*",
        "merging of equal pages is set in /sys/kernel/mm/ksm, which no sysctl file reaches",
    ),
    ("kernel.mm.transparent_hugepage*", HUGE_PAGES),
    ("kernel.transparent_hugepage*", HUGE_PAGES),
    (
        "net.core.default_congestion_control",
        "net.ipv4.tcp_congestion_control",
    ),
    (
        "net.core.tcp_congestion_control",
        "net.ipv4.tcp_congestion_control",
    ),
    ("net.ipv4.icmp_ratelimit_burst", "net.ipv4.icmp_msgs_burst"),
    (
        "net.ipv4.tcp_keepalive_interval",
        "net.ipv4.tcp_keepalive_intvl",
    ),
    (
        "net.ipv4.tcp_nodelay",
        "a program sets TCP_NODELAY for each of its sockets; Flink does",
    ),
    ("net.ipv4.tcp_rmem_max", TRIPLE),
    ("net.ipv4.tcp_window_scale", "net.ipv4.tcp_window_scaling"),
    ("net.ipv4.tcp_wmem_max", TRIPLE),
    ("net.ipv4.udp_rmem", UDP),
    ("net.ipv4.udp_wmem", UDP),
    ("vm.thp_enabled", HUGE_PAGES),
    ("vm.transparent_hugepage*", HUGE_PAGES),
];

const HUGE_PAGES: &str = "transparent huge pages are set in /sys/kernel/mm/transparent_hugepage, which no \
                          sysctl file reaches";
const TRIPLE: &str =
    "the largest buffer is the third number of net.ipv4.tcp_rmem and net.ipv4.tcp_wmem";
const UDP: &str = "a UDP socket has the size of net.core.rmem_default and wmem_default, up to rmem_max and \
                   wmem_max";

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for (setting, document) in assignments(deployment) {
        let key = setting.key.as_str();
        if parameters::find(key).is_some() || parameters::gone(key).is_some() || is_foreign(key) {
            continue;
        }
        let is_it = |own: &str| match own.strip_suffix('*') {
            Some(start) => key.starts_with(start),
            None => own == key,
        };
        let made_up = MADE_UP.iter().find(|(own, _)| is_it(own));
        let instead = made_up.map(|(_, instead)| *instead);
        let instead = instead.or_else(|| only_ipv4(key));
        let meant = match instead {
            Some(instead) => parameters::find(instead).map(|_| instead.to_owned()),
            None => parameters::meant(key),
        };
        if instead.is_none() && meant.is_none() {
            continue;
        }
        let message = format!("Linux has no parameter `{key}`;");
        let mut finding = without_parameter(rule, (setting, document), &message);
        if let Some(meant) = meant {
            finding.label = format!("did you mean `{meant}`?");
            finding.fix = rename(deployment, (setting, document), &meant);
        } else if let Some(instead) = instead {
            finding.help = instead.to_owned();
        }
        out.push(finding);
    }
}

/// What to know of a key of an interface that only IPv4 has.
fn only_ipv4(key: &str) -> Option<&'static str> {
    const ONLY: [&str; 4] = [
        "log_martians",
        "rp_filter",
        "secure_redirects",
        "send_redirects",
    ];
    let (_, name) = key.strip_prefix("net.ipv6.conf.")?.rsplit_once('.')?;
    let note = "only IPv4 has this parameter";
    ONLY.contains(&name).then_some(note)
}

/// Whether a key belongs to a module, a device or a patch, whose parameters are not all in the table.
fn is_foreign(key: &str) -> bool {
    const FOREIGN: [&str; 13] = [
        "abi.",
        "crypto.",
        "debug.",
        "dev.",
        "fs.binfmt_misc.",
        "fs.nfs.",
        "fs.xfs.",
        "kernel.grsecurity.",
        "kernel.pax.",
        "net.bridge.",
        "net.netfilter.",
        "sunrpc.",
        "user.",
    ];
    FOREIGN.iter().any(|start| key.starts_with(start))
}
