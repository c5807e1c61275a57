//! What a container, a file or an image has to do with the configuration in question.

use super::File;
use crate::recognise::cluster::{self, Mount, Workload};
use crate::recognise::evidence;

/// The configuration in question.
pub(super) struct Conf<'c> {
    pub(super) paths: &'c [&'c str],
    pub(super) home: &'c str,
}

impl Conf<'_> {
    /// Whether the configuration lies in the folder of a file or below.
    pub(super) fn is_below(&self, file: &File) -> bool {
        let folder = evidence::folder(&file.path);
        self.paths.iter().any(|path| is_in(path, folder))
    }

    /// Whether a folder lies in that of the configuration.
    pub(super) fn is_above(&self, folder: &str) -> bool {
        let mut own = self.paths.iter().map(|path| evidence::folder(path));
        own.any(|own| is_in(folder, own))
    }

    /// Whether a container has a file from the folder of the configuration at a place where Flink does not
    /// look for it.
    pub(super) fn is_elsewhere_in(&self, workload: &Workload) -> bool {
        let mut own = self.paths.iter().map(|path| evidence::folder(path));
        own.any(|own| {
            let mut others = workload.elsewhere.iter();
            others.any(|path| path == own || !own.is_empty() && evidence::folder(path) == own)
        })
    }

    /// Whether a container mounts the configuration at a place that certainly is Flink's.
    pub(super) fn is_certainly_in(&self, workload: &Workload) -> bool {
        let mut mounts = workload.mounts.iter();
        mounts.any(|mount| matches!(mount, Mount::Path(path, true) if self.is_at(path)))
    }

    /// Whether the image of a Dockerfile gets the configuration, built in the folder of its file or above.
    pub(super) fn is_copied_by(&self, file: &File, home: &str) -> bool {
        let mut context = evidence::folder(&file.path);
        loop {
            let mut copies = file.facts.copies.iter();
            let is_own = |source: &String| {
                let source = source.trim_end_matches('*');
                cluster::joined(context, source).is_some_and(|path| self.is_at(&path))
            };
            if copies.any(is_own) {
                return true;
            }
            if context.len() <= home.trim_end_matches('/').len() {
                return false;
            }
            context = evidence::folder(context);
        }
    }

    /// Whether a container certainly runs another configuration of the tree.
    pub(super) fn is_other_of(&self, workload: &Workload) -> bool {
        let mut paths = workload.mounts.iter().filter_map(|mount| match mount {
            Mount::Path(path, true) => Some(path),
            _ => None,
        });
        let mut any = false;
        let other = paths.all(|path| {
            any = true;
            !self.is_at(path)
        });
        any && other
    }

    /// Whether a file is a template of the Helm chart that holds the configuration.
    pub(super) fn is_in_chart_of(&self, file: &File) -> bool {
        let chart = match file.path.split_once("templates/") {
            Some(("", _)) => Some(""),
            Some((chart, _)) => chart.strip_suffix('/'),
            None => None,
        };
        chart.is_some_and(|chart| self.paths.iter().any(|path| is_in(path, chart)))
    }

    /// Whether a file that can't be read otherwise holds the way to the configuration.
    pub(super) fn is_named_in(&self, file: &File) -> bool {
        let Some(text) = &file.text else { return false };
        let folder = evidence::folder(&file.path);
        self.paths.iter().any(|path| {
            let own = evidence::folder(path);
            let shared = own
                .split('/')
                .zip(folder.split('/'))
                .take_while(|(left, right)| left == right)
                .map(|(part, _)| part.len() + 1)
                .sum::<usize>();
            let below = path.get(shared.min(path.len())..).unwrap_or(path);
            let last = own.rsplit('/').next().unwrap_or(own);
            text.contains(below) || !last.is_empty() && text.contains(&format!("/{last}:"))
        })
    }

    /// Whether something at this path of the tree is the configuration or its folder.
    pub(super) fn is_at(&self, mounted: &str) -> bool {
        self.paths.iter().any(|path| {
            let name = path.rsplit('/').next().unwrap_or(path);
            let is_read = matches!(name, "flink-conf.yaml" | "config.yaml");
            *path == mounted || is_read && evidence::folder(path) == mounted
        })
    }
}

fn is_in(path: &str, folder: &str) -> bool {
    folder.is_empty()
        || path
            .strip_prefix(folder)
            .is_some_and(|rest| rest.starts_with('/'))
}
