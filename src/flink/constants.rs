//! The constants that stand for options in code: `CheckpointingOptions.CHECKPOINTING_INTERVAL`. Knows
//! nothing about files.
//!
//! `constants.tsv` is what `tools/option-table` reads out of the released jars, for the options that a job
//! may set. A line holds the class without its package with the field, and the key; lines are sorted.

/// The table; its first line names the columns.
const TABLE: &str = include_str!("constants.tsv");

/// The key of the option that a constant is: `RocksDBOptions.LOCAL_DIRECTORIES`. Where releases differ, the
/// key of the oldest, which the later ones read, too.
pub fn key_of(constant: &str) -> Option<&'static str> {
    let start = format!("\n{constant}\t");
    let found = memchr::memmem::find(TABLE.as_bytes(), start.as_bytes())?;
    TABLE[found + start.len()..].lines().next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flink::options;

    #[test]
    fn a_constant_has_the_key_that_its_class_gives_it() {
        assert_eq!(
            key_of("RocksDBConfigurableOptions.BLOCK_CACHE_SIZE"),
            Some("state.backend.rocksdb.block.cache-size")
        );
        assert_eq!(
            key_of("CheckpointingOptions.CHECKPOINTS_DIRECTORY"),
            Some("state.checkpoints.dir")
        );
        assert_eq!(key_of("CheckpointingOptions.CHECKPOINTS"), None);
        assert_eq!(key_of("# constant"), None);
    }

    #[test]
    fn every_key_is_an_option() {
        for line in TABLE.lines().skip(1) {
            let (_, key) = line.split_once('\t').expect("two columns");
            assert!(options::meanings(key).next().is_some(), "{key}");
        }
    }
}
