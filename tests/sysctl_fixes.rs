//! Safe fixes in generated files of a host: no loader reads any other parameter differently afterwards.

mod common;

use std::collections::BTreeMap;

use common::{configs, findings, fixed, sources};
use flint::config::Configs;
use flint::finding::{Finding, Fix, Safety};
use flint::linux::loaders::keys::{dotted, path};
use flint::linux::loaders::{Loader, Place, Statements, Winner, entries, glob, in_order, place};
use flint::text::{Edit, Sources, apply};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config as Runs, RngAlgorithm, TestRng, TestRunner};

const LOADERS: [Loader; 8] = [
    Loader::Procps33,
    Loader::Procps40,
    Loader::Procps407,
    Loader::Systemd247,
    Loader::Systemd252,
    Loader::Systemd262,
    Loader::Busybox130,
    Loader::Busybox135,
];

const PATHS: [&str; 7] = [
    "host/etc/sysctl.conf",
    "host/etc/sysctl.d/10-flink.conf",
    "host/etc/sysctl.d/50-net.conf",
    "host/etc/sysctl.d/.hidden.conf",
    "host/etc/sysctl.d/99-last.conf",
    "host/usr/lib/sysctl.d/50-net.conf",
    "host/usr/lib/sysctl.d/60-vendor.conf",
];

const LINES: &[&str] = &[
    "",
    "# hosts for Flink",
    "; old",
    "#vm.swappiness = 3",
    "vm.swappiness = 1",
    "vm.swappiness=\"10\"",
    "vm.swappiness = '10'",
    "vm.swappiness 10",
    "vm.swappiness: 10",
    "vm/swappiness = 20 # few",
    "-vm.swappiness = 010",
    "-vm.swappiness",
    "vm.swap* = 30",
    "net.ipv4.conf.*.rp_filter = 1",
    "net.ipv4.conf.eth0/1.rp_filter = 1",
    "net/ipv4/conf/eth0.1/rp_filter = \"2\"",
    "-net.ipv4.conf.eth0/1.rp_filter",
    "net.core.somaxconn = 4096 ; more",
    "net.core.somaxconn = 65,536",
    "net.core.somaxconn = 4k",
    "net.core/somaxconn = 128",
    "  net.core.rmem_max\t=\t16777216  ",
    "net.core.rmem_max = 16 * 1024",
    "net.ipv4.tcp_rmem = 4096 87380 \\",
    "    16777216",
    "net.ipv4.tcp_rmem = \"4096 87380 16777216\"",
    "net.ipv4.tcp_rmem = 4096,87380,16777216",
    "net.ipv4.tcp_rmem\u{a0}= 4096 87380 6291456",
    "net.ipv4.ip_local_port_range = 61000 32768",
    "net.ipv4.tcp_congestion_control = BBR",
    "sysctl -w vm.max_map_count=262144",
    "vm.max_map_count=262144 sysctl",
    "\"vm.max_map_count\" = 262144",
    "vm.max_map_count := 262144",
    "vm.max_map_count = \u{201c}262144\u{201d}",
    "vm.max_map_count = 262144 // maps",
    "vm.max_map_count\u{200b} = 65530",
    "kernel.pid_max = 0x10000\\",
    "= 3",
    "[sysctl]",
    "vm.dirty_ratio = 20 # flint: ignore[dirty-page-limits]",
    "  - vm.dirty_ratio = 9",
    "vm.overcommit_memory = \u{c}2",
    "vm.overcommit_memory = 2 \u{c}",
];

/// A file of a host: its path, its lines, and how they end.
#[derive(Clone, Debug)]
struct File {
    path: &'static str,
    lines: Vec<&'static str>,
    crlf: bool,
    bom: bool,
    open_end: bool,
}

impl File {
    fn bytes(&self) -> Vec<u8> {
        let ending = if self.crlf { "\r\n" } else { "\n" };
        let mut text = String::from(if self.bom { "\u{feff}" } else { "" });
        text.push_str(&self.lines.join(ending));
        if !self.open_end {
            text.push_str(ending);
        }
        text.into_bytes()
    }
}

