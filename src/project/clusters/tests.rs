//! Small trees, each with a configuration, and what is known of its cluster.

use crate::config::Configs;
use crate::deployment::Process;
use crate::project::Project;
use crate::text::Sources;

const CONF: &str = "jobmanager.rpc.address: jm\ntaskmanager.numberOfTaskSlots: 2\n";

/// What is known of the cluster of the first configuration: `n=` the number of `TaskManager`s, limits
/// as `jm<` and `tm<` with their text, the keys set elsewhere, `*` where that may be any.
fn shown(files: &[(&str, &str)]) -> String {
    let mut sources = Sources::default();
    let mut files = files.to_vec();
    files.sort_unstable();
    for (path, text) in files {
        sources.add(path, text.as_bytes());
    }
    let configs = Configs::default();
    let project = Project::read(&sources, &configs, &[]);
    let deployments = project.deployments();
    let mut known = deployments.iter();
    let deployment = known
        .find(|deployment| !deployment.documents.is_empty())
        .expect("a configuration");
    let cluster = &deployment.cluster;
    let mut out = Vec::new();
    if let Some(count) = &cluster.task_managers {
        out.push(format!("n={} {}", count.number, count.at.what));
    }
    for limit in &cluster.limits {
        let process = match limit.process {
            Process::JobManager => "jm",
            Process::TaskManager => "tm",
        };
        let source = sources.get(limit.at.at.source);
        assert_eq!(source.text(limit.at.at.span).trim_matches('"'), limit.text);
        out.push(format!("{process}<{}={}", limit.text, limit.bytes));
    }
    out.extend(cluster.elsewhere.iter().cloned());
    out.extend(cluster.opaque.then(|| "*".to_owned()));
    for place in &cluster.set_by {
        let source = sources.get(place.at.source);
        assert!(place.at.span.end as usize <= source.bytes.len());
    }
    out.join("; ")
}

/// Beside a configuration in `conf/`.
fn beside(path: &str, text: &str) -> String {
    shown(&[("conf/flink-conf.yaml", CONF), (path, text)])
}

/// A compose file with a `TaskManager` that mounts the configuration and has these further lines.
fn task_manager(lines: &str) -> String {
    let text = format!(
        "services:\n  tm:\n    image: flink:1.18\n    command: taskmanager\n    volumes:\n      \
         - ./conf:/opt/flink/conf\n{lines}"
    );
    beside("docker-compose.yml", &text)
}

#[test]
fn a_service_that_mounts_the_configuration_counts() {
    for volume in [
        "- ./conf:/opt/flink/conf",
        "- ./conf/:/opt/flink/conf/:ro",
        "- ./conf/flink-conf.yaml:/opt/flink/conf/flink-conf.yaml:ro",
        "- ./a/../conf/flink-conf.yaml:/flink/conf/config.yaml",
        "- {type: bind, source: ./conf, target: /opt/flink/conf}",
    ] {
        let text = format!(
            "services:\n  tm:\n    build: .\n    command: [taskmanager]\n    mem_limit: 2g\n    \
             volumes:\n      {volume}\n"
        );
        let expected = "n=1 service tm; tm<2g=2147483648";
        assert_eq!(beside("docker-compose.yml", &text), expected, "{volume}");
    }
    let config = "configs:\n  c:\n    file: ./conf/flink-conf.yaml\nservices:\n  tm:\n    \
                  image: flink\n    command: taskmanager.sh start-foreground\n    configs:\n      \
                  - source: c\n        target: /opt/flink/conf/flink-conf.yaml\n";
    assert_eq!(beside("compose.yaml", config), "n=1 service tm");
    let first = "tm:\n  image: flink\n  command: taskmanager\n  volumes: [\"./conf:/f/conf\"]\n";
    assert_eq!(beside("docker-compose.yml", first), "n=1 service tm");
    let other = "services:\n  tm:\n    image: flink\n    command: taskmanager\n    volumes:\n      \
                 - ../conf:/opt/flink/conf\n";
    assert_eq!(beside("docker/compose.yml", other), "n=1 service tm");
}

#[test]
fn a_service_that_mounts_something_else_says_nothing() {
    for volume in [
        "./other:/opt/flink/conf",
        "conf:/opt/flink/conf",
        "./conf:/opt/flink/conf-old",
        "./conf/sql.yaml:/opt/flink/conf/flink-conf.yaml",
        "${PWD}/conf:/opt/flink/conf",
        "/conf:/opt/flink/conf",
        "../../conf:/opt/flink/conf",
    ] {
        let text = format!(
            "services:\n  tm:\n    image: flink\n    command: taskmanager\n    scale: 3\n    \
             mem_limit: 2g\n    volumes:\n      - \"{volume}\"\n"
        );
        assert_eq!(beside("docker-compose.yml", &text), "", "{volume}");
    }
}

