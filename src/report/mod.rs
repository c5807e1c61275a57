//! One file per output format: findings in, text out. Knows no rules and no input formats.

use std::io;

use crate::finding::{Finding, Location, Safety, Severity};
use crate::text::{Place, SourceId, Sources};

mod concise;
pub mod explain;
mod frame;
mod full;
mod json;
mod line;
pub mod memory;
#[cfg(test)]
mod samples;
pub mod show;
mod terminal;

/// A text with its control characters made visible, so that a file's bytes never reach a terminal raw.
pub fn plain(text: &str) -> std::borrow::Cow<'_, str> {
    terminal::visible(text)
}

/// What a run has to say.
#[derive(Clone, Debug)]
pub struct Report<'r> {
    /// The sources that findings point into.
    pub sources: &'r Sources,
    /// The findings in their final order; silenced ones only where they shall be shown.
    pub findings: &'r [Finding],
    /// The numbers of the run.
    pub summary: Summary,
}

/// The numbers of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// How many files were read.
    pub files: usize,
    /// How many deployments they form.
    pub deployments: usize,
    /// The Flink versions in question, as shown: `Flink 1.20`, `Flink 1.13-1.20`.
    pub versions: Option<String>,
    /// What the versions were taken from: `flint.toml`, `image tag in deploy/job.yaml:12`.
    pub version_why: Option<String>,
    /// Findings that are errors and not silenced.
    pub errors: usize,
    /// Findings that are warnings and not silenced.
    pub warnings: usize,
    /// Findings that are notes and not silenced.
    pub notes: usize,
    /// Findings with a safe fix.
    pub safe_fixes: usize,
    /// Findings with an unsafe fix.
    pub unsafe_fixes: usize,
    /// Findings that a comment, the configuration or the baseline silences.
    pub suppressed: usize,
    /// What this run is compared with, where only what is new is reported.
    pub since: Option<Since>,
}

/// What only the new findings were left of (`--since`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Since {
    /// The revision as it was named.
    pub reference: String,
    /// The commit whose files were compared with, where the revision has one.
    pub commit: Option<String>,
    /// What was found there and is gone, in the order of that tree.
    pub fixed: Vec<Fixed>,
}

/// A finding of the tree before, which is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fixed {
    /// Name of the rule.
    pub rule: String,
    /// How bad it was.
    pub severity: Severity,
    /// What was wrong.
    pub message: String,
    /// The file in the tree before.
    pub path: String,
    /// Where it began in that file.
    pub place: Place,
    /// Its fingerprint.
    pub fingerprint: String,
}

impl Since {
    /// How many errors and warnings are gone.
    pub fn problems(&self) -> usize {
        let all = self.fixed.iter();
        all.filter(|fixed| fixed.severity > Severity::Note).count()
    }

    /// The errors and warnings that are gone: `path: warning[rule] message`.
    fn lines(&self) -> impl Iterator<Item = String> {
        let all = self.fixed.iter();
        let problems = all.filter(|fixed| fixed.severity > Severity::Note);
        problems.map(|fixed| {
            let (path, rule) = (plain(&fixed.path), plain(&fixed.rule));
            let (severity, message) = (fixed.severity.name(), plain(&fixed.message));
            format!("{path}: {severity}[{rule}] {message}")
        })
    }
}

impl Summary {
    /// Counts findings, silenced ones included in the list; what was read is for the caller to add.
    pub fn of(findings: &[Finding]) -> Self {
        let mut summary = Summary::default();
        for finding in findings {
            if finding.suppressed.is_some() {
                summary.suppressed += 1;
                continue;
            }
            match finding.severity {
                Severity::Error => summary.errors += 1,
                Severity::Warning => summary.warnings += 1,
                Severity::Note => summary.notes += 1,
            }
            match finding.fix.as_ref().map(|fix| fix.safety) {
                Some(Safety::Safe) => summary.safe_fixes += 1,
                Some(Safety::Unsafe) => summary.unsafe_fixes += 1,
                None => (),
            }
        }
        summary
    }
}

/// How output for people looks. Nothing else decides it: no environment, no terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether ANSI colours are written.
    pub color: bool,
    /// The columns of the terminal.
    pub width: usize,
    /// Whether frames are drawn in ASCII.
    pub ascii: bool,
    /// Whether problems are all that is shown: no notes, no summary.
    pub quiet: bool,
}

impl Default for Style {
    fn default() -> Self {
        Style {
            color: false,
            width: 100,
            ascii: false,
            quiet: false,
        }
    }
}

/// The output formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OutputFormat {
    /// For people: a source frame for each problem.
    Full,
    /// One line for each finding.
    Concise,
    /// One JSON document.
    Json,
}

impl OutputFormat {
    /// Every format.
    pub const ALL: [OutputFormat; 3] = [
        OutputFormat::Full,
        OutputFormat::Concise,
        OutputFormat::Json,
    ];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            OutputFormat::Full => "full",
            OutputFormat::Concise => "concise",
            OutputFormat::Json => "json",
        }
    }

    /// The format of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }
}

