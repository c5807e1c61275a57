//! Small trees, and which deployments their containers make.

use crate::config::Configs;
use crate::deployment::{Base, Process, Value};
use crate::project::Project;
use crate::text::Sources;

const JOB_MANAGER: &str = "  jobmanager:\n    image: flink:1.20\n    command: jobmanager\n";
const TASK_MANAGER: &str = "  taskmanager:\n    image: flink:1.20\n    command: taskmanager\n";
const CONF: &str = "taskmanager.numberOfTaskSlots: 1\nparallelism.default: 3\n";

/// Every deployment: its name, what lies below it, the process out of sight, and its documents as
/// `layer keys`, with the process that alone reads them.
fn shown(files: &[(&str, &str)]) -> Vec<String> {
    with(files, |project| {
        let deployments = project.deployments().into_iter();
        let shown = deployments.map(|deployment| {
            let mut out = format!("{}: {}", deployment.name, deployment.base.name());
            if let Some(process) = deployment.unseen {
                out.push_str(&format!(" without {}", process.name()));
            }
            for document in &deployment.documents {
                let keys: Vec<&str> = document.in_force().map(|own| own.key.as_str()).collect();
                let reader = deployment.reader(document).map_or("", Process::name);
                let layer = document.layer.name();
                out.push_str(&format!("; {layer} {reader} {}", keys.join(" ")));
            }
            out.replace("  ", " ")
        });
        shown.collect()
    })
}

fn with<R>(files: &[(&str, &str)], act: impl FnOnce(&Project) -> R) -> R {
    let mut sources = Sources::default();
    let mut files = files.to_vec();
    files.sort_unstable();
    for (path, text) in files {
        sources.add(path, text.as_bytes());
    }
    act(&Project::read(&sources, &Configs::default(), &[]))
}

fn compose(services: &[(&str, &str)]) -> String {
    let all = services
        .iter()
        .map(|(service, more)| format!("{service}{more}"));
    format!("services:\n{}", all.collect::<String>())
}

fn properties(text: &str) -> String {
    format!("    environment:\n      FLINK_PROPERTIES: |\n        {text}\n")
}

fn map(key: &str, text: &str) -> String {
    format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: conf}}\ndata:\n  {key}: |\n    {text}\n"
    )
}

fn pods(role: &str, more: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {role}}}\nspec:\n  template:\n    \
         spec:\n      containers:\n      - name: main\n        image: flink:1.17\n        args: [{role}]\n        \
         volumeMounts: [{{name: v, mountPath: /opt/flink/conf}}]\n{more}      \
         volumes: [{{name: v, configMap: {{name: conf}}}}]\n"
    )
}

#[test]
fn services_of_the_stock_image_are_one_cluster_on_what_it_ships() {
    let text = compose(&[
        (JOB_MANAGER, &properties("parallelism.default: 2")),
        (
            TASK_MANAGER,
            &properties("taskmanager.numberOfTaskSlots: 4"),
        ),
    ]);
    let files = [("a/compose.yaml", text.as_str())];
    assert_eq!(
        shown(&files),
        [
            "a/compose.yaml: image; environment JobManager parallelism.default; \
          environment TaskManager taskmanager.numberOfTaskSlots"
        ]
    );
    with(&files, |project| {
        let deployment = &project.deployments()[0];
        assert!(deployment.is_complete());
        let text = |key: &str| deployment.get(key).text();
        assert_eq!(text("taskmanager.numberOfTaskSlots"), Some("4"));
        assert_eq!(text("taskmanager.memory.process.size"), Some("1728m"));
        assert_eq!(text("restart-strategy.fixed-delay.attempts"), Some("1"));
        // The entrypoint writes it.
        assert!(matches!(
            deployment.get("jobmanager.rpc.address"),
            Value::Unknown
        ));
    });
}

#[test]
fn what_an_image_of_former_times_ships_is_unknown() {
    let own = properties("parallelism.default: 2");
    let text = compose(&[(JOB_MANAGER, &own), (TASK_MANAGER, "")]).replace("1.20", "1.9");
    assert_eq!(
        shown(&[("compose.yaml", &text)]),
        ["compose.yaml: unknown; environment JobManager parallelism.default"]
    );
}