#[test]
fn replicas_are_a_fact_where_they_are_fixed() {
    for (lines, expected) in [
        ("    scale: 3\n", "n=3 scale of service tm"),
        (
            "    deploy:\n      replicas: \"4\"\n",
            "n=4 deploy.replicas of service tm",
        ),
        (
            "    deploy: {replicas: 2}\n    scale: 2\n",
            "n=2 deploy.replicas of service tm",
        ),
        ("    deploy: {replicas: 2}\n    scale: 3\n", ""),
        ("    scale: ${N:-3}\n", ""),
        ("    scale: 0\n", ""),
        ("    deploy: {mode: global}\n", ""),
        ("    profiles: [big]\n", ""),
        ("    extends: {file: base.yml, service: tm}\n", "*"),
        (
            "  tm2:\n    command: taskmanager\n    scale: 2\n    volumes: [\"./conf:/f/conf\"]\n",
            "n=3 service tm and 1 more",
        ),
        // Whether this one is another of them, nobody can tell.
        (
            "  worker:\n    build: x\n    volumes: [\"./conf:/f/conf\"]\n",
            "",
        ),
        (
            "  sql-client:\n    build: x\n    volumes: [\"./conf:/f/conf\"]\n",
            "n=1 service tm",
        ),
        (
            "  jm:\n    command: standalone-job\n    mem_limit: 1G\n    volumes: [\"./conf:/f/conf\"]\n",
            "n=1 service tm; jm<1G=1073741824",
        ),
    ] {
        assert_eq!(task_manager(lines), expected, "{lines}");
    }
}

#[test]
fn limits_are_a_fact_where_they_are_fixed() {
    for (lines, expected) in [
        (
            "    deploy: {resources: {limits: {memory: 1.5G}}}\n",
            "n=1 service tm; tm<1.5G=1610612736",
        ),
        ("    mem_limit: ${MEM}\n", "n=1 service tm"),
        ("    mem_limit: 0\n", "n=1 service tm"),
        (
            "    mem_limit: 1g\n    deploy: {resources: {limits: {memory: 2g}}}\n",
            "n=1 service tm",
        ),
        (
            "    deploy: {resources: {reservations: {memory: 2g}}}\n",
            "n=1 service tm",
        ),
    ] {
        assert_eq!(task_manager(lines), expected, "{lines}");
    }
}

#[test]
fn anchors_merge_keys_and_extended_services_are_followed() {
    let text = "x-base: &base\n  image: flink:1.18\n  volumes: [\"./conf:/opt/flink/conf\"]\n  \
                mem_limit: 1g\nx-env: &env\n  FLINK_PROPERTIES: |\n    rest.port: 1\nservices:\n  jm:\n    \
                <<: *base\n    command: jobmanager\n    environment:\n      <<: *env\n  tm:\n    \
                <<: [*base]\n    command: taskmanager\n    mem_limit: 2g\n  more:\n    extends: tm\n    \
                scale: 2\n";
    assert_eq!(
        beside("docker-compose.yml", text),
        "n=3 service tm and 1 more; jm<1g=1073741824; tm<2g=2147483648; tm<2g=2147483648; rest.port"
    );
}

#[test]
fn an_alias_in_its_own_anchor_ends() {
    let text = "services: &s\n  tm: &t\n    <<: *t\n    extends: tm\n    command: taskmanager\n    \
                volumes: [\"./conf:/f/conf\"]\n    environment: *s\n  more:\n    <<: *s\n";
    let _ = beside("docker-compose.yml", text);
}

#[test]
fn several_compose_files_must_agree() {
    let base = "services:\n  tm:\n    image: flink\n    command: taskmanager\n    mem_limit: 2g\n    \
                volumes: [\"./conf:/f/conf\"]\n";
    let both = |name: &str, over: &str| {
        shown(&[
            ("conf/flink-conf.yaml", CONF),
            ("docker-compose.yml", base),
            (name, over),
        ])
    };
    let over = "docker-compose.override.yml";
    let agreed = "n=1 service tm; tm<2g=2147483648";
    assert_eq!(
        both(over, "services:\n  tm:\n    scale: 3\n"),
        "tm<2g=2147483648"
    );
    assert_eq!(
        both(over, "services:\n  tm:\n    mem_limit: 4g\n"),
        "n=1 service tm"
    );
    assert_eq!(
        both(over, "services:\n  tm:\n    ports: [\"1:1\"]\n"),
        agreed
    );
    assert_eq!(
        both(over, "services:\n  tm:\n    env_file: .env\n"),
        format!("{agreed}; *")
    );
    let second = base.replace("tm:", "worker:").replace("2g", "4g");
    assert_eq!(
        both("compose-big.yml", &second),
        "n=1 service worker; tm<4g=4294967296; tm<2g=2147483648"
    );
    let two = second + "    scale: 2\n";
    assert_eq!(
        both("compose-big.yml", &two),
        "tm<4g=4294967296; tm<2g=2147483648"
    );
}

