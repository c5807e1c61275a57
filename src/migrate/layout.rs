//! The order and the indentation of the new file, and where its comments go.

use std::collections::HashMap;

use super::Layout;
use super::lines::{Comment, Entry, Part};
use crate::syntax::yaml::spelled_key;

/// Keys with more parts are written flat: nobody nests so deep.
const DEPTH: usize = 16;

/// Writes all settings with their comments.
pub(super) fn write(
    entries: &[Entry],
    parts: Vec<Part>,
    layout: Layout,
    line_break: &str,
) -> String {
    let steps = match layout {
        Layout::Flat => (0..entries.len())
            .map(|entry| Step::leaf(entry, entries[entry].key.clone(), 0))
            .collect(),
        Layout::Nested => Tree::new(entries).steps(),
    };
    let remarks = Remarks::new(parts, entries.len());
    let mut out = Out {
        lines: Vec::new(),
        remarks,
        done: vec![false; entries.len()],
        next: 0,
        placed: 0,
    };
    let mut opened = Vec::new();
    for step in steps {
        match step.entry {
            None => opened.push(step),
            Some(entry) => out.setting(&entries[entry], entry, &mut opened, &step),
        }
    }
    out.rest();
    let mut text = out.lines.join(line_break);
    if !text.is_empty() {
        text.push_str(line_break);
    }
    text
}

/// One line of the new file: a setting, or a key that others stand below.
struct Step {
    entry: Option<usize>,
    key: String,
    depth: usize,
}

impl Step {
    fn leaf(entry: usize, key: String, depth: usize) -> Self {
        Step {
            entry: Some(entry),
            key,
            depth,
        }
    }

    fn indent(&self) -> String {
        "  ".repeat(self.depth)
    }

    fn spelled(&self) -> String {
        // Longer keys were refused before.
        spelled_key(&self.key).unwrap_or_else(|| self.key.clone())
    }
}

/// The keys by their parts.
struct Tree {
    nodes: Vec<Node>,
}

#[derive(Default)]
struct Node {
    part: String,
    entry: Option<usize>,
    /// In the order in which they first appear.
    children: Vec<usize>,
    /// How many settings stand here and below.
    settings: usize,
}

impl Tree {
    fn new(entries: &[Entry]) -> Self {
        let mut nodes = vec![Node::default()];
        let mut known: HashMap<(usize, &str), usize> = HashMap::new();
        for (number, entry) in entries.iter().enumerate() {
            let mut at = 0;
            nodes[0].settings += 1;
            for part in parts_of(&entry.key) {
                at = *known.entry((at, part)).or_insert_with(|| {
                    let new = nodes.len();
                    nodes.push(Node {
                        part: part.to_owned(),
                        ..Node::default()
                    });
                    nodes[at].children.push(new);
                    new
                });
                nodes[at].settings += 1;
            }
            nodes[at].entry = Some(number);
        }
        Tree { nodes }
    }

    fn steps(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        for &child in &self.nodes[0].children {
            self.step(child, 0, &mut steps);
        }
        steps
    }

    fn step(&self, at: usize, depth: usize, out: &mut Vec<Step>) {
        let node = &self.nodes[at];
        if node.entry.is_some() || node.settings == 1 {
            // A key that is the beginning of others can't hold them: they stand beside it.
            self.flat(at, &node.part, depth, out);
            return;
        }
        out.push(Step {
            entry: None,
            key: node.part.clone(),
            depth,
        });
        for &child in &node.children {
            self.step(child, depth + 1, out);
        }
    }

    fn flat(&self, at: usize, key: &str, depth: usize, out: &mut Vec<Step>) {
        let node = &self.nodes[at];
        if let Some(entry) = node.entry {
            out.push(Step::leaf(entry, key.to_owned(), depth));
        }
        for &child in &node.children {
            let key = format!("{key}.{}", self.nodes[child].part);
            self.flat(child, &key, depth, out);
        }
    }
}

/// The parts of a key that may stand on lines of their own; the whole key where they may not.
fn parts_of(key: &str) -> Vec<&str> {
    let legal = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '/');
    let parts: Vec<&str> = key.split('.').collect();
    let plain = |part: &str| !part.is_empty() && part.chars().all(legal);
    // The scripts look for a line with the whole key (`setJavaHome`), before any YAML is read.
    if key == "env.java.home" || parts.len() > DEPTH || !parts.iter().all(|part| plain(part)) {
        return vec![key];
    }
    parts
}

