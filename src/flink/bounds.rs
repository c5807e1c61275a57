//! The bounds that Flink checks when it starts or takes a job. Knows nothing about files.
//!
//! `bounds.tsv` is sorted by key and read line by line, so nothing is built at start. Columns,
//! separated by tabs:
//!
//! | column | holds |
//! |---|---|
//! | key | the option |
//! | versions | the versions that check it |
//! | when | `key=value\|value`: the check only runs when another option has one of these values |
//! | least | the smallest value; with `>` in front the largest one that is too small |
//! | most | the largest value |
//! | also | a value outside of the bounds that Flink takes nevertheless |
//! | shape | `power-of-two` |
//! | stops | what does not start; see [`Stops`] |
//! | says | a part of Flink's own message, where it has one |
//!
//! Every line was run against the released jars (`testdata/syntax/flink-start.jsonl`) or stands in
//! the constructor that throws: `CheckpointConfig`, `HeartbeatManager`, `ConfigurationParserUtils`,
//! `NettyShuffleEnvironmentConfiguration`, `RocksDBConfigurableOptions`, `BufferDebloatConfiguration`,
//! `RestartBackoffTimeStrategy` and its kin, `RetryingRegistrationConfiguration`.

use super::options::{self, ValueKind};
use super::value;
use super::version::Versions;

/// The table; its first line names the columns.
const TABLE: &str = include_str!("bounds.tsv");

/// What does not start when a bound is violated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stops {
    /// The job is refused when it is submitted or started.
    Job,
    /// The `JobManager`.
    JobManager,
    /// The `TaskManager`.
    TaskManager,
    /// `JobManager` and `TaskManager`.
    Cluster,
    /// The client of a native Kubernetes deployment.
    Kubernetes,
}

/// What a value must look like beyond being large or small enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A number, a size or a duration.
    Plain,
    /// A power of two.
    PowerOfTwo,
}

/// One bound of one option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    /// The option.
    pub key: &'static str,
    /// The versions that check it.
    pub versions: Versions,
    /// The option and the values for which the check runs; `None` when it always does.
    pub when: Option<(&'static str, &'static str)>,
    /// What does not start.
    pub stops: Stops,
    /// A part of Flink's own message; empty where it has none.
    pub says: &'static str,
    /// What the value must look like.
    pub shape: Shape,
    least: &'static str,
    most: &'static str,
    also: &'static str,
}

/// Every bound, in the order of the keys.
pub fn all() -> impl Iterator<Item = Bound> {
    TABLE.lines().skip(1).map(Bound::read)
}

/// The bounds of the options that can be set at all, going by which keys `is_set`. Asking the option
/// table for each line of this one would take longer than all else.
pub fn of_set(is_set: impl Fn(&str) -> bool) -> impl Iterator<Item = Bound> {
    let lines = TABLE.lines().skip(1);
    let asked = lines.filter(move |line| is_set(line.split('\t').next().unwrap_or_default()));
    asked.map(Bound::read)
}

/// The bounds of one option.
pub fn of(key: &str) -> impl Iterator<Item = Bound> {
    all()
        .skip_while(move |bound| bound.key < key)
        .take_while(move |bound| bound.key == key)
}

/// The bound that a value violates in every one of `versions`, whatever its condition says.
/// `None` as well for a text that is no value of the option's type.
pub fn violated(key: &str, text: &str, versions: Versions) -> Option<Bound> {
    of(key).find(|bound| bound.is_violated(text, versions))
}

impl Bound {
    fn read(line: &'static str) -> Self {
        let mut columns = line.split('\t');
        let mut column = || columns.next().unwrap_or_default();
        let (key, versions, when, least, most) = (column(), column(), column(), column(), column());
        let (also, shape, stops, says) = (column(), column(), column(), column());
        Bound {
            key,
            versions: Versions::parse(versions).unwrap_or(Versions::NONE),
            when: when.split_once('='),
            stops: match stops {
                "jobmanager" => Stops::JobManager,
                "taskmanager" => Stops::TaskManager,
                "cluster" => Stops::Cluster,
                "kubernetes" => Stops::Kubernetes,
                _ => Stops::Job,
            },
            says,
            shape: match shape {
                "power-of-two" => Shape::PowerOfTwo,
                _ => Shape::Plain,
            },
            least,
            most,
            also,
        }
    }

    /// Whether every one of `versions` refuses a value; false for a text that is no value at all.
    pub fn is_violated(&self, text: &str, versions: Versions) -> bool {
        !versions.is_empty()
            && versions.within(self.versions)
            && versions
                .iter()
                .all(|version| self.is_violated_in(text, version) == Some(true))
    }

    /// `None` where the text is no value of the option's type.
    fn is_violated_in(&self, text: &str, version: Versions) -> Option<bool> {
        let kind = options::kind(self.key, version)?;
        let number = |text: &str| number(kind, text, version);
        let own = number(text)?;
        if !self.also.is_empty() && number(self.also) == Some(own) {
            return Some(false);
        }
        let too_small = match self.least.strip_prefix('>') {
            Some(least) => !number(least).is_some_and(|least| own > least),
            None => !self.least.is_empty() && !number(self.least).is_some_and(|least| own >= least),
        };
        let too_large = !self.most.is_empty() && !number(self.most).is_some_and(|most| own <= most);
        let uneven = self.shape == Shape::PowerOfTwo && !is_power_of_two(own);
        Some(too_small || too_large || uneven)
    }