#[test]
fn arguments_of_a_command_win_over_its_variables() {
    let task_manager = TASK_MANAGER.replace(
        "command: taskmanager",
        "command: taskmanager -Dtaskmanager.numberOfTaskSlots=3",
    );
    let own = properties("taskmanager.numberOfTaskSlots: 2");
    let text = compose(&[(JOB_MANAGER, ""), (&task_manager, &own)]);
    let files = [("compose.yaml", text.as_str())];
    assert_eq!(
        shown(&files),
        [
            "compose.yaml: image; environment TaskManager taskmanager.numberOfTaskSlots; \
          arguments TaskManager taskmanager.numberOfTaskSlots"
        ]
    );
    with(&files, |project| {
        let slots = project.deployments()[0].get("taskmanager.numberOfTaskSlots");
        assert_eq!(slots.text(), Some("3"));
    });
    // What is filled in may be any option.
    let text = text.replace("numberOfTaskSlots=3", "numberOfTaskSlots=3 ${MORE}");
    let all = shown(&[("compose.yaml", &text)]);
    assert!(all.iter().all(|one| one.contains(": unknown")), "{all:?}");
}

#[test]
fn a_variable_of_both_processes_is_no_layer_of_one() {
    let text = format!(
        "x-env: &env\n  FLINK_PROPERTIES: |\n    rest.port: 1\nservices:\n{JOB_MANAGER}    \
         environment: *env\n{TASK_MANAGER}    environment: *env\n"
    );
    assert_eq!(
        shown(&[("compose.yaml", &text)]),
        ["compose.yaml: image; environment rest.port"]
    );
}

#[test]
fn what_both_processes_act_on_must_agree() {
    let get = |job_manager: &str, task_manager: &str, key: &str| {
        let text = compose(&[
            (JOB_MANAGER, &properties(job_manager)),
            (TASK_MANAGER, &properties(task_manager)),
        ]);
        with(&[("compose.yaml", &text)], |project| {
            project.deployments()[0].get(key).text().map(str::to_owned)
        })
    };
    let rocksdb = "state.backend.type: rocksdb";
    let is = |value: Option<String>, expected: Option<&str>| assert_eq!(value.as_deref(), expected);
    is(get(rocksdb, rocksdb, "state.backend.type"), Some("rocksdb"));
    is(get(rocksdb, "a.b: c", "state.backend.type"), None);
    is(
        get("parallelism.default: 2", "a.b: c", "parallelism.default"),
        Some("2"),
    );
    is(
        get("a.b: c", "parallelism.default: 2", "parallelism.default"),
        None,
    );
    is(
        get(
            "taskmanager.numberOfTaskSlots: 8",
            "a.b: c",
            "taskmanager.numberOfTaskSlots",
        ),
        Some("1"),
    );
}

#[test]
fn a_file_that_both_services_mount_gets_their_variables_on_top() {
    let mount = "    volumes: [\"./conf:/opt/flink/conf\"]\n";
    let both = format!("{mount}{}", properties("taskmanager.numberOfTaskSlots: 4"));
    let text = compose(&[(JOB_MANAGER, mount), (TASK_MANAGER, &both)]);
    let layered = "conf: file; cluster-file taskmanager.numberOfTaskSlots parallelism.default; \
                   environment TaskManager taskmanager.numberOfTaskSlots";
    let files = [
        ("compose.yaml", text.as_str()),
        ("conf/flink-conf.yaml", CONF),
    ];
    assert_eq!(shown(&files), [layered]);
    // Another that runs the same file may say otherwise.
    let twice = [files[0], files[1], ("compose-dev.yaml", text.as_str())];
    assert!(!shown(&twice).contains(&layered.to_owned()));
    // So may one that is laid over it.
    let over = "services:\n  taskmanager:\n    environment: {A: b}\n";
    let over = [files[0], files[1], ("compose.override.yaml", over)];
    assert!(!shown(&over).contains(&layered.to_owned()));
    // One that mounts nothing runs on something else.
    let text = compose(&[(JOB_MANAGER, ""), (TASK_MANAGER, &both)]);
    assert!(!shown(&[("compose.yaml", &text), files[1]]).contains(&layered.to_owned()));
}

#[test]
fn what_cannot_be_known_stays_apart() {
    let other = TASK_MANAGER.replace("taskmanager:", "more:");
    let own = properties("parallelism.default: 2");
    for services in [
        // Two that differ.
        compose(&[(TASK_MANAGER, &own), (&other, "")]),
        // A text that is filled in elsewhere.
        compose(&[(TASK_MANAGER, &properties("${MORE}"))]),
        // A command of its own.
        compose(&[("  x:\n    image: flink:1.20\n    command: /run.sh\n", &own)]),
    ] {
        let all = shown(&[("compose.yaml", &services)]);
        assert!(all.iter().all(|one| one.contains(": unknown")), "{all:?}");
    }
    let build = JOB_MANAGER.replace("image: flink:1.20", "build: .");
    let text = compose(&[(&build, &own), (TASK_MANAGER, "")]);
    assert_eq!(
        shown(&[("compose.yaml", &text)]),
        ["compose.yaml: unknown; environment JobManager parallelism.default"]
    );
}

