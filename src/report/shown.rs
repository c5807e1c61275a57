//! What of a finding other programs may have: nothing hidden, the most severe first where there is not room
//! for all.

use std::cmp::Reverse;

use crate::finding::{Finding, Fix};
use crate::text::{Edit, Sources, Span};

/// A hidden text shorter than this may stand in an edit by chance.
const SHORTEST: usize = 6;

/// The fix of a finding, unless it writes anew what is hidden: only `flint fix` shows that to the file that
/// has it.
pub(super) fn fix<'f>(sources: &Sources, finding: &'f Finding) -> Option<&'f Fix> {
    let fix = finding.fix.as_ref()?;
    let writes_hidden = fix.edits.iter().any(|edit| writes(sources, finding, edit));
    (!writes_hidden).then_some(fix)
}

/// Whether an edit writes hidden text, in the place where it stands or in another one.
fn writes(sources: &Sources, finding: &Finding, edit: &Edit) -> bool {
    let source = sources.get(finding.at.source);
    let own = edit.source == source.id;
    finding.hidden.iter().any(|hidden| {
        let replaced = own && hidden.start < edit.span.end && edit.span.start < hidden.end;
        let text = || source.text(within(*hidden, source.bytes.len()));
        let repeated = || {
            let text = text();
            let text = text.trim();
            text.len() >= SHORTEST && edit.text.contains(text)
        };
        !edit.text.is_empty() && (replaced || repeated())
    })
}

fn within(span: Span, size: usize) -> Span {
    Span::new(
        (span.start as usize).min(size),
        (span.end as usize).min(size),
    )
}

/// The numbers of the findings, the most severe first and silenced ones last, else in their order.
pub(super) fn most_severe_first(findings: &[Finding]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..findings.len()).collect();
    order.sort_by_key(|&index| {
        let finding = &findings[index];
        (finding.suppressed.is_some(), Reverse(finding.severity))
    });
    order
}

/// A number with its noun: `1 error`, `2 errors`.
pub(super) fn number(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Safety, Severity, Suppressed};
    use crate::report::samples::finding;

    #[test]
    fn a_fix_that_writes_what_is_hidden_is_no_fix_for_others() {
        let mut sources = Sources::default();
        let id = sources.add("a", "key: hunter22\nelse: 1\n");
        let other = sources.add("b", "x\n");
        let shown = |source, span: std::ops::Range<usize>, text: &str| {
            let mut own = finding(id, 0..3);
            own.hidden = vec![Span::new(5, 13)];
            own.fix = Some(Fix {
                title: "do".into(),
                safety: Safety::Safe,
                risk: String::new(),
                edits: vec![Edit {
                    source,
                    span: Span::new(span.start, span.end),
                    text: text.into(),
                }],
                claims: Vec::new(),
            });
            fix(&sources, &own).is_some()
        };
        assert!(shown(id, 0..3, "other"));
        assert!(shown(id, 0..14, ""));
        assert!(shown(other, 0..1, "y"));
        assert!(!shown(id, 0..13, "other: x"));
        assert!(!shown(id, 14..14, "copy: hunter22\n"));
        assert!(!shown(other, 0..1, "hunter22"));
    }

    #[test]
    fn errors_come_first_and_what_is_silenced_last() {
        let mut sources = Sources::default();
        let id = sources.add("a", "abc");
        let mut findings: Vec<Finding> = (0..4).map(|_| finding(id, 0..1)).collect();
        findings[0].severity = Severity::Note;
        findings[1].severity = Severity::Error;
        findings[1].suppressed = Some(Suppressed {
            by: "comment",
            reason: String::new(),
        });
        findings[3].severity = Severity::Error;
        assert_eq!(most_severe_first(&findings), [3, 2, 0, 1]);
    }
}
