//! Which Flink a deployment runs on: what flags and flint.toml say, else what the nearest files
//! beside its configuration say, else every version that reads it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use crate::config::{Config, Configs};
use crate::deployment::VersionFrom;
use crate::flink::version::Versions;
use crate::parallel;
use crate::recognise::evidence::{self, Evidence, Rank};
use crate::text::Sources;

/// What all files of a run say, by the folder that they speak for.
#[derive(Debug, Default)]
pub(super) struct Testimony {
    folders: BTreeMap<String, Vec<(String, Evidence)>>,
    /// The same folders, to be looked for by where they lie.
    speaking: BTreeSet<String>,
    /// Folders with files of evidence that speak of Python, tables or SQL.
    of_managed_memory: BTreeSet<String>,
}

/// What is known about the platform of a deployment.
#[derive(Clone, Debug)]
pub(super) struct Platform {
    pub(super) versions: Versions,
    pub(super) version_from: Option<VersionFrom>,
    /// What was found and left aside, because the versions it says do not read these files.
    pub(super) version_dropped: Option<VersionFrom>,
    /// What names a release before all that flint knows.
    pub(super) version_before_all: Option<VersionFrom>,
    pub(super) java: Option<u8>,
    pub(super) java_from: Option<VersionFrom>,
}

impl Platform {
    /// What flags or flint.toml state, and nothing else.
    pub(super) fn stated(config: &Config) -> Self {
        let (versions, version_from) = stated(config);
        Platform {
            versions,
            version_from,
            version_dropped: None,
            version_before_all: None,
            java: None,
            java_from: None,
        }
    }
}

impl Testimony {
    pub(super) fn read(sources: &Sources) -> Self {
        let mut folders: BTreeMap<String, Vec<(String, Evidence)>> = BTreeMap::new();
        let mut of_managed_memory = BTreeSet::new();
        let all = parallel::map(&sources.0, |source| {
            evidence::read(&source.path, &source.bytes)
        });
        for (source, found) in sources.0.iter().zip(all) {
            let is_evidence = !found.is_empty() || evidence::is_name(&source.path);
            if is_evidence && evidence::mentions_managed_memory(&source.bytes) {
                of_managed_memory.insert(evidence::folder(&source.path).to_owned());
            }
            if !found.is_empty() {
                let folder = folders
                    .entry(evidence::folder(&source.path).to_owned())
                    .or_default();
                folder.extend(found.into_iter().map(|one| (source.path.clone(), one)));
            }
        }
        Testimony {
            speaking: folders.keys().cloned().collect(),
            folders,
            of_managed_memory,
        }
    }

    /// The platform of files that `readers` read, by their paths; `told` is the version that they say
    /// themselves. Stated versions count as they
    /// are; found ones only where they read the files: a build file of another module must not make
    /// a configuration wrong.
    pub(super) fn platform(
        &self,
        configs: &Configs,
        config: &Config,
        paths: &[&str],
        readers: Versions,
        told: Option<(Versions, VersionFrom)>,
    ) -> Platform {
        let home = paths.first().map_or("", |path| configs.home(path));
        let near = self.nearest(common_folder(paths), home.trim_end_matches('/'));
        let nearest = near.map(|(_, all)| all);
        let mut platform = Platform::stated(config);
        if platform.version_from.is_none() {
            let above = near.map_or(home, |(folder, _)| folder);
            let found = told
                .or_else(|| named(paths, above))
                .or_else(|| nearest.and_then(|all| versions_of(&own(all, paths))))
                .or_else(|| nearest.and_then(versions_of));
            match found {
                Some((versions, from)) if versions.overlaps(readers) => {
                    platform.versions = versions;
                    platform.version_from = Some(from);
                }
                Some((_, from)) => platform.version_dropped = Some(from),
                None => platform.version_before_all = nearest.and_then(before_all),
            }
        }
        if let Some((java, from)) = nearest.and_then(|all| java_of(all, platform.versions))
            && platform.version_dropped.is_none()
        {
            platform.java = Some(java);
            platform.java_from = Some(from);
        }
        platform
    }

    /// Whether a file above these, beside them or below speaks of Flink: builds a job, or runs an image.
    pub(super) fn speaks_near(&self, configs: &Configs, paths: &[&str]) -> bool {
        is_near(configs, paths, &self.speaking)
    }

    /// Whether such a file speaks of Python functions, tables or SQL.
    pub(super) fn uses_managed_memory(&self, configs: &Configs, paths: &[&str]) -> bool {
        is_near(configs, paths, &self.of_managed_memory)
    }

    /// The nearest folder upwards for which a build file says something, else `home`.
    pub(super) fn built_in<'f>(&self, folder: &'f str, home: &str) -> &'f str {
        let is_built = |folder: &str| {
            let all = self.folders.get(folder).into_iter().flatten();
            all.into_iter().any(|(_, one)| one.rank == Rank::Build)
        };
        let mut folder = folder;
        while folder != home && !folder.is_empty() && !is_built(folder) {
            folder = parent(folder);
        }
        folder
    }

    /// What is said for the nearest folder upwards for which anything is said, not above `home`.
    fn nearest<'f>(&self, folder: &'f str, home: &str) -> Option<(&'f str, &[(String, Evidence)])> {
        let mut folder = folder;
        loop {
            if let Some(found) = self.folders.get(folder) {
                return Some((folder, found));
            }
            if folder == home || folder.is_empty() {
                return None;
            }
            folder = parent(folder);
        }
    }
}

