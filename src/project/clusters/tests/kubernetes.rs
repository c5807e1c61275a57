//! Manifests, kustomizations and charts.

use super::{CONF, beside, shown};

/// A manifest of a `TaskManager` with a `ConfigMap` `flink-config` as its configuration.
pub(super) fn manifest(kind: &str, spec: &str, container: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: {kind}\nmetadata:\n  name: tm\nspec:\n{spec}  template:\n    \
         spec:\n      containers:\n      - name: main\n        image: flink:1.18\n        \
         args: [taskmanager]\n{container}        volumeMounts:\n        - name: conf\n          \
         mountPath: /opt/flink/conf\n      volumes:\n      - name: conf\n        configMap:\n          \
         name: flink-config\n"
    )
}

pub(super) const KUSTOMIZATION: &str = "configMapGenerator:\n- name: flink-config\n  files:\n  \
                             - conf/flink-conf.yaml\nresources:\n- tm.yaml\n";

fn kustomized(kustomization: &str, manifest: &str, more: &[(&str, &str)]) -> String {
    let mut files = vec![
        ("k8s/conf/flink-conf.yaml", CONF),
        ("k8s/kustomization.yaml", kustomization),
        ("k8s/tm.yaml", manifest),
    ];
    files.extend(more);
    shown(&files)
}

#[test]
fn a_pod_counts_whose_config_map_is_made_of_the_configuration() {
    let limit = "        resources:\n          limits: {cpu: 1, memory: 1536Mi}\n";
    let full = manifest("Deployment", "  replicas: 3\n", limit);
    assert_eq!(
        kustomized(KUSTOMIZATION, &full, &[]),
        "n=3 replicas of container main of Deployment tm; tm<1536Mi=1610612736"
    );
    let bare = manifest("StatefulSet", "", "");
    assert_eq!(
        kustomized(KUSTOMIZATION, &bare, &[]),
        "n=1 container main of StatefulSet tm"
    );
    assert_eq!(
        kustomized(KUSTOMIZATION, &manifest("DaemonSet", "", limit), &[]),
        "tm<1536Mi=1610612736"
    );
}

#[test]
fn what_may_change_a_manifest_leaves_its_numbers_open() {
    let full = manifest("Deployment", "  replicas: 3\n", "");
    for kustomization in [
        KUSTOMIZATION.replace("flink-config", "other"),
        KUSTOMIZATION.replace("conf/flink-conf.yaml", "conf/other.yaml"),
        KUSTOMIZATION.replace("- conf/flink-conf.yaml", "- x=conf/flink-conf.yaml"),
        KUSTOMIZATION.replace("- tm.yaml", "- other.yaml"),
        format!("{KUSTOMIZATION}patches: [{{path: p.yaml}}]\n"),
        format!("{KUSTOMIZATION}x: [\n"),
    ] {
        assert_eq!(
            kustomized(&kustomization, &full, &[]),
            "",
            "{kustomization}"
        );
    }
    let overlay = "resources: [../k8s]\nreplicas:\n- {name: tm, count: 5}\n";
    let over = [("prod/kustomization.yaml", overlay)];
    assert_eq!(kustomized(KUSTOMIZATION, &full, &over), "");
    let scaler = "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nspec:\n  \
                  scaleTargetRef: {name: tm}\n";
    assert_eq!(
        kustomized(KUSTOMIZATION, &full, &[("k8s/hpa.yaml", scaler)]),
        ""
    );
    let filled = manifest("Deployment", "  replicas: ${N}\n", "");
    assert_eq!(kustomized(KUSTOMIZATION, &filled, &[]), "");
}

#[test]
fn manifests_above_the_configuration_silence() {
    let env = "        env:\n        - {name: FLINK_PROPERTIES, value: \"a.b: 1\"}\n";
    let own = manifest("Deployment", "  replicas: 3\n", env);
    assert_eq!(beside("tm.yaml", &own), "a.b");
    assert_eq!(beside("k8s/tm.yaml", &own), "");
    let from = "        env:\n        - name: FLINK_PROPERTIES\n          valueFrom: {x: y}\n";
    assert_eq!(beside("tm.yaml", &manifest("Job", "", from)), "*");
    let all = "        envFrom: [{configMapRef: {name: x}}]\n";
    assert_eq!(beside("tm.yaml", &manifest("Job", "", all)), "*");
}

#[test]
fn a_chart_silences_the_configurations_in_it() {
    let template = "apiVersion: v1\nkind: Deployment\nspec:\n  template:\n    spec:\n      \
                    containers:\n      - image: flink:{{ .Values.tag }}\n        args: [taskmanager]\n";
    let of = |conf: &str| shown(&[(conf, CONF), ("chart/templates/tm.yaml", template)]);
    assert_eq!(of("chart/files/flink-conf.yaml"), "*");
    assert_eq!(of("conf/flink-conf.yaml"), "");
}
