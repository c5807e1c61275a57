//! Directories that several containers have to share and do not: `checkpoint-dir-not-shared` and
//! `ha-dir-not-shared`.

use super::both;
use crate::deployment::{Container, Deployment, Effective, Engine, Keeps, Process};
use crate::finding::{Finding, Related, Severity};
use crate::recognise::cluster::{Volume, VolumeKind};
use crate::rules::Rule;

/// Directories of state, with what is kept in each.
const STATE: [(&str, &str); 2] = [
    ("execution.checkpointing.dir", "checkpoints"),
    ("execution.checkpointing.savepoint-dir", "savepoints"),
];

const HA_DIR: &str = "high-availability.storageDir";

/// Why a directory is not shared.
enum Trouble<'d> {
    /// A container has it for itself, on its own disk or in a volume of its own; and whether all have.
    Private(&'d Container, Option<&'d Volume>, bool),
    /// The processes have different volumes there.
    Apart(&'d Container, &'d Volume, &'d Container, &'d Volume),
}

/// The path of a directory on a local disk.
fn local(value: &str) -> Option<String> {
    let path = value.trim().strip_prefix("file:")?;
    let path = path.trim_start_matches('/');
    (!path.is_empty()).then(|| format!("/{path}"))
}

/// Why some containers do not share a path; `None` where they do, or may.
fn trouble<'d>(groups: &[Vec<&'d Container>], path: &str) -> Option<Trouble<'d>> {
    let mut first: Option<(&Container, &Volume)> = None;
    let mut found: Option<(&Container, Option<&Volume>)> = None;
    let mut apart = None;
    for container in groups.iter().flatten() {
        let volume = match container.keeps(path) {
            Keeps::Unknown => return None,
            Keeps::Disk => None,
            Keeps::Volume(volume) => Some(volume),
        };
        match (volume, first) {
            (None, _) => {
                found.get_or_insert((container, None));
            }
            (Some(volume), _) if volume.kind.is_private() => {
                found.get_or_insert((container, Some(volume)));
            }
            (Some(volume), None) => first = Some((container, volume)),
            (Some(volume), Some((other, before))) => {
                let is_certain = matches!(
                    volume.kind,
                    VolumeKind::Named | VolumeKind::Bind | VolumeKind::Claim
                );
                let differ = volume.kind == before.kind && volume.name != before.name;
                if is_certain && differ {
                    apart.get_or_insert(Trouble::Apart(other, before, container, volume));
                }
            }
        }
    }
    let private =
        found.map(|(container, volume)| Trouble::Private(container, volume, first.is_none()));
    private.or(apart)
}

/// What is wrong with the directory that an option names.
fn problem<'d, 'p>(
    deployment: &'d Deployment<'p>,
    groups: &[Vec<&'d Container>],
    key: &str,
) -> Option<(Effective<'p>, Trouble<'d>)> {
    let effective = deployment.cluster_option(key).known()?;
    let path = local(effective.value())?;
    Some((effective, trouble(groups, &path)?))
}

/// What keeps a directory instead.
fn place(volume: Option<&Volume>) -> &'static str {
    match volume.map(|volume| volume.kind) {
        None => "the disk of each container",
        Some(VolumeKind::EmptyDir) => "an emptyDir of each pod",
        Some(VolumeKind::Tmpfs) => "the memory of each container",
        Some(_) => "a volume of each container",
    }
}

/// Shows the containers and mounts that prove it.
fn relate(finding: &mut Finding, trouble: &Trouble) {
    let mut tell = |container: &Container, span, message: String| {
        finding.related.push(Related {
            at: container.place(span),
            message,
        });
    };
    match trouble {
        Trouble::Private(container, None, _) => tell(
            container,
            container.at,
            format!("{} mounts nothing there", container.name),
        ),
        Trouble::Private(container, Some(volume), _) => tell(
            container,
            volume.at,
            format!("mounted here: {}", volume.kind.name()),
        ),
        Trouble::Apart(one, first, other, second) => {
            tell(one, first.at, format!("{} has this", one.name));
            tell(other, second.at, format!("{} has this", other.name));
        }
    }
}

/// Whether a machine is all that there is: the containers of a compose file, one `TaskManager` among them.
fn is_one_machine(task_managers: &[&Container]) -> bool {
    let numbers = task_managers.iter().map(|container| container.number());
    let count: Option<u32> = numbers.sum();
    let is_compose = |container: &&Container| container.engine == Engine::Compose;
    task_managers.iter().all(is_compose) && count.is_some_and(|count| count <= 1)
}

