//! What a deployment knows of the memory of `RocksDB` and of its network buffers.

mod common;

use common::{configs, findings, fixed, sources};
use flint::deployment::{Deployment, Network, RocksDb};
use flint::flink::rocksdb::Sharing;
use flint::project::Project;

const SLOT: &str = "taskmanager.memory.process.size: 1728m\n";

fn with<T>(version: &str, text: &str, of: impl Fn(&Deployment) -> T) -> T {
    let name = if version.starts_with('2') {
        "config.yaml"
    } else {
        "flink-conf.yaml"
    };
    let sources = sources(&[(name.to_owned(), format!("{SLOT}{text}\n").into_bytes())]);
    let configs = configs(Some(version), &[]);
    let project = Project::read(&sources, &configs, &[]);
    let mut deployments = project.deployments();
    let deployment = deployments.pop().expect("a deployment");
    of(&deployment)
}

fn rocksdb<T>(version: &str, lines: &str, of: impl Fn(RocksDb) -> T) -> Option<T> {
    let text = format!("state.backend: rocksdb\n{lines}");
    with(version, &text, |deployment| deployment.rocksdb().map(&of))
}

fn network(version: &str, lines: &str) -> Option<Network> {
    with(version, lines, |own| own.network_with(&[]))
}

#[test]
fn an_option_is_absent_only_where_no_version_has_any_of_its_names() {
    let absent =
        |version, lines: &str, key| with(version, lines, |own| own.cluster_option(key).is_absent());
    let backend = "state.backend.type";
    assert!(absent("1.16", "", backend));
    assert!(!absent("1.16", "state.backend: ${BACKEND}", backend));
    assert!(!absent("1.16", "state.backend: rocksdb", backend));
    let new = "state.backend.rocksdb.memory.fixed-per-tm";
    assert!(absent("1.16", &format!("{new}: 64mb"), new));
    assert!(!absent("1.17", &format!("{new}: 64mb"), new));
}

#[test]
fn the_default_slot_is_what_a_running_task_manager_had() {
    let own = rocksdb("1.13..1.20", "", |own| {
        let shared = own.shared.expect("memory that is shared");
        let least = own.least_bytes();
        (own.bytes, shared.cache, shared.write_buffers, least)
    });
    let slot = (
        Some(536_870_920),
        447_392_433,
        178_956_973,
        Some(28_760_943),
    );
    assert_eq!(own, Some(slot));
}

#[test]
fn flink_warns_at_the_border_and_below() {
    for (bytes, warns) in [(28_760_942, true), (28_760_943, false)] {
        let line = format!("taskmanager.memory.managed.size: {bytes}b");
        let own = rocksdb("1.20", &line, |own| own.flushes_constantly());
        assert_eq!(own, Some(Some(warns)));
    }
}

#[test]
fn the_mode_of_sharing_is_that_of_all_versions() {
    let key = |name| format!("state.backend.rocksdb.memory.{name}\n");
    let unmanaged = key("managed: false") + &key("fixed-per-tm: 64mb");
    let sharing = |version, lines: &str| rocksdb(version, lines, |own| (own.sharing, own.bytes));
    assert_eq!(sharing("1.16", &unmanaged), Some((Sharing::None, None)));
    let of_all = (Sharing::FixedPerTaskManager, Some(64 << 20));
    assert_eq!(sharing("1.17..1.20", &unmanaged), Some(of_all));
    assert_eq!(sharing("1.16..1.17", &unmanaged), None);
    let of_slot = (Sharing::FixedPerSlot, Some(32 << 20));
    let both = unmanaged + &key("fixed-per-slot: 32mb");
    assert_eq!(sharing("1.13..1.20", &both), Some(of_slot));
}

