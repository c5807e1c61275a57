//! Flink's value grammar: what each type accepts and what it makes of a text.
//!
//! Parsers take the text that Flink's `Configuration` holds, after the file's own grammar: in
//! `config.yaml` a plain `0x10` has already become `16`. Lists and maps in YAML form are not read
//! here; what Flink falls back to when a text is no YAML is ([`parse_list_legacy`]).
//!
//! Sources: `MemorySize.parseBytes`, `TimeUtils.parseDuration`, `ConfigurationUtils.convertTo*`,
//! `StructuredOptionsSplitter`, each run with real jars (`testdata/syntax/flink-values.jsonl`).

mod duration;
mod list;
mod memory;
mod number;
mod order;

pub use duration::{parse_duration, show_duration};
pub use list::{parse_list_legacy, parse_map_legacy};
pub use memory::{GIB, MIB, parse_memory, show_memory, write_memory};
pub use number::{parse_double, parse_float, parse_integer, parse_long};
pub use order::{has_amount, order, refusal};

use super::version::Versions;
use crate::words::distance;

/// Why Flink refuses a value, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// No memory size.
    #[error("`{text}` is no memory size: {fault}{}", advice(.instead.as_deref()))]
    Memory {
        /// The value.
        text: String,
        /// What is wrong with it.
        fault: Fault,
        /// What was evidently meant, in Flink's grammar.
        instead: Option<String>,
    },
    /// No duration in some of the versions asked for.
    #[error("`{text}` is no duration{}: {fault}{}", in_versions(*.refused), advice(.instead.as_deref()))]
    Duration {
        /// The value.
        text: String,
        /// What is wrong with it.
        fault: Fault,
        /// Those of the versions asked for that refuse it.
        refused: Versions,
        /// What was evidently meant, in the grammar of every version.
        instead: Option<String>,
    },
    /// No boolean.
    #[error("`{text}` is no boolean: Flink takes `true` or `false`{}", advice(*.instead))]
    Boolean {
        /// The value.
        text: String,
        /// What was evidently meant.
        instead: Option<&'static str>,
    },
    /// No whole number, or one that does not fit.
    #[error("`{text}` is no whole number from {least} to {most}{}", advice(.instead.as_deref()))]
    Whole {
        /// The value.
        text: String,
        /// The smallest number that fits.
        least: i64,
        /// The largest number that fits.
        most: i64,
        /// What was evidently meant.
        instead: Option<String>,
    },
    /// No decimal number.
    #[error("`{text}` is no number; write digits with a point, such as `0.4`{}", advice(.instead.as_deref()))]
    Decimal {
        /// The value.
        text: String,
        /// What was evidently meant.
        instead: Option<String>,
    },
    /// None of an enum's names.
    #[error("`{text}` is none of the accepted values: {accepted}{}", advice(.instead.as_deref()))]
    Enum {
        /// The value.
        text: String,
        /// The accepted names, each in backquotes, with commas between them.
        accepted: String,
        /// What was evidently meant.
        instead: Option<String>,
    },
    /// None of the names of an option that has names without being an enum.
    #[error("`{text}` is none of the names {accepted}{}{}", class(*.or_class), advice(.instead.as_deref()))]
    Name {
        /// The value.
        text: String,
        /// The accepted names, each in backquotes, with commas between them.
        accepted: String,
        /// Whether the option takes any other text as a class to load.
        or_class: bool,
        /// What was evidently meant.
        instead: Option<String>,
        /// Whether it can mean nothing else.
        certain: bool,
    },
    /// A class of Flink that other versions have.
    #[error("there is no class `{text}`")]
    NoClass {
        /// The value.
        text: String,
    },
    /// No ports.
    #[error("`{text}` holds no ports from 0 to 65535, such as `6122`, `6122,6123` or `6122-6130`")]
    Ports {
        /// The value.
        text: String,
    },
    /// A quote that is opened and not closed.
    #[error(
        "a quoted item is not closed in `{text}`; write the closing quote, or double a quote that belongs to the text"
    )]
    OpenQuote {
        /// The whole value.
        text: String,
    },
    /// Text directly after a closing quote.
    #[error(
        "text follows a closing quote in `{text}`, at character {at}; quote the whole item, or none of it"
    )]
    TextAfterQuote {
        /// The whole value.
        text: String,
        /// Where, counted from 1.
        at: usize,
    },
    /// An item of a map that is no pair.
    #[error("`{item}` is no `key:value` pair; quote values that hold `:` or `,`")]
    NoPair {
        /// The item.
        item: String,
    },
    /// A key that a map holds twice.
    #[error("the map has the key `{key}` twice")]
    DuplicateKey {
        /// The key.
        key: String,
    },
}

