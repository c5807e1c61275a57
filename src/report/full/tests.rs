use super::*;
use crate::finding::Related;
use crate::random::Random;
use crate::report::samples::{self, at, finding};
use crate::report::{OutputFormat, Run};
use crate::text::{SourceId, Sources, Span};

fn style(width: usize) -> Style {
    Style {
        width,
        ..Style::default()
    }
}

fn full(sources: &Sources, findings: &[Finding], style: &Style) -> String {
    samples::rendered(OutputFormat::Full, sources, findings, style)
}

#[test]
fn the_sample_looks_as_recorded() {
    let (sources, findings) = samples::deploy();
    for width in [60, 80, 120] {
        let text = full(&sources, &findings, &style(width));
        samples::compare(&format!("full-{width}.txt"), &text);
    }
    let colours = Style {
        color: true,
        ..style(100)
    };
    let text = full(&sources, &findings, &colours);
    samples::compare("full-colour.txt", &text);
    let ascii = Style {
        ascii: true,
        ..style(80)
    };
    let text = full(&sources, &findings, &ascii);
    assert!(text.is_ascii());
    samples::compare("full-ascii.txt", &text);
}

/// Places that frames get wrong easily, one after another in one text.
#[test]
fn odd_places_look_as_recorded() {
    let mut sources = Sources::default();
    let mut findings = Vec::new();
    let mut add = |path: &str, bytes: &[u8], mark: &str, message: &str, label: &str| {
        let id = sources.add(path, bytes);
        let range = at(&sources, id, mark);
        findings.push(Finding {
            message: message.into(),
            label: label.into(),
            ..finding(id, range)
        });
        findings.len() - 1
    };
    add(
        "tabs.yaml",
        b"a:\r\n\tb:\tvalue\r\n  c: 1\r\n",
        "value",
        "tabs and CR LF",
        "here",
    );
    add(
        "bom.conf",
        "\u{feff}größe: 日本 # 語\n".as_bytes(),
        "日本",
        "a byte order mark and wide characters",
        "two characters, four columns",
    );
    let mark = add(
        "bom-marked.conf",
        "\u{feff}key: 1\n".as_bytes(),
        "key",
        "the byte order mark is part of the key",
        "Flink reads it as part of the key",
    );
    let lossy = add(
        "latin1.conf",
        b"name: caf\xe9 \xfc\nrest: 1\n",
        "rest",
        "bytes that are not UTF-8",
        "second line",
    );
    let json = format!(
        "{{\"a\":[{}],\"key\":\"value\",{}}}",
        vec!["12345"; 90_000].join(","),
        vec!["\"b\":\"12345\""; 50_000].join(",")
    );
    add(
        "one-line.json",
        json.as_bytes(),
        "\"value\"",
        "a line of a megabyte",
        "cut around this",
    );
    add(
        "control.conf",
        b"\x1b]0;owned\x07key: \x1b[31mred\x1b[0m\n",
        "red",
        "escapes \u{1b}[2J in a file,\nand in a message",
        "and in a label \u{1b}[31m",
    );
    let block = add(
        "block.yaml",
        b"outer:\n  inner: 1\n  other: 2\nlast: 3\n",
        "outer:\n  inner: 1\n  other: 2",
        "a span of several lines",
        "the whole block",
    );
    let insert = add(
        "insert.conf",
        b"first: 1\nlast: 2\n",
        "last",
        "an insertion at the end of a file with a last line break",
        "`web.submit.enable: false` belongs here",
    );
    let end = add(
        "no-newline.conf",
        b"first: 1\nlast: 2",
        "last",
        "the end of a file without a last line break",
        "here",
    );
    let empty = add("empty.conf", b"", "", "an empty file", "nothing here");
    add(
        "right.conf",
        b"a.rather.long.key.that.fills.the.line.nearly.to.its.end: value\n",
        "value",
        "a label without room",
        "this text is too long for what is left of the line",
    );
    let pair = add(
        "pair.conf",
        b"key: value # comment\nkey: value\n\n\n\nfar: 1\n",
        "key",
        "two marks on a line, one below, one on the same bytes and one far away",
        "the key",
    );
    findings[mark].at.span.start = 0;
    findings[lossy].at.span = Span::new(13, 17);
    findings[lossy].related = vec![related(findings[lossy].at.source, 6..9, "here before")];
    findings[block].at.span.end += 1;
    findings[insert].at.span = Span::at(17);
    findings[end].at.span = Span::at(16);
    findings[empty].severity = Severity::Error;
    let id = findings[pair].at.source;
    findings[pair].related = vec![
        related(id, 5..10, "the value"),
        related(id, 1..3, "inside the key"),
        related(id, 26..31, "the value that wins"),
        related(id, 35..38, "far away"),
    ];
    for width in [60, 120] {
        let text = full(&sources, &findings, &style(width));
        samples::compare(&format!("odd-{width}.txt"), &text);
    }
}

fn related(source: SourceId, span: std::ops::Range<usize>, message: &str) -> Related {
    Related {
        at: Location {
            source,
            span: Span::new(span.start, span.end),
        },
        message: message.into(),
    }
}

