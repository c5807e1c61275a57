use super::*;
use crate::report::OutputFormat;
use crate::report::samples::{self, finding, rendered};
use crate::text::{Edit, Sources, Span};

fn shown(sources: &Sources, findings: &[Finding]) -> String {
    rendered(OutputFormat::Markdown, sources, findings, &Style::default())
}

fn fix(edits: &[(SourceId, std::ops::Range<usize>, &str)]) -> Fix {
    let edits = edits.iter().map(|(source, span, text)| Edit {
        source: *source,
        span: Span::new(span.start, span.end),
        text: (*text).into(),
    });
    Fix {
        title: "mend it".into(),
        safety: Safety::Safe,
        risk: String::new(),
        edits: edits.collect(),
        claims: Vec::new(),
    }
}

#[test]
fn the_summary_is_as_recorded() {
    let (sources, findings) = samples::deploy();
    samples::compare("markdown.md", &shown(&sources, &findings));
}

#[test]
fn a_clean_run_says_so_and_an_empty_one_does_not() {
    let clean = shown(&Sources::default(), &[]);
    assert_eq!(
        clean,
        "### flint: no problems\n\n1 deployment, 5 files, Flink 1.20\n"
    );
    let report = Report {
        sources: &Sources::default(),
        findings: &[],
        summary: super::super::Summary::default(),
        run: super::super::Run::default(),
    };
    let mut out = Vec::new();
    render(&report, &Style::default(), &mut out).expect("memory takes everything");
    assert!(out.starts_with(b"### flint: nothing to check\n"));
}

#[test]
fn quiet_hides_notes() {
    let (sources, findings) = samples::deploy();
    let style = Style {
        quiet: true,
        ..Style::default()
    };
    let text = rendered(OutputFormat::Markdown, &sources, &findings, &style);
    assert!(!text.contains("| note |"));
    assert!(text.contains("| warning |"));
}

#[test]
fn no_text_breaks_the_table_the_fence_or_the_page() {
    let mut sources = Sources::default();
    let id = sources.add("a|b<c>.yaml", "key: ```` x\n");
    let mut odd = finding(id, 0..3);
    odd.message = "a | b `c` <script> [l](http://x) @me #1\nsecond".into();
    odd.fix = Some(fix(&[(id, 0..3, "</details>")]));
    let text = shown(&sources, &[odd]);
    let row = text.lines().find(|line| line.starts_with("| warning"));
    let row = row.expect("a row");
    let bars = row.replace("\\|", "").matches('|').count();
    assert_eq!(bars, 5, "{row}");
    for raw in ["<script>", "[l](", " @me", " #1", "second\n"] {
        assert!(!row.contains(raw), "{row}");
    }
    assert!(text.contains("<summary>a|b&lt;c&gt;.yaml:1 some-rule: mend it (safe)</summary>"));
    assert!(text.contains("\n`````diff\n"), "{text}");
    assert!(
        text.contains("\n-key: ```` x\n+</details>: ```` x\n`````\n"),
        "{text}"
    );
}

#[test]
fn a_patch_shows_the_lines_that_change_in_every_file() {
    let mut sources = Sources::default();
    let id = sources.add("a", "one: 1\r\ntwo: 2\r\nthree: 3\r\nfour: 4\r\n");
    let other = sources.add("b", "x: 1\n");
    let mut own = finding(id, 0..3);
    own.fix = Some(fix(&[
        (id, 8..16, ""),
        (id, 26..30, "vier"),
        (other, 5..5, "two: 2\n"),
    ]));
    let text = shown(&sources, &[own]);
    let patch = "\
--- a/a
+++ b/a
@@ -2 +1,0 @@
-two: 2
@@ -4 +3 @@
-four: 4
+vier: 4
--- a/b
+++ b/b
@@ -1,0 +2 @@
+two: 2
";
    assert!(text.contains(patch), "{text}");
}

#[test]
fn a_patch_never_shows_what_is_hidden() {
    let mut sources = Sources::default();
    let id = sources.add("a", "s3.key: hunter22\nelse: 1\n");
    let other = sources.add("b", "password: letmein99\n");
    let mut own = finding(id, 0..6);
    own.hidden = vec![Span::new(8, 16)];
    own.fix = Some(fix(&[(id, 0..6, "s3.secret"), (other, 0..20, "")]));
    let mut removed = own.clone();
    removed.fix = Some(fix(&[(id, 0..17, "")]));
    let mut rewritten = own.clone();
    rewritten.fix = Some(fix(&[(id, 0..17, "s3.secret: hunter22\n")]));
    let text = shown(&sources, &[own, removed, rewritten]);
    assert!(!text.contains("hunter22"), "{text}");
    assert!(!text.contains("letmein99"), "{text}");
    assert!(text.contains("-s3.key: ***\n+s3.secret: ***\n"), "{text}");
    assert_eq!(text.matches("<details>").count(), 2);
}

#[test]
fn names_in_backquotes_are_code() {
    assert_eq!(with_code("no `a_b|c` in *x*"), "no `a_b\\|c` in \\*x\\*");
    assert_eq!(with_code("one ` only"), "one \\` only");
    assert_eq!(with_code("`` empty"), "\\`\\` empty");
    assert_eq!(with_code("`<b>`"), "`<b>`");
}

#[test]
fn a_line_that_nobody_could_read_has_no_patch() {
    let mut sources = Sources::default();
    let id = sources.add("a.json", "\"key\": 1, ".repeat(10_000));
    let mut own = finding(id, 0..5);
    own.fix = Some(fix(&[(id, 0..5, "\"name\"")]));
    let text = shown(&sources, &[own]);
    assert!(!text.contains("<details>"));
    assert!(
        text.contains("1 patch more, for which there is no room"),
        "{text}"
    );
}

#[test]
fn what_has_no_room_is_counted() {
    let mut sources = Sources::default();
    let id = sources.add("a", "key: 1\n");
    let mut long = finding(id, 0..3);
    long.message = "x".repeat(100_000);
    long.fix = Some(fix(&[(id, 0..3, &"y".repeat(100_000))]));
    let findings = vec![long; 20];
    let report = Report {
        sources: &sources,
        findings: &findings,
        summary: super::super::Summary::of(&findings),
        run: super::super::Run::default(),
    };
    let mut out = Vec::new();
    let remark = render(&report, &Style::default(), &mut out).expect("memory takes everything");
    let remark = remark.expect("something is left out");
    assert!(out.len() < 1 << 20);
    let text = String::from_utf8(out).expect("UTF-8");
    let rows = text.matches("| warning |").count();
    let patches = text.matches("<details>").count();
    assert!(rows > 0 && patches > 0);
    let left = format!("{} findings and {} patches", 20 - rows, 20 - patches);
    assert!(remark.contains(&left), "{remark}");
    assert!(text.contains(&left), "{text}");
}
