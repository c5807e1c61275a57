//! `flint explain` as users ask it.

mod common;

use common::{code, err, out, run, tree};

#[test]
fn explain_and_rules_know_their_names() {
    let folder = tree(&[]);
    let page = run(folder.path(), &["explain", "small-tcp-buffers"]);
    assert_eq!(code(&page), 0);
    assert!(
        out(&page).starts_with(
            "small-tcp-buffers   performance, warning, unsafe fix, all Flink versions\n"
        ),
        "{}",
        out(&page)
    );
    let option = run(
        folder.path(),
        &[
            "explain",
            "state.backend.rocksdb.block.cache-size",
            "--flink-version",
            "1.20",
        ],
    );
    assert!(
        out(&option).contains("memory-size") && out(&option).contains("8 mb"),
        "{}",
        out(&option)
    );
    assert!(out(&option).contains("ineffective-block-cache"));
    let machine = run(folder.path(), &["explain", "io.tmp.dirs"]);
    assert!(out(&machine).contains("default   depends on the machine"));
    let unknown = run(folder.path(), &["explain", "small-tcp-bufers"]);
    assert_eq!(code(&unknown), 2);
    assert!(err(&unknown).contains("small-tcp-buffers"));
    let list = run(folder.path(), &["rules"]);
    assert_eq!(code(&list), 0);
    assert!(out(&list).starts_with("correctness: "), "{}", out(&list));
    assert!(out(&list).lines().all(|line| line.chars().count() <= 80));
    let group = run(folder.path(), &["rules", "--group", "performance"]);
    assert!(out(&group).contains("\n  small-tcp-buffers "));
    assert!(!out(&group).contains("byte-order-mark"));
    assert_eq!(code(&run(folder.path(), &["rules", "--group", "speed"])), 2);
    assert_eq!(code(&run(folder.path(), &["chekc"])), 2);
}

#[test]
fn explain_leads_from_a_message_to_its_rule() {
    let folder = tree(&[]);
    let message = "WARN Error while trying to split key and value in configuration file a:3: ***";
    let page = run(folder.path(), &["explain", message]);
    assert_eq!(code(&page), 0, "{}", err(&page));
    assert!(out(&page).starts_with("ignored-line "), "{}", out(&page));
    let machine = run(folder.path(), &["explain", message, "--format", "json"]);
    assert!(out(&machine).contains("\"name\": \"ignored-line\""));
    let several = "Error parsing YAML configuration. Caused by: found duplicate key rest";
    let list = run(folder.path(), &["explain", several]);
    assert_eq!(code(&list), 0);
    assert!(
        out(&list).contains("\n  duplicate-key\n")
            && out(&list).contains("\n  yaml-does-not-load\n")
    );
    let refused = "SysctlForbidden: forbidden sysctl: \"net.core.rmem_max\" not allowlisted";
    let page = out(&run(folder.path(), &["explain", refused]));
    assert!(
        page.starts_with("sysctl-not-settable-in-container "),
        "{page}"
    );
    assert_eq!(
        code(&run(folder.path(), &["explain", "no such message at all"])),
        2
    );
}

#[test]
fn explain_knows_the_parameters_of_the_kernel() {
    let folder = tree(&[]);
    for name in [
        "net.core.rmem_max",
        "net/core/rmem_max",
        "/proc/sys/net/core/rmem_max",
    ] {
        let page = out(&run(folder.path(), &["explain", name]));
        assert!(page.starts_with("net.core.rmem_max\n"), "{page}");
        assert!(page.contains("5.10 to 6.12: 212992"), "{page}");
        assert!(page.contains("7.2: 4194304"), "{page}");
        assert!(page.contains("(bytes), 2304 to 2147483647"), "{page}");
        assert!(page.contains("small-tcp-buffers"), "{page}");
    }
    let explain = |name: &str| out(&run(folder.path(), &["explain", name]));
    assert!(explain("net.ipv4.conf.eth0.rp_filter").contains("for each network namespace"));
    assert!(explain("net.ipv4.tcp_tw_recycle").contains("gone since Linux 4.12"));
    assert!(explain("kernel.sched_latency_ns").contains("5.10 to before 5.13"));
    let machine = run(
        folder.path(),
        &["explain", "net.ipv4.tcp_rmem", "--format", "json"],
    );
    assert!(out(&machine).contains("\"least\": \"4096\""));
    let unknown = run(folder.path(), &["explain", "net.core.somaxcon"]);
    assert_eq!(code(&unknown), 2);
    assert!(err(&unknown).contains("near: net.core.somaxconn"));
}
