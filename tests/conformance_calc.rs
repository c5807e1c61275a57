//! The numbers of `RocksDB` memory and of key groups, held against what real Flink computed.
//!
//! `testdata/flink/flink-calc.jsonl` holds one call a line: the function `fn`, its arguments and what
//! the classes of Flink 1.13.6, 1.20.5 and 2.3.0 answered, which was always the same.

use std::collections::BTreeMap;

use flint::flink::{parallelism, rocksdb};
use serde_json::{Value, json};

/// The answer of flint to a recorded call, in the form of the recorded one.
fn answer(call: &Value) -> Value {
    let long = |name: &str| call[name].as_i64().expect("a whole number");
    let number = |name: &str| call[name].as_u64().expect("a number of bytes");
    let small = |name: &str| u32::try_from(number(name)).expect("a small number");
    match call["fn"].as_str() {
        Some("rocksdb_shared") => {
            let ratio = call["write_buffer_ratio"].as_f64().expect("a ratio");
            let shared = rocksdb::shared(number("bytes"), ratio);
            json!({
                "cache": shared.cache,
                "write_buffer_manager": shared.write_buffers,
                "arena_ok": rocksdb::arena_fits(number("write_buffer_size"), shared),
            })
        }
        Some("weight_fraction") => {
            json!({ "fraction": rocksdb::weight_fraction(long("weight"), long("total")) })
        }
        Some("default_max_parallelism") => {
            json!({ "max": parallelism::default_max_parallelism(small("parallelism")) })
        }
        Some("key_groups") => {
            let [max, subtasks] = [small("max"), small("parallelism")];
            let groups = parallelism::key_groups(max, subtasks);
            let (first, last) = parallelism::range(max, subtasks, small("index"));
            json!({
                "min_groups": groups.least,
                "max_groups": groups.most,
                "range": [first, last],
            })
        }
        other => panic!("no function for {other:?}"),
    }
}

#[test]
fn every_recorded_number_is_computed() {
    let mut lines = BTreeMap::new();
    for (index, line) in include_str!("../testdata/flink/flink-calc.jsonl")
        .lines()
        .enumerate()
    {
        let call: Value = serde_json::from_str(line).expect("a JSON object on each line");
        let ours = answer(&call);
        for (name, value) in ours.as_object().expect("fields") {
            assert_eq!(value, &call[name], "{name} of line {}: {line}", index + 1);
        }
        let function = call["fn"].as_str().unwrap_or_default().to_owned();
        *lines.entry(function).or_insert(0) += 1;
    }
    let counted: Vec<(&str, i32)> = lines.iter().map(|(name, n)| (name.as_str(), *n)).collect();
    assert_eq!(
        counted,
        [
            ("default_max_parallelism", 27),
            ("key_groups", 300),
            ("rocksdb_shared", 400),
            ("weight_fraction", 10),
        ]
    );
}

/// The least memory without Flink's warning lies between what it warned of and what it didn't.
#[test]
fn the_least_memory_is_where_the_recorded_warning_ends() {
    let mut warned = 0;
    for line in include_str!("../testdata/flink/flink-calc.jsonl").lines() {
        let call: Value = serde_json::from_str(line).expect("a JSON object on each line");
        let Some(ratio) = call["write_buffer_ratio"].as_f64() else {
            continue;
        };
        let size = call["write_buffer_size"].as_u64().expect("a size");
        let enough = call["bytes"].as_u64() >= Some(rocksdb::least_bytes(size, ratio));
        assert_eq!(call["arena_ok"], enough, "{line}");
        warned += i32::from(!enough);
    }
    assert!(warned > 0);
}
