//! The memory of deployments beside that of others: this, other, and the difference.

use serde_json::{Map, Value, json};

use super::numbers::{Pair, figures, pairs, rows};
use super::svg::{self, Canvas};
use super::view::{Outcome, Parts, ProcessView, View};
use super::{json, markdown, mib, signed_mib, table};
use crate::flink::memory::Process;
use crate::report::Style;
use crate::report::json_text;
use crate::report::terminal::{Paint, Tone, visible};

/// Two deployments that are compared; one alone where the other side has none like it.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The one asked about.
    pub this: Option<View>,
    /// The one it is held against.
    pub other: Option<View>,
}

/// A process on both sides.
type Sides<'v> = (Option<&'v ProcessView>, Option<&'v ProcessView>);

/// Puts deployments together that have one name, or that are the only ones. Each comes with its name
/// below what was asked for.
pub fn pair(this: Vec<(String, View)>, other: Vec<(String, View)>) -> Vec<Comparison> {
    let alone = this.len() == 1 && other.len() == 1;
    let mut rest: Vec<Option<(String, View)>> = other.into_iter().map(Some).collect();
    let mut out = Vec::new();
    for (name, this) in this {
        let is_like = |other: &Option<(String, View)>, versions: bool| {
            other.as_ref().is_some_and(|(own, view)| {
                alone || *own == name && (!versions || view.versions.overlaps(this.versions))
            })
        };
        let at = rest.iter().position(|other| is_like(other, true));
        let at = at.or_else(|| rest.iter().position(|other| is_like(other, false)));
        let other = at.and_then(|at| rest[at].take()).map(|(_, view)| view);
        let this = Some(this);
        out.push(Comparison { this, other });
    }
    out.extend(rest.into_iter().flatten().map(|(_, view)| Comparison {
        this: None,
        other: Some(view),
    }));
    out
}

impl Comparison {
    /// The view whose name counts.
    fn head(&self) -> Option<&View> {
        self.this.as_ref().or(self.other.as_ref())
    }

    /// Each process on both sides. Where versions differ on a side, those that share a version meet.
    fn processes(&self) -> Vec<Sides<'_>> {
        let mut out = Vec::new();
        for process in [Process::TaskManager, Process::JobManager] {
            let this = cases(self.this.as_ref(), process);
            let other = cases(self.other.as_ref(), process);
            if let ([this], [other]) = (this.as_slice(), other.as_slice()) {
                out.push((Some(*this), Some(*other)));
                continue;
            }
            let meets = |a: &ProcessView, b: &ProcessView| a.versions.overlaps(b.versions);
            for this in &this {
                let mut is_alone = true;
                for other in other.iter().filter(|other| meets(this, other)) {
                    out.push((Some(*this), Some(*other)));
                    is_alone = false;
                }
                if is_alone {
                    out.push((Some(*this), None));
                }
            }
            let lone = other
                .iter()
                .filter(|other| !this.iter().any(|this| meets(this, other)));
            out.extend(lone.map(|other| (None, Some(*other))));
        }
        out
    }
}

fn cases(view: Option<&View>, process: Process) -> Vec<&ProcessView> {
    let all = view.into_iter().flat_map(|view| &view.processes);
    all.filter(|own| own.process == process).collect()
}

/// Both sides' parts, where both start.
fn both<'v>(sides: &Sides<'v>) -> Option<(&'v Parts, &'v Parts)> {
    let parts = |side: Option<&'v ProcessView>| match &side?.outcome {
        Outcome::Starts(parts) => Some(parts.as_ref()),
        Outcome::Fails(_) | Outcome::Unknown { .. } => None,
    };
    Some((parts(sides.0)?, parts(sides.1)?))
}

/// The process, with its versions where a side has several.
fn title(sides: &Sides) -> String {
    let shown = [sides.0, sides.1];
    let mut shown = shown.into_iter().flatten();
    let several = shown.clone().find(|side| side.is_one_of_several);
    several
        .or(shown.next())
        .map_or_else(String::new, table::title)
}

/// One side of a process in one line.
fn one_line(side: Option<&ProcessView>) -> String {
    match side.map(|side| &side.outcome) {
        None => "nothing to compare with".to_owned(),
        Some(Outcome::Starts(parts)) => format!("process {} MiB", mib(parts.total.bytes)),
        Some(Outcome::Fails(fails)) => format!("does not start: {}", fails.error.message()),
        Some(Outcome::Unknown { text, .. }) => format!("unknown: {text}"),
    }
}

