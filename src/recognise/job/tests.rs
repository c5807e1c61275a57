use super::*;
use crate::text::SourceId;

fn read_as(path: &str, text: &str) -> Document {
    let source = Source::new(SourceId(0), path, text);
    let language = Language::of_path(path).expect("a language");
    read(&source, language).remove(0)
}

/// What a method of Java with this body sets, `?` behind what nobody can tell; whether it is all.
fn java(body: &str) -> (Vec<String>, bool) {
    let text = format!(
        "import org.apache.flink.configuration.*;\n\
         import org.apache.flink.streaming.api.environment.*;\n\
         import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;\n\
         class A {{\n  void run() {{\n{body}\n  }}\n  void own(StreamExecutionEnvironment env) {{}}\n}}\n"
    );
    said(&read_as("A.java", &text))
}

fn said(document: &Document) -> (Vec<String>, bool) {
    let settings = document.settings.iter().map(|setting| {
        let sign = if setting.known { "" } else { "?" };
        format!("{}={}{sign}", setting.key, setting.value)
    });
    (settings.collect(), document.complete)
}

const MADE: &str =
    "    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();\n";

fn on_env(body: &str) -> (Vec<String>, bool) {
    java(&format!("{MADE}{body}"))
}

#[test]
fn literals_on_the_environment_are_settings() {
    let (settings, complete) = on_env(
        "    env.setParallelism(4).setMaxParallelism(2 * 64);\n    env.enableCheckpointing(500);\n    \
         env.getConfig().enableObjectReuse();\n    CheckpointConfig own = env.getCheckpointConfig();\n    \
         own.setCheckpointTimeout(60_000L);\n    env.execute();\n",
    );
    let expected = [
        "parallelism.default=4",
        "pipeline.max-parallelism=128",
        "execution.checkpointing.interval=500 ms",
        "pipeline.object-reuse=true",
        "execution.checkpointing.timeout=60000 ms",
    ];
    assert_eq!(settings, expected);
    assert!(complete);
}

#[test]
fn what_two_versions_call_differently_has_both_names() {
    let (settings, _) = on_env("    env.setStateBackend(new EmbeddedRocksDBStateBackend(true));\n");
    let expected = [
        "state.backend=rocksdb",
        "state.backend.type=rocksdb",
        "state.backend.incremental=true",
        "execution.checkpointing.incremental=true",
    ];
    assert_eq!(settings, expected);
}

#[test]
fn what_is_computed_or_depends_is_unknown() {
    let (settings, complete) = on_env(
        "    env.setParallelism(args.getInt(\"p\"));\n    if (a) {\n      env.enableCheckpointing(1000);\n    }\n    \
         if (b)\n      env.setMaxParallelism(3);\n    for (int i = 0; i < 3; i++) env.setBufferTimeout(i);\n",
    );
    assert!(
        settings.iter().all(|one| one.ends_with('?')),
        "{settings:?}"
    );
    assert_eq!(settings.len(), 5, "{settings:?}");
    assert!(complete);
}

#[test]
fn settings_that_may_not_meet_are_unknown() {
    let text = |main: &str| {
        format!(
            "import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;\nclass A {{\n  \
             {main}\n  void one(StreamExecutionEnvironment env) {{\n    env.setParallelism(1);\n  }}\n  \
             void two(StreamExecutionEnvironment env) {{\n    env.setMaxParallelism(2);\n  }}\n}}\n"
        )
    };
    let set = |main: &str| said(&read_as("A.java", &text(main))).0;
    let (one, two) = ("parallelism.default=1", "pipeline.max-parallelism=2");
    assert_eq!(set(""), [format!("{one}?"), format!("{two}?")]);
    let run = |body: &str| format!("void run() {{\n{MADE}{body}\n  }}");
    assert_eq!(
        set(&run("    one(env);")),
        [one.to_owned(), format!("{two}?")]
    );
    assert_eq!(set(&run("    one(env);\n    this.two(env);")), [one, two]);
    let under = "    if (a) {\n      one(env);\n    }";
    assert_eq!(set(&run(under)), [format!("{one}?"), format!("{two}?")]);
}

