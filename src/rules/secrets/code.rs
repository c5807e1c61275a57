//! Secrets in the sources of jobs: literals given to a key or a method that says what they are.

use super::{DEMO, is_literal, is_secret_key, letters, says_what_it_is, without_number};
use crate::deployment::Deployment;
use crate::finding::Finding;
use crate::recognise::job::camel;
use crate::recognise::source::is_test;
use crate::rules::Rule;
use crate::syntax::code::{Arg, Call, Code, Expr};
use crate::syntax::{Document, Kind, Setting, is_placeholder};
use crate::text::{SourceId, Span};

/// Methods that give a key a value.
const SETTERS: [&str; 10] = [
    "setProperty",
    "put",
    "set",
    "setString",
    "option",
    "config",
    "property",
    "withProperty",
    "putIfAbsent",
    "addProperty",
];

/// Methods that take a secret alone.
const METHODS: [&str; 8] = [
    "password",
    "withPassword",
    "setPassword",
    "secretKey",
    "withSecretKey",
    "setSecretKey",
    "setAuthToken",
    "setApiKey",
];

/// A secret in a source.
struct Secret<'p> {
    document: &'p Document,
    /// What it is given to.
    key: String,
    /// The literal with its quotes.
    at: Span,
}

/// The secrets in the sources of a deployment.
fn found<'p>(deployment: &Deployment<'p>) -> Vec<Secret<'p>> {
    let mut found = Vec::new();
    for (document, code) in deployment.codes() {
        for call in &code.calls {
            let secret = given(code, call).and_then(|(key, value)| {
                let (text, at) = literal(code, value)?;
                is_secret(&key, text).then_some(Secret { document, key, at })
            });
            found.extend(secret);
        }
    }
    found
}

/// Where those are.
pub(super) fn places(deployment: &Deployment) -> Vec<(SourceId, Span)> {
    let found = found(deployment).into_iter();
    found
        .map(|secret| (secret.document.source, secret.at))
        .collect()
}

/// The check: one finding for each literal.
pub(super) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for Secret { document, key, at } in found(deployment) {
        if is_test(&deployment.source(document).path) {
            continue;
        }
        let message = format!("`{key}` gets a secret in plain text");
        let mut finding = rule.finding(document, at, message);
        finding.label = "readable for everybody who gets the source".to_owned();
        finding.help =
            "who has the source or the jar has the secret, and the history keeps it: replace it, \
                        and read the new one from the environment or a mounted secret"
                .to_owned();
        finding.key = Some(key);
        finding.hidden = vec![at];
        out.push(finding);
    }
}

/// The key that a call gives a value, and the value.
fn given<'c>(code: &'c Code, call: &'c Call) -> Option<(String, &'c Arg)> {
    let name = camel(&call.name);
    match call.args.as_slice() {
        [key, value] if SETTERS.contains(&&*name) => {
            let key = match crate::recognise::job::resolved(code, &key.expr, key.at) {
                Expr::Text(key) => key.clone(),
                Expr::Name(name) if name.ends_with("SASL_JAAS_CONFIG") => {
                    "sasl.jaas.config".to_owned()
                }
                _ => return None,
            };
            Some((key, value))
        }
        [value] if METHODS.contains(&&*name) => Some((call.name.clone(), value)),
        _ => None,
    }
}

/// The text that an argument is, through a variable of one value.
fn literal<'c>(code: &'c Code, argument: &'c Arg) -> Option<(&'c str, Span)> {
    match &argument.expr {
        Expr::Text(text) => Some((text, argument.at)),
        Expr::Name(name) => {
            let variable = code.value_of(name, argument.at)?;
            match &variable.value {
                Expr::Text(text) => Some((text, variable.value_at)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Whether a literal is a secret of somebody, and no stand-in and no word of a demo.
fn is_secret(key: &str, text: &str) -> bool {
    let of_login = letters(key).ends_with("jaasconfig");
    let value = if of_login {
        password_in(text)
    } else {
        Some(text)
    };
    let Some(value) = value.map(str::trim) else {
        return false;
    };
    let setting = Setting {
        key: if of_login { "password" } else { key }.to_owned(),
        value: value.to_owned(),
        kind: Kind::Text,
        known: !is_placeholder(value) && !value.contains("%s"),
        key_at: Span::default(),
        value_at: Span::default(),
        whole: Span::default(),
        written: None,
    };
    let plain = letters(value);
    let speaks = ["password", "secret", "example", "demo", "pass", "user"];
    let is_demo = DEMO.contains(&plain.as_str())
        || DEMO.contains(&without_number(&plain))
        || says_what_it_is(value)
        || speaks.iter().any(|word| plain.contains(word))
        || without_number(&plain).len() < 4;
    is_secret_key(&setting.key) && is_literal(&setting) && !is_demo
}

/// The password in a login of Kafka: `... required username="a" password="b";`.
fn password_in(login: &str) -> Option<&str> {
    let rest = login.split_once("password")?.1.trim_start();
    let rest = rest.strip_prefix('=')?.trim_start();
    let quote = rest
        .chars()
        .next()
        .filter(|first| matches!(first, '"' | '\''))?;
    rest[1..]
        .split(quote)
        .next()
        .filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stand_ins_and_words_of_demos_are_no_secrets() {
        assert!(is_secret("ssl.keystore.password", "hunter-42-x"));
        assert!(is_secret("withPassword", "Tr0ub4dor"));
        for value in [
            "postgres", "password", "flink123", "changeme", "${PW}", "", "123456",
        ] {
            assert!(!is_secret("withPassword", value), "{value}");
        }
        assert!(!is_secret("group.id", "hunter-42-x"));
    }

    #[test]
    fn the_password_of_a_login_counts_alone() {
        let login = |password: &str| {
            format!("org.apache.kafka.Plain required username=\"me\" password=\"{password}\";")
        };
        assert!(is_secret("sasl.jaas.config", &login("hunter-42-x")));
        assert!(!is_secret("sasl.jaas.config", &login("%s")));
        assert!(!is_secret("sasl.jaas.config", &login("")));
        assert!(!is_secret(
            "sasl.jaas.config",
            "org.apache.kafka.Login required;"
        ));
    }
}