fn last_lines(summary: Summary, quiet: bool) -> String {
    let report = Report {
        sources: &Sources::default(),
        findings: &[],
        summary,
        run: Run::default(),
    };
    let style = Style {
        quiet,
        ..Style::default()
    };
    let mut out = Vec::new();
    render(&report, &style, &mut out).expect("memory takes everything");
    String::from_utf8(out).expect("reports are UTF-8")
}

#[test]
fn the_last_lines_count_in_words() {
    let clean = Summary {
        files: 5,
        deployments: 1,
        versions: Some("Flink 1.20".into()),
        version_why: Some("flint.toml".into()),
        ..Summary::default()
    };
    let say = |change: fn(&mut Summary)| {
        let mut summary = clean.clone();
        change(&mut summary);
        last_lines(summary, false)
    };
    assert_eq!(
        say(|_| ()),
        "No problems in 1 deployment, 5 files, Flink 1.20.\n"
    );
    assert_eq!(
        say(|summary| summary.notes = 2),
        "No problems in 1 deployment, 5 files, Flink 1.20. 2 notes.\n"
    );
    assert_eq!(
        say(|summary| {
            summary.errors = 1;
            summary.files = 1;
            summary.deployments = 2;
            summary.version_why = None;
        }),
        "1 problem (1 error) in 2 deployments, 1 file, Flink 1.20\n"
    );
    assert_eq!(
        say(|summary| {
            summary.errors = 1;
            summary.warnings = 1;
            summary.safe_fixes = 1;
            summary.unsafe_fixes = 2;
        }),
        "2 problems (1 error, 1 warning) in 1 deployment, 5 files, Flink 1.20 (flint.toml)\n\
         1 safe fix: flint fix   2 unsafe fixes: flint fix --unsafe\n"
    );
    assert_eq!(
        say(|summary| {
            summary.warnings = 3;
            summary.notes = 1;
            summary.deployments = 0;
            summary.versions = None;
            summary.safe_fixes = 2;
        }),
        "3 problems (3 warnings) and 1 note in 5 files\n2 safe fixes: flint fix\n"
    );
}

#[test]
fn quiet_shows_problems_alone() {
    let (sources, findings) = samples::deploy();
    let quiet = Style {
        quiet: true,
        ..style(80)
    };
    let text = full(&sources, &findings, &quiet);
    assert!(text.contains("warning[rocksdb-block-cache-ignored]"));
    assert!(!text.contains("note["));
    assert!(!text.contains("problems"));
    assert_eq!(last_lines(Summary::default(), true), "");
}

#[test]
fn any_bytes_and_spans_are_drawn_without_raw_controls() {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let pieces: [&[u8]; 14] = [
        b"a",
        b"key: ",
        b"\n",
        b"\r\n",
        b"\r",
        b"\t",
        b"\x1b[31m",
        b"\xff",
        b"\xe2\x82",
        "é".as_bytes(),
        "日".as_bytes(),
        "\u{feff}".as_bytes(),
        "e\u{301}".as_bytes(),
        b"0123456789012345678901234567890123456789",
    ];
    for round in 0..3000 {
        let mut sources = Sources::default();
        let bytes = random.bytes(&pieces, 30);
        let size = bytes.len() + 2;
        let id = sources.add("a", bytes);
        let mut span = || {
            let start = random.below(size);
            start..start + random.below(size)
        };
        let mut odd = finding(id, span());
        odd.label = "a label \u{1b} of a few words".into();
        odd.related = vec![
            related(id, span(), "first\u{7}"),
            related(id, span(), "second"),
        ];
        let style = Style {
            ascii: round % 2 == 0,
            ..style(round % 130)
        };
        for format in OutputFormat::ALL {
            let text = samples::rendered(format, &sources, std::slice::from_ref(&odd), &style);
            let raw = text.chars().find(|&c| c != '\n' && c.is_control());
            assert_eq!(raw, None, "{text:?}");
            if format == OutputFormat::Full && style.width >= 40 {
                let in_frame = |line: &&str| line.contains(['│', '·', '|']);
                let widest = text.lines().filter(in_frame).map(width).max();
                assert!(widest <= Some(style.width), "{}: {text}", style.width);
            }
        }
    }
}

#[test]
fn a_finding_costs_no_more_on_a_line_of_a_megabyte() {
    let mut sources = Sources::default();
    let line = "state.backend.rocksdb.block.cache-size: 64mb\n";
    let many = sources.add("many.conf", line.repeat(3_000));
    let single = sources.add("single.json", "\"key\": 12345, ".repeat(70_000));
    let findings = |id, step: usize| -> Vec<Finding> {
        let at = (0..3_000).map(|index| index * step);
        at.map(|at| finding(id, at..at + 12)).collect()
    };
    let (short, long) = (findings(many, line.len()), findings(single, 300));
    for format in OutputFormat::ALL {
        let time = |findings: &[Finding]| {
            let start = std::time::Instant::now();
            samples::rendered(format, &sources, findings, &style(100));
            start.elapsed()
        };
        // A pass over the line for each finding would take a hundred times as long.
        let limit = 20 * time(&short) + std::time::Duration::from_secs(1);
        assert!(time(&long) < limit, "{}", format.name());
    }
}