/// The comments and blank lines by where they belong.
struct Remarks {
    /// Those that keep their place, before the setting of each number; the last ones end the file.
    places: Vec<Vec<Comment>>,
    /// Those that go where the setting below them goes.
    leads: Vec<Vec<Comment>>,
}

impl Remarks {
    fn new(parts: Vec<Part>, count: usize) -> Self {
        let mut remarks = Remarks {
            places: vec![Vec::new(); count + 1],
            leads: vec![Vec::new(); count],
        };
        let mut pending = Vec::new();
        for part in parts {
            match part {
                Part::Remark(comment) => pending.push(comment),
                Part::Setting(entry) => {
                    let start = lead(&pending);
                    // A comment with which the file begins is about the file.
                    let start = if entry == 0 && start == 0 {
                        pending.len()
                    } else {
                        start
                    };
                    remarks.leads[entry] = pending.split_off(start);
                    remarks.places[entry] = std::mem::take(&mut pending);
                }
            }
        }
        remarks.places[count] = pending;
        remarks
    }
}

/// Where the comment of the setting below begins: directly above it, or with one blank line between
/// as in the file that Flink ships, unless that is a section's head or a setting that is switched off.
fn lead(pending: &[Comment]) -> usize {
    let blanks = pending
        .iter()
        .rev()
        .take_while(|c| **c == Comment::Blank)
        .count();
    let end = pending.len() - blanks;
    let own = pending[..end].iter().rev();
    let count = own
        .take_while(|comment| matches!(comment, Comment::Own(text) if !is_ruler(text)))
        .count();
    let is_text = |text: &str| !is_ruler(text) && !is_switched_off(text);
    let apart = match pending[..end].last() {
        Some(Comment::Own(text)) if blanks <= 1 => blanks == 1 && !is_text(text),
        _ => true,
    };
    if apart { pending.len() } else { end - count }
}

/// `#=====`, `#-----`, `####`.
fn is_ruler(comment: &str) -> bool {
    let text = comment.trim_start_matches('#').trim();
    let signs = |c: char| matches!(c, '=' | '-' | '*' | '_' | '#' | '~' | '+');
    text.chars().all(signs) && comment.len() > 3
}

/// `# state.backend: rocksdb`.
fn is_switched_off(comment: &str) -> bool {
    let text = comment.trim_start_matches('#').trim();
    let Some((key, _)) = text.split_once(':') else {
        return false;
    };
    key.contains('.') && !key.contains(' ')
}

struct Out {
    lines: Vec<String>,
    remarks: Remarks,
    /// Which settings are written.
    done: Vec<bool>,
    /// The first that is not.
    next: usize,
    /// The first of the places that is not written.
    placed: usize,
}

impl Out {
    fn setting(&mut self, entry: &Entry, number: usize, opened: &mut Vec<Step>, step: &Step) {
        // A setting that moves up leaves the comments of its old place behind.
        if number == self.next {
            let indent = opened.first().unwrap_or(step).indent();
            self.places(number, &indent);
        }
        for parent in opened.drain(..) {
            self.lines
                .push(format!("{}{}:", parent.indent(), parent.spelled()));
        }
        let indent = step.indent();
        for comment in std::mem::take(&mut self.remarks.leads[number]) {
            self.remark(&comment, &indent);
        }
        self.lines.push(format!(
            "{indent}{}: {}{}",
            step.spelled(),
            entry.spelled,
            entry.comment
        ));
        self.done[number] = true;
        while self.done.get(self.next) == Some(&true) {
            self.next += 1;
        }
    }

    /// Everything that keeps its place up to a setting and is not written yet.
    fn places(&mut self, upto: usize, indent: &str) {
        while self.placed <= upto {
            let place = self.placed;
            self.placed += 1;
            let mut fresh = true;
            for comment in std::mem::take(&mut self.remarks.places[place]) {
                let blank = comment == Comment::Blank;
                let doubled = fresh && self.lines.last().is_some_and(String::is_empty);
                if !(blank && doubled) {
                    self.remark(&comment, indent);
                }
                fresh &= blank;
            }
        }
    }

    fn rest(&mut self) {
        self.places(self.done.len(), "");
    }

    fn remark(&mut self, comment: &Comment, indent: &str) {
        self.lines.push(match comment {
            Comment::Blank => String::new(),
            Comment::Own(text) | Comment::Kept(text) => format!("{indent}{text}"),
        });
    }
}
