//! Which sources and scripts concern Flink, by the fewest bytes that tell.
//!
//! A tree may hold thousands of sources of other things, so nothing is parsed here: a source counts when
//! a line of it imports Flink, a script when it holds a word that only Flink's dialect of SQL has much use
//! for. The readers of both decide.

use std::collections::BTreeSet;

use memchr::memmem;

use crate::syntax::code::Language;

/// What a file of such a name holds, if it concerns Flink at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The source of a job, or of what one is made of.
    Code(Language),
    /// A script in SQL.
    Script,
}

/// The largest source or script that is read, in bytes. Nobody wrote a larger one by hand.
pub const MAX_BYTES: u64 = 1 << 20;

/// What a file holds by the extension of its path.
pub fn kind(path: &str) -> Option<Kind> {
    let script = (extension(path) == Some("sql")).then_some(Kind::Script);
    script.or_else(|| Language::of_path(path).map(Kind::Code))
}

fn extension(path: &str) -> Option<&str> {
    path.rsplit_once('.').map(|(_, extension)| extension)
}

/// Whether the bytes of such a file may concern Flink.
pub fn may_be_flinks(kind: Kind, bytes: &[u8]) -> bool {
    match kind {
        Kind::Code(language) => imports_flink(language, bytes),
        Kind::Script => has_word_of_dialect(bytes),
    }
}

/// The name that everything imported from Flink begins with.
pub fn package(language: Language) -> &'static str {
    match language {
        Language::Java | Language::Scala | Language::Kotlin => "org.apache.flink",
        Language::Python => "pyflink",
    }
}

/// Whether any line begins as an import and names Flink.
fn imports_flink(language: Language, bytes: &[u8]) -> bool {
    let starts: &[&[u8]] = match language {
        Language::Python => &[b"import ", b"from "],
        _ => &[b"import "],
    };
    memmem::find_iter(bytes, package(language)).any(|at| {
        let line = memchr::memrchr2(b'\n', b'\r', &bytes[..at]).map_or(0, |end| end + 1);
        let before = bytes[line..at].trim_ascii_start();
        let before = before.strip_prefix(b"\xef\xbb\xbf").unwrap_or(before);
        starts.iter().any(|start| before.starts_with(start))
    })
}

/// Words of which every script of Flink's holds one, in small letters: what names a table's connector, time
/// and windows, several statements as one job, catalogs, and options.
const WORDS: [&str; 15] = [
    "connector",
    "watermark",
    "statement set",
    "catalog",
    "proctime",
    "tumble",
    "cumulate",
    "match_recognize",
    "hop(",
    "flink",
    "execution.",
    "table.exec",
    "table.dml",
    "pipeline.",
    "sql-client",
];

fn has_word_of_dialect(bytes: &[u8]) -> bool {
    let has = |word: &str| memmem::find(bytes, word.as_bytes()).is_some();
    WORDS
        .iter()
        .any(|word| has(word) || has(&word.to_ascii_uppercase()))
        || has("Flink")
}

/// Adds every name of a source that begins with a capital letter, as those of classes do.
pub fn names_of_types<'s>(bytes: &'s [u8], names: &mut BTreeSet<&'s [u8]>) {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    for word in bytes.split(|byte| !is_part(byte)) {
        if word.first().is_some_and(u8::is_ascii_uppercase) {
            names.insert(word);
        }
    }
}

/// The type that a source declares as its name says: of `a/Order.java` it is `Order`.
pub fn type_of_file(path: &str) -> Option<&str> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let (stem, extension) = name.rsplit_once('.')?;
    let of_jvm = matches!(extension, "java" | "scala" | "kt");
    (of_jvm && stem.starts_with(|first: char| first.is_ascii_uppercase())).then_some(stem)
}

/// Whether a source or a script is a test's by its path: what holds there is not meant to run for long.
pub fn is_test(path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let in_tests = folders.split('/').any(|folder| {
        matches!(folder, "test" | "tests" | "testFixtures" | "e2e")
            || folder.ends_with("-tests")
            || folder.ends_with("Test")
    });
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let ends = ["Test", "Tests", "IT", "ITCase", "TestCase", "Spec", "_test"];
    in_tests
        || ends.iter().any(|end| stem.ends_with(end))
        || stem.starts_with("test_")
        || name == "conftest.py"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_line_that_imports_flink_makes_a_source_one_of_its_jobs() {
        let java = |text: &str| imports_flink(Language::Java, text.as_bytes());
        assert!(java(
            "package a;\nimport org.apache.flink.api.common.Time;\n"
        ));
        assert!(java("\u{feff}import org.apache.flink.x.Y;\r\n"));
        assert!(java("a\r  import static org.apache.flink.x.Y.z;"));
        assert!(!java("// see org.apache.flink.api.Time\nclass A {}\n"));
        assert!(!java("String a = \"org.apache.flink.x\";\n"));
        assert!(!java("import org.apache.spark.x;\n"));
        let python = |text: &str| imports_flink(Language::Python, text.as_bytes());
        assert!(python(
            "def f():\n    from pyflink.table import expressions\n"
        ));
        assert!(python("import pyflink\n"));
        assert!(!python("# pip install pyflink\nimport spark\n"));
    }

    #[test]
    fn a_script_needs_a_word_that_flink_has_use_for() {
        let may_be = |text: &str| has_word_of_dialect(text.as_bytes());
        assert!(may_be(
            "CREATE TABLE a (b INT) WITH ('connector' = 'kafka')"
        ));
        assert!(may_be("select * from table(TUMBLE(table a, ...))"));
        assert!(may_be("-- Flink\nselect 1"));
        assert!(!may_be("CREATE TABLE a (id SERIAL PRIMARY KEY);"));
        assert!(!may_be("set hive.exec.parallel=true;"));
    }

    #[test]
    fn names_of_classes_are_told_from_others() {
        let mut names = BTreeSet::new();
        names_of_types(b"new Order(a.Item_2, b) Ab\xc3\xa9c 9X", &mut names);
        let names: Vec<_> = names.into_iter().collect();
        assert_eq!(names, [&b"Ab"[..], b"Item_2", b"Order"]);
        assert_eq!(type_of_file("a/Order.java"), Some("Order"));
        assert_eq!(type_of_file("a/order.kt"), None);
        assert_eq!(type_of_file("a/Order.py"), None);
    }

    #[test]
    fn tests_are_known_by_their_place_or_name() {
        for path in [
            "src/test/java/a/Job.java",
            "a/JobTest.java",
            "a/JobITCase.scala",
            "test_job.py",
            "tests/job.py",
            "job_test.py",
        ] {
            assert!(is_test(path), "{path}");
        }
        for path in ["src/main/java/a/Job.java", "a/Latest.java", "contest.py"] {
            assert!(!is_test(path), "{path}");
        }
    }
}
