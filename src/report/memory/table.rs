//! For people: a table of each process, a bar below it, and the sum of one that does not start.

use super::view::{Fails, Outcome, Parts, ProcessView, View};
use super::{bar, mib, pieces, row_pieces};
use crate::flink::memory::{MOST, Process};
use crate::report::Style;
use crate::report::terminal::{Paint, Tone, visible, width, wrap};

/// Columns of a label with its indent.
const LABEL: usize = 22;
/// Blanks between the pieces of a line.
const GAP: &str = "   ";
/// Columns of the reasons' indent where they have no room beside the numbers.
const SHALLOW: usize = 8;

/// Every deployment.
pub(super) fn text(views: &[View], style: &Style) -> String {
    let mut out = String::new();
    for view in views {
        if !out.is_empty() {
            out.push('\n');
        }
        head(&mut out, view, style);
        for process in &view.processes {
            out.push('\n');
            process_text(&mut out, process, style);
        }
    }
    out
}

/// The name of a deployment, and what its numbers rest on.
pub(super) fn head(out: &mut String, view: &View, style: &Style) {
    let paint = Paint { on: style.color };
    let name = visible(&view.name);
    out.push_str(&paint.tone(Tone::Strong, &name));
    out.push_str(&format!(
        "   {}, {}\n",
        visible(&view.version_text()),
        view.mode.name()
    ));
    for (key, value) in &view.tried {
        out.push_str(&format!("  tried: {} = {}\n", visible(key), visible(value)));
    }
    if let Some(remark) = &view.remark {
        hanging(out, "  note: ", remark, style);
    }
}

/// `TaskManager`, with its versions where others see it differently.
pub(super) fn title(process: &ProcessView) -> String {
    let name = process.process.name();
    if process.is_one_of_several {
        format!("{name}, Flink {}", process.versions)
    } else {
        name.to_owned()
    }
}

fn process_text(out: &mut String, process: &ProcessView, style: &Style) {
    let paint = Paint { on: style.color };
    let title = title(process);
    match &process.outcome {
        Outcome::Starts(parts) => {
            // `JobManager` is a letter shorter: both tables begin alike.
            let longest = Process::TaskManager.name().len();
            let name = paint.tone(Tone::Strong, &title);
            let padding = " ".repeat(longest.saturating_sub(title.len()));
            let total = mib(parts.total.bytes);
            let start = format!("{name}{padding}  process {total} MiB");
            let plain = width(&title) + padding.len() + 14 + total.len();
            let column = (LABEL + 12).max(plain + GAP.len());
            line(out, &start, plain, &row_pieces(&parts.total), style, column);
            table(out, parts, style);
            if !style.quiet {
                out.push_str(&bar::draw(parts, style, "  "));
            }
        }
        Outcome::Fails(fails) => {
            out.push_str(&paint.tone(Tone::Strong, &title));
            let said = paint.tone(Tone::Error, "does not start");
            out.push_str(&format!("  {said}\n"));
            failure(out, fails, style);
        }
        Outcome::Unknown { text, .. } => {
            let name = paint.tone(Tone::Strong, &title);
            let said = [format!("unknown: {text}")];
            line(out, &name, title.len(), &said, style, title.len() + 2);
        }
    }
}

fn table(out: &mut String, parts: &Parts, style: &Style) {
    let numbers = parts.rows.iter().map(|row| mib(row.bytes).len());
    let digits = numbers.max().unwrap_or(0).max(6);
    for row in &parts.rows {
        let indent = 2 * row.depth;
        let name = format!("{:indent$}{}", "", row.label);
        let start = format!("{name:LABEL$} {:>digits$}", mib(row.bytes));
        let plain = start.len();
        line(
            out,
            &start,
            plain,
            &row_pieces(row),
            style,
            plain + GAP.len(),
        );
    }
    for beside in &parts.beside {
        let start = format!("  {}:", beside.label);
        let plain = start.len();
        line(out, &start, plain, &beside.pieces, style, plain + 1);
    }
}

/// The start of a line with its pieces behind it, those without room on lines of their own. `plain` is
/// what `start` takes without colours, `column` where the pieces begin.
fn line(
    out: &mut String,
    start: &str,
    plain: usize,
    pieces: &[String],
    style: &Style,
    column: usize,
) {
    out.push_str(start);
    let mut used = plain;
    let mut is_first = true;
    let least = GAP.len().min(column.saturating_sub(plain).max(1));
    let deep = if style.width < column + 44 {
        SHALLOW
    } else {
        column
    };
    for piece in pieces {
        let piece = visible(piece);
        let columns = width(&piece);
        let gap = if is_first {
            column.saturating_sub(used).max(least)
        } else {
            GAP.len()
        };
        if used + gap + columns <= style.width {
            out.push_str(&format!("{:gap$}{piece}", ""));
            used += gap + columns;
        } else {
            // Whatever is wider than a line of its own is broken at its blanks.
            let mut lines = wrap(&piece, style.width.saturating_sub(deep)).into_iter();
            if is_first && used + gap == deep {
                let first = lines.next().unwrap_or_default();
                out.push_str(&format!("{:gap$}{first}", ""));
                used = deep + width(&first);
            }
            for line in lines {
                out.push_str(&format!("\n{:deep$}{line}", ""));
                used = deep + width(&line);
            }
        }
        is_first = false;
    }
    out.push('\n');
}

/// What Flink says, and the sum that does not come out.
fn failure(out: &mut String, fails: &Fails, style: &Style) {
    let class = fails.error.class();
    let class = class.rsplit('.').next().unwrap_or(class);
    hanging(
        out,
        "  ",
        &format!("{class}: {}", fails.error.message()),
        style,
    );
    let equation = &fails.equation;
    let longest = equation.terms.iter().map(|term| term.name.len()).max();
    let longest = longest.unwrap_or(0);
    let number = |bytes: u64| match bytes {
        MOST => "none".to_owned(),
        _ => mib(bytes),
    };
    let digits = equation.terms.iter().map(|term| number(term.bytes).len());
    let digits = digits.max().unwrap_or(0).max(6);
    for term in &equation.terms {
        let start = format!(
            "    {:>2} {:longest$} {:>digits$}",
            term.sign,
            term.name,
            number(term.bytes)
        );
        let why = term.reason.as_ref().map(pieces).unwrap_or_default();
        let plain = start.len();
        line(out, &start, plain, &why, style, plain + GAP.len());
    }
    for setting in &equation.settings {
        line(out, "   ", 3, setting, style, 4);
    }
    if !equation.verdict.is_empty() {
        let paint = Paint { on: style.color };
        let verdict = paint.tone(Tone::Error, &equation.verdict);
        out.push_str(&format!("    {verdict}\n"));
    }
}

/// A text behind its name, its further lines below its first.
pub(super) fn hanging(out: &mut String, name: &str, text: &str, style: &Style) {
    let indent = name.len();
    for (at, line) in wrap(text, style.width.saturating_sub(indent))
        .iter()
        .enumerate()
    {
        if at == 0 {
            out.push_str(&format!("{name}{line}\n"));
        } else {
            out.push_str(&format!("{:indent$}{line}\n", ""));
        }
    }
}
