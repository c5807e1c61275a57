//! `plaintext-secret`: passwords and keys in a file that is meant to be committed. The value is never
//! part of a message.
//!
//! Flink masks values in its log and web interface by words in the key
//! (`GlobalConfiguration.SENSITIVE_KEYS`, read in 8 versions).

mod code;
mod looks;
mod mask;
mod tokens;
mod variables;

pub use mask::{Mask, hidden_around};

use std::borrow::Cow;

use super::{Rule, cluster};
use crate::deployment::Deployment;
use crate::finding::{Finding, Related, Severity};
use crate::recognise::source::is_test;
use crate::syntax::{Document, Kind, Layer, Setting, Space};
use crate::text::Span;

/// How the letters of a key end that holds a secret.
const ENDINGS: [&str; 14] = [
    "password",
    "passwd",
    "secret",
    "secretkey",
    "apikey",
    "servicekey",
    "authparams",
    "basicauth",
    "accesstoken",
    "authtoken",
    "sessiontoken",
    "jaasconfig",
    "accountkey",
    "zookeeperclientauthorization",
];

/// Values of demos that everybody knows.
const DEMO: [&str; 12] = [
    "minioadmin",
    "minio",
    "minio123",
    "admin",
    "root",
    "test",
    "guest",
    "flink",
    "flinklab",
    "flinklab123",
    "postgres",
    "changeit",
];

/// The letters and digits of a text, in lower case.
fn letters(text: &str) -> String {
    let mut letters = String::with_capacity(text.len());
    let kept = text.bytes().filter(u8::is_ascii_alphanumeric);
    letters.extend(kept.map(|byte| char::from(byte.to_ascii_lowercase())));
    letters
}

fn is_secret_key(key: &str) -> bool {
    has_secret_ending(key, &letters(key))
}

/// The same of a key whose letters are known.
fn has_secret_ending(key: &str, letters: &str) -> bool {
    // Names of secrets and of environment variables, not secrets.
    let other = ["kubernetes.", "security.delegation.", "security.kerberos."];
    if other.iter().any(|prefix| key.starts_with(prefix)) {
        return false;
    }
    key.starts_with("fs.azure.account.key.")
        || key.starts_with("azure.account.key.")
        || ENDINGS.iter().any(|end| letters.ends_with(end))
}

/// Whether a value holds a secret at all: not a switch, a path, a class, or a stand-in.
fn is_literal(setting: &Setting) -> bool {
    let value = setting.value.trim().trim_matches(['"', '\'']);
    let lower = value.to_ascii_lowercase();
    // A login without a password in it names files and classes only.
    let login = letters(&setting.key).ends_with("jaasconfig") && !lower.contains("password");
    let structured = matches!(setting.kind, Kind::List | Kind::Null | Kind::Boolean);
    setting.known && !(login || structured || is_stand_in(value))
}

/// Whether the last part of a key says that it holds what lets somebody in, without a word that is sure.
fn may_hold_secret(key: &str) -> bool {
    let last = letters(key.rsplit('.').next().unwrap_or(key));
    ["token", "key", "credential", "credentials"]
        .iter()
        .any(|end| last.ends_with(end))
}

/// What kind of secret a setting holds: by its key, or by the shape of its value. `None` where it is none.
fn secret_of(setting: &Setting) -> Option<&'static str> {
    if !setting.known {
        return None;
    }
    if is_secret_key(&setting.key) && is_literal(setting) {
        return Some("a secret");
    }
    let value = setting.value.trim().trim_matches(['"', '\'']);
    tokens::kind(value).or_else(|| {
        // The name of an account in `access-key` is no secret by itself.
        let random = tokens::is_random(value) && may_hold_secret(&setting.key);
        let names = || letters(&setting.key).ends_with("accesskey");
        (random && !names()).then_some("a secret")
    })
}

/// Whether the value of a setting is never shown, be it a secret for certain or not.
fn is_hidden(setting: &Setting) -> bool {
    let structured = matches!(setting.kind, Kind::Null | Kind::Boolean);
    let by_key = looks::is_hidden_key(&setting.key) && looks::is_hidden(&setting.value);
    !structured && by_key || secret_of(setting).is_some()
}

/// The value of a setting as it may be shown: stars for a secret.
pub fn shown_value(setting: &Setting) -> Cow<'_, str> {
    if is_hidden(setting) {
        Cow::Borrowed("***")
    } else {
        looks::without(&setting.value)
    }
}

