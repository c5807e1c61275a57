//! Windows as jobs declare them in their own files, and the settings of event time beside them.

use crate::syntax::{Kind, Setting};
use crate::words;

/// A setting of event time, which few programs have that are no streaming jobs.
pub fn is_event_time_sign(setting: &Setting) -> bool {
    let words = words::of_key(&setting.key);
    let has = |word: &str| words.iter().any(|own| own == word);
    let value = words::of_key(&setting.value);
    let says_event = value == ["event", "time"] || has("time") && value == ["event"];
    says_event
        || has("watermark")
        || has("watermarks")
        || has("lateness")
        || (has("out") && has("orderness"))
        || (has("event") && has("time"))
}

/// A key that a streaming job has, and many another program.
pub(super) fn is_streaming_sign(setting: &Setting) -> bool {
    let words = words::of_key(&setting.key);
    let signs = ["checkpoint", "checkpointing", "parallelism", "keyby"];
    words.iter().any(|word| signs.contains(&word.as_str()))
}

/// Whether an amount is one of time: it has a unit, or its key names one. `millis` says that a bare
/// number of whole thousands is one, too.
pub fn is_time(setting: &Setting, millis: bool) -> bool {
    let Some(amount) = words::Amount::parse(&setting.value) else {
        return false;
    };
    let of_key = words::of_key(&setting.key);
    let named = of_key
        .last()
        .is_some_and(|word| word != "m" && words::millis_of_unit(word).is_some());
    let thousands = amount.number >= 1000 && amount.number.is_multiple_of(1000);
    amount.iso || !amount.unit.is_empty() || named || millis && thousands
}

/// Words that name a window, in any case style; the default of the rules' option `window-words`.
pub const WINDOW_WORDS: [&str; 8] = [
    "window", "tumbling", "tumble", "sliding", "hop", "hopping", "cumulate", "session",
];

/// Words that may follow a window's name; the default of the rules' option `size-words`.
pub const SIZE_WORDS: [&str; 16] = [
    "size", "length", "duration", "slide", "gap", "interval", "period", "hop", "time", "sec",
    "secs", "second", "seconds", "minutes", "millis", "ms",
];

/// Words beside which a window is none of event time: limits, caches, screens, networks.
const OTHER_WINDOWS: [&str; 43] = [
    "rate",
    "limit",
    "limiter",
    "throttle",
    "retry",
    "backoff",
    "breaker",
    "circuit",
    "maintenance",
    "cache",
    "ui",
    "screen",
    "browser",
    "tcp",
    "congestion",
    "backup",
    "compaction",
    "metrics",
    "metric",
    "poll",
    "batch",
    "commit",
    "timeout",
    "restart",
    "failure",
    "autoscaler",
    "evaluation",
    "sla",
    "slo",
    "alarm",
    "tolerance",
    "fault",
    "sampling",
    "catchup",
    "schedule",
    "health",
    "heartbeat",
    "width",
    "height",
    "attention",
    "retention",
    "expiration",
    "dedup",
];

/// Whether a setting declares the size, slide or gap of a window: a window word, then only size
/// words, with a duration or a positive number as value.
pub fn is_window_definition(
    setting: &Setting,
    window_words: &[impl AsRef<str>],
    size_words: &[impl AsRef<str>],
) -> bool {
    let is_in = |list: &[&str], word: &str| list.contains(&word);
    let window: Vec<&str> = window_words.iter().map(AsRef::as_ref).collect();
    let size: Vec<&str> = size_words.iter().map(AsRef::as_ref).collect();
    let words = words::of_key(&setting.key);
    let Some(at) = words.iter().rposition(|word| is_in(&window, word)) else {
        return false;
    };
    let tail = &words[at + 1..];
    // `session` alone is a login or a Kafka session; only its gap makes it a window.
    if words[at] == "session" && !tail.iter().any(|word| word == "gap") {
        return false;
    }
    tail.iter().all(|word| {
        is_in(&size, word)
            || is_in(
                &[
                    "minute",
                    "hour",
                    "hours",
                    "day",
                    "days",
                    "milliseconds",
                    "in",
                ],
                word,
            )
    }) && !words.iter().any(|word| is_in(&OTHER_WINDOWS, word))
        && setting.known
        && is_amount(setting)
}

/// A duration text or a positive number.
pub fn is_amount(setting: &Setting) -> bool {
    match setting.kind {
        Kind::Boolean | Kind::List | Kind::Null => false,
        Kind::Integer | Kind::Float | Kind::Text => {
            words::Amount::parse(&setting.value).is_some_and(|amount| amount.number > 0)
        }
    }
}
