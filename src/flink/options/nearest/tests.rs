use super::*;

fn near(key: &str) -> Option<&'static str> {
    nearest(key, Versions::parse("1.18").unwrap())
}

#[test]
fn misspelt_keys_of_real_files_are_recognised() {
    for (written, meant) in [
        (
            "taskmanger.numberOfTaskSlots",
            "taskmanager.numberOfTaskSlots",
        ),
        (
            "taskmanager.numberoftaskslots",
            "taskmanager.numberOfTaskSlots",
        ),
        ("jobmanager.rpc.ardress", "jobmanager.rpc.address"),
        ("rest.bind-adress", "rest.bind-address"),
        ("rest.profiling.enabled\"", "rest.flamegraph.enabled"),
        (
            "state.backend.rocksdb.metrics.compactions-pending",
            "state.backend.rocksdb.metrics.compaction-pending",
        ),
        (
            "taskmanager.network.memory.buffers.per-channel",
            "taskmanager.network.memory.buffers-per-channel",
        ),
        ("state.checkpoint.dir", "state.checkpoints.dir"),
        (
            "state.backend.rocksdb.block-cache-size",
            "state.backend.rocksdb.block.cache-size",
        ),
        (
            "state.backend.rocksdb.memory-managed",
            "state.backend.rocksdb.memory.managed",
        ),
        (
            "taskmanager.memory.process-size",
            "taskmanager.memory.process.size",
        ),
        ("numberOfTaskSlots", "taskmanager.numberOfTaskSlots"),
        ("memory.task.heap", "taskmanager.memory.task.heap.size"),
        (
            "taskmanager.memory.task.heap",
            "taskmanager.memory.task.heap.size",
        ),
        (
            "taskmanager.memory.framework.off-heap",
            "taskmanager.memory.framework.off-heap.size",
        ),
        ("metrics.scope.jm_job", "metrics.scope.jm-job"),
        (
            "historyserver.archive.fs.fs.refresh-interval",
            "historyserver.archive.fs.refresh-interval",
        ),
        ("env.python.executable", "python.executable"),
        (
            "checkpointing.execution.interval",
            "execution.checkpointing.interval",
        ),
        (
            "state.rocksdb.memory.managed",
            "state.backend.rocksdb.memory.managed",
        ),
    ] {
        // `rest.profiling.*` came with 1.19.
        if written.starts_with("rest.profiling") {
            let later = nearest(written, Versions::parse("1.19..").unwrap());
            assert_eq!(later, Some("rest.profiling.enabled"));
            continue;
        }
        assert_eq!(near(written), Some(meant), "{written}");
    }
}

#[test]
fn keys_without_one_candidate_are_left_alone() {
    for key in [
        "",
        "name",
        "my.key",
        "size",
        "default.parallelism",
        "taskmanager.execution.failover-strategy",
        "taskmanager.memory.network.mix",
        "memory.process.size",
        "taskmanager.memory.heap.size",
        "taskmanager.memory.managed",
        "jobmanager.port",
        "historyserver.web.enabled",
        "kubernetes.jobmanager.annotation.app",
        "env.MY_VARIABLE",
        "kubernetes.jobmanager.labelss.app",
        "s3.acess-key",
        "query.server.port",
        "state.backend",
        "é",
    ] {
        assert_eq!(near(key), None, "{key}");
    }
}

#[test]
fn the_letters_never_rule_out_what_is_nearest() {
    // Each key of the table with one part less, without dots, and with a slip or two.
    let mut found = 0;
    for option in crate::flink::options::all().map(|spec| spec.key).step_by(7) {
        let half = option.len() / 2;
        for key in [
            option.replace('.', "-"),
            option.to_uppercase(),
            option.replacen('e', "", 2),
            option.replacen('t', "tt", 1),
            option.replacen('.', "x", 1),
            format!("env.{option}"),
            format!("{}z{}", &option[..half], &option[half + 1..]),
            option
                .split_once('.')
                .map_or(option, |(_, end)| end)
                .to_owned(),
        ] {
            if let Some(meant) = nearest(&key, Versions::ALL) {
                found += 1;
                assert!(may_be_nearest(&key, meant), "{key} {meant}");
            }
        }
    }
    assert!(found > 1000, "{found}");
    assert!(!may_be_nearest("my.own.key", "rest.port"));
}

#[test]
fn only_keys_of_the_versions_in_question_are_offered() {
    let typo = "execution.checkpointing.dirr";
    let of = |text| nearest(typo, Versions::parse(text).unwrap());
    assert_eq!(of("1.19"), None);
    assert_eq!(of("1.20"), Some("execution.checkpointing.dir"));
}

#[test]
fn names_that_hold_the_text_come_first() {
    assert_eq!(
        nearest_names("numberOfTaskSlots", 1),
        ["taskmanager.numberOfTaskSlots"]
    );
    assert_eq!(
        nearest_names("rocksdb.localdir", 1),
        ["state.backend.rocksdb.localdir"]
    );
    assert_eq!(
        nearest_names("paralelism.default", 1),
        ["parallelism.default"]
    );
    assert!(nearest_names("no such thing anywhere at all", 3).is_empty());
    assert_eq!(nearest_names("checkpointing", 5).len(), 5);
}
