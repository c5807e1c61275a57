//! Which sources and scripts of a tree are read, and how they are named on the command line.

use std::fs;
use std::path::{Path, PathBuf};

use flint::discover::{ConfigSource, discover, discover_stdin};

const JOB: &str = "import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;\n\
                   class Job { void run(Order order) {} }\n";

fn tree() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let files = [
        ("jobs/src/Job.java", JOB),
        ("jobs/src/Order.java", "class Order { String id; }\n"),
        ("jobs/src/Item.java", "class Item { String id; }\n"),
        ("jobs/spark/Etl.scala", "import org.apache.spark.sql.X\n"),
        ("jobs/etl.py", "# see pyflink\nimport pandas\n"),
        (
            "jobs/flow.py",
            "def run():\n    from pyflink.table import X\n",
        ),
        ("schema.sql", "CREATE TABLE a (id SERIAL PRIMARY KEY);\n"),
        (
            "flow.sql",
            "CREATE TABLE a (id INT) WITH ('connector' = 'datagen');\n",
        ),
        ("other/.git/HEAD", ""),
        ("other/Order.java", "class Order {}\n"),
    ];
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    fs::create_dir(folder.path().join(".git")).expect("a folder");
    folder
}

fn paths(found: &flint::discover::Found) -> Vec<&str> {
    let sources = found.sources.0.iter();
    sources.map(|source| source.path.as_str()).collect()
}

fn found(paths: &[&Path]) -> flint::discover::Found {
    let paths: Vec<PathBuf> = paths.iter().map(|path| path.to_path_buf()).collect();
    discover(&paths, &ConfigSource::Isolated).expect("a tree that can be read")
}

const READ: [&str; 4] = [
    "flow.sql",
    "jobs/flow.py",
    "jobs/src/Job.java",
    "jobs/src/Order.java",
];

#[test]
fn sources_that_import_flink_are_read_and_the_types_that_they_name() {
    let tree = tree();
    // Another project's type of the same name is another type.
    assert_eq!(paths(&found(&[tree.path()])), READ);
}

#[test]
fn a_source_that_is_named_is_read_with_its_project() {
    let tree = tree();
    let found = found(&[&tree.path().join("jobs/src/Job.java")]);
    assert_eq!(paths(&found), READ);
    assert_eq!(found.scope, ["jobs/src/Job.java"]);
    assert!(found.unrecognised.is_empty());
}

#[test]
fn a_source_from_standard_input_stands_for_its_file() {
    let tree = tree();
    let path = tree.path().join("jobs/src/Job.java");
    let text = JOB.replace("Order", "Item");
    let found = discover_stdin(&path, text.into_bytes(), &ConfigSource::Isolated);
    let found = found.expect("a tree that can be read");
    let expected = [READ[0], READ[1], "jobs/src/Item.java", READ[2]];
    assert_eq!(paths(&found), expected);
}

#[test]
fn a_source_larger_than_anybody_writes_is_left_alone() {
    let tree = tree();
    let large = JOB.to_owned() + &" ".repeat(1 << 20);
    fs::write(tree.path().join("jobs/src/Job.java"), large).expect("a file");
    assert_eq!(paths(&found(&[tree.path()])), READ[..2]);
}
