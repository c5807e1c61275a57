use super::*;

const RECORDED: [(Release, &str); 4] = [
    (
        MEASURED[0],
        include_str!("../../../testdata/linux/recorded/5.10.tsv"),
    ),
    (
        MEASURED[1],
        include_str!("../../../testdata/linux/recorded/6.1.tsv"),
    ),
    (
        MEASURED[2],
        include_str!("../../../testdata/linux/recorded/6.12.tsv"),
    ),
    (
        MEASURED[3],
        include_str!("../../../testdata/linux/recorded/7.2.tsv"),
    ),
];

#[test]
fn the_table_is_sorted_and_every_line_can_be_read() {
    let keys: Vec<&str> = all().map(|parameter| parameter.key()).collect();
    assert!(keys.is_sorted() && keys.len() > 700);
    for line in TABLE.lines() {
        assert_eq!(line.split('\t').count(), 11, "{line}");
    }
    for parameter in all() {
        let key = parameter.key();
        assert_eq!(find(key).map(|found| found.key()), Some(key));
        let (first, last) = parameter.span();
        assert!(first <= last && MEASURED.contains(&first) && MEASURED.contains(&last));
        for release in MEASURED.into_iter().filter(|own| parameter.is_in(*own)) {
            assert!(parameter.is_writable(release).is_some(), "{key}");
            assert!(parameter.scope(release).is_some(), "{key}");
            let range = parameter.of(8, release).expect("in this release");
            assert_eq!(
                parameter.limits(release).is_some(),
                range != "-",
                "{key} {range}"
            );
        }
    }
}

#[test]
fn it_says_what_was_recorded() {
    for (release, recorded) in RECORDED {
        for line in recorded.lines().skip(1) {
            let cells: Vec<&str> = line.split('\t').collect();
            let [key, mode, elsewhere, value] = cells[..] else {
                panic!("{line}");
            };
            let parameter = find(key).unwrap_or_else(|| panic!("{key} is in no line"));
            let writable = mode.starts_with(['2', '6']);
            assert_eq!(parameter.is_writable(release), Some(writable), "{key}");
            if key.starts_with("net.") {
                let here = parameter.scope(release) != Some(Scope::NetworkOfHost);
                // The table speaks of all interfaces, of which a new namespace has one.
                let general = parameter.key().contains('<');
                assert!(general || here == (elsewhere != "-"), "{key} {release}");
            }
            let own = parameter
                .default(release)
                .or(parameter.default_of_small_machine(release));
            let general = parameter.key().contains('<');
            assert!(own.is_none_or(|own| general || own == value), "{key}");
        }
    }
    for parameter in all() {
        for (release, recorded) in RECORDED {
            let start = format!("\n{}\t", parameter.key());
            let general = parameter.key().contains('<');
            assert!(general || parameter.is_in(release) == recorded.contains(&start));
        }
    }
}

#[test]
fn a_key_of_an_interface_is_the_general_one() {
    let of = |key: &str| find(key).map(|parameter| parameter.key());
    let filter = Some("net.ipv4.conf.<interface>.rp_filter");
    assert_eq!(of("net.ipv4.conf.eth0.rp_filter"), filter);
    assert_eq!(of("net.ipv4.conf.eth0/100.rp_filter"), filter);
    assert_eq!(of("net.ipv4.conf.all.no_such"), None);
    assert_eq!(of("net.ipv4.conf.rp_filter"), None);
    assert_eq!(
        of("kernel.sched_domain.cpu17.domain1.flags"),
        Some("kernel.sched_domain.<cpu>.<domain>.flags")
    );
    assert_eq!(
        of("net.ipv4.neigh.default.gc_thresh3"),
        Some("net.ipv4.neigh.default.gc_thresh3")
    );
    assert_eq!(of(""), None);
    assert_eq!(of("net.core.rmem_max\t"), None);
}

