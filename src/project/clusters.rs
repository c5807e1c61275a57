//! Which cluster runs a configuration: the facts of compose files, manifests, Dockerfiles and
//! `workers` files, joined with the configuration that they certainly mean.
//!
//! A number or a limit counts only where the container provably mounts the file. What may set options
//! silences more widely: everything in the folder of the file and above.

use std::collections::BTreeMap;

use conf::Conf;
use members::{Member, containers, services};
use near::Near;
use numbers::{Counted, count, limits};
use running::running;

use crate::config::Configs;
use crate::deployment::{Cluster, Count, Engine, Place, Use};
use crate::finding::Location;
use crate::parallel;
use crate::recognise::cluster::{
    self, Facts, Kind, Kustomization, Role, Runs, Sets, Workers, Workload,
};
use crate::recognise::evidence;
use crate::text::{SourceId, Sources, Span};

mod conf;
mod members;
mod near;
mod numbers;
mod running;
#[cfg(test)]
mod tests;

/// What all files of a run say about clusters.
#[derive(Debug, Default)]
pub(super) struct Clusters {
    /// In the order of their sources.
    files: Vec<File>,
    /// Those of them that are Dockerfiles.
    dockerfiles: Vec<usize>,
    /// Those of them that are kustomizations.
    kustomizations: Vec<usize>,
    /// Those of them that hold services of Kubernetes.
    serving: Vec<usize>,
    /// By the folder that they lie in.
    workers: BTreeMap<String, (SourceId, Workers)>,
    /// Files that say that Flink runs in containers.
    images: Vec<String>,
    near: Near,
}

#[derive(Debug)]
pub(super) struct File {
    pub(super) path: String,
    pub(super) source: SourceId,
    pub(super) facts: Facts,
    /// The text, of a file that can't be read otherwise.
    text: Option<String>,
}

impl Clusters {
    pub(super) fn read(sources: &Sources) -> Self {
        let mut clusters = Clusters::default();
        let all = parallel::map(&sources.0, |source| {
            cluster::read(&source.path, &source.bytes)
        });
        for (source, facts) in sources.0.iter().zip(all) {
            let path = &source.path;
            if let Some(workers) = cluster::read_workers(path, &source.bytes) {
                let folder = evidence::folder(path).to_owned();
                clusters.workers.insert(folder, (source.id, workers));
            } else if let Some(facts) = facts {
                let unreadable = facts.unreadable;
                if facts.kind == Kind::Image {
                    clusters.dockerfiles.push(clusters.files.len());
                }
                if facts.kind == Kind::Kustomization {
                    clusters.kustomizations.push(clusters.files.len());
                }
                if !facts.services.is_empty() {
                    clusters.serving.push(clusters.files.len());
                }
                clusters.files.push(File {
                    path: path.clone(),
                    source: source.id,
                    facts,
                    text: unreadable.then(|| String::from_utf8_lossy(&source.bytes).into_owned()),
                });
            }
        }
        clusters.near = Near::of(&clusters.files);
        if !clusters.workers.is_empty() {
            let images = sources.0.iter().filter(|source| {
                let all = evidence::read(&source.path, &source.bytes);
                all.iter().any(|one| one.rank > evidence::Rank::Build)
            });
            clusters.images = images.map(|source| source.path.clone()).collect();
        }
        clusters
    }

