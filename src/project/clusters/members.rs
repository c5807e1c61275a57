//! The containers that run a configuration.

use std::collections::BTreeSet;

use super::File;
use super::conf::Conf;
use crate::recognise::cluster::{Kind, Kustomization, Mount, Workload};
use crate::recognise::evidence;

/// A container that certainly runs the configuration, or another description of one that does.
pub(super) struct Member<'c> {
    pub(super) file: &'c File,
    pub(super) workload: &'c Workload,
    pub(super) proven: bool,
}

/// The services of compose files that mount the configuration, and other descriptions of them: the
/// same name in another file of the folder, which may be laid over the first.
pub(super) fn services<'c>(files: &[&'c File], conf: &Conf) -> Vec<Member<'c>> {
    let all = || {
        let compose = files.iter().filter(|file| file.facts.kind == Kind::Compose);
        compose.flat_map(|file| {
            let workloads = file.facts.workloads.iter();
            workloads.map(move |workload| (*file, workload))
        })
    };
    let proven = |workload: &Workload| {
        let mut mounts = workload.mounts.iter();
        mounts.any(|mount| matches!(mount, Mount::Path(path, _) if conf.is_at(path)))
    };
    let names: BTreeSet<(&str, &str)> = all()
        .filter(|(_, workload)| proven(workload))
        .map(|(file, workload)| (evidence::folder(&file.path), workload.name.as_str()))
        .collect();
    all()
        .filter(|(file, workload)| {
            names.contains(&(evidence::folder(&file.path), workload.name.as_str()))
        })
        .map(|(file, workload)| Member {
            file,
            workload,
            proven: proven(workload),
        })
        .collect()
}

/// The containers of manifests that mount a `ConfigMap` which a kustomization makes of the
/// configuration. Where it, or one that builds on it, changes what it reads, nothing is certain.
pub(super) fn containers<'c>(files: &[&'c File], conf: &Conf) -> Vec<Member<'c>> {
    let mut out = Vec::new();
    let joined = || {
        files.iter().filter_map(|file| {
            let own = file.facts.kustomization.as_ref()?;
            Some((evidence::folder(&file.path), own))
        })
    };
    let unreadable = files
        .iter()
        .any(|file| file.facts.kind == Kind::Kustomization && file.facts.unreadable);
    for (folder, own) in joined() {
        let maps: Vec<(&str, &str)> = own
            .files
            .iter()
            .filter(|(.., path)| conf.paths.contains(&path.as_str()))
            .map(|(name, key, _)| (name.as_str(), key.as_str()))
            .collect();
        let builds_on = |other: &Kustomization| other.resources.iter().any(|path| path == folder);
        let changed = own.patches || unreadable;
        if maps.is_empty()
            || changed
            || joined().any(|(_, other)| builds_on(other) && other.patches)
        {
            continue;
        }
        for file in files {
            if file.facts.kind != Kind::Manifest || !own.resources.contains(&file.path) {
                continue;
            }
            for workload in &file.facts.workloads {
                let mounts = |mount: &Mount| match mount {
                    Mount::ConfigMap(name, keys) => maps.iter().any(|(own, key)| {
                        let held = keys
                            .as_ref()
                            .is_none_or(|keys| keys.iter().any(|k| k == key));
                        own == name && held && matches!(*key, "flink-conf.yaml" | "config.yaml")
                    }),
                    Mount::Path(..) => false,
                };
                if workload.mounts.iter().any(mounts) {
                    out.push(Member {
                        file,
                        workload,
                        proven: true,
                    });
                }
            }
        }
    }
    out
}
