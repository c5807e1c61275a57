//! The settings of one process, read as their types when the model asks for them: what Flink does not
//! read, it does not complain about.

use super::failure::{Failure, Refused};
use super::options::{Given, Inputs, Key, Preset};
use super::{Part, Why};
use crate::flink::value::{parse_boolean, parse_double, parse_float, parse_integer, parse_memory};
use crate::flink::version::Versions;

/// The settings of one process in one version, read as their types.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'i, 't> {
    pub(super) inputs: &'i Inputs<'t>,
    pub(super) version: Versions,
    /// What stands in for one size that is not set: the old size of the heap.
    pub(super) legacy: Option<(Key, Part)>,
}

impl Reader<'_, '_> {
    /// Whether an option is set, under any of its keys.
    pub(super) fn has(&self, key: Key) -> bool {
        self.legacy.is_some_and(|(own, _)| own == key)
            || self.inputs.given(key, self.version).is_some()
    }

    /// A size (`ProcessMemoryUtils.getMemorySizeFromConfig`).
    pub(super) fn size(&self, key: Key) -> Result<Part, Refused> {
        if let Some((_, part)) = self.legacy.filter(|(own, _)| *own == key) {
            return Ok(part);
        }
        match self.inputs.given(key, self.version) {
            Some(given) => match parse_memory(given.text) {
                Ok(bytes) => Ok(Part::new(bytes, Why::Set, Some(given.key), true)),
                Err(_) => Err(Failure::NoSize { key }.into()),
            },
            None => match Inputs::preset(key, self.version) {
                Preset::Bytes(bytes) => Ok(Part::new(bytes, Why::Default, Some(key.name()), false)),
                _ => Err(Failure::NoSize { key }.into()),
            },
        }
    }

    fn unparsable(given: Given, key: Key) -> Refused {
        Failure::NoValue {
            key,
            text: given.text.to_owned(),
        }
        .into()
    }

    /// A fraction, widened as Java does, with the key that says it.
    pub(super) fn fraction(&self, key: Key) -> Result<(f64, &'static str, bool), Refused> {
        match self.inputs.given(key, self.version) {
            Some(given) => match parse_float(given.text) {
                Ok(fraction) => Ok((f64::from(fraction), given.key, true)),
                Err(_) => Err(Self::unparsable(given, key)),
            },
            None => match key.spec().preset {
                Preset::Fraction(fraction) => Ok((f64::from(fraction), key.name(), false)),
                _ => Ok((0.0, key.name(), false)),
            },
        }
    }

    /// A whole number; the default where it has none.
    pub(super) fn number(&self, key: Key) -> Result<i32, Refused> {
        match self.inputs.given(key, self.version) {
            Some(given) => parse_integer(given.text).map_err(|_| Self::unparsable(given, key)),
            None => Ok(match key.spec().preset {
                Preset::Number(number) => number,
                _ => 0,
            }),
        }
    }

    /// A decimal number, when set.
    pub(super) fn decimal(&self, key: Key) -> Result<Option<f64>, Refused> {
        let given = self.inputs.given(key, self.version);
        given
            .map(|given| parse_double(given.text).map_err(|_| Self::unparsable(given, key)))
            .transpose()
    }

    /// A boolean.
    pub(super) fn switch(&self, key: Key) -> Result<bool, Refused> {
        match self.inputs.given(key, self.version) {
            Some(given) => parse_boolean(given.text).map_err(|_| Self::unparsable(given, key)),
            None => Ok(key.spec().preset == Preset::Switch(true)),
        }
    }

    /// The size of a network buffer. Flink reads it as any other option: its text is in the exception.
    pub(super) fn bytes_of_segment(&self) -> Result<u64, Refused> {
        let key = Key::SegmentSize;
        match self.inputs.given(key, self.version) {
            Some(given) => parse_memory(given.text).map_err(|_| Self::unparsable(given, key)),
            None => Ok(match key.spec().preset {
                Preset::Bytes(bytes) => bytes,
                _ => 0,
            }),
        }
    }
}
