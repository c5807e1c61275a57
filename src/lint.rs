//! Sources and configuration in, findings out. `check`, `fix` and the tests all call this.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::config::{Config, ConfigError, Configs, OptionValue};
use crate::deployment::Deployment;
use crate::finding::{Finding, Fix, Location, Safety, Severity};
use crate::flink::version::Versions;
use crate::page::Policy;
use crate::parallel;
use crate::project::Project;
use crate::rules::{self, DefaultValue, Entry, FrontMatter, Mask, Rule, declared};
use crate::suppress;
use crate::text::{Edit, SourceId};
use crate::words::nearest;

/// What a run found.
#[derive(Debug, Default)]
pub struct Linted {
    /// Findings in the order of file, place and rule; suppressed ones are marked.
    pub findings: Vec<Finding>,
    /// Readers that failed on a source and rules that failed on a deployment: bugs of flint, one line each.
    pub internal_errors: Vec<String>,
}

/// Runs every rule over every deployment.
pub fn lint(project: &Project, configs: &Configs) -> Linted {
    let mut linted = Linted {
        internal_errors: project.internal_errors.clone(),
        ..Linted::default()
    };
    let deployments: Vec<Deployment> = project
        .deployments()
        .into_iter()
        .map(Deployment::as_if_read)
        .collect();
    let found = parallel::map(&deployments, |deployment| {
        let mut linted = Linted::default();
        let homes = homes(deployment, configs);
        let own = configs.of(first_path(deployment));
        for (front, entry) in rules::all().iter().zip(rules::RULES) {
            if deployment.versions.overlaps(front.versions) && runs_anywhere(front, &homes) {
                run(front, *entry, deployment, own, &mut linted);
            }
        }
        for (policy, config) in policies(&homes) {
            if deployment.versions.overlaps(policy.front.versions)
                && runs_anywhere(&policy.front, &homes)
            {
                let entry = Entry {
                    page: policy.text,
                    code: None,
                };
                run(&policy.front, entry, deployment, config, &mut linted);
            }
        }
        linted
    });
    for own in found {
        linted.findings.extend(own.findings);
        linted.internal_errors.extend(own.internal_errors);
    }
    let mut checked: BTreeMap<SourceId, Versions> = BTreeMap::new();
    for deployment in &deployments {
        let read = deployment.documents.iter().chain(&deployment.resources);
        let host = deployment.host.iter().chain(&deployment.host_unread);
        for document in read.chain(host) {
            let versions = checked.entry(document.source).or_insert(Versions::NONE);
            *versions = versions.or(deployment.versions);
        }
    }
    suppress::apply(
        project.sources,
        &project.documents,
        &checked,
        configs,
        &mut linted.findings,
    );
    linted
        .findings
        .retain_mut(|finding| keep(finding, project, configs));
    hide_secrets(project, &deployments, &mut linted.findings);
    linted.findings.sort_by(|left, right| {
        identity(left)
            .cmp(&identity(right))
            .then(right.severity.cmp(&left.severity))
    });
    // A host or file seen by several deployments is one finding, the most severe.
    linted
        .findings
        .dedup_by(|later, first| identity(later) == identity(first));
    suppress::baseline::apply(project.sources, &checked, configs, &mut linted.findings);
    linted
}

/// Takes the secrets of a project out of what is said of it.
fn hide_secrets(project: &Project, deployments: &[Deployment], findings: &mut [Finding]) {
    let sources = project.sources;
    let mut mask = Mask::default();
    for own in parallel::map(&project.documents, |own| Mask::of(sources, own)) {
        mask.add(own);
    }
    for deployment in deployments {
        mask.add_variables(deployment);
    }
    let around = parallel::map(findings, |finding| {
        let source = sources.get(finding.at.source);
        rules::hidden_around(source, source.line_index(finding.at.span.start))
    });
    for (finding, around) in findings.iter_mut().zip(around) {
        mask.apply(finding, around);
    }
}

/// What makes two findings one; also their order.
fn identity(finding: &Finding) -> (Location, &str, Option<&str>) {
    (finding.at, &finding.rule, finding.key.as_deref())
}

/// The configuration that counts for a deployment as a whole: that of its first file.
fn first_path<'d>(deployment: &'d Deployment) -> &'d str {
    let first = deployment.files().next();
    first.map_or("", |document| deployment.source(document).path.as_str())
}

/// The configurations that hold for the files of a deployment, each with the path of one of them; with that of
/// every one where it overrides itself for some.
fn homes<'c>(deployment: &Deployment<'c>, configs: &'c Configs) -> Vec<(&'c Config, &'c str)> {
    let mut found: Vec<(&Config, &str)> = Vec::new();
    for document in deployment.files() {
        let path = deployment.source(document).path.as_str();
        let config = configs.of(path);
        let mut seen = found.iter().map(|(other, _)| *other);
        if !config.overrides.is_empty() || !seen.any(|other| std::ptr::eq(other, config)) {
            found.push((config, path));
        }
    }
    found
}

