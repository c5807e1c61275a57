//! What somebody meant who wrote a number in a way that the kernel does not read.

use crate::linux::parameters::{Kind, Parameter};

/// Whether a word was meant as the value, and is not a mark that some other program fills in.
pub(super) fn is_meant_as_number(word: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || "_.,+-*/:%=()".contains(c);
    let capitals = |c: char| c.is_ascii_uppercase() || c == '_' || c == '-';
    word.chars().all(part)
        && !(word.len() > 1 && word.chars().all(capitals))
        && !word.contains("%(")
}

/// What is wrong with a word, in a few words.
pub(super) fn label(word: &str, parameter: &Parameter) -> &'static str {
    let begins = word.starts_with(|c: char| c.is_ascii_digit());
    if word.is_empty() {
        "nothing follows the `=`"
    } else if word.starts_with('=') {
        "a second `=`"
    } else if begins && word.contains(',') && parameter.count() > 1 {
        "blanks stand between numbers"
    } else if begins && word.contains([',', '_']) {
        "no mark of thousands"
    } else if begins && word.contains('*') {
        "nobody calculates it"
    } else if begins && word.ends_with(|c: char| c.is_ascii_alphabetic()) {
        "no unit"
    } else {
        "a number is expected"
    }
}

/// The value in the kernel's spelling, where there is one reading.
pub(super) fn meant(value: &str, parameter: &Parameter) -> Option<String> {
    let count = parameter.count();
    if let Some(rest) = value.strip_prefix('=') {
        return Some(rest.trim_start().to_owned());
    }
    let range = parameter.kind() == Kind::PortRange;
    let divides = |c: char| c == ',' || c.is_ascii_whitespace() || (range && c == '-');
    let parts: Vec<&str> = value
        .split(divides)
        .filter(|part| !part.is_empty())
        .collect();
    let digits = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit());
    if count > 1 && parts.len() == count && parts.iter().all(digits) {
        return Some(parts.join(" "));
    }
    let words: Vec<&str> = value.split_ascii_whitespace().collect();
    if words.len() > count {
        return None;
    }
    let words: Option<Vec<String>> = words
        .into_iter()
        .map(|word| number(word, parameter))
        .collect();
    words.map(|words| words.join(" "))
}

/// One number in the kernel's spelling.
fn number(word: &str, parameter: &Parameter) -> Option<String> {
    let word = word.strip_prefix('+').unwrap_or(word);
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if is_digits(word) {
        return Some(word.to_owned());
    }
    if let Some(plain) = grouped(word) {
        return Some(plain);
    }
    let mut factors = word.split('*').map(str::trim);
    if word.contains('*') {
        let product = factors.try_fold(1_u64, |product, factor| {
            let factor = is_digits(factor).then(|| factor.parse::<u64>().ok())??;
            product.checked_mul(factor)
        })?;
        return Some(product.to_string());
    }
    if let Some((digits, zeros)) = word.split_once(['e', 'E']) {
        let both = is_digits(digits) && is_digits(zeros);
        let power = both.then(|| zeros.parse::<u32>().ok())??;
        let digits: u64 = digits.parse().ok()?;
        return Some(digits.checked_mul(10_u64.checked_pow(power)?)?.to_string());
    }
    let unit = word.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = &word[..word.len() - unit.len()];
    let number: u64 = is_digits(digits).then(|| digits.parse().ok())??;
    let binary = match unit {
        "B" | "b" => Some(0_u32),
        "K" | "k" | "KiB" => Some(1),
        "M" | "m" | "MiB" => Some(2),
        "G" | "g" | "GiB" => Some(3),
        _ => None,
    };
    // How many powers of 1024 a unit is above that of the parameter.
    let power = match (parameter.unit()?, unit) {
        ("bytes", _) => binary?,
        ("KiB", _) => binary?.checked_sub(1)?,
        ("seconds", "s" | "sec") | ("percent", "%") => 0,
        _ => return None,
    };
    let factor = 1024_u64.pow(power);
    Some(number.checked_mul(factor)?.to_string())
}

/// A number with marks between groups of three digits.
fn grouped(word: &str) -> Option<String> {
    let mark = [',', '_'].into_iter().find(|mark| word.contains(*mark))?;
    let mut groups = word.split(mark);
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let first = groups.next()?;
    let whole = (1..=3).contains(&first.len()) && digits(first);
    let rest = groups.all(|group| group.len() == 3 && digits(group));
    (whole && rest).then(|| word.replace(mark, ""))
}
