//! `kustomization.yaml`: which files become `ConfigMap`s, and which manifests it joins them with.

use super::node::Value;
use super::{Facts, Kind, joined, parent};
use crate::syntax::yaml::tree::{KEY_LIMIT, Tree};

/// What a `kustomization.yaml` joins. Paths are relative to the root of the tree.
#[derive(Debug, Default)]
pub struct Kustomization {
    /// Each generated `ConfigMap` by its name, with a key and the file that it holds.
    pub files: Vec<(String, String, String)>,
    /// The manifests and folders that it reads.
    pub resources: Vec<String>,
    /// Whether it changes what it reads.
    pub patches: bool,
}

/// Fields that change the objects read.
const PATCHES: [&str; 7] = [
    "patches",
    "patchesStrategicMerge",
    "patchesJson6902",
    "replicas",
    "components",
    "transformers",
    "helmCharts",
];

pub(super) fn read(path: &str, text: &str) -> Facts {
    let tree = Tree::parse(text, KEY_LIMIT);
    let root = tree.roots.first().and_then(|id| Value::new(&tree, *id));
    let Some(root) = root.filter(|root| tree.failures.is_empty() && root.is_map()) else {
        // It can't set an option, but what it changes is unknown.
        let mut facts = Facts::new(Kind::Kustomization);
        facts.unreadable = true;
        return facts;
    };
    let folder = parent(path);
    let mut own = Kustomization {
        patches: PATCHES.iter().any(|field| root.get(field).is_some()),
        ..Kustomization::default()
    };
    for field in ["resources", "bases"] {
        let listed = root.get(field);
        let listed = listed.into_iter().flat_map(Value::items);
        let paths = listed.filter_map(|item| joined(folder, item.text()?));
        own.resources.extend(paths);
    }
    let generators = root.get("configMapGenerator");
    for generator in generators.into_iter().flat_map(Value::items) {
        let name = generator.get("name").and_then(Value::text);
        let (Some(name), None) = (name, generator.get("behavior")) else {
            continue;
        };
        let files = generator.get("files");
        for file in files.into_iter().flat_map(Value::items) {
            let Some(text) = file.text() else { continue };
            let (key, file) = match text.split_once('=') {
                Some((key, file)) => (key, file),
                None => (text.rsplit('/').next().unwrap_or(text), text),
            };
            if let Some(file) = joined(folder, file) {
                own.files.push((name.to_owned(), key.to_owned(), file));
            }
        }
    }
    let mut facts = Facts::new(Kind::Kustomization);
    facts.kustomization = Some(own);
    facts
}
