//! A few lines of a source with marks under them. Only the lines that are shown are looked at.
//! What goes into a frame is decided here; the drawing itself is miette's.

use std::fmt;
use std::ops::Range;
use std::ptr;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError,
    MietteSpanContents, SourceCode, SourceSpan, SpanContents,
};

use super::Style;
use super::line::Shown;
use super::terminal::{visible, width, wrap};
use crate::finding::{Finding, Related, Severity};
use crate::text::{Place, Source, Span};

/// The most columns of a line that are shown, whatever the terminal has.
const MAX_COLUMNS: usize = 300;
/// The fewest columns of a line that are shown, whatever the terminal has.
const MIN_COLUMNS: usize = 24;
/// The fewest columns in which a label is broken into lines instead of being moved out.
const MIN_LABEL: usize = 20;
/// How many lines away a related place may be to share the frame.
const NEAR: usize = 3;

/// What did not go into the frame and has to be said below it.
pub(super) struct Left<'f> {
    /// Whether the finding's label found no room.
    pub(super) label: bool,
    /// The related places that are elsewhere.
    pub(super) related: Vec<&'f Related>,
}

/// Draws frames in one style.
pub(super) struct Frames {
    /// For each severity the drawing and its colours; the first highlight is the severity's own.
    handlers: [(GraphicalReportHandler, GraphicalTheme); 3],
    width: usize,
    ellipsis: &'static str,
}

impl Frames {
    pub(super) fn new(style: &Style) -> Self {
        let handler = |severity| {
            let mut theme = match (style.ascii, style.color) {
                (true, true) => GraphicalTheme::ascii(),
                (true, false) => GraphicalTheme::none(),
                (false, true) => GraphicalTheme::unicode(),
                (false, false) => GraphicalTheme::unicode_nocolor(),
            };
            theme.styles.highlights = vec![match severity {
                Severity::Error => theme.styles.error,
                Severity::Warning => theme.styles.warning,
                Severity::Note => theme.styles.advice,
            }];
            let handler = GraphicalReportHandler::new_themed(theme.clone())
                .with_width(style.width)
                .with_context_lines(1)
                .with_wrap_lines(false)
                .with_urls(false)
                .without_cause_chain()
                .without_syntax_highlighting();
            (handler, theme)
        };
        Frames {
            handlers: [Severity::Note, Severity::Warning, Severity::Error].map(handler),
            width: style.width,
            ellipsis: if style.ascii { "..." } else { "…" },
        }
    }

    /// Appends the frame of a finding that starts at `place`.
    pub(super) fn draw<'f>(
        &self,
        out: &mut String,
        source: &Source,
        finding: &'f Finding,
        place: Place,
    ) -> Left<'f> {
        let (window, left) = self.window(source, finding, place);
        let (handler, theme) = &self.handlers[finding.severity as usize];
        let mut drawn = String::with_capacity(1024);
        let result = if window.labels.len() == 1 {
            handler.render_report(&mut drawn, &window)
        } else {
            let theme = per_label(theme.clone(), &window.labels);
            let handler = handler.clone().with_theme(theme);
            handler.render_report(&mut drawn, &window)
        };
        result.expect("a window can always be read, and a string always be written");
        // The first line is miette's heading, which is empty: the report has its own.
        for line in drawn.lines().skip(1) {
            out.push_str(line.trim_end());
            out.push('\n');
        }
        left
    }

    fn window<'f>(
        &self,
        source: &Source,
        finding: &'f Finding,
        place: Place,
    ) -> (Window, Left<'f>) {
        let own_line = place.line - 1;
        let near = near(source, finding, own_line);
        let line_of = |(line, _): &(usize, &Related)| *line;
        let first = near.first().map_or(own_line, line_of).min(own_line);
        let last = near.last().map_or(own_line, line_of).max(own_line);
        let lines = context(source, first, last);
        // A mark may stand one column behind the end of a line.
        let gutter = lines.end.to_string().len() + 4 + 1;
        let columns = self
            .width
            .saturating_sub(gutter)
            .clamp(MIN_COLUMNS, MAX_COLUMNS);

        let mut window = Window {
            name: visible(&source.path).into_owned(),
            text: String::with_capacity(256),
            first: lines.start,
            place,
            labels: Vec::with_capacity(1 + near.len()),
        };
        let mut label_drawn = true;
        let mut drawn: Vec<&Related> = Vec::with_capacity(near.len());
        for line in lines {
            let own = (line == own_line).then_some(finding.at.span);
            let beside = near.iter().filter(|(at, _)| *at == line);
            let beside = beside.map(|&(_, related)| related);
            let focus = own.or_else(|| beside.clone().next().map(|related| related.at.span));
            let mut shown = Shown::new(source, line, focus, columns, self.ellipsis);
            finding.hidden.iter().for_each(|span| shown.hide(*span));
            let mut marks = Marks {
                shown: &shown,
                base: window.text.len(),
                columns,
                taken: Vec::new(),
            };
            if let Some(span) = own {
                let room = marks.place(span, &finding.label);
                label_drawn = room.is_some();
                let (at, label) = room.unwrap_or_else(|| (marks.clip(span), None));
                let at = marks.take(at);
                let label = LabeledSpan::new_primary_with_span(label, at);
                window.labels.push(label);
            }
            for related in beside {
                if let Some((at, label)) = marks.place(related.at.span, &related.message) {
                    let at = marks.take(at);
                    window.labels.push(LabeledSpan::new_with_span(label, at));
                    drawn.push(related);
                }
            }
            window.text.push_str(&shown.text);
            window.text.push('\n');
        }
        window.labels.sort_by_key(LabeledSpan::offset);
        let elsewhere = |related: &&Related| !drawn.iter().any(|other| ptr::eq(*other, *related));
        let left = Left {
            label: !label_drawn,
            related: finding.related.iter().filter(elsewhere).collect(),
        };
        (window, left)
    }
}

