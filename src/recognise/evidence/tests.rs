//! Each kind of file, and what must say nothing.

use super::*;

/// `line why -> versions`, and Java where known.
fn shown(path: &str, text: &str) -> Vec<String> {
    let all = read(path, text.as_bytes()).into_iter();
    all.map(|one| {
        let versions = one.versions.map_or("?".to_owned(), |set| set.to_string());
        let java = one
            .java
            .map_or(String::new(), |java| format!(" java {java}"));
        format!("{} {} -> {versions}{java}", one.line, one.why)
    })
    .collect()
}

#[test]
fn a_manifest_says_the_version_of_a_flink_deployment() {
    let text = "apiVersion: flink.apache.org/v1beta1\nkind: FlinkDeployment\nspec:\n  \
                image: flink:1.18.1-java17 # pinned\n  flinkVersion: \"v1_18\"\n---\n\
                kind: ConfigMap\ndata:\n  flinkVersion: v1_20\n";
    assert_eq!(
        shown("k8s/job.yaml", text),
        [
            "4 image flink:1.18.1-java17 -> 1.18 java 17",
            "5 spec.flinkVersion -> 1.18"
        ]
    );
    let template = "kind: FlinkDeployment\nspec:\n  flinkVersion: {{ .Values.flinkVersion }}\n";
    assert_eq!(shown("a.yaml", template), ["3 spec.flinkVersion -> ?"]);
    let definition = "kind: CustomResourceDefinition\nspec:\n  flinkVersion:\n    enum: [v1_18]\n";
    assert_eq!(shown("crd.yaml", definition), [""; 0]);
    let named = "kind: FlinkCluster\nspec:\n  flinkVersion: \"1.14\"\n  image:\n    \
                 pullPolicy: Always\n    name: flink:1.14.6\n  job:\n    name: flink:1.13\n";
    assert_eq!(
        shown("a.yml", named),
        [
            "6 image flink:1.14.6 -> 1.14",
            "3 spec.flinkVersion -> 1.14"
        ]
    );
}

#[test]
fn compose_files_say_their_images() {
    let text = "services:\n  db:\n    image: postgres:15\n  # image: flink:1.16\n  jobmanager:\n    \
                image: &flink 'flink:1.20.1'\n  old:\n    image: my/flink-job:1.17\n";
    assert_eq!(
        shown("docker-compose.yml", text),
        ["6 image flink:1.20.1 -> 1.20"]
    );
    assert_eq!(
        shown(
            "compose.dev.yaml",
            "services:\n  a:\n    image: flink:${FLINK:-1.18}\n"
        ),
        ["3 image flink:${FLINK:-1.18} -> ?"]
    );
}

#[test]
fn values_and_flinks_own_files_are_no_manifests() {
    for path in [
        "chart/values-prod.yaml",
        "conf/config.yaml",
        "flink-conf.yaml",
    ] {
        assert_eq!(shown(path, "image: flink:1.18\n"), [""; 0], "{path}");
    }
}

#[test]
fn a_dockerfile_says_what_its_last_stage_is_built_on() {
    for (text, expected) in [
        (
            "FROM flink:1.18\nRUN x\n",
            vec!["1 image flink:1.18 -> 1.18"],
        ),
        (
            "ARG FLINK_VERSION=1.18.1\nARG J=\"java11\"\n\
             FROM --platform=linux/amd64 flink:${FLINK_VERSION}-$J AS base\nfrom base\n",
            vec!["3 image flink:1.18.1-java11 -> 1.18 java 11"],
        ),
        (
            "ARG V\nFROM apache/flink:$V\n",
            vec!["2 image apache/flink:$V -> ?"],
        ),
        (
            "FROM flink:1.17 AS old\nFROM maven:3 AS build\nFROM flink:1.20.0\nCOPY --from=old a b\n",
            vec!["3 image flink:1.20.0 -> 1.20"],
        ),
        (
            "FROM flink:1.17 AS flink\nFROM python:3.10\nCOPY --from=flink /opt/flink /opt/flink\n",
            vec!["1 image flink:1.17 -> 1.17"],
        ),
        (
            "FROM flink:1.18 AS a\nFROM loop AS loop\n",
            vec!["1 image flink:1.18 -> 1.18"],
        ),
        ("FROM eclipse-temurin:17\n# FROM flink:1.18\n", vec![]),
    ] {
        assert_eq!(shown("docker/Dockerfile", text), expected, "{text}");
    }
}