    /// What Flink takes, in words: `10 ms or more`, `1 to 32768`.
    pub fn accepted(&self) -> String {
        if self.shape == Shape::PowerOfTwo {
            return "powers of two from 4kb to 1gb".to_owned();
        }
        let range = match (self.least.strip_prefix('>'), self.most) {
            (Some(least), _) => format!("more than {least}"),
            (None, "") => format!("{} or more", self.least),
            (None, most) => format!("{} to {most}", self.least),
        };
        match self.also {
            "" => range,
            also => format!("{range}, or {also}"),
        }
    }
}

/// A value as a number for comparison: bytes, seconds, or what it says.
pub fn number(kind: ValueKind, text: &str, version: Versions) -> Option<f64> {
    #[expect(
        clippy::cast_precision_loss,
        reason = "no bound lies where doubles skip whole numbers"
    )]
    Some(match kind {
        ValueKind::MemorySize => value::parse_memory(text).ok()? as f64,
        ValueKind::Duration => value::parse_duration(text, version).ok()?.as_secs_f64(),
        ValueKind::Integer => value::parse_integer(text).ok()?.into(),
        ValueKind::Long => value::parse_long(text).ok()? as f64,
        ValueKind::Float => value::parse_float(text).ok()?.into(),
        ValueKind::Double => value::parse_double(text).ok()?,
        _ => return None,
    })
}

/// Whether a number is 2 to a whole power: nothing but zeros in its mantissa. A logarithm would tell as
/// well, and make every start of flint load the mathematics library.
fn is_power_of_two(number: f64) -> bool {
    number > 0.0 && number.to_bits().trailing_zeros() >= f64::MANTISSA_DIGITS - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(key: &str, text: &str, versions: &str) -> bool {
        let versions = Versions::parse(versions).expect("a version of the test");
        violated(key, text, versions).is_some()
    }

    #[test]
    fn the_table_is_sorted_and_names_options() {
        assert!(all().is_sorted_by_key(|bound| bound.key));
        for bound in all() {
            let known = options::known_in(bound.key);
            assert!(bound.versions.within(known), "{}", bound.key);
            assert!(!bound.least.is_empty(), "{}", bound.key);
            if let Some((key, _)) = bound.when {
                assert!(options::is_option(key), "{key}");
            }
            // `of_set` asks for this one spelling.
            let mut aliases = options::meanings(bound.key).flat_map(|spec| spec.aliases());
            assert!(aliases.next().is_none(), "{}", bound.key);
            // A bound that is no value of the option's type would refuse everything.
            for version in bound.versions.iter() {
                let kind = options::kind(bound.key, version).expect("an option of this version");
                let least = bound.least.trim_start_matches('>');
                for text in [least, bound.most, bound.also] {
                    let fine = text.is_empty() || number(kind, text, version).is_some();
                    assert!(fine, "{} {text}", bound.key);
                }
            }
        }
    }

    #[test]
    fn defaults_lie_inside_of_the_bounds() {
        for bound in all() {
            for version in bound.versions.iter() {
                if let Some(default) = options::default(bound.key, version)
                    // `-1` stands for "not set" there; written out it is refused.
                    && bound.key != "pipeline.max-parallelism"
                {
                    assert!(
                        !bound.is_violated(default, version),
                        "{} {default}",
                        bound.key
                    );
                }
            }
        }
    }

    #[test]
    fn bounds_hold_as_measured() {
        assert!(refused(
            "execution.checkpointing.interval",
            "9 ms",
            "1.13.."
        ));
        assert!(!refused("execution.checkpointing.interval", "10", "1.13.."));
        assert!(refused("parallelism.default", "0", "1.13.."));
        assert!(!refused("parallelism.default", "-1", "1.13.."));
        assert!(refused("pipeline.max-parallelism", "32769", "1.20"));
        assert!(refused("taskmanager.memory.segment-size", "33kb", "2.0"));
        assert!(refused("taskmanager.memory.segment-size", "2gb", "2.0"));
        assert!(!refused("taskmanager.memory.segment-size", "64kb", "2.0"));
        // Only where all versions refuse it.
        assert!(!refused("taskmanager.memory.min-segment-size", "0", "1.14"));
        assert!(!refused(
            "taskmanager.memory.min-segment-size",
            "0",
            "1.14..1.20"
        ));
        assert!(refused(
            "taskmanager.memory.min-segment-size",
            "0",
            "1.15.."
        ));
        assert!(refused(
            "state.backend.rocksdb.restore-overlap-fraction-threshold",
            "NaN",
            "1.16.."
        ));
        // What is no number is not out of range.
        assert!(!refused("parallelism.default", "many", "1.20"));
    }

    #[test]
    fn bounds_are_said_in_words() {
        let words = |key: &str| {
            all()
                .find(|bound| bound.key == key)
                .map(|bound| bound.accepted())
        };
        let is = |key, text: &str| assert_eq!(words(key).as_deref(), Some(text));
        is("execution.checkpointing.interval", "10 ms or more");
        is("pipeline.max-parallelism", "1 to 32768");
        is("parallelism.default", "1 or more, or -1");
        is("heartbeat.interval", "more than 0");
    }
}
