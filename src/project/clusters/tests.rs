//! Small trees, each with a configuration, and what is known of its cluster.

use crate::config::Configs;
use crate::deployment::{Process, Use};
use crate::project::Project;
use crate::text::Sources;

mod hosts;
mod kubernetes;

const CONF: &str = "jobmanager.rpc.address: jm\ntaskmanager.numberOfTaskSlots: 2\n";

/// What is known of the cluster of the first configuration: `n=` the number of `TaskManager`s, limits
/// as `jm<` and `tm<` with their text, the keys of joined variables as `+key`, the keys set elsewhere, `*`
/// where that may be any.
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
    let layers = deployment.documents.iter().skip(1);
    let keys = layers.flat_map(|document| document.in_force());
    out.extend(keys.map(|setting| format!("+{}", setting.key)));
    out.extend(cluster.elsewhere.iter().cloned());
    out.extend(cluster.opaque.then(|| "*".to_owned()));
    for place in &cluster.set_by {
        let source = sources.get(place.at.source);
        assert!(place.at.span.end as usize <= source.bytes.len());
    }
    out.join("; ")
}

/// Whether the processes read the first configuration among files, the `JobManager` first.
fn uses(files: &[(&str, &str)]) -> [Use; 2] {
    let mut sources = Sources::default();
    let mut files = files.to_vec();
    files.sort_unstable();
    for (path, text) in files {
        sources.add(path, text.as_bytes());
    }
    let project = Project::read(&sources, &Configs::default(), &[]);
    project.deployments()[0].cluster.uses
}

/// The same where it is one for both.
fn use_of(files: &[(&str, &str)]) -> Use {
    let [one, other] = uses(files);
    assert_eq!(one, other);
    one
}

/// Beside a configuration in `conf/`.
fn beside(path: &str, text: &str) -> String {
    shown(&[("conf/flink-conf.yaml", CONF), (path, text)])
}

/// A compose file with a `TaskManager` that mounts the configuration and has these further lines.
fn task_manager(lines: &str) -> String {
    let text = format!(
        "services:\n  tm:\n    image: flink:1.18\n    container_name: tm\n    command: taskmanager\n    \
         volumes:\n      - ./conf:/opt/flink/conf\n{lines}"
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
            "services:\n  tm:\n    build: .\n    scale: 1\n    command: [taskmanager]\n    mem_limit: 2g\n    \
             volumes:\n      {volume}\n"
        );
        let expected = "n=1 scale of service tm; tm<2g=2147483648";
        assert_eq!(beside("docker-compose.yml", &text), expected, "{volume}");
    }
    let config = "configs:\n  c:\n    file: ./conf/flink-conf.yaml\nservices:\n  tm:\n    \
                  image: flink\n    container_name: x\n    command: taskmanager.sh start-foreground\n    configs:\n      \
                  - source: c\n        target: /opt/flink/conf/flink-conf.yaml\n";
    assert_eq!(beside("compose.yaml", config), "n=1 service tm");
    let first = "tm:\n  image: flink\n  container_name: x\n  command: taskmanager\n  volumes: [\"./conf:/f/conf\"]\n";
    assert_eq!(beside("docker-compose.yml", first), "n=1 service tm");
    let other = "services:\n  tm:\n    image: flink\n    container_name: x\n    command: taskmanager\n    \
                 volumes:\n      - ../conf:/opt/flink/conf\n";
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
                <<: [*base]\n    command: taskmanager\n    mem_limit: 2g\n    scale: 1\n  more:\n    \
                extends: tm\n    scale: 2\n";
    assert_eq!(
        beside("docker-compose.yml", text),
        "n=3 scale of service tm and 1 more; jm<1g=1073741824; tm<2g=2147483648; tm<2g=2147483648; +rest.port"
    );
}

#[test]
fn an_alias_in_its_own_anchor_ends() {
    let text = "services: &s\n  tm: &t\n    <<: *t\n    extends: tm\n    command: taskmanager\n    \
                volumes: [\"./conf:/f/conf\"]\n    environment: *s\n  more:\n    <<: *s\n";
    let _ = beside("docker-compose.yml", text);
}

#[test]
fn merge_keys_that_multiply_end_soon() {
    let mut text = "a0: &a0 {x: 1}\n".to_owned();
    for level in 1..60 {
        let before = format!("*a{}", level - 1);
        text += &format!("a{level}: &a{level} {{<<: [{before}, {before}, {before}]}}\n");
    }
    text += "services:\n";
    for number in 0..500 {
        text += &format!("  s{number}: {{<<: *a59, image: flink, extends: s499}}\n");
    }
    // Whatever they extend each other to, it is not followed to its end.
    assert_eq!(beside("docker-compose.yml", &text), "*");
}

