//! `option-removed`: keys that only earlier versions have.

use super::{Depth, Gap, Judged, Rule, Verdict, judged, last, rekeyed, removal, serializers};
use crate::deployment::Deployment;
use crate::finding::{Finding, Fix, Safety, Severity};
use crate::flink::options::{self, State};
use crate::flink::value;
use crate::flink::version::Versions;
use crate::rules::{claim, memory};

/// What there is to say about a removed key beyond its removal.
struct Story {
    /// The key, or with a dot at its end everything below it.
    key: &'static str,
    /// What follows, and what to do.
    help: &'static str,
    /// Options that do the job now; where one is set, the old line can go.
    instead: &'static [&'static str],
    /// Whether the line asks for something that matters and is silently missing.
    matters: bool,
}

const fn harmless(key: &'static str, help: &'static str) -> Story {
    Story {
        key,
        help,
        instead: &[],
        matters: false,
    }
}

const fn matters(key: &'static str, help: &'static str, instead: &'static [&'static str]) -> Story {
    Story {
        key,
        help,
        instead,
        matters: true,
    }
}

/// Declared before, and read by nothing even then (`unread-option`).
const UNREAD: &str = "earlier versions declared it as well but read it nowhere";
const JOBMANAGER: &str = "it sizes nothing any more: set jobmanager.memory.process.size (containers) or \
                          jobmanager.memory.flink.size";
const TASKMANAGER: &str = "it sizes nothing any more: set taskmanager.memory.process.size (containers) \
                           or taskmanager.memory.flink.size";
const JOBMANAGER_SIZES: &[&str] = &[
    "jobmanager.memory.process.size",
    "jobmanager.memory.flink.size",
    "jobmanager.memory.heap.size",
];
const TASKMANAGER_SIZES: &[&str] = &[
    "taskmanager.memory.process.size",
    "taskmanager.memory.flink.size",
    "taskmanager.memory.task.heap.size",
];
const TLS: &str = "security.ssl.enabled";
const TLS_NOW: &[&str] = &["security.ssl.internal.enabled", "security.ssl.rest.enabled"];
const TYPES: &str = "nothing is registered: list the types in pipeline.serialization-config, which \
                     state written with them needs to be read";

/// Sorted by key.
const STORIES: [Story; 31] = [
    harmless("akka.watch.", UNREAD),
    matters(
        "cluster.evenly-spread-out-slots",
        "slots fill one TaskManager after the other: set taskmanager.load-balance.mode: SLOTS",
        &["taskmanager.load-balance.mode"],
    ),
    harmless(
        "execution.checkpointing.prefer-checkpoint-for-recovery",
        "there is nothing to do",
    ),
    matters(
        "fs.hdfs.",
        "Hadoop's files are found by the environment variable HADOOP_CONF_DIR or HADOOP_HOME",
        &[],
    ),
    harmless("high-availability.job.delay", UNREAD),
    matters("jobmanager.heap.mb", JOBMANAGER, JOBMANAGER_SIZES),
    matters("jobmanager.heap.size", JOBMANAGER, JOBMANAGER_SIZES),
    harmless("jobmanager.web.backpressure.", UNREAD),
    harmless("jobmanager.web.ssl.enabled", UNREAD),
    harmless("local.number-resourcemanager", UNREAD),
    harmless("mesos.", "Flink left Mesos with 1.14"),
    matters(
        "pipeline.default-kryo-serializers",
        TYPES,
        &[serializers::KEY],
    ),
    matters("pipeline.registered-kryo-types", TYPES, &[serializers::KEY]),
    matters("pipeline.registered-pojo-types", TYPES, &[serializers::KEY]),
    harmless("recovery.job.delay", UNREAD),
    matters(
        TLS,
        "set security.ssl.internal.enabled and security.ssl.rest.enabled",
        TLS_NOW,
    ),
    harmless("state.backend.async", UNREAD),
    matters(
        "table.exec.shuffle-mode",
        "set execution.batch-shuffle-mode, whose values have other names",
        &["execution.batch-shuffle-mode"],
    ),
    harmless("taskmanager.exit-on-fatal-akka-error", UNREAD),
    matters("taskmanager.heap.mb", TASKMANAGER, TASKMANAGER_SIZES),
    matters("taskmanager.heap.size", TASKMANAGER, TASKMANAGER_SIZES),
    harmless("taskmanager.initial-registration-pause", UNREAD),
    harmless("taskmanager.max-registration-pause", UNREAD),
    matters(
        "taskmanager.network.netty.sendReceiveBufferSize",
        "the operating system sizes the buffers of sockets now: its limits are net.ipv4.tcp_rmem and \
         net.ipv4.tcp_wmem",
        &[],
    ),
    matters(
        "taskmanager.network.numberOfBuffers",
        "network memory is sized by taskmanager.memory.network.fraction, .min and .max",
        &[
            "taskmanager.memory.network.fraction",
            "taskmanager.memory.network.max",
        ],
    ),
    harmless("taskmanager.refused-registration-pause", UNREAD),
    harmless("taskmanager.registration.", UNREAD),
    harmless("web.backpressure.", UNREAD),
    harmless("web.ssl.enabled", UNREAD),
    matters(
        "yarn.application-master.env.",
        "write containerized.master.env.<NAME>",
        &[],
    ),
    matters(
        "yarn.taskmanager.env.",
        "write containerized.taskmanager.env.<NAME>",
        &[],
    ),
];

