//! A small project of any bytes, fixed: no fix does more than it claims, a second run has nothing left to do,
//! and what loaded before still loads.
#![no_main]

use std::collections::BTreeSet;

use flint::config::Configs;
use flint::fix::{Allowed, patch, plan};
use flint::project::Project;
use flint::text::{SourceId, Sources};
use flint_fuzz::{assert_documents, project};
use libfuzzer_sys::fuzz_target;

/// Larger files say nothing new about fixes and take their time.
const MOST: usize = 4 << 10;

fuzz_target!(|data: &[u8]| {
    if data.len() > MOST {
        return;
    }
    let Some((sources, configs)) = project(data) else {
        return;
    };
    let named = Project::read(&sources, &configs, &[]).signed();
    for unsafe_ in [false, true] {
        let allowed = Allowed {
            safe: true,
            unsafe_,
        };
        let fixed = plan(&sources, &configs, allowed, &|_| true);
        assert_eq!(fixed.left.internal_errors, Vec::<String>::new());
        assert_eq!(
            fixed.refused,
            Vec::<String>::new(),
            "a fix changes more than it claims"
        );
        let again = plan(&fixed.sources, &configs, allowed, &|_| true);
        let left: Vec<&str> = again.applied.iter().map(|own| own.rule.as_str()).collect();
        assert_eq!(left, Vec::<&str>::new(), "a second run fixes more");
        let (before, after) = (
            loading(&sources, &configs, &[]),
            loading(&fixed.sources, &configs, &named),
        );
        assert!(before.is_subset(&after), "a file loads no longer");
        for (before, after) in sources.0.iter().zip(&fixed.sources.0) {
            let patch = patch::unified(before, after, before.path.as_bytes(), &[]);
            assert_eq!(patch.is_empty(), before.bytes == after.bytes);
        }
    }
});

/// The sources of which Flink would load every document, that hold any.
fn loading(sources: &Sources, configs: &Configs, named: &[String]) -> BTreeSet<SourceId> {
    let project = Project::read(sources, configs, named);
    let mut held = BTreeSet::new();
    let mut broken = BTreeSet::new();
    for document in &project.documents {
        held.insert(document.source);
        if document.load_error.is_some() {
            broken.insert(document.source);
        }
    }
    for source in &sources.0 {
        let own = project
            .documents
            .iter()
            .filter(|own| own.source == source.id);
        assert_documents(source, &own.cloned().collect::<Vec<_>>());
    }
    &held - &broken
}