#[test]
fn what_a_service_sets_is_known_by_its_key() {
    for (lines, expected) in [
        (
            "    environment:\n      - |\n        FLINK_PROPERTIES=\n        a.b: 1\n        # c.d: 1\n        e.f : 2\n",
            "a.b; e.f",
        ),
        (
            "    environment:\n      FLINK_PROPERTIES: \"a.b: 1\\nc.d: 2\"\n",
            "a.b; c.d",
        ),
        ("    environment:\n      - FLINK_PROPERTIES=a.b: 1\n", "a.b"),
        (
            "    environment:\n      FLINK_PROPERTIES: >\n        a.b: 1\n        c.d: 2\n",
            "a.b; c.d",
        ),
        ("    environment:\n      FLINK_PROPERTIES: ${P}\n", "*"),
        ("    environment:\n      - FLINK_PROPERTIES\n", "*"),
        (
            "    environment:\n      FLINK_PROPERTIES: |\n        a.b: ${X}\n        ${MORE}\n",
            "a.b; *",
        ),
        (
            "    environment: [TASK_MANAGER_NUMBER_OF_TASK_SLOTS=4, OTHER=x]\n",
            "taskmanager.numberOfTaskSlots",
        ),
        (
            "    environment: {JOB_MANAGER_RPC_ADDRESS: x, FLINK_TM_HEAP: 1g}\n",
            "jobmanager.rpc.address; taskmanager.heap.mb; taskmanager.heap.size",
        ),
        ("    environment: {FLINK_CFG_X_Y: 1}\n", "*"),
        ("    env_file: .env\n", "*"),
        ("    entrypoint: /start.sh\n", "*"),
        ("    entrypoint: /docker-entrypoint.sh\n", ""),
        (
            "    entrypoint: bash -c \"sed -i s/a/b/ /opt/flink/conf/flink-conf.yaml\"\n",
            "*",
        ),
        (
            "    entrypoint: [sh, -c, 'echo \"a.b: 1\" >> $$FLINK_HOME/conf/flink-conf.yaml']\n",
            "a.b",
        ),
    ] {
        let shown = task_manager(lines);
        let rest = shown.strip_prefix("n=1 service tm").expect("one");
        let rest = rest.trim_start_matches("; ");
        assert_eq!(rest, expected, "{lines}");
    }
}

#[test]
fn arguments_of_a_command_set_options() {
    for (command, expected) in [
        ("taskmanager -Da.b=1 -D c.d=2", "a.b; c.d"),
        ("[taskmanager, \"-Da.b=${X}\"]", "a.b"),
        ("taskmanager ${ARGS}", "*"),
        ("taskmanager -D${K}=1", "*"),
        ("taskmanager --host ${HOST}", ""),
    ] {
        let text =
            format!("services:\n  tm:\n    image: flink\n    command: {command}\n    scale: 2\n");
        assert_eq!(beside("docker-compose.yml", &text), expected, "{command}");
    }
}

#[test]
fn compose_files_above_the_configuration_silence_without_a_mount() {
    let text = "services:\n  tm:\n    image: flink\n    environment:\n      \
                FLINK_PROPERTIES: \"a.b: 1\"\n  db:\n    image: postgres\n    env_file: .env\n";
    assert_eq!(beside("docker-compose.yml", text), "a.b");
    assert_eq!(beside("other/docker-compose.yml", text), "");
}

#[test]
fn a_compose_file_that_is_no_yaml_silences_what_it_names() {
    let broken = "services:\n  tm: [\n  taskmanager: conf/flink-conf.yaml\n";
    assert_eq!(beside("docker-compose.yml", broken), "*");
    assert_eq!(beside("docker/docker-compose.yml", broken), "*");
    let foreign = "flink: [\n";
    assert_eq!(beside("docker-compose.yml", foreign), "");
    assert_eq!(beside("docker/docker-compose.yml", foreign), "");
}

