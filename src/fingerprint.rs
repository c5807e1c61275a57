//! A name for a finding that survives edits elsewhere in the file: what baselines and `--since`
//! compare. Knows nothing of line numbers or wording.

use std::borrow::Cow;
use std::collections::HashMap;

use sha2::{Digest, Sha256};

use crate::finding::Finding;
use crate::text::{Source, Sources, Span};

/// How many bytes of a line take part. A file without line breaks would cost its size per finding.
const MAX_LINE: usize = 1024;

/// What a document without a name is called.
const NO_NAME: &str = "0";

/// What two findings must share to be told apart by their order alone.
type Identity<'f> = (&'f str, &'f str, &'f str, Cow<'f, str>);

/// One fingerprint for each finding, in the same order: 16 lower-case hex digits.
///
/// They are the first 8 bytes of SHA-256 over five fields with a NUL between them: the rule, the
/// path of the source, the document in it, the finding's key (or else the first 1024 bytes of its
/// line with every run of blanks as one), and which of the findings that agree in all of these it
/// is, from 0. Numbers are written in decimal.
///
/// A document is `kind/namespace/name` of the object that it is or belongs to. All others of a
/// source count as one, `0`: their order would give each finding below another name as soon as
/// somebody adds a document above.
///
/// Findings silenced by a comment or the configuration are counted after all others, so that
/// leaving them out of the list changes no other fingerprint. A baseline is made of fingerprints,
/// so what it silences keeps its place.
pub fn fingerprints(sources: &Sources, findings: &[Finding]) -> Vec<String> {
    fingerprints_called(sources, findings, Cow::Borrowed)
}

/// The same with sources under other paths: a baseline knows them as seen from its own folder, so that
/// it makes no difference where flint is started.
pub fn fingerprints_called<'f>(
    sources: &'f Sources,
    findings: &'f [Finding],
    called: impl Fn(&'f str) -> Cow<'f, str>,
) -> Vec<String> {
    let paths: Vec<Cow<'f, str>> = sources.0.iter().map(|own| called(&own.path)).collect();
    let mut prints = vec![String::new(); findings.len()];
    let mut seen: HashMap<Identity<'_>, usize> = HashMap::new();
    for silenced in [false, true] {
        for (print, finding) in prints.iter_mut().zip(findings) {
            if counted_last(finding) != silenced {
                continue;
            }
            let path = &paths[finding.at.source.0 as usize];
            let identity = identity(sources, finding, path);
            if let Some(ordinal) = seen.get_mut(&identity) {
                *ordinal += 1;
                *print = digest(&identity, *ordinal);
            } else {
                *print = digest(&identity, 0);
                seen.insert(identity, 0);
            }
        }
    }
    prints
}

fn counted_last(finding: &Finding) -> bool {
    finding
        .suppressed
        .as_ref()
        .is_some_and(|suppressed| suppressed.by != "baseline")
}

fn identity<'f>(sources: &Sources, finding: &'f Finding, path: &'f str) -> Identity<'f> {
    let source = sources.get(finding.at.source);
    let place = place(source, finding);
    let document = finding.within.as_deref().unwrap_or(NO_NAME);
    (&finding.rule, path, document, place)
}

/// What tells a finding from others of its rule in its document: its key, else its line.
pub(crate) fn place<'f>(source: &Source, finding: &'f Finding) -> Cow<'f, str> {
    match &finding.key {
        Some(key) => Cow::Borrowed(key.as_str()),
        None => Cow::Owned(normalised_line(source, finding.at.span)),
    }
}

/// The line of a span without outer blanks, inner runs of them as one.
pub(crate) fn normalised_line(source: &Source, span: Span) -> String {
    let line = source.line_span(source.line_index(span.start)).range();
    let start = if line.start == 0 {
        source.bom()
    } else {
        line.start
    };
    let end = line.end.min(start + MAX_LINE);
    let text = source.text(Span::new(start, end));
    let mut normalised = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !normalised.is_empty() {
            normalised.push(' ');
        }
        normalised.push_str(word);
    }
    normalised
}

