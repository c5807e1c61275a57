//! `refused-jar-uri`: jars of session jobs that operators since 1.15 don't fetch
//! (`DefaultValidator.validateJarURI`).

use super::uri::{self, Uri};
use super::{What, resources};
use crate::deployment::Deployment;
use crate::finding::{Finding, Severity};
use crate::flink::value::parse_boolean;
use crate::rules::Rule;
use crate::syntax::{Layer, Setting};

/// What the operator's configuration may allow.
const SCHEMES: &str = "kubernetes.operator.user.artifacts.allowed-schemes";
const RESTRICTED: &str = "kubernetes.operator.user.artifacts.disallow-restricted-hosts";

/// Whether a configuration of an operator that is not joined with the job may say something of an option.
fn is_said_elsewhere(deployment: &Deployment, key: &str) -> bool {
    let word = key.rsplit('.').next().unwrap_or(key);
    let mut sources = deployment.sources.0.iter();
    sources.any(|source| memchr::memmem::find(&source.bytes, word.as_bytes()).is_some())
}

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for resource in resources(deployment) {
        if resource.what != What::SessionJob {
            continue;
        }
        let Some(field) = resource.known("job.jarURI") else {
            continue;
        };
        let (severity, (message, help)) = match uri::parse(&field.value) {
            Uri::Refused(reason) => (Severity::Error, no_uri(&reason)),
            // A mere word is one that a script puts an address in place of.
            Uri::Parsed { scheme: None, .. } if !field.value.contains(['/', '.']) => continue,
            Uri::Parsed { scheme, host } => match refused(deployment, scheme, host) {
                Some(problem) => (rule.front.severity, problem),
                None => continue,
            },
        };
        let finding = resource.finding(rule, "job.jarURI", message);
        out.extend(finding.map(|finding| Finding {
            severity,
            help,
            ..finding
        }));
    }
}

/// A message, and what to do.
type Problem = (String, String);

/// No operator reads this.
fn no_uri(reason: &str) -> Problem {
    (
        format!("jarURI is no URI: {reason}"),
        "the operator can't fetch the jar; write where it is, such as `https://repo.example.com/job.jar`"
            .to_owned(),
    )
}

/// Why operators since 1.15 don't fetch a jar, and what to do.
fn refused(
    deployment: &Deployment,
    scheme: Option<String>,
    host: Option<String>,
) -> Option<Problem> {
    let Some(scheme) = scheme else {
        return Some((
            "jarURI has no scheme: operators since 1.15 refuse it".to_owned(),
            "the operator fetches the jar itself: write where from, such as `https://...`"
                .to_owned(),
        ));
    };
    let allowed = allowed(deployment)?;
    if !allowed.iter().any(|own| own.eq_ignore_ascii_case(&scheme)) {
        return Some((
            format!("operators since 1.15 don't fetch jars by `{scheme}`"),
            format!(
                "they take {}; put the jar there, or add `{scheme}` to `{SCHEMES}` in the operator's own \
                 configuration",
                allowed.join(", ")
            ),
        ));
    }
    let is_http = ["http", "https"]
        .into_iter()
        .any(|own| own.eq_ignore_ascii_case(&scheme));
    let asks = match operators(deployment, RESTRICTED) {
        Some(setting) => setting.known && parse_boolean(&setting.value) == Ok(true),
        None => !is_said_elsewhere(deployment, RESTRICTED),
    };
    if !is_http || !asks {
        return None;
    }
    let Some(host) = host else {
        return Some((
            "jarURI names no host: operators since 1.15 refuse it".to_owned(),
            "a host is an address, or a name of letters, digits, `-` and `.`: Java sees none in other names"
                .to_owned(),
        ));
    };
    // A name that is reserved for being none (RFC 6761); of others only a name server knows.
    if host.rsplit('.').next() == Some("invalid") {
        return Some((
            format!("no name server knows `{host}`: operators since 1.15 refuse it"),
            "write the host that has the jar".to_owned(),
        ));
    }
    let why = uri::restricted(&host)?;
    Some((
        format!("`{host}` is {why}: operators since 1.15 don't fetch from it"),
        format!(
            "use a public address, or set `{RESTRICTED}: false` in the operator's own configuration"
        ),
    ))
}

/// The schemes that the operator takes; `None` where its configuration doesn't tell.
fn allowed(deployment: &Deployment) -> Option<Vec<String>> {
    let Some(setting) = operators(deployment, SCHEMES) else {
        let is_default = !is_said_elsewhere(deployment, SCHEMES);
        return is_default.then(|| vec!["https".to_owned()]);
    };
    let items = setting.value.split([';', ',', '[', ']', '"', '\'', ' ']);
    let items = items.filter(|item| !item.is_empty());
    setting.known.then(|| items.map(str::to_owned).collect())
}

/// A setting of the operator's own configuration: a resource can't change these.
fn operators<'p>(deployment: &Deployment<'p>, key: &str) -> Option<&'p Setting> {
    let documents = deployment.documents.iter();
    let mut own = documents.filter(|document| document.layer == Layer::OperatorDefaults);
    own.find_map(|document| document.get(key))
}
