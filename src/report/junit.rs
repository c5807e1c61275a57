//! `JUnit` XML, as CI servers read it: a suite for each file, a case for each finding.

use std::collections::{BTreeMap, HashMap};
use std::io;

use super::terminal::is_hidden;
use super::{Places, Report};
use crate::finding::Finding;

/// Writes the document. A clean run has one case that passes: empty suites upset some servers. What does
/// not make the run fail passes; what is silenced is a skipped case.
pub(super) fn render(report: &Report<'_>, out: &mut impl io::Write) -> io::Result<()> {
    let mut files: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in report.findings {
        let path = report.path_of(report.sources.get(finding.at.source));
        files.entry(path).or_default().push(finding);
    }
    let [tests, failures, skipped] = totals(report, report.findings.iter());
    let tests = tests.max(1);
    writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    writeln!(
        out,
        r#"<testsuites name="flint" tests="{tests}" failures="{failures}" skipped="{skipped}" errors="0">"#
    )?;
    if files.is_empty() {
        let head = suite("flint", [1, 0, 0]);
        writeln!(out, "{head}")?;
        writeln!(
            out,
            r#"    <testcase name="No errors found" classname="flint"/>"#
        )?;
        writeln!(out, "  </testsuite>")?;
    }
    let mut places = Places::new(report.sources);
    for (path, findings) in files {
        writeln!(
            out,
            "{}",
            suite(path, totals(report, findings.iter().copied()))
        )?;
        // Servers take two cases of one name for one.
        let mut seen: HashMap<&str, usize> = HashMap::new();
        for finding in findings {
            let times = seen.entry(&finding.rule).or_default();
            *times += 1;
            case(report, path, finding, *times, &mut places, out)?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

/// How many cases there are, how many fail, and how many are skipped.
fn totals<'f>(report: &Report, findings: impl Iterator<Item = &'f Finding>) -> [usize; 3] {
    findings.fold([0; 3], |[tests, failures, skipped], finding| {
        let is_skipped = finding.suppressed.is_some();
        [
            tests + 1,
            failures + usize::from(report.fails(finding)),
            skipped + usize::from(is_skipped),
        ]
    })
}

fn suite(name: &str, [tests, failures, skipped]: [usize; 3]) -> String {
    format!(
        r#"  <testsuite name="{}" tests="{tests}" failures="{failures}" skipped="{skipped}" errors="0">"#,
        escaped(name)
    )
}

fn case(
    report: &Report,
    path: &str,
    finding: &Finding,
    times: usize,
    places: &mut Places<'_>,
    out: &mut impl io::Write,
) -> io::Result<()> {
    let place = places.start(finding.at);
    let rule = escaped(&finding.rule);
    let name = match times {
        1 => rule.clone(),
        times => format!("{rule} ({times})"),
    };
    let path = escaped(path);
    writeln!(
        out,
        r#"    <testcase name="{name}" classname="{path}" file="{path}" line="{}">"#,
        place.line
    )?;
    let message = escaped(&finding.message);
    let mut text = format!("{path}:{}:{}: {message}", place.line, place.column);
    for more in [&finding.label, &finding.help] {
        if !more.trim().is_empty() {
            text.push('\n');
            text.push_str(&body(more.trim()));
        }
    }
    if let Some(suppressed) = &finding.suppressed {
        let reason = escaped(suppressed.reason.trim());
        let by = suppressed.by;
        writeln!(out, r#"      <skipped message="{by}: {reason}"/>"#)?;
    } else if report.fails(finding) {
        let kind = finding.severity.name();
        writeln!(
            out,
            r#"      <failure message="{message}" type="{kind}">{text}</failure>"#
        )?;
    } else {
        writeln!(out, "      <system-out>{text}</system-out>")?;
    }
    writeln!(out, "    </testcase>")
}

/// A text of one line for an attribute or between tags. XML 1.0 has no way to write most control
/// characters, so these become visible escapes.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        push(&mut out, c);
    }
    out
}

/// The same of a text whose line breaks stay.
fn body(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(escaped).collect();
    lines.join("\n")
}

fn push(out: &mut String, c: char) {
    match c {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '"' => out.push_str("&quot;"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\u{fffe}' | '\u{ffff}' => out.extend(c.escape_unicode()),
        _ if is_hidden(c) => out.extend(c.escape_unicode()),
        _ => out.push(c),
    }
}

#[cfg(test)]
mod tests {
    use crate::report::samples::{self, finding, rendered};
    use crate::report::{OutputFormat, Style};
    use crate::text::Sources;

    #[test]
    fn a_file_is_a_suite_and_a_finding_a_case() {
        let (sources, findings) = samples::deploy();
        let text = rendered(OutputFormat::Junit, &sources, &findings, &Style::default());
        samples::compare("junit.xml", &text);
    }

    #[test]
    fn a_clean_run_has_one_case_that_passes() {
        let text = rendered(
            OutputFormat::Junit,
            &Sources::default(),
            &[],
            &Style::default(),
        );
        assert_eq!(
            text,
            r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="flint" tests="1" failures="0" skipped="0" errors="0">
  <testsuite name="flint" tests="1" failures="0" skipped="0" errors="0">
    <testcase name="No errors found" classname="flint"/>
  </testsuite>
</testsuites>
"#
        );
    }

    #[test]
    fn cases_of_one_file_have_different_names() {
        let mut sources = Sources::default();
        let id = sources.add("a", "key: 1\n");
        let findings = vec![finding(id, 0..3); 3];
        let text = rendered(OutputFormat::Junit, &sources, &findings, &Style::default());
        for name in ["\"some-rule\"", "\"some-rule (2)\"", "\"some-rule (3)\""] {
            assert_eq!(text.matches(name).count(), 1, "{name}");
        }
    }

    #[test]
    fn no_text_breaks_the_document() {
        let mut sources = Sources::default();
        let id = sources.add("a<b>&\"c\".yaml", "key: 1\n");
        let mut odd = finding(id, 0..3);
        odd.message = "\0\u{1b}\u{ffff}\u{fffe} <x> & 'y' ]]>\n".into();
        odd.help = "one\ntwo < three".into();
        let text = rendered(OutputFormat::Junit, &sources, &[odd], &Style::default());
        assert!(text.contains("a&lt;b&gt;&amp;&quot;c&quot;.yaml"));
        assert!(text.contains("\\u{0}\\u{1b}\\u{ffff}\\u{fffe} &lt;x&gt; &amp; 'y' ]]&gt;\\n"));
        assert!(text.contains("one\ntwo &lt; three"));
        let legal = |c: char| c == '\n' || c >= ' ' && c != '\u{fffe}' && c != '\u{ffff}';
        assert!(text.chars().all(legal));
    }
}
