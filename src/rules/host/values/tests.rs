use super::*;

fn fault_of(key: &str, value: &str) -> Option<Fault> {
    fault(key, value, Kernels::ALL)
}

#[test]
fn each_value_has_one_fault_at_most() {
    use Fault::{Comment, NotANumber, Octal, Quotes};
    for (key, value, expected) in [
        ("net.core.rmem_max", "\"1310720\"", Some(Quotes)),
        ("net.core.rmem_max", "'1310720", Some(Quotes)),
        ("net.core.rmem_max", "\"16M\" # x", Some(Quotes)),
        ("net.ipv4.tcp_congestion_control", "\"bbr\"", Some(Quotes)),
        ("kernel.core_pattern", "\"core\"", None),
        ("net.core.rmem_max", "1310720 # x", Some(Comment(8))),
        ("net.core.rmem_max", "1310720;", Some(Comment(7))),
        ("net.core.rmem_max", "16M # x", Some(NotANumber(0, 3))),
        ("net.ipv4.tcp_rmem", "4096 # x", Some(Comment(5))),
        (
            "net.ipv4.tcp_congestion_control",
            "reno # x",
            Some(Comment(5)),
        ),
        (
            "net.ipv4.ip_local_reserved_ports",
            "8081 # x",
            Some(Comment(5)),
        ),
        ("kernel.core_pattern", "|/bin/x #y", None),
        ("not.known", "1 # x", None),
        (
            "net.ipv4.tcp_rmem",
            "4096,87380,16777216",
            Some(NotANumber(0, 19)),
        ),
        (
            "net.ipv4.tcp_rmem",
            "4096 87380 16M",
            Some(NotANumber(11, 14)),
        ),
        ("net.ipv4.tcp_rmem", "4096 87380", None),
        ("net.core.rmem_max", "", Some(NotANumber(0, 0))),
        ("net.core.rmem_max", "VALUE", None),
        ("net.core.rmem_max", "[[rmem]]", None),
        ("net.core.rmem_max", "0x140000", None),
        ("net.core.somaxconn", "01024", Some(Octal(0, 5))),
        ("net.core.somaxconn", "07", None),
        ("net.core.somaxconn", "08", Some(Octal(0, 2))),
        (
            "net.ipv4.tcp_rmem",
            "4096 010000 16777216",
            Some(Octal(5, 11)),
        ),
        ("kernel.core_pattern", "0755", None),
        ("net.core.rmem_max", "1 \\", None),
    ] {
        assert_eq!(fault_of(key, value), expected, "{key} = {value}");
    }
}

#[test]
fn numbers_are_written_as_the_kernel_reads_them_where_one_is_meant() {
    for (key, value, expected) in [
        ("net.core.rmem_max", "16M", Some("16777216")),
        ("net.core.rmem_max", "1280K", Some("1310720")),
        ("net.core.rmem_max", "16MB", None),
        ("net.core.rmem_max", "1.25MB", None),
        ("net.core.rmem_max", "1_310_720", Some("1310720")),
        ("net.core.rmem_max", "16,777,216", Some("16777216")),
        ("net.core.rmem_max", "16,77", None),
        ("net.core.rmem_max", "1024*1280", Some("1310720")),
        ("net.core.rmem_max", "1e6", Some("1000000")),
        ("net.core.rmem_max", "+1310720", Some("1310720")),
        ("net.core.rmem_max", "= 1310720", Some("1310720")),
        ("net.core.rmem_max", "99999999999999999999*9", None),
        ("net.core.rmem_max", "1e99", None),
        ("net.core.somaxconn", "4K", None),
        (
            "net.ipv4.tcp_rmem",
            "4096, 87380, 16777216",
            Some("4096 87380 16777216"),
        ),
        (
            "net.ipv4.tcp_rmem",
            "4K 128K 16M",
            Some("4096 131072 16777216"),
        ),
        (
            "net.ipv4.ip_local_port_range",
            "1024-65535",
            Some("1024 65535"),
        ),
        ("net.ipv4.tcp_keepalive_time", "300s", Some("300")),
        ("net.ipv4.tcp_keepalive_time", "5m", None),
    ] {
        let parameter = parameters::find(key).expect(key);
        let found = meant::meant(value, &parameter);
        assert_eq!(found.as_deref(), expected, "{key} = {value}");
        if let Some(found) = found {
            assert!(
                !refuses(&parameter, &found, Kernels::ALL),
                "{key} = {found}"
            );
        }
    }
}

/// What four kernels did with thousands of values: no fault stands in one that is accepted but for a
/// comment that is dropped and a number that is another one, and fixes write what is accepted.
#[test]
fn values_that_kernels_accept_are_never_called_refused() {
    const RECORDED: &str = include_str!("../../../../testdata/linux/kernel-values.tsv");
    let mut faults = 0;
    for line in RECORDED.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let (key, value) = (cells[0], cells[1].trim());
        let accepted = cells[2..].iter().any(|cell| cell.starts_with("ok"));
        let Some(parameter) = parameters::find(key) else {
            continue;
        };
        let Some(fault) = fault_of(key, value) else {
            continue;
        };
        faults += 1;
        let refused = refuses(&parameter, value, Kernels::ALL);
        assert!(!(refused && accepted), "{line}: {fault:?}");
        let harmless = matches!(fault, Fault::Comment(_) | Fault::Octal(..));
        assert!(refused || harmless, "{line}: {fault:?}");
    }
    assert!(faults > 30, "{faults}");
}