/// Writes a report. An error is one of `out`, a closed pipe for example.
pub fn render(
    format: OutputFormat,
    report: &Report<'_>,
    style: &Style,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut out = io::BufWriter::with_capacity(1 << 16, out);
    let written = match format {
        OutputFormat::Full => full::render(report, style, &mut out),
        OutputFormat::Concise => concise::render(report, style, &mut out),
        OutputFormat::Json => json::render(report, &mut out),
    }
    .and_then(|()| io::Write::flush(&mut out));
    // After an error the buffer is thrown away: dropping the writer would try once more.
    let _ = out.into_parts();
    written
}

/// Line and column of byte offsets, as [`crate::text::Source::place`] gives them, but in one pass
/// over a line for offsets in ascending order: a file may be a single line of megabytes.
struct Places<'r> {
    sources: &'r Sources,
    last: Option<(SourceId, u32, Place)>,
}

impl<'r> Places<'r> {
    fn new(sources: &'r Sources) -> Self {
        Places {
            sources,
            last: None,
        }
    }

    fn start(&mut self, at: Location) -> Place {
        self.place(at.source, at.span.start)
    }

    fn place(&mut self, id: SourceId, offset: u32) -> Place {
        let source = self.sources.get(id);
        let offset = offset.min(u32::try_from(source.bytes.len()).unwrap_or(u32::MAX));
        if let Some((source_id, from, place)) = self.last
            && source_id == id
            && from <= offset
            && place.line == source.line_index(offset) + 1
        {
            let between = &source.bytes[from as usize..offset as usize];
            let column = place.column + String::from_utf8_lossy(between).chars().count();
            let place = Place { column, ..place };
            self.remember(id, offset, place);
            return place;
        }
        let place = source.place(offset);
        self.remember(id, offset, place);
        place
    }

    /// A place off the path of the others: where to count on from does not move.
    fn aside(&mut self, id: SourceId, offset: u32) -> Place {
        let kept = self.last;
        let place = self.place(id, offset);
        self.last = kept;
        place
    }

    /// Keeps a place to count on from, unless it lies inside of a character: both halves of one
    /// would be counted.
    fn remember(&mut self, id: SourceId, offset: u32, place: Place) {
        let source = self.sources.get(id);
        let next = source.bytes.get(offset as usize);
        let inside = next.is_some_and(|byte| byte & 0b1100_0000 == 0b1000_0000);
        if !inside && offset as usize >= source.bom() {
            self.last = Some((id, offset, place));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples::{self, finding};

    #[test]
    fn formats_are_known_by_their_names() {
        for format in OutputFormat::ALL {
            assert_eq!(OutputFormat::parse(format.name()), Some(format));
        }
        assert_eq!(OutputFormat::parse("xml"), None);
    }

    #[test]
    fn the_summary_counts_what_is_not_silenced() {
        let (_, findings) = samples::deploy();
        let summary = Summary::of(&findings);
        assert_eq!((summary.errors, summary.warnings, summary.notes), (1, 2, 1));
        assert_eq!((summary.safe_fixes, summary.unsafe_fixes), (1, 1));
        assert_eq!(summary.suppressed, 1);
    }

    #[test]
    fn places_counted_in_one_pass_are_the_places_of_the_source() {
        let texts: [&[u8]; 4] = [
            "\u{feff}aé€😀\r\nx\ry\n".as_bytes(),
            b"a\xe2\x82 b\xff\x80\x80c\xf0\x9f\x98",
            b"",
            b"\xef\xbb\xbf",
        ];
        for text in texts {
            let mut sources = Sources::default();
            let id = sources.add("a", text);
            let size = u32::try_from(text.len()).expect("a short text");
            for step in 1..4 {
                let mut places = Places::new(&sources);
                for offset in (0..=size).step_by(step).chain((0..=size).rev()) {
                    let expected = sources.get(id).place(offset);
                    assert_eq!(places.place(id, offset), expected, "{offset} in {text:?}");
                }
            }
        }
    }

    #[test]
    fn a_failing_writer_ends_the_report_with_its_error() {
        struct Closed(usize);
        impl io::Write for Closed {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                assert!(self.0 > 0, "written to after the error");
                self.0 -= 1;
                if self.0 == 0 {
                    return Err(io::ErrorKind::BrokenPipe.into());
                }
                Ok(bytes.len())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let mut sources = Sources::default();
        let id = sources.add("a", "key: value\n");
        let findings = vec![finding(id, 0..3); 2000];
        let report = Report {
            sources: &sources,
            findings: &findings,
            summary: Summary::of(&findings),
        };
        for format in OutputFormat::ALL {
            for writes in [1, 2] {
                let result = render(format, &report, &Style::default(), &mut Closed(writes));
                assert_eq!(
                    result.expect_err("the pipe is closed").kind(),
                    io::ErrorKind::BrokenPipe
                );
            }
        }
    }
}