#[test]
fn a_pom_says_its_property_and_flinks_own_artifacts() {
    let text = "<project>\n<properties>\n<!-- <flink.version>1.13.0</flink.version>\n -->\n\
                <flink.version>1.18.1</flink.version>\n</properties>\n<dependency>\n\
                <groupId>org.apache.flink</groupId>\n<artifactId>flink-clients_2.12</artifactId>\n\
                <version>1.17.0</version>\n</dependency>\n<dependency>\n\
                <groupId>org.apache.flink</groupId>\n<artifactId>flink-ml-core</artifactId>\n\
                <version>2.3.0</version>\n</dependency>\n<dependency>\n\
                <groupId>org.apache.flink</groupId>\n<artifactId>flink-core</artifactId>\n\
                <version>${flink.version}</version>\n</dependency>\n</project>\n";
    assert_eq!(
        shown("pom.xml", text),
        [
            "5 flink.version -> 1.18",
            "10 flink-clients_2.12 1.17.0 -> 1.17"
        ]
    );
    assert_eq!(
        shown("pom.xml", "<flinkVersion>1.12.0</flinkVersion>"),
        ["1 flinkVersion -> ?"]
    );
}

#[test]
fn build_scripts_say_variables_and_coordinates() {
    for (path, text, expected) in [
        (
            "build.gradle",
            "  flinkVersion = '1.18.0'",
            "flinkVersion -> 1.18",
        ),
        (
            "build.gradle",
            "ext.flink_version = \"1.18\"",
            "ext.flink_version -> 1.18",
        ),
        (
            "build.gradle",
            "ext[\"flinkVersion\"] = \"1.18\"",
            "flinkVersion -> 1.18",
        ),
        (
            "build.gradle",
            "versions = [kafka: '3.0', flink: '1.18.0']",
            "flink -> 1.18",
        ),
        (
            "build.gradle.kts",
            "val flinkVersion: String = \"2.0.0\"",
            "flinkVersion -> 2.0",
        ),
        (
            "build.gradle.kts",
            "implementation(\"org.apache.flink:flink-streaming-java:1.18.0\")",
            "flink-streaming-java 1.18.0 -> 1.18",
        ),
        (
            "build.sbt",
            "val flinkVersion = \"1.18.0\"",
            "flinkVersion -> 1.18",
        ),
        (
            "build.sbt",
            "\"org.apache.flink\" %% \"flink-streaming-scala\" % \"1.16.2\" % \"provided\",",
            "flink-streaming-scala 1.16.2 -> 1.16",
        ),
        (
            "gradle.properties",
            "flink.version=1.19.1",
            "flink.version -> 1.19",
        ),
        (
            "gradle/libs.versions.toml",
            "flink = \"1.20.0\"",
            "flink -> 1.20",
        ),
    ] {
        assert_eq!(shown(path, text), [format!("1 {expected}")], "{text}");
    }
    for text in [
        "// flinkVersion = '1.18.0'",
        "implementation \"org.apache.flink:flink-core:${flinkVersion}\"",
        "implementation 'org.apache.flink:flink-connector-opensearch:2.0.0-1.19'",
        "implementation 'org.apache.flink:flink-ml-core:2.3.0'",
        "\"org.apache.flink\" % \"flink-core\" % flinkVersion",
        "flinkVersion = System.getProperty('v', '1.18')",
        "id 'org.flink.plugin' version '1.18'",
        "flink { parallelism = 1.18 }",
    ] {
        assert_eq!(shown("build.gradle", text), [""; 0], "{text}");
    }
}