#[test]
fn predefined_options_fill_in_what_is_not_set() {
    let key = |name| format!("state.backend.rocksdb.{name}\n");
    let sizes = |lines: &str| {
        let lines = key("memory.managed: false") + lines;
        rocksdb("1.20", &lines, |own| {
            (own.write_buffer_size, own.write_buffers, own.block_cache)
        })
    };
    let mib = |size: u64| Some(size << 20);
    assert_eq!(sizes(""), Some((mib(64), Some(2), mib(8))));
    let large = key("predefined-options: SPINNING_DISK_OPTIMIZED_HIGH_MEM");
    assert_eq!(sizes(&large), Some((mib(64), Some(4), mib(256))));
    let own = large + &key("block.cache-size: 16mb") + &key("writebuffer.size: 32mb");
    assert_eq!(sizes(&own), Some((mib(32), Some(4), mib(16))));
    let factory = key("options-factory: com.example.Options");
    assert_eq!(sizes(&factory), Some((None, None, None)));
    assert_eq!(
        sizes(&key("predefined-options: FAST")),
        Some((None, None, None))
    );
}

#[test]
fn nothing_is_known_of_rocksdb_that_nobody_chose() {
    let known = |version, text: &str| with(version, text, |own| own.rocksdb().is_some());
    assert!(!known("1.20", ""));
    assert!(!known("1.20", "state.backend: hashmap"));
    assert!(!known("2.0", "state.backend.type: forst"));
    assert!(!known("1.16", "state.backend.type: rocksdb"));
    assert!(known("1.17", "state.backend.type: rocksdb"));
    assert!(!known("1.20", "state.backend: ${BACKEND}"));
    let class = "org.apache.flink.contrib.streaming.state.EmbeddedRocksDBStateBackendFactory";
    assert!(known("2.0", &format!("state.backend.type: {class}")));
}

#[test]
fn options_of_other_versions_change_no_buffers() {
    let lines = "taskmanager.network.memory.buffers-per-channel: 5\n";
    let needed = |version: &str| {
        let network = network(version, lines).expect("buffers");
        let versions = flint::flink::version::Versions::parse(version).expect("a version");
        network.needed(2, 4, versions)
    };
    assert_eq!(needed("1.20"), 2 * 5 + 2 * (1 + 5 * 2));
    assert_eq!(needed("2.0"), 2 * 5 + 2 * (1 + 2 * 2));
}

#[test]
fn buffers_are_those_of_the_segment_size() {
    let buffers = |lines: &str| {
        let network = network("1.20", lines)?;
        Some((network.segment, network.cases[0].buffers))
    };
    assert_eq!(buffers(""), Some((32 << 10, 4096)));
    let segment = |size: &str| format!("taskmanager.memory.segment-size: {size}");
    assert_eq!(buffers(&segment("64kb")), Some((64 << 10, 2048)));
    assert_eq!(buffers(&segment("1000")), None);
    assert_eq!(
        buffers("shuffle-service-factory.class: com.example.Own"),
        None
    );
    assert_eq!(buffers("taskmanager.memory.managed.size: 9g"), None);
}

#[test]
fn sizes_beyond_all_machines_break_no_rule() {
    let numbers = ["1", "2147483647"];
    let sizes = ["1g", "4611686018427387905b", "9223372036854775807b"];
    let memtables = ["64mb", "18014398509481984b", "9223372036854775807b"];
    for (slots, size, memtable) in numbers
        .iter()
        .flat_map(|slots| sizes.iter().map(move |size| (slots, size)))
        .flat_map(|(slots, size)| memtables.iter().map(move |own| (slots, size, own)))
    {
        let text = format!(
            "jobmanager.memory.process.size: {size}\n\
             taskmanager.memory.process.size: {size}\n\
             taskmanager.memory.network.max: 1g\n\
             taskmanager.memory.jvm-overhead.max: 1g\n\
             taskmanager.memory.managed.fraction: 0.01\n\
             taskmanager.numberOfTaskSlots: {slots}\n\
             parallelism.default: {slots}\n\
             taskmanager.network.memory.buffers-per-channel: 2147483647\n\
             state.backend: rocksdb\n\
             state.backend.rocksdb.writebuffer.size: {memtable}\n"
        );
        let fixed_size = format!("{text}state.backend.rocksdb.memory.fixed-per-slot: 1m\n");
        for text in [text, fixed_size] {
            let sources = sources(&[("conf/flink-conf.yaml".to_owned(), text.into_bytes())]);
            let configs = configs(Some("1.20"), &[]);
            findings(&sources, &configs);
            fixed(&sources, &configs, true);
        }
    }
}
