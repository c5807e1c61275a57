//! Findings with any text in any place: every report is valid for its readers and harmless for a terminal.
#![no_main]

use flint::finding::{Claim, Finding, Fix, Location, Related, Safety, Severity, Suppressed};
use flint::report::{Fixed, Report, Run, Since, Summary};
use flint::text::{Edit, Place, SourceId, Sources, Span};
use flint_fuzz::BETWEEN;
use flint_fuzz::output::{assert_reports, assert_tame};
use libfuzzer_sys::fuzz_target;

/// Texts and numbers taken from an input, one after another.
struct Input<'d> {
    parts: std::iter::Cycle<std::vec::IntoIter<&'d [u8]>>,
    numbers: std::iter::Cycle<std::vec::IntoIter<u8>>,
}

impl Input<'_> {
    fn text(&mut self) -> String {
        let part = self.parts.next().unwrap_or_default();
        String::from_utf8_lossy(part).into_owned()
    }

    fn number(&mut self) -> usize {
        usize::from(self.numbers.next().unwrap_or_default())
    }

    /// A span of a text that cuts no character.
    fn span(&mut self, text: &str) -> Span {
        let mut ends = [self.number(), self.number()].map(|number| {
            let mut at = number * text.len() / 255;
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            at
        });
        ends.sort_unstable();
        Span::new(ends[0], ends[1])
    }
}

// Numbers, then texts.
fuzz_target!(|data: &[u8]| {
    let mut parts: Vec<&[u8]> = data.split(|byte| *byte == BETWEEN).collect();
    let numbers: Vec<u8> = parts.remove(0).to_vec();
    if parts.is_empty() || numbers.is_empty() {
        return;
    }
    let mut input = Input {
        parts: parts.into_iter().cycle(),
        numbers: numbers.into_iter().cycle(),
    };
    let mut sources = Sources::default();
    for number in 0..2 {
        let path = input.text();
        // Paths are what a file system may have, and differ.
        let path = path.replace(['\0', '/'], "");
        let text = input.text();
        sources.add(format!("{number}{path}"), text);
    }
    let texts: Vec<String> = sources
        .0
        .iter()
        .map(|own| String::from_utf8_lossy(&own.bytes).into_owned())
        .collect();
    let count = input.number() % 4;
    let findings: Vec<Finding> = (0..count).map(|_| finding(&mut input, &texts)).collect();
    let fixed = Fixed {
        rule: input.text(),
        severity: severity(&mut input),
        message: input.text(),
        path: input.text(),
        place: Place { line: 1, column: 1 },
        fingerprint: "0123456789abcdef".to_owned(),
    };
    let since = Since {
        reference: input.text(),
        commit: (input.number() % 2 == 0).then(|| "0123456789".to_owned()),
        fixed: vec![fixed],
    };
    let summary = Summary {
        files: 2,
        deployments: 1,
        versions: Some("Flink 1.20".to_owned()),
        version_why: Some(input.text()),
        since: (input.number() % 2 == 0).then_some(since),
        ..Summary::of(&findings)
    };
    let run = Run {
        statistics: input.number() % 4 == 0,
        ..Run::default()
    };
    let report = Report {
        sources: &sources,
        findings: &findings,
        summary,
        run,
    };
    assert_reports(&report);
    let text = input.text();
    assert_tame(&flint::report::plain(&text), "plain");
});

fn severity(input: &mut Input<'_>) -> Severity {
    [Severity::Note, Severity::Warning, Severity::Error][input.number() % 3]
}

fn finding(input: &mut Input<'_>, texts: &[String]) -> Finding {
    let source = input.number() % texts.len();
    let text = &texts[source];
    let id = SourceId(u32::from(source == 1));
    let at = |input: &mut Input<'_>| Location {
        source: id,
        span: input.span(text),
    };
    let related = (0..input.number() % 3)
        .map(|_| Related {
            at: at(input),
            message: input.text(),
        })
        .collect();
    let edits = (input.number() % 2 == 0).then(|| {
        let edit = Edit {
            source: id,
            span: input.span(text),
            text: input.text(),
        };
        Fix {
            title: input.text(),
            safety: Safety::Unsafe,
            risk: input.text(),
            edits: vec![edit],
            claims: vec![Claim {
                source: id,
                document: 0,
                key: input.text(),
                value: Some(input.text()),
            }],
        }
    });
    Finding {
        // Names of rules are flint's own, those of policies are checked.
        rule: "some-rule".to_owned(),
        severity: severity(input),
        // No rule says nothing.
        message: format!("a{}", input.text()),
        label: input.text(),
        help: input.text(),
        at: at(input),
        document: 0,
        within: (input.number() % 2 == 0).then(|| input.text()),
        key: (input.number() % 2 == 0).then(|| input.text()),
        related,
        hidden: if input.number() % 3 == 0 {
            vec![input.span(text)]
        } else {
            Vec::new()
        },
        fix: edits,
        suppressed: (input.number() % 3 == 0).then(|| Suppressed {
            by: "comment",
            reason: input.text(),
        }),
    }
}
