//! JSON of a job: read as the YAML that it is, and written by `yaml` in JSON's own spelling.

use super::yaml::job_of;
use super::{Document, Format};
use crate::text::Source;

/// Reads a source: dotted keys for nesting, `key[0]` for list items, values as written.
pub fn parse(source: &Source) -> Document {
    job_of(source, Format::Json)
}
