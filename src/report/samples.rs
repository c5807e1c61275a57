//! Findings for the tests of the outputs, and the comparison with recorded text.

use std::ops::Range;
use std::path::Path;

use super::{OutputFormat, Report, Run, Style, Summary, render};
use crate::finding::{Claim, Finding, Fix, Location, Related, Safety, Severity, Suppressed};
use crate::text::{Edit, SourceId, Sources, Span};

const FLINK_CONF: &str = "\
jobmanager.rpc.address: jobmanager
jobmanager.rpc.port: 6123
jobmanager.memory.process.size: 1600m
taskmanager.memory.process.size: 4096m

# slots
# one for each core

taskmanger.numberOfTaskSlots: 4
taskmanager.numberOfTaskSlots: 1
parallelism.default: 4
# state
state.backend.type: rocksdb
state.backend.rocksdb.block.cache-size: 64mb
execution.checkpointing.interval: 60s
web.submit.enable: false # flint: ignore[web-submit] behind a proxy
";

const SYSCTL: &str = "net.core.rmem_max = 212992\nvm.swappiness = 60\n";

/// A warning of `some-rule` without anything that can be left out.
pub(super) fn finding(source: SourceId, span: Range<usize>) -> Finding {
    Finding {
        rule: "some-rule".into(),
        severity: Severity::Warning,
        message: "something is wrong".into(),
        label: String::new(),
        help: String::new(),
        at: Location {
            source,
            span: Span::new(span.start, span.end),
        },
        document: 0,
        within: None,
        key: None,
        related: Vec::new(),
        hidden: Vec::new(),
        fix: None,
        suppressed: None,
    }
}

/// Where a text stands in a source.
pub(super) fn at(sources: &Sources, source: SourceId, text: &str) -> Range<usize> {
    let whole = sources
        .get(source)
        .text(Span::new(0, sources.get(source).bytes.len()));
    let start = whole.find(text).expect("the sample holds the text");
    start..start + text.len()
}

/// One deployment with a finding of every kind.
pub(super) fn deploy() -> (Sources, Vec<Finding>) {
    let mut sources = Sources::default();
    let conf = sources.add("deploy/flink-conf.yaml", FLINK_CONF);
    let host = sources.add("host/sysctl.conf", SYSCTL);
    let slots = finding(conf, at(&sources, conf, "taskmanger.numberOfTaskSlots"));
    let line = at(
        &sources,
        conf,
        "state.backend.rocksdb.block.cache-size: 64mb\n",
    );
    let cache = finding(conf, line.start..line.end - 1);
    let web = finding(conf, at(&sources, conf, "web.submit.enable"));
    let swap = finding(host, at(&sources, host, "60"));
    let buffers = finding(host, at(&sources, host, "212992"));
    let backend = at(&sources, conf, "rocksdb\n");
    let related = |source, span: &Range<usize>, message: &str| Related {
        at: Location {
            source,
            span: Span::new(span.start, span.end),
        },
        message: message.into(),
    };
    let findings = vec![
        Finding {
            rule: "unknown-option".into(),
            severity: Severity::Error,
            message: "Flink 1.20 has no option `taskmanger.numberOfTaskSlots`; Flink will ignore it"
                .into(),
            label: "did you mean `taskmanager.numberOfTaskSlots`?".into(),
            key: Some("taskmanger.numberOfTaskSlots".into()),
            fix: Some(Fix {
                title: "rename the key".into(),
                safety: Safety::Unsafe,
                risk: "the job would start with 4 slots instead of 1".into(),
                edits: vec![Edit {
                    source: conf,
                    span: slots.at.span,
                    text: "taskmanager.numberOfTaskSlots".into(),
                }],
                claims: vec![Claim {
                    source: conf,
                    document: 0,
                    key: "taskmanager.numberOfTaskSlots".into(),
                    value: Some("4".into()),
                }],
            }),
            ..slots
        },
        Finding {
            rule: "rocksdb-block-cache-ignored".into(),
            message: "this block cache size has no effect".into(),
            label: "managed memory decides: 343 MiB per slot".into(),
            help: "state.backend.rocksdb.memory.managed is true (default), RocksDB then shares one cache among all column families of a slot and takes its size from managed memory".into(),
            key: Some("state.backend.rocksdb.block.cache-size".into()),
            related: vec![
                related(conf, &(backend.start..backend.end - 1), "RocksDB is chosen here"),
                related(
                    conf,
                    &at(&sources, conf, "taskmanager.memory.process.size"),
                    "managed memory is a part of this",
                ),
            ],
            fix: Some(Fix {
                title: "remove the line".into(),
                safety: Safety::Safe,
                risk: String::new(),
                edits: vec![Edit {
                    source: conf,
                    span: Span::new(line.start, line.end),
                    text: String::new(),
                }],
                claims: Vec::new(),
            }),
            ..cache
        },
        Finding {
            rule: "web-submit".into(),
            message: "anyone who reaches the web port can run code".into(),
            suppressed: Some(Suppressed {
                by: "comment",
                reason: "behind a proxy".into(),
            }),
            ..web
        },
        Finding {
            rule: "small-tcp-buffers".into(),
            message: "the kernel caps TCP receive buffers at 208 KiB".into(),
            label: "less than one network buffer of 32 KiB for each of 8 channels".into(),
            help: "the kernel clamps what Flink asks for.\n\nMeasure the round trip first.".into(),
            key: Some("net.core.rmem_max".into()),
            ..buffers
        },
        Finding {
            rule: "swappiness".into(),
            severity: Severity::Note,
            message: "the host may swap out a TaskManager's heap".into(),
            ..swap
        },
    ];
    (sources, findings)
}

/// A rendered report of one deployment of five files.
pub(super) fn rendered(
    format: OutputFormat,
    sources: &Sources,
    findings: &[Finding],
    style: &Style,
) -> String {
    let report = Report {
        sources,
        findings,
        summary: Summary {
            files: 5,
            deployments: 1,
            versions: Some("Flink 1.20".into()),
            version_why: Some("image tag in deploy/job.yaml:12".into()),
            ..Summary::of(findings)
        },
        run: Run::default(),
    };
    let mut out = Vec::new();
    render(format, &report, style, &mut out).expect("memory takes everything");
    String::from_utf8(out).expect("reports are UTF-8")
}

/// Compares with the recorded text; `BLESS=1` records it.
pub(super) fn compare(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("testdata/report")
        .join(name);
    if std::env::var_os("BLESS").is_some() {
        let folder = path.parent().expect("the path has a folder");
        std::fs::create_dir_all(folder).expect("the folder can be made");
        std::fs::write(&path, text).expect("the text can be recorded");
    }
    let recorded = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        text, recorded,
        "differs from {name}; BLESS=1 records the new text"
    );
}
