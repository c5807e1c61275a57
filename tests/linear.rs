//! Files of one text, over and over: none costs more than its length, in time and on the stack. `fuzz/` looks
//! for more of them; what it or anybody finds is a row here.

use std::fs;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use flint::recognise::read;
use flint::text::{Source, SourceId};

const SIZE: usize = 256 << 10;

/// A reader that goes over the whole file once for every line of it needs many times as long.
const MOST: Duration = Duration::from_secs(8);

const JAVA: &str = "import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;\n\
                    class A { void f() { Object x = ";
const SCALA: &str = "import org.apache.flink.streaming.api.scala._\nobject A { val x = ";
const KOTLIN: &str = "import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment\n\
                      fun f() { val x = ";
const PYTHON: &str = "from pyflink.datastream import StreamExecutionEnvironment\nx = ";
const SQL: &str =
    "SET 'parallelism.default' = '1';\nCREATE TABLE a (b INT) WITH ('connector' = 'kafka');\n";
const MANIFEST: &str = "apiVersion: flink.apache.org/v1beta1\nkind: FlinkDeployment\nmetadata: {name: a}\n\
                        spec:\n  flinkConfiguration:\n";

/// Path, what stands first, and what follows as often as there is room.
const FILES: &[(&str, &str, &[&str])] = &[
    (
        "A.java",
        JAVA,
        &[
            "class A{",
            "interface A{",
            "enum A{",
            "@interface A{",
            "class A{}\n",
            "a=",
            "a=b+",
            "int a = 1, ",
            "val x = ",
            "fun f() = ",
            "x = (",
            "x = [",
            "x = {",
            "f(a+",
            "a.b().",
            "\"a\"+",
            "a->",
            "@A(",
            "new A(){ f(",
            "A<",
        ],
    ),
    (
        "A.scala",
        SCALA,
        &[
            "class A{",
            "object A{",
            "a=",
            "val x = ",
            "x = (",
            "x = [",
            "x = {",
            "a match {",
            "s\"${",
        ],
    ),
    (
        "A.kt",
        KOTLIN,
        &[
            "class A{",
            "object A{",
            "a=",
            "val x = ",
            "x = (",
            "fun f(",
            "{ a -> ",
            "\"${",
        ],
    ),
    (
        "a.py",
        PYTHON,
        &[
            "(",
            "[",
            "{a:",
            "lambda x: ",
            "[x for x in ",
            "a=",
            "f(a=",
            "f\"{",
            "if a:\n ",
            "def f():\n ",
        ],
    ),
    (
        "a.sql",
        SQL,
        &[
            "EXECUTE STATEMENT SET BEGIN ",
            "BEGIN STATEMENT SET ",
            "SELECT (",
            "SELECT * FROM (",
            "CASE WHEN ",
            "WITH a AS (",
            "ROW<",
            "/*",
            "CAST(",
            "a,",
            "NOT ",
            "{% if a %}",
        ],
    ),
    (
        "config.yaml",
        "taskmanager.numberOfTaskSlots: 1\na: ",
        &["[", "{", "- ", "? ", "{a: ", "a:\n", "*a "],
    ),
    (
        "flink-conf.yaml",
        "a: ",
        &["a: b\n", "a\n", "# flint: ignore[a]\n"],
    ),
    (
        "k8s/a.yaml",
        MANIFEST,
        &["    \u{43a}: \u{437}\n", "    a: b\n", "    a: {"],
    ),
    (
        "etc/sysctl.d/99-flink.conf",
        "net.core.rmem_max = 1\n",
        &["net.*.", "{a,", "[a", "a = b\n", "-"],
    ),
    (
        "flink.toml",
        "window = '5s'\na = ",
        &["[", "{a=", "\n[a]\n", "a."],
    ),
    (
        "flink.json",
        "{\"window\": {\"size\": \"5s\"}, \"a\": ",
        &["[", "{\"a\":"],
    ),
    (
        "main.tf",
        "resource \"a\" \"flink\" {\n  x = ",
        &["[", "{", "\"${", "a("],
    ),
    (
        "Dockerfile",
        "FROM flink\nENV FLINK_PROPERTIES=",
        &["\"$(", "\\\n", "a=b ", "'"],
    ),
];

/// The time that this thread has had of a processor; the time of day where the system does not tell.
fn now() -> Duration {
    static START: OnceLock<Instant> = OnceLock::new();
    let told = fs::read_to_string("/proc/thread-self/schedstat").ok();
    let told = told.and_then(|text| text.split(' ').next()?.parse().ok());
    told.map_or_else(
        || START.get_or_init(Instant::now).elapsed(),
        Duration::from_nanos,
    )
}

#[test]
fn a_text_over_and_over_costs_no_more_than_its_length() {
    for (path, head, units) in FILES {
        for unit in *units {
            let text = (*head).to_owned() + &unit.repeat(SIZE / unit.len());
            let start = now();
            read(&Source::new(SourceId(0), *path, text), false, false);
            let took = now().saturating_sub(start);
            assert!(took < MOST, "{path}: {unit:?} takes {took:?}");
        }
    }
}
