//! What both processes share: which sizes decide, and JVM metaspace and overhead around Flink's memory.

use super::arithmetic::{sum, times};
use super::failure::{Failure, Refused};
use super::options::{Inputs, Key};
use super::reader::Reader;
use super::{Mode, Part, Why};
use crate::flink::version::Versions;

/// Names that the numbers of a failure have.
const PROCESS: &str = "process";
/// The same, of both processes.
pub(super) const FLINK: &str = "Flink memory";
const METASPACE: &str = "JVM metaspace";
const OVERHEAD: &str = "JVM overhead";

/// The options of one process.
#[derive(Clone, Copy, Debug)]
pub(super) struct Keys {
    /// The sizes that, all set, decide everything.
    pub(super) fine: &'static [Key],
    pub(super) flink: Key,
    pub(super) process: Key,
    pub(super) metaspace: Key,
    pub(super) overhead: Range,
    /// The sizes of the heap that 1.10 replaced, and what they stand for in standalone mode.
    pub(super) legacy: [Key; 2],
    pub(super) legacy_for: Key,
}

/// The options of a size that is a fraction within limits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Range {
    pub(super) least: Option<Key>,
    pub(super) most: Option<Key>,
    pub(super) fraction: Key,
}

/// A fraction with its limits, read and checked (`RangeFraction`).
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) least: Part,
    pub(super) most: Part,
    pub(super) fraction: f64,
    key: &'static str,
    set: bool,
}

impl Limits {
    pub(super) fn read(reader: &Reader, range: Range) -> Result<Self, Refused> {
        let bound = |key: Option<Key>, otherwise: u64| match key {
            Some(key) => reader.size(key),
            None => Ok(Part::new(otherwise, Why::Default, None, false)),
        };
        let least = bound(range.least, 0)?;
        let most = bound(range.most, super::MOST)?;
        let (fraction, key, set) = reader.fraction(range.fraction)?;
        if least.bytes > most.bytes || !(0.0..1.0).contains(&fraction) {
            return Err(Failure::Range {
                key: range.fraction,
                fraction,
            }
            .of([("least", least), ("most", most)]));
        }
        Ok(Limits {
            least,
            most,
            fraction,
            key,
            set,
        })
    }

    /// The fraction of `base`, within the limits.
    pub(super) fn of(&self, base: u64) -> Result<Part, Refused> {
        Ok(self.clamped(times(base, self.fraction)?, base))
    }

    /// So much that it is this fraction of `base` and itself together, within the limits.
    pub(super) fn beside(&self, base: u64) -> Result<Part, Refused> {
        let part = self.clamped(times(base, self.fraction / (1.0 - self.fraction))?, base);
        Ok(match part.why {
            Why::Fraction { fraction, of } => Part {
                why: Why::Fraction {
                    fraction,
                    of: of.saturating_add(part.bytes),
                },
                ..part
            },
            _ => part,
        })
    }

    /// Whether so many bytes are within the limits.
    pub(super) fn hold(&self, bytes: u64) -> bool {
        (self.least.bytes..=self.most.bytes).contains(&bytes)
    }

    /// What a fraction of so many bytes gave, or the limit that it passes.
    fn clamped(&self, derived: u64, of: u64) -> Part {
        let at = |limit: &Part, why: Why| Part { why, ..*limit };
        if derived > self.most.bytes {
            at(&self.most, Why::Most { derived })
        } else if derived < self.least.bytes {
            at(&self.least, Why::Least { derived })
        } else {
            let fraction = self.fraction;
            Part::new(
                derived,
                Why::Fraction { fraction, of },
                Some(self.key),
                self.set,
            )
        }
    }
}

/// The size from which all others come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    Fine,
    Flink,
    Process,
}

impl Keys {
    /// The settings, with the old size of the heap in its new place.
    pub(super) fn reader<'i, 't>(
        &self,
        inputs: &'i Inputs<'t>,
        version: Versions,
        mode: Mode,
    ) -> Result<Reader<'i, 't>, Refused> {
        let mut reader = Reader {
            inputs,
            version,
            legacy: None,
        };
        let stands_for = match mode {
            Mode::Standalone => self.legacy_for,
            Mode::Container => self.process,
            Mode::Direct => return Ok(reader),
        };
        if reader.has(stands_for) {
            return Ok(reader);
        }
        let [size, megabytes] = self.legacy;
        let part = |bytes, key: Key| Part::new(bytes, Why::Legacy, Some(key.name()), true);
        if reader.has(size) {
            let bytes = reader.size(size)?.bytes;
            reader.legacy = Some((stands_for, part(bytes, size)));
        } else if reader.has(megabytes) {
            let number = reader.number(megabytes)?;
            let bytes = u64::try_from(number);
            let bytes =
                bytes.map_err(|_| Refused::from(Failure::LegacyHeap { megabytes: number }))?;
            reader.legacy = Some((stands_for, part(bytes << 20, megabytes)));
        }
        Ok(reader)
    }

    /// Which size the others come from. What is set and less telling has to agree with them.
    pub(super) fn start(&self, reader: &Reader) -> Result<Start, Refused> {
        if self.fine.iter().all(|key| reader.has(*key)) {
            Ok(Start::Fine)
        } else if reader.has(self.flink) {
            Ok(Start::Flink)
        } else if reader.has(self.process) {
            Ok(Start::Process)
        } else {
            Err(Failure::NotConfigured.into())
        }
    }

    /// Metaspace and overhead of a process of known size, and what they leave for Flink.
    pub(super) fn within_process(
        &self,
        reader: &Reader,
    ) -> Result<(Part, Part, Part, Part), Refused> {
        let process = reader.size(self.process)?;
        let metaspace = reader.size(self.metaspace)?;
        let overhead = Limits::read(reader, self.overhead)?.of(process.bytes)?;
        let jvm = sum([metaspace.bytes, overhead.bytes])?;
        let Some(flink) = process.bytes.checked_sub(jvm) else {
            return Err(Failure::JvmAboveProcess.of([
                (METASPACE, metaspace),
                (OVERHEAD, overhead),
                (PROCESS, process),
            ]));
        };
        Ok((process, metaspace, overhead, Part::rest(flink)))
    }

    /// Metaspace, overhead and process around Flink's memory.
    pub(super) fn around_flink(
        &self,
        reader: &Reader,
        flink: Part,
    ) -> Result<(Part, Part, Part), Refused> {
        let metaspace = reader.size(self.metaspace)?;
        let inner = sum([flink.bytes, metaspace.bytes])?;
        if !reader.has(self.process) {
            let overhead = Limits::read(reader, self.overhead)?.beside(inner)?;
            let process = Part::sum(sum([inner, overhead.bytes])?);
            return Ok((metaspace, overhead, process));
        }
        let process = reader.size(self.process)?;
        let Some(rest) = process.bytes.checked_sub(inner) else {
            return Err(Failure::ProcessTooSmall.of([
                (PROCESS, process),
                (FLINK, flink),
                (METASPACE, metaspace),
            ]));
        };
        let overhead = Part::rest(rest);
        let limits = Limits::read(reader, self.overhead)?;
        if !limits.hold(rest) {
            return Err(Failure::Overhead.of([
                (OVERHEAD, overhead),
                ("least JVM overhead", limits.least),
                ("most JVM overhead", limits.most),
                (PROCESS, process),
                (FLINK, flink),
                (METASPACE, metaspace),
            ]));
        }
        Ok((metaspace, overhead, process))
    }
}