/// `checkpoint-dir-not-shared`.
pub(in crate::rules) fn checkpoints(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    let Some(groups) = both(deployment) else {
        return;
    };
    let mut finding: Option<Finding> = None;
    for (key, what) in STATE {
        if key == STATE[0].0 && is_in_heap(deployment) {
            continue;
        }
        let Some((effective, trouble)) = problem(deployment, &groups, key) else {
            continue;
        };
        if let Some(finding) = &mut finding {
            finding.related.push(Related {
                at: effective.at(),
                message: format!("so do {what}"),
            });
            continue;
        }
        let where_ = match &trouble {
            Trouble::Private(_, volume, true) => place(*volume).to_owned(),
            Trouble::Private(container, volume, false) => {
                let own = format!("the {}'s own", container.process.name());
                place(*volume).replace("each", &own)
            }
            Trouble::Apart(..) => "different volumes of JobManager and TaskManager".to_owned(),
        };
        let message = format!("{what} go to {where_}: none reads what another wrote");
        let mut own = rule.finding(effective.document, effective.setting.whole, message);
        own.key = Some(effective.setting.key.clone());
        own.help = "the JobManager writes the list of a checkpoint's files and each TaskManager its own \
                    files, and whichever process restores reads all of them: mount one volume at this path \
                    into all of them, or name a directory of an object store"
            .to_owned();
        if is_one_machine(&groups[1]) {
            own.severity = Severity::Note;
        }
        relate(&mut own, &trouble);
        finding = Some(own);
    }
    out.extend(finding);
}

/// Whether checkpoints stay on the heap of the `JobManager` whatever directory is named.
fn is_in_heap(deployment: &Deployment) -> bool {
    let storage = deployment.cluster_option("execution.checkpointing.storage");
    let storage = storage.known();
    storage.is_some_and(|storage| storage.value().eq_ignore_ascii_case("jobmanager"))
}

/// `ha-dir-not-shared`.
pub(in crate::rules) fn high_availability(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    let Some(mode) = deployment.cluster_option("high-availability.type").known() else {
        return;
    };
    let on = mode.value().to_ascii_lowercase();
    if on.is_empty() || on == "none" {
        return;
    }
    let Some(effective) = deployment.cluster_option(HA_DIR).known() else {
        return;
    };
    // This one directory may be written without a scheme.
    let value = effective.value();
    let bare = value.starts_with('/').then(|| value.to_owned());
    let Some(path) = local(value).or(bare) else {
        return;
    };
    let managers: Vec<&Container> = deployment
        .cluster
        .containers_of(Process::JobManager)
        .collect();
    let found = trouble(std::slice::from_ref(&managers), &path);
    let message = match &found {
        Some(Trouble::Private(_, volume, _)) => format!(
            "what a new JobManager needs to go on is kept on {}, which it does not see",
            place(*volume).replace("each", "the lost"),
        ),
        Some(Trouble::Apart(..)) => "the JobManagers keep what they need to go on apart".to_owned(),
        // Pods have no disk that outlives them; of machines nobody knows.
        None if managers.is_empty() && is_kubernetes(&on) => {
            "a new JobManager goes on only where this path is a volume that outlives its pod"
                .to_owned()
        }
        None => return,
    };
    let mut finding = rule.finding(effective.document, effective.setting.whole, message);
    finding.key = Some(effective.setting.key.clone());
    finding.help = "in this directory lie the jobs themselves and the pointers to their last checkpoints; \
                    ZooKeeper and Kubernetes only hold its paths. Name a directory of an object store, or \
                    mount a volume there that all JobManagers share"
        .to_owned();
    match &found {
        Some(trouble) => relate(&mut finding, trouble),
        None => finding.severity = Severity::Note,
    }
    out.push(finding);
}

fn is_kubernetes(mode: &str) -> bool {
    mode == "kubernetes" || mode.ends_with("kuberneteshaservicesfactory")
}

/// Whether one of the rules above speaks of the directory of an option.
pub(in crate::rules) fn is_reported(deployment: &Deployment, key: &str) -> bool {
    if key == HA_DIR {
        return !deployment.cluster.containers.is_empty();
    }
    let groups = both(deployment);
    groups.is_some_and(|groups| problem(deployment, &groups, key).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_paths_are_told_from_stores() {
        assert_eq!(
            local("file:///opt/flink/ha").as_deref(),
            Some("/opt/flink/ha")
        );
        assert_eq!(local("file:/data").as_deref(), Some("/data"));
        for other in ["s3://bucket/x", "hdfs:///x", "/data", "file:///"] {
            assert_eq!(local(other), None, "{other}");
        }
    }
}
