//! `operator-field-invalid`: fields with values that the operator, or the schema of its resources, refuses.

use super::{Resource, What, integer, related, resources, schema};
use crate::deployment::Deployment;
use crate::finding::{Finding, Severity};
use crate::rules::{Rule, fixes};
use crate::syntax::{Setting, is_placeholder};

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for resource in resources(deployment) {
        schema::check(rule, deployment, resource, out);
        match resource.what {
            What::Deployment => {
                out.extend(name(rule, resource, "metadata.name"));
                out.extend(template(rule, resource));
                cluster(rule, deployment, resource, out);
            }
            What::BlueGreen => cluster(rule, deployment, resource, out),
            What::SessionJob => {
                out.extend(name(rule, resource, "spec.deploymentName"));
                out.extend(at_least_one(rule, resource, "job.parallelism"));
            }
            What::Snapshot => out.extend(snapshot(rule, resource)),
        }
    }
}

fn cluster(rule: &Rule, deployment: &Deployment, resource: Resource, out: &mut Vec<Finding>) {
    out.extend(version(rule, deployment, resource));
    log_files(rule, resource, out);
    out.extend(at_least_one(rule, resource, "jobManager.replicas"));
    out.extend(at_least_one(rule, resource, "taskManager.replicas"));
    // As many TaskManagers as are asked for decide the parallelism.
    if !resource.has("taskManager.replicas") {
        out.extend(at_least_one(rule, resource, "job.parallelism"));
    }
}

/// The longest name, from which Kubernetes' own limit leaves room for what is appended.
const LONGEST: usize = 45;

/// The name of a cluster, which becomes part of the names of services and pods.
fn name(rule: &Rule, resource: Resource, key: &str) -> Option<Finding> {
    let field = resource.at(key).filter(|field| field.known)?;
    let text = field.value.as_str();
    let is_letter = |c: char| c.is_ascii_lowercase();
    let is_end = |c: char| is_letter(c) || c.is_ascii_digit();
    let why = if text.len() > LONGEST {
        format!(
            "has {} characters, and may have {LONGEST}",
            text.chars().count()
        )
    } else if !text.starts_with(is_letter) {
        "does not begin with a lower-case letter".to_owned()
    } else if !text.ends_with(is_end) {
        "does not end with a lower-case letter or a digit".to_owned()
    } else if let Some(other) = text.chars().find(|c| !is_end(*c) && *c != '-') {
        format!("holds `{other}`")
    } else {
        return None;
    };
    let message = format!("the name of the cluster {why}: the operator refuses it");
    let mut finding = rule.finding(resource.fields, field.whole, message);
    finding.key = Some(key.to_owned());
    finding.help = format!(
        "the names of services and pods begin with it: write at most {LONGEST} lower-case letters, digits \
         and `-`, a letter first"
    );
    Some(finding)
}

/// The oldest and the newest release in `FlinkVersion` of operator 1.15; every minor release between is
/// there.
const KNOWN: [(u32, std::ops::RangeInclusive<u32>); 2] = [(1, 13..=20), (2, 0..=4)];

/// The first release that operators since 1.9 take.
const SUPPORTED: (u32, u32) = (1, 15);

/// The release of Flink, as the schema lists them.
fn version(rule: &Rule, deployment: &Deployment, resource: Resource) -> Option<Finding> {
    let field = resource.known("flinkVersion")?;
    let text = field.value.as_str();
    let Some((major, minor)) = release(text) else {
        let message = format!("the operator has no Flink version `{text}`");
        let mut finding = resource.finding(rule, "flinkVersion", message)?;
        "write the release as the schema of the resource lists it: `v1_20`, `v2_0`"
            .clone_into(&mut finding.help);
        if let Some(meant) = meant(text) {
            finding.fix = fixes::set(deployment, resource.fields, field, &meant);
        }
        return Some(finding);
    };
    let exists = |(major, minor): (u32, u32)| {
        let mut known = KNOWN.iter();
        known.any(|(own, minors)| *own == major && minors.contains(&minor))
    };
    // A release after those is perhaps one of a later operator.
    if !exists((major, minor)) && (major, minor) < (2, 0) {
        let message = format!("the operator has no Flink version `{text}`");
        let mut finding = resource.finding(rule, "flinkVersion", message)?;
        "there are v1_13 to v1_20, and v2_0 and later".clone_into(&mut finding.help);
        return Some(finding);
    }
    if (major, minor) >= SUPPORTED {
        return None;
    }
    let message = format!("operators since 1.9 refuse Flink {major}.{minor}");
    let mut finding = resource.finding(rule, "flinkVersion", message)?;
    finding.severity = Severity::Warning;
    "they run Flink 1.15 and later; upgrade Flink before the operator"
        .clone_into(&mut finding.help);
    Some(finding)
}

/// `v1_20` as numbers.
fn release(text: &str) -> Option<(u32, u32)> {
    let (major, minor) = text.strip_prefix('v')?.split_once('_')?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(major) || !digits(minor) {
        return None;
    }
    Some((major.parse().ok()?, minor.parse().ok()?))
}

