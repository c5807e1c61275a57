//! What every linting command does first: find, configure, read.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{IsTerminal, Read};
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use super::{ColorChoice, LintArgs, OutputArgs, Threshold, complain, stdin};
use crate::config::{Config, Origin, Spot, Value};
use crate::date::Date;
use crate::deployment::{Deployment, Place, is_said_by_job};
use crate::discover::{ConfigSource, Found, discover, discover_stdin};
use crate::finding::{Finding, Severity};
use crate::flink::version::{NAMES, Versions};
use crate::lint::validate;
use crate::project::Project;
use crate::recognise;
use crate::report::{Style, Summary};
use crate::rules;
use crate::syntax::{Document, Format, Space};
use crate::text::SourceId;
use crate::words;

/// What `check`, `fix` and `show` read.
pub(super) const FILES: &str = "Flink, sysctl or job files";

/// Whether the one input is standard input.
fn is_stdin(args: &LintArgs) -> bool {
    args.paths.len() == 1 && args.paths[0] == Path::new("-")
}

/// Says that there is nothing of a kind under the paths. Files that are known to be none were named before.
pub(super) fn tell_nothing(kind: &str, args: &LintArgs, found: &Found) {
    let shown = args.paths.iter().map(|path| path.display().to_string());
    let mut places: Vec<String> = shown.collect();
    if places.is_empty() {
        places.push(".".to_owned());
    }
    places.retain(|place| !found.unrecognised.contains(place));
    if !places.is_empty() {
        complain("warning", &format!("no {kind} under {}", places.join(", ")));
    }
}

/// Finds and reads the project, lays flags over its configuration, and checks that.
pub(super) fn open(args: &LintArgs, error_on: Option<Threshold>) -> Result<Found, String> {
    let config = match (&args.config, args.isolated) {
        (Some(file), _) => ConfigSource::File(file.clone()),
        (None, true) => ConfigSource::Isolated,
        (None, false) => ConfigSource::Nearest,
    };
    if args.paths.len() > 1 && args.paths.iter().any(|path| path == Path::new("-")) {
        let what = "`-` is standard input and stands alone; a file of that name is `./-`";
        return Err(what.to_owned());
    }
    let found = if is_stdin(args) {
        let mut bytes = Vec::new();
        let limit = crate::text::MAX_BYTES;
        let mut input = std::io::stdin().lock().take(limit + 1);
        input
            .read_to_end(&mut bytes)
            .map_err(|error| format!("standard input: {}", words::refusal(&error)))?;
        if bytes.len() as u64 > limit {
            return Err(format!("standard input: more than {} MiB", limit >> 20));
        }
        let name = match &args.stdin_filename {
            Some(name) => name.as_path(),
            None if stdin::is_plain(&bytes) => Path::new(stdin::NAME),
            None if bytes.iter().all(u8::is_ascii_whitespace) => {
                return Err("standard input is empty".to_owned());
            }
            None => {
                return Err(
                    "`-` needs --stdin-filename PATH, unless the text is a manifest: the name says what it is"
                        .to_owned(),
                );
            }
        };
        discover_stdin(name, bytes, &config)
    } else {
        discover(&args.paths, &config)
    };
    let mut found = found.map_err(|error| error.to_string())?;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    found.configs.today = now.ok().map(|now| Date::of_unix(now.as_secs()));
    found.configs.each(|config| {
        lay_flags(args, config);
        if let Some(Threshold(severity)) = error_on {
            config.error_on = severity;
            let word = severity.map_or("never", Severity::name);
            config.note_flag("error-on", "--error-on", Value::Text(word.to_owned()));
        }
    });
    validate(&found.configs).map_err(|error| error.to_string())?;
    Ok(found)
}

