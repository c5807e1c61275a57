//! Words and amounts as people write them in their own configuration files: `allowedLatenessMs`,
//! `out_of_orderness`, `5 min`, `PT30S`; and which word a misspelt one was. Nothing about Flink or any
//! format.

use std::borrow::Cow;
use std::io;

/// The lower-case words of a dotted key in any case style.
///
/// `job.windowSizeMs` gives `job window size ms`; indices of lists are left out.
pub fn of_key(key: &str) -> Vec<String> {
    let mut words = Vec::new();
    for part in key.split('.') {
        let part = part.split('[').next().unwrap_or(part);
        of_part(part, &mut words);
    }
    words
}

fn of_part(part: &str, words: &mut Vec<String>) {
    let mut word = String::new();
    let chars: Vec<char> = part.chars().collect();
    for (index, &c) in chars.iter().enumerate() {
        if !c.is_alphanumeric() {
            if !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            continue;
        }
        // A capital starts a word after a small letter, or before one at the end of an acronym.
        let after_small =
            index > 0 && (chars[index - 1].is_lowercase() || chars[index - 1].is_numeric());
        let before_small = chars.get(index + 1).is_some_and(|next| next.is_lowercase());
        if c.is_uppercase() && !word.is_empty() && (after_small || before_small) {
            words.push(std::mem::take(&mut word));
        }
        word.extend(c.to_lowercase());
    }
    if !word.is_empty() {
        words.push(word);
    }
}

/// How the words of one name are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CaseStyle {
    /// `allowed-lateness`
    Kebab,
    /// `allowed_lateness`
    Snake,
    /// `ALLOWED_LATENESS`
    UpperSnake,
    /// `allowedLateness`
    Camel,
    /// `AllowedLateness`
    Pascal,
}

impl CaseStyle {
    /// The style of a name; `None` for one lower-case word, which fits all.
    pub fn of(name: &str) -> Option<Self> {
        let has = |test: fn(char) -> bool| name.chars().any(test);
        if name.contains('_') {
            Some(if has(char::is_lowercase) {
                CaseStyle::Snake
            } else {
                CaseStyle::UpperSnake
            })
        } else if name.contains('-') {
            Some(CaseStyle::Kebab)
        } else if name.starts_with(char::is_uppercase) {
            has(char::is_lowercase).then_some(CaseStyle::Pascal)
        } else if has(char::is_uppercase) {
            Some(CaseStyle::Camel)
        } else {
            None
        }
    }

    /// Joins words in this style.
    pub fn join(self, words: &[&str]) -> String {
        let capital = |word: &str| {
            let mut chars = word.chars();
            chars.next().map_or_else(String::new, |first| {
                first.to_uppercase().chain(chars).collect()
            })
        };
        match self {
            CaseStyle::Kebab => words.join("-"),
            CaseStyle::Snake => words.join("_"),
            CaseStyle::UpperSnake => words.join("_").to_uppercase(),
            CaseStyle::Pascal => words.iter().map(|word| capital(word)).collect(),
            CaseStyle::Camel => words
                .iter()
                .enumerate()
                .map(|(index, word)| {
                    if index == 0 {
                        (*word).to_owned()
                    } else {
                        capital(word)
                    }
                })
                .collect(),
        }
    }
}

/// A number with the unit that stands beside it, as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amount {
    /// The whole number.
    pub number: u64,
    /// What stands between number and unit.
    pub blank: String,
    /// The unit as written; empty for a bare number.
    pub unit: String,
    /// Whether it is an ISO-8601 duration of one part (`PT5M`).
    pub iso: bool,
}

impl Amount {
    /// Reads `60`, `60s`, `5 min`, `PT5M`; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(iso) = text.strip_prefix("PT").or_else(|| text.strip_prefix("pt")) {
            let amount = Amount::parse(iso)?;
            let fits = matches!(amount.unit.as_str(), "H" | "M" | "S" | "h" | "m" | "s")
                && amount.blank.is_empty();
            return fits.then_some(Amount {
                iso: true,
                ..amount
            });
        }
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let number = text[..digits].parse().ok()?;
        let rest = &text[digits..];
        let unit = rest.trim_start();
        let amount = Amount {
            number,
            blank: rest[..rest.len() - unit.len()].to_owned(),
            unit: unit.to_owned(),
            iso: false,
        };
        (unit.is_empty() || millis_of_unit(unit).is_some()).then_some(amount)
    }

    /// Its length in milliseconds; `None` without a unit.
    pub fn millis(&self) -> Option<u64> {
        let unit = if self.iso {
            self.unit.to_ascii_lowercase()
        } else {
            self.unit.clone()
        };
        let millis = millis_of_unit(&unit)?;
        self.number.checked_mul(millis)
    }
}

/// Milliseconds of a unit people write for durations; `None` for anything else.
pub fn millis_of_unit(unit: &str) -> Option<u64> {
    Some(match unit.to_ascii_lowercase().as_str() {
        "ms" | "milli" | "millis" | "millisecond" | "milliseconds" => 1,
        "s" | "sec" | "secs" | "second" | "seconds" => 1_000,
        "m" | "min" | "mins" | "minute" | "minutes" => 60_000,
        "h" | "hour" | "hours" => 3_600_000,
        "d" | "day" | "days" => 86_400_000,
        _ => return None,
    })
}

/// As much of a value as a message shows, in characters.
pub const MOST_SHOWN: usize = 80;