#[test]
fn whoever_gets_the_environment_may_set_anything() {
    for body in [
        "    Helper.configure(env);\n",
        "    new Job(env);\n",
        "    env.configure(params.getConfiguration());\n",
        "    this.env = env;\n",
        "    return env;\n",
        "    env.getConfig().setWhatever(1);\n",
    ] {
        assert!(!on_env(body).1, "{body}");
    }
    for body in [
        "    own(env);\n",
        "    StreamTableEnvironment t = StreamTableEnvironment.create(env);\n",
        "    env.fromElements(1).print();\n    return environment;\n",
    ] {
        assert!(on_env(body).1, "{body}");
    }
    let read = "    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(\
                load());\n";
    assert!(!java(read).1);
}

#[test]
fn a_configuration_counts_where_an_environment_gets_it() {
    let made = "    Configuration conf = new Configuration();\n    conf.setString(\"state.backend\", \
                \"rocksdb\");\n";
    let gets = "    StreamExecutionEnvironment env = \
                StreamExecutionEnvironment.getExecutionEnvironment(conf);\n";
    assert_eq!(java(made).0, [""; 0]);
    let (settings, complete) = java(&format!("{made}{gets}"));
    assert_eq!(settings, ["state.backend=rocksdb"]);
    assert!(complete);
}

#[test]
fn each_language_has_its_spelling() {
    let python = read_as(
        "a.py",
        "from pyflink.datastream import StreamExecutionEnvironment\n\
         from pyflink.table import StreamTableEnvironment\n\
         env = StreamExecutionEnvironment.get_execution_environment()\nenv.set_parallelism(2)\n\
         t_env = StreamTableEnvironment.create(env)\n\
         t_env.get_config().set(\"table.exec.state.ttl\", \"1 h\")\n",
    );
    let expected = ["parallelism.default=2", "table.exec.state.ttl=1 h"];
    assert_eq!(said(&python), (expected.map(str::to_owned).to_vec(), true));
    let scala = read_as(
        "a.scala",
        "import org.apache.flink.streaming.api.scala._\nobject A {\n  def main(args: Array[String]): Unit = {\n    \
         val env = StreamExecutionEnvironment.getExecutionEnvironment\n    env.setParallelism(3)\n    \
         env.getCheckpointConfig.setMinPauseBetweenCheckpoints(500)\n  }\n}\n",
    );
    let expected = [
        "parallelism.default=3",
        "execution.checkpointing.min-pause=500 ms",
    ];
    assert_eq!(said(&scala), (expected.map(str::to_owned).to_vec(), true));
}

#[test]
fn a_property_of_kotlin_is_an_option_of_unknown_value() {
    let kotlin = read_as(
        "a.kt",
        "import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment\nfun main() {\n  \
         val env = StreamExecutionEnvironment.getExecutionEnvironment()\n  env.parallelism = 2\n}\n",
    );
    assert_eq!(
        said(&kotlin),
        (vec!["parallelism.default=2?".to_owned()], true)
    );
}

#[test]
fn other_classes_of_the_same_name_set_nothing() {
    let text = "import com.acme.StreamExecutionEnvironment;\nimport org.apache.flink.api.common.X;\n\
                class A { void a() {\n  StreamExecutionEnvironment env = \
                StreamExecutionEnvironment.getExecutionEnvironment();\n  env.setParallelism(4);\n} }\n";
    assert_eq!(said(&read_as("A.java", text)), (Vec::new(), false));
}

#[test]
fn comments_speak_only_outside_of_texts() {
    let text = "import org.apache.flink.a.B; // flint: ignore[a]\nclass A {\n  /* flint: ignore[b] */ int x;\n  \
                String y = \"# flint: ignore[c]\"; String z = \"// flint: ignore[d]\";\n  // see flint: ignore[e]\n}\n";
    let document = read_as("A.java", text);
    let comments = document.comments.iter();
    let texts: Vec<&str> = comments.map(|own| &text[own.at.range()]).collect();
    assert_eq!(texts, ["// flint: ignore[a]", "/* flint: ignore[b] */"]);
    assert!(document.comments[1].own_line && !document.comments[0].own_line);
}