/// Lays flags over a configuration.
pub(super) fn lay_flags(args: &LintArgs, config: &mut Config) {
    let list = |names: &[String], flag: &str| {
        let origin: Arc<Origin> = Origin {
            path: flag.to_owned(),
            is_flag: true,
            ..Origin::default()
        }
        .into();
        let spot = || Spot {
            origin: Arc::clone(&origin),
            ..Spot::default()
        };
        names
            .iter()
            .map(move |name| (name.clone(), spot()))
            .collect()
    };
    if let Some(versions) = args.flink_version {
        config.flink_version = Some(versions);
        config.flink_version_at = None;
        let value = Value::Text(versions.to_string());
        config.note_flag("flink-version", "--flink-version", value);
    }
    if !args.select.is_empty() {
        config.select.clone_from(&args.select);
        let value = Value::Texts(list(&args.select, "--select"));
        config.note_flag("select", "--select", value);
    }
    if !args.ignore.is_empty() {
        config.ignore.extend(args.ignore.iter().cloned());
        // They come on top of those of the file.
        let mut all: Vec<(String, Spot)> = list(&args.ignore, "--ignore");
        if let Some(Value::Texts(own)) = config.tree.get("ignore").map(|entry| &entry.value) {
            all.splice(0..0, own.iter().cloned());
        }
        config.note_flag("ignore", "--ignore", Value::Texts(all));
    }
    config.rename(rules::current_name);
}

/// Whether a run sees what every run sees: neither other versions nor other rules, for once.
pub(super) fn judges(args: &LintArgs) -> bool {
    let rules = args.select.is_empty() && args.ignore.is_empty();
    rules && args.flink_version.is_none() && !args.isolated
}

/// The `config.yaml` of what was named: whoever asks about its folder wants to see what Flink makes of
/// it, whatever it holds.
pub(super) fn named_config_yaml(found: &Found) -> Vec<String> {
    let paths = found.sources.0.iter().map(|source| source.path.clone());
    paths
        .filter(|path| {
            let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
            let mut scopes = found.scope.iter();
            name == "config.yaml" && scopes.any(|scope| scope == path || scope == folder)
        })
        .collect()
}

/// Tells what could not be read, what was named in vain and what failed in flint itself. True when the job
/// could not be done.
pub(super) fn tell(found: &Found, internal_errors: &[String]) -> bool {
    let in_scope = |path: &str| {
        found.scope.iter().any(|scope| {
            scope.is_empty()
                || path == scope
                || path
                    .strip_prefix(scope.as_str())
                    .is_some_and(|rest| rest.starts_with('/'))
        })
    };
    let mut failed = false;
    for unread in found.unread.iter().filter(|unread| in_scope(&unread.path)) {
        // The folder of a database's volume is nobody's mistake, unless somebody asks for it.
        let is_beside = unread.is_folder && !found.scope.contains(&unread.path);
        let (label, what) = if is_beside {
            ("warning", "what it holds was not checked")
        } else {
            ("error", "it was not checked")
        };
        complain(label, &format!("{}: {}; {what}", unread.path, unread.why));
        failed |= !is_beside;
    }
    for path in &found.unrecognised {
        complain(
            "warning",
            &format!("{path} is none of the files that flint reads"),
        );
    }
    for error in internal_errors {
        complain("error", error);
        failed = true;
    }
    failed
}

/// The deployments that are asked about: a file of each is in scope.
pub(super) fn deployments<'p>(found: &Found, project: &'p Project) -> Vec<Deployment<'p>> {
    let mut all = project.deployments();
    all.retain(|own| is_in_scope(found, own));
    all
}

fn is_in_scope(found: &Found, deployment: &Deployment) -> bool {
    let mut files = deployment.files();
    files.any(|document| found.in_scope(document.source))
}

