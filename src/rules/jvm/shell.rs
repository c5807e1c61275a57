//! What the start scripts make of quotes, and of `env.java.home`. They read the file with `sed`, cut one
//! quote at each end, and expand the options with `eval` (`config.sh`, `bash-java-utils.sh`,
//! `flink-daemon.sh`, `flink-console.sh`; the same lines from 1.13 on, run with those of 1.20).

use super::{Options, all_options, java_home, keeps_quotes};
use crate::deployment::Deployment;
use crate::finding::{Finding, Severity};
use crate::flink::options;
use crate::flink::value;
use crate::flink::version::Versions;
use crate::rules::{Rule, cluster, fixes};
use crate::syntax::{Document, Format, Setting};

/// 1.19 and 1.20: the versions that put a blank before the value and then cut only its last quote.
const HALF_CUT: Versions = Versions::from_bits(0x00C0);
/// 1.19 to 2.1: the versions that leave the quotes of `env.log.max` in the variable.
const QUOTED_LOG_MAX: Versions = Versions::from_bits(0x03C0);

/// `shell-quoting`: the check.
pub(in crate::rules) fn shell_quoting(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    // What a template fills in may hold quotes of its own.
    let known = all_options(deployment)
        .into_iter()
        .filter(|options| options.flags().is_some());
    for options in known {
        if let Some(finding) = half_cut(rule, deployment, &options) {
            out.push(finding);
        } else if let Some(finding) = last_quote(rule, &options) {
            out.push(finding);
        }
    }
    for (document, setting) in cluster::settings(deployment) {
        if document.format == Format::ConfigYaml {
            out.extend(quoted_scalar(rule, deployment, document, setting));
        }
    }
}

const UNBALANCED: &str = "the scripts cut the last quote but not its partner; `eval` then fails with \
                          `unexpected EOF` and the process starts without any of the options";

/// `env.java.opts.all: "-Da=1 -Db=2"` in flink-conf.yaml of 1.19 and 1.20.
fn half_cut(rule: &Rule, deployment: &Deployment, options: &Options) -> Option<Finding> {
    let (document, setting) = (options.document, options.setting);
    let inner = setting.value.strip_prefix('"')?.strip_suffix('"')?;
    // These three are cut at both ends.
    let own = ["client", "historyserver", "sql-gateway"];
    let cut = own.iter().any(|end| setting.key.ends_with(end));
    if !keeps_quotes(document) || !options.versions.within(HALF_CUT) || cut || inner.contains('"') {
        return None;
    }
    let everywhere = matches!(
        setting.key.as_str(),
        "env.java.opts" | "env.java.opts.all" | "env.java.default-opts.all"
    );
    let message = if everywhere {
        format!(
            "the quotes of `{}` break the command line: JobManager and TaskManager lose all JVM options, \
             and `bin/flink` does not start",
            setting.key
        )
    } else {
        format!(
            "the quotes of `{}` make the process lose all of its JVM options",
            setting.key
        )
    };
    let mut finding = rule.finding(document, setting.whole, message);
    if !everywhere {
        finding.severity = Severity::Warning;
    }
    finding.label = "no quotes here".to_owned();
    finding.help = UNBALANCED.to_owned();
    finding.key = Some(setting.key.clone());
    let fix = fixes::set(deployment, document, setting, inner);
    let fix = fix.map(|fix| fix.titled("remove the quotes"));
    finding.fix = if everywhere {
        fix
    } else {
        fix.map(|fix| fix.risky("the options take effect for the first time"))
    };
    Some(finding)
}

/// `env.java.opts.all: -Dname="a b"`, in every version and file.
fn last_quote(rule: &Rule, options: &Options) -> Option<Finding> {
    let (document, setting) = (options.document, options.setting);
    let value = &setting.value;
    let evaluated = !setting.key.ends_with("client") && !setting.key.ends_with("sql-gateway");
    let cut = setting.key.starts_with("env.java.opts") && evaluated;
    let balanced = value.matches('"').count() % 2 == 0;
    let odd = value.ends_with('"') && !value.starts_with('"') && balanced;
    // The scripts get a value that YAML has to quote in single quotes, which are not cut.
    let quoted = !keeps_quotes(document)
        && (value.contains(": ") || value.contains(" #") || !value.starts_with('-'));
    if !cut || !odd || quoted || !setting.known || value.contains('\'') {
        return None;
    }
    let message = format!(
        "the scripts cut the last quote of `{}`; the process loses all of its JVM options",
        setting.key
    );
    let mut finding = rule.finding(document, setting.whole, message);
    finding.severity = Severity::Warning;
    finding.label = "a quote must not be the last character".to_owned();
    finding.help = format!("{UNBALANCED}; move the flag before another one");
    finding.key = Some(setting.key.clone());
    Some(finding)
}

/// `env.log.max: "7"` and `env.stdout-err.redirect-to-file: "true"` in config.yaml.
fn quoted_scalar(
    rule: &Rule,
    deployment: &Deployment,
    document: &Document,
    setting: &Setting,
) -> Option<Finding> {
    let versions = options::known_in(&setting.key).and(deployment.versions);
    let (harm, help) = match setting.key.as_str() {
        "env.log.max" if versions.within(QUOTED_LOG_MAX) => {
            value::parse_integer(&setting.value).ok()?;
            (
                "the quotes get into the number of log files",
                "the scripts hand `'7'` instead of `7` to log4j, which can't read it",
            )
        }
        "env.stdout-err.redirect-to-file" => {
            let true_ = value::parse_boolean(&setting.value) == Ok(true);
            true_.then_some((
                "the quotes get into the value: nothing is redirected",
                "the scripts compare `'true'` with `true`",
            ))?
        }
        _ => return None,
    };
    let text = deployment.source(document).text(setting.value_at);
    if versions.is_empty() || !setting.known || !text.starts_with(['"', '\'']) {
        return None;
    }
    let mut finding = rule.finding(document, setting.whole, harm);
    finding.severity = Severity::Warning;
    finding.label = "write it without quotes".to_owned();
    finding.help = help.to_owned();
    finding.key = Some(setting.key.clone());
    Some(finding)
}

/// Whether the scripts, which look for a line `env.java.home: ` before Java can read the file, see it
/// and get a path.
pub(super) fn sees_home(deployment: &Deployment, document: &Document, setting: &Setting) -> bool {
    let source = deployment.source(document);
    let line = source
        .text(source.full_line(setting.key_at.start))
        .into_owned();
    let flat = line.trim_start_matches(' ').starts_with("env.java.home");
    let quoted = source.text(setting.value_at).starts_with(['"', '\'']);
    flat && !quoted
}

/// `java-home-not-seen`: the check.
pub(in crate::rules) fn java_home_not_seen(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    let Some((document, setting)) = java_home(deployment) else {
        return;
    };
    if sees_home(deployment, document, setting) {
        return;
    }
    let source = deployment.source(document);
    let quoted = source.text(setting.value_at).starts_with(['"', '\'']);
    let message = if quoted {
        "the start scripts read the quotes of `env.java.home` as part of the path and take another Java"
    } else {
        "the start scripts see `env.java.home` only as one key on one line and take another Java"
    };
    let mut finding = rule.finding(document, setting.whole, message);
    finding.label = "not found: JAVA_HOME or the java of the PATH is used".to_owned();
    finding.help =
        "the scripts need a Java before anything can read YAML, so they search the file for a \
                    line `env.java.home: PATH`, without quotes"
            .to_owned();
    finding.key = Some(setting.key.clone());
    out.push(finding);
}
