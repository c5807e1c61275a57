//! `flink-conf.yaml` as `config.yaml`: the same settings with the same values, in YAML. Text in, text
//! or reasons out; knows nothing of files.
//!
//! What is written is read again by the reader of `config.yaml` before it is given out, so that a
//! setting that would be lost or read differently is a refusal and never a surprise.

use std::collections::HashMap;

use self::lines::{Entry, Line, OldFile, Part};
use crate::flink::options;
use crate::flink::version::Versions;
use crate::syntax::{Document, yaml};
use crate::text::{Source, SourceId};

mod layout;
mod lines;
mod values;

/// How the keys of the new file stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Keys with the same first parts below one another, in the order in which they first appear.
    Nested,
    /// Dotted keys in the order of the old file.
    Flat,
}

/// Something to know about one line of the old file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// Line of the old file, from 1.
    pub line: usize,
    /// What there is to know, lower case, no final dot. Holds no values: they may be secrets.
    pub message: String,
}

impl Remark {
    fn new(line: usize, message: impl Into<String>) -> Self {
        Remark {
            line,
            message: message.into(),
        }
    }
}

/// A new file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migrated {
    /// Its text.
    pub text: String,
    /// How many settings it holds.
    pub settings: usize,
    /// What is not as it was, or not as its author may think, by line.
    pub notes: Vec<Remark>,
}

/// Why there is no new file: every reason, by line.
pub type Refused = Vec<Remark>;

/// Writes the settings of a `flink-conf.yaml` as `config.yaml` for `target`: versions of which each
/// reads `config.yaml`.
pub fn migrate(source: &Source, target: Versions, layout: Layout) -> Result<Migrated, Refused> {
    let OldFile {
        lines,
        mut notes,
        line_break,
    } = lines::read(source)?;
    let mut entries: Vec<Entry> = Vec::new();
    let mut parts = Vec::new();
    for line in lines {
        match line {
            Line::Setting(entry) => {
                parts.push(Part::Setting(entries.len()));
                entries.push(entry);
            }
            Line::Remark(comment) => parts.push(Part::Remark(comment)),
        }
    }
    let mut refused = Vec::new();
    for entry in &mut entries {
        match values::spell(entry, target) {
            Ok(note) => notes.extend(note.map(|message| Remark::new(entry.line, message))),
            Err(message) => refused.push(Remark::new(entry.line, message)),
        }
    }
    if !refused.is_empty() {
        return Err(refused);
    }
    let text = layout::write(&entries, parts, layout, line_break);
    if let Some(difference) = difference(&entries, &text) {
        return Err(vec![difference]);
    }
    notes.extend(entries.iter().filter_map(|entry| ignored(entry, target)));
    notes.sort_by(|a, b| (a.line, &a.message).cmp(&(b.line, &b.message)));
    Ok(Migrated {
        text,
        settings: entries.len(),
        notes,
    })
}

/// What becomes of a key that no version of `target` knows.
fn ignored(entry: &Entry, target: Versions) -> Option<Remark> {
    let key = &entry.key;
    if options::is_known(key, target) {
        return None;
    }
    let message = if options::is_option(key) {
        format!("Flink {target} has no option `{key}` and ignores it")
    } else {
        format!("`{key}` is no option of Flink that flint knows; it is carried over as it is")
    };
    Some(Remark::new(entry.line, message))
}

/// Where the new text, as Flink reads it, does not say what the settings say.
fn difference(entries: &[Entry], text: &str) -> Option<Remark> {
    let source = Source::new(SourceId(0), "config.yaml", text);
    let document: Document = yaml::parse_config(&source);
    let bug = |line, what: &str| {
        let message = format!("{what}; this is a mistake of flint, please report it");
        Some(Remark::new(line, message))
    };
    if let Some(problem) = document.load_error() {
        return bug(
            0,
            &format!("Flink would not load the result: {}", problem.message),
        );
    }
    let mut read = HashMap::new();
    for setting in &document.settings {
        if read.insert(setting.key.as_str(), setting).is_some() {
            return bug(0, &format!("the result holds `{}` twice", setting.key));
        }
    }
    for entry in entries {
        match read.remove(entry.key.as_str()) {
            Some(setting) if setting.value == entry.value => {}
            Some(_) => {
                return bug(
                    entry.line,
                    &format!("`{}` would read differently", entry.key),
                );
            }
            None => return bug(entry.line, &format!("`{}` would be lost", entry.key)),
        }
    }
    let more = read.keys().min()?;
    bug(0, &format!("the result would hold `{more}`, too"))
}
