//! What is wrong with one assignment of a kernel parameter is said once: by the rule that knows most of it.

mod common;

use common::{configs, findings, sources};

/// The rules, on a host of Flink and on one of which nothing is known, and lines of which just these speak.
const LINES: &[(&str, &str, &[&str])] = &[
    ("dirty-page-limits", "", &["vm.dirty_ratio = 80"]),
    (
        "ephemeral-port-collision",
        "",
        &["net.ipv4.ip_local_port_range = 1024 65535 # all"],
    ),
    ("high-swappiness", "", &["vm.swappiness = 80 # x"]),
    (
        "ignored-sysctl-line",
        "ignored-sysctl-line",
        &[
            "net.ipv4.tcp_rmem 4096 131072 16777216",
            "net.ipv4.tcp_rmem: 4096 131072 16777216",
            "vm.swapiness 1",
            "sysctl -w vm.swapiness=1",
            "sysctl -w vm.swappiness=300",
            "sysctl -w vm.swappiness=\"1\"",
            "export vm.swappiness=1",
            "net.ipv4.tcp_tw_recycle 1",
            "vm.transparent_hugepage.enabled never",
        ],
    ),
    (
        "invisible-character-in-sysctl",
        "invisible-character-in-sysctl",
        &[
            "vm.swappiness\u{a0}= 1",
            "vm.swapiness\u{a0}= 1",
            "vm.swappiness =\u{a0}1",
            "vm.swappiness = 1\u{a0}# x",
        ],
    ),
    (
        "large-tcp-buffer-default",
        "",
        &["net.ipv4.tcp_rmem = 16777216 16777216 16777216"],
    ),
    (
        "long-tcp-keepalive",
        "",
        &["net.ipv4.tcp_keepalive_time = 10000"],
    ),
    (
        "low-max-map-count",
        "",
        &["vm.max_map_count = 1000", "vm.max_map_count = 0x1000"],
    ),
    ("low-somaxconn", "", &["net.core.somaxconn = 128"]),
    (
        "memory-overcommit-never",
        "",
        &["vm.overcommit_memory = 2 # x"],
    ),
    ("min-free-memory", "", &["vm.min_free_kbytes = 100"]),
    (
        "mixed-sysctl-separators",
        "mixed-sysctl-separators",
        &[
            "net.core/rmem_max = 16M",
            "net.core/rmem_max = 65536",
            "net.ipv4.conf.eth0.100.rp_filter = 5 5",
            "net.ipv4.conf.eth0.100.rp_filter = x",
        ],
    ),
    (
        "octal-sysctl-value",
        "octal-sysctl-value",
        &[
            "vm.swappiness = 010",
            "vm.swappiness = 08",
            "vm.swappiness = 0310",
            "net.core.rmem_max = 04000",
            "vm.swappiness = 0144",
            "vm.swappiness = 0300",
            "net.core.somaxconn = 0128",
            "net.core.somaxconn = 0200",
            "fs.file-max = 065536",
            "vm.min_free_kbytes = 0100",
        ],
    ),
    (
        "process-limits-lowered",
        "",
        &["fs.file-max = 65536", "fs.file-max = 65536 # x"],
    ),
    (
        "quoted-sysctl-value",
        "quoted-sysctl-value",
        &[
            "net.ipv4.tcp_rmem = \"4096 131072 16777216\"",
            "net.ipv4.tcp_rmem = \"4096 131072 16777216\" # x",
            "vm.swappiness = '10'",
            "vm.swappiness = '10' # low",
            "vm.swappiness = \"300\"",
            "net.core.somaxconn = \"128\"",
            "net.ipv4.tcp_low_latency = \"1\"",
            "net.ipv4.tcp_congestion_control = \"bbr\"",
            "net.ipv4.tcp_congestion_control = \"BBR\"",
            "net.ipv4.ip_local_port_range = \"1024 65535\"",
            "net.netfilter.nf_conntrack_max = \"1\"",
        ],
    ),
    (
        "removed-sysctl",
        "removed-sysctl",
        &[
            "net.ipv4.tcp_tw_recycle = 1",
            "net.ipv4.tcp_tw_recycle = \"1\"",
            "net.ipv4.tcp_tw_recycle = 1 # x",
            "net.ipv4.netfilter.ip_conntrack_max = 1M",
        ],
    ),
    (
        "small-tcp-buffers",
        "",
        &["net.ipv4.tcp_rmem = 4096 131072 212992 # x"],
    ),
    (
        "sysctl-inline-comment",
        "sysctl-inline-comment",
        &[
            "vm.swappiness = 80;",
            "vm.swappiness = 1;",
            "vm.swappiness = 1#x",
            "vm.swappiness = 300#x",
            "net.ipv4.ip_local_reserved_ports = 8081, 6123 # x",
            "net.ipv4.tcp_congestion_control = BBR # x",
            "net.ipv4.tcp_congestion_control = bbr # x",
        ],
    ),
    (
        "sysctl-line-continuation",
        "sysctl-line-continuation",
        &["net.ipv4.tcp_rmem = 4096 131072 \\"],
    ),
    (
        "sysctl-not-a-number",
        "sysctl-not-a-number",
        &[
            "net.ipv4.tcp_rmem = 4096 131072 16M",
            "net.ipv4.tcp_rmem = 4096, 131072, 16777216",
            "net.ipv4.tcp_rmem =",
            "vm.swappiness = 10%",
            "vm.swappiness =",
            "vm.swappiness = ten",
            "net.core.somaxconn = 128k",
            "fs.file-max = 64k",
            "vm.dirty_ratio = 80%",
            "net.ipv4.ip_local_port_range = 1024-65535",
            "net.ipv4.tcp_keepalive_time = 300s",
        ],
    ),
    (
        "sysctl-out-of-range",
        "sysctl-out-of-range",
        &[
            "net.ipv4.tcp_rmem = 4096 131072 4294967296",
            "net.ipv4.tcp_rmem = 0 131072 16777216",
            "net.ipv4.tcp_rmem = 2048 131072 16777216",
            "vm.swappiness = 0777",
            "vm.swappiness = 300 # x",
            "vm.swappiness = 300",
            "vm.swappiness = -1",
            "net.ipv4.tcp_tw_reuse = 3",
            "net.ipv4.tcp_fack = 300",
            "fs.nr_open = 1",
            "kernel.pid_max = 200",
            "kernel.pid_max = 4194305",
            "vm.max_map_count = -1",
            "vm.overcommit_memory = 3",
            "vm.dirty_ratio = 101",
            "net.ipv4.ip_local_port_range = 65535 1024",
            "net.ipv4.ip_local_port_range = 1024 70000",
            "net.ipv4.ip_local_reserved_ports = 8081, 6123",
            "net.ipv4.tcp_moderate_rcvbuf = 256",
            "net.ipv4.tcp_keepalive_time = 99999999",
        ],
    ),
    ("sysctl-without-effect", "", &["net.ipv4.tcp_fack = 1"]),
    (
        "sysctl-without-effect",
        "sysctl-without-effect",
        &["fs.file-nr = 1000"],
    ),
    (
        "sysctl-wrong-count",
        "sysctl-wrong-count",
        &[
            "net.core.rmem_max = 4096 87380 16777216",
            "net.ipv4.tcp_rmem = 16777216",
            "net.ipv4.tcp_rmem = 4096 131072",
            "net.ipv4.tcp_rmem = 4096 131072 16777216 33554432",
            "vm.max_map_count = 1000 2",
            "vm.swappiness = 1 2 3",
            "vm.max_map_count = 65530 65530",
            "net.ipv4.ip_local_port_range = 1024",
        ],
    ),
    (
        "tcp-autotuning-off",
        "",
        &["net.ipv4.tcp_moderate_rcvbuf = 0 # x"],
    ),
    // As pages these are 64 GiB, which a machine of unknown size and use may be meant to give.
    (
        "tcp-mem-in-bytes",
        "",
        &[
            "net.ipv4.tcp_mem = 4096 131072 16777216",
            "net.ipv4.tcp_mem = 16777216 16777216 16777216",
        ],
    ),
    (
        "tcp-mem-in-bytes",
        "unordered-tcp-buffers",
        &["net.ipv4.tcp_mem = 16777216 131072 4096"],
    ),
    (
        "tcp-mem-in-bytes",
        "tcp-mem-in-bytes",
        &["net.ipv4.tcp_mem = 4096 131072 1073741824"],
    ),
    (
        "unknown-sysctl",
        "unknown-sysctl",
        &[
            "vm.swapiness = 1",
            "vm/swappiness.x = 1",
            "vm.swappiness/x = 1",
            "net.ipv4.somaxconn = 128",
            "vm.transparent_hugepage.enabled = \"never\"",
            "VM.SWAPPINESS = 1",
            "net.core.rmem-max = 16777216",
        ],
    ),
    (
        "unordered-tcp-buffers",
        "unordered-tcp-buffers",
        &["net.ipv4.tcp_rmem = 4096 16777216 87380"],
    ),
    (
        "",
        "",
        &[
            "vm.typo = 1",
            "net.core/somaxcon = 1",
            "-vm.typo = 1",
            "-vm.swappiness = 300",
            "- vm.swappiness = 300",
            "--vm.swapiness = 1",
            "; vm.swappiness = 300",
        ],
    ),
];

