//! One picture: a bar of each process with its parts in proportion and a legend below. It holds no
//! script and asks for no font, and can be read on light and dark ground.

use super::view::{Look, Outcome, Parts, ProcessView, View};
use super::{bar, mib, row_pieces, table};
use crate::report::terminal::{char_width, visible, width, wrap};

/// Pixels of the picture from left to right.
const WIDTH: usize = 880;
/// Pixels around it.
const MARGIN: usize = 24;
/// Pixels of a bar from left to right.
pub(super) const BAR: usize = WIDTH - 2 * MARGIN;
/// Pixels of a bar from top to bottom.
const HEIGHT: usize = 36;
/// Pixels of the smallest part that is not empty.
const LEAST: usize = 3;
/// Pixels from one line of text to the next.
const LINE: usize = 20;
/// Pixels that a column of text may take, widely estimated: which font there is nobody knows.
const COLUMN: usize = 7;

/// The colour of each part, and that of the text on it.
const COLORS: [(&str, &str); 8] = [
    ("#79b8ff", "#0b1f33"),
    ("#2b6cb0", "#ffffff"),
    ("#b5e48c", "#13260a"),
    ("#76c893", "#0a2616"),
    ("#1a7f64", "#ffffff"),
    ("#e8953a", "#2b1700"),
    ("#8250df", "#ffffff"),
    ("#8b949e", "#0d1117"),
];

const STYLE: &str = "\
.ground{fill:#ffffff;stroke:#d0d7de}\
text{font-family:system-ui,-apple-system,'Segoe UI',Helvetica,Arial,sans-serif;font-size:12px;fill:#1f2328}\
.name{font-size:16px;font-weight:600}\
.process{font-size:14px;font-weight:600}\
.quiet{fill:#59636e}\
.bad{fill:#cf222e}\
.number{text-anchor:end;font-variant-numeric:tabular-nums}\
.middle{text-anchor:middle}\
@media (prefers-color-scheme:dark){\
.ground{fill:#0d1117;stroke:#30363d}\
text{fill:#e6edf3}\
.quiet{fill:#9198a1}\
.bad{fill:#ff7b72}}";

/// Every deployment, one below the other.
pub(super) fn document(views: &[View]) -> String {
    let mut canvas = Canvas::default();
    for view in views {
        canvas.head(view);
        for process in &view.processes {
            canvas.process(process);
        }
    }
    canvas.finish("Flink memory")
}

/// What is drawn so far, and how far down it reaches.
#[derive(Default)]
pub(super) struct Canvas {
    out: String,
    pub(super) y: usize,
    said: Vec<String>,
}

impl Canvas {
    /// Text with a class; `y` is its baseline.
    pub(super) fn text(&mut self, x: usize, y: usize, class: &str, text: &str) {
        let text = escaped(text);
        self.out.push_str(&format!(
            "<text x=\"{x}\" y=\"{y}\" class=\"{class}\">{text}</text>\n"
        ));
    }

    /// A line as long as there is room.
    pub(super) fn line(&mut self, text: &str) {
        self.text(MARGIN, self.y, "quiet", &fitted(text, MARGIN));
    }

    /// The name of a deployment, and what its numbers rest on.
    pub(super) fn head(&mut self, view: &View) {
        self.y += LINE + 16;
        self.text(MARGIN, self.y, "name", &cut(&view.name, 80));
        self.y += LINE;
        let about = format!("{}, {}", view.version_text(), view.mode.name());
        self.text(MARGIN, self.y, "quiet", &fitted(&about, MARGIN));
        for (key, value) in &view.tried {
            self.y += LINE;
            let tried = format!("tried: {key} = {value}");
            self.text(MARGIN, self.y, "quiet", &fitted(&tried, MARGIN));
        }
        if let Some(remark) = &view.remark {
            self.y += LINE;
            self.text(MARGIN, self.y, "quiet", &fitted(remark, MARGIN));
        }
        self.y += 4;
    }

    fn process(&mut self, process: &ProcessView) {
        let title = table::title(process);
        self.y += LINE + 8;
        match &process.outcome {
            Outcome::Starts(parts) => {
                let title = format!("{title} {} MiB", mib(parts.total.bytes));
                self.said.push(format!("{title}: {}", spoken(parts)));
                self.text(MARGIN, self.y, "process", &title);
                // The title is set in larger and bold letters.
                let x = MARGIN + 24 + title.len() * (COLUMN + 3);
                let why = row_pieces(&parts.total).join(", ");
                self.text(x, self.y, "quiet", &fitted(&why, x));
                self.y += 10;
                self.bar(parts, BAR);
                self.legend(parts);
            }
            Outcome::Fails(_) | Outcome::Unknown { .. } => {
                self.text(MARGIN, self.y, "process", &title);
                self.words(&process.outcome);
            }
        }
    }

    /// What is to be said of a process without a bar.
    pub(super) fn words(&mut self, outcome: &Outcome) {
        let (text, class) = match outcome {
            Outcome::Starts(_) => return,
            Outcome::Fails(fails) => (format!("does not start: {}", fails.error.message()), "bad"),
            Outcome::Unknown { text, .. } => (format!("unknown: {text}"), "quiet"),
        };
        self.said.push(text.clone());
        for line in wrap(&text, BAR / COLUMN) {
            self.y += LINE;
            self.text(MARGIN, self.y, class, &fitted(&line, MARGIN));
        }
    }