/// Options of SQL in 1.14 that got another name in 1.15, which reads the old one nowhere.
const RENAMED: [(&str, &str); 3] = [
    (
        "table.exec.deduplicate.mini-batch.compact-changes",
        "table.exec.deduplicate.mini-batch.compact-changes-enabled",
    ),
    (
        "table.exec.insert-and-updateafter-sensitive",
        "table.exec.deduplicate.insert-update-after-sensitive-enabled",
    ),
    (
        "table.exec.topn.cache-size",
        "table.exec.rank.topn-cache-size",
    ),
];

/// The story of a key.
fn story(key: &str) -> Option<&'static Story> {
    STORIES
        .iter()
        .find(|story| story.key == key || (story.key.ends_with('.') && key.starts_with(story.key)))
}

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for found in judged(deployment, Depth::OtherVersions, |verdict| {
        matches!(verdict, Verdict::Removed(_))
    }) {
        let Verdict::Removed(gap) = found.verdict else {
            continue;
        };
        out.push(finding(rule, deployment, &found, gap));
    }
}

fn finding(rule: &Rule, deployment: &Deployment, found: &Judged, gap: Gap) -> Finding {
    let setting = found.setting;
    let key = setting.key.as_str();
    let story = story(key);
    // `false` asks for nothing that is missing now.
    let is_off = setting.known && value::parse_boolean(&setting.value) == Ok(false);
    let set = story.map_or_else(Vec::new, |story| set(deployment, story));
    let renamed = renamed(key, gap);
    let is_renamed_and_set = renamed.is_some_and(|option| deployment.raw(option).is_some());
    let is_tls = key == TLS;
    // One switch became two; everything else has alternatives.
    let is_served = !set.is_empty() && (!is_tls || set.len() == TLS_NOW.len());
    let is_certain = gap.is_whole(deployment) && deployment.is_complete();
    let is_off_now = is_tls && !is_off && set.is_empty() && is_certain;
    let whole = gap.is_whole(deployment);
    let stopped = memory::left_without_size(deployment, key).filter(|_| whole);
    let what = match stopped {
        Some(process) => format!(
            "ignores it: the {} has no memory size and does not start",
            process.name()
        ),
        None if is_off_now => "ignores it: TLS is off".to_owned(),
        None => "ignores it".to_owned(),
    };
    let message = format!("Flink {} has no `{key}` any more and {what}", gap.missing);
    let mut finding = rule.finding(found.document, setting.key_at, message);
    if stopped.is_some() {
        finding.severity = Severity::Error;
    } else if is_off && renamed.is_none()
        || is_served
        || is_renamed_and_set
        || story.is_some_and(|story| !story.matters)
    {
        finding.severity = Severity::Note;
    }
    finding.label = format!("last known in {}", last(gap.known));
    finding.help = match story {
        None if is_renamed_and_set => {
            format!("set for it now: {}", renamed.unwrap_or_default())
        }
        None if renamed.is_some() => format!("its name there is {}", renamed.unwrap_or_default()),
        Some(_) if is_served => format!("set for it now: {}", set.join(", ")),
        Some(_) if is_off => "it was switched off anyway".to_owned(),
        Some(story) => story.help.to_owned(),
        None => format!(
            "it was removed in {}, and nothing reads it under another name",
            removed_in(gap.known).unwrap_or_default()
        ),
    };
    finding.key = Some(key.to_owned());
    if gap.is_whole(deployment) {
        let replaced = (!is_served && !is_off)
            .then(|| replacement(deployment, found))
            .flatten();
        // What is missed now has to be put elsewhere before the line may go.
        let wanted = !is_served && !is_off && story.is_some_and(|story| !story.instead.is_empty());
        let renaming = renamed.filter(|_| !is_renamed_and_set);
        finding.fix = match replaced {
            _ if renaming.is_some() => renaming.and_then(|option| {
                let risk = "the setting takes effect again";
                rekeyed(deployment, found.document, setting, option, risk)
            }),
            Some(fix) => Some(fix),
            None if wanted => None,
            None => removal(deployment, found.document, key),
        };
    }
    finding
}

