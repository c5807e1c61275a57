//! How many findings each rule has.

use std::collections::BTreeMap;
use std::io;

use serde::Serialize;

use super::terminal::{Paint, Tone, visible};
use super::{Report, Style};
use crate::finding::{Finding, Safety, Severity};

/// The findings of one rule and severity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Count<'f> {
    rule: &'f str,
    severity: &'static str,
    #[serde(rename = "count")]
    times: usize,
    safe_fixes: usize,
    unsafe_fixes: usize,
}

/// Counts what is not silenced, the most frequent first; of equals the more severe, then by name.
pub(super) fn counts(findings: &[Finding], quiet: bool) -> Vec<Count<'_>> {
    let mut counts: BTreeMap<(&str, Severity), Count<'_>> = BTreeMap::new();
    for finding in findings {
        let is_hidden = quiet && finding.severity == Severity::Note;
        if finding.suppressed.is_some() || is_hidden {
            continue;
        }
        let key = (finding.rule.as_str(), finding.severity);
        let count = counts.entry(key).or_insert_with(|| Count {
            rule: &finding.rule,
            severity: finding.severity.name(),
            times: 0,
            safe_fixes: 0,
            unsafe_fixes: 0,
        });
        count.times += 1;
        match finding.fix.as_ref().map(|fix| fix.safety) {
            Some(Safety::Safe) => count.safe_fixes += 1,
            Some(Safety::Unsafe) => count.unsafe_fixes += 1,
            None => {}
        }
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by(|((rule, severity), left), ((other_rule, other), right)| {
        let by_count = right.times.cmp(&left.times);
        by_count
            .then(other.cmp(severity))
            .then(rule.cmp(other_rule))
    });
    counts.into_iter().map(|(_, count)| count).collect()
}

/// The counts as a table: count, severity, rule, and how many can be fixed.
pub(super) fn render(
    report: &Report<'_>,
    style: &Style,
    out: &mut impl io::Write,
) -> io::Result<()> {
    let counts = counts(report.findings, style.quiet);
    let widest = |length: fn(&Count<'_>) -> usize| counts.iter().map(length).max().unwrap_or(0);
    let digits = widest(|count| count.times.to_string().len());
    let letters = widest(|count| count.severity.len());
    let paint = Paint { on: style.color };
    for count in &counts {
        let tone = match count.severity {
            "error" => Tone::Error,
            "warning" => Tone::Warning,
            _ => Tone::Note,
        };
        let severity = format!("{:letters$}", count.severity);
        let fixes = match (count.safe_fixes, count.unsafe_fixes) {
            (0, 0) => String::new(),
            (safe, 0) => format!("  {safe} fixable"),
            (0, risky) => format!("  {risky} fixable with --unsafe"),
            (safe, risky) => format!("  {safe} fixable, {risky} with --unsafe"),
        };
        writeln!(
            out,
            "{:digits$}  {}  {}{fixes}",
            count.times,
            paint.tone(tone, &severity),
            visible(count.rule)
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use crate::report::samples::{self, finding};
    use crate::report::{OutputFormat, Report, Run, Style, Summary, render};
    use crate::text::Sources;

    fn shown(format: OutputFormat, quiet: bool) -> String {
        let (sources, mut findings) = samples::deploy();
        findings.push(findings[0].clone());
        findings.push(finding(findings[0].at.source, 0..1));
        let report = Report {
            sources: &sources,
            findings: &findings,
            summary: Summary::of(&findings),
            run: Run {
                statistics: true,
                ..Run::default()
            },
        };
        let style = Style {
            quiet,
            ..Style::default()
        };
        let mut out = Vec::new();
        render(format, &report, &style, &mut out).expect("memory takes everything");
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn the_table_stands_in_the_place_of_findings() {
        let table = "\
2  error    unknown-option  2 fixable with --unsafe
1  warning  rocksdb-block-cache-ignored  1 fixable
1  warning  small-tcp-buffers
1  warning  some-rule
1  note     swappiness
";
        assert_eq!(shown(OutputFormat::Full, false), table);
        assert_eq!(shown(OutputFormat::Concise, false), table);
        assert!(!shown(OutputFormat::Full, true).contains("swappiness"));
    }

    #[test]
    fn json_has_the_counts_beside_the_findings() {
        let text = shown(OutputFormat::Json, false);
        let document: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(document["findings"].as_array().map(Vec::len), Some(7));
        let first = &document["statistics"][0];
        assert_eq!(first["rule"], "unknown-option");
        assert_eq!(first["severity"], "error");
        assert_eq!(first["count"], 2);
        assert_eq!(first["safe_fixes"], 0);
        assert_eq!(first["unsafe_fixes"], 2);
    }

    #[test]
    fn without_the_flag_json_has_none() {
        let text = samples::rendered(
            OutputFormat::Json,
            &Sources::default(),
            &[],
            &Style::default(),
        );
        assert!(!text.contains("statistics"));
    }
}