    /// A bar, so many pixels long.
    pub(super) fn bar(&mut self, parts: &Parts, length: usize) {
        let leaves: Vec<_> = parts.leaves().collect();
        let bytes: Vec<u64> = leaves.iter().map(|(row, _)| row.bytes).collect();
        let mut x = MARGIN;
        for ((row, look), pixels) in leaves.iter().zip(bar::cells(&bytes, length, LEAST)) {
            if pixels == 0 {
                continue;
            }
            let (fill, ink) = COLORS[look.color];
            let title = format!("{} {} MiB", row.label, mib(row.bytes));
            // A gap of one pixel keeps neighbours apart where colours alone might not.
            let inner = pixels - usize::from(pixels > 1);
            self.out.push_str(&format!(
                "<rect x=\"{x}\" y=\"{}\" width=\"{inner}\" height=\"{HEIGHT}\" fill=\"{fill}\">\
                 <title>{}</title></rect>\n",
                self.y,
                escaped(&title)
            ));
            let label = [row.label.to_owned(), look.letter.to_string()];
            let fits = |text: &&String| text.len() * COLUMN + 8 <= pixels;
            if let Some(text) = label.iter().find(fits) {
                let (middle, base) = (x + inner / 2, self.y + HEIGHT / 2 + 4);
                self.out.push_str(&format!(
                    "<text x=\"{middle}\" y=\"{base}\" class=\"middle\" style=\"fill:{ink}\">{text}</text>\n"
                ));
            }
            x += pixels;
        }
        self.y += HEIGHT;
    }

    /// A square in the colour of a part, with its letter.
    pub(super) fn swatch(&mut self, look: Look) {
        let (fill, ink) = COLORS[look.color];
        let top = self.y - 12;
        self.out.push_str(&format!(
            "<rect x=\"{MARGIN}\" y=\"{top}\" width=\"16\" height=\"16\" fill=\"{fill}\"/>\n"
        ));
        let (middle, base) = (MARGIN + 8, self.y);
        self.out.push_str(&format!(
            "<text x=\"{middle}\" y=\"{base}\" class=\"middle\" style=\"fill:{ink}\">{}</text>\n",
            look.letter
        ));
    }

    fn legend(&mut self, parts: &Parts) {
        self.y += 4;
        for (row, look) in parts.leaves() {
            self.y += LINE;
            self.swatch(look);
            self.text(MARGIN + 24, self.y, "", row.label);
            self.text(MARGIN + 220, self.y, "number", &mib(row.bytes));
            let share = bar::percent(row.bytes, parts.total.bytes);
            self.text(MARGIN + 280, self.y, "number quiet", &share);
            let why = row_pieces(row).join(", ");
            let (x, y) = (MARGIN + 300, self.y);
            let (shown, whole) = (escaped(&fitted(&why, x)), escaped(&why));
            self.out.push_str(&format!(
                "<text x=\"{x}\" y=\"{y}\" class=\"quiet\">{shown}<title>{whole}</title></text>\n"
            ));
        }
        for beside in &parts.beside {
            let text = format!("{}: {}", beside.label, beside.pieces.join(", "));
            for line in wrap(&text, BAR / COLUMN) {
                self.y += LINE;
                self.line(&line);
            }
        }
        self.y += 4;
    }

    /// The whole picture. What it shows is said in words, too.
    pub(super) fn finish(self, title: &str) -> String {
        let height = self.y + MARGIN;
        let inner = (WIDTH - 1, height - 1);
        let said = escaped(&self.said.join(". "));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" \
             viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-labelledby=\"title description\">\n\
             <title id=\"title\">{title}</title>\n<desc id=\"description\">{said}</desc>\n\
             <style>{STYLE}</style>\n\
             <rect class=\"ground\" x=\"0.5\" y=\"0.5\" width=\"{}\" height=\"{}\" rx=\"6\"/>\n{}</svg>\n",
            inner.0, inner.1, self.out
        )
    }

    /// Says in words what a bar shows.
    pub(super) fn say(&mut self, text: String) {
        self.said.push(text);
    }
}

/// The parts of a process in words.
pub(super) fn spoken(parts: &Parts) -> String {
    let parts = parts.leaves();
    parts
        .map(|(row, _)| format!("{} {}", row.label, mib(row.bytes)))
        .collect::<Vec<_>>()
        .join(", ")
}

/// As much of a text as has room to the right of `x`.
fn fitted(text: &str, x: usize) -> String {
    cut(text, (WIDTH - MARGIN - x) / COLUMN)
}

/// As much of a text as fits into some columns, an ellipsis where it goes on.
fn cut(text: &str, columns: usize) -> String {
    let text = visible(text);
    if width(&text) <= columns {
        return text.into_owned();
    }
    let mut used = 1;
    let mut out = String::new();
    for c in text.chars() {
        used += char_width(c);
        if used > columns {
            break;
        }
        out.push(c);
    }
    out.push('…');
    out
}

/// Text within XML. What XML cannot hold at all is replaced.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in visible(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ => out.push(c),
        }
    }
    out
}