/// `-v`: each file, what it is read as, and for which deployment.
pub(super) fn tell_files(found: &Found, deployments: &[Deployment]) {
    let in_scope = deployments.iter().filter(|own| is_in_scope(found, own));
    for deployment in in_scope {
        let from = match &deployment.version_from {
            Some(from) => format!(" ({from})"),
            None => String::new(),
        };
        let runs_flink = !deployment.documents.is_empty() || !deployment.unread.is_empty();
        let runs = format!(" runs {}{from}", deployment.version_text());
        let runs = if runs_flink { runs.as_str() } else { "" };
        complain("deployment", &format!("{}{runs}", deployment.name));
        if let Some(from) = &deployment.version_dropped {
            let what = "not counted, its version does not read these files";
            complain("  version", &format!("{from}: {what}"));
        }
        if let Some(from) = &deployment.version_before_all {
            let what = format!("older than {}, so no memory is computed", NAMES[0]);
            complain("  version", &format!("{from}: {what}"));
        }
        if let (Some(java), Some(from)) = (deployment.java, &deployment.java_from) {
            complain("  java", &format!("Java {java} ({from})"));
        }
        tell_cluster(deployment);
        for document in deployment.documents.iter().chain(&deployment.host) {
            let mut text = deployment.place_of(document);
            if let Some(name) = &document.name {
                text.push_str(&format!(", {name},"));
            }
            let (layer, format) = (document.layer.name(), document.format.name());
            text.push_str(&format!(" as {layer}"));
            if layer != format {
                text.push_str(&format!(" ({format})"));
            }
            complain("  read", &text);
        }
        for document in &deployment.unread {
            let path = &deployment.source(document).path;
            complain("  not read by this version", path);
        }
    }
    for config in found
        .configs
        .iter()
        .filter(|config| !config.path.is_empty())
    {
        complain("configuration", &config.path);
        for said in crate::report::config::said(config) {
            complain("  said", &said);
        }
        for policy in &config.policies {
            complain("  policy", &policy.path);
        }
    }
}

/// What runs a deployment, so that it can be seen why a rule speaks or is silent.
fn tell_cluster(deployment: &Deployment) {
    let cluster = &deployment.cluster;
    let shown = |place: &Place| {
        let source = deployment.sources.get(place.at.source);
        let line = source.line(place.at.span.start);
        format!("{} in {}:{line}", place.what, source.path)
    };
    if let Some(count) = &cluster.task_managers {
        let unit = if count.number == 1 {
            "TaskManager"
        } else {
            "TaskManagers"
        };
        let from = shown(&count.at);
        complain("  cluster", &format!("{} {unit} ({from})", count.number));
    }
    for limit in &cluster.limits {
        let (process, from) = (limit.process.name(), shown(&limit.at));
        complain(
            "  memory limit",
            &format!("{process} {} ({from})", limit.text),
        );
    }
    if !cluster.elsewhere.is_empty() {
        let keys: Vec<&str> = cluster.elsewhere.iter().map(String::as_str).collect();
        complain("  options set elsewhere", &keys.join(", "));
    }
    if cluster.opaque {
        complain("  options set elsewhere", "perhaps any");
    }
    for place in &cluster.set_by {
        complain("  set by", &shown(place));
    }
}

/// The findings that are reported: in scope, and silenced ones only on request.
pub(super) fn reported(found: &Found, findings: Vec<Finding>, with_ignored: bool) -> Vec<Finding> {
    let mut reported: Vec<Finding> = findings
        .into_iter()
        .filter(|finding| found.in_scope(finding.at.source))
        .filter(|finding| with_ignored || finding.suppressed.is_none())
        .collect();
    stdin::name_templates(found, &mut reported);
    reported
}

/// The thresholds of the files of findings where flags or flint.toml say another than a warning.
pub(super) fn thresholds(
    found: &Found,
    findings: &[Finding],
) -> BTreeMap<SourceId, Option<Severity>> {
    let sources = findings.iter().map(|finding| finding.at.source);
    let own = sources.map(|id| (id, found.configs.of(&found.sources.get(id).path).error_on));
    own.filter(|(_, threshold)| *threshold != Some(Severity::Warning))
        .collect()
}