/// The version that another spelling means: `1.20`, `v1.20.1`, `1_20`, `V1_20`.
fn meant(text: &str) -> Option<String> {
    let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
    let mut parts = text.split(['.', '_']);
    let major: u32 = parts.next()?.parse().ok()?;
    let minor: u32 = parts.next()?.parse().ok()?;
    let patch = parts.next();
    let is_whole = parts.next().is_none() && patch.is_none_or(|patch| patch.parse::<u32>().is_ok());
    let mut known = KNOWN.iter();
    let exists = known.any(|(own, minors)| *own == major && minors.contains(&minor));
    (is_whole && exists).then(|| format!("v{major}_{minor}"))
}

/// The files that the operator puts beside the configuration of a cluster.
const LOG_FILES: [&str; 2] = ["log4j-console.properties", "logback-console.xml"];

fn log_files(rule: &Rule, resource: Resource, out: &mut Vec<Finding>) {
    let parent = resource.key("logConfiguration.");
    for field in resource.fields.in_force() {
        let Some(name) = field.key.strip_prefix(&parent) else {
            continue;
        };
        if LOG_FILES.contains(&name) || is_placeholder(name) {
            continue;
        }
        let message = format!("the operator takes no logging configuration called `{name}`");
        let mut finding = rule.finding(resource.fields, field.key_at, message);
        finding.key = Some(field.key.clone());
        finding.help = format!(
            "the pods of a cluster read `{}` or `{}`: call it so",
            LOG_FILES[0], LOG_FILES[1]
        );
        out.push(finding);
    }
}

/// A number that must be 1 or more.
fn at_least_one(rule: &Rule, resource: Resource, path: &str) -> Option<Finding> {
    let field = resource.known(path)?;
    if integer(field)? >= 1 {
        return None;
    }
    let key = resource.key(path);
    let message = format!(
        "{key} is less than 1: the operator refuses the {}",
        resource.kind()
    );
    let mut finding = resource.finding(rule, path, message)?;
    finding.help = match path {
        "job.parallelism" => {
            "write how many parallel instances the job has; to stop a job, write `state: \
                              suspended`"
        }
        "jobManager.replicas" => "write 1, or more with high availability",
        _ => "write how many TaskManagers to start, or leave it out",
    }
    .to_owned();
    Some(finding)
}

/// The address of an ingress (`IngressUtils.getIngressUrl`): a port that is none is all that
/// `java.net.URL` does not take.
fn template(rule: &Rule, resource: Resource) -> Option<Finding> {
    let field = resource.field("ingress.template")?;
    let port = bad_port(field)?;
    let message =
        format!("`{port}` is no port: the operator can't make an address of the template");
    let mut finding = resource.finding(rule, "ingress.template", message)?;
    "what follows the `:` behind the host is a port: write a number there, or a path behind a `/`"
        .clone_into(&mut finding.help);
    Some(finding)
}

/// What stands in the place of the port and is no number.
fn bad_port(field: &Setting) -> Option<String> {
    let text = without_names(&field.value);
    if is_placeholder(&text) {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let start = ["http://", "https://"]
        .into_iter()
        .find(|protocol| lower.starts_with(protocol))
        .map_or(0, str::len);
    let text = &text[start..];
    let authority = &text[..text.find(['/', '?', '#']).unwrap_or(text.len())];
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    if host.starts_with('[') {
        return None;
    }
    let (_, port) = host.split_once(':')?;
    let is_port = port.is_empty() || port.parse::<i32>().is_ok_and(|port| port >= -1);
    (!is_port).then(|| port.to_owned())
}

/// A template with names in place of `{{name}}` and `{{namespace}}`, in any case.
fn without_names(text: &str) -> String {
    let mut text = text.to_owned();
    for (mark, name) in [("{{name}}", "name"), ("{{namespace}}", "namespace")] {
        while let Some(at) = text.to_ascii_lowercase().find(mark) {
            text.replace_range(at..at + mark.len(), name);
        }
    }
    text
}

/// A snapshot that is both.
fn snapshot(rule: &Rule, resource: Resource) -> Option<Finding> {
    if !resource.has("savepoint") || !resource.has("checkpoint") {
        return None;
    }
    let message = "the snapshot is both a `savepoint` and a `checkpoint`: the operator refuses it";
    let mut finding = resource.finding(rule, "checkpoint", message.to_owned())?;
    "a snapshot is one of the two: make it two resources".clone_into(&mut finding.help);
    if let Some(savepoint) = resource.field("savepoint") {
        let related = related((savepoint, resource.fields), "the savepoint");
        finding.related.push(related);
    }
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_reading_of_a_version_is_taken_for_it() {
        for (text, version) in [
            ("1.20", Some("v1_20")),
            ("v1.17.2", Some("v1_17")),
            ("V1_18", Some("v1_18")),
            ("2_0", Some("v2_0")),
            ("1.2", None),
            ("v1_21", None),
            ("latest", None),
            ("1.20.1.1", None),
        ] {
            assert_eq!(meant(text).as_deref(), version, "{text}");
        }
    }

    #[test]
    fn names_in_a_template_may_be_in_any_case() {
        assert_eq!(
            without_names("{{Name}}.x/{{NAMESPACE}}{{name}}"),
            "name.x/namespacename"
        );
        assert_eq!(without_names("{{ .Values.x }}"), "{{ .Values.x }}");
    }
}