/// A manifest of a `TaskManager` with a `ConfigMap` `flink-config` as its configuration.
fn manifest(kind: &str, spec: &str, container: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: {kind}\nmetadata:\n  name: tm\nspec:\n{spec}  template:\n    \
         spec:\n      containers:\n      - name: main\n        image: flink:1.18\n        \
         args: [taskmanager]\n{container}        volumeMounts:\n        - name: conf\n          \
         mountPath: /opt/flink/conf\n      volumes:\n      - name: conf\n        configMap:\n          \
         name: flink-config\n"
    )
}

const KUSTOMIZATION: &str = "configMapGenerator:\n- name: flink-config\n  files:\n  \
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

#[test]
fn a_dockerfile_above_the_configuration_silences_what_it_writes() {
    for (text, expected) in [
        (
            "ENV FLINK_PROPERTIES=\"a.b: 1\\nc.d: 2\" \\\n    X=y",
            "a.b; c.d",
        ),
        (
            "ENV TASK_MANAGER_NUMBER_OF_TASK_SLOTS 4",
            "taskmanager.numberOfTaskSlots",
        ),
        (
            "RUN echo \"a.b: 1\" >> /opt/flink/conf/flink-conf.yaml && \\\n    \
             echo 'c.d: 2' | tee -a $FLINK_HOME/conf/flink-conf.yaml",
            "a.b; c.d",
        ),
        (
            "RUN { echo 'a.b: 1'; echo 'c.d: 2'; } >> $FLINK_HOME/conf/flink-conf.yaml",
            "a.b; c.d",
        ),
        (
            "RUN cat <<EOF >> /opt/flink/conf/flink-conf.yaml\na.b: 1\nEOF\nRUN x",
            "a.b",
        ),
        ("RUN cat more >> /opt/flink/conf/flink-conf.yaml", "*"),
        ("RUN sed -i 's/a/b/' /opt/flink/conf/config.yaml", "*"),
        ("RUN envsubst < x > /opt/flink/conf/flink-conf.yaml", "*"),
        ("RUN rm /opt/flink/conf/flink-conf.yaml && mkdir x", ""),
        ("COPY conf/flink-conf.yaml /opt/flink/conf/", ""),
        ("ENTRYPOINT [\"/start.sh\"]", "*"),
        ("COPY docker-entrypoint.sh /", "*"),
        ("ENTRYPOINT [\"/docker-entrypoint.sh\"]", ""),
    ] {
        let text = format!("FROM flink:1.18\n# a comment\n{text}\n");
        assert_eq!(beside("Dockerfile", &text), expected, "{text}");
        assert_eq!(beside("other/Dockerfile", &text), "", "{text}");
    }
}

#[test]
fn hosts_count_where_nothing_runs_in_containers() {
    let hosts = "# all of them\nhost-1\n\nhost-2 # the big one\n";
    assert_eq!(beside("conf/workers", hosts), "n=2 the hosts");
    assert_eq!(beside("conf/slaves", hosts), "n=2 the hosts");
    assert_eq!(beside("workers", hosts), "");
    assert_eq!(beside("conf/workers", "# none\n"), "");
    assert_eq!(beside("conf/workers", "{{ host }}\n"), "");
    for (path, text) in [
        (
            "docker/docker-compose.yml",
            "services:\n  a:\n    image: flink:1.18\n",
        ),
        ("Dockerfile", "FROM flink:1.18\n"),
        (
            "x.yaml",
            "kind: FlinkDeployment\nspec:\n  flinkVersion: v1_18\n",
        ),
    ] {
        let all = [("conf/flink-conf.yaml", CONF), ("conf/workers", hosts)];
        assert_eq!(shown(&[all[0], all[1], (path, text)]), "", "{path}");
    }
}

#[test]
fn hosts_do_not_count_where_a_resource_manager_starts_its_own() {
    let of =
        |conf: &str, hosts: &str| shown(&[("conf/flink-conf.yaml", conf), ("conf/workers", hosts)]);
    let more = |line: &str| format!("taskmanager.numberOfTaskSlots: 2\n{line}\n");
    for line in ["execution.target: yarn-session", "yarn.application.name: x"] {
        assert_eq!(of(&more(line), "host-1\nhost-2\n"), "", "{line}");
    }
    // As Flink ships it the file is in use only where everything runs on one host.
    assert_eq!(
        of(&more("jobmanager.rpc.address: master"), "localhost\n"),
        ""
    );
    assert_eq!(
        of(&more("jobmanager.rpc.address: localhost"), "localhost\n"),
        "n=1 the hosts"
    );
}

#[test]
fn nothing_is_known_of_a_configuration_alone() {
    assert_eq!(shown(&[("flink-conf.yaml", CONF)]), "");
}