#[test]
fn containers_and_the_map_that_they_mount_are_a_cluster() {
    let (map, job_manager) = (
        map("flink-conf.yaml", "rest.port: 80"),
        pods("jobmanager", ""),
    );
    let task_manager =
        pods("taskmanager", "").replace("[taskmanager]", "[taskmanager, -Drest.port=81]");
    let files = [
        ("k8s/conf.yaml", map.as_str()),
        ("k8s/jm.yaml", job_manager.as_str()),
        ("k8s/tm.yaml", task_manager.as_str()),
    ];
    let joined = "k8s/conf.yaml (ConfigMap conf): file; cluster-file rest.port; \
                  arguments TaskManager rest.port";
    assert_eq!(shown(&files), [joined]);
    let all = [&map, &job_manager, &task_manager]
        .map(String::as_str)
        .join("---\n");
    assert_eq!(
        shown(&[("all.yaml", &all)]),
        [joined.replace("k8s/conf.yaml", "all.yaml")]
    );
    assert_eq!(
        shown(&files[..2]),
        ["k8s/conf.yaml (ConfigMap conf): file without TaskManager; cluster-file rest.port"]
    );
    // Nobody mounts it here, or a map of that name in another namespace.
    let unknown = ["k8s/conf.yaml (ConfigMap conf): unknown; cluster-file rest.port"];
    assert_eq!(shown(&files[..1]), unknown);
    let away = map.replace("{name: conf}", "{name: conf, namespace: a}");
    let there = job_manager.replace("{name: jobmanager}", "{name: jobmanager, namespace: b}");
    assert_eq!(
        shown(&[("k8s/conf.yaml", &away), ("k8s/jm.yaml", &there)]),
        unknown
    );
    // Two maps of that name are put in place at different times.
    let more = [files[0], files[1], ("k8s/other.yaml", map.as_str())];
    assert!(shown(&more).iter().all(|one| one.contains(": unknown")));
    // A kustomization beside them changes what it reads.
    let patched = "resources: [conf.yaml, jm.yaml, tm.yaml]\npatches: [{path: p.yaml}]\n";
    let mut patched_files = files.to_vec();
    patched_files.push(("k8s/kustomization.yaml", patched));
    assert_eq!(
        shown(&patched_files),
        [joined.replace(": file", ": unknown")]
    );
}

#[test]
fn variables_do_not_reach_a_file_that_the_entrypoint_cannot_write() {
    let alone = |all: &[String], joined: &str| {
        assert!(all.contains(&joined.to_owned()), "{all:?}");
        let of_variable = |one: &&String| one.contains("environment");
        let mut others = all.iter().filter(of_variable);
        assert!(others.all(|one| one.contains(": unknown")), "{all:?}");
    };
    let env = "        env: [{name: FLINK_PROPERTIES, value: \"rest.port: 90\"}]\n";
    let (map, job_manager) = (
        map("flink-conf.yaml", "rest.port: 80"),
        pods("jobmanager", env),
    );
    let task_manager = pods("taskmanager", env);
    let files = [
        ("k8s/conf.yaml", map.as_str()),
        ("k8s/jm.yaml", job_manager.as_str()),
        ("k8s/tm.yaml", task_manager.as_str()),
    ];
    alone(
        &shown(&files),
        "k8s/conf.yaml (ConfigMap conf): file; cluster-file rest.port",
    );
    with(&files, |project| {
        let all = project.deployments();
        let own = all
            .iter()
            .find(|own| own.base == Base::File)
            .expect("it is one");
        assert_eq!(
            own.raw("rest.port").map(|(own, _)| own.value.as_str()),
            Some("80")
        );
        // An image of somebody's own may do it in another way.
        assert!(own.cluster.may_set("rest.port"));
    });
    let own = properties("parallelism.default: 9");
    for (mount, joins) in [("conf:ro", false), ("conf", true)] {
        let both = format!("    volumes: [\"./conf:/opt/flink/{mount}\"]\n{own}");
        let text = compose(&[(JOB_MANAGER, &both), (TASK_MANAGER, &both)]);
        let all = shown(&[("compose.yaml", &text), ("conf/flink-conf.yaml", CONF)]);
        let file = "conf: file; cluster-file taskmanager.numberOfTaskSlots parallelism.default";
        if joins {
            assert!(
                all[0].starts_with(file) && all[0].contains("environment"),
                "{all:?}"
            );
        } else {
            alone(&all, file);
        }
    }
}