#[test]
fn several_compose_files_must_agree() {
    let base = "services:\n  tm:\n    image: flink\n    container_name: x\n    command: taskmanager\n    \
                mem_limit: 2g\n    volumes: [\"./conf:/f/conf\"]\n";
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
        "tm<4g=4294967296; tm<2g=2147483648"
    );
    let same = base.replace("2g", "3g");
    assert_eq!(both("compose-big.yml", &same), "n=1 service tm");
    let two = base.to_owned() + "    scale: 2\n";
    assert_eq!(
        both("compose-big.yml", &two),
        "tm<2g=2147483648; tm<2g=2147483648"
    );
    // A file for each host of one cluster.
    let host = base.replace("./conf", "../conf");
    let hosts = [
        ("conf/flink-conf.yaml", CONF),
        ("host-1/docker-compose.yml", &*host),
        ("host-2/docker-compose.yml", &*host),
    ];
    assert_eq!(shown(&hosts[..2]), agreed);
    assert_eq!(shown(&hosts), "tm<2g=2147483648; tm<2g=2147483648");
}

#[test]
fn a_service_without_a_number_is_one_where_compose_cannot_start_more() {
    for (lines, single) in [
        ("    container_name: tm\n", true),
        ("    ports: [\"6122:6122\"]\n", true),
        ("    ports: [127.0.0.1:6122:6122/tcp]\n", true),
        ("    ports: [{target: 6122, published: \"6122\"}]\n", true),
        ("", false),
        ("    ports: [6122]\n", false),
        ("    ports: [\"6100-6110:6122\"]\n", false),
        ("    ports: [\"${PORT}:6122\"]\n", false),
        ("    ports: [{target: 6122}]\n", false),
        ("    expose: [\"6122\"]\n", false),
    ] {
        let text = format!(
            "services:\n  tm:\n    image: flink\n    command: taskmanager\n    volumes:\n      \
             - ./conf:/opt/flink/conf\n{lines}"
        );
        let expected = if single { "n=1 service tm" } else { "" };
        assert_eq!(beside("docker-compose.yml", &text), expected, "{lines}");
    }
}

