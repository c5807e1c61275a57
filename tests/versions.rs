//! Which version a deployment runs on, and who says so: what lies beside a configuration, in which
//! order, and what must say nothing.

mod common;

use common::{configs, sources};
use flint::project::Project;

const CONF: &str = "parallelism.default: 2\njobmanager.rpc.address: jm\n";
const POM: &str = "<project>\n<flink.version>1.18.1</flink.version>\n</project>\n";

/// Each deployment as `name: versions (from), Java n`, `!` before a source that does not count.
fn stated(version: Option<&str>, files: &[(&str, &str)]) -> Vec<String> {
    let files: Vec<(String, Vec<u8>)> = files
        .iter()
        .map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()))
        .collect();
    let sources = sources(&files);
    let configs = configs(version, &[]);
    let project = Project::read(&sources, &configs, &[]);
    let deployments = project.deployments();
    deployments
        .iter()
        .map(|one| {
            let mut text = format!("{}: {}", one.name, one.versions);
            if let Some(from) = &one.version_from {
                text += &format!(" ({from})");
            }
            if let Some(from) = &one.version_dropped {
                text += &format!(" (!{from})");
            }
            if let Some(from) = &one.version_before_all {
                text += &format!(" (<{from})");
            }
            if let (Some(java), Some(_)) = (one.java, &one.java_from) {
                text += &format!(", Java {java}");
            }
            text
        })
        .collect()
}

fn found(files: &[(&str, &str)]) -> Vec<String> {
    stated(None, files)
}

#[test]
fn the_nearest_folder_upwards_decides() {
    let root = (
        "docker-compose.yml",
        "services:\n  a:\n    image: flink:1.16.1\n",
    );
    assert_eq!(
        found(&[("a/conf/flink-conf.yaml", CONF), ("a/pom.xml", POM), root]),
        ["a/conf: 1.18 (flink.version in a/pom.xml:2)"]
    );
    assert_eq!(
        found(&[("b/conf/flink-conf.yaml", CONF), ("a/pom.xml", POM), root]),
        ["b/conf: 1.16 (image flink:1.16.1 in docker-compose.yml:3)"]
    );
}

#[test]
fn folders_beside_say_nothing() {
    assert_eq!(
        found(&[
            ("conf/flink-conf.yaml", CONF),
            ("jobs/pom.xml", POM),
            ("docker/Dockerfile", "FROM flink:1.16\n"),
            ("conf/old/Dockerfile", "FROM flink:1.15\n"),
        ]),
        ["conf: 1.13-1.20"]
    );
}

#[test]
fn in_one_folder_the_manifest_counts_before_the_image_before_the_build_file() {
    let pom = ("pom.xml", POM);
    let image = ("Dockerfile", "FROM flink:1.17.2-java11\n");
    let manifest = (
        "job.yaml",
        "kind: FlinkDeployment\nspec:\n  flinkVersion: v1_16\n",
    );
    let conf = ("conf/flink-conf.yaml", CONF);
    assert_eq!(
        found(&[conf, pom, image, manifest]),
        ["conf: 1.16 (spec.flinkVersion in job.yaml:3)"]
    );
    assert_eq!(
        found(&[conf, pom, image]),
        ["conf: 1.17 (image flink:1.17.2-java11 in Dockerfile:1), Java 11"]
    );
    assert_eq!(
        found(&[conf, pom]),
        ["conf: 1.18 (flink.version in pom.xml:2)"]
    );
}

#[test]
fn equal_statements_that_disagree_stand_together() {
    assert_eq!(
        found(&[
            ("flink-conf.yaml", CONF),
            ("Dockerfile", "FROM flink:1.17-java11\n"),
            ("Dockerfile.next", "FROM flink:1.20-java17\n"),
        ]),
        [
            ".: 1.17, 1.20 (image flink:1.20-java17 in Dockerfile.next:1 and image flink:1.17-java11 in Dockerfile:1)"
        ]
    );
}

#[test]
fn an_image_that_does_not_say_its_version_leaves_it_open() {
    for tag in ["latest", "${FLINK_VERSION}", "2.9.1"] {
        let compose = format!("services:\n  a:\n    image: flink:{tag}\n");
        assert_eq!(
            found(&[
                ("flink-conf.yaml", CONF),
                ("compose.yaml", &compose),
                ("pom.xml", POM)
            ]),
            [".: 1.13-1.20"],
            "{tag}"
        );
    }
}

#[test]
fn a_version_that_does_not_read_the_files_is_left_aside() {
    let pom = "<flink.version>2.1.0</flink.version>";
    assert_eq!(
        found(&[("conf/flink-conf.yaml", CONF), ("pom.xml", pom)]),
        ["conf: 1.13-1.20 (!flink.version in pom.xml:1)"]
    );
    let image = ("Dockerfile", "FROM flink:1.18-java11\n");
    assert_eq!(
        found(&[("conf/config.yaml", CONF), image]),
        ["conf: 1.19-2.3 (!image flink:1.18-java11 in Dockerfile:1)"]
    );
    // A range is narrowed to what reads them.
    assert_eq!(
        found(&[
            ("conf/config.yaml", CONF),
            ("requirements.txt", "apache-flink>=1.17,<2\n")
        ]),
        ["conf: 1.19-1.20 (apache-flink>=1.17,<2 in requirements.txt:1)"]
    );
}

