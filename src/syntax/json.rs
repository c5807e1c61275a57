//! JSON of a job, read as the YAML that it is, written as JSON.

use super::yaml::spell::Dialect;
use super::yaml::{job_of, write};
use super::{Document, Format, Setting};
use crate::text::{Edit, Source};

/// Reads a source: dotted keys for nesting, `key[0]` for list items, values as written.
pub fn parse(source: &Source) -> Document {
    job_of(source, Format::Json)
}

/// Replaces a value: text stays in quotes, numbers and booleans stay bare.
pub(super) fn set(source: &Source, setting: &Setting, value: &str) -> Option<Edit> {
    write::set(source, Dialect::Json, setting, value)
}

/// Replaces the last part of a key.
pub(super) fn rename(source: &Source, setting: &Setting, key: &str) -> Option<Edit> {
    write::rename(source, Dialect::Json, setting, key)
}

/// An entry at the end of the top-level object, its key in one piece.
pub(super) fn insert(
    source: &Source,
    _document: &Document,
    key: &str,
    value: &str,
) -> Option<Edit> {
    write::insert(source, Dialect::Json, key, value)
}

/// An entry after the sibling, with its comma and on a line of its own if the sibling has one.
pub(super) fn insert_after(
    source: &Source,
    sibling: &Setting,
    key: &str,
    value: &str,
) -> Option<Edit> {
    write::insert_after(source, Dialect::Json, sibling, key, value)
}

/// Deletes an entry with its comma.
pub(super) fn remove(source: &Source, setting: &Setting) -> Option<Edit> {
    write::remove(source, setting)
}
