//! Secrets that tell by their own shape, whatever their key: keys and tokens whose issuer marks them, a
//! password within an address, and text that nobody made up.

/// No text with any of them is shorter: `://a:` and the least password behind it.
const SHORTEST: usize = "://a:".len() + LEAST;

/// What a value is by its shape; `None` where it may be anything.
pub(super) fn kind(value: &str) -> Option<&'static str> {
    if value.len() < SHORTEST {
        return None;
    }
    if value.contains("-----BEGIN ") && value.contains("PRIVATE KEY-----") {
        return Some("a private key");
    }
    let mut words = value.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-')));
    words
        .find_map(marked)
        .or_else(|| has_password(value).then_some("a password"))
}

/// The beginnings that issuers give their tokens, with the least length of the whole.
const MARKED: [(&str, usize, &str); 11] = [
    ("AIza", 39, "an API key of Google"),
    ("ghp_", 40, "a token of GitHub"),
    ("gho_", 40, "a token of GitHub"),
    ("ghs_", 40, "a token of GitHub"),
    ("github_pat_", 60, "a token of GitHub"),
    ("glpat-", 26, "a token of GitLab"),
    ("xoxb-", 30, "a token of Slack"),
    ("xoxp-", 30, "a token of Slack"),
    ("sk_live_", 24, "a key of Stripe"),
    ("npm_", 40, "a token of npm"),
    ("dapi", 36, "a token of Databricks"),
];

fn marked(word: &str) -> Option<&'static str> {
    let (start, _, what) = MARKED
        .iter()
        .find(|(start, least, _)| word.starts_with(start) && word.len() >= *least)?;
    is_random(&word[start.len()..]).then_some(what)
}

/// `https://user:password@host`, where the password is no stand-in.
fn has_password(value: &str) -> bool {
    value.split("://").skip(1).any(|rest| {
        let authority = rest.split(['/', '?', ' ', '"', '\'']).next().unwrap_or("");
        let account = authority.rsplit_once('@').map(|(account, _)| account);
        let password = account.and_then(|account| account.split_once(':'));
        password.is_some_and(|(_, password)| is_random(password))
    })
}

/// Least length of what is taken for random.
const LEAST: usize = 12;

/// From here on one figure is enough.
const LONG: usize = 20;

/// Least number of bits that each letter of it tells, on average. English and names stay below 3.3, words
/// joined with digits below 3.5.
const BITS: f64 = 3.5;

/// Whether a text is most likely made by a machine: letters of both cases or hexadecimal digits, with figures,
/// and as different from each other as chance makes them.
pub(super) fn is_random(text: &str) -> bool {
    let has = |test: fn(&u8) -> bool| text.bytes().any(|byte| test(&byte));
    let mixed = has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase);
    let hexadecimal = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let one_word = text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let figures = text.bytes().filter(u8::is_ascii_digit).count();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=_-".contains(&byte);
    text.len() >= LEAST
        && text.bytes().all(plain)
        && figures >= if text.len() < LONG { 2 } else { 1 }
        && (mixed || hexadecimal || one_word && figures * 4 >= text.len())
        && entropy(text) >= BITS.min(0.85 * longest(text.len()))
}

/// The most bits that a text of this length can tell per letter.
fn longest(length: usize) -> f64 {
    f64::from(u32::try_from(length).unwrap_or(u32::MAX)).log2()
}

/// How many bits each letter of a text tells, on average (Shannon).
fn entropy(text: &str) -> f64 {
    let mut counts = [0u32; 256];
    for byte in text.bytes() {
        counts[usize::from(byte)] += 1;
    }
    let all = f64::from(u32::try_from(text.len()).unwrap_or(u32::MAX));
    let of = |count: u32| {
        let share = f64::from(count) / all;
        -share * share.log2()
    };
    counts.into_iter().filter(|count| *count > 0).map(of).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_tell_by_their_shape() {
        // Taken apart, so that no scanner takes this file for a leak.
        let github = ["ghp_", "16C7e42F292c6912E7710c838347Ae178B4a"].concat();
        let google = ["AIza", "SyDaGmWKa4JsXZ-HjGw7ISLn_3namBGewQe"].concat();
        let key = ["-----BEGIN RSA ", "PRIVATE KEY-----\nMII"].concat();
        for (value, what) in [
            (github.as_str(), Some("a token of GitHub")),
            (&format!("Bearer {github}"), Some("a token of GitHub")),
            (google.as_str(), Some("an API key of Google")),
            (key.as_str(), Some("a private key")),
            (
                "jdbc:postgresql://flink:q8Zr2LmX0vTb@db:5432/x",
                Some("a password"),
            ),
            ("jdbc:postgresql://flink:flink@db:5432/x", None),
            ("http://user:password@host", None),
            ("http://minio:9000", None),
            ("ghp_notatoken", None),
            ("dapivotal-name-of-something-rather-long-1", None),
            ("s3://bucket/dapi/checkpoints", None),
            (
                "org.apache.flink.metrics.prometheus.PrometheusReporterFactory",
                None,
            ),
        ] {
            assert_eq!(kind(value), what, "{value}");
        }
    }

    #[test]
    fn what_a_machine_made_is_told_from_words() {
        for text in [
            "wJalrXUtnFEMIK7MDENGbPxRfiCYKEY",
            "9f86d081884c7d659a2feaa0c55ad015",
            "q8Zr2LmX0vTb",
        ] {
            assert!(is_random(text), "{text}");
        }
        for text in [
            "checkpoints-2024-prod",
            "TumblingEventTimeWindows",
            "flink-deployment-basic",
            "org.apache.flink",
            "eu-central-1",
            "admin123",
            "00000000000000000000",
            "1.20.1-scala_2.12-java17",
            "InternalRealtimeMetrics",
        ] {
            assert!(!is_random(text), "{text}");
        }
    }
}
