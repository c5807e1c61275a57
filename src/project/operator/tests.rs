//! Small trees with resources of the operator, and what lies in and below them.

use crate::config::Configs;
use crate::deployment::Base;
use crate::project::Project;
use crate::text::Sources;

const CLUSTER: &str = "\
apiVersion: flink.apache.org/v1beta1
kind: FlinkDeployment
metadata: {name: shop, namespace: sales}
spec:
  flinkVersion: v1_18
  serviceAccount: flink
  flinkConfiguration:
    state.backend.type: hashmap
  taskManager:
    resource: {memory: 2g}
";

const JOB: &str = "\
apiVersion: flink.apache.org/v1beta1
kind: FlinkSessionJob
metadata: {name: orders, namespace: sales}
spec:
  deploymentName: shop
  flinkConfiguration:
    state.backend.type: rocksdb
  job: {jarURI: 'https://a/b.jar', parallelism: 4}
";

const DEFAULTS: &str = "\
defaultConfiguration:
  flink-conf.yaml: |+
    a: common
    kubernetes.operator.default-configuration.namespace.sales.a: sales
    kubernetes.operator.default-configuration.flink-version.v1_17+.b: 1.17 and later
    kubernetes.operator.default-configuration.flink-version.v1_16+.b: 1.16 and later
    kubernetes.operator.default-configuration.flink-version.v1_18.c: 1.18
    kubernetes.operator.default-configuration.flink-version.v1_19+.d: 1.19
    kubernetes.operator.default-configuration.namespace.other.e: other
";

/// The base of each resource of a tree, and the values in force of some keys, `?` where unknown.
fn shown(files: &[(&str, &str)], keys: &[&str]) -> Vec<(Base, String)> {
    let mut sources = Sources::default();
    let mut files = files.to_vec();
    files.sort_unstable();
    for (path, text) in files {
        sources.add(path, text.as_bytes());
    }
    let project = Project::read(&sources, &Configs::default(), &[]);
    let deployments = project.deployments();
    let resources = deployments.iter().filter(|own| !own.resources.is_empty());
    let shown = resources.map(|own| {
        let value = |key: &&str| match own.raw(key) {
            Some((setting, _)) if setting.known => setting.value.clone(),
            Some(_) => "?".to_owned(),
            None => "-".to_owned(),
        };
        let values: Vec<String> = keys.iter().map(value).collect();
        (own.base, values.join(", "))
    });
    shown.collect()
}

#[test]
fn a_session_job_has_what_its_cluster_says_below_its_own() {
    let tree = [("cluster.yaml", CLUSTER), ("job.yaml", JOB)];
    let keys = [
        "state.backend.type",
        "taskmanager.memory.process.size",
        "parallelism.default",
    ];
    assert_eq!(
        shown(&tree, &keys),
        [
            (Base::Assumed, "hashmap, 2g, -".to_owned()),
            (Base::Assumed, "rocksdb, 2g, 4".to_owned())
        ]
    );
    // Of another namespace, or of two clusters, it is unknown where the job runs.
    let elsewhere = CLUSTER.replace("sales", "stock");
    for tree in [
        vec![("cluster.yaml", elsewhere.as_str()), ("job.yaml", JOB)],
        vec![
            ("one/c.yaml", CLUSTER),
            ("two/c.yaml", CLUSTER),
            ("job.yaml", JOB),
        ],
    ] {
        let all = shown(&tree, &keys);
        let job = (Base::Unknown, "rocksdb, -, 4".to_owned());
        assert!(all.contains(&job), "{all:?}");
    }
}

#[test]
fn a_session_job_that_takes_over_its_checkpoints_gets_an_interval() {
    let keys = ["execution.checkpointing.interval"];
    for (mode, value) in [("last-state", "?"), ("stateless", "-")] {
        let job = JOB.replace("4}", &format!("4, upgradeMode: {mode}}}"));
        let tree = [
            ("cluster.yaml", CLUSTER),
            ("job.yaml", &job),
            ("values.yaml", DEFAULTS),
        ];
        let all = shown(&tree, &keys);
        assert_eq!(all[0], (Base::Operator, "-".to_owned()));
        assert_eq!(all[1], (Base::Operator, value.to_owned()));
    }
}

#[test]
fn the_operators_own_configuration_lies_below_by_namespace_and_version() {
    let tree = [("cluster.yaml", CLUSTER), ("values.yaml", DEFAULTS)];
    let keys = ["a", "b", "c", "d", "e", "state.backend.type"];
    let below = "sales, 1.17 and later, 1.18, -, -, hashmap".to_owned();
    assert_eq!(shown(&tree, &keys), [(Base::Operator, below)]);
    // Without a namespace it is decided when the resource is applied.
    let open = CLUSTER.replace(", namespace: sales", "");
    let tree = [("cluster.yaml", open.as_str()), ("values.yaml", DEFAULTS)];
    let below = "?, 1.17 and later, 1.18, -, ?, hashmap".to_owned();
    assert_eq!(shown(&tree, &keys), [(Base::Operator, below)]);
}

#[test]
fn several_operators_tell_nothing() {
    let other = DEFAULTS.replace("common", "other");
    let tree = [
        ("cluster.yaml", CLUSTER),
        ("one/values.yaml", DEFAULTS),
        ("two/values.yaml", &other),
    ];
    assert_eq!(shown(&tree, &["a"]), [(Base::Unknown, "-".to_owned())]);
    let off = DEFAULTS.replace(
        "defaultConfiguration:\n",
        "defaultConfiguration:\n  create: false\n",
    );
    let tree = [("cluster.yaml", CLUSTER), ("values.yaml", off.as_str())];
    assert_eq!(shown(&tree, &["a"]), [(Base::Unknown, "-".to_owned())]);
}

#[test]
fn what_others_are_laid_over_has_an_unknown_base() {
    let patch = "\
apiVersion: flink.apache.org/v1beta1
kind: FlinkDeployment
metadata: {name: shop}
spec:
  taskManager: {replicas: 3}
";
    let overlay = "resources: [../../base]\npatches:\n  - path: shop.yaml\n";
    let base = "resources: [shop.yaml]\n";
    let tree = [
        ("base/kustomization.yaml", base),
        ("base/shop.yaml", CLUSTER),
        ("overlays/prod/kustomization.yaml", overlay),
    ];
    let unknown = (Base::Unknown, String::new());
    assert_eq!(shown(&tree, &[]), std::slice::from_ref(&unknown));
    let tree = [("base/shop.yaml", CLUSTER), ("prod/shop.yaml", patch)];
    assert_eq!(shown(&tree, &[]), [unknown.clone(), unknown]);
    // Of two that are whole each stands for itself.
    let tree = [("dev/shop.yaml", CLUSTER), ("prod/shop.yaml", CLUSTER)];
    let assumed = (Base::Assumed, String::new());
    assert_eq!(shown(&tree, &[]), [assumed.clone(), assumed]);
}