/// The same of a setting of a document whose keys are fields: variables and arguments have their names beside
/// them.
pub fn shown_in<'d>(document: &Document, setting: &'d Setting) -> Cow<'d, str> {
    if looks::is_of_name(document, &setting.key) && looks::is_hidden(&setting.value) {
        return Cow::Borrowed("***");
    }
    shown_value(setting)
}

/// Whether a value only keeps the place of a secret, or is a switch or a path.
fn is_stand_in(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let switch = matches!(
        lower.as_str(),
        "" | "true" | "false" | "none" | "null" | "empty" | "unused" | "dummy"
    );
    let path = value.starts_with('/') || value.contains("://");
    let mask = value
        .chars()
        .all(|c| matches!(c, 'x' | 'X' | '*' | '.' | '-' | '_' | '?'));
    let words = [
        "changeme",
        "change-me",
        "change_me",
        "your-",
        "your_",
        "replace",
        "placeholder",
        "todo",
        "redacted",
        "vault:",
        "secretref",
    ];
    switch
        || path
        || mask
        || value.starts_with('<')
        || words.iter().any(|word| lower.contains(word))
}

/// Whether a value is nothing but the word for what it is.
fn says_what_it_is(value: &str) -> bool {
    ["secret", "password", "secretkey"].contains(&letters(value).as_str())
}

/// Whether a document is a block of a chart's values: whoever installs the chart lays others over them.
fn is_of_values(document: &Document) -> bool {
    let holder = document.holder.as_deref();
    document.layer != Layer::Environment && holder.is_some_and(|holder| holder.kind.is_none())
}

/// Whether a value is one of a demo: well known, or a name for itself; each perhaps with a number behind
/// it, and also the name that stands beside it as the account.
fn is_demo(deployment: &Deployment, value: &str) -> bool {
    let value = letters(value);
    let stem = without_number(&value);
    let speaks = ["password", "secret", "example", "demo"];
    let is_account = |setting: &Setting| {
        let key = letters(&setting.key);
        (key.ends_with("accesskey") || key.ends_with("username"))
            && without_number(&letters(&setting.value)) == stem
    };
    DEMO.contains(&value.as_str())
        || DEMO.contains(&stem)
        || speaks.iter().any(|word| value.contains(word))
        || !stem.is_empty() && cluster::settings(deployment).any(|(_, setting)| is_account(setting))
}

/// What scripts set, and the options of the tables that they make.
fn of_scripts<'d, 'p>(
    deployment: &'d Deployment<'p>,
) -> impl Iterator<Item = (&'p Document, &'p Setting)> + use<'d, 'p> {
    let scripts = deployment.scripts().map(|(document, _)| document);
    let all = scripts.chain(deployment.tables.iter().copied());
    let all = all.filter(|document| !is_test(&deployment.source(document).path));
    all.flat_map(|document| document.in_force().map(move |setting| (document, setting)))
}

/// Whether what a table names is on this machine or a service beside it.
fn is_beside(table: &Document) -> bool {
    let places = [
        "hostname",
        "url",
        "hosts",
        "uri",
        "properties.bootstrap.servers",
    ];
    let mut found = places.iter().filter_map(|key| table.get(key)).peekable();
    let any = found.peek().is_some();
    any && found.all(|setting| {
        let place = setting.value.trim_start_matches("jdbc:");
        let host = host(place).rsplit('@').next().unwrap_or_default();
        let here = ["127.0.0.1", "0.0.0.0", "host.docker.internal"];
        setting.known && (here.contains(&host) || !host.contains('.') || is_service(host))
    })
}

/// Whether a secret is the name of the account that stands beside it.
fn is_account_of(document: &Document, setting: &Setting) -> bool {
    let names = ["username", "user"];
    let mut accounts = names.iter().filter_map(|key| document.get(key));
    let stem = letters(&setting.value);
    accounts.any(|account| {
        let account = letters(&account.value);
        !account.is_empty() && without_number(&account) == without_number(&stem)
    })
}

/// `minio` for `minio123`.
fn without_number(text: &str) -> &str {
    text.trim_end_matches(|c: char| c.is_ascii_digit())
}

/// Whether the storage that the file names is on this machine or a service beside it.
fn is_local(deployment: &Deployment) -> bool {
    let mut endpoints = cluster::settings(deployment)
        .filter(|(_, setting)| setting.key.ends_with("endpoint") && setting.known)
        .map(|(_, setting)| host(&setting.value))
        .peekable();
    let any = endpoints.peek().is_some();
    any && endpoints.all(|host| {
        let here = ["127.0.0.1", "0.0.0.0", "host.docker.internal"];
        here.contains(&host) || !host.contains('.') || is_service(host)
    })
}

