//! What `check -v` tells about the cluster that runs a configuration, from files on disk.

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

const CONF: &str = "taskmanager.numberOfTaskSlots: 2\n";

const COMPOSE: &str = "\
services:
  taskmanager:
    image: flink:1.18
    command: taskmanager
    volumes:
      - ../conf:/opt/flink/conf
    environment:
      JOB_MANAGER_RPC_ADDRESS: jm
    deploy:
      replicas: 3
    mem_limit: 2g
";

const MANIFEST: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: tm}
spec:
  replicas: 2
  template:
    spec:
      containers:
      - name: taskmanager
        image: flink:1.18
        args: [taskmanager]
        volumeMounts: [{name: conf, mountPath: /opt/flink/conf}]
      volumes: [{name: conf, configMap: {name: flink-config}}]
";

const KUSTOMIZATION: &str = "\
configMapGenerator: [{name: flink-config, files: [flink-conf.yaml]}]
resources: [tm.yaml]
";

fn told(folder: &Path, named: &str) -> Vec<String> {
    let output = Command::new(env!("CARGO_BIN_EXE_flint"))
        .current_dir(folder)
        .env_clear()
        .args(["check", "-v", named])
        .output()
        .expect("flint starts");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let about = ["  cluster", "  memory limit", "  options", "  set by"];
    text.lines()
        .filter(|line| about.iter().any(|start| line.starts_with(start)))
        .map(str::to_owned)
        .collect()
}

/// The files of a project, which ends at its root.
fn tree(files: &[(&str, &str)]) -> TempDir {
    let folder = common::tree(files);
    fs::create_dir(folder.path().join(".git")).expect("a folder");
    folder
}

#[test]
fn a_compose_file_in_another_folder_of_the_project_is_found_whatever_is_named() {
    let folder = tree(&[
        ("conf/flink-conf.yaml", CONF),
        ("conf/workers", "localhost\n"),
        ("docker/docker-compose.yml", COMPOSE),
    ]);
    for named in [".", "conf", "conf/flink-conf.yaml"] {
        assert_eq!(
            told(folder.path(), named),
            [
                "  cluster: 3 TaskManagers (deploy.replicas of service taskmanager in \
                 docker/docker-compose.yml:10)",
                "  memory limit: TaskManager 2g (mem_limit of service taskmanager in \
                 docker/docker-compose.yml:11)",
                "  options set elsewhere: jobmanager.rpc.address",
                "  set by: JOB_MANAGER_RPC_ADDRESS of service taskmanager in docker/docker-compose.yml:8",
            ],
            "{named}"
        );
    }
    let shown = Command::new(env!("CARGO_BIN_EXE_flint"))
        .current_dir(folder.path())
        .args(["show", "conf"])
        .output()
        .expect("flint starts");
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    let line = "  set elsewhere: jobmanager.rpc.address (JOB_MANAGER_RPC_ADDRESS of service taskmanager in \
                docker/docker-compose.yml:8)\n";
    assert!(shown.contains(line), "{shown}");
}

#[test]
fn an_overlay_anywhere_in_the_project_leaves_the_numbers_of_its_base_open() {
    let base = [
        ("base/flink-conf.yaml", CONF),
        ("base/tm.yaml", MANIFEST),
        ("base/kustomization.yaml", KUSTOMIZATION),
    ];
    let folder = tree(&base);
    let expected = "  cluster: 2 TaskManagers (replicas of container taskmanager of Deployment tm in \
                    base/tm.yaml:5)";
    assert_eq!(told(folder.path(), "base"), [expected]);
    let overlay = "resources: [../../base]\nreplicas: [{name: tm, count: 5}]\n";
    let over = [("overlays/big/kustomization.yaml", overlay)];
    let folder = tree(&[&base[..], &over].concat());
    assert_eq!(told(folder.path(), "base"), [""; 0]);
}

#[test]
fn hosts_count_until_a_dockerfile_anywhere_builds_on_flink() {
    let hosts = [
        ("dist/conf/flink-conf.yaml", CONF),
        ("dist/conf/workers", "host-1\nhost-2\n"),
    ];
    let folder = tree(&hosts);
    assert_eq!(
        told(folder.path(), "."),
        ["  cluster: 2 TaskManagers (the hosts in dist/conf/workers:1)"]
    );
    let image = [("docker/Dockerfile", "FROM flink:1.18\n")];
    let folder = tree(&[&hosts[..], &image].concat());
    assert_eq!(told(folder.path(), "."), [""; 0]);
}

#[test]
fn mappings_that_merge_each_other_are_read_once_each() {
    let keys: Vec<String> = (0..2000).map(|key| format!("k{key}: 1")).collect();
    let mut compose = format!("x: &a {{{}}}\nservices:\n", keys.join(", "));
    let merges = vec!["*a"; 40].join(", ");
    for service in 0..60 {
        let mount = "volumes: [../conf:/opt/flink/conf]";
        let line = format!("  s{service}: {{image: flink, {mount}, <<: [{merges}]}}\n");
        compose.push_str(&line);
    }
    assert!(compose.len() < 64 << 10);
    let folder = TempDir::new().expect("a folder");
    let root = folder.path();
    for (path, text) in [
        ("flint.toml", ""),
        ("conf/flink-conf.yaml", CONF),
        ("docker/docker-compose.yml", compose.as_str()),
    ] {
        let path = root.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("written");
    }
    assert_eq!(told(root, "conf"), Vec::<String>::new());
}

#[test]
fn a_file_larger_than_anybody_writes_may_set_anything() {
    let mut compose = COMPOSE.to_owned();
    compose.push_str(&"# more\n".repeat(10_000));
    let folder = TempDir::new().expect("a folder");
    let root = folder.path();
    fs::write(root.join("flint.toml"), "").expect("written");
    fs::create_dir_all(root.join("conf")).expect("a folder");
    fs::write(root.join("conf/flink-conf.yaml"), CONF).expect("written");
    fs::create_dir_all(root.join("docker")).expect("a folder");
    // Read as a whole, because it might be a job's configuration.
    fs::write(root.join("docker/stack.yaml"), compose).expect("written");
    assert_eq!(
        told(root, "conf"),
        [
            "  options set elsewhere: perhaps any",
            "  set by: a file that can't be read as a whole in docker/stack.yaml:1"
        ]
    );
}
