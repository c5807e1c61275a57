//! Sources to documents, each by itself: a reader that fails costs its source.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::config::Configs;
use crate::parallel;
use crate::syntax::Document;
use crate::text::{Source, Sources};

/// The documents of all sources in their order, and one line for each source on which the reader failed.
/// `reader` is given a source, whether flint.toml names it as a job's, and whether a person names it.
pub(super) fn documents(
    sources: &Sources,
    configs: &Configs,
    named: &[String],
    reader: impl Fn(&Source, bool, bool) -> Vec<Document> + Sync,
) -> (Vec<Document>, Vec<String>) {
    let read = |source: &Source| {
        if configs.is_baseline(source.id) {
            return Ok(Vec::new());
        }
        let is_named = named.contains(&source.path);
        let job = configs.of(&source.path).is_job_file(&source.path);
        catch_unwind(AssertUnwindSafe(|| reader(source, job, is_named)))
            .map_err(|_| internal_error(source))
    };
    let mut documents = Vec::new();
    let mut internal_errors = Vec::new();
    for own in parallel::map(&sources.0, read) {
        match own {
            Ok(own) => documents.extend(own),
            Err(error) => internal_errors.push(error),
        }
    }
    (documents, internal_errors)
}

fn internal_error(source: &Source) -> String {
    format!(
        "internal error while reading {} (flint {}); it counts as empty, please report this",
        source.path,
        env!("CARGO_PKG_VERSION")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise;

    #[test]
    fn a_source_on_which_the_reader_fails_leaves_the_others() {
        let mut sources = Sources::default();
        for path in [
            "a/flink-conf.yaml",
            "b/flink-conf.yaml",
            "c/flink-conf.yaml",
        ] {
            sources.add(path, b"parallelism.default: 2\n".to_vec());
        }
        let reader = |source: &Source, job: bool, named: bool| {
            assert!(!source.path.starts_with("b/"), "a bug of this test");
            recognise::read(source, job, named)
        };
        let (documents, errors) = documents(&sources, &Configs::default(), &[], reader);
        let read: Vec<u32> = documents.iter().map(|own| own.source.0).collect();
        assert_eq!(read, [0, 2]);
        assert_eq!(errors.len(), 1);
        assert!(errors[0].contains("b/flink-conf.yaml"), "{errors:?}");
    }
}
