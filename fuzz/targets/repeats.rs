//! A file in which one text stands thousands of times costs no more than twice of half as many: a reader
//! that goes over what it has read once more at every line runs into the time limit here.
#![no_main]

use std::fs;
use std::time::Duration;

use flint::recognise::{cluster, evidence, read};
use flint::syntax::yaml;
use flint_fuzz::{BETWEEN, PATHS, assert_documents, source};
use libfuzzer_sys::fuzz_target;

/// The size of a file, in bytes.
const SIZE: usize = 96 << 10;

/// Far more than any reader needs for a file of that size in a build for fuzzing, far less than one needs that
/// is not linear.
const SECONDS: u64 = 6;

// Path, what stands before, what is repeated, what stands behind.
fuzz_target!(|data: &[u8]| {
    let Some((which, data)) = data.split_first() else {
        return;
    };
    let mut parts = data.split(|byte| *byte == BETWEEN);
    let (before, within) = (
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
    );
    let behind = parts.next().unwrap_or_default();
    if within.is_empty() {
        return;
    }
    let mut bytes = before.to_vec();
    bytes.extend(within.repeat(SIZE / within.len()));
    bytes.extend(behind);
    let path = PATHS[usize::from(*which) % PATHS.len()];
    let source = source(path, &bytes);
    let start = now();
    assert_documents(&source, &read(&source, false, false));
    evidence::read(path, &bytes);
    cluster::read(path, &bytes);
    if path.ends_with(".yaml") {
        yaml::parse_config(&source);
    }
    let took = now().saturating_sub(start);
    assert!(
        took.as_secs() < SECONDS,
        "{path}: {took:?} for {SIZE} bytes"
    );
});

/// The time that this thread has had of a processor: others may be busy, too.
fn now() -> Duration {
    let told = fs::read_to_string("/proc/thread-self/schedstat").expect("Linux tells");
    let first = told.split(' ').next().and_then(|text| text.parse().ok());
    Duration::from_nanos(first.expect("a number"))
}
