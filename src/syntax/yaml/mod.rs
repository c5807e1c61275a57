//! YAML: Flink's `config.yaml`, and the configuration of jobs in YAML.
//!
//! The text becomes a [`tree`] of nodes with their bytes; [`parse_config`] reads it as Flink's
//! loader does, [`parse_job`] as any YAML reader does.

use std::cell::RefCell;

use self::budget::Budget;
use self::decode::{Decoded, decode};
use self::leaves::LONG_KEYS;
use self::load::{Found, Loader};
use self::template::Masked;
use self::tree::{KEY_LIMIT, NodeId, Tree};
use super::{Comment, Document, Format, Layer, Problem, ProblemKind, Space};
use crate::text::{Source, Span};

pub(crate) use self::explain::explain;
pub use self::items::{Item, Items, Pairs, parse_items};
pub(super) use self::spell::Dialect;
pub use self::spell::{Quotes, spelled_key, spelled_value};
pub use self::value::{Node, parse_value};
pub(super) use self::write::{insert, insert_after, quote, remove, rename, set};

mod budget;
mod build;
mod construct;
mod decode;
mod dump;
#[cfg(test)]
mod edit_tests;
mod entry;
mod explain;
mod items;
mod job;
mod keys;
mod leaves;
mod lenient;
mod load;
mod scalar;
mod spell;
mod strict;
mod template;
#[cfg(test)]
mod tests;
pub mod tree;
mod value;
mod write;

/// Reads `config.yaml` exactly as Flink 1.19 and later load it.
pub fn parse_config(source: &Source) -> Document {
    let decoded = decode(&source.bytes);
    let mut document = Document::new(source, Format::ConfigYaml, Space::Flink, Layer::ClusterFile);
    document.editable = decoded.is_utf8();
    let transcoded;
    let source = if decoded.is_utf8() {
        source
    } else {
        transcoded = Source::new(source.id, source.path.as_str(), decoded.text.as_bytes());
        &transcoded
    };
    let (plain, template) = config(source, &decoded.text, &decoded, document.clone());
    let document = if template {
        let masked = template::mask(&decoded.text);
        let (read, _) = config(source, &masked.text, &decoded, document);
        filled_in(read, &decoded.text, &masked)
    } else {
        plain
    };
    in_bytes(document, &decoded)
}

/// The document, and whether it is a template rather than a file that Flink refuses.
fn config(source: &Source, text: &str, decoded: &Decoded, document: Document) -> (Document, bool) {
    lenient::with_tree(text, KEY_LIMIT, |tree| {
        load(source, text, tree, decoded, document)
    })
}

fn load(
    source: &Source,
    text: &str,
    tree: &Tree,
    decoded: &Decoded,
    document: Document,
) -> (Document, bool) {
    let (mut document, mut found) = Loader::new(source, tree, document).load();
    let limit = tree
        .failures
        .first()
        .map_or(text.len(), |failure| failure.offset);
    found.extend(strict::tabs(text, tree, &document, limit));
    found.extend(strict::signs(text, tree));
    // A tab may be what the parser stumbled over, too.
    let told: Vec<u32> = found
        .iter()
        .filter(|found| found.problem.kind == ProblemKind::YamlSyntax)
        .map(|found| found.problem.at.start)
        .collect();
    for failure in &tree.failures {
        let (at, reason) = explain(text, failure);
        if told.contains(&at.start) {
            continue;
        }
        found.push(Found::while_composing(failure.offset, at, &reason));
    }
    for (at, reason) in &decoded.faults {
        // The loader checks characters a buffer of 1024 ahead of the scanner.
        let order = (at.start as usize).saturating_sub(1024);
        found.push(Found::while_composing(order, *at, reason));
    }
    found.sort_by_key(|found| found.problem.at);
    let first = found
        .iter()
        .enumerate()
        .min_by_key(|(_, found)| (found.stage, found.order));
    document.load_error = first.map(|(index, _)| index);
    document.problems = found.into_iter().map(|found| found.problem).collect();
    // What was read behind a failure may read otherwise once anything is changed there.
    for problem in &mut document.problems {
        let is_read = |(at, _): &(Span, String)| (at.end as usize) <= limit;
        let repair = problem.repair.take();
        problem.repair = repair.filter(|repair| repair.edits.iter().all(is_read));
    }
    document.comments = comments(text, tree);
    let template = document.load_error.is_some() && template::is_template(text, tree);
    (document, template)
}

/// Reads the YAML configuration of a job: dotted keys for nesting, `key[0]` for list items, values
/// as written, several documents as one.
pub fn parse_job(source: &Source) -> Document {
    job_of(source, Format::Yaml)
}

/// Reads a job's YAML, or JSON as the YAML that it is.
pub(super) fn job_of(source: &Source, format: Format) -> Document {
    let decoded = decode(&source.bytes);
    let mut document = Document::new(source, format, Space::Job, Layer::JobFile);
    document.complete = false;
    document.editable = decoded.is_utf8();
    let read = |text: &str| {
        with_tree(text, |tree| {
            let template = !tree.failures.is_empty() && template::is_template(text, tree);
            let mut read = job::read(text, tree, document.clone());
            let faults = decoded.faults.iter();
            read.problems.extend(
                faults.map(|(at, said)| Problem::new(ProblemKind::Unparsable, *at, said.clone())),
            );
            read.problems.sort_by_key(|problem| problem.at);
            read.comments = comments(text, tree);
            (read, template)
        })
    };
    let (mut document, template) = read(&decoded.text);
    if template {
        let masked = template::mask(&decoded.text);
        document = filled_in(read(&masked.text).0, &decoded.text, &masked);
    }
    in_bytes(document, &decoded)
}