#[test]
fn a_container_without_the_entrypoint_reads_no_variable() {
    let own = properties("parallelism.default: 9");
    for (entrypoint, joins) in [
        ("[/opt/flink/bin/jobmanager.sh, start-foreground]", false),
        ("[/docker-entrypoint.sh, jobmanager]", true),
        (
            "[sh, -c, \"sleep 9; /docker-entrypoint.sh jobmanager\"]",
            true,
        ),
    ] {
        let job_manager =
            JOB_MANAGER.replace("command: jobmanager", &format!("entrypoint: {entrypoint}"));
        let text = compose(&[(&job_manager, &own), (TASK_MANAGER, "")]);
        let all = shown(&[("compose.yaml", &text)]);
        assert_eq!(all[0].contains(": image"), joins, "{all:?}");
    }
}

#[test]
fn a_place_that_nobody_knows_is_not_what_the_image_ships() {
    let own = properties("parallelism.default: 9");
    for more in [
        "    volumes: [\"conf:/opt/flink/conf\"]\n",
        "    volumes: [\"/srv/flink:/opt/flink/conf\"]\n",
        "    volumes: [\"/srv/conf.yaml:/opt/flink/conf/config.yaml\"]\n",
        "    volumes: [\"flink:/opt/flink\"]\n",
        "    configs: [{source: a, target: /opt/flink/conf/config.yaml}]\n",
    ] {
        let both = format!("{more}{own}");
        let text = compose(&[(JOB_MANAGER, &both), (TASK_MANAGER, &both)]);
        let all = shown(&[("compose.yaml", &text)]);
        assert!(all.iter().all(|one| one.contains(": unknown")), "{all:?}");
    }
    let variable = own.replace(
        "    environment:\n",
        "    environment:\n      FLINK_CONF_DIR: /conf\n",
    );
    let text = compose(&[(JOB_MANAGER, &variable), (TASK_MANAGER, &variable)]);
    let all = shown(&[("compose.yaml", &text)]);
    assert!(all.iter().all(|one| one.contains(": unknown")), "{all:?}");
    // One of a secret, which the manifest does not hold.
    let pod = |role: &str| {
        let env = "        env: [{name: FLINK_PROPERTIES, value: \"a.b: c\"}]\n";
        pods(role, env).replace("configMap: {name: conf}", "secret: {secretName: conf}")
    };
    let all = format!("{}---\n{}", pod("jobmanager"), pod("taskmanager"));
    let all = shown(&[("all.yaml", &all)]);
    assert!(all.iter().all(|one| one.contains(": unknown")), "{all:?}");
}

#[test]
fn a_line_that_newer_images_read_otherwise_is_unknown() {
    let get = |version: &str, line: &str, key: &str| {
        let own = properties(line);
        let text = compose(&[(JOB_MANAGER, &own), (TASK_MANAGER, &own)]);
        let text = text.replace("1.20", version);
        with(&[("compose.yaml", &text)], |project| {
            project.deployments()[0].get(key).text().map(str::to_owned)
        })
    };
    for (line, key, old, new) in [
        (
            "env.java.opts.jobmanager: -Da -Db",
            "env.java.opts.jobmanager",
            Some("-Da -Db"),
            None,
        ),
        (
            "state.checkpoints.dir: s3://b # c",
            "state.checkpoints.dir",
            Some("s3://b"),
            None,
        ),
        (
            "slot.idle.timeout: 10 s",
            "slot.idle.timeout",
            Some("10 s"),
            Some("10 s"),
        ),
        (
            "state.checkpoints.num-retained:3",
            "state.checkpoints.num-retained",
            Some("1"),
            None,
        ),
    ] {
        for (version, value) in [("1.18", old), ("1.20", new)] {
            assert_eq!(
                get(version, line, key).as_deref(),
                value,
                "{version}: {line}"
            );
        }
    }
}

#[test]
fn the_first_images_write_the_slots_themselves() {
    let mount = "    volumes: [\"./conf:/opt/flink/conf\"]\n";
    for (version, may) in [("1.13", true), ("1.14", false)] {
        let text = compose(&[(JOB_MANAGER, mount), (TASK_MANAGER, mount)]).replace("1.20", version);
        let files = [
            ("compose.yaml", text.as_str()),
            ("conf/flink-conf.yaml", CONF),
        ];
        with(&files, |project| {
            let own = &project.deployments()[0];
            assert_eq!(own.cluster.may_set("taskmanager.numberOfTaskSlots"), may);
        });
    }
}

#[test]
fn a_template_joins_nothing() {
    let map = map("flink-conf.yaml", "rest.port: 80");
    let pods = pods("jobmanager", "{{ if .Values.x }}\n");
    let all = shown(&[("k8s/conf.yaml", &map), ("k8s/jm.yaml", &pods)]);
    assert_eq!(
        all,
        ["k8s/conf.yaml (ConfigMap conf): unknown; cluster-file rest.port"]
    );
    assert_eq!(Base::default(), Base::Unknown);
}
