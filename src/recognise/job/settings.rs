//! Options that code sets.

use crate::syntax::Setting;
use crate::syntax::code::Code;
use crate::text::Source;

/// What a source sets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The options, in the order of the file.
    pub settings: Vec<Setting>,
    /// Whether these are certainly all.
    pub complete: bool,
}

/// The options that a source sets on its environment.
pub fn settings(_code: &Code, _source: &Source) -> Found {
    Found::default()
}