/// A text that holds more than one configuration.
pub(super) struct Outer<'t> {
    /// Its tree.
    pub(super) tree: &'t Tree<'t>,
    /// What the tree was read from: the text, or that with letters in place of what a template engine
    /// fills in.
    pub(super) read: &'t str,
    /// The text, where it is a template, with what was masked.
    template: Option<(&'t str, &'t Masked)>,
    /// What all configurations of the text may say together.
    budget: RefCell<Budget>,
}

impl Outer<'_> {
    /// A mapping of the text as the configuration of a job, places and all.
    pub(super) fn mapping(&self, id: NodeId, document: Document) -> Document {
        let budget = &mut self.budget.borrow_mut();
        self.filled(job::read_at(self.tree, &[id], document, budget))
    }

    /// A document read from the tree as one of the text, which may be a template.
    pub(super) fn filled(&self, document: Document) -> Document {
        match self.template {
            Some((text, masked)) => filled_in(document, text, masked),
            None => document,
        }
    }

    /// Whether a template fills in any of a place.
    pub(super) fn fills_in(&self, span: Span) -> bool {
        self.template
            .is_some_and(|(_, masked)| is_filled_in(masked, span))
    }

    /// The comments that speak to flint.
    pub(super) fn comments(&self) -> Vec<Comment> {
        comments(self.read, self.tree)
    }
}

/// Calls `act` with a text that holds more than one configuration.
pub(super) fn with_outer<R>(text: &str, act: impl Fn(&Outer) -> R) -> R {
    let plain = with_tree(text, |tree| {
        let template = !tree.failures.is_empty() && template::is_template(text, tree);
        let outer = Outer {
            tree,
            read: text,
            template: None,
            budget: RefCell::new(Budget::new(text.len())),
        };
        (!template).then(|| act(&outer))
    });
    plain.unwrap_or_else(|| {
        let masked = template::mask(text);
        with_tree(&masked.text, |tree| {
            act(&Outer {
                tree,
                read: &masked.text,
                template: Some((text, &masked)),
                budget: RefCell::new(Budget::new(text.len())),
            })
        })
    })
}

fn with_tree<R>(text: &str, act: impl FnOnce(&Tree) -> R) -> R {
    lenient::with_tree(text, LONG_KEYS, act)
}

fn comments(text: &str, tree: &Tree) -> Vec<Comment> {
    let own_line = |at: Span| {
        text[..at.start as usize]
            .bytes()
            .rev()
            .take_while(|byte| !matches!(byte, b'\n' | b'\r'))
            .all(|byte| matches!(byte, b' ' | b'\t'))
    };
    tree.comments
        .iter()
        .map(|&at| Comment {
            at,
            own_line: own_line(at),
            legal: true,
        })
        .collect()
}

/// From so many generated sections on nothing in a template is known.
const SECTIONS: usize = 1000;

/// Whether an action of a template takes part in a place.
fn is_filled_in(masked: &Masked, span: Span) -> bool {
    let next = masked.holes.partition_point(|hole| hole.end <= span.start);
    let hole = masked.holes.get(next);
    hole.is_some_and(|hole| hole.start < span.end)
}

/// What a template says before it is filled in: nothing in it is wrong, and what an action takes
/// part in is unknown.
fn filled_in(mut document: Document, text: &str, masked: &Masked) -> Document {
    document.complete = false;
    document.editable = false;
    document.problems.clear();
    document.load_error = None;
    let filled = |span: Span| is_filled_in(masked, span);
    let sections = document.sections.iter();
    let sections: Vec<Span> = sections
        .filter(|section| filled(section.key_at))
        .map(|section| section.whole)
        .take(SECTIONS)
        .collect();
    let mut count = std::collections::HashMap::new();
    for setting in &mut document.settings {
        if filled(setting.value_at) {
            setting.known = false;
            let written = &text[setting.value_at.range()];
            let bare = ['"', '\'']
                .iter()
                .find_map(|quote| written.strip_prefix(*quote)?.strip_suffix(*quote));
            bare.unwrap_or(written).clone_into(&mut setting.value);
        }
        if filled(setting.key_at) {
            setting.known = false;
            let quotes = ['"', '\''];
            let own = text[setting.key_at.range()].trim_matches(quotes);
            let read = masked.text[setting.key_at.range()].trim_matches(quotes);
            let parents = setting.key.strip_suffix(read).unwrap_or_default();
            setting.key = format!("{parents}{own}");
        }
        let whole = setting.whole;
        setting.known &= sections.len() < SECTIONS;
        setting.known &= !sections.iter().any(|section| section.contains(whole));
        *count.entry(setting.key.clone()).or_insert(0) += 1;
    }
    // Two branches of a condition: which one stays, the template's values say.
    for setting in &mut document.settings {
        if count.get(&setting.key).is_some_and(|times| *times > 1) {
            setting.known = false;
        }
    }
    document
}

/// Moves all places from the text to the bytes it was decoded from.
fn in_bytes(mut document: Document, decoded: &Decoded) -> Document {
    if decoded.is_utf8() {
        return document;
    }
    let back = |span: &mut Span| *span = decoded.bytes_of(*span);
    for setting in &mut document.settings {
        back(&mut setting.key_at);
        back(&mut setting.value_at);
        back(&mut setting.whole);
    }
    for section in &mut document.sections {
        back(&mut section.key_at);
        back(&mut section.whole);
    }
    for problem in &mut document.problems {
        back(&mut problem.at);
        problem.repair = None;
        for (at, _) in &mut problem.related {
            back(at);
        }
    }
    for comment in &mut document.comments {
        back(&mut comment.at);
    }
    document
}