#[test]
fn what_is_stated_counts_before_all_that_is_found() {
    let files = [
        ("conf/flink-conf.yaml", CONF),
        ("Dockerfile", "FROM flink:1.17-java11\n"),
    ];
    assert_eq!(
        stated(Some("1.20"), &files),
        ["conf: 1.20 (--flink-version)"]
    );
    assert_eq!(
        stated(Some("1.17"), &files),
        ["conf: 1.17 (--flink-version), Java 11"]
    );
}

#[test]
fn both_files_of_a_folder_are_seen_by_the_version_found() {
    let both = [("flink-conf.yaml", CONF), ("config.yaml", CONF)];
    let docker = |text| [both[0], both[1], ("Dockerfile", text)];
    assert_eq!(
        found(&docker("FROM flink:1.20\n")),
        [".: 1.20 (image flink:1.20 in Dockerfile:1)"]
    );
    assert_eq!(
        found(&docker("FROM flink:2.0\n")),
        [".: 2.0 (image flink:2.0 in Dockerfile:1)"]
    );
}

#[test]
fn names_of_files_and_unpacked_releases_tell() {
    assert_eq!(
        found(&[
            ("a/flink-conf-1.15.yaml", CONF),
            ("a/flink-conf-1.yaml", CONF),
            ("flink-1.17.2/conf/flink-conf.yaml", CONF),
            ("flink-1.17.2/demo/conf/flink-conf.yaml", CONF),
            ("flink-1.17.2/demo/Dockerfile", "FROM flink:1.19.0\n"),
            ("pom.xml", POM),
        ]),
        [
            "a/flink-conf-1.15.yaml: 1.15 (the name flink-conf-1.15.yaml)",
            "a/flink-conf-1.yaml: 1.18 (flink.version in pom.xml:2)",
            "flink-1.17.2/conf: 1.17 (the name flink-1.17.2)",
            "flink-1.17.2/demo/conf: 1.19 (image flink:1.19.0 in flink-1.17.2/demo/Dockerfile:1)",
        ]
    );
}

#[test]
fn a_chart_is_no_part_of_the_build_around_it() {
    assert_eq!(
        found(&[
            ("helm/app/Chart.yaml", "name: app\n"),
            ("helm/app/conf/flink-conf.yaml", CONF),
            ("pom.xml", POM),
        ]),
        ["helm/app/conf: 1.13-1.20"]
    );
}

#[test]
fn a_jobs_own_file_runs_on_what_it_is_built_against() {
    assert_eq!(
        found(&[
            (
                "src/main/resources/job.properties",
                "parallelism.default=4\n"
            ),
            (
                "gradle/libs.versions.toml",
                "[versions]\nflink = \"2.0.0\"\n"
            ),
        ]),
        ["src/main/resources/job.properties: 2.0 (flink in gradle/libs.versions.toml:2)"]
    );
}

#[test]
fn files_that_nobody_reads_as_evidence_are_no_documents() {
    assert!(found(&[("pom.xml", POM), ("Dockerfile", "FROM flink:1.18\n")]).is_empty());
}

#[test]
fn a_release_before_all_known_ones_is_kept_in_mind() {
    let with = |path: &str, text: &str| found(&[("conf/flink-conf.yaml", CONF), (path, text)]);
    for (path, text, from) in [
        (
            "Dockerfile",
            "FROM flink:1.10.0-scala_2.11\n",
            "image flink:1.10.0-scala_2.11",
        ),
        (
            "pom.xml",
            "<flink.version>1.9.3</flink.version>\n",
            "flink.version",
        ),
        ("build.gradle", "flinkVersion = '1.12.7'\n", "flinkVersion"),
        (
            "requirements.txt",
            "apache-flink==1.11.3\n",
            "apache-flink==1.11.3",
        ),
        (
            "k8s.yaml",
            "spec:\n  image: team/flink:1.4.2\n",
            "image team/flink:1.4.2",
        ),
    ] {
        let line = text.lines().count();
        let expected = format!("conf: 1.13-1.20 (<{from} in {path}:{line})");
        assert_eq!(with(path, text), [expected]);
    }
    // One of two images may be the one that reads the files; a weaker statement is none.
    let two = "services:\n  a:\n    image: flink:1.16.1\n  b:\n    image: flink:1.12\n";
    assert_eq!(
        with("docker-compose.yml", two),
        ["conf: 1.13-1.20 (<image flink:1.12 in docker-compose.yml:5)"]
    );
    let old = ("pom.xml", "<flink.version>1.12.0</flink.version>\n");
    let new = ("Dockerfile", "FROM flink:1.18\n");
    assert_eq!(
        found(&[("conf/flink-conf.yaml", CONF), old, new]),
        ["conf: 1.18 (image flink:1.18 in Dockerfile:1)"]
    );
    let stated = stated(Some("1.20"), &[("conf/flink-conf.yaml", CONF), old]);
    assert_eq!(stated, ["conf: 1.20 (--flink-version)"]);
}