fn runs_anywhere(front: &FrontMatter, homes: &[(&Config, &str)]) -> bool {
    let mut homes = homes.iter();
    homes.any(|(config, path)| config.runs(front.name, front.group.name(), path))
}

/// The policies of every configuration that holds for a file of a deployment, each once.
fn policies<'c>(homes: &[(&'c Config, &str)]) -> Vec<(&'static Policy, &'c Config)> {
    let mut found: Vec<(&'static Policy, &Config)> = Vec::new();
    for (config, _) in homes {
        for policy in &config.policies {
            if !found.iter().any(|(other, _)| std::ptr::eq(*other, *policy)) {
                found.push((policy, config));
            }
        }
    }
    found
}

fn run(
    front: &'static FrontMatter,
    entry: Entry,
    deployment: &Deployment,
    config: &Config,
    linted: &mut Linted,
) {
    let rule = Rule {
        front,
        options: config.rules.get(front.name).map(|rule| &rule.options),
        known_prefixes: &config.known_prefixes,
    };
    let mut found = Vec::new();
    let outcome = catch_unwind(AssertUnwindSafe(|| match entry.code {
        Some(code) => code(&rule, deployment, &mut found),
        None => declared::check(&rule, deployment, &mut found),
    }));
    if outcome.is_err() {
        linted.internal_errors.push(format!(
            "internal error in rule {} on {} (flint {}); the other rules went on, please report this",
            front.name,
            first_path(deployment),
            env!("CARGO_PKG_VERSION")
        ));
        return;
    }
    rules::relate(deployment, &mut found);
    // What is wrong with a cluster, its own deployment says.
    if let Some(job) = deployment.job {
        found.retain(|finding| finding.at.source == job);
    }
    for finding in &mut found {
        // Two entries of one flow mapping share the comma between them.
        let overlaps = |fix: &Fix| have_overlap(&fix.edits);
        if finding.fix.as_ref().is_some_and(overlaps) {
            finding.fix = None;
        }
        if let Some(fix) = finding.fix.as_mut().filter(|_| deployment.opens_nothing) {
            beware_of_other_versions(fix);
        }
    }
    linted.findings.append(&mut found);
}

/// A file that these versions do not open serves others today, which may read it otherwise.
fn beware_of_other_versions(fix: &mut Fix) {
    if fix.safety == Safety::Safe {
        fix.safety = Safety::Unsafe;
        fix.risk = "the versions that open this file today may read it otherwise".to_owned();
    }
}

/// Whether two of the edits want the same bytes.
fn have_overlap(edits: &[Edit]) -> bool {
    let mut spans: Vec<_> = edits.iter().map(|edit| (edit.source, edit.span)).collect();
    spans.sort_unstable();
    spans
        .windows(2)
        .any(|pair| pair[0].0 == pair[1].0 && pair[1].1.start < pair[0].1.end)
}

/// Applies flint.toml to a finding: whether its rule runs on this file, and how severe it is there.
fn keep(finding: &mut Finding, project: &Project, configs: &Configs) -> bool {
    let path = &project.sources.get(finding.at.source).path;
    let config = configs.of(path);
    // A policy of other files says nothing of this one.
    let Some((front, _)) = rules::find_in(config, &finding.rule) else {
        return false;
    };
    let severity = config.rules.get(front.name).and_then(|rule| rule.severity);
    // A rule's side remarks stay notes whatever its main finding is raised to.
    if let (Some(severity), false) = (severity, finding.severity == Severity::Note) {
        finding.severity = severity;
    }
    config.runs(front.name, front.group.name(), path)
}

/// Checks the rule names and options of every flint.toml against the rules that exist.
pub fn validate(configs: &Configs) -> Result<(), ConfigError> {
    for config in configs.iter() {
        for policy in &config.policies {
            if let Some(error) = taken_name(policy) {
                return Err(error);
            }
        }
        // What the file does not name comes from a flag.
        let error = |name: &str, message: String| match config.places.get(name) {
            Some(spot) => spot.error(message),
            None => ConfigError {
                path: "--select or --ignore".to_owned(),
                line: 0,
                column: 0,
                message,
            },
        };
        let lists = [&config.select, &config.ignore];
        let overridden = config.overrides.iter().map(|entry| &entry.ignore);
        for name in lists.into_iter().chain(overridden).flatten() {
            // A flag speaks to every file; some of them may have no policies.
            let by_flag = !config.places.contains_key(name);
            let known = is_name(config, name)
                || by_flag && configs.iter().any(|other| is_name(other, name));
            if !known {
                return Err(error(name, unknown_name(configs, config, name)));
            }
        }
        for (name, rule) in &config.rules {
            let Some((front, _)) = rules::find_in(config, name) else {
                return Err(error(name, unknown_rule(configs, config, name)));
            };
            for (option, value) in &rule.options {
                let at = format!("{name}.{option}");
                let known = front.options.iter().find(|(own, _)| own == option);
                let fits = match (known, value) {
                    (None, _) => {
                        let names = front
                            .options
                            .iter()
                            .map(|(own, _)| *own)
                            .chain(["severity", "ignorable"]);
                        let hint =
                            nearest(option, names).map(|near| format!("; did you mean `{near}`?"));
                        let page = || format!("; `flint explain {name}` names them");
                        let message = format!(
                            "rule {name} has no option `{option}`{}",
                            hint.unwrap_or_else(page)
                        );
                        return Err(error(&at, message));
                    }
                    (Some((_, DefaultValue::Integer(_))), OptionValue::Integer(number)) => {
                        *number >= 0
                    }
                    (Some((_, DefaultValue::Text(_))), OptionValue::Text(_))
                    | (Some((_, DefaultValue::Words(_))), OptionValue::Words(_)) => true,
                    _ => false,
                };
                if !fits {
                    let kind = match known {
                        Some((_, DefaultValue::Integer(own))) => {
                            format!("a whole number from 0 on, such as {own}")
                        }
                        Some((_, DefaultValue::Text(own))) => {
                            format!("a text in quotes, such as \"{own}\"")
                        }
                        _ => "a list of words in quotes".to_owned(),
                    };
                    let found = match value {
                        OptionValue::Integer(number) => format!("{number}"),
                        OptionValue::Text(_) => "a text".to_owned(),
                        OptionValue::Words(_) => "a list".to_owned(),
                    };
                    let message =
                        format!("`{option}` of rule {name} takes {kind}; this is {found}");
                    return Err(error(&at, message));
                }
            }
        }
    }
    Ok(())
}

/// Why a policy can't have its name: one of flint's own rules has it, or had it.
pub fn taken_name(policy: &Policy) -> Option<ConfigError> {
    rules::find(policy.name())?;
    Some(ConfigError {
        path: policy.path.clone(),
        line: policy.page.name_line,
        column: 1,
        message: format!(
            "`{}` is the name of one of flint's own rules; choose another",
            policy.name()
        ),
    })
}

fn is_name(config: &Config, name: &str) -> bool {
    rules::find_in(config, name).is_some() || rules::Group::parse(name).is_some()
}

/// The message for a table that is of no rule.
fn unknown_rule(configs: &Configs, config: &Config, name: &str) -> String {
    if rules::Group::parse(name).is_some() {
        return format!(
            "`{name}` is a group, and `[rules.NAME]` is about one rule; `select` and `ignore` take groups"
        );
    }
    if let Some(elsewhere) = policy_elsewhere(configs, name) {
        return elsewhere;
    }
    let near = nearest(name, rules::names_in(config)).map_or_else(
        || "`flint rules` lists them".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    format!("there is no rule `{name}`; {near}")
}

/// The message for a policy of other files.
fn policy_elsewhere(configs: &Configs, name: &str) -> Option<String> {
    let policy = configs.policies().find(|policy| policy.name() == name)?;
    Some(format!(
        "there is no rule or group `{name}` here; {} holds for the files of another flint.toml",
        policy.path
    ))
}

fn unknown_name(configs: &Configs, config: &Config, name: &str) -> String {
    if let Some(elsewhere) = policy_elsewhere(configs, name) {
        return elsewhere;
    }
    let names = rules::names_in(config).chain(rules::Group::ALL.map(rules::Group::name));
    let hint = nearest(name, names).map(|near| format!("; did you mean `{near}`?"));
    format!(
        "there is no rule or group `{name}`{}",
        hint.unwrap_or_else(|| "; `flint rules` lists them".to_owned())
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Sources;

    fn panics(_: &Rule, _: &Deployment, out: &mut Vec<Finding>) {
        out.clear();
        let none: [u8; 0] = [];
        assert!(!none.is_empty(), "a bug of a rule");
    }

    #[test]
    fn a_rule_that_panics_costs_itself_and_one_line() {
        let mut sources = Sources::default();
        sources.add("deploy/flink-conf.yaml", "rest.port: 1\nrest.port: 2\n");
        let configs = Configs::default();
        let project = Project::read(&sources, &configs, &[]);
        let deployments = project.deployments();
        let (front, entry) = rules::find("duplicate-key").expect("a rule");
        let broken = Entry {
            code: Some(panics),
            ..*entry
        };
        let mut linted = Linted::default();
        for entry in [broken, *entry] {
            run(front, entry, &deployments[0], configs.of(""), &mut linted);
        }
        assert_eq!(linted.findings.len(), 1, "the next rule goes on");
        let [error] = linted.internal_errors.as_slice() else {
            panic!("one line: {:?}", linted.internal_errors);
        };
        assert!(error.contains("duplicate-key"), "{error}");
        assert!(error.contains("deploy/flink-conf.yaml"), "{error}");
        assert_eq!(error.lines().count(), 1);
    }
}