/// The option that read the key as an old name, where the versions that no longer do still have it.
fn renamed(key: &str, gap: Gap) -> Option<&'static str> {
    if let Some((_, option)) = RENAMED.iter().find(|(old, _)| *old == key) {
        return Some(*option).filter(|option| gap.missing.within(options::known_in(option)));
    }
    let aliases = options::meanings(key).filter(|spec| spec.state == State::Alias);
    let mut targets = aliases.flat_map(|spec| spec.targets());
    let first = targets.next()?;
    let is_only = targets.all(|target| target == first);
    let is_there = gap.missing.within(options::known_in(first));
    (is_only && is_there).then_some(first)
}

/// The options that do the job now and that the deployment sets.
fn set(deployment: &Deployment, story: &Story) -> Vec<&'static str> {
    let instead = story.instead.iter().copied();
    instead
        .filter(|option| deployment.raw(option).is_some())
        .collect()
}

/// The version after the last that knew a key; `None` where the newest does.
pub(super) fn removed_in(known: Versions) -> Option<&'static str> {
    let last = known.bits().checked_ilog2()?;
    Versions::from_bits(u16::MAX << (last + 1)).names().next()
}

/// The options that do the job of a removed one.
pub(super) fn instead(key: &str) -> &'static [&'static str] {
    story(key).map_or(&[], |story| story.instead)
}

/// The same thing said with the options of today, where there is exactly one way.
fn replacement(deployment: &Deployment, found: &Judged) -> Option<Fix> {
    let setting = found.setting;
    if !setting.known {
        return None;
    }
    let is_on = value::parse_boolean(&setting.value) == Ok(true);
    let (title, risk, settings) = match setting.key.as_str() {
        "cluster.evenly-spread-out-slots" if is_on => (
            "set taskmanager.load-balance.mode to SLOTS",
            "slots are spread over all TaskManagers again",
            vec![("taskmanager.load-balance.mode", "SLOTS".to_owned())],
        ),
        TLS if is_on => (
            "switch TLS on inside the cluster and for REST",
            "clients and all processes need matching key and trust stores",
            TLS_NOW
                .iter()
                .filter(|option| deployment.raw(option).is_none())
                .map(|option| (*option, "true".to_owned()))
                .collect(),
        ),
        serializers::SERIALIZERS | serializers::KRYO_TYPES | serializers::POJO_TYPES => {
            return serializers::translate(deployment, found.document);
        }
        _ => return None,
    };
    let known = settings
        .iter()
        .all(|(key, _)| deployment.versions.within(options::known_in(key)));
    if !known || found.document.all(&setting.key).count() != 1 {
        return None;
    }
    let source = deployment.source(found.document);
    let mut claims = vec![claim(found.document, &setting.key, None)];
    for (key, value) in &settings {
        claims.push(claim(found.document, key, Some(value)));
    }
    Some(Fix {
        title: title.to_owned(),
        safety: Safety::Unsafe,
        risk: risk.to_owned(),
        edits: vec![
            found.document.remove(source, setting)?,
            found.document.insert_all(source, &settings)?,
        ],
        claims,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stories_are_of_removed_options_and_name_options() {
        assert!(STORIES.is_sorted_by(|one, other| one.key < other.key));
        for story in &STORIES {
            let newest = Versions::parse("2.3").unwrap();
            assert!(!options::is_known(story.key, newest), "{}", story.key);
            for option in story.instead {
                assert!(options::is_option(option), "{option}");
            }
        }
    }

    #[test]
    fn an_option_that_lost_an_old_name_is_still_there() {
        let renamed = |key: &str, missing: &str| {
            let known = options::known_in(key);
            let missing = Versions::parse(missing).unwrap();
            super::renamed(key, Gap { missing, known })
        };
        let local = "state.backend.rocksdb.localdir";
        let top = "table.exec.rank.topn-cache-size";
        assert_eq!(
            renamed("state.backend.rocksdb.checkpointdir", "2.0"),
            Some(local)
        );
        assert_eq!(renamed("table.exec.topn-cache-size", "2.3"), Some(top));
        assert_eq!(
            renamed("table.exec.topn.cache-size", "1.15..2.3"),
            Some(top)
        );
        assert_eq!(renamed("taskmanager.net.transport", "2.0"), None);
        assert_eq!(renamed("jobmanager.heap.mb", "2.0"), None);
    }
}