/// What a loader makes of the files that it reads, in its order.
fn statements(sources: &Sources, loader: Loader) -> Vec<Statements> {
    let files: Vec<(Place, &[u8])> = sources
        .0
        .iter()
        .filter_map(|own| Some((place(&own.path)?.1, &*own.bytes)))
        .collect();
    let places: Vec<&Place> = files.iter().map(|(place, _)| place).collect();
    let is_busybox = matches!(loader, Loader::Busybox130 | Loader::Busybox135);
    let order = if is_busybox {
        (0..places.len())
            .filter(|at| *places[*at] == Place::Main)
            .collect()
    } else {
        in_order(&places, loader.is_systemd())
    };
    let whole: Vec<&[u8]> = order.into_iter().map(|at| files[at].1).collect();
    let mut all = vec![Statements::new(loader, &whole)];
    // And `sysctl -p FILE` of each.
    all.extend(
        files
            .iter()
            .map(|(_, own)| Statements::new(loader, &[*own])),
    );
    all
}

/// The value of each parameter that any line of before or after names.
fn values(sources: &Sources, loader: Loader, paths: &[String]) -> Vec<BTreeMap<String, String>> {
    let value = |statements: &Statements, path: &str| match statements.winner(path) {
        Winner::Entry(at) => format!("{:?}", statements.entry(at).value),
        other => format!("{other:?}"),
    };
    statements(sources, loader)
        .iter()
        .map(|own| {
            paths
                .iter()
                .map(|path| (path.clone(), value(own, path)))
                .collect()
        })
        .collect()
}

/// The parameters that lines name, and some that only patterns reach.
fn paths(sources: &[&Sources]) -> Vec<String> {
    let mut all = vec![
        "vm/swapoff".to_owned(),
        "net/ipv4/conf/lo/rp_filter".to_owned(),
    ];
    for source in sources.iter().flat_map(|sources| &sources.0) {
        for loader in LOADERS {
            let taken = entries(loader, &[&source.bytes]).entries;
            let names = taken.iter().map(|entry| path(&dotted(&entry.path)));
            all.extend(names.filter(|path| !glob::is_glob(path)));
        }
    }
    all.sort();
    all.dedup();
    all
}

/// Files as they are written: those with one path are one.
fn written(files: &[File]) -> Vec<(String, Vec<u8>)> {
    let all: BTreeMap<String, Vec<u8>> = files
        .iter()
        .map(|own| (own.path.to_owned(), own.bytes()))
        .collect();
    all.into_iter().collect()
}

/// Each fix alone changes what it claims, until there is none left.
fn check(files: &[(String, Vec<u8>)], configs: &Configs) {
    fixed(&sources(files), configs, false);
    let mut files = files.to_vec();
    for _ in 0..40 {
        let before = sources(&files);
        let found = findings(&before, configs);
        let is_safe = |own: &&Finding| {
            let fix = own.fix.as_ref();
            fix.is_some_and(|fix| fix.safety == Safety::Safe)
        };
        let Some(finding) = found.iter().find(is_safe) else {
            return;
        };
        let fix = finding.fix.as_ref().expect("a safe one");
        for (number, (_, bytes)) in files.iter_mut().enumerate() {
            let source = &before.0[number];
            let edits = fix.edits.iter().filter(|edit| edit.source == source.id);
            let edits: Vec<&Edit> = edits.collect();
            if !edits.is_empty() {
                *bytes = apply(&source.bytes, &edits);
                check_lines(&source.bytes, bytes);
            }
        }
        let after = sources(&files);
        check_values(&before, &after, finding, fix);
        let count = |found: &[Finding]| found.iter().filter(|own| own.rule == finding.rule).count();
        assert!(
            count(&findings(&after, configs)) < count(&found),
            "{}",
            finding.rule
        );
    }
    panic!("the fixes do not end");
}

