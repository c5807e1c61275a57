use super::*;

fn message(text: &str) -> String {
    match Config::parse("flint.toml", text) {
        Ok(_) => "fine".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn mistakes_are_named_with_their_place() {
    assert_eq!(
        message("\nslect = []\n"),
        "flint.toml:2:1: unknown key `slect`; did you mean `select`?"
    );
    assert_eq!(
        message("flink-version = \"1.12\""),
        "flint.toml:1:17: Flink 1.12 is not known to flint, which covers 1.13 to 2.3"
    );
    assert!(message("required-version = \">=99\"").contains("asks for flint >=99"));
    assert!(message("[settings]\n[checks]\n").contains("grafana/flint"));
    assert_eq!(
        message("select = [1]"),
        "flint.toml:1:11: `select` takes a list of rules and groups in quotes; this is a whole number"
    );
    assert!(message("a = ").starts_with("flint.toml:1:"));
}

#[test]
fn machines_are_described_in_words_of_the_field() {
    let text = "[host]\nkernel = \"6.12\"\nmemory = \"64 GiB\"\nbandwidth = \"10 Gbit/s\"\n\
                rtt = \"0.5 ms\"\n";
    let config = Config::parse("flint.toml", text).expect("a valid configuration");
    assert_eq!(config.host.memory, Some(64 << 30));
    assert_eq!(config.host.needed_buffer(), Some(1_250_000));
    assert_eq!(
        message("[host]\nrtt = \"fast\"\n"),
        "flint.toml:2:7: `fast` is no round-trip time: write `0.5 ms`"
    );
    assert!(message("[host]\nkernel = \"new\"\n").contains("no release of the kernel"));
}

#[test]
fn patterns_name_files_folders_and_all_below() {
    let config = Config::parse(
        "flint.toml",
        "exclude = [\"vendor\", \"a/flink-conf.yaml\", \"gen/\", \"*.bak.yaml\", \
         \"/top\", \"./here\"]\n\
         [[job-config]]\nfiles = [\"jobs/*.properties\"]\n",
    )
    .expect("a valid configuration");
    for path in [
        "vendor/x.yaml",
        "b/vendor/c/x.yaml",
        "a/flink-conf.yaml",
        "gen/x.yaml",
        "b/x.bak.yaml",
        "top/x.yaml",
        "here/x.yaml",
    ] {
        assert!(config.excludes(path), "{path}");
    }
    for path in [
        "b/a/flink-conf.yaml",
        "vendored/x.yaml",
        "b/top/x.yaml",
        "b/here/x.yaml",
    ] {
        assert!(!config.excludes(path), "{path}");
    }
    assert!(config.is_job_file("jobs/a.properties"));
    assert!(!config.is_job_file("jobs/a.toml"));
    assert!(!config.is_job_file("b/jobs/a.properties"));
}

#[test]
fn names_count_more_than_groups_and_ignore_more_than_select() {
    let config = Config::parse(
        "sub/flint.toml",
        "ignore = [\"performance\"]\nselect = [\"correctness\", \"slow-thing\"]\n\
         [[overrides]]\nfiles = [\"dev/**\"]\nignore = [\"correctness\"]\n",
    )
    .expect("a valid configuration");
    assert!(config.runs("wrong-thing", "correctness", "sub/a.yaml"));
    assert!(!config.runs("wrong-thing", "correctness", "sub/dev/a.yaml"));
    assert!(config.runs("slow-thing", "performance", "sub/a.yaml"));
    assert!(!config.runs("other-thing", "performance", "sub/a.yaml"));
}