/// Whether one of the folders holds these paths, or lies below the deepest that does.
fn is_near(configs: &Configs, paths: &[&str], folders: &BTreeSet<String>) -> bool {
    let home = paths.first().map_or("", |path| configs.home(path));
    let home = home.trim_end_matches('/');
    let own = common_folder(paths);
    if own.is_empty() {
        return !folders.is_empty();
    }
    let in_home = |folder: &&str| {
        let rest = folder.strip_prefix(home);
        home.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let above = std::iter::successors(Some(own), |folder| {
        (!folder.is_empty()).then(|| parent(folder))
    });
    if folders.contains(own)
        || above
            .take_while(in_home)
            .any(|folder| folders.contains(folder))
    {
        return true;
    }
    let below = format!("{own}/");
    let after = (Bound::Excluded(below.as_str()), Bound::Unbounded);
    let mut following = folders.range::<str, _>(after);
    following
        .next()
        .is_some_and(|folder| folder.starts_with(&below))
}

/// The versions that the weightiest statements of a folder allow together. Where one of them can't
/// be read, nobody knows: a weaker one must not take its place.
fn versions_of(all: &[(String, Evidence)]) -> Option<(Versions, VersionFrom)> {
    let rank = all.iter().map(|(_, one)| one.rank).max()?;
    let mut union = Versions::NONE;
    let mut from: Option<VersionFrom> = None;
    for (path, one) in all.iter().filter(|(_, one)| one.rank == rank) {
        let versions = one.versions?;
        match &mut from {
            None => from = Some(place(path, one)),
            Some(from) if !versions.within(union) => {
                from.why = format!("{} in {path}:{} and {}", one.why, one.line, from.why);
            }
            Some(_) => {}
        }
        union = union.or(versions);
    }
    Some((union, from?))
}

/// The statements of a folder that the only file of a deployment makes itself.
fn own(all: &[(String, Evidence)], paths: &[&str]) -> Vec<(String, Evidence)> {
    let own = all.iter().filter(|(path, _)| *paths == [path.as_str()]);
    own.cloned().collect()
}

/// The weightiest statement of a folder that names a release before all that flint knows. One among
/// others is enough: it may be the one that reads the files.
fn before_all(all: &[(String, Evidence)]) -> Option<VersionFrom> {
    let rank = all.iter().map(|(_, one)| one.rank).max()?;
    let mut own = all.iter().filter(|(_, one)| one.rank == rank);
    let (path, found) = own.find(|(_, one)| one.is_before_all)?;
    Some(place(path, found))
}

/// The Java of a folder's images, when they agree and run one of these versions.
fn java_of(all: &[(String, Evidence)], versions: Versions) -> Option<(u8, VersionFrom)> {
    let mut images = all.iter().filter(|(_, one)| one.rank == Rank::Image);
    let (path, first) = images.next()?;
    let java = first.java?;
    let fits = |one: &Evidence| {
        one.java == Some(java) && one.versions.is_some_and(|own| own.overlaps(versions))
    };
    let agreed = fits(first) && images.all(|(_, one)| fits(one));
    agreed.then(|| (java, place(path, first)))
}

fn place(path: &str, evidence: &Evidence) -> VersionFrom {
    VersionFrom {
        why: evidence.why.clone(),
        path: Some(path.to_owned()),
        line: Some(evidence.line),
    }
}

/// The version in the name of the file, `flink-conf-1.18.yaml`, or of a folder below `above` into
/// which a release was unpacked, `flink-1.18.1`. Several files must agree.
fn named(paths: &[&str], above: &str) -> Option<(Versions, VersionFrom)> {
    let one = |path: &str| {
        let below = path.get(above.len()..)?;
        below.rsplit('/').find_map(|part| {
            let version = match part.strip_suffix(".yaml").or(part.strip_suffix(".yml")) {
                Some(stem) => stem.strip_prefix("flink-conf")?.strip_prefix(['-', '_'])?,
                None => part.strip_prefix("flink-")?,
            };
            let is_number =
                |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
            let versions = version.split('.').all(is_number).then_some(version);
            let from = VersionFrom {
                why: format!("the name {part}"),
                path: None,
                line: None,
            };
            Some((versions.and_then(Versions::release)?, from))
        })
    };
    let (first, rest) = paths.split_first()?;
    let named = one(first)?;
    let agree = |path: &&str| one(path).is_some_and(|(own, _)| own == named.0);
    rest.iter().all(agree).then_some(named)
}

/// The versions that flags or flint.toml state, and who does.
fn stated(config: &Config) -> (Versions, Option<VersionFrom>) {
    let Some(versions) = config.flink_version else {
        return (Versions::ALL, None);
    };
    let from = match &config.flink_version_at {
        None => VersionFrom {
            why: "--flink-version".to_owned(),
            path: None,
            line: None,
        },
        Some(at) => VersionFrom {
            why: "flink-version".to_owned(),
            path: Some(at.origin.path.clone()),
            line: Some(at.line),
        },
    };
    (versions, Some(from))
}

/// The deepest folder that holds all paths, without a final `/`.
fn common_folder<'p>(paths: &[&'p str]) -> &'p str {
    let Some((first, rest)) = paths.split_first() else {
        return "";
    };
    let mut folder = parent(first);
    let holds = |folder: &str, path: &str| {
        folder.is_empty()
            || path
                .strip_prefix(folder)
                .is_some_and(|rest| rest.starts_with('/'))
    };
    while !rest.iter().all(|path| holds(folder, path)) {
        folder = parent(folder);
    }
    folder
}

fn parent(path: &str) -> &str {
    path.rfind('/').map_or("", |slash| &path[..slash])
}
