//! What stands under the marked bytes where a page does not say it.

use super::Test;

/// What a test found, in a few words. `default` is the value in force of a key that is not set.
pub(super) fn label(failed: Test, key: &str, default: Option<&str>) -> String {
    let judged = match failed {
        Test::Present => return format!("{key} is not set"),
        Test::Absent => return "not allowed".to_owned(),
        Test::Is(value) => format!("must be {value}"),
        Test::Not(value) => format!("must not be {value}"),
        Test::OneOf([only]) => format!("must be {only}"),
        Test::OneOf(list) => format!("must be one of {}", list.join(", ")),
        Test::AtLeast(value) => format!("less than {value}"),
        Test::AtMost(value) => format!("more than {value}"),
        Test::Matches(pattern) => format!("does not match {}", pattern.text),
    };
    match default {
        Some(value) => format!("{key} is {value} by default: {judged}"),
        None => judged,
    }
}

/// Says that something out of sight may set what no file sets.
pub(super) fn admit(help: &mut String) {
    let whole = help.trim_end_matches('.').len();
    help.truncate(whole);
    if !help.is_empty() {
        help.push_str("; ");
    }
    help.push_str(
        "no file here sets it, and the operator's own default configuration, which may, is not in sight",
    );
}
