//! How long the memory of one deployment takes, from settings that are read to both processes in each of
//! its versions: `cargo bench --bench memory`.
//!
//! A harness of its own: the median of many runs is all that is asked for, and what measures it is
//! shorter than the manual of a crate that does.

#![allow(clippy::print_stdout, reason = "the figures are its output")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use flint::config::Configs;
use flint::flink::memory::{Key, OPTIONS, Preset};
use flint::flink::options;
use flint::flink::version::Versions;
use flint::project::Project;
use flint::text::Sources;

/// What one deployment may take.
const GOAL: Duration = Duration::from_micros(100);
const RUNS: usize = 2_000;

fn main() {
    println!("{}", machine());
    let whole = |text: &str| format!("{text}\njobmanager.memory.process.size: 1600m\n");
    let flat = whole(include_str!("../testdata/migrate/shipped/flink-conf.yaml"));
    let nested = whole(include_str!("../testdata/migrate/shipped/config.yaml"));
    let (long, full) = (every_option(), every_size());
    let wrong = full.replace("2944m", "1.5g").replace("1664m", "1.5g");
    for (name, text, legacy) in [
        ("shipped flink-conf.yaml", flat.as_str(), true),
        ("shipped config.yaml", &nested, false),
        ("every option of Flink", &long, true),
        ("every size, flink-conf.yaml", &full, true),
        ("every size, config.yaml", &full, false),
        ("no size: refused", "parallelism.default: 4\n", false),
        ("wrong sizes: refused", &wrong, false),
    ] {
        measure(name, text, legacy);
    }
}

/// Times a deployment of one file: in the old form for 1.13 to 1.20, or in the new one for 1.19 to 2.3.
fn measure(name: &str, text: &str, legacy: bool) {
    let (file, versions) = if legacy {
        ("conf/flink-conf.yaml", "..1.20")
    } else {
        ("conf/config.yaml", "1.19..")
    };
    let mut sources = Sources::default();
    sources.add(file, text);
    let mut configs = Configs::default();
    configs.each(|config| config.flink_version = Versions::parse(versions).ok());
    let project = Project::read(&sources, &configs, &[]);
    let deployments = project.deployments();
    let [deployment] = deployments.as_slice() else {
        panic!("{name}: {} deployments", deployments.len());
    };
    let settings = deployment.documents.iter().map(|own| own.settings.len());
    let settings: usize = settings.sum();
    let memory = deployment.memory_with(&[]);
    let works = memory.task_manager.any().is_some() && memory.job_manager.any().is_some();
    assert_eq!(memory.task_manager.unknown, None, "{name}");
    assert_eq!(works, !name.ends_with("refused"), "{name}: {memory:?}");

    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            black_box(black_box(deployment).memory_with(&[]));
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    let (median, late) = (times[RUNS / 2], times[RUNS * 99 / 100]);
    let verdict = if median <= GOAL {
        ""
    } else {
        "  ABOVE THE GOAL"
    };
    println!("{name:28} {settings:5} settings {median:9.1?} median {late:9.1?} of 99 %{verdict}");
}

/// A file with each option that any version knows, and the sizes that every start needs.
fn every_option() -> String {
    let mut keys: Vec<&str> = options::all().map(|option| option.key).collect();
    keys.sort_unstable();
    keys.dedup();
    let of_memory = |key: &&str| {
        OPTIONS
            .iter()
            .any(|own| own.key == *key || own.also.contains(key))
    };
    let mut text =
        "taskmanager.memory.process.size: 4g\njobmanager.memory.process.size: 2g\n".to_owned();
    for key in keys.into_iter().filter(|key| !of_memory(key)) {
        text.push_str(&format!("{key}: x\n"));
    }
    text
}

/// A file with each option that the model reads, all of which agree.
fn every_size() -> String {
    let mut text = String::new();
    for key in Key::ALL {
        let value = match key {
            Key::TaskProcess => "2944m",
            Key::TaskFlink => "2432m",
            Key::JobProcess => "1664m",
            Key::JobFlink => "1152m",
            Key::Cores | Key::Slots => "4",
            Key::TaskLegacyHeapMb | Key::JobLegacyHeapMb => "1024",
            _ => match key.spec().preset {
                Preset::Bytes(bytes) => &format!("{bytes}b"),
                Preset::Fraction(fraction) => &format!("{fraction}"),
                Preset::Number(number) => &format!("{number}"),
                Preset::Switch(_) => "true",
                Preset::None => "1g",
            },
        };
        for name in std::iter::once(key.name()).chain(key.spec().also.iter().copied()) {
            text.push_str(&format!("{name}: {value}\n"));
        }
    }
    text
}

/// The class of the machine, where the kernel says it.
fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let mut names = info
        .lines()
        .filter_map(|line| line.strip_prefix("model name"));
    let name = names.next().map_or("unknown processor", |name| {
        name.trim_start_matches([' ', '\t', ':'])
    });
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let profile = if cfg!(debug_assertions) {
        ", debug build"
    } else {
        ""
    };
    format!("{name}, {cores} cores{profile}")
}