impl ValueError {
    /// What to write instead, where the text has one reading.
    pub fn instead(&self) -> Option<&str> {
        match self {
            ValueError::Memory { instead, .. }
            | ValueError::Duration { instead, .. }
            | ValueError::Whole { instead, .. }
            | ValueError::Decimal { instead, .. }
            | ValueError::Enum { instead, .. }
            | ValueError::Name { instead, .. } => instead.as_deref(),
            ValueError::Boolean { instead, .. } => *instead,
            _ => None,
        }
    }

    /// Whether [`Self::instead`] is the only thing that the text can mean.
    pub fn is_certain(&self) -> bool {
        let Some(instead) = self.instead() else {
            return false;
        };
        match self {
            ValueError::Name { certain, .. } => *certain,
            // A letter more or less may be another word; `1,5` and `40%` may be meant otherwise.
            ValueError::Enum { text, .. } => same_letters(text, instead),
            ValueError::Decimal { text, .. } => unquoted(text) == instead,
            _ => true,
        }
    }

    /// The error without the advice at its end.
    #[must_use]
    pub fn plain(&self) -> String {
        let text = self.to_string();
        let advice = advice(self.instead());
        text.strip_suffix(&advice).unwrap_or(&text).to_owned()
    }
}

/// What is wrong with a number that has a unit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Nothing but blanks.
    #[error("it is empty")]
    Empty,
    /// No digit at the start; quotes and signs are part of the text.
    #[error("it does not start with a digit")]
    NoNumber,
    /// The number has decimals.
    #[error("the number must be whole")]
    Decimals,
    /// The text behind the number is no unit of a memory size.
    #[error("`{0}` is none of the units b, kb, mb, gb, tb")]
    MemoryUnit(String),
    /// The text behind the number is no unit of a duration.
    #[error("`{0}` is none of the units ns, µs, ms, s, min, h, d")]
    TimeUnit(String),
    /// More than Flink can hold.
    #[error("it is too large")]
    TooLarge,
}

/// The tail of a message that says what to write.
fn advice(instead: Option<&str>) -> String {
    instead.map_or(String::new(), |text| format!("; write `{text}`"))
}

/// What an option does with a text that is none of its names.
fn class(or_class: bool) -> &'static str {
    if or_class { ", and no class name" } else { "" }
}

/// Whether two texts differ only in case and in what stands between letters and digits.
pub(super) fn same_letters(one: &str, other: &str) -> bool {
    letters(one) == letters(other)
}

/// The letters and digits of a text in lower case.
fn letters(text: &str) -> String {
    let kept = text.chars().filter(|c| c.is_alphanumeric());
    kept.flat_map(char::to_lowercase).collect()
}

/// The part of a message that says where a value is refused.
fn in_versions(refused: Versions) -> String {
    if refused == Versions::ALL || refused.is_empty() {
        String::new()
    } else {
        format!(" in Flink {refused}")
    }
}

/// Java's `String.trim`: everything up to U+0020 goes, other blanks stay.
fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c <= ' ')
}

/// Digits at the start, and the unit behind them, trimmed and in lower case.
fn number_and_unit(trimmed: &str) -> (&str, String) {
    let digits = trimmed.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = trimmed.split_at(digits);
    (number, trim(unit).to_lowercase())
}