/// What the other side rests on, where that differs.
fn other_head(this: &View, other: &View) -> Option<String> {
    let text = |view: &View| format!("{}, {}", view.version_text(), view.mode.name());
    let differs = text(this) != text(other) || this.name != other.name;
    differs.then(|| format!("{}   {}", other.name, text(other)))
}

/// For people.
pub(super) fn text(comparisons: &[Comparison], other: &str, style: &Style) -> String {
    let paint = Paint { on: style.color };
    let mut out = String::new();
    for comparison in comparisons {
        if !out.is_empty() {
            out.push('\n');
        }
        if let Some(head) = comparison.head() {
            table::head(&mut out, head, style);
        }
        let line = match (&comparison.this, &comparison.other) {
            (Some(this), Some(view)) => {
                let head = other_head(this, view);
                let head = head.map_or_else(String::new, |head| format!(": {head}"));
                format!("other is {other}{head}")
            }
            (Some(_), None) => format!("only here: {other} has no such deployment"),
            (None, _) => format!("only in {other}"),
        };
        out.push_str(&format!("  {}\n", visible(&line)));
        for sides in comparison.processes() {
            out.push('\n');
            let title = title(&sides);
            let Some((this, other)) = both(&sides) else {
                out.push_str(&format!("{}\n", paint.tone(Tone::Strong, &title)));
                for (name, side) in [("  this    ", sides.0), ("  other   ", sides.1)] {
                    table::hanging(&mut out, name, &one_line(side), style);
                }
                continue;
            };
            let mut name = format!("{title:<24}");
            if title.len() >= 24 {
                out.push_str(&format!("{}\n", paint.tone(Tone::Strong, &title)));
                name = " ".repeat(24);
            }
            out.push_str(&format!(
                "{}{:>10} {:>10} {:>12}\n",
                paint.tone(Tone::Strong, &name),
                "this",
                "other",
                "difference"
            ));
            for pair in pairs(this, other) {
                let indent = 2 * pair.depth.max(1);
                let label = format!("{:indent$}{}", "", pair.label);
                let [this, other, difference] = pair.columns();
                let room = 34_usize.saturating_sub(label.len());
                let line = format!("{label}{this:>room$} {other:>10} {difference:>12}");
                if pair.differs() {
                    let line = format!("{line} *");
                    out.push_str(&format!("{}\n", paint.tone(Tone::Strong, &line)));
                } else {
                    out.push_str(&format!("{line}\n"));
                }
            }
        }
    }
    out
}

/// For a pull request: only the process in one line where nothing differs.
pub(super) fn markdown(comparisons: &[Comparison], other: &str) -> String {
    let mut out = String::new();
    for comparison in comparisons {
        if !out.is_empty() {
            out.push('\n');
        }
        if let Some(head) = comparison.head() {
            markdown::head(&mut out, head);
        }
        let line = match (&comparison.this, &comparison.other) {
            (Some(this), Some(view)) => {
                let head = other_head(this, view);
                let head = head.map_or_else(String::new, |head| format!(": {head}"));
                format!("Compared with {other}{head}")
            }
            (Some(_), None) => format!("Only here: {other} has no such deployment"),
            (None, _) => format!("Only in {other}"),
        };
        out.push_str(&format!("\n{}\n", markdown::escaped(&line)));
        for sides in comparison.processes() {
            out.push('\n');
            out.push_str(&markdown_of(&sides));
        }
    }
    out
}

fn markdown_of(sides: &Sides) -> String {
    let Some((this, other)) = both(sides) else {
        return format!(
            "**{}** this: {}; other: {}\n",
            title(sides),
            markdown::escaped(&one_line(sides.0)),
            markdown::escaped(&one_line(sides.1))
        );
    };
    let total = mib(this.total.bytes);
    let pairs = pairs(this, other);
    if !pairs.iter().any(Pair::differs) {
        return format!("**{}** {total} MiB, no difference\n", title(sides));
    }
    let difference = match signed_mib(other.total.bytes, this.total.bytes) {
        _ if this.total.bytes == other.total.bytes => String::new(),
        text => format!(", {text}"),
    };
    let mut out = format!(
        "**{}** {total} MiB{difference}\n\n| part | this | other | difference |\n| --- | ---: | ---: | ---: |\n",
        title(sides),
    );
    for pair in pairs {
        let indent = "&nbsp;&nbsp;".repeat(pair.depth.saturating_sub(1));
        let mark = if pair.differs() { "**" } else { "" };
        let [this, other, difference] = pair.columns();
        let difference = match difference.as_str() {
            "" => String::new(),
            text => format!("{mark}{text}{mark}"),
        };
        out.push_str(&format!(
            "| {indent}{} | {this} | {other} | {difference} |\n",
            pair.label
        ));
    }
    out
}