#[test]
fn defaults_and_limits_are_those_of_the_release() {
    let cap = find("net.core.rmem_max").expect("known");
    assert_eq!(cap.default(Release(6, 12)), Some("212992"));
    assert_eq!(cap.default(Release(7, 2)), Some("4194304"));
    assert_eq!(cap.scope(Release(6, 1)), Some(Scope::NetworkOfHost));
    assert_eq!(cap.scope(Release(6, 12)), Some(Scope::NetworkReadOnly));
    let ecn = find("net.ipv4.tcp_ecn").expect("known");
    assert_eq!(ecn.limits(Release(7, 2)).map(|limits| limits.high), Some(5));
    let late = find("net.ipv4.tcp_rto_min_us").expect("known");
    assert_eq!(late.span(), (Release(6, 12), Release(7, 2)));
    assert_eq!(late.limits(Release(6, 1)), None);
}

#[test]
fn defaults_that_depend_on_memory_are_given_where_the_recorded_sizes_agree() {
    let receive = find("net.ipv4.tcp_rmem").expect("known");
    assert_eq!(receive.default(Release(6, 12)), None);
    let with = |release, memory| receive.default_with(release, memory);
    assert_eq!(with(Release(5, 10), 64 << 30), Some("4096 131072 6291456"));
    assert_eq!(with(Release(6, 1), 3 << 30), Some("4096 131072 6291456"));
    assert_eq!(with(Release(7, 2), 12 << 30), Some("4096 131072 33554432"));
    assert_eq!(with(Release(7, 2), 3 << 30), None);
    assert_eq!(with(Release(6, 12), 1 << 28), None);
}

#[test]
fn misspelt_keys_have_one_that_was_meant() {
    let near = |key: &str| meant(key);
    assert_eq!(
        near("net.core.rmem_mx").as_deref(),
        Some("net.core.rmem_max")
    );
    assert_eq!(
        near("net.core.rmem-max").as_deref(),
        Some("net.core.rmem_max")
    );
    assert_eq!(
        near("net.ipv4.conf.eth0.rp_filer").as_deref(),
        Some("net.ipv4.conf.eth0.rp_filter")
    );
    assert_eq!(near("net.core.rmem_max"), None);
    assert_eq!(near("net.ipv4.rmem_mx"), None);
    assert_eq!(near("net.ipv4.neigh.default.gc_thresh4"), None);
    assert_eq!(near("vm.nothing_like_it"), None);
    assert_eq!(
        near("kernel.core_uses.pid").as_deref(),
        Some("kernel.core_uses_pid")
    );
    assert_eq!(
        near("net.ipv4.somaxconn").as_deref(),
        Some("net.core.somaxconn")
    );
    assert_eq!(near("net.core.xmem_max"), None, "two are as near");
}

#[test]
fn each_key_is_meant_by_what_differs_in_one_letter() {
    for parameter in all() {
        let key = parameter.key();
        let (folder, name) = key.rsplit_once('.').expect("a folder");
        let misspelt = format!("{folder}.{}x{}", &name[..1], &name[1..]);
        // What the index leaves out must not be near: compared with each line of the table.
        let near = |other: &str| {
            let (own, other) = other.rsplit_once('.').expect("a folder");
            own == folder
                && crate::words::distance(&misspelt[folder.len() + 1..], other, 1).is_some()
        };
        let alone = all().filter(|other| near(other.key())).count() == 1;
        if alone && !key.contains('<') && find(&misspelt).is_none() {
            assert_eq!(meant(&misspelt).as_deref(), Some(key));
        }
    }
}

#[test]
fn what_is_gone_is_told_with_the_release() {
    let recycle = gone("net.ipv4.tcp_tw_recycle").expect("gone");
    assert_eq!(recycle.since, Some(Release(4, 12)));
    let latency = gone("kernel.sched_latency_ns").expect("gone");
    assert!(!latency.lacks("kernel.sched_latency_ns", Release(5, 10)));
    assert!(latency.lacks("kernel.sched_latency_ns", Release(6, 1)));
    let dump = gone("vm.block_dump").expect("gone");
    assert!(!dump.lacks("vm.block_dump", Release(5, 10)));
    assert!(dump.lacks("vm.block_dump", Release(6, 1)));
    assert_eq!(gone("vm.swappiness"), None);
    for line in include_str!("gone.tsv").lines().skip(1) {
        let instead = line.split('\t').nth(2).expect("three columns");
        assert!(instead.is_empty() || find(instead).is_some(), "{line}");
    }
}