/// A text for a line of a report: no longer than `most` characters, with an ellipsis where it goes on.
pub fn shortened(text: &str, most: usize) -> Cow<'_, str> {
    if text.chars().nth(most).is_none() {
        return Cow::Borrowed(text);
    }
    let kept = most.saturating_sub(1);
    Cow::Owned(text.chars().take(kept).chain(['…']).collect())
}

/// Why the system refused something, as people say it: without its number for that, and without the name of
/// a temporary file.
pub fn refusal(error: &io::Error) -> String {
    let known = match error.kind() {
        io::ErrorKind::PermissionDenied => "permission denied",
        io::ErrorKind::NotFound => "no such file or folder",
        io::ErrorKind::IsADirectory => "it is a folder",
        io::ErrorKind::NotADirectory => "a part of the path is no folder",
        io::ErrorKind::AlreadyExists => "it exists already",
        io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only",
        io::ErrorKind::StorageFull => "no space left",
        _ => {
            let whole = error.to_string();
            let text = whole.split(" (os error ").next().unwrap_or(&whole);
            return text.to_owned();
        }
    };
    known.to_owned()
}

/// The nearest of some names, if one is near enough to be meant.
pub fn nearest<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let near = |candidate: &'n str| {
        let limit = candidate.chars().count().max(3) / 3;
        Some((distance(name, candidate, limit)?, candidate))
    };
    names
        .filter_map(near)
        .min_by_key(|(mistakes, _)| *mistakes)
        .map(|(_, candidate)| candidate)
}

/// How many typing mistakes lie between two texts: letters added, left out, replaced, or swapped
/// with their neighbour. `None` when there are more than `limit`.
pub fn distance(left: &str, right: &str, limit: usize) -> Option<usize> {
    let left: Vec<char> = left.chars().collect();
    let right: Vec<char> = right.chars().collect();
    if left.len().abs_diff(right.len()) > limit {
        return None;
    }
    let mut before = vec![0; right.len() + 1];
    let mut above: Vec<usize> = (0..=right.len()).collect();
    let mut row = vec![0; right.len() + 1];
    for i in 1..=left.len() {
        row[0] = i;
        for j in 1..=right.len() {
            let same = left[i - 1] == right[j - 1];
            let mut best = (above[j] + 1)
                .min(row[j - 1] + 1)
                .min(above[j - 1] + usize::from(!same));
            let swapped =
                i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1];
            if swapped {
                best = best.min(before[j - 2] + 1);
            }
            row[j] = best;
        }
        if row.iter().min().is_some_and(|least| *least > limit) {
            return None;
        }
        std::mem::swap(&mut before, &mut above);
        std::mem::swap(&mut above, &mut row);
    }
    Some(above[right.len()]).filter(|mistakes| *mistakes <= limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_every_case_style() {
        assert_eq!(of_key("job.windowSizeMs"), ["job", "window", "size", "ms"]);
        assert_eq!(of_key("WINDOW_SIZE"), ["window", "size"]);
        assert_eq!(
            of_key("a[0].out-of-orderness"),
            ["a", "out", "of", "orderness"]
        );
        assert_eq!(of_key("HTTPWindow"), ["http", "window"]);
    }

    #[test]
    fn a_name_keeps_its_style() {
        for (name, joined) in [
            ("windowSize", "allowedLateness"),
            ("window_size", "allowed_lateness"),
            ("window-size", "allowed-lateness"),
            ("WINDOW_SIZE", "ALLOWED_LATENESS"),
            ("WindowSize", "AllowedLateness"),
        ] {
            let style = CaseStyle::of(name).expect("a style");
            assert_eq!(style.join(&["allowed", "lateness"]), joined);
        }
        assert_eq!(CaseStyle::of("window"), None);
    }

    #[test]
    fn amounts_are_numbers_with_known_units() {
        assert_eq!(
            Amount::parse("5 min").and_then(|amount| amount.millis()),
            Some(300_000)
        );
        assert_eq!(
            Amount::parse("PT30S").and_then(|amount| amount.millis()),
            Some(30_000)
        );
        assert_eq!(
            Amount::parse("60").map(|amount| amount.millis()),
            Some(None)
        );
        assert_eq!(Amount::parse("60 rows"), None);
        assert_eq!(Amount::parse("tumbling"), None);
    }

    #[test]
    fn the_nearest_name_is_near_enough_or_none() {
        let near = |name| nearest(name, ["kebab-rule", "other-rule", "ab"].into_iter());
        assert_eq!(near("kebab-rul"), Some("kebab-rule"));
        assert_eq!(near("othre-rule"), Some("other-rule"));
        assert_eq!(near("ac"), Some("ab"));
        assert_eq!(near("something"), None);
    }

    #[test]
    fn a_long_text_is_shortened_between_characters() {
        assert_eq!(shortened("aé9", 3), "aé9");
        assert_eq!(shortened("éé99", 3), "éé…");
        assert_eq!(shortened(&"9".repeat(1 << 20), 60).chars().count(), 60);
    }

    #[test]
    fn swapped_neighbours_are_one_mistake() {
        assert_eq!(distance("prot", "port", 2), Some(1));
        assert_eq!(distance("port", "port", 0), Some(0));
        assert_eq!(distance("abc", "", 2), None);
        assert_eq!(distance("kitten", "sitting", 3), Some(3));
        assert_eq!(distance("kitten", "sitting", 2), None);
        assert_eq!(distance("héé", "hee", 2), Some(2));
    }
}
