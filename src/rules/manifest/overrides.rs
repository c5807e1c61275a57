//! `operator-overrides-option`: what a resource says and the operator replaces by something else
//! (`FlinkConfigBuilder` of the operator).

use super::Cluster;
use crate::deployment::{Base, Deployment};
use crate::finding::{Finding, Related};
use crate::flink::sizes;
use crate::flink::value::parse_memory;
use crate::rules::{Rule, fixes};
use crate::syntax::{Document, Setting};

/// Options that the operator sets to the text of a field, beside those that are options of its fields.
const SAME: [(&str, &str); 4] = [
    ("kubernetes.container.image", "image"),
    ("kubernetes.container.image.ref", "image"),
    ("kubernetes.container.image.pull-policy", "imagePullPolicy"),
    ("kubernetes.service-account", "serviceAccount"),
];

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    for cluster in Cluster::all(deployment) {
        out.extend(parallelism(rule, deployment, cluster));
        out.extend(session_replicas(rule, deployment, cluster));
        for process in ["jobManager", "taskManager"] {
            out.extend(both_resources(rule, cluster, process));
        }
        options(rule, deployment, cluster, out);
    }
}

/// A whole number above 0.
fn number(setting: &Setting) -> Option<u32> {
    let number = setting.value.trim().parse().ok();
    number.filter(|number| *number > 0 && setting.known)
}

/// `job.parallelism` beside `taskManager.replicas`.
fn parallelism(rule: &Rule, deployment: &Deployment, cluster: Cluster) -> Option<Finding> {
    let replicas = cluster.get("taskManager.replicas")?;
    let job = cluster.get("job.parallelism")?;
    let (count, asked) = (number(replicas)?, number(job)?);
    // The reactive mode takes all slots that there are.
    if deployment.raw("scheduler-mode").is_some() {
        return None;
    }
    let slots = deployment.raw("taskmanager.numberOfTaskSlots");
    let slots = slots.map(|(slots, _)| number(slots));
    let slots = match slots {
        Some(slots) => slots,
        None => deployment.base.is_known().then_some(1),
    };
    let becomes = match slots {
        Some(slots) => Some((count.checked_mul(slots)?, slots)),
        None => None,
    };
    // With some number of slots both may come to the same.
    let may_agree = match becomes {
        Some((becomes, _)) => becomes == asked,
        None => asked.is_multiple_of(count),
    };
    if may_agree {
        return None;
    }
    let managers = match count {
        1 => "1 TaskManager".to_owned(),
        more => format!("{more} TaskManagers"),
    };
    let what = match becomes {
        Some((becomes, 1)) => format!("{becomes} ({managers} of 1 slot)"),
        Some((becomes, slots)) => format!("{becomes} ({managers} of {slots} slots)"),
        None => format!("that of all slots of {managers}"),
    };
    let message = format!(
        "`taskManager.replicas` makes the operator ignore `job.parallelism: {asked}`: the default parallelism becomes {what}"
    );
    let mut finding = rule.finding(cluster.fields, replicas.whole, message);
    finding.key = Some(replicas.key.clone());
    finding.help = "with `taskManager.replicas` the operator takes the number of TaskManagers times \
                    taskmanager.numberOfTaskSlots for the parallelism, and tells so in its log only; keep \
                    the one of both that is meant"
        .to_owned();
    let label = "ignored beside `taskManager.replicas`".to_owned();
    finding.related = vec![cluster.related(job, label)];
    let fix = fixes::remove(deployment, cluster.fields, &[&job.key]);
    finding.fix = fix.map(|fix| {
        fix.titled("remove `job.parallelism`")
            .risky("the parallelism stays what it is today, which may not be what is meant")
    });
    Some(finding)
}

/// `taskManager.replicas` of a session cluster whose `TaskManager`s Flink itself starts.
fn session_replicas(rule: &Rule, deployment: &Deployment, cluster: Cluster) -> Option<Finding> {
    let replicas = cluster.get("taskManager.replicas")?;
    let is_native = cluster
        .get("mode")
        .is_none_or(|mode| mode.known && mode.value == "native");
    // A patch may bring the job, or the mode.
    let is_whole = deployment.base != Base::Unknown && cluster.known("flinkVersion").is_some();
    if cluster.has("job") || !is_native || !is_whole {
        return None;
    }
    let message = "`taskManager.replicas` has no effect in a session cluster of the native mode";
    let mut finding = rule.finding(cluster.fields, replicas.whole, message);
    finding.key = Some(replicas.key.clone());
    finding.help =
        "there Flink starts TaskManagers when jobs ask for slots, and stops them when they are \
                    idle; for a fixed number write `mode: standalone`"
            .to_owned();
    finding.fix = fixes::remove(deployment, cluster.fields, &[&replicas.key]);
    Some(finding)
}