#[test]
fn what_a_service_sets_is_known_by_its_key() {
    for (lines, expected) in [
        (
            "    environment:\n      - |\n        FLINK_PROPERTIES=\n        a.b: 1\n        # c.d: 1\n        e.f : 2\n",
            "+a.b; +e.f",
        ),
        (
            "    environment:\n      FLINK_PROPERTIES: \"a.b: 1\\nc.d: 2\"\n",
            "+a.b; +c.d",
        ),
        ("    environment:\n      - FLINK_PROPERTIES=a.b: 1\n", "a.b"),
        (
            "    environment:\n      FLINK_PROPERTIES: >\n        a.b: 1\n        c.d: 2\n",
            "+a.b",
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
fn a_service_with_another_configuration_of_the_tree_silences_nothing() {
    let text = "services:\n  tm:\n    image: flink\n    env_file: .env\n    volumes:\n      \
                - ./other.yaml:/opt/flink/conf/flink-conf.yaml\n";
    assert_eq!(beside("docker-compose.yml", text), "");
    // Of another tool, which runs in the same container.
    let other = text.replace("/flink/conf/flink-conf.yaml", "/hadoop/conf");
    assert_eq!(beside("docker-compose.yml", &other), "*");
}

#[test]
fn a_start_script_of_the_project_makes_any_option_open() {
    for (volume, expected) in [
        ("./config.sh:/opt/flink/bin/config.sh:ro", "*"),
        ("./start.sh:/docker-entrypoint.sh", "*"),
        ("./sql-client.sh:/opt/flink/bin/sql-client.sh", ""),
        ("./lib:/opt/flink/lib", ""),
    ] {
        let text = format!("services:\n  tm:\n    image: flink\n    volumes: [\"{volume}\"]\n");
        assert_eq!(beside("docker-compose.yml", &text), expected, "{volume}");
    }
}

#[test]
fn a_service_that_hands_in_a_job_sets_nothing_of_the_cluster() {
    for (name, command, expected) in [
        ("job-submitter", "[/opt/submit_job.sh, now]", ""),
        ("flink-submit", "bash -c \"sleep 9; ./run.sh\"", ""),
        ("flink-submit", "./bin/taskmanager.sh ${ARGS}", "*"),
        ("worker", "/opt/start.sh", "*"),
    ] {
        let text = format!("services:\n  {name}:\n    image: flink\n    command: {command}\n");
        assert_eq!(beside("docker-compose.yml", &text), expected, "{name}");
    }
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

#[test]
fn nothing_is_known_of_a_configuration_alone() {
    assert_eq!(shown(&[("flink-conf.yaml", CONF)]), "");
}

#[test]
fn a_mount_a_copy_and_hosts_show_that_processes_read_the_file() {
    let with =
        |path: &str, text: &str| use_of(&[("flink/conf/flink-conf.yaml", CONF), (path, text)]);
    let service = "services:\n  any:\n    image: team/jobs\n    volumes:\n";
    let mount = |volume: &str| with("compose.yml", &format!("{service}      - {volume}\n"));
    assert_eq!(mount("./flink/conf:/opt/flink/conf"), Use::Certain);
    // Flink looks into a folder of its own.
    assert_eq!(mount("./flink/conf:/conf"), Use::Open);
    assert_eq!(mount("./flink/conf:/etc/conf"), Use::Open);
    for copy in [
        "COPY conf/flink-conf.yaml /opt/flink/conf/flink-conf.yaml",
        "COPY --chown=flink:flink conf/flink-conf.yaml $FLINK_HOME/conf/",
        "ADD flink/conf/* \"${FLINK_CONF_DIR}\"/",
        "COPY [\"conf\", \"/opt/flink/conf\"]",
        "COPY ./conf/flink-conf.yaml conf/log4j.properties conf/",
    ] {
        let text = format!("FROM flink:1.18\n{copy}\n");
        assert_eq!(with("flink/Dockerfile", &text), Use::Certain, "{copy}");
    }
    assert_eq!(with("flink/conf/workers", "host-1\n"), Use::Certain);
    assert_eq!(with("other/workers", "host-1\n"), Use::Unsaid);
    for copy in [
        "COPY conf/flink-conf.yaml /scripts/",
        "COPY conf/log4j.properties /opt/flink/conf/",
        "COPY other/flink-conf.yaml /opt/flink/conf/",
        "COPY --from=build conf/flink-conf.yaml /opt/flink/conf/",
        "COPY",
    ] {
        let text = format!("FROM flink:1.18\n{copy}\n");
        assert_eq!(with("flink/Dockerfile", &text), Use::Open, "{copy}");
    }
}

#[test]
fn who_runs_flink_or_builds_jobs_and_does_not_take_the_file_leaves_its_use_open() {
    let conf = ("flink/conf/flink-conf.yaml", CONF);
    let service = "services:\n  tm:\n    build: .\n    command: taskmanager\n";
    let pom = "<project>\n<flink.version>1.18.1</flink.version>\n</project>\n";
    for (path, text) in [
        ("compose.yml", service),
        ("flink/conf/deploy/compose.yml", service),
        ("pom.xml", pom),
        ("flink/conf/jobs/pom.xml", pom),
    ] {
        assert_eq!(use_of(&[conf, (path, text)]), Use::Open, "{path}");
    }
    for (path, text) in [
        ("other/compose.yml", service),
        ("other/pom.xml", pom),
        ("compose.yml", "services:\n  a:\n    image: postgres\n"),
    ] {
        assert_eq!(use_of(&[conf, (path, text)]), Use::Unsaid, "{path}");
    }
    // What stands at another place is put together there.
    let volumes = "    volumes:\n      - ../flink/conf/flink-conf.yaml:/opt/flink/conf/extra.yml\n";
    let appends = format!("{service}{volumes}");
    assert_eq!(use_of(&[conf, ("docker/compose.yml", &appends)]), Use::Open);
    // Flink opens its two names only, and what is mounted under one of them.
    let other = ("conf/flink-conf-dev.yaml", CONF);
    for (volume, expected) in [
        ("./conf:/opt/flink/conf", Use::Open),
        (
            "./conf/flink-conf-dev.yaml:/opt/flink/conf/flink-conf.yaml",
            Use::Certain,
        ),
    ] {
        let text = format!("{service}    volumes:\n      - {volume}\n");
        assert_eq!(
            uses(&[other, ("compose.yml", &text)])[1],
            expected,
            "{volume}"
        );
    }
}

#[test]
fn a_process_that_gets_the_file_says_nothing_of_the_other() {
    use Use::{Certain, Open};
    let conf = ("conf/flink-conf.yaml", CONF);
    let mounts = "    volumes: [\"./conf:/opt/flink/conf\"]\n";
    for (services, expected) in [
        ("  a:\n    command: jobmanager\nMOUNT", [Certain, Open]),
        (
            "  a:\n    command: taskmanager\nMOUNT  b:\n    command: jobmanager\n",
            [Open, Certain],
        ),
        (
            "  a:\n    command: taskmanager\nMOUNT  b:\n    build: .\nMOUNT",
            [Open, Certain],
        ),
        ("  sql-gateway:\n    build: .\nMOUNT", [Open, Open]),
        ("  a:\n    build: .\nMOUNT", [Certain, Certain]),
    ] {
        let text = format!("services:\n{}", services.replace("MOUNT", mounts));
        assert_eq!(
            uses(&[conf, ("compose.yml", &text)]),
            expected,
            "{services}"
        );
    }
    for (path, last, expected) in [
        (
            "Dockerfile",
            "CMD jobmanager.sh start-foreground",
            [Certain, Open],
        ),
        ("Dockerfile", "CMD [\"taskmanager\"]", [Open, Certain]),
        (
            "Dockerfile",
            "ENTRYPOINT [\"./bin/sql-client.sh\"]",
            [Open, Open],
        ),
        ("Dockerfile.sql-gateway", "", [Open, Open]),
        (
            "Dockerfile",
            "ENTRYPOINT [\"/docker-entrypoint.sh\"]",
            [Certain, Certain],
        ),
    ] {
        let text = format!("FROM flink:1.18\nCOPY conf/flink-conf.yaml /opt/flink/conf/\n{last}\n");
        assert_eq!(uses(&[conf, (path, &text)]), expected, "{last}");
    }
}