    /// Whether a kustomization that changes what it reads may read a file.
    pub(super) fn may_patch(&self, configs: &Configs, path: &str) -> bool {
        let home = configs.home(path);
        let is_in = |path: &str, place: &str| {
            let rest = path.strip_prefix(place);
            place.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let own = |file: &&File| {
            file.facts.kind == Kind::Kustomization && configs.home(&file.path) == home
        };
        let all: Vec<&File> = self.files.iter().filter(own).collect();
        let changes = |file: &&&File| {
            let joined = file.facts.kustomization.as_ref();
            file.facts.unreadable || joined.is_some_and(|joined| joined.patches)
        };
        all.iter().filter(changes).any(|file| {
            // What a folder reads is read by whoever reads the folder.
            let mut places = vec![evidence::folder(&file.path)];
            let mut next = 0;
            while next < places.len() {
                let folder = places[next];
                let here = all
                    .iter()
                    .filter(|other| evidence::folder(&other.path) == folder);
                let read = here.filter_map(|other| other.facts.kustomization.as_ref());
                for place in read.flat_map(|read| &read.resources) {
                    if !places.contains(&place.as_str()) {
                        places.push(place);
                    }
                }
                next += 1;
            }
            places.iter().any(|place| is_in(path, place))
        })
    }

    /// The cluster of the configuration that lies at these paths. `starts` says whether the
    /// configuration lets hosts be all that there is.
    pub(super) fn of(
        &self,
        configs: &Configs,
        paths: &[&str],
        starts: impl Fn(&Workers) -> bool,
    ) -> Cluster {
        let mut cluster = Cluster::default();
        let Some(first) = paths.first() else {
            return cluster;
        };
        if self.files.is_empty() && self.workers.is_empty() {
            return cluster;
        }
        let home = configs.home(first);
        let conf = Conf { paths, home };
        let files = self.near(configs, &conf);
        let services = services(&files, &conf);
        let containers = containers(&files, &conf);
        for file in &files {
            let mut sets = Sets::default();
            if conf.is_below(file) || file.text.is_some() && conf.is_in_chart_of(file) {
                let own = file.facts.workloads.iter();
                own.filter(|workload| workload.is_flink && !conf.is_other_of(workload))
                    .flat_map(Workload::all_sets)
                    .for_each(|own| sets.extend(own));
                if file.counts() {
                    sets.extend(&file.facts.sets);
                }
            } else if file.facts.kind == Kind::Compose && conf.is_named_in(file) {
                sets.extend(&file.facts.sets);
            }
            for member in services.iter().chain(&containers) {
                if std::ptr::eq(member.file, *file) {
                    member.workload.all_sets().for_each(|own| sets.extend(own));
                }
            }
            add(&mut cluster, file.source, sets);
        }
        cluster.set_by.sort();
        cluster.set_by.dedup();
        let known = [count(&services), count(&containers)];
        let scaled = files.iter().any(|file| file.facts.autoscales);
        cluster.task_managers = match known {
            [Counted::None, Counted::Is(count)] if !scaled => Some(count),
            [Counted::Is(count), Counted::None] => Some(count),
            [Counted::Is(one), Counted::Is(other)] if one.number == other.number && !scaled => {
                Some(one)
            }
            _ => None,
        };
        limits(&services, &mut cluster.limits);
        if !scaled {
            limits(&containers, &mut cluster.limits);
        }
        cluster.limits.sort_by_key(|limit| limit.at.at);
        if services.is_empty() && containers.is_empty() {
            cluster.task_managers = self.hosts(configs, &conf, starts);
        }
        for (members, engine) in [
            (&services, Engine::Compose),
            (&containers, Engine::Kubernetes),
        ] {
            cluster.containers.extend(running(members, engine, scaled));
        }
        cluster.services = self.leading_to(&cluster.containers);
        cluster
    }

    /// The files that describe containers.
    pub(super) fn files(&self) -> impl Iterator<Item = &File> {
        self.files.iter()
    }

    /// What the Dockerfile at a path says.
    pub(super) fn image(&self, path: &str) -> Option<&Facts> {
        let mut images = self.images_of_flink();
        images
            .find(|file| file.path == path)
            .map(|file| &file.facts)
    }

    fn images_of_flink(&self) -> impl Iterator<Item = &File> {
        let all = self.dockerfiles.iter();
        all.map(|&index| &self.files[index])
    }

    /// Whether a kustomization that reads a file, or the folder of it, changes what it reads.
    pub(super) fn are_patched(&self, path: &str) -> bool {
        let folder = evidence::folder(path);
        let mut files = self.kustomizations.iter().map(|&index| &self.files[index]);
        files.any(|file| {
            let own = file.facts.kustomization.as_ref();
            let is_near = evidence::folder(&file.path) == folder;
            let reads = |own: &Kustomization| {
                let mut resources = own.resources.iter();
                is_near || resources.any(|one| one == path || one == folder)
            };
            own.is_some_and(|own| own.patches && reads(own)) || file.facts.unreadable && is_near
        })
    }

    /// The cluster of a configuration whose containers are known, and whose `FLINK_PROPERTIES` is a part of
    /// it.
    pub(super) fn joined(
        &self,
        configs: &Configs,
        paths: &[&str],
        names: &[(SourceId, String)],
    ) -> Cluster {
        let mut cluster = Cluster::default();
        let Some(first) = paths.first() else {
            return cluster;
        };
        let home = configs.home(first);
        let conf = Conf { paths, home };
        let mut members: Vec<Member> = Vec::new();
        for (source, name) in names {
            let found = self.files.binary_search_by_key(source, |file| file.source);
            let Some(file) = found.ok().map(|index| &self.files[index]) else {
                continue;
            };
            let workloads = file.facts.workloads.iter();
            members.extend(
                workloads
                    .filter(|own| own.name == *name)
                    .map(|workload| Member {
                        file,
                        workload,
                        proven: true,
                    }),
            );
        }
        for member in &members {
            // What runs before a container may write the file that it reads.
            let (own, before) = (&member.workload.sets, &member.file.facts.sets);
            add(&mut cluster, member.file.source, own.clone());
            add(&mut cluster, member.file.source, before.clone());
            // Flink's own image can't append them; who knows what another one does.
            let properties = member.workload.properties.as_ref();
            if let Some(lost) = properties.filter(|_| !member.workload.appends()) {
                add(&mut cluster, member.file.source, lost.sets.clone());
            }
        }
        // The image of a Dockerfile sets what it sets for all that is started from it.
        let runs = |image: &Runs| members.iter().any(|own| own.workload.runs == *image);
        let unknown = runs(&Runs::Other);
        for image in self.images_of_flink() {
            let near = || configs.home(&image.path) == home && conf.is_below(image);
            if runs(&Runs::Built(image.path.clone())) || unknown && near() {
                add(&mut cluster, image.source, image.facts.sets.clone());
            }
        }
        cluster.set_by.sort();
        cluster.set_by.dedup();
        let scaled = members.iter().any(|own| own.file.facts.autoscales);
        if !scaled {
            if let Counted::Is(count) = count(&members) {
                cluster.task_managers = Some(count);
            }
            limits(&members, &mut cluster.limits);
        }
        let engine = match members.first().map(|own| own.file.facts.kind) {
            Some(Kind::Compose) => Engine::Compose,
            _ => Engine::Kubernetes,
        };
        cluster.containers = running(&members, engine, scaled);
        let changed = members.iter().any(|own| self.are_patched(&own.file.path));
        for container in &mut cluster.containers {
            container.has.open |= changed;
        }
        cluster.services = self.leading_to(&cluster.containers);
        cluster.limits.sort_by_key(|limit| limit.at.at);
        cluster.uses = [Role::JobManager, Role::TaskManager].map(|role| {
            if members.iter().any(|member| member.workload.role == role) {
                Use::Certain
            } else {
                Use::Open
            }
        });
        cluster
    }

    /// Whether each process reads the configuration that lies at these paths; `spoken` says whether a file
    /// near it speaks of Flink at all.
    pub(super) fn uses(&self, configs: &Configs, paths: &[&str], spoken: bool) -> [Use; 2] {
        let Some(first) = paths.first() else {
            return [Use::Unsaid; 2];
        };
        let home = configs.home(first);
        let conf = Conf { paths, home };
        let files = self.near(configs, &conf);
        let mut paths = paths.iter();
        let has_hosts = paths.any(|path| self.workers.contains_key(evidence::folder(path)));
        let is_open = |file: &&File| {
            let mut workloads = file.facts.workloads.iter();
            let folder = evidence::folder(&file.path);
            let is_near = conf.is_below(file) || conf.is_above(folder);
            is_near && workloads.clone().any(|workload| workload.is_flink)
                || workloads.any(|workload| conf.is_elsewhere_in(workload))
        };
        let services = services(&files, &conf);
        let containers = containers(&files, &conf);
        let mounts = services
            .iter()
            .filter(|member| conf.is_certainly_in(member.workload));
        let roles: Vec<Role> = mounts
            .chain(&containers)
            .map(|member| member.workload.role)
            .collect();
        let known = [Role::JobManager, Role::TaskManager];
        let mut of_any = roles.contains(&Role::Unknown);
        of_any &= !roles.iter().any(|role| known.contains(role));
        // An image starts either process, unless it starts one by itself.
        let images = files.iter().filter(|file| conf.is_copied_by(file, home));
        let images: Vec<Role> = images.map(|file| file.facts.role).collect();
        of_any |= has_hosts || images.contains(&Role::Unknown);
        let open = spoken || !services.is_empty() || files.iter().any(is_open);
        known.map(|role| {
            if of_any || roles.contains(&role) || images.contains(&role) {
                Use::Certain
            } else if open {
                Use::Open
            } else {
                Use::Unsaid
            }
        })
    }

    /// The number of hosts of a `workers` file beside the configuration, where nothing says that
    /// Flink runs in containers.
    fn hosts(
        &self,
        configs: &Configs,
        conf: &Conf,
        starts: impl Fn(&Workers) -> bool,
    ) -> Option<Count> {
        let (source, workers) = conf
            .paths
            .iter()
            .find_map(|path| self.workers.get(evidence::folder(path)))?;
        let contained = self
            .images
            .iter()
            .any(|path| configs.home(path) == conf.home)
            || self.files.iter().any(|file| {
                let flink = file
                    .facts
                    .workloads
                    .iter()
                    .any(|workload| workload.is_flink);
                flink && configs.home(&file.path) == conf.home
            });
        (!contained && starts(workers)).then(|| Count {
            number: workers.number,
            at: place(*source, workers.at, "the hosts".to_owned()),
        })
    }
}

impl File {
    /// Whether what it says as a whole counts for what lies below it: of a file that can't be read
    /// only where it names a process or the variable.
    fn counts(&self) -> bool {
        let words = [
            "FLINK_PROPERTIES",
            "taskmanager",
            "jobmanager",
            "TaskManager",
        ];
        match &self.text {
            Some(text) => words.iter().any(|word| text.contains(word)),
            None => true,
        }
    }
}

fn place(source: SourceId, span: Span, what: String) -> Place {
    Place {
        at: Location { source, span },
        what,
    }
}

fn add(cluster: &mut Cluster, source: SourceId, sets: Sets) {
    cluster.elsewhere.extend(sets.keys);
    cluster.opaque |= sets.opaque;
    let places = sets.told.into_iter();
    cluster
        .set_by
        .extend(places.map(|told| place(source, told.at, told.what)));
}