/// For other tools. `difference` holds this less other, where both start.
pub(super) fn json(comparisons: &[Comparison], other: &str) -> String {
    let list: Vec<Value> = comparisons
        .iter()
        .filter_map(|comparison| {
            let mut out = json::head(comparison.head()?);
            out.insert("in".to_owned(), json!(comparison.place()));
            if let (Some(_), Some(view)) = (&comparison.this, &comparison.other) {
                out.insert("other".to_owned(), Value::Object(json::head(view)));
            }
            let processes = comparison.processes();
            let processes: Vec<Value> = processes.iter().map(json_of).collect();
            out.insert("processes".to_owned(), json!(processes));
            Some(Value::Object(out))
        })
        .collect();
    let document = json!({ "version": 1, "compared_with": other, "deployments": list });
    json_text::text(&document)
}

impl Comparison {
    /// Which side has it.
    fn place(&self) -> &'static str {
        match (&self.this, &self.other) {
            (Some(_), Some(_)) => "both",
            (Some(_), None) => "this",
            (None, _) => "other",
        }
    }
}

fn json_of(sides: &Sides) -> Value {
    let process = sides.0.or(sides.1).map(|side| side.process);
    let mut out = Map::new();
    out.insert("process".to_owned(), json!(process.map(json::process_name)));
    out.insert("this".to_owned(), json!(sides.0.map(json::process)));
    out.insert("other".to_owned(), json!(sides.1.map(json::process)));
    if let Some((this, other)) = both(sides) {
        let difference: Map<String, Value> = rows(this, other)
            .map(|(a, b)| {
                let difference = i128::from(a.bytes) - i128::from(b.bytes);
                // Both are sizes that a `long` of Java holds, so their difference is one, too.
                let difference = i64::try_from(difference).unwrap_or(i64::MAX);
                (a.name.to_owned(), json!(difference))
            })
            .collect();
        out.insert("difference".to_owned(), Value::Object(difference));
    }
    Value::Object(out)
}

/// As a picture: two bars of one scale, and what differs.
pub(super) fn svg(comparisons: &[Comparison], other: &str) -> String {
    let mut canvas = Canvas::default();
    for comparison in comparisons {
        let Some(head) = comparison.head() else {
            continue;
        };
        canvas.head(head);
        for sides in comparison.processes() {
            canvas.sides(&title(&sides), &sides, other);
        }
    }
    canvas.finish("Flink memory, compared")
}

impl Canvas {
    fn sides(&mut self, title: &str, sides: &Sides, name: &str) {
        self.y += 28;
        self.text(24, self.y, "process", title);
        let totals = [sides.0, sides.1].map(|side| match side.map(|side| &side.outcome) {
            Some(Outcome::Starts(parts)) => parts.total.bytes,
            _ => 0,
        });
        let most = u128::from(totals[0].max(totals[1]).max(1));
        for ((side, size), name) in [sides.0, sides.1]
            .into_iter()
            .zip(totals)
            .zip(["this", name])
        {
            self.y += 22;
            let line = match side.map(|side| &side.outcome) {
                Some(Outcome::Starts(parts)) => {
                    self.say(format!("{title} {name}: {}", svg::spoken(parts)));
                    format!("{name}   {} MiB", mib(size))
                }
                Some(_) => name.to_owned(),
                None => format!("{name}   nothing to compare with"),
            };
            self.line(&line);
            match side.map(|side| &side.outcome) {
                Some(Outcome::Starts(parts)) => {
                    let length = u128::from(size) * svg::BAR as u128 / most;
                    self.y += 8;
                    self.bar(parts, usize::try_from(length).unwrap_or(svg::BAR).max(1));
                }
                Some(outcome) => self.words(outcome),
                None => {}
            }
        }
        let Some((this, other)) = both(sides) else {
            return;
        };
        self.y += 24;
        for (x, name) in [(244, "this"), (344, "other"), (454, "difference")] {
            self.text(x, self.y, "number quiet", name);
        }
        let leaves = this.leaves().zip(other.leaves());
        let leaves = leaves.map(|((a, look), (b, _))| (Some(look), Pair::of_parts(a, b)));
        let figures = figures(this, other).into_iter().map(|pair| (None, pair));
        for (look, pair) in leaves.chain(figures) {
            self.y += 20;
            if let Some(look) = look {
                self.swatch(look);
            }
            let same = if pair.differs() { "" } else { " quiet" };
            self.text(48, self.y, same.trim(), &pair.label);
            let class = format!("number{same}");
            for (x, text) in [244, 344, 454].into_iter().zip(pair.columns()) {
                self.text(x, self.y, &class, &text);
            }
        }
        self.y += 4;
    }
}
