//! Any bytes, in any kind of file: the readers do not panic, and their spans are legal.
#![no_main]

use flint::baseline::Baseline;
use flint::config::Config;
use flint::linux::loaders::{self, Loader};
use flint::page::{Page, Policy, body};
use flint::recognise::{cluster, evidence, job, read, worth_parsing};
use flint::syntax::code::Language;
use flint::syntax::{
    bottlerocket, code, environment, flink_conf, image, json, kustomization, manifest, properties,
    sql, sysctl, terraform, toml, tuned, yaml,
};
use flint::text::Source;
use flint_fuzz::{Legal, PATHS, assert_documents, source};
use libfuzzer_sys::fuzz_target;

const LOADERS: [Loader; 8] = [
    Loader::Procps33,
    Loader::Procps40,
    Loader::Procps407,
    Loader::Systemd247,
    Loader::Systemd252,
    Loader::Systemd262,
    Loader::Busybox130,
    Loader::Busybox135,
];

const LANGUAGES: [(Language, &str); 4] = [
    (Language::Java, "A.java"),
    (Language::Scala, "A.scala"),
    (Language::Kotlin, "A.kt"),
    (Language::Python, "a.py"),
];

fuzz_target!(|data: &[u8]| {
    let Some((which, bytes)) = data.split_first() else {
        return;
    };
    let which = usize::from(*which);
    match which.checked_sub(PATHS.len()) {
        None => by_path(PATHS[which], bytes),
        Some(which) => by_reader(which, bytes),
    }
});

/// As flint comes to a file.
fn by_path(path: &str, bytes: &[u8]) {
    let source = source(path, bytes);
    worth_parsing(path, bytes, false);
    for (job, named) in [(false, false), (false, true), (true, false)] {
        assert_documents(&source, &read(&source, job, named));
    }
    evidence::read(path, bytes);
    cluster::read(path, bytes);
    cluster::read_workers(path, bytes);
}

/// Each reader by itself, whatever the file would be taken for.
fn by_reader(which: usize, bytes: &[u8]) {
    let with = |path: &str, read: &dyn Fn(&Source) -> Vec<flint::syntax::Document>| {
        let source = source(path, bytes);
        assert_documents(&source, &read(&source));
    };
    match which % 26 {
        0 => with("flink-conf.yaml", &|own| vec![flink_conf::parse(own)]),
        1 => with("config.yaml", &|own| vec![yaml::parse_config(own)]),
        2 => with("job.yaml", &|own| vec![yaml::parse_job(own)]),
        3 => with("manifest.yaml", &manifest::parse),
        4 => with("flink.toml", &|own| vec![toml::parse(own)]),
        5 => with("flink.json", &|own| vec![json::parse(own)]),
        6 => with("a.properties", &|own| vec![properties::parse(own)]),
        7 => with("sysctl.conf", &|own| vec![sysctl::parse(own)]),
        8 => with("sysctl.conf.j2", &|own| vec![sysctl::parse_template(own)]),
        9 => with("job.sql", &sql::parse),
        10 => with("Dockerfile", &environment::parse_image),
        11 => with("Dockerfile", &|own| image::parse(own, true)),
        12 => with("flink.env", &environment::parse_file),
        13 => with("main.tf", &terraform::parse),
        14 => with("tuned.conf", &tuned::parse_file),
        15 => with("kustomization.yaml", &kustomization::parse),
        16 => with("bottlerocket.toml", &bottlerocket::parse),
        17..=20 => {
            let (language, path) = LANGUAGES[which % 26 - 17];
            with(path, &|own| job::read(own, language));
            let source = source(path, bytes);
            code::tokens(&source, language);
            let legal = Legal::of(&source);
            for call in code::read(&source, language).calls {
                legal.assert(call.whole, "a call");
            }
        }
        21 => {
            for loader in LOADERS {
                for entry in loaders::entries(loader, &[bytes]).entries {
                    assert!(entry.at.start <= entry.at.end && entry.at.end <= bytes.len());
                }
            }
        }
        22 => {
            if let Ok(baseline) = Baseline::parse(&source("flint-baseline.txt", bytes)) {
                let source = source("flint-baseline.txt", bytes);
                for (_, at) in &baseline.entries {
                    Legal::of(&source).assert(*at, "an entry");
                }
                let entries: Vec<_> = baseline
                    .entries
                    .iter()
                    .map(|(own, _)| own.clone())
                    .collect();
                let text = flint::baseline::text(&baseline.comments, &entries);
                let again = Baseline::parse(&self::source("flint-baseline.txt", text.as_bytes()));
                assert!(again.is_ok(), "a baseline that was written can be read");
            }
        }
        23 => {
            if let Ok(text) = std::str::from_utf8(bytes) {
                let _ = Page::parse(text);
                body(text);
                if let Err(error) =
                    Policy::read("policies/acme-own.md", text, &["acme.".to_owned()])
                {
                    let said = error.to_string();
                    let said = flint::report::plain(&said);
                    assert_eq!(said.lines().count(), 1, "an error is one line");
                }
            }
        }
        24 => {
            if let Ok(text) = std::str::from_utf8(bytes) {
                match Config::parse("flint.toml", text) {
                    Ok(config) => {
                        let configs = flint::config::Configs::single(config);
                        let _ = flint::lint::validate(&configs);
                        let all: Vec<_> = configs.iter().map(|own| (String::new(), own)).collect();
                        flint_fuzz::output::assert_tame(
                            &flint::report::config::text(&all),
                            "config",
                        );
                        flint_fuzz::output::assert_json(
                            &flint::report::config::json(&all),
                            "config",
                        );
                    }
                    Err(error) => assert_eq!(
                        flint::report::plain(&error.to_string()).lines().count(),
                        1,
                        "an error is one line"
                    ),
                }
            }
        }
        _ => {
            if let Ok(text) = std::str::from_utf8(bytes) {
                yaml::tree::Tree::parse(text, 1024);
            }
        }
    }
}