/// The related places that may share the frame, each with the index of its line, in their order.
fn near<'f>(source: &Source, finding: &'f Finding, own_line: usize) -> Vec<(usize, &'f Related)> {
    let mut near: Vec<_> = finding
        .related
        .iter()
        .filter(|related| related.at.source == source.id)
        .map(|related| (source.line_index(related.at.span.start), related))
        .filter(|(line, _)| line.abs_diff(own_line) <= NEAR)
        .collect();
    near.sort_by_key(|(_, related)| related.at.span);
    near
}

/// The colour of the severity for the finding's own label alone.
fn per_label(mut theme: GraphicalTheme, labels: &[LabeledSpan]) -> GraphicalTheme {
    let own = theme.styles.highlights[0];
    let other = theme.styles.help;
    theme.styles.highlights = labels
        .iter()
        .map(|label| if label.primary() { own } else { other })
        .collect();
    theme
}

/// The lines from `first` to `last` and one more at each end, unless it is blank.
fn context(source: &Source, first: usize, last: usize) -> Range<usize> {
    let says_something = |line: usize| {
        // A long line says something; only a short one is looked at.
        let range = source.line_span(line).range();
        let end = range.end.min(range.start + MAX_COLUMNS);
        !source.bytes[range.start..end].trim_ascii().is_empty()
    };
    let count = source.line_starts().len();
    let start = first - usize::from(first > 0 && says_something(first - 1));
    let end = last + 1 + usize::from(last + 1 < count && says_something(last + 1));
    start..end
}

/// Finds room for marks and their labels on one line.
struct Marks<'l> {
    shown: &'l Shown,
    /// Where the line starts in the window.
    base: usize,
    columns: usize,
    taken: Vec<Range<usize>>,
}

impl Marks<'_> {
    /// The shown part of a span. Of several lines only the first is marked.
    fn clip(&self, span: Span) -> Range<usize> {
        let start = self.shown.position(span.start as usize, false);
        let end = self.shown.position(span.end as usize, true);
        start..end.max(start)
    }

    /// Where the mark goes and its label in lines; `None` where there is no room for them.
    fn place(&self, span: Span, label: &str) -> Option<(Range<usize>, Option<String>)> {
        let at = self.clip(span);
        let free = self.taken.iter().all(|other| {
            // An empty mark still takes a column.
            at.end.max(at.start + 1) <= other.start || other.end.max(other.start + 1) <= at.start
        });
        if !free || !self.shown.shows(span.start as usize) {
            return None;
        }
        if label.trim().is_empty() {
            return Some((at, None));
        }
        let start = width(&self.shown.text[..at.start]);
        let end = start + width(&self.shown.text[at.clone()]).max(1);
        // The label hangs on the middle of its mark, behind an arm of four columns.
        let room = self.columns.saturating_sub(usize::midpoint(start, end) + 4);
        let whole = visible(label.trim());
        let lines = wrap(label, room.max(1));
        let fits = width(&whole) <= room || room >= MIN_LABEL;
        fits.then(|| (at, Some(lines.join("\n"))))
    }

    /// Keeps the place of a mark from others and gives it within the window.
    fn take(&mut self, at: Range<usize>) -> SourceSpan {
        let in_window = self.base + at.start..self.base + at.end;
        self.taken.push(at);
        in_window.into()
    }
}

/// Lines of a source as they are shown, and the marks under them: what miette draws.
#[derive(Debug)]
struct Window {
    name: String,
    text: String,
    /// Index of the first line in its file.
    first: usize,
    place: Place,
    labels: Vec<LabeledSpan>,
}

impl fmt::Display for Window {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Window {}

impl Diagnostic for Window {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

impl SourceCode for Window {
    /// All lines for every span, so that miette draws one frame. Asked without context it wants
    /// to know the place of the finding.
    fn read_span<'a>(
        &'a self,
        _: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (line, column) = if before + after == 0 {
            (self.place.line - 1, self.place.column - 1)
        } else {
            (self.first, 0)
        };
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            self.text.as_bytes(),
            (0, self.text.len()).into(),
            line,
            column,
            memchr::memchr_iter(b'\n', self.text.as_bytes()).count(),
        )))
    }
}
