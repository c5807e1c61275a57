//! How long the stages of a run take, one after the other in one process: `cargo bench --bench stages -- [FOLDER]`.
//! Without a folder on what lies in `testdata/deployments`. Readers by format, deployments and rules, fixes and
//! their diff, and each format of reports.

#![allow(clippy::print_stdout, reason = "the figures are its output")]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use flint::discover::{ConfigSource, discover};
use flint::fix::{Allowed, patch, plan};
use flint::lint::lint;
use flint::project::Project;
use flint::recognise;
use flint::report::{OutputFormat, Report, Run, Style, Summary, render};
use flint::text::Source;

const RUNS: usize = 9;

fn main() {
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/deployments");
    let named = std::env::args().skip(1).find(|word| word != "--bench");
    let folder = PathBuf::from(named.unwrap_or_else(|| own.to_owned()));
    let paths = [folder];
    let find = || discover(&paths, &ConfigSource::Isolated).expect("a folder that can be read");
    let found = find();
    let (sources, configs) = (&found.sources, &found.configs);
    let bytes: usize = sources.0.iter().map(|source| source.bytes.len()).sum();
    println!("{} files, {} KiB", sources.0.len(), bytes / 1024);
    show("find and open files", median(find), None);

    let mut formats: BTreeMap<&str, Vec<&Source>> = BTreeMap::new();
    for source in &sources.0 {
        let documents = recognise::read(source, false, false);
        if let Some(first) = documents.first() {
            formats.entry(first.format.name()).or_default().push(source);
        }
    }
    for (format, sources) in formats {
        let read = || -> usize {
            let documents = sources.iter().map(|own| recognise::read(own, false, false));
            documents.map(|documents| documents.len()).sum()
        };
        let bytes = sources.iter().map(|source| source.bytes.len()).sum();
        show(&format!("read {format}"), median(read), Some(bytes));
    }

    let whole = median(|| Project::read(sources, configs, &[]));
    show("read all on all cores, and join them", whole, Some(bytes));
    let project = Project::read(sources, configs, &[]);
    show("make deployments", median(|| project.deployments()), None);
    let rules = median(|| lint(&project, configs));
    show("deployments, rules, ignores and secrets", rules, None);
    let findings = lint(&project, configs).findings;
    println!("{} findings", findings.len());

    let allowed = Allowed {
        safe: true,
        unsafe_: true,
    };
    let fix = || plan(sources, configs, allowed, &|_| true);
    show(
        "all fixes, each proven to do what it says",
        median(fix),
        None,
    );
    let fixed = fix();
    let diff = || -> usize {
        let pairs = sources.0.iter().zip(&fixed.sources.0);
        let patches = pairs.map(|(before, after)| {
            patch::unified(before, after, before.path.as_bytes(), &[]).len()
        });
        patches.sum()
    };
    show("their diff", median(diff), None);

    let report = Report {
        sources,
        findings: &findings,
        summary: Summary::of(&findings),
        run: Run::default(),
    };
    for format in OutputFormat::ALL {
        let write = || {
            let mut out = Vec::new();
            render(format, &report, &Style::default(), &mut out).expect("memory takes it");
            out.len()
        };
        show(&format!("report as {}", format.name()), median(write), None);
    }
}

/// The middle one of some runs.
fn median<R>(run: impl Fn() -> R) -> Duration {
    let time = |_| {
        let start = Instant::now();
        let made = std::hint::black_box(run());
        let took = start.elapsed();
        drop(made);
        took
    };
    let mut times: Vec<Duration> = (0..RUNS).map(time).collect();
    times.sort_unstable();
    times[RUNS / 2]
}

/// One line: how long, and how much of so many bytes in a second.
fn show(what: &str, took: Duration, bytes: Option<usize>) {
    let milliseconds = took.as_secs_f64() * 1e3;
    let speed = bytes.and_then(|bytes| u32::try_from(bytes).ok());
    let speed = speed.map_or_else(String::new, |bytes| {
        format!("  {:.0} MB/s", f64::from(bytes) / 1e6 / took.as_secs_f64())
    });
    println!("{milliseconds:>9.2} ms  {what}{speed}");
}