/// `resource` beside `resources` with other sizes.
fn both_resources(rule: &Rule, cluster: Cluster, process: &str) -> Option<Finding> {
    let differs = |name: &str| {
        let old = cluster.known(&format!("{process}.resource.{name}"))?;
        let new = ["requests", "limits"]
            .into_iter()
            .find_map(|of| cluster.get(&format!("{process}.resources.{of}.{name}")))?;
        let is_other = new.known && !means(name == "memory", &old.value, &new.value);
        is_other.then_some((old, new))
    };
    let (old, new) = differs("memory").or_else(|| differs("cpu"))?;
    let message = format!(
        "`{process}` has both `resource` and `resources`, and they differ: which one counts depends on the release of the operator"
    );
    let mut finding = rule.finding(cluster.fields, old.whole, message);
    finding.key = Some(old.key.clone());
    finding.help =
        "operators up to 1.15 know only `resource`, later ones ignore it where `resources` has \
                    requests or limits; keep the one for your operator, or write the same in both"
            .to_owned();
    finding.related = vec![cluster.related(new, format!("`resources` says {}", new.value))];
    Some(finding)
}

/// Whether two texts mean the same size or amount.
fn means(is_size: bool, one: &str, other: &str) -> bool {
    let bytes = |text: &str| parse_memory(text).ok().or_else(|| sizes::kubernetes(text));
    let amount = |text: &str| match text.trim().strip_suffix('m') {
        Some(milli) => milli.parse::<f64>().map(|milli| milli / 1000.0).ok(),
        None => text.trim().parse::<f64>().ok(),
    };
    if is_size {
        return bytes(one).is_some() && bytes(one) == bytes(other);
    }
    let both = amount(one).zip(amount(other));
    one.trim() == other.trim()
        || both.is_some_and(|(one, other)| (one - other).abs() < f64::EPSILON)
}

/// Options of the map that fields replace.
fn options(rule: &Rule, deployment: &Deployment, cluster: Cluster, out: &mut Vec<Finding>) {
    let Some(map) = cluster.options(deployment) else {
        return;
    };
    let made = cluster.made(deployment);
    for option in made.into_iter().flat_map(Document::in_force) {
        let (Some(own), Some(field)) = (map.get(&option.key), option.written.as_deref()) else {
            continue;
        };
        let same = means(option.key.contains(".memory."), &own.value, &option.value);
        if own.known && option.known && !same {
            let related = cluster.related(option, format!("{} is {}", option.key, option.value));
            out.push(replaced(rule, deployment, (own, map), field, related));
        }
    }
    for (key, name) in SAME {
        let (Some(own), Some(field)) = (map.get(key), cluster.known(name)) else {
            continue;
        };
        if own.known && own.value != field.value {
            let related = cluster.related(field, format!("{name} is {}", field.value));
            out.push(replaced(rule, deployment, (own, map), &field.key, related));
        }
    }
    if let Some(finding) = default_replicas(rule, deployment, cluster, map) {
        out.push(finding);
    }
}

/// An option in whose place a field comes.
fn replaced(
    rule: &Rule,
    deployment: &Deployment,
    (own, map): (&Setting, &Document),
    field: &str,
    related: Related,
) -> Finding {
    let message = format!(
        "`{}: {}` has no effect: the operator replaces it by `{field}`",
        own.key, own.value
    );
    let mut finding = rule.finding(map, own.whole, message);
    finding.key = Some(own.key.clone());
    finding.help =
        "the fields of a resource win over its flinkConfiguration; keep the field".to_owned();
    finding.related = vec![related];
    finding.fix = fixes::remove(deployment, map, &[&own.key]);
    finding
}

/// Standby `JobManager`s that the option asks for, and the field, whose default is 1, takes away.
fn default_replicas(
    rule: &Rule,
    deployment: &Deployment,
    cluster: Cluster,
    map: &Document,
) -> Option<Finding> {
    let own = map.get("kubernetes.jobmanager.replicas")?;
    let count = number(own)?;
    let section = cluster
        .fields
        .section(&format!("{}.jobManager", cluster.spec))?;
    let is_whole = deployment.base != Base::Unknown;
    if count == 1 || cluster.get("jobManager.replicas").is_some() || !is_whole {
        return None;
    }
    let related = Related {
        at: Deployment::at(cluster.fields, section.key_at),
        message: "its `replicas` are 1 by default".to_owned(),
    };
    let site = (own, map);
    let field = "spec.jobManager.replicas";
    let mut finding = replaced(rule, deployment, site, field, related);
    finding.help = format!(
        "a resource with `jobManager` has `replicas: 1` unless it says another number: write {field}: {count}"
    );
    // What is meant is the option's.
    finding.fix = None;
    Some(finding)
}