/// Whether any finding reaches the threshold of its file.
pub(super) fn reaches_threshold(found: &Found, findings: &[Finding]) -> bool {
    findings
        .iter()
        .filter(|finding| finding.suppressed.is_none())
        .any(|finding| {
            let path = &found.sources.get(finding.at.source).path;
            let threshold = found.configs.of(path).error_on;
            threshold.is_some_and(|threshold| finding.severity >= threshold)
        })
}

/// The numbers of the last lines.
pub(super) fn summary(found: &Found, project: &Project, findings: &[Finding]) -> Summary {
    let deployments = deployments(found, project);
    let mut names: Vec<&str> = deployments
        .iter()
        .map(|deployment| deployment.name.as_str())
        .collect();
    names.dedup();
    // A source that is read for its types alone is not checked.
    let is_checked = |document: &&Document| {
        document
            .code
            .as_deref()
            .is_none_or(recognise::job::is_of_flink)
    };
    let files = project
        .documents
        .iter()
        .filter(is_checked)
        .map(|document| document.source)
        .filter(|source| found.in_scope(*source))
        .collect::<BTreeSet<_>>()
        .len();
    let (versions, version_why) = versions(&deployments);
    Summary {
        files,
        deployments: names.len(),
        versions,
        version_why,
        ..Summary::of(findings)
    }
}

/// The versions of all deployments in words, and why these.
fn versions(deployments: &[Deployment]) -> (Option<String>, Option<String>) {
    let flink: Vec<&Deployment> = deployments
        .iter()
        .filter(|deployment| !deployment.documents.is_empty() || !deployment.unread.is_empty())
        .collect();
    let Some(first) = flink.first() else {
        return (None, None);
    };
    let all = flink.iter().fold(Versions::NONE, |all, deployment| {
        all.or(deployment.versions)
    });
    let has = |format: Format| {
        flink.iter().any(|deployment| {
            deployment
                .documents
                .iter()
                .any(|document| document.format == format)
        })
    };
    let other = flink.iter().any(|deployment| {
        deployment
            .documents
            .iter()
            .any(|document| document.space == Space::Job)
            || deployment.documents.iter().copied().all(is_said_by_job)
    });
    // Of deployments with different sources no single one tells all.
    let differ = flink
        .iter()
        .any(|deployment| deployment.version_from != first.version_from);
    let why = match &first.version_from {
        _ if differ => "`flint show` says where each comes from".to_owned(),
        Some(from) => from.to_string(),
        None if other => "version not stated".to_owned(),
        None => match (has(Format::FlinkConf), has(Format::ConfigYaml)) {
            (true, false) => "the versions that read flink-conf.yaml".to_owned(),
            (false, true) => "the versions that read config.yaml".to_owned(),
            _ => "version not stated".to_owned(),
        },
    };
    (Some(format!("Flink {all}")), Some(why))
}

/// How output looks on this terminal, or in this pipe.
pub(super) fn style(args: &OutputArgs) -> Style {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let terminal = std::io::stdout().is_terminal();
    let forced = ["FORCE_COLOR", "CLICOLOR_FORCE"]
        .into_iter()
        .any(|name| set(name) && std::env::var(name).as_deref() != Ok("0"));
    let color = match args.color {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto if set("NO_COLOR") => false,
        ColorChoice::Auto => forced || terminal,
    };
    let width = terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0));
    Style {
        color,
        width: width.clamp(40, 120),
        ascii: false,
        quiet: args.quiet,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_that_failed_is_told_and_the_job_was_not_done() {
        let folder = tempfile::TempDir::new().expect("a temporary folder");
        let found = discover(&[folder.path().to_owned()], &ConfigSource::Isolated);
        let found = found.expect("a folder");
        assert!(!tell(&found, &[]));
        assert!(tell(&found, &["internal error in a rule".to_owned()]));
    }
}