/// `minio.default.svc.cluster.local`: a service of the same Kubernetes cluster.
fn is_service(host: &str) -> bool {
    let short = host.strip_suffix(".cluster.local").unwrap_or(host);
    short.rsplit('.').next() == Some("svc")
}

/// The host of `http://minio:9000`.
fn host(endpoint: &str) -> &str {
    let behind = endpoint
        .split_once("://")
        .map_or(endpoint, |(_, rest)| rest);
    behind.split([':', '/']).next().unwrap_or(behind)
}

/// The check: one finding for each secret, however many keys hold it.
pub(super) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    variables::check(rule, deployment, out);
    code::check(rule, deployment, out);
    let cluster_is_local = is_local(deployment);
    let mut groups: Vec<Vec<(&Document, &Setting)>> = Vec::new();
    for (document, setting) in cluster::settings(deployment).chain(of_scripts(deployment)) {
        if secret_of(setting).is_none() {
            continue;
        }
        // In the defaults of a chart it keeps the place of a real one.
        let is_word = says_what_it_is(&setting.value);
        if is_word && !cluster_is_local && is_of_values(document) {
            continue;
        }
        let same = groups
            .iter_mut()
            .find(|group| group[0].1.value == setting.value);
        match same {
            Some(group) => group.push((document, setting)),
            None => groups.push(vec![(document, setting)]),
        }
    }
    let every: Vec<(&Document, &Setting)> = groups.iter().flatten().copied().collect();
    for group in groups {
        let (document, setting) = group[0];
        let is_table = document.space == Space::Table;
        let local = if is_table {
            is_beside(document)
        } else {
            cluster_is_local
        };
        let what = secret_of(setting).unwrap_or("a secret");
        let message = format!("`{}` holds {what} in plain text", setting.key);
        let mut finding = rule.finding(document, setting.key_at, message);
        finding.label = "readable for everybody who gets the file".to_owned();
        if says_what_it_is(&setting.value)
            || local && (is_demo(deployment, &setting.value) || is_account_of(document, setting))
        {
            finding.severity = Severity::Note;
            finding.help = if local && is_table {
                "a well-known value for a service beside it: fine for a demo, not beyond it"
            } else if local {
                "a well-known value for a storage beside it: fine for a demo, not beyond it"
            } else {
                "a well-known value: who tries the first words that come to mind is in"
            }
            .to_owned();
        } else {
            finding.help =
                "who has the file has the secret, and the history keeps it: replace it, and \
                            pass the new one from the environment or a mounted secret, or let the \
                            machine's role stand in for it"
                    .to_owned();
        }
        finding.key = Some(setting.key.clone());
        let own = every
            .iter()
            .filter(|(other, _)| other.source == document.source);
        let lines = own.flat_map(|(other, setting)| other.all(&setting.key));
        // To the end of the line: what a `#` cuts off belongs to the secret.
        let source = deployment.source(document);
        finding.hidden = lines
            .map(|line| {
                let end = source.line_span(source.line_index(line.value_at.end)).end;
                Span::new(line.value_at.start as usize, end as usize)
            })
            .collect();
        for (other, setting) in &group[1..] {
            finding.related.push(Related {
                at: Deployment::at(other, setting.key_at),
                message: "the same secret".to_owned(),
            });
        }
        out.push(finding);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_hold_secrets_are_told_from_keys_that_name_them() {
        for key in [
            "s3.secret-key",
            "fs.s3a.secret.key",
            "security.ssl.internal.keystore-password",
            "metrics.reporter.dghttp.apikey",
            "fs.azure.account.key.store.blob.core.windows.net",
            "high-availability.zookeeper.client.authorization",
        ] {
            assert!(is_secret_key(key), "{key}");
        }
        for key in [
            "kubernetes.secrets",
            "kubernetes.env.secretKeyRef",
            "security.delegation.tokens.enabled",
            "security.kerberos.fetch.delegation-token",
            "fs.s3a.aws.credentials.provider",
            "s3.access-key",
            "state.backend.rocksdb.block.cache-size",
        ] {
            assert!(!is_secret_key(key), "{key}");
        }
    }

    #[test]
    fn a_word_for_a_secret_is_well_known_and_no_stand_in() {
        for (value, is_one) in [("secret", true), ("SECRET-KEY", true), ("secret1x", false)] {
            assert_eq!(says_what_it_is(value), is_one, "{value}");
        }
    }

    #[test]
    fn the_host_of_an_endpoint_is_found() {
        assert_eq!(host("http://minio:9000"), "minio");
        assert_eq!(host("s3.amazonaws.com"), "s3.amazonaws.com");
        assert_eq!(host(""), "");
    }
}