fn check_values(before: &Sources, after: &Sources, finding: &Finding, fix: &Fix) {
    // Where another line wins for most loaders, the fix claims nothing and names the parameter.
    let claims = fix.claims.iter().map(|claim| &claim.key);
    let claimed: Vec<String> = claims.chain(&finding.key).map(|key| path(key)).collect();
    // A path with quotes or invisible characters is no parameter of any kernel.
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/".contains(&byte);
    let mut named = paths(&[before, after]);
    named.retain(|path| !path.is_empty() && !claimed.contains(path) && path.bytes().all(is_part));
    let excludes = before.0.iter().any(|own| {
        let text = String::from_utf8_lossy(&own.bytes).into_owned();
        text.lines()
            .any(|line| line.trim_start_matches('\u{feff}').starts_with('-') && !line.contains('='))
    });
    for loader in LOADERS {
        // To busybox the line below belongs to one that ends with a backslash.
        let is_busybox = matches!(loader, Loader::Busybox130 | Loader::Busybox135);
        let mut all = before.0.iter();
        if is_busybox && all.any(|own| own.bytes.contains(&b'\\')) {
            continue;
        }
        // This one makes a value of what it has read before.
        if excludes && loader == Loader::Procps33 {
            continue;
        }
        let (old, new) = (
            values(before, loader, &named),
            values(after, loader, &named),
        );
        assert_eq!(old, new, "{loader:?} {}", finding.rule);
    }
}

/// Comments and the ends of lines stay.
fn check_lines(before: &[u8], after: &[u8]) {
    let comments = |bytes: &[u8]| -> Vec<Vec<u8>> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let lines = bytes.split(|byte| *byte == b'\n');
        let comments = lines.filter(|line| line.starts_with(b"#"));
        comments.map(<[u8]>::to_vec).collect()
    };
    let kept = comments(after);
    assert!(
        comments(before)
            .iter()
            .all(|own| kept.contains(own) || own.starts_with(b"# flint"))
    );
    let has_crlf = |bytes: &[u8]| bytes.windows(2).any(|two| two == b"\r\n");
    assert!(has_crlf(before) || !has_crlf(after));
    // Without a last line that has no end the file ends with that of the line before.
    let is_cut = before.starts_with(after);
    assert!(is_cut || before.ends_with(b"\n") == after.ends_with(b"\n"));
}

#[test]
fn no_loader_reads_what_a_safe_fix_does_not_claim_differently() {
    let runs = Runs {
        cases: 300,
        failure_persistence: None,
        ..Runs::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(runs, rng);
    let file = (
        select(&PATHS[..]),
        proptest::collection::vec(select(LINES), 0..7),
        any::<bool>(),
        prop::bool::weighted(0.2),
        any::<bool>(),
    );
    let file = file.prop_map(|(path, lines, crlf, bom, open_end)| File {
        path,
        lines,
        crlf,
        bom,
        open_end,
    });
    let strategy = proptest::collection::vec(file, 1..4);
    let configs = configs(None, &[]);
    let outcome = runner.run(&strategy, |files| {
        check(&written(&files), &configs);
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

#[test]
fn a_backslash_that_hides_the_line_below_from_busybox_is_not_removed_unasked() {
    let fix_of = |text: &str| {
        let files = [("etc/sysctl.conf".to_owned(), text.as_bytes().to_vec())];
        let found = findings(&sources(&files), &configs(None, &[]));
        let mut own = found
            .iter()
            .filter(|own| own.rule == "sysctl-line-continuation");
        let fix = own.next().and_then(|own| own.fix.as_ref());
        fix.map(|fix| fix.safety)
    };
    let refused = "net.ipv4.tcp_rmem = 4096 87380 \\\n";
    let below = format!("{refused}kernel.pid_max = 65536\n");
    assert_eq!(fix_of(&below), Some(Safety::Unsafe));
    assert_eq!(fix_of(&format!("{refused}16777216\n")), Some(Safety::Safe));
    assert_eq!(fix_of(refused), Some(Safety::Safe));
}
