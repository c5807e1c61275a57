//! Scripts in Flink's SQL: statements with the exact bytes of what they say.

use super::Document;
use super::code::Text;
use crate::text::Source;

/// What a script says, beside the settings of its documents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script {}

/// Reads a script; nothing when it is written for another system.
pub fn parse(_source: &Source) -> Vec<Document> {
    Vec::new()
}

/// Reads the script that a text of a source is.
pub fn parse_text(_source: &Source, _text: &Text) -> Vec<Document> {
    Vec::new()
}