/// A text without blanks around it and without one pair of quotes.
fn unquoted(text: &str) -> &str {
    let text = text.trim();
    ['"', '\'', '`']
        .into_iter()
        .find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote))
        .map_or(text, str::trim)
}

/// The sum of numbers with units, decimals allowed, as `1h30m` or `1.5g`. `None` where anything
/// is unclear: a unit that `factor` does not know, a number without unit, a rest.
fn sum_of_units(text: &str, factor: impl Fn(&str) -> Option<u128>) -> Option<u128> {
    let mut rest = text;
    let mut sum: u128 = 0;
    while !rest.is_empty() {
        let number_ends = rest.find(|c: char| !matches!(c, '0'..='9' | '.' | '_'))?;
        let (number, behind) = rest.split_at(number_ends);
        let behind = behind.trim_start();
        let unit_ends = behind
            .find(|c: char| c.is_ascii_digit() || c.is_whitespace())
            .unwrap_or(behind.len());
        let (unit, behind) = behind.split_at(unit_ends);
        let number = number.replace('_', "");
        let (whole, decimals) = number.split_once('.').unwrap_or((&number, ""));
        let scale = 10_u128.checked_pow(u32::try_from(decimals.len()).ok()?)?;
        let scaled = format!("{whole}{decimals}").parse::<u128>().ok()?;
        let product = scaled.checked_mul(factor(&unit.to_lowercase())?)?;
        if !product.is_multiple_of(scale) {
            return None;
        }
        sum = sum.checked_add(product / scale)?;
        rest = behind.trim_start();
    }
    (!text.is_empty()).then_some(sum)
}

/// A boolean (`ConfigurationUtils.convertToBoolean`): `true` or `false` in any case, untrimmed.
pub fn parse_boolean(text: &str) -> Result<bool, ValueError> {
    match text.to_uppercase().as_str() {
        "TRUE" => Ok(true),
        "FALSE" => Ok(false),
        _ => Err(ValueError::Boolean {
            text: text.to_owned(),
            instead: match unquoted(text).to_lowercase().as_str() {
                "true" | "yes" | "on" | "y" | "t" | "1" | "enabled" => Some("true"),
                "false" | "no" | "off" | "n" | "f" | "0" | "disabled" => Some("false"),
                _ => None,
            },
        }),
    }
}

/// The name of an enum that a text stands for (`ConfigurationUtils.convertToEnum`): equal apart
/// from case, untrimmed; `-` and `_` differ. `names` are the texts Flink compares with.
pub fn parse_enum<'n>(
    text: &str,
    names: impl IntoIterator<Item = &'n str>,
) -> Result<&'n str, ValueError> {
    let names: Vec<&str> = names.into_iter().collect();
    let upper = text.to_uppercase();
    if let Some(name) = names.iter().find(|name| name.to_uppercase() == upper) {
        return Ok(name);
    }
    let wanted = letters(text);
    let close = |name: &&&str| {
        let limit = usize::from(wanted.len() > 3);
        distance(&wanted, &letters(name), limit).is_some()
    };
    let mut candidates = names.iter().filter(close);
    let instead = candidates.next().filter(|_| candidates.next().is_none());
    let accepted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    Err(ValueError::Enum {
        text: text.to_owned(),
        accepted: accepted.join(", "),
        instead: instead.map(|name| (*name).to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_say_what_would_be_right() {
        assert_eq!(
            parse_memory("64mib").unwrap_err().to_string(),
            "`64mib` is no memory size: `mib` is none of the units b, kb, mb, gb, tb; write `64m`"
        );
        assert_eq!(
            parse_boolean("yes").unwrap_err().to_string(),
            "`yes` is no boolean: Flink takes `true` or `false`; write `true`"
        );
        assert_eq!(
            parse_enum("exactly-once", ["EXACTLY_ONCE", "AT_LEAST_ONCE"])
                .unwrap_err()
                .to_string(),
            "`exactly-once` is none of the accepted values: `EXACTLY_ONCE`, `AT_LEAST_ONCE`; \
             write `EXACTLY_ONCE`"
        );
    }
}