fn digest((rule, path, document, place): &Identity<'_>, ordinal: usize) -> String {
    let fields = format!("{rule}\0{path}\0{document}\0{place}\0{ordinal}");
    let hash = Sha256::digest(fields.as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&hash[..8]);
    format!("{:016x}", u64::from_be_bytes(first))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Location, Severity, Suppressed};
    use crate::text::SourceId;

    fn finding(source: SourceId, start: usize, key: Option<&str>) -> Finding {
        Finding {
            rule: "some-rule".into(),
            severity: Severity::Warning,
            message: "a message".into(),
            label: String::new(),
            help: String::new(),
            at: Location {
                source,
                span: Span::new(start, start + 1),
            },
            document: 0,
            within: None,
            key: key.map(str::to_owned),
            related: Vec::new(),
            hidden: Vec::new(),
            fix: None,
            suppressed: None,
        }
    }

    fn of(path: &str, text: &str, starts: &[usize], key: Option<&str>) -> Vec<String> {
        let mut sources = Sources::default();
        let id = sources.add(path, text);
        let findings: Vec<_> = starts.iter().map(|&at| finding(id, at, key)).collect();
        fingerprints(&sources, &findings)
    }

    #[test]
    fn the_fields_are_hashed_as_documented() {
        // printf 'some-rule\000conf/a.yaml\0000\000a.b\0000' | sha256sum | cut -c1-16
        let expected = "5794e7145b4d7390";
        assert_eq!(of("conf/a.yaml", "a.b: 1\n", &[0], Some("a.b")), [expected]);
    }

    #[test]
    fn lines_above_and_blanks_inside_change_nothing() {
        let plain = of("a", "k: 1\n", &[0], None);
        assert_eq!(plain[0].len(), 16);
        assert_eq!(plain, of("a", "# new\n\nk: 1\n", &[7], None));
        assert_eq!(plain, of("a", "\u{feff}  k:\t 1  \r\n", &[5], None));
        assert_ne!(plain, of("a", "k: 2\n", &[0], None));
        assert_ne!(plain, of("b", "k: 1\n", &[0], None));
    }

    #[test]
    fn the_key_stands_for_the_line() {
        let before = of("a", "k: 1\n", &[0], Some("k"));
        assert_eq!(before, of("a", "k: 2 # other\n", &[0], Some("k")));
    }

    #[test]
    fn neither_message_nor_order_of_documents_counts_but_rule_and_object_do() {
        let mut sources = Sources::default();
        let id = sources.add("a", "k: 1\n");
        let one = |change: fn(&mut Finding)| {
            let mut finding = finding(id, 0, None);
            change(&mut finding);
            fingerprints(&sources, &[finding]).remove(0)
        };
        let plain = one(|_| ());
        assert_eq!(plain, one(|finding| finding.message = "else".into()));
        assert_ne!(plain, one(|finding| finding.rule = "else".into()));
        assert_eq!(plain, one(|finding| finding.document = 1));
        let named = |finding: &mut Finding| finding.within = Some("FlinkDeployment/a/b".into());
        assert_ne!(plain, one(named));
    }

    #[test]
    fn equal_findings_are_told_apart_by_their_order() {
        let all = of("a", "k: 1\nk: 1\nk: 1\n", &[0, 5, 10], None);
        assert_eq!(all[..2], of("a", "k: 1\nk: 1\n", &[0, 5], None));
        assert_ne!(all[0], all[1]);
        assert_ne!(all[1], all[2]);
    }

    #[test]
    fn silenced_findings_do_not_move_the_others() {
        let mut sources = Sources::default();
        let id = sources.add("a", "k: 1\nk: 1\n");
        let mut silenced = finding(id, 0, None);
        silenced.suppressed = Some(Suppressed {
            by: "comment",
            reason: String::new(),
        });
        let open = finding(id, 5, None);
        let both = fingerprints(&sources, &[silenced, open.clone()]);
        assert_eq!(both[1], fingerprints(&sources, &[open])[0]);
        assert_ne!(both[0], both[1]);
    }

    #[test]
    fn a_huge_line_and_bytes_that_are_not_utf8_are_fine() {
        let mut sources = Sources::default();
        let id = sources.add("a", [b"\xff\xfe ".to_vec(), vec![b'x'; 1 << 20]].concat());
        let findings: Vec<_> = (0..100).map(|at| finding(id, at * 1000, None)).collect();
        let prints: std::collections::HashSet<_> =
            fingerprints(&sources, &findings).into_iter().collect();
        assert_eq!(prints.len(), 100);
    }
}
