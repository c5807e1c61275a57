//! Tables for a pull request, in GitHub's Markdown.

use super::view::{Outcome, Parts, ProcessView, View};
use super::{mib, row_pieces, table};
use crate::report::terminal::visible;

/// Every deployment.
pub(super) fn document(views: &[View]) -> String {
    let mut out = String::new();
    for view in views {
        if !out.is_empty() {
            out.push('\n');
        }
        head(&mut out, view);
        for process in &view.processes {
            out.push('\n');
            process_text(&mut out, process);
        }
    }
    out
}

/// The name of a deployment, and what its numbers rest on.
pub(super) fn head(out: &mut String, view: &View) {
    out.push_str(&format!(
        "### {}\n\n{}, {}\n",
        escaped(&view.name),
        escaped(&view.version_text()),
        view.mode.name()
    ));
    for (key, value) in &view.tried {
        let setting = format!("{key} = {value}");
        out.push_str(&format!("\nTried: {}\n", escaped(&setting)));
    }
    if let Some(remark) = &view.remark {
        out.push_str(&format!("\nNote: {}\n", escaped(remark)));
    }
}

fn process_text(out: &mut String, process: &ProcessView) {
    out.push_str(&summary(process));
    let Outcome::Starts(parts) = &process.outcome else {
        return;
    };
    out.push_str("\n| part | MiB | decided by |\n| --- | ---: | --- |\n");
    for row in parts.rows.iter().chain([&parts.total]) {
        let indent = "&nbsp;&nbsp;".repeat(row.depth.saturating_sub(1));
        let why: Vec<String> = row_pieces(row).iter().map(|piece| escaped(piece)).collect();
        let size = mib(row.bytes);
        let (label, size) = match row.depth {
            0 => (format!("**{}**", row.label), format!("**{size}**")),
            _ => (row.label.to_owned(), size),
        };
        out.push_str(&format!(
            "| {indent}{label} | {size} | {} |\n",
            why.join(", ")
        ));
    }
    if !parts.beside.is_empty() {
        let lines = parts.beside.iter().map(|beside| {
            let pieces: Vec<String> = beside.pieces.iter().map(|piece| escaped(piece)).collect();
            format!("{}: {}", beside.label, pieces.join(", "))
        });
        out.push_str(&format!("\n{}\n", lines.collect::<Vec<_>>().join("; ")));
    }
}

/// A process in one line.
pub(super) fn summary(process: &ProcessView) -> String {
    let title = table::title(process);
    match &process.outcome {
        Outcome::Starts(parts) => {
            format!(
                "**{title}** {} MiB: {}\n",
                mib(parts.total.bytes),
                short(parts)
            )
        }
        Outcome::Fails(fails) => format!(
            "**{title}** does not start: {}\n",
            escaped(&fails.error.message())
        ),
        Outcome::Unknown { text, .. } => format!("**{title}** unknown: {}\n", escaped(text)),
    }
}

/// The parts that add up to a process, without those that are only a share of a sum.
fn short(parts: &Parts) -> String {
    let rows = parts.rows.iter().filter(|row| row.depth == 1);
    let rows = rows.filter(|row| row.name != "total_flink");
    rows.map(|row| format!("{} {}", row.label, mib(row.bytes)))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Text that Markdown takes as text: nothing is a table, a link, HTML, a mention or a reference.
pub(in crate::report) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let text = visible(text);
    let mut before = ' ';
    for c in text.chars() {
        match c {
            // Else GitHub makes a link of it.
            '/' if before == ':' => out.push_str("&#47;"),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '@' => out.push_str("&#64;"),
            '#' => out.push_str("&#35;"),
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '$' | '!' => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
        before = c;
    }
    out
}