/// The rule, and what a pod or a service of compose asks for.
const ASKED: &[(&str, &[(&str, &str)])] = &[
    (
        "sysctl-not-settable-in-container",
        &[
            ("vm.typo", "1"),
            ("vm.swappiness", "1"),
            ("vm.swapiness", "1"),
            ("vm.swappiness", "300"),
            ("vm.swappiness", "10%"),
            ("vm.max_map_count", "1000"),
            ("vm.overcommit_memory", "2"),
            ("vm.transparent_hugepage.enabled", "never"),
            ("fs.file-nr", "1"),
            ("kernel.pid_max", "100"),
            ("net.core.rmem_max", "16M"),
            ("net.core.rmem_max", "100"),
            ("net.core.rmem_max", "4096 87380 16777216"),
            ("net.ipv4.tcp_mem", "4096 87380 16777216"),
            ("net.netfilter.nf_conntrack_max", "262144"),
            ("net.core.netdev_budget", "600"),
            ("net.ipv4.neigh.default.gc_thresh3", "8192"),
        ],
    ),
    ("unknown-sysctl", &[("net.core.somaxcon", "4096")]),
    ("removed-sysctl", &[("net.ipv4.tcp_tw_recycle", "1")]),
    ("sysctl-without-effect", &[("net.ipv4.tcp_fack", "1")]),
    ("octal-sysctl-value", &[("net.core.somaxconn", "0200")]),
    ("quoted-sysctl-value", &[("net.ipv4.tcp_sack", "'0'")]),
    ("low-somaxconn", &[("net.core.somaxconn", "128")]),
    (
        "tcp-autotuning-off",
        &[("net.ipv4.tcp_moderate_rcvbuf", "0")],
    ),
    ("tcp-sack-off", &[("net.ipv4.tcp_sack", "0")]),
    (
        "small-tcp-buffers",
        &[("net.ipv4.tcp_rmem", "4096 87380 212992")],
    ),
    (
        "unordered-tcp-buffers",
        &[("net.ipv4.tcp_rmem", "4096 16777216 212992")],
    ),
    (
        "sysctl-wrong-count",
        &[
            ("net.core.somaxconn", "128 256"),
            ("net.ipv4.tcp_rmem", "16777216"),
            ("net.ipv4.ip_local_port_range", "1024"),
        ],
    ),
    (
        "sysctl-not-a-number",
        &[
            ("net.ipv4.tcp_rmem", "4096 4096 16M"),
            ("net.ipv4.tcp_keepalive_time", "300s"),
            ("kernel.shmmax", "1G"),
        ],
    ),
    (
        "sysctl-out-of-range",
        &[("net.ipv4.tcp_tw_reuse", "3"), ("net.ipv4.tcp_fack", "300")],
    ),
    (
        "",
        &[
            ("net.ipv4.tcp_syncookies", "1"),
            ("net.core.somaxconn", "4096"),
        ],
    ),
];

