//! Scripts in Flink's SQL: statements with the exact bytes of what they say.
//!
//! A script gives one document of its `SET`s and one for each `CREATE TABLE`, whose settings are the
//! options after `WITH`. What rules need beyond settings is in [`Script`]. Nothing is resolved beyond
//! the text: a name that a template fills in is unknown, and so is what a catalog holds.

use super::code::Text;
use super::embed::{Embedding, Holds};
use super::{Document, Format, Layer, Setting, Space};
use crate::text::{Source, Span};

mod clauses;
mod evidence;
mod expressions;
mod queries;
mod script;
mod settings;
mod statements;
mod tables;
mod tokens;
mod write;

pub use evidence::worth_reading;
pub use script::*;
pub use tokens::Kind;
pub(super) use write::{insert, insert_after, remove, rename, set};

/// Reads a script; nothing when it is written for another system.
pub fn parse(source: &Source) -> Vec<Document> {
    let end = source.bytes.len();
    let tokens = tokens::read(&source.bytes, 0, end);
    let read = statements::read(&source.bytes, &tokens);
    if !evidence::is_flinks(&source.bytes, &tokens.all, &read) {
        return Vec::new();
    }
    documents(source, tokens, read)
}

/// Reads what a text of a source says, which is certainly Flink's SQL; nothing where its bytes are not
/// its text. The ordinals begin at 0.
pub fn parse_text(source: &Source, text: &Text) -> Vec<Document> {
    if !text.plain || text.inner.range().end > source.bytes.len() {
        return Vec::new();
    }
    let inner = text.inner.range();
    let tokens = tokens::read(&source.bytes, inner.start, inner.end);
    let read = statements::read(&source.bytes, &tokens);
    let mut documents = documents(source, tokens, read);
    let quote = source.bytes[..inner.start].last().copied().unwrap_or(b'"');
    // Between three quotes lines can be added, between single ones they can't.
    let holds = if text.inner.start - text.at.start >= 3 {
        Holds::Lines
    } else {
        Holds::Quoted(char::from(quote))
    };
    for document in &mut documents {
        let embedding = Embedding::new(source, text.inner, 0, holds);
        document.embedding = Some(Box::new(embedding));
        document.held_at = document.held_at.or(Some(text.at));
        document.comments.clear();
    }
    documents
}

/// What the reader of statements has found.
struct Read {
    script: Script,
    /// The settings in force at the end, in the order of the text.
    sets: Vec<Setting>,
    /// The options of each table.
    options: Vec<Vec<Setting>>,
    /// What only other systems have, or only Flink.
    signs: evidence::Signs,
}

fn documents(source: &Source, tokens: tokens::Tokens, read: Read) -> Vec<Document> {
    let Read {
        script,
        sets,
        options,
        ..
    } = read;
    let mut first = Document::new(source, Format::Sql, Space::Flink, Layer::Sql);
    first.complete = !tokens.has_logic;
    first.editable = !tokens.has_logic;
    first.settings = sets;
    first.comments = tokens.comments;
    let mut documents = vec![first];
    for (table, settings) in script.tables.iter().zip(options) {
        let ordinal = Span::at(documents.len()).start;
        let mut document = Document::new(source, Format::Sql, Space::Table, Layer::Sql);
        document.ordinal = ordinal;
        document.complete = !tokens.has_logic && table.is_known && table.like.is_none();
        document.editable = !tokens.has_logic;
        document.settings = settings;
        document.name = Some(if table.name.is_known() {
            format!("table {}", table.name.parts.join("."))
        } else {
            "table".to_owned()
        });
        document.held_at = Some(table.at);
        documents.push(document);
    }
    documents[0].script = Some(Box::new(script));
    documents
}

/// Reads a text as a script without asking whose it is, for whoever has changed it.
fn reread(source: &Source) -> Vec<Document> {
    let tokens = tokens::read(&source.bytes, 0, source.bytes.len());
    let read = statements::read(&source.bytes, &tokens);
    documents(source, tokens, read)
}