#[test]
fn python_projects_say_what_they_require() {
    for (path, text, expected) in [
        (
            "requirements.txt",
            "apache-flink==1.18.1",
            "apache-flink==1.18.1 -> 1.18",
        ),
        (
            "requirements.txt",
            "apache_flink == 1.18.1 ; python_version < '3.11'",
            "apache-flink==1.18.1 -> 1.18",
        ),
        (
            "requirements-dev.txt",
            "Apache-Flink~=1.18.0 --hash=sha256:0",
            "apache-flink~=1.18.0 -> 1.18",
        ),
        (
            "requirements.txt",
            "apache-flink>=1.10",
            "apache-flink>=1.10 -> ?",
        ),
        (
            "pyproject.toml",
            "    \"apache-flink>=1.18,<2\",",
            "apache-flink>=1.18,<2 -> 1.18-1.20",
        ),
        (
            "pyproject.toml",
            "dependencies = [\"pandas\", \"apache-flink[x]==2.0.0\"]",
            "apache-flink==2.0.0 -> 2.0",
        ),
        (
            "pyproject.toml",
            "apache-flink = \"^1.18\"",
            "apache-flink^1.18 -> 1.18-1.20",
        ),
        (
            "pyproject.toml",
            "apache-flink = \"1.18.1\"",
            "apache-flink 1.18.1 -> 1.18",
        ),
        (
            "pyproject.toml",
            "apache-flink = { version = \"~1.18\", optional = true }",
            "apache-flink~1.18 -> 1.18",
        ),
    ] {
        assert_eq!(shown(path, text), [format!("1 {expected}")], "{text}");
    }
    for text in [
        "apache-flink",
        "# apache-flink==1.18.1",
        "apache-flink-libraries==1.18.1",
        "apache-flink @ https://x/apache_flink-1.18.1.whl",
        "my-apache-flink==1.18.1",
        "apache-flink = { git = \"https://x\" }",
    ] {
        assert_eq!(shown("pyproject.toml", text), [""; 0], "{text}");
    }
}

#[test]
fn a_catalogue_of_versions_speaks_for_the_folder_above() {
    assert_eq!(folder("a/gradle/libs.versions.toml"), "a");
    assert_eq!(folder("gradle/libs.versions.toml"), "");
    assert_eq!(folder("a/pom.xml"), "a");
    assert_eq!(folder("pom.xml"), "");
}

#[test]
fn broken_files_say_nothing_and_stop_nothing() {
    for text in [
        "flink<",
        "<flink.version>",
        "org.apache.flink",
        "apache-flink[",
        "FROM",
        "image:",
        "flink\u{e9}=\"\u{e9}\"",
    ] {
        for path in [
            "pom.xml",
            "build.sbt",
            "pyproject.toml",
            "Dockerfile",
            "a.yaml",
        ] {
            assert_eq!(shown(path, text), [""; 0], "{path}: {text}");
        }
    }
}

#[test]
fn images_have_dockerfiles_of_many_names() {
    for name in [
        "Dockerfile",
        "Dockerfile.flink",
        "Dockerfile-sql-client",
        "Dockerfile_app",
        "Containerfile",
        "Containerfile.x",
        "jobmanager.dockerfile",
        "flink.Dockerfile",
    ] {
        assert_eq!(shown(name, "FROM flink:1.18\n").len(), 1, "{name}");
    }
    for name in [
        "Dockerfiles",
        "DockerfileTemplate.scala",
        "my-Dockerfile",
        "dockerfile.md",
    ] {
        assert_eq!(shown(name, "FROM flink:1.18\n").len(), 0, "{name}");
    }
}