/// The rules that speak of the file at a path.
fn rules(path: &str, files: &[(&str, &str)]) -> Vec<String> {
    let files: Vec<(String, Vec<u8>)> = files
        .iter()
        .map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()))
        .collect();
    let sources = sources(&files);
    let found = findings(&sources, &configs(None, &[]));
    let found = found
        .into_iter()
        .filter(|finding| sources.get(finding.at.source).path == path);
    found.map(|finding| finding.rule).collect()
}

fn expected(rule: &str) -> Vec<String> {
    let rule = (!rule.is_empty()).then(|| rule.to_owned());
    rule.into_iter().collect()
}

#[test]
fn a_line_of_a_host_gives_one_finding() {
    const PATH: &str = "etc/sysctl.d/50-x.conf";
    const CONF: &str = "jobmanager.rpc.address: jm\njobmanager.memory.process.size: 1600m\n\
                        taskmanager.memory.process.size: 4g\n";
    for (of_flink, of_others, lines) in LINES {
        for line in *lines {
            let line = &*format!("{line}\n");
            let flink = [
                (PATH, line),
                ("etc/sysctl.d/99-flink.conf", "# of the hosts of Flink\n"),
                ("conf/flink-conf.yaml", CONF),
            ];
            assert_eq!(rules(PATH, &flink), expected(of_flink), "{line}");
            assert_eq!(rules(PATH, &[(PATH, line)]), expected(of_others), "{line}");
        }
    }
}

#[test]
fn what_a_container_asks_for_gives_one_finding() {
    for (rule, asked) in ASKED {
        for (key, value) in *asked {
            let compose = format!(
                "services:\n  taskmanager:\n    image: flink:1.20\n    command: taskmanager\n    \
                 sysctls:\n      {key}: \"{value}\"\n"
            );
            let pod = |more: &str| {
                format!(
                    "apiVersion: v1\nkind: Pod\nmetadata: {{name: tm}}\nspec:\n{more}  \
                     securityContext:\n    sysctls:\n      - name: {key}\n        value: \
                     \"{value}\"\n  containers:\n    - name: tm\n      image: flink:1.20\n      \
                     args: [taskmanager]\n      resources: {{requests: {{memory: 4Gi, cpu: \"2\"}}, \
                     limits: {{memory: 4Gi}}}}\n"
                )
            };
            let path = "docker-compose.yml";
            assert_eq!(
                rules(path, &[(path, &compose)]),
                expected(rule),
                "{key} {value}"
            );
            let path = "pod.yaml";
            assert_eq!(
                rules(path, &[(path, &pod(""))]),
                expected(rule),
                "{key} {value}"
            );
            // In the network of the host nothing of it may be set, whatever the value is.
            if key.starts_with("net.") {
                let own = pod("  hostNetwork: true\n");
                let rule = "sysctl-not-settable-in-container";
                assert_eq!(
                    rules(path, &[(path, &own)]),
                    expected(rule),
                    "{key} {value}"
                );
            }
        }
    }
}
