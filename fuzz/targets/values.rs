//! Any text as a value, a key, a version, a name or an argument; and any `flink-conf.yaml` to be migrated.
#![no_main]

use flint::flink::value::{
    parse_boolean, parse_double, parse_duration, parse_enum, parse_float, parse_integer,
    parse_list_legacy, parse_long, parse_map_legacy, parse_memory, show_duration, show_memory,
    write_memory,
};
use flint::flink::version::Versions;
use flint::flink::{options, version};
use flint::linux::kernel::{Kernels, Release};
use flint::linux::{machine, numbers, parameters};
use flint::migrate::{Layout, migrate};
use flint::syntax::yaml;
use flint_fuzz::source;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((which, bytes)) = data.split_first() else {
        return;
    };
    if which % 4 == 0 {
        migrated(
            bytes,
            if which % 8 == 0 {
                Layout::Flat
            } else {
                Layout::Nested
            },
        );
        return;
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    match which % 4 {
        1 => values(text),
        2 => keys(text),
        _ => parameters_of_kernels(text),
    }
});

/// What is written is a file that Flink loads; what can't be written has a reason.
fn migrated(bytes: &[u8], layout: Layout) {
    let old = source("conf/flink-conf.yaml", bytes);
    match migrate(&old, Versions::YAML, layout) {
        Ok(new) => {
            let new = source("conf/config.yaml", new.text.as_bytes());
            let read = yaml::parse_config(&new);
            assert!(read.load_error.is_none(), "{:?}", read.load_error());
        }
        Err(reasons) => assert!(!reasons.is_empty()),
    }
}

fn values(text: &str) {
    if let Ok(bytes) = parse_memory(text) {
        assert_eq!(parse_memory(&write_memory(bytes)), Ok(bytes), "{text:?}");
        show_memory(bytes);
    }
    for versions in [
        Versions::LEGACY,
        Versions::YAML,
        Versions::V2,
        Versions::ALL,
    ] {
        if let Ok(duration) = parse_duration(text, versions) {
            show_duration(duration);
        }
    }
    let _ = (
        parse_integer(text),
        parse_long(text),
        parse_double(text),
        parse_float(text),
    );
    let _ = (
        parse_boolean(text),
        parse_enum(text, ["rocksdb", "hashmap", "EXACTLY_ONCE"]),
    );
    let _ = (parse_list_legacy(text), parse_map_legacy(text));
    yaml::parse_value(text);
    yaml::parse_items(text);
    let _ = Versions::parse(text);
    Versions::release(text);
    Versions::is_before_all(text);
    Versions::requires_before_all(text);
    Versions::from_requirement(text);
    version::Image::parse(text);
}

fn keys(text: &str) {
    options::is_known(text, Versions::ALL);
    options::is_option(text);
    options::nearest(text, Versions::ALL);
    options::nearest_to_unknown(text, Versions::V2);
    options::nearest_names(text, 3);
    options::in_open_family(text);
    options::is_vendor_key(text);
    options::below(text, Versions::ALL);
    options::family(text);
}

fn parameters_of_kernels(text: &str) {
    let (key, value) = text.split_once('=').unwrap_or(("net.ipv4.tcp_rmem", text));
    parameters::meant(key);
    parameters::gone(key);
    numbers::parse(value);
    numbers::ports(value);
    let releases = ["4.18", "5.15", "6.12"].map(|own| Release::parse(own).expect("a release"));
    if let Some(parameter) = parameters::find(key) {
        for release in releases {
            numbers::write(&parameter, value, release);
        }
    }
    let _ = (Release::parse(value), Kernels::parse(value));
    let _ = machine::parse_bandwidth(value).map(machine::show_bandwidth);
    let _ = machine::parse_round_trip(value).map(machine::show_round_trip);
    let _ = machine::parse_memory(value);
}
